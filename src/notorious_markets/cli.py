"""The command line: questions on a terminal, and whole files of addresses.

Exit codes: 0 done, 1 the question or a file is at fault, 2 wrong usage, 3 addresses on the list with `--fail-on-hit`.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from . import __version__
from .data import DATA_VERSION
from .errors import NotoriousMarketsError
from .matching import lookup
from .models import Category, Goods, Grade, Kind
from .query import markets
from .records import CAUTION

if TYPE_CHECKING:
    import pyarrow

    from .files import Format

C = TypeVar("C", bound=Callable[..., object])
HITS = 3
_MARKETS_SHOWN = 20
_FORMATS = click.Choice(["arrow", "csv", "jsonl", "parquet", "text", "tsv"])


@click.group(epilog=CAUTION, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message=f"%(prog)s %(version)s, data {DATA_VERSION}")
def cli() -> None:
    """The U.S. Trade Representative's Notorious Markets List."""


@contextmanager
def _told(subject: str = "") -> Iterator[None]:
    """What is wrong with a question or a file, as a message and no traceback."""
    try:
        yield
    except OSError as error:
        # A reader of our output that had enough is no fault.
        if error.errno == errno.EPIPE:
            raise
        raise click.ClickException(f"{subject}{error.strerror or error}") from error
    except (NotoriousMarketsError, TypeError, ValueError) as error:
        raise click.ClickException(f"{subject}{error}") from error


def _conditions(command: C) -> C:
    """The options that choose editions and listings."""
    for option in (
        click.option("--as-of", metavar="DATE", help="The edition in force on a day, such as 2022-06-30."),
        click.option("--grade", type=click.Choice(get_args(Grade)), multiple=True, help="How sure the listing is."),
        click.option("--kind", type=click.Choice(get_args(Kind)), help="Part of the list."),
        click.option("--year", type=int, multiple=True, help="Review year of the edition; may be given several times."),
    ):
        command = option(command)
    return command


@cli.command("list", epilog="Example: notorious-markets list --year 2021 --kind online")
@_conditions
@click.option("--country", multiple=True, help="ISO 3166-1 alpha-2 code; may be given several times.")
@click.option("--category", type=click.Choice(get_args(Category)), multiple=True, help="What an online market is.")
@click.option("--goods", type=click.Choice(get_args(Goods)), help="What the market is listed for.")
def list_(
    year: tuple[int, ...],
    kind: Kind | None,
    country: tuple[str, ...],
    category: tuple[Category, ...],
    goods: Goods | None,
    grade: tuple[Grade, ...],
    as_of: str | None,
) -> None:
    """List what stands in an edition, or in all of them."""
    from rich.console import Console
    from rich.table import Table

    with _told():
        found = markets(
            year=year or None,
            kind=kind,
            country=country or None,
            category=category or None,
            goods=goods,
            grade=grade or None,
            as_of=as_of,
        )
    table = Table(caption=f"{len(found)} listings. {CAUTION}")
    for name in ("year", "no.", "as listed", "country", "what or where", "page", "grade"):
        table.add_column(name, overflow="fold")
    for row in found:
        cells = (row.year, row.listing_no, row.name_as_listed, row.country, row.category or row.locality, row.page, row.grade)
        table.add_row(*("-" if cell is None else str(cell) for cell in cells))
    Console().print(table)


@cli.command("lookup", epilog="Example: notorious-markets lookup https://ja.aliexpress.com/item/1")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--fail-on-hit", is_flag=True, help="Exit with 3 if an address is on the list.")
def lookup_(addresses: tuple[str, ...], fail_on_hit: bool) -> None:
    """Say of URLs or hosts to which listed domain they belong, one JSON line each.

    With - the addresses are read from standard input, one a line.
    """
    hit = False
    for address in (line.rstrip("\r\n") for line in sys.stdin) if addresses == ("-",) else addresses:
        match = lookup(address)
        hit = hit or match is not None
        click.echo(json.dumps({"address": address, **(match._asdict() if match else {"domain": None})}, ensure_ascii=False))
    if hit and fail_on_hit:
        sys.exit(HITS)


