"""Are headers, footers, page numbers and footnotes removed from the pages of a report, and nothing else?"""

from __future__ import annotations

import pytest

from notorious_markets.reports.lines import Line, Run
from notorious_markets.reports.pages import Pages, clean_pages, usual_gap

# The words of the text on each page, which have nothing in common.
WORDS = ["alpha", "bravo", "carol", "delta", "erica", "fritz", "gamma", "hotel", "india", "julia"]


def line(words: str, y: float, sheet: int, size: float = 12, **values: float) -> Line:
    """Return a line in one style."""
    return Line((Run(words, size=size),), 72, y, sheet, **values)  # type: ignore[arg-type]


def body(sheet: int, size: float = 12) -> list[Line]:
    """Return seven lines of text, which differ from those of other pages, from 100 to 184 points below the upper edge."""
    name = f"{WORDS[sheet // 10]} {WORDS[sheet % 10]}"
    return [line(f"{name} {word} text", 100 + 14 * row, sheet, size) for row, word in enumerate(WORDS[:7])]


def document(tops: list[str | None], bottoms: list[str | None], size: float = 12) -> list[list[Line]]:
    """Return pages with text, some of which have a line above or below it."""
    pages = []
    for sheet, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        above = [line(top, 40, sheet, size)] if top is not None else []
        below = [line(bottom, 740, sheet, size)] if bottom is not None else []
        pages.append([*above, *body(sheet, size), *below])
    return pages


def left_over(pages: list[list[Line]], found: Pages) -> list[str]:
    """Return the lines that are neither text nor removed."""
    text = {row.text for sheet in range(len(pages)) for row in body(sheet)}
    assert text <= {row.text for row in found.lines}
    return [row.text for row in found.lines if row.text not in text]


@pytest.mark.parametrize(
    ("bottoms", "numbers"),
    [
        (["1"], {0: 1}),
        (["7"], {0: 7}),
        (["1", None], {0: 1, 1: 2}),
        ([None, None], {}),
        ([None, "2", None], {}),
        (["1", "2", None], {0: 1, 1: 2, 2: 3}),
        (["1", "2", None, None], {}),
        (["1", "2", "3", None], {0: 1, 1: 2, 2: 3, 3: 4}),
        (["1", "2", "3", None, None], {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}),
        (["1", None, "3", None, "5"], {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}),
        # A cover has no number.
        ([None, "1", "2", "3"], {1: 1, 2: 2, 3: 3}),
        ([None, None, None, "1", "2", "3"], {3: 1, 4: 2, 5: 3}),
        # A page before the first number has one if it is not that of a cover.
        ([None, "2", "3", "4"], {0: 1, 1: 2, 2: 3, 3: 4}),
        ([None, None, None, "3", "4", "5"], {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}),
        (["i", "2", "3", "4"], {1: 2, 2: 3, 3: 4}),
        ([None, "I", "3", "4", "5"], {2: 3, 3: 4, 4: 5}),
        (["i", None, "3", "4", "5"], {1: 2, 2: 3, 3: 4, 4: 5}),
        (["0", "1", "2", "3"], {1: 1, 2: 2, 3: 3}),
        # A file can begin in the middle, but years are not numbers of pages.
        (["100", "101", "102"], {0: 100, 1: 101, 2: 102}),
        (["101", "102", "103"], {}),
        (["2018", "2019", "2020"], {}),
        # Numbers that do not grow with the pages do not count.
        (["5", "5", "5"], {}),
        (["9", "1", "2", "3"], {1: 1, 2: 2, 3: 3}),
        (["1", "2", "3", "1"], {0: 1, 1: 2, 2: 3, 3: 4}),
    ],
)
def test_pages_have_the_numbers_that_grow_with_them(bottoms: list[str | None], numbers: dict[int, int]) -> None:
    pages = document([None] * len(bottoms), bottoms)
    found = clean_pages(pages)
    assert found.numbers == numbers
    assert [found.number(page[0]) for page in pages] == [numbers.get(sheet) for sheet in range(len(bottoms))]


