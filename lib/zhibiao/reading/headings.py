"""The headings of people's tables, Chinese or English, in any order: which column says what, and which stand for years, indicators or regions."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zhibiao.errors import RegistryError, ZhibiaoError, closest
from zhibiao.reading.grid import Cell, Grid
from zhibiao.reading.named import Names
from zhibiao.reading.written_cells import When, heading, unit_above, when

ROLES: Mapping[str, tuple[str, ...]] = {
    "region": ("地区", "地区代码", "地区名称", "行政区划", "行政区划代码", "行政区", "区县", "市县", "区划代码", "region", "regioncode", "area", "areacode", "refarea"),
    "indicator": ("指标", "指标名称", "指标编号", "指标代码", "统计指标", "项目", "indicator", "indicatorid", "variable"),
    "period": ("期间", "年份", "年度", "年", "时间", "时期", "报告期", "统计期", "period", "year", "time", "timeperiod", "date"),
    "month": ("月份", "月", "month"),
    "quarter": ("季度", "季", "quarter"),
    "value": ("值", "数值", "数据", "填报值", "指标值", "完成值", "实际值", "观测值", "value", "obsvalue", "amount", "figure"),
    "unit": ("单位", "计量单位", "unit", "unitmeasure"),
    "basis": ("口径", "统计口径", "basis"),
    "qualifier": ("限定", "限定词", "qualifier"),
    "status": ("状态", "status"),
    "confidence": ("可信度", "confidence"),
    "source": ("来源", "数据来源", "来源编号", "source"),
    "published": ("发布日期", "公布日期", "published"),
    "recorded": ("记录日期", "recorded"),
    "reason": ("理由", "更正理由", "说明", "更正说明", "说明或更正理由", "reason"),
    "number": ("序号", "no", "no.", "#"),
}  # fmt: skip
"""What a column says to the headings it may have. ``number`` counts the rows and says nothing."""

_ROLE_OF = {word: role for role, words in ROLES.items() for word in words}
AXES = {"period": "期间 periods", "indicator": "指标 indicators", "region": "地区 regions"}

DEEPEST = 20
"""Rows in which the header is looked for."""


@dataclass(frozen=True)
class Across:
    """A column of figures: what its heading says of them, and what a heading over several columns says beside it."""

    column: int
    axis: str
    code: str
    when: When | None = None
    unit: str = ""
    over: Across | None = None

    @property
    def levels(self) -> tuple[Across, ...]:
        """Itself and the heading above it."""
        return (self,) if self.over is None else (self, self.over)

    def on(self, axis: str) -> Across | None:
        """What is said on an axis; None where nothing is."""
        return next((level for level in self.levels if level.axis == axis), None)


@dataclass(frozen=True)
class Header:
    """What the columns of a table mean.

    Attributes
    ----------
    row : int
        Where the header stands, counted from 0; figures follow below.
    roles : mapping of str to tuple of int
        Columns of each role; a region may be given twice, by code and by name.
    across : tuple of Across
        Columns of figures; empty where a column ``value`` holds them.
    unit : str
        The unit of the whole table, from a line above it; empty where there is none.
    value_unit : str
        The unit in the heading of the column ``value``.
    """

    row: int
    roles: Mapping[str, tuple[int, ...]]
    across: tuple[Across, ...] = ()
    unit: str = ""
    value_unit: str = ""
    faults: tuple[RegistryError, ...] = field(default=())


def role_of(text: str) -> str | None:
    """The role that a heading names.

    >>> role_of(" 行政区划代码 "), role_of("OBS_VALUE"), role_of("在校生规模")
    ('region', 'value', None)
    """
    return _ROLE_OF.get(_bare(text))


def _bare(text: str) -> str:
    """Without case, white space and underlines, which people write or leave out."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("_", "").replace("-", "")


def header(grid: Grid, names: Names, ignored: Sequence[str]) -> Header:
    """Find the header and read it.

    Raises
    ------
    RegistryError
        There is none within the first rows.
    """
    skipped = {_bare(name) for name in ignored}
    best: tuple[int, int] | None = None
    for index, row in enumerate(grid.rows[:DEEPEST]):
        known = sum(1 for cell in row if _means(cell, names))
        if known >= 2 and (best is None or known > best[0]):
            best = (known, index)
    if best is None:
        filled = [cell.text for row in grid.rows[:DEEPEST] for cell in row if cell.text]
        near = next((match for text in filled[:40] if (match := closest(heading(text)[0], [w for words in ROLES.values() for w in words]))), None)
        where = grid.rows[0][0].where if grid.rows and grid.rows[0] else grid.name
        raise RegistryError(
            "没有认出表头 no header is recognised：长表须有地区、指标、期间、值、单位；宽表的表头为年份、指标或地区 a long table has region, indicator, period, value, unit; "
            "a wide one years, indicators or regions in its header",
            where=where, allowed=["地区 region", "指标 indicator", "期间 period", "值 value", "单位 unit"], nearest=near,
        )  # fmt: skip
    upper, index = _levels(grid, best[1])
    above = next((unit for row in grid.rows[:index] for cell in row if (unit := unit_above(cell.text))), "")
    return _read(grid.rows[index], grid.rows[upper] if upper is not None else (), index, above, names, skipped)


