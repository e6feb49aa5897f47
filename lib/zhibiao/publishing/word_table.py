"""A table of a Word document, dressed: columns as wide as their texts ask for, rows kept together, verdicts with their colour."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from zhibiao.publishing.word_reference import A4, CELL, MARGINS, SIZES
from zhibiao.showing.tones import tone_of

TOGETHER = 2
"""Rows at the head of a table, header included, and before its last row that stay on the page of the row after them."""
UNBROKEN = 24
"""Columns of a fixed-width font: a cell no longer than this is not broken into lines, if the page is wide enough; else as long a one as it can be."""
PAGE = int(A4["w"]) - int(MARGINS["left"]) - int(MARGINS["right"])
"""Width of a table, in twentieths of a point."""
LETTER = SIZES["TableText"] * 5
"""Width of a narrow character in a cell, in twentieths of a point; a Chinese one is twice as wide."""


TABLE = re.compile(r'(<w:tbl>.*?</w:tbl>)(?=(\s*<w:p>\s*<w:pPr>\s*<w:pStyle w:val="Notes")?)', re.DOTALL)
"""A table, and whether a note follows it."""


def word_table(found: re.Match[str]) -> str:
    """A table as pandoc writes it, with our style of text, widths and colours; rows stay whole on one page, and neither they nor the note alone.

    `found` is a match of `TABLE`.
    """
    text = found[1].replace('w:pStyle w:val="Compact"', 'w:pStyle w:val="TableText"').replace("<w:trPr>", "<w:trPr><w:cantSplit />")
    text = re.sub(r"<w:tr>(?!\s*<w:trPr>)", "<w:tr><w:trPr><w:cantSplit /></w:trPr>", text)
    head, *rows = re.split(r"(?=<w:tr>)", text)
    shares = iter(widths([[_said(cell) for cell in re.findall(r"<w:tc>.*?</w:tc>", row, re.DOTALL)] for row in rows]))
    head = re.sub(r'<w:gridCol w:w="(\d+)"', lambda given: f'<w:gridCol w:w="{next(shares, given[1])}"', head)
    for at, row in enumerate(rows if found[2] else rows[:-1]):
        if at < TOGETHER or at >= len(rows) - TOGETHER - 1:
            rows[at] = row.replace('<w:pStyle w:val="TableText" />', '<w:pStyle w:val="TableText" /><w:keepNext />')
    return re.sub(r"<w:tc><w:tcPr ?/>(.*?)</w:tc>", _tinted, head + "".join(rows), flags=re.DOTALL)


def widths(rows: Sequence[Sequence[str]], page: int = PAGE) -> list[int]:
    """The widths of columns that fill a page: room for every short cell, and what is left to those with longer ones.

    >>> widths([["指标", "数"], ["在校生规模", "9.9（2020）"]], 3000)
    [1443, 1557]
    """
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return []
    room, longest = page / LETTER, [max(_columns(row[at]) for row in rows) for at in range(len(rows[0]))]
    for whole in range(UNBROKEN, 5, -1):
        least = [min(width, whole) + 1 + 2 * int(CELL) / LETTER for width in longest]
        if sum(least) <= room:
            break
    # beyond four lines a longer cell asks for no more than they do
    more = [min(max(width - whole, 0), 4 * UNBROKEN) for width in longest]
    if (left := room - sum(least)) > 0 and any(more):
        given = min(left, sum(more))
        least = [width + given * asked / sum(more) for width, asked in zip(least, more, strict=True)]
    made = [round(width / sum(least) * page) for width in least]
    made[-1] += page - sum(made)
    return made


def _columns(text: str) -> int:
    """Columns of a fixed-width font; what is wide in a Chinese font only, such as a dash, counts two: it is set in that font."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _said(cell: str) -> str:
    return html.unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", cell)))


def _tinted(cell: re.Match[str]) -> str:
    """A cell; one that holds just a verdict has its colour behind the word."""
    tint = tone_of(_said(cell[1]))
    return cell[0] if tint is None else f'<w:tc><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{tint[1:]}" /></w:tcPr>{cell[1]}</w:tc>'
