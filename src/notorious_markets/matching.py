"""One address: the host of a text as a browser reads it, and the listed domain that the host is or lies below.

Nothing here loads pyarrow or the tables: the built index of domains is a module.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from upa_url import URL

from .data.index import DOMAINS

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from .models import Market, Source
    from .records import Records

    # The market of a domain, its editions and the sources of the domain.
    Entry = tuple[str | None, tuple[int, ...], tuple[str, ...]]

NOT_LISTED = -1
"""What stands for the number of a domain where an address is on none."""

_SPECIAL = frozenset({"http:", "https:", "ws:", "wss:", "ftp:", "file:"})
# A plain host consists of these, in either case.
PLAIN_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-"
_PLAIN = re.compile(rb"(?:https?://)?([a-z0-9._-]+)(?:[/?#]|\Z)", re.IGNORECASE)
_TAB_OR_NEWLINE = dict.fromkeys(map(ord, "\t\n\r"))
_C0_OR_SPACE = "".join(map(chr, range(0x21)))
_SLASHES = ("/", "\\")


# A named tuple and no attrs class: importing attrs would take longer than the whole first lookup.
class Match(NamedTuple):
    """A host that is a listed domain or lies below one.

    A match says that the domain belongs to a market of the list; it is no finding of a violation of law.

    Attributes:
        host: The host as a browser reads it: lower case, A-labels, without a dot at the end.
        domain: The domain of the list that it is or lies below; of several the longest.
        market_id: The market to which the domain belongs; `None` for a domain of the user's own.
        years: Review years of every edition that is known to list the market, the oldest first.
        source_ids: The documents that give the domain.
    """

    host: str
    domain: str
    market_id: str | None
    years: tuple[int, ...]
    source_ids: tuple[str, ...]

    @property
    def market(self) -> Market | None:
        """The market; reading it loads the tables."""
        from ._store import DATASET
        from .models import Market

        return None if self.market_id is None else DATASET.get(Market, self.market_id)

    @property
    def sources(self) -> Records[Source]:
        """The documents that give the domain; reading them loads the tables."""
        from ._store import DATASET
        from .models import Source

        return DATASET.select(Source, self.source_ids)


def lookup(url_or_host: str) -> Match | None:
    """The listed domain to which a URL or a host belongs, or `None`.

    The host is read as a browser reads it, by the WHATWG URL standard: case, percent escapes, full-width letters,
    internationalised names, tabs, backslashes, user names and ports do not hide it, and a listed domain elsewhere in
    the URL is not taken for it. It matches if it is a listed domain or lies below one at a dot. A text without a
    scheme is read as what follows `http://`, unless it begins with a single slash, which is a path.

    All editions count: `Match.years` says which list the market. `Screener` has conditions and takes whole columns.

    Raises:
        TypeError: `url_or_host` is no string.

    >>> import notorious_markets as nm
    >>> match = nm.lookup("https://ja.AliExpress%2Ecom/item/1")
    >>> match.host, match.domain, match.market_id, match.years
    ('ja.aliexpress.com', 'aliexpress.com', 'aliexpress', (2021, 2022))
    >>> nm.lookup("https://example.com/?from=aliexpress.com") is None
    True
    """
    return match(url_or_host, DOMAINS)


def match(url_or_host: str, domains: Mapping[str, Entry]) -> Match | None:
    """The entry of a list of domains to which one address belongs.

    Raises:
        TypeError: `url_or_host` is not a `str`.
    """
    if not isinstance(url_or_host, str):
        raise TypeError(f"url_or_host must be a str, not {type(url_or_host).__name__}")
    host = host_of(url_or_host)
    domain = None if host is None else domain_above(host, domains)
    return None if host is None or domain is None else Match(host, domain, *domains[domain])


def domain_above(host: str, domains: Container[str]) -> str | None:
    """The longest of the domains that the host is or lies below at a label boundary."""
    while host:
        if host in domains:
            return host
        host = host.partition(".")[2]
    return None


def host_of(text: str) -> str | None:
    """The host of a URL or of a text without a scheme, without a dot at the end; `None` if a browser finds none."""
    try:
        url = URL.parse(text)
    except TypeError:
        # A surrogate without its pair is no character.
        return host_of(scalar_values(text))
    if url is not None and url.protocol in _SPECIAL:
        return str(url.hostname).removesuffix(".")
    if rest := _authority(text, None if url is None else url.hostname):
        url = URL.parse("http://" + rest)
        return None if url is None else str(url.hostname).removesuffix(".")
    return None


def plain_host(address: bytes) -> str | None:
    """The host of a plain address: what a browser takes for it is what stands there, in lower case; else `None`."""
    plain = _PLAIN.match(address)
    return None if plain is None else plain[1].decode().lower().removesuffix(".")


def scalar_values(text: str) -> str:
    """The text with pairs of surrogates joined and lone ones replaced, as browsers do."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _authority(text: str, opaque: str | None) -> str | None:
    """What stands for the host and what follows it in a text that is no http, https, ws, wss, ftp or file URL.

    Args:
        text: The text.
        opaque: The host of a URL of another scheme, empty where it has none; `None` if the text is no URL.
    """
    cleaned = text.translate(_TAB_OR_NEWLINE).strip(_C0_OR_SPACE)
    scheme, colon, rest = cleaned.partition(":")
    if colon and _is_scheme(scheme) and not ("." in scheme and _begins_with_port(rest)):
        return opaque
    if cleaned.startswith(_SLASHES) and not cleaned.startswith(_SLASHES, 1):
        return None
    return cleaned


def _is_scheme(text: str) -> bool:
    return text.isascii() and text[:1].isalpha() and text.translate(dict.fromkeys(map(ord, "+-."))).isalnum()


def _begins_with_port(text: str) -> bool:
    """Whether `host:port` was split before this text: digits, then the end or what ends an authority."""
    digits = text.lstrip("0123456789")
    return len(digits) < len(text) and (not digits or digits[0] in "/\\?#")
