"""Tests that the facts are in canonical form, and that each kind of wrong fact is refused with its file, row and rule."""

from __future__ import annotations

import copy
import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools import build, domains, facts, owners, rules
from tools.facts import Facts, Refused, Row
from tools.schema import FACTS, Schema, read_schema

SCHEMA = read_schema()
FILES = [(table, path) for table in SCHEMA.tables for path in table.files(FACTS)]
LISTINGS = "listings/2021.csv"
CITATIONS = "citations/2021.csv"


def test_each_file_is_canonical() -> None:
    assert [
        path for table, path in FILES if path.read_bytes().decode() != facts.canonical(table, path.read_bytes().decode())
    ] == []


def test_each_file_is_read() -> None:
    known = {path for _, path in FILES} | {FACTS / "datapackage.yaml"}
    assert sorted(path for path in FACTS.rglob("*") if path.is_file() and path not in known) == []


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_canonical_form_does_not_depend_on_the_order_of_rows_and_columns(random: Any) -> None:
    text = (FACTS / "markets.csv").read_text(encoding="utf-8")
    header, *rows = list(csv.reader(text.splitlines()))
    random.shuffle(rows)
    order = random.sample(range(len(header)), len(header))
    lines = [",".join(header[column] for column in order)]
    lines += [",".join(f'" {row[column]}  "' for column in order) for row in rows]
    assert facts.canonical(SCHEMA.table("markets"), "\r\n".join(lines)) == text


def test_canonical_form_loses_nothing() -> None:
    table = SCHEMA.table("markets")
    with pytest.raises(Refused, match="row 2: unknown column"):
        facts.canonical(table, "market_id,name,kind,note\na,A,online,,stray\n")
    with pytest.raises(Refused, match="row 2: unknown column: colour"):
        facts.canonical(table, "market_id,name,kind,note,colour\na,A,online,,red\n")


