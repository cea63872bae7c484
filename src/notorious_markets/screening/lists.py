"""Lists of your own domains: plain lists, hosts files, filter lists, dnsmasq configurations and response policy zones.

Every entry must be able to match. An entry that is not understood is an error, so that nothing is missed silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from os import PathLike
from pathlib import Path

from .._defanging import refanged
from .._packaged import read_text
from ..matching import host_of

# A name in lower-case ASCII that a host can have, and one with several labels, in any case.
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*").fullmatch
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+(?!\d+\Z|0x[0-9a-f]*\Z)[a-z0-9_-]{1,63}", re.ASCII | re.IGNORECASE).fullmatch
_NAME_LENGTH = 253
_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?|\[.*\]|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*", re.IGNORECASE).fullmatch
_COMMENT = re.compile(r"\s[#!;].*")
_FILTER_HEADER = re.compile(r"\[(?:adblock|adguard|ublock)[^\]]*\]", re.IGNORECASE).fullmatch
_FILTER = re.compile(r"\|.*|/.*|.*(?:\$|##|#[@?$]).*").fullmatch
_FILTER_RULE = re.compile(r"\|\|((?:\*\.)?[^/^$*|,~]+)\^").fullmatch
_SETTING = re.compile(r"[a-z-]+=.*").fullmatch
_DNSMASQ_RULE = re.compile(r"(local|server|address)=/(.*)/([^/]*)").fullmatch
_ZONE_RECORD = re.compile(r"(?:(\S+)\s+)?(?:(?:\d+|IN)\s+)*(SOA|NS|CNAME)\s+(.*)", re.IGNORECASE).fullmatch
_ADDRESS = re.compile(r"\d+(?:\.\d+){3}|[0-9a-f]*:[0-9a-f:.]*(?:%\w+)?", re.IGNORECASE).fullmatch
_NOWHERE = frozenset(["0.0.0.0", "127.0.0.1", "::", "::1"])
# What every hosts file contains.
_LOCAL_NAMES = frozenset(
    [
        *("localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0", "ip6-localhost", "ip6-loopback"),
        *("ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts"),
    ]
)
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


class _Unusable(Exception):
    """Raised for an entry that cannot be used. The message begins with the entry."""


def read_domains(argument: str, domains: Iterable[str] | PathLike[str], *, allow_suffixes: bool = False) -> list[str]:
    """Return the domains of a list in lower case with A-labels, each once.

    Args:
        argument: The name of the argument, for error messages.
        domains: The lines of a list, or the path of a file.
        allow_suffixes: Whether the list may contain public suffixes.

    Raises:
        TypeError: `domains` is a single `str`, or an item is not a `str`.
        ValueError: An entry cannot be used, or a file has no entries or is not text.
        OSError: The file cannot be read.
    """
    if isinstance(domains, (str, bytes)):
        raise TypeError(
            f"{argument} must be a list of domain names or a pathlib.Path, not a {type(domains).__name__}; "
            f"did you mean [{domains!r}]?"
        )
    if isinstance(domains, PathLike):
        path = Path(domains)
        found = _read(_lines(path), f"{str(path).replace('{', '{{').replace('}', '}}')}, line {{1}}", allow_suffixes)
        if not found:
            raise ValueError(f"{path} has no domains")
        return found
    return _read(_checked(argument, domains), f"{argument}[{{0}}]", allow_suffixes)


def is_public_suffix(domain: str) -> bool:
    """Return whether anyone can register domains below this one, as below `com` and `co.uk`.

    A name with one label always counts. The others are those that registries manage, by the Public Suffix List. Names
    below which a company lets its users have hosts, such as `github.io`, do not count.
    """
    first, _, parent = domain.partition(".")
    labels = _suffixes().get(parent, frozenset())
    if not parent or first in labels or "*" in _suffixes().get(domain, frozenset()):
        return True
    return "*" in labels and f"!{first}" not in labels


@cache
def _suffixes() -> dict[str, frozenset[str]]:
    """Return the labels that make public suffixes with each parent."""
    lines = read_text("screening/suffixes.txt").splitlines()
    pairs = (line.split(": ") for line in lines if not line.startswith("#"))
    return {parent: frozenset(labels.split()) for parent, labels in pairs}


def _checked(argument: str, lines: Iterable[object]) -> Iterator[str]:
    for position, line in enumerate(lines):
        if not isinstance(line, str):
            raise TypeError(f"{argument}[{position}] must be a str, not {type(line).__name__}")
        yield line


def _lines(path: Path) -> list[str]:
    """Return the lines of a text file in UTF-8, or in UTF-16 with a byte order mark."""
    content = path.read_bytes()
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path}, line {line}: the file is not {encoding.removesuffix('-sig').upper()} text; save it as UTF-8"
        ) from None
    if "\0" in text:
        raise ValueError(f"{path} is not UTF-8 text; save it as UTF-8")
    # `str.splitlines` also splits at characters that end no line of a file, such as U+2028.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _read(lines: Iterable[str], place: str, allow_suffixes: bool) -> list[str]:
    """Return the domains in the lines of a list.

    Args:
        lines: The lines.
        place: Where a line is, with a field for its position.
        allow_suffixes: Whether public suffixes are allowed.
    """
    found: dict[str, None] = {}
    faults: list[tuple[int, _Unusable]] = []
    for position, line in enumerate(lines):
        try:
            for name in _names(line):
                domain = _canonical(name)
                if not allow_suffixes and is_public_suffix(domain):
                    raise _Unusable(_suffix_message(name, domain))
                found[domain] = None
        except _Unusable as error:
            faults.append((position, error))
    if faults:
        (first, reason), *others = faults
        message = f"{place.format(first, first + 1)}: {reason}"
        if others:
            count = "another entry" if len(others) == 1 else f"{len(others):,} other entries"
            message += f" ({count} cannot be used either, the next is {place.format(others[0][0], others[0][0] + 1)})"
        raise ValueError(message)
    return list(found)


def _suffix_message(name: str, domain: str) -> str:
    what = "is a public suffix" if "." in domain else "is a single label"
    return (
        f"{name!r} {what} and would match the sites of many owners; remove it, or allow such entries with "
        "allow_suffixes=True (--allow-suffixes)"
    )


def _names(line: str) -> Iterable[str]:
    """Return the names that a line of a list contains, without wildcards.

    Raises:
        _Unusable: The line is not an entry of one of the formats, or means something else than a domain with all below it.
    """
    line = line.strip().removeprefix("\ufeff")
    if _NAME(line):
        return (line,)
    if not line or line.startswith(("#", "!", ";", "$TTL", "$ORIGIN")) or _FILTER_HEADER(line):
        return ()
    line = _COMMENT.sub("", line)
    if line.startswith("@@"):
        raise _Unusable(f"{line!r} is an exception, which a list of domains cannot have; remove it")
    if _FILTER(line):
        rule = _FILTER_RULE(line)
        if rule is None:
            raise _Unusable(f"{line!r} does not stand for a whole domain; write a rule such as ||shop.example^, or remove it")
        return (_without_wildcard(rule[1]),)
    if _SETTING(line):
        return _dnsmasq_names(line)
    first, *others = line.split()
    if others and _ADDRESS(first):
        return _host_names(line, first, others)
    if others and (record := _ZONE_RECORD(line)):
        return _zone_names(line, record)
    if others:
        raise _Unusable(f"{line!r} has several words; write one domain per line, or a line of a hosts file: 0.0.0.0 shop.example")
    return (_without_wildcard(line),)


def _without_wildcard(name: str) -> str:
    """Remove the sign for all hosts below a domain, which a domain includes in any case."""
    return name.removeprefix("*").removeprefix(".") if name.startswith(("*.", ".")) and name.strip("*.") else name


def _dnsmasq_names(line: str) -> Iterable[str]:
    rule = _DNSMASQ_RULE(line)
    if rule is None:
        raise _Unusable(f"{line!r} is not a rule for domains; write local=/shop.example/, or remove it")
    directive, names, target = rule.groups()
    # A server forwards queries, and # stands for the usual servers, so that neither blocks the domain.
    blocked = target in ("", "#", *_NOWHERE) if directive == "address" else not target
    if not blocked:
        raise _Unusable(f"{line!r} does not block its domains; write local=/shop.example/, or remove it")
    return map(_without_wildcard, names.split("/"))


def _host_names(line: str, address: str, names: list[str]) -> Iterable[str]:
    """Return the names in a line of a hosts file."""
    names = " ".join(names).partition("#")[0].split()
    foreign = [name for name in names if name not in _LOCAL_NAMES]
    if foreign and address not in _NOWHERE:
        raise _Unusable(f"{line!r} gives a name an address instead of blocking it; write 0.0.0.0 as the address, or remove it")
    return foreign


def _zone_names(line: str, record: re.Match[str]) -> Iterable[str]:
    """Return the name that a record of a response policy zone blocks."""
    owner, type_, target = record.groups()
    if type_.upper() != "CNAME":
        return ()
    if owner is None or owner.endswith(".") or target not in (".", "*.", "rpz-drop."):
        raise _Unusable(f"{line!r} does not block a domain; write a record such as shop.example CNAME . or remove it")
    return (_without_wildcard(owner),)


def _canonical(name: str) -> str:
    """Return a domain name in lower case with A-labels and without a final dot.

    Raises:
        _Unusable: No host can have the name.
    """
    domain = name.lower().removesuffix(".")
    if not (_NAME(domain) and len(domain) <= _NAME_LENGTH):
        domain = _host(name)
    elif "xn--" not in domain:
        return domain
    for label in domain.split("."):
        if label.startswith("xn--") and not _is_a_label(label):
            raise _Unusable(f"{name!r} can never match, because {label!r} is not valid Punycode; correct or remove it")
    return domain


def _host(name: str) -> str:
    """Return the host of a name that is not plain ASCII with several labels."""
    host = host_of(name) or ""
    if _NUMBER(name) or _NUMBER(host):
        raise _Unusable(f"{name!r} is read as a number or an IP address; write a domain, or remove it")
    if (plain := refanged(name)) and _NAME(restored := host_of(plain) or ""):
        raise _Unusable(f"{name!r} is defanged; write {restored!r}")
    if any(character in name for character in "/\\:@?#"):
        remedy = f"; write {host!r}" if _NAME(host) else ""
        raise _Unusable(f"{name!r} must be a domain without a scheme, port or path{remedy}")
    if not _HOST(host) or len(host) > _NAME_LENGTH:
        raise _Unusable(f"{name!r} is not a domain name, such as 'shop.example', and can never match; correct or remove it")
    return host


def _is_a_label(label: str) -> bool:
    """Return whether a label is the encoded form of a label with other letters than ASCII."""
    try:
        decoded = label.removeprefix("xn--").encode().decode("punycode")
    except (ValueError, OverflowError):
        return False
    return not decoded.isascii() and host_of(decoded) == label
