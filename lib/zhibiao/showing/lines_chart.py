"""A few lines over ordered places, each named at its right end, perhaps against a level they should keep to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import percent
from zhibiao.showing.sheet import mark, open_sheet, spread
from zhibiao.showing.theme import LINE, LOOKS, NOTE_SIZE, theme, width_of

MARKS = ("o", "s", "^", "D", "v", "P", "X")
"""Marks beside colours, so that lines are told apart on a grey printer."""


@dataclass(frozen=True)
class NamedLine:
    """One line: its name, its role in the theme, and a share of one at each place; None where there is none."""

    name: str
    role: str
    shares: Sequence[float | None]


@dataclass(frozen=True)
class LinesPicture:
    """What is drawn.

    Attributes
    ----------
    places : sequence of str
        Names of the places across, in order.
    along : str
        What the places are.
    unit : str
        What the shares measure.
    level, level_name
        A share the lines should keep to, and its name; None for none.
    """

    title: str
    places: Sequence[str]
    along: str
    unit: str
    lines: Sequence[NamedLine]
    level: float | None = None
    level_name: str = ""
    basis: str = ""
    source: str = ""


def lines(picture: LinesPicture) -> Chart:
    """Draw the lines; shares are printed as percentages."""
    shown = [line for line in picture.lines if any(share is not None for share in line.shares)]
    names = [line.name for line in shown] + ([picture.level_name] if picture.level is not None else [])
    right = max((width_of(name, NOTE_SIZE) for name in names), default=0.0) + 0.4
    with theme():
        sheet = open_sheet(title=picture.title, keys=(), plot_height=2.9, notes=[picture.basis, picture.source], left=0.55, right=right, under=0.5, unit=picture.unit)
        axes = sheet.axes()
        places = range(len(picture.places))
        known = [share for line in shown for share in line.shares if share is not None] + ([picture.level] if picture.level is not None else [])
        step = next(s for s in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5) if max(known, default=1) / s <= 6)
        top = (math.floor(max(known, default=1) / step) + 1) * step
        axes.set(xlim=(-0.2, len(picture.places) - 0.8), ylim=(0, top))
        ends: list[tuple[str, float, str, dict[str, Any]]] = []
        if picture.level is not None:
            axes.axhline(picture.level, color=LOOKS["target"].colour, linewidth=1.4)
            ends.append((picture.level_name, picture.level, LOOKS["target"].colour, {}))
        for number, line in enumerate(shown):
            look = LOOKS[line.role]
            points = [(x, y) for x, y in zip(places, line.shares, strict=True) if y is not None]
            axes.plot(*zip(*points, strict=True), color=look.colour, linestyle=look.line, linewidth=look.width)
            marked = {**mark(line.role, 4.5), "marker": MARKS[number % len(MARKS)]}
            axes.plot(*zip(*points, strict=True), **marked)
            ends.append((line.name, points[-1][1], look.colour, marked))
        axes.set_xticks(list(places), list(picture.places))
        ticks = [i * step for i in range(round(top / step) + 1)]
        axes.set_yticks(ticks, [percent(tick, 0) for tick in ticks])
        axes.set_xlabel(picture.along, labelpad=3)
        axes.grid(axis="y")
        axes.tick_params(length=3)
        height = NOTE_SIZE * LINE
        wanted = [sheet.at(axes, 0, value)[1] + height / 2 for _, value, _, _ in ends]
        box = sheet.plot
        for (name, _, colour, marked), upper in zip(ends, spread(wanted, [height] * len(ends), box.bottom - 0.3, box.top + 0.2), strict=True):
            if marked:
                sheet.paper.plot([box.right + 0.17], [upper - height / 2], **marked)
            sheet.write(box.right + 0.27, upper, [name], NOTE_SIZE, colour)
    data = pd.DataFrame({picture.along: list(picture.places), **{line.name: list(line.shares) for line in shown}})
    alt = f"{picture.title}; {picture.unit} × {picture.along}: {', '.join(names)}"
    return Chart(sheet.figure, picture.title, alt, data, picture.source)
