"""Queries for listings, markets, editions, sources, statistics and whole tables.

Every table has a function that returns its rows. In each of them, a condition takes a single value or an iterable of
alternatives, and `None` is no condition. A value that no row can have raises an `UnknownValue`, which lists or suggests valid
values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from ._countries import country_codes
from ._filters import day, one_of, some_of
from ._related import citations_of, companies_of, company_keys
from ._store import DATASET, TABLES
from .models import (
    Alias,
    Citation,
    Coverage,
    Development,
    Domain,
    Edition,
    Listing,
    Market,
    Operator,
    Place,
    Relation,
    Source,
    Statistic,
    Unchanged,
)
from .vocabularies import Basis, Category, Day, DevelopmentType, Goods, Grade, Kind, Role, Year, Years

if TYPE_CHECKING:
    import pyarrow

    from .records import Records

T = TypeVar("T")
_Run = TypeVar("_Run", Listing, Market)
_Wanted = frozenset[Any] | None


def markets(
    year: Years | None = None,
    *,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    market: str | Market | Iterable[str | Market] | None = None,
    operator: str | Iterable[str] | None = None,
    as_of: Day | None = None,
) -> Records[Listing]:
    """Return the listings that meet every condition, ordered by edition and number.

    A listing is the entry of a market in an edition; `all_markets` returns the markets themselves. `listings` is the same
    function. Without `year` or `as_of` the result covers all editions. It includes listings that no source names, with the
    grade `unidentified`; use `grade=("primary", "secondary", "inferred")` to leave them out. Each condition except `as_of`
    takes a single value or an iterable of alternatives.

    Args:
        year: Review year of the edition: `2021`, `(2019, 2021)` or `range(2019, 2022)`.
        kind: `"online"` or `"physical"`.
        country: ISO 3166-1 alpha-2 code. For a physical market this is the country of its heading. For an online market it is
            the country of its headquarters or operator, if a source gives one. The result for a country without listings is
            empty.
        category: Category of an online market, such as `"e-commerce"`.
        goods: `"counterfeit"` or `"piracy"`. A market that is listed for both meets either value.
        grade: How certain the listing is: `"primary"`, `"secondary"`, `"inferred"` or `"unidentified"`.
        market: A `Market`, or its id, name, alias or domain.
        operator: Company that ran the market in the review year, or owned the operator, such as `"Alibaba"`. Case,
            punctuation, spaces and legal forms, such as `Ltd` and `Group`, do not matter.
        as_of: A day, as a `datetime.date` or in the form `"2022-06-30"`. Selects the edition in force on that day: the newest
            edition released by then.

    Raises:
        UnknownValue: No listing can have the value, such as the year 1999 or the country `"XX"`, or the day is before the
            release of the first edition. The message lists or suggests valid values.
        AmbiguousMarket: Several markets have the name.
        TypeError: A value has the wrong type.
        ValueError: `as_of` is a `str`, but not a date.

    >>> import notorious_markets as nm
    >>> [listing.name_as_listed for listing in nm.markets(2021, kind="physical", country="IN")]
    ['Heera Panna', 'Kidderpore', 'Palika Bazaar', 'Tank Road']
    """
    conditions = {
        "year": _years(year),
        "kind": some_of("kind", kind, str, get_args(Kind)),
        "country": country_codes(country),
        "category": some_of("category", category, str, get_args(Category)),
        "goods": some_of("goods", goods, str, get_args(Goods)),
        "grade": some_of("grade", grade, str, get_args(Grade)),
        "market_ids": market_ids(market),
    }
    found = _run_by(operator, _matching(Listing, conditions))
    if as_of is None:
        return found
    in_force = DATASET.edition_in_force(day("as_of", as_of)).year
    return found.with_rows(row for row in found if row.year == in_force)


listings = markets


def all_markets(
    *,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    operator: str | Iterable[str] | None = None,
) -> Records[Market]:
    """Return the markets of all editions that meet every condition, each once, ordered by id.

    The country and the category of a market come from its newest listing that has a value, and the operator from its newest
    listing.

    Args:
        kind: See `markets`.
        country: See `markets`.
        category: See `markets`.
        operator: See `markets`.

    >>> import notorious_markets as nm
    >>> [market.name for market in nm.all_markets(operator="Alibaba")]
    ['AliExpress', 'Taobao']
    """
    conditions = {
        "kind": some_of("kind", kind, str, get_args(Kind)),
        "country": country_codes(country),
        "category": some_of("category", category, str, get_args(Category)),
    }
    return _run_by(operator, _matching(Market, conditions))


def editions() -> Records[Edition]:
    """Return all editions, oldest first."""
    return DATASET.rows(Edition)


def edition(year: Year) -> Edition:
    """Return the edition with a review year.

    Raises:
        UnknownValue: There is no such edition. The message states the range of years.
        TypeError: `year` is not an integer.

    >>> import notorious_markets as nm
    >>> nm.edition(2021).released
    datetime.date(2022, 2, 17)
    """
    return DATASET.get(Edition, one_of("year", year, int, (row.year for row in editions())))


def coverage(year: Years | None = None, *, kind: Kind | Iterable[Kind] | None = None) -> Records[Coverage]:
    """Return the announced total and the number of listings of each grade, for each edition and kind.

    Args:
        year: Review year of the edition.
        kind: `"online"` or `"physical"`.
    """
    return _matching(Coverage, {"year": _years(year), "kind": some_of("kind", kind, str, get_args(Kind))})


def domains(
    *,
    market: str | Market | Iterable[str | Market] | None = None,
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
) -> Records[Domain]:
    """Return the domains that meet every condition, ordered by the id of the market.

    Args:
        market: A `Market`, or its id, name, alias or domain.
        role: `"own"`, `"former"` or `"company"`; see `Domain`.
        basis: `"listed"` or `"attributed"`; see `Domain`.

    >>> import notorious_markets as nm
    >>> [row.domain for row in nm.domains(market="Warmane")]
    ['molten-wow.com', 'warmane.com']
    """
    conditions = {
        "market_id": market_ids(market),
        "role": some_of("role", role, str, get_args(Role)),
        "basis": some_of("basis", basis, str, get_args(Basis)),
    }
    return _matching(Domain, conditions)


def aliases(
    *, market: str | Market | Iterable[str | Market] | None = None, language: str | Iterable[str] | None = None
) -> Records[Alias]:
    """Return the names of markets in other scripts and languages, with the sources that print them.

    Args:
        market: A `Market`, or its id, name, alias or domain.
        language: ISO 639-1 code of the language of the alias, such as `"zh"`.
    """
    languages = sorted({row.language for row in DATASET.rows(Alias)})
    return _matching(Alias, {"market_id": market_ids(market), "language": some_of("language", language, str, languages)})


def operators(*, market: str | Market | Iterable[str | Market] | None = None) -> Records[Operator]:
    """Return the companies that run markets, with the editions for which they do.

    Args:
        market: A `Market`, or its id, name, alias or domain.
    """
    return _matching(Operator, {"market_id": market_ids(market)})


def places(*, country: str | Iterable[str] | None = None) -> Records[Place]:
    """Return the towns with physical markets.

    Args:
        country: ISO 3166-1 alpha-2 code.
    """
    return _matching(Place, {"country": country_codes(country)})


def relations(*, market: str | Market | Iterable[str | Market] | None = None) -> Records[Relation]:
    """Return the relations between markets: successor, same operator, or part of a group.

    Args:
        market: One of both markets: a `Market`, or its id, name, alias or domain.
    """
    return _matching(Relation, {"market_ids": market_ids(market)})


def citations(year: Years | None = None, *, market: str | Market | Iterable[str | Market] | None = None) -> Records[Citation]:
    """Return the citations of listings: which source shows which field.

    Args:
        year: Review year of the edition.
        market: The market that is listed: a `Market`, or its id, name, alias or domain.
    """
    return citations_of(markets(year, market=market))


def sources(year: Years | None = None, *, market: str | Market | Iterable[str | Market] | None = None) -> Records[Source]:
    """Return the documents that facts are taken from.

    Args:
        year: Review year. Selects the sources of the listings in the edition.
        market: A `Market`, or its id, name, alias or domain. Selects the sources of its listings.
    """
    if year is None and market is None:
        return DATASET.rows(Source)
    return _matching(Source, {"source_id": frozenset(row.source_id for row in citations(year, market=market))})


def statistics(year: Years | None = None, *, metric: str | Iterable[str] | None = None) -> Records[Statistic]:
    """Return the figures that the reports state.

    The metrics are `active_users`, `channels`, `cost_of_online_piracy`, `counterfeit_imports`, `counterfeit_share`,
    `customs_seizures_from_china`, `customs_seizures_source_rank`, `forced_labour_goods_rank`, `illegal_online_pharmacies`,
    `listed_markets`, `loss`, `seized_items`, `share_of_illegal_pharmacy_domains`, `shops`, `sports_broadcast_rights`, `stalls`,
    `survey_counterfeit_received`, `visitors`, `visits` and `websites`.
    `Statistic.definition` describes what each figure measures.

    Args:
        year: Review year of the edition.
        metric: What the figure measures, such as `"counterfeit_imports"`.
    """
    metrics = sorted({row.metric for row in DATASET.rows(Statistic)})
    return _matching(Statistic, {"year": _years(year), "metric": some_of("metric", metric, str, metrics)})


def developments(
    year: Years | None = None,
    *,
    market: str | Market | Iterable[str | Market] | None = None,
    development: DevelopmentType | Iterable[DevelopmentType] | None = None,
) -> Records[Development]:
    """Return the removals, closures and other events that reports mention.

    Args:
        year: Review year of the edition.
        market: A `Market`, or its id, name, alias or domain.
        development: What happened, such as `"removal"`.
    """
    types = some_of("development", development, str, get_args(DevelopmentType))
    return _matching(Development, {"year": _years(year), "market_id": market_ids(market), "development": types})


def unchanged(year: Years | None = None) -> Records[Unchanged]:
    """Return the statements of sources that an edition lists the same markets of a category as another edition.

    Args:
        year: Review year of the edition.
    """
    return _matching(Unchanged, {"year": _years(year)})


def table(table_name: str) -> pyarrow.Table:
    """Return a whole table as a `pyarrow.Table`. The metadata of each column in the schema describe it.

    Args:
        table_name: `"editions"`, `"markets"`, `"listings"`, `"aliases"`, `"domains"`, `"citations"`, `"sources"`,
            `"statistics"`, `"developments"`, `"coverage"`, `"operators"`, `"places"`, `"relations"` or `"unchanged"`.

    Raises:
        UnknownValue: There is no such table.
        TypeError: `table_name` is not a `str`.

    >>> import notorious_markets as nm
    >>> nm.table("editions").column_names[:3]
    ['year', 'title', 'released']
    """
    return DATASET.table(one_of("table", table_name, str, TABLES.values()))


def market_ids(market: str | Market | Iterable[str | Market] | None) -> frozenset[str] | None:
    """Check the argument `market`.

    Returns:
        The ids of the markets, or `None` if the argument is `None`.

    Raises:
        TypeError: A value is neither a `str` nor a `Market`.
        UnknownValue: No market has the name.
        AmbiguousMarket: Several markets have the name.
    """
    if market is None:
        return None
    from .names import market as market_named

    found = set()
    for item in [market] if isinstance(market, (str, bytes, Market)) or not isinstance(market, Iterable) else market:
        if not isinstance(item, (str, Market)):
            raise TypeError(f"market must be a str, a Market or an iterable of them, not {item!r}")
        found.add((item if isinstance(item, Market) else market_named(item)).market_id)
    return frozenset(found)


def _years(year: Years | None) -> _Wanted:
    values: Any = year
    return some_of("year", values, int, (row.year for row in editions()))


def _matching(model: type[T], conditions: dict[str, _Wanted]) -> Records[T]:
    """Return the rows whose attributes have one of the wanted values. Of a tuple, one value is enough."""
    wanted = {name: values for name, values in conditions.items() if values is not None}
    rows = DATASET.rows(model)
    if not wanted:
        return rows
    return rows.with_rows(row for row in rows if all(_meets(getattr(row, name), values) for name, values in wanted.items()))


def _run_by(operator: str | Iterable[str] | None, rows: Records[_Run]) -> Records[_Run]:
    """Return the rows whose markets one of the companies runs or owns."""
    wanted = company_keys(operator)
    return rows if wanted is None else rows.with_rows(row for row in rows if not wanted.isdisjoint(companies_of(row)))


def _meets(value: object, wanted: frozenset[Any]) -> bool:
    return not wanted.isdisjoint(value) if isinstance(value, tuple) else value in wanted
