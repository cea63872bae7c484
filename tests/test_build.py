"""Are the built files those of the facts, the same on every run, and described truly?"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import subprocess
import sys
from importlib.resources import files
from typing import Any

import frictionless
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from tools import build, facts
from tools.facts import ROOT

BUILT = files("notorious_markets.data")
NAMES = sorted(path.name for path in BUILT.iterdir() if not path.name.startswith("__pycache__"))
TABLES = [table.name for table in facts.contract().tables]


@pytest.fixture(scope="module")
def rebuilt() -> tuple[dict[str, bytes], dict[str, bytes]]:
    return build.compile_facts()


def _without_measures(value: Any) -> Any:
    """A descriptor without what depends on the version of the Parquet writer."""
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
        elif name.endswith(".json"):
            assert _without_measures(json.loads(committed)) == _without_measures(json.loads(fresh[name])), name
        elif name == "__init__.py":
            assert committed == fresh[name]


def test_the_generated_pages_are_current(rebuilt: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    assert {path.name: path.read_bytes() for path in (ROOT / "docs" / "data").iterdir()} == rebuilt[1]


def test_two_runs_give_the_same_bytes(rebuilt: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    code = "from tools import build; files, pages = build.compile_facts(); print(repr({**files, **pages}))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        )
        for seed in ("1", "2")
    ]
    assert [ast.literal_eval(run.stdout) for run in runs] == [{**rebuilt[0], **rebuilt[1]}] * 2


def test_the_checksums_are_true() -> None:
    lines = (BUILT / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sorted(listed) == [name for name in NAMES if name not in {"SHA256SUMS", "__init__.py"}]
    for name, digest in listed.items():
        assert hashlib.sha256((BUILT / name).read_bytes()).hexdigest() == digest, name


def test_the_descriptor_measures_the_files() -> None:
    descriptor = json.loads((BUILT / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["version"] == nm.DATA_VERSION
    assert [resource["name"] for resource in descriptor["resources"]] == TABLES
    for resource in descriptor["resources"]:
        content = (BUILT / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content), resource["name"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", resource["name"]


def test_the_descriptor_is_a_valid_data_package() -> None:
    """An independent reader takes the descriptor, and the rows keep its types and constraints."""
    descriptor = json.loads((BUILT / "datapackage.json").read_text(encoding="utf-8"))
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


def test_the_croissant_names_every_table_and_column() -> None:
    described = json.loads((BUILT / "croissant.json").read_text(encoding="utf-8"))
    assert {record["name"]: [field["name"] for field in record["field"]] for record in described["recordSet"]} == {
        name: nm.table(name).column_names for name in TABLES
    }
    for file in described["distribution"]:
        assert file["sha256"] == hashlib.sha256((BUILT / file["contentUrl"]).read_bytes()).hexdigest()


@pytest.mark.parametrize("name", TABLES)
def test_parquet_is_one_zstd_row_group_with_its_versions(name: str) -> None:
    file = pq.ParquetFile(io.BytesIO((BUILT / f"{name}.parquet").read_bytes()))
    assert file.metadata.num_row_groups == 1
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    metadata = file.schema_arrow.metadata
    assert metadata[b"data_version"].decode() == nm.DATA_VERSION
    assert metadata[b"schema_version"] == b"1"
    assert metadata[b"licence"] == b"CC0-1.0"
