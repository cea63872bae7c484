"""The U.S. Trade Representative's Notorious Markets List, every edition, as typed and sourced data.

A listing reflects reports to USTR and is not a finding of a violation of law.

>>> import notorious_markets as nm
>>> len(nm.markets(year=2021, kind="online"))
42

Importing the package loads neither the data nor pyarrow; the first query loads both. No function opens a network connection.
"""

from .about import DATA_VERSION, __version__

# Type checkers treat this name as typing.TYPE_CHECKING. Importing `typing` would make the package slower to load.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from .citing import cite
    from .errors import AmbiguousMarket, MissingExtra, NothingToScreen, NotoriousMarketsError, UnknownValue
    from .exporting import export
    from .history import Change, Changes, changes
    from .matching import Match, lookup
    from .models import (
        Citation,
        Coverage,
        Development,
        Domain,
        Edition,
        Listing,
        Market,
        Place,
        Relation,
        Source,
        Statistic,
    )
    from .names import Suggestion, market, match_names, suggest
    from .query import coverage, developments, edition, editions, markets, sources, statistics, table
    from .records import Records
    from .screening import Screener, screen

_MODULES = {
    "citing": ("cite",),
    "errors": ("AmbiguousMarket", "MissingExtra", "NothingToScreen", "NotoriousMarketsError", "UnknownValue"),
    "exporting": ("export",),
    "history": ("Change", "Changes", "changes"),
    "matching": ("Match", "lookup"),
    "models": (
        "Citation",
        "Coverage",
        "Development",
        "Domain",
        "Edition",
        "Listing",
        "Market",
        "Place",
        "Relation",
        "Source",
        "Statistic",
    ),
    "names": ("Suggestion", "market", "match_names", "suggest"),
    "query": ("coverage", "developments", "edition", "editions", "markets", "sources", "statistics", "table"),
    "records": ("Records",),
    "screening": ("Screener", "screen"),
}

__all__ = [
    "DATA_VERSION",
    "AmbiguousMarket",
    "Change",
    "Changes",
    "Citation",
    "Coverage",
    "Development",
    "Domain",
    "Edition",
    "Listing",
    "Market",
    "Match",
    "MissingExtra",
    "NothingToScreen",
    "NotoriousMarketsError",
    "Place",
    "Records",
    "Relation",
    "Screener",
    "Source",
    "Statistic",
    "Suggestion",
    "UnknownValue",
    "__version__",
    "changes",
    "cite",
    "coverage",
    "developments",
    "edition",
    "editions",
    "export",
    "lookup",
    "market",
    "markets",
    "match_names",
    "screen",
    "sources",
    "statistics",
    "suggest",
    "table",
]


# Hidden from type checkers, which would otherwise accept any attribute of the package.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        for module, names in _MODULES.items():
            if name in names:
                from importlib import import_module

                value = getattr(import_module(f".{module}", __name__), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
