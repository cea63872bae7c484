"""The sequence that every question returns, and its ways into other libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from attrs import field, frozen

from .errors import MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row_co = TypeVar("Row_co", covariant=True)

_ROWS_IN_TEXT = 20


class Home(Protocol):
    """The table from which rows come."""

    def table(self) -> pyarrow.Table:
        """The table."""
        ...

    def place(self, row: Any) -> int:
        """The position of a row in the table."""
        ...

    def vocabularies(self) -> dict[str, tuple[str, ...]]:
        """The values of each column that has a fixed set of them."""
        ...


@frozen
class Made:
    """The home of rows that an answer consists of and no built table has: an attribute a column."""

    rows: tuple[Any, ...]
    types: Mapping[str, str]
    fixed: Mapping[str, tuple[str, ...]]

    def table(self) -> pyarrow.Table:
        """The table."""
        from pyarrow import Table, string

        from ._arrays import texts

        columns = []
        for name, type_ in self.types.items():
            values = (getattr(row, name) for row in self.rows)
            # By way of text, because pyarrow imports pandas when it converts Python objects.
            written: Any = texts(None if value is None else str(value).encode() for value in values)
            columns.append(written.cast(string()).cast(type_))
        return Table.from_arrays(columns, list(self.types))

    def place(self, row: Any) -> int:
        """The position of a row in the table."""
        try:
            return self.rows.index(row)
        except ValueError:
            raise ValueError(f"the {type(row).__name__} is none of this answer: {row!r}") from None

    def vocabularies(self) -> dict[str, tuple[str, ...]]:
        """The values of each column that has a fixed set of them."""
        return dict(self.fixed)


@frozen(repr=False)
class Records(Generic[Row_co]):
    """An immutable sequence of rows.

    Length, iteration, indexing, slicing, `in`, equality and hashing are those of a tuple of the rows; a slice is a
    `Records` again. It also speaks the Arrow PyCapsule protocol, so that `pyarrow.table(records)`,
    `polars.DataFrame(records)`, `pandas.DataFrame.from_arrow(records)` and DuckDB's `FROM records` read it directly.
    """

    _rows: tuple[Row_co, ...]
    _home: Home = field(eq=False)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row_co]:
        return iter(self._rows)

    def __reversed__(self) -> Iterator[Row_co]:
        return reversed(self._rows)

    def __contains__(self, row: object) -> bool:
        return row in self._rows

    @overload
    def __getitem__(self, index: int) -> Row_co: ...
    @overload
    def __getitem__(self, index: slice) -> Records[Row_co]: ...
    def __getitem__(self, index: int | slice) -> Row_co | Records[Row_co]:
        if isinstance(index, slice):
            return self.of(self._rows[index])
        return self._rows[index]

    def of(self, rows: Iterable[Any]) -> Records[Row_co]:
        """A sequence of other rows of the same table."""
        return Records(tuple(rows), self._home)

    def index(self, row: object) -> int:
        """Position of the first row that equals `row`.

        Raises:
            ValueError: no row does.
        """
        return self._rows.index(row)

    def count(self, row: object) -> int:
        """Number of rows that equal `row`."""
        return self._rows.count(row)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary a row, keyed by column; lists are lists, dates are `datetime.date`."""
        names = self._home.table().column_names
        return [
            {name: list(value) if isinstance(value := getattr(row, name), tuple) else value for name in names}
            for row in self._rows
        ]

    def to_arrow(self) -> pyarrow.Table:
        """A `pyarrow.Table` with the columns and types of the data dictionary.

        Raises:
            ValueError: A row is none of the table, as after `attrs.evolve` or from a pickle of other data.
        """
        # Slices of the table, because pyarrow imports pandas when it converts Python objects.
        table = self._home.table()
        places = [self._home.place(row) for row in self._rows]
        breaks = [n for n in range(1, len(places)) if places[n] != places[n - 1] + 1]
        pieces = [table.slice(places[a], b - a) for a, b in pairwise([0, *breaks, len(places)]) if b > a]
        if len(pieces) < 2:
            return pieces[0] if pieces else table.slice(0, 0)
        from pyarrow import concat_tables

        return concat_tables(pieces).combine_chunks()

    def to_pandas(self) -> pandas.DataFrame:
        """A `pandas.DataFrame` in which nothing changes its type because a value is missing.

        Whole numbers are `Int16`, truth values `boolean`, texts `string`, days `datetime64`. Countries and columns with a
        fixed vocabulary are categorical, with the whole vocabulary, so that frames of two results of one table can be
        joined end to end. Lists are Python lists in columns of the type `object`.

        Raises:
            MissingExtra: pandas is not installed.
            ValueError: A row is none of the table.
        """
        pd = library("pandas", "pandas")
        types = {"int16": pd.Int16Dtype(), "string": pd.StringDtype(), "bool": pd.BooleanDtype()}
        table = self.to_arrow()
        frame: pandas.DataFrame = table.to_pandas(types_mapper=lambda type_: types.get(str(type_)), date_as_object=False)
        vocabularies = self._home.vocabularies()
        for column in table.schema:
            if column.name in vocabularies:
                frame[column.name] = frame[column.name].astype(pd.CategoricalDtype(vocabularies[column.name]))
            elif str(column.type).startswith("list"):
                # pyarrow makes arrays of numpy, whose truth and equality are not those of lists.
                frame[column.name] = pd.Series([value.tolist() for value in frame[column.name]], frame.index, object)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A `polars.DataFrame` with the types of `to_arrow`, but for an `Enum` where the vocabulary is fixed.

        Countries and columns with a fixed vocabulary are `polars.Enum` with the whole of it, so that frames of two results
        of one table can be joined end to end.

        Raises:
            MissingExtra: polars is not installed.
            ValueError: A row is none of the table.
        """
        pl = library("polars", "polars")
        frame: polars.DataFrame = pl.DataFrame(self.to_arrow())
        return frame.cast({name: pl.Enum(values) for name, values in self._home.vocabularies().items()})

    def __arrow_c_schema__(self) -> object:
        schema: object = self._home.table().schema.__arrow_c_schema__()
        return schema

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        table: Any = self.to_arrow()
        stream: object = table.__arrow_c_stream__(requested_schema)
        return stream

    def __repr__(self) -> str:
        names, cells = self._cells(_ROWS_IN_TEXT)
        widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in [names, *cells]
        ]
        if len(self) > _ROWS_IN_TEXT:
            lines.append(f"... {len(self) - _ROWS_IN_TEXT} more")
        return "\n".join([f"<{self._title()}>", *lines] if self._rows else [f"<{self._title()}>"])

    def _repr_html_(self) -> str:
        from ._html import records

        return records(self)

    def _title(self) -> str:
        kind = type(self._rows[0]).__name__ if self._rows else "row"
        return f"Records of {len(self)} x {kind}" if self._rows else "Records, empty"

    def _cells(self, limit: int) -> tuple[list[str], list[list[str]]]:
        if not self._rows:
            return [], []
        names: list[str] = list(getattr(self._rows[0], "SUMMARY", None) or self._home.table().column_names)
        return names, [[as_text(getattr(row, name)) for name in names] for row in self._rows[:limit]]


def as_text(value: object) -> str:
    """A value as a reader sees it; what no source gives is a dash."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.12g}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)


def library(name: str, extra: str) -> Any:
    """A library that only an extra of the package installs.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingExtra(name, extra) from None
