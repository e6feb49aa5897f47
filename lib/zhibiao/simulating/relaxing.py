"""Which targets contradict each other, and which must give way by how much: linear programmes over the yearly intakes.

With length and retention fixed, stock and flows are linear in the intakes of the years, so that whether any path of intakes meets a
set of targets is a linear programme, and so is the least change of targets that makes one possible (solved by HiGHS). Targets outside
the pipe are held against each other on a free path of their own indicator. Three settings are asked in turn:

- ``planned``: intake runs evenly to its own target and no further; length and retention as the region is anchored;
- ``intake``: any intake within the yearly limits; length and retention as anchored;
- ``all``: length and retention move as well, as far and as fast as their ranges allow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from zhibiao.catalogue.study import Study
from zhibiao.model import LeverId
from zhibiao.simulating.centre import centre
from zhibiao.simulating.demands import PIPE_INDICATORS, Demand, unassessable
from zhibiao.simulating.programme import Programme, Response, responses
from zhibiao.simulating.ranges import Range, default_ranges
from zhibiao.simulating.scenario import Ground, ground

Array = NDArray[np.float64]
Freedom = Literal["planned", "intake", "all"]
FREEDOMS: tuple[Freedom, ...] = ("planned", "intake", "all")

ENUMERATED = 12
"""Targets up to which every subset is tried, the smallest first; beyond it one is found by leaving out one target after another."""
NEGLIGIBLE = 1e-7
"""A relative change of a target that is only what the solver leaves."""


@dataclass(frozen=True)
class Relaxation:
    """A target that gives way: from its bound to `value`, base units; `change` as a share of the bound, negative where it is lowered."""

    key: str
    value: float
    change: float


@dataclass(frozen=True)
class Verdict:
    """Whether targets hold together in one setting.

    Attributes
    ----------
    contradictions : tuple of tuples of str
        The smallest sets of targets that cannot hold together; each target of a set could go if another went.
    cheapest : tuple of Relaxation
        The least weighted sum of relative changes after which all hold.
    alone : mapping of target to Relaxation
        What one target would have to become if no other changed; without those whose change alone is not enough.
    """

    freedom: Freedom
    hold: bool
    contradictions: tuple[tuple[str, ...], ...] = ()
    cheapest: tuple[Relaxation, ...] = ()
    alone: Mapping[str, Relaxation] | None = None


@dataclass(frozen=True)
class Reading:
    """Two targets of one indicator: whether the first implies the second, and whether both could hold as exact figures."""

    stricter: str
    weaker: str
    implied: bool
    exact_conflict: bool


@dataclass(frozen=True, eq=False)
class Relaxing:
    """The question in all three settings, solved where it is asked."""

    study: Study
    middle: Ground
    demands: tuple[Demand, ...]
    ranges: Mapping[LeverId, Range]
    weights: Mapping[str, float]

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One a setting; none where no target can be assessed."""
        return tuple(self._verdict(freedom) for freedom in FREEDOMS) if self.demands else ()

    def _verdict(self, freedom: Freedom) -> Verdict:
        ways = responses(self.middle, self.ranges, self.demands, moving=freedom == "all", planned=freedom == "planned")
        if self.fits(freedom, ways, self.demands):
            return Verdict(freedom, True)
        alone = {}
        for demand in self.demands:
            found = self.change(freedom, ways, [demand.key])
            if found is not None:
                alone.update({one.key: one for one in found})
        sets = contradictions([d.key for d in self.demands], partial(self._fits_keys, freedom, ways))
        return Verdict(freedom, False, sets, self.change(freedom, ways, [d.key for d in self.demands]) or (), alone)

    def _fits_keys(self, freedom: Freedom, ways: Sequence[Response | None], keys: Sequence[str]) -> bool:
        return self.fits(freedom, ways, tuple(d for d in self.demands if d.key in keys))

    def fits(self, freedom: Freedom, ways: Sequence[Response | None], chosen: Sequence[Demand]) -> bool:
        """Whether some path meets the chosen targets under some length and retention that is tried."""
        return any(_solved(Programme.of(self.middle, way, chosen, self.ranges, freedom == "planned"), ()) is not None for way in ways)

    def change(self, freedom: Freedom, ways: Sequence[Response | None], free: Sequence[str]) -> tuple[Relaxation, ...] | None:
        """The least weighted change of the `free` targets after which all hold; None where it is not enough."""
        best: tuple[float, tuple[Relaxation, ...]] | None = None
        for way in ways:
            programme = Programme.of(self.middle, way, self.demands, self.ranges, freedom == "planned")
            found = _solved(programme, free, self.weights)
            if found is not None and (best is None or found[0] < best[0] - NEGLIGIBLE):
                best = found
        return None if best is None else best[1]


