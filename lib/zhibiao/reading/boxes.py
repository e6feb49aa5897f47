"""Boxes of indicators 专栏: a name with its unit in brackets, and a column for each year, cell by cell or row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhibiao.reading.amounts import SCALE, Figure
from zhibiao.reading.figures import figures
from zhibiao.reading.passages import Line
from zhibiao.reading.sections import BOX, CHAPTER, SECTION, Passage
from zhibiao.reading.wording import UNITS, any_of

YEAR = re.compile(r"\D{0,6}(?P<year>(?:19|20)\d\d)年?(?P<what>[^\d,。]{0,10})")
COLUMN = re.compile(r"\(?(?:单位|指标属性|属性|性质|类别|序号|备注|年均.{0,8}|累计.{0,6}|\[?.{0,4}累计\]?|指标值|责任单位|牵头单位|类型)\)?")
NAMES = re.compile(r"(?:主要|核心|具体|一级|二级)?(?:指标|项目|名称|指标名称|内容|指标内容)")
NOTHING = re.compile(r"-+|/|无")
ATTRIBUTE = re.compile(r"(?:预期|约束|指导|引导)性")
VALUE = re.compile(r"(?:[><≥≤=约近超]|>=|<=|达到|大于|不低于|不少于|超过){0,2}\[?\d[\d.,]*\]?%?(?:-\[?\d[\d.,]*\]?%?)?[^\d\s]{0,8}")
UNIT = re.compile(rf"(?:{SCALE})?(?:{any_of(UNITS)})")
LABEL_UNIT = re.compile(rf"\((?P<unit>(?:{SCALE})?(?:{any_of(UNITS)}))(?:,[^)]*)?\)?$")
ITEM = re.compile(r"^(?:\(?\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}、)(?!\d)")


@dataclass(frozen=True)
class BoxValue:
    """One value of a box: its row's name, the year of its column, the figure and the line of its cell."""

    line: Line
    figure: Figure
    label: str
    year: int
    past: bool
    """Says the header that the column is the present state (基数, 现状, 实际)?"""
    locator: str
    headings: tuple[str, ...]
    evidence: str


def read_box(passages: Sequence[Passage], start: int) -> tuple[list[BoxValue], int] | None:
    """Read a box that begins at passage `start`; its values and the passage after it, or None where none begins here.

    A box begins with a cell such as 指标 followed by at least one cell that is a year.
    """
    first = passages[start].line.cells()[0].text
    if not NAMES.fullmatch(first) and first not in ("序号", "类别", "领域", "分类", "维度", "一级指标") and not YEAR.fullmatch(first):
        return None
    cells: list[tuple[Line, Passage]] = []
    end = start
    while end < len(passages) and _is_row(passages[end].line.text):
        cells += [(cell, passages[end]) for cell in passages[end].line.cells()]
        end += 1
    header = 0
    while header < len(cells) and _is_header(cells[header][0].text):
        header += 1
    heads = [cell.text for cell, _ in cells[:header]]
    years = [match for head in heads if (match := YEAR.fullmatch(head)) and not COLUMN.fullmatch(head)]
    if not years or header == len(cells) or (len(years) == header == 1):
        return None  # a lone year is the date of something
    units = any("单位" in head and COLUMN.fullmatch(head) and "责任" not in head and "牵头" not in head for head in heads)
    return _rows(cells[header:], units, [(int(m["year"]), bool(re.search(r"基|现状|实际|完成|实绩", m[0]))) for m in years], passages[start]), end


def _is_row(text: str) -> bool:
    if (CHAPTER.match(text) and len(text) > 6) or SECTION.match(text) or BOX.match(text) or text.startswith("注:"):
        return False
    return all(len(cell) <= 40 and not re.search(r"[。;]", cell) for cell in text.split("\t"))


def _is_header(text: str) -> bool:
    return bool(NAMES.fullmatch(text) or COLUMN.fullmatch(text) or (YEAR.fullmatch(text) and not VALUE.fullmatch(text.split("年")[0] + "x")) or YEAR.fullmatch(text))


def _rows(cells: Sequence[tuple[Line, Passage]], units: bool, years: Sequence[tuple[int, bool]], head: Passage) -> list[BoxValue]:
    found: list[BoxValue] = []
    label, unit, filled, written, row, awaits = "", "", len(years), "", 0, False
    for cell, passage in cells:
        text = cell.text
        if ATTRIBUTE.fullmatch(text):
            continue
        full = filled >= len(years)
        if units and awaits and NOTHING.fullmatch(text):
            awaits = False  # no unit in its column: it stands in the name
            continue
        awaits = awaits and bool(ATTRIBUTE.fullmatch(text))
        if NOTHING.fullmatch(text) or (VALUE.fullmatch(text) and not ITEM.match(text) and not YEAR.fullmatch(text)):
            if full or not label:
                continue  # a number of a row, or a column that is no year (年均增长)
            year, past = years[filled]
            filled += 1
            written += text
            figure = None if NOTHING.fullmatch(text) else _value(text, unit)
            if figure is not None:
                where = passage.locator if passage.locator != head.locator else f"{head.locator}·{row}"
                found.append(BoxValue(cell, figure, ITEM.sub("", LABEL_UNIT.sub("", label)), year, past, where, head.headings, written))
        elif UNIT.fullmatch(text) and label and not filled:
            unit = text
        else:
            row += full or not label
            label, filled, awaits = text, 0, True
            match = LABEL_UNIT.search(text)
            unit = match["unit"] if match else ""
            written = ITEM.sub("", text)
    return found


def _value(text: str, unit: str) -> Figure | None:
    """A cell with the unit of its row; the span stays within the cell."""
    read = figures(text) or []
    if not read or not read[0].unit:
        # 60以上 of % is 60%以上; 个 stands in, for 78.9岁 by itself would be an age
        read = figures(re.sub(r"\]?(?=[^\d\]]*$)", lambda sign: sign[0] + (unit if unit == "%" else "个"), text, count=1))
        if read:
            read = [replace(read[0], unit=unit, doubt=read[0].doubt if unit else (*read[0].doubt, "no unit"))]
    return replace(read[0], end=min(read[0].end, len(text))) if read else None
