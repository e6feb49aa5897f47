"""What a scenario does to the fans: a lever's own indicator follows the assumption, the other end of the pipe follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import LEVERS, LeverId, Override
from zhibiao.model.fan import Basis, Fan
from zhibiao.model.units import unit_of
from zhibiao.projecting.trajectories import classes, trajectories
from zhibiao.simulating import pairs
from zhibiao.simulating.anchoring import pipe_of, start_pair, why_none
from zhibiao.simulating.pairs import Pair
from zhibiao.simulating.pipe import PROGRAMME_LENGTHS, Move, Moves, Pipe, PipeRun, flow, led, middle
from zhibiao.simulating.trust import trusted

Array = NDArray[np.float64]

SETS: Mapping[LeverId, str] = {name: lever.indicator for name, lever in LEVERS.items() if lever.indicator is not None and not lever.flow}
"""Levers outside the pipe, and the indicator that each sets."""


DECIDING: frozenset[LeverId] = frozenset(("capacity", "enrolment_floor"))
"""Levers that decide how many enter, whatever was planned."""


SLIP = 30.0
"""So many times off where a region stands a lever's value is taken for a slip of the unit: 万 is ten thousand."""


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
    moves : mapping of lever to Move
        The levers that the scenario moves, in base units.
    pipe : Pipe or None
        The region's pipe; None where it has none.
    run : PipeRun or None
        What flows through it under the levers.
    """

    fans: Mapping[str, Fan]
    assumed: frozenset[str] = frozenset()
    moves: Moves = field(default_factory=dict)
    pipe: Pipe | None = None
    run: PipeRun | None = None

    @property
    def chances(self) -> dict[str, Fan]:
        """Fans that say something about chance."""
        return {name: fan for name, fan in self.fans.items() if name not in self.assumed}


@dataclass(frozen=True)
class Ground:
    """What does not depend on a scenario and is reckoned once: the fans where nothing is moved, and the region's pipe."""

    fans: Mapping[str, Fan]
    pipe: Pipe | None


def ground(study: Study) -> Ground:
    """Project every indicator of the study without any lever moved, and anchor its pipe."""
    fans = trajectories(study)
    return Ground(fans, pipe_of(study, fans))


def simulate(study: Study, base: Ground | None = None) -> Simulation:
    """Project every indicator of the study under its scenario.

    Parameters
    ----------
    base : Ground, optional
        What `ground` gave for the same study under any scenario; it is reckoned where it is not given.

    Raises
    ------
    ParameterError
        A lever needs figures that the region does not have.
    """
    base = ground(study) if base is None else base
    moves = {override.lever: move_of(study, override, base.pipe) for override in study.scenario.overrides}
    run = None if base.pipe is None else flow(base.pipe, moves)
    simulation = Simulation(base.fans, moves=moves, pipe=base.pipe, run=run)
    if study.scenario.trust is not None:
        led_to = trusted(study, base.fans, classes(study), float(study.scenario.trust))
        simulation = replace(simulation, fans=led_to, assumed=frozenset(name for name, fan in led_to.items() if fan is not base.fans[name]))
    if any(LEVERS[lever].flow for lever in moves):
        simulation = _flowed(study, simulation)
    for lever, indicator in SETS.items():
        if lever in moves:
            simulation = _with_set(study, simulation, indicator, moves[lever])
    return simulation


def move_of(study: Study, override: Override, pipe: Pipe | None) -> Move:
    """An override in base units: where the lever is led to, and by when.

    Raises
    ------
    ParameterError
        A change has nothing to start from.
    """
    year = year_of(study, override, pipe)
    if override.statement is not None:
        statement = study.registry.statement(override.statement)
        value = statement.base_low if statement.base_low is not None else statement.base_high
        assert value is not None  # a statement always has one end
        return Move(float(value), year)
    assert override.value is not None and override.unit is not None  # the model demands one of the two
    written = float(unit_of(override.unit).to_base(override.value))
    own = own_value(study, override.lever, pipe)
    if not override.change:
        if LEVERS[override.lever].change == "%" and own and written and not 1 / SLIP <= written / own <= SLIP:
            raise ParameterError(
                f"情景 {study.scenario.id!r}：{LEVERS[override.lever].zh}{override.value:f}{override.unit}与{study.region.zh}的现状{own:,.0f}人相差{SLIP:g}倍以上，单位是否写错 "
                f"{override.lever!r} is more than {SLIP:g} times off where the region stands; a slip of the unit?",
                where="scenario",
            )
        return Move(written, year)
    if own is None:
        raise ParameterError(
            f"情景 {study.scenario.id!r}：{study.region.zh} 没有{LEVERS[override.lever].zh}的起点，变化量无从算起 a change of {override.lever!r} needs a figure to start from{_reason(study, override.lever, pipe)}",
            where="scenario",
        )
    return Move(own * (1 + written / 100) if LEVERS[override.lever].change == "%" else own + written, year)


def _reason(study: Study, lever: LeverId, pipe: Pipe | None) -> str:
    """Why a lever of the pipe has no start, where that is so."""
    if not LEVERS[lever].flow or pipe is not None:
        return ""
    zh, en = why_none(study)
    return f"：{zh} {en}"


