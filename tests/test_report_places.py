"""Which physical markets does a report have, where are they, and which countries do its headings name?"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from notorious_markets.reports import physical
from notorious_markets.reports.blocks import Block
from notorious_markets.reports.countries import countries, country_code, fold
from tests.report_blocks import block, blocks, contents, page


def physical_of(
    texts: Sequence[str | Block], names: str = "", total: int | None = None
) -> tuple[list[tuple[str | None, str | None, str, str | None]], list[str], list[str]]:
    """Read a section of physical markets. Return the heading, code, name and place of each, and what is left or unclear."""
    found, others, problems = physical.physical_entries(blocks(*texts), contents(physical=names), total, page)
    rows = [(row.country_as_listed, row.country, row.name_as_listed, row.locality) for row in found]
    return rows, [row.text for row in others], problems


def test_physical_markets_are_below_their_countries() -> None:
    texts = [
        "# **CHINA**",
        "# __Silk Market, Beijing__",
        "Text.",
        "# __Hall__",
        "Text.",
        "# **ATLANTIS**",
        "# __Pearl Mall__",
        "Text.",
        "# **PERUU**",
        "# __Fair (Lima)__",
        "Text.",
    ]
    assert physical_of(texts) == (
        [
            ("CHINA", "CN", "Silk Market", "Beijing"),
            ("CHINA", "CN", "Hall", None),
            ("ATLANTIS", None, "Pearl Mall", None),
            ("PERUU", "PE", "Fair", "Lima"),
        ],
        [],
        ["`ATLANTIS` is not a country in ISO 3166"],
    )


def test_a_physical_market_has_a_page_and_can_be_above_the_countries() -> None:
    section = blocks("# __Mall__", "Text.", "# **CHINA:**", block("__Hall__", heading=True, sheet=3), "Text.")
    found, others, problems = physical.physical_entries(section, contents(), None, page)
    assert [(row.country_as_listed, row.name_as_listed, row.page) for row in found] == [(None, "Mall", 10), ("CHINA", "Hall", 13)]
    assert (others, problems) == ([], [])


@pytest.mark.parametrize(
    ("texts", "names", "countries"),
    [
        pytest.param(["# **CHINA**", "# **Fair**", "# **Hall**"], "", ["CHINA"], id="one of several in its style"),
        pytest.param(["# **CHINA**", "# **PERU**", "# **UTOPIA**"], "", ["CHINA", "PERU", "UTOPIA"], id="most in their style"),
        pytest.param(
            ["# **PERU**", "# **CUBA**", "# **CHAD**", "# **A**", "# **B**"], "", ["PERU", "CUBA", "CHAD", "A", "B"], id="enough"
        ),
        pytest.param(["# **CHINA**", "# **PERU**", "# **A**", "# **B**"], "", ["CHINA", "PERU"], id="half"),
        pytest.param(["# **CHINA**", "# **PERU**", "# **UTOPIA, HALL**"], "", ["CHINA", "PERU"], id="a comma"),
        pytest.param(["# **CHINA**", "# **PERU**", f"# **{'U' * 60}**"], "", ["CHINA", "PERU"], id="too long"),
        pytest.param(["# **CHINA**", "# **PERU**", f"# **{'U' * 59}**"], "", ["CHINA", "PERU", "U" * 59], id="long"),
        pytest.param(["# **CHINA**", "# **PERU**", "# __UTOPIA__", "# **Utopia**"], "", ["CHINA", "PERU"], id="other styles"),
        pytest.param(["# **CHINA**", "PERU", "CHAD"], "", ["CHINA"], id="paragraphs"),
        pytest.param(["# **UTOPIA**", "# **OZ:**", "# **EDEN**"], "Utopia, Oz", ["UTOPIA", "OZ", "EDEN"], id="known names"),
        pytest.param(["# **UTOPIA\nATLANTIS**"], "Utopia, Atlantis", ["ATLANTIS"], id="divided"),
        pytest.param(
            [block("CHINA", heading=True, size=14.2), block("OZ", heading=True, size=13.8), block("CHAD", heading=True, size=14)],
            "", ["CHINA", "OZ", "CHAD"], id="sizes that are nearly equal",
        ),
    ],
)  # fmt: skip
def test_headings_in_the_style_of_countries_are_countries(texts: Sequence[str | Block], names: str, countries: list[str]) -> None:
    with_markets = [part for text in texts for part in (text, "# __Mall__", "Text.")]
    found, _, _ = physical_of(with_markets, names)
    assert list(dict.fromkeys(row[0] for row in found)) == countries


@pytest.mark.parametrize(
    ("texts", "rows", "others"),
    [
        (
            ["# **CHINA**", "# ALPHA", "# __Beijing:__", "Text.", "# BETA", "# __Xian__", "Text."],
            [("CHINA", "CN", "ALPHA", "Beijing"), ("CHINA", "CN", "BETA", "Xian")],
            [],
        ),
        (
            ["# **CHINA**", "# ALPHA", block("__Beijing__", heading=True, gap=1.6), "Text.", "# BETA", "Text."],
            [("CHINA", "CN", "ALPHA", None), ("CHINA", "CN", "BETA", None)],
            ["Beijing"],
        ),
    ],
)  # fmt: skip
def test_the_place_of_a_market_can_be_below_its_name(
    texts: Sequence[str | Block], rows: list[tuple[str, str, str, str | None]], others: list[str]
) -> None:
    assert physical_of(texts) == (rows, others, [])


@pytest.mark.parametrize(
    ("texts", "localities"),
    [
        (["# **A**", "# __B__", "Text."], {1}),
        (["Text.", "# **A**", "# __B__", "Text.", "# **C**", "# __D__", "Text."], {2, 5}),
        (["# **A**", "# __B__", "Text.", "# __C__", "# **D**", "Text.", "# **E**", "# __F__", "Text."], {1, 7}),
        (["# **A**", "# __B__", "Text.", "# __C__", "# **D**", "Text.", "# __E__", "# **F**", "Text."], {4, 7}),
        (["# **A**", "# **B**", "Text."], set()),
        (["# **A**", "# __B__"], set()),
        (["# **A**", "# __B__", "# __C__", "Text."], set()),
        (["**A**", "# __B__", "Text."], set()),
        (["# **A**", "__B__", "Text."], set()),
        (["# **A**", block("__B__", heading=True, gap=0), "Text."], set()),
        (["# **A**", block("__B__", heading=True, gap=0.1), "Text."], {1}),
        (["# **A**", block("__B__", heading=True, gap=9, sheet=1), "Text."], {1}),
        (["# **A**", block("__B__", heading=True, gap=9, column=1), "Text."], {1}),
    ],
)
def test_a_heading_below_another_one_can_be_its_place(texts: Sequence[str | Block], localities: set[int]) -> None:
    assert physical._localities(blocks(*texts), set()) == localities
    assert physical._localities(blocks(*texts), {0, 1, 2, 4, 5, 7}) == set()


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("Hall,(Lima )", ("Hall", "Lima")),
        ("Hall (a.k.a. Other)", ("Hall (a.k.a. Other)", None)),
        ("Hall (North), Lima, Peru", ("Hall (North)", "Lima, Peru")),
        ("Hall (North, South) , Lima", ("Hall (North, South)", "Lima")),
        ("Hall, ", ("Hall, ", None)),
        (", Lima", (", Lima", None)),
        ("Hall — Lima, Peru", ("Hall — Lima", "Peru")),
        ("Hall — Lima ", ("Hall", "Lima")),
        ("Hall (Mercado, Lima", ("Hall (Mercado, Lima", None)),
        ("A,B", ("A", "B")),
        ("MAX (Lima)", ("MAX", "Lima")),
    ],
)
def test_the_place_follows_the_name_in_a_heading(heading: str, parts: tuple[str, str | None]) -> None:
    assert physical.divided(heading) == parts


def test_places_can_end_with_countries() -> None:
    rows, others, problems = physical_of(
        ["# **Hall, Lima, Peru**", "Text.", "# **Fair, Chad**", "Text.", "# **Mall**", "Text.", "# **Row, Xian**", "Text."]
    )
    assert rows == [
        ("Peru", "PE", "Hall", "Lima"),
        ("Chad", "TD", "Fair", None),
        (None, None, "Mall", None),
        (None, None, "Row", "Xian"),
    ]
    assert (others, problems) == ([], [])
    rows, _, _ = physical_of(["# **Hall, Lima, Peru**", "Text.", "# **Fair, Xian**", "Text.", "# **Mall**", "Text."])
    assert rows == [(None, None, "Hall", "Lima, Peru"), (None, None, "Fair", "Xian"), (None, None, "Mall", None)]


def test_the_total_of_physical_markets_tells_which_headings_are_names() -> None:
    texts = ["# **CHINA**", "# __Alpha__", "Text.", "# WHY", "Text.", "# WHO", "Text."]
    assert [[row[2] for row in physical_of(texts, total=total)[0]] for total in (1, 2)] == [["Alpha"], ["WHY", "WHO"]]
    assert [physical_of(texts, total=total)[1] for total in (1, 2)] == [["WHY", "WHO"], ["Alpha"]]


@pytest.mark.parametrize(
    ("text", "fuzzy", "code"),
    [
        ("China", True, "CN"),
        ("COTE D’IVOIRE", True, "CI"),
        ("Nigera", False, None),
        ("Nigerria", True, "NG"),
        ("Untied Arab Emirates", False, None),
        ("UAE", True, "AE"),
        ("Cub", True, None),
        ("Cubba", True, "CU"),
        ("Chna", True, "CN"),
        ("Perú", True, "PE"),
        ("United States Minor Outlying Isles of the Pacific", True, None),
        ("Market", True, None),
    ],
)
def test_a_text_names_a_country(text: str, fuzzy: bool, code: str | None) -> None:
    assert country_code(text, fuzzy=fuzzy) == code


def test_each_country_has_a_folded_name() -> None:
    codes = countries()
    assert (codes["peru"], codes["vietnam"], codes["peoplesrepublicofchina"]) == ("PE", "VN", "CN")
    assert {len(code) for code in codes.values()} == {2}
    assert fold("POPCORN-Tíme") == "popcorntime"
