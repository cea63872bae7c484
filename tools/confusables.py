"""Generate the table of confusable letters from Unicode data: `python -m tools.confusables confusables.txt`.

The file is published at https://www.unicode.org/Public/security/ and described in UTS 39. The table contains each letter of
the Latin, Greek, Cyrillic, Armenian and Cherokee scripts outside ASCII whose prototype in the file is one ASCII letter or
digit. Letters that compatibility decomposition changes, such as mathematical letters, are left out, because names are
decomposed before the table is applied.
"""

from __future__ import annotations

import argparse
import re
import string
import unicodedata
from pathlib import Path

from notorious_markets._writing import write_files
from tools.schema import ROOT

TABLE = ROOT / "src" / "notorious_markets" / "names" / "confusables.py"
_VERSION = re.compile(r"^# Version: ([\d.]+)$", re.MULTILINE)
# Such as `0430 ; 0061 ; MA # ( ... ) CYRILLIC SMALL LETTER A → LATIN SMALL LETTER A #`. The names are read from the file,
# because Python can know an older version of Unicode.
_MAPPING = re.compile(
    r"^(?P<letter>[0-9A-F]+) ;\s(?P<prototype>[0-9A-F]+) ;\sMA\s# \( .+ \) "
    r"(?:LATIN|GREEK|CYRILLIC|ARMENIAN|CHEROKEE) (?:\w+ )*LETTER .+ → ",
    re.MULTILINE,
)
_ASCII = frozenset(string.ascii_letters + string.digits)


def confusables(text: str) -> dict[str, str]:
    """Return the prototype of each confusable letter, in the order of the letters.

    Args:
        text: The content of confusables.txt.
    """
    pairs = [(chr(int(match["letter"], 16)), chr(int(match["prototype"], 16))) for match in _MAPPING.finditer(text)]
    return {
        letter: prototype
        for letter, prototype in sorted(pairs)
        if prototype in _ASCII and not letter.isascii() and unicodedata.normalize("NFKD", letter) == letter
    }


def module(text: str) -> str:
    """Return the Python module with the table.

    Raises:
        ValueError: The text is not that of confusables.txt.
    """
    version, table = _VERSION.search(text), confusables(text)
    if version is None or not table:
        raise ValueError("the file must be confusables.txt of UTS 39, with a line `# Version: ...`")
    entries = "".join(f'    "{letter}": "{prototype}",\n' for letter, prototype in table.items())
    return (
        f'"""Letters that look like one ASCII letter or digit, from confusables.txt of Unicode {version[1]} (UTS 39).\n\n'
        "Copyright © 1991-2025 Unicode, Inc. SPDX-License-Identifier: Unicode-3.0, whose text is in the file LICENSE.\n"
        '`python -m tools.confusables` writes this file.\n"""\n\n'
        f"CONFUSABLES: dict[str, str] = {{\n{entries}}}\n"
    )


def main(arguments: list[str] | None = None) -> None:
    """Write the table into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="confusables.txt")
    options = parser.parse_args(arguments)
    write_files({TABLE: module(options.path.read_text(encoding="utf-8-sig")).encode()})


if __name__ == "__main__":
    main()
