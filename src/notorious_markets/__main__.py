"""The command `notorious-markets`, also `python -m notorious_markets`."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys

from .errors import DamagedInstallation, MissingExtra, damage_of


def main() -> None:
    """Run the command line. If click is not installed, exit with the name of the extra."""
    try:
        from .cli import cli
    except (ImportError, OSError, SyntaxError) as error:
        if damage := damage_of(error):
            sys.exit(f"Error: {damage}")
        if not isinstance(error, ModuleNotFoundError) or error.name != "click":
            raise
        sys.exit(str(MissingExtra(error.name, "cli")))
    _replace_closed_streams()
    _use_utf8()
    # Raising SystemExit, as Ctrl-C raises KeyboardInterrupt, removes unfinished files.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        try:
            cli(prog_name="notorious-markets")
        finally:
            sys.stdout.flush()
            # Before it ends, Python searches every object for cycles of references, which takes as long as many an answer.
            gc.freeze()
    except (DamagedInstallation, ImportError, OSError, SyntaxError) as error:
        if damage := error if isinstance(error, DamagedInstallation) else damage_of(error):
            sys.exit(f"Error: {damage}")
        if not isinstance(error, OSError):
            raise
        # Python flushes standard output again at exit, which would report the same error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1 if isinstance(error, BrokenPipeError) else f"Error: {error.strerror or error}")


def _replace_closed_streams() -> None:
    """Replace streams that were closed before the start, which Python represents by `None`.

    Reading from standard input and writing to standard output become errors. Messages to standard error are lost.
    """
    for name, flags in (("stdin", os.O_WRONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), "r" if name == "stdin" else "w"))


def _use_utf8() -> None:
    """Read and write UTF-8 in pipes and files regardless of the locale.

    A terminal keeps its encoding, and shows characters outside it as escapes.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="surrogateescape" if stream is sys.stdin else "backslashreplace")


if __name__ == "__main__":
    main()
