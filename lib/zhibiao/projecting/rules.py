"""Simple rules: what a short series says by itself, for many series of one length at once.

Each takes ``years`` and ``values``, arrays (series, points) with the years ascending along a row, and the number of years
ahead, and returns an array (series, ahead). Rules of METHODS: the last value; drift, the mean yearly change carried on; half of
the regression slope added to the last value; Theta (Assimakopoulos and Nikolopoulos 2000; its line's weight chosen by the
squared error one step ahead, as in Fiorucci and others 2016).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zhibiao.projecting.scales import Floats

Years = NDArray[np.int64]
Rule = Callable[[Years, Floats, int], Floats]

THETAS = (1.0, 1.5, 2.0, 3.0, 5.0)
SMOOTHINGS = (*(step / 20 for step in range(1, 20)), 0.99)
LONGEST = 60
"""Theta looks at this many years at most."""


def last_value(years: Years, values: Floats, ahead: int) -> Floats:  # noqa: ARG001 (rules are called alike)
    """The last value, held.

    >>> last_value(np.array([[2020, 2021]]), np.array([[1.0, 3.0]]), 2).tolist()
    [[3.0, 3.0]]
    """
    return np.repeat(values[:, -1:], ahead, axis=1)


def drift(years: Years, values: Floats, ahead: int) -> Floats:
    """The mean yearly change from the first to the last value, carried on.

    >>> drift(np.array([[2020, 2022]]), np.array([[1.0, 3.0]]), 2).tolist()
    [[4.0, 5.0]]
    """
    pace = (values[:, -1] - values[:, 0]) / (years[:, -1] - years[:, 0])
    return np.asarray(values[:, -1:] + pace[:, None] * np.arange(1, ahead + 1))


def half_slope(years: Years, values: Floats, ahead: int) -> Floats:
    """Half of the regression slope over the last ten values, added to the last value each year.

    >>> half_slope(np.array([[2020, 2021, 2022]]), np.array([[1.0, 2.0, 3.0]]), 2).tolist()
    [[3.5, 4.0]]
    """
    return np.asarray(values[:, -1:] + slope(years[:, -10:], values[:, -10:])[:, None] / 2 * np.arange(1, ahead + 1))


def theta(years: Years, values: Floats, ahead: int) -> Floats:
    """Theta: a straight line and an exponentially smoothed line of stretched curvature, in the mix that fitted best.

    A year missing inside a series is bridged straight.
    """
    found = np.empty((len(values), ahead))
    spans = years[:, -1] - years[:, 0] + 1
    for span in np.unique(spans):
        rows = np.flatnonzero(spans == span)
        found[rows] = _theta(_bridged(years[rows], values[rows], int(span))[:, -LONGEST:], ahead)
    return found


RULES: dict[str, Rule] = {"last_value": last_value, "drift": drift, "half_slope": half_slope, "theta": theta}


def slope(years: Years, values: Floats) -> Floats:
    """Least-squares slope of each row per year, (series,); 0 for a single value."""
    centred = years - years.mean(axis=1, keepdims=True)
    weight = np.maximum((centred * centred).sum(axis=1), np.finfo(float).tiny)
    return np.asarray((values * centred).sum(axis=1) / weight)


def _bridged(years: Years, values: Floats, span: int) -> Floats:
    if span == values.shape[1]:
        return values
    every = np.arange(span)
    return np.array([np.interp(every, y - y[0], v) for y, v in zip(years, values, strict=True)])


def _theta(values: Floats, ahead: int) -> Floats:
    count = values.shape[1]
    time = np.arange(count, dtype=np.float64)
    pace = slope(np.broadcast_to(time, values.shape).astype(np.int64), values)
    line = values.mean(axis=1) - pace * time.mean()
    best = np.full(len(values), np.inf)
    found = last_value(np.empty((0, 0), dtype=np.int64), values, ahead)
    for stretch in THETAS:
        curved = stretch * values + (1 - stretch) * (line[:, None] + pace[:, None] * time)
        share = 1 - 1 / stretch
        for smoothing in SMOOTHINGS:
            level, error = curved[:, 0].copy(), np.zeros(len(values))
            for t in range(1, count):
                error += (values[:, t] - share * (line + pace * t) - level / stretch) ** 2
                level += smoothing * (curved[:, t] - level)
            better = error < best
            future = share * (line[:, None] + pace[:, None] * (count - 1 + np.arange(1, ahead + 1))) + level[:, None] / stretch
            found[better] = future[better]
            best = np.minimum(best, error)
    return found
