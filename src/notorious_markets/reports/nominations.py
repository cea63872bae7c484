"""The line below the name of an online market: `Nominated as example.com. Headquartered in China.`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

if TYPE_CHECKING:
    from .lines import Line

_DOMAIN = re.compile(r"(?<![\w@.-])(?:https?://)?((?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_](?:[\w-]*[^\W_])?)", re.IGNORECASE)
# The end of a sentence, but not of an abbreviation such as U.S. or St.
_SENTENCE_END = r"(?<!\b[A-Z]\.[A-Z])(?<!\bSt)\.\s+(?=[A-Z])"
# A sentence can state two places: `Reportedly operated from Cyprus and hosted in Peru`.
_SECOND_PLACE = r",?\s+and\s+(?=(?:reportedly\s+)?(?:headquartered|based|operated|hosted)\s+(?:in|from)\b)"
_STATEMENT_END = re.compile(f"{_SENTENCE_END}|{_SECOND_PLACE}")
_BEGINNING = re.compile(
    r"(?:nominated as|(?:other )?related (?:sites|domains)|also available as|reportedly (?:operated|hosted|based)"
    r"|headquartered in|operated from|hosted in|(?:utilizes|uses) (?:a )?reverse proxy)\b",
    re.IGNORECASE,
)
_START = r"(?:it is |the (?:site|market|platform) is )?(?:reportedly |allegedly )?"
_KINDS = {
    "domains": re.compile(r"nominated as\b:?\s*(.*)", re.IGNORECASE),
    "related_domains": re.compile(r"(?:other )?related (?:sites?|domains?)(?: include[sd]?| are)?\b:?\s*(.*)", re.IGNORECASE),
    "mobile_app": re.compile(r"also (?:\w+ )?available as (?:a )?mobile apps?\b(.*)", re.IGNORECASE),
    "headquarters": re.compile(rf"{_START}(?:headquartered|based) in\s+(.*)", re.IGNORECASE),
    "operated_from": re.compile(rf"{_START}operated (?:from|in|out of)\s+(.*)", re.IGNORECASE),
    "hosted_in": re.compile(rf"{_START}hosted (?:in|from|by servers in)\s+(.*)", re.IGNORECASE),
    "other": re.compile(r"(?:utilizes|uses) (?:a )?reverse proxy\b(.*)", re.IGNORECASE),
}
# A sentence with a place is short; longer ones are prose.
_LONGEST_PLACE = 120
# A domain is not longer than this.
_LONGEST_ADDRESS = 253


@frozen
class LineBelow:
    """What the line states."""

    domains: tuple[str, ...] = ()
    related_domains: tuple[str, ...] = ()
    mobile_app: bool = False
    headquarters: str | None = None
    operated_from: str | None = None
    hosted_in: str | None = None


def begins_line(text: str) -> bool:
    """Return whether a text begins like such a sentence, even if it is cut off."""
    return bool(_BEGINNING.match(text))


def has_line_below(text: str) -> bool:
    """Return whether a text begins with such a sentence."""
    return bool(_parts(text))


def read_line(texts: Sequence[str]) -> LineBelow:
    """Read the sentences at the start of texts. The first other sentence ends the line."""
    line = LineBelow()
    for text in texts:
        parts = _parts(text)
        if not parts:
            break
        for kind, value in parts:
            line = _with(line, kind, value)
    return line


def _parts(text: str) -> list[tuple[str, str]]:
    """Return the kind and the value of each sentence at the start of a text, up to the first sentence of another kind."""
    found = []
    for sentence in _STATEMENT_END.split(text.strip()):
        part = _kind(sentence.strip())
        if part is None:
            break
        found.append(part)
    return found


def _kind(sentence: str) -> tuple[str, str] | None:
    for kind, pattern in _KINDS.items():
        if match := pattern.fullmatch(sentence):
            value = match[1].strip()
            if kind in ("headquarters", "operated_from", "hosted_in"):
                place = _place(value)
                return (kind, place) if place and len(place) <= _LONGEST_PLACE else None
            return kind, value
    return None


def _with(line: LineBelow, kind: str, value: str) -> LineBelow:
    new: Any = value
    if kind in ("domains", "related_domains"):
        new = tuple(dict.fromkeys([*getattr(line, kind), *domains_in(value)]))
    elif kind == "mobile_app":
        new = True
    elif kind == "other" or getattr(line, kind):
        return line
    return evolve(line, **{kind: new})


def _place(value: str) -> str:
    # A sentence can begin after an abbreviation.
    value = re.sub(r"(\b(?:U\.S|U\.K|U\.A\.E)\.)\s+(?!Virgin\b)[A-Z].*", r"\1", value)
    return value if re.search(r"\b[A-Z]\.[A-Z]\.$", value) else value.rstrip(" .;,")


def domains_in(text: str) -> list[str]:
    """Return the domains in a text, as printed but in lower case."""
    return [match[1].lower() for match in _DOMAIN.finditer(text)]


def unbroken(lines: Sequence[Line]) -> str:
    """Return the text of lines in which addresses can be broken after a hyphen or a dot, or before a dot."""
    parts: list[str] = []
    # The last word so far, which can stand on several lines.
    word = ""
    for line in lines:
        part = line.text
        if not part:
            continue
        if word.endswith("\N{SOFT HYPHEN}"):
            parts[-1], word = parts[-1][:-1], word[:-1]
        elif parts and not _goes_on(word, part):
            parts.append(" ")
            word = ""
        parts.append(part)
        before, _, last = part.rpartition(" ")
        word = last if before else word + part
    return "".join(parts)


def _goes_on(word: str, below: str) -> bool:
    """Return whether an address at the end of a line goes on at the start of the line below."""
    if re.match(r"\.[a-z]", below) or re.fullmatch(r"\w-", word[-2:]):
        return True
    is_address = len(word) <= _LONGEST_ADDRESS and re.fullmatch(r"[\w-]{2,}(?:\.[\w-]+)*\.", word)
    return bool(is_address and re.match(r"[a-z]{2,}[.,]?(\s|$)", below))