@pytest.mark.parametrize(
    ("tops", "bottoms", "numbers"),
    [
        (["5", "6", "7"], ["1", "2", "3"], {0: 1, 1: 2, 2: 3}),
        (["1", "2", "3"], ["5", "6", "7"], {0: 1, 1: 2, 2: 3}),
        (["5", "6", "7", None], [None, "2", "3", "4"], {0: 1, 1: 2, 2: 3, 3: 4}),
        ([None, "2", "3", "4"], [None, "1", "2", "3"], {1: 1, 2: 2, 3: 3}),
        ([None, None, None, "6", "7", "8"], [None, None, None, "2", "3", "4"], {2: 1, 3: 2, 4: 3, 5: 4}),
    ],
)
def test_of_two_numbers_that_closer_to_the_position_in_the_file_counts(
    tops: list[str | None], bottoms: list[str | None], numbers: dict[int, int]
) -> None:
    assert clean_pages(document(tops, bottoms)).numbers == numbers


@pytest.mark.parametrize(
    "footer",
    [
        *("{}", "- {} -", "– {} –", "[{}]", "({})", "| {} |", "Page {}", "page {} of 10", "{} / 10", "Page {} | 2021 Review"),
        *("2021 Review | Page {} of 10", "{} | Page | 2021 Review", "2021 Review {}", "{} Notorious Markets"),
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_page_number_is_found_and_removed(footer: str, is_above: bool) -> None:
    filled: list[str | None] = [None, *(footer.format(number) for number in range(1, 5))]
    pages = document(filled, [None] * 5) if is_above else document([None] * 5, filled)
    found = clean_pages(pages)
    assert found.numbers == {1: 1, 2: 2, 3: 3, 4: 4}
    assert left_over(pages, found) == []


@pytest.mark.parametrize(
    "bottoms",
    [
        ["1, 2 and 3 sites", "2 , 3 and 4 others", "3, 4 and 5 more"],
        ["mp1mp x", "mp2mp y", "mp3mp z"],
        ["12345 a", "12346 b", "12347 c"],
        ["a 1 b", "b 2 c", "c 3 d"],
    ],
)
def test_another_number_at_the_edge_is_none_of_a_page(bottoms: list[str | None]) -> None:
    pages = document([None] * 3, bottoms)
    found = clean_pages(pages)
    assert found.numbers == {}
    assert left_over(pages, found) == bottoms


def test_only_the_outermost_line_has_a_number_among_other_words() -> None:
    """Headers are an exception: their words are the same on each page."""
    words = ["one site", "more sites", "no site"]
    rows = [[line(f"{words[sheet]} {sheet + 1}", 60, sheet), *body(sheet)] for sheet in range(3)]
    assert clean_pages(rows).numbers == {0: 1, 1: 2, 2: 3}
    covered = [[line(f"{words[-sheet]} above", 40, sheet), *row] for sheet, row in enumerate(rows)]
    assert clean_pages(covered).numbers == {}
    ended = [[*row[1:], line(f"{words[sheet]} {sheet + 1}", 700, sheet)] for sheet, row in enumerate(rows)]
    assert clean_pages(ended).numbers == {0: 1, 1: 2, 2: 3}
    header = [[row[0], line(f"Review {sheet + 1}", 60, sheet), *row[2:]] for sheet, row in enumerate(covered)]
    assert clean_pages(header).numbers == {0: 1, 1: 2, 2: 3}


@pytest.mark.parametrize(
    ("tops", "kept"),
    [
        (["Review of Markets"] * 3, []),
        (["Review of Markets"] * 2, ["Review of Markets"] * 2),
        (["Review of Markets", "REVIEW of  markets", "review of Markets"], []),
        (["Review iv", "Review V", "Review xii"], []),
        (
            ["Review of Markets", "Review of Places", "Review of Markets"],
            ["Review of Markets", "Review of Places", "Review of Markets"],
        ),
        (["2021 Review of Markets"] * 3, []),
    ],
)
def test_a_line_at_the_same_place_of_three_pages_is_a_header(tops: list[str | None], kept: list[str]) -> None:
    pages = document(tops, [str(number) for number in range(1, len(tops) + 1)])
    assert left_over(pages, clean_pages(pages)) == kept


def test_a_header_has_one_size() -> None:
    pages = [[line("Review", 40, sheet, size), *body(sheet)] for sheet, size in enumerate((12, 14, 12))]
    assert left_over(pages, clean_pages(pages)) == ["Review"] * 3
    pages = [[line("Review", 40, sheet, size), *body(sheet)] for sheet, size in enumerate((12.2, 11.8, 12))]
    assert left_over(pages, clean_pages(pages)) == []


@pytest.mark.parametrize(
    ("heights", "kept"),
    [
        ((40, 40, 44), 0),
        ((40, 44, 44), 0),
        ((40, 44, 48), 2),
        ((40, 46, 52), 3),
        ((40, 48, 48), 3),
        ((40, 41, 39), 0),
    ],
)
def test_a_header_has_nearly_one_height(heights: tuple[float, ...], kept: int) -> None:
    pages = [[line("Review", y, sheet), *body(sheet)] for sheet, y in enumerate(heights)]
    assert left_over(pages, clean_pages(pages)) == ["Review"] * kept


@pytest.mark.parametrize(("count", "repeated", "kept"), [(39, 3, 0), (40, 3, 3), (40, 4, 0), (40, 5, 0)])
def test_in_a_long_file_a_header_is_on_a_tenth_of_the_pages(count: int, repeated: int, kept: int) -> None:
    pages = document(["Review"] * repeated + [None] * (count - repeated), [None] * count)
    assert left_over(pages, clean_pages(pages)) == ["Review"] * kept


def test_headers_and_footers_have_three_lines() -> None:
    pages = []
    for sheet in range(3):
        above = [line(f"{word} above", 20 + 12 * row, sheet) for row, word in enumerate(WORDS[:4])]
        below = [line(f"{word} below", 700 + 12 * row, sheet) for row, word in enumerate(WORDS[:4])]
        # The order of the lines is not that of their heights.
        pages.append([*below, *body(sheet), *above])
    assert left_over(pages, clean_pages(pages)) == ["alpha below", "delta above"] * 3


def test_a_number_in_a_header_is_that_of_the_page_or_of_many_pages() -> None:
    tables: list[str | None] = ["Table 7", "Table 8", "Table 9", "Table 4"]
    pages = document(tables, ["1", "2", "3", "4"])
    assert left_over(pages, clean_pages(pages)) == ["Table 7", "Table 8", "Table 9"]
    # Without numbers of pages, it can be any.
    pages = document(["7 tables", "7 tables", "8 tables", None], [None] * 4)
    assert left_over(pages, clean_pages(pages)) == []
    # A number alone is no header.
    pages = document(["2019", "1987", "2004"], [None] * 3)
    assert left_over(pages, clean_pages(pages)) == ["2019", "1987", "2004"]
    pages = document(["I", "II", "III"], ["1", "2", "3"])
    assert left_over(pages, clean_pages(pages)) == ["I", "II", "III"]


def test_another_number_at_the_edge_stays() -> None:
    pages = document(["5", None, None], ["1", "2", "3"])
    assert left_over(pages, clean_pages(pages)) == ["5"]
    pages = document([None, "ix", None, None], ["iv", "1", "2", "3"])
    assert left_over(pages, clean_pages(pages)) == ["ix"]


def test_a_roman_number_is_the_outermost_line() -> None:
    pages = [[line("alone", 60, 0), line("ii", 80, 0), *body(0)], *document([None] * 4, [None, "1", "2", "3"])[1:]]
    assert left_over(pages, clean_pages(pages)) == ["alone", "ii"]
    pages[0] = [line("ii", 60, 0), *body(0)]
    assert left_over(pages, clean_pages(pages)) == []


@pytest.mark.parametrize(
    ("notes", "kept"),
    [
        ([("1 See the list.", 9)], 0),
        ([("1See the list.", 9), ("It is long.", 9)], 0),
        ([("* See the list.", 9)], 0),
        ([("† See the list.", 9), ("‡ See it.", 8)], 0),
        ([("See the list.", 9)], 1),
        ([("1 See the list.", 9), ("Text.", 10)], 2),
        ([("Text.", 10), ("1 See the list.", 9)], 1),
        ([("1 See the list.", 9.3)], 1),
        ([("1 See the list.", 9.2)], 0),
    ],
)
def test_footnotes_are_small_and_begin_with_a_mark(notes: list[tuple[str, float]], kept: int) -> None:
    rows = [line(words, 600 + 12 * row, 0, size) for row, (words, size) in enumerate(notes)]
    # The order of the lines is not that of their heights.
    found = clean_pages([[*rows, *body(0, 10)]])
    assert [row.text for row in found.lines if row.y >= 600] == [words for words, _ in notes][:kept]
    assert sum(row.y < 600 for row in found.lines) == 7


def test_a_page_of_footnotes_becomes_empty() -> None:
    assert clean_pages([[line("1 See the list.", 100, 0, 9)], body(1, 10)]).lines == tuple(body(1, 10))


def plain(*rows: tuple[str, float]) -> list[str]:
    """Return what is left of a page without styles: its lines, and their distances from the line above in lines."""
    y, lines = 0.0, []
    for words, gap in rows:
        y += 12 * gap
        lines.append(line(words, y, 0, 0))
    return [row.text for row in clean_pages([lines, [line("Another page", 12, 1, 0)]]).lines][:-1]


LONG = "1 See the list of the markets in the previous years"


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([("A", 1), ("B", 1), ("C", 1), ("1 See the list.", 2)], 3),
        ([("A", 1), ("B", 1), ("C", 1), ("1 See the list", 2)], 4),
        ([("A", 1), ("B", 1), ("C", 1), (LONG, 2)], 3),
        ([("A", 1), ("B", 1), ("C", 1), (LONG[:-1], 2)], 4),
        ([("A", 1), ("B", 1), ("C", 1), ("999 See.", 2)], 3),
        ([("A", 1), ("B", 1), ("C", 1), ("1999 See.", 2)], 4),
        ([("A", 1), ("B", 1), ("C", 1), ("1. See.", 2)], 4),
        ([("A", 1), ("B", 1), ("C", 1), ("1 See.", 1.5)], 4),
        ([("A", 1), ("B", 1), ("C", 1), ("1 See.", 1.6)], 3),
        ([("A", 1), ("1 See.", 2), ("the", 1), ("list", 1)], 1),
        ([("A", 1), ("B", 1), ("1 See.", 2), ("the list", 1)], 2),
        ([("A", 1), ("B", 2), ("C", 1), ("D", 1), ("1 See.", 2), ("the", 1), ("list", 1)], 4),
        ([("A", 1), ("1 See.", 2), ("the", 1), ("B", 2), ("list", 1), ("end", 1)], 6),
        ([("1 See.", 1), ("the", 1), ("list", 1)], 3),
        ([], 0),
    ],
)
def test_without_styles_a_footnote_is_the_last_paragraph(rows: list[tuple[str, float]], kept: int) -> None:
    assert plain(*rows) == [words for words, _ in rows][:kept]


