"""The rules for the tables of domains, operators and aliases. See `tools.rules`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pycountry

from notorious_markets.names.forms import name_key
from tools.domains import last_sign_of_life, start_of_life
from tools.facts import Breach, Facts, market_ids
from tools.schema import Schema


def one_owner_per_domain(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A domain belongs to one market."""
    owners: dict[str, str] = {}
    for row in facts["domains"]:
        if owners.setdefault(row["domain"], row["market_id"]) != row["market_id"]:
            yield row, f"{row['domain']} belongs to both {owners[row['domain']]} and {row['market_id']}"


def listed_domains(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Each domain of a listing is a `listed` one of its markets, and a source on a listing prints each `listed` domain."""
    listed = {(row["market_id"], row["domain"]) for row in facts["domains"] if row["basis"] == "listed"}
    listings = {(row["year"], row["listing_no"]): row for row in facts["listings"]}
    for row in listings.values():
        for domain in row["domains"]:
            if not any((market_id, domain) in listed for market_id in market_ids(row)):
                yield row, f"{domain} must be in domains for a market of the listing, with the basis listed"
    cited: dict[str, set[str]] = defaultdict(set)
    for citation in facts["citations"]:
        for market_id in market_ids(listings[citation["year"], citation["listing_no"]]):
            cited[market_id].add(citation["source_id"])
    for row in facts["domains"]:
        if row["basis"] == "listed" and cited[row["market_id"]].isdisjoint(row["source_ids"]):
            yield row, f"the basis is listed, but no listing of {row['market_id']} cites one of the sources"


def roles_of_domains(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """An own domain shows life, and only a former domain has an event. The years are in order."""
    start = start_of_life(schema.created)
    for row in facts["domains"]:
        first, last, event = row["first_seen"], row["last_seen"], row["event_date"]
        sign = last_sign_of_life(row, facts["sources"])
        if row["role"] == "own" and (sign is None or sign < start):
            yield row, f"an own domain must have a sign of life from {start} or later, not {sign}"
        if row["event"] and row["role"] != "former":
            yield row, f"only a former domain may have an event, not an {row['role']} one"
        if event and not row["event"]:
            yield row, "event_date is filled without an event"
        if first and last and first > last:
            yield row, f"first_seen is {first}, but last_seen is {last}"
        if event and ((first and int(event[:4]) < first) or event > schema.created.isoformat()):
            yield row, f"event_date must be between first_seen and {schema.created}, not {event}"
        if last and last > schema.created.year:
            yield row, f"last_seen must be at most {schema.created.year}, not {last}"


def periods_of_operators(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A listed market has one operator at a time."""
    listed: dict[str, set[int]] = defaultdict(set)
    for listing in facts["listings"]:
        for market_id in market_ids(listing):
            listed[market_id].add(listing["year"])
    last: dict[str, int | None] = {}
    for row in sorted(facts["operators"], key=lambda row: (row["market_id"], row["from_year"])):
        first, end = row["from_year"], row["to_year"]
        if end is not None and end < first:
            yield row, f"to_year must be at least {first}, not {end}"
        previous = last.get(row["market_id"], 0)
        if previous is None or previous >= first:
            yield row, f"the row overlaps with an earlier one, which ends in {previous or 'no year'}"
        last[row["market_id"]] = end
        if not any(first <= year <= (end or year) for year in listed[row["market_id"]]):
            yield row, f"no edition from {first} to {end or 'now'} lists {row['market_id']}"


def aliases_of_one_market(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """An alias has a letter outside ASCII and a language in ISO 639-1, and names one market."""
    owners: dict[str, str] = {}
    for market in facts["markets"]:
        owners.update({market["market_id"]: market["market_id"], name_key(market["name"]): market["market_id"]})
    for row in facts["aliases"]:
        if row["alias"].isascii():
            yield row, "an alias must have a letter outside ASCII; other names are cited with the listings"
        if pycountry.languages.get(alpha_2=row["language"]) is None:
            yield row, f"language must be an ISO 639-1 code, not {row['language']!r}"
        if owners.setdefault(name_key(row["alias"]), row["market_id"]) != row["market_id"]:
            yield row, f"{row['alias']} also names {owners[name_key(row['alias'])]}"
