"""A list of districts or schools with their own figures, by which a target is shared out: CSV or xlsx, Chinese or English headings."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhibiao.catalogue import csvfile
from zhibiao.errors import RegistryError, closest
from zhibiao.model import Unit, unit_of
from zhibiao.model.breakdown import name_fault
from zhibiao.model.record import IMPLAUSIBLE
from zhibiao.reading import filled
from zhibiao.reading.tablefile import WORKBOOKS

HEADINGS = {
    "name": "name", "单位": "name", "名称": "name", "code": "code", "代码": "code", "base": "base", "基数": "base",
    "floor": "floor", "下限": "floor", "cap": "cap", "上限": "cap",
}  # fmt: skip
"""What a column may be called, and what it holds."""

_AMOUNT = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?)(?P<unit>\D*)")


@dataclass(frozen=True)
class Child:
    """One district or school to which part of a target goes; amounts in base units.

    Attributes
    ----------
    year : int or None
        The year of its base, where the base is an observation.
    where : str
        ``file:line`` or ``sheet!cell`` it was read from.
    """

    name: str
    code: str | None
    base: Decimal
    floor: int | None = None
    cap: int | None = None
    year: int | None = None
    where: str = ""


def unit_list(path: Path, unit: Unit, regions: Collection[str] | None = None) -> tuple[Child, ...]:
    """Read a list of districts or schools.

    Parameters
    ----------
    path : Path
        CSV or xlsx with columns name (单位), base (基数) and perhaps code (代码), floor (下限), cap (上限).
    unit : Unit
        Of the target. A bare number is in its base unit (人); with a unit behind it (0.3万人) it is scaled.
    regions : collection of str, optional
        Codes of regions that are known; without it any code will do.

    Raises
    ------
    RegistryError
        A column is missing or unknown, a name is empty, doubled, too long or that of a row of sums, a code is unknown or doubled, a number is none or
        negative; with ``file:line`` or ``sheet!cell``.
    """
    rows = list(_sheet_rows(path) if path.suffix.lower() in WORKBOOKS else _csv_rows(path))
    if not rows:
        raise RegistryError("没有一个单位 the list is empty", where=str(path), allowed=["单位,基数,下限,上限"])
    if not any("base" in row for row in rows):
        raise RegistryError("没有“基数”列，或全为空 the column of bases is missing or empty", where=rows[0]["where"], allowed=["基数", "base"])
    found: dict[str, Child] = {}
    coded: dict[str, Child] = {}
    for row in rows:
        child = _child(row, unit, regions)
        if child.name in found:
            raise RegistryError(f"单位重复 the unit {child.name[:40]!r} stands twice, also at {found[child.name].where}", where=row["where"])
        found[child.name] = child
        if child.code is None:
            continue
        if child.code in coded:
            other = coded[child.code]
            what = f"代码重复 the code {child.code} of {child.name[:40]!r} is that of {other.name[:40]!r} too, at {other.where}"
            raise RegistryError(what, where=row.get("where code", row["where"]))
        coded[child.code] = child
    return tuple(found.values())


def amount(text: str, unit: Unit, what: str, where: str) -> Decimal:
    """Read an amount that is not negative: bare digits in base units, or with a unit of the same kind behind.

    Returns
    -------
    Decimal
        In base units.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        hint = "；数字里不写逗号 no commas within numbers" if "," in plain else ""
        raise RegistryError(f"{what} {text.strip()[:40]!r} 不是数字 is not a number{hint}", where=where, allowed=[f"3000{unit.base}", f"0.3{unit.written}"])
    number, tail = Decimal(match["number"]), match["unit"]
    if tail:
        try:
            given = unit_of(tail)
        except RegistryError as error:
            raise RegistryError(f"{what} {text.strip()[:40]!r}: {error.what}", where=where, allowed=[unit.base, unit.written], nearest=error.nearest) from None
        if given.base != unit.base:
            raise RegistryError(f"{what} {text.strip()[:40]!r} 的单位不符 another unit than", where=where, allowed=[unit.base, unit.written])
        number = given.to_base(number)
    if number < 0 or number >= IMPLAUSIBLE:
        raise RegistryError(f"{what} {text.strip()[:40]!r} 超出范围 is out of range", where=where, allowed=[f"0… {unit.base}"])
    return number


