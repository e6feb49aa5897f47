"""What a reference class taught: coefficients for the centre, the width and the shape of what comes next, by method, number of points and years ahead.

`zhibiao.projecting.learning` makes the tables in ``indicators/reference/learned``; this module reads them and forecasts with them.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path

import numpy as np

from zhibiao.catalogue import csvfile
from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.projecting.features import FEATURES, Shown, shown
from zhibiao.projecting.rules import RULES, Years
from zhibiao.projecting.scales import Floats, Ruler

COMBINED = "combined"
METHODS = (COMBINED, *RULES)
"""``combined`` is this project's: learned coefficients, on the class ``general`` averaged with half slope and Theta."""

PROBABILITIES = (0.005, 0.01, 0.025, *(step / 20 for step in range(1, 20)), 0.975, 0.99, 0.995)
"""Probabilities of the tabulated shape; a draw beyond the outermost is held there, so that no value is without limit."""

AHEAD = 10
"""Years ahead that are learned. Farther on the centre stays and the width follows the square root of the years."""

FLOOR = 0.1
"""A straight line carried on may fall below zero; a centre is never under this share of the last value."""

SHORT, LONG = 6, 14
"""With so many points the average is with half slope alone, and with Theta alone; between them by shares."""

WIDTH = ("constant", "step", "steadiness")


@dataclass(frozen=True)
class Row:
    """One row of a learned table: method, points and years ahead it speaks of, and what it was learned from."""

    centre: Floats
    """Coefficients of the class's features, (k,); empty for a simple rule."""
    width: Floats
    """ln σ = a + b·ln(step) + c·steadiness, (3,)."""
    shape: Floats
    """Quantiles of (truth − centre) / σ at `PROBABILITIES`, ascending."""
    windows: int
    series: int


@dataclass(frozen=True, eq=False)
class Learned:
    """A class's learned table.

    Attributes
    ----------
    id : str
        The class the table was learned on.
    features : tuple of str
        Which features its centre uses.
    basis : str
        ``level`` or ``scale`` (`zhibiao.projecting.features.shown`).
    averaged : bool
        Whether ``combined`` is averaged with half slope and Theta.
    rows : dict of (method, points, years ahead) to Row
    widened : float
        Factor on the typical step of the class, for a class that borrows this table: 1 for its own.
    """

    id: str
    features: tuple[str, ...]
    basis: str
    averaged: bool
    rows: dict[tuple[str, int, int], Row] = field(repr=False)
    widened: float = 1.0

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """Numbers of points there are rows for, ascending."""
        return tuple(sorted({points for _, points, _ in self.rows}))

    def row(self, method: str, points: int, ahead: int) -> Row:
        """The row for a series of `points` values: that of the largest number of points not above."""
        if method not in METHODS:
            raise ParameterError(f"未知方法 unknown method {method!r}", where="method", allowed=METHODS, nearest=closest(method, METHODS))
        length = max(n for n in self.lengths if n <= points)
        return self.rows[method, length, min(ahead, AHEAD)]


@dataclass(frozen=True)
class Outlook:
    """What may come, for `n` series and `h` years ahead, on the class's scale.

    ``centre`` and ``width`` are (n, h), ``shapes`` (h, p) the quantiles of (value − centre) / width at `PROBABILITIES`.
    """

    centre: Floats
    width: Floats
    shapes: Floats

    def quantile(self, p: float) -> Floats:
        """The `p`-quantile, (n, h), on the scale."""
        factors = np.array([np.interp(p, PROBABILITIES, shape) for shape in self.shapes])
        return np.asarray(self.centre + self.width * factors)


def outlook(learned: Learned, years: Years, values: Floats, ahead: int, ruler: Ruler, method: str = COMBINED) -> Outlook:
    """Forecast series of one length.

    Parameters
    ----------
    years, values : arrays (n, p), p ≥ 2
        Observed years, ascending along a row, and values in base units.
    ahead : int
        Years ahead, counted from the last observed one.
    """
    levels = ruler.to(values)
    basis = learned.basis if ruler.scale == "log" else "scale"
    # exp(level) and not the value: a series that holds a zero is taken with what was added to it
    seen = shown(years, np.exp(levels) if ruler.scale == "log" else levels, levels, basis)
    points = years.shape[1]
    rows = [learned.row(method, points, h) for h in range(1, ahead + 1)]
    centre = centres(learned, years, levels, seen, rows[:AHEAD], ruler, method)
    centre = np.concatenate([centre, np.repeat(centre[:, -1:], max(ahead - AHEAD, 0), axis=1)], axis=1)
    shapes = np.stack([row.shape for row in rows])
    width = _widening(np.stack([sigma(row.width, seen, learned.widened) for row in rows], axis=1), shapes)
    return Outlook(centre, width * np.sqrt(np.maximum(np.arange(1, ahead + 1) / AHEAD, 1)), shapes)


def _widening(width: Floats, shapes: Floats) -> Floats:
    """Widths under which no year looks surer than the one before it: the 80 % band never narrows."""
    low, high = (PROBABILITIES.index(p) for p in (0.1, 0.9))
    band = width * (shapes[:, high] - shapes[:, low])
    return np.asarray(width * np.maximum.accumulate(band, axis=1) / band)


