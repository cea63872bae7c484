"""Screening of files: which rows are on the list, and which addresses are unusual, in one search.

The account of a file counts the values that are not addresses. Only the unusual addresses need a closer look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .._columns import TextInput, as_bytes, unencoded
from ..matching import PLAIN_CLASS
from .prefilter import PATTERN_INSTEAD_OF_COMPILED, candidate_pattern, no_numbers
from .results import result_schema
from .screener import Screener, in_order

if TYPE_CHECKING:
    import pyarrow

    from ..matching import Entry
    from .prefilter import Engine

USUAL = r"(?i)^(?:https?://)?[a-z0-9_](?:[a-z0-9._]|-[a-z0-9._])*\.(?:[a-z][a-z0-9]*|xn--p1ai)(?:[/?#]|$)"
"""A pattern of RE2 for the bytes of most addresses. What it matches has a host that can exist.

A label that begins with "xn--" may be invalid, which .xn--p1ai, the most frequent ending of this kind, is not. A host that
ends with a number is an IP address.
"""

# What `USUAL` does not match. To match more is not wrong, but slow.
_LABEL, _END = "[a-z0-9_-]", "(?:[/?#]|$)"
_UNUSUAL_HOSTS = (
    rf"{_LABEL}*{_END}",  # no dot: localhost
    "[.-]",  # a dot or a hyphen at the beginning: -shop.example
    rf"{PLAIN_CLASS}*\.(?:[0-9_-]{_LABEL}*)?{_END}",  # an ending without a letter at its beginning: 192.0.2.1
    rf"{PLAIN_CLASS}*\.[a-z][a-z0-9]*[_-]{_LABEL}*{_END}",  # an ending with other characters: shop.xn--fiqs8s
    rf"{PLAIN_CLASS}*-[.-]",  # a label in Punycode, or a hyphen at the end of one: xn--80ak6aa92e.example
)
_UNUSUAL = (
    f"(?:https?://)?(?:{'|'.join(_UNUSUAL_HOSTS)})",
    f"https?://{PLAIN_CLASS}*:",  # a port after a scheme: http://shop.example:80
    f"{PLAIN_CLASS}*:(?:[^/]|$)",  # a port, or nothing after a colon: shop.example:80
    "https?:/$",
)


class FileScreener(Screener):
    """A screener that finds the unusual addresses of a file in the same search."""

    def _set(self, entries: dict[str, Entry], engine: Engine) -> None:
        super()._set(entries, engine)
        is_short = engine == "auto" and sum(map(len, entries)) <= PATTERN_INSTEAD_OF_COMPILED
        if is_short:
            self._search = _joint_search(list(entries))
        elif hasattr(self._find, "with_unusual"):
            self._search = self._compiled_search
        else:
            self._search = self._separate_searches

    def screened(
        self, reader: pyarrow.RecordBatchReader, column: str, threads: int, *, refang: bool
    ) -> tuple[pyarrow.Schema, Iterator[tuple[pyarrow.RecordBatch, Any]]]:
        """Screen the rows of a reader.

        Args:
            reader: The rows.
            column: The name of the column of addresses.
            threads: How many batches are screened at the same time.
            refang: Whether to read defanged addresses.

        Returns:
            The schema of the batches, and the batches as `screen` returns them with `result="rows"`. With each batch comes
            an int32 array of the rows with unusual addresses. `USUAL` matches every other address that is not missing. It
            is `None` if the type of the column is an encoding of another type.

        Raises:
            TypeError, UnknownValue, ValueError: As `screen`.
        """
        source = TextInput.of("urls", reader, column)
        schema = result_schema(source, "rows")

        def examined(batch: pyarrow.RecordBatch) -> tuple[pyarrow.RecordBatch, Any, Any]:
            return batch, *self._examined(batch.column(source.position), refang=refang)

        def batches() -> Iterator[tuple[pyarrow.RecordBatch, Any]]:
            import pyarrow as pa

            for batch, numbers, unusual in in_order(examined, source.batches, threads):
                columns = [*batch.columns, *(values.take(numbers) for values in self._columns)]
                yield pa.RecordBatch.from_arrays(columns, schema=schema), unusual

        return schema, batches()

    def _examined(self, column: Any, *, refang: bool) -> tuple[Any, Any]:
        """Return what `_domain_numbers` does, and the rows with unusual addresses."""
        if unencoded(column)[0] is not column:
            return self._domain_numbers(column, refang=refang), None
        addresses = as_bytes(column)
        numbers, undecided, unusual = self._search(addresses)
        return self._decided(addresses, numbers, undecided, refang=refang), unusual

    def _compiled_search(self, addresses: Any) -> tuple[Any, Any, Any]:
        """Search for the domains and for unusual addresses in one compiled loop."""
        find: Any = self._find
        numbers, undecided, rows = find.with_unusual(addresses)
        return numbers, undecided, rows.filter(_are_unusual(addresses.take(rows)))

    def _separate_searches(self, addresses: Any) -> tuple[Any, Any, Any]:
        """Search for the domains and for unusual addresses."""
        from pyarrow.compute import indices_nonzero

        return *self._find(addresses), indices_nonzero(_are_unusual(addresses))


def _joint_search(domains: Sequence[str]) -> Callable[[Any], tuple[Any, Any, Any]]:
    """Prepare a search with one pattern for candidates and unusual addresses. It takes as long as one for candidates.

    Returns:
        A function that returns what a finder of the prefilter does, and the rows with unusual addresses.
    """
    candidate = candidate_pattern(domains)
    either = candidate_pattern(domains, *_UNUSUAL)

    def search(addresses: Any) -> tuple[Any, Any, Any]:
        import pyarrow.compute

        # The stubs of pyarrow lack many of these functions.
        compute: Any = pyarrow.compute
        rows = compute.indices_nonzero(compute.match_substring_regex(addresses, either))
        found = addresses.take(rows)
        undecided = rows.filter(compute.match_substring_regex(found, candidate))
        return no_numbers(len(addresses)), undecided, rows.filter(_are_unusual(found))

    return search


def _are_unusual(addresses: Any) -> Any:
    """Return which addresses of a binary array `USUAL` does not match, null where the address is null."""
    from pyarrow.compute import invert, match_substring_regex

    return invert(match_substring_regex(addresses, USUAL))
