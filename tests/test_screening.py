"""Which addresses are on the list, whatever they look like, whatever they come in and whichever engine finds them?"""

from __future__ import annotations

import pickle
import string
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, get_args
from urllib.parse import quote

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets import _columns as columns
from notorious_markets import screening
from notorious_markets.screening.prefilter import Engine

ENGINES = [engine for engine in get_args(Engine) if engine != "auto"]
OWN = ("listed.example", "deep.parent.example", "xn--bcher-kva.example", "a-b_c.test", "xn--80aswg.xn--p1ai")
SCREENERS = {engine: nm.Screener(extra_domains=OWN, engine=engine) for engine in ENGINES}
ANY = SCREENERS["pattern"]
DOMAINS = sorted(ANY.domains)

ADDRESSES = ["https://example.org/", None, "https://ja.aliexpress.com/item/1", "TAOBAO.COM", "//kat.ph/x", "", "https://[", "é"]
WANTED = [None, None, "aliexpress.com", "taobao.com", "kat.ph", None, None, None]


def found(urls: Any, screener: nm.Screener = ANY, **options: Any) -> list[str | None]:
    result = screener.screen(urls, **options)
    return (result.read_all() if isinstance(result, pa.RecordBatchReader) else result).column("listed_domain").to_pylist()


# The spellings that a browser reads as the same host.
def _full_width(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if letter in string.ascii_letters + string.digits else letter


LETTERS: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [
        str.lower,
        str.upper,
        lambda letter: "".join(f"%{byte:02x}" for byte in letter.encode()),
        lambda letter: quote(_full_width(letter), safe=""),
        _full_width,
        lambda letter: letter + "\u00ad",
        lambda letter: letter + "\t",
        lambda letter: "。" if letter == "." else letter,
    ]
)


@st.composite
def spelled(draw: st.DrawFn, host: str) -> str:
    """A URL of the host as nobody would write it, and every browser would read it."""
    letters = "".join(draw(LETTERS)(letter) for letter in host) + draw(st.sampled_from(["", ".", "%2E", "．"]))
    scheme = draw(
        st.sampled_from(["http://", "https://", "HTTPS://", "https:\\\\", "wss:/", "ftp:", "ht\ntp://", "//", "\\/", ""])
    )
    user = draw(st.sampled_from(["", "", "user@", "a:b@", "@", "%40@"])) if scheme else ""
    port = draw(st.sampled_from(["", "", ":", ":80", ":0443", ":65535"])) if scheme else ""
    rest = draw(st.sampled_from(["", "/", "\\x", "?q", "#f", "/a b/%zz?u=https://example.org#é"]))
    around = draw(st.sampled_from(["", " ", "\n", "\x00\x1f"]))
    return f"{around}{scheme}{user}{letters}{port}{rest}{around.strip(chr(0))}"


@given(st.data())
def test_no_spelling_hides_a_listed_host(data: st.DataObject) -> None:
    domain = data.draw(st.sampled_from(DOMAINS))
    below = data.draw(st.sampled_from(["", "www.", "a.b.c.", "xn--zca.", "_x."]))
    url = data.draw(spelled(below + domain))
    match = ANY.lookup(url)
    assert match is not None, url
    assert match.host == below + domain
    # The longest counts, such as pan.baidu.com before baidu.com.
    assert match.domain == domain
    assert [found([url], screener) for screener in SCREENERS.values()] == [[domain]] * 3


@given(st.data())
def test_no_spelling_makes_a_host_listed(data: st.DataObject) -> None:
    domain = data.draw(st.sampled_from([domain for domain in DOMAINS if domain not in ("pan.baidu.com", "baidu.com")]))
    near = data.draw(
        st.sampled_from(
            [f"not{domain}", f"{domain}.example", f"{domain}x", f"x-{domain}", domain.split(".", 1)[1], f"x.{domain}.y"]
        )
    )
    url = data.draw(spelled(near))
    assert ANY.lookup(url) is None, url
    assert [found([url], screener) for screener in SCREENERS.values()] == [[None]] * 3


PIECES = st.sampled_from(
    [
        *(
            "http",
            "https",
            "HTTPS",
            "ftp",
            "ws",
            "file",
            "foo",
            "x.y",
            ":",
            "::",
            "/",
            "//",
            "///",
            "\\",
            "?",
            "#",
            "@",
            ".",
            "..",
            "%",
        ),
        *(
            "%2e",
            "%2F",
            "%00",
            " ",
            "\t",
            "\n",
            "\r",
            "\x00",
            "www",
            "8080",
            "80",
            "1.2.3.4",
            "[::1]",
            "xn--",
            "é",
            "。",
            "\u00ad",
        ),
        *(
            "listed",
            "example",
            "listed.example",
            "LISTED.example",
            "taobao.com",
            "parent.example",
            "сайт.рф",
            "\ud800",
            "bücher.example",
        ),
    ]
)


