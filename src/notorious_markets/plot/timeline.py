"""The timeline: a row for each market and a column for each edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, SupportsIndex, get_args

import altair as alt

from .. import _filters
from .._countries import country_codes, country_names
from .._store import DATASET
from ..history import is_doubtful
from ..models import Edition, Listing, Market
from ..query import editions, market_ids
from ..vocabularies import GRADES_IN_WORDS, Category, Kind, Status
from .theme import DARK_BLUE, GREY, MEDIUM_BLUE, WHITE, Values, finished, inline, looks

_UNCERTAIN = "uncertain"
_CANNOT_BE_TOLD: Status = "cannot be told"
# The fill colour, stroke colour and shape of each mark. A bar and a dot have the same size, so that the legend is aligned.
_BAR, _DOT = "M-1,-0.36H1V0.36H-1Z", "M-0.11,0A0.11,0.11,0,1,0,0.11,0A0.11,0.11,0,1,0,-0.11,0Z"
_LOOKS = {
    GRADES_IN_WORDS["primary"]: (DARK_BLUE, DARK_BLUE, _BAR),
    GRADES_IN_WORDS["secondary"]: (MEDIUM_BLUE, MEDIUM_BLUE, _BAR),
    _UNCERTAIN: (WHITE, MEDIUM_BLUE, _BAR),
    _CANNOT_BE_TOLD: (GREY, GREY, _DOT),
}
_COLUMN_WIDTH, _ROW_HEIGHT = 30, 15
_MARK_AREA = 600
# A picture with more rows repeats the years at the bottom.
_MOST_ROWS_WITHOUT_YEARS_BELOW = 25


def timeline(
    *,
    kind: Kind | None = None,
    category: Category | Iterable[Category] | None = None,
    country: str | Iterable[str] | None = None,
    market: str | Market | Iterable[str | Market] | None = None,
    at_least: SupportsIndex | None = None,
) -> alt.VConcatChart:
    """Draw which editions list which markets, with a row for each market and a column for each edition.

    Without arguments, the picture shows the online markets that are known from at least three editions, grouped by category
    and ordered by first listing. A filled bar is a listing. A hollow bar is a listing that a rule infers or that the sources
    mention only in passing. A dot means that it cannot be told whether the edition lists the market, by the same rule as in
    `notorious_markets.changes`. An empty cell means that the edition does not list the market. A tall picture shows the
    years at the top and at the bottom.

    Args:
        kind: `"online"` or `"physical"`. Physical markets are grouped by country. The default is `"online"`, or both kinds
            if `market` is set.
        category: One or more categories of online markets, such as `"e-commerce"`.
        country: One or more ISO 3166-1 alpha-2 codes of the country of a market.
        market: One or more markets, or their ids, names, aliases or domains.
        at_least: Minimum number of editions that are known to list a market. The default is 3, or 1 if `category`, `country`
            or `market` is set.

    Raises:
        UnknownValue: A value is not valid; the message lists or suggests valid ones.
        AmbiguousMarket: A name belongs to several markets.
        ValueError: No market meets all conditions, or `at_least` is below 1.
        TypeError: An argument has the wrong type.

    >>> from notorious_markets import plot
    >>> plot.timeline(kind="physical", country=["CN", "HK"]).save("china.svg")
    """
    if kind is None and market is None:
        kind = "online"
    if at_least is None:
        at_least = 3 if category is country is market is None else 1
    least = _filters.at_least("at_least", at_least, 1)
    everything = [row for row in DATASET.rows(Market) if row.years]
    chosen = _select(everything, kind, category, country, market, least)
    years = [edition.year for edition in editions()]
    rows = [row for chosen_market in chosen for row in _marks(chosen_market)]
    picture: alt.FacetChart | alt.VConcatChart = _grid(rows, years)
    if len(chosen) > _MOST_ROWS_WITHOUT_YEARS_BELOW:
        picture = alt.vconcat(picture, _years_below(years), spacing=2)
    name = {"online": "Online markets", "physical": "Physical markets", None: "Markets"}[kind]
    share = f"{len(chosen)} of {sum(kind in {None, row.kind} for row in everything)} {name.lower()}"
    condition = f": those known from at least {least} editions." if least > 1 else "."
    return finished(
        picture,
        f"{name} on the Notorious Markets List, {years[0]} to {years[-1]}",
        [share + condition, "Editions by review year. No mark: the edition does not list the market."],
        "Uncertain: inferred by a rule, or mentioned only in passing. "
        "Cannot be told: the sources do not name every market in the edition.",
    )


def _select(
    everything: list[Market],
    kind: Kind | None,
    category: Category | Iterable[Category] | None,
    country: str | Iterable[str] | None,
    market: str | Market | Iterable[str | Market] | None,
    least: int,
) -> list[Market]:
    """Return the markets that meet all conditions, ordered by first listing."""
    if kind is not None:
        _filters.one_of("kind", kind, str, get_args(Kind))
    categories = _filters.some_of("category", category, str, get_args(Category))
    countries = country_codes(country)
    wanted_ids = market_ids(market)
    chosen = [
        row
        for row in everything
        if (kind is None or row.kind == kind)
        and (categories is None or row.category in categories)
        and (countries is None or row.country in countries)
        and (wanted_ids is None or row.market_id in wanted_ids)
        and len(row.years) >= least
    ]
    if not chosen:
        conditions = {
            "kind": kind,
            "category": None if categories is None else sorted(categories),
            "country": None if countries is None else sorted(countries),
            "market": None if wanted_ids is None else sorted(row.name for row in everything if row.market_id in wanted_ids),
            "at_least": least,
        }
        stated = ", ".join(f"{argument}={value!r}" for argument, value in conditions.items() if value is not None)
        raise ValueError(f"no market meets all conditions: {stated}; change or omit one of them")
    return sorted(chosen, key=lambda row: (row.years[0], -len(row.years), row.name.casefold()))


def _marks(market: Market) -> list[Values]:
    """Return the marks in the row of a market."""
    listings = {listing.year: listing for listing in market.listings}
    marks: list[Values] = []
    for edition in editions():
        listing = listings.get(edition.year)
        mark = _mark(market, edition, listing)
        if mark:
            marks.append(
                {
                    "group": _group(market),
                    "market": market.name,
                    "edition": edition.year,
                    "status": mark,
                    "as_listed": listing.name_as_listed if listing else None,
                }
            )
    return marks


def _mark(market: Market, edition: Edition, listing: Listing | None) -> str | None:
    """Return the mark of a market in an edition, or `None` if the edition does not list the market."""
    if listing is None:
        return _CANNOT_BE_TOLD if market.status(edition.year) == _CANNOT_BE_TOLD else None
    if is_doubtful(listing):
        return _UNCERTAIN
    return GRADES_IN_WORDS[listing.grade]


def _group(market: Market) -> str:
    """Return the heading under which a market stands: its country, or the category of an online market."""
    if market.kind == "physical":
        return country_names()[market.country] if market.country else "Country unknown"
    names = {None: "Category unknown", "e-commerce": "E-commerce", "iptv": "IPTV"}
    return names.get(market.category) or str(market.category).replace("-", " ").capitalize()


def _grid(rows: list[Values], years: list[int]) -> alt.FacetChart:
    """Return the groups of markets, the largest first, with the years and the legend above them."""
    used = {mark: look for mark, look in _LOOKS.items() if any(row["status"] == mark for row in rows)}
    groups = Counter({row["market"]: row["group"] for row in rows}.values())
    grid: alt.FacetChart = (
        alt.Chart(inline(rows), width=_COLUMN_WIDTH * len(years), height=alt.Step(_ROW_HEIGHT))
        .mark_point(opacity=1, size=_MARK_AREA, strokeWidth=1.2)
        .encode(
            _year_axis(years, "top", labelPadding=12, grid=True),
            alt.Y("market:N")
            .title(None)
            .sort(list(dict.fromkeys(row["market"] for row in rows)))
            .axis(labelLimit=330, domain=False, ticks=False, labelPadding=8, grid=True, gridDash=[1, 3]),
            *looks("status", used, {"symbolSize": _MARK_AREA, "offset": 4}),
            tooltip=["market:N", "edition:O", "status:N", "as_listed:N"],
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
    return grid


def _years_below(years: list[int]) -> alt.Chart:
    """Return an empty chart whose axis repeats the years."""
    rows: list[Values] = [{"edition": year} for year in years]
    empty = alt.Chart(inline(rows), width=_COLUMN_WIDTH * len(years), height=1).mark_point(opacity=0)
    axis: alt.Chart = empty.encode(_year_axis(years, "bottom"))
    return axis


def _year_axis(years: list[int], orient: Literal["top", "bottom"], **axis: Any) -> alt.X:
    # With the domain, the axes above and below have the same columns.
    return alt.X(
        "edition:O",
        title=None,
        scale=alt.Scale(domain=years),
        axis=alt.Axis(orient=orient, labelAngle=0, domain=False, ticks=False, **axis),
    )
