"""A region's pipe: anchored on its own stock and intake, spread as the nation's retention is spread, moved by levers.

Where the region stands decides the centre: for each programme length the retention with which its own intakes give its own stock.
The nation gives only the dispersion: how far retention strays from year to year (`zhibiao.simulating.dispersion`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from zhibiao.errors import ParameterError
from zhibiao.model.levers import LeverId
from zhibiao.simulating import engine
from zhibiao.simulating.dispersion import Dispersion
from zhibiao.simulating.engine import Cells
from zhibiao.simulating.pairs import LOWEST_RETENTION, OLDER_CLASSES, Pair

Array = NDArray[np.float64]

PROGRAMME_LENGTHS = np.array([3.0, 3.5, 4.0, 4.5, 5.0])
"""Lengths a region's stock is anchored on: intermediate level takes three years after junior middle school, senior level five."""
SHORTEST, LONGEST = 1.0, 8.0
"""Programme lengths, years, as in `zhibiao.model.levers`."""
HIGHEST_RETENTION = 0.9999
"""Where the anchor needs every student to stay, a little is left for the spread to move in."""


@dataclass(frozen=True)
class Move:
    """A lever's value in base units, led evenly from the start to `year` and held; floors, places and lengths hold from `year` on.

    A length or a retention is where the middle of the pipe arrives: every draw moves by as much from where it stands. Lengths and
    retentions of the draws belong together, so that setting all of them to one value would undo the anchor.

    Attributes
    ----------
    shift : array (m,) or None
        What each draw moves by, where that differs between draws.
    """

    value: float
    year: int
    shift: Array | None = None


Moves = Mapping[LeverId, Move]


@dataclass(frozen=True, eq=False)
class Pipe:
    """A region's intake and enrolment from the year after its start to the horizon, in `m` draws.

    Attributes
    ----------
    start : Pair
        The newest year of which both intake and enrolment are known.
    years : int array (n,)
        The years after the start.
    earlier : array (OLDER_CLASSES,)
        Intakes of the starting year and those before it, newest first; unknown ones bridged, the oldest held.
    length, retention : arrays (m,)
        Mean programme length and the retention that anchors it.
    noise : array (m, n)
        What retention strays by, on the logit scale.
    intake : array (m, n)
        Intake where no lever sets it.
    stocks : mapping of int to float
        Enrolment observed after the start: every draw passes through it.
    """

    start: Pair
    years: NDArray[np.int64]
    earlier: Array
    length: Array
    retention: Array
    noise: Array
    intake: Array
    stocks: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PipeRun:
    """What flows through a pipe under some levers; arrays (m, n), persons."""

    years: NDArray[np.int64]
    entrants: Array
    enrolment: Array
    graduates: Array
    losses: Array
    turned_away: Array


