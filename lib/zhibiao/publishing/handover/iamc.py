"""The long format of the IAMC (model, scenario, region, variable, unit, year, value), which scenario tools such as pyam read.

Variables are ``<indicator id>|<what>``: ``enrolment|Median``, ``enrolment|Quantile 0.1``, and ``enrolment|Observed`` under the
scenario ``observed`` for exact whole-year figures of the current vintage. Regions are GB/T 2260 codes after ``CN-``
(a bare number would be read as one), values in base units.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao import __version__
from zhibiao.catalogue.registry import Registry
from zhibiao.model import unit_of
from zhibiao.model.units import BASES
from zhibiao.publishing.handover.datapackage import csv_bytes
from zhibiao.publishing.handover.fields import DataTable, Field, Value

COLUMNS = ("model", "scenario", "region", "variable", "unit", "year", "value")
OBSERVED = "observed"
"""The scenario of what was observed; none of the registry's has this name unless somebody gave it."""


def iamc_table(registry: Registry, projections: DataTable, regions: Sequence[str]) -> DataTable:
    """Projections and observed figures as one long table, in order of scenario, region, variable and year."""
    model = f"zhibiao {__version__}"
    rows: list[dict[str, Value]] = [
        {
            "model": model, "scenario": row["scenario"], "region": region_name(row["region"]), "variable": f"{row['indicator']}|{_level(row['quantile'])}",
            "unit": unit_name(str(row["unit"])), "year": row["year"], "value": row["value"],
        }
        for row in projections.rows
    ]  # fmt: skip
    name = OBSERVED
    while name in registry.scenarios:  # the registry's own scenario keeps its name
        name += "_figures"
    for code in regions or sorted({o.region for o in registry.observations}):
        for indicator in registry.indicators_observed(code):
            rows += [
                {
                    "model": model, "scenario": name, "region": region_name(code), "variable": f"{indicator}|Observed",
                    "unit": unit_name(unit_of(point.unit).base), "year": point.period.year, "value": point.base_value,
                }
                for point in registry.series(code, indicator).annual
                if point.qualifier in ("eq", "about")
            ]  # fmt: skip
    rows.sort(key=lambda row: tuple(str(row[column]) for column in COLUMNS[1:6]))
    fields = (*(Field(column, "text", column, column, True) for column in COLUMNS[:5]), Field("year", "integer", "年份", "year", True), Field("value", "number", "值", "value", True))
    return DataTable("iamc", "IAMC 长表", "IAMC long format", fields, COLUMNS[:6], tuple(rows))


def iamc(table: DataTable, regions: DataTable) -> dict[str, bytes]:
    """The long table, and which code is which region."""
    return {"iamc.csv": csv_bytes(table.header, table.cells()), "regions.csv": csv_bytes(regions.header, regions.cells())}


def region_name(code: Value) -> str:
    """A region as the format writes it: text, also to a reader that takes what it can for numbers.

    >>> region_name("500000")
    'CN-500000'
    """
    return f"CN-{code}"


def unit_name(base: str) -> str:
    """A base unit as the format writes it: in English, never empty.

    >>> unit_name("人"), unit_name("个")
    ('persons', 'number')
    """
    return BASES[base] or "number"


def _level(quantile: Value) -> str:
    return "Median" if quantile == 0.5 else f"Quantile {quantile}"
