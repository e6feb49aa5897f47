"""The tables of a notebook as one workbook: a sheet that says what it is, then a sheet a table."""

from __future__ import annotations

import datetime
import io
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from zhibiao.errors import OutputError
from zhibiao.publishing.frontmatter import FrontMatter

_SHEET_NAME = 31
_WIDEST_COLUMN = 60
_ABOUT = {"zh": "说明", "en": "About"}
_TITLE = {"zh": "标题", "en": "Title"}
_ACCENT = "#1B4B72"


@dataclass(frozen=True)
class Table:
    """A table as data: its title, the header of each column, and the rows (numbers stay numbers)."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def workbook(found: Sequence[Table], front: FrontMatter) -> bytes:
    """Return an xlsx with a sheet that says what it is, then a sheet a table."""
    stream = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, safe)
    created = datetime.datetime.combine(front.date, datetime.time())
    book.set_properties({"title": front.title, "created": created})
    names = sheet_names([table.title for table in found], front.lang)
    _about_sheet(book, front, list(zip(names, found, strict=True)))
    for name, table in zip(names, found, strict=True):
        _table_sheet(book, name, table)
    try:
        book.close()
    except XlsxWriterException as error:
        raise OutputError(f"工作簿无法写出 the workbook cannot be written: {error}") from error
    return stream.getvalue()


def _about_sheet(book: xlsxwriter.Workbook, front: FrontMatter, sheets: Sequence[tuple[str, Table]]) -> None:
    label = book.add_format({"bold": True, "font_color": _ACCENT, "valign": "top"})
    text = book.add_format({"valign": "top", "text_wrap": True})
    about = book.add_worksheet(_ABOUT[front.lang])
    about.set_column(0, 0, _SHEET_NAME)
    about.set_column(1, 1, _WIDEST_COLUMN)
    listed = [(_TITLE[front.lang], front.title), *((name, "\n".join(values)) for name, values in front.facts)]
    listed += [(name, table.title) for name, table in sheets]
    for line, (name, value) in enumerate(listed):
        _put_text(about, line, 0, name, label)
        _put_text(about, line, 1, value, text)


def _table_sheet(book: xlsxwriter.Workbook, name: str, table: Table) -> None:
    text = book.add_format({"valign": "top", "text_wrap": True})
    number = book.add_format({"valign": "top"})
    head = book.add_format(
        {"bold": True, "font_color": "#FFFFFF", "bg_color": _ACCENT, "valign": "vcenter", "text_wrap": True}
    )
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.header):
        _put_text(sheet, 0, column, title, head)
        widest = max([_width(title), *(_width(shown_text(row[column])) for row in table.rows)])
        sheet.set_column(column, column, min(max(widest + 2, 8), _WIDEST_COLUMN))
    for line, values in enumerate(table.rows, start=1):
        for column, value in enumerate(values):
            if isinstance(value, bool):
                sheet.write_boolean(line, column, value, number)
            elif isinstance(value, int | float) and math.isfinite(value):
                sheet.write_number(line, column, value, number)
            elif shown := shown_text(value):
                _put_text(sheet, line, column, shown, text)


def sheet_names(titles: Sequence[str], lang: str) -> list[str]:
    """Return a valid name for each sheet: at most 31 UTF-16 units, no ``[]:*?/\\``, unique without regard to case."""
    taken = {_ABOUT[lang].casefold(), "history"}
    names = []
    for position, title in enumerate(titles, start=1):
        printable = "".join(character for character in title if unicodedata.category(character)[0] != "C")
        base = " ".join(re.sub(r"[\[\]:*?/\\]", " ", printable).split()).strip(" '") or (
            f"表{position}" if lang == "zh" else f"Table {position}"
        )
        name, again = _cut(base, _SHEET_NAME), 1
        while name.casefold() in taken:
            again += 1
            name = _cut(base, _SHEET_NAME - len(f" {again}")) + f" {again}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, units: int) -> str:
    # Excel counts UTF-16 units: a rare character is two
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").rstrip(" '")


def _put_text(sheet: Worksheet, row: int, column: int, value: str, style: Any) -> None:
    if sheet.write_string(row, column, value, style) != 0:
        raise OutputError(
            f"文字超过单元格上限 the text is longer than a cell may be: {value[:40]}…",
            where=f"{sheet.name}!R{row + 1}C{column + 1}",
        )


def shown_text(value: object) -> str:
    """Return a value as a cell shows it; what is absent is empty."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return str(value)


def _width(text: str) -> int:
    """Return the widest line's width; a Chinese character counts two."""
    lines = text.splitlines() or [""]
    return max(
        sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line) for line in lines
    )
