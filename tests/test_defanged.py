"""Are addresses that were made unclickable read on request, and by default not?"""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets._columns import defanged
from notorious_markets._defanging import are_defanged, refanged
from notorious_markets.matching import scalar_values
from notorious_markets.screening.prefilter import Engine

from .command import run

ENGINES = [engine for engine in get_args(Engine) if engine != "auto"]
DEFANGED = [
    "taobao[.]com",
    "taobao(.)com",
    "taobao{.}com",
    "taobao<.>com",
    "taobao[.com",
    "taobao.]com",
    "taobao [.] com",
    r"taobao\.com",
    "taobao[dot]com",
    "taobao (DOT) com",
    "www[.]taobao.com/a[.]b",
    "hxxps://taobao[.]com/item?x=[.]",
    "hXXp://user@TAOBAO[.]COM:8080",
    "hxxp[:]//taobao.com",
    "hxxp[://]taobao[.]com",
    "hxxp(://)taobao.com",
    "hxxp:[//]taobao[.]com",
    "hxxp[:][/][/]taobao.com",
    r"hxxp:\\taobao[.]com",
    "h**p://taobao.com/",
    "h__ps://taobao[.]com/",
    "meow://taobao[.]com/",
    "tcp://taobao[.]com:443/",
    "taobao.com[:]8080",
    "taobao.com[/]item",
    "\n\t user[@]taobao.com",
]
# Addresses that are read, or have no host, as they stand.
OTHERS = [
    "",
    "taobao.com",
    "hxxps://taobao.com/",
    "https://example.org/taobao[.]com",
    "https://example.org/?u=hxxp[:]//taobao.com",
    "https://example.org/#taobao(.)com",
    "http://[::1]/",
    "http://[::1]:8080/",
    "(taobao.com)",
    "mailto:someone@taobao.com",
    "Sold out. See taobao.com for more",
    "the dot is red",
]


@pytest.mark.parametrize("address", DEFANGED)
def test_a_defanged_address_is_read_on_request(address: str) -> None:
    assert nm.lookup(address) is None
    match = nm.lookup(address, refang=True)
    assert match is not None
    assert match.host in ("taobao.com", "www.taobao.com")
    assert (match.matched_domain, match.market_id) == ("taobao.com", "taobao")


@pytest.mark.parametrize("address", OTHERS)
def test_another_address_stays_as_it_is(address: str) -> None:
    assert refanged(address) is None
    assert nm.lookup(address, refang=True) == nm.lookup(address)


def test_other_hosts_stay_unlisted() -> None:
    for address in ("nottaobao[.]com", "taobao[.]com[.]example", "example[.]org/taobao[.]com", "taobao[.]com@example[.]org"):
        assert refanged(address) is not None
        assert nm.lookup(address, refang=True) is None, address


