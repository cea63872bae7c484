"""The lines of a document, with their position and style."""

# pyright does not know the decorators that attrs makes for defaults.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from attrs import evolve, field, frozen

from ..names.forms import normalized

MAX_PAGES = 500
"""The reports have at most 60 pages."""
MAX_CHARACTERS = 2_000_000
# Ligatures, and characters that are or look like spaces, have no width or are no characters, which XML forbids.
_REPLACED = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},
    **dict.fromkeys((0x09, 0x0A, 0x0D, 0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x200A, 0x202F), " "),
    # In the usual encoding of PDFs, an unused code is a bullet.
    0x7F: "•",
    **dict.fromkeys((0x200B, 0x2060, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF), None),
}
# A run that is smaller than this part of its line and consists of digits is the mark of a footnote.
_MARK = 0.82


def clean(text: str) -> str:
    """Return a text in NFC, with letters in place of ligatures, and without control characters."""
    text = normalized(text.translate(_REPLACED), "NFC")
    return "".join(char for char in text if char >= " " or char == "\f")


@frozen
class Run:
    """A piece of a line in one style. `size` is the size of the letters, or 0 if the document has no styles."""

    text: str
    bold: bool = False
    italic: bool = False
    size: float = 0


@frozen
class Line:
    """A line of text.

    Attributes:
        runs: Its pieces.
        x: The position of its start, in points from the left edge.
        y: The position of its baseline, in points from the upper edge.
        sheet: The number of its page in the file, from 0.
        text: All text, without marks of footnotes and repeated spaces.
        size: The size of most letters.
        bold: Whether all letters are bold.
        italic: Whether all letters are italic.
        lead: The bold or italic beginning of a line that continues in another style.
        column: The number of its column, from 0.
        right: The position of its end.
    """

    runs: tuple[Run, ...]
    x: float
    y: float
    sheet: int
    column: int = 0
    right: float = 0
    text: str = field(init=False)
    size: float = field(init=False)
    bold: bool = field(init=False)
    italic: bool = field(init=False)
    lead: str = field(init=False)

    @text.default
    def _text(self) -> str:
        return _spaced("".join(run.text for run in self._kept))

    @size.default
    def _size(self) -> float:
        return most_common((run.size, len(run.text.strip())) for run in self.runs)

    @bold.default
    def _bold(self) -> bool:
        return all(run.bold for run in self._kept if run.text.strip())

    @italic.default
    def _italic(self) -> bool:
        return all(run.italic for run in self._kept if run.text.strip())

    @lead.default
    def _lead(self) -> str:
        # A space can have any style.
        styles = [(run.bold, run.italic) if run.text.strip() else None for run in self._kept]
        first = next(filter(None, styles), (False, False))
        end = next((number for number, style in enumerate(styles) if style not in (None, first)), None)
        return "" if end is None or first == (False, False) else _spaced("".join(run.text for run in self._kept[:end]))

    @property
    def _kept(self) -> list[Run]:
        """The runs without marks of footnotes."""
        size = most_common((run.size, len(run.text.strip())) for run in self.runs)
        return [
            run
            for number, run in enumerate(self.runs)
            if number == 0 or run.size >= _MARK * size or not run.text.strip().strip("*†‡").replace(",", "").isdecimal()
        ] or list(self.runs)

    @property
    def is_capitals(self) -> bool:
        """Whether the line has letters, and all of them are capitals or have no case."""
        return is_capitals(self.text)


def is_capitals(text: str) -> bool:
    """Return whether a text has capitals and no small letters."""
    return text != text.lower() and text == text.upper()


def _spaced(text: str) -> str:
    return " ".join(text.split())


def most_common(weighted: Iterable[tuple[float, int]]) -> float:
    """Return the value with the greatest weight, or 0 if there is none."""
    weights: Counter[float] = Counter()
    for value, weight in weighted:
        weights[value] += weight
    return max(weights, key=lambda value: (weights[value], value), default=0)


def joined(lines: Sequence[Line]) -> str:
    """Return the text of lines as one line. A soft hyphen at the end of a line is removed; see `without_division`."""
    parts: list[str] = []
    for line in lines:
        if parts and line.text:
            if parts[-1].endswith("\N{SOFT HYPHEN}"):
                parts[-1] = parts[-1][:-1]
            elif not re.fullmatch(r"\w[-‐‑]", parts[-1][-2:]):
                parts.append(" ")
        if line.text:
            parts.append(line.text)
    return "".join(parts)


def without_division(lines: Sequence[Line]) -> list[Line]:
    """Put a soft hyphen in place of each hyphen that only divides a word at the end of a line.

    Other lines show which words exist: `traf-` and `fic` are parts of `traffic`, but `brand-` and `protection` are words.
    """
    words: set[str] = set()
    above = ""
    for line in lines:
        # The parts of a divided word are no words.
        start = 1 if re.search(r"[-‐‑]$", above) else 0
        text = " ".join(line.text.lower().split()[start:])
        if divided := re.match(r"[-‐‑][\w’'-]*", text[::-1]):
            text = text[: -divided.end()]
        words.update(re.findall(r"[^\W\d_][\w’'-]*", text))
        above = line.text
    result = []
    for line, below in zip_longest(lines, lines[1:]):
        match = re.search(r"(?:^|[\s(“\"‘—–/-])([^\W\d_]+)[-‐‑]$", line.text)
        after = re.match(r"([^\W\d_]++)(?![\w.@]*\.\w)", below.text) if below else None
        if match and after and after[1].islower() and match[1][1:] == match[1][1:].lower():
            first, second = match[1].lower(), after[1]
            whole = re.split(r"[\s(“\"‘/]", line.text)[-1].lower() + second
            is_compound = whole in words or (first + second not in words and first in words and second in words)
            if not is_compound:
                last = line.runs[-1]
                text = last.text.rstrip()[:-1] + "\N{SOFT HYPHEN}"
                result.append(evolve(line, runs=(*line.runs[:-1], evolve(last, text=text))))
                continue
        result.append(line)
    return result
