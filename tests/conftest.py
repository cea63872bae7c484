from __future__ import annotations

import copy
import csv
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tools.facts import Facts

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

# An entry of a contents page: country code of a physical market or an empty string, printed name, page.
PrintedEntry = tuple[str, str, int]

# The files that take longest, the longest first. A file that begins late would leave the other processes idle at the end.
_FIRST = (
    *("test_spark.py", "test_damage.py", "test_plots.py", "test_revision.py", "test_reports.py", "test_screening_files.py"),
    *("test_screening_faults.py", "test_environments.py", "test_file_properties.py", "test_imports.py", "test_build.py"),
    *("test_report_layouts.py", "test_exports.py", "test_names.py", "test_command_line.py", "test_engines.py"),
    *("test_workload.py", "test_filters.py", "test_api.py", "test_facts.py", "test_compiled.py", "test_spellings.py"),
)

_COMPILED = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of a session share what numba compiles, and no other session, and let them take files in our order."""
    # Numba reads the variable when it is imported. The workers of pytest-xdist inherit it.
    if "NUMBA_CACHE_DIR" not in os.environ:
        config.stash[_COMPILED] = tempfile.TemporaryDirectory()
        os.environ["NUMBA_CACHE_DIR"] = config.stash[_COMPILED].name
    # Otherwise pytest-xdist sends the files with most tests first.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files that take longest first."""
    order = {name: number for number, name in enumerate(_FIRST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what numba compiled."""
    if _COMPILED in config.stash:
        config.stash[_COMPILED].cleanup()


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The facts in `data/`, which tests must not change."""
    # The libraries of the tools are needed only where facts are tested.
    from tools.facts import read_rows
    from tools.schema import FACTS, read_schema

    return read_rows(read_schema(), FACTS)


@pytest.fixture
def facts_copy(facts: Facts) -> Facts:
    """A copy of the facts whose rows a test can change."""
    return {name: [copy.copy(row) for row in rows] for name, rows in facts.items()}


@pytest.fixture
def facts_folder(tmp_path: Path) -> Path:
    """A copy of the folder `data/` that a test can change."""
    from tools.schema import FACTS

    return Path(shutil.copytree(FACTS, tmp_path / "data"))


@pytest.fixture(scope="session")
def printed() -> Callable[[int, str], list[PrintedEntry]]:
    """A function that returns the entries of a kind on the contents page of an edition, as the report prints them."""
    with (Path(__file__).parent / "contents_pages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def entries(year: int, kind: str) -> list[PrintedEntry]:
        wanted = [row for row in rows if (row["year"], row["kind"]) == (str(year), kind)]
        return [(row["country"], row["name"], int(row["page"])) for row in wanted]

    return entries
