"""The peers of the benchmark: other ways to screen, as the documentation of each library describes them.

Each function takes a list of domains and returns a function from one Arrow array of URLs to one boolean for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pyarrow as pa

Screen = Callable[[Any], Any]


def by_url(is_hit: Callable[[str], bool]) -> Screen:
    """Screen each URL in a loop of Python."""
    return lambda column: booleans([is_hit(url) for url in column.to_pylist()])


# Arrays are built from buffers, because pyarrow.array imports pandas wherever pandas is installed.
def booleans(values: Any) -> Any:
    """Return an Arrow array of booleans."""
    packed: Any = np.packbits(np.asarray(values, bool), bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed)])


def _integers(values: Any) -> Any:
    whole: Any = np.asarray(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, pa.py_buffer(whole)])


def _on_list(host: str | None, listed: Collection[str]) -> bool:
    """Return whether the host or a parent of it is listed."""
    while host:
        if host in listed:
            return True
        host = host.partition(".")[2]
    return False


def datatrove(listed: list[str]) -> Screen:
    """Use the filter of datatrove."""
    url_filter: Any = import_module("datatrove.pipeline.filters.url_filter")
    document = import_module("datatrove.data").Document(text="", id="")
    filter_ = url_filter.URLFilter(extra_domains=listed, use_integrated_lists=False)
    # This extractor uses its bundled list. The default one first downloads a new list.
    filter_.tldextractor = import_module("tldextract").TLDExtract(suffix_list_urls=())

    def is_hit(url: str) -> bool:
        # All URLs share a document, because creating documents is not measured.
        document.metadata["url"] = url
        return filter_.filter(document) is not True

    return by_url(is_hit)


def tldextract(listed: list[str]) -> Screen:
    """Look up the registered domain or the whole host, as the README of tldextract does."""
    extract = import_module("tldextract").TLDExtract(suffix_list_urls=())
    known = set(listed)

    def is_hit(url: str) -> bool:
        parts = extract(url)
        return parts.top_domain_under_public_suffix in known or parts.fqdn in known

    return by_url(is_hit)


def tldextract_careful(listed: list[str]) -> Screen:
    """Do the same with lower case and private suffixes."""
    extract = import_module("tldextract").TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)
    known = set(listed)

    def is_hit(url: str) -> bool:
        parts = extract(url.lower())
        return parts.top_domain_under_public_suffix in known or parts.fqdn in known

    return by_url(is_hit)


def _urlsplit_host(url: str) -> str | None:
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removesuffix(".") if host else None


def urlsplit(listed: list[str]) -> Screen:
    """Parse with the standard library and look up the host and its parents."""
    known = set(listed)
    return by_url(lambda url: _on_list(_urlsplit_host(url), known))


def publicsuffixlist(listed: list[str]) -> Screen:
    """Parse with the standard library and look up the registered domain or the whole host."""
    private_suffix = import_module("publicsuffixlist").PublicSuffixList().privatesuffix
    known = set(listed)

    def is_hit(url: str) -> bool:
        host = _urlsplit_host(url)
        return host is not None and (host in known or private_suffix(host) in known)

    return by_url(is_hit)


def partition(listed: list[str]) -> Screen:
    """Cut the host out with `str.partition` and look up the host and its parents."""
    known = set(listed)

    def is_hit(url: str) -> bool:
        authority = url.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
        host = authority.rpartition("@")[2].partition(":")[0]
        return _on_list(host.lower().removesuffix("."), known)

    return by_url(is_hit)


def can_ada(listed: list[str]) -> Screen:
    """Parse with Ada and look up the host and its parents."""
    known = set(listed)
    parse = import_module("can_ada").parse

    def is_hit(url: str) -> bool:
        try:
            host = parse(url).hostname
        except ValueError:
            return False
        return _on_list(host.removesuffix("."), known)

    return by_url(is_hit)


def adblock(listed: list[str]) -> Screen:
    """Use the engine of the Brave browser, with one rule for each domain."""
    adblock = import_module("adblock")
    rules = adblock.FilterSet()
    rules.add_filters([f"||{domain}^" for domain in listed])
    engine = adblock.Engine(rules)
    return by_url(lambda url: engine.check_network_urls(url, "https://example.com/", "document").matched)


_AUTHORITY = "[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?"


def _alternation(listed: list[str]) -> str:
    # A single class of ASCII for user names and subdomains keeps the automaton small, which makes it a fifth faster.
    before, domains = r'(?:[!"$-.0->@-~]*[.@])?', "|".join(map(re.escape, listed))
    return rf"(?i)^[a-z][a-z0-9+.-]*://{before}(?:{domains})\.?(?::[0-9]*)?(?:[/?#]|$)"


def arrow_alternation(listed: list[str]) -> Screen:
    """Search with one regular expression of all domains in pyarrow."""
    from pyarrow.compute import match_substring_regex

    pattern = _alternation(listed)
    return lambda column: match_substring_regex(column, pattern)


def _connection() -> Any:
    return import_module("duckdb").connect(config={"threads": 1})


def duckdb_alternation(listed: list[str]) -> Screen:
    """Search with one regular expression of all domains in DuckDB."""
    connection, pattern = _connection(), _alternation(listed).replace("'", "''")

    def screen(column: Any) -> Any:
        connection.register("urls", pa.table({"url": column}))
        return connection.sql(f"SELECT regexp_matches(url, '{pattern}') AS hit FROM urls").to_arrow_table().column(0)

    return screen


def duckdb_join(listed: list[str]) -> Screen:
    """Extract the host in DuckDB and join its last labels with the list."""
    connection = _connection()
    connection.register("domains", pa.table({"domain": listed}))
    connection.sql("CREATE TABLE listed AS FROM domains")
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


def polars_host(listed: list[str]) -> Screen:
    """Extract the host in Polars and look up its last labels."""
    pl: Any = import_module("polars")
    host = pl.col("url").str.extract(f"(?i)^{_AUTHORITY}([^/?#:]+)").str.to_lowercase().str.strip_suffix(".").alias("host")
    tails = [pl.col("host").str.extract(rf"((?:[^.]+\.){{{count - 1}}}[^.]+)$") for count in _label_counts(listed)]
    is_hit = pl.any_horizontal([tail.is_in(listed) for tail in tails]).fill_null(value=False)

    def screen(column: Any) -> Any:
        frame = pl.DataFrame({"url": pl.from_arrow(column)})
        return frame.lazy().select(host).select(is_hit).collect().to_series().to_arrow()

    return screen


def polars_contains(listed: list[str]) -> Screen:
    """Find candidates with the Aho-Corasick search of Polars and verify them."""
    pl: Any = import_module("polars")
    literals, verify = _literals(listed), _verifier(listed)

    def screen(column: Any) -> Any:
        found = pl.from_arrow(column).str.contains_any(literals, ascii_case_insensitive=True)
        return verify(column, found.arg_true().to_numpy())

    return screen


def _literals(listed: list[str]) -> list[str]:
    """Return the domains, and the Unicode form of the internationalised ones."""
    import idna

    return [*listed, *(".".join(map(idna.decode, domain.split("."))) for domain in listed if "xn--" in domain)]


def _verifier(listed: list[str]) -> Callable[[Any, Any], Any]:
    """Return a function that parses the URLs of candidate rows as browsers do, and returns the mask of those on the list."""
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
    return booleans(mask)


def _bytes(column: Any) -> tuple[Any, Any]:
    """Return the offsets of the texts and the bytes of all of them."""
    _, offsets, content = column.buffers()
    return np.frombuffer(offsets, np.int32)[column.offset :][: len(column) + 1], np.frombuffer(content, np.uint8)


def _rows_of(ends: Sequence[int], bounds: Any) -> Any:
    """Return the rows in which the matches end, each once."""
    return np.unique(np.searchsorted(bounds, ends, "left") - 1)


def ahocorasick(listed: list[str]) -> Screen:
    """Find candidates with Aho-Corasick over the Arrow buffer and verify them, and all rows that are not ASCII."""
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


def hyperscan(listed: list[str]) -> Screen:
    """Find candidates with Hyperscan over the Arrow buffer and verify them, and all rows with unusual hosts."""
    library = import_module("hyperscan")
    # Everything that may hide a listed domain: escapes and other alphabets in the host, tabs and newlines anywhere.
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
