"""Do files and pickles of other versions work, and are names removed only after a warning?"""

from __future__ import annotations

import ast
import csv
import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from packaging.version import Version

import notorious_markets as nm
from notorious_markets import _deprecation
from tests.command import run

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
# Files that other libraries wrote, with the version in the name. Each has the same rows.
WRITTEN = sorted((HERE / "written").iterdir())
URLS = [
    "https://m.taobao.com/a",
    None,
    "HTTP://VK.COM./x",
    "https://example.org/?u=vk.com",
    "hôtel.example",
    "https://user@kat.ph:8080/",
]


@pytest.mark.parametrize("path", WRITTEN, ids=[path.name for path in WRITTEN])
def test_files_of_other_libraries_and_versions_are_screened(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = run("screen --quiet --keep all", path, "--output", out)
    assert (done.code, done.stderr) == (0, "")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["url"] or None for row in rows] == URLS
    # For JSON Lines, the number of the line takes the place of the other columns.
    numbers = [int(row["line"]) - 1 if path.suffix == ".jsonl" else int(row["n"]) for row in rows]
    assert numbers == list(range(6))
    assert [row["matched_domain"] for row in rows] == ["taobao.com", "", "vk.com", "", "", ""]


def test_a_pickle_of_an_earlier_version_can_be_read() -> None:
    """It contains an object of each public class, and what the version said about it."""
    stored: dict[str, Any] = json.loads((GOLDEN / "objects-0.1.0.json").read_text(encoding="utf-8"))
    objects: dict[str, Any] = pickle.loads((GOLDEN / "objects-0.1.0.pickle").read_bytes())
    assert list(objects) == list(stored)
    for name, value in objects.items():
        assert type(value).__name__ == name
        assert described(value) == stored[name]


def test_a_parquet_file_of_an_earlier_version_can_be_read() -> None:
    table = pq.read_table(GOLDEN / "listings-0.1.0.parquet")
    assert table.schema.metadata[b"data_version"].startswith(b"2025.")
    assert table.num_rows == 77
    # Names and types are a promise: a new version only adds columns.
    columns = {field.name: str(field.type) for field in nm.markets().to_arrow().schema}
    assert {field.name: columns.get(field.name) for field in table.schema} == {
        field.name: str(field.type) for field in table.schema
    }
    assert table.column("market_id").to_pylist().count("taobao") == 1


def described(value: Any) -> Any:
    """Return the attributes of an object as JSON. An error is described by its message."""
    if isinstance(value, nm.Records):
        return [described(row) for row in value]
    if isinstance(value, nm.NotoriousMarketsError):
        return str(value)
    return json.loads(json.dumps({name: getattr(value, name) for name in value.__match_args__}, default=str))


def write_golden(folder: Path) -> None:
    """Write the files for the current version: `python -c "from tests.test_compatibility import *; write_golden(GOLDEN)"`."""
    found = (nm.lookup("https://m.vk.com/"), nm.suggest("taoabo")[0], nm.markets(2021, country="RU"))
    rows: list[Any] = [
        rows[0] for rows in (nm.markets(2021), nm.all_markets(), nm.editions(), nm.domains(), nm.operators(), nm.places())
    ]
    rows += [rows[0] for rows in (nm.relations(), nm.citations(2021), nm.sources(), nm.statistics(), nm.developments())]
    rows += [nm.coverage()[0], nm.unchanged()[0]]
    errors: list[Any] = [
        nm.UnknownValue("kind", "x", ["online"]),
        nm.AmbiguousMarket("x", ["a", "b"]),
        nm.NothingToScreen("nothing"),
    ]
    errors += [
        nm.MissingExtra("altair", "plot"),
        nm.MissingLibrary("upa-url", "install it"),
        nm.DamagedInstallation("x", "is missing"),
    ]
    objects: dict[str, Any] = {type(value).__name__: value for value in (*rows, *found, *errors)}
    version = nm.__version__
    (folder / f"objects-{version}.pickle").write_bytes(pickle.dumps(objects, protocol=4))
    text = json.dumps({name: described(value) for name, value in objects.items()}, indent=1, ensure_ascii=False)
    (folder / f"objects-{version}.json").write_text(text + "\n", encoding="utf-8")
    nm.export(folder / f"listings-{version}.parquet", nm.markets(2021))


def test_a_deprecated_name_warns_the_caller_outside_the_package(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _deprecation.warn_deprecated("markets(edition=...)", since="0.2.0", removed_in="1.0.0", instead="markets(year=...)")
    (warning,) = caught
    assert warning.category is DeprecationWarning
    assert warning.filename == __file__
    expected = (
        "markets(edition=...) is deprecated since version 0.2.0 and will be removed in version 1.0.0; use markets(year=...)"
    )
    assert str(warning.message) == expected
    # Python shows the warning for code that runs as a script.
    script = tmp_path / "script.py"
    script.write_text(
        "from notorious_markets._deprecation import warn_deprecated\n"
        "warn_deprecated('a', since='0.2.0', removed_in='1.0.0', instead='b')\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, check=True, text=True)
    assert f"{script}:2: DeprecationWarning: a is deprecated since version 0.2.0" in done.stderr


def test_deprecated_names_are_removed_in_time() -> None:
    """A major version removes what was announced for it, and nothing is announced for a version that is not major."""
    current = Version(nm.__version__).release
    for path in Path(nm.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "warn_deprecated":
                given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
                removal = Version(given["removed_in"]).release
                assert removal[1:] == (0, 0), (path, given)
                assert removal > current, (path, given)
