"""The description of a shipped edition."""

from __future__ import annotations

import pycountry
from attrs import evolve

import notorious_markets as nm
from tests.reports.descriptions import Development, Entry, PhysicalEntry, Report
from tests.reports.filler import paragraph, paragraphs
from tests.reports.strategies import title


def shipped(year: int = 2021) -> Report:
    """Return the description of an edition that the package has. Its prose is invented.

    A physical market that no source names, or whose name needs letters that the fonts lack, is called after its country and
    its number. An online market without a name is called after its number. Physical markets without a known country are printed
    below the last country.
    """
    edition = nm.edition(year)
    online = tuple(_entry(listing) for listing in nm.markets(year, kind="online"))
    markets: dict[str, list[PhysicalEntry]] = {}
    for listing in nm.markets(year, kind="physical"):
        country = listing.country_as_listed or _place(listing.country) or next(reversed(markets))
        name = _printable(listing.name_as_listed) or f"{country.title()} Market {listing.listing_no}"
        entry = PhysicalEntry(name, listing.locality, paragraphs(name, 1 + listing.listing_no % 2))
        markets.setdefault(country, []).append(entry)
    return Report(
        year=year,
        title=edition.title or title(year),
        released=f"{edition.released:%B} {edition.released.day}, {edition.released.year}" if edition.released else None,
        online_total=edition.online_total,
        physical_total=edition.physical_total,
        online=online,
        physical=tuple((country, tuple(entries)) for country, entries in markets.items()),
        developments=tuple(Development(paragraph(f"development {number}")) for number in range(5)),
        overview=paragraphs("overview", 4),
        issue_focus=edition.issue_focus,
        issue_prose=paragraphs("issue", 8, 6),
        public_information=paragraphs("public", 2),
    )


def short(report: Report) -> Report:
    """Return a report with one sentence of prose for each market. Prose takes most of the time to lay out and to read."""
    return evolve(
        report,
        online=tuple(evolve(entry, prose=_sentence(entry.prose)) for entry in report.online),
        physical=tuple(
            (country, tuple(evolve(entry, prose=_sentence(entry.prose)) for entry in rows)) for country, rows in report.physical
        ),
        overview=report.overview[:1],
        issue_prose=report.issue_prose[:1],
    )


def _sentence(prose: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{text.split('. ')[0].rstrip('.')}." for text in prose[:1])


def _printable(name: str | None) -> str | None:
    """Return a name if the standard fonts have its letters."""
    return name if name and name.encode("cp1252", "replace").decode("cp1252") == name else None


def _entry(listing: nm.Listing) -> Entry:
    name = listing.name_as_listed or f"Market {listing.listing_no}"
    return Entry(
        name=name,
        domains=tuple(listing.domains),
        mobile_app=listing.category == "e-commerce",
        headquarters=_place(listing.country),
        hosted_in=_place(listing.hosting_country),
        prose=paragraphs(name, 1 + listing.listing_no % 2),
    )


def _place(country: str | None) -> str | None:
    """Return the name of a country as a report would print it."""
    found = pycountry.countries.get(alpha_2=country) if country else None
    return getattr(found, "common_name", found.name) if found else None
