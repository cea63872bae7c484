"""A report described in plain values, and where a layout has printed each part of it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen


def _series(items: tuple[str, ...], before_and: str = "") -> str:
    """Return items separated by commas, with `and` before the last one."""
    *others, last = items
    return f"{', '.join(others)}{before_and if others[1:] else ''} and {last}" if others else last


@frozen
class Entry:
    """An online market.

    Attributes:
        name: The heading. Layouts in capitals print it in capitals.
        domains: The domains of the line `Nominated as ...`, or none if the entry does not have them.
        related_domains: The domains of the sentence `Related sites include ...`.
        mobile_app: Whether the line says that the market is also a mobile app.
        headquarters: The place of the sentence `Headquartered in ...`.
        operated_from: The place of the sentence `Reportedly operated from ...`.
        hosted_in: The place of the sentence `Reportedly hosted in ...`.
        prose: The paragraphs.
    """

    name: str
    domains: tuple[str, ...] = ()
    mobile_app: bool = False
    headquarters: str | None = None
    operated_from: str | None = None
    hosted_in: str | None = None
    prose: tuple[str, ...] = ()
    related_domains: tuple[str, ...] = ()

    def line(self) -> str:
        """Return the sentences below the heading, or an empty string."""
        sentences = []
        if self.domains:
            sentences.append(f"Nominated as {_series(self.domains)}.")
        if self.related_domains:
            sentences.append(f"Related sites include {_series(self.related_domains, ',')}.")
        if self.mobile_app:
            sentences.append("Also available as a mobile app.")
        if self.headquarters:
            sentences.append(f"Headquartered in {self.headquarters}.")
        if self.operated_from:
            sentences.append(f"Reportedly operated from {self.operated_from}.")
        if self.hosted_in:
            sentences.append(f"Reportedly hosted in {self.hosted_in}.")
        return " ".join(sentences)


@frozen
class PhysicalEntry:
    """A physical market. `locality` is `None` if the report does not print one."""

    name: str
    locality: str | None = None
    prose: tuple[str, ...] = ()


@frozen
class Development:
    """A positive development."""

    prose: str


@frozen
class Report:
    """What a report says.

    Attributes:
        year: The review year.
        title: The title on the cover. The oldest editions do not have the year in it.
        released: The date below the title as printed, or `None`.
        online_total: The number of online markets that the overview announces, or `None` if it announces none.
        physical_total: The same for physical markets.
        online: The online markets.
        physical: The countries as printed, each with its markets.
        developments: The positive developments.
        overview: The paragraphs of the overview, without the announced totals.
        issue_focus: The subject of the issue focus, or `None` if there is none.
        issue_prose: The paragraphs of the issue focus.
        public_information: The paragraphs of the last section.
    """

    year: int
    title: str
    online_total: int | None
    physical_total: int | None
    online: tuple[Entry, ...]
    physical: tuple[tuple[str, tuple[PhysicalEntry, ...]], ...]
    developments: tuple[Development, ...] = ()
    overview: tuple[str, ...] = ()
    issue_focus: str | None = None
    issue_prose: tuple[str, ...] = ()
    public_information: tuple[str, ...] = ()
    released: str | None = None

    def physical_entries(self) -> Iterator[tuple[str, PhysicalEntry]]:
        """Yield each physical market with its country."""
        for country, entries in self.physical:
            for entry in entries:
                yield country, entry


@frozen
class Place:
    """Where a heading is printed.

    Attributes:
        page: The number that is printed on the page.
        sheet: The number of the page in the file, from 1.
    """

    page: int
    sheet: int


@frozen
class ContentsEntry:
    """A line of the contents page; `level` is 0 for sections and 1 for markets and countries."""

    title: str
    page: int
    level: int


@frozen
class Truth:
    """What a laid out report prints.

    Attributes:
        report: The description, changed to what this layout prints: for example names in capitals, or no localities.
        contents: The lines of the contents page, or none if the layout does not have one.
        online: The place of each online market.
        countries: The place of each heading of a country, or none if the layout does not have them.
        physical: The place of each physical market, over all countries.
        developments: The place of each positive development.
        other_headings: Headings between the markets that are neither markets nor countries, such as categories.
        sheets: The number of pages in the file.
    """

    report: Report
    contents: tuple[ContentsEntry, ...]
    online: tuple[Place, ...]
    countries: tuple[Place, ...]
    physical: tuple[Place, ...]
    developments: tuple[Place, ...]
    other_headings: tuple[str, ...]
    sheets: int


@frozen
class LaidOut:
    """A report as a PDF, with what it prints."""

    pdf: bytes
    truth: Truth
