"""One unit for a typed question: what bare numbers mean, and whether units that are written go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.assessing.asking.series import Figure
from zhibiao.assessing.asking.target import Target
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.model.units import SCALES, unit_of

SLIP = 1000
"""A figure that is so many times the target, or that small a part of it, was written in another unit."""

PLAIN = "个"
"""The base unit where nobody names one."""


@dataclass(frozen=True)
class Units:
    """The unit of the target, which bare numbers share, and the base unit beneath."""

    written: str
    base_unit: str

    @property
    def scale(self) -> Decimal:
        return unit_of(self.written).scale

    def unit(self, figure: Figure) -> str:
        """The unit of a figure, in full."""
        return self.written if figure.unit is None else _full(figure.unit, self.base_unit)

    def base_value(self, figure: Figure) -> Decimal:
        return unit_of(self.unit(figure)).to_base(figure.value)

    def base(self, value: Decimal) -> Decimal:
        """A bare number in base units."""
        return value * self.scale

    def shown(self, value: Decimal) -> str:
        """A value in base units as it is written."""
        return f"{value / self.scale:f}"


def units_of(figures: Sequence[Figure], baseline: Sequence[Figure], target: Target | None, given: str | None) -> Units:
    """Find the unit that target and series share.

    Raises
    ------
    ParameterError
        An unknown unit, units of different things, or several scales with nothing that says which one bare numbers have.
    """
    asked = None if target is None or target.ratio_to else target.unit
    if target is not None and target.ratio_to:
        return Units("倍", "倍")
    named = list(dict.fromkeys(f.unit for f in (*figures, *baseline) if f.unit))
    base = _base((unit for unit in (given, asked, *named) if unit), "--unit")
    chosen = asked or given or (named[0] if len(named) == 1 else None)
    if chosen is None:
        if len(named) > 1:
            raise ParameterError(f"{'、'.join(named)} 并存，目标须写单位 stand side by side, so the target needs its unit", where="--unit", allowed=named)
        chosen = PLAIN
    units = Units(_full(chosen, base), base)
    if target is not None and target.change is None and (asked or given):
        _refuse_slips((*figures, *baseline), target, units)
    return units


def _refuse_slips(figures: Sequence[Figure], target: Target, units: Units) -> None:
    """Bare numbers that a written unit would make a thousand times the target, or a thousandth of it, are of another unit."""
    aim = target.low if target.low is not None else target.high
    for figure in figures:
        if figure.unit is not None or not aim or not figure.value:
            continue
        share = abs(figure.value / aim)
        # a first year may be a small part of a sum, but no year is a thousand times it
        if share >= SLIP or (share * SLIP <= 1 and target.scope != "cumulative"):
            raise ParameterError(
                f"{figure.value:f} 按 {units.written} 计，与目标 {aim:f}{units.written} 相差千倍以上，单位不清 "
                f"taken as {units.written} is a thousandfold off the target; write its unit",
                where="SERIES",
                allowed=[f"{figure.period}={figure.value:f}{scale}{units.base_unit}" for scale in ("", "万")],
            )


def _base(units: Iterable[str], where: str) -> str:
    """The one base unit of all; a bare scale has none of its own."""
    found: dict[str, str] = {}
    for written in units:
        if written not in SCALES:
            try:
                found.setdefault(unit_of(written).base, written)
            except RegistryError as error:
                raise ParameterError(error.what, where=where, allowed=error.allowed, nearest=error.nearest) from None
    if len(found) > 1:
        raise ParameterError(f"单位不是同一种 units of different things: {'、'.join(found.values())}", where=where)
    return next(iter(found), PLAIN)


def _full(written: str, base: str) -> str:
    """A unit in full: 万 of 人 is 万人."""
    whole = f"{written}{base}" if written in SCALES else written
    try:
        unit_of(whole)
    except RegistryError as error:
        raise ParameterError(error.what, where="--unit", allowed=error.allowed, nearest=error.nearest) from None
    return whole
