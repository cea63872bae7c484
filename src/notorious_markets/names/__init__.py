"""Names as people write them: the market of a name, what resembles it, and whole columns of names.

Only a name that differs in case, spaces or punctuation is taken for the name itself. Whatever else resembles one, a
misspelling or letters of another script that look the same, is suggested with a score, and never answered silently.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from attrs import frozen

from .._store import DATASET, loose_key, names_of, spellings, unspaced
from ..errors import AmbiguousMarket, UnknownValue
from ..models import Market
from ..query import chosen, is_whole
from ..records import Made, Records
from ..vocabularies import Kind

if TYPE_CHECKING:
    import pyarrow

    from .._columns import TextColumn

    # The places of the forms whose score is at least a number, each with the letters that it has in common with a text.
    Alike = Callable[[str, "_Names", float], Iterable[tuple[int, int]]]

_COLUMNS = {"market_id": "string", "name": "string", "score": "double", "exact": "bool"}
_SUGGESTED_FROM = 60.0
_LOOKS_ALIKE = 99.0
_MISSPELT_AT_MOST = 98.99
# An error names the best suggestion and those that score less than this below it.
_WORTH_NAMING = 15.0
_ONE_COLUMN = "names must be one column, not a table; give the column of names"

# The letters of these five scripts that Unicode (UTS 39, confusables.txt) gives as confusable with one ASCII letter or
# digit. Compatibility characters, such as mathematical letters, are folded before.
_LOOKALIKES = str.maketrans(
    "ıƄƍƖƦƧƷƼƽǀȜȢȣɑɡɣɩɪɯʋʏͿΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϜϳϺЅІЈАВЕЗКМНОРСТУХЬабгеорсухѕіјѡѴѵҮүһҽӀӏӠԁԌԛԜԝՍՏՕագզհոռ"
    "սցքօᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏮᏳᏴᴄᴏᴑᴜᴠᴡᴢᴦᶃᶌẝỿꙄꙇꜱꝚꝪꝮꞘꞙꞟꞫꞲꞳꞴꬲꬵꬽꭇꭈꭎꭒꭚꭵꮁꮃꮓꮩꮪꮯ",
    "ibglR235sl388agyiiwuyJABEZHlKMNOPTYXayivopouFjMSlJABE3KMHOPCTYXba6reopcyxsijwVvYyheli3dGqWwUSOwqqhnn"
    "ugfoDRTiYAJEWMHYGhZ4bRWSVSLCPKd6GBcoouvwzrgyfy2is239Ffu3JXBeforruuyirwzvsc",
)
# In the same way among ASCII letters and digits, beside rn and m; I is i here.
_LIKE_L_OR_O = str.maketrans("1i|0", "lllo")


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
        return DATASET.market(self.market_id)


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
    found = DATASET.markets_named(_text(name))
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

    With the extra `names` rapidfuzz counts the letters, and else Python: slower, with the same answers.

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
    _text(name)
    if not is_whole(limit):
        raise TypeError(f"limit must be an int, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    rows = tuple(_suggestions(name, _names(_kinds(kind)), _checked(cutoff), _counter())[:limit])
    return Records(rows, Made(rows, _COLUMNS, {}))


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

    from .._arrays import integers
    from .._columns import TextInput, Words

    known, least = _names(_kinds(kind)), _checked(cutoff)
    try:
        source = TextInput.of(names, Words("names", "names", "name", "suggest"))
    except UnknownValue:
        # A table of several columns of text.
        raise TypeError(_ONE_COLUMN) from None
    if source.is_table:
        raise TypeError(_ONE_COLUMN)
    numbers: dict[str | None, int] = {None: 0}
    codes = []
    for batch in source.batches:
        places, values = _distinct(batch.column(source.place))
        coded = integers("i", [numbers.setdefault(value, len(numbers)) for value in values])
        codes.append(coded.take(places))
    alike = _counter()
    best = [() if name is None else _best(_suggestions(name, known, least, alike)) for name in numbers]
    return _answers(best).take(pa.chunked_array(codes, type=pa.int32()))


@frozen
class _Names:
    """Every name of some markets, by the form in which they are compared."""

    forms: tuple[str, ...]
    # Of each form, its length and a bit for each letter: what a quick look can rule out.
    letters: tuple[tuple[int, int], ...]
    owners: tuple[tuple[tuple[str, str], ...], ...]
    looks: dict[str, tuple[int, ...]]
    words: dict[str, frozenset[int]]
    places: dict[str, int]
    longest: int
    market_ids: frozenset[str]


@lru_cache(maxsize=4)
def _names(kinds: frozenset[str] | None) -> _Names:
    owners: dict[str, dict[str, str]] = {}
    places: dict[str, int] = {}
    words: dict[str, set[int]] = {}
    rows = [row for row in DATASET.rows(Market) if kinds is None or row.kind in kinds]
    for row in rows:
        for name in names_of(row):
            for spelling in spellings(name):
                folded = _folded(spelling)
                form = unspaced(folded)
                owners.setdefault(form, {}).setdefault(row.market_id, name)
                place = places.setdefault(form, len(places))
                for word in _words(folded):
                    words.setdefault(word, set()).add(place)
    looks: dict[str, list[int]] = {}
    for place, form in enumerate(owners):
        looks.setdefault(_look(form), []).append(place)
    return _Names(
        forms=tuple(owners),
        letters=tuple((len(form), _bits(form)) for form in owners),
        owners=tuple(tuple(named.items()) for named in owners.values()),
        looks={look: tuple(places) for look, places in looks.items()},
        words={word: frozenset(places) for word, places in words.items()},
        places=places,
        longest=max(map(len, owners), default=0),
        market_ids=frozenset(row.market_id for row in rows),
    )


def _suggestions(name: str, known: _Names, cutoff: float, alike: Alike) -> list[Suggestion]:
    """Every market from a score on, the best first."""
    found: dict[str, Suggestion] = {}
    for row in DATASET.markets_named(name):
        if row.market_id in known.market_ids:
            key = loose_key(name)
            own = next(own for own in names_of(row) if key in map(loose_key, spellings(own)))
            found[row.market_id] = Suggestion(row.market_id, own, 100.0, True)
    if cutoff > _LOOKS_ALIKE:
        return sorted(found.values(), key=_rank)
    folded = _folded(name)
    form = unspaced(folded)
    scores: dict[int, float] = {}
    # A score is compared as it is given, with two digits.
    for place, common in alike(form, known, cutoff - 0.006) if form else ():
        scores[place] = min(200 * common / (len(form) + len(known.forms[place])), _MISSPELT_AT_MOST)
    words = _words(folded)
    owned = [known.words.get(word, frozenset[int]()) for word in words]
    for place in (*(frozenset.intersection(*owned) if owned else ()), *_among(words, known)):
        scores[place] = max(scores.get(place, 0.0), _SUGGESTED_FROM)
    for place in known.looks.get(_look(form), ()):
        scores[place] = _LOOKS_ALIKE
    for place, score in sorted(scores.items()):
        score = round(score, 2)
        if score >= cutoff:
            for market_id, own in known.owners[place]:
                if market_id not in found or found[market_id].score < score:
                    found[market_id] = Suggestion(market_id, own, score, False)
    return sorted(found.values(), key=_rank)


def _rank(suggestion: Suggestion) -> tuple[float, str]:
    return -suggestion.score, suggestion.market_id


def _best(suggestions: list[Suggestion]) -> tuple[Suggestion, ...]:
    return tuple(one for one in suggestions if one.score == suggestions[0].score)


def _counter() -> Alike:
    try:
        import rapidfuzz.process  # noqa: F401
    except ImportError:
        return _alike_by_python
    return _alike_by_rapidfuzz


def _alike_by_rapidfuzz(form: str, known: _Names, least: float) -> Iterable[tuple[int, int]]:
    from rapidfuzz import fuzz, process

    found = process.extract(form, known.forms, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=max(least, 0))
    return [(place, round(score * (len(form) + len(other)) / 200)) for other, score, place in found]


def _alike_by_python(form: str, known: _Names, least: float) -> Iterable[tuple[int, int]]:
    length, bits = len(form), _bits(form)
    masks: dict[str, int] = {}
    for place, (other_length, other_bits) in enumerate(known.letters):
        # Letters without a counterpart: the lengths and the sets of letters say how many there are at least.
        spare = (1 - least / 100) * (length + other_length)
        if abs(length - other_length) <= spare and (bits ^ other_bits).bit_count() <= spare:
            masks = masks or {letter: _mask(form, letter) for letter in set(form)}
            common = _common(length, masks, known.forms[place])
            if length + other_length - 2 * common <= spare:
                yield place, common


def _mask(form: str, letter: str) -> int:
    """A bit for each place of a letter."""
    return int("".join("1" if one == letter else "0" for one in reversed(form)), 2)


def _common(length: int, masks: dict[str, int], other: str) -> int:
    """The length of the longest common subsequence, one step for each letter of the other text, after Hyyrö (2004)."""
    whole = free = (1 << length) - 1
    for letter in other:
        met = free & masks.get(letter, 0)
        free = (free + met | free - met) & whole
    return length - free.bit_count()


def _bits(form: str) -> int:
    bits = 0
    for letter in form:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _folded(name: str) -> str:
    """The name without accents and invisible characters, letters of other scripts replaced by those they look like."""
    text = unicodedata.normalize("NFKD", name)
    if not text.isascii():
        text = "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Cf")).translate(_LOOKALIKES)
    return text.casefold()


def _words(folded: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in folded).split()


def _among(words: list[str], known: _Names) -> Iterable[int]:
    """The places of the forms that are words of a text, one or several in a row."""
    for first in range(len(words)):
        run = ""
        for word in words[first:]:
            run += word
            if len(run) > known.longest:
                break
            if run in known.places:
                yield known.places[run]


def _look(form: str) -> str:
    """The form with what looks alike among ASCII letters and digits made one."""
    return form.replace("rn", "m").translate(_LIKE_L_OR_O)


def _distinct(column: Any) -> tuple[Any, list[str | None]]:
    """The texts of an array without most repetitions, and for each row the place of its text among them."""
    from pyarrow import types

    from .._columns import as_bytes, without_runs

    if types.is_run_end_encoded(column.type):
        return _distinct(without_runs(column))
    if types.is_dictionary(column.type):
        places, values = _distinct(column.dictionary)
        return places.take(column.indices), values
    coded = as_bytes(column).dictionary_encode()
    return coded.indices, [None if text is None else text.decode("utf-8", "replace") for text in coded.dictionary.to_pylist()]


def _answers(best: list[tuple[Suggestion, ...]]) -> pyarrow.Table:
    import pyarrow as pa

    from .._arrays import integers, texts

    def strings(values: Iterable[str | None]) -> Any:
        return texts(None if value is None else value.encode() for value in values).cast(pa.string())

    first = [found[0] if found else None for found in best]
    scores = strings(None if one is None else repr(one.score) for one in first).cast(pa.float32())
    ends = array("i", [0])
    for found in best:
        ends.append(ends[-1] + len(found))
    offsets: Any = integers("i", ends)
    candidates = strings(one.market_id for found in best for one in found)
    return pa.Table.from_arrays(
        [
            strings(found[0].market_id if len(found) == 1 else None for found in best),
            strings(None if one is None else one.name for one in first),
            scores,
            strings(None if one is None else str(one.exact).lower() for one in first).cast(pa.bool_()),
            pa.ListArray.from_arrays(offsets, candidates, mask=scores.is_null()),
        ],
        ["market_id", "matched", "score", "exact", "candidates"],
    )


def _kinds(kind: Kind | Iterable[Kind] | None) -> frozenset[str] | None:
    return chosen("kind", kind, str, get_args(Kind))


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"name must be a str, not {type(name).__name__}")
    return name


def _checked(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"cutoff must be a number, not {type(given).__name__}")
    cutoff = float(given)
    if not 0 <= cutoff <= 100:
        raise ValueError(f"cutoff must be within 0 to 100, not {cutoff}")
    # Almost everything is alike to one percent.
    if 0 < cutoff <= 1:
        raise ValueError(f"cutoff is a percentage: {100 * cutoff:g}, not {cutoff}")
    return cutoff
