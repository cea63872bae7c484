"""The history of the list: what changed from one edition to another, and what cannot be told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from .query import edition, statistics
from .store import DATASET, name_key

if TYPE_CHECKING:
    from .models import Edition, Kind, Listing, Market

# Qualifiers of the metric `listed_markets` that count the physical markets of a country.
_COUNTED = {"physical_china": "CN", "physical_india": "IN", "physical_mexico": "MX"}


@frozen(repr=False)
class Change:
    """What became of one market between two editions.

    `status` is `"kept"`, `"added"` or `"dropped"`. `sure` is false where the edition that seems to lack the market has
    listings that no source names, so that the market may be one of them, or where a listing is inferred.
    """

    SUMMARY = ("market_id", "kind", "status", "sure", "before", "after")

    market_id: str
    kind: Kind
    status: Literal["added", "dropped", "kept"]
    sure: bool
    before: Listing | None = field(eq=False)
    after: Listing | None = field(eq=False)

    @property
    def market(self) -> Market:
        """The market."""
        return DATASET.market(self.market_id)

    @property
    def renamed(self) -> bool:
        """Whether both editions print the market, under names that differ by more than case."""
        names = [row.name_as_listed for row in (self.before, self.after) if row is not None and row.name_as_listed is not None]
        return len(names) == 2 and name_key(names[0]) != name_key(names[1])

    def __repr__(self) -> str:
        names = " -> ".join((row.name_as_listed or "(unnamed)") if row else "-" for row in (self.before, self.after))
        return f"<{'' if self.sure else 'perhaps '}{self.status}: {self.market_id} ({names})>"


@frozen(repr=False)
class Changes:
    """The difference between two editions, market by market.

    Every market that is known to stand in either edition is in `every`, once. `added` and `dropped` hold only what can be
    told; `cannot_be_told` the rest.
    """

    before: Edition
    after: Edition
    every: tuple[Change, ...]

    @property
    def added(self) -> tuple[Change, ...]:
        """Markets that stand in the second edition and surely not in the first."""
        return tuple(change for change in self.every if change.status == "added" and change.sure)

    @property
    def dropped(self) -> tuple[Change, ...]:
        """Markets that stand in the first edition and surely not in the second."""
        return tuple(change for change in self.every if change.status == "dropped" and change.sure)

    @property
    def kept(self) -> tuple[Change, ...]:
        """Markets that stand in both."""
        return tuple(change for change in self.every if change.status == "kept")

    @property
    def renamed(self) -> tuple[Change, ...]:
        """Kept markets that the editions print under different names."""
        return tuple(change for change in self.kept if change.renamed)

    @property
    def cannot_be_told(self) -> tuple[Change, ...]:
        """Markets that stand in one edition, while the other has unnamed listings among which they may be."""
        return tuple(change for change in self.every if change.status != "kept" and not change.sure)

    def __repr__(self) -> str:
        parts = [f"{len(self.added)} added", f"{len(self.dropped)} dropped", f"{len(self.kept)} kept"]
        parts += [f"{len(self.renamed)} of them renamed", f"{len(self.cannot_be_told)} cannot be told"]
        return f"<Changes {self.before.year} to {self.after.year}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from .html import changes

        return changes(self)


def changes(before: int, after: int) -> Changes:
    """What changed from one edition to another, which need not be the next one or a later one.

    A market counts as added or dropped only where that can be told: the edition without it names every market of that
    kind (or, of a physical market, every one of its country, or none there), or a source says that it is new or gone. A
    heading that combines several markets counts for each of them.

    Raises:
        UnknownValue: There is no such edition.
        TypeError: A year is no integer.

    >>> import notorious_markets as nm
    >>> nm.changes(2020, 2021)
    <Changes 2020 to 2021: 9 added, 7 dropped, 45 kept, 2 of them renamed, 11 cannot be told>
    >>> sorted(change.market_id for change in nm.changes(2020, 2021).dropped if change.kind == "online")
    ['amazon-foreign-domains', 'haraj', 'mercado-libre', 'seasonvar', 'snapdeal', 'weidian']
    """
    editions = edition(before), edition(after)
    old, new = (_by_market(one) for one in editions)
    every = []
    for market_id in sorted({**old, **new}):
        first, second = old.get(market_id), new.get(market_id)
        row = second or first
        if row is None:
            continue
        if first and second:
            sure = "inferred" not in {first.grade, second.grade}
            every.append(Change(market_id, row.kind, "kept", sure, first, second))
        elif second:
            sure = second.grade != "inferred" and _surely_absent(market_id, second, editions[0], editions[1])
            every.append(Change(market_id, row.kind, "added", sure, None, second))
        else:
            sure = row.grade != "inferred" and _surely_absent(market_id, row, editions[1], editions[0])
            every.append(Change(market_id, row.kind, "dropped", sure, first, None))
    return Changes(*editions, tuple(every))


def surely_absent(market: Market, one: Edition) -> bool:
    """Whether an edition that is not known to list a market surely lacks it.

    It is told as `changes` tells it between that edition and the nearest ones before and after it that list the market.
    """
    earlier = [row for row in market.listings if row.year < one.year][-1:]
    later = [row for row in market.listings if row.year > one.year][:1]
    return any(_surely_absent(market.market_id, row, one, row.edition) for row in (*earlier, *later))


def _by_market(one: Edition) -> dict[str, Listing]:
    return {market.market_id: row for row in one.listings for market in row.markets}


def _surely_absent(market_id: str, row: Listing, from_edition: Edition, other: Edition) -> bool:
    """Whether a market that `row` lists in the other edition is surely not in this one."""
    listings = [listing for listing in from_edition.listings if listing.kind == row.kind]
    # Where one edition prints `Flvto and 2conv` and another `Flvto`, the entry may speak of both all the same.
    if any(partner.market_id != market_id and partner in listing.markets for partner in row.markets for listing in listings):
        return False
    announced = from_edition.online_total if row.kind == "online" else from_edition.physical_total
    if announced is not None and all(listing.grade in {"primary", "secondary"} for listing in listings):
        return True
    if row.kind == "physical" and _country_is_complete(from_edition, row.country):
        return True
    if row.newly_listed and from_edition.year < other.year:
        return True
    return any(
        (gone.year, gone.market_id, gone.event) == (from_edition.year, market_id, "removal")
        for gone in DATASET.developments_of(from_edition.year)
    )


def _country_is_complete(one: Edition, country: str | None) -> bool:
    """Whether every physical market of a country in an edition is named, by the counts that sources give."""
    counted = {row.qualifier: row.value for row in statistics(year=one.year) if row.metric == "listed_markets"}
    rows = [row for row in one.listings if row.kind == "physical"]
    countries = {row.country for row in rows if row.country}
    if country not in countries:
        return len(countries) == counted.get("physical_countries")
    named = Counter(row.country for row in rows if row.grade in {"primary", "secondary"})
    return any(counted.get(qualifier) == named[country] for qualifier, of in _COUNTED.items() if of == country)
