"""The task table 任务分解表 as it comes back: where everything stands on its sheet, and the breakdown that was edited on it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from openpyxl.utils import get_column_letter
from pydantic import ValidationError

from zhibiao.errors import RegistryError
from zhibiao.model import Unit, unit_of
from zhibiao.model.breakdown import Breakdown, Rule, Share, Start, name_fault
from zhibiao.model.record import IMPLAUSIBLE
from zhibiao.reading import filled
from zhibiao.reading.filled import Refused

SHEET = "任务分解表"
NOTES_SHEET = "说明"
MARK_SHEET = "_zhibiao"
MARK = "zhibiao-breakdown"
VERSION = 1

HEADER_ROW = 6
"""Row of the table's header, counted from 1; the milestones stand in the next, the units below."""

NAME, CODE, BASE, SHARE, FLOOR, CAP = 1, 2, 3, 4, 5, 6
"""Columns before the years, counted from 1."""

HEADER = (("单位", "Unit"), ("代码", "Code"), ("基数", "Base"), ("占比", "Share"), ("下限", "Floor"), ("上限", "Cap"))
WHOLE = "目标任务\nMilestone"
SUM = "各单位合计\nSum of units"
DIFFERENCE = "差额（应为 0）\nDifference (must be 0)"
CHANGE = "比上年\nChange"
TOTAL = "合计\nTotal"
"""Labels hold a line break, which no name does."""

MARK_KEYS = ("id", "statement", "by", "unit", "start_year", "start", "years", "milestones", "note")


@dataclass(frozen=True)
class Edited:
    """What came back, and where each number of it stands on the sheet."""

    breakdown: Breakdown
    lines: list[int]
    """Row of each child."""
    sum_line: int
    """Row of the units' sum."""
    summed: bool
    """A column of totals stands behind the years."""

    def where(self, child: int | None, year: int | None, units: bool = False) -> str:
        """``sheet!cell`` of a child's or the milestones' year, or of the units' sum; of a whole row its total, else its name."""
        line = self.sum_line if units else HEADER_ROW + 1 if child is None else self.lines[child]
        years = self.breakdown.years
        if year is None and not self.summed:
            return f"{SHEET}!A{line}"
        column = len(years) if year is None else years.index(year)
        return f"{SHEET}!{get_column_letter(CAP + 1 + column)}{line}"

    def where_code(self, child: int) -> str:
        """``sheet!cell`` of a child's code."""
        return f"{SHEET}!{get_column_letter(CODE)}{self.lines[child]}"


def read_task_table(path: Path) -> Edited:
    """Read an edited task table.

    Raises
    ------
    RegistryError
        It is no task table of this suite.
    Refused
        Cells are no numbers, names are missing, doubled or those of sums, codes are doubled; every one is listed with ``sheet!cell``.
    """
    book = filled.opened(path)
    mark = _mark(book, path)
    if SHEET not in book.sheetnames:
        raise RegistryError(f"没有工作表 {SHEET}，改名了？the sheet is missing or renamed", where=str(path), allowed=[SHEET])
    sheet = book[SHEET]
    faults: list[RegistryError] = []
    years = [int(year) for year in mark["years"].split()]
    for column, year in enumerate(years, start=CAP + 1):
        cell = sheet.cell(HEADER_ROW, column)
        if str(cell.value).strip() != str(year):
            raise RegistryError(f"表头应为 {year} the heading should be {year}；不要增删列 do not add or remove columns", where=_at(cell))
    if sheet.cell(HEADER_ROW + 1, NAME).value != WHOLE:
        raise RegistryError("目标任务行不在原处 the row of the milestones is not where it was", where=f"{SHEET}!A{HEADER_ROW + 1}")
    milestones = _values(sheet, HEADER_ROW + 1, len(years), faults)
    children, lines, sum_line = _children(sheet, len(years), unit_of(mark["unit"]), faults)
    if faults:
        raise Refused(path, faults)
    whole = tuple(value for value in milestones if value is not None)
    kept = mark["milestones"].split() == [format(value.normalize(), "f") for value in whole]
    rule: Rule = next((r for r in get_args(Rule) if kept and r == mark["by"]), "own")
    try:
        start = Start(year=int(mark["start_year"]), value=Decimal(mark["start"])) if mark["start_year"] else None
        found = Breakdown(
            id=mark["id"], statement=mark["statement"], by=rule, unit=mark["unit"], start=start, years=tuple(years), milestones=whole,
            children=tuple(children), note=mark["note"] or None,
        )  # fmt: skip
    except ValidationError:  # cells were looked at one by one: what is left is the mark
        raise _foreign("标记损坏 the mark is broken", path) from None
    return Edited(found, lines, sum_line, sheet.cell(HEADER_ROW, CAP + 1 + len(years)).value == TOTAL)


def _mark(book: Any, path: Path) -> dict[str, str]:
    if MARK_SHEET not in book.sheetnames:
        raise _foreign("没有任务分解表的标记 the mark of a task table is missing", path)
    rows = {str(row[0].value): "" if row[1].value is None else str(row[1].value) for row in book[MARK_SHEET].iter_rows(max_col=2) if len(row) > 1}
    if MARK not in rows:
        raise _foreign("不是任务分解表 this workbook is no task table", path)
    if rows[MARK] != str(VERSION):
        raise _foreign(f"任务分解表版本 {rows[MARK][:6]} 与本程序 {VERSION} 不符 another version of the task table", path)
    mark = {key: rows.get(key, "") for key in MARK_KEYS}
    whole = re.fullmatch(r"[a-z0-9][a-z0-9_\-]{0,63}", mark["id"]) and re.fullmatch(r"\d{4}( \d{4})*", mark["years"])
    try:
        unit_of(mark["unit"])
    except RegistryError:
        whole = None
    if not whole or (mark["start_year"] and not (re.fullmatch(r"\d{4}", mark["start_year"]) and re.fullmatch(r"-?\d+(\.\d+)?", mark["start"]))):
        raise _foreign("标记损坏 the mark is broken", path)
    return mark


