"""Do the rows survive the way into other libraries?"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.store import TABLES

LISTINGS = nm.markets()
RESULTS: dict[str, nm.Records[Any]] = {
    "listings": LISTINGS,
    "editions": nm.editions(),
    "sources": nm.sources(),
    "statistics": nm.statistics(),
    "developments": nm.developments(),
    "coverage": nm.coverage(),
    "market listings": nm.market("aliexpress").listings,
    "citations": LISTINGS[0].citations,
    "empty": LISTINGS[:0],
}
results = pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@results
def test_dicts_are_the_attributes(result: nm.Records[Any]) -> None:
    for row, values in zip(result, result.to_dicts(), strict=True):
        assert values == {name: _plain(getattr(row, name)) for name in result.to_arrow().column_names}


@results
def test_arrow_round_trip(result: nm.Records[Any]) -> None:
    table = result.to_arrow()
    table.validate(full=True)
    assert table.to_pylist() == result.to_dicts()
    assert pa.table(result).equals(table, check_metadata=True)
    assert pa.schema(result) == table.schema


@given(st.lists(st.sampled_from(list(LISTINGS)), max_size=6))
def test_any_choice_of_rows_round_trips(rows: list[nm.Listing]) -> None:
    chosen = LISTINGS.of(rows)
    assert chosen.to_arrow().to_pylist() == chosen.to_dicts()
    assert chosen.to_polars().to_dicts() == chosen.to_dicts()


@pytest.mark.parametrize("name", [*TABLES.values()])
def test_whole_tables_carry_the_data_dictionary(name: str) -> None:
    table = nm.table(name)
    assert all((field.metadata or {}).get(b"description") for field in table.schema)
    assert table.schema.metadata[b"data_version"].decode() == nm.DATA_VERSION
    assert nm.table(name) is table


def test_listings_are_the_table() -> None:
    assert LISTINGS.to_arrow().equals(nm.table("listings"), check_metadata=True)


@results
def test_polars(result: nm.Records[Any]) -> None:
    frame = result.to_polars()
    assert frame.to_dicts() == result.to_dicts()
    assert pl.DataFrame(result).equals(frame)


@results
def test_pandas(result: nm.Records[Any]) -> None:
    frame = result.to_pandas()
    assert list(frame.columns) == result.to_arrow().column_names
    assert len(frame) == len(result)
    for (_, values), wanted in zip(frame.iterrows(), result.to_dicts(), strict=True):
        for name, value in wanted.items():
            have = values[name]
            if isinstance(value, list):
                assert list(have) == value
            elif value is None:
                assert pd.isna(have)
            elif isinstance(value, date):
                assert have == pd.Timestamp(value)
            else:
                assert have == value


def test_pandas_types() -> None:
    types = LISTINGS.to_pandas().dtypes
    assert str(types["page"]) == "Int16"
    assert str(types["newly_listed"]) == "boolean"
    assert str(types["name_as_listed"]) == "string"
    assert str(nm.editions().to_pandas().dtypes["released"]).startswith("datetime64")


def test_namibia_is_not_missing() -> None:
    row = {**LISTINGS.to_dicts()[0], "country": "NA"}
    frame = pa.Table.from_pylist([row], schema=LISTINGS.to_arrow().schema).to_pandas()
    assert frame["country"][0] == "NA"


def test_duckdb_reads_a_result() -> None:
    found = nm.markets(year=2021)  # noqa: F841
    counted = duckdb.connect().execute("SELECT kind, count(*) FROM found GROUP BY kind ORDER BY kind").fetchall()
    assert counted == [("online", 42), ("physical", 35)]


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(nm.MissingExtra, match=rf"notorious_markets\[{library}\]"):
            getattr(LISTINGS, f"to_{library}")()
