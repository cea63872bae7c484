"""The search as a compiled loop over the bytes of an Arrow column. Numba (extra `fast`) compiles it.

Each row takes one pass, whatever the length of the list. The host of a plain address is read backwards, and at each dot
the labels read so far are looked up in a hash table of the domains. A table of bits is asked first: it fits into the
cache of a processor, which the hash table of a long list does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numba import njit

from ..matching import NOT_LISTED, PLAIN_CHARACTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # See `_prepared`. A class would not do: the compiled code that numba stores would refer to it by name, and could not
    # be loaded by a version of the package in which the name is another.
    _Domains = tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int64]]

_LOGGER = getLogger("notorious_markets")

# FNV-1a with 64 bits.
_HASH_START = 0xCBF29CE484222325
_HASH_PRIME = 0x100000001B3
_ALL_BITS = 2**64 - 1
_UPPER_HALF = _ALL_BITS << 32 & _ALL_BITS
# The lowest bits of the hash are the least mixed, so positions in the tables are taken from higher bits.
_SHIFT = 29
# With one bit set for each domain among 16, few other hosts pass the table of bits.
_BITS_FOR_EACH_DOMAIN = 16

# The lower-case form of each byte that a plain host may contain, and 0 for every other byte.
_LOWER_CASE = np.zeros(256, np.uint8)
for _byte in PLAIN_CHARACTERS.encode():
    _LOWER_CASE[_byte] = _byte
    _LOWER_CASE[ord(chr(_byte).upper())] = _byte


class Finder:
    """A search as `prefilter.finder` returns it. Only addresses that are not plain are left undecided.

    Raises:
        RuntimeError: Numba cannot compile the search.
    """

    def __init__(self, domains: Sequence[str]) -> None:
        self._search = _compiled_search()
        self._listed = _prepared([domain.encode() for domain in domains])

    def __call__(self, addresses: Any) -> tuple[Any, Any]:
        """Search a binary column."""
        numbers, undecided, _ = self._found(addresses, 0)
        return numbers, undecided

    def with_unusual(self, addresses: Any) -> tuple[Any, Any, Any]:
        """Search a binary column, and also return the rows that `files.USUAL` does not match, and a few others."""
        return self._found(addresses, len(addresses))

    def _found(self, addresses: Any, unusual_rows: int) -> tuple[Any, Any, Any]:
        _, offsets, content = addresses.buffers()
        width = np.int64 if pa.types.is_large_binary(addresses.type) else np.int32
        bounds = np.frombuffer(offsets, width)[addresses.offset :][: len(addresses) + 1]
        numbers: Any = np.empty(len(addresses), np.int32)
        undecided: Any = np.empty(len(addresses), np.int32)
        unusual: Any = np.empty(unusual_rows, np.int32)
        # Numba compiles the loop again for each combination of types. Here every column has the same types.
        counts = self._search(
            _read_only(b"" if content is None else content),
            bounds.astype(np.int64),
            _LOWER_CASE,
            self._listed,
            numbers,
            undecided,
            unusual,
        )
        undecided_rows, found_unusual = (
            pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(rows)])
            for count, rows in zip(counts, (undecided, unusual), strict=True)
        )
        return numbers, undecided_rows, found_unusual


def _read_only(content: Any) -> NDArray[np.uint8]:
    view = np.frombuffer(content, np.uint8)
    view.flags.writeable = False
    return view


def _prepared(domains: list[bytes]) -> _Domains:
    """Return the domains as the search needs them.

    Returns:
        bits: A bit for each hash. The bits of the domains are set.
        slots: The hash table, with open addressing and at most a quarter full. A slot holds the upper half of the hash
            and the number of the domain plus one. An empty slot is 0.
        content: The bytes of all domains.
        offsets: Where each domain begins in `content`, and where the last one ends.
    """
    bits = np.zeros((1 << (_BITS_FOR_EACH_DOMAIN * len(domains)).bit_length()) // 8, np.uint8)
    slots = np.zeros(1 << (4 * len(domains)).bit_length(), np.uint64)
    for number, domain in enumerate(domains):
        value = _HASH_START
        for byte in reversed(domain):
            value = ((value ^ byte) * _HASH_PRIME) & _ALL_BITS
        bit = (value >> _SHIFT) & (8 * bits.size - 1)
        bits[bit >> 3] |= 1 << (bit & 7)
        slot = (value >> _SHIFT) & (slots.size - 1)
        while slots[slot]:
            slot = (slot + 1) & (slots.size - 1)
        slots[slot] = value & _UPPER_HALF | number + 1
    offsets = np.cumsum([0, *map(len, domains)], dtype=np.int64)
    return bits, slots, _read_only(b"".join(domains)), offsets


@cache
def _compiled_search() -> Any:
    """Compile the search, or load what numba stored earlier. Without a folder to store it in, compile it for this process."""
    search = njit(nogil=True)(_search)
    try:
        # A file inside a zip archive has no folder. Numba raises an error if none of its folders can be written.
        if Path(__file__).is_file():
            search.enable_caching()
        _run_once(search)
    except Exception as error:
        _LOGGER.debug("the compiled search is not stored: %s: %s", type(error).__name__, error)
        search = njit(nogil=True)(_search)
        try:
            _run_once(search)
        except Exception as reason:
            raise RuntimeError(
                f"numba cannot compile the search ({type(reason).__name__}: {reason}); "
                "install another version of numba, or use the engine 'labels'"
            ) from reason
    return search


def _run_once(search: Any) -> None:
    """Run the search on an empty column, because numba compiles at the first call."""
    nothing = np.empty(0, np.int32)
    search(_read_only(b""), np.zeros(1, np.int64), _LOWER_CASE, _prepared([b"example"]), nothing, nothing, nothing)


def _search(
    content: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    lower_case: NDArray[np.uint8],
    listed: _Domains,
    numbers: NDArray[np.int32],
    undecided: NDArray[np.int32],
    unusual: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the number of the domain of each row, the rows that only a parser can decide, and the rows of unusual addresses.

    The unusual addresses are left out if their array is empty.

    Returns:
        The counts of the undecided rows and of the unusual ones.
    """
    slash, colon, question_mark, hash_sign = 47, 58, 63, 35
    count = unusual_count = 0
    for row in range(offsets.size - 1):
        start, end = _after_scheme(content, offsets[row], offsets[row + 1]), offsets[row + 1]
        host_end = start
        while host_end < end and lower_case[content[host_end]] != 0:
            host_end += 1
        # A port is a colon and digits after a host. A colon without digits is not plain: "http:listed.example".
        port_end = host_end
        if start < host_end < end and content[host_end] == colon:
            port_end += 1
            while port_end < end and 48 <= content[port_end] <= 57:
                port_end += 1
            if port_end == host_end + 1:
                port_end = host_end
        is_plain = (
            port_end == end or content[port_end] == slash or content[port_end] == question_mark or content[port_end] == hash_sign
        )
        number = np.int32(NOT_LISTED)
        if is_plain and start < host_end:
            number = _domain_above(content, start, host_end, lower_case, listed)
        # An address that begins with a slash is a path, or has its host after further slashes.
        needs_parser = not is_plain or (start == host_end < end and content[start] == slash)
        if port_end > host_end and number != NOT_LISTED:
            # Only the parser knows whether a port is valid: 65536 is not. It does not matter for a host that is not listed.
            number, needs_parser = np.int32(NOT_LISTED), True
        numbers[row] = number
        if needs_parser:
            undecided[count] = row
            count += 1
        if unusual.size and not (is_plain and port_end == host_end and _is_usual(content, start, host_end, lower_case)):
            unusual[unusual_count] = row
            unusual_count += 1
    return count, unusual_count


