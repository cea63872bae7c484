"""How fast Spark screens a column of URLs: `JAVA_HOME=... python -m benchmarks.spark`.

The workload is the one of `benchmarks.workload`, in eight Parquet files. On one core and on two, Spark reads the column,
passes it through Python unchanged (`identity`), screens it (`screen`), and searches it with its own regular expression of
all domains (`rlike`, on one file for each core, because it is slow). Each figure is the best run after one to warm up.

A core of Spark is a thread of Java and a process of Python that overlap, so only the rate on all cores of the machine
says what a core can do.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import notorious_markets as nm
from benchmarks.workload import domains, urls
from notorious_markets.spark import screen

FILES = 8


def write(folder: Path, listed: list[str], count: int) -> tuple[int, int]:
    """Write the workload as Parquet. Return the number of URLs on the list and the size of all URLs in bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    hits = size = 0
    texts: list[str] = []
    for number, url in enumerate(urls(count, listed), start=1):
        hits += url.domain is not None
        size += len(url.text.encode())
        texts.append(url.text)
        if number * FILES % count < FILES:
            pq.write_table(pa.table({"url": texts}), folder / f"{number}.parquet", compression="gzip")
            texts.clear()
    return hits, size


def session(cores: int) -> Any:
    """Start Spark on this machine."""
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    settings: Any = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.ui.showConsoleProgress": "false"}
    return SparkSession.builder.master(f"local[{cores}]").config(map=settings).getOrCreate()


def seconds(work: Callable[[], int], runs: int, expected: int | None) -> float:
    """Return the best time of the runs after the first, and check every answer."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - start)
        if expected is not None and answer != expected:
            raise SystemExit(f"found {answer:,} rows, not {expected:,}")
    return min(times[1:])


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urls", type=int, default=2_000_000)
    parser.add_argument("--domains", type=int, default=1_200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", default="auto", help="engine of Screener (default: auto)")
    options = parser.parse_args()
    listed = domains(options.domains, nm.Screener().domains)
    screener = nm.Screener(extra_domains=listed, engine=options.engine)
    pattern = rf"(?i)^https?://([a-z0-9._-]*\.)?({'|'.join(map(re.escape, listed))})\.?([:/?#]|$)"
    with TemporaryDirectory() as folder:
        hits, size = write(Path(folder), listed, options.urls)
        print(f"{options.urls:,} URLs of {size / options.urls:.0f} bytes, {hits:,} hits, {screener}")
        for cores in (1, 2):
            spark = session(cores)
            if cores == 1:
                print(f"Spark {spark.version}, Python {platform.python_version()}, {os.cpu_count()} cores on this machine")
            measure(spark, cores, folder, screener, pattern, hits, options)
            spark.stop()


def measure(spark: Any, cores: int, folder: str, screener: nm.Screener, pattern: str, hits: int, options: Any) -> None:
    """Measure on this number of cores and print the figures."""
    frame = spark.read.parquet(folder)
    identity = frame.mapInArrow(lambda batches: batches, frame.schema)
    found: Any = screen(frame, screener=screener)
    # One file for each core, so that all of them have work.
    part = spark.read.parquet(*map(str, sorted(Path(folder).glob("*.parquet"))[:cores])).cache()
    part_rows, part_hits = part.count(), screen(part, result="hits", screener=screener).count()
    matched = part.where(part.url.rlike(pattern))
    rates = {
        "read": options.urls / seconds(lambda: frame.selectExpr("sum(octet_length(url)) > 0").first()[0], options.runs, 1),
        "identity": options.urls / seconds(lambda: identity.selectExpr("count(url)").first()[0], options.runs, options.urls),
        "screen, hits": options.urls / seconds(screen(frame, result="hits", screener=screener).count, options.runs, hits),
        "screen, rows": options.urls / seconds(lambda: found.selectExpr("count(matched_domain)").first()[0], options.runs, hits),
        "rlike": part_rows / seconds(matched.count, 1, None),
    }
    for name, rate in rates.items():
        ratios = f"{rate / rates['identity']:6.2f} x identity  {rate / rates['rlike']:6.2f} x rlike"
        print(f"local[{cores}]  {name:13} {rate / 1e6:6.2f} M URLs/s  {ratios}")
    print(f"local[{cores}]  rlike misses {1 - matched.count() / part_hits:.1%} of the hits")


if __name__ == "__main__":
    main()
