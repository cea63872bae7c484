"""The built files as tables and rows: read once, on the first question, from wherever the package lies."""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from functools import partial
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from attrs import frozen

from .data import DATA_VERSION
from .errors import UnknownValue
from .models import (
    Citation,
    Coverage,
    Development,
    Domain,
    Edition,
    Listing,
    Market,
    Place,
    Relation,
    Source,
    Statistic,
    Unchanged,
)
from .records import Records

if TYPE_CHECKING:
    import pyarrow

T = TypeVar("T")

TABLES: dict[type, str] = {
    Edition: "editions",
    Market: "markets",
    Listing: "listings",
    Domain: "domains",
    Place: "places",
    Relation: "relations",
    Unchanged: "unchanged",
    Citation: "citations",
    Source: "sources",
    Statistic: "statistics",
    Development: "developments",
    Coverage: "coverage",
}


@frozen
class TableHome:
    """The built table of a model."""

    dataset: Dataset
    model: type

    def table(self) -> pyarrow.Table:
        """The table."""
        return self.dataset.table(TABLES[self.model])

    def vocabularies(self) -> dict[str, tuple[str, ...]]:
        """The values that a column can have, of each column of text that has a fixed set of them.

        The model says which; countries are those of the whole table, in the order of their codes.
        """
        return self.dataset.vocabularies(self.model)

    def place(self, row: Any) -> int:
        """The position of a row in the table."""
        try:
            return self.dataset.places(self.model)[row]
        except KeyError:
            raise ValueError(f"the {self.model.__name__} is none of data version {DATA_VERSION}: {row!r}") from None


class Dataset:
    """Every table of the package, each read at most once and only when it is needed.

    `DATASET` serves the whole process; copies and pickles of it lead back to it.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._kept: dict[Hashable, Any] = {}

    def __reduce__(self) -> str:
        return "DATASET"

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._kept:
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = make()
        value: T = self._kept[key]
        return value

    def table(self, name: str) -> pyarrow.Table:
        """The built table of this name."""
        return self._once(("table", name), partial(_read, name))

    def rows(self, model: type[T]) -> Records[T]:
        """The rows of a table as objects, in key order."""

        def make() -> Records[T]:
            construct = cast("Callable[..., T]", model)
            # Column by column, in the order of the fields: faster than a dictionary a row.
            columns = [_values(column) for column in self.table(TABLES[model]).columns]
            rows = tuple(construct(*values, dataset=self) for values in zip(*columns, strict=True))
            return Records(rows, TableHome(self, model))

        return self._once(("rows", model), make)

    def places(self, model: type) -> dict[Any, int]:
        """The position of each row in the table of a model."""

        def make() -> dict[Any, int]:
            rows: Records[Any] = self.rows(model)
            return {row: place for place, row in enumerate(rows)}

        return self._once(("places", model), make)

    def vocabularies(self, model: type) -> dict[str, tuple[str, ...]]:
        """The values of each column of a model that has a fixed set of them."""

        def make() -> dict[str, tuple[str, ...]]:
            rows: Records[Any] = self.rows(model)
            found: dict[str, tuple[str, ...]] = {}
            for name, type_ in get_type_hints(model).items():
                if name in ("country", "hosting_country"):
                    found[name] = tuple(sorted({getattr(row, name) for row in rows} - {None}))
                for literal in (type_, *get_args(type_)):
                    if get_origin(literal) is Literal and get_origin(type_) is not tuple:
                        found[name] = get_args(literal)
            return found

        return self._once(("vocabularies", model), make)

    def edition(self, year: int) -> Edition:
        """The edition of a review year."""
        return self._by_key(Edition, "year")[year]

    def edition_in_force(self, day: date | str) -> Edition:
        """The newest edition that was released by a day."""
        if isinstance(day, str):
            try:
                # Newer Pythons would take more of ISO 8601 than older ones.
                day = datetime.strptime(day, "%Y-%m-%d").date()
            except ValueError:
                raise ValueError(f"as_of must be a date such as 2022-06-30, not {day!r}") from None
        elif type(day) is not date:
            raise TypeError(f"as_of must be a datetime.date or an ISO 8601 date, not {day!r}")
        editions = self.rows(Edition)
        place = bisect_right([row.released for row in editions], day)
        if place == 0:
            raise UnknownValue("as_of", day.isoformat(), [f"{editions[0].released} or later"])
        return editions[place - 1]

    def spells(self, years: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
        """Review years as runs of consecutive editions."""
        runs: list[tuple[int, ...]] = []
        for edition in self.rows(Edition):
            if edition.year in years:
                runs[-1:] = [(*runs[-1], edition.year)] if runs else [(edition.year,)]
            elif runs and runs[-1]:
                runs.append(())
        return tuple(run for run in runs if run)

    def market(self, market_id: str) -> Market:
        """The market of this id."""
        return self._by_key(Market, "market_id")[market_id]

    def markets(self, market_ids: Iterable[str]) -> Records[Market]:
        """The markets of these ids, in their order."""
        return self.rows(Market).of(map(self.market, market_ids))

    def source(self, source_id: str) -> Source:
        """The source of this id."""
        return self._by_key(Source, "source_id")[source_id]

    def sources(self, source_ids: Iterable[str]) -> Records[Source]:
        """The sources of these ids, in their order."""
        return self.rows(Source).of(map(self.source, source_ids))

    def listings_in(self, year: int) -> Records[Listing]:
        """The listings of an edition."""
        return self._group(Listing, _year_of)(year)

    def listings_of(self, market_id: str) -> Records[Listing]:
        """The listings that lead to a market, the oldest edition first."""
        return self._group(Listing, _market_ids_of)(market_id)

    def developments_of(self, year: int) -> Records[Development]:
        """The developments that an edition names."""
        return self._group(Development, _year_of)(year)

    def relations_of(self, market_id: str) -> Records[Relation]:
        """The relations in which a market stands, on either side."""
        return self._group(Relation, _related)(market_id)

    def domains_of(self, market_id: str) -> Records[Domain]:
        """The domains of a market."""
        return self._group(Domain, _owner_of)(market_id)

    def citations_of(self, year: int, listing_no: int) -> Records[Citation]:
        """The citations of a listing."""
        return self._group(Citation, _listing_of)((year, listing_no))

    def markets_named(self, name: str) -> tuple[Market, ...]:
        """The markets that have this id, name, alias or domain.

        Case, spaces and punctuation do not count, but in what is written like a domain: ali-express.com is another one
        than aliexpress.com.
        """
        names = self._names()
        return names.get(name_key(name)) or names.get(loose_key(name), ())

    def _by_key(self, model: type[T], column: str) -> dict[Any, T]:
        return self._once((model, column), lambda: {getattr(row, column): row for row in self.rows(model)})

    def _group(self, model: type[T], keys: Callable[[T], tuple[Hashable, ...]]) -> Callable[[Hashable], Records[T]]:
        def make() -> dict[Hashable, Records[T]]:
            groups: dict[Hashable, list[T]] = {}
            for row in rows:
                for key in keys(row):
                    groups.setdefault(key, []).append(row)
            return {key: rows.of(group) for key, group in groups.items()}

        rows = self.rows(model)
        kept = self._once((model, keys), make)
        return lambda key: kept.get(key) or rows.of(())

    def _names(self) -> dict[str, tuple[Market, ...]]:
        def make() -> dict[str, tuple[Market, ...]]:
            owners: dict[str, dict[str, Market]] = {}
            for market in self.rows(Market):
                for name in chain.from_iterable(map(spellings, names_of(market))):
                    for key in {name_key(name), loose_key(name)}:
                        owners.setdefault(key, {})[market.market_id] = market
            # An id is nobody's alias: it always leads to its own market alone.
            ids = {name_key(market.market_id): {market.market_id: market} for market in self.rows(Market)}
            return {name: tuple(named.values()) for name, named in {**owners, **ids}.items()}

        return self._once("names", make)


def names_of(market: Market) -> tuple[str, ...]:
    """The name, aliases, id and domains of a market."""
    return (market.name, *market.aliases, market.market_id, *(domain.domain for domain in market.domains))


def spellings(name: str) -> tuple[str, ...]:
    """The name, and what it has before or in brackets in other than Latin letters: 淘宝 of `Taobao (淘宝)`."""
    parts = map(str.strip, re.split(r"[()\[\]]", name))
    foreign = [part for part in parts if any(map(str.isalpha, part)) and not re.search("[A-Za-z]", part) and part != name]
    return (name, *foreign)


def name_key(name: str) -> str:
    """The form in which names are compared: compatibility characters folded, case and outer space ignored."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class _Unspaced(dict[int, str]):
    """For `str.translate`: drops separators and punctuation, each looked up when it is first met."""

    def __missing__(self, character: int) -> str:
        kept = "" if unicodedata.category(chr(character))[0] in "ZP" else chr(character)
        self[character] = kept
        return kept


