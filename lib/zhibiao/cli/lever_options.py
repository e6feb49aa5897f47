"""Ranges, limits, weights and chances as they are typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import isinf
from typing import TYPE_CHECKING

from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.model import LEVERS, LeverId, Unit, unit_of
from zhibiao.model.units import UNSCALED

if TYPE_CHECKING:
    from zhibiao.catalogue.study import Study
    from zhibiao.simulating.ranges import Range
    from zhibiao.simulating.scenario import Ground

NUMBER = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*([^\s0-9]*)\s*")
NONE = ("none", "无")


def chance_of(written: str) -> float | None:
    """A chance as typed: 0.8, 80%, or none.

    Raises
    ------
    ParameterError
        It is no share above 0 and below 1.
    """
    if written.strip().casefold() in NONE:
        return None
    found = NUMBER.fullmatch(written)
    value = None if found is None or found[2] not in ("", "%", "％") else float(found[1]) / (100 if found[2] else 1)
    if value is None or not 0 < value < 1:
        raise ParameterError(f"{written!r} 不是可能性 is no chance", where="--chance", allowed=["0.5", "0.8", "80%", "none"])
    return value


def ranges_of(
    study: Study, base: Ground, levers: Sequence[str] | None, limits: Sequence[str] | None, weights: Sequence[str] | None
) -> dict[LeverId, Range]:
    """The levers that may move, with what was typed over the defaults.

    Raises
    ------
    ParameterError
        An unknown lever, a range upside down or without the place where the region stands, a number that is none, a unit of something else.
    """
    from zhibiao.simulating.ranges import default_ranges

    usual = default_ranges(study, base.pipe)
    found = dict(usual) if not levers else {}
    spanned: set[LeverId] = set()
    limited: set[LeverId] = set()
    for text in levers or ():
        name, _, span = text.partition("=")
        lever = _lever("--lever", name, usual)
        found[lever] = _spanned(study, base, lever, usual[lever], span) if span else usual[lever]
        spanned |= {lever} if span else set()
    for text in limits or ():
        name, _, value = text.partition("=")
        lever = _lever("--limit", name, found)
        found[lever] = replace(found[lever], yearly_limit=_limit(study, base, lever, value))
        limited.add(lever)
    for lever in spanned | limited:
        found[lever] = _told(study, lever, found[lever], lever in spanned, lever in limited)
    for text in weights or ():
        name, _, value = text.partition("=")
        lever = _lever("--weight", name, found)
        weight = NUMBER.fullmatch(value)
        if weight is None or weight[2] or float(weight[1]) < 0:
            raise ParameterError(f"{value!r} 须是不小于0的数 must be a number that is not negative", where="--weight", allowed=[f"{lever}=2"])
        found[lever] = replace(found[lever], weight=float(weight[1]))
    return found


def _lever(where: str, name: str, known: Mapping[LeverId, object]) -> LeverId:
    from zhibiao.simulating.ranges import MEANS

    wanted = name.strip()
    names: dict[str, LeverId] = {**{lever: lever for lever in MEANS}, **{LEVERS[lever].zh: lever for lever in MEANS}}
    if wanted not in names:
        reason = "不是达到目标的手段 is no means of reaching targets" if wanted in LEVERS else "未知杠杆 unknown lever"
        raise ParameterError(f"{reason}: {wanted!r}", where=where, allowed=MEANS, nearest=closest(wanted, names))
    lever = names[wanted]
    if lever not in known:
        raise ParameterError(f"{LEVERS[lever].zh} 在此没有起点或未选用 {lever} has no start here, or is not among the levers", where=where, allowed=list(known))
    return lever


def _spanned(study: Study, base: Ground, lever: LeverId, usual: Range, span: str) -> Range:
    """A range as typed; the region stands in it, or the range or its unit is wrong."""
    from zhibiao.simulating.ranges import step_of
    from zhibiao.simulating.scenario import own_value

    low, colon, high = span.partition(":")
    if not colon:
        raise ParameterError(f"{span!r} 须写下限:上限 needs low:high", where="--lever", allowed=[f"{lever}=3:5"])
    unit = _unit(study, lever)
    ends = (_number("--lever", low, unit) if low.strip() else usual.low, _number("--lever", high, unit) if high.strip() else usual.high)
    known = LEVERS[lever]
    if ends[0] > ends[1] or (known.low is not None and ends[0] < known.low) or (known.high is not None and ends[1] > known.high):
        bounds = f"{known.low if known.low is not None else ''}…{known.high if known.high is not None else ''}{known.base}"
        raise ParameterError(f"{lever}={span} 超出范围或倒置 is out of range or upside down", where="--lever", allowed=[bounds])
    own = own_value(study, lever, base.pipe)
    if own is not None and not ends[0] - step_of(lever, own) <= own <= ends[1] + step_of(lever, own):
        here = _shown(own, unit)
        bottom, top = _shown(min(usual.low, own), unit, bare=True), "" if isinf(usual.high) else _shown(max(usual.high, own), unit, bare=True)
        raise ParameterError(
            f"{lever}={span}（{unit.written}）不含起点，范围或单位不对：{study.region.zh}{known.zh}现为{here} "
            f"the range or its unit is wrong: {study.region.en} stands at {_shown(own, unit, 'en')}, outside it",
            where="--lever", allowed=[f"{lever}={bottom}:{top}"],
        )  # fmt: skip
    return replace(usual, low=ends[0], high=ends[1], yearly_fall=None)


def _limit(study: Study, base: Ground, lever: LeverId, value: str) -> float | None:
    """A yearly limit: % of the start or a number with its unit for what is counted, points for shares, years for lengths."""
    from zhibiao.simulating.scenario import own_value

    if value.strip().casefold() in NONE:
        return None
    unit, share = _unit(study, lever), value.strip().endswith(("%", "％"))
    counted = unit.base not in UNSCALED
    allowed = [f"{lever}=10%", f"{lever}=0.1{unit.written}" if unit.scale > 1 else f"{lever}=100{unit.written}", "none"] if counted else [f"{lever}={1 if unit.base == '年' else 2}", "none"]
    if share and unit.base == "%":
        raise ParameterError(f"{value!r} 限度按百分点写，不写% a limit on a share is in points, without %", where="--limit", allowed=allowed)
    if share and counted:
        own = own_value(study, lever, base.pipe)
        if own is None:
            raise ParameterError(f"{LEVERS[lever].zh} 起点未知，限度不能写百分比 its start is unknown: no limit in per cent", where="--limit")
        number = _number("--limit", value.strip()[:-1], unit_of("个")) / 100 * own
    else:
        number = _number("--limit", value, unit)
        if counted and value.strip()[-1:].isdigit():
            raise ParameterError(f"{value!r} 没有写单位 has no unit", where="--limit", allowed=[f"{lever}={value.strip()}%", *allowed[1:]])
    if number < 0:
        raise ParameterError(f"{value!r} 须不小于0 must not be negative", where="--limit", allowed=allowed)
    return number


def _told(study: Study, lever: LeverId, limits: Range, spanned: bool, limited: bool) -> Range:
    """A range whose reason says what was taken of what was typed, and what is the default."""
    unit = _unit(study, lever)
    zh = f"不低于{_shown(limits.low, unit)}" if isinf(limits.high) else f"{_shown(limits.low, unit, bare=True)}—{_shown(limits.high, unit)}"
    top = "" if isinf(limits.high) else f" to {_shown(limits.high, unit, bare=True)}"
    en = f"{_shown(limits.low, unit, bare=True)}{top} {unit.label('en')}"
    steps = unit_of("百分点") if unit.base == "%" else unit
    pace, pace_en = "不设年度限度", "no yearly limit"
    if limits.yearly_limit is not None:
        pace = f"每年至多动{_shown(limits.yearly_limit, steps).replace('百分点', '个百分点')}"
        pace_en = f"at most {_shown(limits.yearly_limit, steps, 'en')} a year"
    by, by_en = ("按所给", "默认"), ("as given", "by default")
    return replace(
        limits, reason=f"{by[not spanned]}范围{zh}，{by[not limited]}{pace}", reason_en=f"{by_en[not spanned]} {en}, {by_en[not limited]} {pace_en}"
    )


def _shown(value: float, unit: Unit, lang: str = "zh", *, bare: bool = False) -> str:
    """A value in a unit, to three digits where it is counted, else to a tenth."""
    scaled = value / float(unit.scale)
    text = f"{round(scaled, 1):g}" if unit.base in UNSCALED else f"{float(f'{scaled:.3g}'):f}".rstrip("0").rstrip(".")
    if bare:
        return text
    return f"{text}{unit.written}" if lang == "zh" else f"{text} {unit.label('en')}"


def _unit(study: Study, lever: LeverId) -> Unit:
    """The unit of bare numbers: that of the region's documents for persons, else the lever's own."""
    from zhibiao.showing.pictures import display_unit
    from zhibiao.simulating.scenario import SETS

    indicator = {"intake": "intake", **SETS}.get(lever)
    return display_unit(study, study.indicator(indicator)) if indicator is not None else unit_of(LEVERS[lever].base)


def _number(where: str, written: str, unit: Unit) -> float:
    """A number in base units; its own unit where it has one."""
    found = NUMBER.fullmatch(written)
    if found is None:
        raise ParameterError(f"{written!r} 不是数字 is not a number", where=where, allowed=[f"3{unit.written}", "3"])
    own = unit
    if found[2]:
        try:
            own = unit_of(found[2])
        except RegistryError as error:
            raise ParameterError(error.what, where=where, allowed=error.allowed, nearest=error.nearest) from None
        if own.base not in (unit.base, "百分点" if unit.base == "%" else unit.base):
            raise ParameterError(f"{written!r} 的单位不是 is not in {unit.base}", where=where, allowed=[f"3{unit.written}"])
    return float(own.to_base(Decimal(found[1])))
