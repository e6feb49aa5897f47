"""Scenarios side by side: each simulated on the same ground, read at the horizon, and held against the same path without levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.gaps import GapRow, gap_table
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import LEVERS, Scenario
from zhibiao.simulating.outcomes import FOLLOWING, Outcomes, outcomes
from zhibiao.simulating.pipe import flow
from zhibiao.simulating.scenario import Ground, Simulation, ground, simulate

Array = NDArray[np.float64]

BASELINE = "baseline"
FLOWS = ("intake", "enrolment", "graduates", "losses", "turned_away")
"""What the pipe itself gives, in the order in which it is shown."""
QUANTITIES = (*FLOWS, *FOLLOWING)


@dataclass(frozen=True)
class Landing:
    """A quantity at the horizon, base units: its median and the ends of the band."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario.

    Attributes
    ----------
    study : Study
        The question under this scenario.
    outcomes : Outcomes or None
        None where nothing flows.
    rows : tuple of GapRow
        Every target with its chance under the scenario; None where the scenario sets the indicator.
    """

    study: Study
    simulation: Simulation
    outcomes: Outcomes | None
    rows: tuple[GapRow, ...]

    @property
    def scenario(self) -> Scenario:
        return self.study.scenario

    @property
    def flows(self) -> bool:
        """Whether enrolment comes out of the pipe rather than from the reference class."""
        return any(LEVERS[lever].flow for lever in self.simulation.moves)

    def draws(self, quantity: str) -> Array | None:
        """A quantity of `QUANTITIES` at the horizon, (m,); None where it is not known.

        Intake and enrolment are those of the fans where nothing is moved: what the other pages of the suite show.
        """
        fan = self.simulation.fans.get(quantity)
        last = self.study.horizon
        if quantity in ("intake", "enrolment") and not self.flows:
            return None if fan is None or int(fan.years[-1]) < last else fan.at(last)
        if self.outcomes is None or int(self.outcomes.run.years[-1]) != last:
            return None
        return at_end(self.outcomes, quantity)

    def landing(self, quantity: str) -> Landing | None:
        """Median and band of a quantity at the horizon."""
        return landing(self.draws(quantity), self.study.level)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios of one region on one ground.

    Attributes
    ----------
    cases : tuple of Case
        In the order asked for; the baseline first where all were asked for.
    unmoved : Outcomes or None
        The pipe with no lever moved: what scenarios that move one are held against, like with like.
    left_out : mapping of scenario id to str
        Scenarios that could not be simulated for the region, and why.
    """

    cases: tuple[Case, ...]
    unmoved: Outcomes | None
    left_out: Mapping[str, str]

    def difference(self, case: Case, quantity: str) -> float | None:
        """What the scenario changes at the horizon, median against median, base units; None for the baseline and where either is not known.

        A scenario whose enrolment comes out of the pipe is held against the pipe with no lever moved, others against the baseline's fan:
        between the two lies the difference of the models, which is not the scenario's doing.
        """
        if case.scenario.id == BASELINE:
            return None
        mine, unmoved = case.landing(quantity), self._without(case, quantity)
        return None if mine is None or unmoved is None else mine.median - unmoved.median

    def _without(self, case: Case, quantity: str) -> Landing | None:
        if case.flows or quantity not in ("intake", "enrolment"):
            return None if self.unmoved is None else landing(at_end(self.unmoved, quantity), case.study.level)
        base = next((other for other in self.cases if other.scenario.id == BASELINE), None)
        return None if base is None else base.landing(quantity)


def at_end(found: Outcomes, quantity: str) -> Array | None:
    """A quantity in the last year of the run, (m,); None where it is not known."""
    if quantity not in FLOWS:
        values = found.following.get(quantity)
        return None if values is None else np.asarray(values[:, -1])
    return np.asarray(getattr(found.run, "entrants" if quantity == "intake" else quantity)[:, -1])


def landing(draws: Array | None, level: int) -> Landing | None:
    """Median and the ends of the central band that holds `level` per cent."""
    if draws is None or not np.all(np.isfinite(draws)):
        return None
    tail = (1 - level / 100) / 2
    low, median, high = (float(value) for value in np.quantile(draws, [tail, 0.5, 1 - tail]))
    return Landing(median, low, high)


def fitting(study: Study) -> tuple[str, ...]:
    """Ids of the scenarios that are meant for the study's region: the baseline, those that follow plans, the others; each by id."""

    def place(scenario: Scenario) -> int:
        plans = scenario.trust is not None or any(override.statement is not None for override in scenario.overrides)
        return 0 if scenario.id == BASELINE else 1 if plans else 2

    known = [s for s in study.registry.scenarios.values() if not s.regions or study.region.code in s.regions]
    return tuple(s.id for s in sorted(known, key=lambda s: (place(s), s.id)))


def compare(study: Study, names: Sequence[str] | None = None, base: Ground | None = None) -> Comparison:
    """Simulate scenarios on one ground.

    Parameters
    ----------
    names : sequence of str, optional
        Scenarios by id or name; all that are meant for the region where none is named.
    base : Ground, optional
        What `zhibiao.simulating.scenario.ground` gave for the study.

    Raises
    ------
    ParameterError
        A scenario is unknown, not meant for the region, or asks for a figure that the region does not have; of scenarios that were not
        named the last kind is left out with its reason.
    """
    base = ground(study) if base is None else base
    wanted = fitting(study) if names is None else tuple(dict.fromkeys(_named(study, name) for name in names))
    cases, left_out = [], {}
    for name in wanted:
        question = replace(study, scenario=study.registry.scenario(name))
        try:
            simulation = simulate(question, base)
        except ParameterError as error:
            if names is not None:
                raise
            left_out[name] = error.what
            continue
        case = Case(question, simulation, outcomes(question, simulation), ())
        cases.append(replace(case, rows=gap_table(question, simulation.chances)))
    unmoved = None
    if base.pipe is not None:
        still = replace(study, scenario=study.registry.scenario(BASELINE))
        unmoved = outcomes(still, Simulation(base.fans, pipe=base.pipe, run=flow(base.pipe, {})))
    return Comparison(tuple(cases), unmoved, left_out)


def _named(study: Study, name: str) -> str:
    """The id of a scenario that is meant for the region."""
    found = study.registry.scenario(name)
    if found.id not in fitting(study):
        raise ParameterError(f"情景 {found.id!r} 不适用于 is not meant for {study.region.zh}", where="scenario", allowed=fitting(study))
    return str(found.id)
