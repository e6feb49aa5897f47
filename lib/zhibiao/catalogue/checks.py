"""What must hold between the parts of the registry: every name leads somewhere, every unit fits, every value is possible."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError, closest
from zhibiao.model import LEVERS, Indicator, Observation, Override, Statement
from zhibiao.model.units import UNSCALED, unit_of

BASES = {"stock": ("at_end",), "flow": ("in_period", "year_to_date"), "rate": ("at_end", "in_period"), "count": ("at_end", "in_period", "year_to_date")}
"""Which basis an observation of each kind of indicator may have."""


BASELINE = "baseline"
"""The scenario that all others are held against."""


def check(registry: Registry, places: Mapping[str, str]) -> None:
    """Check the registry as a whole.

    Raises
    ------
    RegistryError
        The first fault, with the file and line it stands at.
    """
    for region in registry.regions.values():
        if region.parent is not None:
            _known(region.parent, registry.regions, "上级地区 parent region", places.get(f"region:{region.code}", ""))
    for plan in registry.plans.values():
        _known(plan.region, registry.regions, "地区 region", places.get(f"plan:{plan.id}:region", plan.origin))
        for statement in plan.statements:
            check_statement(registry, statement)
    seen: dict[tuple[object, ...], str] = {}
    for observation in registry.observations:
        check_observation(registry, observation)
        identity = (*observation.key, observation.source, observation.recorded)
        if identity in seen:
            raise RegistryError(f"观测重复 the same observation stands at {seen[identity]}", where=observation.origin)
        seen[identity] = observation.origin
    statements = {statement.key: statement for statement in registry.statements()}
    measures = dict.fromkeys(measure.key for measure in registry.measures())
    for status in registry.statuses:
        _known(status.key, measures, "措施 measure", status.origin)
    called: dict[str, str] = {}
    for scenario in registry.scenarios.values():
        place = f"scenario:{scenario.id}"
        if scenario.id == BASELINE and (scenario.overrides or scenario.trust is not None):
            raise RegistryError("基准不设任何杠杆，请另起一个 id the baseline moves no lever; give the scenario an id of its own", where=places.get(place) or None)
        for name in {scenario.id, scenario.zh, scenario.en}:
            if called.setdefault(name, scenario.id) != scenario.id:
                raise RegistryError(f"情景名“{name}”已被 {called[name]!r} 占用 the name is taken by another scenario", where=places.get(place) or None)
        for index, code in enumerate(scenario.regions):
            _known(code, registry.regions, "地区 region", places.get(f"{place}:regions:{index}", ""))
        for index, override in enumerate(scenario.overrides):
            check_override(registry, override, statements, places.get(f"{place}:overrides:{index}", ""))


def check_override(registry: Registry, override: Override, statements: Mapping[str, Statement], where: str) -> None:
    """A lever's statement exists and speaks of the lever's indicator, or its value fits that indicator."""
    sets = LEVERS[override.lever].indicator
    if sets is None:
        return  # the lever's own unit and range are checked with the record
    _known(sets, registry.indicators, f"指标 indicator of lever {override.lever}:", where)
    indicator = registry.indicators[sets]
    if override.statement is not None:
        _known(override.statement, statements, "表述 statement", where)
        spoken = statements[override.statement].indicator
        if spoken != indicator.id:
            raise RegistryError(
                f"杠杆与表述不符 lever {override.lever!r} sets {indicator.id!r}, statement {override.statement!r} speaks of {spoken!r}", where=where
            )
    elif override.unit is not None and override.value is not None and not override.change:
        _unit_fits(override.unit, indicator, where)
        _within(unit_of(override.unit).to_base(override.value), indicator, f"{_plain(override.value)}{override.unit}", where)


def check_statement(registry: Registry, statement: Statement) -> None:
    """A statement's indicator and region exist, its unit fits, its value is within the indicator's bounds."""
    _known(statement.indicator, registry.indicators, "指标 indicator", statement.origin)
    _known(statement.region, registry.regions, "地区 region", statement.origin)
    indicator = registry.indicators[statement.indicator]
    _unit_fits(statement.unit, indicator, statement.origin)
    for written, value in ((statement.low, statement.base_low), (statement.high, statement.base_high)):
        _within(value, indicator, f"{_plain(written)}{statement.unit}", statement.origin)
    if statement.scope == "cumulative" and indicator.kind == "rate":
        raise RegistryError(f"比率 {indicator.id!r} 不能累计 a rate cannot be cumulative", where=statement.origin)


def check_observation(registry: Registry, observation: Observation) -> None:
    """An observation's names lead somewhere, its unit and basis fit, its value is possible and not from the future."""
    where = observation.origin
    _known(observation.region, registry.regions, "地区 region", where)
    _known(observation.indicator, registry.indicators, "指标 indicator", where)
    _known(observation.source, registry.sources, "来源 source", where)
    indicator = registry.indicators[observation.indicator]
    _unit_fits(observation.unit, indicator, where)
    _within(observation.base_value, indicator, f"{_plain(observation.value)}{observation.unit}", where)
    if observation.basis not in BASES[indicator.kind]:
        raise RegistryError(
            f"{indicator.kind} 指标 {indicator.id!r} 的 basis 不能是 cannot be {observation.basis!r}", where=where, allowed=BASES[indicator.kind]
        )
    period, recorded = observation.period, observation.recorded
    if (period.year, period.first_month) > (recorded.year, recorded.month):
        raise RegistryError(f"期间 {period} 晚于记录日期 period lies after the day it was recorded, {recorded}", where=where)


def _known(name: object, known: Collection[str], what: str, where: str) -> None:
    # asked for every observation: `known` is a mapping or a set, a list would be gone through each time
    if name not in known:
        raise RegistryError(f"未知的{what} {name!r} is unknown", where=where or None, allowed=known, nearest=closest(name, known))


def _unit_fits(written: str, indicator: Indicator, where: str) -> None:
    if unit_of(written).base != indicator.base.base:
        raise RegistryError(
            f"单位不符 unit {written!r} does not fit {indicator.id!r} ({indicator.zh})",
            where=where,
            allowed=[indicator.unit, *(f"{scale}{indicator.unit}" for scale in ("万", "亿") if indicator.base.base not in UNSCALED)],
        )


def _within(value: Decimal | None, indicator: Indicator, shown: str, where: str) -> None:
    if value is None:
        return
    if (indicator.lower is not None and value < indicator.lower) or (indicator.upper is not None and value > indicator.upper):
        bounds = f"{_plain(indicator.lower) or '-∞'} … {_plain(indicator.upper) or '∞'} {indicator.unit}"
        raise RegistryError(f"{indicator.zh} {indicator.id!r} 的值 {shown} 超出范围 is out of range", where=where, allowed=[bounds])


def _plain(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")
