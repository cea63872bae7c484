"""The HTML that notebooks show for results, rows, markets, coverage and changes.

Elements are built with the standard library, which escapes every text. Nothing is fetched, no script runs, and only
sources are linked, never a listed market.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, get_args
from xml.etree.ElementTree import Element, tostring

from ._packaged import read_text
from .about import CAUTION
from .history import Change, Changes, is_doubtful
from .models import Citation, Coverage, Listing, Market, Source
from .query import editions
from .records import as_text
from .vocabularies import GRADES_IN_WORDS, ROLES_IN_WORDS, Grade

if TYPE_CHECKING:
    from .records import Records

# The most rows of a table, and the most links to sources in a row.
ROWS = 50
_LINKS = 2
# The most characters of a text that is not broken into lines.
_SHORT = 20
_PIXELS_PER_LISTING = 4.2

# The classes of each mark in the style sheet, and its sign where a host removes style sheets.
_MARKS = {
    "primary": ("mark filled", "■"),
    "secondary": ("mark light", "◧"),
    "inferred": ("mark", "□"),
    "unidentified": ("mark dashed", "▫"),
    "uncertain": ("mark", "□"),
    "not listed": ("soft", "–"),
    "cannot be told": ("soft", "?"),
}
MEANINGS: dict[str, str] = dict(GRADES_IN_WORDS) | {"uncertain": "a rule infers it, or its sources mention it only in passing"}
RELATIONS = {"part-of": "is part of", "same-operator": "has the same operator as", "successor-of": "is the successor of"}

_Node = Element | str


def records(rows: Records[Any]) -> str:
    """Return a table of the first rows, with links to their sources."""
    if not rows:
        return _page("No rows")
    shown = rows[:ROWS]
    table = _coverage(shown) if isinstance(rows[0], Coverage) else [_result(shown)]
    rest = [_e("div", f"The first {ROWS} of {len(rows):,} rows.", class_="soft")] if len(rows) > ROWS else []
    return _page(f"{len(rows):,} × {type(rows[0]).__name__}", *table, *rest)


def row(row: Any) -> str:
    """Return the filled fields of a row, with links to its sources."""
    names = [name for name in row.__match_args__ if name != "source_ids" and getattr(row, name) not in (None, ())]
    lines = [_tr(_td(_e("span", name, class_="soft")), _td(_value(row, name))) for name in names]
    return _page(type(row).__name__, _e("table", _e("tbody", *lines), class_="rows fields"), *_all_sources(_sources(row)))


def market(market: Market) -> str:
    """Return the card of a market: its standing in each edition, its listings, domains and sources."""
    place = ", ".join(filter(None, [market.locality, market.region, market.country]))
    operator = market.operator and f"operator: {market.operator}"
    parent = market.parent and f"parent: {market.parent}"
    summary = [f"{market.kind} market", market.category, place, operator, parent, f"id: {market.market_id}"]
    relations = [f"{row.market.name} {RELATIONS[row.relation]} {row.other_market.name}" for row in market.relations]
    details = {
        "Listed in": _spells(market) or "no edition, as far as is known",
        "Aliases": ", ".join(market.aliases),
        **{
            heading.capitalize(): ", ".join(row.caption for row in market.domains if row.role == role)
            for role, heading in ROLES_IN_WORDS.items()
        },
        "Relations": "; ".join(relations),
        "Note": market.note,
    }
    return _page(
        market.name,
        _e("div", " · ".join(filter(None, summary)), class_="soft"),
        *_timeline(market),
        *(_e("div", _e("span", f"{name}: ", class_="soft"), text) for name, text in details.items() if text),
        *([_result(market.listings, ["year", "name_as_listed", "page", "grade"])] if market.listings else []),
        *_all_sources(dict.fromkeys(source for listing in market.listings for source in _sources(listing))),
    )


def changes(changes: Changes) -> str:
    """Return what changed between two editions, the changes that are sure first."""
    groups = {
        "Added": changes.added,
        "Dropped": changes.dropped,
        "Cannot be told": changes.cannot_be_told,
        "Kept under another name": changes.renamed,
        "Kept": changes.kept.with_rows(change for change in changes.kept if not change.renamed),
    }
    lines: list[Element | Sequence[_Node]] = []
    left = ROWS
    for name, group in groups.items():
        shown = group[:left]
        left -= len(shown)
        if group:
            hidden = f", {len(group) - len(shown)} not shown" if len(group) > len(shown) else ""
            number = _e("span", f" ({len(group)}{hidden})", class_="soft")
            lines.append(_tr(_e("th", name, number, colspan="5", scope="rowgroup", class_="group")))
        for change in shown:
            printed = [_printed(listing, change.sure) for listing in (change.before_listing, change.after_listing)]
            lines.append([change.name, change.kind, *printed, _links(_sources(change))])
    counts = [f"{len(changes.added)} added", f"{len(changes.dropped)} dropped", f"{len(changes.cannot_be_told)} cannot be told"]
    counts.append(f"{len(changes.kept)} kept, {len(changes.renamed)} of them renamed")
    why = "Cannot be told: the other edition has listings that no source names, or a rule infers the listing."
    return _page(
        f"Changes from {changes.before.year} to {changes.after.year}",
        _e("div", "; ".join(counts) + "."),
        _table(["market", "kind", f"in {changes.before.year}", f"in {changes.after.year}", "sources"], lines),
        *([_e("div", why, class_="soft")] if changes.cannot_be_told else []),
    )


def timeline(market: Market) -> str:
    """Return the standing of a market in each edition, for pages that bring the style sheet themselves."""
    return "".join(tostring(node, encoding="unicode", short_empty_elements=False) for node in _timeline(market))


def _result(rows: Records[Any], names: Sequence[str] = ()) -> Element:
    fields = names or getattr(rows[0], "SUMMARY", None) or rows[0].__match_args__
    names = [name for name in fields if name != "source_ids"]
    numbers = {name for name in names if name != "year" and any(type(getattr(row, name)) in (int, float) for row in rows)}
    if any(_sources(row) for row in rows):
        names = [*names, "sources"]
    return _table(names, ([_value(row, name) for name in names] for row in rows), numbers)


def _coverage(rows: Records[Coverage]) -> list[Element]:
    grades = get_args(Grade)
    lines: list[Sequence[_Node]] = []
    for row in rows:
        counts = {grade: getattr(row, grade) for grade in grades}
        parts = [
            _mark(grade, f"{count} {grade}", style=f"width:{count * _PIXELS_PER_LISTING:.1f}px")
            for grade, count in counts.items()
            if count
        ]
        announced = _e("span", "not known", class_="soft") if row.announced is None else str(row.announced)
        figures = [str(count) if count else "·" for count in counts.values()]
        lines.append([str(row.year), row.kind, announced, str(row.rows), _e("div", *parts, class_="bar"), *figures])
    names = ["year", "kind", "announced", "rows", "", *grades]
    return [_table(names, lines, {"announced", "rows", *grades}), _legend(grades)]


def _timeline(market: Market) -> list[Element]:
    """Return the standing of a market in each edition, with a legend of the marks that occur."""
    listings = {listing.year: listing for listing in market.listings}
    cells: list[Element] = []
    marks: set[str] = set()
    for edition in editions():
        listing = listings.get(edition.year)
        mark: str = _sureness(listing) if listing else market.status(edition.year)
        standing = mark
        if listing:
            printed = f" as {listing.name_as_listed}" if listing.name_as_listed else ""
            standing = f"listed{printed}, {_meaning(listing)}"
        year = _e("span", f"{edition.year} ", class_="soft")
        cells.append(_e("div", year, _mark(mark, f"{edition.year}: {standing}")))
        marks.add(mark)
    return [_e("div", *cells, class_="timeline"), _legend(name for name in _MARKS if name in marks)]


def _sureness(listing: Listing) -> str:
    """Return the name of the mark of a listing, by the same rule as in `plot.timeline`."""
    return "uncertain" if is_doubtful(listing) else listing.grade


def _meaning(listing: Listing) -> str:
    in_passing = listing.grade != "inferred" and is_doubtful(listing)
    return GRADES_IN_WORDS[listing.grade] + (", but only in passing" if in_passing else "")


def _mark(name: str, meaning: str = "", **attributes: str) -> Element:
    classes, sign = _MARKS[name]
    return _e("span", sign, class_=classes, role="img" if meaning else "", title=meaning, aria_label=meaning, **attributes)


def _legend(names: Iterable[str]) -> Element:
    entries = {name: f" {name}: {MEANINGS[name]}" if name in MEANINGS else f" {name}" for name in names}
    return _e("div", *(_e("div", _mark(name), text) for name, text in entries.items()), class_="legend small")


def _printed(listing: Listing | None, sure: bool) -> _Node:
    if listing is None:
        return "–" if sure else "?"
    return listing.name_as_listed or _e("i", "inferred", class_="soft")


def _value(row: Any, name: str) -> _Node:
    if name == "sources":
        return _links(_sources(row))
    value = getattr(row, name)
    if isinstance(row, Listing) and name == "grade":
        return _e("span", _mark(_sureness(row), _meaning(row)), f" {value}")
    if isinstance(row, Listing) and name == "name_as_listed" and value is None:
        return _e("i", "inferred" if row.grade == "inferred" else "no source names it", class_="soft")
    if isinstance(row, Source) and name == "publisher":
        return _link(row, row.publisher)
    if isinstance(row, Market) and name == "years":
        return _spells(row) or "-"
    return as_text(value)


def _spells(market: Market) -> str:
    ends = [(spell[0], spell[-1]) for spell in market.spells]
    return ", ".join(f"{first}–{last}" if first < last else str(first) for first, last in ends)


def _sources(row: Any) -> Sequence[Source]:
    if isinstance(row, Citation):
        return [row.source]
    if isinstance(row, Change):
        return _sources(row.after_listing or row.before_listing)
    sources: Sequence[Source] = getattr(row, "sources", ())
    if isinstance(row, Listing):
        # The sources of a listing follow the order of its fields; the report and its copies show most of them.
        return sorted(sources, key=lambda source: source.source_kind not in {"report", "report-copy", "ustr-page"})
    return sources


def _links(sources: Sequence[Source]) -> Element:
    """Return the publishers of the best sources as links to their documents."""
    nodes = [node for source in sources[:_LINKS] for node in (_link(source, source.publisher), " ")]
    more = len(sources) - _LINKS
    return _e("span", *nodes, _e("span", f"+{more}", class_="soft", title=f"{more} more") if more > 0 else "", class_="sources")


def _link(source: Source, text: str) -> Element:
    title = source.title or source.source_id
    if not source.url.lower().startswith(("https://", "http://")):
        return _e("span", text, title=title)
    return _e("a", text, title=title, href=source.url, target="_blank", rel="noopener")


def _all_sources(sources: Collection[Source]) -> list[Element]:
    items: list[Element] = []
    for source in sources:
        day = f", {source.published}" if source.published else ""
        items.append(_e("li", _link(source, source.title or source.source_id), f" ({source.publisher}{day})"))
    number = f"{len(items)} source{'s' if len(items) > 1 else ''}"
    return [_e("details", _e("summary", number), _e("ul", *items))] if items else []


def _table(names: Sequence[str], lines: Iterable[Element | Sequence[_Node]], numbers: Collection[str] = ()) -> Element:
    """Return a table. A line is a sequence of cells, or the element of a whole row."""
    head = _tr(*(_e("th", name, scope="col", class_="number" if name in numbers else "") for name in names))
    body = [
        line if isinstance(line, Element) else _tr(*(_td(cell, name in numbers) for name, cell in zip(names, line, strict=True)))
        for line in lines
    ]
    return _e("table", _e("thead", head), _e("tbody", *body), class_="rows")


def _tr(*cells: Element) -> Element:
    return _e("tr", *cells)


def _td(cell: _Node, number: bool = False) -> Element:
    is_long = isinstance(cell, str) and len(cell) > _SHORT
    return _e("td", cell, class_="number" if number else "long" if is_long else "")


def _page(title: str, *nodes: _Node) -> str:
    heading = _e("div", title, class_="title")
    page = _e("div", heading, *nodes, _e("div", CAUTION, class_="soft small"), class_="notorious-markets")
    return f"<style>{_style()}</style>{tostring(page, encoding='unicode', short_empty_elements=False)}"


@cache
def _style() -> str:
    return read_text("notebook.css")


def _e(tag: str, *children: _Node, **attributes: str) -> Element:
    """Return an element with its children and with the attributes that are not empty."""
    element = Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value})
    for child in children:
        if not isinstance(child, str):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child
    return element
