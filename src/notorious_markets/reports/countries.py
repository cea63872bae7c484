"""Which country a heading names."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from .._countries import country_names
from ..names.forms import folded, unspaced

# Names that the reports use and that the list of countries does not have.
_USUAL_NAMES = {
    "Bosnia": "BA",
    "Brunei": "BN",
    "Burma": "MM",
    "Cote d'Ivoire": "CI",
    "Czech Republic": "CZ",
    "Hong Kong": "HK",
    "Hong Kong SAR": "HK",
    "Ivory Coast": "CI",
    "Korea": "KR",
    "Kyrgyz Republic": "KG",
    "Macau": "MO",
    "Macedonia": "MK",
    "Palestine": "PS",
    "People's Republic of China": "CN",
    "Republic of Korea": "KR",
    "Russia": "RU",
    "Russian Federation": "RU",
    "Slovak Republic": "SK",
    "South Korea": "KR",
    "Taiwan": "TW",
    "The Netherlands": "NL",
    "Netherlands": "NL",
    "Turkey": "TR",
    "Türkiye": "TR",
    "UAE": "AE",
    "UK": "GB",
    "Great Britain": "GB",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "United States": "US",
    "United States of America": "US",
    "USA": "US",
    "Viet Nam": "VN",
    "Vietnam": "VN",
}
# A misspelt name shares this part of its letters with the right one.
_SIMILAR = 0.85


def fold(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation: POPCORNTIME and Popcorn Time are the same."""
    return unspaced(folded(name))


@cache
def countries() -> dict[str, str]:
    """Return the ISO 3166-1 alpha-2 code of each country by its folded names."""
    names = {fold(name): code for code, name in country_names().items()}
    return names | {fold(name): code for name, code in _USUAL_NAMES.items()}


def country_code(text: str, *, fuzzy: bool = True) -> str | None:
    """Return the code of the country that a text names, or `None`.

    Args:
        text: The text.
        fuzzy: Whether a misspelt name counts, if it resembles the name of exactly one country.
    """
    key = fold(text)
    if code := countries().get(key):
        return code
    if not fuzzy or len(key) < 4:
        return None
    similar = {countries()[name] for name in get_close_matches(key, countries(), cutoff=_SIMILAR)}
    return similar.pop() if len(similar) == 1 else None
