"""Headers, footers, page numbers and footnotes of a document."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from .lines import Line, most_common, without_division

# So many lines at the upper and lower edge of a page can be headers and footers.
_EDGE = 3
_REPEATED = 3
# A file can begin with a page after the first one, but not with the number of a year.
_MOST_BEFORE = 100
_ROMAN = re.compile(r"[ivxl]{1,7}", re.IGNORECASE)
_NUMBER = re.compile(r"(?:page\s+)?[-–—\[(|]?\s*(\d{1,4})\s*[-–—\])|]?(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE)
_AT_EDGE = re.compile(r"^(\d{1,4})\b(?!\s*,)|\b(\d{1,4})$")
_PAGE_OF = re.compile(r"\bpage\s+(\d{1,4})(?:\s+of\s+\d+)?\b|\b(\d{1,4})\s*\|\s*page\b", re.IGNORECASE)
# A footnote is smaller than this part of the text.
_SMALLER = 0.93
_NOTE = re.compile(r"(?:\d{1,3}|\*|†|‡)\s*\S")


@frozen
class Pages:
    """The text of a document without headers and footers.

    Attributes:
        lines: The lines of all pages in reading order.
        numbers: The number that is printed on each page, by its position in the file; without pages that have none.
        count: The number of pages in the file, or `None` if the file does not tell.
        body_size: The size of most letters, or 0 if the file has no styles.
    """

    lines: tuple[Line, ...]
    numbers: Mapping[int, int]
    count: int | None
    body_size: float

    @property
    def has_styles(self) -> bool:
        """Whether the file tells which text is bold, italic or large."""
        return self.body_size > 0

    def number(self, line: Line) -> int | None:
        """Return the number that is printed on the page of a line."""
        return self.numbers.get(line.sheet)


def clean_pages(pages: Sequence[Sequence[Line]]) -> Pages:
    """Remove headers, footers, page numbers and footnotes."""
    body_size = most_common((line.size, len(line.text)) for page in pages for line in page)
    edges = [_edges(page) for page in pages]
    repeated = _repeated(edges)
    numbers = _page_numbers(edges, repeated)
    kept: list[Line] = []
    for sheet, page in enumerate(pages):
        remaining = _without_furniture(page, edges[sheet], repeated, numbers.get(sheet))
        kept += _without_notes(remaining, body_size)
    is_paged = len(pages) > 1 or body_size > 0
    return Pages(tuple(without_division(kept)), numbers, len(pages) if is_paged else None, body_size)


def _edges(page: Sequence[Line]) -> list[Line]:
    """Return the lines at the upper and lower edge of a page, the outermost first."""
    by_height = sorted(page, key=lambda line: line.y)
    upper, lower = by_height[:_EDGE], by_height[::-1][:_EDGE]
    return list(dict.fromkeys([line for pair in zip(upper, lower, strict=True) for line in pair]))


def _pattern(line: Line) -> str:
    """Return the text of a line without its numbers and with its size, so that headers of several pages are equal."""
    words = ("#" if _ROMAN.fullmatch(word) else word for word in re.sub(r"\d+", "#", line.text.casefold()).split())
    return f"{' '.join(words)} ({line.size:.0f})"


def _height(line: Line) -> int:
    return round(line.y / 4)


# The pattern and the height of headers and footers, and the pages on which each number in them stands.
_Repeated = dict[tuple[str, int], Counter[str]]


def _repeated(edges: Sequence[Sequence[Line]]) -> _Repeated:
    """Return the headers and footers: their pattern and height are the same on several pages."""
    places: dict[str, Counter[int]] = defaultdict(Counter)
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for page in edges:
        for line in page:
            places[_pattern(line)][_height(line)] += 1
            numbers[_pattern(line)].update(set(re.findall(r"\d+", line.text)))
    result: _Repeated = {}
    needed = max(_REPEATED, len(edges) // 10)
    for pattern, heights in places.items():
        for height in heights:
            # A height can lie at the border of two steps.
            if not pattern.startswith("# (") and sum(heights[height + step] for step in (-1, 0, 1)) >= needed:
                result[pattern, height] = numbers[pattern]
    return result


def _page_numbers(edges: Sequence[Sequence[Line]], repeated: _Repeated) -> dict[int, int]:
    """Return the number of each page. The numbers grow with the pages, so that other numbers do not count."""
    candidates = [_candidates(page, repeated) for page in edges]
    offsets = Counter(
        sheet - number for sheet, found in enumerate(candidates) for number in found if number <= sheet + _MOST_BEFORE
    )
    if not offsets:
        return {}
    offset, support = max(offsets.items(), key=lambda item: (item[1], -abs(item[0])))
    if support < min(3, max(len(edges) - 1, 1)):
        return {}
    first = min(sheet for sheet, found in enumerate(candidates) if sheet - offset in found)
    # A page between numbered ones has a number even if it does not print it. Earlier pages have none, or roman ones.
    while first > 0 and first - 1 - offset >= 1 and not _has_roman(edges[first - 1]):
        first -= 1
    return {sheet: sheet - offset for sheet in range(first, len(edges)) if sheet - offset >= 1}


def _has_roman(page: Sequence[Line]) -> bool:
    return any(_ROMAN.fullmatch(line.text) for line in page)


def _candidates(page: Sequence[Line], repeated: _Repeated) -> set[int]:
    found: set[int] = set()
    for position, line in enumerate(page):
        if match := _NUMBER.fullmatch(line.text) or _PAGE_OF.search(line.text):
            found.update(int(group) for group in match.groups() if group)
        elif (_pattern(line), _height(line)) in repeated or position < 2:
            found.update(int(group) for match in _AT_EDGE.finditer(line.text) for group in match.groups() if group)
    return found


def _without_furniture(page: Sequence[Line], edges: Sequence[Line], repeated: _Repeated, number: int | None) -> list[Line]:
    furniture = []
    for line in edges:
        match = _NUMBER.fullmatch(line.text)
        is_number = bool(match and number is not None and int(match[1]) == number)
        is_roman = number is None and bool(_ROMAN.fullmatch(line.text)) and line in edges[:2]
        if is_number or is_roman or _is_repeated(line, repeated, number):
            furniture.append(line)
    return [line for line in page if line not in furniture]


def _is_repeated(line: Line, repeated: _Repeated, number: int | None) -> bool:
    """Return whether a line is a header or footer. A number in it is that of the page, or the same on several pages."""
    pages = repeated.get((_pattern(line), _height(line)))
    if pages is None:
        return False
    return all(pages[found] >= _REPEATED or number in (None, int(found)) for found in re.findall(r"\d+", line.text))


def _without_notes(page: list[Line], body_size: float) -> list[Line]:
    """Remove the footnotes: the last lines of a page, if they are small and begin with a mark."""
    if not body_size:
        return _without_plain_notes(page)
    by_height = sorted(page, key=lambda line: -line.y)
    small: list[Line] = []
    for line in by_height:
        if line.size >= _SMALLER * body_size:
            break
        small.append(line)
    if small and _NOTE.match(_raw(small[-1])):
        notes = set(map(id, small))
        return [line for line in page if id(line) not in notes]
    return page


def _without_plain_notes(page: list[Line]) -> list[Line]:
    """Remove the footnotes of a page without styles: sentences at its end that begin with a number, below a blank line."""
    usual = usual_gap(page)
    start = next((place for place in range(len(page) - 1, 0, -1) if page[place].y - page[place - 1].y > 1.5 * usual), 0)
    first = page[start].text if page else ""
    is_note = start and re.match(r"\d{1,3} \S", first) and (len(first) > 50 or first.endswith("."))
    return page[:start] if is_note else page


def _raw(line: Line) -> str:
    return "".join(run.text for run in line.runs).strip()


def usual_gap(lines: Iterable[Line]) -> float:
    """Return the usual distance between two lines of the text."""
    ordered = list(lines)
    gaps = [
        round(below.y - above.y, 1)
        for above, below in itertools.pairwise(ordered)
        if (above.sheet, above.column) == (below.sheet, below.column) and below.y > above.y
    ]
    return most_common((gap, 1) for gap in gaps)
