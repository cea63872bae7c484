"""Tests that the table of confusable letters follows from Unicode's confusables.txt by the stated rule."""

from __future__ import annotations

import string
import unicodedata

import pytest
from confusable_homoglyphs.confusables import confusables_data

from notorious_markets.names.confusables import CONFUSABLES
from tools import confusables

ASCII = set(string.ascii_letters + string.digits)
SCRIPTS = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE"}
# Lines of the published file, with tabs after the semicolons: two letters of the table, and one line for each reason to leave a
# letter out. In order: ASCII, compatibility characters, another script, no letter, a prototype with two letters.
PUBLISHED = """\ufeff# confusables.txt
# Version: 17.0.0

0430 ;\t0061 ;\tMA\t# ( \u0430 → a ) CYRILLIC SMALL LETTER A → LATIN SMALL LETTER A\t#\x20
0455 ;\t0073 ;\tMA\t# ( \u0455 → s ) CYRILLIC SMALL LETTER DZE → LATIN SMALL LETTER S\t# →\ua731→

0049 ;\t006C ;\tMA\t# ( I → l ) LATIN CAPITAL LETTER I → LATIN SMALL LETTER L\t#\x20
017F ;\t0066 ;\tMA\t# ( \u017f → f ) LATIN SMALL LETTER LONG S → LATIN SMALL LETTER F\t#\x20
1D5BA ;\t0061 ;\tMA\t# ( \U0001d5ba → a ) MATHEMATICAL SANS-SERIF SMALL A → LATIN SMALL LETTER A\t#\x20
05D5 ;\t006C ;\tMA\t# ( \u05d5 → l ) HEBREW LETTER VAV → LATIN SMALL LETTER L\t#\x20
2170 ;\t0069 ;\tMA\t# ( \u2170 → i ) SMALL ROMAN NUMERAL ONE → LATIN SMALL LETTER I\t#\x20
A733 ;\t0061 0061 ;\tMA\t# ( \ua733 → aa ) LATIN SMALL LETTER AA → LATIN SMALL LETTER A, LATIN SMALL LETTER A\t#\x20
0391 ;\t2200 ;\tMA\t# ( \u0391 → \u2200 ) GREEK CAPITAL LETTER ALPHA → FOR ALL\t#\x20
"""


def test_the_table_is_read_from_the_published_file() -> None:
    assert confusables.confusables(PUBLISHED) == {"\u0430": "a", "\u0455": "s"}
    assert confusables.module(PUBLISHED).startswith(
        '"""Letters that look like one ASCII letter or digit, from confusables.txt of Unicode 17.0.0 (UTS 39).'
    )


@pytest.mark.parametrize("text", ["", "# Version: 17.0.0\n", PUBLISHED.replace("Version", "Date")])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the file must be confusables"):
        confusables.module(text)


def test_the_module_is_generated() -> None:
    """The module in the package has the generated form; only the table itself depends on the published file."""
    lines = [
        f"{ord(letter):04X} ;\t{ord(prototype):04X} ;\tMA\t# ( {letter} → {prototype} ) {unicodedata.name(letter)} → X\t# "
        for letter, prototype in reversed(CONFUSABLES.items())
    ]
    assert confusables.TABLE.read_text(encoding="utf-8") == confusables.module("\n".join(["# Version: 17.0.0", *lines]))


def test_the_table_contains_the_letters_of_an_independent_copy() -> None:
    """The copy is based on an older version of Unicode, which had fewer letters and another prototype for palochka."""
    independent = {}
    for letter, entries in confusables_data.items():
        script = unicodedata.name(letter, "").split(" ")[0] if len(letter) == 1 else ""
        if script in SCRIPTS and letter.isalpha() and unicodedata.normalize("NFKD", letter) == letter:
            targets = {entry["c"] for entry in entries} & ASCII
            if targets and not letter.isascii():
                independent[letter] = targets
    palochka = "\u04cf"
    assert CONFUSABLES[palochka] == "l"
    assert {letter for letter, targets in independent.items() if CONFUSABLES.get(letter) not in targets} == {palochka}
    assert len(independent) >= 170
    assert set(CONFUSABLES.values()) <= ASCII
