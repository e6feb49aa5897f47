"""Scenarios as flat records, for files and scripts: one row a scenario, quantity and year; base units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zhibiao.simulating.comparing import Case, Comparison
from zhibiao.simulating.outcomes import FOLLOWING, FROM_FANS, Outcomes

Array = NDArray[np.float64]
Record = dict[str, object]

COLUMNS = ("scenario", "region", "indicator", "year", "unit", "method", "median", "lo80", "hi80", "lo95", "hi95", "assumed")
QUANTILES = {"median": 0.5, "lo80": 0.1, "hi80": 0.9, "lo95": 0.025, "hi95": 0.975}
METHOD = "cohort"
"""The method of what flows through the pipe; the other methods are those of the fans."""
FLOWS = ("entrants", "enrolment", "graduates", "losses", "turned_away")
PERSONS = "人"


def records(found: Comparison) -> list[Record]:
    """Every projected year of every fan, and of what flows and follows where the region has a pipe.

    An indicator of the pipe has a second row by the method `cohort` where its fan comes from a reference class: that is the pipe's own
    account, in which stocks and flows agree.
    """
    return [record for case in found.cases for record in (*_fans(case), *_flows(case))]


def _fans(case: Case) -> Iterator[Record]:
    flowing = set(FLOWS) if case.outcomes is not None else set()
    for name, fan in case.simulation.fans.items():
        if fan.method == METHOD and (name in flowing or (name == "intake" and flowing)):
            continue  # told by the flows, intake as the entrants
        unit = case.study.indicator(name).unit
        for column, year in enumerate(fan.years.tolist()):
            if not fan.observed[column] and year > fan.basis.last_year:
                yield _record(case, name, year, unit, fan.method, fan.draws[:, column], name in case.simulation.assumed)


def _flows(case: Case) -> Iterator[Record]:
    if case.outcomes is None:
        return
    run = case.outcomes.run
    for name in FLOWS:
        if name == "turned_away" and "free_places" in case.outcomes.absent:
            continue  # nobody is turned away where no number of places holds
        assumed = name in case.simulation.assumed or (name == "entrants" and "intake" in case.simulation.assumed)
        for column, year in enumerate(run.years.tolist()):
            yield _record(case, name, year, PERSONS, METHOD, getattr(run, name)[:, column], assumed)
    yield from _following(case, case.outcomes)


def _following(case: Case, found: Outcomes) -> Iterator[Record]:
    for name in FOLLOWING:
        if name not in found.following or name in FROM_FANS:
            continue
        for column, year in enumerate(found.run.years.tolist()):
            draws = found.following[name][:, column]
            if np.all(np.isfinite(draws)):
                yield _record(case, name, year, PERSONS, METHOD, draws, False)


def _record(case: Case, indicator: str, year: int, unit: str, method: str, draws: Array, assumed: bool) -> Record:
    values = np.quantile(draws, list(QUANTILES.values()))
    told = {name: float(f"{value:.9g}") for name, value in zip(QUANTILES, values, strict=True)}  # what every machine agrees on
    return {"scenario": case.scenario.id, "region": case.study.region.code, "indicator": indicator, "year": year, "unit": unit, "method": method, **told, "assumed": assumed}
