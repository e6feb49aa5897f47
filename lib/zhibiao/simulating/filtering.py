"""Arithmetic of the fit: cohorts carried through known years with the stock met exactly, and first-order processes in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PERSISTENCES = np.arange(10) / 10
"""Persistence of a process from one year to the next, all alike before the data: 0, 0.1, … 0.9."""


@dataclass(frozen=True)
class Prior:
    """What is held of a process before the data: normal-inverse-gamma; `certainty` counts years, 0 for a level that is known."""

    level: float
    certainty: float
    shape: float
    scale: float


RETENTION = Prior(level=math.log(0.9 / 0.1), certainty=0.1, shape=2.0, scale=0.1)
"""Log odds of the yearly retention: about 0.9, a tenth of a year's evidence; yearly sd about 0.3."""

COUNTING = Prior(level=0.0, certainty=0.0, shape=2.0, scale=0.02)
"""Log of published graduates over the model's: no bias, yearly sd about 0.14."""


GUESSED = 0.35
"""Sd of the yearly step from which an unknown log odds of retention is drawn; the draw is then weighed by the process."""


def log_odds(share: Array) -> Array:
    return np.asarray(np.log(share / (1 - share)))


def share(odds: Array) -> Array:
    """The share whose log odds these are."""
    return np.asarray(1 / (1 + np.exp(-odds)))


@dataclass(frozen=True, eq=False)
class Process:
    """Draws of a first-order process: x(t) = level + persistence · (x(t−1) − level) + sd · ε; arrays (m,)."""

    level: Array
    persistence: Array
    sd: Array

    def next(self, last: Array, generator: np.random.Generator) -> Array:
        """A year on, (m,)."""
        return np.asarray(self.level + self.persistence * (last - self.level) + self.sd * generator.standard_normal(last.size))


@dataclass(frozen=True, eq=False)
class Evidence:
    """A process seen in some years: the likelihood of each particle with level and spread integrated out.

    ``log`` is (n, p) for n particles and the p `PERSISTENCES`; the other arrays hold the posterior of level and spread.
    """

    log: Array
    centre: Array
    certainty: Array
    shape: float
    scale: Array

    @property
    def total(self) -> Array:
        """Log likelihood of each particle, (n,), over all persistences."""
        return np.asarray(np.logaddexp.reduce(self.log, axis=1) - math.log(self.log.shape[1]))

    def drawn(self, chosen: NDArray[np.int64], generator: np.random.Generator) -> Process:
        """Level, persistence and spread of the chosen particles, drawn from what is held of each after the data."""
        weights = np.exp(self.log[chosen] - self.log[chosen].max(axis=1, keepdims=True))
        heights = np.cumsum(weights, axis=1)
        place = (heights < generator.random(chosen.size)[:, None] * heights[:, -1:]).sum(axis=1)
        at = (chosen, place)
        variance = self.scale[at] / generator.standard_gamma(self.shape, chosen.size)
        noise = generator.standard_normal(chosen.size)
        spread = np.zeros(chosen.size) if not self.certainty.any() else np.sqrt(variance / self.certainty[place])
        return Process(self.centre[at] + spread * noise, PERSISTENCES[place], np.sqrt(variance))


def evidence(years: NDArray[np.int64], values: Array, prior: Prior) -> Evidence:
    """Likelihood of a first-order process that is stationary before the first year.

    Between years that lie g apart the mean goes back by persistence^g and the variance is that of g steps. Level and variance have a
    normal-inverse-gamma prior and are integrated out in closed form (Bayesian linear regression, e.g. Gelman and others 2013, ch. 14).

    Parameters
    ----------
    years : int array (t,)
        Years that are known, ascending.
    values : array (n, t)
    """
    phi = PERSISTENCES[None, :, None]
    gaps = np.diff(years)[None, None, :]
    # steps in units of the yearly sd: the first has the variance of the whole process, the others of g years
    carried = np.concatenate([np.zeros((1, phi.size, 1)), phi**gaps], axis=2)[0]
    variance = np.concatenate([1 / (1 - phi**2), (1 - phi ** (2 * gaps)) / (1 - phi**2)], axis=2)[0]
    before = np.concatenate([np.zeros((values.shape[0], 1)), values[:, :-1]], axis=1)
    steps = (values[:, None, :] - carried * before[:, None, :]) / np.sqrt(variance)
    pull = np.concatenate([np.ones((phi.size, 1)), 1 - carried[:, 1:]], axis=1) / np.sqrt(variance)
    certainty = prior.certainty + (pull**2).sum(axis=1) if prior.certainty else np.zeros(phi.size)
    shape = prior.shape + years.size / 2
    squares = (steps**2).sum(axis=2)
    if prior.certainty:
        centre = (prior.certainty * prior.level + (steps * pull).sum(axis=2)) / certainty
        squares = squares + prior.certainty * prior.level**2 - certainty * centre**2
        known = 0.5 * np.log(prior.certainty / certainty)
    else:
        centre = np.full(squares.shape, prior.level)
        squares = ((steps - prior.level * pull) ** 2).sum(axis=2)
        known = np.zeros(phi.size)
    scale = prior.scale + squares / 2
    log = known - 0.5 * np.log(variance).sum(axis=1) + prior.shape * math.log(prior.scale) - shape * np.log(scale)
    return Evidence(np.asarray(log), np.asarray(centre), np.asarray(certainty), shape, np.asarray(scale))


