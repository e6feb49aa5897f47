"""The scale a series is projected on: logarithm for counts, log odds for bounded rates, plain where values may be negative."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Scale = Literal["log", "logit", "plain"]
Floats = NDArray[np.float64]

HALF_A_UNIT = 0.5
"""Added to the counts of a series that holds a zero, for zero has no logarithm; taken off again on the way back."""

EDGE = 0.0005
"""A rate printed as 0 or 100 % is taken to lie half of its last digit inside: its odds would be without limit."""

FARTHEST = 50.0
"""No path goes farther than e to this power: a number beyond it says nothing."""


@dataclass(frozen=True)
class Ruler:
    """Takes values to a scale and back.

    Attributes
    ----------
    scale : str
        ``log``, ``logit`` or ``plain``.
    low, high : float
        Bounds in base units; a logit needs both, the others clip there.
    added : float
        Added before the logarithm, for a series that holds a zero.
    """

    scale: Scale
    low: float = 0.0
    high: float = math.inf
    added: float = 0.0

    def to(self, values: Floats) -> Floats:
        """Values in base units to the scale, same shape. On the plain scale they stay as they are."""
        values = np.asarray(values, dtype=np.float64)
        if self.scale == "log":
            return np.log(np.maximum(values + self.added, np.finfo(float).tiny))
        if self.scale == "logit":
            share = np.clip((values - self.low) / (self.high - self.low), EDGE, 1 - EDGE)
            return np.log(share / (1 - share))
        return values

    def back(self, levels: Floats) -> Floats:
        """From the scale to base units, within the bounds, same shape."""
        if self.scale == "log":
            return np.clip(np.exp(np.clip(levels, -FARTHEST, FARTHEST)) - self.added, self.low, self.high)
        if self.scale == "logit":
            odds = np.clip(levels, -FARTHEST, FARTHEST)
            return np.clip(self.low + (self.high - self.low) / (1 + np.exp(-odds)), self.low, self.high)
        return np.clip(np.asarray(levels, dtype=np.float64), self.low, self.high)
