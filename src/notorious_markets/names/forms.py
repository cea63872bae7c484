"""Normal forms of names: which names are equal, and which only look alike.

Each form is computed in time proportional to the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, groupby
from typing import Literal

from .confusables import CONFUSABLES
from .equivalents import LATIN, SIMPLIFIED

_LOOKALIKES = str.maketrans(CONFUSABLES)
_EQUIVALENTS = str.maketrans(LATIN | SIMPLIFIED)
# ASCII characters that look alike, besides rn and m. A capital I is an i here, because names are compared in lower case.
_LIKE_L_OR_O = str.maketrans("1i|0", "lllo")
_STORED_CHARACTERS = 1 << 16


def name_key(name: str) -> str:
    """Return a key that is equal for names that differ only in case, compatibility characters and the amount of space."""
    return " ".join(normalized(name, "NFKC").casefold().split())


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


def in_own_script(name: str) -> str:
    """Return the name in lower case, without accents and invisible characters, and with simplified Chinese characters.

    Latin letters such as đ become ASCII letters.
    """
    return name.translate(_IN_OWN_SCRIPT)


def folded(name: str) -> str:
    """Return the name as `in_own_script`, but with lookalike letters as Latin letters."""
    return name.translate(_FOLDED)


def readings(name: str) -> tuple[str, ...]:
    """Return the folded names by which a name is compared.

    Letters of other scripts can disguise a Latin name or belong to a name in their script, so both readings count.
    """
    return tuple(dict.fromkeys((folded(name), in_own_script(name))))


def readings_of_known(name: str) -> tuple[str, ...]:
    """Return the folded names by which a known name is found.

    A known name in another script is no disguise. If all its letters look like Latin letters, as in the Cyrillic name of VK,
    the Latin letters are another name.
    """
    found = readings(name)
    return found[1:] if len(found) > 1 and found[0].isascii() else found


def words(folded_name: str) -> list[str]:
    """Return the words of a folded name. Every character other than a letter or digit separates words."""
    return folded_name.translate(_ONLY_WORDS).split()


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


def _fold(lookalikes: Mapping[int, str], character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    visible = "".join(part for part in decomposed if unicodedata.category(part) not in ("Mn", "Cf"))
    return visible.translate(lookalikes).casefold().translate(_EQUIVALENTS)


_DECOMPOSED = {"NFC": _Table(partial(unicodedata.normalize, "NFD")), "NFKC": _Table(partial(unicodedata.normalize, "NFKD"))}
# A digit for each character of the decomposition: whether it is a combining character.
_COMBINING = _Table(
    lambda character: "".join(str(int(unicodedata.combining(part) > 0)) for part in unicodedata.normalize("NFKD", character))
)
_LONG_RUN = "1" * 30
_FOLDED = _Table(partial(_fold, _LOOKALIKES))
_IN_OWN_SCRIPT = _Table(partial(_fold, {}))
_ONLY_WORDS = _Table(lambda character: character if character.isalnum() else " ")
_UNSPACED = _Table(lambda character: "" if unicodedata.category(character)[0] in "ZP" else character)


def normalized(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """Return `unicodedata.normalize(form, text)`, also for long runs of combining characters.

    `unicodedata.normalize` takes quadratic time to sort such a run by combining class, unless it is already sorted.
    """
    if text.isascii():
        return text
    if _LONG_RUN not in text.translate(_COMBINING):
        return unicodedata.normalize(form, text)
    runs = groupby(text.translate(_DECOMPOSED[form]), key=lambda character: unicodedata.combining(character) > 0)
    sorted_runs = (sorted(run, key=unicodedata.combining) if combining else run for combining, run in runs)
    return unicodedata.normalize("NFC", "".join(chain.from_iterable(sorted_runs)))
