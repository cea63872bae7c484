"""Write the snapshot of the public API: `python -m tools.api`.

The snapshot `tests/api.txt` has a line for each public name with its signature or type, and a line for each column of each
table. The command refuses to write a change that the section Unreleased of `CHANGELOG.md` does not name. `--check` compares
without writing.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator

import griffe

import notorious_markets as nm
from notorious_markets._store import TABLES
from notorious_markets._writing import write_files
from tools.schema import ROOT

SNAPSHOT = ROOT / "tests" / "api.txt"
_PACKAGE = "notorious_markets"
_MODULES = ("duckdb", "exporting", "plot", "polars", "spark", "vocabularies")


def api() -> list[str]:
    """Return the lines of the snapshot."""
    package = griffe.load(_PACKAGE, search_paths=[ROOT / "src"], resolve_aliases=True, resolve_implicit=True)
    lines = [line for name in nm.__all__ for line in _lines(f"{_PACKAGE}.{name}", package[name])]
    for module_name in _MODULES:
        module = package[module_name]
        names = [str(name) for name in module.exports] if module.exports else _defined(module)
        lines += [line for name in names for line in _lines(f"{_PACKAGE}.{module_name}.{name}", module[name])]
    for table in TABLES.values():
        lines += [
            f"table {table}.{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in nm.table(table).schema
        ]
    return sorted(lines)


def _defined(module: griffe.Object | griffe.Alias) -> list[str]:
    """Return the public names that a module itself defines."""
    return [name for name, member in module.members.items() if not name.startswith("_") and not member.is_alias]


def _lines(path: str, member: griffe.Object | griffe.Alias) -> Iterator[str]:
    """Yield a line for a member, and for each public member of a class."""
    member = member.final_target if isinstance(member, griffe.Alias) else member
    if isinstance(member, griffe.Module) and member.name in member.members:
        # A function that has the name of its module, such as `plot.timeline`.
        yield from _lines(path, member[member.name])
    elif isinstance(member, griffe.Class):
        bases = [str(base) for base in member.bases if not str(base).startswith("_")]
        yield path + (f"({', '.join(bases)})" if bases else "")
        for name, inner in member.all_members.items():
            if not name.startswith("_"):
                yield from _lines(f"{path}.{name}", inner)
    elif isinstance(member, griffe.Function):
        parent = member.parent
        overloads = parent.overloads.get(member.name) if isinstance(parent, (griffe.Module, griffe.Class)) else None
        for function in overloads or [member]:
            yield f"{path}({_parameters(function.parameters)}) -> {function.returns}"
    elif isinstance(member, griffe.Attribute):
        if member.annotation is not None and str(member.annotation) != "TypeAlias":
            yield f"{path}: {member.annotation}"
        elif "module-attribute" in member.labels and not str(member.value).startswith(("'", "{")):
            # Another name of a function or a type. The value of any other attribute is not part of the API.
            yield f"{path} = {member.value}"
        else:
            yield path


def _parameters(parameters: Iterable[griffe.Parameter]) -> str:
    found = []
    for parameter in parameters:
        if parameter.kind is griffe.ParameterKind.keyword_only and "*" not in found:
            found.append("*")
        default = "" if parameter.default is None else f" = {parameter.default}"
        annotation = "" if parameter.annotation is None else f": {parameter.annotation}"
        found.append(f"{parameter.name}{annotation}{default}")
    return ", ".join(found)


def changed_names(old: Iterable[str], new: Iterable[str]) -> set[str]:
    """Return the last part of the name of each line that only one of two snapshots contains."""
    return {_name(line) for line in set(old) ^ set(new)}


def _name(line: str) -> str:
    """Return the name in a line: of a function, class, attribute or column."""
    return re.split(r"[(: ]", line.removeprefix("table "), maxsplit=1)[0].rsplit(".", 1)[-1]


def unreleased() -> str:
    """Return the section Unreleased of the changelog."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## Unreleased\n(.*?)(?=^## )", changelog, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def unnamed(names: Iterable[str], changelog: str) -> list[str]:
    """Return the names that a section of the changelog does not contain as whole words."""
    return sorted(name for name in names if not re.search(rf"\b{re.escape(name)}\b", changelog))


def main(arguments: list[str] | None = None) -> None:
    """Write the snapshot, or compare it with `--check`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare without writing")
    options = parser.parse_args(arguments)
    old = SNAPSHOT.read_text(encoding="utf-8").splitlines() if SNAPSHOT.exists() else []
    new = api()
    if missing := unnamed(changed_names(old, new), unreleased()) if old else []:
        sys.exit(f"name these changes of the public API in the section Unreleased of CHANGELOG.md: {', '.join(missing)}")
    if options.check and old != new:
        sys.exit("tests/api.txt is out of date; run python -m tools.api")
    if not options.check:
        write_files({SNAPSHOT: "".join(f"{line}\n" for line in new).encode()})


if __name__ == "__main__":
    main()
