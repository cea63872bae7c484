"""The title, the year and the announced totals of a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import TypeVar

from attrs import frozen

from .._store import DATASET
from ..models import Edition
from .contents import TITLE

# A title after words such as `since the` is that of an earlier edition.
_TITLE = re.compile(rf"(?P<earlier>\b(?i:since|from|in|previous) (?i:the )?)?{TITLE.pattern}")
_WITHOUT_YEAR = re.compile(r"Out-of-Cycle Review of Notorious Markets")
# The module `calendar` has the names in the language of the user.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(\d{{1,2}}),\s+(20\d\d)\b", re.IGNORECASE)
# A text without sections is a head as a whole. The day of the release is in this part of it.
_HEAD = 20_000
_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(_UNITS[::-1])})"
_COUNT = rf"(?P<count>\d{{1,3}}|{_WORD})(?:\s*\((?P<digits>\d{{1,3}})\))?"
_OTHER_KIND = r"and\s+[\w -]{1,40}?(?:\(\d{1,3}\)\s+)?\w{1,20}\s+market"
_TOTAL = {
    kind: re.compile(rf"\b{_COUNT}\s+(?:notorious\s+)?{words}\s+(?:market(?:place)?s?\b|{_OTHER_KIND})", re.IGNORECASE)
    for kind, words in (("online", r"(?:online|internet(?:-based)?)"), ("physical", r"physical"))
}

Value = TypeVar("Value")


@frozen
class Title:
    """The title of a report."""

    year: int | None
    title: str | None
    label: str | None


def read_title(head: str, text: str, year: int | None = None) -> Title:
    """Return the title. The oldest editions have no year in it; there the text or the day of the release tells the year.

    Args:
        head: The text above the first section.
        text: The text of the report.
        year: The review year; `None` takes it from the text.
    """
    head, text = " ".join(head.split()), " ".join(text.split())
    in_head, in_text = ([match for match in _titles(part) if year in (None, int(match["year"]))] for part in (head, text))
    if in_head or (in_text and not _WITHOUT_YEAR.search(head)):
        first = (in_head or in_text)[0]
        # Some copies of a report print the title once in full and elsewhere cut off.
        best = max((match for match in [*in_head, *in_text] if match["year"] == first["year"]), key=lambda match: len(match[0]))
        return Title(year or int(best["year"]), best[0], best["label"])
    match = _WITHOUT_YEAR.search(head) or _WITHOUT_YEAR.search(text)
    days = list(_days(head))
    return Title(year or _year(days, [int(title["year"]) for title in in_text]), match[0] if match else None, None)


def _titles(text: str) -> Iterator[re.Match[str]]:
    """Return the titles with a year, without those of earlier editions."""
    return (match for match in _TITLE.finditer(text) if not match["earlier"])


def _year(days: list[date], years: list[int]) -> int | None:
    """Return the review year of an edition that was released on one of the days, or the year that the text names most often."""
    released = {edition.released: edition.year for edition in DATASET.rows(Edition)}
    for day in days:
        if day in released:
            return released[day]
    if years:
        return _most_frequent(years)
    # An edition is released from December of its review year to spring of the next one.
    return next((day.year if day.month > 6 else day.year - 1 for day in days), None)


def _days(text: str) -> Iterator[date]:
    """Yield the days that a text prints."""
    for match in _DATE.finditer(text[:_HEAD]):
        with suppress(ValueError):
            yield date(int(match[3]), _MONTHS.index(match[1].capitalize()) + 1, int(match[2]))


def read_totals(paragraphs: Iterable[str]) -> tuple[int | None, int | None]:
    """Return the numbers of online and physical markets that a report announces.

    A sentence that gives both counts before a sentence that gives one, and the number that is given most often before others.
    """
    both: list[tuple[int, int]] = []
    online: list[int] = []
    physical: list[int] = []
    for paragraph in paragraphs:
        for sentence in re.split(r"(?<=[.;])\s+", paragraph):
            counts = {kind: [_value(match) for match in pattern.finditer(sentence)] for kind, pattern in _TOTAL.items()}
            if counts["online"] and counts["physical"]:
                both.append((counts["online"][0], counts["physical"][0]))
            online += counts["online"]
            physical += counts["physical"]
    return _most_frequent(both) or (_most_frequent(online), _most_frequent(physical))


def _most_frequent(values: Sequence[Value]) -> Value | None:
    """Return the most frequent value, the first one of several, or `None` if there is none."""
    counts = Counter(values).most_common()
    return counts[0][0] if counts else None


def _value(match: re.Match[str]) -> int:
    if match["digits"]:
        return int(match["digits"])
    count = match["count"].lower()
    if count.isdecimal():
        return int(count)
    if count in _UNITS:
        return _UNITS.index(count)
    tens, _, unit = re.sub("[- ]", " ", count).partition(" ")
    return _TENS[tens] + (_UNITS.index(unit) if unit else 0)
