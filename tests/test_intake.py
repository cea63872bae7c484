"""Tests of the proposal for a new edition: markets, countries, changes, and the command."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notorious_markets.reports.contents import Contents, Entry, read_contents
from tools import intake
from tools.facts import Facts, Refused, Row

Printed = Callable[[int, str], list[tuple[str, str, int]]]

LAYOUTS = Path(__file__).parent / "layouts"
REPORT_2021 = LAYOUTS / "2021-leaders.txt"
REPORT = """2021 Review of Notorious Markets
Table of Contents
Online Markets 15
VK 18
Physical Markets 20
CHINA 21
PERU 22
Public Information 30
"""


def _read(fixture: str) -> Contents:
    return read_contents((LAYOUTS / f"{fixture}.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fixture", sorted(path.stem for path in LAYOUTS.glob("*.txt") if "mirror" not in path.stem))
def test_each_printed_country_has_its_code(fixture: str, printed: Printed) -> None:
    entries = _read(fixture).physical
    assert [(intake.country(entry)[0], entry.name, entry.page) for entry in entries] == printed(int(fixture[:4]), "physical")


@pytest.mark.parametrize("year", [2020, 2021])
def test_the_proposal_agrees_with_the_edition_that_was_typed_by_hand(year: int, facts: Facts) -> None:
    before = facts | {name: [row for row in facts[name] if row["year"] < year] for name in ("editions", "listings")}
    rows = intake.propose_listings(_read(f"{year}-leaders"), year, before)
    by_hand = [row for row in facts["listings"] if row["year"] == year and row["kind"] == "online"]
    proposed = [row for row in rows if row["kind"] == "online"]
    assert [(row["listing_no"], row["market_id"], row["page"]) for row in proposed] == [
        (row["listing_no"], row["market_id"], row["page"]) for row in by_hand
    ]


@pytest.mark.parametrize(
    ("heading", "code"),
    [("RUSSIA", "RU"), ("VIETNAM", "VN"), ("COTE D’IVOIRE", "CI"), ("NIGER", "NE"), ("NIGERIA", "NG"), ("SOUTH KOREA", "KR")],
)
def test_a_country_is_found_by_its_usual_name(heading: str, code: str) -> None:
    assert intake.country(Entry(heading, 1)) == (code, "")


@pytest.mark.parametrize(
    ("heading", "code", "name"), [("KRYGYZ REPUBLIC", "KG", "Kyrgyzstan"), ("PHILLIPINES", "PH", "Philippines")]
)
def test_a_misspelt_country_has_to_be_confirmed(heading: str, code: str, name: str) -> None:
    (row,) = intake.propose_listings(Contents({}, "", (), (Entry(heading, 46),)), 2021, {"markets": [], "listings": []})
    assert (row["country"], row["country_as_listed"], row["page"]) == (code, heading, 46)
    assert row["note"] == f"The contents page prints `{heading}`; confirm that it means {name}."


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("UTOPIA", r"UTOPIA \(page 9\) is not a country in ISO 3166; did you mean .*Ethiopia"),
        ("NIGERA", "did you mean (Niger or Nigeria|Nigeria or Niger)"),
        ("QQQQ", r"is not a country in ISO 3166$"),
    ],
)
def test_an_unknown_country_is_refused(heading: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        intake.country(Entry(heading, 9))


def _listing(year: int, number: int, kind: str, market_id: str | None, name: str | None, **more: Any) -> Row:
    row = {"year": year, "listing_no": number, "kind": kind, "market_id": market_id, "name_as_listed": name}
    return Row({**row, "further_market_ids": [], "country": None, "country_as_listed": None, **more})


@pytest.fixture
def few() -> Facts:
    """Facts with few markets and listings."""
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
    contents = Contents({}, "", tuple(Entry(name, 17) for name in names), tuple(Entry(name, 39) for name in headings))
    return intake.propose_listings(contents, 2021, facts)


@pytest.mark.parametrize(
    ("name", "market_ids", "note"),
    [
        ("VK", ("vk", []), ""),
        ("Popcorn  TIME", ("popcorn-time", []), ""),
        ("HARAJ SOUQ", ("haraj", []), ""),
        ("VK AND FRIENDS", ("vk", ["taobao"]), ""),
        ("TAOBAO AND HARAJ", ("taobao", ["haraj"]), "The heading combines several markets: taobao, haraj."),
        ("TWIN", (None, []), "Several markets have this name: twin-a or twin-b."),
        ("TAOBAO2", (None, []), "No known market has this name; the most similar one is taobao."),
        ("MALL", (None, []), "No known market has this name; none is similar."),
        ("", (None, []), "The text lacks the name of this entry; only its page is known."),
    ],
)
def test_a_market_is_found_by_its_name(name: str, market_ids: tuple[str | None, list[str]], note: str, few: Facts) -> None:
    row = _propose([name], few)[0]
    assert ((row["market_id"], row["further_market_ids"]), row["note"]) == (market_ids, note)
    assert (row["name_as_listed"], row["grade"]) == (name, "primary" if name else "unidentified")


def test_online_rows_come_first(few: Facts) -> None:
    rows = _propose(["VK", "TAOBAO"], few)
    assert [(row["listing_no"], row["kind"], row["market_id"], row["grade"]) for row in rows] == [
        (1, "online", "vk", "primary"),
        (2, "online", "taobao", "primary"),
        (3, "physical", None, "unidentified"),
        (4, "physical", None, "unidentified"),
    ]


def test_changes_are_relative_to_the_previous_edition(few: Facts) -> None:
    rows = _propose(["VK", "TAOBAO", "NEWCOMER"], few)
    assert list(intake.changes(rows, few, 2021)) == [
        "changes since the edition of 2020:",
        "  online kept, 1: VK",
        "  online new, 2: TAOBAO, NEWCOMER",
        "  online gone, 1: POPCORNTIME",
        "  countries kept, 1: PERU",
        "  countries new, 1: CANADA",
        "  countries gone, 1: ECUADOR",
        "  online rows of 2020 without a name: 1; markets that seem new or gone may be among them",
    ]
    nameless = list(intake.changes(_propose([""], few, ("",)), few, 2021))
    assert nameless[-1] == "  headings of 2021 without a country: 1; countries that seem gone may be among them"
    assert nameless[-2].startswith("  online rows of 2021 without a name: 1;")
    assert list(intake.changes(rows, few, 2017)) == ["there is no edition before 2017 to compare with"]


def test_the_title_and_year_come_from_the_text() -> None:
    contents = read_contents(REPORT)
    cut_off = "2019 Review of\nNotorious Markets for Counterfeiting and\n\nOverview of the 2019 Review of Notorious Markets for "
    text = f"{cut_off}Counterfeiting and Piracy\f Since the 2018 Out-of-Cycle Review of Notorious Markets\f"
    edition = intake.propose_edition(text, contents)
    assert edition["title"] == "2019 Review of Notorious Markets for Counterfeiting and Piracy"
    assert (edition["year"], edition["period_label"], edition["report_pages"]) == (2019, "2019 Review", 2)
    edition = intake.propose_edition(text, contents, 2018)
    assert edition["title"] == "2018 Out-of-Cycle Review of Notorious Markets"
    assert edition["period_label"] == "2018 Out-of-Cycle Review"
    without_title = intake.propose_edition("Filler", contents, 2030)
    assert (without_title["year"], without_title["title"], without_title["report_pages"]) == (2030, None, None)
    with pytest.raises(Refused, match=r"no title .* found; set the review year with --year"):
        intake.propose_edition("Filler", contents)


def _pdf(path: Path, *pages: list[tuple[int, int, str]]) -> Path:
    """Write a PDF. Each page is a list of coordinates and texts."""
    objects = ["", "", "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>"]
    for runs in pages:
        texts = [run.replace("(", r"\(").replace(")", r"\)") for *_, run in runs]
        stream = "\n".join(f"BT /F1 9 Tf {x} {y} Td ({text}) Tj ET" for (x, y, _), text in zip(runs, texts, strict=True))
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents {len(objects)} 0 R>>"
        )
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects[:2] = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>"]
    content, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj{text}endobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    content += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{content.index(b'xref')}\n%%EOF\n".encode()
    path.write_bytes(content)
    return path


def _contents_pdf(path: Path, printed: Printed) -> Path:
    """Write the contents page of 2020 as a PDF in which all page numbers come before the names."""
    title = "of the 2020 Review of Notorious Markets"
    entries = [("Table of Contents", None), (f"Overview {title}", 1), (f"Issue Focus {title}", 3), (f"Results {title}", 14)]
    for kind, first, last in (("online", "Online Markets", 15), ("physical", "Physical Markets", 35)):
        entries += [(first, last), *((name, page) for _, name, page in printed(2020, kind))]
    entries.append(("Public Information", 48))
    runs = [(500, 780 - 11 * number, str(page)) for number, (_, page) in enumerate(entries) if page]
    runs += [(72, 780 - 11 * number, name) for number, (name, _) in enumerate(entries)]
    return _pdf(path, runs, [(72, 700, "Filler instead of the text."), (300, 40, "1")])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_reads_a_pdf(
    facts: Facts, printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = facts | {name: [row for row in facts[name] if row["year"] < 2020] for name in ("editions", "listings")}
    monkeypatch.setattr(intake, "read", lambda _: before)
    assert intake.main([str(_contents_pdf(tmp_path / "report.pdf", printed))]) == 0, capsys.readouterr().err
    summary = capsys.readouterr().out.splitlines()
    assert summary[0] == "2020 Review of Notorious Markets"
    assert summary[2] == "39 online entries, 17 countries"
    assert summary[-1] == "written to proposal-2020: editions.csv, listings/2020.csv"
    proposal = tmp_path / "proposal-2020"
    assert sorted(path for path in proposal.rglob("*") if path.is_file()) == [
        proposal / "editions.csv",
        proposal / "listings" / "2020.csv",
    ]
    rows = _rows(proposal / "listings" / "2020.csv")
    for kind, name in (("online", "name_as_listed"), ("physical", "country_as_listed")):
        listed = [(row["country"], row[name], int(row["page"])) for row in rows if row["kind"] == kind]
        assert listed == printed(2020, kind)
    (edition,) = _rows(proposal / "editions.csv")
    assert {name: cell for name, cell in edition.items() if cell} == {
        "year": "2020",
        "title": "2020 Review of Notorious Markets",
        "period_label": "2020 Review",
        "issue_focus": "of the 2020 Review of Notorious Markets",
        "report_pages": "2",
    }


def test_the_command_prints_the_changes_and_what_to_resolve(
    few: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(intake, "read", lambda _: few)
    assert intake.main([str(REPORT_2021), "--output", str(tmp_path / "new")]) == 0
    output = capsys.readouterr().out
    assert "  online kept, 2: POPCORN TIME, VK\n" in output
    assert "  countries new, 17: ARGENTINA, " in output
    assert "\nto resolve:\n  1 1337X, page 17: No known market has this name" in output
    assert "\n  50 KRYGYZ REPUBLIC, page 46: The contents page prints `KRYGYZ REPUBLIC`; confirm" in output
    (edition,) = _rows(tmp_path / "new" / "editions.csv")
    assert edition["issue_focus"].startswith("The Adverse Impact on Workers")
    assert (edition["released"], edition["online_total"]) == ("", "")


def test_the_command_does_not_overwrite_a_folder_or_write_into_the_facts(
    few: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(intake, "read", lambda _: few)
    home, other = tmp_path / "data", tmp_path / "other"
    monkeypatch.setattr(intake, "FACTS", home)
    (tmp_path / "proposal").mkdir()
    assert intake.main([str(REPORT_2021), "--output", str(tmp_path / "proposal")]) == 1
    assert "already exists; choose another folder" in capsys.readouterr().err
    for inside in (home / "proposal", other / "a" / "b", tmp_path / "x" / ".." / "data" / "proposal"):
        assert intake.main([str(REPORT_2021), "--facts", str(other), "--output", str(inside)]) == 1
        assert "--output must be outside the folder of the facts" in capsys.readouterr().err
    assert list(tmp_path.rglob("*")) == [tmp_path / "proposal"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"\xff\xfe\x00", "must be a PDF or UTF-8 text"),
        (b"%PDF-1.4 broken", "cannot be read as a PDF"),
        (
            REPORT.replace("CHINA", "UTOPIA").replace("PERU", "QQQQ").encode(),
            r"UTOPIA \(page 21\) is not .*\nQQQQ \(page 22\) is not",
        ),
    ],
    ids=["missing", "binary", "broken PDF", "two unknown countries"],
)
def test_the_command_prints_why_it_refuses_a_report(
    content: bytes | None,
    message: str,
    few: Facts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(intake, "read", lambda _: few)
    report = tmp_path / "report"
    if content is not None:
        report.write_bytes(content)
    assert intake.main([str(report), "--output", str(tmp_path / "new")]) == 1
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "new").exists()
