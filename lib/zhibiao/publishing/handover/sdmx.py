"""SDMX-CSV 2.0 (SDMX 3.0 standards, section 5) with its structure message: one data file a dataflow, one structures.json for all.

``OBS_VALUE`` is the value as the document writes it and ``UNIT_MULT`` the power of ten to the unit of measure, as the standard has it:
10.5 with UNIT_MULT 4 and UNIT_MEASURE PERSONS is 105 000 persons, which stands in ``BASE_VALUE`` as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhibiao.catalogue.registry import Registry
from zhibiao.model import Period, unit_of
from zhibiao.model.unit_codes import code_of
from zhibiao.publishing.handover.datapackage import csv_bytes
from zhibiao.publishing.handover.fields import DataTable, Value, decimals
from zhibiao.publishing.handover.sdmx_structure import AGENCY, FLOWS, VERSION, Flow, structures

NAME = "structures.json"

STATUS_CODES = {"final": "A", "preliminary": "P", "derived": "E"}
"""Our words to the codes of the SDMX list of observation statuses."""


def sdmx(registry: Registry, tables: Sequence[DataTable]) -> tuple[dict[str, bytes], Sequence[DataTable]]:
    """The structure message and a data file for each table that has a flow; with it those tables."""
    named = {table.name: table for table in tables}
    flows = [flow for flow in FLOWS if flow.table in named]
    files = {NAME: structures(registry, named, flows)}
    for flow in flows:
        cells = _CELLS[flow.table]
        columns = flow.columns
        rows = [_line(flow, columns, cells(row)) for row in named[flow.table].rows]
        files[f"{flow.table}.csv"] = csv_bytes(("STRUCTURE", "STRUCTURE_ID", "ACTION", *columns), rows)
    return files, [named[flow.table] for flow in flows]


def frequency(period: Period) -> str:
    """The code of a period's length: A, Q or M."""
    return "A" if period.is_year else ("Q" if period.quarter else "M")


def _line(flow: Flow, columns: Sequence[str], cells: Mapping[str, Value]) -> tuple[Value, ...]:
    assert set(cells) == set(columns), flow.id
    return ("dataflow", f"{AGENCY}:{flow.id}({VERSION})", "I", *(cells[column] for column in columns))


def _observation(row: Mapping[str, Value]) -> dict[str, Value]:
    unit, period = unit_of(str(row["unit"])), Period.parse(row["period"])
    return {
        "FREQ": frequency(period), "REF_AREA": row["region"], "INDICATOR": row["indicator"], "BASIS": row["basis"], "SOURCE": row["source"],
        "VINTAGE": row["recorded"], "TIME_PERIOD": str(period), "OBS_VALUE": row["value"], "UNIT_MEASURE": code_of(unit.base),
        "UNIT_MULT": _power(str(row["unit"])), "DECIMALS": row["decimals"], "OBS_STATUS": STATUS_CODES[str(row["status"])],
        "QUALIFIER": row["qualifier"], "CONFIDENCE": row["confidence"], "UNIT_WRITTEN": row["unit"], "BASE_VALUE": row["base_value"],
        "PUBLISHED": row["published"], "COMMENT_OBS": row["reason"], "CURRENT": row["current"],
    }  # fmt: skip


def _statement(row: Mapping[str, Value]) -> dict[str, Value]:
    own = {
        "DOCUMENT": "document", "STATEMENT": "id", "LOW": "low", "HIGH": "high", "KIND": "kind", "REF_AREA": "region", "INDICATOR": "indicator",
        "COMPARATOR": "comparator", "SCOPE": "scope", "UNIT_WRITTEN": "unit", "YEAR_START": "year_start", "YEAR_END": "year_end",
        "MAINTAIN": "maintain", "MEAN": "mean", "STRIVE": "strive", "LOCATOR": "locator", "EVIDENCE": "evidence", "RESPONSIBLE": "responsible",
        "REPEATS": "repeats", "BASELINE": "baseline", "NOTE": "note", "NOTE_EN": "note_en", "BASE_LOW": "base_low", "BASE_HIGH": "base_high",
    }  # fmt: skip
    written = str(row["unit"])
    return {**{name: row[field] for name, field in own.items()}, "UNIT_MEASURE": code_of(unit_of(written).base), "UNIT_MULT": _power(written)}


def _projection(row: Mapping[str, Value]) -> dict[str, Value]:
    return {
        "FREQ": "A", "REF_AREA": row["region"], "INDICATOR": row["indicator"], "SCENARIO": row["scenario"], "QUANTILE": quantile_code(row["quantile"]),
        "TIME_PERIOD": row["year"], "OBS_VALUE": row["value"], "UNIT_MEASURE": code_of(unit_of(str(row["unit"])).base), "UNIT_MULT": 0,
        "OBS_STATUS": "A" if row["observed"] else "F", "AS_OF": row["as_of"], "ASSUMED": row["assumed"], "SEED": row["seed"],
    }  # fmt: skip


def quantile_code(quantile: Value) -> str:
    """A quantile as a code: 0.025 is P02_5, 0.5 is P50.

    >>> quantile_code(0.025), quantile_code(0.5), quantile_code(0.975)
    ('P02_5', 'P50', 'P97_5')
    """
    assert isinstance(quantile, float)
    thousandths = round(quantile * 1000)
    return f"P{thousandths // 10:02d}" + (f"_{thousandths % 10}" if thousandths % 10 else "")


def _power(written: str) -> int:
    """The power of ten of a unit's scale."""
    scale = unit_of(written).scale
    return len(f"{scale:f}") - 1 if decimals(scale) == 0 else 0


_CELLS = {"observations": _observation, "statements": _statement, "projections": _projection}
