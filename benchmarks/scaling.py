"""How the time for hostile input grows with its length: `python -m benchmarks.scaling`.

Each input is measured at sizes that double. The last column is the time at the greatest size divided by that at the size before:
2 is linear, 4 is quadratic. Times are milliseconds of processor time, the least of several runs, so that other work on the
machine matters less. For reports with too many pages, which are refused, the memory that reading takes at most is printed too.

The other benchmarks measure how fast usual input is; this one has no peers and needs none.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import notorious_markets as nm
from notorious_markets.cli import cli

Call = Callable[[], object]
Shapes = Iterator[tuple[str, Callable[[int], Call]]]

SIZES = [2**exponent for exponent in range(16, 21)]
ROWS = [62_500 * 2**exponent for exponent in range(5)]
PAGES = [625, 1250, 2500, 5000]
ENGINES: tuple[Literal["pattern", "labels", "compiled"], ...] = ("pattern", "labels", "compiled")
# What stands before the repeated piece, the piece, and what stands after it.
ADDRESSES = {
    "dots": ("http://", "a.", "com"),
    "only dots": ("http://", ".", ""),
    "dots in the path": ("http://taobao.com/", ".", ""),
    "percent escapes in the host": ("http://", "%61", ".com"),
    "percent signs": ("http://", "%", ".com"),
    "escaped percent signs": ("http://", "%25", ".com"),
    "@": ("http://", "@", "taobao.com"),
    "user and password": ("http://", "a:b@", "taobao.com"),
    "a long IDN label": ("http://", "淘", ".com"),
    "an IDN label of many letters": ("http://", "".join(map(chr, range(0x4E00, 0x9000))), ".com"),
    "IDN labels": ("http://", "淘.", "com"),
    "combining characters": ("http://a", "\u0301\u0323", ".com"),
    "a character that becomes 18": ("http://", "\ufdfa", ".com"),
    "slashes": ("http:", "/", "taobao.com"),
    "backslashes": ("http:", "\\", "taobao.com"),
    "slashes and backslashes": ("http:", "/\\", "taobao.com"),
    "tabs and line ends": ("ht", "\t\n", "tp://taobao.com"),
    "tabs in the host": ("http://tao", "\t", "bao.com"),
    "spaces": ("", " ", "http://taobao.com"),
    "control characters": ("", "\x01", "http://taobao.com"),
    "nested xn--": ("http://", "xn--", ".com"),
    "labels of xn--": ("http://", "xn--a.", "com"),
    "Punycode": ("http://xn--", "0", ".com"),
    "digits": ("http://", "1", ""),
    "numbers": ("http://", "1.", "1"),
    "brackets": ("http://[", ":1", "]"),
    "a scheme": ("", "a", "://taobao.com"),
    "schemes": ("", "http:", "//taobao.com"),
    "listed domains": ("http://", "taobao.com.", "example"),
    "a listed domain in the query": ("http://example.org/?", "taobao.com&", ""),
    "[.]": ("hxxp://", "a[.]", "com"),
    "(dot)": ("hxxp://", "a (dot) ", "com"),
    "open brackets": ("hxxp://a", "[", ".com"),
    "hxxp": ("", "hxxp", "://taobao[.]com"),
}
NAMES = {
    "one word": "taobao",
    "known names": "The Pirate Bay ",
    "words of one letter": "x ",
    "spaces": "a\u3000 ",
    "combining characters": "\u0301\u0323",
    "combining characters after a letter": "e\u0301\u0323\u0345",
    "U+FDFA": "\ufdfa",
    "round brackets": "(",
    "brackets and Chinese characters": "a[淘",
    "lookalike letters": "\u0430",
    "invisible characters": "\u200b",
    "dots and slashes": "./",
}
# The files of the command: how null and empty rows are written.
FILES: dict[str, Callable[[Path, int], object]] = {
    "nulls.parquet": lambda path, rows: pq.write_table(pa.table({"url": pa.nulls(rows, pa.string())}), path),
    "null.parquet": lambda path, rows: pq.write_table(pa.table({"url": pa.nulls(rows)}), path),
    "empty.parquet": lambda path, rows: pq.write_table(pa.table({"url": [""] * rows}), path),
    "empty.csv": lambda path, rows: path.write_text("url,n\n" + ",\n" * rows),
    "empty.csv.gz": lambda path, rows: path.write_bytes(gzip.compress(b"url,n\n" + b",\n" * rows, 1)),
    "empty.tsv": lambda path, rows: path.write_text("url\tn\n" + "\t\n" * rows),
    "nulls.jsonl": lambda path, rows: path.write_text('{"url": null}\n' * rows),
    "empty.jsonl": lambda path, rows: path.write_text('{"url": ""}\n' * rows),
    "blank.txt": lambda path, rows: path.write_text("\n" * rows),
}


def addresses() -> Shapes:
    """Yield each kind of long address for `lookup` and `screen`."""
    screener = nm.Screener()
    for shape, parts in ADDRESSES.items():
        text = partial(_repeated, *parts)
        yield f"lookup: {shape}", _with(partial(nm.lookup, refang=True), text)
        yield f"screen: {shape}", _with(screener.screen, _column(text))


def names() -> Shapes:
    """Yield each kind of long name for `suggest`, `market` and `match_names`."""
    for shape, piece in NAMES.items():
        text = partial(_repeated, "", piece, "")
        yield f"suggest: {shape}", _with(nm.suggest, text)
        yield f"market: {shape}", _with(_market, text)
        yield f"match_names: {shape}", _with(nm.match_names, _column(text))


def columns() -> Shapes:
    """Yield columns of nulls and of empty texts for each engine and for `match_names`."""
    kinds: dict[str, Callable[[int], Any]] = {
        "null texts": lambda rows: pa.nulls(rows, pa.string()),
        "null bytes": lambda rows: pa.nulls(rows, pa.large_binary()),
        "the type null": pa.nulls,
        "empty texts": lambda rows: pa.array([""] * rows),
        "a dictionary of nulls": lambda rows: pa.nulls(rows, pa.string()).dictionary_encode(),
    }
    for kind, column in kinds.items():
        for engine in ENGINES:
            yield f"{engine}: {kind}", _with(nm.Screener(engine=engine).screen, column)
        if kind != "null bytes":
            yield f"match_names: {kind}", _with(nm.match_names, column)


def _with(function: Callable[[Any], object], argument: Callable[[int], object]) -> Callable[[int], Call]:
    """Return what makes a call of a function with an argument of a size."""
    return lambda size: partial(function, argument(size))


def _column(text: Callable[[int], str]) -> Callable[[int], object]:
    return lambda size: pa.array([text(size)])


def files(folder: Path) -> Shapes:
    """Yield files of null and empty rows for the command `screen`."""
    for name, write in FILES.items():

        def prepare(rows: int, name: str = name, write: Callable[[Path, int], object] = write) -> Call:
            path = folder / f"{rows}-{name}"
            write(path, rows)
            return partial(_command, path)

        yield f"screen {name}", prepare


def reports(folder: Path) -> Shapes:
    """Yield PDFs with too many pages."""
    for kind, fan_out in (("pages in one list", 0), ("pages in a tree", 16)):

        def prepare(pages: int, fan_out: int = fan_out) -> Call:
            path = folder / f"{pages}-{fan_out}.pdf"
            path.write_bytes(pdf(pages, fan_out))
            return partial(_refused, path)

        yield f"read_report: {kind}", prepare


def pdf(pages: int, fan_out: int = 0) -> bytes:
    """Return a PDF whose pages have a line of text each.

    Args:
        pages: The number of pages.
        fan_out: The number of pages in a node of the page tree; 0 puts all into one.
    """
    nodes = range(3, 3 + (-(-pages // fan_out) if fan_out else 0))
    first = 3 + len(nodes)
    kids = [first + 2 * page for page in range(pages)]
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", _node(nodes or kids, pages)]
    objects += [_node(group := kids[start * fan_out : (start + 1) * fan_out], len(group)) for start in range(len(nodes))]
    for page in range(pages):
        text = b"BT /F1 11 Tf 72 700 Td (Page %d) Tj ET" % page
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R >>" % (first + 2 * page + 1))
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text))
    content = bytearray(b"%PDF-1.7\n")
    table = b""
    for number, body in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(content), len(objects) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(content)


def _node(kids: Iterable[int], count: int) -> bytes:
    return b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, b" ".join(b"%d 0 R" % kid for kid in kids))


def _repeated(start: str, piece: str, end: str, size: int) -> str:
    """Return a text of about `size` bytes."""
    return start + piece * (size // len(piece.encode())) + end


def _market(name: str) -> None:
    with suppress(nm.NotoriousMarketsError):
        nm.market(name)


def _command(path: Path) -> None:
    done = CliRunner().invoke(cli, ["screen", str(path), "--json", "--force"])
    summary = json.loads(done.stdout)
    assert summary["hits"] == 0


def _refused(path: Path) -> None:
    with pytest.raises(nm.UnreadableReport, match="must have at most 500 pages"):
        nm.read_report(path)


def seconds(call: Call, runs: int) -> float:
    """Return the least processor time of several runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def measure(title: str, unit: str, shapes: Shapes, sizes: list[int], runs: int, *, memory: bool = False) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"\n### {title}\n"
    yield f"| {unit} | {' | '.join(f'{size:,}' for size in sizes)} | last doubling |{' memory, MB |' if memory else ''}"
    yield f"| --- |{' ---: |' * (len(sizes) + 1 + memory)}"
    for shape, prepare in shapes:
        prepare(sizes[0])()
        calls = [prepare(size) for size in sizes]
        times = [seconds(call, runs) for call in calls]
        cells = [f"{1000 * took:.2f}" for took in times]
        cells.append(f"{times[-1] / times[-2]:.1f}" if times[-2] else "")
        if memory:
            tracemalloc.start()
            calls[-1]()
            cells.append(f"{tracemalloc.get_traced_memory()[1] / 1e6:.1f}")
            tracemalloc.stop()
        yield f"| {shape} | {' | '.join(cells)} |"


PARTS = ("addresses", "names", "columns", "files", "reports")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS, default=PARTS, help="what to measure (default: everything)")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the shortest counts (default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tables = {
            "addresses": ("Addresses", "bytes", addresses(), SIZES),
            "names": ("Names", "bytes", names(), SIZES),
            "columns": ("Columns", "rows", columns(), ROWS),
            "files": ("Files of the command", "rows", files(Path(name)), ROWS),
            "reports": ("Reports that are refused", "pages", reports(Path(name)), PAGES),
        }
        for part in options.parts:
            title, unit, shapes, sizes = tables[part]
            for line in measure(title, unit, shapes, sizes, options.runs, memory=part == "reports"):
                print(line, flush=True)


if __name__ == "__main__":
    main()
