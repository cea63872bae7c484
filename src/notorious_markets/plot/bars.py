"""The bar charts: how much of each edition is known, and the changes between editions."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Literal

import altair as alt

from .._filters import one_of
from ..history import Change
from ..history import changes as changes_between
from ..query import coverage as coverage_rows
from ..query import editions
from ..vocabularies import GRADES_IN_WORDS, Year
from .theme import (
    BLACK,
    BLUE,
    DARK_BLUE,
    GREY,
    LIGHT_BLUE,
    LIGHT_GREY,
    MEDIUM_BLUE,
    VERMILION,
    WHITE,
    Values,
    finished,
    inline,
    looks,
)

# The fill and stroke colours. A hollow part of a bar is less certain than a filled one.
_GRADE_COLOURS = {
    GRADES_IN_WORDS["primary"]: (DARK_BLUE, DARK_BLUE),
    GRADES_IN_WORDS["secondary"]: (MEDIUM_BLUE, MEDIUM_BLUE),
    GRADES_IN_WORDS["inferred"]: (LIGHT_BLUE, LIGHT_BLUE),
    GRADES_IN_WORDS["unidentified"]: (WHITE, GREY),
}
_STATES_ABOVE = {
    "kept": (LIGHT_GREY, LIGHT_GREY),
    "possibly kept": (WHITE, GREY),
    "added": (BLUE, BLUE),
    "possibly added": (WHITE, BLUE),
}
_STATES_BELOW = {"dropped": (VERMILION, VERMILION), "possibly dropped": (WHITE, VERMILION)}
_SQUARES: Values = {"symbolType": "square", "symbolSize": 130}
_NUMBER_SIZE = 10.5


def coverage() -> alt.VConcatChart:
    """Draw the number of listings of each edition and kind by grade, with the total that USTR announced.

    A black line marks the announced total. It is missing if no source gives the total. The label above a bar is the number of
    named listings out of the announced total.

    >>> from notorious_markets import plot
    >>> plot.coverage().save("coverage.png")
    """
    parts: list[Values] = []
    totals: list[Values] = []
    for row in coverage_rows():
        bar: Values = {"kind": _heading(row.kind), "edition": row.year}
        parts += _stacked(bar, "grade", {words: getattr(row, grade) for grade, words in GRADES_IN_WORDS.items()})
        label = f"{row.primary + row.secondary} of {'?' if row.announced is None else row.announced}"
        totals.append({**bar, "top": row.rows, "announced": row.announced, "label": label})
    return finished(
        _coverage_picture(parts, totals),
        "How much of the Notorious Markets List is known",
        [
            "Listings in each edition, by evidence. Above each bar: named listings out of the total that USTR announced.",
            "Black line: announced total. Question mark: no source gives the total, and the list may be longer than the bar.",
        ],
    )


def _coverage_picture(parts: list[Values], totals: list[Values]) -> alt.FacetChart:
    x = alt.X("edition:O").title("Edition, by review year").axis(labelAngle=0, ticks=False, domainColor=BLACK, labelPadding=6)
    # The layers of a facet share their data, so each layer selects its own rows.
    bars = (
        alt.Chart()
        .transform_filter("isValid(datum.grade)")
        .mark_bar(strokeWidth=1)
        .encode(
            x,
            alt.Y("from:Q").title("Listings").axis(domain=False, ticks=False, tickCount=5),
            alt.Y2("to:Q"),
            *looks("grade", _GRADE_COLOURS, _SQUARES),
            tooltip=["edition:O", "grade:N", "number:Q"],
        )
    )
    lines = (
        alt.Chart()
        .transform_filter("isValid(datum.announced)")
        .mark_tick(thickness=2.5, color=BLACK, width=44, opacity=1)
        .encode(x, alt.Y("announced:Q"))
    )
    labels = alt.Chart().transform_filter("isValid(datum.label)").encode(x, alt.Y("top:Q"), alt.Text("label:N"))
    # The white outline hides the grid lines behind a label.
    outlines = labels.mark_text(dy=-9, fontSize=_NUMBER_SIZE, stroke=WHITE, strokeWidth=3)
    texts = labels.mark_text(dy=-9, fontSize=_NUMBER_SIZE, color=BLACK)
    return _by_kind(alt.layer(bars, lines, outlines, texts, data=inline([*parts, *totals]), width=760, height=170))


def changes(first: Year | None = None, last: Year | None = None) -> alt.VConcatChart:
    """Draw the changes from each edition to the next, by kind.

    The bars above the line are the markets of the newer edition: kept, added, or possibly added if the older edition has
    listings that no source names. The bars below the line are the markets of the older edition that the newer edition is not
    known to list: dropped, or possibly dropped if they may be among its unnamed listings.

    Args:
        first: Review year of the oldest edition in the picture; by default the first edition.
        last: Review year of the newest edition in the picture; by default the last edition.

    Raises:
        UnknownValue: There is no such edition, or `last` is not after `first`.
        TypeError: A year is not an integer.

    >>> from notorious_markets import plot
    >>> plot.changes(2019, 2022).save("changes.svg")
    """
    years = [row.year for row in editions()]
    start = years[0] if first is None else one_of("first", first, int, years[:-1])
    later = [year for year in years if year > start]
    end = later[-1] if last is None else one_of("last", last, int, later)
    parts: list[Values] = []
    for before, after in pairwise(year for year in years if start <= year <= end):
        found = changes_between(before, after)
        for kind in ("online", "physical"):
            counts = Counter(_state(change) for change in found if change.kind == kind)
            bar: Values = {"kind": _heading(kind), "step": f"{before} to {after}"}
            parts += _stacked(bar, "state", {state: counts[state] for state in _STATES_ABOVE})
            parts += _stacked(bar, "state", {state: counts[state] for state in _STATES_BELOW}, sign=-1)
    return finished(
        _changes_picture(parts),
        f"Changes from edition to edition, {start} to {end}",
        [
            "Above the line: markets in the newer edition. Below: markets in the older edition only, as far as is known.",
            "Hollow: not certain, because an edition has listings that no source names or that only a rule infers.",
        ],
    )


def _state(change: Change) -> str:
    return change.change if change.sure else f"possibly {change.change}"


def _changes_picture(parts: list[Values]) -> alt.FacetChart:
    base = alt.Chart().encode(
        alt.X("step:O")
        .title("From edition to edition, by review year")
        .axis(
            titleAnchor="start",
            labelAngle=0,
            ticks=False,
            domain=False,
            labelPadding=6,
            # Two lines: "2010" and "to 2011".
            labelExpr="[slice(datum.label, 0, 4), slice(datum.label, 5)]",
        )
    )
    bars = base.mark_bar(strokeWidth=1).encode(
        alt.Y("from:Q")
        .title("Markets")
        .scale(nice=False)
        .axis(labelExpr="abs(datum.value)", domain=False, ticks=False, tickCount=7),
        alt.Y2("to:Q"),
        *looks("state", {**_STATES_ABOVE, **_STATES_BELOW}, _SQUARES),
        tooltip=["step:O", "state:N", "number:Q"],
    )
    is_dark = alt.FieldOneOfPredicate(field="state", oneOf=["added", "dropped"])
    # Lower parts have no room for a number.
    numbers = (
        base.transform_filter("datum.number > 3")
        .mark_text(fontSize=_NUMBER_SIZE)
        .encode(
            alt.Y("middle:Q"), alt.Text("number:Q"), color=alt.when(is_dark).then(alt.value(WHITE)).otherwise(alt.value(BLACK))
        )
    )
    zero = alt.Chart().mark_rule(color=BLACK).encode(alt.YDatum(0))
    width = alt.Step(max(48, min(90, 720 // len({row["step"] for row in parts}))))
    return _by_kind(alt.layer(bars, numbers, zero, data=inline(parts), width=width, height=230))


def _heading(kind: str) -> str:
    return f"{kind.capitalize()} markets"


def _stacked(bar: Values, column: str, counts: dict[str, int], sign: Literal[1, -1] = 1) -> list[Values]:
    """Return the parts of a bar with their ends, stacked from zero upwards or downwards."""
    parts: list[Values] = []
    start = 0
    for label, number in counts.items():
        if number:
            end = start + sign * number
            parts.append({**bar, column: label, "number": number, "from": start, "middle": (start + end) / 2, "to": end})
            start = end
    return parts


def _by_kind(layers: alt.LayerChart | alt.FacetChart) -> alt.FacetChart:
    """Return the layers twice: for online markets, and below for physical markets."""
    return layers.facet(alt.Facet("kind:N").header(labelAnchor="start", labelOrient="top"), columns=1, spacing=18)
