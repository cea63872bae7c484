"""The search of the documentation finds a market by each of its names."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

import notorious_markets as nm

# The search of Sphinx, without showing the results: for each query, the names of the pages that it finds.
_SEARCH = """queries => queries.map(query => {
    const [, terms, excluded, highlights, objects] = Search._parseQuery(query);
    return Search._performSearch(query, terms, excluded, highlights, objects).map(result => result[0]);
})"""


def test_a_market_is_found_by_each_alias(open_page: Callable[..., Page]) -> None:
    page = open_page("search.html?q=taobao", wait_until="load")
    page.wait_for_function("Search._index")
    wanted = [(name, f"markets/{market.market_id}") for market in nm.all_markets() for name in (market.name, *market.aliases)]
    found = page.evaluate(_SEARCH, [name for name, _ in wanted])
    missed = [name for (name, path), results in zip(wanted, found, strict=True) if path not in results]
    assert missed == []


def test_results_are_shown(open_page: Callable[..., Page]) -> None:
    page = open_page("search.html?q=淘宝", wait_until="load")
    page.wait_for_selector("#search-results li a[href*='markets/taobao.html']")
    # The summaries of the results are fetched one by one.
    page.wait_for_selector("#search-results li:last-child p.context")
