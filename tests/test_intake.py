"""Does the intake read a contents page as it is printed, however its lines are laid out, and refuse one that is not plain?

The names and pages are those of the contents pages of the reports. The layouts are those in which their PDF and the
copies of it give the text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import intake
from tools.facts import Facts, Refused, Row
from tools.intake import Entry

LAYOUTS = Path(__file__).parent / "layouts"

ONLINE = {
    2021: """
        1337X 17 · 1FICHIER 17 · 2EMBED 18 · ALIEXPRESS 18 · BAIDU WANGPAN 19 · BESTBUYIPTV 20 · BLUEANGELHOST 20 ·
        BUKALAPAK 20 · CHALOOS 21 · CHOMIKUJ 21 · CUEVANA 22 · DHGATE 22 · DYTT8 23 · EGY.BEST 23 · FLOKINET 23 ·
        FLVTO 24 · FMOVIES 24 · INDIAMART 24 · ISTAR 25 · LIBGEN 25 · MP3JUICES 25 · MPGH 25 · NEWALBUMRELEASES 26 ·
        PELISPLUS 26 · PHIMMOI 27 · PINDUODUO 27 · POPCORN TIME 27 · PRIVATE LAYER 28 · RAPIDGATOR 28 · RARBG 29 ·
        REVENUEHITS 29 · RUTRACKER 30 · SCI-HUB 30 · SHABAKATY 31 · SHOPEE 31 · SPIDER 32 · TAOBAO 32 ·
        THEPIRATEBAY 33 · TOKOPEDIA 33 · UPLOADED 34 · VK 35 · WECHAT (WEIXIN) E-COMMERCE ECOSYSTEM 35
    """,
    2020: """
        1337x 16 · 1FICHIER 17 · AMAZON’S FOREIGN DOMAINS 17 · BAIDU WANGPAN 18 · BESTBUYIPTV 19 · BLUEANGELHOST 19 ·
        BUKALAPAK 19 · CHALOOS 20 · CHOMIKUJ 20 · DHGATE 21 · DYTT8 21 · FLOKINET 21 · FLVTO 22 · FMOVIES 22 ·
        HARAJ 22 · MERCADO LIBRE 23 · MP3JUICES 23 · MPGH 23 · NEWALBUMRELEASES 24 · PELISPLUS 24 · PHIMMOI 24 ·
        PINDUODUO 25 · POPCORNTIME 26 · PRIVATE LAYER 26 · RAPIDGATOR 27 · RARBG 27 · REVENUEHITS 28 · RUTRACKER 29 ·
        SCI-HUB 29 · SEASONVAR 30 · SHABAKATY 30 · SHOPEE 30 · SNAPDEAL 31 · TAOBAO 31 · THEPIRATEBAY 31 ·
        TOKOPEDIA 32 · UPLOADED 32 · VK 33 · WEIDIAN 33
    """,
    2019: """
        1337x 15 · 1FICHIER 15 · AMAZON’S FOREIGN DOMAINS 16 · BESTBUYIPTV 17 · BUKALAPAK 17 · CAROUSELL 18 ·
        CHOMIKUJ 18 · CIMACLUB 19 · DHGATE 19 · DYTT8 19 · FLOKINET 20 · FLVTO 20 · FMOVIES 20 ·
        HOSTING CONCEPTS B.V. (D/B/A OPEN PROVIDER) AND REGIONAL NETWORK INFORMATION CENTER JSC 21 · MP3JUICES 21 ·
        MPGH 22 · NEWALBUMRELEASES 22 · PHIMMOI 22 · PINDUODUO 23 · PRIVATE LAYER-HOSTED SITES 24 · PROPELLER ADS 24 ·
        RAPIDGATOR 26 · RARBG 26 · RUTRACKER 26 · SCI-HUB 27 · SEASONVAR 27 · SHOPEE 28 · SNAPDEAL 28 · TAOBAO 28 ·
        THEPIRATEBAY 29 · TOKOPEDIA 29 · TORRENTZ2 30 · TURBOBIT 30 · UPLOADED 31 · UPTOBOX 31 · VK 32 · WARMANE 32
    """,
}
# No copy of the contents page of 2019 shows the heading between India and the Kyrgyz Republic.
PHYSICAL = {
    2021: """
        AR ARGENTINA 39 · BR BRAZIL 40 · KH CAMBODIA 40 · CA CANADA 40 · CN CHINA 41 · IN INDIA 45 · ID INDONESIA 46 ·
        KG KRYGYZ REPUBLIC 46 · MY MALAYSIA 46 · MX MEXICO 47 · PY PARAGUAY 47 · PE PERU 48 · PH PHILIPPINES 48 ·
        RU RUSSIA 49 · TR TURKEY 49 · UA UKRAINE 50 · AE UNITED ARAB EMIRATES 50 · VN VIETNAM 50
    """,
    2020: """
        AR ARGENTINA 36 · BR BRAZIL 36 · KH CAMBODIA 37 · CN CHINA 37 · EC ECUADOR 41 · IN INDIA 41 · ID INDONESIA 42 ·
        MY MALAYSIA 42 · MX MEXICO 42 · PY PARAGUAY 43 · PE PERU 44 · PH PHILIPPINES 44 · RU RUSSIA 45 · TR TURKEY 46 ·
        UA UKRAINE 46 · AE UNITED ARAB EMIRATES 46 · VN VIETNAM 47
    """,
    2019: """
        AR ARGENTINA 34 · BR BRAZIL 34 · KH CAMBODIA 34 · CN CHINA 35 · EC ECUADOR 38 · IN INDIA 38 · ?? 39 ·
        KG KYRGYZ REPUBLIC 39 · MY MALAYSIA 39 · MX MEXICO 40 · PY PARAGUAY 40 · PE PERU 41 · PH PHILIPPINES 41 ·
        RU RUSSIA 42 · ES SPAIN 42 · TH THAILAND 43 · TR TURKEY 43 · UA UKRAINE 43 · AE UNITED ARAB EMIRATES 44 ·
        VN VIETNAM 45
    """,
}
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
# What one mirror makes of the names: it drops linked words and keeps the page numbers.
LOST = {
    "2020-mirror": {"AMAZON’S FOREIGN DOMAINS": "’S FOREIGN DOMAINS", "BAIDU WANGPAN": "WANGPAN"}
    | dict.fromkeys(("SHOPEE", "SNAPDEAL", "TOKOPEDIA", "CHINA", "INDIA"), ""),
    "2019-mirror": {"AMAZON’S FOREIGN DOMAINS": "’S FOREIGN DOMAINS"}
    | dict.fromkeys(("CAROUSELL", "SNAPDEAL", "TOKOPEDIA", "BRAZIL", "CAMBODIA", "CHINA", "INDIA", "MALAYSIA", "MEXICO"), "")
    | dict.fromkeys(("PHILIPPINES", "SPAIN", "THAILAND", "UNITED ARAB EMIRATES", "VIETNAM"), ""),
}
FIXTURES = sorted(path.stem for path in LAYOUTS.glob("*.txt"))


def _entries(printed: str) -> list[tuple[str, int]]:
    return [(name, int(page)) for name, page in (entry.strip().rsplit(" ", 1) for entry in printed.split("·"))]


def _headings(year: int) -> list[tuple[str, str, int]]:
    return [(text[:2].strip("?"), text[3:], page) for text, page in _entries(PHYSICAL[year])]


def _text(fixture: str) -> str:
    return (LAYOUTS / f"{fixture}.txt").read_text(encoding="utf-8")


def _pairs(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    return [(entry.name, entry.page) for entry in entries]


def _before(year: int, facts: Facts) -> Facts:
    """The facts as they were before an edition."""
    return facts | {name: [row for row in facts[name] if row["year"] < year] for name in ("editions", "listings")}


def test_each_edition_has_layouts() -> None:
    assert {int(name[:4]) for name in FIXTURES} == set(ONLINE)
    assert len(FIXTURES) == 7


@pytest.mark.parametrize("fixture", FIXTURES)
def test_the_contents_page_comes_out_as_it_is_printed(fixture: str) -> None:
    year, lost = int(fixture[:4]), LOST.get(fixture, {})
    contents = intake.read_contents(_text(fixture))
    assert _pairs(contents.online) == [(lost.get(name, name), page) for name, page in _entries(ONLINE[year])]
    assert _pairs(contents.physical) == [(lost.get(name, name), page) for _, name, page in _headings(year)]
    assert contents.sections == SECTIONS[year]
    if "mirror" not in fixture and year in ISSUE_FOCUS:
        assert contents.issue_focus == ISSUE_FOCUS[year]


@pytest.mark.parametrize("fixture", FIXTURES)
def test_knowing_names_does_not_change_a_plain_page(fixture: str, facts_read: Facts) -> None:
    names = {*intake.known_names(facts_read), *intake.countries()}
    assert intake.read_contents(_text(fixture), names) == intake.read_contents(_text(fixture))


@pytest.mark.parametrize("fixture", [name for name in FIXTURES if "mirror" not in name])
def test_countries_get_their_codes(fixture: str) -> None:
    year = int(fixture[:4])
    contents = intake.read_contents(_text(fixture))
    assert [(intake.country(entry)[0], entry.name, entry.page) for entry in contents.physical] == _headings(year)


@pytest.mark.parametrize("year", [2020, 2021])
def test_the_proposal_agrees_with_the_edition_that_was_typed_by_hand(year: int, facts_read: Facts) -> None:
    rows = intake.propose_listings(intake.read_contents(_text(f"{year}-leaders")), year, _before(year, facts_read))
    typed = [row for row in facts_read["listings"] if row["year"] == year and row["kind"] == "online"]
    proposed = [row for row in rows if row["kind"] == "online"]
    assert [(row["listing_no"], row["market_id"], row["page"]) for row in proposed] == [
        (row["listing_no"], row["market_id"], row["page"]) for row in typed
    ]


WORDS = st.one_of(
    st.from_regex(r"[A-Z0-9][A-Z0-9’'&/()-]{0,6}[A-Z)]", fullmatch=True),
    st.from_regex(r"[A-Z]{2,5}[0-9]", fullmatch=True),
    st.sampled_from(["B.V.", "EGY.BEST", "(D/B/A", "AMAZON’S", "É-LIVRES", "x"]),
)
DOTTED = st.sampled_from(["....", " . ", " ........ ", ". ", "…", " ……… ", "·····", "____ ", " . . . . "])
PLAIN = st.sampled_from([" ", "   ", "\t", "\n", "\n\n  ", "......\n", "\n....", " \N{NO-BREAK SPACE} "])
BREAKS = st.sampled_from([" ", " ", "  ", "\n", " \n   ", "\n\n"])
ENDS = st.sampled_from(["\n", "\n\n   ", "  \n", "\n\nii\n\f", "\n\n- 2 -\n\f", "\n2\n\f", "\f", "\nPage 3 of 56\n"])


@st.composite
def laid_out(draw: st.DrawFn, section: str, first: int) -> tuple[list[tuple[str, int]], str, int]:
    """A section of a contents page: its entries, its text and its last page."""
    steps = draw(st.lists(st.integers(0, 4), min_size=1, max_size=12))
    entries: list[tuple[str, int]] = []
    text = f"{section} {first}\n"
    for page in list(accumulate(steps, initial=first))[1:]:
        words = draw(st.lists(WORDS, max_size=5))
        dotted = not words or draw(st.booleans())
        text += words[0] if words else ""
        for word in words[1:]:
            text += draw(BREAKS) + word
        text += f"{draw(DOTTED if dotted else PLAIN)}{page}"
        # A mirror runs the entries together; without dots nobody could tell them apart.
        text += " " if dotted and draw(st.booleans()) else draw(ENDS)
        entries.append((" ".join(words), page))
    return entries, f"{text}\n", entries[-1][1]


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[tuple[str, int]], list[tuple[str, int]], str]:
    online, first_part, page = draw(laid_out("Online Markets", draw(st.integers(1, 60))))
    physical, second_part, last = draw(laid_out("Physical Markets", page))
    return online, physical, f"Filler 7\nTable of Contents\n{first_part}{second_part}Public Information {last}\nFiller 1\n"


@given(pages())
def test_any_layout_is_read_back(page: tuple[list[tuple[str, int]], list[tuple[str, int]], str]) -> None:
    online, physical, text = page
    contents = intake.read_contents(text)
    assert (_pairs(contents.online), _pairs(contents.physical)) == (online, physical)


@given(st.lists(st.integers(1, 999), min_size=1, max_size=20))
def test_pages_are_accepted_if_and_only_if_they_never_decrease(numbers: list[int]) -> None:
    lines = "".join(f"SITE{place} .... {page}\n" for place, page in enumerate(numbers))
    text = f"Contents\nOnline Markets 1\n{lines}Physical Markets 999\nPERU 999\nPublic Information 999\n"
    if numbers == sorted(numbers):
        assert [entry.page for entry in intake.read_contents(text).online] == numbers
    else:
        with pytest.raises(Refused, match=r"SITE\d+: page \d+ after page \d+ of SITE\d+"):
            intake.read_contents(text)


def test_a_number_in_a_name_is_no_page() -> None:
    contents = intake.read_contents(SMALL.replace("VK 18", "4 SHARED 99 FILES .... 18"))
    assert _pairs(contents.online) == [("TAOBAO", 17), ("4 SHARED 99 FILES", 18)]


def test_a_market_may_be_called_like_a_section() -> None:
    contents = intake.read_contents(SMALL.replace("Online", "Results of it 14\nOnline").replace("VK", "RESULTS.ORG"))
    assert _pairs(contents.online) == [("TAOBAO", 17), ("RESULTS.ORG", 18)]
    assert contents.sections["Results"] == 14


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
KNOWN = {"taobao", "vk", *intake.countries()}
UNPLAIN = [
    ("no contents page", "Table of Contents\n", "", "no contents page found: no line reads"),
    ("no end", "Public Information 30\n", "", "no contents page found: no entry `Public Information`"),
    (
        "end without a page",
        "Public Information 30",
        "Public Information",
        "no contents page found: no entry `Public Information`",
    ),
    ("end far away", "Public", "Filler\n" * 600 + "Public", "no contents page found: no entry `Public Information`"),
    ("no page, known name", "TAOBAO 17", "TAOBAO", "^TAOBAO: no page number; if the name goes on with `VK`"),
    ("no page, known name before an unknown", "TAOBAO 17\nVK 18", "TAOBAO\nNEWCOMER 18", "^TAOBAO: no page number"),
    ("no page, next name known", "TAOBAO 17", "NEWCOMER", "^NEWCOMER: no page number"),
    ("no page after the leader", "TAOBAO 17\nVK 18", "NEWCOMER .....\nOTHER 18", "^NEWCOMER: no page number"),
    ("no page before a section", "VK 18", "NEWCOMER", "^NEWCOMER: no page number"),
    ("no page of a section", "Markets 15\nTAOBAO", "Markets\nNEWCOMER", "^Online Markets: no page number"),
    ("no page of a country", "CHINA 21", "CHINA", "^CHINA: no page number"),
    ("decreasing", "VK 18", "VK 16", "^VK: page 16 after page 17 of TAOBAO"),
    ("decreasing, nameless", "VK 18", "..... 16", "^an entry without a name: page 16 after page 17 of TAOBAO"),
    ("decreasing into a section", "Physical Markets 20", "Physical Markets 2", "^Physical Markets: page 2 after page 18 of VK"),
    ("no online markets", "Online Markets 15\n", "", "has no entry `Online Markets`"),
    ("no physical markets", "Physical Markets 20\n", "", "has no entry `Physical Markets`"),
    ("no names", "TAOBAO 17\nVK 18\n", "", "nothing under `Online Markets`"),
    ("no countries", "CHINA 21\nPERU 22\n", "", "nothing under `Physical Markets`"),
]


@pytest.mark.parametrize(("old", "new", "message"), [case[1:] for case in UNPLAIN], ids=[case[0] for case in UNPLAIN])
def test_a_page_that_is_not_plain_is_refused(old: str, new: str, message: str) -> None:
    assert intake.read_contents(SMALL, KNOWN).online == (Entry("TAOBAO", 17), Entry("VK", 18))
    assert old in SMALL
    with pytest.raises(Refused, match=message):
        intake.read_contents(SMALL.replace(old, new), KNOWN)


def test_all_problems_are_told_at_once() -> None:
    text = SMALL.replace("TAOBAO 17", "TAOBAO").replace("PERU 22", "PERU 2")
    with pytest.raises(Refused) as refusal:
        intake.read_contents(text, KNOWN)
    assert [problem.partition(":")[0] for problem in refusal.value.problems] == [
        "TAOBAO",
        "PERU",
    ]


@pytest.mark.parametrize(
    ("heading", "code"),
    [("RUSSIA", "RU"), ("VIETNAM", "VN"), ("COTE D’IVOIRE", "CI"), ("NIGER", "NE"), ("NIGERIA", "NG"), ("SOUTH KOREA", "KR")],
)
def test_a_country_by_its_usual_name(heading: str, code: str) -> None:
    assert intake.country(Entry(heading, 1)) == (code, "")


@pytest.mark.parametrize(
    ("heading", "code", "name"), [("KRYGYZ REPUBLIC", "KG", "Kyrgyzstan"), ("PHILLIPINES", "PH", "Philippines")]
)
def test_a_misspelt_country_is_kept_and_has_to_be_confirmed(heading: str, code: str, name: str) -> None:
    (row,) = intake.propose_listings(intake.Contents({}, "", (), (Entry(heading, 46),)), 2021, {"markets": [], "listings": []})
    assert (row["country"], row["country_as_listed"], row["page"]) == (code, heading, 46)
    assert row["note"] == f"The contents page prints the country as {heading}; confirm that {name} is meant."


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("UTOPIA", r"UTOPIA \(page 9\) is no ISO 3166 country; did you mean .*Ethiopia"),
        ("NIGERA", "did you mean (Niger or Nigeria|Nigeria or Niger)"),
        ("QQQQ", r"is no ISO 3166 country$"),
    ],
)
def test_what_is_no_country_is_refused(heading: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        intake.country(Entry(heading, 9))


def _listing(year: int, number: int, kind: str, market_id: str | None, name: str | None, **more: Any) -> Row:
    row = {"year": year, "listing_no": number, "kind": kind, "market_id": market_id, "name_as_listed": name}
    return Row({**row, "further_market_ids": [], "country": None, "country_as_listed": None, **more})


@pytest.fixture
def few() -> Facts:
    """Two editions in small."""
    names = {
        "vk": "VK",
        "taobao": "Taobao",
        "popcorn-time": "Popcorn Time",
        "haraj": "Haraj",
        "twin-a": "Twin",
        "twin-b": "T.W.I.N.",
    }
    return {
        "editions": [Row(year=2018), Row(year=2020), Row(year=2025)],
        "markets": [Row(market_id=key, name=name, kind="online") for key, name in names.items()]
        + [Row(market_id="mall", name="Mall", kind="physical")],
        "listings": [
            _listing(2018, 1, "online", "haraj", "HARAJ SOUQ"),
            _listing(2018, 2, "online", "vk", "VK AND FRIENDS", further_market_ids=["taobao"]),
            _listing(2020, 1, "online", "vk", "VKONTAKTE"),
            _listing(2020, 2, "online", "popcorn-time", "POPCORNTIME"),
            _listing(2020, 3, "online", None, None),
            _listing(2020, 4, "physical", None, None, country="EC", country_as_listed="ECUADOR"),
            _listing(2020, 5, "physical", "mall", "Mall", country="PE", country_as_listed="PERU"),
            _listing(2025, 1, "online", "twin-a", "TWIN"),
        ],
    }


def _propose(names: list[str], facts: Facts, headings: tuple[str, ...] = ("PERU", "CANADA")) -> list[dict[str, Any]]:
    contents = intake.Contents({}, "", tuple(Entry(name, 17) for name in names), tuple(Entry(name, 39) for name in headings))
    return intake.propose_listings(contents, 2021, facts)


@pytest.mark.parametrize(
    ("name", "market_ids", "note"),
    [
        ("VK", ("vk", []), ""),
        ("Popcorn  TIME", ("popcorn-time", []), ""),
        ("HARAJ SOUQ", ("haraj", []), ""),
        ("VK AND FRIENDS", ("vk", ["taobao"]), ""),
        ("TAOBAO AND HARAJ", ("taobao", ["haraj"]), "One heading for several markets: taobao, haraj."),
        ("TWIN", (None, []), "The name stands for several markets: twin-a, twin-b."),
        ("TAOBAO2", (None, []), "No known market has this name; the nearest known one is taobao."),
        ("MALL", (None, []), "No known market has this name; none is near it."),
        ("", (None, []), "The text has the page of this entry, but not its name."),
    ],
)
def test_a_market_is_found_by_its_name(name: str, market_ids: tuple[str | None, list[str]], note: str, few: Facts) -> None:
    row = _propose([name], few)[0]
    assert ((row["market_id"], row["further_market_ids"]), row["note"]) == (market_ids, note)
    assert (row["name_as_listed"], row["grade"]) == (name, "primary" if name else "unidentified")


def test_rows_are_numbered_online_first(few: Facts) -> None:
    rows = _propose(["VK", "TAOBAO"], few)
    assert [(row["listing_no"], row["kind"], row["market_id"], row["grade"]) for row in rows] == [
        (1, "online", "vk", "primary"),
        (2, "online", "taobao", "primary"),
        (3, "physical", None, "unidentified"),
        (4, "physical", None, "unidentified"),
    ]


def test_the_changes_are_those_against_the_edition_before(few: Facts) -> None:
    rows = _propose(["VK", "TAOBAO", "NEWCOMER"], few)
    assert list(intake.changes(rows, few, 2021)) == [
        "against the edition of 2020:",
        "  online kept, 1: VK",
        "  online new, 2: TAOBAO, NEWCOMER",
        "  online gone, 1: POPCORNTIME",
        "  countries kept, 1: PERU",
        "  countries new, 1: CANADA",
        "  countries gone, 1: ECUADOR",
        "  online rows of 2020 without a name: 1; a market that looks new or gone may be one of them",
    ]
    nameless = list(intake.changes(_propose([""], few, ("",)), few, 2021))
    assert nameless[-1] == "  headings of 2021 without a country: 1; one that looks gone may be one of them"
    assert nameless[-2].startswith("  online rows of 2021 without a name: 1;")
    assert list(intake.changes(rows, few, 2017)) == ["no edition before 2017 to compare with"]


def test_the_title_and_the_year_are_those_that_the_text_prints() -> None:
    contents = intake.read_contents(SMALL)
    cut = "2019 Review of\nNotorious Markets for Counterfeiting and\n\nOverview of the 2019 Review of Notorious Markets for "
    text = f"{cut}Counterfeiting and Piracy\f Since the 2018 Out-of-Cycle Review of Notorious Markets\f"
    edition = intake.propose_edition(text, contents)
    assert edition["title"] == "2019 Review of Notorious Markets for Counterfeiting and Piracy"
    assert (edition["year"], edition["period_label"], edition["report_pages"]) == (2019, "2019 Review", 2)
    edition = intake.propose_edition(text, contents, 2018)
    assert (edition["title"], edition["period_label"]) == (
        "2018 Out-of-Cycle Review of Notorious Markets",
        "2018 Out-of-Cycle Review",
    )
    bare = intake.propose_edition("Filler", contents, 2030)
    assert (bare["year"], bare["title"], bare["report_pages"]) == (2030, None, None)
    with pytest.raises(Refused, match="no review year found"):
        intake.propose_edition("Filler", contents)


def _pdf(path: Path, *pages: list[tuple[int, int, str]]) -> Path:
    """Write a PDF of pages, each a list of texts and their places."""
    objects = ["", "", "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>"]
    for runs in pages:
        texts = [run.replace("(", r"\(").replace(")", r"\)") for *_, run in runs]
        stream = "\n".join(f"BT /F1 9 Tf {x} {y} Td ({text}) Tj ET" for (x, y, _), text in zip(runs, texts, strict=True))
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents {len(objects)} 0 R>>"
        )
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(len(pages)))
    objects[:2] = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>"]
    content, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj{text}endobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    content += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{content.index(b'xref')}\n%%EOF\n".encode()
    path.write_bytes(content)
    return path


def _contents_pdf(path: Path) -> Path:
    """The contents page of 2020 as a PDF whose page numbers are drawn before the names."""
    sections = iter(SECTIONS[2020].items())
    entries = [(f"{name} of the 2020 Review of Notorious Markets", page) for name, page in [next(sections) for _ in range(4)]]
    entries += [next(sections), *_entries(ONLINE[2020]), next(sections), *((name, page) for _, name, page in _headings(2020))]
    lines = [("Table of Contents", None), *entries, next(sections)]
    runs = [(500, 780 - 11 * place, str(page)) for place, (_, page) in enumerate(lines) if page]
    runs += [(72, 780 - 11 * place, name) for place, (name, _) in enumerate(lines)]
    return _pdf(path, runs, [(72, 700, "Filler instead of the text."), (300, 40, "1")])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_reads_a_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert intake.main([str(_contents_pdf(tmp_path / "report.pdf"))]) == 0, capsys.readouterr().err
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "2020 Review of Notorious Markets"
    assert told[2] == "39 online entries, 17 countries"
    assert told[-1] == "written to proposal-2020: editions.csv, listings/2020.csv"
    proposal = tmp_path / "proposal-2020"
    assert sorted(path.relative_to(proposal).as_posix() for path in proposal.rglob("*.*")) == [
        "editions.csv",
        "listings/2020.csv",
    ]
    rows = _rows(proposal / "listings" / "2020.csv")
    assert [(row["name_as_listed"], int(row["page"])) for row in rows if row["kind"] == "online"] == _entries(ONLINE[2020])
    assert [
        (row["country"], row["country_as_listed"], int(row["page"])) for row in rows if row["kind"] == "physical"
    ] == _headings(2020)
    (edition,) = _rows(proposal / "editions.csv")
    assert {name: cell for name, cell in edition.items() if cell} == {
        "year": "2020",
        "title": "2020 Review of Notorious Markets",
        "period_label": "2020 Review",
        "issue_focus": "of the 2020 Review of Notorious Markets",
        "report_pages": "2",
    }


def test_the_command_tells_what_changed_and_what_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], few: Facts
) -> None:
    monkeypatch.setattr(intake, "read", lambda _: few)
    assert intake.main([str(LAYOUTS / "2021-leaders.txt"), "--output", str(tmp_path / "new")]) == 0
    told = capsys.readouterr().out
    assert "  online kept, 2: POPCORN TIME, VK\n" in told
    assert "  countries new, 17: ARGENTINA, " in told
    assert "\nto settle:\n  1 1337X, page 17: No known market has this name" in told
    assert "\n  50 KRYGYZ REPUBLIC, page 46: The contents page prints the country as KRYGYZ REPUBLIC; confirm" in told
    (edition,) = _rows(tmp_path / "new" / "editions.csv")
    assert (edition["issue_focus"], edition["released"], edition["online_total"]) == (ISSUE_FOCUS[2021], "", "")


def test_the_command_overwrites_nothing_and_stays_out_of_the_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], few: Facts
) -> None:
    monkeypatch.setattr(intake, "read", lambda _: few)
    report, home, other = str(LAYOUTS / "2021-leaders.txt"), tmp_path / "data", tmp_path / "other"
    monkeypatch.setattr(intake, "FACTS", home)
    (tmp_path / "proposal").mkdir()
    assert intake.main([report, "--output", str(tmp_path / "proposal")]) == 1
    assert "exists; name another folder" in capsys.readouterr().err
    for inside in (home / "proposal", other / "a" / "b", tmp_path / "x" / ".." / "data" / "proposal"):
        assert intake.main([report, "--facts", str(other), "--output", str(inside)]) == 1
        assert "lies in the folder of the facts" in capsys.readouterr().err
    assert list(tmp_path.rglob("*")) == [tmp_path / "proposal"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"\xff\xfe\x00", "neither a PDF nor text in UTF-8"),
        (b"%PDF-1.4 broken", "the PDF cannot be read"),
        (
            SMALL.replace("CHINA", "UTOPIA").replace("PERU", "QQQQ").encode(),
            r"UTOPIA \(page 21\) is no .*\nQQQQ \(page 22\) is no",
        ),
    ],
    ids=["missing", "binary", "broken PDF", "two wrong countries"],
)
def test_the_command_says_why_it_refuses(
    content: bytes | None,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    few: Facts,
) -> None:
    monkeypatch.setattr(intake, "read", lambda _: few)
    report = tmp_path / "report"
    if content is not None:
        report.write_bytes(content)
    assert intake.main([str(report), "--output", str(tmp_path / "new")]) == 1
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "new").exists()


def test_a_text_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert intake.read_report(path) == SMALL


def test_a_pdf_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="the PDF has no text"):
        intake.read_report(_pdf(tmp_path / "scan.pdf", []))
