"""Are characters, lines and pages of text what the reader of reports makes of a file?"""

from __future__ import annotations

import pytest

from notorious_markets.errors import UnreadableReport
from notorious_markets.reports import text
from notorious_markets.reports.lines import Line, Run, clean, is_capitals, joined, most_common, without_division


def line(words: str, **values: float) -> Line:
    """Return a line without styles."""
    return Line((Run(words),), **{"x": 0, "y": 0, "sheet": 0, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        ("tra\N{LATIN SMALL LIGATURE FFI}c", "traffic"),
        ("a\N{NO-BREAK SPACE}b\N{EM SPACE}c\N{NARROW NO-BREAK SPACE}d", "a b c d"),
        ("\x7f item", "• item"),
        ("zero\N{ZERO WIDTH SPACE}width\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{REPLACEMENT CHARACTER}", "zerowidth"),
        ("Me\N{COMBINING ACUTE ACCENT}xico", "México"),
        ("X\ta\rb\nX", "X a b X"),
        ("a\x00\x01\x1fb", "ab"),
        ("a\fb", "a\fb"),
        ("a b~", "a b~"),
    ],
)
def test_a_text_has_plain_letters_and_spaces(printed: str, cleaned: str) -> None:
    assert clean(printed) == cleaned


@pytest.mark.parametrize(
    ("words", "expected"),
    [("VK", True), ("MP3JUICE 4", True), ("Vk", False), ("vk", False), ("2021", False), ("", False), ("中国 A", True)],
)
def test_capitals(words: str, expected: bool) -> None:
    assert is_capitals(words) is expected
    assert line(words).is_capitals is expected


def test_the_most_common_value_has_the_greatest_weight() -> None:
    assert most_common([(12, 3), (9, 4), (12, 2)]) == 12
    assert most_common([(9, 2), (12, 2), (10, 2)]) == 12
    assert most_common([(12, 1), (9, 2)]) == 9
    assert most_common([]) == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("online", "markets", "online markets"),
        ("", "markets", "markets"),
        ("online", "", "online"),
        ("traf\N{SOFT HYPHEN}", "fic", "traffic"),
        ("brand-", "protection", "brand-protection"),
        ("brand\N{HYPHEN}", "protection", "brand\N{HYPHEN}protection"),
        ("brand\N{NON-BREAKING HYPHEN}", "protection", "brand\N{NON-BREAKING HYPHEN}protection"),
        ("brand -", "protection", "brand - protection"),
        ("brand-new", "protection", "brand-new protection"),
    ],
)
def test_two_lines_are_joined(first: str, second: str, expected: str) -> None:
    assert joined([line(first), line(second)]) == expected
    assert joined([line(first), line(""), line(second)]) == expected


