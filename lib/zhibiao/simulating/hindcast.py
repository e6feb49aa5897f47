"""The pipe tested on its past: fitted on what was known in a year, held against the enrolment of the years after.

Two questions. ``pipe``: intake is carried on from its own past by `zhibiao.projecting`, so that everything was known at the origin;
it must do better than the enrolment series alone. ``pipe_given``: the intake that came is given, which tests the pipe by itself. The rules
and the suite's own projection see the enrolment series alone. Nothing after the origin is looked at: intake and enrolment
are carried on with the class ``enrolment_elsewhere``, which learned from no Chinese series (but from other countries' of all years).

Variants looked at: intake by this suite's projection, its last value, drift and half slope; the average of the pipe with the projection of
enrolment, and with its last value; seven fixed mixes of lengths with retention of the last, the last three and all years. All of them
beat the enrolment series; the plainest, both parts as the suite has them, was taken.
On a series that was not looked at before (Fujian 1986–1998, tests/bench/cohort_hindcast.py) the gain is small, see docs/methods.md.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import numpy as np

from zhibiao.catalogue import csvfile
from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.projecting.forecast import ends, forecast
from zhibiao.projecting.learned import COMBINED
from zhibiao.projecting.project import LAST_VALUE, project
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.projecting.seriesfile import GivenSeries
from zhibiao.simulating.calibration import COMMAND, DRAWS, FEWEST, NATION, SEED, Known, fit
from zhibiao.simulating.filtering import Array

PIPE, GIVEN = "pipe", "pipe_given"
ALONE = (COMBINED, LAST_VALUE, "drift", "half_slope")
"""Methods that see the enrolment series alone: the suite's projection and simple rules."""

METHODS = (PIPE, *ALONE, GIVEN)
AHEAD = 5
"""Years ahead: a plan's."""

LEVELS = (80, 95)
COLUMNS = ("method", "origin", "ahead", "truth", "median", "low80", "high80", "low95", "high95")


@dataclass(frozen=True)
class Trial:
    """One old forecast of enrolment beside what came, persons; `bands` holds the ends of the method's own bands by level, if it has any."""

    method: str
    origin: int
    ahead: int
    truth: float
    median: float
    bands: Mapping[int, tuple[float, float]]

    @property
    def error(self) -> float:
        """ln(median / truth)."""
        return math.log(self.median / self.truth)

    @property
    def relative(self) -> float:
        """|median / truth − 1|."""
        return abs(self.median / self.truth - 1)


def origins(known: Known) -> tuple[int, ...]:
    """Years from which forecasts are made: those with a stock and enough whole years up to them, and a stock after them."""
    whole = known.whole
    return tuple(year for year in sorted(known.enrolment) if len(whole) >= FEWEST and year >= whole[FEWEST - 1] and _later(known, year))


def hindcast(known: Known, elsewhere: ReferenceClass, chosen: Iterable[int] | None = None, seed: int = SEED) -> tuple[Trial, ...]:
    """Forecast from every origin, or from the `chosen` ones, by every method.

    Returns
    -------
    tuple of Trial
        By method as in `METHODS`, origin, years ahead; only where the truth is known, and for `GIVEN` all the intake up to it.
    """
    found: list[Trial] = []
    for origin in origins(known) if chosen is None else chosen:
        then = known.until(origin)
        fitted = fit(then, elsewhere=elsewhere, seed=seed)
        found += _judged(known, origin, PIPE, _drawn(fitted.ahead(carried_on(then, origin, elsewhere, seed), seed)))
        given = _given(known, origin)
        if given:
            found += _judged(known, origin, GIVEN, _drawn(fitted.ahead(np.array(given), seed)))
        for method in ALONE:
            found += _judged(known, origin, method, _alone(then, elsewhere, method))
    return tuple(sorted(found, key=lambda trial: (METHODS.index(trial.method), trial.origin, trial.ahead)))


def carried_on(then: Known, origin: int, elsewhere: ReferenceClass, seed: int) -> Array:
    """Intake of the years after the origin from its own past, persons, (m, `AHEAD`)."""
    fan = project(
        list(then.intake), list(then.intake.values()), horizon=origin + AHEAD, reference=elsewhere, draws=DRAWS, seed=seed, region=NATION, indicator="intake"
    )
    return np.asarray(fan.draws[:, -AHEAD:])


def _later(known: Known, origin: int) -> dict[int, float]:
    return {year - origin: value for year, value in sorted(known.enrolment.items()) if origin < year <= origin + AHEAD}


def _given(known: Known, origin: int) -> list[float]:
    """The intake that came, up to the first year without one."""
    years = range(origin + 1, origin + AHEAD + 1)
    unknown = next((year for year in years if year not in known.intake), origin + AHEAD + 1)
    return [known.intake[year] for year in range(origin + 1, unknown)]


def _drawn(enrolment: Array) -> dict[float, Array]:
    return {p: np.quantile(enrolment, p, axis=0) for p in (0.5, *(end for level in LEVELS for end in ends(level)))}


def _alone(then: Known, elsewhere: ReferenceClass, method: str) -> dict[float, Array]:
    """The enrolment series alone; the bands of a rule are those that the class measured for it."""
    years = tuple(sorted(then.enrolment))
    series = GivenSeries("enrolment", years, tuple(then.enrolment[year] for year in years), 0)
    told = forecast([series], AHEAD, {elsewhere.id: elsewhere}, method=method, reference=elsewhere.id, levels=LEVELS)[0]
    return {p: np.array(values) for p, values in told.quantiles.items()}


