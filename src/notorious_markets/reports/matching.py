"""Which markets the entries of a report are, and the entries as listings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from .._store import DATASET
from ..matching import host_of
from ..models import Listing, Market
from ..names.known import owners_of
from ..records import Origin, Records
from .countries import country_code, fold
from .models import OnlineEntry, PhysicalEntry, Report

if TYPE_CHECKING:
    import pyarrow

    from ..vocabularies import Kind

# A heading can combine several markets.
_BETWEEN_MARKETS = re.compile(r"\s+and\s+|\s*/\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)


def market_ids(name: str, kind: Kind, country: str | None = None) -> tuple[str, ...]:
    """Return the ids of the markets that a printed name means, or an empty tuple if that is not certain.

    An earlier listing with the same name decides, then the name, an alias or a domain of exactly one market of the kind, then
    the parts of a heading that combines several markets.

    Args:
        name: The name as printed.
        kind: The kind of the market.
        country: The country of a physical market; markets in other countries do not count.
    """
    earlier = _earlier().get((kind, fold(name)), ())
    fitting = [ids for ids in earlier if _is_in(ids, country)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return ()
    if ids := _by_name(name, kind, country):
        return ids
    parts = [_by_name(part, kind, country) for part in _BETWEEN_MARKETS.split(name)]
    return tuple(dict.fromkeys(ids[0] for ids in parts)) if all(parts) else ()


def _by_name(name: str, kind: Kind, country: str | None) -> tuple[str, ...]:
    owners = [market_id for market_id in owners_of(name) if DATASET.get(Market, market_id).kind == kind]
    fitting = [market_id for market_id in owners if _is_in((market_id,), country)]
    return (fitting[0],) if len(fitting) == 1 else ()


def _is_in(ids: tuple[str, ...], country: str | None) -> bool:
    return country is None or any(DATASET.get(Market, market_id).country in (None, country) for market_id in ids)


@cache
def _earlier() -> dict[tuple[str, str], tuple[tuple[str, ...], ...]]:
    """Return the different meanings of the printed names of all listings."""
    found: dict[tuple[str, str], dict[tuple[str, ...], None]] = {}
    for listing in DATASET.rows(Listing):
        if listing.name_as_listed and listing.market_ids:
            found.setdefault((listing.kind, fold(listing.name_as_listed)), {})[listing.market_ids] = None
    return {key: tuple(meanings) for key, meanings in found.items()}


def listings(report: Report) -> Records[Listing]:
    """Return the entries of a report as listings."""
    entries: list[OnlineEntry | PhysicalEntry] = [*report.online, *report.physical]
    rows = tuple(_listing(report.year, number, entry) for number, entry in enumerate(entries, start=1))
    parts = (partial(_table, rows), partial(tuple, rows), partial(DATASET.vocabularies, Listing))
    return Records(rows, Origin("listings", *parts))


def _table(rows: Iterable[Listing]) -> pyarrow.Table:
    from pyarrow import Table

    # The rows are not those of the data set, so its title and version do not apply.
    return Table.from_pylist([row.to_dict() for row in rows], DATASET.table("listings").schema.remove_metadata())


def _listing(year: int, number: int, entry: OnlineEntry | PhysicalEntry) -> Listing:
    values: dict[str, Any] = dict.fromkeys(Listing.__match_args__)
    values |= {"year": year, "listing_no": number, "name_as_listed": entry.name_as_listed, "page": entry.page}
    values |= {"goods": (), "domains": (), "grade": "primary"}
    if isinstance(entry, OnlineEntry):
        ids = market_ids(entry.name_as_listed, "online")
        values |= {"kind": "online", "domains": canonical(entry.domains), "hosting_country": place_country(entry.hosted_in)}
        values["country"] = place_country(entry.headquarters) or place_country(entry.operated_from)
    else:
        ids = market_ids(entry.name_as_listed, "physical", entry.country)
        values |= {"kind": "physical", "locality": entry.locality}
        values |= {"country": entry.country, "country_as_listed": entry.country_as_listed}
    values |= {"market_id": ids[0] if ids else None, "further_market_ids": ids[1:]}
    return Listing(**values)


def canonical(domains: Iterable[str]) -> tuple[str, ...]:
    """Return domains as lower-case A-labels, each once. What is no host is left out."""
    return tuple(dict.fromkeys(host for domain in domains if (host := host_of(domain))))


def place_country(place: str | None) -> str | None:
    """Return the code of the country that a place is in: `Ho Chi Minh City, Vietnam` or `the Netherlands`."""
    if place is None:
        return None
    last = place.rpartition(",")[2].strip()
    return country_code(_ARTICLE.sub("", last), fuzzy=False)
