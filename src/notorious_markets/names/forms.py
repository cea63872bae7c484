"""Every normal form of a name: what counts as the same name, and what only looks or sounds alike."""

from __future__ import annotations

import re
import unicodedata

from .confusables import CONFUSABLES

_LOOKALIKES = str.maketrans(CONFUSABLES)
# ASCII letters and digits that look alike, besides rn and m. Capital I is i here, because case is folded before.
_LIKE_L_OR_O = str.maketrans("1i|0", "lllo")


def name_key(name: str) -> str:
    """The form in which two names are equal: compatibility characters folded, case and outer spaces ignored."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def loose_key(name: str) -> str:
    """`name_key` without spaces and punctuation. A name that is written like a domain keeps its punctuation.

    ali-express.com and aliexpress.com are different domains.
    """
    key = name_key(name)
    if " " not in key and "." in key.strip("."):
        return key.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("./")
    return unspaced(key)


def spellings(name: str) -> tuple[str, ...]:
    """The name itself and its parts in other scripts than Latin: `Taobao (淘宝)` is also 淘宝."""
    parts = map(str.strip, re.split(r"[()\[\]]", name))
    foreign = [part for part in parts if any(map(str.isalpha, part)) and not re.search("[A-Za-z]", part) and part != name]
    return (name, *foreign)


def folded(name: str) -> str:
    """The name in lower case without accents and invisible characters. Lookalikes from other scripts become Latin letters."""
    text = unicodedata.normalize("NFKD", name)
    if not text.isascii():
        text = "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Cf")).translate(_LOOKALIKES)
    return text.casefold()


def words(folded_name: str) -> list[str]:
    """The words of a folded name."""
    return "".join(one if one.isalnum() else " " for one in folded_name).split()


def look(form: str) -> str:
    """The form of an unspaced name that is equal for ASCII lookalikes: `a1iexpress` and `aliexpress`."""
    return form.replace("rn", "m").translate(_LIKE_L_OR_O)


def unspaced(text: str) -> str:
    """The text without spaces and punctuation."""
    return text.translate(_UNSPACED)


class _Unspaced(dict[int, str]):
    """A table for `str.translate` that drops separators and punctuation. It learns each character when it first occurs."""

    def __missing__(self, character: int) -> str:
        kept = "" if unicodedata.category(chr(character))[0] in "ZP" else chr(character)
        self[character] = kept
        return kept


_UNSPACED = _Unspaced()
