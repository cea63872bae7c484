"""The data files inside the package, read from a folder or a zip archive."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def read_binary(package: str, name: str) -> bytes:
    """Return the content of a file in a package.

    Raises:
        FileNotFoundError: There is no such file.
    """
    # A package is nearly always a folder. Importing importlib.resources or pathlib would take longer than reading all files.
    try:
        with open(f"{import_module(package).__path__[0]}/{name}", "rb") as file:  # noqa: PTH123
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        content: bytes = _resources().read_binary(package, name)
        return content


def read_text(package: str, name: str) -> str:
    """Return the text of a UTF-8 file in a package.

    Raises:
        FileNotFoundError: There is no such file.
    """
    return read_binary(package, name).decode("utf-8")


def is_file(package: str, name: str) -> bool:
    """Return whether a package contains a file with this name."""
    found: bool = _resources().is_resource(package, name)
    return found


def _resources() -> Any:
    # Python 3.11 and 3.12 deprecate these functions of the standard library. Python 3.13 restored them.
    if sys.version_info >= (3, 13):
        from importlib import resources
    else:
        import importlib_resources as resources
    return resources