def middle(pipe: Pipe) -> tuple[float, float]:
    """Mean length, in years, of the middle draw, and the retention, as a share, that belongs to it."""
    place = np.lexsort((pipe.retention, pipe.length))[(pipe.length.size - 1) // 2]
    return float(pipe.length[place]), float(pipe.retention[place])


def anchor(earlier: Array, enrolment: float, lengths: Array = PROGRAMME_LENGTHS) -> list[tuple[float, float]]:
    """For each programme length the yearly retention with which the intakes give the stock; lengths that cannot are left out.

    Parameters
    ----------
    earlier : array (k,)
        Intakes, newest first.

    Returns
    -------
    list of (length, retention)
    """
    found = []
    for length in lengths:
        classes = np.clip(length - np.arange(earlier.size), 0.0, 1.0) * earlier

        def excess(retention: float, classes: Array = classes) -> float:
            return float((classes * retention ** np.arange(classes.size)).sum()) - enrolment

        high = excess(1.0)
        if excess(LOWEST_RETENTION) > 0 or high < -1e-9 * enrolment:
            continue
        found.append((float(length), 1.0 if high <= 0 else float(brentq(excess, LOWEST_RETENTION, 1.0, xtol=1e-12))))
    return found


def retention_noise(draws: int, years: int, dispersion: Dispersion, seed: int) -> Array:
    """Deviations of the log odds of retention from the anchored level, (draws, years), in mirrored pairs.

    An autoregression that starts at the anchor, with the nation's persistence and yearly steps; each pair of draws has its own draw of both.
    """
    random = np.random.default_rng([seed, years])
    steps = random.standard_normal((years, draws // 2))
    picked = random.integers(dispersion.yearly_sd.size, size=draws // 2)
    persistence, step = dispersion.persistence[picked], dispersion.yearly_sd[picked]
    noise = np.empty_like(steps)
    for year in range(years):
        noise[year] = step * steps[year] + (persistence * noise[year - 1] if year else 0.0)
    return np.concatenate([noise, -noise], axis=1).T


def flow(pipe: Pipe, moves: Moves) -> PipeRun:
    """Let the pipe flow under the levers of `moves`; those that do not belong to the pipe are not looked at.

    Under a floor as many enter in each draw and year as keep enrolment on it, or more where intake is led higher.
    """
    if "enrolment_floor" not in moves:
        return _flow(pipe, moves)
    wanted = np.rint(led(pipe.start.enrolment, moves["enrolment_floor"], pipe.start.year, pipe.years))
    least = led(pipe.start.intake, moves["intake"], pipe.start.year, pipe.years) if "intake" in moves else np.zeros(pipe.years.size)
    others: Moves = {lever: move for lever, move in moves.items() if lever not in ("enrolment_floor", "intake")}
    entrants = np.zeros_like(pipe.intake)
    run = _flow(replace(pipe, intake=entrants), others)
    # who stays in a year depends on who entered before it, so that the years are filled one after the other
    for year in range(pipe.years.size):
        entrants[:, year] = np.maximum(wanted[year] - (run.enrolment - run.entrants)[:, year], least[year])
        run = _flow(replace(pipe, intake=entrants), others)
    return run


def _flow(pipe: Pipe, moves: Moves) -> PipeRun:
    """The flow without a floor."""
    years, start = pipe.years, pipe.start
    entrants = pipe.intake if "intake" not in moves else led(start.intake, moves["intake"], start.year, years)
    length = np.repeat(pipe.length[:, None], years.size, axis=1)
    if "length" in moves:
        move = moves["length"]
        by = move.value - middle(pipe)[0] if move.shift is None else move.shift
        aim = np.clip(pipe.length + by, SHORTEST, LONGEST)
        length = np.where(years >= move.year, aim[:, None], length)
    retention = _retention(pipe, moves)
    lengths = engine.lengths_around(np.array([length.min(), length.max(), pipe.length.min(), pipe.length.max()]))
    shares = engine.split(length, lengths)
    capacity = None
    if "capacity" in moves:
        capacity = np.where(years >= moves["capacity"].year, moves["capacity"].value, np.inf)
        capacity = np.minimum(capacity, np.finfo(np.float64).max)
    cells = _cells(pipe, lengths)
    parts = []
    ends = [*(int(y) for y in years if int(y) in pipe.stocks and int(y) != years[-1]), int(years[-1])]
    begin = 0
    for end in ends:
        stop = end - int(years[0]) + 1
        part = slice(begin, stop)
        run = engine.run(
            cells,
            entrants[..., part],
            shares[:, part],
            retention[:, part],
            capacity=None if capacity is None else capacity[part],
        )
        parts.append(run)
        cells = run.last
        if end in pipe.stocks:
            cells = replace(cells, counts=cells.counts * (pipe.stocks[end] / cells.total))
        begin = stop
    joined = (np.concatenate([getattr(p, name) for p in parts], axis=1) for name in ("entrants", "enrolment", "graduates", "losses", "turned_away"))
    return PipeRun(years, *joined)


def led(first: float, move: Move, start: int, years: NDArray[np.int64]) -> Array:
    """From `first` in the year `start` in even steps to the move's value in its year, then held; (n,)."""
    share = np.clip((years - start) / max(move.year - start, 1), 0.0, 1.0)
    return np.asarray(first + (move.value - first) * share)


def _retention(pipe: Pipe, moves: Moves) -> Array:
    """Retention of each draw and year: anchored, led as far as the lever leads the middle, and strayed by the noise."""
    own = np.repeat(pipe.retention[:, None], pipe.years.size, axis=1)
    if "retention" in moves:
        move = moves["retention"]
        share = np.clip((pipe.years - pipe.start.year) / max(move.year - pipe.start.year, 1), 0.0, 1.0)
        by = move.value / 100 - middle(pipe)[1] if move.shift is None else move.shift / 100
        own = own + np.reshape(by, (-1, 1)) * share
    return np.asarray(expit(logit(np.clip(own, 1 - HIGHEST_RETENTION, HIGHEST_RETENTION)) + pipe.noise))


def _cells(pipe: Pipe, lengths: tuple[int, ...]) -> Cells:
    """Who is enrolled at the end of the starting year, by length and year of study; in every draw as many as were counted."""
    shares = engine.split(pipe.length, lengths)
    rows = [
        pipe.earlier[k] * shares[:, position] * pipe.retention**k for position, length in enumerate(lengths) for k in range(length)
    ]
    counts = np.array(rows)
    return Cells(lengths, counts * (pipe.start.enrolment / counts.sum(axis=0)))


def earlier_intakes(known: Mapping[int, float], year: int) -> Array:
    """Intakes of `year` and the years before it, newest first: gaps between known ones bridged evenly, the oldest known one held."""
    years = sorted(y for y in known if y <= year)
    if not years:
        raise ParameterError("没有招生数 no intake is known", where="intake")
    wanted = np.arange(year, year - OLDER_CLASSES, -1)
    return np.asarray(np.interp(wanted, years, [known[y] for y in years]))
