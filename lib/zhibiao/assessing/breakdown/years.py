"""A target as milestones, one a year: equal steps, constant growth, growing steps, or values of one's own.

Rules, from a start S to a goal Z over n years, for the k-th year (docs/break-down-a-target.md):

- ``even`` 匀速: S + (Z − S)·k/n; of a total Z, Z/n a year
- ``growth`` 等比: S·(Z/S)^(k/n); of a total, the amount of the year before times one and the same factor each year, adding up to Z
- ``late`` 后置: each step k times the first, S + (Z − S)·k(k+1)/(n(n+1)); of a total, Z·k/(1 + … + n) in the k-th year

Counted things are rounded to whole base units (persons), shares and ratios to 0.1; the last year is the target itself. Of a total it is the running
total that is rounded, so that the years add up to it exactly. Where the start satisfies the target already, every year keeps the target's level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

import numpy as np

from zhibiao.assessing.breakdown.rules import (
    aimed,
    amounts,
    decimal,
    goal_at,
    goal_sum,
    levels,
    missing_text,
    quantum,
    written,
)
from zhibiao.assessing.known import Baseline, baseline_of
from zhibiao.assessing.semantics import Condition
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError, closest
from zhibiao.model import Indicator, Plan, Statement, Unit
from zhibiao.model.breakdown import Rule

RULES: tuple[Rule, ...] = get_args(Rule)

FAR = 30
"""A value so many times its target or start, or so small a part of both, is in another unit than was meant."""


class NotBroken(ParameterError):
    """A target that cannot be broken down into years; `reason` says why in a few words, Chinese and English."""

    def __init__(self, what: str, reason: tuple[str, str]) -> None:
        super().__init__(what, where="target")
        self.reason = reason


@dataclass(frozen=True)
class Milestones:
    """A target year by year, in base units.

    Attributes
    ----------
    start : Baseline or None
        Where it starts; None where the milestones need no start.
    values : tuple of Decimal
        One for each year: the level to reach, or of a total the amount of the year.
    summed : bool
        The years add up to the target, or their mean is the target.
    """

    statement: Statement
    plan: Plan
    indicator: Indicator
    rule: Rule
    start: Baseline | None
    years: tuple[int, ...]
    values: tuple[Decimal, ...]
    summed: bool

    @property
    def total(self) -> Decimal:
        """What the years add up to."""
        return sum(self.values, Decimal(0))


def milestones(study: Study, statement: Statement, rule: str = "even", own: Mapping[int, Decimal] | None = None) -> Milestones:
    """Break a target down into years.

    Parameters
    ----------
    study : Study
        Of the target's region; figures later than its as_of are not looked at.
    rule : str
        ``even``, ``growth``, ``late`` or ``own``.
    own : mapping of int to Decimal, optional
        With ``own``: the value of each year, in the statement's unit.

    Raises
    ------
    ParameterError
        It is no target with years; its start is not known where the rule needs one; the rule does not fit; own values miss the target.
    """
    if rule not in RULES:
        raise ParameterError(f"未知分解办法 unknown rule {rule!r}", where="--by", allowed=RULES, nearest=closest(rule, RULES))
    if (own is None) == (rule == "own"):
        raise ParameterError("自定各年的数须用 --by own --own 给出 own values belong to --by own", where="--own", allowed=["2021=3.1,2022=3.2"])
    if statement.kind != "target" or statement.period is None:
        raise NotBroken(f"{statement.key} 不是有期限的目标，不能分解 is no target with a year or a period", ("没有期限", "no year or period"))
    plan, indicator = study.plan_of(statement), study.indicator(statement.indicator)
    asked, start = aimed(statement, indicator), None
    if own is not None:
        years = _own_years(plan, asked, own)
        values = _own(statement, own, years)
        start = start_if_any(study, statement, plan, years[0]) if asked.combine == "point" else None
    elif asked.combine in ("sum", "mean"):
        years = _span(asked)
        start, values = _amounts(study, statement, asked, indicator, rule, years)
    else:
        start = start_of(study, statement, plan) if asked.combine == "point" else None
        years = _span(asked) if asked.combine == "each" else _ahead(statement, plan, start, asked)
        values = levels(statement, asked, indicator, rule, start, years)
    made = Milestones(statement, plan, indicator, RULES[RULES.index(rule)], start, years, values, asked.combine in ("sum", "mean"))
    slip = in_another_unit(made, start, statement.written_unit) if own is not None else None
    for found in [slip] if slip else differences(made):
        raise ParameterError(found[1], where="--own" if own is not None else "target")
    return made


def start_of(study: Study, statement: Statement, plan: Plan) -> Baseline | None:
    """Where a level starts: the document's own baseline, else the figure of the year before the plan, else the newest before the target's year.

    Raises
    ------
    ParameterError
        The figure cannot carry a path: sources disagree on it, or the definition has changed since.
    """
    series, indicator = study.series(statement.indicator), study.indicator(statement.indicator)
    start = baseline_of(statement, plan, series)
    end = statement.horizon or plan.period.end
    if start is None:
        points = [point for point in series.annual if point.period.year < end]
        start = Baseline(float(points[-1].base_value), points[-1].period.year, points[-1].source) if points else None
    if start is None:
        return None
    if statement.baseline is None and any(period.is_year and period.year == start.year for period in series.conflicting):
        what = f"{indicator.zh}{start.year}年的数来源相抵，不能作基期 sources disagree on {start.year}, the starting year"
        raise NotBroken(what, ("基期数来源相抵", "sources disagree on the start"))
    broken = [year for year in indicator.breaks_in(study.region.code) if start.year < year <= end]
    if broken:
        raise NotBroken(
            f"{indicator.zh}自{broken[0]}年起口径改变，{start.year}年的数不能作基期；可用 --by own "
            f"the definition changed in {broken[0]}: {start.year} is no start; give --by own",
            (f"{broken[0]}年口径改变", f"definition changed in {broken[0]}"),
        )
    return start


def start_if_any(study: Study, statement: Statement, plan: Plan, first: int) -> Baseline | None:
    """Where own values start, as far as that can be said: they need no start."""
    try:
        start = start_of(study, statement, plan)
    except NotBroken:
        return None
    return start if start is not None and start.year < first else None


def in_another_unit(made: Milestones, start: Baseline | None, unit: Unit) -> tuple[int, str] | None:
    """The first milestone that is `FAR` from both the target and the start, as one written in another unit is: (year, in words).

    Parameters
    ----------
    start : Baseline or None
        Where the target starts as far as the registry knows. Without it a year on the way tells only what is too much for a floor.
    unit : Unit
        In which the values were written.
    """
    asked = aimed(made.statement, made.indicator)
    goal = goal_sum(asked, made.indicator, len(made.years)) if made.summed else goal_at(asked, asked.bound, made.indicator)
    ends = [goal, *([decimal(start.value)] if start is not None else [])]
    for year, value in zip(made.years, made.values, strict=True):
        binds = start is not None or asked.combine == "each" or year == made.years[-1]
        high = value >= FAR * max(ends) > 0 and (binds or made.summed or asked.floor is not None)
        low = 0 < value * FAR <= min(ends) and binds and not made.summed
        if high or low:
            document = made.statement.written_unit
            begin = f"、起点 {written(decimal(start.value) / document.scale)}{document.written}" if start is not None else ""
            return year, (
                f"{year}年 {written(value / unit.scale)}{unit.written}，与目标 {made.statement.value_text()}{document.written}{begin} 相差 {FAR} 倍以上：各年的数以"
                f"“{unit.written}”计，请核对单位 off the target by a factor of {FAR} or more: values are in {unit.written}, check the unit"
            )
    return None


def differences(made: Milestones) -> list[tuple[int | None, str]]:
    """What is wrong with milestones: (year or None, in words). Whole units, bounds, and that they add up to the target or reach it."""
    found: list[tuple[int | None, str]] = []
    indicator, unit = made.indicator, made.statement.written_unit
    for year, value in zip(made.years, made.values, strict=True):
        if quantum(indicator) == 1 and value != value.to_integral_value():
            found.append((year, f"{year}年 {written(value / unit.scale)}{unit.written} 不是整数{indicator.unit} is no whole number of {indicator.unit}"))
        if (indicator.lower is not None and value < indicator.lower) or (indicator.upper is not None and value > indicator.upper):
            found.append((year, f"{year}年 {written(value / unit.scale)}{unit.written} 超出指标范围 is out of the indicator's range"))
    return found or _missed(made)


def _missed(made: Milestones) -> list[tuple[int | None, str]]:
    """How far milestones are from the target: the sum of a total, the last year of a level, each year of a level to keep."""
    asked = aimed(made.statement, made.indicator)
    unit, goal = made.statement.written_unit, made.statement.value_text()
    if made.summed:
        wanted = goal_sum(asked, made.indicator, len(made.years))
        off = made.total - wanted
        if off == 0:
            return []
        more, less = ("多", "more") if off > 0 else ("少", "less")
        said = missing_text(abs(off), unit)
        return [
            (
                None,
                f"各年合计 {written(made.total / unit.scale)}{unit.written}，应为 {written(wanted / unit.scale)}{unit.written}，{more}{said} "
                f"the years add up to {said} {less} than the target",
            )
        ]
    bound = made.years if asked.combine == "each" else made.years[-1:]
    gaps = {year: float(asked.gap(np.array([float(value)]))[0]) for year, value in zip(made.years, made.values, strict=True) if year in bound}
    return [
        (year, f"{year}年差 {missing_text(decimal(gap), unit)} 才到目标 {goal}{unit.written} short of the target in {year}")
        for year, gap in gaps.items()
        if gap > 0
    ]


def _span(asked: Condition) -> tuple[int, ...]:
    assert asked.start is not None and asked.end is not None  # only a standing rule has no years
    return tuple(range(asked.start, asked.end + 1))


def _ahead(statement: Statement, plan: Plan, start: Baseline | None, asked: Condition) -> tuple[int, ...]:
    """The years in which a level is approached: those of the plan, from the year after the start."""
    assert asked.end is not None
    if start is None:
        raise NotBroken(
            f"{statement.key} 的基期数不明，无从分解到年 its starting value is not known；请先录入基期数（zhibiao observe import），"
            "或用 --by own 自定各年的数 enter a figure first, or give --by own",
            ("基期数不明", "starting value not known"),
        )
    first = max(min(plan.period.start, asked.end), start.year + 1)
    if first > asked.end:
        raise NotBroken(f"起点 {start.year} 年之后没有目标年 no year is left before {asked.end}", ("没有可分解的年份", "no year is left"))
    return tuple(range(first, asked.end + 1))


def _own_years(plan: Plan, asked: Condition, own: Mapping[int, Decimal]) -> tuple[int, ...]:
    """The years that own values are to give: those that bind; of a level from the first that is given, within the plan."""
    if asked.combine != "point":
        return _span(asked)
    assert asked.end is not None
    first = min(plan.period.start, asked.end)
    return tuple(range(min(max(first, min(own, default=first)), asked.end), asked.end + 1))


def _amounts(
    study: Study, statement: Statement, asked: Condition, indicator: Indicator, rule: str, years: tuple[int, ...]
) -> tuple[Baseline | None, tuple[Decimal, ...]]:
    """The yearly amounts of a total; and the amount of the year before, where they grow from it."""
    before = _amount_before(study, statement, indicator, years[0]) if rule == "growth" and quantum(indicator) == 1 else None
    return before, amounts(asked, indicator, rule, before, years)


def _amount_before(study: Study, statement: Statement, indicator: Indicator, first: int) -> Baseline:
    point = study.series(indicator.id).at(first - 1)
    if point is None or point.base_value <= 0:
        raise ParameterError(
            f"{statement.key}：等比须有{first - 1}年的实际数，登记库中没有 constant growth needs the amount of {first - 1}, which is not known；"
            "可用匀速、后置或自定 use even, late or own",
            where="--by",
            allowed=["even", "late", "own"],
        )
    return Baseline(float(point.base_value), point.period.year, point.source)


def _own(statement: Statement, own: Mapping[int, Decimal], years: Sequence[int]) -> tuple[Decimal, ...]:
    wanted = f"{years[0]}-{years[-1]}"
    missing, extra = [year for year in years if year not in own], [year for year in own if year not in years]
    if missing or extra:
        said = f"缺 missing {'、'.join(map(str, missing))}" if missing else f"多余 not asked for {'、'.join(map(str, extra))}"
        raise ParameterError(f"各年的数应为 {wanted}，{said}", where="--own", allowed=[",".join(f"{year}=…" for year in years)])
    return tuple(statement.written_unit.to_base(own[year]) for year in years)
