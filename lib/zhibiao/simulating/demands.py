"""The targets that are to hold together, as conditions on paths: chosen from the registry by name, or typed in plan language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.asking.target import Target, parse
from zhibiao.assessing.semantics import Condition, condition
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.model import Indicator, Statement, unit_of
from zhibiao.model.fan import Fan
from zhibiao.model.units import SCALES, UNSCALED
from zhibiao.simulating.anchoring import why_none
from zhibiao.simulating.scenario import SETS, Ground

Array = NDArray[np.float64]

TYPED = "typed"
"""The plan of a target that was typed instead of chosen."""
PIPE_INDICATORS = ("intake", "enrolment", "graduates")
"""Indicators that are ends of one pipe."""
LEVERED = (*PIPE_INDICATORS, *SETS.values())
"""Indicators that some lever moves."""
SHORT = {
    "招生": "intake", "年招生": "intake", "在校生": "enrolment", "毕业生": "graduates", "毕业生数": "graduates",
    "就业率": "employment_rate", "培训": "social_training", "培训人次": "social_training",
}  # fmt: skip
"""What people call indicators for short."""
SLIP = 30
"""A typed target so many times the region's own figures, or that small a part of them, was meant in another unit (万 is 10,000)."""


@dataclass(frozen=True)
class Demand:
    """A target that is to hold: the sentence, its indicator, and what it asks of a path in base units.

    Attributes
    ----------
    key : str
        ``plan/statement``; of a typed target what was typed.
    """

    key: str
    statement: Statement
    indicator: Indicator
    asked: Condition

    @property
    def typed(self) -> bool:
        return self.statement.plan == TYPED

    @property
    def bound(self) -> float:
        return self.asked.bound

    def clause(self, study: Study) -> str:
        """Where it stands, short."""
        return study.words("自拟", "typed") if self.typed else study.short_clause(self.statement)

    def missed(self, fan: Fan | None) -> tuple[int, float] | None:
        """The first counted year in which the target failed, and the figure; None where none did."""
        if fan is None or self.asked.combine not in ("point", "each"):
            return None
        for year, observed, value in zip(fan.years.tolist(), fan.observed, fan.draws[0], strict=True):
            if observed and (self.asked.start or year) <= year <= (self.asked.end or year) and not self.asked.holds(np.array([value]))[0]:
                return int(year), float(value)
        return None

    def settled(self, fan: Fan | None) -> bool | None:
        """Whether the target held as reported; None where not all its years are counted, so that it may still be missed or met."""
        start, end = self.asked.start, self.asked.end
        if fan is None or start is None or end is None or start < int(fan.years[0]) or end > int(fan.years[-1]):
            return None
        if not np.all(np.asarray(fan.observed)[(fan.years >= start) & (fan.years <= end)]):
            return None
        return bool(self.asked.satisfied(fan.draws[:1], fan.years)[0])

    def margin(self, paths: Array, years: NDArray[np.int64]) -> Array:
        """What is left until the target fails, in its worst year; negative where it fails. Array (draws,), base units."""
        measured = self.asked.measure(paths, years)
        ends = [measured - self.asked.floor] if self.asked.floor is not None else []
        if self.asked.ceiling is not None:
            ends.append(self.asked.ceiling - measured)
        return np.asarray(np.minimum.reduce(ends).min(axis=1))


def demands(study: Study, names: Sequence[str]) -> tuple[Demand, ...]:
    """Resolve targets: ``plan/statement``, a statement's id where one document has it, or an indicator with a target in plan language.

    >>> from zhibiao.catalogue.load import load
    >>> from zhibiao.catalogue.study import study
    >>> [d.key for d in demands(study(load()), ["intake-2025", "在校生规模>=12万人@2025"])]
    ['chongqing-2021-452/intake-2025', '在校生规模>=12万人@2025']

    Raises
    ------
    ParameterError
        A name is none of the region's targets and no target in plan language; with the nearest.
    """
    if not names:
        raise ParameterError("至少一个目标 name at least one target", where="--target", allowed=[s.key for s in main_targets(study)])
    found = [_demand(study, name.strip(), number) for number, name in enumerate(names, start=1)]
    return tuple({demand.key: demand for demand in found}.values())


def demand_of(study: Study, statement: Statement) -> Demand:
    """A statement of the registry as a demand."""
    indicator = study.indicator(statement.indicator)
    return Demand(statement.key, statement, indicator, condition(statement, indicator))


