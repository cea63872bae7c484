"""Which addresses are on the list, in every kind of column and with every engine?"""

from __future__ import annotations

import json
import pickle
import sys
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pytest

import notorious_markets as nm
from notorious_markets import _columns as columns
from notorious_markets import screening
from notorious_markets.screening.prefilter import Engine
from notorious_markets.vocabularies import Role

ENGINES = [engine for engine in get_args(Engine) if engine != "auto"]
EVERY_ROLE = get_args(Role)


@cache
def screener_of(engine: Engine) -> nm.Screener:
    """A screener that is not made at import, since the compiled engine takes seconds to start."""
    return nm.Screener(role=EVERY_ROLE, extra_domains=["listed.example"], engine=engine)


ANY = screener_of("pattern")

ADDRESSES = ["https://example.org/", None, "https://ja.aliexpress.com/item/1", "TAOBAO.COM", "//kat.ph/x", "", "https://[", "é"]
EXPECTED = [None, None, "aliexpress.com", "taobao.com", "kat.ph", None, None, None]


def found(urls: Any, screener: nm.Screener = ANY, **options: Any) -> list[str | None]:
    result = screener.screen(urls, **options)
    return (result.read_all() if isinstance(result, pa.RecordBatchReader) else result).column("matched_domain").to_pylist()


def test_the_lookup_of_the_package_has_the_domains_of_the_tables() -> None:
    rows = nm.table("domains").to_pylist()
    assert len(rows) > 300
    for row in rows:
        assert (nm.lookup(row["domain"]) is None) == (row["role"] == "company"), row
        match = nm.lookup(f"https://www.{row['domain']}/", role=row["role"])
        assert match is not None, row
        assert (match.matched_domain, match.market_id, list(match.source_ids)) == (
            row["domain"],
            row["market_id"],
            row["source_ids"],
        )
        for name in ("role", "basis", "event", "event_date"):
            assert getattr(match, name) == row[name]
        assert match.market == nm.market(row["market_id"])
        assert match.years == nm.market(row["market_id"]).years
        assert [source.source_id for source in match.sources] == row["source_ids"]
    assert nm.Screener(role=EVERY_ROLE).domains == tuple(row["domain"] for row in rows)


@pytest.mark.parametrize(("domain", "event"), [("putlocker.com", "sold"), ("megaupload.com", "seized")])
def test_former_domains_are_told_by_lookup_and_pass_screening(domain: str, event: str) -> None:
    match = nm.lookup(f"https://www.{domain}/")
    assert match is not None
    assert (match.role, match.event) == ("former", event)
    assert nm.lookup(domain, role="own") is None
    assert nm.screen([domain], result="mask").to_pylist() == [False]
    assert nm.Screener().lookup(domain) is None
    assert nm.screen([domain], role="former", result="mask").to_pylist() == [True]
    found = nm.Screener(role=("own", "former")).lookup(domain)
    assert found == match._replace(host=domain)


def test_by_default_only_domains_that_markets_hold_are_screened() -> None:
    rows = nm.table("domains").to_pylist()
    assert {row["domain"] for row in rows if row["role"] == "own"} == set(nm.Screener().domains)
    assert nm.screen(["wechat.com"], result="mask").to_pylist() == [False]
    assert nm.screen(["wechat.com"], role=["company"], result="mask").to_pylist() == [True]
    with pytest.raises(nm.UnknownValue, match="unknown role 'mine'"):
        nm.Screener(role="mine")  # type: ignore[arg-type]
    with pytest.raises(nm.UnknownValue, match="unknown role 'mine'"):
        nm.lookup("wechat.com", role="mine")  # type: ignore[arg-type]


def test_the_basis_chooses_the_domains_that_editions_print() -> None:
    rows = nm.table("domains").to_pylist()
    listed = nm.Screener(role=EVERY_ROLE, basis="listed").domains
    assert set(listed) == {row["domain"] for row in rows if row["basis"] == "listed"}
    printed = {domain for row in nm.markets() for domain in row.domains}
    assert printed <= set(listed)
    assert set(nm.Screener(basis="listed").domains) < set(nm.Screener().domains)


