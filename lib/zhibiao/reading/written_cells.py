"""What people write into cells: numbers with units and words (98%以上, 约3万), periods (2023年末, 2023年1—9月), and nothing at all (—, …, /)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.errors import RegistryError
from zhibiao.model import Period, unit_of
from zhibiao.reading.grid import Cell

NOTHING = frozenset(("", "-", "--", "—", "——", "–", "…", "……", "...", "⋯", "⋯⋯", "/", "//", "\\", "*"))
"""Signs that say that there is no figure; a zero is a figure."""

_BEFORE = {
    "": "eq", "约": "about", "近": "about", "大约": "about", "约为": "about", "≈": "about", "≥": "ge", ">=": "ge", "不低于": "ge", "不少于": "ge", "至少": "ge",
    "达到": "eq", "达": "eq", ">": "gt", "超": "gt", "超过": "gt", "逾": "gt", "突破": "gt",
}  # fmt: skip
_AFTER = {"": "eq", "以上": "ge", "及以上": "ge", "左右": "about", "上下": "about", "多": "gt", "余": "gt"}
_CEILINGS = re.compile(r"^(?:<|≤|不超过|不高于|低于|不到|不足|至多)|(?:以下|以内|以下的)$")
_NUMBER = re.compile(
    rf"(?P<before>{'|'.join(sorted(map(re.escape, _BEFORE), key=len, reverse=True))})(?P<number>[+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,18}})(?:\.\d{{1,18}})?)"
    r"(?P<scale>[十百千]?[万亿])?(?P<early>多|余)?(?P<unit>[^\d.,<>≥≤]*?)(?P<after>及以上|以上|左右|上下|多|余)?"
)
_RANGE = re.compile(r"\d[^\d.,]{0,3}[-—–~至到][^\d.,]{0,1}\d")
_GROUPS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")


def says_nothing(held: object) -> bool:
    """Whether a cell is empty or holds a sign for it.

    >>> says_nothing(" —"), says_nothing("…"), says_nothing(0)
    (True, True, False)
    """
    if held is None:
        return True
    return isinstance(held, str) and (held.strip() in NOTHING or unicodedata.normalize("NFKC", held).strip() in NOTHING)


@dataclass(frozen=True)
class Amount:
    """A number as written.

    Attributes
    ----------
    number : str
        Plain digits, every one that was written.
    qualifier : str
        ``eq``, ``ge``, ``gt`` or ``about``.
    unit : str
        The unit in the cell, empty where there is none.
    percent : bool
        Whether the cell's format makes it a percentage.
    """

    number: str
    qualifier: str = "eq"
    unit: str = ""
    percent: bool = False


def amount(cell: Cell) -> Amount | None:
    """Read the figure in a cell; None where it says that there is none.

    Raises
    ------
    RegistryError
        A formula, an error value, a date, a range, an upper limit, or no number at all.
    """
    held = cell.held
    if says_nothing(held) or cell.text in NOTHING:
        return None
    if cell.merged:
        raise RegistryError("合并单元格中的数不知属于哪一格 a figure in merged cells belongs to none of them；请取消合并 unmerge them", where=cell.where)
    if cell.kind == "f":
        raise RegistryError(f"公式 a formula {str(held)[:40]!r}；请复制后粘贴为数值 paste it as a value", where=cell.where, allowed=["10.1"])
    if cell.kind == "e":
        raise RegistryError(f"{held} 是错误值 is an error of the spreadsheet；请填数字或留空 write a number or leave it empty", where=cell.where)
    if isinstance(held, bool | dt.date | dt.time | dt.timedelta):
        raise RegistryError(f"{held} 不是数字 is not a number", where=cell.where, allowed=["10.1"])
    if isinstance(held, str):
        return _written(held, cell.where)
    # a spreadsheet shows at most 15 digits; what lies beyond them is rounding of its arithmetic
    number = Decimal(str(held)) if isinstance(held, int) else Decimal(format(held, ".15g"))
    if not cell.percent:
        return Amount(format(number, "f"))
    return Amount(format((number * 100).normalize(), "f"), unit="%", percent=True)


def _written(held: str, where: str) -> Amount:
    plain = _GROUPS.sub(",", unicodedata.normalize("NFKC", held).replace("−", "-").strip())
    plain = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", plain)
    shown = repr(held.strip()[:40])
    if _CEILINGS.search(plain):
        raise RegistryError(f"{shown} 是上限 is an upper limit；观测数只收 a figure may be", where=where, allowed=["98", "98以上", "超过98", "约98"])
    match = _NUMBER.fullmatch(plain)
    if match is None:
        if _RANGE.search(plain):
            raise RegistryError(f"{shown} 是范围或日期 is a range or a date；只写一个数 one number only", where=where, allowed=["10.1"])
        raise RegistryError(f"{shown} 不是数字 is not a number；不知道请留空 leave it empty if it is not known", where=where, allowed=["10.1", "98%以上", "约3万人", "—"])
    words = {_BEFORE[match["before"]], _AFTER[match["after"] or ""], _AFTER[match["early"] or ""]} - {"eq"}
    if len(words) > 1:
        raise RegistryError(f"{shown} 的限定词相抵 its qualifiers contradict each other", where=where, allowed=["≥98", "98以上", "约98"])
    return Amount(match["number"].replace(",", ""), words.pop() if words else "eq", (match["scale"] or "") + match["unit"])


_PERIOD = re.compile(
    r"(?:截至|截止)?(?P<year>\d{4})(?:年度|年)?(?:"
    r"(?P<half>上半年|H1)|(?P<nine>前三季度)|"
    r"(?P<from>1|01)月?[-—–~至到](?P<upto>\d{1,2})月(?:份)?|"
    r"[-/.]?(?:第)?(?:[Qq](?P<quarter>[1-4])|(?P<named>[一二三四1-4])季度?)|"
    r"(?:[-/](?=\d)|[-/]?M|(?<=年))(?P<month>\d{1,2})(?:月(?:份)?)?"
    r"(?:[-/](?P<day>\d{1,2})|(?<=月)(?P<zhday>\d{1,2})日)?"
    r")?(?P<end>末|底|年末|年底|期末)?"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True)
class When:
    """A period as people write it, with the basis that its words say; None where they say none."""

    period: Period
    basis: str | None = None


def when(cell: Cell) -> When | None:
    """Read a period; None where the cell is no period at all.

    A sum since January (上半年, 前三季度, 1—9月) is a ``year_to_date`` of its last month. A full date counts only at the end of a month,
    and then says how things stood that day.

    Raises
    ------
    RegistryError
        It is a date within a month, or a year or month that cannot be.
    """
    if isinstance(cell.held, dt.datetime | dt.date):
        day = cell.held.date() if isinstance(cell.held, dt.datetime) else cell.held
        if cell.dated:
            return When(Period(day.year, month=day.month if cell.dated == "month" else None))
        return _day(day, cell.where)
    match = _PERIOD.fullmatch("".join(unicodedata.normalize("NFKC", cell.text).split()))
    if match is None or isinstance(cell.held, bool):
        return None
    try:
        year = match["year"]
        if match["half"] or match["nine"]:
            return When(Period.parse(f"{year}-{'06' if match['half'] else '09'}"), "year_to_date")
        if match["from"]:
            return When(Period.parse(f"{year}-{int(match['upto']):02d}"), "year_to_date")
        quarter = match["quarter"] or match["named"]
        if quarter:
            return When(Period.parse(f"{year}-Q{_QUARTERS.get(quarter, quarter)}"), "at_end" if match["end"] else None)
        if match["day"] or match["zhday"]:
            return _day(dt.date(int(year), int(match["month"]), int(match["day"] or match["zhday"])), cell.where)
        return When(Period.parse(f"{year}-{int(match['month']):02d}" if match["month"] else year), "at_end" if match["end"] else None)
    except ValueError as error:
        raise RegistryError(f"{cell.text[:30]!r} 不是期间 is no period ({error})", where=cell.where, allowed=["2023", "2023-Q3", "2023-09"]) from None


def _day(day: dt.date, where: str) -> When:
    if (day + dt.timedelta(days=1)).day != 1:
        raise RegistryError(f"{day} 不是月末，不知属于哪一期 is not the end of a month and belongs to no period", where=where, allowed=["2023", "2023-Q3", "2023-09"])
    return When(Period(day.year, month=day.month), "at_end")


_IN_HEADING = re.compile(r"^(?P<name>.*?)(?:\((?:单位[::]?)?(?P<unit>[^()]+)\)|[,/](?P<after>[^,/()]+))$")
_ABOVE = re.compile(r"(?:计量)?单位[::](?P<unit>[^\s,;,;)]+)")


def heading(text: str) -> tuple[str, str]:
    """A heading's name and the unit behind it; the unit is empty where none is meant.

    >>> heading("在校生规模（万人）"), heading("高职(专科)"), heading("就业率/%")
    (('在校生规模', '万人'), ('高职(专科)', ''), ('就业率', '%'))
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _IN_HEADING.match(plain)
    unit = (match["unit"] or match["after"] or "").strip() if match else ""
    if match is None or not is_unit(unit):
        return plain, ""
    return match["name"].strip(), unit


def unit_above(text: str) -> str | None:
    """The unit that a line above a table gives for all of it: 单位：万人."""
    match = _ABOVE.search(unicodedata.normalize("NFKC", text))
    return match["unit"] if match else None


def is_unit(text: str) -> bool:
    """Whether a text is a unit that the project knows."""
    try:
        unit_of(text)
    except RegistryError:
        return False
    return bool(text)
