"""The methods that the benchmark of screening compares: ours, its peers as their documentation has them, and floors.

A method prepares for a list of domains and gives a function from a column of URLs to one boolean for each. Every method
gets the same single array of Arrow text, and the time counts until its booleans are an Arrow array again.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

Screen = Callable[[Any], Any]


class Method(NamedTuple):
    """A way to screen.

    Attributes:
        prepare: Makes a function from a column to booleans out of a list of domains; its time is the setup.
        about: What it is, in the table.
        slow: Whether it is measured on a slice.
        file: Whether it screens the file of the workload for the shipped domains, and gives the URLs that it found.
    """

    prepare: Callable[[list[str]], Screen]
    about: str
    slow: bool = False
    file: bool = False


class Missing(Exception):
    """A method that cannot be measured here, and why."""


def _ours(engine: str, result: str = "mask", threads: int = 1, *, numba: bool = True) -> Callable[[list[str]], Screen]:
    def prepare(listed: list[str]) -> Screen:
        if not numba:
            # As if it were not installed.
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
    return _by_url(lambda url: screener.lookup(url) is not None)


def _command_line(_: list[str]) -> Screen:
    command = [sys.executable, "-m", "notorious_markets", "screen"]
    if subprocess.run([*command, "--help"], capture_output=True, check=False).returncode:
        raise Missing("the command line has no command `screen`")

    def screen(path: str) -> Any:
        from pyarrow.parquet import ParquetFile

        with tempfile.TemporaryDirectory() as folder:
            hits = str(Path(folder) / "hits.parquet")
            subprocess.run([*command, path, "--column", "url", "-o", hits], capture_output=True, check=True)
            return ParquetFile(hits).read(["url"]).column("url").combine_chunks()

    return screen


def _by_url(is_hit: Callable[[str], bool]) -> Screen:
    return lambda column: _booleans([is_hit(url) for url in column.to_pylist()])


# Not pyarrow.array: it imports pandas where it is installed, which is neither's cost.
def _booleans(values: Any) -> Any:
    packed: Any = np.packbits(np.asarray(values, bool), bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed)])


def _integers(values: Any) -> Any:
    whole: Any = np.asarray(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, pa.py_buffer(whole)])


def _on_list(host: str | None, listed: Collection[str]) -> bool:
    """Whether the host or one above it is listed."""
    while host:
        if host in listed:
            return True
        host = host.partition(".")[2]
    return False


def _datatrove(listed: list[str]) -> Screen:
    url_filter: Any = import_module("datatrove.pipeline.filters.url_filter")
    document = import_module("datatrove.data").Document(text="", id="")
    filter_ = url_filter.URLFilter(extra_domains=listed, use_integrated_lists=False)
    # The same extractor on its bundled list; the default one first asks the network.
    filter_.tldextractor = import_module("tldextract").TLDExtract(suffix_list_urls=())

    def is_hit(url: str) -> bool:
        # One document for all: making them is not what is measured.
        document.metadata["url"] = url
        return filter_.filter(document) is not True

    return _by_url(is_hit)


def _tldextract(listed: list[str]) -> Screen:
    extract = import_module("tldextract").TLDExtract(suffix_list_urls=())
    known = set(listed)

    def is_hit(url: str) -> bool:
        parts = extract(url)
        return parts.top_domain_under_public_suffix in known or parts.fqdn in known

    return _by_url(is_hit)


def _tldextract_careful(listed: list[str]) -> Screen:
    extract = import_module("tldextract").TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)
    known = set(listed)

    def is_hit(url: str) -> bool:
        parts = extract(url.lower())
        return parts.top_domain_under_public_suffix in known or parts.fqdn in known

    return _by_url(is_hit)


def _urlsplit_host(url: str) -> str | None:
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removesuffix(".") if host else None


def _urlsplit(listed: list[str]) -> Screen:
    known = set(listed)
    return _by_url(lambda url: _on_list(_urlsplit_host(url), known))


def _publicsuffixlist(listed: list[str]) -> Screen:
    private_suffix = import_module("publicsuffixlist").PublicSuffixList().privatesuffix
    known = set(listed)

    def is_hit(url: str) -> bool:
        host = _urlsplit_host(url)
        return host is not None and (host in known or private_suffix(host) in known)

    return _by_url(is_hit)


def _partition(listed: list[str]) -> Screen:
    known = set(listed)

    def is_hit(url: str) -> bool:
        authority = url.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
        host = authority.rpartition("@")[2].partition(":")[0]
        return _on_list(host.lower().removesuffix("."), known)

    return _by_url(is_hit)


def _can_ada(listed: list[str]) -> Screen:
    known = set(listed)
    parse = import_module("can_ada").parse

    def is_hit(url: str) -> bool:
        try:
            host = parse(url).hostname
        except ValueError:
            return False
        return _on_list(host.removesuffix("."), known)

    return _by_url(is_hit)


def _adblock(listed: list[str]) -> Screen:
    adblock = import_module("adblock")
    rules = adblock.FilterSet()
    rules.add_filters([f"||{domain}^" for domain in listed])
    engine = adblock.Engine(rules)
    return _by_url(lambda url: engine.check_network_urls(url, "https://example.com/", "document").matched)


_AUTHORITY = "[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?"


def _alternation(listed: list[str]) -> str:
    # One class of ASCII for user name and sub-domains keeps the automaton small, which makes it a fifth faster.
    before, domains = r'(?:[!"$-.0->@-~]*[.@])?', "|".join(map(re.escape, listed))
    return rf"(?i)^[a-z][a-z0-9+.-]*://{before}(?:{domains})\.?(?::[0-9]*)?(?:[/?#]|$)"


def _arrow_alternation(listed: list[str]) -> Screen:
    from pyarrow.compute import match_substring_regex

    pattern = _alternation(listed)
    return lambda column: match_substring_regex(column, pattern)


def _connection() -> Any:
    return import_module("duckdb").connect(config={"threads": 1})


def _duckdb_alternation(listed: list[str]) -> Screen:
    connection, pattern = _connection(), _alternation(listed).replace("'", "''")

    def screen(column: Any) -> Any:
        connection.register("urls", pa.table({"url": column}))
        return connection.sql(f"SELECT regexp_matches(url, '{pattern}') AS hit FROM urls").to_arrow_table().column(0)

    return screen


def _duckdb_join(listed: list[str]) -> Screen:
    connection = _connection()
    connection.register("given", pa.table({"domain": listed}))
    connection.sql("CREATE TABLE listed AS FROM given")
    tails = [f"array_to_string(labels[-{count}:], '.')" for count in _label_counts(listed)]
    query = f"""
        SELECT row FROM (
            SELECT row, string_split(rtrim(lower(regexp_extract(url, '(?i)^{_AUTHORITY}([^/?#:]+)', 1)), '.'), '.') AS labels
            FROM urls
        ) WHERE {" OR ".join(f"{tail} IN (FROM listed)" for tail in tails)}"""

    def screen(column: Any) -> Any:
        connection.register("urls", pa.table({"url": column, "row": _integers(np.arange(len(column)))}))
        return _mask(connection.sql(query).fetchnumpy()["row"], len(column))

    return screen


def _label_counts(listed: list[str]) -> Iterable[int]:
    counts = [domain.count(".") + 1 for domain in listed]
    return range(min(counts), max(counts) + 1)


def _polars_host(listed: list[str]) -> Screen:
    pl: Any = import_module("polars")
    host = pl.col("url").str.extract(f"(?i)^{_AUTHORITY}([^/?#:]+)").str.to_lowercase().str.strip_suffix(".").alias("host")
    tails = [pl.col("host").str.extract(rf"((?:[^.]+\.){{{count - 1}}}[^.]+)$") for count in _label_counts(listed)]
    is_hit = pl.any_horizontal([tail.is_in(listed) for tail in tails]).fill_null(value=False)

    def screen(column: Any) -> Any:
        frame = pl.DataFrame({"url": pl.from_arrow(column)})
        return frame.lazy().select(host).select(is_hit).collect().to_series().to_arrow()

    return screen


def _polars_contains(listed: list[str]) -> Screen:
    pl: Any = import_module("polars")
    literals, verify = _literals(listed), _verifier(listed)

    def screen(column: Any) -> Any:
        found = pl.from_arrow(column).str.contains_any(literals, ascii_case_insensitive=True)
        return verify(column, found.arg_true().to_numpy())

    return screen


def _literals(listed: list[str]) -> list[str]:
    """The domains, and the internationalised ones also as they are read."""
    import idna

    return [*listed, *(".".join(map(idna.decode, domain.split("."))) for domain in listed if "xn--" in domain)]


def _verifier(listed: list[str]) -> Callable[[Any, Any], Any]:
    """A function that parses the URLs of candidate rows as browsers do and gives the mask of those on the list."""
    known = set(listed)
    parse = import_module("can_ada").parse

    def is_hit(url: str) -> bool:
        try:
            host = parse(f"http:{url}" if url.startswith("//") else url).hostname
        except ValueError:
            return False
        return _on_list(host.removesuffix("."), known)

    def verify(column: Any, rows: Any) -> Any:
        urls = column.take(_integers(rows)).to_pylist()
        return _mask([row for row, url in zip(rows, urls, strict=True) if is_hit(url)], len(column))

    return verify


def _mask(rows: Sequence[int], length: int) -> Any:
    mask = np.zeros(length, bool)
    mask[rows] = True
    return _booleans(mask)


def _bytes(column: Any) -> tuple[Any, Any]:
    """Where each text begins and ends, and the bytes of all."""
    _, offsets, content = column.buffers()
    return np.frombuffer(offsets, np.int32)[column.offset :][: len(column) + 1], np.frombuffer(content, np.uint8)


def _rows_of(ends: Sequence[int], bounds: Any) -> Any:
    """The rows in which the matches end, each once."""
    return np.unique(np.searchsorted(bounds, ends, "left") - 1)


def _ahocorasick(listed: list[str]) -> Screen:
    from pyarrow.compute import ascii_lower, invert, string_is_ascii

    library = import_module("ahocorasick_rs")
    literals = [literal.encode() for literal in [*_literals(listed), "%2e"]]
    automaton = library.BytesAhoCorasick(literals, implementation=library.Implementation.DFA)
    verify = _verifier(listed)

    def screen(column: Any) -> Any:
        bounds, content = _bytes(ascii_lower(column))
        ends = [end for _, _, end in automaton.find_matches_as_indexes(content[: bounds[-1]])]
        other: Any = invert(string_is_ascii(column))
        return verify(column, np.union1d(_rows_of(ends, bounds), np.flatnonzero(other.to_numpy(zero_copy_only=False))))

    return screen


def _hyperscan(listed: list[str]) -> Screen:
    library = import_module("hyperscan")
    # Whatever may hide a listed domain: escapes and other alphabets in the host, tabs and newlines anywhere.
    odd = rb"[/\\][/\\][^/?#\\]*[%\x80-\xff]|[\t\r\n]"
    literals = [re.escape(domain).encode() for domain in listed]
    database = library.Database()
    database.compile(
        expressions=[*literals, odd], ids=list(range(len(literals) + 1)), flags=[library.HS_FLAG_CASELESS] * len(literals) + [0]
    )
    verify = _verifier(listed)

    def screen(column: Any) -> Any:
        bounds, content = _bytes(column)
        ends: list[int] = []
        first = int(bounds[0])
        database.scan(content[first : bounds[-1]], match_event_handler=lambda _id, _from, to, _flags, _context: ends.append(to))
        return verify(column, _rows_of(ends, bounds - first))

    return screen


def _lower_case(_: list[str]) -> Screen:
    from pyarrow.compute import ascii_lower, is_null

    return lambda column: is_null(ascii_lower(column))


def _to_python(_: list[str]) -> Screen:
    return lambda column: _booleans([False for _ in column.to_pylist()])


METHODS = {
    "ours-core": Method(_ours("labels"), 'ours: `Screener(engine="labels")`, mask'),
    "ours-pattern": Method(_ours("pattern"), 'ours: `engine="pattern"`, mask'),
    "ours-fast": Method(_ours("compiled"), 'ours: `engine="compiled"` (extra `fast`), mask'),
    "ours-core-rows": Method(_ours("labels", "rows"), 'ours: `engine="labels"`, a table of all rows'),
    "ours-fast-rows": Method(_ours("compiled", "rows"), 'ours: `engine="compiled"`, a table of all rows'),
    "ours-lookup": Method(_lookup, "ours: a loop over `Screener.lookup`", slow=True),
    "ours-command": Method(_command_line, "ours: `notorious-markets screen FILE`, whole process, shipped domains", file=True),
    "hyperscan": Method(_hyperscan, "Hyperscan over the Arrow buffer, odd hosts rescued, candidates verified by can_ada"),
    "duckdb-alternation": Method(_duckdb_alternation, "DuckDB: one anchored alternation, `regexp_matches`"),
    "arrow-alternation": Method(_arrow_alternation, "pyarrow: the same alternation, `match_substring_regex`"),
    "ahocorasick": Method(_ahocorasick, "ahocorasick_rs over the Arrow buffer, odd rows rescued, candidates verified by can_ada"),
    "polars-contains": Method(_polars_contains, "Polars: `str.contains_any`, candidates verified by can_ada"),
    "polars-host": Method(_polars_host, "Polars: host by `str.extract`, its last labels `is_in`"),
    "partition": Method(_partition, "`str.partition`, walk over the labels"),
    "can-ada": Method(_can_ada, "can_ada, walk over the labels"),
    "duckdb-join": Method(_duckdb_join, "DuckDB: host, `string_split`, semi joins of its last labels"),
    "adblock": Method(_adblock, "adblock (Brave): one rule `||domain^` each", slow=True),
    "tldextract": Method(_tldextract, "tldextract as in its README: registered domain or whole host in a set", slow=True),
    "tldextract-careful": Method(_tldextract_careful, "tldextract, lower case, private suffixes", slow=True),
    "urlsplit": Method(_urlsplit, "`urllib.parse.urlsplit`, walk over the labels", slow=True),
    "publicsuffixlist": Method(_publicsuffixlist, "publicsuffixlist of the host of `urlsplit`", slow=True),
    "datatrove": Method(_datatrove, "datatrove `URLFilter.filter`, `extra_domains` only", slow=True),
    "floor-lower": Method(_lower_case, "floor: pyarrow `ascii_lower` alone"),
    "floor-python": Method(_to_python, "floor: `to_pylist` and a list of booleans back"),
}
"""The methods of the table, by the name that `--only` takes."""

FURTHER = {
    "ours-auto-core": Method(_ours("auto", numba=False), "ours without extras"),
    "ours-core-2": Method(_ours("labels", threads=2), 'ours: `engine="labels"`, `threads=2`'),
    "ours-fast-2": Method(_ours("compiled", threads=2), 'ours: `engine="compiled"`, `threads=2`'),
}
"""Methods of the other tables."""
