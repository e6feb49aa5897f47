"""Where one target stands today: what is known, whether it holds, what is missing, and what cannot be said and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhibiao.assessing import progress
from zhibiao.assessing.progress import Progress
from zhibiao.assessing.semantics import Condition, condition, possible
from zhibiao.catalogue.registry import Series
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Observation, Plan, Statement

STATES = (
    "assessed", "no_baseline", "not_yet_reported", "passed_not_reported", "too_few_points", "estimate_only", "stale", "conflicting",
    "definition_unclear",
)  # fmt: skip
"""Evidence states: what the figures allow to be said at all."""

VERDICTS = ("met", "level", "holding", "on_schedule", "behind", "missed", "not_reported", "unknown")
"""``level`` is 持平，须超过: gap 0 and not met; ``holding`` held in every year reported, with years to come or missing; ``missed`` is final; ``not_reported`` is a horizon that passed without a result."""

UNCLEAR_JUMP = 0.05
"""保持 presupposes that the level is there: if the last figure before the document misses it by more, its definition is unclear."""

STALE_YEARS = 2
"""A latest figure this much older than as_of is stale."""


@dataclass(frozen=True)
class Baseline:
    """Where a target starts: base units, year, and the statement or observation that says so."""

    value: float
    year: int
    source: str


@dataclass(frozen=True)
class Standing:
    """One target and where it stands; values in base units, ``None`` where nothing is known."""

    statement: Statement
    plan: Plan
    indicator: Indicator
    baseline: Baseline | None
    latest: Observation | None
    total: float | None
    """What has come together so far of a cumulative target, None where no year of its period is reported."""
    met: bool | None
    gap: float | None
    gap_share: float | None
    progress: Progress | None
    state: str
    verdict: str
    missing: tuple[int, ...]
    """Years of the period, up to as_of, without a figure."""

    @property
    def bound(self) -> float:
        return condition(self.statement, self.indicator).bound


@dataclass(frozen=True)
class _Known:
    """What is known of one target at `as_of`.

    Attributes
    ----------
    binding : range
        Years up to as_of in which a figure tells something about the target.
    reported : dict of int to Observation
        Whole-year figures of those years.
    latest : Observation or None
        The newest figure of the series that speaks for itself; of a cumulative target, the newest that counts into its sum.
    total : float or None
        Sum of what is reported of a cumulative target.
    """

    binding: range
    reported: dict[int, Observation]
    latest: Observation | None
    total: float | None

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(year for year in self.binding if year not in self.reported)

    @property
    def whole(self) -> bool:
        """No year before the newest reported one is missing, so that a sum so far is the sum so far."""
        newest = max(self.reported, default=self.binding.start)
        return not any(year < newest for year in self.missing)

    @property
    def fresh(self) -> Observation | None:
        """The latest figure, if it was taken within the binding years: a baseline does not tell where one stands."""
        return self.latest if self.latest is not None and self.latest.period.year in self.binding else None


def standing(study: Study, statement: Statement) -> Standing:
    """Say where a target stands, from observations alone."""
    indicator, plan = study.indicator(statement.indicator), study.plan_of(statement)
    asked = condition(statement, indicator)
    series = study.series(indicator.id)
    known = _known(asked, plan, series, study.as_of)
    start = _baseline(statement, plan, series)
    met, gap = _summed(asked, known) if asked.combine == "sum" else _level(asked, known, start, indicator)
    made = _progress(asked, known, start)
    state = _state(statement, asked, known, start, series, study.as_of, met)
    verdict = _verdict(asked, known, met, gap, made, state, study.as_of)
    return Standing(
        statement, plan, indicator, start, known.latest, known.total, met, gap, _share(gap, asked, start), made, state, verdict, known.missing
    )


def _known(asked: Condition, plan: Plan, series: Series, as_of: int) -> _Known:
    if asked.start is None or asked.end is None:  # a standing rule, from the issue of its document on
        binding = range(plan.issued.year, as_of + 1)
    else:
        start = min(plan.period.start, asked.end) if asked.combine == "point" else asked.start
        binding = range(start, min(asked.end, as_of) + 1)
    reported = {year: point for year in binding if (point := series.at(year)) is not None}
    if asked.combine != "sum":
        return _Known(binding, reported, series.latest, None)
    parts = [reported[year] for year in sorted(reported)]
    if series.to_date is not None and series.to_date.period.year in binding:
        parts.append(series.to_date)
    total = float(sum(point.base_value for point in parts)) if parts else None
    return _Known(binding, reported, parts[-1] if parts else None, total)


def _baseline(statement: Statement, plan: Plan, series: Series) -> Baseline | None:
    """The document's own baseline, else the observation of the year before the plan; a cumulative target starts at nothing."""
    if statement.scope in ("cumulative", "standing"):
        return None
    if statement.baseline is not None:
        named = next(s for s in plan.statements if s.id == statement.baseline)
        value = named.base_low if named.base_low is not None else named.base_high
        if value is not None and named.horizon is not None:
            return Baseline(float(value), named.horizon, named.key)
    point = series.at(plan.period.start - 1)
    return Baseline(float(point.base_value), point.period.year, point.source) if point else None


