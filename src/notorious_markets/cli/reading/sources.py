"""The bytes of an input file: opened, decompressed and decoded into UTF-8."""

from __future__ import annotations

import bz2
import codecs
import io
import lzma
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from attrs import frozen

from ..formats import STANDARD_STREAM

if TYPE_CHECKING:
    import pyarrow

    # The schema of a file and its rows.
    Stream = tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]
    # Receives the line, the reason and the content of a record that cannot become a row. It may raise.
    Refuse = Callable[[int, str, bytes], None]

SAMPLE = 1 << 16
"""How many bytes the format, the encoding and the dialect are recognised from."""
_BLOCK = 1 << 22
_COMPRESSED_BLOCK = 1 << 17

# The first bytes of each compressed format. Files of zstd and LZ4 may begin with a frame to skip.
_COMPRESSIONS = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bz2": re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    "lz4": re.compile(rb"\x04\x22\x4d\x18"),
}
_DECOMPRESSORS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    "bz2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
}
# UTF-32 comes before UTF-16, because the mark of UTF-16 is the beginning of its mark.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


@frozen
class Source:
    """The content of an input without compression.

    Attributes:
        path: The name of the file, or `-` for standard input.
        head: The first bytes.
        blocks: All bytes, which can be read once.
        compression: The format of the compression, or `None`.
        is_file: Whether the input is a regular file, rather than standard input, a pipe or a device.
    """

    path: str
    head: bytes
    blocks: Iterator[bytes]
    compression: str | None
    is_file: bool

    @property
    def seekable_path(self) -> str | None:
        """The path, if the content can be read from it in any order."""
        return self.path if self.is_file and self.compression is None else None

    def stream(self) -> BinaryIO:
        """Return the content as a binary stream."""
        return _stream(self.blocks)


@contextmanager
def open_source(path: str) -> Iterator[Source]:
    """Open a file, a named pipe or standard input (`-`). Compression is recognised by the first bytes.

    Raises:
        OSError: The file cannot be read.
        ValueError: The compressed data is damaged or truncated. It may be raised when the blocks are read.
    """
    raw = cast("BinaryIO", sys.stdin.buffer) if path == STANDARD_STREAM else open(path, "rb")  # noqa: PTH123, SIM115
    try:
        head, blocks = _with_head(_blocks_of(raw))
        compression = next((name for name, magic in _COMPRESSIONS.items() if magic.match(head)), None)
        if compression is not None:
            head, blocks = _with_head(_decompressed(blocks, compression))
        yield Source(path, head, blocks, compression, path != STANDARD_STREAM and Path(path).is_file())
    finally:
        if path != STANDARD_STREAM:
            raw.close()


def _blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(_BLOCK), b"")


def _with_head(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes, and all blocks. A block may be short."""
    first = b""
    while len(first) < SAMPLE and (block := next(blocks, b"")):
        first += block
    return first[:SAMPLE], chain([first] if first else [], blocks)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._rest = self._rest or memoryview(next(self._blocks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _stream(blocks: Iterator[bytes]) -> BinaryIO:
    return io.BufferedReader(cast("Any", _Blocks(blocks)), _BLOCK)


def _decompressed(blocks: Iterator[bytes], compression: str) -> Iterator[bytes]:
    """Yield blocks that are not empty."""
    import pyarrow as pa

    try:
        if compression in _DECOMPRESSORS:
            yield from _members(_stream(blocks), _DECOMPRESSORS[compression])
        else:
            # The stubs of pyarrow know neither Python streams nor a computed name.
            arrow: Any = pa
            yield from _blocks_of(arrow.CompressedInputStream(_stream(blocks), compression))
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise ValueError(f"the {compression} data is damaged or truncated: {error}") from error


def _members(stream: BinaryIO, decompressor: Callable[[], Any]) -> Iterator[bytes]:
    """Decompress all members of a file. Zeros between them and at the end, such as those of tapes, are skipped.

    The file classes of the standard library would skip anything that follows the first member of bz2 and xz.
    """
    member, compressed = decompressor(), b""
    while compressed := compressed or stream.read(_COMPRESSED_BLOCK):
        if member.eof:
            compressed = compressed.lstrip(b"\0")
            if not compressed:
                continue
            member = decompressor()
        if content := member.decompress(compressed):
            yield content
        compressed = member.unused_data
    if not member.eof:
        raise EOFError("the end is missing")


def encoding_of(head: bytes, stated: str | None = None) -> tuple[str, int]:
    """Return the encoding of a text that begins with these bytes, and the length of its byte order mark.

    A mark decides. Without one, text in which many bytes are zero, but hardly any at even or at odd positions, is UTF-16.
    Any other text is UTF-8.

    Args:
        head: The first bytes.
        stated: The encoding, if the user states it. A byte order mark of this encoding is recognised too.
    """
    mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
    if stated is not None:
        if mark and _MARKS[mark].startswith(stated.removesuffix("-sig")):
            return _MARKS[mark], len(mark)
        return stated, 0
    if mark:
        return _MARKS[mark], len(mark)
    # The upper half of an ASCII character is zero.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.1 * len(head) and min(even, odd) < 0.1 * max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le", 0
    return "utf-8", 0


def decoded(blocks: Iterable[bytes], encoding: str, mark: int) -> Iterator[bytes]:
    """Yield the text in UTF-8. Text that is declared as UTF-8 passes through unchecked.

    Args:
        blocks: The bytes of the text.
        encoding: The name of their encoding.
        mark: The length of the byte order mark, which is omitted.

    Raises:
        ValueError: The bytes are not in the encoding.
    """
    if encoding == "utf-8":
        yield from without_start(blocks, mark)
        return
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    for block in chain(without_start(blocks, mark), [b""]):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line += str(error.object[: error.start], encoding, "replace").count("\n")
            raise ValueError(f"line {line} is not {encoding}: {error.reason}; choose another encoding with --encoding") from error
        line += text.count("\n")
        if text:
            yield text.encode("utf-8", "surrogatepass")


def without_start(blocks: Iterable[bytes], length: int) -> Iterator[bytes]:
    """Yield blocks without the first bytes, all of which the first block must contain."""
    for block in blocks:
        yield block[length:]
        length = 0
