r"""Reading a report: its contents page, online markets, physical markets and positive developments.

>>> import notorious_markets as nm
>>> from tempfile import TemporaryDirectory
>>> from pathlib import Path
>>> text = "2030 Review of Notorious Markets\n\nOnline Markets\n\nEXAMPLE\nNominated as shop.example.\n"
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "report.txt")
...     _ = path.write_text(text, encoding="utf-8")
...     report = nm.read_report(path)
>>> report.online[0].name_as_listed, report.online[0].domains
('EXAMPLE', ('shop.example',))
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from ..errors import UnreadableReport
from .blocks import Block, blocks
from .comparing import Comparison
from .contents import HEADING, Contents, Entry, end_of_contents, find_contents, text_of
from .countries import countries, fold
from .entries import split_known
from .models import ContentsEntry, OnlineEntry, PhysicalEntry, PositiveDevelopment, Report, Unplaced, records
from .online import online_entries
from .pages import Pages, clean_pages
from .pdf import read_pdf
from .physical import physical_entries
from .sections import SectionText, sections
from .text import read_text
from .titles import read_title, read_totals

if TYPE_CHECKING:
    from ..vocabularies import Year
    from .lines import Line

__all__ = [
    "Comparison",
    "ContentsEntry",
    "OnlineEntry",
    "PhysicalEntry",
    "PositiveDevelopment",
    "Report",
    "Unplaced",
    "read_pages",
    "read_report",
]

_MAX_BYTES = 200_000_000
_ISSUE_FOCUS = re.compile(r"^.*?issue focus[\s:–—-]*", re.IGNORECASE)
# The years that a title can have.
_YEARS = range(2000, 2100)


def read_report(path: str | os.PathLike[str], *, year: Year | None = None) -> Report:
    """Read what the file of a report says: its contents page, markets, totals and positive developments.

    Every line that looks like a heading but has no place in the result is in `unplaced`, so that nothing is dropped silently.
    Nothing is added from other sources: a field is `None` or empty if the file does not state it.

    Args:
        path: The report as a PDF, or its text in UTF-8 as `pdftotext` writes it.
        year: The review year. By default, the title gives it, or the day of the release.

    Raises:
        UnreadableReport: The file is damaged, encrypted, without text, too large, or its text does not tell the year.
        MissingExtra: The file is a PDF, and pypdf is not installed.
        OSError: The file cannot be opened.
        TypeError: An argument has the wrong type.
        ValueError: The year is not from 2000 to 2099.
    """
    if isinstance(year, bool) or not isinstance(year, (int, type(None))):
        raise TypeError(f"year must be an int or None, not {type(year).__name__}")
    if year is not None and year not in _YEARS:
        raise ValueError(f"year must be from {_YEARS[0]} to {_YEARS[-1]}, not {year}")
    path = Path(path)
    return report_of(read_pages(path), path.name, year)


def read_pages(path: Path) -> list[list[Line]]:
    """Return the lines of each page of a PDF or a text file.

    Raises:
        UnreadableReport: The file cannot be read.
        MissingExtra: The file is a PDF, and pypdf is not installed.
        OSError: The file cannot be opened.
    """
    if (size := path.stat().st_size) > _MAX_BYTES:
        raise UnreadableReport(f"{path.name} must have at most {_MAX_BYTES:,} bytes, not {size:,}")
    content = path.read_bytes()
    # A PDF can begin with other bytes, such as a byte order mark.
    return read_pdf(content, path.name) if b"%PDF-" in content[:1024] else read_text(content, path.name)


def report_of(raw: Sequence[Sequence[Line]], name: str, year: int | None = None) -> Report:
    """Return the report that consists of these pages.

    Args:
        raw: The lines of each page.
        name: The name of the file, for messages.
        year: The review year; `None` takes it from the text.

    Raises:
        UnreadableReport: The text does not tell the year.
    """
    whole = text_of(raw)
    contents, problems = find_contents(whole, countries())
    pages = clean_pages(raw)
    start = end_of_contents(pages.lines, contents)
    titles = {fold(entry.name) for entry in contents.entries if entry.name}
    parts, above = sections(split_known(blocks(pages, pages.lines[start:]), titles))
    pages = _numbered(pages, contents, parts)
    head = [*_cover(pages, start), *above]
    title = read_title("\n".join(block.text for block in head), whole, year)
    if title.year is None:
        raise UnreadableReport(
            f"{name} must have a title such as `2021 Review of Notorious Markets`; if it is a report, pass year"
        )
    totals = _totals(parts, above)
    unplaced = _unplaced_above(head, pages, title.title or "", has_sections=bool(parts))
    online: list[OnlineEntry] = []
    physical: list[PhysicalEntry] = []
    developments: list[PositiveDevelopment] = []
    for part in parts:
        if part.name == "online" or (part.name == "results" and not any(other.name == "online" for other in parts)):
            online, others = online_entries(part.blocks, contents, totals[0], pages.number)
        elif part.name == "physical":
            physical, others, remarks = physical_entries(part.blocks, contents, totals[1], pages.number)
            problems += remarks
        else:
            others = [block for block in part.blocks if block.is_heading]
            if part.name == "developments":
                developments = [
                    PositiveDevelopment(pages.number(block.first), block.text) for block in part.blocks if not block.is_heading
                ]
        unplaced += [_unplaced(block, pages, f"a heading in the section `{part.heading.text}`") for block in others]
    missing = _missing(contents.online, [entry.name_as_listed for entry in online])
    missing += _missing(contents.physical, [entry.country_as_listed for entry in physical if entry.country_as_listed])
    unplaced += [
        Unplaced(entry.page, None, entry.name, "an entry of the contents page that the text does not have") for entry in missing
    ]
    focus = contents.issue_focus or _issue_focus(parts)
    return Report(
        year=title.year,
        title=title.title,
        period_label=title.label,
        issue_focus=focus or None,
        online_total=totals[0],
        physical_total=totals[1],
        report_pages=pages.count,
        contents=records(ContentsEntry, _contents_entries(contents)),
        online=records(OnlineEntry, online),
        physical=records(PhysicalEntry, physical),
        developments=records(PositiveDevelopment, developments),
        unplaced=records(Unplaced, unplaced),
        problems=tuple(problems),
    )


def _totals(parts: Sequence[SectionText], above: Sequence[Block]) -> tuple[int | None, int | None]:
    """Return the announced totals from the sections before the markets."""
    texts = [block.text for block in above if not block.is_heading]
    for part in parts:
        if part.name in ("overview", "results", "other"):
            texts += [block.text for block in part.blocks if not block.is_heading]
    return read_totals(texts)


def _issue_focus(parts: Sequence[SectionText]) -> str:
    """Return the subject of the issue focus from its heading, or an empty text."""
    for part in parts:
        if part.name == "issue":
            return _ISSUE_FOCUS.sub("", part.heading.text)
    return ""


def _contents_entries(contents: Contents) -> list[ContentsEntry]:
    sections_of = {id(entry): "online" for entry in contents.online} | {id(entry): "physical" for entry in contents.physical}
    return [ContentsEntry(entry.name, entry.page, sections_of.get(id(entry))) for entry in contents.entries]  # type: ignore[arg-type]


def _missing(entries: Sequence[Entry], names: Sequence[str]) -> list[Entry]:
    found = {fold(name) for name in names}
    return [entry for entry in entries if entry.name and fold(entry.name) not in found]


def _numbered(pages: Pages, contents: Contents, parts: Sequence[SectionText]) -> Pages:
    """Return the pages with numbers if the file prints none: from the contents page, or from their position in the file."""
    if pages.numbers or pages.count is None:
        return pages
    printed = {fold(entry.name): entry.page for entry in contents.entries}
    offsets = Counter(part.heading.first.sheet - printed[name] for part in parts if (name := fold(part.heading.text)) in printed)
    offset = offsets.most_common()[0][0] if offsets else -1
    return evolve(pages, numbers={sheet: sheet - offset for sheet in range(pages.count) if sheet > offset})


def _cover(pages: Pages, start: int) -> list[Block]:
    """Return what is above the contents page."""
    heading = next((place for place, line in enumerate(pages.lines[:start]) if HEADING.fullmatch(line.text)), 0)
    return blocks(pages, pages.lines[:heading])


def _unplaced_above(above: Sequence[Block], pages: Pages, title: str, *, has_sections: bool) -> list[Unplaced]:
    """Return the headings above the first section that are no part of the title."""
    reason = "a heading above the first section" if has_sections else "a heading in a text without the sections of a report"
    headings = (block for block in above if block.is_heading)
    return [_unplaced(block, pages, reason) for block in headings if fold(block.text) not in fold(title)]


def _unplaced(block: Block, pages: Pages, reason: str) -> Unplaced:
    return Unplaced(pages.number(block.first), block.first.sheet + 1, block.text, reason)
