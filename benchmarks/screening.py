"""How fast and how exactly addresses are screened, beside the peers: `python -m benchmarks.screening`.

The report is a Markdown document with a table for each question. Rates are medians over several runs. The time to prepare
(setup) and the first call, on a thousand rows, are measured apart. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.measuring import BATCH, CORES, FIRST, Job, measured, run
from benchmarks.methods import METHODS
from benchmarks.workload import cached

DOMAINS = 1_200
# The rows of a slow method.
SLICE = 200_000
# A method that takes more seconds than this is not measured with longer lists.
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
TABLES = ("methods", "list", "cores", "growth")


class Settings(NamedTuple):
    """The options of the command.

    Attributes:
        rows: The rows of the main table.
        runs: The runs for each figure.
        methods: The methods of the main table.
        sizes: The lengths of the lists.
    """

    rows: int
    runs: int
    methods: Sequence[str]
    sizes: Sequence[int]


def methods(settings: Settings) -> Iterator[str]:
    """Yield the two tables of the methods: speed, and missed hits."""
    path = _workload(settings.rows)
    jobs = [Job(name, path, min(SLICE, settings.rows) if METHODS[name].slow else settings.rows) for name in settings.methods]
    results = dict(zip(settings.methods, measured(jobs, settings.runs), strict=True))
    done = {name: result for name, result in results.items() if "note" not in result}
    rates = {name: result["rows"] / result["seconds"] for name, result in done.items()}
    spread = max((result["spread"] for result in done.values()), default=0)
    yield f"## Screening {settings.rows:,} URLs for {DOMAINS:,} domains on one core"
    yield ""
    yield (
        f"Medians of {settings.runs} runs, in which the methods take turns. The runs of one method differ by up to "
        f"{spread:.0%}. Slow methods are measured on the first {SLICE:,} rows. Setup includes the imports and compiling the "
        f"list. The first call, on {FIRST:,} rows, includes what is compiled late. The peak of memory is measured while "
        "screening and includes the column of URLs. Core is the share of the time in which the process had its core. If it is "
        "far below 100 %, something else was running."
    )
    yield ""
    yield from _table(
        "name|method|rows|URLs/s|s|setup s|first call s|: ours-core|: datatrove|missed hits|false hits|peak MB|core %",
        (
            (
                f"`{name}`",
                METHODS[name].description,
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
    yield from (f"- `{name}` was not measured: {result['note']}" for name, result in results.items() if "note" in result)
    yield from _wrong(done)
    yield ""
    yield "### Missed hits in percent, by spelling of the host"
    yield ""
    compared = {name: result for name, result in done.items() if not name.startswith("floor")}
    exact = [f"`{name}`" for name, result in compared.items() if not result["missed"]]
    yield f"Methods that miss no hit: {', '.join(exact) or 'none'}. In the table, 0 is left blank."
    yield ""
    inexact = {name: result for name, result in compared.items() if result["missed"]}
    most: Counter[str] = Counter()
    for result in compared.values():
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
    """Yield the rows on which our own methods err."""
    for name, result in results.items():
        if name.startswith("ours") and result["examples"]:
            yield f"- **`{name}` errs**: {', '.join(map(repr, result['examples']))}"


def growing_list(settings: Settings) -> Iterator[str]:
    """Yield the table of rates by the length of the list."""
    rows = max(settings.rows // 4, FIRST)
    cells: dict[str, list[str]] = {name: [] for name in GROWING}
    skipped: set[str] = set()
    wrong: dict[str, dict[str, Any]] = {}
    for size in settings.sizes:
        path = _workload(rows, size)
        names = [name for name in GROWING if name not in skipped]
        results = dict(zip(names, measured([Job(name, path, rows) for name in names], settings.runs), strict=True))
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
    yield "In brackets: the seconds for setup and first call, if they are more than 1."
    yield ""
    yield from _table(
        "|".join(["domains", *(f"`{name}`" for name in GROWING)]),
        ((f"{size:,}", *(cells[name][position] for name in GROWING)) for position, size in enumerate(settings.sizes)),
    )
    yield from _wrong(wrong)


def cores(settings: Settings) -> Iterator[str]:
    """Yield the table of speed-ups on two cores."""
    yield f"## Two cores, {settings.rows:,} URLs"
    yield ""
    if len(CORES) < 2:
        yield "Not measured: this process has fewer than two cores, or this system cannot pin a process to a core."
        return
    path, half, two = _workload(settings.rows), settings.rows // 2, tuple(CORES[:2])
    lines = []
    for name in ("ours-core", "ours-fast"):
        one_core, both = measured(
            [Job(name, path, settings.rows), Job(f"{name}-2", path, settings.rows, cores=two)], settings.runs
        )
        if "note" in one_core:
            yield f"- `{name}` was not measured: {one_core['note']}"
            continue
        threads = both["seconds"]
        halves = [Job(name, path, half, index * half, two[index : index + 1]) for index in range(2)]
        processes = median(max(result["seconds"] for result in run(*halves)) for _ in range(settings.runs))
        lines.append(
            (
                f"`{name}`",
                f"{one_core['seconds']:.2f}",
                f"{threads:.2f}",
                f"{one_core['seconds'] / threads:.2f}",
                f"{processes:.2f}",
                f"{one_core['seconds'] / processes:.2f}",
            )
        )
    yield from _table("name|one core, s|`threads=2`, s|speed-up|two processes, half of the rows each, s|speed-up", lines)


def growth(settings: Settings) -> Iterator[str]:
    """Yield the tables of rates by the number of rows, and of the memory of a stream."""
    yield "## Rates by the number of rows, one core"
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
    yield f"A stream from a Parquet file in batches of {BATCH:,} rows. The time includes reading:"
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
    yield f"# Measurements of screening, {date.today()}"
    yield ""
    yield f"- Machine: {model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    yield f"- Python {platform.python_version()}; {', '.join(map(_versioned, LIBRARIES))}"
    yield f"- Command: `{' '.join(['python -m benchmarks.screening', *arguments])}`"
    if not CORES:
        yield "- Processes are not pinned to a core, because this system has no `sched_setaffinity`."
    yield ""


def _versioned(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"{library} not installed"


def main() -> None:
    """Measure and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="URLs (default: 2,000,000); slow peers get fewer")
    parser.add_argument("--runs", type=int, default=3, help="fresh processes for each figure (default: 3)")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=METHODS,
        default=list(METHODS),
        metavar="NAME",
        help=f"methods to measure: {', '.join(METHODS)}",
    )
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES, help="tables to print (default: all)")
    parser.add_argument(
        "--quick", action="store_true", help="smoke test with 100,000 rows, one run, and three lengths of the list"
    )
    parser.add_argument("--output", type=Path, help="file for the report")
    options = parser.parse_args()
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
