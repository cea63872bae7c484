"""Are the facts in canonical form, and does the build refuse each kind of wrong fact, by file, row and rule?"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import build, facts
from tools.facts import FACTS, Refused

TABLES = facts.contract().tables
FILES = [(table, path) for table in TABLES for path in table.files(FACTS)]


@pytest.mark.parametrize(("table", "path"), FILES, ids=[path.relative_to(FACTS).as_posix() for _, path in FILES])
def test_tables_are_canonical(table: facts.Table, path: Path) -> None:
    assert path.read_bytes().decode() == facts.canonical(table, path.read_bytes().decode())


def test_nothing_in_the_folder_is_unread() -> None:
    known = {path for _, path in FILES} | {FACTS / "datapackage.yaml"}
    assert sorted(path for path in FACTS.rglob("*") if path.is_file() and path not in known) == []


@given(st.randoms(use_true_random=False))
def test_canonical_form_does_not_depend_on_the_order_of_rows_and_columns(random: Any) -> None:
    table = facts.contract().table("markets")
    with (FACTS / "markets.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    random.shuffle(rows)
    order = random.sample(range(len(header)), len(header))
    shuffled = "\r\n".join(",".join(f'" {row[place]}  "' for place in order) for row in [header, *rows])
    shuffled = (
        shuffled.replace('" market_id  "', "market_id")
        .replace('" name  "', "name")
        .replace('" kind  "', "kind")
        .replace('" note  "', "note")
    )
    assert facts.canonical(table, shuffled) == (FACTS / "markets.csv").read_text(encoding="utf-8")


def test_canonical_form_loses_nothing() -> None:
    table = facts.contract().table("markets")
    with pytest.raises(Refused, match="row 2: unknown column"):
        facts.canonical(table, "market_id,name,kind,note\na,A,online,,stray\n")
    with pytest.raises(Refused, match="row 2: unknown column: colour"):
        facts.canonical(table, "market_id,name,kind,note,colour\na,A,online,,red\n")


def test_the_command_rewrites_and_checks(
    monkeypatch: pytest.MonkeyPatch, facts_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(facts, "FACTS", facts_copy)
    monkeypatch.setattr(facts, "ROOT", facts_copy.parent)
    monkeypatch.setattr(facts, "contract", lambda: facts.Contract({}, TABLES))
    path = facts_copy / "markets.csv"
    good = path.read_bytes()
    lines = good.splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *reversed(lines[1:])]))
    assert facts.main(["--check"]) == 1
    assert capsys.readouterr().out == "data/markets.csv\n"
    assert path.read_bytes() != good
    assert facts.main([]) == 0
    assert path.read_bytes() == good
    assert facts.main(["--check"]) == 0


def _edit(path: Path, number: int, **cells: str) -> None:
    """Change cells of the row on a line of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[number - 2].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


