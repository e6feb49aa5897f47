"""The gap table: one row per target, with its chance of attainment, and which target governs where documents overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhibiao.assessing.governing import governing
from zhibiao.assessing.semantics import condition
from zhibiao.assessing.standing import Standing, standing
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.model.fan import Fan


@dataclass(frozen=True)
class GapRow:
    """A target's standing with what the projection adds.

    Attributes
    ----------
    chance : float or None
        Share of the fan's draws for which the statement holds, by its own comparator and scope. None without a fan that covers its
        years, where the definition is unclear, and where the result is known.
    chance_horizon : float or None
        For targets that bind each year: the share of draws that hold at the last year alone.
    governed_by : Statement or None
        The target of another document that governs this one (`zhibiao.assessing.governing`); None where this one governs.
    """

    standing: Standing
    chance: float | None
    chance_horizon: float | None
    governed_by: Statement | None

    @property
    def statement(self) -> Statement:
        return self.standing.statement


def gap_table(study: Study, fans: Mapping[str, Fan]) -> tuple[GapRow, ...]:
    """Assess every target of the study's documents, in their order.

    Parameters
    ----------
    fans : mapping of indicator id to Fan
        Projections under the study's scenario; an indicator without one has no chance of attainment.
    """
    targets = [s for s in study.statements("target") if s.repeats is None]
    rows = []
    for statement in targets:
        stands = standing(study, statement)
        chance, at_horizon = chances(stands, fans.get(statement.indicator), study.as_of)
        ruling = governing(study.registry, statement, targets)
        rows.append(GapRow(stands, chance, at_horizon, ruling.governing if ruling else None))
    return tuple(rows)


def chances(stands: Standing, fan: Fan | None, as_of: int) -> tuple[float | None, float | None]:
    """Chance of attainment as a whole, and at the last year alone where every year binds; None where no chance can be given."""
    statement = stands.statement
    asked = condition(statement, stands.indicator)
    if fan is None or asked.start is None or asked.end is None or stands.state in ("definition_unclear", "definition_changed", "conflicting"):
        return None, None
    if stands.verdict == "missed" or (asked.combine == "sum" and stands.met is not None):
        return None, None
    years = fan.years
    if asked.start < int(years[0]) or asked.end > int(years[-1]) or as_of >= asked.end:
        return None, None
    whole = float(asked.satisfied(fan.draws, years).mean())
    if asked.combine != "each":
        return whole, None
    return whole, float(asked.holds(fan.at(asked.end)).mean())
