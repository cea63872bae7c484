"""The texts that a page of a PDF draws, with their positions and styles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from attrs import define, evolve, field, frozen

from .lines import Run, clean
from .widths import Widths

_BOLD = ("bold", "black", "heavy", "semibold", "demi")
_ITALIC = ("italic", "oblique")


@frozen
class Piece:
    """Text that the file draws at once. `right` is where it ends."""

    x: float
    y: float
    right: float
    run: Run


def pieces_of(page: Any, check_time: Callable[[], None]) -> tuple[list[Piece], float]:
    """Return the text of a page in the order in which the file draws it, and the width of the page."""
    # This raises an error for a page that is too large, which the extraction of text would leave out.
    page.get_contents()
    place, width = _place(page)
    taker = _Taker(place, check_time)
    page.extract_text(visitor_operand_before=taker.watch, visitor_text=taker.take)
    return taker.pieces, width


def _place(page: Any) -> tuple[list[float], float]:
    """Return the matrix that moves the upper left corner of a page to 0, with the page turned as it is shown, and its width."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    turns = int(page.rotation) // 90 % 4
    matrix = [
        [1, 0, 0, -1, -left, top],
        [0, 1, 1, 0, -bottom, -left],
        [-1, 0, 0, 1, right, -bottom],
        [0, -1, -1, 0, top, right],
    ][turns]
    return matrix, top - bottom if turns % 2 else right - left


def _product(first: list[float], second: list[float]) -> list[float]:
    """Return the matrix that applies one matrix and then another."""
    a, b, c, d, e, f = second
    rows = [(first[0], first[1], 0), (first[2], first[3], 0), (first[4], first[5], 1)]
    return [value for x, y, moved in rows for value in (x * a + y * c + moved * e, x * b + y * d + moved * f)]


@frozen
class _Spacing:
    """The space after each letter and each word, and the horizontal scale of letters and spaces."""

    letter: float = 0
    word: float = 0
    scale: float = 1


@define
class _Taker:
    """Takes the text of a page as pypdf comes across it.

    Attributes:
        place: The matrix that moves the upper left corner of the page to 0.
        check_time: Raises an error if reading takes too long.
        pieces: The text so far.
    """

    place: list[float]
    check_time: Callable[[], None]
    pieces: list[Piece] = field(factory=list)
    _shown: list[tuple[list[float], Any, _Spacing]] = field(factory=list)
    _spacing: _Spacing = _Spacing()
    _saved: list[_Spacing] = field(factory=list)
    _widths: dict[int, tuple[Any, Widths]] = field(factory=dict)

    def watch(self, operator: bytes, operands: list[Any], _: list[float], tm: list[float]) -> None:
        """Note where each text starts and what it consists of."""
        self.check_time()
        numbers = [float(operand) for operand in operands if isinstance(operand, (int, float))]
        if operator == b"q":
            self._saved.append(self._spacing)
        elif operator == b"Q" and self._saved:
            self._spacing = self._saved.pop()
        elif operator == b"Tc" and numbers:
            self._spacing = evolve(self._spacing, letter=numbers[0])
        elif operator == b"Tw" and numbers:
            self._spacing = evolve(self._spacing, word=numbers[0])
        elif operator == b"Tz" and numbers:
            self._spacing = evolve(self._spacing, scale=numbers[0] / 100)
        elif operator == b'"' and len(numbers) == 2:
            self._spacing = evolve(self._spacing, word=numbers[0], letter=numbers[1])
        if operator in (b"Tj", b"TJ", b"'", b'"') and operands:
            self._shown.append(([*tm], operands[-1], self._spacing))

    def take(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        """Take a text in one font."""
        shown, self._shown = self._shown, []
        if not text.strip():
            return
        a, b, c, d, x, y = _product(_product(tm, cm), self.place)
        length = math.hypot(a, b)
        # The height of the letters after all transformations, across the line. Slanted letters are not higher.
        height = abs(size * (a * d - b * c)) / length if length else 0.0
        right = x + self._width(shown, tm, font, size) * abs(a)
        # pypdf marks a gap before the text by a space.
        self.pieces.append(Piece(x, y, right, Run(clean(text.strip("\n")), *_style(font), round(height, 1))))

    def _width(self, shown: list[tuple[list[float], Any, _Spacing]], tm: list[float], font: Any, size: float) -> float:
        """Return the distance from the start of a text to its end, in the units of its matrix."""
        if id(font) not in self._widths:
            self._widths[id(font)] = (font, Widths(font))
        widths = self._widths[id(font)][1]
        end, last = 0.0, tm
        square = tm[0] ** 2 + tm[1] ** 2
        for matrix, operand, spacing in shown:
            if matrix != last and square:
                # How far the text has moved along its line.
                end, last = ((matrix[4] - tm[4]) * tm[0] + (matrix[5] - tm[5]) * tm[1]) / square, matrix
            end += widths.of(operand, size, spacing.letter, spacing.word) * spacing.scale
        return end


def _style(font: Any) -> tuple[bool, bool]:
    """Return whether a font is bold and italic. Its name tells, or its descriptor."""
    if font is None:
        return False, False
    name = str(font.get("/BaseFont", "")).rpartition("+")[2].casefold()
    descriptor = _resolved(font.get("/FontDescriptor"))
    weight = _resolved(descriptor.get("/FontWeight")) if descriptor else None
    is_bold = any(word in name for word in _BOLD) or (isinstance(weight, (int, float)) and weight >= 600)
    return is_bold, any(word in name for word in _ITALIC) or name.endswith(("-it", ",it"))


def _resolved(value: Any) -> Any:
    return value.get_object() if value is not None else None
