"""Three layouts that the reader of reports was not written against."""

from __future__ import annotations

import re

from tests.reports.base import Layout, in_words, roman
from tests.reports.descriptions import Entry, PhysicalEntry, Place, Report
from tests.reports.drawing import Drawing
from tests.reports.faces import Sheet, Span, helvetica, times, vera
from tests.reports.filler import paragraph
from tests.reports.typesetting import Typesetter

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class Brochure(Layout):
    """Numbered sections, names in underlined small capitals, and physical markets after their country on one line.

    The file has letters one by one. Words are divided with soft hyphens, and names of physical markets have no-break spaces.
    """

    face = times(11)
    drawing = Drawing(pieces="letter")
    contents_heading = "TABLE OF CONTENTS"
    has_countries = False
    notes_every = 4

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, width=595, height=842, margin=68, hyphenated=True, hyphen="\N{SOFT HYPHEN}")

    def online_name(self, name: str) -> str:
        return name.upper()

    def section(self, title: str) -> Place:
        number = sum(entry.level == 0 for entry in self.contents) + 1
        self.body.new_page()
        heading = f"{roman(number).upper()}. {title}"
        place = self.body.paragraph([self.body.spans(heading, "bold", 14)], after=12, keep=True)
        self.contents_entry(heading, place, 0)
        return place

    def overview(self, report: Report) -> None:
        self.section("Executive Summary")
        first, *rest = report.overview or (paragraph(report.title),)
        self.text(first, *rest, self.totals(report) or paragraph("brochure"))

    def totals(self, report: Report) -> str:
        parts = [
            f"{in_words(total)} {kind} markets"
            for kind, total in (("online", report.online_total), ("physical", report.physical_total))
            if total is not None
        ]
        return f"Of all nominations, {' and '.join(parts)} are included in this year’s List." if parts else ""

    def online_entry(self, entry: Entry) -> Place:
        place = self.body.paragraph(list(self._small_capitals(entry.name)), before=9, after=3, keep=True, divided=False)
        line = self.body.sheets[-1].lines[-1]
        self.body.sheets[-1].rules.append((line.x, line.y - 2, sum(word.width for word in line.words)))
        if sentences := entry.line():
            self.body.paragraph([self.body.spans(f"({sentences})")], divided=False)
        self.text(*entry.prose)
        return place

    def _small_capitals(self, name: str) -> list[Span]:
        """Return a name in capitals, with the first letter of each word larger."""
        pieces = re.findall(r" +|[^ ][^ ]*", name)
        spans: list[Span] = []
        for piece in pieces:
            spans.append(self.body.spans(piece[:1], size=13))
            if piece[1:]:
                spans.append(self.body.spans(piece[1:], size=10))
        return spans

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:
        name = entry.name.replace(" ", _NO_BREAK_SPACE)
        heading = f"{country}: {name} ({entry.locality})" if entry.locality else f"{country}: {name}"
        place = self.body.paragraph([self.body.spans(heading, "bold")], before=8, after=2, keep=True, divided=False)
        self.text(*entry.prose)
        return place

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:
        self.place(sheet, f"{report.year} Notorious Markets List", "center", bottom=False)
        self.place(sheet, f"{number}", "right", bottom=True)


