"""Listings that no source names for their edition, derived by stated rules.

A rule proposes markets for an edition. It is used only if it would have been right in at least 95 of 100 cases where the
truth is known: in the parts of editions whose every market is sourced, each market is hidden in turn with all others.
An inferred listing takes an unidentified place of the edition, and of its country where it is a physical market.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

from tools.facts import Facts, Row

NEEDED_PRECISION = 0.95

# A part of an edition: review year, kind, and the country where the part is the physical markets of one country.
Part = tuple[int, str, str | None]
Rule = Callable[[Facts, Part], set[str]]


@frozen
class Trial:
    """How a rule fares where the truth is known."""

    parts: int
    proposed: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the proposed markets that are listed; 0 where nothing could be tried."""
        return self.right / self.proposed if self.proposed else 0.0


def listed_before_and_after(facts: Facts, part: Part) -> set[str]:
    """Markets that sources name in the editions just before and just after, unless a source says that they were away."""
    year, kind, country = part
    away = {row["market_id"] for row in facts["developments"] if row["year"] == year and row["event"] in {"removal", "closure"}}
    away |= {row["market_id"] for row in facts["listings"] if row["year"] == year + 1 and row["newly_listed"]}
    return _named(facts, (year - 1, kind, country)) & _named(facts, (year + 1, kind, country)) - away


def stated_unchanged(facts: Facts, part: Part) -> set[str]:
    """Markets of a category in another edition, where a source states that the category is the same in both."""
    year, kind, _ = part
    if kind != "online":
        return set()
    pairs = {(row["other_year"], row["category"]) for row in facts["unchanged"] if row["year"] == year}
    return {market_id for row in _sourced(facts) if (row["year"], row["category"]) in pairs for market_id in market_ids(row)}


RULES: dict[str, Rule] = {"stated-unchanged": stated_unchanged, "listed-before-and-after": listed_before_and_after}


def trials(facts: Facts) -> dict[str, Trial]:
    """Each rule against the parts that are known in full."""
    results = {}
    for name, rule in RULES.items():
        proposals = [(rule(facts, part), _named(facts, part)) for part in sorted(_closed_parts(facts), key=str)]
        tried = [(proposed, truth) for proposed, truth in proposals if proposed]
        results[name] = Trial(
            parts=len(tried),
            proposed=sum(len(proposed) for proposed, _ in tried),
            right=sum(len(proposed & truth) for proposed, truth in tried),
        )
    return results


def infer(facts: Facts) -> None:
    """Turn unidentified listings into inferred ones, by each rule that is precise enough."""
    fared = trials(facts)
    chosen: list[tuple[Row, str, str]] = []
    for name, rule in RULES.items():
        # A statement of a source needs no trial; where one is possible it counts.
        if fared[name].proposed and fared[name].precision < NEEDED_PRECISION:
            continue
        taken = {id(row) for row, _, _ in chosen}
        already = {(row["year"], market_id) for row, market_id, _ in chosen}
        for part, places in _open_places(facts).items():
            free = [row for row in places if id(row) not in taken]
            listed = {market_id for row in facts["listings"] if row["year"] == part[0] for market_id in market_ids(row)}
            found = {market_id for market_id in rule(facts, part) - listed if (part[0], market_id) not in already}
            # More markets than places would mean that at least one is wrong, and not which.
            if len(found) <= len(free):
                chosen.extend((row, market_id, name) for row, market_id in zip(free, sorted(found), strict=False))
    for row, market_id, name in chosen:
        row.update(market_id=market_id, grade="inferred", rule=name)


def market_ids(row: Row) -> list[str]:
    """The markets to which a listing leads."""
    return [market_id for market_id in (row["market_id"], *row["further_market_ids"]) if market_id]


def _sourced(facts: Facts) -> Iterator[Row]:
    yield from (row for row in facts["listings"] if row["grade"] in {"primary", "secondary"})


def _named(facts: Facts, part: Part) -> set[str]:
    year, kind, country = part
    return {
        market_id
        for row in _sourced(facts)
        if (row["year"], row["kind"]) == (year, kind) and country in {None, row["country"]}
        for market_id in market_ids(row)
    }


def _open_places(facts: Facts) -> dict[Part, list[Row]]:
    """The unidentified listings of each part; a physical one only where its country is known."""
    places: dict[Part, list[Row]] = {}
    for row in sorted(facts["listings"], key=lambda row: (int(row["year"]), int(row["listing_no"]))):
        if row["grade"] == "unidentified" and (row["kind"] == "online" or row["country"]):
            places.setdefault((row["year"], row["kind"], row["country"]), []).append(row)
    return places


def _closed_parts(facts: Facts) -> Iterable[Part]:
    """The parts whose every market is sourced: whole kinds of an edition, and countries that a source counts."""
    totals = Counter((row["year"], row["kind"]) for row in facts["listings"])
    sourced = Counter((row["year"], row["kind"]) for row in _sourced(facts))
    by_country = Counter((row["year"], row["country"]) for row in _sourced(facts) if row["kind"] == "physical")
    for edition in facts["editions"]:
        for kind in ("online", "physical"):
            key = edition["year"], kind
            if edition[f"{kind}_total"] is not None and totals[key] == sourced[key]:
                yield edition["year"], kind, None
    for row in facts["statistics"]:
        if row["metric"] == "listed_markets" and row["qualifier"] in COUNTED:
            country = COUNTED[row["qualifier"]]
            if by_country[row["year"], country] == row["value"]:
                yield row["year"], "physical", country


# Qualifiers of `listed_markets` that count the physical markets of a country.
COUNTED = {"physical_china": "CN", "physical_india": "IN", "physical_mexico": "MX"}
