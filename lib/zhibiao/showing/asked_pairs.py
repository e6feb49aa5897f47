"""The pairs of intake and enrolment that documents ask for together, and what the nation's were."""

from __future__ import annotations

from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.showing.citing import cited_clause
from zhibiao.showing.numbers import full
from zhibiao.simulating.pairs import Pair

RATIO_SINCE = 2000
"""The first year of the nation's students per entrant: before it the schools were being closed."""


def target_pairs(study: Study) -> list[Pair]:
    """The intake target with each enrolment target of the same horizon: the pairs that documents ask for together."""
    targets = study.statements("target")
    intakes = [t for t in targets if t.indicator == "intake" and t.scope in ("point", "annual") and t.base_low is not None]
    stocks = [t for t in targets if t.indicator == "enrolment" and t.scope in ("point", "annual") and t.base_low is not None]
    found = []
    for intake in intakes[-1:]:
        for enrolment in stocks:
            if enrolment.horizon == intake.horizon and intake.horizon is not None:
                found.append(_target_pair(study, intake, enrolment, intake.horizon))
    return found


def clauses(study: Study, pairs: list[Pair]) -> str:
    """Which clauses each pair of targets comes from, as one line; empty without pairs."""
    told = [study.words(f"{pair.name}：{pair.source}", f"{pair.name}: {pair.source}") for pair in pairs]
    return study.words(f"目标 {'。'.join(told)}。", f"Targets {'; '.join(told)}.") if told else ""


def _target_pair(study: Study, intake: Statement, enrolment: Statement, year: int) -> Pair:
    name = f"{full(enrolment.base_low, enrolment.written_unit.scale)} / {full(intake.base_low, intake.written_unit.scale)}"
    clauses = dict.fromkeys((cited_clause(study, intake), cited_clause(study, enrolment)))
    return Pair(name, year, float(intake.base_low or 0), float(enrolment.base_low or 0), study.words("；", ", ").join(clauses))


def national_ratios(study: Study) -> tuple[int, int, float, float] | None:
    """First and last year, lowest and highest number of students per entrant in the nation since 2000."""
    intake = {p.period.year: float(p.base_value) for p in study.registry.series("100000", "intake", study.as_of).annual}
    stock = {p.period.year: float(p.base_value) for p in study.registry.series("100000", "enrolment", study.as_of).annual}
    years = sorted(year for year in intake if year in stock and intake[year] > 0 and year >= RATIO_SINCE)
    ratios = [stock[year] / intake[year] for year in years]
    return (years[0], years[-1], min(ratios), max(ratios)) if years else None
