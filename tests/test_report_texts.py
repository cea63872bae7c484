"""What does the reader give back for the whole text of a report?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import notorious_markets as nm
from notorious_markets import reports
from notorious_markets.reports.text import read_text

# No page prints its number. The first page of the contents is the fourth one of the file.
TEXT = """The Trade Office

2021 Review of Notorious Markets for Counterfeiting and Piracy

STRANGE COVER
\f
Table of Contents
Overview ....... 1
Issue Focus: Workers ..... 1
Positive Developments .... 2
Results ........ 2
Online Markets ................. 3
ALPHA ..................... 3
GAMMA ..................... 3
LOST ...................... 3
Physical Markets ............... 4
CHINA .......................... 4
PERU ........................... 4
Public Information ............. 5
\f
Preface

It is a preface.
\f
Overview

The List identifies 2 online markets and 1 physical market.

ODD HEADING

Issue Focus: Workers

The text about workers.
\f
Positive Developments

FIRST DEVELOPMENT

A market closed. It was
large.

Another market closed.

Results

The List has 3 online markets.

ODD RESULT

The text.
\f
Online Markets

ALPHA

Nominated as a.to.

GAMMA

Nominated as b.to.

ODD ONE
\f
Physical Markets

CHINA

Silk Market, Beijing

The text about it.

ATLANTIS

Hall

The text.
\f
Public Information

