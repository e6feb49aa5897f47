"""The progress charts of the UN Statistics Division, 2022 and 2023."""

from __future__ import annotations

from zhibiao.assessing.methods.case import (
    TOLERANCE,
    Case,
    Graded,
    Silent,
    above,
    aimed,
    at_least,
    graded,
    same,
    started,
)
from zhibiao.assessing.methods.growth import rate, ratio


def chart_2022(case: Case) -> Graded:
    """The ratio of growth rates: > 0.95 substantial, 0.5–0.95 fair, −0.1–0.5 limited, below deterioration."""
    found = ratio(case)
    return graded(grade_2022(found.ratio), found.ratio, None, growth=found.actual, required=found.required)


def grade_2022(value: float) -> str:
    if above(value, 0.95):
        return "substantial"
    if at_least(value, 0.5):
        return "fair"
    return "limited" if at_least(value, -0.1) else "deterioration"


def chart_2023(case: Case) -> Graded:
    """The share of the asked change that growth so far would bring by the target year: ≥ 0.95 → 3, ≥ 0.10 → 2, else 1."""
    expected, share = expectation(case)
    grade = 3 if at_least(share, 0.95) else 2 if at_least(share, 0.10) else 1
    return graded(str(grade), share, float(grade), expected=expected)


def expectation(case: Case) -> tuple[float, float]:
    """The value in the target year if growth goes on, and what share of the asked change that is.

    Raises
    ------
    Silent
        No growth rate, no change asked for, or a baseline that is already beyond the target: the share has no meaning then.
    """
    target, _ = aimed(case)
    start, _ = started(case)
    expected = extrapolated(case)
    if same(target, start.value):
        raise Silent("目标与基期数相同，份额的分母为零", "the target equals the baseline: the share divides by zero")
    if case.sign * (target - start.value) < 0:
        raise Silent("基期时已达到目标，份额没有意义", "the target was already met at the baseline: the share means nothing")
    return expected, (expected - start.value) / (target - start.value)


def extrapolated(case: Case) -> float:
    """The latest value carried on to the target year at its growth since the baseline.

    Raises
    ------
    Silent
        No growth rate, or the latest value is of a later year than the target.
    """
    _, horizon = aimed(case)
    start, latest = started(case)
    growth = rate(start.value, latest.value, latest.year - start.year)
    left = horizon - latest.year
    if left < -TOLERANCE:
        raise Silent("最近数晚于目标年", "the latest value is of a later year than the target")
    return float(latest.value * (1 + growth) ** max(left, 0.0))
