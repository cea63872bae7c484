"""Which entries does a contents page have, and where does it end?"""

from __future__ import annotations

import pytest

from notorious_markets.reports import contents
from notorious_markets.reports.contents import Contents, Entry
from notorious_markets.reports.lines import Line, Run


def entries(text: str) -> tuple[Entry, ...]:
    """Return entries that are written like `Overview 1; Results 2`."""
    return tuple(Entry(name, int(page)) for name, _, page in (part.rpartition(" ") for part in text.split("; ") if part))


NONE = Contents({}, "", (), ())
WITHOUT_HEADING = "no contents page found: no line is `Table of Contents` or `Contents`"
WITHOUT_END = "no contents page found: it must end with the entry `Public Information` and its page number"


@pytest.mark.parametrize(
    ("text", "found", "problems"),
    [
        pytest.param(
            "Contents\n1 Overview\n3 Online Markets\n4 ALPHA\nTable of Contents (continued)\n5 Physical Markets\n"
            "5 CHINA\n9 Public Information\nText.\n10 More",
            Contents(
                {"Overview": 1, "Online Markets": 3, "Physical Markets": 5, "Public Information": 9},
                "",
                entries("ALPHA 4"),
                entries("CHINA 5"),
                entries("Overview 1; Online Markets 3; ALPHA 4; Physical Markets 5; CHINA 5; Public Information 9"),
            ),
            [],
            id="numbers before names",
        ),
        pytest.param(
            "Contents\nContents (continued)\n1 Overview\n2 Results",
            Contents({"Overview": 1, "Results": 2}, "", (), (), entries("Overview 1; Results 2")),
            [],
            id="heading twice",
        ),
        pytest.param("Contents\n1 Overview\n", NONE, [WITHOUT_END], id="one number"),
        pytest.param(
            "Contents\n1 Overview\n2 Results\n3 Annexes .... 3\nPublic Information ... 4\n",
            Contents({"Public Information": 4}, "", (), (), entries("1 Overview 2 Results 3 Annexes 3; Public Information 4")),
            [],
            id="numbers in names",
        ),
        pytest.param(
            "Text\n\nCONTENTS:\nOverview .... 1\n2021 Review of Notorious Markets\nTable of Contents continued\n"
            "Issue Focus – X-rays .... 2\nOnline Markets .... 3\nA.TO .... 3\n"
            "Physical Markets .... 4\nPERU .... 4\nPublic Information ... 5\nAnnex 1 . . 5\n"
            "Appendix B.V. .... 7\nendnotes .. 8\nText .. 9\nGlossary .. 8\n",
            Contents(
                {"Overview": 1, "Issue Focus": 2, "Online Markets": 3, "Physical Markets": 4, "Public Information": 5},
                "X-rays",
                entries("A.TO 3"),
                entries("PERU 4"),
                entries(
                    "Overview 1; Issue Focus – X-rays 2; Online Markets 3; A.TO 3; Physical Markets 4; PERU 4; "
                    "Public Information 5; Annex 1 5; Appendix B.V. 7; endnotes 8"
                ),
            ),
            [],
            id="annexes",
        ),
        pytest.param(
            "Contents\nPublic Information 5\nAnnex 4\nAnnex 6\n",
            Contents({"Public Information": 5}, "", (), (), entries("Public Information 5")),
            [],
            id="an annex with a lower page",
        ),
        pytest.param(
            "Contents\nPublic Information 5\n" + "Annex 6\n" * 21,
            Contents({"Public Information": 5}, "", (), (), entries("Public Information 5" + "; Annex 6" * 20)),
            [],
            id="many annexes",
        ),
        pytest.param(
            "Contents\nOnline Markets 1\nALPHA 1\nPublic Information 2\n",
            Contents(
                {"Online Markets": 1, "Public Information": 2},
                "",
                (),
                (),
                entries("Online Markets 1; ALPHA 1; Public Information 2"),
            ),
            ["the contents page has no entry `Physical Markets`"],
            id="no physical markets",
        ),
        pytest.param(
            "Contents\nPhysical Markets 1\nPERU 1\nPublic Information 2\n",
            Contents(
                {"Physical Markets": 1, "Public Information": 2},
                "",
                (),
                (),
                entries("Physical Markets 1; PERU 1; Public Information 2"),
            ),
            ["the contents page has no entry `Online Markets`"],
            id="no online markets",
        ),
        pytest.param(
            "Contents\n3 Online Markets\n4 ALPHA\n5 Physical Markets\n5 CHINA\n6 CHAD\n",
            Contents(
                {"Online Markets": 3, "Physical Markets": 5},
                "",
                entries("ALPHA 4"),
                entries("CHINA 5; CHAD 6"),
                entries("Online Markets 3; ALPHA 4; Physical Markets 5; CHINA 5; CHAD 6"),
            ),
            [],
            id="no end",
        ),
        pytest.param(
            "Contents\nALPHA .....\nBETA 2\nPublic Information 3\nText",
            Contents({"Public Information": 3}, "", (), (), entries("BETA 2; Public Information 3")),
            ["ALPHA: no page number; if the name continues with `BETA`, put both on one line"],
            id="a leader without a page",
        ),
        pytest.param(
            "Contents\nALPHA-\nBETA 2\nTHE …\n3\nPublic Information 3\n",
            Contents({"Public Information": 3}, "", (), (), entries("ALPHA-BETA 2; THE 3; Public Information 3")),
            [],
            id="broken names",
        ),
        pytest.param("Text\n1 Overview", NONE, [WITHOUT_HEADING], id="none"),
        pytest.param(
            "Contents\n1 Overview\n2 Results\n3 Online Markets\n4 Physical Markets\nText",
            Contents(
                {"Overview": 1, "Results": 2, "Online Markets": 3, "Physical Markets": 4},
                "",
                (),
                (),
                entries("Overview 1; Results 2; Online Markets 3; Physical Markets 4"),
            ),
            [],
            id="four numbers before names",
        ),
        pytest.param(
            "Contents\nONLINE MARKETS 1\nPublic Information Guide 1\nphysical markets 2\nPERU 2\nPUBLIC INFORMATION 3",
            Contents(
                {"Online Markets": 1, "Physical Markets": 2, "Public Information": 3},
                "",
                entries("Public Information Guide 1"),
                entries("PERU 2"),
                entries("ONLINE MARKETS 1; Public Information Guide 1; physical markets 2; PERU 2; PUBLIC INFORMATION 3"),
            ),
            [],
            id="capitals",
        ),
        pytest.param(
            "Contents\n" + "Text 1\n" * 499 + "Public Information 9",
            Contents({"Public Information": 9}, "", (), (), entries("Text 1; " * 499 + "Public Information 9")),
            [],
            id="long",
        ),
        pytest.param("Contents\n" + "Text 1\n" * 500 + "Public Information 9", NONE, [WITHOUT_END], id="too long"),
    ],
)
def test_a_contents_page_is_found(text: str, found: Contents, problems: list[str]) -> None:
    assert contents.find_contents(text) == (found, problems)