def _summed(asked: Condition, known: _Known) -> tuple[bool | None, float | None]:
    """A cumulative target: what is reported is a floor of the sum, for flows are never negative."""
    if known.total is None:
        return None, None
    total = np.array([known.total])
    enough = bool(asked.holds(total)[0])
    complete = known.whole and asked.end in known.reported
    met = enough if complete else (True if enough and asked.ceiling is None else None)
    return met, float(asked.gap(total)[0]) if known.whole or enough else None


def _level(asked: Condition, known: _Known, start: Baseline | None, indicator: Indicator) -> tuple[bool | None, float | None]:
    """A level: what the binding years say, and what the latest known figure, or failing that the baseline, is short of."""
    values = np.array([float(point.base_value) for point in known.reported.values()])
    held = [asked.verdict(*possible(point, indicator)) for point in known.reported.values()]
    if asked.combine == "each" and held:
        met = False if False in held else (True if None not in held and not known.missing else None)
        return met, float(asked.gap(values).max())
    if asked.combine == "mean" and held:
        mean = np.array([values.mean()])
        return None if known.missing else bool(asked.holds(mean)[0]), float(asked.gap(mean)[0])
    last = float(known.latest.base_value) if known.latest else (start.value if start else None)
    met = asked.verdict(*possible(known.fresh, indicator)) if known.fresh and asked.combine == "point" else None
    return met, None if last is None else float(asked.gap(np.array([last]))[0])


def _share(gap: float | None, asked: Condition, start: Baseline | None) -> float | None:
    """The gap as a share of the change asked: of the whole sum when cumulative or when there is no baseline."""
    if gap is None:
        return None
    change = abs(asked.bound - start.value) if start and asked.combine != "sum" else abs(asked.bound)
    if change > 1e-9 * max(1.0, abs(asked.bound)):
        return gap / change
    return 0.0 if gap == 0 else None


def _progress(asked: Condition, known: _Known, start: Baseline | None) -> Progress | None:
    latest = known.latest
    if latest is None or asked.end is None or asked.start is None:
        return None
    year = latest.period.year - 1 + latest.period.last_month / 12
    if asked.combine == "sum":
        return progress.accumulated(known.total, year, asked.bound, asked.start, asked.end) if known.total is not None and known.whole else None
    if start is None or year < start.year:
        return None
    return progress.towards(start.value, start.year, float(latest.base_value), year, asked.bound, asked.end)


def _state(
    statement: Statement, asked: Condition, known: _Known, start: Baseline | None, series: Series, as_of: int, met: bool | None
) -> str:
    """The evidence state, the gravest first."""
    if known.latest is not None and known.latest.period in series.conflicting:
        return "conflicting"
    if asked.end is not None and as_of >= asked.end and asked.end not in known.reported and met is None:
        return "passed_not_reported"
    if _jumps(statement, asked, series):
        return "definition_unclear"
    if known.fresh is None:
        return "not_yet_reported"
    if min(as_of, asked.end or as_of) - known.fresh.period.year >= STALE_YEARS:
        return "stale"
    if known.fresh.confidence != "high" or known.fresh.status == "derived":
        return "estimate_only"
    if asked.combine == "point" and start is None and met is not True:
        return "no_baseline"
    return "assessed"


def _jumps(statement: Statement, asked: Condition, series: Series) -> bool:
    """保持 at a level that the last figure before the document misses widely, and nothing reported since."""
    if not statement.maintain or statement.issued is None or not series.annual:
        return False
    last = series.annual[-1]
    gap = float(asked.gap(np.array([float(last.base_value)]))[0])
    return last.period.year <= statement.issued.year and gap > UNCLEAR_JUMP * abs(asked.bound)


def _verdict(
    asked: Condition, known: _Known, met: bool | None, gap: float | None, made: Progress | None, state: str, as_of: int
) -> str:
    """The headline: 时序进度 where it can be judged, else that it cannot."""
    if state == "passed_not_reported":
        return "not_reported"
    if state in ("conflicting", "definition_unclear", "not_yet_reported", "no_baseline"):
        return "unknown"
    if met is True:
        return "met"
    final = asked.end is not None and as_of >= asked.end and asked.end in known.reported
    if met is False and (final or asked.combine == "each"):
        return "missed"
    if met is False and gap == 0:
        return "level"
    if asked.combine == "each" and gap == 0 and known.reported:
        return "holding"
    if made is None or made.on_schedule is None:
        return "unknown"
    return "on_schedule" if made.on_schedule else "behind"
