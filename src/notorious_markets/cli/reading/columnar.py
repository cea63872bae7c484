"""Parquet and Arrow files, with nested columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from ..._arrays import is_view, without_views
from ..nested import mapped

if TYPE_CHECKING:
    import pyarrow

    from .sources import Source, Stream

_PARQUET, _ARROW_FILE, _ARROW_STREAM = b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff"
_ROWS_AT_ONCE = 1 << 17
_BYTES_OF = {"string": "binary", "large_string": "large_binary", "string_view": "binary_view"}


def is_parquet(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is a Parquet file."""
    return head.startswith(_PARQUET)


def is_arrow(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is an Arrow file or stream."""
    return head.startswith((_ARROW_FILE, _ARROW_STREAM))


def read_parquet(source: Source, stack: ExitStack, choose: Callable[[pyarrow.Schema], str] | None) -> tuple[Stream, int]:
    """Return the columns and rows of a Parquet file, and the number of rows. The file is closed with the stack.

    Args:
        source: The file.
        stack: What closes the file.
        choose: Chooses the only column to read, or a path into it. By default all columns are read.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    # A Parquet file is read from its end, so a pipe has to be held in memory.
    file = stack.enter_context(ParquetFile(source.seekable_path or pa.BufferReader(b"".join(source.blocks))))
    schema, names = file.schema_arrow, None
    if choose is not None:
        chosen = choose(schema)
        names = [chosen if chosen in schema.names else chosen.partition(".")[0]]
        schema = pa.schema([schema.field(names[0])]).with_metadata(schema.metadata)
    batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=names)
    return _simplified((schema, batches)), file.metadata.num_rows


def read_arrow(source: Source, stack: ExitStack) -> Stream:
    """Return the columns and rows of an Arrow file or stream. The file is closed with the stack."""
    import pyarrow as pa

    if not source.head.startswith(_ARROW_FILE):
        reader = pa.ipc.open_stream(cast("Any", source.stream()))
        return _simplified((reader.schema, map(_checked, reader)))
    path = source.seekable_path
    file = pa.ipc.open_file(stack.enter_context(pa.memory_map(path) if path else pa.BufferReader(b"".join(source.blocks))))
    return _simplified((file.schema, (_checked(file.get_batch(number)) for number in range(file.num_record_batches))))


def _checked(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Return a batch, unless it is damaged. pyarrow does not check the offsets that a file holds, and would end the process.

    Raises:
        ValueError: A column is damaged.
    """
    import pyarrow as pa

    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            _check(column)
        except pa.ArrowInvalid as error:
            raise ValueError(f"the column {name!r} is damaged: {error}") from error
    return batch


def _check(array: Any) -> None:
    """Check all offsets and indices of an array, but not whether its text is UTF-8."""
    import pyarrow as pa
    from pyarrow import types

    array.validate()
    type_ = array.type
    if types.is_struct(type_):
        children = [array.field(index) for index in range(type_.num_fields)]
    elif types.is_dictionary(type_):
        children = [array.dictionary]
        array = pa.DictionaryArray.from_arrays(array.indices, pa.nulls(len(array.dictionary)), safe=False)
    elif types.is_list(type_) or types.is_large_list(type_) or types.is_map(type_):
        children = [array.keys, array.items] if types.is_map(type_) else [array.values]
        offsets = pa.large_list(pa.null()) if types.is_large_list(type_) else pa.list_(pa.null())
        nulls: Any = pa.nulls(len(children[0]))
        array = pa.Array.from_buffers(offsets, len(array), array.buffers()[:2], offset=array.offset, children=[nulls])
    else:
        children = []
        as_bytes = _BYTES_OF.get(str(type_))
        array = array if as_bytes is None else array.view(getattr(pa, as_bytes)())
    if not types.is_struct(type_):
        array.validate(full=True)
    for child in children:
        _check(child)


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


def _simplified(stream: Stream) -> Stream:
    """Return the stream without views and run-end encoded columns, of which pyarrow cannot choose rows."""
    import pyarrow as pa

    schema, batches = stream
    simple = pa.schema([field.with_type(_simple(field.type)) for field in schema]).with_metadata(schema.metadata)
    if simple.equals(schema):
        return stream
    return simple, (
        pa.RecordBatch.from_arrays(list(map(_converted, batch.columns, simple.types)), schema=simple) for batch in batches
    )


def _simple(type_: Any) -> Any:
    """Return a type without views and runs for the same values."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_string_view(type_):
        return pa.large_string()
    if types.is_binary_view(type_):
        return pa.large_binary()
    if types.is_run_end_encoded(type_):
        return _simple(type_.value_type)
    if types.is_dictionary(type_) and not type_.value_type.equals(_simple(type_.value_type)):
        return pa.dictionary(type_.index_type, _simple(type_.value_type), type_.ordered)
    if types.is_struct(type_):
        return pa.struct([field.with_type(_simple(field.type)) for field in type_])
    if types.is_map(type_):
        return pa.map_(_simple(type_.key_type), _simple(type_.item_type), type_.keys_sorted)
    # Type checkers would take the type for one of those above.
    listed = cast("Any", type_)
    if types.is_list(listed) or types.is_large_list(listed):
        list_type: Any = pa.list_ if types.is_list(listed) else pa.large_list
        return list_type(cast("Any", type_).value_field.with_type(_simple(cast("Any", type_).value_type)))
    if types.is_fixed_size_list(listed):
        return pa.list_(listed.value_field.with_type(_simple(listed.value_type)), listed.list_size)
    return type_


def _converted(array: Any, type_: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute

    compute: Any = pyarrow.compute
    if array.type.equals(type_):
        return array
    if pa.types.is_run_end_encoded(array.type):
        return _converted(compute.run_end_decode(array), type_)
    if pa.types.is_dictionary(array.type):
        values = _converted(array.dictionary, type_.value_type)
        return pa.DictionaryArray.from_arrays(array.indices, values, ordered=type_.ordered)
    if is_view(array.type):
        return without_views(array).view(type_)
    try:
        return array.cast(type_)
    except pa.ArrowNotImplementedError:
        # pyarrow 16 and 17, which are supported, do not cast views within nested arrays.
        return mapped(array, lambda values: _converted(values, _simple(values.type))).cast(type_)
