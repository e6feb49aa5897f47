"""The workbook a district fills: one row a figure, everything locked but value, qualifier and remark, and a hidden mark to know it by."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError
from zhibiao.model import Indicator, unit_of
from zhibiao.reading.asked import Asked, period_words, period_words_en

VERSION = 1
"""Version of the workbook's layout; a workbook of another version is not read."""

MARK = "zhibiao-template"
MARK_SHEET = "_zhibiao"
SHEET = "填报"
NOTES_SHEET = "说明"
HEADER_ROW = 3
"""Row of the table's header, counted from 1; figures begin in the next."""

HEADER = (
    ("指标", "Indicator"), ("定义", "Definition"), ("期间", "Period"), ("口径", "Basis"), ("单位", "Unit"), ("填报值", "Value"),
    ("限定", "Qualifier"), ("说明或更正理由", "Remark, or reason of a correction"), ("已有数", "Known figure"), ("条款", "Clause"),
)  # fmt: skip
LOCKED = 5
"""Columns from the first that say what is asked for; they are compared when the workbook comes back."""
VALUE, QUALIFIER, REASON = 6, 7, 8
"""Columns to fill, counted from 1."""

QUALIFIERS = {"eq": "为 eq", "ge": "以上 ge", "gt": "超过 gt", "about": "约 about"}
BASES = {"at_end": "期末数\nat the end", "in_period": "期间数\nin the period", "year_to_date": "年初累计\nyear to date"}

NOTES = (
    ("只填“填报值”“限定”“说明或更正理由”三列，其余已锁定。", "Fill only the columns Value, Qualifier and Remark; the rest is locked."),
    ("填报值只写数字，单位已定：单位为“万人”时，10.1万人写 10.1。", "Digits only, the unit is set: where it is 万人 (×10,000), 101,000 people are 10.1."),
    ("百分比写 98，不写 0.98。", "A percentage is 98, not 0.98."),
    ("不知道的留空；0 表示确实没有。", "Leave empty what is not known; 0 says that there is none."),
    ("“98%以上”填 98，限定选“以上 ge”。", "For “98% or more” write 98 and choose the qualifier ge."),
    ("与已有数不同即为更正，须写理由；与已有数相差约十倍的，核实后写明原因。", "A figure that differs from a known one is a correction and needs a reason; so does one about ten times off, once checked."),
    ("“年初累计”从1月1日算起，只增不减。", "A year-to-date figure counts from 1 January and does not fall."),
    ("不要插入、移动、合并行列，不要写公式，不要隐藏行。", "Do not insert, move or merge rows or columns, write formulas or hide rows."),
)

# every file is made "then": the clock would make two files of the same figures differ
_CREATED = dt.datetime(2020, 1, 1)
_TALLEST = 27  # lines; a row may not be higher
_WIDTHS = (22, 34, 15, 13, 13, 14, 12, 30, 20, 44)


@dataclass(frozen=True)
class MarkRow:
    """What stands in a row of the sheet to fill: its row number, the figure's key, and the texts of its locked cells."""

    line: int
    indicator: str
    period: str
    basis: str
    unit: str
    status: str
    fingerprint: str
    locked: tuple[str, ...]

    def cells(self) -> list[str]:
        return [str(self.line), self.indicator, self.period, self.basis, self.unit, self.status, self.fingerprint, *self.locked]


@dataclass(frozen=True)
class Mark:
    """The hidden mark: for which region and by which command the workbook was made, and its rows."""

    region: str
    command: str
    rows: tuple[MarkRow, ...]

    def checksum(self) -> str:
        """A digest of the mark; a mark that was changed by hand no longer fits it."""
        held = json.dumps([MARK, VERSION, self.region, self.command, [row.cells() for row in self.rows]], ensure_ascii=False)
        return hashlib.sha256(held.encode()).hexdigest()[:16]


def fingerprint(indicator: Indicator) -> str:
    """A digest of what an indicator means: a figure filled under another definition must not be taken for one of this."""
    meant = [indicator.id, indicator.definition, indicator.unit, indicator.kind, str(indicator.lower), str(indicator.upper)]
    return hashlib.sha256(json.dumps(meant, ensure_ascii=False).encode()).hexdigest()[:12]


def template(registry: Registry, asked: Sequence[Asked], command: str) -> bytes:
    """Make the workbook for one region.

    Parameters
    ----------
    registry : Registry
        Gives names, definitions, bounds and the figures known already.
    asked : sequence of Asked
        The figures, all of one region, each once.
    command : str
        The command that makes the workbook anew; a workbook that cannot be taken any more names it.

    Returns
    -------
    bytes
        An xlsx; the same figures give the same bytes.

    Raises
    ------
    ParameterError
        There is nothing to ask for, or the figures are of several regions.
    """
    import xlsxwriter

    regions = {figure.region for figure in asked}
    if len(regions) != 1:
        what = "没有要填的数 nothing is asked for (--year, --indicator)" if not asked else f"多个地区 several regions: {'、'.join(sorted(regions))}"
        raise ParameterError(f"{what}；一个工作簿只填一个地区 a workbook is for one region", where="template")
    region = regions.pop()
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": f"{registry.regions[region].zh} 指标填报", "created": _CREATED})
    marked = tuple(_mark_row(registry, figure, HEADER_ROW + index) for index, figure in enumerate(asked, start=1))
    _fill_sheet(book, registry, asked, marked)
    _notes_sheet(book)
    _mark_sheet(book, Mark(region, command, marked))
    book.close()
    return stream.getvalue()


