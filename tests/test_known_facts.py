"""Tests of the public API with facts that were read from the sources, not from the tables of this project.

`known_facts.csv` names the source of each fact, and `contents_pages.csv` holds the printed contents pages.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import notorious_markets as nm

PRESS_RELEASE = "https://www.wita.org/blogs/2021-markets-counterfeiting-piracy/"
CONTENTS_PAGE = "https://m.docduoduo.com/p-12601982.html"
YEARS = range(2010, 2026)

with (Path(__file__).parent / "known_facts.csv").open(encoding="utf-8", newline="") as _file:
    FACTS = list(csv.DictReader(_file))


def test_the_edition_of_2021() -> None:
    edition = nm.edition(2021)
    assert edition.released == date(2022, 2, 17)
    assert edition.title == "2021 Review of Notorious Markets for Counterfeiting and Piracy"
    assert edition.issue_focus == "The Adverse Impact on Workers Involved in the Manufacture of Counterfeit Goods"
    assert (edition.online_total, edition.physical_total, edition.report_pages) == (42, 35, 56)
    assert (len(nm.markets(year=2021, kind="online")), len(nm.markets(year=2021, kind="physical"))) == (42, 35)
    assert PRESS_RELEASE in [source.url for source in edition.sources]


def test_the_online_contents_page_of_2021(printed: Callable[[int, str], list[tuple[str, str, int]]]) -> None:
    listed = [(row.name_as_listed, row.page) for row in nm.markets(year=2021, kind="online")]
    assert listed == [(name, page) for _, name, page in printed(2021, "online")]


def test_the_online_listings_of_2021_are_cited_from_the_report() -> None:
    for row in nm.markets(year=2021, kind="online"):
        assert row.grade == "primary", row
        assert CONTENTS_PAGE in [citation.source.url for citation in row.citations if citation.field == "listing"], row


def test_the_physical_headings_of_2021(printed: Callable[[int, str], list[tuple[str, str, int]]]) -> None:
    listed = {(row.country, row.country_as_listed, row.page) for row in nm.markets(year=2021, kind="physical") if row.country}
    assert listed == set(printed(2021, "physical"))


@pytest.mark.parametrize("name", ["AliExpress", "WeChat (Weixin) E-Commerce Ecosystem", "wechat"])
def test_markets_that_are_new_in_2021(name: str) -> None:
    (listing,) = [row for row in nm.market(name).listings if row.year == 2021]
    assert listing.newly_listed is True
    assert PRESS_RELEASE in [citation.source.url for citation in listing.citations if citation.field == "newly_listed"]


def test_online_markets_of_2021_that_are_based_in_china() -> None:
    found = nm.markets(year=2021, kind="online", country="CN")
    assert {row.market_id for row in found} == {"aliexpress", "baidu-wangpan", "dhgate", "pinduoduo", "taobao", "wechat"}
    (figure,) = [row for row in nm.statistics(year=2021) if (row.metric, row.qualifier) == ("listed_markets", "online_china")]
    assert figure.value == 6


def test_pinduoduo_was_listed_before_2021() -> None:
    (listing,) = [row for row in nm.market("Pinduoduo").listings if row.year == 2021]
    assert listing.newly_listed is False
    sourced = [citation.as_sourced for citation in listing.citations if citation.field == "newly_listed"]
    assert "first included in 2019" in sourced


def test_physical_markets_of_2021_by_country() -> None:
    counts = {country: len(nm.markets(year=2021, kind="physical", country=country)) for country in ("CN", "IN", "MX")}
    assert counts == {"CN": 9, "IN": 4, "MX": 3}
    assert [(row.name_as_listed, row.locality) for row in nm.markets(year=2021, kind="physical", country="IN")] == [
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
        ("customs_seizures_source_rank", "china", 1, "rank", None, "countries of origin of the counterfeit goods seized"),
        ("forced_labour_goods_rank", "china", 1, "rank", None, "forced labour sponsored by the state"),
    ],
)
def test_statistics_of_2021(metric: str, qualifier: str, value: float, unit: str, period: str | None, measures: str) -> None:
    (row,) = [row for row in nm.statistics(year=2021) if (row.metric, row.qualifier) == (metric, qualifier)]
    assert (row.value, row.unit, row.period) == (value, unit, period)
    assert measures in row.definition


def test_both_readings_of_the_cost_of_piracy_are_documented() -> None:
    (row,) = [row for row in nm.statistics(year=2021) if row.metric == "cost_of_online_piracy"]
    publishers = [source.publisher for source in row.sources]
    assert "Free State Foundation" in publishers
    assert "South China Morning Post" in publishers
    assert row.note is not None
    assert "counterfeiting" in row.note


def test_seizures_include_hong_kong() -> None:
    figures = [row for row in nm.statistics(year=2021) if row.metric == "customs_seizures_from_china"]
    assert [row.geography for row in figures] == ["China including Hong Kong"] * 2


def test_markets_without_a_source_for_2021_are_not_listed() -> None:
    """These names seem plausible, but no source gives them for this edition."""
    unsourced = [
        "La Salada",
        "Ciudad del Este",
        "Dordoy Bazaar",
        "Grand Bazaar",
        "Barabashovo Market",
        "DragonMart",
        "Ben Thanh Market",
    ]
    assert {row.name_as_listed for row in nm.markets(year=2021)}.isdisjoint(unsourced)


def _answer(fact: dict[str, str]) -> str | None:
    """Return the answer of the package to a known fact, or `None` if it does not list the market."""
    edition = nm.edition(int(fact["year"]))
    question = fact["question"]
    if question in {"released", "title", "issue_focus", "online_total", "physical_total", "report_url"}:
        return str(getattr(edition, question))
    if question == "statistic":
        metric, qualifier, *_ = fact["value"].split()
        figures = [row for row in nm.statistics(edition.year, metric=metric) if row.qualifier == qualifier]
        return "".join(f"{metric} {qualifier} {row.value:g} {row.unit}" for row in figures)
    if question == "physical_in_country":
        country = fact["value"].split()[0]
        return f"{country} {len(nm.markets(year=edition.year, kind='physical', country=country))}"
    market = nm.market(fact["market"])
    listed = [row for row in edition.listings if market in row.markets]
    if question == "not_listed":
        return None if listed else ""
    if not listed:
        return None
    if question == "domain_role":
        domain = fact["value"].split()[0]
        found = [" ".join(filter(None, (row.role, row.event, row.event_date))) for row in market.domains if row.domain == domain]
        return " ".join([domain, *found])
    (row,) = listed
    assert row.kind == fact["kind"]
    if question == "listed":
        return ""
    if question in {"domain", "goods"}:
        values = row.domains if question == "domain" else row.goods
        return fact["value"] if fact["value"] in values else str(values)
    answer = getattr(row, question)
    return str(answer).lower() if question == "newly_listed" else str(answer)


@pytest.mark.parametrize("year", YEARS)
def test_known_facts_of_an_edition(year: int) -> None:
    answers = [(_answer(fact), fact) for fact in FACTS if fact["year"] == str(year)]
    assert len(answers) >= 6
    assert [(answer, fact) for answer, fact in answers if answer != fact["value"]] == []


def test_known_facts_cover_every_edition_and_have_sources() -> None:
    counts = Counter(int(fact["year"]) for fact in FACTS)
    assert sorted(counts) == list(YEARS) == [row.year for row in nm.editions()]
    assert all(fact["source_url"].startswith("http") for fact in FACTS)
