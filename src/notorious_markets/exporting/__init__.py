"""Taking the data out: one function, and the formats that it knows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import date
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, overload

from attrs import frozen

from .._store import TABLES
from .._writing import write_files
from ..errors import UnknownValue
from . import blocklists, entities, tabular
from .descriptions import json_ld
from .selection import FILTERED_TABLES, Selection

if TYPE_CHECKING:
    from ..vocabularies import Category, Goods, Grade, Kind

FormatName = Literal[
    "csv", "jsonl", "parquet", "excel", "sqlite", "domains", "hosts", "adblock", "dnsmasq", "rpz", "ftm", "json-ld"
]
Holds = Literal["one table", "tables", "database", "domains", "entities", "description"]


class BinaryFile(Protocol):
    """Whatever takes bytes."""

    def write(self, content: bytes, /) -> object:
        """Take all of them."""
        ...


@frozen
class Format:
    """A format of export.

    Attributes:
        title: What it is, in a few words.
        holds: What a file of it holds: one table, tables, the whole database, the domains of listings, the markets of
            listings as entities, or a description of the dataset without its rows.
        render: The bytes of a file.
        suffixes: Ends of a file name by which it is known; none where they would tell too little.
        extra: The extra of the package that it needs.
        sidecar: For a format that has no place for a note of its own: the end of the name and the content of the file
            that stands beside it.
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
        sidecar=(".datapackage.json", tabular.csv_package),
    ),
    "jsonl": Format(
        "JSON Lines, with a Data Package beside it",
        "one table",
        tabular.write_jsonl,
        (".jsonl", ".ndjson"),
        sidecar=(".datapackage.json", tabular.jsonl_package),
    ),
    "parquet": Format("Parquet", "one table", tabular.write_parquet, (".parquet",)),
    "excel": Format("Excel workbook", "tables", tabular.write_excel, (".xlsx",), extra="excel"),
    "sqlite": Format("SQLite database of every table", "database", tabular.write_sqlite, (".sqlite", ".sqlite3", ".db")),
    "domains": Format("domains, one a line", "domains", blocklists.plain),
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
"""The formats by their names."""


