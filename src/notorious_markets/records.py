"""The immutable sequence that queries return, and its conversions for other libraries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar, overload

from attrs import field, frozen

from ._arrays import pandas_of
from .about import DATA_VERSION
from .errors import library

# Type checkers see a Sequence. At run time polars would read a Sequence as Python objects instead of as an Arrow stream.
if TYPE_CHECKING:
    from collections.abc import Sequence as Rows

    import pandas
    import polars
    import pyarrow

    from ._arrays import TypeName
else:
    from typing import Generic as Rows

Row_co = TypeVar("Row_co", covariant=True)

_ROWS_IN_TEXT = 20


class Origin:
    """The table that the rows of a result come from. Each part is computed when it is first needed.

    Args:
        name: The name of the built table, or `None` if the rows are not in a built table.
        table: Returns the columns of all rows.
        rows: Returns all rows, in the order of the table.
        vocabularies: Returns the possible values of each text column that has a fixed set of them.
    """

    def __init__(
        self,
        name: str | None,
        table: Callable[[], pyarrow.Table],
        rows: Callable[[], Iterable[Any]],
        vocabularies: Callable[[], Mapping[str, tuple[str, ...]]],
    ) -> None:
        self.name = name
        self._parts = table, rows, vocabularies

    def __reduce__(self) -> tuple[object, ...]:
        return Origin, (self.name, *self._parts)

    @classmethod
    def of_attributes(
        cls, rows: Sequence[Any], columns: Mapping[str, TypeName], vocabularies: Mapping[str, tuple[str, ...]]
    ) -> Origin:
        """Create a table for rows that are not in a built table. Each column is an attribute of the rows.

        Args:
            rows: All rows of the table.
            columns: The name and the type of each column.
            vocabularies: The possible values of each text column that has a fixed set of them.
        """
        return cls(None, partial(_table_of, rows, columns), partial(tuple, rows), partial(dict, vocabularies))

    @cached_property
    def table(self) -> pyarrow.Table:
        """The columns of all rows as a `pyarrow.Table`."""
        return self._parts[0]()

    @cached_property
    def vocabularies(self) -> Mapping[str, tuple[str, ...]]:
        """The possible values of each text column that has a fixed set of them."""
        return self._parts[2]()

    def position(self, row: Any) -> int:
        """Return the position of a row in the table.

        Raises:
            ValueError: The row is not in the table.
        """
        try:
            return self._positions[row]
        except KeyError:
            of = f"the table {self.name!r} of data version {DATA_VERSION}" if self.name else "this result"
            raise ValueError(f"this {type(row).__name__} is not a row of {of}: {row!r}") from None

    @cached_property
    def _positions(self) -> dict[Any, int]:
        return {row: position for position, row in enumerate(self._parts[1]())}


def _table_of(rows: Sequence[Any], columns: Mapping[str, TypeName]) -> pyarrow.Table:
    from pyarrow import Table

    from ._arrays import array_of

    arrays = [array_of(type_, [getattr(row, name) for row in rows]) for name, type_ in columns.items()]
    return Table.from_arrays(arrays, list(columns))


@frozen(repr=False)
class Records(Rows[Row_co]):
    """An immutable sequence of rows.

    It behaves like a tuple of the rows: length, iteration, indexing, `in`, equality and hashing. A slice is a `Records`.
    `name in records` is true if a row belongs to a market with that id, name, alias or domain. It is false for any other
    text, also for a market that the result may contain without its name; see `Market.status`.
    It also exports the Arrow PyCapsule interface. Therefore `pyarrow.table(records)`, `polars.DataFrame(records)`,
    `pandas.DataFrame.from_arrow(records)` and `FROM records` in DuckDB read it directly.
    """

    _rows: tuple[Row_co, ...]
    _origin: Origin = field(eq=False)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row_co]:
        return iter(self._rows)

    def __reversed__(self) -> Iterator[Row_co]:
        return reversed(self._rows)

    def __contains__(self, value: object) -> bool:
        if isinstance(value, str):
            from .names.known import owners_of

            owners = owners_of(value).keys()
            return any(not owners.isdisjoint(_market_ids(row)) for row in self._rows)
        return value in self._rows

    @overload
    def __getitem__(self, index: int) -> Row_co: ...
    @overload
    def __getitem__(self, index: slice) -> Records[Row_co]: ...
    def __getitem__(self, index: int | slice) -> Row_co | Records[Row_co]:
        if isinstance(index, slice):
            return self.with_rows(self._rows[index])
        try:
            return self._rows[index]
        except TypeError:
            remedy = "convert it with to_pandas() or to_polars() to get a column"
            raise TypeError(f"a result is indexed by position, not by {index!r}; {remedy}") from None

    @property
    def table_name(self) -> str | None:
        """The name of the table that contains the rows, such as `"listings"`; `None` for changes and suggestions."""
        return self._origin.name

    def with_rows(self, rows: Iterable[Any]) -> Records[Row_co]:
        """Return a result with other rows of the same table."""
        return Records(tuple(rows), self._origin)

    def index(self, value: Any, start: int = 0, stop: int = sys.maxsize) -> int:
        """Return the position of the first row that equals `value`.

        Raises:
            ValueError: No row equals `value`.
        """
        return self._rows.index(value, start, stop)

    def count(self, value: Any) -> int:
        """Return the number of rows that equal `value`."""
        return self._rows.count(value)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return a dictionary for each row, keyed by column. Tuples become lists; days are `datetime.date`."""
        names = self._origin.table.column_names
        return [as_dict(row, names) for row in self._rows]

    def to_json(self) -> str:
        """Return the rows as a JSON array of objects, keyed by column. Days are text in ISO 8601."""
        return as_json(self.to_dicts())

    def to_arrow(self) -> pyarrow.Table:
        """Return a `pyarrow.Table` with the columns and types of the data dictionary.

        Raises:
            ValueError: A row is not in the table. It was changed with `attrs.evolve` or comes from another data version.
        """
        # Slices the table instead of converting the rows: pyarrow would import pandas to convert Python objects.
        table = self._origin.table
        positions = [self._origin.position(row) for row in self._rows]
        breaks = [n for n in range(1, len(positions)) if positions[n] != positions[n - 1] + 1]
        pieces = [table.slice(positions[a], b - a) for a, b in pairwise([0, *breaks, len(positions)]) if b > a]
        if len(pieces) < 2:
            return pieces[0] if pieces else table.slice(0, 0)
        from pyarrow import concat_tables

        return concat_tables(pieces).combine_chunks()

    def to_pandas(self) -> pandas.DataFrame:
        """Return a `pandas.DataFrame` whose column types do not depend on the rows.

        Integers are `Int16`, booleans `boolean`, text `string` and days `datetime64`. Lists are Python lists in columns
        of type `object`. Countries and columns with a fixed vocabulary are categorical. Their categories are the whole
        vocabulary, so that `pandas.concat` preserves them. Pass `observed=True` to `groupby` if you group by such a
        column. Otherwise pandas before version 3 also returns the categories without rows.

        Raises:
            MissingExtra: pandas is not installed.
            ValueError: A row is not in the table; see `to_arrow`.
        """
        frame = pandas_of(self.to_arrow())
        for name, values in self._origin.vocabularies.items():
            frame[name] = frame[name].astype(library("pandas", "pandas").CategoricalDtype(values))
        return frame

    def to_polars(self) -> polars.DataFrame:
        """Return a `polars.DataFrame` with the column types of `to_arrow`, except for categories.

        Countries and columns with a fixed vocabulary are `polars.Enum` columns. Their categories are the whole vocabulary,
        so that `polars.concat` preserves them.

        Raises:
            MissingExtra: polars is not installed.
            ValueError: A row is not in the table; see `to_arrow`.
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
        if not self._rows:
            return "<Records, empty>"
        first = self._rows[0]
        names: Sequence[str] = getattr(first, "SUMMARY", None) or self._origin.table.column_names
        cells = [names, *([as_text(getattr(row, name)) for name in names] for row in self._rows[:_ROWS_IN_TEXT])]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
        if len(self) > _ROWS_IN_TEXT:
            lines.append(f"... {len(self) - _ROWS_IN_TEXT} more")
        return "\n".join([f"<Records of {len(self)} x {type(first).__name__}>", *lines])

    def _repr_html_(self) -> str:
        from ._html import records

        return records(self)


def _market_ids(row: Any) -> tuple[str, ...]:
    """Return the ids of the markets to which a row of any table belongs."""
    ids: tuple[str, ...] = getattr(row, "market_ids", None) or (getattr(row, "market_id", None) or "",)
    return ids


def as_dict(row: object, names: Iterable[str]) -> dict[str, Any]:
    """Return these attributes of a row as a dictionary. Tuples become lists."""
    return {name: list(value) if isinstance(value := getattr(row, name), tuple) else value for name in names}


def as_json(value: object) -> str:
    """Return dictionaries of rows as JSON. Days are text in ISO 8601."""
    import json

    return json.dumps(value, ensure_ascii=False, default=date.isoformat)


def as_text(value: object) -> str:
    """Return a value in the form that readers see. A missing value is a dash."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.12g}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)
