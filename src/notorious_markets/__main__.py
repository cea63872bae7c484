"""The command `notorious-markets`, also `python -m notorious_markets`."""

from __future__ import annotations

import io
import os
import signal
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
    _speak_utf8()
    # So that what is half written goes away, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        try:
            cli(prog_name="notorious-markets")
        finally:
            sys.stdout.flush()
    except OSError as error:
        # What could not be written would be tried again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1 if isinstance(error, BrokenPipeError) else f"Error: {error.strerror or error}")


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale says; a terminal of another encoding gets escapes for what it lacks."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="surrogateescape" if stream is sys.stdin else "backslashreplace")


if __name__ == "__main__":
    main()
