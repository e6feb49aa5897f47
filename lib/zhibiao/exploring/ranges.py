"""How far each lever can be moved on the screen: within what the region's own figures, its documents and the nation have seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, LeverId, Unit, unit_of
from zhibiao.showing.numbers import percent
from zhibiao.showing.pictures import display_unit
from zhibiao.simulating.ranges import Range, default_ranges
from zhibiao.simulating.scenario import SETS, Ground, own_value
from zhibiao.simulating.spread import NATION

STEPS = 120
"""About so many positions has a slider."""

PIPE: Mapping[LeverId, str] = {"intake": "intake", "capacity": "enrolment", "enrolment_floor": "enrolment"}
"""Levers of the pipe that are counted in persons, and the indicator whose moves in the nation bound them."""

Words = tuple[str, str]


@dataclass(frozen=True)
class Reach:
    """One lever on the screen.

    Attributes
    ----------
    unit : Unit
        As it is shown and written.
    low, high, step : Decimal
        In that unit.
    start : Decimal
        Where the slider stands while the lever is not moved, in that unit; the region's own value where it is known.
    known : bool
        `start` is the region's own value.
    first, last : int
        Years in which it may be reached.
    why : (zh, en)
        Where the range comes from.
    """

    lever: LeverId
    unit: Unit
    low: Decimal
    high: Decimal
    step: Decimal
    start: Decimal
    known: bool
    first: int
    last: int
    why: Words

    def over(self, values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
        """The range widened in whole steps to hold `values` as well: a scenario may lie outside."""
        held = [self.low, self.high, *values]
        below = ((self.low - min(held)) / self.step).to_integral_value(ROUND_CEILING)
        above = ((max(held) - self.high) / self.step).to_integral_value(ROUND_CEILING)
        return self.low - below * self.step, self.high + above * self.step


def ranges(study: Study, ground: Ground) -> dict[LeverId, Reach]:
    """The levers that do something for the study's region, with their ranges, in the order of `LEVERS`."""
    usual, found = default_ranges(study, ground.pipe), {}
    for lever in LEVERS:
        own = own_value(study, lever, ground.pipe)
        bounds = _bounds(study, ground, lever, own, usual.get(lever))
        if bounds is not None:
            low, high, why = bounds
            found[lever] = _reach(study, ground, lever, low, high, own, why)
    return found


def _bounds(study: Study, ground: Ground, lever: LeverId, own: float | None, usual: Range | None) -> tuple[float, float, Words] | None:
    """Low and high in base units, and where they come from; None where the lever does nothing here or nothing bounds it."""
    if lever in SETS:
        return _set_bounds(study, lever, own)
    if ground.pipe is None or own is None:
        return None
    if usual is not None:
        asked = _asked(study, PIPE[lever]) if lever in PIPE else []
        return min(usual.low, own, *asked), max(usual.high, own, *asked), (usual.reason, usual.reason_en)
    if lever in PIPE:
        return _moved(study, PIPE[lever], own, int(ground.pipe.years[-1]) - ground.pipe.start.year, ground.pipe.start.year)
    return None


def _set_bounds(study: Study, lever: LeverId, own: float | None) -> tuple[float, float, Words] | None:
    """Levers outside the pipe: as far as the nation moved where the region has a figure, else around what the documents ask a year."""
    indicator = study.indicator(SETS[lever])
    asked = _asked(study, indicator.id)
    if own is None and not asked:
        return None
    if indicator.base.base == "%":
        seen = [*_national(study, indicator.id).values(), *asked, *([own] if own is not None else [])]
        return min(seen) - 5, 100.0, ("本地区、全国与文件中最低值再低5个百分点，至100%", "5 points below the lowest of region, nation and documents, up to 100 %")
    if own is not None:
        known = study.series(indicator.id).annual[-1].period.year
        moved = _moved(study, indicator.id, own, max(study.horizon - known, 1), known)
        if moved is not None:
            return moved
    if not asked:
        return None
    return 0.0, 2 * max(asked), ("文件所要求的年均数的0至2倍", "0 to 2 times what the documents ask a year")


