"""A target broken down 目标分解: milestones year by year, and what each district or school is to contribute."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from zhibiao.model.record import Fault, Identifier, Number, Record, RegionCode, Text, UnitText, Year

Rule = Literal["even", "growth", "late", "own"]
"""How milestones come about: 匀速 equal steps, 等比 constant growth, 后置 growing steps, or 自定 own values."""

LONGEST_NAME = 100
"""Characters of a district's or school's name; a longer one is a slip of the clipboard."""

UNSEEN = ("Cc", "Cf", "Co", "Zl", "Zp")
"""Unicode's classes of characters that no font shows: control, marks of direction and width, private use."""

_SUM = re.compile(r"(?:.*(?:合计|小计|总计|共计)数?|目标任务|差额)?(?:(?:grand|sub)?-?totals?|sum(?:ofunits)?|milestones?)?")


def name_fault(name: str) -> str | None:
    """What is wrong with the name of a district or school: too long, with characters that nobody sees, or that of a row of sums.

    >>> name_fault("甲校") is None, name_fault("会计学校") is None
    (True, True)
    >>> name_fault("合 计（人）")
    "'合 计（人）' 是合计行，不是单位；请删去这一行 is a row of sums, not a unit: remove it"
    """
    if len(name) > LONGEST_NAME:
        return f"单位名称 {name[:20]!r}… 过长 a name has at most {LONGEST_NAME} characters"
    unseen = next((sign for sign in name if unicodedata.category(sign) in UNSEEN), None)
    if unseen is not None:
        return f"单位名称 {name[:40]!r} 含看不见的控制字符或字体没有的字符 holds a character that cannot be shown: U+{ord(unseen):04X}"
    plain = re.sub(r"\([^()]*\)|[\s:;.,、]", "", unicodedata.normalize("NFKC", name)).casefold()
    if plain and _SUM.fullmatch(plain):
        return f"{name[:40]!r} 是合计行，不是单位；请删去这一行 is a row of sums, not a unit: remove it"
    return None


def _named(name: str) -> str:
    fault = name_fault(name)
    if fault is not None:
        raise Fault(fault)
    return name


UnitName = Annotated[Text, StringConstraints(max_length=LONGEST_NAME), AfterValidator(_named)]


class Start(Record):
    """Where the milestones start: a year and its value."""

    year: Year
    value: Number


class Share(Record):
    """What one district or school is to contribute: one value for each year of the breakdown, in its unit.

    ``base`` is its own figure, by which the target was shared out; ``floor`` and ``cap`` are the least and the most it may get: in each
    year of a level, over all years of a cumulative target.
    """

    name: UnitName
    code: RegionCode | None = None
    base: Number | None = None
    floor: Number | None = None
    cap: Number | None = None
    values: tuple[Number, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Share:
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            raise Fault(f"下限 {self.floor:f} 大于上限 {self.cap:f} the floor is above the cap", "floor")
        return self


class Breakdown(Record):
    """One target broken down; values are in ``unit``, one for each of ``years``.

    ``statement`` is the target (``plan/statement``). Its comparator goes for every milestone and every share: where all exceed theirs,
    the target is exceeded. Of a cumulative target a milestone is the amount of its year.
    """

    id: Identifier
    statement: Text
    by: Rule
    unit: UnitText
    start: Start | None = None
    """The target's starting value, where its milestones rest on one."""
    years: tuple[Year, ...] = Field(min_length=1)
    milestones: tuple[Number, ...]
    children: tuple[Share, ...] = ()
    note: str | None = None
    origin: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _consistent(self) -> Breakdown:
        for index, year in enumerate(self.years[1:], start=1):
            if year != self.years[index - 1] + 1:
                raise Fault(f"年份须逐年相连 years should follow each other: {self.years[index - 1]}, {year}", "years", index)
        self._counted(self.milestones, "milestones")
        names: dict[str, int] = {}
        codes: dict[str, str] = {}
        for index, child in enumerate(self.children):
            if child.name in names:
                raise Fault(f"单位重复 the unit {child.name!r} stands twice, also as number {names[child.name] + 1}", "children", index, "name")
            names[child.name] = index
            if child.code is not None and child.code in codes:
                raise Fault(f"代码 {child.code} 已用于 {codes[child.code]!r} the code is that of another unit too", "children", index, "code")
            if child.code is not None:
                codes[child.code] = child.name
            self._counted(child.values, "children", index, "values")
        return self

    def _counted(self, values: tuple[object, ...], *at: str | int) -> None:
        if len(values) != len(self.years):
            raise Fault(f"有 {len(values)} 个数，年份有 {len(self.years)} 个 one value for each of the years {self.years[0]}-{self.years[-1]}", *at)
