"""Do DuckDB and Polars give the answers of the package, and does the function that Spark runs?"""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
import notorious_markets.duckdb
import notorious_markets.polars
import notorious_markets.spark
from notorious_markets._columns import ROWS_AT_ONCE
from notorious_markets._store import TABLES
from notorious_markets.about import CAUTION
from notorious_markets.screening import prefilter
from tests.vectors import DOMAINS, VECTORS, bytes_of, engine_rows

RESULT = ["matched_domain", "market_id", "first_listed", "last_listed"]
SCREENER = nm.Screener(extra_domains=DOMAINS)
URLS, EXPECTED = engine_rows()
TABLE = pa.table({"n": pa.array(range(len(URLS)), pa.int64()), "url": pa.array(URLS, pa.string())})


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def _by_duckdb(table: pa.Table) -> list[Any]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        notorious_markets.duckdb.register(connection, SCREENER)
        connection.register("addresses", table)
        found = connection.execute("SELECT matched_domain(url) FROM addresses ORDER BY n").fetchall()
    return [domain for (domain,) in found]


def _by_polars(table: pa.Table) -> list[Any]:
    frame = pl.DataFrame(table)
    return frame.select(notorious_markets.polars.matched_domain("url", SCREENER)).to_series().to_list()


def _by_polars_streaming(table: pa.Table) -> list[Any]:
    frame = pl.DataFrame(table).lazy().with_columns(found=notorious_markets.polars.matched_domain("url", SCREENER))
    return _collected(frame.sort("n"), streaming=True)["found"].to_list()


def _collected(frame: pl.LazyFrame, *, streaming: bool) -> pl.DataFrame:
    collect: Any = frame.collect
    # Before version 1.25 of polars, another argument chose the engine.
    choice = {"streaming": streaming} if _release(pl) < (1, 25) else {"engine": "streaming" if streaming else "in-memory"}
    collected: pl.DataFrame = collect(**choice)
    return collected


def _release(library: Any) -> tuple[int, ...]:
    """The first two numbers of a library's version."""
    return tuple(map(int, library.__version__.split(".")[:2]))


@pytest.mark.parametrize("engine", [_by_duckdb, _by_polars, _by_polars_streaming])
@pytest.mark.parametrize("times", [1, 40])
def test_answers_are_those_of_the_vectors(engine: Callable[[pa.Table], list[Any]], times: int) -> None:
    table = pa.concat_tables([TABLE] * times)
    table = table.set_column(0, "n", pa.array(range(len(table)), pa.int64()))
    assert engine(table) == EXPECTED * times


@pytest.mark.parametrize("engine", [_by_duckdb, _by_polars, _by_polars_streaming])
def test_an_empty_column_and_a_null(engine: Callable[[pa.Table], list[Any]]) -> None:
    assert engine(TABLE.slice(0, 0)) == []
    assert engine(TABLE.slice(0, 1)) == [None]


def test_by_default_every_engine_has_only_domains_that_markets_hold(connection: duckdb.DuckDBPyConnection) -> None:
    every = sorted(row.domain for row in nm.domains())
    own = sorted(row.domain for row in nm.domains(role="own"))
    notorious_markets.duckdb.register(connection)
    in_sql = "SELECT domain FROM notorious_markets.domains WHERE matched_domain(domain) = domain ORDER BY domain"
    assert [domain for (domain,) in connection.execute(in_sql).fetchall()] == own
    frame = pl.DataFrame({"url": every})
    assert frame.filter(notorious_markets.polars.matched_domain("url") == pl.col("url"))["url"].to_list() == own
    batches = iter(pa.table({"url": every}).to_batches())
    hits = pa.Table.from_batches(notorious_markets.spark.screened(result="hits")(batches))
    assert hits["url"].to_pylist() == own
    former = nm.Screener(role="former")
    assert frame.filter(notorious_markets.polars.matched_domain("url", former).is_not_null())["url"].to_list() == sorted(
        former.domains
    )


