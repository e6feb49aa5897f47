"""Many cohorts at once: a stock by programme length and year of study, moved year by year in whole persons.

Of each class those in the last year of their programme graduate; of the others the share ``retention`` stays. So in every draw and year

    S(t) = S(t−1) + E(t) − G(t) − A(t)

holds to the last person: what is rounded in one cell is made up for in the next (and in the next year), so that small classes lose
their share as well and the total is never off by more than half a person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zhibiao.errors import ParameterError

Array = NDArray[np.float64]

CHUNK = 8192
"""Draws moved at a time: the cells of one chunk stay in the processor's cache, and memory beyond the results does not grow with the draws."""
WORKERS = 2


@dataclass(frozen=True)
class Cells:
    """Students of one moment by programme length and year of study.

    Attributes
    ----------
    lengths : tuple of int (k,)
        Programme lengths in whole years, ascending.
    counts : float array (sum of lengths, m)
        One row a cell: the first length's years of study, then the next length's.
    """

    lengths: tuple[int, ...]
    counts: Array

    @property
    def total(self) -> Array:
        """Enrolment, (m,)."""
        return np.asarray(self.counts.sum(axis=0))


@dataclass(frozen=True)
class Flows:
    """What `run` gives; arrays (m, n): one row a draw, one column a year, in persons.

    Attributes
    ----------
    enrolment, entrants, graduates, losses : arrays (m, n)
        Stock at the end of the year; flows within it.
    turned_away : array (m, n)
        Who could not enter for want of places.
    last : Cells
        The cells at the end of the last year.
    """

    enrolment: Array
    entrants: Array
    graduates: Array
    losses: Array
    turned_away: Array
    last: Cells


def split(length: ArrayLike, lengths: Sequence[int]) -> Array:
    """Shares of the whole programme lengths that make a mean length; only the two lengths beside it are used.

    >>> split(3.25, (3, 4, 5)).tolist()
    [0.75, 0.25, 0.0]

    Parameters
    ----------
    length : array (…)
        Mean programme length, years; between the first and the last of `lengths`, which are consecutive.

    Returns
    -------
    array (…, k)
    """
    mean = np.asarray(length, dtype=np.float64)
    if not (np.all(mean >= lengths[0]) and np.all(mean <= lengths[-1])):
        raise ParameterError("学制超出范围 length out of range", where="length", allowed=[f"{lengths[0]}…{lengths[-1]}"])
    return np.asarray(np.clip(1 - np.abs(mean[..., None] - np.asarray(lengths, dtype=np.float64)), 0.0, 1.0))


def lengths_around(length: ArrayLike) -> tuple[int, ...]:
    """The whole lengths that mean lengths lie between: (3, 4, 5) for 3.0 to 4.5."""
    values = np.asarray(length, dtype=np.float64)
    return tuple(range(math.floor(float(values.min())), math.ceil(float(values.max())) + 1))


def settled(entrants: ArrayLike, shares: ArrayLike, retention: ArrayLike, lengths: Sequence[int]) -> Cells:
    """The cells of a pipe whose intake was always the same, not rounded.

    Parameters
    ----------
    entrants, retention : array (m,) or number
    shares : array (m, k) or (k,)
        Share of each length among the entrants.
    """
    people, stay = np.atleast_1d(np.asarray(entrants, dtype=np.float64)), np.atleast_1d(np.asarray(retention, dtype=np.float64))
    mix = np.atleast_2d(np.asarray(shares, dtype=np.float64))
    rows = [people * mix[:, position] * stay**k for position, length in enumerate(lengths) for k in range(length)]
    return Cells(tuple(lengths), np.array(np.broadcast_arrays(*rows)))


