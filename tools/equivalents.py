"""Generate the table of equivalent letters from Unicode data.

Run `python -m tools.equivalents Latin-ASCII.xml 41 Unihan_Variants.txt`. Latin-ASCII.xml is a transform of the Unicode Common
Locale Data Repository, in `common/transforms`. The second argument is the release of the repository, which the file does not
state. The table contains each lower-case Latin letter outside ASCII that the transform writes with ASCII letters and that has no
decomposition, such as đ.

Unihan_Variants.txt is in Unihan.zip, published at https://www.unicode.org/Public/ and described in UAX 38. The table contains
each traditional character with its simplified form, if one of both occurs in a name of a market. Generate it again when new
aliases have other Chinese characters; a test compares `EXAMINED` with the names.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import notorious_markets as nm
from notorious_markets._writing import write_files
from tools.schema import ROOT

TABLE = ROOT / "src" / "notorious_markets" / "names" / "equivalents.py"
# Such as `đ → d ; # 0111;LATIN SMALL LETTER D WITH STROKE`.
_RULE = re.compile(r"^(?P<letter>\w) → (?P<letters>[A-Za-z]+) ;", re.MULTILINE)
# Such as `U+5BF6	kSimplifiedVariant	U+5B9D`.
_VARIANT = re.compile(r"^U\+(?P<character>[0-9A-F]+)\tk(?P<kind>Simplified|Traditional)Variant\t(?P<forms>.+)$", re.MULTILINE)
_VERSION = re.compile(r"^# Unicode version: ([\d.]+)$", re.MULTILINE)


def is_chinese(character: str) -> bool:
    """Return whether a character is a Chinese character."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


def characters_of(names: Iterable[str]) -> str:
    """Return the Chinese characters of names, each once, in the order of their numbers."""
    return "".join(sorted(set(filter(is_chinese, "".join(names)))))


def latin(text: str) -> dict[str, str]:
    """Return the ASCII letters for each Latin letter that counts, in the order of the letters.

    Args:
        text: The content of Latin-ASCII.xml.
    """
    rules = {match["letter"]: match["letters"].lower() for match in _RULE.finditer(text)}
    return {
        letter: letters
        for letter, letters in sorted(rules.items())
        if not letter.isascii() and letter == letter.casefold() == unicodedata.normalize("NFKD", letter)
    }


def simplified(text: str, characters: Iterable[str]) -> dict[str, str]:
    """Return the simplified form of each traditional character, if one of both is among these characters.

    Args:
        text: The content of Unihan_Variants.txt.
        characters: Chinese characters.
    """
    variants: dict[str, dict[str, list[str]]] = {"Simplified": defaultdict(list), "Traditional": defaultdict(list)}
    for match in _VARIANT.finditer(text):
        character = chr(int(match["character"], 16))
        forms = (chr(int(form, 16)) for form in re.findall(r"U\+([0-9A-F]+)", match["forms"]))
        variants[match["kind"]][character] += [form for form in forms if form != character]
    found: dict[str, str] = {}
    for character in characters:
        simple = (variants["Simplified"].get(character) or [character])[0]
        found.update(dict.fromkeys((character, *variants["Traditional"].get(simple, ())), simple))
    return {traditional: simple for traditional, simple in sorted(found.items()) if traditional != simple}


def module(transform: str, release: str, variants: str, characters: str) -> str:
    """Return the Python module with the tables.

    Args:
        transform: The content of Latin-ASCII.xml.
        release: The release of the Common Locale Data Repository with this transform.
        variants: The content of Unihan_Variants.txt.
        characters: The Chinese characters of the names.

    Raises:
        ValueError: A text is not that of its file.
    """
    letters, version = latin(transform), _VERSION.search(variants)
    if not letters:
        raise ValueError("the first file must be Latin-ASCII.xml of the Common Locale Data Repository")
    if version is None:
        raise ValueError("the other file must be Unihan_Variants.txt, with a line `# Unicode version: ...`")
    return "\n".join(
        [
            '"""Letters that are equivalent to others, from two files of Unicode.',
            "",
            f"They are the transform Latin-ASCII of the Common Locale Data Repository {release}, and Unihan_Variants.txt of",
            f"Unicode {version[1]} (UAX 38).",
            "",
            "Copyright © 1991-2025 Unicode, Inc. SPDX-License-Identifier: Unicode-3.0, whose text is in the file LICENSE.",
            "`python -m tools.equivalents` writes this file.",
            '"""',
            "",
            "# Lower-case Latin letters without a decomposition, as ASCII letters.",
            "LATIN: dict[str, str] = {",
            *(f'    "{letter}": "{plain}",' for letter, plain in letters.items()),
            "}",
            "",
            "# Traditional Chinese characters with their simplified forms, if one of both is in a name of a market.",
            "SIMPLIFIED: dict[str, str] = {",
            *(f'    "{traditional}": "{simple}",' for traditional, simple in simplified(variants, characters).items()),
            "}",
            "",
            "# The Chinese characters of the names for which the table was generated.",
            "EXAMINED = (",
            *(f'    "{characters[start : start + 50]}"' for start in range(0, len(characters), 50)),
            ")",
            "",
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    """Write the tables into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("transform", type=Path, help="Latin-ASCII.xml")
    parser.add_argument("release", help="release of the Common Locale Data Repository, such as 41")
    parser.add_argument("variants", type=Path, help="Unihan_Variants.txt")
    options = parser.parse_args(arguments)
    names = [name for row in nm.all_markets() for name in (row.name, *row.aliases)]
    transform, variants = (path.read_text(encoding="utf-8") for path in (options.transform, options.variants))
    write_files({TABLE: module(transform, options.release, variants, characters_of(names)).encode()})


if __name__ == "__main__":
    main()
