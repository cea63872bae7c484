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
from tools import bill_of_materials, dependencies, distribution
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
        "Unicode Common Locale Data Repository",
        "Unicode Han Database",
        "Unicode security data",
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


def test_workflows_run_every_check() -> None:
    """`nox` without arguments runs no check that the workflows lack."""
    text = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    listed = re.search(r"nox\.options\.sessions = \[(.*?)\]", text, re.DOTALL)
    assert listed is not None
    defaults = set(re.findall(r'"(\w+)"', listed[1]))
    workflows = "".join(workflow.read_text(encoding="utf-8") for workflow in WORKFLOWS)
    # The job `wheel` runs the session `test` on each Python, so `tests` is not needed.
    assert {name for name in defaults if not re.search(rf"\b{name}\b", workflows)} <= {"tests"}
    assert {"oldest", "oldest_spark", "spark", "clean", "package", "frozen"} <= defaults


def test_a_release_has_checksums_of_all_its_files(tmp_path: Path) -> None:
    for name in ("b.whl", "a.tar.gz", "SHA256SUMS"):
        (tmp_path / name).write_bytes(b"abc")
    assert distribution.main(["--checksums", str(tmp_path)]) == 0
    # The value for "abc" is the example of the standard, FIPS 180-2.
    value = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (tmp_path / "SHA256SUMS").read_text() == f"{value}  a.tar.gz\n{value}  b.whl\n"
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    # They are written after everything else.
    assert noxfile.index('"--checksums", "dist"') > noxfile.index('shutil.copy("sbom.cdx.json", "dist")')


def test_the_page_about_security_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", page)
    assert len(named) > 8
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8"), (file, test)
    for session in re.findall(r"`nox -s (\w+)`", page):
        assert f"def {session}(session" in (ROOT / "noxfile.py").read_text(encoding="utf-8")


def test_each_action_has_one_version() -> None:
    used = {line for workflow in WORKFLOWS for line in re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))}
    assert len({line.partition("@")[0] for line in used}) == len(used)


def test_each_dependency_has_a_reason_and_stands_in_the_documentation() -> None:
    assert dependencies.main(["--check"]) == 0
    page = dependencies.PAGE.read_text(encoding="utf-8")
    libraries = page.partition("## Material")[0].splitlines()
    rows = [line.split(" | ") for line in libraries if line.startswith("| ") and not line.startswith(("| library", "| ---"))]
    project = PROJECT["project"]
    texts = [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]
    texts += PROJECT["build-system"]["requires"]
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
