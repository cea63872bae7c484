"""Which headings of a section are the names of entries.

The editions differ: names stand on their own lines, or at the start of their paragraphs in another style, after a bullet, or
before a colon or dash. All names of a report are printed in the same way, so the reader finds the way that fits best.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence

from attrs import evolve, frozen

from .blocks import Block
from .countries import fold
from .lines import Line, is_capitals
from .nominations import has_line_below

_BULLETED = re.compile(r"[•●▪‣◦■□➢o*–-]\s+")
_ENUMERATED = re.compile(r"^\(?\d{1,3}[.)]\s+|^#\d{1,3}\s+")
_BEFORE_COLON = re.compile(r"(?P<name>(?:[^:.]|\.(?=\S)|(?<=\b[A-Z])\.|(?<=Inc)\.|(?<=Ltd)\.){1,150}):\s+(?=\S)")
_BEFORE_DASH = re.compile(r"(?P<name>\S.{0,100}?)\s+[–—]\s+(?=\S)|(?P<plain>\S{1,60}(?:\s\S{1,30}){0,5})\s+-+\s+(?=\S)")
# A name is not longer than this.
_LONGEST = 150


@frozen
class Candidate:
    """A text that can be the name of an entry.

    Attributes:
        block: The number of its block in the section.
        name: The text, without bullet, number, and closing colon, dash or dot.
        style: How it is printed. All names of entries are printed alike.
        rest: What follows it in the same block.
        lines: The lines of the name.
    """

    block: int
    name: str
    style: tuple[object, ...]
    rest: str
    lines: tuple[Line, ...]

    @property
    def is_heading(self) -> bool:
        """Whether it stands on its own lines."""
        return not self.rest


def candidates(blocks: Sequence[Block]) -> list[Candidate]:
    """Return everything that can be the name of an entry, in the order of the section."""
    found = []
    for number, block in enumerate(blocks):
        if block.is_heading:
            found.append(Candidate(number, bare(block.text), _style(block.first, block.text), "", block.lines))
        elif block.lead and len(block.lead) <= _LONGEST and not has_line_below(block.text):
            rest = block.text[len(block.lead) :].strip()
            name = bare(block.lead)
            if name and rest:
                found.append(Candidate(number, name, ("lead", *_run_style(block.first)), rest, _lines_of(block, block.lead)))
        else:
            found += _punctuated(number, block)
    return found


def _punctuated(number: int, block: Block) -> list[Candidate]:
    """Return what stands before a colon or a dash at the start of a paragraph in one style."""
    mark = "bullet" if _BULLETED.match(block.first.text) else "plain"
    if name := _capitals(block.text[:_LONGEST]):
        return [Candidate(number, bare(name), (mark, "capitals"), block.text[len(name) + 1 :].strip(), _lines_of(block, name))]
    for kind, pattern in (("dash", _BEFORE_DASH), ("colon", _BEFORE_COLON)):
        if match := pattern.match(block.text):
            printed = next(filter(None, match.groups()))
            name = bare(printed)
            if name and (name[0].isupper() or name[0].isdigit() or "." in name):
                return [Candidate(number, name, (mark, kind), block.text[match.end() :], _lines_of(block, printed))]
    return []


def _capitals(text: str) -> str:
    """Return the name in capitals that ends with the first full stop before a sentence, or an empty text."""
    for match in re.finditer(r"\.\s+(?=[A-Z“\"][a-zA-Z])", text):
        name, rest = text[: match.start()], text[match.end() :]
        if not is_capitals(name):
            return ""
        if not is_capitals(rest.partition(" ")[0]):
            return name
    return ""


def bare(name: str) -> str:
    """Return a name without its number and without closing punctuation."""
    name = _ENUMERATED.sub("", name.strip()).strip()
    shorter = name.rstrip(" :–—-").removesuffix(",")
    if shorter.endswith(".") and not re.search(r"(?:^|[\s(.])[A-Za-z]\.$|\b(?:Inc|Ltd|Co|Corp|St|Jr)\.$", shorter):
        shorter = shorter[:-1]
    return shorter.strip()


def _style(line: Line, text: str) -> tuple[object, ...]:
    letters = [char for char in text if char.isalpha()]
    capitals = is_capitals(text) if len(letters) > 1 else None
    return ("heading", line.bold, line.italic, round(line.size), capitals)


def _run_style(line: Line) -> tuple[object, ...]:
    run = next(run for run in line.runs if run.text.strip())
    return (run.bold, run.italic, round(line.size))


def _lines_of(block: Block, printed: str) -> tuple[Line, ...]:
    """Return the lines of a paragraph that its beginning stands on."""
    beginnings = (block.lines[:end] for end in range(len(block.lines)))
    return next((lines for lines in beginnings if len(Block(lines, False).text) >= len(printed)), block.lines)


def choose(
    found: Sequence[Candidate],
    blocks: Sequence[Block],
    known: Collection[str] = (),
    total: int | None = None,
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the candidates that are names of entries, and those that are printed like names but are not in the contents page.

    If the contents page has most names, another one needs a line with domains or places below it.

    Args:
        found: All candidates.
        blocks: The blocks of the section.
        known: The names in the contents page, as `fold` returns them.
        total: The announced number of entries.
    """
    by_style: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in found:
        by_style[candidate.style].append(candidate)
    merged = _merge_capitals(by_style, known)
    if not merged:
        return [], []

    run_in = {candidate.block for candidate in found if candidate.style[0] in ("lead", "bullet")}

    def score(style: tuple[object, ...]) -> tuple[float, ...]:
        members = merged[style]
        matches = sum(fold(candidate.name) in known for candidate in members)
        lined = sum(_is_lined(candidate, blocks) for candidate in members)
        followed = sum(_is_followed(candidate, blocks, run_in) for candidate in members)
        return (matches, followed > 0, len(members) == total, lined, followed, len(members), style[0] != "plain")

    best = max(merged, key=score)
    chosen = merged[best]
    if best[0] == "plain" and not score(best)[0] and not _fits(chosen, blocks, total):
        return [], []
    # A name at the start of its paragraph looks like a heading if it fills its line. The other styles have other parts.
    same_look = ("heading", *best[1:])
    taken = {candidate.block for candidate in chosen}
    more = [
        candidate
        for candidate in found
        if candidate.block not in taken
        and (fold(candidate.name) in known or (candidate.style[:4] == same_look and _runs_on(candidate, blocks)))
    ]
    chosen = sorted([*chosen, *more], key=lambda candidate: candidate.block)
    in_contents = [candidate for candidate in chosen if fold(candidate.name) in known]
    if 2 * len(in_contents) <= len(chosen):
        return chosen, []
    certain = [candidate for candidate in chosen if candidate in in_contents or _is_lined(candidate, blocks)]
    return certain, [candidate for candidate in chosen if candidate not in certain]


