"""The one place where grading asks for a projection: the chance of attainment of a single target."""

from __future__ import annotations

from zhibiao.assessing.gaps import chances
from zhibiao.assessing.standing import Standing
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model.fan import Fan
from zhibiao.projecting.trajectories import classes, trajectory

WORDS = (("likely", 2 / 3), ("about_even", 1 / 3), ("unlikely", 0.0))
"""Grades of a chance and from which share of the draws on they are said."""
EVEN = 0.5
"""With a greater share the target is taken to be on track."""


def fan_of(study: Study, indicator: str) -> Fan | None:
    """Project an indicator of a study; None where it has no exact figure, no reference class, or values the class does not take."""
    found = study.indicator(indicator)
    reference = classes(study).get(str(found.reference))
    if reference is None:
        return None
    try:
        return trajectory(study, found, reference)
    except ParameterError:
        return None


def attainment(study: Study, stands: Standing, fan: Fan | None = None) -> float | None:
    """Share of the fan's draws for which a target holds; None where no chance can be given."""
    return chances(stands, fan or fan_of(study, stands.indicator.id), study.as_of)[0]


def grade(chance: float) -> str:
    """The word for a chance.

    >>> grade(0.7), grade(0.5), grade(0.1)
    ('likely', 'about_even', 'unlikely')
    """
    return next(word for word, least in WORDS if chance >= least)
