"""Looking over the figures of a registry: gaps, breaks, outliers, stale figures, slips of unit, floors, sources that conflict.

The rules are fixed and few, so that a reader can redo them by hand; docs/districts.md lists them. A row with a ``reason`` has been
looked at: its jump is shown as a break, never as a slip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from zhibiao.catalogue.registry import Registry, Series
from zhibiao.model import Observation
from zhibiao.model.document import SYMBOLS
from zhibiao.reading.asked import period_words
from zhibiao.reading.judging import figure_name
from zhibiao.reading.slips import FACTOR, SMALLEST

BREAK = Decimal("1.5")
"""A change of more than half within one year is a break, or a change of definition, until someone says why."""

STALE = 2
"""Years behind the region's newest figure from which on a series is stale."""

KINDS = {
    "conflict": ("来源相抵", "error"),
    "unit_slip": ("数量级跳变", "error"),
    "falling": ("累计下降", "error"),
    "break": ("口径或水平断裂", "warning"),
    "outlier": ("离群", "warning"),
    "gap": ("缺年份", "warning"),
    "stale": ("过旧", "warning"),
    "floors_only": ("只有下限", "warning"),
}
"""Kinds of findings: what they are called, and whether they are errors."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    where : str
        ``file:line`` of the figure it is about.
    words : str
        Which figure, and what about it.
    """

    kind: str
    where: str
    words: str

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return KINDS[self.kind][1]

    def __str__(self) -> str:
        level = "错误 error" if self.severity == "error" else "提醒 warning"
        return f"{self.where}: {level} {self.kind} {KINDS[self.kind][0]}: {self.words}"


def check_observations(registry: Registry, region: str | None = None, as_of: int | None = None) -> tuple[Finding, ...]:
    """Look over every series of a region, or of all regions.

    Parameters
    ----------
    region : str, optional
        Code or name.
    as_of : int, optional
        The year from which staleness is counted, and up to which figures are looked at; default: the region's newest year.

    Returns
    -------
    tuple of Finding
        Errors before warnings, then in the order of regions, indicators and periods.

    Raises
    ------
    ParameterError
        The region is not known.
    """
    codes = [registry.region(region).code] if region is not None else sorted({o.region for o in registry.observations})
    found = [finding for code in codes for finding in _region(registry, code, as_of)]
    return tuple(sorted(found, key=lambda finding: finding.severity != "error"))


def _region(registry: Registry, code: str, as_of: int | None) -> Iterator[Finding]:
    newest = as_of or registry.newest_year(code)
    for indicator in dict.fromkeys(o.indicator for o in registry.observed(code)):
        series = registry.series(code, indicator, as_of)
        if not series.points or newest is None:
            continue
        yield from _conflicts(registry, series)
        yield from _jumps(registry, series)
        yield from _falling(registry, series)
        yield from _gaps(registry, series)
        yield from _stale(registry, series, newest)
        yield from _floors(registry, series)


def _conflicts(registry: Registry, series: Series) -> Iterator[Finding]:
    for period in sorted(series.conflicting):
        rows = [row for row in registry.observed(series.region) if row.indicator == series.indicator and row.period == period]
        newest = max(row.recorded for row in rows)
        rows = [row for row in rows if row.recorded == newest]
        said = "；".join(f"{row.source} {_words(row)}（{row.origin}）" for row in rows)
        yield Finding("conflict", rows[0].origin, f"{_name(registry, rows[0])}: {said}")