@settings(max_examples=1000)
@given(st.lists(st.one_of(st.none(), st.lists(PIECES, max_size=9).map("".join), st.text(max_size=30)), max_size=8))
@example(
    ["/\t/listed.example", "http:/listed.example", "x.y:8/listed.example", "https:\t//listed.example", "https:///listed.example"]
)
def test_columns_say_what_single_lookups_say(urls: list[str | None]) -> None:
    wanted = [None if url is None or (match := ANY.lookup(url)) is None else match.domain for url in urls]
    for engine, screener in SCREENERS.items():
        assert found(urls, screener) == wanted, engine


def test_the_lookup_of_the_package_knows_what_the_tables_know() -> None:
    rows = nm.table("domains").to_pylist()
    assert len(rows) > 100
    for row in rows:
        match = nm.lookup(f"https://www.{row['domain']}/")
        assert match is not None, row
        assert (match.domain, match.market_id, list(match.source_ids)) == (row["domain"], row["market_id"], row["source_ids"])
        assert match.market == nm.market(row["market_id"])
        assert match.years == nm.market(row["market_id"]).years
        assert [source.source_id for source in match.sources] == row["source_ids"]
    assert nm.Screener().domains == tuple(row["domain"] for row in rows)


@pytest.mark.parametrize(
    ("conditions", "domain", "others"),
    [
        ({"year": 2021}, "pinduoduo.com", "kat.ph"),
        ({"year": 2010}, "baidu.com", "aliexpress.com"),
        ({"as_of": date(2016, 6, 1)}, "kat.cr", "aliexpress.com"),
        ({"grade": "primary"}, "aliexpress.com", "kat.ph"),
        ({"kind": ["online", "physical"]}, "vk.com", "example.org"),
    ],
)
def test_conditions_choose_the_domains(conditions: dict[str, Any], domain: str, others: str) -> None:
    screener = nm.Screener(**conditions)
    listed = {name for row in nm.markets(**conditions) for name in (row.market_id, *row.further_market_ids)}
    rows = nm.table("domains").to_pylist()
    assert set(screener.domains) == {row["domain"] for row in rows if row["market_id"] in listed}
    assert found([f"https://{domain}/", f"https://{others}/"], screener) == [domain, None]
    assert nm.screen([domain, others], result="mask", **conditions).to_pylist() == [True, False]


def test_a_row_has_the_market_and_its_first_and_last_year() -> None:
    (row, other) = nm.Screener(extra_domains=["shop.example"]).screen(["https://m.taobao.com/", "shop.example"]).to_pylist()
    assert row == {"listed_domain": "taobao.com", "market_id": "taobao", "first_listed": 2010, "last_listed": 2025}
    assert other == {"listed_domain": "shop.example", "market_id": None, "first_listed": None, "last_listed": None}


