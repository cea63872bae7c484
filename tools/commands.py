"""Write the reference of the command line from its help texts: `python -m tools.commands`."""

from __future__ import annotations

from typing import Any

import click

from notorious_markets._writing import write_files
from notorious_markets.cli import cli
from tools.schema import ROOT

PAGE = ROOT / "docs" / "command-line.md"
_SETTINGS: Any = {"help_option_names": cli.context_settings["help_option_names"]}
_INTRODUCTION = r"""# Command line

The extra `cli` installs the command `notorious-markets`, which `python -m notorious_markets` also runs. A value that matches
nothing, such as an unknown country, is an error that lists or suggests valid values.

The default output is a table for people. On a terminal the table fits the width of the window; in a pipe each row is one line.
`--as csv`, `tsv`, `json` and `jsonl` print every column. Pipes and files are UTF-8 regardless of the locale.

| exit code | meaning |
| --- | --- |
| 0 | success |
| 1 | an error in the question or a file, which the message explains; or the reader of the output closed the pipe |
| 2 | wrong usage |
| 3 | a URL is on the list, with `--fail-on-hit` |
| 143 | ended by SIGTERM; no unfinished file is left |

The shell can complete commands, options, markets, years, countries, tables and formats. Add this line to its settings:

| shell | line |
| --- | --- |
| bash | `eval "$(_NOTORIOUS_MARKETS_COMPLETE=bash_source notorious-markets)"` |
| zsh | `eval "$(_NOTORIOUS_MARKETS_COMPLETE=zsh_source notorious-markets)"` |
| fish | `_NOTORIOUS_MARKETS_COMPLETE=fish_source notorious-markets \| source` |
"""


def page() -> str:
    """Return the page, with a section for the help of each command."""
    sections = [_INTRODUCTION]
    for name, command in [("", cli), *sorted(cli.commands.items())]:
        usage = f"notorious-markets {name}".strip()
        with click.Context(command, info_name=usage, terminal_width=110, **_SETTINGS) as context:
            sections.append(f"## `{usage}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(sections)


if __name__ == "__main__":
    write_files({PAGE: page().encode()})
