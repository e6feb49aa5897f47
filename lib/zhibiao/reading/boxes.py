"""Boxes of indicators 专栏: a name with its unit in brackets, and a column for each year or for now and then, cell by cell or row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from zhibiao.reading.amounts import SCALE, Figure
from zhibiao.reading.facts import five_years
from zhibiao.reading.figures import figures
from zhibiao.reading.passages import Line
from zhibiao.reading.sections import BOX, CHAPTER, SECTION, Passage
from zhibiao.reading.wording import UNITS, any_of

YEAR = re.compile(r"[^\d:到]{0,10}(?P<year>(?:19|20)\d\d)年?(?P<what>[^\d,。:]{0,10})")
NOW = re.compile(r"\(?(?:现状|基期|基准|基数|当前|目前)(?:年|水平|情况)?(?:数?值|数)?\)?|现有(?:水平|值)?|完成(?:值|情况)|实际(?:值|完成)")
THEN = re.compile(r"\(?(?:规划|预期|发展|期末|工作|主要|终期)?目标(?:数?值|水平|数)?\)?|(?:规划|预期|期末)(?:数?值|水平)")
"""Columns without a year: the year before the plan, and its last."""

PLAN_END = re.compile(r"“?十[一二三四五六]?五”?(?:时?期)?(?:末|目标值?|规划目标值?|规划值)(?:\(.{0,6}\))?")
ENDED = re.compile(r"基|现状|实际|完成|实绩|现有|目前|当前")
COLUMN = re.compile(r"\(?(?:单位|指标属性|属性|性质|类别|序号|备注|年均.{0,8}|累计.{0,6}|\[?.{0,4}累计\]?|指标值|责任单位|牵头单位|类型)\)?")
MORE_NUMBERS = re.compile(r"年均|累计|增长|增幅")
NAMES = re.compile(r"(?:主要|核心|具体|一级|二级|重点|工作|建设|目标)?(?:指标|项目|名称|指标名称|内容|指标内容|任务|任务名称|项目名称|工程名称|建设内容|任务内容)")
TOTAL = re.compile(r"合计|总计|累计|小计|[三四五]年(?:合计|累计)|总量目标")
"""A column that adds up those of the years."""

NOTHING = re.compile(r"-+|/|无")
ATTRIBUTE = re.compile(r"(?:预期|约束|指导|引导)性")
VALUE = re.compile(r"(?:五年)?(?:累计)?(?:[><≥≤=约近超]|>=|<=|达到|大于|不低于|不少于|超过){0,2}\[?\d[\d.,]*\]?%?(?:[-:]\[?\d[\d.,]*\]?%?)?[^\d\s]{0,8}")
UNIT = re.compile(rf"(?:{SCALE})?(?:{any_of(UNITS)})")
OWN_UNIT = re.compile(rf"\D*\d[\d.,]*(?P<unit>{UNIT.pattern})\D{{0,4}}")
RATIO = re.compile(r"\d[\d.]*:\d[\d.]*")
LABEL_UNIT = re.compile(rf"\((?P<unit>(?:{SCALE})?(?:{any_of(UNITS)}))(?:,[^)]*)?\)?$")
ITEM = re.compile(r"^(?:\(?\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}、)(?!\d)")
PART = re.compile(r"#{0,6}(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))[^,。;:\d]{2,18}")
"""A row that heads some of the indicators: 二、优质资源建设."""


@dataclass(frozen=True)
class BoxValue:
    """One value of a box: its row's name, the year of its column if that names one, the figure and the line of its cell."""

    line: Line
    figure: Figure
    label: str
    year: int | None
    since: int | None
    past: bool
    """Says the header that the column is the present state (基数, 现状, 实际)?"""
    first: bool
    """Is it the first of several columns?"""
    yearly: bool
    """Is it one of years that follow each other?"""
    done: bool
    """Says it what was reached (2020年完成)?"""
    sets: bool
    """Does the table set aims, by a column 目标 or 属性?"""
    locator: str
    headings: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class _Column:
    year: int | None
    past: bool
    done: bool = False
    since: int | None = None
    """The first of the years that it adds up."""


@dataclass
class _Row:
    """Names one above the other in a cell, and the values of all of them, column by column."""

    labels: list[str] = field(default_factory=list)
    unit: str = ""
    values: list[tuple[Line, Passage]] = field(default_factory=list)
    awaits: bool = False


def read_box(passages: Sequence[Passage], start: int) -> tuple[list[BoxValue], int] | None:
    """Read a box that begins at passage `start`; its values and the passage after it, or None where none begins here.

    A box begins with a cell such as 指标 followed by at least one cell that is a year, or 现状, 目标.
    """
    first = passages[start].line.cells()[0].text
    if not NAMES.fullmatch(first) and first not in ("序号", "类别", "领域", "分类", "维度", "一级指标") and not YEAR.fullmatch(first):
        return None
    cells: list[tuple[Line, Passage]] = []
    end = start
    while end < len(passages) and (_is_row(passages[end].line.text) or _is_part(passages, end)):
        cells += [(cell, passages[end]) for cell in passages[end].line.cells()]
        end += 1
    header = 0
    while header < len(cells) and _is_header(cells[header][0].text):
        header += 1
    heads = [cell.text for cell, _ in cells[:header]]
    columns = _totalled([column for head in heads if (column := _column(head))])
    if not columns or header == len(cells) or (len(columns) == header == 1):
        return None  # a lone year is the date of something
    rows = _rows(cells[header:], heads, len(columns))
    grouped = not any(MORE_NUMBERS.search(head) for head in heads)
    years = [column.year for column in columns if column.year]
    planned = passages[start].aims and len(years) > 1 and years[-1] - years[0] >= len(columns)
    sets = planned or any(re.search("目标|规划|属性|性质|预期|任务|工程|“", head) for head in heads)
    return [value for number, row in enumerate(rows, start=1) for value in _values(row, number, columns, passages[start], grouped, sets)], end


