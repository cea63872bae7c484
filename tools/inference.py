"""Inferred listings: markets that no source names for an edition, but that a stated rule derives.

A rule proposes markets for a part of an edition. It is used only if at least 95 of 100 markets that it proposes are right
in a trial. The trial runs on the parts of editions in which sources identify every market: each part is hidden, and the
rule proposes its markets from the rest. An inferred market replaces an unidentified listing; for a physical market, this
listing must be in the same country.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import get_args

from attrs import frozen

from notorious_markets.vocabularies import COUNTED_COUNTRIES, Kind
from tools.facts import Facts, Row, market_ids

NEEDED_PRECISION = 0.95

# A part of an edition: its review year, a kind, and a country if the part is the physical markets of one country.
Part = tuple[int, str, str | None]
Rule = Callable[[Facts, Part], set[str]]


@frozen
class Trial:
    """The result of a rule in the parts whose markets are known.

    Attributes:
        parts: The number of parts for which the rule proposes a market.
        proposed: The number of proposed markets.
        right: The number of proposed markets that are listed.
    """

    parts: int
    proposed: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the proposed markets that are listed, or 0 if the rule proposes none."""
        return self.right / self.proposed if self.proposed else 0.0


def listed_before_and_after(facts: Facts, part: Part) -> set[str]:
    """Markets that sources name in both the previous and the next edition, unless a source says that they were not listed."""
    year, kind, country = part
    away = {
        row["market_id"] for row in facts["developments"] if row["year"] == year and row["development"] in {"removal", "closure"}
    }
    away |= {row["market_id"] for row in facts["listings"] if row["year"] == year + 1 and row["newly_listed"]}
    return _sourced_markets(facts, (year - 1, kind, country)) & _sourced_markets(facts, (year + 1, kind, country)) - away


def stated_unchanged(facts: Facts, part: Part) -> set[str]:
    """Markets of a category in another edition, if a source states that both editions list the same ones."""
    year, kind, _ = part
    if kind != "online":
        return set()
    pairs = {(row["other_year"], row["category"]) for row in facts["unchanged"] if row["year"] == year}
    # The statement is about a section of the report. A source that describes the market does not tell its section.
    in_section = {
        (row["year"], row["listing_no"])
        for row in facts["citations"]
        if row["field"] == "category" and row["confidence"] == "high"
    }
    return {
        market_id
        for row in _sourced_listings(facts)
        if (row["year"], row["category"]) in pairs and (row["year"], row["listing_no"]) in in_section
        for market_id in market_ids(row)
    }


RULES: dict[str, Rule] = {"stated-unchanged": stated_unchanged, "listed-before-and-after": listed_before_and_after}


def trials(facts: Facts) -> dict[str, Trial]:
    """Try each rule in the parts whose markets are known."""
    results = {}
    for name, rule in RULES.items():
        # A rule reads only the other editions, so the part that it proposes is hidden from it.
        pairs = [(rule(facts, part), _sourced_markets(facts, part)) for part in _known_parts(facts)]
        tried = [(proposed, listed) for proposed, listed in pairs if proposed]
        results[name] = Trial(
            parts=len(tried),
            proposed=sum(len(proposed) for proposed, _ in tried),
            right=sum(len(proposed & listed) for proposed, listed in tried),
        )
    return results


def infer(facts: Facts) -> None:
    """Turn unidentified listings into inferred ones, in place, with each rule that is precise enough."""
    results = trials(facts)
    for name, rule in RULES.items():
        # A rule that reads a statement of a source is used even if it cannot be tried.
        if results[name].proposed and results[name].precision < NEEDED_PRECISION:
            continue
        inferred: list[tuple[Row, str]] = []
        for part, open_listings in _unidentified(facts).items():
            listed = {market_id for row in facts["listings"] if row["year"] == part[0] for market_id in market_ids(row)}
            found = sorted(rule(facts, part) - listed)
            # If there are more markets than listings, at least one is wrong, and it is not known which.
            if len(found) <= len(open_listings):
                inferred.extend(zip(open_listings, found, strict=False))
        for row, market_id in inferred:
            row.update(market_id=market_id, grade="inferred", rule=name)


def _sourced_listings(facts: Facts) -> Iterator[Row]:
    """Return the listings that sources name."""
    return (row for row in facts["listings"] if row["grade"] in {"primary", "secondary"})


def _sourced_markets(facts: Facts, part: Part) -> set[str]:
    """Return the markets that sources name in a part of an edition."""
    year, kind, country = part
    return {
        market_id
        for row in _sourced_listings(facts)
        if (row["year"], row["kind"]) == (year, kind) and country in {None, row["country"]}
        for market_id in market_ids(row)
    }


def _unidentified(facts: Facts) -> dict[Part, list[Row]]:
    """Return the unidentified listings of each part. Physical listings without a country are left out."""
    listings: dict[Part, list[Row]] = {}
    for row in sorted(facts["listings"], key=lambda row: (int(row["year"]), int(row["listing_no"]))):
        if row["grade"] == "unidentified" and (row["kind"] == "online" or row["country"]):
            listings.setdefault((row["year"], row["kind"], row["country"]), []).append(row)
    return listings


def _known_parts(facts: Facts) -> Iterator[Part]:
    """Yield the parts whose every market is named: all of a kind, or a country whose markets a source counts."""
    totals = Counter((row["year"], row["kind"]) for row in facts["listings"])
    sourced = Counter((row["year"], row["kind"]) for row in _sourced_listings(facts))
    by_country = Counter((row["year"], row["country"]) for row in _sourced_listings(facts) if row["kind"] == "physical")
    for edition in facts["editions"]:
        for kind in get_args(Kind):
            key = edition["year"], kind
            if edition[f"{kind}_total"] is not None and totals[key] == sourced[key]:
                yield edition["year"], kind, None
    for row in facts["statistics"]:
        country = COUNTED_COUNTRIES.get(row["qualifier"]) if row["metric"] == "listed_markets" else None
        if country and by_country[row["year"], country] == row["value"]:
            yield row["year"], "physical", country
