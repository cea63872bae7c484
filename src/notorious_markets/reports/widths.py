"""The widths of letters in the fonts of a PDF, which tell where spaces and columns are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

# The widths of the characters from space to tilde in the standard fonts, which files need not contain.
_HELVETICA = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_HELVETICA_BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 "
    "333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 "
    "611 389 556 333 611 556 778 556 556 500 389 280 389 584"
)
_TIMES = (
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 "
    "278 564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 "
    "722 944 722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 "
    "500 333 389 278 500 500 722 500 500 444 480 200 480 541"
)
_TIMES_BOLD = (
    "250 333 555 500 500 1000 833 278 333 333 500 570 250 333 250 278 500 500 500 500 500 500 500 500 500 500 333 "
    "333 570 570 570 500 930 722 667 722 722 667 611 778 778 389 500 778 667 944 722 778 611 778 722 556 667 722 "
    "722 1000 722 722 667 333 278 333 581 500 333 500 556 444 556 444 333 500 556 278 333 556 278 833 556 500 556 "
    "556 444 389 333 556 500 722 500 500 444 394 220 394 520"
)
_TIMES_ITALIC = (
    "250 333 420 500 500 833 778 214 333 333 500 675 250 333 250 278 500 500 500 500 500 500 500 500 500 500 333 "
    "333 675 675 675 500 920 611 611 667 722 611 611 722 722 333 444 667 556 833 667 722 611 722 611 500 556 722 "
    "611 833 611 556 556 389 278 389 422 500 333 500 500 444 500 444 278 500 500 278 278 444 278 722 500 500 500 "
    "500 389 389 278 500 444 667 444 444 389 400 275 400 541"
)
# Characters of the encoding cp1252 that have no letter of ASCII as their base.
_SIGNS = {"‘": 278, "’": 278, "“": 444, "”": 444, "•": 350, "–": 500, "—": 1000, "…": 1000, "ß": 500, "Ø": 760, "ø": 560}
_UNKNOWN = 500.0
_MAX_CODES = 70_000


class Widths:
    """The widths of the codes of a font, in thousandths of its size.

    Args:
        font: The dictionary of the font in the file.
    """

    def __init__(self, font: Any) -> None:
        self._bytes = 1
        self._codes: dict[int, float] = {}
        self._default = _UNKNOWN
        if font is None:
            return
        if descendants := _resolved(font.get("/DescendantFonts")):
            descendant = _resolved(descendants[0])
            self._bytes = 2
            self._default = _number(descendant.get("/DW"), 1000)
            self._codes = dict(_cid_widths(_resolved(descendant.get("/W")) or ()))
        elif widths := _resolved(font.get("/Widths")):
            first = int(_number(font.get("/FirstChar"), 0))
            scale = _number((_resolved(font.get("/FontMatrix")) or (0.001,))[0], 0.001) * 1000
            self._codes = {first + place: _number(width, _UNKNOWN) * scale for place, width in enumerate(widths)}
        else:
            self._codes = _standard(str(font.get("/BaseFont", "")))

    def of(self, shown: Any, size: float, letter_space: float, word_space: float) -> float:
        """Return the width of what an operator shows: text, or an array of texts and distances."""
        width = 0.0
        for part in shown if isinstance(shown, list) else [shown]:
            if isinstance(part, (int, float)):
                width -= part / 1000 * size
                continue
            codes = _as_bytes(part)
            for place in range(0, len(codes), self._bytes):
                code = int.from_bytes(codes[place : place + self._bytes])
                width += self._codes.get(code, self._default) / 1000 * size + letter_space
                width += word_space if code == 32 and self._bytes == 1 else 0
        return width


def _standard(name: str) -> dict[int, float]:
    """Return the widths of a standard font. A letter with an accent is as wide as without it."""
    name = name.casefold()
    if "courier" in name or "mono" in name:
        return dict.fromkeys(range(32, 256), 600.0)
    is_bold, is_italic = "bold" in name, "italic" in name
    if "helvetica" in name or "arial" in name:
        table = _HELVETICA_BOLD if is_bold else _HELVETICA
    else:
        table = _TIMES_BOLD if is_bold else _TIMES_ITALIC if is_italic else _TIMES
    widths = dict(enumerate(map(float, table.split()), start=32))
    for code in range(256):
        char = bytes([code]).decode("cp1252", "replace")
        base = ord(unicodedata.normalize("NFD", char)[0])
        widths[code] = widths.get(base, float(_SIGNS.get(char, _UNKNOWN)))
    return widths


def _cid_widths(array: Iterable[Any]) -> Iterator[tuple[int, float]]:
    """Yield the code and the width of each letter of a composite font."""
    count = 0
    pending: list[Any] = []
    for item in array:
        value = _resolved(item)
        if isinstance(value, list) and pending:
            for place, width in enumerate(value):
                yield int(_number(pending[0], 0)) + place, _number(width, _UNKNOWN)
            pending = []
        else:
            pending.append(value)
        if len(pending) == 3:
            first, last = (int(_number(value, 0)) for value in pending[:2])
            codes = range(first, min(last, first + _MAX_CODES) + 1)
            for code in codes:
                yield code, _number(pending[2], _UNKNOWN)
            count += len(codes)
            pending = []
        if count > _MAX_CODES:
            return


def _as_bytes(text: Any) -> bytes:
    if isinstance(text, bytes):
        return text
    return getattr(text, "original_bytes", None) or str(text).encode("latin-1", "replace")


def _number(value: Any, default: float) -> float:
    value = _resolved(value)
    return float(value) if isinstance(value, (int, float)) else default


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
