"""The page of an edition: `editions/<year>.html`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import notorious_markets as nm
from notorious_markets.about import CAUTION, CREATOR, PUBLISHER, PUBLISHER_URL
from notorious_markets.vocabularies import Kind
from tools import markdown
from tools.markdown import escaped


def page(edition: nm.Edition) -> Iterator[str]:
    """Yield the lines of the page."""
    year = edition.year
    yield from (f"# {year} edition", "", f"*{escaped(edition.title)}*, released by USTR on {edition.released}.", "")
    yield from (":::{admonition} Caution", ":class: caution", CAUTION, ":::", "")
    facts = {
        "Issue focus": escaped(edition.issue_focus),
        "Report": f"<{edition.report_url}>" if edition.report_url else "",
        "Press release": f"<{edition.press_release_url}>" if edition.press_release_url else "",
        "Online markets": f"{named(edition, 'online')} named",
        "Physical markets": f"{named(edition, 'physical')} named",
        "Note": escaped(edition.note),
        "Cite the report": escaped(nm.cite(edition, style="apa")),
    }
    yield from markdown.definitions(facts)
    yield from _files(year)
    yield from _changes(edition)
    for kind in get_args(Kind):
        yield from _listings(edition, kind)
    yield from _statistics(year)
    yield from markdown.developments(nm.developments(year), with_market=True)
    yield from ("## Sources", "")
    yield from markdown.sources(_sources_of(edition))
    yield from markdown.json_ld(_json(edition))


def named(edition: nm.Edition, kind: str) -> str:
    """Return how many listings of a kind are not unidentified, out of the announced number."""
    (row,) = nm.coverage(edition.year, kind=kind)  # type: ignore[arg-type]
    named = row.rows - row.unidentified
    return f"{named} of {row.announced}" if row.announced else f"{named}, announced number unknown"


def _files(year: int) -> Iterator[str]:
    links = [f'<a href="../data/v1/editions/{year}.{suffix}">{suffix.upper()}</a>' for suffix in ("csv", "json", "parquet")]
    links.append(f'<a href="../explorer/#/listings?year={year}">open in the explorer</a>')
    yield from (f"<p>The listings as files: {', '.join(links)}.</p>", "")


def _changes(edition: nm.Edition) -> Iterator[str]:
    before = [other for other in nm.editions() if other.year < edition.year]
    if not before:
        return
    changes = nm.changes(before[-1].year, edition.year)
    yield from (f"## Changes since [{before[-1].year}]({before[-1].year}.md)", "")
    groups = {"Added": changes.added, "Dropped": changes.dropped, "Cannot be told": changes.cannot_be_told}
    for name, group in groups.items():
        links = [f"[{escaped(change.name)}](../markets/{change.market_id}.md)" for change in group]
        yield from (f"**{name}** ({len(links)}): {', '.join(links) or 'none'}.", "")
    yield from (f"{len(changes.kept)} markets are in both editions, {len(changes.renamed)} of them under another name.", "")


def _listings(edition: nm.Edition, kind: str) -> Iterator[str]:
    listings = nm.markets(edition.year, kind=kind)  # type: ignore[arg-type]
    yield from (f"## {kind.capitalize()} markets", "")
    detail = "category" if kind == "online" else "locality"
    rows = []
    for row in listings:
        if row.market_id or row.country:
            links = ", ".join(f"[{escaped(market.name)}](../markets/{market.market_id}.md)" for market in row.markets)
            printed = escaped(row.name_as_listed)
            rows.append(
                (row.listing_no, links, printed, markdown.country(row.country), getattr(row, detail), row.page, row.grade)
            )
    if rows:
        yield from markdown.table(("no.", "market", "as listed", "country", detail, "page", "grade"), rows)
        yield ""
    if unknown := [row.listing_no for row in listings if not (row.market_id or row.country)]:
        yield from (f"No source names the market or country of no. {markdown.ranges(unknown)}.", "")
    elif not rows:
        yield from ("No source names a market.", "")
    if noted := [row for row in listings if row.note and row.market_id]:
        yield from (*(f"- No. {row.listing_no}: {escaped(row.note)}" for row in noted), "")


def _statistics(year: int) -> Iterator[str]:
    if statistics := nm.statistics(year):
        yield from ("## Statistics", "")
        rows = []
        for row in statistics:
            figure = f"{row.value:,.12g}"
            value = f"rank {figure}" if row.unit == "rank" else f"{figure} {row.unit}"
            value = f"more than {value}" if row.lower_bound else value
            rows.append((value, row.period, escaped(f"{row.definition} {row.note or ''}".strip())))
        yield from (*markdown.table(("value", "period", "what it measures"), rows), "")


def _sources_of(edition: nm.Edition) -> dict[nm.Source, list[str]]:
    """Return the sources of everything on the page of an edition, those of the edition itself first."""
    found = [*edition.sources, *(citation.source for citation in nm.citations(edition.year))]
    found += [source for row in nm.statistics(edition.year) for source in row.sources]
    found += [source for row in nm.developments(edition.year) for source in row.sources]
    return {source: [] for source in found}


def _json(edition: nm.Edition) -> dict[str, Any]:
    """Return the listings of an edition as a schema.org/Dataset."""
    files = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
    report = {
        "@type": "Report",
        "name": edition.title,
        "datePublished": edition.released.isoformat(),
        "author": {"@type": "GovernmentOrganization", "name": PUBLISHER, "url": PUBLISHER_URL},
        **({"url": edition.report_url} if edition.report_url else {}),
    }
    return {
        "@type": "Dataset",
        "@id": f"{edition.year}.html",
        "name": f"Notorious Markets List, {edition.year} edition",
        "description": f"The listings of the {edition.year} edition, each with its grade and its sources. {CAUTION}",
        "version": nm.DATA_VERSION,
        "temporalCoverage": str(edition.year),
        "isAccessibleForFree": True,
        "license": markdown.LICENCES[:1],
        "creator": {"@type": "Organization", "name": CREATOR},
        "isBasedOn": report,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media, "contentUrl": f"../data/v1/editions/{edition.year}.{suffix}"}
            for suffix, media in files.items()
        ],
    }
