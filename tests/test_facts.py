"""Are the facts in canonical form, and does the build refuse each kind of wrong fact, by file, row and rule?"""

from __future__ import annotations

import copy
import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import build, facts, rules
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

# What the schema forbids: all at once, each in a row of its own.
MISFITS: list[tuple[str, int, dict[str, str], str]] = [
    (LISTINGS, 5, {"page": "eighteen"}, r"data/listings/2021.csv, row 5: type-error"),
    (LISTINGS, 6, {"listing_no": ""}, r"data/listings/2021.csv, row 6: constraint-error"),
    (LISTINGS, 7, {"category": "shop"}, r"data/listings/2021.csv, row 7: constraint-error"),
    (LISTINGS, 8, {"listing_no": "1"}, r"data/listings/2021.csv, row 8: primary-key"),
    (LISTINGS, 9, {"market_id": "bukalapaq"}, r"data/listings/2021.csv, row 9: foreign-key"),
    (CITATIONS, 5, {"source_id": "nowhere"}, r"data/citations/2021.csv, row 5: foreign-key"),
    (CITATIONS, 6, {"listing_no": "78"}, r"data/citations/2021.csv, row 6: foreign-key"),
    ("sources.csv", 5, {"url": "not an address"}, r"data/sources.csv, row 5: type-error"),
    ("editions.csv", 3, {"released": "20 December 2011"}, r"data/editions.csv, row 3: type-error"),
]

# What the rules forbid, one at a time: table, row number in it, values, message.
WRONG: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "other year": ("listings", {"listing_no": 4}, {"year": 2020}, "file-of-the-edition: review year 2020"),
    "unknown item": ("listings", {"listing_no": 4}, {"goods": ["fakes"]}, "list-items: goods 'fakes' is none of"),
    "repeated item": ("listings", {"listing_no": 4}, {"goods": ["piracy", "piracy"]}, "list-items: goods repeats"),
    "open key in a list": ("editions", {}, {"source_ids": ["nowhere"]}, "list-items: source_ids 'nowhere' is not in sources"),
    "no source": ("editions", {}, {"source_ids": []}, "list-items: source_ids is empty"),
    "gap": ("listings", {"listing_no": 77}, {"listing_no": 80}, "listing-numbers: listing_no should be 77"),
    "online last": ("listings", {"listing_no": 77}, {"kind": "online"}, "listing-numbers: an online listing stands after"),
    "one too few": ("editions", {}, {"online_total": 43}, "announced-totals: online_total is 43, but data/listings has 42"),
    "released too early": ("editions", {}, {"released": date(2020, 2, 17)}, "release-order: released 2020-02-17"),
    "released out of order": ("editions", {}, {"released": date(2021, 1, 14)}, "release-order: .*not after the edition of 2020"),
    "listed twice": (
        "listings",
        {"listing_no": 4},
        {"market_id": "1337x"},
        "one-listing-per-market: market 1337x is listed twice",
    ),
    "other kind": ("markets", {"market_id": "1337x"}, {"kind": "physical"}, "one-listing-per-market: market 1337x is physical"),
    "grade too high": ("listings", {"listing_no": 45}, {"grade": "primary"}, "grades: grade is primary, .* make it secondary"),
    "typed inference": ("listings", {"listing_no": 43}, {"grade": "inferred"}, "grades: grade is inferred"),
    "nameless market": ("listings", {"listing_no": 4}, {"name_as_listed": None}, "grades: a listing with a market has no name"),
    "named nobody": ("listings", {"listing_no": 43}, {"name_as_listed": "X"}, "grades: a listing without a market has a name"),
    "category of a mall": ("listings", {"listing_no": 45}, {"category": "e-commerce"}, "fields-of-the-kind: category"),
    "no country": ("listings", {"listing_no": 45}, {"country": None}, "fields-of-the-kind: a physical market has no country"),
    "no country code": ("listings", {"listing_no": 45}, {"country": "KX"}, "country-codes: country 'KX'"),
    "upper case": ("listings", {"listing_no": 4}, {"domains": ["AliExpress.com"]}, "canonical-domains: .*'aliexpress.com'"),
    "dot at the end": ("listings", {"listing_no": 4}, {"domains": ["aliexpress.com."]}, "canonical-domains"),
    "public suffix": ("listings", {"listing_no": 4}, {"domains": ["co.uk"]}, "canonical-domains: .*is a public suffix"),
    "U-label": ("listings", {"listing_no": 4}, {"domains": ["münchen.de"]}, "canonical-domains: .*xn--mnchen-3ya.de"),
    "no domain": ("listings", {"listing_no": 4}, {"domains": ["ali express"]}, "canonical-domains: .*is no domain name"),
    "page outside": ("listings", {"listing_no": 4}, {"page": 57}, "pages: page 57 is outside a report of 56 pages"),
    "uncited field": ("listings", {"listing_no": 1}, {"operator": "Nobody"}, "every-fact-cited: operator has no citation"),
    "cited but empty": ("listings", {"listing_no": 4}, {"operator": None}, "every-fact-cited: the listing has no operator"),
    "uncited domain": ("listings", {"listing_no": 1}, {"domains": ["1337x.to"]}, "every-domain-cited: no citation gives"),
    "idle source": ("sources", {}, {"source_id": "zzz-2021"}, "nothing-idle: nothing cites this source"),
    "idle market": ("markets", {"market_id": "91-com"}, {"market_id": "zzz"}, "nothing-idle: no edition lists this market"),
    "first but not": (
        "listings",
        {"listing_no": 37},
        {"newly_listed": True},
        "first-listings: newly_listed, but the edition of 2010",
    ),
    "unknown place": ("listings", {"listing_no": 45}, {"locality": "Atlantis"}, "known-places: Atlantis in KH is not in places"),
    "idle place": ("places", {"locality": "Lima"}, {"locality": "Ica"}, "known-places: no listing is there"),
    "off the map": ("places", {"locality": "Lima"}, {"latitude": 120.0}, "known-places: is nowhere on earth"),
    "relation to nobody": ("relations", {}, {"other_market_id": "zzz"}, "sound-relations: other_market_id 'zzz'"),
    "relation to itself": (
        "relations",
        {"market_id": "taobao"},
        {"other_market_id": "taobao"},
        "sound-relations: relates a market",
    ),
    "empty statement": (
        "unchanged",
        {},
        {"other_year": 2013, "category": "iptv"},
        "sound-statements: the edition of 2013 has no",
    ),
    "two categories": ("listings", {"listing_no": 1}, {"category": "iptv"}, "one-category-per-market: category is"),
    "one name twice": ("markets", {"market_id": "1fichier"}, {"name": "1337X"}, "distinct-names: 1337x has the same name"),
    "two names joined": (
        "citations",
        {"listing_no": 37, "field": "listing"},
        {"as_sourced": "Taobao / AliExpress"},
        "names-of-one: as_sourced 'Taobao / AliExpress' names aliexpress, taobao",
    ),
    "owner for market": (
        "citations",
        {"year": 2020, "listing_no": 3, "field": "listing"},
        {"as_sourced": "Amazon"},
        "names-of-one: as_sourced 'Amazon' is the owner of AMAZON",
    ),
}


