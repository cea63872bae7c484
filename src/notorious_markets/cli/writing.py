"""Files that the command writes: rows in one of several formats, compressed if the extension says so."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from .._arrays import array_of, texts
from .._columns import as_bytes
from .._writing import whole_file
from ..errors import library
from .errors import user_errors
from .formats import STANDARD_STREAM, Format
from .nested import for_json, is_bytes, with_valid_text

if TYPE_CHECKING:
    import pyarrow

    Write = Callable[[pyarrow.RecordBatch], object]

# A row group of a Parquet file and a batch of an Arrow file have so many rows, or a little more than so many bytes.
_ROWS_AT_ONCE, _BYTES_AT_ONCE = 1 << 17, 1 << 26
# Lines of JSON that fit into a few megabytes, which take half the time of many.
_LINES_AT_ONCE = 1 << 15


class Output:
    """The file for the rows to keep, as a context manager. Without a path, nothing is written.

    Args:
        path: The file, or `-` for standard output.
        keep: `hits`, `others` or `all`.
        format_: The format of the file.
    """

    def __init__(self, path: str | None, keep: str, format_: Format) -> None:
        self._path = path
        self._keep = keep
        self._format: Format = format_
        self._stack = ExitStack()
        self._inputs: list[str] = []
        self._schema: pyarrow.Schema | None = None
        self._write: Write | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        with user_errors(f"{self._path}: "):
            self._stack.__exit__(*error)

    def begin(self, file: str, screened: pyarrow.Schema, column: str) -> None:
        """Prepare for the rows of an input. The first input determines the names and types of the columns.

        Args:
            file: The input.
            screened: Its columns and those of the result.
            column: The column of the addresses.
        """
        if self._path is None:
            return
        self._inputs.append(file)
        schema = _without_result(screened) if self._keep == "others" else screened
        with user_errors(f"{self._path}: "):
            if self._schema is None:
                self._schema = schema
                self._write = self._stack.enter_context(_open_rows(self._path, self._format, schema, column))
            elif sorted(schema.names) != sorted(self._schema.names):
                raise ValueError(
                    f"the columns of {file} must be those of {self._inputs[0]}: "
                    f"{', '.join(self._schema.names)}, not {', '.join(schema.names)}"
                )

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows of a screened batch that are kept."""
        import pyarrow as pa
        from pyarrow.compute import invert

        if self._write is None or self._schema is None:
            return
        listed = batch.column("matched_domain").is_valid()
        if self._keep != "all":
            batch = batch.filter(listed if self._keep == "hits" else invert(listed))
        if self._keep == "others":
            batch = batch.select(list(range(len(self._schema))))
        with user_errors(f"{self._path}: "):
            if not batch.schema.equals(self._schema):
                columns = [self._converted(batch.column(field.name), field) for field in self._schema]
                batch = pa.RecordBatch.from_arrays(columns, schema=self._schema)
            self._write(batch)

    def _converted(self, array: Any, field: Any) -> Any:
        import pyarrow as pa

        try:
            return array.cast(field.type)
        # A value does not fit the type, or no value of one type can be converted to the other.
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(
                f"the column {field.name!r} of {self._inputs[-1]} has the type {array.type}, and a value that cannot be "
                f"{field.type} as in {self._inputs[0]}: {error}"
            ) from error


