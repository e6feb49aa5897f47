"""A dashboard, a browser and a page for each test.

Run by an environment of its own (tests/browser/requirements.txt) with `pytest tests/browser`: it knows the project only as a command.
In the project's environment, which has no driver for browsers, nothing here is collected. ``ZHIBIAO_SCREENSHOTS=FOLDER`` keeps the pictures.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

if find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    from harness import CHROMIUM, FLAGS, WIDE, Server, project_python, ready, start, stop
    from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One dashboard for all tests; each page has its own kernel, the folder of figures is shared."""
    with tempfile.TemporaryDirectory(prefix="zhibiao-browser-") as folder:
        running = start(Path(folder) / "data")
        yield running
        stop(running)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium with the project's font, so that pictures are the same on a machine without Chinese fonts."""
    place = tmp_path_factory.mktemp("chromium")
    fonts = Path(project_python("-c", "import mplfonts, pathlib; print(pathlib.Path(mplfonts.__file__).parent / 'fonts')").strip())
    (place / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{fonts}</dir><cachedir>{place}</cachedir></fontconfig>',
        encoding="utf-8",
    )
    env = {**os.environ, "FONTCONFIG_FILE": str(place / "fonts.conf"), "HOME": str(place)}
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=env)
        yield running
        running.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open the dashboard once more, as somebody else: ``visit(viewport=NARROW)``.

    What the page complains of on its console fails the test, unless it is opened with ``complains=True``.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, complains: bool = False, **options: object) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "accept_downloads": True, **options})
        contexts.append(context)
        page = context.new_page()
        if not complains:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return ready(page, server.entrance)

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.close(run_before_unload=False)
        context.close()
    assert not complaints, complaints


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """The dashboard on a wide screen, in Chinese, its first tab open."""
    return visit()


@pytest.fixture(scope="session")
def screenshot(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Page, str], Path]:
    """Take a picture of the whole page under a name: ``screenshot(page, "explorer-zh")``."""
    kept = os.environ.get("ZHIBIAO_SCREENSHOTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> Path:
        page.wait_for_timeout(200)  # paint settles
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
