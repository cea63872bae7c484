"""The page of a market: `markets/<market_id>.html`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import notorious_markets as nm
from notorious_markets import _html
from notorious_markets.about import CAUTION
from tools import markdown
from tools.markdown import escaped

_RELATIONS = {"part-of": "part of", "same-operator": "same operator as", "successor-of": "successor of"}


def page(market: nm.Market) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ("---", "orphan: true", "---", "", f"# {escaped(market.name)}", "")
    place = ", ".join(
        filter(None, [market.locality, market.region if market.locality else None, markdown.country(market.country)])
    )
    summary = ", ".join(filter(None, [f"{market.kind} market", market.category, escaped(place)]))
    yield from (summary[0].upper() + summary[1:] + ".", "", ":::{admonition} Caution", ":class: caution", CAUTION, ":::", "")
    names = _other_names(market)
    facts = {
        "Also known as": "; ".join(escaped(name) for name in names),
        "Note": escaped(market.note),
        "Id": f"`{market.market_id}`",
        "More": f'<a href="../explorer/#/market/{market.market_id}">open in the explorer</a>',
    }
    yield from markdown.definitions(facts)
    yield from ("## Editions", "", f'<div class="notorious-markets">{_html.timeline(market)}</div>', "")
    if market.listings:
        yield from _listings_of(market)
    yield from _domains(market)
    yield from _companies(market)
    yield from _related(market)
    yield from markdown.developments(nm.developments(market=market), with_market=False)
    yield from _market_sources(market)
    yield from markdown.json_ld(_json(market))


def _other_names(market: nm.Market) -> list[str]:
    """Return the aliases and the names that editions print, each once, without the usual name."""
    printed = [row.name_as_listed for row in market.listings if row.name_as_listed and len(row.market_ids) == 1]
    known = {market.name.casefold(): market.name}
    for name in (*market.aliases, *printed):
        known.setdefault(name.casefold(), name)
    return list(known.values())[1:]


def _listings_of(market: nm.Market) -> Iterator[str]:
    detail = "category" if market.kind == "online" else "locality"
    rows = (
        (
            f"[{row.year}](../editions/{row.year}.md)",
            row.listing_no,
            escaped(row.name_as_listed),
            markdown.country(row.country),
            getattr(row, detail),
            ", ".join(row.goods),
            row.page,
            row.grade,
        )
        for row in reversed(market.listings)
    )
    yield from (*markdown.table(("edition", "no.", "as listed", "country", detail, "goods", "page", "grade"), rows), "")
    if noted := [row for row in market.listings if row.note]:
        yield from (*(f"- {row.year}: {escaped(row.note)}" for row in noted), "")


def _domains(market: nm.Market) -> Iterator[str]:
    if market.domains:
        yield from ("## Domains", "")
        rows = []
        for row in market.domains:
            seen = (
                str(row.last_seen or "") if row.first_seen == row.last_seen else f"{row.first_seen or ''}–{row.last_seen or ''}"
            )
            event = " ".join(filter(None, [row.event, row.event_date]))
            rows.append((f"`{row.domain}`", row.role, row.basis, seen, event, escaped(row.note)))
        yield from (*markdown.table(("domain", "role", "basis", "seen", "event", "note"), rows), "")
        if any(row.role == "former" for row in market.domains):
            yield from ("A former domain may have an owner today who has nothing to do with the market.", "")


def _companies(market: nm.Market) -> Iterator[str]:
    if market.operators:
        yield from ("## Operators", "")
        rows = (
            (escaped(row.operator), escaped(row.parent), row.from_year, row.to_year, escaped(row.note))
            for row in market.operators
        )
        yield from (*markdown.table(("operator", "parent", "from edition", "to edition", "note"), rows), "")


def _related(market: nm.Market) -> Iterator[str]:
    if market.relations:
        yield from ("## Related markets", "")
        for row in market.relations:
            this, other = (f"[{escaped(end.name)}]({end.market_id}.md)" for end in (row.market, row.other_market))
            yield f"- {this} is {_RELATIONS[row.relation]} {other}. {escaped(row.note)}".rstrip()
        yield ""


def _market_sources(market: nm.Market) -> Iterator[str]:
    """Yield the sources of a market, with the fields of listings that each of them shows."""
    shown: dict[nm.Source, dict[int, list[str]]] = {}
    for citation in (citation for listing in market.listings for citation in listing.citations):
        fields = shown.setdefault(citation.source, {}).setdefault(citation.year, [])
        if citation.field not in fields:
            fields.append(citation.field)
    others: list[Any] = [*nm.aliases(market=market), *market.domains, *market.operators, *market.relations]
    others += nm.developments(market=market)
    for source in (source for row in others for source in row.sources):
        shown.setdefault(source, {})
    yield from ("## Sources", "", "Each source is followed by the fields of the listings that it shows.", "")
    yield from markdown.sources(
        {source: [f"{year} {', '.join(fields)}" for year, fields in years.items()] for source, years in shown.items()}
    )


def _json(market: nm.Market) -> dict[str, Any]:
    """Return the page of a market as a schema.org/WebPage."""
    about: dict[str, Any] = {"@type": "Place" if market.kind == "physical" else "Thing", "name": market.name}
    if names := _other_names(market):
        about["alternateName"] = names
    return {
        "@type": "WebPage",
        "@id": f"{market.market_id}.html",
        "name": f"{market.name} in the Notorious Markets List",
        "description": f"The listings of {market.name} in the Notorious Markets List, with sources. {CAUTION}",
        "about": about,
    }
