"""What is taken out: the listings that meet conditions, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from .._store import DATASET, TABLES
from ..errors import NothingToScreen
from ..models import Citation, Domain, Listing, Market
from ..query import domains_of, markets

if TYPE_CHECKING:
    from ..records import Records

MODELS = {name: model for model, name in TABLES.items()}

FILTERED_TABLES = ("listings", "markets", "domains", "citations")
"""The tables that conditions filter. Every other table is exported whole."""


@frozen
class Selection:
    """Listings, the conditions that they meet, and the tables that were asked for."""

    listings: Records[Listing]
    conditions: Mapping[str, object] = field(factory=dict)
    tables: tuple[str, ...] = ("listings",)

    @classmethod
    def of(cls, tables: tuple[str, ...], conditions: Mapping[str, object]) -> Selection:
        """The listings that meet the conditions of `markets`; `None` is no condition."""
        given = {
            name: tuple(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray)) else value
            for name, value in conditions.items()
            if value is not None
        }
        chosen: dict[str, Any] = dict(given)
        return cls(markets(**chosen), given, tables)

    def records(self, table: str) -> Records[Any]:
        """The rows of a table that belong to the listings; the whole table where rows belong to no listing."""
        rows: Records[Any] = DATASET.rows(MODELS[table])
        if not self.conditions or table not in FILTERED_TABLES:
            return rows
        if table == "listings":
            return self.listings
        if table == "markets":
            return self.markets()
        if table == "domains":
            return domains_of(self.listings)
        keys = {(listing.year, listing.listing_no) for listing in self.listings}
        citations: Records[Citation] = rows
        return citations.with_rows(row for row in citations if (row.year, row.listing_no) in keys)

    def markets(self) -> Records[Market]:
        """The markets to which the listings lead, by their ids."""
        chosen = {market.market_id for listing in self.listings for market in listing.markets}
        every = DATASET.rows(Market)
        return every.with_rows(market for market in every if market.market_id in chosen)

    def domains(self) -> tuple[str, ...]:
        """The domains of those markets in alphabetical order, each once.

        Raises:
            NothingToScreen: There is none.
        """
        rows: Records[Domain] = domains_of(self.listings)
        if not rows:
            raise NothingToScreen("no listing that meets the conditions has a domain")
        return tuple(sorted({row.domain for row in rows}))

    def __str__(self) -> str:
        """The conditions in words."""
        return "; ".join(f"{name} {_words(value)}" for name, value in sorted(self.conditions.items())) or "every edition"


def _words(value: object) -> str:
    return ", ".join(sorted({str(one) for one in value})) if isinstance(value, tuple) else str(value)
