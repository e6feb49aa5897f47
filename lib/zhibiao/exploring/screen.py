"""The explorer's pictures: drawn once, then only the artists that moved are changed.

A picture is SVG within the page: its text stays text, it is sharp at every width, and it is replaced at once, without flicker.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhibiao.catalogue.study import Study
from zhibiao.exploring.scene import Target
from zhibiao.model import Unit
from zhibiao.model.fan import Fan
from zhibiao.showing.margin import value_axis, value_limits, year_axis
from zhibiao.showing.numbers import fixed, four
from zhibiao.showing.pictures import digits_for, display_unit
from zhibiao.showing.series import Point, TargetLine, draw_points, draw_target
from zhibiao.showing.sheet import EDGE, Box, Sheet, spread
from zhibiao.showing.theme import FAMILY, LINE, LOOKS, MUTED, NOTE_SIZE, TEXT_SIZE, theme, width_of

WIDTH, HEIGHT = 4.9, 3.0
LEFT, RIGHT, UNDER, OVER = 0.5, 1.15, 0.3, 0.32
NAME = 0.55
"""Inches of room for a name beside a curve's end; a longer one stands in the table alone."""
FALLBACK = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
"""Fonts of the reader's machine that have the glyphs."""


@dataclass(frozen=True)
class Curve:
    """A fan as it is drawn, in the unit of the chart; `name` stands beside its end. What a lever sets is `exact`."""

    name: str
    exact: bool
    years: Sequence[int]
    middle: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def curve(fan: Fan, unit: Unit, level: int, name: str) -> Curve:
    """The median and the band of a fan from its last observed year on."""
    ahead = fan.years >= fan.basis.last_year
    tail = (1 - level / 100) / 2
    low, middle, high = np.quantile(fan.draws[:, ahead], [tail, 0.5, 1 - tail], axis=0) / float(unit.scale)
    return Curve(name, fan.method == "scenario", fan.years[ahead].tolist(), middle.tolist(), low.tolist(), high.tolist())


