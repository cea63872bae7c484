"""Does the reader of PDFs find each text of a page at its place, and put the texts in reading order?"""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import pypdf
import pytest
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError

from notorious_markets.errors import MissingExtra, UnreadableReport
from notorious_markets.reports import pdf
from notorious_markets.reports.lines import Line, Run
from tests.reports import hostile
from tests.reports.minimal import document, show


def read(*texts: str, **values: Any) -> list[Line]:
    """Return the lines of a page."""
    (lines,) = pdf.read_pdf(document("".join(texts), **values), "r.pdf")
    return lines


def shape(line: Line) -> tuple[str, float, float, float, float]:
    """Return the text of a line, its position, and its size."""
    return line.text, line.x, round(line.y, 3), round(line.right, 3), line.size


def test_a_line_has_its_position_and_style() -> None:
    pages = pdf.read_pdf(document(show("One", 72, 100), "", show("Two", 90, 120, 10, "F2")), "r.pdf")
    assert pages == [
        [Line((Run("One", size=12),), 72, 100, 0, 0, 90)],
        [],
        [Line((Run("Two", bold=True, size=10),), 90, 120, 2, 0, 105)],
    ]


def test_positions_count_from_the_corner_of_the_page() -> None:
    assert shape(read(show("One", 72, 100), box="10 20 622 812")[0]) == ("One", 62, 120, 80, 12)


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
    assert [shape(line) for line in lines] == [("One", 72, 100, 90, 12), ("Two", 72, 120, 90, 12)]


@pytest.mark.parametrize(
    ("operators", "right"),
    [
        ("BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("2 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 104),
        ("3 Tw BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 99),
        ("3 Tw 2 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj 0 Tw 0 Tc ET", 107),
        ("2 Tc 0 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("(x) Tc Tw BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 96),
        ("q 2 Tc BT /F1 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET Q", 104),
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
        ("BT /F1 12 Tf 1 0 0 1 72 700 Tm 0 -8 Td (ab) Tj 20 2 Td (c) Tj ET", 98),
        ("BT /F4 12 Tf 1 0 0 1 72 692 Tm (ab c) Tj ET", 84),
        # Text in a changed system of coordinates.
        ("q 2 0 0 2 10 20 cm BT /F1 6 Tf 1 0 0 1 31 336 Tm (ab c) Tj ET Q", 96),
        ("q -1 0 0 -1 612 792 cm BT /F1 12 Tf -1 0 0 -1 540 100 Tm (ab c) Tj ET Q", 96),
        ("q 0 1 -1 0 400 0 cm BT /F1 12 Tf 0 -1 1 0 692 328 Tm (ab c) Tj ET Q", 96),
    ],
)
def test_a_text_ends_where_its_last_letter_ends(operators: str, right: float) -> None:
    ((words, *place),) = [shape(line) for line in read(operators)]
    assert (words.replace(" ", ""), place) == ("abcd" if "(d)" in operators else "abc", [72, 100, right, 12])


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


def test_letters_can_be_stretched_and_slanted() -> None:
    def shown(matrix: str, **values: str) -> tuple[str, float, float, float, float]:
        return shape(read(f"BT /F1 12 Tf {matrix} Tm (ab) Tj 15 0 Td (c) Tj ET", **values)[0])

    assert shown("1 0 0 1 72 692") == ("ab c", 72, 100, 93, 12)
    assert shown("2 0 0 1 72 692") == ("ab c", 72, 100, 114, 12)
    assert shown("1 0 0 2 72 692") == ("ab c", 72, 100, 93, 24)
    # The slant of letters stands for italics.
    assert shown("1 0 0.5 1 72 692") == ("ab c", 72, 100, 93, 12)
    turned = {"entries": "/Rotate 90", "box": "0 0 792 612"}
    assert shown("0 1 -1 0 100 72", **turned) == ("ab c", 72, 100, 93, 12)
    assert shown("0 2 -1 0 100 72", **turned) == ("ab c", 72, 100, 114, 12)
    assert shown("0 2 -3 0.5 100 72", **turned) == ("ab c", 72, 100, 114, 36)
    # A text can be written aslant or upwards.
    assert shape(read("BT /F1 12 Tf 1 1 -1 1 72 692 Tm (ab) Tj ET")[0]) == ("ab", 72, 100, 84, 17)
    assert shape(read("BT /F1 12 Tf 0 1 -1 0 72 692 Tm (ab) Tj ET")[0]) == ("ab", 72, 100, 72, 12)
    # A matrix can make a text invisible.
    assert shown("0 0 0 0 72 692")[1:] == (72, 100, 72, 0)


def test_a_size_has_one_decimal() -> None:
    assert [line.size for line in read(show("One", 72, 100, 11.96), show("Two", 72, 114, 11.94))] == [12, 11.9]


def test_a_text_without_a_font_has_no_style() -> None:
    lines = read("BT 1 0 0 1 72 692 Tm (One) Tj ET", show("Two", 72, 114), show("Two", 72, 128, font="F4"))
    assert lines[0] == Line((Run("One", size=12),), 72, 100, 0, 0, 90)
    assert [line.right for line in lines] == [90, 90, 81]


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


def test_the_gap_of_a_space_is_a_part_of_the_size() -> None:
    assert spaced(show("ab", 72, 100, 25), show("cd", 100, 100, 25)) == ["abcd"]
    assert spaced(show("ab", 72, 100, 25), show("cd", 100.1, 100, 25)) == ["ab cd"]


def test_a_gap_begins_after_all_letters() -> None:
    """A shadow or a second layer of text does not end the first one."""
    assert spaced(show("abcdef", 72, 100), show("g", 108, 100), show("b", 78, 100)) == ["abcdefbg"]
    assert read(show("abcdef", 72, 100), show("b", 78, 100))[0].right == 108


def test_runs_of_one_style_are_one() -> None:
    texts = show("ab", 72, 100), show("cd", 84, 100), show("ef", 100, 100, font="F2"), show("gh", 112, 100, 11, "F2")
    assert spaced(*texts) == ["abcd| ef|gh"]
    assert spaced(show("XaX", 72, 100), show(" cd", 90, 100)) == ["XaX cd"]
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


def refusal(content: bytes, **values: Any) -> str:
    """Return the message of the error that a PDF raises."""
    with pytest.raises(UnreadableReport) as caught:
        pdf.read_pdf(content, "r.pdf", **values)
    return str(caught.value)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(MissingExtra, match=r"notorious_markets\[report\]"):
        pdf.read_pdf(b"", "r.pdf")


def test_a_file_without_text_is_refused() -> None:
    assert refusal(document("")) == "r.pdf does not contain text; run text recognition (OCR) on it first"
    assert refusal(document(show(" ", 72, 100))) == "r.pdf does not contain text; run text recognition (OCR) on it first"


def test_an_encrypted_file_is_refused() -> None:
    content = document(show("One", 72, 100))
    assert refusal(hostile.encrypted(content)) == "r.pdf is encrypted; save a copy without a password"
    assert [[line.text for line in page] for page in pdf.read_pdf(hostile.protected(content), "r.pdf")] == [["One"]]


def test_a_file_has_a_greatest_number_of_pages() -> None:
    content = document(*[show("One", 72, 100)] * 3)
    assert len(pdf.read_pdf(content, "r.pdf", max_pages=3)) == 3
    assert refusal(content, max_pages=2) == "r.pdf must have at most 2 pages, not 3"


def test_a_file_has_a_greatest_number_of_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 1_006)
    content = document(show("a" * 1_000, 72, 100), show("abc", 72, 100) + show("abc", 72, 114))
    assert len(pdf.read_pdf(content, "r.pdf")) == 2
    content = document(show("a" * 1_000, 72, 100), show("abc", 72, 100) + show("abcd", 72, 114))
    assert refusal(content) == "r.pdf must have at most 1,006 characters; it is not a report"