class Gazette(Layout):
    """Two columns with numbered names, running heads with the last name of the page, and physical markets in a table.

    Pages are scaled, so that sizes of fonts are not those of the printed text. The contents page follows the cover directly and
    says on its second page that it continues. The line with the domains follows the prose.
    """

    face = vera(8)
    drawing = Drawing(pieces="kerned", ligatures=True, scale=0.24)
    order = ("overview", "results", "online", "physical", "issue", "developments", "public")
    contents_style = "_"

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[int, str] = {}

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, columns=2, margin=60, keeps=True)

    def section(self, title: str) -> Place:
        if not self.body.sheets or title in ("Online Markets", "Physical Markets"):
            self.body.new_page()
        self.body.set_columns(1)
        place = self.body.paragraph([self.body.spans(title.upper(), "bold", 11)], before=10, after=8, keep=True)
        self.body.set_columns(2)
        self.contents_entry(title.upper(), place, 0)
        return place

    def contents_pages(self) -> list[Sheet]:
        pages = self.typesetter()
        pages.columns = 1
        for start in range(0, len(self.contents), 40):
            pages.new_page()
            heading = "Contents" if start == 0 else "Contents (continued)"
            pages.paragraph([pages.spans(heading, "bold", 13)], after=10)
            for entry in self.contents[start : start + 40]:
                pages.leader(entry.title, str(entry.page), indent=24 * entry.level, dots="_")
        return pages.finish()

    def cover(self, report: Report) -> list[Sheet]:
        cover = self.typesetter()
        cover.columns = 1
        cover.new_page()
        cover.paragraph([cover.spans(report.title, "bold", 20)], before=200)
        if report.released:
            cover.paragraph([cover.spans(report.released, size=12)])
        return cover.finish()

    def totals(self, report: Report) -> str:
        parts = [
            f"{kind} markets: {total}"
            for kind, total in (("online", report.online_total), ("physical", report.physical_total))
            if total is not None
        ]
        return f"Markets on this List ({'; '.join(parts)}) are in the order of the alphabet." if parts else ""

    def online_entry(self, entry: Entry) -> Place:
        number = len(self.places["online"]) + 1
        name = [self.body.spans(f"{number}. "), self.body.spans(entry.name, "bold")]
        place = self.body.paragraph(name, before=6, after=1, keep=True, divided=False)
        self._names[place.page] = entry.name
        self.text(*entry.prose)
        if sentences := entry.line():
            self.body.paragraph([self.body.spans(sentences, "italic")], divided=False)
        return place

    def physical(self, report: Report) -> None:
        self.section("Physical Markets")
        self.body.set_columns(1)
        widths = (130, 90, 272)
        self.body.cells([self.body.spans(title, "bold") for title in ("Market", "City", "Remarks")], widths)
        for country, entries in report.physical:
            place = self.body.paragraph([self.body.spans(country, "bold", 9)], before=6, after=2, keep=True, divided=False)
            self.places["countries"].append(place)
            self.contents_entry(country, place, 1)
            for entry in entries:
                cells = [self.body.spans(text) for text in (entry.name, entry.locality or "", " ".join(entry.prose))]
                self.places["physical"].append(self.body.cells(cells, widths))
        self.other_headings.append("Remarks")
        self.body.set_columns(2)

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:
        if name := self._names.get(number):
            self.place(sheet, name, "left" if number % 2 else "right", bottom=False)
        self.place(sheet, f"{report.year} | {number}", "right" if number % 2 else "left", bottom=True)


class Memo(Layout):
    """Names in bold with a colon on their own lines, localities after a dash, and page numbers before the word `Page`.

    This layout is nearer to the others than the first two of this module.
    """

    face = helvetica(10)
    drawing = Drawing(pieces="word")
    contents_style = "… "
    contents_heading = "Contents:"
    order = ("overview", "results", "developments", "issue", "online", "physical", "public")
    notes_every = 7

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, width=595, height=842, margin=90, justified=True, hyphenated=True)

    def section(self, title: str) -> Place:
        self.body.new_page()
        place = self.body.paragraph([self.body.spans(title, "bold", 18)], after=20, keep=True)
        self.contents_entry(title, place, 0)
        return place

    def totals(self, report: Report) -> str:
        parts = [
            f"{total} {kind} market{'s' * (total != 1)}"
            for kind, total in (("online", report.online_total), ("physical", report.physical_total))
            if total is not None
        ]
        return f"This year, the List highlights {' and '.join(parts)}." if parts else ""

    def online_entry(self, entry: Entry) -> Place:
        name = [self.body.spans(f"{entry.name}:", "bold", 11)]
        place = self.body.paragraph(name, before=10, after=4, keep=True, divided=False, indent=12)
        if sentences := entry.line():
            self.body.paragraph([self.body.spans(sentences)], keep=True, divided=False)
        self.text(*entry.prose)
        return place

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:  # noqa: ARG002
        heading = f"{entry.name} — {entry.locality}" if entry.locality else entry.name
        place = self.body.paragraph([self.body.spans(heading, "bold")], before=6, keep=True, divided=False, indent=12)
        self.text(*entry.prose)
        return place

    def country(self, name: str) -> Place:
        return self.body.paragraph([self.body.spans(name, "bold", 13)], before=14, keep=True, divided=False)

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:
        self.place(sheet, f"Office of the Examples, {report.title}", "right", bottom=False)
        self.place(sheet, f"{number} | Page", "right", bottom=True)


HELD_OUT: dict[str, type[Layout]] = {"brochure": Brochure, "gazette": Gazette, "memo": Memo}
