"""Old forecasts held against what came: every series of the registry, from every year, by every method.

No series is judged by what was learned from it: the coefficients are those of the class ``<class>_elsewhere``, which holds no
series of the registry, and the width of a class that borrows its shape is measured anew without the region that is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from zhibiao.catalogue.registry import Registry
from zhibiao.projecting import moves
from zhibiao.projecting.forecast import ends, forecast
from zhibiao.projecting.learned import COMBINED, METHODS
from zhibiao.projecting.moves import PastSeries
from zhibiao.projecting.reference import ReferenceClass, taught
from zhibiao.projecting.seriesfile import GivenSeries

LENGTHS = (1, 3, 6, 10)
"""How many of the latest figures a forecast is shown."""

AHEAD = 5
"""Years ahead: a plan's."""

LEVELS = (80, 95)
ELSEWHERE = "_elsewhere"
"""Ending of the class that learned from the same kind of series, those of the registry left out."""

COLUMNS = ("reference", "indicator", "region", "method", "points", "origin", "ahead", "truth", "median", "low80", "high80", "low95", "high95", "error")


def backtest(registry: Registry, classes: Mapping[str, ReferenceClass]) -> pd.DataFrame:
    """Forecast every series of the registry from each of its years, 1 to 5 years ahead, from its last 1, 3, 6 and 10 figures.

    Returns
    -------
    DataFrame
        A row for each forecast of which the truth is known, `COLUMNS`: values in base units, ``error`` is |median / truth − 1| of
        counts, and of rates the percentage points between the two as a share of 100.
    """
    rows: list[tuple[object, ...]] = []
    for built in classes.values():
        if built.entry.observed:
            stretches = tuple(moves.observed(registry, built.entry))
            for region in sorted({stretch.origin for stretch in stretches}):
                without = _without(built, region, stretches, classes)
                rows += _judged(built, without, [stretch for stretch in stretches if stretch.origin == region])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _without(built: ReferenceClass, region: str, stretches: Sequence[PastSeries], classes: Mapping[str, ReferenceClass]) -> ReferenceClass:
    """The class as it would be if nothing were known of the region."""
    own = classes.get(built.id + ELSEWHERE)
    if own is not None:
        return own
    shape = str(built.entry.shape)
    elsewhere = classes.get(shape + ELSEWHERE, classes[shape])
    measured = moves.measure(built.entry, [s for s in stretches if s.origin != region], elsewhere)
    return taught(measured, None, {shape: elsewhere})


def _judged(built: ReferenceClass, without: ReferenceClass, stretches: Sequence[PastSeries]) -> Iterator[tuple[object, ...]]:
    lower, upper = (0.0, 100.0) if built.scale == "logit" else (None, None)
    for points in LENGTHS:
        windows = [(stretch, place) for stretch in stretches for place in range(points - 1, len(stretch.years)) if _later(stretch, place)]
        if not windows:
            continue
        given = [_given(stretch, place, points) for stretch, place in windows]
        for method in METHODS if points > 1 else (COMBINED,):
            told = forecast(given, AHEAD, {without.id: without}, method=method, reference=without.id, levels=LEVELS, lower=lower, upper=upper)
            for (stretch, place), one in zip(windows, told, strict=True):
                origin = stretch.years[place]
                bands = [one.quantiles[p] for level in LEVELS for p in ends(level)]
                for year, truth in _later(stretch, place).items():
                    at = year - origin - 1
                    median = one.quantiles[0.5][at]
                    yield (
                        *(built.id, stretch.indicator, stretch.origin, method, points, origin, year - origin, truth, median),
                        *(band[at] for band in bands),
                        abs(median / truth - 1) if upper is None else abs(median - truth) / upper,
                    )


def _later(stretch: PastSeries, place: int) -> dict[int, float]:
    origin = stretch.years[place]
    return {y: v for y, v in zip(stretch.years, stretch.values, strict=True) if origin < y <= origin + AHEAD}


def _given(stretch: PastSeries, place: int, points: int) -> GivenSeries:
    kept = slice(place + 1 - points, place + 1)
    return GivenSeries(f"{stretch.indicator} {stretch.origin}", stretch.years[kept], stretch.values[kept], 0)


def accuracy(trials: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Summarise forecasts by columns.

    Returns
    -------
    DataFrame
        One row a group, in ascending order: `by`, ``values`` judged, ``series`` they are of, ``median_error``, ``covered80`` and ``covered95`` as
        shares of one.
    """
    told = trials.assign(
        covered80=(trials.low80 <= trials.truth) & (trials.truth <= trials.high80),
        covered95=(trials.low95 <= trials.truth) & (trials.truth <= trials.high95),
        series=trials.indicator + trials.region,
    )
    grouped = told.groupby(list(by), as_index=False)
    return grouped.agg(
        values=("truth", "size"), series=("series", "nunique"), median_error=("error", "median"), covered80=("covered80", "mean"), covered95=("covered95", "mean")
    )