class TestDuckDB:
    def test_tables_are_those_of_the_package(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection)
        for name in TABLES.values():
            found = connection.execute(f"FROM notorious_markets.{name}")
            expected = nm.table(name)
            assert [column[0] for column in found.description or ()] == expected.column_names
            assert found.fetchall() == [tuple(row.values()) for row in expected.to_pylist()]
        comments = connection.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'listings'").fetchall()
        assert comments == [(CAUTION,)]
        about = connection.execute("SELECT data_version, caution FROM notorious_markets.about").fetchall()
        assert about == [(nm.DATA_VERSION, CAUTION)]

    def test_markets_can_be_joined_with_the_tables(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection)
        query = "SELECT name FROM notorious_markets.markets WHERE market_id = market_id('http://M.Taobao.com')"
        assert connection.execute(query).fetchall() == [("Taobao",)]

    def test_registering_again_replaces_the_screener_for_every_connection(self, tmp_path: Path) -> None:
        path = tmp_path / "own.duckdb"
        first, second = duckdb.connect(path), duckdb.connect(path)
        query = "SELECT matched_domain('https://listed.example/'), market_id('https://aliexpress.com')"
        notorious_markets.duckdb.register(first)
        assert second.execute(query).fetchall() == [(None, "aliexpress")]
        notorious_markets.duckdb.register(second, SCREENER)
        notorious_markets.duckdb.register(second, SCREENER)
        assert first.execute(query).fetchall() == [("listed.example", "aliexpress")]
        first.close()
        assert second.cursor().execute(query).fetchall() == [("listed.example", "aliexpress")]
        second.close()

    def test_each_database_has_its_own_screener(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection, SCREENER)
        with duckdb.connect() as second:
            notorious_markets.duckdb.register(second)
            assert second.execute("SELECT matched_domain('listed.example')").fetchall() == [(None,)]
        assert connection.execute("SELECT matched_domain('listed.example')").fetchall() == [("listed.example",)]

    @pytest.mark.parametrize("read_only", [False, True])
    def test_nothing_is_written_into_the_database(self, tmp_path: Path, read_only: bool) -> None:
        path = tmp_path / "own.duckdb"
        duckdb.connect(path).execute("CREATE TABLE crawl AS SELECT 'https://aliexpress.com' AS url").close()
        with duckdb.connect(path, read_only=read_only) as connection:
            notorious_markets.duckdb.register(connection)
            assert connection.execute("SELECT matched_domain(url) FROM crawl").fetchall() == [("aliexpress.com",)]
            assert connection.execute("SELECT count(*) FROM notorious_markets.listings").fetchall() == [(len(nm.markets()),)]
        with duckdb.connect(path) as connection:
            assert connection.execute("SHOW ALL TABLES").fetchall()[0][2] == "crawl"
            assert len(connection.execute("SHOW ALL TABLES").fetchall()) == 1

    def test_an_open_transaction_and_a_pending_result_are_not_affected(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.begin()
        connection.execute("CREATE TABLE crawl AS SELECT 'https://aliexpress.com' AS url")
        connection.execute("SELECT 7")
        notorious_markets.duckdb.register(connection)
        assert connection.fetchall() == [(7,)]
        query = "SELECT matched_domain(url) FROM crawl"
        if _release(duckdb) >= (1, 4):
            assert connection.execute(query).fetchall() == [("aliexpress.com",)]
        connection.commit()
        assert connection.execute(query).fetchall() == [("aliexpress.com",)]

    def test_another_database_with_the_same_name_is_refused(self, tmp_path: Path) -> None:
        with duckdb.connect(tmp_path / "notorious_markets.duckdb") as connection:
            connection.execute("CREATE TABLE listings AS SELECT 1 AS mine")
            with pytest.raises(
                ValueError, match="already has a database 'notorious_markets'; attach that database under another name"
            ):
                notorious_markets.duckdb.register(connection)
            assert connection.execute("FROM listings").fetchall() == [(1,)]

    def test_bytes_are_refused(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection, SCREENER)
        with pytest.raises(duckdb.BinderException, match="matched_domain"):
            connection.execute("SELECT matched_domain('https://listed.example'::BLOB)")
        decoded = connection.execute("SELECT matched_domain(decode('https://b\\xC3\\xBCcher.example'::BLOB))").fetchall()
        assert decoded == [("xn--bcher-kva.example",)]

    def test_threads_may_register_and_query_at_the_same_time(self, connection: duckdb.DuckDBPyConnection) -> None:
        answers: list[object] = []

        def register_and_query() -> None:
            cursor = connection.cursor()
            notorious_markets.duckdb.register(cursor, SCREENER)
            answers.append(cursor.execute("SELECT count(matched_domain('listed.example')) FROM range(5000)").fetchall())

        threads = [threading.Thread(target=register_and_query) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [[(5000,)]] * 8

    def test_equal_screeners_are_stored_once(self) -> None:
        """Nothing tells when a database is closed, so that its screener stays in memory."""
        references = []
        for _ in range(3):
            screener = nm.Screener(extra_domains=["stored-once.example"])
            references.append(weakref.ref(screener))
            with duckdb.connect() as opened:
                notorious_markets.duckdb.register(opened, screener)
                del screener
                found = opened.execute("SELECT matched_domain('http://stored-once.example/')").fetchall()
                assert found == [("stored-once.example",)]
        gc.collect()
        assert [reference() is not None for reference in references] == [True, False, False]

    def test_a_broken_numba_is_not_needed(self, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("numba cannot compile")

        monkeypatch.setattr(prefilter, "_compiled", broken)
        notorious_markets.duckdb._default_screener.cache_clear()
        notorious_markets.duckdb.register(connection)
        assert connection.execute("SELECT matched_domain('http://m.TAOBAO.com/')").fetchall() == [("taobao.com",)]
        notorious_markets.duckdb._default_screener.cache_clear()

    def test_functions_outlive_all_python_objects(self) -> None:
        """DuckDB holds no reference to a function after its connection is closed. Calling a freed function ends the process."""
        code = """
import gc, sys, duckdb, notorious_markets.duckdb
connection = duckdb.connect()
# A slow machine would show the bar among the answers.
connection.execute("SET enable_progress_bar = false")
notorious_markets.duckdb.register(connection)
gc.collect()
for _ in range(3):
    connection.execute("SELECT matched_domain('x' || i) FROM range(9999) t(i)").fetchall()
# DuckDB 1 imports pandas itself when it reads an Arrow table.
loaded = "pandas" in sys.modules and not duckdb.__version__.startswith("1.")
print(connection.execute("SELECT matched_domain('aliexpress.com')").fetchall(), loaded)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
        assert (done.returncode, done.stdout) == (0, "[('aliexpress.com',)] False\n"), done.stderr


class TestPolars:
    def test_structs_have_the_four_result_columns(self) -> None:
        frame = pl.DataFrame({"url": ["listed.example", "http://m.TAOBAO.com", "other.example", None]})
        found = frame.select(notorious_markets.polars.screen("url", SCREENER))
        assert found.schema == {
            "url": pl.Struct(
                {"matched_domain": pl.String, "market_id": pl.String, "first_listed": pl.Int16, "last_listed": pl.Int16}
            )
        }
        assert found["url"].is_null().to_list() == [False, False, True, True]
        expected = SCREENER.screen(frame).select(RESULT).to_dicts()
        assert found.unnest("url").to_dicts() == expected
        assert expected[1] == {"matched_domain": "taobao.com", "market_id": "taobao", "first_listed": 2010, "last_listed": 2025}

    @pytest.mark.parametrize("streaming", [False, True])
    def test_the_lazy_schema_is_the_collected_schema(self, streaming: bool) -> None:
        lazy = pl.LazyFrame({"url": URLS}).select(
            domain=notorious_markets.polars.matched_domain("url"), found=notorious_markets.polars.screen(pl.col("url"))
        )
        assert lazy.collect_schema() == _collected(lazy, streaming=streaming).schema
        assert _collected(lazy.head(0), streaming=streaming).schema == lazy.collect_schema()

    @pytest.mark.parametrize("type_", [pl.Binary, pl.Categorical])
    def test_other_types_of_text(self, type_: Any) -> None:
        frame = pl.DataFrame({"url": URLS}).with_columns(pl.col("url").cast(type_))
        assert frame.select(notorious_markets.polars.matched_domain("url", SCREENER))["url"].to_list() == EXPECTED

    def test_bytes_that_are_not_valid_utf_8(self) -> None:
        vectors = [vector for vector in VECTORS if "bytes" in vector]
        frame = pl.DataFrame({"url": [bytes_of(vector) for vector in vectors]})
        found = frame.select(notorious_markets.polars.matched_domain("url", SCREENER))["url"].to_list()
        assert found == [vector["domain"] for vector in vectors]

    def test_a_lazy_frame_can_be_written_to_a_file(self, tmp_path: Path) -> None:
        pq.write_table(pa.concat_tables([TABLE] * 40), tmp_path / "in.parquet", row_group_size=1000)
        lazy = pl.scan_parquet(tmp_path / "in.parquet").with_columns(found=notorious_markets.polars.screen("url", SCREENER))
        lazy.filter(pl.col("found").is_not_null()).unnest("found").sink_parquet(tmp_path / "out.parquet")
        hits = SCREENER.screen(TABLE, result="hits").to_pylist()
        assert pl.read_parquet(tmp_path / "out.parquet").to_dicts() == hits * 40

    def test_numbers_are_refused(self) -> None:
        with pytest.raises((TypeError, pl.exceptions.PolarsError), match="urls must be text or bytes"):
            pl.select(notorious_markets.polars.matched_domain(pl.lit(7)))


class TestBatches:
    """The function that Spark runs, called without Spark."""

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_rows_and_hits_are_those_of_screen(self, size: int) -> None:
        table = pa.concat_tables([TABLE] * 3).combine_chunks()
        batches = table.to_batches(max_chunksize=size)
        rows = pa.Table.from_batches(notorious_markets.spark.screened(SCREENER)(iter(batches)))
        assert rows.equals(SCREENER.screen(table))
        hits = pa.Table.from_batches(notorious_markets.spark.screened(SCREENER, result="hits")(iter(batches)))
        assert hits.equals(SCREENER.screen(table, result="hits"))

    def test_batches_are_read_only_as_far_as_needed(self) -> None:
        batch = pa.concat_tables([TABLE] * 10).combine_chunks().to_batches()[0]
        batches_read = 0

        def endless() -> Iterator[pa.RecordBatch]:
            nonlocal batches_read
            while True:
                batches_read += 1
                yield batch

        first = next(notorious_markets.spark.screened(SCREENER)(endless()))
        assert first.num_rows == (batches_read - 1) * batch.num_rows
        assert ROWS_AT_ONCE - batch.num_rows < first.num_rows <= ROWS_AT_ONCE

    def test_no_batches_give_none(self) -> None:
        assert list(notorious_markets.spark.screened()(iter([]))) == []

    def test_a_mistake_in_an_argument_is_explained(self) -> None:
        with pytest.raises(nm.UnknownValue, match="unknown result 'hit'; did you mean 'hits'"):
            notorious_markets.spark.screened(result="hit")  # type: ignore[arg-type]
        with pytest.raises(nm.UnknownValue, match="unknown column 'link'"):
            list(notorious_markets.spark.screened(column="link")(iter(TABLE.to_batches())))


@pytest.mark.parametrize(
    ("library", "call"),
    [
        ("polars", lambda: notorious_markets.polars.matched_domain("url")),
        ("polars", lambda: notorious_markets.polars.screen("url")),
        ("pyspark", lambda: notorious_markets.spark.schema(None)),  # type: ignore[arg-type]
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    library: str, call: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(nm.MissingExtra, match=rf"{library} is not installed.*\[{library.removeprefix('py')}\]"):
        call()