def run(
    start: Cells,
    entrants: ArrayLike,
    shares: ArrayLike,
    retention: ArrayLike,
    *,
    capacity: ArrayLike | None = None,
    whole: bool = True,
    workers: int = WORKERS,
) -> Flows:
    """Move the cells through the years.

    Parameters
    ----------
    start : Cells
        Students at the end of the year before the first, (·, m) or (·, 1).
    entrants : array (m, n), (n,)
        Who would enter in each year.
    shares : array (m, n, k), (n, k), (k,)
        Share of each programme length among the entrants of a year.
    retention : array (m, n), (n,) or number
        Share that stays from the year before into each year, of those who do not graduate.
    capacity : array (n,), optional
        Places: entrants who would not fit are turned away.
    whole : bool
        Whole persons, so that the identity is exact; otherwise it holds to rounding of floats.
    workers : int
        Threads; the results do not depend on it.

    Returns
    -------
    Flows

    Raises
    ------
    ParameterError
        Shares do not add up to one, a retention or an intake is out of range.
    """
    intake = np.asarray(entrants, dtype=np.float64)
    stay = np.asarray(retention, dtype=np.float64)
    mix = np.asarray(shares, dtype=np.float64)
    n = intake.shape[-1] if intake.ndim else 1
    m = max(start.counts.shape[1], *(a.shape[0] for a, full in ((intake, 2), (stay, 2), (mix, 3)) if a.ndim == full), 1)
    _check(intake, stay, mix, len(start.lengths))
    wide = (np.broadcast_to(intake, (m, n)), np.broadcast_to(stay, (m, n)), np.broadcast_to(mix, (m, n, len(start.lengths))))
    places = None if capacity is None else np.broadcast_to(np.asarray(capacity, dtype=np.float64), (n,))
    cells = np.broadcast_to(start.counts, (start.counts.shape[0], m))
    results = [np.empty((m, n)) for _ in range(5)]
    last = np.empty((start.counts.shape[0], m))

    def chunk(begin: int) -> None:
        rows = slice(begin, min(begin + CHUNK, m))
        people, staying, kinds = (a[rows] for a in wide)
        found, after = _move(start.lengths, cells[:, rows], people, staying, kinds, places, whole)
        for result, part in zip(results, found, strict=True):
            result[rows] = part.T
        last[:, rows] = after

    begins = range(0, m, CHUNK)
    if workers > 1 and len(begins) > 1:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(chunk, begins))
    else:
        for begin in begins:
            chunk(begin)
    enrolment, entered, graduates, losses, away = results
    return Flows(enrolment, entered, graduates, losses, away, Cells(start.lengths, last))


def _check(intake: Array, stay: Array, mix: Array, kinds: int) -> None:
    if not np.all(np.isfinite(intake)) or np.any(intake < 0):
        raise ParameterError("招生须为非负数 intake must not be negative", where="intake")
    if not np.all((stay > 0) & (stay <= 1)):
        raise ParameterError("保留率超出范围 retention out of range", where="retention", allowed=["0 < r ≤ 1"])
    if mix.shape[-1] != kinds or np.any(mix < 0) or np.any(np.abs(mix.sum(axis=-1) - 1) > 1e-9):
        raise ParameterError("各学制份额之和须为1 shares of the lengths must add up to one", where="length")


def _move(
    lengths: tuple[int, ...], cells: Array, intake: Array, stay: Array, mix: Array, places: Array | None, whole: bool
) -> tuple[list[Array], Array]:
    """One chunk through all years; results (n, c)."""
    count, years = intake.shape
    state = [np.array(row) for row in cells]
    if whole:
        state = _diffused(state, np.zeros(count))[0]
    ends, offset = [], 0
    for length in lengths:
        ends.append(offset + length - 1)
        offset += length
    first = {end - length + 1 for end, length in zip(ends, lengths, strict=True)}
    found = [np.zeros((years, count)) for _ in range(5)]
    enrolment, entered, graduates, losses, away = found
    carry = np.zeros(count)
    part = np.empty(count)
    for year in range(years):
        retention = np.ascontiguousarray(stay[:, year])
        for end in ends:
            graduates[year] += state[end]
        stayers = enrolment[year]
        rounded = np.zeros(count)
        # from the last cell down, so that a class is moved before the one behind it takes its place
        for cell in range(len(state) - 1, -1, -1):
            if cell in ends:
                continue
            here = state[cell]
            np.multiply(here, retention, out=part)
            if whole:
                carry += part
                moved = np.minimum(np.rint(carry), here)
                carry -= moved
            else:
                moved = part.copy()
            rounded += here
            stayers += moved
            state[cell + 1] = moved
        losses[year] = rounded - stayers
        entering = np.rint(intake[:, year]) if whole else np.array(intake[:, year])
        if places is not None:
            wanted = entering
            entering = np.minimum(wanted, np.maximum((math.floor(places[year]) if whole else places[year]) - stayers, 0.0))
            away[year] = wanted - entering
        entered[year] = entering
        classes = [entering * mix[:, year, position] for position in range(len(lengths))]
        if whole:
            classes = _diffused(classes, np.zeros(count))[0]
        for position, cell in enumerate(sorted(first)):
            state[cell] = classes[position]
        stayers += entering
    return found, np.array(state)


def _diffused(parts: list[Array], carry: Array) -> tuple[list[Array], Array]:
    """Whole numbers beside `parts` whose sum is the rounded sum: what one part loses the next makes up for."""
    found = []
    for part in parts:
        carry = carry + part
        whole = np.maximum(np.rint(carry), 0.0)
        carry = carry - whole
        found.append(whole)
    return found, carry
