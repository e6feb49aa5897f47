"""Observed values and targets over years: how they are drawn, labelled and put into words. Shared by the charts over years."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from matplotlib.axes import Axes

from zhibiao.showing.inset import Plane
from zhibiao.showing.margin import MarginNote, margin_note
from zhibiao.showing.numbers import count, four, in_unit
from zhibiao.showing.sheet import Box, Key, Sheet, free_spot, mark
from zhibiao.showing.theme import LOOKS, NOTE_SIZE, in_language

Comparator = Literal["gt", "ge", "eq", "le", "lt", "about", "between"]
Line = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Point:
    """One observed value in the unit of the chart; a floor or ceiling says so by its qualifier."""

    year: int
    value: float
    qualifier: Literal["eq", "ge", "gt", "le", "lt", "about"] = "eq"
    confidence: Literal["high", "medium"] = "high"


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


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "observed": "观测值",
            "uncertain": "可信度中等的观测值",
            "about": "约数",
            "floor": "下限值（“以上”）",
            "ceiling": "上限值（“以下”）",
            "no figures": "其间无数据",
            "goal": "目标",
            "target": "主评目标",
            "other target": "其他目标",
            "unit": "单位：{}",
            "not from zero": "（纵轴不从0起）",
            "year": "年份",
            "target column": "目标",
            "alt points": "观测：{}。",
            "alt none": "没有观测值。",
            "alt point": "{year}年{value}",
            "alt many": "{first}至{last}，共{count}个值",
            "alt targets": "目标：{}。",
            "join": "；",
            "stop": "。",
        },
        "en": {
            "observed": "observed",
            "uncertain": "observed, medium confidence",
            "about": "approximate",
            "floor": "at least this (a floor)",
            "ceiling": "at most this (a ceiling)",
            "no figures": "no figures in between",
            "goal": "target",
            "target": "governing target",
            "other target": "other target",
            "unit": "Unit: {}",
            "not from zero": " (axis does not start at 0)",
            "year": "year",
            "target column": "targets",
            "alt points": "Observed: {}. ",
            "alt none": "No observed values. ",
            "alt point": "{year} {value}",
            "alt many": "{first} to {last}, {count} values",
            "alt targets": "Targets: {}.",
            "join": "; ",
            "stop": ". ",
        },
    }
)

MANY, SMALL = 12, 4.2
"""More points than these have small marks, so that the line stays visible; the size of a small mark."""

SIGNS = MappingProxyType({"eq": "", "ge": "≥", "gt": ">", "le": "≤", "lt": "<", "about": "≈"})


def _role(point: Point) -> str:
    if point.qualifier in ("ge", "gt"):
        return "floor"
    if point.qualifier in ("le", "lt"):
        return "ceiling"
    if point.qualifier == "about":
        return "about"
    return "observed" if point.confidence == "high" else "uncertain"


def series_words(lang: str) -> Mapping[str, str]:
    """Return the words of `lang`; a ParameterError where there are none."""
    return in_language(WORDS, lang)


def printed(point: Point, counted: bool = False) -> str:
    """Return the value with the sign of its qualifier; of what is `counted` one by one the thousands stand apart.

    >>> printed(Point(2020, 98.0, "ge"))
    '≥98'
    """
    return SIGNS[point.qualifier] + (in_unit(point.value, 1) if counted else four(point.value))


def in_order(points: Sequence[Point]) -> list[Point]:
    """Return the points by year."""
    return sorted(points, key=lambda point: point.year)


def _target_role(target: TargetLine) -> str:
    return "target" if target.governing else "other target"


def bridged(points: Sequence[Point]) -> bool:
    """Return whether years without figures lie between any two neighbouring points."""
    return any(after.year - before.year > 1 for before, after in itertools.pairwise(points))


def point_keys(points: Sequence[Point], words: Mapping[str, str]) -> list[Key]:
    """Return the legend's entries for the kinds of points that occur."""
    roles = {_role(point) for point in points}
    if any(point.confidence == "medium" for point in points):
        roles.add("uncertain")
    keys = [Key("observed", words["observed"], "line")] if "observed" in roles else []
    keys += [Key(role, words[role], "marker") for role in ("uncertain", "about", "floor", "ceiling") if role in roles]
    return [*keys, *([Key("no figures", words["no figures"], "curve")] if bridged(points) else [])]


