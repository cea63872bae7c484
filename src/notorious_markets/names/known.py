"""The names of all markets, indexed by their normal forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from attrs import frozen

from .._store import DATASET
from ..models import Market
from .forms import look, loose_key, name_key, readings_of_known, spellings, unspaced, words


def owners_of(name: str) -> Mapping[str, str]:
    """Return the markets that have this id, name, alias or domain.

    Names are compared by `name_key`, and by `loose_key` if no name has the same `name_key`.

    Returns:
        For each market id, the name of the market as the data spell it.
    """
    key = name_key(name)
    owners, longest = _owners()
    if key in owners:
        return owners[key]
    # Most of a long text need not be read: what remains of its beginning is too long already.
    if len(unspaced(key[: 2 * longest])) > longest:
        return {}
    return owners.get(loose_key(key), {})


@cache
def _owners() -> tuple[dict[str, dict[str, str]], int]:
    """Return the owners of each key, and a length that no loose key reaches, even with what surrounds a domain."""
    owners: dict[str, dict[str, str]] = {}
    first: dict[tuple[str, str], str] = {}
    for market_id, name, spelling in _spellings():
        key = name_key(spelling)
        loose = loose_key(key)
        # Of the names that differ only in spaces and punctuation, the first stands for all.
        name = first.setdefault((market_id, loose), name)
        for either in (key, loose):
            owners.setdefault(either, {}).setdefault(market_id, name)
    return owners, max(map(len, owners)) + len("https://www.")


@frozen
class KnownNames:
    """An index of the distinct names of all markets, as unspaced and folded forms.

    Attributes:
        forms: The distinct forms. The other attributes refer to a form by its position.
        owners: For each form, the markets that have it, as pairs of the market id and the name as the data spell it.
        positions: The position of each form.
        prefixes: Every beginning of a form, including the whole form.
        looks: For each `look`, the positions of the forms that have it.
        longest: The length of the longest form.
        words: For each word, the positions of the forms of the names that contain it.
    """

    forms: tuple[str, ...]
    owners: tuple[tuple[tuple[str, str], ...], ...]
    positions: dict[str, int]
    prefixes: frozenset[str]
    looks: dict[str, list[int]]
    longest: int
    words: dict[str, set[int]]


@cache
def known_names() -> KnownNames:
    """Return the index of the names of all markets."""
    owners: dict[str, dict[str, str]] = {}
    positions: dict[str, int] = {}
    by_look: dict[str, list[int]] = {}
    by_word: dict[str, set[int]] = {}
    for market_id, name, spelling in _spellings():
        for plain in readings_of_known(spelling):
            form = unspaced(plain)
            owners.setdefault(form, {}).setdefault(market_id, name)
            position = positions.setdefault(form, len(positions))
            for word in words(plain):
                by_word.setdefault(word, set()).add(position)
    for form, position in positions.items():
        by_look.setdefault(look(form), []).append(position)
    return KnownNames(
        forms=tuple(owners),
        owners=tuple(tuple(named.items()) for named in owners.values()),
        positions=positions,
        prefixes=frozenset(form[:end] for form in owners for end in range(1, len(form) + 1)),
        looks=by_look,
        longest=max(map(len, owners)),
        words=by_word,
    )


def _spellings() -> Iterator[tuple[str, str, str]]:
    """Yield each spelling of each name of each market, as the market id, the name and the spelling."""
    for market in DATASET.rows(Market):
        domains = (domain.domain for domain in market.domains)
        for name in (market.name, *market.aliases, market.market_id, *domains):
            for spelling in spellings(name):
                yield market.market_id, name, spelling
