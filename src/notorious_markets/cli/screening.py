"""The command that screens files of URLs."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

import click

from ..about import CAUTION, DATA_VERSION
from ..vocabularies import Basis
from .errors import user_errors
from .formats import STANDARD_STREAM, Format, format_of
from .options import EXIT_HITS, FAIL_ON_HIT, REFANG, ROLE, conditions, edition_options
from .printing import console, table_of

if TYPE_CHECKING:
    import pyarrow

_MARKETS_SHOWN = 20
_FORMATS = click.Choice(get_args(Format))


@click.command("screen", epilog="Example: notorious-markets screen crawl.parquet --column url --output hits.parquet")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--column", help="Column or JSON key of the URLs; needed unless it is `url` or the only text column.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Write rows to this file, in the format of its extension. FILE can be - for standard output.",
)
@click.option(
    "--keep",
    type=click.Choice(["hits", "others", "all"]),
    default="hits",
    help="Rows to write: those on the list (default), those not on it, or all. "
    "Hits and all have the additional columns listed_domain, market_id, first_listed and last_listed.",
)
@click.option("--from", "from_", type=_FORMATS, help="Format of the input (default: by extension; standard input: text).")
@click.option("--to", type=_FORMATS, help="Format of the output (default: by extension; standard output: csv).")
@edition_options
@ROLE
@click.option(
    "--basis",
    type=click.Choice(get_args(Basis)),
    help="Only domains that a source on an edition prints (listed), or only others (attributed).",
)
@click.option(
    "--domains",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of further domains to find: one per line, a hosts file, a filter list, a dnsmasq configuration or a "
    "response policy zone.",
)
@click.option("--allow-suffixes", is_flag=True, help="Allow names such as com and co.uk in the list of --domains.")
@REFANG
@click.option("--threads", type=click.IntRange(1), help="Batches to screen at the same time (default: one per core).")
@FAIL_ON_HIT
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on standard output.")
@click.option("-q", "--quiet", is_flag=True, help="Print no progress and no summary.")
def screen(
    files: tuple[str, ...],
    column: str | None,
    output: str | None,
    keep: str,
    from_: Format | None,
    to: Format | None,
    domains: Path | None,
    allow_suffixes: bool,
    refang: bool,
    threads: int | None,
    fail_on_hit: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Find the URLs in files that belong to listed domains.

    FILES are Parquet, Arrow, CSV, TSV, JSON Lines or text files, which may be compressed; - is standard input. They are
    read in batches, so that large files need little memory. The output file appears only when it is complete.

    By default, only domains that the markets hold count. With --as-of and without --role, former domains that were in use on
    that day count too.

    The output has the columns of the input. For text and JSON Lines, these are the zero-based line number and the URL.
    """
    from ..screening import Screener
    from .files import open_input

    if as_json and output == STANDARD_STREAM:
        raise click.UsageError("--json and --output - both write to standard output; choose one of them")
    formats: list[Format] = [_format(file, from_, "--from", default="text") for file in files]
    writer = _Output(output, keep, _format(output or STANDARD_STREAM, to, "--to", default="csv"))
    with user_errors():
        screener = Screener(**conditions(options), extra_domains=domains or (), allow_suffixes=allow_suffixes)
    summary = _Summary()
    with writer, _progress(shown=not quiet and sys.stderr.isatty()) as advance:
        for file, format_ in zip(files, formats, strict=True):
            with user_errors(f"{file}: "), open_input(file, format_, column) as opened:
                screened = screener.screen(opened.reader, column=column, threads=threads or _cores(), refang=refang)
                writer.open(file, screened.schema)
                for batch in screened:
                    summary.add(batch)
                    writer.write(batch)
                    advance(file, batch.num_rows, opened.rows)
    if as_json:
        click.echo(json.dumps(summary.to_dict()))
    elif not quiet:
        summary.print()
    if fail_on_hit and summary.hits:
        sys.exit(EXIT_HITS)


