"""Does a filter return exactly the rows that it should?"""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.vocabularies import Category, Goods, Grade, Kind

ROWS: list[dict[str, Any]] = nm.table("listings").to_pylist()
EDITIONS: list[dict[str, Any]] = nm.table("editions").to_pylist()


def _one_or_several(values: list[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(st.sampled_from(values), max_size=4)
    return st.sampled_from(values) | several | several.map(tuple) | several.map(frozenset)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "year": _one_or_several([row["year"] for row in EDITIONS]),
        "kind": _one_or_several(list(get_args(Kind))),
        "country": _one_or_several(sorted({row["country"] for row in ROWS if row["country"]})),
        "category": _one_or_several(list(get_args(Category))),
        "goods": _one_or_several(list(get_args(Goods))),
        "grade": _one_or_several(list(get_args(Grade))),
        "as_of": st.dates(min(row["released"] for row in EDITIONS), date(2030, 1, 1)),
    },
)


def _naive(filters: dict[str, Any]) -> list[tuple[int, int]]:
    found = []
    for row in ROWS:
        keep = True
        for name, wanted in filters.items():
            if name == "as_of":
                in_force = None
                for edition in EDITIONS:
                    if edition["released"] <= wanted:
                        in_force = edition["year"]
                keep = keep and row["year"] == in_force
            else:
                values = [wanted] if isinstance(wanted, (str, int)) else list(wanted)
                have = row[name] if name == "goods" else [row[name]]
                keep = keep and any(value in values for value in have)
        if keep:
            found.append((row["year"], row["listing_no"]))
    return found


def _keys(listings: Any) -> list[tuple[int, int]]:
    return [(row.year, row.listing_no) for row in listings]


@given(FILTERS)
def test_filters_select_what_a_naive_loop_selects(filters: dict[str, Any]) -> None:
    assert _keys(nm.markets(**filters)) == _naive(filters)


@given(FILTERS, st.data())
def test_filters_commute(filters: dict[str, Any], data: st.DataObject) -> None:
    """Filters applied at once give what they give one by one, in any order."""
    together = set(_keys(nm.markets(**filters)))
    one_by_one = set(_keys(nm.markets()))
    for name in data.draw(st.permutations(list(filters))):
        one_by_one &= set(_keys(nm.markets(**{name: filters[name]})))
    assert together == one_by_one


def test_no_filter_is_the_whole_table() -> None:
    assert _keys(nm.markets()) == [(row["year"], row["listing_no"]) for row in ROWS]
    assert len(ROWS) == len(set(_keys(nm.markets())))


def test_as_of_takes_a_text_as_the_same_day() -> None:
    assert nm.markets(as_of="2022-02-17") == nm.markets(as_of=date(2022, 2, 17))


def test_a_generator_of_years_is_several_years() -> None:
    assert nm.markets(year=(year for year in [2021])) == nm.markets(year=2021)
