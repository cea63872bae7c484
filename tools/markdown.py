"""What the generated pages have in common: tables, runs of numbers, facts, sources, developments, and JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import notorious_markets as nm
from notorious_markets._countries import country_names
from notorious_markets.about import TITLE

LICENCES = ["https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/4.0/"]
"""The licences of the dataset: that of the facts, and that of regions and coordinates."""


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a Markdown table. `None` is an empty cell."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join('' if cell is None else str(cell).replace('|', chr(92) + '|') for cell in row)} |"


def ranges(numbers: Sequence[int], to: str = " to ") -> str:
    """Return sorted numbers as text, with runs of consecutive numbers as ranges: `3, 5 to 7`."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}{to}{run[-1]}" for run in runs)


def escaped(text: str | None) -> str:
    """Return text as it is printed, without a meaning for its characters in Markdown."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>&$|" else character for character in text or "")


def definitions(facts: dict[str, str]) -> Iterator[str]:
    """Yield facts with their names; empty facts are left out."""
    yield from (":::{container} facts", "")
    for name, text in facts.items():
        if text:
            yield from (name, f": {text}", "")
    yield from (":::", "")


def developments(developments: Iterable[nm.Development], *, with_market: bool) -> Iterator[str]:
    """Yield the section about removals, closures and other events, if there are any."""
    rows = []
    for row in developments:
        subject = f"[{escaped(row.subject)}](../markets/{row.market_id}.md)" if row.market_id else escaped(row.subject)
        first = (subject, country(row.country)) if with_market else (f"[{row.year}](../editions/{row.year}.md)",)
        rows.append((*first, row.development, escaped(row.description)))
    if rows:
        head = ("subject", "country") if with_market else ("edition",)
        yield from ("## Developments", "")
        yield from (*table((*head, "event", "what happened"), rows), "")


def sources(sources: dict[nm.Source, list[str]]) -> Iterator[str]:
    """Yield sources as links, each with what it shows."""
    yield from (":::{container} sources", "")
    for source, shown in sources.items():
        title = f", {escaped(source.title)}" if source.title else ""
        date = f", {source.published}" if source.published else ""
        text = f": {'; '.join(shown)}" if shown else ""
        yield f"- [{escaped(source.publisher)}{title}](<{source.url}>){date}{text}"
    yield from (":::", "")


def country(code: str | None) -> str | None:
    """Return the name of a country."""
    return country_names()[code] if code else None


def json_ld(value: dict[str, Any]) -> Iterator[str]:
    """Yield an element with JSON-LD that is part of the dataset, in the vocabulary of schema.org.

    Addresses are relative to the page, because the site may be published anywhere.
    """
    part = {"@type": "Dataset", "@id": "../index.html", "name": TITLE, "license": LICENCES}
    # A closing tag inside the text would end the element.
    text = json.dumps({"@context": "https://schema.org", **value, "isPartOf": part}, ensure_ascii=False).replace("</", "<\\/")
    yield f'<script type="application/ld+json">{text}</script>'
