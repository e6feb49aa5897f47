"""Scenarios as small multiples: one panel each on the same axes, over the path with no lever moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.margin import value_limits
from zhibiao.showing.numbers import four
from zhibiao.showing.series import Point, TargetLine, draw_points, draw_target, point_keys, series_words
from zhibiao.showing.sheet import WIDTH, Box, Key, Sheet, open_sheet
from zhibiao.showing.theme import LINE, LOOKS, MUTED, NOTE_SIZE, TEXT_SIZE, in_language, theme, wrap

PANELS = 8
"""More are too small to be read on a page."""
ACROSS = 4
HEIGHT = 0.8
"""Height of a panel's plot, inches: two rows and the words around them fit the height that a page gives to a figure."""
LEFT, RIGHT, GAP, UNDER, ABOVE = 0.5, 0.2, 0.28, 0.3, 0.08
APART = 0.4
"""Inches between the years named below a panel."""


@dataclass(frozen=True)
class Course:
    """Median and band over years; the band is None where every path is the same."""

    years: Sequence[int]
    median: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True)
class Panel:
    """One scenario: its name, what it comes to in a few words, its course."""

    name: str
    finding: str
    course: Course


@dataclass(frozen=True)
class PanelsPicture:
    """What is drawn; all values in `unit`.

    Parameters
    ----------
    title : str
        The finding.
    panels : sequence of Panel
    unmoved : Course or None
        The path with no lever moved, behind every panel.
    points : sequence of Point
        What was observed.
    targets : sequence of TargetLine
        At most one that governs and one other: the legend names them.
    level : int
        Per cent of the paths within a band.

    Raises
    ------
    ParameterError
        There is no panel, or more than fit on a page.
    """

    title: str
    unit: str
    panels: Sequence[Panel]
    unmoved: Course | None = None
    points: Sequence[Point] = ()
    targets: Sequence[TargetLine] = ()
    level: int = 80
    basis: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.panels) <= PANELS:
            raise ParameterError(f"small multiples hold 1 to {PANELS} panels, not {len(self.panels)}", where=self.title)


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "median": "情景中位数", "fan": "情景：中位数与{}%区间", "unmoved": "不动杠杆：中位数", "unmoved fan": "不动杠杆：中位数与{}%区间", "target": "目标 {}",
            "scenario": "情景", "year": "年份", "of": "中位数", "low": "下限", "high": "上限", "unit": "单位：{}", "alt": "小多图，单位{}。{}。目标：{}。", "join": "；", "stop": "。", "none": "无", "zero": "（纵轴不从零起）",
        },
        "en": {
            "median": "median of the scenario", "fan": "scenario: median and {}% interval", "unmoved": "no lever moved: median", "unmoved fan": "no lever moved: median and {}% interval", "target": "target {}",
            "scenario": "scenario", "year": "year", "of": "median", "low": "low", "high": "high", "unit": "Unit: {}", "alt": "Small multiples, unit {}. {}. Targets: {}.", "join": "; ", "stop": ". ", "none": "none", "zero": " (axes do not start at zero)",
        },
    }
)  # fmt: skip


