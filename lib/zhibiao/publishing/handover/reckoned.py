"""What follows from the registry: projections by scenario as quantiles, and the gap table. Only where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import Study, study
from zhibiao.errors import ParameterError
from zhibiao.publishing.handover.fields import DataTable, Field, Value

if TYPE_CHECKING:
    from zhibiao.model.fan import Fan

QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
"""The ends of the bands that reports show (50, 80 and 95 %), and the median."""

PROJECTIONS = (
    Field("region", "text", "地区", "region", True, refers=("regions", "code")),
    Field("scenario", "text", "情景编号", "id of the scenario", True, refers=("scenarios", "id")),
    Field("indicator", "text", "指标", "indicator", True, refers=("indicators", "id")),
    Field("year", "integer", "年份", "year", True),
    Field("quantile", "float", "分位", "quantile of the possible paths", True),
    Field("value", "float", "值（基本单位）", "value, base unit", True),
    Field("unit", "text", "基本单位", "base unit", True, refers=("units", "unit")),
    Field("observed", "bool", "是否观测年份", "whether the year is an observed one", True),
    Field("as_of", "integer", "数据截至年", "year of knowledge", True),
    Field("assumed", "bool", "是否由情景设定", "whether the scenario sets this indicator", True),
    Field("seed", "integer", "随机种子", "seed of the draws", True),
)

GAPS = (
    Field("region", "text", "地区", "region", True, refers=("regions", "code")),
    Field("scenario", "text", "情景编号", "id of the scenario", True, refers=("scenarios", "id")),
    Field("statement", "text", "目标", "target", True, refers=("statements", "key")),
    Field("indicator", "text", "指标", "indicator", True, refers=("indicators", "id")),
    Field("unit", "text", "基本单位", "base unit", True, refers=("units", "unit")),
    Field("baseline", "float", "基期值（基本单位）", "baseline, base unit"),
    Field("baseline_year", "integer", "基期年", "year of the baseline"),
    Field("latest", "number", "最新值（基本单位）", "latest value, base unit"),
    Field("latest_period", "text", "最新值期间", "period of the latest value"),
    Field("met", "bool", "是否达到；空为未定", "whether met; empty where undecided"),
    Field("gap", "float", "差距（基本单位）", "gap, base unit"),
    Field("gap_share", "float", "差距占应变动的比例", "gap as a share of the change asked"),
    Field("pace_needed", "float", "此后每年须变动（基本单位）", "change needed each year from now on, base unit"),
    Field("chance", "float", "达到的可能", "chance of attainment"),
    Field("state", "text", "状态", "state", True),
    Field("verdict", "text", "结论", "verdict"),
    Field("as_of", "integer", "数据截至年", "year of knowledge", True),
)


@dataclass(frozen=True)
class Reckoned:
    """The tables, and what was passed over because a scenario needs figures that a region does not have."""

    tables: tuple[DataTable, ...] = ()
    passed_over: tuple[str, ...] = ()


def reckoned(registry: Registry, regions: Sequence[str], scenarios: Sequence[str], *, gaps: bool, seed: int = 2020) -> Reckoned:
    """Projections, and on request gaps, of every region that has any.

    Parameters
    ----------
    regions : sequence of str
        Codes; empty for every region with figures or documents.
    scenarios : sequence of str
        Ids. Where no region is named, one for which a scenario is not meant, or that lacks the figures it needs, is passed over.

    Raises
    ------
    ParameterError
        A scenario is unknown, or a region that was named has not what it needs.
    """
    from zhibiao.simulating.scenario import Ground, ground, simulate

    projected: list[dict[str, Value]] = []
    standing: list[dict[str, Value]] = []
    passed_over: list[str] = []
    named = [registry.scenario(name).id for name in scenarios]
    for code in regions or _spoken_of(registry):
        base: Ground | None = None
        for scenario in named:
            meant = registry.scenario(scenario).regions
            if not regions and meant and code not in meant:
                continue
            try:
                question = study(registry, code, scenario=scenario, seed=seed)
                base = ground(question) if base is None else base
                simulation = simulate(question, base)
            except ParameterError:
                if regions:
                    raise
                passed_over.append(f"{code} {scenario}")
                continue
            for indicator, fan in sorted(simulation.fans.items()):
                projected += _projected(question, fan, assumed=indicator in simulation.assumed)
            if gaps:
                standing += _gaps(question, simulation.chances)
    key = ("region", "scenario", "indicator", "year", "quantile")
    found: tuple[DataTable, ...] = (DataTable("projections", "推演", "projections", PROJECTIONS, key, tuple(projected)),)
    if gaps:
        found = (*found, DataTable("gaps", "差距", "gaps", GAPS, ("region", "scenario", "statement"), tuple(standing)))
    return Reckoned(found, tuple(passed_over))


def _spoken_of(registry: Registry) -> list[str]:
    """The regions with figures or documents."""
    return [code for code in sorted(registry.regions) if registry.newest_year(code) is not None or registry.plans_for(code)]


def _projected(question: Study, fan: Fan, *, assumed: bool) -> list[dict[str, Value]]:
    edges = [(p, fan.quantile(p)) for p in QUANTILES]
    return [
        {
            "region": question.region.code, "scenario": question.scenario.id, "indicator": fan.indicator, "year": int(year), "quantile": p,
            "value": float(edge[index]), "unit": question.indicator(fan.indicator).unit, "observed": bool(fan.observed[index]),
            "as_of": question.as_of, "assumed": assumed, "seed": question.seed,
        }
        for index, year in enumerate(fan.years.tolist())
        for p, edge in edges
    ]  # fmt: skip


def _gaps(question: Study, chances: Mapping[str, Fan]) -> list[dict[str, Value]]:
    from zhibiao.assessing.gaps import gap_table

    return [
        {
            "region": question.region.code, "scenario": question.scenario.id, "statement": row.statement.key, "indicator": row.statement.indicator,
            "unit": row.standing.indicator.unit, "baseline": row.standing.baseline.value if row.standing.baseline else None,
            "baseline_year": row.standing.baseline.year if row.standing.baseline else None,
            "latest": row.standing.latest.base_value if row.standing.latest else None,
            "latest_period": str(row.standing.latest.period) if row.standing.latest else None,
            "met": row.standing.met, "gap": row.standing.gap, "gap_share": row.standing.gap_share, "pace_needed": row.standing.needed,
            "chance": row.chance, "state": row.standing.state, "verdict": row.standing.verdict, "as_of": question.as_of,
        }
        for row in gap_table(question, chances)
    ]  # fmt: skip
