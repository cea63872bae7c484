"""A report beside the edition that the package has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from attrs import frozen

from ..models import Listing, _Row
from ..query import edition
from ..records import Origin, Records
from ..vocabularies import Kind
from .countries import fold
from .matching import listings
from .models import Report, total

if TYPE_CHECKING:
    from .._arrays import TypeName

Finding = Literal["confirmed", "renamed", "named", "new", "missing", "unnamed"]


_COLUMNS: dict[str, TypeName] = {
    "finding": "string",
    "kind": "string",
    "listing_no": "int16",
    "market_id": "string",
    "name_as_listed": "string",
    "name_in_report": "string",
    "country": "string",
    "page": "int16",
    "domains": "list",
    "new_domains": "list",
}


@frozen(repr=False)
class Comparison(_Row):
    """An entry of a report beside a listing of the package.

    `finding` is one of these values:

    - `"confirmed"`: the package has the listing with the same name.
    - `"renamed"`: the package has the listing of the market under another name.
    - `"named"`: the package has a listing without a name at this place, and the report names the market.
    - `"new"`: the package has no listing for the entry.
    - `"missing"`: the report, as far as it was read, has no entry for the listing.
    - `"unnamed"`: the listing has no name, and the report has no further entry for it.

    `listing_no` and `name_as_listed` are those of the package, `market_id` is the known market, and `name_in_report`, `page` and
    `domains` are those of the report. `new_domains` are the domains of the report that the listing of the package lacks.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("finding", "kind", "name_as_listed", "name_in_report", "country", "page", "new_domains")
    finding: Finding
    kind: Kind
    listing_no: int | None
    market_id: str | None
    name_as_listed: str | None
    name_in_report: str | None
    country: str | None
    page: int | None
    domains: tuple[str, ...]
    new_domains: tuple[str, ...]


def compare(report: Report) -> Records[Comparison]:
    """Compare a report with the edition of its year.

    Raises:
        UnknownValue: The package does not have the edition.
    """
    shipped = edition(report.year).listings
    read = listings(report)
    rows = tuple(row for kind in get_args(Kind) for row in _compared(kind, _of(kind, shipped), _of(kind, read)))
    return Records(rows, Origin.of_attributes(rows, _COLUMNS, {"finding": get_args(Finding), "kind": get_args(Kind)}))


def totals(report: Report) -> list[dict[str, object]]:
    """Return for each kind the announced totals in the report and the package, and the number of entries and listings."""
    shipped = edition(report.year)
    return [
        {
            "kind": kind,
            "announced in the report": total(report, kind),
            "entries in the report": len(report.online if kind == "online" else report.physical),
            "announced in the package": shipped.online_total if kind == "online" else shipped.physical_total,
            "listings in the package": len(_of(kind, shipped.listings)),
        }
        for kind in get_args(Kind)
    ]


def pairs(shipped: list[Listing], read: list[Listing]) -> list[tuple[Listing | None, Listing | None]]:
    """Pair the listings of one kind with the entries of a report, in the order of the report.

    A common market pairs them, then the same name. An entry that is left takes the place of a listing without a name: in the
    same country, or in none if the listing has no country.
    """
    partner: dict[int, Listing] = {}
    left = list(shipped)

    def take(entry: Listing, found: list[Listing]) -> None:
        if found:
            partner[entry.listing_no] = found[0]
            left.remove(found[0])

    for entry in read:
        take(entry, [row for row in left if set(row.market_ids) & set(entry.market_ids) and row.grade != "inferred"])
    for entry in read:
        if entry.listing_no not in partner:
            take(entry, [row for row in left if set(row.market_ids) & set(entry.market_ids)])
    for entry in read:
        if entry.listing_no not in partner and entry.name_as_listed:
            name = fold(entry.name_as_listed)
            take(entry, [row for row in left if row.name_as_listed and fold(row.name_as_listed) == name])
    for in_country in (True, False):
        for entry in read:
            if entry.listing_no not in partner:
                take(
                    entry,
                    [
                        row
                        for row in left
                        if row.market_id is None and (row.country == entry.country if in_country else row.country is None)
                    ],
                )
    return [*((partner.get(entry.listing_no), entry) for entry in read), *((row, None) for row in left)]


def _of(kind: Kind, rows: Records[Listing]) -> list[Listing]:
    return [row for row in rows if row.kind == kind]


def _compared(kind: Kind, shipped: list[Listing], read: list[Listing]) -> Iterator[Comparison]:
    for row, entry in pairs(shipped, read):
        source = entry or row
        assert source is not None
        domains = entry.domains if entry else ()
        yield Comparison(
            finding=_finding(row, entry),
            kind=kind,
            listing_no=row.listing_no if row else None,
            market_id=(row.market_id if row else None) or (entry.market_id if entry else None),
            name_as_listed=row.name_as_listed if row else None,
            name_in_report=entry.name_as_listed if entry else None,
            country=source.country or (row.country if row else None),
            page=entry.page if entry else None,
            domains=domains,
            new_domains=tuple(domain for domain in domains if row is None or domain not in row.domains),
        )


def _finding(row: Listing | None, entry: Listing | None) -> Finding:
    if entry is None:
        return "missing" if row and row.market_id else "unnamed"
    if row is None:
        return "new"
    if row.market_id is None:
        return "named"
    same = row.name_as_listed is None or (entry.name_as_listed and fold(row.name_as_listed) == fold(entry.name_as_listed))
    return "confirmed" if same else "renamed"
