"""What one row of a table says of a figure beside its value, with what its heading and the user say."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from zhibiao.errors import RegistryError, closest
from zhibiao.model import Indicator, Period, unit_of
from zhibiao.model.document import folded
from zhibiao.model.observation import Basis, Confidence, Status
from zhibiao.reading.asked import OWN_SOURCE
from zhibiao.reading.filled import remark
from zhibiao.reading.grid import Cell
from zhibiao.reading.headings import Across, Header
from zhibiao.reading.named import Names
from zhibiao.reading.workbook import QUALIFIERS
from zhibiao.reading.written_cells import Amount, When, heading, when

WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "basis": {
        "at_end": ("期末", "期末数", "年末", "时点"), "in_period": ("期间", "期间数", "期内", "全年", "当年", "当期"),
        "year_to_date": ("年初累计", "年初至今", "累计", "本年累计"),
    },
    "status": {"final": ("正式", "最终"), "preliminary": ("初步", "快报"), "derived": ("推算",)},
    "confidence": {"high": ("高",), "medium": ("中",), "low": ("低",)},
    "qualifier": {code: (words, words.split()[0]) for code, words in QUALIFIERS.items()},
}  # fmt: skip
"""What people write for our codes."""


@dataclass(frozen=True)
class Said:
    """A row under its header.

    Attributes
    ----------
    across : Across or None
        What the heading says of the figure's column; None where a column of values holds it.
    """

    row: Sequence[Cell]
    head: Header
    across: Across | None
    names: Names

    def text(self, role: str) -> str:
        """What stands in the first column of a role that is not empty."""
        return next((self.row[x].text for x in self.head.roles.get(role, ()) if self.row[x].text), "")

    def where(self, role: str, otherwise: str = "") -> str:
        columns = self.head.roles.get(role, ())
        return self.row[columns[0]].where if columns else otherwise or self.row[0].where

    def _heads(self, axis: str) -> Across | None:
        return None if self.across is None else self.across.on(axis)

    def region(self, given: str) -> str:
        """The code; RegistryError where it is missing or unknown, or where code and name disagree."""
        if (heads := self._heads("region")) is not None:
            return heads.code
        found = {self.names.region(self.row[x].text, self.row[x].where).code: self.row[x] for x in self.head.roles.get("region", ()) if self.row[x].text}
        if len(found) > 1:
            raise RegistryError(f"地区不一致 the regions differ: {', '.join(cell.text for cell in found.values())}", where=self.where("region"), allowed=found)
        if found:
            return next(iter(found))
        if given:
            return self.names.region(given, "--region").code
        raise RegistryError("没有地区 no region in this row；合并的单元格请取消合并并填满 fill every row", where=self.where("region"))

    def indicator(self, given: str) -> tuple[Indicator, str]:
        """The indicator, and the unit that stands behind its name."""
        if (heads := self._heads("indicator")) is not None:
            return self.names.registry.indicators[heads.code], ""
        found: dict[str, tuple[Indicator, str]] = {}
        for x in self.head.roles.get("indicator", ()):
            cell = self.row[x]
            if cell.text:
                whole = self.names.indicator_or_none(cell.text)
                name, unit = (cell.text, "") if whole is not None else heading(cell.text)
                indicator = self.names.indicator(name, cell.where)
                found.setdefault(indicator.id, (indicator, unit))
        if len(found) > 1:
            raise RegistryError(f"指标不一致 the indicators differ: {', '.join(found)}", where=self.where("indicator"))
        if found:
            return next(iter(found.values()))
        if given:
            return self.names.indicator(given, "--indicator"), ""
        raise RegistryError("没有指标 no indicator in this row；合并的单元格请取消合并并填满 fill every row", where=self.where("indicator"))

    def period(self, given: str) -> When:
        """The period, from its column and those of month or quarter, from the heading, or as given."""
        if (heads := self._heads("period")) is not None and heads.when is not None:
            return self._within(heads.when)
        for x in self.head.roles.get("period", ()):
            if self.row[x].text:
                return self._within(_when(self.row[x]))
        if given:
            return _when(Cell("--period", given))
        raise RegistryError("没有期间 no period in this row", where=self.where("period"), allowed=["2023", "2023-Q3", "2023-09"])

    def _within(self, at: When) -> When:
        for role, most in (("month", 12), ("quarter", 4)):
            text = folded(self.text(role))
            if not text:
                continue
            match = re.fullmatch(r"第?[Qq]?(\d{1,2}|[一二三四])(?:月份?|季度?)?", text)
            number = {"一": 1, "二": 2, "三": 3, "四": 4}.get(match[1]) or int(match[1]) if match else 0
            if not 1 <= number <= most or not at.period.is_year:
                raise RegistryError(f"{text[:20]!r} 不是 {at.period} 的月或季 is no month or quarter of it", where=self.where(role), allowed=[f"1–{most}"])
            return When(Period(at.period.year, **{role: number}), at.basis)
        return at

    def unit(self, inside: str, given: str) -> tuple[str, bool]:
        """The unit, and whether it is a general one, of the whole table, which a unit in a cell overrules."""
        own = self.text("unit")
        own = self.names.meant(own)
        if own:
            try:
                unit_of(own)
            except RegistryError as error:
                raise RegistryError(error.what, where=self.where("unit"), allowed=error.allowed, nearest=error.nearest) from None
        said = dict.fromkeys(unit for unit in (own, *(level.unit for level in (self.across.levels if self.across else ())), inside, self.head.value_unit) if unit)
        if len(said) > 1:
            raise RegistryError(f"单位不一致 the units differ: {', '.join(said)}", where=self.where("unit"))
        if said:
            return next(iter(said)), False
        return self.head.unit or given, True

    def basis(self, indicator: Indicator, at: When, given: str) -> str:
        """The basis: what is said, else what the kind of indicator leaves no choice of."""
        column = self._coded("basis", "", get_args(Basis))
        if column and at.basis and column != at.basis:
            raise RegistryError(f"口径 {column!r} 与期间的写法 {at.basis!r} 不符 the basis does not fit the period's words", where=self.where("basis"))
        said = column or at.basis or (_code("basis", given, get_args(Basis), "--basis") if given else "")
        if said:
            return said
        if indicator.kind == "stock":
            return "at_end"
        if at.period.is_year:
            return "at_end" if indicator.kind == "count" else "in_period"
        raise RegistryError(
            f"{indicator.zh} {at.period}：不知是当期数还是年初累计 within the period, or since January?；请加“口径”列或用 --basis add a column or --basis",
            where=self.where("basis"), allowed=get_args(Basis),
        )  # fmt: skip

    def qualifier(self, found: Amount | None) -> str:
        """The qualifier, from its column or from the words in the cell."""
        column = self._coded("qualifier", "", tuple(QUALIFIERS))
        inside = "eq" if found is None else found.qualifier
        if column and inside not in ("eq", column):
            raise RegistryError(f"限定 {column!r} 与格中写法 {inside!r} 不符 the qualifier does not fit the cell's words", where=self.where("qualifier"))
        return column or inside

    def status(self, at: When, given: str) -> str:
        """A figure of part of a year is preliminary unless somebody says otherwise."""
        return self._coded("status", given, get_args(Status)) or ("final" if at.period.is_year else "preliminary")

    def confidence(self, given: str) -> str:
        return self._coded("confidence", given, get_args(Confidence)) or "high"

    def source(self, given: str) -> str:
        text = self.text("source")
        return self.names.source(text or given or OWN_SOURCE, self.where("source") if text else "--source")

    def reason(self) -> str:
        return remark(self.text("reason"), self.where("reason"))

    def day(self, role: str) -> str:
        """A date as text; empty where there is none."""
        for x in self.head.roles.get(role, ()):
            cell = self.row[x]
            if isinstance(cell.held, dt.datetime | dt.date):
                return (cell.held.date() if isinstance(cell.held, dt.datetime) else cell.held).isoformat()
            match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", unicodedata.normalize("NFKC", cell.text))
            if cell.text and match is None:
                raise RegistryError(f"{cell.text[:30]!r} 不是日期 is no date", where=cell.where, allowed=["2022-07-22"])
            if match:
                return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
        return ""

    def _coded(self, role: str, given: str, allowed: Sequence[str]) -> str:
        text = self.text(role)
        if text:
            return _code(role, text, allowed, self.where(role))
        return _code(role, given, allowed, f"--{role}") if given else ""


def _code(role: str, text: str, allowed: Sequence[str], where: str) -> str:
    plain = folded(text).casefold()
    for code in allowed:
        if plain == code or plain in (folded(word).casefold() for word in WORDS[role].get(code, ())):
            return code
    words = [*allowed, *(word for code in allowed for word in WORDS[role].get(code, ()))]
    raise RegistryError(f"{text[:30]!r} 无效 is not known as {role}", where=where, allowed=words, nearest=closest(plain, words))


def _when(cell: Cell) -> When:
    found = when(cell)
    if found is None:
        raise RegistryError(f"期间 {cell.text[:30]!r} 无法识别 is no period", where=cell.where, allowed=["2023", "2023年", "2023-Q3", "2023-09", "2023年1—9月", "2023年末"])
    return found