def _judged(known: Known, origin: int, method: str, told: Mapping[float, Array]) -> list[Trial]:
    reach = told[0.5].size
    return [
        Trial(
            method,
            origin,
            ahead,
            truth,
            float(told[0.5][ahead - 1]),
            {level: (float(told[ends(level)[0]][ahead - 1]), float(told[ends(level)[1]][ahead - 1])) for level in LEVELS},
        )
        for ahead, truth in _later(known, origin).items()
        if ahead <= reach
    ]


def errors(trials: Iterable[Trial], method: str) -> dict[int, dict[int, float]]:
    """Errors ln(median / truth) of one method, by years ahead and origin.

    Raises
    ------
    ParameterError
        There is no such method.
    """
    if method not in METHODS:
        raise ParameterError(f"未知方法 unknown method {method!r}", where="method", allowed=METHODS, nearest=closest(method, METHODS))
    found: dict[int, dict[int, float]] = {}
    for trial in trials:
        if trial.method == method:
            found.setdefault(trial.ahead, {})[trial.origin] = trial.error
    return found


@dataclass(frozen=True)
class Accuracy:
    """How one method did, at one number of years ahead or (`ahead` None) at all of them together.

    Attributes
    ----------
    mean, median : float
        Of |predicted / actual − 1|.
    covered : dict of int to float
        Share of the truth inside the method's own bands, by level.
    calibrated : dict of int to float
        The same for bands as wide as the errors from the other origins were.
    values : int
        Forecasts judged.
    """

    method: str
    ahead: int | None
    mean: float
    median: float
    covered: Mapping[int, float]
    calibrated: Mapping[int, float]
    values: int


def accuracy(trials: Sequence[Trial]) -> tuple[Accuracy, ...]:
    """Errors and coverage by method and years ahead, and over all of these."""
    found = []
    for method in dict.fromkeys(trial.method for trial in trials):
        mine = [trial for trial in trials if trial.method == method]
        for ahead in (*sorted({trial.ahead for trial in mine}), None):
            part = [trial for trial in mine if ahead in (trial.ahead, None)]
            misses = [trial.relative for trial in part]
            covered = {level: fmean(trial.bands[level][0] <= trial.truth <= trial.bands[level][1] for trial in part) for level in LEVELS}
            calibrated = {level: fmean(abs(trial.error) <= width(trials, method, trial.ahead, level, trial.origin) for trial in part) for level in LEVELS}
            found.append(Accuracy(method, ahead, fmean(misses), median(misses), covered, calibrated, len(part)))
    return tuple(found)


def width(trials: Iterable[Trial], method: str, ahead: int, level: int, without: int | None = None) -> float:
    """Half width of the `level` % band in logs that the errors of a method call for, `ahead` years on.

    The error that the given share of the origins stayed under (split conformal, Vovk and others 2005: of n errors the one of rank
    (n + 1) · level, at most the largest), with the origin `without` left out; without limit where there is no other origin.
    """
    sizes = sorted(abs(error) for origin, error in errors(trials, method)[ahead].items() if origin != without)
    rank = min(math.ceil((len(sizes) + 1) * level / 100), len(sizes))
    return sizes[rank - 1] if sizes else math.inf


def written(trials: Iterable[Trial]) -> str:
    """The forecasts as the text of the shipped CSV, in whole persons."""
    text = io.StringIO()
    text.write("# enrolment of technical schools, the nation: old forecasts (fitted up to the origin) beside what came; persons\n")
    text.write(f"# {COMMAND}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for trial in trials:
        edges = [edge for level in LEVELS for edge in trial.bands[level]]
        writer.writerow([trial.method, trial.origin, trial.ahead, *(round(value) for value in (trial.truth, trial.median, *edges))])
    return text.getvalue()


def read(path: Path) -> tuple[Trial, ...]:
    """Read the shipped CSV.

    Raises
    ------
    RegistryError
        The file is missing, a cell is no number or not positive, a method is unknown.
    """
    if not path.is_file():
        raise RegistryError(f"缺少回测文件，请运行 the file is missing; run `{COMMAND}`", where=str(path))
    found = []
    for line, row in csvfile.rows(path, COLUMNS):
        if row["method"] not in METHODS:
            raise RegistryError(f"未知方法 unknown method {row['method']!r}", where=f"{path}:{line}", allowed=METHODS)
        try:
            origin, ahead = int(row["origin"]), int(row["ahead"])
            truth, middle, low80, high80, low95, high95 = (float(row[name]) for name in COLUMNS[3:])
        except ValueError:
            raise RegistryError("应为数字 a cell is no number", where=f"{path}:{line}") from None
        if not (0 < low95 <= low80 <= middle <= high80 <= high95 < math.inf and 0 < truth < math.inf):
            raise RegistryError("数值须为正，区间须由内向外 values must be positive and bands lie in order", where=f"{path}:{line}")
        found.append(Trial(row["method"], origin, ahead, truth, middle, {80: (low80, high80), 95: (low95, high95)}))
    return tuple(found)
