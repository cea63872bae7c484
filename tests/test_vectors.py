"""Does every address of the conformance vectors get the host and the domain that the standards give it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

import idna
import pyarrow as pa
import pytest

import notorious_markets as nm
from notorious_markets.matching import host_of

TEXT = Path(__file__).with_name("vectors.json").read_text()
FILE: dict[str, Any] = json.loads(TEXT)
DOMAINS: list[str] = FILE["domains"]
VECTORS: list[dict[str, Any]] = FILE["vectors"]


@pytest.fixture(scope="module")
def screener() -> nm.Screener:
    return nm.Screener(extra_domains=DOMAINS)


def _text(vector: dict[str, Any]) -> str:
    return str(vector["url"]) if "url" in vector else bytes.fromhex(vector["bytes"]).decode("utf-8", "replace")


def _bytes(vector: dict[str, Any]) -> bytes:
    if "bytes" in vector:
        return bytes.fromhex(vector["bytes"])
    return str(vector["url"]).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def test_the_file_is_complete() -> None:
    assert len(VECTORS) >= 400
    assert len({vector["id"] for vector in VECTORS}) == len(VECTORS)
    assert len({_bytes(vector) if "bytes" in vector else vector["url"] for vector in VECTORS}) == len(VECTORS)
    assert sorted(VECTORS, key=itemgetter("group", "id")) == VECTORS
    for group, vectors in groupby(VECTORS, itemgetter("group")):
        assert {vector["domain"] is None for vector in vectors} == {True, False}, f"{group}: only matches, or only others"
    for vector in VECTORS:
        address = "bytes" if "bytes" in vector else "url"
        assert list(vector) == ["id", "group", address, "domain", "host", "reason"], vector["id"]
        assert vector["id"].startswith(vector["group"] + "-")
        assert vector["reason"].strip(), vector["id"]


def test_the_file_is_safe_to_compare_line_by_line() -> None:
    assert TEXT.isascii()
    assert all(character.isprintable() or character == "\n" for character in TEXT)
    lines = TEXT.splitlines()
    first = lines.index('  "vectors": [') + 1
    assert [json.loads(line.strip().rstrip(",")) for line in lines[first : first + len(VECTORS)]] == VECTORS
    assert lines[first + len(VECTORS) :] == ["  ]", "}"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_of_the_file_is_canonical(domain: str) -> None:
    for label in domain.split("."):
        if label.startswith("xn--"):
            # Another implementation of Punycode and of the tables.
            unicode = idna.ulabel(label)
            assert idna.alabel(unicode) == idna.alabel(idna.uts46_remap(unicode)) == label.encode()
        else:
            assert label == label.lower()
            assert set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


def test_the_domains_of_the_file_are_sorted_and_hidden_by_no_real_list() -> None:
    assert sorted(set(DOMAINS)) == DOMAINS
    assert not any(nm.lookup(domain) for domain in DOMAINS)


@pytest.mark.parametrize("vector", VECTORS, ids=itemgetter("id"))
def test_the_domain_follows_from_the_host(vector: dict[str, Any]) -> None:
    above = [domain for domain in DOMAINS if f".{vector['host'] or ''}".endswith(f".{domain}")]
    assert vector["domain"] == max(above, key=len, default=None)
    assert vector["host"] != ""


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if "bytes" in vector], ids=itemgetter("id"))
def test_bytes_are_given_only_where_no_text_could_be(vector: dict[str, Any]) -> None:
    with pytest.raises(UnicodeDecodeError):
        bytes.fromhex(vector["bytes"]).decode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_one_address(vector: dict[str, Any], screener: nm.Screener) -> None:
    assert (host_of(_text(vector)) or None) == vector["host"], vector["reason"]
    match = screener.lookup(_text(vector))
    expected = None if vector["domain"] is None else (vector["domain"], vector["host"], None)
    assert (match and (match.domain, match.host, match.market_id)) == expected, vector["reason"]


@pytest.mark.parametrize("column", ["text", "binary", "large binary", "sequence"])
@pytest.mark.parametrize("engine", ["pattern", "labels", "compiled"])
def test_whole_columns(engine: Literal["pattern", "labels", "compiled"], column: str) -> None:
    if engine == "compiled":
        pytest.importorskip("numba", reason="the compiled engine needs numba (extra fast)")
    vectors = [vector for vector in VECTORS if column.endswith("binary") or "url" in vector]
    columns: dict[str, Callable[[], Any]] = {
        "text": lambda: pa.array(map(bytes.decode, map(_bytes, vectors)), pa.string()),
        "binary": lambda: pa.array(map(_bytes, vectors), pa.binary()),
        "large binary": lambda: pa.array(map(_bytes, vectors), pa.large_binary()),
        "sequence": lambda: [vector["url"] for vector in vectors],
    }
    table = nm.Screener(extra_domains=DOMAINS, engine=engine).screen(columns[column]())
    found = table.column("listed_domain").to_pylist()
    wrong = {
        vector["id"]: (domain, vector["domain"], vector["reason"])
        for vector, domain in zip(vectors, found, strict=True)
        if domain != vector["domain"]
    }
    assert not wrong
