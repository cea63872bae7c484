"""The prefilter: which rows of a column may be on the list, by a quick look at their bytes.

It may let through too many rows, never too few. It lets through every address that is not plain (see
`matching.plain_host`), and every plain one whose host ends like a listed domain. The engines differ only in speed.
`Screener` decides about the rows that they let through.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from logging import getLogger
from typing import TYPE_CHECKING, Any, Literal

from .._arrays import array_of, texts
from ..errors import MissingExtra
from ..matching import NOT_LISTED, PLAIN_CHARACTERS, PLAIN_CLASS

if TYPE_CHECKING:
    import pyarrow

    Column = pyarrow.Array[Any]
    Finder = Callable[[Column], tuple[Any, Any]]

_LOGGER = getLogger("notorious_markets")

Engine = Literal["auto", "pattern", "labels", "compiled"]

# How many characters of domains the engine "pattern" takes. Up to the first length it is as fast as the compiled loop,
# which takes a second or two to compile. Up to the second it is faster than the engine "labels". Above 35,000 it exceeds
# the memory that RE2 allows itself and is 20 times slower.
PATTERN_INSTEAD_OF_COMPILED = 3_000
_PATTERN_INSTEAD_OF_LABELS = 10_000
# The engine "labels" compares at most this many labels: few hosts share three with a listed domain and lie elsewhere.
_LABELS = 3
# A host that ends with a dot is left to the parser, because its last label would be empty.
_PLAIN_HOST_ONLY = "(?i)^[a-z0-9._-]*[a-z0-9_-]$"


def finder(engine: Engine, domains: Sequence[str]) -> Finder:
    """Prepare a search for the domains.

    Returns:
        A function that takes a binary column and returns two things: a writable buffer of int32 with the number of the
        domain of each row, or `NOT_LISTED`; and an int32 array of the undecided rows, whose numbers the caller has to
        replace.

    Raises:
        MissingExtra: The engine is `"compiled"` and numba is not installed.
        RuntimeError: The engine is `"compiled"` and numba cannot be imported or cannot compile.
    """
    if engine == "compiled":
        return _compiled(domains)
    length = sum(map(len, domains))
    if engine == "auto" and length > PATTERN_INSTEAD_OF_COMPILED:
        try:
            return _compiled(domains)
        except (MissingExtra, RuntimeError) as error:
            _LOGGER.debug("engine 'auto' cannot use the engine 'compiled': %s", error)
    if engine == "labels" or (engine == "auto" and length > _PATTERN_INSTEAD_OF_LABELS):
        return _undecided_where(_label_search(domains))
    return _undecided_where(_pattern_search(domains))


def _compiled(domains: Sequence[str]) -> Finder:
    try:
        from . import kernel
    except Exception as error:
        # Numba raises many kinds of errors, for example if NumPy is too new for it.
        if isinstance(error, ModuleNotFoundError) and error.name in ("numba", "numpy"):
            raise MissingExtra("numba", "fast") from None
        raise RuntimeError(
            f"numba is installed but cannot be imported ({type(error).__name__}: {error}); "
            "install a version of numba that supports your NumPy and Python, or use the engine 'labels'"
        ) from error
    return kernel.Finder(domains)


def _undecided_where(search: Callable[[Column], Column]) -> Finder:
    """Return a finder that leaves every row undecided in which a search finds something."""

    def find(addresses: Column) -> tuple[Any, Any]:
        from pyarrow.compute import indices_nonzero

        return no_numbers(len(addresses)), indices_nonzero(search(addresses))

    return find


def _pattern_search(domains: Sequence[str]) -> Callable[[Column], Column]:
    pattern = candidate_pattern(domains)

    def search(addresses: Column) -> Column:
        from pyarrow.compute import match_substring_regex

        return match_substring_regex(addresses, pattern)

    return search


def no_numbers(rows: int) -> array[int]:
    """Return the numbers of rows of which none is listed, as a writable buffer."""
    return array("i", [NOT_LISTED]) * rows


def candidate_pattern(domains: Sequence[str], *others: str) -> str:
    """Return a regular expression of RE2 that matches every candidate, and the beginnings that other expressions match."""
    listed = "|".join(map(re.escape, domains))
    after_http = (
        rf"(?:{PLAIN_CLASS}*\.)?(?:{listed})\.?(?:[:/?#]|$)",  # a listed domain: www.listed.example./
        rf"{PLAIN_CLASS}*[^a-z0-9._:/?#-]",  # a character that is not plain: user@listed.example
        rf"{PLAIN_CLASS}*:[0-9]*[^0-9/?#]",  # a colon that begins no port: user:password@listed.example
    )
    candidates = (
        f"(?:https?://)?(?:{'|'.join(after_http)})",
        "https?:/[^/]",  # too few slashes: https:/listed.example
        "https?:///",  # too many slashes: https:///listed.example
        r"/[/\\\t\r\n]",  # slashes without a scheme: //listed.example
        f"(?:{'|'.join(_other_schemes())}):/",  # another scheme: ftp://listed.example
        *others,
    )
    return f"(?i)^(?:{'|'.join(candidates)})"


def _other_schemes() -> Iterator[str]:
    """Yield patterns that together match every plain text but `http` and `https`, because RE2 has no negative lookahead."""
    yield f"{PLAIN_CLASS}{{0,3}}"  # shorter than both: ftp
    yield f"{PLAIN_CLASS}{{6,}}"  # longer than both: gopher
    for scheme in ("http", "https"):
        for position, letter in enumerate(scheme):
            # As long as the scheme, but different from this position on: rtmp, httq, httpd, xttps.
            other_letters = PLAIN_CHARACTERS.replace(letter, "")
            yield f"{scheme[:position]}[{other_letters}]{PLAIN_CLASS}{{{len(scheme) - position - 1}}}"


def _label_search(domains: Sequence[str]) -> Callable[[Column], Column]:
    """Return a search for the last label, the last two and the last three of each host among those of the domains."""
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow lack many of these functions.
    compute: Any = pyarrow.compute
    endings = [domain.split(".")[-_LABELS:] for domain in domains]
    listed = [texts({".".join(labels).encode() for labels in endings if len(labels) == count}) for count in range(1, _LABELS + 1)]
    # Scalars come from arrays, because pyarrow.scalar imports pandas wherever pandas is installed.
    (one,), (empty, dot) = array_of("int32", [1]), texts([b"", b"."])

    def search(addresses: Any) -> Any:
        hosts = _before_slash(compute.fill_null(addresses, empty.cast(addresses.type)))
        text = hosts.view(pa.large_string() if pa.types.is_large_binary(hosts.type) else pa.string())
        labels = compute.split_pattern(compute.ascii_lower(text), ".", max_splits=_LABELS, reverse=True)
        first, position = labels.offsets[:-1], labels.offsets[1:]
        found, tail = compute.invert(compute.match_substring_regex(hosts, _PLAIN_HOST_ONLY)), None
        for listed_tails in listed:
            # A host with fewer labels repeats its first one, which may let through too many rows.
            position = compute.max_element_wise(first, compute.subtract(position, one))
            label = labels.values.take(position)
            tail = label if tail is None else compute.binary_join_element_wise(label, tail, dot.cast(text.type))
            if len(listed_tails):
                found = compute.or_(found, compute.is_in(tail, value_set=listed_tails.cast(tail.type)))
        return compute.and_(found, addresses.is_valid())

    return search


def _before_slash(addresses: Any) -> Any:
    """Return the text between `http://` or `https://` and the next slash, which is the host of a plain address.

    An address without one of these two schemes is cut at its first slash.
    """
    import pyarrow as pa
    import pyarrow.compute

    compute: Any = pyarrow.compute
    with_scheme = compute.or_(*(compute.starts_with(addresses, pattern=scheme) for scheme in ("http://", "https://")))
    parts = compute.split_pattern(addresses, pattern="/", max_splits=3)
    one_with_scheme = with_scheme.cast(pa.int32())
    return parts.values.take(compute.add(parts.offsets[:-1], compute.add(one_with_scheme, one_with_scheme)))
