"""Tables as files: CSV, JSON Lines, Parquet, Excel and SQLite."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .._store import DATASET, TABLES
from ..about import CAUTION, DATA_VERSION, GEONAMES, __version__
from ..errors import library
from ..models import Edition
from .descriptions import CELL_LIST_SEPARATOR, descriptor, licences
from .selection import Selection, whole_table

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow

_WIDEST_COLUMN = 430
"""The maximum width of a column in Excel, in pixels: about 60 characters."""
# XlsxWriter cuts off a longer text and leaves out a longer link. An escaped character of a link counts three times.
_LONGEST_CELL, _LONGEST_LINK = 32_767, 2079 // 3
_SQL_TYPES = {"int16": "INTEGER", "double": "REAL", "bool": "BOOLEAN", "date32[day]": "DATE"}
# Foreign keys that the descriptor of the tables does not have.
_FURTHER_KEYS: dict[str, list[tuple[list[str], str, list[str]]]] = {
    "citations": [(["year", "listing_no"], "listings", ["year", "listing_no"])],
    "relations": [(["other_market_id"], "markets", ["market_id"])],
}


def about(selection: Selection, tables: Collection[str]) -> dict[str, str]:
    """Return the description of the dataset for formats that have room for one.

    Args:
        selection: The rows in the file.
        tables: The tables in the file.
    """
    dataset = descriptor()
    return {
        "title": dataset["title"],
        "description": dataset["description"],
        "caution": CAUTION,
        "data_version": DATA_VERSION,
        "package_version": __version__,
        "licence": " AND ".join(licence["name"] for licence in licences(tables)),
        **({"attribution": GEONAMES} if {"markets", "places"}.intersection(tables) else {}),
        "homepage": dataset["homepage"],
        "listings": str(selection),
    }


def write_csv(selection: Selection) -> bytes:
    """Return a table as UTF-8 CSV with a header. Missing values and empty lists are empty cells."""
    (name,) = selection.tables
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_columns(name))
    for row in selection.records(name).to_dicts():
        writer.writerow(str(value).lower() if isinstance(value, bool) else value for value in _cells(row))
    return out.getvalue().encode()


def write_jsonl(selection: Selection) -> bytes:
    """Return a table as JSON Lines: one object per row, with lists as arrays and dates in ISO 8601."""
    (name,) = selection.tables
    rows = selection.records(name).to_dicts()
    return "".join(json.dumps(row, ensure_ascii=False, default=date.isoformat) + "\n" for row in rows).encode()


def write_json(selection: Selection) -> bytes:
    """Return a table as a JSON array with one object per line, with lists as arrays and dates in ISO 8601."""
    lines = write_jsonl(selection).splitlines()
    return b"[" + b",".join(b"\n" + line for line in lines) + b"\n]\n"


def write_parquet(selection: Selection) -> bytes:
    """Return a table as Parquet. The schema describes the table and each column."""
    import pyarrow
    from pyarrow.parquet import write_table

    (name,) = selection.tables
    table = selection.records(name).to_arrow()
    notes = {b"caution": CAUTION.encode(), b"listings": str(selection).encode()}
    out = pyarrow.BufferOutputStream()
    write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **notes}), out, compression="zstd")
    return out.getvalue().to_pybytes()


def write_excel(selection: Selection) -> bytes:
    """Return a workbook with one sheet per table and a last sheet that describes the dataset.

    Raises:
        MissingExtra: The library xlsxwriter is not installed.
    """
    out = BytesIO()
    book = library("xlsxwriter", "excel").Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    # A workbook contains the time of its creation. With a fixed time, the same data give the same bytes.
    created = datetime.combine(DATASET.rows(Edition)[-1].released, datetime.min.time())
    title = descriptor()["title"]
    book.set_properties({"title": title, "author": "notorious_markets", "comments": CAUTION, "created": created})
    for name in selection.tables:
        rows = [_cells(row) for row in selection.records(name).to_dicts()]
        sheet = _add_sheet(book, name, [_columns(name), *rows])
        sheet.autofilter(0, 0, len(rows), len(_columns(name)) - 1)
        # After the filter, because its buttons need space in the header.
        sheet.autofit(_WIDEST_COLUMN)
    _add_sheet(book, "about", [["about", "this workbook"], *about(selection, selection.tables).items()]).autofit(_WIDEST_COLUMN)
    book.close()
    return out.getvalue()


def _add_sheet(book: Any, name: str, rows: list[Any]) -> Any:
    """Return a new sheet with the rows, the first of which is the header."""
    sheet = book.add_worksheet(name)
    sheet.add_write_handler(str, _write_text)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    sheet.set_row(0, None, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    # Without this, Excel flags identifiers and years that are stored as text.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    return sheet


def _write_text(sheet: Any, row: int, column: int, text: str, *formats: Any) -> Any:
    """Write text as a link if it is a web address. It never becomes a formula or any other kind of link."""
    if len(text) > _LONGEST_CELL:
        raise ValueError(f"a cell of Excel must have at most {_LONGEST_CELL:,} characters, not {len(text):,}; use another format")
    is_link = text.startswith(("https://", "http://")) and len(text) <= _LONGEST_LINK
    return (sheet.write_url if is_link else sheet.write_string)(row, column, text, *formats)


def write_sqlite(selection: Selection) -> bytes:
    """Return a database with every table, its keys, and a table `metadata`.

    Conditions apply to the listings and their citations. The other tables are whole, so every foreign key is valid.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("CREATE TABLE metadata (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)")
            database.executemany("INSERT INTO metadata VALUES (?, ?)", about(selection, TABLES.values()).items())
            # A table must follow the tables to which its foreign keys refer.
            for name in dict.fromkeys(["editions", "markets", "sources", *TABLES.values()]):
                records = selection.records(name) if name in ("listings", "citations") else whole_table(name)
                database.execute(_create_statement(name, records.to_arrow().schema))
                marks = ", ".join("?" * len(_columns(name)))
                rows = ([_sql_value(value) for value in row.values()] for row in records.to_dicts())
                database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
        return path.read_bytes()


def _create_statement(name: str, schema: pyarrow.Schema) -> str:
    """Return the statement that creates a table. Its comments describe the table and each column, and SQLite stores them."""
    table = descriptor()["tables"][name]
    keys = [(key["fields"], key["reference"]["resource"], key["reference"]["fields"]) for key in table["schema"]["foreignKeys"]]
    lines = []
    for field in schema:
        type_ = str(field.type)
        description = (field.metadata or {})[b"description"].decode()
        if type_.startswith("list"):
            description = f"A JSON array. {description}"
        required = "" if field.nullable else " NOT NULL"
        lines.append(f'  -- {description}\n  "{field.name}" {_SQL_TYPES.get(type_, "TEXT")}{required}')
    lines.append(f"  PRIMARY KEY ({_quoted(table['schema']['primaryKey'])})")
    lines += [
        f'  FOREIGN KEY ({_quoted(columns)}) REFERENCES "{other}" ({_quoted(other_columns)})'
        for columns, other, other_columns in [*keys, *_FURTHER_KEYS.get(name, [])]
    ]
    return f'-- {table["description"]}\nCREATE TABLE "{name}" (\n' + ",\n".join(lines) + "\n)"


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _columns(table: str) -> list[str]:
    return [field["name"] for field in descriptor()["tables"][table]["schema"]["fields"]]


def _cells(row: dict[str, Any]) -> list[object]:
    """Return the values of a row for a format without lists."""
    return [CELL_LIST_SEPARATOR.join(value) or None if isinstance(value, list) else value for value in row.values()]


def _sql_value(value: object) -> object:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else value
