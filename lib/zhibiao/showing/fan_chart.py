"""Where an indicator has been, where it may go, and the targets it is held against; and the running total of a cumulative one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import four
from zhibiao.showing.sheet import EDGE, WIDTH, Box, Key, Sheet, free_spot, mark, open_sheet, spread
from zhibiao.showing.theme import (
    GRID,
    INK,
    LINE,
    LOOKS,
    MUTED,
    NOTE_SIZE,
    TEXT_SIZE,
    in_language,
    theme,
    width_of,
    wrap,
)

Comparator = Literal["gt", "ge", "eq", "le", "lt", "about", "between"]
MARGIN = 1.75
"""Inches beside the plot for the words that name targets and end values."""


@dataclass(frozen=True)
class Point:
    """One observed value in the unit of the chart; a floor or ceiling says so by its qualifier."""

    year: int
    value: float
    qualifier: Literal["eq", "ge", "gt", "le", "lt", "about"] = "eq"
    confidence: Literal["high", "medium"] = "high"


@dataclass(frozen=True)
class Band:
    """The central interval that holds `level` percent of the paths, one low and high for each projected year."""

    level: int
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class TargetLine:
    """One target as the document states it. `label` is the value in words (">10.5"), `clause` where it stands."""

    year_from: int
    year_to: int
    value_low: float
    value_high: float | None
    comparator: Comparator
    clause: str
    label: str
    governing: bool = True


@dataclass(frozen=True)
class FanPicture:
    """What a fan chart shows; all values in `unit`.

    Parameters
    ----------
    title : str
        The finding.
    unit : str
    points : sequence of Point
    targets : sequence of TargetLine
    years, median, bands
        The projection, one value a year; all empty where there is none.
    level : int
        Level of the band named in words at the end of the fan.
    lower, upper : float, optional
        Natural bounds of the indicator; the axis never passes them.
    basis : str
        What the uncertainty rests on, in words.
    source : str
        Source and as-of line.
    """

    title: str
    unit: str
    points: Sequence[Point] = ()
    targets: Sequence[TargetLine] = ()
    years: Sequence[int] = ()
    median: Sequence[float] = ()
    bands: Sequence[Band] = ()
    level: int = 80
    lower: float | None = None
    upper: float | None = None
    basis: str = ""
    source: str = ""


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "observed": "观测值",
            "uncertain": "可信度中等的观测值",
            "about": "约数",
            "floor": "下限值（“以上”）",
            "ceiling": "上限值（“以下”）",
            "no figures": "其间无数据",
            "projected": "预测中位数",
            "band": "{}%区间",
            "target": "主评目标",
            "other target": "其他目标",
            "unit": "单位：{}",
            "not from zero": "（纵轴不从0起）",
            "end": "{year}年预测 {median}",
            "interval": "{level}%区间 {low}—{high}",
            "year": "年份",
            "low": "{}%下限",
            "high": "{}%上限",
            "marked": "标记",
            "alt points": "观测值：{}。",
            "alt none": "没有观测值。",
            "alt many": "{first}至{last}，共{count}个观测值",
            "alt point": "{year}年{mark}{value}",
            "alt end": "预测：{}。",
            "alt targets": "目标：{}。",
            "alt unit": "轨迹图，单位：{}。",
            "join": "；",
        },
        "en": {
            "observed": "observed",
            "uncertain": "observed, medium confidence",
            "about": "approximate",
            "floor": "at least this (a floor)",
            "ceiling": "at most this (a ceiling)",
            "no figures": "no figures in between",
            "projected": "projected median",
            "band": "{}% interval",
            "target": "governing target",
            "other target": "other target",
            "unit": "Unit: {}",
            "not from zero": " (axis does not start at 0)",
            "end": "projected {year}: {median}",
            "interval": "{level}% interval {low}–{high}",
            "year": "year",
            "low": "{}% low",
            "high": "{}% high",
            "marked": "mark",
            "alt points": "Observed: {}. ",
            "alt none": "No observed values. ",
            "alt many": "{first} to {last}, {count} values",
            "alt point": "{year} {mark}{value}",
            "alt end": "Projection: {}. ",
            "alt targets": "Targets: {}.",
            "alt unit": "Trajectory chart, unit: {}. ",
            "join": "; ",
        },
    }
)

SIGNS = {"eq": "", "ge": "≥", "gt": ">", "le": "≤", "lt": "<", "about": "≈"}


def _role(point: Point) -> str:
    if point.qualifier in ("ge", "gt"):
        return "floor"
    if point.qualifier in ("le", "lt"):
        return "ceiling"
    if point.qualifier == "about":
        return "about"
    return "observed" if point.confidence == "high" else "uncertain"


def _band_role(level: int) -> str:
    return "band outer" if level >= 90 else "band" if level >= 70 else "band inner"


def year_axis(axes: Axes, first: int, last: int) -> None:
    """Give the axes whole years as ticks, as many as there is room for, and the last one always."""
    step = next(s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s <= 9)
    ticks = [year for year in range(first, last + 1) if (year % step == 0 if step >= 5 else (last - year) % step == 0)]
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.set_xticks(ticks, [str(year) for year in ticks])


def value_axis(axes: Axes, values: Sequence[float], lower: float | None, upper: float | None) -> None:
    """Fit the vertical axis to the values with some air, within the indicator's bounds, from zero where that wastes little."""
    low, high = min(values), max(values)
    air = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    floor = 0.0 if lower is None and low >= 0 else lower
    bottom, top = low - air, high + air
    if floor is not None:
        bottom = floor if low - floor < 0.35 * (high - floor) else max(bottom, floor)
    if upper is not None:
        top = min(top, upper) if high <= upper else top
    axes.set_ylim(bottom, top)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: four(value)))
    axes.grid(axis="y")
    axes.tick_params(length=3)


