"""Files that the command writes: record batches in one of several formats, compressed if the name says so."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from .._arrays import array_of, texts
from .._writing import whole_file
from ..errors import library
from .formats import COMPRESSED_EXTENSIONS, STANDARD_STREAM, Format

if TYPE_CHECKING:
    import pyarrow

    Write = Callable[[pyarrow.RecordBatch], object]

_DELIMITERS = {"csv": ",", "tsv": "\t"}


@contextmanager
def open_output(path: str, form: Format, schema: pyarrow.Schema, column: str) -> Iterator[Write]:
    """Open a file, or standard output (`-`), for record batches. The file appears when all are written.

    Args:
        path: The file. Its last suffix may name a compression: .gz, .bz2, .xz, .zst or .lz4.
        form: The format.
        schema: The columns of the batches.
        column: The column of the addresses, which is all that text holds.

    Raises:
        OSError: The file cannot be written. The file that was there before is unchanged.
        ValueError: The format cannot hold a column.
    """
    with ExitStack() as stack:
        raw = sys.stdout.buffer if path == STANDARD_STREAM else stack.enter_context(whole_file(Path(path)))
        stream = _compressed(cast("BinaryIO", raw), Path(path).suffix.lower(), stack)
        yield stack.enter_context(_writer(stream, form, schema, column))


def _compressed(stream: BinaryIO, suffix: str, stack: ExitStack) -> BinaryIO:
    import pyarrow as pa

    if suffix not in COMPRESSED_EXTENSIONS:
        return stream
    opened: Any
    if suffix == ".gz":
        # Without a time, so that the same rows give the same bytes.
        opened = gzip.GzipFile(fileobj=stream, mode="wb", mtime=0, filename="", compresslevel=6)
    elif suffix == ".bz2":
        opened = bz2.BZ2File(stream, "wb")
    elif suffix == ".xz":
        opened = lzma.LZMAFile(stream, "wb")  # noqa: SIM115
    else:
        opened = pa.CompressedOutputStream(cast("Any", stream), "zstd" if suffix == ".zst" else "lz4")
    return cast("BinaryIO", stack.enter_context(opened))


@contextmanager
def _writer(stream: BinaryIO, form: Format, schema: pyarrow.Schema, column: str) -> Iterator[Write]:
    import pyarrow as pa

    if form == "text":
        yield lambda batch: stream.writelines(_text_lines(batch.column(column)))
    elif form == "jsonl":
        polars = library("polars", "cli")
        yield lambda batch: polars.from_arrow(_for_json(batch)).write_ndjson(stream)
    elif form == "json":
        raise ValueError("JSON arrays are read but not written; write JSON Lines (.jsonl)")
    elif form == "parquet":
        from pyarrow.parquet import ParquetWriter

        with ParquetWriter(stream, schema, compression="zstd") as parquet:
            yield lambda batch: parquet.write_batch(_with_valid_text(batch))
    elif form == "arrow":
        with pa.ipc.new_file(cast("Any", stream), schema) as arrow:
            yield lambda batch: arrow.write_batch(_with_valid_text(batch))
    else:
        yield from _write_delimited(stream, form, schema)


def _write_delimited(stream: BinaryIO, form: Format, schema: pyarrow.Schema) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow import types
    from pyarrow.csv import CSVWriter, WriteOptions

    for field in schema:
        if types.is_nested(field.type):
            raise ValueError(f"{form} cannot hold the column {field.name!r} of type {field.type}; write parquet or jsonl")
    # Bytes pass through as they are: as text, which the writer does not check.
    plain = pa.schema([pa.field(field.name, pa.string()) if _is_bytes(field.type) else field for field in schema])

    def write(batch: pyarrow.RecordBatch) -> None:
        columns = [column.cast(pa.binary()).view(pa.string()) if _is_bytes(column.type) else column for column in batch.columns]
        writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=plain))

    with CSVWriter(stream, plain, write_options=WriteOptions(delimiter=_DELIMITERS[form])) as writer:
        yield write


def _is_bytes(type_: pyarrow.DataType) -> bool:
    from pyarrow import types

    return types.is_binary(type_) or types.is_large_binary(type_) or types.is_fixed_size_binary(type_)


def _text_lines(addresses: Any) -> Iterator[bytes]:
    """An address on each line. A line break within an address goes, as it does when a browser reads the address."""
    from .._columns import as_bytes

    for address in as_bytes(addresses).to_pylist():
        yield (address or b"").replace(b"\r", b"").replace(b"\n", b"") + b"\n"


def _with_valid_text(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The batch, in which bytes that are not UTF-8 are replaced by U+FFFD wherever the type says text."""
    import pyarrow as pa

    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        return pa.RecordBatch.from_arrays(list(map(_valid, batch.columns)), schema=batch.schema)
    return batch


def _valid(column: Any) -> Any:
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        binary = column.view(pa.binary() if pa.types.is_string(column.type) else pa.large_binary())
        values = (None if value is None else value.decode("utf-8", "replace").encode() for value in binary.to_pylist())
        return texts(values).cast(column.type)
    return column


def _for_json(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The batch with bytes in Base64 and times in ISO 8601, which JSON has no types for."""
    import pyarrow as pa

    columns = [_as_json(column) for column in _with_valid_text(batch).columns]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _as_json(array: Any) -> Any:
    import pyarrow as pa
    from pyarrow import compute, types

    type_ = array.type
    if _is_bytes(type_):
        return array_of("string", [None if one is None else base64.b64encode(one).decode() for one in array.to_pylist()])
    if types.is_timestamp(type_):
        text: Any = compute.strftime(array, "%Y-%m-%dT%H:%M:%S")
        return text if type_.tz is None else compute.binary_join_element_wise(text, "Z", "")
    if types.is_list(type_) or types.is_large_list(type_):
        return type(array).from_arrays(array.offsets, _as_json(array.values), mask=array.is_null())
    if types.is_struct(type_):
        fields = [_as_json(array.field(n)) for n in range(type_.num_fields)]
        return pa.StructArray.from_arrays(fields, [field.name for field in type_], mask=array.is_null())
    return array
