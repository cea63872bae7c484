"""The command that screens files of URLs."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

import click

from .errors import user_errors
from .formats import STANDARD_STREAM, Format, format_of, unknown_extension
from .options import EXIT_HITS, FAIL_ON_HIT, conditions, edition_options
from .printing import console

if TYPE_CHECKING:
    import pyarrow

    from ..screening import Screener
    from .accounting import FileAccount, Rejects, Summary
    from .reading import Opened, Wishes

_FORMATS = click.Choice(get_args(Format))


@click.command("screen", epilog="Example: notorious-markets screen crawl.parquet --column url --output hits.parquet")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option(
    "--column",
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
    help="Rows to write: those on the list (default), those not on it, or all. Hits and all have the columns of the result.",
)
@click.option("--from", "from_", type=_FORMATS, help="Format of the input (default: by content and extension).")
@click.option("--to", type=_FORMATS, help="Format of the output (default: by extension; standard output: csv).")
@click.option("--delimiter", metavar="CHARACTER", help=r"Delimiter of CSV and TSV input, such as ; or \t (default: detected).")
@click.option("--encoding", metavar="NAME", help="Encoding of text input, such as latin-1 (default: UTF-8 or UTF-16, detected).")
@click.option("--header/--no-header", default=None, help="Whether CSV and TSV input has a header (default: detected).")
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(),
    help="Write records that cannot be rows, such as CSV records with too many cells, to this CSV file instead of failing.",
)
@click.option("--force", is_flag=True, help="Accept a column in which hardly any value is an address.")
@edition_options
@click.option(
    "--domains", type=click.Path(exists=True, dir_okay=False), help="A file with further domains to find, one per line."
)
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
    delimiter: str | None,
    encoding: str | None,
    header: bool | None,
    rejects: str | None,
    force: bool,
    domains: str | None,
    threads: int | None,
    fail_on_hit: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Find the URLs in files that belong to listed domains.

    FILES are Parquet, Arrow, CSV, TSV, JSON, JSON Lines or text files, which may be compressed, or patterns such as
    crawl/*.csv; - is standard input. They are read in batches, so that large files need little memory. The output file
    replaces an older one when it is complete, and it has all rows of the input that it should have: a record that cannot be
    read is an error with its line.

    For text and JSON input, the output has the line number, which counts from 1, and the URL, and before them the name of the
    file if there are several. Text output has only the URLs.
    """
    from ..screening import Screener
    from .accounting import Rejects, Summary

    if as_json and STANDARD_STREAM in (output, rejects):
        raise click.UsageError("--json and - both write to standard output; choose one of them")
    wishes = _wishes(column, from_, delimiter, encoding, header)
    format_ = to or ("csv" if output in (None, STANDARD_STREAM) else format_of(str(output)))
    if format_ is None:
        raise click.ClickException(unknown_extension(str(output), "--to"))
    inputs = _expanded(files)
    extra_domains = _read_domains(domains) if domains else []
    with user_errors():
        screener = Screener(**conditions(options), extra_domains=extra_domains)
    summary = Summary()
    writer = _Output(output, keep, format_)
    with writer, Rejects(rejects) as refused, _progress(shown=not quiet and sys.stderr.isatty()) as advance:
        for file in inputs:
            with (
                user_errors(f"{file}: "),
                _screened(file, wishes, len(inputs) > 1, screener, threads, summary, refused) as screened,
            ):
                writer.open(file, screened.schema, screened.column)
                for batch in screened.batches:
                    screened.account.add(batch.column(screened.column), force=force)
                    summary.add(batch)
                    writer.write(batch)
                    advance(file, batch.num_rows, screened.rows)
                if not force:
                    screened.account.check()
    if as_json:
        click.echo(json.dumps(summary.to_dict()))
    elif not quiet:
        summary.print()
    if fail_on_hit and summary.hits:
        sys.exit(EXIT_HITS)


def _wishes(
    column: str | None, format_: Format | None, delimiter: str | None, encoding: str | None, header: bool | None
) -> Wishes:
    """Check the options that describe the input."""
    from .reading import Wishes

    if delimiter is not None:
        delimiter = delimiter.replace("\\t", "\t")
        if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
            raise click.UsageError(f"--delimiter must be one ASCII character, not {delimiter!r}")
    if encoding is not None:
        try:
            encoding = codecs.lookup(encoding).name
        except LookupError as error:
            raise click.UsageError(f"--encoding must be an encoding of Python such as latin-1, not {encoding!r}") from error
    return Wishes(column, format_, delimiter, encoding, header)


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
            raise click.ClickException(f"{file}: no file matches this pattern")
        expanded += matching
    return expanded


