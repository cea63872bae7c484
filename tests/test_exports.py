"""Does `export` choose the right format and rows, and does it write files completely or not at all?"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets import exporting
from notorious_markets.about import CAUTION
from notorious_markets.exporting import FORMATS, FormatName
from tests.exported import BLOCKLISTS, CONDITIONS, exported

# How a file begins whose name has this suffix.
BEGINNINGS = {
    ".csv": b"year,listing_no,",
    ".jsonl": b'{"year": 2010,',
    ".ndjson": b'{"year": 2010,',
    ".json": b'[\n{"year": 2010,',
    ".parquet": b"PAR1",
    ".xlsx": b"PK\x03\x04",
    ".sqlite": b"SQLite format 3\0",
    ".sqlite3": b"SQLite format 3\0",
    ".db": b"SQLite format 3\0",
    ".rpz": b"; Title: ",
    ".ftm.json": b'{"caption": ',
    ".jsonld": b'{\n  "@context": ',
}


def test_formats() -> None:
    assert set(FORMATS) == set(get_args(FormatName))
    assert sorted(suffix for known in FORMATS.values() for suffix in known.suffixes) == sorted(BEGINNINGS)


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_the_suffix_selects_the_format(suffix: str, tmp_path: Path) -> None:
    path = nm.export(tmp_path / f"X{suffix.upper()}")
    assert path == tmp_path / f"X{suffix.upper()}"
    assert path.read_bytes().startswith(BEGINNINGS[suffix])


def test_an_unknown_suffix_or_format_lists_the_formats(tmp_path: Path) -> None:
    with pytest.raises(nm.UnknownValue, match=r"'list\.txt'.*'csv'.*'rpz'"):
        nm.export(tmp_path / "list.txt")
    with pytest.raises(nm.UnknownValue, match=r"did you mean 'dnsmasq'.*'csv'"):
        nm.export(tmp_path / "list.txt", format="dnsmask")  # type: ignore[call-overload]
    assert list(tmp_path.iterdir()) == []


def test_an_open_file_needs_a_format_and_binary_mode(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="format must be specified for an open file; valid: csv, "):
        nm.export(io.BytesIO())  # type: ignore[call-overload]
    with (tmp_path / "x").open("w") as file, pytest.raises(TypeError, match="not in text mode"):
        nm.export(file, format="csv")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="not int"):
        nm.export(3, format="csv")  # type: ignore[call-overload]


@pytest.mark.parametrize("name", FORMATS)
def test_every_export_contains_the_caution_and_the_version(name: FormatName, tmp_path: Path) -> None:
    path = nm.export(tmp_path / "file", format=name)
    files = list(tmp_path.iterdir())
    assert len(files) == (2 if FORMATS[name].sidecar else 1)
    if name == "excel":
        sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["about"]
        text = " ".join(str(cell) for row in sheet.values for cell in row)
    else:
        text = " ".join(file.read_bytes().decode("utf-8", "replace") for file in files)
    assert CAUTION in text
    assert nm.DATA_VERSION in text


def test_the_same_data_give_the_same_bytes() -> None:
    """Neither the time nor the order of hashes changes a file. Zip archives record times in steps of two seconds."""
    code = """
import hashlib, json, pathlib, tempfile
import notorious_markets as nm
from notorious_markets.exporting import FORMATS
with tempfile.TemporaryDirectory() as folder:
    for name in FORMATS:
        nm.export(pathlib.Path(folder, name), format=name)
    files = sorted(pathlib.Path(folder).iterdir())
    print(json.dumps({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}))
"""
    processes: list[subprocess.Popen[bytes]] = []
    for seed in ("1", "2"):
        time.sleep(2.1 if processes else 0)
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        processes.append(subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE))
    first, second = (json.loads(process.communicate(timeout=300)[0]) for process in processes)
    assert len(first) == len(FORMATS) + sum(known.sidecar is not None for known in FORMATS.values())
    assert first == second


def test_formats_without_an_extra_load_no_other_engine() -> None:
    names = [name for name, known in FORMATS.items() if known.extra is None]
    code = f"""
