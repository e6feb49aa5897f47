"""Where an indicator has been, where it may go, and the targets it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import pandas as pd

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.inset import Plane
from zhibiao.showing.margin import MARGIN, margin_note, room_for, value_axis, value_limits, write_margin, year_axis
from zhibiao.showing.numbers import fixed, four, in_unit
from zhibiao.showing.series import (
    Line,
    Point,
    TargetLine,
    describe_points,
    describe_targets,
    draw_points,
    draw_target,
    in_order,
    label_points,
    point_keys,
    printed,
    series_words,
    target_notes,
)
from zhibiao.showing.sheet import Key, open_sheet
from zhibiao.showing.theme import LOOKS, NOTE_SIZE, in_language, theme, width_of

__all__ = ["Band", "FanPicture", "Point", "TargetLine", "fan"]


@dataclass(frozen=True)
class Band:
    """The central interval that holds `level` percent of the paths, one low and high for each projected year."""

    level: int
    low: Sequence[float]
    high: Sequence[float]


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
    digits : int
        Decimals of the values named in words at the end of the fan.
    lower, upper : float, optional
        Natural bounds of the indicator; the axis never passes them.
    counted : bool
        Whether the values are things counted one by one, whose thousands stand apart.
    basis : str
        What the uncertainty rests on, in words.
    source : str
        Source and as-of line.

    Raises
    ------
    ParameterError
        There is nothing to show, or a line of the fan does not have one value for each projected year.
    """

    title: str
    unit: str
    points: Sequence[Point] = ()
    targets: Sequence[TargetLine] = ()
    years: Sequence[int] = ()
    median: Sequence[float] = ()
    bands: Sequence[Band] = ()
    level: int = 80
    digits: int = 1
    lower: float | None = None
    upper: float | None = None
    counted: bool = False
    basis: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not (self.points or self.targets or self.years):
            raise ParameterError("a fan chart needs an observation, a target or a projection", where=self.title)
        lines = [self.median, *(edge for band in self.bands for edge in (band.low, band.high))]
        if any(len(line) != len(self.years) for line in lines):
            raise ParameterError(
                f"median and bands need one value for each of {len(self.years)} years", where=self.title
            )


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "projected": "预测中位数",
            "fan": "预测：中位数与{}区间",
            "levels": "、",
            "end": "{year}年预测 {median}",
            "interval": "{level}%区间 {low}—{high}",
            "low": "{}%下限",
            "high": "{}%上限",
            "alt unit": "轨迹图，单位：{}。",
            "alt end": "预测：{}。",
        },
        "en": {
            "projected": "projected median",
            "fan": "projection: median and {} intervals",
            "levels": ", ",
            "end": "projected {year}: {median}",
            "interval": "{level}% interval {low}–{high}",
            "low": "{}% low",
            "high": "{}% high",
            "alt unit": "Trajectory chart, unit: {}. ",
            "alt end": "Projection: {}. ",
        },
    }
)

LEFT, TICK = 0.55, 0.2
"""Inches kept at the left for labels of ticks; what a tick and the air around it need."""


def band_role(level: int) -> str:
    """Return how a band of that level is drawn."""
    return "band outer" if level >= 90 else "band" if level >= 70 else "band inner"


def opened(picture: FanPicture) -> FanPicture:
    """Let the fan open from the last observed value, where that is earlier and known exactly."""
    last = max(picture.points, key=lambda point: point.year, default=None)
    if not picture.years or last is None or last.qualifier not in ("eq", "about") or last.year >= picture.years[0]:
        return picture
    bands = [replace(b, low=[last.value, *b.low], high=[last.value, *b.high]) for b in picture.bands]
    return replace(picture, years=[last.year, *picture.years], median=[last.value, *picture.median], bands=bands)


def draw_fan(axes: Plane, picture: FanPicture) -> None:
    """Draw bands and median, the widest band at the back."""
    for band in sorted(picture.bands, key=lambda band: -band.level):
        look = LOOKS[band_role(band.level)]
        axes.fill_between(picture.years, band.low, band.high, facecolor=look.colour, linewidth=0, zorder=1.5)
        for edge in (band.low, band.high):
            axes.plot(picture.years, edge, color=look.edge, linestyle=look.line, linewidth=look.width, zorder=1.6)
    look = LOOKS["projected"]
    axes.plot(picture.years, picture.median, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)


def fan_keys(picture: FanPicture, lang: str) -> list[Key]:
    """Return the one entry of the legend that names median and bands; none where nothing is projected."""
    words = in_language(WORDS, lang)
    levels = sorted({band.level for band in picture.bands})
    if not picture.years:
        return []
    if not levels:
        return [Key("projected", words["projected"], "curve")]
    named = words["fan"].format(words["levels"].join(f"{level}%" for level in levels))
    return [Key("projected", named, "fan", tuple(band_role(level) for level in reversed(levels)))]


