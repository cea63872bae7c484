"""Is the workload of the benchmarks as described, and are its answers right?"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import mean
from urllib.parse import unquote, urlsplit

import idna
import pytest
from pyarrow.parquet import ParquetFile

import notorious_markets as nm
from benchmarks import measuring, workload
from benchmarks.workload import DECOYS, SPELLINGS, Url

ROWS = 60_000
KNOWN = nm.Screener(engine="labels").domains


@pytest.fixture(scope="module")
def listed() -> list[str]:
    return workload.domains(1_200, KNOWN)


@pytest.fixture(scope="module")
def urls(listed: list[str]) -> list[Url]:
    return list(workload.urls(ROWS, listed))


def _listed_above(host: str, listed: set[str]) -> set[str]:
    labels = host.removesuffix(".").split(".")
    return {domain for first in range(len(labels)) if (domain := ".".join(labels[first:])) in listed}


def test_every_process_generates_the_same_workload(listed: list[str]) -> None:
    """The order of sets, which differs between processes, does not affect it."""
    digest = hashlib.sha256(repr((listed, list(workload.urls(3_000, listed)))).encode()).hexdigest()
    code = (
        "import hashlib, notorious_markets as nm; from benchmarks import workload;"
        "listed = workload.domains(1_200, nm.Screener(engine='labels').domains);"
        "print(hashlib.sha256(repr((listed, list(workload.urls(3_000, listed)))).encode()).hexdigest())"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == digest


def test_list_has_the_shipped_domains_first_and_no_domain_twice(listed: list[str]) -> None:
    assert tuple(listed[: len(KNOWN)]) == KNOWN
    assert len(listed) == len(set(listed)) == 1_200
    assert workload.domains(3_000, KNOWN)[:1_200] == listed
    assert all(name.isascii() and name == name.lower() for name in listed)
    assert 10 < sum("xn--" in name for name in listed) < 200


def test_lengths_and_shares(urls: list[Url]) -> None:
    assert abs(mean(len(url.text.encode()) for url in urls) - 79) < 2
    spellings = Counter(url.spelling for url in urls)
    hits = sum(spellings[name] for name in SPELLINGS)
    decoys = sum(spellings[f"decoy: {name}"] for name in DECOYS)
    assert hits == sum(url.domain is not None for url in urls)
    assert hits / ROWS == pytest.approx(0.01, rel=0.15)
    assert decoys / ROWS == pytest.approx(0.0085, rel=0.15)
    assert hits + decoys + spellings[""] == ROWS
    assert len(SPELLINGS) == 17
    assert all(spellings[name] for name in SPELLINGS)
    assert all(spellings[f"decoy: {name}"] for name in DECOYS)


def test_spellings_differ(urls: list[Url]) -> None:
    """A spelling that is really a plain one would make the benchmark easier than it claims."""
    signs = {
        "port": ":8080/",
        "userinfo": "@",
        "%2E in the host": "%2E",
        "backslashes": "\\\\",
        "ideographic full stop": "。",
        "spaces or newline around": "  https",
        "IDN as A-label": "xn--",
    }
    for url in urls:
        assert signs.get(url.spelling, "") in url.text
        authority = url.text.split("//")[-1].split("/")[0]
        if url.spelling == "IDN in Unicode":
            assert not authority.isascii()
        if url.spelling == "upper case":
            assert authority == authority.upper()
        if url.spelling == "dot at the end":
            assert authority.endswith(".")
        if url.spelling == "no scheme":
            assert url.text.startswith("//")


def test_hits_belong_to_their_domain(urls: list[Url], listed: list[str]) -> None:
    """The standard library and idna read the hosts, after unusual spellings are undone by hand."""
    known = set(listed)
    for url in urls:
        if url.domain is not None:
            host = urlsplit(unquote(url.text).replace("\\", "/").strip()).hostname
            assert host is not None, url
            assert url.domain in _listed_above(idna.encode(host, uts46=True).decode(), known), url


def test_nothing_else_belongs_to_a_listed_domain(urls: list[Url]) -> None:
    """This also holds for a longer list, in which syllables before a domain may make another domain."""
    many = workload.domains(20_000, KNOWN)
    known = set(many)
    for url in [*urls, *workload.urls(ROWS, many)]:
        if url.domain is None:
            assert not _listed_above(urlsplit(url.text).hostname or "", known), url


def test_decoys_name_a_listed_domain(urls: list[Url], listed: list[str]) -> None:
    for url in urls:
        if url.spelling.startswith("decoy"):
            assert any(domain in url.text for domain in listed), url


def test_the_file_has_the_workload_and_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = workload.cached(2_000, 200, KNOWN)
    listed = workload.domains(200, KNOWN)
    assert workload.listed_in(path) == listed
    rows = ParquetFile(path).read().to_pylist()
    assert rows == [
        {"url": text, "spelling": spelling, "domain": domain} for text, spelling, domain in workload.urls(2_000, listed)
    ]
    written = path.stat()
    assert workload.cached(2_000, 200, KNOWN) == path
    assert path.stat().st_ino == written.st_ino
    assert workload.cached(2_000, 201, KNOWN) != path
    assert not list(path.parent.glob("*.unfinished"))


def test_the_benchmark_counts_missed_hits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One method finds nothing, one all but unusual spellings, one everything. None has false hits."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = workload.cached(20_000, 200, KNOWN)
    expected = Counter(url.spelling for url in workload.urls(20_000, workload.listed_in(path)) if url.domain)
    unusual = {"IDN in Unicode", "IDN in upper-case Unicode", "%2E in the host", "backslashes", "ideographic full stop"}
    missed = {"floor-lower": set(expected), "partition": unusual & set(expected), "ours-core": set[str]()}
    for method, spellings in missed.items():
        (result,) = measuring.run(measuring.Job(method, str(path), 20_000))
        assert result["hits"] == expected
        assert result["missed"] == {name: expected[name] for name in spellings}
        assert result["false"] == 0
        assert len(result["examples"]) == min(20, sum(result["missed"].values()))
