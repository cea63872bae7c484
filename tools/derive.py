"""What the build derives from the facts: inferred listings, columns of the markets and domains, and coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import get_args

from notorious_markets.names.forms import name_key
from notorious_markets.vocabularies import Grade, Kind
from tools import inference
from tools.facts import Facts, Row, market_ids

# Citations of a listing: review year, number of the listing, cited field.
Citations = dict[tuple[int, int, str], list[Row]]


def derive(facts: Facts) -> None:
    """Add the derived rows and columns to the facts, in place."""
    inference.infer(facts)
    citations: Citations = defaultdict(list)
    for citation in facts["citations"]:
        citations[citation["year"], citation["listing_no"], citation["field"]].append(citation)
    listings: dict[str, list[Row]] = {market["market_id"]: [] for market in facts["markets"]}
    for listing in sorted(facts["listings"], key=lambda row: int(row["year"])):
        for market_id in market_ids(listing):
            listings[market_id].append(listing)
    _describe_markets(facts, listings)
    _add_aliases(facts, listings, citations)
    for row in facts["domains"]:
        row["match_rule"] = "domain"
    facts["coverage"] = _coverage(facts)


def _describe_markets(facts: Facts, listings: dict[str, list[Row]]) -> None:
    """Set the columns of each market that come from its newest listings, its operators and its locality."""
    places = {(place["country"], place["locality"]): place for place in facts["places"]}
    for market in facts["markets"]:
        for column in ("country", "locality", "operator", "category"):
            market[column] = None
            for listing in listings[market["market_id"]]:
                # A combined heading gives the country of all its markets, but the other columns describe only the first.
                if listing["market_id"] == market["market_id"] or column == "country":
                    market[column] = listing[column] or market[column]
        operator = _operator(market["market_id"], listings[market["market_id"]], facts["operators"])
        market["operator"] = operator["operator"] if operator else market["operator"]
        market["parent"] = operator["parent"] if operator else None
        place = places.get((market["country"], market["locality"]), Row())
        market.update({column: place.get(column) for column in ("region", "latitude", "longitude")})


def _operator(market_id: str, listings: list[Row], operators: list[Row]) -> Row | None:
    """Return the row of the table of operators that holds for the newest listing of a market."""
    newest = max((listing["year"] for listing in listings), default=0)
    rows = [row for row in operators if row["market_id"] == market_id and row["from_year"] <= newest]
    return next((row for row in rows if newest <= (row["to_year"] or newest)), None)


def _add_aliases(facts: Facts, listings: dict[str, list[Row]], citations: Citations) -> None:
    """Set the aliases of each market: the other names in editions, in their sources and in the table of aliases."""
    # An alias must not be the id or name of another market, such as the operator that a source names instead.
    taken = {name_key(market[column]): market["market_id"] for market in facts["markets"] for column in ("market_id", "name")}
    headings = Counter((row["year"], row["name_as_listed"]) for row in facts["listings"])
    for market in facts["markets"]:
        aliases = {name_key(row["alias"]): row["alias"] for row in facts["aliases"] if row["market_id"] == market["market_id"]}
        for listing in listings[market["market_id"]]:
            printed = listing["name_as_listed"]
            # A heading for several markets is not the name of any of them.
            if not printed or listing["further_market_ids"] or headings[listing["year"], printed] > 1:
                continue
            cited = citations.get((listing["year"], listing["listing_no"], "listing"), [])
            sourced = [citation["as_sourced"] for citation in cited if citation["as_sourced"]]
            # Of two names that differ only in case, the printed one replaces the sourced one.
            aliases.update((name_key(name), name) for name in (*reversed(sourced), printed))
        for key in list(aliases):
            if key == name_key(market["name"]) or taken.get(key, market["market_id"]) != market["market_id"]:
                del aliases[key]
        market["aliases"] = sorted(aliases.values(), key=str.casefold)


def _coverage(facts: Facts) -> list[Row]:
    """Return the rows of the table of coverage."""
    counts = Counter((row["year"], row["kind"], row["grade"]) for row in facts["listings"])
    rows = []
    for edition in facts["editions"]:
        for kind in get_args(Kind):
            by_grade = {grade: counts[edition["year"], kind, grade] for grade in get_args(Grade)}
            row = Row(year=edition["year"], kind=kind, announced=edition[f"{kind}_total"], rows=sum(by_grade.values()))
            rows.append(Row(row | by_grade))
    return rows
