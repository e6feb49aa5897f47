"""How little would turn a verdict: the smallest change of the last value, of the baseline and of the base year that gives another grade."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_UP, Context, Decimal
from functools import cached_property

from zhibiao.assessing.known import Baseline
from zhibiao.assessing.panel import CHANCE, SCHEDULE, Extras, by_method, case_of, schedule
from zhibiao.assessing.semantics import condition
from zhibiao.assessing.standing import Standing, standing
from zhibiao.catalogue.registry import Series
from zhibiao.catalogue.study import Study
from zhibiao.model import unit_of

STEPS = 96
GROWTH = 1.35
FIRST = 1e-7
"""The search looks ever farther out: steps grow from a ten-millionth of the numbers in question to a million times them."""
CLOSE = 1e-6
"""Relative precision to which a change is the smallest."""
NOTHING = 1e-13
"""Relative to the numbers in question: a change this small is any change at all."""
YEARS = 30
"""How far a base year is moved at most."""


@dataclass(frozen=True)
class Flip:
    """The smallest change (base units, or years) and the grade it leads to."""

    change: float
    grade: str


@dataclass(frozen=True)
class Fragility:
    """What would turn a verdict; None where no possible change of that kind does, or there is no verdict."""

    latest: Flip | None = None
    baseline: Flip | None = None
    base_year: Flip | None = None


@dataclass(frozen=True)
class Turning:
    """One target whose figures are changed to see what its methods would say."""

    study: Study
    stands: Standing
    series: Series
    extras: Extras

    def of(self, method: str) -> Fragility:
        """What would turn the verdict of one method. A chance is no verdict and is not asked."""
        now = None if method == CHANCE else self._grade(method, self.stands, self.series)
        if now is None:
            return Fragility()
        latest, start = self.stands.latest, self.stands.baseline
        return Fragility(
            None if latest is None else self._smallest(float(latest.base_value), now, lambda value: self.with_latest(method, value)),
            None if start is None else self._smallest(start.value, now, lambda value: self.with_baseline(method, value)),
            None if start is None or latest is None else self._year(method, start, latest.period.year, now),
        )

    def with_latest(self, method: str, value: float) -> str | None:
        """The grade if the last value were another one, base units."""
        return self._known(("latest", value), lambda: self._latest(value), method)

    def with_baseline(self, method: str, value: float) -> str | None:
        """The grade if the baseline were another one, base units."""
        return self._known(("baseline", value), lambda: self._start(value, 0), method)

    def with_base_year(self, method: str, shift: int) -> str | None:
        """The grade if the baseline were of an earlier (negative) or later year."""
        start = self.stands.baseline
        assert start is not None
        return self._known(("year", float(shift)), lambda: self._start(start.value, shift), method)

    def _latest(self, value: float) -> tuple[Standing, Series]:
        latest = self.stands.latest
        assert latest is not None
        changed = latest.model_copy(update={"value": Decimal(repr(value)) / unit_of(latest.unit).scale})
        series = replace(self.series, points=tuple(changed if point == latest else point for point in self.series.points))
        return standing(self.study, self.stands.statement, series=series, start=self.stands.baseline), series

    def _start(self, value: float, shift: int) -> tuple[Standing, Series]:
        start = self.stands.baseline
        assert start is not None
        moved = Baseline(value, start.year + shift, start.source)
        # the observed baseline itself moves: it does not stay behind as a point of the series
        series = self.series if not shift else replace(self.series, points=tuple(p for p in self.series.points if p.period.year != start.year))
        return standing(self.study, self.stands.statement, series=series, start=moved), series

    def _known(self, key: tuple[str, float], make: Callable[[], tuple[Standing, Series]], method: str) -> str | None:
        if key not in self._made:
            self._made[key] = make()
        return self._grade(method, *self._made[key])

    @cached_property
    def _made(self) -> dict[tuple[str, float], tuple[Standing, Series]]:
        """Standings by what was changed: all methods look at the same ones."""
        return {}

    def _grade(self, method: str, stands: Standing, series: Series) -> str | None:
        if method == SCHEDULE:
            return schedule(stands).grade
        return by_method(method, stands, case_of(stands, series, self.extras)).grade

    def _year(self, method: str, start: Baseline, last: int, now: str) -> Flip | None:
        for size in range(1, YEARS + 1):
            for shift in (-size, size):
                if start.year + shift < last and (grade := self.with_base_year(method, shift)) not in (None, now):
                    return Flip(shift, str(grade))
        return None

    def _smallest(self, value: float, now: str, grade: Callable[[float], str | None]) -> Flip | None:
        sides = [found for side in (-1, 1) if (found := self._side(value, now, grade, side)) is not None]
        return min(sides, key=lambda flip: abs(flip.change), default=None)

    def _side(self, value: float, now: str, grade: Callable[[float], str | None], side: int) -> Flip | None:
        """Look outwards for a value with another grade, then narrow down to the nearest."""

        def turned(other: float) -> bool:
            return grade(other) not in (None, now)

        near = value
        for far in self._outwards(value, side):
            if turned(far):
                change = _tidy(_narrowed(near, far, turned, NOTHING * self._size(value)) - value, lambda change: turned(value + change))
                return Flip(change, str(grade(value + change)))
            near = far
        return None

    def _size(self, value: float) -> float:
        """How large the numbers in question are."""
        asked = condition(self.stands.statement, self.stands.indicator)
        return max(abs(value), abs(asked.bound), abs(self.stands.baseline.value) if self.stands.baseline else 0.0) or 1.0

    def _outwards(self, value: float, side: int) -> Iterator[float]:
        """Values to look at on one side, nearest first: steps that grow, and the values at which something may turn."""
        asked = condition(self.stands.statement, self.stands.indicator)
        start, latest = self.stands.baseline, self.stands.latest
        marks = [asked.floor, asked.ceiling, start.value if start else None, float(latest.base_value) if latest else None, self.stands.total]
        known = [mark for mark in marks if mark is not None]
        size = self._size(value)
        low, high = self.stands.indicator.lower, self.stands.indicator.upper
        steps = [value + side * FIRST * size * GROWTH**k for k in range(STEPS)]
        # just beside a mark a strict comparison turns
        beside = [mark + shift for mark in (*known, *(float(end) for end in (low, high) if end is not None)) for shift in (-4e-9 * size, 0.0, 4e-9 * size)]
        reachable = (other for other in (*steps, *beside) if (low is None or other >= float(low)) and (high is None or other <= float(high)))
        yield from sorted((other for other in reachable if (other - value) * side > 0), key=lambda other: abs(other - value))


def fragility(study: Study, stands: Standing, series: Series, methods: Sequence[str], extras: Extras | None = None) -> dict[str, Fragility]:
    """What would turn the verdict of each method, by method."""
    turning = Turning(study, stands, series, extras or Extras())
    return {method: turning.of(method) for method in methods}


def _narrowed(near: float, far: float, turned: Callable[[float], bool], least: float) -> float:
    """The value nearest to `near` that is turned, given that `far` is and `near` is not; to `least` or to the last digit."""
    while abs(far - near) > least:
        middle = near + (far - near) / 2
        if middle in (near, far):
            break
        near, far = (near, middle) if turned(middle) else (middle, far)
    return far


def _tidy(change: float, turned: Callable[[float], bool]) -> float:
    """The same change with as few digits as still turn the verdict and stay within `CLOSE` of the smallest."""
    for digits in range(1, 13):
        shorter = float(Context(prec=digits, rounding=ROUND_UP).create_decimal(Decimal(repr(change))))
        if abs(shorter - change) <= CLOSE * abs(change) and turned(shorter):
            return shorter
    return change
