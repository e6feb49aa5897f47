"""The pipe fitted to the national series of technical schools: mix of programme lengths, retention, and the years that nobody published.

Every draw carries its own mix through the years. The stock is met exactly each year, so the retention of the year follows from the
identity S(t) = S(t−1) + E(t) − G(t) − A(t); how steady that retention is, and how far the graduates of the model lie from the published
ones, weighs the draws (importance resampling). Years without flows, or without anything, are drawn and weighed alike.

``python -m zhibiao.simulating.calibration --out indicators/reference`` writes the draws and the hindcast anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.load import load, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError
from zhibiao.projecting import reference
from zhibiao.projecting.project import project
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.simulating.filtering import (
    COUNTING,
    RETENTION,
    Array,
    Classes,
    Evidence,
    Process,
    Trail,
    evidence,
    filled,
    log_odds,
    opening,
    share,
)
from zhibiao.wholefile import write_whole

NATION = "100000"
SINCE = 1998
"""The first year of the national series of all schools."""

LENGTHS = np.array([2, 3, 4, 5])
"""Whole programme lengths in years that entrants are spread over."""

MIX = (1.0, 3.0, 1.0, 1.0)
"""Dirichlet prior of the mix: three years are the rule for entrants from middle school, and hardly anything else is held."""

BEFORE = (0.0, 0.15)
"""Mean and sd of the yearly growth of the intake, in logs, before the first year that is known."""

OPENING = (1.7, 0.5)
"""Mean and sd of the log odds of the retention of the classes before the first year."""

INTAKE_CLASS = "enrolment_elsewhere"
"""Reference class for intake that is not known: it has learned from no Chinese series."""

COMMAND = "python -m zhibiao.simulating.calibration --out indicators/reference"
"""Makes the shipped draws and the shipped hindcast anew."""

PARTICLES, DRAWS, SEED = 10000, 2000, 1998
FEWEST = 5
"""Years with all three figures that a fit needs."""


@dataclass(frozen=True)
class Known:
    """What is published of one place: persons by year."""

    intake: Mapping[int, float]
    enrolment: Mapping[int, float]
    graduates: Mapping[int, float]

    @property
    def whole(self) -> tuple[int, ...]:
        """Years with all three figures."""
        return tuple(sorted(year for year in self.intake if year in self.enrolment and year in self.graduates))

    def until(self, year: int) -> Known:
        """What concerns the years up to and including `year`."""
        return Known(*({y: v for y, v in figures.items() if y <= year} for figures in (self.intake, self.enrolment, self.graduates)))


def published(registry: Registry, region: str = NATION, since: int = SINCE, as_of: int | None = None) -> Known:
    """Exact whole-year figures of a region from a year on; the nation's are all schools' since 1998."""

    def figures(indicator: str) -> dict[int, float]:
        points = registry.series(region, indicator, as_of).annual
        return {p.period.year: float(p.base_value) for p in points if p.period.year >= since and p.qualifier == "eq"}

    return Known(figures("intake"), figures("enrolment"), figures("graduates"))


@dataclass(frozen=True, eq=False)
class Fit:
    """Draws of the pipe of one place, all alike in weight.

    Attributes
    ----------
    years : int array (n,)
    mix : array (m, k)
        Share of entrants by programme length, of `LENGTHS`.
    intake, enrolment, graduates, losses, retention : arrays (m, n)
        Persons; published figures where there are any, drawn ones elsewhere. Graduates, losses and retention of the first year are
        not defined and nan. Enrolment is that of the year before plus intake less graduates and losses, in every draw.
    process : Process
        Of the log odds of the yearly retention.
    counting : Process
        Of the log of published graduates over those in the last year of their programme.
    classes : Classes
        Students at the end of the last year.
    effective : float
        Effective number of particles that the draws come from.
    """

    years: NDArray[np.int64]
    mix: Array = field(repr=False)
    intake: Array = field(repr=False)
    enrolment: Array = field(repr=False)
    graduates: Array = field(repr=False)
    losses: Array = field(repr=False)
    retention: Array = field(repr=False)
    process: Process = field(repr=False)
    counting: Process = field(repr=False)
    classes: Classes = field(repr=False)
    effective: float

    @property
    def lost(self) -> Array:
        """Losses as a share of the enrolment of the year before, (m, n); nan in the first year."""
        return np.asarray(self.losses / np.concatenate([np.full((len(self.mix), 1), np.nan), self.enrolment[:, :-1]], axis=1))

    def ahead(self, intake: Array, seed: int = SEED) -> Array:
        """Enrolment of the years after the last, persons, (m, h), given the intake of those years, (m, h) or (h,)."""
        generator = np.random.default_rng([seed, 1])
        entrants = np.broadcast_to(intake, (len(self.mix), np.shape(intake)[-1]))
        classes, odds = self.classes, log_odds(self.retention[:, -1])
        found = np.empty(entrants.shape)
        for step in range(entrants.shape[1]):
            odds = self.process.next(odds, generator)
            classes = classes.next(entrants[:, step], self.mix, share(odds))
            found[:, step] = classes.total
        return found


def fit(known: Known, *, elsewhere: ReferenceClass, particles: int = PARTICLES, draws: int = DRAWS, seed: int = SEED) -> Fit:
    """Fit the pipe to what is known.

    Parameters
    ----------
    known : Known
        The first year needs intake and enrolment, at least `FEWEST` years all three. The last year is the last of any figure.
    elsewhere : ReferenceClass
        Gives the spread of intake in years without one, bridged or carried on by `project`.
    particles, draws : int
        Parameter sets tried, and draws kept of them.

    Raises
    ------
    ParameterError
        Too few years, or figures that no mix of lengths explains.
    """
    years = _years(known)
    generator = np.random.default_rng(seed)
    intake = _intake(known, years, elsewhere, particles, seed)
    trail = _opened(known, years, intake[:, 0], generator)
    weight, sifted = np.zeros(particles), False
    for t, year in enumerate(years.tolist()[1:], start=1):
        if not sifted and len(known.until(year).whole) > FEWEST and (year not in known.intake or year not in known.enrolment):
            # unknown figures are drawn for those parameter sets alone that the years before speak for, and weighed by what they add
            trail = trail.taken(_resampled(weight + _said(known, trail, t).total, particles, generator)[0])
            weight, sifted = -_said(known, trail, t).total, True
        weight += trail.add(t, intake[:, t], known.enrolment.get(year), generator)
    said = _said(known, trail, years.size)
    weight += said.total
    weight[_too_few_left(known, trail.left(intake), said)] = -np.inf
    chosen, effective = _resampled(weight, draws, generator)
    trail, intake = trail.taken(chosen), intake[chosen]
    process, counting = said.retained.drawn(chosen, generator), said.graduated.drawn(chosen, generator)
    ratio = filled(counting, years[1:], said.counted, said.ratio[chosen], generator)
    left = trail.left(intake)
    # nobody graduates who has not left; where the draw says otherwise there were no other losses
    graduates = np.where(said.counted, said.published, np.minimum(trail.leaving[:, 1:] * np.exp(ratio), left))
    undefined = np.full((draws, 1), np.nan)
    return Fit(
        years,
        trail.mix,
        intake,
        trail.enrolment,
        np.concatenate([undefined, graduates], axis=1),
        np.concatenate([undefined, left - graduates], axis=1),
        share(trail.odds),
        process,
        counting,
        trail.classes,
        effective,
    )


@dataclass(frozen=True, eq=False)
class _Said:
    """What the years so far say of each particle."""

    years: NDArray[np.int64]
    counted: NDArray[np.bool_]
    published: Array
    ratio: Array
    retained: Evidence
    graduated: Evidence
    total: Array


def _said(known: Known, trail: Trail, t: int) -> _Said:
    """Evidence of the first `t` years: how steady the retention is, and how near the model's graduates are to the published ones."""
    years = trail.years[1:t]
    counted = np.array([year in known.graduates for year in years.tolist()])
    published = np.array([known.graduates.get(year, 1.0) for year in years.tolist()])
    ratio = np.log(published / trail.leaving[:, 1:t])
    retained = evidence(years, trail.odds[:, 1:t], RETENTION)
    graduated = evidence(years[counted], ratio[:, counted], COUNTING)
    return _Said(years, counted, published, ratio, retained, graduated, retained.total + graduated.total)


