"""Learn a class's table from series of the past: ``python -m zhibiao.projecting.learning``.

The series are read, learned from and left where they are; only coefficients and quantiles derived from them are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zhibiao.projecting.features import Shown, shown
from zhibiao.projecting.learned import AHEAD, COMBINED, METHODS, PROBABILITIES, Learned, Row, centres, sigma
from zhibiao.projecting.moves import PastSeries
from zhibiao.projecting.reference import Entry
from zhibiao.projecting.rules import Years
from zhibiao.projecting.scales import Floats, Ruler

LENGTHS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)
FEWEST_WINDOWS = 100
"""With fewer windows some years ahead, the next shorter length speaks for those years; a length that has fewer at `MIDWAY` ends the table."""
MIDWAY = 5

ROUNDS = 60
"""Rounds of reweighting in the fit by least absolute deviations."""


@dataclass(frozen=True)
class Windows:
    """All stretches of `p` consecutive years in the series, and what came after.

    ``years``, ``values`` (n, p); ``future`` (n, h), NaN where nothing is known; ``loss`` (n,) what an error on the scale weighs;
    ``weight`` (n,) how much the window counts; ``series`` (n,) which series it is from.
    """

    years: Years
    values: Floats
    future: Floats
    loss: Floats
    weight: Floats
    series: Years


def learn(entry: Entry, past: Sequence[PastSeries]) -> Learned:
    """Learn the class's table.

    The centre: least absolute deviations on the class's features, shrunk towards the last value by ``entry.ridge``. Errors of a
    class judged by scaled errors are weighed by level over mean yearly step, those of one judged relatively are not. The width: the
    median of ln |error| against ln step and steadiness. The shape: quantiles of error over width. A series counts by the root of
    its windows, collections count alike.
    """
    taught = entry.learned
    assert taught is not None
    ruler = Ruler(entry.scale, 0.0, 100.0 if entry.scale == "logit" else np.inf)
    empty = Learned(entry.id, taught.features, taught.basis, taught.averaged, {})
    rows: dict[tuple[str, int, int], Row] = {}
    before: int | None = None
    for points in LENGTHS:
        windows = cut(entry, past, points)
        if points > LENGTHS[0] and np.isfinite(windows.future[:, MIDWAY - 1]).sum() < FEWEST_WINDOWS:
            break
        levels = ruler.to(windows.values)
        seen = shown(windows.years, ruler.back(levels), levels, taught.basis if entry.scale == "log" else "scale")
        future = ruler.to(np.where(np.isfinite(windows.future), windows.future, 1.0))
        future[~np.isfinite(windows.future)] = np.nan
        matrix = seen.matrix(taught.features)
        enough = np.isfinite(future).sum(axis=0) >= (FEWEST_WINDOWS if before is not None else 1)
        fitted = [
            _deviations(matrix, future[:, h] - levels[:, -1], windows.loss * windows.weight, taught.ridge) if enough[h] else np.zeros(matrix.shape[1])
            for h in range(AHEAD)
        ]
        for method in METHODS:
            plain = [Row(c if method == COMBINED else np.array([]), np.zeros(3), np.array([]), 0, 0) for c in fitted]
            middle = centres(empty, windows.years, levels, seen, plain, ruler, method)
            for h in range(AHEAD):
                if before is not None and not enough[h]:
                    rows[method, points, h + 1] = rows[method, before, h + 1]
                    continue
                known = np.isfinite(future[:, h])
                row = _spread(seen, future[:, h] - middle[h], windows.weight, known)
                rows[method, points, h + 1] = replace(
                    row, centre=plain[h].centre, windows=int(known.sum()), series=len(set(windows.series[known]))
                )
        before = points
    return replace(empty, rows=rows)


def cut(entry: Entry, past: Sequence[PastSeries], points: int) -> Windows:
    """All windows of `points` consecutive years that are on the class's scale and within its `least` and `most`."""
    least = 0.0 if entry.least is None else float(entry.least)
    most = np.inf if entry.most is None else float(entry.most)
    years, values, future, loss, series, origin = [], [], [], [], [], []
    for place, one in enumerate(past):
        known = {y: v for y, v in zip(one.years, one.values, strict=True) if v > 0 and (entry.scale == "log" or v < 100)}
        for year in known:
            window = [known.get(y, np.nan) for y in range(year - points + 1, year + 1)]
            ahead = [known.get(y, np.nan) for y in range(year + 1, year + AHEAD + 1)]
            if not all(least <= v <= most for v in window) or not np.isfinite(ahead).any():
                continue
            until = [v for y, v in known.items() if y <= year]
            pace = float(np.abs(np.diff(until)).mean())
            if pace == 0:
                continue
            years.append(range(year - points + 1, year + 1))
            values.append(window)
            future.append(ahead)
            loss.append(window[-1] / pace if entry.learned and entry.learned.loss == "scaled" else 1.0)
            series.append(place)
            origin.append(one.collection)
    counts = np.bincount(series)[series] if series else np.array([])
    weight = 1 / np.sqrt(counts)
    totals = {name: weight[np.array(origin) == name].sum() for name in set(origin)}
    weight = weight / np.array([totals[name] for name in origin]) * len(weight)
    limit = np.quantile(loss, 0.99)
    return Windows(np.array(years), np.array(values), np.array(future), np.minimum(loss, limit), weight, np.array(series))


def _deviations(matrix: Floats, moves: Floats, weight: Floats, ridge: float) -> Floats:
    """Weighted least absolute deviations by reweighted least squares, (k,); `ridge` is a share of the matrix's diagonal."""
    known = np.isfinite(moves)
    matrix, moves, weight = matrix[known], moves[known], weight[known]
    least = 1e-4 * float(np.median(np.abs(moves))) + 1e-12
    found = np.zeros(matrix.shape[1])
    for _ in range(ROUNDS):
        each = weight / np.maximum(np.abs(moves - matrix @ found), least)
        square = matrix.T @ (each[:, None] * matrix)
        square += ridge * np.diag(np.diag(square)) + 1e-12 * np.eye(len(found))
        before, found = found, np.asarray(np.linalg.solve(square, matrix.T @ (each * moves)), dtype=np.float64)
        if np.max(np.abs(found - before)) < 1e-7:
            break
    return found


def _spread(seen: Shown, error: Floats, weight: Floats, known: NDArray[np.bool_]) -> Row:
    logs = np.log(np.maximum(np.abs(error[known]), 1e-6))
    matrix = np.stack([np.ones(known.sum()), np.log(seen.step[known]), seen.steadiness[known]], axis=1)
    width = _deviations(matrix, logs, weight[known], 1e-4)
    part = Shown({}, seen.step[known], seen.steadiness[known])
    return Row(np.array([]), width, _around(_quantiles(error[known] / sigma(width, part), weight[known])), 0, 0)


def _around(shape: Floats) -> Floats:
    """The shape with the centre as its median: the centre was fitted by the class's own loss, only the sides are measured here."""
    sides = np.sign(np.asarray(PROBABILITIES) - 0.5)
    return np.where(sides < 0, np.minimum(shape, 0.0), np.where(sides > 0, np.maximum(shape, 0.0), 0.0))


def _quantiles(values: Floats, weight: Floats) -> Floats:
    """Weighted quantiles at `PROBABILITIES`."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order])
    share = (share - weight[order] / 2) / share[-1]
    return np.asarray(np.interp(PROBABILITIES, share, values[order]))
