"""Columns of text as users hold them: sequences, Arrow of any kind, tables and streams, as batches of one plain form."""

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

# Two batches of this size fit the cache of a processor.
_ROWS_AT_ONCE = 1 << 17
_TEXT_TYPES = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null")


@runtime_checkable
class ArrowStream(Protocol):
    """Whatever exports an Arrow stream: tables, data frames, chunked arrays, series, readers."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream as a PyCapsule."""
        ...


@runtime_checkable
class ArrowArray(Protocol):
    """Whatever exports one Arrow array or record batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The schema and the array as PyCapsules."""
        ...


TextColumn = ArrowStream | ArrowArray | Sequence[str | None]


@frozen
class TextInput:
    """Record batches, and which of their columns has the text."""

    schema: pyarrow.Schema
    batches: Iterable[pyarrow.RecordBatch]
    position: int
    is_table: bool
    streams: bool

    @classmethod
    def of(cls, argument: str, given: object, column: str | None = None) -> TextInput:
        """Batches of a `TextColumn`, or of a table or stream that has one.

        Args:
            argument: The name of the argument, for the messages of errors.
            given: The column, table or stream.
            column: The name of the column; needed unless it is called `url` or is the only one of text.

        Raises:
            TypeError: It is not a column of text and does not have one.
            UnknownValue: It does not have this column.
        """
        import pyarrow as pa

        # The stubs of pyarrow know no foreign objects with the Arrow capsules.
        from_capsule: Any = pa

        if isinstance(given, pa.RecordBatchReader):
            return cls._of_reader(given, argument, column, streams=True)
        if isinstance(given, (str, bytes)) or not isinstance(given, (ArrowStream, ArrowArray, Iterable)):
            raise TypeError(f"{argument} must be a column or sequence of texts, not {type(given).__name__}")
        if isinstance(given, pa.Table):
            return cls._of_table(given, argument, column, is_table=True)
        if isinstance(given, (pa.Array, pa.ChunkedArray)):
            pass
        elif isinstance(given, ArrowStream):
            try:
                reader = from_capsule.RecordBatchReader.from_stream(given)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                # A stream of something else than records: a series.
                given = from_capsule.chunked_array(given)
            else:
                return cls._of_reader(reader, argument, column, streams=False)
        elif (pandas := sys.modules.get("pandas")) is not None and isinstance(given, pandas.Series):
            # Before version 3 of pandas a series exports no Arrow, and has its own nulls.
            given = from_capsule.array(given, from_pandas=True)
        else:
            given = from_capsule.array(given) if isinstance(given, ArrowArray) else texts(encoded(argument, given))
        return cls._of_table(from_capsule.Table.from_arrays([given], ["url"]), argument, column, is_table=False)

    @classmethod
    def _of_reader(cls, reader: pyarrow.RecordBatchReader, argument: str, column: str | None, *, streams: bool) -> TextInput:
        batches = (piece for batch in reader for piece in _pieces(batch))
        return cls(reader.schema, batches, _position(reader.schema, argument, column), is_table=True, streams=streams)

    @classmethod
    def _of_table(cls, table: pyarrow.Table, argument: str, column: str | None, *, is_table: bool) -> TextInput:
        batches = table.to_batches(max_chunksize=_ROWS_AT_ONCE)
        return cls(table.schema, batches, _position(table.schema, argument, column), is_table=is_table, streams=False)


def _pieces(batch: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
    for first in range(0, max(batch.num_rows, 1), _ROWS_AT_ONCE):
        yield batch.slice(first, _ROWS_AT_ONCE)


def _position(schema: pyarrow.Schema, argument: str, column: str | None) -> int:
    """The position of the column of text."""
    text = [field.name for field in schema if _is_text(field.type)]
    if not text:
        raise TypeError(f"{argument} must be text or bytes, not {', '.join(str(field.type) for field in schema)}")
    if column is None:
        column = text[0] if len(text) == 1 else "url"
    positions = schema.get_all_field_indices(column)
    if len(positions) != 1 or column not in text:
        raise UnknownValue("column", column, text)
    return int(positions[0])


def _is_text(type_: pyarrow.DataType) -> bool:
    from pyarrow import types

    if types.is_dictionary(type_) or types.is_run_end_encoded(type_):
        return _is_text(type_.value_type)
    return str(type_) in _TEXT_TYPES or types.is_fixed_size_binary(type_)


def without_runs(column: Any) -> Any:
    """A run-end encoded array, row by row."""
    import pyarrow.compute

    decode: Any = pyarrow.compute
    return decode.run_end_decode(column)


def as_bytes(column: Any) -> Any:
    """An array of any plain type of text or bytes as one of bytes."""
    import pyarrow as pa

    if str(column.type) in ("string_view", "binary_view"):
        column = column.cast(pa.string() if str(column.type) == "string_view" else pa.binary())
    large = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    return column.cast(pa.large_binary() if large else pa.binary())


def encoded(argument: str, values: Iterable[object]) -> Iterator[bytes | None]:
    """Each text in UTF-8."""
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