def known_words(registry: Registry, figure: Asked) -> str:
    """The newest known figure of the indicator, for the one who fills the row; empty where there is none."""
    latest = registry.series(figure.region, figure.indicator).latest
    if latest is None:
        return ""
    return f"{latest.value:f}{latest.unit}\n（{period_words(latest.period, latest.basis)}）"


def _mark_row(registry: Registry, figure: Asked, line: int) -> MarkRow:
    indicator, unit = registry.indicators[figure.indicator], unit_of(figure.unit)
    definition = f"{indicator.definition}\n{indicator.definition_en}" if indicator.definition_en else indicator.definition
    period = f"{period_words(figure.period, figure.basis)}\n{period_words_en(figure.period, figure.basis)}"
    units = dict.fromkeys((unit.label("zh"), unit.label("en")))
    locked = (f"{indicator.zh}\n{indicator.en}", definition, period, BASES[figure.basis], "\n".join(word for word in units if word))
    return MarkRow(line, indicator.id, str(figure.period), figure.basis, figure.unit, figure.status, fingerprint(indicator), locked)


def _fill_sheet(book: Any, registry: Registry, asked: Sequence[Asked], rows: Sequence[MarkRow]) -> None:
    base = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C9CED3"}
    fixed = book.add_format({**base, "bg_color": "#F2F4F6"})
    to_fill = book.add_format({**base, "locked": False, "bg_color": "#FFF9E0"})
    head = book.add_format({**base, "bold": True, "bg_color": "#1B4B72", "font_color": "#FFFFFF"})
    title = book.add_format({"bold": True, "font_size": 14, "font_color": "#1B4B72"})
    sheet = book.add_worksheet(SHEET)
    place = registry.regions[asked[0].region]
    sheet.write_string(0, 0, f"{place.zh} 指标填报表  Figures to report: {place.en}", title)
    sheet.write_string(1, 0, f"{NOTES[0][0]} {NOTES[0][1]}")
    sheet.set_row(HEADER_ROW - 1, 32)
    for column, ((zh, en), width) in enumerate(zip(HEADER, _WIDTHS, strict=True)):
        sheet.write_string(HEADER_ROW - 1, column, f"{zh}\n{en}", head)
        sheet.set_column(column, column, width)
    for row, figure in zip(rows, asked, strict=True):
        y = row.line - 1
        for column, text in enumerate(row.locked):
            sheet.write_string(y, column, text, fixed)
        sheet.write_blank(y, VALUE - 1, None, to_fill)
        sheet.write_string(y, QUALIFIER - 1, QUALIFIERS["eq"], to_fill)
        sheet.write_blank(y, REASON - 1, None, to_fill)
        sheet.write_string(y, REASON, known_words(registry, figure), fixed)
        sheet.write_string(y, REASON + 1, "\n".join(figure.clauses), fixed)
        sheet.set_row(y, 15.0 * min(_TALLEST, max(2, len(figure.clauses), *(text.count("\n") + 1 + len(text) // 20 for text in row.locked[:2]))))
        sheet.data_validation(y, VALUE - 1, y, VALUE - 1, _bounds(registry.indicators[figure.indicator], figure.unit))
        choice = {"validate": "list", "source": list(QUALIFIERS.values()), "error_title": "限定 Qualifier", "error_message": "请从列表中选 choose from the list"}
        sheet.data_validation(y, QUALIFIER - 1, y, QUALIFIER - 1, choice)
    sheet.freeze_panes(HEADER_ROW, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.set_footer("&C&P / &N")


def _bounds(indicator: Indicator, unit: str) -> dict[str, Any]:
    """The validation of a value: a number within the indicator's bounds, in the unit of the row."""
    scale = unit_of(unit).scale
    low, high = (None if bound is None else bound / scale for bound in (indicator.lower, indicator.upper))
    words = f"{'' if low is None else _plain(low)}…{'' if high is None else _plain(high)} {unit}"
    rule: dict[str, Any] = {
        "validate": "decimal",
        "ignore_blank": True,
        "input_title": "填报值 Value",
        "input_message": f"单位 unit：{unit}；只写数字 digits only",
        "error_title": "填报值 Value",
        "error_message": f"应为数字 should be a number: {words}",
    }
    if low is not None and high is not None:
        return {**rule, "criteria": "between", "minimum": float(low), "maximum": float(high)}
    if high is not None:
        return {**rule, "criteria": "<=", "value": float(high)}
    return {**rule, "criteria": ">=", "value": float(low) if low is not None else -1e15}


def _notes_sheet(book: Any) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for index, (zh, en) in enumerate(NOTES):
        sheet.write_string(index, 0, f"{index + 1}. {zh}\n{en}", wrapped)
        sheet.set_row(index, 32)
    sheet.protect()


def _mark_sheet(book: Any, mark: Mark) -> None:
    """Everything is text, so that no spreadsheet program reads a period as a date."""
    sheet = book.add_worksheet(MARK_SHEET)
    for line, (name, value) in enumerate(((MARK, str(VERSION)), ("region", mark.region), ("command", mark.command), ("checksum", mark.checksum()))):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, value)
    for line, row in enumerate(mark.rows, start=4):
        for column, text in enumerate(row.cells()):
            sheet.write_string(line, column, text)
    sheet.protect()
    sheet.hide()


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
