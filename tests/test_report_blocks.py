"""Which lines of a report are one heading or one paragraph?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from notorious_markets.reports.blocks import Block, Style, blocks, is_heading_like
from notorious_markets.reports.lines import Line, Run
from notorious_markets.reports.pages import Pages

SIZE = 12.0
"""The size of the text. Its lines are 14 points apart."""


def styled(words: str | Sequence[Run], y: float, sheet: int = 0, **values: Any) -> Line:
    """Return a line. `bold`, `italic` and `size` are those of all its words."""
    style = {name: values.pop(name) for name in ("bold", "italic") if name in values}
    runs = (Run(words, size=values.pop("size", SIZE), **style),) if isinstance(words, str) else tuple(words)
    return Line(runs, **{"x": 72, "y": y, "sheet": sheet, "right": 300} | values)


def document(lines: Sequence[Line], size: float = SIZE) -> Pages:
    """Return pages with some lines of text and further ones."""
    text = [styled("and so on", 72 + 14 * row, 99, size=size, right=500) for row in range(40)]
    return Pages((*text, *lines), {}, 100, size)


def divided(*lines: Line, size: float = SIZE) -> list[Block]:
    """Return the headings and paragraphs of a document with styles."""
    return blocks(document(lines, size), lines)


def texts(*lines: Line) -> list[str]:
    """Return the texts of headings and paragraphs."""
    return [block.text for block in divided(*lines)]


def plain(*rows: str) -> list[tuple[str, bool]]:
    """Return the text of each block without styles, and whether it is a heading. An empty row is a blank line."""
    lines = [Line((Run(row.strip()),), 6 * (len(row) - len(row.lstrip())), 12 * number, 0) for number, row in enumerate(rows, 1)]
    lines = [line for line in lines if line.text]
    return [(block.text, block.is_heading) for block in blocks(Pages(tuple(lines), {}, None, 0), lines)]


normal, bold, italic = partial(Run, size=SIZE), partial(Run, bold=True, size=SIZE), partial(Run, italic=True, size=SIZE)


@pytest.mark.parametrize(
    ("distance", "gaps"),
    [
        *((distance, [math.inf]) for distance in (0, 10, 14, 17)),
        (21, [math.inf, 1.5]),
        (28, [math.inf, 2]),
        (-14, [math.inf, -1]),
    ],
)
def test_a_distance_separates_paragraphs(distance: float, gaps: list[float]) -> None:
    found = divided(styled("The text", 100), styled("goes on", 100 + distance))
    assert [block.gap for block in found] == gaps
    assert [len(block.lines) for block in found] == ([2] if len(gaps) == 1 else [1, 1])
    assert " ".join(block.text for block in found) == "The text goes on"


def test_the_distance_grows_with_the_letters() -> None:
    assert texts(styled("A LARGE", 100, size=24), styled("TITLE", 128, size=24)) == ["A LARGE TITLE"]
    assert texts(styled("A LARGE", 100, size=24), styled("TITLE", 136, size=24)) == ["A LARGE", "TITLE"]
    assert texts(styled("a small", 100, size=6), styled("note", 117, size=6)) == ["a small note"]
    assert texts(styled("a small", 100, size=6), styled("note", 118, size=6)) == ["a small", "note"]


def test_without_a_usual_distance_it_is_that_of_text() -> None:
    for distance, count in ((12, 1), (14.6, 1), (14.7, 2)):
        lines = [styled("The text", 100), styled("goes on", 100 + distance)]
        assert len(blocks(Pages((lines[0],), {}, 1, SIZE), lines)) == count


def test_the_greatest_distance_in_a_paragraph() -> None:
    """It is 1.22 times the usual one."""
    for distance, count in ((61, 1), (61.1, 2)):
        lines = [styled("and so on", y) for y in (0, 50, 100, 100 + distance)]
        assert len(blocks(document([*lines] * 20), lines)) == count
    lines = [styled("and so on.", 0), styled("Silk Market", 61, x=90), styled("• An item.", 111)]
    text = [styled("and so on", 50 * row) for row in range(90)]
    assert [block.is_heading for block in blocks(document(text), lines)] == [False, False, False]


def test_without_styles_a_blank_line_separates_paragraphs() -> None:
    assert [words for words, _ in plain("the text", "goes on", "", "and", "", "", "on")] == ["the text goes on", "and", "on"]
    lines = [Line((Run("A HEADING"),), 0, 12, 0), Line((Run("A HEADING"),), 0, 12, 1)]
    assert len(blocks(Pages(tuple(lines), {}, None, 0), lines)) == 2
    # Even if most lines are that far apart.
    assert [words for words, _ in plain("the text", "", "goes on", "", "and on")] == ["the text", "goes on", "and on"]


@pytest.mark.parametrize(
    ("above", "below", "count"),
    [
        # A paragraph can begin with an indentation.
        ({"x": 72}, {"x": 79}, 1),
        ({"x": 72}, {"x": 79.1}, 2),
        ({"x": 90}, {"x": 72}, 1),
        ({"x": 90}, {"x": 90}, 1),
        # The lines of a heading can be centred.
        ({"bold": True}, {"x": 90, "bold": True}, 1),
        ({"bold": True}, {"x": 90, "bold": True, "size": 12.5}, 2),
        ({"italic": True}, {"x": 90, "italic": True}, 2),
        # Lines of another size or style do not belong together.
        ({}, {"size": 12.64}, 1),
        ({"size": 15.6}, {"size": 16.2}, 1),
        ({}, {"size": 12.7}, 2),
        ({}, {"size": 11.3}, 2),
        *(({style: True}, {}, 2) for style in ("bold", "italic")),
        *(({}, {style: True}, 2) for style in ("bold", "italic")),
        ({"bold": True}, {"bold": True, "italic": True}, 2),
        ({"bold": True}, {"bold": True}, 1),
    ],
)
def test_a_line_in_another_place_or_style_begins_a_block(above: dict[str, Any], below: dict[str, Any], count: int) -> None:
    assert len(divided(styled("The text", 100, **above), styled("goes on", 114, **below))) == count


def test_centred_capitals_are_one_heading() -> None:
    assert texts(styled("A LONG", 100), styled("HEADING", 114, x=90)) == ["A LONG HEADING"]
    assert texts(styled("A LONG", 100), styled("Heading", 114, x=90)) == ["A LONG", "Heading"]
    assert texts(styled("a long", 100), styled("HEADING", 114, x=90)) == ["a long", "HEADING"]
    assert texts(styled("THE TEXT", 100), styled("goes on", 114)) == ["THE TEXT goes on"]
    # Text that begins in bold is not.
    runs = (bold("Name"), normal(" goes on"))
    assert texts(styled("Heading", 100, bold=True), styled(runs, 114, x=90)) == ["Heading", "Name goes on"]


@pytest.mark.parametrize(
    ("above", "below", "count"),
    [
        # The style changes in the middle of a paragraph.
        ([normal("The text of "), bold("A Name")], [normal("goes on")], 1),
        ([normal("The text of "), italic("A Name")], [normal("goes on")], 1),
        ([normal("The text of "), bold("A Long")], [bold("Name"), normal(" goes on")], 1),
        ([bold("A Name"), normal(" goes on")], [normal("here")], 1),
        # A paragraph begins with a name.
        ([normal("The text.")], [bold("A Name"), normal(" is here")], 2),
        ([normal("The text.")], [italic("A Name"), normal(" is here")], 2),
        # A name is continued in another style.
        ([bold("A Name")], [italic("in Town")], 2),
        ([bold("A Name"), italic(" is here")], [bold("Name"), normal(" is here")], 2),
    ],
)
def test_the_style_at_the_end_of_a_line_tells_whether_it_goes_on(above: list[Run], below: list[Run], count: int) -> None:
    assert len(divided(styled(above, 100), styled(below, 114))) == count


@pytest.mark.parametrize(
    "words", ["• goes on", "- goes on", "* goes on", "o Goes on", "➢ goes on", "1. Goes on", "(12) Goes on", "3) 4 sites"]
)
def test_an_item_of_a_list_is_a_paragraph(words: str) -> None:
    assert len(divided(styled("The text", 100), styled(words, 114))) == 2
    assert texts(styled("• An", 100), styled("item", 114)) == ["An item"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["ALIEXPRESS", "Nominated as x"], [("ALIEXPRESS", True), ("Nominated as x", False)]),
        (["the text of", "ALIEXPRESS"], [("the text of", False), ("ALIEXPRESS", True)]),
        (["ALIEXPRESS", "AND MORE"], [("ALIEXPRESS AND MORE", True)]),
        (["A" * 70, "goes on."], [(f"{'A' * 70} goes on.", False)]),
        (["A" * 69, "goes on."], [("A" * 69, True), ("goes on.", False)]),
        (["    goes", "on"], [("goes on", False)]),
        (["goes", "    on"], [("goes", False), ("on", False)]),
    ],
)
def test_without_styles_capitals_are_a_heading(rows: list[str], expected: list[tuple[str, bool]]) -> None:
    assert plain(*rows) == expected


@pytest.mark.parametrize(
    ("lines", "size", "expected"),
    [
        ([styled("MARKETS", 0)], 12, True),
        ([styled("MARKETS", 0, size=0)], 0, True),
        ([styled("AB", 0)], 12, True),
        ([styled("A", 0)], 12, False),
        ([styled("MARKETS", 0), styled("in China", 0)], 12, False),
        ([styled("Markets", 0)], 12, False),
        ([styled("Markets", 0, bold=True)], 12, True),
        ([styled("Markets.", 0, bold=True)], 12, True),
        ([styled("Markets", 0, bold=True), styled("in China", 0)], 12, False),
        ([styled("Markets", 0, bold=True, size=0)], 0, False),
        ([styled("Markets", 0, italic=True)], 12, True),
        ([styled("Markets", 0, italic=True), styled("in China", 0)], 12, False),
        ([styled("Markets.", 0, italic=True)], 12, False),
        ([styled("Markets", 0, italic=True, size=0)], 0, False),
        ([styled("Markets", 0, size=10.7)], 10, True),
        ([styled("Markets", 0, size=53)], 50, False),
        ([styled("Markets", 0, size=14), styled("in China", 0)], 12, False),
        *(([styled("A" * length, 0)], 12, length == 160) for length in (160, 161)),
        ([styled("– • –", 0, bold=True)], 12, False),
        ([styled("2021", 0, bold=True)], 12, True),
        ([styled("NOMINATED AS VK.COM", 0)], 12, False),
        ([styled("Nominated as vk.com", 0, bold=True)], 12, False),
    ],
)
def test_a_heading_is_in_capitals_bold_italic_or_large(lines: list[Line], size: float, expected: bool) -> None:
    assert is_heading_like(lines, document([], size)) is expected
    (block,) = divided(*[styled(line.runs, 100 + 14 * row) for row, line in enumerate(lines)], size=size)[:1]
    assert block.style == Style(lines[0].bold, lines[0].italic, lines[0].size, block.text.isupper())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Silk Market, Beijing", True),
        ("vk.com", True),
        ("4shared", True),
        ("Market of the East", True),
        ("Market of the east", False),
        ("Market in the (east)", True),
        ("Four small words here", False),
        ("Silk market and more Places", False),
        ("Silk Market and more Places", True),
        ("Market of the big old East", True),
        ("Market with Places near it", False),
        ("Market big, old, far, new", True),
        ("silk market", False),
        ("the Silk Market", False),
        ("Small words", True),
        ("Three small words", True),
        ("The Silk Market: a place", False),
        ("Silk Market – a Place", False),
        ("Issue Focus: The Markets", True),
        *((f"Silk Market{sign}", False) for sign in ".:"),
        *((f"{sign}vk.com", False) for sign in '(["“'),
        ("X Market", True),
        ("A" + "a" * 99, True),
        ("A" + "a" * 100, False),
    ],
)
def test_a_short_line_that_stands_alone_is_a_heading(words: str, expected: bool) -> None:
    assert plain("The text.", "", words, "", "More text of", "it.")[1] == (words, expected)
    found = divided(styled("The text.", 100), styled(words, 128), styled("More text.", 150))
    assert [(block.text, block.is_heading) for block in found] == [("The text.", False), (words, expected), ("More text.", False)]


def test_without_styles_a_short_heading_has_two_lines_and_stands_alone() -> None:
    assert plain("Silk Market,", "Beijing", "", "The text.") == [("Silk Market, Beijing", True), ("The text.", False)]
    assert plain("Silk Market,", "Beijing,", "China", "", "The text.")[0] == ("Silk Market, Beijing, China", False)
    assert plain("The text.", "    Silk Market", "", "More text of it.")[1] == ("Silk Market", False)
    assert plain("The text.", "", "Silk Market", "• An item of it.")[1] == ("Silk Market", True)
    assert plain("The text.", "", "Silk Market") == [("The text.", False), ("Silk Market", True)]


@pytest.mark.parametrize(
    ("heading", "below", "expected"),
    [
        (styled("Silk Market", 128), styled("The text.", 150), True),
        (styled("Silk Market", 128), styled("The text.", 156), True),
        (styled("Silk Market", 128), styled("The text.", 157), False),
        (styled("Silk Market", 117), styled("The text.", 200), False),
        (styled("Silk Market", 128), styled("The text.", 128, bold=True), False),
        (styled("Silk Market", 128), styled("THE TEXT", 150), False),
        (styled("Silk Market", 128), styled("The text.", 100, 1), False),
        (styled("Silk Market", 128), styled("The text.", 127), False),
        (styled("Silk Market", 128), styled("The text.", 142, x=90), True),
        (styled("Silk Market", 128), styled("The text.", 128, italic=True), False),
    ],
)
def test_with_styles_a_short_heading_is_close_to_its_paragraph(heading: Line, below: Line, expected: bool) -> None:
    assert divided(styled("Some text.", 100), heading, below)[1].is_heading is expected


def test_with_styles_a_short_heading_has_one_line_and_a_paragraph() -> None:
    assert [block.is_heading for block in divided(styled("Some text.", 100), styled("Silk Market", 128))] == [False, False]
    lines = [styled("Some text.", 100), styled("Silk Market,", 128), styled("Beijing", 142), styled("The text.", 170)]
    assert [block.is_heading for block in divided(*lines)] == [False, False, False]
    (first, *_) = divided(styled("Silk Market", 128), styled("The text.", 170))
    assert first.is_heading


@pytest.mark.parametrize(
    ("above", "is_heading"),
    [
        (styled("The text of the", 700), False),
        (styled("The text of it.", 700), True),
        (styled("The Heading", 700, bold=True), True),
    ],
)
def test_the_end_of_a_sentence_on_the_next_page_is_no_heading(above: Line, is_heading: bool) -> None:
    lines = [above, styled("Silk Market", 100, 1), styled("More text.", 128, 1)]
    found = [(block.text, block.is_heading) for block in divided(*lines) if "Silk" in block.text]
    assert found == [("Silk Market" if is_heading else "The text of the Silk Market", is_heading)]


def test_a_heading_on_several_pages_has_a_greatest_length() -> None:
    for length, count in ((80, 1), (81, 2)):
        lines = [styled(words, 100, sheet, bold=True) for sheet, words in enumerate(("a" * 80, "b" * length, "c"))]
        assert len(divided(*lines)) == count


def ended(words: str | Sequence[Run] = "and so", **values: Any) -> Line:
    """Return the last line of a page, in a column that ends at 500."""
    return styled(words, 700, **values)


def begun(words: str | Sequence[Run] = "on. There is more", **values: Any) -> Line:
    """Return the first line of the next page. Each of its letters is six points wide."""
    return styled(words, 100, **{"sheet": 1, "right": values.get("x", 72) + 6 * len(words)} | values)


@pytest.mark.parametrize(
    ("above", "below", "goes_on"),
    [
        (ended(), begun(), True),
        (ended(), begun(sheet=0, column=1), True),
        (ended(), begun(sheet=1, column=1), True),
        (ended("and so."), begun(), False),
        # A paragraph that begins with an indentation, a bullet or a name in another style.
        (ended(), begun(x=79), True),
        (ended(), begun(x=79.1), False),
        (ended(), begun("• on. There"), False),
        (ended(), begun([bold("Name"), normal(" is")], right=500), False),
        (ended([normal("and "), bold("A")]), begun([bold("Name"), normal(" is")], right=500), True),
        (ended([normal("and "), bold("A")]), begun(), True),
        # A heading goes on in the same style.
        (ended("A Name", bold=True), begun("in Town", bold=True), True),
        (ended("A Name.", bold=True), begun("in Town", bold=True), True),
        (ended("A Name", bold=True), begun("in Town", bold=True, size=14), False),
        (ended("A Name", bold=True), begun(), False),
        (ended(), begun("A Name", bold=True), False),
        # A sentence ends, and the next word did not fit on the line: two letters and a space are 18 points wide.
        (ended("and so.", right=482), begun("It is so."), False),
        (ended("and so.", right=482.1), begun("It is so."), True),
        (ended("and so.", right=482.1), begun("I am so."), False),
        (ended("and so.", right=464), begun("Today it is."), False),
        (ended("and so.", right=464.1), begun("Today it is."), True),
        (ended("and so.", right=482.1), begun("It is so.", column=1), False),
        (ended("and so.", right=482.1, column=1), begun("It is so.", column=1), True),
    ],
)
def test_a_paragraph_goes_on_after_the_end_of_a_page(above: Line, below: Line, goes_on: bool) -> None:
    # The rest of the text on the next page shows its left edge, and ends with an indented line.
    rest = [styled("Other text. It is long", 300, below.sheet, x=x, column=below.column) for x in (72, 90)]
    found = divided(styled("Text", 672, column=above.column), above, below, *rest)[1:-1]
    assert [block.lines for block in found[:-1]] == ([(above, below)] if goes_on else [(above,), (below,)])
    assert found[0].gap == 2
    assert {block.is_heading for block in found if above in block.lines} == {above.bold}
