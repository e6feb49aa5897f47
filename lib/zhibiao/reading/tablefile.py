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

NOTES = ("说明", "备注", "附注", "封面", "目录", "notes", "readme", "cover", "contents")
"""What is in the names of sheets that explain a table; any other sheet without a header may be a table that was not understood."""

REQUIRED = OBSERVATION_COLUMNS[:10]

MANY = 1_000
"""More faults than anybody reads: a table that has them is another one than it was taken for."""


def read_table(registry: Registry, file: Path, given: Given = NOTHING_GIVEN) -> tuple[str | None, list[Entry], list[RegistryError], list[str]]:
    """The region a file is of, where it is of one; its rows as cells of an observations file; the faults of its form; what was passed over.

    Raises
    ------
    RegistryError
        It cannot be read at all.
    """
    if file.suffix.lower() in WORKBOOKS:
        book = opened(file)
        if MARK_SHEET in book.sheetnames or _like_template(book):
            filled = read_filled(file, registry)
            return filled.region, list(filled.entries), list(filled.faults), []
        tables, notes = _sheets(list(grids_of_workbook(book, given.sheet, file)), registry, given, file)
        return *_together(tables), notes
    grid = grid_of_csv(file)
    first = next((row for row in grid.rows if not row[0].text.startswith("#")), ())
    if set(REQUIRED) <= {cell.text for cell in first}:
        rows = csvfile.rows(file, REQUIRED, OBSERVATION_COLUMNS[10:])
        return None, [Entry(f"{file}:{line}", row) for line, row in rows], [], []
    return *_together([_free(grid, registry, given)]), []


def _sheets(grids: list[Grid], registry: Registry, given: Given, file: Path) -> tuple[list[FreeTable], list[str]]:
    """The tables of a workbook, and the sheets of notes that were passed over: only beside a table.

    Raises
    ------
    RegistryError
        A sheet that is not one of notes has no header, or none holds a table.
    """
    tables: list[FreeTable] = []
    headless: list[tuple[Grid, RegistryError]] = []
    for grid in grids:
        try:
            tables.append(read_free(grid, registry, given))
        except RegistryError as fault:
            headless.append((grid, fault))
    for grid, found in headless:
        if not tables or not _of_notes(grid.name):
            raise RegistryError(
                f"{found.what}；文件 {file.name}，工作表 {grid.name!r}：只读有表的一张请用 --sheet read the sheet that holds the table alone with --sheet",
                where=found.where, allowed=found.allowed, nearest=found.nearest,
            )  # fmt: skip
    return tables, [
        f"略过 passed over: {file.name} 的工作表 sheet {grid.name!r}，没有表头 it has no header；只读一张用 --sheet reads one sheet alone" for grid, _ in headless
    ]


def _of_notes(name: str) -> bool:
    return any(word in folded(name).casefold() for word in NOTES)


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
