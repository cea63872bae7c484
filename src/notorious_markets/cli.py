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
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from . import __version__
from .data import DATA_VERSION
from .errors import NotoriousMarketsError, UnknownValue
from .history import changes, surely_absent
from .matching import lookup
from .models import Category, Goods, Grade, Kind
from .names import market
from .query import coverage, edition, editions, markets, sources
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


def _as(command: C) -> C:
    """The option that chooses how rows are printed."""
    return click.option(
        "--as",
        "form",
        type=click.Choice(["table", "csv", "tsv", "json", "jsonl"]),
        default="table",
        help="How to print the rows.",
    )(command)


def _print(rows: Sequence[dict[str, Any]], columns: Sequence[str], form: str, *, title: str = "", note: str = "") -> None:
    """Print rows: as a table some of their columns, in other forms all of them."""
    if form == "table":
        from rich.console import Console
        from rich.table import Table

        table = Table(title=title or None, title_justify="left", caption=f"{note}{CAUTION}")
        for name in columns:
            table.add_column(name.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(_cell(row[name]) for name in columns))
        Console().print(table)
    elif form in ("csv", "tsv"):
        import csv

        writer = csv.writer(sys.stdout, delimiter="," if form == "csv" else "\t", lineterminator="\n")
        names = list(rows[0]) if rows else list(columns)
        writer.writerow(names)
        writer.writerows([_flat(row[name]) for name in names] for row in rows)
    elif form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
    else:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False, default=str))