def test_most_letters_have_the_size_of_the_text() -> None:
    rows = [line("A", 10, 0, 20), line("B", 30, 0, 20), line("C", 50, 0, 20), line("Long text", 70, 0, 11)]
    found = clean_pages([rows])
    assert (found.body_size, found.has_styles, found.count, found.lines) == (11, True, 1, tuple(rows))


@pytest.mark.parametrize(("pages", "size", "count"), [(1, 0, None), (2, 0, 2), (1, 12, 1), (1, 0.5, 1), (2, 12, 2)])
def test_pages_are_counted_if_the_file_has_any(pages: int, size: float, count: int | None) -> None:
    found = clean_pages(document([None] * pages, [None] * pages, size))
    assert (found.count, found.has_styles) == (count, size > 0)


def test_a_word_can_be_divided_by_the_end_of_a_page() -> None:
    pages = [[line("of the traf-", 100, 0), line("1", 740, 0)], [line("fic there", 100, 1), line("2", 740, 1)]]
    assert [row.text for row in clean_pages(pages).lines] == ["of the traf\N{SOFT HYPHEN}", "fic there"]


@pytest.mark.parametrize(
    ("heights", "gap"),
    [
        ([10, 22, 34, 60], 12),
        ([10, 22.04, 34.05, 47.1], 12),
        ([10, 22.4, 34.8, 60], 12.4),
        ([10, 22, 36], 14),
        ([34, 22, 10], 0),
        ([10, 10, 10, 22], 12),
        ([10], 0),
        ([], 0),
    ],
)
def test_the_usual_gap_is_the_most_common_one(heights: list[float], gap: float) -> None:
    assert usual_gap(line("A", y, 0) for y in heights) == gap


def test_the_usual_gap_is_that_in_a_column_of_a_page() -> None:
    places = [(10, 0, 0), (22, 0, 0), (54, 0, 1), (86, 1, 1), (118, 1, 0)]
    assert usual_gap([line("A", y, sheet, column=column) for y, sheet, column in places]) == 12
