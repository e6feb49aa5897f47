"""The registry's own tables: regions, indicators, units, sources, documents, statements, observations of every vintage, measures, scenarios."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from zhibiao.catalogue.registry import Registry
from zhibiao.model import Measure, MeasureStatus, Observation, Plan, Span, Statement, unit_of
from zhibiao.model.record import Record
from zhibiao.model.unit_codes import code_of
from zhibiao.model.units import BASES
from zhibiao.publishing.handover import columns
from zhibiao.publishing.handover.fields import DataTable, Field, Value, decimals

Row = dict[str, Value]


def chosen_observations(registry: Registry, regions: Collection[str]) -> list[Observation]:
    """Every vintage of every figure of these regions, all where none is named; in a fixed order."""
    rows = [o for o in registry.observations if not regions or o.region in regions]
    return sorted(rows, key=lambda o: (o.region, o.indicator, o.period, o.basis, o.recorded, o.source))


def chosen_statements(registry: Registry, regions: Collection[str]) -> list[Statement]:
    """Every statement that speaks of these regions, all where none is named; in the order of the documents."""
    return [s for s in registry.statements() if not regions or s.region in regions]


def tables(registry: Registry, regions: Collection[str] = ()) -> tuple[DataTable, ...]:
    """The registry's tables, each naming only what stands in another.

    Parameters
    ----------
    regions : collection of str
        Codes; empty for all. With them come those above them, and the documents and sources that speak of them.
    """
    observations, statements = chosen_observations(registry, regions), chosen_statements(registry, regions)
    documents = {s.plan for s in statements} if regions else set(registry.plans)
    places = _above(registry, [*regions, *(registry.plans[name].region for name in documents)]) if regions else set(registry.regions)
    sources = {o.source for o in observations} if regions else set(registry.sources)
    written = [*(o.unit for o in observations), *(s.unit for s in statements), *(i.unit for i in registry.indicators.values())]
    current = _current(registry, observations)
    measures = [m for name in sorted(documents) for m in registry.plans[name].measures]
    kept = {m.key for m in measures}
    statuses = [(n, status) for n, status in enumerate(registry.statuses, start=1) if status.key in kept]
    key = ("region", "indicator", "period", "basis", "source", "recorded")
    return (
        DataTable("regions", "地区", "regions", columns.REGIONS, ("code",), _picked(registry.regions, places, columns.REGIONS)),
        DataTable("units", "单位", "units", columns.UNITS, ("unit",), tuple(_unit(name) for name in sorted(set(written)))),
        DataTable("indicators", "指标", "indicators", columns.INDICATORS, ("id",), _picked(registry.indicators, set(registry.indicators), columns.INDICATORS)),
        DataTable("sources", "来源", "sources", columns.SOURCES, ("id",), _picked(registry.sources, sources, columns.SOURCES)),
        DataTable("documents", "文件", "documents", columns.DOCUMENTS, ("id",), tuple(_document(registry.plans[name]) for name in sorted(documents))),
        DataTable("statements", "表述", "statements", columns.STATEMENTS, ("key",), tuple(map(_statement, statements))),
        DataTable("observations", "观测数", "observations", columns.OBSERVATIONS, key, tuple(_observation(o, id(o) in current) for o in observations)),
        DataTable("measures", "措施", "measures", columns.MEASURES, ("key",), tuple(map(_measure, measures))),
        DataTable("statuses", "措施进展", "status of measures", columns.STATUSES, ("entry",), tuple(_status(n, status) for n, status in statuses)),
        DataTable("scenarios", "情景", "scenarios", columns.SCENARIOS, ("id",), _picked(registry.scenarios, set(registry.scenarios), columns.SCENARIOS)),
    )


def _current(registry: Registry, observations: Iterable[Observation]) -> set[int]:
    series = {(o.region, o.indicator) for o in observations}
    return {id(point) for region, indicator in series for point in registry.series(region, indicator).points}


def _above(registry: Registry, codes: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for code in codes:
        place: str | None = code
        while place is not None and place not in found:
            found.add(place)
            place = registry.regions[place].parent
    return found


def _picked(records: Mapping[str, Record], wanted: Collection[str], fields: tuple[Field, ...]) -> tuple[Row, ...]:
    return tuple(_own(records[name], fields) for name in sorted(wanted))


def _value(value: Value) -> Value:
    return None if value == "" else value


def _unit(written: str) -> Row:
    unit = unit_of(written)
    return {"unit": written, "base": unit.base, "base_code": code_of(unit.base), "base_en": BASES[unit.base] or None, "scale": unit.scale}


def _document(plan: Plan) -> Row:
    return {**_own(plan, columns.DOCUMENTS, "year_start", "year_end"), **_years(plan.period)}


def _statement(s: Statement) -> Row:
    return {**_own(s, columns.STATEMENTS, "document", "year_start", "year_end"), "document": s.plan, **_years(s.period)}


def _observation(o: Observation, current: bool) -> Row:
    return {**_own(o, columns.OBSERVATIONS, "period", "decimals", "current"), "period": str(o.period), "decimals": decimals(o.value), "current": current}


def _measure(m: Measure) -> Row:
    return {**_own(m, columns.MEASURES, "document", "year_start", "year_end"), "document": m.plan, **_years(m.period)}


def _status(number: int, status: MeasureStatus) -> Row:
    return {**_own(status, columns.STATUSES, "entry", "measure"), "entry": number, "measure": status.key}


def _own(record: Record, fields: tuple[Field, ...], *others: str) -> Row:
    """The fields that a record has itself, under the same names."""
    return {field.name: _value(getattr(record, field.name)) for field in fields if field.name not in others}


def _years(span: Span | None) -> Row:
    return {"year_start": span.start if span else None, "year_end": span.end if span else None}
