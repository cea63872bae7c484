"""The rows to export: the listings that meet the conditions, and the rows of other tables that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from attrs import field, frozen

from .._related import citations_of, domains_of
from .._store import DATASET, TABLES
from ..errors import NothingToScreen
from ..models import Listing, Market
from ..query import market_ids, markets
from ..vocabularies import Role

if TYPE_CHECKING:
    from ..records import Records

FILTERED_TABLES = ("listings", "markets", "domains", "citations")
"""The tables to which conditions apply. Every other table is exported whole."""

_MODELS = {name: model for model, name in TABLES.items()}


def whole_table(name: str) -> Records[Any]:
    """Return every row of a table."""
    rows: Records[Any] = DATASET.rows(_MODELS[name])
    return rows


@frozen
class Selection:
    """The rows and tables of one export.

    Attributes:
        listings: The listings that meet the conditions.
        conditions: The conditions, by the argument names of `markets`.
        tables: The names of the tables to write.
        result: The result of a query that is exported instead of a whole table.
        roles: The roles of the domains in a blocklist.
    """

    listings: Records[Listing]
    conditions: Mapping[str, object] = field(factory=dict)
    tables: tuple[str, ...] = ("listings",)
    result: Records[Any] | None = None
    roles: tuple[Role, ...] = ("own",)

    @classmethod
    def from_conditions(cls, tables: tuple[str, ...], conditions: Mapping[str, object]) -> Selection:
        """Select the listings that meet the conditions, which are arguments of `markets`."""
        # Each condition is read twice, by `markets` and by `__str__`, so iterators become tuples.
        repeatable: dict[str, Any] = {
            name: tuple(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray)) else value
            for name, value in conditions.items()
        }
        if "market" in repeatable:
            repeatable["market"] = tuple(market_ids(repeatable["market"]) or ())
        return cls(markets(**repeatable), repeatable, tables)

    @classmethod
    def from_result(cls, result: Records[Any], table: str) -> Selection:
        """Select the rows of a result, which are rows of a table. Listings also select the rows that belong to them."""
        return cls(result if table == "listings" else DATASET.rows(Listing), {}, (table,), result)

    def records(self, table: str) -> Records[Any]:
        """Return the rows of a table that belong to the listings, or the whole table if conditions do not apply to it."""
        if self.result is not None and table in self.tables:
            return self.result
        if (not self.conditions and self.result is None) or table not in FILTERED_TABLES:
            return whole_table(table)
        if table == "listings":
            return self.listings
        if table == "markets":
            return self.markets()
        if table == "domains":
            return domains_of(self.listings, get_args(Role))
        return citations_of(self.listings)

    def markets(self) -> Records[Market]:
        """Return the markets of the listings, sorted by id."""
        ids = {market_id for listing in self.listings for market_id in listing.market_ids}
        every = DATASET.rows(Market)
        return every.with_rows(market for market in every if market.market_id in ids)

    def domains(self) -> tuple[str, ...]:
        """Return the distinct domains of these markets that have one of the roles, in alphabetical order.

        Raises:
            NothingToScreen: The markets have no such domains.
        """
        domains = {row.domain for row in domains_of(self.listings, self.roles)}
        if not domains:
            roles = " or ".join(map(repr, self.roles))
            raise NothingToScreen(
                f"no listing that meets the conditions has a domain with the role {roles}; use fewer conditions or more roles"
            )
        return tuple(sorted(domains))

    def __str__(self) -> str:
        """The conditions as text, such as `kind online; year 2021`, or the number of rows of a result."""
        if self.result is not None:
            return f"{len(self.result)} selected rows"
        return "; ".join(f"{name} {_text(value)}" for name, value in sorted(self.conditions.items())) or "every edition"


def _text(condition: object) -> str:
    """Return a condition as one line. A name can be given with other white space, which would end a comment."""
    values = condition if isinstance(condition, tuple) else (condition,)
    return ", ".join(sorted({" ".join(str(value).split()) for value in values}))
