"""Atomic writing: a file is either written completely or stays as it was."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a binary file that replaces `path` when the block ends without an error.

    After an error the old file is unchanged. A pipe or device cannot be replaced, so the bytes are written to it directly.
    A symbolic link stays a link, and the file that it points to is replaced.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    path = Path(os.path.realpath(path))
    # The tempfile module would create a file that only its owner can read.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write several files. No old file is replaced before all new files are written.

    Raises:
        OSError: A file cannot be written. The old files are unchanged.
    """
    with ExitStack() as stack:
        for path, content in files.items():
            stream = stack.enter_context(whole_file(path))
            stream.write(content)
            # Errors such as a full disk must occur before the first file is replaced.
            stream.flush()
            os.fsync(stream.fileno())