def main_targets(study: Study) -> list[Statement]:
    """The targets on intake, enrolment and whatever else a lever moves, of all chosen documents, in their order."""
    targets = [s for s in study.statements("target") if s.repeats is None and s.indicator in LEVERED and s.scope != "standing"]
    first = {f"{plan.id}/{name}" for plan in study.plans for name in plan.headline}
    return sorted(targets, key=lambda s: (LEVERED.index(s.indicator), s.key not in first))


def target_sets(study: Study) -> list[tuple[Demand, ...]]:
    """Which targets the documents' own words put side by side: each enrolment target with every intake target; where one kind is lacking, the other."""
    both = [demand_of(study, s) for s in main_targets(study) if s.indicator in ("intake", "enrolment")]
    intakes = tuple(d for d in both if d.indicator.id == "intake")
    sets = [(*intakes, d) for d in both if d.indicator.id == "enrolment"]
    return sets or ([intakes] if intakes else [])


def unassessable(study: Study, base: Ground, asked: Sequence[Demand]) -> dict[str, tuple[str, str]]:
    """Targets that cannot be held against the pipe, each with the reason in Chinese and English; never a pass."""
    found = {}
    for demand in asked:
        name = demand.indicator.id
        reason = _lacking(study, base, demand) if name in PIPE_INDICATORS else None
        if name not in LEVERED and name not in base.fans:
            reason = ("没有数据，也没有杠杆能推动", "no figures, and no lever moves it")
        if reason is not None:
            found[demand.key] = reason
    return found


def _lacking(study: Study, base: Ground, demand: Demand) -> tuple[str, str] | None:
    place, fan = study.region, base.fans.get(demand.indicator.id)
    if base.pipe is None:
        zh, en = why_none(study, base.fans)
        return f"{place.zh}：{zh}", f"{place.en}: {en}"
    if fan is None:
        return f"{demand.indicator.zh}没有可用的数", f"no usable figure of {demand.indicator.en}"
    asked = demand.asked
    if asked.end is None or asked.start is None or asked.end > int(fan.years[-1]) or asked.start < int(fan.years[0]):
        return f"目标年份不全在{fan.years[0]}—{fan.years[-1]}年之内", f"its years are not all within {fan.years[0]}–{fan.years[-1]}"
    return None


def _demand(study: Study, name: str, number: int) -> Demand:
    targets = [s for s in study.statements("target") if s.scope != "standing"]
    chosen = [s for s in targets if name == s.key] or [s for s in targets if name == s.id]
    if len(chosen) == 1:
        return demand_of(study, chosen[0])
    if chosen:
        raise ParameterError(f"{name!r} 在多个文件中都有 is in several documents", where="--target", allowed=[s.key for s in chosen])
    indicator, rest = _split(study, name)
    if indicator is None or rest[:1] in ("-", "_", "/") or not any(sign.isdigit() for sign in rest):
        known = [*(s.key for s in targets), *(s.id for s in targets)]
        shown = [s.key for s in targets if s.indicator in LEVERED] or [s.key for s in targets]
        raise ParameterError(
            f"{study.region.zh} 没有目标 has no target {name!r}", where="--target", allowed=[*shown, example(study)], nearest=closest(name, known)
        )
    statement = _typed(study, indicator, rest, name, number)
    return Demand(name, statement, indicator, condition(statement, indicator))


def _split(study: Study, text: str) -> tuple[Indicator | None, str]:
    """The indicator that a typed target begins with, the longest name that fits, and what follows."""
    names = {name: i for i in study.registry.indicators.values() for name in (i.id, i.zh, i.en)}
    names |= {name: study.indicator(indicator) for name, indicator in SHORT.items()}
    fitting = [name for name in names if text.casefold().startswith(name.casefold())]
    if not fitting:
        return None, text
    name = max(fitting, key=len)
    return names[name], text[len(name) :].strip()


