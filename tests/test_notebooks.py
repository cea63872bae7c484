"""Is what a notebook shows right, whole, harmless and readable on any page?"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets._html import ROWS
from notorious_markets._store import DATASET, TABLES
from notorious_markets.about import CAUTION

YEARS = [edition.year for edition in nm.editions()]
MARKETS = {market.market_id: market for listing in nm.markets() for market in listing.markets}
HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;"""
SHOWN: dict[str, Any] = {
    **{name: DATASET.rows(model) for model, name in TABLES.items()},
    "listings of 2021": nm.markets(year=2021),
    "nothing": nm.markets()[:0],
    "citations": nm.markets()[0].citations,
    "taobao": nm.market("taobao"),
    "tepito": nm.market("tepito"),
    "changes": nm.changes(2020, 2021),
    "no changes": nm.changes(2021, 2021),
    "added": nm.changes(2020, 2021).added,
    "suggestions": nm.suggest("taoabo"),
    **{f"a row of {name}": DATASET.rows(model)[0] for model, name in TABLES.items()},
}
TAGS = {"div", "span", "table", "thead", "tbody", "tr", "th", "td", "a", "i", "details", "summary", "ul", "li"}
ATTRIBUTES = {"style", "title", "href", "target", "rel", "scope", "colspan", "role", "aria-label"}


