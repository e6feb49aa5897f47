"""How many entrants it takes for targets to hold with a chance, for many retentions at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from zhibiao.simulating.centre import settings_flow
from zhibiao.simulating.demands import Demand
from zhibiao.simulating.feasibility import flowing_paths
from zhibiao.simulating.scenario import Ground

Array = NDArray[np.float64]

PAIRS = 150
"""Mirrored pairs of draws that are looked at: enough for a line on a map."""
ROUNDS = 9
"""Halvings of the intake's span."""


def sure_intakes(base: Ground, asked: Sequence[Demand], length: float, retention: Array, year: int, chance: float, most: float) -> Array:
    """The least intake in `year` with which all targets hold with a chance, by bisection on all retentions at once.

    Parameters
    ----------
    retention : array (p,)
        Per cent, reached in `year`.
    most : float
        Persons beyond which nobody looks.

    Returns
    -------
    array (p,)
        Persons; infinite where `most` is not enough.
    """
    assert base.pipe is not None
    half = base.pipe.length.size // 2
    rows = [*range(min(PAIRS, half)), *range(half, half + min(PAIRS, half))]
    pipe = replace(base.pipe, **{name: getattr(base.pipe, name)[rows] for name in ("length", "retention", "noise", "intake")})
    fans = {name: replace(fan, draws=fan.draws[rows]) for name, fan in base.fans.items() if name in {d.indicator.id for d in asked}}

    def held(people: Array) -> NDArray[np.bool_]:
        run = settings_flow(pipe, year, people, retention, length)
        flags = [d.asked.satisfied(*flowing_paths(fans[d.indicator.id], run, d.indicator.id)) for d in asked]
        return np.asarray(np.logical_and.reduce(flags).reshape(retention.size, len(rows)).mean(axis=1) >= chance)

    low, high = np.zeros(retention.size), np.full(retention.size, most)
    possible = held(high)
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        enough = held(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(possible, high, np.inf)
