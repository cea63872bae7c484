"""Columns of text in the forms in which users hold them: sequences, Arrow of any kind, tables, data frames and streams."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from attrs import frozen

from ._arrays import array_of, is_view, texts, without_views
from ._filters import text
from .errors import UnknownValue
from .matching import scalar_values

if TYPE_CHECKING:
    import pyarrow

# The rows of a batch. Two batches of this size fit into the cache of a processor.
ROWS_AT_ONCE = 1 << 17
_TEXT_TYPES = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null")


@runtime_checkable
class ArrowStream(Protocol):
    """An object that exports an Arrow stream, such as a table, a chunked array or a reader."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream as a PyCapsule."""
        ...


@runtime_checkable
class ArrowArray(Protocol):
    """An object that exports one Arrow array or record batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Return the schema and the array as PyCapsules."""
        ...


if TYPE_CHECKING:
    import numpy

    Texts = Sequence[str | None] | Sequence[bytes | None] | Iterator[str | bytes | None] | numpy.ndarray[Any, Any]
    TextColumn = ArrowStream | ArrowArray | Texts


@frozen
class TextInput:
    """Record batches with a column of text.

    Attributes:
        schema: The schema of the batches.
        batches: The batches, of at most `ROWS_AT_ONCE` rows.
        position: The position of the column of text.
        is_table: Whether the input was a table or stream of several columns, rather than a single column.
        streams: Whether the input was a `pyarrow.RecordBatchReader` or a dataset or scanner of pyarrow.
    """

    schema: pyarrow.Schema
    batches: Iterable[pyarrow.RecordBatch]
    position: int
    is_table: bool
    streams: bool

    @classmethod
    def of(cls, argument: str, value: object, column: str | None = None, *, alone: bool = False) -> TextInput:
        """Read a `TextColumn`, or a table or stream that has one.

        Args:
            argument: The name of the argument, for error messages.
            value: The column, table or stream.
            column: The name of the column of text. It is required unless the column is named `url` or is the only one
                with text.
            alone: Whether the other columns of a dataset are left out.

        Raises:
            TypeError: `value` is not a column of text and does not have one, or `column` is not text.
            UnknownValue: `value` does not have this column.
            ValueError: `value` has several columns with this name.
        """
        import pyarrow as pa

        if isinstance(value, pa.RecordBatchReader):
            return cls._of_reader(value, argument, column, streams=True)
        if (scanner := _scanner(value, argument, column, alone=alone)) is not None:
            return cls._of_reader(scanner.to_reader(), argument, column, streams=True)
        if isinstance(value, pa.Table):
            return cls._of_table(value, argument, column, is_table=True)
        # The stubs of pyarrow do not know that it reads every object with the Arrow capsules.
        arrow: Any = pa
        if isinstance(value, ArrowStream) and not isinstance(value, pa.ChunkedArray):
            try:
                reader = arrow.RecordBatchReader.from_stream(_WithSchemaArgument(value))
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                # A stream of arrays instead of record batches, such as a series.
                pass
            else:
                return cls._of_reader(reader, argument, column, streams=False)
        single = _single_column(argument, value)
        if pa.types.is_struct(single.type) and isinstance(value, ArrowArray) and not isinstance(value, pa.Array):
            # Other libraries export a record batch as an array of structs.
            return cls._of_table(arrow.table(value), argument, column, is_table=True)
        return cls._of_table(pa.Table.from_arrays([single], ["url"]), argument, column, is_table=False)

    @classmethod
    def _of_reader(cls, reader: pyarrow.RecordBatchReader, argument: str, column: str | None, *, streams: bool) -> TextInput:
        batches = (piece for batch in reader for piece in _pieces(batch))
        return cls(reader.schema, batches, _position(reader.schema, argument, column), is_table=True, streams=streams)

    @classmethod
    def _of_table(cls, table: pyarrow.Table, argument: str, column: str | None, *, is_table: bool) -> TextInput:
        if not is_table and not is_text_type(table.schema.field(0).type):
            raise TypeError(f"{argument} must be text or bytes, not {table.schema.field(0).type}")
        batches = table.to_batches(max_chunksize=ROWS_AT_ONCE)
        return cls(table.schema, batches, _position(table.schema, argument, column), is_table=is_table, streams=False)


