"""Tests that a contents page is read as it is printed in every layout, and that an unclear one is refused.

The names and pages are those of the reports. The layouts are those in which the PDFs and copies of them give the text.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notorious_markets.errors import UnreadableReport
from notorious_markets.reports import contents, read_pages
from notorious_markets.reports.contents import Entry
from tools import intake
from tools.facts import Facts

Printed = Callable[[int, str], list[tuple[str, str, int]]]

LAYOUTS = Path(__file__).parent / "layouts"
FIXTURES = sorted(path.stem for path in LAYOUTS.glob("*.txt"))
SECTIONS = {
    2021: {"Overview": 1, "Issue Focus": 3, "Positive Developments": 10, "Results": 14}
    | {"Online Markets": 15, "Physical Markets": 38, "Public Information": 52},
    2020: {"Overview": 1, "Issue Focus": 3, "Positive Developments": 10, "Results": 14}
    | {"Online Markets": 15, "Physical Markets": 35, "Public Information": 48},
    2019: {"Overview": 1, "Issue Focus": 8, "Positive Developments": 3, "Results": 12}
    | {"Online Markets": 13, "Physical Markets": 33, "Public Information": 46},
}
ISSUE_FOCUS = {
    2021: "The Adverse Impact on Workers Involved in the Manufacture of Counterfeit Goods",
    2020: "e-Commerce and the Role of Internet Platforms in Facilitating the Importation of Counterfeit and Pirated Goods "
    "into the United States",
}
# One copy of the reports drops linked words but keeps the page numbers: what is left of each name.
INCOMPLETE = {
    "2020-mirror": {"AMAZON’S FOREIGN DOMAINS": "’S FOREIGN DOMAINS", "BAIDU WANGPAN": "WANGPAN"}
    | dict.fromkeys(("SHOPEE", "SNAPDEAL", "TOKOPEDIA", "CHINA", "INDIA"), ""),
    "2019-mirror": {"AMAZON’S FOREIGN DOMAINS": "’S FOREIGN DOMAINS"}
    | dict.fromkeys(("CAROUSELL", "SNAPDEAL", "TOKOPEDIA", "BRAZIL", "CAMBODIA", "CHINA", "INDIA", "MALAYSIA", "MEXICO"), "")
    | dict.fromkeys(("PHILIPPINES", "SPAIN", "THAILAND", "UNITED ARAB EMIRATES", "VIETNAM"), ""),
}


def _text(fixture: str) -> str:
    return (LAYOUTS / f"{fixture}.txt").read_text(encoding="utf-8")


def _pairs(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    return [(entry.name, entry.page) for entry in entries]


def test_each_edition_has_layouts() -> None:
    assert {int(name[:4]) for name in FIXTURES} == set(SECTIONS)
    assert len(FIXTURES) == 7


@pytest.mark.parametrize("fixture", FIXTURES)
def test_a_contents_page_is_read_as_it_is_printed(fixture: str, printed: Printed) -> None:
    year, incomplete = int(fixture[:4]), INCOMPLETE.get(fixture, {})
    page = contents.read_contents(_text(fixture))
    assert _pairs(page.online) == [(incomplete.get(name, name), number) for _, name, number in printed(year, "online")]
    assert _pairs(page.physical) == [(incomplete.get(name, name), number) for _, name, number in printed(year, "physical")]
    assert page.sections == SECTIONS[year]
    if "mirror" not in fixture and year in ISSUE_FOCUS:
        assert page.issue_focus == ISSUE_FOCUS[year]


@pytest.mark.parametrize("fixture", FIXTURES)
def test_known_names_do_not_change_a_clear_page(fixture: str, facts: Facts) -> None:
    names = {*intake.known_names(facts), *intake.countries()}
    assert contents.read_contents(_text(fixture), names) == contents.read_contents(_text(fixture))


WORDS = st.one_of(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(string.ascii_uppercase + string.digits),
        st.text(string.ascii_uppercase + string.digits + "’'&/()-", max_size=6),
        st.sampled_from(string.ascii_uppercase + ")"),
    ),
    st.builds("{}{}".format, st.text(string.ascii_uppercase, min_size=2, max_size=5), st.integers(0, 9)),
    st.sampled_from(["B.V.", "EGY.BEST", "(D/B/A", "AMAZON’S", "É-LIVRES", "x"]),
)
DOTTED = st.sampled_from(["....", " . ", " ........ ", ". ", "…", " ……… ", "·····", "____ ", " . . . . "])
PLAIN = st.sampled_from([" ", "   ", "\t", "\n", "\n\n  ", "......\n", "\n....", " \N{NO-BREAK SPACE} "])
BREAKS = st.sampled_from([" ", " ", "  ", "\n", " \n   ", "\n\n"])
ENDS = st.sampled_from(["\n", "\n\n   ", "  \n", "\n\nii\n\f", "\n\n- 2 -\n\f", "\n2\n\f", "\f", "\nPage 3 of 56\n"])


@st.composite
def sections(draw: st.DrawFn, title: str, first: int) -> tuple[list[tuple[str, int]], str, int]:
    """Draw a section of a contents page: its entries, its text and its last page."""
    steps = draw(st.lists(st.integers(0, 4), min_size=1, max_size=12))
    entries: list[tuple[str, int]] = []
    text = f"{title} {first}\n"
    for page in list(accumulate(steps, initial=first))[1:]:
        words = draw(st.lists(WORDS, max_size=5))
        dotted = not words or draw(st.booleans())
        text += words[0] if words else ""
        for word in words[1:]:
            text += draw(BREAKS) + word
        text += f"{draw(DOTTED if dotted else PLAIN)}{page}"
        # Several entries on a line can only be told apart if they have dotted leaders.
        text += " " if dotted and draw(st.booleans()) else draw(ENDS)
        entries.append((" ".join(words), page))
    return entries, f"{text}\n", entries[-1][1]


@st.composite
def contents_pages(draw: st.DrawFn) -> tuple[list[tuple[str, int]], list[tuple[str, int]], str]:
    """Draw a contents page: its online and physical entries, and its text."""
    online, first_part, page = draw(sections("Online Markets", draw(st.integers(1, 60))))
    physical, second_part, last = draw(sections("Physical Markets", page))
    return online, physical, f"Filler 7\nTable of Contents\n{first_part}{second_part}Public Information {last}\nFiller 1\n"


@given(contents_pages())
def test_any_layout_is_read(page: tuple[list[tuple[str, int]], list[tuple[str, int]], str]) -> None:
    online, physical, text = page
    read = contents.read_contents(text)
    assert (_pairs(read.online), _pairs(read.physical)) == (online, physical)


@given(st.lists(st.integers(1, 999), min_size=1, max_size=20))
def test_page_numbers_must_not_decrease(numbers: list[int]) -> None:
    lines = "".join(f"SITE{number} .... {page}\n" for number, page in enumerate(numbers))
    text = f"Contents\nOnline Markets 1\n{lines}Physical Markets 999\nPERU 999\nPublic Information 999\n"
    if numbers == sorted(numbers):
        assert [entry.page for entry in contents.read_contents(text).online] == numbers
    else:
        with pytest.raises(UnreadableReport, match=r"SITE\d+: page \d+ is lower than page \d+ of SITE\d+"):
            contents.read_contents(text)


SMALL = """2021 Review of Notorious Markets
Table of Contents
Online Markets 15
TAOBAO 17
VK 18
Physical Markets 20
CHINA 21
PERU 22
Public Information 30
"""
KNOWN = {"taobao", "vk", "china", "peru"}


def test_a_number_in_a_name_is_not_a_page() -> None:
    page = contents.read_contents(SMALL.replace("VK 18", "4 SHARED 99 FILES .... 18"))
    assert _pairs(page.online) == [("TAOBAO", 17), ("4 SHARED 99 FILES", 18)]


def test_a_market_can_be_called_like_a_section() -> None:
    page = contents.read_contents(SMALL.replace("Online", "Results of it 14\nOnline").replace("VK", "RESULTS.ORG"))
    assert _pairs(page.online) == [("TAOBAO", 17), ("RESULTS.ORG", 18)]
    assert page.sections["Results"] == 14


# Changes that make the small page unclear: the old and the new text, and a pattern for the message.
UNCLEAR = {
    "no contents page": ("Table of Contents\n", "", "no contents page found: no line is"),
    "no end": ("Public Information 30\n", "", "no contents page found: it must end with the entry `Public Information`"),
    "end without page": ("Public Information 30", "Public Information", "no contents page found: it must end with"),
    "end too far": ("Public", "Filler\n" * 600 + "Public", "no contents page found: it must end with"),
    "no page, known name": ("TAOBAO 17", "TAOBAO", "^TAOBAO: no page number; if the name continues with `VK`"),
    "no page, known name before unknown name": ("TAOBAO 17\nVK 18", "TAOBAO\nNEWCOMER 18", "^TAOBAO: no page number"),
    "no page, unknown name before known name": ("TAOBAO 17", "NEWCOMER", "^NEWCOMER: no page number"),
    "no page after leader": ("TAOBAO 17\nVK 18", "NEWCOMER .....\nOTHER 18", "^NEWCOMER: no page number"),
    "no page before section": ("VK 18", "NEWCOMER", "^NEWCOMER: no page number"),
    "section without page": ("Markets 15\nTAOBAO", "Markets\nNEWCOMER", "^Online Markets: no page number"),
    "country without page": ("CHINA 21", "CHINA", "^CHINA: no page number"),
    "decreasing": ("VK 18", "VK 16", "^VK: page 16 is lower than page 17 of TAOBAO"),
    "decreasing, no name": ("VK 18", "..... 16", "^an entry without a name: page 16 is lower than page 17 of TAOBAO"),
    "decreasing, section": ("Physical Markets 20", "Physical Markets 2", "^Physical Markets: page 2 is lower than page 18 of VK"),
    "no online section": ("Online Markets 15\n", "", "has no entry `Online Markets`"),
    "no physical section": ("Physical Markets 20\n", "", "has no entry `Physical Markets`"),
    "no online entries": ("TAOBAO 17\nVK 18\n", "", "no entries below `Online Markets`"),
    "no physical entries": ("CHINA 21\nPERU 22\n", "", "no entries below `Physical Markets`"),
}


@pytest.mark.parametrize(("old", "new", "message"), UNCLEAR.values(), ids=UNCLEAR)
def test_an_unclear_page_is_refused(old: str, new: str, message: str) -> None:
    assert contents.read_contents(SMALL, KNOWN).online == (Entry("TAOBAO", 17), Entry("VK", 18))
    assert old in SMALL
    with pytest.raises(UnreadableReport, match=message):
        contents.read_contents(SMALL.replace(old, new), KNOWN)


def test_all_problems_are_in_one_message() -> None:
    text = SMALL.replace("TAOBAO 17", "TAOBAO").replace("PERU 22", "PERU 2")
    with pytest.raises(UnreadableReport) as refusal:
        contents.read_contents(text, KNOWN)
    assert [problem.partition(":")[0] for problem in refusal.value.problems] == ["TAOBAO", "PERU"]


def test_a_text_can_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert contents.text_of(read_pages(path)).rstrip("\f") == SMALL.rstrip()
