"""A made-up county's figures and targets, drawn from a plausible process: the same seed and code give the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

FIRST, LAST, BASE, HORIZON = 2015, 2023, 2020, 2025
"""Years observed, the year of the baseline, the year of the targets."""

WITHOUT, SHORT, CONFLICTING = 0.05, 0.15, 0.05
"""Shares of counties without any figure, without figures after the baseline, and whose sources disagree of the last year."""

RETENTION = 0.955
"""Share of a class that stays from one year to the next, near the nation's in 2015–2021."""

Evidence = Literal["full", "none", "short", "conflicting"]


@dataclass(frozen=True)
class Figure:
    """One observation: value in the indicator's base unit."""

    indicator: str
    year: int
    basis: str
    value: float
    unit: str
    other: bool = False
    """From the second source."""


@dataclass(frozen=True)
class County:
    """A county's observations and what its plan says, in base units.

    Attributes
    ----------
    evidence : {"full", "none", "short", "conflicting"}
        What is registered of it.
    figures : tuple of Figure
    start : mapping of str to float
        Baselines of 2020.
    aims : mapping of str to float
        Targets of 2025; of trained people the sum over 2021–2025.
    """

    evidence: Evidence
    figures: tuple[Figure, ...]
    start: Mapping[str, float]
    aims: Mapping[str, float]


def county(code: str, seed: int) -> County:
    """Draw a county.

    Entrants follow a random walk with drift in logarithms; students are three classes of entrants, each losing a few of its members a year;
    graduates are what is left of the class of three years before. Targets lie some 15 per cent above the baseline, some of them below.

    Parameters
    ----------
    code : str
        Of the region: each county has a stream of its own, so that more counties leave the others as they are.
    seed : int
        Of the registry.
    """
    draw = random.Random(f"{seed}/{code}")
    chance = draw.random()
    evidence: Evidence = (
        "none" if chance < WITHOUT else "short" if chance < WITHOUT + SHORT else "conflicting" if chance < WITHOUT + SHORT + CONFLICTING else "full"
    )
    intake = _intake(draw)
    made = dict(_years(draw, intake))
    start = made[BASE]
    growth = {name: draw.gauss(0.15, 0.12) for name in ("intake", "enrolment", "high_skill_trained", "social_training")}
    aims = {name: _round(start[name] * (1 + growth[name])) for name in ("intake", "enrolment")}
    aims |= {name: _round(5 * start[name] * (1 + growth[name])) for name in ("high_skill_trained", "social_training")}
    aims["employment_rate"] = float(round(min(98, max(92, start["employment_rate"] + draw.choice((-1, 0, 0, 1))))))
    aims["coop_major_share"] = float(min(95, 5 * round((start["coop_major_share"] + 10) / 5)))
    figures = tuple(_registered(evidence, made))
    return County(evidence, figures, start, aims)


UNITS = {
    "intake": ("in_period", "人"), "enrolment": ("at_end", "人"), "graduates": ("in_period", "人"), "employment_rate": ("in_period", "%"),
    "high_skill_trained": ("in_period", "人"), "social_training": ("in_period", "人次"), "coop_major_share": ("at_end", "%"),
}  # fmt: skip
"""Basis and unit of each indicator that is observed."""


def _intake(draw: random.Random) -> dict[int, float]:
    """Entrants of every year from three before the first."""
    size, drift = min(20000.0, max(60.0, draw.lognormvariate(6.7, 0.8))), draw.gauss(0.02, 0.02)
    found = {}
    for year in range(FIRST - 3, LAST + 1):
        found[year] = size
        size *= max(0.6, min(1.5, 1 + draw.gauss(drift, 0.06)))
    return found


def _years(draw: random.Random, intake: Mapping[int, float]) -> Iterator[tuple[int, dict[str, float]]]:
    rate, firms = draw.uniform(93, 98.5), draw.uniform(55, 85)
    skilled, trained = draw.uniform(0.3, 0.9), draw.uniform(1.5, 6)
    for year in range(FIRST, LAST + 1):
        students = sum(intake[year - age] * RETENTION**age for age in range(3))
        yield year, {
            "intake": _whole(intake[year]),
            "enrolment": _whole(students),
            "graduates": _whole(intake[year - 3] * RETENTION**3),
            "employment_rate": round(min(99.5, max(80.0, rate + draw.gauss(0.1 * (year - BASE), 0.6))), 1),
            "high_skill_trained": _whole(intake[year] * skilled * (1 + draw.gauss(0, 0.1))),
            "social_training": _whole(intake[year] * trained * (1 + draw.gauss(0, 0.15))),
            "coop_major_share": round(min(99.0, firms + 1.5 * (year - FIRST) + draw.gauss(0, 0.8)), 1),
        }


def _registered(evidence: Evidence, made: Mapping[int, Mapping[str, float]]) -> Iterator[Figure]:
    last = {"none": FIRST - 1, "short": BASE}.get(evidence, LAST)
    for name, (basis, unit) in UNITS.items():
        for year, values in made.items():
            if year <= last:
                yield Figure(name, year, basis, values[name], unit)
    if evidence == "conflicting":
        for name in ("intake", "enrolment"):
            yield Figure(name, LAST, UNITS[name][0], _whole(made[LAST][name] * 1.07 + 1), UNITS[name][1], other=True)


def _whole(value: float) -> float:
    return float(max(0, round(value)))


def _round(value: float) -> float:
    """Two digits, as plans print."""
    size = max(1, len(str(int(value))) - 2)
    return float(max(10, round(value / 10**size) * 10**size))
