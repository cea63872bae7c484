"""Does the intake work a report into the tables of its edition, completely or not at all, so that they pass the build?"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.reports import LAYOUTS, shipped, short
from tools import intake
from tools.facts import Facts, read, read_rows
from tools.schema import FACTS, read_schema

URL = "https://example.org/2019.pdf"
REPORT_2019 = """2019 Review of Notorious Markets for Counterfeiting and Piracy

Online Markets

TAOBAO

Nominated as taobao.com. Headquartered in China.

Some text.
"""


@pytest.fixture(scope="module")
def report_2021(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition of 2021 as a PDF. Markets without a name are called after their countries."""
    path = tmp_path_factory.mktemp("report") / "2021.pdf"
    path.write_bytes(LAYOUTS["recent"]().lay_out(short(shipped(2021))).pdf)
    return path


@pytest.fixture(autouse=True)
def _unchanged_facts_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read facts that are those in `data/` without validating them again, which takes most of the time of these tests."""
    valid = _content(FACTS)

    def read_once(folder: Path) -> Facts:
        return read_rows(read_schema(folder), folder) if _content(folder) == valid else read(folder)

    monkeypatch.setattr(intake, "read", read_once)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_report_completes_its_edition(report_2021: Path, facts_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _rows(facts_folder, "listings/2021.csv")
    unnamed = sum(row["grade"] == "unidentified" for row in before)
    assert unnamed > 0
    assert intake.main([str(report_2021), "--facts", str(facts_folder), "--apply"]) == 0, capsys.readouterr().err
    output = capsys.readouterr().out
    assert f"listings: {77 - unnamed} confirmed, {unnamed} named" in output
    assert "new market argentina-market-43" in output
    after = _rows(facts_folder, "listings/2021.csv")
    assert Counter(row["grade"] for row in after) == {"primary": 77}
    assert [row["listing_no"] for row in after] == [row["listing_no"] for row in before]
    cited = {
        (row["listing_no"], row["field"]): row
        for row in _rows(facts_folder, "citations/2021.csv")
        if row["source_id"] == "ustr-2021-report"
    }
    assert {number for number, field in cited if field == "listing"} == {row["listing_no"] for row in after}
    assert all(cited[row["listing_no"], "page"]["locator"] == f"p. {row['page']}" for row in after)
    assert cited["4", "domains"]["as_sourced"] == "aliexpress.com"
    domains = {row["domain"]: row for row in _rows(facts_folder, "domains.csv")}
    assert domains["aliexpress.com"]["basis"] == "listed"
    assert domains["aliexpress.com"]["source_ids"].startswith("ustr-2021-report|")
    (source,) = (row for row in _rows(facts_folder, "sources.csv") if row["source_id"] == "ustr-2021-report")
    assert (source["url"], source["source_kind"]) == (
        "https://ustr.gov/sites/default/files/IssueAreas/IP/2021%20Notorious%20Markets%20List.pdf",
        "report",
    )
    # The same report changes nothing more. The written tables are valid, since the intake reads them.
    content = _content(facts_folder)
    assert intake.main([str(report_2021), "--facts", str(facts_folder), "--apply"]) == 0
    assert "written to" in capsys.readouterr().out
    assert _content(facts_folder) == content


def test_tables_that_do_not_pass_the_build_are_not_written(
    facts_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "2019.txt"
    path.write_text(f"{REPORT_2019}\nNEWCOMER\n\nSome text.\n", encoding="utf-8")
    content = _content(facts_folder)
    assert intake.main([str(path), "--facts", str(facts_folder), "--apply", "--url", f"2019={URL}"]) == 1
    error = capsys.readouterr().err
    assert "the tables do not pass the build:" in error
    assert "online_total is 38, but the edition has 39 online listings" in error
    assert _content(facts_folder) == content


def test_an_address_is_needed_and_a_proposal_has_complete_tables(
    facts_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = tmp_path / "2019.txt", tmp_path / "proposal"
    path.write_text(REPORT_2019, encoding="utf-8")
    arguments = [str(path), "--facts", str(facts_folder), "--output", str(output)]
    assert intake.main(arguments) == 1
    assert "no address of the report on 2019 is known; pass it with --url 2019=ADDRESS" in capsys.readouterr().err
    content = _content(facts_folder)
    assert intake.main([*arguments, "--url", f"2019={URL}"]) == 0, capsys.readouterr().err
    assert _content(facts_folder) == content
    assert set(_content(output)) == {"editions.csv", "sources.csv", "domains.csv", "listings/2019.csv", "citations/2019.csv"}
    (edition,) = (row for row in _rows(output, "editions.csv") if row["year"] == "2019")
    assert edition["report_url"] == URL
    assert "the report as read has no such entry" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        intake.main([str(path), "--url", "2019"])
    assert "must be YEAR=https://..., not '2019'" in capsys.readouterr().err


def test_a_new_edition_is_not_applied(tmp_path: Path, facts: Facts, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.txt"
    path.write_text("2040 Review of Notorious Markets\n", encoding="utf-8")
    assert max(row["year"] for row in facts["editions"]) < 2040
    assert intake.main([str(path), "--apply"]) == 1
    assert "--apply is for editions that the facts have" in capsys.readouterr().err