def whole(text: str, unit: Unit, what: str, where: str) -> int | None:
    """Read a base or a bound: a whole number of base units; None where nothing is written."""
    if not text.strip():
        return None
    value = amount(text, unit, what, where)
    if value != value.to_integral_value():
        raise RegistryError(f"{what} {text.strip()[:40]!r} 不是整数{unit.base} is no whole number of {unit.base}", where=where)
    return int(value)


def _child(row: dict[str, str], unit: Unit, regions: Collection[str] | None) -> Child:
    def place(column: str) -> str:
        return row.get(f"where {column}", row["where"])

    name = " ".join(row.get("name", "").split()) or row.get("code", "").strip()
    if not name:
        raise RegistryError("缺少单位名称 the name of the unit is missing", where=place("name"))
    fault = name_fault(name)
    if fault is not None:
        raise RegistryError(fault, where=place("name"))
    code = row.get("code", "").strip() or None
    if code is not None and not re.fullmatch(r"\d{6}", code):
        raise RegistryError(f"代码 {code[:20]!r} 不是六位地区代码 is no six-digit code of a region; leave it empty for a school", where=place("code"))
    if code is not None and regions is not None and code not in regions:
        raise RegistryError(f"{name[:40]}：登记库没有这个地区 unknown region {code!r}", where=place("code"), nearest=closest(code, regions))
    if not row.get("base", "").strip():
        raise RegistryError(f"{name[:40]}：缺少基数 the base is missing；没有请填 0 write 0 where there is none", where=place("base"))
    base = whole(row["base"], unit, "基数 base", place("base"))
    assert base is not None  # an empty one is refused above
    floor, cap = whole(row.get("floor", ""), unit, "下限 floor", place("floor")), whole(row.get("cap", ""), unit, "上限 cap", place("cap"))
    if floor is not None and cap is not None and floor > cap:
        raise RegistryError(f"{name[:40]}：下限 {floor} 大于上限 {cap} the floor is above the cap", where=place("floor"))
    return Child(name, code, Decimal(base), floor, cap, where=row["where"])


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows by what their columns hold; what is empty is left out."""
    for line, cells in csvfile.rows(path, (), tuple(HEADINGS)):
        yield {**_named(cells.items(), f"{path}:{line}"), "where": f"{path}:{line}"}


def _named(cells: Any, where: str) -> dict[str, str]:
    row: dict[str, str] = {}
    for heading, text in cells:
        held = HEADINGS[heading]
        if text and held in row:
            raise RegistryError(f"两列都是 two columns hold {held!r}: {heading!r}", where=where)
        if text:
            row[held] = text
    return row


def _sheet_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of the first sheet that can be seen, each with where its cells stand."""
    book = filled.opened(path)
    sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
    if sheet is None:
        raise RegistryError("没有可见的工作表 no sheet can be seen", where=str(path))
    lines = [line for line in sheet.iter_rows() if any(cell.value is not None and str(cell.value).strip() for cell in line)]
    if not lines:
        return
    columns = _columns(sheet.title, lines[0])
    for line in lines[1:]:
        cells = {column: line[at] for column, at in columns.items() if at < len(line)}
        row = {column: _text(cell, f"{sheet.title}!{cell.coordinate}") for column, cell in cells.items()}
        row = {column: text for column, text in row.items() if text}
        if row:  # a row with remarks beside the table only is none
            yield {**row, **{f"where {c}": f"{sheet.title}!{cell.coordinate}" for c, cell in cells.items()}, "where": f"{sheet.title}!{line[0].coordinate}"}


def _columns(title: str, header: Sequence[Any]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        heading = "" if cell.value is None else str(cell.value).strip()
        if not heading:
            continue
        where = f"{title}!{cell.coordinate}"
        if heading not in HEADINGS:
            raise RegistryError(f"未知的列 unknown column {heading[:40]!r}", where=where, allowed=HEADINGS, nearest=closest(heading, HEADINGS))
        if HEADINGS[heading] in columns:
            raise RegistryError(f"列重复 duplicate column {heading!r}", where=where)
        columns[HEADINGS[heading]] = at
    return columns


def _text(cell: Any, where: str) -> str:
    """A cell as text; what is no plain text or number is refused."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise RegistryError(f"公式 a formula {str(value)[:40]!r}；请复制后粘贴为数值 paste it as a value", where=where)
    if cell.data_type == "e" or isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise RegistryError(f"{str(value)[:40]!r} 不是数字或文字 is neither a number nor text", where=where)
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    return str(value).strip()
