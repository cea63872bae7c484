"""What does the package load, where from, and does it ever reach out?"""

from __future__ import annotations

import doctest
import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets import _store as store

HEAVY = [
    "pyarrow",
    "pandas",
    "polars",
    "duckdb",
    "numpy",
    "attr",
    "click",
    "rich",
    "typing",
    "importlib.metadata",
    "importlib.resources",
    "json",
    "re",
]
PACKAGE = Path(str(files("notorious_markets")))


# The audit hook also sees what compiled modules of the standard library do.
GUARD = """
import sys, json
def refuse(event, arguments):
    if event.startswith("socket."):
        raise AssertionError(event)
sys.addaudithook(refuse)
"""


def _run(code: str, **environment: str) -> Any:
    """What a fresh interpreter prints as JSON after the code; sockets are blocked in it."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", GUARD + code] if not environment else [sys.executable, "-c", GUARD + code],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_import_loads_nothing_heavy() -> None:
    code = f"""
before = set(sys.modules)
import notorious_markets
added = set(sys.modules) - before
print(json.dumps([name for name in {HEAVY!r} if name in added]))
"""
    bare = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; import notorious_markets; print([n for n in {HEAVY!r} if n in sys.modules])"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert _run(code) == []
    assert bare.stdout.strip() == "[]"


def test_questions_load_pyarrow_and_no_other_engine() -> None:
    code = """
import notorious_markets as nm
nm.markets(year=2021); nm.coverage(); nm.market("taobao").listings[0].sources; nm.markets().to_dicts(); nm.markets().to_arrow()
nm.changes(2020, 2021).to_arrow(); nm.changes(2020, 2021).added.to_dicts(); nm.suggest("taoabo").to_arrow()
print(json.dumps([name for name in ("pyarrow", "pandas", "polars", "duckdb", "pyarrow.dataset") if name in sys.modules]))
"""
    assert _run(code) == ["pyarrow"]


@pytest.mark.parametrize("engine", ["pattern", "labels", "compiled"])
def test_screening_loads_no_data_frames(engine: str) -> None:
    code = f"""
import notorious_markets as nm
screener = nm.Screener(engine={engine!r})
for result in ("rows", "hits", "mask"):
    screener.screen(["https://m.taobao.com/", "https://taobao.com:80/", None, "x"], result=result)
print(json.dumps([name for name in ("pandas", "polars", "duckdb") if name in sys.modules]))
"""
    assert _run(code) == []


@pytest.mark.parametrize(("method", "engine"), [("to_pandas", "pandas"), ("to_polars", "polars")])
def test_a_frame_loads_its_own_engine_and_no_other(method: str, engine: str) -> None:
    code = f"""
import notorious_markets as nm
nm.markets().{method}(); nm.markets()[:0].{method}(); nm.changes(2020, 2021).{method}(); nm.suggest("taoabo").{method}()
print(json.dumps([name for name in ("pandas", "polars", "duckdb", "narwhals") if name in sys.modules]))
"""
    assert _run(code) == [engine]


def test_html_is_loaded_when_a_notebook_asks_and_no_engine_with_it() -> None:
    code = """
import notorious_markets as nm
repr(nm.markets()); repr(nm.market("taobao")); repr(nm.changes(2020, 2021))
before = "notorious_markets._html" in sys.modules
nm.markets()._repr_html_(); nm.market("taobao")._repr_html_(); nm.changes(2020, 2021)._repr_html_()
print(json.dumps([before, [name for name in ("pandas", "polars", "duckdb", "IPython") if name in sys.modules]]))
"""
    assert _run(code) == [False, []]


@pytest.mark.parametrize("arguments", [["--help"], ["list", "--help"], ["lookup", "--as", "json", "taobao.com"]], ids=" ".join)
def test_the_command_loads_little_before_it_is_asked_more(arguments: list[str]) -> None:
    code = f"""
import contextlib, io
from notorious_markets.cli import cli
with contextlib.redirect_stdout(io.StringIO()):
    cli({arguments!r}, standalone_mode=False)
