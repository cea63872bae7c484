"""The U.S. Trade Representative's Notorious Markets List, every edition, as typed and sourced data.

A listing reflects reports to USTR and is not a finding of a violation of law.

>>> import notorious_markets as nm
>>> len(nm.markets(2021, kind="online"))
42

Importing the package loads neither the data nor pyarrow; the first query loads both. No function opens a network connection.
"""

from .about import DATA_VERSION, __version__

# Type checkers treat this name as typing.TYPE_CHECKING. Importing `typing` would make the package slower to load.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import duckdb as duckdb
    from . import plot as plot
    from . import polars as polars
    from . import spark as spark
    from .citing import cite
    from .errors import (
        AmbiguousMarket,
        DamagedInstallation,
        MissingExtra,
        MissingLibrary,
        NothingToScreen,
        NotoriousMarketsError,
        UnknownValue,
        UnreadableReport,
    )
    from .exporting import export
    from .history import Change, Changes, changes
    from .matching import Match, lookup
    from .models import (
        Alias,
        Citation,
        Coverage,
        Development,
        Domain,
        Edition,
        Listing,
        Market,
        Operator,
        Place,
        Relation,
        Source,
        Statistic,
        Unchanged,
    )
    from .names import Suggestion, market, match_names, suggest
    from .query import (
        aliases,
        all_markets,
        citations,
        coverage,
        developments,
        domains,
        edition,
        editions,
        listings,
        markets,
        operators,
        places,
        relations,
        sources,
        statistics,
        table,
        unchanged,
    )
    from .records import Records
    from .reports import (
        Comparison,
        ContentsEntry,
        OnlineEntry,
        PhysicalEntry,
        PositiveDevelopment,
        Report,
        Unplaced,
        read_report,
    )
    from .screening import Screener, screen

_MODULES = {
    "citing": ("cite",),
    "errors": (
        "AmbiguousMarket",
        "DamagedInstallation",
        "MissingExtra",
        "MissingLibrary",
        "NothingToScreen",
        "NotoriousMarketsError",
        "UnknownValue",
        "UnreadableReport",
    ),
    "exporting": ("export",),
    "history": ("Change", "Changes", "changes"),
    "matching": ("Match", "lookup"),
    "models": (
        "Alias",
        "Citation",
        "Coverage",
        "Development",
        "Domain",
        "Edition",
        "Listing",
        "Market",
        "Operator",
        "Place",
        "Relation",
        "Source",
        "Statistic",
        "Unchanged",
    ),
    "names": ("Suggestion", "market", "match_names", "suggest"),
    "query": (
        "aliases",
        "all_markets",
        "citations",
        "coverage",
        "developments",
        "domains",
        "edition",
        "editions",
        "listings",
        "markets",
        "operators",
        "places",
        "relations",
        "sources",
        "statistics",
        "table",
        "unchanged",
    ),
    "records": ("Records",),
    "reports": (
        "Comparison",
        "ContentsEntry",
        "OnlineEntry",
        "PhysicalEntry",
        "PositiveDevelopment",
        "Report",
        "Unplaced",
        "read_report",
    ),
    "screening": ("Screener", "screen"),
}
# Their libraries may be missing, so they are not in `__all__`.
_SUBMODULES = ("duckdb", "plot", "polars", "spark")

__all__ = [
    "DATA_VERSION",
    "Alias",
    "AmbiguousMarket",
    "Change",
    "Changes",
    "Citation",
    "Comparison",
    "ContentsEntry",
    "Coverage",
    "DamagedInstallation",
    "Development",
    "Domain",
    "Edition",
    "Listing",
    "Market",
    "Match",
    "MissingExtra",
    "MissingLibrary",
    "NothingToScreen",
    "NotoriousMarketsError",
    "OnlineEntry",
    "Operator",
    "PhysicalEntry",
    "Place",
    "PositiveDevelopment",
    "Records",
    "Relation",
    "Report",
    "Screener",
    "Source",
    "Statistic",
    "Suggestion",
    "Unchanged",
    "UnknownValue",
    "Unplaced",
    "UnreadableReport",
    "__version__",
    "aliases",
    "all_markets",
    "changes",
    "citations",
    "cite",
    "coverage",
    "developments",
    "domains",
    "edition",
    "editions",
    "export",
    "listings",
    "lookup",
    "market",
    "markets",
    "match_names",
    "operators",
    "places",
    "read_report",
    "relations",
    "screen",
    "sources",
    "statistics",
    "suggest",
    "table",
    "unchanged",
]


# Hidden from type checkers, which would otherwise accept any attribute of the package.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name in _SUBMODULES:
            try:
                return _imported(name)
            except ImportError as error:
                # An `ImportError` would break `hasattr` and `help`.
                raise AttributeError(str(error)) from error
        for module, names in _MODULES.items():
            if name in names:
                value = _imported(module, name)
                globals()[name] = value
                return value
        # Python suggests a similar name if it knows the object.
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=import_module(__name__))


def _imported(module: str, name: str | None = None) -> object:
    """Import a module of the package and return it, or one of its names.

    Raises:
        DamagedInstallation: The module, or one that it imports, is missing or damaged.
    """
    from importlib import import_module

    try:
        found = import_module(f".{module}", __name__)
        if name is not None and not hasattr(found, name):
            raise ImportError(f"cannot import name {name!r} from {found.__name__!r}", name=found.__name__, path=found.__file__)
    except (ImportError, OSError, SyntaxError) as error:
        from .errors import damage_of

        if damage := damage_of(error):
            raise damage from error
        raise
    return found if name is None else getattr(found, name)


def __dir__() -> list[str]:
    return sorted([*__all__, *_SUBMODULES])
