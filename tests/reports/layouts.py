"""Six layouts of reports by name."""

from __future__ import annotations

from attrs import evolve

from tests.reports.base import Layout, in_words
from tests.reports.descriptions import Development, Entry, PhysicalEntry, Place, Report
from tests.reports.drawing import Drawing
from tests.reports.faces import Drawn, Sheet, helvetica, times, vera
from tests.reports.filler import paragraph
from tests.reports.typesetting import Typesetter


class Recent(Layout):
    """The style of the editions from 2020 on.

    Names and countries are in capitals on their own lines, and a line in italics gives the domains. The contents page has all
    of them.
    """

    face = times(12)
    notes_every = 4

    def online_name(self, name: str) -> str:
        return name.upper()

    def country_name(self, name: str) -> str:
        return name.upper()


class Middle(Layout):
    """The style of the editions of 2016 to 2019, as far as their contents pages tell.

    The contents page has sections only. Names are bold at the start of their paragraphs, and the domains follow in the same
    paragraph. Text is justified and long words are divided.
    """

    face = helvetica(10.5)
    order = ("overview", "developments", "issue", "results", "online", "physical", "public")
    contents_names = False
    contents_style = "·"
    contents_heading = "CONTENTS"
    notes_every = 3

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, justified=True, hyphenated=True, margin=80)

    def totals(self, report: Report) -> str:
        parts = []
        if report.online_total is not None:
            parts.append(f"{in_words(report.online_total)} online markets")
        if report.physical_total is not None:
            parts.append(f"{in_words(report.physical_total)} physical markets")
        return f"This year’s List has {' as well as '.join(parts)}." if parts else ""

    def online_entry(self, entry: Entry) -> Place:
        first, *rest = entry.prose
        place = self.run_in((f"{entry.name}.", "bold"), (entry.line(), "italic"), text=first)
        self.text(*rest)
        return place

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:  # noqa: ARG002
        first, *rest = entry.prose
        heading = f"{entry.name} ({entry.locality})." if entry.locality else f"{entry.name}."
        place = self.run_in((heading, "bold"), text=first)
        self.text(*rest)
        return place

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:
        self.place(sheet, report.title, "left", bottom=False)
        self.place(sheet, f"- {number} -", "center", bottom=True)


class Early(Layout):
    """The style of the editions before 2014: no contents page, and categories of online markets as headings.

    Names are in regular type after a bullet at the start of their paragraphs. Physical markets have their city and country in
    parentheses.
    """

    face = times(11)
    order = ("overview", "developments", "online", "physical", "public")
    contents_style = None
    contents_names = False
    has_lines = False
    has_countries = False
    categories = ("Linking", "BitTorrent Indexing", "BitTorrent Trackers", "Cyberlockers", "Other Web Services")

    def cover(self, report: Report) -> list[Sheet]:  # noqa: ARG002
        return []

    def section(self, title: str) -> Place:
        if not self.body.sheets:
            self.body.new_page()
        return self.body.paragraph([self.body.spans(title, "bold", 13)], before=14, keep=True)

    def overview(self, report: Report) -> None:
        self.body.new_page()
        self.body.paragraph([self.body.spans(report.title, "bold", 16)], align="center", after=4)
        if report.released:
            self.body.paragraph([self.body.spans(report.released, "italic")], align="center", after=16)
        self.text(*report.overview)
        self.text(f"{self.totals(report)} {paragraph('early')}".strip())

    def number(self, number: int) -> str:
        return in_words(number)

    def online(self, report: Report) -> None:
        self.section("Online Markets")
        size = -(-len(report.online) // len(self.categories)) or 1
        for number, entry in enumerate(report.online):
            if number % size == 0:
                category = self.categories[number // size]
                self.other_headings.append(category)
                self.body.paragraph([self.body.spans(category, "italic", 12)], before=8, keep=True)
            self.places["online"].append(self.online_entry(entry))

    def online_entry(self, entry: Entry) -> Place:
        first, *rest = entry.prose
        place = self.run_in((f"•  {entry.name}:", "regular"), text=first, indent=18)
        self.text(*rest)
        return place

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:
        first, *rest = entry.prose
        places = f"{entry.locality}, {country}" if entry.locality else country
        place = self.run_in((f"{entry.name} ({places}):", "bold"), text=first)
        self.text(*rest)
        return place

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:  # noqa: ARG002
        if number > 1:
            self.place(sheet, str(number), "right", bottom=True)


class Embedded(Layout):
    """An embedded face with ligatures, drawn letter by letter with distances, on a narrow page.

    Long names run over two lines.
    """

    face = vera(9)
    drawing = Drawing(pieces="kerned", ligatures=True)
    contents_style = ". "
    notes_every = 5

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, width=420, height=595, margin=54, justified=True, hyphenated=True)

    def totals(self, report: Report) -> str:
        parts = [
            f"{in_words(total)} ({total}) {kind} markets"
            for kind, total in (("online", report.online_total), ("physical", report.physical_total))
            if total is not None
        ]
        return f"The List names {' and '.join(parts)}." if parts else ""

    def online_entry(self, entry: Entry) -> Place:
        size = self.face.size + 5
        place = self.body.paragraph([self.body.spans(entry.name, "bold", size)], before=9, after=2, keep=True, divided=False)
        if line := entry.line():
            self.body.paragraph([self.body.spans(line)], keep=True, divided=False)
        self.text(*entry.prose)
        return place

    def country(self, name: str) -> Place:
        return self.body.paragraph([self.body.spans(name, "bold", 12)], align="center", before=12, keep=True, divided=False)

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:  # noqa: ARG002
        place = self.body.paragraph([self.body.spans(entry.name, "bold", 10)], before=6, after=0, keep=True, divided=False)
        if entry.locality:
            self.body.paragraph([self.body.spans(entry.locality, "italic")], keep=True, divided=False)
        self.text(*entry.prose)
        return place

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:
        align = "right" if number % 2 else "left"
        self.place(sheet, f"{report.year} Review" if number % 2 else "Notorious Markets", align, bottom=False)
        self.place(sheet, str(number), align, bottom=True)


class Columns(Layout):
    """Two columns of physical markets, headings in a second face and at the foot of pages, and a table.

    The file has the words one by one, and the lines of a page in a random order.
    """

    face = evolve(times(11), bold="Helvetica-Bold")
    drawing = Drawing(pieces="word", order="mixed")
    notes_every = 6

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, keeps=False)

    def online_name(self, name: str) -> str:
        return name.upper()

    def results(self, report: Report) -> None:
        super().results(report)
        self.other_headings.append("Figures of the Review")
        self.body.paragraph([self.body.spans("Figures of the Review", "bold")], before=6)
        rows = [("Country", "Physical markets"), *((country, str(len(entries))) for country, entries in report.physical)]
        for row in rows:
            self.body.row(row, (0, 200))

    def physical(self, report: Report) -> None:
        self.section("Physical Markets")
        self.body.set_columns(2)
        for country, entries in report.physical:
            place = self.country(country)
            self.places["countries"].append(place)
            self.contents_entry(country, place, 1)
            for entry in entries:
                self.places["physical"].append(self.physical_entry(country, entry))
        self.body.set_columns(1)

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:  # noqa: ARG002
        heading = f"{entry.name}, {entry.locality}" if entry.locality else entry.name
        place = self.body.paragraph([self.body.spans(heading, "italic")], before=6, after=2, divided=False)
        self.text(*entry.prose)
        return place

    def country(self, name: str) -> Place:
        return self.body.paragraph([self.body.spans(name, "bold", 12)], before=10, after=4, divided=False)

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:
        self.place(sheet, f"{report.title} | Page {number}", "right", bottom=False)