def panels(picture: PanelsPicture, lang: str = "zh") -> Chart:
    """Draw the panels.

    Raises
    ------
    ParameterError
        There are no words in `lang`.
    """
    words = {**series_words(lang), **in_language(WORDS, lang)}
    across = min(ACROSS, max(2, -(-len(picture.panels) // 2)))
    rows = -(-len(picture.panels) // across)
    width = (WIDTH - LEFT - RIGHT - (across - 1) * GAP) / across
    findings = [wrap(panel.finding, width, NOTE_SIZE) for panel in picture.panels]
    heading = (TEXT_SIZE + max(map(len, findings)) * NOTE_SIZE) * LINE + 0.06
    each = heading + HEIGHT + UNDER + ABOVE
    limits = value_limits(_values(picture), 0.0, None)
    with theme():
        sheet = open_sheet(
            title=picture.title,
            keys=_keys(picture, words),
            plot_height=rows * each,
            notes=[picture.basis, picture.source],
            left=LEFT,
            right=RIGHT,
            under=0.0,
            unit=words["unit"].format(picture.unit) + (words["zero"] if limits[0] > 0 else ""),
        )
        for number, (panel, lines) in enumerate(zip(picture.panels, findings, strict=True)):
            left = sheet.plot.left + (number % across) * (width + GAP)
            top = sheet.plot.top - (number // across) * each
            sheet.write(left, top, [panel.name], TEXT_SIZE)
            sheet.write(left, top - TEXT_SIZE * LINE, lines, NOTE_SIZE, MUTED)
            panel_sheet = replace(sheet, plot=Box(left, top - heading - HEIGHT, left + width, top - heading))
            _draw(panel_sheet, panel, picture, limits, named=number % across == 0)
    alt = f"{picture.title}{words['stop']}" + words["alt"].format(
        picture.unit,
        words["join"].join(f"{panel.name} {panel.finding}" for panel in picture.panels),
        words["join"].join(f"{target.label} {target.clause}".strip() for target in picture.targets) or words["none"],
    )
    return Chart(sheet.figure, picture.title, alt, _data(picture, words), picture.source)


def _draw(sheet: Sheet, panel: Panel, picture: PanelsPicture, limits: tuple[float, float], *, named: bool) -> None:
    """One panel; the values of the axis are `named` in the first column only, they are the same everywhere."""
    axes = sheet.axes()
    first, last = _span(picture)
    axes.set_xlim(first - 0.5, last + 0.5)
    inch = (sheet.plot.right - sheet.plot.left) / (last - first + 1)
    years = [last]
    for year in (min(panel.course.years), first):
        if (years[-1] - year) * inch >= APART:
            years.append(year)
    axes.set_xticks(years, [str(year) for year in years])
    low, high = limits
    ticks = [float(tick) for tick in MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [four(tick) for tick in ticks] if named else [""] * len(ticks))
    axes.grid(axis="y")
    axes.tick_params(length=3)
    if picture.unmoved is not None:
        _course(axes, picture.unmoved, "unmoved band", "unmoved")
    _course(axes, panel.course, "band", "projected")
    for target in picture.targets:
        draw_target(axes, target, small=True)
    draw_points(axes, [point for point in picture.points if point.year >= first], small=True)


def _course(axes: Axes, course: Course, band: str, line: str) -> None:
    if course.low is not None and course.high is not None:
        look = LOOKS[band]
        axes.fill_between(course.years, course.low, course.high, facecolor=look.colour, edgecolor=look.edge, linestyle=look.line, linewidth=look.width, alpha=0.75, zorder=1.5)
    look = LOOKS[line]
    axes.plot(course.years, course.median, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=3)


def _span(picture: PanelsPicture) -> tuple[int, int]:
    """First and last year shown: the projected years and at most twice as many before them, not fewer than five."""
    ahead = [year for panel in picture.panels for year in panel.course.years]
    back = max(5, 2 * (max(ahead) - min(ahead)))
    seen = [point.year for point in picture.points if point.year >= min(ahead) - back]
    return min([*seen, min(ahead)]), max(ahead)


def _values(picture: PanelsPicture) -> list[float]:
    first, _ = _span(picture)
    courses = [panel.course for panel in picture.panels] + ([picture.unmoved] if picture.unmoved else [])
    values = [value for course in courses for line in (course.median, course.low or (), course.high or ()) for value in line]
    return values + [point.value for point in picture.points if point.year >= first] + [target.value_low for target in picture.targets]


def _keys(picture: PanelsPicture, words: Mapping[str, str]) -> list[Key]:
    first, _ = _span(picture)
    keys = point_keys([point for point in picture.points if point.year >= first], words)
    spread = any(panel.course.low is not None for panel in picture.panels)
    keys.append(Key("projected", words["fan"].format(picture.level), "fan", ("band",)) if spread else Key("projected", words["median"], "curve"))
    if picture.unmoved is not None:
        keys.append(Key("unmoved", words["unmoved fan"].format(picture.level), "fan", ("unmoved band",)))
    for target in picture.targets:
        role = "target" if target.governing else "other target"
        keys.append(Key(role, words["target"].format(f"{target.label} {target.clause}".strip()), "line"))
    return keys


def _data(picture: PanelsPicture, words: Mapping[str, str]) -> pd.DataFrame:
    """The last year of every panel and of the path behind them: enough to see that one has moved."""
    courses = [(panel.name, panel.course) for panel in picture.panels]
    if picture.unmoved is not None:
        courses.append((words["unmoved"], picture.unmoved))
    rows = [
        (name, course.years[-1], course.median[-1], None if course.low is None else course.low[-1], None if course.high is None else course.high[-1])
        for name, course in courses
    ]
    return pd.DataFrame(rows, columns=[words[key] for key in ("scenario", "year", "of", "low", "high")])
