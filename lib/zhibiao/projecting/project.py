"""Project a short annual series: its own trend as far as trends of its kind held, and the spread that series of its kind showed.

One point has its own value as its centre: growth elsewhere is not lent to it. From two points on the centre and the width come from
what the reference class taught (`zhibiao.projecting.learned`). Growth rates and straight lines carried on do worse at every short
length, and three or six points cannot show their own uncertainty (docs/methods.md).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from zhibiao.errors import ParameterError
from zhibiao.model.fan import Basis, Fan
from zhibiao.model.period import LAST_YEAR
from zhibiao.projecting.learned import AHEAD, COMBINED, PROBABILITIES, Outlook, outlook
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.projecting.scales import HALF_A_UNIT, Floats, Ruler

LAST_VALUE = "last_value"
"""Method of a series of one point."""

Step = Callable[[int, Floats], Floats]
"""Levels of a year so many steps ahead, from the normal scores of the paths."""


def project(
    years: Sequence[int],
    values: Sequence[float],
    *,
    horizon: int,
    reference: ReferenceClass,
    lower: float | None = None,
    upper: float | None = None,
    floors: Mapping[int, float] | None = None,
    draws: int = 4000,
    seed: int,
    region: str = "",
    indicator: str = "",
) -> Fan:
    """Project an annual series to the year `horizon`, on the log scale for counts, on the logit scale for rates.

    Of one point: the last value stays the median, and the absolute move over h years is distributed as in the class, with an even
    sign. Of two and more: centre, width and shape of the distribution h years ahead are the class's `Outlook` for a series of so
    many points. Years of one path hang together as in a random walk: the normal scores of h and k years ahead correlate by
    sqrt(h / k), h < k. Missing years between two observed ones are bridged, held at both ends: t years into a gap of g the spread
    is that of a move over t (g − t) / g years, scaled by the series' own moves.

    Parameters
    ----------
    years, values : sequences of length n
        Observed years, in any order, and values in base units.
    horizon : int
        Last year of the fan. Where it is not after the last observed year, the fan holds the observed and bridged
        years up to it.
    reference : ReferenceClass
        Gives scale, centre and spread. Beyond its last horizon the square root rule extends the spread, and the basis says so.
    lower, upper : float, optional
        Bounds in base units; a class of rates needs both.
    floors : mapping of int to float, optional
        What values after the last exact one are known to reach ("5000万以上"): a path below is lifted to it on the scale, with all
        its later years.
    draws : int
        Number of paths. They come in mirrored pairs.
    seed : int
        With the same seed, region and indicator the draws are the same bits, whatever else is projected. A farther
        horizon leaves the years before it as they are.

    Returns
    -------
    Fan
        Years from the first observed one to `horizon`; observed years are constant over the draws.

    Raises
    ------
    ParameterError
        No values, years twice, values that are not finite or outside the bounds, bounds missing for a rate, or a
        horizon before the first year or after 2100.
    """
    known = _checked(years, values, horizon, reference, lower, upper, draws)
    ordered = sorted(known)
    first, last = ordered[0], ordered[-1]
    added = 0.0 if min(known.values()) > 0 else HALF_A_UNIT
    ruler = Ruler(reference.scale, 0.0 if lower is None else lower, math.inf if upper is None else upper, added)
    levels = ruler.to(np.array([known[year] for year in ordered]))
    scale, _ = reference.spread(reference.ratios(ordered, levels))

    end = max(horizon, last)
    paths = np.empty((draws, end - first + 1))
    for (start, stop), low, high in zip(pairwise(ordered), levels[:-1], levels[1:], strict=True):
        gap = stop - start
        for step, scores in enumerate(_bridge(gap, draws, _generator(seed, region, indicator, start)), start=1):
            centre = low + (high - low) * step / gap
            move = _moves(reference, step * (gap - step) / gap, scores) * scale
            paths[:, start - first + step] = ruler.back(centre + move)
    ahead = max(horizon - last, 0)
    seen = _outlook(reference, ordered, [known[year] for year in ordered], ahead, ruler)
    stepped = _of_one(reference, levels[-1]) if seen is None else _of_more(seen)
    lifted = np.zeros(draws)
    for step, scores in enumerate(_walk(end - last, draws, _generator(seed, region, indicator, last)), start=1):
        level = stepped(step, scores)
        if floors and last + step in floors:
            lifted = np.maximum(lifted, ruler.to(np.array([floors[last + step]])) - level)
        paths[:, last - first + step] = ruler.back(level + lifted)
    for year, value in known.items():
        paths[:, year - first] = value

    shown = np.arange(first, horizon + 1)
    paths = paths[:, : shown.size]
    basis = _basis(reference, seen, ordered, ahead, ruler.back(levels[-1:])[0], paths[:, -1])
    return Fan(region, indicator, shown, paths, np.isin(shown, ordered), basis, LAST_VALUE if seen is None else COMBINED, seed)


def _outlook(reference: ReferenceClass, years: Sequence[int], values: Sequence[float], ahead: int, ruler: Ruler) -> Outlook | None:
    if len(years) < 2 or not ahead or reference.learned is None:
        return None
    return outlook(reference.learned, np.array([years]), np.array([values], dtype=np.float64), ahead, ruler)


def _of_one(reference: ReferenceClass, level: float) -> Step:
    return lambda step, scores: level + _moves(reference, step, scores)


def _of_more(seen: Outlook) -> Step:
    def level(step: int, scores: Floats) -> Floats:
        factor = np.interp(_ranks(scores), PROBABILITIES, seen.shapes[step - 1])
        return np.asarray(seen.centre[0, step - 1] + seen.width[0, step - 1] * factor)

    return level


def _basis(reference: ReferenceClass, seen: Outlook | None, years: Sequence[int], ahead: int, last: float, ends: Floats) -> Basis:
    farthest = reference.horizons[-1] if seen is None else AHEAD
    row = min(max(ahead, 1), reference.horizons[-1]) - 1
    series, moves, weight, scale = reference.series[row], reference.moves[row], 0.0, 1.0
    if seen is not None and reference.learned is not None:
        taught = reference.learned.row(COMBINED, len(years), ahead)
        series, moves = taught.series, taught.windows
        weight = min(max(float(taught.width[1]), 0.0), 1.0)
        plain = 2 * float(reference.quantile(ahead, 0.8))
        scale = float(seen.quantile(0.9)[0, -1] - seen.quantile(0.1)[0, -1]) / plain if plain else 1.0
    return Basis(
        reference=reference.id,
        series=series,
        moves=moves,
        own_points=len(years),
        typical_move=float(np.median(np.abs(ends / last - 1))) if ahead and last else 0.0,
        scale=scale,
        own_weight=weight,
        coverage=reference.measured(ahead) if ahead else None,
        last_year=years[-1],
        shape=reference.entry.shape,
        extended_from=farthest if ahead > farthest else None,
        shift=float(np.median(ends)) / last - 1 if ahead and last else 0.0,
    )


def _checked(
    years: Sequence[int],
    values: Sequence[float],
    horizon: int,
    reference: ReferenceClass,
    lower: float | None,
    upper: float | None,
    draws: int,
) -> dict[int, float]:
    if len(years) != len(values):
        raise ParameterError(
            f"{len(years)} 个年份对 {len(values)} 个值 years and values differ in length", where="values"
        )
    if not len(years):
        raise ParameterError("没有观测值，无从推断 nothing is observed, so nothing can be projected", where="values")
    known = {int(year): float(value) for year, value in zip(years, values, strict=True)}
    if len(known) != len(years):
        raise ParameterError("同一年份出现两次 a year stands twice", where="years")
    if not min(known) <= horizon <= LAST_YEAR:
        raise ParameterError(
            f"目标年份 {horizon} 超出范围 horizon out of range", where="horizon", allowed=[f"{min(known)}–{LAST_YEAR}"]
        )
    if draws < 2 or draws % 2:
        raise ParameterError(
            f"draws={draws} 须为正偶数 must be even and positive", where="draws", allowed=["2, 4, … 4000"]
        )
    if reference.scale == "logit" and (lower is None or upper is None):
        raise ParameterError("比率须给出上下限 a rate needs lower and upper", where="lower, upper", allowed=["0, 100"])
    low, high = (0.0 if lower is None else lower), (math.inf if upper is None else upper)
    if not low < high or low < 0:
        raise ParameterError(f"上下限 {low}–{high} 无效 bounds are invalid", where="lower, upper")
    for year, value in known.items():
        if not math.isfinite(value) or not low <= value <= high:
            raise ParameterError(
                f"{year} 年的值 {value} 超出范围 value out of range", where="values", allowed=[f"{low:g}–{high:g}"]
            )
    return known


def _generator(seed: int, region: str, indicator: str, year: int) -> np.random.Generator:
    """A stream of its own for each series and start year, so that nothing else that is projected can shift it."""
    name = hashlib.sha256(f"{region}\n{indicator}\n{year}".encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(name[:8], "big")])


def _walk(steps: int, draws: int, generator: np.random.Generator) -> Floats:
    """Normal scores of a random walk in mirrored pairs, shape (steps, draws); a longer walk begins with the shorter."""
    walk = np.cumsum(generator.standard_normal((steps, draws // 2)), axis=0)
    scores = walk / np.sqrt(np.arange(1, steps + 1))[:, None]
    return np.concatenate([scores, -scores], axis=1)


def _bridge(gap: int, draws: int, generator: np.random.Generator) -> Floats:
    """Standard normal scores of a Brownian bridge inside a gap of `gap` years, shape (gap − 1, draws)."""
    walk = np.cumsum(generator.standard_normal((gap, draws // 2)), axis=0)
    step = np.arange(1, gap)[:, None]
    scores = (walk[:-1] - step / gap * walk[-1]) / np.sqrt(step * (gap - step) / gap)
    return np.concatenate([scores, -scores], axis=1)


def _ranks(scores: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(scores), dtype=np.float64)


def _moves(reference: ReferenceClass, horizon: float, scores: Floats) -> Floats:
    """Signed moves, distributed as the class says: |z| of a standard normal has rank 2 Φ(|z|) − 1."""
    ranks = 2 * _ranks(np.abs(scores)) - 1
    return np.asarray(np.sign(scores) * reference.quantile(horizon, np.clip(ranks, 0, 1)), dtype=np.float64)