class Dashes(Layout):
    """Names before a dash at the start of their paragraphs, the line with the domains after the prose, and an annex of names.

    The names of the annex are not those of markets. Positive developments have bullets.
    """

    face = times(11.5)
    drawing = Drawing(pieces="kerned")
    order = ("overview", "issue", "developments", "results", "online", "physical", "public", "annex")
    contents_style = " "
    contents_heading = "Contents"

    def typesetter(self) -> Typesetter:
        return Typesetter(self.face, justified=True)

    def number(self, number: int) -> str:
        return f"{in_words(number)} ({number})"

    def development(self, development: Development) -> Place:
        return self.body.paragraph([self.body.spans("•  "), *self.prose(development.prose)], indent=18)

    def online_entry(self, entry: Entry) -> Place:
        first, *rest = entry.prose
        place = self.run_in((f"{entry.name} –", "bold"), text=first)
        self.text(*rest)
        if line := entry.line():
            self.body.paragraph([self.body.spans(line)], indent=18, divided=False)
        return place

    def country(self, name: str) -> Place:
        place = self.body.paragraph([self.body.spans(name.upper())], before=10, after=4, keep=True, divided=False)
        line: Drawn = self.body.sheets[-1].lines[-1]
        self.body.sheets[-1].rules.append((line.x, line.y - 2, sum(word.width for word in line.words)))
        return place

    def country_name(self, name: str) -> str:
        return name.upper()

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:  # noqa: ARG002
        first, *rest = entry.prose
        heading = f"{entry.name}, {entry.locality} –" if entry.locality else f"{entry.name} –"
        place = self.run_in((heading, "bold"), text=first)
        self.text(*rest)
        return place

    def annex(self, report: Report) -> None:
        """Set a list of authors of comments, which are not markets."""
        self.section("Annex: Comments Received")
        for number in range(1, 13):
            self.body.paragraph(
                [self.body.spans(f"{number}. Association of Examples No. {report.year + number}", "bold")], after=2
            )

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:  # noqa: ARG002
        self.place(sheet, f"Page {number} of {len(self.body.sheets)}", "center", bottom=True)


LAYOUTS: dict[str, type[Layout]] = {
    "recent": Recent,
    "middle": Middle,
    "early": Early,
    "embedded": Embedded,
    "columns": Columns,
    "dashes": Dashes,
}
