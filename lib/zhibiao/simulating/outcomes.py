"""What follows from the pipe under a scenario: graduates in work, certificates, training, teachers and places, as draws.

Everything that needs a figure nobody has published stays absent; a scenario may supply the figure by a lever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.model import LeverId
from zhibiao.model.fan import Fan
from zhibiao.simulating.pipe import Moves, Pipe, PipeRun, led
from zhibiao.simulating.scenario import Simulation, own_value

Array = NDArray[np.float64]

FOLLOWING = ("employed", "certificates", "high_skill_graduates", "training", "high_skill", "teachers", "free_places")
"""What may follow, in the order in which it is shown."""

FROM_FANS: Mapping[str, str] = {"training": "social_training", "high_skill": "high_skill_trained"}
"""What is read off the fan of an indicator of its own."""

FROM_GRADUATES: Mapping[str, LeverId] = {"certificates": "certificate_share", "high_skill_graduates": "high_skill_share"}
"""What is a share of the graduates, and the lever that says which: no registry figure does."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What follows from the pipe under a scenario; arrays (m, n): one row a draw, one column a year of `run`.

    Attributes
    ----------
    run : PipeRun
        Entrants, enrolment, graduates, losses, turned away; whole persons.
    opening : array (m, n)
        Enrolment at the end of the year before: in every draw run.enrolment = opening + entrants − graduates − losses, exactly.
    following : mapping of name to array (m, n)
        Those of `FOLLOWING` that are known, base units; not rounded.
    """

    run: PipeRun
    opening: Array
    following: Mapping[str, Array]

    @property
    def absent(self) -> tuple[str, ...]:
        """Those of `FOLLOWING` for which a figure is missing."""
        return tuple(name for name in FOLLOWING if name not in self.following)


def outcomes(study: Study, simulation: Simulation) -> Outcomes | None:
    """What follows under the study's scenario; None where nothing flows.

    Nothing flows without a pipe, and where a scenario leads enrolment to the plans' targets whatever the intake (`trust`).
    """
    run = simulation.run
    if run is None or simulation.pipe is None or study.scenario.trust is not None:
        return None
    found: dict[str, Array | None] = {
        "employed": _times(run.graduates, _path(simulation.fans.get("employment_rate"), run.years), 0.01),
        **{name: _times(run.graduates, _led(study, simulation, lever, run.years), 0.01) for name, lever in FROM_GRADUATES.items()},
        **{name: _path(simulation.fans.get(indicator), run.years) for name, indicator in FROM_FANS.items()},
        "teachers": _over(run.enrolment, _led(study, simulation, "student_teacher_ratio", run.years)),
        "free_places": _free(run, simulation.moves),
    }
    following = {name: values for name in FOLLOWING if (values := found[name]) is not None}
    return Outcomes(run, opening(simulation.pipe, run), following)


def opening(pipe: Pipe, run: PipeRun) -> Array:
    """Enrolment before each year of the run, (m, n): what was counted where that is known, else what the model has."""
    before = np.empty_like(run.enrolment)
    before[:, 0] = pipe.start.enrolment
    before[:, 1:] = run.enrolment[:, :-1]
    for year, stock in pipe.stocks.items():
        later = int(year) + 1 - int(run.years[0])
        if 0 < later < run.years.size:
            before[:, later] = stock
    return before


def _path(fan: Fan | None, years: NDArray[np.int64]) -> Array | None:
    """Draws of a fan over `years`; None where it does not cover them."""
    if fan is None or int(fan.years[0]) > int(years[0]) or int(fan.years[-1]) < int(years[-1]):
        return None
    return fan.window(int(years[0]), int(years[-1]))


def _led(study: Study, simulation: Simulation, lever: LeverId, years: NDArray[np.int64]) -> Array | None:
    """A lever's own value, or its way from there to where the scenario leads it, (n,); None where neither is known."""
    own = own_value(study, lever, simulation.pipe)
    move = simulation.moves.get(lever)
    if move is None:
        return None if own is None else np.full(years.size, own)
    if own is None or simulation.pipe is None:
        return np.full(years.size, move.value)
    return led(own, move, simulation.pipe.start.year, years)


def _times(people: Array, share: Array | None, scale: float) -> Array | None:
    return None if share is None else np.asarray(people * share * scale)


def _over(people: Array, ratio: Array | None) -> Array | None:
    return None if ratio is None else np.asarray(people / ratio)


def _free(run: PipeRun, moves: Moves) -> Array | None:
    """Places that stay empty from the year on in which a number of places holds; without one nobody knows them."""
    if "capacity" not in moves:
        return None
    places = moves["capacity"]
    free = np.maximum(np.floor(places.value) - run.enrolment, 0.0)
    return np.asarray(np.where(run.years >= places.year, free, np.nan))
