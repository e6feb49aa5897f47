"""What is known of one target: its baseline, the figures of its years, and the latest of them."""

from __future__ import annotations

from dataclasses import dataclass

from zhibiao.assessing.semantics import Condition
from zhibiao.catalogue.registry import Series
from zhibiao.model import Observation, Plan, Statement


@dataclass(frozen=True)
class Baseline:
    """Where a target starts: base units, year, and the statement or observation that says so."""

    value: float
    year: int
    source: str


@dataclass(frozen=True)
class Known:
    """What is known of one target at `as_of`.

    Attributes
    ----------
    binding : range
        Years up to as_of in which a figure tells something about the target.
    reported : dict of int to Observation
        Whole-year figures of those years.
    latest : Observation or None
        The newest figure up to the target's last year that speaks for itself; of a cumulative target, the newest that counts into its sum.
    total : float or None
        Sum of what is reported of a cumulative target.
    final : bool
        The target's last year lies behind and its figure is known.
    over : bool
        The target's last year lies behind.
    """

    binding: range
    reported: dict[int, Observation]
    latest: Observation | None
    total: float | None
    final: bool
    over: bool

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(year for year in self.binding if year not in self.reported)

    @property
    def whole(self) -> bool:
        """No year before the newest figure is missing, so that a sum so far is the sum so far."""
        newest = max([*self.reported, *([self.fresh.period.year] if self.fresh else [])], default=self.binding.start)
        return not any(year < newest for year in self.missing)

    @property
    def fresh(self) -> Observation | None:
        """The latest figure, if it was taken within the binding years: a baseline does not tell where one stands."""
        return self.latest if self.latest is not None and self.latest.period.year in self.binding else None

    def rests_on(self, asked: Condition) -> tuple[Observation, ...]:
        """The figures a verdict rests on: of a point the latest within the binding years, else all of them."""
        fresh = (self.fresh,) if self.fresh else ()
        return fresh if asked.combine == "point" else tuple(dict.fromkeys((*self.reported.values(), *fresh)))


def known_of(asked: Condition, plan: Plan, series: Series, as_of: int) -> Known:
    """Gather what is known of a target at `as_of`."""
    if asked.start is None or asked.end is None:  # a standing rule, from the issue of its document on
        binding = range(plan.issued.year, as_of + 1)
    else:
        start = min(plan.period.start, asked.end) if asked.combine == "point" else asked.start
        binding = range(start, min(asked.end, as_of) + 1)
    reported = {year: point for year in binding if (point := series.at(year)) is not None}
    over = asked.end is not None and as_of >= asked.end
    final = over and asked.end in reported
    if asked.combine != "sum":
        return Known(binding, reported, series.latest, None, final, over)
    parts = [reported[year] for year in sorted(reported)]
    if series.to_date is not None and series.to_date.period.year in binding:
        parts.append(series.to_date)
    total = float(sum(point.base_value for point in parts)) if parts else None
    return Known(binding, reported, parts[-1] if parts else None, total, final, over)


def baseline_of(statement: Statement, plan: Plan, series: Series) -> Baseline | None:
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
