"""The task table 任务分解表: a breakdown as a workbook to be read, summed by hand, edited and taken back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from zhibiao.assessing.breakdown.rules import written
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement, unit_of
from zhibiao.model.breakdown import Breakdown, Share
from zhibiao.model.units import UNSCALED
from zhibiao.reading.task_table import (
    BASE,
    CAP,
    CHANGE,
    CODE,
    DIFFERENCE,
    FLOOR,
    HEADER,
    HEADER_ROW,
    MARK,
    MARK_SHEET,
    NAME,
    NOTES_SHEET,
    SHARE,
    SHEET,
    SUM,
    TOTAL,
    VERSION,
    WHOLE,
)
from zhibiao.showing.breakdown_records import RULES
from zhibiao.showing.statement_tables import period_text, value_with_unit
from zhibiao.showing.table import display_width

# every file is made "then": the clock would make two files of the same breakdown differ
_CREATED = dt.datetime(2020, 1, 1)
_ACCENT, _TO_FILL, _FIXED, _LINE = "#1B4B72", "#FFF9E0", "#F2F4F6", "#C9CED3"
_WIDTHS = {NAME: 24, CODE: 9, BASE: 12, SHARE: 10, FLOOR: 10, CAP: 10}

MUST = {"gt": ("超过", "exceed"), "ge": ("不少于", "reach at least"), "lt": ("低于", "stay below"), "le": ("不超过", "not exceed")}
"""What each number asks of its figure; of exact numbers, ranges and 左右 that it is reached."""

NOTES = (
    ("黄色格可以修改，也可以在单位行之间插入新行；合计、差额由公式算出。", "Yellow cells may be edited, rows inserted between those of units; sums and differences are formulas."),
    ("差额须为 0：各单位合计等于目标任务；累计目标各年合计等于目标总数。", "Differences must be 0: units add up to the milestone, years of a cumulative target to its total."),
    ("下限、上限：累计目标按各年合计计，其余每年都须守住。", "Floor and cap: of a cumulative target over all years, else in every year."),
    ("改好后读回：zhibiao breakdown import 文件.xlsx --data 目录；有误会按单元格列出，全部无误才保存。", "To take it back: zhibiao breakdown import FILE.xlsx --data DIR; faults are listed by cell, nothing is kept unless all is right."),
)


def task_table(study: Study, found: Breakdown, remarks: Sequence[str] = (), *, summed: bool) -> bytes:
    """Make the workbook of a breakdown.

    Parameters
    ----------
    remarks : sequence of str
        What a reader must know; one line each on the notes' sheet.
    summed : bool
        The years add up to the target.

    Returns
    -------
    bytes
        An xlsx; the same breakdown gives the same bytes.
    """
    stream = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, safe)
    statement = study.registry.statement(found.statement)
    place = study.registry.regions[statement.region or study.region.code]
    book.set_properties({"title": f"{place.zh} 任务分解表", "created": _CREATED})
    sheet = _Sheet(book, found, summed)
    sheet.head(_titles(study, statement, found))
    sheet.body()
    _notes(book, remarks)
    _mark(book, found)
    book.close()
    return stream.getvalue()


def _titles(study: Study, statement: Statement, found: Breakdown) -> list[str]:
    place, indicator = study.registry.regions[statement.region or study.region.code], study.indicator(statement.indicator)
    must = MUST.get(statement.comparator, ("达到", "reach"))
    zh, en = RULES[found.by]
    began = f"（自{found.start.year}年 {written(found.start.value)}{found.unit} 起 from {found.start.year}）" if found.start else ""
    return [
        f"{place.zh}{indicator.zh}任务分解表  {place.en}: {indicator.en} by year" + (" and unit" if found.children else ""),
        f"目标 Target：{value_with_unit(statement, 'zh')}（{period_text(statement, 'zh')}）  {study.clause(statement)}：“{statement.evidence}”",
        f"办法 Rule：{zh} {en}{began}  各数均须{must[0]} every figure must {must[1]} its number",
        f"单位 Unit：{found.unit}" + (f" {unit_of(found.unit).label('en')}" if unit_of(found.unit).label("en") != found.unit else ""),
    ]


class _Sheet:
    """The sheet of the table while it is written; rows and columns counted from 0, as xlsxwriter does."""

    def __init__(self, book: Any, found: Breakdown, summed: bool) -> None:
        self.found, self.summed = found, summed
        self.sheet = book.add_worksheet(SHEET)
        line = {"border": 1, "border_color": _LINE, "valign": "vcenter"}
        number = {"num_format": "#,##0" if unit_of(found.unit).scale == 1 and unit_of(found.unit).base not in UNSCALED else "#,##0.####"}
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": _ACCENT, "text_wrap": True, "valign": "vcenter"})
        self.lead = book.add_format({"text_wrap": True, "valign": "vcenter"})
        self.header = book.add_format({**line, "bold": True, "bg_color": _ACCENT, "font_color": "#FFFFFF", "text_wrap": True, "align": "center"})
        # the prefix keeps a name that begins like a formula a name, also once its cell was edited
        self.name = book.add_format({**line, "bg_color": _FIXED, "text_wrap": True, "quote_prefix": True})
        self.text = book.add_format({**line, "bg_color": _FIXED, "text_wrap": True})
        self.fixed = book.add_format({**line, **number, "bg_color": _FIXED})
        self.share = book.add_format({**line, "num_format": "0.0%", "bg_color": _FIXED})
        self.to_fill = book.add_format({**line, **number, "bg_color": _TO_FILL})
        self.summed_up = book.add_format({**line, **number, "bold": True})
        self.years = range(CAP, CAP + len(found.years))
        self.first, self.last = HEADER_ROW + 1, HEADER_ROW + len(found.children)
        """First and last row of the units."""

    def head(self, titles: Sequence[str]) -> None:
        width = self.years.stop if self.summed else self.years.stop - 1
        for row, words in enumerate(titles):
            self.sheet.merge_range(row, 0, row, width, words, self.title if row == 0 else self.lead)
            self.sheet.set_row(row, (21 if row == 0 else 15) * -(-_columns(words) // (sum(_WIDTHS.values()) + 12 * len(self.years))))
        for column, (zh, en) in enumerate(HEADER):
            self.sheet.write_string(HEADER_ROW - 1, column, f"{zh}\n{en}", self.header)
            needless = not self.found.children and column + 1 in (CODE, SHARE, FLOOR, CAP)
            self.sheet.set_column(column, column, _WIDTHS[column + 1], None, {"hidden": needless})
        for column, year in zip(self.years, self.found.years, strict=True):
            self.sheet.write_string(HEADER_ROW - 1, column, str(year), self.header)
        if self.summed:
            self.sheet.write_string(HEADER_ROW - 1, self.years.stop, TOTAL, self.header)
        self.sheet.set_column(self.years.start, self.years.stop, 12)
        self.sheet.set_row(HEADER_ROW - 1, 32)
        self.sheet.freeze_panes(HEADER_ROW, 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(HEADER_ROW - 1)
        self.sheet.set_footer("&C&P / &N")

    def body(self) -> None:
        start = self.found.start
        self._row(HEADER_ROW, WHOLE, self.text, start.value if start else None, self.found.milestones)
        for row, child in enumerate(self.found.children, start=self.first):
            self._child(row, child)
        if self.found.children:
            self._sums()
        elif start is not None and not self.summed:
            self._changes()
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_title": "任务 task", "error_message": "应为不小于 0 的数 a number, 0 or more"}
        self.sheet.data_validation(HEADER_ROW, self.years.start, max(self.last, HEADER_ROW), self.years.stop - 1, rule)

    def _row(self, row: int, name: str, style: Any, base: Decimal | None, values: Sequence[Decimal]) -> None:
        self.sheet.set_row(row, 15 * max(name.count("\n") + 1, -(-_columns(name) // _WIDTHS[NAME])))
        self.sheet.write_string(row, NAME - 1, name, style)
        for column in range(CODE - 1, CAP):
            self.sheet.write_blank(row, column, None, self.fixed)
        if base is not None:
            self.sheet.write_number(row, BASE - 1, float(base), self.fixed)
        for column, value in zip(self.years, values, strict=True):
            self.sheet.write_number(row, column, float(value), self.to_fill)
        if self.summed:
            self._formula(row, self.years.stop, f"SUM({self._cell(row, self.years.start)}:{self._cell(row, self.years.stop - 1)})", sum(values, Decimal(0)))

    def _child(self, row: int, child: Share) -> None:
        self._row(row, child.name, self.name, child.base, child.values)
        if child.code is not None:
            self.sheet.write_string(row, CODE - 1, child.code, self.fixed)
        bases = sum((other.base or Decimal(0) for other in self.found.children), Decimal(0))
        if child.base is not None and bases:
            column = xl_col_to_name(BASE - 1)
            formula = f"={column}{row + 1}/SUM({column}${self.first + 1}:{column}${self.last + 1})"
            self.sheet.write_formula(row, SHARE - 1, formula, self.share, float(child.base / bases))
        for at, bound in ((FLOOR, child.floor), (CAP, child.cap)):
            if bound is not None:
                self.sheet.write_number(row, at - 1, float(bound), self.fixed)

    def _sums(self) -> None:
        total, off = self.last + 1, self.last + 2
        columns = [(BASE - 1, [child.base or Decimal(0) for child in self.found.children])]
        columns += [(column, [child.values[at] for child in self.found.children]) for at, column in enumerate(self.years)]
        if self.summed:
            columns.append((self.years.stop, [sum(child.values, Decimal(0)) for child in self.found.children]))
        self._labelled(total, SUM)
        self._labelled(off, DIFFERENCE)
        for column, parts in columns:
            self._formula(total, column, f"SUM({self._cell(self.first, column)}:{self._cell(self.last, column)})", sum(parts, Decimal(0)))
        whole = [*self.found.milestones, *([sum(self.found.milestones, Decimal(0))] if self.summed else [])]
        for (column, parts), milestone in zip(columns[1:], whole, strict=True):
            self._formula(off, column, f"{self._cell(total, column)}-{self._cell(HEADER_ROW, column)}", sum(parts, Decimal(0)) - milestone)

    def _changes(self) -> None:
        """The step to each milestone from the one before, the first from the start where that is the year before."""
        assert self.found.start is not None
        self._labelled(HEADER_ROW + 1, CHANGE)
        before = (BASE - 1, self.found.start.value) if self.found.start.year == self.found.years[0] - 1 else None
        for column, value in zip(self.years, self.found.milestones, strict=True):
            if before is not None:
                self._formula(HEADER_ROW + 1, column, f"{self._cell(HEADER_ROW, column)}-{self._cell(HEADER_ROW, before[0])}", value - before[1])
            before = (column, value)

    def _labelled(self, row: int, label: str) -> None:
        self.sheet.set_row(row, 30)
        self.sheet.write_string(row, NAME - 1, label, self.text)
        for column in range(CODE - 1, CAP):
            self.sheet.write_blank(row, column, None, self.fixed)

    def _formula(self, row: int, column: int, formula: str, value: Decimal) -> None:
        # the value stands beside the formula for readers that do not calculate
        self.sheet.write_formula(row, column, f"={formula}", self.summed_up, float(value))

    @staticmethod
    def _cell(row: int, column: int) -> str:
        return f"{xl_col_to_name(column)}{row + 1}"


def _columns(words: str) -> int:
    """Columns of a fixed-width font that a line takes, one at least."""
    return max(display_width(words), 1)


def _notes(book: Any, remarks: Sequence[str]) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for row, words in enumerate([*(f"{zh}\n{en}" for zh, en in NOTES), *remarks]):
        sheet.write_string(row, 0, words, wrapped)
        sheet.set_row(row, 15 * sum(-(-_columns(line) // 100) for line in words.split("\n")))


def _mark(book: Any, found: Breakdown) -> None:
    """Everything is text, so that no spreadsheet program reads a year as a date."""
    sheet = book.add_worksheet(MARK_SHEET)
    start = found.start
    held = {
        MARK: str(VERSION), "id": found.id, "statement": found.statement, "by": found.by, "unit": found.unit,
        "start_year": str(start.year) if start else "", "start": written(start.value) if start else "",
        "years": " ".join(map(str, found.years)), "milestones": " ".join(map(written, found.milestones)), "note": found.note or "",
    }  # fmt: skip
    for row, (key, value) in enumerate(held.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.hide()