def _moved(study: Study, indicator: str, own: float, years: int, since: int) -> tuple[float, float, Words] | None:
    """The region's own value moved as far as the nation's moved in as many years, and what the documents ask."""
    nation = _national(study, indicator)
    for span in range(max(years, 1), 0, -1):  # a short series has no window of the full length
        ratios = [nation[year + span] / nation[year] for year in nation if year + span in nation]
        if ratios:
            break
    else:
        return None
    down, up = min(ratios), max(ratios)
    values = [own * down, own, own * up, *_asked(study, indicator)]
    first, last, name = min(nation), max(nation), study.indicator(indicator)
    why = (
        f"本地区{since}年的数，加上全国{first}—{last}年间任何{span}年里{name.zh}的最大变动（{_change(down)}至{_change(up)}）和文件目标",
        f"the region's figure of {since}, moved as far as the nation's {name.en} moved in any {span} years of {first}–{last} ({_change(down)} to {_change(up)}), and the documents' targets",
    )
    return min(values), max(values), why


def _change(ratio: float) -> str:
    return ("+" if ratio >= 1 else "−") + percent(abs(ratio - 1), 0)


def _national(study: Study, indicator: str) -> dict[int, float]:
    """Every year of the nation: a range is no forecast, what came later may bound it as well."""
    points = study.registry.series(NATION, indicator).annual
    return {p.period.year: float(p.base_value) for p in points if p.qualifier in ("eq", "about")}


def _asked(study: Study, indicator: str) -> list[float]:
    """What the documents ask of the indicator, a year, in base units."""
    found = []
    for statement in study.statements("target"):
        if statement.indicator != indicator or statement.period is None:
            continue
        bound = condition(statement, study.indicator(indicator)).bound
        found.append(bound / len(statement.period.years) if statement.scope == "cumulative" else bound)
    return found


def _reach(study: Study, ground: Ground, lever: LeverId, low: float, high: float, own: float | None, why: Words) -> Reach:
    unit = _unit(study, lever)
    known = LEVERS[lever]
    low = max(low, float(known.low)) if known.low is not None else low
    high = min(high, float(known.high)) if known.high is not None else high
    scale = float(unit.scale)
    step = _nice((high - low) / scale / STEPS)
    start = (low + high) / 2 if own is None else own
    begins = ground.pipe.start.year if ground.pipe is not None and lever not in SETS else study.as_of
    first = min(begins + 1, study.horizon)
    return Reach(
        lever, unit,
        _rounded(low / scale, step, ROUND_FLOOR), _rounded(high / scale, step, ROUND_CEILING), step,
        Decimal(repr(round(start / scale, 12))).normalize(), own is not None, first, max(study.horizon, first), why,
    )  # fmt: skip


def _unit(study: Study, lever: LeverId) -> Unit:
    indicator = SETS.get(lever) or PIPE.get(lever)
    return display_unit(study, study.indicator(indicator)) if indicator is not None else unit_of(LEVERS[lever].base)


def _nice(raw: float) -> Decimal:
    """The nearest of 1, 2, 5 times a power of ten that is not below `raw`.

    >>> _nice(0.0336)
    Decimal('0.05')
    """
    power = Decimal(1).scaleb(math.floor(math.log10(raw)))
    return next((factor * power for factor in (Decimal(1), Decimal(2), Decimal(5)) if float(factor * power) >= raw * (1 - 1e-9)), 10 * power)


def _rounded(value: float, step: Decimal, how: str) -> Decimal:
    """To whole steps, outwards; what rounding in floating point left does not count."""
    return (Decimal(repr(round(value / float(step), 6))).to_integral_value(how) * step).normalize() + 0
