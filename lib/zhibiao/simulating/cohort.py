"""Cohorts: entrants stay for the length of their programme, a share of each class from one year to the next.

A class counts whole in its first year; ``retention`` is the share that stays from one year to the next. With intake E, length L and
retention r the stock of year t is the sum over k = 0 … L−1 of E(t−k)·r^k. A length between two whole numbers is a mix of both.
Identity: S(t) = S(t−1) + E(t) − G(t) − A(t), with graduates G leaving after their last year and other losses A on the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhibiao.errors import ParameterError

Array = NDArray[np.float64]

LENGTHS = (1.0, 8.0)
"""Programme lengths in years that the model accepts."""


@dataclass(frozen=True)
class CohortRun:
    """One bare run; all arrays have one entry a year and the unit of the intake.

    Attributes
    ----------
    year : int array (n,)
        1, 2, … or calendar years.
    intake, enrolment, graduates, losses : float arrays (n,)
    """

    year: NDArray[np.int64]
    intake: Array
    enrolment: Array
    graduates: Array
    losses: Array


def survival(length: float, retention: float) -> Array:
    """Share of a class enrolled 0, 1, 2, … years after entry.

    >>> survival(3, 0.97).round(4).tolist()
    [1.0, 0.97, 0.9409]
    >>> float(survival(3.5, 1.0).sum())
    3.5

    Raises
    ------
    ParameterError
        Length or retention out of range.
    """
    if not (math.isfinite(length) and LENGTHS[0] <= length <= LENGTHS[1]):
        raise ParameterError(f"学制 {length} 年超出范围 length out of range", where="length", allowed=[f"{LENGTHS[0]:g}…{LENGTHS[1]:g}"])
    if not (math.isfinite(retention) and 0 < retention <= 1):
        raise ParameterError(f"保留率 {retention} 超出范围 retention out of range", where="retention", allowed=["0 < r ≤ 1, e.g. 0.97"])
    whole = math.floor(length)
    shares = np.array([min(max(length - k, 0.0), 1.0) for k in range(whole + (length > whole))])
    return np.asarray(shares * retention ** np.arange(shares.size))


def per_entrant(length: float, retention: float) -> float:
    """Students enrolled per yearly entrant once the stock has settled.

    >>> round(per_entrant(3, 0.97) * 3, 4), round(per_entrant(4, 0.95) * 3, 4)
    (8.7327, 11.1296)
    """
    return float(survival(length, retention).sum())


def stock(intake: Array, length: float, retention: float) -> Array:
    """Enrolment of each year from the intake of that year and the years before.

    Parameters
    ----------
    intake : array (n,)
        Yearly entrants, oldest first. Classes that entered before are unknown to it, so the first L−1 years count short.

    Returns
    -------
    array (n,)
    """
    return np.asarray(np.convolve(intake, survival(length, retention))[: intake.size])


def cohort(intake: Array, length: float, retention: float, years: int, start: int = 1) -> CohortRun:
    """Run the pipe from empty: `intake` year by year, its last value held to the end.

    Parameters
    ----------
    intake : array (k,)
        Entrants of the first k years.
    years : int
        Years to run.
    """
    if years < 1 or intake.size == 0:
        raise ParameterError("至少一年 needs at least one year and one intake", where="years")
    if not np.isfinite(intake).all() or (intake < 0).any():
        raise ParameterError("招生须为非负数 intake must not be negative", where="intake")
    entrants = np.concatenate([intake, np.full(max(0, years - intake.size), intake[-1])])[:years]
    shares = survival(length, retention)
    enrolment = np.convolve(entrants, shares)[:years]
    # a class loses to graduation what it does not carry over at the end of a programme, and to other losses what retention takes;
    # of the part k years in, the share that has finished is known from the length, the rest of what is gone was lost on the way
    finishing = np.array([min(max(length - k, 0.0), 1.0) for k in range(shares.size + 1)])
    left = np.append(shares, 0.0)
    graduated = np.array([(finishing[k - 1] - finishing[k]) * retention ** (k - 1) for k in range(1, shares.size + 1)])
    lost = left[:-1] - left[1:] - graduated
    graduates = np.concatenate([[0.0], np.convolve(entrants, graduated)[: years - 1]])
    losses = np.concatenate([[0.0], np.convolve(entrants, lost)[: years - 1]])
    return CohortRun(np.arange(start, start + years), entrants, enrolment, graduates, losses)


def linear_intake(first: float, last: float, start: int, end: int, before: int) -> tuple[NDArray[np.int64], Array]:
    """Intake held at `first` for `before` years up to `start`, then in even steps to `last` in `end`.

    >>> linear_intake(3.0, 3.5, 2020, 2025, 0)[1][1:].round(2).tolist()
    [3.1, 3.2, 3.3, 3.4, 3.5]
    """
    if end <= start:
        raise ParameterError(f"终年 {end} 须晚于起年 {start} the intake must reach its value after its start", where="year")
    years = np.arange(start - before, end + 1)
    share = np.clip((years - start) / (end - start), 0.0, 1.0)
    return years, np.asarray(first + (last - first) * share)
