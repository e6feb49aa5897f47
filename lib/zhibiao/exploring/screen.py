"""The explorer's pictures: drawn once, then only the artists that moved are changed.

A picture is SVG within the page: its text stays text, it is sharp at every width, and it is replaced at once, without flicker.
"""

from __future__ import annotations

import functools
import html
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from zhibiao.catalogue.study import Study
from zhibiao.exploring.scene import Target
from zhibiao.model import Unit
from zhibiao.model.fan import Fan
from zhibiao.showing.margin import value_axis, value_limits, year_axis
from zhibiao.showing.numbers import bare, thousands
from zhibiao.showing.pictures import digits_for, display_unit
from zhibiao.showing.series import Point, TargetLine, draw_points, draw_target
from zhibiao.showing.sheet import Box, Sheet, spread
from zhibiao.showing.statement_tables import stated
from zhibiao.showing.theme import FAMILY, LINE, LOOKS, MUTED, NOTE_SIZE, TEXT_SIZE, missing_glyphs, theme, width_of

WIDTH, HEIGHT = 3.8, 2.75
LEFT, RIGHT, UNDER, OVER = 0.56, 1.02, 0.3, 0.34
NAME = 0.5
"""Inches of room for a name beside a curve's end; a longer one stands in the table alone."""
YEAR_ROOM = 0.37
"""Inches that the name of a year needs."""
POINTS = 72
"""Points in an inch: the unit of an SVG."""
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
    name : str
        What stands above the plot, where nothing else says it.
    also : sequence of float
        Values in the unit of the chart that the axis holds from the beginning.
    """

    def __init__(self, study: Study, indicator: str, fan: Fan, targets: Sequence[Target], sheet: Sheet | None = None, name: str = "", also: Sequence[float] = ()) -> None:
        self.study, self.fan, self.name = study, fan, name
        self.indicator = study.indicator(indicator)
        self.unit = display_unit(study, self.indicator)
        self.digits = digits_for(fan, self.unit)
        self.points = observed(study, indicator, self.unit)
        self.lines = {target.key: line for target in targets if target.statement.indicator == indicator and (line := self._line(target)) is not None}
        plain = curve(fan, self.unit, study.level, "")
        values = [*(p.value for p in self.points), *plain.low, *plain.high, *(line.value_low for line in self.lines.values())]
        self.base, self.held = [*values, *also], list[float]()
        self.limits = self._limits(self.base)
        self.last: tuple[object, ...] | None = None
        self.ground: str | None = None
        with theme():
            self.sheet = sheet or _own_sheet()
            self.axes = self.sheet.axes()
            box = self.sheet.plot
            self.words = self.sheet.paper.text(box.left - 0.4, box.top + 0.19, "", size=NOTE_SIZE, color=MUTED, va="center_baseline")
            self._draw(plain)

    def _unit_words(self) -> str:
        s, level = self.study, self.study.level
        start = "" if self.limits[0] == 0 else s.words("；纵轴不从0起", "; axis not from 0")
        if self.name:
            return s.words(f"{self.name}（{self.unit.label('zh')}{start}）", f"{self.name} ({self.unit.label('en')}{start})")
        return s.words(f"{self.unit.label('zh')}；阴影：{level}%区间{start}", f"{self.unit.label('en')}; shaded: {level} % band{start}")

    def _line(self, target: Target) -> TargetLine | None:
        statement, asked = target.statement, target.asked
        if asked.start is None or asked.end is None or asked.combine == "sum":
            return None
        ends = [float(v / self.unit.scale) for v in (statement.base_low, statement.base_high) if v is not None]
        return TargetLine(
            asked.start if statement.scope == "annual" else asked.end, asked.end, ends[0],
            ends[1] if statement.comparator == "between" else None, statement.comparator, "", stated(statement, self.study.lang), not target.governed,
        )  # fmt: skip

    def _limits(self, values: Sequence[float]) -> tuple[float, float]:
        lower, upper = (None if bound is None else float(bound / self.unit.scale) for bound in (self.indicator.lower, self.indicator.upper))
        return value_limits(values, lower, upper)

    def _draw(self, plain: Curve) -> None:
        axes, years = self.axes, [p.year for p in self.points] + list(plain.years)
        year_axis(axes, min(years), max([*years, *(line.year_to for line in self.lines.values())]))
        self._thin()
        self._scale()
        band, edge, grey = LOOKS["band"], LOOKS["projected"], LOOKS["pace"]
        self.band = axes.fill_between(plain.years, plain.low, plain.high, facecolor=band.colour, linewidth=0, zorder=1.5)
        self.edges = [axes.plot(plain.years, ys, color=band.edge, linestyle=band.line, linewidth=band.width, zorder=1.6)[0] for ys in (plain.low, plain.high)]
        self.middle = axes.plot(plain.years, plain.middle, color=edge.colour, linestyle=edge.line, linewidth=edge.width, zorder=4)[0]
        self.grey = [axes.plot([], [], color=grey.colour, linestyle=line, linewidth=width, zorder=3)[0] for line, width in ((grey.line, 1.6), (":", 1.0), (":", 1.0))]
        self.drawn = {key: _drawn(axes, functools.partial(draw_target, axes, line)) for key, line in self.lines.items()}
        dots = _drawn(axes, lambda: draw_points(axes, self.points))
        names = [*self.lines, "middle", "grey"]
        colours = {"middle": edge.colour, "grey": grey.colour}
        self.labels = {name: self.sheet.paper.text(0, 0, "", size=TEXT_SIZE, color=colours.get(name, LOOKS["target"].colour), va="center_baseline") for name in names}
        self.ties = {name: self.sheet.paper.plot([], [], color=colours.get(name, LOOKS["target"].colour), linewidth=0.7, linestyle=":")[0] for name in names}
        targets = [artist for artists in self.drawn.values() for artist in artists]
        # the points are drawn with what moves, for they stand above it
        self.moving = [self.band, *self.edges, self.middle, *self.grey, *targets, *dots, *self.labels.values(), *self.ties.values()]

    def show(self, now: Curve, pinned: Curve | None, off: Iterable[str], *, dragged: bool = False) -> bool:
        """Move what has moved, nothing is built anew; False where the picture stays as it was.

        While a lever is dragged the axis only grows; otherwise it fits what is shown.
        """
        hidden = set(off)
        if self.last == (now, pinned, hidden) and dragged:
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
        self._fit([*now.low, *now.high, *((*pinned.low, *pinned.high) if pinned else ())], dragged)
        self._label(now, pinned, hidden)
        return True

    def _fit(self, values: Sequence[float], dragged: bool) -> None:
        """The axis as it must be to hold what is shown, and what was shown while the lever has been dragged."""
        self.held = [*(self.held if dragged else ()), min(values), max(values)]
        low, high = self._limits(self.base)
        if min(self.held) < low or max(self.held) > high:
            low, high = self._limits([*self.base, *self.held, max(self.held) + 0.12 * (max(self.held) - min(self.base))])
        if (low, high) != self.limits:
            self.limits = low, high
            self._scale()

    def _scale(self) -> None:
        self.ground = None
        value_axis(self.axes, self.limits)
        self.words.set_text(self._unit_words())

    def _thin(self) -> None:
        """Leave out years whose names would touch; the last one stays."""
        ticks = [int(tick) for tick in self.axes.get_xticks()]
        (first, last), box = self.axes.get_xlim(), self.sheet.plot
        room = (box.right - box.left) / (last - first)
        step = next(n for n in range(1, 100) if n * room * (ticks[1] - ticks[0] if len(ticks) > 1 else 1) > YEAR_ROOM)
        kept = ticks[::-1][::step][::-1]
        self.axes.set_xticks(kept, [str(year) for year in kept])

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
        # a scenario of somebody else's may be called by signs that the font has not
        short = not missing_glyphs(line.name) and width_of(line.name, TEXT_SIZE) < NAME
        name = line.name if short else self.study.words("对照", "pinned")
        told = figure(line.middle[-1], self.digits)
        return f"{name} {bare(told) if line.exact else told}"

    def svg(self, alt: str) -> str:
        """The picture for the page: what stays is kept as it was drawn, what moves is drawn upon it."""
        moving = sorted((a for a in self.moving if a.get_visible()), key=lambda artist: artist.get_zorder())
        if self.ground is None:
            for artist in moving:
                artist.set_visible(False)
            self.ground = _rendered(self.sheet.figure, [self.sheet.figure])
            for artist in moving:
                artist.set_visible(True)
        return embedded(self.sheet.figure, alt, self.ground + _rendered(self.sheet.figure, moving))


def figure(value: float, digits: int) -> str:
    """A projected value with so many decimals; things counted one by one in three digits, for more are not known.

    >>> figure(10.16, 1), figure(46362.4, 0), figure(362.0, 0)
    ('10.2', '46,400', '362')
    """
    beyond = 0 if digits or abs(value) < 1000 else 2 - math.floor(math.log10(abs(value)))
    return thousands(round(value, beyond) if beyond else value, digits)


def embedded(figure: Figure, alt: str, body: str) -> str:
    """What was drawn as part of a page: as wide as there is room, named for those who do not see it, in a font that is there."""
    width, height = figure.get_size_inches() * POINTS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width:g} {height:g}" class="zb-picture" '
        f'role="img" aria-label="{html.escape(alt)}"><style>.zb-picture *{{stroke-linejoin:round;stroke-linecap:butt}}</style>'
        f"{body.replace(repr(FAMILY), FALLBACK)}</svg>"
    )


def _rendered(figure: Figure, artists: Iterable[Any]) -> str:
    """The inner part of an SVG with these artists."""
    stream = io.StringIO()
    width, height = figure.get_size_inches() * POINTS
    with theme():
        renderer: Any = RendererSVG(width, height, stream, image_dpi=POINTS, metadata={"Date": None})  # type: ignore[no-untyped-call]
        for artist in artists:
            artist.draw(renderer)
        renderer.finalize()
    drawn = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", stream.getvalue(), flags=re.DOTALL)
    inner = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    return re.sub(r'<g id="[^"]*">', "<g>", inner)


def _own_sheet() -> Sheet:
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    paper = figure.add_axes((0, 0, 1, 1), zorder=1)
    paper.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    paper.set_axis_off()
    return Sheet(figure, paper, Box(LEFT, UNDER, WIDTH - RIGHT, HEIGHT - OVER))


def _drawn(axes: Axes, draw: Callable[[], None]) -> list[Any]:
    """The artists that `draw` adds to the axes."""
    before = set(axes.get_children())
    draw()
    return [artist for artist in axes.get_children() if artist not in before]


def observed(study: Study, indicator: str, unit: Unit) -> list[Point]:
    """Figures of whole years as they are drawn."""
    return [
        Point(p.period.year, float(p.base_value / unit.scale), p.qualifier, "high" if p.confidence == "high" else "medium")
        for p in study.series(indicator).annual
    ]
