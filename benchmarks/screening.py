"""How fast and how exactly addresses are screened, beside the peers: `python -m benchmarks.screening`.

Each run is a fresh process that is pinned to one core, where the system can do that. Rates are medians over the runs; the
time to prepare (setup) and the first call, on a thousand rows, are apart. A peer that is not installed is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.peers import FURTHER, METHODS, Missing
from benchmarks.workload import cached, listed_in

DOMAINS = 1_200
SLICE = 200_000
FIRST = 1_000
BATCH = 1 << 16
STOPPED_AFTER = 300
TOO_SLOW = 20
SIZES = (1_200, 2_000, 2_500, 3_000, 5_000, 20_000, 100_000)
GROWING = (
    "ours-auto-core",
    "ours-fast",
    "arrow-alternation",
    "duckdb-alternation",
    "polars-contains",
    "hyperscan",
    "ahocorasick",
    "partition",
)
LIBRARIES = (
    *("notorious_markets", "pyarrow", "upa_url", "can-ada", "numba", "numpy", "datatrove", "tldextract", "publicsuffixlist"),
    *("adblock", "polars", "duckdb", "ahocorasick_rs", "hyperscan", "idna"),
)
ROOT = Path(__file__).resolve().parents[1]
TABLES = ("methods", "list", "cores", "growth")
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


class Job(NamedTuple):
    """One measurement: a method on the rows of a file of the workload.

    Attributes:
        method: Its name.
        path: The file.
        rows: How many rows.
        first: The first of them.
        cores: The cores to which the process is pinned; empty for all.
        repeats: For a measurement of streaming how many times the rows are read, else 0.
    """

    method: str
    path: str
    rows: int
    first: int = 0
    cores: Sequence[int] = tuple(CORES[-1:])
    repeats: int = 0


class Settings(NamedTuple):
    """What is asked for: rows of the main table, runs of a figure, methods, and lengths of lists."""

    rows: int
    runs: int
    methods: Sequence[str]
    sizes: Sequence[int]


def run(*jobs: Job) -> list[dict[str, Any]]:
    """The results of jobs, each in a process of its own; several begin to screen at the same moment."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as processes:
        # Numba keeps what it compiled; the first call shall show what compiling costs.
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        environment["POLARS_MAX_THREADS"] = str(max(len(job.cores) for job in jobs) or 1)
        command = [sys.executable, "-m", "benchmarks.screening", "--job"]
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
        # Each says when it is ready, or why it cannot be.
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


def work(job: Job) -> None:
    """What a process of `run` does: prepare, say so, wait for a line, measure, and print the result."""
    if hasattr(signal, "alarm"):
        signal.alarm(STOPPED_AFTER)
    if job.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, job.cores)
    method = {**METHODS, **FURTHER}[job.method]
    listed = listed_in(Path(job.path))
    given = job.path if method.file else None if job.repeats else _column(job, "url")
    start = time.perf_counter()
    try:
        screen = method.prepare(listed)
        setup = time.perf_counter() - start
        few = None if method.file else _column(job._replace(rows=FIRST), "url")
        start = time.perf_counter()
        if few is not None:
            screen(few)
        first = time.perf_counter() - start
    except (Missing, ModuleNotFoundError) as error:
        print("\n" + json.dumps({"note": str(error)}))
        return
    print("ready", flush=True)
    sys.stdin.readline()
    _forget_peak()
    start = time.perf_counter()
    if job.repeats:
        hits = _stream(job, screen)
        answer: dict[str, Any] = {"seconds": time.perf_counter() - start, "hits": hits, "peak": _peak()}
    else:
        before = time.process_time()
        found = screen(given)
        seconds, busy = time.perf_counter() - start, time.process_time() - before
        answer = {"seconds": seconds, "peak": _peak(), "setup": setup, "first": first, "core": busy / seconds}
        answer |= _judged(job, found)
    print(json.dumps(answer))