LISTINGS = "listings/2021.csv"
CITATIONS = "citations/2021.csv"
WRONG: list[tuple[str, str, int, dict[str, str], str]] = [
    ("wrong type", LISTINGS, 5, {"page": "eighteen"}, r"data/listings/2021.csv, row 5: type-error"),
    ("missing key", LISTINGS, 5, {"listing_no": ""}, r"data/listings/2021.csv, row 5: constraint-error"),
    ("unknown word", LISTINGS, 5, {"category": "shop"}, r"data/listings/2021.csv, row 5: constraint-error"),
    ("duplicate key", LISTINGS, 5, {"listing_no": "3"}, r"data/listings/2021.csv, row 5: primary-key"),
    ("open key to a market", LISTINGS, 5, {"market_id": "aliexpres"}, r"data/listings/2021.csv, row 5: foreign-key"),
    ("open key to a source", CITATIONS, 5, {"source_id": "nowhere"}, r"data/citations/2021.csv, row 5: foreign-key"),
    ("open key to a listing", CITATIONS, 5, {"listing_no": "78"}, r"data/citations/2021.csv, row 5: foreign-key"),
    ("no address", "sources.csv", 5, {"url": "not an address"}, r"data/sources.csv, row 5: type-error"),
    ("other year", LISTINGS, 5, {"year": "2020"}, r"data/listings/2021.csv, row 5"),
    ("unknown item", LISTINGS, 5, {"goods": "counterfeit|fakes"}, r"data/listings/2021.csv, row 5 .*: list-items: goods 'fakes'"),
    ("repeated item", LISTINGS, 5, {"goods": "counterfeit|counterfeit"}, r"row 5 .*: list-items: goods repeats"),
    ("open key in a list", "editions.csv", 2, {"source_ids": "nowhere"}, r"data/editions.csv, row 2 .*: list-items"),
    ("no source", "editions.csv", 2, {"source_ids": ""}, r"data/editions.csv, row 2"),
    ("online after physical", LISTINGS, 78, {"kind": "online", "note": ""}, r"listing-numbers: an online listing stands after"),
    (
        "one too few",
        "editions.csv",
        2,
        {"online_total": "43"},
        r"data/editions.csv, row 2 .*: announced-totals: online_total is 43",
    ),
    ("released too early", "editions.csv", 2, {"released": "2020-02-17"}, r"data/editions.csv, row 2 .*: release-order"),
    ("listed twice", LISTINGS, 5, {"market_id": "1337x"}, r"one-listing-per-market: market 1337x is listed twice"),
    ("other kind", "markets.csv", 2, {"kind": "physical"}, r"one-listing-per-market: market 1337x is physical"),
    (
        "grade too high",
        LISTINGS,
        46,
        {"grade": "primary"},
        r"row 46 .*: grades: grade is primary, but its sources make it secondary",
    ),
    ("typed inference", LISTINGS, 44, {"grade": "inferred"}, r"row 44 .*: grades: grade is inferred"),
    ("nameless market", LISTINGS, 5, {"name_as_listed": ""}, r"row 5 .*: grades: a listing with a market has no name"),
    ("named nobody", LISTINGS, 44, {"name_as_listed": "La Salada"}, r"row 44 .*: grades: a listing without a market has a name"),
    ("category of a mall", LISTINGS, 46, {"category": "e-commerce"}, r"row 46 .*: fields-of-the-kind: category"),
    ("mall without country", LISTINGS, 46, {"country": "", "country_as_listed": ""}, r"row 46 .*: fields-of-the-kind"),
    ("no country code", LISTINGS, 46, {"country": "KX"}, r"row 46 .*: country-codes: country 'KX'"),
    ("upper case", LISTINGS, 5, {"domains": "AliExpress.com"}, r"row 5 .*: canonical-domains: .*should be 'aliexpress.com'"),
    ("dot at the end", LISTINGS, 5, {"domains": "aliexpress.com."}, r"row 5 .*: canonical-domains"),
    ("public suffix", LISTINGS, 5, {"domains": "co.uk"}, r"row 5 .*: canonical-domains: .*is a public suffix"),
    ("U-label", LISTINGS, 5, {"domains": "münchen.de"}, r"row 5 .*: canonical-domains: .*xn--mnchen-3ya.de"),
    ("no domain", LISTINGS, 5, {"domains": "ali express"}, r"row 5 .*: canonical-domains"),
    ("page outside", LISTINGS, 5, {"page": "57"}, r"row 5 .*: pages: page 57 is outside a report of 56 pages"),
    ("uncited field", LISTINGS, 2, {"operator": "Nobody"}, r"row 2 .*: every-fact-cited: operator has no citation"),
    ("cited but empty", LISTINGS, 5, {"operator": ""}, r"every-fact-cited: the listing has no operator"),
    (
        "uncited domain",
        LISTINGS,
        5,
        {"domains": "aliexpress.com|aliexpress.us"},
        r"row 5 .*: every-domain-cited: .*aliexpress.us",
    ),
    ("one name twice", "markets.csv", 3, {"name": "1337X"}, r"distinct-names: 1337x has the same name"),
]


@pytest.mark.parametrize(("name", "cells", "message"), [(w[1:3], w[3], w[4]) for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_fact_is_refused(facts_copy: Path, name: tuple[str, int], cells: dict[str, str], message: str) -> None:
    path, number = name
    _edit(facts_copy / path, number, **cells)
    with pytest.raises(Refused, match=message):
        build.compile_facts(facts_copy)


def test_an_unknown_column_is_refused(facts_copy: Path) -> None:
    path = facts_copy / "markets.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{lines[0]},colour", *(f"{line}," for line in lines[1:])]) + "\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"data/markets.csv"):
        build.compile_facts(facts_copy)


def test_a_gap_in_the_numbers_is_refused(facts_copy: Path) -> None:
    for path in (LISTINGS, CITATIONS):
        text = (facts_copy / path).read_text(encoding="utf-8")
        assert "\n2021,77," in text
        (facts_copy / path).write_text(text.replace("\n2021,77,", "\n2021,80,"), encoding="utf-8")
    with pytest.raises(Refused, match=r"row 78 .*: listing-numbers: listing_no should be 77"):
        build.compile_facts(facts_copy)


def test_an_idle_source_and_an_idle_market_are_refused(facts_copy: Path) -> None:
    with (facts_copy / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("zzz-2021,,Nobody,https://example.org/,,,press,,\n")
    with (facts_copy / "markets.csv").open("a", encoding="utf-8") as file:
        file.write("zzz,Nothing,online,\n")
    with pytest.raises(Refused) as caught:
        build.compile_facts(facts_copy)
    assert [problem.partition(": ")[2] for problem in caught.value.problems] == [
        "nothing-idle: nothing cites this source",
        "nothing-idle: no edition lists this market",
    ]


def test_a_wrong_data_version_is_refused(facts_copy: Path) -> None:
    path = facts_copy / "datapackage.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('version: "2021.', 'version: "2020.'), encoding="utf-8")
    with pytest.raises(Refused, match="data-version: the newest edition is 2021, but the data version is 2020"):
        build.compile_facts(facts_copy)


def test_a_refusal_changes_nothing(facts_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, pages = tmp_path / "built", tmp_path / "pages"
    arguments = ["--facts", str(facts_copy), "--output", str(output), "--pages", str(pages)]
    assert build.main(arguments) == 0
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    capsys.readouterr()
    _edit(facts_copy / LISTINGS, 5, page="57")
    assert build.main(arguments) == 1
    assert "data/listings/2021.csv, row 5 (year 2021, listing_no 4): pages: page 57" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "data", "pages"]
