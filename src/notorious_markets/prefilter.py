"""Which rows of a column may be on the list: a quick look at the bytes that may let through too much, never too little.

Every address that is not plain is a candidate, and every plain one whose host ends like a listed domain. The engines
differ in speed only; `matching` decides about what they let through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from .arrays import integers
from .errors import MissingExtra
from .matching import domain_above

if TYPE_CHECKING:
    import pyarrow

    Column = pyarrow.Array[Any]
    Finder = Callable[[Column], Column]

Engine = Literal["auto", "pattern", "walk", "compiled"]

# RE2 gives an expression a fixed budget of memory: above some 35,000 characters of domains it is 20 times slower.
_PATTERN_LIMIT = 28_000
# Up to this length the expression is as fast as the compiled loop, which takes half a second to compile.
_PATTERN_ENOUGH = 3_000
_REMEMBERED = 1 << 20
_REMEMBERED_LENGTH = 255

_HOST_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-"
_HOST = "[a-z0-9._-]"
# A plain address: what a browser takes for its host is what stands there, in lower case.
_PLAIN = re.compile(rf"({_HOST}+)(?::[0-9]+)?(?:[/?#]|\Z)".encode(), re.IGNORECASE)


def finder(engine: Engine, domains: Sequence[str]) -> Finder:
    """A function that gives the numbers of the candidate rows of a binary column."""
    length = sum(map(len, domains))
    if engine == "auto":
        engine = (
            "pattern"
            if length <= _PATTERN_ENOUGH
            else "compiled"
            if find_spec("numba")
            else "pattern"
            if length <= _PATTERN_LIMIT
            else "walk"
        )
    if engine == "pattern":
        return _pattern_finder(domains)
    if engine == "walk":
        return _walk_finder(domains)
    try:
        from . import kernel
    except ModuleNotFoundError as error:
        if error.name not in ("numba", "numpy"):
            raise
        raise MissingExtra("numba", "fast") from None
    return kernel.finder(domains)


def _pattern_finder(domains: Sequence[str]) -> Finder:
    pattern = _pattern(domains)

    def find(addresses: Column) -> Column:
        from pyarrow.compute import indices_nonzero, match_substring_regex

        return indices_nonzero(match_substring_regex(addresses, pattern))

    return find


def _pattern(domains: Sequence[str]) -> str:
    """A regular expression of RE2 for candidates; RE2 cannot say "not", so what is not plain is spelled out."""
    listed = "|".join(map(re.escape, domains))
    other_schemes = "|".join(f"{_HOST}{{{length}}}" for length in ("0,3", "6,")) + "".join(
        f"|{word[:place]}[{_HOST_CHARACTERS.replace(letter, '')}]{_HOST}{{{len(word) - place - 1}}}"
        for word in ("http", "https")
        for place, letter in enumerate(word)
    )
    return (
        "(?i)^(?:(?:https?://)?(?:"
        rf"{_HOST}*[^a-z0-9._:/?#-]|{_HOST}*:[0-9]*[^0-9/?#]|(?:{_HOST}*\.)?(?:{listed})\.?(?:[:/?#]|$))"
        rf"|https?:///|/[/\\\t\r\n]|(?:{other_schemes}):/|https?:/[^/])"
    )


def _walk_finder(domains: Sequence[str]) -> Finder:
    listed = frozenset(domains)
    remembered: dict[bytes, bool] = {}

    def is_candidate(authority: bytes) -> bool:
        plain = _PLAIN.match(authority)
        return plain is None or domain_above(plain[1].decode().lower().removesuffix("."), listed) is not None

    def find(addresses: Column) -> Column:
        rows = []
        for row, address in enumerate(addresses.to_pylist()):
            if address is None:
                continue
            parts = address.split(b"/", 3)
            authority = parts[2] if len(parts) > 2 and not parts[1] and parts[0] in (b"http:", b"https:") else parts[0]
            answer = remembered.get(authority)
            if answer is None:
                answer = is_candidate(authority)
                if len(authority) <= _REMEMBERED_LENGTH:
                    if len(remembered) >= _REMEMBERED:
                        remembered.clear()
                    remembered[authority] = answer
            if answer:
                rows.append(row)
        return integers("i", rows)

    return find
