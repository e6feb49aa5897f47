"""What a short series shows of itself: the few numbers from which a class's coefficients reckon its next years.

All are yearly and relative, so that one set of coefficients serves series of any size: on basis ``level`` values are divided by
the last one, on basis ``scale`` they are taken on the class's scale (logarithm or log odds) as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhibiao.projecting.rules import Years, slope
from zhibiao.projecting.scales import Floats

WINDOW = 10
"""Only the last ten values count: older ones said nothing more on the series the coefficients were chosen on."""

FEATURES = ("slope", "steady_slope", "step", "slope_lively", "step_lively", "step_lively2", "level", "last")
"""
slope : least-squares slope, held within ±0.15
steady_slope : the slope times the steadiness, |change from first to last| / sum of absolute steps
step : mean absolute step, at most 0.3; it carries growth that series of a class share, in proportion to how much they move
slope_lively, step_lively, step_lively2 : the same times the liveliness ln(step / 0.1) held within ±3, and times its square
level : a constant, growth shared by all series of a class
last : the last step, held within ±0.3
"""

SLOPE_LIMIT, STEP_LIMIT, LIVELY_LIMIT = 0.15, 0.3, 3.0
NEXT_TO_NOTHING = 1e-12
"""Of the greatest value of a series."""
TYPICAL_STEP = 0.1
STILL = 1e-3
"""A series that does not move at all is taken to move by this much a year: its next value is not certain."""


@dataclass(frozen=True)
class Shown:
    """Features of `n` series: ``values[name]`` (n,); ``step`` and ``steadiness`` (n,) on the class's scale."""

    values: dict[str, Floats]
    step: Floats
    steadiness: Floats

    def matrix(self, names: tuple[str, ...]) -> Floats:
        """The named features side by side, (n, k)."""
        return np.stack([self.values[name] for name in names], axis=1)


def shown(years: Years, values: Floats, levels: Floats, basis: str) -> Shown:
    """Reckon the features of series of one length.

    Parameters
    ----------
    years : int array (n, p)
        Ascending along a row; p ≥ 2. Only the last ten points count.
    values, levels : arrays (n, p)
        In base units and on the class's scale.
    basis : str
        ``level`` or ``scale``.
    """
    years, values, levels = years[:, -WINDOW:], values[:, -WINDOW:], levels[:, -WINDOW:]
    gaps = np.diff(years, axis=1)
    steps = np.diff(levels, axis=1)
    # a random walk strays by the square root of the years between two figures
    step = np.maximum(np.abs(steps / np.sqrt(gaps)).mean(axis=1), STILL)
    travelled = np.maximum(np.abs(steps).sum(axis=1), np.finfo(float).tiny)
    steadiness = np.abs(levels[:, -1] - levels[:, 0]) / travelled
    lively = np.clip(np.log(step / TYPICAL_STEP), -LIVELY_LIMIT, LIVELY_LIMIT)
    # a last value that is next to nothing would make every other one infinite; the limits below hold long before that
    last_value = np.maximum(values[:, -1:], NEXT_TO_NOTHING * np.abs(values).max(axis=1, keepdims=True))
    shape = values / last_value if basis == "level" else levels
    moves = np.diff(shape, axis=1)
    pace = np.clip(slope(years, shape), -SLOPE_LIMIT, SLOPE_LIMIT)
    size = np.minimum(np.abs(moves / np.sqrt(gaps)).mean(axis=1), STEP_LIMIT)
    last = np.clip(moves[:, -1] / gaps[:, -1], -STEP_LIMIT, STEP_LIMIT)
    columns = (pace, pace * steadiness, size, pace * lively, size * lively, size * lively**2, np.full(len(years), 0.1), last)
    return Shown(dict(zip(FEATURES, columns, strict=True)), step, steadiness)
