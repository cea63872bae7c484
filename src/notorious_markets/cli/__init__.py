"""The command line: questions on a terminal, and whole files of addresses.

Exit codes: 0 done, 1 the question or a file is at fault, 2 wrong usage, 3 addresses on the list with `--fail-on-hit`,
143 ended by SIGTERM.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

# The package loads what is asked of it at the first use; help and `lookup` start without the rest.
import notorious_markets as nm

from ..about import CAUTION, DATA_VERSION, __version__
from ..errors import NotoriousMarketsError, UnknownValue
from ..matching import Match, lookup
from ..vocabularies import Category, Goods, Grade, Kind

if TYPE_CHECKING:
    import pyarrow
    from click.shell_completion import CompletionItem
    from rich.console import Console
    from rich.table import Table

    from .files import Format

C = TypeVar("C", bound=Callable[..., object])
EXIT_HITS = 3
_MARKETS_SHOWN = 20
_UNFOLDED = 10_000
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


def _complete(known: Callable[[], Iterable[tuple[object, str | None]]]) -> Any:
    """Completion from values, each with a name by which it may be sought too."""

    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        start = incomplete.casefold()
        return [
            CompletionItem(str(value), help=name)
            for value, name in known()
            if f"{value}".casefold().startswith(start) or (name or "").casefold().startswith(start)
        ]

    return complete


def _market_ids() -> Iterable[tuple[object, str | None]]:
    return zip(*(nm.table("markets").column(name).to_pylist() for name in ("market_id", "name")), strict=True)


def _years() -> Iterable[tuple[object, str | None]]:
    return ((edition.year, None) for edition in nm.editions())


def _countries() -> Iterable[tuple[object, str | None]]:
    return ((country, None) for country in sorted(filter(None, {row.country for row in nm.markets()})))


def _tables() -> Iterable[tuple[object, str | None]]:
    from .._store import TABLES

    return ((name, None) for name in TABLES.values())


def _formats() -> Iterable[tuple[object, str | None]]:
    from ..exporting import FORMATS

    return ((name, format_.title) for name, format_ in FORMATS.items())


_NAME = click.argument("name", shell_complete=_complete(_market_ids))
_KIND = click.option("--kind", type=click.Choice(get_args(Kind)), help="Part of the list.")


def _conditions(command: C) -> C:
    """The options that choose editions and listings."""
    for option in (
        click.option("--as-of", metavar="DATE", help="The edition in force on a day, such as 2022-06-30."),
        click.option("--grade", type=click.Choice(get_args(Grade)), multiple=True, help="How sure the listing is."),
        _KIND,
        click.option(
            "--year",
            type=int,
            multiple=True,
            shell_complete=_complete(_years),
            help="Review year of the edition; may be given several times.",
        ),
    ):
        command = option(command)
    return command


def _further_conditions(command: C) -> C:
    """The options that choose listings by what is listed."""
    for option in (
        click.option("--goods", type=click.Choice(get_args(Goods)), help="What the market is listed for."),
        click.option("--category", type=click.Choice(get_args(Category)), multiple=True, help="What an online market is."),
        click.option(
            "--country",
            multiple=True,
            shell_complete=_complete(_countries),
            help="ISO 3166-1 alpha-2 code; may be given several times.",
        ),
    ):
        command = option(command)
    return _conditions(command)


def _given(conditions: dict[str, Any]) -> dict[str, Any]:
    return {name: value or None for name, value in conditions.items()}


def _as(default: str = "table") -> Callable[[C], C]:
    """The option that chooses how rows are printed."""
    return click.option(
        "--as",
        "form",
        type=click.Choice(["table", "csv", "tsv", "json", "jsonl"]),
        default=default,
        help=f"How to print the rows (default: {default}).",
    )


def _print(rows: Sequence[dict[str, Any]], columns: Sequence[str], form: str, *, title: str = "", note: str = "") -> None:
    """Print rows: as a table some of their columns, in other forms all of them."""
    if form == "table":
        console = _console()
        if title:
            console.print(f"{title}\n")
        console.print(
            _table(console, [name.replace("_", " ") for name in columns], [[row[name] for name in columns] for row in rows])
        )
        console.print(f"\n{note}{CAUTION}", style="dim")
        return
    if form in ("csv", "tsv"):
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
    _caution()


def _caution() -> None:
    """Tell the caution beside rows that have no place for it, where a person sees it."""
    if sys.stderr.isatty():
        click.echo(CAUTION, err=True)


def _console(*, stderr: bool = False) -> Console:
    """A console that takes no word for markup, and folds lines for a terminal but not for a pipe."""
    from rich.console import Console

    folds = (sys.stderr if stderr else sys.stdout).isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if folds else _UNFOLDED, markup=False, emoji=False, highlight=False)


def _table(console: Console, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table in which numbers stand right and, where there is room, only cells of several words are folded."""
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in head]
    cells = [[_cell(value) for value in column] for column in values]
    folding = [any(" " in cell or "\n" in cell for cell in column) for column in cells]
    widths = [max(map(cell_len, [name, *column])) + 2 for name, column in zip(head, cells, strict=True)]
    # Narrower than that, whatever is not folded would be cut off.
    room = console.width >= sum(20 if folds else width for width, folds in zip(widths, folding, strict=True))
    for name, column, folds in zip(head, values, folding, strict=True):
        number = any(isinstance(value, int) for value in column) and all(isinstance(value, int | None) for value in column)
        table.add_column(name, overflow="fold", no_wrap=room and not folds, justify="right" if number else "left")
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def _cell(value: object) -> str:
    return {None: "-", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else _flat(value) or "-"


def _flat(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


@cli.command("list", epilog="Example: notorious-markets list --year 2021 --kind online")
@_further_conditions
@_as()
def list_(form: str, **conditions: Any) -> None:
    """List what stands in an edition, or in all of them."""
    with _told():
        found = nm.markets(**_given(conditions))
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
@_NAME
@_as()
def show(name: str, form: str) -> None:
    """Show a market, by its id, name, alias or domain: what it is, and each listing with its sources."""
    with _told():
        found = nm.market(name)
    domains = [row.domain for row in found.domains]
    about = [
        ", ".join(filter(None, [found.kind, found.category, found.locality, found.country])),
        f"operator: {found.operator}" if found.operator else "",
        f"also: {', '.join(found.aliases)}" if found.aliases else "",
        f"domains: {', '.join(domains)}" if domains else "",
        found.note or "",
    ]
    title = "\n".join([f"{found.name} ({found.market_id})", *filter(None, about)])
    known = {"market_id": found.market_id, "name": found.name, "aliases": list(found.aliases), "market_domains": domains}
    rows = [
        {
            **known,
            **facts,
            "market_id": found.market_id,
            "publishers": list(dict.fromkeys(source.publisher for source in listing.sources)),
            "sources": [source.url for source in listing.sources],
        }
        for listing, facts in zip(found.listings, found.listings.to_dicts(), strict=True)
    ]
    _print(rows, ("year", "name_as_listed", "page", "grade", "publishers"), form, title=title)


@cli.command(epilog="Example: notorious-markets history taobao")
@_NAME
@_as()
def history(name: str, form: str) -> None:
    """Say edition by edition whether a market was listed, and where that cannot be told."""
    from ..history import status

    with _told():
        found = nm.market(name)
    by_year = {row.year: row for row in found.listings}
    rows = []
    for one in nm.editions():
        listing = by_year.get(one.year)
        grade = None if listing is None else listing.grade
        rows.append({"year": one.year, "released": one.released.isoformat(), "status": status(found, one), "grade": grade})
    _print(rows, ("year", "released", "status", "grade"), form, title=found.name)


@cli.command(epilog="Example: notorious-markets changes 2020 2021 --kind online")
@click.argument("before", type=int, shell_complete=_complete(_years))
@click.argument("after", type=int, shell_complete=_complete(_years))
@_KIND
@_as()
def changes(before: int, after: int, kind: Kind | None, form: str) -> None:
    """Say what was added to the list, dropped from it and kept from one edition to another."""
    with _told():
        found = nm.changes(before, after)
    rows = [
        {
            "status": change.status if change.sure else f"{change.status}?",
            "kind": change.kind,
            "market_id": change.market_id,
            "before": change.before and change.before.name_as_listed,
            "after": change.after and change.after.name_as_listed,
        }
        for change in sorted(found, key=lambda change: (change.status, not change.sure, change.kind, change.market_id))
        if kind in (None, change.kind)
    ]
    note = "Where a question mark stands, it cannot be told. "
    _print(rows, ("status", "kind", "market_id", "before", "after"), form, title=f"{before} to {after}", note=note)


@cli.command(epilog="Example: notorious-markets coverage")
@_as()
def coverage(form: str) -> None:
    """Say how many listings of each edition are known, and how surely."""
    rows = nm.coverage().to_dicts()
    _print(rows, ("year", "kind", "announced", "listings", "primary", "secondary", "inferred", "unidentified"), form)


@cli.command(epilog="Example: notorious-markets sources --year 2021")
@click.option("--year", type=int, shell_complete=_complete(_years), help="Only the documents behind the listings of an edition.")
@_as()
def sources(year: int | None, form: str) -> None:
    """List the documents on which the data rest."""
    with _told():
        chosen = None if year is None else {source.source_id for row in nm.edition(year).listings for source in row.sources}
    rows = [row for row in nm.sources().to_dicts() if chosen is None or row["source_id"] in chosen]
    if form == "table":
        # An address below its document: beside it, a column of 80 would be left with a fifth of its width.
        rows = [
            {**row, "document": f"{row['source_id']}: {row['publisher']}, {row['source_kind']}\n{row['url']}"} for row in rows
        ]
    _print(rows, ("published", "document"), form, note=f"{len(rows)} documents. ")


@cli.command("export", epilog="Example: notorious-markets export listings-2021.csv --year 2021")
@click.argument("file", type=click.Path())
@click.argument("tables", nargs=-1, shell_complete=_complete(_tables))
@click.option(
    "--format",
    "format_",
    shell_complete=_complete(_formats),
    help="Format, where the name of the file does not tell it; see the documentation.",
)
@_further_conditions
def export_(file: str, tables: tuple[str, ...], format_: Any, **conditions: Any) -> None:
    """Write listings or other tables, blocklists or entities to a file; - is standard output."""
    with _told():
        to: Any = sys.stdout.buffer if file == "-" else file
        written = nm.export(to, tables or None, format=format_, **_given(conditions))
    if written:
        click.echo(f"{written}. {CAUTION}", err=True)


@cli.command(epilog="Example: notorious-markets verify")
def verify() -> None:
    """Check that the data of the package are those that were built, by their checksums."""
    from hashlib import sha256

    from .._packaged import is_file, read_binary, read_text

    folder = "notorious_markets.data"
    wrong = []
    for line in read_text(folder, "SHA256SUMS").splitlines():
        digest, name = line.split("  ")
        right = is_file(folder, name) and sha256(read_binary(folder, name)).hexdigest() == digest
        click.echo(f"{name}: {'sound' if right else 'NOT AS BUILT'}")
        wrong += [] if right else [name]
    if wrong:
        raise click.ClickException(f"not as built: {', '.join(wrong)}; install the package anew")


@cli.command(epilog="Example: notorious-markets cite 2021 --style bibtex")
@click.argument("year", type=int, required=False, shell_complete=_complete(_years))
@click.option("--market", "name", shell_complete=_complete(_market_ids), help="The listing of a market in that edition.")
@click.option("--style", type=click.Choice(["apa", "bibtex", "csl-json"]), default="apa", help="Style of the citation.")
def cite(year: int | None, name: str | None, style: Any) -> None:
    """Cite the dataset, an edition, or a listing."""
    with _told():
        what: Any = year
        if name is not None:
            if year is None:
                raise click.UsageError("--market needs the year of an edition")
            found = nm.market(name)
            what = next((row for row in found.listings if row.year == year), None)
            if what is None:
                raise UnknownValue(f"year of {found.name}", year, found.years)
        cited = nm.cite(what, style)
    click.echo(cited if isinstance(cited, str) else json.dumps(cited, ensure_ascii=False, indent=2))


@cli.command("lookup", epilog="Example: notorious-markets lookup https://ja.aliexpress.com/item/1")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--fail-on-hit", is_flag=True, help="Exit with 3 if an address is on the list.")
@_as("jsonl")
def lookup_(addresses: tuple[str, ...], fail_on_hit: bool, form: str) -> None:
    """Say of URLs or hosts to which listed domain they belong.

    In place of - the addresses are read from standard input, one a line; JSON lines are printed as they come.
    """
    found = ((address, lookup(address)) for given in addresses for address in ([given] if given != "-" else _piped()))
    hit = False
    if form == "jsonl":
        for address, match in found:
            hit = hit or match is not None
            click.echo(json.dumps(_looked_up(address, match), ensure_ascii=False))
        _caution()
    else:
        pairs = list(found)
        hit = any(match for _, match in pairs)
        rows = [_looked_up(address, match) for address, match in pairs]
        if form == "table":
            spells = [match.market.spells if match and match.market else () for _, match in pairs]
            rows = [{**row, "editions": list(map(_spell, one))} for row, one in zip(rows, spells, strict=True)]
        _print(rows, ("address", "domain", "market_id", "editions"), form)
    if hit and fail_on_hit:
        sys.exit(EXIT_HITS)


def _piped() -> Iterator[str]:
    return (line.rstrip("\r\n") for line in sys.stdin)


def _looked_up(address: str, match: Match | None) -> dict[str, Any]:
    return {"address": address, **(match._asdict() if match else dict.fromkeys(Match._fields))}


def _spell(years: tuple[int, ...]) -> str:
    return f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"


@cli.command("screen", epilog="Example: notorious-markets screen crawl.parquet --column url --output hits.parquet")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--column", help="Column or key of the addresses; needed unless it is `url` or the only column of text.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Write what is kept, in the format that the name tells; - is standard output.",
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
    domains: str | None,
    threads: int | None,
    fail_on_hit: bool,
    as_json: bool,
    quiet: bool,
    **conditions: Any,
) -> None:
    """Screen files of addresses: Parquet, Arrow, CSV, TSV, JSON lines or text, gzipped or not; - is standard input.

    A batch at a time is held, and an output file appears only when it is complete. Of text and JSON lines the output
    has the number of the line, from 0, and the address.
    """
    from ..screening import Screener
    from .files import STANDARD_STREAM, format_of, reading, writing

    if as_json and output == STANDARD_STREAM:
        raise click.UsageError("--json and --output - both write to standard output")
    with _told():
        own = [line.strip() for line in open(domains, encoding="utf-8")] if domains else []  # noqa: SIM115, PTH123
        screener = Screener(**_given(conditions), extra_domains=[line for line in own if line])
        forms: dict[str, Format] = {file: from_ or ("text" if file == STANDARD_STREAM else format_of(file)) for file in files}
        form: Format = to or ("csv" if output in (None, STANDARD_STREAM) else format_of(str(output)))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    start = time.perf_counter()
    rows = 0
    hits: Counter[str] = Counter()
    with _told(f"{output}: "), ExitStack() as stack:
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
        sys.exit(EXIT_HITS)


def _kept(batch: pyarrow.RecordBatch, keep: str, hits: Counter[str]) -> pyarrow.RecordBatch:
    """The part of a screened batch that is kept; its hits are counted, by market or by domain of the user's own."""
    from pyarrow.compute import invert

    from ..screening import RESULT_COLUMNS

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
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(), TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*columns, console=_console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def advance(file: str, rows: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=total)
            progress.advance(tasks[file], rows)

        yield advance


def _summarise(summary: dict[str, Any]) -> None:
    console = _console(stderr=True)
    shown = list(summary["markets"].items())[:_MARKETS_SHOWN]
    if shown:
        console.print(_table(console, ["market", "hits"], [(name, f"{number:,}") for name, number in shown]))
        more = len(summary["markets"]) - len(shown)
        console.print(f"{more} more; --json has them all\n" if more else "")
    rate = f"{summary['rows'] / max(summary['seconds'], 0.001):,.0f} rows a second"
    counts = f"{summary['rows']:,} rows, {summary['hits']:,} on the list, {summary['seconds']:.1f} s, {rate}."
    console.print(f"{counts}\n{CAUTION}")
