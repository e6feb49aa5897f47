"""From a study and its targets to the maps of what holds together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.model import LeverId
from zhibiao.showing.chart import Chart
from zhibiao.showing.feasibility_chart import FeasibilityPicture, MapPanel, feasibility_maps
from zhibiao.showing.feasibility_tables import levelled, people, significant
from zhibiao.showing.gap_tables import chance_text
from zhibiao.showing.numbers import fixed, percent
from zhibiao.showing.pictures import display_unit, source_line
from zhibiao.showing.statement_tables import stated, value_with_unit
from zhibiao.simulating.anchoring import FAMILY
from zhibiao.simulating.centre import centre
from zhibiao.simulating.demands import Demand
from zhibiao.simulating.feasibility import Feasibility, Setting, holds, margins
from zhibiao.simulating.pipe import Pipe
from zhibiao.simulating.ranges import Range
from zhibiao.simulating.scenario import Ground
from zhibiao.simulating.sureness import sure_intakes

Array = NDArray[np.float64]

ACROSS, UP = 121, 61
"""Points of a map's grid."""
SURE_AT = 13
"""Retentions at which the line of a chance is looked for."""
CHANCE = 0.8
BELOW = 8.0
"""Percentage points below the region's own retention that a map shows."""
APART = 0.5
"""Years between the programme lengths of two maps."""


def maps(study: Study, sets: Sequence[Feasibility], base: Ground) -> Chart | None:
    """Maps of the first two sets of targets at the region's own programme length and half a year either side; None without a start."""
    shown = [found for found in sets if found.at is not None and found.margins is not None][:2]
    if not shown or base.pipe is None:
        return None
    asked = tuple({d.key: d for found in shown for d in found.demands}.values())[:3]
    at, here = shown[0].at, shown[0].here
    assert at is not None and here is not None
    unit = display_unit(study, study.indicator("intake"))
    scale = float(unit.scale)
    intake, retention = _grid(shown, at, here)
    lengths = [round(here.length + side, 1) for side in (-APART, 0.0, APART) if FAMILY[0] <= here.length + side <= FAMILY[-1]]
    panels = [_panel(study, base, shown, asked, here, length, intake, retention) for length in lengths]
    points = [(study.words(f"{base.pipe.start.year}年现状", f"{base.pipe.start.year} as it is"), here.intake / scale, here.retention, "place")]
    if shown[0].planned is not None:
        points.append((study.words("招生按目标、其余照旧", "intake at its target, all else as it is"), at.intake / scale, at.retention, "anchor"))
    picture = FeasibilityPicture(
        title=_title(study, shown, at),
        across=study.words(f"{at.year}年招生（{unit.written}，自{base.pipe.start.year}年匀速到达）", f"intake in {at.year} ({unit.label('en')}, reached evenly from {base.pipe.start.year})"),
        intake=intake / scale,
        retention=retention,
        panels=panels,
        regions=[_region_name(study, found) for found in shown],
        points=points,
        sure=_sure(study, shown[0]),
        basis=_basis(study, base.pipe),
        source=source_line(study, [*study.series("enrolment").annual, *study.series("intake").annual][-2:]),
    )
    return feasibility_maps(picture, study.lang)


def _grid(shown: Sequence[Feasibility], at: Setting, here: Setting) -> tuple[Array, Array]:
    """From below the present intake to beyond the hardest target, and from below the own retention to the highest of the range."""
    ends = [s.end for found in shown for s in found.slacks if s.lever == "intake" and s.end is not None]
    ranges: Mapping[LeverId, Range] = shown[0].ranges
    high = min(max([1.12 * max([at.intake, *ends]), 1.2 * here.intake]), max(ranges["intake"].high, at.intake))
    top = ranges["retention"].high
    return np.linspace(0.8 * min(here.intake, at.intake), high, ACROSS), np.linspace(max(here.retention - BELOW, ranges["retention"].low), top, UP)


def _panel(
    study: Study, base: Ground, shown: Sequence[Feasibility], asked: Sequence[Demand], here: Setting, length: float, intake: Array, retention: Array
) -> MapPanel:  # fmt: skip
    year = max(found.at.year for found in shown if found.at is not None)
    across = np.tile(intake, retention.size), np.repeat(retention, intake.size)
    found = {key: m.reshape(retention.size, intake.size) for key, m in margins(centre(base), asked, year, length, *across).items()}
    regions = [np.logical_and.reduce([holds(d, found[d.key]) for d in one.demands if d.key in found]) for one in shown]
    unit = display_unit(study, study.indicator("intake"))
    turning = {d.key: _turning(intake, found[d.key]) for d in asked}
    boundaries = [(_short(study, d), stated(d.statement, study.lang), turning[d.key] / float(unit.scale)) for d in asked]
    some = np.linspace(retention[0], retention[-1], SURE_AT)
    sure = sure_intakes(base, shown[0].demands, length, some, year, CHANCE, float(intake[-1]))
    own = round(length, 1) == round(here.length, 1)
    name = study.words(f"学制{fixed(length, 1)}年" + ("（锚定）" if own else ""), f"{fixed(length, 1)} years" + (" (anchored)" if own else ""))
    needs = [(d, float(np.interp(here.retention, retention, turning[d.key]))) for d in asked if d.indicator.id != "intake"]
    told = [_need(study, stated(d.statement, study.lang), need) for d, need in needs]
    finding = study.words("保留率照旧，", "retention as it is: ") + study.words("，", "; ").join(told)
    return MapPanel(name, finding, boundaries, regions, np.interp(retention, some, sure) / float(unit.scale))


