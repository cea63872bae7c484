"""The domains of listed markets in the formats of blocking software.

Each list begins with comments that name its content, version and licence. As in `lookup`, a domain stands for itself and
every host below it, except in a hosts file, which cannot express this. Readers of the plain list decide for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..about import CAUTION, DATA_VERSION

if TYPE_CHECKING:
    from .selection import Selection

_WARNINGS: dict[str, str] = {
    "former": "this list has former domains, whose owners today are unknown and may have nothing to do with a market.",
    "company": "this list has general sites of companies that a market is only a part of.",
}


def plain(selection: Selection) -> bytes:
    """Return a list with one domain per line."""
    domains = selection.domains()
    return _join([*_header("#", selection, domains), *domains])


def hosts(selection: Selection) -> bytes:
    """Return a hosts file that maps each domain to 0.0.0.0. It does not block the hosts below a domain."""
    domains = selection.domains()
    return _join([*_header("#", selection, domains), *(f"0.0.0.0 {domain}" for domain in domains)])


def adblock(selection: Selection) -> bytes:
    """Return a filter list for uBlock Origin, Adblock Plus and AdGuard."""
    domains = selection.domains()
    return _join(["[Adblock Plus 2.0]", *_header("!", selection, domains), *(f"||{domain}^" for domain in domains)])


def dnsmasq(selection: Selection) -> bytes:
    """Return a configuration file for dnsmasq, which then answers that the domains do not exist."""
    domains = selection.domains()
    return _join([*_header("#", selection, domains), *(f"local=/{domain}/" for domain in domains)])


def rpz(selection: Selection) -> bytes:
    """Return a response policy zone for BIND, Unbound, Knot and PowerDNS, which then answer that the domains do not exist.

    All names are relative, so the zone can have any name. The serial number increases with the data version.
    """
    domains = selection.domains()
    year, _, revision = DATA_VERSION.partition(".")
    records = [
        "$TTL 3600",
        f"@ IN SOA localhost. hostmaster.localhost. {year}{int(revision):04} 86400 3600 604800 3600",
        "@ IN NS localhost.",
    ]
    rules = (f"{name} CNAME ." for domain in domains for name in (domain, f"*.{domain}"))
    return _join([*_header(";", selection, domains), *records, *rules])


def _header(mark: str, selection: Selection, domains: tuple[str, ...]) -> list[str]:
    warnings = [f"{mark} Warning: {_WARNINGS[role]}" for role in selection.roles if role in _WARNINGS]
    return [
        f"{mark} Title: Domains of the USTR Notorious Markets List",
        f"{mark} Version: {DATA_VERSION}",
        f"{mark} Licence: CC0-1.0",
        f"{mark} Listings: {selection}",
        f"{mark} Roles: {', '.join(selection.roles)}",
        f"{mark} Domains: {len(domains)}",
        *warnings,
        f"{mark} {CAUTION}",
    ]


def _join(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
