"""Intake against enrolment: which programme length and retention a pair of figures implies, settled and on the way.

A ratio of one year orients, it never proves feasibility: while the intake grows, the older and smaller classes are still enrolled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from zhibiao.simulating.cohort import linear_intake, per_entrant, stock

Array = NDArray[np.float64]

LOWEST_RETENTION = 0.5
"""Below this a curve is not drawn: no vocational system known to the project loses half of a class each year."""
OLDER_CLASSES = 8
"""Years of constant intake before the start, so that every class of the first year is known."""


@dataclass(frozen=True)
class Pair:
    """An intake and an enrolment of the same year, in the same base unit, and where they come from."""

    name: str
    year: int
    intake: float
    enrolment: float
    source: str

    @property
    def ratio(self) -> float:
        """Students enrolled per entrant."""
        return self.enrolment / self.intake

    @property
    def ratio_text(self) -> str:
        """The ratio to two decimals, as reasons name it."""
        return f"{self.ratio:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Implied:
    """Length and retention that give a pair: one retention for each length, NaN where none does.

    Attributes
    ----------
    lengths : array (k,)
        Programme lengths in years.
    settled, on_the_way : arrays (k,)
        Retention with the intake held for ever, and with the intake led evenly from the starting year to the pair's year.
    """

    lengths: Array
    settled: Array
    on_the_way: Array


def implied(pair: Pair, start: Pair | None, lengths: Array, earlier: Array | None = None) -> Implied:
    """What each length would need as retention for the pair to hold.

    Parameters
    ----------
    start : Pair or None
        Where the intake comes from. None: only the settled curve.
    earlier : array (OLDER_CLASSES,), optional
        Intakes of the starting year and those before it, newest first; held constant where they are not given.
    """
    settled = np.array([_solve(partial(_settled_excess, pair, float(length))) for length in lengths])
    if start is None or start.year >= pair.year:
        return Implied(lengths, settled, np.full(lengths.shape, np.nan))
    way = np.array([_solve(partial(_arrived_excess, start, pair, float(length), earlier)) for length in lengths])
    return Implied(lengths, settled, way)


def _settled_excess(pair: Pair, length: float, retention: float) -> float:
    return per_entrant(length, retention) - pair.ratio


def _arrived_excess(start: Pair, pair: Pair, length: float, earlier: Array | None, retention: float) -> float:
    return arrived(start, pair, length, retention, earlier) - pair.enrolment


def arrived(start: Pair, pair: Pair, length: float, retention: float, earlier: Array | None = None) -> float:
    """Enrolment in the pair's year with the intake led evenly from the start to the pair's intake."""
    _, intake = linear_intake(start.intake, pair.intake, start.year, pair.year, OLDER_CLASSES)
    intake[: OLDER_CLASSES + 1] = _older(start, earlier)
    return float(stock(intake, length, retention)[-1])


def anchored(start: Pair, lengths: Array) -> list[tuple[float, float]]:
    """Lengths and retentions that reproduce a region's own stock and intake, so that its model starts where it stands."""
    retention = implied(start, None, lengths).settled
    return [(float(length), float(r)) for length, r in zip(lengths, retention, strict=True) if np.isfinite(r)]


def _older(start: Pair, earlier: Array | None) -> Array:
    """Intakes up to the starting year, oldest first."""
    return np.full(OLDER_CLASSES + 1, start.intake) if earlier is None else np.append(earlier[-1], earlier[::-1])


def needed_intake(
    target: float, years: range, start: Pair, length: float, retention: float, *, only_last: bool = False, earlier: Array | None = None
) -> float | None:
    """The constant intake from the first of `years` on that keeps enrolment at `target` or above in all of them, or in the last.

    Until then the intake stays where it was in the starting year. None where the classes still enrolled suffice, so that nothing is
    asked.
    """
    before = max(years[0] - 1 - start.year, 0)
    held = np.concatenate([_older(start, earlier), np.full(before, start.intake)])

    def excess(entrants: float) -> float:
        path = np.concatenate([held, np.full(len(years), entrants)])
        enrolled = stock(path, length, retention)[-len(years) :]
        return float(enrolled[-1] if only_last else enrolled.min()) - target

    return None if excess(0.0) >= 0 else float(brentq(excess, 0.0, target))


def _solve(excess: Callable[[float], float]) -> float:
    """Retention at which the excess is zero; NaN outside the accepted range."""
    low, high = excess(LOWEST_RETENTION), excess(1.0)
    if high < -1e-9 * max(1.0, abs(high)) or low > 0:
        return float("nan")
    return 1.0 if high <= 0 else float(brentq(excess, LOWEST_RETENTION, 1.0, xtol=1e-12))
