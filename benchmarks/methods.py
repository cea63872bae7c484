"""The methods that the benchmark of screening compares: this package, its peers, and two lower bounds.

Every method gets the same single array of Arrow text, and its time ends when its booleans are an Arrow array again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import peers
from benchmarks.peers import Screen


class Method(NamedTuple):
    """A way to screen.

    Attributes:
        prepare: Takes a list of domains and returns a function from a column to booleans. Its time is the setup.
        description: The description in the table.
        slow: Whether it is measured on the first rows only.
        file: Whether it screens the whole file of the workload for the shipped domains, and returns the URLs on the list.
    """

    prepare: Callable[[list[str]], Screen]
    description: str
    slow: bool = False
    file: bool = False


class Missing(Exception):
    """A method cannot be measured here, for the reason in the message."""


def _ours(engine: str, result: str = "mask", threads: int = 1, *, numba: bool = True) -> Callable[[list[str]], Screen]:
    def prepare(listed: list[str]) -> Screen:
        if not numba:
            # Importing numba fails, as if it were not installed.
            sys.modules["numba"] = None  # type: ignore[assignment]
        screener = _screener(listed, engine)
        return lambda column: screener.screen(column, result=result, threads=threads)

    return prepare


def _screener(listed: list[str], engine: str) -> Any:
    from notorious_markets import Screener
    from notorious_markets.errors import MissingExtra

    options: Any = {"engine": engine, "extra_domains": listed}
    try:
        return Screener(**options)
    except MissingExtra as error:
        raise Missing(str(error)) from None


def _lookup(listed: list[str]) -> Screen:
    screener = _screener(listed, "labels")
    return peers.by_url(lambda url: screener.lookup(url) is not None)


def _command_line(_: list[str]) -> Screen:
    command = [sys.executable, "-m", "notorious_markets", "screen"]
    if subprocess.run([*command, "--help"], capture_output=True, check=False).returncode:
        raise Missing("the package has no command `screen`")

    def screen(path: str) -> Any:
        from pyarrow.parquet import ParquetFile

        with tempfile.TemporaryDirectory() as folder:
            hits = str(Path(folder) / "hits.parquet")
            subprocess.run([*command, path, "--column", "url", "-o", hits], capture_output=True, check=True)
            return ParquetFile(hits).read(["url"]).column("url").combine_chunks()

    return screen


def _lower_case(_: list[str]) -> Screen:
    from pyarrow.compute import ascii_lower, is_null

    return lambda column: is_null(ascii_lower(column))


def _to_python(_: list[str]) -> Screen:
    return lambda column: peers.booleans([False for _ in column.to_pylist()])


METHODS = {
    "ours-core": Method(_ours("labels"), 'ours: `Screener(engine="labels")`, mask'),
    "ours-pattern": Method(_ours("pattern"), 'ours: `engine="pattern"`, mask'),
    "ours-fast": Method(_ours("compiled"), 'ours: `engine="compiled"` (extra `fast`), mask'),
    "ours-core-rows": Method(_ours("labels", "rows"), 'ours: `engine="labels"`, a table of all rows'),
    "ours-fast-rows": Method(_ours("compiled", "rows"), 'ours: `engine="compiled"`, a table of all rows'),
    "ours-lookup": Method(_lookup, "ours: a loop over `Screener.lookup`", slow=True),
    "ours-command": Method(_command_line, "ours: `notorious-markets screen FILE`, whole process, shipped domains", file=True),
    "hyperscan": Method(peers.hyperscan, "Hyperscan over the Arrow buffer, unusual hosts added, candidates verified by can_ada"),
    "duckdb-alternation": Method(peers.duckdb_alternation, "DuckDB: one anchored alternation, `regexp_matches`"),
    "arrow-alternation": Method(peers.arrow_alternation, "pyarrow: the same alternation, `match_substring_regex`"),
    "ahocorasick": Method(
        peers.ahocorasick, "ahocorasick_rs over the Arrow buffer, other rows added, candidates verified by can_ada"
    ),
    "polars-contains": Method(peers.polars_contains, "Polars: `str.contains_any`, candidates verified by can_ada"),
    "polars-host": Method(peers.polars_host, "Polars: host by `str.extract`, its last labels `is_in`"),
    "partition": Method(peers.partition, "`str.partition`, walk over the labels"),
    "can-ada": Method(peers.can_ada, "can_ada, walk over the labels"),
    "duckdb-join": Method(peers.duckdb_join, "DuckDB: host, `string_split`, semi joins of its last labels"),
    "adblock": Method(peers.adblock, "adblock (Brave): one rule `||domain^` each", slow=True),
    "tldextract": Method(peers.tldextract, "tldextract as in its README: registered domain or whole host in a set", slow=True),
    "tldextract-careful": Method(peers.tldextract_careful, "tldextract, lower case, private suffixes", slow=True),
    "urlsplit": Method(peers.urlsplit, "`urllib.parse.urlsplit`, walk over the labels", slow=True),
    "publicsuffixlist": Method(peers.publicsuffixlist, "publicsuffixlist with the host of `urlsplit`", slow=True),
    "datatrove": Method(peers.datatrove, "datatrove `URLFilter.filter`, `extra_domains` only", slow=True),
    "floor-lower": Method(_lower_case, "floor: pyarrow `ascii_lower` alone"),
    "floor-python": Method(_to_python, "floor: `to_pylist` and a list of booleans back"),
}
"""The methods of the main table, by the name that `--only` takes."""

FURTHER = {
    "ours-auto-core": Method(_ours("auto", numba=False), "ours without extras"),
    "ours-core-2": Method(_ours("labels", threads=2), 'ours: `engine="labels"`, `threads=2`'),
    "ours-fast-2": Method(_ours("compiled", threads=2), 'ours: `engine="compiled"`, `threads=2`'),
}
"""Further methods of the other tables."""
