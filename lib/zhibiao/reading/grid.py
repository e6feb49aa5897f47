"""Tables as people keep them, before anything is made of them: cells with their place, of a CSV or of the sheets of a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zhibiao.catalogue.textfile import read_text, refuse_unseen
from zhibiao.errors import RegistryError, closest

Held = str | int | float | bool | dt.date | dt.time | dt.timedelta | None


MOST = 2_000_000
"""Cells of a sheet from its first to its last: a stray one far down makes millions of empty ones."""


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    where : str
        ``file:line`` of a CSV, ``sheet!cell`` of a workbook.
    held : str, number, bool, date or None
        What stands in it; the text of a formula or of an error value.
    kind : str
        ``v`` a value, ``f`` a formula, ``e`` an error value.
    percent : bool
        Whether its number format shows a percentage.
    dated : str
        What the number format shows of a date: ``year`` or ``month`` alone, else empty.
    merged : bool
        Whether it is covered by a merged range and shows what stands in that range's first cell.
    """

    where: str
    held: Held = None
    kind: str = "v"
    percent: bool = False
    dated: str = ""
    merged: bool = False

    @property
    def text(self) -> str:
        """What stands in it as text, without white space around it; a whole number without a point."""
        if self.held is None:
            return ""
        if isinstance(self.held, float) and self.held.is_integer():
            return str(int(self.held))
        return str(self.held).strip()


@dataclass(frozen=True)
class Grid:
    """The cells of one table, rows of the same length; ``name`` is the sheet's or the file's."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def grid_of_csv(path: Path) -> Grid:
    """Read a CSV: comma, semicolon or tab, whichever its fullest line uses; UTF-8, UTF-16 or GB 18030.

    Raises
    ------
    RegistryError
        It is no text, a quote is left open, or a row has more cells than the one above that has most.
    """
    text = read_text(path)[0]
    refuse_unseen(text, lambda at: f"{path}:{text.count(chr(10), 0, at) + 1}")
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            place, line = line, reader.line_num + 1
            if cells and not (cells[0].startswith("#") and len([c for c in cells if c]) == 1):
                found.append((place, cells))
    except csv.Error as error:
        raise RegistryError(f"CSV 格式错误，引号未闭合？broken CSV: {error}; is a quote left open?", where=f"{path}:{line}") from None
    width = max((len(cells) for _, cells in found), default=0)
    rows = tuple(tuple(Cell(f"{path}:{place}", cells[x] or None if x < len(cells) else None) for x in range(width)) for place, cells in found)
    return Grid(str(path), rows)


def _delimiter(text: str) -> str:
    """What separates cells; where nothing does, a comma."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.split("\n")[:50]]
    return max(",;\t", key=lambda sign: max((line.count(sign) for line in lines), default=0))


def grids_of_workbook(book: Any, sheet: str | None, path: Path) -> Iterator[Grid]:
    """The sheets of a workbook that hold anything, or the one that is named.

    Raises
    ------
    RegistryError
        The named sheet is missing, a sheet is too large, or a sheet, row or column that holds something is hidden: what nobody sees is not taken.
    """
    if sheet is not None and sheet not in book.sheetnames:
        raise RegistryError(f"没有工作表 no sheet {sheet!r}", where=str(path), allowed=book.sheetnames, nearest=closest(sheet, book.sheetnames))
    for name in [sheet] if sheet is not None else book.sheetnames:
        if book[name].max_row * book[name].max_column > MOST:
            raise RegistryError(
                f"{book[name].max_row} 行 × {book[name].max_column} 列，太大 is too large；请删去表外的空行空列 take out the empty rows and columns beside the table", where=f"{name}!A1"
            )
    names = [sheet] if sheet is not None else [name for name in book.sheetnames if any(cell.value is not None for row in book[name].iter_rows() for cell in row)]
    if not names:
        raise RegistryError("工作簿里没有内容 the workbook holds nothing", where=str(path))
    for name in names:
        held = book[name]
        if held.sheet_state != "visible":
            raise RegistryError("工作表被隐藏 the sheet is hidden；请取消隐藏，或用 --sheet 指定 unhide it, or name another with --sheet", where=f"{name}!A1")
        _seen(held, name)
        yield Grid(name, tuple(_row(held, name, row) for row in held.iter_rows()))


def _seen(sheet: Any, name: str) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            column = next((d for d in sheet.column_dimensions.values() if d.hidden and d.min and d.min <= cell.column <= (d.max or d.min)), None)
            if sheet.row_dimensions[cell.row].hidden or column is not None:
                raise RegistryError("隐藏的行或列中有内容 a hidden row or column holds something；请取消隐藏 unhide it, or take it out", where=f"{name}!{cell.coordinate}")


def _row(sheet: Any, name: str, row: tuple[Any, ...]) -> tuple[Cell, ...]:
    return tuple(_cell(sheet, name, cell) for cell in row)


def _cell(sheet: Any, name: str, cell: Any) -> Cell:
    where = f"{name}!{cell.coordinate}"
    first = _first_of_merged(sheet, cell)
    if first is not None:
        return replace(_cell(sheet, name, first), where=where, merged=True)
    kind = {"f": "f", "e": "e"}.get(cell.data_type, "v")
    held = cell.value
    if kind == "f" and not isinstance(held, str):
        held = "={…}"
    if isinstance(held, str):
        refuse_unseen(held, lambda _: where)
    form = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", str(cell.number_format)).casefold()
    shown = "" if not isinstance(held, dt.date) or "d" in form else ("month" if "m" in form else "year")
    return Cell(where, held, kind, "%" in form, shown)


def _first_of_merged(sheet: Any, cell: Any) -> Any:
    from openpyxl.cell.cell import MergedCell

    if not isinstance(cell, MergedCell):
        return None
    covering = next(r for r in sheet.merged_cells.ranges if cell.coordinate in r)
    return sheet.cell(covering.min_row, covering.min_col)