def relaxing(
    study: Study,
    asked: Sequence[Demand],
    base: Ground | None = None,
    ranges: Mapping[LeverId, Range] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Relaxing:
    """Ask whether targets contradict each other and what the cheapest change is.

    Parameters
    ----------
    weights : mapping of target to float, optional
        What a relative change of a target counts; 1 where nothing is said.
    """
    base = ground(study) if base is None else base
    lacking = unassessable(study, base, asked)
    mine = tuple(d for d in asked if d.key not in lacking)
    return Relaxing(study, centre(base), mine, {**default_ranges(study, base.pipe), **(ranges or {})}, weights or {})


def least_intakes(asked: Relaxing) -> dict[int, float] | None:
    """The fewest entrants with which all targets hold in the middle of the pipe, year by year to the last target's, within the yearly limits.

    Who enters later serves no target: it is neither counted nor listed, so that the answer does not depend on the horizon. Length and retention as anchored; no year has fewer than the starting one. None where no such path does, or where nothing flows.
    """
    way = responses(asked.middle, asked.ranges, asked.demands)[0]
    if way is None:
        return None
    mine = [d for d in asked.demands if d.indicator.id in PIPE_INDICATORS]
    p = Programme.of(asked.middle, way, mine, asked.ranges, False)
    if not p.lower.size:
        return None
    years = way.pipe.years[way.fixed :]
    counted = years <= max(d.asked.end or 0 for d in mine)
    found = linprog(
        counted.astype(float), A_ub=np.vstack([p.rows, p.pace]), b_ub=np.concatenate([p.ends, p.paces]), bounds=[(way.pipe.start.intake, None)] * p.lower.size,
        method="highs",
    )  # fmt: skip
    return {int(year): float(people) for year, people in zip(years[counted], found.x[counted], strict=True)} if found.success else None


def contradictions(keys: Sequence[str], fits: Callable[[Sequence[str]], bool]) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of `keys` that do not fit; all of the smallest size up to twelve keys, one minimal set beyond.

    >>> contradictions("abc", lambda keys: not {"a", "c"} <= set(keys))
    (('a', 'c'),)
    """
    if len(keys) <= ENUMERATED:
        for size in range(1, len(keys) + 1):
            found = tuple(subset for subset in combinations(keys, size) if not fits(subset))
            if found:
                return found
        return ()
    if fits(keys):
        return ()
    left = list(keys)
    for key in keys:
        rest = [other for other in left if other != key]
        if not fits(rest):
            left = rest
    return (tuple(left),)


def readings(asked: Sequence[Demand]) -> tuple[Reading, ...]:
    """Targets of one indicator held against each other: as written, and as exact figures."""
    found = []
    for one, other in combinations(asked, 2):
        if one.indicator.id != other.indicator.id or one.asked.end is None or other.asked.end is None:
            continue
        for a, b in ((one, other), (other, one)):
            if implies(a, b):
                found.append(Reading(a.key, b.key, True, abs(a.bound - b.bound) > 1e-9 * max(abs(a.bound), 1.0)))
                break
    return tuple(found)


def implies(one: Demand, other: Demand) -> bool:
    """Whether a path that meets `one` meets `other` whatever it is."""
    a, b = one.asked, other.asked
    assert a.start is not None and a.end is not None and b.start is not None and b.end is not None
    if a.combine in ("sum", "mean") or b.combine in ("sum", "mean"):
        if (a.combine, a.start, a.end) != (b.combine, b.start, b.end):
            return False
    elif not (a.start <= b.start and b.end <= a.end):
        return False

    def enough(mine: float | None, theirs: float | None, sign: float) -> bool:
        if theirs is None:
            return True
        return mine is not None and (sign * (mine - theirs) > 0 or (mine == theirs and (a.strict or not b.strict)))

    return enough(a.floor, b.floor, 1.0) and enough(a.ceiling, b.ceiling, -1.0)


def _solved(programme: Programme, free: Sequence[str], weights: Mapping[str, float] | None = None) -> tuple[float, tuple[Relaxation, ...]] | None:
    """The least change of the `free` targets; None where there is none."""
    p = programme
    count = p.lower.size
    scale = np.array([max(abs(d.bound), 1.0) for d in p.demands])
    give = np.zeros((p.rows.shape[0], len(p.demands)))
    for row, owner in enumerate(p.owners):
        give[row, owner] = -scale[owner]  # a row is: rows·x ≤ ends, and a target that gives way adds to its end
    cost = np.concatenate([np.zeros(count), [(weights or {}).get(d.key, 1.0) for d in p.demands]])
    room = [(0.0, None if d.key in free else 0.0) for d in p.demands]
    sizes = np.maximum(np.abs(p.rows).max(axis=1, initial=0.0), 1.0)
    found = linprog(
        cost,
        A_ub=np.vstack([np.hstack([p.rows, give]) / sizes[:, None], np.hstack([p.pace, np.zeros((p.pace.shape[0], len(p.demands)))])]),
        b_ub=np.concatenate([p.ends / sizes, p.paces]),
        bounds=[*zip(p.lower, [None if np.isinf(v) else v for v in p.upper], strict=True), *room],
        method="highs",
    )
    if not found.success:
        return None
    changes = []
    for position, demand in enumerate(p.demands):
        much = float(found.x[count + position])
        if much > NEGLIGIBLE:
            sign = p.direction(position, found.x[:count])
            changes.append(Relaxation(demand.key, demand.bound + sign * much * float(scale[position]), sign * much))
    return float(found.fun), tuple(changes)
