"""CSV as spreadsheets save it, each row with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from zhibiao.catalogue.textfile import read_text
from zhibiao.errors import RegistryError, closest


def rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV whose header names `columns`; `optional` ones may be missing.

    Comma, semicolon or tab separate, whichever the header uses. Lines that are empty or begin with ``#`` are passed over.

    Raises
    ------
    RegistryError
        A column is missing, unknown or doubled, or a row has too many or too few cells.
    """
    text, _ = read_text(path)
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    if not lines:
        raise RegistryError("文件为空 is empty", where=str(path), allowed=columns)
    header_line = lines[0]
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            if not cells or not "".join(cells).strip() or cells[0].startswith("#"):
                continue
            if header is None:
                header = _header([cell.strip() for cell in cells], columns, optional, f"{path}:{reader.line_num}")
                continue
            if len(cells) != len(header):
                raise RegistryError(f"有 {len(cells)} 格，表头有 {len(header)} 格 row has {len(cells)} cells", where=f"{path}:{reader.line_num}")
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            yield reader.line_num, {**dict.fromkeys(optional, ""), **row}
    except csv.Error as error:
        raise RegistryError(f"CSV 格式错误 broken CSV: {error}", where=f"{path}:{reader.line_num}") from None


def _header(cells: list[str], columns: Sequence[str], optional: Sequence[str], where: str) -> list[str]:
    known = [*columns, *optional]
    for cell in cells:
        if cell not in known:
            raise RegistryError(f"未知的列 unknown column {cell!r}", where=where, allowed=known, nearest=closest(cell, known))
        if cells.count(cell) > 1:
            raise RegistryError(f"列重复 duplicate column {cell!r}", where=where)
    for column in columns:
        if column not in cells:
            raise RegistryError(f"缺少列 column {column!r} is missing", where=where, allowed=known)
    return cells