def test_the_text_of_no_lines_is_empty() -> None:
    assert joined([]) == ""


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (["of the traf-", "fic"], "of the traffic"),
        (["of the traf\N{HYPHEN}", "fic"], "of the traffic"),
        (["of the traf\N{NON-BREAKING HYPHEN}", "fic"], "of the traffic"),
        # The words are divided wherever one begins.
        (["(traf-", "fic)"], "(traffic)"),
        (["“traf-", "fic”"], "“traffic”"),
        (['"traf-', 'fic"'], '"traffic"'),
        (["‘traf-", "fic’"], "‘traffic’"),
        (["of—traf-", "fic"], "of—traffic"),
        (["of–traf-", "fic"], "of–traffic"),
        (["sales/traf-", "fic"], "sales/traffic"),
        (["web-traf-", "fic"], "web-traffic"),
        # A name may begin with a capital. Acronyms, numbers and names on the next line are not parts of a word.
        (["Traf-", "fic"], "Traffic"),
        (["SCI-", "hub"], "SCI-hub"),
        (["Sci-", "Hub"], "Sci-Hub"),
        (["top-", "10"], "top-10"),
        (["top10-", "sites"], "top10-sites"),
        # Nor are addresses.
        (["new-", "comer.example"], "new-comer.example"),
        (["new-", "comer@shop.example"], "new-comer@shop.example"),
        (["as new-", "comer. It"], "as newcomer. It"),
        # A compound that stands elsewhere stays, or one whose parts stand elsewhere.
        (["the well-known", "Well-", "known"], "the well-known Well-known"),
        (["the well-known", "a (well-", "known"], "the well-known a (well-known"),
        (["the well-known", "a “well-", "known"], "the well-known a “well-known"),
        (["the well-known", 'a "well-', "known"], 'the well-known a "well-known'),
        (["the well-known", "a ‘well-", "known"], "the well-known a ‘well-known"),
        (["the well-known", "a/well-", "known"], "the well-known a/well-known"),
        (["an up-to-date list", "an up-to-", "date list"], "an up-to-date list an up-to-date list"),
        (["Brand Protection", "brand-", "protection"], "Brand Protection brand-protection"),
        (["brand", "brand-", "protection"], "brand brandprotection"),
        (["protection", "brand-", "protection"], "protection brandprotection"),
        (["per form perform", "per-", "form"], "per form perform perform"),
        # The parts of a divided word are no words, but the rest of their lines are.
        (["go in", "in-", "formation"], "go in information"),
        (["go in", "in\N{HYPHEN}", "formation"], "go in information"),
        (["on\N{HYPHEN}", "line line"], "online line"),
        (["a line one\N{HYPHEN}", "day", "on-", "line"], "a line oneday online"),
        (["a brand of traf-", "fic protection", "brand-", "protection"], "a brand of traffic protection brand-protection"),
        (["a protection", "of brand-", "protection"], "a protection of brandprotection"),
        (["it’s on", "on-", "it’s"], "it’s on onit’s"),
        (["the end-"], "the end-"),
        (["", "the end-", ""], "the end-"),
        ([], ""),
    ],
)
def test_a_divided_word_is_whole_and_a_compound_keeps_its_hyphen(printed: list[str], expected: str) -> None:
    assert joined(without_division([line(words) for words in printed])) == expected


def test_a_soft_hyphen_keeps_the_style_and_the_position_of_a_line() -> None:
    runs = (Run("of the ", bold=True, size=12), Run("traf- ", italic=True, size=12))
    printed = Line(runs, 72, 100, 3, 1, 300)
    (above, below) = without_division([printed, line("fic")])
    assert above.runs == (runs[0], Run("traf\N{SOFT HYPHEN}", italic=True, size=12))
    assert (above.x, above.y, above.sheet, above.column, above.right) == (72, 100, 3, 1, 300)
    assert below == line("fic")


def test_a_text_has_lines_with_positions_and_pages() -> None:
    content = "\ufeffOne\r\n\r\n   Two  \rThree\n\u200b\n\f\fFour\ttra\ufb03c\n\f \n".encode()
    assert text.read_text(content, "report.txt") == [
        [
            Line((Run("One"),), x=0, y=12, sheet=0, right=18),
            Line((Run("Two"),), x=18, y=36, sheet=0, right=36),
            Line((Run("Three"),), x=0, y=48, sheet=0, right=30),
        ],
        [],
        [Line((Run("Four    traffic"),), x=0, y=12, sheet=2, right=78)],
    ]


def test_a_last_page_without_a_form_feed_counts() -> None:
    assert [len(page) for page in text.read_text(b"One\fTwo\nThree", "report.txt")] == [1, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xffabc", r"^r\.txt must be a PDF or UTF-8 text$"),
        (b"abc\0", r"^r\.txt must be a PDF or UTF-8 text$"),
        (b"", r"^r\.txt does not contain text$"),
        (b" \n\f \n", r"^r\.txt does not contain text$"),
    ],
)
def test_a_file_without_text_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableReport, match=message):
        text.read_text(content, "r.txt")


def test_a_text_has_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_CHARACTERS", 1_000)
    assert len(text.read_text("ä".encode() * 1_000, "r.txt")) == 1
    with pytest.raises(UnreadableReport, match=r"^r\.txt must have at most 1,000 characters, not 1,001; it is not a report$"):
        text.read_text(b"a" * 1_001, "r.txt")


def test_a_text_has_a_greatest_number_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_PAGES", 2)
    assert len(text.read_text(b"a\fb\f", "r.txt")) == 2
    with pytest.raises(UnreadableReport, match=r"^r\.txt must have at most 2 pages, not 3$"):
        text.read_text(b"a\fb\fc", "r.txt")
