"""Which headings and beginnings of paragraphs are entries, and what does the reader of reports take from them?"""

from __future__ import annotations

import pytest

from notorious_markets.reports import entries, nominations
from notorious_markets.reports.blocks import Block
from notorious_markets.reports.nominations import LineBelow
from tests.report_blocks import block, blocks


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["Headquartered in the U.S. Virgin Islands."], LineBelow(headquarters="the U.S. Virgin Islands")),
        (["Headquartered in the U.S. The site is popular."], LineBelow(headquarters="the U.S.")),
        (["Headquartered in PHOENIX."], LineBelow(headquarters="PHOENIX")),
        (["Reportedly operated from Cyprus."], LineBelow(operated_from="Cyprus")),
        (["It is hosted by servers in Peru; "], LineBelow(hosted_in="Peru")),
        (["Reportedly operated from Cyprus and hosted in Peru."], LineBelow(operated_from="Cyprus", hosted_in="Peru")),
        (["Based in Chad, and reportedly hosted in Peru."], LineBelow(headquarters="Chad", hosted_in="Peru")),
        (["Hosted in Trinidad and Tobago."], LineBelow(hosted_in="Trinidad and Tobago")),
        (["Hosted in Peru. Hosted in Chad."], LineBelow(hosted_in="Peru")),
        (["Headquartered in ."], LineBelow()),
        ([f"Headquartered in {'x' * 120}."], LineBelow(headquarters="x" * 120)),
        ([f"Headquartered in {'x' * 121}."], LineBelow()),
        (["Nominated as A.to, b.to.", "Nominated as b.to, c.to."], LineBelow(("a.to", "b.to", "c.to"))),
        (["Nominated as a.to.", "Hosted in Peru."], LineBelow(("a.to",), hosted_in="Peru")),
        (["Nominated as a.to.", "The text.", "Hosted in Peru."], LineBelow(("a.to",))),
        (["Nominated as a.to. The text. Hosted in Peru."], LineBelow(("a.to",))),
        (["Also available as a mobile app. Other related sites include a.to."], LineBelow((), ("a.to",), mobile_app=True)),
        (["Uses a reverse proxy. Based in Peru."], LineBelow(headquarters="Peru")),
    ],
)  # fmt: skip
def test_the_line_below_is_read_from_paragraphs(texts: list[str], line: LineBelow) -> None:
    assert nominations.read_line(texts) == line


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Nominated as", True),
        ("other related sites", True),
        ("Uses a reverse proxy", True),
        ("Nominated", False),
        ("The site is hosted in", False),
    ],
)
def test_the_beginning_of_a_line_below_is_recognised(text: str, begins: bool) -> None:
    assert nominations.begins_line(text) is begins


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (["Nominated as example.", "com and b.to."], "Nominated as example.com and b.to."),
        (["Nominated as example", ".com and b.to."], "Nominated as example.com and b.to."),
        (["Nominated as exam\N{SOFT HYPHEN}", "ple.com."], "Nominated as example.com."),
        (["Nominated as new-", "comer.example."], "Nominated as new-comer.example."),
        (["Nominated as a.to.", "Headquartered in Peru."], "Nominated as a.to. Headquartered in Peru."),
        (["Nominated as a.to and", "b.to."], "Nominated as a.to and b.to."),
        (["Nominated as my-", "x.", "com."], "Nominated as my-x.com."),
        (["Nominated as", "x.", "com."], "Nominated as x. com."),
        (["x.", "com."], "x. com."),
        (["x\xad", "y.", "com."], "xy.com."),
        (["x(\xad", "y.", "com."], "x(y. com."),
        (["Nominated as a.to", "", "and b.to."], "Nominated as a.to and b.to."),
        (["a" * 252 + ".", "com."], "a" * 252 + ".com."),
        (["a" * 253 + ".", "com."], "a" * 253 + ". com."),
        (["Nominated as a.to", ".Text"], "Nominated as a.to .Text"),
    ],
)
def test_an_address_can_be_broken_between_lines(rows: list[str], text: str) -> None:
    assert nominations.unbroken(block("\n".join(rows)).lines) == text


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("1. ALPHA", "ALPHA"),
        (" (12) Beta: ", "Beta"),
        ("#3 Gamma –", "Gamma"),
        ("Delta,", "Delta"),
        ("Epsilon.", "Epsilon"),
        ("Zeta, Inc.", "Zeta, Inc."),
        ("Eta B.V.", "Eta B.V."),
        ("Theta X.", "Theta X."),
        ("Iota. :", "Iota"),
        ("1337.", "1337"),
        ("MIX", "MIX"),
    ],
)
def test_a_name_has_no_number_and_no_closing_punctuation(printed: str, name: str) -> None:
    assert entries.bare(printed) == name


