"""One address: the host of a text as a browser reads it, and the listed domain to which the host belongs.

Nothing here loads pyarrow or the tables, because the index of domains is a small file of its own.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ._packaged import check_version, read_text
from .errors import MissingLibrary

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from .models import Market, Source
    from .records import Records
    from .vocabularies import Basis, DomainEvent, Role

    # The fields of a match after its host and domain, in their order.
    Entry = tuple[str | None, tuple[int, ...], tuple[str, ...], Role | None, Basis | None, DomainEvent | None, str | None]

__all__ = ["Match", "lookup"]

_ROLES: tuple[Role, ...] = ("own", "former", "company")

# A general site of a company tells little about one of its pages.
_OWN_AND_FORMER: tuple[Role, ...] = ("own", "former")

# The number of a domain where there is none.
NOT_LISTED = -1

# The characters of a plain host, in lower case, and the same as a class of a regular expression.
PLAIN_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-"
PLAIN_CLASS = "[a-z0-9._-]"
_PLAIN_ADDRESS = re.compile(rf"(?:https?://)?({PLAIN_CLASS}+)(?:[/?#]|\Z)".encode(), re.IGNORECASE)

_UPA_URL = (
    "it reads the host of an address as browsers do. Install it with `pip install upa-url`; where it has no wheel for your "
    "system, pip compiles it and needs CMake and a compiler for C++17. Everything that does not read addresses works without it"
)

_SPECIAL_SCHEMES = frozenset({"http:", "https:", "ws:", "wss:", "ftp:", "file:"})
_TAB_OR_NEWLINE = dict.fromkeys(map(ord, "\t\n\r"))
_C0_OR_SPACE = "".join(map(chr, range(0x21)))
_SLASHES = ("/", "\\")
# A domain name has at most 253 characters, and each of them can stand for several in an address.
_LONGEST_HOST = 1024
# The characters with the property Default_Ignorable_Code_Point, among which are all that the parser ignores.
_IGNORED = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


# A named tuple, because importing attrs would take longer than the whole first lookup.
class Match(NamedTuple):
    """A host that is a listed domain or a subdomain of one.

    A match says that the domain belongs or belonged to a market on the list. It is not a finding of a violation of law.

    Attributes:
        host: The host as a browser reads it: lower case, with A-labels, without a final dot.
        matched_domain: The domain on the list to which the host belongs. If there are several, the longest.
        market_id: The market to which the domain belongs, or `None` for a domain that the user added.
        years: The review years of all editions that are known to list the market, oldest first.
        source_ids: The documents that name the domain.
        role: `"own"` if the market holds the domain, `"former"` if it did and the owner today is unknown, `"company"` for the
            general site of a company that the market is only a part of. `None` for a domain that the user added.
        basis: `"listed"` if a source on an edition prints the domain, `"attributed"` if another source ties it to the market.
        event: How a former domain ceased to be the market's, such as `"seized"` or `"sold"`; `None` if no source tells.
        event_date: The day, month or year of the event, such as `"2012-01-19"` or `"2012"`.
    """

    host: str
    matched_domain: str
    market_id: str | None
    years: tuple[int, ...]
    source_ids: tuple[str, ...]
    role: Role | None = None
    basis: Basis | None = None
    event: DomainEvent | None = None
    event_date: str | None = None

    @property
    def market(self) -> Market | None:
        """The market. Reading this property loads the tables."""
        from ._store import DATASET
        from .models import Market

        return None if self.market_id is None else DATASET.get(Market, self.market_id)

    @property
    def sources(self) -> Records[Source]:
        """The documents that name the domain. Reading this property loads the tables."""
        from ._store import DATASET
        from .models import Source

        return DATASET.select(Source, self.source_ids)

    def to_dict(self) -> dict[str, Any]:
        """Return the match as a dictionary. Tuples become lists."""
        from .records import as_dict

        return as_dict(self, self._fields)

    def to_json(self) -> str:
        """Return the match as a JSON object."""
        from .records import as_json

        return as_json(self.to_dict())


def lookup(url: str, *, role: Role | Iterable[Role] | None = None, refang: bool = False) -> Match | None:
    """Find the listed domain to which a URL or a host belongs.

    The host is read as browsers read it, by the WHATWG URL Standard. Upper case, percent escapes, full-width letters,
    internationalised names, tabs, backslashes, user names and ports do not hide a listed host. A listed domain elsewhere
    in the URL does not match. The host matches if it is a listed domain or a subdomain of one. A text without a scheme is
    read as if `http://` stood before it, unless it begins with a single slash: then it is a path.

    The domains of all editions are searched, and `Match.years` says which editions list the market. `Match.role` says whether
    the market still holds the domain. Use `Screener` to set conditions or to search whole columns.

    Args:
        url: The URL or host. For the name of a market, use `market`.
        role: Which domains count: one or several of `"own"`, `"former"` and `"company"`. By default, `"own"` and `"former"`.
        refang: Whether to read an address that does not match once more without the changes that make it unclickable, such
            as `hxxps[:]//taobao[.]com` or `taobao (dot) com`. Use this for addresses that people wrote, as in reports, and
            not for crawled ones: a browser reads them differently.

    Returns:
        The match, or `None` if the host is not on the list or the text has no host.

    Raises:
        TypeError: `url` or a role is not a `str`.
        UnknownValue: There is no such role.

    >>> import notorious_markets as nm
    >>> match = nm.lookup("https://ja.AliExpress%2Ecom/item/1")
    >>> match.host, match.matched_domain, match.market_id, match.years
    ('ja.aliexpress.com', 'aliexpress.com', 'aliexpress', (2021, 2022))
    >>> nm.lookup("https://example.com/?from=aliexpress.com") is None
    True
    >>> match = nm.lookup("megaupload.com")
    >>> match.role, match.event, match.event_date
    ('former', 'seized', '2012-01-19')
    """
    domains = _with_roles(_OWN_AND_FORMER if role is None else _checked(role))
    found = match(url, domains)
    if refang and found is None:
        return match_refanged(url, domains)
    return found


def _checked(role: Role | Iterable[Role]) -> tuple[Role, ...]:
    from ._filters import some_of

    roles = some_of("role", role, str, _ROLES) or ()
    return tuple(known for known in _ROLES if known in roles)


@cache
def _with_roles(roles: tuple[Role, ...]) -> Mapping[str, Entry]:
    return {domain: entry for domain, entry in listed_domains().items() if entry[3] in roles}


@cache
def listed_domains() -> Mapping[str, Entry]:
    """Return the fields of a match for each listed domain, from the index.

    Raises:
        DamagedInstallation: A packaged file is missing or damaged.
    """
    import json

    index = json.loads(read_text("data/index.json"))
    check_version("data/index.json", index["data_version"])
    years = {market_id: tuple(listed) for market_id, listed in index["years"].items()}
    return {
        domain: (market_id, years[market_id], tuple(source_ids), *kind)
        for domain, (market_id, source_ids, *kind) in index["domains"].items()
    }


def match(url: str, domains: Mapping[str, Entry]) -> Match | None:
    """Find the entry of a list of domains to which one address belongs.

    Raises:
        TypeError: `url` is not a `str`.
    """
    if not isinstance(url, str):
        raise TypeError(f"url must be a str, not {type(url).__name__}{_remedy(url)}")
    host = host_of(url)
    if host is None:
        return None
    domain = domain_above(host, domains)
    return None if domain is None else Match(host, domain, *domains[domain])


def _remedy(url: object) -> str:
    return "; for several URLs use screen()" if isinstance(url, (list, tuple, set)) else ""


def match_refanged(url: str, domains: Mapping[str, Entry]) -> Match | None:
    """Find the entry to which a defanged address belongs. The result is `None` if the address is not defanged."""
    # Few addresses need the patterns, which take some time to compile.
    from ._defanging import refanged

    restored = refanged(url)
    return None if restored is None else match(restored, domains)


def domain_above(host: str, domains: Container[str]) -> str | None:
    """Return the longest of the domains that is the host or a parent of it."""
    # A host may have any length, but a domain name has at most 253 characters.
    if len(host) > 254:
        host = host[-254:].partition(".")[2]
    while host:
        if host in domains:
            return host
        host = host.partition(".")[2]
    return None


def host_of(text: str) -> str | None:
    """Return the host of a URL, or of a text without a scheme, without a final dot.

    Returns:
        The host, or `None` if a browser finds none.

    Raises:
        MissingLibrary: upa-url is not installed.
    """
    if len(text) > _LONGEST_HOST and _has_endless_host(text):
        return None
    parse = _url_parser()
    try:
        url = parse(text)
    except TypeError:
        # A lone surrogate is not a character.
        return host_of(scalar_values(text))
    if url is not None and url.protocol in _SPECIAL_SCHEMES:
        host: str = url.hostname
        return host.removesuffix(".")
    if rest := _after_http(text, None if url is None else url.hostname):
        url = parse("http://" + rest)
        return None if url is None else str(url.hostname).removesuffix(".")
    return None


def _has_endless_host(text: str) -> bool:
    """Return whether the host of an address is longer than any domain name and not plain ASCII.

    The parser takes quadratic time to sort the combining characters of such a host and to write it in Punycode. Characters that
    the parser ignores do not count.
    """
    cleaned = text.translate(_TAB_OR_NEWLINE).lstrip(_C0_OR_SPACE)
    after_slashes = re.sub(r"\A(?:[A-Za-z][A-Za-z0-9+.-]*+:)?[/\\]*+", "", cleaned)
    authority = re.split(r"[/\\?#]", after_slashes, maxsplit=1)[0]
    host = authority.rpartition("@")[2].partition(":")[0]
    if len(host) <= _LONGEST_HOST or (host.isascii() and "%" not in host):
        return False
    from urllib.parse import unquote

    host = re.sub(_IGNORED, "", unquote(host))
    return len(host) > _LONGEST_HOST and not host.isascii()


@cache
def _url_parser() -> Callable[[str], Any]:
    """Return the function that parses a URL. This is the only place that imports upa-url."""
    try:
        from upa_url import URL
    except ModuleNotFoundError as error:
        if error.name != "upa_url":
            raise
        raise MissingLibrary("upa-url", _UPA_URL) from None
    parse: Callable[[str], Any] = URL.parse
    return parse


def plain_host(address: bytes) -> str | None:
    """Return the host of a plain address without parsing it, in lower case and without a final dot.

    An address is plain if it is `http://` or `https://` or neither, then ASCII letters, digits, dots, hyphens and
    underscores, then the end or one of `/?#`.

    Returns:
        The host, or `None` if the address is not plain.
    """
    plain = _PLAIN_ADDRESS.match(address)
    return None if plain is None else plain[1].decode().lower().removesuffix(".")


def scalar_values(text: str) -> str:
    """Join pairs of surrogates and replace lone ones by U+FFFD, as browsers do."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _after_http(text: str, opaque_host: str | None) -> str | None:
    """Return what to read after `http://` in a text that is not a URL of a special scheme.

    Args:
        text: The text.
        opaque_host: The host of a URL of another scheme, empty if the URL has none, or `None` if the text is not a URL.
    """
    cleaned = text.translate(_TAB_OR_NEWLINE).strip(_C0_OR_SPACE)
    scheme, colon, rest = cleaned.partition(":")
    if colon and _is_scheme(scheme) and not ("." in scheme and _begins_with_port(rest)):
        return opaque_host
    if cleaned.startswith(_SLASHES) and not cleaned.startswith(_SLASHES, 1):
        return None
    return cleaned


def _is_scheme(text: str) -> bool:
    return text.isascii() and text[:1].isalpha() and text.translate(dict.fromkeys(map(ord, "+-."))).isalnum()


def _begins_with_port(text: str) -> bool:
    """Return whether a text begins with the port of `host:port`: digits, then the end or a character that ends a port."""
    digits = text.lstrip("0123456789")
    return len(digits) < len(text) and (not digits or digits[0] in "/\\?#")
