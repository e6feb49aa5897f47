"""What levels follow for a next plan: from the fan, from comparable series, and from the pipe of intake and enrolment. Nothing here is a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator
from zhibiao.model.fan import Fan
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.simulating import pairs
from zhibiao.simulating.cohort import stock
from zhibiao.simulating.pairs import Pair
from zhibiao.simulating.pipe import PROGRAMME_LENGTHS

Array = NDArray[np.float64]

PERIOD = 5
"""Years of a plan; the last is the study's horizon."""

CHANCES = (0.9, 0.7, 0.5)
EXCEEDED = (1 / 2, 1 / 3, 1 / 10)
"""Shares of comparable series that moved more than the change which is named."""


@dataclass(frozen=True)
class Level:
    """A level in base units that holds with a chance: at least `low`, at most `high`; both where no direction is better."""

    chance: float
    low: float | None
    high: float | None


def levels(draws: Array, indicator: Indicator) -> tuple[Level, ...]:
    """The levels that hold with the `CHANCES`, the surest first.

    Parameters
    ----------
    draws : array (m,)
        Values of one year, or totals of several, base units.
    """
    found = []
    for chance in CHANCES:
        tail = (1 - chance) / 2
        ends: Mapping[str, tuple[float | None, float | None]] = {"up": (1 - chance, None), "down": (None, chance), "none": (tail, 1 - tail)}
        low, high = (None if p is None else float(np.quantile(draws, p)) for p in ends[indicator.direction])
        found.append(Level(chance, low, high))
    return tuple(found)


def total(fan: Fan, horizon: int) -> Array | None:
    """Totals of a flow over the years of the plan that ends at `horizon`, (m,); None where the fan does not cover them."""
    start = horizon - PERIOD + 1
    if start < int(fan.years[0]) or horizon > int(fan.years[-1]):
        return None
    return np.asarray(fan.window(start, horizon).sum(axis=1))


@dataclass(frozen=True)
class Change:
    """A change over the years of a plan that a share of comparable series exceeded, upwards and downwards: shares of the value, or percentage points."""

    share: float
    up: float
    down: float


def changes(reference: ReferenceClass, value: float, upper: float = 100.0) -> tuple[Change, ...]:
    """What comparable series did in as many years as a plan has.

    The class holds absolute moves, so that `share` counts rises and falls together; `up` and `down` are the same move either way.

    Parameters
    ----------
    value : float
        Where the indicator stands, base units; the moves of a rate depend on it.
    """
    found = []
    for share in EXCEEDED:
        move = float(reference.quantile(PERIOD, 1 - share))
        if reference.scale == "log":
            found.append(Change(share, float(np.expm1(move)), float(np.expm1(-move))))
            continue
        inside = min(max(value, 0.05), upper - 0.05)
        odds = np.log(inside / (upper - inside))
        up, down = (float(upper / (1 + np.exp(-(odds + side * move)))) - inside for side in (1, -1))
        found.append(Change(share, up, down))
    return tuple(found)


@dataclass(frozen=True)
class Flow:
    """One end of the pipe given, the other that goes with it: the lowest and highest over programme lengths; None where nothing is asked."""

    given: float
    low: float | None
    high: float | None


def enrolment_with(start: Pair, intake: float, by: int, horizon: int) -> Flow:
    """Enrolment at `horizon` with the intake led evenly from the start to `intake` in the year `by` and held there."""
    years = np.arange(start.year - pairs.OLDER_CLASSES, horizon + 1)
    path = start.intake + (intake - start.intake) * np.clip((years - start.year) / max(by - start.year, 1), 0.0, 1.0)
    found = [float(stock(path, length, retention)[-1]) for length, retention in pairs.anchored(start, PROGRAMME_LENGTHS)]
    return Flow(intake, min(found, default=None), max(found, default=None))


def intake_for(start: Pair, enrolment: float, first: int, horizon: int) -> Flow:
    """The constant intake from the year `first` on with which enrolment is as given at `horizon`; before it that of the start is held."""
    family = pairs.anchored(start, PROGRAMME_LENGTHS)
    found = [pairs.needed_intake(enrolment, range(first, horizon + 1), start, length, retention, only_last=True) for length, retention in family]
    known = [need for need in found if need is not None]
    return Flow(enrolment, min(known, default=None), max(known, default=None))


def unpaired(study: Study) -> dict[str, Sequence[int]]:
    """Years in which intake and enrolment of the region are known, by indicator: why there is no starting pair."""
    return {name: [point.period.year for point in study.series(name).annual] for name in ("intake", "enrolment")}
