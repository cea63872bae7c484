"""Pictures of the list as Altair charts, drawn without a network (extra `plot`).

Each function gives an `altair.VConcatChart` with its title, legend, source and caution. A notebook shows it as it is;
`chart.save("timeline.svg")` and `chart.save("timeline.png", scale_factor=2)` write a file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from math import asin, cos, hypot, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from .._packaged import read_text
from .._store import DATASET
from ..about import CAUTION, DATA_VERSION
from ..errors import MissingExtra, UnknownValue
from ..history import Change, is_doubtful, status
from ..history import changes as changes_between
from ..models import Edition, Listing, Market, Place
from ..names import market as market_named
from ..query import coverage as coverage_rows
from ..query import edition, editions, markets
from ..vocabularies import GRADES_IN_WORDS

if TYPE_CHECKING:
    from ..vocabularies import Category, Kind

try:
    import altair as alt
except ModuleNotFoundError as error:
    if error.name != "altair":
        raise
    raise MissingExtra("altair", "plot") from None

V = TypeVar("V", int, str)
Values = dict[str, Any]

# Two colours of Okabe and Ito, which the colour-blind tell apart, and shades that stay apart in grey; what is unsure is hollow.
_BLUE, _VERMILION = "#0072B2", "#D55E00"
_DARK, _MIDDLE, _LIGHT = "#08365C", "#3D94CC", "#B9DDF2"
_INK, _SOFT, _LINE, _LAND, _PAPER = "#222222", "#5F5F5F", "#E2E2E2", "#EDEDED", "#FFFFFF"

_BY_REPORT, _BY_OTHERS, _LESS_SURE, _NOT_TOLD = (
    "listed (report)",
    "listed (other sources)",
    "listed, less surely",
    "cannot be told",
)
# How each is drawn: fill, stroke and shape. All shapes have one size, or the entries of the legend would not stand in line.
_BAR, _DOT = "M-1,-0.36H1V0.36H-1Z", "M-0.11,0A0.11,0.11,0,1,0,0.11,0A0.11,0.11,0,1,0,-0.11,0Z"
_LOOKS = {
    _BY_REPORT: (_DARK, _DARK, _BAR),
    _BY_OTHERS: (_MIDDLE, _MIDDLE, _BAR),
    _LESS_SURE: (_PAPER, _MIDDLE, _BAR),
    _NOT_TOLD: ("#8A8A8A", "#8A8A8A", _DOT),
}
# Pixels of a year and square pixels of a cell; a picture of more lines has the years below it, too.
_YEAR, _CELL, _LINES_IN_SIGHT = 30, 600, 25
_KEPT_LESS_SURELY, _MAYBE_NEW, _MAYBE_GONE = (
    "kept, less surely",
    "cannot be told whether new",
    "cannot be told whether gone",
)
_STATES = ("kept", _KEPT_LESS_SURELY, "added", _MAYBE_NEW, "dropped", _MAYBE_GONE)


def timeline(
    *,
    kind: Kind | None = None,
    category: Category | Iterable[Category] | None = None,
    country: str | Iterable[str] | None = None,
    market: str | Iterable[str] | None = None,
    at_least: int | None = None,
) -> alt.VConcatChart:
    """Which editions list which markets, a line a market and a column an edition.

    Without arguments: the online markets that three editions or more are known to list, by category, each category in
    the order of first listing. A filled bar is a listing; a hollow one a listing that is inferred, or that its sources say
    only in passing; a dot an edition of which it `cannot_be_told`, as by `notorious_markets.changes`; and an empty place
    an edition that surely lacks the market. A tall picture has the years above and below.

    Args:
        kind: `"online"` (the default, unless `market` is given) or `"physical"`, which is drawn by country.
        category: What an online market is, such as `"e-commerce"`, or several.
        country: ISO 3166-1 alpha-2 code of the market, or several.
        market: Name, alias, domain or id of a market, or several.
        at_least: In how many editions a market must be known to stand; 3, or 1 where another choice than `kind` is made.

    Raises:
        UnknownValue: A value that no market has that meets the conditions before it; the message lists the valid ones.
        AmbiguousMarket: Several markets have a name.
        TypeError: A value of another type.

    >>> from notorious_markets import plot
    >>> plot.timeline(kind="physical", country=["CN", "HK"]).save("china.svg")
    """
    if kind is None and market is None:
        kind = "online"
    every = tuple(row for row in DATASET.rows(Market) if row.years)
    chosen = every
    if market is not None:
        asked = {market_named(name).market_id for name in _several("market", market, str)}
        chosen = tuple(row for row in chosen if row.market_id in asked)
    chosen = _with("kind", kind, chosen, lambda row: row.kind)
    of_kind = len([row for row in every if kind in {None, row.kind}])
    chosen = _with("category", category, chosen, lambda row: row.category)
    chosen = _with("country", country, chosen, lambda row: row.country)
    if at_least is None:
        at_least = 3 if category is country is market is None else 1
    most = max(len(row.years) for row in chosen)
    (at_least,) = _valid("at_least", at_least, int, range(1, most + 1))
    chosen = tuple(row for row in chosen if len(row.years) >= at_least)

    years = [row.year for row in editions()]
    values: list[Values] = [
        {
            "group": _group(row),
            "market": row.name,
            "edition": one.year,
            "standing": standing,
            "as_listed": listing.name_as_listed if listing else None,
        }
        for row in sorted(chosen, key=lambda row: (row.years[0], -len(row.years), row.name.casefold()))
        for one, listing, standing in _standings(row)
    ]
    groups = Counter(_group(row) for row in chosen)
    # Only what is drawn is explained.
    looks = {name: look for name, look in _LOOKS.items() if name in {row["standing"] for row in values}}
    fills, strokes, shapes = zip(*looks.values(), strict=True)
    legend = alt.Legend(orient="top", direction="horizontal", columns=4, symbolSize=_CELL, title=None, offset=4)
    shown: Values = {"title": None, "sort": list(looks), "legend": legend}
    # The same place for every year, whatever the lines are called.
    plain: Values = {"labelAngle": 0, "domain": False, "ticks": False}
    x = alt.X("edition:O").title(None).scale(domain=years)
    picture: alt.FacetChart | alt.VConcatChart = (
        alt.Chart(_data(values), width=_YEAR * len(years), height=alt.Step(15))
        .mark_point(opacity=1, size=_CELL, strokeWidth=1.2)
        .encode(
            x.axis(orient="top", labelPadding=12, grid=True, **plain),
            alt.Y("market:N")
            .title(None)
            .sort(list(dict.fromkeys(row["market"] for row in values)))
            .axis(labelLimit=330, domain=False, ticks=False, labelPadding=8, grid=True, gridDash=[1, 3]),
            alt.Fill("standing:N", scale=_scale(looks, fills), **shown),
            alt.Stroke("standing:N", scale=_scale(looks, strokes), **shown),
            alt.Shape("standing:N", scale=_scale(looks, shapes), **shown),
            tooltip=["market:N", "edition:O", "standing:N", "as_listed:N"],
        )
        .facet(
            alt.Facet("group:N")
            .sort([name for name, _ in groups.most_common()])
            .header(labelAnchor="start", labelOrient="top", labelPadding=4),
            columns=1,
            spacing=4,
        )
        .resolve_scale(y="independent")
    )
    if len(chosen) > _LINES_IN_SIGHT:
        below = alt.Chart(_data([{"edition": year} for year in years]), width=_YEAR * len(years), height=1)
        picture = alt.vconcat(picture, below.mark_point(opacity=0).encode(x.axis(orient="bottom", **plain)), spacing=2)
    name = {"online": "Online markets", "physical": "Physical markets", None: "Markets"}[kind]
    share = f"{len(chosen)} of {of_kind} {name.lower()}"
    which = f"{share}: those that at least {at_least} editions are known to list." if at_least > 1 else f"{share}."
    return _finished(
        picture,
        f"{name} on the Notorious Markets List, {years[0]} to {years[-1]}",
        [which, "Editions by review year. No mark: the edition does not list the market."],
        "Less surely: inferred by a rule, or said only in passing. Cannot be told: no source names every market of the edition.",
    )


def _standings(row: Market) -> Iterator[tuple[Edition, Listing | None, str]]:
    """How a market stands in each edition, but for those that surely lack it."""
    listings = {listing.year: listing for listing in row.listings}
    for one in editions():
        listing = listings.get(one.year)
        if listing is None:
            if status(row, one) == "cannot be told":
                yield one, None, _NOT_TOLD
        elif is_doubtful(listing):
            yield one, listing, _LESS_SURE
        else:
            yield one, listing, _BY_REPORT if listing.grade == "primary" else _BY_OTHERS


def _group(row: Market) -> str:
    if row.kind == "physical":
        return _names()[row.country] if row.country else "Country unknown"
    names = {None: "Category unknown", "e-commerce": "E-commerce", "iptv": "IPTV"}
    return names.get(row.category) or str(row.category).replace("-", " ").capitalize()


def coverage() -> alt.VConcatChart:
    """How many listings of each edition and kind have which grade, against the total that USTR announced.

    A line stands at each announced total; where it is missing no source gives the total. The figure above a bar is the
    number of named listings of the announced total.

    >>> from notorious_markets import plot
    >>> plot.coverage().save("coverage.png")
    """
    values: list[Values] = []
    totals: list[Values] = []
    for row in coverage_rows():
        place: Values = {"kind": row.kind.capitalize() + " markets", "edition": row.year}
        counts = {label: getattr(row, grade) for grade, label in GRADES_IN_WORDS.items()}
        values += _stacked(place, "grade", counts)
        named = row.primary + row.secondary
        label = f"{named} of {'?' if row.announced is None else row.announced}"
        totals.append({**place, "top": row.listings, "announced": row.announced, "label": label})
    labels = list(GRADES_IN_WORDS.values())
    legend = alt.Legend(orient="top", direction="horizontal", columns=4, title=None, symbolType="square", symbolSize=130)
    shown: Values = {"title": None, "sort": labels, "legend": legend}
    x = alt.X("edition:O").title("Edition, by review year").axis(labelAngle=0, ticks=False, domainColor=_INK, labelPadding=6)
    bars = (
        alt.Chart()
        .transform_filter("isValid(datum.grade)")
        .mark_bar(strokeWidth=1)
        .encode(
            x,
            alt.Y("from:Q").title("Listings").axis(domain=False, ticks=False, tickCount=5),
            alt.Y2("to:Q"),
            alt.Fill("grade:N", scale=_scale(labels, [_DARK, _MIDDLE, _LIGHT, _PAPER]), **shown),
            alt.Stroke("grade:N", scale=_scale(labels, [_DARK, _MIDDLE, _LIGHT, "#9A9A9A"]), **shown),
            tooltip=["edition:O", "grade:N", "number:Q"],
        )
    )
    lines = (
        alt.Chart()
        .transform_filter("isValid(datum.announced)")
        .mark_tick(thickness=2.5, color=_INK, width=44, opacity=1)
        .encode(x, alt.Y("announced:Q"))
    )
    texts = (
        alt.Chart()
        .transform_filter("isValid(datum.label)")
        .mark_text(dy=-9, fontSize=10.5, color=_INK)
        .encode(x, alt.Y("top:Q"), alt.Text("label:N"))
    )
    # Paper behind the figures, so that no line of the grid strikes them out.
    behind = texts.mark_text(dy=-9, fontSize=10.5, stroke=_PAPER, strokeWidth=3)
    picture = alt.layer(bars, lines, behind, texts, data=_data([*values, *totals]), width=760, height=170).facet(
        alt.Facet("kind:N").header(labelAnchor="start", labelOrient="top"), columns=1, spacing=18
    )
    return _finished(
        picture,
        "How much of the Notorious Markets List is known",
        [
            "Listings of each edition, by what proves them. Above each bar: named listings of the total that USTR announced.",
            "Black line: announced total; where it is missing (?), no source gives one, and the list may be longer than the bar.",
        ],
    )


def changes(first: int | None = None, last: int | None = None) -> alt.VConcatChart:
    """What changed from each edition to the next, by kind.

    Above the line stand the markets of the newer edition: kept, added, or named in it alone while the older one has
    listings that no source names. Below stand those of the older edition that the newer one is not known to list: dropped,
    or perhaps among its unnamed listings.

    Args:
        first: Review year of the oldest edition that is compared; the first one by default.
        last: Review year of the newest edition that is compared; the last one by default.

    Raises:
        UnknownValue: There is no such edition, or `last` is not after `first`.
        TypeError: A year is no integer.

    >>> from notorious_markets import plot
    >>> plot.changes(2019, 2022).save("changes.svg")
    """
    every = [row.year for row in editions()]
    start = edition(every[0] if first is None else first).year
    if start == every[-1]:
        raise UnknownValue("first", start, every[:-1])
    end = edition(every[-1] if last is None else last).year
    if end <= start:
        raise UnknownValue("last", end, [year for year in every if year > start])
    values: list[Values] = []
    for before, after in pairwise(year for year in every if start <= year <= end):
        found = changes_between(before, after)
        for kind in ("online", "physical"):
            counts = Counter(_state(change) for change in found if change.kind == kind)
            place: Values = {"kind": kind.capitalize() + " markets", "step": f"{before} to {after}"}
            values += _stacked(place, "state", {state: counts[state] for state in _STATES[:4]})
            values += _stacked(place, "state", {state: counts[state] for state in _STATES[4:]}, sign=-1)
    return _changes_picture(values, start, end)


def _state(change: Change) -> str:
    unsure = {"kept": _KEPT_LESS_SURELY, "added": _MAYBE_NEW, "dropped": _MAYBE_GONE}
    return change.status if change.sure else unsure[change.status]


def _changes_picture(values: list[Values], start: int, end: int) -> alt.VConcatChart:
    legend = alt.Legend(orient="top", direction="horizontal", columns=6, title=None, symbolType="square", symbolSize=130)
    shown: Values = {"title": None, "sort": list(_STATES), "legend": legend}
    base = alt.Chart().encode(
        alt.X("step:O")
        .title("From edition to edition, by review year")
        .axis(
            titleAnchor="start",
            labelAngle=0,
            ticks=False,
            domain=False,
            labelPadding=6,
            labelExpr="[slice(datum.label, 0, 4), slice(datum.label, 5)]",
        )
    )
    bars = base.mark_bar(strokeWidth=1).encode(
        alt.Y("from:Q")
        .title("Markets")
        .scale(nice=False)
        .axis(labelExpr="abs(datum.value)", domain=False, ticks=False, tickCount=7),
        alt.Y2("to:Q"),
        alt.Fill("state:N", scale=_scale(_STATES, ["#C4C4C4", _PAPER, _BLUE, _PAPER, _VERMILION, _PAPER]), **shown),
        alt.Stroke("state:N", scale=_scale(_STATES, ["#C4C4C4", "#9A9A9A", _BLUE, _BLUE, _VERMILION, _VERMILION]), **shown),
        tooltip=["step:O", "state:N", "number:Q"],
    )
    dark = alt.FieldOneOfPredicate(field="state", oneOf=["added", "dropped"])
    texts = (
        base.transform_filter("datum.number > 3")
        .mark_text(fontSize=10.5)
        .encode(alt.Y("middle:Q"), alt.Text("number:Q"), color=alt.when(dark).then(alt.value(_PAPER)).otherwise(alt.value(_INK)))
    )
    steps = len({row["step"] for row in values})
    zero = alt.Chart().mark_rule(color=_INK).encode(alt.YDatum(0))
    picture = alt.layer(bars, texts, zero, data=_data(values), width=alt.Step(max(48, min(90, 720 // steps))), height=230).facet(
        alt.Facet("kind:N").header(labelAnchor="start", labelOrient="top"), columns=1, spacing=18
    )
    return _finished(
        picture,
        f"What changed from edition to edition, {start} to {end}",
        [
            "Above the line: markets of the newer edition. Below: markets of the older one that the newer is not known to list.",
            "Hollow: less sure, because an edition has listings that no source names, or that only a rule infers.",
        ],
    )


class _Window(NamedTuple):
    """A part of the world in degrees, and the width of its picture in pixels."""

    west: float
    east: float
    south: float
    north: float
    width: int

    @property
    def scale(self) -> float:
        """Pixels of a unit of the projection."""
        return self.width / (_projected(self.east, 0)[0] - _projected(self.west, 0)[0])

    @property
    def height(self) -> int:
        """The height of the picture in pixels."""
        return round(self.scale * (_projected(0, self.north)[1] - _projected(0, self.south)[1]))

    @property
    def shift(self) -> tuple[float, float]:
        """Where longitude 0 and latitude 0 lie in the picture."""
        return -self.scale * _projected(self.west, 0)[0], self.scale * _projected(0, self.north)[1]

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place lies in the picture."""
        x, y = _projected(longitude, latitude)
        return self.shift[0] + self.scale * x, self.shift[1] - self.scale * y

    def around(self, other: _Window) -> Values:
        """Where the edges of another window lie in the picture."""
        left, right = (self.shift[0] + self.scale * _projected(edge, 0)[0] for edge in (other.west, other.east))
        return {"x": left, "x2": right, "y": self.pixel(0, other.north)[1], "y2": self.pixel(0, other.south)[1]}


