"""Statements as flat records, the way `zhibiao targets` prints them: value and unit as the document writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, closest
from zhibiao.model.document import Statement, StatementKind

STATEMENT_COLUMNS = (
    "id", "plan", "document", "locator", "indicator", "indicator_zh", "region", "kind", "value_low", "value_high", "unit", "comparator",
    "scope", "year_start", "year_end", "responsible", "evidence",
)  # fmt: skip


def statement_records(
    registry: Registry, plan: str | None, region: str | None, kind: str | None, repeats: bool = False
) -> list[dict[str, object]]:
    """Statements of one plan, region and kind, or of all, in the order of the documents.

    A sentence that only says again what another of its document says is one statement; `repeats` lists it as well.

    Raises
    ------
    ParameterError
        Unknown plan, region or kind; with the nearest.
    """
    kinds = get_args(StatementKind)
    if kind is not None and kind not in kinds:
        raise ParameterError(f"未知类别 unknown kind {kind!r}", where="--kind", allowed=kinds, nearest=closest(kind, kinds))
    plans = None if plan is None else [registry.plan(plan)]
    code = None if region is None else registry.region(region).code
    return [
        {
            "id": s.key,
            "plan": s.plan,
            "document": registry.plans[s.plan].document,
            "locator": s.locator,
            "indicator": s.indicator,
            "indicator_zh": registry.indicators[s.indicator].zh,
            "region": s.region,
            "kind": s.kind,
            "value_low": s.low,
            "value_high": s.high,
            "unit": s.unit,
            "comparator": s.comparator,
            "scope": s.scope,
            "year_start": s.period.start if s.period else None,
            "year_end": s.period.end if s.period else None,
            "responsible": "；".join(s.responsible or _units(registry, s)),
            "evidence": s.evidence,
        }
        for s in registry.statements(plans)
        if (code is None or s.region == code) and (kind is None or s.kind == kind) and (repeats or s.repeats is None)
    ]


def _units(registry: Registry, statement: Statement) -> tuple[str, ...]:
    """The units of the measures that serve a statement, in the order of the document."""
    measures = [m for m in registry.plans[statement.plan].measures if statement.id in m.statements]
    return tuple(dict.fromkeys(unit for m in measures for unit in (*m.lead, *m.responsible)))


def cell_text(value: object) -> str:
    """A value as a cell of a text file: no exponent, nothing for what is absent.

    >>> cell_text(Decimal("10.5")), cell_text(None), cell_text(True), cell_text(-0.0)
    ('10.5', '', 'yes', '0')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return format(round(value, 10) + 0.0, ".10g")  # a negative zero becomes zero
    return str(value)
