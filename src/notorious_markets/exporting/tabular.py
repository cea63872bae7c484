"""Tables as files: CSV, JSON Lines, Parquet, Excel and SQLite."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .._store import DATASET, TABLES
from ..about import CAUTION, DATA_VERSION, __version__
from ..errors import library
from ..models import Edition
from .descriptions import LIST_DELIMITER, data_package, descriptor
from .selection import Selection

if TYPE_CHECKING:
    import pyarrow

_WIDEST = 60
_SQL_TYPES = {"int16": "INTEGER", "double": "REAL", "bool": "BOOLEAN", "date32[day]": "DATE"}
# Keys that the descriptor of the tables does not name.
_FURTHER_KEYS: dict[str, list[tuple[list[str], str, list[str]]]] = {
    "citations": [(["year", "listing_no"], "listings", ["year", "listing_no"])],
    "relations": [(["other_market_id"], "markets", ["market_id"])],
}


def about(selection: Selection) -> dict[str, str]:
    """What a file says of itself, where its format has a place for it."""
    dataset = descriptor()
    return {
        "title": dataset["title"],
        "description": dataset["description"],
        "caution": CAUTION,
        "data_version": DATA_VERSION,
        "package_version": __version__,
        "licence": dataset["licenses"][0]["name"],
        "homepage": dataset["homepage"],
        "listings": str(selection),
    }


def write_csv(selection: Selection) -> bytes:
    """One table as CSV: UTF-8, a header, lists joined by `; `, empty cells for what is missing."""
    (name,) = selection.tables
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    records = selection.records(name)
    writer.writerow(_columns(name))
    writer.writerows([_cell(value) for value in row.values()] for row in records.to_dicts())
    return out.getvalue().encode()


def csv_package(selection: Selection, name: str, content: bytes) -> bytes:
    """What stands beside a CSV file."""
    (table,) = selection.tables
    return data_package(table, str(selection), name, content, format_="csv", mediatype="text/csv")


def write_jsonl(selection: Selection) -> bytes:
    """One table as JSON Lines: an object a row, lists as arrays, dates in ISO 8601."""
    (name,) = selection.tables
    rows = selection.records(name).to_dicts()
    return "".join(json.dumps(row, ensure_ascii=False, default=date.isoformat) + "\n" for row in rows).encode()


def jsonl_package(selection: Selection, name: str, content: bytes) -> bytes:
    """What stands beside a file of JSON Lines."""
    (table,) = selection.tables
    return data_package(table, str(selection), name, content, format_="jsonl", mediatype="application/jsonl")


def write_parquet(selection: Selection) -> bytes:
    """One table as Parquet, with the description of each column and of the file in its schema."""
    import pyarrow
    from pyarrow.parquet import write_table

    (name,) = selection.tables
    table = selection.records(name).to_arrow()
    told = {key.encode(): value.encode() for key, value in about(selection).items() if key in ("caution", "listings")}
    out = pyarrow.BufferOutputStream()
    write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **told}), out, compression="zstd")
    return out.getvalue().to_pybytes()


def write_excel(selection: Selection) -> bytes:
    """One sheet a table, and a last one that says what the workbook is.

    Raises:
        MissingExtra: openpyxl is not installed.
    """
    openpyxl = library("openpyxl", "excel")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in selection.tables:
        rows = [[_sheet_value(value) for value in row.values()] for row in selection.records(name).to_dicts()]
        sheet = _sheet(book, name, [_columns(name), *rows])
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
    _sheet(book, "about", [["about", "this workbook"], *map(list, about(selection).items())])
    book.properties.creator = "notorious_markets"
    book.properties.title = descriptor()["title"]
    book.properties.description = CAUTION
    out = BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _sheet(book: Any, name: str, rows: list[list[Any]]) -> Any:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place, value)
            if isinstance(value, str):
                # Never a formula, whatever a name begins with.
                cell.data_type = "s"
                if value.startswith(("https://", "http://")):
                    cell.hyperlink, cell.style = value, "Hyperlink"
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            if number == 1:
                cell.font = Font(bold=True)
    for place, column in enumerate(zip(*rows, strict=True), start=1):
        width = max(len("" if value is None else str(value)) for value in column)
        sheet.column_dimensions[get_column_letter(place)].width = min(width, _WIDEST) + 3
    return sheet


def _without_clock(content: bytes) -> bytes:
    """A workbook whose bytes do not tell when it was written: the times are the release of the newest edition."""
    released = DATASET.rows(Edition)[-1].released
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                stamp = rf"\g<1>{released.isoformat()}T00:00:00Z".encode()
                part = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", stamp, part)
            info = ZipInfo(name, (released.year, released.month, released.day, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, part)
    return out.getvalue()


def write_sqlite(selection: Selection) -> bytes:
    """A database of every table with its keys, and the table `metadata`.

    Conditions choose the listings and their citations; the other tables are whole, so that every key leads somewhere.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("CREATE TABLE metadata (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)")
            database.executemany("INSERT INTO metadata VALUES (?, ?)", about(selection).items())
            # Each table after those to which its keys lead.
            names = ["editions", "markets", "sources"]
            for name in [*names, *(name for name in TABLES.values() if name not in names)]:
                records = (selection if name in ("listings", "citations") else Selection(selection.listings)).records(name)
                database.execute(_create(name, records.to_arrow().schema))
                marks = ", ".join("?" * len(_columns(name)))
                rows = ([_sql_value(value) for value in row.values()] for row in records.to_dicts())
                database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
        return path.read_bytes()


def _create(name: str, schema: pyarrow.Schema) -> str:
    """The statement that creates a table; SQLite keeps the comments, so that `.schema` is a data dictionary."""
    table = descriptor()["tables"][name]
    keys = [(key["fields"], key["reference"]["resource"], key["reference"]["fields"]) for key in table["schema"]["foreignKeys"]]
    lines = []
    for field in schema:
        told = ("A JSON array. " if str(field.type).startswith("list") else "") + (field.metadata or {})[b"description"].decode()
        required = "" if field.nullable else " NOT NULL"
        lines.append(f'  -- {told}\n  "{field.name}" {_SQL_TYPES.get(str(field.type), "TEXT")}{required}')
    lines.append(f"  PRIMARY KEY ({_quoted(table['schema']['primaryKey'])})")
    lines += [
        f'  FOREIGN KEY ({_quoted(columns)}) REFERENCES "{other}" ({_quoted(others)})'
        for columns, other, others in [*keys, *_FURTHER_KEYS.get(name, [])]
    ]
    return f'-- {table["description"]}\nCREATE TABLE "{name}" (\n' + ",\n".join(lines) + "\n)"


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _columns(table: str) -> list[str]:
    return [field["name"] for field in descriptor()["tables"][table]["schema"]["fields"]]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_DELIMITER.join(value) if isinstance(value, list) else value


def _sheet_value(value: object) -> object:
    return LIST_DELIMITER.join(value) or None if isinstance(value, list) else value


def _sql_value(value: object) -> object:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else value