@pytest.mark.parametrize(
    ("found", "name", "style", "rest", "rows"),
    [
        (block("**1. ALPHA**", heading=True), "ALPHA", ("heading", True, False, 12, True), "", ["1. ALPHA"]),
        (block("__Beta\nB__", heading=True, size=13.6), "Beta B", ("heading", False, True, 14, False), "", ["Beta", "B"]),
        (block("1337", heading=True), "1337", ("heading", False, False, 12, None), "", ["1337"]),
        (block("X1", heading=True), "X1", ("heading", False, False, 12, None), "", ["X1"]),
        (block("VK", heading=True), "VK", ("heading", False, False, 12, True), "", ["VK"]),
        (block("**Alpha.** The text."), "Alpha", ("lead", True, False, 12), "The text.", ["Alpha. The text."]),
        (block("__Alpha\nB:__ It\nis."), "Alpha B", ("lead", False, True, 12), "It is.", ["Alpha", "B: It"]),
        (block(" **Alpha** is a site.", size=9.7), "Alpha", ("lead", True, False, 10), "is a site.", ["Alpha is a site."]),
        (block("**Sci-\nHub** A text."), "Sci-Hub", ("lead", True, False, 12), "A text.", ["Sci-", "Hub A text."]),
        (block("**Ex\xad\nit** A text."), "Exit", ("lead", True, False, 12), "A text.", ["Ex\xad", "it A text."]),
        (block("**Alpha** **Beta** is."), "Alpha Beta", ("lead", True, False, 12), "is.", ["Alpha Beta is."]),
        (block("**•** Alpha: A text."), "Alpha", ("bullet", "colon"), "A text.", ["• Alpha: A text."]),
        (block("ALPHA. The text."), "ALPHA", ("plain", "capitals"), "The text.", ["ALPHA. The text."]),
        (block("ST. IVES. The text."), "ST. IVES", ("plain", "capitals"), "The text.", ["ST. IVES. The text."]),
        (block("• ALPHA\nB. “It is.”\nOk."), "ALPHA B", ("bullet", "capitals"), "“It is.” Ok.", ["• ALPHA", "B. “It is.”"]),
        (block("Alpha: The text."), "Alpha", ("plain", "colon"), "The text.", ["Alpha: The text."]),
        (block("• Alpha – The text."), "Alpha", ("bullet", "dash"), "The text.", ["• Alpha – The text."]),
        (block("Alpha\n– The text."), "Alpha", ("plain", "dash"), "The text.", ["Alpha"]),
        (block("Alpha - The text."), "Alpha", ("plain", "dash"), "The text.", ["Alpha - The text."]),
        (block("alpha.to: The text."), "alpha.to", ("plain", "colon"), "The text.", ["alpha.to: The text."]),
        (block("4shared: The text."), "4shared", ("plain", "colon"), "The text.", ["4shared: The text."]),
    ],
)  # fmt: skip
def test_a_candidate_has_a_name_a_style_and_lines(
    found: Block, name: str, style: tuple[object, ...], rest: str, rows: list[str]
) -> None:
    (before, candidate) = entries.candidates([block("**First**", heading=True), found])
    assert before.name == "First"
    assert (candidate.block, candidate.name, candidate.style, candidate.rest) == (1, name, style, rest)
    assert [line.text for line in candidate.lines] == rows
    assert candidate.is_heading is (not rest)


