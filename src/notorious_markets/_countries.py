"""The codes and the names of the countries in ISO 3166-1, and the check of arguments that are countries."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ._filters import several
from ._packaged import read_text
from .errors import UnknownValue

_ISO_3166_1 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC "
    "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD "
    "GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH "
    "KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW "
    "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC "
    "SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY "
    "UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
CODES = frozenset(_ISO_3166_1.split())
_ABBREVIATIONS = {"UAE": "AE", "UK": "GB", "USA": "US"}
_HINT = "use an ISO 3166-1 alpha-2 code, such as 'CN'"


def country_codes(country: str | Iterable[str] | None) -> frozenset[str] | None:
    """Check the argument `country`. A valid code may belong to a country without any listing.

    Returns:
        The codes, or `None` if the argument is `None`.

    Raises:
        TypeError: A value is not a `str`.
        UnknownValue: A value is not the code of a country. The message suggests codes for the name of a country.
    """
    if country is None:
        return None
    codes = several("country", country, str)
    for code in codes:
        if code not in CODES:
            found = _codes_for(code)
            raise UnknownValue("country", code, (), listed=False, suggestions=found, hint=None if found else _HINT)
    return frozenset(codes)


def _codes_for(name: str) -> list[str]:
    """Return the codes of the countries with a similar name, or the code that differs only in case."""
    from difflib import get_close_matches

    code = name.upper()
    if code in CODES or code in _ABBREVIATIONS:
        return [_ABBREVIATIONS.get(code, code)]
    folded = {known.casefold(): code for code, known in country_names().items()}
    close = get_close_matches(name.casefold(), folded, cutoff=0.75)
    starting = [known for known in folded if len(name) > 3 and known.startswith(name.casefold())]
    return list(dict.fromkeys(folded[known] for known in [*close, *starting][:3]))


@cache
def country_names() -> dict[str, str]:
    """Return the names of countries by their codes. A few territories have no name here."""
    import json

    found: dict[str, str] = json.loads(read_text("plot/countries.json"))["names"]
    return found