class Panel:
    """One indicator: figures, targets, the curve that follows the levers and the grey one that is compared with.

    Parameters
    ----------
    study : Study
    indicator : str
    fan : Fan
        Without any lever; it gives the years and the first limits of the axis.
    targets : sequence of Target
        Of any indicator; those of this one are drawn.
    sheet : Sheet, optional
        Where it is drawn; a sheet of its own by default.
    """

    def __init__(self, study: Study, indicator: str, fan: Fan, targets: Sequence[Target], sheet: Sheet | None = None) -> None:
        self.study, self.fan = study, fan
        self.indicator = study.indicator(indicator)
        self.unit = display_unit(study, self.indicator)
        self.digits = digits_for(fan, self.unit)
        self.points = [_point(p.period.year, float(p.base_value / self.unit.scale), p.qualifier, p.confidence) for p in study.series(indicator).annual]
        self.lines = {target.key: line for target in targets if target.statement.indicator == indicator and (line := self._line(target)) is not None}
        plain = curve(fan, self.unit, study.level, "")
        values = [*(p.value for p in self.points), *plain.low, *plain.high, *(line.value_low for line in self.lines.values())]
        self.values, self.limits = values, self._limits(values)
        self.last: tuple[object, ...] | None = None
        with theme():
            self.sheet = sheet or _own_sheet(self._unit_words())
            self.axes = self.sheet.axes()
            self._draw(plain)

    def _unit_words(self) -> str:
        s, level = self.study, self.study.level
        start = "" if self.limits[0] == 0 else s.words("，纵轴不从0起", ", axis does not start at 0")
        return s.words(f"单位：{self.unit.label('zh')}；阴影为{level}%区间{start}", f"Unit: {self.unit.label('en')}; shaded: {level} % band{start}")

    def _line(self, target: Target) -> TargetLine | None:
        statement, asked = target.statement, target.asked
        if asked.start is None or asked.end is None or asked.combine == "sum":
            return None
        ends = [float(v / self.unit.scale) for v in (statement.base_low, statement.base_high) if v is not None]
        return TargetLine(
            asked.start if statement.scope == "annual" else asked.end, asked.end, ends[0],
            ends[1] if statement.comparator == "between" else None, statement.comparator, "", statement.value_text(self.study.lang), not target.governed,
        )  # fmt: skip

    def _limits(self, values: Sequence[float]) -> tuple[float, float]:
        lower, upper = (None if bound is None else float(bound / self.unit.scale) for bound in (self.indicator.lower, self.indicator.upper))
        return value_limits(values, lower, upper)

    def _draw(self, plain: Curve) -> None:
        axes, years = self.axes, [p.year for p in self.points] + list(plain.years)
        year_axis(axes, min(years), max([*years, *(line.year_to for line in self.lines.values())]))
        value_axis(axes, self.limits)
        band, edge, grey = LOOKS["band"], LOOKS["projected"], LOOKS["fourth curve"]
        self.band = axes.fill_between(plain.years, plain.low, plain.high, facecolor=band.colour, linewidth=0, zorder=1.5)
        self.edges = [axes.plot(plain.years, ys, color=band.edge, linestyle=band.line, linewidth=band.width, zorder=1.6)[0] for ys in (plain.low, plain.high)]
        self.middle = axes.plot(plain.years, plain.middle, color=edge.colour, linestyle=edge.line, linewidth=edge.width, zorder=4)[0]
        self.grey = [axes.plot([], [], color=grey.colour, linestyle=line, linewidth=width, zorder=3)[0] for line, width in (("-", 1.6), (":", 1.0), (":", 1.0))]
        self.drawn = {key: _drawn(axes, line) for key, line in self.lines.items()}
        draw_points(axes, self.points)
        names = [*self.lines, "middle", "grey"]
        colours = {"middle": edge.colour, "grey": grey.colour}
        self.labels = {name: self.sheet.paper.text(0, 0, "", size=TEXT_SIZE, color=colours.get(name, LOOKS["target"].colour), va="center_baseline") for name in names}
        self.ties = {name: self.sheet.paper.plot([], [], color=colours.get(name, LOOKS["target"].colour), linewidth=0.7, linestyle=":")[0] for name in names}

    def show(self, now: Curve, pinned: Curve | None, off: Iterable[str]) -> bool:
        """Move what has moved, nothing is built anew; False where the picture stays as it was."""
        hidden = set(off)
        if self.last == (now, pinned, hidden):
            return False
        self.last = (now, pinned, hidden)
        self.band.set_data(now.years, now.low, now.high)
        for line, ys in zip((self.middle, *self.edges), (now.middle, now.low, now.high), strict=True):
            line.set_data(now.years, ys)
        for line, ys in zip(self.grey, (pinned.middle, pinned.low, pinned.high) if pinned else ((), (), ()), strict=True):
            line.set_data(pinned.years if pinned else (), ys)
        for key, artists in self.drawn.items():
            for artist in artists:
                artist.set_visible(key not in hidden)
        self._fit([*now.low, *now.high, *((*pinned.low, *pinned.high) if pinned else ())])
        self._label(now, pinned, hidden)
        return True

    def _fit(self, values: Sequence[float]) -> None:
        """The axis grows where it must and never jumps back while a lever is dragged."""
        low, high = self.limits
        if min(values) < low or max(values) > high:
            self.values = [*self.values, min(values), max(values)]
            self.limits = self._limits([*self.values, max(values) + 0.12 * (max(values) - min(self.values))])
            value_axis(self.axes, self.limits)

    def _label(self, now: Curve, pinned: Curve | None, hidden: set[str]) -> None:
        wanted: list[tuple[str, float, float, str]] = [
            (key, line.year_to + 0.3, line.value_low, line.label) for key, line in self.lines.items() if key not in hidden
        ]
        wanted.append(("middle", now.years[-1], now.middle[-1], self._named(now)))
        if pinned is not None:
            wanted.append(("grey", pinned.years[-1], pinned.middle[-1], self._named(pinned)))
        box, height = self.sheet.plot, TEXT_SIZE * LINE
        places = [self.sheet.at(self.axes, x, y) for _, x, y, _ in wanted]
        tops = spread([y + height / 2 for _, y in places], [height] * len(wanted), box.bottom, box.top + 0.1)
        shown = set()
        for (name, _, _, words), (x, y), top in zip(wanted, places, tops, strict=True):
            self.labels[name].set(position=(box.right + 0.2, top - height / 2), text=words)
            self.ties[name].set_data([x, box.right, box.right + 0.17], [y, y, top - height / 2])
            shown.add(name)
        for name in self.labels:
            self.labels[name].set_visible(name in shown)
            self.ties[name].set_visible(name in shown)

    def _named(self, line: Curve) -> str:
        name = line.name if width_of(line.name, TEXT_SIZE) < NAME else self.study.words("对照", "pinned")
        return f"{name} {four(line.middle[-1]) if line.exact else fixed(line.middle[-1], self.digits)}"

    def svg(self, alt: str) -> str:
        """The picture for the page."""
        stream = io.StringIO()
        with theme():
            self.sheet.figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        return embedded(stream.getvalue(), alt)


def embedded(svg: str, alt: str) -> str:
    """An SVG file as part of a page: as wide as there is room, named for those who do not see it, in a font that is there."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*">', "<g>", body).replace(f"'{FAMILY}'", FALLBACK)
    head = re.sub(r' (?:width|height)="[^"]*"', "", body[: body.index(">")])
    return f'{head} class="zb-picture" role="img" aria-label="{html.escape(alt)}"{body[body.index(">") :]}'


def _own_sheet(unit: str) -> Sheet:
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    paper = figure.add_axes((0, 0, 1, 1), zorder=1)
    paper.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    paper.set_axis_off()
    sheet = Sheet(figure, paper, Box(LEFT, UNDER, WIDTH - RIGHT, HEIGHT - OVER))
    sheet.write(EDGE, HEIGHT - 0.02, [unit], NOTE_SIZE, MUTED)
    return sheet


def _drawn(axes: Axes, line: TargetLine) -> list[Any]:
    before = set(axes.get_children())
    draw_target(axes, line)
    return [artist for artist in axes.get_children() if artist not in before]


def _point(year: int, value: float, qualifier: str, confidence: str) -> Point:
    return Point(year, value, qualifier, "high" if confidence == "high" else "medium")  # type: ignore[arg-type]  # the registry's words are the chart's

