"""The axes of a chart over years, and the words beside it that belong to a height in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zhibiao.showing.numbers import four, in_unit
from zhibiao.showing.sheet import EDGE, Sheet, spread
from zhibiao.showing.theme import LINE, MUTED, NOTE_SIZE, TEXT_SIZE, width_of, wrap

MARGIN = 1.8
"""Inches kept beside the plot for words."""
INDENT = 0.22


def year_axis(axes: Axes, first: int, last: int) -> None:
    """Give the axes whole years as ticks, as many as there is room for."""
    step = next((s for s in (1, 2, 5, 10, 20) if (last - first) / s <= 9), 50)
    # short spans always name their last year, the horizon; long ones keep to round years
    phase = last % step if step < 5 else 0
    ticks = [year for year in range(first, last + 1) if year % step == phase]
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.set_xticks(ticks, [str(year) for year in ticks])


def value_limits(values: Sequence[float], lower: float | None, upper: float | None) -> tuple[float, float]:
    """Return limits of the vertical axis: some air, within the indicator's bounds, from the bound where that wastes little.

    Parameters
    ----------
    values : sequence of float
        All that is plotted.
    lower, upper : float or None
        Natural bounds. Without a lower one, values that are never negative are bounded by zero.
    """
    low, high = min(values, default=0.0), max(values, default=1.0)
    air = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    bottom, top = low - air, high + air
    floor = 0.0 if lower is None and low >= 0 else lower
    if floor is not None and low >= floor:
        bottom = floor if low - floor < 0.35 * (high - floor) else max(bottom, floor)
    if upper is not None and high <= upper:
        top = min(top, upper)
    return bottom, top


def value_axis(axes: Axes, limits: tuple[float, float], counted: bool = False) -> None:
    """Set the limits of the vertical axis, its round ticks and the grid lines at them; of what is `counted` one by one the thousands stand apart."""
    low, high = limits
    axes.set_ylim(low, high)
    ticks = [float(tick) for tick in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
    shown = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
    axes.set_yticks(shown, [in_unit(tick, 1) if counted else four(tick) for tick in shown])
    axes.grid(axis="y")
    axes.tick_params(length=3)


@dataclass(frozen=True)
class MarginNote:
    """Words beside the plot: a heading and smaller lines below, tied to the point (`since`, `value`) in it."""

    since: float
    value: float
    heading: Sequence[str]
    lines: Sequence[str]
    colour: str

    @property
    def height(self) -> float:
        """Inches, with the air around it."""
        return len(self.heading) * TEXT_SIZE * LINE + len(self.lines) * NOTE_SIZE * LINE + 0.08


def margin_note(since: float, value: float, heading: str, below: str, colour: str) -> MarginNote:
    """Wrap the words to the margin."""
    room = MARGIN - EDGE - INDENT
    # what is in brackets, and the place within a document, go to a line of their own rather than be torn apart
    if width_of(heading, TEXT_SIZE) > room:
        heading = heading.replace("（", "\n（", 1).replace(" (", "\n(", 1)
    if width_of(below, NOTE_SIZE) > room:
        below = below.replace("号 ", "号\n", 1)
    return MarginNote(since, value, wrap(heading, room, TEXT_SIZE), wrap(below, room, NOTE_SIZE), colour)


def room_for(notes: Sequence[MarginNote], least: float) -> float:
    """Return the height of the plot: `least`, or what the words beside it need."""
    return max(least, sum(note.height for note in notes))


def write_margin(sheet: Sheet, axes: Axes, notes: Sequence[MarginNote]) -> None:
    """Write the notes beside the plot, moved apart where they would meet, each tied to its point by a thin line."""
    box = sheet.plot
    points = [sheet.at(axes, note.since, note.value) for note in notes]
    # the middle of the heading's first line stands at the height it speaks of
    wanted = [y + TEXT_SIZE * LINE / 2 for _, y in points]
    tops = spread(wanted, [note.height for note in notes], box.bottom, box.top + 0.08)
    for note, (x, y), top in zip(notes, points, tops, strict=True):
        heading = top - TEXT_SIZE * LINE / 2
        way = [x, box.right, box.right + INDENT - 0.05]
        sheet.paper.plot(way, [y, y, heading], color=note.colour, linewidth=0.8, linestyle=":")
        sheet.write(box.right + INDENT, top, note.heading, TEXT_SIZE)
        sheet.write(box.right + INDENT, top - len(note.heading) * TEXT_SIZE * LINE, note.lines, NOTE_SIZE, MUTED)
