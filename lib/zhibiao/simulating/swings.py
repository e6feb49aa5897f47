"""How far each lever of the pipe is moved to see what it does, and the pipe with its levers moved so far.

Every range says what it rests on: the region's own band of intake, what the nation's retention and enrolment really did, or a stated
assumption. A lever shifts each draw from where that draw stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from zhibiao.catalogue.study import Study
from zhibiao.model import LeverId
from zhibiao.simulating.pipe import HIGHEST_RETENTION, Move, Pipe, PipeRun, flow, middle
from zhibiao.simulating.scenario import Ground
from zhibiao.simulating.spread import NATION, national_spread

Array = NDArray[np.float64]

BAND = 80
"""Per cent of what was seen that a range covers: its ends are the 10th and 90th percentile."""
HALF_YEAR = 0.5
"""Swing of the programme length, years: a quarter of the entrants study two years more, or fewer. An assumption: no mix of lengths is published."""
Basis = Literal["own_band", "assumed_length", "national_retention", "national_growth"]


@dataclass(frozen=True)
class Swing:
    """How far a lever is moved.

    Attributes
    ----------
    low, high : float
        Change at the horizon: % of the start for intake and places, years for the length, percentage points for retention.
    basis : str
        What the range rests on.
    years : (int, int)
        First and last year of the figures behind it; the same year twice where it rests on none.
    """

    lever: LeverId
    low: float
    high: float
    basis: Basis
    years: tuple[int, int]


def swings(study: Study, base: Ground) -> tuple[Swing, ...]:
    """How far each lever of the pipe is moved; levers of whose range nothing is known are left out."""
    pipe, spread = base.pipe, national_spread(study.registry, study.as_of)
    if pipe is None:
        return ()
    start, horizon = pipe.start, int(pipe.years[-1])
    low, high = (float(edge[-1]) for edge in base.fans["intake"].band(BAND))
    found = [
        Swing("intake", 100 * (low / start.intake - 1), 100 * (high / start.intake - 1), "own_band", (start.year, horizon)),
        Swing("length", -HALF_YEAR, HALF_YEAR, "assumed_length", (start.year, start.year)),
    ]
    if spread is not None:
        low, middle, high = (float(100 * q) for q in np.quantile(spread.retention, [0.1, 0.5, 0.9]))
        found.append(Swing("retention", low - middle, high - middle, "national_retention", (int(spread.years[0]), int(spread.years[-1]))))
    growth = _national_growth(study, horizon - start.year)
    if growth is not None and growth[0] > 0:
        found.append(Swing("capacity", 0.0, growth[0], "national_growth", growth[1]))
    return tuple(found)


def _national_growth(study: Study, ahead: int) -> tuple[float, tuple[int, int]] | None:
    """Growth of the nation's enrolment, %, that one in ten spans of so many years exceeded, and the years it is read off."""
    stock = {p.period.year: float(p.base_value) for p in study.registry.series(NATION, "enrolment", study.as_of).annual}
    grown = [100 * (stock[year + ahead] / stock[year] - 1) for year in stock if year + ahead in stock]
    return (float(np.quantile(grown, 0.9)), (min(stock), max(stock))) if grown else None


def moved(pipe: Pipe, changes: Mapping[LeverId, ArrayLike]) -> PipeRun:
    """The pipe with each draw shifted from where it stands.

    Intake and retention are led evenly to the last year; lengths hold for those who enter after the start, places from then on.

    Parameters
    ----------
    changes : mapping of lever to array (m,) or number
        As in `Swing`.

    Returns
    -------
    PipeRun
    """
    m, first = pipe.length.size, int(pipe.years[0])
    each = {lever: np.broadcast_to(np.asarray(change, dtype=np.float64), (m,))[:, None] for lever, change in changes.items()}
    share = (pipe.years - pipe.start.year) / (pipe.years[-1] - pipe.start.year)
    if "intake" in each:
        pipe = replace(pipe, intake=np.maximum(pipe.start.intake * (1 + each["intake"] / 100 * share), 0.0))
    if "retention" in each:
        # on the scale of the noise, so that those already enrolled stay distributed as they were counted
        own = np.clip(pipe.retention[:, None], 1 - HIGHEST_RETENTION, HIGHEST_RETENTION)
        led = np.clip(own + each["retention"] / 100 * share, 1 - HIGHEST_RETENTION, HIGHEST_RETENTION)
        pipe = replace(pipe, noise=pipe.noise + logit(led) - logit(own))
    moves: dict[LeverId, Move] = {}
    if "length" in each:
        moves["length"] = Move(middle(pipe)[0], first, each["length"][:, 0])
    if "capacity" not in each:
        return flow(pipe, moves)
    return _within(pipe, moves, pipe.start.enrolment * (1 + each["capacity"][:, 0] / 100))


def _within(pipe: Pipe, moves: Mapping[LeverId, Move], places: Array) -> PipeRun:
    """The pipe with as many places in each draw as `places` (m,) says: year by year, who does not fit does not enter."""
    wanted = np.broadcast_to(np.rint(pipe.intake), (places.size, pipe.years.size))
    entrants = wanted.copy()
    run = flow(replace(pipe, intake=entrants), moves)
    for year in range(pipe.years.size):
        over = run.enrolment[:, year] - np.floor(places)
        if np.any(over > 0):
            entrants[:, year] -= np.clip(over, 0.0, entrants[:, year])
            run = flow(replace(pipe, intake=entrants), moves)
    return replace(run, turned_away=wanted - entrants)