@dataclass(frozen=True)
class MarginNote:
    """Words beside the plot that belong to a height in it: a heading and smaller lines below."""

    value: float
    heading: Sequence[str]
    lines: Sequence[str]
    colour: str

    @property
    def height(self) -> float:
        """Inches, with the air around it."""
        return len(self.heading) * TEXT_SIZE * LINE + len(self.lines) * NOTE_SIZE * LINE + 0.08


def margin_note(value: float, heading: str, below: str, colour: str) -> MarginNote:
    """Wrap the words to the margin."""
    room = MARGIN - EDGE - 0.22
    return MarginNote(value, wrap(heading, room, TEXT_SIZE), wrap(below, room, NOTE_SIZE), colour)


def write_margin(sheet: Sheet, axes: Axes, notes: Sequence[MarginNote], until: Mapping[int, float]) -> None:
    """Write the notes beside the plot, moved apart where they would meet, each tied to its height by a thin line.

    `until` gives for each note where on the paper its line begins; the edge of the plot where it says nothing.
    """
    box = sheet.plot
    heights = [sheet.at(axes, axes.get_xlim()[0], note.value)[1] for note in notes]
    centres = spread(heights, [note.height for note in notes], box.bottom - 0.2, box.top + 0.1)
    for number, (note, height, centre) in enumerate(zip(notes, heights, centres, strict=True)):
        x = [until.get(number, box.right), box.right, box.right + 0.17, box.right + 0.2]
        heading_middle = centre + note.height / 2 - 0.04 - TEXT_SIZE * LINE / 2
        sheet.paper.plot(x, [height, height, heading_middle, heading_middle], color=note.colour, linewidth=0.7, linestyle=":")
        top = centre + note.height / 2 - 0.04
        sheet.write(box.right + 0.22, top, note.heading, TEXT_SIZE)
        sheet.write(box.right + 0.22, top - len(note.heading) * TEXT_SIZE * LINE, note.lines, NOTE_SIZE, MUTED)


def room_for(notes: Sequence[MarginNote], least: float) -> float:
    """Return the height of the plot: `least`, or what its margin needs."""
    return max(least, sum(note.height for note in notes) - 0.25)


def draw_target(axes: Axes, target: TargetLine) -> None:
    """Draw a target over the years it binds; a range as a hatched strip."""
    role = "target" if target.governing else "other target"
    look = LOOKS[role]
    begin, end = target.year_from - 0.3, target.year_to + 0.3
    if target.value_high is not None:
        axes.add_patch(
            Rectangle(
                (begin, target.value_low), end - begin, target.value_high - target.value_low, facecolor="none",
                edgecolor=look.colour, hatch="////", linewidth=0.6, zorder=3,
            )
        )  # fmt: skip
    axes.plot([begin, end], [target.value_low] * 2, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)
    axes.plot([target.year_to], [target.value_low], **mark(role))


