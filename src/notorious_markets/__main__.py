"""The command `notorious-markets`, also `python -m notorious_markets`."""

from __future__ import annotations

import sys

from .errors import MissingExtra


def main() -> None:
    """Run the command line, or say which extra installs it."""
    try:
        from .cli import cli
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit(str(MissingExtra(error.name, "cli")))
    cli(prog_name="notorious-markets")


if __name__ == "__main__":
    main()
