"""Normal forms of names: which names are equal, and which only look alike.

Each form is computed in time proportional to the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from itertools import chain, groupby

from .confusables import CONFUSABLES

_LOOKALIKES = str.maketrans(CONFUSABLES)
# ASCII characters that look alike, besides rn and m. A capital I is an i here, because names are compared in lower case.
_LIKE_L_OR_O = str.maketrans("1i|0", "lllo")
_STORED_CHARACTERS = 1 << 16


def name_key(name: str) -> str:
    """Return a key that is equal for names that differ only in case, compatibility characters and the amount of space."""
    return " ".join(_nfkc(name).casefold().split())


def loose_key(key: str) -> str:
    """Return a `name_key` without spaces and punctuation.

    A domain keeps its punctuation, because ali-express.com and aliexpress.com are different domains. It only loses what
    surrounds a domain in a URL: the scheme, `www.` and a trailing slash or dot.
    """
    if " " not in key and "." in key.strip("."):
        return key.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("./")
    return unspaced(key)


def spellings(name: str) -> tuple[str, ...]:
    """Return the name and its parts in scripts other than Latin: `Taobao (淘宝)` and `淘宝`."""
    parts = map(str.strip, re.split(r"[()\[\]]", name))
    foreign = [part for part in parts if any(map(str.isalpha, part)) and not re.search("[A-Za-z]", part) and part != name]
    return (name, *foreign)


def folded(name: str) -> str:
    """Return the name in lower case, without accents, invisible characters, spaces and punctuation.

    Lookalike letters become Latin letters.
    """
    return name.translate(_FOLDED)


def folded_words(name: str) -> list[str]:
    """Return the words of a name, each as `folded` returns it. Every character other than a letter or digit separates words."""
    return name.translate(_WORDS).split()


def unspaced(text: str) -> str:
    """Return the text without spaces and punctuation."""
    return text.translate(_UNSPACED)


def look(form: str) -> str:
    """Return a form of an unspaced name that is equal for ASCII lookalikes, such as `a1iexpress` and `aliexpress`."""
    return form.replace("rn", "m").translate(_LIKE_L_OR_O)


class _Table(dict[int, str]):
    """A table for `str.translate` that computes the replacement of a character when it first occurs.

    It stores a limited number of characters, so that a text with every character of Unicode does not fill the memory.
    """

    def __init__(self, replace: Callable[[str], str]) -> None:
        super().__init__()
        self._replace = replace

    def __missing__(self, code: int) -> str:
        replacement = self._replace(chr(code))
        if len(self) < _STORED_CHARACTERS:
            self[code] = replacement
        return replacement


def _fold(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    visible = "".join(part for part in decomposed if unicodedata.category(part) not in ("Mn", "Cf"))
    return visible.translate(_LOOKALIKES).casefold()


_DECOMPOSED = _Table(partial(unicodedata.normalize, "NFKD"))
# A digit for each character of the decomposition: whether it is a combining character.
_COMBINING = _Table(
    lambda character: "".join(str(int(unicodedata.combining(part) > 0)) for part in unicodedata.normalize("NFKD", character))
)
_LONG_RUN = "1" * 30
# Each character has one replacement for all steps, because some become many characters: U+FDFA becomes 18.
_UNSPACED = _Table(lambda character: "" if unicodedata.category(character)[0] in "ZP" else character)
_FOLDED = _Table(lambda character: _fold(character).translate(_UNSPACED))
_WORDS = _Table(lambda character: "".join(part if part.isalnum() else " " for part in _fold(character)))


def _nfkc(text: str) -> str:
    """Return `unicodedata.normalize("NFKC", text)`, also for long runs of combining characters.

    `unicodedata.normalize` takes quadratic time to sort such a run by combining class, unless it is already sorted.
    """
    if text.isascii():
        return text
    if _LONG_RUN not in text.translate(_COMBINING):
        return unicodedata.normalize("NFKC", text)
    runs = groupby(text.translate(_DECOMPOSED), key=lambda character: unicodedata.combining(character) > 0)
    sorted_runs = (sorted(run, key=unicodedata.combining) if combining else run for combining, run in runs)
    return unicodedata.normalize("NFC", "".join(chain.from_iterable(sorted_runs)))
