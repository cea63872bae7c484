"""Does everything that contains regions or coordinates from GeoNames name their licence, CC BY 4.0?"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml

import notorious_markets as nm
from notorious_markets import plot
from notorious_markets._packaged import read_text
from tools import outlines
from tools.bill_of_materials import material
from tools.schema import ROOT

CC0, CC_BY = "https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/4.0/"
# The tables with columns from GeoNames.
FROM_GEONAMES = {"markets", "places"}
SOME = ("markets", "places", "listings", "domains")


def _expected(table: str) -> list[str]:
    return ["CC0-1.0", "CC-BY-4.0"] if table in FROM_GEONAMES else ["CC0-1.0"]


def _names(licences: list[dict[str, str]]) -> list[str]:
    return [licence["name"] for licence in licences]


def test_the_tables_from_geonames_are_those_with_regions_or_coordinates() -> None:
    package = json.loads(read_text("data/datapackage.json"))
    columns = {resource["name"]: {field["name"] for field in resource["schema"]["fields"]} for resource in package["resources"]}
    assert {
        name for name, names in columns.items() if names & {"region", "latitude", "longitude", "geonames_id"}
    } == FROM_GEONAMES


def test_every_description_names_the_licences(tmp_path: Path) -> None:
    package = json.loads(read_text("data/datapackage.json"))
    croissant = json.loads(read_text("data/croissant.json"))
    assert croissant["license"] == [CC0, CC_BY]
    assert _names(package["licenses"]) == ["CC0-1.0", "CC-BY-4.0"]
    records = {record["name"]: record["description"] for record in croissant["recordSet"]}
    for resource in package["resources"]:
        name = resource["name"]
        assert _names(resource["licenses"]) == _expected(name)
        assert nm.table(name).schema.metadata[b"licence"].decode() == " AND ".join(_expected(name))
        for description in (resource["description"], records[name], nm.table(name).schema.metadata[b"description"].decode()):
            assert ("GeoNames" in description) == ("CC BY 4.0" in description) == (name in FROM_GEONAMES)

    for name in SOME:
        for suffix in ("csv", "jsonl", "json"):
            path = nm.export(tmp_path / f"{name}.{suffix}", name)
            sidecar = json.loads(path.with_name(f"{path.name}.datapackage.json").read_text(encoding="utf-8"))
            assert _names(sidecar["licenses"]) == _names(sidecar["resources"][0]["licenses"]) == _expected(name)
            assert ("GeoNames" in sidecar["resources"][0]["description"]) == (name in FROM_GEONAMES)
        parquet = pq.read_schema(nm.export(tmp_path / f"{name}.parquet", name))
        assert parquet.metadata[b"licence"].decode() == " AND ".join(_expected(name))
        book = openpyxl.load_workbook(nm.export(tmp_path / f"{name}.xlsx", name))
        about = {row[0].value: row[1].value for row in book["about"].iter_rows(min_row=2)}
        assert about["licence"] == " AND ".join(_expected(name))
        assert ("GeoNames" in str(about.get("attribution"))) == (name in FROM_GEONAMES)

    with closing(sqlite3.connect(nm.export(tmp_path / "all.sqlite"))) as database:
        metadata = dict(database.execute("SELECT key, value FROM metadata"))
    assert metadata["licence"] == "CC0-1.0 AND CC-BY-4.0"
    assert "GeoNames" in metadata["attribution"]
    described = json.loads(nm.export(tmp_path / "all.jsonld").read_text(encoding="utf-8"))
    assert described["license"] == [CC0, CC_BY]
    assert {part["name"] for part in described["hasPart"] if CC_BY in part["license"]} == FROM_GEONAMES
    entities = nm.export(tmp_path / "markets.ftm.json")
    dataset = json.loads(entities.with_name(f"{entities.name}.dataset.json").read_text(encoding="utf-8"))
    assert dataset["license"] == CC_BY
    assert "GeoNames" in dataset["description"]
    out = io.BytesIO()
    nm.export(out, format="domains")
    assert "# Licence: CC0-1.0\n" in out.getvalue().decode()


def test_the_repository_names_the_licences() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"].split(" AND ") == ["MIT", "CC0-1.0", "CC-BY-4.0", "ISC", "MPL-2.0", "Unicode-3.0"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["license"] == ["MIT", "CC0-1.0", "CC-BY-4.0"]
    texts: dict[str, Any] = {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in (
            *("LICENSE", "README.md", "data/datapackage.yaml"),
            *("docs/how-the-data-is-made.md", "docs/exporting.md", "docs/pictures.md", "docs/data/dictionary.md"),
        )
    }
    assert [name for name, text in texts.items() if "GeoNames" not in text or not re.search("CC[ -]BY[ -]4.0", text)] == []


def test_the_material_of_others_has_a_licence_and_the_stated_version() -> None:
    package = Path(nm.__file__).parent
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    parts = {part["name"]: part for part in material()}
    assert {part["licence"] for part in parts.values()} == set(project["license"].split(" AND ")) - {"MIT", "CC0-1.0"}
    for name, part in parts.items():
        assert f"[{name}]({part['url']}) | {part.get('version', '')} |" in page
        for file in part["files"]:
            assert (package / file).is_file()
            # LICENSE names built files of data by their tables.
            assert file in licence or file.startswith("data/"), file
    heads = {
        file: (package / file).read_text(encoding="utf-8")[:500]
        for part in parts.values()
        for file in part["files"][-1:]
        if not file.endswith(".parquet")
    }
    assert "SPDX-License-Identifier: Unicode-3.0" in heads["names/confusables.py"]
    assert "SPDX-License-Identifier: Unicode-3.0" in heads["names/equivalents.py"]
    assert "Mozilla Public License, v. 2.0" in heads["screening/suffixes.txt"]
    for name, stated, file in (
        ("Unicode security data", "Unicode {}", "names/confusables.py"),
        ("Unicode Common Locale Data Repository", "Common Locale Data Repository {},", "names/equivalents.py"),
        ("Unicode Han Database", "Unicode {}", "names/equivalents.py"),
        ("Public Suffix List", "Public Suffix List of {}", "screening/suffixes.txt"),
    ):
        assert stated.format(parts[name]["version"]) in heads[file], name
    assert f"world-atlas {parts['world-atlas']['version']}" in str(outlines.__doc__)


@pytest.mark.parametrize(
    "parts",
    [
        # The notices that the licences ask to keep with each copy: holders, permission and disclaimer.
        (
            "Copyright 2013-2019 Michael Bostock",
            "and this permission notice appear in all copies",
            "THE AUTHOR DISCLAIMS ALL WARRANTIES",
        ),
        (
            "UNICODE LICENSE V3",
            "Copyright © 1991-2025 Unicode, Inc.",
            "Copyright © 2004-2026 Unicode, Inc.",
            "this copyright and permission notice appear with all copies of the Data",
            "authorization of the copyright holder.",
        ),
    ],
    ids=["ISC", "Unicode-3.0"],
)
def test_licences_that_must_accompany_copies_are_complete(parts: tuple[str, ...]) -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    positions = [licence.find(part) for part in parts]
    assert -1 not in positions
    assert positions == sorted(positions)


def test_the_map_names_the_licence() -> None:
    assert "GeoNames, CC BY 4.0" in json.dumps(plot.countries(2021).to_dict())
