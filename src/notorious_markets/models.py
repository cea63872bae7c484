"""The rows of the tables as frozen objects that lead to their neighbours.

The names, types and meanings of the fields are those of the columns; the data dictionary in the documentation has
them in full. Lists are tuples, what no source gives is `None`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from attrs import frozen

from ._filters import day
from .vocabularies import Category, CitedField, Event, Goods, Grade, Kind, Rule, Unit

if TYPE_CHECKING:
    from ._store import Dataset
    from .records import Records


def _dataset() -> Dataset:
    from ._store import DATASET

    return DATASET


@frozen(repr=False)
class _Row:
    def __repr__(self) -> str:
        """The fields that are filled."""
        names: tuple[str, ...] = self.__match_args__
        filled = [(name, value) for name in names if (value := getattr(self, name)) not in (None, ())]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in filled)})"

    def _repr_html_(self) -> str:
        from ._html import row

        return row(self)


@frozen(repr=False)
class Edition(_Row):
    """One edition of the list, by its review year.

    The edition is released months after its review year: that of 2021 on 2022-02-17. `online_total` and
    `physical_total` are the numbers of markets that USTR announced.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("year", "released", "online_total", "physical_total", "issue_focus")

    year: int
    title: str
    released: date
    period_label: str | None
    issue_focus: str | None
    online_total: int | None
    physical_total: int | None
    report_pages: int | None
    report_url: str | None
    press_release_url: str | None
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def listings(self) -> Records[Listing]:
        """Every listing of the edition, online markets first."""
        return _dataset().where(Listing, year=self.year)

    @property
    def sources(self) -> Records[Source]:
        """The documents that give the facts of this row, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Market(_Row):
    """What lasts over editions: Taobao, whatever an edition prints.

    `country`, `locality`, `operator` and `category` are those of the newest listing that has one.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("market_id", "name", "kind", "country", "category", "years")

    market_id: str
    name: str
    kind: Kind
    aliases: tuple[str, ...]
    country: str | None
    locality: str | None
    region: str | None
    latitude: float | None
    longitude: float | None
    operator: str | None
    category: Category | None
    note: str | None

    @property
    def listings(self) -> Records[Listing]:
        """The listings of the market, the oldest edition first."""
        return _dataset().where(Listing, market_ids=self.market_id)

    @property
    def years(self) -> tuple[int, ...]:
        """Review years of the editions that list the market, as far as it is known.

        An edition with unidentified listings may have it too; `changes` says what can be told.
        """
        return tuple(listing.year for listing in self.listings)

    @property
    def first_listed(self) -> int | None:
        """Review year of the first edition that is known to list the market; `None` if none is."""
        return min(self.years, default=None)

    @property
    def last_listed(self) -> int | None:
        """Review year of the last edition that is known to list the market; `None` if none is."""
        return max(self.years, default=None)

    @property
    def spells(self) -> tuple[tuple[int, ...], ...]:
        """`years` as runs of consecutive editions, the oldest first."""
        from .history import spells

        return spells(self.years)

    def is_listed(self, as_of: date | str) -> bool:
        """Whether the edition in force on a day is known to list the market.

        Raises:
            UnknownValue: The day is before the first edition.
            TypeError: `as_of` is no date and no text.
            ValueError: `as_of` is a text that is no ISO 8601 date.
        """
        return _dataset().edition_in_force(day("as_of", as_of)).year in self.years

    @property
    def relations(self) -> Records[Relation]:
        """What sources say of the market and others: successor, same operator, part of a group."""
        return _dataset().where(Relation, market_ids=self.market_id)

    @property
    def domains(self) -> Records[Domain]:
        """The domains that sources give for the market in any edition."""
        return _dataset().where(Domain, market_id=self.market_id)

    def _repr_html_(self) -> str:
        from ._html import market

        return market(self)


