"""Every kind of page in a browser: no error, no request to another origin, accessible, and readable on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

PAGES = [
    "index.html",
    "tutorial.html",
    "concepts.html",
    "explore.html",
    "how-to/index.html",
    "how-to/panel.html",
    "screening.html",
    "notebooks.html",
    "pictures.html",
    "command-line.html",
    "reference/index.html",
    "reference/queries.html",
    "reference/rows.html",
    "reference/values.html",
    "data/dictionary.html",
    "data/domains.html",
    "data/coverage.html",
    "editions/index.html",
    "editions/2021.html",
    "editions/2014.html",
    "markets/index.html",
    "markets/taobao.html",
    "markets/megaupload.html",
    "markets/tepito.html",
    "files.html",
    "contributing.html",
    "search.html?q=taobao",
    "genindex.html",
]


@pytest.mark.parametrize("path", PAGES)
def test_each_kind_of_page(path: str, open_page: Callable[..., Page], accessibility_problems: Callable[..., list[str]]) -> None:
    page = open_page(path, wait_until="load", color_scheme="light")
    assert accessibility_problems(page) == []
    page.emulate_media(color_scheme="dark")
    assert accessibility_problems(page, only="color-contrast") == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_picture_follows_light_and_dark(open_page: Callable[..., Page]) -> None:
    page = open_page("index.html", wait_until="load", color_scheme="light")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shown = [image for image in page.locator("article img").all() if image.is_visible()]
        assert len(shown) == 2
        assert all(f"-{scheme}.svg" in str(image.get_attribute("src")) for image in shown)
