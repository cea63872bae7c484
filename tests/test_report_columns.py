"""Are the columns of a page read one after the other, and tables line by line?"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from notorious_markets.reports import pdf
from tests.reports.minimal import document, show

LEFT, SECOND = "l" * 36, "s" * 36


def columns(*rows: tuple[str, str], x: float = 320, y: float = 100) -> str:
    """Return the operators that draw rows of two columns, which start at 72 and at `x`."""
    texts = ""
    for number, (left, second) in enumerate(rows):
        texts += show(left, 72, y + 14 * number) if left else ""
        texts += show(second, x, y + 14 * number) if second else ""
    return texts


def orders(*pages: str, **values: str) -> list[str]:
    """Return the first letter of each line of each page, with capitals for lines of the second column."""
    found = pdf.read_pdf(document(*pages, **values), "r.pdf")
    return ["".join(line.text[0].upper() if line.column else line.text[0] for line in page) for page in found]


def order(*texts: str, **values: str) -> str:
    """Return the order of the lines of one page."""
    return orders("".join(texts), **values)[0]


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
        ([(LEFT, "s" * 23)] * 3, 321, "lllSSS"),
        ([(LEFT, "s" * 23)] * 3, 320, "lll"),
        # Most of its lines are long, unlike the cells of a table.
        ([(LEFT, SECOND), (LEFT, "s" * 20), (LEFT, "s" * 19)], 320, "lllSSS"),
        ([(LEFT, SECOND), (LEFT, "s" * 19), (LEFT, "s" * 19)], 320, "lll"),
        ([(LEFT, "s" * 40), (LEFT, "s" * 22), (LEFT, "s" * 22)], 320, "lll"),
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


def test_the_middle_is_a_part_of_the_width_of_a_page() -> None:
    for x, expected in ((240, "lll"), (241, "lllSSS"), (389, "lllSSS"), (390, "lll")):
        assert order(columns(*[("l" * 20, SECOND)] * 3, x=x), box="0 0 600 792") == expected


@pytest.mark.parametrize(
    ("turn", "matrix", "box"),
    [
        (0, "1 0 0 1 10 20", "10 20 622 812"),
        (90, "0 1 -1 0 802 20", "10 20 802 632"),
        (180, "-1 0 0 -1 622 812", "10 20 622 812"),
        (270, "0 -1 1 0 10 632", "10 20 802 632"),
    ],
)
def test_the_width_of_a_turned_page_is_that_which_it_shows(turn: int, matrix: str, box: str) -> None:
    rows = columns(*[("l" * 20, SECOND)] * 3, x=250)
    assert order(f"q {matrix} cm {rows} Q", box=box, entries=f"/Rotate {turn}") == "lllSSS"


def test_lines_of_a_column_start_at_nearly_the_same_place() -> None:
    rows = [columns((LEFT, SECOND), x=x, y=y) for x, y in ((319.6, 100), (320.4, 114), (320, 128), (317, 142), (316.9, 156))]
    assert order(*rows) == "lllllSSSSs"
    assert order(*rows[:2], columns(("l" * 20, SECOND), x=260, y=128)) == "lll"
    # A line that ends three points behind the start of the second column is in the first one.
    assert order(*rows[:3], show("l" * 41, 77, 142), columns((LEFT, SECOND), y=156)) == "lllllSSSS"
    assert order(*rows[:3], show("w" * 41, 77.1, 142), columns((LEFT, SECOND), y=156)) == "lllSSSwlS"


@pytest.mark.parametrize(
    ("rows", "x", "expected"),
    [
        ([(LEFT, SECOND)] * 2, 320, "llSS"),
        ([(LEFT, SECOND)] * 2, 321.9, "llSS"),
        ([(LEFT, SECOND)] * 2, 318.1, "llSS"),
        ([(LEFT, SECOND)] * 2, 322, "ll"),
        ([(LEFT, SECOND)] * 2, 318, "ll"),
        ([(LEFT, "")] * 2, 320, "ll"),
        ([("w" * 70, "")] * 2 + [(LEFT, SECOND)], 320, "wwlS"),
        ([("w" * 70, "")] * 3 + [(LEFT, SECOND)], 320, "wwwl"),
        ([("l" * 38, SECOND)] + [("l" * 41, "")] * 3, 320, "llllS"),
        ([("l" * 38, SECOND)] + [("l" * 42, "")] * 3, 320, "llll"),
    ],
)
def test_columns_go_on_with_few_lines(rows: Sequence[tuple[str, str]], x: float, expected: str) -> None:
    pages = [columns(*[(LEFT, SECOND)] * 3), columns(*rows, x=x), columns((LEFT, SECOND), x=x)]
    # The third page has columns if the second one has.
    assert orders(*pages) == ["lllSSS", expected, "lS" if "S" in expected else "l"]


def test_a_short_text_before_the_second_column_is_in_the_first() -> None:
    assert order(columns(*[(LEFT, SECOND)] * 3), show("t", 316.5, 142)) == "llltSSS"
    assert order(columns(*[(LEFT, SECOND)] * 3), show("t", 317, 142)) == "lllSSST"


def test_lines_know_their_page_and_column() -> None:
    rows = [(LEFT, SECOND)] * 3 + [("w" * 70, "")] + [(LEFT, SECOND)]
    pages = pdf.read_pdf(document(columns(*rows), columns((LEFT, SECOND))), "r.pdf")
    assert [line.column for line in pages[0]] == [0, 0, 0, 1, 1, 1, 0, 0, 1]
    assert [line.column for line in pages[1]] == [0, 1]
    assert [{line.sheet for line in page} for page in pages] == [{0}, {1}]


def test_a_second_column_starts_where_most_lines_start() -> None:
    assert order(columns(*[(LEFT, SECOND)] * 3), show("t" * 30, 380, 142)) == "lllSSST"


def test_only_a_wide_gap_divides_a_line() -> None:
    for gap, expected in ((0, "lll"), (9, "lll"), (9.1, "lllMMM")):
        rows = [show("l" * 31, 72, y) + show("m" * 40, 258 + gap, y, font="F2") for y in (100, 114, 128)]
        assert order(*rows) == expected
    assert order(columns(*[(LEFT, SECOND)] * 3), *(show("n", 30, y) for y in (100, 114, 128))) == "nnnSSS"
