"""Facts that a reader of the sources can check, asked through the public API.

The number behind each comes from the source named beside it, not from our tables.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import notorious_markets as nm

PRESS_RELEASE = "https://www.wita.org/blogs/2021-markets-counterfeiting-piracy/"
CONTENTS_PAGE = "https://m.docduoduo.com/p-12601982.html"

# Names and pages as the contents page of the report prints them.
CONTENTS_2021 = """
1337X 17 · 1FICHIER 17 · 2EMBED 18 · ALIEXPRESS 18 · BAIDU WANGPAN 19 · BESTBUYIPTV 20 · BLUEANGELHOST 20 · BUKALAPAK 20 · CHALOOS 21 ·
CHOMIKUJ 21 · CUEVANA 22 · DHGATE 22 · DYTT8 23 · EGY.BEST 23 · FLOKINET 23 · FLVTO 24 · FMOVIES 24 · INDIAMART 24 · ISTAR 25 · LIBGEN 25 ·
MP3JUICES 25 · MPGH 25 · NEWALBUMRELEASES 26 · PELISPLUS 26 · PHIMMOI 27 · PINDUODUO 27 · POPCORN TIME 27 · PRIVATE LAYER 28 · RAPIDGATOR 28 ·
RARBG 29 · REVENUEHITS 29 · RUTRACKER 30 · SCI-HUB 30 · SHABAKATY 31 · SHOPEE 31 · SPIDER 32 · TAOBAO 32 · THEPIRATEBAY 33 · TOKOPEDIA 33 ·
UPLOADED 34 · VK 35 · WECHAT (WEIXIN) E-COMMERCE ECOSYSTEM 35
"""
HEADINGS_2021 = """
AR ARGENTINA 39 · BR BRAZIL 40 · KH CAMBODIA 40 · CA CANADA 40 · CN CHINA 41 · IN INDIA 45 · ID INDONESIA 46 · KG KRYGYZ REPUBLIC 46 ·
MY MALAYSIA 46 · MX MEXICO 47 · PY PARAGUAY 47 · PE PERU 48 · PH PHILIPPINES 48 · RU RUSSIA 49 · TR TURKEY 49 · UA UKRAINE 50 ·
AE UNITED ARAB EMIRATES 50 · VN VIETNAM 50
"""


def _entries(text: str) -> list[tuple[str, int]]:
    return [
        (name.strip(), int(page))
        for name, page in (entry.rsplit(" ", 1) for entry in text.strip().split("·") for entry in [entry.strip()])
    ]


def test_totals_of_2021() -> None:
    assert len(nm.markets(year=2021, kind="online")) == 42
    assert len(nm.markets(year=2021, kind="physical")) == 35


def test_the_edition_of_2021() -> None:
    edition = nm.edition(2021)
    assert edition.released == date(2022, 2, 17)
    assert edition.title == "2021 Review of Notorious Markets for Counterfeiting and Piracy"
    assert edition.issue_focus == "The Adverse Impact on Workers Involved in the Manufacture of Counterfeit Goods"
    assert (edition.online_total, edition.physical_total, edition.report_pages) == (42, 35, 56)
    assert PRESS_RELEASE in [source.url for source in edition.sources]


def test_online_contents_page_of_2021() -> None:
    printed = [(row.name_as_listed, row.page) for row in nm.markets(year=2021, kind="online")]
    assert printed == _entries(CONTENTS_2021)


def test_online_listings_of_2021_rest_on_the_report() -> None:
    for row in nm.markets(year=2021, kind="online"):
        assert row.grade == "primary", row
        assert CONTENTS_PAGE in [citation.source.url for citation in row.citations if citation.field == "listing"], row


def test_physical_headings_of_2021() -> None:
    headings = {
        (f"{row.country} {row.country_as_listed}", row.page) for row in nm.markets(year=2021, kind="physical") if row.country
    }
    assert headings == set(_entries(HEADINGS_2021))


@pytest.mark.parametrize("name", ["AliExpress", "WeChat (Weixin) E-Commerce Ecosystem", "wechat"])
def test_first_listed_in_2021(name: str) -> None:
    (listing,) = [row for row in nm.market(name).listings if row.year == 2021]
    assert listing.newly_listed is True
    assert PRESS_RELEASE in [citation.source.url for citation in listing.citations if citation.field == "newly_listed"]


def test_china_based_online_markets_of_2021() -> None:
    found = nm.markets(year=2021, kind="online", country="CN")
    assert {row.market_id for row in found} == {"aliexpress", "baidu-wangpan", "dhgate", "pinduoduo", "taobao", "wechat"}
    (figure,) = [row for row in nm.statistics(year=2021) if (row.metric, row.qualifier) == ("listed_markets", "online_china")]
    assert figure.value == 6


def test_pinduoduo_was_listed_before_2021() -> None:
    (listing,) = [row for row in nm.market("Pinduoduo").listings if row.year == 2021]
    assert listing.newly_listed is False
    words = [citation.as_sourced for citation in listing.citations if citation.field == "newly_listed"]
    assert "first included in 2019" in words


@pytest.mark.parametrize(("country", "number"), [("CN", 9), ("IN", 4), ("MX", 3)])
def test_physical_markets_by_country_in_2021(country: str, number: int) -> None:
    assert len(nm.markets(year=2021, kind="physical", country=country)) == number


def test_indian_physical_markets_of_2021() -> None:
    found = nm.markets(year=2021, kind="physical", country="IN")
    assert [(row.name_as_listed, row.locality) for row in found] == [
        ("Heera Panna", "Mumbai"),
        ("Kidderpore", "Kolkata"),
        ("Palika Bazaar", "Delhi"),
        ("Tank Road", "Delhi"),
    ]


@pytest.mark.parametrize(
    ("metric", "qualifier", "value", "unit", "period", "measures"),
    [
        ("customs_seizures_from_china", "volume", 79, "percent", "2020", "number of items"),
        ("customs_seizures_from_china", "value", 83, "percent", "2020", "suggested retail price"),
        ("cost_of_online_piracy", "united_states", 29.2e9, "USD", "2019", "online piracy"),
        ("active_users", "wechat", 1.2e9, "users", "2021", "WeChat"),
    ],
)
def test_statistics_of_2021(metric: str, qualifier: str, value: float, unit: str, period: str, measures: str) -> None:
    (row,) = [row for row in nm.statistics(year=2021) if (row.metric, row.qualifier) == (metric, qualifier)]
    assert (row.value, row.unit, row.period) == (value, unit, period)
    assert measures in row.definition


def test_the_cost_of_piracy_keeps_both_readings() -> None:
    (row,) = [row for row in nm.statistics(year=2021) if row.metric == "cost_of_online_piracy"]
    publishers = [source.publisher for source in row.sources]
    assert "Free State Foundation" in publishers
    assert "South China Morning Post" in publishers
    assert row.note is not None
    assert "counterfeiting" in row.note


def test_seizures_include_hong_kong() -> None:
    figures = [row for row in nm.statistics(year=2021) if row.metric == "customs_seizures_from_china"]
    assert [row.geography for row in figures] == ["China including Hong Kong"] * 2


def test_names_from_recollection_are_not_listed() -> None:
    unproven = [
        "La Salada",
        "Ciudad del Este",
        "Dordoy Bazaar",
        "Grand Bazaar",
        "Barabashovo Market",
        "DragonMart",
        "Ben Thanh Market",
    ]
    named = {row.name_as_listed for row in nm.markets(year=2021)}
    assert named.isdisjoint(unproven)


def _facts() -> list[dict[str, str]]:
    with (Path(__file__).parent / "known_facts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _answer(fact: dict[str, str]) -> str | None:
    """What the package says where the file of known facts asks; `None` where it does not list the market."""
    edition = nm.edition(int(fact["year"]))
    question = fact["question"]
    if question in {"released", "title", "issue_focus", "online_total", "physical_total"}:
        return str(getattr(edition, question))
    if question == "physical_in_country":
        country = fact["value"].split()[0]
        return f"{country} {len(nm.markets(year=edition.year, kind='physical', country=country))}"
    market = nm.market(fact["market"])
    listed = [row for row in edition.listings if market in row.markets]
    if question == "not_listed":
        return None if listed else ""
    if not listed:
        return None
    (row,) = listed
    assert row.kind == fact["kind"]
    if question == "listed":
        return ""
    if question in {"domain", "goods"}:
        values = row.domains if question == "domain" else row.goods
        return fact["value"] if fact["value"] in values else str(values)
    answer = getattr(row, question)
    return str(answer).lower() if question == "newly_listed" else str(answer)


@pytest.mark.parametrize("fact", [pytest.param(fact, id="-".join([*fact.values()][:4])) for fact in _facts()])
def test_known_fact(fact: dict[str, str]) -> None:
    """The facts were read from the sources, not from our tables; each names its source."""
    assert _answer(fact) == fact["value"], fact["source_url"]


def test_known_facts_cover_every_edition() -> None:
    counts = Counter(int(fact["year"]) for fact in _facts())
    assert set(counts) == {row.year for row in nm.editions()}
    assert min(counts.values()) >= 6
    assert counts.total() >= 120
    assert all(fact["source_url"].startswith("http") for fact in _facts())
