"""The workbook and the csv files of a run, read back: cell by cell what the tables' data hold, as values and as they are shown."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from zhibiao.errors import OutputError
from zhibiao.printing import harmless
from zhibiao.publishing.resource import Table, shown_text, tables
from zhibiao.publishing.sheet import HEADER_ROW, number_written
from zhibiao.showing.table import Column

_PATTERN = re.compile(r"(\+?)(#,##0|0)(?:\.(0+))?(%?)")
_ESCAPED = re.compile("_x([0-9A-F]{4})_")


def check_tables(nb: NotebookNode, folder: Path, written: Sequence[str]) -> None:
    """Hold what `zhibiao.publishing.extract.write_tables` wrote against the notebook's tables.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook.
    folder : Path
        Where the files lie.
    written : sequence of str
        Their names, the workbook first.

    Raises
    ------
    OutputError
        A cell is lost, changed or added; names the file, the cell and both contents.
    """
    found = tables(nb)
    if not found:
        return
    book, *files = written
    if len(files) != len(found):
        raise OutputError(f"应有 expected {len(found)} csv，写出 written {len(files)}", where=book)
    check_workbook((folder / book).read_bytes(), found, book)
    for table, name in zip(found, files, strict=True):
        check_csv((folder / name).read_bytes(), table, name)


def check_csv(content: bytes, table: Table, name: str) -> None:
    """Hold a csv against its table; see `check_tables`."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    expected: list[Sequence[object]] = [[column.label for column in table.columns], *table.rows]
    if len(rows) != len(expected):
        raise OutputError(f"应有 expected {len(expected)} 行 rows，读到 found {len(rows)}", where=name)
    for line, (row, values) in enumerate(zip(rows, expected, strict=True), start=1):
        if len(row) != len(values):
            raise OutputError(f"应有 expected {len(values)} 列 columns，读到 found {len(row)}", where=f"{name}:{line}")
        for place, (told, value) in enumerate(zip(row, values, strict=True), start=1):
            if not _told(told, value):
                raise _differs(f"{name}:{line}:{place}", value, told)


def _told(told: str, value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        try:
            return float(told) == value
        except ValueError:
            return False
    return told == (str(value) if isinstance(value, bool) else harmless(shown_text(value)))


def check_workbook(content: bytes, found: Sequence[Table], name: str) -> None:
    """Hold a workbook against its tables, a sheet each behind the one that says what it is; see `check_tables`."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheets = book.worksheets[1:]
        if len(sheets) != len(found):
            raise OutputError(f"应有 expected {len(found)} 张表 sheets，读到 found {len(sheets)}", where=name)
        for sheet, table in zip(sheets, found, strict=True):
            sheet.reset_dimensions()
            _check_sheet([list(row) for row in sheet.iter_rows()], table, f"{name}!{sheet.title}")
    finally:
        book.close()


def _check_sheet(rows: list[list[Any]], table: Table, where: str) -> None:
    title = _cell(rows, 0, 0)
    if _plain(title) != shown_text(table.title):
        raise _differs(f"{where}!R1C1", table.title, _plain(title))
    for place, column in enumerate(table.columns):
        if _plain(_cell(rows, HEADER_ROW, place)) != column.label:
            raise _differs(f"{where}!R{HEADER_ROW + 1}C{place + 1}", column.label, _plain(_cell(rows, HEADER_ROW, place)))
    for line, values in enumerate(table.rows):
        row = HEADER_ROW + 1 + line
        for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            cell = _cell(rows, row, place)
            if not _holds(cell, value, column, beside=place >= table.printed):
                raise _differs(f"{where}!R{row + 1}C{place + 1}", value, _plain(cell))
        if len(rows) > row and any(_plain(cell) for cell in rows[row][len(values) :]):
            raise OutputError("行末多出单元格 a cell too many at the end of the row", where=f"{where}!R{row + 1}")
    below = [_plain(row[0]) if row else "" for row in rows[HEADER_ROW + 1 + len(table.rows) :]]
    expected = [*([] if table.rows else [shown_text(table.empty)]), *map(shown_text, table.notes)]
    if [text for text in below if text] != [text for text in expected if text]:
        raise _differs(f"{where}!R{HEADER_ROW + 2 + len(table.rows)}", "；".join(expected), "；".join(text for text in below if text))


def _cell(rows: list[list[Any]], row: int, place: int) -> Any:
    return rows[row][place] if row < len(rows) and place < len(rows[row]) else None


def _plain(cell: Any) -> str:
    """A cell's value as text; a workbook writes signs that XML has not as _x0007_, which openpyxl leaves as they are."""
    value = None if cell is None else cell.value
    return "" if value is None else _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) else str(value)


def _holds(cell: Any, value: object, column: Column, *, beside: bool) -> bool:
    """Whether a cell has a value, and shows it as the report prints it where its pattern is a simple one."""
    held = None if cell is None else cell.value
    if isinstance(value, bool):
        return held is value
    if isinstance(value, int | float) and math.isfinite(value):
        if isinstance(held, bool) or not isinstance(held, int | float):
            return False
        shown = rendered(float(held), str(cell.number_format))
        printed = column.text(value)
        if not beside and shown is not None and _bare(printed) is not None and shown != printed and Decimal(_bare(shown) or 0) != Decimal(_bare(printed) or 0):
            return False
        return math.isclose(held, value, rel_tol=1e-12, abs_tol=1e-300) or (not beside and _near(float(held), printed))
    text = shown_text(value)
    if isinstance(held, int | float) and not isinstance(held, bool):
        written = number_written(text)
        return written is not None and math.isclose(held, written[0], rel_tol=1e-12, abs_tol=1e-300) and rendered(float(held), str(cell.number_format)) in (text, None)
    return _plain(cell) == text


def _bare(text: str) -> str | None:
    number = text.strip("+%").replace(",", "")
    return number if re.fullmatch(r"-?\d+(\.\d+)?", number) else None


def _near(held: float, printed: str) -> bool:
    """What is printed with its last digits rounded away is stored as it is printed."""
    bare = _bare(printed)
    return bare is not None and math.isclose(held, float(bare), rel_tol=1e-12)


def rendered(value: float, pattern: str) -> str | None:
    """Return a number as a spreadsheet shows it by a simple pattern; None for any other pattern.

    >>> rendered(0.985, "0.0%"), rendered(105000, "#,##0"), rendered(0.6, "+0.00;-0.00;0.00"), rendered(1.5, "General")
    ('98.5%', '105,000', '+0.60', None)
    """
    found = _PATTERN.fullmatch(pattern.partition(";")[0])
    if found is None:
        return None
    plus, whole, decimals, cent = found.groups()
    number = Decimal(repr(value)).scaleb(2 if cent else 0).quantize(Decimal(1).scaleb(-len(decimals or "")), ROUND_HALF_UP)
    text = f"{number:,f}" if "," in whole else f"{number:f}"
    sign = "+" if plus and number > 0 else ""
    return f"{sign}{text}{cent}"


def _differs(where: str, expected: object, found: object) -> OutputError:
    return OutputError(f"与所示不符 differs from what is shown: 应为 expected “{_short(expected)}”，读到 found “{_short(found)}”", where=where)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:80] + "…"
