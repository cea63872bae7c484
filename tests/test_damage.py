"""Does a damaged, incomplete or mixed installation give an error that names the file and the remedy, and never a wrong answer?"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets import _packaged, _verification
from notorious_markets._packaged import checksums, read_binary
from notorious_markets._store import Dataset
from tests.command import run_apart
from tests.damaged import CODE

PACKAGE = Path(nm.__file__).parent
SETPRIV = shutil.which("setpriv")
FILES = sorted(checksums())
# Every byte of a file of this size is flipped, and so many bytes of a larger one.
SMALL, SAMPLE = 6_000, 500
REMEDY = "reinstall the package with `pip install --force-reinstall --no-deps notorious_markets`"
# Modules that answers need.
MODULES = ["_filters.py", "history.py", "matching.py", "models.py", "names/forms.py", "query.py"]
DAMAGES = ["missing", "empty", "truncated", "flipped", "of another version", "a folder"]
CONTROLS = ["editions", "rows", "lookup", "version", "verify"]
# A file, its content or damage, and the questions to ask.
Case = tuple[str, str | None, list[str]]
# Which questions a file answers. The files that are not here are for other programs; only the command `verify` reads them.
READ = {
    "data/datapackage.json": {"export"},
    "data/index.json": {"lookup"},
    "notebook.css": {"html"},
    "plot/countries.json": {"country"},
    "screening/suffixes.txt": {"suffixes"},
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with a copy of the package that a test can damage."""
    shutil.copytree(PACKAGE, tmp_path / "notorious_markets", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _of_another_version(file: str) -> bytes:
    """Return a valid file with other content."""
    content = (PACKAGE / file).read_bytes()
    if file.endswith(".parquet"):
        table = pq.ParquetFile(io.BytesIO(content)).read()
        out = io.BytesIO()
        pq.write_table(table.slice(1).replace_schema_metadata({**table.schema.metadata, b"data_version": b"2024.9"}), out)
        return out.getvalue()
    return content.replace(nm.DATA_VERSION.encode(), b"2024.9") + b"\n"


def _reading(file: str) -> set[str]:
    """Return the questions that a file answers."""
    return READ.get(file, {Path(file).stem} if file.endswith(".parquet") else set())


def _answers(folder: Path, cases: list[Case]) -> list[dict[str, str]]:
    script = Path(__file__).with_name("damaged.py")
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        input=json.dumps(cases),
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)
    assert len(found) == len(cases) + 1
    return found


