"""The history of the list: changes between editions, and the status of a market in each edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, get_args

from attrs import frozen

from . import query
from ._filters import day
from ._store import DATASET
from .models import Development, Listing, Market, Statistic
from .names.forms import name_key
from .records import Origin, Records, as_dict, as_json
from .vocabularies import COUNTED_COUNTRIES, ChangeType, Day, Grade, Kind, Status, Year

if TYPE_CHECKING:
    from ._arrays import TypeName
    from .models import Edition

_COLUMNS: dict[str, TypeName] = {
    "before_year": "int16",
    "after_year": "int16",
    "market_id": "string",
    "name": "string",
    "kind": "string",
    "country": "string",
    "change": "string",
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
    """The change of a market between two editions.

    `change` is `"added"`, `"dropped"` or `"kept"`. `before_listing` and `after_listing` are the listings in the two editions;
    `None` if an edition is not known to list the market. `sure` is false if the evidence does not settle the change: the
    edition without the market has listings that no source names, and the market may be one of them, or a listing is inferred.
    """

    SUMMARY = ("market_id", "kind", "change", "sure", "before_name", "after_name")

    before_year: int
    after_year: int
    market_id: str
    kind: Kind
    change: ChangeType
    sure: bool
    before_listing: Listing | None
    after_listing: Listing | None

    if TYPE_CHECKING:
        # Without these declarations, mypy refuses `"Taobao" in records` as a comparison that is always false.
        def __eq__(self, other: object) -> bool: ...
        def __hash__(self) -> int: ...

    @property
    def market(self) -> Market:
        """The market that changed."""
        return DATASET.get(Market, self.market_id)

    @property
    def name(self) -> str:
        """The usual name of the market."""
        return self.market.name

    @property
    def country(self) -> str | None:
        """The country of `after_listing`, or of `before_listing` if that is `None`."""
        row = self.after_listing or self.before_listing
        return None if row is None else row.country

    @property
    def before_listing_no(self) -> int | None:
        """The number of the listing in the first edition; `None` if there is none."""
        return None if self.before_listing is None else self.before_listing.listing_no

    @property
    def after_listing_no(self) -> int | None:
        """The number of the listing in the second edition; `None` if there is none."""
        return None if self.after_listing is None else self.after_listing.listing_no

    @property
    def before_name(self) -> str | None:
        """The name in the first edition; `None` if it does not list the market or if its listing is inferred."""
        return None if self.before_listing is None else self.before_listing.name_as_listed

    @property
    def after_name(self) -> str | None:
        """The name in the second edition; `None` if it does not list the market or if its listing is inferred."""
        return None if self.after_listing is None else self.after_listing.name_as_listed

    @property
    def before_grade(self) -> Grade | None:
        """The grade of the listing in the first edition; `None` if there is none."""
        return None if self.before_listing is None else self.before_listing.grade

    @property
    def after_grade(self) -> Grade | None:
        """The grade of the listing in the second edition; `None` if there is none."""
        return None if self.after_listing is None else self.after_listing.grade

    @property
    def renamed(self) -> bool:
        """Whether the names in the two editions are known and differ by more than case and spaces."""
        names = [name for name in (self.before_name, self.after_name) if name is not None]
        return len(names) == 2 and name_key(names[0]) != name_key(names[1])

    def to_dict(self) -> dict[str, Any]:
        """Return the change as a dictionary with the columns of `Changes`."""
        return as_dict(self, _COLUMNS)

    def to_json(self) -> str:
        """Return the change as a JSON object with the columns of `Changes`."""
        return as_json(self.to_dict())

    def __repr__(self) -> str:
        names = " -> ".join(
            (row.name_as_listed or "(unnamed)") if row else "-" for row in (self.before_listing, self.after_listing)
        )
        return f"<{'' if self.sure else 'perhaps '}{self.change}: {self.market_id} ({names})>"


@frozen(repr=False)
class Changes(Records[Change]):
    """The changes between two editions: a `Records` with a `Change` for each market that either edition is known to list.

    `added` and `dropped` contain the changes that the evidence settles, `cannot_be_told` the others. A DataFrame has a row
    for each market. Its columns are the attributes of `Change`: `before_year`, `after_year`, `market_id`, `name`, `kind`,
    `country`, `change`, `sure`, `renamed`, and `before_` and `after_` with each of `listing_no`, `name` and `grade`.
    """

    before: Edition
    after: Edition

    @property
    def added(self) -> Records[Change]:
        """The markets that the second edition lists and the first one certainly does not."""
        return self.with_rows(change for change in self if change.change == "added" and change.sure)

    @property
    def dropped(self) -> Records[Change]:
        """The markets that the first edition lists and the second one certainly does not."""
        return self.with_rows(change for change in self if change.change == "dropped" and change.sure)

    @property
    def kept(self) -> Records[Change]:
        """The markets that both editions list."""
        return self.with_rows(change for change in self if change.change == "kept")

    @property
    def renamed(self) -> Records[Change]:
        """The kept markets whose names in the two editions differ."""
        return self.with_rows(change for change in self.kept if change.renamed)

    @property
    def cannot_be_told(self) -> Records[Change]:
        """The markets that one edition lists, while the evidence does not settle whether the other one does."""
        return self.with_rows(change for change in self if change.change != "kept" and not change.sure)

    def __repr__(self) -> str:
        parts = [f"{len(self.added)} added", f"{len(self.dropped)} dropped", f"{len(self.kept)} kept"]
        parts += [f"{len(self.renamed)} of them renamed", f"{len(self.cannot_be_told)} cannot be told"]
        return f"<Changes {self.before.year} to {self.after.year}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from ._html import changes

        return changes(self)


def changes(before: Year, after: Year) -> Changes:
    """Return the changes between two editions, which may be any two in either order.

    A heading that combines several markets counts for each of them. A change is sure if no listing is inferred and, if one
    edition does not list the market, its `Market.status` in that edition is `"not listed"`. That is the case if at least one
    of these conditions holds:

    - The edition names every market of the same kind.
    - The market is physical, and the edition names every market of its country or lists none there.
    - A source says that the market was removed from the edition, or that it is new in the next one that lists it.

    However, the status is `"cannot be told"` if the edition lists another market of the heading that the market has in the
    nearest edition, because its entry may describe both.

    Args:
        before: Review year of the first edition.
        after: Review year of the second edition.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: A year is not an integer.

    >>> import notorious_markets as nm
    >>> nm.changes(2020, 2021)
    <Changes 2020 to 2021: 9 added, 7 dropped, 45 kept, 2 of them renamed, 11 cannot be told>
    >>> [change.market_id for change in nm.changes(2020, 2021).dropped if change.kind == "online"]
    ['amazon-foreign-domains', 'haraj', 'mercado-libre', 'seasonvar', 'snapdeal', 'weidian']
    """
    compared = query.edition(before), query.edition(after)
    old, new = map(_by_market, compared)
    rows: list[Change] = []
    for market_id in sorted({**old, **new}):
        first, second = old.get(market_id), new.get(market_id)
        row = new.get(market_id) or old[market_id]
        change: ChangeType
        if first and second:
            change, sure = "kept", "inferred" not in {first.grade, second.grade}
        else:
            without = compared[0] if second else compared[1]
            change = "added" if second else "dropped"
            sure = row.grade != "inferred" and status(DATASET.get(Market, market_id), without) == "not listed"
        rows.append(Change(compared[0].year, compared[1].year, market_id, row.kind, change, sure, first, second))
    grades = get_args(Grade)
    fixed = {
        "kind": get_args(Kind),
        "country": DATASET.vocabularies(Listing)["country"],
        "change": get_args(ChangeType),
        "before_grade": grades,
        "after_grade": grades,
    }
    return Changes(tuple(rows), Origin.of_attributes(rows, _COLUMNS, fixed), *compared)


def chosen_edition(year: Year | None, as_of: Day | None) -> Edition:
    """Return the edition with a review year or the edition in force on a day, of which exactly one is passed."""
    if as_of is not None and year is None:
        return DATASET.edition_in_force(day("as_of", as_of))
    if as_of is not None or year is None:
        raise TypeError("pass either year or as_of, such as 2021 or as_of='2022-06-30'")
    if isinstance(year, (date, str)):
        raise TypeError(f"year must be an int, not {year!r}; pass a day as the argument as_of")
    return query.edition(year)


def status(market: Market, edition: Edition) -> Status:
    """Return whether an edition lists a market, or that the evidence does not settle it.

    The evidence is that of the edition and of the nearest earlier and later listings of the market. `changes`, the command,
    notebooks and plots follow the answer.
    """
    if edition.year in market.years:
        return "listed"
    earlier = [listing for listing in market.listings if listing.year < edition.year][-1:]
    later = [listing for listing in market.listings if listing.year > edition.year][:1]
    absent = any(_surely_absent(market.market_id, listing, edition, listing.edition) for listing in (*earlier, *later))
    return "not listed" if absent else "cannot be told"


def is_doubtful(listing: Listing) -> bool:
    """Return whether a listing is inferred by a rule, or every source mentions it only in passing."""
    citations = [citation for citation in listing.citations if citation.field == "listing"]
    return listing.grade == "inferred" or all(citation.confidence == "medium" for citation in citations)


def spells(years: Container[int]) -> tuple[tuple[int, ...], ...]:
    """Return review years grouped into runs of consecutive editions, oldest first."""
    all_years = [edition.year for edition in query.editions()]
    return tuple(tuple(run) for listed, run in groupby(all_years, key=years.__contains__) if listed)


def _by_market(edition: Edition) -> dict[str, Listing]:
    return {market_id: listing for listing in edition.listings for market_id in listing.market_ids}


def _surely_absent(market_id: str, listing: Listing, edition: Edition, other: Edition) -> bool:
    """Return whether `edition` certainly does not list a market that has a `listing` in the edition `other`."""
    rows = [row for row in edition.listings if row.kind == listing.kind]
    # If an edition lists `Flvto` and another one `Flvto and 2conv`, the entry of the former may describe 2conv too.
    if any(not set(listing.market_ids).isdisjoint(row.market_ids) for row in rows):
        return False
    announced = edition.online_total if listing.kind == "online" else edition.physical_total
    if announced is not None and all(row.grade in {"primary", "secondary"} for row in rows):
        return True
    if listing.kind == "physical" and _country_is_complete(edition, listing.country):
        return True
    if listing.newly_listed and edition.year < other.year:
        return True
    return any(
        (development.market_id, development.development) == (market_id, "removal")
        for development in DATASET.where(Development, year=edition.year)
    )


def _country_is_complete(edition: Edition, country: str | None) -> bool:
    """Return whether an edition names every physical market of a country, according to the counts that sources state."""
    counts = {row.qualifier: row.value for row in DATASET.where(Statistic, year=edition.year, metric="listed_markets")}
    rows = [row for row in edition.listings if row.kind == "physical"]
    countries = {row.country for row in rows if row.country}
    if country not in countries:
        return len(countries) == counts.get("physical_countries")
    named = Counter(row.country for row in rows if row.grade in {"primary", "secondary"})
    return any(counts.get(qualifier) == named[country] for qualifier, counted in COUNTED_COUNTRIES.items() if counted == country)
