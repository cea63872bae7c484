"""Pages of text with full control over breaks, order, ligatures and kerning."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import reportlab.rl_config
from attrs import define, evolve, field, frozen
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.reports.descriptions import Place

# Content is compressed but not encoded as text, as in most files.
reportlab.rl_config.useA85 = 0

_FONTS = Path(reportlab.__file__).parent / "fonts"
# Fonts that come with reportlab; they are embedded and have glyphs for the ligatures fi and fl.
_TRUETYPE = {"Vera": "Vera.ttf", "Vera-Bold": "VeraBd.ttf", "Vera-Italic": "VeraIt.ttf"}
_LIGATURES = (("fi", "\N{LATIN SMALL LIGATURE FI}"), ("fl", "\N{LATIN SMALL LIGATURE FL}"))


@lru_cache(50_000)
def _width(text: str, font: str, size: float) -> float:
    """Return the width of text in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


@frozen
class Face:
    """The three styles of a typeface at one size."""

    regular: str
    bold: str
    italic: str
    size: float = 11

    @property
    def leading(self) -> float:
        """The distance between two lines."""
        return self.size * 1.3


def times(size: float = 11) -> Face:
    """Return a serif face of the standard fonts, which are not embedded."""
    return Face("Times-Roman", "Times-Bold", "Times-Italic", size)


def helvetica(size: float = 10.5) -> Face:
    """Return a sans serif face of the standard fonts, which are not embedded."""
    return Face("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", size)


def vera(size: float = 9) -> Face:
    """Return an embedded TrueType face with ligatures."""
    for name, file in _TRUETYPE.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, _FONTS / file))
    return Face("Vera", "Vera-Bold", "Vera-Italic", size)


@frozen
class Span:
    """Text in one font. `note` is the text of a footnote whose mark is printed after the span."""

    text: str
    font: str
    size: float
    rise: float = 0
    note: str | None = None

    @property
    def width(self) -> float:
        """The width of the text in points."""
        return _width(self.text, self.font, self.size)


@frozen
class Word:
    """A piece of a line that is not divided, with the notes that it refers to."""

    spans: tuple[Span, ...]
    space_before: bool = True

    @property
    def width(self) -> float:
        """The width in points."""
        return sum(span.width for span in self.spans)

    @property
    def text(self) -> str:
        """The text in all fonts."""
        return "".join(span.text for span in self.spans)


@frozen
class Drawn:
    """A line of words on a page. `gap` is the width of its spaces."""

    x: float
    y: float
    words: tuple[Word, ...]
    gap: float


@frozen
class Drawing:
    """How lines get into the content stream.

    Attributes:
        pieces: `line` draws a line at once, `word` draws each word by itself, without spaces, `letter` draws each letter by
            itself, and `kerned` draws a line as an array of letters and distances, in which a large distance is a space.
        ligatures: Whether the glyphs of ligatures are used in TrueType fonts.
        scale: The scale of the pages. Fonts are larger by its inverse, so that the printed size is the same.
        order: `natural` draws from top to bottom, `mixed` draws the lines of a page in a random order.
    """

    pieces: str = "line"
    ligatures: bool = False
    order: str = "natural"
    scale: float = 1


@define
class Sheet:
    """A page that is not drawn yet. Rules are horizontal lines: x, y and width."""

    lines: list[Drawn] = field(factory=list)
    rules: list[tuple[float, float, float]] = field(factory=list)


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
        return _width(" ", span.font, span.size)

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


