"""Does the package work wherever Python does: from an archive, read-only, in threads, after a fork, in several interpreters?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import notorious_markets as nm

PACKAGE = Path(nm.__file__).parent
SETPRIV = shutil.which("setpriv")
# Prints answers that need every kind of packaged file.
ASK = """
import json, sys
import notorious_markets as nm
def ask():
    try:
        nm.markets(country="Chin")
    except nm.UnknownValue as error:
        country = str(error)
    try:
        nm.Screener(extra_domains=["co.uk"])
    except ValueError as error:
        suffix = str(error)
    return [
        len(nm.markets(2021)), nm.lookup("https://m.vk.com/").market_id, nm.market("VK").name, nm.suggest("taoabo")[0].market_id,
        nm.screen(["taobao.com", None, "x"], result="mask").to_pylist(), country, suffix, len(nm.coverage()._repr_html_()),
    ]
"""


@pytest.fixture(scope="module")
def expected() -> Any:
    return _run(f"{ASK}\nprint(json.dumps(ask()))")


def _run(code: str, *options: str, prefix: Sequence[str] = (), env: dict[str, str] | None = None) -> Any:
    """Run code in a new interpreter and return the JSON that it prints.

    An environment with a home replaces that of the tests; another one is added to it.
    """
    environment = {"PYTHONPATH": str(PACKAGE.parent), **(env or {})}
    done = subprocess.run(
        [*prefix, sys.executable, *options, "-c", code],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        env=environment if "HOME" in environment else {**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _archive(folder: Path) -> Path:
    package = folder / "src" / "notorious_markets"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    return Path(shutil.make_archive(str(folder / "package"), "zip", folder / "src"))


def test_works_from_an_archive(tmp_path: Path, expected: Any) -> None:
    archive = _archive(tmp_path)
    code = f"{ASK}\nprint(json.dumps([nm.__file__, ask()]))"
    path, found = _run(code, env={"PYTHONPATH": str(archive)})
    assert path.startswith(str(archive))
    assert found == expected


def test_a_damaged_archive_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    archive = _archive(tmp_path)
    content = archive.read_bytes()
    position = content.index(b"notorious_markets/data/listings.parquet") + 4_000
    archive.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
    code = """
import json
import notorious_markets as nm
found = [nm.lookup("vk.com").market_id]
try:
    nm.markets(2021)
except nm.DamagedInstallation as error:
    found.append(error.file)
print(json.dumps(found))
"""
    assert _run(code, env={"PYTHONPATH": str(archive)}) == ["vk", f"{archive}/notorious_markets/data/listings.parquet"]


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder with a copy of the package that everyone can read and nobody can change."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(PACKAGE, folder / "notorious_markets", ignore=shutil.ignore_patterns("__pycache__"))
        paths = [folder, *folder.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder
        for path in paths:
            path.chmod(0o755)


def test_works_read_only_and_without_a_home(read_only: Path, expected: Any) -> None:
    code = f"""{ASK}
from pathlib import Path
try:
    Path(nm.__file__).with_name("new").touch()
except PermissionError:
    print(json.dumps([nm.__file__, ask()]))
"""
    superuser = os.geteuid() == 0
    if superuser and not SETPRIV:
        pytest.skip("the superuser can write everywhere")
    prefix = [str(SETPRIV), "--bounding-set=-dac_override"] if superuser else []
    path, found = _run(code, prefix=prefix, env={"PYTHONPATH": str(read_only), "HOME": "/nonexistent", "PATH": ""})
    assert path == str(read_only / "notorious_markets" / "__init__.py")
    assert found == expected
    assert list(read_only.rglob("*.pyc")) == []


def test_nothing_is_written_and_no_folder_of_the_user_is_read(expected: Any) -> None:
    guard = """
import os, sys
def refuse(event, arguments):
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise AssertionError((event, arguments))
    if event in {"os.mkdir", "os.rename", "os.remove", "os.symlink", "shutil.copyfile", "tempfile.mkstemp", "tempfile.mkdtemp"}:
        raise AssertionError((event, arguments))
    if event == "open" and str(arguments[0]).startswith("/nonexistent"):
        raise AssertionError((event, arguments))
sys.addaudithook(refuse)
"""
    assert _run(f"{guard}{ASK}\nprint(json.dumps(ask()))", "-B", env={"HOME": "/nonexistent", "PATH": ""}) == expected


def test_64_threads_make_the_first_call_together(expected: Any) -> None:
    code = f"""{ASK}
import threading
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(64)
found = []
def first():
    barrier.wait()
    try:
        found.append(ask())
    except BaseException as error:
        found.append(repr(error))
threads = [threading.Thread(target=first) for _ in range(64)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(found))
"""
    assert _run(code) == [expected] * 64


def test_answers_after_a_fork(expected: Any) -> None:
    code = f"""{ASK}
import os
found = [ask()]
for _ in range(2):
    ours, theirs = os.pipe()
    if not os.fork():
        os.write(theirs, json.dumps(ask()).encode())
        os._exit(0)
    os.close(theirs)
    found.append(json.loads(os.fdopen(ours, "rb").read()))
    os.wait()
print(json.dumps(found))
"""
    assert _run(code, "-W", "ignore") == [expected] * 3


def test_a_fork_while_a_thread_reads_does_not_wait_forever() -> None:
    code = """
