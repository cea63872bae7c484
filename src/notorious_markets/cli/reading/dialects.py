"""Dialects of delimited text: the delimiter, the quotation marks and the line breaks, as regular expressions."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from itertools import islice
from typing import Any

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe"}
"""The delimiters that are recognised, with their names."""

_SAMPLE_RECORDS = 1_000
_DECLARATION = re.compile(rb'"?sep=([ -~\t])"?(?:\r\n|\n|\r)', re.IGNORECASE)


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode())


class Dialect:
    """How delimited text is written.

    Args:
        delimiter: The ASCII character between two cells.
        quoted: Whether quotation marks may enclose a cell. Otherwise they are characters like any other.
        certain: Whether the user has stated `quoted`.
    """

    def __init__(self, delimiter: str, quoted: bool, *, certain: bool = False) -> None:
        self.delimiter = delimiter
        self.quoted = quoted
        self.certain = certain
        mark = re.escape(delimiter)
        enclosed = '"[^"]*+(?>""[^"]*+)*+"'
        line_break = r"(?>\r\n|\n|\r)"
        text = cell = sound_cell = rf"[^{mark}\r\n]*+"
        if quoted:
            cell = rf'(?>{enclosed}{text}|[^"{mark}\r\n]{text}|)'
            sound_cell = rf'(?>{enclosed}(?=[{mark}\r\n])|[^"{mark}\r\n]{text}|)'
        cells = f"{cell}(?>{mark}{cell})*+"
        self._cell = _compiled(f"({cell})(?:{mark}|{line_break})")
        self._record = _compiled(cells + line_break)
        self._records = _compiled(f"(?>{cells}{line_break})*+")
        self._sound_record = _compiled(f"{sound_cell}(?>{mark}{sound_cell})*+{line_break}")
        self._row = (sound_cell, f"{mark}{sound_cell}", line_break)
        # The same for RE2, which is faster in long texts and lets other threads work.
        self._sound_records = rf'^(?:(?:"[^"]*(?:""[^"]*)*"|[^"{mark}\r\n][^{mark}\r\n]*|)(?:[{mark}\n]|\r\n?))*$'

    def complete_records(self, content: bytes, *, last: bool = False) -> tuple[int, bool]:
        """Return the length of the complete records at the beginning of a text, and whether they are sound.

        They are sound if only delimiters and line breaks follow the quotation marks that end a cell.

        Args:
            content: The text.
            last: Whether nothing follows it. Otherwise, a CR at its end may be half of a CR LF.
        """
        length = len(content) if last else len(content) - content.endswith(b"\r")
        end = max(content.rfind(b"\n", 0, length), content.rfind(b"\r", 0, length)) + 1
        if not self.quoted or content.find(b'"', 0, end) < 0 or self._are_sound(content, end):
            return end, True
        # The last line break may be within a cell, so the end of each record has to be found.
        records = self._records.match(content, 0, length)
        end = 0 if records is None else records.end()
        return end, self._are_sound(content, end)

    def _are_sound(self, content: bytes, end: int) -> bool:
        import pyarrow as pa
        import pyarrow.compute

        compute: Any = pyarrow.compute
        buffers = [None, pa.py_buffer(array("q", [0, end])), pa.py_buffer(content)]
        records = pa.Array.from_buffers(pa.large_binary(), 1, buffers)
        return bool(compute.match_substring_regex(records, self._sound_records)[0].as_py())

    def records(self, content: bytes, start: int = 0) -> Iterator[bytes]:
        """Yield the complete records from a position on, each with its line break."""
        while found := self._record.match(content, start):
            yield found[0]
            start = found.end()

    def is_sound(self, record: bytes) -> bool:
        """Return whether a record is sound, see `complete_records`."""
        return self._sound_record.fullmatch(record) is not None

    def rows(self, width: int) -> re.Pattern[bytes]:
        """Return the pattern of sound records with a number of cells, and of blank lines."""
        first, another, line_break = self._row
        return _compiled(f"(?>(?>{first}(?>{another}){{{width - 1}}}|){line_break})*+")

    def cells(self, record: bytes) -> list[bytes]:
        """Return the cells of a sound record."""
        cells = [found[1] for found in self._cell.finditer(record)]
        if not self.quoted:
            return cells
        return [cell[1:-1].replace(b'""', b'"') if cell.startswith(b'"') else cell for cell in cells]


def dialect_of(sample: bytes, complete: bool, usual: str, *, delimiter: str | None = None, quoted: bool | None = None) -> Dialect:
    """Return the dialect of a text.

    The delimiter is the character that divides the most records into as many cells as the first record. It must divide more
    than half of them, and into two cells or more. If no character does, the text has one column.

    Args:
        sample: The beginning of the text, in UTF-8.
        complete: Whether the sample is the whole text.
        usual: The delimiter that the format suggests. It is preferred to others that divide as many records.
        delimiter: The delimiter, if the user states it.
        quoted: Whether quotation marks enclose cells, if the user states it.
    """
    if complete and not sample.endswith((b"\n", b"\r")):
        sample += b"\n"

    def with_delimiter(mark: str) -> Dialect:
        return Dialect(mark, _is_quoted(sample, complete, mark) if quoted is None else quoted, certain=quoted is not None)

    if delimiter is not None:
        return with_delimiter(delimiter)
    dialects = [with_delimiter(mark) for mark in dict.fromkeys((usual, *DELIMITERS))]
    shares = [_share(sample, dialect) for dialect in dialects]
    best = max(shares)
    return dialects[shares.index(best) if best > 0.5 else 0]


def declared_delimiter(sample: bytes) -> tuple[str, int] | None:
    """Return the delimiter that a first line such as `sep=;` declares to Excel, and the length of that line."""
    found = _DECLARATION.match(sample)
    return None if found is None else (found[1].decode(), found.end())


def _is_quoted(sample: bytes, complete: bool, delimiter: str) -> bool:
    """Return whether quotation marks enclose cells.

    In tab-separated values a quotation mark is a character like any other, by the registration of the media type. Many
    programs write them around cells all the same. So they enclose cells if each one at the beginning of a cell has a
    counterpart at the end of a cell.
    """
    if delimiter != "\t":
        return True
    end, is_sound = Dialect(delimiter, quoted=True).complete_records(sample, last=complete)
    # A sample may end within a cell. If that cell has most of the lines, nothing ends it.
    return is_sound and line_breaks(sample[end:]) <= (0 if complete else max(10, line_breaks(sample) // 2))


def _share(sample: bytes, dialect: Dialect) -> float:
    """Return the share of the records that have as many cells as the first, or 0 if that has one cell."""
    widths = [len(dialect.cells(record)) for record in islice(dialect.records(sample), _SAMPLE_RECORDS) if record.strip()]
    return widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0.0


def line_breaks(content: bytes, start: int = 0, end: int | None = None) -> int:
    """Return the number of line breaks between two positions: LF, CR LF or CR."""
    feeds = content.count(b"\n", start, end)
    if content.find(b"\r", start, end) < 0:
        return feeds
    return feeds + content.count(b"\r", start, end) - content.count(b"\r\n", start, end)
