"""Do conversions preserve the rows, and do column types not depend on them?"""

from __future__ import annotations

import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import yaml
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets._store import DATASET, TABLES
from notorious_markets.records import Origin
from notorious_markets.vocabularies import Category

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
    "sources of a listing": nm.market("taobao").listings[-1].sources,
    "markets of a listing": LISTINGS[0].markets,
    "domains": nm.market("taobao").domains,
    "relations": nm.market("taobao").relations,
    "changes": nm.changes(2020, 2021),
    "changes in reverse order": nm.changes(2021, 2020).cannot_be_told,
    "no changes": nm.changes(2021, 2021).added,
    "suggestions": nm.suggest("taoabo"),
    "no suggestions": nm.suggest("zzzzzzzzzz"),
}
SCHEMA = yaml.safe_load((Path(__file__).parent.parent / "data" / "datapackage.yaml").read_text(encoding="utf-8"))
# Written out, so that a test fails if a column stops being categorical.
CATEGORICAL: dict[str, set[str]] = {
    "editions": set(),
    "markets": {"kind", "country", "category"},
    "listings": {"kind", "country", "hosting_country", "category", "grade", "rule"},
    "aliases": set(),
    "domains": {"role", "basis", "confidence", "event", "match_rule"},
    "operators": set(),
    "places": {"country"},
    "relations": {"relation"},
    "unchanged": {"category"},
    "citations": {"field", "confidence"},
    "sources": {"source_kind"},
    "statistics": {"unit"},
    "developments": {"country", "development"},
    "coverage": {"kind"},
}
results = pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@results
def test_dicts_have_the_attributes(result: nm.Records[Any]) -> None:
    names = result.to_arrow().column_names
    assert result.to_dicts() == [{name: _plain(getattr(row, name)) for name in names} for row in result]


@results
def test_arrow(result: nm.Records[Any]) -> None:
    table = result.to_arrow()
    table.validate(full=True)
    assert table.to_pylist() == result.to_dicts()
    assert pa.table(result).equals(table, check_metadata=True)
    assert pa.schema(result) == table.schema


@given(st.lists(st.sampled_from(list(LISTINGS)), max_size=6))
def test_any_selection_of_rows_is_converted(rows: list[nm.Listing]) -> None:
    chosen = LISTINGS.with_rows(rows)
    assert chosen.to_arrow().to_pylist() == chosen.to_dicts()
    assert chosen.to_polars().to_dicts() == chosen.to_dicts()


def test_schemas_of_tables_contain_the_data_dictionary() -> None:
    for name in TABLES.values():
        table = nm.table(name)
        assert all((field.metadata or {}).get(b"description") for field in table.schema)
        assert table.schema.metadata[b"data_version"].decode() == nm.DATA_VERSION
        assert nm.table(name) is table


def test_all_listings_are_the_table() -> None:
    assert LISTINGS.to_arrow().equals(nm.table("listings"), check_metadata=True)


@results
def test_polars(result: nm.Records[Any]) -> None:
    frame = result.to_polars()
    assert frame.to_dicts() == result.to_dicts()
    assert pl.DataFrame(result).to_dicts() == result.to_dicts()