@pytest.fixture(scope="module")
def damaged_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], dict[str, list[dict[str, str]]]]:
    """The package, its answers while it is intact, and by damage its answers while each file in turn is damaged."""
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(PACKAGE, folder / "notorious_markets", ignore=shutil.ignore_patterns("__pycache__"))
    cases: list[Case] = []
    for damage in DAMAGES:
        for file in FILES:
            content = (PACKAGE / file).read_bytes()
            flipped = bytearray(content)
            flipped[len(content) // 2] ^= 4
            damaged = {
                "empty": b"",
                "truncated": content[: len(content) // 2],
                "flipped": bytes(flipped),
                "of another version": _of_another_version(file),
            }
            content_or_damage = damaged[damage].hex() if damage in damaged else {"missing": None, "a folder": "folder"}[damage]
            cases.append((file, content_or_damage, sorted({*_reading(file), *CONTROLS})))
    intact, *found = _answers(folder, cases)
    return folder, intact, {damage: found[n * len(FILES) : (n + 1) * len(FILES)] for n, damage in enumerate(DAMAGES)}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_an_error_that_names_file_and_remedy(
    damage: str, damaged_files: tuple[Path, dict[str, str], dict[str, list[dict[str, str]]]]
) -> None:
    folder, intact, found = damaged_files
    assert [name for name, answer in intact.items() if "DamagedInstallation" in answer] == []
    assert intact["verify"] == "[]"
    for file, answers in zip(FILES, found[damage], strict=True):
        path = str(folder / "notorious_markets" / file)
        failing = {name for name, answer in answers.items() if answer != intact[name]}
        assert failing >= _reading(file) | {"verify"}, file
        for name in failing - {"verify"}:
            assert answers[name].startswith(f"DamagedInstallation: {path} "), (file, name, answers[name])
            assert answers[name].endswith(f"; {REMEDY}")
        assert file in answers["verify"]
        assert "version" not in failing


def test_damage_to_the_modules_with_version_and_checksums_gives_no_wrong_answer(copied: Path) -> None:
    cases: list[Case] = []
    for file in CODE:
        content = (PACKAGE / file).read_bytes()
        cases += [(file, damage, CONTROLS) for damage in (None, "", content[:60].hex())]
        # Every byte of the version, and some of the rest.
        start = content.index(b"2025.") if file == "data/__init__.py" else 0
        for position in [*range(start, start + 8), *range(0, len(content), len(content) // 5)]:
            flipped = bytearray(content)
            flipped[position] ^= 1
            cases.append((file, flipped.hex(), CONTROLS))
    older = (PACKAGE / CODE[0]).read_bytes().replace(nm.DATA_VERSION.encode(), b"2024.9")
    cases.append((CODE[0], older.hex(), CONTROLS))
    intact, *found = _answers(copied, cases)
    for (file, damage, _), answers in zip(cases, found, strict=True):
        failing = {name: answer for name, answer in answers.items() if answer != intact.get(name)}
        for name, answer in failing.items():
            if name not in {"verify", "version"}:
                assert answer.startswith(f"DamagedInstallation: {copied / 'notorious_markets'}"), (file, damage, name, answer)
    assert all(set(answers) == {"import"} for answers in found[:3])
    # A wrong version never comes with rows.
    assert {"lookup", "editions", "rows", "version"} <= {name for name, answer in found[-1].items() if answer != intact[name]}


def test_a_damaged_module_is_an_error_that_names_file_and_remedy(copied: Path) -> None:
    """A mixed installation can also lack a module, or have one that Python cannot read, or one with other names."""
    cases: list[Case] = []
    for file in MODULES:
        content = (PACKAGE / file).read_bytes()
        # An empty module that others use by its name is found only when a function is called.
        damages = [None, "folder", (content[:200] + b"\xff" + content[200:]).hex(), *([] if file == "query.py" else [""])]
        cases += [(file, damage, ["rows", "lookup", "suggest", "changes"]) for damage in damages]
    intact, *found = _answers(copied, cases)
    for (file, damage, _), answers in zip(cases, found, strict=True):
        failing = {name: answer for name, answer in answers.items() if answer != intact[name]}
        assert failing, (file, damage)
        for answer in failing.values():
            assert answer.startswith(f"DamagedInstallation: {copied / 'notorious_markets'}"), (file, damage, answer)
            assert Path(file).stem in answer
            assert answer.endswith(f"; {REMEDY}")


@pytest.mark.skipif(os.geteuid() == 0 and not SETPRIV, reason="the superuser reads every file, and setpriv is missing")
def test_files_without_permission_are_errors_that_name_file_and_remedy(copied: Path) -> None:
    code = """
import sys
sys.dont_write_bytecode = True
import notorious_markets as nm
for name in ("editions", "cite"):
    try: getattr(nm, name)()
    except nm.DamagedInstallation as error: print(error)
"""
    package = copied / "notorious_markets"
    (package / "data" / "editions.parquet").chmod(0)
    (package / "citing.py").chmod(0)
    prefix = [str(SETPRIV), "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, sys.executable, "-c", code], capture_output=True, check=False, text=True, env={"PYTHONPATH": str(copied)}
    )
    assert done.stderr == ""
    reason = f"cannot be read: Permission denied; {REMEDY}"
    assert done.stdout == f"{package / 'data' / 'editions.parquet'} {reason}\n{package / 'citing.py'} {reason}\n"


def test_the_command_reports_a_damaged_module(copied: Path) -> None:
    (copied / "notorious_markets" / "citing.py").write_bytes(b"")
    (copied / "notorious_markets" / "cli" / "reports.py").unlink()
    done = run_apart("lookup vk.com", PYTHONPATH=str(copied))
    assert (done.code, done.stdout) == (1, "")
    message = "or a file beside it is missing or damaged: cannot import name 'reports' from "
    assert re.fullmatch(rf"Error: \S+/cli/__init__\.py {message}.*; {re.escape(REMEDY)}\n", done.stderr), done.stderr


@pytest.mark.parametrize("file", FILES)
def test_every_flipped_byte_is_found(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte of the small files and a sample of the others, each with another bit."""
    content = bytearray((PACKAGE / file).read_bytes())

    def opened(path: str, mode: str) -> io.BytesIO:
        assert (path, mode) == (str(PACKAGE / file), "rb")
        return io.BytesIO(content)

    monkeypatch.setattr(_packaged, "open", opened, raising=False)
    assert read_binary(file) == content
    step = 1 if len(content) <= SMALL else len(content) // SAMPLE
    for position in range(0, len(content), step):
        content[position] ^= 1 << position % 8
        with pytest.raises(nm.DamagedInstallation):
            read_binary(file)
        content[position] ^= 1 << position % 8


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error"), ValueError("zip")])
def test_an_unreadable_file_is_an_error_with_the_reason(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> io.BytesIO:
        raise error

    monkeypatch.setattr(_packaged, "open", opened, raising=False)
    reason = getattr(error, "strerror", None) or str(error)
    with pytest.raises(nm.DamagedInstallation, match=f"notebook.css cannot be read: {reason}; reinstall") as caught:
        read_binary("notebook.css")
    assert caught.value.file == str(PACKAGE / "notebook.css")
    assert caught.value.problem == f"cannot be read: {reason}"
    restored = pickle.loads(pickle.dumps(caught.value))
    assert (str(restored), restored.file) == (str(caught.value), caught.value.file)


def test_tables_of_another_version_do_not_become_rows(copied: Path) -> None:
    """The folder of the data is consistent, but has one column less than the modules know."""
    data = copied / "notorious_markets" / "data"
    content = (data / "editions.parquet").read_bytes()
    table = pq.ParquetFile(io.BytesIO(content)).read().drop_columns(["title"])
    pq.write_table(table, data / "editions.parquet")
    old, new = (_packaged._sha256(file) for file in (content, (data / "editions.parquet").read_bytes()))
    names = data / "checksums.py"
    names.write_text(names.read_text().replace(old, new))
    code = "import notorious_markets as nm\ntry: nm.editions()\nexcept nm.DamagedInstallation as error: print(error)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env={"PYTHONPATH": str(copied)}
    )
    assert done.stdout.startswith(
        f"{copied / 'notorious_markets' / 'models.py'} belongs to another version than the table editions;"
    )
    done_ = run_apart("verify", PYTHONPATH=str(copied))
    assert done_.code == 1
    assert "FAILED: editions: " in done_.stdout


def test_the_command_reports_a_damaged_file(copied: Path) -> None:
    (copied / "notorious_markets" / "data" / "index.json").write_bytes(b"{}")
    (copied / "notorious_markets" / "data" / "listings.parquet").unlink()
    for line, file in (("lookup vk.com", "index.json is damaged"), ("list --year 2021", "listings.parquet is missing")):
        done = run_apart(line, PYTHONPATH=str(copied))
        assert (done.code, done.stdout) == (1, "")
        assert re.fullmatch(rf"Error: \S+/data/{re.escape(file)}.*; {re.escape(REMEDY)}\n", done.stderr), done.stderr


def test_verify_names_each_damaged_file(copied: Path) -> None:
    package = copied / "notorious_markets"
    with (package / "data" / "markets.parquet").open("ab") as file:
        file.write(b"x")
    (package / "data" / "places.parquet").unlink()
    done = run_apart("verify", PYTHONPATH=str(copied))
    assert done.code == 1
    assert done.stderr == f"Error: the installation is damaged: data/markets.parquet, data/places.parquet; {REMEDY}\n"
    lines = done.stdout.splitlines()
    assert "FAILED: data/places.parquet: is missing" in lines
    assert any(line.startswith("OK: data/listings.parquet: ") for line in lines)


def _install(folder: Path, package: Path) -> None:
    """Write the record that an installer writes for a package."""
    record = folder / "notorious_markets-9.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: notorious_markets\nVersion: {nm.__version__}\n")
    lines = []
    for path in sorted(package.rglob("*")):
        if path.is_file():
            digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).decode().rstrip("=")
            lines.append(f"{path.relative_to(folder).as_posix()},sha256={digest},{path.stat().st_size}\n")
    (record / "RECORD").write_text("".join(lines))


def test_verify_compares_modules_with_the_record_of_the_installer(copied: Path) -> None:
    package = copied / "notorious_markets"
    _install(copied, package)
    done = run_apart("verify", PYTHONPATH=str(copied))
    assert (done.code, done.stderr) == (0, "")
    assert f"OK: version: {nm.__version__}" in done.stdout
    assert re.search(r"^OK: modules: \d\d+ files are as they were installed$", done.stdout, re.MULTILINE)
    with (package / "history.py").open("a") as file:
        file.write("\n")
    (package / "spark.py").unlink()
    metadata = copied / "notorious_markets-9.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace(nm.__version__, "9.9"))
    done = run_apart("verify", PYTHONPATH=str(copied))
    assert done.code == 1
    assert "Error: the installation is damaged: history.py, spark.py, version;" in done.stderr
    assert "FAILED: history.py: differs from the file that was installed" in done.stdout
    assert "FAILED: spark.py: is missing" in done.stdout


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("editions", lambda table: table.slice(1), "year 2010 is unknown"),
        ("markets", lambda table: pa.concat_tables([table, table.slice(0, 1)]), "occurs 2 times"),
        (
            "sources",
            lambda table: table.rename_columns(["other", *table.column_names[1:]]),
            "belongs to another version than the table sources",
        ),
        ("listings", lambda table: table.slice(1), "2010 has 15 online listings instead of 16"),
        ("domains", lambda table: table.slice(1), "data/index.json has"),
    ],
    ids=["unknown key", "repeated key", "other column", "missing listing", "missing domain"],
)
def test_verify_checks_the_content_of_intact_files(
    table: str, change: Any, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong build would have right checksums."""
    dataset = Dataset()
    read = dataset.table
    monkeypatch.setattr(dataset, "table", lambda name: change(read(name)) if name == table else read(name))
    monkeypatch.setattr(_verification, "DATASET", dataset)
    assert [finding.subject for finding in _verification.findings() if problem in finding.note and finding.passed is False]


def test_verify_compares_the_data_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_verification, "DATA_VERSION", "2024.9")
    wrong = [finding for finding in _verification.findings() if finding.passed is False]
    assert [finding.subject for finding in wrong] == ["data version"]
    assert f"data/datapackage.json has '{nm.DATA_VERSION}' instead of '2024.9'" in wrong[0].note
