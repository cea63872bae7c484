"""Tests that the built files follow from the facts, are the same after every build, and are described correctly."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import frictionless
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets._packaged import checksums
from tools import build
from tools.schema import ROOT, read_schema

BUILT = files("notorious_markets.data")
NAMES = sorted(path.name for path in BUILT.iterdir() if path.is_file())
TABLES = [table.name for table in read_schema().tables]
# A build that prints a checksum of all files. Rows are read as by the command, but without the slow validation.
CHECKSUM = """
from hashlib import sha256
from tools import build, facts, schema
contents = build.compile_facts(schema.read_schema(), facts.read_rows(schema.read_schema(), schema.FACTS))
print(sha256(repr([sorted(part.items()) for part in contents]).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files and the pages as the command writes them, into folders with an outdated file."""
    folders = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("pages")
    for folder in folders:
        (folder / "outdated").touch()
    assert build.main(["--output", str(folders[0]), "--pages", str(folders[1])]) == 0
    built, pages = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    return built, pages


def _read(name: str) -> Any:
    return json.loads((BUILT / name).read_text(encoding="utf-8"))


def _without_measures(value: Any) -> Any:
    """Remove what depends on the version of the Parquet writer from a description."""
    measures = {"bytes", "hash", "sha256", "contentSize"}
    if isinstance(value, dict):
        return {name: _without_measures(item) for name, item in value.items() if name not in measures}
    return [_without_measures(item) for item in value] if isinstance(value, list) else value


def test_the_built_files_are_current(rebuilt: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    fresh = rebuilt[0]
    assert sorted(fresh) == NAMES
    for name in NAMES:
        committed = (BUILT / name).read_bytes()
        if name.endswith(".parquet"):
            old, new = (pq.ParquetFile(io.BytesIO(content)).read() for content in (committed, fresh[name]))
            assert old.equals(new, check_metadata=True), name
        elif name in {"croissant.json", "datapackage.json"}:
            assert _without_measures(json.loads(committed)) == _without_measures(json.loads(fresh[name])), name
        elif name in {"__init__.py", "index.json"}:
            assert committed == fresh[name], name


def test_the_generated_pages_are_current(rebuilt: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    assert {path.name: path.read_bytes() for path in (ROOT / "docs" / "data").iterdir()} == rebuilt[1]


def test_each_build_gives_the_same_bytes(rebuilt: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    """The bytes do not depend on the hash seed, which changes the order of sets."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", CHECKSUM], cwd=ROOT, env={"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True
        )
        for seed in ("1", "2")
    ]
    expected = hashlib.sha256(repr([sorted(part.items()) for part in rebuilt]).encode()).hexdigest()
    assert [run.communicate()[0].strip() for run in runs] == [expected, expected]


def test_the_checksums_are_correct() -> None:
    lines = (BUILT / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sorted(listed) == [name for name in NAMES if name not in {"SHA256SUMS", "__init__.py", "checksums.py"}]
    for name, digest in listed.items():
        assert hashlib.sha256((BUILT / name).read_bytes()).hexdigest() == digest, name


def test_each_data_file_of_the_package_has_a_checksum() -> None:
    package = Path(str(files("notorious_markets")))
    contents = {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".typed"} and path.parent.name != "__pycache__"
    }
    assert checksums() == {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def test_the_data_package_measures_the_files() -> None:
    descriptor = _read("datapackage.json")
    assert descriptor["version"] == nm.DATA_VERSION
    assert [resource["name"] for resource in descriptor["resources"]] == TABLES
    for resource in descriptor["resources"]:
        content = (BUILT / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content), resource["name"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", resource["name"]


def test_the_data_package_is_valid() -> None:
    """An independent reader accepts the descriptor, and the rows have its types and follow its constraints."""
    descriptor = _read("datapackage.json")
    assert frictionless.Package.validate_descriptor(descriptor).valid
    resources = [
        frictionless.Resource(
            name=resource["name"],
            data=nm.table(resource["name"]).to_pylist(),
            schema=frictionless.Schema.from_descriptor(resource["schema"]),
        )
        for resource in descriptor["resources"]
    ]
    report = frictionless.Package(resources=resources).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])


