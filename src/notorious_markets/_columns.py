"""Columns of text in the forms in which users hold them: sequences, Arrow of any kind, tables and streams."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from attrs import frozen

from ._arrays import texts
from .errors import UnknownValue
from .matching import scalar_values

if TYPE_CHECKING:
    import pyarrow

# The rows of a batch. Two batches of this size fit into the cache of a processor.
ROWS_AT_ONCE = 1 << 17
_TEXT_TYPES = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null")


@runtime_checkable
class ArrowStream(Protocol):
    """An object that exports an Arrow stream, such as a table, a data frame, a chunked array, a series or a reader."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream as a PyCapsule."""
        ...


@runtime_checkable
class ArrowArray(Protocol):
    """An object that exports one Arrow array or record batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Return the schema and the array as PyCapsules."""
        ...


TextColumn = ArrowStream | ArrowArray | Sequence[str | None]


@frozen
class TextInput:
    """Record batches with a column of text.

    Attributes:
        schema: The schema of the batches.
        batches: The batches, of at most `ROWS_AT_ONCE` rows.
        position: The position of the column of text.
        is_table: Whether the input was a table or stream of several columns, rather than a single column.
        streams: Whether the input was a `pyarrow.RecordBatchReader`.
    """

    schema: pyarrow.Schema
    batches: Iterable[pyarrow.RecordBatch]
    position: int
    is_table: bool
    streams: bool

    @classmethod
    def of(cls, argument: str, value: object, column: str | None = None) -> TextInput:
        """Read a `TextColumn`, or a table or stream that has one.

        Args:
            argument: The name of the argument, for error messages.
            value: The column, table or stream.
            column: The name of the column of text. It is required unless the column is named `url` or is the only one
                with text.

        Raises:
            TypeError: `value` is not a column of text and does not have one.
            UnknownValue: `value` does not have this column.
        """
        import pyarrow as pa

        if isinstance(value, pa.RecordBatchReader):
            return cls._of_reader(value, argument, column, streams=True)
        if isinstance(value, pa.Table):
            return cls._of_table(value, argument, column, is_table=True)
        if isinstance(value, ArrowStream) and not isinstance(value, pa.ChunkedArray):
            # The stubs of pyarrow do not know that it reads every object with the Arrow capsules.
            reader_class: Any = pa.RecordBatchReader
            try:
                reader = reader_class.from_stream(value)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                # A stream of arrays instead of record batches, such as a series.
                pass
            else:
                return cls._of_reader(reader, argument, column, streams=False)
        table = pa.Table.from_arrays([_single_column(argument, value)], ["url"])
        return cls._of_table(table, argument, column, is_table=False)

    @classmethod
    def _of_reader(cls, reader: pyarrow.RecordBatchReader, argument: str, column: str | None, *, streams: bool) -> TextInput:
        batches = (piece for batch in reader for piece in _pieces(batch))
        return cls(reader.schema, batches, _position(reader.schema, argument, column), is_table=True, streams=streams)

    @classmethod
    def _of_table(cls, table: pyarrow.Table, argument: str, column: str | None, *, is_table: bool) -> TextInput:
        batches = table.to_batches(max_chunksize=ROWS_AT_ONCE)
        return cls(table.schema, batches, _position(table.schema, argument, column), is_table=is_table, streams=False)


def _single_column(argument: str, value: object) -> Any:
    """Read a column that has no table around it as an Arrow array or chunked array."""
    import pyarrow as pa

    # The stubs of pyarrow do not know that it reads every object with the Arrow capsules.
    arrow: Any = pa
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return value
    if isinstance(value, ArrowStream):
        return arrow.chunked_array(value)
    if (pandas := sys.modules.get("pandas")) is not None and isinstance(value, pandas.Series):
        # Before pandas 3, a series does not export Arrow and has null values of its own.
        return arrow.array(value, from_pandas=True)
    if isinstance(value, ArrowArray):
        return arrow.array(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return texts(_encoded(argument, value))
    raise TypeError(f"{argument} must be a column or sequence of texts, not {type(value).__name__}")


def _pieces(batch: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
    for first in range(0, max(batch.num_rows, 1), ROWS_AT_ONCE):
        yield batch.slice(first, ROWS_AT_ONCE)


def _position(schema: pyarrow.Schema, argument: str, column: str | None) -> int:
    """Return the position of the column of text."""
    text_columns = [field.name for field in schema if _is_text(field.type)]
    if not text_columns:
        raise TypeError(f"{argument} must be text or bytes, not {', '.join(str(field.type) for field in schema)}")
    if column is None:
        column = text_columns[0] if len(text_columns) == 1 else "url"
    positions = schema.get_all_field_indices(column)
    if len(positions) != 1 or column not in text_columns:
        raise UnknownValue("column", column, text_columns)
    return int(positions[0])


def _is_text(type_: pyarrow.DataType) -> bool:
    from pyarrow import types

    if types.is_dictionary(type_) or types.is_run_end_encoded(type_):
        return _is_text(type_.value_type)
    return str(type_) in _TEXT_TYPES or types.is_fixed_size_binary(type_)


def without_runs(column: Any) -> Any:
    """Expand a run-end encoded array to one value for each row."""
    import pyarrow.compute

    compute: Any = pyarrow.compute
    return compute.run_end_decode(column)


def as_bytes(column: Any) -> Any:
    """Convert an array of text or bytes, of any type without an encoding, to binary or large binary."""
    import pyarrow as pa

    if str(column.type) in ("string_view", "binary_view"):
        column = column.cast(pa.string() if str(column.type) == "string_view" else pa.binary())
    large = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    return column.cast(pa.large_binary() if large else pa.binary())


def _encoded(argument: str, values: Iterable[object]) -> Iterator[bytes | None]:
    """Encode each text in UTF-8."""
    for position, value in enumerate(values):
        if value is None:
            yield None
        elif isinstance(value, str):
            try:
                yield value.encode()
            except UnicodeEncodeError:
                yield scalar_values(value).encode()
        else:
            raise TypeError(f"{argument}[{position}] must be a str or None, not {type(value).__name__}")