@overload
def export(
    to: str | os.PathLike[str],
    what: str | Iterable[str] | None = None,
    *,
    format: FormatName | None = None,
    year: int | Iterable[int] | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    as_of: date | str | None = None,
) -> Path: ...
@overload
def export(
    to: BinaryFile,
    what: str | Iterable[str] | None = None,
    *,
    format: FormatName,
    year: int | Iterable[int] | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    as_of: date | str | None = None,
) -> None: ...
def export(
    to: str | os.PathLike[str] | BinaryFile,
    what: str | Iterable[str] | None = None,
    *,
    format: FormatName | None = None,  # noqa: A002
    year: int | Iterable[int] | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    country: str | Iterable[str] | None = None,
    category: Category | Iterable[Category] | None = None,
    goods: Goods | Iterable[Goods] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    as_of: date | str | None = None,
) -> Path | None:
    """Write listings, a table, a blocklist or the whole database to a file.

    A file is written whole or not at all, and replaces an older one in one step. The same data give the same bytes.
    CSV, JSON Lines and FollowTheMoney have no place for a note; beside a file of theirs, `NAME.datapackage.json` or
    `NAME.dataset.json` has the version of the data, the meaning of the columns and the caution.

    Args:
        to: Where to write: a path, or a file that is open for bytes; into an open file goes no second one beside it.
        what: The table, `"listings"` unless told otherwise; for Excel several, one sheet each. SQLite has every
            table, and blocklists and entities take none.
        format: A name in `FORMATS`; without it the end of the file name tells.
        year: These and the other conditions choose listings as in `markets`, and with them the rows of `markets`,
            `domains` and `citations` that belong to them. A blocklist has all domains of the markets that the listings
            lead to, as `Screener` has. In SQLite they choose listings and citations, and the other tables are whole.
        kind: See `markets`.
        country: See `markets`.
        category: See `markets`.
        goods: See `markets`.
        grade: See `markets`.
        as_of: See `markets`.

    Returns:
        The path of the file; `None` for an open file.

    Raises:
        UnknownValue: A format, table or condition that does not exist, or a file name that tells no format; the message
            lists the valid ones.
        NothingToScreen: A blocklist for listings of which no domain is known.
        MissingExtra: The format needs a library that is not installed.
        FileNotFoundError: The folder does not exist.
        IsADirectoryError: The path is a folder.
        ValueError: A table or a condition was given to a format or table that takes none.
        TypeError: A value of another type, a file that is open for text, or one without `format`.

    >>> import notorious_markets as nm
    >>> import io
    >>> out = io.BytesIO()
    >>> nm.export(out, format="hosts", year=2021, country="CN")
    >>> print(out.getvalue().decode().splitlines()[-1])
    0.0.0.0 taobao.com
    """
    path = _path(to)
    name = _format(path, format)
    chosen = FORMATS[name]
    conditions = {
        "year": year,
        "kind": kind,
        "country": country,
        "category": category,
        "goods": goods,
        "grade": grade,
        "as_of": as_of,
    }
    given = any(value is not None for value in conditions.values())
    tables = _tables(name, chosen.holds, what)
    if given and chosen.holds == "description":
        raise ValueError(f"the format {name!r} describes the whole dataset and takes no conditions")
    if given and (whole := [table for table in tables if table not in FILTERED_TABLES]):
        raise ValueError(f"conditions choose rows of {', '.join(FILTERED_TABLES)}; {whole[0]} is exported whole, without them")
    if path is not None:
        _check(path)
    selection = Selection.of(tables, conditions)
    content = chosen.render(selection)
    if path is None:
        assert not isinstance(to, (str, os.PathLike))
        to.write(content)
        return None
    files = {path: content}
    if chosen.sidecar is not None:
        end, describe = chosen.sidecar
        files[path.with_name(path.name + end)] = describe(selection, path.name, content)
    write_files(files)
    return path


def _path(to: object) -> Path | None:
    if isinstance(to, (str, os.PathLike)):
        return Path(to)
    if isinstance(to, TextIOBase):
        raise TypeError("the file is open for text; open it for bytes, with mode 'wb'")
    if not hasattr(to, "write"):
        raise TypeError(f"to must be a path or a file that is open for bytes, not {type(to).__name__}")
    return None


def _format(path: Path | None, given: str | None) -> FormatName:
    for name, known in FORMATS.items():
        if given == name or (given is None and path is not None and path.name.casefold().endswith(known.suffixes)):
            return name
    if given is not None:
        raise UnknownValue("format", given, FORMATS)
    if path is None:
        raise TypeError(f"an open file needs format, one of {', '.join(FORMATS)}")
    raise UnknownValue("format of the file", path.name, FORMATS)


def _tables(name: str, holds: Holds, what: str | Iterable[str] | None) -> tuple[str, ...]:
    if what is None:
        return ("listings",)
    if holds not in ("one table", "tables"):
        raise ValueError(f"the format {name!r} takes no table")
    tables = (what,) if isinstance(what, str) else tuple(what)
    for table in tables:
        if table not in TABLES.values():
            raise UnknownValue("table", table, TABLES.values())
    if not tables or len(set(tables)) < len(tables) or (holds == "one table" and len(tables) > 1):
        number = "one table" if holds == "one table" else "different tables, at least one"
        raise ValueError(f"the format {name!r} takes {number}, not {', '.join(tables) or 'none'}")
    return tables


def _check(path: Path) -> None:
    """Say what is wrong with a path before any work is done."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}")
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder")
    if path.exists() and not path.is_file():
        raise ValueError(f"{str(path)!r} is no regular file; open it and hand over the open file")
