"""Do the pictures show what the tables say, and are they rendered without network access?"""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
import jsonschema
import numpy as np
import pytest

import notorious_markets as nm
from notorious_markets import plot
from notorious_markets._packaged import read_text
from notorious_markets.about import CAUTION
from notorious_markets.vocabularies import GRADES_IN_WORDS

LISTINGS: list[dict[str, Any]] = nm.table("listings").to_pylist()
MARKETS: dict[str, dict[str, Any]] = {row["market_id"]: row for row in nm.table("markets").to_pylist()}
YEARS: list[int] = [row["year"] for row in nm.table("editions").to_pylist()]
SOURCE = f"Source: USTR Notorious Markets List, notorious_markets data {nm.DATA_VERSION}."
BY_REPORT, BY_OTHER_SOURCES = GRADES_IN_WORDS["primary"], GRADES_IN_WORDS["secondary"]

# The title of each picture of the documentation, with the function and the arguments that draw it.
PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "Online markets on the Notorious Markets List, 2010 to 2025": ("timeline", {}),
    "Physical markets on the Notorious Markets List, 2010 to 2025": ("timeline", {"kind": "physical"}),
    "How much of the Notorious Markets List is known": ("coverage", {}),
    "Changes from edition to edition, 2010 to 2025": ("changes", {}),
    "Localities of the physical markets, 2010 to 2025": ("countries", {}),
}


@cache
def _chart(function: str, **arguments: Any) -> alt.VConcatChart:
    chart: alt.VConcatChart = getattr(plot, function)(**arguments)
    return chart


@cache
def _specification(function: str, **arguments: Any) -> dict[str, Any]:
    specification: dict[str, Any] = json.loads(_chart(function, **arguments).to_json())
    return specification


@cache
def _svg(function: str, **arguments: Any) -> ET.Element:
    file = io.StringIO()
    _chart(function, **arguments).save(file, format="svg")
    return ET.fromstring(file.getvalue())


class Placed(NamedTuple):
    """An element of an SVG picture with its absolute position in pixels."""

    element: ET.Element
    x: float
    y: float

    @property
    def text(self) -> str:
        return "".join(self.element.itertext())


