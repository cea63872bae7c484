"""The files for other tools hold what the package answers."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm


@pytest.fixture(scope="module")
def folder(site_folder: Path) -> Path:
    """The folder with the files."""
    return site_folder / "data" / "v1"


@pytest.fixture(scope="module")
def index(folder: Path) -> dict[str, Any]:
    """The index of the files."""
    read: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return read


def test_the_index_lists_every_file_with_its_checksum(folder: Path, index: dict[str, Any]) -> None:
    assert (index["data_version"], index["package_version"]) == (nm.DATA_VERSION, nm.__version__)
    assert "not a finding of a violation of law" in index["caution"]
    listed = {file["path"]: file for file in index["files"]}
    assert all(sha256((folder / path).read_bytes()).hexdigest() == file["sha256"] for path, file in listed.items())
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {path for path in found - set(listed) if not path.endswith(".datapackage.json")} == {"index.json", "SHA256SUMS"}
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    sums = {path: digest for digest, path in lines}
    assert set(sums) == found - {"SHA256SUMS"}
    assert all(sha256((folder / path).read_bytes()).hexdigest() == digest for path, digest in sums.items())


def test_the_newest_edition_is_the_last_one(index: dict[str, Any]) -> None:
    newest = index["editions"][-1]
    assert newest["year"] == max(edition.year for edition in nm.editions())
    assert newest["online"]["rows"] == len(nm.markets(newest["year"], kind="online"))
    assert newest["released"] == nm.edition(newest["year"]).released.isoformat()


@pytest.mark.parametrize("year", [edition.year for edition in nm.editions()])
def test_an_edition_reads_back(folder: Path, year: int) -> None:
    expected = nm.markets(year)
    assert json.loads((folder / f"editions/{year}.json").read_text(encoding="utf-8")) == json.loads(expected.to_json())
    assert pq.read_table(folder / f"editions/{year}.parquet").to_pylist() == pa.table(expected).to_pylist()
    with (folder / f"editions/{year}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["listing_no"], row["name_as_listed"], row["country"]) for row in rows] == [
        (str(row.listing_no), row.name_as_listed or "", row.country or "") for row in expected
    ]


def test_each_table_reads_back(folder: Path, index: dict[str, Any]) -> None:
    tables = {file["table"] for file in index["files"] if file["path"].startswith("tables/") and "table" in file}
    assert tables == {path.stem for path in (folder / "tables").glob("*.parquet")}
    assert len(tables) >= 13
    with closing(sqlite3.connect(folder / "notorious_markets.sqlite")) as database:
        for table in sorted(tables):
            expected = nm.table(table)
            assert pq.read_table(folder / f"tables/{table}.parquet").equals(expected)
            assert len(json.loads((folder / f"tables/{table}.json").read_text(encoding="utf-8"))) == expected.num_rows
            with (folder / f"tables/{table}.csv").open(encoding="utf-8", newline="") as file:
                assert len(list(csv.reader(file))) == expected.num_rows + 1
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (expected.num_rows,)


def test_the_package_describes_the_parquet_files(folder: Path) -> None:
    described = json.loads((folder / "tables" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in described["resources"]:
        content = (folder / "tables" / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"


def test_blocklists_hold_the_domains_that_markets_have(folder: Path) -> None:
    lines = (folder / "blocklists" / "domains.txt").read_text(encoding="utf-8").splitlines()
    blocked = {line for line in lines if line and not line.startswith("#")}
    assert blocked == {row.domain for row in nm.domains(role="own")}
    assert set(nm.Screener().domains) == blocked
    for name in ("hosts.txt", "adblock.txt", "dnsmasq.conf", "rpz.rpz"):
        text = (folder / "blocklists" / name).read_text(encoding="utf-8")
        assert "not a finding of a violation of law" in text
        assert "taobao.com" in text
        assert "megaupload.com" not in text
