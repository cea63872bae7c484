"""The tables of an edition after its own report was read.

The report outranks every other source: listings without a name get the one that it prints, grades become `primary`, and each
name, page, country and domain is cited from it. What a program cannot decide is left as it is and is named in the summary.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from attrs import define, field

from notorious_markets.models import Listing
from notorious_markets.names.forms import name_key
from notorious_markets.reports import Report
from notorious_markets.reports.comparing import pairs
from notorious_markets.reports.countries import fold
from tools.domains import domain_problem, last_sign_of_life, start_of_life
from tools.facts import Facts, Refused, Row
from tools.schema import Schema

_KINDS = ("online", "physical")


@define
class Revision:
    """The facts of an edition while the report is worked in.

    Attributes:
        report: The report.
        facts: All facts, which are changed in place.
        schema: The schema of the facts.
        source_id: The source of the report.
        to_resolve: What a person has to decide.
        counts: How many listings were confirmed, named, renamed, and so on.
    """

    report: Report
    facts: Facts
    schema: Schema
    source_id: str
    to_resolve: list[str] = field(factory=list)
    counts: dict[str, int] = field(factory=lambda: defaultdict(int))

    @property
    def year(self) -> int:
        """The review year."""
        return self.report.year

    @property
    def edition(self) -> Row:
        """The row of the edition."""
        return next(row for row in self.facts["editions"] if row["year"] == self.year)

    def cite(self, listing: Row, name: str, value: str | None = None) -> None:
        """Cite the report for a field of a listing."""
        key = (self.year, listing["listing_no"], name, self.source_id)
        for row in self.facts["citations"]:
            if (row["year"], row["listing_no"], row["field"], row["source_id"]) == key:
                words = [*(row["as_sourced"] or "").split(), *(value or "").split()]
                row["as_sourced"] = " ".join(dict.fromkeys(words)) or None
                return
        locator = f"p. {listing['page']}" if listing["page"] else None
        self.add(
            f"citations/{self.year}.csv",
            "citations",
            year=self.year,
            listing_no=listing["listing_no"],
            field=name,
            source_id=self.source_id,
            as_sourced=value,
            locator=locator,
            confidence="high",
        )

    def add(self, file: str, table: str, **values: Any) -> Row:
        """Add a row to a table."""
        columns = self.schema.table(table).curated_columns
        row = Row({column.name: values.get(column.name, [] if column.type == "list" else None) for column in columns})
        row.origin = f"data/{file}, a row from the report"
        self.facts[table].append(row)
        return row


def revise(report: Report, facts: Facts, schema: Schema, url: str | None = None) -> Revision:
    """Work a report into the facts, which are changed in place.

    Args:
        report: The report on an edition that the facts have.
        facts: All facts.
        schema: Their schema.
        url: The address of the report; `None` takes that of the edition.

    Raises:
        Refused: No address of the report is known.
    """
    edition = next(row for row in facts["editions"] if row["year"] == report.year)
    revision = Revision(report, facts, schema, _source(report, facts, edition, url))
    if not any(row["source_id"] == revision.source_id for row in facts["sources"]):
        revision.add("sources.csv", "sources", **_source_row(revision, url or edition["report_url"]))
    _revise_edition(revision, url)
    read_rows = report.listings()
    for kind in _KINDS:
        shipped = {row["listing_no"]: row for row in facts["listings"] if (row["year"], row["kind"]) == (report.year, kind)}
        entries = {row.listing_no: row for row in read_rows if row.kind == kind}
        for listed, entry in pairs([_as_listing(row) for row in shipped.values()], list(entries.values())):
            row = shipped[listed.listing_no] if listed else None
            if entry is None:
                _count_missing(revision, row)
            else:
                _revise_listing(revision, row, entry)
    _number(revision)
    return revision


def _source(report: Report, facts: Facts, edition: Row, url: str | None) -> str:
    """Return the id of the report as a source."""
    address = url or edition["report_url"]
    if not address:
        raise Refused([f"no address of the report on {report.year} is known; pass it with --url {report.year}=ADDRESS"])
    known = next((row["source_id"] for row in facts["sources"] if row["url"] == address), None)
    return known or f"ustr-{report.year}-report"


def _source_row(revision: Revision, url: str) -> dict[str, Any]:
    return {
        "source_id": revision.source_id,
        "title": revision.report.title or revision.edition["title"],
        "publisher": "Office of the United States Trade Representative",
        "url": url,
        "published": revision.edition["released"],
        "language": "en",
        "source_kind": "report",
    }


def _revise_edition(revision: Revision, url: str | None) -> None:
    edition, report = revision.edition, revision.report
    if revision.source_id not in edition["source_ids"]:
        edition["source_ids"] = [revision.source_id, *edition["source_ids"]]
    edition["report_url"] = edition["report_url"] or url
    edition["report_pages"] = edition["report_pages"] or report.report_pages
    for kind, announced, found in (
        ("online", report.online_total, report.online),
        ("physical", report.physical_total, report.physical),
    ):
        total = edition[f"{kind}_total"]
        if announced and total and announced != total:
            revision.to_resolve.append(f"the report announces {announced} {kind} markets; editions.csv has {total}")
        elif announced and not total and len(found) == announced:
            edition[f"{kind}_total"] = announced
        if announced and announced != len(found):
            revision.to_resolve.append(f"the report announces {announced} {kind} markets, but {len(found)} entries were found")


def _as_listing(row: Row) -> Listing:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Listing(**{"rule": None, **values})


def _count_missing(revision: Revision, row: Row | None) -> None:
    if row is not None and row["market_id"]:
        revision.counts["not in the report"] += 1
        revision.to_resolve.append(f"{row['name_as_listed']} (no. {row['listing_no']}): the report as read has no such entry")
    else:
        revision.counts["still without a name"] += 1


def _revise_listing(revision: Revision, row: Row | None, entry: Listing) -> None:
    """Take over what the report prints."""
    kind, name = entry.kind, entry.name_as_listed or ""
    if row is None and kind == "physical" and not entry.country:
        revision.to_resolve.append(f"{name}: a new listing, left out because the report as read gives no country")
        return
    if row is None:
        row = revision.add(f"listings/{revision.year}.csv", "listings", year=revision.year, listing_no=_next(revision), kind=kind)
        revision.counts["new"] += 1
    elif row["market_id"] is None:
        revision.counts["named"] += 1
        if row["note"]:
            revision.to_resolve.append(f"{name}: the note may no longer hold: {row['note']}")
    else:
        same = fold(row["name_as_listed"] or "") == fold(name)
        revision.counts["confirmed" if same else "renamed"] += 1
    country = row["country"] or entry.country
    if kind == "physical" and (not country or (entry.country and row["country"] not in (None, entry.country))):
        revision.to_resolve.append(f"{name}: the country is {row['country']} here and {entry.country_as_listed} in the report")
        if not country:
            return
    if not row["market_id"]:
        row["market_id"], row["further_market_ids"] = _market(revision, entry)
    row.update(name_as_listed=name, grade="primary", page=entry.page or row["page"])
    revision.cite(row, "listing")
    if row["page"]:
        revision.cite(row, "page")
    if kind == "physical":
        _revise_place(revision, row, entry)
    else:
        for column in ("country", "hosting_country"):
            printed = getattr(entry, column)
            if printed and row[column] in (None, printed):
                row[column] = printed
                revision.cite(row, column)
            elif printed:
                revision.to_resolve.append(f"{name}: {column} is {row[column]} here and {printed} in the report")
        for domain in entry.domains:
            _revise_domain(revision, row, domain)


def _next(revision: Revision) -> int:
    return 1 + max((row["listing_no"] for row in revision.facts["listings"] if row["year"] == revision.year), default=0)


def _revise_place(revision: Revision, row: Row, entry: Listing) -> None:
    if entry.country and row["country"] in (None, entry.country):
        row.update(country=entry.country, country_as_listed=entry.country_as_listed)
        revision.cite(row, "country", entry.country_as_listed)
    town = (entry.locality or "").partition(",")[0].strip()
    if not town:
        return
    places = {
        fold(place["locality"]): place["locality"] for place in revision.facts["places"] if place["country"] == row["country"]
    }
    if row["locality"] is None and fold(town) in places:
        row["locality"] = places[fold(town)]
    if row["locality"] and fold(row["locality"]) == fold(town):
        revision.cite(row, "locality", entry.locality)
    else:
        revision.to_resolve.append(
            f"{row['name_as_listed']}: the report prints the place {entry.locality}; the locality is {row['locality'] or 'empty'}"
        )


def _revise_domain(revision: Revision, row: Row, domain: str) -> None:
    """Add a domain to a listing and to the table of domains."""
    facts, name = revision.facts, row["name_as_listed"]
    ids = [row["market_id"], *row["further_market_ids"]]
    known = next((other for other in facts["domains"] if other["domain"] == domain), None)
    problem = domain_problem(domain)
    if problem or (known and known["market_id"] not in ids):
        reason = f"belongs to {known['market_id']}" if known and not problem else problem
        revision.to_resolve.append(f"{name}: the domain {domain} is left out: it {reason}")
        return
    if len(ids) > 1 and not known:
        revision.to_resolve.append(f"{name}: the domain {domain} is given to {ids[0]}, the first market of the heading")
    year = revision.edition["released"].year
    if known is None:
        note = f"Printed in the report on {revision.year}. No newer sign of life was looked for."
        values = {"market_id": ids[0], "domain": domain, "basis": "listed", "confidence": "high", "note": note}
        known = revision.add("domains.csv", "domains", **values, first_seen=year, last_seen=year, role="own")
    if revision.source_id not in known["source_ids"]:
        known["source_ids"] = [revision.source_id, *known["source_ids"]]
    known["basis"] = "listed"
    known["first_seen"] = min(year, known["first_seen"] or year)
    if not known["event"]:
        known["last_seen"] = max(year, known["last_seen"] or year)
    sign = last_sign_of_life(known, facts["sources"])
    if known["role"] == "own" and (sign is None or sign < start_of_life(revision.schema.created)):
        known["role"] = "former"
    if domain not in row["domains"]:
        row["domains"] = [*row["domains"], domain]
    revision.cite(row, "domains", domain)


def _market(revision: Revision, entry: Listing) -> tuple[str, list[str]]:
    """Return the ids of the markets that an entry names. A name that is not known becomes a new market."""
    known = {row["market_id"]: row for row in revision.facts["markets"]}
    listed = {
        market_id
        for row in revision.facts["listings"]
        if row["year"] == revision.year
        for market_id in (row["market_id"], *row["further_market_ids"])
    }
    if entry.market_ids and all(market_id in known and market_id not in listed for market_id in entry.market_ids):
        return entry.market_ids[0], list(entry.market_ids[1:])
    name = entry.name_as_listed or ""
    slug = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()).strip("-")
    market_id = slug or f"market-{revision.year}-{entry.listing_no}"
    if market_id in known:
        market_id = f"{market_id}-{(entry.country or str(revision.year)).lower()}"
    names = {fold(row["name"]): row["market_id"] for row in known.values() if row["kind"] == entry.kind}
    similar = get_close_matches(fold(name), names, n=1)
    hint = f"; the most similar known one is {names[similar[0]]}" if similar else ""
    revision.to_resolve.append(
        f"{name}, page {entry.page}: a new market {market_id}, if it is no other name of a known one{hint}"
    )
    taken = {row["name"] for row in known.values()}
    unique = name if name_key(name) not in taken else f"{name} ({entry.country or revision.year})"
    revision.add("markets.csv", "markets", market_id=market_id, name=unique, kind=entry.kind)
    return market_id, []


def _number(revision: Revision) -> None:
    """Number the listings so that new online ones come before the physical ones. Other numbers do not change."""
    rows = [row for row in revision.facts["listings"] if row["year"] == revision.year]
    order = sorted(rows, key=lambda row: (row["kind"] != "online", row["listing_no"]))
    numbers = {row["listing_no"]: number for number, row in enumerate(order, start=1)}
    for row in [*rows, *(row for row in revision.facts["citations"] if row["year"] == revision.year)]:
        row["listing_no"] = numbers[row["listing_no"]]
    if any(old != new for old, new in numbers.items()):
        revision.to_resolve.append("the numbers of the physical listings have changed, because there are new online ones")


def summary(revision: Revision) -> Iterator[str]:
    """Yield lines that say what the report changes, and what a person has to decide."""
    report = revision.report
    yield report.title or f"review year {report.year}, without a title"
    yield "  listings: " + ", ".join(f"{count} {what}" for what, count in sorted(revision.counts.items()))
    yield from (f"  to resolve: {remark}" for remark in [*revision.to_resolve, *report.problems])
    yield from (f"  not placed, page {row.page or '-'}: {row.text} ({row.reason})" for row in report.unplaced)