def _stream(job: Job, screen: Any) -> int:
    """Screen a stream of record batches, and give the number of hits."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    def batches() -> Iterator[pa.RecordBatch]:
        for _ in range(job.repeats):
            yield from ParquetFile(job.path).iter_batches(BATCH, columns=["url"])

    reader = pa.RecordBatchReader.from_batches(pa.schema([("url", pa.string())]), batches())
    return sum(batch.column(0).true_count for batch in screen(reader))


def _column(job: Job, name: str) -> Any:
    """A column of the rows as one array."""
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(job.path)
    size = file.metadata.row_group(0).num_rows
    groups = range(job.first // size, min(-(-(job.first + job.rows) // size), file.num_row_groups))
    column = file.read_row_groups(list(groups), columns=[name]).column(name)
    return column.slice(job.first - groups.start * size, job.rows).combine_chunks()


def _judged(job: Job, found: Any) -> dict[str, Any]:
    """How often an answer is right, by spelling, with some rows where it is not."""
    import pyarrow as pa
    import pyarrow.compute

    compute: Any = pyarrow.compute
    urls, spellings, domains = (_column(job, name) for name in ("url", "spelling", "domain"))
    truth = domains.is_valid()
    if isinstance(found, pa.Table):
        found = found.column("listed_domain").is_valid().combine_chunks()
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


def _forget_peak() -> None:
    """Count the peak of memory from here, without what preparing needed; Linux only."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float | None:
    """The largest memory in use so far, in MB: of this process, or of one that it ran."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        import resource
    except (OSError, ModuleNotFoundError):
        return None
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def measured(jobs: Sequence[Job], runs: int) -> list[dict[str, Any]]:
    """The medians of several runs of each job; `spread` is how far the slowest is above the fastest.

    The jobs take turns, so that a slow moment of the machine meets all of them.
    """
    results: list[list[dict[str, Any]]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, own in zip(jobs, results, strict=True):
            if not any("note" in result for result in own):
                (result,) = run(job)
                print(f"  {job.method}, {job.rows:,} rows: {result.get('note') or round(result['seconds'], 3)}", file=sys.stderr)
                own.append(result)
    return [_medians(own) for own in results]


def _medians(results: list[dict[str, Any]]) -> dict[str, Any]:
    for result in results:
        if "note" in result:
            return result
    seconds = [result["seconds"] for result in results]
    middle: dict[str, Any] = {
        name: median(result[name] for result in results) for name in ("seconds", "setup", "first", "core") if name in results[0]
    }
    return {**results[0], **middle, "spread": max(seconds) / min(seconds) - 1}


def methods(settings: Settings) -> Iterator[str]:
    """The two tables of the methods: speed, and what is missed."""
    path = _workload(settings.rows)
    jobs = [Job(name, path, min(SLICE, settings.rows) if METHODS[name].slow else settings.rows) for name in settings.methods]
    results = dict(zip(settings.methods, measured(jobs, settings.runs), strict=True))
    done = {name: result for name, result in results.items() if "note" not in result}
    rates = {name: result["rows"] / result["seconds"] for name, result in done.items()}
    spread = max((result["spread"] for result in done.values()), default=0)
    yield f"## Screening {settings.rows:,} URLs for {DOMAINS:,} domains on one core"
    yield ""
    yield (
        f"Medians of {settings.runs}, for which the methods take turns; the runs of one lie up to {spread:.0%} "
        f"apart. Methods with fewer rows are measured on the first of them. Setup has imports and compiling the list; the first "
        f"call, on {FIRST:,} rows, compiles what is compiled late. The peak of memory while screening has the column of URLs. "
        "Core is the share of the time in which the process had its core: far below 100 %, something else was running."
    )
    yield ""
    yield from _table(
        "name|method|rows|URLs/s|s|setup s|first call s|: ours-core|: datatrove|missed hits|false hits|peak MB|core %",
        (
            (
                f"`{name}`",
                METHODS[name].about,
                f"{result['rows']:,}",
                f"{rates[name]:,.0f}",
                f"{result['seconds']:.2f}",
                f"{result['setup']:.2f}",
                f"{result['first']:.3f}",
                *(f"{rates[name] / rates[other]:.2f}" if other in rates else "" for other in ("ours-core", "datatrove")),
                f"{sum(result['missed'].values()):,} of {sum(result['hits'].values()):,}",
                f"{result['false']:,}",
                f"{result['peak']:,.0f}" if result["peak"] else "",
                "" if METHODS[name].file else f"{result['core']:.0%}",
            )
            for name, result in sorted(done.items(), key=lambda item: -rates[item[0]])
        ),
    )
    yield from (f"- `{name}` is left out: {result['note']}" for name, result in results.items() if "note" in result)
    yield from _wrong(done)
    yield ""
    yield "### Hits that are missed, in percent, by spelling of the host"
    yield ""
    judged = {name: result for name, result in done.items() if not name.startswith("floor")}
    exact = [f"`{name}`" for name, result in judged.items() if not result["missed"]]
    yield f"Nothing is missed by {', '.join(exact) or 'none'}; 0 is left blank."
    yield ""
    inexact = {name: result for name, result in judged.items() if result["missed"]}
    most: Counter[str] = Counter()
    for result in judged.values():
        most |= Counter(result["hits"])
    yield from _table(
        "|".join(["spelling (hits)", *(f"`{name}`" for name in inexact)]),
        (
            (f"{spelling} ({hits:,})", *(_percent(result, spelling) for result in inexact.values()))
            for spelling, hits in most.most_common()
        ),
    )


def _percent(result: dict[str, Any], spelling: str) -> str:
    missed = result["missed"].get(spelling, 0)
    return f"{100 * missed / result['hits'][spelling]:.0f}" if missed else ""


def _wrong(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The rows on which our own methods err."""
    for name, result in results.items():
        if name.startswith("ours") and result["examples"]:
            yield f"- **`{name}` errs**: {', '.join(map(repr, result['examples']))}"


