"""Later figures held against milestones: met, short by so much, or not reported; what the figures do not decide stays undecided.

A milestone binds as its target does: with its comparator, at the end that is to be reached. So 98.0 does not satisfy >98, a floor
("98%以上") never proves ">98", and a year without a figure is never a pass. A figure of part of a year can show that the amount of the year is
reached already, never that it will not be.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from zhibiao.assessing.breakdown.rules import aimed
from zhibiao.assessing.breakdown.stored import milestones_of
from zhibiao.assessing.breakdown.years import Milestones
from zhibiao.assessing.semantics import Condition, condition, possible
from zhibiao.catalogue.registry import Series
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Observation, unit_of
from zhibiao.model.breakdown import Breakdown, Share

STATES = ("met", "level", "short", "undecided", "part_year", "not_reported", "conflicting", "definition_changed", "ahead")
"""``level`` is 持平，须超过; ``undecided`` a floor or an approximate figure; ``part_year`` a year to date that is not there yet; ``ahead`` a year after as_of."""


@dataclass(frozen=True)
class Judged:
    """One milestone and what is known of its year; amounts in base units.

    Attributes
    ----------
    child : str
        Name of the district or school; empty for the whole.
    milestone : Decimal
        The level of the year, or the amount of the year.
    figure : Observation or None
    state : str
        One of `STATES`.
    gap : float or None
        What is missing where the figure falls short, or of a part of a year what is still to come.
    so_far, due : float or None
        Of a total: what has come together to the end of the year, where every year so far is reported, and what the milestones ask for by then.
    so_far_state : str or None
        How the total to date stands.
    """

    child: str
    year: int
    milestone: Decimal
    figure: Observation | None
    state: str
    gap: float | None
    so_far: float | None = None
    due: float | None = None
    so_far_state: str | None = None


def judge(study: Study, found: Breakdown) -> tuple[Judged, ...]:
    """Judge a stored breakdown: the milestones, then each child that is a region of the registry."""
    made = milestones_of(study, found)
    judged = list(judge_milestones(study, made))
    unit = unit_of(found.unit)
    for child in found.children:
        if child.code is not None:
            series = study.registry.series(child.code, made.indicator.id, study.as_of)
            judged += _judged(study, made, series, child, [unit.to_base(value) for value in child.values])
    return tuple(judged)


def judge_milestones(study: Study, made: Milestones) -> tuple[Judged, ...]:
    """Judge the milestones of a target against the figures of its region."""
    return tuple(_judged(study, made, study.series(made.indicator.id), None, list(made.values)))


def binding(made: Milestones, year: int, value: Decimal) -> Condition:
    """What the milestone of a year asks: the target itself in its last year, else its comparator at the end that is to be reached."""
    asked = condition(made.statement, made.indicator)
    whole = made.years[-1] == year and value == made.values[-1]
    if asked.combine in ("point", "each") and (asked.combine == "each" or whole):
        goal = aimed(made.statement, made.indicator)
        if float(value) in (goal.floor, goal.ceiling):
            return Condition(asked.floor, asked.ceiling, asked.strict, "point", None, None)
    falling = asked.floor is None or (asked.ceiling is not None and made.start is not None and float(value) < made.start.value)
    return _one_sided(float(value), falling, asked.strict)


def _one_sided(value: float, falling: bool, strict: bool) -> Condition:
    return Condition(None if falling else value, value if falling else None, strict, "point", None, None)


def _judged(study: Study, made: Milestones, series: Series, child: Share | None, values: list[Decimal]) -> list[Judged]:
    rows, total, due = [], 0.0, 0.0
    complete = made.summed
    parts: list[Observation] = []
    for year, value in zip(made.years, values, strict=True):
        figure = _figure(series, year, study.as_of)
        asked = binding(made, year, value) if child is None else _of_child(made, child, year, value)
        state, gap = _state(made, series, asked, figure, year, study.as_of)
        so_far = due_now = so_far_state = None
        if made.summed and year <= study.as_of:
            due += float(value)
            complete = complete and figure is not None and state not in ("conflicting", "definition_changed")
            if complete and figure is not None:
                total += float(figure.base_value)
                parts.append(figure)
                so_far, due_now = total, due
                so_far_state = _sum_state(asked, due, parts, made.indicator)
                complete = not _partial(figure)
        rows.append(Judged("" if child is None else child.name, year, value, figure, state, gap, so_far, due_now, so_far_state))
    return rows


def _of_child(made: Milestones, child: Share, year: int, value: Decimal) -> Condition:
    """A child's share binds at the same end and as strictly as the whole does; who stands at its cap cannot exceed it and need not."""
    whole = binding(made, year, dict(zip(made.years, made.values, strict=True))[year])
    full = child.cap is not None and (sum(child.values) if made.summed else child.values[made.years.index(year)]) >= child.cap
    return _one_sided(float(value), whole.floor is None, whole.strict and not full)


def _figure(series: Series, year: int, as_of: int) -> Observation | None:
    """The figure of a year: of the whole of it, else the newest of part of it that speaks for the year."""
    if year > as_of:
        return None
    whole = series.at(year)
    if whole is not None:
        return whole
    part = [p for p in series.points if p.period.year == year and p.basis == "year_to_date"]
    return max(part, key=lambda point: point.period, default=None)


def _state(made: Milestones, series: Series, asked: Condition, figure: Observation | None, year: int, as_of: int) -> tuple[str, float | None]:
    if year > as_of:
        return "ahead", None
    if figure is None:
        return "not_reported", None
    if figure.period in series.conflicting:
        return "conflicting", None
    since = made.start.year if made.start is not None else made.plan.issued.year
    if any(since < broken <= year for broken in made.indicator.breaks_in(series.region)):
        return "definition_changed", None
    low, high, open_low = possible(figure, made.indicator)
    gap = float(asked.gap(np.array([float(figure.base_value)]))[0])
    if _partial(figure):
        # more is to come until December: what is reached stays reached, what is not may still be
        reached = asked.floor is not None and asked.verdict(low, np.inf, open_low) is True
        return ("met", 0.0) if reached else ("part_year", gap)
    met = asked.verdict(low, high, open_low)
    if met is None:
        return "undecided", gap
    return ("met", 0.0) if met else (("level", 0.0) if gap == 0 else ("short", gap))


def _partial(figure: Observation) -> bool:
    """Whether a figure tells of part of its year only."""
    return not figure.period.is_year and figure.period.last_month < 12


def _sum_state(asked: Condition, due: float, parts: list[Observation], indicator: Indicator) -> str:
    """How a total to date stands against what is due by then."""
    held = [possible(point, indicator) for point in parts]
    low, high, open_low = sum(low for low, _, _ in held), sum(high for _, high, _ in held), any(open_low for _, _, open_low in held)
    partial = any(_partial(point) for point in parts)
    to_date = _one_sided(due, asked.floor is None, asked.strict)
    met = to_date.verdict(low, np.inf if partial else high, open_low)
    if met is None:
        return "part_year" if partial else "undecided"
    gap = float(to_date.gap(np.array([sum(float(point.base_value) for point in parts)]))[0])
    return "met" if met else ("level" if gap == 0 else "short")
