"""Does the reader of PDFs find each text of a page at its place, and put the texts in reading order?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from notorious_markets.reports import pdf
from notorious_markets.reports.lines import Line, Run

FONTS = {"F1": "ABCDEF+Test", "F2": "ABCDEF+Test-Bold", "F3": "ABCDEF+Test-Italic"}
"""Each letter of these fonts is half as wide as it is high."""


def document(*pages: str, box: str = "0 0 612 792", entries: str = "") -> bytes:
    """Return a PDF with these contents of pages."""
    fonts = [f"<</Type/Font/Subtype/Type1/BaseFont/{name}/FirstChar 32/Widths[{'500 ' * 95}]>>" for name in FONTS.values()]
    names = " ".join(f"/{name} {3 + place} 0 R" for place, name in enumerate(FONTS))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(pages)}/Kids[{{kids}}]>>", *fonts]
    kids = []
    for content in pages:
        kids.append(f"{len(objects) + 1} 0 R")
        resources = f"/Resources<</Font<<{names}>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]{entries}{resources}/Contents {len(objects) + 2} 0 R>>")
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    objects[1] = objects[1].format(kids=" ".join(kids))
    out, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj{text}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {len(places) + 1}>>"
    return f"{out}{end}\nstartxref\n{len(out)}\n%%EOF".encode("latin-1")


def show(words: str, x: float, y: float, size: float = 12, font: str = "F1") -> str:
    """Return the operators that draw words. `y` is the distance from the upper edge of the page."""
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {792 - y} Tm ({words}) Tj ET\n"


def read(*texts: str, **values: Any) -> list[Line]:
    """Return the lines of a page."""
    (lines,) = pdf.read_pdf(document("".join(texts), **values), "r.pdf")
    return lines


def shape(line: Line) -> tuple[str, float, float, float]:
    """Return the text of a line, and its position."""
    return line.text, line.x, round(line.y, 3), round(line.right, 3)


def test_a_line_has_its_position_and_style() -> None:
    pages = pdf.read_pdf(document(show("One", 72, 100), "", show("Two", 90, 120, 10, "F2")), "r.pdf")
    assert pages == [
        [Line((Run("One", size=12),), 72, 100, 0, 0, 90)],
        [],
        [Line((Run("Two", bold=True, size=10),), 90, 120, 2, 0, 105)],
    ]


def test_positions_count_from_the_corner_of_the_page() -> None:
    assert shape(read(show("One", 72, 100), box="10 20 622 812")[0]) == ("One", 62, 120, 80)


@pytest.mark.parametrize(
    ("turn", "matrix", "first", "second"),
    [
        (90, "0 1 -1 0", "110 92", "130 92"),
        (180, "-1 0 0 -1", "550 120", "550 140"),
        (270, "0 -1 1 0", "522 740", "502 740"),
        (-90, "0 -1 1 0", "522 740", "502 740"),
        (0, "1 0 0 1", "82 712", "82 692"),
    ],
)
def test_a_turned_page_is_upright(turn: int, matrix: str, first: str, second: str) -> None:
    texts = f"BT /F1 12 Tf {matrix} {first} Tm (One) Tj ET\nBT /F1 12 Tf {matrix} {second} Tm (Two) Tj ET"
    lines = read(texts, entries=f"/Rotate {turn}", box="10 20 622 812")
    assert [shape(line) for line in lines] == [("One", 72, 100, 90), ("Two", 72, 120, 90)]


@pytest.mark.parametrize(
    ("operators", "right"),
    [
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("2 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 104),
        ("3 Tw BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 99),
        ("3 Tw 2 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj 0 Tw 0 Tc ET", 107),
        ("2 Tc 0 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("(x) Tc Tw BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("q 2 Tc Q BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("2 Tc q 5 Tc Q BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 104),
        ("50 Tz 2 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 88),
        ("Q BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm [(ab) -1000 ( c)] TJ ET", 108),
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm [(ab) 100 ( c)] TJ ET", 94.8),
        ("BT /F1 12 Tf 14 TL 1 0 0 1 72 706 Tm (ab c) ' ET", 96),
        ('BT /F1 12 Tf 14 TL 1 0 0 1 72 706 Tm 3 2 (ab c) " ET', 107),
        # Text that is drawn in several steps.
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab) Tj ( c) Tj ET", 96),
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab) Tj 15 0 Td (c) Tj ET", 93),
        ("BT /F1 6 Tf 2 0 0 2 72 692 Tm (ab) Tj 7.5 0 Td (c) Tj ET", 93),
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab) Tj 1 0 0 1 86 692 Tm (c) Tj 1 0 0 1 100 692 Tm (d) Tj ET", 106),
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm () Tj Tj (ab c) Tj ET", 96),
        # Text in a changed system of coordinates.
        ("q 2 0 0 2 10 20 cm BT /F1 6 Tf 1 0 0 1 31 336 Tm (ab c) Tj ET Q", 96),
        ("q -1 0 0 -1 612 792 cm BT /F1 12 Tf -1 0 0 -1 540 100 Tm (ab c) Tj ET Q", 96),
        ("q 0 1 -1 0 400 0 cm BT /F1 12 Tf 0 -1 1 0 692 328 Tm (ab c) Tj ET Q", 96),
    ],
)
def test_a_text_ends_where_its_last_letter_ends(operators: str, right: float) -> None:
    ((words, *place),) = [shape(line) for line in read(operators)]
    assert (words.replace(" ", ""), place) == ("abcd" if "(d)" in operators else "abc", [72, 100, right])


@pytest.mark.parametrize(
    ("entries", "bold", "italic"),
    [
        ("/BaseFont/Test", False, False),
        ("", False, False),
        ("/BaseFont/ABCDEF+Test-Bold", True, False),
        ("/BaseFont/Test-SemiBoldItalic", True, True),
        ("/BaseFont/BOLDER+Test-Oblique", False, True),
        ("/BaseFont/Test-It", False, True),
        ("/BaseFont/Test,It", False, True),
        ("/BaseFont/Credit", False, False),
        ("/BaseFont/Test/FontDescriptor<</FontWeight 600>>", True, False),
        ("/BaseFont/Test/FontDescriptor<</FontWeight 599>>", False, False),
        ("/BaseFont/Test/FontDescriptor<</FontWeight/Bold>>", False, False),
        ("/BaseFont/Test/FontDescriptor 2 0 R", False, False),
        ("/BaseFont/Test-Bold/FontDescriptor<</FontWeight 400>>", True, False),
    ],
)
def test_the_font_tells_the_style(entries: str, bold: bool, italic: bool) -> None:
    fonts = f"/Resources<</Font<</F1<</Type/Font/Subtype/Type1{entries}>>>>>>"
    content = document(show("One", 72, 100)).replace(b"/Resources<</Font<<", f"{fonts}/Other<</Font<<".encode())
    ((line,),) = pdf.read_pdf(content, "r.pdf")
    assert (line.bold, line.italic) == (bold, italic)


def test_a_text_without_a_font_has_no_style() -> None:
    (line,) = read("BT 1 0 0 1 72 692 Tm (One) Tj ET")
    assert line == Line((Run("One", size=12),), 72, 100, 0, 0, 90)


def spaced(*texts: str) -> list[str]:
    """Return the text of the pieces of each line, in which two spaces stand for a wide gap."""
    return ["|".join(run.text for run in line.runs) for line in read(*texts)]


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(0, "abcd"), (1.4, "abcd"), (1.5, "ab cd"), (18, "ab cd"), (18.1, "ab  cd"), (200, "ab  cd"), (-3, "abcd")],
)
def test_a_gap_is_a_space(gap: float, expected: str) -> None:
    assert spaced(show("cd", 84 + gap, 100), show("ab", 72, 100)) == [expected]
    # Spaces that the file draws do not count twice.
    if gap > 1.5:
        assert spaced(show("ab", 72, 100), show("  cd", 84 + gap, 100)) == [expected]


def test_a_gap_begins_after_all_letters() -> None:
    """A shadow or a second layer of text does not end the first one."""
    assert spaced(show("abcdef", 72, 100), show("g", 108, 100), show("b", 78, 100)) == ["abcdefbg"]
    assert read(show("abcdef", 72, 100), show("b", 78, 100))[0].right == 108


def test_runs_of_one_style_are_one() -> None:
    texts = show("ab", 72, 100), show("cd", 84, 100), show("ef", 100, 100, font="F2"), show("gh", 112, 100, 11, "F2")
    assert spaced(*texts) == ["abcd| ef|gh"]
    assert spaced(show("  ab", 72, 100), show("cd", 98, 100, font="F3")) == ["ab| cd"]


@pytest.mark.parametrize(
    ("y", "size", "count"),
    [
        (103, 10, 1),
        (97, 10, 1),
        (103.1, 10, 2),
        (96.9, 10, 2),
        # The mark of a footnote is small.
        (94.5, 8, 1),
        (94.4, 8, 2),
        (105.5, 8, 1),
        # It is no mark if it is nearly as large. The smaller one of both sizes counts.
        (97.4, 9, 1),
        (97.2, 9, 2),
        (97, 20, 1),
        (90, 8.3, 2),
    ],
)
def test_texts_at_nearly_the_same_height_are_a_line(y: float, size: float, count: int) -> None:
    assert len(read(show("ab", 72, 100, 10), show("1", 90, y, size))) == count


def test_the_mark_of_a_footnote_is_smaller_than_a_part_of_the_line() -> None:
    assert len(read(show("ab", 72, 300, 100), show("1", 200, 260, 82))) == 1
    assert len(read(show("ab", 72, 300, 100), show("1", 200, 260, 83))) == 2


def test_the_height_of_a_line_is_that_of_its_largest_and_longest_text() -> None:
    assert [line.y for line in read(show("1", 60, 95, 8), show("ab", 72, 100), show("2", 90, 95, 8))] == [100]
    assert [line.y for line in read(show("a", 60, 98), show("bcd", 72, 100), show("ef", 92, 101))] == [100]
    assert [line.y for line in read(show("abcd", 60, 98), show("ef", 92, 101, 14))] == [101]


def test_lines_are_in_the_order_of_their_heights() -> None:
    texts = show("Three", 72, 128), show("b", 90, 114.5), show("One", 90, 100), show("a", 72, 114)
    assert spaced(*texts) == ["One", "a b", "Three"]


def test_a_text_without_letters_is_no_line() -> None:
    assert [line.text for line in read(show("\\177", 72, 100), show(" ", 72, 114), show("One", 72, 128))] == ["•", "One"]


LEFT, SECOND = "l" * 36, "s" * 36


def columns(*rows: tuple[str, str], x: float = 320, y: float = 100) -> str:
    """Return the operators that draw rows of two columns, which start at 72 and at `x`."""
    texts = ""
    for number, (left, second) in enumerate(rows):
        texts += show(left, 72, y + 14 * number) if left else ""
        texts += show(second, x, y + 14 * number) if second else ""
    return texts


def order(*texts: str) -> str:
    """Return the first letter of each line, with capitals for lines of the second column."""
    return "".join(line.text[0].upper() if line.column else line.text[0] for line in read(*texts))


@pytest.mark.parametrize(
    ("rows", "x", "expected"),
    [
        ([(LEFT, SECOND)] * 3, 320, "lllSSS"),
        ([(LEFT, SECOND)] * 2, 320, "ll"),
        ([(LEFT, "")] * 2 + [("", SECOND)] * 3, 320, "llSSS"),
        ([("", SECOND)] * 3, 320, "SSS"),
        # A second column starts near the middle of the page.
        ([("l" * 20, SECOND)] * 3, 245, "lllSSS"),
        ([("l" * 20, SECOND)] * 3, 244, "lll"),
        ([(LEFT, SECOND)] * 3, 397, "lllSSS"),
        ([(LEFT, SECOND)] * 3, 398, "lll"),
        # Its text reaches the right part of the page.
        ([(LEFT, "s" * 24)] * 3, 320, "lllSSS"),
        ([(LEFT, "s" * 23)] * 3, 320, "lll"),
        # Most of its lines are long, unlike the cells of a table.
        ([(LEFT, SECOND), (LEFT, "s" * 20), (LEFT, "s" * 19)], 320, "lllSSS"),
        ([(LEFT, SECOND), (LEFT, "s" * 19), (LEFT, "s" * 19)], 320, "lll"),
        ([(LEFT, SECOND)] * 3 + [(LEFT, "s")] * 2, 320, "lllllSSSSS"),
        ([(LEFT, "2021" * 9)] * 3, 320, "lll"),
        ([(LEFT, "2021 s" * 6)] * 3, 320, "lll222"),
        # A few lines go over both columns.
        ([("w" * 70, "")] * 2 + [(LEFT, SECOND)] * 3, 320, "wwlllSSS"),
        ([("w" * 70, "")] * 3 + [(LEFT, SECOND)] * 3, 320, "wwwlll"),
        ([(LEFT, SECOND)] * 3 + [("w" * 70, "")] + [(LEFT, SECOND)] * 2, 320, "lllSSSwllSS"),
        ([(LEFT, SECOND)] * 3 + [("l" * 41, "")] * 3, 320, "llllllSSS"),
        ([(LEFT, SECOND)] * 3 + [("l" * 42, "")] * 3, 320, "llllll"),
    ],
)
def test_columns_are_read_one_after_the_other(rows: Sequence[tuple[str, str]], x: float, expected: str) -> None:
    assert order(columns(*rows, x=x)) == expected
