"""Atomic writing: a file is either written completely or stays as it was."""

from __future__ import annotations

import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# A process that was killed leaves its unfinished file. Another process may be about to lock one that is younger.
_SECONDS_TO_LOCK = 60


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a binary file that replaces `path` when the block ends without an error.

    After an error the old file is unchanged. The new file has the permissions of the old one. A symbolic link stays a link,
    and the file that it points to is replaced. Unfinished files for the same path whose process was killed are removed.

    Pipes, devices and files to which this process already writes, such as standard output, cannot be replaced. The bytes
    are written to them directly.
    """
    descriptor = _open_descriptor(path)
    if descriptor is not None:
        # What Python has printed comes before the bytes.
        sys.stdout.flush()
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            yield stream
        return
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    path = Path(os.path.realpath(path))
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        # The tempfile module would create a file that only its owner can read. The user's mask applies to new files.
        permissions = 0o666 if mode is None else mode
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, permissions)) as stream:
            # The system removes the lock when the process ends.
            _locks(stream.fileno())
            if mode is not None:
                part.chmod(mode)
            yield stream
        part.replace(path)
        _remove_abandoned(path)
    finally:
        part.unlink(missing_ok=True)


def _locks(descriptor: int) -> bool:
    """Lock an open file for this process, and return whether that was possible."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        # Another process has the lock, or the system has no locks.
        return False
    return True


def _remove_abandoned(path: Path) -> None:
    """Remove the unfinished files of `whole_file` for a path that no process has locked."""
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.part")
    parts: list[Path] = []
    with suppress(OSError):
        parts = [part for part in path.parent.iterdir() if name.fullmatch(part.name)]
    for part in parts:
        # Files of other users may not be opened.
        with suppress(OSError):
            if part.stat().st_mtime < time.time() - _SECONDS_TO_LOCK:
                with part.open("rb") as stream:
                    if _locks(stream.fileno()):
                        part.unlink()


def _open_descriptor(path: Path) -> int | None:
    """Return a descriptor with which this process already writes to a file, such as 1 for `/dev/stdout`, or `None`."""
    try:
        import fcntl

        wanted = path.stat()
        descriptors = [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except (ImportError, OSError):
        # Windows has no module `fcntl`.
        return None
    for descriptor in descriptors:
        # The listing contains the descriptor that it was read with.
        with suppress(OSError):
            is_written = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
            if is_written and os.path.samestat(os.fstat(descriptor), wanted):
                return descriptor
    return None


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write several files. No old file is replaced before all new files are written.

    Raises:
        OSError: A file cannot be written. The old files are unchanged.
    """
    with ExitStack() as stack:
        for path, content in files.items():
            stream = stack.enter_context(whole_file(path))
            stream.write(content)
            # Errors such as a full disk must occur before the first file is replaced. Pipes cannot be synchronized.
            stream.flush()
            if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                os.fsync(stream.fileno())
