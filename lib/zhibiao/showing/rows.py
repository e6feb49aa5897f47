"""Charts of one row a target: name to the left, picture in the middle, words to the right, as high as the words need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from zhibiao.showing.numbers import percent
from zhibiao.showing.sheet import EDGE, WIDTH, Sheet
from zhibiao.showing.theme import GRID, INK, LINE, MUTED, NOTE_SIZE, TEXT_SIZE, wrap

NAME_WIDTH, WORDS_WIDTH, BETWEEN = 2.15, 1.75, 0.16
LEFT = EDGE + NAME_WIDTH + BETWEEN
RIGHT = EDGE + WORDS_WIDTH + BETWEEN
AIR = 0.13
FOOT = 0.48
"""Room for tick labels and the label of the axis, inches."""


@dataclass(frozen=True)
class Row:
    """A row laid out: `top` and `height` are inches below the upper edge of the plot."""

    names: Sequence[str]
    words: Sequence[str]
    top: float
    height: float
    muted: bool

    @property
    def middle(self) -> float:
        """Where the row's picture stands on the vertical axis, which counts inches downwards."""
        return self.top + self.height / 2


def lay_out(texts: Sequence[tuple[str, str, bool]], pictured: bool = True) -> list[Row]:
    """Wrap name and words of each row and give it the height they need.

    Parameters
    ----------
    texts : sequence of (name, words, muted)
    pictured : bool
        Whether the rows have a picture; without one their words take its place.
    """
    rows: list[Row] = []
    top = 0.0
    for name, words, muted in texts:
        room = WORDS_WIDTH if pictured else WIDTH - LEFT - EDGE
        names, said = wrap(name, NAME_WIDTH, TEXT_SIZE), wrap(words, room, NOTE_SIZE)
        height = max(len(names) * TEXT_SIZE, len(said) * NOTE_SIZE, TEXT_SIZE) * LINE + AIR
        rows.append(Row(names, said, top, height, muted))
        top += height
    return rows


def total_height(rows: Sequence[Row]) -> float:
    """Return the height of the rows, inches."""
    return sum(row.height for row in rows)


def write_rows(sheet: Sheet, rows: Sequence[Row], top: float, pictured: bool = True) -> None:
    """Write names and words of the rows from `top` downwards, with thin lines between."""
    for row in rows:
        middle = top - row.middle
        colour = MUTED if row.muted else INK
        sheet.write(EDGE, middle + len(row.names) * TEXT_SIZE * LINE / 2, row.names, TEXT_SIZE, colour)
        x = WIDTH - EDGE - WORDS_WIDTH if pictured else LEFT
        sheet.write(x, middle + len(row.words) * NOTE_SIZE * LINE / 2, row.words, NOTE_SIZE, colour)
        if row.top > 0:
            edge = top - row.top
            sheet.paper.plot([EDGE, WIDTH - EDGE], [edge, edge], color=GRID, linewidth=0.5)


def share_axes(sheet: Sheet, rows: Sequence[Row], low: float, high: float, label: str) -> Axes:
    """Return the axes beside the rows: shares across, printed as percentages along the foot; inches downwards."""
    axes = sheet.axes()
    axes.set(xlim=(low, high), ylim=(total_height(rows), 0), yticks=[])
    axes.spines["left"].set_visible(False)
    step = 0.25 if high - low <= 1.2 else 0.5
    ticks = [i * step for i in range(-8, 9) if low - 1e-9 <= i * step <= high + 1e-9]
    axes.set_xticks(ticks, [percent(tick, 0) for tick in ticks])
    axes.tick_params(length=3)
    axes.grid(axis="x")
    axes.set_xlabel(label, fontsize=NOTE_SIZE, labelpad=3)
    return axes
