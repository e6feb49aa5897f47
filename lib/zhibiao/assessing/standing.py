"""Where one target stands today: what is known, whether it holds, what is missing, and what cannot be said and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhibiao.assessing import progress
from zhibiao.assessing.known import Baseline, Known, baseline_of, known_of
from zhibiao.assessing.progress import Progress
from zhibiao.assessing.semantics import Condition, condition, possible
from zhibiao.catalogue.registry import Series
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Observation, Plan, Statement

STATES = (
    "assessed", "no_baseline", "not_yet_reported", "passed_not_reported", "too_few_points", "estimate_only", "stale", "conflicting",
    "definition_unclear", "definition_changed",
)  # fmt: skip
"""Evidence states: what the figures allow to be said at all."""

UNJUDGED = ("conflicting", "passed_not_reported", "definition_unclear", "definition_changed", "not_yet_reported", "too_few_points")
"""States in which nothing is judged, whatever the figures would give; ``no_baseline`` leaves what needs none."""

VERDICTS = ("met", "level", "holding", "on_schedule", "behind", "missed", "not_reported", "unknown")
"""``level`` is 持平，须超过: gap 0 and not met; ``holding`` held in every year reported, with years to come or missing; ``missed`` is final; ``not_reported`` is a horizon that passed without a result."""

UNCLEAR_JUMP = 0.05
"""保持 presupposes that the level is there: if the last figure before the document misses it by more, its definition is unclear."""

STALE_YEARS = 2
"""A latest figure this much older than as_of is stale."""


@dataclass(frozen=True)
class Standing:
    """One target and where it stands; values in base units, ``None`` where nothing is known."""

    statement: Statement
    plan: Plan
    indicator: Indicator
    baseline: Baseline | None
    latest: Observation | None
    total: float | None
    """What has come together so far of a cumulative target, a year to date included; None where nothing of its period is reported."""
    met: bool | None
    gap: float | None
    gap_share: float | None
    progress: Progress | None
    state: str
    verdict: str
    missing: tuple[int, ...]
    """Years of the period, up to as_of, without a figure."""
    no_start: int | None
    """The year from which progress would be measured, where its figure is lacking and the target needs it."""

    @property
    def needed(self) -> float | None:
        """Yearly change needed from the latest figure on; None where that figure already satisfies or no pace is known."""
        if self.progress is None or self.progress.needed is None or self.latest is None or self.met is True:
            return None
        asked = condition(self.statement, self.indicator)
        reached = self.total if asked.combine == "sum" else float(self.latest.base_value)
        if reached is None or float(asked.gap(np.array([reached]))[0]) == 0:
            return None
        return self.progress.needed



def standing(study: Study, statement: Statement, *, series: Series | None = None, start: Baseline | None = None) -> Standing:
    """Say where a target stands, from observations alone.

    Parameters
    ----------
    series : Series, optional
        What would be known; default: what is.
    start : Baseline, optional
        Where the target would start; default: where it does.
    """
    indicator, plan = study.indicator(statement.indicator), study.plan_of(statement)
    asked = condition(statement, indicator)
    series = study.series(indicator.id) if series is None else series
    if asked.end is not None:  # what came after the horizon tells nothing of it
        series = series.known_by(asked.end)
    known = known_of(asked, plan, series, study.as_of)
    start = start or baseline_of(statement, plan, series)
    met, gap = _summed(asked, known, indicator) if asked.combine == "sum" else _level(asked, known, start, indicator)
    made = _progress(asked, known, start)
    state = _state(statement, plan, indicator, asked, known, start, series, study.as_of, met)
    verdict = _verdict(asked, known, start, met, gap, made, state, indicator)
    return Standing(
        statement, plan, indicator, start, known.latest, known.total, met, gap, _share(gap, asked, start), made, state, verdict, known.missing,
        _no_start(plan, asked, known, start, met, study.as_of),
    )  # fmt: skip


def _no_start(plan: Plan, asked: Condition, known: Known, start: Baseline | None, met: bool | None, as_of: int) -> int | None:
    """A level by a year needs its start until it has been reached or its year has passed; the start is owed once that year has ended."""
    year = plan.period.start - 1
    needed = asked.combine == "point" and asked.end is not None and start is None and met is not True and not known.over
    return year if needed and year <= as_of else None


def _summed(asked: Condition, known: Known, indicator: Indicator) -> tuple[bool | None, float | None]:
    """A cumulative target: what is reported is a floor of the sum while years are out, for flows are never negative."""
    if known.total is None:
        return None, None
    low, high, open_low = _interval(known.rests_on(asked), indicator)
    complete = known.final and not known.missing
    met = asked.verdict(low, high if complete else math.inf, open_low)
    return met, float(asked.gap(np.array([known.total]))[0]) if known.whole or met else None


def _interval(points: Sequence[Observation], indicator: Indicator) -> tuple[float, float, bool]:
    """What the sum of figures may be, given what each of them allows."""
    parts = [possible(point, indicator) for point in points]
    return sum(low for low, _, _ in parts), sum(high for _, high, _ in parts), any(open_low for _, _, open_low in parts)


def _held(asked: Condition, known: Known, indicator: Indicator) -> list[bool | None]:
    """Of each reported year, or of their mean, whether it certainly satisfies, certainly does not, or may do either."""
    points = list(known.reported.values())
    if asked.combine == "mean" and points:
        low, high, open_low = _interval(points, indicator)
        return [asked.verdict(low / len(points), high / len(points), open_low)]
    return [asked.verdict(*possible(point, indicator)) for point in points]


def _level(asked: Condition, known: Known, start: Baseline | None, indicator: Indicator) -> tuple[bool | None, float | None]:
    """A level: what the binding years say, and what the latest known figure, or failing that the baseline, is short of."""
    points = list(known.reported.values())
    values = np.array([float(point.base_value) for point in points])
    if asked.combine == "each" and points:
        held = _held(asked, known, indicator)
        kept = known.final and not known.missing and None not in held
        return False if False in held else (True if kept else None), float(asked.gap(values).max())
    if asked.combine == "mean" and points:
        met = _held(asked, known, indicator)[0] if known.final and not known.missing else None
        return met, float(asked.gap(np.array([values.mean()]))[0])
    last = float(known.latest.base_value) if known.latest else (start.value if start else None)
    # once the last year lies behind, only its own figure tells; until then the latest one tells how it stands
    telling = known.fresh if asked.combine == "point" and (known.final or not known.over) else None
    met = asked.verdict(*possible(telling, indicator)) if telling else None
    return met, None if last is None else float(asked.gap(np.array([last]))[0])


def _share(gap: float | None, asked: Condition, start: Baseline | None) -> float | None:
    """The gap as a share of the change asked: of the whole sum when cumulative or when there is no baseline."""
    if gap is None:
        return None
    change = abs(asked.aim(start.value) - start.value) if start and asked.combine != "sum" else abs(asked.bound)
    if change > 1e-9 * max(1.0, abs(asked.bound)):
        return gap / change
    return 0.0 if gap == 0 else None


def _progress(asked: Condition, known: Known, start: Baseline | None) -> Progress | None:
    """Schedule progress; of a cumulative target from whole years only, for a year does not fill evenly: entrants come in autumn.

    What is needed counts from the latest figure all the same, a year to date included: that much is there and so much time is left.
    """
    latest = known.latest
    if latest is None or asked.end is None or asked.start is None:
        return None
    year = latest.period.year - 1 + latest.period.last_month / 12
    if asked.combine == "sum":
        if known.total is None or not known.whole:
            return None
        total = float(sum(point.base_value for point in known.reported.values()))
        made = progress.accumulated(total, max(known.reported, default=asked.start - 1), asked.bound, asked.start, asked.end)
        if not known.reported:  # part of the first year says nothing of the schedule
            made = replace(made, change=None)
        left = asked.end - year
        return replace(made, needed=(asked.bound - known.total) / left if left > 0 else None)
    if start is None or year < start.year:
        return None
    value, left, aim = float(latest.base_value), asked.end - year, asked.aim(start.value)
    beyond = aim != start.value and asked.aim(value) not in (aim, value)
    # who has gone through a range and out at its other end has not done the change that was asked
    made = progress.towards(start.value, start.year, value, year, start.value if beyond else aim, asked.end)
    # what is needed from now on leads to the end that the latest figure violates, whatever the baseline did
    return replace(made, needed=(asked.aim(value) - value) / left if left > 0 else None)


def _state(
    statement: Statement, plan: Plan, indicator: Indicator, asked: Condition, known: Known, start: Baseline | None, series: Series, as_of: int, met: bool | None
) -> str:
    """The evidence state, the gravest first."""
    rests_on = known.rests_on(asked)
    if any(point.period in series.conflicting for point in (*rests_on, *([known.latest] if known.latest else []))) or _contested(start, series):
        return "conflicting"
    if known.over and met is None and not known.final:
        return "passed_not_reported"
    if _broken(plan, indicator, asked, known, start, series):
        return "definition_changed"
    if _jumps(statement, asked, series, start):
        return "definition_unclear"
    if known.fresh is None:
        # before the first year of a target has ended nobody owes a figure: there is the starting point and no other
        return "not_yet_reported" if known.missing or known.latest is None else "too_few_points"
    if asked.combine in ("sum", "mean") and met is None and (not known.whole or (known.over and known.missing)):
        return "passed_not_reported" if known.over else "not_yet_reported"
    if min(as_of, asked.end or as_of) - known.fresh.period.year >= STALE_YEARS:
        return "stale"
    if any(point.confidence != "high" or point.status == "derived" for point in rests_on):
        return "estimate_only"
    if asked.combine == "point" and start is None and met is not True and not known.final:
        return "no_baseline"
    return "assessed"


def _contested(start: Baseline | None, series: Series) -> bool:
    """Whether the baseline is an observation on which sources of one day disagree."""
    return start is not None and any(period.is_year and period.year == start.year and series.point(period).source == start.source for period in series.conflicting)


def _broken(plan: Plan, indicator: Indicator, asked: Condition, known: Known, start: Baseline | None, series: Series) -> bool:
    """Whether the figures count something else than the baseline did, or the target when it was set."""
    if known.fresh is None:
        return False
    since = start.year if asked.combine == "point" and start is not None else plan.issued.year
    return any(since < year <= known.fresh.period.year for year in indicator.breaks_in(series.region))


def _jumps(statement: Statement, asked: Condition, series: Series, start: Baseline | None) -> bool:
    """保持 at a level that the last figure before the document misses widely, and nothing reported since."""
    if not statement.maintain or statement.issued is None:
        return False
    last = series.annual[-1] if series.annual else None
    if last is not None:
        value, year = float(last.base_value), last.period.year
    elif start is not None:
        value, year = start.value, start.year
    else:
        return False
    gap = float(asked.gap(np.array([value]))[0])
    return year <= statement.issued.year and gap > UNCLEAR_JUMP * abs(asked.bound)


def _verdict(
    asked: Condition, known: Known, start: Baseline | None, met: bool | None, gap: float | None, made: Progress | None, state: str, indicator: Indicator
) -> str:
    """The headline: 时序进度 where it can be judged, else that it cannot."""
    if state == "passed_not_reported":
        return "not_reported"
    if state in UNJUDGED:
        return "unknown"
    if met is True:
        return "met"
    if met is False and (known.final or asked.combine in ("each", "sum")):
        return "missed"
    if met is False and gap == 0:
        return "level"
    if state == "no_baseline":
        return "unknown"
    if asked.combine in ("each", "mean") and None in _held(asked, known, indicator):
        return "unknown"  # a floor may lie above what is asked, or just there
    if asked.combine == "each":
        return "holding" if known.reported else "unknown"
    if asked.combine == "mean":
        return ("on_schedule" if gap == 0 else "behind") if known.reported else "unknown"
    if made is None:
        return "unknown"
    if made.on_schedule is None:  # no change is asked, only not to fall below
        return "behind" if met is False else "unknown"
    if any(point.qualifier in ("ge", "gt") for point in known.rests_on(asked)):
        # a floor proves that a rise keeps up, and never that it does not
        rising = asked.combine == "sum" or start is None or asked.bound >= start.value
        return "on_schedule" if rising and made.on_schedule else ("behind" if not rising and not made.on_schedule else "unknown")
    return "on_schedule" if made.on_schedule else "behind"
