"""A question to `solve`: what the targets ask, which values the levers may take, what a move costs, and whether an aim reaches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import LeverId
from zhibiao.simulating.centre import centre
from zhibiao.simulating.demands import Demand
from zhibiao.simulating.ranges import MEANS, Range, step_of
from zhibiao.simulating.scenario import SETS, Ground, own_value, simulate
from zhibiao.simulating.searching import Line
from zhibiao.simulating.solutions import Aim, Aims, Solution, Step, scenario_of, written

Flags = NDArray[np.bool_]

LONGEST = 4096
"""Values of a lever's line at most; coarser steps where a range holds more."""


@dataclass(frozen=True, eq=False)
class Trial:
    """The targets under any levers, as `simulate` gives them."""

    study: Study
    base: Ground
    demands: tuple[Demand, ...]

    def flags(self, aims: Aims) -> dict[str, Flags]:
        """In which draws each target holds."""
        scenario = scenario_of(self.study, aims, self.demands)
        fans = simulate(replace(self.study, scenario=scenario), self.base).fans
        found = {}
        for demand in self.demands:
            fan = fans.get(demand.indicator.id)  # of what is neither known nor set nothing holds
            found[demand.key] = np.zeros(self.draws, dtype=bool) if fan is None else demand.asked.satisfied(fan.draws, fan.years)
        return found

    @cached_property
    def draws(self) -> int:
        return next((fan.draws.shape[0] for fan in self.base.fans.values()), 2)

    def chance(self, aims: Aims) -> float:
        """Share of draws in which all hold."""
        return float(np.logical_and.reduce(list(self.flags(aims).values())).mean())

    def shorts(self, aims: Aims) -> dict[str, NDArray[np.float64]]:
        """What each target lacks in each draw."""
        fans = simulate(replace(self.study, scenario=scenario_of(self.study, aims, self.demands)), self.base).fans
        return {d.key: d.asked.shortfall(fans[d.indicator.id].draws, fans[d.indicator.id].years) for d in self.demands if d.indicator.id in fans}


