"""Methods on compound annual growth rates: the ratio of Eurostat and Statistics Canada, and the scores of open-sdg 2.4."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zhibiao.assessing.methods.case import Case, Graded, Silent, above, aimed, at_least, graded, same, started

SHRINKING = 4.44
"""Exponent of the factor that lowers thresholds near a natural limit."""


@dataclass(frozen=True)
class Growth:
    """Yearly growth so far, yearly growth asked for, and their ratio with the sign of what is better."""

    actual: float
    required: float
    ratio: float


def rate(first: float, last: float, years: float) -> float:
    """Compound annual growth rate; a fraction, not per cent.

    >>> round(rate(5, 6, 1), 6)
    0.2

    Raises
    ------
    Silent
        A value is not positive, or no time lies between.
    """
    if first <= 0:
        raise Silent("基期数为零或负，年均增长率无定义", "the baseline is zero or negative: no growth rate is defined")
    if last <= 0:
        raise Silent("数值为零或负，年均增长率无定义", "a value is zero or negative: no growth rate is defined")
    if years <= 0:
        raise Silent("两数之间没有时间，年均增长率无定义", "no time lies between the values: no growth rate is defined")
    # logarithms: values far apart overflow no quotient, values close together lose no digits
    return math.expm1((math.log(last) - math.log(first)) / years) if not same(first, last) else 0.0


def ratio(case: Case) -> Growth:
    """R = d·a/|r|.

    Raises
    ------
    Silent
        No baseline, latest value or target, a growth rate without definition, or a target that asks for no change.
    """
    (target, horizon), (start, latest) = aimed(case), started(case)
    actual = rate(start.value, latest.value, latest.year - start.year)
    if target <= 0:
        raise Silent("目标值为零或负，所需增长率无定义", "the target is zero or negative: no required growth rate is defined")
    if horizon <= start.year:
        raise Silent("目标年不晚于基期年", "the target year is not after the baseline year")
    required = rate(start.value, target, horizon - start.year)
    if required == 0:
        raise Silent("目标与基期数相同，比值的分母为零", "the target equals the baseline: the ratio divides by zero")
    return Growth(actual, required, case.sign * actual / abs(required))


def eurostat(case: Case) -> Graded:
    """The ratio, its grade and the score of Statistics Canada; growth alone where there is no target."""
    if case.target is None:
        start, latest = started(case)
        growth = case.sign * rate(start.value, latest.value, latest.year - start.year)
        return graded(eurostat_grade_without_target(growth), None, eurostat_score_without_target(growth), growth=case.sign * growth)
    found = ratio(case)
    return graded(eurostat_grade(found.ratio), found.ratio, eurostat_score(found.ratio), growth=found.actual, required=found.required)


def eurostat_grade(value: float) -> str:
    """≥ 0.95 significant, ≥ 0.60 moderate, ≥ 0 insufficient, below away."""
    for grade, threshold in (("significant", 0.95), ("moderate", 0.60), ("insufficient", 0.0)):
        if at_least(value, threshold):
            return grade
    return "away"


def eurostat_score(value: float) -> float:
    """Score from −5 to 5 of a ratio, in three straight pieces that meet at −0.6, 0.6 and 1.3."""
    if value > 1.3:
        return 5.0
    if value >= 0.6:
        return 5 / 70 * (100 * value - 60)
    return 5 / 120 * (100 * value + 60) - 5 if value > -0.6 else -5.0


def eurostat_grade_without_target(growth: float) -> str:
    """Of yearly growth in the direction that is better: > 1 % significant, > 0.1 % moderate, to −0.1 % none, to −1 % moderate away."""
    if growth > 0.01 + 1e-12:
        return "significant"
    if growth > 0.001 + 1e-12:
        return "moderate"
    if growth >= -0.001 - 1e-12:
        return "no_progress"
    return "moderate_away" if growth >= -0.01 - 1e-12 else "significant_away"


def eurostat_score_without_target(growth: float) -> float:
    """2.5 for each per cent, within ±5."""
    return max(-5.0, min(5.0, 2.5 * 100 * growth))


def open_sdg(case: Case) -> Graded:
    """The measure of open-sdg 2.4: a target that is met scores 5 whatever the trend; without a target thresholds shrink near a limit."""
    if case.target is None:
        start, latest = started(case)
        growth = case.sign * rate(start.value, latest.value, latest.year - start.year)
        factor = limit_factor(start.value, case.limit, case.sign)
        return graded(open_sdg_grade_without_target(growth, factor), None, open_sdg_score_without_target(growth, factor), growth=case.sign * growth, factor=factor)
    aimed(case)
    if case.met and case.latest is not None:
        try:
            return graded("achieved", ratio(case).ratio, 5.0)
        except Silent:
            return graded("achieved", None, 5.0)
    found = ratio(case)
    return graded(open_sdg_grade(found.ratio), found.ratio, open_sdg_score(found.ratio), growth=found.actual, required=found.required)


def open_sdg_grade(value: float) -> str:
    """≥ 0.95 on track, ≥ 0.60 acceleration needed, ≥ 0 limited, below deterioration."""
    for grade, threshold in (("on_track", 0.95), ("acceleration_needed", 0.60), ("limited", 0.0)):
        if at_least(value, threshold):
            return grade
    return "deterioration"


def open_sdg_score(value: float) -> float:
    """Score of a ratio, with the digits that are published."""
    return min(7.1429 * value - 4.2857, 5.0) if value >= 0.6 else max(4.1667 * value - 2.5, -5.0)


def limit_factor(base: float, limit: float | None, sign: int = 1) -> float:
    """C = 1 − (y0/limit)^4.44 for a maximum, 1 − (limit/y0)^4.44 for a minimum; 1 without a limit.

    >>> round(limit_factor(95, 100), 6)
    0.20367

    Raises
    ------
    Silent
        The baseline is negative or lies beyond the limit.
    """
    if limit is None:
        return 1.0
    low, high = (base, limit) if sign > 0 else (limit, base)
    if low < 0 or high <= 0 or low > high:
        raise Silent("基期数为负或已越过自然极限", "the baseline is negative or beyond the natural limit")
    return 1 - float((low / high) ** SHRINKING)


def open_sdg_grade_without_target(growth: float, factor: float = 1.0) -> str:
    """Thresholds 1.5, 0.5 and 0 % times the factor; at the limit itself no loss is on track."""
    for grade, threshold in (("on_track", 0.015), ("acceleration_needed", 0.005), ("limited", 0.0)):
        if growth >= threshold * factor - 1e-12:
            return grade
    return "deterioration"


def open_sdg_score_without_target(growth: float, factor: float = 1.0) -> float:
    """Score of yearly growth, thresholds above zero times the factor."""
    if growth < 0:
        return max(125 * growth - 2.5, -5.0)
    if factor <= 0 or above(growth, 0.02 * factor):
        return 5.0
    eased = growth / factor
    if eased < 0.005:
        return 500 * eased - 2.5
    return 250 * eased - 1.25 if eased < 0.015 else min(500 * eased - 5, 5.0)
