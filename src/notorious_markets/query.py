"""Queries for listings, editions, sources, statistics and whole tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, TypeVar, get_args

from ._filters import day, one_of, some_of
from ._store import DATASET, TABLES
from .models import Coverage, Development, Domain, Edition, Listing, Source, Statistic
from .vocabularies import Category, Goods, Grade, Kind, Year

if TYPE_CHECKING:
    import pyarrow

    from .records import Records

_OfYear = TypeVar("_OfYear", Statistic, Development)


def markets(
    *,
    year: int | Iterable[int] | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    as_of: date | str | None = None,
) -> Records[Listing]:
    """Return the listings that meet every condition, ordered by edition and number.

    A listing is the entry of a market in an edition. Without `year` or `as_of` the result covers all editions. It includes
    listings that no source names, with the grade `unidentified`; use `grade=("primary", "secondary", "inferred")` to leave
    them out. Each condition except `as_of` takes a single value or an iterable of alternatives.

    Args:
        year: Review year of the edition: `2021`, `(2019, 2021)` or `range(2019, 2022)`.
        kind: `"online"` or `"physical"`.
        country: ISO 3166-1 alpha-2 code. For a physical market this is the country of its heading. For an online market it is
            the country of its headquarters or operator, if a source gives one.
        category: Category of an online market, such as `"e-commerce"`.
        goods: `"counterfeit"` or `"piracy"`. A market that is listed for both meets either value.
        grade: How certain the listing is: `"primary"`, `"secondary"`, `"inferred"` or `"unidentified"`.
        as_of: A day, as a `datetime.date` or in the form `"2022-06-30"`. Selects the edition in force on that day: the newest
            edition released by then.

    Raises:
        UnknownValue: No listing can have the value, such as the year 1999 or the country `"XX"`, or the day is before the
            release of the first edition. The message lists or suggests valid values.
        TypeError: A value has the wrong type.
        ValueError: `as_of` is a `str`, but not a date.

    >>> import notorious_markets as nm
    >>> [listing.name_as_listed for listing in nm.markets(year=2021, kind="physical", country="IN")]
    ['Heera Panna', 'Kidderpore', 'Palika Bazaar', 'Tank Road']
    """
    listings = DATASET.rows(Listing)
    years = some_of("year", year, int, (row.year for row in DATASET.rows(Edition)))
    kinds = some_of("kind", kind, str, get_args(Kind))
    countries = some_of("country", country, str, sorted({row.country for row in listings if row.country}), _countries_as_listed)
    categories = some_of("category", category, str, get_args(Category))
    goods_wanted = some_of("goods", goods, str, get_args(Goods))
    grades = some_of("grade", grade, str, get_args(Grade))
    in_force = None if as_of is None else DATASET.edition_in_force(day("as_of", as_of)).year
    return listings.with_rows(
        row
        for row in listings
        if (years is None or row.year in years)
        and (in_force is None or row.year == in_force)
        and (kinds is None or row.kind in kinds)
        and (countries is None or row.country in countries)
        and (categories is None or row.category in categories)
        and (goods_wanted is None or not goods_wanted.isdisjoint(row.goods))
        and (grades is None or row.grade in grades)
    )


def _countries_as_listed() -> dict[str, str]:
    return {row.country_as_listed: row.country for row in DATASET.rows(Listing) if row.country_as_listed and row.country}


def domains_of(listings: Iterable[Listing]) -> Records[Domain]:
    """Return the domains of all markets in the listings. Domains from other editions are included."""
    listed = {market_id for listing in listings for market_id in listing.market_ids}
    rows = DATASET.rows(Domain)
    return rows.with_rows(row for row in rows if row.market_id in listed)


def editions() -> Records[Edition]:
    """Return all editions, oldest first."""
    return DATASET.rows(Edition)


def edition(year: Year) -> Edition:
    """Return the edition with a review year.

    Raises:
        UnknownValue: There is no such edition. The message lists the valid years.
        TypeError: `year` is not an integer.

    >>> import notorious_markets as nm
    >>> nm.edition(2021).released
    datetime.date(2022, 2, 17)
    """
    return DATASET.get(Edition, one_of("year", year, int, (row.year for row in editions())))


def coverage() -> Records[Coverage]:
    """Return the announced total and the number of listings of each grade, for each edition and kind."""
    return DATASET.rows(Coverage)


def statistics(*, year: int | Iterable[int] | None = None) -> Records[Statistic]:
    """Return the figures that the reports state, for one edition, several editions or all.

    The metrics are `active_users`, `channels`, `cost_of_online_piracy`, `counterfeit_imports`, `counterfeit_share`,
    `customs_seizures_from_china`, `illegal_online_pharmacies`, `listed_markets`, `loss`, `seized_items`,
    `share_of_illegal_pharmacy_domains`, `shops`, `stalls`, `survey_counterfeit_received`, `visitors` and `visits`.
    `Statistic.definition` describes what each figure measures.

    Args:
        year: Review year of the edition, or an iterable of years.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: A year is not an integer.
    """
    return _of_years(Statistic, year)


def developments(*, year: int | Iterable[int] | None = None) -> Records[Development]:
    """Return the removals, closures and other events that reports mention, for one edition, several editions or all.

    Args:
        year: Review year of the edition, or an iterable of years.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: A year is not an integer.
    """
    return _of_years(Development, year)


def _of_years(model: type[_OfYear], year: int | Iterable[int] | None) -> Records[_OfYear]:
    rows = DATASET.rows(model)
    years = some_of("year", year, int, (row.year for row in editions()))
    return rows if years is None else rows.with_rows(row for row in rows if row.year in years)


def sources() -> Records[Source]:
    """Return all documents that facts are taken from."""
    return DATASET.rows(Source)


def table(name: str) -> pyarrow.Table:
    """Return a whole table as a `pyarrow.Table`. The metadata of each column in the schema describe it.

    Args:
        name: `"editions"`, `"markets"`, `"listings"`, `"domains"`, `"citations"`, `"sources"`, `"statistics"`,
            `"developments"`, `"coverage"`, `"places"`, `"relations"` or `"unchanged"`.

    Raises:
        UnknownValue: There is no such table.
        TypeError: `name` is not a `str`.

    >>> import notorious_markets as nm
    >>> nm.table("editions").column_names[:3]
    ['year', 'title', 'released']
    """
    return DATASET.table(one_of("table", name, str, TABLES.values()))
