"""Do the pictures show what the tables say, own up to what is unsure, and get drawn without a network?"""

from __future__ import annotations

import csv
import importlib
import json
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets import plot
from notorious_markets.about import CAUTION
from notorious_markets.vocabularies import GRADES_IN_WORDS

LISTINGS: list[dict[str, Any]] = nm.table("listings").to_pylist()
MARKETS: dict[str, dict[str, Any]] = {row["market_id"]: row for row in nm.table("markets").to_pylist()}
YEARS: list[int] = [row["year"] for row in nm.table("editions").to_pylist()]
SOURCE = f"Source: USTR Notorious Markets List, notorious_markets data {nm.DATA_VERSION}."

PICTURES: dict[str, Callable[[], alt.VConcatChart]] = {
    "Online markets on the Notorious Markets List, 2010 to 2025": plot.timeline,
    "Physical markets on the Notorious Markets List, 2010 to 2025": lambda: plot.timeline(kind="physical"),
    "How much of the Notorious Markets List is known": plot.coverage,
    "What changed from edition to edition, 2010 to 2025": plot.changes,
    "Where the physical markets of the list are, 2010 to 2025": plot.countries,
}


def _rows(chart: alt.VConcatChart, column: str) -> list[dict[str, Any]]:
    """The rows of the specification that have a column."""
    sets = [rows for rows in chart.to_dict()["datasets"].values() if isinstance(rows, list)]
    return [row for rows in sets for row in rows if column in row]


def _cells(chart: alt.VConcatChart) -> dict[tuple[str, int], str]:
    rows = _rows(chart, "standing")
    cells = {(row["market"], row["edition"]): row["standing"] for row in rows}
    assert len(cells) == len(rows)
    return cells


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


@pytest.mark.parametrize("title", PICTURES)
def test_the_specification_is_vega_lite_and_has_what_a_reader_needs(title: str) -> None:
    chart = PICTURES[title]()
    spec = json.loads(chart.to_json())
    schema = Path(alt.__file__).parent / "vegalite" / f"v{alt.SCHEMA_VERSION[1]}" / "schema" / "vega-lite-schema.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(spec)
    assert spec["background"] == "#FFFFFF"
    assert spec["title"]["text"][-2:] == [SOURCE, CAUTION]
    assert spec["vconcat"][0]["title"]["text"] == title
    # Everything is in it: nothing is fetched from anywhere.
    assert [part["url"] for part in _parts(spec) if "url" in part] == []


