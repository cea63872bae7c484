"""Does every address of the conformance vectors get the host and the domain that the standards give it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from itertools import groupby
from operator import itemgetter
from types import FunctionType
from typing import Any, Literal

import idna
import numpy as np
import pyarrow as pa
import pytest

import notorious_markets as nm
from notorious_markets.matching import host_of
from notorious_markets.screening import kernel
from tests.vectors import DOMAINS, TEXT, VECTORS, bytes_of, text_of


@pytest.fixture(scope="module")
def screener() -> nm.Screener:
    return nm.Screener(extra_domains=DOMAINS)


def test_the_file_is_complete() -> None:
    assert len(VECTORS) >= 400
    assert len({vector["id"] for vector in VECTORS}) == len(VECTORS)
    assert len({bytes_of(vector) if "bytes" in vector else vector["url"] for vector in VECTORS}) == len(VECTORS)
    assert sorted(VECTORS, key=itemgetter("group", "id")) == VECTORS
    for group, vectors in groupby(VECTORS, itemgetter("group")):
        assert {vector["domain"] is None for vector in vectors} == {True, False}, f"{group}: only matches, or only others"
    for vector in VECTORS:
        address = "bytes" if "bytes" in vector else "url"
        assert list(vector) == ["id", "group", address, "domain", "host", "reason"], vector["id"]
        assert vector["id"].startswith(vector["group"] + "-")
        assert vector["reason"].strip(), vector["id"]


def test_the_file_can_be_compared_line_by_line() -> None:
    assert TEXT.isascii()
    assert all(character.isprintable() or character == "\n" for character in TEXT)
    lines = TEXT.splitlines()
    first = lines.index('  "vectors": [') + 1
    assert [json.loads(line.strip().rstrip(",")) for line in lines[first : first + len(VECTORS)]] == VECTORS
    assert lines[first + len(VECTORS) :] == ["  ]", "}"]


def test_the_domains_are_canonical() -> None:
    for domain in DOMAINS:
        for label in domain.split("."):
            if label.startswith("xn--"):
                # idna implements Punycode and the tables of Unicode independently.
                unicode = idna.ulabel(label)
                assert idna.alabel(unicode) == idna.alabel(idna.uts46_remap(unicode)) == label.encode(), domain
            else:
                assert label == label.lower(), domain
                assert set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-"), domain


def test_the_domains_are_sorted_and_not_on_the_shipped_list() -> None:
    assert sorted(set(DOMAINS)) == DOMAINS
    assert not any(nm.lookup(domain) for domain in DOMAINS)


def test_each_domain_follows_from_the_host() -> None:
    wrong = []
    for vector in VECTORS:
        above = [domain for domain in DOMAINS if f".{vector['host'] or ''}".endswith(f".{domain}")]
        if vector["host"] == "" or vector["domain"] != max(above, key=len, default=None):
            wrong.append(vector)
    assert wrong == []


def test_bytes_are_never_valid_utf_8() -> None:
    vectors = [vector for vector in VECTORS if "bytes" in vector]
    assert vectors
    for vector in vectors:
        with pytest.raises(UnicodeDecodeError):
            bytes_of(vector).decode()


@pytest.mark.parametrize("vector", VECTORS, ids=itemgetter("id"))
def test_one_address(vector: dict[str, Any], screener: nm.Screener) -> None:
    assert (host_of(text_of(vector)) or None) == vector["host"], vector["reason"]
    match = screener.lookup(text_of(vector))
    expected = None if vector["domain"] is None else (vector["domain"], vector["host"], None)
    assert (match and (match.matched_domain, match.host, match.market_id)) == expected, vector["reason"]


@pytest.mark.parametrize("column", ["text", "binary", "large binary", "sequence"])
@pytest.mark.parametrize("engine", ["pattern", "labels", "compiled"])
def test_whole_columns(engine: Literal["pattern", "labels", "compiled"], column: str) -> None:
    vectors = [vector for vector in VECTORS if column.endswith("binary") or "url" in vector]
    columns: dict[str, Callable[[], Any]] = {
        "text": lambda: pa.array(map(bytes.decode, map(bytes_of, vectors)), pa.string()),
        "binary": lambda: pa.array(map(bytes_of, vectors), pa.binary()),
        "large binary": lambda: pa.array(map(bytes_of, vectors), pa.large_binary()),
        "sequence": lambda: [vector["url"] for vector in vectors],
    }
    found = nm.Screener(extra_domains=DOMAINS, engine=engine).screen(columns[column]()).column("matched_domain").to_pylist()
    wrong = {
        vector["id"]: (domain, vector["domain"], vector["reason"])
        for vector, domain in zip(vectors, found, strict=True)
        if domain != vector["domain"]
    }
    assert wrong == {}


def test_the_search_gives_the_same_answers_without_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage measures only lines that Python runs, so this test runs a copy of the search that numba does not compile."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    spec = spec_from_file_location("notorious_markets.screening.not_compiled", kernel.__file__)
    assert spec is not None
    assert spec.loader is not None
    not_compiled = module_from_spec(spec)
    spec.loader.exec_module(not_compiled)
    assert isinstance(not_compiled._search, FunctionType)
    addresses = pa.array(map(bytes_of, VECTORS), pa.binary())
    expected_numbers, expected_undecided = kernel.Finder(DOMAINS)(addresses)
    # The hash of FNV-1a overflows by design.
    with np.errstate(over="ignore"):
        numbers, undecided = not_compiled.Finder(DOMAINS)(addresses)
    assert undecided.to_pylist() == expected_undecided.to_pylist()
    decided = np.delete(np.arange(len(addresses)), undecided)
    assert numbers[decided].tolist() == expected_numbers[decided].tolist()
    assert sum(number >= 0 for number in numbers[decided]) > 50