def _placed(element: ET.Element, x: float = 0, y: float = 0) -> Iterator[Placed]:
    moved = re.match(r"translate\(([-\d.e]+),\s*([-\d.e]+)\)", element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    yield Placed(element, x, y)
    for child in element:
        yield from _placed(child, x, y)


def _texts(function: str, **arguments: Any) -> list[Placed]:
    return [placed for placed in _placed(_svg(function, **arguments)) if placed.element.tag.endswith("}text")]


def _rows(specification: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The rows of a specification that have a column."""
    datasets = [rows for rows in specification["datasets"].values() if isinstance(rows, list)]
    return [row for rows in datasets for row in rows if column in row]


def _cells(**arguments: Any) -> dict[tuple[str, int], str]:
    """The mark of each market and edition in a timeline."""
    rows = _rows(_specification("timeline", **arguments), "status")
    cells = {(row["market"], row["edition"]): row["status"] for row in rows}
    assert len(cells) == len(rows)
    return cells


def _market_ids(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["market_id"], *row["further_market_ids"]) if row["market_id"] else ()


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


@pytest.mark.parametrize("title", PICTURES)
def test_the_specification_is_valid_vega_lite_without_links(title: str) -> None:
    function, arguments = PICTURES[title]
    specification = _specification(function, **arguments)
    schema = Path(alt.__file__).parent / "vegalite" / f"v{alt.SCHEMA_VERSION[1]}" / "schema" / "vega-lite-schema.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(specification)
    assert specification["background"] == "#FFFFFF"
    assert specification["title"]["text"][-2:] == [SOURCE, CAUTION]
    assert specification["vconcat"][0]["title"]["text"] == title
    assert [part["url"] for part in _parts(specification) if "url" in part] == []


@pytest.mark.parametrize("title", PICTURES)
def test_svg_is_rendered_without_network_access(title: str) -> None:
    """pytest-socket blocks the sockets of Python; the specification has no links that the renderer could open."""
    function, arguments = PICTURES[title]
    svg = _svg(function, **arguments)
    texts = _texts(function, **arguments)
    lines = {placed.text for placed in texts} | {part.text for placed in texts for part in placed.element}
    assert {title, SOURCE, CAUTION} <= lines
    assert not {"undefined", "null", "NaN"} & lines
    assert 600 < float(svg.attrib["width"]) < 1000
    assert 400 < float(svg.attrib["height"]) < 1400


def test_png_has_the_size_that_the_scale_factor_asks_for(tmp_path: Path) -> None:
    _chart("coverage").save(tmp_path / "picture.png", scale_factor=2)
    png = (tmp_path / "picture.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    svg = _svg("coverage")
    assert struct.unpack(">II", png[16:24]) == pytest.approx([2 * float(svg.attrib[side]) for side in ("width", "height")], abs=2)


def test_a_tall_timeline_has_its_years_above_and_below() -> None:
    tall = _texts("timeline")
    rows = [placed.y for placed in tall if placed.text in {"Taobao", "MPGH"}]
    for year in YEARS:
        upper, lower = (placed for placed in tall if placed.text == str(year))
        assert upper.x == pytest.approx(lower.x, abs=0.6)
        assert upper.y < min(rows) < max(rows) < lower.y
    assert [placed.text for placed in _texts("timeline", market="Taobao")].count("2021") == 1


@pytest.mark.parametrize("arguments", [{}, {"kind": "physical"}, {"market": "WeChat"}], ids=["online", "physical", "one market"])
def test_the_legend_of_the_timeline_is_one_line_and_has_the_marks_of_the_picture(arguments: dict[str, Any]) -> None:
    marks = {BY_REPORT, BY_OTHER_SOURCES, "uncertain", "cannot be told"}
    legend = {placed.text: placed.y for placed in _texts("timeline", **arguments) if placed.text in marks}
    assert set(legend) == set(_cells(**arguments).values())
    assert max(legend.values()) - min(legend.values()) < 1


@pytest.mark.parametrize("year", [2010, 2021, None])
def test_the_legend_of_the_map_counts_whole_markets(year: int | None) -> None:
    most = max(row["markets"] for row in _rows(_specification("countries", year=year), "markets"))
    numbers = [placed.text for placed in _texts("countries", year=year) if placed.text[:1].isdigit()]
    assert numbers[0] == "1"
    assert numbers[-1] == str(most)


@pytest.mark.parametrize("ends", [(2020, 2021), (2010, 2025)], ids=str)
def test_the_title_of_the_axis_of_changes_begins_at_the_axis(ends: tuple[int, int]) -> None:
    positions = {placed.text: placed.x for placed in _texts("changes", first=ends[0], last=ends[1])}
    assert positions["From edition to edition, by review year"] == pytest.approx(positions["Online markets"], abs=1)


def test_a_notebook_and_a_page_need_no_network_access(tmp_path: Path) -> None:
    chart = _chart("changes", first=2020, last=2021)
    with alt.renderers.enable("svg"):
        shown: Any = chart._repr_mimebundle_()
    assert list(shown[0] if isinstance(shown, tuple) else shown) == ["image/svg+xml"]
    chart.save(tmp_path / "whole.html", inline=True)
    page = (tmp_path / "whole.html").read_text(encoding="utf-8")
    assert "<script" in page
    assert not re.search(r"<(script|link)[^>]+(src|href)=", page)
    assert "cdn." not in page


def test_coverage_shows_the_known_totals() -> None:
    labels = {(row["kind"], row["edition"]): row["label"] for row in _rows(_specification("coverage"), "label")}
    assert len(labels) == 32
    assert labels["Online markets", 2010] == "16 of 16"
    assert labels["Online markets", 2013] == "4 of ?"
    assert labels["Physical markets", 2019] == "12 of 34"
    assert labels["Online markets", 2020] == "39 of 39"
    assert labels["Physical markets", 2021] == "18 of 35"
    with (Path(__file__).parent / "known_facts.csv").open(encoding="utf-8", newline="") as file:
        totals = [row for row in csv.DictReader(file) if row["question"] in {"online_total", "physical_total"}]
    assert len(totals) > 20
    for row in totals:
        kind = row["question"].removesuffix("_total").capitalize()
        assert labels[f"{kind} markets", int(row["year"])].endswith(f" of {row['value']}")


def test_the_bars_of_coverage_are_the_listings() -> None:
    words: dict[Any, str] = {**GRADES_IN_WORDS}
    counts = Counter((f"{row['kind'].capitalize()} markets", row["year"], words[row["grade"]]) for row in LISTINGS)
    bars = _rows(_specification("coverage"), "grade")
    assert {(row["kind"], row["edition"], row["grade"]): row["to"] - row["from"] for row in bars} == counts
    for kind, year in {(row["kind"], row["edition"]) for row in bars}:
        ends = [(row["from"], row["to"]) for row in bars if (row["kind"], row["edition"]) == (kind, year)]
        assert [low for low, _ in ends] == [0, *(high for _, high in ends[:-1])]


@pytest.mark.parametrize("kind", ["online", "physical"])
def test_the_bars_of_the_timeline_are_the_listings(kind: str) -> None:
    expected = {
        (MARKETS[market_id]["name"], row["year"]) for row in LISTINGS if row["kind"] == kind for market_id in _market_ids(row)
    }
    assert {cell for cell, mark in _cells(kind=kind, at_least=1).items() if mark != "cannot be told"} == expected


def test_the_default_timeline_has_the_markets_of_three_editions_by_first_listing() -> None:
    counts = Counter(market_id for row in LISTINGS if row["kind"] == "online" for market_id in _market_ids(row))
    rows = _rows(_specification("timeline"), "status")
    assert {row["market"] for row in rows} == {MARKETS[name]["name"] for name, number in counts.items() if number >= 3}
    firsts: dict[str, int] = {}
    for row in rows:
        if row["status"] != "cannot be told":
            firsts.setdefault(row["market"], row["edition"])
    assert list(firsts.values()) == sorted(firsts.values())


def test_known_marks() -> None:
    """According to the complete contents pages of 2020 and 2021, the counts of 2021, and the gaps in other editions."""
    cells = _cells(kind="online", at_least=1)
    assert cells["AliExpress", 2021] == BY_REPORT
    assert ("AliExpress", 2020) not in cells
    assert ("Taobao", 2012) not in cells
    assert cells["Taobao", 2014] == "cannot be told"
    assert cells["Taobao", 2024] == BY_OTHER_SOURCES
    physical = _cells(kind="physical", at_least=1)
    assert physical["La Salada", 2021] == "cannot be told"
    assert ("Ventimiglia market", 2021) not in physical
    assert physical["Ventimiglia market", 2022] == "cannot be told"


def test_a_listing_of_2013_that_sources_only_mention_in_passing_is_uncertain() -> None:
    certain = {
        row["listing_no"]
        for row in nm.table("citations").to_pylist()
        if (row["year"], row["field"], row["confidence"]) == (2013, "listing", "high")
    }
    uncertain = {
        MARKETS[row["market_id"]]["name"]
        for row in LISTINGS
        if (row["year"], row["kind"]) == (2013, "physical") and row["listing_no"] not in certain
    }
    assert uncertain
    cells = _cells(kind="physical", at_least=1)
    assert uncertain == {name for (name, year), mark in cells.items() if (year, mark) == (2013, "uncertain")}


def test_every_inferred_listing_is_uncertain() -> None:
    cells = {**_cells(kind="online", at_least=1), **_cells(kind="physical", at_least=1)}
    inferred = [row for row in LISTINGS if row["grade"] == "inferred"]
    assert len(inferred) == 17
    assert {cells[MARKETS[row["market_id"]]["name"], row["year"]] for row in inferred} == {"uncertain"}


def test_the_timeline_agrees_with_changes_about_gaps() -> None:
    """A certain change leaves the cell empty. A market of a single edition has a dot where the change is not certain."""
    cells = {**_cells(kind="online", at_least=1), **_cells(kind="physical", at_least=1)}
    certain = dots = 0
    for before, after in pairwise(YEARS):
        for change in nm.changes(before, after):
            grades = {row.grade for row in (change.before_listing, change.after_listing) if row}
            if change.change == "kept" or "inferred" in grades:
                continue
            lacking = before if change.change == "added" else after
            if change.sure:
                certain += 1
                assert (change.market.name, lacking) not in cells
            elif len(change.market.years) == 1:
                dots += 1
                assert cells[change.market.name, lacking] == "cannot be told"
    assert min(certain, dots) > 50


@pytest.mark.parametrize("kind", ["online", "physical"])
def test_a_complete_edition_has_no_dots(kind: str) -> None:
    # A name may stand for another market that once shared its heading.
    headings = [_market_ids(row) for row in LISTINGS]
    shared = {MARKETS[market_id]["name"] for heading in headings if len(heading) > 1 for market_id in heading}
    cells = _cells(kind=kind, at_least=1)
    dots = {year for (name, year), mark in cells.items() if mark == "cannot be told" and name not in shared}
    complete = {row.year for row in nm.coverage() if row.kind == kind and row.announced == row.primary + row.secondary}
    assert complete >= ({2010, 2016, 2019, 2020, 2021, 2022} if kind == "online" else {2015})
    assert not dots & complete
    assert {2013, 2014, 2023, 2025} <= dots


def test_the_bars_of_changes_are_the_markets_of_both_editions() -> None:
    bars: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in _rows(_specification("changes"), "state"):
        bars.setdefault((row["step"], row["kind"]), {})[row["state"]] = row
    known = Counter((row["year"], row["kind"]) for row in LISTINGS for _ in _market_ids(row))
    for before, after in pairwise(YEARS):
        found = nm.changes(before, after)
        for kind in ("online", "physical"):
            parts = bars[f"{before} to {after}", f"{kind.capitalize()} markets"]
            counts = Counter({state: part["number"] for state, part in parts.items()})
            kept = counts["kept"] + counts["possibly kept"]
            assert max(part["to"] for part in parts.values()) == known[after, kind]
            assert kept - min(0, *(part["to"] for part in parts.values())) == known[before, kind]
            assert counts["added"] == sum(change.kind == kind for change in found.added)
            assert counts["dropped"] == sum(change.kind == kind for change in found.dropped)
            assert counts["possibly kept"] == sum(change.kind == kind and not change.sure for change in found.kept)


@pytest.mark.parametrize("year", [None, 2013, 2021, (2010, 2025)], ids=str)
def test_the_circles_are_the_markets_of_the_localities(year: Any) -> None:
    years = YEARS if year is None else [year] if isinstance(year, int) else year
    there: dict[tuple[float, float], set[str]] = {}
    places = {(row["country"], row["locality"]): row for row in nm.table("places").to_pylist()}
    for row in LISTINGS:
        if row["kind"] == "physical" and row["locality"] and row["year"] in years:
            place = places[row["country"], row["locality"]]
            there.setdefault((place["longitude"], place["latitude"]), set()).update(_market_ids(row))
    circles = {
        (row["longitude"], row["latitude"]): row["markets"] for row in _rows(_specification("countries", year=year), "markets")
    }
    assert circles == {place: len(market_ids) for place, market_ids in there.items()}


def test_the_names_on_the_map_are_beside_their_circles_and_do_not_overlap() -> None:
    """The positions in the rendered picture show that Vega projects the circles as the package places the names."""
    placed = list(_placed(_svg("countries")))
    circles: dict[str, list[Placed]] = {}
    for circle in placed:
        label = re.search(r"; locality: (.+?);", circle.element.get("aria-label", ""))
        if label:
            circles.setdefault(label[1], []).append(circle)
    assert len(circles) == 45
    names = [text for text in placed if text.element.tag.endswith("}text") and text.text in circles]
    assert {name.text for name in names} >= circles.keys() - {"Mongkok"}
    boxes: list[tuple[float, float, float, float]] = []
    for name in names:
        assert min(hypot(name.x - circle.x, name.y - circle.y) for circle in circles[name.text]) < 20
        width = 5.5 * len(name.text)
        left = name.x - {"start": 0, "middle": width / 2, "end": width}[name.element.attrib["text-anchor"]]
        boxes.append((left, left + width, name.y - 5, name.y + 5))
    for number, (left, right, top, bottom) in enumerate(boxes):
        assert not any(left < r and le < right and top < b and t < bottom for le, r, t, b in boxes[:number])


def test_no_name_leaves_the_map() -> None:
    specification = _specification("countries")
    for half in specification["vconcat"][0]["vconcat"]:
        datasets = [
            specification["datasets"][layer["data"]["name"]] for layer in half["layer"] if "name" in layer.get("data", {})
        ]
        names = [row for rows in datasets for row in rows if "align" in row]
        assert len(names) >= 15
        for row in names:
            width = 5.5 * len(row["locality"])
            left = row["x"] - {"left": 0, "right": width, "center": width / 2}[row["align"]]
            assert 0 < left < left + width < half["width"]
            assert 5 < row["y"] < half["height"] - 5


def test_every_listed_country_has_a_name_and_an_outline() -> None:
    topology = json.loads(read_text("plot/countries.json"))
    outlined = {shape.get("id") for shape in topology["objects"]["countries"]["geometries"]}
    countries = {row["country"] for row in LISTINGS if row["country"]}
    assert countries <= set(topology["names"])
    # The outlines have no cities.
    assert countries - outlined == {"HK", "SG"}


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot.timeline(kind="onlin"), "unknown kind 'onlin'.*'online'"),  # type: ignore[arg-type]
        (lambda: plot.timeline(category="iptvv"), "unknown category 'iptvv'.*'iptv'"),  # type: ignore[arg-type]
        (lambda: plot.timeline(kind="physical", country="XX"), "unknown country 'XX'.*'CN'"),
        (lambda: plot.timeline(country=["CN", "XK"]), "unknown country 'XK'"),
        (lambda: plot.timeline(market="Taobaoo"), "'Taobao'"),
        (lambda: plot.changes(2009), "unknown first 2009.*2010"),
        (lambda: plot.changes(2025), "unknown first 2025.*2024"),
        (lambda: plot.changes(2021, 2020), "unknown last 2020.*2022"),
        (lambda: plot.changes(2021, 2021), "unknown last 2021.*2022"),
        (lambda: plot.countries(1999), "unknown year 1999.*2010"),
    ],
    ids=[
        *("kind", "category", "country", "one country of two", "market"),
        *("first", "first is the last edition", "last is before first", "last is first", "year"),
    ],
)
def test_an_unknown_value_is_an_error(draw: Callable[[], object], message: str) -> None:
    with pytest.raises(nm.UnknownValue, match=message):
        draw()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: plot.timeline(category=[]),
            r"^no market meets all conditions: kind='online', category=\[\], at_least=1; change",
        ),
        (lambda: plot.timeline(market=[]), r"^no market meets all conditions: market=\[\], at_least=1; change"),
        (lambda: plot.timeline(country=()), r"country=\[\]"),
        (lambda: plot.timeline(kind="physical", category="iptv"), r"kind='physical', category=\['iptv'\]"),
        (lambda: plot.timeline(market="Taobao", kind="physical"), r"kind='physical', market=\['Taobao'\]"),
        (lambda: plot.timeline(at_least=99), "at_least=99"),
        (lambda: plot.timeline(at_least=0), "^at_least must be at least 1, not 0"),
        (lambda: plot.countries([]), r"^year must contain at least one review year, not \[\]"),
    ],
    ids=["category", "market", "country", "category of kind", "market of kind", "at_least", "at_least below 1", "year"],
)
def test_an_empty_picture_is_an_error(draw: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot.timeline(kind=["online"]), "kind must be a str, not list"),  # type: ignore[arg-type]
        (lambda: plot.timeline(country=3), "country must be a str or an iterable of strs, not 3"),  # type: ignore[arg-type]
        (lambda: plot.timeline(at_least="3"), "at_least must be an int, not str"),  # type: ignore[arg-type]
        (lambda: plot.timeline(at_least=True), "at_least must be an int, not bool"),
        (lambda: plot.changes("2020"), "first must be an int, not str"),  # type: ignore[arg-type]
        (lambda: plot.countries(2021.0), "year must be an int or an iterable of ints, not float"),  # type: ignore[arg-type]
    ],
    ids=["kind", "country", "at_least", "at_least is a bool", "first", "year"],
)
def test_a_value_of_another_type_is_an_error(draw: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        draw()


def test_integers_of_numpy_are_years_and_numbers() -> None:
    assert plot.timeline(at_least=np.int64(9)).to_dict() == plot.timeline(at_least=9).to_dict()
    assert plot.changes(np.int16(2024)).to_dict() == plot.changes(2024).to_dict()


def test_markets_of_both_kinds_in_one_picture() -> None:
    rows = _rows(_specification("timeline", market=("Taobao", "Silk Market")), "status")
    assert {(row["group"], row["market"]) for row in rows} == {("E-commerce", "Taobao"), ("China", "Silk Market")}


def test_no_data_frame_library_is_loaded() -> None:
    code = """
import sys
from notorious_markets import plot
for draw in (plot.timeline, plot.coverage, plot.changes, plot.countries):
    draw().to_json()
print([name for name in ("pandas", "polars", "duckdb") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_error_without_altair_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("notorious_markets.plot")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(nm.MissingExtra, match=r"notorious_markets\[plot\]"):
        importlib.import_module("notorious_markets.plot")
