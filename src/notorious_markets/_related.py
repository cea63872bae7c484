"""What belongs to listings: their domains, their citations, and the companies that ran their markets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, get_args

from ._filters import several, some_of
from ._store import DATASET
from .errors import UnknownValue
from .models import Citation, Domain, Listing, Market, Operator
from .vocabularies import Basis, Role

if TYPE_CHECKING:
    from .records import Records

_LEGAL_FORMS = frozenset(
    [
        *("ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "holdings", "inc", "jsc", "limited", "llc"),
        *("ltd", "nv", "plc", "private", "pt", "pte", "pvt", "sa", "sas", "sro", "srl", "tbk", "ug"),
    ]
)


def domains_of(
    listings: Iterable[Listing],
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
    used_on: date | None = None,
) -> Records[Domain]:
    """Return the domains of all markets in the listings. Domains from other editions are included.

    Args:
        listings: The listings.
        role: Which domains count. By default, only `"own"`.
        basis: Whether a source on an edition must print the domain.
        used_on: Also return the former domains that are known to have been in use on this day.
    """
    listed = {market_id for listing in listings for market_id in listing.market_ids}
    roles = frozenset(("own",)) if role is None else some_of("role", role, str, get_args(Role)) or frozenset()
    bases = some_of("basis", basis, str, get_args(Basis))
    rows = DATASET.rows(Domain)
    return rows.with_rows(
        row
        for row in rows
        if row.market_id in listed
        and (row.role in roles or (used_on is not None and row.role == "former" and row.was_in_use(used_on)))
        and (bases is None or row.basis in bases)
    )


def citations_of(listings: Iterable[Listing]) -> Records[Citation]:
    """Return the citations of the listings."""
    keys = {(listing.year, listing.listing_no) for listing in listings}
    rows = DATASET.rows(Citation)
    return rows.with_rows(row for row in rows if (row.year, row.listing_no) in keys)


def companies_of(row: Listing | Market) -> frozenset[str]:
    """Return the keys of the companies that ran a market: the operator and its parent.

    For a listing, these are the companies in the review year. For a market, they are those of its newest listing.
    """
    if isinstance(row, Market):
        names = [row.operator, row.parent]
    else:
        names = [row.operator]
        for market_id in row.market_ids:
            for operator in DATASET.where(Operator, market_id=market_id):
                if operator.from_year <= row.year <= (operator.to_year or row.year):
                    names += [operator.operator, operator.parent]
    return frozenset(_company_key(name) for name in names if name)


def company_keys(operator: str | Iterable[str] | None) -> frozenset[str] | None:
    """Check the argument `operator`.

    Returns:
        The keys of the companies, or `None` if the argument is `None`.

    Raises:
        TypeError: A value is not a `str`.
        UnknownValue: No market has the operator or parent.
    """
    if operator is None:
        return None
    known = _companies()
    found = {_company_key(name): name for name in several("operator", operator, str)}
    for key, name in found.items():
        if key not in known:
            raise UnknownValue("operator", name, sorted(known.values()))
    return frozenset(found)


@cache
def _companies() -> dict[str, str]:
    """Return a name of each company by its key."""
    names = [row.operator for row in DATASET.rows(Listing)]
    names += [name for row in DATASET.rows(Operator) for name in (row.operator, row.parent)]
    return {_company_key(name): name for name in names if name}


@cache
def _company_key(name: str) -> str:
    """Return a key that is equal for names of a company that differ only in case, punctuation, spaces and the legal form."""
    # Few queries are about companies, and the forms of names take longer to import than the other conditions.
    from .names.forms import folded, words

    # The dots of an abbreviation separate no words: B.V.
    all_words = words(folded(name.replace(".", "")))
    return "".join(word for word in all_words if word not in _LEGAL_FORMS) or "".join(all_words)
