"""Canonical domains: lower-case A-labels without a final dot, below a public suffix."""

from __future__ import annotations

import idna
from publicsuffixlist import PublicSuffixList

from tools.facts import Row

_PUBLIC_SUFFIXES = PublicSuffixList(accept_unknown=False)


def domain_problem(domain: str) -> str | None:
    """Return why a text is not a canonical domain, or `None` if it is one."""
    try:
        wanted = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").rstrip(".")
    except idna.IDNAError as error:
        return f"is not a domain name: {error}"
    if domain != wanted:
        return f"must be written {wanted!r}"
    if _PUBLIC_SUFFIXES.is_public(domain):
        return "is a public suffix"
    return None if _PUBLIC_SUFFIXES.privatesuffix(domain) else "is not below a known public suffix"


def gives_domain(citation: Row, domain: str) -> bool:
    """Return whether a citation gives a canonical domain, as an A-label or as a U-label."""
    return not {domain, idna.decode(domain)}.isdisjoint((citation["as_sourced"] or "").casefold().split())