def _levels(grid: Grid, index: int) -> tuple[int | None, int]:
    """A header of two rows: the upper one merged over several columns which the lower one tells apart. Only cells that are merged count."""
    for upper, lower in ((index, index + 1), (index - 1, index)):
        if upper >= 0 and lower < len(grid.rows):
            pairs = list(zip(grid.rows[upper], grid.rows[lower], strict=True))
            spans = [x for x, (one, _) in enumerate(pairs) if x and one.text and one.merged and one.text == pairs[x - 1][0].text]
            if spans and all(pairs[x][1].text and pairs[x][1].text != pairs[x][0].text and pairs[x][1].text != pairs[x - 1][1].text for x in spans):
                return upper, lower
    return None, index


def _means(cell: Cell, names: Names) -> bool:
    if not cell.text:
        return False
    name, _ = heading(cell.text)
    if role_of(cell.text) or role_of(name):
        return True
    try:
        if when(cell) or (isinstance(cell.held, str) and when(Cell(cell.where, name))):
            return True
    except RegistryError:
        return False
    return isinstance(cell.held, str) and (names.indicator_or_none(name) is not None or names.region_or_none(name) is not None)


def _read(row: Sequence[Cell], upper: Sequence[Cell], index: int, above: str, names: Names, skipped: set[str]) -> Header:
    roles: dict[str, list[int]] = {}
    across: list[Across] = []
    faults: list[RegistryError] = []
    value_unit = ""
    for column, cell in enumerate(row):
        if not cell.text or _bare(cell.text) in skipped:
            continue
        name, unit = heading(cell.text)
        role = role_of(cell.text) or role_of(name)
        if role is not None:
            roles.setdefault(role, []).append(column)
            value_unit = unit if role == "value" else value_unit
            continue
        try:
            found = _across(column, cell, name, unit, names)
            above_it = upper[column] if upper else cell
            if above_it.text and above_it.text != cell.text:
                found = replace(found, over=_across(column, above_it, *heading(above_it.text), names))
            across.append(found)
        except ZhibiaoError as error:
            faults.append(RegistryError(error.what, where=cell.where, allowed=error.allowed, nearest=error.nearest))
    faults += _doubled(row, roles, across)
    return Header(index, {role: tuple(columns) for role, columns in roles.items()}, tuple(across), above, value_unit, tuple(faults))


def _across(column: int, cell: Cell, name: str, unit: str, names: Names) -> Across:
    """A heading that is no role: a period, an indicator or a region, and nothing else."""
    at = when(cell) or (when(Cell(cell.where, name)) if isinstance(cell.held, str) else None)
    if at is not None:
        return Across(column, "period", str(at.period), at, unit)
    indicator, region = names.indicator_or_none(name), names.region_or_none(name)
    if indicator is not None and region is not None:
        raise RegistryError(f"{name!r} 既是指标又是地区 is both an indicator and a region；请写编号或代码 write its id or code", allowed=[indicator.id, region.code])
    if indicator is not None:
        return Across(column, "indicator", indicator.id, None, unit)
    if region is not None:
        return Across(column, "region", region.code, None, unit)
    known = [*(word for words in ROLES.values() for word in words), *names.words]
    raise RegistryError(
        f"未知的列 unknown column {cell.text[:60]!r}；不需要的列用 --ignore 略过，别名用 --map 说明 pass over what is not needed with --ignore, explain a name with --map",
        allowed=["地区 region", "指标 indicator", "期间 period", "值 value", "单位 unit", "年份、指标名或地区名 years, names of indicators or regions"],
        nearest=closest(name, known),
    )


def _doubled(row: Sequence[Cell], roles: Mapping[str, Sequence[int]], across: Sequence[Across]) -> list[RegistryError]:
    """One thing said by two columns, figures in two ways, or two kinds of headings."""
    faults = []
    for role, columns in roles.items():
        if len(columns) > 1 and role not in ("region", "indicator", "number"):
            faults.append(RegistryError(f"列重复 two columns say the same: {row[columns[0]].text!r}, {row[columns[1]].text!r}", where=row[columns[1]].where))
    axes = {tuple(level.axis for level in a.levels): a for a in across}
    both = next((axis for axis in axes for level in axis if axis.count(level) > 1), None)
    said = next((level.axis for a in across for level in a.levels if level.axis in roles), None)
    if across and "value" in roles:
        faults.append(RegistryError(f"已有数值列 {row[roles['value'][0]].text!r}，又有 there is a column of values already, and a column of figures", where=row[across[0].column].where))
    elif len(axes) > 1:
        shown = [f"{' × '.join(AXES[level] for level in levels)}: {row[a.column].text!r}" for levels, a in axes.items()]
        faults.append(RegistryError(f"表头混用了 the header mixes {'；'.join(shown)}", where=row[across[-1].column].where))
    elif both is not None:
        faults.append(RegistryError(f"两行表头说的是一回事 the two rows of the header say the same: {AXES[both[0]]}", where=row[across[0].column].where))
    elif said is not None:
        column = roles[said][0]
        faults.append(RegistryError(f"{AXES[said]} 既在表头又在列 both in the header and in a column {row[column].text!r}", where=row[column].where))
    elif not across and "value" not in roles:
        faults.append(RegistryError("没有数值列 there is no column of values", where=row[0].where, allowed=["值 value", "年份、指标名或地区名 years, names of indicators or regions"]))
    seen: dict[tuple[object, ...], Across] = {}
    for a in across:
        known = seen.setdefault(tuple((level.code, level.when.basis if level.when else None) for level in a.levels), a)
        if known is not a:
            faults.append(RegistryError(f"列重复 two columns say the same: {row[known.column].text!r}, {row[a.column].text!r}", where=row[a.column].where))
    return faults
