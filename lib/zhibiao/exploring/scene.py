"""What the screen's figures are: a question reckoned once, then simulated anew for every position of the levers.

The same `ground`, `simulate` and `condition` as the batch, with the same draws: what is shown here is what a run prints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.gaps import GapRow, chances, gap_table
from zhibiao.assessing.governing import governing
from zhibiao.assessing.semantics import Condition, condition
from zhibiao.assessing.standing import Standing, standing
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import Study
from zhibiao.exploring.ranges import Reach, ranges
from zhibiao.exploring.state import Question, Screen
from zhibiao.model import LEVERS, LeverId, Scenario, Statement
from zhibiao.model.fan import Fan
from zhibiao.simulating.demands import main_targets
from zhibiao.simulating.scenario import Ground, Simulation, ground, simulate


@dataclass(frozen=True)
class Target:
    """A target that the levers can move, as it stands without them."""

    standing: Standing
    asked: Condition
    governed: bool

    @property
    def statement(self) -> Statement:
        return self.standing.statement

    @property
    def key(self) -> str:
        return self.statement.key


@dataclass(frozen=True)
class Aim:
    """A target under the levers, in base units.

    Attributes
    ----------
    middle : float or None
        Median over the draws of what the target measures: the value of its year, the sum or mean of its period, of a target that binds
        each year the worst year of each draw, so that it satisfies where half of the draws do. None where there is no fan that covers
        its years.
    gap : float or None
        What `middle` is short of, 0 where nothing is missing.
    held : bool or None
        Whether `middle` satisfies.
    chance : float or None
        As in `GapRow`; None as well where the scenario sets the indicator.
    assumed : bool
        The scenario sets the indicator.
    """

    target: Target
    middle: float | None
    gap: float | None
    held: bool | None
    chance: float | None
    assumed: bool


@dataclass(frozen=True)
class Shown:
    """What one position of the levers gives."""

    study: Study
    simulation: Simulation
    aims: tuple[Aim, ...]

    @property
    def flows(self) -> bool:
        """Whether a lever moves the pipe, so that enrolment follows from the flow of students and not from the reference class."""
        return any(LEVERS[lever].flow for lever in self.simulation.moves)

    def beside(self, now: Shown) -> Shown:
        """The same as it is compared with `now`: where levers move the pipe there and none does here, by the flow of students as well.

        Otherwise a difference would show the change of method beside the levers' doing.
        """
        run = self.simulation.run
        if not now.flows or self.flows or run is None or self.study.scenario.trust is not None:
            return self
        fans = dict(self.simulation.fans)
        for name, values in (("enrolment", run.enrolment), ("graduates", run.graduates)):
            if name in fans:
                fans[name] = _following(fans[name], run.years, values)
        simulation = replace(self.simulation, fans=fans)
        return replace(self, simulation=simulation, aims=tuple(_aim(self.study, simulation, aim.target) for aim in self.aims))

    def turned_away(self, year: int) -> float:
        """Median of those who cannot enter in a year for want of places."""
        run = self.simulation.run
        if run is None or "capacity" not in self.simulation.moves or year not in run.years:
            return 0.0
        return float(np.median(run.turned_away[:, int(np.searchsorted(run.years, year))]))


@dataclass(frozen=True, eq=False)
class Scene:
    """A question and everything that no lever changes."""

    study: Study
    ground: Ground

    @cached_property
    def ranges(self) -> dict[LeverId, Reach]:
        """The levers that can be moved; none where the region has no pipe."""
        return ranges(self.study, self.ground) if self.ground.pipe is not None else {}

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Targets of the chosen documents that the levers move; the ends of the pipe first."""
        asked = [s for s in self.study.statements("target") if s.repeats is None]
        mine = [s for s in main_targets(self.study) if s.period is not None]
        return tuple(
            Target(standing(self.study, s), condition(s, self.study.indicator(s.indicator)), bool((rule := governing(self.study.registry, s, asked)) and rule.governing))
            for s in mine
        )

    @cached_property
    def rows(self) -> tuple[GapRow, ...]:
        """The gap table without any lever."""
        return gap_table(self.study, self.ground.fans)

    def speak(self, lang: str) -> Scene:
        """The same scene in another language; nothing is reckoned again."""
        return Scene(replace(self.study, lang=lang), self.ground)

    def show(self, scenario: Scenario) -> Shown:
        """Simulate a scenario and hold it against the targets.

        Raises
        ------
        ParameterError
            A lever needs figures that the region does not have.
        """
        asked = replace(self.study, scenario=scenario)
        simulation = simulate(asked, self.ground)
        return Shown(asked, simulation, tuple(_aim(asked, simulation, target) for target in self.targets))


def scene(registry: Registry, question: Question, lang: str) -> Scene:
    """Reckon what a question needs: some tenths of a second.

    Raises
    ------
    ParameterError
        The registry does not know the region or a document.
    """
    asked = question.study(registry, registry.scenario("baseline"), lang)
    return Scene(asked, ground(asked))


def scenario_of(registry: Registry, screen: Screen) -> Scenario:
    """The named scenario that the levers came from while they stand as it has them, else one without a name of its own."""
    named = registry.scenarios.get(screen.scenario)
    if named is not None and screen.same_levers(named):
        return named
    return Scenario(
        id="explored", zh="试算", en="explored", description="在试算页上设定，未保存", description_en="set on the screen, not saved",
        regions=(screen.question.region,), overrides=screen.overrides, trust=screen.trust,
    )  # fmt: skip


def _following(fan: Fan, years: NDArray[np.int64], values: NDArray[np.float64]) -> Fan:
    """A fan whose years that are not observed are those of the pipe, (m, n)."""
    draws = fan.draws.copy()
    for position, year in enumerate(years.tolist()):
        column = year - int(fan.years[0])
        if 0 <= column < fan.years.size and not fan.observed[column]:
            draws[:, column] = values[:, position]
    return replace(fan, draws=draws, method="cohort")


def _aim(study: Study, simulation: Simulation, target: Target) -> Aim:
    name = target.statement.indicator
    assumed = name in simulation.assumed
    fan = simulation.fans.get(name)
    middle = None if fan is None else _middle(target.asked, fan)
    chance = None if assumed else chances(target.standing, fan, study.as_of)[0]
    if middle is None:
        return Aim(target, None, None, None, chance, assumed)
    value = np.array([middle])
    return Aim(target, middle, float(target.asked.gap(value)[0]), bool(target.asked.holds(value)[0]), chance, assumed)


def _middle(asked: Condition, fan: Fan) -> float | None:
    if asked.start is None or asked.end is None or asked.start < int(fan.years[0]) or asked.end > int(fan.years[-1]):
        return None
    values = asked.measure(fan.draws, fan.years)
    # of several years each draw's own worst: the one farthest beyond an end, or nearest to it where none is violated
    below = -np.inf if asked.floor is None else asked.floor - values
    above = -np.inf if asked.ceiling is None else values - asked.ceiling
    short = np.broadcast_to(np.maximum(below, above), values.shape)
    worst = np.take_along_axis(values, short.argmax(axis=1)[:, None], axis=1)
    return float(np.median(worst))