run_end_encode: Any = pyarrow.compute.run_end_encode  # type: ignore[attr-defined]
KINDS: dict[str, Any] = {
    "string": pa.array(ADDRESSES),
    "large string": pa.array(ADDRESSES, pa.large_string()),
    "string view": pa.array(ADDRESSES).cast(pa.string_view()),
    "binary": pa.array(ADDRESSES).cast(pa.binary()),
    "large binary": pa.array(ADDRESSES).cast(pa.large_binary()),
    "binary view": pa.array(ADDRESSES).cast(pa.binary()).cast(pa.binary_view()),
    "dictionary": pa.array(ADDRESSES).dictionary_encode(),
    "sliced dictionary": pa.concat_arrays([pa.array(["x"]), pa.array(ADDRESSES)]).dictionary_encode()[1:],
    "sliced": pa.concat_arrays([pa.array(["https://vk.com", None, "x"]), pa.array(ADDRESSES), pa.array(["vk.com"])])[3:-1],
    "chunked": pa.chunked_array([pa.array(ADDRESSES[:3]), pa.array([], pa.string()), pa.array(ADDRESSES[3:])]),
    "chunked dictionary": pa.chunked_array([pa.array(ADDRESSES[:3]), pa.array(ADDRESSES[3:])]).dictionary_encode(),
    "run-end encoded": run_end_encode(pa.array(ADDRESSES)),
    "polars series": pl.Series(ADDRESSES),
    "polars categorical": pl.Series(ADDRESSES, dtype=pl.Categorical),
    "pandas series": pd.Series(ADDRESSES, dtype="string[pyarrow]"),
    "list": ADDRESSES,
    "tuple": tuple(ADDRESSES),
    "numpy": np.array(ADDRESSES, dtype=object),
    "table": pa.table({"n": range(8), "url": ADDRESSES}),
    "table of one column of text": pa.table({"n": range(8), "address": ADDRESSES}),
    "record batch": pa.record_batch({"url": ADDRESSES}),
    "reader": pa.table({"url": ADDRESSES}),
    "polars frame": pl.DataFrame({"url": ADDRESSES, "n": range(8)}),
    "pandas frame": pd.DataFrame({"url": pd.Series(ADDRESSES, dtype="string[pyarrow]"), "n": range(8)}),
    "duckdb relation": duckdb.from_arrow(pa.table({"url": ADDRESSES})),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_column(kind: str, engine: str) -> None:
    urls = KINDS[kind].to_reader(max_chunksize=3) if kind == "reader" else KINDS[kind]
    assert found(urls, SCREENERS[engine]) == WANTED


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_in_nothing_out(engine: str) -> None:
    empty: list[Any] = [
        [],
        pa.array([], pa.string()),
        pa.chunked_array([], pa.string()),
        pa.table({"url": pa.array([], pa.string())}),
    ]
    for urls in empty:
        assert found(urls, SCREENERS[engine]) == []
        assert SCREENERS[engine].screen(urls, result="mask").to_pylist() == []
    assert found(pa.nulls(3), SCREENERS[engine]) == [None] * 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_column_of_more_than_two_gigabytes(engine: str) -> None:
    # The gigabytes lie below a null, so that nobody touches their pages.
    url = b"https://www.listed.example/"
    buffer = pa.allocate_buffer(2**31 + len(url))
    memoryview(buffer).cast("B")[2**31 :] = url
    offsets = pa.py_buffer(array("q", [0, 2**31, 2**31 + len(url)]))
    urls = pa.Array.from_buffers(pa.large_string(), 2, [pa.py_buffer(b"\x02"), offsets, buffer])
    assert found(urls, SCREENERS[engine]) == [None, "listed.example"]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_lies_below_a_null_does_not_count(engine: str) -> None:
    offsets = pa.py_buffer(array("i", [0, 14, 28]))
    urls = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x02"), offsets, pa.py_buffer(b"listed.example" * 2)])
    assert urls.to_pylist() == [None, "listed.example"]
    assert found(urls, SCREENERS[engine]) == [None, "listed.example"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_domain_may_have_any_number_of_labels(engine: Engine) -> None:
    screener = nm.Screener(extra_domains=["zip", "a.b.c.d.example", "c.d.example", "x.a.b.c.d.example"], engine=engine)
    wanted = {
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
        assert found([spelling.format(host) for host in wanted], screener) == list(wanted.values()), spelling


@pytest.mark.parametrize("engine", ENGINES)
def test_bytes_that_are_no_text(engine: str) -> None:
    urls = [b"https://listed.example/\xff", b"https://\xff.listed.example/", b"\xffhttps://listed.example/", b"https://x/\xc3"]
    wanted = ["listed.example", None, None, None]
    assert found(pa.array(urls, pa.binary()), SCREENERS[engine]) == wanted
    assert found(pa.array(urls, pa.binary()).view(pa.string()), SCREENERS[engine]) == wanted


def test_a_table_keeps_its_columns_and_hits_their_rows() -> None:
    table = pa.table({"n": pa.array(range(8), pa.int8()), "url": ADDRESSES}).replace_schema_metadata({"a": "b"})
    rows = ANY.screen(table)
    assert rows.schema.names == ["n", "url", *screening.RESULT_COLUMNS]
    assert rows.select(["n", "url"]).equals(table)
    assert rows.schema.metadata == {b"a": b"b"}
    hits = ANY.screen(table, result="hits")
    assert hits.column("n").to_pylist() == [2, 3, 4]
    assert hits.schema == rows.schema
    alone = ANY.screen(ADDRESSES, result="hits")
    assert alone.select(["row", "url"]).to_pylist() == [{"row": row, "url": ADDRESSES[row]} for row in (2, 3, 4)]


def test_hits_are_numbered_over_all_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_ROWS_AT_ONCE", 3)
    chunks = pa.chunked_array([pa.array(ADDRESSES), pa.array(ADDRESSES)])
    for threads in (1, 3):
        assert ANY.screen(chunks, result="hits", threads=threads).column("row").to_pylist() == [2, 3, 4, 10, 11, 12]
        assert ANY.screen(chunks, result="mask", threads=threads).to_pylist() == [domain is not None for domain in WANTED] * 2


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stream_is_read_as_it_is_asked_for(threads: int) -> None:
    asked = 0

    def endless() -> Iterator[pa.RecordBatch]:
        nonlocal asked
        while True:
            asked += 1
            yield pa.record_batch({"url": ADDRESSES})

    reader = ANY.screen(pa.RecordBatchReader.from_batches(pa.schema({"url": pa.string()}), endless()), threads=threads)
    for number in range(1, 20):
        assert reader.read_next_batch().column("listed_domain").to_pylist() == WANTED
        assert asked <= number + threads


@pytest.mark.parametrize("engine", [*ENGINES, "auto"])
def test_a_screener_travels(engine: Engine) -> None:
    screener = nm.Screener(year=2021, extra_domains=["listed.example"], engine=engine)
    content = pickle.dumps(screener)
    assert len(content) < 20_000
    again = pickle.loads(content)
    assert again.domains == screener.domains
    assert repr(again) == repr(screener)
    assert again.screen(ADDRESSES).equals(screener.screen(ADDRESSES))
    assert again.lookup("https://m.taobao.com") == screener.lookup("https://m.taobao.com") == nm.lookup("https://m.taobao.com")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_screener_is_shared_by_threads(engine: Engine) -> None:
    screener = nm.Screener(engine=engine)
    urls = pa.array(ADDRESSES * 500)
    with ThreadPoolExecutor(8) as pool:
        assert all(result == WANTED * 500 for result in pool.map(lambda _: found(urls, screener), range(32)))


@pytest.mark.parametrize("engine", [*ENGINES, "auto"])
def test_a_long_list_gives_the_same_answer(engine: Engine) -> None:
    long = [f"{number:x}.site-{number % 97}.example" for number in range(20_000)]
    if engine == "pattern":
        long = long[:1500]
    screener = nm.Screener(extra_domains=long, engine=engine)
    urls = [f"https://www.{long[number]}/{long[-1]}" for number in range(0, len(long), 7)]
    assert found(urls, screener) == [long[number] for number in range(0, len(long), 7)]
    assert found([f"https://{domain}.example/" for domain in long[:99]], screener) == [None] * 99


@pytest.mark.parametrize(
    ("domain", "canonical"),
    [
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("  Shop.Example ", "shop.example"),
        ("zip", "zip"),
        ("ｔｏ．example", "to.example"),
    ],
)
def test_domains_of_your_own_are_made_canonical(domain: str, canonical: str) -> None:
    assert nm.Screener(extra_domains=[domain]).domains[-1] == canonical


@pytest.mark.parametrize(
    "domain",
    ["", ".", "a b", "1.2.3.4", "0x7f.1", "2130706433", "[::1]", "x.com/y", "https://x.com", "x.com:80", "u@x.com", "x.com?q"],
)
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="is no domain name"):
        nm.Screener(extra_domains=[domain])


def _refused(urls: Any, error: type[Exception], words: str, **options: Any) -> None:
    with pytest.raises(error, match=words):
        ANY.screen(urls, **options)


def test_errors_say_what_is_valid() -> None:
    _refused("https://x.com", TypeError, "use lookup\\(\\) for one URL")
    _refused(b"https://x.com", TypeError, "not a single one")
    _refused(3, TypeError, "not int")
    _refused(["a", 1], TypeError, "urls\\[1\\] must be a str or None, not int")
    _refused(pa.array([1]), TypeError, "must be text or bytes, not int64")
    _refused(pa.table({"a": [1], "b": [2.0]}), TypeError, "not int64, double")
    _refused(pa.table({"a": ["x"], "b": ["y"]}), nm.UnknownValue, "unknown column 'url'; valid: 'a', 'b'")
    _refused(pa.table({"url": ["x"], "b": ["y"]}), nm.UnknownValue, "did you mean 'url'", column="urls")
    _refused(pa.table({"url": ["x"], "n": [1]}), nm.UnknownValue, "unknown column 'n'; valid: 'url'", column="n")
    _refused(pa.table({"url": ["x"], "market_id": [1]}), ValueError, "already has a column 'market_id'")
    _refused(["x"], nm.UnknownValue, "did you mean 'hits'", result="hit")
    for lookup in (nm.lookup, ANY.lookup):
        with pytest.raises(TypeError, match="must be a str, not NoneType"):
            lookup(None)  # type: ignore[arg-type]
    with pytest.raises(nm.UnknownValue, match="did you mean 'compiled'"):
        nm.Screener(engine="compile")  # type: ignore[arg-type]
    with pytest.raises(nm.UnknownValue, match="1999"):
        nm.screen(["x"], year=1999)
    with pytest.raises(nm.NothingToScreen):
        nm.Screener(kind="physical")
    with pytest.raises(TypeError, match="must be a str, not int"):
        nm.Screener(extra_domains=[1])  # type: ignore[list-item]