def test_a_file_is_read_within_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    content = document(show("One", 72, 100))
    assert refusal(content, max_seconds=0) == "r.pdf must be readable within 0 seconds; it is too large or damaged"
    clock = iter(range(10, 1_000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    assert len(pdf.read_pdf(content, "r.pdf", max_seconds=5)) == 1
    assert refusal(content, max_seconds=4) == "r.pdf must be readable within 4 seconds; it is too large or damaged"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (LimitReachedError("Too long."), "is not read because it needs too much memory or work: Too long."),
        (DependencyError("AES"), "is encrypted; save a copy without a password (AES)"),
        (PdfReadError("No trailer"), "cannot be read as a PDF: No trailer"),
        (RecursionError(), "cannot be read as a PDF: RecursionError"),
        (ValueError("Bad"), "cannot be read as a PDF: Bad"),
        (TypeError("Bad"), "cannot be read as a PDF: Bad"),
        (KeyError("/Root"), "cannot be read as a PDF: '/Root'"),
        (IndexError(), "cannot be read as a PDF: IndexError"),
        (AttributeError("Bad"), "cannot be read as a PDF: Bad"),
    ],
)
def test_an_error_of_the_library_tells_that_the_file_is_unreadable(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(pypdf, "PdfReader", fail)
    assert refusal(b"") == f"r.pdf {message}"


def test_large_contents_of_a_small_file_are_not_read() -> None:
    assert refusal(hostile.bomb(24)).startswith("r.pdf is not read because it needs too much memory or work: ")


def test_small_defects_of_a_file_print_no_warnings() -> None:
    for _ in range(2):
        pdf.read_pdf(document(show("One", 72, 100)), "r.pdf")
    assert [type(handler) for handler in logging.getLogger("pypdf").handlers] == [logging.NullHandler]
