"""Parquet and Arrow files, with nested columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

    from . import Stream
    from .sources import Source

_PARQUET, _ARROW_FILE, _ARROW_STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
_ROWS_AT_ONCE = 1 << 17


def is_parquet(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is a Parquet file."""
    return head.startswith(_PARQUET)


def is_arrow(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is an Arrow file or stream."""
    return head.startswith((_ARROW_FILE, _ARROW_STREAM))


def read_parquet(source: Source, stack: ExitStack) -> tuple[Stream, int]:
    """Return the columns and rows of a Parquet file, and the number of rows."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    # A Parquet file is read from its end, so a pipe has to be held in memory.
    file = stack.enter_context(ParquetFile(source.path if source.seekable else pa.BufferReader(source.stream.read())))
    batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False)
    return (file.schema_arrow, batches), file.metadata.num_rows


def read_arrow(source: Source, stack: ExitStack) -> Stream:
    """Return the columns and rows of an Arrow file or stream."""
    import pyarrow as pa

    if not source.head.startswith(_ARROW_FILE):
        reader = pa.ipc.open_stream(source.stream)
        return reader.schema, iter(reader)
    content = pa.memory_map(source.path) if source.seekable else pa.BufferReader(source.stream.read())
    file = pa.ipc.open_file(stack.enter_context(content))
    return file.schema, map(file.get_batch, range(file.num_record_batches))


def with_nested_column(stream: Stream, column: str | None) -> Stream:
    """Return the stream, with one more column if `column` is the path to a field of a nested column, such as `meta.url`."""
    import pyarrow as pa
    import pyarrow.compute

    schema, batches = stream
    if column is None or column in schema.names:
        return stream
    indices: list[int] = []
    type_: Any = pa.struct(list(schema))
    for name in column.split("."):
        if not pa.types.is_struct(type_) or type_.get_field_index(name) < 0:
            return stream
        indices.append(type_.get_field_index(name))
        type_ = type_.field(indices[-1]).type
    compute: Any = pyarrow.compute
    extended = schema.append(pa.field(column, type_))

    def flattened() -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            value = batch.column(indices[0])
            for index in indices[1:]:
                value = compute.struct_field(value, index)
            yield pa.RecordBatch.from_arrays([*batch.columns, value], schema=extended)

    return extended, flattened()
