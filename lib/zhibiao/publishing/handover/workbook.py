"""The tables as one plain workbook of data, a sheet a table: for looking things up, not for reading from beginning to end."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from zhibiao.errors import OutputError
from zhibiao.publishing.handover.fields import DataTable, Value, plain

LONGEST, MOST = 32_767, 1_048_575
"""Characters of a cell and rows below a header, the format's own limits."""

FIRST_YEAR = 1901
"""Spreadsheets count days from 1900, and programs differ on its first months: earlier dates are texts."""


def workbook(tables: Sequence[DataTable]) -> dict[str, bytes]:
    """One workbook; the same tables give the same bytes. Texts are texts, never formulas or links.

    Raises
    ------
    OutputError
        A text or a table is too long for the format: nothing is cut off.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": dt.datetime(2020, 1, 1)})  # the clock would make two files differ
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for table in tables:
        if len(table.rows) > MOST:
            raise OutputError(f"{len(table.rows)} 行超过 xlsx 的上限 rows are more than xlsx holds；可用 another format: datapackage, parquet", where=table.name)
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for x, field in enumerate(table.fields):
            sheet.write_string(0, x, field.name, bold)
            sheet.write_comment(0, x, f"{field.zh}\n{field.en}")
            for y, row in enumerate(table.rows, start=1):
                _write(sheet, y, x, row[field.name], day, f"{table.name}.{field.name}")
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.fields) - 1)
    book.close()
    return {"zhibiao.xlsx": stream.getvalue()}


def _write(sheet: Any, y: int, x: int, value: Value, day: Any, where: str) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(y, x, value)
    elif isinstance(value, dt.date) and value.year >= FIRST_YEAR:
        sheet.write_datetime(y, x, dt.datetime(value.year, value.month, value.day), day)
    elif isinstance(value, int | float) or (isinstance(value, Decimal) and _fits(value)):
        sheet.write_number(y, x, float(value))
    else:
        text = plain(value)
        if len(text) > LONGEST:
            raise OutputError(f"文字 {len(text)} 字，超过 xlsx 单元格 {LONGEST} 字 the text is longer than a cell holds；可用 another format: datapackage", where=where)
        sheet.write_string(y, x, text)


def _fits(value: Decimal) -> bool:
    """Whether a spreadsheet keeps the number to its last digit: it holds 15."""
    return len(value.normalize().as_tuple().digits) <= 15