@pytest.mark.parametrize(
    "text",
    [
        "the site: a text.",
        "A text without a name.",
        "**Nominated as** a.to.",
        "**:** The text.",
        f"**{'A' * 151}** the text.",
        "The site is popular. ALPHA. It is large.",
        "ALPHA. BETA is a site.",
    ],
)
def test_other_paragraphs_have_no_candidate(text: str) -> None:
    assert entries.candidates(blocks(text)) == []


def test_a_candidate_can_have_the_greatest_length() -> None:
    assert [found.name for found in entries.candidates(blocks(f"**{'A' * 150}** the text."))] == ["A" * 150]


TEXT, OTHER_TEXT, DOMAINS = "A text about it.", "More of it.", "Nominated as a.to."


@pytest.mark.parametrize(
    ("texts", "known", "total", "names", "doubtful"),
    [
        pytest.param([], [], None, [], [], id="nothing"),
        pytest.param([TEXT], [], None, [], [], id="only a text"),
        pytest.param(
            ["# __Sites__", "# **Alpha**", TEXT, "# **Beta**", TEXT, "# __Lockers__", "# **Gamma**", TEXT],
            [], None, ["Alpha", "Beta", "Gamma"], [], id="the most frequent style",
        ),
        pytest.param(
            ["# __Sites__", "# __Lockers__", "# __Others__", "# **Alpha**", TEXT],
            [], 3, ["Alpha"], [], id="text below before the total",
        ),
        pytest.param(
            ["# **Alpha**", "# __Why__", TEXT, "# __Who__", TEXT, "# **Beta**", TEXT, "# __How__", DOMAINS],
            [], 2, ["Alpha", "Beta"], [], id="the total before lines with domains",
        ),
        pytest.param(
            ["# **Alpha**", DOMAINS, "# __Why__", TEXT, "# __Who__", TEXT, "# __How__"],
            [], None, ["Alpha"], [], id="lines with domains before text below",
        ),
        pytest.param(
            ["# __Sites__", "# __Lockers__", "# __Others__", TEXT, "# **Alpha**", TEXT, "# **Beta**", TEXT],
            [], None, ["Alpha", "Beta"], [], id="text below before the number",
        ),
        pytest.param(
            ["# **Alpha**", TEXT, "# __Beta__", TEXT, "# __Gamma__"],
            [], None, ["Beta", "Gamma"], [], id="the number",
        ),
        pytest.param(
            ["Note: a text.", "Site: a text.", "Type: a text.", "# **Alpha**", TEXT, "# **Beta**", TEXT, "# **Gamma**", TEXT],
            [], None, ["Alpha", "Beta", "Gamma"], [], id="headings before colons",
        ),
        pytest.param(
            ["# **Alpha**", "# **Beta**", "# __Why__", DOMAINS, "# __Who__", DOMAINS, "# __How__", DOMAINS],
            ["alpha"], 3, ["Alpha", "Beta"], [], id="the contents page before all else",
        ),
        pytest.param(
            ["# **Sites**", "**Alpha** is a site.", "# **Lockers**", "**Beta** is a site."],
            [], None, ["Alpha", "Beta"], [], id="beginnings of paragraphs",
        ),
        pytest.param(
            ["# __Sites__", "• Alpha: a site.", "# __Lockers__", "• Beta: a site."],
            [], None, ["Alpha", "Beta"], [], id="bullets",
        ),
        pytest.param(["Alpha: a text.", "Beta: a text.", TEXT, TEXT], [], None, [], [], id="too few colons"),
        pytest.param(["Alpha: a text.", "Beta: a text.", TEXT, TEXT], [], 2, ["Alpha", "Beta"], [], id="as many as announced"),
        pytest.param(["Alpha: a text.", "Beta: a text.", TEXT, TEXT], ["beta"], None, ["Alpha", "Beta"], [], id="known colon"),
        pytest.param(
            ["Alpha: a.", "Beta: b.", "Gamma: c.", *[TEXT] * 6], [], None, ["Alpha", "Beta", "Gamma"], [], id="many colons",
        ),
        pytest.param(["Alpha: a.", "Beta: b.", "Gamma: c.", *[TEXT] * 7], [], None, [], [], id="colons in long text"),
        pytest.param(["• Alpha: a text.", TEXT, TEXT, TEXT], [], None, ["Alpha"], [], id="bullets need no number"),
        pytest.param(
            ["# **Alpha**", "# **Beta**", "# **Gamma**", "# **Delta**", TEXT],
            ["alpha", "beta", "gamma"], None, ["Alpha", "Beta", "Gamma"], ["Delta"], id="not in the contents page",
        ),
        pytest.param(
            ["# **Alpha**", "# **Beta**", "# **Gamma**", "# **Delta**", DOMAINS],
            ["alpha", "beta", "gamma"], None, ["Alpha", "Beta", "Gamma", "Delta"], [], id="with a line below",
        ),
        pytest.param(
            ["# **Alpha**", "# **Beta**", "# **Gamma**", "# **Delta**"],
            ["alpha", "delta"], None, ["Alpha", "Beta", "Gamma", "Delta"], [], id="half of the contents page",
        ),
        pytest.param(
            ["# **Alpha**", "# **Beta**", "# **Gamma**", "# **Delta**", "# **Eta**"],
            ["alpha", "delta", "eta"], None, ["Alpha", "Delta", "Eta"], ["Beta", "Gamma"], id="most of the contents page",
        ),
        pytest.param(
            ["# **Alpha**", "# __Beta__", "# **Gamma**", "# __Delta__"],
            ["alpha", "gamma", "beta"], None, ["Alpha", "Beta", "Gamma"], [], id="a known name in another style",
        ),
        pytest.param(
            ["# __ALPHA__", TEXT, "# __1337__", TEXT, "# __BETA__", TEXT, "# **4**", "# __C3__", TEXT],
            [], None, ["ALPHA", "1337", "BETA", "C3"], [], id="names without letters",
        ),
        pytest.param(
            ["# 1337", TEXT, "# Alpha", TEXT, "# Beta", TEXT], [], None, ["1337", "Alpha", "Beta"], [], id="without capitals",
        ),
        pytest.param(
            ["# ALPHA", "# BETA", "# Delta", "# Other", "# GAMMA", TEXT],
            ["alpha", "beta", "gamma", "delta"], None, ["ALPHA", "BETA", "Delta", "GAMMA"], ["Other"], id="both cases",
        ),
        pytest.param(
            ["# ALPHA", "# BETA", "# Delta", "# Other", TEXT],
            ["alpha", "beta", "delta"], None, ["ALPHA", "BETA", "Delta"], [], id="cases that differ",
        ),
        pytest.param(["# ALPHA", TEXT, "# Why", "# Who", "# How"], [], None, ["ALPHA"], [], id="cases without contents page"),
    ],
)  # fmt: skip
def test_the_names_are_those_in_the_style_that_fits(
    texts: list[str], known: list[str], total: int | None, names: list[str], doubtful: list[str]
) -> None:
    section = blocks(*texts)
    chosen, others = entries.choose(entries.candidates(section), section, known, total)
    assert ([row.name for row in chosen], [row.name for row in others]) == (names, doubtful)