@cache
def _screener(engine: Engine) -> nm.Screener:
    """A screener with an own domain. It is not made at import, since the compiled engine takes seconds to start."""
    return nm.Screener(extra_domains=["listed.example"], engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_columns(engine: Engine) -> None:
    screener = _screener(engine)
    urls = [*DEFANGED, None, *OTHERS, "listed[.]example"]
    expected = ["taobao.com"] * len(DEFANGED) + [None] + [None] * len(OTHERS) + ["listed.example"]
    expected[len(DEFANGED) + 2] = expected[len(DEFANGED) + 3] = "taobao.com"
    columns = [
        urls,
        pa.array(urls),
        pa.array(urls).dictionary_encode(),
        pa.array(urls, pa.string_view()),
        pa.table({"url": urls}),
    ]
    column: Any
    for column in columns:
        found: Any = screener.screen(column, refang=True)
        assert found.column("matched_domain").to_pylist() == expected
    assert screener.screen(pl.Series(urls), refang=True)["matched_domain"].to_list() == expected
    assert screener.screen(pd.Series(urls), result="mask", refang=True).sum() == len(DEFANGED) + 3
    without: Any = screener.screen(urls, result="mask")
    assert without.to_pylist() == [url in OTHERS[1:3] for url in urls]
    assert nm.screen(["taobao[.]com"], refang=True).column("market_id").to_pylist() == ["taobao"]


PIECES = st.sampled_from(
    [
        *(
            "[",
            "]",
            "(",
            ")",
            "{",
            "}",
            "<",
            ">",
            ".",
            ":",
            "/",
            "//",
            "\\",
            "@",
            "?",
            "#",
            " ",
            "\t",
            "\n",
            "[.]",
            "(dot)",
            "[:]",
        ),
        *(
            "dot",
            "DOT",
            "hxxp",
            "h**p",
            "http",
            "meow",
            "taobao",
            "com",
            "listed",
            "example",
            "é",
            "ſ",
            "K",
            "\x00",
            "\ud800",
            "80",
        ),
    ]
)
ADDRESSES = st.one_of(st.lists(PIECES, max_size=9).map("".join), st.text(max_size=20))


@given(st.lists(ADDRESSES, min_size=5, max_size=40))
def test_columns_give_the_answers_of_single_lookups(urls: list[str]) -> None:
    matches = [_screener(ENGINES[0]).lookup(url, refang=True) for url in urls]
    for engine in ENGINES:
        found = _screener(engine).screen(urls, refang=True).column("matched_domain").to_pylist()
        assert found == [match and match.matched_domain for match in matches]
    encoded = pa.array([scalar_values(url).encode() for url in urls], pa.binary())
    assert are_defanged(encoded).to_pylist() == [refanged(url) is not None for url in urls]


@given(ADDRESSES)
def test_no_match_is_lost_or_changed(address: str) -> None:
    match = nm.lookup(address)
    assert match is None or nm.lookup(address, refang=True) == match


@given(st.data())
def test_every_way_of_defanging_is_undone(data: st.DataObject) -> None:
    # `lookup` does not match the general site of a company.
    row = data.draw(st.sampled_from([row for row in nm.table("domains").to_pylist() if row["role"] != "company"]))
    dots = st.sampled_from([".", "[.]", "(.)", "{.}", "[dot]", " (dot) ", "[.", ".]", "\\."])
    host = "".join(data.draw(dots) if letter == "." else letter for letter in f"www.{row['domain']}")
    scheme = data.draw(st.sampled_from(["", "hxxp", "hxxps", "http", "meow", "h**p"]))
    separator = data.draw(st.sampled_from(["://", "[:]//", "[://]", ":[//]"])) if scheme else ""
    match = nm.lookup(f"{scheme}{separator}{host}{data.draw(st.sampled_from(['', '/', '/a[.]b', '?x']))}", refang=True)
    assert match is not None
    assert match.market_id == row["market_id"]


@pytest.mark.parametrize("piece", ["\x01", " ", "\t", "[", "(", "[.", ".]", "h*", "a:", "\\", " [", "[ ", ". "])
def test_a_long_address_takes_linear_time(piece: str) -> None:
    """Quadratic time would take minutes."""
    for address in (piece * 200_000, f"taobao[.]com{piece * 200_000}", f"{piece * 200_000}[.]com"):
        nm.lookup(address, refang=True)


def test_defanged_addresses_are_counted() -> None:
    urls = [*DEFANGED, *OTHERS, None]
    expected = [True] * len(DEFANGED) + [False] * len(OTHERS) + [None]
    text = pa.array(urls)
    for column in (text, text.cast(pa.large_binary()), text.dictionary_encode(), pa.array(urls, pa.string_view())):
        assert defanged(column).to_pylist() == expected


def test_the_commands(tmp_path: Any) -> None:
    assert '"matched_domain": null' in run("lookup taobao[.]com").stdout
    assert '"matched_domain": "taobao.com"' in run("lookup --refang taobao[.]com").stdout
    path = tmp_path / "urls.txt"
    path.write_text("hxxps://taobao[.]com\nhttps://taobao.com\n")
    assert '"hits": 1' in run("screen --json", path).stdout
    assert '"hits": 2' in run("screen --json --refang", path).stdout
