"""The command that screens files of URLs."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from ..vocabularies import Basis
from .errors import user_errors
from .formats import STANDARD_STREAM, Format, format_of, unknown_extension
from .options import EXIT_HITS, FAIL_ON_HIT, REFANG, ROLE, conditions, edition_options, text
from .printing import console, printable

if TYPE_CHECKING:
    import pyarrow

    from .reading import InputFile

_FORMATS = get_args(Format)


@click.command("screen", epilog="Example: notorious-markets screen crawl.parquet --column url --output hits.parquet")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option(
    "--column",
    type=text,
    help="Column or JSON key of the URLs, such as `url` or `meta.url`; needed unless it is `url` or the only text column.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Write rows to this file, in the format and compression of its extension. FILE can be - for standard output.",
)
@click.option(
    "--keep",
    type=click.Choice(["hits", "others", "all"]),
    default="hits",
    help="Rows to write: those on the list (default), those not on it, or all. "
    "Hits and all have the additional columns matched_domain, market_id, first_listed and last_listed.",
)
@click.option("--input-format", type=click.Choice(_FORMATS), help="Format of the input (default: by content and extension).")
@click.option(
    "--format",
    "format_",
    type=click.Choice([name for name in _FORMATS if name != "json"]),
    help="Format of the output (default: by extension; standard output: csv).",
)
@click.option("--delimiter", metavar="CHARACTER", help=r"Delimiter of CSV and TSV input, such as ; or \t (default: detected).")
@click.option("--encoding", metavar="NAME", help="Encoding of text input, such as latin-1 (default: UTF-8 or UTF-16, detected).")
@click.option(
    "--quotes/--no-quotes",
    default=None,
    help="Whether quotation marks enclose cells of CSV and TSV input, or are characters like any other (default: detected).",
)
@click.option("--header/--no-header", default=None, help="Whether CSV and TSV input has a header (default: detected).")
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(),
    help="Write records that cannot be rows, such as CSV records with too many cells, to this CSV file instead of failing.",
)
@click.option("--force", is_flag=True, help="Accept a column in which hardly any value is an address.")
@edition_options
@ROLE
@click.option(
    "--basis",
    type=click.Choice(get_args(Basis)),
    help="Only domains that a source on an edition prints (listed), or only others (attributed).",
)
@click.option(
    "--extra-domains",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of further domains to find: one per line, a hosts file, a filter list, a dnsmasq configuration or a "
    "response policy zone.",
)
@click.option("--allow-suffixes", is_flag=True, help="Allow names such as com and co.uk in the list of --extra-domains.")
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
    input_format: Format | None,
    format_: Format | None,
    delimiter: str | None,
    encoding: str | None,
    quotes: bool | None,
    header: bool | None,
    rejects: str | None,
    force: bool,
    extra_domains: Path | None,
    allow_suffixes: bool,
    refang: bool,
    threads: int | None,
    fail_on_hit: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Find the URLs in files that belong to listed domains.

    FILES are Parquet, Arrow, CSV, TSV, JSON, JSON Lines or text files, which may be compressed, or patterns such as
    crawl/*.csv; - is standard input. They are read in batches, so that large files need little memory.

    The output file replaces an older one when all input has been screened. A record that cannot be read is an error, unless
    --rejects sets it aside.

    By default, only domains that the markets hold count. With --as-of and without --role, former domains that were in use on
    that day count too.

    For text and JSON input, the columns of the output are the number of the line, counted from 1, and the URL. If there are
    several files, the name of the file comes before them. Text output has only the URLs.
    """
    from ..screening.files import FileScreener
    from .accounting import FileAccount, Rejects, Summary
    from .reading import InputOptions, open_input
    from .writing import Output

    _check_files(files, output, rejects, as_json=as_json)
    if input_format not in (None, "csv", "tsv") and (delimiter, quotes, header) != (None, None, None):
        raise click.UsageError(f"--delimiter, --quotes and --header are for csv and tsv, not for --input-format {input_format}")
    input_options = InputOptions(column, input_format, _delimiter(delimiter), quotes, header, _encoding(encoding))
    format_ = format_ or ("csv" if output in (None, STANDARD_STREAM) else format_of(str(output)))
    if format_ is None:
        raise click.ClickException(printable(f"{output}: {unknown_extension(str(output), '--format')}"))
    inputs = _expanded(files)
    with user_errors():
        screener = FileScreener(**conditions(options), extra_domains=extra_domains or (), allow_suffixes=allow_suffixes)
    summary = Summary()
    writer = Output(output, keep, format_)
    with writer, Rejects(rejects) as refused, _progress(shown=not quiet and sys.stderr.isatty()) as advance:
        for file in inputs:
            account = FileAccount(file, refang=refang)
            summary.files.append(account)
            with (
                user_errors(f"{file}: "),
                open_input(file, input_options, refused.of(account), addresses_only=output is None) as opened,
            ):
                account.understood = opened.understood
                reader = _reader(file, opened, several=len(inputs) > 1)
                schema, screened = screener.screened(reader, opened.column, threads or _cores(), refang=refang)
                writer.begin(file, schema, opened.column)
                for batch, unusual in screened:
                    account.add(batch.column(opened.column), unusual, check=not force)
                    summary.add(batch)
                    writer.write(batch)
                    advance(file, batch.num_rows, opened.rows)
                if not force:
                    account.check()
    if as_json:
        click.echo(json.dumps(summary.to_dict()))
    elif not quiet:
        summary.print()
    if fail_on_hit and summary.hits:
        sys.exit(EXIT_HITS)


