"""Does the explorer restore its states, keep what is pasted, and work for everybody?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import notorious_markets as nm
from notorious_markets.about import CAUTION

Open = Callable[..., Page]

VIEWS = {
    "listings": "#/listings",
    "selection": "#/listings?q=bay&year=2021,2022&kind=online",
    "drawer": "#/listings?year=2021&listing=2021-4",
    "timeline": "#/markets?country=CN",
    "market": "#/market/the-pirate-bay",
    "map": "#/map?place=CN/Beijing",
    "changes": "#/changes?before=2020&after=2021",
    "coverage": "#/coverage",
    "check": "#/check",
    "about": "#/about",
}


def test_what_is_pasted_stays_in_the_page(explore: Open) -> None:
    page = explore("#/check")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_label("Addresses or names").fill("taobao.com\nsecret.example")
    expect(page.locator(".hits tbody tr")).to_have_count(2)
    page.get_by_label("Only hits").check()
    expect(page.locator(".hits tbody tr")).to_have_count(1)
    assert sent == []
    assert "secret" not in page.url
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])") == '[{},{},""]'
    # It is still there after a look at a market, and the browser may connect to nothing but the page's own files.
    page.get_by_role("link", name="Taobao").click()
    expect(page.locator("h1")).to_have_text("Taobao")
    page.go_back()
    expect(page.get_by_label("Addresses or names")).to_have_value("taobao.com\nsecret.example")
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert "default-src 'none'" in str(policy)
    assert "connect-src 'self'" in str(policy)


def test_permalinks_restore_what_was_clicked(explore: Open) -> None:
    page = explore()
    page.get_by_label("2021 ").check()
    page.get_by_label("online ").check()
    page.locator("thead").get_by_role("link", name="Name").click()
    page.get_by_role("link", name="ALIEXPRESS").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator(".loading")).to_have_count(0)
    state = page.url.partition("/explorer/")[2]
    assert explore(state).locator("#app").inner_text() == page.locator("#app").inner_text()


@pytest.mark.parametrize("view", VIEWS)
def test_permalinks_restore_each_view(view: str, explore: Open) -> None:
    """A reload shows the same text, and the address is already in the form that the page writes."""
    page = explore(VIEWS[view])
    before = page.locator("#app").inner_text()
    page.reload(wait_until="networkidle")
    assert page.locator("#app").inner_text() == before
    assert page.url.endswith(VIEWS[view])


def test_back_and_forward(explore: Open) -> None:
    page = explore("#/listings")
    states = [page.url]
    for link in (
        page.get_by_label("2021 "),
        page.get_by_role("link", name="ALIEXPRESS"),
        page.get_by_role("dialog").get_by_role("link", name="AliExpress"),
        page.get_by_role("link", name="Changes"),
    ):
        link.click()
        assert page.url not in states
        states.append(page.url)
    for state in reversed(states[:-1]):
        page.go_back()
        assert page.url == state
    expect(page.locator(".summary strong")).to_have_text(f"{len(nm.markets())} listings")
    expect(page.get_by_label("2021 ")).not_to_be_checked()
    page.go_forward()
    expect(page.locator(".summary strong")).to_have_text(f"{len(nm.markets(2021))} listings")
    page.go_forward()
    expect(page.get_by_role("dialog")).to_contain_text("ALIEXPRESS")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("AliExpress")


def test_back_returns_to_the_place_in_the_list(explore: Open) -> None:
    page = explore("#/markets")
    link = page.locator(".who a").nth(40)
    link.scroll_into_view_if_needed()
    left = page.evaluate("scrollY")
    assert left > 400
    link.click()
    expect(page.locator(".timeline")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(link).to_be_visible()
    assert page.evaluate("scrollY") == left


def test_a_reader_who_types_or_ticks_keeps_the_focus(explore: Open) -> None:
    page = explore("#/listings?page=3")
    page.get_by_role("searchbox").press_sequentially("tao")
    assert page.url.endswith("#/listings?q=tao")
    assert page.evaluate("document.activeElement.type") == "search"
    page.get_by_role("searchbox").fill("")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("h1")).to_be_focused()
    page.get_by_label("2021 ").check()
    expect(page.get_by_label("2021 ")).to_be_focused()


def test_a_link_to_what_does_not_exist_says_so(explore: Open) -> None:
    page = explore("#/listings?year=1999&kind=online")
    expect(page.get_by_role("alert")).to_contain_text("There is no year “1999”.")
    expect(page.locator(".summary strong")).to_have_text(f"{len(nm.markets(kind='online'))} listings")
    expect(explore("#/market/nobody").get_by_role("alert")).to_contain_text("no market with the id “nobody”")
    expect(explore("#/listings?listing=2021-999").get_by_role("alert")).to_contain_text("no listing “2021-999”")


def test_a_view_can_be_cited(explore: Open) -> None:
    page = explore("#/listings?year=2021&kind=online")
    page.get_by_role("button", name="Cite").click()
    text = page.get_by_role("dialog").inner_text()
    for part in (nm.cite(), nm.cite(2021), "42 listings: edition 2021; kind online", page.url):
        assert part in text
    assert nm.cite(2021, "bibtex").splitlines()[0] in text


def test_the_keyboard_reaches_and_leaves_the_drawer(explore: Open) -> None:
    page = explore("#/listings?year=2021&kind=online")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.get_by_role("link", name="ALIEXPRESS").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null || document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent") == "ALIEXPRESS"


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_accessible_narrow_and_cautious(
    view: str, explore: Open, accessibility_problems: Callable[[Page], list[str]]
) -> None:
    for scheme, width in (("light", 1280), ("dark", 360)):
        page = explore(VIEWS[view], color_scheme=scheme, viewport={"width": width, "height": 740})
        if view == "check":
            page.get_by_label("Addresses or names").fill("https://ja.aliexpress.com/1\nmegaupload.com\nThe Pirate Bay\nx")
            expect(page.locator(".hits tbody tr")).to_have_count(4)
        assert accessibility_problems(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert CAUTION in page.locator("main").inner_text()
        assert "GeoNames" in page.locator("footer").inner_text()


def test_nothing_moves_if_the_reader_wants_it_so(explore: Open) -> None:
    page = explore(VIEWS["drawer"], reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator("dialog").evaluate("(dialog) => getComputedStyle(dialog).animationName") == "none"


def test_links_to_the_documentation_lead_to_pages(site_folder: Path, explore: Open) -> None:
    page = explore(VIEWS["market"])
    root = page.url.partition("explorer/")[0]
    for name in ("Docs", "Permanent page of The Pirate Bay"):
        target = page.get_by_role("link", name=name).evaluate("(link) => link.href").removeprefix(root)
        assert (site_folder / target / ("" if target.endswith(".html") else "index.html")).is_file()


def test_the_explorer_is_small(site_folder: Path) -> None:
    assert sum(path.stat().st_size for path in (site_folder / "explorer").rglob("*") if path.is_file()) < 1_500_000
