"""Reading SDMX-CSV 1.0 and 2.0: what `zhibiao export` wrote comes back field by field, others' data as far as their codes leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError, closest
from zhibiao.model import Indicator, Period, unit_of
from zhibiao.model.unit_codes import CODES
from zhibiao.model.units import SCALES
from zhibiao.reading.asked import OWN_SOURCE
from zhibiao.reading.filled import Entry, remark
from zhibiao.reading.freetable import FreeTable, Given
from zhibiao.reading.grid import Cell, Grid
from zhibiao.reading.named import Names
from zhibiao.reading.written_cells import is_unit

OWN = "ZHIBIAO:OBSERVATIONS("
"""How the structure of our own observations is called; their columns are known by name."""

FIELDS = {
    "REF_AREA": "region", "INDICATOR": "indicator", "TIME_PERIOD": "period", "OBS_VALUE": "value", "UNIT_MEASURE": "unit", "UNIT_MULT": "scale",
    "BASIS": "basis", "QUALIFIER": "qualifier", "OBS_STATUS": "status", "CONFIDENCE": "confidence", "SOURCE": "source", "VINTAGE": "recorded",
    "PUBLISHED": "published", "COMMENT_OBS": "reason", "UNIT_WRITTEN": "written",
}  # fmt: skip
"""Concepts to what they say here."""

SILENT = ("FREQ", "DECIMALS", "BASE_VALUE", "CURRENT", "TIME_FORMAT", "SERIES_KEY", "OBS_KEY", "STRUCTURE_NAME")
"""What follows from the other columns or says nothing of the figure."""

HEAD = ("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "ACTION")

STATUSES = {"A": "final", "": "final", "P": "preliminary"}
"""Observation statuses that say no more than ours; E is ours only in our own files, where it is ``derived``."""

_OF_CODES = {**{code: base for base, code in CODES.items()}, "PS": "人", "PT": "%"}
"""Codes of units to base units: our own, and two that the cross-domain list has."""

POWERS = {len(f"{scale:f}") - 1: name for name, scale in SCALES.items()}


def is_sdmx(grid: Grid) -> bool:
    """Whether the first row is a header of SDMX-CSV."""
    heads = {cell.text.partition(":")[0].upper() for cell in (grid.rows[0] if grid.rows else ())}
    return "DATAFLOW" in heads or {"STRUCTURE", "STRUCTURE_ID"} <= heads


def read_sdmx(grid: Grid, registry: Registry, given: Given) -> FreeTable:
    """Read the rows; a column whose meaning is not certain is a fault, once."""
    names = Names(registry, given.aliases)
    columns = [cell.text.partition(":")[0].strip() for cell in grid.rows[0]]
    rows = [row for row in grid.rows[1:] if any(cell.text for cell in row)]
    own = _own(columns, rows)
    faults = _columns(grid.rows[0], columns, rows, given)
    if faults:
        return FreeTable((), tuple(faults))
    entries = []
    for row in rows:
        cells = {name: (_bare(cell, name), cell.where) for name, cell in zip(columns, row, strict=True)}
        try:
            entries.append(_entry(cells, own, names, given))
        except RegistryError as error:
            faults.append(error)
    return FreeTable(tuple(entries), tuple(faults))


def _own(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bool:
    at = columns.index("STRUCTURE_ID") if "STRUCTURE_ID" in columns else None
    return at is not None and all(row[at].text.startswith(OWN) for row in rows)


def _columns(header: Sequence[Cell], columns: Sequence[str], rows: Sequence[Sequence[Cell]], given: Given) -> list[RegistryError]:
    """One fault a column: missing, doubled, or of a meaning that nobody told."""
    known = (*FIELDS, *SILENT, *HEAD)
    faults = []
    for cell, name in zip(header, columns, strict=True):
        if name and columns.count(name) > 1:
            faults.append(RegistryError(f"列重复 two columns say the same: {name!r}", where=cell.where))
        if name and name not in known and name not in given.ignore:
            faults.append(
                RegistryError(
                    f"不知 {name[:40]!r} 列的含义 the meaning of the column is not known；确认可略去时用 --ignore {name[:40]} pass it over where it may be",
                    where=cell.where, allowed=FIELDS, nearest=closest(name, FIELDS),
                )
            )
    said = {"REF_AREA": given.region, "INDICATOR": given.indicator, "TIME_PERIOD": given.period, "OBS_VALUE": ""}
    where = header[0].where if header else ""
    faults += [RegistryError(f"缺少列 missing column {name!r}", where=where, allowed=columns) for name, other in said.items() if name not in columns and not other]
    action = columns.index("ACTION") if "ACTION" in columns else None
    for row in rows if action is not None else ():
        assert action is not None
        if row[action].text not in ("", "I", "A", "R", "M"):
            faults.append(RegistryError(f"ACTION {row[action].text!r} 不收：本库只增不删 is not taken, nothing is ever deleted", where=row[action].where, allowed=["I", "A", "R", "M"]))
            break
    return faults


def _bare(cell: Cell, name: str) -> str:
    """A code without the label that may stand behind it; texts and values are whole."""
    text = cell.text
    return text.partition(": ")[0] if name not in ("COMMENT_OBS", "UNIT_WRITTEN", "OBS_VALUE", "TIME_PERIOD") else text


def _entry(cells: Mapping[str, tuple[str, str]], own: bool, names: Names, given: Given) -> Entry:
    def said(name: str) -> str:
        return cells[name][0] if name in cells else ""

    def place(name: str) -> str:
        return cells[name][1] if name in cells else where

    where = cells["OBS_VALUE"][1]
    indicator = names.indicator(said("INDICATOR") or given.indicator, place("INDICATOR"))
    period = _period(said("TIME_PERIOD") or given.period, place("TIME_PERIOD"))
    value = "" if said("OBS_VALUE") in ("", "NaN", "#N/A") else said("OBS_VALUE")
    if value and not re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", value):
        raise RegistryError(f"OBS_VALUE {value[:40]!r} 不是数字 is not a number", where=where, allowed=["10.1"])
    held = {
        "region": names.region(said("REF_AREA") or given.region, place("REF_AREA")).code, "indicator": indicator.id, "period": str(period),
        "basis": said("BASIS") or given.basis or _basis(indicator, period, where), "value": value, "qualifier": said("QUALIFIER") or "eq",
        "unit": _unit(said, names, given, indicator, where) if value else indicator.unit,
        "status": _status(said("OBS_STATUS"), own, place("OBS_STATUS")) if said("OBS_STATUS") or not given.status else given.status,
        "confidence": said("CONFIDENCE") or given.confidence or "high",
        "source": names.source(said("SOURCE") or given.source or OWN_SOURCE, place("SOURCE")),
        "published": said("PUBLISHED"), "recorded": said("VINTAGE"), "reason": said("COMMENT_OBS") if own else remark(said("COMMENT_OBS"), place("COMMENT_OBS")),
    }  # fmt: skip
    return Entry(where, held)


def _period(text: str, where: str) -> Period:
    """A period in the forms of the standard: 2023, 2023-A1, 2023-Q3, 2023-09, 2023-M09."""
    plain = re.sub(r"^(\d{4})-A1$", r"\1", re.sub(r"^(\d{4})-M(\d{2})$", r"\1-\2", text.strip()))
    try:
        return Period.parse(plain)
    except ValueError:
        raise RegistryError(f"TIME_PERIOD {text[:30]!r} 不收 is not taken", where=where, allowed=["2023", "2023-Q3", "2023-09"]) from None


def _basis(indicator: Indicator, period: Period, where: str) -> str:
    if indicator.kind == "stock" or (indicator.kind == "count" and period.is_year):
        return "at_end"
    if period.is_year:
        return "in_period"
    raise RegistryError(f"{indicator.zh} {period}：没有 BASIS，不知是当期数还是年初累计 within the period, or since January?；请用 use --basis", where=where, allowed=["in_period", "year_to_date", "at_end"])


def _status(code: str, own: bool, where: str) -> str:
    if own and code == "E":
        return "derived"
    if code not in STATUSES:
        raise RegistryError(f"OBS_STATUS {code!r} 不收：只收公布的正式数和初步数 only final and provisional figures are taken", where=where, allowed=["A", "P"])
    return STATUSES[code]


def _unit(said: Callable[[str], str], names: Names, given: Given, indicator: Indicator, where: str) -> str:
    """The unit as written: our own column, else the scale of UNIT_MULT before the unit of measure."""
    if said("UNIT_WRITTEN"):
        return said("UNIT_WRITTEN")
    base = names.meant(said("UNIT_MEASURE")) or given.unit
    if not base:
        raise RegistryError(f"{indicator.zh} 没有单位 no unit；请用 --unit use it", where=where, allowed=[indicator.unit])
    base = base if is_unit(base) else _OF_CODES.get(base, base)
    if not is_unit(base):
        raise RegistryError(f"未知单位 unknown unit {base[:20]!r}；用 --map {base[:20]}=… 说明 explain it", where=where, allowed=[indicator.unit], nearest=closest(base, _OF_CODES))
    power = said("UNIT_MULT")
    if power in ("", "0"):
        return base
    try:
        return unit_of(f"{POWERS[int(power)]}{base}").written
    except (KeyError, ValueError, RegistryError):
        raise RegistryError(f"UNIT_MULT {power!r} 与单位 {base} 不合 does not go with the unit", where=where, allowed=sorted(POWERS)) from None
