"""Scenarios: named overrides of levers, nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import model_validator

from zhibiao.model.record import Identifier, Record, RegionCode, Text
from zhibiao.model.units import unit_of

Lever = Literal["intake", "enrolment_floor"]


class Override(Record):
    """One lever set to a value: 招生 led linearly to a value in a year, or 在校生 held at a floor from a year on.

    The value is either taken from a ``statement`` of the registry (``plan/statement``) or written here with its unit and ``source``.
    """

    lever: Lever
    statement: str | None = None
    value: Decimal | None = None
    unit: Text | None = None
    year: int
    """The year in which the intake reaches the value, or from which the floor holds."""
    source: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Override:
        written = self.value is not None and self.unit is not None and self.source is not None
        if (self.statement is not None) == written:
            raise ValueError("须给出 statement 或 value+unit+source 之一 give either statement, or value with unit and source")
        if self.unit is not None:
            unit_of(self.unit)
        return self


class Scenario(Record):
    """A named set of overrides of the baseline; ``regions`` empty means everywhere."""

    id: Identifier
    zh: Text
    en: Text
    description: Text
    description_en: Text
    regions: tuple[RegionCode, ...] = ()
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        levers = [override.lever for override in self.overrides]
        if len(levers) != len(set(levers)):
            raise ValueError("同一杠杆只能设一次 a lever is set more than once")
        return self

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en
