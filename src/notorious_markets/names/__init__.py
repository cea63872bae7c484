"""Find markets by name: exact lookup, suggestions, and matching of whole columns.

Names are equal if they differ only in case, spaces or punctuation. Names that are merely similar, such as misspellings and
names with lookalike letters from other scripts, are suggested with a score but never accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat, SupportsIndex, get_args, overload

from .._filters import at_least, percentage, some_of, text
from .._store import DATASET
from ..errors import AmbiguousMarket, UnknownValue
from ..models import Market
from ..records import Origin, Records, as_json
from ..vocabularies import Kind
from .forms import folded, look, readings, unspaced, words
from .known import KnownNames, known_names, owners_of

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from .._arrays import TypeName
    from .._columns import TextColumn

_COLUMNS: dict[str, TypeName] = {"market_id": "string", "matched_name": "string", "score": "double", "exact": "bool"}
_EXACT = 100.0
_LOOKS_ALIKE = 99.0
_BELOW_LOOKS_ALIKE = 98.99
_SHARES_WORDS = 60.0
_DEFAULT_CUTOFF = 60.0
# An error suggests names from this score on, and only within this margin of the best score.
_WORTH_NAMING = 75.0
_MARGIN = 15.0
_NOT_A_COLUMN = "names must be one column, not a table; pass the column that holds the names"


class Suggestion(NamedTuple):
    """A market with a name similar to the name that was searched for.

    Attributes:
        market_id: The id of the market.
        matched_name: The most similar of the names, aliases, ids and domains of the market.
        score: The similarity: 100 if the names are equal, at most 99 otherwise. See `suggest`.
        exact: Whether the names are equal, so that `market` accepts the name.
    """

    market_id: str
    matched_name: str
    score: float
    exact: bool

    @property
    def market(self) -> Market:
        """The market."""
        return DATASET.get(Market, self.market_id)

    def to_dict(self) -> dict[str, Any]:
        """Return the suggestion as a dictionary."""
        return self._asdict()

    def to_json(self) -> str:
        """Return the suggestion as a JSON object."""
        return as_json(self.to_dict())


def market(name: str) -> Market:
    """Return the market with this id, name, alias or domain.

    Case, spaces, punctuation and compatibility characters (such as full-width letters) are ignored: `"ali express"` is
    AliExpress. Domains are compared with their punctuation, because ali-express.com and aliexpress.com are different
    domains; only `https://` and `www.` before a domain and a slash or dot after it are ignored. Names in other scripts are
    aliases if a source prints them, such as 淘寶 for Taobao; see `aliases`. Misspellings and names with lookalike letters from
    another script are not accepted; use `suggest` to find similar names.

    Raises:
        UnknownValue: No market has this name. The message suggests similar names, or the markets of an operator with this name.
        AmbiguousMarket: Several markets have this name. The message lists their ids.
        TypeError: `name` is not a `str`.

    >>> import notorious_markets as nm
    >>> nm.market("we chat").name
    'WeChat (Weixin) E-Commerce Ecosystem'
    """
    owners = owners_of(text("name", name))
    if len(owners) > 1:
        raise AmbiguousMarket(name, owners)
    if not owners:
        if operated := _markets_of_operator(name):
            names = [row.name for row in operated]
            hint = f"{operated[0].operator} is the operator of {' and '.join(map(repr, names))}"
            raise UnknownValue("market", name, (), suggestions=names, hint=hint)
        raise UnknownValue("market", name, (), listed=False, suggestions=_names_for_error(name))
    return DATASET.get(Market, *owners)


def suggest(
    name: str, *, limit: SupportsIndex = 5, cutoff: SupportsFloat = _DEFAULT_CUTOFF, kind: Kind | Iterable[Kind] | None = None
) -> Records[Suggestion]:
    """Return the markets with names similar to a name, best first.

    The score is the percentage of letters that two names share in the same order: twice the length of their longest common
    subsequence, divided by the number of letters in both. It ignores case, spaces, punctuation, accents, and differences
    between lookalike letters of different scripts, between Latin letters such as đ and d, and between simplified and
    traditional Chinese characters.

    A score of 100 means that `market` accepts the name. A score of 99 means that the names only look alike: `"Taobao"` with a
    Cyrillic T, `"A1iExpress"`. Names score at least 60 if the words of a known name include all words of the name
    (`"Baidu"` and Baidu Wangpan), or if a known name occurs in the name as one or more whole words
    (`"AliExpress Singapore Ltd"` and AliExpress). Markets with the same score are in the order of their ids.

    Args:
        name: Any text.
        limit: Maximum number of suggestions.
        cutoff: Lowest score to return, from 0 to 100. Values above 0 and up to 1 are refused as probable fractions.
        kind: Only return markets of this kind.

    Raises:
        UnknownValue: There is no such kind.
        ValueError: `cutoff` is not a percentage, or `limit` is less than 1.
        TypeError: An argument has the wrong type.

    >>> import notorious_markets as nm
    >>> nm.suggest("taoabo", limit=1)
    <Records of 1 x Suggestion>
    market_id  matched_name  score  exact
    taobao     Taobao        83.33  False
    """
    text("name", name)
    rows = tuple(_suggestions(name, percentage("cutoff", cutoff), _markets_of(kind))[: at_least("limit", limit, 1)])
    return Records(rows, Origin.of_attributes(rows, _COLUMNS, {}))


@overload
def match_names(  # type: ignore[overload-overlap]
    names: polars.Series, *, cutoff: SupportsFloat = ..., kind: Kind | Iterable[Kind] | None = ...
) -> polars.DataFrame: ...
@overload
def match_names(
    names: pandas.Series[Any] | pandas.Index[Any], *, cutoff: SupportsFloat = ..., kind: Kind | Iterable[Kind] | None = ...
) -> pandas.DataFrame: ...
@overload
def match_names(names: TextColumn, *, cutoff: SupportsFloat = ..., kind: Kind | Iterable[Kind] | None = ...) -> pyarrow.Table: ...
def match_names(
    names: polars.Series | pandas.Series[Any] | pandas.Index[Any] | TextColumn,
    *,
    cutoff: SupportsFloat = 90.0,
    kind: Kind | Iterable[Kind] | None = None,
) -> polars.DataFrame | pandas.DataFrame | pyarrow.Table:
    """Match each name of a column, such as the names of sellers or marketplaces, to a market.

    Each row of the result is the best suggestion that `suggest` returns for the name. Even an exact match does not prove that
    the market is meant, because many towns have a Central Market. Review the matches of short names: with few letters to
    compare, unrelated names reach high scores. Each distinct name is compared once.

    Args:
        names: A sequence or an iterator of `str`, a series or index of pandas or polars, a NumPy array, or an object that
            exports one Arrow column, such as an array or a chunked array. The column may have any string, binary or
            dictionary type. Invalid UTF-8 is read with replacement characters. `None`, NaN and `NA` are missing values.
        cutoff: Lowest score of a match, from 0 to 100. With 100, only exact names match.
        kind: Only match markets of this kind.

    Returns:
        A table with one row per name, in the same order: for pandas and polars a data frame, which keeps the index of
        pandas, and a `pyarrow.Table` for all other input. All columns are null if no market reaches the cutoff:

        - `market_id` (string): the market; also null if several markets have the best score, as for `"Putlocker"`
        - `matched_name` (string): the name of the market that was matched; if several markets have the best score, of the first
        - `score` (float64): the score from 0 to 100, see `suggest`
        - `exact` (bool): whether the names are equal
        - `candidates` (list of string): the ids of the markets with the best score; more than one if the match is ambiguous

    Raises:
        UnknownValue: There is no such kind.
        ValueError: `cutoff` is not a percentage.
        TypeError: `names` is a single `str`, a table, or not a column of text; or `cutoff` is not a number.

    >>> import notorious_markets as nm
    >>> nm.match_names(["Tao-Bao", "Pinduoduos", "Corner Shop", None]).column("market_id").to_pylist()
    ['taobao', 'pinduoduo', None, None]
    """
    import pyarrow as pa

    from .._arrays import array_of
    from .._columns import TextInput, distinct_texts
    from .._frames import frame_of

    lowest, market_ids = percentage("cutoff", cutoff), _markets_of(kind)
    if isinstance(names, (str, bytes)):
        raise TypeError(f"names must be a column or sequence of names, not {type(names).__name__}; for one name use suggest()")
    try:
        frame = frame_of("names", names)
        source = TextInput.of("names", names if frame is None else frame.text)
    except (UnknownValue, ValueError):
        # The table has several columns of text.
        raise TypeError(_NOT_A_COLUMN) from None
    if source.is_table or (frame is not None and frame.names):
        raise TypeError(_NOT_A_COLUMN)
    numbers: dict[str | None, int] = {None: 0}
    codes = []
    for batch in source.batches:
        positions, values = distinct_texts(batch.column(source.position))
        coded = array_of("int32", [numbers.setdefault(value, len(numbers)) for value in values])
        codes.append(coded.take(positions))
    best = [[] if name is None else _best(_suggestions(name, lowest, market_ids)) for name in numbers]
    answers = _table_of(best).take(pa.chunked_array(codes, type=pa.int32()))
    return answers if frame is None else frame.rows(answers)


def _suggestions(name: str, cutoff: float, market_ids: frozenset[str]) -> list[Suggestion]:
    """Return a suggestion for each of these markets whose score reaches the cutoff, best first."""
    found = _similar(name, cutoff) if cutoff <= _LOOKS_ALIKE else {}
    for market_id, known_name in owners_of(name).items():
        found[market_id] = Suggestion(market_id, known_name, _EXACT, True)
    return _ranked(suggestion for suggestion in found.values() if suggestion.market_id in market_ids)


def _similar(name: str, cutoff: float) -> dict[str, Suggestion]:
    """Return, by market id, a suggestion for each market with a similar name. Equal names are not recognized."""
    known = known_names()
    found: dict[str, Suggestion] = {}
    for position, score in sorted(_scores(name, known, cutoff).items()):
        score = round(score, 2)
        if score >= cutoff:
            for market_id, known_name in known.owners[position]:
                if market_id not in found or found[market_id].score < score:
                    found[market_id] = Suggestion(market_id, known_name, score, False)
    return found


def _ranked(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    return sorted(suggestions, key=lambda suggestion: (-suggestion.score, suggestion.market_id))


def _scores(name: str, known: KnownNames, cutoff: float) -> dict[int, float]:
    """Return scores by the positions of known names. Scores below the cutoff may be missing."""
    # Only comparisons need rapidfuzz, so importing the package does not import it.
    from rapidfuzz import fuzz, process

    # The cutoff applies to rounded scores, so the search starts slightly below it.
    lowest = max(cutoff - 0.006, 0)
    options: Any = {"scorer": fuzz.ratio, "processor": None, "limit": None, "score_cutoff": lowest}
    # A longer form has too many letters that no known name has. Of a long text, the beginning shows that.
    most = int(max(2, 200 / max(lowest, 1)) * known.longest)
    scores: dict[int, float] = {}
    for plain in readings(name):
        form, name_words = unspaced(plain[: 2 * most]), words(plain)
        if len(form) <= most or lowest < 1:
            form = unspaced(plain)
        similar = process.extract(form, known.forms, **options) if form else []
        found = [(position, min(score, _BELOW_LOOKS_ALIKE)) for _, score, position in similar]
        shared = _with_all_words(name_words, known) | _within_words(name_words, known)
        found += [(position, _SHARES_WORDS) for position in shared]
        # A form that looks like another one has at most twice its length: rn looks like m.
        if len(form) <= 2 * known.longest:
            found += [(position, _LOOKS_ALIKE) for position in known.looks.get(look(form), ())]
        for position, score in found:
            scores[position] = max(scores.get(position, 0.0), score)
    return scores


def _with_all_words(name_words: Sequence[str], known: KnownNames) -> set[int]:
    """Return the positions of the known names that contain all of these words."""
    found = [known.words.get(word, set()) for word in set(name_words)]
    return set.intersection(*found) if found else set()


def _within_words(name_words: Sequence[str], known: KnownNames) -> set[int]:
    """Return the positions of the known names that consist of one or more consecutive words of these."""
    found = set()
    for first in [index for index, word in enumerate(name_words) if word in known.prefixes]:
        run = ""
        for index in range(first, len(name_words)):
            run += name_words[index]
            if run not in known.prefixes:
                break
            if run in known.positions:
                found.add(known.positions[run])
    return found


def _names_for_error(name: str) -> Iterable[str]:
    """Return the names that an error suggests: the most similar ones, but only of markets that are probably meant."""
    known = known_names()
    found = _ranked(_similar(name, _DEFAULT_CUTOFF).values())[:3]
    positions = {position for plain in readings(name) for position in _within_words(words(plain), known)}
    named = {market_id for position in positions for market_id, _ in known.owners[position]}
    return dict.fromkeys(
        suggestion.matched_name
        for suggestion in found
        if suggestion.score > found[0].score - _MARGIN and (suggestion.score >= _WORTH_NAMING or suggestion.market_id in named)
    )


def _markets_of_operator(name: str) -> list[Market]:
    """Return the markets whose operator has all words of a name, in any order, or begins with the name in other spacing."""
    in_order = words(folded(name))
    wanted, joined = set(in_order), "".join(in_order)
    operators = ((row, words(folded(row.operator or ""))) for row in DATASET.rows(Market) if wanted)
    return [row for row, operator in operators if wanted <= {*operator} or joined in accumulate(operator)]


def _best(suggestions: list[Suggestion]) -> list[Suggestion]:
    return [suggestion for suggestion in suggestions if suggestion.score == suggestions[0].score]


def _table_of(best: list[list[Suggestion]]) -> pyarrow.Table:
    """Return the result of `match_names` for names with these best suggestions."""
    import pyarrow as pa

    from .._arrays import array_of

    first = [found[0] if found else None for found in best]
    scores = array_of("double", [None if row is None else row.score for row in first])
    offsets: Any = array_of("int32", accumulate((len(found) for found in best), initial=0))
    candidates = array_of("string", [row.market_id for found in best for row in found])
    return pa.Table.from_arrays(
        [
            array_of("string", [found[0].market_id if len(found) == 1 else None for found in best]),
            array_of("string", [None if row is None else row.matched_name for row in first]),
            scores,
            array_of("bool", [None if row is None else row.exact for row in first]),
            pa.ListArray.from_arrays(offsets, candidates, mask=scores.is_null()),
        ],
        ["market_id", "matched_name", "score", "exact", "candidates"],
    )


def _markets_of(kind: Kind | Iterable[Kind] | None) -> frozenset[str]:
    """Return the ids of the markets of this kind, or of all markets."""
    kinds = some_of("kind", kind, str, get_args(Kind))
    return frozenset(row.market_id for row in DATASET.rows(Market) if kinds is None or row.kind in kinds)
