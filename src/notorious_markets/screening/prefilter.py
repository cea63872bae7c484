"""Which rows of a column may be on the list: a quick look at the bytes that may let through too much, never too little.

Every address that is not plain is a candidate, and every plain one whose host ends like a listed domain. The engines
differ in speed only; `screening` decides about what they let through.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, MutableSequence, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from .._arrays import array_of, texts
from ..errors import MissingExtra
from ..matching import NOT_LISTED, PLAIN_CHARACTERS

if TYPE_CHECKING:
    import pyarrow

    Column = pyarrow.Array[Any]
    Numbers = MutableSequence[int]
    Finder = Callable[[Column], tuple[Numbers, Column]]

Engine = Literal["auto", "pattern", "labels", "compiled"]

# Of the expression, in characters of domains. Up to the first length it is as fast as the compiled loop, which takes a
# second or two to compile, and up to the second faster than looking up labels; above 35,000 it exceeds the memory that RE2
# allows itself, and is 20 times slower.
_PATTERN_ENOUGH = 3_000
_PATTERN_FASTER = 10_000
# Domains of more labels are as good as told by their last three.
_LABELS = 3

_HOST = "[a-z0-9._-]"
# What ends with a dot is left to the parser, since the last label would be empty.
_ONLY_HOST = f"(?i)^{_HOST}*[a-z0-9_-]$"


def finder(engine: Engine, domains: Sequence[str]) -> Finder:
    """A function that looks through a binary column.

    It gives for each row the number of its domain, or `NOT_LISTED`, as a writable buffer of 32 bits a row; and the
    numbers of the rows of which it cannot tell.
    """
    if engine == "auto":
        length, compiles = sum(map(len, domains)), find_spec("numba") is not None
        short = length <= (_PATTERN_ENOUGH if compiles else _PATTERN_FASTER)
        engine = "pattern" if short else "compiled" if compiles else "labels"
    if engine == "pattern":
        return _undecided(_pattern_search(domains))
    if engine == "labels":
        return _undecided(_label_search(domains))
    try:
        from . import kernel
    except ModuleNotFoundError as error:
        if error.name not in ("numba", "numpy"):
            raise
        raise MissingExtra("numba", "fast") from None
    return kernel.finder(domains)


def _undecided(search: Callable[[Column], Column]) -> Finder:
    """A finder that can tell of no row in which the search finds something."""

    def find(addresses: Column) -> tuple[Numbers, Column]:
        from pyarrow.compute import indices_nonzero

        return array("i", [NOT_LISTED]) * len(addresses), indices_nonzero(search(addresses))

    return find


def _pattern_search(domains: Sequence[str]) -> Callable[[Column], Column]:
    pattern = _pattern(domains)

    def search(addresses: Column) -> Column:
        from pyarrow.compute import match_substring_regex

        return match_substring_regex(addresses, pattern)

    return search


def _pattern(domains: Sequence[str]) -> str:
    """A regular expression of RE2 for candidates; RE2 cannot say "not", so what is not plain is spelled out."""
    listed = "|".join(map(re.escape, domains))
    other_schemes = "|".join(f"{_HOST}{{{length}}}" for length in ("0,3", "6,")) + "".join(
        f"|{word[:place]}[{PLAIN_CHARACTERS.replace(letter, '')}]{_HOST}{{{len(word) - place - 1}}}"
        for word in ("http", "https")
        for place, letter in enumerate(word)
    )
    return (
        "(?i)^(?:(?:https?://)?(?:"
        rf"{_HOST}*[^a-z0-9._:/?#-]|{_HOST}*:[0-9]*[^0-9/?#]|(?:{_HOST}*\.)?(?:{listed})\.?(?:[:/?#]|$))"
        rf"|https?:///|/[/\\\t\r\n]|(?:{other_schemes}):/|https?:/[^/])"
    )


def _label_search(domains: Sequence[str]) -> Callable[[Column], Column]:
    """A search for the last label, the last two and the last three of each host among those of the domains."""
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow know few of these functions.
    compute: Any = pyarrow.compute
    split = [domain.split(".")[-_LABELS:] for domain in domains]
    known = [texts({".".join(labels).encode() for labels in split if len(labels) == count}) for count in range(1, _LABELS + 1)]
    # Not pyarrow.scalar, which imports pandas where it is installed.
    (one,), (nothing, dot) = array_of("int32", [1]), texts([b"", b"."])

    def search(addresses: Any) -> Any:
        hosts = _before_slash(compute.fill_null(addresses, nothing.cast(addresses.type)))
        text = hosts.view(pa.large_string() if pa.types.is_large_binary(hosts.type) else pa.string())
        labels = compute.split_pattern(compute.ascii_lower(text), ".", max_splits=_LABELS, reverse=True)
        first, place = labels.offsets[:-1], labels.offsets[1:]
        found, tail = compute.invert(compute.match_substring_regex(hosts, _ONLY_HOST)), None
        for tails in known:
            # A host of fewer labels repeats its first one, which may let too much through.
            place = compute.max_element_wise(first, compute.subtract(place, one))
            label = labels.values.take(place)
            tail = label if tail is None else compute.binary_join_element_wise(label, tail, dot.cast(text.type))
            if len(tails):
                found = compute.or_(found, compute.is_in(tail, value_set=tails.cast(tail.type)))
        return compute.and_(found, addresses.is_valid())

    return search


def _before_slash(addresses: Any) -> Any:
    """What stands before the first slash, after `http://` or `https://`: of a plain address its host."""
    import pyarrow as pa
    import pyarrow.compute

    compute: Any = pyarrow.compute
    with_scheme = compute.or_(*(compute.starts_with(addresses, pattern=scheme) for scheme in ("http://", "https://")))
    parts = compute.split_pattern(addresses, pattern="/", max_splits=3)
    one_more = with_scheme.cast(pa.int32())
    return parts.values.take(compute.add(parts.offsets[:-1], compute.add(one_more, one_more)))
