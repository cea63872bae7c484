"""Does no spelling of a URL hide a listed host, and does none make another host listed?"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import cache
from typing import get_args
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.screening.prefilter import Engine

OWN = ("listed.example", "deep.parent.example", "xn--bcher-kva.example", "a-b_c.test", "xn--80aswg.xn--p1ai")
ENGINES = [engine for engine in get_args(Engine) if engine != "auto"]


@cache
def _screener(engine: Engine) -> nm.Screener:
    """A screener that is not made at import, since the compiled engine takes seconds to start."""
    return nm.Screener(extra_domains=OWN, engine=engine)


ANY = _screener("pattern")
DOMAINS = sorted(ANY.domains)


def _found(urls: list[str | None], screener: nm.Screener) -> list[str | None]:
    return screener.screen(urls).column("matched_domain").to_pylist()


def _full_width(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if letter in string.ascii_letters + string.digits else letter


# Ways to write a character of a host that a browser reads as the same character.
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
    """A URL of the host in an unusual spelling that every browser reads."""
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
    # The longest listed domain counts: pan.baidu.com, not baidu.com.
    assert match.matched_domain == domain
    assert [_found([url], _screener(engine)) for engine in ENGINES] == [[domain]] * 3


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
    assert [_found([url], _screener(engine)) for engine in ENGINES] == [[None]] * 3


PIECES = st.sampled_from(
    [
        *("http", "https", "HTTPS", "ftp", "ws", "file", "foo", "x.y", ":", "::", "/", "//", "///", "\\", "?", "#", "@", "."),
        *("..", "%", "%2e", "%2F", "%00", " ", "\t", "\n", "\r", "\x00", "www", "8080", "80", "1.2.3.4", "[::1]", "xn--", "é"),
        *("。", "\u00ad", "listed", "example", "listed.example", "LISTED.example", "taobao.com", "parent.example", "сайт.рф"),
        *("\ud800", "bücher.example"),
    ]
)
ADDRESS = st.one_of(st.none(), st.lists(PIECES, max_size=9).map("".join), st.text(max_size=30))


# A call costs more than an address, so that few long columns try as many addresses as many short ones in less time.
@settings(max_examples=250)
@given(st.lists(ADDRESS, min_size=20, max_size=60))
@example(
    ["/\t/listed.example", "http:/listed.example", "x.y:8/listed.example", "https:\t//listed.example", "https:///listed.example"]
)
def test_columns_give_the_answers_of_single_lookups(urls: list[str | None]) -> None:
    expected = [None if url is None or (match := ANY.lookup(url)) is None else match.matched_domain for url in urls]
    for engine in ENGINES:
        assert _found(urls, _screener(engine)) == expected, engine


@pytest.mark.parametrize("rest", ["X80", "80X", "80X/", "8X0", "X"])
def test_only_digits_are_a_port(rest: str) -> None:
    """Any other text after a name and a colon makes the name a scheme, as in a browser."""
    assert nm.lookup(f"taobao.com:{rest}") is None
    assert nm.lookup("taobao.com:80/") is not None