import io, sys
import notorious_markets as nm
for name in {names!r}:
    nm.export(io.BytesIO(), format=name)
    print(name, *({{"pandas", "polars", "duckdb", "xlsxwriter", "followthemoney"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == names


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries: dict[FormatName, str] = {"excel": "xlsxwriter", "ftm": "followthemoney"}
    for name, library in libraries.items():
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(nm.MissingExtra, match=rf"notorious_markets\[{FORMATS[name].extra}\]"):
            exported(name)


@pytest.mark.parametrize("conditions", CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_select_what_markets_selects(conditions: dict[str, Any]) -> None:
    listings = nm.markets(**conditions)
    expected = listings.to_dicts()
    assert 0 < len(expected) < len(nm.markets())
    assert [json.loads(line) for line in exported("jsonl", **conditions).splitlines()] == expected
    assert pq.read_table(io.BytesIO(exported("parquet", **conditions))).to_pylist() == expected
    frame = pd.read_csv(io.BytesIO(exported("csv", **conditions)))
    assert frame[["year", "listing_no"]].to_numpy().tolist() == [[row.year, row.listing_no] for row in listings]

    keys = {(row.year, row.listing_no) for row in listings}
    ids = {market.market_id for row in listings for market in row.markets}
    citations = [json.loads(line) for line in exported("jsonl", "citations", **conditions).splitlines()]
    assert citations == [row for row in nm.table("citations").to_pylist() if (row["year"], row["listing_no"]) in keys]
    for table in ("markets", "domains"):
        rows = [json.loads(line) for line in exported("jsonl", table, **conditions).splitlines()]
        assert rows == [row for row in nm.table(table).to_pylist() if row["market_id"] in ids]


def test_an_iterator_as_a_condition_is_read_once() -> None:
    content = exported("domains", year=iter([2021, 2019])).decode()
    assert "# Listings: year 2019, 2021\n" in content
    assert content == exported("domains", year=(2019, 2021)).decode()


@pytest.mark.parametrize("name", FORMATS)
def test_a_wrong_condition_raises_the_error_of_markets(name: FormatName, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"old")
    wrong: list[dict[str, Any]] = [{"year": 1999}, {"kind": "onlin"}, {"country": "XX"}, {"grade": "sure"}]
    for condition in wrong:
        with pytest.raises(ValueError if name == "json-ld" else nm.UnknownValue):
            nm.export(old, format=name, **condition)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_conditions_do_not_apply_to_other_tables() -> None:
    with pytest.raises(ValueError, match=r"'sources' is exported whole; omit year, kind, .* listings, markets"):
        exported("csv", "sources", year=2021, kind="online")
    with pytest.raises(ValueError, match=r"'editions' is exported whole"):
        exported("excel", ["listings", "editions"], year=2021)
    with pytest.raises(ValueError, match="describes the whole dataset; omit year"):
        exported("json-ld", year=2021)


def test_an_empty_blocklist_is_an_error() -> None:
    for name in BLOCKLISTS:
        with pytest.raises(nm.NothingToScreen):
            exported(name, kind="physical")


@pytest.mark.parametrize(
    ("name", "what", "message"),
    [
        ("csv", ["listings", "markets"], "must be one table for the format 'csv', not listings, markets"),
        ("csv", [], "must be one table for the format 'csv', not an empty list"),
        ("excel", ["markets", "markets"], "must be one or more different tables for the format 'excel'"),
        ("sqlite", "markets", "must be None for the format 'sqlite', not 'markets'"),
    ],
)
def test_a_format_refuses_tables_it_cannot_hold(name: FormatName, what: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        exported(name, what)


@pytest.mark.parametrize("name", FORMATS)
def test_a_result_is_exported_like_its_conditions(name: FormatName) -> None:
    """The files differ only in the description of the selection."""
    if name in ("excel", "sqlite", "json-ld"):
        return
    listings = nm.markets(2021, country="CN")
    found, expected = exported(name, listings), exported(name, year=2021, country="CN")
    if name == "parquet":
        assert pq.read_table(io.BytesIO(found)).equals(pq.read_table(io.BytesIO(expected)))
    else:
        assert found == expected.replace(b"country CN; year 2021", f"{len(listings)} selected rows".encode())


def test_results_of_every_table_are_exported() -> None:
    results = [nm.all_markets(), nm.domains(market="VK"), nm.sources(2021), nm.editions()[:0], nm.market("vk").listings]
    for result in results:
        assert json.loads(exported("json", result)) == json.loads(result.to_json())
    sheets = openpyxl.load_workbook(io.BytesIO(exported("excel", nm.editions()))).sheetnames
    assert sheets == ["editions", "about"]


def test_a_database_contains_the_listings_of_a_result(tmp_path: Path) -> None:
    listings = nm.markets(2021, country="CN")
    path = nm.export(tmp_path / "a.db", listings)
    with closing(sqlite3.connect(path)) as database:
        counts = [database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("listings", "citations", "markets")]
    assert counts == [len(listings), sum(len(row.citations) for row in listings), len(nm.all_markets())]


def test_a_result_that_cannot_be_exported() -> None:
    with pytest.raises(ValueError, match="what is a result already; pass year, kind to the query that returns it"):
        exported("csv", nm.markets(2021), year=2021, kind="online")
    with pytest.raises(TypeError, match=r"what must be the rows of a table, not Changes; write it with to_pandas\(\)"):
        exported("csv", nm.changes(2020, 2021))
    with pytest.raises(
        ValueError, match="must be None or a result with listings for the format 'hosts', not rows of the table 'sources'"
    ):
        exported("hosts", nm.sources())
    with pytest.raises(ValueError, match="must be None for the format 'json-ld'"):
        exported("json-ld", nm.markets())


def test_an_unknown_table() -> None:
    with pytest.raises(nm.UnknownValue, match="unknown table 'listing'"):
        exported("excel", "listing")
    with pytest.raises(TypeError, match="what must be a str or an iterable of strs, not 3"):
        exported("excel", ["listings", 3])  # type: ignore[list-item]


def test_a_new_file_replaces_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    nm.export(str(path))
    nm.export(path, year=2021)
    assert len(path.read_bytes().splitlines()) == 77
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl", "a.jsonl.datapackage.json"]
    other = tmp_path / "plain"
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize("step", ["render", "write", "replace"])
@pytest.mark.parametrize("name", ["csv", "sqlite"])
def test_a_failure_leaves_only_the_old_file(name: FormatName, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")

    def fail(*_: Any) -> Any:
        raise OSError("disk full")

    if step == "render":
        monkeypatch.setitem(exporting.FORMATS, name, exporting.Format("", FORMATS[name].holds, fail))
    elif step == "write":

        def closed_after_half(path: Path, mode: str, **options: Any) -> Any:
            file: Any = open(path, mode, **options)  # noqa: PTH123, SIM115
            file.write(b"half")
            file.close()
            return file

        monkeypatch.setattr("notorious_markets._writing.open", closed_after_half, raising=False)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((OSError, ValueError)):
        nm.export(path, format=name)
    monkeypatch.undo()
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("old", b"old")]


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"the folder '.*missing' does not exist"):
        nm.export(tmp_path / "missing" / "a.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        nm.export(tmp_path, format="csv")
    with pytest.raises(ValueError, match="not a regular file"):
        nm.export("/dev/null", format="csv")
    assert list(tmp_path.iterdir()) == []