_UNSPACED = _Unspaced()


def unspaced(text: str) -> str:
    """The text without spaces and punctuation."""
    return text.translate(_UNSPACED)


def loose_key(name: str) -> str:
    """The key of a name without spaces and punctuation; of what is written like a domain, the domain itself."""
    key = name_key(name)
    if " " not in key and "." in key.strip("."):
        return key.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("./")
    return unspaced(key)


def _year_of(row: Listing | Development) -> tuple[int, ...]:
    return (row.year,)


def _market_ids_of(listing: Listing) -> tuple[str, ...]:
    return () if listing.market_id is None else (listing.market_id, *listing.further_market_ids)


def _related(relation: Relation) -> tuple[str, ...]:
    return (relation.market_id, relation.other_market_id)


def _owner_of(domain: Domain) -> tuple[str, ...]:
    return (domain.market_id,)


def _listing_of(citation: Citation) -> tuple[tuple[int, int], ...]:
    return ((citation.year, citation.listing_no),)


def _values(column: pyarrow.ChunkedArray[Any]) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return [tuple(value) for value in values] if values and isinstance(values[0], list) else values


def _read(name: str) -> pyarrow.Table:
    if name not in TABLES.values():
        raise UnknownValue("table", name, TABLES.values())
    from pyarrow import BufferReader
    from pyarrow.parquet import ParquetFile

    content = (files("notorious_markets.data") / f"{name}.parquet").read_bytes()
    # Not pyarrow.parquet.read_table: it imports pyarrow.dataset, and with that pandas where it is installed.
    table: pyarrow.Table = ParquetFile(BufferReader(content)).read(use_threads=False)
    return table


DATASET = Dataset()
