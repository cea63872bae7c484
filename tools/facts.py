"""The facts as text: their schema, their canonical form and their reading.

`python -m tools.facts` rewrites every table in `data/` in canonical form; with `--check` it only tells which
files are not.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import frictionless
import yaml
from attrs import frozen

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "data"
LIST_DELIMITER = "|"


class Refused(Exception):
    """The facts break at least one rule; each line names the file, the row and the rule."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@frozen
class Column:
    """One column of the public contract."""

    name: str
    type: str
    description: str
    required: bool = False
    derived: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    format: str | None = None
    minimum: int | None = None
    references: str | None = None
    items: str | None = None

    def descriptor(self) -> dict[str, Any]:
        """The column as a Table Schema field."""
        constraints: dict[str, Any] = {}
        if self.required:
            constraints["required"] = True
        if self.pattern:
            constraints["pattern"] = self.pattern
        if self.minimum is not None:
            constraints["minimum"] = self.minimum
        if self.enum and self.type != "list":
            constraints["enum"] = list(self.enum)
        field: dict[str, Any] = {"name": self.name, "type": self.type, "description": self.description}
        if self.format:
            field["format"] = self.format
        if self.type == "list":
            field["delimiter"] = LIST_DELIMITER
        return field | ({"constraints": constraints} if constraints else {})


@frozen
class Table:
    """One table of the public contract."""

    name: str
    title: str
    description: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]
    derived: bool = False
    per_edition: bool = False

    @property
    def typed_columns(self) -> tuple[Column, ...]:
        """The columns that stand in `data/`."""
        return tuple(column for column in self.columns if not column.derived)

    def files(self, folder: Path) -> list[Path]:
        """The files in which the rows of the table are typed."""
        if self.derived:
            return []
        return sorted((folder / self.name).glob("*.csv")) if self.per_edition else [folder / f"{self.name}.csv"]

    def key(self, row: dict[str, Any]) -> str:
        """A readable key of a row, for messages."""
        return ", ".join(f"{name} {row[name]}" for name in self.primary_key)


@frozen
class Contract:
    """What `data/datapackage.yaml` fixes."""

    descriptor: dict[str, Any]
    tables: tuple[Table, ...]

    @property
    def data_version(self) -> str:
        """`<newest edition>.<revision>`."""
        return str(self.descriptor["version"])

    def table(self, name: str) -> Table:
        """The table of this name."""
        return next(table for table in self.tables if table.name == name)


def contract(folder: Path = FACTS) -> Contract:
    """Read the schema of all tables."""
    descriptor = yaml.safe_load((folder / "datapackage.yaml").read_text(encoding="utf-8"))
    tables = tuple(
        Table(
            name=table["name"],
            title=table["title"],
            description=table["description"],
            primary_key=tuple(table["primaryKey"]),
            columns=tuple(Column(**{**field, "enum": tuple(field.get("enum", ()))}) for field in table["fields"]),
            derived=table.get("derived", False),
            per_edition=table.get("files") == "per-edition",
        )
        for table in descriptor.pop("tables")
    )
    return Contract(descriptor, tables)


class Row(dict[str, Any]):
    """A row of facts that knows the place where it is typed."""

    origin: str


Facts = dict[str, list[Row]]


def read(folder: Path = FACTS) -> Facts:
    """Read all tables and check them against the schema.

    Raises:
        Refused: an unknown column, a wrong type, an open key, a duplicate or another breach of the schema.
    """
    schema = contract(folder)
    package = frictionless.Package(resources=list(_resources(schema, folder)), basepath=str(folder))
    report = package.validate()
    if not report.valid:
        problems = [f"{folder.name}: {error.type}: {error.message}" for error in report.errors]
        for task in report.tasks:
            for error in task.errors:
                row = getattr(error, "row_number", None)
                where = f"{folder.name}/{task.place}, row {row}" if row else f"{folder.name}/{task.place}"
                problems.append(f"{where}: {error.type}: {error.message}")
        raise Refused(problems)
    facts: Facts = {table.name: [] for table in schema.tables if not table.derived}
    for resource in package.resources:
        table = schema.table(resource.name.partition("-")[0])
        for number, values in enumerate(_rows(resource), start=2):
            row = Row({name: _plain(value) for name, value in values.items()})
            for column in table.typed_columns:
                if column.type == "list":
                    row[column.name] = row[column.name] or []
            row.origin = f"{folder.name}/{resource.path}, row {number} ({table.key(row)})"
            facts[table.name].append(row)
    return facts


def _resources(schema: Contract, folder: Path) -> Iterator[frictionless.Resource]:
    years = [path.stem for path in schema.table("listings").files(folder)]
    for table in schema.tables:
        for path in table.files(folder):
            keys = [
                {
                    "fields": [column.name],
                    "reference": {"resource": column.references, "fields": ["year" if column.name == "year" else column.name]},
                }
                for column in table.typed_columns
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
                        "fields": [column.descriptor() for column in table.typed_columns],
                        "primaryKey": list(table.primary_key),
                        "foreignKeys": keys,
                    },
                },
                basepath=str(folder),
            )


def _rows(resource: Any) -> Iterator[dict[str, Any]]:
    # frictionless types a package's resources by their base class, which has no rows.
    yield from resource.read_rows()


def _plain(value: Any) -> Any:
    # frictionless reads a Table Schema number as a Decimal.
    return float(value) if type(value).__name__ == "Decimal" else value


def canonical(table: Table, text: str) -> str:
    """The one form of a table: columns as in the schema, rows by key, NFC, LF, no space at the edges."""
    names = [column.name for column in table.typed_columns]
    reader = csv.DictReader(io.StringIO(text), restkey="(beyond the header)", restval="", strict=True)
    rows: list[dict[str, str]] = []
    for number, row in enumerate(reader, start=2):
        if unknown := sorted(set(row) - set(names)):
            raise Refused([f"{table.name}, row {number}: unknown column: {', '.join(unknown)}"])
        rows.append({name: unicodedata.normalize("NFC", " ".join(cell.split())) for name, cell in row.items()})
    numbers = {column.name for column in table.columns if column.type == "integer"}

    def order(row: Mapping[str, str]) -> list[tuple[int, str]]:
        return [
            (int(row[name]), "") if name in numbers and row[name].isdecimal() else (0, row[name]) for name in table.primary_key
        ]

    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=order))
    return out.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and rename it, so that it is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        scratch.chmod(0o644)
        scratch.replace(path)
    except BaseException:
        scratch.unlink()
        raise


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the facts in canonical form, or check that they are."""
    parser = argparse.ArgumentParser(description="Bring every table in data/ into its canonical form.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and name each file that is not canonical")
    options = parser.parse_args(arguments)
    crooked = 0
    for table in contract().tables:
        for path in table.files(FACTS):
            old = path.read_bytes()
            new = canonical(table, old.decode("utf-8")).encode("utf-8")
            if new != old:
                crooked += 1
                print(path.relative_to(ROOT))
                if not options.check:
                    write_whole(path, new)
    return 1 if crooked and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
