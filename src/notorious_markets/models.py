"""The rows of the tables as frozen objects, with properties that return related rows.

Each field is a column of the table; the data dictionary in the documentation describes all of them. A column of lists is a
field with tuples. A field is `None` if no source gives its value.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from attrs import frozen

from .vocabularies import (
    Basis,
    Category,
    CitedField,
    Day,
    DevelopmentType,
    DomainEvent,
    Goods,
    Grade,
    Kind,
    Role,
    Rule,
    Status,
    Unit,
    Year,
)

if TYPE_CHECKING:
    from ._store import Dataset
    from .records import Records


def _dataset() -> Dataset:
    from ._store import DATASET

    return DATASET


def _released(year: int | None) -> date | None:
    return None if year is None else _dataset().get(Edition, year).released


# A model may define SUMMARY, the columns that its printed table shows. By default it shows all columns.
@frozen(repr=False)
class _Row:
    if TYPE_CHECKING:
        # Without these declarations, mypy refuses `"Taobao" in records` as a comparison that is always false.
        def __eq__(self, other: object) -> bool: ...
        def __hash__(self) -> int: ...

    def __repr__(self) -> str:
        """Show the fields that are filled."""
        names: tuple[str, ...] = self.__match_args__
        filled = [(name, value) for name in names if (value := getattr(self, name)) not in (None, ())]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in filled)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the row as a dictionary, keyed by column. Tuples become lists; days are `datetime.date`."""
        from .records import as_dict

        return as_dict(self, self.__match_args__)

    def to_json(self) -> str:
        """Return the row as a JSON object, keyed by column. Days are text in ISO 8601."""
        from .records import as_json

        return as_json(self.to_dict())

    def _repr_html_(self) -> str:
        from ._html import row

        return row(self)


