"""Does another implementation of the URL Standard read the same host, in many thousands of spellings?

The other implementation, called the oracle here, is Ada (`can_ada`), the parser of Node.js. It has tables of its own and
follows an older state of the standard. Its known differences are excused by narrow rules.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Literal
from urllib.parse import unquote

import can_ada
import pytest

import notorious_markets as nm
from notorious_markets.matching import host_of
from tests.vectors import DOMAINS, VECTORS, bytes_of

COUNT = 40_000

# The vectors that can_ada 3.0 does not read as the standards say, by the reason.
KNOWN_DIFFERENCES = {
    "has tables from before Unicode 16": [
        *("case-georgian-upper", "case-sharp-s-capital", "ignored-hangul-filler", "ignored-invisible-separator"),
        "ignored-vowel-separator",
    ],
    "checks A-labels in a host of ASCII only, as the URL Standard did until June 2026": [
        *("idn-a-label-bad-below", "idn-a-label-bad-escape", "idn-a-label-bad-idn", "idn-a-label-bad-other-scheme"),
        *("idn-a-label-capital", "idn-a-label-control", "idn-a-label-cut", "idn-a-label-delimiter", "idn-a-label-empty"),
        *("idn-a-label-empty-upper", "idn-a-label-fullwidth-inside", "idn-a-label-joiner", "idn-a-label-nfd"),
        *("idn-a-label-no-end", "idn-a-label-soft-hyphen"),
    ],
    "accepts an A-label that decodes to ASCII or to a label that begins with xn--": [
        *("idn-a-label-ascii-non-ascii", "idn-a-label-twice-non-ascii"),
    ],
    "applies the Bidi rule only to the right-to-left label itself, and not all of it": [
        *("idn-bidi-digits", "idn-bidi-mixed-end", "idn-bidi-underscore"),
    ],
}

SPECIAL_SCHEMES = {"http:", "https:", "ws:", "wss:", "ftp:", "file:"}

# The characters of Unicode 3.2 that UTS 46 disallowed before Unicode 16 and has mapped, ignored or allowed since.
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
    """The host with some characters spelled in other ways and sometimes with additional characters."""
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
            position = draw.randint(0, len(address))
            address = address[:position] + draw.choice("\t\n\r") + address[position:]
        addresses.add(address)
    return sorted(addresses)


def _parse(text: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(text)
    except ValueError:
        return None


def _oracle(address: str) -> str | None:
    """The host as the oracle reads it, with an independent implementation of the rule for texts without a scheme."""
    text = re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33))))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if scheme and not ("." in scheme[1] and re.match(r"[0-9]+([/\\?#]|$)", text[scheme.end() :])):
        url = _parse(text)
        if url is not None and url.protocol not in SPECIAL_SCHEMES:
            url = _parse(f"http://{url.hostname}") if url.hostname else None
    else:
        url = None if re.match(r"[/\\](?![/\\])", text) else _parse(f"http://{text}")
    return (url and str(url.hostname).removesuffix(".")) or None


def _is_known(address: str, ours: str | None, theirs: str | None) -> bool:
    """Whether can_ada 3.0 is known to differ, see `KNOWN_DIFFERENCES`."""
    if ours is not None:
        # Until June 2026 the standard checked the A-labels of a host of ASCII only. Now they pass as they are.
        return theirs is None and "xn--" in ours and ours in unquote(re.sub(r"[\t\n\r]", "", address)).lower()
    for label in (theirs or "").split("."):
        if label.startswith("xn--"):
            unicode = label[4:].encode().decode("punycode")
            # The Bidi rule applies to every label of a host that has a right-to-left label. No label may decode to ASCII.
            if unicode.isascii() or any(unicodedata.bidirectional(character) in ("R", "AL") for character in unicode):
                return True
    return False


@cache
def _domain(host: str | None) -> str | None:
    return max((domain for domain in DOMAINS if f".{host or ''}".endswith(f".{domain}")), key=len, default=None)


def test_the_oracle_agrees_with_the_vectors() -> None:
    """A difference that is not known is an error in a vector or in the oracle. A known one may disappear."""
    known = {vector_id for ids in KNOWN_DIFFERENCES.values() for vector_id in ids}
    assert known <= {vector["id"] for vector in VECTORS}
    differences = {}
    for vector in VECTORS:
        host = _oracle(bytes_of(vector).decode("utf-8", "replace"))
        if (host, _domain(host)) != (vector["host"], vector["domain"]) and vector["id"] not in known:
            differences[vector["id"]] = (host, vector["host"], vector["reason"])
    assert differences == {}


@pytest.fixture(scope="module")
def answers() -> dict[str, str | None]:
    """The host of every address of the corpus, as the oracle reads it."""
    return {address: _oracle(address) for address in _corpus()}


def test_the_corpus_has_matches_near_misses_and_refusals(answers: dict[str, str | None]) -> None:
    matches = sum(_domain(host) is not None for host in answers.values())
    refused = list(answers.values()).count(None)
    assert min(matches, refused, len(answers) - matches - refused) > COUNT / 20


def test_every_host_is_the_same(answers: dict[str, str | None]) -> None:
    differing = [(address, host, oracle) for address, oracle in answers.items() if (host := host_of(address) or None) != oracle]
    assert [difference for difference in differing if not _is_known(*difference)] == []
    # If many differences were excused, they could hide others.
    assert len(differing) < COUNT / 250


@pytest.mark.parametrize("engine", ["pattern", "labels", "compiled"])
def test_every_engine_finds_what_the_oracle_finds(
    engine: Literal["pattern", "labels", "compiled"], answers: dict[str, str | None]
) -> None:
    found = nm.Screener(extra_domains=DOMAINS, engine=engine).screen(list(answers)).column("matched_domain").to_pylist()
    wrong = [
        (address, domain, oracle)
        for (address, oracle), domain in zip(answers.items(), found, strict=True)
        if domain != _domain(oracle) and not _is_known(address, host_of(address) or None, oracle)
    ]
    assert wrong == []


@pytest.mark.parametrize("spelling", ["http://a{}b.listed.example/", "listed{}example"])
def test_every_character_is_read_as_by_the_oracle(spelling: str) -> None:
    """Only characters of Unicode 3.2 are compared, because the tables of both have them."""
    wrong = []
    for number in range(0x110000):
        character = chr(number)
        if unicodedata.ucd_3_2_0.category(character) in ("Cn", "Co", "Cs"):
            continue
        address = spelling.format(character)
        host, oracle = host_of(address) or None, _oracle(address)
        if host != oracle and not (oracle is None and number in NEWLY_ALLOWED):
            wrong.append((f"U+{number:04X}", host, oracle))
    assert wrong == []
