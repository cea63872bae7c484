"""Does each exported file say to its real reader what the tables say?"""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets import exporting
from notorious_markets._store import TABLES
from notorious_markets.about import CAUTION
from notorious_markets.exporting import FORMATS, FormatName, tabular
from notorious_markets.records import Origin
from notorious_markets.vocabularies import Kind

BLOCKLISTS: tuple[FormatName, ...] = ("domains", "hosts", "adblock", "dnsmasq", "rpz")
SIDECARS = [name for name, known in FORMATS.items() if known.sidecar]
LISTED = {str(row["domain"]) for row in nm.table("domains").to_pylist()}
UNLISTED = ["example.org", "nottaobao.com", "taobao.com.example.org"]

tables = pytest.mark.parametrize("table", TABLES.values())
formats = pytest.mark.parametrize("name", FORMATS)


def _bytes(name: FormatName, what: str | None = None, **conditions: Any) -> bytes:
    out = io.BytesIO()
    nm.export(out, what, format=name, **conditions)
    return out.getvalue()


def _joined(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as a file without lists holds them: an empty list is an empty cell."""
    return [{k: "; ".join(v) or None if isinstance(v, list) else v for k, v in row.items()} for row in rows]


# Every format


def test_the_formats_are_those_of_the_type() -> None:
    assert set(FORMATS) == set(get_args(FormatName))
    suffixes = [suffix for known in FORMATS.values() for suffix in known.suffixes]
    assert len(suffixes) == len(set(suffixes))


@formats
def test_the_same_data_give_the_same_bytes(name: FormatName, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _bytes(name)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Later:
            return cls(2040, 1, 2, 3, 4, 5, tzinfo=tz)

    monkeypatch.setattr("time.time", lambda: 2_200_000_000.0)
    if name == "excel":
        monkeypatch.setattr("openpyxl.writer.excel.datetime.datetime", Later)
    assert _bytes(name) == first


@formats
def test_each_file_carries_the_caution_and_the_version(name: FormatName, tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert nm.export(path, format=name) == path
    files = list(tmp_path.iterdir())
    assert len(files) == (2 if FORMATS[name].sidecar else 1)
    told = ""
    for file in files:
        told += _excel_text(file) if name == "excel" else file.read_bytes().decode("utf-8", "replace")
    assert CAUTION in told
    assert nm.DATA_VERSION in told


def _excel_text(path: Path) -> str:
    import openpyxl

    return " ".join(str(cell) for row in openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["about"].values for cell in row)


@pytest.mark.parametrize("suffix", [suffix for known in FORMATS.values() for suffix in known.suffixes])
def test_the_end_of_the_name_tells_the_format(suffix: str, tmp_path: Path) -> None:
    (name,) = [name for name in get_args(FormatName) if suffix in FORMATS[name].suffixes]
    path = nm.export(tmp_path / f"X{suffix.upper()}")
    assert path.read_bytes() == _bytes(name)


def test_a_name_that_tells_nothing_or_a_wrong_format_lists_the_formats(tmp_path: Path) -> None:
    with pytest.raises(nm.UnknownValue, match=r"'list\.txt'.*'csv'.*'rpz'"):
        nm.export(tmp_path / "list.txt")
    with pytest.raises(nm.UnknownValue, match=r"did you mean 'dnsmasq'.*'csv'"):
        nm.export(tmp_path / "list.txt", format="dnsmask")  # type: ignore[call-overload]
    assert list(tmp_path.iterdir()) == []


def test_an_open_file_needs_a_format_and_bytes(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="an open file needs format, one of csv, "):
        nm.export(io.BytesIO())  # type: ignore[call-overload]
    with (tmp_path / "x").open("w") as file, pytest.raises(TypeError, match="open for text"):
        nm.export(file, format="csv")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="not int"):
        nm.export(3, format="csv")  # type: ignore[call-overload]


# Conditions

CONDITIONS: list[dict[str, Any]] = [
    {"year": 2021},
    {"as_of": "2020-12-31", "kind": "online"},
    {"as_of": date(2020, 12, 31), "grade": ("primary", "secondary")},
    {"year": (2019, 2021), "country": {"CN", "IN"}},
    {"category": "cyberlocker", "goods": "piracy"},
]
conditions = pytest.mark.parametrize("given_conditions", CONDITIONS, ids=str)


@conditions
def test_conditions_choose_what_markets_chooses(given_conditions: dict[str, Any]) -> None:
    chosen = nm.markets(**given_conditions)
    expected = chosen.to_dicts()
    assert 0 < len(expected) < len(nm.markets())
    lines = _bytes("jsonl", **given_conditions).decode().splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert pq.read_table(io.BytesIO(_bytes("parquet", **given_conditions))).to_pylist() == expected
    frame = pd.read_csv(io.BytesIO(_bytes("csv", **given_conditions)))
    assert frame[["year", "listing_no"]].to_numpy().tolist() == [[row.year, row.listing_no] for row in chosen]

    keys = {(row.year, row.listing_no) for row in chosen}
    ids = {market.market_id for row in chosen for market in row.markets}
    cited = [json.loads(line) for line in _bytes("jsonl", "citations", **given_conditions).splitlines()]
    assert cited == [row for row in nm.table("citations").to_pylist() if (row["year"], row["listing_no"]) in keys]
    for table in ("markets", "domains"):
        rows = [json.loads(line) for line in _bytes("jsonl", table, **given_conditions).splitlines()]
        assert rows == [row for row in nm.table(table).to_pylist() if row["market_id"] in ids]


@conditions
@pytest.mark.parametrize("name", BLOCKLISTS)
def test_a_blocklist_has_the_domains_that_screening_has(name: FormatName, given_conditions: dict[str, Any]) -> None:
    known = {key: value for key, value in given_conditions.items() if key in ("year", "as_of", "kind", "grade")}
    if known == given_conditions:
        assert _domains(name, _bytes(name, **given_conditions)) == sorted(nm.Screener(**known).domains)
    else:
        ids = {market.market_id for row in nm.markets(**given_conditions) for market in row.markets}
        expected = {row["domain"] for row in nm.table("domains").to_pylist() if row["market_id"] in ids}
        assert _domains(name, _bytes(name, **given_conditions)) == sorted(expected)


def _domains(name: FormatName, content: bytes) -> list[str]:
    """The domains of a list, by a reading as simple as can be."""
    lines = [line for line in content.decode("ascii").splitlines() if not line.startswith(("#", "!", ";", "[", "$", "@", "*"))]
    shapes: dict[str, Callable[[str], str]] = {
        "domains": str,
        "hosts": lambda line: line.removeprefix("0.0.0.0 "),
        "adblock": lambda line: line.removeprefix("||").removesuffix("^"),
        "dnsmasq": lambda line: line.removeprefix("local=/").removesuffix("/"),
        "rpz": lambda line: line.removesuffix(" CNAME ."),
    }
    return [shapes[name](line) for line in lines]


@pytest.mark.parametrize(("condition", "value"), [("year", 1999), ("kind", "onlin"), ("country", "XX"), ("grade", "sure")])
@formats
def test_a_wrong_condition_is_the_error_that_markets_raises(name: FormatName, condition: str, value: Any, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"old")
    wanted: type[Exception] = ValueError if name == "json-ld" else nm.UnknownValue
    with pytest.raises(wanted):
        nm.export(old, format=name, **{condition: value})
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_no_domain_is_an_error_and_not_an_empty_blocklist() -> None:
    for name in BLOCKLISTS:
        with pytest.raises(nm.NothingToScreen):
            _bytes(name, kind="physical")


def test_a_table_without_listings_takes_no_conditions() -> None:
    with pytest.raises(ValueError, match="sources is exported whole"):
        _bytes("csv", "sources", year=2021)


@pytest.mark.parametrize(
    ("name", "what"), [("csv", ["listings", "markets"]), ("csv", []), ("excel", ["markets", "markets"]), ("sqlite", "markets")]
)
def test_a_choice_of_tables_that_the_format_cannot_hold(name: FormatName, what: Any) -> None:
    with pytest.raises(ValueError, match=f"the format '{name}' takes"):
        _bytes(name, what)
    with pytest.raises(nm.UnknownValue, match="unknown table 'listing'"):
        _bytes("excel", "listing")


# Writing


def test_a_new_file_replaces_an_old_one_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    nm.export(str(path))
    nm.export(path, year=2021)
    assert len(path.read_bytes().splitlines()) == 77
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl", "a.jsonl.datapackage.json"]
    other = tmp_path / "plain"
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize("step", ["render", "write", "replace"])
@formats
def test_a_failure_leaves_the_old_file_and_no_other(
    name: FormatName, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")

    def fail(*_: Any) -> Any:
        raise OSError("disk full")

    if step == "render":
        monkeypatch.setitem(exporting.FORMATS, name, exporting.Format("", FORMATS[name].holds, fail))
    elif step == "write":
        real = Path.open

        def spoiled(self: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
            file: Any = real(self, mode, *rest, **options)
            if mode == "xb":
                file.write(b"half")
                file.close()
            return file

        monkeypatch.setattr(Path, "open", spoiled)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((OSError, ValueError)):
        nm.export(path, format=name)
    monkeypatch.undo()
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("old", b"old")]


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*missing'"):
        nm.export(tmp_path / "missing" / "a.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        nm.export(tmp_path, format="csv")
    with pytest.raises(ValueError, match="no regular file"):
        nm.export("/dev/null", format="csv")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, library in (("excel", "openpyxl"), ("ftm", "followthemoney")):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(nm.MissingExtra, match=rf"notorious_markets\[{FORMATS[name].extra}\]"):  # type: ignore[index]
            _bytes(name)  # type: ignore[arg-type]


# Tables


@tables
def test_parquet(table: str) -> None:
    read = pq.read_table(io.BytesIO(_bytes("parquet", table)))
    assert read.equals(nm.table(table))
    told = {b"caution": CAUTION.encode(), b"listings": b"every edition"}
    assert read.schema.metadata == {**(nm.table(table).schema.metadata or {}), **told}
    for field in nm.table(table).schema:
        assert (read.schema.field(field.name).metadata or {}).items() >= (field.metadata or {}).items()


@tables
def test_json_lines(table: str) -> None:
    expected = [
        {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
        for row in nm.table(table).to_pylist()
    ]
    lines = _bytes("jsonl", table).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == expected
    assert pl.read_ndjson(_bytes("jsonl", table), infer_schema_length=None).height == len(expected)


@tables
def test_csv_in_pyarrow(table: str) -> None:
    built = nm.table(table)
    types = {field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in built.schema}
    read = pyarrow.csv.read_csv(
        io.BytesIO(_bytes("csv", table)),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True),
    )
    assert read.to_pylist() == _joined(built.to_pylist())


@tables
def test_csv_in_pandas(table: str) -> None:
    frame = pd.read_csv(io.BytesIO(_bytes("csv", table)), keep_default_na=False, na_values=[""], dtype=str)
    rows = [{key: None if pd.isna(value) else value for key, value in row.items()} for row in frame.to_dict(orient="records")]
    expected = [
        {
            key: value if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            for key, value in row.items()
        }
        for row in _joined(nm.table(table).to_pylist())
    ]
    assert rows == expected


@tables
def test_csv_and_json_lines_are_valid_by_the_data_package_beside_them(table: str, tmp_path: Path) -> None:
    import frictionless

    for suffix in (".csv", ".jsonl"):
        path = nm.export(tmp_path / f"{table}{suffix}", table)
        package = frictionless.Package(f"{path}.datapackage.json")
        report = package.validate()
        assert report.valid, report.flatten(["title", "note"])
        assert package.version == nm.DATA_VERSION
        resource: Any
        (resource,) = package.resources
        assert resource.hash is not None
        rows = [row.to_dict() for row in resource.read_rows()]
        # A reader of CSV cannot tell an empty list from none.
        expected = [
            {key: None if value == [] and suffix == ".csv" else value for key, value in row.items()}
            for row in nm.table(table).to_pylist()
        ]
        assert [
            {
                key: float(value) if key in ("value", "latitude", "longitude") and value is not None else value
                for key, value in row.items()
            }
            for row in rows
        ] == expected


def _listing_in_namibia() -> nm.Records[nm.Listing]:
    table = nm.table("listings")
    row = {**table.to_pylist()[0], "country": "NA", "name_as_listed": '=1+1; "Ñame", \u4e2d'}
    listing = attrs.evolve(nm.markets()[0], country="NA", name_as_listed=row["name_as_listed"])
    origin = Origin("a test", lambda: pa.Table.from_pylist([row], schema=table.schema), lambda: [listing], dict)
    return nm.Records((listing,), origin)


def test_namibia_and_odd_names_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    odd = _listing_in_namibia()
    monkeypatch.setattr("notorious_markets.exporting.selection.markets", lambda **_: odd)
    frame = pd.read_csv(io.BytesIO(_bytes("csv", year=2010)), keep_default_na=False, na_values=[""])
    sheet = pd.read_excel(io.BytesIO(_bytes("excel", year=2010)), keep_default_na=False, na_values=[""])
    for read in (frame, sheet):
        assert read[["country", "name_as_listed"]].to_numpy().tolist() == [["NA", odd[0].name_as_listed]]
        assert pd.isna(read["locality"][0])
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(_bytes("excel", year=2010)))["listings"] for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    texts = pyarrow.csv.ConvertOptions(column_types={"country": pa.string()})
    by_arrow = pyarrow.csv.read_csv(io.BytesIO(_bytes("csv", year=2010)), convert_options=texts)
    assert by_arrow["country"].to_pylist() == ["NA"]


def test_no_value_of_a_list_contains_what_joins_lists() -> None:
    for table in TABLES.values():
        for row in nm.table(table).to_pylist():
            for value in row.values():
                assert not isinstance(value, list) or not any(";" in one for one in value)


@tables
def test_excel(table: str) -> None:
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.load_workbook(io.BytesIO(_bytes("excel", table)))
    assert book.sheetnames == [table, "about"]
    sheet = book[table]
    head, *rows = sheet.values
    assert list(head) == nm.table(table).column_names
    expected = [
        [datetime(value.year, value.month, value.day) if isinstance(value, date) else value for value in row.values()]
        for row in _joined(nm.table(table).to_pylist())
    ]
    assert [list(row) for row in rows] == expected
    assert sheet.freeze_panes == "A2"
    for place, name in enumerate(head, start=1):
        assert len(str(name)) < sheet.column_dimensions[get_column_letter(place)].width < 64
    dates = [cell for row in sheet.iter_rows(min_row=2) for cell in row if isinstance(cell.value, datetime)]
    assert {cell.number_format for cell in dates} <= {"yyyy-mm-dd"}
    addresses = [
        cell for row in sheet.iter_rows(min_row=2) for cell in row if str(cell.value).startswith(("https://", "http://"))
    ]
    assert all(cell.hyperlink is not None and cell.hyperlink.target == cell.value for cell in addresses)
    assert bool(addresses) == (table in ("editions", "sources"))


def test_excel_with_several_sheets() -> None:
    import openpyxl

    out = io.BytesIO()
    nm.export(out, ["markets", "listings", "editions"], format="excel")
    assert openpyxl.load_workbook(out).sheetnames == ["markets", "listings", "editions", "about"]
    assert len(pd.read_excel(out, sheet_name="editions")) == 16


# The database


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(nm.export(tmp_path_factory.mktemp("database") / "all.sqlite"))) as opened:
        yield opened


@tables
def test_sqlite_has_every_row(table: str, database: sqlite3.Connection) -> None:
    def plain(value: object) -> object:
        if isinstance(value, list):
            return json.dumps(value, ensure_ascii=False)
        return value.isoformat() if isinstance(value, date) else value

    built = nm.table(table)
    cursor = database.execute(f'SELECT * FROM "{table}"')
    assert [column[0] for column in cursor.description] == built.column_names
    key = [row[1] for row in sorted(database.execute(f'PRAGMA table_info("{table}")'), key=lambda row: row[5]) if row[5]]
    found = sorted(cursor.fetchall(), key=str)
    assert found == sorted((tuple(plain(value) for value in row.values()) for row in built.to_pylist()), key=str)
    descriptor = json.loads((Path(str(nm.__path__[0])) / "data" / "datapackage.json").read_text(encoding="utf-8"))
    (resource,) = [resource for resource in descriptor["resources"] if resource["name"] == table]
    assert key == resource["schema"]["primaryKey"]


def test_sqlite_is_sound_and_its_keys_hold(database: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(sqlite3.connect(nm.export(tmp_path / "some.db", year=2021, grade="primary"))) as some:
        for connection in (database, some):
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    keys = {(table, row[2]) for table in TABLES.values() for row in database.execute(f'PRAGMA foreign_key_list("{table}")')}
    assert {
        *{("listings", "editions"), ("listings", "markets"), ("citations", "listings"), ("citations", "sources")},
        *{("domains", "markets"), ("relations", "markets"), ("statistics", "editions"), ("developments", "editions")},
    } <= keys
    database.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("UPDATE listings SET market_id = 'nobody' WHERE year = 2021 AND listing_no = 1")
    database.rollback()


def test_every_name_in_a_list_of_the_database_leads_somewhere(database: sqlite3.Connection) -> None:
    for table in ("editions", "domains", "relations", "unchanged", "statistics", "developments"):
        query = f"SELECT count(*) FROM {table}, json_each(source_ids) AS s WHERE s.value NOT IN (SELECT source_id FROM sources)"
        assert database.execute(query).fetchone() == (0,)
    query = "SELECT f.value FROM listings, json_each(further_market_ids) AS f"
    further = {market_id for (market_id,) in database.execute(query)}
    assert further
    assert further <= {market_id for (market_id,) in database.execute("SELECT market_id FROM markets")}


def test_sqlite_with_conditions_is_whole_around_them(tmp_path: Path) -> None:
    with closing(sqlite3.connect(nm.export(tmp_path / "some.sqlite3", year=2021, kind="online"))) as some:
        assert some.execute("SELECT count(*), count(DISTINCT year) FROM listings").fetchone() == (42, 1)
        assert some.execute("SELECT count(*) FROM editions").fetchone() == (16,)
        cited = sum(len(row.citations) for row in nm.markets(year=2021, kind="online"))
        assert some.execute("SELECT count(*) FROM citations").fetchone() == (cited,)
        told = dict(some.execute("SELECT key, value FROM metadata"))
    assert told["listings"] == "kind online; year 2021"
    assert told["caution"] == CAUTION


def test_the_types_of_the_database_say_what_is_a_date_or_a_boolean() -> None:
    declared = tabular._create("editions", nm.table("editions").schema)
    assert '"released" DATE NOT NULL' in declared
    assert '"newly_listed" BOOLEAN' in tabular._create("listings", nm.table("listings").schema)


# Blocklists


def test_adblock_blocks_what_is_listed_and_nothing_else() -> None:
    import adblock

    filters = adblock.FilterSet()
    filters.add_filter_list(_bytes("adblock").decode())
    engine = adblock.Engine(filters)

    def blocked(host: str) -> bool:
        found = engine.check_network_urls(f"https://{host}/item?1", "https://somewhere.example/", "image")
        return bool(found.matched)

    for domain in LISTED:
        assert blocked(domain), domain
        assert blocked(f"a.b.{domain}"), domain
    for host in UNLISTED:
        assert not blocked(host), host


def test_a_hosts_parser_reads_the_hosts_file(tmp_path: Path) -> None:
    import python_hosts

    path = nm.export(tmp_path / "hosts", format="hosts")
    read = python_hosts.Hosts(path=str(path))
    entries = [entry for entry in read.entries if entry.entry_type == "ipv4"]
    assert {entry.address for entry in entries} == {"0.0.0.0"}
    assert sorted(name for entry in entries for name in entry.names) == sorted(LISTED)
    assert {entry.entry_type for entry in read.entries} == {"ipv4", "comment"}


@pytest.mark.parametrize("origin", ["rpz.example.", "a-rather-long-name-of-a-policy-zone.notorious-markets.example."])
def test_a_name_server_library_reads_the_policy_zone(origin: str) -> None:
    import dns.name
    import dns.zone

    zone: Any = dns.zone.from_text(_bytes("rpz").decode(), origin=origin, relativize=True)
    zone.check_origin()
    rules = {str(owner): str(rdata.target) for owner, _, rdata in zone.iterate_rdatas("CNAME") if rdata.target == dns.name.root}
    assert set(rules) == {*LISTED, *(f"*.{domain}" for domain in LISTED)}
    (soa,) = zone.get_rdataset("@", "SOA")
    edition, _, revision = nm.DATA_VERSION.partition(".")
    assert soa.serial == int(edition) * 10_000 + int(revision) < 2**32


def test_dnsmasq_lines_are_whole_domains() -> None:
    lines = [line for line in _bytes("dnsmasq").decode().splitlines() if not line.startswith("#")]
    assert lines == [f"local=/{domain}/" for domain in sorted(LISTED)]


@given(st.lists(st.sampled_from(range(2010, 2026)), min_size=1, max_size=3), st.sampled_from([None, *get_args(Kind)]))
def test_lists_of_one_choice_agree(years: list[int], kind: Kind | None) -> None:
    lists = []
    for name in BLOCKLISTS:
        try:
            lists.append(_domains(name, _bytes(name, year=years, kind=kind)))
        except nm.NothingToScreen:
            lists.append([])
    assert all(domains == lists[0] for domains in lists)
    assert set(lists[0]) <= LISTED


# Entities


@pytest.fixture(scope="module")
def proxies() -> list[Any]:
    import followthemoney

    entities = [json.loads(line) for line in _bytes("ftm").splitlines()]
    read = [followthemoney.model.get_proxy(entity, cleaned=False) for entity in entities]
    for entity, proxy in zip(entities, read, strict=True):
        proxy.schema.validate(entity)
        again = proxy.to_dict()
        assert {name: sorted(values) for name, values in again["properties"].items()} == entity["properties"]
        assert (again["id"], again["schema"], again["caption"]) == (entity["id"], entity["schema"], entity["caption"])
    return read


def test_every_market_is_one_entity_with_what_is_known_of_it(proxies: list[Any]) -> None:
    assert [proxy.id for proxy in proxies] == [
        f"notorious-markets-{i}" for i in nm.table("markets").column("market_id").to_pylist()
    ]
    for proxy in proxies:
        market = nm.market(proxy.id.removeprefix("notorious-markets-"))
        assert proxy.get("name") == [market.name]
        # No country and no address on the web is lost to the cleaning of the library.
        assert proxy.get("country") == ([market.country.lower()] if market.country else [])
        assert sorted(proxy.get("website")) == sorted(f"https://{row.domain}/" for row in market.domains)
        assert len(proxy.get("notes")) == len(market.listings)
        assert proxy.get("sourceUrl")
        assert CAUTION in proxy.first("summary")


def test_no_entity_asserts_guilt(proxies: list[Any]) -> None:
    for proxy in proxies:
        assert proxy.get("topics") == []
        assert proxy.get("program", quiet=True) == []
        assert proxy.schema.name == "LegalEntity"
        assert proxy.schema.matchable


def test_entities_follow_the_conditions() -> None:
    entities = [json.loads(line) for line in _bytes("ftm", year=2021).splitlines()]
    chosen = {market.market_id for row in nm.markets(year=2021) for market in row.markets}
    assert {entity["id"].removeprefix("notorious-markets-") for entity in entities} == chosen
    assert all(len(entity["properties"]["notes"]) == 1 for entity in entities)
    (aliexpress,) = [entity for entity in entities if entity["id"] == "notorious-markets-aliexpress"]
    (note,) = aliexpress["properties"]["notes"]
    assert note == (
        "Review year 2021: ALIEXPRESS, page 18, grade primary, "
        "in 2021 Review of Notorious Markets for Counterfeiting and Piracy, released 2022-02-17"
    )


def test_a_note_tells_where_no_source_gives_the_name(proxies: list[Any]) -> None:
    unnamed = [row for row in nm.markets() if row.markets and row.name_as_listed is None]
    assert unnamed
    notes = [note for proxy in proxies for note in proxy.get("notes")]
    assert not any("None" in note for note in notes)
    assert sum("the name in the report is not known" in note for note in notes) == sum(len(row.markets) for row in unnamed)


def test_a_heading_of_several_markets_names_none_of_them(proxies: list[Any]) -> None:
    (flvto,) = [proxy for proxy in proxies if proxy.id == "notorious-markets-flvto"]
    assert not any("2conv" in name.lower() for name in flvto.names)


def test_the_dataset_beside_the_entities_is_one_of_followthemoney(tmp_path: Path) -> None:
    from followthemoney.dataset import Dataset

    path = nm.export(tmp_path / "markets.ftm.json")
    read = Dataset.from_path(f"{path}.dataset.json").model
    assert (read.name, read.version, read.entity_count) == ("notorious_markets", nm.DATA_VERSION, len(nm.table("markets")))
    assert [resource.name for resource in read.resources] == [path.name]
    assert all(json.loads(line)["datasets"] == [read.name] for line in path.read_text(encoding="utf-8").splitlines())


# The description


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
def test_the_description_is_a_dataset_of_schema_org() -> None:
    import rdflib

    graph = rdflib.Graph().parse(data=_bytes("json-ld"), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    (dataset,) = [subject for subject in graph.subjects(rdflib.RDF.type, schema.Dataset) if isinstance(subject, rdflib.URIRef)]

    def said(name: str) -> list[str]:
        return [str(value) for value in graph.objects(dataset, schema[name])]

    assert said("version") == [nm.DATA_VERSION]
    assert said("temporalCoverage") == ["2010/2025"]
    assert said("license") == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert CAUTION in said("description")[0]
    assert len(said("isBasedOn")) == 16
    assert len(said("hasPart")) == len(TABLES)
    assert len(said("variableMeasured")) == len(nm.table("listings").column_names)
    for name in ("name", "identifier", "creator", "distribution", "keywords"):
        assert said(name), name


# What is loaded


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].extra is None])
def test_no_pandas_is_loaded(name: str) -> None:
    import subprocess

    code = f"""
import sys, io
import notorious_markets as nm
nm.export(io.BytesIO(), format={name!r})
print([name for name in ("pandas", "polars", "duckdb", "openpyxl", "followthemoney") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