def _merge_capitals(
    by_style: dict[tuple[object, ...], list[Candidate]], known: Collection[str]
) -> dict[tuple[object, ...], list[Candidate]]:
    """Add names without letters, such as 1337, to the names in the same style, and both cases if they are all in contents."""
    merged = dict(by_style)
    for style in list(by_style):
        if style[0] == "heading" and style[4] is None:
            for capitals in (True, False):
                other = (*style[:4], capitals)
                if other in merged:
                    merged[other] = sorted([*merged[other], *by_style[style]], key=lambda candidate: candidate.block)
    for style in list(by_style):
        opposite = (*style[:4], not style[4]) if style[0] == "heading" and style[4] is not None else ()
        if opposite in by_style:
            both = [*by_style[style], *by_style[opposite]]
            if sum(fold(candidate.name) in known for candidate in both) >= 0.8 * len(both):
                merged[style] = sorted(both, key=lambda candidate: candidate.block)
    return merged


def _is_lined(candidate: Candidate, blocks: Sequence[Block]) -> bool:
    """Return whether a line such as `Nominated as ...` follows."""
    if candidate.rest:
        return has_line_below(candidate.rest)
    below = candidate.block + 1
    return below < len(blocks) and has_line_below(blocks[below].text)


def _is_followed(candidate: Candidate, blocks: Sequence[Block], run_in: Collection[int]) -> bool:
    """Return whether text follows that is no heading and does not begin with a name: else it heads a group of entries."""
    below = candidate.block + 1
    return bool(candidate.rest) or (below < len(blocks) and not blocks[below].is_heading and below not in run_in)


def _runs_on(candidate: Candidate, blocks: Sequence[Block]) -> bool:
    """Return whether the next line follows without a gap."""
    below = candidate.block + 1
    return below < len(blocks) and not blocks[below].is_heading and blocks[below].gap < 1.1


def _fits(chosen: Sequence[Candidate], blocks: Sequence[Block], total: int | None) -> bool:
    """Return whether text before colons or dashes is the names: as many as announced, or in many paragraphs."""
    return len(chosen) == total or (len(chosen) >= 3 and 3 * len(chosen) >= len(blocks))


def split_known(blocks: Sequence[Block], known: Collection[str]) -> list[Block]:
    """Divide headings that consist of two names in the contents page, and join names that are divided."""
    result: list[Block] = []
    for block in blocks:
        if block.is_heading and len(block.lines) > 1 and fold(bare(block.text)) not in known:
            for end in range(1, len(block.lines)):
                above, below = Block(block.lines[:end], True, block.gap), Block(block.lines[end:], True, 1)
                if fold(bare(above.text)) in known or fold(bare(below.text)) in known:
                    result += [above, below]
                    break
            else:
                result.append(block)
            continue
        if block.is_heading and result and result[-1].is_heading and fold(bare(block.text)) not in known:
            both = evolve(result[-1], lines=(*result[-1].lines, *block.lines))
            if fold(bare(both.text)) in known and fold(bare(result[-1].text)) not in known:
                result[-1] = both
                continue
        result.append(block)
    return result
