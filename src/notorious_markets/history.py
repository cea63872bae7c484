"""The history of the list: what changed from one edition to another, and what cannot be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from itertools import groupby
from typing import TYPE_CHECKING, Literal, get_args

from attrs import frozen

from ._store import DATASET
from .models import Development, Listing, Market
from .names.forms import name_key
from .query import edition, editions, statistics
from .records import Origin, Records
from .vocabularies import COUNTED_COUNTRIES, Grade, Kind, Status

if TYPE_CHECKING:
    from ._arrays import TypeName
    from .models import Edition

ChangeStatus = Literal["added", "dropped", "kept"]

_COLUMNS: dict[str, TypeName] = {
    "before_year": "int16",
    "after_year": "int16",
    "market_id": "string",
    "name": "string",
    "kind": "string",
    "country": "string",
    "status": "string",
    "sure": "bool",
    "renamed": "bool",
    "before_listing_no": "int16",
    "after_listing_no": "int16",
    "before_name": "string",
    "after_name": "string",
    "before_grade": "string",
    "after_grade": "string",
}


@frozen(repr=False)
class Change:
    """What became of one market between two editions.

    `status` is `"kept"`, `"added"` or `"dropped"`. `sure` is false where the edition that seems to lack the market has
    listings that no source names, so that the market may be one of them, or where a listing is inferred. `before` and
    `after` are the listings in the two editions, `None` where the edition is not known to list the market.
    """

    SUMMARY = ("market_id", "kind", "status", "sure", "before_name", "after_name")

    before_year: int
    after_year: int
    market_id: str
    kind: Kind
    status: ChangeStatus
    sure: bool
    before: Listing | None
    after: Listing | None

    @property
    def market(self) -> Market:
        """The market."""
        return DATASET.get(Market, self.market_id)

    @property
    def name(self) -> str:
        """The name of the market, whatever the editions print."""
        return self.market.name

    @property
    def country(self) -> str | None:
        """The country of the listing in the second edition, or else of that in the first."""
        row = self.after or self.before
        return None if row is None else row.country

    @property
    def before_listing_no(self) -> int | None:
        """The number of the listing in the first edition."""
        return None if self.before is None else self.before.listing_no

    @property
    def after_listing_no(self) -> int | None:
        """The number of the listing in the second edition."""
        return None if self.after is None else self.after.listing_no

    @property
    def before_name(self) -> str | None:
        """The name that the first edition prints; `None` too where its listing is inferred."""
        return None if self.before is None else self.before.name_as_listed

    @property
    def after_name(self) -> str | None:
        """The name that the second edition prints; `None` too where its listing is inferred."""
        return None if self.after is None else self.after.name_as_listed

    @property
    def before_grade(self) -> Grade | None:
        """How sure the listing in the first edition is."""
        return None if self.before is None else self.before.grade

    @property
    def after_grade(self) -> Grade | None:
        """How sure the listing in the second edition is."""
        return None if self.after is None else self.after.grade

    @property
    def renamed(self) -> bool:
        """Whether both editions print the market, under names that differ by more than case."""
        names = [name for name in (self.before_name, self.after_name) if name is not None]
        return len(names) == 2 and name_key(names[0]) != name_key(names[1])

    def __repr__(self) -> str:
        names = " -> ".join((row.name_as_listed or "(unnamed)") if row else "-" for row in (self.before, self.after))
        return f"<{'' if self.sure else 'perhaps '}{self.status}: {self.market_id} ({names})>"


@frozen(repr=False)
class Changes(Records[Change]):
    """The difference between two editions, market by market: `Records` with every market that either is known to list.

    `added` and `dropped` hold only what can be told; `cannot_be_told` the rest. A DataFrame has a row a market, with the
    columns `before_year`, `after_year`, `market_id`, `name`, `kind`, `country`, `status`, `sure`, `renamed`, and of each of
    the two listings `listing_no`, `name` (as printed) and `grade`, with `before_` or `after_` in front; see `Change`.
    """

    before: Edition
    after: Edition

    @property
    def added(self) -> Records[Change]:
        """Markets that stand in the second edition and surely not in the first."""
        return self.with_rows(change for change in self if change.status == "added" and change.sure)

    @property
    def dropped(self) -> Records[Change]:
        """Markets that stand in the first edition and surely not in the second."""
        return self.with_rows(change for change in self if change.status == "dropped" and change.sure)

    @property
    def kept(self) -> Records[Change]:
        """Markets that stand in both."""
        return self.with_rows(change for change in self if change.status == "kept")

    @property
    def renamed(self) -> Records[Change]:
        """Kept markets that the editions print under different names."""
        return self.with_rows(change for change in self.kept if change.renamed)

    @property
    def cannot_be_told(self) -> Records[Change]:
        """Markets that stand in one edition, while the other has unnamed listings among which they may be."""
        return self.with_rows(change for change in self if change.status != "kept" and not change.sure)

    def __repr__(self) -> str:
        parts = [f"{len(self.added)} added", f"{len(self.dropped)} dropped", f"{len(self.kept)} kept"]
        parts += [f"{len(self.renamed)} of them renamed", f"{len(self.cannot_be_told)} cannot be told"]
        return f"<Changes {self.before.year} to {self.after.year}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from ._html import changes

        return changes(self)


def changes(before: int, after: int) -> Changes:
    """What changed from one edition to another, which need not be the next one or a later one.

    A market counts as added or dropped only where that can be told: the edition without it names every market of that
    kind (or, of a physical market, every one of its country, or none there), or a source says that it is new or gone. A
    heading that combines several markets counts for each of them.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: A year is no integer.

    >>> import notorious_markets as nm
    >>> nm.changes(2020, 2021)
    <Changes 2020 to 2021: 9 added, 7 dropped, 45 kept, 2 of them renamed, 11 cannot be told>
    >>> [change.market_id for change in nm.changes(2020, 2021).dropped if change.kind == "online"]
    ['amazon-foreign-domains', 'haraj', 'mercado-libre', 'seasonvar', 'snapdeal', 'weidian']
    """
    compared = edition(before), edition(after)
    old, new = (_by_market(one) for one in compared)
    rows: list[Change] = []
    for market_id in sorted({**old, **new}):
        first, second = old.get(market_id), new.get(market_id)
        row = new.get(market_id) or old[market_id]
        status: ChangeStatus
        if first and second:
            status, sure = "kept", "inferred" not in {first.grade, second.grade}
        else:
            lacking, other = compared if second else compared[::-1]
            status = "added" if second else "dropped"
            sure = row.grade != "inferred" and _surely_absent(market_id, row, lacking, other)
        rows.append(Change(before, after, market_id, row.kind, status, sure, first, second))
    grades = get_args(Grade)
    fixed = {
        "kind": get_args(Kind),
        "country": DATASET.vocabularies(Listing)["country"],
        "status": get_args(ChangeStatus),
        "before_grade": grades,
        "after_grade": grades,
    }
    return Changes(tuple(rows), Origin.of_attributes(rows, _COLUMNS, fixed), *compared)


def status(market: Market, one: Edition) -> Status:
    """Whether an edition lists a market, as far as it can be told.

    The rule is that of `changes`, applied between the edition and the nearest earlier and later editions that list the
    market.
    """
    if one.year in market.years:
        return "listed"
    earlier = [row for row in market.listings if row.year < one.year][-1:]
    later = [row for row in market.listings if row.year > one.year][:1]
    absent = any(_surely_absent(market.market_id, row, one, row.edition) for row in (*earlier, *later))
    return "not listed" if absent else "cannot be told"


def is_doubtful(listing: Listing) -> bool:
    """Whether a listing is inferred by a rule, or all its sources mention it only in passing."""
    named = [citation for citation in listing.citations if citation.field == "listing"]
    return listing.grade == "inferred" or all(citation.confidence == "medium" for citation in named)


def spells(years: Container[int]) -> tuple[tuple[int, ...], ...]:
    """Review years as runs of consecutive editions, the oldest first."""
    every = [row.year for row in editions()]
    return tuple(tuple(run) for listed, run in groupby(every, key=years.__contains__) if listed)


def _by_market(one: Edition) -> dict[str, Listing]:
    return {market.market_id: row for row in one.listings for market in row.markets}


def _surely_absent(market_id: str, row: Listing, from_edition: Edition, other: Edition) -> bool:
    """Whether a market that `row` lists in the other edition is surely not in this one."""
    listings = [listing for listing in from_edition.listings if listing.kind == row.kind]
    # Where one edition prints `Flvto and 2conv` and another `Flvto`, the entry may speak of both all the same.
    if any(partner.market_id != market_id and partner in listing.markets for partner in row.markets for listing in listings):
        return False
    announced = from_edition.online_total if row.kind == "online" else from_edition.physical_total
    if announced is not None and all(listing.grade in {"primary", "secondary"} for listing in listings):
        return True
    if row.kind == "physical" and _country_is_complete(from_edition, row.country):
        return True
    if row.newly_listed and from_edition.year < other.year:
        return True
    return any(
        (gone.year, gone.market_id, gone.event) == (from_edition.year, market_id, "removal")
        for gone in DATASET.where(Development, year=from_edition.year)
    )


def _country_is_complete(one: Edition, country: str | None) -> bool:
    """Whether every physical market of a country in an edition is named, by the counts that sources give."""
    counted = {row.qualifier: row.value for row in statistics(year=one.year) if row.metric == "listed_markets"}
    rows = [row for row in one.listings if row.kind == "physical"]
    countries = {row.country for row in rows if row.country}
    if country not in countries:
        return len(countries) == counted.get("physical_countries")
    named = Counter(row.country for row in rows if row.grade in {"primary", "secondary"})
    return any(counted.get(qualifier) == named[country] for qualifier, of in COUNTED_COUNTRIES.items() if of == country)
