"""The README renders on the package index, and its picture shows the present data."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from readme_renderer import markdown

from tools import pictures

ROOT = Path(__file__).parents[2]


def test_the_description_renders_on_the_package_index() -> None:
    command = [sys.executable, "-m", "hatch_fancy_pypi_readme", "pyproject.toml"]
    description = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    rendered = markdown.render(description)
    assert rendered is not None
    assert rendered.count("<h2") == description.count("\n## ") > 3
    links = re.findall(r'(?:href|src)="([^"]*)"', rendered)
    assert links
    assert [link for link in links if not link.startswith(("https://", "http://", "#"))] == []
    assert "not a finding of a violation of law" in rendered


def test_links_of_the_readme_lead_to_files() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://)([^)]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).is_file()] == []


def _texts(picture: str) -> list[str]:
    return [text for text in re.findall(r">([^<>]+)</text>", picture) if not text.startswith("Source:")]


def test_the_picture_of_the_readme_is_current(tmp_path: Path) -> None:
    """The marks and the texts are compared, except for the version of the data, but not their places, which depend on fonts."""
    pictures.draw_readme(tmp_path)
    for name in ("timeline-light.svg", "timeline-dark.svg"):
        drawn, kept = ((folder / name).read_text(encoding="utf-8") for folder in (tmp_path, pictures.README_PICTURE))
        assert _texts(drawn) == _texts(kept)
        assert drawn.count("<path") == kept.count("<path")
