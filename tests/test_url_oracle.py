"""Does another implementation of the URL standard read the same host, in many thousands of spellings?

The oracle is Ada (PyPI `can_ada`), the parser of node: another implementation, with tables of its own. It follows an older
state of the standard, and what it is known to do otherwise is excused by narrow rules.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import can_ada
import pytest

import notorious_markets as nm
from notorious_markets.matching import host_of

FILE: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text())
DOMAINS: list[str] = FILE["domains"]
COUNT = 40_000

# What can_ada 3.0 does not do as the standards say, by the id of the vector.
OLD_TABLES = "has tables from before Unicode 16"
CHECKS_ASCII = "checks A-labels in a host of ASCII only, as the URL standard did until June 2026"
LETS_A_LABEL_PASS = "lets an A-label pass that decodes to ASCII or to a label that begins with xn--"
BIDI_BY_LABEL = "applies the Bidi rule only to the right-to-left label itself, and not all of it"
WRONG = {
    "case-georgian-upper": OLD_TABLES,
    "case-sharp-s-capital": OLD_TABLES,
    "idn-a-label-ascii-non-ascii": LETS_A_LABEL_PASS,
    "idn-a-label-bad-below": CHECKS_ASCII,
    "idn-a-label-bad-escape": CHECKS_ASCII,
    "idn-a-label-bad-idn": CHECKS_ASCII,
    "idn-a-label-bad-other-scheme": CHECKS_ASCII,
    "idn-a-label-capital": CHECKS_ASCII,
    "idn-a-label-control": CHECKS_ASCII,
    "idn-a-label-cut": CHECKS_ASCII,
    "idn-a-label-delimiter": CHECKS_ASCII,
    "idn-a-label-empty": CHECKS_ASCII,
    "idn-a-label-empty-upper": CHECKS_ASCII,
    "idn-a-label-fullwidth-inside": CHECKS_ASCII,
    "idn-a-label-joiner": CHECKS_ASCII,
    "idn-a-label-nfd": CHECKS_ASCII,
    "idn-a-label-no-end": CHECKS_ASCII,
    "idn-a-label-soft-hyphen": CHECKS_ASCII,
    "idn-a-label-twice-non-ascii": LETS_A_LABEL_PASS,
    "idn-bidi-digits": BIDI_BY_LABEL,
    "idn-bidi-mixed-end": BIDI_BY_LABEL,
    "idn-bidi-underscore": BIDI_BY_LABEL,
    "ignored-hangul-filler": OLD_TABLES,
    "ignored-invisible-separator": OLD_TABLES,
    "ignored-vowel-separator": OLD_TABLES,
}

SPECIAL = {"http:", "https:", "ws:", "wss:", "ftp:", "file:"}

# Characters of Unicode 3.2 that UTS 46 disallowed before Unicode 16 and maps, ignores or allows since.
NEWLY_ALLOWED = [0x4C0, *range(0x10A0, 0x10C6), 0x115F, 0x1160, 0x17B4, 0x17B5, 0x1806, 0x180E, *range(0x2061, 0x2064)]
NEWLY_ALLOWED += [*range(0x206A, 0x2070), 0x2132, 0x2183, 0x3164, 0xFFA0, *range(0x1D173, 0x1D17B)]
NEWLY_ALLOWED += [0x2F868, 0x2F874, 0x2F91F, 0x2F95F, 0x2F9BF]

HOSTS = [
    "listed.example",
    "LISTED.example",
    "www.listed.example",
    "notlisted.example",
    "listed.example.evil.test",
    "parent2.example",
    "x.deep.parent2.example",
    "evil.test",
    "123.example",
    "office.example",
    "kelvin.example",
    "l-i-s-t.example",
    "under_score.example",
    "bücher.example",
    "bu\u0308cher.example",
    "xn--bcher-kva.example",
    "XN--Bcher-KVA.example",
    "straße.example",
    "λόγος.example",
    "ΠΑΡΆΔΕΙΓΜΑ.ΔΟΚΙΜΉ",
    "пример.испытание",
    "пример.xn--80akhbyknj4f",
    "例え.テスト",
    "例子。测试",
    "실례.테스트",
    "उदाहरण.परीक्षा",
    "נאמה.example",
    "listed",
    "192.0.2.1",
    "0xC0.0x00.513",
    "3221225985",
    "listed.example.1",
    "256.1.1.1",
    "[2001:DB8::1]",
    "[::ffff:192.0.2.1]",
    "[::1",
    "",
]
SCHEMES = [
    "http:",
    "https:",
    "HTTP:",
    "hTTps:",
    "ws:",
    "wss:",
    "ftp:",
    "file:",
    "FILE:",
    "foo:",
    "rtmp:",
    "x-y.z+1:",
    "javascript:",
    "mailto:",
    "1http:",
    "ht_tp:",
    "http;",
    ":",
]
SLASHES = ["//"] * 8 + ["", "/", "\\", "\\\\", "/\\", "\\/", "///", "////", "//\\", "%2F%2F"]
USERS = [""] * 8 + [
    "user@",
    "a:b@",
    "a@b@",
    ":@",
    "@",
    "evil.test:80@",
    "listed.example@",
    "u%40v@",
    "\u00fc@",
    "[x]@",
    "\\@",
    "/@",
    "?@",
]
ENDS = [""] * 8 + [".", "..", "%2E", "\u3002", "\uff0e", "\uff61", "\u2024", ",", ";", "'", " ", "\u00a0", "\ufeff"]
PORTS = [""] * 8 + [
    ":",
    ":0",
    ":80",
    ":443",
    ":8080",
    ":65535",
    ":65536",
    ":00080",
    ":x",
    ":8x",
    ":-1",
    ":%38",
    ":\uff18",
    ":80:80",
]
PATHS = [
    "",
    "/",
    "/listed.example",
    "\\evil.test",
    "?q=http://listed.example",
    "#@listed.example",
    "/a b",
    "?@evil.test",
    "/%zz\x00",
    "//",
]
BEFORE = [""] * 12 + [" ", "\t", "\x00", "\x1f ", "\u00a0", "\ufeff", "\u200b", "\u3000", "<", "\x7f"]
AFTER = [""] * 12 + [" ", "\r\n", "\x00", "\u00a0", "\ufeff", ">"]
INSIDE = list(
    "\t\n\r\u00ad\u200b\u2060\ufe0f\u034f\u200d\u200c\u200e\u0301\ufffd %\\/@:?#<>^|[]\x00\x01\x7f.-_*!$&'(){}~`\"\u0131\u2215"
)


def _fullwidth(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


def _mathematical(character: str) -> str:
    return chr(0x1D41A + ord(character) - ord("a")) if "a" <= character <= "z" else character


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _respelled(host: str, draw: random.Random) -> str:
    """The host with some of its characters in other spellings, and seldom with further ones."""
    share = draw.choice([0, 0, 0.1, 0.3, 1])
    spellings: list[Callable[[str], str]] = draw.choices(
        [str.upper, str.lower, _fullwidth, _mathematical, _escaped, lambda character: _escaped(_fullwidth(character))], k=2
    )
    spelled = [draw.choice(spellings)(character) if draw.random() < share else character for character in host]
    for _ in range(draw.choice([0, 0, 0, 0, 1, 1, 2])):
        spelled.insert(draw.randint(0, len(spelled)), draw.choice(INSIDE))
    return "".join(spelled)


def _corpus() -> list[str]:
    draw = random.Random("notorious markets")
    addresses: set[str] = set()
    while len(addresses) < COUNT:
        scheme = draw.choice(SCHEMES) if draw.random() < 0.7 else ""
        parts = [
            draw.choice(BEFORE),
            scheme,
            draw.choice(SLASHES) if scheme or draw.random() < 0.2 else "",
            draw.choice(USERS),
            _respelled(draw.choice(HOSTS), draw),
            draw.choice(ENDS),
            draw.choice(PORTS),
            draw.choice(PATHS),
            draw.choice(AFTER),
        ]
        address = "".join(parts)
        if draw.random() < 0.1:
            place = draw.randint(0, len(address))
            address = address[:place] + draw.choice("\t\n\r") + address[place:]
        addresses.add(address)
    return sorted(addresses)


def _parse(text: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(text)
    except ValueError:
        return None


def _oracle(address: str) -> str | None:
    """The host by the oracle, after the same rule for what has no scheme, written anew."""
    text = re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33))))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if scheme and not ("." in scheme[1] and re.match(r"[0-9]+([/\\?#]|$)", text[scheme.end() :])):
        url = _parse(text)
        if url is not None and url.protocol not in SPECIAL:
            url = _parse(f"http://{url.hostname}") if url.hostname else None
    else:
        url = None if re.match(r"[/\\](?![/\\])", text) else _parse(f"http://{text}")
    return (url and str(url.hostname).removesuffix(".")) or None


def _is_known(address: str, ours: str | None, theirs: str | None) -> bool:
    """Whether can_ada 3.0 is known to differ: it follows an older standard, see `WRONG`."""
    if ours is not None:
        # An A-label of a host of ASCII only, which stands in the address as it is, was checked until June 2026.
        return theirs is None and "xn--" in ours and ours in unquote(re.sub(r"[\t\n\r]", "", address)).lower()
    for label in (theirs or "").split("."):
        if label.startswith("xn--"):
            unicode = label[4:].encode().decode("punycode")
            # Every label of a host with a right-to-left label must keep the Bidi rule; no label may decode to ASCII.
            if unicode.isascii() or any(unicodedata.bidirectional(character) in ("R", "AL") for character in unicode):
                return True
    return False


def _domain(host: str | None) -> str | None:
    return max((domain for domain in DOMAINS if f".{host or ''}".endswith(f".{domain}")), key=len, default=None)


def test_what_is_excused_is_a_vector() -> None:
    assert WRONG.keys() <= {vector["id"] for vector in FILE["vectors"]}


@pytest.mark.parametrize(
    "vector",
    [
        pytest.param(vector, id=vector["id"], marks=pytest.mark.xfail(vector["id"] in WRONG, reason=WRONG.get(vector["id"], "")))
        for vector in FILE["vectors"]
    ],
)
def test_the_oracle_agrees_with_the_vectors(vector: dict[str, Any]) -> None:
    text = bytes.fromhex(vector["bytes"]).decode("utf-8", "replace") if "bytes" in vector else vector["url"]
    host = _oracle(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    assert (host, _domain(host)) == (vector["host"], vector["domain"]), vector["reason"]


@pytest.fixture(scope="module")
def answers() -> dict[str, str | None]:
    """The host of every address of the corpus by the oracle."""
    return {address: _oracle(address) for address in _corpus()}


def test_the_corpus_has_matches_near_misses_and_refusals(answers: dict[str, str | None]) -> None:
    matches = sum(_domain(host) is not None for host in answers.values())
    refused = list(answers.values()).count(None)
    assert min(matches, refused, len(answers) - matches - refused) > COUNT / 20


def test_every_host_is_that_of_the_oracle(answers: dict[str, str | None]) -> None:
    differing = [(address, host, oracle) for address, oracle in answers.items() if (host := host_of(address) or None) != oracle]
    assert not [difference for difference in differing if not _is_known(*difference)]
    # What is excused is rare, or it would hide something else.
    assert len(differing) < COUNT / 250


@pytest.mark.parametrize("engine", ["pattern", "labels", "compiled"])
def test_every_engine_finds_what_the_oracle_finds(
    engine: Literal["pattern", "labels", "compiled"], answers: dict[str, str | None]
) -> None:
    if engine == "compiled":
        pytest.importorskip("numba", reason="the compiled engine needs numba (extra fast)")
    found = nm.Screener(extra_domains=DOMAINS, engine=engine).screen(list(answers)).column("listed_domain").to_pylist()
    wrong = [
        (address, domain, oracle)
        for (address, oracle), domain in zip(answers.items(), found, strict=True)
        if domain != _domain(oracle) and not _is_known(address, host_of(address) or None, oracle)
    ]
    assert not wrong


@pytest.mark.parametrize("spelling", ["http://a{}b.listed.example/", "listed{}example"])
def test_every_character_is_read_as_by_the_oracle(spelling: str) -> None:
    """Of Unicode 3.2, whose characters both tables know."""
    wrong = []
    for number in range(0x110000):
        character = chr(number)
        if unicodedata.ucd_3_2_0.category(character) in ("Cn", "Co", "Cs"):
            continue
        address = spelling.format(character)
        host, oracle = host_of(address) or None, _oracle(address)
        if host != oracle and not (oracle is None and number in NEWLY_ALLOWED):
            wrong.append((f"U+{number:04X}", host, oracle))
    assert not wrong