def _end_words(picture: FanPicture, words: Mapping[str, str]) -> tuple[str, str]:
    number = partial(in_unit, scale=1, digits=picture.digits) if picture.counted else partial(fixed, digits=picture.digits)
    end = words["end"].format(year=picture.years[-1], median=number(picture.median[-1]))
    for band in picture.bands:
        if band.level == picture.level:
            low, high = (number(edge[-1]) for edge in (band.low, band.high))
            return end, words["interval"].format(level=band.level, low=low, high=high)
    return end, ""


def _held(picture: FanPicture, value: float) -> float | str:
    """A modelled value for the table of the plotted numbers: of what is counted one by one as the picture prints it, with no more digits."""
    return in_unit(value, 1, picture.digits) if picture.counted else value


def _data(picture: FanPicture, words: Mapping[str, str]) -> pd.DataFrame:
    bound = {year for t in picture.targets for year in range(t.year_from, t.year_to + 1)}
    years = sorted({*(p.year for p in picture.points), *picture.years, *bound})
    columns: dict[str, list[object]] = {words["year"]: list(years)}
    if picture.points:
        observed = {p.year: printed(p, picture.counted) for p in picture.points}
        columns[words["observed"]] = [observed.get(year, "") for year in years]
    at = {year: i for i, year in enumerate(picture.years)}
    if at:
        columns[words["projected"]] = [_held(picture, picture.median[at[y]]) if y in at else None for y in years]
    for band in sorted(picture.bands, key=lambda band: band.level):
        columns[words["low"].format(band.level)] = [_held(picture, band.low[at[y]]) if y in at else None for y in years]
        columns[words["high"].format(band.level)] = [_held(picture, band.high[at[y]]) if y in at else None for y in years]
    if picture.targets:
        stated = {
            y: words["join"].join(t.label for t in picture.targets if t.year_from <= y <= t.year_to) for y in years
        }
        columns[words["target column"]] = list(stated.values())
    return pd.DataFrame(columns)


def _room_left(limits: tuple[float, float], counted: bool) -> float:
    """Inches beside the plot that the labels of the ticks need; what is counted one by one may have many digits."""
    ends = (in_unit(limit, 1) if counted else four(limit) for limit in limits)
    return max(LEFT, max(width_of(end, NOTE_SIZE + 0.5) for end in ends) + TICK)


def fan(picture: FanPicture, lang: str = "zh") -> Chart:
    """Draw observations, projection and targets of one indicator in one region.

    Raises
    ------
    ParameterError
        There are no words in `lang`.
    """
    words = {**series_words(lang), **in_language(WORDS, lang)}
    points = in_order(picture.points)
    shown, targets = opened(picture), picture.targets
    lines: list[Line] = [(shown.years, edge) for band in shown.bands for edge in (band.low, band.high)]
    lines += [(shown.years, shown.median)]
    lines += [((t.year_from - 0.3, t.year_to + 0.3), (t.value_low, t.value_low)) for t in targets]
    values = [point.value for point in points] + [value for _, ys in lines for value in ys]
    values += [target.value_high for target in targets if target.value_high is not None]
    years = [point.year for point in points] + list(shown.years)
    years += [year for target in targets for year in (target.year_from, target.year_to)]
    limits = value_limits(values, picture.lower, picture.upper)
    alt = f"{picture.title}{words['stop']}" + words["alt unit"].format(picture.unit) + describe_points(points, words, picture.counted)

    notes, keys = target_notes(targets, words), point_keys(points, words)
    keys += fan_keys(picture, lang)
    if picture.years:
        heading, below = _end_words(picture, words)
        notes.append(margin_note(picture.years[-1], picture.median[-1], heading, below, LOOKS["projected"].colour))
        alt += words["alt end"].format(words["join"].join(filter(None, (heading, below))))

    with theme():
        sheet = open_sheet(
            title=picture.title,
            keys=keys,
            plot_height=room_for(notes, 2.7),
            notes=[picture.basis, picture.source],
            left=_room_left(limits, picture.counted),
            right=MARGIN if notes else 0.2,
            under=0.34,
            unit=words["unit"].format(picture.unit) + ("" if limits[0] == 0 else words["not from zero"]),
        )
        axes = sheet.axes()
        year_axis(axes, min(years), max(years))
        value_axis(axes, limits, picture.counted)
        if shown.years:
            draw_fan(axes, shown)
        for target in targets:
            draw_target(axes, target)
        draw_points(axes, points)
        label_points(sheet, axes, points, lines, picture.counted)
        write_margin(sheet, axes, notes)
    alt += describe_targets(targets, words)
    return Chart(sheet.figure, picture.title, alt.strip(), _data(picture, words), picture.source)
