"""CSV as spreadsheets save it, each row with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from zhibiao.catalogue.textfile import read_text, refuse_unseen
from zhibiao.errors import RegistryError, closest


def rows(path: Path, columns: Sequence[str], optional: Sequence[str] = (), others: bool = False) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV whose header names `columns`; `optional` ones may be missing,
    and `others` are passed over if so asked. A row's line is its first.

    Comma, semicolon or tab separate, whichever the header uses. Lines that are empty or begin with ``#`` are passed over.

    Raises
    ------
    RegistryError
        A column is missing, unknown or doubled, or a row has too many or too few cells.
    """
    text, _ = read_text(path)
    refuse_unseen(text, lambda at: f"{path}:{text.count(chr(10), 0, at) + 1}")
    header_line = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), None)
    if header_line is None:
        raise RegistryError("文件为空 the file is empty", where=f"{path}:1", allowed=columns)
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            place, line = line, reader.line_num + 1
            if not cells or not "".join(cells).strip() or cells[0].startswith("#"):
                continue
            if header is None:
                header = _header([cell.strip() for cell in cells], columns, optional, others, f"{path}:{place}")
                continue
            if len(cells) != len(header):
                hint = "；数字里不写千分位逗号 no thousands commas in numbers" if len(cells) > len(header) else ""
                raise RegistryError(
                    f"有 {len(cells)} 格，表头有 {len(header)} 格 row has {len(cells)} cells, the header {len(header)}{hint}", where=f"{path}:{place}"
                )
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            yield place, {**dict.fromkeys(optional, ""), **row}
    except csv.Error as error:
        # a quote that is never closed swallows the rest of the file: the row in which it opens is the one to mend
        raise RegistryError(f"CSV 格式错误，引号未闭合？broken CSV: {error}; is a quote left open?", where=f"{path}:{line}") from None


def _header(cells: list[str], columns: Sequence[str], optional: Sequence[str], others: bool, where: str) -> list[str]:
    known = [*columns, *optional]
    for cell in cells:
        if cell not in known and not others:
            raise RegistryError(f"未知的列 unknown column {cell!r}", where=where, allowed=known, nearest=closest(cell, known))
        if cells.count(cell) > 1:
            raise RegistryError(f"列重复 duplicate column {cell!r}", where=where)
    for column in columns:
        if column not in cells:
            raise RegistryError(f"缺少列 column {column!r} is missing", where=where, allowed=known, nearest=closest(column, cells) if others else None)
    return cells
