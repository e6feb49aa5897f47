"""The sheet a chart is drawn on: a title above, a legend, the plot, and below it the lines that say what it rests on.

Everything around the plot is measured first and the height of the sheet follows, so that no text is ever cut or overprinted.
All positions are inches from the lower left corner.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from zhibiao.showing.theme import INK, LINE, LOOKS, MUTED, NOTE_SIZE, TEXT_SIZE, TITLE_SIZE, balanced, width_of, wrap

WIDTH = 6.8
"""Width of every chart: the text width of an A4 page, so that print sizes are true."""
EDGE = 0.1
KEY_WIDTH = {"line": 0.3, "curve": 0.3, "band": 0.3, "fan": 0.3, "marker": 0.14}


@dataclass(frozen=True)
class Key:
    """One entry of the legend: how it is drawn (a role of the theme) and what it is called.

    A ``fan`` is a curve over the bands `within`, the widest first.
    """

    role: str
    label: str
    kind: Literal["line", "band", "marker", "curve", "fan"]
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Box:
    """A rectangle, inches."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


@dataclass(frozen=True)
class Sheet:
    """An open sheet: `paper` covers all of it in inches, `plot` is the room kept for the axes."""

    figure: Figure
    paper: Axes
    plot: Box

    def axes(self) -> Axes:
        """Return the axes that fill the plot's room, below the paper."""
        width, height = self.figure.get_size_inches()
        box = self.plot
        area = (box.left / width, box.bottom / height, (box.right - box.left) / width, (box.top - box.bottom) / height)
        return self.figure.add_axes(area, zorder=0)

    def write(
        self, x: float, top: float, lines: Sequence[str], size: float, colour: str = INK, side: str = "left"
    ) -> None:
        """Write lines downwards from `top`; `side` is where `x` stands: left, center or right."""
        for number, line in enumerate(lines):
            middle = top - (number + 0.5) * size * LINE
            self.paper.text(x, middle, line, size=size, color=colour, ha=side, va="center_baseline")

    def at(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the axes lies on the paper."""
        (x0, x1), (y0, y1), box = axes.get_xlim(), axes.get_ylim(), self.plot
        return (
            box.left + (x - x0) / (x1 - x0) * (box.right - box.left),
            box.bottom + (y - y0) / (y1 - y0) * (box.top - box.bottom),
        )

    def trail(self, axes: Axes, xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
        """Return points close together along a line, on the paper: what a label must keep clear of."""
        corners = [self.at(axes, x, y) for x, y in zip(xs, ys, strict=True)]
        trail = list(corners)
        for (xa, ya), (xb, yb) in itertools.pairwise(corners):
            steps = max(2, int(np.hypot(xb - xa, yb - ya) / 0.05))
            trail += [(xa + (xb - xa) * i / steps, ya + (yb - ya) * i / steps) for i in range(1, steps)]
        return trail


def _draw_key(paper: Axes, key: Key, x: float, y: float, height: float = 0.11) -> None:
    look = LOOKS[key.role]
    if key.kind == "band":
        paper.add_patch(
            Rectangle(
                (x, y - height / 2), 0.3, height, facecolor=look.colour, edgecolor=look.edge or look.colour, hatch=look.hatch,
                linestyle=look.line if look.line != "none" else "-", linewidth=max(look.width, 0.8),
            )
        )  # fmt: skip
        return
    for number, role in enumerate(key.within):
        _draw_key(paper, Key(role, "", "band"), x, y, 0.16 - 0.05 * number)
    if key.kind in ("line", "curve", "fan"):
        paper.plot([x, x + 0.3], [y, y], color=look.colour, linestyle=look.line, linewidth=look.width)
    if key.kind in ("line", "marker") and look.marker != "":
        paper.plot([x + KEY_WIDTH[key.kind] / 2], [y], **mark(key.role))


def mark(role: str, size: float = 6.0) -> dict[str, Any]:
    """Return the keywords with which a role's marker is drawn."""
    look = LOOKS[role]
    open_path = look.marker == "|" or not isinstance(look.marker, str)
    return {
        "linestyle": "none",
        "marker": look.marker,
        "markersize": size * (1.5 if open_path else 0.85 if look.marker == "D" else 1.7 if look.marker == "*" else 1),
        "markerfacecolor": "none" if open_path else look.colour if look.filled else "white",
        "markeredgecolor": look.colour,
        "markeredgewidth": 2.2 if open_path else 1.2,
        "clip_on": False,
        "zorder": 6,
    }


def _flow(keys: Sequence[Key], width: float) -> list[list[tuple[Key, float]]]:
    """Share the legend's entries out over lines, each with where it begins."""
    rows: list[list[tuple[Key, float]]] = []
    x = width + 1
    for key in keys:
        length = KEY_WIDTH[key.kind] + 0.06 + width_of(key.label, NOTE_SIZE) + 0.2
        if x + length - 0.2 > width:
            rows.append([])
            x = 0.0
        rows[-1].append((key, x))
        x += length
    return rows


def narrow(text: str) -> str:
    """Return an English `text` with straight quotes: the font's curly ones are as wide as a Chinese character.

    >>> narrow("class “Enrolment” of 《“十四五”规划》"), narrow("类“Enrolment”的中位数")
    ('class "Enrolment" of 《“十四五”规划》', '类“Enrolment”的中位数')
    """
    told = re.sub("《[^》]*》", "", text)
    english = len(re.findall("[A-Za-z]", told)) > 2 * len(re.findall("[一-鿿]", re.sub("“[^”]*”", "", told)))
    return re.sub("(《[^》]*》)|[“”]", lambda found: found[1] or '"', text) if english else text


def open_sheet(
    *,
    title: str,
    keys: Sequence[Key],
    plot_height: float,
    notes: Sequence[str],
    left: float,
    right: float,
    under: float,
    unit: str = "",
) -> Sheet:
    """Write everything around the plot and return the sheet with the plot's room left free.

    Parameters
    ----------
    title : str
        The finding; wrapped.
    keys : sequence of Key
        The legend, in reading order.
    plot_height, left, right, under : float
        Height of the plot, room beside it and below it (ticks, axis label), inches.
    notes : sequence of str
        Lines below the chart (basis, source and as-of); wrapped, empty ones left out.
    unit : str
        What the vertical axis measures; stands at its upper end, read without turning the head.
    """
    breadth = WIDTH - 2 * EDGE
    titles, rows = balanced(narrow(title), breadth, TITLE_SIZE), _flow(keys, breadth)
    below = [line for note in notes if note for line in wrap(narrow(note), breadth, NOTE_SIZE)]
    step, bottom = (NOTE_SIZE * LINE, EDGE + len(below) * NOTE_SIZE * LINE + (0.06 if below else 0) + under)
    top = bottom + plot_height + 0.1
    unit_top = top + (TEXT_SIZE * LINE if unit else 0)
    key_top = unit_top + len(rows) * step * 1.1 + (0.06 if rows else 0)
    height = key_top + 0.04 + len(titles) * TITLE_SIZE * LINE + EDGE

    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    FigureCanvasAgg(figure)
    paper = figure.add_axes((0, 0, 1, 1), zorder=1)
    paper.set(xlim=(0, WIDTH), ylim=(0, height), xticks=(), yticks=())  # ticks would be made though nobody sees them
    paper.set_axis_off()
    sheet = Sheet(figure, paper, Box(left, bottom, WIDTH - right, bottom + plot_height))
    sheet.write(EDGE, height - EDGE, titles, TITLE_SIZE)
    for number, row in enumerate(rows):
        middle = key_top - (number + 0.5) * step * 1.1
        for key, x in row:
            _draw_key(paper, key, EDGE + x, middle)
            sheet.write(EDGE + x + KEY_WIDTH[key.kind] + 0.06, middle + step / 2, [key.label], NOTE_SIZE)
    if unit:
        sheet.write(EDGE, unit_top, [unit], NOTE_SIZE, MUTED)
    sheet.write(EDGE, EDGE + len(below) * step, below, NOTE_SIZE, MUTED)
    return sheet


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return upper edges for blocks of given heights, as near as can be to where they are wanted, none on another.

    Blocks keep the order in which they are wanted; of two at the same height the first stands above.

    >>> spread([1.0, 1.0], [0.4, 0.4], 0.0, 3.0)
    [1.2, 0.8]
    """
    order = sorted(range(len(wanted)), key=lambda i: (-wanted[i], i))
    # blocks that meet form a cluster, which settles where its members are on average nearest to their wishes
    clusters: list[tuple[list[int], float]] = []
    for i in order:
        members = [i]
        while True:
            above = [sum(heights[m] for m in members[:place]) for place in range(len(members))]
            size = sum(heights[m] for m in members)
            top = sum(wanted[m] + offset for m, offset in zip(members, above, strict=True)) / len(members)
            top = min(max(top, low + size), high)
            if not clusters or clusters[-1][1] - sum(heights[m] for m in clusters[-1][0]) >= top - 1e-9:
                break
            members = clusters.pop()[0] + members
        clusters.append((members, top))
    tops = list(wanted)
    for members, top in clusters:
        for m in members:
            tops[m] = round(top, 6)
            top -= heights[m]
    return tops


def free_spot(
    x: float,
    y: float,
    text: str,
    size: float,
    taken: Sequence[Box],
    trails: Sequence[tuple[float, float]],
    frame: Box,
    reach: Sequence[float] = (0.075,),
) -> Box | None:
    """Return a free box for a label beside the point, or None where there is none.

    Parameters
    ----------
    x, y : float
        The point.
    taken : sequence of Box
        Labels and markers already there.
    trails : sequence of (x, y)
        Points of drawn lines the label must not lie on.
    frame : Box
        What the label must stay inside.
    reach : sequence of float
        Distances from the point to try, nearest first.
    """
    width, height = width_of(text, size) + 0.02, size * LINE * 0.85
    for away in reach:
        beside, over = [-width / 2, away, -width - away], [away, -height - away]
        spots = [(dx, dy) for dy in over for dx in beside] + [(away, -height / 2), (-width - away, -height / 2)]
        for dx, dy in spots:
            box = Box(x + dx, y + dy, x + dx + width, y + dy + height)
            inside = frame.left <= box.left and box.right <= frame.right
            inside = inside and frame.bottom <= box.bottom and box.top <= frame.top
            crossed = any(box.left <= px <= box.right and box.bottom <= py <= box.top for px, py in trails)
            if inside and not crossed and not any(box.meets(other) for other in taken):
                return box
    return None
