"""Defanged addresses: addresses that were made unclickable on purpose, such as `hxxps://shop[.]example`.

An address counts as defanged only if it cannot be read as it stands. `hxxps://shop.example` has the host `shop.example` in
any case. The patterns have the same meaning in Python's `re` and in RE2, so that single addresses and columns agree.
"""

from __future__ import annotations

import re
from typing import Any

_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_BLANK = r"[\t ]*"
_DOT = (
    rf"{_BLANK}(?:{_OPEN}{_BLANK}(?:\.|dot){_BLANK}{_CLOSE}"  # shop[.]example, shop (dot) example
    rf"|{_OPEN}\.|\.{_CLOSE}|\\\.){_BLANK}"  # shop[.example, shop.]example, shop\.example
)
_BRACKETED = rf"{_OPEN}{_BLANK}([:/@]){_BLANK}{_CLOSE}"  # shop.example[:]8080, shop.example[/]item
_SCHEME = r"[a-z*_][a-z0-9*_+.-]*"
# A colon and two slashes, with brackets around any of them: [:]//, [://], :[//].
_SEPARATOR = rf"{_OPEN}?:{_CLOSE}?{_OPEN}?[/\\]{_CLOSE}?{_OPEN}?[/\\]{_CLOSE}?"
_DEFANGED = (
    rf"(?i)^[\x00-\x20]*(?:(?:{_SCHEME}:[/\\][/\\])?[^\x00-\x20/?#]*?(?:{_DOT}|{_BRACKETED})"
    rf"|{_SCHEME}(?:{_OPEN}:|:{_CLOSE}|:{_OPEN}/|:/{_OPEN}/|:/{_CLOSE}|://{_CLOSE})"
    r"|h[*_][*_]ps?:)"
)
_IS_DEFANGED = re.compile(_DEFANGED, re.ASCII).match
_START = re.compile(rf"{_SCHEME}{_SEPARATOR}", re.ASCII | re.IGNORECASE)
_ANY_BRACKETED = re.compile(_BRACKETED, re.ASCII)
# Starting only at the first of several blanks takes linear time.
_ANY_DOT = re.compile(rf"(?<![\t ]){_DOT}", re.ASCII | re.IGNORECASE)
_C0_OR_SPACE = "".join(map(chr, range(0x21)))


def refanged(text: str) -> str | None:
    """Return a defanged address with its dots, colons and slashes restored, and `None` if it is not defanged.

    The scheme becomes `http`, because only the host of the result is of interest.
    """
    text = text.lstrip(_C0_OR_SPACE)
    if not _IS_DEFANGED(text):
        return None
    start = _START.match(text)
    rest = text if start is None else "http://" + text[start.end() :]
    return _ANY_DOT.sub(".", _ANY_BRACKETED.sub(r"\1", rest))


def are_defanged(addresses: Any) -> Any:
    """Return which addresses of a binary Arrow array are defanged, as booleans, null where the address is null."""
    from pyarrow.compute import match_substring_regex

    return match_substring_regex(addresses, _DEFANGED)
