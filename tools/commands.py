"""Write the reference of the command line from its own help: `python -m tools.commands`."""

from __future__ import annotations

from typing import Any

import click

from notorious_markets.cli import cli
from tools.facts import ROOT, write_whole

_SETTINGS: Any = {"help_option_names": cli.context_settings["help_option_names"]}
PAGE = ROOT / "docs" / "command-line.md"
_HEAD = r"""# Command line

The extra `cli` installs the command `notorious-markets`, also `python -m notorious_markets`. A value that can match nothing is
an error that lists or suggests the valid ones. Tables are for people; `--as csv`, `tsv`, `json` and `jsonl` print every column.
A table is folded to the width of a terminal; in a pipe each row is a line. Data in a pipe are UTF-8 whatever the locale.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | the question or a file is at fault, as the message says; or the reader of the output left |
| 2 | wrong usage |
| 3 | an address is on the list, with `--fail-on-hit` |
| 143 | ended by SIGTERM; nothing is left half-written |

Completion knows the commands, options, markets, years, countries, tables and formats:

| shell | line for its settings |
| --- | --- |
| bash | `eval "$(_NOTORIOUS_MARKETS_COMPLETE=bash_source notorious-markets)"` |
| zsh | `eval "$(_NOTORIOUS_MARKETS_COMPLETE=zsh_source notorious-markets)"` |
| fish | `_NOTORIOUS_MARKETS_COMPLETE=fish_source notorious-markets \| source` |
"""


def page() -> str:
    """The page, with the help of each command."""
    parts = [_HEAD]
    for name, command in [("", cli), *sorted(cli.commands.items())]:
        words = f"notorious-markets {name}".strip()
        with click.Context(command, info_name=words, terminal_width=110, **_SETTINGS) as context:
            parts.append(f"## `{words}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    write_whole(PAGE, page().encode())
