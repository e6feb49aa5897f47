"""The least move of levers on a lattice of written values, where a longer move never makes a target harder to reach.

Each lever has a line of values, ordered by how far they lie from where the region stands. Whether an aim reaches the targets is asked
of the very simulation that a scenario would run, so that what is found is true of it to the last draw.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from zhibiao.model import LeverId

Place = tuple[int, ...]
"""A position on every lever's line."""


@dataclass(frozen=True)
class Line:
    """The values a lever may take, nearest first, and what each move costs; costs grow along the line."""

    lever: LeverId
    values: tuple[float, ...]
    costs: tuple[float, ...]


@dataclass
class Search:
    """Find the cheapest place on some lines that `reaches`; every question is asked once.

    Parameters
    ----------
    lines : mapping of lever to Line
    reaches : callable
        Whether values of levers reach the targets; must not change from true to false where a lever moves on along its line.
    """

    lines: Mapping[LeverId, Line]
    reaches: Callable[[Mapping[LeverId, float]], bool]
    asked: dict[tuple[tuple[LeverId, int], ...], bool] = field(default_factory=dict)

    def holds(self, levers: tuple[LeverId, ...], place: Place) -> bool:
        key = tuple(zip(levers, place, strict=True))
        if key not in self.asked:
            self.asked[key] = self.reaches({lever: self.lines[lever].values[at] for lever, at in key})
        return self.asked[key]

    def cost(self, levers: tuple[LeverId, ...], place: Place) -> float:
        return math.fsum(self.lines[lever].costs[at] for lever, at in zip(levers, place, strict=True))

    def farthest(self, levers: tuple[LeverId, ...]) -> Place:
        return tuple(len(self.lines[lever].values) - 1 for lever in levers)

    def cheapest(self, levers: tuple[LeverId, ...], tolerance: float, below: float = math.inf) -> Place | None:
        """The cheapest place at which all `levers` move and the targets are reached, to within `tolerance` of its cost.

        The last lever is solved for by bisection; over the others boxes are split, the most promising first. A box can cost no less
        than its nearest corner plus the last lever's move at its farthest corner.

        Parameters
        ----------
        below : float
            What is known to be possible otherwise: None where nothing costs less.
        """
        *rest, last = levers
        outer, top, price = tuple(rest), self.farthest(levers), self.lines[last].costs
        best, found = below, None

        def tried(corner: Place, spent: float, least: int) -> int | None:
            """What the last lever needs at a corner if `spent` and that come cheaper than the best; None otherwise."""
            most = bisect_left(price, best - tolerance - spent) - 1
            if most < least or not self.holds(levers, (*corner, most)):
                return None
            return self._least(levers, corner, least, most)

        if min(top) < 0:
            return None
        boxes: list[tuple[float, Place, Place, int]] = []
        self._push(boxes, outer, (0,) * len(outer), top[:-1], tried, price, 0)
        while boxes:
            bound, low, high, least = heapq.heappop(boxes)
            if bound >= best - tolerance:
                break
            for corner in dict.fromkeys((high, low)):
                need = tried(corner, self.cost(outer, corner), least)
                if need is not None:
                    best, found = self.cost(levers, (*corner, need)), (*corner, need)
            widths = [h - n for n, h in zip(low, high, strict=True)]
            axis = max(range(len(widths)), key=lambda i: (widths[i] / max(top[i], 1), -i), default=-1)
            if axis < 0 or widths[axis] == 0:
                continue
            middle = (low[axis] + high[axis]) // 2
            for a, b in ((low[axis], middle), (middle + 1, high[axis])):
                near, far = (*low[:axis], a, *low[axis + 1 :]), (*high[:axis], b, *high[axis + 1 :])
                self._push(boxes, outer, near, far, tried, price, least)
        return found

    def _push(
        self, boxes: list[tuple[float, Place, Place, int]], outer: tuple[LeverId, ...], near: Place, far: Place,
        tried: Callable[[Place, float, int], int | None], price: tuple[float, ...], least: int,
    ) -> None:  # fmt: skip
        """Keep a box that may hold something cheaper: its nearest corner's cost and what the last lever needs at its farthest."""
        spent = self.cost(outer, near)
        need = tried(far, spent, least)
        if need is not None:
            heapq.heappush(boxes, (spent + price[need], near, far, need))

    def even(self, levers: tuple[LeverId, ...]) -> Place | None:
        """The shortest move that takes every lever by the same share of its line."""
        top = self.farthest(levers)
        if min(top) < 0 or not self.holds(levers, top):
            return None
        parts = max(top) + 1

        def place(part: int) -> Place:
            return tuple(math.ceil((end + 1) * part / parts) - 1 for end in top)

        low, high = 0, parts
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.holds(levers, place(middle)) else (middle, high)
        return place(high)

    def _least(self, levers: tuple[LeverId, ...], outer: Place, low: int, high: int) -> int:
        """The first position of the last lever that reaches, known to lie between `low` and `high`."""
        below = low - 1
        step = 1
        # what it needs is mostly near what it needed at the neighbouring corner
        while low + step < high and not self.holds(levers, (*outer, low + step - 1)):
            below, step = low + step - 1, step * 4
        high = min(high, max(low + step - 1, below + 1)) if low + step < high else high
        while high - below > 1:
            middle = (below + high) // 2
            below, high = (below, middle) if self.holds(levers, (*outer, middle)) else (middle, high)
        return high