def _too_few_left(known: Known, left: Array, said: _Said) -> NDArray[np.bool_]:
    """Particles whose drawn stock or intake leaves fewer leavers than graduates were published; where all is published, that is how it is."""
    years = [int(year) for year in said.years]
    drawn = np.array([not (year in known.intake and year in known.enrolment and year - 1 in known.enrolment) for year in years])
    return np.asarray(((left < said.published) & said.counted & drawn).any(axis=1))


def _opened(known: Known, years: NDArray[np.int64], entrants: Array, generator: np.random.Generator) -> Trail:
    particles = entrants.size
    mix = generator.dirichlet(MIX, particles)
    growth = BEFORE[0] + BEFORE[1] * generator.standard_normal(particles)
    odds, leaving, enrolment = np.full((3, particles, years.size), np.nan)
    first = OPENING[0] + OPENING[1] * generator.standard_normal(particles)
    enrolment[:, 0] = known.enrolment[int(years[0])]
    return Trail(years, mix, opening(enrolment[:, 0], entrants, mix, LENGTHS, growth, share(first)), odds, leaving, enrolment)


def _years(known: Known) -> NDArray[np.int64]:
    if len(known.whole) < FEWEST:
        raise ParameterError(
            f"招生、在校生、毕业生齐全的只有 {len(known.whole)} 年 only so many years have intake, enrolment and graduates", where="known", allowed=[f"≥ {FEWEST}"]
        )
    seen = [*known.intake, *known.enrolment, *known.graduates]
    years = np.arange(min(seen), max(seen) + 1)
    first = int(years[0])
    if not 0 < known.intake.get(first, 0.0) < known.enrolment.get(first, 0.0):
        raise ParameterError(f"首年 {first} 须有招生及多于招生的在校生 the first year needs intake and a larger enrolment", where="known")
    return years


