"""The data files inside the package, read from a folder or a zip archive."""

from __future__ import annotations

import sys
from typing import Any

# Python 3.11 and 3.12 deprecate these functions of the standard library. Python 3.13 restored them.
if sys.version_info >= (3, 13):
    from importlib import resources
else:
    import importlib_resources as resources

# The backport does not have types.
_resources: Any = resources


def read_binary(package: str, name: str) -> bytes:
    """Return the content of a file in a package."""
    content: bytes = _resources.read_binary(package, name)
    return content


def read_text(package: str, name: str) -> str:
    """Return the text of a UTF-8 file in a package."""
    content: str = _resources.read_text(package, name, encoding="utf-8")
    return content


def is_file(package: str, name: str) -> bool:
    """Return whether a package contains a file with this name."""
    found: bool = _resources.is_resource(package, name)
    return found
