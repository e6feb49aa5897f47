"""Every statement with its clause, in narrow lines: the appendix of a briefing."""

from __future__ import annotations

from zhibiao.catalogue.study import Study
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.numbers import count
from zhibiao.showing.statement_tables import period_text, value_with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import KINDS, word


def clauses(study: Study) -> Table:
    """One row a statement, in the order of the documents; what only repeats another sentence is not listed again."""
    lang = study.lang
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=7),
        Column("kind", study.words("性质", "kind"), width=3),
        Column("value", study.words("数值", "value"), "right", width=5),
        Column("period", study.words("期间", "period"), width=5),
        Column("clause", study.words("条款", "clause"), width=6),
        Column("evidence", study.words("原文", "wording"), width=10),
    ]
    said = [s for kind in KINDS for s in study.statements(kind) if s.repeats is None]
    order = {plan.id: number for number, plan in enumerate(study.plans)}
    rows = [
        {
            "indicator": study.indicator(s.indicator).name(lang),
            "kind": word(KINDS, s.kind, lang) + (study.words("（力争）", " (strive)") if s.strive else ""),
            "value": value_with_unit(s, lang),
            "period": period_text(s, lang),
            "clause": briefly_cited(study, s),
            "evidence": study.words(s.evidence, f"“{s.evidence}”"),
        }
        for s in sorted(said, key=lambda s: order[s.plan])
    ]
    return Table(
        columns,
        rows,
        title=study.words(f"{count(len(rows))}条定量表述，逐条有出处", f"{count(len(rows))} quantified statements, each with its clause"),
        empty=study.words("没有登记表述。", "No statement is registered."),
    )
