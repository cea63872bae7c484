"""Generate the table of public suffixes from the Public Suffix List: `python -m tools.suffixes [public_suffix_list.dat]`.

The list is published at https://publicsuffix.org/list/public_suffix_list.dat. Without a path, the copy in the library
publicsuffixlist is read. The table contains the rules of the section of registries ("ICANN domains") with two labels or more.
Names with one label need no table, because each of them is a suffix.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from notorious_markets._writing import write_files
from notorious_markets.matching import host_of
from tools.schema import ROOT

TABLE = ROOT / "src" / "notorious_markets" / "screening" / "suffixes.txt"
_SECTION = re.compile(r"^// ===BEGIN ICANN DOMAINS===$(.*)^// ===END ICANN DOMAINS===$", re.DOTALL | re.MULTILINE)
_VERSION = re.compile(r"^// VERSION: ([\d-]+)_\S+$", re.MULTILINE)


def suffixes(text: str) -> dict[str, list[str]]:
    """Return the first labels of the suffixes below each parent, sorted, as A-labels.

    `*` stands for every label, and an exclamation mark before a label for an exception from it.

    Args:
        text: The content of public_suffix_list.dat.

    Raises:
        ValueError: The text has no section of registries.
    """
    section = _SECTION.search(text)
    if section is None:
        raise ValueError("the file must be public_suffix_list.dat, with a line `// ===BEGIN ICANN DOMAINS===`")
    table: dict[str, list[str]] = {}
    for line in section[1].splitlines():
        rule = "" if line.startswith("//") else line.strip()
        mark = "!" if rule.startswith("!") else ""
        first, dot, parent = rule.removeprefix("!").partition(".")
        if dot:
            table.setdefault(_a_labels(parent), []).append(mark + _a_labels(first))
    return {parent: sorted(labels) for parent, labels in sorted(table.items())}


def content(text: str) -> str:
    """Return the content of the table.

    Args:
        text: The content of public_suffix_list.dat.
    """
    version = _VERSION.search(text)
    day = version[1] if version else "an unknown day"
    lines = [
        f"# Rules of registries in the Public Suffix List of {day}, without top-level domains.",
        "# `python -m tools.suffixes` writes this file: first labels below each parent, ! marks an exception.",
        "# This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not",
        "# distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.",
    ]
    return "".join(
        f"{line}\n" for line in (*lines, *(f"{parent}: {' '.join(labels)}" for parent, labels in suffixes(text).items()))
    )


def _a_labels(name: str) -> str:
    # A label such as 2000 would be read as an IP address.
    return name if name.isascii() else str(host_of(name))


def main(arguments: list[str] | None = None) -> None:
    """Write the table into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", help="public_suffix_list.dat")
    path = parser.parse_args(arguments).path
    if path is None:
        import publicsuffixlist

        path = Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat")
    write_files({TABLE: content(path.read_text(encoding="utf-8")).encode()})


if __name__ == "__main__":
    main()
