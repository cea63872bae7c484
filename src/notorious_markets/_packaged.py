"""The data files inside the package, read from a folder, an archive or a frozen program, and compared with their checksums.

A file is named by its path inside the package, with slashes, such as `data/listings.parquet`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from .about import DATA_VERSION
from .errors import DamagedInstallation


def read_text(name: str) -> str:
    """Return the text of a packaged UTF-8 file; see `read_binary`."""
    return read_binary(name).decode("utf-8")


def read_binary(name: str) -> bytes:
    """Return the content of a packaged file.

    Raises:
        DamagedInstallation: The file is missing, cannot be read, or is not the file that this version was built with.
    """
    content = _content(name)
    found, expected = _sha256(content), checksums().get(name)
    if found != expected:
        problem = f"is damaged or belongs to another version: its SHA-256 is {found} instead of {expected}"
        raise DamagedInstallation(path_of(name), problem)
    return content


def checksums() -> dict[str, str]:
    """Return the SHA-256 of each packaged data file, in hexadecimal digits.

    Raises:
        DamagedInstallation: The module with the checksums is damaged.
    """
    try:
        from .data.checksums import SHA256
    # Damaged code can raise anything.
    except Exception as error:
        raise DamagedInstallation(path_of("data/checksums.py"), f"cannot be imported: {error}") from error
    return SHA256


def check_version(name: str, data_version: str) -> None:
    """Check that an intact file has the data version of the package.

    Raises:
        DamagedInstallation: It does not. The module with the data version is at fault, because it has no checksum.
    """
    if data_version != DATA_VERSION:
        problem = f"is damaged or belongs to another version: it says {DATA_VERSION}, and {name} says {data_version}"
        raise DamagedInstallation(path_of("data/__init__.py"), problem)


def path_of(name: str) -> str:
    """Return the path of a packaged file, which can be inside an archive."""
    return os.path.join(os.path.dirname(__file__), *name.split("/"))  # noqa: PTH118, PTH120


def _content(name: str) -> bytes:
    """Return the content of a packaged file without a check."""
    path = path_of(name)
    try:
        # The package is nearly always a folder. Importing importlib.resources takes longer than all else that a first query does.
        if os.path.isdir(os.path.dirname(__file__)):  # noqa: PTH112, PTH120
            with open(path, "rb") as file:  # noqa: PTH123
                return file.read()
        content: bytes = _resources().read_binary(__package__, *name.split("/"))
    except FileNotFoundError:
        raise DamagedInstallation(path, "is missing") from None
    # A damaged archive raises other errors than a folder.
    except Exception as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DamagedInstallation(path, f"cannot be read: {reason}") from error
    return content


def _resources() -> Any:
    # The functions of the standard library take files in folders of a package since Python 3.13.
    if sys.version_info >= (3, 13):
        from importlib import resources
    else:
        import importlib_resources as resources
    return resources


def _sha256(content: bytes) -> str:
    """Return the SHA-256 of a content in hexadecimal digits.

    `hashlib` loads OpenSSL, which takes a fourth of the time of a first lookup. The modules that Python's own `hashlib` uses
    without OpenSSL do not need it.
    """
    for module in ("_sha2", "_sha256"):
        try:
            digest: str = import_module(module).sha256(content).hexdigest()
        except (AttributeError, ImportError):
            continue
        return digest
    from hashlib import sha256

    return sha256(content).hexdigest()