def _cell(value: object) -> str:
    return {None: "-", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else _flat(value) or "-"


def _flat(value: object) -> str:
    return "" if value is None else "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


@cli.command("list", epilog="Example: notorious-markets list --year 2021 --kind online")
@_conditions
@click.option("--country", multiple=True, help="ISO 3166-1 alpha-2 code; may be given several times.")
@click.option("--category", type=click.Choice(get_args(Category)), multiple=True, help="What an online market is.")
@click.option("--goods", type=click.Choice(get_args(Goods)), help="What the market is listed for.")
@_as
def list_(
    year: tuple[int, ...],
    kind: Kind | None,
    country: tuple[str, ...],
    category: tuple[Category, ...],
    goods: Goods | None,
    grade: tuple[Grade, ...],
    as_of: str | None,
    form: str,
) -> None:
    """List what stands in an edition, or in all of them."""
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
    rows = found.to_dicts()
    if form == "table":
        headings = {"listing_no": "no.", "name_as_listed": "as listed", "what": "what or where"}
        rows = [
            {headings.get(name, name): value for name, value in (row | {"what": row["category"] or row["locality"]}).items()}
            for row in rows
        ]
    columns = ("year", "no.", "as listed", "country", "what or where", "page", "grade")
    _print(rows, columns if form == "table" else list(found.to_arrow().column_names), form, note=f"{len(found)} listings. ")


@cli.command(epilog="Example: notorious-markets show aliexpress")
@click.argument("name")
@_as
def show(name: str, form: str) -> None:
    """Show a market, by its id, name, alias or domain: what it is, and each listing with its sources."""
    with _told():
        found = market(name)
    rows = [
        {
            "year": row.year,
            "name_as_listed": row.name_as_listed,
            "page": row.page,
            "grade": row.grade,
            "publishers": list(dict.fromkeys(source.publisher for source in row.sources)),
            "sources": [source.url for source in row.sources],
        }
        for row in found.listings
    ]
    about = [
        ", ".join(filter(None, [found.kind, found.category, found.locality, found.country])),
        f"operator: {found.operator}" if found.operator else "",
        f"also: {', '.join(found.aliases)}" if found.aliases else "",
        f"domains: {', '.join(row.domain for row in found.domains)}" if found.domains else "",
        found.note or "",
    ]
    title = "\n".join([f"{found.name} ({found.market_id})", *filter(None, about)])
    if form != "table":
        rows = [{"market_id": found.market_id, "name": found.name, **row} for row in rows]
    _print(rows, ("year", "name_as_listed", "page", "grade", "publishers"), form, title=title)


@cli.command(epilog="Example: notorious-markets history taobao")
@click.argument("name")
@_as
def history(name: str, form: str) -> None:
    """Say edition by edition whether a market was listed, and where that cannot be told."""
    with _told():
        found = market(name)
    by_year = {row.year: row for row in found.listings}
    rows = []
    for one in editions():
        listing = by_year.get(one.year)
        status = "listed" if listing else "not listed" if surely_absent(found, one) else "cannot be told"
        grade = None if listing is None else listing.grade
        rows.append({"year": one.year, "released": one.released.isoformat(), "status": status, "grade": grade})
    _print(rows, ("year", "released", "status", "grade"), form, title=found.name)


@cli.command("changes", epilog="Example: notorious-markets changes 2020 2021 --kind online")
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Part of the list.")
@_as
def changes_(before: int, after: int, kind: Kind | None, form: str) -> None:
    """Say what was added to the list, dropped from it and kept from one edition to another."""
    with _told():
        found = changes(before, after)
    rows = [
        {
            "status": change.status if change.sure else f"{change.status}?",
            "kind": change.kind,
            "market_id": change.market_id,
            "before": change.before and change.before.name_as_listed,
            "after": change.after and change.after.name_as_listed,
        }
        for change in sorted(found.every, key=lambda change: (change.status, not change.sure, change.kind, change.market_id))
        if kind in (None, change.kind)
    ]
    note = "Where a question mark stands, it cannot be told. "
    _print(rows, ("status", "kind", "market_id", "before", "after"), form, title=f"{before} to {after}", note=note)


@cli.command("coverage", epilog="Example: notorious-markets coverage")
@_as
def coverage_(form: str) -> None:
    """Say how many listings of each edition are known, and how surely."""
    rows = coverage().to_dicts()
    _print(rows, ("year", "kind", "announced", "listings", "primary", "secondary", "inferred", "unidentified"), form)


@cli.command("sources", epilog="Example: notorious-markets sources --year 2021")
@click.option("--year", type=int, help="Only the documents behind the listings of an edition.")
@_as
def sources_(year: int | None, form: str) -> None:
    """List the documents on which the data rest."""
    with _told():
        chosen = None if year is None else {source.source_id for row in edition(year).listings for source in row.sources}
    rows = [row for row in sources().to_dicts() if chosen is None or row["source_id"] in chosen]
    _print(rows, ("source_id", "publisher", "published", "source_kind", "url"), form, note=f"{len(rows)} documents. ")


@cli.command("export", epilog="Example: notorious-markets export listings-2021.csv --year 2021")
@click.argument("file")
@click.argument("tables", nargs=-1)
@click.option("--format", "format_", help="Format, where the name of the file does not tell it; see the documentation.")
@_conditions
def export_(
    file: str,
    tables: tuple[str, ...],
    format_: Any,
    year: tuple[int, ...],
    kind: Kind | None,
    grade: tuple[Grade, ...],
    as_of: str | None,
) -> None:
    """Write listings or other tables, blocklists or entities to a file; - is standard output."""
    from .exporting import export

    conditions: Any = {"year": year or None, "kind": kind, "grade": grade or None, "as_of": as_of}
    with _told():
        to: Any = sys.stdout.buffer if file == "-" else file
        written = export(to, tables or None, format=format_, **conditions)
    if written:
        click.echo(f"{written}. {CAUTION}", err=True)


@cli.command(epilog="Example: notorious-markets verify")
def verify() -> None:
    """Check that the data of the package are those that were built, by their checksums."""
    from hashlib import sha256
    from importlib.resources import files

    folder = files("notorious_markets.data")
    wrong = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        right = (folder / name).is_file() and sha256((folder / name).read_bytes()).hexdigest() == digest
        click.echo(f"{name}: {'sound' if right else 'NOT AS BUILT'}")
        wrong += [] if right else [name]
    if wrong:
        raise click.ClickException(f"not as built: {', '.join(wrong)}; install the package anew")


@cli.command("cite", epilog="Example: notorious-markets cite 2021 --style bibtex")
@click.argument("year", type=int, required=False)
@click.option("--market", "name", help="The listing of a market in that edition.")
@click.option("--style", type=click.Choice(["apa", "bibtex", "csl-json"]), default="apa", help="Style of the citation.")
def cite_(year: int | None, name: str | None, style: Any) -> None:
    """Cite the dataset, an edition, or a listing."""
    from .citing import cite

    with _told():
        what: Any = year
        if name is not None:
            if year is None:
                raise click.UsageError("--market needs the year of an edition")
            found = market(name)
            what = next((row for row in found.listings if row.year == year), None)
            if what is None:
                raise UnknownValue(f"year of {found.name}", year, found.years)
        cited = cite(what, style)
    click.echo(cited if isinstance(cited, str) else json.dumps(cited, ensure_ascii=False, indent=2))


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
