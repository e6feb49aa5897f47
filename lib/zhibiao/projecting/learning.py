"""Learn a class's table from series of the past: ``python -m zhibiao.projecting.learning``.

The series are read, learned from and left where they are; only coefficients and quantiles derived from them are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhibiao.projecting.features import shown
from zhibiao.projecting.learned import AHEAD, COMBINED, METHODS, PROBABILITIES, WIDTH, Learned, Row, centres, sigma
from zhibiao.projecting.moves import PastSeries
from zhibiao.projecting.reference import Entry
from zhibiao.projecting.rules import Years
from zhibiao.projecting.scales import Floats, Ruler

Flags = NDArray[np.bool_]

LENGTHS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)
FEWEST_WINDOWS = 100
"""With fewer windows some years ahead, the next shorter length speaks for those years; a length that has fewer at `MIDWAY` ends the table."""
MIDWAY = 5

FOLDS = 5
"""Parts of the origins that are left out in turn."""

ROUNDS = 60
"""Rounds of reweighting in the fit by least absolute deviations."""


@dataclass(frozen=True)
class Windows:
    """All stretches of `p` consecutive years in the series, and what came after.

    ``years``, ``values`` (n, p); ``future`` (n, h), NaN where nothing is known; ``loss`` (n,) what an error on the scale weighs;
    ``weight`` (n,) how much the window counts; ``series`` and ``origin`` (n,) which series and which country it is from.
    """

    years: Years
    values: Floats
    future: Floats
    loss: Floats
    weight: Floats
    series: Years
    origin: Years


def learn(entry: Entry, past: Sequence[PastSeries]) -> Learned:
    """Learn the class's table.

    The centre: least absolute deviations on the class's features, shrunk towards the last value by ``entry.ridge``. Errors of a
    class judged by scaled errors are weighed by level over mean yearly step, those of one judged relatively are not. The width: the
    median of ln |error| against ln step and steadiness. The shape: quantiles of error over width, each error and width from what the
    other four fifths of the origins (countries, series) taught, for what is fitted looks surer than it is. A series counts by the
    root of its windows, collections count alike.
    """
    assert entry.learned is not None
    rows: dict[tuple[str, int, int], Row] = {}
    before: int | None = None
    for points in LENGTHS:
        windows = cut(entry, past, points)
        if before is not None and np.isfinite(windows.future[:, MIDWAY - 1]).sum() < FEWEST_WINDOWS:
            break
        lesson = _Lesson(entry, windows)
        for method in METHODS:
            for ahead, row in enumerate(lesson.rows(method, 1 if before is None else FEWEST_WINDOWS), start=1):
                rows[method, points, ahead] = rows[method, before, ahead] if row is None and before is not None else _certain(row)
        before = points
    return Learned(entry.id, entry.learned.features, entry.learned.basis, entry.learned.averaged, rows)


def _certain(row: Row | None) -> Row:
    assert row is not None
    return row


class _Lesson:
    """Everything that windows of one length teach."""

    def __init__(self, entry: Entry, windows: Windows) -> None:
        assert entry.learned is not None
        self.taught, self.windows = entry.learned, windows
        self.ruler = Ruler(entry.scale, 0.0, 100.0 if entry.scale == "logit" else np.inf)
        self.levels = self.ruler.to(windows.values)
        basis = self.taught.basis if entry.scale == "log" else "scale"
        self.seen = shown(windows.years, self.ruler.back(self.levels), self.levels, basis)
        self.matrix = self.seen.matrix(self.taught.features)
        self.future = self.ruler.to(np.where(np.isfinite(windows.future), windows.future, 1.0))
        self.future[~np.isfinite(windows.future)] = np.nan

    def rows(self, method: str, fewest: int) -> list[Row | None]:
        """A row for each year ahead; None where fewer windows reach so far."""
        every = np.ones(len(self.levels), dtype=bool)
        centre, error = self.errors(method, every)
        parts = [self.windows.origin % FOLDS == fold for fold in range(FOLDS)]
        # a simple rule has nothing to learn: its errors are the same whatever is left out
        left_out = [(part, self.errors(method, ~part)[1] if method == COMBINED else error) for part in parts]
        found: list[Row | None] = []
        for h in range(AHEAD):
            known = np.isfinite(self.future[:, h])
            if known.sum() < fewest:
                found.append(None)
                continue
            width = self.width(error[:, h], known)
            honest = np.full(len(known), np.nan)
            for part, errors in left_out:
                if (known & part).any() and (known & ~part).any():
                    honest[part] = errors[part, h] / sigma(self.width(errors[:, h], known & ~part), self.seen)[part]
            told = np.isfinite(honest)
            shape = np.zeros(len(PROBABILITIES))
            if told.any():
                shape = _around(_quantiles(honest[told], self.windows.weight[told], len(set(self.windows.origin[told]))))
            found.append(Row(centre[h], width, shape, int(known.sum()), len(set(self.windows.series[known]))))
        return found

    def errors(self, method: str, part: Flags) -> tuple[list[Floats], Floats]:
        """Coefficients by year ahead, taught by `part` of the windows, and the error of every window, (n, h)."""
        fitted = [np.array([])] * AHEAD
        if method == COMBINED:
            weight = self.windows.loss * self.windows.weight
            fitted = [_deviations(self.matrix[part], self.moves(h)[part], weight[part], self.taught.ridge) for h in range(AHEAD)]
        plain = Learned("", self.taught.features, self.taught.basis, self.taught.averaged, {})
        none = np.zeros(len(WIDTH))
        rows = [Row(c, none, none, 0, 0) for c in fitted]
        middle = centres(plain, self.windows.years, self.levels, self.seen, rows, self.ruler, method)
        return fitted, self.future - middle

    def moves(self, h: int) -> Floats:
        return np.asarray(self.future[:, h] - self.levels[:, -1])

    def width(self, error: Floats, part: Flags) -> Floats:
        """Coefficients of the width, taught by `part`."""
        logs = np.log(np.maximum(np.abs(error[part]), 1e-6))
        matrix = np.stack([np.ones(part.sum()), np.log(self.seen.step[part]), self.seen.steadiness[part]], axis=1)
        return _deviations(matrix, logs, self.windows.weight[part], 1e-4)


def cut(entry: Entry, past: Sequence[PastSeries], points: int) -> Windows:
    """All windows of `points` consecutive years that are on the class's scale and within its `least` and `most`."""
    least = 0.0 if entry.least is None else float(entry.least)
    most = np.inf if entry.most is None else float(entry.most)
    years, values, future, loss, series, collection = [], [], [], [], [], []
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
            collection.append(one.collection)
    counts = np.bincount(series)[series] if series else np.array([])
    weight = 1 / np.sqrt(counts)
    totals = {name: weight[np.array(collection) == name].sum() for name in set(collection)}
    weight = weight / np.array([totals[name] for name in collection]) * len(weight)
    limit = np.quantile(loss, 0.99)
    places = {name: place for place, name in enumerate(sorted({one.origin for one in past}))}
    return Windows(np.array(years), np.array(values), np.array(future), np.minimum(loss, limit), weight, np.array(series), np.array([places[past[k].origin] for k in series]))