def draw(sheets: Sequence[Sheet], drawing: Drawing, *, size: tuple[float, float] = letter, **information: str) -> bytes:
    """Return pages as a PDF."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=True, pageCompression=1)
    canvas.setTitle(information.get("title", ""))
    for number, sheet in enumerate(sheets):
        lines = list(sheet.lines)
        if drawing.order == "mixed":
            random.Random(number).shuffle(lines)
        canvas.saveState()
        canvas.scale(drawing.scale, drawing.scale)
        for line in lines:
            _PIECES[drawing.pieces](canvas, _scaled(line, 1 / drawing.scale), drawing.ligatures)
        canvas.restoreState()
        for x, y, width in sheet.rules:
            canvas.line(x, y, x + width, y)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _scaled(line: Drawn, factor: float) -> Drawn:
    """Return a line with all lengths multiplied."""
    if factor == 1:
        return line
    words = tuple(
        evolve(word, spans=tuple(evolve(span, size=span.size * factor, rise=span.rise * factor) for span in word.spans))
        for word in line.words
    )
    return Drawn(line.x * factor, line.y * factor, words, line.gap * factor)


def _ligated(text: str, font: str, ligatures: bool) -> str:
    if ligatures and font in _TRUETYPE:
        for letters, glyph in _LIGATURES:
            text = text.replace(letters, glyph)
    return text


def _draw_words(canvas: Canvas, line: Drawn, ligatures: bool) -> None:
    x = line.x
    for number, word in enumerate(line.words):
        x += line.gap if number and word.space_before else 0
        for span in word.spans:
            canvas.setFont(span.font, span.size)
            canvas.drawString(x, line.y + span.rise, _ligated(span.text, span.font, ligatures))
            x += span.width


def _draw_letters(canvas: Canvas, line: Drawn, ligatures: bool) -> None:
    x = line.x
    for number, word in enumerate(line.words):
        x += line.gap if number and word.space_before else 0
        for span in word.spans:
            canvas.setFont(span.font, span.size)
            for letter_ in _ligated(span.text, span.font, ligatures):
                canvas.drawString(x, line.y + span.rise, letter_)
                x += _width(letter_, span.font, span.size)


def _runs(line: Drawn) -> Iterator[tuple[Span, list[Span]]]:
    """Group the pieces of a line that have the same font; a space is a piece."""
    pieces: list[Span] = []
    for number, word in enumerate(line.words):
        if number and word.space_before:
            pieces.append(evolve(word.spans[0], text=" ", rise=0, note=None))
        pieces += word.spans
    for _, group in groupby(pieces, key=lambda span: (span.font, span.size, span.rise)):
        run = list(group)
        yield run[0], run


def _draw_line(canvas: Canvas, line: Drawn, ligatures: bool) -> None:
    """Draw runs of one font at once. A justified run has wider spaces."""
    x = line.x
    for first, run in _runs(line):
        text = _ligated("".join(span.text for span in run), first.font, ligatures)
        space = _width(" ", first.font, first.size)
        wide = sum(span.text == " " for span in run) * (line.gap - space)
        content = canvas.beginText(x, line.y + first.rise)
        content.setFont(first.font, first.size)
        content.setWordSpace(line.gap - space)
        content.textOut(text)
        content.setWordSpace(0)
        canvas.drawText(content)
        x += sum(span.width for span in run) + wide


def _draw_kerned(canvas: Canvas, line: Drawn, ligatures: bool) -> None:
    """Draw each run as an array: letters in pairs with small distances, and spaces as large distances."""
    x = line.x
    for first, run in _runs(line):
        array = []
        for span in run:
            if span.text == " ":
                array.append(f"{-line.gap / first.size * 1000:.1f}")
                continue
            text = _ligated(span.text, span.font, ligatures)
            for start in range(0, len(text), 2):
                # The distances cancel each other, so that the width hardly changes.
                array += [_literal(canvas, text[start : start + 2], span.font), "18" if start % 4 else "-18"]
        content = canvas.beginText(x, line.y + first.rise)
        content._code.append(f"{_resource(canvas, first.font)} {first.size:g} Tf [{' '.join(array)}] TJ")
        canvas.drawText(content)
        x += sum(span.width if span.text != " " else line.gap for span in run)


def _resource(canvas: Canvas, name: str) -> str:
    """Return the name of a font in the content stream."""
    font = pdfmetrics.getFont(name)
    internal = font.getSubsetInternalName(0, canvas._doc) if isinstance(font, TTFont) else canvas._doc.getInternalFontName(name)
    return str(internal)


def _literal(canvas: Canvas, text: str, name: str) -> str:
    """Return text as a string of the content stream, in the encoding of its font."""
    font = pdfmetrics.getFont(name)
    if isinstance(font, TTFont):
        # A face has fewer than 256 different letters in a report, so that they are in one subset of the font.
        ((_, encoded),) = font.splitString(text, canvas._doc)
    else:
        encoded = text.encode("cp1252")
    return f"<{encoded.hex()}>"


_PIECES: dict[str, Callable[[Canvas, Drawn, bool], None]] = {
    "line": _draw_line,
    "word": _draw_words,
    "letter": _draw_letters,
    "kerned": _draw_kerned,
}
