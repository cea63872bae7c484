"""The sequence that every question returns, and its ways into other libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from attrs import field, frozen

from .errors import library

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from ._arrays import TypeName

Row_co = TypeVar("Row_co", covariant=True)

_ROWS_IN_TEXT = 20


class Origin:
    """The table to which the rows of a result belong. Each part is computed when it is first needed.

    Args:
        name: What errors call the table.
        table: Gives the columns of all rows as a `pyarrow.Table`.
        rows: Gives all rows, in the order of the table.
        vocabularies: Gives the values that a column can have, for each column of text with a fixed set of them.
    """

    def __init__(
        self,
        name: str,
        table: Callable[[], pyarrow.Table],
        rows: Callable[[], Iterable[Any]],
        vocabularies: Callable[[], Mapping[str, tuple[str, ...]]],
    ) -> None:
        self._name = name
        self._parts = table, rows, vocabularies

    def __reduce__(self) -> tuple[object, ...]:
        return Origin, (self._name, *self._parts)

    @classmethod
    def of_attributes(
        cls, rows: Sequence[Any], columns: Mapping[str, TypeName], vocabularies: Mapping[str, tuple[str, ...]]
    ) -> Origin:
        """The table of rows that no built table has. Each column is an attribute of the rows."""
        return cls("this result", partial(_table_of, rows, columns), partial(tuple, rows), partial(dict, vocabularies))

    @cached_property
    def table(self) -> pyarrow.Table:
        """The columns of all rows."""
        return self._parts[0]()

    @cached_property
    def vocabularies(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each column that has a fixed set of them."""
        return self._parts[2]()

    def position(self, row: Any) -> int:
        """The position of a row in the table.

        Raises:
            ValueError: The row is not in the table.
        """
        try:
            return self._positions[row]
        except KeyError:
            raise ValueError(f"this {type(row).__name__} is not a row of {self._name}: {row!r}") from None

    @cached_property
    def _positions(self) -> dict[Any, int]:
        return {row: position for position, row in enumerate(self._parts[1]())}


def _table_of(rows: Sequence[Any], columns: Mapping[str, TypeName]) -> pyarrow.Table:
    from pyarrow import Table

    from ._arrays import array_of

    arrays = [array_of(type_, [getattr(row, name) for row in rows]) for name, type_ in columns.items()]
    return Table.from_arrays(arrays, list(columns))


@frozen(repr=False)
class Records(Generic[Row_co]):
    """An immutable sequence of rows.

    Length, iteration, indexing, slicing, `in`, equality and hashing are those of a tuple of the rows; a slice is a
    `Records` again. It also speaks the Arrow PyCapsule protocol, so that `pyarrow.table(records)`,
    `polars.DataFrame(records)`, `pandas.DataFrame.from_arrow(records)` and DuckDB's `FROM records` read it directly.
    """

    _rows: tuple[Row_co, ...]
    _origin: Origin = field(eq=False)

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
            return self.with_rows(self._rows[index])
        return self._rows[index]

    def with_rows(self, rows: Iterable[Any]) -> Records[Row_co]:
        """A result with other rows of the same table."""
        return Records(tuple(rows), self._origin)

    def index(self, row: object) -> int:
        """Position of the first row that equals `row`.

        Raises:
            ValueError: No row equals it.
        """
        return self._rows.index(row)

    def count(self, row: object) -> int:
        """Number of rows that equal `row`."""
        return self._rows.count(row)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary a row, keyed by column; lists are lists, dates are `datetime.date`."""
        names = self._origin.table.column_names
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
        table = self._origin.table
        positions = [self._origin.position(row) for row in self._rows]
        breaks = [n for n in range(1, len(positions)) if positions[n] != positions[n - 1] + 1]
        pieces = [table.slice(positions[a], b - a) for a, b in pairwise([0, *breaks, len(positions)]) if b > a]
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
        vocabularies = self._origin.vocabularies
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
        return frame.cast({name: pl.Enum(values) for name, values in self._origin.vocabularies.items()})

    def __arrow_c_schema__(self) -> object:
        schema: object = self._origin.table.schema.__arrow_c_schema__()
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
        names: list[str] = list(getattr(self._rows[0], "SUMMARY", None) or self._origin.table.column_names)
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
