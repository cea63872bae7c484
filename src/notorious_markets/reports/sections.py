"""The sections of a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from .countries import country_code

if TYPE_CHECKING:
    from .blocks import Block

SectionName = Literal["overview", "issue", "developments", "results", "online", "physical", "public", "other"]

_NUMBERED = re.compile(r"^(?:(?:section|part|chapter)\s+)?(?:[IVX]{1,5}|\d{1,2}|[A-H])\s?[.:)]\s+", re.IGNORECASE)
_PATTERNS: dict[SectionName, str] = {
    "overview": r"(?:overview|introduction|executive summary|background)(?: of .*)?",
    "issue": r"(?:special )?issue focus\b.*",
    "developments": r"positive developments?\b.*",
    "results": r"results\b(?: of .*)?",
    "online": r"(?:notorious )?(?:online|internet)(?:[- ]based)? (?:markets?|marketplaces?)(?: list)?",
    "physical": r"(?:notorious )?physical (?:markets?|marketplaces?)(?: list)?",
    "public": r"(?:public information|about this report)\b.*",
    "other": r"(?:conclusion|annex|appendix|endnotes|acronyms|glossary)\b.*",
}
_TITLES: dict[SectionName, re.Pattern[str]] = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}


@frozen
class SectionText:
    """A section: its heading and what is below it."""

    name: SectionName
    heading: Block
    blocks: tuple[Block, ...]


def section_name(text: str) -> SectionName | None:
    """Return the section that a heading begins, or `None`."""
    title = _NUMBERED.sub("", text).rstrip(" .:")
    return next((name for name, pattern in _TITLES.items() if pattern.fullmatch(title)), None)


def sections(blocks: Sequence[Block]) -> tuple[list[SectionText], list[Block]]:
    """Divide the text below the contents page into sections.

    Returns:
        The sections in the order of the report, and what is above the first one.
    """
    starts: list[tuple[int, SectionName]] = []
    # The style of the headings so far: a heading of a market can have the name of a section.
    largest = 0.0
    for position, block in enumerate(blocks):
        name = section_name(block.text) if block.is_heading else None
        if name and block.first.size >= largest - 0.6 and not _repeats(name, starts):
            starts.append((position, name))
            largest = max(largest, block.first.size)
    found = []
    ends = [*(start for start, _ in starts), len(blocks)][1:]
    for (start, name), end in zip(starts, ends, strict=True):
        found.append(SectionText(name, blocks[start], tuple(blocks[start + 1 : end])))
    above = list(blocks[: starts[0][0]]) if starts else list(blocks)
    return _with_physical(found), above


def _repeats(name: SectionName, starts: list[tuple[int, SectionName]]) -> bool:
    return name != "other" and any(name == before for _, before in starts)


def _with_physical(found: list[SectionText]) -> list[SectionText]:
    """If a report has no heading for physical markets, they begin with the first of several countries."""
    names = [section.name for section in found]
    if "physical" in names or not {"online", "results"} & set(names):
        return found
    number = names.index("online" if "online" in names else "results")
    section = found[number]
    countries = [n for n, block in enumerate(section.blocks) if block.is_heading and country_code(block.text, fuzzy=False)]
    if len(countries) < 2:
        return found
    first = countries[0]
    return [
        *found[:number],
        SectionText(section.name, section.heading, section.blocks[:first]),
        SectionText("physical", section.blocks[first], section.blocks[first:]),
        *found[number + 1 :],
    ]
