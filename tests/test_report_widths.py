"""How wide are the letters of each kind of font in a PDF?"""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen
from pypdf.generic import NullObject, TextStringObject
from reportlab.pdfbase.pdfmetrics import stringWidth

from notorious_markets.reports.widths import Widths

PRINTABLE = "".join(map(chr, range(32, 127)))
SIMPLE = {"/BaseFont": "/Test", "/FirstChar": 65, "/Widths": [600, 700]}
COMPOSITE = {"/DescendantFonts": [{"/DW": 900, "/W": [1, [300, 400], 7, 9, 200]}]}


@frozen
class Reference:
    """An object that is elsewhere in a file."""

    target: Any

    def get_object(self) -> Any:
        """Return the object itself."""
        return self.target


def width(font: Any, shown: Any, size: float = 1_000, letter: float = 0, word: float = 0) -> float:
    """Return the width of a text, by default in thousandths of the size."""
    return round(Widths(font).of(shown, size, letter, word), 6)


@pytest.mark.parametrize(
    ("font", "shown", "expected"),
    [
        (None, b"ab", 1_000),
        (SIMPLE, b"A", 600),
        (SIMPLE, b"AB", 1_300),
        (SIMPLE, b"ABC", 1_800),
        (SIMPLE, b"@", 500),
        ({"/Widths": [600]}, b"\0", 600),
        ({"/Widths": [600], "/FirstChar": NullObject()}, b"\0\1", 1_100),
        ({"/Widths": [600, NullObject()]}, b"\1", 500),
        ({"/Widths": [600, NullObject()], "/FontMatrix": [0.002, 0, 0, 0.001, 0, 0]}, b"\0\1", 2_200),
        ({"/Widths": [600], "/FontMatrix": [NullObject()]}, b"\0", 600),
        ({"/Widths": Reference([Reference(600)]), "/FirstChar": Reference(65)}, b"A", 600),
        ({"/Widths": [6], "/FontMatrix": Reference([Reference(0.1)])}, b"\0", 600),
        # The codes of composite fonts have two bytes.
        (COMPOSITE, b"\0\1", 300),
        (COMPOSITE, b"\0\2\0\3", 1_300),
        (COMPOSITE, b"\0\6\0\7\0\x08\0\x09\0\x0a", 2_400),
        (COMPOSITE, b"\1\0\0\1", 1_200),
        (COMPOSITE, b"\0", 900),
        ({"/DescendantFonts": [{"/W": [1, [300]]}]}, b"\0\1\0\2", 1_300),
        ({"/DescendantFonts": [{"/DW": 900}]}, b"\0\1", 900),
        ({"/DescendantFonts": [{"/W": [1, [NullObject(), 400], 4, 5, NullObject()]}]}, b"\0\1\0\2\0\4\0\5", 1_900),
        ({"/DescendantFonts": Reference([Reference({"/W": Reference([Reference(1), Reference([300])])})])}, b"\0\1", 300),
        ({"/DescendantFonts": [{"/W": [1, 2, 300, 4, [400], 6, 6, 500, 9]}]}, b"\0\1\0\2\0\4\0\6", 1_500),
        # A damaged array is no error.
        ({"/DescendantFonts": [{"/W": [NullObject(), [300], 4, NullObject(), 400]}]}, b"\0\0\0\4", 1_300),
        ({"/DescendantFonts": [{"/W": [[300], 1, 500]}]}, b"\0\0\0\1\0\2", 2_000),
    ],
)
def test_the_font_tells_the_widths_of_letters(font: Any, shown: bytes, expected: float) -> None:
    assert width(font, shown) == expected


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("Helvetica", "Helvetica"),
        ("ArialMT", "Helvetica"),
        ("Arial-ItalicMT", "Helvetica"),
        ("Helvetica-Bold", "Helvetica-Bold"),
        ("Times-Roman", "Times-Roman"),
        ("Garamond", "Times-Roman"),
        ("Times-Bold", "Times-Bold"),
        ("TimesNewRoman,BoldItalic", "Times-Bold"),
        ("Times-Italic", "Times-Italic"),
        ("Courier", "Courier"),
        ("LucidaMono-Bold", "Courier"),
    ],
)
def test_a_font_without_widths_is_as_wide_as_a_standard_font(name: str, standard: str) -> None:
    widths = Widths({"/BaseFont": f"/{name}"})
    for letter in PRINTABLE:
        assert round(widths.of(letter.encode(), 1_000, 0, 0)) == round(stringWidth(letter, standard, 1_000))
    for letter in "éÑÜçÿ":
        assert round(widths.of(letter.encode("cp1252"), 1_000, 0, 0)) == round(stringWidth(letter, standard, 1_000))


@pytest.mark.parametrize(
    ("sign", "expected"),
    [("•", 350), ("–", 500), ("—", 1_000), ("’", 278), ("”", 444), ("…", 1_000), ("ß", 500), ("Ø", 760), ("€", 500)],
)
def test_signs_have_usual_widths(sign: str, expected: float) -> None:
    assert width({"/BaseFont": "/Times-Roman"}, sign.encode("cp1252")) == expected


def test_a_code_without_a_letter_has_half_the_size() -> None:
    for code in (0, 31, 127, 129):
        assert width({"/BaseFont": "/Times-Roman"}, bytes([code])) == 500
    assert width({}, b"W") == 944
    assert width({"/BaseFont": "/Courier"}, b"\x1f\x20\xff") == 500 + 600 + 600


@pytest.mark.parametrize(
    ("shown", "letter", "word", "expected"),
    [
        (b"AB", 0, 0, 13),
        (b"AB", 2, 0, 17),
        (b"A B", 0, 3, 21),
        (b"A B", 2, 3, 27),
        ([b"A", -500, b"B"], 0, 0, 18),
        ([b"A", 500.0, b"B"], 2, 0, 12),
        ([], 2, 3, 0),
        ("AB", 0, 0, 13),
        ("A\N{EM DASH}B", 0, 0, 18),
        (TextStringObject("A"), 0, 0, 6),
    ],
)
def test_spaces_and_distances_count(shown: Any, letter: float, word: float, expected: float) -> None:
    assert width(SIMPLE, shown, 10, letter, word) == expected


def test_only_a_single_byte_is_a_space_between_words() -> None:
    assert width(COMPOSITE, b"\0\x20", 10, 2, 3) == 11


def test_the_bytes_of_a_text_are_those_in_the_file() -> None:
    text = TextStringObject("A")
    text._original_bytes = b"BB"
    assert text.original_bytes == b"BB"
    assert width(SIMPLE, text) == 1_400


def test_a_composite_font_has_a_greatest_number_of_widths() -> None:
    far = b"\0\1" + b"\xff\xff"
    assert width({"/DescendantFonts": [{"/W": [0, 10**9, 300]}]}, far) == 600
    codes = Widths({"/DescendantFonts": [{"/W": [0, 10**9, 300]}]})._codes
    assert len(codes) == 70_001
    codes = Widths({"/DescendantFonts": [{"/W": [0, 69_999, 300, 80_000, [400], 80_001, 80_001, 400]}]})._codes
    assert sorted(codes)[-2:] == [80_000, 80_001]
    codes = Widths({"/DescendantFonts": [{"/W": [10**9, 0, 300, 0, 40_000, 300, 50_000, 90_000, 400, 100_000, [500]]}]})._codes
    assert max(codes) == 90_000
