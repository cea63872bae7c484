"""The contents page of a report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from ..errors import UnreadableReport
from ..names.forms import normalized
from .countries import fold

if TYPE_CHECKING:
    from .lines import Line

ONLINE, PHYSICAL, END = "Online Markets", "Physical Markets", "Public Information"
# Other sections may have a longer title than this.
_WHOLE_TITLES = (ONLINE, PHYSICAL, END)
_SECTIONS = ("Overview", "Issue Focus", "Positive Developments", "Results", *_WHOLE_TITLES)

TITLE = re.compile(
    r"(?P<label>(?P<year>20\d\d) (?:Out-of-Cycle )?Review) of Notorious Markets(?: for Counterfeiting and(?: Piracy)?)?"
)
HEADING = re.compile(r"(table of )?contents( \(?continued\)?)?:?", re.IGNORECASE)
# A leader between a name and its page number is at least two dots, or a space after at most one dot.
_LEADER = r"(?:[.·_]?\s|[.·_]{2}|…)[\s.·_…]*"
_ENTRY = re.compile(rf"(?P<name>.*?)(?:^[\s.·_…]*|{_LEADER})(?P<page>\d{{1,3}})")
# The edition of 2016 has the page numbers before the names.
_NUMBER_FIRST = re.compile(r"(?P<page>\d{1,3})\s+(?P<name>\D.*\D)")
# The end of an entry with a dotted leader. Some copies of the reports print several entries on one line.
_END_OF_ENTRY = re.compile(r"((?:[.·_]\s|[.·_]{2}|…)[\s.·_…]*\d{1,3})\s+")
# Leaders of any length have ends like these, and shorter ones are read faster.
_LONG_LEADER = re.compile(r"[\s.·_…]{40,}")
_FOOTER = re.compile(r"[iv]+|[-–—] ?\d+ ?[-–—]|[Pp]age \d+( of \d+)?|\d+ \| [Pp]age")
_ANNEX = re.compile(r"(?:annex|appendix|endnotes|acronyms|glossary|conclusion)\b", re.IGNORECASE)
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
        entries: All entries in the order of the page.
    """

    sections: dict[str, int]
    issue_focus: str
    online: tuple[Entry, ...]
    physical: tuple[Entry, ...]
    entries: tuple[Entry, ...] = ()


def text_of(pages: Iterable[Iterable[Line]]) -> str:
    """Return the text of all pages. A form feed ends each page."""
    return "".join("\n".join("".join(run.text for run in line.runs) for line in page) + "\f" for page in pages)


def read_contents(text: str, names: Collection[str] = ()) -> Contents:
    """Read a contents page that has the names of the markets and countries.

    Args:
        text: The text of the report.
        names: Known names of markets and countries, as `fold` returns them. A line without a page number is the first part
            of a broken name. If this line or the next one is a known name but both together are not, it is an entry that has
            lost its page number.

    Raises:
        UnreadableReport: There is no contents page, an entry does not have a page number, or page numbers decrease.
    """
    contents, problems = find_contents(text, names)
    if not problems:
        problems = [
            f"the contents page has no entries below `{section}`; type the rows from the text of the report"
            for section, found in ((ONLINE, contents.online), (PHYSICAL, contents.physical))
            if not found
        ]
    if problems:
        raise UnreadableReport(*problems)
    return contents


def find_contents(text: str, names: Collection[str] = ()) -> tuple[Contents, list[str]]:
    """Read a contents page as far as it is clear.

    Returns:
        The contents page, without entries if there is none, and what is unclear.
    """
    lines = iter(_lines(text))
    # The search stops at the heading, so the iterator continues with the first entry.
    if not any(HEADING.fullmatch(line) for line in lines):
        return _EMPTY, ["no contents page found: no line is `Table of Contents` or `Contents`"]
    below = list(islice(lines, _MAX_LINES))
    first = [line for line in below[:4] if not HEADING.fullmatch(line)]
    if len(first) > 1 and all(_NUMBER_FIRST.fullmatch(line) for line in first):
        return _number_first(below)
    entries: list[Entry] = []
    problems: list[str] = []
    first_part, ends_with_leader = "", False
    below_end = iter(below)
    for line in below_end:
        if HEADING.fullmatch(line) or TITLE.fullmatch(line):
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
        return _EMPTY, ["no contents page found: it must end with the entry `Public Information` and its page number"]
    entries += _annexes(islice(below_end, 20), entries[-1].page)
    problems += [
        f"{after}: page {after.page} is lower than page {before.page} of {before}"
        for before, after in pairwise(entries)
        if after.page < before.page
    ]
    return _divide(entries, problems)