def _need(study: Study, value: str, need: float) -> str:
    """The intake that a target takes, in the map's unit."""
    if not np.isfinite(need):
        return study.words(f"{value}在图外", f"{value} lies beyond the map")
    people = significant(need, display_unit(study, study.indicator("intake")), ROUND_CEILING)
    return study.words(f"{value}须招{people}", f"{value} takes {people}")


def _turning(intake: Array, margin: Array) -> Array:
    """For every retention (row) the intake at which the margin turns from failing to holding; below the map where it holds all along; NaN where never."""
    held = margin >= 0
    first = held.argmax(axis=1)
    found = np.full(margin.shape[0], np.nan)
    for row, column in enumerate(first):
        if not held[row].any():
            continue
        if column == 0:
            found[row] = -np.inf
            continue
        a, b = margin[row, column - 1], margin[row, column]
        found[row] = intake[column - 1] + (intake[column] - intake[column - 1]) * (-a) / (b - a)
    return np.where(np.isneginf(found), intake[0], found)


def _short(study: Study, demand: Demand) -> str:
    """A target without its unit, which the map names once."""
    name, value = demand.indicator.name(study.lang), stated(demand.statement, study.lang)
    text = f"{name}{value}" if study.lang == "zh" else f"{name} {value}"
    asked = demand.asked
    if asked.combine != "each" or asked.start == asked.end:
        return text
    return text + study.words(f"（{asked.start}—{asked.end}年每年）", f" (each year {asked.start}–{asked.end})")


def _sure(study: Study, found: Feasibility) -> str:
    together = study.words("与", " and ").join(stated(d.statement, study.lang) for d in found.demands)
    return study.words(f"{together}有{percent(CHANCE, 0)}的可能性", f"{percent(CHANCE, 0)} chance of {together}")


def _region_name(study: Study, found: Feasibility) -> str:
    return study.words("与", " and ").join(_short(study, d) for d in found.demands)


def _title(study: Study, shown: Sequence[Feasibility], at: Setting) -> str:
    parts = []
    for found in shown:
        for demand in found.demands:
            if demand.indicator.id == "intake" or found.margins is None:
                continue
            margin, asked = found.margins[demand.key], value_with_unit(demand.statement, study.lang)
            enough, value = bool(holds(demand, np.array([margin]))[0]), people(study, demand.bound + margin, demand)
            lowest = demand.asked.combine == "each" and demand.asked.start != demand.asked.end
            zh = f"{'最低一年' if lowest else ''}{value}，{'够' if enough else '不够'}{asked}{f'（{demand.asked.start}—{demand.asked.end}年每年）' if lowest else ''}"
            en = f"{value}{' in the lowest year' if lowest else ''}, {'enough' if enough else 'not enough'} for {asked}{f' in each of {demand.asked.start}–{demand.asked.end}' if lowest else ''}"
            parts.append(study.words(zh, en))
    told = study.words("；", "; ").join(parts)
    if shown[0].planned is None:
        return study.words(f"{study.region.zh}招生不变，在校生{told}", f"{study.region.en}, intake unchanged: {told}")
    intake = levelled(study, at)
    unit = display_unit(study, study.indicator("intake")).label("en")
    units = {d.statement.written_unit.label("en") for found in shown for d in found.demands if d.indicator.id != "intake"}
    if study.lang != "zh" and units == {unit}:
        # one unit for all, named once
        return f"{study.region.en}: an intake of {intake.removesuffix(unit).strip()} brings enrolment of {told.replace(f' {unit}', '')} (all {unit})"
    return study.words(f"{study.region.zh}招生到{intake}，在校生{told}", f"{study.region.en}: an intake of {intake} brings {told}")


def _basis(study: Study, pipe: Pipe) -> str:
    chance = chance_text(CHANCE)
    return study.words(
        f"目标的单位同横轴。色块为居中一条流程上各项同时成立之处；点线以右按全部抽样有{chance}的可能性同时成立。学制只管{pipe.start.year}年以后入学的学生，在校的照旧；"
        "保留率自起点匀速到纵轴所示。",
        f"Targets are in the unit of the horizontal axis. Shaded: where all hold in the middle of the pipe; right of the dotted line they hold with a chance of {chance} over the draws. A length holds for those who enter "
        f"after {pipe.start.year}; retention is led evenly to what the axis shows.",
    )