def _without_result(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Return the schema of the input of a screened batch."""
    from ..screening import RESULT_COLUMNS

    for name in RESULT_COLUMNS:
        schema = schema.remove(schema.get_field_index(name))
    return schema


@contextmanager
def open_stream(path: str) -> Iterator[BinaryIO]:
    """Open a file, or standard output (`-`), for bytes. They are compressed if the extension names a compression.

    A file appears when everything is written. After an error the file that was there before is unchanged.
    """
    with ExitStack() as stack:
        stream = cast("BinaryIO", sys.stdout.buffer) if path == STANDARD_STREAM else stack.enter_context(whole_file(Path(path)))
        compressed = _compressed(stream, Path(path).suffix.lower())
        yield stream if compressed is None else stack.enter_context(compressed)


def _compressed(stream: BinaryIO, extension: str) -> Any:
    """Return a stream that compresses into another one, or `None` if the extension names no compression."""
    import pyarrow as pa

    if extension == ".gz":
        # Without a name and a time, so that the same rows give the same bytes.
        return gzip.GzipFile("", "wb", 6, stream, 0)
    if extension == ".bz2":
        return bz2.BZ2File(stream, "wb")
    if extension == ".xz":
        return lzma.LZMAFile(stream, "wb")
    if extension in (".zst", ".lz4"):
        return pa.CompressedOutputStream(cast("Any", _LeftOpen(stream)), "zstd" if extension == ".zst" else "lz4")
    return None


class _LeftOpen(io.RawIOBase):
    """A stream that stays open when pyarrow closes it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        return self._stream.write(content)


@contextmanager
def _open_rows(path: str, format_: Format, schema: pyarrow.Schema, column: str) -> Iterator[Write]:
    """Open a file, or standard output, for record batches.

    Args:
        path: The file.
        format_: The format.
        schema: The columns of the batches.
        column: The column of the addresses.

    Raises:
        OSError: The file cannot be written.
        ValueError: The format cannot hold a column.
    """
    with open_stream(path) as stream:
        if format_ == "text":
            yield _text_lines(stream, column)
        elif format_ == "parquet":
            from pyarrow.parquet import ParquetWriter

            with ParquetWriter(stream, schema, compression="zstd") as parquet, _in_pieces(parquet.write_table) as write:
                yield write
        elif format_ == "arrow":
            yield from _arrow(stream, schema)
        elif format_ == "jsonl":
            yield _json_lines(stream, schema, column)
        elif format_ == "json":
            raise ValueError("JSON arrays cannot be written; choose JSON Lines with the extension .jsonl or --format jsonl")
        else:
            yield from _delimited(stream, schema, "," if format_ == "csv" else "\t")


@contextmanager
def _in_pieces(write: Callable[[pyarrow.Table], object]) -> Iterator[Write]:
    """Join batches to pieces that are worth a row group. Text in them becomes valid UTF-8."""
    import pyarrow as pa

    waiting: list[pyarrow.RecordBatch] = []
    rows = size = 0

    def flush() -> None:
        nonlocal rows, size
        if waiting:
            write(pa.Table.from_batches(waiting).combine_chunks())
        waiting.clear()
        rows = size = 0

    def add(batch: pyarrow.RecordBatch) -> None:
        nonlocal rows, size
        waiting.append(with_valid_text(batch))
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= _ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
            flush()

    yield add
    flush()


def _arrow(stream: BinaryIO, schema: pyarrow.Schema) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow import types

    # An Arrow file has one dictionary for each column, but the batches of a stream may have several.
    fields = [field.with_type(field.type.value_type) if types.is_dictionary(field.type) else field for field in schema]
    plain = pa.schema(fields).with_metadata(schema.metadata)

    def write_table(table: pyarrow.Table) -> None:
        writer.write_table(table.cast(plain))

    with pa.ipc.new_file(cast("Any", stream), plain) as writer, _in_pieces(write_table) as write:
        yield write


def _delimited(stream: BinaryIO, schema: pyarrow.Schema, delimiter: str) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow import types
    from pyarrow.csv import CSVWriter, WriteOptions

    for field in schema:
        if types.is_nested(field.type):
            raise ValueError(
                f"delimited text cannot hold the column {field.name!r} of type {field.type}; choose Parquet or JSON Lines"
            )
    # Bytes pass through as they are: as text, which the writer does not check.
    plain = pa.schema([field.with_type(pa.large_string()) if is_bytes(field.type) else field for field in schema])

    def write(batch: pyarrow.RecordBatch) -> None:
        columns = [_as_text(column) if is_bytes(column.type) else column for column in batch.columns]
        writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=plain))

    with CSVWriter(stream, plain, write_options=WriteOptions(delimiter=delimiter)) as writer:
        yield write


def _json_lines(stream: BinaryIO, schema: pyarrow.Schema, column: str) -> Write:
    """Return a function that writes batches as JSON Lines."""
    import pyarrow as pa

    polars = library("polars", "cli")
    if len(set(schema.names)) < len(schema):
        raise ValueError("JSON Lines cannot hold two columns with the same name")
    position = schema.get_field_index(column)

    def converted(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        # Addresses are text, even if their type is bytes.
        return for_json(batch.set_column(position, column, _as_text(batch.column(position))))

    def write(batch: pyarrow.RecordBatch) -> None:
        # Early versions of polars take no record batch with nested columns.
        frame = polars.from_arrow(pa.Table.from_batches([converted(batch)]))
        for piece in frame.iter_slices(_LINES_AT_ONCE):
            # Errors of the stream stay errors of Python if polars does not write to it.
            lines = io.BytesIO()
            piece.write_ndjson(lines)
            stream.write(lines.getbuffer())

    # A column that JSON cannot hold is an error before any row is written.
    columns: list[Any] = [pa.nulls(0, cast("Any", type_)) for type_ in schema.types]
    converted(pa.RecordBatch.from_arrays(columns, schema=schema))
    return write


def _text_lines(stream: BinaryIO, column: str) -> Write:
    """Return a function that writes an address on each line.

    Line breaks within an address are left out, as a browser does when it reads one.
    """
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow lack many of these functions.
    compute: Any = pyarrow.compute
    large_list_of: Any = pa.LargeListArray.from_arrays
    empty, line_break = texts([b"", b"\n"]).view(pa.large_binary())

    def write(batch: pyarrow.RecordBatch) -> None:
        if not batch.num_rows:
            return
        values = compute.fill_null(_as_text(batch.column(column)).view(pa.large_binary()), empty)
        if compute.any(compute.match_substring_regex(values, r"[\r\n]")).as_py():
            values = compute.replace_substring_regex(values, r"[\r\n]", "")
        lines = large_list_of(array_of("int64", [0, len(values)]), values)
        stream.write(compute.binary_join(lines, line_break)[0].as_buffer())
        stream.write(b"\n")

    return write


def _as_text(column: Any) -> Any:
    """Return a column of text or bytes as large strings, which are not checked."""
    import pyarrow as pa

    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return as_bytes(column).cast(pa.large_binary()).view(pa.large_string())
