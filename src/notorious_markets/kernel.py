"""The search for candidates as a compiled loop over the bytes of an Arrow column; numba (extra `fast`) compiles it.

One pass a row, whatever the length of the list: the host of a plain address is read backwards, and at each dot the hash
of what was read is looked up among the hashes of the domains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# FNV-1a, 64 bits.
_START = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_ALL_BITS = 2**64 - 1

# The lower-case form of each byte of a plain host, 0 for every other byte.
_LOWER = np.zeros(256, np.uint8)
for _byte in b"abcdefghijklmnopqrstuvwxyz0123456789._-":
    _LOWER[_byte] = _byte
    _LOWER[ord(chr(_byte).upper())] = _byte


def finder(domains: Iterable[str]) -> Callable[[pa.Array[Any]], pa.Array[Any]]:
    """A function that gives the numbers of the rows of a binary column whose addresses may be on one of the domains."""
    table = _hash_table(list(domains))

    def find(addresses: Any) -> pa.Array[Any]:
        _, offsets, content = addresses.buffers()
        width = np.int64 if pa.types.is_large_binary(addresses.type) else np.int32
        bounds: NDArray[Any] = np.frombuffer(offsets, width)[addresses.offset :][: len(addresses) + 1]
        data = np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)
        rows: Any = np.empty(len(addresses), np.int32)
        count = _candidates(data, bounds, _LOWER, table, rows)
        return pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(rows)])

    return find


def _hash_table(domains: list[str]) -> NDArray[np.uint64]:
    """The hashes of the reversed domains with open addressing, at most a quarter full; an empty slot is 0."""
    size = 1 << (4 * len(domains)).bit_length()
    table = np.zeros(size, np.uint64)
    for domain in domains:
        value = _START
        for byte in reversed(domain.encode()):
            value = ((value ^ byte) * _PRIME) & _ALL_BITS
        value |= 1
        slot = (value >> 29) & (size - 1)
        while table[slot]:
            slot = (slot + 1) & (size - 1)
        table[slot] = value
    return table


# A file inside a zip archive has no folder for what numba compiled.
@njit(nogil=True, cache=Path(__file__).is_file())
def _candidates(
    data: NDArray[np.uint8],
    bounds: NDArray[Any],
    lower: NDArray[np.uint8],
    table: NDArray[np.uint64],
    rows: NDArray[np.int32],
) -> int:
    """Write the numbers of the candidate rows and give their count. The rule is that of `prefilter`."""
    slash, colon, question, hash_sign, dot = 47, 58, 63, 35, 46
    prime, one, shift, mask = np.uint64(_PRIME), np.uint64(1), np.uint64(29), np.uint64(table.size - 1)
    count = 0
    for row in range(bounds.size - 1):
        start, end = bounds[row], bounds[row + 1]
        if end - start > 7 and data[start] == 104 and data[start + 1] == 116 and data[start + 2] == 116:
            after = start + 5 if data[start + 4] == 115 else start + 4
            if data[start + 3] == 112 and data[after] == colon and data[after + 1] == slash and data[after + 2] == slash:
                start = after + 3
        stop = start
        while stop < end and lower[data[stop]] != 0:
            stop += 1
        rest = stop
        if stop < end and stop > start and data[stop] == colon:
            rest += 1
            while rest < end and 48 <= data[rest] <= 57:
                rest += 1
            if rest == stop + 1:
                rest = stop
        ends = rest == end or data[rest] == slash or data[rest] == question or data[rest] == hash_sign
        candidate = not ends or (start == stop < end and data[start] == slash)
        if ends and stop > start:
            if data[stop - 1] == dot:
                stop -= 1
            value = np.uint64(_START)
            place = stop
            while not candidate and place >= start:
                place -= 1
                byte = lower[data[place]] if place >= start else np.uint8(dot)
                if byte == dot:
                    sought = value | one
                    slot = (sought >> shift) & mask
                    while table[slot] != 0:
                        candidate = candidate or table[slot] == sought
                        slot = (slot + one) & mask
                value = (value ^ np.uint64(byte)) * prime
        if candidate:
            rows[count] = row
            count += 1
    return count
