"""The one sentence on the cover, and where its figures come from."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.requests import Request
from zhibiao.catalogue.study import Study
from zhibiao.showing.gap_tables import gap_text, likelihood_text
from zhibiao.showing.numbers import count
from zhibiao.showing.sentences import Sentences, headline_verdict
from zhibiao.showing.statement_tables import period_text, value_with_unit
from zhibiao.showing.words import counted

NAMED = 2
"""Missed targets that the cover names; of more it tells how many."""


def answer(study: Study, rows: Sequence[GapRow], requests: Sequence[Request], assumed: frozenset[str]) -> Sentences:
    """How many targets can be judged, which one is least sure, and what is needed to know more: one sentence, set apart."""
    parts = [headline_verdict(study, rows)]
    failed = [row for row in rows if row.standing.verdict == "missed" and row.governed_by is None]
    if failed and len(rows) > 1:
        parts.append(_failed(study, failed))
    doubtful = least_sure(rows, assumed)
    if doubtful is not None:
        parts.append(_doubt(study, doubtful))
    elif requests and not failed:
        years = sum(len(request.years) for request in requests)
        parts.append(
            study.words(
                f"先要补报{count(len(requests))}项指标、合计{count(years)}个年度的数",
                f"{counted(len(requests), 'indicator')} with {counted(years, 'yearly figure')} must be reported first",
            )
        )
    text = study.words("；", "; ").join(parts)
    return Sentences((study.words(f"{text}。", f"{text[0].upper()}{text[1:]}."),), lead=True)


def least_sure(rows: Sequence[GapRow], assumed: frozenset[str]) -> GapRow | None:
    """The target that governs, is not reached yet and has the smallest chance; None where no chance is known."""
    open_rows = [
        row
        for row in rows
        if row.chance is not None and row.governed_by is None and row.standing.met is not True and row.statement.indicator not in assumed
    ]
    return min(open_rows, key=lambda row: (row.chance or 0.0, row.statement.key), default=None)


def _failed(study: Study, rows: Sequence[GapRow]) -> str:
    """What has been missed, with how much, two at most by name."""
    named = []
    for row in rows[:NAMED]:
        stands, asked = row.standing, value_with_unit(row.statement, study.lang)
        missing = study.words(f"，差{gap_text(stands, 'zh')}", f", {gap_text(stands, 'en')} missing") if stands.gap else ""
        named.append(study.words(f"{stands.indicator.zh}{asked}（{period_text(row.statement, 'zh')}{missing}）", f"{stands.indicator.en} {asked} ({period_text(row.statement, 'en')}{missing})"))
    more = len(rows) - len(named)
    told = study.words("、", ", ").join(named) + (study.words(f"等{count(len(rows))}项", f" and {count(more)} more") if more else "")
    return study.words(f"未达到的是{told}", f"missed: {told}")


def _doubt(study: Study, row: GapRow) -> str:
    lang, stands = study.lang, row.standing
    asked, chance = value_with_unit(row.statement, lang), likelihood_text(row.chance, stands.state, lang)
    when = period_text(row.statement, lang)
    if lang == "zh":
        by = "按最近数差" if row.statement.scope == "point" else "差"
        missing = f"{by}{gap_text(stands, lang)}，" if stands.gap else ""
        return f"最没有把握的是{stands.indicator.zh}{asked}（{when}）：{missing}达到的可能性{chance}"
    by = " by the latest figure" if row.statement.scope == "point" else ""
    missing = f"{gap_text(stands, lang)} missing{by}, " if stands.gap else ""
    return f"least sure is {stands.indicator.en} {asked} ({when}): {missing}chance {chance}"


def source_note(study: Study, row: GapRow) -> str | None:
    """Who published the latest figure of a target's indicator, as a footnote; None where there is no figure."""
    point = row.standing.latest
    source = None if point is None else study.registry.source(point.source)
    if point is None or source is None:
        return None
    day = "" if source.date is None else source.date.isoformat()
    if study.lang == "zh":
        return f"数据：{source.publisher}《{source.title}》（{point.period}年的数，{day or f'{source.year}年'}发布）。"
    return f"Figure of {point.period}, published {day or source.year} ({source.publisher}《{source.title}》)."
