"""The commands that answer questions about the list."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from io import BufferedReader, TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

# The package loads its modules at the first use, so that help and `lookup` start fast.
import notorious_markets as nm

from ..about import CAUTION
from ..errors import REINSTALL, UnknownValue
from ..matching import Match, lookup
from ..vocabularies import ROLES_IN_WORDS
from . import completion
from .errors import user_errors
from .options import EXIT_HITS, FAIL_ON_HIT, KIND, MARKET, REFANG, ROLE, conditions, form_option, listing_options, text
from .printing import Row, print_caution, print_json_line, print_rows

if TYPE_CHECKING:
    from ..vocabularies import Kind, Role


@click.command("list", epilog="Example: notorious-markets list --year 2021 --kind online")
@listing_options
@form_option()
def _list(form: str, **options: Any) -> None:
    """List the markets in one edition or in all editions."""
    with user_errors():
        found = nm.markets(**conditions(options))
    shown = (
        "year",
        "listing_no",
        "name_as_listed",
        "country",
        ("what or where", lambda row: row["category"] or row["locality"]),
        "page",
        "grade",
    )
    print_rows(found.to_dicts(), form, shown=shown, columns=found.to_arrow().column_names, note=f"{len(found)} listings. ")


@click.command("show", epilog="Example: notorious-markets show aliexpress")
@MARKET
@form_option()
def _show(name: str, form: str) -> None:
    """Show a market and each of its listings with the sources.

    NAME is the id of the market, its name, an alias or a domain.
    """
    with user_errors():
        market = nm.market(name)
    domains = {heading: [row.caption for row in market.domains if row.role == role] for role, heading in ROLES_IN_WORDS.items()}
    facts = [
        ", ".join(filter(None, [market.kind, market.category, market.locality, market.country])),
        f"operator: {market.operator}" if market.operator else "",
        f"parent: {market.parent}" if market.parent else "",
        f"aliases: {', '.join(market.aliases)}" if market.aliases else "",
        *(f"{heading}: {', '.join(shown)}" for heading, shown in domains.items() if shown),
        market.note or "",
    ]
    title = "\n".join([f"{market.name} ({market.market_id})", *filter(None, facts)])
    columns = {
        "market_id": market.market_id,
        "name": market.name,
        "aliases": market.aliases,
        "market_domains": [row.domain for row in market.domains],
    }
    rows = [
        {
            **columns,
            **row,
            # A listing that combines several markets has the id of the first one.
            "market_id": market.market_id,
            "publishers": list(dict.fromkeys(source.publisher for source in listing.sources)),
            "source_urls": [source.url for source in listing.sources],
        }
        for listing, row in zip(market.listings, market.listings.to_dicts(), strict=True)
    ]
    print_rows(rows, form, shown=("year", "name_as_listed", "page", "grade", "publishers"), title=title)


@click.command("history", epilog="Example: notorious-markets history taobao")
@MARKET
@form_option()
def _history(name: str, form: str) -> None:
    """Show for each edition whether it lists a market.

    NAME is the id of the market, its name, an alias or a domain. The status is "cannot be told" if the sources do not
    settle whether an edition lists the market.
    """
    with user_errors():
        market = nm.market(name)
    grades = {listing.year: listing.grade for listing in market.listings}
    rows = [
        {
            "year": edition.year,
            "released": edition.released.isoformat(),
            "status": market.status(edition.year),
            "grade": grades.get(edition.year),
        }
        for edition in nm.editions()
    ]
    print_rows(rows, form, shown=("year", "released", "status", "grade"), title=market.name)


@click.command("changes", epilog="Example: notorious-markets changes 2020 2021 --kind online")
@click.argument("before", type=int, shell_complete=completion.years)
@click.argument("after", type=int, shell_complete=completion.years)
@KIND
@form_option()
def _changes(before: int, after: int, kind: Kind | None, form: str) -> None:
    """Compare two editions: markets added, dropped and kept.

    BEFORE and AFTER are the review years of the editions. A change with a question mark is uncertain, because the other
    edition has entries that no source names, or because a listing is inferred.
    """
    with user_errors():
        found = nm.changes(before, after)
    rows = [
        change.to_dict()
        for change in sorted(found, key=lambda change: (change.change, not change.sure, change.kind, change.market_id))
        if kind in (None, change.kind)
    ]
    shown = (("change", _marked_change), "kind", "market_id", "before_name", "after_name")
    note = "A question mark means that the change is uncertain. "
    columns = found.to_arrow().column_names
    print_rows(rows, form, shown=shown, columns=columns, title=f"{before} to {after}", note=note)


def _marked_change(row: Row) -> str:
    return f"{row['change']}{'' if row['sure'] else '?'}"


@click.command("coverage", epilog="Example: notorious-markets coverage")
@form_option()
def _coverage(form: str) -> None:
    """Count the known listings of each edition by grade."""
    shown = ("year", "kind", "announced", "rows", "primary", "secondary", "inferred", "unidentified")
    print_rows(nm.coverage().to_dicts(), form, shown=shown)


@click.command("sources", epilog="Example: notorious-markets sources --year 2021")
@click.option("--year", type=int, shell_complete=completion.years, help="Only the sources for the listings of this edition.")
@form_option()
def _sources(year: int | None, form: str) -> None:
    """List the documents on which the data are based."""
    with user_errors():
        rows = nm.sources(year).to_dicts()
    # A column of its own would leave a URL too little room on a narrow terminal.
    document = ("document", lambda row: f"{row['source_id']}: {row['publisher']}, {row['source_kind']}\n{row['url']}")
    print_rows(rows, form, shown=("published", document), note=f"{len(rows)} documents. ")


@click.command("export", epilog="Example: notorious-markets export listings-2021.csv --year 2021")
@click.argument("file", type=click.Path())
@click.argument("tables", nargs=-1, shell_complete=completion.tables)
@click.option(
    "--format",
    "format_",
    metavar="FORMAT",
    shell_complete=completion.export_formats,
    help="Format of the file; needed if its extension does not tell the format. The documentation lists the formats.",
)
@listing_options
@ROLE
def _export(file: str, tables: tuple[str, ...], format_: Any, **options: Any) -> None:
    """Write listings, tables, blocklists or entities to a file.

    FILE can be - for standard output. TABLES are the names of tables; by default, the listings are written. --role is for
    blocklists, which have only domains with the role "own" by default.
    """
    with user_errors():
        to: Any = sys.stdout.buffer if file == "-" else file
        written = nm.export(to, tables or None, format=format_, **conditions(options))
    if written:
        click.echo(f"{written}. {CAUTION}", err=True)


@click.command("verify", epilog="Example: notorious-markets verify")
def _verify() -> None:
    """Verify that the installed package is complete and consistent.

    The files with data are compared with their checksums, and the modules with the record of the installer. Then versions,
    columns, keys and counts are checked. The exit code is 1 if anything is wrong.
    """
    from .._verification import findings

    failed = []
    for subject, note, passed in findings():
        click.echo(f"{'NOT CHECKED' if passed is None else 'OK' if passed else 'FAILED'}: {subject}: {note}")
        if passed is False:
            failed.append(subject)
    if failed:
        raise click.ClickException(f"the installation is damaged: {', '.join(failed)}; {REINSTALL}")


@click.command("cite", epilog="Example: notorious-markets cite 2021 --style bibtex")
@click.argument("year", type=int, required=False, shell_complete=completion.years)
@click.option(
    "--market", "name", metavar="NAME", type=text, shell_complete=completion.market_ids, help="Cite the listing of this market."
)
@click.option("--style", type=click.Choice(["apa", "bibtex", "csl-json"]), default="apa", help="Style (default: apa).")
def _cite(year: int | None, name: str | None, style: Any) -> None:
    """Cite the dataset, an edition or a listing.

    YEAR is the review year of an edition; without it, the citation is for the dataset.
    """
    if name is not None and year is None:
        raise click.UsageError("--market needs the year of an edition, such as: cite 2021 --market aliexpress")
    with user_errors():
        cited: Any = year
        if name is not None:
            market = nm.market(name)
            cited = next((listing for listing in market.listings if listing.year == year), None)
            if cited is None:
                raise UnknownValue(f"year of {market.name}", year, market.years)
        citation: Any = nm.cite(cited, style)
    click.echo(citation.rstrip("\n") if isinstance(citation, str) else json.dumps(citation, ensure_ascii=False, indent=2))


@click.command("lookup", epilog="Example: notorious-markets lookup https://ja.aliexpress.com/item/1")
@click.argument("urls", nargs=-1, required=True, type=text)
@ROLE
@REFANG
@FAIL_ON_HIT
@form_option("jsonl")
def _lookup(urls: tuple[str, ...], role: tuple[Role, ...], refang: bool, fail_on_hit: bool, form: str) -> None:
    """Look up the domain on the list, if any, for each URL or host.

    URLS can be - to read them from standard input, one per line, in UTF-8 or UTF-16. JSON Lines are printed as the URLs arrive.
    By default, own and former domains count.
    """
    rows = (_looked_up(url, lookup(url, role=role or None, refang=refang)) for url in _each(urls))
    hit = False
    if form == "jsonl":
        for row in rows:
            hit = hit or row["matched_domain"] is not None
            print_json_line(row)
        print_caution()
    else:
        found = list(rows)
        hit = any(row["matched_domain"] is not None for row in found)
        shown = ("url", "matched_domain", "market_id", ("years", _runs), "role", ("event", _event))
        print_rows(found, form, shown=shown, columns=_looked_up("", None))
    if hit and fail_on_hit:
        sys.exit(EXIT_HITS)


def _each(urls: Iterable[str]) -> Iterator[str]:
    """Yield each URL, and in place of `-` those from standard input."""
    for url in urls:
        if url == "-":
            with user_errors("standard input: "):
                # A byte order mark stands at the beginning of a file, also within joined files.
                yield from (line.rstrip("\r\n").removeprefix("\ufeff") for line in _standard_input())
        else:
            yield url


def _standard_input() -> TextIO:
    """Return standard input, as UTF-16 or UTF-32 if its first bytes are in one of these encodings."""
    from .reading.sources import encoding_of

    # The first bytes stay in the buffer. They are whatever a pipe holds, so that lines are read as they arrive.
    encoding, _ = encoding_of(cast("BufferedReader", sys.stdin.buffer).peek())
    return sys.stdin if encoding == "utf-8" else TextIOWrapper(sys.stdin.buffer, encoding)


def _looked_up(url: str, match: Match | None) -> Row:
    return {"url": url, **(match._asdict() if match else dict.fromkeys(Match._fields))}


def _event(row: Row) -> str:
    return " ".join(filter(None, [row["event"], row["event_date"]]))


def _runs(row: Row) -> list[str]:
    """Return the years of a match as runs such as `2010-2011`."""
    from ..history import spells

    runs = [(run[0], run[-1]) for run in spells(row["years"] or ())]
    return [str(first) if first == last else f"{first}-{last}" for first, last in runs]


COMMANDS = (_list, _show, _history, _changes, _coverage, _sources, _export, _verify, _cite, _lookup)
