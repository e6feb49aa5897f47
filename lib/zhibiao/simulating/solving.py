"""Backwards through the pipe: the least change of levers with which targets are reached with a chosen chance.

The cost of a move is the share that it takes of the room the lever has, times the lever's weight; costs of levers add up. Levers are
tried alone and together, so that the answers differ in kind. Where no answer reaches, the nearest is given and what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import LeverId
from zhibiao.simulating.demands import Demand, unassessable
from zhibiao.simulating.problem import LONGEST, Problem, beyond
from zhibiao.simulating.ranges import FLOWING, Range, default_ranges, step_of
from zhibiao.simulating.scenario import SETS, Ground, ground
from zhibiao.simulating.searching import Search
from zhibiao.simulating.solutions import Aim, Answer, Nearest, Solution, written

TOLERANCE = 0.002
"""By how much a solution may cost more than the least, in shares of a lever's range: about one written step of intake."""


def solve(
    study: Study,
    asked: Sequence[Demand],
    base: Ground | None = None,
    levers: Mapping[LeverId, Range] | None = None,
    chance: float | None = 0.8,
    alternatives: int = 3,
) -> Answer:
    """Find the least change of levers with which all targets hold with a chance.

    Parameters
    ----------
    levers : mapping of lever to Range, optional
        The only levers that may move, within what, how fast, at which weight. Default: `default_ranges`, all of them.
    chance : float or None
        Share of the pipe's draws in which all targets must hold, 0 < chance < 1; None: in the middle of the pipe.
    alternatives : int
        How many answers at most; each moves other levers.

    Raises
    ------
    ParameterError
        A target cannot be assessed, or floors and ceilings are mixed.
    """
    if chance is not None and not 0 < chance < 1:
        raise ParameterError(f"{chance:g} 不是可能性 is no chance", where="--chance", allowed=["0.5", "0.8", "none"])
    base = ground(study) if base is None else base
    lacking = unassessable(study, base, asked)
    if lacking:
        key, (zh, en) = next(iter(lacking.items()))
        raise ParameterError(f"{key} 不能评估：{zh} cannot be assessed: {en}", where="--target")
    ranges = default_ranges(study, base.pipe) if levers is None else levers
    problem = Problem(study, base, tuple(asked), ranges, chance)
    already = problem.full.chance({})
    if problem.reached({}):
        return Answer(problem.demands, ranges, chance, already, (problem.solution({}),))
    setting = _settings(problem)
    found = _solutions(problem, setting)
    chosen = _various(found, alternatives)
    nearest = None if chosen else _nearest(problem, setting)
    return Answer(problem.demands, ranges, chance, already, tuple(chosen), nearest)


def _various(found: Sequence[Solution], count: int) -> list[Solution]:
    """The cheapest of every set of levers, without those that only add moves to a cheaper one, cheapest first.

    Where not all are wanted, the cheapest that does without the first one's main lever has its place: it differs most in kind.
    """
    chosen: list[Solution] = []
    for solution in sorted(found, key=lambda s: (round(s.cost, 9), len(s.steps))):
        if not any(_adds(solution, cheaper) for cheaper in chosen):
            chosen.append(solution)
    if len(chosen) > count > 1:
        main = max(chosen[0].steps, key=lambda step: step.cost).lever
        other = next((s for s in chosen[1:] if main not in s.aims), None)
        if other is not None and other not in chosen[:count]:
            chosen = [*chosen[: count - 1], other]
    return chosen[:count]


def _adds(solution: Solution, cheaper: Solution) -> bool:
    """Whether a solution moves every lever of a cheaper one at least as far."""
    moves = {step.lever: step.share or 0.0 for step in solution.steps}
    return all(step.lever in moves and moves[step.lever] >= (step.share or 0.0) - 1e-12 for step in cheaper.steps)


def _solutions(problem: Problem, setting: dict[LeverId, Aim]) -> list[Solution]:
    """The least move of every set of the pipe's levers, by a year in which a target binds; by an earlier one only where none reaches by then."""
    if setting and problem.reached(setting):
        return [problem.solution(setting)]
    movable = _movable(problem)
    for years in problem.ends() if movable else []:
        found: dict[frozenset[LeverId], Solution] = {}
        for year in years:
            for solution in _by(problem, movable, year, setting):
                kind = frozenset(solution.aims)
                # of even moves and least ones the cheaper stands
                if kind not in found or solution.cost < found[kind].cost - 1e-9:
                    found[kind] = solution
        if found:
            return list(found.values())
    return []


