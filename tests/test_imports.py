"""What do the package and its modules import, which modules are public, and does anything open a connection?"""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import re
import subprocess
import sys
import threading
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import notorious_markets as nm
from notorious_markets import _store as store
from notorious_markets._packaged import read_binary

PACKAGE = Path(str(files("notorious_markets")))
PATHS = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    # PyInstaller runs its hook by itself.
    if path != PACKAGE / "__init__.py" and not path.name.startswith("hook-")
}
ENGINES = ["duckdb", "numba", "numpy", "pandas", "polars", "pyarrow", "rapidfuzz"]

# A module may import the modules before it. Each line is a room.
ROOMS = [
    "data data.checksums errors about vocabularies _deprecation",
    "_packaged _writing _filters _arrays _countries",
    "records models _store",
    "_defanging matching _columns _frames",
    "names.confusables names.equivalents names.forms names.known names",
    "_related query history _verification",
    "_html",
    "screening.kernel screening.prefilter screening.lists screening.results screening.screener screening screening.files",
    "duckdb polars spark",
    "plot.theme plot.map plot.timeline plot.bars plot",
    "citing",
    "reports.lines reports.widths reports.pdf reports.text reports.nominations reports.pages reports.blocks reports.countries",
    "reports.contents reports.entries reports.titles reports.models reports.online reports.physical reports.sections",
    "reports.matching reports.comparing reports",
    "exporting.selection exporting.descriptions exporting.blocklists exporting.entities exporting.tabular exporting",
    "cli.printing cli.errors cli.completion cli.options cli.formats cli.addresses cli.nested",
    "cli.reading.sources cli.reading.dialects cli.reading.delimited cli.reading.lines cli.reading.columnar cli.reading",
    "cli.writing cli.accounting cli.questions cli.reports cli.screening cli",
    "__main__",
    "_pyinstaller",
]
# Imports inside functions in the opposite direction: a row finds related rows, a result finds names, and objects render
# themselves as HTML.
BACKWARD = {
    ("models", "_store"),
    ("models", "history"),
    ("models", "_html"),
    ("records", "names.known"),
    ("records", "_html"),
    ("history", "_html"),
    ("reports.models", "reports.comparing"),
    ("reports.models", "reports.matching"),
}

# Unlike a patched socket module, an audit hook also sees connections of compiled modules.
GUARD = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise AssertionError(event)
sys.addaudithook(refuse)
def loaded(*names):
    return [name for name in names if name in sys.modules]
"""


def _run(code: str, **environment: str) -> Any:
    """Run code in a new interpreter that refuses sockets, and return the literal that it prints."""
    done = subprocess.run(
        [sys.executable, *([] if environment else ["-I"]), "-c", GUARD + code],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return ast.literal_eval(done.stdout)


def test_importing_the_package_is_cheap() -> None:
    heavy = [*ENGINES, "attr", "click", "importlib.metadata", "importlib.resources", "json", "re", "rich", "typing"]
    assert _run(f"import notorious_markets; print(loaded(*{heavy}))") == []


def test_a_submodule_without_its_library_is_a_missing_attribute() -> None:
    code = """
sys.modules["altair"] = None
import pydoc
import notorious_markets as nm
found = [hasattr(nm, "plot"), "Notorious Markets List" in pydoc.render_doc(nm)]
try:
    nm.plot
except AttributeError as error:
    found.append(str(error))
print([*found, nm.duckdb.__name__])
"""
    message = "altair is not installed; install it with `pip install 'notorious_markets[plot]'`"
    assert _run(code) == [False, True, message, "notorious_markets.duckdb"]


def test_queries_load_no_data_frames_and_no_html() -> None:
    code = """