@pytest.mark.parametrize(
    ("heading", "gap", "names"),
    [
        ("**Beta Limited**", 1.0, ["Alpha", "Beta Limited", "Gamma"]),
        ("**Beta Limited**", 1.1, ["Alpha", "Gamma"]),
        ("__Beta Limited__", 1.0, ["Alpha", "Gamma"]),
    ],
)
def test_a_name_that_fills_its_line_is_printed_like_the_beginning_of_a_paragraph(
    heading: str, gap: float, names: list[str]
) -> None:
    below = block("is a site.", gap=gap)
    section = blocks("**Alpha** is a site.", f"# {heading}", below, "**Gamma** is a site.", "# **Others**")
    chosen, others = entries.choose(entries.candidates(section), section)
    assert ([row.name for row in chosen], others) == (names, [])


def test_a_name_that_fills_its_line_has_a_text_below() -> None:
    below = block("**Gamma**", heading=True, gap=1)
    section = blocks("**Alpha** is a site.", "**Delta** is a site.", "# **Beta**", below, TEXT)
    assert [row.name for row in entries.choose(entries.candidates(section), section)[0]] == ["Alpha", "Delta"]


def test_a_heading_that_fills_its_line_is_no_name_among_headings() -> None:
    section = blocks("# ALPHA", TEXT, "# BETA", TEXT, "# Why", block(TEXT, gap=1))
    assert [row.name for row in entries.choose(entries.candidates(section), section)[0]] == ["ALPHA", "BETA"]


