"""Tests of the HTML that notebooks show: its content, its safety, and its fitness for any page."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from attrs import evolve

import notorious_markets as nm
from notorious_markets._html import ROWS
from notorious_markets._packaged import read_text
from notorious_markets._store import DATASET, TABLES
from notorious_markets.about import CAUTION
from notorious_markets.models import Market
from notorious_markets.vocabularies import Grade

YEARS = [edition.year for edition in nm.editions()]
HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(1)></style>&amp;"""
SHOWN: dict[str, Any] = {
    **{name: DATASET.rows(model) for model, name in TABLES.items()},
    "listings of 2021": nm.markets(year=2021),
    "nothing": nm.markets()[:0],
    "citations of a listing": nm.markets()[0].citations,
    "taobao": nm.market("taobao"),
    "tepito": nm.market("tepito"),
    "changes": nm.changes(2020, 2021),
    "no changes": nm.changes(2021, 2021),
    "added": nm.changes(2020, 2021).added,
    "suggestions": nm.suggest("taoabo"),
    **{f"a row of {name}": DATASET.rows(model)[0] for model, name in TABLES.items()},
}
TAGS = {"style", "div", "span", "table", "thead", "tbody", "tr", "th", "td", "a", "i", "details", "summary", "ul", "li"}
ATTRIBUTES = {"class", "style", "title", "href", "target", "rel", "scope", "colspan", "role", "aria-label"}
STYLE = read_text("notebook.css")


