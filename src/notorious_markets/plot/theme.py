"""The common style of the pictures: colours, legends, and the frame with title, source and caution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from ..about import CAUTION, DATA_VERSION

Values = dict[str, Any]
Look = alt.Fill | alt.Stroke | alt.Shape

# Blue and vermilion of Okabe and Ito, which colour-blind readers can tell apart, and shades of blue that differ in grey print.
BLUE, VERMILION = "#0072B2", "#D55E00"
DARK_BLUE, MEDIUM_BLUE, LIGHT_BLUE = "#08365C", "#3D94CC", "#B9DDF2"
DARK_GREY, GREY, LIGHT_GREY, GRID = "#5F5F5F", "#8A8A8A", "#C4C4C4", "#E2E2E2"
BLACK, WHITE = "#222222", "#FFFFFF"


def inline(values: list[Values]) -> alt.InlineData:
    """Return rows as data inside the chart."""
    return alt.InlineData(values=values)


def looks(column: str, values: Mapping[str, tuple[str, ...]], symbols: Values) -> list[Look]:
    """Return the encodings that draw each value of a column in its own look, with a common legend above the picture.

    Args:
        column: The name of the column.
        values: The fill colour, the stroke colour and optionally the shape of each value, in the order of the legend.
        symbols: The properties of the symbols in the legend.
    """
    legend = alt.Legend(orient="top", direction="horizontal", columns=len(values), title=None, **symbols)
    channels: tuple[type[Look], ...] = (alt.Fill, alt.Stroke, alt.Shape)
    return [
        channel(
            f"{column}:N",
            title=None,
            sort=list(values),
            scale=alt.Scale(type="ordinal", domain=list(values), range=list(range_)),
            legend=legend,
        )
        for channel, range_ in zip(channels, zip(*values.values(), strict=True), strict=False)
    ]


def finished(picture: alt.FacetChart | alt.VConcatChart, title: str, subtitle: list[str], *notes: str) -> alt.VConcatChart:
    """Return the picture with its title above, and the notes, the source and the caution below."""
    below = alt.TitleParams(
        [*notes, f"Source: USTR Notorious Markets List, notorious_markets data {DATA_VERSION}.", CAUTION],
        orient="bottom",
        anchor="start",
        fontSize=10.5,
        fontWeight="normal",
        color=DARK_GREY,
        lineHeight=14,
        offset=10,
    )
    titled: alt.FacetChart | alt.VConcatChart = picture.properties(title=alt.TitleParams(title, subtitle=subtitle))
    chart: alt.VConcatChart = (
        alt.vconcat(titled, title=below, background=WHITE, padding=16)
        .resolve_scale(fill="independent", stroke="independent", shape="independent", size="independent")
        .configure(font="Arial, Helvetica, Liberation Sans, sans-serif")
        .configure_title(
            anchor="start",
            frame="bounds",
            color=BLACK,
            fontSize=17,
            subtitleColor=DARK_GREY,
            subtitleFontSize=12,
            subtitleLineHeight=16,
            subtitlePadding=6,
            offset=14,
        )
        .configure_axis(
            labelColor=BLACK, titleColor=BLACK, labelFontSize=11, titleFontSize=11, titleFontWeight="normal", gridColor=GRID
        )
        .configure_legend(labelColor=BLACK, titleColor=BLACK, labelFontSize=11, titleFontSize=11, labelLimit=0, titleLimit=0)
        .configure_header(labelColor=BLACK, labelFontSize=12, labelFontWeight="bold", title=None)
        .configure_view(stroke=None)
    )
    return chart
