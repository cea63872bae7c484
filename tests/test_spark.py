"""Does Spark give the answers of the package?"""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
import notorious_markets.spark
from tests.command import run
from tests.vectors import DOMAINS, VECTORS, bytes_of, engine_rows

pytest.importorskip("pyspark", reason="pyspark is not installed; `nox -s spark` installs it with its Java")

pytestmark = [
    # Spark's Python and its Java use sockets of the local machine. No other host may be reached.
    pytest.mark.allow_hosts(["127.0.0.1"]),
    # Spark warns about pandas 3, which is not used here, and leaves it to the garbage collector to close its sockets.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    # Spark 3.5 compares versions with distutils.
    pytest.mark.filterwarnings("ignore:distutils Version classes are deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
RESULT = ["matched_domain", "market_id", "first_listed", "last_listed"]
ROOT = Path(__file__).parents[1]
SCREENER = nm.Screener(extra_domains=DOMAINS)
URLS, EXPECTED = engine_rows()
TABLE = pa.table({"n": pa.array(range(len(URLS)), pa.int64()), "url": pa.array(URLS, pa.string())})


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        # Java compiles less, and fewer tasks are started, for data as small as these.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def frame(spark: Any, tmp_path: Path) -> Any:
    """The vectors in three files with several row groups, so that Spark reads several partitions and batches."""
    for part in range(3):
        pq.write_table(TABLE, tmp_path / f"{part}.parquet", row_group_size=10)
    return spark.read.parquet(*(str(tmp_path / f"{part}.parquet") for part in range(3)))


@pytest.mark.parametrize("rows_per_batch", [7, 10_000])
def test_answers_are_those_of_the_vectors(spark: Any, frame: Any, rows_per_batch: int) -> None:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows_per_batch)
    found = notorious_markets.spark.screen(frame.repartition(4), screener=SCREENER).orderBy("n").collect()
    assert [row.matched_domain for row in found] == [domain for domain in EXPECTED for _ in range(3)]
    assert [row.url for row in found] == [url for url in URLS for _ in range(3)]
    hits = notorious_markets.spark.screen(frame, result="hits", screener=SCREENER).orderBy("n").collect()
    expected = [row for row in SCREENER.screen(TABLE, result="hits").to_pylist() for _ in range(3)]
    assert [row.asDict() for row in hits] == expected


def test_other_columns_keep_their_order_type_and_value(spark: Any) -> None:
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


def test_empty_frames_and_partitions(spark: Any) -> None:
    frame = spark.createDataFrame([("https://aliexpress.com",)], "url string").repartition(8)
    assert [row.market_id for row in notorious_markets.spark.screen(frame).collect()] == ["aliexpress"]
    assert notorious_markets.spark.screen(frame.limit(0)).collect() == []
    assert notorious_markets.spark.screen(frame.limit(0), result="hits").columns == ["url", *RESULT]


def test_bytes(spark: Any) -> None:
    vectors = [vector for vector in VECTORS if "bytes" in vector]
    frame = spark.createDataFrame([*((bytes_of(vector),) for vector in vectors), (None,)], "link binary")
    found = notorious_markets.spark.screen(frame, "link", screener=SCREENER).collect()
    assert [row.matched_domain for row in found] == [*(vector["domain"] for vector in vectors), None]


def test_a_mistake_is_found_before_anything_runs(spark: Any) -> None:
    frame = spark.createDataFrame([("x", 1)], "url string, n int")
    with pytest.raises(nm.UnknownValue, match="unknown column 'ur'; did you mean 'url'"):
        notorious_markets.spark.screen(frame, "ur")
    with pytest.raises(nm.UnknownValue, match="unknown column 'n'"):
        notorious_markets.spark.screen(frame, "n")
    with pytest.raises(nm.UnknownValue, match="unknown result 'mask'"):
        notorious_markets.spark.screen(frame, result="mask")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="already has a column 'market_id'"):
        notorious_markets.spark.screen(frame.withColumnRenamed("n", "market_id"))


def test_the_examples_of_the_documentation(spark: Any, tmp_path: Path) -> None:
    blocks = re.findall(r"```\{code-block\} python\n(.*?)```", (ROOT / "docs" / "engines.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 2
    crawl = pa.table(
        {"url": ["https://aliexpress.com/", "https://example.org/"], "fetch_status": pa.array([200, 200], pa.int16())}
    )
    for folder in ("crawl", "index/crawl=CC-MAIN-2026-25/subset=warc", "index/crawl=CC-MAIN-2026-25/subset=robotstxt"):
        (tmp_path / folder).mkdir(parents=True)
        pq.write_table(crawl, tmp_path / folder / "part-0.parquet")
    paths = {
        '"crawl/"': f'"{tmp_path}/crawl"',
        '"hits/"': f'"{tmp_path}/hits"',
        '"s3a://commoncrawl/cc-index/table/cc-main/warc/"': f'"{tmp_path}/index"',
        '"s3a://hits-of-our-own/CC-MAIN-2026-25/"': f'"{tmp_path}/hits-of-a-crawl"',
    }
    code = "".join(blocks)
    for documented, local in paths.items():
        assert documented in code
        code = code.replace(documented, local)
    exec(code, {"spark": spark})
    for written in ("hits", "hits-of-a-crawl"):
        assert [row.market_id for row in spark.read.parquet(str(tmp_path / written)).collect()] == ["aliexpress"]


def test_the_function_is_pickled_with_its_list_and_stays_small() -> None:
    cloudpickle = pytest.importorskip("pyspark.cloudpickle")
    content = cloudpickle.dumps(notorious_markets.spark.screened(SCREENER, result="hits"))
    assert len(content) < 100_000
    hits = pickle.loads(content)(iter(TABLE.to_batches()))
    assert pa.Table.from_batches(hits).equals(SCREENER.screen(TABLE, result="hits"))


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_the_command_screens_what_spark_wrote(spark: Any, form: str, tmp_path: Path) -> None:
    urls = ["https://m.taobao.com/a", "HTTP://VK.COM./x", "https://example.org/?u=vk.com", "hôtel.example"] * 5
    frame = spark.createDataFrame([(url, number) for number, url in enumerate(urls)], "url string, n long")
    frame.repartition(3).write.option("header", True).format(form).save(str(tmp_path / "written"))
    out = tmp_path / "out.parquet"
    parts = sorted((tmp_path / "written").glob("part-*"))
    assert len(parts) == 3
    done = run("screen --quiet --keep hits", *parts, "--output", out)
    assert (done.code, done.stderr) == (0, "")
    found = Counter(pq.read_table(out).column("matched_domain").to_pylist())
    assert found == {"taobao.com": 5, "vk.com": 5}
