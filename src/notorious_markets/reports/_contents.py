"""The contents page of a report, read from a PDF or from text."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Collection
from itertools import islice, pairwise
from pathlib import Path

from attrs import frozen
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from notorious_markets.names.forms import folded, unspaced
from tools.facts import Refused

ONLINE, PHYSICAL, END = "Online Markets", "Physical Markets", "Public Information"
# Other sections may have a longer title than this.
_WHOLE_TITLES = (ONLINE, PHYSICAL, END)
_SECTIONS = ("Overview", "Issue Focus", "Positive Developments", "Results", *_WHOLE_TITLES)

TITLE = re.compile(
    r"(?P<label>(?P<year>20\d\d) (?:Out-of-Cycle )?Review) of Notorious Markets(?: for Counterfeiting and(?: Piracy)?)?"
)
_HEADING = re.compile(r"(table of )?contents( \(?continued\)?)?:?", re.IGNORECASE)
# A leader between a name and its page number is at least two dots, or a space after at most one dot.
_LEADER = r"(?:[.·_]?\s|[.·_]{2}|…)[\s.·_…]*"
_ENTRY = re.compile(rf"(?P<name>.*?)(?:^[\s.·_…]*|{_LEADER})(?P<page>\d{{1,3}})")
# The end of an entry with a dotted leader. Some copies of the reports print several entries on one line.
_END_OF_ENTRY = re.compile(r"((?:[.·_]\s|[.·_]{2}|…)[\s.·_…]*\d{1,3})\s+")
_FOOTER = re.compile(r"[iv]+|[-–—] ?\d+ ?[-–—]|[Pp]age \d+( of \d+)?|\d+ \| [Pp]age")
# A contents page has fewer lines than this.
_MAX_LINES = 500


@frozen
class Entry:
    """An entry of the contents page. Its name is empty if the text has lost it."""

    name: str
    page: int

    def __str__(self) -> str:
        return self.name or "an entry without a name"


@frozen
class Contents:
    """A contents page.

    Attributes:
        sections: The page of each section of the report.
        issue_focus: The subject of the issue focus, or an empty string.
        online: The entries of the online markets.
        physical: The entries of the physical markets, which are countries.
    """

    sections: dict[str, int]
    issue_focus: str
    online: tuple[Entry, ...]
    physical: tuple[Entry, ...]


def fold(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation: POPCORNTIME and Popcorn Time are the same."""
    return unspaced(folded(name))


def read_report(path: Path) -> str:
    """Return the text of a report. A form feed ends each page if the pages are known.

    Raises:
        OSError: The file cannot be opened.
        Refused: The file is neither a PDF with text nor UTF-8 text.
    """
    content = path.read_bytes()
    if not content.startswith(b"%PDF-"):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused([f"{path} must be a PDF or UTF-8 text"]) from None
    try:
        # In the layout mode, a page number that is drawn separately is on the line of its name.
        pages = [page.extract_text(extraction_mode="layout") for page in PdfReader(io.BytesIO(content)).pages]
    except PyPdfError as error:
        raise Refused([f"{path} cannot be read as a PDF: {error}"]) from error
    if not any(page.strip() for page in pages):
        raise Refused([f"{path} does not contain text; run text recognition (OCR) on it first"])
    return "".join(f"{page}\f" for page in pages)