def draw_points(axes: Axes, points: Sequence[Point]) -> bool:
    """Draw the observed values; return whether years without figures had to be bridged."""
    gaps = False
    for before, after in zip(points, points[1:], strict=False):
        look = LOOKS["observed" if after.year - before.year == 1 else "no figures"]
        gaps |= after.year - before.year > 1
        ends = [before.year, after.year], [before.value, after.value]
        axes.plot(*ends, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=5)
    for point in points:
        # many points: small marks, so that the line stays visible
        style = mark(_role(point), 6 if len(points) <= 12 else 4.2)
        if point.confidence == "medium":
            style["markerfacecolor"] = "white"
        axes.plot([point.year], [point.value], **style)
    return gaps


def _draw_fan(axes: Axes, picture: FanPicture) -> list[float]:
    """Draw bands and median; return the years, opened from the last observed value where that is known exactly."""
    last = max(picture.points, key=lambda point: point.year, default=None)
    opens = last is not None and last.qualifier in ("eq", "about") and last.year < picture.years[0]
    years = [*([last.year] if last and opens else []), *picture.years]
    start = [last.value] if last and opens else []
    for band in sorted(picture.bands, key=lambda band: -band.level):
        look = LOOKS[_band_role(band.level)]
        low, high = [*start, *band.low], [*start, *band.high]
        axes.fill_between(years, low, high, facecolor=look.colour, linewidth=0, zorder=1.5)
        for edge in (low, high):
            axes.plot(years, edge, color=look.edge, linestyle=look.line, linewidth=look.width, zorder=1.6)
    look = LOOKS["projected"]
    axes.plot(years, [*start, *picture.median], color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)
    return [float(year) for year in years]


def _keys(picture: FanPicture, words: Mapping[str, str]) -> list[Key]:
    points = sorted(picture.points, key=lambda point: point.year)
    roles = {_role(point) for point in points}
    if any(point.confidence == "medium" for point in points):
        roles.add("uncertain")
    keys = [Key("observed", words["observed"], "line")] if "observed" in roles else []
    keys += [Key(role, words[role], "marker") for role in ("uncertain", "about", "floor", "ceiling") if role in roles]
    if any(after.year - before.year > 1 for before, after in zip(points, points[1:], strict=False)):
        keys.append(Key("no figures", words["no figures"], "curve"))
    if picture.years:
        keys.append(Key("projected", words["projected"], "curve"))
        levels = sorted({band.level for band in picture.bands})
        keys += [Key(_band_role(level), words["band"].format(level), "band") for level in levels]
    for role, governing in (("target", True), ("other target", False)):
        if any(target.governing is governing for target in picture.targets):
            keys.append(Key(role, words[role], "line"))
    return keys


def _notes(picture: FanPicture, words: Mapping[str, str]) -> list[MarginNote]:
    notes = [margin_note(t.value_low, t.label, t.clause, LOOKS["target"].colour) for t in picture.targets]
    if picture.years:
        end = words["end"].format(year=picture.years[-1], median=four(picture.median[-1]))
        named = next((band for band in picture.bands if band.level == picture.level), None)
        below = "" if named is None else words["interval"].format(
            level=named.level, low=four(named.low[-1]), high=four(named.high[-1])
        )  # fmt: skip
        notes.append(margin_note(picture.median[-1], end, below, LOOKS["projected"].colour))
    return notes


def fan(picture: FanPicture, lang: str = "zh") -> Chart:
    """Draw observations, projection and targets of one indicator in one region.

    Raises
    ------
    ParameterError
        No words in `lang`.
    """
    words = in_language(WORDS, lang)
    points = sorted(picture.points, key=lambda point: point.year)
    values = [point.value for point in points] + [target.value_low for target in picture.targets]
    values += [target.value_high for target in picture.targets if target.value_high is not None]
    values += [*picture.median, *(value for band in picture.bands for value in (*band.low, *band.high))]
    years = [point.year for point in points] + list(picture.years)
    years += [year for target in picture.targets for year in (target.year_from, target.year_to)]
    with theme():
        notes = _notes(picture, words)
        trial = Sheetless(values, picture.lower, picture.upper)
        unit = words["unit"].format(picture.unit) + ("" if trial.from_zero else words["not from zero"])
        sheet = open_sheet(
            title=picture.title, keys=_keys(picture, words), plot_height=room_for(notes, 2.7),
            notes=[picture.basis, picture.source], left=0.55, right=MARGIN if notes else 0.2, under=0.34, unit=unit,
        )  # fmt: skip
        axes = sheet.axes()
    return Chart(sheet.figure, picture.title, "", pd.DataFrame(), picture.source)
