"""Pieces of the page as HTML: everything that comes from a file, a form or the registry is escaped here."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "yaml": "application/yaml",
}


def said(lang: str, zh: str, en: str) -> str:
    """The page's language."""
    return zh if lang == "zh" else en


def download(name: str, content: bytes, words: str) -> str:
    """A link that holds the file itself: nothing lies about on the server, and nobody else can ask for it.

    Parameters
    ----------
    name : str
        As it will be called; its ending is a key of `KINDS`.
    words : str
        What the link says; the size follows.
    """
    held = base64.b64encode(content).decode("ascii")
    kind = KINDS[name.rpartition(".")[2]]
    size = f"{max(1, round(len(content) / 1024))} KB"
    return f'<a download="{html.escape(name)}" href="data:{kind};base64,{held}">{html.escape(words)} ({size})</a>'


def paragraph(words: str, look: str = "") -> str:
    return f'<p class="{look}">{html.escape(words)}</p>' if look else f"<p>{html.escape(words)}</p>"


def listed(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>"


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain table that scrolls within itself where the screen is narrow."""
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return wide(caption, f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def wide(name: str, inner: str) -> str:
    """What may be wider than the screen: a region of its own that the keyboard can scroll."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{html.escape(name)}">{inner}</div>'
