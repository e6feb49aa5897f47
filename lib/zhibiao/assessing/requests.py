"""The list of figures that are asked for 数据需求清单: what is missing, for which clause and period. A result, not a failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.assessing.gaps import GapRow
from zhibiao.model import Indicator, Plan, Statement


@dataclass(frozen=True)
class Request:
    """Figures of one indicator that targets wait for.

    Attributes
    ----------
    years : tuple of int
        Periods without a figure, ascending, those of lacking baselines among them.
    starts : tuple of int
        Which of them would be baselines.
    statements : tuple of Statement
        The clauses that need them.
    headline : bool
        Whether a projection or another figure of the indicator exists already, so that the figure continues a series.
    """

    indicator: Indicator
    unit: str
    basis: str
    years: tuple[int, ...]
    starts: tuple[int, ...]
    statements: tuple[Statement, ...]
    plans: tuple[Plan, ...]
    headline: bool


def requests(rows: Sequence[GapRow]) -> tuple[Request, ...]:
    """Gather what is missing, one request per indicator, those that continue a known series first."""
    grouped: dict[str, list[GapRow]] = {}
    for row in rows:
        # a standing rule has no period: it is kept or not, there is no figure to report by a date
        if (row.standing.missing or row.standing.no_start is not None) and row.statement.scope != "standing":
            grouped.setdefault(row.statement.indicator, []).append(row)
    found = []
    for group in grouped.values():
        indicator = group[0].standing.indicator
        starts = {row.standing.no_start for row in group if row.standing.no_start is not None}
        years = {year for row in group for year in row.standing.missing}
        plans = tuple(dict.fromkeys(row.standing.plan.id for row in group))
        found.append(
            Request(
                indicator,
                group[0].statement.unit,
                basis_for(indicator),
                tuple(sorted(years | starts)),
                tuple(sorted(starts - years)),
                tuple(row.statement for row in group),
                tuple(next(r.standing.plan for r in group if r.standing.plan.id == name) for name in plans),
                any(row.standing.latest is not None or row.standing.baseline is not None for row in group),
            )
        )
    return tuple(sorted(found, key=lambda request: not request.headline))


def basis_for(indicator: Indicator) -> str:
    """The basis in which a figure of this indicator is asked for."""
    return "at_end" if indicator.kind in ("stock", "count") else "in_period"
