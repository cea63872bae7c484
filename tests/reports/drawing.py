"""Pages drawn as a PDF."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import reportlab.rl_config
from attrs import evolve, frozen
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.reports.faces import Drawn, Sheet, Span, ligated, width_of

# Content is compressed but not encoded as text, as in most files. The stubs of the module do not have its settings.
setattr(reportlab.rl_config, "useA85", 0)  # noqa: B010


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


def _draw_words(canvas: Canvas, line: Drawn, ligatures: bool) -> None:
    x = line.x
    for number, word in enumerate(line.words):
        x += line.gap if number and word.space_before else 0
        for span in word.spans:
            canvas.setFont(span.font, span.size)
            canvas.drawString(x, line.y + span.rise, ligated(span.text, span.font, ligatures))
            x += span.width


def _draw_letters(canvas: Any, line: Drawn, ligatures: bool) -> None:
    """Draw each letter at its own position, and spaces too."""
    x = line.x
    for first, run in _runs(line):
        content = canvas.beginText(x, line.y + first.rise)
        content._code.append(f"{_resource(canvas, first.font)} {first.size:g} Tf")
        before = x
        for span in run:
            for glyph in ligated(span.text, span.font, ligatures):
                content._code.append(f"{x - before:.2f} 0 Td {_literal(canvas, glyph, span.font)} Tj")
                before = x
                x += line.gap if glyph == " " else width_of(glyph, span.font, span.size)
        canvas.drawText(content)


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
        text = ligated("".join(span.text for span in run), first.font, ligatures)
        space = width_of(" ", first.font, first.size)
        wide = sum(span.text == " " for span in run) * (line.gap - space)
        content = canvas.beginText(x, line.y + first.rise)
        content.setFont(first.font, first.size)
        content.setWordSpace(line.gap - space)
        content.textOut(text)
        content.setWordSpace(0)
        canvas.drawText(content)
        x += sum(span.width for span in run) + wide


def _draw_kerned(canvas: Any, line: Drawn, ligatures: bool) -> None:
    """Draw each run as an array: letters in pairs with small distances, and spaces as large distances.

    The library does not have a public function for arrays, so that the code of the content stream is written.
    """
    x = line.x
    for first, run in _runs(line):
        array = []
        for span in run:
            if span.text == " ":
                array.append(f"{-line.gap / first.size * 1000:.1f}")
                continue
            text = ligated(span.text, span.font, ligatures)
            for start in range(0, len(text), 2):
                # The distances cancel each other, so that the width hardly changes.
                array += [_literal(canvas, text[start : start + 2], span.font), "18" if start % 4 else "-18"]
        content = canvas.beginText(x, line.y + first.rise)
        content._code.append(f"{_resource(canvas, first.font)} {first.size:g} Tf [{' '.join(array)}] TJ")
        canvas.drawText(content)
        x += sum(span.width if span.text != " " else line.gap for span in run)


def _resource(canvas: Any, name: str) -> str:
    """Return the name of a font in the content stream."""
    font = pdfmetrics.getFont(name)
    internal = font.getSubsetInternalName(0, canvas._doc) if isinstance(font, TTFont) else canvas._doc.getInternalFontName(name)
    return str(internal)


def _literal(canvas: Any, text: str, name: str) -> str:
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
