"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from ..vocabularies import Category, Goods, Grade, Kind, Role
from . import completion

Command = TypeVar("Command", bound=Callable[..., object])

EXIT_HITS = 3
"""Exit code with `--fail-on-hit` if a URL is on the list."""


def text(value: str) -> str:
    """Read an argument as UTF-8, whatever the locale. Other bytes stay surrogates, as Python represents them."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


MARKET = click.argument("name", type=text, shell_complete=completion.market_ids)
KIND = click.option("--kind", type=click.Choice(get_args(Kind)), help="Only online or only physical markets.")
FAIL_ON_HIT = click.option("--fail-on-hit", is_flag=True, help=f"Exit with code {EXIT_HITS} if a URL is on the list.")
ROLE = click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    multiple=True,
    help="Only domains with this role; may be repeated. A market holds its own domains; the owners of former ones are unknown; "
    "company sites are general sites of a company.",
)
REFANG = click.option(
    "--refang", is_flag=True, help="Also read URLs that were made unclickable, such as hxxps[:]//shop[.]example."
)
_YEAR = click.option(
    "--year",
    type=int,
    multiple=True,
    shell_complete=completion.years,
    help="Only the edition of this review year; may be repeated.",
)
_GRADE = click.option(
    "--grade",
    type=click.Choice(get_args(Grade)),
    multiple=True,
    help="Only listings with this grade of evidence; may be repeated.",
)
_AS_OF = click.option("--as-of", metavar="DATE", help="Only the edition in force on this day, such as 2022-06-30.")
_COUNTRY = click.option(
    "--country",
    multiple=True,
    shell_complete=completion.countries,
    help="Only listings in this country, an ISO 3166-1 alpha-2 code; may be repeated.",
)
_CATEGORY = click.option(
    "--category",
    metavar="CATEGORY",
    type=click.Choice(get_args(Category)),
    multiple=True,
    help=f"Only online markets of this category; may be repeated. Categories: {', '.join(get_args(Category))}.",
)
_MARKET = click.option(
    "--market",
    metavar="NAME",
    multiple=True,
    shell_complete=completion.market_ids,
    help="Only listings of this market: its id, name, alias or domain; may be repeated.",
)
_OPERATOR = click.option(
    "--operator", metavar="NAME", multiple=True, help="Only listings of markets that this company ran or owned; may be repeated."
)
_GOODS = click.option("--goods", type=click.Choice(get_args(Goods)), help="Only markets listed for these goods.")


def edition_options(command: Command) -> Command:
    """Add the options that choose editions and listings."""
    return _with(command, _YEAR, KIND, _GRADE, _AS_OF)


def listing_options(command: Command) -> Command:
    """Add every option that chooses listings."""
    return _with(command, _YEAR, KIND, _GRADE, _AS_OF, _COUNTRY, _CATEGORY, _GOODS, _MARKET, _OPERATOR)


def form_option(default: str = "table") -> Callable[[Command], Command]:
    """Make the option `--as`, the form in which rows are printed."""
    forms = click.Choice(["table", "csv", "tsv", "json", "jsonl"])
    return click.option("--as", "form", type=forms, default=default, help=f"Output format (default: {default}).")


def conditions(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the values of the options into arguments of `markets`, where `None` means no condition."""
    return {name: None if value == () else value for name, value in options.items()}


def _with(command: Command, *decorators: Callable[[Command], Command]) -> Command:
    """Apply decorators in the order in which the help shows them."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