@frozen(repr=False)
class Edition(_Row):
    """An edition of the list, identified by its review year.

    USTR releases an edition months after its review year: the 2021 edition on 2022-02-17. `online_total` and
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
        """The listings of the edition, online markets first."""
        return _dataset().where(Listing, year=self.year)

    @property
    def sources(self) -> Records[Source]:
        """The sources of the facts in this row, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Market(_Row):
    """A market, such as Taobao, that can be listed in several editions under different names.

    `country`, `locality` and `category` come from the newest listing that has a value. `operator` is the company that runs the
    market or ran it in the newest edition that lists it, and `parent` the company that owned the operator then.
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
    parent: str | None
    category: Category | None
    note: str | None

    @property
    def listings(self) -> Records[Listing]:
        """The listings of the market, oldest edition first."""
        return _dataset().where(Listing, market_ids=self.market_id)

    @property
    def years(self) -> tuple[int, ...]:
        """The review years of the editions that are known to list the market.

        An edition with unidentified listings may list it too; see `status`.
        """
        return tuple(listing.year for listing in self.listings)

    @property
    def first_listed(self) -> int | None:
        """The review year of the first edition that is known to list the market; `None` if there is none.

        An edition is released months after its review year; see `listed_since`.
        """
        return min(self.years, default=None)

    @property
    def last_listed(self) -> int | None:
        """The review year of the last edition that is known to list the market; `None` if there is none."""
        return max(self.years, default=None)

    @property
    def spells(self) -> tuple[tuple[int, ...], ...]:
        """The years grouped into runs of consecutive editions, oldest first."""
        from .history import spells

        return spells(self.years)

    @property
    def listed_since(self) -> date | None:
        """The day on which USTR released the edition `first_listed`; `None` if there is none.

        Editions after that day may omit the market; see `spells`.
        """
        return _released(self.first_listed)

    @property
    def last_listed_on(self) -> date | None:
        """The day on which USTR released the edition `last_listed`; `None` if there is none."""
        return _released(self.last_listed)

    def status(self, year: Year | None = None, *, as_of: Day | None = None) -> Status:
        """Return whether an edition lists the market.

        The answer is `"cannot be told"` if the edition is not known to list the market, but the evidence does not exclude it,
        for example because the edition has unidentified listings. The rule is the one of `changes`.

        Args:
            year: Review year of the edition.
            as_of: A day, instead of `year`. Selects the edition in force on that day: the newest edition released by then.

        Returns:
            `"listed"`, `"not listed"` or `"cannot be told"`.

        Raises:
            UnknownValue: There is no such edition, or the day is before the release of the first edition.
            TypeError: Both arguments or neither are passed, or an argument has the wrong type.
            ValueError: `as_of` is a `str`, but not a date.

        >>> import notorious_markets as nm
        >>> nm.market("AliExpress").status(2022), nm.market("AliExpress").status(as_of="2024-06-30")
        ('listed', 'not listed')
        >>> nm.market("La Salada").status(2022)
        'cannot be told'
        """
        from .history import chosen_edition, status

        return status(self, chosen_edition(year, as_of))

    def is_listed(self, year: Year | None = None, *, as_of: Day | None = None) -> bool | None:
        """Return whether an edition lists the market, or `None` if that cannot be told.

        `None` is false in a condition. Use `status` to distinguish all three answers.

        Args:
            year: See `status`.
            as_of: See `status`.

        Raises:
            UnknownValue: See `status`.
            TypeError: See `status`.
            ValueError: See `status`.
        """
        return {"listed": True, "not listed": False, "cannot be told": None}[self.status(year, as_of=as_of)]

    @property
    def relations(self) -> Records[Relation]:
        """The relations between this market and others: successor, same operator, or part of a group."""
        return _dataset().where(Relation, market_ids=self.market_id)

    @property
    def domains(self) -> Records[Domain]:
        """The domains of the market, with their roles: those in use, former ones and company sites."""
        return _dataset().where(Domain, market_id=self.market_id)

    @property
    def operators(self) -> Records[Operator]:
        """The companies that ran the market in the editions that list it, oldest first."""
        return _dataset().where(Operator, market_id=self.market_id)

    def _repr_html_(self) -> str:
        from ._html import market

        return market(self)


@frozen(repr=False)
class Listing(_Row):
    """The entry of a market in an edition.

    `grade` states how certain the entry is, and `rule` names the rule that derives an `inferred` one. An `unidentified`
    listing is part of USTR's announced total, but no source that could be opened names it: its `market_id` and
    `name_as_listed` are `None`. If only the contents page was seen, the `page` of a physical market is the page of the
    heading for its country.
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
        """The ids of the markets in the heading: usually one, several for a combined heading, none if unidentified."""
        return () if self.market_id is None else (self.market_id, *self.further_market_ids)

    @property
    def market(self) -> Market | None:
        """The market, or the first one of a combined heading; `None` if the listing is unidentified."""
        return None if self.market_id is None else _dataset().get(Market, self.market_id)

    @property
    def name(self) -> str | None:
        """The usual name of `market`, which may differ from `name_as_listed`; `None` if the listing is unidentified."""
        return None if self.market is None else self.market.name

    @property
    def markets(self) -> Records[Market]:
        """The markets in the heading, in the order of `market_ids`."""
        return _dataset().select(Market, self.market_ids)

    @property
    def edition(self) -> Edition:
        """The edition that contains the listing."""
        return _dataset().get(Edition, self.year)

    @property
    def citations(self) -> Records[Citation]:
        """The citations of the listing: which source shows which field."""
        return _dataset().where(Citation, year=self.year, listing_no=self.listing_no)

    @property
    def sources(self) -> Records[Source]:
        """The sources of the listing, each once."""
        return _dataset().select(Source, dict.fromkeys(citation.source_id for citation in self.citations))


