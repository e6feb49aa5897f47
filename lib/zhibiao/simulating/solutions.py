"""What a search for levers found: moves of levers with what they cost, and the scenario that repeats them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, LeverId, Override, Scenario, unit_of
from zhibiao.simulating.demands import Demand
from zhibiao.simulating.ranges import Range

SOURCE = "求解 solved"
"""How the source of a solved override begins."""


@dataclass(frozen=True)
class Aim:
    """Where a lever is led and by when, in base units; a length holds from the year on."""

    value: Decimal
    year: int


Aims = Mapping[LeverId, Aim]


@dataclass(frozen=True)
class Step:
    """One lever of a solution.

    Attributes
    ----------
    start : float or None
        Where the region stands, base units; None where nobody has published it.
    share : float or None
        The move as a share of the room the lever has that way; of the start where the room has no end; None without a start.
    cost : float
        The share times the lever's weight; 0 where the share is not known.
    """

    lever: LeverId
    start: float | None
    aim: Aim
    share: float | None
    cost: float


@dataclass(frozen=True)
class Solution:
    """Levers that reach the targets.

    Attributes
    ----------
    even : bool
        All levers move by the same share of what they may: the least change of several levers at once is often that of one alone.
    cost : float
        Sum of the steps' costs.
    chance : float
        Share of the draws in which all targets hold, as `simulate` gives it for the scenario.
    chances : mapping of target to float
    centre : bool
        Whether all hold in the middle of the pipe.
    """

    steps: tuple[Step, ...]
    even: bool
    cost: float
    chance: float
    chances: Mapping[str, float]
    centre: bool

    @property
    def aims(self) -> dict[LeverId, Aim]:
        return {step.lever: step.aim for step in self.steps}

    def scenario(self, study: Study, asked: Sequence[Demand], name: str = "solved") -> Scenario:
        """The solution as a scenario of the region; `simulate` gives the same numbers for it.

        Raises
        ------
        pydantic.ValidationError
            `name` cannot be an id.
        """
        return scenario_of(study, self.aims, asked, name)


@dataclass(frozen=True)
class Nearest:
    """Where nothing reaches the targets: the levers as far as they go, the chance that brings, and what fails most.

    `short` is what `failing` lacks there, base units: in the middle of the pipe, or in the draw that would just give the chance;
    None where nothing is known of its indicator.
    """

    solution: Solution
    failing: str
    short: float | None


@dataclass(frozen=True)
class Answer:
    """What `solve` found.

    Attributes
    ----------
    chance : float or None
        The chance that was asked for; None for the middle of the pipe.
    already : float
        The chance without any move.
    solutions : tuple of Solution
        Cheapest first, each with other levers; one without steps where nothing has to move; empty where nothing reaches.
    nearest : Nearest or None
        Only where nothing reaches.
    """

    demands: tuple[Demand, ...]
    ranges: Mapping[LeverId, Range]
    chance: float | None
    already: float
    solutions: tuple[Solution, ...]
    nearest: Nearest | None = None


def written(value: Decimal | float) -> Decimal:
    """A value as it is written: no zeros nobody needs, no exponent, none of the noise of floats.

    >>> written(35100.0), written(95.60000000000001)
    (Decimal('35100'), Decimal('95.6'))
    """
    return Decimal(format(round(Decimal(str(value)), 6).normalize(), "f"))


def scenario_of(study: Study, aims: Aims, asked: Sequence[Demand], name: str = "solved") -> Scenario:
    """Levers as a scenario, values in the unit of documents, with what they were solved for as their source."""
    wanted = "；".join(d.key for d in asked)
    source = f"{SOURCE}: {wanted}"
    overrides = tuple(_override(lever, aim, source) for lever, aim in aims.items())
    zh = "、".join(f"{LEVERS[o.lever].zh}{o.value}{o.unit}（{o.year}年）" for o in overrides) or "不动杠杆"
    en = ", ".join(f"{LEVERS[o.lever].en} {o.value} {unit_of(o.unit or '').label('en')} ({o.year})" for o in overrides) or "no lever is moved"
    return Scenario(
        id=name, zh=f"求解：{zh}"[:60], en=f"solved: {en}"[:90], description=f"为达到{wanted}求得的最小变动：{zh}",
        description_en=f"the least change that reaches {wanted}: {en}", regions=(study.region.code,), overrides=overrides,
    )  # fmt: skip


def _override(lever: LeverId, aim: Aim, source: str) -> Override:
    base = LEVERS[lever].base
    unit = f"万{base}" if base in ("人", "人次") and aim.value >= 10000 else base
    return Override(lever=lever, value=written(aim.value / unit_of(unit).scale), unit=unit, year=aim.year, source=source)