def _format(path: str, chosen: Format | None, option: str, *, default: Format) -> Format:
    """Return the chosen format, or else the default for a standard stream and the format of the extension for a file."""
    if chosen is not None:
        return chosen
    if path == STANDARD_STREAM:
        return default
    try:
        return format_of(path)
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}; or choose a format with {option}") from error


def _cores() -> int:
    """Return the number of cores that the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Output:
    """The file for the rows to keep, as a context manager; without a path, nothing is written."""

    def __init__(self, path: str | None, keep: str, format_: Format) -> None:
        self._path = path
        self._keep = keep
        self._format: Format = format_
        self._stack = ExitStack()
        self._first_input = ""
        self._schema: pyarrow.Schema | None = None
        self._write: Callable[[pyarrow.RecordBatch], object] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        with user_errors(f"{self._path}: "):
            self._stack.__exit__(*error)

    def open(self, file: str, screened: pyarrow.Schema) -> None:
        """Open the output for the columns of the first input, and check that further inputs have the same columns."""
        from .files import open_output

        if self._path is None:
            return
        schema = _without_result(screened) if self._keep == "others" else screened
        with user_errors(f"{self._path}: "):
            if self._schema is None:
                self._first_input, self._schema = file, schema
                self._write = self._stack.enter_context(open_output(self._path, self._format, schema))
            elif schema != self._schema:
                raise ValueError(f"the columns of {file} must be those of {self._first_input}")

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows to keep of a screened batch."""
        from pyarrow.compute import invert

        if self._write is None:
            return
        listed = batch.column("listed_domain").is_valid()
        if self._keep == "hits":
            batch = batch.filter(listed)
        elif self._keep == "others":
            batch = batch.filter(invert(listed)).select(_without_result(batch.schema).names)
        with user_errors(f"{self._path}: "):
            self._write(batch)


def _without_result(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Return the schema of the input of a screened batch."""
    from ..screening import RESULT_COLUMNS

    for name in RESULT_COLUMNS:
        schema = schema.remove(schema.get_field_index(name))
    return schema


class _Summary:
    """The number of rows, and of those on the list by market, or by domain for the user's own domains."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self._rows = 0
        self._start = time.perf_counter()

    def add(self, batch: pyarrow.RecordBatch) -> None:
        """Count a screened batch."""
        self._rows += batch.num_rows
        found = batch.select(["listed_domain", "market_id"]).filter(batch.column("listed_domain").is_valid())
        domains, market_ids = (column.to_pylist() for column in found.columns)
        self.hits.update(str(market_id or domain) for domain, market_id in zip(domains, market_ids, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the figures, with the most frequent market first."""
        return {
            "rows": self._rows,
            "hits": self.hits.total(),
            "seconds": round(time.perf_counter() - self._start, 3),
            "markets": dict(self.hits.most_common()),
            "data_version": DATA_VERSION,
        }

    def print(self) -> None:
        """Print the most frequent markets and the totals on standard error."""
        out = console(stderr=True)
        shown = self.hits.most_common(_MARKETS_SHOWN)
        if shown:
            columns: dict[str, list[object]] = {
                "market": [name for name, _ in shown],
                "hits": [f"{number:,}" for _, number in shown],
            }
            out.print(table_of(columns, out.width))
            more = len(self.hits) - len(shown)
            out.print(f"{more} more; --json prints all of them\n" if more else "")
        seconds = time.perf_counter() - self._start
        rate = f"{self._rows / max(seconds, 0.001):,.0f} rows per second"
        out.print(f"{self._rows:,} rows, {self.hits.total():,} on the list, {seconds:.1f} s, {rate}.\n{CAUTION}")


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """Show a progress bar for each file on a terminal.

    Yields:
        A function that takes the file, the number of rows that were screened, and the number of rows in the file.
    """
    if not shown:
        yield lambda *_: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(), TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def advance(file: str, rows: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=total)
            progress.advance(tasks[file], rows)

        yield advance
