from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tools.facts import FACTS

if TYPE_CHECKING:
    from tools.facts import Facts

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The facts as they are typed, which the built tables are held against."""
    from tools.facts import read

    return read()


@pytest.fixture
def facts_copy(tmp_path: Path) -> Path:
    """A copy of the facts that a test may spoil."""
    return Path(shutil.copytree(FACTS, tmp_path / "data"))