@pytest.mark.parametrize("title", PICTURES)
def test_svg_and_png_are_written_offline(title: str, tmp_path: Path) -> None:
    """pytest-socket blocks the sockets of Python; no specification has an address that the compiled renderer could open."""
    chart = PICTURES[title]()
    chart.save(tmp_path / "picture.svg")
    chart.save(tmp_path / "picture.png", scale_factor=2)
    svg = ET.parse(tmp_path / "picture.svg").getroot()
    texts = {"".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    lines = {line for text in svg.iter("{http://www.w3.org/2000/svg}tspan") if (line := text.text)} | texts
    assert {title, SOURCE, CAUTION} <= lines
    assert not {"undefined", "null", "NaN"} & lines
    png = (tmp_path / "picture.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    drawn = [float(svg.attrib[side]) for side in ("width", "height")]
    assert (width, height) == pytest.approx([2 * side for side in drawn], abs=2)
    assert 600 < drawn[0] < 1000
    assert 400 < drawn[1] < 1400


def _texts(chart: alt.VConcatChart, path: Path) -> list[tuple[str, float, float]]:
    """Each text of a picture, and where it is anchored in it."""
    chart.save(path)
    found = []

    def walk(element: ET.Element, x: float, y: float) -> None:
        moved = re.match(r"translate\(([-\d.e]+),\s*([-\d.e]+)\)", element.get("transform", ""))
        if moved:
            x, y = x + float(moved[1]), y + float(moved[2])
        if element.tag.endswith("}text"):
            found.append(("".join(element.itertext()), x, y))
        for child in element:
            walk(child, x, y)

    walk(ET.parse(path).getroot(), 0, 0)
    return found


def test_a_tall_timeline_has_its_years_above_and_below(tmp_path: Path) -> None:
    tall = _texts(plot.timeline(), tmp_path / "tall.svg")
    for year in YEARS:
        (upper, lower) = ((x, y) for text, x, y in tall if text == str(year))
        assert upper[0] == pytest.approx(lower[0], abs=0.6)
        assert upper[1] < min(y for text, _, y in tall if text in {"Taobao", "MPGH"})
        assert lower[1] > max(y for text, _, y in tall if text in {"Taobao", "MPGH"})
    short = _texts(plot.timeline(market="Taobao"), tmp_path / "short.svg")
    assert [text for text, _, _ in short].count("2021") == 1


def test_the_legend_of_the_timeline_stands_in_line_and_explains_what_is_drawn(tmp_path: Path) -> None:
    names = {"listed (report)", "listed (other sources)", "listed, less surely", "cannot be told"}
    for chart in (plot.timeline(), plot.timeline(kind="physical"), plot.timeline(market="WeChat")):
        legend = {text: y for text, _, y in _texts(chart, tmp_path / "picture.svg") if text in names}
        assert set(legend) == set(_cells(chart).values())
        assert max(legend.values()) - min(legend.values()) < 1


@pytest.mark.parametrize("year", [2010, 2021, 2025])
def test_the_legend_of_the_map_counts_whole_markets(year: int, tmp_path: Path) -> None:
    most = max(row["markets"] for row in _rows(plot.countries(year), "markets"))
    figures = [text for text, _, _ in _texts(plot.countries(year), tmp_path / "map.svg") if text[:1].isdigit()]
    assert figures[0] == "1"
    assert figures[-1] == str(most)


@pytest.mark.parametrize("ends", [(2020, 2021), (2019, 2022), (2010, 2025)])
def test_the_title_of_an_axis_begins_at_the_axis(ends: tuple[int, int], tmp_path: Path) -> None:
    texts = {text: x for text, x, _ in _texts(plot.changes(*ends), tmp_path / "changes.svg")}
    assert texts["From edition to edition, by review year"] == pytest.approx(texts["Online markets"], abs=1)


def test_a_notebook_and_a_page_can_do_without_a_network(tmp_path: Path) -> None:
    """As the documentation says; by default both load scripts."""
    chart = plot.changes(2020, 2021)
    for renderer, type_ in (("svg", "image/svg+xml"), ("png", "image/png")):
        with alt.renderers.enable(renderer):
            shown: Any = chart._repr_mimebundle_()
        assert list(shown[0] if isinstance(shown, tuple) else shown) == [type_]
    chart.save(tmp_path / "whole.html", inline=True)
    page = (tmp_path / "whole.html").read_text(encoding="utf-8")
    assert "<script" in page
    assert not re.search(r"<(script|link)[^>]+(src|href)=", page)
    assert "cdn." not in page


def test_the_known_figures_of_coverage() -> None:
    """As USTR announced them, and as the README says how many of them are named."""
    labels = {(row["kind"], row["edition"]): row["label"] for row in _rows(plot.coverage(), "label")}
    assert len(labels) == 32
    assert labels["Online markets", 2010] == "16 of 16"
    assert labels["Online markets", 2013] == "4 of ?"
    assert labels["Physical markets", 2019] == "8 of 34"
    assert labels["Online markets", 2020] == "39 of 39"
    assert labels["Physical markets", 2021] == "18 of 35"
    with (Path(__file__).parent / "known_facts.csv").open(encoding="utf-8", newline="") as file:
        totals = [row for row in csv.DictReader(file) if row["question"] in {"online_total", "physical_total"}]
    assert len(totals) > 20
    for row in totals:
        kind = row["question"].removesuffix("_total").capitalize()
        assert labels[f"{kind} markets", int(row["year"])].endswith(f" of {row['value']}")


def test_the_bars_of_coverage_are_the_listings() -> None:
    words = dict(zip(("primary", "secondary", "inferred", "unidentified"), GRADES_IN_WORDS.values(), strict=True))
    counts = Counter((f"{row['kind'].capitalize()} markets", row["year"], words[row["grade"]]) for row in LISTINGS)
    bars = _rows(plot.coverage(), "grade")
    assert {(row["kind"], row["edition"], row["grade"]): row["to"] - row["from"] for row in bars} == counts
    for kind, year in {(row["kind"], row["edition"]) for row in bars}:
        ends = [(row["from"], row["to"]) for row in bars if (row["kind"], row["edition"]) == (kind, year)]
        assert [low for low, _ in ends] == [0, *(high for _, high in ends[:-1])]


@pytest.mark.parametrize("kind", ["online", "physical"])
def test_the_bars_of_the_timeline_are_the_listings(kind: Any) -> None:
    cells = _cells(plot.timeline(kind=kind, at_least=1))
    expected = {
        (MARKETS[market_id]["name"], row["year"])
        for row in LISTINGS
        if row["kind"] == kind and row["market_id"]
        for market_id in (row["market_id"], *row["further_market_ids"])
    }
    assert {cell for cell, standing in cells.items() if standing != "cannot be told"} == expected


def test_the_default_timeline_is_of_markets_that_three_editions_list() -> None:
    times = Counter(
        market_id
        for row in LISTINGS
        if row["kind"] == "online" and row["market_id"]
        for market_id in (row["market_id"], *row["further_market_ids"])
    )
    rows = _rows(plot.timeline(), "standing")
    assert {row["market"] for row in rows} == {MARKETS[name]["name"] for name, number in times.items() if number >= 3}
    firsts: dict[str, list[int]] = {}
    for row in rows:
        if row["standing"] != "cannot be told":
            firsts.setdefault(row["market"], []).append(row["edition"])
    starts = [years[0] for years in firsts.values()]
    assert starts == sorted(starts)


def test_known_cells() -> None:
    """By the complete contents pages of 2020 and 2021, the counts of 2021, and the silence of other editions."""
    cells = _cells(plot.timeline(market=["AliExpress", "Taobao", "WeChat"]))
    assert cells["AliExpress", 2021] == "listed (report)"
    assert ("AliExpress", 2020) not in cells
    assert ("Taobao", 2012) not in cells
    assert cells["Taobao", 2014] == "cannot be told"
    assert cells["Taobao", 2024] == "listed (other sources)"
    places = _cells(plot.timeline(kind="physical", at_least=1))
    assert places["La Salada", 2021] == "cannot be told"
    assert ("Ventimiglia market", 2021) not in places
    assert places["Ventimiglia market", 2022] == "cannot be told"


def test_a_listing_of_2013_that_sources_name_in_passing_is_unsure() -> None:
    sure = {(row["year"], row["listing_no"]) for row in nm.table("citations").to_pylist() if _plain(row)}
    cells = _cells(plot.timeline(kind="physical", at_least=1))
    unsure = {
        MARKETS[row["market_id"]]["name"]
        for row in LISTINGS
        if (row["year"], row["kind"]) == (2013, "physical") and (2013, row["listing_no"]) not in sure
    }
    assert unsure
    assert unsure == {name for (name, year), standing in cells.items() if (year, standing) == (2013, "listed, less surely")}


def _plain(citation: dict[str, Any]) -> bool:
    return bool(citation["field"] == "listing" and citation["confidence"] == "high")


def test_every_inferred_listing_is_hollow() -> None:
    cells = {**_cells(plot.timeline(at_least=1)), **_cells(plot.timeline(kind="physical", at_least=1))}
    inferred = [row for row in LISTINGS if row["grade"] == "inferred"]
    assert len(inferred) == 19
    assert {cells[MARKETS[row["market_id"]]["name"], row["year"]] for row in inferred} == {"listed, less surely"}


@given(st.sampled_from(YEARS[1:]), st.sampled_from(["online", "physical"]))
def test_a_gap_is_drawn_as_changes_tells_it(year: int, kind: Any) -> None:
    """A sure change leaves the place empty; one that cannot be told either way leaves a dot."""
    cells = ALL_CELLS[kind]
    before = YEARS[YEARS.index(year) - 1]
    for change in nm.changes(before, year):
        if (
            change.kind != kind
            or change.status == "kept"
            or "inferred" in {row.grade for row in (change.before, change.after) if row}
        ):
            continue
        lacking = before if change.status == "added" else year
        alone = change.market.years in {(before,), (year,)}
        if change.sure:
            assert (change.market.name, lacking) not in cells
        elif alone:
            assert cells[change.market.name, lacking] == "cannot be told"


ALL_CELLS = {kind: _cells(plot.timeline(kind=kind, at_least=1)) for kind in ("online", "physical")}


@pytest.mark.parametrize("kind", ["online", "physical"])
def test_where_every_market_is_named_no_dot_stands(kind: Any) -> None:
    # The name of one may stand for another that once shared its heading.
    headings = [_ids(row) for row in LISTINGS]
    shared = {MARKETS[name]["name"] for heading in headings if len(heading) > 1 for name in heading}
    dots = {year for (name, year), standing in ALL_CELLS[kind].items() if standing == "cannot be told" and name not in shared}
    whole = {
        row.year
        for row in nm.coverage()
        if row.kind == kind and row.announced is not None and row.announced == row.primary + row.secondary
    }
    assert whole >= ({2010, 2016, 2019, 2020, 2021, 2022} if kind == "online" else {2015})
    assert not dots & whole
    assert {2013, 2014, 2023, 2025} <= dots


def test_changes_counts_every_market_once() -> None:
    rows = _rows(plot.changes(), "state")
    known = Counter((row["year"], row["kind"]) for row in LISTINGS for _ in _ids(row))
    for before, after in pairwise(YEARS):
        for kind in ("online", "physical"):
            step = [row for row in rows if (row["step"], row["kind"]) == (f"{before} to {after}", f"{kind.capitalize()} markets")]
            counts = {row["state"]: row["number"] for row in step}
            kept = counts.get("kept", 0) + counts.get("kept, less surely", 0)
            assert max(row["to"] for row in step) == known[after, kind]
            assert kept - min((row["to"] for row in step), default=0) == known[before, kind]


def _ids(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["market_id"], *row["further_market_ids"]) if row["market_id"] else ()


def test_known_changes() -> None:
    counts = {(row["kind"], row["state"]): row["number"] for row in _rows(plot.changes(2020, 2021), "state")}
    assert counts["Online markets", "added"] == 9
    assert counts["Online markets", "dropped"] == 6
    assert counts["Online markets", "kept"] == 33
    assert ("Online markets", "cannot be told whether new") not in counts
    assert counts["Physical markets", "cannot be told whether new"] == 7


@pytest.mark.parametrize("year", [None, 2013, 2021, (2010, 2025)])
def test_the_circles_are_the_markets_of_the_localities(year: Any) -> None:
    years = YEARS if year is None else [year] if isinstance(year, int) else year
    there: dict[tuple[float, float], set[str]] = {}
    places = {(row["country"], row["locality"]): row for row in nm.table("places").to_pylist()}
    for row in LISTINGS:
        if row["kind"] == "physical" and row["locality"] and row["year"] in years:
            place = places[row["country"], row["locality"]]
            there.setdefault((place["longitude"], place["latitude"]), set()).update(_ids(row))
    circles = {(row["longitude"], row["latitude"]): row["markets"] for row in _rows(plot.countries(year), "markets")}
    assert circles == {place: len(ids) for place, ids in there.items()}


def test_no_name_on_the_map_covers_another_or_leaves_it() -> None:
    for half in plot.countries().to_dict()["vconcat"][0]["vconcat"]:
        names = [row for layer in half["layer"] for row in _dataset(layer) if "align" in row]
        assert len(names) >= 15
        boxes = []
        for row in names:
            width = 5.5 * len(row["locality"])
            left = row["x"] - {"left": 0, "right": width, "center": width / 2}[row["align"]]
            boxes.append((left, left + width, row["y"] - 5, row["y"] + 5))
            assert left > 0
            assert left + width < half["width"]
        for number, (left, right, top, bottom) in enumerate(boxes):
            assert not any(left < r and le < right and top < b and t < bottom for le, r, t, b in boxes[:number])


def _dataset(layer: dict[str, Any]) -> list[dict[str, Any]]:
    named = plot.countries().to_dict()["datasets"].get(layer.get("data", {}).get("name"), [])
    return named if isinstance(named, list) else []


def test_every_listed_country_has_a_name_and_an_outline() -> None:
    topology = json.loads(plot._outlines())
    outlined = {shape.get("id") for shape in topology["objects"]["countries"]["geometries"]}
    countries = {row["country"] for row in LISTINGS if row["country"]}
    assert countries <= set(topology["names"])
    # Cities that the scale of the outlines leaves out.
    assert countries - outlined == {"HK", "SG"}


@pytest.mark.parametrize(("place", "at"), [((0, 0), (0, 0)), ((180, 0), (2.7066, 0)), ((0, 90), (0, 1.3173))])
def test_the_projection(place: tuple[float, float], at: tuple[float, float]) -> None:
    """The ends of the map in Equal Earth, by its authors."""
    assert plot._projected(*place) == pytest.approx(at, abs=1e-4)


@pytest.mark.parametrize(
    ("ask", "names"),
    [
        (lambda: plot.timeline(kind="onlin"), "'online'"),  # type: ignore[arg-type]
        (lambda: plot.timeline(category="iptvv"), "'iptv'"),  # type: ignore[arg-type]
        (lambda: plot.timeline(kind="physical", category="iptv"), "category"),
        (lambda: plot.timeline(kind="physical", country="XX"), "'CN'"),
        (lambda: plot.timeline(market="Taobaoo"), "'Taobao'"),
        (lambda: plot.timeline(market="Taobao", kind="physical"), "'online'"),
        (lambda: plot.timeline(country=["CN", "KG"]), "'KG'"),
        (lambda: plot.timeline(at_least=99), "15"),
        (lambda: plot.timeline(at_least=0), "Valid: 1,"),
        (lambda: plot.changes(2009), "2010"),
        (lambda: plot.changes(2021, 2020), "2022"),
        (lambda: plot.changes(2021, 2021), "2022"),
        (lambda: plot.changes(2025), "2024"),
        (lambda: plot.countries(1999), "2010"),
    ],
)
def test_what_cannot_be_drawn_is_refused(ask: Callable[[], object], names: str) -> None:
    with pytest.raises(nm.UnknownValue, match=names):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: plot.timeline(country=3),  # type: ignore[arg-type]
        lambda: plot.timeline(at_least="3"),  # type: ignore[arg-type]
        lambda: plot.timeline(at_least=True),
        lambda: plot.timeline(market=[]),
        lambda: plot.changes("2020"),  # type: ignore[arg-type]
    ],
)
def test_what_has_another_type_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        ask()


def test_two_kinds_in_one_picture() -> None:
    rows = _rows(plot.timeline(market=["Taobao", "Silk Market"]), "standing")
    assert {(row["group"], row["market"]) for row in rows} == {("E-commerce", "Taobao"), ("China", "Silk Market")}


def test_no_engine_is_loaded() -> None:
    code = """
import sys
from notorious_markets import plot
for draw in (plot.timeline, plot.coverage, plot.changes, plot.countries):
    draw().to_json()
print([name for name in ("pandas", "polars", "duckdb") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_without_altair_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "notorious_markets.plot")
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(nm.MissingExtra, match=r"notorious_markets\[plot\]"):
        importlib.import_module("notorious_markets.plot")
