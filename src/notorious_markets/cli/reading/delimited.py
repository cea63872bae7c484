"""Delimited text. Each record becomes a row or is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ..addresses import is_address
from .dialects import Dialect, line_breaks

if TYPE_CHECKING:
    import pyarrow

    from .sources import Refuse, Stream

# A longer record has a quotation mark that is not closed. pyarrow parses blocks of less than 2 GiB.
_LONGEST_RECORD = 1 << 30
_LINE = re.compile(rb"[^\r\n]+")

_NO_QUOTES = "use --no-quotes if quotation marks are characters like any other"
_NOT_CLOSED = f"no quotation mark ends the cell that one begins; {_NO_QUOTES}"
_TEXT_AFTER_QUOTES = "text follows the quotation mark that ends a cell"
_NO_BACKSLASHES = "double the quotation marks within a cell instead of writing a backslash before them"
_EACH_LINE_IS_A_ROW = f"each line of this record is a row by itself; use --quotes if they are one row, and {_NO_QUOTES}"


@frozen
class Delimited:
    """A delimited text.

    Attributes:
        stream: The columns and rows.
        has_header: Whether the first record contains the names of the columns.
        address_column: The column of the URLs, if there is no header and only one cell of the first row contains `://`.
    """

    stream: Stream
    has_header: bool
    address_column: str | None


def read_delimited(
    text: Iterable[bytes], dialect: Dialect, refuse: Refuse, header: bool | None = None, *, line: int = 1
) -> Delimited:
    """Read delimited text. All columns are text.

    A blank line is a row of empty cells. Without a header, the columns are `column_1`, `column_2` and so on.

    Args:
        text: The text in UTF-8.
        dialect: How it is written.
        refuse: Receives each record that has too many or too few cells, or that quotation marks do not divide clearly.
        header: Whether the first record contains the names of the columns. By default it does unless it contains `://`.
        line: The number of the first line.

    Raises:
        ValueError: The text has no record, or no quotation mark ends a cell.
    """
    import pyarrow as pa

    parser = _Parser(dialect, refuse, line)
    blocks = parser.blocks(text)
    first = next(blocks, _Block(b"", 0, 0, sound=True))
    first_record = next(dialect.records(first.text), b"")
    if first_record and not dialect.is_sound(first_record):
        raise ValueError(f"line {line}: {_text_after_quotes(first_record)}")
    cells = [cell.decode("utf-8", "replace") for cell in dialect.cells(first_record)]
    with_url = ["://" in cell for cell in cells]
    if header is None:
        header = not any(with_url)
    if not cells:
        raise ValueError("the file is empty, but its first line must contain the names of the columns")
    if header and not any(cells):
        raise ValueError(
            "the first line is blank, but it must contain the names of the columns; use --no-header if there are none"
        )
    names = cells if header else [f"column_{number}" for number in range(1, len(cells) + 1)]
    if header:
        first = _Block(first.text, len(first_record), first.end, first.sound)
        parser.line += line_breaks(first_record)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        for block in chain([first], blocks):
            yield from parser.rows(block, len(names)).rename_columns(names).to_batches()

    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    address_column = names[with_url.index(True)] if not header and sum(with_url) == 1 else None
    return Delimited((schema, batches()), header, address_column)


@frozen
class _Block:
    """Complete records. They are part of a longer text, because a copy of them would take a third of the time of parsing.

    Attributes:
        text: The text.
        start: The position of the first record.
        end: The position after the last record.
        sound: Whether only delimiters and line breaks follow the quotation marks that end a cell.
    """

    text: bytes
    start: int
    end: int
    sound: bool

    @property
    def content(self) -> bytes:
        """A copy of the records."""
        return self.text[self.start : self.end]

    @property
    def lines(self) -> int:
        """The number of line breaks."""
        return line_breaks(self.text, self.start, self.end)

    @property
    def has_quotation_marks(self) -> bool:
        """Whether there is a quotation mark."""
        return self.text.find(b'"', self.start, self.end) >= 0


class _Parser:
    """Cuts a text into blocks of records, and parses them one after the other.

    Args:
        dialect: How the records are written.
        refuse: Receives the records that cannot be rows.
        line: The number of the first line.

    Attributes:
        line: The number of the line on which the next block begins.
    """

    def __init__(self, dialect: Dialect, refuse: Refuse, line: int) -> None:
        self.line = line
        self._dialect = dialect
        self._refuse = refuse

    def blocks(self, text: Iterable[bytes]) -> Iterator[_Block]:
        """Cut a text into blocks. The last record gets a line break if it lacks one."""
        pieces: list[bytes] = []
        size = needed = 0
        for piece in text:
            pieces.append(piece)
            size += len(piece)
            if size < needed:
                continue
            content = b"".join(pieces)
            end, sound = self._dialect.complete_records(content)
            if end:
                yield _Block(content, 0, end, sound)
            rest = content[end:]
            if len(rest) > _LONGEST_RECORD:
                raise ValueError(f"line {self.line}: {_NOT_CLOSED}")
            # The beginning of a long record is searched again when there is twice as much of it.
            pieces, size, needed = [rest], len(rest), 2 * len(rest)
        content = b"".join(pieces)
        if content:
            content += b"" if content.endswith((b"\n", b"\r")) else b"\n"
            end, sound = self._dialect.complete_records(content, last=True)
            if end < len(content):
                raise ValueError(f"line {self.line + line_breaks(content[:end])}: {_NOT_CLOSED}")
            yield _Block(content, 0, end, sound)

    def rows(self, block: _Block, width: int) -> pyarrow.Table:
        """Parse the next block.

        Returns:
            A table with `width` columns of text, whose names are numbers.
        """
        import pyarrow as pa

        faults: list[tuple[int, str, bytes]] = []
        try:
            # pyarrow would join a quoted cell and the text after it.
            if block.sound:
                table = self._table(block.text, width, block.start, block.end)
            else:
                table = self._table(self._without(faults, block.content, width), width)
        except pa.ArrowInvalid:
            table = self._table(self._without(faults, block.content, width), width)
        lines = len(table) + len(faults)
        if self._dialect.quoted and block.has_quotation_marks:
            records, lines = lines, block.lines
            if records < lines and not self._dialect.certain and self._has_hidden_rows(table):
                table = self._table(self._without(faults, block.content, width, every_record=True), width)
        for fault in faults:
            self._refuse(*fault)
        self.line += lines
        return table

    def _table(self, text: bytes, width: int, start: int = 0, end: int | None = None) -> pyarrow.Table:
        """Parse the records between two positions of a text. The first one with a wrong number of cells is an error."""
        import pyarrow as pa
        from pyarrow import csv

        # The parser needs different names, which the columns of a file may lack.
        names = list(map(str, range(width)))
        columns: Any = dict.fromkeys(names, pa.string())
        content = pa.py_buffer(text).slice(start, (len(text) if end is None else end) - start)
        if not len(content):
            return pa.Table.from_batches([], pa.schema(columns))
        # The stubs of pyarrow do not know that it reads its own buffers.
        source: Any = pa.BufferReader(content)
        return csv.read_csv(
            source,
            csv.ReadOptions(column_names=names, block_size=len(content) + 1, use_threads=False),
            csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                quote_char='"' if self._dialect.quoted else False,
                newlines_in_values=self._dialect.quoted,
                ignore_empty_lines=False,
            ),
            # All cells stay text: an inferred type could change what is written back.
            csv.ConvertOptions(column_types=columns, strings_can_be_null=False, check_utf8=False),
        )

    def _without(self, faults: list[tuple[int, str, bytes]], content: bytes, width: int, *, every_record: bool = False) -> bytes:
        """Return records without those that cannot be rows, and put those into `faults`.

        Args:
            faults: The line, the reason and the content of each record that cannot be a row.
            content: The records.
            width: How many cells a row has.
            every_record: Whether to look for several rows in one record.
        """
        faults.clear()
        rows = self._dialect.rows(width)
        kept: list[bytes] = []
        line, position = self.line, 0
        while position < len(content):
            start = position
            if not every_record and (found := rows.match(content, start)):
                position = found.end()
                kept.append(content[start:position])
                line += line_breaks(kept[-1])
            for record in islice(self._dialect.records(content, position), 1):
                reason = self._fault(record, width, every_record=every_record)
                if reason:
                    faults.append((line, reason, record.rstrip(b"\r\n")))
                else:
                    kept.append(record)
                position += len(record)
                line += line_breaks(record)
        # A CR must not join with an LF that did not follow it.
        return b"".join(part + b"\n" if part.endswith(b"\r") else part for part in kept)

    def _fault(self, record: bytes, width: int, *, every_record: bool) -> str | None:
        if not self._dialect.is_sound(record):
            return _text_after_quotes(record)
        cells = self._dialect.cells(record)
        if record.strip(b"\r\n") and len(cells) != width:
            return f"{len(cells)} cell{'s' * (len(cells) != 1)} instead of {width}"
        if every_record and self._hides_rows(cells):
            return _EACH_LINE_IS_A_ROW
        return None

    def _has_hidden_rows(self, table: pyarrow.Table) -> bool:
        """Return whether a record in which cells have line breaks may consist of several rows.

        A quotation mark that begins a cell and another one that ends a later cell hide the rows between them.
        """
        import pyarrow as pa
        import pyarrow.compute

        # The stubs of pyarrow lack many of these functions.
        compute: Any = pyarrow.compute
        with_breaks = [
            compute.match_substring_regex(column, r"[\r\n]")
            for column in table.columns
            # A search of the whole buffer is much faster.
            if any(b"\n" in content or b"\r" in content for content in map(_buffer, column.chunks))
        ]
        if not with_breaks:
            return False
        suspects = table.filter(reduce(compute.or_, with_breaks))
        cells = (column.cast(pa.binary()).to_pylist() for column in suspects.columns)
        return any(map(self._hides_rows, zip(*cells, strict=True)))

    def _hides_rows(self, cells: Sequence[bytes]) -> bool:
        """Return whether each line of a record has enough cells and, in the same column, an address."""
        delimiter = self._dialect.delimiter.encode()
        columns, lines = set(range(len(cells))), 0
        for line in _LINE.finditer(delimiter.join(cells)):
            row = line[0].split(delimiter)
            if len(row) != len(cells):
                return False
            columns = {column for column in columns if is_address(row[column].decode("utf-8", "replace"))}
            if not columns:
                return False
            lines += 1
        return lines > 1


def _text_after_quotes(record: bytes) -> str:
    remedy = _NO_BACKSLASHES if b'\\"' in record else _NO_QUOTES
    return f"{_TEXT_AFTER_QUOTES}; {remedy}"


def _buffer(array: Any) -> bytes:
    """Return the bytes of all texts in an array."""
    return bytes(array.buffers()[2].to_pybytes())