def growing_list(settings: Settings) -> Iterator[str]:
    """The table of rates by the length of the list."""
    rows = max(settings.rows // 4, FIRST)
    cells: dict[str, list[str]] = {name: [] for name in GROWING}
    skipped: set[str] = set()
    wrong: dict[str, dict[str, Any]] = {}
    for size in settings.sizes:
        path = _workload(rows, size)
        left = [name for name in GROWING if name not in skipped]
        results = dict(zip(left, measured([Job(name, path, rows) for name in left], settings.runs), strict=True))
        for name in GROWING:
            result = results.get(name, {"note": "not run"})
            if "note" in result or result["seconds"] > TOO_SLOW:
                skipped.add(name)
            if "note" not in result:
                wrong[f"{name}, {size:,}"] = result
            before = result.get("setup", 0) + result.get("first", 0)
            cells[name].append(_rate(rows, result) + (f" ({before:.1f})" if before > 1 else ""))
    yield f"## URLs/s by the length of the list, {rows:,} URLs, one core"
    yield ""
    yield "In brackets the seconds to prepare, with the first call, where they are more than one."
    yield ""
    yield from _table(
        "|".join(["domains", *(f"`{name}`" for name in GROWING)]),
        ((f"{size:,}", *(cells[name][place] for name in GROWING)) for place, size in enumerate(settings.sizes)),
    )
    yield from _wrong(wrong)


def cores(settings: Settings) -> Iterator[str]:
    """The table of speed-ups on two cores."""
    yield f"## Two cores, {settings.rows:,} URLs"
    yield ""
    if len(CORES) < 2:
        yield "Not measured: this process has fewer than two cores, or they cannot be chosen here."
        return
    path, half, two = _workload(settings.rows), settings.rows // 2, tuple(CORES[:2])
    lines = []
    for name in ("ours-core", "ours-fast"):
        one, both = measured([Job(name, path, settings.rows), Job(f"{name}-2", path, settings.rows, cores=two)], settings.runs)
        if "note" in one:
            yield f"- `{name}` is left out: {one['note']}"
            continue
        threads = both["seconds"]
        halves = [Job(name, path, half, place * half, two[place : place + 1]) for place in range(2)]
        processes = median(max(result["seconds"] for result in run(*halves)) for _ in range(settings.runs))
        lines.append(
            (
                f"`{name}`",
                f"{one['seconds']:.2f}",
                f"{threads:.2f}",
                f"{one['seconds'] / threads:.2f}",
                f"{processes:.2f}",
                f"{one['seconds'] / processes:.2f}",
            )
        )
    yield from _table("name|one core, s|`threads=2`, s|speed-up|two processes with half each, s|speed-up", lines)


def growth(settings: Settings) -> Iterator[str]:
    """The tables of rates by rows, and of memory of a stream."""
    yield "## Growth with the rows, one core"
    yield ""
    path = _workload(2 * settings.rows)
    sizes = [settings.rows // 4, settings.rows // 2, settings.rows, 2 * settings.rows]
    names = ("ours-core", "ours-pattern", "ours-fast")
    keys = [(name, size) for size in sizes for name in names]
    results = dict(zip(keys, measured([Job(name, path, size) for name, size in keys], settings.runs), strict=True))
    yield from _table(
        "|".join(["rows", *(f"`{name}`, URLs/s" for name in names)]),
        ((f"{size:,}", *(_rate(size, results[name, size]) for name in names)) for size in sizes),
    )
    yield ""
    yield f"A stream from a Parquet file, {BATCH:,} rows a batch; reading is counted:"
    yield ""
    path = _workload(settings.rows)
    keys = [(name, times) for times in (1, 4) for name in names]
    jobs = [Job(name, path, settings.rows, repeats=times) for name, times in keys]
    streams = dict(zip(keys, measured(jobs, settings.runs), strict=True))
    yield from _table(
        "rows|" + "|".join(chain.from_iterable((f"`{name}`, URLs/s", "peak MB") for name in names)),
        (
            (
                f"{times * settings.rows:,}",
                *chain.from_iterable(_streamed(settings.rows * times, streams[name, times]) for name in names),
            )
            for times in (1, 4)
        ),
    )


def _rate(rows: int, result: dict[str, Any]) -> str:
    return result.get("note") or f"{rows / result['seconds']:,.0f}"


def _streamed(rows: int, result: dict[str, Any]) -> tuple[str, str]:
    peak = result.get("peak")
    return _rate(rows, result), f"{peak:,.0f}" if peak else ""


def _table(head: str, lines: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {head.replace('|', ' | ')} |"
    yield f"|{' --- |' * (head.count('|') + 1)}"
    yield from (f"| {' | '.join(line)} |" for line in lines)


def _workload(rows: int, count: int = DOMAINS) -> str:
    from notorious_markets import Screener

    print(f"{rows:,} URLs, {count:,} domains", file=sys.stderr)
    return str(cached(rows, count, Screener(engine="labels").domains))


def _heading(arguments: Sequence[str]) -> Iterator[str]:
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        models = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = models[0].partition(":")[2].strip() if models else model
    yield f"# Screening, {date.today()}"
    yield ""
    yield f"- Machine: {model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    yield f"- Python {platform.python_version()}; {', '.join(map(_versioned, LIBRARIES))}"
    yield f"- Command: `{' '.join(['python -m benchmarks.screening', *arguments])}`"
    if not CORES:
        yield "- Processes are not pinned to a core: this system has no `sched_setaffinity`."
    yield ""


def _versioned(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"{library} not installed"


def main() -> None:
    """Measure and print, or do one job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="URLs (default: 2,000,000); peers that are slow get fewer")
    parser.add_argument("--runs", type=int, default=3, help="fresh processes a figure (default: 3)")
    parser.add_argument(
        "--only", nargs="+", choices=METHODS, default=list(METHODS), metavar="NAME", help=f"of {', '.join(METHODS)}"
    )
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES, help="default: all")
    parser.add_argument("--quick", action="store_true", help="a smoke test: 100,000 rows, one run, three lengths of the list")
    parser.add_argument("--output", type=Path, help="a file for the report in Markdown")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        work(Job(*json.loads(options.job)))
        return
    settings = Settings(options.rows, options.runs, options.only, SIZES)
    if options.quick:
        settings = Settings(100_000, 1, options.only, SIZES[::3])
    parts = {"methods": methods, "list": growing_list, "cores": cores, "growth": growth}
    lines = list(_heading(sys.argv[1:]))
    print(*lines, sep="\n")
    for name in options.tables:
        part = [*parts[name](settings), ""]
        print(*part, sep="\n", flush=True)
        lines += part
    if options.output:
        unfinished = options.output.with_name(options.output.name + ".unfinished")
        unfinished.write_text("\n".join(lines), encoding="utf-8")
        unfinished.rename(options.output)


if __name__ == "__main__":
    main()
