"""Does the reader of reports give back what a report prints, and does it refuse or bound everything else?"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

import notorious_markets as nm
from notorious_markets.reports import nominations, pdf, physical, text, titles
from notorious_markets.reports.countries import country_code
from notorious_markets.reports.lines import MAX_PAGES, Line, Run, joined, without_division
from tests.command import run
from tests.report_reading import differences, read
from tests.reports import LAYOUTS, LaidOut, Report, hostile, reports, shipped

TEXT = """2021 Review of Notorious Markets for Counterfeiting and Piracy

Table of Contents
Overview of the Results ........ 1
Online Markets ................. 2
ALIEXPRESS ..................... 2
NEWCOMER ....................... 2
Physical Markets ............... 3
CHINA .......................... 3
Public Information ............. 4
\f
Overview of the Results

The List identifies 42 online markets and 35 physical markets. It also names three online markets in the past.

                                   1
\f
Online Markets

ALIEXPRESS

Nominated as aliexpress.com and ja.aliexpress.com. Also available as a mobile app. Headquartered in China.

The text about it.

NEWCOMER

Nominated as new-
comer.example. Related sites include other.example. Reportedly operated from Hanoi, Vietnam. Reportedly hosted in
the Netherlands.

More text.

STRANGE HEADING

                                   2
\f
Physical Markets

CHINA

Silk Market, Beijing

The text about it.

Unheard-of Hall (Shenyang)

More text.

                                   3
\f
Public Information

The end.

                                   4