def test_polars_without_capsules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before version 1.3, which the extra allows, polars reads only the tables of pyarrow."""
    monkeypatch.delattr(nm.Records, "__arrow_c_stream__")
    assert nm.changes(2020, 2021).to_polars().shape == (72, 15)
    assert nm.coverage().to_polars().to_dicts() == nm.coverage().to_dicts()


@results
def test_pandas(result: nm.Records[Any]) -> None:
    frame = result.to_pandas()
    assert list(frame.columns) == result.to_arrow().column_names
    assert len(frame) == len(result)
    for (_, values), expected in zip(frame.iterrows(), result.to_dicts(), strict=True):
        for name, value in expected.items():
            actual = values[name]
            if isinstance(value, list):
                assert type(actual) is list
                assert actual == value
            elif value is None:
                assert pd.isna(actual)
            elif isinstance(value, date):
                assert actual == pd.Timestamp(value)
            else:
                assert actual == value


def test_pandas_types() -> None:
    types = {name: str(type_) for name, type_ in LISTINGS.to_pandas().dtypes.items()}
    assert types["page"] == types["year"] == "Int16"
    assert types["newly_listed"] == "boolean"
    assert types["name_as_listed"] == types["note"] == "string"
    assert types["goods"] == types["domains"] == "object"
    assert {name for name, type_ in types.items() if type_ == "category"} == CATEGORICAL["listings"]
    assert isinstance(LISTINGS.to_pandas()["goods"][0], list)
    assert str(nm.editions().to_pandas().dtypes["released"]).startswith("datetime64")
    assert str(nm.sources().to_pandas().dtypes["published"]).startswith("datetime64")


@results
def test_pandas_types_do_not_depend_on_the_rows(result: nm.Records[Any]) -> None:
    whole = result.to_pandas().dtypes
    for some in (result[:0], result[:1], result[-1:]):
        assert some.to_pandas().dtypes.equals(whole)


def test_polars_types() -> None:
    types = LISTINGS.to_polars().schema
    assert types["page"] == types["year"] == pl.Int16
    assert types["newly_listed"] == pl.Boolean
    assert types["name_as_listed"] == pl.String
    assert types["goods"] == types["domains"] == pl.List(pl.String)
    assert {name for name, type_ in types.items() if isinstance(type_, pl.Enum)} == CATEGORICAL["listings"]
    assert types["grade"] == pl.Enum(["primary", "secondary", "inferred", "unidentified"])
    assert nm.editions().to_polars().schema["released"] == pl.Date


@pytest.mark.parametrize("name", CATEGORICAL)
def test_categories_come_from_the_schema_and_not_from_the_rows(name: str) -> None:
    (fields,) = (table["fields"] for table in SCHEMA["tables"] if table["name"] == name)
    expected = {field["name"]: field["enum"] for field in fields if "enum" in field and field["type"] == "string"}
    rows = nm.table(name).to_pylist()
    for country in {"country", "hosting_country"} & {field["name"] for field in fields}:
        expected[country] = sorted({row[country] for row in rows if row[country]})
    if name in {"markets", "unchanged"}:
        # The schema refers to the column of the listings.
        expected["category"] = list(get_args(Category))
    assert set(expected) == CATEGORICAL[name]
    (model,) = (model for model, table in TABLES.items() if table == name)
    few: nm.Records[Any] = DATASET.rows(model)[:1]
    pandas_frame, polars_frame = few.to_pandas(), few.to_polars()
    for column, values in expected.items():
        assert sorted(pandas_frame[column].cat.categories) == sorted(values)
        type_ = polars_frame.schema[column]
        assert isinstance(type_, pl.Enum)
        assert sorted(type_.categories) == sorted(values)


def test_frames_of_changes() -> None:
    found = nm.changes(2020, 2021)
    frame = found.to_pandas()
    sizes = {"added": len(found.added), "dropped": len(found.dropped), "kept": len(found.kept)}
    kept_or_sure = frame[frame["sure"] | (frame["change"] == "kept")]
    assert kept_or_sure.groupby("change", observed=True).size().to_dict() == sizes
    (new,) = frame[frame["market_id"] == "aliexpress"].to_dict("records")
    assert {name: value for name, value in new.items() if not pd.isna(value)} == {
        "before_year": 2020,
        "after_year": 2021,
        "market_id": "aliexpress",
        "name": "AliExpress",
        "kind": "online",
        "country": "CN",
        "change": "added",
        "sure": True,
        "renamed": False,
        "after_listing_no": 4,
        "after_name": "ALIEXPRESS",
        "after_grade": "primary",
    }
    types = {name: str(type_) for name, type_ in frame.dtypes.items()}
    assert {name for name, type_ in types.items() if type_ == "category"} == {
        *("kind", "country", "change", "before_grade", "after_grade")
    }
    assert types["before_listing_no"] == types["after_year"] == "Int16"
    assert types["sure"] == types["renamed"] == "boolean"
    assert found.to_polars().schema["change"] == pl.Enum(["added", "dropped", "kept"])
    count = duckdb.connect().execute("SELECT count(*) FROM found WHERE change = 'dropped' AND sure").fetchall()
    assert count == [(sizes["dropped"],)]
    assert nw.from_arrow(found, backend="polars").filter(nw.col("renamed")).shape[0] == len(found.renamed)


def test_frames_of_changes_can_be_concatenated() -> None:
    steps = [nm.changes(before, after) for before, after in pairwise(row.year for row in nm.editions())]
    frame = pd.concat([step.to_pandas() for step in steps], ignore_index=True)
    assert frame.dtypes.equals(steps[0].to_pandas().dtypes)
    assert frame.groupby("after_year").size().tolist() == [len(step) for step in steps]
    listed = frame[frame["change"] != "dropped"]
    assert set(zip(listed["after_year"], listed["market_id"], strict=True)) == {
        (row.year, market_id) for row in LISTINGS for market_id in row.market_ids if row.year > 2010
    }


def test_a_row_of_another_result_is_rejected() -> None:
    changed = evolve(nm.changes(2020, 2021)[0], sure=False)
    for found, row in ((nm.changes(2020, 2021), changed), (nm.suggest("taoabo"), nm.suggest("shopee")[0])):
        with pytest.raises(ValueError, match="not a row of this result"):
            found.with_rows([row]).to_arrow()


def test_frames_of_two_results_can_be_concatenated() -> None:
    first, second = nm.markets(year=2011, country="CN"), nm.markets(year=2021, kind="physical", country="MX")
    expected = first.to_dicts() + second.to_dicts()
    joined = pd.concat([first.to_pandas(), second.to_pandas()], ignore_index=True)
    assert joined.dtypes.equals(LISTINGS.to_pandas().dtypes)
    assert joined["country"].tolist() == [row["country"] for row in expected]
    stacked = pl.concat([first.to_polars(), second.to_polars()])
    assert stacked.schema == LISTINGS.to_polars().schema
    assert stacked.to_dicts() == expected


def test_narwhals_reads_a_result_with_any_backend() -> None:
    found = nm.markets(year=2021)
    for backend in ("pandas", "polars", "pyarrow"):
        frame = nw.from_arrow(found, backend=backend)
        assert frame.shape == (77, len(nm.table("listings").column_names))
        online = frame.filter(nw.col("kind") == "online")
        assert online["name_as_listed"].to_list() == [row.name_as_listed for row in nm.markets(year=2021, kind="online")]
    for native in (found.to_pandas(), found.to_polars()):
        schema = nw.from_native(native, eager_only=True).schema
        assert schema["page"] == nw.Int16
        assert schema["country"] in (nw.Categorical, nw.Enum)


def test_the_country_code_of_namibia_is_not_a_missing_value() -> None:
    rows = [evolve(LISTINGS[0], country="NA")]
    origin = Origin.of_attributes(rows, {"country": "string"}, {"country": ("CN", "NA")})
    assert nm.Records(tuple(rows), origin).to_pandas()["country"].tolist() == ["NA"]


def test_duckdb_reads_a_result() -> None:
    found = nm.markets(year=2021)  # noqa: F841
    counts = duckdb.connect().execute("SELECT kind, count(*) FROM found GROUP BY kind ORDER BY kind").fetchall()
    assert counts == [("online", 42), ("physical", 35)]


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(nm.MissingExtra, match=rf"notorious_markets\[{library}\]"):
            getattr(LISTINGS, f"to_{library}")()
