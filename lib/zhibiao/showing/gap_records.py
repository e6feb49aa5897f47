"""The gap table and the request list as flat records, for files and scripts; values in the document's unit."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.assessing.gaps import GapRow, gap_table
from zhibiao.assessing.requests import requests
from zhibiao.catalogue.load import OBSERVATION_COLUMNS
from zhibiao.catalogue.study import Study
from zhibiao.reading.asked import OWN_SOURCE
from zhibiao.simulating.scenario import simulate

GAP_COLUMNS = (
    "id", "document", "locator", "indicator", "indicator_zh", "region", "target", "unit", "period", "baseline", "baseline_year", "latest",
    "latest_period", "qualifier", "confidence", "total", "met", "gap", "gap_share", "change_done", "time_gone", "pace", "pace_needed",
    "chance", "chance_at_horizon", "state", "verdict", "governed_by", "missing_years",
)  # fmt: skip

TEMPLATE_COLUMNS = OBSERVATION_COLUMNS


def gap_rows(study: Study) -> tuple[GapRow, ...]:
    """The gap table under the study's scenario."""
    return gap_table(study, simulate(study).chances)


def gap_records(rows: Sequence[GapRow]) -> list[dict[str, object]]:
    """One record a target."""
    return [_record(row) for row in rows]


def _record(row: GapRow) -> dict[str, object]:
    stands, statement = row.standing, row.statement
    scale = float(statement.written_unit.scale)

    def scaled(value: float | None) -> float | None:
        return None if value is None else value / scale

    made, latest, start = stands.progress, stands.latest, stands.baseline
    return {
        "id": statement.key,
        "document": stands.plan.document,
        "locator": statement.locator,
        "indicator": statement.indicator,
        "indicator_zh": stands.indicator.zh,
        "region": statement.region,
        "target": statement.value_text("zh"),
        "unit": statement.unit,
        "period": str(statement.period) if statement.period else None,
        "baseline": scaled(start.value) if start else None,
        "baseline_year": start.year if start else None,
        "latest": scaled(float(latest.base_value)) if latest else None,
        "latest_period": str(latest.period) if latest else None,
        "qualifier": latest.qualifier if latest else None,
        "confidence": latest.confidence if latest else None,
        "total": scaled(stands.total),
        "met": stands.met,
        "gap": scaled(stands.gap),
        "gap_share": stands.gap_share,
        "change_done": made.change if made else None,
        "time_gone": made.time if made else None,
        "pace": scaled(made.pace) if made else None,
        "pace_needed": scaled(stands.needed),
        "chance": row.chance,
        "chance_at_horizon": row.chance_horizon,
        "state": stands.state,
        "verdict": stands.verdict,
        "governed_by": row.governed_by.key if row.governed_by else None,
        "missing_years": " ".join(str(year) for year in stands.missing),
    }


def template_records(study: Study) -> list[dict[str, object]]:
    """One row to fill for each figure that is asked for."""
    rows = gap_table(study, {})
    return [
        {
            "region": study.region.code,
            "indicator": request.indicator.id,
            "period": str(year),
            "basis": request.basis,
            "qualifier": "eq",
            "unit": request.unit,
            "status": "final",
            "confidence": "high",
            "source": OWN_SOURCE,
        }
        for request in requests(rows)
        for year in request.years
    ]
