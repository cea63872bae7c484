"""The facts in `data/`: reading them, and their canonical form.

`python -m tools.facts` rewrites each table in `data/` in canonical form. With `--check` it changes nothing and prints the
files that are not in canonical form.
"""

from __future__ import annotations

import argparse
import copy
import csv
import io
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import frictionless

from notorious_markets._writing import write_files
from tools.schema import FACTS, Schema, Table, read_schema, to_cell


class Refused(Exception):
    """Input that breaks at least one rule.

    Attributes:
        problems: One message for each problem. Messages about facts name the file, the row and the rule.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class Row(dict[str, Any]):
    """A row of a table.

    Attributes:
        origin: The file, number and key of the row, for error messages. Derived rows do not have an origin.
    """

    origin: str


Facts = dict[str, list[Row]]

# A row that breaks a rule, and a message.
Breach = tuple[Row, str]


def market_ids(listing: Mapping[str, Any]) -> list[str]:
    """Return the ids of the markets that a listing names, or an empty list for an unidentified listing."""
    return [market_id for market_id in (listing["market_id"], *listing["further_market_ids"]) if market_id]


def read(folder: Path = FACTS) -> Facts:
    """Validate the tables against the schema and read them.

    Raises:
        Refused: A table breaks the schema: an unknown column, a value of a wrong type, a missing reference, a duplicate key.
    """
    schema = read_schema(folder)
    validate(schema, folder)
    return read_rows(schema, folder)


def validate(schema: Schema, folder: Path) -> None:
    """Validate the tables against the schema with frictionless.

    Raises:
        Refused: A table breaks the schema.
    """
    report = frictionless.Package(resources=list(_resources(schema, folder)), basepath=str(folder)).validate()
    problems = [f"{folder.name}: {error.type}: {error.message}" for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            row = getattr(error, "row_number", None)
            where = f"{folder.name}/{task.place}, row {row}" if row else f"{folder.name}/{task.place}"
            problems.append(f"{where}: {error.type}: {error.message}")
    if problems:
        raise Refused(problems)


def read_rows(schema: Schema, folder: Path) -> Facts:
    """Read the rows of valid tables."""
    facts: Facts = {}
    for table in schema.tables:
        if table.derived:
            continue
        rows = facts[table.name] = []
        for path in table.files(folder):
            with path.open(encoding="utf-8", newline="") as file:
                for number, cells in enumerate(csv.DictReader(file), start=2):
                    row = Row({column.name: column.parse(cells[column.name]) for column in table.curated_columns})
                    row.origin = f"{folder.name}/{path.relative_to(folder).as_posix()}, row {number} ({table.key(row)})"
                    rows.append(row)
    return facts


def _resources(schema: Schema, folder: Path) -> Iterator[frictionless.Resource]:
    """Describe each CSV file for frictionless."""
    years = [path.stem for path in schema.table("listings").files(folder)]
    for table in schema.tables:
        for path in table.files(folder):
            keys = [
                {"fields": [column.name], "reference": {"resource": column.references, "fields": [column.name]}}
                for column in table.curated_columns
                if column.references
            ]
            if table.name == "citations" and path.stem in years:
                listing = ["year", "listing_no"]
                keys.append({"fields": listing, "reference": {"resource": f"listings-{path.stem}", "fields": listing}})
            yield frictionless.Resource.from_descriptor(
                {
                    "name": f"{table.name}-{path.stem}" if table.per_edition else table.name,
                    "type": "table",
                    "path": path.relative_to(folder).as_posix(),
                    "format": "csv",
                    "encoding": "utf-8",
                    "dialect": {"csv": {"delimiter": ",", "doubleQuote": True}},
                    "schema": {
                        "fields": [column.csv_descriptor() for column in table.curated_columns],
                        "primaryKey": list(table.primary_key),
                        "foreignKeys": keys,
                    },
                },
                basepath=str(folder),
            )


def canonical(table: Table, text: str) -> str:
    """Return a CSV file in canonical form.

    The columns are in the order of the schema and the rows in the order of their keys. Text is in NFC, without repeated or
    surrounding spaces. Lines end with a line feed.

    Raises:
        Refused: A row has a column that is not in the schema, or more cells than the header.
    """
    names = [column.name for column in table.curated_columns]
    reader = csv.DictReader(io.StringIO(text), restkey="(beyond the header)", restval="", strict=True)
    rows: list[dict[str, str]] = []
    for number, row in enumerate(reader, start=2):
        if unknown := sorted(set(row) - set(names)):
            raise Refused([f"row {number}: unknown column: {', '.join(unknown)}"])
        rows.append({name: unicodedata.normalize("NFC", " ".join(cell.split())) for name, cell in row.items()})
    numbers = {column.name for column in table.columns if column.type == "integer"}

    def sort_key(row: Mapping[str, str]) -> list[tuple[int, str]]:
        return [
            (int(row[name]), "") if name in numbers and row[name].isdecimal() else (0, row[name]) for name in table.primary_key
        ]

    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=sort_key))
    return out.getvalue()


def as_csv(table: Table, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as a CSV file in canonical form. Columns that a row does not have are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in table.curated_columns], restval="")
    writer.writeheader()
    writer.writerows({name: to_cell(value) for name, value in row.items()} for row in rows)
    return canonical(table, out.getvalue()).encode()


def changed_files(before: Facts, after: Facts, schema: Schema) -> dict[str, bytes]:
    """Return the tables that differ, by their path in the folder of the facts."""
    files = {}
    for table in schema.tables:
        if table.derived or before[table.name] == after[table.name]:
            continue
        years = sorted({row["year"] for row in after[table.name]}) if table.per_edition else [None]
        for year in years:
            old, new = ([row for row in facts[table.name] if year in (None, row.get("year"))] for facts in (before, after))
            if old != new:
                files[f"{table.name}/{year}.csv" if year else f"{table.name}.csv"] = as_csv(table, new)
    return files


def copied(facts: Facts) -> Facts:
    """Return a copy of the facts whose rows can change."""
    return {name: [copy.copy(row) for row in rows] for name, rows in facts.items()}


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the facts in canonical form, or check them with `--check`."""
    parser = argparse.ArgumentParser(description="Rewrite each table of the facts in canonical form.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a file is not in canonical form")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts (default: data/)")
    options = parser.parse_args(arguments)
    changed: dict[Path, bytes] = {}
    for table in read_schema(options.facts).tables:
        for path in table.files(options.facts):
            name = f"{options.facts.name}/{path.relative_to(options.facts).as_posix()}"
            old = path.read_bytes()
            try:
                new = canonical(table, old.decode("utf-8")).encode("utf-8")
            except Refused as refusal:
                print(f"{name}, {refusal}", file=sys.stderr)
                return 1
            if new != old:
                changed[path] = new
                print(name)
    if not options.check:
        write_files(changed)
    return 1 if changed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
