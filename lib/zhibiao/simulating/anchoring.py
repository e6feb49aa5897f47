"""Where a region's pipe starts: its own pair of intake and enrolment, its own earlier intakes, its own graduates.

Which programme lengths the students have is not published. Each length needs a retention of its own to bring the region's stock out
of the region's intakes; a length counts the more, the less unusual that retention is in the nation and the better the graduates it
leads to agree with those the region reports.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtr

from zhibiao.catalogue.study import Study, newest_pair
from zhibiao.model.fan import Fan
from zhibiao.projecting.trajectories import trajectories
from zhibiao.simulating import pipe
from zhibiao.simulating.dispersion import dispersion
from zhibiao.simulating.engine import lengths_around, split
from zhibiao.simulating.pairs import Pair
from zhibiao.simulating.pipe import HIGHEST_RETENTION, Pipe
from zhibiao.simulating.spread import Spread, national_spread, yearly_retention

Array = NDArray[np.float64]

FAMILY = np.round(np.arange(2.0, 5.01, 0.1), 1)
"""Mean programme lengths that are tried: two-year programmes for leavers of upper secondary schools to five years for senior level."""
MEASURED_COVERAGE = 0.9
"""Share of the nation's enrolments one to five years ahead that lay within the 80 % band of a pipe anchored like this, given the intakes that came
(77 of 86, tests/simulating/test_pipe.py)."""
WITHIN = 5
"""Years between the start and a figure of graduates, or of a year's flows, that still says something of it."""
OWN_DEVIATION = 0.35
"""Standard deviation of a year's log odds of retention about a region's level: that of the process fitted to the nation, once it is steady."""
GRADUATES_DEVIATION = 0.15
"""Standard deviation of the logarithm of graduates about what a pipe of that length gives."""


def start_pair(study: Study) -> Pair | None:
    """The newest year for which both the intake and the enrolment of the region are known."""
    found = newest_pair(study)
    if found is None:
        return None
    newest, stock_then = found
    year = newest.period.year
    return Pair(str(year), year, float(newest.base_value), float(stock_then.base_value), newest.source)


def pipe_of(study: Study, fans: Mapping[str, Fan]) -> Pipe | None:
    """The region's pipe from its start to the last year of its fans; None where it has no start, no year ahead, or fits no length."""
    start, spread = start_pair(study), national_spread(study.registry, study.as_of)
    if start is None or spread is None or not {"intake", "enrolment"} <= set(fans):
        return None
    intake = fans["intake"]
    years = np.arange(start.year + 1, min(int(intake.years[-1]), int(fans["enrolment"].years[-1])) + 1)
    earlier = pipe.earlier_intakes({p.period.year: float(p.base_value) for p in study.series("intake").annual}, start.year)
    family = pipe.anchor(earlier, start.enrolment, FAMILY)
    if not family or not years.size:
        return None
    draws = intake.draws.shape[0]
    weights = _weights(family, earlier, spread, _graduates(study, start.year), _own_retention(study, start.year))
    half = np.random.default_rng([study.seed, len(family)]).choice(len(family), size=draws // 2, p=weights)
    picked = np.concatenate([half, half])
    chosen = np.array(family)[picked]
    return Pipe(
        start=start,
        years=years,
        earlier=earlier,
        length=chosen[:, 0],
        retention=chosen[:, 1],
        noise=pipe.retention_noise(draws, years.size, dispersion(), study.seed),
        intake=intake.window(int(years[0]), int(years[-1])),
        stocks={p.period.year: float(p.base_value) for p in study.series("enrolment").annual if p.period.year > start.year and p.qualifier in ("eq", "about")},
    )


def why_none(study: Study, fans: Mapping[str, Fan] | None = None) -> tuple[str, str]:
    """Why the region has no pipe, zh and en, as the rest of a sentence about it; the fans are projected where they are not at hand."""
    start = start_pair(study)
    if start is None:
        stocks = {p.period.year for p in study.series("enrolment").annual}
        if any(p.period.year in stocks and p.base_value == 0 for p in study.series("intake").annual):
            return "招生为零，学生流没有起点", "nobody enters: the flow of students has no start"
        return "没有同一年的招生与在校生", "no year has both intake and enrolment"
    if national_spread(study.registry, study.as_of) is None:
        return f"截至{study.as_of}年全国可比的年份太少，给不出离散程度", f"too few years of the nation are known by {study.as_of} to give the dispersion"
    fans = trajectories(study, ("intake", "enrolment")) if fans is None else fans
    if not {"intake", "enrolment"} <= set(fans):
        return "招生或在校生没有可推算的轨迹", "intake or enrolment cannot be projected"
    last = min(int(fans[name].years[-1]) for name in ("intake", "enrolment"))
    if last <= start.year:
        return f"{start.year}年之后没有要推算的年份", f"no year after {start.year} is looked at"
    ratio = start.ratio_text
    return (
        f"{start.year}年每名招生对应在校生{ratio}人，两年到五年的学制都合不上",
        f"no programme length of two to five years fits {ratio} enrolled per entrant in {start.year}",
    )


def _graduates(study: Study, year: int) -> tuple[int, float, bool] | None:
    """The newest graduates reported near the start: how many years before it, the value, and whether it is only a floor."""
    near = [p for p in study.series("graduates").annual if abs(p.period.year - year) <= WITHIN]
    return (year - near[-1].period.year, float(near[-1].base_value), near[-1].qualifier in ("gt", "ge")) if near else None


def _own_retention(study: Study, year: int) -> Array:
    """Retention of the years near the start of which stock, intake and graduates are known, and the stock before them."""
    found = yearly_retention(study.registry, study.region.code, study.as_of)
    return found.retention[np.abs(found.years - year) <= WITHIN]


def _weights(
    family: list[tuple[float, float]], earlier: Array, spread: Spread, graduates: tuple[int, float, bool] | None, own: Array
) -> Array:
    """Weight of each length of the family; they add up to one."""
    length, retention = np.array(family).T
    odds = logit(np.minimum(retention, HIGHEST_RETENTION))
    weight = np.exp(-0.5 * ((odds - spread.centre) / spread.deviation) ** 2)
    if own.size:
        known = logit(np.clip(own, 1 - HIGHEST_RETENTION, HIGHEST_RETENTION)).mean()
        weight = weight * np.exp(-0.5 * ((odds - known) / (OWN_DEVIATION / np.sqrt(own.size))) ** 2)
    if graduates is not None:
        before, value, floor = graduates
        whole = lengths_around(length)
        # who graduates in a year entered as many years before as the programme takes
        entered = earlier[np.clip(np.array(whole) + before, 0, earlier.size - 1)]
        expected = (split(length, whole) * retention[:, None] ** (np.array(whole) - 1) * entered).sum(axis=1)
        apart = np.log(np.maximum(expected, 1e-9) / value) / GRADUATES_DEVIATION if value > 0 else np.zeros(length.size)
        weight = weight * (ndtr(apart) if floor else np.exp(-0.5 * apart**2))
    weight = weight + 1e-12  # a region that is like nothing known still has its pipe
    return np.asarray(weight / weight.sum())
