"""Shell completion of arguments and options whose values come from the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import notorious_markets as nm

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    # Values, each with an optional description.
    Values = Iterable[tuple[object, str | None]]
    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completion(values: Callable[[], Values]) -> Complete:
    """Make a completion function that offers the values that start, or whose description starts, with the typed text."""

    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        start = incomplete.casefold()
        return [
            CompletionItem(str(value), help=description)
            for value, description in values()
            if f"{value}".casefold().startswith(start) or (description or "").casefold().startswith(start)
        ]

    return complete


@_completion
def market_ids() -> Values:
    """Complete a market by its id or its name."""
    table = nm.table("markets")
    return zip(table.column("market_id").to_pylist(), table.column("name").to_pylist(), strict=True)


@_completion
def years() -> Values:
    """Complete the review year of an edition."""
    return [(edition.year, None) for edition in nm.editions()]


@_completion
def countries() -> Values:
    """Complete the country code of a listing."""
    return [(country, None) for country in sorted({listing.country for listing in nm.markets() if listing.country})]


@_completion
def tables() -> Values:
    """Complete the name of a table."""
    from .._store import TABLES

    return [(name, None) for name in TABLES.values()]


@_completion
def export_formats() -> Values:
    """Complete the name of an export format."""
    from ..exporting import FORMATS

    return [(name, format_.title) for name, format_ in FORMATS.items()]