def _deviations(matrix: Floats, moves: Floats, weight: Floats, ridge: float) -> Floats:
    """Weighted least absolute deviations by reweighted least squares, (k,); `ridge` is a share of the matrix's diagonal."""
    known = np.isfinite(moves)
    if not known.any():
        return np.zeros(matrix.shape[1])
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


def _around(shape: Floats) -> Floats:
    """The shape with the centre as its median: the centre was fitted by the class's own loss, only the sides are measured here."""
    sides = np.sign(np.asarray(PROBABILITIES) - 0.5)
    return np.where(sides < 0, np.minimum(shape, 0.0), np.where(sides > 0, np.maximum(shape, 0.0), 0.0))


def _quantiles(values: Floats, weight: Floats, origins: int) -> Floats:
    """Weighted quantiles at `PROBABILITIES`, as they hold for one origin more.

    Of m exchangeable origins the next one falls inside the outer order statistics less often than they did: a tail is taken at
    (m + 1) / m of its distance from the middle, as in conformal prediction (Vovk, Gammerman and Shafer 2005).
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order])
    share = (share - weight[order] / 2) / share[-1]
    wanted = 0.5 + (np.asarray(PROBABILITIES) - 0.5) * (origins + 1) / origins
    return np.asarray(np.interp(wanted, share, values[order]))
