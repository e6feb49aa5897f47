"""nbconvert's webpdf with the Chromium that is installed: ``jupyter nbconvert --to webpdf.InstalledChromium`` with this folder on PYTHONPATH.

nbconvert lets playwright look for a browser that playwright itself has downloaded; there is no option that names another one. So the
path is added to the one call with which it launches the browser. Everything else is nbconvert's own.
"""

from __future__ import annotations

import os
from typing import Any

from nbconvert.exporters import WebPDFExporter
from playwright.async_api import BrowserType

CHROMIUM = os.environ.get("ZHIBIAO_CHROMIUM", "/usr/bin/chromium")


class InstalledChromium(WebPDFExporter):
    """webpdf by the machine's own Chromium."""

    def run_playwright(self, html: str) -> bytes:
        plain = BrowserType.launch

        async def launch(self: BrowserType, **options: Any) -> Any:
            return await plain(self, executable_path=CHROMIUM, **options)

        BrowserType.launch = launch
        try:
            return bytes(super().run_playwright(html))
        finally:
            BrowserType.launch = plain