@njit(nogil=True)
def _is_usual(content: NDArray[np.uint8], start: int, end: int, lower_case: NDArray[np.uint8]) -> bool:
    """Return whether a plain host has no two hyphens in a row and ends with a dot, a letter, and letters and digits.

    There is no dot or hyphen at its beginning, and no hyphen before its last dot. `files.USUAL` matches such a host.
    """
    dot, hyphen, underscore, a, z = 46, 45, 95, 97, 122
    if start == end or content[start] == dot or content[start] == hyphen:
        return False
    position = end - 1
    while position > start and content[position] != dot:
        if content[position] == hyphen or content[position] == underscore:
            return False
        position -= 1
    is_usual = start < position < end - 1 and a <= lower_case[content[position + 1]] <= z and content[position - 1] != hyphen
    while is_usual and position > start:
        position -= 1
        is_usual = content[position] != hyphen or content[position + 1] != hyphen
    return bool(is_usual)


# Numba inlines the two functions below; calling them would make the loop a tenth slower.
@njit(nogil=True, inline="always")
def _after_scheme(content: NDArray[np.uint8], start: int, end: int) -> int:
    """Return the position after `http://` or `https://`, or the start if the address begins with neither."""
    slash, colon, h, t, p, s = 47, 58, 104, 116, 112, 115
    if end - start > 7 and content[start] == h and content[start + 1] == t and content[start + 2] == t:
        after = start + 5 if content[start + 4] == s else start + 4
        if content[start + 3] == p and content[after] == colon and content[after + 1] == slash and content[after + 2] == slash:
            return after + 3
    return start


@njit(nogil=True, inline="always")
def _domain_above(content: NDArray[np.uint8], start: int, end: int, lower_case: NDArray[np.uint8], listed: _Domains) -> np.int32:
    """Return the number of the longest domain to which a plain host belongs, or `NOT_LISTED`."""
    bits, slots, domains, domain_offsets = listed
    dot = 46
    # All operands are unsigned, because numba converts a signed and an unsigned integer to floats.
    one, three, seven = np.uint64(1), np.uint64(3), np.uint64(7)
    prime, shift = np.uint64(_HASH_PRIME), np.uint64(_SHIFT)
    upper_half, lower_half = np.uint64(_UPPER_HALF), np.uint64(_UPPER_HALF ^ _ALL_BITS)
    bit_mask, slot_mask = np.uint64(8 * bits.size - 1), np.uint64(slots.size - 1)
    if content[end - 1] == dot:
        end -= 1
    found = np.int32(NOT_LISTED)
    # The host is hashed backwards, from its last byte to its first. At each dot, `value` is the hash of the labels read so
    # far, so one pass hashes the host and all its parents: "example", then "a.example", then "www.a.example". The start
    # of the host counts as a dot. A longer domain replaces a shorter one.
    value = np.uint64(_HASH_START)
    position = end
    while position >= start:
        position -= 1
        byte = lower_case[content[position]] if position >= start else np.uint8(dot)
        if byte == dot:
            bit, slot = (value >> shift) & bit_mask, (value >> shift) & slot_mask
            while bits[bit >> three] >> (bit & seven) & one and slots[slot] != 0:
                if slots[slot] & upper_half == value & upper_half:
                    number = np.int64(slots[slot] & lower_half) - 1
                    first = domain_offsets[number]
                    same = domain_offsets[number + 1] - first == end - position - 1
                    for index in range(end - position - 1 if same else 0):
                        same = same and domains[first + index] == lower_case[content[position + 1 + index]]
                    if same:
                        found = np.int32(number)
                slot = (slot + one) & slot_mask
        value = (value ^ np.uint64(byte)) * prime
    return found
