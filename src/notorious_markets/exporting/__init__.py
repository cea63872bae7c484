"""Export of listings, tables, blocklists and the whole database to files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from functools import partial
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, get_args, overload

from attrs import evolve, frozen

from .._filters import one_of, several, some_of
from .._store import TABLES
from .._writing import write_files
from ..errors import UnknownValue
from ..records import Records
from ..vocabularies import Role
from . import blocklists, entities, tabular
from .descriptions import data_package, json_ld
from .selection import FILTERED_TABLES, Selection

if TYPE_CHECKING:
    from ..models import Market
    from ..vocabularies import Category, Day, Goods, Grade, Kind, Years

FormatName = Literal[
    "csv", "jsonl", "json", "parquet", "excel", "sqlite", "domains", "hosts", "adblock", "dnsmasq", "rpz", "ftm", "json-ld"
]
Holds = Literal["one table", "tables", "database", "domains", "entities", "description"]


class BinaryFile(Protocol):
    """An object with a method `write` that takes bytes, such as a file opened in binary mode."""

    def write(self, content: bytes, /) -> object:
        """Write all bytes."""
        ...


@frozen
class Format:
    """An export format.

    Attributes:
        title: A short description.
        holds: The content of a file: one table, several tables, the whole database, the domains of listings, the markets of
            listings as entities, or a description of the dataset without rows.
        render: Returns the content of a file.
        suffixes: The file name suffixes that select the format. Formats with ambiguous suffixes have none.
        extra: The extra of the package that the format needs, if any.
        sidecar: The second file for formats that have no room for a description: its suffix, which is appended to the name of
            the first file, and a function that returns its content.
    """

    title: str
    holds: Holds
    render: Callable[[Selection], bytes]
    suffixes: tuple[str, ...] = ()
    extra: str | None = None
    sidecar: tuple[str, Callable[[Selection, str, bytes], bytes]] | None = None


FORMATS: dict[FormatName, Format] = {
    "csv": Format(
        "CSV, with a Data Package beside it",
        "one table",
        tabular.write_csv,
        (".csv",),
        sidecar=(".datapackage.json", partial(data_package, "csv")),
    ),
    "jsonl": Format(
        "JSON Lines, with a Data Package beside it",
        "one table",
        tabular.write_jsonl,
        (".jsonl", ".ndjson"),
        sidecar=(".datapackage.json", partial(data_package, "jsonl")),
    ),
    "json": Format(
        "JSON array, with a Data Package beside it",
        "one table",
        tabular.write_json,
        (".json",),
        sidecar=(".datapackage.json", partial(data_package, "json")),
    ),
    "parquet": Format("Parquet", "one table", tabular.write_parquet, (".parquet",)),
    "excel": Format("Excel workbook", "tables", tabular.write_excel, (".xlsx",), extra="excel"),
    "sqlite": Format("SQLite database with every table", "database", tabular.write_sqlite, (".sqlite", ".sqlite3", ".db")),
    "domains": Format("one domain per line", "domains", blocklists.plain),
    "hosts": Format("hosts file", "domains", blocklists.hosts),
    "adblock": Format("filter list for uBlock Origin and Adblock Plus", "domains", blocklists.adblock),
    "dnsmasq": Format("configuration for dnsmasq", "domains", blocklists.dnsmasq),
    "rpz": Format("response policy zone for name servers", "domains", blocklists.rpz, (".rpz",)),
    "ftm": Format(
        "FollowTheMoney entities, with their dataset beside them",
        "entities",
        entities.write_ftm,
        (".ftm.json",),
        extra="ftm",
        sidecar=(".dataset.json", entities.ftm_dataset),
    ),
    "json-ld": Format("schema.org description of the dataset", "description", lambda _: json_ld(), (".jsonld",)),
}
"""The export formats by name."""


@overload
def export(
    to: str | os.PathLike[str],
    what: str | Iterable[str] | Records[Any] | None = None,
    *,
    format: FormatName | None = None,
    year: Years | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    market: str | Market | Iterable[str | Market] | None = None,
    operator: str | Iterable[str] | None = None,
    as_of: Day | None = None,
    role: Role | Iterable[Role] | None = None,
) -> Path: ...
@overload
def export(
    to: BinaryFile,
    what: str | Iterable[str] | Records[Any] | None = None,
    *,
    format: FormatName,
    year: Years | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    market: str | Market | Iterable[str | Market] | None = None,
    operator: str | Iterable[str] | None = None,
    as_of: Day | None = None,
    role: Role | Iterable[Role] | None = None,
) -> None: ...
def export(
    to: str | os.PathLike[str] | BinaryFile,
    what: str | Iterable[str] | Records[Any] | None = None,
    *,
    format: FormatName | None = None,  # noqa: A002
    year: Years | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    market: str | Market | Iterable[str | Market] | None = None,
    operator: str | Iterable[str] | None = None,
    as_of: Day | None = None,
    role: Role | Iterable[Role] | None = None,
) -> Path | None:
    """Write listings, a table, a blocklist or the whole database to a file.

    The file is complete or not written at all, and it replaces an existing file in one step. The same data give the same
    bytes. CSV, JSON, JSON Lines and FollowTheMoney have no room for a description, so these formats come with a second file,
    `NAME.datapackage.json` or `NAME.dataset.json`. It contains the version of the data and the caution, and for tables
    the meaning of each column.

    Args:
        to: A path, or a file that is open in binary mode. An open file receives no second file.
        what: The table to write, by default `"listings"`, or the rows of a table that a query returned, such as
            `markets(2021)`. Excel accepts several tables and writes one sheet for each. SQLite contains every table. SQLite,
            blocklists and entities accept only listings that a query returned, and select the rows that belong to them. The
            description does not accept this argument.
        format: A name in `FORMATS`. By default, the suffix of the file name selects the format.
        year: This and the following conditions select listings as in `markets`. Exports of `markets`, `domains` and
            `citations` contain the rows that belong to these listings. A blocklist contains the domains of the listed
            markets. In SQLite, conditions apply to listings and citations, and the other tables are whole.
        kind: See `markets`.
        country: See `markets`.
        category: See `markets`.
        goods: See `markets`.
        grade: See `markets`.
        market: See `markets`.
        operator: See `markets`.
        as_of: See `markets`.
        role: Which domains a blocklist contains: one or several of `"own"`, `"former"` and `"company"`. By default, only
            `"own"`. A list with other roles says so in its header, because it may block sites of owners who have nothing to
            do with a market. Other formats do not accept this argument.

    Returns:
        The path of the file, or `None` for an open file.

    Raises:
        UnknownValue: A format, a table or the value of a condition does not exist, or the suffix of the file name does not
            select a format. The message lists the valid values.
        NothingToScreen: A blocklist would be empty because no domain is known for the listings.
        MissingExtra: The format needs a library that is not installed.
        FileNotFoundError: The folder does not exist.
        IsADirectoryError: The path is a folder.
        ValueError: The format does not accept the tables, or conditions do not apply to the format or to a table.
        TypeError: An argument has the wrong type, the file is open in text mode, or an open file has no `format`.

    >>> import notorious_markets as nm
    >>> import io
    >>> out = io.BytesIO()
    >>> nm.export(out, format="hosts", year=2021, country="CN")
    >>> print(out.getvalue().decode().splitlines()[-2])
    0.0.0.0 taobao.com
    """
    path = _path(to)
    name = _format_name(path, format)
    result = what if isinstance(what, Records) else None
    tables = _tables(name, what) if result is None else (_table_of(name, result),)
    possible = {
        "year": year,
        "kind": kind,
        "country": country,
        "category": category,
        "goods": goods,
        "grade": grade,
        "market": market,
        "operator": operator,
        "as_of": as_of,
    }
    conditions = {argument: value for argument, value in possible.items() if value is not None}
    if result is not None and conditions:
        raise ValueError(f"what is a result already; pass {', '.join(conditions)} to the query that returns it")
    _check_conditions(name, tables, conditions)
    roles = _roles(name, role)
    if path is not None:
        _check_path(path)

    selection = Selection.from_conditions(tables, conditions) if result is None else Selection.from_result(result, *tables)
    selection = evolve(selection, roles=roles)
    content = FORMATS[name].render(selection)
    if path is None:
        cast("BinaryFile", to).write(content)
        return None
    files = {path: content}
    if sidecar := FORMATS[name].sidecar:
        suffix, describe = sidecar
        files[path.with_name(path.name + suffix)] = describe(selection, path.name, content)
    write_files(files)
    return path


def _path(to: object) -> Path | None:
    """Return the path, or `None` if `to` is a file that is open in binary mode."""
    if isinstance(to, (str, os.PathLike)):
        return Path(to)
    if isinstance(to, TextIOBase):
        raise TypeError("to must be a file that is open in binary mode, not in text mode; open it with mode 'wb'")
    if not hasattr(to, "write"):
        raise TypeError(f"to must be a path or a file that is open in binary mode, not {type(to).__name__}")
    return None


def _format_name(path: Path | None, format_: str | None) -> FormatName:
    if format_ is not None:
        return cast("FormatName", one_of("format", format_, str, FORMATS))
    if path is None:
        raise TypeError(f"format must be specified for an open file; valid: {', '.join(FORMATS)}")
    suffixes: dict[str, FormatName] = {suffix: name for name, known in FORMATS.items() for suffix in known.suffixes}
    # A longer suffix is more specific: `.ftm.json` instead of `.json`.
    for suffix in sorted(suffixes, key=len, reverse=True):
        if path.name.casefold().endswith(suffix):
            return suffixes[suffix]
    raise UnknownValue("format of the file", path.name, FORMATS)


def _tables(name: FormatName, what: str | Iterable[str] | None) -> tuple[str, ...]:
    if what is None:
        return ("listings",)
    holds = FORMATS[name].holds
    if holds not in ("one table", "tables"):
        raise ValueError(f"what must be None for the format {name!r}, not {what!r}")
    tables = several("what", what, str)
    for table in tables:
        one_of("table", table, str, TABLES.values())
    if not tables or len(set(tables)) < len(tables) or (holds == "one table" and len(tables) > 1):
        allowed = "one table" if holds == "one table" else "one or more different tables"
        raise ValueError(f"what must be {allowed} for the format {name!r}, not {', '.join(tables) or 'an empty list'}")
    return tuple(tables)


def _table_of(name: FormatName, result: Records[Any]) -> str:
    """Return the name of the table that contains the rows of a result."""
    if result.table_name is None:
        raise TypeError(f"what must be the rows of a table, not {type(result).__name__}; write it with to_pandas() or to_arrow()")
    holds = FORMATS[name].holds
    if holds == "description" or (result.table_name != "listings" and holds not in ("one table", "tables")):
        allowed = "None" if holds == "description" else "None or a result with listings"
        raise ValueError(f"what must be {allowed} for the format {name!r}, not rows of the table {result.table_name!r}")
    return result.table_name


def _check_conditions(name: FormatName, tables: tuple[str, ...], conditions: Collection[str]) -> None:
    if not conditions:
        return
    if FORMATS[name].holds == "description":
        raise ValueError(f"the format {name!r} describes the whole dataset; omit {', '.join(conditions)}")
    for table in tables:
        if table not in FILTERED_TABLES:
            filtered = ", ".join(FILTERED_TABLES)
            raise ValueError(f"the table {table!r} is exported whole; omit {', '.join(conditions)}, or choose from {filtered}")


def _roles(name: FormatName, role: Role | Iterable[Role] | None) -> tuple[Role, ...]:
    if role is None:
        return ("own",)
    if FORMATS[name].holds != "domains":
        raise ValueError(f"the format {name!r} is not a blocklist; omit role")
    wanted = some_of("role", role, str, get_args(Role))
    return tuple(option for option in get_args(Role) if wanted is None or option in wanted)


def _check_path(path: Path) -> None:
    """Refuse a path that cannot be written before any work is done."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {str(path.parent)!r} does not exist; create it first")
    if path.is_dir():
        raise IsADirectoryError(f"to must be the path of a file, but {str(path)!r} is a folder")
    if path.exists() and not path.is_file():
        raise ValueError(f"{str(path)!r} is not a regular file; open it in binary mode and pass the open file")