def choose_column(
    argument: str, names: Sequence[object], is_text: Callable[[int], bool], types: Callable[[int], object], column: str | None
) -> int:
    """Return the position of the column of text in a table. A column that is named may have another type.

    Args:
        argument: The name of the argument with the table, for error messages.
        names: The names of all columns.
        is_text: Returns whether the column at a position is text.
        types: Returns the type of the column at a position, for error messages.
        column: The name of the column of text. It is required unless the column is named `url` or is the only one with
            text.

    Raises:
        TypeError: No column is text, or the named column is inside a nested one.
        UnknownValue: There is no such column.
        ValueError: Several columns have this name.
    """
    if column is None and "url" not in names:
        candidates = [position for position in range(len(names)) if is_text(position)]
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            found = ", ".join(str(types(position)) for position in range(len(names)))
            raise TypeError(f"{argument} must be text or bytes, not {found or 'a table without columns'}")
    wanted = "url" if column is None else text("column", column)
    positions = [position for position, name in enumerate(names) if name == wanted]
    if len(positions) > 1:
        count = {2: "two"}.get(len(positions), str(len(positions)))
        raise ValueError(f"{count} columns of {argument} are named {wanted!r}; rename all but one of them")
    if not positions:
        outer = wanted.partition(".")[0]
        if outer != wanted and outer in names:
            raise TypeError(f"{argument} has no column {wanted!r}; if {outer!r} is nested, first make a column of the text in it")
        raise UnknownValue("column", wanted, [name for position, name in enumerate(names) if is_text(position)])
    return positions[0]


