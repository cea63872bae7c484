"""The search as a compiled loop over the bytes of an Arrow column; numba (extra `fast`) compiles it.

One pass a row, whatever the length of the list: the host of a plain address is read backwards, and at each dot what was
read is looked up among the domains, first in a table of bits, which stays in the cache of a processor where the domains
do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numba import njit

from ..matching import NOT_LISTED, PLAIN_CHARACTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# FNV-1a, 64 bits.
_START = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_ALL_BITS = 2**64 - 1
_UPPER_HALF = _ALL_BITS << 32 & _ALL_BITS
_SHIFT = 29
# So many bits for each domain, of which one is set, let few strangers through.
_BITS_EACH = 16

# The lower-case form of each byte of a plain host, 0 for every other byte.
_LOWER = np.zeros(256, np.uint8)
for _byte in PLAIN_CHARACTERS.encode():
    _LOWER[_byte] = _byte
    _LOWER[ord(chr(_byte).upper())] = _byte


def finder(domains: Sequence[str]) -> Callable[[Any], tuple[Any, Any]]:
    """See `prefilter.finder`; here only addresses that are not plain are left open."""
    names = [domain.encode() for domain in domains]
    table, bits = _hash_table(names)
    ends = np.cumsum([0, *map(len, names)], dtype=np.int64)
    listed = np.frombuffer(b"".join(names), np.uint8)

    def find(addresses: Any) -> tuple[Any, Any]:
        _, offsets, content = addresses.buffers()
        width = np.int64 if pa.types.is_large_binary(addresses.type) else np.int32
        bounds: NDArray[Any] = np.frombuffer(offsets, width)[addresses.offset :][: len(addresses) + 1]
        data = np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)
        numbers: Any = np.empty(len(addresses), np.int32)
        rows: Any = np.empty(len(addresses), np.int32)
        count = _search(data, bounds, _LOWER, bits, table, listed, ends, numbers, rows)
        return numbers, pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(rows)])

    return find


def _hash_table(names: list[bytes]) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """The domains by the hash of their reversed bytes, with open addressing, at most a quarter full; and a bit for each.

    A slot has the upper half of the hash, then the number of the domain plus one; an empty one is 0.
    """
    size = 1 << (4 * len(names)).bit_length()
    table = np.zeros(size, np.uint64)
    bits = np.zeros((1 << (_BITS_EACH * len(names)).bit_length()) // 8, np.uint8)
    for number, name in enumerate(names):
        value = _START
        for byte in reversed(name):
            value = ((value ^ byte) * _PRIME) & _ALL_BITS
        bit = (value >> _SHIFT) & (8 * bits.size - 1)
        bits[bit >> 3] |= 1 << (bit & 7)
        slot = (value >> _SHIFT) & (size - 1)
        while table[slot]:
            slot = (slot + 1) & (size - 1)
        table[slot] = value & _UPPER_HALF | number + 1
    return table, bits


# A file inside a zip archive has no folder for what numba compiled.
@njit(nogil=True, cache=Path(__file__).is_file())
def _search(
    data: NDArray[np.uint8],
    bounds: NDArray[Any],
    lower: NDArray[np.uint8],
    bits: NDArray[np.uint8],
    table: NDArray[np.uint64],
    names: NDArray[np.uint8],
    ends: NDArray[np.int64],
    numbers: NDArray[np.int32],
    rows: NDArray[np.int32],
) -> int:
    """Write the number of each row's domain, and the rows that cannot be told; give the count of these."""
    slash, colon, question, hash_sign, dot = 47, 58, 63, 35, 46
    prime, one, shift, mask = np.uint64(_PRIME), np.uint64(1), np.uint64(_SHIFT), np.uint64(table.size - 1)
    of_bits, three, seven = np.uint64(8 * bits.size - 1), np.uint64(3), np.uint64(7)
    upper_half, lower_half = np.uint64(_UPPER_HALF), np.uint64(_UPPER_HALF ^ _ALL_BITS)
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
        has_port = rest > stop
        plain = rest == end or data[rest] == slash or data[rest] == question or data[rest] == hash_sign
        asked = not plain or (start == stop < end and data[start] == slash)
        found = np.int32(NOT_LISTED)
        if plain and stop > start:
            if data[stop - 1] == dot:
                stop -= 1
            value = np.uint64(_START)
            place = stop
            while place >= start:
                place -= 1
                byte = lower[data[place]] if place >= start else np.uint8(dot)
                if byte == dot:
                    bit = (value >> shift) & of_bits
                    slot = (value >> shift) & mask
                    while bits[bit >> three] >> (bit & seven) & one and table[slot] != 0:
                        if table[slot] & upper_half == value & upper_half:
                            number = np.int64(table[slot] & lower_half) - 1
                            length = ends[number + 1] - ends[number]
                            same = length == stop - place - 1
                            for at in range(length if same else 0):
                                same = same and names[ends[number] + at] == lower[data[place + 1 + at]]
                            if same:
                                found = np.int32(number)
                        slot = (slot + one) & mask
                value = (value ^ np.uint64(byte)) * prime
        # Only a parser knows whether a port is one.
        if has_port and found != NOT_LISTED:
            found, asked = np.int32(NOT_LISTED), True
        numbers[row] = found
        if asked:
            rows[count] = row
            count += 1
    return count
