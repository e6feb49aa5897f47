"""Scenarios: named overrides of levers, nothing else."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from zhibiao.model.record import Fault, Identifier, Number, Record, RegionCode, Text, UnitText, Year

Lever = Literal["intake", "enrolment_floor"]


class Override(Record):
    """One lever set to a value: 招生 led linearly to a value in a year, or 在校生 held at a floor from a year on.

    The value is either taken from a ``statement`` of the registry (``plan/statement``) or written here with its unit and ``source``.
    """

    lever: Lever
    statement: str | None = None
    value: Number | None = None
    unit: UnitText | None = None
    year: Year
    """The year in which the intake reaches the value, or from which the floor holds."""
    source: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Override:
        written = [part is not None for part in (self.value, self.unit, self.source)]
        if any(written) if self.statement is not None else not all(written):
            raise Fault("须给出 statement 或 value+unit+source 之一 give either statement, or value with unit and source")
        return self


class Scenario(Record):
    """A named set of overrides of the baseline; ``regions`` empty means everywhere.

    ``trust`` is the share of belief that the plans' targets are reached as written: so many of the paths are led to them, the others
    are left as they are. A projection takes no plan for information unless a scenario says so.
    """

    id: Identifier
    zh: Text
    en: Text
    description: Text
    description_en: Text
    regions: tuple[RegionCode, ...] = ()
    overrides: tuple[Override, ...] = ()
    trust: Number | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        if self.trust is not None and not 0 < self.trust <= 1:
            raise Fault(f"可信度 {self.trust} 超出范围 trust is a share above 0, at most 1", "trust", allowed=["0.5"])
        levers = [override.lever for override in self.overrides]
        for index, lever in enumerate(levers):
            if lever in levers[:index]:
                raise Fault(f"同一杠杆只能设一次 lever {lever!r} is set more than once", "overrides", index)
        return self

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en
