"""Does screening work without numba, with a numba that does not work, and without a folder for compiled code?"""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest

import notorious_markets as nm
from notorious_markets import screening
from notorious_markets.screening import kernel

DOMAINS = [f"site-{number}.example" for number in range(1_000)]
URLS = [f"https://{DOMAINS[-1]}/", "https://example.org/", f"http://user@{DOMAINS[0]}:80/"]
MASK = [True, False, True]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "notorious_markets")
    return caplog


@pytest.fixture
def import_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the module of the compiled search be imported once more in this test."""
    monkeypatch.delitem(sys.modules, "notorious_markets.screening.kernel")
    monkeypatch.delattr(screening, "kernel")


@pytest.fixture
def compile_again() -> Any:
    """Let the search be compiled once more in this test, and again after it."""
    kernel._compiled_search.cache_clear()
    yield
    kernel._compiled_search.cache_clear()


def answers(engine: Any) -> list[bool]:
    mask = nm.Screener(extra_domains=DOMAINS, engine=engine).screen(URLS, result="mask")
    return [bool(listed) for listed in mask.to_pylist()]


@pytest.mark.usefixtures("import_again")
def test_numba_is_not_installed(monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert answers("auto") == MASK
    assert "engine 'auto' cannot use the engine 'compiled': numba is not installed" in log.text
    with pytest.raises(nm.MissingExtra, match=r"numba is not installed.*\[fast\]"):
        answers("compiled")


@pytest.mark.parametrize(
    "error", [ImportError("Numba needs NumPy 2.3 or less"), SystemError("initialization failed"), KeyError(1)]
)
@pytest.mark.usefixtures("import_again")
def test_numba_cannot_be_imported(monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture, error: Exception) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "numba":
                raise error

    for name in [name for name in sys.modules if name.partition(".")[0] == "numba"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    assert answers("auto") == MASK
    assert "numba is installed but cannot be imported" in log.text
    with pytest.raises(RuntimeError, match=f"cannot be imported .{type(error).__name__}: .* or use the engine 'labels'"):
        answers("compiled")


@pytest.mark.usefixtures("compile_again")
def test_numba_cannot_compile(monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> None:
        raise ValueError("no target")

    monkeypatch.setattr(kernel, "_run_once", broken)
    assert answers("auto") == MASK
    assert "numba cannot compile the search (ValueError: no target)" in log.text
    with pytest.raises(RuntimeError, match="install another version of numba, or use the engine 'labels'"):
        answers("compiled")


@pytest.mark.parametrize("step", ["no folder", "a full disk"])
@pytest.mark.usefixtures("compile_again")
def test_compiled_code_cannot_be_stored(monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture, step: str) -> None:
    from numba.core import caching

    if step == "no folder":

        def no_folder(*_: object) -> None:
            raise RuntimeError("cannot cache function '_search': no locator available for file 'kernel.py'")

        monkeypatch.setattr(caching.FunctionCache, "__init__", no_folder)
    else:

        def full(*_: object) -> None:
            raise OSError("No space left on device")

        monkeypatch.setattr(caching.IndexDataCacheFile, "save", full)
        monkeypatch.setattr(caching.IndexDataCacheFile, "load", lambda *_: None)
    assert answers("compiled") == MASK
    assert "the compiled search is not stored" in log.text


def test_the_uncompiled_search_gives_the_same_answers() -> None:
    """Numba can be told not to compile, for example to debug."""
    code = f"""
import notorious_markets as nm
from notorious_markets.screening import kernel
screener = nm.Screener(extra_domains={DOMAINS}, engine="compiled")
print(type(kernel._compiled_search()).__name__, screener.screen({URLS}, result="mask").to_pylist())
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"function {MASK}\n"), done.stderr


class TestCachedScreeners:
    """`nm.screen` reuses the screeners of earlier calls."""

    @pytest.mark.parametrize(
        ("conditions", "error", "message"),
        [
            ({"year": 2021.0}, TypeError, "year must be an int or an iterable of ints, not float"),
            ({"year": [2021.0]}, TypeError, "year must be an int or an iterable of ints, not 2021.0"),
            ({"year": True}, TypeError, "year must be an int or an iterable of ints, not True"),
            ({"as_of": ["2021-01-01"]}, TypeError, "as_of must be a datetime.date"),
            ({"kind": [["online"]]}, TypeError, r"kind must be a str or an iterable of strs, not \['online'\]"),
            ({"grade": {"primary": 1}, "year": 2021.0}, TypeError, "year must be an int"),
        ],
    )
    def test_an_argument_is_checked_before_a_screener_is_found(
        self, conditions: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        # A call whose arguments are equal, but of the right type.
        for year in (2021, [2021]):
            nm.screen(["x"], year=year)
        nm.screen(["x"], year=2021, grade=["primary"])
        with pytest.raises(error, match=message):
            nm.screen(["x"], **conditions)

    def test_equal_conditions_share_a_screener(self) -> None:
        before = screening._screener.cache_info().hits
        kinds: list[Any] = ["online", ["online"], iter(["online"])]
        for kind in kinds:
            assert nm.screen(["taobao.com"], kind=kind, result="mask").to_pylist() == [True]
        assert screening._screener.cache_info().hits >= before + 2
