"""A table as HTML: by Great Tables for notebooks, and the same quickly for pages that are redrawn while a lever moves."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from zhibiao.showing.tones import ACCENT, tone_of

if TYPE_CHECKING:
    from zhibiao.showing.table import Align, Table

OPENING = '<div class="zhibiao-table tex2jax_ignore mathjax_ignore">'
"""Its classes keep MathJax from reading a dollar sign as mathematics."""
INK = "#1A1A1A"
"""Text on a tint; elsewhere it has the colour of the page, which may be dark."""
STYLE = (
    "<style>"
    ".zhibiao-table table{border-collapse:collapse;margin:0;font-variant-numeric:tabular-nums}"
    ".zhibiao-table caption{caption-side:top;text-align:left;font-weight:600;padding:4px 0}"
    f".zhibiao-table thead th{{background:{ACCENT};color:#fff;padding:4px 8px;vertical-align:bottom}}"
    ".zhibiao-table tbody td{padding:3px 8px;border-bottom:1px solid rgba(128,128,128,.4);vertical-align:top}"
    ".zhibiao-table tfoot td{padding:3px 8px;text-align:left;font-size:smaller}"
    "</style>"
)
"""House colours that hold on light and dark pages; Great Tables' own style is sixteen times as long."""
_TAG = re.compile(r"<[a-z]+ [^>]*>")
_STYLE = re.compile(r' style="([^"]*?);?"')
_SIDE = re.compile(r"\bgt_(left|right|center)\b")
_SAID = re.compile(r'^<[a-z]+|(?: scope="col"| colspan="(?!1")\d+")')
"""What is kept of a tag of Great Tables beside its style: its name, what a header is for, and how far a note reaches."""


def great(table: Table) -> str:
    """Return the table as Great Tables makes it, with our style and caption instead of its own, and without ids.

    Texts are escaped, never read as Markdown, units or HTML. The same table gives the same text.
    """
    import pandas as pd  # late: a page that is published needs none of this
    from great_tables import GT, loc, style
    from great_tables import html as verbatim

    names = [f"c{number}" for number in range(len(table.columns))]
    texts = table.texts()
    made = GT(pd.DataFrame(texts, columns=names, dtype=object), id="zhibiao").cols_label(
        {name: verbatim(_told(column.heading)) for name, column in zip(names, table.columns, strict=True)}
    )
    for side in dict.fromkeys(column.align for column in table.columns):
        made = made.cols_align(side, [name for name, column in zip(names, table.columns, strict=True) if column.align == side])
    for name, column in zip(names, zip(*texts, strict=True), strict=True):
        for tint in dict.fromkeys(filter(None, map(tone_of, column))):
            rows = [number for number, text in enumerate(column) if tone_of(text) == tint]
            made = made.tab_style([style.fill(tint), style.text(color=INK)], loc.body(name, rows))
    for note in (*table.notes, table.source):
        if note:
            made = made.tab_source_note(verbatim(_told(note)))
    return _in_our_style(made.as_raw_html(), table.title)


def _told(text: str) -> str:
    """An escaped text in which Great Tables finds no units either: it reads ``{{m^2}}`` even where HTML is handed to it."""
    return html.escape(text).replace("{", "&#123;")


def _in_our_style(page: str, title: str) -> str:
    """The table of a page of Great Tables: sides and tints in each cell, where they hold though a reader does not trust styles."""
    found = re.search(r"<table[^>]*>(.*)</table>", page, re.DOTALL)
    assert found is not None  # it makes nothing else
    body = re.sub(r"\n\s*", "\n", _TAG.sub(_bare, found[1])).strip()
    return f"{OPENING}{STYLE}\n<table>\n{_caption(title)}{body}\n</table>\n</div>"


def _bare(tag: re.Match[str]) -> str:
    """A tag without ids and classes: the side of a cell, which a class says, becomes its style."""
    given, side = _STYLE.search(tag[0]), _SIDE.search(tag[0])
    style = "; ".join([*([given[1]] if given else []), *([f"text-align:{side[1]}"] if side else [])])
    return "".join(_SAID.findall(tag[0])) + (f' style="{style}"' if style else "") + ">"


def quick(table: Table) -> str:
    """Return the table with the same sides, tints and texts in a hundredth of the time, styled by the page that it stands in."""

    def cell(text: str, side: Align) -> str:
        tint = tone_of(text)
        colour = f"background-color:{tint};color:{INK};" if tint else ""
        return f'<td style="{colour}text-align:{side}">{html.escape(text)}</td>'

    head = "".join(f'<th style="text-align:{c.align}" scope="col">{html.escape(c.heading)}</th>' for c in table.columns)
    rows = ["<tr>" + "".join(cell(text, c.align) for c, text in zip(table.columns, row, strict=True)) + "</tr>" for row in table.texts()]
    below = "".join(f"\n<p><small>{html.escape(note)}</small></p>" for note in (*table.notes, table.source) if note)
    body = "\n".join(rows)
    return f"{OPENING}\n<table>\n{_caption(table.title)}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>{below}\n</div>"


def instead(table: Table) -> str:
    """Return the sentence that stands instead of a table without rows."""
    return f"{OPENING}<p>{html.escape(table.empty)}</p></div>"


def _caption(title: str) -> str:
    return f"<caption>{html.escape(title)}</caption>\n" if title else ""
