"""A target that is told as a change of the baseline: reduced by 30 %, raised by two points, up by 20,000."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from zhibiao.assessing.asking.series import Figure
from zhibiao.assessing.asking.target import Target
from zhibiao.assessing.asking.units import units_of
from zhibiao.errors import ParameterError

POINTS = "百分点"


def absolute(target: Target, figures: Sequence[Figure], baseline: Sequence[Figure], unit: str | None) -> Target:
    """The same target as a value, reckoned from the baseline; a fall binds from above, a rise from below.

    90 % reduced by 30 % is 63 %, by 30 points 60 %.

    Raises
    ------
    ParameterError
        There is no exact baseline, or the change is told in another unit than the figures.
    """
    start = (*baseline[-1:], *figures[:1])[:1]
    if not start or start[0].qualifier not in ("eq", "about"):
        raise ParameterError("相对基期的目标须有确数的基期 a change of the baseline needs an exact baseline", where="--baseline", allowed=["2020=9.9"])
    size = target.low if target.low is not None else target.high
    assert size is not None
    sign = 1 if target.change == "up" else -1
    share, points = target.unit == "%", str(target.unit).endswith(POINTS)
    units = units_of(figures, baseline, replace(target, unit="%" if points else None if share else target.unit), unit)
    base = units.base_value(start[0]) / units.scale
    value = base * (1 + sign * size / Decimal(100)) if share else base + sign * size
    strict = target.comparator in ("gt", "lt")
    comparator = ("gt" if strict else "ge") if sign > 0 else ("lt" if strict else "le")
    comparator = "about" if target.comparator == "about" else comparator
    low, high = (value if comparator in ("gt", "ge", "about") else None), (value if comparator in ("lt", "le", "about") else None)
    return replace(target, low=low, high=high, comparator=comparator, unit=units.written, change=None)