def filled(process: Process, years: NDArray[np.int64], known: NDArray[np.bool_], values: Array, generator: np.random.Generator) -> Array:
    """Values (m, t) with the years that are not known drawn from the process, given the known ones on both sides."""
    found = values.copy()
    phi, whole = process.persistence, process.sd**2 / (1 - process.persistence**2)
    for t in np.flatnonzero(~known):
        mean, variance = (process.level, whole) if t == 0 else (process.level + phi * (found[:, t - 1] - process.level), process.sd**2)
        later = np.flatnonzero(known[t:])
        if later.size:
            gap = int(years[t + later[0]] - years[t])
            noise = whole * (1 - phi ** (2 * gap))
            gain = variance * phi**gap / (phi ** (2 * gap) * variance + noise)
            missed = found[:, t + later[0]] - process.level - phi**gap * (mean - process.level)
            mean, variance = mean + gain * missed, variance * (1 - gain * phi**gap)
        found[:, t] = mean + np.sqrt(variance) * generator.standard_normal(mean.size)
    return found


@dataclass(frozen=True, eq=False)
class Classes:
    """Students by programme length and year of study, (n, k, j), and how long each programme is, (k,)."""

    students: Array
    lengths: NDArray[np.int64]

    @property
    def finishing(self) -> Array:
        """Those in the last year of their programme, (n,)."""
        return np.asarray(self.students[:, np.arange(self.lengths.size), self.lengths - 1].sum(axis=1))

    @property
    def total(self) -> Array:
        return np.asarray(self.students.sum(axis=(1, 2)))

    def next(self, entrants: Array, mix: Array, retention: Array) -> Classes:
        """A year on: the last year leaves whole, of the others the share `retention` (n,) stays, `entrants` (n,) come in by `mix` (n, k)."""
        after = np.zeros_like(self.students)
        after[:, :, 1:] = self.students[:, :, :-1] * retention[:, None, None]
        after *= np.arange(after.shape[2])[None, :] < self.lengths[:, None]
        after[:, :, 0] = mix * entrants[:, None]
        return Classes(after, self.lengths)


def opening(stock: Array, entrants: Array, mix: Array, lengths: NDArray[np.int64], growth: Array, retention: Array) -> Classes:
    """Classes of the first year: those before it as if the intake had grown by exp(`growth`) a year, scaled to the stock; arrays (n,)."""
    age = np.arange(int(lengths.max()))
    shares = mix[:, :, None] * (np.exp(-growth) * retention)[:, None, None] ** age * (age < lengths[:, None])
    students = shares * entrants[:, None, None]
    older = students[:, :, 1:].sum(axis=(1, 2))
    students[:, :, 1:] *= ((stock - entrants) / older)[:, None, None]
    return Classes(students, lengths)


@dataclass(eq=False)
class Trail:
    """Particles on their way through the years; `add` takes them a year on.

    Attributes
    ----------
    mix : array (n, k)
        Share of entrants by programme length.
    classes : Classes
        Students of the last year that was added.
    odds, leaving, enrolment : arrays (n, t)
        Log odds of the yearly retention, those who leave from the last year of their programme, and the stock; nan where not yet reached.
    """

    years: NDArray[np.int64]
    mix: Array
    classes: Classes
    odds: Array
    leaving: Array
    enrolment: Array

    def add(self, t: int, entrants: Array, stock: float | None, generator: np.random.Generator) -> Array:
        """Take every particle to year `t`, by place, and return the log of what it weighs for it, (n,), up to the process of retention.

        A known stock settles the retention, and weighs by its density: that of the log odds over the stock's slope in them. Without one
        the log odds are drawn about those of the year before and weigh by the inverse of the density that they were drawn from.
        """
        self.leaving[:, t] = self.classes.finishing
        staying = self.enrolment[:, t - 1] - self.leaving[:, t]
        if stock is None:
            score = generator.standard_normal(entrants.size)
            before = self.odds[:, t - 1] if t > 1 else np.full(entrants.size, RETENTION.level)
            self.odds[:, t] = before + GUESSED * score
            weight = score**2 / 2
        else:
            stayed = (stock - entrants) / staying
            possible = (stayed > 0) & (stayed < 1)
            stayed = np.where(possible, stayed, 0.5)
            self.odds[:, t] = log_odds(stayed)
            weight = np.where(possible, -np.log(staying * stayed * (1 - stayed)), -np.inf)
        self.classes = self.classes.next(entrants, self.mix, share(self.odds[:, t]))
        self.enrolment[:, t] = self.classes.total if stock is None else stock
        return np.asarray(weight)

    def taken(self, chosen: NDArray[np.int64]) -> Trail:
        """The particles at these places."""
        classes = Classes(self.classes.students[chosen], self.classes.lengths)
        return Trail(self.years, self.mix[chosen], classes, self.odds[chosen], self.leaving[chosen], self.enrolment[chosen])

    def left(self, intake: Array) -> Array:
        """Who left in each year after the first, graduates and other losses together, (n, t − 1)."""
        return np.asarray(self.enrolment[:, :-1] + intake[:, 1:] - self.enrolment[:, 1:])
