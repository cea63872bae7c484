"""The command that reads the file of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import notorious_markets as nm

from ..about import CAUTION
from .errors import user_errors
from .options import form_option
from .printing import console, print_rows, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..reports import Report
    from .printing import Shown

_PARTS = ("listings", "contents", "online", "physical", "developments", "unplaced")
_SHOWN: dict[str, Sequence[Shown]] = {
    "listings": (
        "kind",
        ("no.", lambda row: row["listing_no"]),
        ("as printed", lambda row: row["name_as_listed"]),
        ("market", lambda row: row["market_id"]),
        "country",
        ("domains or place", lambda row: row["domains"] or row["locality"]),
        "page",
    ),
    "contents": ("section", "title", "page"),
    "online": (
        ("as printed", lambda row: row["name_as_listed"]),
        "page",
        "domains",
        "headquarters",
        "operated_from",
        "hosted_in",
        "mobile_app",
        "group",
    ),
    "physical": (
        ("country", lambda row: row["country_as_listed"]),
        ("as printed", lambda row: row["name_as_listed"]),
        "locality",
        "page",
    ),
    "developments": ("page", "text"),
    "unplaced": ("page", ("page of the file", lambda row: row["sheet"]), "text", "reason"),
}
_COMPARED: Sequence[Shown] = (
    "finding",
    "kind",
    ("no.", lambda row: row["listing_no"]),
    ("in the package", lambda row: row["name_as_listed"]),
    ("in the report", lambda row: row["name_in_report"]),
    "country",
    "page",
    ("new domains", lambda row: row["new_domains"]),
)


@click.command("read-report", epilog="Example: notorious-markets read-report report.pdf --compare")
@click.argument("file", type=click.Path())
@click.option("--year", type=int, help="Review year, if the file does not tell it.")
@click.option("--part", type=click.Choice(_PARTS), default="listings", help="What to print (default: listings).")
@click.option("--compare", is_flag=True, help="Print the report beside the edition of its year in the package.")
@click.option("--output", metavar="FILE", type=click.Path(), help="Write the listings: CSV, JSON Lines, JSON, Parquet or Excel.")
@form_option()
def read_report(file: str, year: int | None, part: str, compare: bool, output: str | None, form: str) -> None:
    """Read what the file of a report says.

    FILE is the report as a PDF, or its text as pdftotext writes it. Names, pages, domains and places are printed as they stand
    there. Lines that look like headings but could not be placed are counted on standard error; --part unplaced prints them.
    """
    if compare and part != "listings":
        raise click.UsageError("--compare compares the listings; omit --part")
    if output:
        with user_errors():
            _check_format(output)
    with user_errors(f"{file}: "):
        report = nm.read_report(file, year=year)
    with user_errors():
        found: Any = report.compare() if compare else report.listings() if part == "listings" else getattr(report, part)
        written = nm.export(output, report.listings()) if output else None
    shown = _COMPARED if compare else _SHOWN[part]
    title = "\n".join(_facts(report)) if not compare else ""
    if compare and form == "table":
        _print_totals(report)
    print_rows(
        found.to_dicts(), form, shown=shown, columns=found.to_arrow().column_names, title=title, note=f"{len(found)} rows. "
    )
    _warn(report)
    if written:
        click.echo(f"{written}. {CAUTION}", err=True)


def _check_format(output: str) -> None:
    """Check that the name of a file selects a format with room for one table.

    Raises:
        ValueError: It does not.
    """
    from ..exporting import FORMATS

    holds = {suffix: known.holds for known in FORMATS.values() for suffix in known.suffixes}
    allowed = [suffix for suffix, held in holds.items() if held in ("one table", "tables")]
    # A longer suffix is more specific.
    found = max((suffix for suffix in holds if output.casefold().endswith(suffix)), key=len, default="")
    if found not in allowed:
        raise ValueError(f"--output must end with one of {', '.join(allowed)}, not {output!r}")


def _facts(report: Report) -> list[str]:
    """Return what the report says about itself."""
    totals = [
        f"{total} {kind} markets"
        for kind, total in (("online", report.online_total), ("physical", report.physical_total))
        if total
    ]
    return [
        report.title or f"review year {report.year}, without a title",
        *([f"issue focus: {report.issue_focus}"] if report.issue_focus else []),
        f"announced: {' and '.join(totals) or 'no totals found'}",
        (
            f"found: {len(report.online)} online and {len(report.physical)} physical markets, "
            f"{len(report.developments)} positive developments, {len(report.contents)} entries of the contents page"
        ),
    ]


def _print_totals(report: Report) -> None:
    from ..reports.comparing import totals

    rows = totals(report)
    out = console()
    out.print(f"{report.title or report.year}\n")
    out.print(table_of({heading: [row[heading] for row in rows] for heading in rows[0]}, out.width))
    out.print("")


def _warn(report: Report) -> None:
    for problem in report.problems:
        click.echo(f"Note: {problem}", err=True)
    if report.unplaced:
        click.echo(f"Note: {len(report.unplaced)} lines look like headings but were not placed; see --part unplaced", err=True)
