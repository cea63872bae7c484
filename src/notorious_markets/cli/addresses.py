"""Which values of a column look like addresses, so that a wrong column or format is noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .._arrays import array_of
from .._columns import as_bytes
from ..matching import host_of

# Most addresses match this pattern of RE2. It must not match anything that `is_address` denies. A label that begins with "xn--"
# may be invalid, which .xn--p1ai, the most frequent ending of this kind, is not. A host that ends with a number is an IP
# address.
_USUAL = r"^(?:https?://)?[A-Za-z0-9_](?:[A-Za-z0-9._]|-[A-Za-z0-9._])*\.(?:[A-Za-z][A-Za-z0-9]*|xn--p1ai)(?:[/?#]|$)"
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


def unusual_values(values: Any) -> Iterator[str | None]:
    """Yield the values of a column that are not clearly addresses."""
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow lack many of these functions.
    compute: Any = pyarrow.compute
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    values = as_bytes(values)
    # Scalars come from arrays, because pyarrow.scalar imports pandas wherever pandas is installed.
    usual = compute.fill_null(compute.match_substring_regex(values, _USUAL), array_of("bool", [False])[0])
    for value in values.filter(compute.invert(usual)).to_pylist():
        yield None if value is None else value.decode("utf-8", "replace")
