"""Which figures a region is asked for: those its clauses wait for, or one for each year, quarter or month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError, closest
from zhibiao.model import Indicator, Period, Statement

OWN_SOURCE = "own-report"
"""The source of figures that a region reports itself, without a publication."""

PERIODS = ("yearly", "quarterly", "monthly")

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The calendar module's names follow the locale; a workbook must not."""

PARTIAL_KINDS = ("flow", "stock")
"""What is asked for within a year unless indicators are named: shares and things that are built are reported by the year."""


@dataclass(frozen=True)
class Asked:
    """One figure that is asked for: its indicator, period, basis and unit are set, the region fills in the value.

    Attributes
    ----------
    clauses : tuple of str
        The clauses that need it, each with its document, place and target.
    """

    region: str
    indicator: str
    period: Period
    basis: str
    unit: str
    clauses: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """A figure of part of a year is preliminary until the year's own figure comes."""
        return "final" if self.period.is_year else "preliminary"

    def record(self) -> dict[str, object]:
        """The figure as an empty row of an observations file."""
        return {
            "region": self.region, "indicator": self.indicator, "period": str(self.period), "basis": self.basis, "qualifier": "eq",
            "unit": self.unit, "status": self.status, "confidence": "high", "source": OWN_SOURCE,
        }  # fmt: skip


def asked_by_clauses(study: Study, missing: Iterable[Mapping[str, object]]) -> tuple[Asked, ...]:
    """Turn the request list (rows of an observations file without values) into figures with the clauses that need them."""
    clauses = {name: _clauses(study, group) for name, group in _targets(study).items()}
    return tuple(
        Asked(str(row["region"]), name, Period.parse(row["period"]), str(row["basis"]), str(row["unit"]), clauses.get(name, ()))
        for row in missing
        for name in [str(row["indicator"])]
    )


def asked_by_period(study: Study, periods: str, year: int, indicators: Sequence[str] = ()) -> tuple[Asked, ...]:
    """Ask for every indicator of the region's targets in a year, or in each of its quarters or months.

    Within a year a flow is asked for as the sum since January (``year_to_date``), a stock as it stands at the period's end
    (``at_end``); rates and counts only where they are named.

    Parameters
    ----------
    study : Study
        Its region and documents; where no document speaks of the region, `indicators` must be given.
    periods : str
        ``yearly``, ``quarterly`` or ``monthly``.
    indicators : sequence of str, optional
        Ids or names; default: the indicators of the targets, in the order of the documents.

    Raises
    ------
    ParameterError
        Unknown `periods` or indicator, or there is nothing to ask for.
    """
    if periods not in PERIODS:
        raise ParameterError(f"未知 unknown {periods!r}", where="--periods", allowed=PERIODS, nearest=closest(periods, PERIODS))
    targets = _targets(study)
    named = [study.indicator(name.strip()).id for name in indicators if name.strip()]
    chosen = [
        indicator
        for name in dict.fromkeys(named or targets)
        for indicator in [study.indicator(name)]
        if periods == "yearly" or named or indicator.kind in PARTIAL_KINDS
    ]
    if not chosen:
        raise ParameterError(
            f"{study.region.zh} 没有规划目标可据以要数 no target of {study.region.en} asks for such figures；请用 --indicator 指定指标 name indicators",
            where="--indicator",
            allowed=study.registry.indicators,
        )
    return tuple(
        Asked(study.region.code, indicator.id, period, _basis(indicator, period), unit_for(study, indicator), _clauses(study, targets.get(indicator.id, ())))
        for indicator in chosen
        for period in _periods(periods, year)
    )


def unit_for(study: Study, indicator: Indicator) -> str:
    """The unit to ask in: that of the region's newest figure, else of its first target, else the base unit."""
    latest = study.registry.series(study.region.code, indicator.id).points
    if latest:
        return latest[-1].unit
    return next((s.unit for s in study.statements("target") if s.indicator == indicator.id), indicator.unit)


def period_words(period: Period, basis: str) -> str:
    """The period as a clerk reads it.

    >>> period_words(Period(2024, month=3), "year_to_date"), period_words(Period(2024, month=3), "at_end")
    ('2024年1—3月', '2024年3月末')
    """
    if basis == "year_to_date":
        return f"{period.year}年1—{period.last_month}月" if period.last_month > 1 else f"{period.year}年1月"
    end = "末" if basis == "at_end" else ""
    if period.month:
        return f"{period.year}年{period.month}月{end}"
    return f"{period.year}年第{period.quarter}季度{end}" if period.quarter else f"{period.year}年{end}"


def period_words_en(period: Period, basis: str) -> str:
    """The same in English.

    >>> period_words_en(Period(2024, month=3), "year_to_date")
    'Jan–Mar 2024'
    """
    if basis == "year_to_date":
        return f"Jan–{MONTHS[period.last_month - 1]} {period.year}" if period.last_month > 1 else f"Jan {period.year}"
    end = "end of " if basis == "at_end" else ""
    if period.month:
        return f"{end}{MONTHS[period.month - 1]} {period.year}"
    return f"{end}Q{period.quarter} {period.year}" if period.quarter else f"{end}{period.year}"


def _targets(study: Study) -> dict[str, list[Statement]]:
    """The region's targets by indicator; a standing rule has no period and asks for no figure."""
    found: dict[str, list[Statement]] = {}
    for statement in study.statements("target"):
        if statement.repeats is None and statement.scope != "standing":
            found.setdefault(statement.indicator, []).append(statement)
    return found


def _clauses(study: Study, statements: Iterable[Statement]) -> tuple[str, ...]:
    return tuple(f"{study.clause(s)}: {s.value_text('zh')}{s.unit}（{s.period}）" for s in statements)


def _periods(periods: str, year: int) -> list[Period]:
    match periods:
        case "yearly":
            return [Period(year)]
        case "quarterly":
            return [Period(year, quarter=quarter) for quarter in range(1, 5)]
    return [Period(year, month=month) for month in range(1, 13)]


def _basis(indicator: Indicator, period: Period) -> str:
    if indicator.kind in ("stock", "count"):
        return "at_end"
    return "year_to_date" if indicator.kind == "flow" and not period.is_year else "in_period"