# Square pixels of a circle for each market, and the size of the letters of a name.
_AREA, _LABEL = 40, 11
_WORLD = _Window(-170, 180, -50, 75, 760)
_ASIA = _Window(56, 138, -9, 43, 760)


def countries(year: int | Iterable[int] | None = None) -> alt.VConcatChart:
    """The countries and localities of the physical markets on a map of the world and one of Asia.

    The area of a circle is the number of different markets that the chosen editions list in the locality. The circle
    stands in the middle of the town, not at a building. A country is tinted that has a listing, with or without a
    locality.

    Args:
        year: Review year of an edition, or several; all by default.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: A year is no integer.

    >>> from notorious_markets import plot
    >>> plot.countries(range(2019, 2026)).save("countries.svg")
    """
    listings = markets(year=year, kind="physical")
    there: dict[tuple[str, str], set[str]] = {}
    for row in listings:
        if row.country and row.locality:
            there.setdefault((row.country, row.locality), set()).update(one.market_id for one in row.markets)
    values: list[Values] = [
        {
            "locality": place.locality,
            "country": _names()[place.country],
            "longitude": place.longitude,
            "latitude": place.latitude,
            "markets": len(there[place.country, place.locality]),
        }
        for place in DATASET.rows(Place)
        if (place.country, place.locality) in there
    ]
    values.sort(key=lambda row: (-row["markets"], row["locality"]))
    listed = {row.country for row in listings if row.country}
    most = max((row["markets"] for row in values), default=1)
    world = _map(_WORLD, values, listed, most, frame=_ASIA)
    asia = _map(_ASIA, values, listed, most)
    years = sorted({row.year for row in listings})
    when = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    if len(years) not in {1, years[-1] - years[0] + 1}:
        when = ", ".join(map(str, years))
    known = len(set[str]().union(*there.values()))
    located = sum(row.locality is not None for row in listings)
    picture = alt.vconcat(world, asia, spacing=10).resolve_scale(size="independent")
    return _finished(
        picture,
        f"Where the physical markets of the list are, {when}",
        [
            f"Circles: {known} markets in {len(values)} localities. Tinted: the {len(listed)} countries and territories listed.",
            f"{len(listings) - located} of {len(listings)} physical listings are in no circle: their locality is not known.",
        ],
        "Circles stand for localities, not for buildings; below, the frame enlarged. "
        "Outlines: Natural Earth, as it draws them. Coordinates: GeoNames, CC BY 4.0.",
    )


