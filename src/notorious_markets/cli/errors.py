"""Errors of the library and the system as messages of the command."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..errors import NotoriousMarketsError
from .printing import printable


@contextmanager
def user_errors(prefix: str = "") -> Iterator[None]:
    """Report the errors that a question or a file can cause as a message, with exit code 1 and without a traceback.

    Args:
        prefix: Text before the message, such as the name of the file.
    """
    try:
        yield
    except OSError as error:
        # The reader of a pipe may stop reading; click ends the command without a message then.
        if error.errno == errno.EPIPE:
            raise
        raise click.ClickException(printable(f"{prefix}{error.strerror or error}")) from error
    # pyarrow refuses a file with a type or an encoding that it does not read by a subclass of NotImplementedError. The subclass
    # is not named here, because most questions do not import pyarrow.
    except (NotoriousMarketsError, TypeError, ValueError, NotImplementedError) as error:
        raise click.ClickException(printable(f"{prefix}{error}")) from error
