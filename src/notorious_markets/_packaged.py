"""The data files inside the package, read from a folder or a zip archive."""

from __future__ import annotations

# Imports less than importlib.resources, which takes longer to import than to read a table.
from pkgutil import get_data


def read_binary(package: str, name: str) -> bytes:
    """Return the content of a file in a package.

    Raises:
        FileNotFoundError: The package does not contain the file.
    """
    content = get_data(package, name)
    if content is None:
        raise FileNotFoundError(f"the package {package} cannot be read")
    return content


def read_text(package: str, name: str) -> str:
    """Return the text of a UTF-8 file in a package."""
    return read_binary(package, name).decode("utf-8").replace("\r\n", "\n")


def is_file(package: str, name: str) -> bool:
    """Return whether a package contains a file with this name."""
    try:
        return get_data(package, name) is not None
    except OSError:
        return False