def year_of(study: Study, override: Override, pipe: Pipe | None) -> int:
    """The year in which an override is reached, or from which it holds.

    Raises
    ------
    ParameterError
        It is counted from a start that the region does not have.
    """
    if override.year is not None:
        return override.year
    assert override.after is not None  # the model demands one of the two
    if override.lever in SETS:
        known = study.series(SETS[override.lever]).annual
        return (known[-1].period.year if known else study.as_of) + override.after
    return (_start(study).year if pipe is None else pipe.start.year) + override.after


def own_value(study: Study, lever: LeverId, pipe: Pipe | None) -> float | None:
    """Where a region stands on a lever, base units; None where that is not known. Length and retention are those of the middle of the pipe."""
    if lever in SETS:
        known = study.series(SETS[lever]).annual
        return float(known[-1].base_value) if known else None
    if lever == "student_teacher_ratio":
        return _student_teacher_ratio(study)
    if pipe is None:
        return None
    match lever:
        case "intake":
            return pipe.start.intake
        case "length":
            return middle(pipe)[0]
        case "retention":
            return 100 * middle(pipe)[1]
        case "capacity" | "enrolment_floor":
            return pipe.start.enrolment
    return None


def _student_teacher_ratio(study: Study) -> float | None:
    """Students per full-time teacher in the newest year that has both."""
    teachers = {p.period.year: float(p.base_value) for p in study.series("teachers").annual}
    both = [p for p in study.series("enrolment").annual if teachers.get(p.period.year)]
    return float(both[-1].base_value) / teachers[both[-1].period.year] if both else None


def _start(study: Study) -> Pair:
    start = start_pair(study)
    if start is None:
        zh, en = why_none(study)
        raise ParameterError(
            f"情景 {study.scenario.id!r} 需要同一年的招生和在校生 needs intake and enrolment of one year of {study.region.zh}：{zh} {en}", where="scenario"
        )
    return start


def _flowed(study: Study, simulation: Simulation) -> Simulation:
    """Enrolment, and graduates where they have a fan, as the pipe gives them; intake where a lever sets it or decides how many enter."""
    start = _start(study)
    if simulation.pipe is None or simulation.run is None:
        if int(simulation.fans["enrolment"].years[-1]) <= start.year:
            return simulation  # nothing lies ahead
        zh, en = why_none(study, simulation.fans)
        raise ParameterError(f"情景 {study.scenario.id!r}：{study.region.zh}{zh} {en}", where="scenario")
    run, moves, fans = simulation.run, simulation.moves, dict(simulation.fans)
    assumed = set(simulation.assumed)
    if "enrolment_floor" in moves:
        assumed.add("enrolment")
    fans["enrolment"] = _replaced(fans["enrolment"], run.years, run.enrolment, "scenario" if "enrolment" in assumed else "cohort")
    if "graduates" in fans:
        fans["graduates"] = _replaced(fans["graduates"], run.years, run.graduates, "cohort")
    led_anyway = "intake" in moves and bool((run.entrants == np.rint(led(start.intake, moves["intake"], start.year, run.years))).all())
    if DECIDING & set(moves) and not led_anyway:
        fans["intake"] = _replaced(fans["intake"], run.years, run.entrants, "cohort")
    elif "intake" in moves:
        assumed.add("intake")
        fans["intake"] = _replaced(fans["intake"], run.years, run.entrants, "scenario")
    return replace(simulation, fans=fans, assumed=frozenset(assumed))


def _replaced(fan: Fan, years: NDArray[np.int64], values: Array, method: str) -> Fan:
    """The fan with every year that is not observed as `values` (m, n) say."""
    draws = fan.draws.copy()
    for position, year in enumerate(years.tolist()):
        column = year - int(fan.years[0])
        if 0 <= column < fan.years.size and not fan.observed[column]:
            draws[:, column] = values[:, position]
    return replace(fan, draws=draws, method=method)


def _with_set(study: Study, simulation: Simulation, indicator: str, move: Move) -> Simulation:
    """An indicator led evenly from its last figure to the value and held; where nothing is observed of it, the value in every year."""
    fan = simulation.fans.get(indicator)
    if fan is None:
        fan = _unobserved(study, simulation, indicator)
        path = np.full(fan.years.size, move.value)
    else:
        last = fan.basis.last_year
        path = led(float(np.median(fan.at(last))), move, last, fan.years)
    values = np.broadcast_to(path, fan.draws.shape)
    return replace(
        simulation,
        fans={**simulation.fans, indicator: _replaced(fan, fan.years, values, "scenario")},
        assumed=simulation.assumed | {indicator},
    )


def _unobserved(study: Study, simulation: Simulation, indicator: str) -> Fan:
    """A fan of an indicator of which nothing is observed, from the first year of the documents on, to be filled with what is assumed."""
    first = min([p.period.start for p in study.plans], default=study.as_of + 1)
    years = np.arange(min(first, study.horizon), study.horizon + 1)
    draws = next(iter(simulation.fans.values())).draws.shape[0] if simulation.fans else 2
    reference = str(study.indicator(indicator).reference)
    basis = Basis(reference, 0, 0, 0, 0.0, 1.0, 0.0, None, int(years[0]) - 1)
    return Fan(study.region.code, indicator, years, np.zeros((draws, years.size)), np.zeros(years.size, dtype=bool), basis, "scenario", study.seed)


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
