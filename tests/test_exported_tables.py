"""Do independent readers find the tables in the exported files?"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs
import frictionless
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets._store import TABLES
from notorious_markets.about import CAUTION
from notorious_markets.records import Origin
from tests.exported import exported

NAMES = tuple(TABLES.values())


def _joined(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows as in a format without lists, where an empty list is an empty cell."""
    return [{k: "; ".join(v) or None if isinstance(v, list) else v for k, v in row.items()} for row in rows]


def test_parquet() -> None:
    for name in NAMES:
        table = nm.table(name)
        read = pq.read_table(io.BytesIO(exported("parquet", name)))
        assert read.equals(table), name
        notes = {b"caution": CAUTION.encode(), b"listings": b"every edition"}
        assert read.schema.metadata == {**(table.schema.metadata or {}), **notes}
        for field in table.schema:
            assert (read.schema.field(field.name).metadata or {}).items() >= (field.metadata or {}).items()


def test_json_lines() -> None:
    for name in NAMES:
        lines = exported("jsonl", name).decode().split("\n")
        assert lines.pop() == ""
        assert [json.loads(line) for line in lines] == [
            {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
            for row in nm.table(name).to_pylist()
        ], name
    frame = pl.read_ndjson(exported("jsonl", "listings"), infer_schema_length=None)
    assert frame.to_dicts() == nm.table("listings").to_pylist()


def test_csv() -> None:
    for name in NAMES:
        table = nm.table(name)
        types = {field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in table.schema}
        read = pyarrow.csv.read_csv(
            io.BytesIO(exported("csv", name)),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True),
        )
        assert read.to_pylist() == _joined(table.to_pylist()), name
    cells = {row["newly_listed"] for row in csv.DictReader(exported("csv").decode().splitlines())}
    assert cells == {"true", "false", ""}


# Together these tables have every type: editions have dates, listings have lists and booleans, places have fractions.
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
@pytest.mark.parametrize("table", ["editions", "listings", "places"])
def test_the_data_package_describes_the_file(table: str, suffix: str, tmp_path: Path) -> None:
    path = nm.export(tmp_path / f"{table}{suffix}", table)
    package = frictionless.Package(f"{path}.datapackage.json")
    report = package.validate()
    assert report.valid, report.flatten(["title", "note"])
    assert package.version == nm.DATA_VERSION
    resource: Any
    (resource,) = package.resources
    assert resource.hash is not None
    # The reader returns decimals. It cannot distinguish an empty list from a missing one in CSV.
    rows = [
        {key: float(value) if key in ("latitude", "longitude") else value for key, value in row.to_dict().items()}
        for row in resource.read_rows()
    ]
    assert rows == [
        {key: None if value == [] and suffix == ".csv" else value for key, value in row.items()}
        for row in nm.table(table).to_pylist()
    ]


@pytest.mark.parametrize(("suffix", "list_type"), [(".csv", "list"), (".jsonl", "array"), (".json", "array")])
def test_the_data_package_of_every_table(suffix: str, list_type: str, tmp_path: Path) -> None:
    for table in NAMES:
        path = nm.export(tmp_path / f"{table}{suffix}", table)
        package = json.loads(Path(f"{path}.datapackage.json").read_text(encoding="utf-8"))
        (resource,) = package["resources"]
        assert (resource["name"], resource["path"], resource["bytes"]) == (table, path.name, path.stat().st_size)
        types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        assert list(types) == nm.table(table).column_names
        lists = {field.name for field in nm.table(table).schema if pa.types.is_list(field.type)}
        assert {name for name, type_ in types.items() if type_ in ("array", "list")} == lists
        assert {types[name] for name in lists} <= {list_type}