def _typed(study: Study, indicator: Indicator, rest: str, written: str, number: int) -> Statement:
    asked = parse(rest)
    if asked.period is None or asked.change is not None or asked.ratio_to is not None:
        raise ParameterError(f"{written!r} 须写数值与年份 needs a value and a year or years", where="--target", allowed=[example(study, indicator)])
    if asked.unit is None and indicator.unit not in UNSCALED:
        raise ParameterError(f"{written!r} 没有写单位 has no unit", where="--target", allowed=_fitting(study, indicator, asked, written))
    scale = asked.unit or ""
    unit = f"{scale}{indicator.unit}" if scale in SCALES else scale
    try:
        base = unit_of(unit).base
    except RegistryError as error:
        raise ParameterError(error.what, where="--target", allowed=error.allowed, nearest=error.nearest) from None
    if base != indicator.unit:
        raise ParameterError(f"{written!r} 的单位不是 is not in {indicator.unit}", where="--target", allowed=_fitting(study, indicator, asked, written))
    _refuse_slip(study, indicator, asked, unit, written)
    return Statement.model_validate(
        {
            "id": f"typed-{number}", "kind": "target", "indicator": indicator.id, "region": study.region.code, "low": asked.low, "high": asked.high,
            "comparator": asked.comparator, "unit": unit, "scope": asked.scope, "period": asked.period, "maintain": asked.maintain, "mean": asked.mean,
            "locator": "—", "evidence": written[:24], "plan": TYPED, "issued": dt.date(asked.period.start, 1, 1),
        }
    )  # fmt: skip


def example(study: Study, indicator: Indicator | None = None) -> str:
    """A target as it may be typed, of the region's own size and unit."""
    asked = [indicator] if indicator is not None else [study.indicator(name) for name in ("enrolment", "intake")]
    one = next((i for i in asked if _own(study, i)), asked[0])
    scales = one.unit not in UNSCALED
    value = next(reversed(_own(study, one)), Decimal(10000 if scales else 1))
    unit = f"万{one.unit}" if scales and value >= 10000 else one.unit
    return f"{one.zh}>={float(f'{value / unit_of(unit).scale:.2g}'):g}{unit}@{study.horizon}"


def _own(study: Study, indicator: Indicator) -> list[Decimal]:
    """The region's figures of whole years, base units, without zeros, which have no size."""
    return [point.base_value for point in study.series(indicator.id).annual if point.base_value > 0]


def _fits(study: Study, indicator: Indicator, asked: Target, unit: str) -> bool:
    """Whether a typed target is of the size of the region's own figures; of a sum what a year contributes."""
    own = _own(study, indicator)
    years = asked.period.end - asked.period.start + 1 if asked.period is not None and asked.scope == "cumulative" else 1
    values = [unit_of(unit).to_base(end) / years for end in (asked.low, asked.high) if end]
    return not own or all(min(own) < SLIP * value and value < SLIP * max(own) for value in values)


def _fitting(study: Study, indicator: Indicator, asked: Target, written: str) -> list[str]:
    """The target with the units in which it is of the region's size, else one that is."""
    name = written.strip()[: -len(_split(study, written.strip())[1]) or None].strip()
    units = [indicator.unit] if indicator.unit in UNSCALED else [f"万{indicator.unit}", indicator.unit]
    found = [f"{name}{replace(asked, unit=unit)}" for unit in units if _fits(study, indicator, asked, unit)]
    return found or [example(study, indicator)]


def _refuse_slip(study: Study, indicator: Indicator, asked: Target, unit: str, written: str) -> None:
    """A value that no figure of this region comes near was meant in another unit; one that the indicator cannot take was meant for none."""
    low, high = (float(end) if end is not None else None for end in (indicator.lower, indicator.upper))
    low = 0.0 if low is None and indicator.unit not in UNSCALED else low
    for value in (float(unit_of(unit).to_base(end)) for end in (asked.low, asked.high) if end is not None):
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = f"{'' if low is None else f'{low:g}'}…{'' if high is None else f'{high:g}'}{indicator.unit}"
            raise ParameterError(f"{written!r} 超出{indicator.zh}的取值范围 is out of its range", where="--target", allowed=[bounds])
    if not _fits(study, indicator, asked, unit):
        newest = study.series(indicator.id).annual[-1]
        stands = f"{newest.value:f}{newest.unit}（{newest.period.year}）"
        raise ParameterError(
            f"{written!r} 与{study.region.zh}{indicator.zh}{stands}相差{SLIP}倍以上，单位不对？ is {SLIP}-fold and more off the region's own figure: another unit?",
            where="--target", allowed=_fitting(study, indicator, asked, written),
        )  # fmt: skip
