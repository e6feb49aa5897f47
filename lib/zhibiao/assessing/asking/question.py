"""A typed series and target as a study of its own, so that they are judged by the very rules that judge the registry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import ValidationError

from zhibiao.assessing.asking import ratios, relative
from zhibiao.assessing.asking.series import Figure
from zhibiao.assessing.asking.target import Target
from zhibiao.assessing.asking.units import Units, units_of
from zhibiao.assessing.methods.case import Case, Point
from zhibiao.assessing.panel import Extras
from zhibiao.catalogue.load import shipped
from zhibiao.catalogue.registry import Registry, Series
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError, closest
from zhibiao.model import Indicator, Observation, Plan, Region, Scenario, Span, Statement, unit_of
from zhibiao.model.indicator import Break
from zhibiao.model.period import LAST_YEAR

KINDS = ("stock", "flow", "rate", "count")
DIRECTIONS = ("up", "down", "none")
REGION, NAME = "000000", "asked"
COUNTED = ("所", "个", "家", "项", "本", "种", "条", "门", "件", "套", "台", "支", "枚", "处", "场", "期")
"""Units of things that are counted one by one."""


@dataclass(frozen=True)
class Options:
    """What may be said beside series and target; None where it is left to be inferred."""

    direction: str | None = None
    baseline: tuple[Figure, ...] = ()
    unit: str | None = None
    kind: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    as_of: int | None = None
    issued: dt.date | None = None
    breaks: tuple[int, ...] = ()
    ratio_to: tuple[str | None, tuple[Figure, ...]] | None = None
    extras: Extras = field(default_factory=Extras)
    seed: int = 2020


@dataclass(frozen=True)
class Question:
    """The study that was made of what was typed.

    Attributes
    ----------
    statement : Statement or None
        The target; None where only the trend is asked about.
    lacking : str or None
        The other indicator of a ratio whose series was not given.
    """

    study: Study
    statement: Statement | None
    series: Series
    indicator: Indicator
    unit: str
    extras: Extras
    lacking: str | None = None

    @property
    def trend(self) -> Case:
        """The first and the last exact value, for methods that need no target."""
        scale = float(unit_of(self.unit).scale)
        exact = [p for p in self.series.annual if p.qualifier in ("eq", "about") and p.period not in self.series.conflicting]
        points = tuple(Point(float(p.period.year), float(p.base_value) / scale) for p in exact)
        sign = -1 if self.indicator.direction == "down" else 1
        return Case(points, points[0] if points else None, points[-1] if points else None, sign=sign, limit=self.extras.limit)


def ask(figures: Sequence[Figure], target: Target | None, options: Options) -> Question:
    """Make a study of a typed series and target.

    Raises
    ------
    ParameterError
        Units, bounds or options do not go together.
    """
    _choice("--kind", options.kind, KINDS)
    _choice("--direction", options.direction, DIRECTIONS)
    lacking = None
    if target is not None and target.change is not None:
        target = relative.absolute(target, figures, options.baseline, options.unit)
    if target is not None and target.ratio_to is not None:
        figures, lacking = ratios.divided(figures, target.ratio_to, options.ratio_to)
    elif options.ratio_to is not None:
        raise ParameterError("只用于倍数目标 is for targets such as 2x students", where="--ratio-to", allowed=["2x students each"])
    units = units_of(figures, options.baseline, target, options.unit)
    start = options.baseline[-1] if options.baseline else None
    indicator = _indicator(figures, start, target, units, options)
    as_of = options.as_of or max((f.period.year for f in (*figures, *options.baseline)), default=target.period.end if target and target.period else 2000)
    try:
        rows = tuple(_observation(f, indicator, units, options.kind) for f in figures)
        plan = _plan(figures, start, target, units, options)
    except ValidationError as error:
        raise ParameterError(str(error.errors()[0]["msg"]), where="--target") from None
    region = Region(code=REGION, zh="本数列", en="this series", level="county")
    scenario = Scenario(id="baseline", zh="基准", en="baseline", description="不作假定", description_en="nothing is assumed")
    plans = {plan.id: plan} if plan else {}
    registry = Registry((shipped(),), {indicator.id: indicator}, {REGION: region}, plans, {}, {scenario.id: scenario}, rows)
    horizon = min(max(as_of, plan.period.end if plan else as_of), LAST_YEAR)
    study = Study(registry, region, tuple(plans.values()), as_of, horizon, scenario, 80, options.seed, "zh", str(as_of))
    statement = next((s for s in plan.statements if s.kind == "target"), None) if plan else None
    return Question(study, statement, study.series(indicator.id), indicator, units.written, options.extras, lacking)


def _choice(where: str, value: str | None, allowed: Sequence[str]) -> None:
    if value is not None and value not in allowed:
        raise ParameterError(f"{value!r} 不在其中 is none of them", where=where, allowed=allowed, nearest=closest(value, allowed))


def _indicator(figures: Sequence[Figure], start: Figure | None, target: Target | None, units: Units, options: Options) -> Indicator:
    values = [units.base_value(f) for f in (*figures, *([start] if start else []))]
    ends = [] if target is None else [units.base(end) for end in (target.low, target.high) if end is not None]
    share = units.base_unit == "%" and all(0 <= value <= 100 for value in (*values, *ends))
    kind = options.kind or _kind(figures, target, units, share)
    lower = units.base(options.lower) if options.lower is not None else Decimal(0) if min([*values, *ends], default=Decimal(0)) >= 0 else None
    upper = units.base(options.upper) if options.upper is not None else Decimal(100) if share else None
    if kind == "rate" and (lower is None or upper is None):
        raise ParameterError("比率须有上下限 a rate needs lower and upper bounds", where="--kind", allowed=["--lower 0 --upper 100"])
    if lower is not None and upper is not None and lower >= upper:
        raise ParameterError("下限须小于上限 the lower bound is not below the upper one", where="--lower, --upper")
    for value in values:
        if (lower is not None and value < lower) or (upper is not None and value > upper):
            raise ParameterError(f"{units.shown(value)} 超出上下限 lies outside the bounds", where="--lower, --upper")
    return Indicator(
        id=NAME, zh="本指标", en="this indicator", definition="所给数列", unit=units.base_unit, kind=kind,
        direction=_direction(figures, start, target, units, options.direction),
        lower=lower, upper=upper, reference="share" if kind == "rate" else "enrolment",
        breaks=tuple(Break(year=year, what="口径改变") for year in options.breaks),
    )  # fmt: skip


def _kind(figures: Sequence[Figure], target: Target | None, units: Units, share: bool) -> str:
    if share:
        return "rate"
    if target is not None and (target.scope == "cumulative" or target.mean):
        return "flow"
    if units.base_unit in ("人次", "次", "件"):
        return "flow"
    # things come in whole numbers: where nothing else is said and every number is whole, they are counted
    numbers = [f.value for f in figures] + ([] if target is None else [end for end in (target.low, target.high) if end is not None])
    whole = all(number == number.to_integral_value() for number in numbers)
    return "count" if units.base_unit in COUNTED and whole and units.scale == 1 else "stock"


def _direction(figures: Sequence[Figure], start: Figure | None, target: Target | None, units: Units, given: str | None) -> str:
    """What is better: as the comparator says, else towards a value at a year from the baseline, else up; about a lower level is steered to."""
    if target is None:
        return given or "up"
    forced = {"gt": "up", "ge": "up", "lt": "down", "le": "down"}.get(target.comparator)
    if forced is not None:
        if given not in (None, "none", forced):
            raise ParameterError(f"{given} 与目标的比较词相反 contradicts the comparator of the target", where="--direction", allowed=[forced])
        return forced
    if given is not None:
        return given
    origin = start or (figures[0] if figures else None)
    assert target.low is not None and target.high is not None
    if target.scope != "point" or origin is None or units.base_value(origin) <= units.base(target.high):
        return "up"
    return "none" if target.comparator == "about" else "down"


def _observation(figure: Figure, indicator: Indicator, units: Units, kind: str | None) -> Observation:
    """A part of a year is a year to date, and never a level, unless the user says that a stock is counted."""
    basis = "in_period" if indicator.kind in ("flow", "rate") else "at_end"
    if not figure.period.is_year and kind not in ("stock", "count"):
        basis = "year_to_date"
    return Observation(
        region=REGION, indicator=NAME, period=figure.period, basis=basis, value=figure.value, qualifier=figure.qualifier,
        unit=units.unit(figure), source="typed", recorded=dt.date(2000, 1, 1),
    )  # fmt: skip


def _plan(figures: Sequence[Figure], start: Figure | None, target: Target | None, units: Units, options: Options) -> Plan | None:
    """A document of this one target; its years begin after the baseline."""
    if target is None:
        return None
    first = start.period.year if start else min((f.period.year for f in figures), default=None)
    period, issued = target.period, options.issued
    if period is None:
        begin = issued.year if issued else (first or 2000)
        span = Span(begin, begin)
    elif target.scope == "point":
        span = Span(min(period.end, period.end if first is None else first + 1), period.end)
    elif target.maintain and period.start == period.end:
        begin = issued.year if issued else (period.end if first is None else first + 1)
        span = period = Span(min(begin, period.end), period.end)
    else:
        span = period
    parts: dict[str, object] = {"low": target.low, "high": target.high, "comparator": target.comparator, "scope": target.scope, "period": period}
    parts |= {"maintain": target.maintain, "mean": target.mean, "strive": target.strive}
    day = issued or dt.date(span.start, 1, 1)
    common = {"indicator": NAME, "region": REGION, "locator": "—", "evidence": "—", "plan": NAME, "issued": day}
    statements = [Statement.model_validate({"id": "target", "kind": "target", "unit": units.written, **common, **parts})]
    if start is not None:
        reference = {"low": start.value, "high": start.value, "comparator": "eq", "scope": "point", "period": start.period.year}
        statements.append(Statement.model_validate({"id": "start", "kind": "baseline", "unit": units.unit(start), **common, **reference}))
        statements[0] = statements[0].model_copy(update={"baseline": "start"})
    return Plan(id=NAME, title="所给目标", title_en="the target asked about", short="所给目标", issuer=("—",), region=REGION, period=span, issued=day, statements=tuple(statements))
