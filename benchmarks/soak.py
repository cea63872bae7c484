"""Whether memory stays flat and counts stay right over very many rows: `python -m benchmarks.soak PART --rows 1000000000`.

The parts are `screen` (a stream through a `Screener`), `command` (a file of CSV through the command) and `spark`
(a job whose executors and workers are killed; it needs `JAVA_HOME`). The addresses are made while they are read, so that none is
held, and the number of hits is known from how they are made. Linux only: memory is read from `/proc`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

import notorious_markets as nm
from benchmarks.workload import domains, urls

ROWS_AT_ONCE = 200_000
# Every row with a number divisible by this is a hit, and the row after it a decoy.
_HIT_EVERY = 1_000
_DOMAINS = 1_200
_SCHEMA = pa.schema([("url", pa.string())])
_compute: Any = pyarrow.compute


class Addresses:
    """A stream of addresses, no two of them alike, with the number of hits among those that were read.

    One in fifty rows has a hostile spelling from `benchmarks.workload`.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.hits = 0
        self.domains = domains(_DOMAINS, nm.Screener().domains)
        hostile = list(urls(ROWS_AT_ONCE // 50, self.domains))
        self._hostile = pa.array([url.text for url in hostile])
        self._hostile_hits = sum(url.domain is not None for url in hostile)
        self._listed = np.array(self.domains)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Make the batches."""
        for first in range(0, self.rows, ROWS_AT_ONCE):
            rows = min(ROWS_AT_ONCE, self.rows - first)
            plain = rows if rows < ROWS_AT_ONCE else rows - len(self._hostile)
            numbers = np.arange(first, first + plain)
            listed = pa.array(self._listed[numbers % len(self._listed)])
            digits = pa.array(numbers).cast(pa.string())
            is_hit, is_decoy = (pa.array(numbers % _HIT_EVERY == rest) for rest in (0, 1))
            hit = _compute.binary_join_element_wise("https://s", digits, ".", listed, "/p/", digits, "")
            decoy = _compute.binary_join_element_wise("https://s", digits, listed, ".example/?u=", listed, "")
            other = _compute.binary_join_element_wise("https://s", digits, ".example.org/p/", digits, "?q=1", "")
            column = _compute.case_when(_compute.make_struct(is_hit, is_decoy), hit, decoy, other)
            self.hits += _compute.sum(is_hit).as_py()
            if plain < rows:
                column = pa.concat_arrays([column, self._hostile])
                self.hits += self._hostile_hits
            yield pa.RecordBatch.from_arrays([column], schema=_SCHEMA)


def screen(rows: int) -> None:
    """Pass a stream of rows through a `Screener`."""
    addresses = Addresses(rows)
    found = read = 0
    start = time.perf_counter()
    reader = pa.RecordBatchReader.from_batches(_SCHEMA, addresses.batches())
    for batch in nm.Screener(extra_domains=addresses.domains).screen(reader):
        found += len(batch) - batch.column("matched_domain").null_count
        read += len(batch)
        if read * 10 // rows > (read - len(batch)) * 10 // rows:
            rate = read / (time.perf_counter() - start)
            print(f"{read:13,} rows  {found:,} hits of {addresses.hits:,}  {_resident():6.1f} MB  {rate:,.0f} rows/s", flush=True)
    _check(found, addresses.hits, read, rows)


def command(rows: int) -> None:
    """Pass a CSV through the command, by a pipe, and write the hits to a file."""
    addresses = Addresses(rows)
    with TemporaryDirectory() as folder:
        output, listed = Path(folder, "hits.csv"), Path(folder, "domains.txt")
        listed.write_text("\n".join(addresses.domains), encoding="ascii")
        options = ["--input-format", "csv", "--extra-domains", str(listed), "--output", str(output), "--json"]
        line = [sys.executable, "-m", "notorious_markets", "screen", "-", *options]
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the command has no pipes")
        process.stdin.write(b"url\n")
        written = 0
        for batch in addresses.batches():
            quoted = _compute.binary_join_element_wise('"', _compute.replace_substring(batch.column(0), '"', '""'), '"\n', "")
            process.stdin.write(b"".join(quoted.cast(pa.binary()).to_pylist()))
            written += len(batch)
            if written * 10 // rows > (written - len(batch)) * 10 // rows:
                print(f"{written:13,} rows  {_resident(process.pid):6.1f} MB", flush=True)
        process.stdin.close()
        summary = json.loads(process.stdout.read())
        if process.wait() != 0:
            raise SystemExit("the command failed")
        with output.open(encoding="utf-8", newline="") as file:
            lines = sum(1 for _ in csv.reader(file)) - 1
        print(f"{summary['rows'] / summary['seconds']:,.0f} rows/s")
        _check(summary["hits"], addresses.hits, summary["rows"], rows)
        _check(lines, addresses.hits, summary["rows"], rows)


def spark(rows: int) -> None:
    """Screen in Spark while its executors and their Python workers are killed."""
    from pyspark.sql import SparkSession

    from notorious_markets.spark import screen as screen_frame

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_HOSTNAME="localhost")
    settings: Any = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false",
        "spark.executor.memory": "640m",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        # A killed executor counts as a failure of its tasks.
        "spark.task.maxFailures": "1000",
        "spark.stage.maxConsecutiveAttempts": "1000",
        "spark.deploy.maxExecutorRetries": "-1",
        "spark.excludeOnFailure.enabled": "false",
    }
    # A cluster on this machine: two executors with one core each are processes of their own.
    session = SparkSession.builder.master("local-cluster[2, 1, 1024]").config(map=settings).getOrCreate()
    domain = (
        f"element_at(array({', '.join(map(repr, nm.Screener().domains))}), cast(id % {len(nm.Screener().domains)} as int) + 1)"
    )
    host = f"CASE id % {_HIT_EVERY} WHEN 0 THEN concat('.', {domain}) WHEN 1 THEN {domain} ELSE '.example.org' END"
    # A task must be able to end between two kills.
    frame = session.range(0, rows, 1, max(2, rows // 100_000)).selectExpr(f"concat('https://s', id, {host}, '/p/', id) AS url")
    killed: Counter[str] = Counter()
    done = threading.Event()
    killer = threading.Thread(target=_kill, args=(killed, done, session.sparkContext.statusTracker()))
    killer.start()
    start = time.perf_counter()
    try:
        answer: Any = screen_frame(frame).selectExpr("count(*)", "count(matched_domain)").first()
    finally:
        done.set()
        killer.join()
        session.stop()
    print(f"killed: {dict(killed)}; {rows / (time.perf_counter() - start):,.0f} rows/s")
    # The decoys are texts such as s1taobao.com, which are other domains.
    _check(answer[1], (rows + _HIT_EVERY - 1) // _HIT_EVERY, answer[0], rows)


def _kill(killed: Counter[str], done: threading.Event, tracker: Any) -> None:
    """Kill a Python worker or, each fourth time, an executor, whenever a thirtieth of the tasks has ended."""
    next_kill = 0
    while not done.wait(0.5):
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        share = max((30 * stage.numCompletedTasks // stage.numTasks for stage in stages if stage), default=0)
        if share <= next_kill:
            continue
        next_kill = share
        listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
        kind, words = ("executors", "CoarseGrainedExecutorBackend") if share % 4 == 0 else ("workers", "pyspark.daemon")
        processes = [int(row.split()[0]) for row in listing if words in row]
        if processes:
            try:
                os.kill(processes[-1], signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed[kind] += 1


def _resident(process: int | str = "self") -> float:
    """Return the resident memory of a process in megabytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _check(found: int, expected: int, read: int, rows: int) -> None:
    if (found, read) != (expected, rows):
        raise SystemExit(f"{found:,} hits in {read:,} rows instead of {expected:,} in {rows:,}")
    print(f"{rows:,} rows, {found:,} hits: right")


def main() -> None:
    """Run one part."""
    parts = {"screen": (screen, 1_000_000_000), "command": (command, 24_000_000), "spark": (spark, 20_000_000)}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("part", choices=parts)
    parser.add_argument("--rows", type=int, help="number of rows (default: 1,000,000,000 for screen, 24,000,000 for command)")
    options = parser.parse_args()
    run, rows = parts[options.part]
    run(options.rows or rows)


if __name__ == "__main__":
    main()