@frozen(repr=False)
class Alias(_Row):
    """A name of a market in another script or with letters that English does not have, as sources print it.

    `language` is the ISO 639-1 code of the language of the alias. Simplified and traditional Chinese names have separate rows.
    `Market.aliases` contains these names and those that the editions and the sources of listings use.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("market_id", "alias", "language", "source_ids")

    market_id: str
    alias: str
    language: str
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def market(self) -> Market:
        """The market that has the alias."""
        return _dataset().get(Market, self.market_id)

    @property
    def sources(self) -> Records[Source]:
        """The sources that print the alias, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Domain(_Row):
    """A domain of a market, in lower case and as A-labels.

    `role` says whose the domain is. The market holds an `"own"` domain, and a source shows it in use in the 24 months before
    the data were compiled. A `"former"` domain was seized, sold, given up or lapsed, the market closed, or no source shows
    the domain in use in these months: its owner today is unknown and may be innocent. A `"company"` domain is the general
    site of a host, registrar, messenger or portal that the market is only a part of.

    `basis` is `"listed"` if a source on an edition prints the domain, and `"attributed"` if another source ties it to the
    market. `first_seen` and `last_seen` are the years in which sources show it in use. `event` says how the market lost it,
    and `event_date` is the day, month or year of the event.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = (
        "market_id",
        "domain",
        "role",
        "basis",
        "first_seen",
        "last_seen",
        "event",
        "event_date",
    )

    market_id: str
    domain: str
    role: Role
    basis: Basis
    confidence: Literal["high", "medium"]
    first_seen: int | None
    last_seen: int | None
    event: DomainEvent | None
    event_date: str | None
    match_rule: Literal["domain"]
    source_ids: tuple[str, ...]
    note: str

    @property
    def caption(self) -> str:
        """The domain, with its event in parentheses if there is one: `megaupload.com (seized 2012-01-19)`."""
        event = " ".join(filter(None, [self.event, self.event_date]))
        return f"{self.domain} ({event})" if event else self.domain

    def was_in_use(self, day: date) -> bool:
        """Return whether the years in which sources show the domain contain a day, and no event ended its use before."""
        first, last = self.first_seen or self.last_seen, self.last_seen or self.first_seen
        if first is None or last is None or not first <= day.year <= last:
            return False
        # A date without a day or month is compared as far as it goes.
        return self.event_date is None or day.isoformat()[: len(self.event_date)] <= self.event_date

    @property
    def market(self) -> Market:
        """The market to which the domain belongs or belonged."""
        return _dataset().get(Market, self.market_id)

    @property
    def sources(self) -> Records[Source]:
        """The sources of the row: those on listings first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Operator(_Row):
    """A company that runs a market, for the editions from `from_year` to `to_year`.

    `parent` is the company that owns the operator, if a source names one. `to_year` is `None` if the row holds for all later
    listings. Private persons are not named.
    """

    SUMMARY: ClassVar[tuple[str, ...]] = ("market_id", "operator", "parent", "from_year", "to_year")

    market_id: str
    operator: str
    parent: str | None
    from_year: int
    to_year: int | None
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def market(self) -> Market:
        """The market that the company runs."""
        return _dataset().get(Market, self.market_id)

    @property
    def sources(self) -> Records[Source]:
        """The sources that name the operator, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Citation(_Row):
    """A source that shows the value of one field of a listing.

    The field `"listing"` stands for the fact that the market is listed at all. `as_sourced` is the value in the words of the
    source, and `locator` is a page or section of the source.
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
        """The source that shows the value."""
        return _dataset().get(Source, self.source_id)


@frozen(repr=False)
class Source(_Row):
    """A document that facts are taken from, with its publisher and URL."""

    SUMMARY: ClassVar[tuple[str, ...]] = ("source_id", "publisher", "published", "source_kind")

    source_id: str
    title: str | None
    publisher: str
    url: str
    published: date | None
    language: str | None
    source_kind: Literal[
        "report", "report-copy", "ustr-page", "press", "law-firm", "organisation", "repository", "company", "reference"
    ]
    licence: str | None
    note: str | None


@frozen(repr=False)
class Statistic(_Row):
    """A figure that a report states.

    `definition` says what the figure measures. `lower_bound` is true if the report says "more than" the value.
    """

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
        """The sources of the figure, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Development(_Row):
    """An event, such as a removal, closure or raid, that a report or another source mentions."""

    SUMMARY: ClassVar[tuple[str, ...]] = ("year", "development_no", "subject", "development", "country")

    year: int
    development_no: int
    market_id: str | None
    subject: str
    country: str | None
    development: DevelopmentType
    description: str
    source_ids: tuple[str, ...]
    note: str | None

    @property
    def sources(self) -> Records[Source]:
        """The sources that mention the event, the best first."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Coverage(_Row):
    """The number of listings of one kind in one edition, in total and by grade.

    `announced` is the total that USTR announced; `None` if no source gives it. `rows` is the number of rows.
    """

    year: int
    kind: Kind
    announced: int | None
    rows: int
    primary: int
    secondary: int
    inferred: int
    unidentified: int


@frozen(repr=False)
class Place(_Row):
    """A town with physical markets. The coordinates from GeoNames are for the town, not for a building."""

    country: str
    locality: str
    region: str | None
    latitude: float
    longitude: float
    geonames_id: str


@frozen(repr=False)
class Relation(_Row):
    """A relation between two markets that a source states.

    It reads from `market_id` to `other_market_id`: the market `"hianime"` is `"successor-of"` the market `"aniwatch"`.
    """

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
        """The market with the id `market_id`."""
        return _dataset().get(Market, self.market_id)

    @property
    def other_market(self) -> Market:
        """The market with the id `other_market_id`."""
        return _dataset().get(Market, self.other_market_id)

    @property
    def sources(self) -> Records[Source]:
        """The sources that state the relation."""
        return _dataset().select(Source, self.source_ids)


@frozen(repr=False)
class Unchanged(_Row):
    """A statement in a source that `year` lists the same markets of a category as `other_year`."""

    year: int
    other_year: int
    category: Category
    source_ids: tuple[str, ...]
    note: str | None
