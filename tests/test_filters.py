"""Do filters return exactly the rows that meet the conditions?"""

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
                values = row[name] if name == "goods" else [row[name]]
                meets_all = meets_all and any(value in accepted for value in values)
        if meets_all:
            found.append((row["year"], row["listing_no"]))
    return found


def _keys(listings: Any) -> list[tuple[int, int]]:
    return [(row.year, row.listing_no) for row in listings]


@given(FILTERS)
def test_filters_agree_with_plain_loops(filters: dict[str, Any]) -> None:
    assert _keys(nm.markets(**filters)) == _expected(filters)


def test_no_filter_returns_the_whole_table() -> None:
    assert _keys(nm.markets()) == [(row["year"], row["listing_no"]) for row in ROWS]


def test_as_of_accepts_text() -> None:
    assert nm.markets(as_of="2022-02-17") == nm.markets(as_of=date(2022, 2, 17))


def test_year_accepts_a_generator() -> None:
    assert nm.markets(year=(year for year in [2021])) == nm.markets(year=2021)
