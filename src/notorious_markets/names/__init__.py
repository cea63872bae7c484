"""Names as people write them: the market of a name, what resembles it, and whole columns of names.

Only a name that differs in case, spaces or punctuation is taken for the name itself. Whatever else resembles one, a
misspelling or letters of another script that look the same, is suggested with a score, and never answered silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from .._filters import at_least, some_of, text
from .._store import DATASET
from ..errors import AmbiguousMarket, UnknownValue
from ..models import Market
from ..records import Origin, Records
from ..vocabularies import Kind
from .forms import folded, look, loose_key, spellings, unspaced, words
from .known import KnownNames, known_names, markets_named, names_of

if TYPE_CHECKING:
    import pyarrow

    from .._arrays import TypeName
    from .._columns import TextColumn

_COLUMNS: dict[str, TypeName] = {"market_id": "string", "name": "string", "score": "double", "exact": "bool"}
_SUGGESTED_FROM = 60.0
_LOOKS_ALIKE = 99.0
_MISSPELT_AT_MOST = 98.99
# An error names the best suggestion and those that score less than this below it.
_WORTH_NAMING = 15.0
_ONE_COLUMN = "names must be one column, not a table; pass the column that holds the names"


class Suggestion(NamedTuple):
    """A market whose name resembles another name.

    Attributes:
        market_id: The market.
        name: That of its names, aliases, ids and domains which resembles most.
        score: 100 for the name itself, at most 99 for anything else; see `suggest`.
        exact: Whether `market` would take the one for the other.
    """

    market_id: str
    name: str
    score: float
    exact: bool

    @property
    def market(self) -> Market:
        """The market."""
        return DATASET.get(Market, self.market_id)


def market(name: str) -> Market:
    """The market of this id, name, alias or domain.

    Case, spaces, punctuation and compatibility characters do not count: `"ali express"` is AliExpress. What is written
    like a domain is compared as one, for ali-express.com is another domain than aliexpress.com; `https://` and `www.`
    before it and a slash or a dot after it do not count. What a name has in other letters is a name too: 淘宝 of Taobao
    (淘宝). Misspellings and letters of another script are never taken for the name: `suggest` has what resembles it.

    Raises:
        UnknownValue: No market has the name; the message suggests those that resemble it.
        AmbiguousMarket: Several markets have it; the message lists their ids.
        TypeError: `name` is no string.

    >>> import notorious_markets as nm
    >>> nm.market("we chat").name
    'WeChat (Weixin) E-Commerce Ecosystem'
    """
    found = markets_named(text("name", name))
    if len(found) == 1:
        return found[0]
    if found:
        raise AmbiguousMarket(name, (row.market_id for row in found))
    found_alike = suggest(name, limit=3)
    close = dict.fromkeys(one.name for one in found_alike if one.score > found_alike[0].score - _WORTH_NAMING)
    raise UnknownValue("market", name, (), listed=False, suggestions=close)


def suggest(
    name: str, *, limit: int = 5, cutoff: float = _SUGGESTED_FROM, kind: Kind | Iterable[Kind] | None = None
) -> Records[Suggestion]:
    """The markets that a name resembles, the best first; of equal scores in the order of their ids.

    A score says what percentage of the letters of both names they have in common, in the same order, without regard to
    case, spaces, punctuation, accents and letters of other scripts that look the same. It is 100 only for what `market`
    takes for the name itself, and 99 for what merely looks like it: `"Taobao"` with a Cyrillic T, `"A1iExpress"`. A name
    whose words are all words of a longer one scores at least 60, and so does one that has another among its words:
    `"Baidu"` and Baidu Wangpan, `"AliExpress Singapore Ltd"` and AliExpress.

    Args:
        name: Any text.
        limit: The most suggestions.
        cutoff: The lowest score, 0 to 100.
        kind: Only markets of this kind.

    Raises:
        UnknownValue: There is no such kind.
        ValueError: `cutoff` is not 0 or above 1 and at most 100, or `limit` is below 1.
        TypeError: An argument is of another type.

    >>> import notorious_markets as nm
    >>> nm.suggest("taoabo", limit=1)
    <Records of 1 x Suggestion>
    market_id  name    score  exact
    taobao     Taobao  83.33  False
    """
    text("name", name)
    at_least("limit", limit, 1)
    rows = tuple(_suggestions(name, known_names(_kinds(kind)), _percentage(cutoff))[:limit])
    return Records(rows, Origin.of_attributes(rows, _COLUMNS, {}))


def match_names(names: TextColumn, *, cutoff: float = 90.0, kind: Kind | Iterable[Kind] | None = None) -> pyarrow.Table:
    """The market of each name of a column, such as the names of sellers or marketplaces.

    Each row has the best of what `suggest` gives for the name, from the cutoff on. `exact` says that it is the name of the
    market, and not that the market is meant: there is a Central Market in many towns. Short names have few letters to
    be alike in, and need to be read. Each distinct name is matched once.

    Args:
        names: A sequence of `str` and `None`, or anything that exports one Arrow column: an array, a chunked array, a
            series. Text may be of any string, binary or dictionary type; bytes that are no UTF-8 match as text with
            replacement characters.
        cutoff: The lowest score, 0 to 100; with 100 only exact names match.
        kind: Only markets of this kind.

    Returns:
        One row for each name, in order, with these columns, all null where nothing reaches the cutoff:

        - `market_id` (string): the market; null too where several markets have the best score, as for `"Putlocker"`;
        - `matched` (string): that of its names which is meant; of several markets that of the first;
        - `score` (float32): 0 to 100, see `suggest`;
        - `exact` (bool): whether it is the name itself;
        - `candidates` (list of string): the markets that have the best score: one for a match, several where it is
          ambiguous.

    Raises:
        UnknownValue: There is no such kind.
        ValueError: `cutoff` is not 0 or above 1 and at most 100.
        TypeError: `names` is no column of text, a single `str`, or a table; `cutoff` is no number.

    >>> import notorious_markets as nm
    >>> nm.match_names(["Tao-Bao", "Pinduoduos", "Corner Shop", None]).column("market_id").to_pylist()
    ['taobao', 'pinduoduo', None, None]
    """
    import pyarrow as pa

    from .._arrays import array_of
    from .._columns import TextInput

    known, least = known_names(_kinds(kind)), _percentage(cutoff)
    if isinstance(names, (str, bytes)):
        raise TypeError("names must be a column or sequence of names, not a single one; use suggest() for one name")
    try:
        source = TextInput.of("names", names)
    except UnknownValue:
        # The table has several columns of text.
        raise TypeError(_ONE_COLUMN) from None
    if source.is_table:
        raise TypeError(_ONE_COLUMN)
    numbers: dict[str | None, int] = {None: 0}
    codes = []
    for batch in source.batches:
        positions, values = _distinct(batch.column(source.position))
        coded = array_of("int32", [numbers.setdefault(value, len(numbers)) for value in values])
        codes.append(coded.take(positions))
    best = [() if name is None else _best(_suggestions(name, known, least)) for name in numbers]
    return _answers(best).take(pa.chunked_array(codes, type=pa.int32()))


def _suggestions(name: str, known: KnownNames, cutoff: float) -> list[Suggestion]:
    """Every market whose score is at least the cutoff, the best first."""
    found: dict[str, Suggestion] = {}
    for row in markets_named(name):
        if row.market_id in known.market_ids:
            key = loose_key(name)
            own = next(own for own in names_of(row) if key in map(loose_key, spellings(own)))
            found[row.market_id] = Suggestion(row.market_id, own, 100.0, True)
    if cutoff > _LOOKS_ALIKE:
        return sorted(found.values(), key=_rank)
    for position, score in sorted(_scores(name, known, cutoff).items()):
        score = round(score, 2)
        if score >= cutoff:
            for market_id, own in known.owners[position]:
                if market_id not in found or found[market_id].score < score:
                    found[market_id] = Suggestion(market_id, own, score, False)
    return sorted(found.values(), key=_rank)


def _scores(name: str, known: KnownNames, cutoff: float) -> dict[int, float]:
    """The scores of known names by their positions; scores below the cutoff may be missing."""
    # rapidfuzz is imported when a name is first compared.
    from rapidfuzz import fuzz, process

    plain = folded(name)
    form = unspaced(plain)
    # The cutoff applies to the score with two digits, so the search starts a little below it.
    options: Any = {"scorer": fuzz.ratio, "processor": None, "limit": None, "score_cutoff": max(cutoff - 0.006, 0)}
    alike = process.extract(form, known.forms, **options) if form else []
    scores = {position: min(score, _MISSPELT_AT_MOST) for _, score, position in alike}
    asked = words(plain)
    owned = [known.words.get(word, frozenset[int]()) for word in asked]
    for position in (*(frozenset.intersection(*owned) if owned else ()), *_among(asked, known)):
        scores[position] = max(scores.get(position, 0.0), _SUGGESTED_FROM)
    for position in known.looks.get(look(form), ()):
        scores[position] = _LOOKS_ALIKE
    return scores


def _rank(suggestion: Suggestion) -> tuple[float, str]:
    return -suggestion.score, suggestion.market_id


def _best(suggestions: list[Suggestion]) -> tuple[Suggestion, ...]:
    return tuple(one for one in suggestions if one.score == suggestions[0].score)


def _among(asked: list[str], known: KnownNames) -> Iterator[int]:
    """The positions of the known names that are words of a text, one word or several in a row."""
    for first in range(len(asked)):
        run = ""
        for word in asked[first:]:
            run += word
            if len(run) > known.longest:
                break
            if run in known.positions:
                yield known.positions[run]


def _distinct(column: Any) -> tuple[Any, list[str | None]]:
    """For each row of an array the position of its text among the distinct texts, and these texts."""
    from pyarrow import types

    from .._columns import as_bytes, without_runs

    if types.is_run_end_encoded(column.type):
        return _distinct(without_runs(column))
    if types.is_dictionary(column.type):
        positions, values = _distinct(column.dictionary)
        return positions.take(column.indices), values
    coded = as_bytes(column).dictionary_encode()
    return coded.indices, [None if text is None else text.decode("utf-8", "replace") for text in coded.dictionary.to_pylist()]


def _answers(best: list[tuple[Suggestion, ...]]) -> pyarrow.Table:
    import pyarrow as pa

    from .._arrays import array_of

    first = [found[0] if found else None for found in best]
    scores = array_of("float", [None if one is None else one.score for one in first])
    offsets: Any = array_of("int32", accumulate((len(found) for found in best), initial=0))
    candidates = array_of("string", [one.market_id for found in best for one in found])
    return pa.Table.from_arrays(
        [
            array_of("string", [found[0].market_id if len(found) == 1 else None for found in best]),
            array_of("string", [None if one is None else one.name for one in first]),
            scores,
            array_of("bool", [None if one is None else one.exact for one in first]),
            pa.ListArray.from_arrays(offsets, candidates, mask=scores.is_null()),
        ],
        ["market_id", "matched", "score", "exact", "candidates"],
    )


def _kinds(kind: Kind | Iterable[Kind] | None) -> frozenset[str] | None:
    return some_of("kind", kind, str, get_args(Kind))


def _percentage(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"cutoff must be a number, not {type(given).__name__}")
    cutoff = float(given)
    if not 0 <= cutoff <= 100:
        raise ValueError(f"cutoff must be a percentage from 0 to 100, not {cutoff}")
    # A cutoff of one percent excludes nothing, so a fraction is a mistake.
    if 0 < cutoff <= 1:
        raise ValueError(f"cutoff is a percentage from 0 to 100; did you mean {100 * cutoff:g}?")
    return cutoff
