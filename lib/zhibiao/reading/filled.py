"""Reading a filled workbook: what stands in each cell to fill, and every fault of form, cell by cell."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.textfile import UNSEEN
from zhibiao.errors import RegistryError, closest
from zhibiao.model import unit_of
from zhibiao.model.document import folded
from zhibiao.reading import structure
from zhibiao.reading.asked import OWN_SOURCE
from zhibiao.reading.slips import written
from zhibiao.reading.structure import Placed
from zhibiao.reading.workbook import MARK_SHEET, QUALIFIER, QUALIFIERS, REASON, SHEET, VALUE, Mark
from zhibiao.reading.written_cells import says_nothing

LARGEST = 50_000_000
"""Bytes of an unpacked workbook; a table of figures is a thousandth of it."""

LONGEST_REASON = 500

FORMULA_STARTS = ("=", "+", "-", "@")
"""A remark that begins like this would be run by the next spreadsheet that opens the figures."""

_NUMBER = re.compile(r"(?P<before>[<>≥≤约近超]*过?)(?P<number>[+-]?\d+(?:\.\d+)?)(?P<unit>[^\d以左多余]*)(?P<after>以上|左右|多|余)?")
_WORDS = {"约": "about", "近": "about", "左右": "about", "以上": "ge", "≥": "ge", ">": "gt", "超": "gt", "超过": "gt", "多": "gt", "余": "gt"}


class Refused(RegistryError):
    """A filled table with faults; all of them are listed and nothing is taken.

    Attributes
    ----------
    faults : tuple of RegistryError
        In the order of the cells.
    region : str or None
        Code of the region that the workbook was made for, where it says so.
    """

    def __init__(self, path: Path, faults: Sequence[RegistryError], region: str | None = None) -> None:
        self.faults, self.region = tuple(faults), region
        super().__init__(f"{len(faults)} 处有误，未导入 faults, nothing is imported", where=str(path))

    def __str__(self) -> str:
        return "\n  ".join([super().__str__(), *(str(fault) for fault in self.faults)])


@dataclass(frozen=True)
class Entry:
    """One row of a filled table as cells of an observations file; an empty ``value`` means that it was not filled."""

    where: str
    row: dict[str, str]
    note: str = ""


@dataclass(frozen=True)
class Filled:
    """What a workbook holds.

    Attributes
    ----------
    region : str
        Code of the region it was made for.
    entries : tuple of Entry
        The rows whose form is right, the empty ones among them.
    faults : tuple of RegistryError
        Each with ``sheet!cell``, in no order.
    """

    region: str
    entries: tuple[Entry, ...]
    faults: tuple[RegistryError, ...]


def read_filled(path: Path, registry: Registry) -> Filled:
    """Read a workbook that came back.

    Raises
    ------
    RegistryError
        It is no workbook, not one made by ``zhibiao observe template``, or of another version; the message names the
        command that makes a new one. Faults within it are returned, not raised.
    """
    book = opened(path)
    mark = structure.read_mark(book, path, registry)
    faults = [*structure.sheet_faults(book)]
    entries: list[Entry] = []
    if SHEET in book.sheetnames:
        sheet = book[SHEET]
        found = structure.place(sheet, mark, registry)
        faults += [*found.faults, *structure.merged_faults(sheet), *structure.hidden_faults(sheet, found.rows)]
        for placed in found.rows:
            entry = _entry(sheet, mark, placed, faults)
            if entry is not None:
                entries.append(entry)
    return Filled(mark.region, tuple(entries), tuple(faults))


def marked_region(path: Path) -> str | None:
    """Whose a workbook is that cannot be taken, as far as its mark still says so."""
    try:
        return str(opened(path)[MARK_SHEET]["B2"].value)
    except (RegistryError, KeyError):
        return None


def opened(path: Path) -> Any:
    """Open a workbook; RegistryError where it is none that can be read, with the way to save it."""
    import openpyxl

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise RegistryError("文件不存在 no such file", where=str(path)) from None
    except OSError as error:
        raise RegistryError(f"无法读取 cannot be read: {error.strerror}", where=str(path)) from None
    if content[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        raise RegistryError("是旧式 .xls 或加了密码 is an old .xls or has a password；请去掉密码，另存为 .xlsx remove it and save as .xlsx", where=str(path))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST:
                raise RegistryError(f"解压后超过 {LARGEST // 1_000_000} MB is too large a workbook", where=str(path))
        with warnings.catch_warnings():
            # openpyxl tells of charts and styles that it does not keep; only the cells matter here
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(content))
    except RegistryError:
        raise
    except Exception as error:  # a broken workbook fails in many ways inside the reader
        raise RegistryError(
            f"不是能读的 .xlsx 工作簿 is no workbook that can be read ({type(error).__name__})；请另存为 .xlsx save it as .xlsx", where=str(path)
        ) from None


def _entry(sheet: Any, mark: Mark, placed: Placed, faults: list[RegistryError]) -> Entry | None:
    row, cell = placed.row, sheet.cell(placed.line, VALUE)
    value, note = _value(cell, row.unit, faults)
    where = f"{SHEET}!{cell.coordinate}"
    qualifier = _qualifier(sheet.cell(placed.line, QUALIFIER), faults)
    reason = _reason(sheet.cell(placed.line, REASON), faults)
    if value is None:
        return None
    held = {
        "region": mark.region, "indicator": row.indicator, "period": row.period, "basis": row.basis, "value": value, "qualifier": qualifier,
        "unit": row.unit, "status": row.status, "confidence": "high", "source": OWN_SOURCE, "published": "", "recorded": "", "reason": reason,
    }  # fmt: skip
    return Entry(where, held, note)


def _value(cell: Any, unit: str, faults: list[RegistryError]) -> tuple[str | None, str]:
    """The value as digits, empty where the cell is; None after a fault. And what is to be said of it in the preview."""
    held, where = cell.value, f"{SHEET}!{cell.coordinate}"
    if says_nothing(held):
        return "", ""
    fault: RegistryError | None = None
    if cell.data_type == "f":
        fault = _formula(held, where)
    elif cell.data_type == "e":
        fault = RegistryError(f"{held} 是错误值 is an error of the spreadsheet；请填数字或留空 write a number or leave it empty", where=where)
    elif isinstance(held, bool):
        fault = RegistryError(f"{'TRUE' if held else 'FALSE'} 不是数字 is not a number", where=where, allowed=["10.1"])
    elif isinstance(held, dt.date | dt.time | dt.timedelta):
        fault = RegistryError(f"{held} 是日期，不是数字 is a date, not a number；请把单元格格式改为常规后重填 set the cell's format to General", where=where)
    elif isinstance(held, str):
        fault = _text(held, unit, where)
    if fault is not None:
        faults.append(fault)
        return None, ""
    # a spreadsheet shows at most 15 digits; what lies beyond them is rounding of its arithmetic
    number = Decimal(str(held)) if isinstance(held, int) else Decimal(format(held, ".15g"))
    if "%" in re.sub(r'"[^"]*"|\\.', "", str(cell.number_format)):
        if unit_of(unit).base != "%":
            faults.append(RegistryError(f"单元格是百分比格式，单位是 {unit} the cell is formatted as a percentage, the unit is {unit}", where=where))
            return None, ""
        percent = format((number * 100).normalize(), "f")
        return percent, f"百分比格式：{number:f} 读作 {percent}% formatted as a percentage: read as {percent}%"
    return format(number, "f"), ""


def _formula(held: Any, where: str) -> RegistryError:
    shown = held if isinstance(held, str) else "{…}"
    return RegistryError(f"公式 a formula {shown[:40]!r}；请复制后粘贴为数值 paste it as a value", where=where, allowed=["10.1"])


def _text(held: str, unit: str, where: str) -> RegistryError:
    """What is wrong with text where a number should stand, with the number that was probably meant."""
    plain = "".join(unicodedata.normalize("NFKC", held).split())
    match = _NUMBER.fullmatch(plain.replace(",", ""))
    if match is None:
        return RegistryError(f"{held.strip()[:40]!r} 不是数字 is not a number；不知道请留空 leave it empty if it is not known", where=where, allowed=["10.1"])
    number, tail = Decimal(match["number"]), match["unit"]
    word = match["after"] or match["before"]
    meant, hint = _in_unit(number, tail, unit)
    if meant is None:
        return RegistryError(f"{held.strip()[:40]!r} 的单位不符，应为 {unit} another unit than {unit}", where=where, allowed=[unit])
    if word:
        hint += f"；{word!r} 请在“限定”中选 choose the qualifier {QUALIFIERS.get(_WORDS.get(word, 'eq'), '')!r}"
    kind = "值中带了单位 the value has its unit in the cell" if tail else "是文本，不是数字 is text, not a number"
    if word and not tail:
        kind = "值中带了限定词 the value has a qualifier in the cell"
    return RegistryError(f"{held.strip()[:40]!r} {kind}；只写数字 digits only{hint}", where=where, nearest=meant)


def _in_unit(number: Decimal, tail: str, unit: str) -> tuple[str | None, str]:
    """A number with the unit written behind it, in the unit of the row; None where the unit is of another kind."""
    asked = unit_of(unit)
    if not tail:
        return format(number, "f"), ""
    for spelled in (tail, tail + asked.base):
        try:
            given = unit_of(spelled)
        except RegistryError:
            continue
        if given.base == asked.base:
            return written(given.to_base(number), unit), f"；单位已定为 {unit} the unit is set"
    return None, ""


def _qualifier(cell: Any, faults: list[RegistryError]) -> str:
    where = f"{SHEET}!{cell.coordinate}"
    if cell.value is None or not str(cell.value).strip():
        return "eq"
    if cell.data_type == "f":
        faults.append(_formula(cell.value, where))
        return "eq"
    text = folded(str(cell.value))
    for code, words in QUALIFIERS.items():
        if text in (code, folded(words), words.split()[0]):
            return code
    faults.append(RegistryError(f"限定 {str(cell.value)[:20]!r} 无效 unknown qualifier", where=where, allowed=QUALIFIERS.values(), nearest=closest(text, QUALIFIERS.values())))
    return "eq"


def _reason(cell: Any, faults: list[RegistryError]) -> str:
    where = f"{SHEET}!{cell.coordinate}"
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        faults.append(_formula(cell.value, where))
        return ""
    try:
        return remark(str(cell.value), where)
    except RegistryError as error:
        faults.append(error)
    return ""


def remark(written: str, where: str) -> str:
    """A remark or reason as it may be kept: in one line.

    Raises
    ------
    RegistryError
        It begins like a formula, is too long or holds control characters.
    """
    text = " ".join(written.split())
    if text.startswith(FORMULA_STARTS):
        raise RegistryError(f"说明不能以 {text[0]!r} 开头 a remark may not begin like a formula", where=where, nearest=text.lstrip("=+-@ ") or None)
    if UNSEEN.search(text) or len(text) > LONGEST_REASON:
        raise RegistryError(f"说明过长或含控制字符 the remark is longer than {LONGEST_REASON} characters or holds control characters", where=where)
    return text