class Page(HTMLParser):
    """The elements, in the order of their opening, and what stands in each row of a table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.lines: list[list[str]] = []
        self.text = ""
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
        self.text += data
        if "td" in self.open or "th" in self.open:
            self.lines[-1][-1] += data

    @property
    def rows(self) -> list[list[str]]:
        """The rows under a heading."""
        return self.lines[1:]

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def page(shown: Any) -> Page:
    return Page(shown._repr_html_())


def _is_harmless(shown: Page) -> None:
    assert {tag for tag, _ in shown.elements} <= TAGS
    for _, attributes in shown.elements:
        assert set(attributes) <= ATTRIBUTES
        assert "url(" not in attributes.get("style", "")
    assert all(link.startswith(("https://", "http://")) for link in shown.links)


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_html_is_whole_harmless_and_carries_the_caution(shown: Any) -> None:
    found = page(shown)
    _is_harmless(found)
    assert found.text.count(CAUTION) == 1
    assert all(attributes["rel"] == "noopener" for tag, attributes in found.elements if tag == "a")


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_no_colour_is_made_for_one_theme(shown: Any) -> None:
    """Texts keep the colour of the page; nothing that is filled is white, black or a shade of paper."""
    for tag, attributes in page(shown).elements:
        style = dict(part.split(":", 1) for part in attributes.get("style", "").split(";") if part)
        assert style.get("color", "inherit") == "inherit"
        background = style.get("background", "transparent")
        assert background == "transparent" or not attributes.get("colspan")
        if background != "transparent":
            assert tag in {"div", "span"}
            red, green, blue = map(int, re.findall(r"\d+", background)[:3])
            assert max(red, green, blue) - min(red, green, blue) > 100


@pytest.mark.parametrize("name", TABLES.values())
def test_at_most_fifty_rows_are_shown_and_the_rest_is_counted(name: str) -> None:
    rows = SHOWN[name] if name != "citations" else nm.market("aliexpress").listings[0].citations
    found = page(rows)
    assert len(found.rows) == min(len(rows), 50)
    assert ("not shown" in found.text) == (len(rows) > 50)
    if len(rows) > 50:
        assert f"{len(rows) - 50:,} more rows are not shown" in found.text
    assert f"{len(rows):,} × " in found.text


@pytest.mark.parametrize("number", [ROWS - 1, ROWS, ROWS + 1])
def test_the_limit_itself(number: int) -> None:
    found = page(nm.markets()[:number])
    assert len(found.rows) == min(number, 50)
    assert ("1 more row is not shown" in found.text) == (number == 51)


def test_a_listing_is_shown_as_it_is_with_its_best_sources() -> None:
    found = page(nm.markets(year=2021, kind="online", country="CN"))
    assert found.lines[0][:7] == ["year", "listing_no", "name_as_listed", "country", "category", "page", "grade"]
    assert [line[:7] for line in found.rows][1] == ["2021", "5", "BAIDU WANGPAN", "CN", "cyberlocker", "19", " primary"]
    (report,) = (source for source in nm.sources() if source.source_id == "docduoduo-2021")
    assert found.links[0] == report.url
    unnamed = page(nm.markets(year=2021, grade="unidentified"))
    assert {line[2] for line in unnamed.rows} == {"no source names it"}


def test_hostile_texts_are_text() -> None:
    listing = evolve(nm.markets()[0], name_as_listed=HOSTILE, country=HOSTILE)
    found = page(nm.markets().with_rows([listing]))
    _is_harmless(found)
    assert found.rows[0][2:4] == [HOSTILE, HOSTILE]
    taobao = evolve(nm.market("taobao"), name=HOSTILE, aliases=(HOSTILE,), note=HOSTILE, operator=HOSTILE)
    found = page(taobao)
    _is_harmless(found)
    assert found.text.count(HOSTILE) == 4
    before = nm.changes(2020, 2021)
    change = evolve(before.added[0], after=listing)
    found = page(evolve(before, rows=(change,)))
    _is_harmless(found)
    assert HOSTILE in found.text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    found = page(nm.markets().with_rows([evolve(nm.markets()[0], name_as_listed=text)]))
    _is_harmless(found)
    assert found.rows[0][2] == text


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


def test_a_web_address_is_linked_whole() -> None:
    rows = nm.sources()
    url = 'https://a.test/?q=1&lt=2"onmouseover="x'
    found = page(rows.with_rows([evolve(rows[0], url=url, title=HOSTILE)]))
    _is_harmless(found)
    assert found.links == [url]
    assert {attributes.get("title") for tag, attributes in found.elements if tag == "a"} == {HOSTILE}


def test_listed_domains_are_never_linked() -> None:
    for market in MARKETS.values():
        found = page(market)
        assert all(domain.domain in found.text for domain in market.domains)
        assert set(found.links) <= {source.url for listing in market.listings for source in listing.sources}


def test_the_card_of_a_market() -> None:
    found = page(nm.market("taobao"))
    assert found.lines[0] == [str(year) for year in YEARS]
    said = [attributes["title"] for tag, attributes in found.elements if tag == "td" and "title" in attributes]
    # Typed out from the pages on 2012 (complete, without it) and 2013 to 2015 (not complete).
    states = dict(one.split(": ", 1) for one in said)
    assert states["2012"] == "not listed"
    assert states["2013"] == states["2014"] == states["2015"] == "cannot be told"
    assert states["2021"] == "listed as TAOBAO, the report shows it"
    assert states["2025"] == "listed as TAOBAO, other sources name it"
    assert [line[0] for line in found.lines[3:]] == [str(year) for year in nm.market("taobao").years]
    assert "Listed in: 2010–2011, 2016–2025" in found.text
    assert "Domains: taobao.com" in found.text
    sources = {source for listing in nm.market("taobao").listings for source in listing.sources}
    assert f"{len(sources)} sources" in found.text


@given(st.sampled_from(sorted(MARKETS)), st.sampled_from(YEARS))
def test_the_timeline_agrees_with_changes(market_id: str, year: int) -> None:
    """An edition that `changes` surely finds without the market is shown so; one that has it as listed."""
    market = MARKETS[market_id]
    cells = [attributes["title"] for tag, attributes in page(market).elements if tag == "td" and "title" in attributes]
    state = dict(one.split(": ", 1) for one in cells)[str(year)]
    assert len(cells) == len(YEARS)
    assert state.startswith("listed as") == (year in market.years)
    if year not in market.years:
        near = [
            max((y for y in market.years if y < year), default=None),
            min((y for y in market.years if y > year), default=None),
        ]
        sure = False
        for other in near:
            if other is not None:
                first, second = sorted((year, other))
                (change,) = (change for change in nm.changes(first, second) if change.market_id == market_id)
                # An inferred listing is unsure itself, and says nothing of the other edition.
                row = change.before or change.after
                if row is not None and row.grade == "inferred":
                    return
                sure = sure or change.sure
        assert state == ("not listed" if sure else "cannot be told")


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


def test_a_figure_that_is_only_a_lower_bound_says_so() -> None:
    found = page(nm.statistics())
    place = found.lines[0].index("lower_bound")
    assert [line[place] for line in found.rows] == [str(row["lower_bound"]) for row in nm.table("statistics").to_pylist()[:50]]
    assert "lower_bound" in repr(nm.statistics())


def test_the_bars_of_coverage_are_as_long_as_the_counts() -> None:
    found = page(nm.coverage())
    for line, row in zip(found.rows, nm.table("coverage").to_pylist(), strict=True):
        wanted = [row["year"], row["kind"], "not known" if row["announced"] is None else row["announced"], row["listings"], ""]
        wanted += [row[grade] or "·" for grade in ("primary", "secondary", "inferred", "unidentified")]
        assert line == [str(value) for value in wanted]
    parts = [attributes for tag, attributes in found.elements if tag == "div" and "title" in attributes]
    widths: dict[str, int] = {}
    for attributes in parts:
        (width,) = re.findall(r"width:([\d.]+)px", attributes["style"])
        count, grade = attributes["title"].split()
        widths[grade] = widths.get(grade, 0) + int(count)
        assert float(width) / int(count) == pytest.approx(4.2)
    assert widths == {grade: len(nm.markets(grade=grade)) for grade in widths}  # type: ignore[arg-type]


@given(st.sampled_from(YEARS), st.sampled_from(YEARS))
def test_the_counts_of_changes(before: int, after: int) -> None:
    changes = nm.changes(before, after)
    found = page(changes)
    counts = [len(group) for group in (changes.added, changes.dropped, changes.cannot_be_told, changes.kept, changes.renamed)]
    said = re.search(r"(\d+) added; (\d+) dropped; (\d+) cannot be told; (\d+) kept, (\d+) of them renamed", found.text)
    assert said is not None
    assert [int(number) for number in said.groups()] == counts
    rows = [line for line in found.rows if len(line) == 5]
    assert len(rows) == min(len(changes), 50)
    assert sum(line[2] == "–" or line[3] == "–" for line in rows) == min(len(changes.added) + len(changes.dropped), 50)
    hidden = [int(number) for number in re.findall(r", (\d+) not shown\)", found.text)]
    assert sum(hidden) == max(len(changes) - 50, 0)
