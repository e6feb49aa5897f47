"""Which lever moves what: one at a time over its range (tornado), and all at once (Sobol's indices).

How far each lever is moved, and what that range rests on, says `zhibiao.simulating.swings`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.gaps import chances
from zhibiao.assessing.semantics import Condition, condition
from zhibiao.assessing.standing import standing
from zhibiao.catalogue.study import Study
from zhibiao.model import LeverId, Statement
from zhibiao.model.fan import Fan
from zhibiao.simulating.centre import central
from zhibiao.simulating.pipe import Pipe, PipeRun, flow
from zhibiao.simulating.scenario import Ground
from zhibiao.simulating.swings import Swing, moved, swings

Array = NDArray[np.float64]

Name = TypeVar("Name", bound=str)
Shares = Mapping[Name, tuple[float, float]]

TARGETS: Mapping[str, str] = {"intake": "entrants", "enrolment": "enrolment", "graduates": "graduates"}
"""Indicators whose targets the pipe can be held against, and the flow that answers."""


@dataclass(frozen=True)
class Effect:
    """What one target or flow is at both ends of a swing."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return abs(self.high - self.low)


@dataclass(frozen=True)
class Turn:
    """One lever moved alone over its swing.

    Attributes
    ----------
    enrolment : Effect
        Median at the horizon, persons.
    margins : mapping of statement key to Effect
        Median distance of what the statement asks from its end, base units; below 0 it is missed. The worst year where every year binds.
    chances : mapping of statement key to Effect
        Share of draws that hold it; none where no chance may be given, and of a target of the intake where the intake itself is set.
    """

    swing: Swing
    enrolment: Effect
    margins: Mapping[str, Effect]
    chances: Mapping[str, Effect]


@dataclass(frozen=True)
class Tornado:
    """All levers, the one that moves enrolment most first; and where everything stands with none moved."""

    horizon: int
    enrolment: float
    margins: Mapping[str, float]
    chances: Mapping[str, float]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Indices:
    """Sobol's indices of one quantity; each with the half width of its 95 % interval over resamples.

    Attributes
    ----------
    first, total : mapping of lever to (float, float)
        Share of the variance that the lever makes alone, and with all its interactions.
    spread : (float, float)
        10th and 90th percentile of the quantity over the samples.
    """

    quantity: str
    first: Mapping[LeverId, tuple[float, float]]
    total: Mapping[LeverId, tuple[float, float]]
    spread: tuple[float, float]


def tornado(study: Study, base: Ground) -> Tornado | None:
    """Move each lever alone to both ends of its swing; None without a pipe."""
    pipe = base.pipe
    if pipe is None:
        return None
    asked = _asked(study, base, pipe)
    still = _reading(pipe, base.fans, flow(pipe, {}), asked)
    turns = []
    for swing in swings(study, base):
        ends = [_reading(pipe, base.fans, moved(pipe, {swing.lever: end}), asked) for end in (swing.low, swing.high)]
        (low, low_margins, low_chances), (high, high_margins, high_chances) = ends
        turns.append(
            Turn(
                swing,
                Effect(low, high),
                {key: Effect(low_margins[key], high_margins[key]) for key in asked},
                {key: Effect(low_chances[key], high_chances[key]) for key in low_chances if asked[key].statement.indicator != swing.lever},
            )
        )
    enrolment, margins, likely = still
    return Tornado(int(pipe.years[-1]), enrolment, margins, likely, tuple(sorted(turns, key=lambda turn: -turn.enrolment.width)))


@dataclass(frozen=True)
class _Asked:
    """A target that the pipe can be held against; `judged` where a chance may be given, by the rules of the gap table."""

    statement: Statement
    condition: Condition
    judged: bool


def _asked(study: Study, base: Ground, pipe: Pipe) -> dict[str, _Asked]:
    """Targets of the pipe's indicators whose years are all known or ahead, end within its own and have not ended yet."""
    found = {}
    for statement in study.statements("target"):
        if statement.repeats is not None or statement.indicator not in TARGETS or statement.indicator not in base.fans:
            continue
        asks = condition(statement, study.indicator(statement.indicator))
        first = int(base.fans[statement.indicator].years[0])
        if asks.start is not None and asks.end is not None and first <= asks.start and max(study.as_of, pipe.start.year) < asks.end <= int(pipe.years[-1]):
            chance, _ = chances(standing(study, statement), base.fans[statement.indicator], study.as_of)
            found[statement.key] = _Asked(statement, asks, chance is not None)
    return found