class Page(HTMLParser):
    """A parsed page: its elements in the order of their start tags, its text, and the cells of each table row."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.lines: list[list[str]] = []
        self.text = self.style = ""
        self.feed(html)
        self.close()
        assert self.open == [], "elements are left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "div":
            self.text += "\n"
        if tag == "tr":
            self.lines.append([])
        elif tag in {"td", "th"}:
            self.lines[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "elements are not nested"

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
            return
        self.text += data
        if "td" in self.open or "th" in self.open:
            self.lines[-1][-1] += data

    @property
    def rows(self) -> list[list[str]]:
        """The rows below the heading."""
        return self.lines[1:]

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]

    @property
    def classes(self) -> set[str]:
        return {name for _, attributes in self.elements for name in attributes.get("class", "").split()}

    @property
    def timeline(self) -> dict[int, tuple[str, str]]:
        """The classes of the mark and the standing in words, by edition."""
        labels = {
            attributes.get("aria-label", ""): attributes["class"] for _, attributes in self.elements if "class" in attributes
        }
        return {int(label[:4]): (classes, label[6:]) for label, classes in labels.items() if re.match(r"\d{4}: ", label)}


def page(shown: Any) -> Page:
    return Page(shown._repr_html_())


@cache
def shown(name: str) -> Page:
    return page(SHOWN[name])


@pytest.fixture(scope="module")
def cards() -> dict[Market, Page]:
    """The card of every market."""
    return {market: page(market) for market in DATASET.rows(Market)}


def _is_harmless(found: Page) -> None:
    assert {tag for tag, _ in found.elements} <= TAGS
    assert found.style == STYLE
    for _, attributes in found.elements:
        assert set(attributes) <= ATTRIBUTES
        assert re.fullmatch(r"(width:[\d.]+px)?", attributes.get("style", ""))
    assert all(link.startswith(("https://", "http://")) for link in found.links)


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_is_well_formed_and_harmless_and_has_the_caution(name: str) -> None:
    found = shown(name)
    _is_harmless(found)
    assert found.text.count(CAUTION) == 1
    assert all(attributes["rel"] == "noopener" for tag, attributes in found.elements if tag == "a")


def test_the_style_sheet_defines_the_classes_that_pages_use() -> None:
    used = set().union(*(shown(name).classes for name in SHOWN))
    assert used == set(re.findall(r"\.([a-z][a-z-]*)", STYLE))


def test_the_style_sheet_changes_nothing_outside_a_page_and_fetches_nothing() -> None:
    rules = re.sub(r"/\*.*?\*/|\{.*?\}", ";", STYLE, flags=re.DOTALL).split(";")
    selectors = [selector.strip() for rule in rules for selector in rule.split(",") if selector.strip()]
    assert all(selector.startswith(".notorious-markets") for selector in selectors)
    assert not re.search(r"url\(|@|<", STYLE)


def test_the_colours_fit_light_and_dark_themes() -> None:
    """Texts have the colour of the page. Lines and fills are blue or a translucent grey."""
    declarations = re.findall(r"([a-z-]+):\s*([^;{}]+);", STYLE)
    assert {value for name, value in declarations if name == "color"} == {"inherit"}
    coloured = [value for name, value in declarations if re.match("background|border(-top|-bottom)?$", name) and value != "0"]
    assert len(coloured) >= 5
    for value in coloured:
        (colour,) = re.findall(r"rgba?\(([^)]*)\)", value)
        red, green, blue, *opacity = map(float, colour.split(","))
        assert blue - red > 100 or (red == green == blue == 128 and opacity[0] < 1)


@pytest.mark.parametrize("name", TABLES.values())
def test_a_result_shows_at_most_fifty_rows_and_counts_them_all(name: str) -> None:
    found = shown(name)
    number = len(SHOWN[name])
    assert len(found.rows) == min(number, 50)
    assert f"{number:,} × " in found.text
    assert (f"The first 50 of {number:,} rows." in found.text) == (number > 50)


@pytest.mark.parametrize("number", [ROWS, ROWS + 1])
def test_the_limit_of_rows(number: int) -> None:
    found = page(nm.markets()[:number])
    assert len(found.rows) == 50
    assert re.findall(r"The first 50 of \d+ rows", found.text) == (["The first 50 of 51 rows"] if number == 51 else [])


def test_a_result_of_listings_links_its_best_sources() -> None:
    found = page(nm.markets(year=2021, kind="online", country="CN"))
    assert found.lines[0] == ["year", "listing_no", "name_as_listed", "country", "category", "page", "grade", "sources"]
    assert [line[:7] for line in found.rows][1] == ["2021", "5", "BAIDU WANGPAN", "CN", "cyberlocker", "19", "■ primary"]
    (report,) = (source for source in nm.sources() if source.source_id == "docduoduo-2021")
    assert found.links[0] == report.url
    further = [len(listing.sources) - 2 for listing in nm.markets(year=2021)[:50]]
    assert 1 in further
    ends = [line[-1].rsplit(" ", 1)[-1] for line in shown("listings of 2021").rows]
    assert ends == [f"+{number}" if number > 0 else "" for number in further]
    unnamed = page(nm.markets(year=2021, grade="unidentified"))
    assert {line[2] for line in unnamed.rows} == {"no source names it"}


def test_hostile_texts_are_shown_as_text() -> None:
    listing = evolve(nm.markets()[0], name_as_listed=HOSTILE, country=HOSTILE)
    found = page(nm.markets().with_rows([listing]))
    _is_harmless(found)
    assert found.rows[0][2:4] == [HOSTILE, HOSTILE]
    found = page(evolve(nm.market("taobao"), name=HOSTILE, aliases=(HOSTILE,), note=HOSTILE, operator=HOSTILE))
    _is_harmless(found)
    assert found.text.count(HOSTILE) == 4
    changes = nm.changes(2020, 2021)
    found = page(evolve(changes, rows=(evolve(changes.added[0], after_listing=listing),)))
    _is_harmless(found)
    assert HOSTILE in found.text


def test_every_character_is_shown_as_it_is() -> None:
    every = "".join(c for c in map(chr, range(0x10000)) if unicodedata.category(c) not in {"Cs", "Cc"}) + "😀"
    found = page(evolve(nm.markets()[0], name_as_listed=every))
    assert ["name_as_listed", every] in found.lines


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//a.test",
        "",
    ],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    rows = nm.sources()
    found = page(rows.with_rows([evolve(rows[0], url=url)]))
    assert found.links == []
    assert rows[0].publisher in found.text


def test_a_web_address_is_linked_unchanged() -> None:
    rows = nm.sources()
    url = 'https://a.test/?q=1&lt=2"onmouseover="x'
    found = page(rows.with_rows([evolve(rows[0], url=url, title=HOSTILE)]))
    _is_harmless(found)
    assert found.links == [url]
    assert {attributes.get("title") for tag, attributes in found.elements if tag == "a"} == {HOSTILE}


def test_listed_domains_are_shown_and_never_linked(cards: dict[Market, Page]) -> None:
    for market, found in cards.items():
        assert all(domain.domain in found.text for domain in market.domains)
        assert set(found.links) == {source.url for listing in market.listings for source in listing.sources}


def test_the_card_of_a_market() -> None:
    found = shown("taobao")
    # From the pages on 2012 (complete, without Taobao) and on 2013 to 2015 (incomplete).
    standings = {year: standing for year, (_, standing) in found.timeline.items()}
    assert standings[2012] == "not listed"
    assert standings[2013] == standings[2014] == standings[2015] == "cannot be told"
    assert standings[2021] == "listed as TAOBAO, the report shows it"
    assert standings[2025] == "listed as TAOBAO, other sources name it, but only in passing"
    assert [line[0] for line in found.rows] == [str(year) for year in nm.market("taobao").years]
    assert "Listed in: 2010–2011, 2016–2025" in found.text
    assert "Domains: taobao.com" in found.text
    sources = {source for listing in nm.market("taobao").listings for source in listing.sources}
    assert f"{len(sources)} sources" in found.text


def test_a_spell_of_one_edition_is_one_year() -> None:
    assert "Listed in: 2022\n" in page(nm.market("lalastreams")).text


def test_marks_are_hollow_where_the_picture_has_hollow_bars(cards: dict[Market, Page]) -> None:
    """A listing is uncertain if it is inferred, or if every citation of it has medium confidence."""
    confidences: dict[tuple[int, int], set[str]] = {}
    for row in nm.table("citations").to_pylist():
        if row["field"] == "listing":
            confidences.setdefault((row["year"], row["listing_no"]), set()).add(row["confidence"])
    drawn = set()
    for market, found in cards.items():
        for listing in market.listings:
            in_passing = listing.grade != "inferred" and confidences[listing.year, listing.listing_no] == {"medium"}
            hollow = listing.grade == "inferred" or in_passing
            look = "mark" if hollow else {"primary": "mark filled", "secondary": "mark light"}[listing.grade]
            classes, standing = found.timeline[listing.year]
            assert classes == look, (market.market_id, listing.year)
            assert standing.startswith(f"listed as {listing.name_as_listed}, " if listing.name_as_listed else "listed, ")
            assert standing.endswith(", but only in passing") == in_passing
            drawn.add((listing.grade, hollow))
        uncertain = "uncertain: a rule infers it, or its sources mention it only in passing" in found.text
        assert uncertain == any(classes == "mark" for classes, _ in found.timeline.values())
    assert drawn == {("primary", False), ("secondary", False), ("secondary", True), ("inferred", True)}
    assert ["2012", "Tepito", "-", "□ secondary"] in [line[:4] for line in shown("tepito").rows]


def test_the_timeline_agrees_with_changes(cards: dict[Market, Page]) -> None:
    """A card says `not listed` where the changes to or from a neighbouring listing are sure, else `cannot be told`."""
    changes = cache(lambda *years: {change.market_id: change for change in nm.changes(*years)})
    for market, found in cards.items():
        assert list(found.timeline) == YEARS
        inferred = {listing.year for listing in market.listings if listing.grade == "inferred"}
        for year in set(YEARS).difference(market.years):
            neighbours = {*[other for other in market.years if other < year][-1:], *[y for y in market.years if y > year][:1]}
            # A change is never sure if the listing on its other side is inferred.
            if neighbours.isdisjoint(inferred):
                sure = any(changes(*sorted((year, other)))[market.market_id].sure for other in neighbours)
                assert found.timeline[year] == ("soft", "not listed" if sure else "cannot be told")


def test_a_row_shows_its_filled_fields_and_links_its_sources() -> None:
    listing = nm.market("taobao").listings[0]
    found = page(listing)
    assert found.lines[:4] == [["year", "2010"], ["listing_no", "11"], ["kind", "online"], ["market_id", "taobao"]]
    assert ["goods", "counterfeit, piracy"] in found.lines
    assert "page" not in [line[0] for line in found.lines]
    assert set(found.links) == {source.url for source in listing.sources}
    edition = page(nm.edition(2021))
    assert ["released", "2022-02-17"] in edition.lines
    assert set(edition.links) == {source.url for source in nm.edition(2021).sources}


def test_a_statistic_shows_whether_it_is_a_lower_bound() -> None:
    found = shown("statistics")
    column = found.lines[0].index("lower_bound")
    assert [line[column] for line in found.rows] == [str(row["lower_bound"]) for row in nm.table("statistics").to_pylist()[:50]]


def test_the_bars_of_coverage_are_as_long_as_the_counts() -> None:
    found = page(nm.coverage())
    grades = get_args(Grade)
    signs = dict(zip(grades, "■◧□▫", strict=True))
    for line, row in zip(found.rows, nm.table("coverage").to_pylist(), strict=True):
        bar = "".join(signs[grade] for grade in grades if row[grade])
        wanted = [row["year"], row["kind"], row["announced"] or "not known", row["rows"], bar]
        assert line == [str(value) for value in [*wanted, *(row[grade] or "·" for grade in grades)]]
    counts = dict.fromkeys(grades, 0)
    for _, attributes in found.elements:
        if "style" in attributes:
            count, grade = attributes["title"].split()
            counts[grade] += int(count)
            (width,) = re.findall(r"width:([\d.]+)px", attributes["style"])
            assert float(width) / int(count) == pytest.approx(4.2)
    assert counts == {grade: len(nm.markets(grade=grade)) for grade in grades}


@pytest.mark.parametrize("years", [(2020, 2021), (2021, 2022), (2010, 2025), (2025, 2010), (2013, 2013)], ids=str)
def test_the_counts_of_changes(years: tuple[int, int]) -> None:
    changes = nm.changes(*years)
    found = page(changes)
    counts = [len(group) for group in (changes.added, changes.dropped, changes.cannot_be_told, changes.kept, changes.renamed)]
    numbers = re.search(r"(\d+) added; (\d+) dropped; (\d+) cannot be told; (\d+) kept, (\d+) of them renamed", found.text)
    assert numbers is not None
    assert [int(number) for number in numbers.groups()] == counts
    rows = [line for line in found.rows if len(line) == 5]
    assert len(rows) == min(len(changes), 50)
    assert sum(line[2] == "–" or line[3] == "–" for line in rows) == min(len(changes.added) + len(changes.dropped), 50)
    hidden = [int(number) for number in re.findall(r", (\d+) not shown\)", found.text)]
    assert sum(hidden) == max(len(changes) - 50, 0)
