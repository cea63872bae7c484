"""Rows on standard output: tables for people, and CSV, TSV, JSON and JSON Lines for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..about import CAUTION

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = dict[str, Any]
Shown = str | tuple[str, Callable[[Row], object]]
"""A column of a table: the key of its values in a row, or a heading and a function that computes a value from a row."""

# Wide enough that a line is never folded.
_PIPE_WIDTH = 10_000
# The least width of a folded column.
_FOLDED_WIDTH = 20


def print_rows(
    rows: Sequence[Row],
    form: str,
    *,
    shown: Sequence[Shown],
    columns: Iterable[str] = (),
    title: str = "",
    note: str = "",
) -> None:
    """Print rows in the form that the option `--as` names.

    Args:
        rows: The rows, all with the same keys.
        form: `table`, `csv`, `tsv`, `json` or `jsonl`. All but `table` print every key.
        shown: The columns of a table.
        columns: The header of CSV and TSV if there are no rows.
        title: Text above a table.
        note: Text below a table, before the caution.
    """
    if form == "table":
        _print_table(rows, shown, title, note)
        return
    if form == "json":
        click.echo(_json(rows, indent=2))
    elif form == "jsonl":
        for row in rows:
            print_json_line(row)
    else:
        _print_delimited(rows, list(rows[0] if rows else columns), "," if form == "csv" else "\t")
    print_caution()


def print_json_line(row: Row) -> None:
    """Print one row as a line of JSON."""
    click.echo(_json(row))


def _json(value: object, indent: int | None = None) -> str:
    """Return a value as JSON in which characters that could control a terminal are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def print_caution() -> None:
    """Print the caution on standard error if it is a terminal, for output that has no place for it."""
    if sys.stderr.isatty():
        click.echo(CAUTION, err=True)


def printable(text: str) -> str:
    r"""Return a text in which escapes such as `\x1b` replace the control characters, which could change a terminal."""
    if text.isprintable():
        return text
    escaped = (c if c.isprintable() or c == "\n" else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
    return "".join(escaped)


def console(*, stderr: bool = False) -> Console:
    """Return a rich console that prints text as it is, and folds lines on a terminal but not in a pipe.

    The environment variable `COLUMNS` sets a width in a pipe too.
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return Console(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


def table_of(columns: dict[str, list[object]], width: int) -> Table:
    """Lay out columns as a table. Numbers are right-aligned, and only cells with spaces are folded if the width allows.

    Args:
        columns: The values of each column by its heading.
        width: The width of the console in characters.
    """
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table

    cells = {heading: [printable(_cell(value)) or "-" for value in values] for heading, values in columns.items()}
    folds = {heading: any(" " in cell or "\n" in cell for cell in column) for heading, column in cells.items()}
    needed = sum(
        _FOLDED_WIDTH if folds[heading] else max(map(cell_len, [heading, *column])) + 2 for heading, column in cells.items()
    )
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, column in cells.items():
        # In a narrower console rich would cut off cells that may not be folded.
        no_wrap = needed <= width and not folds[heading]
        table.add_column(heading, overflow="fold", no_wrap=no_wrap, justify="right" if _are_numbers(column) else "left")
    for row in zip(*cells.values(), strict=True):
        table.add_row(*row)
    return table


def _print_table(rows: Sequence[Row], shown: Sequence[Shown], title: str, note: str) -> None:
    columns: dict[str, list[object]] = {}
    for column in shown:
        if isinstance(column, str):
            columns[column.replace("_", " ")] = [row[column] for row in rows]
        else:
            heading, value_of = column
            columns[heading] = [value_of(row) for row in rows]
    out = console()
    if title:
        out.print(f"{printable(title)}\n")
    out.print(table_of(columns, out.width))
    out.print(f"\n{note}{CAUTION}", style="dim")


def _print_delimited(rows: Iterable[Row], columns: Sequence[str], delimiter: str) -> None:
    import csv

    writer = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([printable(_cell(row[column])) for column in columns] for row in rows)


def _cell(value: object) -> str:
    """Return a value as the text of a cell, empty for a missing value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _are_numbers(cells: Sequence[str]) -> bool:
    present = [cell.replace(",", "") for cell in cells if cell != "-"]
    return bool(present) and all(cell.isdecimal() for cell in present)