import json, os, signal, threading
import pyarrow
import notorious_markets as nm
from notorious_markets._store import DATASET
nm.edition(2021)
reading = threading.Event()
def slow():
    reading.set()
    threading.Event().wait(1)
thread = threading.Thread(target=DATASET._once, args=("slow", slow))
thread.start()
reading.wait()
ours, theirs = os.pipe()
if not os.fork():
    signal.alarm(20)
    os.write(theirs, str(len(nm.markets(2021))).encode())
    os._exit(0)
os.close(theirs)
print(json.dumps(os.fdopen(ours, "rb").read().decode()))
"""
    assert _run(code, "-W", "ignore") == "77"


def test_a_fork_waits_for_a_thread_that_imports_pyarrow_for_a_table(tmp_path: Path) -> None:
    """Without that, Python waits forever in the forked process for the import, which no thread finishes there."""
    # A module that takes long stands for pyarrow.
    (tmp_path / "slow_module.py").write_text("import threading\nthreading.Event().wait(1)\n")
    code = f"""
import json, os, signal, sys, threading
sys.path.insert(0, {str(tmp_path)!r})
from notorious_markets._store import DATASET
importing = threading.Event()
def read():
    importing.set()
    import slow_module
    return 1
def ask():
    return DATASET._once("slow", read)
thread = threading.Thread(target=ask)
thread.start()
importing.wait()
ours, theirs = os.pipe()
if not os.fork():
    signal.alarm(20)
    os.write(theirs, str(ask()).encode())
    os._exit(0)
os.close(theirs)
print(json.dumps([os.fdopen(ours, "rb").read().decode(), ask()]))
"""
    assert _run(code, "-W", "ignore") == ["1", 1]


def test_processes_that_start_together_answer_alike(tmp_path: Path, expected: Any) -> None:
    """They also compile the modules of the same folder at the same time."""
    shutil.copytree(PACKAGE, tmp_path / "notorious_markets", ignore=shutil.ignore_patterns("__pycache__"))
    code = f"{ASK}\nprint(json.dumps(ask()))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, text=True) for _ in range(3)
    ]
    assert [json.loads(process.communicate(timeout=120)[0]) for process in processes] == [expected] * 3


@pytest.mark.skipif(sys.version_info < (3, 13), reason="the module _interpreters, which the test needs, came with Python 3.13")
@pytest.mark.parametrize("config", ["legacy", "isolated"])
def test_interpreters_of_one_process_answer_alike_or_name_the_library(config: str) -> None:
    """pyarrow and upa-url can be loaded into one interpreter of a process only."""
    ask = """
import json
import notorious_markets as nm
from notorious_markets.matching import listed_domains
found = [nm.DATA_VERSION, len(listed_domains()), listed_domains()["vk.com"][0]]
try:
    found.append(len(nm.markets(2021)))
except ImportError as error:
    found.append(str(error))
print(json.dumps(found), end="", flush=True)
"""
    code = f"""
import _interpreters
print("[", end="")
exec({ask!r})
for _ in range(2):
    print(",", end="", flush=True)
    failed = _interpreters.exec(_interpreters.create({config!r}), {ask!r})
    assert failed is None, failed
print("]")
"""
    first, *others = _run(code)
    assert first == [nm.DATA_VERSION, len(nm.domains()), "vk", 77]
    assert [found[:3] for found in others] == [first[:3]] * 2
    assert all("interpreter" in found[3] for found in others)


def test_everything_but_addresses_works_without_upa_url(expected: Any) -> None:
    code = """
import json, sys
sys.modules["upa_url"] = None
import notorious_markets as nm
names = [name for name in dir(nm) if name not in ("plot", "duckdb", "polars", "spark") and getattr(nm, name) is None]
found = [
    names, len(nm.markets(2021)), nm.market("VK").name, nm.suggest("taoabo")[0].market_id, len(nm.changes(2020, 2021).added),
    nm.match_names(["Taobao"]).column("market_id").to_pylist(), len(nm.domains()), bool(nm.cite()),
    bool(nm.coverage()._repr_html_()),
]
for question in (lambda: nm.lookup("vk.com"), lambda: nm.screen(["https://user@vk.com/"])):
    try:
        question()
    except nm.MissingLibrary as error:
        found.append(str(error))
print(json.dumps(found))
"""
    found = _run(code)
    assert found[:-2] == [
        [],
        expected[0],
        expected[2],
        expected[3],
        len(nm.changes(2020, 2021).added),
        ["taobao"],
        351,
        True,
        True,
    ]
    message = "upa-url is not installed; it reads the host of an address as browsers do. Install it with `pip install upa-url`"
    assert all(text.startswith(message) and "compiler for C++17" in text for text in found[-2:])


def test_upa_url_is_imported_in_one_place() -> None:
    places = [
        path for path in PACKAGE.rglob("*.py") if "upa_url import" in (text := path.read_text()) or "import upa_url" in text
    ]
    assert [path.name for path in places] == ["matching.py"]
    code = """
import json, sys
import notorious_markets as nm
nm.markets(2021); nm.market("VK"); nm.suggest("x"); nm.cite(); nm.changes(2020, 2021); nm.domains(); nm.Screener()
before = "upa_url" in sys.modules
nm.lookup("vk.com")
print(json.dumps([before, "upa_url" in sys.modules]))
"""
    assert _run(code) == [False, True]