def _by(problem: Problem, movable: Sequence[LeverId], year: int, setting: dict[LeverId, Aim]) -> list[Solution]:
    """The least move of every set of levers by one year."""
    lines = {lever: problem.line(lever, year) for lever in movable}
    search = Search(lines, lambda values: problem.reached(problem.aims(values, year) | setting))
    found: list[Solution] = []
    for size in range(1, len(movable) + 1):
        for subset in combinations(movable, size):
            # the lever with the longest line is solved for by bisection
            levers = tuple(sorted(subset, key=lambda lever: len(lines[lever].values)))
            fewer = min((s.cost for s in found if set(s.aims) - set(setting) < set(subset)), default=np.inf)
            place, even = search.cheapest(levers, TOLERANCE, fewer), False
            if size > 1 and place is None:  # together they are no cheaper than some of them: then as a compromise
                place, even = search.even(levers), True
            if place is not None:
                values = {lever: lines[lever].values[at] for lever, at in zip(levers, place, strict=True)}
                found.append(problem.solution(problem.aims({lever: values[lever] for lever in subset}, year) | setting, even))
    return found


def _movable(problem: Problem) -> list[LeverId]:
    """Levers of the pipe that may move and matter to some target; longer programmes put graduates off, so that they are no way to more of them."""
    if not _flows(problem):
        return []
    graduating = any(d.indicator.id == "graduates" for d in problem.demands)
    return [lever for lever in FLOWING if lever in problem.ranges and problem.starts[lever] is not None and not (graduating and lever == "length")]


def _flows(problem: Problem) -> bool:
    """Whether any target is an end of the pipe."""
    return any(d.indicator.id not in SETS.values() for d in problem.demands)


def _settings(problem: Problem) -> dict[LeverId, Aim]:
    """Levers that set an indicator of their own, each at the least value with which its targets hold; left out where none does."""
    found: dict[LeverId, Aim] = {}
    flags = problem.trial.flags({})
    for lever, indicator in SETS.items():
        mine = tuple(d for d in problem.demands if d.indicator.id == indicator)
        if lever not in problem.ranges or not mine or all(flags[d.key].mean() >= problem.wanted for d in mine):
            continue
        aim = _least_setting(problem, lever, mine)
        if aim is not None:
            found[lever] = aim
    return found


def _least_setting(problem: Problem, lever: LeverId, mine: tuple[Demand, ...]) -> Aim | None:
    """The nearest written value that holds in all draws: such a lever leaves no chance."""
    trial, limits, start = replace(problem.middle, demands=mine), problem.ranges[lever], problem.starts[lever]
    year = max((d.asked.start if d.asked.combine == "each" else d.asked.end) or 0 for d in mine)
    per_year = max(abs(d.bound) / ((d.asked.end or 0) - (d.asked.start or 0) + 1 if d.asked.combine == "sum" else 1) for d in mine)
    step = step_of(lever, per_year)
    sign = 1 if problem.upward else -1
    begin = start if start is not None else (limits.low if problem.upward else min(limits.high, per_year + step))
    end = limits.high if problem.upward else limits.low
    if limits.yearly_limit is not None and start is not None:
        known = problem.study.series(SETS[lever]).annual[-1].period.year
        end = min(end, start + limits.yearly_limit * max(year - known, 1)) if problem.upward else max(end, start - limits.yearly_limit * max(year - known, 1))
    first = beyond(begin, step, sign)
    room = int(abs(end - first * step) / step + 1e-9) if np.isfinite(end) else LONGEST**2

    def aim(k: int) -> Aim:
        return Aim(written((first + sign * k) * step), year)

    def holds(k: int) -> bool:
        return trial.chance({lever: aim(k)}) == 1.0

    if sign * (end - first * step) < -1e-9:
        return None
    high = 1
    while not holds(min(high, room)):
        if high >= room:
            return None
        high *= 4
    low, high = -1, min(high, room)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return aim(high)


def _nearest(problem: Problem, setting: dict[LeverId, Aim]) -> Nearest:
    """All levers as far as they go, in the year in which that brings the greatest chance."""
    movable = _movable(problem)
    tried: list[tuple[float, float, dict[LeverId, Aim]]] = []
    sizes = {d.key: max(abs(d.bound), 1.0) for d in problem.demands}
    for year in sorted({year for years in problem.ends() for year in years}, reverse=True) or [0]:
        ends = {lever: line.values[-1] for lever in movable if (line := problem.line(lever, year)).values}
        aims = (problem.aims(ends, year) if ends else {}) | setting
        lacks = problem.trial.shorts(aims)
        worst = max((float(np.quantile(lack, problem.wanted)) / sizes[key] for key, lack in lacks.items()), default=1.0)
        tried.append((problem.trial.chance(aims), -worst, aims))
    aims = max(tried, key=lambda one: one[:2])[2]
    lacks, flags = problem.trial.shorts(aims), problem.trial.flags(aims)
    failing = min(problem.demands, key=lambda d: (flags[d.key].mean(), -float(lacks[d.key].max()) / sizes[d.key] if d.key in lacks else 0.0))
    short = float(np.quantile(lacks[failing.key], problem.wanted)) if failing.key in lacks else None
    return Nearest(problem.solution(aims), failing.key, short)
