"""Headings and paragraphs: lines that belong together."""

# pyright does not know the decorators that attrs makes for defaults.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from attrs import evolve, field, frozen

from .lines import Line, Run, is_capitals, joined
from .nominations import begins_line
from .pages import Pages, usual_gap
from .text import LEADING

# A larger distance than this part of the usual one separates paragraphs.
_APART = 1.22
_INDENT = 7.0
_LARGER = 1.06
# A heading is not longer than this.
_HEADING_LENGTH = 160
_BULLET = re.compile(r"^[•●▪‣◦■□➢–*-]\s+|^o\s+(?=[A-Z])")
_ENUMERATED = re.compile(r"\(?\d{1,3}[.)]\s+[A-Z\d]")
# The name of an entry at the start of its paragraph.
_RUN_IN = re.compile(r"(?!(?:special )?issue focus).*?(?::\s|\s[–—]\s)", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?:;]['\"”’)\]]*\d*$")


@frozen
class Style:
    """The style of a block."""

    bold: bool
    italic: bool
    size: float
    capitals: bool


@frozen
class Block:
    """A heading or a paragraph.

    Attributes:
        lines: Its lines. A paragraph can go on after the end of a page.
        text: Its text as one line.
        is_heading: Whether its style differs from that of the text, or, without styles, it is short and stands alone.
        gap: The distance from the line above as a multiple of the usual one; infinite at the beginning of a page.
    """

    lines: tuple[Line, ...]
    is_heading: bool
    gap: float = 0
    text: str = field(init=False)

    @text.default
    def _text(self) -> str:
        return _BULLET.sub("", joined(self.lines))

    @property
    def first(self) -> Line:
        """The first line."""
        return self.lines[0]

    @property
    def style(self) -> Style:
        """The style of the first line."""
        line = self.first
        return Style(line.bold, line.italic, round(line.size, 1), is_capitals(self.text))

    @property
    def lead(self) -> str:
        """The bold or italic beginning of a paragraph that goes on in another style."""
        length = 0
        for number, line in enumerate(self.lines):
            if line.lead:
                lead = _BULLET.sub("", joined([*self.lines[:number], evolve(line, runs=(Run(line.lead),))]))
                # A bullet can have a style of its own.
                return lead if self.text.startswith(lead) else ""
            if not (line.bold or line.italic) or length > _HEADING_LENGTH:
                return ""
            length += len(line.text) + 1
        return ""


def blocks(pages: Pages, lines: Sequence[Line]) -> list[Block]:
    """Divide lines into headings and paragraphs."""
    usual = usual_gap(pages.lines) if pages.has_styles else LEADING
    result = [Block(tuple(group), is_heading_like(group, pages), gap) for group, gap in _groups(lines, usual, pages)]
    right = max((line.right for line in pages.lines if not is_heading_like([line], pages)), default=0)
    return _continued(_with_short_headings(result, pages), _margins(lines), right)


def is_heading_like(lines: Sequence[Line], pages: Pages) -> bool:
    """Return whether lines look like a heading: in capitals, bold, italic or large."""
    text = joined(lines)
    if len(text) > _HEADING_LENGTH or not any(char.isalnum() for char in text) or begins_line(text):
        return False
    if is_capitals(text) and (len(text) > 1):
        return True
    if all(line.bold for line in lines) or all(line.size > _LARGER * pages.body_size for line in lines):
        return pages.has_styles
    return pages.has_styles and all(line.italic for line in lines) and not _ENDS_SENTENCE.search(text)


def _margins(lines: Sequence[Line]) -> dict[tuple[int, int], float]:
    """Return the left edge of the text in each column of each page."""
    edges: dict[tuple[int, int], float] = {}
    for line in lines:
        place = (line.sheet, line.column)
        edges[place] = min(edges.get(place, line.x), line.x)
    return edges


def _groups(lines: Sequence[Line], usual: float, pages: Pages) -> Iterator[tuple[list[Line], float]]:
    """Yield the lines of each block, and its distance from the line above."""
    group: list[Line] = []
    group_gap = math.inf
    for line in lines:
        if group:
            last = group[-1]
            is_same_place = (line.sheet, line.column) == (last.sheet, last.column)
            gap = (line.y - last.y) / ((usual or LEADING) * max(1.0, _scale(line, pages))) if is_same_place else math.inf
            starts = (
                (gap > _APART or gap < 0)
                or _starts_in_other_style(last, line)
                or _BULLET.match(line.text)
                or _ENUMERATED.match(line.text)
                or (line.x - last.x > _INDENT and not _is_centred_with(last, line))
            )
            if starts:
                yield group, group_gap
                group, group_gap = [], gap
        group.append(line)
    if group:
        yield group, group_gap


def _scale(line: Line, pages: Pages) -> float:
    return line.size / pages.body_size if pages.body_size else 1.0


def _is_centred_with(above: Line, line: Line) -> bool:
    """Return whether two lines of a heading can be centred."""
    both_capitals = is_capitals(above.text) and is_capitals(line.text)
    return above.bold == line.bold and above.size == line.size and (above.bold or both_capitals)


def _starts_in_other_style(above: Line, line: Line) -> bool:
    """Return whether a line cannot continue the one above because the end of that one has another style."""
    end, start = above.runs[-1], line.runs[0]
    if round(abs(above.size - line.size), 1) > 0.6:
        return True
    if (end.bold, end.italic) != (start.bold, start.italic):
        # The whole line above is a heading, or a heading begins.
        return (above.bold or above.italic) or (line.bold or line.italic) or bool(line.lead)
    return is_capitals(above.text) != is_capitals(line.text) and not above.size and len(above.text) < 70


def _with_short_headings(found: list[Block], pages: Pages) -> list[Block]:
    """A short line that stands alone above a paragraph is a heading too. With styles, it must be close to that paragraph."""
    result: list[Block] = []
    for block, below in zip_longest(found, found[1:]):
        is_short = len(block.lines) <= 2 and len(block.text) <= 100 and not _ENDS_SENTENCE.search(block.text)
        stands = block.gap > _APART and block.text[:1] not in '(["“'
        cuts = math.isinf(block.gap) and result and not (result[-1].is_heading or _ENDS_SENTENCE.search(result[-1].text))
        is_close = below and len(block.lines) == 1 and not below.is_heading and 0 < below.gap <= block.gap
        is_name = is_short and stands and not cuts and (is_close or not pages.has_styles) and _is_title(block.text)
        result.append(evolve(block, is_heading=block.is_heading or bool(is_name)))
    return result


def _is_title(text: str) -> bool:
    """Return whether a text is no part of a sentence: it has few words, or most of its longer words begin with capitals."""
    words = text.split()
    longer = [word for word in words if len(word.strip("(),.;")) > 3]
    has_capital = text[:1].isupper() or text[:1].isdigit() or "." in text
    is_titled = 2 * sum(not word[:1].islower() for word in longer) > len(longer)
    return has_capital and not _RUN_IN.match(text) and (len(words) <= 3 or is_titled)


def _continued(found: list[Block], margin: dict[tuple[int, int], float], right: float) -> list[Block]:
    """Join a paragraph or a heading with its continuation on the next page or in the next column."""
    result: list[list[Block]] = []
    for block in found:
        if result and _goes_on(result[-1], block, margin, right):
            result[-1].append(block)
        else:
            result.append([block])
    return [Block(tuple(line for part in parts for line in part.lines), parts[0].is_heading, parts[0].gap) for parts in result]


def _goes_on(parts: Sequence[Block], block: Block, margin: dict[tuple[int, int], float], right: float) -> bool:
    """Return whether a block continues the parts of one, the last of which ends a page or column."""
    above, last, first = parts[-1], parts[-1].lines[-1], block.first
    place = (first.sheet, first.column)
    if (last.sheet, last.column) == place or above.is_heading != block.is_heading:
        return False
    if above.is_heading:
        is_short = sum(len(part.text) for part in parts) <= _HEADING_LENGTH
        return is_short and above.style == block.style and last.size != 0
    end, start = last.runs[-1], first.runs[0]
    is_other_style = bool(block.lead) and (end.bold, end.italic) != (start.bold, start.italic)
    if is_other_style or first.x - margin[place] > _INDENT or _BULLET.match(first.text):
        return False
    if not _ENDS_SENTENCE.search(above.text):
        return True
    # A sentence can end at the end of a line. The paragraph goes on if the next word did not fit on that line.
    word = first.text.partition(" ")[0]
    letter = (first.right - first.x) / len(first.text)
    return first.column == last.column and last.right + letter * (len(word) + 1) > right
