"""The title, the year and the announced totals of a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from attrs import frozen

from .._store import DATASET
from ..models import Edition
from ._contents import TITLE

_WITHOUT_YEAR = re.compile(r"Out-of-Cycle Review of Notorious Markets")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(\d{{1,2}}),\s+(20\d\d)\b", re.IGNORECASE)
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905
    "eighteen nineteen"
).split()
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))  # noqa: SIM905
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(_UNITS[::-1])})"
_COUNT = rf"(?P<count>\d{{1,3}}|{_WORD})(?:\s*\((?P<digits>\d{{1,3}})\))?"
_TOTAL = {
    kind: re.compile(rf"\b{_COUNT}\s+(?:notorious\s+|such\s+)?{words}\s+(?:market(?:place)?s?\b|and\s+(?:\w|[- ])+?\(?\d*\)?\s+\w+\s+market)", re.I)
    for kind, words in (("online", r"(?:online|internet(?:-based)?)"), ("physical", r"physical"))
}


@frozen
class Title:
    """The title of a report."""

    year: int | None
    title: str | None
    label: str | None


def read_title(text: str, year: int | None = None) -> Title:
    """Return the title. If it has no year, the day of the release tells the edition.

    Args:
        text: The text of the report.
        year: The review year; `None` takes it from the text.
    """
    text = " ".join(text.split())
    found = [match for match in TITLE.finditer(text) if year is None or int(match["year"]) == year]
    if found:
        # Some copies of a report print the title once in full and elsewhere cut off.
        same_year = [match for match in found if match["year"] == found[0]["year"]]
        best = max(same_year, key=lambda match: len(match[0]))
        return Title(year or int(best["year"]), best[0], best["label"])
    match = _WITHOUT_YEAR.search(text)
    return Title(year or _year_of_release(text), match[0] if match else None, None)


def _year_of_release(text: str) -> int | None:
    """Return the review year of the edition that was released on a day that the beginning of the text prints."""
    released = {edition.released: edition.year for edition in DATASET.rows(Edition)}
    for match in _DATE.finditer(text[:20_000]):
        try:
            day = date(int(match[3]), _MONTHS.index(match[1].capitalize()) + 1, int(match[2]))
        except ValueError:
            continue
        if day in released:
            return released[day]
    return None


def read_totals(paragraphs: Iterable[str]) -> tuple[int | None, int | None]:
    """Return the numbers of online and physical markets that a report announces.

    A sentence that gives both counts before a sentence that gives one, and the number that is given most often before others.
    """
    both: Counter[tuple[int, int]] = Counter()
    single: dict[str, Counter[int]] = {"online": Counter(), "physical": Counter()}
    for paragraph in paragraphs:
        for sentence in re.split(r"(?<=[.;])\s+", paragraph):
            counts = {kind: [_value(match) for match in pattern.finditer(sentence)] for kind, pattern in _TOTAL.items()}
            if counts["online"] and counts["physical"]:
                both[counts["online"][0], counts["physical"][0]] += 1
            for kind, values in counts.items():
                single[kind].update(values)
    if both:
        return both.most_common(1)[0][0]
    online, physical = (next((value for value, _ in single[kind].most_common(1)), None) for kind in ("online", "physical"))
    return online, physical


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