import notorious_markets as nm
nm.markets(year=2021); nm.coverage(); nm.market("taobao").listings[0].sources; nm.markets().to_dicts(); nm.markets().to_arrow()
nm.changes(2020, 2021).to_arrow(); nm.changes(2020, 2021).added.to_dicts(); nm.suggest("taoabo").to_arrow()
repr(nm.markets()); repr(nm.market("taobao")); repr(nm.changes(2020, 2021))
queried = loaded("pyarrow", "pyarrow.dataset", "pandas", "polars", "duckdb", "notorious_markets._html")
nm.markets()._repr_html_(); nm.market("taobao")._repr_html_(); nm.changes(2020, 2021)._repr_html_()
print([queried, loaded("pandas", "polars", "duckdb", "IPython")])
"""
    assert _run(code) == [["pyarrow"], []]


def test_screening_loads_no_data_frames() -> None:
    code = """
import notorious_markets as nm
for engine in ("pattern", "labels", "compiled"):
    screener = nm.Screener(engine=engine)
    for result in ("rows", "hits", "mask"):
        screener.screen(["https://m.taobao.com/", "https://taobao.com:80/", None, "x"], result=result)
print(loaded("pandas", "polars", "duckdb"))
"""
    assert _run(code) == []


def test_the_screening_command_loads_no_data_frames(tmp_path: Path) -> None:
    """pyarrow imports pandas, which takes longer than to screen a million addresses, in many of its functions."""
    code = f"""
import pathlib
from notorious_markets.cli import cli
folder = pathlib.Path({str(tmp_path)!r})
for name, content in {{
    "a.txt": "vk.com\\n\\nx\\n",
    "a.csv": 'url,n\\nvk.com,"1"\\nkat.ph,"2\\n3"\\n1,2,3\\n',
    "a.jsonl": '{{"url":"vk.com"}}\\n{{}}\\n',
    "a.json": '["vk.com", null]',
}}.items():
    (folder / name).write_text(content)
    for output in ("out.csv", "out.txt", "out.parquet", "out.arrow", "out.csv.zst"):
        for keep in ("hits", "all", "others"):
            arguments = [folder / name, "-q", "-o", folder / output, "--keep", keep, "--rejects", folder / "no.csv", "--force"]
            cli(["screen", *map(str, arguments)], standalone_mode=False)
cli(["screen", "-q", str(folder / "out.parquet"), str(folder / "out.arrow")], standalone_mode=False)
print(loaded("pandas", "polars", "duckdb"))
"""
    assert _run(code) == []


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_a_conversion_loads_no_other_engine(engine: str) -> None:
    code = f"""
import notorious_markets as nm
for result in (nm.markets(), nm.markets()[:0], nm.changes(2020, 2021), nm.suggest("taoabo")):
    result.to_{engine}()
print(loaded("pandas", "polars", "duckdb", "narwhals"))
"""
    assert _run(code) == [engine]


def test_the_command_loads_libraries_only_when_it_needs_them() -> None:
    code = """
import contextlib, io
from notorious_markets.cli import cli
found = []
for arguments in (["--help"], ["list", "--help"], ["lookup", "--as", "json", "taobao.com"]):
    with contextlib.redirect_stdout(io.StringIO()):
        cli(arguments, standalone_mode=False)
    found.append(loaded("attr", "pyarrow", "rich"))
