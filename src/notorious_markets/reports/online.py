"""The online markets of a report."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from .blocks import Block
from .countries import fold
from .entries import Candidate, bare, candidates, choose, split_known
from .lines import Line
from .models import OnlineEntry
from .nominations import LineBelow, has_line_below, read_line, unbroken

if TYPE_CHECKING:
    from .contents import Contents

Number = Callable[[Line], int | None]


def online_entries(
    blocks: Sequence[Block], contents: Contents, total: int | None, number: Number
) -> tuple[list[OnlineEntry], list[Block]]:
    """Return the online markets, and the headings that are neither markets nor types of markets.

    Args:
        blocks: The section `Online Markets`.
        contents: The contents page.
        total: The announced number of online markets.
        number: Returns the printed page of a line.
    """
    known = {fold(entry.name) for entry in contents.online if entry.name}
    blocks = split_known(blocks, known)
    found = candidates(blocks)
    chosen, doubtful = choose(found, blocks, known, total)
    starts = {candidate.block for candidate in chosen}
    groups = _groups(blocks, starts) if not known else {}
    entries = []
    above = sorted(groups)
    for candidate, following in zip_longest(chosen, chosen[1:]):
        below = blocks[candidate.block + 1 : following.block if following else len(blocks)]
        line = _line(candidate, below, blocks[candidate.block])
        entries.append(
            OnlineEntry(
                name_as_listed=candidate.name,
                page=number(candidate.lines[0]),
                domains=line.domains,
                related_domains=line.related_domains,
                headquarters=line.headquarters,
                operated_from=line.operated_from,
                hosted_in=line.hosted_in,
                mobile_app=line.mobile_app,
                group=groups[above[place - 1]] if (place := bisect_left(above, candidate.block)) else None,
                in_contents=fold(candidate.name) in known if known else None,
            )
        )
    others = [block for place, block in enumerate(blocks) if block.is_heading and place not in starts and place not in groups]
    # A doubtful heading is among the others already, but not a doubtful name at the start of a paragraph.
    others += [Block(candidate.lines, is_heading=True) for candidate in doubtful if candidate.rest]
    return entries, others


def _groups(blocks: Sequence[Block], starts: set[int]) -> dict[int, str]:
    """Return the headings of types of markets: they stand directly above a market, or above a paragraph and a market."""
    groups = {}
    for place, block in enumerate(blocks):
        if not block.is_heading or place in starts:
            continue
        if place + 1 in starts or (place + 2 in starts and not blocks[place + 1].is_heading):
            groups[place] = bare(block.text)
    return groups


def _line(candidate: Candidate, below: Sequence[Block], own: Block) -> LineBelow:
    """Read the line with domains and places: in the paragraph of the name, below it, or after the text."""
    if candidate.rest:
        text = unbroken(own.lines)
        # The name can be broken differently in this text, so the line is found by its first words.
        start = text.find(candidate.rest.partition(" ")[0], len(candidate.name))
        for rest in (text[start:], candidate.rest):
            if has_line_below(rest):
                return read_line([rest, *map(_text, below)])
    for number, block in enumerate(below):
        if not block.is_heading and has_line_below(_text(block)):
            return read_line([_text(block) for block in below[number:]])
    return LineBelow()


def _text(block: Block) -> str:
    return unbroken(block.lines)
