"""Is the package described, built and released as it says?"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from rfc3986_validator import validate_rfc3986

import notorious_markets as nm
from notorious_markets import _pyinstaller
from tools import bill_of_materials, dependencies
from tools.schema import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def _names(components: list[dict[str, Any]]) -> list[str]:
    return [component["bom-ref"] for component in components]


def test_the_bill_of_materials_is_valid_and_current() -> None:
    text = bill_of_materials.BILL.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert bill_of_materials.main(["--check"]) == 0
    # The validator checks no URL; only the session `package` installs the grammar for that, which takes seconds to load.
    urls = re.findall(r'"url": "(.*)"', text)
    assert len(urls) >= 4
    assert [url for url in urls if not validate_rfc3986(url, rule="URI")] == []
    bill = json.loads(text)
    assert bill["metadata"]["component"]["version"] == nm.__version__
    required = {re.split(r"[^\w-]", requirement)[0] for requirement in PROJECT["project"]["dependencies"]}
    assert set(_names(bill["components"])) == required | {
        "data",
        "GeoNames",
        "Public Suffix List",
        "Unicode data",
        "world-atlas",
    }
    data = next(component for component in bill["components"] if component["bom-ref"] == "data")
    assert (data["version"], data["type"]) == (nm.DATA_VERSION, "data")


def test_the_long_bill_of_materials_lists_every_document() -> None:
    """The session `package` validates it, which takes long."""
    text = bill_of_materials.bill(documents=True)
    listed = {
        component["bom-ref"]: component["externalReferences"][0]["url"]
        for component in json.loads(text)["components"]
        if component["bom-ref"].startswith("source/")
    }
    assert [url for url in listed.values() if not validate_rfc3986(url, rule="URI")] == []
    assert {name: unquote(url) for name, url in listed.items()} == {
        f"source/{source.source_id}": unquote(source.url) for source in nm.sources()
    }


def test_the_hook_of_pyinstaller_is_registered() -> None:
    entry = PROJECT["project"]["entry-points"]["pyinstaller40"]["hook-dirs"]
    assert entry == f"{_pyinstaller.__name__}:{_pyinstaller.hook_dirs.__name__}"
    (folder,) = _pyinstaller.hook_dirs()
    assert [path.name for path in Path(folder).glob("hook-*")] == ["hook-notorious_markets.py"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_workflows_use_pinned_actions_and_few_permissions(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)+", line)] == []
    document = yaml.safe_load(text)
    assert document["permissions"] == {}
    for job in document["jobs"].values():
        assert job["timeout-minutes"] <= 60
        writing = {name for name, level in job["permissions"].items() if level == "write"}
        assert writing <= {"release": {"id-token", "contents"}, "site": {"id-token", "pages"}}.get(workflow.stem, set())


def test_workflows_run_sessions_that_exist() -> None:
    sessions = set(re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE))
    for workflow in WORKFLOWS:
        text = workflow.read_text(encoding="utf-8")
        named = set(re.findall(r"nox --session (\w+)", text))
        for listed in re.findall(r"session: \[(.*)\]", text):
            named |= set(listed.split(", "))
        assert named <= sessions, workflow
        assert named


def test_each_action_has_one_version() -> None:
    used = {line for workflow in WORKFLOWS for line in re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))}
    assert len({line.partition("@")[0] for line in used}) == len(used)


def test_each_dependency_has_a_reason_and_stands_in_the_documentation() -> None:
    assert dependencies.main(["--check"]) == 0
    page = dependencies.PAGE.read_text(encoding="utf-8")
    rows = [
        line.split(" | ") for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| library", "| ---"))
    ]
    project = PROJECT["project"]
    texts = [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]
    assert {row[0].removeprefix("| ") for row in rows} == {re.split(r"[^\w-]", text)[0] for text in texts}
    assert all(cell.strip() for row in rows for cell in row)
    # The last cell is the version and the day or month of the last release.
    assert all(re.fullmatch(r"\S+, 20\d\d-\d\d(-\d\d)? \|", row[-1]) for row in rows)


@pytest.mark.parametrize("form", FORMS, ids=[path.stem for path in FORMS])
def test_each_issue_form_asks_for_a_source(form: Path) -> None:
    document = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert set(document) == {"name", "description", "labels", "body"}
    fields = {part["id"]: part for part in document["body"] if part["type"] != "markdown"}
    assert fields["source"]["validations"] == {"required": True}
    for part in document["body"]:
        assert part["type"] in {"markdown", "input", "textarea", "dropdown"}
        texts = [text for text in part["attributes"].values() if not isinstance(text, list)]
        assert all(isinstance(text, str) for text in texts)


def test_there_is_a_form_for_each_kind_of_report() -> None:
    assert [path.stem for path in FORMS] == ["domain-changed-hands", "missing-row", "new-source", "wrong-row"]
    names = [yaml.safe_load(path.read_text(encoding="utf-8"))["name"] for path in FORMS]
    page = (ROOT / "docs" / "corrections.md").read_text(encoding="utf-8")
    assert [name for name in names if f'"{name}"' not in page] == []
