"""Reading tables of any form: long (a row a figure) and wide (years, indicators or regions across), as rows of an observations file.

Nothing is guessed: a name, unit or basis that the table does not give, and the user did not, is a fault with its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError, closest
from zhibiao.model import Indicator, unit_of
from zhibiao.model.document import folded
from zhibiao.model.units import UNSCALED
from zhibiao.reading.filled import Entry
from zhibiao.reading.grid import Cell, Grid
from zhibiao.reading.headings import Across, Header, header
from zhibiao.reading.named import Names
from zhibiao.reading.said import Said
from zhibiao.reading.slips import written
from zhibiao.reading.written_cells import Amount, amount, is_unit


@dataclass(frozen=True)
class Given:
    """What the user says of a table that it does not say itself.

    Attributes
    ----------
    region, indicator, period, unit, basis, source, status, confidence : str
        Hold where the table has no such column, or an empty cell there; empty where nothing was said.
    sheet : str or None
        The sheet of a workbook to read; default: all.
    ignore : tuple of str
        Headings of columns, and names of rows such as 合计, that are passed over.
    aliases : mapping of str to str
        Words of the table to names of the registry.
    reason : str
        Why known figures are corrected; it goes to those rows alone.
    """

    region: str = ""
    indicator: str = ""
    period: str = ""
    unit: str = ""
    basis: str = ""
    source: str = ""
    status: str = ""
    confidence: str = ""
    sheet: str | None = None
    ignore: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


NOTHING_GIVEN = Given()


@dataclass(frozen=True)
class FreeTable:
    """What a table holds: its figures, the empty ones among them, and what cannot be read."""

    entries: tuple[Entry, ...]
    faults: tuple[RegistryError, ...]


def read_free(grid: Grid, registry: Registry, given: Given = NOTHING_GIVEN) -> FreeTable:
    """Read one table; one fault does not keep the others from being found.

    Raises
    ------
    RegistryError
        No header is recognised.
    """
    names = Names(registry, given.aliases)
    head = header(grid, names, given.ignore)
    if head.faults:
        return FreeTable((), head.faults)
    entries, faults, ignored = [], list(_unsaid(grid, head, given)), {folded(name) for name in given.ignore if name}
    for row in grid.rows[head.row + 1 :] if not faults else ():
        figures = _figures(row, head)
        filled = [cell for cell in row if cell.text]
        # a line of nothing, or a note or title of one cell that holds no figure, or one that the user wants passed over
        if not filled or (len(filled) == 1 and all(filled[0] is not cell for cell, _ in figures)):
            continue
        if any(folded(row[x].text) in ignored for role in ("region", "indicator") for x in head.roles.get(role, ())):
            continue
        beyond = next((x for x, cell in enumerate(row) if cell.text and not grid.rows[head.row][x].text), None)
        if beyond is not None:
            faults.append(
                RegistryError(f"第 {beyond + 1} 格没有表头 cell {beyond + 1} has no heading；带千分位的数须加引号 a number with thousands commas needs quotes", where=row[beyond].where)
            )
            continue
        for figure in figures:
            try:
                entries.append(_entry(row, head, figure, names, given))
            except RegistryError as error:
                # a row that is wrong is wrong once, not for each of its figures
                if str(error) not in {str(known) for known in faults}:
                    faults.append(error)
    return FreeTable(tuple(entries), tuple(faults))


def _unsaid(grid: Grid, head: Header, given: Given) -> list[RegistryError]:
    """What neither a column nor the header nor the user says."""
    across = {level.axis for level in head.across[0].levels} if head.across else set()
    asked = {"region": ("地区 the region", "--region 500000", given.region), "indicator": ("指标 the indicator", "--indicator enrolment", given.indicator), "period": ("期间 the period", "--period 2023", given.period)}
    return [
        RegistryError(f"表中没有{words} is not in the table；请加一列或用选项 add a column or an option", where=grid.rows[head.row][0].where, allowed=[option])
        for role, (words, option, said) in asked.items()
        if role not in head.roles and role not in across and not said
    ]


def _figures(row: Sequence[Cell], head: Header) -> list[tuple[Cell, Across | None]]:
    if head.across:
        return [(row[a.column], a) for a in head.across]
    return [(row[head.roles["value"][0]], None)]


def _entry(row: Sequence[Cell], head: Header, figure: tuple[Cell, Across | None], names: Names, given: Given) -> Entry:
    cell, across = figure
    found = amount(cell)
    said = Said(row, head, across, names)
    indicator, inside = said.indicator(given.indicator)
    at = said.period(given.period)
    value, unit, note = ("", "", "") if found is None else _measured(found, *said.unit(inside, given.unit), indicator, cell.where)
    held = {
        "region": said.region(given.region), "indicator": indicator.id, "period": str(at.period), "basis": said.basis(indicator, at, given.basis),
        "value": value, "qualifier": said.qualifier(found), "unit": unit or indicator.unit, "status": said.status(at, given.status),
        "confidence": said.confidence(given.confidence), "source": said.source(given.source), "published": said.day("published"),
        "recorded": said.day("recorded"), "reason": said.reason(),
    }  # fmt: skip
    return Entry(cell.where, held, note)


def _measured(found: Amount, unit: str, general: bool, indicator: Indicator, where: str) -> tuple[str, str, str]:
    """Value, unit and what is to be said of them, from the unit in the cell and the one that the table gives; a general one gives way."""
    allowed = [indicator.unit, *(f"{scale}{indicator.unit}" for scale in ("万", "亿") if indicator.base.base not in UNSCALED)]
    note = f"百分比格式：读作 {found.number}% formatted as a percentage" if found.percent else ""
    if not found.unit:
        if not unit:
            raise RegistryError(
                f"{indicator.zh} 没有单位 no unit；请写在表头、单位列或用 --unit write it into the header, a column or --unit", where=where, allowed=allowed
            )
        return found.number, unit, note
    own = next((word for word in (found.unit, f"{found.unit}{indicator.base.base}") if is_unit(word)), None)  # 3.1万 of people is 3.1万人
    if own is None:
        raise RegistryError(f"未知单位 unknown unit {found.unit[:20]!r}", where=where, allowed=allowed, nearest=closest(found.unit, allowed))
    if not unit or general:
        return found.number, own, note
    if unit_of(own).base != unit_of(unit).base:
        raise RegistryError(f"格中单位 {found.unit!r} 与表中单位 {unit!r} 不符 the unit in the cell is of another kind than the table's", where=where, allowed=[unit])
    if unit_of(own).scale != unit_of(unit).scale:
        meant = written(unit_of(own).to_base(Decimal(found.number)), unit)
        raise RegistryError(f"格中单位 {own!r} 与表中单位 {unit!r} 不同 the unit in the cell is not the table's", where=where, nearest=meant)
    return found.number, unit, note
