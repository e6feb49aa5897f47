"""A fan for every indicator of a region that has figures and a reference class."""

from __future__ import annotations

import weakref
from collections.abc import Iterable

from zhibiao.catalogue.registry import Series
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import Indicator, Observation
from zhibiao.model.fan import Fan
from zhibiao.projecting.project import project
from zhibiao.projecting.reference import ReferenceClass, load

_READ: dict[int, dict[str, ReferenceClass]] = {}
"""By registry, for as long as it is there."""


def classes(study: Study) -> dict[str, ReferenceClass]:
    """The reference classes of the registry and its overlays; like the registry itself they are read once."""
    registry = study.registry
    if id(registry) not in _READ:
        _READ[id(registry)] = load([folder / "reference" for folder in registry.folders])
        weakref.finalize(registry, _READ.pop, id(registry), None)
    return dict(_READ[id(registry)])


def projectable(study: Study, reference: dict[str, ReferenceClass]) -> tuple[Indicator, ...]:
    """Indicators of the region with at least one exact whole-year figure and a reference class, in the order of the catalogue."""
    return tuple(
        indicator
        for indicator in study.registry.indicators.values()
        if indicator.reference in reference and exact(study.series(indicator.id))
    )


def exact(series: Series) -> tuple[Observation, ...]:
    """Whole-year figures that say a value; a floor ("97%以上") says only where it begins and centres nothing."""
    return tuple(point for point in series.annual if point.qualifier in ("eq", "about"))


def _alike(indicator: Indicator, region: str, points: tuple[Observation, ...]) -> tuple[Observation, ...]:
    """The points since the last change of definition that lies before the newest of them: older ones count something else."""
    since = max((year for year in indicator.breaks_in(region) if points and year <= points[-1].period.year), default=0)
    return tuple(point for point in points if point.period.year >= since)


def _floors(series: Series, after: int) -> dict[int, float]:
    """What is known of years after the last exact figure: at least so much."""
    return {p.period.year: float(p.base_value) for p in series.annual if p.qualifier in ("ge", "gt") and p.period.year > after}


def trajectory(study: Study, indicator: Indicator, reference: ReferenceClass) -> Fan:
    """Project one indicator of the study's region to its horizon.

    Raises
    ------
    ParameterError
        Nothing is observed up to as_of, or the horizon lies before the first figure.
    """
    points = _alike(indicator, study.region.code, exact(study.series(indicator.id)))
    if not points:
        raise ParameterError(f"{study.region.zh} 的 {indicator.zh} 没有观测值 nothing is observed of {indicator.id}", where="indicator")
    end = max(study.horizon, points[-1].period.year)
    return project(
        [point.period.year for point in points],
        [float(point.base_value) for point in points],
        horizon=end,
        reference=reference,
        lower=None if indicator.lower is None else float(indicator.lower),
        upper=None if indicator.upper is None else float(indicator.upper),
        floors=_floors(study.series(indicator.id), points[-1].period.year),
        seed=study.seed,
        region=study.region.code,
        indicator=indicator.id,
    )


def trajectories(study: Study, only: Iterable[str] | None = None) -> dict[str, Fan]:
    """Project every indicator that can be projected, or `only` these, without any lever moved."""
    reference = classes(study)
    wanted = None if only is None else set(only)
    return {
        indicator.id: trajectory(study, indicator, reference[str(indicator.reference)])
        for indicator in projectable(study, reference)
        if wanted is None or indicator.id in wanted
    }