def test_namibia_and_unusual_names_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of Namibia is not read as a missing value, and a text that looks like a formula or a file stays a text."""
    table = nm.table("listings")
    texts: dict[str, Any] = {
        "country": "NA",
        "name_as_listed": '=1+1; "Ñame", \u4e2d',
        "note": "external:c:\\x.xlsx",
        "operator": "{=1}",
    }
    row = {**table.to_pylist()[0], **texts}
    listing = attrs.evolve(nm.markets()[0], **texts)
    origin = Origin("a test", lambda: pa.Table.from_pylist([row], schema=table.schema), lambda: [listing], dict)
    records = nm.Records((listing,), origin)
    monkeypatch.setattr("notorious_markets.exporting.selection.markets", lambda **_: records)

    content, workbook = exported("csv", year=2010), exported("excel", year=2010)
    csv_frame = pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""])
    excel_frame = pd.read_excel(io.BytesIO(workbook), keep_default_na=False, na_values=[""])
    for frame in (csv_frame, excel_frame):
        assert frame[list(texts)].to_dict("records") == [texts]
        assert pd.isna(frame["locality"][0])
    cells = [cell for cells in openpyxl.load_workbook(io.BytesIO(workbook))["listings"] for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    assert all(cell.hyperlink is None for cell in cells)
    options = pyarrow.csv.ConvertOptions(column_types={"country": pa.string()})
    assert pyarrow.csv.read_csv(io.BytesIO(content), convert_options=options)["country"].to_pylist() == ["NA"]


def test_no_value_of_a_list_contains_the_separator() -> None:
    lists = [value for name in NAMES for row in nm.table(name).to_pylist() for value in row.values() if isinstance(value, list)]
    assert lists
    assert not [text for texts in lists for text in texts if ";" in text]


def test_excel() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported("excel", NAMES)))
    assert book.sheetnames == [*NAMES, "about"]
    linked = set()
    for name in NAMES:
        sheet = book[name]
        header, *rows = sheet.values
        assert list(header) == nm.table(name).column_names
        assert [list(row) for row in rows] == [
            [datetime(value.year, value.month, value.day) if isinstance(value, date) else value for value in row.values()]
            for row in _joined(nm.table(name).to_pylist())
        ], name
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])
        # Neighbouring columns of equal width share an entry.
        entries = sheet.column_dimensions.values()
        widths = {number: entry.width for entry in entries for number in range(entry.min or 0, (entry.max or 0) + 1)}
        assert [number for number, column in enumerate(header, start=1) if not len(str(column)) < widths[number] < 64] == []
        for cell in (cell for cells in sheet.iter_rows(min_row=2) for cell in cells):
            if isinstance(cell.value, datetime):
                assert cell.number_format == "yyyy-mm-dd"
            target = cell.hyperlink and cell.hyperlink.target
            assert target == (cell.value if str(cell.value).startswith(("https://", "http://")) else None)
            linked |= {name} if target else set()
    assert linked == {"editions", "sources"}
    assert book.properties.created == datetime(2026, 3, 3)
    assert book.properties.description == CAUTION


def test_excel_without_rows() -> None:
    assert not nm.markets(year=2012, grade="inferred")
    sheet = openpyxl.load_workbook(io.BytesIO(exported("excel", year=2012, grade="inferred")))["listings"]
    assert [list(row) for row in sheet.values] == [nm.table("listings").column_names]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(nm.export(tmp_path_factory.mktemp("database") / "all.sqlite"))) as opened:
        yield opened


def test_sqlite_has_every_row(database: sqlite3.Connection) -> None:
    def stored(value: object) -> object:
        if isinstance(value, list):
            return json.dumps(value, ensure_ascii=False)
        return value.isoformat() if isinstance(value, date) else value

    descriptor = json.loads((Path(str(nm.__path__[0])) / "data" / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    for name in NAMES:
        table = nm.table(name)
        cursor = database.execute(f'SELECT * FROM "{name}"')
        assert [column[0] for column in cursor.description] == table.column_names
        expected = [tuple(stored(value) for value in row.values()) for row in table.to_pylist()]
        assert sorted(cursor.fetchall(), key=str) == sorted(expected, key=str)
        columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
        key = [row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]]
        assert key == resources[name]["schema"]["primaryKey"]


def test_sqlite_is_sound_and_enforces_its_keys(database: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(sqlite3.connect(nm.export(tmp_path / "some.db", year=2021, grade="primary"))) as some:
        for connection in (database, some):
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    keys = {(name, row[2]) for name in NAMES for row in database.execute(f'PRAGMA foreign_key_list("{name}")')}
    assert {
        *{("listings", "editions"), ("listings", "markets"), ("citations", "listings"), ("citations", "sources")},
        *{("domains", "markets"), ("relations", "markets"), ("statistics", "editions"), ("developments", "editions")},
    } <= keys
    database.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("UPDATE listings SET market_id = 'nobody' WHERE year = 2021 AND listing_no = 1")
    database.rollback()


def test_ids_in_lists_of_the_database_exist(database: sqlite3.Connection) -> None:
    for table in ("editions", "domains", "relations", "unchanged", "statistics", "developments"):
        query = f"SELECT count(*) FROM {table}, json_each(source_ids) AS s WHERE s.value NOT IN (SELECT source_id FROM sources)"
        assert database.execute(query).fetchone() == (0,)
    query = "SELECT f.value FROM listings, json_each(further_market_ids) AS f"
    further = {market_id for (market_id,) in database.execute(query)}
    assert further
    assert further <= {market_id for (market_id,) in database.execute("SELECT market_id FROM markets")}


def test_sqlite_with_conditions_keeps_the_other_tables_whole(tmp_path: Path) -> None:
    with closing(sqlite3.connect(nm.export(tmp_path / "some.sqlite3", year=2021, kind="online"))) as some:
        assert some.execute("SELECT count(*), count(DISTINCT year) FROM listings").fetchone() == (42, 1)
        assert some.execute("SELECT count(*) FROM editions").fetchone() == (16,)
        cited = sum(len(row.citations) for row in nm.markets(year=2021, kind="online"))
        assert some.execute("SELECT count(*) FROM citations").fetchone() == (cited,)
        metadata = dict(some.execute("SELECT key, value FROM metadata"))
    assert metadata["listings"] == "kind online; year 2021"
    assert metadata["caution"] == CAUTION


def test_sqlite_declares_types_and_describes_columns(database: sqlite3.Connection) -> None:
    editions = {row[1]: (row[2], row[3]) for row in database.execute("PRAGMA table_info(editions)")}
    assert editions["released"] == ("DATE", 1)
    assert editions["online_total"] == ("INTEGER", 0)
    assert ("newly_listed", "BOOLEAN") in {(row[1], row[2]) for row in database.execute("PRAGMA table_info(listings)")}
    for name in NAMES:
        (statement,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        for field in nm.table(name).schema:
            assert (field.metadata or {})[b"description"].decode() in statement
