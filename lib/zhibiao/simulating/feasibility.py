"""Whether targets hold together in the middle of a region's pipe: the region of intake × length × retention, what binds, how much slack.

Intake and retention are led evenly from the start to their values in one year; a length holds for those who enter after the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.semantics import TOLERANCE
from zhibiao.catalogue.study import Study
from zhibiao.model import LeverId, Override, Scenario
from zhibiao.model.fan import Fan
from zhibiao.simulating.centre import ROUNDING, centre, fine_flow
from zhibiao.simulating.demands import PIPE_INDICATORS, Demand, unassessable
from zhibiao.simulating.pipe import PipeRun
from zhibiao.simulating.ranges import FLOWING, Range, default_ranges
from zhibiao.simulating.scenario import Ground, ground, simulate

Array = NDArray[np.float64]

GRID = {"intake": 41, "length": 31, "retention": 31}
"""Points of the region's grid; a length every tenth of a year over the default range."""
ALONG = {"intake": 201, "length": 31, "retention": 121}
"""Points along one lever where its slack is looked for; between two the margin is taken as straight."""


@dataclass(frozen=True)
class Setting:
    """Where the levers of the pipe stand: persons, years, per cent; intake and retention reached in `year`."""

    intake: float
    length: float
    retention: float
    year: int

    def value(self, lever: LeverId) -> float:
        return float(getattr(self, lever))


@dataclass(frozen=True, eq=False)
class Region:
    """Where on a grid of the levers the targets hold, in the middle of the pipe.

    Attributes
    ----------
    axes : mapping of lever to array
        ``intake`` (a,), ``length`` (b,), ``retention`` (c,).
    margins : mapping of target to array (a, b, c)
        What is left until it fails, in its worst year; negative where it fails; base units.
    holds : mapping of target to bool array (a, b, c)
    """

    axes: Mapping[LeverId, Array]
    margins: Mapping[str, Array]
    holds: Mapping[str, NDArray[np.bool_]]

    @property
    def all(self) -> NDArray[np.bool_]:
        """Where every target holds."""
        return np.asarray(np.logical_and.reduce(list(self.holds.values())))

    def without(self, key: str) -> float:
        """Share of the grid in which all targets but one hold."""
        rest = [held for name, held in self.holds.items() if name != key]
        return float(np.logical_and.reduce(rest).mean()) if rest else 1.0


@dataclass(frozen=True)
class Slack:
    """How far one lever may give way from a setting before a target fails; negative: how far it must go for the target to hold.

    `amount` in the lever's base unit (persons, years, percentage points), None where the lever's range holds no such point; `end` is
    the value at which the target turns.
    """

    key: str
    lever: LeverId
    amount: float | None
    end: float | None


@dataclass(frozen=True, eq=False)
class Feasibility:
    """Whether targets hold together.

    Attributes
    ----------
    demands : tuple of Demand
        Those that can be held against the pipe.
    lacking : mapping of target to (zh, en)
        Those that cannot, and why.
    asked : tuple of Demand
        All that were asked for.
    here, planned : Setting or None
        Where the region stands; with the intake at the documents' own target, all else as it stands. None where no intake target is among the demands.
    region : Region or None
    margins : mapping of target to float
        At `planned`, else `here`, in the middle of the pipe.
    slacks : tuple of Slack
        Around the same setting.
    chance, chances : float and mapping
        Share of the pipe's draws at the same setting in which all hold, and each.
    """

    demands: tuple[Demand, ...]
    lacking: Mapping[str, tuple[str, str]]
    asked: tuple[Demand, ...]
    ranges: Mapping[LeverId, Range]
    here: Setting | None = None
    planned: Setting | None = None
    region: Region | None = None
    margins: Mapping[str, float] | None = None
    slacks: tuple[Slack, ...] = ()
    chance: float | None = None
    chances: Mapping[str, float] | None = None

    @property
    def at(self) -> Setting | None:
        return self.planned or self.here

    @property
    def hold(self) -> bool | None:
        """Whether all hold at `at`, in the middle of the pipe; None where that cannot be said."""
        if self.margins is None or self.lacking:
            return None
        return all(holds(d, np.array([self.margins[d.key]]))[0] for d in self.demands)

    @property
    def binding(self) -> str | None:
        """The target with the smallest margin for its size at `at`."""
        margins = self.margins or {}
        return min(self.demands, key=lambda d: margins[d.key] / max(abs(d.bound), 1.0)).key if margins else None

    @property
    def widest(self) -> str | None:
        """The target without which the region would grow most."""
        if self.region is None or len(self.region.holds) < 2:
            return None
        return max(self.region.holds, key=self.region.without)