def _totalled(columns: list[_Column]) -> list[_Column]:
    """合计 beside 2021年, 2022年, 2023年 is what is done in them together."""
    years = [column.year for column in columns if column.year]
    if len(years) < 2:
        return [column for column in columns if column.since is None]
    return [_Column(max(years), False, since=min(years)) if column.since is not None else column for column in columns]


def _column(head: str) -> _Column | None:
    if TOTAL.fullmatch(head):
        return _Column(None, False, since=0)
    if COLUMN.fullmatch(head):
        return None
    if match := YEAR.fullmatch(head):
        return _Column(int(match["year"]), bool(ENDED.search(head)), "完成" in head)
    if PLAN_END.fullmatch(head):
        name = re.search(r"十[一二三四五六]?五", head)
        span = five_years(name[0] if name else "")
        return _Column(span.end, bool(ENDED.search(head))) if span else None
    if NOW.fullmatch(head) or THEN.fullmatch(head):
        return _Column(None, bool(NOW.fullmatch(head)))
    return None


def _is_row(text: str) -> bool:
    if (CHAPTER.match(text) and len(text) > 6) or SECTION.match(text) or BOX.match(text) or text.startswith("注:"):
        return False
    return all(len(cell) <= 40 and not re.search(r"[。;]", cell) for cell in text.split("\t"))


def _is_part(passages: Sequence[Passage], at: int) -> bool:
    """Does a line that looks like a heading stand above more rows of the table?"""
    if not PART.fullmatch(passages[at].line.text):
        return False
    below = [cell.text for passage in passages[at + 1 : at + 5] if _is_row(passage.line.text) for cell in passage.line.cells()]
    return sum(bool(VALUE.fullmatch(cell)) and not ITEM.match(cell) for cell in below) > 1


def _is_header(text: str) -> bool:
    return bool(NAMES.fullmatch(text) or COLUMN.fullmatch(text) or _column(text))


def _rows(cells: Sequence[tuple[Line, Passage]], heads: Sequence[str], width: int) -> list[_Row]:
    """The rows of a table, from its cells one after the other."""
    units = any("单位" in head and COLUMN.fullmatch(head) and "责任" not in head and "牵头" not in head for head in heads)
    rows = [_Row()]
    ordinal = 0
    for cell, passage in cells:
        text, row = cell.text, rows[-1]
        if ATTRIBUTE.fullmatch(text):
            continue
        if units and row.awaits and NOTHING.fullmatch(text):
            row.awaits = False  # no unit in its column: it stands in the name
        elif "序号" in heads and text == str(ordinal + 1) and (not row.labels or len(row.values) >= width or not row.values):
            ordinal += 1
        elif NOTHING.fullmatch(text) or (VALUE.fullmatch(text) and not ITEM.match(text) and not re.match(r"(?:19|20)\d\d年", text)):
            if row.labels:
                row.values.append((cell, passage))
                row.awaits = False
        elif UNIT.fullmatch(text) and row.labels and not row.values:
            row.unit, row.awaits = text, False
        else:
            if row.values:
                rows.append(row := _Row())
            row.labels.append(text)
            row.awaits = True
    return rows


def _values(row: _Row, number: int, columns: Sequence[_Column], head: Passage, grouped: bool, sets: bool) -> Iterator[BoxValue]:
    """The values of a row in their columns; two names above each other have two values in each."""
    width, given = len(columns), len(row.values)
    names = max(given // width, 1) if grouped and given % width == 0 and given // width <= len(row.labels) else 1
    labels = row.labels[-names:]
    units = [match["unit"] for label in row.labels if (match := LABEL_UNIT.search(label))]
    written = "".join(ITEM.sub("", label) for label in labels)
    years = [column.year for column in columns if column.year and column.since is None]
    yearly = len(years) > 2 and years == list(range(years[0], years[0] + len(years)))
    for place, (cell, passage) in enumerate(row.values[: names * width]):
        column, label = columns[place // names], labels[place % names]
        written += cell.text
        match = LABEL_UNIT.search(label)
        figure = None if NOTHING.fullmatch(cell.text) else _value(cell.text, label, row.unit or (match["unit"] if match else units[-1] if units and names > 1 else ""))
        if figure is not None:
            where = passage.locator if passage.locator != head.locator else f"{head.locator}·{number}"
            name = ITEM.sub("", LABEL_UNIT.sub("", label))
            yield BoxValue(cell, figure, name, column.year, column.since, column.past, width > 1 and place < names, yearly, column.done, sets, where, head.headings, written)


def _value(text: str, label: str, unit: str) -> Figure | None:
    """A cell with the unit of its row; the span stays within the cell."""
    if RATIO.fullmatch(text):
        words = f"{LABEL_UNIT.sub('', label)}为"
        return next((replace(read, start=0, end=len(text)) for read in figures(words + text)), None)
    read = figures(text) or []
    if not read or not read[0].unit:
        own = OWN_UNIT.fullmatch(text)
        unit = unit or (own["unit"] if own else "")
        # 60以上 of % is 60%以上; 个 stands in, for 78.9岁 by itself would be an age
        read = figures(re.sub(r"\]?(?=[^\d\]]*$)", lambda sign: sign[0] + (unit if unit == "%" else "个"), text, count=1))
        if read:
            read = [replace(read[0], unit=unit, doubt=read[0].doubt if unit else (*read[0].doubt, "no unit"))]
    return replace(read[0], end=min(read[0].end, len(text))) if read else None
