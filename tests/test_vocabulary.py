"""Does a name mean the same in Python, in other engines, in the command and in exports, and does a meaning have one name?

`docs/vocabulary.md` and the data dictionary define the names. The tests compare them with the names that each interface has,
and the values that each interface gives for the same address.
"""

from __future__ import annotations

import csv
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import notorious_markets as nm
from notorious_markets.cli import cli
from notorious_markets.exporting.descriptions import descriptor

from .command import run

PAGE = (Path(__file__).parents[1] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
WORDS = {
    name: (meaning, tuple(interfaces.split(", ")))
    for name, meaning, interfaces in re.findall(r"^\| `([\w-]+)` \| (.+?) \| ([a-z, ]+) \|$", PAGE, re.MULTILINE)
}
TABLES = {name: {field.name: field for field in nm.table(name).schema} for name in descriptor()["tables"]}
DICTIONARY = {name for columns in TABLES.values() for name in columns}
CLASSES = [member for name in nm.__all__ if inspect.isclass(member := getattr(nm, name))]
MODULES = (nm, nm.plot, nm.duckdb, nm.polars, nm.spark)


def _functions() -> Iterator[Callable[..., Any]]:
    for module in MODULES:
        own = nm.__all__ if module is nm else [name for name in vars(module) if not name.startswith("_")]
        for name in own:
            member = getattr(module, name)
            if inspect.isfunction(member) and (module is nm or member.__module__.startswith(module.__name__)):
                yield member
    for class_ in CLASSES:
        yield from (member for name, member in inspect.getmembers(class_, inspect.isfunction) if not name.startswith("_"))
    yield nm.Screener.__init__


def _arguments() -> set[str]:
    names = {name for function in _functions() for name in inspect.signature(function).parameters}
    return names - {"self", "args", "kwargs", "options", "value", "index", "rows"}


def _options() -> set[str]:
    parameters = [parameter for command in cli.commands.values() for parameter in command.params]
    named = [max(parameter.opts, key=len).removeprefix("--").replace("-", "_") for parameter in parameters]
    return set(named)


def _attributes() -> set[str]:
    return {
        name
        for class_ in CLASSES
        if not issubclass(class_, Exception)
        for name in [*vars(class_), *(attrs.fields_dict(class_) if attrs.has(class_) else ())]
        if not name.startswith("_") and name != "SUMMARY" and not inspect.isroutine(getattr(class_, name, None))
    }


# An address, a name and an edition for which different names have different values.
ADDRESS = "https://m.vk.com/1"
MISSPELT = "Vkontakt"
YEAR = 2016


def _json(line: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(run(f"{line} --as json").stdout)
    return next((row for row in found if row.get("year") == YEAR), found[0])


def _results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the names and values that each interface gives for one address or one market."""
    connection = duckdb.connect()
    nm.duckdb.register(connection)
    functions = ("matched_domain", "market_id")
    in_sql = connection.execute(f"SELECT {', '.join(f'{name}(?1)' for name in functions)}", [ADDRESS]).fetchall()[0]
    batches = nm.spark.screened()(iter(pa.table({"url": [ADDRESS]}).to_batches()))
    file = folder / "urls.txt"
    file.write_text(f"{ADDRESS}\n", encoding="utf-8")
    header, line = csv.reader(run("screen --quiet -o -", file).stdout.splitlines())
    match, screened = nm.lookup(ADDRESS), nm.Screener().lookup(ADDRESS)
    assert match is not None
    assert screened is not None
    return {
        "lookup": match._asdict(),
        "Screener.lookup": screened._asdict(),
        "Market": {name: getattr(match.market, name) for name in ("market_id", "first_listed", "last_listed", "years", "name")},
        "screen": nm.screen([ADDRESS]).to_pylist()[0],
        "screen, pandas": json.loads(nm.screen(pd.DataFrame({"url": [ADDRESS]})).to_json(orient="records"))[0],
        "screen, polars": nm.screen(pl.DataFrame({"url": [ADDRESS]})).to_dicts()[0],
        "duckdb": dict(zip(functions, in_sql, strict=True)),
        "polars.screen": pl.select(nm.polars.screen(pl.lit(ADDRESS)).alias("found")).unnest("found").to_dicts()[0],
        "polars.matched_domain": {"matched_domain": pl.select(nm.polars.matched_domain(pl.lit(ADDRESS))).item()},
        "spark": pa.Table.from_batches(batches).to_pylist()[0],
        "command lookup": _json(f"lookup {ADDRESS}"),
        "command screen": dict(zip(header, line, strict=True)),
        "command show": _json("show vk"),
        "suggest": nm.suggest(MISSPELT)[0].to_dict(),
        "match_names": nm.match_names([MISSPELT]).to_pylist()[0],
    }


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return _results(tmp_path_factory.mktemp("vocabulary"))


def test_the_page_lists_every_name_of_every_interface(results: dict[str, dict[str, Any]]) -> None:
    columns = {name for row in results.values() for name in row}
    used = {"argument": _arguments(), "option": _options(), "attribute": _attributes(), "column": columns}
    found = {
        name: tuple(interface for interface, names in used.items() if name in names)
        for name in sorted(set.union(*used.values()) - DICTIONARY)
    }
    assert found == {name: interfaces for name, (_, interfaces) in WORDS.items()}


def test_no_two_names_have_one_meaning() -> None:
    assert len({meaning for meaning, _ in WORDS.values()}) == len(WORDS)
    assert not DICTIONARY & WORDS.keys()


def test_every_interface_gives_the_same_value_under_the_same_name(results: dict[str, dict[str, Any]]) -> None:
    """The values of different names differ for this address, so a value under two names is a meaning with two names."""
    values: dict[str, set[str]] = defaultdict(set)
    for row in results.values():
        for name, value in row.items():
            if value not in (None, [], ()) and not isinstance(value, bool) and name not in {"score", "line", "source_ids"}:
                values[name].add(str(list(value) if isinstance(value, tuple) else value))
    assert {name: found for name, found in values.items() if len(found) > 1} == {}
    names: dict[str, set[str]] = defaultdict(set)
    for name, found in values.items():
        for value in found:
            names[value].add(name)
    assert [found for found in names.values() if len(found) > 1] == []


def test_a_column_has_one_type_everywhere() -> None:
    schemas = {
        **{name: nm.table(name).schema for name in TABLES},
        "screen": nm.screen([ADDRESS]).schema,
        "changes": nm.changes(2020, 2021).to_arrow().schema,
        "suggest": nm.suggest(MISSPELT).to_arrow().schema,
        "match_names": nm.match_names([MISSPELT]).schema,
    }
    types: dict[str, dict[str, str]] = defaultdict(dict)
    for table, schema in schemas.items():
        for field in schema:
            types[field.name].setdefault(str(field.type), table)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}