def holds(demand: Demand, margin: Array) -> NDArray[np.bool_]:
    """Whether a margin is enough: strictly above for > and <."""
    return np.asarray(margin > TOLERANCE * max(1.0, abs(demand.bound)) if demand.asked.strict else margin >= -ROUNDING)


def feasibility(
    study: Study, asked: Sequence[Demand], base: Ground | None = None, ranges: Mapping[LeverId, Range] | None = None
) -> Feasibility:
    """Hold the targets against the region's pipe.

    Targets outside the pipe (training, employment, …) do not hinder intake and enrolment; `zhibiao.simulating.relaxing` holds them against each other.
    """
    base = ground(study) if base is None else base
    lacking = unassessable(study, base, asked)
    mine = tuple(d for d in asked if d.indicator.id in PIPE_INDICATORS and d.key not in lacking)
    limits = {**default_ranges(study, base.pipe), **(ranges or {})}
    if base.pipe is None or not mine:
        return Feasibility(mine, lacking, tuple(asked), limits)
    middle = centre(base)
    assert middle.pipe is not None
    pipe = middle.pipe
    year = min(max(d.asked.end or 0 for d in mine), int(pipe.years[-1]))
    year = max(year, pipe.start.year + 1)
    here = Setting(pipe.start.intake, float(pipe.length[0]), 100 * float(pipe.retention[0]), year)
    planned = _planned(mine, here)
    at = planned or here
    found = margins(middle, mine, year, at.length, np.array([at.intake]), np.array([at.retention]))
    chance, chances = chances_at(study, base, mine, planned)
    slacks = tuple(_slack(middle, mine, at, lever, limits[lever]) for lever in FLOWING)
    return Feasibility(
        mine, lacking, tuple(asked), limits, here, planned, region(middle, mine, year, limits), {key: float(m[0]) for key, m in found.items()},
        tuple(slack for each in slacks for slack in each), chance, chances,
    )  # fmt: skip


def margins(middle: Ground, asked: Sequence[Demand], year: int, length: float, intake: Array, retention: Array) -> dict[str, Array]:
    """Margins of the targets at many settings of one length; intake (p,) and retention (p,) go together. Arrays (p,)."""
    assert middle.pipe is not None
    run = fine_flow(middle.pipe, year, intake, retention, length)
    return {demand.key: demand.margin(*flowing_paths(middle.fans[demand.indicator.id], run, demand.indicator.id)) for demand in asked}


def region(middle: Ground, asked: Sequence[Demand], year: int, ranges: Mapping[LeverId, Range]) -> Region:
    """Where on a grid over the levers' ranges the targets hold."""
    axes: dict[LeverId, Array] = {lever: np.linspace(ranges[lever].low, ranges[lever].high, GRID[lever]) for lever in FLOWING}
    across = np.repeat(axes["intake"], GRID["retention"]), np.tile(axes["retention"], GRID["intake"])
    layers = [margins(middle, asked, year, float(length), *across) for length in axes["length"]]
    shape = (GRID["intake"], GRID["retention"])
    found = {d.key: np.stack([layer[d.key].reshape(shape) for layer in layers], axis=1) for d in asked}
    return Region(axes, found, {d.key: holds(d, found[d.key]) for d in asked})


