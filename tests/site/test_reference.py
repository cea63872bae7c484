"""The reference documents every public name, under the name that users import, and nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import notorious_markets as nm

ROOT = Path(__file__).parents[2]


class _Signatures(HTMLParser):
    """The ids of the documented objects."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "dt" and "sig" in (values.get("class") or "").split() and (name := values.get("id")):
            self.names.append(name)


@pytest.fixture(scope="module")
def documented(site_folder: Path) -> list[str]:
    """The full names of the documented objects."""
    pages = sorted((site_folder / "reference").glob("*.html"))
    return [name for page in pages for name in _Signatures(page.read_text(encoding="utf-8")).names]


def test_every_public_name_is_documented(documented: list[str]) -> None:
    assert {f"notorious_markets.{name}" for name in nm.__all__} - set(documented) == {"notorious_markets.listings"}
    assert len(documented) == len(set(documented))


def test_nothing_else_is_documented(documented: list[str]) -> None:
    """Each documented name is in the snapshot of the API."""
    lines = (ROOT / "tests" / "api.txt").read_text(encoding="utf-8").splitlines()
    public = {match[0] for line in lines if (match := re.match(r"notorious_markets[\w.]*", line))}
    unknown = {name for name in documented if name not in public}
    assert {name for name in unknown if name.rpartition(".")[0] not in public} == set()
    assert {name for name in unknown if "._" in name} == {"notorious_markets.__version__"} - public


def test_no_private_module_is_shown(site_folder: Path) -> None:
    private = re.compile(r"notorious_markets\.(?:query|records|models|names|matching|history|_\w+)\.")
    for page in (site_folder / "reference").glob("*.html"):
        assert private.findall(page.read_text(encoding="utf-8")) == [], page.name