\f"""


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    """A short report as text."""
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@cache
def _edition(name: str) -> LaidOut:
    """The edition of 2021 in a layout."""
    return LAYOUTS[name]().lay_out(shipped(2021))


@pytest.fixture
def recent() -> LaidOut:
    """The edition of 2021 in one layout."""
    return _edition("recent")


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_edition_of_2021_is_read_in_each_layout(name: str, tmp_path: Path) -> None:
    laid_out = _edition(name)
    found = read(laid_out, tmp_path)
    assert list(differences(laid_out, found, has_issue="issue" in LAYOUTS[name].order)) == []
    statuses = {(row.kind, row.finding) for row in found.compare()}
    assert statuses == {("online", "confirmed"), ("physical", "confirmed"), ("physical", "named")}


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=2)
@given(report=reports(max_online=6))
def test_random_editions_are_read_in_each_layout(name: str, report: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    laid_out = LAYOUTS[name]().lay_out(report)
    found = read(laid_out, tmp_path_factory.mktemp("report"))
    assert list(differences(laid_out, found, has_issue="issue" in LAYOUTS[name].order)) == []


def test_a_text_is_read(report_file: Path) -> None:
    found = nm.read_report(report_file)
    assert (found.year, found.title) == (2021, "2021 Review of Notorious Markets for Counterfeiting and Piracy")
    assert (found.online_total, found.physical_total, found.report_pages) == (42, 35, 5)
    first, second = found.online
    assert (first.name_as_listed, first.page, first.domains) == ("ALIEXPRESS", 2, ("aliexpress.com", "ja.aliexpress.com"))
    assert (first.mobile_app, first.headquarters, first.in_contents) == (True, "China", True)
    assert (second.domains, second.related_domains) == (("new-comer.example",), ("other.example",))
    assert (second.operated_from, second.hosted_in) == ("Hanoi, Vietnam", "the Netherlands")
    assert [(row.country_as_listed, row.country, row.name_as_listed, row.locality, row.page) for row in found.physical] == [
        ("CHINA", "CN", "Silk Market", "Beijing", 3),
        ("CHINA", "CN", "Unheard-of Hall", "Shenyang", 3),
    ]
    assert [(row.title, row.page, row.section) for row in found.contents if row.section] == [
        ("ALIEXPRESS", 2, "online"),
        ("NEWCOMER", 2, "online"),
        ("CHINA", 3, "physical"),
    ]
    # Nothing is dropped silently.
    assert [(row.text, row.page, row.sheet) for row in found.unplaced] == [("STRANGE HEADING", 2, 3)]


def test_listings_have_ids_countries_and_canonical_domains(report_file: Path) -> None:
    rows = nm.read_report(report_file).listings()
    assert rows.to_arrow().schema.names == nm.table("listings").schema.names
    values = [(row.listing_no, row.market_id, row.country, row.hosting_country, row.locality, row.grade) for row in rows]
    assert values == [
        (1, "aliexpress", "CN", None, None, "primary"),
        (2, None, "VN", "NL", None, "primary"),
        (3, "silk-market-beijing", "CN", None, "Beijing", "primary"),
        (4, None, "CN", None, "Shenyang", "primary"),
    ]


def test_a_report_is_compared_with_the_edition(report_file: Path) -> None:
    rows = nm.read_report(report_file).compare()
    status = {row.name_in_report: row.finding for row in rows if row.name_in_report}
    assert status == {"ALIEXPRESS": "confirmed", "NEWCOMER": "new", "Silk Market": "confirmed", "Unheard-of Hall": "named"}
    counts = Counter(row.finding for row in rows)
    # 42 online and 35 physical listings: one online market and one physical one are confirmed, one place is named.
    assert (counts["missing"] + counts["unnamed"], counts["confirmed"]) == (42 - 1 + 35 - 2, 2)
    (aliexpress,) = (row for row in rows if row.market_id == "aliexpress")
    assert (aliexpress.listing_no, aliexpress.page, aliexpress.new_domains) == (4, 2, ("ja.aliexpress.com",))


def test_an_edition_that_the_package_lacks_cannot_be_compared(report_file: Path) -> None:
    report_file.write_text(TEXT.replace("2021 Review", "2031 Review"), encoding="utf-8")
    with pytest.raises(nm.UnknownValue, match="year 2031"):
        nm.read_report(report_file).compare()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (hostile.scanned, "does not contain text; run text recognition"),
        (hostile.foreign, "must have a title such as"),
        (hostile.bomb, "needs too much memory or work"),
        (hostile.cyclic, "cannot be read as a PDF"),
        (hostile.nested, "cannot be read as a PDF|does not contain text"),
        (lambda: hostile.random_bytes(1), "cannot be read as a PDF"),
        (lambda: hostile.random_bytes(1, header=False), "must be a PDF or UTF-8 text"),
        (lambda: b"", "does not contain text"),
        (lambda: b"Nothing of interest", "must have a title such as"),
        (lambda: b"\xff\xfe\x00", "must be a PDF or UTF-8 text"),
    ],
    ids=["scanned", "foreign", "bomb", "cyclic", "nested", "random", "binary", "empty", "other text", "UTF-16"],
)
def test_a_file_that_is_no_report_is_refused_soon(content: Callable[[], bytes], message: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(content())
    start = time.monotonic()
    with pytest.raises(nm.UnreadableReport, match=message):
        nm.read_report(path)
    assert time.monotonic() - start < 30


def test_an_encrypted_file_is_refused_and_a_protected_one_is_read(recent: LaidOut, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(hostile.encrypted(recent.pdf))
    with pytest.raises(nm.UnreadableReport, match="is encrypted; save a copy without a password"):
        nm.read_report(path)
    path.write_bytes(hostile.protected(recent.pdf))
    assert len(nm.read_report(path).online) == 42


@pytest.mark.parametrize("seed", range(6))
def test_a_broken_file_is_refused_or_read(seed: int, recent: LaidOut, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    for content in (hostile.truncated(recent.pdf, seed), hostile.damaged(recent.pdf, seed)):
        path.write_bytes(content)
        try:
            found = nm.read_report(path)
        except nm.UnreadableReport:
            continue
        assert len(found.online) <= 42


def test_a_file_with_many_pages_is_refused_before_it_is_read(recent: LaidOut, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(hostile.lengthened(recent.pdf, MAX_PAGES + 1))
    start = time.monotonic()
    with pytest.raises(nm.UnreadableReport, match=r"must have at most 500 pages, not 501"):
        nm.read_report(path)
    assert time.monotonic() - start < 10


def test_reading_ends_after_the_longest_time(recent: LaidOut) -> None:
    with pytest.raises(nm.UnreadableReport, match="must be readable within 0 seconds"):
        pdf.read_pdf(recent.pdf, "report.pdf", max_seconds=0)


def test_a_text_has_a_greatest_length(monkeypatch: pytest.MonkeyPatch, report_file: Path) -> None:
    monkeypatch.setattr(text, "MAX_CHARACTERS", 100)
    with pytest.raises(nm.UnreadableReport, match=r"must have at most 100 characters, not 1,\d{3}; it is not a report"):
        nm.read_report(report_file)


def test_a_text_has_a_greatest_number_of_pages(report_file: Path) -> None:
    report_file.write_text(TEXT + "more\f" * MAX_PAGES, encoding="utf-8")
    with pytest.raises(nm.UnreadableReport, match="must have at most 500 pages, not 505"):
        nm.read_report(report_file)


def test_the_year_can_be_passed(report_file: Path) -> None:
    report_file.write_text(TEXT.replace("2021 Review of", "Review of"), encoding="utf-8")
    with pytest.raises(nm.UnreadableReport, match="must have a title"):
        nm.read_report(report_file)
    assert nm.read_report(report_file, year=2021).year == 2021
    with pytest.raises(ValueError, match="year must be from 2000 to 2099, not 21"):
        nm.read_report(report_file, year=21)
    with pytest.raises(TypeError, match="year must be an int or None, not str"):
        nm.read_report(report_file, year="2021")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sentence", "totals"),
    [
        ("The 2021 List identifies 42 online markets and 35 physical markets.", (42, 35)),
        ("This List has thirty-nine online and thirty-four physical markets.", (39, 34)),
        ("It names twenty (20) online markets as well as sixteen (16) physical marketplaces.", (20, 16)),
        ("It identifies 38 online and 34 physical markets.", (38, 34)),
        ("Nothing is announced.", (None, None)),
    ],
)
def test_announced_totals_are_found(sentence: str, totals: tuple[int | None, int | None]) -> None:
    assert titles.read_totals(["Three online markets have closed.", sentence] if totals[0] else [sentence]) == totals


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        ("Nominated as vk.com. Headquartered in Russia. A text.", nominations.LineBelow(("vk.com",), headquarters="Russia")),
        (
            "Nominated as a.example, b.example, and c-d.example. Utilizes reverse proxy services to mask its location.",
            nominations.LineBelow(("a.example", "b.example", "c-d.example")),
        ),
        (
            "Nominated as пример.рф. Reportedly hosted in the U.S. Text.",
            nominations.LineBelow(("пример.рф",), hosted_in="the U.S."),
        ),
        ("The site is popular. Nominated as x.example.", nominations.LineBelow()),
    ],
)
def test_the_line_below_a_name_is_read(printed: str, line: nominations.LineBelow) -> None:
    assert nominations.read_line([printed]) == line


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("Anfu Market, Putian, Fujian Province", ("Anfu Market", "Putian, Fujian Province")),
        ("Tepito (Mexico City)", ("Tepito", "Mexico City")),
        ("Yiwu (International Trade City Market)", ("Yiwu (International Trade City Market)", None)),
        ("Market (One, Two)", ("Market", "One, Two")),
        ("La Salada – Buenos Aires", ("La Salada", "Buenos Aires")),
    ],
)
def test_a_heading_is_divided_into_name_and_place(heading: str, parts: tuple[str, str | None]) -> None:
    assert physical.divided(heading) == parts


@pytest.mark.parametrize(
    ("heading", "code"),
    [("KRYGYZ REPUBLIC", "KG"), ("Untied Arab Emirates", "AE"), ("Türkiye", "TR"), ("Nigera", None), ("Utopia", None)],
)
def test_a_misspelt_country_has_its_code(heading: str, code: str | None) -> None:
    assert country_code(heading) == code


def test_a_divided_word_becomes_whole_and_a_compound_stays() -> None:
    words = ["of the traf-", "fic and seven-", "teen brand-", "protection firms; brand protection of SCI-", "HUB"]
    lines = [Line((Run(words_),), 0, number, 0) for number, words_ in enumerate(words)]
    assert joined(without_division(lines)) == "of the traffic and seventeen brand-protection firms; brand protection of SCI-HUB"


def test_the_command_prints_and_writes(report_file: Path, tmp_path: Path) -> None:
    done = run("read-report", report_file, "--as", "jsonl", "--output", tmp_path / "out.csv")
    assert done.code == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name_as_listed"] for row in rows] == ["ALIEXPRESS", "NEWCOMER", "Silk Market", "Unheard-of Hall"]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["market_id"] for row in csv.DictReader(file)] == ["aliexpress", "", "silk-market-beijing", ""]


def test_the_command_compares(report_file: Path) -> None:
    done = run("read-report", report_file, "--compare")
    assert done.code == 0, done.stderr
    assert "announced in the report" in done.stdout
    assert "named" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.pdf"], "missing.pdf: No such file"),
        (["{report}", "--output", "out.sqlite"], "--output must end with one of .csv"),
        (["{report}", "--compare", "--part", "online"], "--compare compares the listings; omit --part"),
        (["{folder}"], "Is a directory"),
    ],
)
def test_the_command_tells_what_is_wrong(arguments: list[str], message: str, report_file: Path) -> None:
    filled = [argument.format(report=report_file, folder=report_file.parent) for argument in arguments]
    done = run("read-report", *filled)
    assert done.code in (1, 2)
    assert message in done.stderr


def test_without_the_library_the_extra_is_named(recent: LaidOut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(nm.MissingExtra, match=r"notorious_markets\[report\]"):
        read(recent, tmp_path)
