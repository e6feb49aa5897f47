"""How far and how fast each lever may be moved where the user says nothing: what the nation's own series has shown, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, LeverId
from zhibiao.simulating.anchoring import FAMILY
from zhibiao.simulating.pipe import Pipe, middle
from zhibiao.simulating.scenario import SETS, own_value
from zhibiao.simulating.spread import NATION, national_spread

MEANS: tuple[LeverId, ...] = ("intake", "retention", "length", "training", "high_skill", "employment")
"""Levers by which targets are reached. Places only hold intake back; a floor under enrolment states a target, it is no means."""
FLOWING: tuple[LeverId, ...] = ("intake", "retention", "length")
"""Those that act through the pipe."""


@dataclass(frozen=True)
class Range:
    """Within what a lever may be moved.

    Attributes
    ----------
    low, high : float
        Base units; high is infinite where nothing bounds it.
    yearly_limit : float or None
        The largest move in one year, base units; None where a lever may jump.
    weight : float
        What a move over the whole range counts against one of another lever.
    reason, reason_en : str
        Where the range and the limit come from.
    yearly_fall : float or None
        The largest move down in one year where it is another than up, base units; None: evenly to the low end over the years ahead.
    """

    low: float
    high: float
    yearly_limit: float | None = None
    weight: float = 1.0
    reason: str = ""
    reason_en: str = ""
    yearly_fall: float | None = None


def step_of(lever: LeverId, start: float) -> float:
    """The steps in which a solution is written: a tenth of a point or of a year; persons to three digits of where the region stands."""
    if LEVERS[lever].base in ("%", "年"):
        return 0.1
    return float(10.0 ** max(np.floor(np.log10(max(start, 1.0))) - 2, 0.0))


def default_ranges(study: Study, pipe: Pipe | None) -> dict[LeverId, Range]:
    """The range of every lever that the region has a start for, or that needs none, each with its reason."""
    found: dict[LeverId, Range] = {}
    if pipe is not None:
        found |= _flowing(study, pipe)
    for lever in MEANS:
        if lever in SETS:
            found[lever] = _setting(study, lever, pipe)
    return found


def _flowing(study: Study, pipe: Pipe) -> Mapping[LeverId, Range]:
    ahead = int(pipe.years[-1]) - pipe.start.year
    rise, fall, risen, fallen = _national_growth(study)
    own = pipe.start.intake
    intake = Range(
        max(own * (1 + ahead * fall), 0.0), own * (1 + ahead * rise), own * rise, 1.0,
        f"每年至多增{rise:.0%}：全国技工院校招生单年最大增幅（{risen}年）；每年至多减{-fall:.0%}（{fallen}年）；以起点为基数",
        f"at most {rise:.0%} a year, the nation's largest yearly growth of intake ({risen}); at most {-fall:.0%} down ({fallen}); of the starting value",
        own * -fall,
    )  # fmt: skip
    spread = national_spread(study.registry, study.as_of)
    assert spread is not None  # a pipe is anchored with it
    stands = 100 * middle(pipe)[1]
    best, worst = int(np.argmax(spread.retention)), int(np.argmin(spread.retention))
    follow = np.diff(spread.years) == 1
    rises = np.where(follow, np.diff(spread.retention), -np.inf)
    fastest = int(np.argmax(rises))
    highest, lowest, points = (100 * float(v) for v in (spread.retention[best], spread.retention[worst], rises[fastest]))
    retention = Range(
        min(lowest, stands), max(highest, stands), points, 1.0,
        f"至多{highest:.1f}%：全国有数以来最高的年保留率（{spread.years[best]}年）；至少{lowest:.1f}%（{spread.years[worst]}年）；"
        f"每年至多升{points:.1f}个百分点（{spread.years[fastest + 1]}年）",
        f"at most {highest:.1f} %, the nation's highest yearly retention on record ({spread.years[best]}); at least {lowest:.1f} % ({spread.years[worst]}); "
        f"at most {points:.1f} points up a year ({spread.years[fastest + 1]})",
    )  # fmt: skip
    length = Range(
        float(FAMILY[0]), float(FAMILY[-1]), None, 1.0,
        f"{FAMILY[0]:g}—{FAMILY[-1]:g}年：高中起点两年到初中起点五年；学制在入学时定下，不设年度限度，只管起点以后入学的学生",
        f"{FAMILY[0]:g}–{FAMILY[-1]:g} years, from two-year programmes after upper secondary to five years for senior level; set at entry, so no yearly limit, "
        "and only for those who enter after the start",
    )  # fmt: skip
    return {"intake": intake, "retention": retention, "length": length}


def _national_growth(study: Study) -> tuple[float, float, int, int]:
    """The largest yearly rise and fall of the nation's intake, as shares, and their years."""
    known = {p.period.year: float(p.base_value) for p in study.registry.series(NATION, "intake", study.as_of).annual if p.qualifier in ("eq", "about")}
    growth = {year: value / known[year - 1] - 1 for year, value in known.items() if known.get(year - 1)}
    up, down = max(growth, key=lambda y: growth[y]), min(growth, key=lambda y: growth[y])
    return growth[up], growth[down], up, down


def _setting(study: Study, lever: LeverId, pipe: Pipe | None) -> Range:
    """A lever that sets its own indicator: bounded by the indicator alone; a change is held against where the region stands."""
    indicator, own = study.indicator(SETS[lever]), own_value(study, lever, pipe)
    low = float(indicator.lower) if indicator.lower is not None else 0.0
    high = float(indicator.upper) if indicator.upper is not None else np.inf
    bounded = f"只受指标上下限约束（{low:g}—{high:g}）" if np.isfinite(high) else "无已知上限，不作约束"
    bounded_en = f"bounded by the indicator alone ({low:g}–{high:g})" if np.isfinite(high) else "no upper bound is known"
    start, start_en = ("", "") if own is not None else ("；起点未知，变化量不计", "; its start is unknown, so that its change is not counted")
    return Range(low, float(high), None, 1.0, bounded + start, bounded_en + start_en)
