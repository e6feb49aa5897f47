"""What a scenario does to the fans: the lever's own indicator follows the assumption, the other end of the pipe follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import Override
from zhibiao.model.fan import Fan
from zhibiao.model.units import unit_of
from zhibiao.projecting.trajectories import classes, trajectories
from zhibiao.simulating import pairs
from zhibiao.simulating.cohort import stock
from zhibiao.simulating.pairs import Pair
from zhibiao.simulating.trust import trusted

Array = NDArray[np.float64]

PROGRAMME_LENGTHS = np.array([3.0, 3.5, 4.0, 4.5, 5.0])
"""Lengths a region's stock is anchored on: intermediate level takes three years after junior middle school, senior level five."""


@dataclass(frozen=True)
class Need:
    """What a floor under enrolment asks of the intake, for one programme length anchored on the region's own stock.

    Attributes
    ----------
    length, retention : float
        Years, and the retention that reproduces the region's stock per entrant.
    every_year, at_end : float or None
        Constant yearly intake from the first year of the floor on, so that it holds in every year or in the last; base units.
    """

    length: float
    retention: float
    every_year: float | None
    at_end: float | None


@dataclass(frozen=True)
class Simulation:
    """The fans under a scenario.

    Attributes
    ----------
    fans : mapping of indicator id to Fan
    assumed : frozenset of str
        Indicators that the scenario sets or leads to their targets: a chance of attainment would only repeat the assumption.
    """

    fans: Mapping[str, Fan]
    assumed: frozenset[str] = frozenset()

    @property
    def chances(self) -> dict[str, Fan]:
        """Fans that say something about chance."""
        return {name: fan for name, fan in self.fans.items() if name not in self.assumed}


def simulate(study: Study) -> Simulation:
    """Project every indicator of the study under its scenario.

    Raises
    ------
    ParameterError
        A lever's indicator has no figure to start from.
    """
    fans = trajectories(study)
    simulation = Simulation(fans)
    if study.scenario.trust is not None:
        led = trusted(study, fans, classes(study), float(study.scenario.trust))
        simulation = Simulation(led, frozenset(name for name, fan in led.items() if fan is not fans[name]))
    for override in study.scenario.overrides:
        value = _value(study, override)
        if override.lever == "intake":
            simulation = _with_intake(study, simulation, override, value)
        else:
            simulation = _with_floor(study, simulation, override, value)
    return simulation


def start_pair(study: Study) -> Pair | None:
    """The newest year for which both the intake and the enrolment of the region are known."""
    enrolment = {p.period.year: p for p in study.series("enrolment").annual}
    both = [p for p in study.series("intake").annual if p.period.year in enrolment]
    if not both or both[-1].base_value == 0:
        return None
    newest, stock_then = both[-1], enrolment[both[-1].period.year]
    year = newest.period.year
    return Pair(str(year), year, float(newest.base_value), float(stock_then.base_value), newest.source)


def _value(study: Study, override: Override) -> float:
    if override.statement is not None:
        statement = study.registry.statement(override.statement)
        value = statement.base_low if statement.base_low is not None else statement.base_high
    else:
        assert override.value is not None and override.unit is not None  # the model demands one of the two
        value = unit_of(override.unit).to_base(override.value)
    assert value is not None  # a statement always has one end
    return float(value)


def _start(study: Study) -> Pair:
    start = start_pair(study)
    if start is None:
        raise ParameterError(
            f"情景 {study.scenario.id!r} 需要同一年的招生和在校生 needs intake and enrolment of one year of {study.region.zh}", where="scenario"
        )
    return start


def _with_intake(study: Study, simulation: Simulation, override: Override, value: float) -> Simulation:
    """Intake led evenly to its value and held; enrolment follows from the flow, spread as the reference class spreads it."""
    start = _start(study)
    base_intake, base_stock = simulation.fans["intake"], simulation.fans["enrolment"]
    years = np.arange(start.year - pairs.OLDER_CLASSES, int(base_stock.years[-1]) + 1)
    share = np.clip((years - start.year) / max(override.year - start.year, 1), 0.0, 1.0)
    path = start.intake + (value - start.intake) * share
    family = pairs.anchored(start, PROGRAMME_LENGTHS)
    stocks = np.array([stock(path, length, retention) for length, retention in family])
    picked = np.random.default_rng([study.seed, len(family)]).integers(len(family), size=base_stock.draws.shape[0])
    draws = base_stock.draws.copy()
    last = base_stock.draws[:, base_stock.years == start.year]
    for position, year in enumerate(base_stock.years):
        if year > start.year and not base_stock.observed[position]:
            centre = stocks[picked, int(np.searchsorted(years, year))]
            draws[:, position] = centre * base_stock.draws[:, position] / last[:, 0]
    enrolment = replace(base_stock, draws=draws, method="cohort")
    return replace(
        simulation,
        fans={**simulation.fans, "intake": _set_to(base_intake, dict(zip(years.tolist(), path.tolist(), strict=True))), "enrolment": enrolment},
        assumed=simulation.assumed | {"intake"},
    )


def _with_floor(study: Study, simulation: Simulation, override: Override, value: float) -> Simulation:
    """Enrolment led evenly to its floor and held there; what intake this takes is solved for each anchored programme length."""
    start = _start(study)
    base = simulation.fans["enrolment"]
    end = int(base.years[-1])
    share = {year: min(max((year - start.year) / max(override.year - start.year, 1), 0.0), 1.0) for year in range(start.year, end + 1)}
    path = {year: start.enrolment + (value - start.enrolment) * part for year, part in share.items()}
    return replace(
        simulation,
        fans={**simulation.fans, "enrolment": _set_to(base, path)},
        assumed=simulation.assumed | {"enrolment"},
    )


def floor_needs(start: Pair, value: float, years: range) -> tuple[Need, ...]:
    """What holding enrolment at `value` in `years` asks of the intake, for each programme length anchored on the starting pair."""
    return tuple(
        Need(
            length,
            retention,
            pairs.needed_intake(value, years, start, length, retention),
            pairs.needed_intake(value, years, start, length, retention, only_last=True),
        )
        for length, retention in pairs.anchored(start, PROGRAMME_LENGTHS)
    )


def _set_to(fan: Fan, path: Mapping[int, float]) -> Fan:
    """The fan with every year that is not observed set to the assumed path, where the path speaks of it."""
    draws = fan.draws.copy()
    for position, year in enumerate(fan.years.tolist()):
        if year in path and not fan.observed[position]:
            draws[:, position] = path[year]
    return replace(fan, draws=draws, method="scenario")
