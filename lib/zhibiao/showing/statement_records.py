"""Every target of a study as a flat record that a summary of thousands of regions is put together from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from zhibiao.assessing.gaps import GapRow
from zhibiao.catalogue.study import Study
from zhibiao.model import Region
from zhibiao.showing.table import Table
from zhibiao.showing.words import VERDICTS

COLUMNS: Mapping[str, str] = {
    "region_code": "text", "region_name": "text", "region_en": "text", "level": "text", "parent": "text",
    "province": "text", "province_zh": "text", "province_en": "text", "prefecture": "text", "prefecture_zh": "text", "prefecture_en": "text",
    "scenario": "text", "scenario_zh": "text", "scenario_en": "text",
    "place": "year", "statement": "text", "plan": "text", "clause": "text", "headline": "bool", "governed_by": "text",
    "indicator": "text", "indicator_zh": "text", "indicator_en": "text", "kind": "text", "rollup": "text",
    "unit": "text", "unit_en": "text", "scale": "number", "base": "text", "base_en": "text",
    "target": "text", "target_low": "number", "target_high": "number", "comparator": "text", "scope": "text", "target_year": "year",
    "baseline": "number", "baseline_year": "year", "latest": "number", "latest_year": "year", "latest_period": "text", "qualifier": "text",
    "total": "number", "met": "bool", "gap": "number", "share": "number", "chance": "number",
    "state": "text", "verdict": "text", "verdict_zh": "text", "verdict_en": "text",
    "as_of": "year", "synthetic": "bool",
}  # fmt: skip
"""Names and kinds of a record's fields. Values are in the document's unit; ``scale`` times a value is it in the unit ``base``.
``place`` counts the targets in the order of the documents, ``province`` and ``prefecture`` are those that the region is or lies in.
``share`` is the gap as a share of the change asked, ``chance`` the chance of attainment; what is not known is None, never zero."""

RESOURCE = "statements"
"""Where the records stand in the data resource of a published table."""


@dataclass(frozen=True)
class RecordedTable(Table):
    """A table whose published form also carries the record of every target of its study, not only the cells that are shown."""

    study: Study | None = None
    gaps: Sequence[GapRow] = ()

    @classmethod
    def of(cls, table: Table, study: Study, rows: Sequence[GapRow]) -> RecordedTable:
        """Return `table` with the records of `rows`, which may be more than it shows."""
        return cls(**{field.name: getattr(table, field.name) for field in fields(table)}, study=study, gaps=rows)

    def resource(self) -> dict[str, Any]:
        """Return fields, raw values and, under ``statements``, the records."""
        return {**super().resource(), RESOURCE: [] if self.study is None else statement_records(self.study, self.gaps)}


def statement_records(study: Study, rows: Sequence[GapRow]) -> list[dict[str, Any]]:
    """Return one record a target, its fields those of `COLUMNS`."""
    return [_record(study, row, place) for place, row in enumerate(rows, start=1)]


def _above(study: Study, level: str) -> dict[str, str | None]:
    """The region of a level that the study's region is or lies in."""
    place: Region | None = study.region
    while place is not None and place.level != level:
        place = study.registry.regions.get(place.parent) if place.parent else None
    names = (place.code, place.zh, place.en) if place is not None else (None, None, None)
    return dict(zip((level, f"{level}_zh", f"{level}_en"), names, strict=True))


def _record(study: Study, row: GapRow, place: int) -> dict[str, Any]:
    stands, statement, indicator, region = row.standing, row.statement, row.standing.indicator, study.region
    unit, latest, start = statement.written_unit, row.standing.latest, row.standing.baseline
    scale = float(unit.scale)

    def scaled(value: float | None) -> float | None:
        return None if value is None else float(value) / scale

    zh, en = VERDICTS[stands.verdict]
    return {
        "region_code": region.code,
        "region_name": region.zh,
        "region_en": region.en,
        "level": region.level,
        "parent": region.parent,
        **_above(study, "province"),
        **_above(study, "prefecture"),
        "scenario": study.scenario.id,
        "scenario_zh": study.scenario.zh,
        "scenario_en": study.scenario.en,
        "place": place,
        "statement": statement.key,
        "plan": statement.plan,
        "clause": study.clause(statement),
        "headline": statement.id in stands.plan.headline,
        "governed_by": row.governed_by.key if row.governed_by else None,
        "indicator": indicator.id,
        "indicator_zh": indicator.zh,
        "indicator_en": indicator.en,
        "kind": indicator.kind,
        "rollup": indicator.rollup,
        "unit": statement.unit,
        "unit_en": unit.label("en"),
        "scale": scale,
        "base": indicator.base.written,
        "base_en": indicator.base.label("en"),
        "target": statement.value_text("zh"),
        "target_low": None if statement.low is None else float(statement.low),
        "target_high": None if statement.high is None else float(statement.high),
        "comparator": statement.comparator,
        "scope": statement.scope,
        "target_year": statement.horizon,
        "baseline": scaled(start.value) if start else None,
        "baseline_year": start.year if start else None,
        "latest": scaled(float(latest.base_value)) if latest else None,
        "latest_year": latest.period.year if latest else None,
        "latest_period": str(latest.period) if latest else None,
        "qualifier": latest.qualifier if latest else None,
        "total": scaled(stands.total),
        "met": None if stands.met is None else bool(stands.met),
        "gap": scaled(stands.gap),
        "share": None if stands.gap_share is None else float(stands.gap_share),
        "chance": row.chance,
        "state": stands.state,
        "verdict": stands.verdict,
        "verdict_zh": zh,
        "verdict_en": en,
        "as_of": study.as_of,
        "synthetic": region.synthetic,
    }