def _jumps(registry: Registry, series: Series) -> Iterator[Finding]:
    """Changes between neighbouring years; a value off both neighbours, which agree, is an outlier and not two breaks."""
    points = [point for point in series.annual if point.qualifier in ("eq", "about") and point.base_value >= 0]
    outliers: set[int] = set()
    for index in range(1, len(points) - 1):
        before, here, after = points[index - 1 : index + 2]
        off = [_ratio(before, here), _ratio(after, here)]
        same_way = all(r > BREAK for r in off) or all(r < 1 / BREAK for r in off)
        years = after.period.year - before.period.year
        if same_way and not _beyond(_ratio(before, after), _allowed(years, BREAK)) and index - 1 not in outliers:
            outliers.add(index)
            kind = "unit_slip" if not here.reason and all(_beyond(r, Decimal(FACTOR)) for r in off) else "outlier"
            words = f"{_words(here)}，前后为 between {_words(before)}（{before.period}）、{_words(after)}（{after.period}）"
            yield Finding(kind, here.origin, f"{_name(registry, here)}: {words}{_reason(here)}")
    for index, (before, after) in enumerate(pairwise(points), start=1):
        if index in outliers or index - 1 in outliers:
            continue
        ratio, years = _ratio(before, after), after.period.year - before.period.year
        if not _beyond(ratio, _allowed(years, BREAK)):
            continue
        slips = not after.reason and _beyond(ratio, _allowed(years, Decimal(FACTOR)))
        words = f"{_words(before)}（{before.period}）→ {_words(after)}，{_times(ratio)}"
        yield Finding("unit_slip" if slips else "break", after.origin, f"{_name(registry, after)}: {words}{_reason(after)}")


def _falling(registry: Registry, series: Series) -> Iterator[Finding]:
    """A sum since January falls from month to month, or the whole year's figure is below it."""
    partial = [point for point in series.points if point.basis == "year_to_date" and point.qualifier in ("eq", "about")]
    whole = {point.period.year: point for point in series.points if point.basis == "in_period" and point.period.is_year and point.qualifier in ("eq", "about")}
    for year in sorted({point.period.year for point in partial}):
        months = [point for point in partial if point.period.year == year]
        if year in whole:
            months.append(whole[year])
        for before, after in pairwise(months):
            if after.base_value < before.base_value and not after.reason:
                words = f"{_words(before)}（{period_words(before.period, before.basis)}）→ {_words(after)}"
                yield Finding("falling", after.origin, f"{_name(registry, after)}: {words}")


def _gaps(registry: Registry, series: Series) -> Iterator[Finding]:
    known = [point.period.year for point in series.annual]
    # a stock counted within a year says where it stood in that year
    counted = {point.period.year for point in series.points if point.basis == "at_end"}
    for before, after in pairwise(series.annual):
        missing = [year for year in range(before.period.year + 1, after.period.year) if year not in counted]
        if missing:
            whole = len(missing) > 1 and missing[-1] - missing[0] + 1 == len(missing)
            years = f"{missing[0]}—{missing[-1]}" if whole else "、".join(str(year) for year in missing)
            yield Finding("gap", after.origin, f"{figure_name(registry, series.region, series.indicator, years)}: 无数 no figure；已有 known {known[0]}—{known[-1]}")


def _stale(registry: Registry, series: Series, newest: int) -> Iterator[Finding]:
    last = series.points[-1]
    if newest - last.period.year >= STALE:
        years = newest - last.period.year
        yield Finding("stale", last.origin, f"{_name(registry, last)}: 是最新数，比 {newest} 早 {years} 年 is the newest, {years} years before {newest}")


def _floors(registry: Registry, series: Series) -> Iterator[Finding]:
    if all(point.qualifier in ("ge", "gt") for point in series.points):
        last = series.points[-1]
        yield Finding("floors_only", last.origin, f"{_name(registry, last)}: {_words(last)}；从未给出确数 an exact figure was never given")


def _ratio(before: Observation, after: Observation) -> Decimal:
    """How many times the one the other is; 1 where both are too small to compare or one is zero."""
    one, other = before.base_value, after.base_value
    if max(one, other) < SMALLEST or min(one, other) <= 0:
        return Decimal(1)
    return other / one


def _allowed(years: int, first: Decimal) -> Decimal:
    """What a change over several years may be: `first` within one, half as much again for each further year."""
    return first * BREAK ** (years - 1)


def _beyond(ratio: Decimal, factor: Decimal) -> bool:
    return ratio > factor or ratio < 1 / factor


def _name(registry: Registry, point: Observation) -> str:
    return figure_name(registry, point.region, point.indicator, point.period)


def _words(point: Observation) -> str:
    return f"{SYMBOLS[point.qualifier]}{point.value:f}{point.unit}"


def _times(ratio: Decimal) -> str:
    return f"{ratio:.2g} 倍 times" if ratio < 100 else f"{ratio:.0f} 倍 times"


def _reason(point: Observation) -> str:
    return f"；理由 reason: {point.reason}" if point.reason else ""
