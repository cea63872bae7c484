"""The columns of a result of screening."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from .._arrays import array_of

if TYPE_CHECKING:
    import pyarrow

    from .._columns import TextInput

Result = Literal["rows", "hits", "mask"]

RESULT_COLUMNS = ("matched_domain", "market_id", "first_listed", "last_listed")


def result_schema(source: TextInput, result: Result) -> pyarrow.Schema:
    """Return the schema of a result: columns of the source, then those of the list."""
    import pyarrow as pa

    if result == "mask":
        return pa.schema([pa.field("listed", pa.bool_(), nullable=False)])
    before = list(source.schema) if source.is_table else []
    if result == "hits" and not source.is_table:
        before = [pa.field("row", pa.int64(), nullable=False), source.schema.field(0)]
    check_names([field.name for field in before], result)
    types = (pa.string(), pa.string(), pa.int16(), pa.int16())
    added = [pa.field(name, type_) for name, type_ in zip(RESULT_COLUMNS, types, strict=True)]
    return pa.schema([*before, *added]).with_metadata(source.schema.metadata)


def check_names(names: Iterable[object], result: Result) -> None:
    """Check that a table has no column with the name of a result column."""
    taken = [name for name in RESULT_COLUMNS if name in names and result != "mask"]
    if taken:
        raise ValueError(f"the table already has a column {taken[0]!r}; rename it before screening")


def positions(mask: Any, first_row: int) -> Any:
    """Return the positions of the true values of a mask, counted from the first row of all batches."""
    from pyarrow.compute import indices_nonzero

    return array_of("int64", [first_row + row for row in indices_nonzero(mask).to_pylist()])
