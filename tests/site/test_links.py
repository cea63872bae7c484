"""Every link, picture and script inside the site leads to a file, and every fragment to an element."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import notorious_markets as nm

ORIGIN = "https://site.invalid/"


class _Page(HTMLParser):
    """The links and the anchors of a page, and its JSON-LD."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.json_ld: list[str] = []
        self._in_json_ld = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.links += [value for name in ("href", "src") if (value := values.get(name))]
        self.anchors |= {value for name in ("id", "name") if (value := values.get(name))}
        self._in_json_ld = tag == "script" and values.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._in_json_ld:
            self.json_ld.append(data)
            self._in_json_ld = False


def _pages(folder: Path) -> dict[str, _Page]:
    paths = [path for path in folder.rglob("*.html") if path.relative_to(folder).parts[0] not in {"_static", "explorer"}]
    return {path.relative_to(folder).as_posix(): _Page(path.read_text(encoding="utf-8")) for path in paths}


def test_no_link_is_dead(site_folder: Path) -> None:
    pages = _pages(site_folder)
    files = {path.relative_to(site_folder).as_posix() for path in site_folder.rglob("*") if path.is_file()}
    dead = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(urljoin(ORIGIN + name, link))
            if f"{parts.scheme}://{parts.netloc}/" != ORIGIN:
                continue
            target = unquote(parts.path.lstrip("/"))
            target += "index.html" if not target or target.endswith("/") else ""
            fragment = unquote(parts.fragment)
            # The explorer keeps its state in the fragment.
            if target not in files or (fragment and target in pages and fragment not in pages[target].anchors):
                dead.append(f"{name}: {link}")
    assert dead == []
    assert len(pages) > len(nm.all_markets()) + len(nm.editions())


def test_links_to_other_sites_are_secure_or_sources(site_folder: Path) -> None:
    """Only sources may be on sites without encryption."""
    sources = {source.url for source in nm.sources()}
    insecure = {link for page in _pages(site_folder).values() for link in page.links if link.startswith("http://")}
    assert {link for link in insecure if link not in sources and unquote(link) not in map(unquote, sources)} == set()


def test_each_edition_and_market_has_a_page(site_folder: Path) -> None:
    pages = _pages(site_folder)
    for edition in nm.editions():
        (text,) = pages[f"editions/{edition.year}.html"].json_ld
        described = json.loads(text)
        assert (described["@type"], described["version"], described["temporalCoverage"]) == (
            "Dataset",
            nm.DATA_VERSION,
            str(edition.year),
        )
        assert described["isBasedOn"]["datePublished"] == edition.released.isoformat()
        for file in described["distribution"]:
            assert (site_folder / "editions" / file["contentUrl"]).resolve().is_file()
    for market in nm.all_markets():
        (text,) = pages[f"markets/{market.market_id}.html"].json_ld
        assert json.loads(text)["about"]["name"] == market.name


def test_pages_name_no_folder_of_the_machine(site_folder: Path) -> None:
    root = str(Path(__file__).parents[2])
    assert [path for path in site_folder.rglob("*.html") if root in path.read_text(encoding="utf-8")] == []