def target_keys(targets: Sequence[TargetLine], words: Mapping[str, str]) -> list[Key]:
    """Return the legend's entries for the kinds of targets that occur."""
    present = {_target_role(target) for target in targets}
    return [Key(role, words[role], "line") for role in ("target", "other target") if role in present]


def draw_points(axes: Plane, points: Sequence[Point], joined: bool = True, *, small: bool = False) -> None:
    """Draw observed values in order of years; where they are joined, a dotted line bridges years without figures. Marks are `small` in small plots."""
    for before, after in itertools.pairwise(points if joined else ()):
        if not {before.qualifier, after.qualifier} <= {"eq", "about"}:
            continue  # nobody knows where between two values a floor lies
        look = LOOKS["no figures" if bridged([before, after]) else "observed"]
        ends = [before.year, after.year], [before.value, after.value]
        axes.plot(*ends, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=5)
    for point in points:
        style = mark(_role(point), SMALL if small or len(points) > MANY else 6)
        if point.confidence == "medium":
            style["markerfacecolor"] = "white"
        axes.plot([point.year], [point.value], **style)


def draw_target(axes: Plane, target: TargetLine, *, small: bool = False) -> None:
    """Draw a target over the years it binds; a range as a hatched strip. The mark is `small` in small plots."""
    look = LOOKS[_target_role(target)]
    begin, end = target.year_from - 0.3, target.year_to + 0.3
    if target.value_high is not None:
        low, high = [target.value_low] * 2, [target.value_high] * 2
        axes.fill_between([begin, end], low, high, facecolor="none", edgecolor=look.colour, hatch="////", linewidth=0.6, zorder=3)
    axes.plot(
        [begin, end], [target.value_low] * 2, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4
    )
    axes.plot([target.year_to], [target.value_low], **mark(_target_role(target), SMALL if small else 6))


def label_points(sheet: Sheet, axes: Axes, points: Sequence[Point], lines: Sequence[Line], counted: bool = False) -> None:
    """Print the values beside the points where that covers nothing: all of a few, the first and last of many.

    `lines` are the drawn lines (xs, ys) that a label must keep clear of.
    """
    trails = [spot for xs, ys in lines for spot in sheet.trail(axes, xs, ys)]
    trails += sheet.trail(axes, [point.year for point in points], [point.value for point in points])
    taken: list[Box] = []
    for point in points:
        x, y = sheet.at(axes, point.year, point.value)
        taken.append(Box(x - 0.05, y - 0.05, x + 0.05, y + 0.05))
    for point in points if len(points) <= 6 else (points[0], points[-1]):
        text = printed(point, counted)
        spot = free_spot(*sheet.at(axes, point.year, point.value), text, NOTE_SIZE, taken, trails, sheet.plot)
        if spot is not None:
            taken.append(spot)
            sheet.write(spot.left + 0.01, spot.top + 0.02, [text], NOTE_SIZE)


def target_notes(targets: Sequence[TargetLine], words: Mapping[str, str]) -> list[MarginNote]:
    """Return the words that name each target: which one it is where there are several, its value and the clause."""
    names = [words["goal" if len(targets) == 1 else _target_role(target)] for target in targets]
    return [
        margin_note(t.year_to + 0.3, t.value_low, f"{name} {t.label}", t.clause, LOOKS["target"].colour)
        for name, t in zip(names, targets, strict=True)
    ]


def describe_points(points: Sequence[Point], words: Mapping[str, str], counted: bool = False) -> str:
    """Return the observed values in words, for alt texts: all of a few, first and last of many."""
    if not points:
        return words["alt none"]
    each = [words["alt point"].format(year=p.year, value=printed(p, counted)) for p in points]
    if len(each) <= 6:
        return words["alt points"].format(words["join"].join(each))
    return words["alt points"].format(words["alt many"].format(first=each[0], last=each[-1], count=count(len(each))))


def describe_targets(targets: Sequence[TargetLine], words: Mapping[str, str]) -> str:
    """Return the targets in words, for alt texts."""
    each = [" ".join(part for part in (target.label, target.clause) if part) for target in targets]
    return words["alt targets"].format(words["join"].join(each)) if each else ""
