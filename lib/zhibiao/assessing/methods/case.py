"""What a method is given, and what it gives back: a grade with its ratio and score, or the reason why it cannot speak."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

TOLERANCE = 1e-9
"""Relative tolerance of every threshold, so that rounding in floating point decides nothing."""


@dataclass(frozen=True)
class Point:
    """An exact value; `year` carries a fraction where the value is of the end of a month."""

    year: float
    value: float


@dataclass(frozen=True)
class Case:
    """A series and a target reduced to what published methods know: numbers in one unit, no qualifiers.

    Attributes
    ----------
    points : tuple of Point
        Exact whole-year values up to the horizon, ascending, the baseline's and the latest included.
    start, latest : Point or None
        Baseline and latest value; None where there is none or where it is only a floor.
    target : float or None
        The value asked for.
    horizon : int or None
        The year it is asked for; None for a rule without one.
    sign : int
        +1 where more is better, −1 where less is.
    met : bool or None
        Whether the latest value satisfies the target, strictly where the target says so; None where it is not known.
    strict : bool
        The target value itself is not enough.
    keeps : bool
        The target binds every year: a level to keep, not a path to a horizon.
    other_end : float or None
        The upper end of a range that binds on both sides.
    limit : float or None
        A natural limit of the indicator (100 for a share in per cent).
    scale : tuple of (float, float) or None
        Lower and optimum value of a 0–100 score, and `green`, the value from which the score is green.
    """

    points: tuple[Point, ...] = ()
    start: Point | None = None
    latest: Point | None = None
    target: float | None = None
    horizon: int | None = None
    sign: int = 1
    met: bool | None = None
    strict: bool = False
    keeps: bool = False
    other_end: float | None = None
    limit: float | None = None
    scale: tuple[float, float] | None = None
    green: float | None = None


class Silent(Exception):
    """A method cannot speak; carries the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Graded:
    """What one method says.

    Attributes
    ----------
    ratio, score : float or None
        The method's own raw ratio, and its score where it has one.
    grade : str or None
        A code of the method's own vocabulary; None where it cannot speak, and then `reason` says why.
    reason : (str, str) or None
        In Chinese and English.
    detail : tuple of (str, float)
        Intermediate numbers by name.
    """

    method: str
    version: str
    ratio: float | None = None
    score: float | None = None
    grade: str | None = None
    reason: tuple[str, str] | None = None
    detail: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Method:
    """A published method: identity, source, what its grades mean, and the function that applies it.

    Attributes
    ----------
    on_track : tuple of str
        Grades that say the target will be or is reached; every other grade says it will not.
    apply : callable
        Case → Graded; raises `Silent` where the method cannot speak.
    """

    id: str
    version: str
    zh: str
    en: str
    source: str
    on_track: tuple[str, ...]
    apply: Callable[[Case], Graded]

    def judge(self, case: Case) -> Graded:
        """Apply the method; never raises, never gives nan or infinity."""
        try:
            found = self.apply(case)
            _finite(found)
            return replace(found, method=self.id, version=self.version)
        except Silent as silence:
            return Graded(self.id, self.version, reason=(silence.zh, silence.en))
        except OverflowError:
            return Graded(self.id, self.version, reason=TOO_LARGE)

    def stance(self, grade: str | None) -> str:
        """``on_track``, ``off_track`` or ``silent``."""
        if grade is None:
            return "silent"
        return "on_track" if grade in self.on_track else "off_track"


TOO_LARGE = ("数值过大，算不出有限的比值", "the numbers are too large for a finite ratio")


def graded(grade: str, ratio: float | None = None, score: float | None = None, **detail: float) -> Graded:
    """A grade before the method puts its name on it."""
    return Graded("", "", ratio, score, grade, None, tuple(detail.items()))


def _finite(found: Graded) -> None:
    for number in (found.ratio, found.score, *(value for _, value in found.detail)):
        if number is not None and not math.isfinite(number):
            raise Silent(*TOO_LARGE)


def started(case: Case) -> tuple[Point, Point]:
    """Baseline and a later latest value.

    Raises
    ------
    Silent
        There is no baseline, no exact latest value, or no time between them.
    """
    if case.latest is None:
        raise Silent("没有可用的最近数（缺数或只是下限）", "no exact latest value: none, or only a floor")
    if case.start is None:
        raise Silent("没有基期数", "there is no baseline")
    if case.latest.year <= case.start.year:
        raise Silent("只有一个时点的数", "there is only one observation")
    return case.start, case.latest


def aimed(case: Case) -> tuple[float, int]:
    """Target value and target year of a target that is to be reached by a year.

    Raises
    ------
    Silent
        There is no target, it has no year, or it is a level to keep.
    """
    if case.target is None:
        raise Silent("没有目标值", "there is no target value")
    if case.keeps:
        raise Silent("目标是逐年守住的水平，没有从基期到目标年的变化可比", "the target is a level to keep each year; no change towards a horizon is asked for")
    if case.horizon is None:
        raise Silent("目标没有年份", "the target has no year")
    return case.target, case.horizon


def same(one: float, other: float) -> bool:
    """Whether two values differ by no more than rounding."""
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def at_least(ratio: float, threshold: float) -> bool:
    """``ratio >= threshold``, rounding forgiven."""
    return ratio >= threshold - TOLERANCE * max(1.0, abs(threshold))


def above(ratio: float, threshold: float) -> bool:
    """``ratio > threshold``, by more than rounding."""
    return ratio > threshold + TOLERANCE * max(1.0, abs(threshold))
