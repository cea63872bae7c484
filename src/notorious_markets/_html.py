"""What a notebook shows of results, rows, markets, coverage and changes: HTML that fits light and dark themes.

A tree of elements is written by the standard library, so that every text is escaped. Colours are translucent or those of
the page, styles stand at the elements, and nothing is fetched. Only sources are linked, never a listed market.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, tostring

from .about import CAUTION
from .history import Change, Changes, status
from .models import Citation, Coverage, Edition, Listing, Market, Relation, Source
from .query import editions
from .records import as_text
from .vocabularies import GRADES_IN_WORDS

if TYPE_CHECKING:
    from .records import Records
    from .vocabularies import Grade

ROWS = 50
_LINKS = 2
_UNBROKEN = 20
_WIDTH_OF_ONE = 4.2

_LINE = "1px solid rgba(128,128,128,.35)"
_CELL = "text-align:left;vertical-align:top;padding:.25em .8em .25em 0;max-width:32em;white-space:normal;border:0;"
_NUMBER = _CELL.replace("text-align:left", "text-align:right") + "font-variant-numeric:tabular-nums;"
_TABLE = "border-collapse:collapse;table-layout:auto;margin:.5em 0;border:0;font-size:1em;color:inherit"
_PLAIN = "background:transparent"
_YEAR = "text-align:center;padding:.1em .15em;border:0;font-size:.9em;font-variant-numeric:tabular-nums;"
_SOFT = "opacity:.72;"
_INK = "rgb(50,135,205)"
# As in the pictures: the less sure, the more hollow.
_MARKS: dict[Grade, str] = {
    "primary": f"border:1.5px solid {_INK};background:{_INK};",
    "secondary": f"border:1.5px solid {_INK};background:rgba(50,135,205,.5);",
    "inferred": f"border:1.5px solid {_INK};",
    "unidentified": "border:1.5px dashed rgba(128,128,128,.8);",
}

_REPORTS = ("report", "report-copy", "ustr-page")

Piece = Element | str


def records(rows: Records[Any]) -> str:
    """The first rows of a result, with links to their sources."""
    if len(rows) and all(isinstance(row, Coverage) for row in rows):
        return _coverage(rows)
    shown = rows[:ROWS]
    names = [name for name in _columns(shown) if name != "source_ids"]
    with_sources = any(_sources(row) for row in shown)
    numbers = {
        names.index(name) for name in set(names) - {"year"} if any(type(getattr(row, name)) in (int, float) for row in shown)
    }
    lines = [[*(_value(row, name) for name in names), *([_beside(row)] if with_sources else [])] for row in shown]
    title = _title(rows)
    table = _table([*names, *(["sources"] if with_sources else [])], lines, numbers)
    return _page(title, *([table] if len(rows) else []), *_rest(len(rows)))


def row(one: Any) -> str:
    """A row as a list of its filled fields, with links to its sources."""
    names = [name for name in one.__match_args__ if name != "source_ids" and getattr(one, name) not in (None, ())]
    # Addresses have no spaces to break at.
    values = [_e("span", _value(one, name), style="overflow-wrap:anywhere") for name in names]
    lines = [_line([_e("span", name, style=_SOFT), value], set()) for name, value in zip(names, values, strict=True)]
    sources = _sources(one)
    table = _e("table", _e("tbody", *lines), style=_TABLE)
    return _page(type(one).__name__, table, *([_all_sources(sources)] if sources else []))


def market(row: Market) -> str:
    """A market as a card: its names, where it stood in each edition, its listings, domains and sources."""
    place = ", ".join(filter(None, [row.locality, row.region, row.country]))
    facts = [("", f"{row.kind} market"), ("", row.category), ("", place), ("operator: ", row.operator), ("id: ", row.market_id)]
    said = [
        ("Listed in", _spells(row) or "no edition, as far as it is known"),
        ("Aliases", ", ".join(row.aliases)),
        ("Domains", _domains(row)),
        ("Relations", "; ".join(map(_relation, row.relations))),
        ("Note", row.note),
    ]
    listings = [
        [str(one.year), _value(one, "name_as_listed"), as_text(one.page), _grade(one.grade), _links(_sources(one))]
        for one in row.listings
    ]
    sources = tuple(dict.fromkeys(source for one in row.listings for source in _sources(one)))
    return _page(
        row.name,
        _e("div", " · ".join(label + value for label, value in facts if value), style=_SOFT),
        _timeline(row),
        *(_e("div", _e("span", f"{name}: ", style=_SOFT), value) for name, value in said if value),
        *([_table(["year", "name_as_listed", "page", "grade", "sources"], listings, {2})] if listings else []),
        _all_sources(sources),
    )


def changes(found: Changes) -> str:
    """What changed between two editions: what can be told first, what stayed last."""
    groups = [
        ("Added", found.added),
        ("Dropped", found.dropped),
        ("Cannot be told", found.cannot_be_told),
        ("Kept under another name", found.renamed),
        ("Kept", found.kept.with_rows(change for change in found.kept if not change.renamed)),
    ]
    body: list[Element] = []
    left = ROWS
    for name, group in groups:
        shown = group[: max(left, 0)]
        left -= len(shown)
        hidden = f", {len(group) - len(shown)} not shown" if len(group) > len(shown) else ""
        if group:
            number = _e("span", f" ({len(group)}{hidden})", style=_SOFT + "font-weight:normal")
            above = _CELL + f"border-top:{_LINE};padding-top:.6em"
            body.append(_e("tr", _e("th", name, number, colspan="5", scope="rowgroup", style=above)))
        body += [_line(_change(change), set()) for change in shown]
    counts = [f"{len(found.added)} added", f"{len(found.dropped)} dropped", f"{len(found.cannot_be_told)} cannot be told"]
    counts.append(f"{len(found.kept)} kept, {len(found.renamed)} of them renamed")
    names = ["market", "kind", f"in {found.before.year}", f"in {found.after.year}", "sources"]
    table = _e("table", _e("thead", _heading(names, set())), _e("tbody", *body), style=_TABLE)
    why = "Cannot be told: the other edition has listings that no source names, or a rule infers the listing."
    return _page(
        f"Changes from {found.before.year} to {found.after.year}",
        _e("div", "; ".join(counts) + "."),
        table,
        *_rest(len(found)),
        *([_e("div", why, style=_SOFT)] if found.cannot_be_told else []),
    )


def _coverage(rows: Records[Coverage]) -> str:
    lines: list[list[Piece]] = []
    for row in rows[:ROWS]:
        counts: dict[Grade, int] = {grade: getattr(row, grade) for grade in _MARKS}
        announced = _e("span", "not known", style=_SOFT) if row.announced is None else str(row.announced)
        figures = [str(count) if count else "·" for count in counts.values()]
        lines.append([str(row.year), row.kind, announced, str(row.listings), _bar(counts), *figures])
    names = ["year", "kind", "announced", "listings", "", *_MARKS]
    table = _table(names, lines, {2, 3, 5, 6, 7, 8})
    return _page(_title(rows), table, *_rest(len(rows)), _legend(_MARKS))


def _bar(counts: dict[Grade, int]) -> Element:
    """A part for each grade, as wide as its number of listings."""
    bar = _e("div", style="display:flex;gap:1px;padding-top:.2em")
    for grade, count in counts.items():
        if count:
            style = f"box-sizing:border-box;width:{count * _WIDTH_OF_ONE:.1f}px;height:.9em;{_MARKS[grade]}"
            bar.append(_e("div", style=style, title=f"{count} {grade}"))
    return bar


def _timeline(row: Market) -> Element:
    """A column an edition: listed, not listed or not to be told."""
    listed = {one.year: one for one in row.listings}
    cells = [_standing(row, one, listed.get(one.year)) for one in editions()]
    years = [_e("th", str(one.year), style=_YEAR + "font-weight:normal;" + _SOFT) for one in editions()]
    table = _e("table", _e("tbody", _e("tr", *years, style=_PLAIN), _e("tr", *cells, style=_PLAIN)), style=_TABLE)
    grades: list[Grade] = [grade for grade in _MARKS if any(one.grade == grade for one in listed.values())]
    # Only what is drawn is explained.
    drawn = {"".join(cell.itertext()) for cell in cells}
    further = [f"{mark} {said}" for mark, said in (("–", "not listed"), ("?", "cannot be told")) if mark in drawn]
    return _e("div", table, _legend(grades, *further), style="margin:.6em 0")


def _standing(row: Market, one: Edition, listing: Listing | None) -> Element:
    if listing is not None:
        said = f"{one.year}: listed as {as_text(listing.name_as_listed)}, {GRADES_IN_WORDS[listing.grade]}"
        mark = _e("div", style=f"box-sizing:border-box;width:2.2em;height:1.1em;margin:0 auto;{_MARKS[listing.grade]}")
    elif status(row, one) == "not listed":
        said, mark = f"{one.year}: not listed", _e("span", "–", style=_SOFT)
    else:
        said, mark = f"{one.year}: cannot be told", _e("span", "?", style=_SOFT)
    mark.attrib.update({"role": "img", "aria-label": said})
    return _e("td", mark, style=_YEAR, title=said)


def _change(change: Change) -> list[Piece]:
    names = [_printed(listing, change.sure) for listing in (change.before, change.after)]
    return [change.name, change.kind, *names, _links(_sources(change))]


def _printed(listing: Listing | None, sure: bool) -> Piece:
    if listing is None:
        return "–" if sure else "?"
    return listing.name_as_listed or _e("i", "inferred", style=_SOFT)


def _value(row: Any, name: str) -> Piece:
    value = getattr(row, name)
    if name == "grade":
        return _grade(value)
    if isinstance(row, Source) and name == "publisher":
        return _link(row, row.publisher)
    if isinstance(row, Market) and name == "years":
        return _spells(row) or "-"
    if isinstance(row, Listing) and name == "name_as_listed" and value is None:
        return _e("i", "inferred" if row.grade == "inferred" else "no source names it", style=_SOFT)
    return as_text(value)


def _grade(grade: Grade) -> Element:
    return _e("span", _mark(grade), f" {grade}", style="white-space:nowrap", title=GRADES_IN_WORDS[grade])


def _mark(grade: Grade) -> Element:
    return _e("span", style=f"display:inline-block;box-sizing:border-box;width:.8em;height:.8em;{_MARKS[grade]}")


def _legend(grades: Iterable[Grade], *further: str) -> Element:
    key = "margin-right:1.6em;white-space:nowrap"
    marks = [_e("span", _mark(grade), f" {grade}: {GRADES_IN_WORDS[grade]}", style=key) for grade in grades]
    return _e("div", *marks, *(_e("span", one, style=key) for one in further), style="font-size:.9em")


def _spells(row: Market) -> str:
    return ", ".join("–".join(map(str, dict.fromkeys((min(spell), max(spell))))) for spell in row.spells)


def _domains(row: Market) -> str:
    domains = row.domains
    return ", ".join(one.domain for one in domains[:ROWS]) + (f" and {len(domains) - ROWS} more" if len(domains) > ROWS else "")


def _relation(one: Relation) -> str:
    said = {"part-of": "is part of", "same-operator": "has the operator of", "successor-of": "is the successor of"}
    return f"{one.market.name} {said[one.relation]} {one.other_market.name}"


def _sources(row: Any) -> tuple[Source, ...]:
    if isinstance(row, Citation):
        return (row.source,)
    if isinstance(row, Change):
        return _sources(row.after or row.before)
    sources: tuple[Source, ...] = tuple(getattr(row, "sources", ()))
    # Those of a listing are in the order of its fields; the report and its copies say most.
    return tuple(sorted(sources, key=lambda source: source.source_kind not in _REPORTS)) if isinstance(row, Listing) else sources


def _links(sources: Sequence[Source]) -> Element:
    """The publishers of the best sources, each a link to its document."""
    pieces: list[Piece] = []
    for source in sources[:_LINKS]:
        pieces += [*([", "] if pieces else []), _link(source, source.publisher)]
    if len(sources) > _LINKS:
        pieces += [" ", _e("span", f"+{len(sources) - _LINKS} more", style=_SOFT + "white-space:nowrap")]
    return _e("span", *pieces)


def _beside(row: Any) -> Element:
    """The links in a table of many columns: not so narrow that each word has a line."""
    return _e("div", _links(_sources(row)), style="min-width:11em")


def _link(source: Source, label: str) -> Element:
    about = {"title": source.title or source.source_id}
    if not source.url.lower().startswith(("https://", "http://")):
        return _e("span", label, **about)
    return _e(
        "a", label, href=source.url, target="_blank", rel="noopener", style="color:inherit;text-decoration:underline", **about
    )


def _all_sources(sources: Sequence[Source]) -> Element:
    items = []
    for source in sources[:ROWS]:
        day = f", {source.published.isoformat()}" if source.published else ""
        items.append(_e("li", _link(source, source.title or source.source_id), f" ({source.publisher}{day})"))
    if len(sources) > ROWS:
        items.append(_e("li", f"and {len(sources) - ROWS} more"))
    return _e("details", _e("summary", f"{len(sources)} sources", style="cursor:pointer"), _e("ul", *items))


def _columns(rows: Records[Any]) -> Sequence[str]:
    if not len(rows):
        return ()
    names: Sequence[str] = getattr(rows[0], "SUMMARY", None) or rows[0].__match_args__
    return names


def _table(head: Sequence[str], lines: Iterable[Sequence[Piece]], numbers: set[int]) -> Element:
    body = _e("tbody", *(_line(line, numbers) for line in lines))
    return _e("table", _e("thead", _heading(head, numbers)), body, style=_TABLE)


def _heading(names: Sequence[str], numbers: set[int]) -> Element:
    cells = [_e("th", name, scope="col", style=_NUMBER if n in numbers else _CELL) for n, name in enumerate(names)]
    return _e("tr", *cells, style=f"border-bottom:{_LINE}")


def _line(cells: Sequence[Piece], numbers: set[int]) -> Element:
    row = _e("tr")
    for n, cell in enumerate(cells):
        # A day or a category that is broken in two makes every row twice as high.
        whole = "white-space:nowrap;" if isinstance(cell, str) and len(cell) <= _UNBROKEN else ""
        row.append(_e("td", cell, style=(_NUMBER if n in numbers else _CELL) + whole))
    return row


def _title(rows: Records[Any]) -> str:
    shown = f", the first {ROWS} shown" if len(rows) > ROWS else ""
    return f"{len(rows):,} × {type(rows[0]).__name__}{shown}" if len(rows) else "No rows"


def _rest(number: int) -> list[Element]:
    return (
        [_e("div", f"{number - ROWS:,} more {'row is' if number == ROWS + 1 else 'rows are'} not shown.", style=_SOFT)]
        if number > ROWS
        else []
    )


def _page(title: str, *pieces: Piece) -> str:
    caution = _e("div", CAUTION, style=_SOFT + "font-size:.9em;margin-top:.4em")
    heading = _e("div", title, style="font-weight:bold;font-size:1.15em")
    page = _e("div", heading, *pieces, caution, style="overflow-x:auto;line-height:1.4")
    return tostring(page, encoding="unicode", short_empty_elements=False)


def _e(tag: str, *children: Piece, **attributes: str) -> Element:
    """An element with its children, which are elements and texts."""
    element = Element(tag, attributes)
    for child in children:
        if not isinstance(child, str):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child
    return element