def _intake(known: Known, years: NDArray[np.int64], elsewhere: ReferenceClass, particles: int, seed: int) -> Array:
    """Intake of every year, (n, t): as published, bridged or carried on in draws where it is not."""
    fan = project(list(known.intake), list(known.intake.values()), horizon=int(years[-1]), reference=elsewhere, draws=particles, seed=seed, region=NATION, indicator="intake")
    return np.asarray(fan.draws)


def _resampled(weight: Array, draws: int, generator: np.random.Generator) -> tuple[NDArray[np.int64], float]:
    """Places of the particles that are kept, as often as their weight says (systematic resampling), and their effective number."""
    if not np.isfinite(weight).any():
        raise ParameterError("这些数不合任何学制组合 no mix of programme lengths explains these figures", where="known")
    shares = np.exp(weight - weight.max())
    shares /= shares.sum()
    places = (np.arange(draws) + generator.random()) / draws
    chosen = np.searchsorted(np.cumsum(shares), places)
    # in no order, so that mirrored pairs and neighbours are not told apart by what is drawn for them next
    return generator.permutation(np.minimum(chosen, shares.size - 1)), float(1 / (shares**2).sum())


def intake_class(folders: Sequence[Path]) -> ReferenceClass:
    """The reference class that carries intake over unknown years, from the folders of a registry."""
    return reference.chosen(reference.load([folder / "reference" for folder in folders]), INTAKE_CLASS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the draws and the hindcast of the shipped registry."""
    from zhibiao.simulating import dispersion, hindcast

    parser = argparse.ArgumentParser(prog="python -m zhibiao.simulating.calibration", description="Fit the pipe to the national series and test it on its past.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="indicators/reference")
    chosen = parser.parse_args(arguments)
    known, elsewhere = published(load()), intake_class([shipped()])
    trials = hindcast.hindcast(known, elsewhere)
    write_whole(chosen.out / dispersion.DRAWS_FILE, dispersion.written(fit(known, elsewhere=elsewhere)).encode())
    write_whole(chosen.out / dispersion.HINDCAST_FILE, hindcast.written(trials).encode())
    print(f"{dispersion.DRAWS_FILE}: {dispersion.KEPT} draws; {dispersion.HINDCAST_FILE}: {len(trials)} forecasts")


if __name__ == "__main__":
    main()