def test_what_the_schema_forbids_is_refused_by_file_and_row(facts_copy: Path) -> None:
    for path, number, cells, _ in MISFITS:
        _edit(facts_copy / path, number, **cells)
    with pytest.raises(Refused) as caught:
        facts.read(facts_copy)
    for *_, message in MISFITS:
        assert re.search(message, str(caught.value)), message


@pytest.mark.parametrize(("table", "where", "values", "message"), WRONG.values(), ids=WRONG)
def test_what_the_rules_forbid_is_refused_by_row_and_rule(
    facts_read: facts.Facts, table: str, where: dict[str, Any], values: dict[str, Any], message: str
) -> None:
    spoilt = copy.deepcopy(facts_read)
    rows = spoilt[table]
    if rows and "year" in rows[0] and table != "unchanged":
        where = {"year": 2021, **where}
    row = next(row for row in rows if where.items() <= row.items())
    row.update(values)
    with pytest.raises(Refused, match=rf"(?m)^data/\S+\.csv, row \d+ \(.*\): {message}"):
        rules.check(facts.contract(), spoilt)


def test_the_facts_themselves_pass(facts_read: facts.Facts) -> None:
    rules.check(facts.contract(), facts_read)
    assert len(WRONG) >= len(rules.RULES)


def test_an_unknown_column_is_refused(facts_copy: Path) -> None:
    path = facts_copy / "markets.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{lines[0]},colour", *(f"{line}," for line in lines[1:])]) + "\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"data/markets.csv"):
        facts.read(facts_copy)


def test_a_wrong_data_version_is_refused(facts_read: facts.Facts) -> None:
    schema = facts.contract()
    wrong = facts.Contract({**schema.descriptor, "version": "2020.1"}, schema.tables)
    with pytest.raises(Refused, match="data-version: the newest edition is 2025, but the data version is 2020"):
        rules.check(wrong, facts_read)


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