The end. It has 9 online markets and 9 physical markets.
"""


def read(text: str = TEXT, year: int | None = None) -> nm.Report:
    return reports.report_of(read_text(text.encode(), "report.txt"), "report.txt", year)


def filled(rows: nm.Records[Any]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.to_dict().items() if not (value is None or value is False or value == [])}
        for row in rows
    ]


def test_each_part_of_a_report_is_read() -> None:
    found = read()
    assert (found.year, found.title) == (2021, "2021 Review of Notorious Markets for Counterfeiting and Piracy")
    assert (found.period_label, found.issue_focus, found.problems) == ("2021 Review", "Workers", ())
    assert (found.online_total, found.physical_total, found.report_pages) == (2, 1, 8)
    assert [(row.title, row.page, row.section) for row in found.contents] == [
        ("Overview", 1, None),
        ("Issue Focus: Workers", 1, None),
        ("Positive Developments", 2, None),
        ("Results", 2, None),
        ("Online Markets", 3, None),
        ("ALPHA", 3, "online"),
        ("GAMMA", 3, "online"),
        ("LOST", 3, "online"),
        ("Physical Markets", 4, None),
        ("CHINA", 4, "physical"),
        ("PERU", 4, "physical"),
        ("Public Information", 5, None),
    ]
    assert filled(found.online) == [
        {"name_as_listed": "ALPHA", "page": 3, "domains": ["a.to"], "in_contents": True},
        {"name_as_listed": "GAMMA", "page": 3, "domains": ["b.to"], "in_contents": True},
    ]
    assert filled(found.physical) == [
        {"name_as_listed": "Silk Market", "page": 4, "locality": "Beijing", "country": "CN", "country_as_listed": "CHINA"},
        {"name_as_listed": "Hall", "page": 4, "country": "CN", "country_as_listed": "CHINA"},
    ]
    assert filled(found.developments) == [
        {"page": 2, "text": "A market closed. It was large."},
        {"page": 2, "text": "Another market closed."},
    ]
    above, lost = "a heading above the first section", "an entry of the contents page that the text does not have"
    assert filled(found.unplaced) == [
        {"sheet": 1, "text": "The Trade Office", "reason": above},
        {"sheet": 1, "text": "STRANGE COVER", "reason": above},
        {"sheet": 3, "text": "Preface", "reason": above},
        {"page": 1, "sheet": 4, "text": "ODD HEADING", "reason": "a heading in the section `Overview`"},
        {"page": 2, "sheet": 5, "text": "FIRST DEVELOPMENT", "reason": "a heading in the section `Positive Developments`"},
        {"page": 2, "sheet": 5, "text": "ODD RESULT", "reason": "a heading in the section `Results`"},
        {"page": 3, "sheet": 6, "text": "ODD ONE", "reason": "a heading in the section `Online Markets`"},
        {"page": 4, "sheet": 7, "text": "ATLANTIS", "reason": "a heading in the section `Physical Markets`"},
        {"page": 3, "text": "LOST", "reason": lost},
        {"page": 4, "text": "PERU", "reason": lost},
    ]


def test_pages_are_numbered_as_most_sections_of_the_contents_page_tell() -> None:
    wrong = TEXT.replace("Overview ....... 1", "Overview ....... 0").replace("Results ........ 2", "Results ........ 9")
    assert [row.page for row in read(wrong).online] == [3, 3]


def test_pages_are_numbered_by_their_position_if_nothing_tells_their_numbers() -> None:
    found = read(re.sub(r"Table of Contents.*?\f", "\f", TEXT, flags=re.DOTALL))
    assert {row.page for row in found.online} == {6}
    assert [(row.page, row.sheet) for row in found.unplaced][:3] == [(1, 1), (1, 1), (3, 3)]
    assert (found.issue_focus, found.problems) == (
        "Workers",
        ("no contents page found: no line is `Table of Contents` or `Contents`",),
    )
    assert {row.in_contents for row in found.online} == {None}


def test_a_text_without_pages_has_no_numbers() -> None:
    found = read(TEXT.replace("\f", ""))
    assert found.report_pages is None
    assert {row.page for row in found.online} == {row.page for row in found.physical} == {None}
    assert {row.page for row in found.developments} == {None}
    assert [row.page for row in found.contents][:3] == [1, 1, 2]


def test_numbers_that_pages_print_count() -> None:
    pages = TEXT.split("\f")
    found = read("\f".join(f"{page}\n\n          {number}\n" for number, page in enumerate(pages, start=20)))
    assert {row.page for row in found.online} == {25}


def test_results_are_the_online_markets_if_no_section_is() -> None:
    assert [row.name_as_listed for row in read(re.sub(r"ODD RESULT\n\nThe text.\n\f\nOnline Markets\n", "", TEXT)).online] == [
        "ALPHA",
        "GAMMA",
    ]


def test_other_sections_announce_totals_but_public_information_does_not() -> None:
    text = TEXT.replace("identifies 2 online markets and 1 physical market", "is new")
    assert (read(text).online_total, read(text).physical_total) == (3, None)
    text = text.replace("The List has 3 online markets.", "Text.")
    assert (read(text).online_total, read(text).physical_total) == (None, None)
    annex = text + "\f\nAnnex\n\nIt has 4 online markets and 5 physical markets.\n"
    assert (read(annex).online_total, read(annex).physical_total) == (4, 5)
    preface = text.replace("It is a preface.", "It has 6 online markets and 7 physical markets.")
    assert (read(preface).online_total, read(preface).physical_total) == (6, 7)


@pytest.mark.parametrize(
    ("heading", "focus"),
    [
        ("Special Issue Focus – e-Commerce", "e-Commerce"),
        ("ISSUE FOCUS", None),
        ("Issue Focus : Focus", "Focus"),
        ("2. ISSUE FOCUS: X-RAYS", "X-RAYS"),
    ],
)
def test_the_heading_tells_the_issue_focus_if_the_contents_page_does_not(heading: str, focus: str | None) -> None:
    text = TEXT.replace("Issue Focus: Workers ..... 1\n", "").replace("Issue Focus: Workers", heading)
    assert read(text).issue_focus == focus


def test_a_text_without_sections_is_told() -> None:
    found = read("2021 Review of Notorious Markets\n\nODD HEADING\n\nText.\n")
    assert (found.year, found.issue_focus, found.report_pages) == (2021, None, None)
    assert filled(found.unplaced) == [
        {"sheet": 1, "text": "ODD HEADING", "reason": "a heading in a text without the sections of a report"},
    ]


def test_what_is_unclear_is_told() -> None:
    text = (
        TEXT.replace("GAMMA ..................... 3", "GAMMA ..................... 2")
        .replace("PERU ....", "OZ ....")
        .replace("ATLANTIS", "OZ")
    )
    assert read(text).problems == ("GAMMA: page 2 is lower than page 3 of ALPHA", "`OZ` is not a country in ISO 3166")
    assert [(row.country_as_listed, row.country) for row in read(text).physical] == [("CHINA", "CN"), ("OZ", None)]


def test_a_text_without_a_year_is_refused_and_a_year_can_be_passed() -> None:
    text = TEXT.replace("2021 Review", "The Review")
    message = "report.txt must have a title such as `2021 Review of Notorious Markets`; if it is a report, pass year"
    with pytest.raises(nm.UnreadableReport, match=f"^{re.escape(message)}$"):
        read(text)
    found = read(text.replace("STRANGE COVER", "X-X"), 2020)
    assert (found.year, found.title, found.period_label) == (2020, None, None)
    title = "The Review of Notorious Markets for Counterfeiting and Piracy"
    assert [row.text for row in found.unplaced][:4] == ["The Trade Office", title, "X-X", "Preface"]


def test_messages_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(nm.UnreadableReport, match=r"^text\.txt does not contain text$"):
        nm.read_report(path)
    path.write_text("Text", encoding="utf-8")
    with pytest.raises(nm.UnreadableReport, match=r"^text\.txt must have a title such as"):
        nm.read_report(path)


def test_the_head_of_a_report_can_have_several_lines() -> None:
    text = TEXT[TEXT.index("Overview\n\nThe") :]
    head = "Out-of-Cycle Review of\n\nNotorious Markets\n\nDecember 20,\n\n2011\n\n"
    assert (read(head + text).year, read(head + text).title) == (2011, "Out-of-Cycle Review of Notorious Markets")


def test_the_heading_of_a_contents_page_without_entries_is_above_the_sections() -> None:
    found = read(TEXT.replace("Public Information ............. 5", ""))
    assert found.problems == ("no contents page found: it must end with the entry `Public Information` and its page number",)
    assert len({row.text for row in found.unplaced}) == len(found.unplaced)


def test_a_known_country_without_a_page_is_unclear() -> None:
    found = read(TEXT.replace("CHINA .......................... 4", "CHINA"))
    assert found.problems == ("CHINA: no page number; if the name continues with `PERU`, put both on one line",)


def test_announced_totals_tell_which_headings_are_markets() -> None:
    text = "2021 Review of Notorious Markets\n\nOverview\n\nIt has 1 online and 2 physical markets.\n\n"
    text += "Online Markets\n\nALPHA\n\nText.\n\nWhy\n\nText.\n\nWho\n\nText.\n\n"
    text += "Physical Markets\n\nCHINA\n\n"
    text += "".join(f"{name}\n\nText.\n\n" for name in ("EAST MALL", "WEST MALL", "Why", "Who", "How"))
    found = read(text)
    assert [row.name_as_listed for row in found.online] == ["ALPHA"]
    assert [row.name_as_listed for row in found.physical] == ["EAST MALL", "WEST MALL"]


def test_a_file_is_a_pdf_if_it_begins_like_one(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    for start in (b"\xef\xbb\xbf", b" " * 1_019):
        path.write_bytes(start + b"%PDF-")
        with pytest.raises(nm.UnreadableReport, match=r"^report\.txt cannot be read as a PDF"):
            reports.read_pages(path)
    path.write_bytes(b" " * 1_020 + b"%PDF-")
    assert [[line.text for line in page] for page in reports.read_pages(path)] == [["%PDF-"]]


def test_a_file_has_a_greatest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(b"x" * 1_201)
    monkeypatch.setattr(reports, "_MAX_BYTES", 1_201)
    assert len(reports.read_pages(path)) == 1
    monkeypatch.setattr(reports, "_MAX_BYTES", 1_200)
    with pytest.raises(nm.UnreadableReport, match=r"^report\.txt must have at most 1,200 bytes, not 1,201$"):
        reports.read_pages(path)


@pytest.mark.parametrize(("year", "type_name"), [("2021", "str"), (True, "bool"), (2021.0, "float")])
def test_a_year_is_a_number(year: Any, type_name: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=f"^year must be an int or None, not {type_name}$"):
        nm.read_report(tmp_path / "missing.txt", year=year)
