"""How milestones are reckoned: the end that is aimed at, the value of a year under a rule, and the step in which they are given."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np

from zhibiao.assessing.known import Baseline
from zhibiao.assessing.semantics import Condition, condition
from zhibiao.errors import ParameterError
from zhibiao.model import Indicator, Statement, Unit
from zhibiao.model.units import UNSCALED

EXACT = Context(prec=50)
"""Digits of roots and growth factors: far beyond a person, and the same on every machine."""

HALVINGS = 170
"""Halvings that narrow a growth factor down to the digits of `EXACT`."""


def aimed(statement: Statement, indicator: Indicator) -> Condition:
    """What milestones lead to: the statement's condition, of 左右 the value itself, whatever lies within its tolerance."""
    return condition(statement.model_copy(update={"comparator": "eq"}) if statement.comparator == "about" else statement, indicator)


def goal_at(asked: Condition, end: float, indicator: Indicator) -> Decimal:
    """The value at the target's end in base units; of counted things the first whole number that satisfies it."""
    value = decimal(end)
    if quantum(indicator) != 1 or value == value.to_integral_value():
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    return value.quantize(Decimal(1), ROUND_CEILING if end == asked.floor else ROUND_FLOOR)


def goal_sum(asked: Condition, indicator: Indicator, n: int) -> Decimal:
    """What the years are to add up to: the total, or so many times the yearly mean."""
    if asked.combine == "mean":
        floor, ceiling = (None if end is None else end * n for end in (asked.floor, asked.ceiling))
        asked = replace(asked, floor=floor, ceiling=ceiling)
    return goal_at(asked, asked.bound, indicator)


def along(rule: str, begin: Decimal, goal: Decimal, k: int, n: int) -> Decimal:
    """The value of the k-th of n years, unrounded."""
    if rule == "growth":
        return EXACT.multiply(begin, EXACT.power(EXACT.divide(goal, begin), EXACT.divide(Decimal(k), Decimal(n))))
    done, all_ = (k * (k + 1), n * (n + 1)) if rule == "late" else (k, n)
    return begin + EXACT.divide((goal - begin) * done, Decimal(all_))


def levels(
    statement: Statement, asked: Condition, indicator: Indicator, rule: str, start: Baseline | None, years: tuple[int, ...]
) -> tuple[Decimal, ...]:
    """The levels of the years under a rule, base units; the last is the target.

    Raises
    ------
    ParameterError
        The rule does not fit.
    """
    if asked.combine == "each":
        if rule != "even":
            raise ParameterError(f"{statement.key} 每年都须达到，各年就是目标值 binds in every year", where="--by", allowed=["even", "own"])
        return (goal_at(asked, asked.bound, indicator),) * len(years)
    assert start is not None  # a level that is approached has one
    if float(asked.gap(np.array([start.value]))[0]) == 0:
        return (goal_at(asked, asked.bound, indicator),) * len(years)
    begin, goal = decimal(start.value), goal_at(asked, asked.aim(start.value), indicator)
    if rule == "growth" and (begin <= 0 or goal <= 0):
        raise ParameterError(f"起点或目标不大于 0，不能等比 no constant growth from {written(begin)} to {written(goal)}", where="--by", allowed=["even", "late", "own"])
    steps, size = years[-1] - start.year, quantum(indicator)
    path = [along(rule, begin, goal, year - start.year, steps) for year in years[:-1]]
    return (*(value.quantize(size, ROUND_HALF_UP) for value in path), goal)


def amounts(asked: Condition, indicator: Indicator, rule: str, before: Baseline | None, years: Sequence[int]) -> tuple[Decimal, ...]:
    """The yearly amounts of a total under a rule, base units; under ``growth`` they grow from the amount before.

    Raises
    ------
    ParameterError
        The rule does not fit.
    """
    total = goal_sum(asked, indicator, len(years))
    if quantum(indicator) != 1:
        if rule != "even":
            raise ParameterError(f"{indicator.zh}不是可以累加的数 is no amount that adds up", where="--by", allowed=["even", "own"])
        return (total / len(years),) * len(years)
    weights = [Fraction(k if rule == "late" else 1) for k in range(1, len(years) + 1)]
    if rule == "growth":
        assert before is not None
        weights = growing(decimal(before.value), total, len(years))
    return tuple(Decimal(part) for part in spread(int(total), weights))


def spread(total: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Whole amounts in proportion to weights: the running total is rounded half up each year, so that it is never off by more than a half.

    >>> spread(2, [Fraction(1)] * 5)
    (0, 1, 0, 1, 0)
    """
    whole, half = sum(weights, Fraction(0)), Fraction(1, 2)
    ends = [0, *(math.floor(total * part / whole + half) for part in itertools.accumulate(weights))]
    return tuple(after - before for before, after in itertools.pairwise(ends))


def growing(before: Decimal, total: Decimal, n: int) -> list[Fraction]:
    """Weights that grow by one factor g each year, so that before·(g + g² + … + gⁿ) is the total."""
    low, high = Decimal(0), EXACT.divide(total, before)
    for _ in range(HALVINGS):
        factor = EXACT.divide(EXACT.add(low, high), Decimal(2))
        reached = EXACT.multiply(before, sum((EXACT.power(factor, k) for k in range(1, n + 1)), Decimal(0)))
        low, high = (factor, high) if reached <= total else (low, factor)
    return [Fraction(EXACT.power(high, k)) for k in range(1, n + 1)]


def quantum(indicator: Indicator) -> Decimal:
    """The step in which milestones are given: whole units of what is counted, 0.1 of shares and ratios."""
    return Decimal("0.1") if indicator.kind == "rate" or indicator.base.base in UNSCALED else Decimal(1)


def decimal(value: float) -> Decimal:
    """A float as the decimal it prints as."""
    return Decimal(repr(float(value)))


def missing_text(value: Decimal, unit: Unit) -> str:
    """A difference in the document's unit; a few persons as persons.

    >>> from zhibiao.model import unit_of
    >>> missing_text(Decimal(1000), unit_of("万人")), missing_text(Decimal(1), unit_of("万人"))
    ('0.1万人', '1人')
    """
    return f"{written(value)}{unit.base}" if value * 100 < unit.scale else f"{written(value / unit.scale)}{unit.written}"


def written(value: Decimal) -> str:
    """A decimal without exponent and without zeros behind.

    >>> written(Decimal("3.10")), written(Decimal("1E+2"))
    ('3.1', '100')
    """
    return format(value.normalize(), "f")
