"""What a statement asks of a path: does a path satisfy it, and how much is missing when it does not.

A `Condition` is a statement reduced to arithmetic in base units. Paths are arrays (draws, years). How plan language is read
(docs/methods.md, "How plan language is read"):

- ``>`` is strict: 98.0 against >98 has gap 0 and is not met. Values are compared with a tolerance of 1e-9 of their size, so that
  rounding in floating point decides nothing.
- An exact number, a range and 左右 bind at their lower end where more is better, at their upper end where less is better, and on
  both sides where the indicator has no better direction (the text steers to a level).
- 左右 tolerates 10 %, for counted things at least one unit, but never so much that nothing would be enough.
- ``annual`` binds in every year of its period, 保持 from the year of issue on, 年均 the mean over the period; ``cumulative`` binds
  the sum over the period; ``point`` the value of its year; ``standing`` has no horizon and binds every year shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from zhibiao.errors import ParameterError
from zhibiao.model import Indicator, Observation, Statement

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-9
"""Relative tolerance of every comparison."""
ABOUT = Decimal("0.10")
"""What 左右 tolerates."""


@dataclass(frozen=True)
class Condition:
    """A statement as arithmetic: ``floor`` and ``ceiling`` in base units, strict or not, over which years and how combined.

    Attributes
    ----------
    floor, ceiling : float or None
        The ends that bind; None where an end does not bind.
    strict : bool
        The end itself does not satisfy (``>`` and ``<``).
    combine : str
        ``point``, ``each``, ``mean`` or ``sum``.
    start, end : int or None
        First and last year that binds; None for a standing rule.
    """

    floor: float | None
    ceiling: float | None
    strict: bool
    combine: str
    start: int | None
    end: int | None

    def measure(self, paths: Array, years: NDArray[np.int64]) -> Array:
        """The quantity that is compared, one per draw and binding year.

        Parameters
        ----------
        paths : array (draws, years) in base units
        years : array (years,), ascending

        Returns
        -------
        array (draws, k)
            k = 1 for point, mean and sum; the number of binding years for each.

        Raises
        ------
        ParameterError
            A binding year is not among `years`.
        """
        start = int(years[0]) if self.start is None else self.start
        end = int(years[-1]) if self.end is None else self.end
        wanted = (years >= start) & (years <= end)
        if int(wanted.sum()) != end - start + 1:
            raise ParameterError(f"路径缺少 {start}–{end} 中的年份 the path does not cover every year of {start}–{end}")
        part = paths[:, wanted]
        if self.combine == "sum":
            return np.asarray(part.sum(axis=1, keepdims=True))
        if self.combine == "mean":
            return np.asarray(part.mean(axis=1, keepdims=True))
        return np.asarray(part)

    def satisfied(self, paths: Array, years: NDArray[np.int64]) -> Flags:
        """Which draws satisfy the statement; array (draws,)."""
        return np.asarray(self.holds(self.measure(paths, years)).all(axis=1))

    def shortfall(self, paths: Array, years: NDArray[np.int64]) -> Array:
        """What is missing in each draw, never negative; the worst year where every year binds. Array (draws,), base units."""
        return np.asarray(self.gap(self.measure(paths, years)).max(axis=1))

    def holds(self, values: Array) -> Flags:
        """Compare measured quantities with the ends, elementwise."""
        held = np.ones(np.shape(values), dtype=bool)
        for short, slack in self._shorts(values):
            held &= short < -slack if self.strict else short <= slack
        return held

    def gap(self, values: Array) -> Array:
        """Distance to the nearest end that is violated, elementwise, 0 where none is."""
        missing = np.zeros(np.shape(values))
        for short, slack in self._shorts(values):
            missing = np.maximum(missing, np.where(short <= slack, 0.0, short))
        return missing

    def _shorts(self, values: Array) -> list[tuple[Array, float]]:
        """How far beyond each end that binds, and what that end tolerates: one reckoning for `holds` and `gap`."""
        shorts: list[tuple[Array, float]] = []
        if self.floor is not None:
            shorts.append((self.floor - np.asarray(values, dtype=np.float64), _slack(self.floor)))
        if self.ceiling is not None:
            shorts.append((np.asarray(values, dtype=np.float64) - self.ceiling, _slack(self.ceiling)))
        return shorts

    @property
    def bound(self) -> float:
        """The end a planner aims at: the floor where one binds, else the ceiling."""
        end = self.floor if self.floor is not None else self.ceiling
        assert end is not None
        return end

    def aim(self, value: float) -> float:
        """The end that is to be reached from `value`; the value itself where it violates none, for then no change is asked."""
        if self.floor is not None and value < self.floor:
            return self.floor
        if self.ceiling is not None and value > self.ceiling:
            return self.ceiling
        return value

    def verdict(self, low: float, high: float, open_low: bool = False) -> bool | None:
        """Whether an interval of possible values satisfies: True if all of it does, False if none, None if that is open.

        A floor ("98%以上") is the interval from 98 up to the indicator's bound: it never proves ">98".
        """
        ends = np.array([low, high])
        if not math.isfinite(high):
            ends[1] = np.finfo(float).max
        held = self.holds(ends)
        if open_low and self.strict and self.floor is not None and abs(low - self.floor) <= _slack(self.floor):
            held[0] = True  # ">98" does prove ">98"
        if held.all():
            return True
        if self.floor is not None and not held[1] and ends[1] <= self.floor + _slack(self.floor):
            return False
        if self.ceiling is not None and not held[0] and low >= self.ceiling - _slack(self.ceiling):
            return False
        return False if low == high else None


def condition(statement: Statement, indicator: Indicator) -> Condition:
    """Reduce a statement to the arithmetic it asks for.

    Parameters
    ----------
    statement : Statement
        With the year of issue known where it says 保持.
    indicator : Indicator
        Gives the direction, which decides at which end exact numbers, ranges and 左右 bind.
    """
    low, high = statement.base_low, statement.base_high
    if statement.comparator == "about" and low is not None:
        low, high = _about(low, indicator)
    if statement.comparator in ("eq", "about", "between"):
        if indicator.direction == "up":
            high = None
        elif indicator.direction == "down":
            low = None
    start, end = (statement.period.start, statement.period.end) if statement.period else (None, None)
    if statement.maintain and statement.issued is not None and start is not None and end is not None:
        start = min(max(start, statement.issued.year), end)
    combine = {"point": "point", "annual": "mean" if statement.mean else "each", "cumulative": "sum", "standing": "each"}[statement.scope]
    return Condition(
        None if low is None else float(low),
        None if high is None else float(high),
        statement.comparator in ("gt", "lt"),
        combine,
        start,
        end,
    )


def possible(observation: Observation, indicator: Indicator) -> tuple[float, float, bool]:
    """The values an observation allows: (low, high, low end excluded), base units.

    ``eq`` allows one value, ``ge`` and ``gt`` everything up to the indicator's bound, ``about`` 10 % to either side.
    """
    value = float(observation.base_value)
    upper = math.inf if indicator.upper is None else float(indicator.upper)
    match observation.qualifier:
        case "ge":
            return value, upper, False
        case "gt":
            return value, upper, True
        case "about":
            margin = value * float(ABOUT)
            return value - margin, min(value + margin, upper), False
    return value, value, False


def _about(value: Decimal, indicator: Indicator) -> tuple[Decimal, Decimal]:
    margin = abs(value) * ABOUT
    if indicator.kind in ("count", "flow") and value == value.to_integral_value():
        margin = max(margin, min(Decimal(1), value - 1)) if value >= 1 else margin
    return value - margin, value + margin


def _slack(end: float) -> float:
    return TOLERANCE * max(1.0, abs(end))