@dataclass(frozen=True)
class _Screened:
    """An input file, screened batch by batch."""

    schema: pyarrow.Schema
    batches: Iterator[pyarrow.RecordBatch]
    column: str
    account: FileAccount
    rows: int | None


@contextmanager
def _screened(
    file: str, wishes: Wishes, several: bool, screener: Screener, threads: int | None, summary: Summary, rejects: Rejects
) -> Iterator[_Screened]:
    import pyarrow as pa

    from .._columns import TextInput
    from .accounting import FileAccount
    from .reading import open_input

    account = FileAccount(file, {})
    with open_input(file, wishes, rejects.of(account)) as opened:
        schema, batches = opened.schema, opened.batches
        if opened.numbered and several:
            schema, batches = _with_file(file, schema, batches)
        reader = pa.RecordBatchReader.from_batches(schema, batches)
        source = TextInput.of("urls", reader, opened.column)
        column = schema.names[source.position]
        _check_header(opened, column, wishes)
        account.understood = {**opened.understood, "column": column}
        summary.files.append(account)
        again = pa.RecordBatchReader.from_batches(schema, iter(source.batches))
        screened = screener.screen(again, column=column, threads=threads or _cores())
        yield _Screened(screened.schema, iter(screened), column, account, opened.rows)


def _with_file(
    file: str, schema: pyarrow.Schema, batches: Iterator[pyarrow.RecordBatch]
) -> tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]:
    """Put the name of the file before the columns."""
    import pyarrow as pa

    from .._arrays import array_of

    extended = schema.insert(0, pa.field("file", pa.string()))
    name = array_of("string", [file])

    def named() -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            files = name.take(array_of("int32", [0] * batch.num_rows))
            yield pa.RecordBatch.from_arrays([files, *batch.columns], schema=extended)

    return extended, named()


def _check_header(opened: Opened, column: str, wishes: Wishes) -> None:
    """Check that the name of a detected column is not an address itself, which would be missed."""
    from .accounting import is_address

    if opened.understood.get("header") == "yes" and wishes.header is None and wishes.column is None and is_address(column):
        raise ValueError(f"the first line, {column!r}, may be an address or a header; use --no-header or --header")


def _read_domains(path: str) -> list[str]:
    """Read domains, one per line, without blank lines and comments, such as the header of an exported blocklist."""
    with user_errors(f"{path}: "):
        lines = map(str.strip, Path(path).read_text(encoding="utf-8").splitlines())
        return [line for line in lines if line and not line.startswith("#")]


def _cores() -> int:
    """Return the number of cores that the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Output:
    """The file for the rows to keep, as a context manager; without a path, nothing is written."""

    def __init__(self, path: str | None, keep: str, format_: Format) -> None:
        self._path = path
        self._keep = keep
        self._format = format_
        self._stack = ExitStack()
        self._first_input = ""
        self._schema: pyarrow.Schema | None = None
        self._write: Callable[[pyarrow.RecordBatch], object] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        with user_errors(f"{self._path}: "):
            self._stack.__exit__(*error)

    def open(self, file: str, screened: pyarrow.Schema, column: str) -> None:
        """Open the output for the columns of the first input. Columns of further inputs get the types of the first."""
        from .writing import open_output

        if self._path is None:
            return
        schema = _without_result(screened) if self._keep == "others" else screened
        with user_errors(f"{self._path}: "):
            if self._schema is None:
                self._first_input, self._schema = file, schema
                self._write = self._stack.enter_context(open_output(self._path, self._format, schema, column))
            elif schema.names != self._schema.names:
                raise ValueError(
                    f"the columns of {file} must be those of {self._first_input}: "
                    f"{', '.join(self._schema.names)}, not {', '.join(schema.names)}"
                )

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write the rows of a screened batch that are kept."""
        from pyarrow.compute import invert

        if self._write is None:
            return
        listed = batch.column("listed_domain").is_valid()
        if self._keep == "hits":
            batch = batch.filter(listed)
        elif self._keep == "others":
            batch = batch.filter(invert(listed)).select(_without_result(batch.schema).names)
        with user_errors(f"{self._path}: "):
            self._write(batch if self._schema is None else batch.cast(self._schema))


def _without_result(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Return the schema of the input of a screened batch."""
    from ..screening import RESULT_COLUMNS

    for name in RESULT_COLUMNS:
        schema = schema.remove(schema.get_field_index(name))
    return schema


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
