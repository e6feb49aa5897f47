"""The two indices of UN ESCAP: where it stands (CSI) and where growth would bring it (API)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zhibiao.assessing.methods.case import Case, Graded, Point, Silent, above, aimed, graded, same, started
from zhibiao.assessing.methods.unsd import extrapolated


def current(case: Case) -> Graded:
    """CSI = 10·d·(yi − y0)/|T − y0|; 10 where the target is met."""
    if case.target is None:
        raise Silent("没有目标值", "there is no target value")
    if case.latest is not None and case.met:
        return _index(10.0)
    start, latest = started(case)
    return _index(_share(case, start.value, latest.value, case.target))


def anticipated(case: Case) -> Graded:
    """API: the same with the value that growth since the baseline gives in the target year."""
    target, _ = aimed(case)
    return _of_expected(case, target, extrapolated(case))


def anticipated_weighted(case: Case) -> Graded:
    """API with the growth rate of all points, by least squares on logarithms with time weights."""
    target, horizon = aimed(case)
    start, latest = started(case)
    points = [point for point in case.points if start.year <= point.year <= latest.year]
    if len(points) < 2:
        raise Silent("点数不足两个", "there are fewer than two points")
    if any(point.value <= 0 for point in points):
        raise Silent("有零或负值，取不了对数", "a value is zero or negative and has no logarithm")
    if horizon <= latest.year:
        raise Silent("已到目标年，无须推算", "the target year is reached; nothing is left to project")
    slope = weighted_growth(points, horizon)
    return _of_expected(case, target, latest.value * math.exp(slope * (horizon - latest.year)), slope=math.expm1(slope))


def weights(years: Sequence[float], end: float) -> list[float]:
    """w = (t* − tmin)/(t* − ti): later years weigh more; `end` lies after all of them.

    >>> [round(w, 4) for w in weights([2020, 2021, 2022, 2023, 2024], 2025)]
    [1.0, 1.25, 1.6667, 2.5, 5.0]
    """
    return [(end - min(years)) / (end - year) for year in years]


def weighted_growth(points: Sequence[Point], end: float) -> float:
    """Slope of the logarithms on the years under time weights."""
    heavy = weights([point.year for point in points], end)
    total = sum(heavy)
    year = sum(w * point.year for w, point in zip(heavy, points, strict=True)) / total
    level = sum(w * math.log(point.value) for w, point in zip(heavy, points, strict=True)) / total
    spread = sum(w * (point.year - year) ** 2 for w, point in zip(heavy, points, strict=True))
    shared = sum(w * (point.year - year) * (math.log(point.value) - level) for w, point in zip(heavy, points, strict=True))
    return shared / spread


def _of_expected(case: Case, target: float, expected: float, **detail: float) -> Graded:
    beyond = case.sign * (expected - target) > 0 and not same(expected, target)
    if beyond or (same(expected, target) and not case.strict):
        return _index(10.0, expected=expected, **detail)
    start, _ = started(case)
    return _index(_share(case, start.value, expected, target), expected=expected, **detail)


def _share(case: Case, base: float, value: float, target: float) -> float:
    if same(target, base):
        raise Silent("目标与基期数相同，指数的分母为零", "the target equals the baseline: the index divides by zero")
    return 10 * case.sign * (value - base) / abs(target - base)


def _index(index: float, **detail: float) -> Graded:
    """Above 9 will meet, above 0 accelerate, else none."""
    grade = "will_meet" if above(index, 9) else "accelerate" if above(index, 0) else "no_progress"
    return graded(grade, index / 10, index, **detail)
