"""Input files with URLs, as streams of record batches.

The format, the compression, the encoding and the dialect of a file are recognised by its content. Each record of a file
becomes a row or is refused with its line, so that no URL is lost unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from ..._columns import TextInput
from ...errors import UnknownValue
from ..addresses import is_address
from ..formats import Format, format_of, unknown_extension
from .columnar import is_arrow, is_parquet, read_arrow, read_parquet, with_nested_column
from .delimited import read_delimited
from .dialects import DELIMITERS, declared_delimiter, dialect_of
from .lines import read_json_array, read_json_lines, read_text
from .sources import SAMPLE, Source, decoded, encoding_of, open_source, without_start

if TYPE_CHECKING:
    import pyarrow

    from .sources import Refuse, Stream

T = TypeVar("T")


@frozen
class InputOptions:
    """What the user states about the input files. `None` means that the content decides.

    Attributes:
        column: The column or JSON key of the URLs.
        format: The format.
        delimiter: The character between the cells of delimited text.
        quotes: Whether quotation marks enclose cells of delimited text.
        header: Whether delimited text has a header.
        encoding: The encoding of text.
    """

    column: str | None = None
    format: Format | None = None
    delimiter: str | None = None
    quotes: bool | None = None
    header: bool | None = None
    encoding: str | None = None


@frozen
class InputFile:
    """An input file that is open.

    Attributes:
        schema: Its columns.
        batches: Its rows.
        column: The column of the URLs.
        numbered: Whether the rows are lines of the file and have their number in the column `line`.
        understood: How the file is read, by name: `format`, `compression`, `encoding` and so on.
        rows: The number of rows, if the file states it.
    """

    schema: pyarrow.Schema
    batches: Iterator[pyarrow.RecordBatch]
    column: str
    numbered: bool
    understood: dict[str, str]
    rows: int | None = None


@contextmanager
def open_input(path: str, options: InputOptions, refuse: Refuse, *, addresses_only: bool = False) -> Iterator[InputFile]:
    """Open a file, a named pipe or standard input (`-`) as a stream.

    Parquet, Arrow and delimited files keep their columns; the columns of a delimited file are all text. Other files have
    two columns: `line`, which counts from 1, and the URL.

    Args:
        path: The file.
        options: What the user states about it.
        refuse: Receives the line, the reason and the content of each record that cannot become a row. It may raise.
        addresses_only: Whether to leave out all columns but that of the URLs.

    Raises:
        OSError: The file cannot be read.
        ValueError: The content does not have the format, or the format is unknown.
        UnknownValue: The file does not have the column or the JSON key.
        TypeError: No column is text.
    """
    import pyarrow as pa

    with ExitStack() as stack:
        source = stack.enter_context(open_source(path))
        format_ = options.format or _format(source, options)
        understood: dict[str, str] = {"format": format_}
        if source.compression:
            understood["compression"] = source.compression
        column, rows = options.column, None
        if format_ == "parquet":
            choose = partial(_address_column, column=column) if addresses_only else None
            stream, rows = read_parquet(source, stack, choose)
        elif format_ == "arrow":
            stream = read_arrow(source, stack)
        else:
            stream, column = _read_text_format(source, format_, options, refuse, understood)
        schema, batches = with_nested_column(stream, column)
        if understood.get("header") == "yes" and options.header is None and column is None:
            _check_header(schema)
        understood["column"] = column = _address_column(schema, column)
        if addresses_only:
            schema = pa.schema([schema.field(column)])
            batches = (batch.select([column]) for batch in batches)
        if source.is_file:
            batches = stack.enter_context(_read_ahead(batches))
        numbered = "line" in schema.names and format_ in ("json", "jsonl", "text")
        yield InputFile(schema, batches, column, numbered, understood, rows)


def _address_column(schema: pyarrow.Schema, column: str | None) -> str:
    """Return the column of the URLs, which is `url` or the only column of text unless it is stated."""
    import pyarrow as pa

    extended, rows = with_nested_column((schema, iter(())), column)
    return extended.names[TextInput.of("the file", pa.RecordBatchReader.from_batches(extended, rows), column).position]


def _check_header(schema: pyarrow.Schema) -> None:
    """Check that the names of the columns are not the first row, which would be lost.

    Raises:
        ValueError: The column of the URLs, or another one if there is none, has an address as its name.
    """
    try:
        names = [_address_column(schema, None)]
    except UnknownValue:
        names = schema.names
    for name in filter(is_address, names):
        raise ValueError(f"the first line, with {name!r}, may be a header or a row; use --header or --no-header")


def _format(source: Source, options: InputOptions) -> Format:
    """Return the format by the first bytes, the extension, and at last the first character."""
    if is_parquet(source.head):
        return "parquet"
    if is_arrow(source.head):
        return "arrow"
    format_ = format_of(source.path)
    if format_ in (None, "text") and (options.delimiter or options.quotes is not None or options.header is not None):
        return "csv"
    if format_ is not None:
        return format_
    encoding, mark = encoding_of(source.head, options.encoding)
    start = source.head[mark:].decode(encoding, "ignore").lstrip()[:1]
    if start in ("{", "["):
        return "jsonl" if start == "{" else "json"
    if not source.is_file:
        # Text has no columns to state.
        return "text" if options.column is None else "csv"
    raise ValueError(unknown_extension(source.path, "--input-format"))


def _read_text_format(
    source: Source, format_: Format, options: InputOptions, refuse: Refuse, understood: dict[str, str]
) -> tuple[Stream, str | None]:
    """Return the columns and rows of text, and the column of the URLs if it is known."""
    encoding, mark = encoding_of(source.head, options.encoding)
    understood["encoding"] = f"{encoding} with byte order mark" if mark else encoding
    text = decoded(source.blocks, encoding, mark)
    sample = source.head[mark:].decode(encoding, "ignore")
    if format_ == "text":
        return read_text(text), "url"
    if format_ in ("json", "jsonl"):
        key = options.column or "url"
        if sample.lstrip()[:1] == "[":
            understood["format"] = "json"
            return read_json_array(b"".join(text), key, refuse), key
        understood["format"] = "jsonl"
        return read_json_lines(text, key, refuse), key
    encoded = sample.encode("utf-8", "surrogatepass")
    delimiter, length = declared_delimiter(encoded) or (None, 0)
    dialect = dialect_of(
        encoded[length:],
        complete=len(source.head) < SAMPLE,
        usual="\t" if format_ == "tsv" else ",",
        delimiter=options.delimiter or delimiter,
        quoted=options.quotes,
    )
    delimited = read_delimited(without_start(text, length), dialect, refuse, options.header, line=2 if length else 1)
    understood["delimiter"] = DELIMITERS.get(dialect.delimiter, dialect.delimiter)
    understood["quotes"] = "enclose cells" if dialect.quoted else "are characters"
    understood["header"] = "yes" if delimited.has_header else "no"
    return delimited.stream, options.column or delimited.address_column


@contextmanager
def _read_ahead(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """Read each item in a thread while the one before it is in use.

    It is not used for pipes: at the end it waits for the thread, which may wait for a pipe.
    """

    def following() -> Iterator[T]:
        upcoming = pool.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = pool.submit(next, items, None)
            yield item

    with ThreadPoolExecutor(1) as pool:
        yield following()
