"""Measured accuracy of projections on published collections, beside simple rules and other libraries: ``reference/accuracy.csv``.

tests/bench/projection.py measures and writes the file; this module reads it and refuses what it cannot be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhibiao.catalogue import csvfile
from zhibiao.errors import RegistryError, closest

FILE = "accuracy.csv"
MEASURES = ("median_error", "scaled_error", "smape", "covered80", "covered95", "score80", "score95")
COLUMNS = ("collection", "method", "kind", "points", "ahead", "series", *MEASURES)
KINDS = ("own", "rule", "peer")
WHOLE = "all"
"""Points of a history that is not cut."""


@dataclass(frozen=True)
class Measured:
    """How one method did on one collection.

    Attributes
    ----------
    kind : str
        ``own`` is this project's, ``rule`` a simple rule with this project's bands, ``peer`` another library's.
    points : int or None
        Length the histories were cut to; None where they were taken whole.
    ahead : tuple of int
        First and last year ahead; the same twice for a single year.
    series : int
        Histories judged.
    median_error : float
        Median of |forecast / truth − 1|.
    scaled_error, smape : float
        Mean absolute error over the series' mean yearly step (MASE), symmetric error in per cent.
    covered80, covered95 : float or None
        Share of the truth inside the bands; None where a method has none.
    score80, score95 : float or None
        Interval score over the mean yearly step: smaller is better.
    """

    collection: str
    method: str
    kind: str
    points: int | None
    ahead: tuple[int, int]
    series: int
    median_error: float
    scaled_error: float
    smape: float
    covered80: float | None
    covered95: float | None
    score80: float | None
    score95: float | None


def load(folders: Sequence[Path]) -> tuple[Measured, ...]:
    """Read the table of the last folder that has one; empty where none has.

    Raises
    ------
    RegistryError
        With file:line: an unknown kind, a cell that is no number or out of range, a row twice.
    """
    path = next((folder / FILE for folder in reversed(folders) if (folder / FILE).is_file()), None)
    return () if path is None else read(path)


def read(path: Path) -> tuple[Measured, ...]:
    """Read one table; see `load`."""
    found: dict[tuple[str, str, int | None, tuple[int, int]], Measured] = {}
    for line, row in csvfile.rows(path, COLUMNS):
        where = f"{path}:{line}"
        if row["kind"] not in KINDS:
            raise RegistryError(f"未知的类别 unknown kind {row['kind']!r}", where=where, allowed=KINDS, nearest=closest(row["kind"], KINDS))
        one = _measured(row, where)
        key = (one.collection, one.method, one.points, one.ahead)
        if key in found:
            raise RegistryError(f"{one.collection} {one.method} {row['points']} {row['ahead']} 出现两次 stands twice", where=where)
        found[key] = one
    return tuple(found.values())


def _measured(row: dict[str, str], where: str) -> Measured:
    points = None if row["points"] == WHOLE else _count(row["points"], "points", where)
    first, _, last = row["ahead"].partition("-")
    ahead = (_count(first, "ahead", where), _count(last or first, "ahead", where))
    if ahead[0] > ahead[1]:
        raise RegistryError(f"年数倒置 years ahead are upside down: {row['ahead']!r}", where=where, allowed=["1", "1-6"])
    numbers = {name: _number(row[name], name, where) for name in MEASURES}
    for name in ("median_error", "scaled_error", "smape"):
        if numbers[name] is None:
            raise RegistryError(f"缺少 {name} is missing", where=where)
    for name in ("covered80", "covered95"):
        if (numbers[name] or 0.0) > 1:
            raise RegistryError(f"{name} {numbers[name]:g} 不是份额 is no share", where=where, allowed=["0…1"])
    return Measured(row["collection"], row["method"], row["kind"], points, ahead, _count(row["series"], "series", where), **numbers)  # type: ignore[arg-type]  # the three that may not be absent are there


def _count(text: str, name: str, where: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise RegistryError(f"{name} {text!r} 应为正整数 should be a positive whole number", where=where, allowed=["6", WHOLE] if name == "points" else ["6"])
    return int(text)


def _number(text: str, name: str, where: str) -> float | None:
    if text == "":
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise RegistryError(f"{name} {text!r} 应为非负数 should be a number that is not negative", where=where)
    return value
