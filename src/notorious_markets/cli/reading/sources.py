"""The bytes of an input file: opened, decompressed and decoded into UTF-8."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from attrs import frozen

from ..formats import STANDARD_STREAM

BLOCK = 1 << 23
SAMPLE = 1 << 16
"""How many bytes the encoding and the dialect are recognised from."""

# The first bytes of each compressed format.
_COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
}
# UTF-32 stands before UTF-16, whose mark is the beginning of its own.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


@frozen
class Source:
    """The bytes of an input without compression.

    Attributes:
        path: The name of the file, or `-` for standard input.
        stream: The bytes.
        head: The first bytes, which `stream` still contains.
        compression: The format of the compression, or `None`.
        seekable: Whether `path` can be read in any order. Pipes and compressed files cannot.
        is_pipe: Whether `path` is a pipe or a device.
    """

    path: str
    stream: io.BufferedReader
    head: bytes
    compression: str | None
    seekable: bool
    is_pipe: bool


@contextmanager
def open_source(path: str) -> Iterator[Source]:
    """Open a file, a named pipe or standard input. Compression is recognised by the first bytes.

    Raises:
        OSError: The file cannot be read.
        ValueError: The compressed data are truncated or damaged.
    """
    import pyarrow as pa

    raw = cast("BinaryIO", sys.stdin.buffer) if path == STANDARD_STREAM else open(path, "rb")  # noqa: PTH123, SIM115
    try:
        stream, head = _peeked(raw)
        compression = next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)
        is_pipe = path != STANDARD_STREAM and not Path(path).is_file()
        seekable = compression is None and path != STANDARD_STREAM and not is_pipe
        if compression is not None:
            stream, head = _peeked(_decompressed(stream, compression))
        try:
            yield Source(path, stream, head, compression, seekable, is_pipe)
        except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile, pa.ArrowException) as error:
            if compression is None or isinstance(error, pa.ArrowInvalid):
                raise
            raise ValueError(f"the {compression} data are truncated or damaged: {error}") from error
    finally:
        if path != STANDARD_STREAM:
            raw.close()


def _peeked(stream: BinaryIO) -> tuple[io.BufferedReader, bytes]:
    """The stream again, and its first bytes. A pipe may deliver them in several pieces."""
    head = stream.read(SAMPLE)
    return io.BufferedReader(cast("Any", _Rejoined(head, stream)), BLOCK), head


class _Rejoined(io.RawIOBase):
    """Bytes that were read from a stream, and then the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if not self._head:
            content = self._rest.read(len(buffer))
            buffer[: len(content)] = content
            return len(content)
        size = min(len(buffer), len(self._head))
        buffer[:size] = self._head[:size]
        self._head = self._head[size:]
        return size


def _decompressed(stream: BinaryIO, compression: str) -> BinaryIO:
    import pyarrow as pa

    if compression == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if compression == "bz2":
        return cast("BinaryIO", bz2.BZ2File(stream))
    if compression == "xz":
        return cast("BinaryIO", lzma.LZMAFile(stream))
    # The stubs of pyarrow know neither Python streams nor a computed name.
    arrow: Any = pa
    return cast("BinaryIO", arrow.CompressedInputStream(stream, compression))


def encoding_of(head: bytes, wanted: str | None = None) -> tuple[str, int]:
    """The encoding of a text that begins with these bytes, and the length of its byte order mark.

    A mark decides. Without one, a text in which every second byte is mostly zero is UTF-16, and any other is UTF-8.

    Raises:
        LookupError: The encoding that the user wants does not exist.
    """
    mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
    if wanted is not None:
        name = codecs.lookup(wanted).name
        same = mark and _MARKS[mark].startswith(name.removesuffix("-sig"))
        return _MARKS[mark] if same else name, len(mark) if same else 0
    if mark:
        return _MARKS[mark], len(mark)
    even, odd = head[::2], head[1::2]
    for name, zeros in (("utf-16-be", even), ("utf-16-le", odd)):
        if len(zeros) > 1 and zeros.count(0) > 0.8 * len(zeros) and (even + odd).count(0) < 0.7 * len(head):
            return name, 0
    return "utf-8", 0


def decoded(stream: BinaryIO, encoding: str, mark: int) -> Iterator[bytes]:
    """Blocks of the text in UTF-8. A text that is UTF-8 already is not checked.

    Raises:
        ValueError: The bytes are not in the encoding.
    """
    stream.read(mark)
    if codecs.lookup(encoding).name == "utf-8":
        while block := stream.read(BLOCK):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    position = mark
    while True:
        block = stream.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise ValueError(f"the text is not {encoding} from byte {position + error.start} on: {error.reason}") from error
        if text:
            yield text.encode("utf-8", "surrogatepass")
        if not block:
            return
        position += len(block)
