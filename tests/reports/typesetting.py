"""Paragraphs, contents pages and tables set on pages, with full control over their breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import define, evolve, field
from reportlab.lib.pagesizes import letter

from tests.reports.descriptions import Place
from tests.reports.faces import Drawn, Face, Sheet, Span, Word, width_of


@define
class Typesetter:
    """Sets paragraphs on pages.

    Attributes:
        face: The face of the text.
        width: The width of a page.
        height: The height of a page.
        margin: The distance between the text and the edge of the page.
        justified: Whether lines are as wide as the column.
        hyphenated: Whether long words are divided.
        hyphen: The sign at the end of the first part.
        keeps: Whether a heading is moved to the next page together with the paragraph below it.
    """

    face: Face
    width: float = letter[0]
    height: float = letter[1]
    margin: float = 72
    justified: bool = False
    hyphenated: bool = False
    hyphen: str = "-"
    keeps: bool = True
    columns: int = 1
    sheets: list[Sheet] = field(factory=list)
    _y: float = 0
    _column: int = 0
    _top: float = 0
    _notes: list[tuple[Word, ...]] = field(factory=list)
    _note_count: int = 0

    @property
    def column_width(self) -> float:
        """The width of a column."""
        return (self.width - 2 * self.margin - (self.columns - 1) * 24) / self.columns

    @property
    def _left(self) -> float:
        return self.margin + self._column * (self.column_width + 24)

    @property
    def _note_height(self) -> float:
        return len(self._notes) * (self.face.size - 2) * 1.25 + 12 if self._notes else 0

    def new_page(self) -> None:
        """Start a page."""
        self._draw_notes()
        self.sheets.append(Sheet())
        self._column, self._y = 0, self.height - self.margin
        self._top = self._y

    def set_columns(self, columns: int) -> None:
        """Change the number of columns; the next paragraph starts below all text of the page."""
        if columns == 1 and self._column:
            self.new_page()
        self.columns, self._column, self._top = columns, 0, self._y

    def finish(self) -> list[Sheet]:
        """Return all pages."""
        self._draw_notes()
        return self.sheets

    def _next_column(self) -> None:
        if self._column + 1 < self.columns:
            self._column += 1
            self._y = self._top
        else:
            self.new_page()

    def _has_room(self, height: float) -> bool:
        return self._y - height >= self.margin + self._note_height

    def _draw_notes(self) -> None:
        if self._notes:
            size = self.face.size - 2
            y = self.margin + (len(self._notes) - 1) * size * 1.25 - 4
            self.sheets[-1].rules.append((self.margin, y + size + 2, 144))
            for words in self._notes:
                self.sheets[-1].lines.append(Drawn(self.margin, y, words, size * 0.25))
                y -= size * 1.25
        self._notes = []

    def spans(self, text: str, style: str = "regular", size: float | None = None) -> Span:
        """Return text in a style of the face."""
        return Span(text, getattr(self.face, style), size or self.face.size)

    def paragraph(
        self,
        spans: Sequence[Span],
        *,
        align: str = "left",
        indent: float = 0,
        first: float = 0,
        before: float = 0,
        after: float = 6,
        keep: bool = False,
        divided: bool = True,
    ) -> Place:
        """Set a paragraph and return the place of its first line.

        Args:
            spans: The text.
            align: `left`, `center` or `right`. Paragraphs on the left are justified if the typesetter does so.
            indent: The indent of all lines.
            first: The further indent of the first line.
            before: The space above.
            after: The space below.
            keep: Whether a line of the next paragraph must fit on the same page.
            divided: Whether words of this paragraph may be divided.
        """
        if not self.sheets:
            self.new_page()
        width = self.column_width - indent
        lines = list(self._broken(list(_words(spans)), width, first, divided))
        leading = max(span.size for span in spans) * 1.3
        self._y -= before
        if keep and self.keeps and not self._has_room(leading * len(lines) + 2.5 * self.face.leading):
            self._next_column()
        place: Place | None = None
        for number, words in enumerate(lines):
            notes = self._note_lines(words)
            if not self._has_room(leading + len(notes) * self.face.size * 1.25 + (12 if notes else 0)):
                self._next_column()
            self._notes += notes
            self._y -= leading
            place = place or Place(len(self.sheets), len(self.sheets))
            x = self._left + indent + (first if number == 0 else 0)
            self._draw(words, x, width - (first if number == 0 else 0), align, is_last=number == len(lines) - 1)
        self._y -= after
        assert place is not None
        return place

    def line(self, span: Span, y: float, x: float | str) -> Drawn:
        """Return a line of text at a height, which starts at `x` or is aligned to the margins."""
        if isinstance(x, str):
            centered = (self.width - span.width) / 2
            x = {"left": self.margin, "center": centered, "right": self.width - self.margin - span.width}[x]
        words = tuple(_words([span]))
        return Drawn(x, y, words, self._space(words[0]))

    def row(self, cells: Sequence[str], offsets: Sequence[float]) -> None:
        """Set a row of a table, with a rule below it."""
        if not self._has_room(self.face.leading + 4):
            self.new_page()
        self._y -= self.face.leading + 2
        for cell, offset in zip(cells, offsets, strict=True):
            self.sheets[-1].lines.append(self.line(self.spans(cell), self._y, self._left + offset))
        self.sheets[-1].rules.append((self._left, self._y - 4, self.column_width))
        self._y -= 4

    def cells(self, spans: Sequence[Span], widths: Sequence[float]) -> Place:
        """Set a row of a table with broken lines in its cells, and return its place."""
        columns = [
            list(self._broken(list(_words([span])), width - 10, 0, False)) for span, width in zip(spans, widths, strict=True)
        ]
        leading = self.face.leading
        height = leading * max(len(lines) for lines in columns) + 6
        if not self._has_room(height):
            self.new_page()
        x = self._left
        for lines, width in zip(columns, widths, strict=True):
            for number, words in enumerate(lines, start=1):
                self.sheets[-1].lines.append(Drawn(x, self._y - number * leading, words, self._space(words[0])))
            x += width
        self._y -= height
        self.sheets[-1].rules.append((self._left, self._y + 2, self.column_width))
        return Place(len(self.sheets), len(self.sheets))

    def leader(self, title: str, page: str, *, indent: float = 0, dots: str = ".", style: str = "regular") -> None:
        """Set a line of a contents page: a title, dots and a page number at the right margin."""
        if not self.sheets:
            self.new_page()
        number = Word((self.spans(page),))
        *above, words = self._broken(list(_words([self.spans(title, style)])), self.column_width - indent - 40, 0, False)
        for line in [*above, words]:
            if not self._has_room(self.face.leading):
                self.new_page()
            self._y -= self.face.leading
            self._draw(line, self.margin + indent, self.column_width, "left", is_last=True)
        end = self.margin + indent + sum(word.width for word in words) + (len(words) - 1) * self._space(words[-1]) + 4
        right = self.margin + self.column_width - number.width
        if dots and (count := int((right - 4 - end) / self.spans(dots).width)) > 0:
            leaders = self.spans((dots * count).strip())
            if leaders.text:
                self.sheets[-1].lines.append(self.line(leaders, self._y, right - 4 - leaders.width))
        self.sheets[-1].lines.append(Drawn(right, self._y, (number,), 0))

    def _note_lines(self, words: Iterable[Word]) -> list[tuple[Word, ...]]:
        lines: list[tuple[Word, ...]] = []
        for word in words:
            for span in word.spans:
                if span.note is not None:
                    size = self.face.size - 2
                    note = [Span(span.text, span.font, size - 2, rise=3), Span(f" {span.note}", self.face.regular, size)]
                    lines += self._broken(list(_words(note)), self.width - 2 * self.margin, 0, False)
        return lines

    def note_mark(self, note: str) -> Span:
        """Return the mark of a footnote, which is numbered through the report."""
        self._note_count += 1
        return Span(str(self._note_count), self.face.regular, self.face.size - 4, rise=4, note=note)

    def _space(self, word: Word) -> float:
        span = word.spans[0]
        return width_of(" ", span.font, span.size)

    def _broken(self, words: list[Word], width: float, first: float, divided: bool) -> Iterator[tuple[Word, ...]]:
        """Break words into lines."""
        line: list[Word] = []
        room = width - first
        queue = words[::-1]
        while queue:
            word = queue.pop()
            space = self._space(word) if line and word.space_before else 0
            if not line or word.width + space <= room:
                line.append(word)
                room -= word.width + space
                continue
            if divided and self.hyphenated and (parts := self._divided(word, room - space)):
                line.append(parts[0])
                word = parts[1]
            yield tuple(line)
            line, room = [], width
            queue.append(word)
        if line:
            yield tuple(line)

    def _divided(self, word: Word, room: float) -> tuple[Word, Word] | None:
        """Divide a word of lower case letters so that the first part fits, or return `None`."""
        span = word.spans[0]
        if len(word.spans) > 1 or not re.fullmatch(r"[a-z]{7,}[.,]?", span.text):
            return None
        for end in range(len(span.text.rstrip(".,")) - 3, 2, -1):
            if span.text[end - 1] in "aeiou" and span.text[end] not in "aeiou":
                part = evolve(span, text=f"{span.text[:end]}{self.hyphen}")
                if part.width <= room:
                    return evolve(word, spans=(part,)), Word((evolve(span, text=span.text[end:]),), space_before=False)
        return None

    def _draw(self, words: tuple[Word, ...], x: float, width: float, align: str, *, is_last: bool) -> None:
        gaps = sum(word.space_before for word in words[1:])
        gap = self._space(words[0])
        natural = sum(word.width for word in words) + gaps * gap
        if align == "center":
            x += (width - natural) / 2
        elif align == "right":
            x += width - natural
        elif self.justified and gaps and not is_last:
            gap += (width - natural) / gaps
        self.sheets[-1].lines.append(Drawn(x, self._y, words, gap))


def _words(spans: Iterable[Span]) -> Iterator[Word]:
    """Divide text into words. A word may have several fonts, and may be broken after its hyphens."""
    current: list[Span] = []
    space_before = False
    for span in spans:
        if span.note is not None:
            current.append(span)
            continue
        for piece in re.findall(r" +|[^ ]*?[^ -]-(?=\w)|[^ ]+", span.text):
            if not piece.strip():
                if current:
                    yield Word(tuple(current), space_before)
                current, space_before = [], True
                continue
            current.append(evolve(span, text=piece))
            if piece.endswith("-"):
                yield Word(tuple(current), space_before)
                current, space_before = [], False
    if current:
        yield Word(tuple(current), space_before)
