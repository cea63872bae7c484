"""Which sections does a report have, and which online markets are in them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from notorious_markets.reports import online
from notorious_markets.reports.blocks import Block
from notorious_markets.reports.sections import section_name, sections
from tests.report_blocks import block, blocks, contents, page


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Overview", "overview"),
        ("EXECUTIVE SUMMARY", "overview"),
        ("Issue Focus: Workers", "issue"),
        ("Section II. Positive Developments", "developments"),
        ("3) Results of the Review.", "results"),
        ("Notorious Online Marketplaces :", "online"),
        ("Physical Market List", "physical"),
        ("Public Information Provided", "public"),
        ("Annex 1", "other"),
        ("Online Markets in China", None),
        ("Results.org", None),
        ("See Overview", None),
        ("Overview X", None),
    ],
)
def test_a_heading_names_a_section(heading: str, name: str | None) -> None:
    assert section_name(heading) == name


def section(text: str, size: float) -> Block:
    return block(text, heading=True, size=size)


@pytest.mark.parametrize(
    ("found", "names", "above"),
    [
        (blocks("Text.", "# Title"), [], ["Text.", "Title"]),
        (
            blocks("# Title", "# Overview", "Text.", "More.", "# Results", "# Strange", "# Online Markets", "# Alpha"),
            [
                ("overview", "Overview", ["Text.", "More."]),
                ("results", "Results", ["Strange"]),
                ("online", "Online Markets", ["Alpha"]),
            ],
            ["Title"],
        ),
        (blocks("Overview", "# Results", "Overview"), [("results", "Results", ["Overview"])], ["Overview"]),
        (
            blocks("# Results", "Text.", "# Results", "# Annex 1", "# Annex 2"),
            [("results", "Results", ["Text.", "Results"]), ("other", "Annex 1", []), ("other", "Annex 2", [])],
            [],
        ),
        (
            [section("Overview", 14), section("Results", 13.4), section("Annex 1", 15), section("Annex 2", 14.3)],
            [("overview", "Overview", []), ("results", "Results", []), ("other", "Annex 1", ["Annex 2"])],
            [],
        ),
        (
            [section("Overview", 0.5), section("Results", 0)],
            [("overview", "Overview", []), ("results", "Results", [])],
            [],
        ),
        ([section("Overview", 14), section("Results", 13.3)], [("overview", "Overview", ["Results"])], []),
        (
            [section("Overview", 15), section("Results", 14.5), section("Annex", 14)],
            [("overview", "Overview", []), ("results", "Results", ["Annex"])],
            [],
        ),
        ([section("Overview", 0), section("Results", 0)], [("overview", "Overview", []), ("results", "Results", [])], []),
        (
            [section("Overview", 0), section("Results", 12), section("Annex", 11)],
            [("overview", "Overview", []), ("results", "Results", ["Annex"])],
            [],
        ),
        (
            blocks("# Overview", "# Online Markets", "# Alpha", "Text.", "# CHINA", "# Mall", "# PERU", "# Fair", "# Annex"),
            [
                ("overview", "Overview", []),
                ("online", "Online Markets", ["Alpha", "Text."]),
                ("physical", "CHINA", ["CHINA", "Mall", "PERU", "Fair"]),
                ("other", "Annex", []),
            ],
            [],
        ),
        (
            blocks("# Overview", "# Results", "# Alpha", "# CHINA", "# Mall", "# PERU", "# Annex"),
            [
                ("overview", "Overview", []),
                ("results", "Results", ["Alpha"]),
                ("physical", "CHINA", ["CHINA", "Mall", "PERU"]),
                ("other", "Annex", []),
            ],
            [],
        ),
        (
            blocks("# Results", "# CHINA", "# PERU", "# Online Markets", "# CHAD", "# CUBA"),
            [("results", "Results", ["CHINA", "PERU"]), ("online", "Online Markets", []), ("physical", "CHAD", ["CHAD", "CUBA"])],
            [],
        ),
        (
            blocks("# Online Markets", "# CHINA", "# Mall", "CHAD", "# CHINNA"),
            [("online", "Online Markets", ["CHINA", "Mall", "CHAD", "CHINNA"])],
            [],
        ),
        (
            blocks("# Online Markets", "# CHINA", "# PERU", "# Physical Markets", "# CUBA"),
            [("online", "Online Markets", ["CHINA", "PERU"]), ("physical", "Physical Markets", ["CUBA"])],
            [],
        ),
        (blocks("# Overview", "# CHINA", "# PERU"), [("overview", "Overview", ["CHINA", "PERU"])], []),
    ],
)  # fmt: skip
def test_a_report_is_divided_into_sections(found: list[Block], names: list[tuple[str, str, list[str]]], above: list[str]) -> None:
    parts, rest = sections(found)
    assert [(part.name, part.heading.text, [row.text for row in part.blocks]) for part in parts] == names
    assert [row.text for row in rest] == above


def online_of(texts: Sequence[str | Block], names: str = "", total: int | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    """Read a section of online markets. Return what is filled of each entry, and the headings that are left."""
    found, others = online.online_entries(blocks(*texts), contents(online=names), total, page)
    return [{name: value for name, value in row.to_dict().items() if value not in (None, [], (), False)} for row in found], [
        row.text for row in others
    ]


def test_online_markets_have_the_lines_below_their_names() -> None:
    found = online_of(
        [
            block("**Alpha**", heading=True, sheet=2),
            "Nominated as a.to. Headquartered in Chad.",
            "Related sites include b.to.",
            "The text.",
            "Hosted in Peru.",
            "# **Beta**",
            "The text.",
            "Nominated as c.to. Also available as a mobile app. Operated from Chad. Hosted in Peru.",
        ]
    )
    assert found == (
        [
            {"name_as_listed": "Alpha", "page": 12, "domains": ["a.to"], "related_domains": ["b.to"], "headquarters": "Chad"},
            {"name_as_listed": "Beta", "page": 10, "domains": ["c.to"], "operated_from": "Chad", "hosted_in": "Peru"}
            | {"mobile_app": True},
        ],
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("paragraph", "below", "domains"),
    [
        ("**Alpha** Nominated as a.to.", "Nominated as b.to.", ["a.to", "b.to"]),
        ("**Alpha** Nominated as exam-\nple.to.", "Text.", ["exam-ple.to"]),
        ("**Alpha\nNominated** Nominated as a.to.", "Text.", ["a.to"]),
        ("**Alpha** The text. Nominated as a.to.", "Nominated as b.to.", ["b.to"]),
        ("**Alpha** The text.", "The text.", []),
        ("**Nominated** Nominated as exam.\nto.", "Text.", ["exam.to"]),
        ("**(123) A B** Nominated as exam.\nto.", "Text.", ["exam.to"]),
        ("**Alpha** Nominated as exam.\nto. The text. Nominated as b.to.", "Text.", ["exam.to"]),
        ("**Alpha** Nominated as exam\N{SOFT HYPHEN}\nple.to.", "Text.", ["example.to"]),
    ],
)
def test_a_name_and_its_line_can_be_in_one_paragraph(paragraph: str, below: str, domains: list[str]) -> None:
    (first, _), others = online_of([paragraph, below, "**Beta** The text.", "Nominated as x.to."])
    assert first.get("domains", []) == domains
    assert others == []


def test_a_line_below_is_no_heading() -> None:
    (first,), others = online_of(["# **Alpha**", "Text.", "# __Nominated as a.to.__"])
    assert (first, others) == ({"name_as_listed": "Alpha", "page": 10}, ["Nominated as a.to."])


def test_online_markets_are_grouped_by_the_headings_above_them() -> None:
    found, others = online_of(
        [
            "# **Zero**",
            "Text.",
            "# __Sites:__",
            "# **Alpha**",
            "Text.",
            "# **Beta**",
            "Text.",
            "# __Strange__",
            "# __Lockers__",
            "Text about them.",
            "# **Gamma**",
            "Text.",
            "# __Other__",
            "Text.",
            "More text.",
            "# **Delta**",
            "# __Last__",
        ]
    )
    assert [(row["name_as_listed"], row.get("group")) for row in found] == [
        ("Zero", None), ("Alpha", "Sites"), ("Beta", "Sites"), ("Gamma", "Lockers"), ("Delta", "Lockers"),
    ]  # fmt: skip
    assert others == ["Strange", "Other", "Last"]


def test_online_markets_are_compared_with_the_contents_page() -> None:
    texts = [
        "# __Sites__",
        "# **Alpha\nBeta**",
        "# **Gamma**",
        "# **Delta**",
        "Nominated as a.to.",
        "# **Eta**",
        "**Zeta** text.",
        "Text.",
    ]
    found, others = online_of(texts, "Alpha, Beta, Gamma, Lost")
    assert [(row["name_as_listed"], row.get("in_contents", False), row.get("group")) for row in found] == [
        ("Alpha", True, None), ("Beta", True, None), ("Gamma", True, None), ("Delta", False, None),
    ]  # fmt: skip
    assert others == ["Sites", "Eta"]
    assert online_of(["# **Alpha**", "Text."])[0] == [{"name_as_listed": "Alpha", "page": 10}]
    (unknown,), _ = online.online_entries(blocks("# **Alpha**", "Text."), contents(), None, page)
    assert unknown.in_contents is None


def test_a_doubtful_name_at_the_start_of_a_paragraph_is_a_heading_that_is_left() -> None:
    section = blocks("**Alpha** is a site.", "**Beta** is a site.", "**Gamma Net** is no\nsite.")
    found, others = online.online_entries(section, contents(online="Alpha, Beta"), None, page)
    assert [row.name_as_listed for row in found] == ["Alpha", "Beta"]
    assert [(row.text, row.is_heading) for row in others] == [("Gamma Net is no", True)]


def test_the_total_of_online_markets_tells_which_headings_are_names() -> None:
    texts = ["# **Alpha**", "Text.", "# __Why__", "Text.", "# __Who__", "Text."]
    assert [[row["name_as_listed"] for row in online_of(texts, total=total)[0]] for total in (1, 2)] == [
        ["Alpha"],
        ["Why", "Who"],
    ]
