"""Faces, and pieces of text in them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import reportlab
from attrs import define, field, frozen
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

_FONTS = Path(reportlab.__file__).parent / "fonts"
# Fonts that come with reportlab; they are embedded and have glyphs for the ligatures fi and fl.
_TRUETYPE = {"Vera": "Vera.ttf", "Vera-Bold": "VeraBd.ttf", "Vera-Italic": "VeraIt.ttf"}
_LIGATURES = (("fi", "\N{LATIN SMALL LIGATURE FI}"), ("fl", "\N{LATIN SMALL LIGATURE FL}"))


@lru_cache(50_000)
def width_of(text: str, font: str, size: float) -> float:
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
        return width_of(self.text, self.font, self.size)


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


@define
class Sheet:
    """A page that is not drawn yet. Rules are horizontal lines: x, y and width."""

    lines: list[Drawn] = field(factory=list)
    rules: list[tuple[float, float, float]] = field(factory=list)


def ligated(text: str, font: str, ligatures: bool) -> str:
    """Return text with the glyphs of ligatures, if its font has them and they are wanted."""
    if ligatures and font in _TRUETYPE:
        for letters, glyph in _LIGATURES:
            text = text.replace(letters, glyph)
    return text
