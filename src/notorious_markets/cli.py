"""The command line: questions on a terminal."""

from __future__ import annotations

from typing import get_args

import click
from rich.console import Console
from rich.table import Table

from . import __version__
from .data import DATA_VERSION
from .errors import NotoriousMarketsError
from .models import Category, Goods, Grade, Kind
from .query import markets
from .records import CAUTION


@click.group(epilog=CAUTION)
@click.version_option(__version__, message=f"%(prog)s %(version)s, data {DATA_VERSION}")
def cli() -> None:
    """The U.S. Trade Representative's Notorious Markets List."""


@cli.command("list", epilog="Example: notorious-markets list --year 2021 --kind online")
@click.option("--year", type=int, multiple=True, help="Review year of the edition; may be given several times.")
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Part of the list.")
@click.option("--country", multiple=True, help="ISO 3166-1 alpha-2 code; may be given several times.")
@click.option("--category", type=click.Choice(get_args(Category)), multiple=True, help="What an online market is.")
@click.option("--goods", type=click.Choice(get_args(Goods)), help="What the market is listed for.")
@click.option("--grade", type=click.Choice(get_args(Grade)), multiple=True, help="How sure the listing is.")
@click.option("--as-of", metavar="DATE", help="The edition in force on a day, such as 2022-06-30.")
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
    try:
        found = markets(
            year=year or None,
            kind=kind,
            country=country or None,
            category=category or None,
            goods=goods,
            grade=grade or None,
            as_of=as_of,
        )
    except (NotoriousMarketsError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    table = Table(caption=f"{len(found)} listings. {CAUTION}")
    for name in ("year", "no.", "as listed", "country", "what or where", "page", "grade"):
        table.add_column(name, overflow="fold")
    for row in found:
        cells = (row.year, row.listing_no, row.name_as_listed, row.country, row.category or row.locality, row.page, row.grade)
        table.add_row(*("-" if cell is None else str(cell) for cell in cells))
    Console().print(table)