@dataclass(frozen=True, eq=False)
class Problem:
    """One question to `solve`, with everything that is reckoned once."""

    study: Study
    base: Ground
    demands: tuple[Demand, ...]
    ranges: Mapping[LeverId, Range]
    chance: float | None

    @cached_property
    def full(self) -> Trial:
        return Trial(self.study, self.base, self.demands)

    @cached_property
    def middle(self) -> Trial:
        return Trial(self.study, centre(self.base), self.demands)

    @property
    def trial(self) -> Trial:
        """What the search asks: the draws, or the middle where no chance is asked for."""
        return self.middle if self.chance is None else self.full

    @property
    def wanted(self) -> float:
        return 1.0 if self.chance is None else self.chance

    def reached(self, aims: Aims) -> bool:
        return self.trial.chance(aims) >= self.wanted - 1e-12

    @cached_property
    def upward(self) -> bool:
        """Whether targets ask for more; every one of them in the same direction, or the search has none.

        A bound on the yearly intake against that direction is no question of search: it cuts the intake's line (`_end`).
        """
        found = direction(self.demands)
        if found is None:
            names = "、".join(dict.fromkeys(d.key for d in self.demands))
            raise ParameterError(f"下限与上限目标不能同时反推 floors and ceilings cannot be solved for together: {names}", where="--target", allowed=["--lever intake=3:3.5"])
        return found

    @cached_property
    def starts(self) -> dict[LeverId, float | None]:
        return {lever: own_value(self.study, lever, self.base.pipe) for lever in MEANS}

    def ends(self) -> list[list[int]]:
        """Years by which intake and retention may be reached: those in which a target begins or ends to bind, then earlier ones."""
        pipe = self.base.pipe
        mine = [d.asked for d in self.demands if d.indicator.id not in SETS.values()]
        if pipe is None or not mine:
            return []
        first, last = pipe.start.year + 1, int(pipe.years[-1])
        years = {min(max(year, first), last) for asked in mine for year in (asked.start if asked.combine == "each" else None, asked.end) if year is not None}
        return [sorted(years, reverse=True), *([year] for year in range(last, first - 1, -1) if year < max(years) and year not in years)]

    def line(self, lever: LeverId, year: int) -> Line:
        """The values a flowing lever may take by `year`, without the one it has."""
        limits, start = self.ranges[lever], self.starts[lever]
        assert start is not None and self.base.pipe is not None
        sign, end = (1 if self.upward else -1), self._end(lever)
        if limits.yearly_limit is not None:
            years = 1 if lever == "length" else year - self.base.pipe.start.year
            reach = start + sign * limits.yearly_limit * years
            end = min(end, reach) if self.upward else max(end, reach)
        step = step_of(lever, start)
        while abs(end - start) / step > LONGEST:
            step *= 10
        first, last = beyond(start, step, sign), np.floor(end / step + 1e-9) if self.upward else np.ceil(end / step - 1e-9)
        values = tuple(v for k in np.arange(first, last + sign, sign) if limits.low - 1e-9 <= (v := round(float(k) * step, 6)) <= limits.high + 1e-9)
        return Line(lever, values, tuple(self._cost(lever, value) for value in values))

    def _end(self, lever: LeverId) -> float:
        """How far a lever may go: to the end of its range, and the intake no further than a target against the direction lets it."""
        limits = self.ranges[lever]
        ends = [limits.high if self.upward else limits.low]
        for asked in (d.asked for d in self.demands if lever == "intake" and _cuts(d)):
            bound = asked.ceiling if self.upward else asked.floor
            if bound is not None:
                step = step_of(lever, self.starts[lever] or 0.0) if asked.strict else 0.0
                ends.append(bound - step if self.upward else bound + step)
        return min(ends) if self.upward else max(ends)

    def share(self, lever: LeverId, value: float) -> float | None:
        """A move as a share of the room the lever has that way, of its start where the room has no end; None without a start."""
        limits, start = self.ranges[lever], self.starts[lever]
        if start is None:
            return None
        room = abs((limits.high if self.upward else limits.low) - start)
        room = room if np.isfinite(room) and room > 0 else abs(start)
        return abs(value - start) / room if room > 0 else 0.0

    def _cost(self, lever: LeverId, value: float) -> float:
        return self.ranges[lever].weight * (self.share(lever, value) or 0.0)

    def aims(self, values: Mapping[LeverId, float], year: int) -> dict[LeverId, Aim]:
        """Values of the pipe's levers by a year; a length holds for those who enter after the start."""
        assert self.base.pipe is not None
        begins = self.base.pipe.start.year + 1
        return {lever: Aim(written(value), begins if lever == "length" else year) for lever, value in values.items()}

    def solution(self, aims: Aims, even: bool = False) -> Solution:
        """The aims with what they cost and what they reach."""
        steps = tuple(Step(lever, self.starts[lever], aim, self.share(lever, float(aim.value)), self._cost(lever, float(aim.value))) for lever, aim in aims.items())
        flags = self.full.flags(aims)
        together = float(np.logical_and.reduce(list(flags.values())).mean())
        chances = {key: float(held.mean()) for key, held in flags.items()}
        return Solution(steps, even, float(sum(s.cost for s in steps)), together, chances, self.middle.chance(aims) == 1.0)


def beyond(start: float, step: float, sign: int) -> int:
    """The first multiple of a step that is written otherwise than the start: a move that prints as none is none.

    >>> beyond(82.28, 0.1, 1), beyond(82.34, 0.1, 1), beyond(82.34, 0.1, -1)
    (824, 824, 822)
    """
    return math.floor(start / step + 0.5 + 1e-9) + sign


def direction(demands: Sequence[Demand]) -> bool | None:
    """Whether targets ask for more (True) or for less (False); None where some ask for the one and some for the other."""
    floors = [d for d in demands if d.asked.floor is not None]
    ceilings = [d for d in demands if d.asked.ceiling is not None]
    if not (floors and ceilings):
        return bool(floors)
    searched = [any(not _cuts(d) for d in side) for side in (floors, ceilings)]
    return None if searched[0] == searched[1] else searched[0]


def _cuts(demand: Demand) -> bool:
    """Whether a target bounds the very level that a lever sets."""
    return demand.indicator.id == "intake" and demand.asked.combine in ("point", "each")