def is_text_type(type_: pyarrow.DataType) -> bool:
    """Return whether the values of an Arrow type are text or bytes, in whatever encoding."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(type_) or types.is_run_end_encoded(type_):
        return is_text_type(type_.value_type)
    if isinstance(type_, pa.BaseExtensionType):
        return is_text_type(type_.storage_type)
    return str(type_) in _TEXT_TYPES or types.is_fixed_size_binary(type_)


def unencoded(column: Any) -> tuple[Any, Any]:
    """Take an array apart into values and positions, if its type is an encoding of another type.

    Returns:
        The values, which may be encoded again, and the position of the value of each row, null where the row is null. The
        positions are `None` if the values are the rows: the storage of an extension type, or the array itself if its type
        is not an encoding.
    """
    import pyarrow as pa
    import pyarrow.compute

    if isinstance(column.type, pa.BaseExtensionType):
        return column.storage, None
    if pa.types.is_dictionary(column.type):
        return column.dictionary, column.indices
    if not pa.types.is_run_end_encoded(column.type):
        return column, None
    compute: Any = pyarrow.compute
    # Few functions of pyarrow take every run-end encoded type. Positions are integers, which can be expanded.
    runs: Any = pa.RunEndEncodedArray.from_buffers(
        pa.run_end_encoded(column.run_ends.type, pa.int64()),
        len(column),
        [None],
        offset=column.offset,
        children=(column.run_ends, array_of("int64", range(len(column.values)))),
    )
    return column.values, compute.run_end_decode(runs)


def as_bytes(column: Any) -> Any:
    """Convert an array of text or bytes, of any type without an encoding, to binary or large binary."""
    import pyarrow as pa

    if is_view(column.type):
        return without_views(column)
    large = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    return column.cast(pa.large_binary() if large else pa.binary())


def distinct_texts(column: Any) -> tuple[Any, list[str | None]]:
    """Return the position of each row of an array among its distinct texts, and these texts. Invalid UTF-8 is replaced."""
    encoded, rows = unencoded(column)
    if encoded is not column:
        positions, values = distinct_texts(encoded)
        return (positions if rows is None else positions.take(rows)), values
    coded = as_bytes(column).dictionary_encode()
    return coded.indices, [None if value is None else value.decode("utf-8", "replace") for value in coded.dictionary.to_pylist()]


def text_array(argument: str, values: Iterable[object]) -> Any:
    """Build an Arrow array from Python values: text, UTF-8 as bytes, or a missing value of Python, NumPy or pandas.

    Returns:
        An array of large strings, or of large binaries if any value is bytes.

    Raises:
        TypeError: A value is something else.
    """
    import pyarrow as pa

    encoded: list[bytes | None] = []
    has_bytes = False
    for position, value in enumerate(values):
        if isinstance(value, str):
            try:
                encoded.append(value.encode())
            except UnicodeEncodeError:
                encoded.append(scalar_values(value).encode())
        elif isinstance(value, bytes):
            has_bytes = True
            encoded.append(value)
        elif _is_missing(value):
            encoded.append(None)
        else:
            raise TypeError(f"{argument}[{position}] must be a str, bytes or None, not {type(value).__name__}")
    array = texts(encoded)
    return array.view(pa.large_binary()) if has_bytes else array


def _is_missing(value: object) -> bool:
    """Return whether a value is `None`, a NaN, or `NA` or `NaT` of pandas."""
    if value is None or (isinstance(value, Real) and value != value):
        # A NaN differs from itself.
        return True
    pandas: Any = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)


@frozen
class _WithSchemaArgument:
    """A stream whose method takes a schema. That of DuckDB 1.1 does not."""

    stream: ArrowStream

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.stream.__arrow_c_stream__()


def _single_column(argument: str, value: object) -> Any:
    """Read a column that has no table around it as an Arrow array or chunked array."""
    import pyarrow as pa

    # The stubs of pyarrow do not know that it reads every object with the Arrow capsules.
    arrow: Any = pa
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return value
    if isinstance(value, ArrowStream):
        return arrow.chunked_array(value)
    if isinstance(value, ArrowArray):
        return arrow.array(value)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return _numpy_column(argument, value)
    remedy = ""
    if isinstance(value, Mapping):
        remedy = "; pass one of its columns, or make a table with pyarrow.table()"
    elif isinstance(value, Set):
        remedy = "; pass a list, which has an order"
    if remedy or not isinstance(value, Iterable) or isinstance(value, (str, bytes, bytearray, memoryview)):
        raise TypeError(f"{argument} must be a column or sequence of texts, not {type(value).__name__}{remedy}")
    return text_array(argument, value)


def _numpy_column(argument: str, value: Any) -> Any:
    import pyarrow as pa

    if value.ndim != 1:
        raise TypeError(f"{argument} must have one dimension, not {value.ndim}")
    if value.dtype.kind not in "OSUT":
        raise TypeError(f"{argument} must be text or bytes, not {value.dtype}")
    array = text_array(argument, value.tolist())
    return array.view(pa.large_binary()) if value.dtype.kind == "S" else array


def _scanner(value: Any, argument: str, column: str | None, *, alone: bool) -> Any:
    """Return a scanner of a dataset or scanner of pyarrow, and `None` for anything else."""
    dataset: Any = sys.modules.get("pyarrow.dataset")
    if dataset is None or not isinstance(value, (dataset.Dataset, dataset.Scanner)):
        return None
    if isinstance(value, dataset.Scanner):
        return value
    names = value.schema.names
    return value.scanner(columns=[names[_position(value.schema, argument, column)]] if alone else None)


def _pieces(batch: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
    for first in range(0, max(batch.num_rows, 1), ROWS_AT_ONCE):
        yield batch.slice(first, ROWS_AT_ONCE)


def _position(schema: pyarrow.Schema, argument: str, column: str | None) -> int:
    """Return the position of the column of text."""
    types = schema.types
    position = choose_column(argument, schema.names, lambda place: is_text_type(types[place]), types.__getitem__, column)
    if not is_text_type(types[position]):
        raise TypeError(f"{argument}[{schema.names[position]!r}] must be text or bytes, not {types[position]}")
    return position
