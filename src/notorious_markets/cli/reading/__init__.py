"""Input files with URLs, as streams of record batches.

The format, the compression, the encoding and the dialect of a file are recognised by its content. Each record of a file
becomes a row, or it is refused with its line. So no URL is lost unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from attrs import frozen

from ..formats import STANDARD_STREAM, Format, format_of, unknown_extension
from .columnar import is_arrow, is_parquet, read_arrow, read_parquet, with_nested_column
from .delimited import dialect_of, read_delimited
from .lines import read_json_array, read_json_lines, read_text
from .sources import SAMPLE, Source, decoded, encoding_of, open_source

if TYPE_CHECKING:
    import pyarrow

    # The schema of a file and its rows.
    Stream = tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]
    # Receives the line, the reason and the content of a record that cannot become a row.
    Refuse = Callable[[int, str, bytes], None]

_DELIMITER_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe"}


@frozen
class Wishes:
    """What the user says about the input files. `None` means that the content decides.

    Attributes:
        column: The column or JSON key of the URLs.
        format: The format.
        delimiter: The character between the cells of delimited text.
        encoding: The encoding of text.
        header: Whether delimited text has a header.
    """

    column: str | None = None
    format: Format | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None


@frozen
class Opened:
    """An input file.

    Attributes:
        schema: Its columns.
        batches: Its rows.
        column: The column of the URLs, if it is known from the format or the user.
        numbered: Whether the rows are lines of the file and have their number in the column `line`.
        understood: How the file is read: its format, compression, encoding and so on, by name.
        rows: The number of rows, if the file states it.
    """

    schema: pyarrow.Schema
    batches: Iterator[pyarrow.RecordBatch]
    column: str | None
    numbered: bool
    understood: dict[str, str]
    rows: int | None = None


@contextmanager
def open_input(path: str, wishes: Wishes, refuse: Refuse) -> Iterator[Opened]:
    """Open a file, a named pipe or standard input (`-`) as a stream.

    Parquet, Arrow and delimited files keep their columns; the columns of a delimited file are all text. Other files have
    two columns: `line`, which counts from 1, and the URL.

    Args:
        path: The file.
        wishes: What the user says about it.
        refuse: Receives the line, the reason and the content of each record that cannot become a row. It may raise.

    Raises:
        OSError: The file cannot be read.
        ValueError: The content does not have the format, or the format is unknown.
        UnknownValue: No record has the JSON key.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source(path))
        format_ = wishes.format or _format(source)
        understood: dict[str, str] = {"format": format_}
        if source.compression:
            understood["compression"] = source.compression
        rows = None
        if format_ == "parquet":
            stream, rows = read_parquet(source, stack)
        elif format_ == "arrow":
            stream = read_arrow(source, stack)
        else:
            stream = _read_text_format(source, format_, wishes, refuse, understood)
        column, numbered = wishes.column, format_ in ("json", "jsonl", "text")
        if numbered:
            column = stream[0].names[1]
        else:
            stream = with_nested_column(stream, column)
        yield Opened(*stream, column, numbered, understood, rows)


def _format(source: Source) -> Format:
    """Return the format by the first bytes, the extension, and at last the first character."""
    if is_parquet(source.head):
        return "parquet"
    if is_arrow(source.head):
        return "arrow"
    format_ = format_of(source.path)
    if format_ is not None:
        return format_
    encoding, mark = encoding_of(source.head)
    start = source.head[mark:].decode(encoding, "ignore").lstrip()[:1]
    if start in ("{", "["):
        return "jsonl" if start == "{" else "json"
    if source.path == STANDARD_STREAM or source.is_pipe:
        return "text"
    raise ValueError(unknown_extension(source.path, "--from"))


def _read_text_format(source: Source, format_: Format, wishes: Wishes, refuse: Refuse, understood: dict[str, str]) -> Stream:
    encoding, mark = encoding_of(source.head, wishes.encoding)
    understood["encoding"] = f"{encoding} with byte order mark" if mark else encoding
    text = decoded(source.stream, encoding, mark)
    sample = source.head[mark:].decode(encoding, "replace")
    if format_ == "text":
        return read_text(text)
    if format_ in ("json", "jsonl"):
        key = wishes.column or "url"
        if sample.lstrip()[:1] == "[":
            understood["format"] = "json"
            return read_json_array(b"".join(text), key, refuse)
        understood["format"] = "jsonl"
        return read_json_lines(text, key, refuse)
    complete = len(source.head) < SAMPLE
    dialect = dialect_of(sample, complete, "\t" if format_ == "tsv" else ",", wishes.delimiter, wishes.header)
    understood["delimiter"] = _DELIMITER_NAMES.get(dialect.delimiter, dialect.delimiter)
    understood["quotes"] = "enclose cells" if dialect.quoted else "are characters"
    understood["header"] = "yes" if dialect.header else "no"
    return read_delimited(text, dialect, refuse)
