"""Forecast many series at once: quantiles for each, without drawing paths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhibiao.errors import ParameterError, closest
from zhibiao.projecting.learned import COMBINED, METHODS, outlook
from zhibiao.projecting.project import LAST_VALUE
from zhibiao.projecting.reference import ReferenceClass, chosen
from zhibiao.projecting.rules import Years
from zhibiao.projecting.scales import HALF_A_UNIT, Floats, Ruler
from zhibiao.projecting.seriesfile import GivenSeries

FARTHEST = 50
"""Years ahead that may be asked for."""

UNNAMED = {"general": 0.45, "enrolment": 0.55}
"""Classes of counts whose kind is not named: their quantiles are averaged. The share of enrolment is the smallest, in steps of
0.05, with which vocational enrolment five years ahead is forecast better than by its last value at 3, 6 and 10 points on the
countries the class was learned from. A named class covers better than the mix (docs/methods.md)."""

BOUNDED = {"share": 1.0}
"""The class of rates."""


@dataclass(frozen=True)
class Forecast:
    """Forecast of one series: ``quantiles[p]`` holds a value for each year ahead, in base units."""

    id: str
    years: tuple[int, ...]
    method: str
    quantiles: Mapping[float, tuple[float, ...]]


def ends(level: int) -> tuple[float, float]:
    """Probabilities at the ends of the central band of `level` per cent: keys of `Forecast.quantiles`.

    >>> ends(95)
    (0.025, 0.975)
    """
    return round((100 - level) / 200, 6), round((100 + level) / 200, 6)


def forecast(
    series: Sequence[GivenSeries],
    horizon: int,
    classes: Mapping[str, ReferenceClass],
    *,
    method: str = COMBINED,
    reference: str | None = None,
    levels: Sequence[int] = (80, 95),
    lower: float | None = None,
    upper: float | None = None,
) -> tuple[Forecast, ...]:
    """Forecast every series for `horizon` years after its last value.

    Values are taken as counts, on the log scale, those of a series with negative values as they are; between `lower` and `upper`
    as rates, on the logit scale. A series of one point keeps its value, spread as the class moves.

    Parameters
    ----------
    reference : str, optional
        Class that gives centre and spread. Without it, counts take `UNNAMED`, rates `BOUNDED`.
    levels : sequence of int
        Central bands in per cent.

    Raises
    ------
    ParameterError
        Unknown method or class, a horizon outside 1–50, bounds upside down, a rule that one point does not allow.
    """
    _check(series, horizon, method, levels, lower, upper)
    bounded = lower is not None and upper is not None
    mix = {reference: 1.0} if reference is not None else (BOUNDED if bounded else UNNAMED)
    named = {name: chosen(dict(classes), name) for name in mix}
    if not bounded and any(one.scale == "logit" for one in named.values()):
        raise ParameterError(
            f"参照类 {reference!r} 为比率，须给出上下限 is of rates and needs bounds", where="--lower, --upper", allowed=["--lower 0 --upper 100"]
        )
    tails = sorted({0.5, *(p for level in levels for p in ends(level))})
    found: dict[int, Forecast] = {}
    for places, years, values, ruler, unit in _groups(series, lower, upper):
        quantiles: dict[float, Floats] = {}
        for p in tails:
            levels_of = [weight * _levels(named[name], years, values / unit[:, None], horizon, ruler, method, p) for name, weight in mix.items()]
            quantiles[p] = unit[:, None] * ruler.back(np.sum(levels_of, axis=0))
        for row, place in enumerate(places):
            last = int(years[row, -1])
            shown = {p: tuple(float(v) for v in quantiles[p][row]) for p in tails}
            label = LAST_VALUE if years.shape[1] == 1 else method
            found[place] = Forecast(series[place].id, tuple(range(last + 1, last + horizon + 1)), label, shown)
    return tuple(found[place] for place in range(len(series)))


def _levels(reference: ReferenceClass, years: Years, values: Floats, ahead: int, ruler: Ruler, method: str, p: float) -> Floats:
    """The `p`-quantile on the scale, (n, ahead)."""
    if years.shape[1] == 1 or reference.learned is None:
        side = math.copysign(1.0, p - 0.5) if p != 0.5 else 0.0
        moves = np.array([float(reference.quantile(h, abs(2 * p - 1))) for h in range(1, ahead + 1)])
        return np.asarray(ruler.to(values[:, -1:]) + side * moves)
    return outlook(reference.learned, years, values, ahead, ruler, method).quantile(p)


def _groups(series: Sequence[GivenSeries], lower: float | None, upper: float | None) -> list[tuple[list[int], Years, Floats, Ruler, Floats]]:
    """Series of one length and one scale together: places, years, values, ruler, and the unit (n,) that plain values are taken in."""
    sorted_in: dict[tuple[int, str, float], list[int]] = {}
    for place, one in enumerate(series):
        scale = "logit" if lower is not None and upper is not None else ("plain" if lower is None and min(one.values) < 0 else "log")
        smallest = min((v for v in one.values if v > 0), default=1.0)
        added = min(HALF_A_UNIT, smallest / 2) if scale == "log" and min(one.values) <= 0 else 0.0
        sorted_in.setdefault((len(one.years), scale, added), []).append(place)
    found = []
    for (_, scale, added), places in sorted_in.items():
        years = np.array([series[place].years for place in places], dtype=np.int64)
        values = np.array([series[place].values for place in places], dtype=np.float64)
        unit = np.ones(len(places))
        if scale == "plain":
            unit = np.maximum(np.abs(values).mean(axis=1), np.finfo(float).tiny)
            ruler = Ruler("plain", -math.inf, math.inf)
        else:
            ruler = Ruler("logit" if scale == "logit" else "log", lower or 0.0, math.inf if upper is None else upper, added)
        found.append((places, years, values, ruler, unit))
    return found


def _check(series: Sequence[GivenSeries], horizon: int, method: str, levels: Sequence[int], lower: float | None, upper: float | None) -> None:
    if method not in METHODS:
        raise ParameterError(f"未知方法 unknown method {method!r}", where="--method", allowed=METHODS, nearest=closest(method, METHODS))
    if not 1 <= horizon <= FARTHEST:
        raise ParameterError(f"{horizon} 超出范围 is out of range", where="--horizon", allowed=[f"1…{FARTHEST}"])
    for level in levels:
        if not 1 <= level <= 99:
            raise ParameterError(f"区间水平 {level} 超出范围 level out of range; in per cent", where="--level", allowed=["1…99"])
    if lower is not None and upper is not None and not lower < upper:
        raise ParameterError(f"上下限 {lower:g}–{upper:g} 无效 bounds are invalid", where="--lower, --upper")
    if method not in (COMBINED, LAST_VALUE):
        alone = next((one for one in series if len(one.years) < 2), None)
        if alone is not None:
            raise ParameterError(f"{method} 至少要两个值 needs two values; {alone.id!r} 只有一个 has one", where="--method", allowed=[COMBINED, LAST_VALUE])
