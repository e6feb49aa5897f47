"""Which kind of table a file is: our own template, our own rows, SDMX-CSV, or a table of any other form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhibiao.catalogue import csvfile
from zhibiao.catalogue.load import OBSERVATION_COLUMNS
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model.document import folded
from zhibiao.reading.filled import Entry, opened, read_filled
from zhibiao.reading.freetable import NOTHING_GIVEN, FreeTable, Given, read_free
from zhibiao.reading.grid import Grid, grid_of_csv, grids_of_workbook
from zhibiao.reading.sdmxcsv import is_sdmx, read_sdmx
from zhibiao.reading.workbook import HEADER, HEADER_ROW, MARK_SHEET, SHEET

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
"""Endings of spreadsheets; what is not an xlsx inside is refused with the way to save it."""

REQUIRED = OBSERVATION_COLUMNS[:10]

MANY = 1_000
"""More faults than anybody reads: a table that has them is another one than it was taken for."""


def read_table(registry: Registry, file: Path, given: Given = NOTHING_GIVEN) -> tuple[str | None, list[Entry], list[RegistryError]]:
    """The region a file is of, where it is of one; its rows as cells of an observations file; the faults of its form.

    Raises
    ------
    RegistryError
        It cannot be read at all.
    """
    if file.suffix.lower() in WORKBOOKS:
        book = opened(file)
        if MARK_SHEET in book.sheetnames or _like_template(book):
            filled = read_filled(file, registry)
            return filled.region, list(filled.entries), list(filled.faults)
        return _together([read_free(grid, registry, given) for grid in grids_of_workbook(book, given.sheet, file)])
    grid = grid_of_csv(file)
    first = next((row for row in grid.rows if not row[0].text.startswith("#")), ())
    if set(REQUIRED) <= {cell.text for cell in first}:
        rows = csvfile.rows(file, REQUIRED, OBSERVATION_COLUMNS[10:])
        return None, [Entry(f"{file}:{line}", row) for line, row in rows], []
    return _together([_free(grid, registry, given)])


def _free(grid: Grid, registry: Registry, given: Given) -> FreeTable:
    return read_sdmx(grid, registry, given) if is_sdmx(grid) else read_free(grid, registry, given)


def _together(tables: list[FreeTable]) -> tuple[str | None, list[Entry], list[RegistryError]]:
    entries = [entry for table in tables for entry in table.entries]
    faults = [fault for table in tables for fault in table.faults]
    if len(faults) > MANY:
        faults = [*faults[:MANY], RegistryError(f"另有 {len(faults) - MANY} 处 and as many more")]
    regions = {entry.row["region"] for entry in entries}
    return regions.pop() if len(regions) == 1 else None, entries, faults


def _like_template(book: Any) -> bool:
    """Whether a workbook without a mark is one of ours nevertheless: the template's reader then says what was done to it."""
    if SHEET not in book.sheetnames:
        return False
    sheet = book[SHEET]
    return [folded(str(sheet.cell(HEADER_ROW, x + 1).value or "")) for x in range(len(HEADER))] == [folded(f"{zh}\n{en}") for zh, en in HEADER]
