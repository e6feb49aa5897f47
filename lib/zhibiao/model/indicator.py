"""What is measured."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import model_validator

from zhibiao.model.record import Fault, Identifier, Number, Record, RegionCode, Text, UnitText, Year
from zhibiao.model.units import Unit, unit_of

Kind = Literal["stock", "flow", "rate", "count"]
Direction = Literal["up", "down", "none"]
RollUp = Literal["sum", "weighted_mean", "none"]


class Break(Record):
    """From this year on the figures of a region count something else, so that they cannot be held against earlier ones.

    ``region`` empty means everywhere; ``what`` says what changed.
    """

    region: RegionCode | None = None
    year: Year
    what: Text
    what_en: Text | None = None


class Indicator(Record):
    """An indicator 指标: what is measured, in which base unit, and which way is better.

    ``stock`` is counted at a moment (在校生), ``flow`` over a period (年招生), ``rate`` is a share (就业率), ``count`` numbers things or
    events (基地数). ``direction`` none means that the text steers to a level. ``lower`` and ``upper`` are bounds in base units.
    """

    id: Identifier
    zh: Text
    en: Text
    definition: Text
    definition_en: str | None = None
    unit: UnitText
    kind: Kind
    direction: Direction = "up"
    lower: Number | None = Decimal(0)
    upper: Number | None = None
    rollup: RollUp = "none"
    reference: Identifier | None = None
    """The reference class whose moves tell how far such a series goes; without one there is no projection."""
    breaks: tuple[Break, ...] = ()
    """Years from which the definition is another one."""

    @model_validator(mode="after")
    def _consistent(self) -> Indicator:
        unit = unit_of(self.unit)
        if unit.scale != 1:
            raise Fault(f"指标单位须为基本单位 unit {self.unit!r} has a scale", "unit", allowed=[unit.base])
        if self.kind == "rate" and (self.lower is None or self.upper is None):
            raise Fault("比率须有上下限 a rate needs lower and upper", "kind")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise Fault(f"下限 {self.lower:f} 不小于上限 {self.upper:f} lower is not below upper", "lower")
        return self

    def breaks_in(self, region: str) -> tuple[int, ...]:
        """Years from which a region's figures count something else, ascending."""
        return tuple(sorted(b.year for b in self.breaks if b.region in (None, region)))

    @property
    def base(self) -> Unit:
        return unit_of(self.unit)

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en
