"""Do other engines give the same answers?"""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import repeat
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
from notorious_markets._store import TABLES
from notorious_markets.about import CAUTION

# Spark's Python and its Java talk over sockets of the machine itself; nothing else may be reached.
over_loopback = pytest.mark.allow_hosts(["127.0.0.1"])
# Spark warns of pandas 3, through which nothing here goes, and leaves it to the collector to close its sockets.
with_spark = [
    over_loopback,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
RESULT = ["listed_domain", "market_id", "first_listed", "last_listed"]
ROOT = Path(__file__).parents[1]

OWN = ["listed.example", "deep.host.example", "xn--bcher-kva.example", "xn--80aaf.xn--p1ai", "listed.co.uk"]
SPELLINGS: list[tuple[str, str | None]] = [
    ("https://listed.example/", "listed.example"),
    ("listed.example", "listed.example"),
    ("http://a.b.c.listed.example:8080/x?y#z", "listed.example"),
    ("HTTPS://LISTED.EXAMPLE", "listed.example"),
    ("https://user:word@listed.example/", "listed.example"),
    ("https://listed.example./", "listed.example"),
    ("https://listed.example?x", "listed.example"),
    ("https://listed.example#x", "listed.example"),
    ("https:\\\\listed.example\\x", "listed.example"),
    ("  https://listed.example/\n", "listed.example"),
    ("ht\ttps://lis\nted.example/", "listed.example"),
    ("//listed.example/x", "listed.example"),
    ("https:///listed.example/x", "listed.example"),
    ("https:listed.example", "listed.example"),
    ("https://listed%2Eexample/", "listed.example"),
    ("https://%6Cisted.example/", "listed.example"),
    ("https://listed。example/", "listed.example"),
    ("https://ｌｉｓｔｅｄ.example/", "listed.example"),
    ("https://li\u00adsted.example/", "listed.example"),
    ("ftp://listed.example/file", "listed.example"),
    ("ws://listed.example/socket", "listed.example"),
    ("https://listed.example:443", "listed.example"),
    ("listed.example:443/x", "listed.example"),
    ("\x00https://listed.example/", "listed.example"),
    ("https://bücher.example/", "xn--bcher-kva.example"),
    ("https://BÜCHER.example/", "xn--bcher-kva.example"),
    ("https://bu\u0308cher.example/", "xn--bcher-kva.example"),
    ("https://b%C3%BCcher.example/", "xn--bcher-kva.example"),
    ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ("https://www.deep.host.example/", "deep.host.example"),
    ("https://listed.co.uk/", "listed.co.uk"),
    ("https://ja.aliexpress.com/item/1", "aliexpress.com"),
    ("https://host.example/", None),
    ("https://example/", None),
    ("https://unlisted.example/", None),
    ("https://listed.example.org/", None),
    ("https://listed.example@other.example/", None),
    ("https://other.example/listed.example/", None),
    ("https://other.example/?u=https://listed.example/", None),
    ("https://other.example/#listed.example", None),
    ("https://other.example\\@listed.example", None),
    ("/listed.example/x", None),
    ("mailto:someone@listed.example", None),
    ("javascript:location='https://listed.example/'", None),
    ("https://", None),
    ("https://[::1]/listed.example", None),
    ("https://listed.example:99999999/", None),
    ("https://listed .example/", None),
    ("https://.example", None),
    ("", None),
    (" ", None),
    (".", None),
    ("日本語" * 500, None),
]
RAW: list[tuple[bytes, str | None]] = [
    (b"https://listed.example/\xff", "listed.example"),
    (b"https://listed\xff.example/", None),
    (b"\xff.example", None),
]


def _shared() -> dict[str, list[Any]]:
    """The vectors, of which `test_vectors.py` asks whether they are read rightly; here engines agree on them."""
    path = ROOT / "tests" / "vectors.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"domains": [], "vectors": []}


def _domain(url: str) -> str | None:
    match = SCREENER.lookup(url)
    return match.domain if match else None


SHARED = _shared()
SCREENER = nm.Screener(extra_domains=[*OWN, *SHARED["domains"]])
# A lone surrogate is no character, so that no engine's text can hold it.
TEXTS = [row["url"] for row in SHARED["vectors"] if "url" in row and not re.search("[\ud800-\udfff]", row["url"])]
BYTES = [bytes.fromhex(row["bytes"]) for row in SHARED["vectors"] if "bytes" in row]
ROWS = [*SPELLINGS, *((url, _domain(url)) for url in TEXTS)]
RAW_ROWS = [*RAW, *((raw, _domain(raw.decode("utf-8", "replace"))) for raw in BYTES)]
URLS: list[str | None] = [None, *(url for url, _ in ROWS), None]
EXPECTED: list[str | None] = [None, *(domain for _, domain in ROWS), None]
TABLE = pa.table({"n": pa.array(range(len(URLS)), pa.int64()), "url": pa.array(URLS, pa.string())})


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pyspark is not installed; `nox -s spark` brings it and its Java")
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield session
    session.stop()


def _by_arrow(table: pa.Table) -> list[Any]:
    return SCREENER.screen(table).column("listed_domain").to_pylist()


def _by_duckdb(table: pa.Table) -> list[Any]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        notorious_markets.duckdb.register(connection, SCREENER)
        connection.register("addresses", table)
        found = connection.execute("SELECT listed_domain(url) FROM addresses ORDER BY n").fetchall()
    return [domain for (domain,) in found]


def _by_polars(table: pa.Table) -> list[Any]:
    frame = pl.DataFrame(table)
    return frame.select(notorious_markets.polars.listed_domain("url", SCREENER)).to_series().to_list()


def _by_polars_streaming(table: pa.Table) -> list[Any]:
    frame: Any = pl.DataFrame(table).lazy().with_columns(found=notorious_markets.polars.listed_domain("url", SCREENER))
    found: list[Any] = frame.sort("n").collect(engine="streaming")["found"].to_list()
    return found


def test_lookup_gives_the_answers_of_the_spellings() -> None:
    assert [(url, _domain(url)) for url, _ in SPELLINGS] == SPELLINGS


@pytest.mark.parametrize("engine", [_by_arrow, _by_duckdb, _by_polars, _by_polars_streaming])
@pytest.mark.parametrize("times", [1, 400])
def test_answers_are_those_of_the_shared_rows(engine: Callable[[pa.Table], list[Any]], times: int) -> None:
    table = pa.concat_tables([TABLE] * times)
    table = table.set_column(0, "n", pa.array(range(len(table)), pa.int64()))
    assert engine(table) == EXPECTED * times


@pytest.mark.parametrize("engine", [_by_arrow, _by_duckdb, _by_polars, _by_polars_streaming])
def test_nothing_and_nulls_alone(engine: Callable[[pa.Table], list[Any]]) -> None:
    assert engine(TABLE.slice(0, 0)) == []
    assert engine(TABLE.slice(0, 1)) == [None]


class TestDuckDB:
    def test_tables_are_those_of_the_package(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection)
        for name in TABLES.values():
            found = pa.table(connection.sql(f"FROM notorious_markets.{name}"))
            expected = nm.table(name)
            assert found.column_names == expected.column_names
            assert found.to_pylist() == expected.to_pylist()
        comments = connection.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'listings'").fetchall()
        assert comments == [(CAUTION,)]
        about = connection.execute("SELECT data_version, caution FROM notorious_markets.about").fetchall()
        assert about == [(nm.DATA_VERSION, CAUTION)]

    def test_markets_join_with_the_tables(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection)
        query = "SELECT name FROM notorious_markets.markets WHERE market_id = listed_market('http://M.Taobao.com')"
        assert connection.execute(query).fetchall() == [("Taobao",)]

    def test_registering_again_replaces_the_screener_for_every_connection(self, tmp_path: Path) -> None:
        path = tmp_path / "own.duckdb"
        one, other = duckdb.connect(path), duckdb.connect(path)
        question = "SELECT listed_domain('https://listed.example/'), listed_market('https://aliexpress.com')"
        notorious_markets.duckdb.register(one)
        assert other.execute(question).fetchall() == [(None, "aliexpress")]
        notorious_markets.duckdb.register(other, SCREENER)
        notorious_markets.duckdb.register(other, SCREENER)
        assert one.execute(question).fetchall() == [("listed.example", "aliexpress")]
        one.close()
        assert other.cursor().execute(question).fetchall() == [("listed.example", "aliexpress")]
        other.close()

    def test_databases_have_screeners_of_their_own(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection, SCREENER)
        with duckdb.connect() as second:
            notorious_markets.duckdb.register(second)
            assert second.execute("SELECT listed_domain('listed.example')").fetchall() == [(None,)]
        assert connection.execute("SELECT listed_domain('listed.example')").fetchall() == [("listed.example",)]

    @pytest.mark.parametrize("read_only", [False, True])
    def test_nothing_is_written_into_the_database(self, tmp_path: Path, read_only: bool) -> None:
        path = tmp_path / "own.duckdb"
        duckdb.connect(path).execute("CREATE TABLE crawl AS SELECT 'https://aliexpress.com' AS url").close()
        with duckdb.connect(path, read_only=read_only) as connection:
            notorious_markets.duckdb.register(connection)
            assert connection.execute("SELECT listed_domain(url) FROM crawl").fetchall() == [("aliexpress.com",)]
            assert connection.execute("SELECT count(*) FROM notorious_markets.listings").fetchall() == [(len(nm.markets()),)]
        with duckdb.connect(path) as connection:
            assert connection.execute("SHOW ALL TABLES").fetchall()[0][2] == "crawl"
            assert len(connection.execute("SHOW ALL TABLES").fetchall()) == 1

    def test_a_transaction_and_a_result_go_on(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.begin()
        connection.execute("CREATE TABLE crawl AS SELECT 'https://aliexpress.com' AS url")
        connection.execute("SELECT 7")
        notorious_markets.duckdb.register(connection)
        assert connection.fetchall() == [(7,)]
        assert connection.execute("SELECT listed_domain(url) FROM crawl").fetchall() == [("aliexpress.com",)]
        connection.commit()

    def test_another_database_of_that_name_is_left_alone(self, tmp_path: Path) -> None:
        with duckdb.connect(tmp_path / "notorious_markets.duckdb") as connection:
            connection.execute("CREATE TABLE listings AS SELECT 1 AS mine")
            with pytest.raises(ValueError, match="already has a database 'notorious_markets'"):
                notorious_markets.duckdb.register(connection)
            assert connection.execute("FROM listings").fetchall() == [(1,)]

    def test_bytes_are_refused_rather_than_misread(self, connection: duckdb.DuckDBPyConnection) -> None:
        notorious_markets.duckdb.register(connection, SCREENER)
        with pytest.raises(duckdb.BinderException, match="listed_domain"):
            connection.execute("SELECT listed_domain('https://listed.example'::BLOB)")
        decoded = connection.execute("SELECT listed_domain(decode('https://b\\xC3\\xBCcher.example'::BLOB))").fetchall()
        assert decoded == [("xn--bcher-kva.example",)]

    def test_threads_may_register_and_ask_at_once(self, connection: duckdb.DuckDBPyConnection) -> None:
        answers: list[object] = []

        def ask() -> None:
            cursor = connection.cursor()
            notorious_markets.duckdb.register(cursor, SCREENER)
            answers.append(cursor.execute("SELECT count(listed_domain('listed.example')) FROM range(5000)").fetchall())

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [[(5000,)]] * 8

    def test_functions_outlive_every_object_of_python(self) -> None:
        """DuckDB keeps no reference to a function whose connection has gone; calling it then ends the process."""
        code = """
import gc, sys, duckdb, notorious_markets.duckdb
connection = duckdb.connect()
notorious_markets.duckdb.register(connection)
gc.collect()
for _ in range(3):
    connection.execute("SELECT listed_domain('x' || i) FROM range(9999) t(i)").fetchall()
# DuckDB 1 imports pandas by itself when it is given an Arrow table.
loaded = "pandas" in sys.modules and not duckdb.__version__.startswith("1.")
print(connection.execute("SELECT listed_domain('aliexpress.com')").fetchall(), loaded)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
        assert (done.returncode, done.stdout) == (0, "[('aliexpress.com',)] False\n"), done.stderr


class TestPolars:
    def test_structs_are_the_four_columns(self) -> None:
        frame = pl.DataFrame({"url": ["listed.example", "http://m.TAOBAO.com", "other.example", None]})
        found = frame.select(notorious_markets.polars.listed("url", SCREENER))
        assert found.schema == {
            "url": pl.Struct(
                {"listed_domain": pl.String, "market_id": pl.String, "first_listed": pl.Int16, "last_listed": pl.Int16}
            )
        }
        assert found["url"].is_null().to_list() == [False, False, True, True]
        expected = SCREENER.screen(frame).select(RESULT).to_pylist()
        assert found.unnest("url").to_dicts() == expected
        assert expected[1] == {"listed_domain": "taobao.com", "market_id": "taobao", "first_listed": 2010, "last_listed": 2025}

    @pytest.mark.parametrize("streaming", [False, True])
    def test_lazy_schema_is_what_comes(self, streaming: bool) -> None:
        lazy = pl.LazyFrame({"url": URLS}).select(
            domain=notorious_markets.polars.listed_domain("url"), found=notorious_markets.polars.listed(pl.col("url"))
        )
        engine: Any = "streaming" if streaming else "in-memory"
        assert lazy.collect_schema() == lazy.collect(engine=engine).schema
        assert lazy.head(0).collect(engine=engine).schema == lazy.collect_schema()

    @pytest.mark.parametrize("type_", [pl.Binary, pl.Categorical])
    def test_other_types_of_text(self, type_: Any) -> None:
        frame = pl.DataFrame({"url": URLS}).with_columns(pl.col("url").cast(type_))
        assert frame.select(notorious_markets.polars.listed_domain("url", SCREENER))["url"].to_list() == EXPECTED

    def test_bytes_that_are_no_text(self) -> None:
        frame = pl.DataFrame({"url": [raw for raw, _ in RAW_ROWS]})
        found = frame.select(notorious_markets.polars.listed_domain("url", SCREENER))["url"].to_list()
        assert found == [domain for _, domain in RAW_ROWS]

    def test_sinks_to_a_file(self, tmp_path: Path) -> None:
        pq.write_table(pa.concat_tables([TABLE] * 500), tmp_path / "in.parquet", row_group_size=1000)
        lazy = pl.scan_parquet(tmp_path / "in.parquet").with_columns(found=notorious_markets.polars.listed("url", SCREENER))
        lazy.filter(pl.col("found").is_not_null()).unnest("found").sink_parquet(tmp_path / "out.parquet")
        hits = SCREENER.screen(TABLE, result="hits").to_pylist()
        assert pl.read_parquet(tmp_path / "out.parquet").to_dicts() == hits * 500

    def test_numbers_are_refused(self) -> None:
        with pytest.raises((TypeError, pl.exceptions.PolarsError), match="urls must be text or bytes"):
            pl.select(notorious_markets.polars.listed_domain(pl.lit(7)))


class TestBatches:
    """The function that Spark runs, without Spark."""

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_rows_and_hits_are_those_of_screen(self, size: int) -> None:
        table = pa.concat_tables([TABLE] * 20).combine_chunks()
        batches = table.to_batches(max_chunksize=size)
        rows = pa.Table.from_batches(notorious_markets.spark.screened(SCREENER)(iter(batches)))
        assert rows.equals(SCREENER.screen(table))
        hits = pa.Table.from_batches(notorious_markets.spark.screened(SCREENER, result="hits")(iter(batches)))
        assert hits.equals(SCREENER.screen(table, result="hits"))

    def test_batches_are_read_as_they_are_asked_for(self) -> None:
        taken = 0

        def endless() -> Iterator[pa.RecordBatch]:
            nonlocal taken
            for batch in repeat(pa.concat_tables([TABLE] * 10).combine_chunks().to_batches()[0]):
                taken += 1
                yield batch

        screened = notorious_markets.spark.screened(SCREENER)(endless())
        first = next(screened)
        assert first.num_rows == taken * len(TABLE) * 10 < 200_000

    def test_no_batches_give_none(self) -> None:
        assert list(notorious_markets.spark.screened()(iter([]))) == []

    def test_the_list_travels_and_stays_small(self) -> None:
        cloudpickle = pytest.importorskip("pyspark.cloudpickle", reason="pyspark is not installed")
        screened = notorious_markets.spark.screened(SCREENER, result="hits")
        there = cloudpickle.dumps(screened)
        assert len(there) < 100_000
        assert pa.Table.from_batches(pickle.loads(there)(iter(TABLE.to_batches()))).equals(SCREENER.screen(TABLE, result="hits"))

    def test_errors_say_what_is_valid(self) -> None:
        with pytest.raises(nm.UnknownValue, match="unknown result 'hit'; did you mean 'hits'"):
            notorious_markets.spark.screened(result="hit")  # type: ignore[arg-type]
        with pytest.raises(nm.UnknownValue, match="unknown column 'link'"):
            list(notorious_markets.spark.screened(column="link")(iter(TABLE.to_batches())))


@pytest.mark.parametrize(
    ("library", "ask"),
    [
        ("polars", lambda: notorious_markets.polars.listed_domain("url")),
        ("polars", lambda: notorious_markets.polars.listed("url")),
        ("pyspark", lambda: notorious_markets.spark.schema(None)),  # type: ignore[arg-type]
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    library: str, ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(nm.MissingExtra, match=rf"{library} is not installed.*\[{library.removeprefix('py')}\]"):
        ask()


@pytest.mark.usefixtures("spark")
class TestSpark:
    pytestmark = with_spark

    @pytest.fixture
    def frame(self, spark: Any, tmp_path: Path) -> Any:
        """The shared rows in three files of several row groups, so that Spark reads several partitions and batches."""
        for part in range(3):
            pq.write_table(TABLE, tmp_path / f"{part}.parquet", row_group_size=10)
        return spark.read.parquet(*(str(tmp_path / f"{part}.parquet") for part in range(3)))

    @pytest.mark.parametrize("rows_a_batch", [7, 10_000])
    def test_answers_are_those_of_the_shared_rows(self, spark: Any, frame: Any, rows_a_batch: int) -> None:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows_a_batch)
        found = notorious_markets.spark.screen(frame.repartition(4), screener=SCREENER).orderBy("n").collect()
        assert [row.listed_domain for row in found] == [domain for domain in EXPECTED for _ in range(3)]
        assert [row.url for row in found] == [url for url in URLS for _ in range(3)]
        hits = notorious_markets.spark.screen(frame, result="hits", screener=SCREENER).orderBy("n").collect()
        expected = [row for row in SCREENER.screen(TABLE, result="hits").to_pylist() for _ in range(3)]
        assert [row.asDict() for row in hits] == expected

    def test_other_columns_keep_their_order_type_and_value(self, spark: Any) -> None:
        query = """
            SELECT 1 AS a, 'https://m.taobao.com' AS url, array(1, null) AS list, map('k', 2.5D) AS pairs,
            struct(1S AS s, 'x' AS t) AS nested, DATE'2021-01-02' AS day, TIMESTAMP'2021-01-02 03:04:05' AS moment,
            1.50BD AS money, X'00FF' AS raw, CAST(null AS boolean) AS flag, 'z' AS z
        """
        frame = spark.sql(query)
        screened = notorious_markets.spark.screen(frame)
        assert screened.schema == notorious_markets.spark.schema(frame.schema)
        assert screened.columns == [*frame.columns, *RESULT]
        (row,), (before,) = screened.collect(), frame.collect()
        assert row[: len(before)] == before
        assert tuple(row[len(before) :]) == ("taobao.com", "taobao", 2010, 2025)
        assert screened.select("first_listed").schema[0].dataType.simpleString() == "smallint"

    def test_empty_frames_and_partitions(self, spark: Any) -> None:
        frame = spark.createDataFrame([("https://aliexpress.com",)], "url string").repartition(8)
        assert [row.market_id for row in notorious_markets.spark.screen(frame).collect()] == ["aliexpress"]
        assert notorious_markets.spark.screen(frame.limit(0)).collect() == []
        assert notorious_markets.spark.screen(frame.limit(0), result="hits").columns == ["url", *RESULT]

    def test_bytes(self, spark: Any) -> None:
        frame = spark.createDataFrame([*((raw,) for raw, _ in RAW_ROWS), (None,)], "link binary")
        found = notorious_markets.spark.screen(frame, "link", screener=SCREENER).collect()
        assert [row.listed_domain for row in found] == [*(domain for _, domain in RAW_ROWS), None]

    def test_a_mistake_is_told_before_anything_runs(self, spark: Any) -> None:
        frame = spark.createDataFrame([("x", 1)], "url string, n int")
        with pytest.raises(nm.UnknownValue, match="unknown column 'ur'; did you mean 'url'"):
            notorious_markets.spark.screen(frame, "ur")
        with pytest.raises(nm.UnknownValue, match="unknown column 'n'"):
            notorious_markets.spark.screen(frame, "n")
        with pytest.raises(nm.UnknownValue, match="unknown result 'mask'"):
            notorious_markets.spark.screen(frame, result="mask")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="already has a column 'market_id'"):
            notorious_markets.spark.screen(frame.withColumnRenamed("n", "market_id"))

    def test_the_examples_of_the_documentation(self, spark: Any, tmp_path: Path) -> None:
        blocks = re.findall(r"```\{code-block\} python\n(.*?)```", (ROOT / "docs" / "engines.md").read_text("utf-8"), re.DOTALL)
        assert len(blocks) >= 2
        crawl = pa.table(
            {"url": ["https://aliexpress.com/", "https://example.org/"], "fetch_status": pa.array([200, 200], pa.int16())}
        )
        for folder in ("crawl", "index/crawl=CC-MAIN-2026-25/subset=warc", "index/crawl=CC-MAIN-2026-25/subset=robotstxt"):
            (tmp_path / folder).mkdir(parents=True)
            pq.write_table(crawl, tmp_path / folder / "part-0.parquet")
        places = {
            '"crawl/"': f'"{tmp_path}/crawl"',
            '"hits/"': f'"{tmp_path}/hits"',
            '"s3a://commoncrawl/cc-index/table/cc-main/warc/"': f'"{tmp_path}/index"',
            '"s3a://hits-of-our-own/CC-MAIN-2026-25/"': f'"{tmp_path}/hits-of-a-crawl"',
        }
        code = "".join(blocks)
        for place, own in places.items():
            assert place in code
            code = code.replace(place, own)
        exec(code, {"spark": spark})
        for written in ("hits", "hits-of-a-crawl"):
            assert [row.market_id for row in spark.read.parquet(str(tmp_path / written)).collect()] == ["aliexpress"]
