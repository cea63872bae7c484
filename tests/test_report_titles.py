"""Which title, year and totals does a report announce?"""

from __future__ import annotations

import pytest

from notorious_markets.reports.titles import Title, read_title, read_totals

OF_2021 = "2021 Review of Notorious Markets for Counterfeiting and Piracy"
OLDEST = "Out-of-Cycle Review of Notorious Markets"


@pytest.mark.parametrize(
    ("head", "text", "year", "title"),
    [
        pytest.param(OF_2021, "", None, Title(2021, OF_2021, "2021 Review"), id="in the head"),
        pytest.param("2021 Review\nof  Notorious Markets", "", None, Title(2021, OF_2021[:32], "2021 Review"), id="broken"),
        pytest.param(f"2013 {OLDEST}", "", None, Title(2013, f"2013 {OLDEST}", "2013 Out-of-Cycle Review"), id="out of cycle"),
        pytest.param("Text", f"A {OF_2021}\nof it", None, Title(2021, OF_2021, "2021 Review"), id="in the text"),
        pytest.param(
            "2021 Review of Notorious Markets", OF_2021, None, Title(2021, OF_2021, "2021 Review"), id="cut off in the head"
        ),
        pytest.param(OF_2021, OF_2021[:32], None, Title(2021, OF_2021, "2021 Review"), id="cut off in the text"),
        pytest.param(
            "2021 Review of Notorious Markets",
            "A 2020" + OF_2021[4:],
            None,
            Title(2021, OF_2021[:32], "2021 Review"),
            id="another year",
        ),
        pytest.param(
            f"The 2020{OF_2021[4:]}. The {OF_2021}", "", 2021, Title(2021, OF_2021, "2021 Review"), id="the year that is passed"
        ),
        pytest.param(
            "Text", f"{OF_2021}. The 2020{OF_2021[4:]}", 2020, Title(2020, "2020" + OF_2021[4:], "2020 Review"), id="passed, text"
        ),
        pytest.param("Text", OF_2021, 2020, Title(2020, None, None), id="no title of that year"),
        pytest.param("Text", "Text", None, Title(None, None, None), id="nothing"),
        pytest.param("Text", f"Text {OLDEST}", None, Title(None, OLDEST, None), id="without a year"),
        pytest.param(
            f"{OLDEST}\nDecember 20, 2011", f"The 2013 {OLDEST}", None, Title(2011, OLDEST, None), id="released in December"
        ),
        pytest.param(f"{OLDEST}\nfebruary 28,  2011", "", None, Title(2010, OLDEST, None), id="released in February"),
        pytest.param(f"{OLDEST}\nDecember 20, 2011", "", 2012, Title(2012, OLDEST, None), id="the year before the day"),
        pytest.param(f"{OLDEST}, May 1, 2014, December 13, 2012", "", None, Title(2012, OLDEST, None), id="the day of a release"),
        pytest.param(
            f"{OLDEST}, May 1, 2014",
            f"The 2015 {OLDEST}. The 2012 {OLDEST}. The 2012 {OLDEST}",
            None,
            Title(2012, OLDEST, None),
            id="most",
        ),
        pytest.param(f"{OLDEST}, July 1, 2009", "", None, Title(2009, OLDEST, None), id="another day in July"),
        pytest.param(f"{OLDEST}, June 30, 2009, July 1, 2011", "", None, Title(2008, OLDEST, None), id="another day in June"),
        pytest.param(f"{OLDEST}, February 31, 2009, May 1, 2014", "", None, Title(2013, OLDEST, None), id="no day"),
        pytest.param(OLDEST, "May 1, 2014", None, Title(None, OLDEST, None), id="a day in the text"),
        pytest.param(f"{OLDEST} {'x ' * 10_000} May 1, 2014", "", None, Title(None, OLDEST, None), id="a day far below"),
        pytest.param("In the 2020 Review of Notorious Markets", "", None, Title(None, None, None), id="an earlier edition"),
        pytest.param(
            "Sites from 2020 Review of Notorious Markets", "", None, Title(None, None, None), id="from an earlier edition"
        ),
        pytest.param(f"It was in the previous 2020{OF_2021[4:]}", "", None, Title(None, None, None), id="the previous edition"),
        pytest.param(f"Since this {OF_2021}", "", None, Title(2021, OF_2021, "2021 Review"), id="this edition"),
    ],
)
def test_a_title_tells_the_year(head: str, text: str, year: int | None, title: Title) -> None:
    assert read_title(head, text, year) == title


@pytest.mark.parametrize(
    ("paragraphs", "totals"),
    [
        (["It has 42 online markets and 35 physical markets, 3 online markets and 2 physical markets more."], (42, 35)),
        (["It names 3 online markets. It names 5 physical markets."], (3, 5)),
        (["It names 3 online markets.", "It names 5 internet-based notorious markets."], (3, None)),
        (["It names 5 physical marketplaces."], (None, 5)),
        (
            ["It has 3 online markets; 3 online markets; 5 physical markets. It has 7 online markets and 8 physical markets."],
            (7, 8),
        ),
        (["It has 3 online markets. It has 4 online markets. It has 4 online markets."], (4, None)),
        (["It has 3 online and 4 physical markets.", *["It has 5 online and 6 physical markets."] * 2], (5, 6)),
        (["It has forty online markets and Forty-Two physical markets."], (40, 42)),
        (["It has twenty one online markets and nineteen physical markets."], (21, 19)),
        (["It has forty (41) notorious online markets and zero physical markets."], (41, 0)),
        (["It has ninety-nine internet and seventeen (17) physical markets."], (99, 17)),
        (["It has ONE ONLINE MARKET and TEN PHYSICAL MARKETS."], (1, 10)),
        (["It has 7 online and 8 physical markets. It has 5 online and 6 physical markets."], (7, 8)),
        (["It has 4 physical markets. It has 4 physical markets. It has 3 physical markets."], (None, 4)),
        (["It has many online markets."], (None, None)),
        ([], (None, None)),
    ],
)
def test_totals_are_numbers_before_markets(paragraphs: list[str], totals: tuple[int | None, int | None]) -> None:
    assert read_totals(paragraphs) == totals