def _annexes(lines: Iterable[str], page: int) -> list[Entry]:
    """Return the entries of annexes below the last section."""
    found = []
    for line in lines:
        match = _ENTRY.fullmatch(line)
        if not match or not _ANNEX.match(match["name"]) or int(match["page"]) < page:
            break
        found.append(Entry(_trim(match["name"]), int(match["page"])))
    return found


def _number_first(lines: Sequence[str]) -> tuple[Contents, list[str]]:
    entries = []
    for line in lines:
        if HEADING.fullmatch(line):
            continue
        match = _NUMBER_FIRST.fullmatch(line)
        if not match:
            break
        entries.append(Entry(_trim(match["name"]), int(match["page"])))
    return _divide(entries, [])


def _lines(text: str) -> list[str]:
    """Return the lines of a text with one entry each, without blank lines and page numbers in headers and footers."""
    result: list[str] = []
    pages = text.split("\f")
    for page in pages:
        entries = (_END_OF_ENTRY.sub(r"\1\n", _shortened(" ".join(line.split()))) for line in page.splitlines())
        lines = [line for entry in entries for line in entry.split("\n") if line and not _FOOTER.fullmatch(line)]
        for number, line in enumerate(lines):
            is_first_or_last = len(pages) > 1 and number in (0, len(lines) - 1)
            # A number at the edge of a page is the page's own number, unless the entry before it lacks its page.
            if not (is_first_or_last and line.isdecimal() and (not result or _ENTRY.fullmatch(result[-1]))):
                result.append(line)
    return result


def _shortened(line: str) -> str:
    """Return a line with only both ends of each long leader: the time to read a leader grows with the square of its length."""
    return _LONG_LEADER.sub(lambda leader: leader[0][:20] + leader[0][-20:], line)


def end_of_contents(lines: Sequence[Line], contents: Contents) -> int:
    """Return the position below the contents page, or 0 if there is none."""
    start = next((number for number, line in enumerate(lines) if HEADING.fullmatch(line.text)), None)
    if start is None or not contents.entries:
        return 0
    ends = [fold(entry.name) for entry in contents.entries]
    last = start
    for number, line in enumerate(lines[start + 1 : start + 1 + _MAX_LINES], start=start + 1):
        text = _shortened(line.text)
        match = _ENTRY.fullmatch(text) or _NUMBER_FIRST.fullmatch(text)
        name = fold(match["name"]) if match else None
        if name is not None and any(end.endswith(name) or name.endswith(end) for end in ends):
            last = number
        elif number - last > 6:
            break
    return last + 1


def _trim(name: str) -> str:
    """Remove the start of a leader, but not the last dot of an abbreviation such as B.V."""
    name = normalized(name.strip().rstrip(".·_… "), "NFC")
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


def _divide(entries: list[Entry], problems: list[str]) -> tuple[Contents, list[str]]:
    """Divide the entries into sections, online markets and physical markets."""
    positions = {_section(entry.name): position for position, entry in reversed(list(enumerate(entries)))}
    online: tuple[Entry, ...] = ()
    physical: tuple[Entry, ...] = ()
    if ONLINE in positions or PHYSICAL in positions:
        problems += [f"the contents page has no entry `{section}`" for section in (ONLINE, PHYSICAL) if section not in positions]
        if ONLINE in positions and PHYSICAL in positions:
            online = tuple(entries[positions[ONLINE] + 1 : positions[PHYSICAL]])
            physical = tuple(entries[positions[PHYSICAL] + 1 : positions.get(END)])
    focus = entries[positions["Issue Focus"]].name[len("Issue Focus") :] if "Issue Focus" in positions else ""
    contents = Contents(
        sections={section: entries[positions[section]].page for section in _SECTIONS if section in positions},
        issue_focus=focus.lstrip(" :–—-"),
        online=online,
        physical=physical,
        entries=tuple(entries),
    )
    return contents, problems


_EMPTY = Contents({}, "", (), ())