def test_the_croissant_describes_every_table_and_column() -> None:
    described = _read("croissant.json")
    columns = {record["name"]: [field["name"] for field in record["field"]] for record in described["recordSet"]}
    assert columns == {name: nm.table(name).column_names for name in TABLES}
    for file in described["distribution"]:
        assert file["sha256"] == hashlib.sha256((BUILT / file["contentUrl"]).read_bytes()).hexdigest()


def test_each_parquet_file_is_one_zstd_row_group_with_its_versions() -> None:
    for name in TABLES:
        file = pq.ParquetFile(io.BytesIO((BUILT / f"{name}.parquet").read_bytes()))
        assert file.metadata.num_row_groups == 1, name
        assert file.metadata.row_group(0).column(0).compression == "ZSTD", name
        metadata = file.schema_arrow.metadata
        assert metadata[b"data_version"].decode() == nm.DATA_VERSION, name
        assert metadata[b"schema_version"] == b"2", name
        columns = {key.decode().removeprefix("column ") for key in metadata if key.startswith(b"column ")}
        assert columns == set(file.schema_arrow.names), name
        # nm.table has the descriptions in its columns.
        described = {field.name: (field.metadata or {})[b"description"] for field in nm.table(name).schema}
        assert described == {column: metadata[f"column {column}".encode()] for column in columns}, name
        assert not any(key.startswith(b"column ") for key in nm.table(name).schema.metadata), name


def test_the_command_reads_the_facts_and_writes_into_package_and_documentation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read_folders: list[object] = []
    built, pages = tmp_path / "package" / "data", tmp_path / "docs" / "data"
    monkeypatch.setattr(build, "FACTS", "the facts")
    monkeypatch.setattr(build, "BUILT", built)
    monkeypatch.setattr(build, "PAGES", pages)
    monkeypatch.setattr(build, "read_schema", read_folders.append)
    monkeypatch.setattr(build, "read", read_folders.append)
    monkeypatch.setattr(build, "compile_facts", lambda *_: ({"b.json": b"1234", "a": b""}, {"page.md": b"# Page"}))
    assert build.main([]) == 0
    assert list(map(str, read_folders)) == ["the facts"] * 2
    assert {path.name: path.read_bytes() for path in built.iterdir()} == {"a": b"", "b.json": b"1234"}
    assert {path.name: path.read_bytes() for path in pages.iterdir()} == {"page.md": b"# Page"}
    assert capsys.readouterr().out == "        0 a\n        4 b.json\n"
    assert build.main(["--facts", str(tmp_path / "other")]) == 0
    assert read_folders[2:] == [tmp_path / "other"] * 2


def test_the_command_explains_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "Compile the facts in `data/` into the files of the package" in shown
    for folder in (
        "the facts (default: data/)",
        "the built files (default: in the package)",
        "the generated pages (default: docs/data/)",
    ):
        assert f" folder of {folder}" in shown


def test_changed_facts_are_checked_in_a_copy(facts_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in facts_folder.rglob("*") if path.is_file()}
    seen: list[Any] = []
    monkeypatch.setattr(build, "read", lambda folder: folder)
    monkeypatch.setattr(build, "read_schema", lambda folder: read_schema(folder).data_version)
    monkeypatch.setattr(
        build, "compile_facts", lambda version, folder: seen.append((version, folder, (folder / "x.csv").read_bytes()))
    )
    build.check_build({"x.csv": b"changed"}, facts_folder)
    ((version, folder, content),) = seen
    assert (version, folder.name, content) == (nm.DATA_VERSION, facts_folder.name, b"changed")
    assert not folder.exists()
    assert {path: path.read_bytes() for path in facts_folder.rglob("*") if path.is_file()} == before
