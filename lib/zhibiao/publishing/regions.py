"""``outputs/<batch>/regions.html``: provinces, prefectures and counties ranked and counted on one page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhibiao.publishing.webpage import page
from zhibiao.wholefile import write_whole

PLAIN = 50
"""Regions that stand in the page for readers whose browser runs no script."""


def write_regions(path: Path, batch: str, content: Mapping[str, Any]) -> Path:
    """Write the page of a batch's regions and return its path.

    Parameters
    ----------
    path : Path
        The file.
    batch : str
        The batch's name.
    content : mapping
        `zhibiao.running.regionpage.content`.

    Raises
    ------
    OutputError
        The page cannot be written.
    """
    return write_whole(path, page("regions.html.j2", batch=batch, data=content, plain=PLAIN))