@pytest.mark.parametrize(
    ("texts", "known", "parts"),
    [
        (["# Alpha\nBeta"], ["alpha"], [("Alpha", 1.5), ("Beta", 1)]),
        (["# Alpha\nBeta"], ["beta"], [("Alpha", 1.5), ("Beta", 1)]),
        (["# Alpha\nBeta"], ["alphabeta", "alpha"], [("Alpha Beta", 1.5)]),
        (["# Alpha\nBeta"], [], [("Alpha Beta", 1.5)]),
        (["Alpha\nBeta"], ["alpha"], [("Alpha Beta", 1.5)]),
        (["# Alpha\nBeta\nGamma"], ["betagamma", "gamma"], [("Alpha", 1.5), ("Beta Gamma", 1)]),
        (["# Alpha\nBeta\nGamma"], ["gamma"], [("Alpha Beta", 1.5), ("Gamma", 1)]),
        (["# Alpha\nBeta\nGamma"], ["alphabeta"], [("Alpha Beta", 1.5), ("Gamma", 1)]),
        (["# 1. Alpha", "# Beta:"], ["alphabeta"], [("1. Alpha Beta:", 1.5)]),
        (["# Alpha", "# Beta"], ["alphabeta", "alpha"], [("Alpha", 1.5), ("Beta", 1.5)]),
        (["# Alpha", "# Beta"], ["alphabeta", "beta"], [("Alpha", 1.5), ("Beta", 1.5)]),
        (["# Alpha", "# Beta"], ["gamma"], [("Alpha", 1.5), ("Beta", 1.5)]),
        (["# Alpha", "Beta"], ["alphabeta"], [("Alpha", 1.5), ("Beta", 1.5)]),
        (["Alpha", "# Beta"], ["alphabeta"], [("Alpha", 1.5), ("Beta", 1.5)]),
        (["# Alpha\nBeta", "# Gamma", "# Delta"], ["alpha", "gammadelta"], [("Alpha", 1.5), ("Beta", 1), ("Gamma Delta", 1.5)]),
        (["Text", "# Alpha\nBeta", "Text"], ["alpha"], [("Text", 1.5), ("Alpha", 1.5), ("Beta", 1), ("Text", 1.5)]),
        (["Text", "# Alpha", "# Beta", "Text"], ["alphabeta"], [("Text", 1.5), ("Alpha Beta", 1.5), ("Text", 1.5)]),
        (["# Alpha\nBeta", "# Gamma", "Text"], [], [("Alpha Beta", 1.5), ("Gamma", 1.5), ("Text", 1.5)]),
    ],
)  # fmt: skip
def test_headings_are_divided_and_joined_as_the_contents_page_prints_them(
    texts: list[str], known: list[str], parts: list[tuple[str, float]]
) -> None:
    divided = entries.split_known(blocks(*texts), known)
    assert [(part.text, part.gap) for part in divided] == parts
    is_heading = {row for text in texts if text.startswith("# ") for row in text[2:].split("\n")}
    assert [part.is_heading for part in divided] == [part.lines[0].text in is_heading for part in divided]
