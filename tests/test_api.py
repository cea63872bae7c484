"""Is the public API the one in the snapshot, and does the changelog name every change of it?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import griffe
import pytest

import notorious_markets as nm
from tools import api
from tools.schema import ROOT

# The lines are read once, not at each call of the command.
LINES = cache(api.api)
SNAPSHOT = api.SNAPSHOT.read_text(encoding="utf-8")


def test_the_snapshot_is_up_to_date_and_the_changelog_names_every_change() -> None:
    api.main(["--check"])


def test_the_snapshot_contains_every_kind_of_name() -> None:
    lines = set(SNAPSHOT.splitlines())
    assert {
        "notorious_markets.edition(year: Year) -> Edition",
        "notorious_markets.listings = markets",
        "notorious_markets.Changes(Records[Change])",
        "notorious_markets.Changes.to_json(self) -> str",
        "notorious_markets.Market.is_listed(self, year: Year | None = None, *, as_of: Day | None = None) -> bool | None",
        "notorious_markets.plot.coverage() -> alt.VConcatChart",
        "notorious_markets.vocabularies.Kind = Literal['online', 'physical']",
        "table editions.released: date32[day] not null",
    } <= lines
    names = {re.split(r"[( ]", line)[0].split(":")[0] for line in lines}
    assert {f"notorious_markets.{name}" for name in nm.__all__} <= names
    assert [name for name in names if "._" in name] == ["notorious_markets.__version__"]


def test_the_types_of_every_function_and_property_are_asserted() -> None:
    """`test_types.py` uses every public function, method and property."""
    package = griffe.load("notorious_markets", search_paths=[ROOT / "src"])
    names = {line.split("(")[0].rsplit(".", 1)[1] for line in SNAPSHOT.splitlines() if ") -> " in line}
    names |= {
        name
        for class_name in nm.__all__
        if isinstance(found := package[class_name], (griffe.Class, griffe.Alias)) and found.is_class
        for name, member in found.all_members.items()
        if not name.startswith("_") and "property" in member.labels
    }
    used = (Path(__file__).parent / "test_types.py").read_text(encoding="utf-8")
    # `write` is the method of a protocol.
    assert {name for name in names if not re.search(rf"\.{name}\b", used)} == {"write"}


@pytest.mark.parametrize(
    ("line", "changed", "name"),
    [
        ("notorious_markets.edition(year: Year) -> Edition", "notorious_markets.edition(year: int) -> Edition", "edition"),
        ("notorious_markets.Market.region: str | None", "", "region"),
        ("table places.geonames_id: string not null", "table places.geonames_id: int16 not null", "geonames_id"),
    ],
    ids=["signature", "removed", "column"],
)
def test_a_change_must_be_named_and_written(
    line: str, changed: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SNAPSHOT.count(f"{line}\n") == 1
    old = tmp_path / "api.txt"
    old.write_text(SNAPSHOT.replace(f"{line}\n", f"{changed}\n" if changed else ""), encoding="utf-8")
    monkeypatch.setattr(api, "SNAPSHOT", old)
    monkeypatch.setattr(api, "api", LINES)
    monkeypatch.setattr(api, "unreleased", lambda: f"- `{name}s` is not the name.")
    for arguments in (["--check"], []):
        with pytest.raises(SystemExit, match=f"section Unreleased of CHANGELOG.md: {name}$"):
            api.main(arguments)
    monkeypatch.setattr(api, "unreleased", lambda: f"- `{name}` has changed.")
    with pytest.raises(SystemExit, match=r"run python -m tools\.api"):
        api.main(["--check"])
    api.main([])
    assert old.read_text(encoding="utf-8") == SNAPSHOT


def test_the_changelog_has_a_section_for_unreleased_changes() -> None:
    assert "`Market.status(year)`" in api.unreleased()
    assert "## 0.1.0" not in api.unreleased()
