"""Delimited text. The dialect is recognised from a sample. Each record becomes a row or is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

if TYPE_CHECKING:
    import pyarrow

    from . import Refuse, Stream

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_RECORDS = 1_000


@frozen
class Dialect:
    """How delimited text is written.

    Attributes:
        delimiter: The character between two cells.
        quoted: Whether quotation marks may enclose a cell. Otherwise they are characters like any other.
        header: Whether the first record contains the names of the columns.
    """

    delimiter: str
    quoted: bool
    header: bool


def dialect_of(sample: str, complete: bool, usual: str, delimiter: str | None = None, header: bool | None = None) -> Dialect:
    """Return the dialect of a text that begins with a sample.

    The delimiter is the character that divides most records into as many cells as the first record, and into two cells at
    least. If no character does, there is one column.

    Args:
        sample: The beginning of the text.
        complete: Whether the sample is the whole text.
        usual: The delimiter that the format suggests. It is preferred to others that fit equally well.
        delimiter: The delimiter, if the user states it.
        header: Whether there is a header, if the user states it. Otherwise a first record that contains `://` is not one.
    """
    if not complete:
        # The last line of the sample may be cut.
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    best, best_fit = usual, (0.0, 1)
    for mark in [] if delimiter else [usual, *(mark for mark in DELIMITERS if mark != usual)]:
        _, records = _sample_records(sample, complete, mark)
        width = len(records[0]) if records else 0
        fit = (sum(len(record) == width for record in records) / max(len(records), 1), width)
        if width > 1 and fit > best_fit:
            best, best_fit = mark, fit
    quoted, records = _sample_records(sample, complete, delimiter or best)
    if header is None:
        header = not (records and any("://" in cell for cell in records[0]))
    return Dialect(delimiter or best, quoted, header)


def _sample_records(sample: str, complete: bool, delimiter: str) -> tuple[bool, list[list[str]]]:
    """Return whether quotation marks enclose cells, and the first records.

    In tab-separated values a quotation mark is a character like any other, by the registration of the media type. Programs
    write them around cells all the same; so they enclose cells if each one that begins a cell has a counterpart.
    """
    records, sound = _parse(sample, complete, delimiter, csv.QUOTE_MINIMAL)
    if sound or delimiter != "\t":
        return True, records
    return False, _parse(sample, complete, delimiter, csv.QUOTE_NONE)[0]


def _parse(sample: str, complete: bool, delimiter: str, quoting: Any) -> tuple[list[list[str]], bool]:
    """Return the first records, and whether the quotation marks fit."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
    records: list[list[str]] = []
    try:
        for record in reader:
            if record:
                records.append(record)
            if len(records) == _SAMPLE_RECORDS:
                break
    except csv.Error as error:
        # A sample may end within a cell. If that cell had most of the lines, nothing closed its quotation mark.
        long = reader.line_num - len(records) > max(10, reader.line_num // 2)
        return records, not complete and not long and "end of data" in str(error)
    return records, True


class RecordBlocks:
    """A text in UTF-8, cut into blocks that end where a record ends.

    Attributes:
        line: The number of the line on which the latest block begins.
    """

    def __init__(self, text: Iterable[bytes], dialect: Dialect) -> None:
        self._text = text
        self._quoted = dialect.quoted
        delimiter = re.escape(dialect.delimiter.encode())
        cell = b"[^%b\\r\\n]*+" % delimiter
        if dialect.quoted:
            cell = b'(?>"[^"]*+(?>""[^"]*+)*+"|[^"%b\\r\\n]%b|)' % (delimiter, cell)
        # A carriage return at the end of a block may be the first half of a line break.
        record = b"(?>%b(?>%b%b)*+(?>\\r\\n|\\n|\\r(?!\\n|\\Z)))" % (cell, delimiter, cell)
        self._record = re.compile(record)
        self._records = re.compile(b"%b*+" % record)
        self._closed_early = re.compile(b'(?>%b%b)*+"[^"]*+(?>""[^"]*+)*+"(?!%b|\\r|\\n|\\Z)' % (cell, delimiter, delimiter))
        self.line = 1

    def __iter__(self) -> Iterator[bytes]:
        rest, next_line = b"", 1
        for piece in self._text:
            rest += piece
            end = self._end_of_records(rest)
            if end:
                self.line, block, rest = next_line, rest[:end], rest[end:]
                yield block
                next_line += line_breaks(block)
            if self._quoted and (broken := self._closed_early.match(rest)):
                line = next_line + line_breaks(broken[0])
                raise ValueError(f"line {line}: the quotation mark that ends a cell must be followed by a delimiter")
        if not rest:
            return
        # The last record may lack its line break, and a carriage return has no second half any more.
        block = rest.removesuffix(b"\r") + (b"" if rest.endswith(b"\n") else b"\n")
        if self._quoted and (end := self._end_of_records(block)) < len(block):
            line = next_line + line_breaks(block[:end])
            raise ValueError(f"line {line}: no quotation mark ends the cell that one begins")
        self.line = next_line
        yield block

    def _end_of_records(self, content: bytes) -> int:
        """Return the length of the complete records at the beginning."""
        if self._quoted and b'"' in content:
            records = self._records.match(content)
            return 0 if records is None else records.end()
        # A last carriage return may be half a line break.
        return max(content.rfind(b"\n"), content.rfind(b"\r", 0, -1)) + 1

    def split(self, block: bytes) -> Iterator[bytes]:
        """Return the records of a block, each with its line break."""
        return (found[0] for found in self._record.finditer(block))


def line_breaks(content: bytes) -> int:
    """Return the number of line breaks: LF, CR LF or CR."""
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def read_delimited(text: Iterable[bytes], dialect: Dialect, refuse: Refuse) -> Stream:
    """Return the columns and rows of delimited text. All columns are text.

    Args:
        text: The text in UTF-8.
        dialect: How it is written.
        refuse: Receives the line, the reason and the content of each record with too many or too few cells.

    Raises:
        ValueError: The text has no record, or a quotation mark is out of place.
    """
    import pyarrow as pa

    blocks = RecordBlocks(text, dialect)
    remaining = iter(blocks)
    first_block = next(remaining, b"")
    first_record = next(blocks.split(first_block), b"")
    cells = _cells(first_record, dialect)
    if dialect.header and not cells:
        raise ValueError("the first line must contain the names of the columns; use --no-header if there are none")
    names = cells if dialect.header else [f"column_{number}" for number in range(1, len(cells) + 1)]
    header = len(first_record) if dialect.header else 0

    def batches() -> Iterator[pyarrow.RecordBatch]:
        yield from _rows(first_block[header:], blocks.line + line_breaks(first_block[:header]), names, dialect, blocks, refuse)
        for block in remaining:
            yield from _rows(block, blocks.line, names, dialect, blocks, refuse)

    return pa.schema([pa.field(name, pa.string()) for name in names]), batches()


def _cells(record: bytes, dialect: Dialect) -> list[str]:
    quoting: Any = csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE
    text = io.StringIO(record.decode("utf-8", "replace"), newline="")
    return next(csv.reader(text, delimiter=dialect.delimiter, quoting=quoting), [])


def _rows(
    block: bytes, line: int, names: list[str], dialect: Dialect, blocks: RecordBlocks, refuse: Refuse
) -> Iterator[pyarrow.RecordBatch]:
    """Return the rows of a block that begins on a line."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    if not block:
        return
    refused: list[Any] = []

    def skip(row: Any) -> Literal["skip"]:
        refused.append(row)
        return "skip"

    # The parser needs different names, which the columns of a file may lack.
    numbers = list(map(str, range(len(names))))
    # The stubs of pyarrow do not know that it reads its own buffers.
    source: Any = pa.BufferReader(block)
    table = arrow_csv.read_csv(
        source,
        arrow_csv.ReadOptions(column_names=numbers, block_size=len(block) + 1, use_threads=False),
        arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char='"' if dialect.quoted else False,
            newlines_in_values=dialect.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        # All cells stay text: an inferred type could change what is written back.
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(numbers, pa.string()), strings_can_be_null=False, check_utf8=False),
    )
    if refused:
        _report(block, line, refused, blocks, refuse)
    yield from table.rename_columns(names).to_batches()


def _report(block: bytes, line: int, refused: list[Any], blocks: RecordBlocks, refuse: Refuse) -> None:
    """Refuse records. The parser gives their content in order, but not their lines."""
    waiting = iter(refused)
    row = next(waiting, None)
    for record in blocks.split(block):
        if row is None:
            return
        content = record.rstrip(b"\r\n")
        if content == row.text.encode("utf-8", "surrogateescape").rstrip(b"\r\n"):
            cells = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
            refuse(line, f"{cells} instead of {row.expected_columns}", content)
            row = next(waiting, None)
        line += line_breaks(record)