def _reading(pipe: Pipe, fans: Mapping[str, Fan], run: PipeRun, asked: Mapping[str, _Asked]) -> tuple[float, dict[str, float], dict[str, float]]:
    """Median enrolment at the horizon; median margin and chance of each target. Years up to the start are those of the fans."""
    margins, likely = {}, {}
    for key, target in asked.items():
        name, asks = target.statement.indicator, target.condition
        draws, years = fans[name].draws.copy(), fans[name].years
        draws[:, run.years - int(years[0])] = getattr(run, TARGETS[name])
        for year, stock in pipe.stocks.items() if name == "enrolment" else ():
            draws[:, year - int(years[0])] = stock
        measured = asks.measure(draws, years)
        sides = [measured - asks.floor] if asks.floor is not None else []
        sides += [asks.ceiling - measured] if asks.ceiling is not None else []
        margins[key] = float(np.median(np.minimum.reduce(sides).min(axis=1)))
        if target.judged:
            likely[key] = float(asks.holds(measured).all(axis=1).mean())
    return float(np.median(run.enrolment[:, -1])), margins, likely


def sobol(study: Study, base: Ground, quantities: Sequence[str] = ("enrolment", "graduates"), power: int = 10) -> tuple[Indices, ...]:
    """Sobol's indices of flows at the horizon over all levers at once, each uniform over its swing; empty without a pipe.

    One sample is one draw of a single run: the middle of the region's pipe, without noise.

    Parameters
    ----------
    quantities : sequence of str
        Arrays of `PipeRun`.
    power : int
        2**power base samples, so that (number of levers + 2) times as many are run.
    """
    ranges = {swing.lever: (swing.low, swing.high) for swing in swings(study, base) if swing.low < swing.high}
    if base.pipe is None or not ranges:
        return ()
    runs: dict[str, Array] = {}

    def run(samples: Array) -> Array:
        assert base.pipe is not None  # just checked
        typical = _typical(base.pipe, samples.shape[0])
        found = moved(typical, dict(zip(ranges, samples.T, strict=True)))
        runs.update({name: np.asarray(getattr(found, name)[:, -1]) for name in quantities})
        return np.stack([runs[name] for name in quantities], axis=1)

    return tuple(
        Indices(name, first, total, (float(np.quantile(runs[name], 0.1)), float(np.quantile(runs[name], 0.9))))
        for name, (first, total) in zip(quantities, indices(run, ranges, study.seed, power), strict=True)
    )


def _typical(pipe: Pipe, samples: int) -> Pipe:
    """As many copies of the middle of the pipe."""
    one = central(pipe)
    return replace(
        one,
        length=np.repeat(one.length, samples),
        retention=np.repeat(one.retention, samples),
        noise=np.repeat(one.noise, samples, axis=0),
        intake=np.repeat(one.intake, samples, axis=0),
    )


def indices(function: Callable[[Array], Array], ranges: Mapping[Name, tuple[float, float]], seed: int, power: int = 10) -> list[tuple[Shares[Name], Shares[Name]]]:
    """First and total indices of each output of a function of uniform inputs, by Saltelli's design (SALib).

    Parameters
    ----------
    function : callable
        Array (samples, inputs) to array (samples, outputs).
    ranges : mapping of name to (low, high)

    Returns
    -------
    list of (first, total)
        One an output; each a mapping of name to (index, half width of its 95 % interval). All 0 where the output never varies.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    names = list(ranges)
    problem = {"num_vars": len(names), "names": names, "bounds": [list(ranges[name]) for name in names]}
    outputs = function(sampling.sample(problem, 2**power, calc_second_order=False, seed=seed))
    found: list[tuple[Shares[Name], Shares[Name]]] = []
    for values in outputs.T:
        if np.ptp(values) == 0:
            still = dict.fromkeys(names, (0.0, 0.0))
            found.append((still, still))
            continue
        result = analysis.analyze(problem, values, calc_second_order=False, seed=seed)
        first, total = ({name: (float(result[key][i]), float(result[f"{key}_conf"][i])) for i, name in enumerate(names)} for key in ("S1", "ST"))
        found.append((first, total))
    return found
