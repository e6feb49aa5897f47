"""What a region is asked for 数据需求清单 as a page of the briefing: which figure, for which clause, of which years, owed by whom."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.requests import Request
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.reading.asked import asked_by_clauses
from zhibiao.reading.workbook import template
from zhibiao.showing.citing import briefly_cited, cited_clause, named
from zhibiao.showing.gap_records import template_records
from zhibiao.showing.numbers import count
from zhibiao.showing.table import Column, Table, published_run
from zhibiao.showing.words import BASES, counted, word, years_text

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Beside the table, in published runs: the workbook that a district fills, base64."""


@dataclass(frozen=True)
class RequestTable(Table):
    """The list together with the workbook to fill."""

    workbook: bytes = b""

    def _repr_mimebundle_(self, **options: object) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        if published_run() and self.workbook:
            (bundle[0] if isinstance(bundle, tuple) else bundle)[WORKBOOK] = base64.b64encode(self.workbook).decode("ascii")
        return bundle


def asked_for(study: Study, rows: Sequence[GapRow], requests: Sequence[Request]) -> Table:
    """The figures that are asked for, each with the clauses that need it and what it means.

    Parameters
    ----------
    rows : sequence of GapRow
        The targets that the list is about.
    requests : sequence of Request
        What they wait for.
    """
    columns = [*_columns(study, years=4, clauses=6), Column("definition", study.words("定义", "definition"), width=6)]
    cells = [
        {
            **_cells(study, request, cited_clause),
            "definition": request.indicator.definition if study.lang == "zh" else (request.indicator.definition_en or request.indicator.definition),
        }
        for request in requests
    ]
    title = study.words(f"数据需求清单：{count(len(cells))}项指标缺数", f"Figures asked for: {counted(len(cells), 'indicator')}")
    return Table(columns, cells, title=title, empty=_nothing_owed(study, rows))


def _columns(study: Study, *, years: int, clauses: int) -> list[Column]:
    return [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("unit", study.words("单位", "unit"), width=2),
        Column("years", study.words("缺哪些年", "years missing"), width=years),
        Column("basis", study.words("口径", "basis"), width=2),
        Column("clauses", study.words("哪条条款需要", "needed for"), width=clauses),
    ]


def _cells(study: Study, request: Request, cite: Callable[[Study, Statement], str]) -> dict[str, str]:
    return {
        "indicator": request.indicator.name(study.lang),
        "unit": request.statements[0].written_unit.label(study.lang) or study.words(request.unit, "number"),
        "years": _years(study, request),
        "basis": word(BASES, request.basis, study.lang),
        "clauses": study.words("；", "; ").join(dict.fromkeys(cite(study, statement) for statement in request.statements)),
    }


def _years(study: Study, request: Request) -> str:
    """The years, those that would be baselines told apart: a figure of five years ago is asked for, and this is why."""
    starts = [study.words(f"{year}（基期）", f"{year} (baseline)") for year in request.starts]
    rest = years_text(tuple(year for year in request.years if year not in request.starts), study.lang)
    return study.words("、", ", ").join((*starts, rest) if rest else starts)


def owed(study: Study, rows: Sequence[GapRow], requests: Sequence[Request]) -> RequestTable:
    """The figures that are asked for, each with the clauses that need it and the units that owe it.

    Parameters
    ----------
    rows : sequence of GapRow
        The targets that the list is about.
    requests : sequence of Request
        What they wait for; the workbook holds every figure that any target of the region waits for.
    """
    columns = [*_columns(study, years=4, clauses=5), Column("owner", study.words("由谁报", "owed by"), width=6)]
    cells = [{**_cells(study, request, briefly_cited), "owner": owners(study, request)} for request in requests]
    return RequestTable(
        columns,
        cells,
        title=study.words(f"{count(len(cells))}项指标缺数", f"{counted(len(cells), 'indicator')} without figures") if cells else "",
        notes=_notes(study, requests) if cells else (),
        empty=_nothing_owed(study, rows),
        workbook=_workbook(study) if published_run() else b"",
    )


def _nothing_owed(study: Study, rows: Sequence[GapRow]) -> str:
    if not rows:
        return study.words(
            f"没有登记{study.region.zh}的目标，无从要数；登记方法见 docs/add-a-region.md。",
            f"No target of {study.region.en} is registered, so no figure can be asked for; docs/add-a-region.md says how to register one.",
        )
    if any(row.standing.latest is not None for row in rows):
        return study.words(f"截至{study.as_of}年，目标所需数据都已报齐。", f"As of {study.as_of} every figure that the targets need has been reported.")
    return study.words(f"截至{study.as_of}年，目标还没有到期应报的数。", f"As of {study.as_of} no figure of the targets is due yet.")


def owners(study: Study, request: Request) -> str:
    """The units that the documents name for the clauses; where they name none, who issued them."""
    units = dict.fromkeys(unit for s in request.statements for unit in (*s.responsible, *_serving(study, s.plan, s.id)))
    if units:
        return named(study, units)
    issuers = dict.fromkeys(unit for plan in request.plans if plan.region == study.region.code for unit in plan.issuer)
    if issuers:
        return named(study, issuers) + study.words("（印发单位；文件未写责任单位）", " (issuer; the document names no unit)")
    return study.words("文件未写责任单位", "the document names no unit")


def _serving(study: Study, plan: str, statement: str) -> list[str]:
    measures = [m for m in study.registry.plans[plan].measures if statement in m.statements]
    return [unit for measure in measures for unit in (*measure.lead, *measure.responsible)]


def _notes(study: Study, listed: Sequence[Request]) -> list[str]:
    every = {row["indicator"] for row in template_records(study)}
    more = len(every) - len(listed)
    told = study.words(f"，另含其他目标所缺的{count(more)}项指标", f", with {counted(more, 'indicator')} more that other targets wait for") if more > 0 else ""
    return [
        study.words(
            f"随本简报附有填报表（fill-in.xlsx{told}）：填好后用 zhibiao observe import 导入，重出简报。",
            f"A workbook to fill comes with this briefing (fill-in.xlsx{told}): once filled, zhibiao observe import takes it in, and the briefing is made anew.",
        )
    ]


def _workbook(study: Study) -> bytes:
    asked = asked_by_clauses(study, template_records(study))
    if not asked:
        return b""
    code = study.region.code
    return template(study.registry, asked, f"zhibiao observe template --region {code} --as-of {study.as_of} -o {code}.xlsx")
