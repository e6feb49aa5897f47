"""Slips of unit and decimal point: a figure about ten times, or ten thousand times, what is known already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model import Observation, Period, unit_of
from zhibiao.model.document import SYMBOLS
from zhibiao.reading.asked import period_words

FACTOR = 8
"""From this many times on a figure counts as ten-fold off: a slip of the decimal point is 10, of 万 against 人 10,000."""

FAR = 1000
"""How far a first figure may be from what the region's documents say before 万 and 人 must have been confused."""

SMALLEST = 10
"""Below it, in base units, nothing is compared: from 1 to 9 bases is growth."""

POWERS = tuple(Decimal(10) ** power for power in (-8, -4, -3, -2, -1, 1, 2, 3, 4, 8))


@dataclass(frozen=True)
class Reference:
    """What a figure is held against: its value in base units, how it is named, and how many times off is too far."""

    value: Decimal
    words: str
    factor: int = FACTOR
    only_above: bool = False


def slip(registry: Registry, found: Observation, others: Iterable[Observation] = ()) -> RegistryError | None:
    """Say whether a figure looks like a slip; None where it does not.

    It is held against the nearest known figure of the same kind (year against year, January to March against January to March);
    where none is known, against the other figures of the same table, then against what the region's documents say of the
    indicator. Figures below 10 base units and year-to-date zeros are not judged. A share between 0 and 1 % where 98 % is
    usual is a slip as well, and so is one of an indicator of which nothing is known.
    """
    reference = nearest_figure(found, registry.series(found.region, found.indicator).points) or nearest_figure(found, others)
    reference = reference or _stated(registry, found)
    share = _share_slip(found, reference)
    if share is not None or reference is None:
        return share
    value = found.base_value
    if max(value, reference.value) < SMALLEST or reference.value <= 0 or value < 0:
        return None
    if value == 0:
        if found.basis == "year_to_date" or reference.factor != FACTOR:
            return None
        return _refused(found, f"为 0，{reference.words}；0 表示确实没有，不知道请留空 is zero: leave empty what is not known", None)
    ratio = value / reference.value
    if ratio < reference.factor and (reference.only_above or ratio > Decimal(1) / reference.factor):
        return None
    likely = min((value * power for power in POWERS), key=lambda candidate: max(candidate / reference.value, reference.value / candidate))
    words = f"{_plain(ratio)} 倍" if ratio >= 1 else f"1/{_plain(1 / ratio)}"
    return _refused(
        found,
        f"数量级跳变 jump：约为{reference.words}的 {words}，单位或小数点有误？a slip of unit or decimal point?",
        likely,
    )


def nearest_figure(found: Observation, others: Iterable[Observation]) -> Reference | None:
    """The known figure nearest in time that a figure can be compared with, an earlier one before a later one."""
    comparable = [other for other in others if (other.region, other.indicator) == (found.region, found.indicator) and other.key != found.key]
    alike = [other for other in comparable if _same_kind(found, other)]
    partial = not alike and not found.period.is_year and found.basis != "at_end"
    if partial:
        # part of a year may be any share of the whole, but not many times the whole
        alike = [other for other in comparable if other.period.is_year and other.basis == "in_period"]
    if not alike:
        return None
    chosen = min(alike, key=lambda other: (abs(_months(other.period) - _months(found.period)), other.period > found.period))
    return Reference(
        chosen.base_value, f"已知 known {SYMBOLS[chosen.qualifier]}{chosen.value:f}{chosen.unit}（{period_words(chosen.period, chosen.basis)}）", only_above=partial
    )


def written(base: Decimal, unit: str) -> str:
    """A value in base units as it would be written in a unit.

    >>> written(Decimal(101000), "万人")
    '10.1'
    """
    return _plain(base / unit_of(unit).scale, exact=True)


def _same_kind(found: Observation, other: Observation) -> bool:
    if found.basis != other.basis:
        return False
    if found.basis == "at_end":
        return True
    length = (found.period.first_month, found.period.last_month)
    if found.basis == "year_to_date":
        return found.period.last_month == other.period.last_month
    return (length[1] - length[0]) == other.period.last_month - other.period.first_month


def _stated(registry: Registry, found: Observation) -> Reference | None:
    """What the documents say of the indicator in this region; far from a figure it may be, but not a thousand times."""
    for plan in registry.plans_for(found.region):
        for statement in plan.statements:
            value = statement.base_low or statement.base_high
            if (statement.region, statement.indicator) == (found.region, found.indicator) and value and statement.scope in ("point", "annual"):
                factor = FACTOR if unit_of(statement.unit).base == "%" else FAR
                return Reference(value, f"文件所述 stated {statement.value_text()}{statement.unit}", factor, only_above=found.basis == "year_to_date")
    return None


def _share_slip(found: Observation, reference: Reference | None) -> RegistryError | None:
    if unit_of(found.unit).base != "%" or not 0 < found.value <= 1:
        return None
    if reference is not None and found.value * 10 >= reference.value:
        return None
    known = f"；{reference.words}" if reference else ""
    return _refused(found, f"百分比写成了小数 a share typed as a fraction{known}", found.value * 100)


def _refused(found: Observation, what: str, likely: Decimal | None) -> RegistryError:
    return RegistryError(
        f"{found.value:f}{found.unit} {what}；若属实，请写明理由 if it is true give a reason",
        where=found.origin,
        nearest=None if likely is None else written(likely, found.unit),
    )


def _months(period: Period) -> int:
    return period.year * 12 + period.last_month


def _plain(value: Decimal, *, exact: bool = False) -> str:
    rounded = value if exact else value.quantize(Decimal(1)) if value >= 10 else value.quantize(Decimal("0.1"))
    return format(rounded.normalize(), "f")