print(json.dumps([name for name in ("attr", "pyarrow", "rich") if name in sys.modules]))
"""
    assert _run(code) == []


def test_each_public_name_is_there() -> None:
    assert sorted(nm.__all__) == dir(nm)
    for name in nm.__all__:
        assert getattr(nm, name) is not None
    assert set(nm.__all__) == {name for names in nm._HOMES.values() for name in names} | {"DATA_VERSION", "__version__"}


def test_works_from_a_zip(tmp_path: Path) -> None:
    package = tmp_path / "src" / "notorious_markets"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    archive = shutil.make_archive(str(tmp_path / "package"), "zip", tmp_path / "src")
    code = "import notorious_markets as nm; print(json.dumps([nm.__file__, len(nm.markets(year=2021)), nm.market('vk').name]))"
    where, number, name = _run(code, PYTHONPATH=archive)
    assert where.startswith(archive)
    assert (number, name) == (77, "VK")


def test_reading_is_thread_safe_and_happens_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    real = pq.ParquetFile

    def counting(source: Any, *arguments: Any, **options: Any) -> Any:
        opened.append(threading.get_ident())
        return real(source, *arguments, **options)

    monkeypatch.setattr(pq, "ParquetFile", counting)
    dataset = store.Dataset()
    barrier = threading.Barrier(16)
    seen: list[Any] = []

    def ask() -> None:
        barrier.wait()
        seen.append((dataset.rows(nm.Listing), dataset.table("listings"), dataset.get(nm.Market, "taobao")))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 16
    assert all(one is other for first in seen for one, other in zip(first, seen[0], strict=True))
    assert len(opened) == 2


def test_the_typing_marker_and_the_data_are_installed() -> None:
    assert (PACKAGE / "py.typed").is_file()
    assert (PACKAGE / "data" / "listings.parquet").is_file()


def test_no_module_imports_an_engine_at_its_top() -> None:
    """Only inside functions or for the type checker may an engine be imported, but for the module that is one."""
    import ast

    engines = {"pyarrow", "pandas", "polars", "duckdb", "numpy", "numba", "rapidfuzz"}
    bad = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem == "kernel":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            bad += [(path.name, name) for name in names if name.split(".")[0] in engines]
    assert bad == []


def test_imports_run_one_way() -> None:
    """Each module imports only modules that stand before it in the flow of the data."""
    import ast

    flow = [
        *("data", "data.index", "about", "_packaged", "_writing", "vocabularies", "errors", "_filters", "_arrays"),
        *("records", "models", "_store", "matching", "_columns"),
        *("names.confusables", "names.forms", "names.known", "names", "query", "history", "_html"),
        *("screening.kernel", "screening.prefilter", "screening", "duckdb", "polars", "spark"),
        *("plot", "citing", "exporting.descriptions"),
        *("exporting.selection", "exporting.blocklists", "exporting.entities", "exporting.tabular", "exporting"),
        *("cli.errors", "cli.completion", "cli.options", "cli.printing", "cli.formats", "cli.files"),
        *("cli.questions", "cli.screening", "cli", "__main__"),
    ]
    # The arrows that run back: a row leads to its neighbours, and a notebook asks an object for its HTML.
    back = {
        *(("models", name) for name in ("_store", "history", "_html")),
        *(("records", "_html"), ("history", "_html")),
    }
    paths = {".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path for path in _modules()}
    assert paths.keys() == set(flow)
    bad = []
    for place, module in enumerate(flow):
        package = ["notorious_markets", *module.split(".")]
        if paths[module].stem != "__init__":
            package.pop()
        for node in ast.walk(ast.parse(paths[module].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                asked = [node.module] if node.module else [alias.name for alias in node.names]
                inside = package[1 : len(package) + 1 - node.level]
                names = [".".join([*inside, name]) for name in asked]
                bad += [(module, name) for name in names if name not in (*flow[:place], "__version__")]
    assert set(bad) == back


def _modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize(
    "name",
    [
        module.name.removeprefix("notorious_markets.")
        for module in pkgutil.walk_packages([str(PACKAGE)], "notorious_markets.")
        if not module.name.endswith("__main__")
    ],
)
def test_examples_of_the_docstrings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"notorious_markets.{name}")
    assert doctest.testmod(module).failed == 0


def test_the_example_of_the_package() -> None:
    assert doctest.testmod(nm).attempted >= 1
    assert doctest.testmod(nm).failed == 0
