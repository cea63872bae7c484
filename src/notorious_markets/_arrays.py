"""Arrow arrays from Python values, rows of arrays of any type, and tables as data frames of pandas."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Literal

from .errors import library

if TYPE_CHECKING:
    import pandas
    import pyarrow

    Array = pyarrow.Array[Any]

TypeName = Literal["string", "bool", "int16", "int32", "int64", "float", "double", "list"]

# The arrays are built from buffers, because pyarrow.array imports pandas wherever pandas is installed.
_TYPECODES = {"int16": "h", "int32": "i", "int64": "q", "float": "f", "double": "d"}


def array_of(type_: TypeName, values: Iterable[Any]) -> Array:
    """Build an array of the Arrow type with this name. `None` becomes null. The values of a `list` are tuples of texts."""
    import pyarrow as pa

    if type_ == "list":
        lists = [tuple(value) for value in values]
        offsets: Any = _fixed_width("int32", list(accumulate(map(len, lists), initial=0)))
        items: Any = array_of("string", chain.from_iterable(lists))
        result: Array = pa.ListArray.from_arrays(offsets, items)
        return result
    if type_ == "string":
        return texts(None if value is None else value.encode() for value in values).cast(pa.string())
    return _fixed_width(type_, list(values))


def texts(values: Iterable[bytes | None]) -> Array:
    """Build an array of large strings from UTF-8, which is not checked. `None` becomes null."""
    import pyarrow as pa

    encoded = list(values)
    validity = _bitmap(value is not None for value in encoded) if None in encoded else None
    present = [value or b"" for value in encoded]
    offsets = array("q", accumulate(map(len, present), initial=0))
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(b"".join(present))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)


def _fixed_width(type_: str, values: Sequence[Any]) -> Array:
    """Build an array of numbers or booleans."""
    import pyarrow as pa

    content = (
        _bitmap(map(bool, values))
        if type_ == "bool"
        else pa.py_buffer(array(_TYPECODES[type_], [0 if value is None else value for value in values]))
    )
    validity = _bitmap(value is not None for value in values) if None in values else None
    arrow_type = {"bool": pa.bool_(), "float": pa.float32(), "double": pa.float64()}.get(type_) or getattr(pa, type_)()
    return pa.Array.from_buffers(arrow_type, len(values), [validity, content])


def filtered(batch: pyarrow.RecordBatch, mask: Any) -> pyarrow.RecordBatch:
    """Return the rows of a batch for which a mask is true. Unlike pyarrow's own method, this works for every type."""
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([_rows_of(column, mask) for column in batch.columns], schema=batch.schema)


def _rows_of(column: Any, mask: Any) -> Any:
    """Return the values of an array for which a mask is true."""
    import pyarrow as pa

    try:
        return column.filter(mask)
    except pa.ArrowNotImplementedError:
        # pyarrow refuses some types, such as views and run-end encoded arrays, and has no function that tells which. The user's
        # version may filter more types than the oldest supported one, so the attempt is the test.
        if is_view(column.type):
            return _as_view(without_views(column).filter(mask), column.type)
    # pyarrow joins arrays of every type, also those that contain such arrays.
    runs = _runs(mask)
    return pa.concat_arrays([column.slice(first, count) for first, count in runs]) if runs else column.slice(0, 0)


def is_view(type_: pyarrow.DataType) -> bool:
    """Return whether a type is `string_view` or `binary_view`."""
    return str(type_) in ("string_view", "binary_view")


def without_views(column: Any) -> Any:
    """Convert an array of a view type to large binary. pyarrow has few functions for the view types."""
    import pyarrow as pa

    binary = column.view(pa.binary_view())
    try:
        return binary.cast(pa.large_binary())
    except pa.ArrowNotImplementedError:
        # pyarrow 16 and 17, which are supported, have no such cast.
        return texts(binary.to_pylist()).view(pa.large_binary())


def _as_view(column: Any, type_: pyarrow.DataType) -> Any:
    import pyarrow as pa

    try:
        return column.cast(pa.binary_view()).view(type_)
    except pa.ArrowNotImplementedError:
        # pyarrow 16 and 17, which are supported, have no such cast.
        return pa.array(column.to_pylist(), pa.binary_view()).view(type_)


def _runs(mask: Any) -> list[tuple[int, int]]:
    """Return the first position and the length of each run of true values."""
    from pyarrow.compute import indices_nonzero

    runs: list[tuple[int, int]] = []
    for position in indices_nonzero(mask).to_pylist():
        if runs and sum(runs[-1]) == position:
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((position, 1))
    return runs


def pandas_of(table: pyarrow.Table) -> pandas.DataFrame:
    """Return a table as a data frame whose column types do not depend on the rows.

    Integers of 16 bits are `Int16`, booleans `boolean`, text `string` and days `datetime64`. Lists are Python lists in columns
    of type `object`.

    Raises:
        MissingExtra: pandas is not installed.
    """
    pd = library("pandas", "pandas")
    types = {"int16": pd.Int16Dtype(), "string": pd.StringDtype(), "bool": pd.BooleanDtype()}
    frame: pandas.DataFrame = table.to_pandas(types_mapper=lambda type_: types.get(str(type_)), date_as_object=False)
    for column in table.schema:
        if str(column.type).startswith("list"):
            # pyarrow returns NumPy arrays, which do not compare like lists.
            lists = [value if value is None else value.tolist() for value in frame[column.name]]
            frame[column.name] = pd.Series(lists, frame.index, object)
    return frame


def _bitmap(flags: Iterable[bool]) -> pyarrow.Buffer:
    """Pack booleans into bits as Arrow does, with the lowest bit of each byte first."""
    import pyarrow as pa

    bits = list(flags)
    packed = bytearray(-(-len(bits) // 8))
    for position, bit in enumerate(bits):
        if bit:
            packed[position >> 3] |= 1 << (position & 7)
    return pa.py_buffer(packed)