def _foreign(what: str, path: Path) -> RegistryError:
    return RegistryError(f"{what}；请用 zhibiao breakdown 目标 -o 文件.xlsx 重新生成 make it anew", where=str(path))


def _children(sheet: Any, years: int, unit: Unit, faults: list[RegistryError]) -> tuple[list[Share], list[int], int]:
    children: list[Share] = []
    lines: list[int] = []
    seen: dict[str, int] = {}
    coded: dict[str, int] = {}
    line = HEADER_ROW + 1
    for line in range(HEADER_ROW + 2, sheet.max_row + 1):
        label = sheet.cell(line, NAME).value
        if label in (SUM, DIFFERENCE, CHANGE):
            break
        if all(sheet.cell(line, column).value in (None, "") for column in range(1, CAP + years + 1)):
            continue
        before = len(faults)
        name = _name(sheet.cell(line, NAME), seen, faults)
        bounds = {key: _number(sheet.cell(line, column), faults, empty=True, least=0) for key, column in (("base", BASE), ("floor", FLOOR), ("cap", CAP))}
        values = _values(sheet, line, years, faults, least=0)
        if bounds["base"] is not None and unit.to_base(bounds["base"]) % 1:
            what = f"基数 {bounds['base']:f}{unit.written} 不是整数{unit.base} the base is no whole number of {unit.base}"
            faults.append(RegistryError(what, where=_at(sheet.cell(line, BASE))))
        if bounds["floor"] is not None and bounds["cap"] is not None and bounds["floor"] > bounds["cap"]:
            faults.append(RegistryError("下限大于上限 the floor is above the cap", where=_at(sheet.cell(line, FLOOR))))
        code = _code(sheet.cell(line, CODE), coded, faults)
        if len(faults) == before:
            children.append(Share(name=name, code=code, **bounds, values=tuple(value for value in values if value is not None)))
            lines.append(line)
    return children, lines, line


def _code(cell: Any, coded: dict[str, int], faults: list[RegistryError]) -> str | None:
    """The code of a district; None where none stands, which is right for a school."""
    code = str(cell.value or "").strip()
    if not code:
        return None
    if not re.fullmatch(r"[0-9]{6}", code):
        faults.append(RegistryError(f"代码 {code[:20]!r} 不是六位地区代码 is no six-digit code", where=_at(cell)))
    elif code in coded:
        faults.append(RegistryError(f"代码重复 the code {code} stands in row {coded[code]} too", where=_at(cell)))
    coded.setdefault(code, cell.row)
    return code


def _name(cell: Any, seen: dict[str, int], faults: list[RegistryError]) -> str:
    name = " ".join(str(cell.value or "").split())
    if cell.data_type == "f":
        faults.append(RegistryError(f"单位名称是公式 the name is a formula {name[:40]!r}；前加英文单引号 put an apostrophe before it", where=_at(cell)))
    elif not name:
        faults.append(RegistryError("单位名称为空 the name of the unit is missing", where=_at(cell)))
    elif fault := name_fault(name):
        faults.append(RegistryError(fault, where=_at(cell)))
    elif name in seen:
        faults.append(RegistryError(f"单位重复 the unit {name[:40]!r} stands in row {seen[name]} too", where=_at(cell)))
    seen.setdefault(name, cell.row)
    return name


def _values(sheet: Any, line: int, years: int, faults: list[RegistryError], *, least: int | None = None) -> list[Decimal | None]:
    return [_number(sheet.cell(line, column), faults, least=least) for column in range(CAP + 1, CAP + 1 + years)]


def _number(cell: Any, faults: list[RegistryError], *, empty: bool = False, least: int | None = None) -> Decimal | None:
    """A plausible number of a cell, not below the least there may be; None after a fault, or where nothing stands and nothing need stand."""
    value = cell.value
    what = ""
    if value is None or (isinstance(value, str) and not value.strip()):
        what = "" if empty else "空 is empty；没有任务请填 0 write 0 for no task"
    elif cell.data_type == "f":
        what = f"公式 a formula {str(value)[:40]!r}；请复制后粘贴为数值 paste it as a value"
    elif isinstance(value, bool | str | dt.date | dt.time | dt.timedelta) or cell.data_type == "e":
        what = f"{str(value)[:40]!r} 不是数字 is not a number；只写数字，单位已定 digits only, the unit is set"
    else:
        number = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
        plausible = number.is_finite() and abs(number) < IMPLAUSIBLE
        if plausible and (least is None or number >= least):
            return number
        what = f"{format(number, '.15g')} 超出范围 is out of range" + (f"；应不小于 {least} must be {least} or more" if plausible else "")
    if what:
        faults.append(RegistryError(what, where=_at(cell)))
    return None


def _at(cell: Any) -> str:
    return f"{SHEET}!{cell.coordinate}"
