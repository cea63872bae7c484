"""The questions: which listings, editions, sources and figures there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, get_args

from ._filters import day, one_of, some_of
from ._store import DATASET, TABLES
from .models import Coverage, Development, Domain, Edition, Listing, Source, Statistic
from .vocabularies import Category, Goods, Grade, Kind

if TYPE_CHECKING:
    import pyarrow

    from .records import Records


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
    """The listings that meet every given condition, by edition and number.

    A listing is a market's entry in one edition; without `year` or `as_of` all editions are searched. Listings that
    no source names are among them, with the grade `unidentified`: ask `grade=("primary", "secondary")` for the rest.

    Args:
        year: Review year of the edition, or several: `2021`, `(2019, 2021)`, `range(2019, 2022)`.
        kind: `"online"` or `"physical"`, or both.
        country: ISO 3166-1 alpha-2 code, or several. Physical markets: the country of the heading. Online markets:
            the country of headquarters or operator, where a source gives one.
        category: What an online market is, such as `"e-commerce"`, or several.
        goods: `"counterfeit"` or `"piracy"`, or both; a market that is listed for both meets either.
        grade: How sure the listing is, or several grades.
        as_of: A day, as a `datetime.date` or in ISO 8601: the edition in force on it, by the dates of release.

    Raises:
        UnknownValue: A value that no listing can have, such as the year 1999 or the country `"XX"`, or a day before
            the first edition; the message lists the valid ones.
        TypeError: A value of another type.
        ValueError: `as_of` is no date.

    >>> import notorious_markets as nm
    >>> [listing.name_as_listed for listing in nm.markets(year=2021, kind="physical", country="IN")]
    ['Heera Panna', 'Kidderpore', 'Palika Bazaar', 'Tank Road']
    """
    listings = DATASET.rows(Listing)
    years = some_of("year", year, int, (row.year for row in DATASET.rows(Edition)))
    kinds = some_of("kind", kind, str, get_args(Kind))
    countries = some_of("country", country, str, sorted({row.country for row in listings if row.country}), _countries_as_listed)
    categories = some_of("category", category, str, get_args(Category))
    goods_sought = some_of("goods", goods, str, get_args(Goods))
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
        and (goods_sought is None or not goods_sought.isdisjoint(row.goods))
        and (grades is None or row.grade in grades)
    )


def _countries_as_listed() -> dict[str, str]:
    return {row.country_as_listed: row.country for row in DATASET.rows(Listing) if row.country_as_listed and row.country}


def domains_of(listings: Iterable[Listing]) -> Records[Domain]:
    """The domains of every market to which listings lead, whichever edition a source gives them for."""
    listed = {market_id for listing in listings for market_id in listing.market_ids}
    rows = DATASET.rows(Domain)
    return rows.with_rows(row for row in rows if row.market_id in listed)


def editions() -> Records[Edition]:
    """Every edition of the data, the oldest first."""
    return DATASET.rows(Edition)


def edition(year: int) -> Edition:
    """The edition of a review year.

    Raises:
        UnknownValue: There is no such edition; the message lists those that there are.
        TypeError: `year` is no integer.

    >>> import notorious_markets as nm
    >>> nm.edition(2021).released
    datetime.date(2022, 2, 17)
    """
    return DATASET.get(Edition, one_of("year", year, int, (row.year for row in editions())))


def coverage() -> Records[Coverage]:
    """For each edition and kind: the announced total, and how many listings have which grade."""
    return DATASET.rows(Coverage)


def statistics(*, year: int | Iterable[int] | None = None) -> Records[Statistic]:
    """The figures that the reports state, of one edition, several or all.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: `year` is no integer.
    """
    rows = DATASET.rows(Statistic)
    years = some_of("year", year, int, (row.year for row in editions()))
    return rows if years is None else rows.with_rows(row for row in rows if row.year in years)


def developments(*, year: int | Iterable[int] | None = None) -> Records[Development]:
    """The removals, closures and improvements that reports name, of one edition, several or all.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: `year` is no integer.
    """
    rows = DATASET.rows(Development)
    years = some_of("year", year, int, (row.year for row in editions()))
    return rows if years is None else rows.with_rows(row for row in rows if row.year in years)


def sources() -> Records[Source]:
    """Every document that a fact of the data rests on."""
    return DATASET.rows(Source)


def table(name: str) -> pyarrow.Table:
    """A whole table as it is built, with the description of each column in its schema.

    Args:
        name: `"editions"`, `"markets"`, `"listings"`, `"domains"`, `"citations"`, `"sources"`, `"statistics"`,
            `"developments"`, `"coverage"`, `"places"`, `"relations"` or `"unchanged"`.

    Raises:
        UnknownValue: There is no such table.
        TypeError: `name` is no string.

    >>> import notorious_markets as nm
    >>> nm.table("editions").column_names[:3]
    ['year', 'title', 'released']
    """
    return DATASET.table(one_of("table", name, str, TABLES.values()))
