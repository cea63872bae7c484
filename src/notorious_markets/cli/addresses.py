"""Which values of a column look like addresses, so that a wrong column or format is noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .._columns import as_bytes
from ..matching import host_of
from ..screening.files import USUAL

_DOMAIN = re.compile(r"[a-z0-9._-]+\.(?![0-9]+$)[a-z0-9_-]+")
_IPV4_ADDRESS = re.compile(r"[0-9.]+")


def is_address(text: str) -> bool:
    """Return whether a text has a host that can exist: a name with a dot, an IP address, or any name after `://`.

    A browser finds a host in more texts. It reads the time `12:30` as the host 0.0.0.12, and in `"https://shop.example"` and
    `shop.example,200`, with a quotation mark or a delimiter too many, it finds the hosts `"https` and `shop.example,200`.
    """
    host = host_of(text)
    # A browser removes tabs, which would join a host and the next cell.
    if not host or ("\t" in text and host != host_of(text.strip().partition("\t")[0])):
        return False
    if _DOMAIN.fullmatch(host) or host.startswith("["):
        return True
    if _IPV4_ADDRESS.fullmatch(host):
        return host in text
    return "." not in host and f"://{host}" in text.lower()


def unusual_values(values: Any, rows: Any = None) -> tuple[int, Iterator[str]]:
    """Return how many values of a column are missing, and the other ones that are not clearly addresses.

    Args:
        values: The values.
        rows: The rows whose values are not clearly addresses, if they are known.
    """
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow lack many of these functions.
    compute: Any = pyarrow.compute
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    values = as_bytes(values)
    if rows is None:
        rows = compute.indices_nonzero(compute.invert(compute.match_substring_regex(values, USUAL)))
    return values.null_count, (value.decode("utf-8", "replace") for value in values.take(rows).to_pylist())
