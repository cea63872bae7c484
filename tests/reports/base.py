"""What all layouts of a report have in common."""

from __future__ import annotations

from attrs import evolve

from tests.reports.descriptions import ContentsEntry, Development, Entry, LaidOut, PhysicalEntry, Place, Report, Truth
from tests.reports.drawing import Drawing, draw
from tests.reports.faces import Face, Sheet, Span, times
from tests.reports.filler import paragraph
from tests.reports.typesetting import Typesetter

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_UNITS += " eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def in_words(number: int) -> str:
    """Return a number below 100 in words."""
    units = _UNITS.split()
    if number < len(units):
        return units[number]
    tens, unit = divmod(number, 10)
    return _TENS.split()[tens - 2] + (f"-{units[unit]}" if unit else "")


def roman(number: int) -> str:
    """Return a number below 40 in small roman digits."""
    tens, unit = divmod(number, 10)
    return "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[unit]


class Layout:
    """A way to print a report. A layout changes the attributes and methods in which it differs.

    Attributes:
        face: The face of the text.
        drawing: How the text gets into the file.
        order: The order of the sections.
        contents_style: The leader of the contents page, or `None` if there is no contents page.
        contents_names: Whether the contents page has the names of the online markets and the countries.
        contents_heading: Its heading.
        has_localities: Whether the localities of physical markets are printed.
        has_countries: Whether countries are headings.
        has_lines: Whether online markets have a line with their domains.
        notes_every: The distance between paragraphs with a footnote, or 0 if there are no footnotes.
    """

    face: Face = times()
    drawing = Drawing()
    order: tuple[str, ...] = ("overview", "issue", "developments", "results", "online", "physical", "public")
    contents_style: str | None = "."
    contents_names = True
    contents_heading = "Table of Contents"
    has_localities = True
    has_countries = True
    has_lines = True
    notes_every = 0

    def __init__(self) -> None:
        self.body = self.typesetter()
        self.contents: list[ContentsEntry] = []
        self.other_headings: list[str] = []
        self._text_count = 0
        self.places: dict[str, list[Place]] = {"online": [], "countries": [], "physical": [], "developments": []}

    def typesetter(self) -> Typesetter:
        """Return the typesetter of the body and of the contents page."""
        return Typesetter(self.face)

    def printed(self, report: Report) -> Report:
        """Return what this layout prints of a report."""
        online = report.online if self.has_lines else tuple(Entry(entry.name, prose=entry.prose) for entry in report.online)
        return evolve(
            report,
            online=tuple(evolve(entry, name=self.online_name(entry.name)) for entry in online),
            physical=tuple(
                (
                    self.country_name(country),
                    tuple(entry if self.has_localities else evolve(entry, locality=None) for entry in entries),
                )
                for country, entries in report.physical
            ),
        )

    def online_name(self, name: str) -> str:
        """Return a name as printed."""
        return name

    def country_name(self, name: str) -> str:
        """Return a country as printed."""
        return name

    def number(self, number: int) -> str:
        """Return an announced total as printed."""
        return str(number)

    def section(self, title: str) -> Place:
        """Set the heading of a section on a new page."""
        self.body.new_page()
        place = self.body.paragraph([self.body.spans(title, "bold", self.face.size + 4)], align="center", after=14, keep=True)
        self.contents_entry(title, place, 0)
        return place

    def contents_entry(self, title: str, place: Place, level: int) -> None:
        """Remember a line of the contents page, unless this layout prints sections only."""
        if level == 0 or self.contents_names:
            self.contents.append(ContentsEntry(title, place.page, level))

    def text(self, *texts: str) -> None:
        """Set paragraphs of prose."""
        for text in texts:
            self.body.paragraph(self.prose(text))

    def prose(self, text: str) -> list[Span]:
        """Return the spans of a paragraph of prose, some with a footnote."""
        self._text_count += 1
        spans = [self.body.spans(text)]
        if self.notes_every and self._text_count % self.notes_every == 0:
            number = self._text_count
            note = f"See Example Archive, Yearly Figures, https://www.archive.example/figures/{number} (vol. {number}, p. 3)."
            spans.append(self.body.note_mark(note))
        return spans

    def run_in(self, *spans: tuple[str, str], text: str, indent: float = 0, before: float = 4) -> Place:
        """Set a paragraph that starts with its heading, in one or more styles, and continues with prose."""
        heading = [self.body.spans(f"{part} ", style) for part, style in spans if part]
        return self.body.paragraph([*heading, *self.prose(text)], indent=indent, before=before, divided=False)

    def totals(self, report: Report) -> str:
        """Return the sentence that announces the totals, or an empty string."""
        parts = [
            f"{self.number(total)} {kind} markets"
            for kind, total in (("online", report.online_total), ("physical", report.physical_total))
            if total is not None
        ]
        return f"The {report.year} review identifies {' and '.join(parts)}." if parts else ""

    def overview(self, report: Report) -> None:
        """Set the overview, which announces the totals."""
        self.section(f"Overview of the Results of the {report.title}")
        first, *rest = report.overview or (paragraph(report.title),)
        self.text(f"{first} {self.totals(report)}".strip(), *rest)

    def issue(self, report: Report) -> None:
        """Set the issue focus."""
        if report.issue_focus:
            self.section(f"Issue Focus: {report.issue_focus}")
            self.text(*report.issue_prose)

    def developments(self, report: Report) -> None:
        """Set the positive developments."""
        if report.developments:
            self.section(f"Positive Developments Since the {report.year - 1} Review of Notorious Markets")
            for development in report.developments:
                self.places["developments"].append(self.development(development))

    def development(self, development: Development) -> Place:
        """Set a positive development."""
        return self.body.paragraph(self.prose(development.prose))

    def results(self, report: Report) -> None:
        """Set the section that introduces the lists."""
        self.section(f"Results of the {report.year} Review of Notorious Markets")
        self.text(paragraph(f"results {report.year}"))

    def online(self, report: Report) -> None:
        """Set the online markets."""
        self.section("Online Markets")
        self.text(paragraph(f"online {report.year}"))
        for entry in report.online:
            place = self.online_entry(entry)
            self.places["online"].append(place)
            self.contents_entry(entry.name, place, 1)

    def online_entry(self, entry: Entry) -> Place:
        """Set an online market: its name on a line, then the line with its domains, then prose."""
        place = self.body.paragraph([self.body.spans(entry.name, "bold")], before=8, after=2, keep=True, divided=False)
        if line := entry.line():
            self.body.paragraph([self.body.spans(line, "italic")], keep=True, divided=False)
        self.text(*entry.prose)
        return place

    def physical(self, report: Report) -> None:
        """Set the physical markets."""
        self.section("Physical Markets")
        self.text(paragraph(f"physical {report.year}"))
        for country, entries in report.physical:
            if self.has_countries:
                place = self.country(country)
                self.places["countries"].append(place)
                self.contents_entry(country, place, 1)
            for entry in entries:
                self.places["physical"].append(self.physical_entry(country, entry))

    def country(self, name: str) -> Place:
        """Set the heading of a country."""
        return self.body.paragraph([self.body.spans(name, "bold")], before=10, after=4, keep=True, divided=False)

    def physical_entry(self, country: str, entry: PhysicalEntry) -> Place:  # noqa: ARG002
        """Set a physical market."""
        heading = f"{entry.name}, {entry.locality}" if entry.locality else entry.name
        place = self.body.paragraph([self.body.spans(heading, "italic")], before=6, after=2, keep=True, divided=False)
        self.text(*entry.prose)
        return place

    def public(self, report: Report) -> None:
        """Set the section on public information."""
        self.section("Public Information")
        self.text(*report.public_information)

    def cover(self, report: Report) -> list[Sheet]:
        """Return the cover."""
        cover = self.typesetter()
        cover.new_page()
        cover.paragraph([cover.spans("Office of the Examples", size=14)], align="center", before=120, after=60)
        for line in self.title_lines(report.title):
            cover.paragraph([cover.spans(line, "bold", 24)], align="center", after=4)
        if report.released:
            cover.paragraph([cover.spans(report.released, size=14)], align="center", before=30)
        return cover.finish()

    def title_lines(self, title: str) -> list[str]:
        """Return the lines of the title on the cover."""
        words, lines = title.split(), [""]
        for word in words:
            if len(lines[-1]) + len(word) > 24:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
        return lines

    def contents_pages(self) -> list[Sheet]:
        """Return the contents page."""
        if self.contents_style is None:
            return []
        pages = self.typesetter()
        pages.new_page()
        pages.paragraph([pages.spans(self.contents_heading, "bold", self.face.size + 3)], align="center", after=10)
        for entry in self.contents:
            pages.leader(entry.title, str(entry.page), indent=18 * entry.level, dots=self.contents_style)
        return pages.finish()

    def front_furniture(self, sheet: Sheet, number: int) -> None:
        """Add the page number to a page of the contents."""
        self.place(sheet, roman(number), "center", bottom=True)

    def furniture(self, sheet: Sheet, number: int, report: Report) -> None:  # noqa: ARG002
        """Add header and footer to a page of the body."""
        self.place(sheet, str(number), "center", bottom=True)

    def place(self, sheet: Sheet, text: str, align: str, *, bottom: bool) -> None:
        """Add a line to the foot or the head of a page."""
        setter = self.body
        y = setter.margin / 2 if bottom else setter.height - setter.margin / 2
        sheet.lines.append(setter.line(setter.spans(text, size=self.face.size - 1), y, align))

    def lay_out(self, report: Report) -> LaidOut:
        """Lay out a report."""
        report = self.printed(report)
        for section in self.order:
            getattr(self, section)(report)
        body = self.body.finish()
        contents = self.contents_pages()
        front = [*self.cover(report), *contents]
        for number, sheet in enumerate(contents, start=1):
            self.front_furniture(sheet, number)
        for number, sheet in enumerate(body, start=1):
            self.furniture(sheet, number, report)
        pdf = draw([*front, *body], self.drawing, size=(self.body.width, self.body.height), title=report.title)
        places = {
            kind: tuple(evolve(place, sheet=place.sheet + len(front)) for place in found) for kind, found in self.places.items()
        }
        return LaidOut(
            pdf,
            Truth(
                report=report,
                contents=tuple(self.contents) if self.contents_style is not None else (),
                other_headings=tuple(self.other_headings),
                sheets=len(front) + len(body),
                **places,
            ),
        )