@pytest.mark.parametrize(
    ("day", "domain", "found"),
    [
        # kat.cr was in use in 2015 and seized in July 2016; the edition of 2015 was in force on both days.
        ("2016-06-01", "kat.cr", True),
        ("2016-08-01", "kat.cr", False),
        # The name was in use until 2014, and the edition in force on the day lists another market.
        ("2016-06-01", "putlocker.com", False),
    ],
)
def test_a_past_day_chooses_the_domains_that_were_in_use(day: str, domain: str, found: bool) -> None:
    screener = nm.Screener(as_of=day)
    assert (screener.lookup(domain) is not None) is found
    assert nm.screen([domain], as_of=day, result="mask").to_pylist() == [found]
    assert nm.Screener(as_of=day, role="own").lookup(domain) is None
    in_force = {market.market_id for row in nm.markets(as_of=day) for market in row.markets}
    for name in screener.domains:
        (row,) = [row for row in nm.domains() if row.domain == name]
        assert row.market_id in in_force
        if row.role != "own":
            years = [year for year in (row.first_seen, row.last_seen) if year]
            assert row.role == "former"
            assert min(years) <= int(day[:4]) <= max(years)


def test_a_day_that_is_not_past_adds_no_former_domains() -> None:
    today = date.today()
    for day in (today, today.replace(year=today.year + 1, day=1)):
        assert nm.Screener(as_of=day).domains == nm.Screener(as_of=day, role="own").domains


@pytest.mark.parametrize(
    ("conditions", "domain", "other"),
    [
        ({"year": 2021}, "pinduoduo.com", "kat.ph"),
        ({"year": 2010}, "baidu.com", "aliexpress.com"),
        ({"as_of": date(2016, 6, 1)}, "kat.cr", "aliexpress.com"),
        ({"grade": "primary"}, "aliexpress.com", "kat.ph"),
        ({"kind": ["online", "physical"]}, "vk.com", "example.org"),
    ],
)
def test_conditions_choose_the_domains(conditions: dict[str, Any], domain: str, other: str) -> None:
    screener = nm.Screener(**conditions, role=EVERY_ROLE)
    listed = {name for row in nm.markets(**conditions) for name in (row.market_id, *row.further_market_ids)}
    rows = nm.table("domains").to_pylist()
    assert set(screener.domains) == {row["domain"] for row in rows if row["market_id"] in listed}
    assert found([f"https://{domain}/", f"https://{other}/"], screener) == [domain, None]
    assert nm.screen([domain, other], result="mask", **conditions, role=EVERY_ROLE).to_pylist() == [True, False]


def test_a_row_has_the_market_and_its_first_and_last_year() -> None:
    (row, other) = nm.Screener(extra_domains=["shop.example"]).screen(["https://m.taobao.com/", "shop.example"]).to_pylist()
    assert row == {"matched_domain": "taobao.com", "market_id": "taobao", "first_listed": 2010, "last_listed": 2025}
    assert other == {"matched_domain": "shop.example", "market_id": None, "first_listed": None, "last_listed": None}


class Link(pa.ExtensionType):
    """An extension type for text."""

    def __init__(self) -> None:
        super().__init__(pa.string(), "notorious_markets.test.link")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""


class ForeignBatch:
    """A record batch that only exports Arrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        exporter: Any = pa.record_batch({"n": range(8), "url": ADDRESSES})
        schema, content = exporter.__arrow_c_array__(requested_schema)
        return schema, content


class ForeignArray:
    """An array that only exports Arrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        exporter: Any = pa.array(ADDRESSES)
        schema, content = exporter.__arrow_c_array__(requested_schema)
        return schema, content


