"""The command line: questions about the list, and screening of URLs, one by one or in files.

Exit codes: 0 for success, 1 for an error in the question or a file, 2 for wrong usage, 3 for URLs on the list with
`--fail-on-hit`, 143 after SIGTERM.
"""

from __future__ import annotations

import click

from ..about import CAUTION, DATA_VERSION, __version__
from . import questions, reports, screening

__all__ = ["cli"]


@click.group(epilog=CAUTION, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message=f"%(prog)s %(version)s, data {DATA_VERSION}")
def cli() -> None:
    """Query the U.S. Trade Representative's Notorious Markets List."""


for _command in (*questions.COMMANDS, screening.screen, reports.read_report):
    cli.add_command(_command)
