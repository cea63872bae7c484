"""Tests that the tables of equivalent letters follow from Unicode's files by the stated rules, and cover the names."""

from __future__ import annotations

import unicodedata

import pytest

import notorious_markets as nm
from notorious_markets.names.equivalents import EXAMINED, LATIN, SIMPLIFIED
from tools import equivalents

# Rules of the published transform: two letters of the table, and one line for each reason to leave a letter out. In order: a
# capital, a letter that case folding changes, a letter with a decomposition, a rule with a context, other characters.
TRANSFORM = """<tRule><![CDATA[
# This handles only Latin, Common, and IDEOGRAPHIC NUMBER ZERO (Han).
[[:Latin:][0-9]] { [:Mn:]+ → ; # maps to nothing; remove all Mn following Latin letter/digit
đ → d ; # 0111;LATIN SMALL LETTER D WITH STROKE
æ → ae ; # 00E6;LATIN SMALL LETTER AE (from ‹character-fallback›)
Đ → D ; # 0110;LATIN CAPITAL LETTER D WITH STROKE
ß → ss ; # 00DF;LATIN SMALL LETTER SHARP S (from ‹character-fallback›)
ŀ → l ; # 0140;LATIN SMALL LETTER L WITH MIDDLE DOT (compat)
ŉ → \\'n ; # 0149;LATIN SMALL LETTER N PRECEDED BY APOSTROPHE (from ‹character-fallback›)
‰ → \\% o ; # 2030;PER MILLE SIGN
"""
# Lines of the published file. 发 is the simplified form of 發 and 髮, 台 is simplified and traditional, 買 is in no name.
VARIANTS = """#
# Unihan_Variants.txt
# Unicode version: 15.0.0
U+53D1	kTraditionalVariant	U+767C U+9AEE
U+53F0	kSimplifiedVariant	U+53F0
U+53F0	kTraditionalVariant	U+53F0 U+81FA
U+5BF6	kSemanticVariant	U+5B9D<kMeyerWempe U+5BF3<kFenn
U+5BF6	kSimplifiedVariant	U+5B9D
U+767C	kSimplifiedVariant	U+53D1
U+8CB7	kSimplifiedVariant	U+4E70
"""


def test_the_tables_are_read_from_the_published_files() -> None:
    assert equivalents.latin(TRANSFORM) == {"æ": "ae", "đ": "d"}
    assert equivalents.simplified(VARIANTS, "發台寶") == {"寶": "宝", "發": "发", "髮": "发", "臺": "台"}
    assert equivalents.simplified(VARIANTS, "发宝") == {"發": "发", "髮": "发"}
    assert equivalents.characters_of(["Taobao (淘寶)", "淘宝", "タオバオ"]) == "宝寶淘"


@pytest.mark.parametrize(
    ("transform", "variants", "message"),
    [("", VARIANTS, "the first file must be Latin-ASCII"), (TRANSFORM, "", "the other file must be Unihan_Variants")],
)
def test_other_files_are_refused(transform: str, variants: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        equivalents.module(transform, "41", variants, "")


def test_the_module_is_generated() -> None:
    """The module in the package has the generated form; only the tables themselves depend on the published files."""
    rules = "\n".join(f"{letter} → {letters} ; # {unicodedata.name(letter)}" for letter, letters in reversed(LATIN.items()))
    variants = "".join(f"U+{ord(old):04X}\tkSimplifiedVariant\tU+{ord(new):04X}\n" for old, new in SIMPLIFIED.items())
    variants += "".join(f"U+{ord(new):04X}\tkTraditionalVariant\tU+{ord(old):04X}\n" for old, new in SIMPLIFIED.items())
    generated = equivalents.module(rules, "41", f"# Unicode version: 15.0.0\n{variants}", EXAMINED)
    assert equivalents.TABLE.read_text(encoding="utf-8") == generated


def test_the_characters_of_all_names_were_examined() -> None:
    """A character that is missing here needs `python -m tools.equivalents`."""
    names = [name for market in nm.all_markets() for name in (market.name, *market.aliases)]
    assert sorted(set(equivalents.characters_of(names)) - set(EXAMINED)) == []


@pytest.mark.parametrize(("letter", "letters"), [("đ", "d"), ("ł", "l"), ("ø", "o"), ("ı", "i"), ("æ", "ae"), ("œ", "oe")])
def test_letters_of_european_and_vietnamese_names_are_known(letter: str, letters: str) -> None:
    assert LATIN[letter] == letters
    assert all(plain.isascii() and plain.islower() for plain in LATIN.values())
    assert set(SIMPLIFIED).isdisjoint(SIMPLIFIED.values())
