"""Yearly retention of the nation, read off its own figures: how unusual a region's retention would be, and how far a lever may reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from zhibiao.catalogue.registry import Registry

Array = NDArray[np.float64]

NATION = "100000"
FEWEST = 5
"""Years of retention that make a spread."""


@dataclass(frozen=True, eq=False)
class Spread:
    """Yearly retention of the nation on the logit scale.

    Attributes
    ----------
    years : int array (n,)
    retention : array (n,)
        Share of those who did not graduate that stayed into the year: 1 − A(t) / (S(t−1) − G(t)).
    losses : array (n,)
        Other losses A(t), as a share of the stock of the year before.
    centre, deviation : float
        Mean and standard deviation of its logit.
    """

    years: NDArray[np.int64]
    retention: Array
    losses: Array
    centre: float
    deviation: float


@dataclass(frozen=True, eq=False)
class YearlyRetention:
    """What a region's own flows say of its retention; arrays (n,)."""

    years: NDArray[np.int64]
    retention: Array
    losses: Array


def yearly_retention(registry: Registry, region: str, as_of: int | None = None) -> YearlyRetention:
    """Retention and losses of the years of which stock, intake and graduates are known exactly, and the stock before them."""
    stock, intake, graduates = (
        {p.period.year: float(p.base_value) for p in registry.series(region, name, as_of).annual if p.qualifier in ("eq", "about")}
        for name in ("enrolment", "intake", "graduates")
    )
    # where all of the stock graduates nobody is left who could stay
    years = [y for y in sorted(stock) if y in intake and y in graduates and stock.get(y - 1, 0.0) > graduates[y]]
    before, out = np.array([stock[y - 1] for y in years]), np.array([graduates[y] for y in years])
    lost = np.array([stock[y - 1] + intake[y] - graduates[y] - stock[y] for y in years])
    return YearlyRetention(np.array(years, dtype=np.int64), 1 - lost / (before - out), lost / before)


def national_spread(registry: Registry, as_of: int | None = None) -> Spread | None:
    """The nation's retention where stock, intake and graduates of a year and the stock before it are known; None where too few are."""
    found = yearly_retention(registry, NATION, as_of)
    if found.years.size < FEWEST:
        return None
    scale = logit(found.retention)
    return Spread(found.years, found.retention, found.losses, float(scale.mean()), float(scale.std(ddof=1)))
