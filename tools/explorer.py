"""Write the files that the page in `explorer/` reads: `python -m tools.explorer`.

The page reads the Parquet files of the package. What follows from them by a rule of the package is written beside them, so
that the page does not repeat the rule: statuses, changes, normal forms of names, and citations. The types of the rows are
written too, so that the compiler of the page finds a column that was renamed.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterable
from datetime import date
from itertools import permutations
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

import notorious_markets as nm
from notorious_markets import _html, vocabularies
from notorious_markets._countries import country_names
from notorious_markets._packaged import read_binary, read_text
from notorious_markets._store import TABLES
from notorious_markets._writing import write_files
from notorious_markets.about import CAUTION, GEONAMES, PUBLISHER, TITLE
from notorious_markets.citing import CitationStyle
from notorious_markets.exporting.descriptions import CELL_LIST_SEPARATOR, descriptor
from notorious_markets.history import is_doubtful
from notorious_markets.names.forms import loose_key, name_key, spellings
from notorious_markets.names.known import owners_of
from notorious_markets.plot import map as picture
from tools.schema import ROOT

FOLDER = ROOT / "explorer" / "public" / "data"
TYPES = ROOT / "explorer" / "src" / "rows.ts"

_STYLES: tuple[CitationStyle, ...] = get_args(CitationStyle)
# The properties of `Changes` that put each change into exactly one group.
_GROUPS = ("added", "dropped", "cannot_be_told", "renamed", "kept")


def files() -> dict[str, bytes]:
    """Return the files of the page by their names."""
    tables = {f"{name}.parquet": read_binary(f"data/{name}.parquet") for name in TABLES.values()}
    return {
        **tables,
        "answers.json": _json(_answers()),
        "names.json": _json(_names()),
        "outlines.json": read_text("plot/countries.json").encode(),
        "changes.parquet": _parquet(_changes()),
        "listing_citations.parquet": _parquet(_listing_citations()),
    }


def _answers() -> dict[str, Any]:
    """Return what every view of the page needs."""
    listings = descriptor()["tables"]["listings"]["schema"]["fields"]
    return {
        "version": nm.__version__,
        "data_version": nm.DATA_VERSION,
        "title": TITLE,
        "publisher": PUBLISHER,
        "caution": CAUTION,
        "geonames": GEONAMES,
        "separator": CELL_LIST_SEPARATOR,
        "vocabularies": {
            "kind": get_args(vocabularies.Kind),
            "category": get_args(vocabularies.Category),
            "goods": get_args(vocabularies.Goods),
            "grade": get_args(vocabularies.Grade),
            "role": get_args(vocabularies.Role),
            "status": get_args(vocabularies.Status),
        },
        "words": {
            "grade": vocabularies.GRADES_IN_WORDS,
            "role": vocabularies.ROLES_IN_WORDS,
            "relation": _html.RELATIONS,
            "uncertain": _html.MEANINGS["uncertain"],
        },
        "countries": country_names(),
        "columns": {field["name"]: field["description"] for field in listings},
        "years": [edition.year for edition in nm.editions()],
        "statuses": {market.market_id: _statuses(market) for market in nm.all_markets()},
        "spells": {market.market_id: [[spell[0], spell[-1]] for spell in market.spells] for market in nm.all_markets()},
        "doubtful": [f"{listing.year}-{listing.listing_no}" for listing in nm.markets() if is_doubtful(listing)],
        "citations": {
            "dataset": {style: nm.cite(None, style) for style in _STYLES},
            **{edition.year: {style: nm.cite(edition, style) for style in _STYLES} for edition in nm.editions()},
        },
        "map": {"windows": {"world": picture.WORLD, "asia": picture.ASIA}, "area": picture.AREA},
    }


def _statuses(market: nm.Market) -> str:
    """Return a digit for each edition, oldest first: the position of the status in the vocabulary."""
    words = get_args(vocabularies.Status)
    return "".join(str(words.index(market.status(edition.year))) for edition in nm.editions())


def _names() -> dict[str, Any]:
    """Return the markets of each normal form of a name, and the characters whose case folding is not their lower case."""
    characters = map(chr, range(sys.maxunicode + 1))
    keys: list[str] = []
    for market in nm.all_markets():
        for name in (market.name, *market.aliases, market.market_id, *(row.domain for row in market.domains)):
            keys += map(name_key, spellings(name))
    forms = dict.fromkeys([*keys, *map(loose_key, keys)])
    return {
        "owners": {form: dict(owners_of(form)) for form in forms},
        "casefold": {each: each.casefold() for each in characters if each.casefold() != each.lower()},
    }


def _changes() -> pa.Table:
    """Return the changes between any two editions, with the group of `Changes` in which each of them is."""
    tables = []
    for before, after in permutations([edition.year for edition in nm.editions()], 2):
        changes = nm.changes(before, after)
        # A renamed market is also kept, so the last group that is written wins.
        groups = {change.market_id: group for group in reversed(_GROUPS) for change in getattr(changes, group)}
        column = pa.array([groups[change.market_id] for change in changes], pa.string())
        tables.append(changes.to_arrow().append_column("group", column))
    return pa.concat_tables(tables)


def _listing_citations() -> pa.Table:
    listings = nm.markets()
    return pa.table(
        {
            "year": pa.array([listing.year for listing in listings], pa.int16()),
            "listing_no": pa.array([listing.listing_no for listing in listings], pa.int16()),
            "apa": [nm.cite(listing) for listing in listings],
            "bibtex": [nm.cite(listing, "bibtex") for listing in listings],
        }
    )


def types() -> str:
    """Return the types of the rows and of some vocabularies in TypeScript."""
    words = {name: getattr(vocabularies, name) for name in ("Kind", "Grade", "Role", "Status")}
    tables = {model: nm.table(name).column_names for model, name in TABLES.items()}
    rows = {**tables, nm.Change: nm.changes(*(edition.year for edition in nm.editions()[:2])).to_arrow().column_names}
    return "\n".join(
        [
            "/** The rows of the tables; `python -m tools.explorer` writes this file. */\n",
            *(f"export type {name} = {_type(hint)};" for name, hint in words.items()),
            *(f"\n{_interface(model.__name__, model, columns)}" for model, columns in rows.items()),
            "\nexport interface Tables {",
            *(f"  {name}: {model.__name__};" for model, name in TABLES.items()),
            "}\n",
        ]
    )


def _interface(name: str, model: type, columns: Iterable[str]) -> str:
    """Return the interface of the rows of a table. A column is an attribute or a property of the model."""
    hints = get_type_hints(model)
    for column in set(columns) - set(hints):
        hints[column] = get_type_hints(getattr(model, column).fget)["return"]
    lines = (f"  {column}: {_type(hints[column])};" for column in columns)
    return "\n".join([f"export interface {name} {{", *lines, "}"])


def _type(hint: Any) -> str:
    """Return a type of the models in TypeScript. Days are text."""
    simple: dict[Any, str] = {str: "string", int: "number", float: "number", bool: "boolean", date: "string", NoneType: "null"}
    if hint in simple:
        return simple[hint]
    parts = get_args(hint)
    if get_origin(hint) is Literal:
        return " | ".join(json.dumps(part) for part in parts)
    if get_origin(hint) is tuple:
        return f"Array<{_type(parts[0])}>"
    if isinstance(hint, UnionType) or parts:
        return " | ".join(map(_type, parts))
    raise TypeError(f"hint must be a type of a column, not {hint!r}")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table.combine_chunks(), out, compression="zstd", compression_level=19, row_group_size=len(table))
    return out.getvalue()


def main(arguments: list[str] | None = None) -> None:
    """Write the files of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder of the files (default: explorer/public/data/)")
    options = parser.parse_args(arguments)
    written = files()
    options.output.mkdir(parents=True, exist_ok=True)
    write_files({TYPES: types().encode(), **{options.output / name: content for name, content in written.items()}})
    print(f"{sum(map(len, written.values())):,} bytes in {options.output}")


if __name__ == "__main__":
    main()
