"""Scenarios: named overrides of levers, nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from zhibiao.model.levers import LEVERS, LeverId
from zhibiao.model.record import Fault, Identifier, Number, Record, RegionCode, Text, UnitText, Year, shown
from zhibiao.model.units import unit_of

Distance = Annotated[int, Field(strict=True, ge=1, le=30)]
"""Whole years from a region's start."""


class Override(Record):
    """One lever set to a value, or moved by a change from where the region stands.

    A lever is led evenly from the region's starting year to the value in ``year`` and held; a floor, a number of places and a
    programme length hold from ``year`` on (a length for those who enter from then on). ``after`` names the year by its distance from
    that start instead, so that one scenario serves regions whose figures end in different years. The value is either taken from a
    ``statement`` of the registry (``plan/statement``) or written here with its unit and ``source``.
    """

    lever: LeverId
    statement: str | None = None
    value: Number | None = None
    unit: UnitText | None = None
    change: bool = False
    """The value is a change: % of the start for persons, 百分点 for shares, 年 for lengths."""
    year: Year | None = None
    after: Distance | None = None
    """Years after the region's start: the year of its newest pair of intake and enrolment, of its last figure for a lever outside the pipe."""
    source: Text | None = None
    source_en: Text | None = None
    """The source for English pages; without it they show the other."""

    @model_validator(mode="after")
    def _consistent(self) -> Override:
        written = [part is not None for part in (self.value, self.unit, self.source)]
        if any(written) if self.statement is not None else not all(written):
            raise Fault("须给出 statement 或 value+unit+source 之一 give either statement, or value with unit and source")
        if (self.year is None) == (self.after is None):
            raise Fault("year 与 after 须且只能给出一个 give either year or after, and only one of them")
        known = LEVERS[self.lever]
        if self.statement is not None:
            if known.indicator is None or self.change:
                raise Fault(f"{known.zh} 不能取自表述 the lever {self.lever!r} takes no statement here", "statement", allowed=["value+unit+source"])
            return self
        assert self.value is not None and self.unit is not None  # just checked
        if self.change and known.change is None:
            raise Fault(f"{known.zh} 只能给出数值 lever {self.lever!r} takes a value, not a change", "change", allowed=["false"])
        base = known.change if self.change else known.base
        unit = unit_of(self.unit)
        if unit.base != base:
            raise Fault(f"单位不符 unit {self.unit!r} does not fit lever {self.lever!r} ({known.zh})", "unit", allowed=[str(base)])
        low, high = (known.change_low, known.change_high) if self.change else (known.low, known.high)
        value = unit.to_base(self.value)
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = f"{shown(low) if low is not None else ''}…{shown(high) if high is not None else ''} {base}"
            raise Fault(f"{known.zh} {shown(self.value)}{self.unit} 超出范围 is out of range", "value", allowed=[bounds])
        return self


class Saved(Record):
    """What was on the explorer's screen when a scenario was saved: the question its figures answer, and what was shown beside them.

    ``hash`` is the SHA-256 of what the figures follow from (`zhibiao.exploring.saving.fingerprint`): overrides, trust, region, documents,
    as_of, horizon, level and seed. Names and descriptions may be changed by hand, the others may not without its being told.
    """

    region: RegionCode
    plans: tuple[Identifier, ...]
    as_of: Year
    horizon: Year
    level: Annotated[int, Field(strict=True, ge=50, le=99)]
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)]
    off: tuple[Text, ...] = ()
    """Targets that were switched off (``plan/statement``)."""
    compared: Identifier | None = None
    """The named scenario that was pinned beside it."""
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


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
    saved: Saved | None = None

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
