"""The pages of the site that have a permanent address: one for each edition and one for each market.

`docs/conf.py` writes them whenever the documentation is built, so they are not in the repository. The page of an edition is
`editions/<year>.html`, and the page of a market is `markets/<market_id>.html`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import notorious_markets as nm
from notorious_markets._writing import write_files
from notorious_markets.about import CAUTION
from notorious_markets.vocabularies import Kind
from tools import edition_pages, markdown, market_pages
from tools.markdown import escaped


def write(docs: Path) -> None:
    """Write the pages into the folders `editions` and `markets` of the documentation, and remove older ones."""
    pages = {f"editions/{edition.year}.md": edition_pages.page(edition) for edition in nm.editions()}
    pages |= {f"markets/{market.market_id}.md": market_pages.page(market) for market in nm.all_markets()}
    pages |= {"editions/index.md": _editions(), "markets/index.md": _markets()}
    contents = {docs / name: ("\n".join(lines) + "\n").encode() for name, lines in pages.items()}
    for folder in (docs / "editions", docs / "markets"):
        folder.mkdir(exist_ok=True)
        for path in set(folder.glob("*.md")) - contents.keys():
            path.unlink()
    # An unchanged page keeps its time, so that Sphinx does not read it again.
    write_files({path: content for path, content in contents.items() if not path.exists() or path.read_bytes() != content})


def _editions() -> Iterator[str]:
    yield from (
        "# Editions",
        "",
        "Each edition of the list has a page with its listings, its figures, its sources and its files.",
        "",
    )
    rows = []
    for edition in reversed(nm.editions()):
        figures = (edition_pages.named(edition, kind) for kind in get_args(Kind))
        rows.append((f"[{edition.year}]({edition.year}.md)", edition.released, *figures, escaped(edition.issue_focus)))
    yield from markdown.table(("edition", "released", "online markets named", "physical markets named", "issue focus"), rows)
    yield from ("", "Named: by a source or by a rule, out of the number that USTR announced.", "", "```{toctree}", ":hidden:", "")
    yield from (*(str(edition.year) for edition in reversed(nm.editions())), "```")


def _markets() -> Iterator[str]:
    markets = nm.all_markets()
    yield from (
        "# Markets",
        "",
        f"{len(markets)} markets that at least one edition lists, or that a report removed.",
        CAUTION,
        "",
    )
    for kind in get_args(Kind):
        found = sorted(nm.all_markets(kind=kind), key=lambda row: row.name.casefold())
        yield from (f"## {kind.capitalize()}", "")
        rows = (
            (
                f"[{escaped(row.name)}]({row.market_id}.md)",
                markdown.country(row.country),
                row.category if kind == "online" else escaped(row.locality),
                markdown.ranges(sorted(set(row.years)), "–"),
            )
            for row in found
        )
        yield from markdown.table(("market", "country", "category" if kind == "online" else "locality", "editions"), rows)
        yield ""