print(found)
"""
    assert _run(code) == [[], [], []]


def test_threads_read_each_table_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def counting(name: str) -> bytes:
        opened.append(name)
        # The other threads arrive while this one reads.
        time.sleep(0.05)
        return read_binary(name)

    monkeypatch.setattr("notorious_markets._store.read_binary", counting)
    dataset = store.Dataset()
    barrier = threading.Barrier(16)
    found: list[Any] = []

    def query() -> None:
        barrier.wait()
        found.append((dataset.rows(nm.Listing), dataset.table("listings"), dataset.get(nm.Market, "taobao")))

    threads = [threading.Thread(target=query) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert all(value is expected for values in found for value, expected in zip(values, found[0], strict=True))
    assert len(opened) == 2


def test_tables_are_read_without_private_names_of_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    # pyarrow.parquet has its own reference to the reader.
    importlib.import_module("pyarrow.parquet")
    monkeypatch.delattr("pyarrow._parquet.ParquetReader")
    for name in store.TABLES.values():
        assert store.Dataset().table(name).equals(nm.table(name), check_metadata=True)


def test_the_typing_marker_and_the_data_are_installed() -> None:
    assert (PACKAGE / "py.typed").is_file()
    assert (PACKAGE / "data" / "listings.parquet").is_file()


def test_engines_are_imported_inside_functions() -> None:
    """An engine may be imported at the top of a module only for the type checker, except in the compiled kernel."""
    found = set()
    for module, path in PATHS.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found |= {module for name in names if name.split(".")[0] in ENGINES}
    assert found == {"screening.kernel"}


def test_modules_import_only_modules_before_them() -> None:
    order = [module for room in ROOMS for module in room.split()]
    assert sorted(PATHS) == sorted(order)
    backward = set()
    for position, module in enumerate(order):
        package = ["notorious_markets", *module.split(".")]
        if PATHS[module].stem != "__init__":
            package.pop()
        for node in ast.walk(ast.parse(PATHS[module].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                names = [node.module] if node.module else [alias.name for alias in node.names]
                inside = package[1 : len(package) + 1 - node.level]
                imported = {".".join([*inside, name]) for name in names}
                backward |= {(module, name) for name in imported if name not in order[:position]}
    assert backward == BACKWARD


def test_public_names_exist() -> None:
    submodules = ["duckdb", "plot", "polars", "spark"]
    assert sorted([*nm.__all__, *submodules]) == dir(nm)
    for name in submodules:
        assert getattr(nm, name) is importlib.import_module(f"notorious_markets.{name}")
    assert {name for name in nm.__all__ if getattr(nm, name) is None} == set()
    assert set(nm.__all__) == {name for names in nm._MODULES.values() for name in names} | {"DATA_VERSION", "__version__"}


def test_only_modules_without_an_underscore_are_public() -> None:
    """A public module defines a name in `__all__` or stands in the API documentation; inside a package nothing is public."""
    reference = Path(__file__).parent.parent / "docs" / "reference"
    texts = [path.read_text(encoding="utf-8") for path in reference.glob("*.md")]
    documented = {name for text in texts for name in re.findall(r"\bnotorious_markets\.(\w+)", text)} & set(PATHS)
    defining = {getattr(getattr(nm, name), "__module__", "notorious_markets.about") for name in nm.__all__}
    public = documented | {name.split(".")[1] for name in defining}
    # The command is documented by itself, and `data` consists of the built files.
    assert public == {name for name in PATHS if not re.search(r"[._]", name)} - {"cli", "data"}


def test_long_modules_have_a_reason_in_the_guide() -> None:
    root = Path(__file__).parent.parent
    reasons = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("more than 350 lines")[2]
    modules = [*PACKAGE.rglob("*.py"), *(root / "tools").rglob("*.py"), *(root / "benchmarks").rglob("*.py")]
    modules += (root / "fuzzing").rglob("*.py")
    long = {path.name for path in modules if path.parent.name != "data" and path.read_text(encoding="utf-8").count("\n") > 350}
    assert {name for name in long if f"`{name}`" not in reasons} == set()


def test_the_guide_for_contributors_names_every_module() -> None:
    root = Path(__file__).parent.parent
    guide = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py")]
    modules += [path.relative_to(root) for folder in ("benchmarks", "fuzzing", "tools") for path in (root / folder).rglob("*.py")]
    assert [path.as_posix() for path in sorted(modules) if f"`{path.as_posix()}`" not in guide] == []


@pytest.mark.parametrize("module", ["", *PATHS])
def test_examples_in_docstrings(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(f"notorious_markets.{module}".rstrip(".")))
    assert found.failed == 0
    assert found.attempted or module
