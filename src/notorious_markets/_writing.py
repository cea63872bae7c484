"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for bytes that replaces `path` when the block ends without an error.

    After an error the old file stays as it was. A pipe or a device cannot be replaced and receives the bytes at once.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    # The tempfile module would create a file that only its owner may read.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write several files. None of them replaces an old one before all are written.

    Raises:
        OSError: A file cannot be written; the old files stay as they were.
    """
    with ExitStack() as stack:
        for path, content in files.items():
            stream = stack.enter_context(whole_file(path))
            stream.write(content)
            # An error such as a full disk must occur before the first replacement.
            stream.flush()
            os.fsync(stream.fileno())
