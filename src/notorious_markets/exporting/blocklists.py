"""The domains of listed markets in the formats of blocking software.

Each list has a header that says what it is. A host is meant as in `lookup`: the domain itself and every host below it;
plain domains leave that to the reader, and a hosts file cannot say it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..about import CAUTION, DATA_VERSION

if TYPE_CHECKING:
    from .selection import Selection


def plain(selection: Selection) -> bytes:
    """One domain a line."""
    domains = selection.domains()
    return _lines([*_header("#", selection, domains), *domains])


def hosts(selection: Selection) -> bytes:
    """A hosts file that leads each domain nowhere; hosts below a domain are not in it."""
    domains = selection.domains()
    return _lines([*_header("#", selection, domains), *(f"0.0.0.0 {domain}" for domain in domains)])


def adblock(selection: Selection) -> bytes:
    """A filter list for uBlock Origin, Adblock Plus and AdGuard."""
    domains = selection.domains()
    return _lines(["[Adblock Plus 2.0]", *_header("!", selection, domains), *(f"||{domain}^" for domain in domains)])


def dnsmasq(selection: Selection) -> bytes:
    """A configuration file for dnsmasq: it answers that no such domain exists."""
    domains = selection.domains()
    return _lines([*_header("#", selection, domains), *(f"local=/{domain}/" for domain in domains)])


def rpz(selection: Selection) -> bytes:
    """A response policy zone for BIND, Unbound, Knot and PowerDNS: it answers that no such domain exists.

    Names are relative to the zone, so it may have any name. The serial number grows with the data version.
    """
    domains = selection.domains()
    year, _, revision = DATA_VERSION.partition(".")
    head = [
        "$TTL 3600",
        f"@ IN SOA localhost. hostmaster.localhost. {year}{int(revision):04} 86400 3600 604800 3600",
        "@ IN NS localhost.",
    ]
    rules = (f"{name} CNAME ." for domain in domains for name in (domain, f"*.{domain}"))
    return _lines([*_header(";", selection, domains), *head, *rules])


def _header(mark: str, selection: Selection, domains: tuple[str, ...]) -> list[str]:
    return [
        f"{mark} Title: Domains of the USTR Notorious Markets List",
        f"{mark} Version: {DATA_VERSION}",
        f"{mark} Licence: CC0-1.0",
        f"{mark} Listings: {selection}",
        f"{mark} Domains: {len(domains)}",
        f"{mark} {CAUTION}",
    ]


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
