"""A small plot drawn on the sheet itself: a dozen axes with ticks would take longer to make than all that is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from zhibiao.showing.sheet import Box

THINNER = 0.7
"""Lines and marks against those of a chart of full size."""


@dataclass(frozen=True)
class Inset:
    """A box of the paper with scales of its own: `xs` and `ys` are the values at its edges."""

    paper: Axes
    box: Box
    xs: tuple[float, float]
    ys: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies on the paper, inches."""
        (x0, x1), (y0, y1), box = self.xs, self.ys, self.box
        return box.left + (x - x0) / (x1 - x0) * (box.right - box.left), box.bottom + (y - y0) / (y1 - y0) * (box.top - box.bottom)

    def plot(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> object:
        """Draw a line or marks, thinner than in a chart of full size."""
        thin = {key: value * THINNER if key in ("linewidth", "markersize", "markeredgewidth") else value for key, value in style.items()}
        places = [self.at(x, y) for x, y in zip(xs, ys, strict=True)]
        return self.paper.plot([x for x, _ in places], [y for _, y in places], **thin)

    def fill_between(self, xs: Sequence[float], low: Sequence[float], high: Sequence[float], **style: Any) -> object:
        """Fill the area between two lines."""
        below, above = ([self.at(x, y) for x, y in zip(xs, edge, strict=True)] for edge in (low, high))
        return self.paper.fill_between([x for x, _ in below], [y for _, y in below], [y for _, y in above], **style)


Plane = Axes | Inset
"""What a line or an area is drawn on: axes, or a part of the sheet."""
