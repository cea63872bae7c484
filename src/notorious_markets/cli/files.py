"""Files of URLs: read as a stream of record batches, and written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from .._arrays import array_of, texts
from .._writing import whole_file
from ..errors import UnknownValue
from .formats import COMPRESSED_EXTENSIONS, STANDARD_STREAM, Format

if TYPE_CHECKING:
    import pyarrow

    Write = Callable[[pyarrow.RecordBatch], object]

_GZIP_MAGIC = b"\x1f\x8b"
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_ROWS_PER_BATCH = 1 << 17
_BUFFER_BYTES = 1 << 23


class Opened(NamedTuple):
    """An open file.

    Attributes:
        reader: The record batches of the file.
        rows: The number of rows in the file, or `None` if it is not known before reading.
    """

    reader: pyarrow.RecordBatchReader
    rows: int | None = None


@contextmanager
def open_input(path: str, format_: Format, key: str | None = None) -> Iterator[Opened]:
    """Open a file or standard input as a stream of record batches.

    Parquet, Arrow and delimited files keep their columns; the columns of delimited files are all text. JSON Lines and text
    files have two columns: `row`, the zero-based line number, and the URL.

    Args:
        path: The file, or `-` for standard input. All formats but Parquet and Arrow may be compressed; the extension of
            a file tells the compression. Standard input may be compressed by gzip, which is detected.
        format_: The format of the file.
        key: The key of the URL in JSON Lines, `url` by default.

    Raises:
        OSError: The file cannot be read, or its compressed stream is truncated.
        ValueError: The content does not have the format.
        UnknownValue: The first JSON object does not have the key.
    """
    import pyarrow as pa

    with ExitStack() as stack:
        if format_ == "parquet":
            from pyarrow.parquet import ParquetFile

            source = pa.BufferReader(sys.stdin.buffer.read()) if path == STANDARD_STREAM else path
            file = stack.enter_context(ParquetFile(source))
            batches = file.iter_batches(batch_size=_ROWS_PER_BATCH, use_threads=False)
            yield Opened(pa.RecordBatchReader.from_batches(file.schema_arrow, batches), file.metadata.num_rows)
        elif format_ == "arrow":
            yield Opened(_read_arrow(path))
        else:
            stream = stack.enter_context(_buffered(path))
            if format_ in _DELIMITERS:
                yield Opened(_read_delimited(path, stream, _DELIMITERS[format_]))
            else:
                yield Opened(_read_lines(stream, None if format_ == "text" else key or "url"))


def _buffered(path: str) -> io.BufferedReader:
    """Open a file or standard input for its bytes without compression."""
    import pyarrow as pa

    if path != STANDARD_STREAM:
        return io.BufferedReader(_decompressed(path), _BUFFER_BYTES)
    stdin = cast("io.BufferedReader", sys.stdin.buffer)
    if not stdin.peek(2).startswith(_GZIP_MAGIC):
        return stdin
    return io.BufferedReader(cast("Any", pa.CompressedInputStream(stdin, "gzip")), _BUFFER_BYTES)


def _decompressed(path: str) -> Any:
    """Open a file as an Arrow stream of its bytes without compression."""
    import pyarrow as pa

    return pa.input_stream(path) if Path(path).suffix.lower() in COMPRESSED_EXTENSIONS else pa.OSFile(path, "rb")


def _read_arrow(path: str) -> pyarrow.RecordBatchReader:
    """Read the Arrow file or stream format."""
    import pyarrow as pa

    if path == STANDARD_STREAM:
        return pa.ipc.open_stream(cast("io.IOBase", sys.stdin.buffer))
    source = pa.memory_map(path)
    try:
        file = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        return pa.ipc.open_stream(source)
    return pa.RecordBatchReader.from_batches(file.schema, map(file.get_batch, range(file.num_record_batches)))


def _read_delimited(path: str, stream: io.BufferedReader, delimiter: str) -> pyarrow.RecordBatchReader:
    import pyarrow as pa
    from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, open_csv

    header = stream.readline().decode("utf-8-sig")
    names = next(csv.reader([header], delimiter=delimiter), [])
    if not names:
        raise ValueError("the file must start with a line of column names")
    # After an error, pyarrow may read ahead until the process ends, which aborts it if the stream is a Python object.
    source = stream if path == STANDARD_STREAM else _decompressed(path)
    return open_csv(
        source,
        ReadOptions(column_names=names, skip_rows=0 if source is stream else 1, block_size=_BUFFER_BYTES),
        ParseOptions(delimiter=delimiter, newlines_in_values=True),
        # An inferred type could change the values that are written, or fail on a later block.
        ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False),
    )


def _read_lines(stream: Iterable[bytes], key: str | None) -> pyarrow.RecordBatchReader:
    """Read text, or with a key JSON Lines."""
    import pyarrow as pa

    columns: dict[str, pyarrow.DataType] = {"row": pa.int64(), "url" if key is None else key: pa.large_string()}
    schema = pa.schema(columns)
    numbered = enumerate(stream)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        while lines := list(islice(numbered, _ROWS_PER_BATCH)):
            urls = [line.rstrip(b"\r\n") if key is None else _json_value(line, key, number) for number, line in lines]
            yield pa.RecordBatch.from_arrays([array_of("int64", [number for number, _ in lines]), texts(urls)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _json_value(line: bytes, key: str, number: int) -> bytes | None:
    """Return the URL in a JSON object, as UTF-8."""
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number + 1} must be a JSON object: {error}") from error
    if not isinstance(record, dict):
        raise ValueError(f"line {number + 1} must be a JSON object, not {record!r}")
    if number == 0 and key not in record:
        raise UnknownValue("key", key, record)
    value = record.get(key)
    if not isinstance(value, str | None):
        raise ValueError(f"line {number + 1}: {key} must be a string or null, not {value!r}")
    return None if value is None else value.encode("utf-8", "surrogatepass")


@contextmanager
def open_output(path: str, format_: Format, schema: pyarrow.Schema) -> Iterator[Write]:
    """Open a file, or standard output for `-`, for record batches. The file appears when all batches are written.

    Yields:
        A function that writes one batch.

    Raises:
        OSError: The file cannot be written; an existing file is unchanged.
        ValueError: The format cannot hold a column.
    """
    with ExitStack() as stack:
        stream: Any = sys.stdout.buffer if path == STANDARD_STREAM else stack.enter_context(whole_file(Path(path)))
        yield stack.enter_context(_writer(stream, format_, schema))


@contextmanager
def _writer(stream: BinaryIO, format_: Format, schema: pyarrow.Schema) -> Iterator[Write]:
    import pyarrow as pa

    if format_ in ("jsonl", "text"):
        yield lambda batch: stream.writelines(_json_lines(batch))
        return
    writer: Any
    if format_ == "parquet":
        from pyarrow.parquet import ParquetWriter

        writer = ParquetWriter(stream, schema, compression="zstd")
    elif format_ == "arrow":
        writer = pa.ipc.new_file(cast("io.IOBase", stream), schema)
    else:
        from pyarrow.csv import CSVWriter, WriteOptions

        writer = CSVWriter(stream, schema, write_options=WriteOptions(delimiter=_DELIMITERS[format_]))
    with writer:
        yield writer.write_batch


def _json_lines(batch: pyarrow.RecordBatch) -> Iterator[bytes]:
    for row in batch.to_pylist():
        yield f"{json.dumps(row, ensure_ascii=False, default=str)}\n".encode()
