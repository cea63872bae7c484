"""Blocks of a report and contents pages, written as text."""

from __future__ import annotations

import re

from notorious_markets.reports.blocks import Block
from notorious_markets.reports.contents import Contents, Entry
from notorious_markets.reports.lines import Line, Run


def block(text: str, *, heading: bool = False, gap: float = 1.5, size: float = 12, sheet: int = 0, column: int = 0) -> Block:
    """Return a block. `**` begins and ends bold text, `__` italic text; each line of the text is a line of the block."""
    lines = []
    bold = italic = False
    for number, row in enumerate(text.split("\n")):
        runs = []
        for part in re.split(r"(\*\*|__)", row):
            bold ^= part == "**"
            italic ^= part == "__"
            if part not in ("**", "__", ""):
                runs.append(Run(part, bold, italic, size))
        lines.append(Line(tuple(runs), x=72, y=100 + 12 * number, sheet=sheet, column=column))
    return Block(tuple(lines), heading, gap)


def blocks(*texts: str | Block) -> list[Block]:
    """Return blocks: a text after `# ` is a heading."""
    return [text if isinstance(text, Block) else block(text.removeprefix("# "), heading=text.startswith("# ")) for text in texts]


def contents(*, online: str = "", physical: str = "") -> Contents:
    """Return a contents page with these names, which are divided by commas."""

    def entries(names: str) -> tuple[Entry, ...]:
        return tuple(Entry(name, 1) for name in names.split(", ") if name)

    return Contents({}, "", entries(online), entries(physical))


def page(line: Line) -> int:
    """Return the printed page of a line: the first page has the number 10."""
    return line.sheet + 10
