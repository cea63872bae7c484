"""The rows that a report consists of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from attrs import frozen

from ..models import Listing, _Row
from ..records import Origin, Records

if TYPE_CHECKING:
    from .._arrays import TypeName
    from ..vocabularies import Kind
    from .comparing import Comparison

Section = Literal["online", "physical"]
Row = TypeVar("Row")


@frozen(repr=False)
class ContentsEntry(_Row):
    """An entry of the contents page.

    `section` is `"online"` for a name below `Online Markets`, `"physical"` for a country below `Physical Markets`, and `None`
    for a section of the report.
    """

    title: str
    page: int
    section: Section | None


@frozen(repr=False)
class OnlineEntry(_Row):
    """An online market as the report prints it.

    `name_as_listed` is the heading, and `page` the number that is printed on its page. If no page of the file has a number,
    the contents page gives it, or else the position in the file. `page` is `None` for a text file without pages.

    The other fields come from the line below the heading, such as `Nominated as example.com. Headquartered in China.`: the
    domains after `Nominated as` and after `Related sites include`, and the places as printed. They are empty or `None` if the
    report does not state them. `mobile_app` is whether the line says that the market is also a mobile app. `group` is the heading
    of a type of markets, which the early editions have. `in_contents` is whether the contents page has the name; `None` if it has
    no names.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("name_as_listed", "page", "domains", "headquarters", "operated_from", "hosted_in")
    name_as_listed: str
    page: int | None
    domains: tuple[str, ...] = ()
    related_domains: tuple[str, ...] = ()
    headquarters: str | None = None
    operated_from: str | None = None
    hosted_in: str | None = None
    mobile_app: bool = False
    group: str | None = None
    in_contents: bool | None = None


@frozen(repr=False)
class PhysicalEntry(_Row):
    """A physical market as the report prints it.

    `country_as_listed` is the heading above the market, or the country in its own heading. `country` is its ISO 3166-1 alpha-2
    code, also for a misspelt heading; `None` if the heading is not a country. `locality` is what the heading of the market
    prints after the name, such as `Putian, Fujian Province`.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("country_as_listed", "name_as_listed", "locality", "page")
    name_as_listed: str
    page: int | None
    locality: str | None = None
    country: str | None = None
    country_as_listed: str | None = None


@frozen(repr=False)
class PositiveDevelopment(_Row):
    """A paragraph of the section `Positive Developments`."""

    page: int | None
    text: str


@frozen(repr=False)
class Unplaced(_Row):
    """A line that looks like a heading, or an entry of the contents page, that has no place in the result.

    `sheet` is the number of the page in the file, from 1.
    """

    page: int | None
    sheet: int | None
    text: str
    reason: str


@frozen(repr=False)
class Report(_Row):
    """What the file of a report says.

    `year` is the review year. `online_total` and `physical_total` are the totals that the text announces. `report_pages` is the
    number of pages of the file. A field is `None` if the text does not state it. `problems` are remarks for the reader, for
    example that the contents page is unclear.
    """

    year: int
    title: str | None
    period_label: str | None
    issue_focus: str | None
    online_total: int | None
    physical_total: int | None
    report_pages: int | None
    contents: Records[ContentsEntry]
    online: Records[OnlineEntry]
    physical: Records[PhysicalEntry]
    developments: Records[PositiveDevelopment]
    unplaced: Records[Unplaced]
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return (
            f"<Report of {self.year}: {len(self.online)} online and {len(self.physical)} physical markets, "
            f"{len(self.unplaced)} lines not placed>"
        )

    def listings(self) -> Records[Listing]:
        """Return the entries as listings, with the columns of the table `listings`.

        A name that is known has the id of its market. Other names have no id; they can be new markets or new names. Countries
        come from the headings, and from `Headquartered in` or `Reportedly operated from`.
        """
        from .matching import listings

        return listings(self)

    def compare(self) -> Records[Comparison]:
        """Compare the report with the edition of its year that the package has.

        Raises:
            UnknownValue: The package does not have the edition.
        """
        from .comparing import compare

        return compare(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary. Each part is a list of dictionaries."""
        values = super().to_dict()
        return {name: value.to_dicts() if hasattr(value, "to_dicts") else value for name, value in values.items()}

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>"


def total(report: Report, kind: Kind) -> int | None:
    """Return the total that a report announces for a kind of market."""
    return report.online_total if kind == "online" else report.physical_total


_COLUMNS: dict[type, dict[str, TypeName]] = {
    ContentsEntry: {"title": "string", "page": "int16", "section": "string"},
    OnlineEntry: {
        "name_as_listed": "string",
        "page": "int16",
        "domains": "list",
        "related_domains": "list",
        "headquarters": "string",
        "operated_from": "string",
        "hosted_in": "string",
        "mobile_app": "bool",
        "group": "string",
        "in_contents": "bool",
    },
    PhysicalEntry: {
        "name_as_listed": "string",
        "page": "int16",
        "locality": "string",
        "country": "string",
        "country_as_listed": "string",
    },
    PositiveDevelopment: {"page": "int16", "text": "string"},
    Unplaced: {"page": "int16", "sheet": "int16", "text": "string", "reason": "string"},
}


def records(model: type[Row], rows: Iterable[Row]) -> Records[Row]:
    """Return rows of one of these classes as a result."""
    rows = tuple(rows)
    return Records(rows, Origin.of_attributes(rows, _COLUMNS[model], {}))