def plan_scenario(study: Study, setting: Setting) -> Scenario:
    """The study's own question with the intake led to the documents' target and nothing else moved."""
    value = Decimal(str(setting.intake))
    override = Override(lever="intake", value=value, unit="人", year=setting.year, source="目标 target")
    return Scenario(id="planned", zh="招生按目标", en="intake as planned", description="—", description_en="—", regions=(study.region.code,), overrides=(override,))


def chances_at(study: Study, base: Ground, asked: Sequence[Demand], planned: Setting | None) -> tuple[float, dict[str, float]]:
    """Share of draws in which all targets hold, and each; with the intake as planned, else without any lever moved."""
    scenario = study.scenario.model_copy(update={"overrides": (), "trust": None}) if planned is None else plan_scenario(study, planned)
    fans = simulate(replace(study, scenario=scenario), base).fans
    flags = {d.key: d.asked.satisfied(fans[d.indicator.id].draws, fans[d.indicator.id].years) for d in asked}
    return float(np.logical_and.reduce(list(flags.values())).mean()), {key: float(held.mean()) for key, held in flags.items()}


def _planned(asked: Sequence[Demand], here: Setting) -> Setting | None:
    """The last intake target as written; one person more where it must be exceeded."""
    intakes = [d for d in asked if d.indicator.id == "intake" and d.asked.combine in ("point", "each") and d.asked.end is not None]
    if not intakes:
        return None
    last = max(intakes, key=lambda d: (d.asked.end or 0, d.bound))
    return replace(here, intake=last.bound + (1 if last.asked.strict else 0), year=int(last.asked.end or here.year))


def flowing_paths(fan: Fan, run: PipeRun, indicator: str) -> tuple[Array, NDArray[np.int64]]:
    """Paths of an end of the pipe with what flows in every year that is not observed, and the years.

    The run may hold the fan's draws once for each of many settings: array (p·m, years).
    """
    flowing = {"intake": run.entrants, "enrolment": run.enrolment, "graduates": run.graduates}[indicator]
    paths = np.tile(fan.draws, (flowing.shape[0] // fan.draws.shape[0], 1))
    for position, year in enumerate(run.years.tolist()):
        column = year - int(fan.years[0])
        if 0 <= column < fan.years.size and not fan.observed[column]:
            paths[:, column] = flowing[:, position]
    return paths, fan.years


def _slack(middle: Ground, asked: Sequence[Demand], at: Setting, lever: LeverId, within: Range) -> list[Slack]:
    values = np.unique(np.append(np.linspace(within.low, within.high, ALONG[lever]), at.value(lever)))
    if lever == "length":
        one = [margins(middle, asked, at.year, float(v), np.array([at.intake]), np.array([at.retention])) for v in values]
        found = {d.key: np.array([m[d.key][0] for m in one]) for d in asked}
    else:
        still = np.full(values.size, at.intake if lever == "retention" else at.retention)
        pair = (values, still) if lever == "intake" else (still, values)
        found = margins(middle, asked, at.year, at.length, *pair)
    return [_turning(d, lever, values, found[d.key], int(np.searchsorted(values, at.value(lever)))) for d in asked]


def _turning(demand: Demand, lever: LeverId, values: Array, margin: Array, here: int) -> Slack:
    """The nearest value at which a target turns from holding to failing or back."""
    held = holds(demand, margin)
    turns = [i for i in range(values.size - 1) if held[i] != held[i + 1]]
    if not turns:
        return Slack(demand.key, lever, None, None)
    at = min(turns, key=lambda i: min(abs(i - here), abs(i + 1 - here)))
    share = margin[at] / (margin[at] - margin[at + 1]) if margin[at] != margin[at + 1] else 0.0
    end = float(values[at] + (values[at + 1] - values[at]) * np.clip(share, 0.0, 1.0))
    distance = abs(float(values[here]) - end)
    return Slack(demand.key, lever, distance if held[here] else -distance, end)