def test_the_command_checks_and_rewrites(facts_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = facts_folder / "markets.csv"
    canonical = path.read_bytes()
    lines = canonical.splitlines(keepends=True)
    path.write_bytes(reversed_rows := b"".join([lines[0], *reversed(lines[1:])]))
    command = ["--facts", str(facts_folder)]
    assert facts.main([*command, "--check"]) == 1
    assert capsys.readouterr().out == "data/markets.csv\n"
    assert path.read_bytes() == reversed_rows
    assert facts.main(command) == 0
    assert path.read_bytes() == canonical
    assert facts.main([*command, "--check"]) == 0
    path.write_bytes(canonical.replace(b"market_id,", b"market,", 1))
    assert facts.main(command) == 1
    assert "data/markets.csv, row 2: unknown column: market" in capsys.readouterr().err


# Cells that break the schema: file, line, cells, and a pattern for the message.
INVALID_CELLS: list[tuple[str, int, dict[str, str], str]] = [
    (LISTINGS, 5, {"page": "eighteen"}, r"data/listings/2021.csv, row 5: type-error"),
    (LISTINGS, 6, {"listing_no": ""}, r"data/listings/2021.csv, row 6: constraint-error"),
    (LISTINGS, 7, {"category": "shop"}, r"data/listings/2021.csv, row 7: constraint-error"),
    (LISTINGS, 8, {"listing_no": "1"}, r"data/listings/2021.csv, row 8: primary-key"),
    (LISTINGS, 9, {"market_id": "bukalapaq"}, r"data/listings/2021.csv, row 9: foreign-key"),
    (LISTINGS, 10, {"newly_listed": "True"}, r"data/listings/2021.csv, row 10: type-error"),
    (CITATIONS, 5, {"source_id": "nowhere"}, r"data/citations/2021.csv, row 5: foreign-key"),
    (CITATIONS, 6, {"listing_no": "78"}, r"data/citations/2021.csv, row 6: foreign-key"),
    ("sources.csv", 5, {"url": "not an address"}, r"data/sources.csv, row 5: type-error"),
    ("editions.csv", 3, {"released": "20 December 2011"}, r"data/editions.csv, row 3: type-error"),
    ("places.csv", 2, {"colour": "red"}, r"data/places.csv: .*colour"),
]


def _edit(path: Path, line: int, cells: dict[str, str]) -> None:
    """Change cells of a row in a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[line - 2].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[line - 2]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_a_breach_of_the_schema_is_refused_with_its_file_and_row(facts_folder: Path) -> None:
    for path, line, cells, _ in INVALID_CELLS:
        _edit(facts_folder / path, line, cells)
    with pytest.raises(Refused) as refusal:
        facts.read(facts_folder)
    for *_, message in INVALID_CELLS:
        assert re.search(message, str(refusal.value)), message


# Rows that break a rule: the rule, a table, conditions for a row of it, the values to change, and a pattern for the message.
INVALID_ROWS: dict[str, tuple[rules.Rule, str, dict[str, Any], dict[str, Any], str]] = {
    "other year": (rules.file_of_the_edition, "listings", {"listing_no": 4}, {"year": 2020}, "the year 2020 does not fit"),
    "unknown item": (rules.list_items, "listings", {"listing_no": 4}, {"goods": ["fakes"]}, "an item of goods .* not 'fakes'"),
    "empty item": (rules.list_items, "listings", {"listing_no": 4}, {"goods": [""]}, "goods has an empty item"),
    "repeated item": (rules.list_items, "listings", {"listing_no": 4}, {"goods": ["piracy"] * 2}, "goods repeats an item"),
    "unknown source": (rules.list_items, "editions", {}, {"source_ids": ["nowhere"]}, ".* must be in sources; 'nowhere'"),
    "no source": (rules.list_items, "editions", {}, {"source_ids": []}, "source_ids is empty"),
    "gap": (rules.listing_numbers, "listings", {"listing_no": 77}, {"listing_no": 80}, "listing_no must be 77"),
    "online last": (
        rules.listing_numbers,
        "listings",
        {"listing_no": 77},
        {"kind": "online"},
        "an online listing must come before",
    ),
    "one too few": (rules.announced_totals, "editions", {}, {"online_total": 43}, ".* is 43, but the edition has 42 online"),
    "released too early": (rules.release_order, "editions", {}, {"released": date(2020, 2, 17)}, ".* not 2020-02-17"),
    "released out of order": (rules.release_order, "editions", {}, {"released": date(2021, 1, 14)}, ".* edition of 2020"),
    "only further markets": (
        rules.one_listing_per_market,
        "listings",
        {"listing_no": 4},
        {"market_id": None, "further_market_ids": ["taobao"]},
        "further_market_ids is filled without a market_id",
    ),
    "listed twice": (
        rules.one_listing_per_market,
        "listings",
        {"listing_no": 4},
        {"market_id": "1337x"},
        "the edition lists the market 1337x twice",
    ),
    "other kind": (
        rules.one_listing_per_market,
        "markets",
        {"market_id": "1337x"},
        {"kind": "physical"},
        "the listing is online, but the market 1337x is physical",
    ),
    "grade too high": (rules.grades, "listings", {"listing_no": 45}, {"grade": "primary"}, "grade must be secondary"),
    "inferred by hand": (rules.grades, "listings", {"listing_no": 43}, {"grade": "inferred"}, ".*not inferred"),
    "nameless market": (rules.grades, "listings", {"listing_no": 4}, {"name_as_listed": None}, ".* must have a name"),
    "name without market": (rules.grades, "listings", {"listing_no": 43}, {"name_as_listed": "X"}, ".* must not have a name"),
    "category of a mall": (
        rules.fields_of_the_kind,
        "listings",
        {"listing_no": 45},
        {"category": "iptv"},
        "category must be empty",
    ),
    "no country": (rules.fields_of_the_kind, "listings", {"listing_no": 45}, {"country": None}, ".* must have a country"),
    "only a heading": (
        rules.fields_of_the_kind,
        "listings",
        {"listing_no": 43},
        {"country": None},
        "country_as_listed is filled without a country",
    ),
    "invalid country": (rules.country_codes, "listings", {"listing_no": 45}, {"country": "KX"}, "country must be .* not 'KX'"),
    "upper case": (rules.canonical_domains, "listings", {"listing_no": 4}, {"domains": ["AliExpress.com"]}, ".*'aliexpress.com'"),
    "final dot": (rules.canonical_domains, "listings", {"listing_no": 4}, {"domains": ["aliexpress.com."]}, ".*must be written"),
    "public suffix": (rules.canonical_domains, "listings", {"listing_no": 4}, {"domains": ["co.uk"]}, ".*is a public suffix"),
    "unknown suffix": (rules.canonical_domains, "listings", {"listing_no": 4}, {"domains": ["a.qqq"]}, ".*known public suffix"),
    "U-label": (rules.canonical_domains, "listings", {"listing_no": 4}, {"domains": ["münchen.de"]}, ".*xn--mnchen-3ya.de"),
    "no domain": (rules.canonical_domains, "listings", {"listing_no": 4}, {"domains": ["ali express"]}, ".*is not a domain name"),
    "domain of two markets": (
        owners.one_owner_per_domain,
        "domains",
        {"domain": "taobao.com"},
        {"domain": "aliexpress.com"},
        "aliexpress.com belongs to both aliexpress and taobao",
    ),
    "upper case in the table": (rules.canonical_domains, "domains", {}, {"domain": "1337X.to"}, ".*must be written '1337x.to'"),
    "printed but not in the table": (
        owners.listed_domains,
        "listings",
        {"listing_no": 4},
        {"domains": ["ali.example"]},
        "ali.example must be in domains",
    ),
    "printed but attributed": (
        owners.listed_domains,
        "domains",
        {"domain": "kat.ph"},
        {"basis": "attributed"},
        "kat.ph must be in domains for a market of the listing, with the basis listed",
    ),
    "listed by no edition": (
        owners.listed_domains,
        "domains",
        {"domain": "megaupload.com"},
        {"basis": "listed", "source_ids": ["wikipedia-seizure-of-megaupload"]},
        "the basis is listed, but no listing of megaupload cites",
    ),
    "no life": (owners.roles_of_domains, "domains", {"domain": "taobao.com"}, {"last_seen": 2023}, ".*2024-11-26 or later, not"),
    "own with an event": (
        owners.roles_of_domains,
        "domains",
        {"domain": "taobao.com"},
        {"event": "sold"},
        "only a former domain",
    ),
    "date without an event": (
        owners.roles_of_domains,
        "domains",
        {"domain": "megaupload.com"},
        {"event": None},
        "event_date is filled without an event",
    ),
    "years in wrong order": (
        owners.roles_of_domains,
        "domains",
        {"domain": "taobao.com"},
        {"first_seen": 2027},
        "first_seen is 2027",
    ),
    "event in the future": (
        owners.roles_of_domains,
        "domains",
        {"domain": "megaupload.com"},
        {"event_date": "2027"},
        "event_date must be between .* not 2027",
    ),
    "seen in the future": (
        owners.roles_of_domains,
        "domains",
        {"domain": "megaupload.com"},
        {"last_seen": 2027},
        "last_seen must be at most 2026, not 2027",
    ),
    "backward period": (
        owners.periods_of_operators,
        "operators",
        {"market_id": "taobao"},
        {"to_year": 2009},
        "to_year must be at",
    ),
    "two operators": (
        owners.periods_of_operators,
        "operators",
        {"market_id": "vk", "from_year": 2021},
        {"from_year": 2020},
        "the row overlaps with an earlier one, which ends in 2020",
    ),
    "operator of no listing": (
        owners.periods_of_operators,
        "operators",
        {"market_id": "91-com"},
        {"from_year": 2012},
        "no edition from 2012 to now lists 91-com",
    ),
    "alias in ASCII": (
        owners.aliases_of_one_market,
        "aliases",
        {"alias": "ВК"},
        {"alias": "VK"},
        "an alias must have a letter outside ASCII",
    ),
    "unknown language": (
        owners.aliases_of_one_market,
        "aliases",
        {"alias": "ВК"},
        {"language": "xx"},
        "language must be an ISO 639-1 code, not 'xx'",
    ),
    "alias of two markets": (
        owners.aliases_of_one_market,
        "aliases",
        {"alias": "微信"},
        {"alias": "淘宝"},
        "淘宝 also names taobao",
    ),
    "page too large": (rules.page_numbers, "listings", {"listing_no": 4}, {"page": 57}, "page must be at most 56.* not 57"),
    "uncited value": (rules.every_fact_cited, "listings", {"listing_no": 1}, {"operator": "X"}, "operator has no citation"),
    "cited but empty": (rules.every_fact_cited, "listings", {"listing_no": 4}, {"operator": None}, "operator is empty"),
    "uncited domain": (rules.every_domain_cited, "listings", {"listing_no": 1}, {"domains": ["1337x.to"]}, ".* has no citation"),
    "unused source": (rules.everything_used, "sources", {}, {"source_id": "zzz-2021"}, "no row cites this source"),
    "unused market": (
        rules.everything_used,
        "markets",
        {"market_id": "91-com"},
        {"market_id": "zzz"},
        "no edition lists this market",
    ),
    "not the first": (
        rules.first_listings,
        "listings",
        {"listing_no": 37},
        {"newly_listed": True},
        ".*the edition of 2010 lists",
    ),
    "unknown place": (rules.known_places, "listings", {"listing_no": 45}, {"locality": "Atlantis"}, "Atlantis in KH is not in"),
    "unused place": (rules.known_places, "places", {"locality": "Lima"}, {"locality": "Ica"}, "no listing is in this place"),
    "off the map": (
        rules.known_places,
        "places",
        {"locality": "Lima"},
        {"latitude": 120.0},
        "the coordinates 120.0, .* do not exist",
    ),
    "unknown relation": (rules.related_markets, "relations", {}, {"other_market_id": "zzz"}, ".*'zzz' is not"),
    "relation to itself": (
        rules.related_markets,
        "relations",
        {"market_id": "taobao"},
        {"other_market_id": "taobao"},
        "other_market_id must be another market",
    ),
    "category not listed": (
        rules.unchanged_categories,
        "unchanged",
        {},
        {"other_year": 2013, "category": "iptv"},
        "other_year must be another edition that lists iptv, not 2013",
    ),
    "two categories": (
        rules.one_category_per_market,
        "listings",
        {"listing_no": 1},
        {"category": "iptv"},
        "category is iptv, but",
    ),
    "one name twice": (rules.distinct_names, "markets", {"market_id": "1fichier"}, {"name": "１337X"}, "1337x has the same name"),
    "combined names": (
        rules.names_of_one_market,
        "citations",
        {"listing_no": 37, "field": "listing"},
        {"as_sourced": "Taobao / AliExpress"},
        "as_sourced 'Taobao / AliExpress' names several markets: aliexpress, taobao",
    ),
    "owner for market": (
        rules.names_of_one_market,
        "citations",
        {"year": 2020, "listing_no": 3, "field": "listing"},
        {"as_sourced": "Amazon"},
        "as_sourced 'Amazon' is the owner of AMAZON",
    ),
}


@pytest.mark.parametrize(("rule", "table", "where", "values", "message"), INVALID_ROWS.values(), ids=INVALID_ROWS)
def test_a_breach_of_a_rule_is_refused_with_its_row_and_rule(
    facts: Facts, rule: rules.Rule, table: str, where: dict[str, Any], values: dict[str, Any], message: str
) -> None:
    if "year" in facts[table][0] and table != "unchanged":
        where = {"year": 2021, **where}
    rows = list(facts[table])
    position = next(position for position, row in enumerate(rows) if where.items() <= row.items())
    rows[position] = copy.copy(rows[position])
    rows[position].update(values)
    name = rule.__name__.replace("_", "-")
    with pytest.raises(Refused, match=rf"(?m)^data/\S+\.csv, row \d+ \(.*\): {name}: {message}"):
        rules.check(SCHEMA, {**facts, table: rows}, [rule])


def test_the_facts_follow_all_rules(facts: Facts) -> None:
    rules.check(SCHEMA, facts)


def test_each_rule_is_tested() -> None:
    assert {rule for rule, *_ in INVALID_ROWS.values()} | {rules.data_version} == set(rules.RULES)


def test_a_wrong_data_version_is_refused(facts: Facts) -> None:
    schema = Schema({**SCHEMA.descriptor, "version": "2020.1"}, SCHEMA.tables)
    with pytest.raises(Refused, match=r"data-version: the data version must start with 2025, .* not 2020"):
        rules.check(schema, facts)


def test_the_last_sign_of_life_is_the_last_source_of_the_last_year() -> None:
    sources = [
        Row(source_id="old", published=date(2024, 5, 1)),
        Row(source_id="fresh", published=date(2025, 3, 2)),
        Row(source_id="copy", published=date(2026, 8, 1)),
        Row(source_id="undated", published=None),
    ]

    def sign(last_seen: int | None, *source_ids: str) -> date | None:
        return domains.last_sign_of_life(Row(last_seen=last_seen, source_ids=list(source_ids)), sources)

    assert sign(2025, "old", "fresh", "copy") == date(2025, 3, 2)
    assert sign(2026, "fresh", "undated") == date(2026, 1, 1)
    assert sign(None, "fresh") is None
    assert domains.start_of_life(date(2026, 11, 26)) == date(2024, 11, 26)
    assert domains.start_of_life(date(2028, 2, 29)) == date(2026, 2, 28)


def test_the_command_lists_domains_without_a_fresh_sign_of_life(facts: Facts, capsys: pytest.CaptureFixture[str]) -> None:
    own = sum(row["role"] == "own" for row in facts["domains"])
    assert domains.main(["--at", SCHEMA.created.isoformat()]) == 0
    assert capsys.readouterr().out == f"0 of {own} own domains have no sign of life from 2024-11-26 or later\n"
    assert domains.main(["--at", "2027-03-01"]) == 0
    assert capsys.readouterr().out.startswith("2025-01-18  chomikuj.pl ")
    assert domains.main(["--at", "2029-01-01"]) == 0
    assert f"{own} of {own} own domains" in capsys.readouterr().out


def test_a_refusal_changes_nothing(
    facts_copy: Facts, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    next(row for row in facts_copy["listings"] if row["year"] == 2021)["page"] = 57
    monkeypatch.setattr(build, "read", lambda _: facts_copy)
    folders = {"--output": tmp_path / "built", "--pages": tmp_path / "pages"}
    for folder in folders.values():
        folder.mkdir()
        (folder / "old").write_text("old")
    assert build.main([str(argument) for option in folders.items() for argument in option]) == 1
    assert "data/listings/2021.csv, row 2 (year 2021, listing_no 1): page-numbers: page must be" in capsys.readouterr().err
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} == {"built", "built/old", "pages", "pages/old"}