def test_a_known_name_can_be_broken_after_another_known_name() -> None:
    text = "Contents\nALPHA\nBETA 2\nPublic Information 3"
    assert contents.find_contents(text, {"alpha", "alphabeta"})[0].entries == entries("ALPHA BETA 2; Public Information 3")
    assert contents.find_contents(text, {"alpha"})[0].entries == entries("BETA 2; Public Information 3")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a  b\n\n  c \f", ["a b", "c"]),
        ("ALPHA .. 3 BETA … 4 GAMMA · 5", ["ALPHA .. 3", "BETA … 4", "GAMMA · 5"]),
        ("ALPHA 3 BETA 4", ["ALPHA 3 BETA 4"]),
        ("a\nii\n- 3 -\nPage 3 of 5\n4 | Page\npage 6\nb", ["a", "b"]),
        ("7\nALPHA 3\n8\f9\nBETA 4\n10\fGAMMA\n4", ["ALPHA 3", "BETA 4", "GAMMA", "4"]),
        ("7\nALPHA 3\n8\f9\nBETA 4\n10", ["ALPHA 3", "BETA 4"]),
        ("7\nALPHA 3\n8", ["7", "ALPHA 3", "8"]),
        ("ALPHA 3\n8\nBETA 4\f", ["ALPHA 3", "8", "BETA 4"]),
    ],
)
def test_a_line_has_one_entry(text: str, lines: list[str]) -> None:
    assert contents._lines(text) == lines


def pages_of(*texts: str) -> list[Line]:
    return [Line((Run(text),), x=0, y=12 * number, sheet=0) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        (["Title", "Contents", "Overview ... 1", "Results ... 2", "Overview"], 4),
        (["Title", "Contents", "1 Overview", "2 Results", "Overview"], 4),
        (["Contents", "Overview ... 1", "Part of", "the", "Results ... 2", "Text", "Overview"], 5),
        (["Contents", "Overview ... 1", *["Text"] * 5, "Results ... 2", "Overview"], 8),
        (["Contents", *["Text"] * 6, "Results ... 2", "Overview"], 8),
        (["Contents", *["Text"] * 7, "Results ... 2", "Overview"], 1),
        (["Contents", "The Overview ... 1", "sults ... 2", "Other ... 3", "Overview"], 3),
        (["Contents", "Overview 1", "Text", "Overview ... 1", "Text"], 4),
        (["Title", "Overview ... 1"], 0),
        (["Contents", *[f"Results ... {number % 9}" for number in range(501)]], 501),
    ],
)
def test_the_contents_page_ends_with_its_last_entry(rows: list[str], end: int) -> None:
    page = Contents({}, "", (), (), entries("Overview 1; Results 2"))
    assert contents.end_of_contents(pages_of(*rows), page) == end
    assert contents.end_of_contents(pages_of(*rows), Contents({}, "", (), ())) == 0


def test_the_text_of_pages_has_a_form_feed_after_each() -> None:
    lines = pages_of("One", "Two")
    two_runs = Line((Run("Th", bold=True), Run("ree  ")), x=0, y=0, sheet=1)
    assert contents.text_of([lines, [two_runs]]) == "One\nTwo\fThree  \f"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        (" ALPHA ..", "ALPHA"),
        ("EXAMPLE B.V. . .", "EXAMPLE B.V."),
        ("(B.V.", "(B.V."),
        ("U.S. …", "U.S."),
        ("AB.V.", "AB.V"),
        ("E\u0301·_", "É"),
    ],
)
def test_the_leader_is_no_part_of_a_name(printed: str, name: str) -> None:
    assert contents._trim(printed) == name


def test_a_long_leader_is_read_as_a_short_one() -> None:
    assert contents._shortened(f"A {'.' * 1_000} {' .' * 500} 5") == f"A {'.' * 19}{'. ' * 10}5"
    assert contents._shortened(f"A{'.' * 39}5") == f"A{'.' * 39}5"
