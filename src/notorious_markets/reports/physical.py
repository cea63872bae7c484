"""The physical markets of a report, under the headings of their countries."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .countries import country_code, fold
from .entries import Candidate, bare, candidates, choose, split_known
from .lines import Line
from .models import PhysicalEntry

if TYPE_CHECKING:
    from .blocks import Block, Style
    from .contents import Contents

Number = Callable[[Line], int | None]

_IN_PARENTHESES = re.compile(r"(?P<name>.+?)\s*\((?P<place>[^()]+)\)")
_AFTER_DASH = re.compile(r"(?P<name>.+?)\s+[–—]\s+(?P<place>.+)")
# Words of another name of a market in parentheses, which is no place.
_OTHER_NAME = re.compile(
    r"\b(?:markets?|malls?|plazas?|bazaars?|cent(?:er|re)s?|shops?|mercado|feria|galer[ií]a"
    r"|formerly|also known|a\.?k\.?a|d/?b/?a)\b",
    re.IGNORECASE,
)


@frozen
class _Country:
    """The heading of a country."""

    block: int
    printed: str
    code: str | None


def physical_entries(
    blocks: Sequence[Block], contents: Contents, total: int | None, number: Number
) -> tuple[list[PhysicalEntry], list[Block], list[str]]:
    """Return the physical markets, the headings that are neither markets nor countries, and what is unclear.

    Args:
        blocks: The section `Physical Markets`.
        contents: The contents page.
        total: The announced number of physical markets.
        number: Returns the printed page of a line.
    """
    known = {fold(entry.name) for entry in contents.physical if entry.name}
    blocks = split_known(blocks, known)
    countries = _countries(blocks, known)
    places = {country.block for country in countries}
    found = candidates(blocks)
    localities = _localities(blocks, places)
    chosen, _ = choose(
        [candidate for candidate in found if candidate.block not in places and candidate.block not in localities],
        blocks,
        total=total,
    )
    starts = {candidate.block for candidate in chosen}
    entries = [_entry(candidate, _country_of(candidate, countries), blocks, localities, number) for candidate in chosen]
    if not countries:
        entries = _with_countries(entries)
    used = starts | places | {place for place in localities if place - 1 in starts}
    others = [block for place, block in enumerate(blocks) if block.is_heading and place not in used]
    problems = [f"`{country.printed}` is not a country in ISO 3166" for country in countries if not country.code]
    return entries, others, problems


def _countries(blocks: Sequence[Block], known: set[str]) -> list[_Country]:
    """Return the headings of countries. If they have a style of their own, headings in this style count too."""
    certain = {
        place: block
        for place, block in enumerate(blocks)
        if block.is_heading and (country_code(bare(block.text)) or fold(bare(block.text)) in known)
    }
    styles = Counter(_key(block.style) for block in certain.values())
    in_style = Counter(_key(block.style) for block in blocks if block.is_heading)
    own = {style for style, count in styles.items() if count >= 0.6 * in_style[style]}
    result = []
    for place, block in enumerate(blocks):
        printed = bare(block.text)
        is_in_style = block.is_heading and _key(block.style) in own and len(printed) < 60 and "," not in printed
        if place in certain or is_in_style:
            result.append(_Country(place, printed, country_code(printed)))
    return result


def _key(style: Style) -> tuple[object, ...]:
    return (style.bold, style.italic, round(style.size), style.capitals)


def _localities(blocks: Sequence[Block], countries: set[int]) -> set[int]:
    """Return the lines with the place of a market, which stand directly below its name in another style."""
    found: dict[int, tuple[object, object]] = {}
    for place, block in enumerate(blocks[1:], start=1):
        above = blocks[place - 1]
        is_below = block.is_heading and above.is_heading and place - 1 not in countries and place not in countries
        followed = place + 1 < len(blocks) and not blocks[place + 1].is_heading
        if is_below and followed and _key(above.style) != _key(block.style) and _is_near(above, block):
            found[place] = (_key(above.style), _key(block.style))
    if not found:
        return set()
    best = Counter(found.values()).most_common()[0][0]
    return {place for place, styles in found.items() if styles == best}


def _is_near(above: Block, below: Block) -> bool:
    """Return whether a block is directly below another one, or continues it on the next page."""
    return 0 < below.gap < 1.6 or (below.first.sheet, below.first.column) != (above.first.sheet, above.first.column)


def _country_of(candidate: Candidate, countries: Sequence[_Country]) -> _Country | None:
    place = bisect_left(countries, candidate.block, key=lambda country: country.block)
    return countries[place - 1] if place else None


def _entry(
    candidate: Candidate, country: _Country | None, blocks: Sequence[Block], localities: set[int], number: Number
) -> PhysicalEntry:
    name, locality = divided(candidate.name)
    if candidate.block + 1 in localities:
        name, locality = candidate.name, bare(blocks[candidate.block + 1].text)
    printed, code = (country.printed, country.code) if country else (None, None)
    return PhysicalEntry(name, number(candidate.lines[0]), locality, code, printed)


def divided(heading: str) -> tuple[str, str | None]:
    """Divide the heading of a market into its name and its place: `Silk Market, Beijing` or `Silk Market (Beijing)`."""
    match = _IN_PARENTHESES.fullmatch(heading)
    if match and not _OTHER_NAME.search(match["place"]):
        return match["name"].rstrip(","), match["place"].strip()
    if "," in heading and not heading.startswith(","):
        # A comma in parentheses does not end the name.
        for position, char in enumerate(heading):
            before, after = heading[:position].strip(), heading[position + 1 :].strip()
            if char == "," and before.count("(") == before.count(")") and after:
                return before, after
    if match := _AFTER_DASH.fullmatch(heading):
        return match["name"], match["place"].strip()
    return heading, None


def _with_countries(entries: list[PhysicalEntry]) -> list[PhysicalEntry]:
    """Divide places that end with a country into localities and countries, if most places do."""
    result = []
    for entry in entries:
        town, _, last = (entry.locality or "").rpartition(",")
        printed = last.strip()
        code = country_code(printed)
        locality = town.strip() or None
        result.append(evolve(entry, locality=locality, country=code, country_as_listed=printed) if code else entry)
    return result if 2 * sum(entry.country is not None for entry in result) >= len(entries) else entries
