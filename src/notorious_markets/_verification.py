"""Whether the installed package is complete and consistent: checksums, versions, columns, keys and counts."""

from __future__ import annotations

import csv
import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from ._packaged import checksums, path_of, read_binary, read_text
from ._store import DATASET, TABLES
from .about import DATA_VERSION, __version__
from .errors import DamagedInstallation
from .matching import listed_domains
from .models import Domain, Edition, Listing

_PACKAGE = "notorious_markets"
# How the types of Table Schema are stored.
_STORED = {
    "array": "list<element: string>",
    "boolean": "bool",
    "date": "date32[day]",
    "integer": "int16",
    "number": "double",
    "string": "string",
}


class Finding(NamedTuple):
    """The result of one check.

    Attributes:
        subject: A file inside the package, or what was checked.
        note: What was found, or what is wrong.
        passed: Whether the check passed, or `None` if it could not be made.
    """

    subject: str
    note: str
    passed: bool | None


def findings() -> Iterator[Finding]:
    """Yield the result of each check. Versions, tables and counts are checked only if all files with data are intact."""
    intact = True
    for finding in _files():
        intact = intact and finding.passed is True
        yield finding
    yield from _modules()
    if intact:
        yield from _contents()


def _files() -> Iterator[Finding]:
    """Compare each file with data with its checksum."""
    try:
        for name in sorted(checksums()):
            try:
                yield Finding(name, f"{len(read_binary(name)):,} bytes", True)
            except DamagedInstallation as error:
                yield Finding(name, error.problem, False)
    except DamagedInstallation as error:
        yield Finding("data/checksums.py", error.problem, False)


def _modules() -> Iterator[Finding]:
    """Compare the other files with the record of the installer."""
    installed = _installed()
    if installed is None:
        yield Finding("modules", "not checked, because no installer recorded their checksums", None)
        return
    wrong = 0
    recorded = _recorded(installed)
    for name, digest in recorded.items():
        path = Path(path_of(name))
        found = sha256(path.read_bytes()).digest() if path.is_file() else None
        if found is None or urlsafe_b64encode(found).rstrip(b"=").decode() != digest:
            wrong += 1
            yield Finding(name, "is missing" if found is None else "differs from the file that was installed", False)
    if not wrong:
        yield Finding("modules", f"{len(recorded)} files are as they were installed", True)
    yield _result("version", __version__, _differing(__version__, {"the metadata of the installer": installed.version}))


def _installed() -> Distribution | None:
    """Return the installed distribution of this package if its installer recorded the checksums of the modules."""
    try:
        found = distribution(_PACKAGE)
    except PackageNotFoundError:
        return None
    module, expected = Path(str(found.locate_file(f"{_PACKAGE}/about.py"))), Path(path_of("about.py"))
    # Another copy can stand before the installed one on the path.
    return found if _recorded(found) and module.is_file() and expected.is_file() and module.samefile(expected) else None


def _recorded(installed: Distribution) -> dict[str, str]:
    """Return the recorded SHA-256 of each file without a checksum of ours, by its path inside the package."""
    # `Distribution.files` leaves out missing files since Python 3.12.
    rows = csv.reader((installed.read_text("RECORD") or "").splitlines())
    return {
        path.removeprefix(f"{_PACKAGE}/"): digest.removeprefix("sha256=")
        for path, digest, *_ in rows
        if path.startswith(f"{_PACKAGE}/") and digest.startswith("sha256=") and not path.endswith(".pyc")
    }


def _contents() -> Iterator[Finding]:
    """Check the versions, the columns and keys of each table, and the counts."""
    described = {name: json.loads(read_text(f"data/{name}.json")) for name in ("datapackage", "croissant")}
    versions = {
        "data/datapackage.json": described["datapackage"]["version"],
        "data/croissant.json": described["croissant"]["version"].removesuffix(".0"),
    }
    yield _result("data version", DATA_VERSION, _differing(DATA_VERSION, versions))
    resources = {resource["name"]: resource["schema"] for resource in described["datapackage"]["resources"]}
    listed = {"data/datapackage.json": sorted(resources)}
    yield _result("tables", f"{len(TABLES)} tables", _differing(sorted(TABLES.values()), listed))
    for model, name in TABLES.items():
        try:
            note = f"{len(DATASET.rows(model)):,} rows"
        except DamagedInstallation as error:
            yield Finding(name, str(error), False)
        else:
            yield _result(name, note, _table(name, resources))
    yield _result("totals", "each edition has as many listings as USTR announced", _totals())
    rows = {row.domain for row in DATASET.rows(Domain)}
    yield _result("index", f"{len(rows):,} domains", _differing(sorted(rows), {"data/index.json": sorted(listed_domains())}))


def _result(subject: str, note: str, problems: Iterable[str]) -> Finding:
    found = "; ".join(problems)
    return Finding(subject, found or note, not found)


def _differing(expected: object, others: dict[str, Any]) -> Iterator[str]:
    for name, value in others.items():
        if value != expected:
            yield f"{name} has {value!r} instead of {expected!r}"


def _table(name: str, schemas: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield how a table differs from its description."""
    table, schema = DATASET.table(name), schemas[name]
    expected = {
        field["name"]: (_STORED[field["type"]], not field.get("constraints", {}).get("required", False))
        for field in schema["fields"]
    }
    found = {field.name: (str(field.type), field.nullable) for field in table.schema}
    if found != expected:
        yield f"the columns are {found} instead of {expected}"
        return
    keys = Counter(zip(*(table.column(key).to_pylist() for key in schema["primaryKey"]), strict=True))
    yield from (f"the key {key} occurs {count} times" for key, count in keys.items() if count > 1)
    for foreign in schema["foreignKeys"]:
        (column,), (target,) = foreign["fields"], foreign["reference"]["fields"]
        other = DATASET.table(foreign["reference"]["resource"])
        known = set(other.column(target).to_pylist()) if target in other.column_names else set()
        for value in sorted(set(table.column(column).to_pylist()) - known - {None}, key=str):
            yield f"{column} {value!r} is unknown"


def _totals() -> Iterator[str]:
    """Yield each edition that has another number of listings than USTR announced."""
    counts: Counter[tuple[int, str]] = Counter((row.year, row.kind) for row in DATASET.rows(Listing))
    for edition in DATASET.rows(Edition):
        for kind, total in (("online", edition.online_total), ("physical", edition.physical_total)):
            if total is not None and counts[edition.year, kind] != total:
                yield f"{edition.year} has {counts[edition.year, kind]} {kind} listings instead of {total}"
