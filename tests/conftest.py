from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tools.facts import FACTS, Facts, read

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_COMPILED = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Let all processes of a session share what numba compiles, and let no other session use it."""
    # Numba reads the variable when it is imported. The workers of pytest-xdist inherit it.
    if "NUMBA_CACHE_DIR" not in os.environ:
        config.stash[_COMPILED] = tempfile.TemporaryDirectory()
        os.environ["NUMBA_CACHE_DIR"] = config.stash[_COMPILED].name


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what numba compiled."""
    if _COMPILED in config.stash:
        config.stash[_COMPILED].cleanup()


@pytest.fixture(scope="session")
def facts_read() -> Facts:
    """The facts as they are typed."""
    return read()


@pytest.fixture
def facts_copy(tmp_path: Path) -> Path:
    """A copy of the facts that a test may spoil."""
    return Path(shutil.copytree(FACTS, tmp_path / "data"))