def _check_files(files: tuple[str, ...], output: str | None, rejects: str | None, *, as_json: bool) -> None:
    """Check that no file or stream has two purposes. Only the output may replace an input."""
    written = [path for path in (output, rejects, STANDARD_STREAM if as_json else None) if path is not None]
    if len(set(map(os.path.realpath, written))) < len(written):
        raise click.UsageError("--output, --rejects and --json must write to different files; - is standard output")
    if rejects not in (None, STANDARD_STREAM) and os.path.realpath(str(rejects)) in map(os.path.realpath, files):
        raise click.UsageError("--rejects must not replace an input")
    if files.count(STANDARD_STREAM) > 1:
        raise click.UsageError("standard input (-) can be read only once")


def _delimiter(value: str | None) -> str | None:
    """Check the option `--delimiter`."""
    if value is None:
        return None
    delimiter = value.replace("\\t", "\t")
    if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
        raise click.UsageError(f"--delimiter must be one ASCII character other than a quotation mark, not {value!r}")
    return delimiter


def _encoding(value: str | None) -> str | None:
    """Check the option `--encoding`, and return the usual name of the encoding."""
    if value is None:
        return None
    try:
        # Encodings of bytes, such as base64, do not encode text.
        "".encode(value)
    except (LookupError, UnicodeError) as error:
        raise click.UsageError(f"--encoding must be a text encoding of Python such as latin-1, not {value!r}") from error
    return codecs.lookup(value).name


def _expanded(files: tuple[str, ...]) -> list[str]:
    """Return the files, with those that match a pattern in its place, for shells that leave patterns alone."""
    expanded: list[str] = []
    for file in files:
        if file == STANDARD_STREAM or not has_magic(file) or Path(file).exists():
            expanded.append(file)
            continue
        # Path.glob does not take absolute patterns.
        matching = sorted(glob(file, recursive=True))  # noqa: PTH207
        if not matching:
            raise click.ClickException(printable(f"{file}: no file matches this pattern"))
        expanded += matching
    return expanded


def _reader(file: str, opened: InputFile, *, several: bool) -> pyarrow.RecordBatchReader:
    """Return the rows of an input. If they are lines, and there are several inputs, their first column is `file`."""
    import pyarrow as pa

    from .._arrays import array_of

    if not (opened.numbered and several):
        return pa.RecordBatchReader.from_batches(opened.schema, opened.batches)
    schema = opened.schema.insert(0, pa.field("file", pa.string()))
    # The name in UTF-8, whatever the encoding of the file system.
    (name,) = array_of("string", [os.fsencode(file).decode("utf-8", "replace")])

    def batches() -> Iterator[pyarrow.RecordBatch]:
        for batch in opened.batches:
            yield pa.RecordBatch.from_arrays([pa.repeat(name, batch.num_rows), *batch.columns], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _cores() -> int:
    """Return the number of cores that the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
                tasks[file] = progress.add_task(printable(file), total=total)
            progress.advance(tasks[file], rows)

        yield advance
