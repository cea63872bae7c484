"""The map of the physical markets: the world, and an enlarged part of Asia."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import degrees, pi, sqrt
from typing import TYPE_CHECKING, NamedTuple

import altair as alt

from .._countries import country_names
from .._packaged import read_text
from .._store import DATASET
from ..history import spells
from ..models import Listing, Place
from ..query import markets
from .theme import BLACK, DARK_GREY, VERMILION, WHITE, Values, finished, inline

if TYPE_CHECKING:
    from ..vocabularies import Years

_LISTED, _NOT_LISTED, _SEA, _EDGE = "#AFCFE5", "#EDEDED", "#FBFCFD", "#D5D5D5"
_WIDTH = 760
# The area of a circle in square pixels for each market.
AREA = 40
_NAME_SIZE = 11


class _Box(NamedTuple):
    """A rectangle in pixels, from the upper left corner of a map."""

    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: _Box) -> bool:
        """Return whether the rectangles have an area in common."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


class _Window(NamedTuple):
    """The part of the world on a map, in degrees.

    The projection is equirectangular: a degree of longitude or latitude has the same number of pixels everywhere.
    """

    west: int
    east: int
    south: int
    north: int

    @property
    def scale(self) -> float:
        """The number of pixels per degree."""
        return _WIDTH / (self.east - self.west)

    @property
    def height(self) -> int:
        """The height of the map in pixels."""
        return round((self.north - self.south) * self.scale)

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return the position of a place on the map."""
        return (longitude - self.west) * self.scale, (self.north - latitude) * self.scale

    def shows(self, row: Values) -> bool:
        """Return whether a locality lies on the map."""
        inside: bool = self.west < row["longitude"] < self.east and self.south < row["latitude"] < self.north
        return inside


WORLD = _Window(-135, 180, -50, 75)
ASIA = _Window(65, 131, -9, 44)


def countries(year: Years | None = None) -> alt.VConcatChart:
    """Draw the countries and localities of the physical markets on a map of the world and a map of Asia.

    The area of a circle is proportional to the number of different markets that the editions list in a locality. The
    circle marks the centre of the town, not a building. Countries with at least one listing are shaded, whether or not
    a locality is known.

    Args:
        year: One or more review years of editions; by default all editions.

    Raises:
        UnknownValue: There is no such edition; the message lists the valid years.
        ValueError: `year` is empty.
        TypeError: A year is not an integer.

    >>> from notorious_markets import plot
    >>> plot.countries(range(2019, 2026)).save("countries.svg")
    """
    listings = markets(year=year, kind="physical")
    if not listings:
        raise ValueError(f"year must contain at least one review year, not {year!r}")
    market_ids = _markets_by_locality(listings)
    rows = _rows(market_ids)
    shaded = {listing.country for listing in listings if listing.country}
    most = max((row["markets"] for row in rows), default=1)
    world = _map(WORLD, rows, shaded, most, frame=ASIA)
    asia = _map(ASIA, rows, shaded, most)
    runs = spells({listing.year for listing in listings})
    period = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
    located = len(set[str]().union(*market_ids.values()))
    unlocated = sum(listing.locality is None for listing in listings)
    return finished(
        alt.vconcat(world, asia, spacing=10).resolve_scale(size="independent"),
        f"Localities of the physical markets, {period}",
        [
            f"Circles: {located} markets in {len(rows)} localities. Shaded: the {len(shaded)} listed countries and territories.",
            f"{unlocated} of {len(listings)} physical listings have no circle, because their locality is not known.",
        ],
        "A circle marks a locality, not a building. The lower map enlarges the frame. "
        "Outlines: Natural Earth. Coordinates: GeoNames, CC BY 4.0.",
    )


def _markets_by_locality(listings: Iterable[Listing]) -> dict[tuple[str, str], set[str]]:
    """Return the ids of the markets in each pair of a country and a locality."""
    found: dict[tuple[str, str], set[str]] = {}
    for listing in listings:
        if listing.country and listing.locality:
            found.setdefault((listing.country, listing.locality), set()).update(listing.market_ids)
    return found


def _rows(market_ids: dict[tuple[str, str], set[str]]) -> list[Values]:
    """Return the localities with their coordinates and numbers of markets, the largest number first."""
    rows = [
        {
            "locality": place.locality,
            "country": country_names()[place.country],
            "longitude": place.longitude,
            "latitude": place.latitude,
            "markets": len(market_ids[place.country, place.locality]),
        }
        for place in DATASET.rows(Place)
        if (place.country, place.locality) in market_ids
    ]
    return sorted(rows, key=lambda row: (-row["markets"], row["locality"]))


def _map(window: _Window, rows: list[Values], shaded: set[str], most: int, frame: _Window | None = None) -> alt.LayerChart:
    """Return a map with its circles and their names. A map with a frame also has a legend, and no names inside the frame."""
    rows = [row for row in rows if window.shows(row)]
    # Altair does not validate a string number by number, as it would a parsed topology.
    land = alt.InlineData(values=_topology(), format=alt.TopoDataFormat(type="topojson", feature="countries"))
    is_shaded = alt.FieldOneOfPredicate(field="id", oneOf=sorted(shaded))
    outlines = (
        alt.Chart(land)
        .mark_geoshape(stroke=WHITE, strokeWidth=0.6)
        .encode(color=alt.when(is_shaded).then(alt.value(_LISTED)).otherwise(alt.value(_NOT_LISTED)))
    )
    sizes = sorted({1, (most + 1) // 2, most})
    legend = alt.Legend(orient="bottom-left", values=sizes, format="d", symbolFillColor=VERMILION) if frame else None
    circles = (
        alt.Chart(inline(rows))
        .mark_circle(color=VERMILION, opacity=0.85, stroke=WHITE, strokeWidth=0.8)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=alt.Size("markets:Q", title="Markets", legend=legend).scale(domain=[0, most], range=[0, AREA * most]),
            tooltip=["locality:N", "country:N", "markets:Q"],
        )
    )
    # Without a scale, the values are pixels.
    x, y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
    names = (
        alt.Chart(inline(_names(window, rows, frame)))
        .mark_text(align=alt.expr("datum.align"), baseline="middle", fontSize=_NAME_SIZE, color=BLACK)
        .encode(x, y, text="locality:N")
    )
    layers = [outlines, circles, names]
    if frame:
        (left, top), (right, bottom) = window.pixel(frame.west, frame.north), window.pixel(frame.east, frame.south)
        rectangle = alt.Chart(inline([{"x": left, "x2": right, "y": top, "y2": bottom}]))
        layers.append(rectangle.mark_rect(fill=None, stroke=DARK_GREY).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q")))
    return alt.LayerChart(
        layer=layers,
        width=_WIDTH,
        height=window.height,
        view=alt.ViewBackground(stroke=_EDGE, fill=_SEA),
        projection=alt.Projection(
            type="equirectangular",
            # Vega expects the number of pixels per radian.
            scale=degrees(window.scale),
            translate=list(window.pixel(0, 0)),
            clipExtent=[[0, 0], [_WIDTH, window.height]],
        ),
    )


def _names(window: _Window, rows: list[Values], frame: _Window | None) -> list[Values]:
    """Return the positions of the names beside their circles, without overlaps. A name that fits nowhere is left out."""
    squares = [_square(window, row) for row in rows]
    names: list[Values] = []
    boxes: list[_Box] = []
    for row, square in zip(rows, squares, strict=True):
        if frame and frame.shows(row):
            continue
        obstacles = [*boxes, *(other for other in squares if other is not square)]
        for align, x, y in _positions(square):
            box = _text_box(row["locality"], align, x, y)
            if not any(box.overlaps(obstacle) for obstacle in obstacles):
                boxes.append(box)
                names.append({"locality": row["locality"], "align": align, "x": x, "y": y})
                break
    return names


def _square(window: _Window, row: Values) -> _Box:
    """Return the square around the circle of a locality."""
    x, y = window.pixel(row["longitude"], row["latitude"])
    radius = sqrt(AREA * row["markets"] / pi)
    return _Box(x - radius, x + radius, y - radius, y + radius)


def _positions(circle: _Box) -> list[tuple[str, float, float]]:
    """Return the possible positions of a name beside a circle as alignment, x and y, the best first."""
    x, y = (circle.left + circle.right) / 2, (circle.top + circle.bottom) / 2
    above, below = circle.top - 0.75 * _NAME_SIZE, circle.bottom + 0.75 * _NAME_SIZE
    others = [(align, x, height) for align in ("center", "left", "right") for height in (above, below)]
    return [("left", circle.right + 4, y), ("right", circle.left - 4, y), *others]


def _text_box(text: str, align: str, x: float, y: float) -> _Box:
    """Return the approximate area of a text."""
    width, height = 0.56 * _NAME_SIZE * len(text), 1.24 * _NAME_SIZE
    left = x - {"left": 0, "center": width / 2, "right": width}[align]
    return _Box(left, left + width, y - height / 2, y + height / 2)


@cache
def _topology() -> str:
    return read_text("plot/countries.json")
