"""Do filters return exactly the rows that meet the conditions?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets._countries import CODES
from notorious_markets._store import TABLES
from notorious_markets.vocabularies import Category, Goods, Grade, Kind

ROWS: list[dict[str, Any]] = nm.table("listings").to_pylist()
EDITIONS: list[dict[str, Any]] = nm.table("editions").to_pylist()


def _one_or_several(values: list[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(st.sampled_from(values), max_size=4)
    return st.sampled_from(values) | several | several.map(tuple) | several.map(frozenset)


OPERATORS = nm.table("operators").to_pylist()
# The names of one company in the listings and in the table of operators; the others have one name.
SAME_COMPANY = [{"DStorage", "DStorage SAS"}, {"Pinduoduo", "Pinduoduo Inc."}]
COMPANIES = {name for row in (*ROWS, *OPERATORS) for name in (row["operator"], row.get("parent")) if name}


def _companies(row: dict[str, Any]) -> list[str]:
    """The companies that ran or owned the markets of a listing in its review year, under all their names."""
    names = {row["operator"]}
    for operator in OPERATORS:
        last = operator["to_year"] or row["year"]
        if (
            operator["market_id"] in (row["market_id"], *row["further_market_ids"])
            and operator["from_year"] <= row["year"] <= last
        ):
            names |= {operator["operator"], operator["parent"]}
    return [name for name in names.union(*(same for same in SAME_COMPANY if same & names)) if name]


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "year": _one_or_several([row["year"] for row in EDITIONS]),
        "kind": _one_or_several(list(get_args(Kind))),
        "country": _one_or_several(sorted({row["country"] for row in ROWS if row["country"]})),
        "category": _one_or_several(list(get_args(Category))),
        "goods": _one_or_several(list(get_args(Goods))),
        "grade": _one_or_several(list(get_args(Grade))),
        "market": _one_or_several(sorted({row["market_id"] for row in ROWS if row["market_id"]})),
        "operator": _one_or_several(sorted(COMPANIES)),
        "as_of": st.dates(EDITIONS[0]["released"], date(2030, 1, 1)),
    },
)


def _expected(filters: dict[str, Any]) -> list[tuple[int, int]]:
    """Filter the table with plain loops."""
    found = []
    for row in ROWS:
        meets_all = True
        for name, condition in filters.items():
            if name == "as_of":
                in_force = None
                for edition in EDITIONS:
                    if edition["released"] <= condition:
                        in_force = edition["year"]
                meets_all = meets_all and row["year"] == in_force
            else:
                accepted = [condition] if isinstance(condition, (str, int)) else list(condition)
                values = {
                    "goods": row["goods"],
                    "market": [row["market_id"], *row["further_market_ids"]],
                    "operator": _companies(row),
                }.get(name, [row.get(name)])
                meets_all = meets_all and any(value in accepted for value in values)
        if meets_all:
            found.append((row["year"], row["listing_no"]))
    return found


def _keys(listings: Any) -> list[tuple[int, int]]:
    return [(row.year, row.listing_no) for row in listings]


@given(FILTERS)
def test_filters_agree_with_plain_loops(filters: dict[str, Any]) -> None:
    assert _keys(nm.markets(**filters)) == _expected(filters)


@pytest.mark.parametrize(
    ("operator", "market_id", "years"),
    [
        ("Mail.ru Group", "vk", range(2014, 2021)),
        ("mail ru", "vk", range(2014, 2021)),
        ("VKontakte", "vk", range(2010, 2021)),
        ("PDD HOLDINGS", "pinduoduo", range(2023, 2026)),
        ("MercadoLibre Inc", "mercado-libre", [2020]),
        ("hosting concepts bv", "hosting-concepts-openprovider", [2018, 2019]),
    ],
)
def test_operators_are_those_of_the_year_in_any_spelling(operator: str, market_id: str, years: Any) -> None:
    found = nm.markets(operator=operator)
    assert {row.market_id for row in found} == {market_id}
    assert {row.year for row in found} == {row.year for row in nm.market(market_id).listings if row.year in years}


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(nm.UnknownValue, match="unknown operator 'Alibba Group'; did you mean 'Alibaba Group'"):
        nm.markets(operator="Alibba Group")


def test_no_filter_returns_the_whole_table() -> None:
    assert _keys(nm.markets()) == [(row["year"], row["listing_no"]) for row in ROWS]


def test_markets_has_a_second_name_and_takes_the_year_by_position() -> None:
    assert nm.listings is nm.markets
    assert nm.markets(2021) == nm.markets(year=2021)


def _rows(table: str, **conditions: Any) -> list[dict[str, Any]]:
    """Filter a table with a plain loop. A condition is the set of accepted values of a column."""
    rows: list[dict[str, Any]] = nm.table(table).to_pylist()
    return [row for row in rows if all(row[name] in accepted for name, accepted in conditions.items())]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (lambda: nm.all_markets(), _rows("markets")),
        (lambda: nm.all_markets(kind="online", country=["CN", "RU"]), _rows("markets", kind={"online"}, country={"CN", "RU"})),
        (lambda: nm.all_markets(category="e-commerce"), _rows("markets", category={"e-commerce"})),
        (lambda: nm.all_markets(operator="Alibaba Group"), _rows("markets", operator={"Alibaba Group"})),
        (lambda: nm.coverage(), _rows("coverage")),
        (lambda: nm.coverage(2021), _rows("coverage", year={2021})),
        (lambda: nm.coverage(range(2012, 2015), kind="physical"), _rows("coverage", year={2012, 2013, 2014}, kind={"physical"})),
        (lambda: nm.domains(), _rows("domains")),
        (lambda: nm.all_markets(operator="alibaba"), _rows("markets", operator={"Alibaba Group"})),
        (lambda: nm.all_markets(operator="Sea Ltd."), _rows("markets", parent={"Sea Limited"})),
        (lambda: nm.domains(role="own"), _rows("domains", role={"own"})),
        (
            lambda: nm.domains(role=["former", "company"], basis="listed"),
            _rows("domains", role={"former", "company"}, basis={"listed"}),
        ),
        (lambda: nm.aliases(), _rows("aliases")),
        (lambda: nm.aliases(market="VK"), _rows("aliases", market_id={"vk"})),
        (lambda: nm.aliases(language=["th", "zh"]), _rows("aliases", language={"th", "zh"})),
        (lambda: nm.operators(), _rows("operators")),
        (lambda: nm.operators(market="VK"), _rows("operators", market_id={"vk"})),
        (lambda: nm.domains(market="Taobao.com"), _rows("domains", market_id={"taobao"})),
        (lambda: nm.domains(market=[nm.market("VK"), "Taobao"]), _rows("domains", market_id={"taobao", "vk"})),
        (lambda: nm.places(), _rows("places")),
        (lambda: nm.places(country="CN"), _rows("places", country={"CN"})),
        (lambda: nm.relations(), _rows("relations")),
        (lambda: nm.relations(market="Aniwatch"), _rows("relations", other_market_id={"aniwatch"})),
        (lambda: nm.citations(), _rows("citations")),
        (lambda: nm.citations(2021), _rows("citations", year={2021})),
        (lambda: nm.sources(), _rows("sources")),
        (lambda: nm.sources(2021), _rows("sources", source_id={row["source_id"] for row in _rows("citations", year={2021})})),
        (lambda: nm.statistics(2021), _rows("statistics", year={2021})),
        (lambda: nm.statistics(metric="shops"), _rows("statistics", metric={"shops"})),
        (lambda: nm.developments((2012, 2013)), _rows("developments", year={2012, 2013})),
        (
            lambda: nm.developments(market="taobao", development="removal"),
            _rows("developments", market_id={"taobao"}, development={"removal"}),
        ),
        (lambda: nm.unchanged(), _rows("unchanged")),
        (lambda: nm.unchanged(2023), _rows("unchanged", year={2023})),
    ],
)
def test_every_table_has_a_function_with_filters(question: Callable[[], nm.Records[Any]], expected: list[dict[str, Any]]) -> None:
    assert question().to_dicts() == expected
    assert expected


FUNCTIONS: list[Callable[..., Any]] = [
    *(nm.markets, nm.all_markets, nm.aliases, nm.citations, nm.coverage, nm.developments, nm.domains, nm.operators, nm.places),
    *(nm.relations, nm.sources, nm.statistics, nm.unchanged),
]
CONDITIONS = [(function, name) for function in FUNCTIONS for name in inspect.signature(function).parameters]


@pytest.mark.parametrize(("function", "name"), CONDITIONS, ids=[f"{function.__name__}-{name}" for function, name in CONDITIONS])
def test_every_condition_refuses_other_values_by_its_name(function: Callable[..., Any], name: str) -> None:
    impossible = {"year": 1999, "as_of": "1999-12-31"}.get(name, "nothing like it")
    with pytest.raises(nm.UnknownValue, match=f"^unknown {name} {impossible!r}(; |$)"):
        function(**{name: impossible})
    with pytest.raises(TypeError, match=f"^{name} must be "):
        function(**{name: object()})


def test_every_table_has_a_function() -> None:
    assert [name for name in TABLES.values() if not callable(getattr(nm, name))] == []


def test_citations_and_sources_of_a_market() -> None:
    listings = {(row["year"], row["listing_no"]) for row in ROWS if row["market_id"] == "taobao"}
    cited = [row for row in _rows("citations") if (row["year"], row["listing_no"]) in listings]
    assert nm.citations(market="taobao").to_dicts() == cited
    ids = {row["source_id"] for row in cited if row["year"] == 2021}
    assert nm.sources(2021, market="taobao").to_dicts() == _rows("sources", source_id=ids)


def test_a_country_without_listings_has_an_empty_result() -> None:
    codes = {country.alpha_2 for country in pycountry.countries}
    assert codes == CODES
    listed = {row["country"] for row in ROWS}
    assert {code for code in codes if nm.markets(country=code)} == listed - {None}
    assert not nm.places(country="TW")
    assert not nm.all_markets(country="TW")


def test_as_of_accepts_text() -> None:
    assert nm.markets(as_of="2022-02-17") == nm.markets(as_of=date(2022, 2, 17))


def test_year_accepts_a_generator() -> None:
    assert nm.markets(year=(year for year in [2021])) == nm.markets(year=2021)
