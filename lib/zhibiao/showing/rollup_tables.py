"""A region within the levels above it and over those below it: shares and sums, or why they cannot be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhibiao.assessing.governing import restriction
from zhibiao.assessing.rollup import Share, Side, Sum, ancestors, children
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.showing.gap_tables import observed_text
from zhibiao.showing.numbers import ABSENT, count, full, percent
from zhibiao.showing.reconcile_tables import amount
from zhibiao.showing.statement_tables import period_text, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import word

OBSTACLES: Mapping[str, tuple[str, str]] = {
    "no_roll_up": ("此指标各级之数不能相加", "values of this indicator do not add up over levels"),
    "rate_without_weights": ("比率须以分母加权才能汇总，登记库没有分母", "a rate rolls up only with its denominators, which the registry lacks"),
    "other_year": ("没有同一年的数", "no year that both have"),
    "other_reckoning": ("一为累计或年均、一为某年之数或长期规定", "a sum or mean against a value of one year or a standing rule"),
    "other_scope": ("范围不同", "they are limited to different things"),
    "other_basis": ("一为期末数、一为期间数", "one is counted at the end of the period, one over it"),
    "no_exact_number": ("只有下限或约数，不是确数", "a floor or a round number, not an exact one"),
    "nothing_alike": ("一级只有目标，一级只有观测值", "one level has targets only, the other figures only"),
    "other_definition": ("指标名称相近，定义不同", "names are alike, definitions differ"),
}
ABOUT: Mapping[str, tuple[str, str]] = {"figures": ("观测", "figures"), "targets": ("目标", "targets"), "mixed": ("观测与目标", "both")}


def shares(study: Study, found: Sequence[Share]) -> Table:
    """The region within each level above it."""
    lang = study.lang
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("within", study.words("上级", "level above"), width=2),
        Column("about", study.words("比什么", "compared"), width=2),
        Column("part", study.region.name(lang), "right", width=4),
        Column("whole", study.words("上级之数", "value above"), "right", width=4),
        Column("result", study.words("占比，或为何不可比", "share, or why not comparable"), width=6),
    ]
    rows = [
        {
            "indicator": share.indicator.name(lang),
            "within": share.within.name(lang),
            "about": word(ABOUT, share.about, lang),
            "part": side_text(share.part, lang),
            "whole": side_text(share.whole, lang),
            "result": _result(study, share),
        }
        for share in found
    ]
    compared = sum(share.share is not None for share in found)
    above = study.words("、", ", ").join(region.name(lang) for region in ancestors(study.registry, study.region))
    return Table(
        columns,
        rows,
        title=study.words(
            f"{study.region.zh}与{above}：{count(len(rows))}处可对照，{count(compared)}处可算占比",
            f"{study.region.en} within {above}: {count(len(rows))} pairs, {count(compared)} of which give a share",
        )
        if rows
        else "",
        notes=[study.words("* 可信度中等。只有同一指标、同一年、同一口径且可相加的数才算占比。", "* medium confidence. A share needs one indicator, one year, one reckoning, and numbers that add up.")],
        empty=study.words(
            f"{study.region.zh}与{above}没有说到同一项指标，无从对照。" if above else f"{study.region.zh}没有上级地区，无须对照。",
            f"{study.region.en} and {above} speak of no indicator together." if above else f"{study.region.en} has no level above it.",
        ),
    )


def _result(study: Study, share: Share) -> str:
    if share.share is not None:
        return study.words(f"占{percent(share.share)}", f"{percent(share.share)} of it")
    reason = word(OBSTACLES, share.obstacle or "nothing_alike", study.lang)
    if share.other is not None:
        reason += study.words(f"（上级为“{share.other.zh}”）", f" (above: “{share.other.en}”)")
    if share.obstacle == "other_scope":
        reason += study.words("（", " (") + study.words("，", ", ").join(_limits(study, share)) + study.words("）", ")")
    text = study.words(f"不可比：{reason}", f"not comparable, because: {reason}")
    if share.difference is not None:
        gap = amount(share.difference, share.indicator.base, study.lang, signed=True)
        text += study.words(f"；并列看相差{gap}", f"; side by side they differ by {gap}")
    return text


def _limits(study: Study, share: Share) -> list[str]:
    """What the one or the other target is limited to."""
    said = [(share.region, share.part), (share.within, share.whole)]
    limited = [(region, side.text) for region, side in said if side and isinstance(side.text, Statement) and restriction(side.text)]
    return [study.words(f"{region.zh}：{s.note}", f"{region.en}: {s.note_en or s.note}") for region, s in limited]


def side_text(side: Side | None, lang: str) -> str:
    """What one level says, with its year: a figure as published or a target as written."""
    if side is None:
        return ABSENT
    if isinstance(side.text, Statement):
        period = period_text(side.text, lang)
        return f"{value_with_unit(side.text, lang)}（{period}）" if lang == "zh" else f"{value_with_unit(side.text, lang)} ({period})"
    return observed_text(side.text, side.unit, lang, named=True)


def sums(study: Study, found: Sequence[Sum]) -> Table:
    """The regions directly below added up, against the region's own number."""
    lang = study.lang
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=3),
        Column("about", study.words("加什么", "added"), width=2),
        Column("total", study.words("下级合计", "sum of the level below"), "right", width=3),
        Column("parts", study.words("下级地区", "regions added"), width=6),
        Column("whole", study.words("本级之数", "own number"), "right", width=3),
        Column("result", study.words("对照", "compared"), width=5),
    ]
    rows = []
    for item in found:
        unit = item.parts[0][1].unit
        total = with_unit(full(item.total, unit.scale), unit, lang)
        rows.append(
            {
                "indicator": item.indicator.name(lang),
                "about": study.words(f"{item.year}年{word(ABOUT, item.about, 'zh')}", f"{word(ABOUT, item.about, 'en')} of {item.year}"),
                "total": f"≥{total}" if item.at_least else total,
                "parts": study.words("、", ", ").join(region.name(lang) for region, _ in item.parts)
                + study.words(f"（{count(item.regions)}个中的{count(len(item.parts))}个）", f" ({count(len(item.parts))} of {count(item.regions)})"),
                "whole": side_text(item.whole, lang),
                "result": _sum_result(study, item),
            }
        )
    below = len(children(study.registry, study.region))
    return Table(
        columns,
        rows,
        title=study.words("下级地区加起来是多少", "What the level below adds up to") if rows else "",
        notes=[study.words("没有数的下级地区不补、不估；合计只是有数的各地之和。", "Regions without a number are neither filled in nor estimated: the sum is of those that have one.")],
        empty=study.words(
            f"{count(below)}个下级地区中，没有两个有同一年、同一指标、可相加的数。" if below else f"{study.region.zh}没有登记下级地区。",
            f"Of {count(below)} regions below, no two have a number of one year for one indicator that adds up."
            if below
            else f"No regions below {study.region.en} are registered.",
        ),
    )


def _sum_result(study: Study, item: Sum) -> str:
    if item.whole is None:
        return study.words("不可比：本级没有同一年的数", "not comparable, because the region has no number of that year")
    if item.exceeds:
        return study.words("合计大于本级之数，口径必有不同，须核实", "the sum is more than the whole: definitions must differ, ask")
    share = percent(item.total / item.whole.value) if item.whole.value else ABSENT
    if len(item.parts) == item.regions:
        return study.words(f"各地俱全，合计为本级的{share}", f"all regions together are {share} of the whole")
    return study.words(f"有数的各地占本级的{share}", f"those that have one are {share} of the whole")
