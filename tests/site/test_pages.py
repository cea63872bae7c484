"""Every kind of page in a browser: no error, no request to another origin, accessible, and readable on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

PAGES = ["index.html"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(
    path: str, scheme: str, open_page: Callable[..., Page], accessibility_problems: Callable[[Page], list[str]]
) -> None:
    assert accessibility_problems(open_page(path, color_scheme=scheme)) == []


@pytest.mark.parametrize("path", PAGES)
def test_narrow_screens_need_no_horizontal_scrolling(path: str, open_page: Callable[..., Page]) -> None:
    page = open_page(path, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
