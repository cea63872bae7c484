"""Addresses in files: read as a stream of record batches, and written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

from attrs import frozen

from .._arrays import array_of, texts
from .._writing import whole_file
from ..errors import UnknownValue

if TYPE_CHECKING:
    import pyarrow

    Write = Callable[[pyarrow.RecordBatch], object]

Format = Literal["arrow", "csv", "jsonl", "parquet", "text", "tsv"]

SUFFIXES: dict[str, Format] = {
    ".arrow": "arrow",
    ".csv": "csv",
    ".feather": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".tsv": "tsv",
    ".txt": "text",
}
STANDARD_STREAM = "-"
_COMPRESSED = (".bz2", ".gz", ".lz4", ".zst")
_GZIP = b"\x1f\x8b"
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_ROWS_AT_ONCE = 1 << 17
_BYTES_AT_ONCE = 1 << 23


@frozen
class Incoming:
    """A file that is read as a stream; `rows` is their number where it is known beforehand."""

    reader: pyarrow.RecordBatchReader
    rows: int | None = None


def format_of(path: str) -> Format:
    """The format that the name of a file tells; that of a compressed file stands before, as in `urls.csv.gz`.

    Raises:
        UnknownValue: The name ends in nothing known.
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    suffix = suffixes[-1] if suffixes else ""
    if suffix not in SUFFIXES:
        raise UnknownValue("ending of a file name", suffix, SUFFIXES)
    return SUFFIXES[suffix]


@contextmanager
def reading(path: str, form: Format, column: str | None = None) -> Iterator[Incoming]:
    """Open a file, or standard input, as a stream of record batches.

    Parquet, Arrow and delimited files keep their columns; those of a delimited file are all text. The stream of a file
    of text or JSON lines has two columns: the number of the line, `row`, counted from 0, and the address.

    Args:
        path: The file, `-` for standard input. All but Parquet and Arrow may be compressed, as the name tells; standard
            input by gzip, which its first bytes tell.
        form: The format of the file.
        column: The key of the address in JSON lines, `url` unless it is given.

    Raises:
        OSError: The file cannot be read, or its compressed stream ends too early.
        ValueError: The content is not of the format.
        UnknownValue: The first JSON line does not have the key.
    """
    import pyarrow as pa

    with ExitStack() as stack:
        if form == "parquet":
            from pyarrow.parquet import ParquetFile

            source = pa.BufferReader(sys.stdin.buffer.read()) if path == STANDARD_STREAM else path
            file = stack.enter_context(ParquetFile(source))
            batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False)
            yield Incoming(pa.RecordBatchReader.from_batches(file.schema_arrow, batches), file.metadata.num_rows)
        elif form == "arrow":
            yield _arrow(path)
        else:
            stream = stack.enter_context(_bytes(path))
            if form in _DELIMITERS:
                yield _delimited(stream, _DELIMITERS[form])
            else:
                yield _lines(stream, None if form == "text" else column or "url")


def _bytes(path: str) -> io.BufferedReader:
    """The bytes of a file without compression."""
    import pyarrow as pa

    if path == STANDARD_STREAM:
        given = cast("io.BufferedReader", sys.stdin.buffer)
        if not given.peek(2).startswith(_GZIP):
            return given
        return io.BufferedReader(cast("Any", pa.CompressedInputStream(given, "gzip")), _BYTES_AT_ONCE)
    opened: Any = pa.input_stream(path) if Path(path).suffix.lower() in _COMPRESSED else pa.OSFile(path, "rb")
    return io.BufferedReader(opened, _BYTES_AT_ONCE)


def _arrow(path: str) -> Incoming:
    import pyarrow as pa

    if path == STANDARD_STREAM:
        return Incoming(pa.ipc.open_stream(cast("io.IOBase", sys.stdin.buffer)))
    source = pa.memory_map(path)
    try:
        file = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        return Incoming(pa.ipc.open_stream(source))
    return Incoming(pa.RecordBatchReader.from_batches(file.schema, map(file.get_batch, range(file.num_record_batches))))


def _delimited(stream: io.BufferedReader, delimiter: str) -> Incoming:
    import pyarrow as pa
    from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, open_csv

    header = stream.readline().decode("utf-8-sig")
    names = next(csv.reader([header], delimiter=delimiter), [])
    if not names:
        raise ValueError("there is no line with the names of the columns")
    reader = open_csv(
        stream,
        ReadOptions(column_names=names, block_size=_BYTES_AT_ONCE),
        ParseOptions(delimiter=delimiter, newlines_in_values=True),
        # Text as it stands: an inferred type could change what is written back, or fail on a later block.
        ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False),
    )
    return Incoming(reader)


def _lines(stream: Iterable[bytes], key: str | None) -> Incoming:
    import pyarrow as pa

    columns: dict[str, pyarrow.DataType] = {"row": pa.int64(), "url" if key is None else key: pa.large_string()}
    schema = pa.schema(columns)
    numbered = enumerate(stream)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        while rows := list(islice(numbered, _ROWS_AT_ONCE)):
            addresses = [line.rstrip(b"\r\n") if key is None else _value(line, key, number) for number, line in rows]
            yield pa.RecordBatch.from_arrays([array_of("int64", [number for number, _ in rows]), texts(addresses)], schema=schema)

    return Incoming(pa.RecordBatchReader.from_batches(schema, batches()))


def _value(line: bytes, key: str, number: int) -> bytes | None:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number + 1} is no JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError(f"line {number + 1} is no JSON object")
    if number == 0 and key not in record:
        raise UnknownValue("key", key, record)
    value = record.get(key)
    if not isinstance(value, str | None):
        raise ValueError(f"line {number + 1}: {key} is no text")
    return None if value is None else value.encode("utf-8", "surrogatepass")


@contextmanager
def writing(path: str, form: Format, schema: pyarrow.Schema) -> Iterator[Write]:
    """Open a file, or standard output, for record batches; the file appears only when all are written.

    Raises:
        OSError: The file cannot be written; what stood there before is untouched.
        ValueError: The format cannot hold a column.
    """
    with ExitStack() as stack:
        stream: Any = sys.stdout.buffer if path == STANDARD_STREAM else stack.enter_context(whole_file(Path(path)))
        yield stack.enter_context(_writer(stream, form, schema))


@contextmanager
def _writer(stream: BinaryIO, form: Format, schema: pyarrow.Schema) -> Iterator[Write]:
    import pyarrow as pa

    if form in ("jsonl", "text"):
        yield lambda batch: stream.writelines(_json_lines(batch))
        return
    writer: Any
    if form == "parquet":
        from pyarrow.parquet import ParquetWriter

        writer = ParquetWriter(stream, schema, compression="zstd")
    elif form == "arrow":
        writer = pa.ipc.new_file(cast("io.IOBase", stream), schema)
    else:
        from pyarrow.csv import CSVWriter, WriteOptions

        writer = CSVWriter(stream, schema, write_options=WriteOptions(delimiter=_DELIMITERS[form]))
    with writer:
        yield writer.write_batch


def _json_lines(batch: pyarrow.RecordBatch) -> Iterator[bytes]:
    for row in batch.to_pylist():
        yield f"{json.dumps(row, ensure_ascii=False, default=str)}\n".encode()