BYTES = [None if address is None else address.encode() for address in ADDRESSES]
from_runs: Any = pa.RunEndEncodedArray.from_arrays
run_end_encode: Any = pyarrow.compute.run_end_encode  # type: ignore[attr-defined]
KINDS: dict[str, Any] = {
    "string": pa.array(ADDRESSES),
    "large string": pa.array(ADDRESSES, pa.large_string()),
    "string view": pa.array(ADDRESSES, pa.string_view()),
    "binary": pa.array(ADDRESSES).cast(pa.binary()),
    "large binary": pa.array(ADDRESSES).cast(pa.large_binary()),
    "binary view": pa.array(BYTES, pa.binary_view()),
    "dictionary": pa.array(ADDRESSES).dictionary_encode(),
    "sliced dictionary": pa.concat_arrays([pa.array(["x"]), pa.array(ADDRESSES)]).dictionary_encode()[1:],
    "sliced": pa.concat_arrays([pa.array(["https://vk.com", None, "x"]), pa.array(ADDRESSES), pa.array(["vk.com"])])[3:-1],
    "chunked": pa.chunked_array([pa.array(ADDRESSES[:3]), pa.array([], pa.string()), pa.array(ADDRESSES[3:])]),
    "chunked dictionary": pa.chunked_array([pa.array(ADDRESSES[:3]), pa.array(ADDRESSES[3:])]).dictionary_encode(),
    "run-end encoded": run_end_encode(pa.array(ADDRESSES)),
    "sliced run-end encoded views": from_runs([2, *range(3, 11)], pa.array(["vk.com", *ADDRESSES], pa.string_view()))[2:],
    "dictionary of views": pa.DictionaryArray.from_arrays(pa.array(range(8), pa.uint8()), pa.array(ADDRESSES, pa.string_view())),
    "extension type": pa.ExtensionArray.from_storage(Link(), pa.concat_arrays([pa.array(["vk.com"]), pa.array(ADDRESSES)]))[1:],
    "fixed-size binary": pa.array([b"m.taobao.com", None], pa.binary(12)).take(pa.array([1, 1, 1, 0, 1, 1, 1, 1])),
    "foreign array": ForeignArray(),
    "foreign batch": ForeignBatch(),
    "list": ADDRESSES,
    "tuple": tuple(ADDRESSES),
    "iterator": lambda: iter(ADDRESSES),
    "list with NaN": [float("nan") if address is None else address for address in ADDRESSES],
    "list with NA": [pd.NA if address is None else address for address in ADDRESSES],
    "list of bytes": BYTES,
    "numpy objects": np.array([np.nan if address is None else address for address in ADDRESSES], dtype=object),
    "numpy bytes objects": np.array(BYTES, dtype=object),
    "numpy strings": np.array([address or "" for address in ADDRESSES]),
    "numpy bytes": np.array([address or b"" for address in BYTES]),
    "numpy masked": np.ma.masked_equal(np.array([address or "x" for address in ADDRESSES], dtype=object), "x"),
    "table": pa.table({"n": range(8), "url": ADDRESSES}),
    "table with one column of text": pa.table({"n": range(8), "address": ADDRESSES}),
    "record batch": pa.record_batch({"url": ADDRESSES}),
    "reader": lambda: pa.table({"url": ADDRESSES}).to_reader(max_chunksize=3),
    "duckdb relation": lambda: duckdb.from_arrow(pa.table({"url": ADDRESSES})),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_column(kind: str, engine: str) -> None:
    urls = KINDS[kind]
    expected = [None, None, None, "taobao.com", None, None, None, None] if kind == "fixed-size binary" else EXPECTED
    assert found(urls() if callable(urls) else urls, screener_of(engine)) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_column_gives_an_empty_result(engine: str) -> None:
    empty: list[Any] = [
        [],
        pa.array([], pa.string()),
        pa.chunked_array([], pa.string()),
        pa.table({"url": pa.array([], pa.string())}),
    ]
    for urls in empty:
        assert found(urls, screener_of(engine)) == []
        assert screener_of(engine).screen(urls, result="mask").to_pylist() == []
    assert found(pa.nulls(3), screener_of(engine)) == [None] * 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_column_of_more_than_two_gigabytes(engine: str) -> None:
    # The gigabytes belong to a null, so their pages are never touched.
    url = b"https://www.listed.example/"
    buffer = pa.allocate_buffer(2**31 + len(url))
    memoryview(buffer).cast("B")[2**31 :] = url
    offsets = pa.py_buffer(array("q", [0, 2**31, 2**31 + len(url)]))
    urls = pa.Array.from_buffers(pa.large_string(), 2, [pa.py_buffer(b"\x02"), offsets, buffer])
    assert found(urls, screener_of(engine)) == [None, "listed.example"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_bytes_of_a_null_do_not_count(engine: str) -> None:
    offsets = pa.py_buffer(array("i", [0, 14, 28]))
    urls = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x02"), offsets, pa.py_buffer(b"listed.example" * 2)])
    assert urls.to_pylist() == [None, "listed.example"]
    assert found(urls, screener_of(engine)) == [None, "listed.example"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_domain_may_have_any_number_of_labels(engine: Engine) -> None:
    domains = ["zip", "a.b.c.d.example", "c.d.example", "x.a.b.c.d.example"]
    screener = nm.Screener(extra_domains=domains, allow_suffixes=True, engine=engine)
    expected = {
        "zip": "zip",
        "shop.zip": "zip",
        "zip.example": None,
        "d.example": None,
        "b.c.d.example": "c.d.example",
        "a.b.c.d.example": "a.b.c.d.example",
        "y.a.b.c.d.example": "a.b.c.d.example",
        "y.x.a.b.c.d.example": "x.a.b.c.d.example",
        "example": None,
        "d.d.example": None,
    }
    for spelling in ("https://{}/", "HTTP://{}:80", "{}.", "//{}?"):
        assert found([spelling.format(host) for host in expected], screener) == list(expected.values()), spelling


@pytest.mark.parametrize("engine", ENGINES)
def test_a_host_may_have_any_length(engine: Engine) -> None:
    longest = ".".join(["x" * 61] * 3 + ["y" * 59, "example"])
    assert len(longest) == 253
    screener = nm.Screener(extra_domains=[longest, "short.example"], engine=engine)
    for domain in (longest, "short.example"):
        for host in (domain, f"a.{domain}", f"{'a.' * 1_000}{domain}", f"{'a' * 1_000}.{domain}"):
            for url in (host, f"http://user@{host}:80/"):
                assert found([url], screener) == [domain]
                match = screener.lookup(url)
                assert match is not None
                assert match.matched_domain == domain
        for host in (f"a{domain}", f"{'a' * 1_000}{domain}"):
            assert found([host, f"http://user@{host}:80/"], screener) == [None, None]
    # Quadratic time would take minutes.
    assert found([f"http://user@{'a.' * 200_000}example/"], screener) == [None]


@pytest.mark.parametrize("engine", ENGINES)
def test_bytes_that_are_not_valid_utf_8(engine: str) -> None:
    urls = [b"https://listed.example/\xff", b"https://\xff.listed.example/", b"\xffhttps://listed.example/", b"https://x/\xc3"]
    expected = ["listed.example", None, None, None]
    assert found(pa.array(urls, pa.binary()), screener_of(engine)) == expected
    assert found(pa.array(urls, pa.binary()).view(pa.string()), screener_of(engine)) == expected


def test_a_table_keeps_its_columns_and_hits_keep_their_rows() -> None:
    table = pa.table({"n": pa.array(range(8), pa.int8()), "url": ADDRESSES}).replace_schema_metadata({"a": "b"})
    rows = ANY.screen(table)
    assert rows.schema.names == ["n", "url", *screening.RESULT_COLUMNS]
    assert rows.select(["n", "url"]).equals(table)
    assert rows.schema.metadata == {b"a": b"b"}
    hits = ANY.screen(table, result="hits")
    assert hits.column("n").to_pylist() == [2, 3, 4]
    assert hits.schema == rows.schema
    without_table = ANY.screen(ADDRESSES, result="hits")
    assert without_table.select(["row", "url"]).to_pylist() == [{"row": row, "url": ADDRESSES[row]} for row in (2, 3, 4)]


def test_hits_are_numbered_over_all_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "ROWS_AT_ONCE", 3)
    chunks = pa.chunked_array([pa.array(ADDRESSES), pa.array(ADDRESSES)])
    for threads in (1, 3):
        assert ANY.screen(chunks, result="hits", threads=threads).column("row").to_pylist() == [2, 3, 4, 10, 11, 12]
        mask = ANY.screen(chunks, result="mask", threads=threads)
        assert mask.to_pylist() == [domain is not None for domain in EXPECTED] * 2


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stream_is_read_only_as_far_as_needed(threads: int) -> None:
    batches_read = 0

    def endless() -> Iterator[pa.RecordBatch]:
        nonlocal batches_read
        while True:
            batches_read += 1
            yield pa.record_batch({"url": ADDRESSES})

    reader = ANY.screen(pa.RecordBatchReader.from_batches(pa.schema({"url": pa.string()}), endless()), threads=threads)
    for number in range(1, 20):
        assert reader.read_next_batch().column("matched_domain").to_pylist() == EXPECTED
        assert batches_read <= number + threads


@pytest.mark.parametrize("engine", [*ENGINES, "auto"])
def test_a_screener_can_be_pickled(engine: Engine) -> None:
    screener = nm.Screener(year=2021, extra_domains=["listed.example"], engine=engine)
    content = pickle.dumps(screener)
    assert len(content) < 20_000
    copy = pickle.loads(content)
    assert copy.domains == screener.domains
    assert repr(copy) == repr(screener)
    assert copy.screen(ADDRESSES).equals(screener.screen(ADDRESSES))
    assert copy.lookup("https://m.taobao.com") == screener.lookup("https://m.taobao.com") == nm.lookup("https://m.taobao.com")


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_may_share_a_screener(engine: Engine) -> None:
    urls = pa.array(ADDRESSES * 100)
    with ThreadPoolExecutor(8) as pool:
        assert all(result == EXPECTED * 100 for result in pool.map(lambda _: found(urls, screener_of(engine)), range(32)))


@pytest.mark.parametrize("engine", [*ENGINES, "auto"])
def test_a_long_list_gives_the_same_answers(engine: Engine) -> None:
    domains = [f"{number:x}.site-{number % 97}.example" for number in range(1_500 if engine == "pattern" else 20_000)]
    screener = nm.Screener(extra_domains=domains, engine=engine)
    assert found([f"https://www.{domain}/{domains[-1]}" for domain in domains[::7]], screener) == domains[::7]
    assert found([f"https://{domain}.example/" for domain in domains[:99]], screener) == [None] * 99


def test_engines_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "notorious_markets.screening.kernel")
    monkeypatch.delattr(screening, "kernel")
    with pytest.raises(nm.MissingExtra, match=r"numba is not installed.*\[fast\]"):
        nm.Screener(engine="compiled")
    domains = [f"site-{number}.example" for number in range(1_000)]
    assert found([f"https://{domains[-1]}/", "https://example.org/"], nm.Screener(extra_domains=domains)) == [domains[-1], None]


@pytest.mark.parametrize(
    ("urls", "options", "error", "message"),
    [
        ("https://x.com", {}, TypeError, r"urls must be a column or sequence of URLs, not str \(for one URL use lookup\(\);"),
        (b"https://x.com", {}, TypeError, "not bytes"),
        (Path("urls.csv"), {}, TypeError, "not (Posix|Windows)Path .*for a file use the `screen` command"),
        (3, {}, TypeError, "urls must be a column or sequence of texts, not int"),
        (["a", 1], {}, TypeError, r"urls\[1\] must be a str, bytes or None, not int"),
        ([None, 1.5], {}, TypeError, r"urls\[1\] must be a str, bytes or None, not float"),
        ({"url": ["x"]}, {}, TypeError, "urls must be a column or sequence of texts, not dict; pass one of its columns"),
        ({"x"}, {}, TypeError, "urls must be a column or sequence of texts, not set; pass a list, which has an order"),
        (np.array([["x"]]), {}, TypeError, "urls must have one dimension, not 2"),
        (np.array(["2021"], "M8[Y]"), {}, TypeError, r"urls must be text or bytes, not datetime64\[Y\]"),
        (pa.array([1]), {}, TypeError, "urls must be text or bytes, not int64"),
        (pa.table({"a": [1], "b": [2.0]}), {}, TypeError, "not int64, double"),
        (pa.table({"a": ["x"], "b": ["y"]}), {}, nm.UnknownValue, "unknown column 'url'; valid: 'a', 'b'"),
        (pa.table({"url": ["x"], "b": ["y"]}), {"column": "urls"}, nm.UnknownValue, "did you mean 'url'"),
        (pa.table({"url": ["x"], "n": [1]}), {"column": "n"}, TypeError, r"urls\['n'\] must be text or bytes, not int64"),
        (pa.table({"url": ["x"]}), {"column": 1}, TypeError, "column must be a str, not int"),
        (pa.table([pa.array(["x"])] * 2, ["url"] * 2), {}, ValueError, "two columns of urls are named 'url'; rename all but one"),
        (pa.table([pa.array(["x"])] * 3, ["a"] * 3), {"column": "a"}, ValueError, "3 columns of urls are named 'a'"),
        (pa.table({"url": [1], "b": ["y"]}), {}, TypeError, r"urls\['url'\] must be text or bytes, not int64"),
        (pa.table({"page": [{"url": "x"}]}), {}, TypeError, "urls must be text or bytes, not struct<url: string>"),
        (
            pa.table({"page": [{"url": "x"}]}),
            {"column": "page.url"},
            TypeError,
            "no column 'page.url'; if 'page' is nested, first",
        ),
        (pa.table({}), {}, TypeError, "urls must be text or bytes, not a table without columns"),
        (pa.table({"url": ["x"], "market_id": [1]}), {}, ValueError, "already has a column 'market_id'"),
        (["x"], {"result": "hit"}, nm.UnknownValue, "did you mean 'hits'"),
        (["x"], {"threads": 0}, ValueError, "threads must be at least 1, not 0"),
        (["x"], {"threads": 1.5}, TypeError, "threads must be an int, not float"),
    ],
)
def test_a_mistake_in_an_argument_is_explained(urls: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ANY.screen(urls, **options)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"engine": "compile"}, nm.UnknownValue, "did you mean 'compiled'"),
        ({"year": 1999}, nm.UnknownValue, "1999"),
        ({"kind": "physical"}, nm.NothingToScreen, "no listing that meets the conditions has a domain"),
    ],
)
def test_a_mistake_in_a_condition_is_explained(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nm.Screener(**options)


@pytest.mark.parametrize("lookup", [nm.lookup, ANY.lookup], ids=["package", "screener"])
def test_a_lookup_takes_only_text(lookup: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="url must be a str, not NoneType"):
        lookup(None)


def test_a_match_becomes_a_dictionary_and_json() -> None:
    match = nm.lookup("http://www.megaupload.com/")
    assert match is not None
    assert match.to_dict() == {
        "host": "www.megaupload.com",
        "matched_domain": "megaupload.com",
        "market_id": match.market_id,
        "years": list(match.years),
        "source_ids": list(match.source_ids),
        "role": "former",
        "basis": match.basis,
        "event": "seized",
        "event_date": "2012-01-19",
    }
    assert json.loads(match.to_json()) == match.to_dict()


@pytest.mark.parametrize("scheme", ["X", "x", "Ftp", "a.b", "git+ssh", "z39-50r"])
def test_the_host_of_any_scheme_counts(scheme: str) -> None:
    match = nm.lookup(f"{scheme}://m.taobao.com/item")
    assert match is not None
    assert (match.host, match.matched_domain) == ("m.taobao.com", "taobao.com")


@pytest.mark.parametrize("form", ["{}", "http://{}/", "\x01 http://u@v@{}:80", "\n h\tttps:\\\\{}?x", "FTP:{}#x", "a+b-c.1://{}"])
@pytest.mark.parametrize(
    "letter", ["é", "%C3%A9", "\u00adé", "é%E2%80%8B"], ids=["plain", "escaped", "soft hyphen", "zero width"]
)
def test_a_host_that_is_not_ascii_may_have_1024_characters(letter: str, form: str) -> None:
    """Characters that the parser ignores do not count. A longer host is not read."""
    for label, domain in (("x", "taobao.com"), ("xx", None)):
        host = f"{letter}." * 506 + f"{label}.taobao.com"
        match = nm.lookup(form.format(host))
        assert (match and match.matched_domain) == domain, label


@pytest.mark.parametrize("host", ["é" * 1_000 + ".taobao.com", "x" * 2_000 + ".taobao.com", "%78" * 2_000 + ".taobao.com"])
def test_a_long_host_is_read_if_it_is_short_enough_or_ascii(host: str) -> None:
    match = nm.lookup(f"https://{host}/é")
    assert match is not None
    assert match.matched_domain == "taobao.com"
