"""Observed values with period, basis, qualifier and vintage."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from zhibiao.model.period import Period
from zhibiao.model.record import Day, Fault, Identifier, Number, Record, RegionCode, UnitText
from zhibiao.model.units import unit_of

Basis = Literal["at_end", "in_period", "year_to_date"]
Qualifier = Literal["eq", "ge", "gt", "about"]
Status = Literal["final", "preliminary", "derived"]
Confidence = Literal["high", "medium", "low"]


class Observation(Record):
    """One value of one indicator in one region and period, as one source gave it on one day.

    A correction is a new row with a later ``recorded`` and a ``reason``; the older vintage stays. A floor (``ge``, ``gt``) is kept as
    a floor and never proves more than it says.
    """

    region: RegionCode
    indicator: Identifier
    period: Period
    basis: Basis
    value: Number
    qualifier: Qualifier = "eq"
    unit: UnitText
    status: Status = "final"
    confidence: Confidence = "high"
    source: Identifier
    published: Day | None = None
    recorded: Day
    reason: str | None = None
    origin: str = Field(default="", exclude=True)
    """``file:line`` the row was read from, for messages."""

    @model_validator(mode="after")
    def _consistent(self) -> Observation:
        if self.basis == "year_to_date" and self.period.is_year:
            raise Fault("年初至今的数须写明月或季 year_to_date needs a month or a quarter as period", "period", allowed=["2023-09", "2023-Q3"])
        return self

    @property
    def base_value(self) -> Decimal:
        """The value in base units, exact."""
        return unit_of(self.unit).to_base(self.value)

    @property
    def key(self) -> tuple[str, str, Period, str]:
        """What is observed: the vintages of one figure share it."""
        return (self.region, self.indicator, self.period, self.basis)
