"""Measurements of screening, each in a fresh process that is pinned to one core where the system allows it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.methods import FURTHER, METHODS, Missing
from benchmarks.workload import listed_in

# The rows of the first call, and of a batch of a stream.
FIRST = 1_000
BATCH = 1 << 16
STOPPED_AFTER = 300
ROOT = Path(__file__).resolve().parents[1]
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


class Job(NamedTuple):
    """One measurement: a method on the rows of a file of the workload.

    Attributes:
        method: The name of the method.
        path: The path of the file.
        rows: The number of rows.
        first: The position of the first of them.
        cores: The cores to which the process is pinned. Empty for all cores.
        repeats: How many times a stream reads the rows, or 0 if a single array is measured.
    """

    method: str
    path: str
    rows: int
    first: int = 0
    cores: Sequence[int] = tuple(CORES[-1:])
    repeats: int = 0


def run(*jobs: Job) -> list[dict[str, Any]]:
    """Run each job in its own process, so that all begin to screen at the same moment, and return the results."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as processes:
        # An empty folder for what numba compiles, because the first call is to include the compilation.
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        environment["POLARS_MAX_THREADS"] = str(max(len(job.cores) for job in jobs) or 1)
        command = [sys.executable, "-m", "benchmarks.measuring"]
        started = [
            processes.enter_context(
                subprocess.Popen(
                    [*command, json.dumps(job)],
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for job in jobs
        ]
        pipes = [(process.stdin, process.stdout) for process in started if process.stdin and process.stdout]
        # Each process prints a line when it is ready, or when it cannot be.
        for _, output in pipes:
            output.readline()
        for signal_line, _ in pipes:
            with suppress(BrokenPipeError), signal_line:
                signal_line.write("\n")
        outputs = [output.read() for _, output in pipes]
        codes = [process.wait() for process in started]
    return [
        json.loads(output) if output.strip() else {"note": "stopped" if code == -signal.SIGALRM else "fails"}
        for output, code in zip(outputs, codes, strict=True)
    ]


def _work(job: Job) -> None:
    """Prepare, print a line, wait for a line, measure, and print the result."""
    if hasattr(signal, "alarm"):
        signal.alarm(STOPPED_AFTER)
    if job.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, job.cores)
    method = {**METHODS, **FURTHER}[job.method]
    listed = listed_in(Path(job.path))
    addresses = job.path if method.file else None if job.repeats else _column(job, "url")
    start = time.perf_counter()
    try:
        screen = method.prepare(listed)
        setup = time.perf_counter() - start
        first_rows = None if method.file else _column(job._replace(rows=FIRST), "url")
        start = time.perf_counter()
        if first_rows is not None:
            screen(first_rows)
        first = time.perf_counter() - start
    except (Missing, ModuleNotFoundError) as error:
        print("\n" + json.dumps({"note": str(error)}))
        return
    print("ready", flush=True)
    sys.stdin.readline()
    _reset_peak()
    start = time.perf_counter()
    if job.repeats:
        hits = _stream(job, screen)
        result: dict[str, Any] = {"seconds": time.perf_counter() - start, "hits": hits, "peak": _peak()}
    else:
        before = time.process_time()
        found = screen(addresses)
        seconds, busy = time.perf_counter() - start, time.process_time() - before
        result = {"seconds": seconds, "peak": _peak(), "setup": setup, "first": first, "core": busy / seconds}
        result |= _compared(job, found)
    print(json.dumps(result))


def _stream(job: Job, screen: Any) -> int:
    """Screen a stream of record batches and return the number of hits."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    def batches() -> Iterator[pa.RecordBatch]:
        for _ in range(job.repeats):
            yield from ParquetFile(job.path).iter_batches(BATCH, columns=["url"])

    reader = pa.RecordBatchReader.from_batches(pa.schema([("url", pa.string())]), batches())
    return sum(batch.column(0).true_count for batch in screen(reader))


def _column(job: Job, name: str) -> Any:
    """Return a column of the rows as one array."""
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(job.path)
    size = file.metadata.row_group(0).num_rows
    groups = range(job.first // size, min(-(-(job.first + job.rows) // size), file.num_row_groups))
    column = file.read_row_groups(list(groups), columns=[name]).column(name)
    return column.slice(job.first - groups.start * size, job.rows).combine_chunks()


def _compared(job: Job, found: Any) -> dict[str, Any]:
    """Count the hits, the missed hits and the false hits by spelling, with examples of wrong rows."""
    import pyarrow as pa
    import pyarrow.compute

    compute: Any = pyarrow.compute
    urls, spellings, domains = (_column(job, name) for name in ("url", "spelling", "domain"))
    truth = domains.is_valid()
    if isinstance(found, pa.Table):
        found = found.column("matched_domain").is_valid().combine_chunks()
    elif {**METHODS, **FURTHER}[job.method].file:
        from notorious_markets import Screener

        found = compute.is_in(urls, value_set=found)
        truth = compute.is_in(domains, value_set=pa.array(Screener(engine="labels").domains))
    elif isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    missed, wrong = compute.and_not(truth, found), compute.and_not(found, domains.is_valid())
    return {
        "rows": len(urls),
        "hits": Counter(spellings.filter(truth).to_pylist()),
        "missed": Counter(spellings.filter(missed).to_pylist()),
        "false": wrong.true_count,
        "examples": urls.filter(compute.or_(missed, wrong)).slice(0, 20).to_pylist(),
    }


def _reset_peak() -> None:
    """Reset the peak of memory, so that it does not include the preparation. This works on Linux only."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float | None:
    """Return the peak of memory in MB, of this process or of a process that it ran."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        import resource
    except (OSError, ModuleNotFoundError):
        return None
    this_process = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return max(this_process, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def measured(jobs: Sequence[Job], runs: int) -> list[dict[str, Any]]:
    """Return the medians of several runs of each job, and their `spread`: the slowest over the fastest, minus 1.

    The jobs take turns, so a slow moment of the machine affects all of them.
    """
    results: list[list[dict[str, Any]]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, job_results in zip(jobs, results, strict=True):
            if not any("note" in result for result in job_results):
                (result,) = run(job)
                print(f"  {job.method}, {job.rows:,} rows: {result.get('note') or round(result['seconds'], 3)}", file=sys.stderr)
                job_results.append(result)
    return [_medians(job_results) for job_results in results]


def _medians(results: list[dict[str, Any]]) -> dict[str, Any]:
    for result in results:
        if "note" in result:
            return result
    seconds = [result["seconds"] for result in results]
    middle: dict[str, Any] = {
        name: median(result[name] for result in results) for name in ("seconds", "setup", "first", "core") if name in results[0]
    }
    return {**results[0], **middle, "spread": max(seconds) / min(seconds) - 1}


if __name__ == "__main__":
    _work(Job(*json.loads(sys.argv[1])))
