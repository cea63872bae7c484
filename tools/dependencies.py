"""Write the page about the libraries on which the package depends, and the material of others in it.

Run it with `python -m tools.dependencies`. The reasons are in `tools/dependencies.toml`, and the material in
`tools/material.toml`. Licence, size and last release are those of the newest wheels, which `--renew` gets from the package
registry and keeps in `tools/dependencies.json`. Everything else works without a network.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from email.parser import BytesParser
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from notorious_markets._writing import write_files
from tools.bill_of_materials import material
from tools.schema import ROOT

PAGE = ROOT / "docs" / "dependencies.md"
_REASONS = ROOT / "tools" / "dependencies.toml"
_KNOWN = ROOT / "tools" / "dependencies.json"
# The key of the libraries that build the package, beside the names of extras.
_BUILD = "build"
_HEAD = """# Dependencies

The package has few dependencies, and each has a reason. The size is that of the wheel for Python 3.11 on Linux, without the
libraries that it needs in turn: polars and numba need large ones. The last release is the newest version of the library on
{day}, with the day of the newest file in the wheel, or with the month in which the registry lists the version if the files have
no true day. `python -m tools.dependencies --renew DAY` renews this page.
"""
_MATERIAL_HEAD = """## Material of others in the package

The wheel and the sdist contain data of others. `LICENSE` has the text or the address of each licence, the licence of the package
names them all, and the bill of materials lists them with the libraries.
"""


def requirements() -> dict[str, tuple[str, Requirement]]:
    """Return the extra, or an empty string, and the requirement of each library, in the order of `pyproject.toml`.

    In place of an extra, `"build"` stands for the libraries that build the package.
    """
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = content["project"]
    extras = {**project["optional-dependencies"], _BUILD: content["build-system"]["requires"]}
    listed = [("", text) for text in project["dependencies"]]
    listed += chain.from_iterable([(extra, text) for text in texts] for extra, texts in extras.items())
    found: dict[str, tuple[str, Requirement]] = {}
    for extra, text in listed:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        others = f"{found[name][0]}, {extra}" if name in found else extra
        found[name] = (others, found[name][1] if name in found else requirement)
    return found


def render() -> str:
    """Return the page."""
    known: dict[str, Any] = json.loads(_KNOWN.read_text(encoding="utf-8"))
    reasons = tomllib.loads(_REASONS.read_text(encoding="utf-8"))
    lines = [_HEAD.format(day=known["day"])]
    for heading, where in (("Always installed", ""), ("Installed by an extra", "extra"), ("Needed to build the package", _BUILD)):
        lines += [f"## {heading}\n", *_table(known["libraries"], reasons, where), ""]
    lines += [_MATERIAL_HEAD, *_material()]
    return "\n".join(lines).rstrip() + "\n"


def _table(known: dict[str, Any], reasons: dict[str, Any], where: str) -> Iterator[str]:
    column = [where] if where == "extra" else []
    heads = ["library", *column, "versions", "why", "licence", "size", "last release"]
    yield f"| {' | '.join(heads)} |"
    yield "| --- " * len(heads) + "|"
    for name, (extra, requirement) in requirements().items():
        if where == (extra if extra in ("", _BUILD) else "extra"):
            facts = known[name]
            cells = [name, *([extra] if column else []), str(requirement.specifier), reasons[name]["reason"]]
            cells += [
                facts["licence"],
                f"{facts['bytes'] / 1e6:.1f} MB" if facts["bytes"] >= 1e6 else f"{facts['bytes'] / 1e3:.0f} kB",
                f"{facts['version']}, {facts['released'] or reasons[name]['month']}",
            ]
            yield f"| {' | '.join(cells)} |"


def _material() -> Iterator[str]:
    yield "| material | version | what | licence | files |"
    yield "| --- " * 5 + "|"
    for part in material():
        files = ", ".join(f"`{name}`" for name in part["files"])
        cells = [f"[{part['name']}]({part['url']})", part.get("version", ""), part["what"], part["licence"], files]
        yield f"| {' | '.join(cells)} |"


def renew(day: str) -> None:
    """Download the newest wheel of each library and keep what it says about itself."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, "--python-version=3.11"]
        platforms = [f"--platform={name}" for name in ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")]
        facts: dict[str, Any] = {}
        built: set[Path] = set()
        for name in requirements():
            # Most libraries have a wheel. The sdists of the others must be built.
            before = {*Path(folder).iterdir()}
            done = subprocess.run([*command, "--only-binary=:all:", *platforms, name], check=False)
            if done.returncode:
                subprocess.run(
                    [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", folder, name], check=True
                )
                built |= {*Path(folder).iterdir()} - before
        for path in sorted(Path(folder).glob("*.whl")):
            with ZipFile(path) as wheel:
                (metadata,) = [item for item in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", item)]
                fields = BytesParser().parsebytes(wheel.read(metadata))
                facts[canonicalize_name(fields["Name"])] = {
                    "version": fields["Version"],
                    "licence": _licence(fields),
                    "bytes": path.stat().st_size,
                    "released": None if path in built else _released(wheel),
                }
    content = {"day": day, "libraries": dict(sorted(facts.items()))}
    write_files({_KNOWN: f"{json.dumps(content, indent=2)}\n".encode()})


def _released(wheel: ZipFile) -> str | None:
    """Return the day of the newest file in a wheel, or `None` if the files have an agreed time instead of a true one."""
    newest = max(item.date_time for item in wheel.infolist())
    return None if newest[3:] == (0, 0, 0) else "{:04}-{:02}-{:02}".format(*newest[:3])


def _licence(fields: Any) -> str:
    """Return the licence as the library states it, as an expression, a short text or a classifier."""
    stated = fields["License-Expression"] or fields["License"] or ""
    classifiers = [text.rpartition(" :: ")[2] for text in fields.get_all("Classifier", []) if text.startswith("License :: ")]
    return stated if 0 < len(stated) < 60 and "\n" not in stated else ", ".join(classifiers)


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check that it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only check that the page is current")
    parser.add_argument("--renew", metavar="DAY", help="ask the package registry first; DAY is today as YYYY-MM-DD")
    options = parser.parse_args(arguments)
    if options.renew:
        renew(options.renew)
    if not options.check:
        write_files({PAGE: render().encode()})
    elif PAGE.read_text(encoding="utf-8") != render():
        print("docs/dependencies.md is not current; run `python -m tools.dependencies`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