def _inside(window: _Window, row: Values) -> bool:
    x, y = window.pixel(row["longitude"], row["latitude"])
    return 0 < x < window.width and 0 < y < window.height


def _map(window: _Window, values: list[Values], listed: set[str], most: int, frame: _Window | None = None) -> alt.LayerChart:
    """A window with its circles, their names and, with a frame, the legend; names inside the frame are left out."""
    # As text, which Altair does not check number by number.
    land = alt.InlineData(values=_outlines(), format=alt.TopoDataFormat(type="topojson", feature="countries"))
    has = alt.FieldOneOfPredicate(field="id", oneOf=sorted(listed))
    outlines = (
        alt.Chart(land)
        .mark_geoshape(stroke=_PAPER, strokeWidth=0.6)
        .encode(color=alt.when(has).then(alt.value("#AFCFE5")).otherwise(alt.value(_LAND)))
    )
    sizes = sorted({1, (most + 1) // 2, most})
    legend = alt.Legend(orient="bottom-left", values=sizes, format="d", symbolFillColor=_VERMILION) if frame else None
    sized = alt.Size("markets:Q", legend=legend).scale(domain=[0, most], range=[0, _AREA * most]).title("Markets")
    here = [row for row in values if _inside(window, row)]
    circles = (
        alt.Chart(_data(here))
        .mark_circle(color=_VERMILION, opacity=0.85, stroke=_PAPER, strokeWidth=0.8)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=sized,
            tooltip=["locality:N", "country:N", "markets:Q"],
        )
    )
    labels = _labels(window, [row for row in here if not (frame and _inside(frame, row))], here)
    # Pixels, not places on earth.
    x, y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
    texts = [
        alt.Chart(_data([row for row in labels if row["align"] == align]))
        .mark_text(align=align, baseline="middle", fontSize=_LABEL, color=_INK)
        .encode(x, y, text="locality:N")
        for align in ("left", "right", "center")
    ]
    corners = [window.around(frame)] if frame else []
    frames = (
        alt.Chart(_data(corners)).mark_rect(fill=None, stroke=_SOFT, strokeWidth=1).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"))
    )
    return alt.LayerChart(
        layer=[outlines, frames, circles, *texts],
        width=window.width,
        height=window.height,
        view=alt.ViewBackground(stroke="#D5D5D5", fill="#FBFCFD"),
        projection=alt.Projection(
            type="equalEarth",
            scale=window.scale,
            translate=list(window.shift),
            clipExtent=[[0, 0], [window.width, window.height]],
        ),
    )


def _labels(window: _Window, wanted: list[Values], drawn: list[Values]) -> list[Values]:
    """Where the names of localities fit beside their circles, the greatest first; those that fit nowhere are left out."""
    circles = {row["locality"]: _circle(window, row) for row in drawn}
    boxes: list[tuple[float, float, float, float]] = []
    labels: list[Values] = []
    for row in wanted:
        name = row["locality"]
        x, y, radius = circles[name]
        length, half, gap = 0.56 * _LABEL * len(name), 0.62 * _LABEL, radius + 4
        # A name that ends beside the circle of another place would seem to be the name of that place.
        taken = list(boxes)
        for other, (at_x, at_y, r) in circles.items():
            if other != name:
                r += 5 if hypot(at_x - x, at_y - y) > 12 else 0
                taken.append((at_x - r, at_x + r, at_y - r, at_y + r))
        sides = (("left", x + gap, y), ("right", x - gap, y), *(("center", x, y + way * (gap + half / 2)) for way in (-1, 1)))
        corners = (
            (align, x + to, y + way * (gap + half / 2))
            for align, to in (("left", gap / 2), ("right", -gap / 2))
            for way in (-1, 1)
        )
        for align, at_x, at_y in (*sides, *corners):
            left = at_x - {"left": 0, "right": length, "center": length / 2}[align]
            box = (left, left + length, at_y - half, at_y + half)
            if min(box[0], box[2]) < 0 or box[1] > window.width or box[3] > window.height:
                continue
            if any(box[0] < right and west < box[1] and box[2] < low and top < box[3] for west, right, top, low in taken):
                continue
            boxes.append(box)
            labels.append({"locality": name, "align": align, "x": round(at_x, 1), "y": round(at_y, 1)})
            break
    return labels


def _circle(window: _Window, row: Values) -> tuple[float, float, float]:
    return (*window.pixel(row["longitude"], row["latitude"]), sqrt(_AREA * row["markets"] / pi))


def _projected(longitude: float, latitude: float) -> tuple[float, float]:
    """A place in the Equal Earth projection (Savric, Patterson and Jenny, 2018), which Vega draws: areas are true."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    m = sqrt(3) / 2
    angle = asin(m * sin(radians(latitude)))
    square = angle * angle
    sixth = square**3
    width = m * (a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square))
    return radians(longitude) * cos(angle) / width, angle * (a1 + a2 * square + sixth * (a3 + a4 * square))


@cache
def _outlines() -> str:
    return read_text("notorious_markets.plot", "countries.json")


@cache
def _names() -> dict[str, str]:
    """The name of each country by its ISO 3166-1 alpha-2 code."""
    names: dict[str, str] = json.loads(_outlines())["names"]
    return names


def _stacked(place: Values, column: str, counts: dict[str, int], sign: Literal[1, -1] = 1) -> list[Values]:
    """The parts of one bar, each with its ends, from zero upwards or downwards."""
    parts: list[Values] = []
    start = 0
    for label, number in counts.items():
        if number:
            end = start + sign * number
            parts.append({**place, column: label, "number": number, "from": start, "middle": (start + end) / 2, "to": end})
            start = end
    return parts


def _several(argument: str, given: V | Iterable[V], type_: type[V]) -> list[V]:
    values: list[Any] = [given] if isinstance(given, (int, str)) else list(given)
    for value in values:
        if not isinstance(value, type_) or isinstance(value, bool):
            raise TypeError(f"{argument} must be {type_.__name__} or several of them, not {value!r}")
    return values


def _valid(argument: str, given: V | Iterable[V], type_: type[V], valid: Iterable[V]) -> list[V]:
    known = tuple(valid)
    values = _several(argument, given, type_)
    for value in values:
        if value not in known:
            raise UnknownValue(argument, value, known)
    return values


def _with(
    argument: str, given: str | Iterable[str] | None, rows: tuple[Market, ...], value: Callable[[Market], str | None]
) -> tuple[Market, ...]:
    """The markets that have one of the values; each must be the value of some."""
    if given is None:
        return rows
    wanted = _valid(argument, given, str, sorted({known for row in rows if (known := value(row))}))
    return tuple(row for row in rows if value(row) in wanted)


def _data(values: list[Values]) -> alt.InlineData:
    return alt.InlineData(values=values)


def _scale(domain: Iterable[str], range_: Iterable[str | int]) -> alt.Scale:
    # Said outright, because Vega-Lite would spread sizes evenly.
    return alt.Scale(type="ordinal", domain=list(domain), range=list(range_))


def _finished(picture: alt.FacetChart | alt.VConcatChart, title: str, subtitle: list[str], *notes: str) -> alt.VConcatChart:
    """The picture under its title and above its source."""
    below = alt.TitleParams(
        [*notes, f"Source: USTR Notorious Markets List, notorious_markets data {DATA_VERSION}.", CAUTION],
        orient="bottom",
        anchor="start",
        fontSize=10.5,
        fontWeight="normal",
        color=_SOFT,
        lineHeight=14,
        offset=10,
    )
    titled: alt.FacetChart | alt.VConcatChart = picture.properties(title=alt.TitleParams(title, subtitle=subtitle))
    finished: alt.VConcatChart = (
        alt.vconcat(titled, title=below, background=_PAPER, padding=16)
        .resolve_scale(fill="independent", stroke="independent", shape="independent", size="independent")
        .configure(font="Arial, Helvetica, Liberation Sans, sans-serif")
        .configure_title(
            anchor="start",
            frame="bounds",
            color=_INK,
            fontSize=17,
            subtitleColor=_SOFT,
            subtitleFontSize=12,
            subtitleLineHeight=16,
            subtitlePadding=6,
            offset=14,
        )
        .configure_axis(
            labelColor=_INK, titleColor=_INK, labelFontSize=11, titleFontSize=11, titleFontWeight="normal", gridColor=_LINE
        )
        .configure_legend(labelColor=_INK, titleColor=_INK, labelFontSize=11, titleFontSize=11, labelLimit=0, titleLimit=0)
        .configure_header(labelColor=_INK, labelFontSize=12, labelFontWeight="bold", title=None)
        .configure_view(stroke=None)
    )
    return finished