def centres(learned: Learned, years: Years, levels: Floats, seen: Shown, rows: list[Row], ruler: Ruler, method: str) -> Floats:
    """Centres on the scale, (n, h), for as many years ahead as there are rows."""
    if method != COMBINED:
        return ruled(method, years, levels, len(rows), ruler)
    matrix = seen.matrix(learned.features)
    own = np.stack([levels[:, -1] + matrix @ row.centre for row in rows], axis=1)
    return averaged(own, years, levels, ruler) if learned.averaged else own


def averaged(own: Floats, years: Years, levels: Floats, ruler: Ruler) -> Floats:
    """Half of the learned centre, half of the series' own simple rules: half slope while it is short, Theta when it is long.

    Averages of unlike forecasts lose least where a series is unlike those that taught the coefficients. Taken in base units;
    `own` is (n, h) on the scale.
    """
    share = min(max((years.shape[1] - SHORT) / (LONG - SHORT), 0.0), 1.0)
    weights = {"half_slope": 1 - share, "theta": share}
    mixed = ruler.back(own) / 2
    for name, weight in weights.items():
        if weight:
            mixed = mixed + weight / 2 * ruler.back(ruled(name, years, levels, own.shape[1], ruler))
    return ruler.to(mixed)


def ruled(method: str, years: Years, levels: Floats, ahead: int, ruler: Ruler) -> Floats:
    """A simple rule's centres on the scale, (n, h): counts are carried on in base units and kept positive, rates as log odds."""
    if ruler.scale != "log":
        return RULES[method](years, levels, ahead)
    values = ruler.back(levels)
    return ruler.to(np.maximum(RULES[method](years, values, ahead), FLOOR * values[:, -1:]))


def sigma(width: Floats, seen: Shown, widened: float = 1.0) -> Floats:
    """Width σ of each series, (n,). What a series does not show of its own liveliness, a livelier class adds."""
    constant, step, steadiness = width
    return np.asarray(np.exp(constant + step * np.log(seen.step) + steadiness * seen.steadiness) * widened ** (1 - step))


def columns(features: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of a learned table's file."""
    return ("method", "points", "ahead", "windows", "series", *features, *(f"width_{name}" for name in WIDTH), *(f"q{p:g}" for p in PROBABILITIES))


def written(learned: Learned) -> str:
    """The table as the text of its CSV file; numbers have five significant digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns(learned.features))
    for (method, points, ahead), row in sorted(learned.rows.items(), key=lambda item: (METHODS.index(item[0][0]), *item[0][1:])):
        centre = row.centre if row.centre.size else [""] * len(learned.features)
        numbers = [f"{number:.5g}" if number != "" else "" for number in (*centre, *row.width, *row.shape)]
        writer.writerow([method, points, ahead, row.windows, row.series, *numbers])
    return text.getvalue()


def read(path: Path, id: str, features: tuple[str, ...], basis: str, averaged: bool) -> Learned:
    """Read a learned table.

    Raises
    ------
    RegistryError
        A cell is no number, quantiles fall, or a method lacks a number of points or years ahead that another has.
    """
    unknown = [name for name in features if name not in FEATURES]
    if unknown:
        raise RegistryError(f"未知特征 unknown feature {unknown[0]!r}", where=id, allowed=FEATURES, nearest=closest(unknown[0], FEATURES))
    named = itemgetter(*(f"width_{name}" for name in WIDTH), *(f"q{p:g}" for p in PROBABILITIES))
    lines: list[int] = []
    keys: list[tuple[str, int, int]] = []
    centres: list[list[float]] = []
    others: list[list[float]] = []
    counts: list[tuple[int, int]] = []
    for line, cells in csvfile.rows(path, columns(features)):
        try:
            keys.append((cells["method"], int(cells["points"]), int(cells["ahead"])))
            centres.append([float(cells[name]) for name in features if cells[name] != ""])
            others.append(list(map(float, named(cells))))
            counts.append((int(cells["windows"]), int(cells["series"])))
        except ValueError:
            raise RegistryError("应为数字 a cell is no number", where=f"{path}:{line}") from None
        lines.append(line)
    # checked as one array: thousands of small ones take most of the time of reading
    table = np.array(others).reshape(len(lines), len(WIDTH) + len(PROBABILITIES))
    finite = np.isfinite(table).all(axis=1) & np.array([all(map(math.isfinite, centre)) for centre in centres], dtype=bool)
    sound = finite & (np.diff(table[:, len(WIDTH) :], axis=1) >= 0).all(axis=1)
    if not sound.all():
        raise RegistryError("分位数须递增且有限 quantiles must ascend and be finite", where=f"{path}:{lines[int(np.argmin(sound))]}")
    rows = {
        key: Row(np.array(centre), own[: len(WIDTH)], own[len(WIDTH) :], *counted)
        for key, centre, own, counted in zip(keys, centres, table, counts, strict=True)
    }
    lengths = {points for _, points, _ in rows}
    wanted = {(method, points, ahead) for method in METHODS for points in lengths for ahead in range(1, AHEAD + 1)}
    if not rows or wanted != set(rows):
        raise RegistryError("表不完整 the table lacks a method, a number of points or a year ahead", where=str(path))
    return Learned(id, features, basis, averaged, rows)
