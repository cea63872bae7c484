"""The names of all markets, indexed by their normal forms."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain

from attrs import frozen

from .._store import DATASET
from ..models import Market
from .forms import folded, look, loose_key, name_key, spellings, unspaced, words


def names_of(market: Market) -> tuple[str, ...]:
    """The name, aliases, id and domains of a market."""
    return (market.name, *market.aliases, market.market_id, *(domain.domain for domain in market.domains))


def markets_named(name: str) -> tuple[Market, ...]:
    """The markets that have this id, name, alias or domain, compared by `name_key` and else by `loose_key`."""
    owners = _owners()
    return owners.get(name_key(name)) or owners.get(loose_key(name), ())


@cache
def _owners() -> dict[str, tuple[Market, ...]]:
    owners: dict[str, dict[str, Market]] = {}
    for market in DATASET.rows(Market):
        for name in chain.from_iterable(map(spellings, names_of(market))):
            for key in {name_key(name), loose_key(name)}:
                owners.setdefault(key, {})[market.market_id] = market
    # The id of a market always leads to that market alone, whatever aliases others have.
    ids = {name_key(market.market_id): {market.market_id: market} for market in DATASET.rows(Market)}
    return {name: tuple(named.values()) for name, named in {**owners, **ids}.items()}


@frozen
class KnownNames:
    """The distinct names of some markets, without case, accents, spaces and punctuation.

    Attributes:
        forms: Each distinct form of a name. Its position stands for it in the other attributes.
        owners: For each form, the markets that have it, as pairs of the market's id and the name as it is written.
        positions: The position of each form.
        looks: The positions of the forms that look like a text; see `forms.look`.
        words: The positions of the forms that contain a word.
        longest: The length of the longest form.
        market_ids: The markets.
    """

    forms: tuple[str, ...]
    owners: tuple[tuple[tuple[str, str], ...], ...]
    positions: dict[str, int]
    looks: dict[str, tuple[int, ...]]
    words: dict[str, frozenset[int]]
    longest: int
    market_ids: frozenset[str]


@lru_cache(maxsize=4)
def known_names(kinds: frozenset[str] | None) -> KnownNames:
    """The names of the markets of some kinds, or of all markets."""
    owners: dict[str, dict[str, str]] = {}
    positions: dict[str, int] = {}
    by_word: dict[str, set[int]] = {}
    rows = [row for row in DATASET.rows(Market) if kinds is None or row.kind in kinds]
    for row in rows:
        for name in names_of(row):
            for spelling in spellings(name):
                plain = folded(spelling)
                form = unspaced(plain)
                owners.setdefault(form, {}).setdefault(row.market_id, name)
                position = positions.setdefault(form, len(positions))
                for word in words(plain):
                    by_word.setdefault(word, set()).add(position)
    by_look: dict[str, list[int]] = {}
    for position, form in enumerate(owners):
        by_look.setdefault(look(form), []).append(position)
    return KnownNames(
        forms=tuple(owners),
        owners=tuple(tuple(named.items()) for named in owners.values()),
        positions=positions,
        looks={form: tuple(found) for form, found in by_look.items()},
        words={word: frozenset(found) for word, found in by_word.items()},
        longest=max(map(len, owners), default=0),
        market_ids=frozenset(row.market_id for row in rows),
    )
