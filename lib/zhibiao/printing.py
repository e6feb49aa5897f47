"""Records to the terminal or a file: table, csv, json, xlsx. A file appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from zhibiao.catalogue.listing import cell_text
from zhibiao.errors import ParameterError, closest
from zhibiao.wholefile import write_whole

FORMATS = ("table", "csv", "json", "xlsx")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that begins like this would be run by a spreadsheet; it gets an apostrophe unless it is a number."""
SIGNED_NUMBER = re.compile(r"[+-](\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")

Records = Sequence[Mapping[str, object]]

_WIDEST = 44
"""Columns of a fixed-width font; a longer text of a workbook wraps."""


def write(columns: Sequence[str], records: Records, form: str, output: Path | None, name: str) -> None:
    """Print records, or write them to `output`.

    Raises
    ------
    ParameterError
        Unknown format, or xlsx with nowhere to go.
    OutputError
        The file cannot be written.
    """
    if form not in FORMATS:
        raise ParameterError(f"未知格式 unknown format {form!r}", where="--format", allowed=FORMATS, nearest=closest(form, FORMATS))
    if form == "xlsx":
        content = _xlsx(columns, records, name)
        if output is None and sys.stdout.isatty():
            raise ParameterError("xlsx 须用 -o 指定文件 needs a file: -o targets.xlsx", where="--format")
        if output is None:
            sys.stdout.buffer.write(content)
            return
    else:
        text = {"csv": _csv, "json": _json, "table": _table}[form](columns, records)
        if output is None:
            sys.stdout.write(text)
            return
        # a byte order mark lets spreadsheets read Chinese csv
        content = text.encode("utf-8-sig" if form == "csv" else "utf-8")
    write_whole(output, content)


def _csv(columns: Sequence[str], records: Records) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([_safe(record.get(column)) for column in columns])
    return stream.getvalue()


def _safe(value: object) -> str:
    text = cell_text(value)
    return harmless(text) if isinstance(value, str) else text


def harmless(text: str) -> str:
    """A text as a spreadsheet may open it: with an apostrophe where it would be run as a formula.

    >>> harmless("=1+1"), harmless("+0.1"), harmless("-1,200"), harmless("-1+2")
    ("'=1+1", '+0.1', '-1,200', "'-1+2")
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not SIGNED_NUMBER.fullmatch(text) else text


def _json(columns: Sequence[str], records: Records) -> str:
    def plain(value: object) -> object:
        return float(value) if isinstance(value, Decimal) else value

    return json.dumps([{column: plain(r.get(column)) for column in columns} for r in records], ensure_ascii=False, indent=1) + "\n"


def _table(columns: Sequence[str], records: Records) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=False, pad_edge=False)
    for column in columns:
        numeric = any(isinstance(r.get(column), int | float | Decimal) and not isinstance(r.get(column), bool) for r in records)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for record in records:
        # Text, not a string: square brackets in a value are no markup
        table.add_row(*(Text(cell_text(record.get(column))) for column in columns))
    stream = io.StringIO()
    width = None if sys.stdout.isatty() else 240
    Console(file=stream, width=width, force_terminal=False).print(table)
    return stream.getvalue()


def _xlsx(columns: Sequence[str], records: Records, name: str) -> bytes:
    """One sheet to sort and filter, ready for paper; texts stay texts, numbers numbers with all their digits."""
    import datetime as dt
    import unicodedata

    import xlsxwriter

    def width(value: object) -> int:
        return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell_text(value))

    stream = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, safe)
    book.set_properties({"title": name, "created": dt.datetime(2020, 1, 1)})  # the clock would make two files differ
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#1B4B72", "valign": "vcenter"})
    cell = book.add_format({"valign": "top", "text_wrap": True})
    for x, column in enumerate(columns):
        sheet.write_string(0, x, column, head)
        sheet.set_column(x, x, min(max(len(column) + 4, *(width(record.get(column)) + 2 for record in records), 8), _WIDEST))
        for y, record in enumerate(records, start=1):
            value = record.get(column)
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                sheet.write_number(y, x, float(value), cell)
            elif value is not None:
                sheet.write_string(y, x, cell_text(value), cell)
    sheet.freeze_panes(1, 1)
    if records and columns:
        sheet.autofilter(0, 0, len(records), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&C&P / &N")
    book.close()
    return stream.getvalue()