@cli.command("screen", epilog="Example: notorious-markets screen crawl.parquet --column url --output hits.parquet")
@click.argument("files", nargs=-1, required=True)
@click.option("--column", help="Column or key of the addresses; needed unless it is `url` or the only column of text.")
@click.option(
    "-o", "--output", metavar="FILE", help="Write what is kept, in the format that the name tells; - is standard output."
)
@click.option(
    "--keep",
    type=click.Choice(["hits", "others", "all"]),
    default="hits",
    help="What to write: the rows on the list, those that are not, or all; hits and all have the columns of the result.",
)
@click.option("--from", "from_", type=_FORMATS, help="Format of the input, for standard input and other names.")
@click.option("--to", type=_FORMATS, help="Format of the output, for standard output (default: csv) and other names.")
@_conditions
@click.option("--domains", type=click.Path(exists=True, dir_okay=False), help="A file with domains of your own, one a line.")
@click.option("--threads", type=click.IntRange(1), help="Batches at the same time (default: all cores).")
@click.option("--fail-on-hit", is_flag=True, help="Exit with 3 if an address is on the list.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on standard output.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def screen_(
    files: tuple[str, ...],
    column: str | None,
    output: str | None,
    keep: str,
    from_: Format | None,
    to: Format | None,
    year: tuple[int, ...],
    kind: Kind | None,
    grade: tuple[Grade, ...],
    as_of: str | None,
    domains: str | None,
    threads: int | None,
    fail_on_hit: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Screen files of addresses: Parquet, Arrow, CSV, TSV, JSON lines or text, gzipped or not; - is standard input.

    A batch at a time is held, and an output file appears only when it is complete. Of text and JSON lines the output
    has the number of the line, from 0, and the address.
    """
    from .files import STANDARD_STREAM, format_of, reading, writing
    from .screening import Screener

    if as_json and output == STANDARD_STREAM:
        raise click.UsageError("--json and --output - both write to standard output")
    with _told():
        own = [line.strip() for line in open(domains, encoding="utf-8")] if domains else []  # noqa: SIM115, PTH123
        screener = Screener(
            year=year or None, kind=kind, grade=grade or None, as_of=as_of, extra_domains=[line for line in own if line]
        )
        forms: dict[str, Format] = {file: from_ or ("text" if file == STANDARD_STREAM else format_of(file)) for file in files}
        form: Format = to or ("csv" if output in (None, STANDARD_STREAM) else format_of(str(output)))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    start = time.perf_counter()
    rows = 0
    hits: Counter[str] = Counter()
    with ExitStack() as stack:
        advance = stack.enter_context(_progress(shown=not quiet and sys.stderr.isatty()))
        write: Callable[[pyarrow.RecordBatch], object] | None = None
        schema: pyarrow.Schema | None = None
        for file in files:
            with _told(f"{file}: "), reading(file, forms[file], column) as incoming:
                screened = screener.screen(incoming.reader, column=column, threads=threads or cores)
                for batch in screened:
                    rows += batch.num_rows
                    kept = _kept(batch, keep, hits)
                    with _told(f"{output}: "):
                        if output and write is None:
                            write, schema = stack.enter_context(writing(output, form, kept.schema)), kept.schema
                        if write and kept.schema != schema:
                            raise ValueError(f"the columns of {file} are not those of {files[0]}")
                        if write:
                            write(kept)
                    advance(file, batch.num_rows, incoming.rows)
        with _told(f"{output}: "):
            stack.close()
    summary = {
        "rows": rows,
        "hits": hits.total(),
        "seconds": round(time.perf_counter() - start, 3),
        "markets": dict(hits.most_common()),
        "data_version": DATA_VERSION,
    }
    if as_json:
        click.echo(json.dumps(summary))
    elif not quiet:
        _summarise(summary)
    if fail_on_hit and hits:
        sys.exit(HITS)


def _kept(batch: pyarrow.RecordBatch, keep: str, hits: Counter[str]) -> pyarrow.RecordBatch:
    """The part of a screened batch that is kept; its hits are counted, by market or by domain of the user's own."""
    from pyarrow.compute import invert

    from .screening import RESULT_COLUMNS

    listed = batch.column("listed_domain").is_valid()
    found = batch.filter(listed)
    domains, market_ids = (found.column(name).to_pylist() for name in RESULT_COLUMNS[:2])
    hits.update(str(market_id or domain) for domain, market_id in zip(domains, market_ids, strict=True))
    if keep == "others":
        return batch.filter(invert(listed)).select([name for name in batch.schema.names if name not in RESULT_COLUMNS])
    return found if keep == "hits" else batch


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar on a terminal; the function takes the file, the rows that were done and the rows of the file."""
    if not shown:
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def advance(file: str, rows: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=total)
            progress.advance(tasks[file], rows)

        yield advance


def _summarise(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    shown = list(summary["markets"].items())[:_MARKETS_SHOWN]
    if shown:
        table = Table("market", "hits")
        table.columns[1].justify = "right"
        for name, number in shown:
            table.add_row(name, f"{number:,}")
        if more := len(summary["markets"]) - len(shown):
            table.caption = f"{more} more; --json has them all"
        console.print(table)
    rate = f"{summary['rows'] / max(summary['seconds'], 0.001):,.0f} rows a second"
    counts = f"{summary['rows']:,} rows, {summary['hits']:,} on the list, {summary['seconds']:.1f} s, {rate}."
    console.print(f"{counts}\n{CAUTION}", highlight=False)
