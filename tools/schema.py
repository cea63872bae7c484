"""The schema of all tables: `data/datapackage.yaml` as Python objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

from notorious_markets.about import CAUTION

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "data"

# What separates the items of a list in a CSV cell.
_DELIMITER = "|"
# How a CSV cell that is not empty is read, by the type of its column.
_PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": lambda cell: datetime.strptime(cell, "%Y-%m-%d").date(),
    "list": lambda cell: cell.split(_DELIMITER),
}
# How Table Schema describes the CSV form of a type, where it differs from the built form.
_CSV_FORMS: dict[str, dict[str, Any]] = {
    "list": {"type": "list", "delimiter": _DELIMITER},
    "boolean": {"trueValues": ["true"], "falseValues": ["false"]},
}


@frozen
class Column:
    """A column of a table.

    Attributes:
        name: The name of the column.
        type: Its type in Table Schema, or `list` for a list of strings.
        description: Its meaning.
        required: Whether every row has a value.
        derived: Whether the build computes the column.
        enum: The allowed values, or an empty tuple if any value is allowed.
        pattern: A regular expression that every value matches.
        format: The format of Table Schema, such as `uri`.
        minimum: The smallest allowed number.
        references: The table whose column of the same name contains every value.
        items: The table whose key contains every item of a list.
    """

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
        """Return the Table Schema field of the column in the built files."""
        constraints: dict[str, Any] = {}
        if self.required:
            constraints["required"] = True
        if self.pattern:
            constraints["pattern"] = self.pattern
        if self.minimum is not None:
            constraints["minimum"] = self.minimum
        if self.enum and self.type != "list":
            constraints["enum"] = list(self.enum)
        type_ = "array" if self.type == "list" else self.type
        field: dict[str, Any] = {"name": self.name, "type": type_, "description": self.description}
        if self.format:
            field["format"] = self.format
        return field | ({"constraints": constraints} if constraints else {})

    def csv_descriptor(self) -> dict[str, Any]:
        """Return the Table Schema field of the column in `data/`."""
        return self.descriptor() | _CSV_FORMS.get(self.type, {})

    def parse(self, cell: str) -> Any:
        """Return the value of a CSV cell; an empty cell is `None` or an empty list.

        Raises:
            ValueError: The cell does not have the type of the column.
            KeyError: The cell is neither `true` nor `false`.
        """
        if not cell:
            return [] if self.type == "list" else None
        return _PARSERS[self.type](cell)


def to_cell(value: Any) -> str:
    """Return the text of a CSV cell that holds a value, the inverse of `Column.parse`."""
    if isinstance(value, list):
        return _DELIMITER.join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@frozen
class Table:
    """A table.

    Attributes:
        name: The name of the table and of its file.
        title: A short title.
        description: What a row is.
        primary_key: The columns that identify a row.
        columns: All columns, in order.
        licences: The licences of the table as Data Package describes them.
        derived: Whether the build computes the table.
        per_edition: Whether `data/` has one file for each edition.
    """

    name: str
    title: str
    description: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]
    licences: tuple[dict[str, str], ...]
    derived: bool = False
    per_edition: bool = False

    @property
    def curated_columns(self) -> tuple[Column, ...]:
        """The columns that are typed in `data/`; a derived table does not have any."""
        return () if self.derived else tuple(column for column in self.columns if not column.derived)

    def files(self, folder: Path) -> list[Path]:
        """Return the CSV files of the table in a folder of facts."""
        if self.derived:
            return []
        return sorted((folder / self.name).glob("*.csv")) if self.per_edition else [folder / f"{self.name}.csv"]

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the primary key of a row as text for an error message."""
        return ", ".join(f"{name} {row[name]}" for name in self.primary_key)


@frozen
class Schema:
    """The schema of all tables.

    Attributes:
        descriptor: The properties of the Data Package, without its tables.
        tables: All tables, in order.
    """

    descriptor: dict[str, Any]
    tables: tuple[Table, ...]

    @property
    def data_version(self) -> str:
        """The data version, `<newest edition>.<revision>`."""
        return str(self.descriptor["version"])

    @property
    def created(self) -> date:
        """The day on which the data were compiled."""
        return datetime.fromisoformat(self.descriptor["created"]).date()

    def table(self, name: str) -> Table:
        """Return the table with this name."""
        return next(table for table in self.tables if table.name == name)


@cache
def read_schema(folder: Path = FACTS) -> Schema:
    """Read the schema from `datapackage.yaml` in a folder of facts."""
    descriptor = yaml.safe_load((folder / "datapackage.yaml").read_text(encoding="utf-8"))
    descriptor["description"] += f" {CAUTION}"
    licences = {licence["name"]: licence for licence in descriptor["licenses"]}
    default = [next(iter(licences))]
    tables = tuple(
        Table(
            name=table["name"],
            title=table["title"],
            description=table["description"],
            primary_key=tuple(table["primaryKey"]),
            columns=tuple(Column(**{**field, "enum": tuple(field.get("enum", ()))}) for field in table["fields"]),
            licences=tuple(licences[name] for name in table.get("licenses", default)),
            derived=table.get("derived", False),
            per_edition=table.get("files") == "per-edition",
        )
        for table in descriptor.pop("tables")
    )
    return Schema(descriptor, tables)