def read_contents(text: str, names: Collection[str] = ()) -> Contents:
    """Read the contents page of a report.

    Args:
        text: The text of the report.
        names: Known names of markets and countries, as `fold` returns them. A line without a page number is the first part
            of a broken name. If this line or the next one is a known name but both together are not, it is an entry that has
            lost its page number.

    Raises:
        Refused: There is no contents page, an entry does not have a page number, or page numbers decrease.
    """
    lines = iter(_lines(text))
    # The search stops at the heading, so the iterator continues with the first entry.
    if not any(_HEADING.fullmatch(line) for line in lines):
        raise Refused(["no contents page found: no line is `Table of Contents` or `Contents`"])
    entries: list[Entry] = []
    problems: list[str] = []
    first_part, ends_with_leader = "", False
    for line in islice(lines, _MAX_LINES):
        if _HEADING.fullmatch(line) or TITLE.fullmatch(line):
            continue
        match = _ENTRY.fullmatch(line)
        name = _trim(match["name"] if match else line)
        if first_part and name and (ends_with_leader or _are_two_entries(first_part, name, names)):
            problems.append(f"{first_part}: no page number; if the name continues with `{name}`, put both on one line")
            first_part = ""
        name = _join(first_part, name)
        if not match:
            first_part, ends_with_leader = name, bool(re.search(r"([.·_]\s?){3}$|…$", line))
            continue
        entries.append(Entry(name, int(match["page"])))
        first_part, ends_with_leader = "", False
        if _section(name) == END:
            break
    else:
        raise Refused([f"no contents page found: it must end with the entry `{END}` and its page number"])
    problems += [
        f"{after}: page {after.page} is lower than page {before.page} of {before}"
        for before, after in pairwise(entries)
        if after.page < before.page
    ]
    return _divide(entries, problems)


def _lines(text: str) -> list[str]:
    """Return the lines of a text with one entry each, without blank lines and page numbers in headers and footers."""
    result: list[str] = []
    pages = text.split("\f")
    for page in pages:
        entries = (_END_OF_ENTRY.sub(r"\1\n", " ".join(line.split())) for line in page.splitlines())
        lines = [line for entry in entries for line in entry.split("\n") if line and not _FOOTER.fullmatch(line)]
        for number, line in enumerate(lines):
            is_first_or_last = len(pages) > 1 and number in (0, len(lines) - 1)
            # A number at the edge of a page is the page's own number, unless the entry before it lacks its page.
            if not (is_first_or_last and line.isdecimal() and (not result or _ENTRY.fullmatch(result[-1]))):
                result.append(line)
    return result


def _trim(name: str) -> str:
    """Remove the start of a leader, but not the last dot of an abbreviation such as B.V."""
    name = unicodedata.normalize("NFC", name.strip().rstrip(".·_… "))
    return f"{name}." if re.search(r"(^|[\s(])([A-Z]\.)+[A-Z]$", name) else name


def _join(first: str, second: str) -> str:
    """Join the two parts of a broken name."""
    return f"{first}{second}" if first.endswith("-") else f"{first} {second}".strip()


def _are_two_entries(first: str, second: str, names: Collection[str]) -> bool:
    """Return whether two lines are two entries, so that the first has lost its page number."""
    if _section(first) in _WHOLE_TITLES or _section(second):
        return True
    return fold(_join(first, second)) not in names and (fold(first) in names or fold(second) in names)


def _section(name: str) -> str | None:
    """Return the section of the report that an entry names, or `None`."""
    for section in _SECTIONS:
        if re.fullmatch(section if section in _WHOLE_TITLES else rf"{section}\b.*", name, re.IGNORECASE):
            return section
    return None


def _divide(entries: list[Entry], problems: list[str]) -> Contents:
    """Divide the entries into sections, online markets and physical markets."""
    positions = {_section(entry.name): position for position, entry in reversed(list(enumerate(entries)))}
    if missing := [section for section in (ONLINE, PHYSICAL) if section not in positions]:
        raise Refused([*problems, *(f"the contents page has no entry `{section}`" for section in missing)])
    online = tuple(entries[positions[ONLINE] + 1 : positions[PHYSICAL]])
    physical = tuple(entries[positions[PHYSICAL] + 1 : -1])
    for section, found in ((ONLINE, online), (PHYSICAL, physical)):
        if not found:
            problems.append(f"the contents page has no entries below `{section}`; type the rows from the text of the report")
    if problems:
        raise Refused(problems)
    focus = entries[positions["Issue Focus"]].name if "Issue Focus" in positions else ""
    return Contents(
        sections={section: entries[positions[section]].page for section in _SECTIONS if section in positions},
        issue_focus=focus[len("Issue Focus") :].lstrip(" :–—-"),
        online=online,
        physical=physical,
    )
