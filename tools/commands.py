"""Generate the reference of the command line from its help texts: `python -m tools.commands`."""

from __future__ import annotations

from typing import Any

import click

from notorious_markets._writing import write_files
from notorious_markets.cli import cli
from tools.schema import ROOT

PAGE = ROOT / "docs" / "command-line.md"

# Each command is formatted in a context of its own, which does not inherit the settings of the group.
_SETTINGS: Any = {"help_option_names": cli.context_settings["help_option_names"]}
_HEAD = r"""# Command line

The extra `cli` installs the command `notorious-markets`. `python -m notorious_markets` runs it too. A value that cannot match
anything is an error, and the message lists or suggests valid values. By default, the output is a table for reading, folded to
the width of the terminal; in a pipe each row is one line. `--as csv`, `tsv`, `json` and `jsonl` print all columns. Output to a
pipe is UTF-8 in every locale.

| exit code | meaning |
| --- | --- |
| 0 | success |
| 1 | an argument or a file has an error, which the message explains; or the reader of a pipe has closed it |
| 2 | wrong usage |
| 3 | an address is on the list and `--fail-on-hit` is set |
| 143 | stopped by SIGTERM; no incomplete file is left |

Shell completion covers commands, options, markets, years, countries, tables and formats. To enable it, add this line to the
configuration of your shell:

| shell | line |
| --- | --- |
| bash | `eval "$(_NOTORIOUS_MARKETS_COMPLETE=bash_source notorious-markets)"` |
| zsh | `eval "$(_NOTORIOUS_MARKETS_COMPLETE=zsh_source notorious-markets)"` |
| fish | `_NOTORIOUS_MARKETS_COMPLETE=fish_source notorious-markets \| source` |
"""


def page() -> str:
    """Return the page in Markdown, with the help of each command."""
    parts = [_HEAD]
    for name, command in [("", cli), *sorted(cli.commands.items())]:
        title = f"notorious-markets {name}".strip()
        with click.Context(command, info_name=title, terminal_width=110, **_SETTINGS) as context:
            parts.append(f"## `{title}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    write_files({PAGE: page().encode()})
