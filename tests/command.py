"""How tests run the command: in this process, or in a process of its own where pipes, signals or the start matter."""

from __future__ import annotations

import io
import os
import pty
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from click.testing import CliRunner

import notorious_markets as nm
from notorious_markets.cli import cli

COMMAND = [sys.executable, "-m", "notorious_markets"]
# The tested package, wherever it is, without the settings of the user.
ENVIRONMENT = {"PATH": "", "PYTHONPATH": str(Path(nm.__file__).parents[1])}


class Done(NamedTuple):
    code: int
    stdout: str
    stderr: str


def run(line: str, *arguments: object, stdin: bytes = b"", columns: int | None = 200, **environment: str) -> Done:
    """Run the command in this process; an exception that it does not report fails the test."""
    # click 8.1 mixes the two streams unless it is told not to.
    separate: Any = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}
    result = CliRunner(**separate).invoke(
        cli,
        [*shlex.split(line), *map(str, arguments)],
        input=io.BufferedReader(io.BytesIO(stdin)),
        env={"FORCE_COLOR": None, "COLUMNS": None if columns is None else str(columns), **environment},
        catch_exceptions=False,
        prog_name="notorious-markets",
    )
    return Done(result.exit_code, result.stdout, result.stderr)


def run_apart(line: str, *arguments: object, stdin: bytes = b"", **environment: str) -> Done:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *shlex.split(line), *map(str, arguments)],
        capture_output=True,
        check=False,
        env={**ENVIRONMENT, **environment},
        input=stdin,
        timeout=60,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_on_terminal(line: str, *arguments: object) -> str:
    """Run the command in this process with a terminal as standard error, and return what the terminal receives."""
    ours, theirs = pty.openpty()
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(_read_terminal, ours)
        with (
            open(theirs, "w", encoding="utf-8") as terminal,  # noqa: PTH123
            redirect_stderr(terminal),
            redirect_stdout(io.StringIO()),
            patch.dict("os.environ", TERM="xterm", COLUMNS="120"),
        ):
            cli([*shlex.split(line), *map(str, arguments)], standalone_mode=False)
    os.close(ours)
    return received.result().decode()


def _read_terminal(descriptor: int) -> bytes:
    content = b""
    while True:
        try:
            content += os.read(descriptor, 1 << 16)
        except OSError:
            # The other end is closed.
            return content
