"""Fixtures for tests of the built site in a browser. `nox -s site` builds the site into the folder `site/` and runs the tests."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@pytest.fixture(scope="session")
def site_folder() -> Path:
    """The folder of the built site."""
    folder = Path(os.environ.get("SITE", ROOT / "site"))
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"{folder} holds no site; build it with `nox -s site`")
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the site on a local server, with a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site_folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that is installed on the machine."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise FileNotFoundError("chromium is not installed; install it with `apt-get install chromium`")
    with sync_playwright() as playwright:
        # Chromium refuses to run as root in its sandbox. No host but the local server can be reached.
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture
def open_page(site: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of the site by its path in a fresh browser context, and returns it when it has loaded.

    `wait_until` is that of `Page.goto`. Its other keyword arguments are those of `Browser.new_context`, such as `viewport` or
    `color_scheme`. When the test ends, it fails
    if a page has logged an error, has raised an exception, has received a failed response or has sent a request to another
    origin.
    """
    problems: list[str] = []
    contexts = []

    def open_(path: str = "", *, wait_until: Literal["load", "networkidle"] = "networkidle", **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        context.on(
            "request",
            lambda sent: None if sent.url.startswith((site, "data:", "blob:")) else problems.append(f"sent to {sent.url}"),
        )
        context.on("response", lambda got: problems.append(f"status {got.status} for {got.url}") if got.status >= 400 else None)
        page.goto(site + path, wait_until=wait_until)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The front page of the site in a browser."""
    return open_page()


@pytest.fixture(scope="session")
def accessibility_problems() -> Callable[..., list[str]]:
    """A function that returns the rules of axe that a page violates, each with the first elements that violate it.

    `only` limits the check to one rule, such as `"color-contrast"`.
    """
    axe = Axe()

    def check(page: Page, only: str = "") -> list[str]:
        options = {"runOnly": [only]} if only else None
        violations = axe.run(page, options=options).response["violations"]
        return [
            f"{violation['id']} ({violation['impact']}): {', '.join(str(node['target']) for node in violation['nodes'][:5])}"
            for violation in violations
        ]

    return check


@pytest.fixture
def explore(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """A function that opens a state of the explorer and waits until everything is loaded."""

    def open_(state: str = "", **options: object) -> Page:
        # The page has loaded everything when it shows no text about loading.
        page = open_page(f"explorer/{state}", wait_until="load", **options)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0)
        return page

    return open_
