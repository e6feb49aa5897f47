"""Whether a workbook that came back still has the form in which it went out: its mark, sheets, header and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError, closest
from zhibiao.model.document import folded
from zhibiao.reading.workbook import (
    HEADER,
    HEADER_ROW,
    LOCKED,
    MARK,
    MARK_SHEET,
    NOTES_SHEET,
    SHEET,
    VALUE,
    VERSION,
    Mark,
    MarkRow,
    fingerprint,
)

ANY_COMMAND = "zhibiao observe template --region 地区 -o 文件.xlsx"


@dataclass(frozen=True)
class Placed:
    """A row of the sheet and the figure it holds."""

    line: int
    row: MarkRow


@dataclass(frozen=True)
class Placing:
    """The rows that could be recognised, each figure once, and the faults of the others."""

    rows: tuple[Placed, ...]
    faults: tuple[RegistryError, ...]


def read_mark(book: Any, path: Path, registry: Registry) -> Mark:
    """Read the hidden mark.

    Raises
    ------
    RegistryError
        It is missing, of another version, changed by hand, or of a region or an indicator that is not known any more.
    """
    if MARK_SHEET not in book.sheetnames:
        raise _new_one("没有模板标记，不是本套件的模板 the mark of a template is missing", path, ANY_COMMAND)
    rows = [[_text(cell.value) for cell in row] for row in book[MARK_SHEET].iter_rows()]
    head = {row[0]: row[1] for row in rows[:4] if len(row) > 1}
    command = head.get("command") or ANY_COMMAND
    version = head.get(MARK, "")
    if not re.fullmatch(r"\d{1,6}", version):
        raise _new_one("模板标记损坏 the mark of the template is broken", path, command)
    if int(version) < VERSION:
        raise _new_one(f"模板版本 {version} 太旧，现为 {VERSION} the template is of an older version", path, command)
    if int(version) > VERSION:
        raise RegistryError(f"模板版本 {version} 比本程序（{VERSION}）新，请升级 the template is newer than this program: upgrade it", where=str(path))
    try:
        marked = tuple(
            MarkRow(int(line), indicator, period, basis, unit, status, digest, tuple(locked[:LOCKED]))
            for line, indicator, period, basis, unit, status, digest, *locked in (row for row in rows[4:] if any(row))
        )
    except ValueError:
        raise _new_one("模板标记损坏 the mark of the template is broken", path, command) from None
    mark = Mark(head.get("region", ""), command, marked)
    if head.get("checksum") != mark.checksum():
        raise _new_one("模板标记被改动 the mark of the template was changed", path, ANY_COMMAND)
    if mark.region not in registry.regions:
        raise RegistryError(f"登记库没有地区 unknown region {mark.region!r}", where=f"{path} {MARK_SHEET}!B2", nearest=closest(mark.region, registry.regions))
    changed = {row.indicator for row in marked if row.indicator not in registry.indicators or fingerprint(registry.indicators[row.indicator]) != row.fingerprint}
    if changed:
        names = "、".join(registry.indicators[name].zh if name in registry.indicators else name for name in sorted(changed))
        raise _new_one(f"模板做成后指标定义已变 the definition has changed since: {names}", path, command)
    return mark


def _new_one(what: str, path: Path, command: str) -> RegistryError:
    return RegistryError(f"{what}；请重新生成 make a new one: {command}", where=str(path))


def sheet_faults(book: Any) -> Iterator[RegistryError]:
    """The sheet to fill is there and can be seen; no other sheet holds anything."""
    extra = [name for name in book.sheetnames if name not in (SHEET, NOTES_SHEET, MARK_SHEET) and any(_filled(book[name]))]
    if SHEET not in book.sheetnames:
        yield RegistryError(f"没有工作表 {SHEET}，改名了？the sheet is missing or renamed", where=SHEET, allowed=[SHEET], nearest=extra[0] if extra else None)
        return
    if book[SHEET].sheet_state != "visible":
        yield RegistryError("工作表被隐藏 the sheet is hidden", where=SHEET)
    for name in extra:
        cell = min(_filled(book[name]), key=lambda found: (found.row, found.column))
        yield RegistryError("模板以外的工作表，不会读取 a sheet that the template does not have is not read", where=f"{name}!{cell.coordinate}", allowed=[SHEET])


def place(sheet: Any, mark: Mark, registry: Registry) -> Placing:
    """Find for each row of the sheet which figure it holds: rows that were moved, copied, inserted or changed are faults."""
    header = _header_faults(sheet)
    if header:
        return Placing((), tuple(header))
    wanted = {row.line: row for row in mark.rows}
    by_text = {_key(row.locked): row for row in mark.rows}
    held = {cell.row for cell in _filled(sheet) if cell.row > HEADER_ROW}
    rows: dict[str, Placed] = {}
    faults: list[RegistryError] = []
    moved: list[int] = []
    for line in sorted(held):
        texts = tuple(_text(sheet.cell(line, column + 1).value) for column in range(LOCKED))
        here, meant = wanted.get(line), by_text.get(_key(texts))
        if not any(texts):
            # an emptied row is missing from the sheet; an inserted one holds something that belongs nowhere
            where = f"{SHEET}!{next(cell.coordinate for cell in _filled(sheet) if cell.row == line)}"
            faults.append(RegistryError("表外内容，不会读取 stands outside the table and is not read；请删去 delete it", where=where))
            continue
        if meant is None and here is None:
            faults.append(RegistryError("模板没有这一行 the template has no such row；不要插入行 do not insert rows", where=f"{SHEET}!A{line}"))
            continue
        if meant is None and here is not None:
            faults += _changed(line, texts, here)
        elif here is not meant and meant is not None:
            moved.append(line)
        row = meant or here
        assert row is not None
        key = "|".join((row.indicator, row.period, row.basis))
        if key in rows:
            name = f"{registry.indicators[row.indicator].zh} {row.period}"
            where = f"{SHEET}!A{line}"
            faults.append(RegistryError(f"重复 duplicate：{name} 已在第 {rows[key].line} 行 the same figure stands in row {rows[key].line}", where=where))
            moved = [other for other in moved if other != line]
            continue
        rows[key] = Placed(line, row)
    if moved:
        faults.append(
            RegistryError(
                f"行被移动、插入或排序 rows were moved, inserted or sorted：从本行起 {len(moved)} 行不在原处 rows are not where they were",
                where=f"{SHEET}!A{moved[0]}",
                nearest=f"第 {by_text[_key(tuple(_text(sheet.cell(moved[0], c + 1).value) for c in range(LOCKED)))].line} 行",
            )
        )
    missing = [row for row in mark.rows if "|".join((row.indicator, row.period, row.basis)) not in rows]
    for row in missing:
        name = f"{registry.indicators[row.indicator].zh} {row.period}"
        faults.append(RegistryError(f"缺少这一行 the row of {name} is missing；不要删除行 do not delete rows", where=f"{SHEET}!A{row.line}"))
    faults += _outside(sheet, set(wanted))
    return Placing(tuple(rows.values()), tuple(faults))


def merged_faults(sheet: Any) -> Iterator[RegistryError]:
    """Merged cells hide values: only the first keeps one."""
    for area in sheet.merged_cells.ranges:
        yield RegistryError(f"合并单元格 merged cells {area.coord}；请取消合并 unmerge them", where=f"{SHEET}!{area.coord.split(':')[0]}")


def hidden_faults(sheet: Any, rows: Sequence[Placed]) -> Iterator[RegistryError]:
    """A value that nobody sees was not meant to be sent, or was forgotten."""
    hidden_columns = {
        column
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for column in range(dimension.min or 0, (dimension.max or 0) + 1)
    }
    for placed in rows:
        cell = sheet.cell(placed.line, VALUE)
        if cell.value is None:
            continue
        if sheet.row_dimensions[placed.line].hidden or sheet.row_dimensions[placed.line].height == 0:
            yield RegistryError("隐藏行中有值 a hidden row holds a value；请取消隐藏或筛选 show the row", where=f"{SHEET}!{cell.coordinate}")
        elif VALUE in hidden_columns:
            yield RegistryError("隐藏列中有值 a hidden column holds a value；请取消隐藏 show the column", where=f"{SHEET}!{cell.coordinate}")


def reading_order(fault: RegistryError) -> tuple[int, int, str]:
    """Faults go down the sheet and from left to right; those of a whole sheet come first."""
    match = re.search(r"!([A-Z]+)(\d+)$", fault.where or "")
    return (int(match[2]), len(match[1]), match[1]) if match else (0, 0, fault.where or "")


def _header_faults(sheet: Any) -> list[RegistryError]:
    expected = [folded(f"{zh}\n{en}") for zh, en in HEADER]
    found = [folded(_text(sheet.cell(HEADER_ROW, column + 1).value)) for column in range(len(HEADER))]
    if found == expected:
        return []
    for line in range(1, HEADER_ROW + 20):
        if line != HEADER_ROW and [folded(_text(sheet.cell(line, column + 1).value)) for column in range(len(HEADER))] == expected:
            return [RegistryError(f"表头应在第 {HEADER_ROW} 行 the header should be in row {HEADER_ROW}；上方插入或删除了行 rows were inserted or deleted above", where=f"{SHEET}!A{line}")]
    return [
        RegistryError(
            f"表头被改或列被移动 the header was changed or a column moved: {_text(sheet.cell(HEADER_ROW, column + 1).value)[:30]!r}",
            where=f"{SHEET}!{sheet.cell(HEADER_ROW, column + 1).coordinate}",
            allowed=[" ".join(HEADER[column])],
        )
        for column, (one, other) in enumerate(zip(found, expected, strict=True))
        if one != other
    ]


def _changed(line: int, texts: tuple[str, ...], row: MarkRow) -> Iterator[RegistryError]:
    for column, (found, expected) in enumerate(zip(texts, row.locked, strict=True)):
        if folded(found) != folded(expected):
            shown, meant = (" ".join(text.split())[:40] for text in (found, expected))
            yield RegistryError(f"锁定内容被改 a locked cell was changed: {shown!r}", where=f"{SHEET}!{'ABCDE'[column]}{line}", nearest=meant)


def _outside(sheet: Any, lines: set[int]) -> Iterator[RegistryError]:
    for cell in _filled(sheet):
        if cell.column > len(HEADER) and cell.row in lines | {HEADER_ROW}:
            yield RegistryError("表外内容，不会读取 stands outside the table and is not read；请删去 delete it", where=f"{SHEET}!{cell.coordinate}")


def _filled(sheet: Any) -> Iterator[Any]:
    """The cells that hold something; walking rows and columns would make a million cells where one stands far away."""
    return (cell for cell in list(sheet._cells.values()) if cell.value is not None)


def _key(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(folded(text) for text in texts)


def _text(value: object) -> str:
    return "" if value is None else str(value)


