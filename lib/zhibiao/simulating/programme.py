"""The linear programme behind the question whether targets hold together: variables, rows and limits.

Variables are the intakes of the years ahead (or, where intake runs evenly to its targets, the levels it runs to), and a free path for
every indicator outside the pipe that a target speaks of. All are in persons or the indicator's base unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zhibiao.model import LeverId
from zhibiao.model.fan import Fan
from zhibiao.simulating.centre import FINE, ROUNDING, finer, odds
from zhibiao.simulating.demands import PIPE_INDICATORS, Demand
from zhibiao.simulating.pipe import Move, Pipe, flow, led
from zhibiao.simulating.ranges import Range
from zhibiao.simulating.scenario import Ground

Array = NDArray[np.float64]

PULSE = 1e7
"""Persons let in for one year to see what they become: so many that rounding to whole persons is lost in them."""
STRICT = 1e-7
"""What a target that must be exceeded is exceeded by, relative to it."""
TRIED = (0.0, 0.5, 1.0)
"""Shares of the ranges of length and retention that are tried where both move; the ends decide unless a target is a ceiling."""


@dataclass(frozen=True, eq=False)
class Response:
    """What flows with one length and retention: base + gains @ intakes, for the years after the start.

    Attributes
    ----------
    base : mapping of indicator to array (n,)
        What is there without any new entrant in the free years.
    gains : mapping of indicator to array (n, n)
        What one entrant of a year (column) adds in a year (row).
    fixed : int
        How many of the first years have an intake that is given: a stock observed later tells what came of it.
    """

    pipe: Pipe
    base: Mapping[str, Array]
    gains: Mapping[str, Array]
    fixed: int


def responses(
    middle: Ground, ranges: Mapping[LeverId, Range], demands: Sequence[Demand], *, moving: bool = False, planned: bool = False
) -> tuple[Response | None, ...]:
    """The lengths and retentions that are tried: the anchored ones, or with `moving` a grid over the ranges; (None,) where nothing flows.

    Years whose outcome was counted since keep the intake they had: with `planned` that of the even path to the first intake target.
    """
    pipe = middle.pipe
    if pipe is None or not any(d.indicator.id in PIPE_INDICATORS for d in demands):
        return (None,)
    if planned:
        pipe = _led(pipe, demands)
    still = np.zeros(pipe.years.size)
    if not moving:
        return (response(pipe, None, still),)
    length, stay = ranges["length"], ranges["retention"]
    found = [response(pipe, None, still)]
    ahead = pipe.years - pipe.start.year
    own = 100 * float(pipe.retention[0])
    for part in TRIED:
        aim = stay.low + part * (stay.high - stay.low)
        reach = np.full(ahead.size, np.inf) if stay.yearly_limit is None else stay.yearly_limit * ahead
        path = own + np.clip(aim - own, -reach, reach)
        strays = odds(path / 100) - odds(pipe.retention)
        found += [response(pipe, length.low + share * (length.high - length.low), strays) for share in TRIED]
    # the widest first: where every target is a floor it decides at once
    return tuple(reversed(found))


def _led(pipe: Pipe, demands: Sequence[Demand]) -> Pipe:
    """The pipe with its intake on the way to the first intake target."""
    aims = sorted((max(d.asked.start or 0, pipe.start.year + 1), -d.bound) for d in demands if d.indicator.id == "intake" and d.asked.combine in ("point", "each"))
    if not aims:
        return pipe
    return replace(pipe, intake=led(pipe.start.intake, Move(-aims[0][1], aims[0][0]), pipe.start.year, pipe.years)[None, :])


def response(pipe: Pipe, length: float | None, strays: Array) -> Response:
    """Let pulses flow through the middle with one length and a retention that strays by `strays` (n,) on the logit scale."""
    n = pipe.years.size
    fixed = max((int(year) for year in pipe.stocks), default=pipe.start.year) - pipe.start.year
    fixed = min(max(fixed, 0), n)
    rows = np.zeros((n - fixed + 1, n))
    rows[:, :fixed] = pipe.intake[0, :fixed]
    for pulse in range(fixed, n):
        rows[pulse - fixed + 1, pulse] = PULSE
    m = rows.shape[0]
    noise = np.tile(pipe.noise + strays, (m, 1))
    many = replace(finer(pipe), length=np.repeat(pipe.length, m), retention=np.repeat(pipe.retention, m), noise=noise, intake=rows * FINE)
    moves: dict[LeverId, Move] = {} if length is None else {"length": Move(length, pipe.start.year + 1)}
    run = flow(many, moves)
    base, gains = {"intake": rows[0]}, {"intake": np.eye(n)}
    for name, part in (("enrolment", run.enrolment), ("graduates", run.graduates)):
        base[name] = part[0] / FINE
        gains[name] = np.zeros((n, n))
        gains[name][:, fixed:] = ((part[1:] - part[0]) / (PULSE * FINE)).T
    gains["intake"][:, :fixed] = 0.0
    return Response(pipe, base, gains, fixed)


@dataclass(frozen=True, eq=False)
class Programme:
    """Rows·x ≤ ends for the targets (`owners` says whose a row is), pace·x ≤ paces for yearly limits, lower ≤ x ≤ upper.

    `planned` are the targets that hold exactly: they may give way upwards as well.
    """

    demands: tuple[Demand, ...]
    rows: Array
    ends: Array
    owners: tuple[int, ...]
    pace: Array
    paces: Array
    lower: Array
    upper: Array
    planned: Mapping[int, int]

    @classmethod
    def of(cls, middle: Ground, way: Response | None, demands: Sequence[Demand], ranges: Mapping[LeverId, Range], planned: bool) -> Programme:
        """Put the programme together for some targets."""
        levels = _levels(way, demands) if planned and way is not None else {}
        intakes = _paths(way, list(levels.values())) if way is not None else np.zeros((0, 0))
        others = {d.indicator.id: middle.fans.get(d.indicator.id) for d in demands if d.indicator.id not in PIPE_INDICATORS}
        spans = {name: _span([d for d in demands if d.indicator.id == name]) for name in others}
        begins, size = {}, max(intakes.shape[1] - 1, 0)  # the last column is the constant
        for name, span in spans.items():
            begins[name], size = size, size + len(span)
        parts: list[tuple[Array, float, int]] = []
        for position, demand in enumerate(demands):
            name = demand.indicator.id
            if name in PIPE_INDICATORS and way is not None:
                measured, constant = _flowing(middle.fans[name], way, intakes, demand, size)
            else:
                measured, constant = _free(others[name], spans[name], begins[name], demand, size)
            parts += _rows(demand, measured, constant, position, levels.get(position))
        lower, upper = np.zeros(size), np.full(size, np.inf)
        for demand in demands:
            name = demand.indicator.id
            if name in begins:
                part = slice(begins[name], begins[name] + len(spans[name]))
                lower[part] = -np.inf if demand.indicator.lower is None else float(demand.indicator.lower)
                upper[part] = np.inf if demand.indicator.upper is None else float(demand.indicator.upper)
        if way is not None and not levels:
            free = slice(0, max(intakes.shape[1] - 1, 0))  # a planned path goes where the documents lead it
            lower[free], upper[free] = ranges["intake"].low, ranges["intake"].high
        pace, paces = _pace(way, ranges["intake"], size) if way is not None and not levels else (np.zeros((0, size)), np.zeros(0))
        return cls(
            tuple(demands), np.array([row for row, _, _ in parts]).reshape(len(parts), size), np.array([end for _, end, _ in parts]),
            tuple(owner for _, _, owner in parts), pace, paces, lower, upper, {position: i for i, position in enumerate(levels)},
        )  # fmt: skip

    def direction(self, position: int, x: Array) -> float:
        """Which way a target gave way: floors down, ceilings up, a planned level to where it went."""
        demand = self.demands[position]
        if position in self.planned:
            return 1.0 if x[self.planned[position]] > demand.bound else -1.0
        return -1.0 if demand.asked.floor is not None else 1.0


def _levels(way: Response, demands: Sequence[Demand]) -> dict[int, int]:
    """Intake targets that name a level of a year, by position, with the year: the knots of the path, in order; of one year the highest stands."""
    first, last = way.pipe.start.year + way.fixed + 1, int(way.pipe.years[-1])
    by_year: dict[int, int] = {}
    for position, demand in enumerate(demands):
        asked = demand.asked
        if demand.indicator.id != "intake" or asked.combine not in ("point", "each") or asked.start is None or asked.end is None:
            continue
        year = max(asked.start, first)  # a level of every year is reached in its first
        if year <= min(asked.end, last) and (year not in by_year or demand.bound > demands[by_year[year]].bound):
            by_year[year] = position
    return {position: year for year, position in sorted(by_year.items())}


def _paths(way: Response, knots: Sequence[int]) -> Array:
    """Intakes of the years as rows of (variables, constant): free ones, or even lines through the knots; the last column is the constant."""
    n, start = way.pipe.years.size, way.pipe.start
    if not knots:
        return np.hstack([np.eye(n), np.zeros((n, 1))])[:, [*range(way.fixed, n), n]]
    at = np.array([start.year, *knots])
    found = np.zeros((n, len(knots) + 1))
    for column in range(at.size):
        weight = np.interp(way.pipe.years, at, np.eye(at.size)[column])
        found[:, column - 1] += weight * (start.intake if column == 0 else 1.0)  # the start is known and stands last
    return found


def _flowing(fan: Fan, way: Response, intakes: Array, demand: Demand, size: int) -> tuple[Array, Array]:
    """What a target of the pipe measures, as rows over all variables, and its constant; one row a binding year."""
    name = demand.indicator.id
    free = intakes[:, :-1]
    gains, base = way.gains[name], way.base[name] + way.gains[name] @ intakes[:, -1]
    if name == "intake":
        base = np.where(np.arange(base.size) < way.fixed, way.base[name], intakes[:, -1])
    columns = {int(y): i for i, y in enumerate(way.pipe.years)}
    rows, constants = [], []
    asked = demand.asked
    for year in range(asked.start or 0, (asked.end or 0) + 1):
        column = year - int(fan.years[0])
        row = np.zeros(size)
        if fan.observed[column] or year not in columns:
            constants.append(float(fan.draws[0, column]))
        else:
            row[: free.shape[1]] = gains[columns[year]] @ free
            constants.append(float(base[columns[year]]))
        rows.append(row)
    return _combined(demand, np.array(rows), np.array(constants))


def _span(demands: Sequence[Demand]) -> range:
    first = min(d.asked.start or 0 for d in demands)
    return range(first, max(d.asked.end or 0 for d in demands) + 1)


def _free(fan: Fan | None, span: range, begin: int, demand: Demand, size: int) -> tuple[Array, Array]:
    """The same for a target outside the pipe, whose path is free where nothing is observed."""
    rows, constants = [], []
    for year in range(demand.asked.start or 0, (demand.asked.end or 0) + 1):
        row, known = np.zeros(size), 0.0
        column = -1 if fan is None else year - int(fan.years[0])
        if fan is not None and 0 <= column < fan.years.size and fan.observed[column]:
            known = float(fan.draws[0, column])
        else:
            row[begin + year - span.start] = 1.0
        rows.append(row)
        constants.append(known)
    return _combined(demand, np.array(rows), np.array(constants))


def _combined(demand: Demand, rows: Array, constants: Array) -> tuple[Array, Array]:
    if demand.asked.combine == "sum":
        return rows.sum(axis=0, keepdims=True), constants.sum(keepdims=True)
    if demand.asked.combine == "mean":
        return rows.mean(axis=0, keepdims=True), constants.mean(keepdims=True)
    return rows, constants


def _rows(demand: Demand, measured: Array, constant: Array, owner: int, knot: int | None) -> list[tuple[Array, float, int]]:
    """The target as rows·x ≤ end; a planned level binds from both sides."""
    asked = demand.asked
    floor, ceiling = asked.floor, asked.ceiling
    strict = STRICT * max(abs(demand.bound), 1.0) if asked.strict else -ROUNDING if demand.indicator.id in PIPE_INDICATORS else 0.0
    found: list[tuple[Array, float, int]] = []
    for row, known in zip(measured, constant, strict=True):
        if floor is not None:
            found.append((-row, known - floor - strict, owner))
        if ceiling is not None:
            found.append((row, ceiling - strict - known, owner))
    if knot is not None and asked.start is not None:
        # the level of its year, from above: no further than written
        at = knot - asked.start
        found.append((measured[at], demand.bound + abs(strict) - constant[at], owner))
    return found


def _pace(way: Response, limit: Range, size: int) -> tuple[Array, Array]:
    """Yearly limits on the intake's steps, up and down, in persons."""
    n, start = way.pipe.years.size, way.pipe.start.intake
    free = n - way.fixed
    if limit.yearly_limit is None or not free:
        return np.zeros((0, size)), np.zeros(0)
    # a fall that is known by the year does not depend on how far the question reaches
    fall = max((start - limit.low) / n if limit.yearly_fall is None else limit.yearly_fall, 0.0)
    steps = np.eye(free) - np.eye(free, k=-1)
    before = np.zeros(free)
    before[0] = way.pipe.intake[0, way.fixed - 1] if way.fixed else start
    pace = np.zeros((2 * free, size))
    pace[:free, :free], pace[free:, :free] = steps, -steps
    return pace, np.concatenate([before + limit.yearly_limit, fall - before])
