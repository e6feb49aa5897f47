"""Series from any CSV: series_id, year, value."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from zhibiao.catalogue import csvfile
from zhibiao.errors import RegistryError
from zhibiao.model.period import FIRST_YEAR, LAST_YEAR

COLUMNS = ("series_id", "year", "value")
EARLIEST = 1000
"""Years before are slips of the finger; series of the past may begin before `FIRST_YEAR`."""

ABSENT = ("", "na", "nan", "n/a", "null", "none", "-", "—", "…", "..")
"""What stands for no value; the year is then missing."""


@dataclass(frozen=True)
class GivenSeries:
    """One series of a file: years ascending, values as written, and the line its first row stands on."""

    id: str
    years: tuple[int, ...]
    values: tuple[float, ...]
    line: int


def read_series(path: Path, lower: float | None = None, upper: float | None = None) -> tuple[GivenSeries, ...]:
    """Read the series of a file, in the order in which they first appear; other columns are passed over.

    Raises
    ------
    RegistryError
        With file:line: a year or value that is no number, a year twice, a value outside the bounds, a series without a value.
    """
    found: dict[str, dict[int, tuple[float, int]]] = {}
    begun: dict[str, int] = {}
    for line, row in csvfile.rows(path, COLUMNS, others=True):
        where = f"{path}:{line}"
        id = row["series_id"]
        if not id:
            raise RegistryError("series_id 为空 is empty", where=where)
        begun.setdefault(id, line)
        points = found.setdefault(id, {})
        year, value = _year(row["year"], where), _value(row["value"], where)
        if year in points:
            raise RegistryError(f"{id!r} 的 {year} 年已见于第 {points[year][1]} 行 the year stands twice, first on line {points[year][1]}", where=where)
        if value is None:
            continue
        if (lower is not None and value < lower) or (upper is not None and value > upper):
            raise RegistryError(f"{id!r} 的值 {value:g} 超出上下限 value out of bounds", where=where, allowed=[f"{_end(lower, '-∞')}…{_end(upper, '∞')}"])
        points[year] = (value, line)
    empty = [id for id, points in found.items() if not points]
    if empty:
        raise RegistryError(f"{empty[0]!r} 没有数值，无从推断 has no value, so nothing can be projected", where=f"{path}:{begun[empty[0]]}")
    if not found:
        raise RegistryError("没有数据行 the file has no rows", where=str(path), allowed=[",".join(COLUMNS)])
    return tuple(GivenSeries(id, tuple(sorted(points)), tuple(points[y][0] for y in sorted(points)), begun[id]) for id, points in found.items())


def _year(text: str, where: str) -> int:
    match = re.fullmatch(r"(\d{4})(?:\.0+)?年?", text)
    if match is None or not EARLIEST <= int(match[1]) <= LAST_YEAR:
        raise RegistryError(f"年份 {text!r} 无法识别 is no year", where=where, allowed=[f"{FIRST_YEAR}…{LAST_YEAR}"])
    return int(match[1])


def _value(text: str, where: str) -> float | None:
    if text.casefold() in ABSENT:
        return None
    try:
        value = float(text)
    except ValueError:
        raise RegistryError(f"{text!r} 不是数字 is not a number；只写数字，不写单位、百分号与千分位 digits only", where=where, allowed=["10.5"]) from None
    if not math.isfinite(value):
        raise RegistryError(f"{text!r} 不是有限的数 is not finite", where=where)
    return value


def _end(bound: float | None, none: str) -> str:
    return none if bound is None else f"{bound:g}"