@frozen(repr=False)
class Listing(_Row):
    """One place in one edition.

    `grade` says how sure it is, and `rule` by which rule an inferred listing is derived. An `unidentified` listing is
    counted in USTR's announced total, but no source that could be opened names it: its `market_id` and
    `name_as_listed` are `None`. For a physical market `page` is the page of its country's heading where only the
    contents page was seen.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("year", "listing_no", "name_as_listed", "country", "category", "page", "grade")

    year: int
    listing_no: int
    kind: Kind
    market_id: str | None
    further_market_ids: tuple[str, ...]
    name_as_listed: str | None
    country: str | None
    country_as_listed: str | None
    hosting_country: str | None
    locality: str | None
    operator: str | None
    category: Category | None
    goods: tuple[Goods, ...]
    domains: tuple[str, ...]
    page: int | None
    newly_listed: bool | None
    grade: Grade
    rule: Rule | None
    note: str | None

    @property
    def market_ids(self) -> tuple[str, ...]:
        """The ids of every market of the heading. Most headings name one market, and an unidentified listing has none."""
        return () if self.market_id is None else (self.market_id, *self.further_market_ids)

    @property
    def market(self) -> Market | None:
        """The market that is listed, the first one of a combined heading; `None` for an unidentified listing."""
        return None if self.market_id is None else _dataset().get(Market, self.market_id)

    @property
    def markets(self) -> Records[Market]:
        """Every market of the heading: most have one, a combined heading several, an unidentified listing none."""
        return _dataset().select(Market, self.market_ids)

    @property
    def edition(self) -> Edition:
        """The edition in which the listing stands."""
        return _dataset().get(Edition, self.year)

    @property
    def citations(self) -> Records[Citation]:
        """Which source shows which field of the listing."""
        return _dataset().where(Citation, year=self.year, listing_no=self.listing_no)

    @property
    def sources(self) -> Records[Source]:
        """The documents behind the listing, each once."""
        return _dataset().select(Source, dict.fromkeys(citation.source_id for citation in self.citations))


@frozen(repr=False)
class Domain(_Row):
    """A domain of a market as a lower-case A-label; `first_year` and `last_year` bound the editions that give it."""

    market_id: str
    domain: str
    first_year: int
    last_year: int
    match_rule: Literal["domain"]
    source_ids: tuple[str, ...]

    @property
    def market(self) -> Market:
        """The market to which the domain belongs."""
        return _dataset().get(Market, self.market_id)

    @property
    def sources(self) -> Records[Source]:
        """The documents that give the domain."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Citation(_Row):
    """A field of a listing and a source that shows it; the field `listing` is the place in the list itself.

    `as_sourced` is the source's own word for the value, `locator` the place in the source.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("year", "listing_no", "field", "source_id", "confidence")

    year: int
    listing_no: int
    field: CitedField
    source_id: str
    as_sourced: str | None
    locator: str | None
    confidence: Literal["high", "medium"]
    note: str | None

    @property
    def source(self) -> Source:
        """The document that shows the fact."""
        return _dataset().get(Source, self.source_id)


@frozen(repr=False)
class Source(_Row):
    """A document, with its publisher and address. Only facts are taken from it."""

    SUMMARY: ClassVar[tuple[str, ...]] = ("source_id", "publisher", "published", "source_kind")

    source_id: str
    title: str | None
    publisher: str
    url: str
    published: date | None
    language: str | None
    source_kind: Literal["report", "report-copy", "ustr-page", "press", "law-firm", "organisation", "repository"]
    licence: str | None
    note: str | None


@frozen(repr=False)
class Statistic(_Row):
    """A figure that a report states; `definition` says what it measures, and `lower_bound` that it is a `more than`."""

    SUMMARY: ClassVar[tuple[str, ...]] = ("year", "metric", "qualifier", "value", "lower_bound", "unit", "period")

    year: int
    metric: str
    qualifier: str
    value: float
    unit: Unit
    period: str | None
    geography: str | None
    lower_bound: bool
    definition: str
    page: int | None
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def sources(self) -> Records[Source]:
        """The documents that give the figure, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Development(_Row):
    """A removal, closure or improvement that a report or a source on it names."""

    SUMMARY: ClassVar[tuple[str, ...]] = ("year", "n", "subject", "event", "country")

    year: int
    n: int
    market_id: str | None
    subject: str
    country: str | None
    event: Event
    description: str
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def sources(self) -> Records[Source]:
        """The documents that name it, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Coverage(_Row):
    """How many listings of one kind in one edition have which grade.

    `announced` is USTR's total, `None` where no source gives it; `listings` is the number of rows.
    """

    year: int
    kind: Kind
    announced: int | None
    listings: int
    primary: int
    secondary: int
    inferred: int
    unidentified: int


@frozen(repr=False)
class Place(_Row):
    """A locality of physical markets, with its coordinates in GeoNames: of the town, not of a building."""

    country: str
    locality: str
    region: str | None
    latitude: float
    longitude: float
    geonames_id: str


@frozen(repr=False)
class Relation(_Row):
    """A relation between two markets that a source states: `market_id` is the `relation` of `other_market_id`."""

    market_id: str
    relation: Literal["part-of", "same-operator", "successor-of"]
    other_market_id: str
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def market_ids(self) -> tuple[str, str]:
        """The ids of both markets."""
        return (self.market_id, self.other_market_id)

    @property
    def market(self) -> Market:
        """The market of which the relation is said."""
        return _dataset().get(Market, self.market_id)

    @property
    def other_market(self) -> Market:
        """The other market."""
        return _dataset().get(Market, self.other_market_id)

    @property
    def sources(self) -> Records[Source]:
        """The documents that state it."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Unchanged(_Row):
    """A statement of a source that the markets of a category in `year` are those of `other_year`."""

    year: int
    other_year: int
    category: Category
    source_ids: tuple[str, ...]
    note: str | None
