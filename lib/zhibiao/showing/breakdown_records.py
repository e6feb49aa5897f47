"""A target broken down as flat records, for files and scripts, and what their reader must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from zhibiao.assessing.breakdown.rules import decimal, written
from zhibiao.assessing.breakdown.years import Milestones
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.model.breakdown import Breakdown
from zhibiao.reading.unit_list import Child
from zhibiao.showing.numbers import count, full
from zhibiao.showing.statement_tables import with_unit
from zhibiao.showing.words import word

RULES: Mapping[str, tuple[str, str]] = {
    "even": ("匀速", "equal steps"),
    "growth": ("等比", "constant growth"),
    "late": ("后置", "growing steps"),
    "own": ("自定", "own values"),
}
WHOLE = ("目标任务", "milestone")
"""The row of the milestones themselves."""


def record_columns(found: Breakdown, summed: bool) -> list[str]:
    """Columns of a breakdown as flat records: who, own figure, bounds, then the years, of a total their sum."""
    return ["name", "code", "base", "floor", "cap", "comparator", "unit", *map(str, found.years), *(["total"] if summed else [])]


def records(found: Breakdown, statement: Statement, summed: bool) -> list[dict[str, object]]:
    """The milestones in the first record, then each child; values in the breakdown's unit."""

    def row(name: str, code: str | None, base: Decimal | None, floor: Decimal | None, cap: Decimal | None, values: Sequence[Decimal]) -> dict[str, object]:
        head = {"name": name, "code": code, "base": base, "floor": floor, "cap": cap, "comparator": statement.comparator, "unit": found.unit}
        years = {str(year): value for year, value in zip(found.years, values, strict=True)}
        return {**head, **years, **({"total": Decimal(written(sum(values, Decimal(0))))} if summed else {})}

    start = found.start.value if found.start is not None else None
    return [
        row(WHOLE[0], None, start, None, None, found.milestones),
        *(row(child.name, child.code, child.base, child.floor, child.cap, child.values) for child in found.children),
    ]


def remarks(study: Study, made: Milestones, children: Sequence[Child] = (), without: Sequence[str] = ()) -> list[str]:
    """What a reader of a breakdown must know: the rule, the start, the comparator, whose figures the shares rest on and who has none."""
    statement, lang = made.statement, study.lang
    unit = statement.written_unit
    lines = [f"{study.clause(statement)}：“{statement.evidence}”" if lang == "zh" else f"{study.clause(statement)}: “{statement.evidence}”"]
    rule = study.words(f"办法：{word(RULES, made.rule, 'zh')}", f"Rule: {word(RULES, made.rule, 'en')}")
    if made.start is not None:
        begin = with_unit(full(made.start.value, unit.scale), unit, lang)
        rule += study.words(f"，自{made.start.year}年的{begin}起", f", from {begin} in {made.start.year}")
    lines.append(rule + study.words("。", "."))
    if made.start is not None and not made.summed and made.rule != "own" and len(set(made.values)) == 1:
        lines.append(study.words("起点已在目标水平，各年保持。", "The start is at the target's level already: every year keeps it."))
    if statement.comparator in ("gt", "lt"):
        side = study.words("超过", "exceed") if statement.comparator == "gt" else study.words("低于", "stay below")
        lines.append(study.words(f"各数均须{side}，持平不算达到。", f"Every figure must {side} its number; level does not meet it."))
    if children:
        lines += _bases_remarks(study, made, children, without)
    return lines


def rule_remark(study: Study, found: Breakdown, made: Milestones) -> list[str]:
    """That stored milestones no longer follow the rule their file names, where it is so."""
    if found.by == made.rule:
        return []
    zh, en = RULES[found.by]
    return [
        study.words(
            f"文件写明按{zh}（by: {found.by}），各年的数已不按此，按自定看待；请改为 by: own。",
            f"The file says {en} (by: {found.by}), which its milestones no longer follow: they are taken as own values; write by: own.",
        )
    ]


def _bases_remarks(study: Study, made: Milestones, children: Sequence[Child], without: Sequence[str]) -> list[str]:
    base_unit, lines = made.indicator.base, []
    total = sum((child.base for child in children), Decimal(0))
    if made.start is not None and not made.summed and total != decimal(made.start.value):
        both = [with_unit(f"{value:,f}", base_unit, study.lang) for value in (total.normalize() + 0, decimal(made.start.value).normalize() + 0)]
        lines.append(study.words(f"各单位基数合计{both[0]}，基期数{both[1]}，两者不同。", f"The units' own figures add up to {both[0]}, the start is {both[1]}: they differ."))
    years = sorted({child.year for child in children if child.year is not None})
    if len(years) > 1:
        lines.append(study.words(f"各单位基数年份不一（{years[0]}—{years[-1]}年），份额仅供参考。", f"The units' figures are of different years ({years[0]}–{years[-1]}): take the shares with care."))
    if without:
        lines.append(
            study.words(
                f"另有{count(len(without))}个下级地区没有数，未分配任务：{_few(without, '、')}。",
                f"{count(len(without))} {'region below has no figure and gets' if len(without) == 1 else 'regions below have no figure and get'} no task: {_few(without, ', ')}.",
            )
        )
    return lines


def _few(names: Sequence[str], join: str) -> str:
    return join.join(names[:5]) + ("…" if len(names) > 5 else "")
