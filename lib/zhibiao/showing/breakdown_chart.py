"""Milestones of a target against the figures of their years: a level as it is, a total as what has come together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes

from zhibiao.assessing.breakdown.chosen import Chosen
from zhibiao.assessing.breakdown.judged import Judged
from zhibiao.assessing.breakdown.years import Milestones
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import Observation, Unit
from zhibiao.showing.breakdown_records import RULES
from zhibiao.showing.breakdown_tables import finding, target_name
from zhibiao.showing.chart import Chart
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.margin import MARGIN, room_for, value_axis, value_limits, write_margin, year_axis
from zhibiao.showing.numbers import four
from zhibiao.showing.pictures import _point, source_line
from zhibiao.showing.series import (
    Point,
    TargetLine,
    describe_points,
    describe_targets,
    draw_points,
    draw_target,
    point_keys,
    printed,
    series_words,
    target_notes,
)
from zhibiao.showing.sheet import Box, Key, Sheet, free_spot, mark, open_sheet
from zhibiao.showing.statement_tables import stated
from zhibiao.showing.theme import LOOKS, MUTED, NOTE_SIZE, in_language, theme
from zhibiao.showing.words import word

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {"milestone": "里程碑（{rule}）", "column": "里程碑", "start": "起点", "in all": "（累计）", "alt": "里程碑图，单位：{unit}。里程碑：{path}。"},
        "en": {"milestone": "milestones ({rule})", "column": "milestone", "start": "start", "in all": " (total to date)", "alt": "Milestones, unit: {unit}. Milestones: {path}. "},
    }
)


NEAR = 0.12
"""Inches between marks within which one number has to do."""


@dataclass(frozen=True)
class _Path:
    """What is drawn, in the unit of the document: where the milestones begin, they themselves, and the figures."""

    begin: tuple[int, float] | None
    milestones: list[Point]
    figures: list[Point]

    @property
    def started(self) -> bool:
        """The start is a value that no figure marks; a total starts at nothing."""
        return self.begin is not None and self.begin[1] != 0 and self.begin[0] not in {p.year for p in self.figures}


def milestone_chart(study: Study, one: Chosen) -> Chart:
    """Draw the milestones of a target and the figures known up to now.

    Raises
    ------
    ParameterError
        The target has no milestones.
    """
    made = one.milestones
    if made is None:
        raise ParameterError(f"未分解 has no milestones: {one.reason[0]} {one.reason[1]}", where=one.statement.key)
    words = {**series_words(study.lang), **in_language(WORDS, study.lang)}
    unit = one.statement.written_unit
    rows = [row for row in one.judged(study) if not row.child]
    path = _summed(made, rows, unit) if made.summed else _level(study, made, unit)
    target = _target(study, made, path)
    place, name, found = study.region.name(study.lang), target_name(study, one.statement), finding(study, rows)
    title = study.words(f"{place}{name}：{found}", f"{place}, {name}: {found}")
    ends = [*([path.begin] if path.begin else []), *((p.year, p.value) for p in (*path.milestones, *path.figures))]
    bounds = (made.indicator.lower, made.indicator.upper)
    heights = [*(value for _, value in ends), *([target.value_high] if target.value_high is not None else [])]
    limits = value_limits(heights, *(None if end is None else float(end / unit.scale) for end in bounds))
    rule = word(RULES, made.rule, study.lang)
    keys = [*point_keys(path.figures, words), Key("other target", words["milestone"].format(rule=rule), "line")]
    keys += [Key("baseline", words["start"], "marker")] if path.started else []
    notes = target_notes([target], words)
    told = [row.figure for row in rows if row.figure is not None] or _known(study, made)
    source = source_line(study, told)
    with theme():
        sheet = open_sheet(
            title=title,
            keys=keys,
            plot_height=room_for(notes, 2.4),
            notes=[_basis(study, one), source],
            left=0.55,
            right=MARGIN,
            under=0.34,
            unit=words["unit"].format(unit.label(study.lang)) + (words["in all"] if made.summed else "" if limits[0] == 0 else words["not from zero"]),
        )
        axes = sheet.axes()
        year_axis(axes, min(year for year, _ in ends), max(year for year, _ in ends))
        value_axis(axes, limits)
        trails = _draw_path(sheet, axes, path)
        draw_target(axes, target)
        draw_points(axes, path.figures, joined=not made.summed)
        _label(sheet, axes, path, trails)
        write_margin(sheet, axes, notes)
    each = words["join"].join(f"{p.year} {four(p.value)}" for p in path.milestones)
    stop = words["stop"]
    alt = f"{title}{stop}" + words["alt"].format(unit=unit.label(study.lang), path=each) + describe_points(path.figures, words) + describe_targets([target], words)
    return Chart(sheet.figure, title, alt.strip(), _data(path, words), source)


def _level(study: Study, made: Milestones, unit: Unit) -> _Path:
    begin = (made.start.year, made.start.value / float(unit.scale)) if made.start is not None else None
    milestones = [Point(year, float(value / unit.scale)) for year, value in zip(made.years, made.values, strict=True)]
    return _Path(begin, milestones, [_point(p, unit) for p in _known(study, made)])


def _summed(made: Milestones, rows: Sequence[Judged], unit: Unit) -> _Path:
    """Running totals: of the milestones, and of the figures as long as no year before is missing."""
    due = itertools.accumulate(float(value / unit.scale) for value in made.values)
    figures = []
    for row in rows:
        if row.so_far is not None and row.figure is not None:
            floor = any(r.figure is not None and r.figure.qualifier in ("ge", "gt") for r in rows if r.year <= row.year)
            figures.append(Point(row.year, row.so_far / float(unit.scale), "ge" if floor else "eq", "high" if row.figure.confidence == "high" else "medium"))
    return _Path((made.years[0] - 1, 0.0), [Point(year, value) for year, value in zip(made.years, due, strict=True)], figures)


def _known(study: Study, made: Milestones) -> list[Observation]:
    """Whole-year figures from the start on."""
    first = made.start.year if made.start is not None else made.years[0] - 1
    return [p for p in study.series(made.indicator.id).annual if first <= p.period.year <= made.years[-1]]


def _target(study: Study, made: Milestones, path: _Path) -> TargetLine:
    statement = made.statement
    high = None if statement.comparator != "between" or statement.high is None else float(statement.high)
    low = path.milestones[-1].value if high is None or statement.low is None else float(statement.low)
    return TargetLine(made.years[-1], made.years[-1], low, high, statement.comparator, study.words(study.clause(statement), briefly_cited(study, statement)), stated(statement, study.lang))


def _basis(study: Study, one: Chosen) -> str:
    if one.stored is None:
        return study.words("没有保存的分解，按匀速画出，不是文件规定。", "No breakdown is stored: equal steps are drawn, which no document prescribes.")
    return study.words(f"里程碑：breakdowns/{one.stored.id}.yaml。", f"Milestones: breakdowns/{one.stored.id}.yaml.")


def _draw_path(sheet: Sheet, axes: Axes, path: _Path) -> list[tuple[float, float]]:
    look = LOOKS["other target"]
    ends = [*([path.begin] if path.begin else []), *((p.year, p.value) for p in path.milestones)]
    xs, ys = [year for year, _ in ends], [value for _, value in ends]
    axes.plot(xs, ys, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=3)
    shown = path.milestones[:-1]
    axes.plot([p.year for p in shown], [p.value for p in shown], **mark("other target"))
    if path.started:
        assert path.begin is not None
        axes.plot([path.begin[0]], [path.begin[1]], **mark("baseline", 8))
    return sheet.trail(axes, xs, ys)


def _label(sheet: Sheet, axes: Axes, path: _Path, trails: list[tuple[float, float]]) -> None:
    """Print figures and milestones beside their marks where that covers nothing, the figures first; the last milestone stands in the margin."""
    trails = trails + sheet.trail(axes, [p.year for p in path.figures], [p.value for p in path.figures]) if path.figures else trails
    spots = [(point, sheet.at(axes, point.year, point.value)) for point in (*path.figures, *path.milestones)]
    taken = [Box(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for _, (x, y) in spots]
    last = path.milestones[-1]
    for number, (point, (x, y)) in enumerate(spots):
        covered = number >= len(path.figures) and any(abs(x - fx) < NEAR and abs(y - fy) < NEAR for _, (fx, fy) in spots[: len(path.figures)])
        if point is last or covered:
            continue
        text = printed(point)
        spot = free_spot(x, y, text, NOTE_SIZE, taken, trails, sheet.plot)
        if spot is not None:
            taken.append(spot)
            sheet.write(spot.left + 0.01, spot.top + 0.02, [text], NOTE_SIZE, *(() if number < len(path.figures) else (MUTED,)))


def _data(path: _Path, words: Mapping[str, str]) -> pd.DataFrame:
    years = sorted({*(p.year for p in path.milestones), *(p.year for p in path.figures), *([path.begin[0]] if path.begin else [])})
    milestones, figures = {p.year: p.value for p in path.milestones}, {p.year: printed(p) for p in path.figures}
    return pd.DataFrame(
        {
            words["year"]: years,
            words["column"]: [milestones.get(year) for year in years],
            words["observed"]: [figures.get(year, "") for year in years],
        }
    )
