"""Tables of what the documents say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from zhibiao.catalogue.study import Study
from zhibiao.model import Statement, Unit
from zhibiao.showing.by_hand import said_in_numbers
from zhibiao.showing.citing import cited_clause
from zhibiao.showing.numbers import as_written, count
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import KINDS, SCOPES, counted, dash, word

THOUSANDS = re.compile(r"(?<![\d.])\d{4,}")
"""The whole part of a number from a thousand on."""


def value_with_unit(statement: Statement, lang: str) -> str:
    """The value as the document writes it, with its unit: >10.5万人, 98%; English sets a space before a word."""
    return with_unit(stated(statement, lang), statement.written_unit, lang)


def stated(statement: Statement, lang: str) -> str:
    """The value as the document writes it, without its unit: >10.5, 3—5, >[15]; of things counted one by one the thousands stand apart: ≥15,000."""
    for end in (statement.low, statement.high):
        if end is not None:
            as_written(end, statement.written_unit.scale)
    text = statement.value_text(lang)
    return text if statement.written_unit.scale != 1 else THOUSANDS.sub(lambda found: f"{int(found.group()):,}", text)


def with_unit(value: str, unit: Unit, lang: str) -> str:
    """Join a printed value and its unit the way the language does."""
    label = unit.label(lang)
    if lang != "zh" and unit.scale == 1 and value.lstrip("≥≤<>≈[").rstrip("]") == "1":
        label = label.removesuffix("s")
    return f"{value}{label}" if lang == "zh" or label == "%" else f"{value} {label}".strip()


def period_text(statement: Statement, lang: str) -> str:
    """When a statement binds, in words."""
    if statement.period is None:
        if statement.scope == "standing":
            return "长期" if lang == "zh" else "standing"
        return "期间不明" if lang == "zh" else "period unclear"
    years = str(statement.period).replace("-", dash(lang))
    if statement.mean:
        return f"{years} 年均" if lang == "zh" else f"{years}, yearly mean"
    if statement.maintain:
        return f"{years} 保持" if lang == "zh" else f"{years}, kept"
    if statement.scope == "annual":
        return f"{years} 每年" if lang == "zh" else f"{years}, each year"
    if statement.scope == "cumulative":
        return f"{years} 累计" if lang == "zh" else f"{years}, in all"
    return years


def documents(study: Study) -> Table:
    """The documents that speak of the region, with how much they say."""
    lang = study.lang
    columns = [
        Column("document", study.words("文件", "document"), width=5),
        Column("issued", study.words("发布", "issued"), width=2),
        Column("period", study.words("规划期", "period"), width=2),
        *(Column(kind, word(KINDS, kind, lang), "right", "count", width=1) for kind in KINDS),
        Column("all", study.words("合计", "all"), "right", "count", width=1),
    ]
    rows = []
    for plan in study.plans:
        counts: Counter[str] = Counter(s.kind for s in plan.statements if s.region == study.region.code and s.repeats is None)
        title = f"《{plan.title}》" if lang == "zh" else plan.title_en
        rows.append(
            {
                "document": f"{plan.number or ''}{title}" if lang == "zh" else f"{title} ({plan.number})" if plan.number else title,
                "issued": plan.issued.isoformat(),
                "period": str(plan.period).replace("-", dash(lang)),
                **{kind: counts[kind] for kind in KINDS},
                "all": sum(counts.values()),
            }
        )
    return Table(
        columns,
        rows,
        title=study.words("涉及本地区的规划文件与定量表述数", "Documents for the region and how many quantified statements they hold"),
        empty=study.words(
            f"登记库中没有{study.region.zh}的规划文件，可按 docs/add-a-region.md 加入。",
            f"The registry holds no document for {study.region.en}; docs/add-a-region.md says how to add one.",
        ),
    )


def statements(study: Study, kind: str | None = None, only: Sequence[Statement] | None = None, title: str = "") -> Table:
    """What the documents say, one row a statement, each with its clause."""
    lang = study.lang
    said = study.statements(kind) if only is None else tuple(only)
    chosen = tuple(s for s in said if s.repeats is None)  # what repeats another sentence is one statement
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("value", study.words("数值", "value"), "right", width=3),
        Column("period", study.words("期间", "period"), width=3),
        Column("scope", study.words("性质", "scope"), width=2),
        Column("clause", study.words("条款", "clause"), width=4),
        Column("evidence", study.words("原文", "wording"), width=5),
    ]
    rows = [
        {
            "indicator": study.indicator(s.indicator).name(lang),
            "value": value_with_unit(s, lang),
            "period": period_text(s, lang),
            "scope": word(SCOPES, s.scope, lang) + (study.words("（力争）", " (strive)") if s.strive else ""),
            "clause": cited_clause(study, s),
            "evidence": study.words(s.evidence, f"“{s.evidence}”"),
        }
        for s in chosen
    ]
    name = word(KINDS, kind, lang) if kind else study.words("全部表述", "statements")
    return Table(
        columns,
        rows,
        title=title or study.words(f"{name}：{count(len(rows))}条，逐条有出处", f"{name}: {count(len(rows))}, each with its clause"),
        notes=_repeated(study, len(said) - len(chosen))
        + [
            study.words(f"{study.indicator(s.indicator).zh}：{s.note}。", f"{study.indicator(s.indicator).en}: {s.note_en}.")
            for s in chosen
            if (s.note if lang == "zh" else s.note_en)
        ],
        empty=study.words("没有这类表述。", "There is no such statement."),
        beside=said_in_numbers(study, chosen),
    )


def _repeated(study: Study, again: int) -> list[str]:
    if not again:
        return []
    return [study.words(f"另有{count(again)}处重复上列表述，不另计。", f"{counted(again, 'more sentence')} {'repeats these and is' if again == 1 else 'repeat these and are'} not counted again.")]


def headline(study: Study) -> list[Statement]:
    """Targets that the documents themselves put first, in the order of the documents."""
    return [s for plan in study.plans for name in plan.headline for s in plan.statements if s.id == name and s.region == study.region.code]
