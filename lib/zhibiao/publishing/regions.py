"""``outputs/<batch>/regions.html``: provinces, prefectures and counties ranked and counted on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhibiao.publishing.webpage import page

PLAIN = 50
"""Regions that stand in the page for readers whose browser runs no script."""


def regions_page(batch: str, content: Mapping[str, Any]) -> str:
    """Return the page of a batch's regions.

    Parameters
    ----------
    batch : str
        The batch's name.
    content : mapping
        `zhibiao.running.regionpage.content`.
    """
    return page("regions.html.j2", batch=batch, data=content, plain=PLAIN).decode("utf-8")
