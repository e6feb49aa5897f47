"""Whether the documents agree: findings in sentences, who says what, which governs and why, and what that does to the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhibiao.assessing.governing import restriction
from zhibiao.assessing.reconcile import Difference, Reconciliation
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement, Unit
from zhibiao.showing.citing import numbered
from zhibiao.showing.numbers import ABSENT, count, full
from zhibiao.showing.sentences import Nothing, Sentences
from zhibiao.showing.statement_tables import period_text, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import counted, word

RELATIONS: Mapping[str, tuple[str, str]] = {
    "raised": ("数字调高", "number raised"),
    "lowered": ("数字调低", "number lowered"),
    "stricter": ("数字相同，要求更严", "same number, stricter"),
    "looser": ("数字相同，要求放宽", "same number, looser"),
    "restated": ("重申，数字与要求相同", "restated"),
    "same_value_other_unit": ("同一数，单位不同", "same number in another unit"),
    "range_vs_number": ("一为范围、一为定数", "a range against a number"),
    "other_reckoning": ("一为累计或年均、一为各年之数，不能相比", "a sum or mean against yearly values: not comparable"),
    "other_period": ("期间不同", "other period"),
    "other_level": ("级别不同", "other level"),
    "other_scope": ("范围不同", "other scope"),
    "progress": ("由已实现数到目标", "from what was achieved to the target"),
    "reached": ("已实现数已满足目标", "what was achieved already satisfies the target"),
    "figures_agree": ("同一年的数一致", "figures of one year agree"),
    "figures_differ": ("同一年的数不一致", "figures of one year differ"),
}
REASONS: Mapping[str, tuple[str, str]] = {
    "higher_level": ("发文地区层级更高", "issued by a higher level"),
    "government": ("由政府印发，不是部门", "issued by the government, not a department"),
    "issued_later": ("发布较晚", "issued later"),
    "issued_jointly": ("联合印发的部门更多", "issued jointly by more departments"),
}

UNTOLD = frozenset({"restated", "same_value_other_unit", "figures_agree", "other_period"})
"""Relations that need no sentence of their own."""


def _cited(study: Study, statement: Statement) -> str:
    """A document by its short name, as sentences cite it."""
    plan = study.plan_of(statement)
    return numbered(study, plan)


def amount(value: float | None, unit: Unit, lang: str, *, signed: bool = False) -> str:
    """A difference in the document's unit; two percentages differ by percentage points."""
    if value is None:
        return ABSENT
    number = full(abs(value), unit.scale)
    sign = "" if not signed or number == "0" else "+" if value > 0 else "−"
    if unit.base == "%":
        return f"{sign}{number}" + ("个百分点" if lang == "zh" else " pp")
    return with_unit(f"{sign}{number}", unit, lang)


def findings(study: Study, found: Sequence[Reconciliation], *, targets_only: bool = False) -> Sentences:
    """One sentence for each pair that says different things; at the end which indicators the documents agree on.

    With `targets_only` what was achieved is not held against targets: that is progress, not disagreement.
    """
    if not study.plans:
        return Nothing((study.words(f"登记库中没有{study.region.zh}的规划文件。", f"The registry holds no document for {study.region.en}."),))
    told = [(item, d) for item in _ordered(found) for d in item.differences if not set(d.relations) <= UNTOLD and (d.standings or not targets_only)]
    lines = [_finding(study, item, difference) for item, difference in told]
    agreed = [item.indicator.name(study.lang) for item in found if all(set(d.relations) <= UNTOLD for d in item.differences)]
    if agreed:
        lines.append(
            study.words(
                f"{count(len(agreed))}项指标说法一致：{'、'.join(agreed)}。",
                f"{count(len(agreed))} indicator{'s' if len(agreed) > 1 else ''} on which the documents agree: {'; '.join(agreed)}.",
            )
        )
    return Sentences(tuple(lines)) if lines else Nothing((_nothing(study),))


def _nothing(study: Study) -> str:
    if len(study.plans) == 1:
        plan = study.plans[0]
        return study.words(
            f"只有一份文件（{plan.document}）涉及{study.region.zh}，文件内部没有相抵之处，无须核对。",
            f"Only one document ({plan.number or plan.title_en}) speaks of {study.region.en}, and it does not contradict itself: nothing to reconcile.",
        )
    return study.words("所选文件没有说到同一项指标，无须核对。", "The chosen documents speak of no indicator together: nothing to reconcile.")


def _ordered(found: Sequence[Reconciliation]) -> list[Reconciliation]:
    """What has to be decided first."""
    return sorted(found, key=lambda item: not item.contradicts)


def _finding(study: Study, item: Reconciliation, difference: Difference) -> str:
    lang, unit = study.lang, difference.later.written_unit
    named = [f"{_cited(study, s)} {_value(s, lang)}" for s in (difference.earlier, difference.later)]
    parts = [study.words("，", "; ").join(named), relation_text(study, difference)]
    if difference.standings:
        parts.append(ruling_text(study, difference))
        before, after = difference.gaps if difference.governs is not difference.earlier else tuple(reversed(difference.gaps))
        if before is None or after is None:
            parts.append(study.words("没有数据，差距未知", "no figure, so the gap is unknown"))
        elif difference.gap_change:
            gaps = [amount(gap, unit, lang) for gap in (before, after)]
            parts.append(study.words(f"差距由{gaps[0]}变为{gaps[1]}", f"the gap changes from {gaps[0]} to {gaps[1]}"))
        else:
            parts.append(study.words("差距不变", "the gap stays the same"))
        unclear = [_cited(study, s.statement) for s in difference.standings if s.state == "definition_unclear"]
        parts.extend(study.words(f"{name}的口径不明，差距仅供参考", f"the definition of {name} is unclear, its gap only orients") for name in unclear)
    text = study.words("；", "; ").join(parts)
    return study.words(f"{item.indicator.zh}：{text}。", f"{item.indicator.en}: {text}.")


def _value(statement: Statement, lang: str) -> str:
    period = period_text(statement, lang)
    return f"{value_with_unit(statement, lang)}（{period}）" if lang == "zh" else f"{value_with_unit(statement, lang)} ({period})"


def relation_text(study: Study, difference: Difference) -> str:
    """How the two differ, in words, with the amount and with what limits one of them."""
    lang, unit = study.lang, difference.later.written_unit
    parts = []
    for code in difference.relations:
        text = word(RELATIONS, code, lang)
        if code in ("raised", "lowered", "progress", "figures_differ") and difference.change:
            text += study.words("（", " (") + amount(float(difference.change), unit, lang, signed=True) + study.words("）", ")")
        if code in ("other_level", "other_scope"):
            limits = [_limit(study, s) for s in (difference.earlier, difference.later) if restriction(s)]
            text += study.words(f"（{'，'.join(limits)}）", f" ({', '.join(limits)})")
        parts.append(text)
    return study.words("；", "; ").join(parts)


def _limit(study: Study, statement: Statement) -> str:
    return f"{_cited(study, statement)}{study.words('', ': ')}{study.words(statement.note or '', statement.note_en or statement.note or '')}"


def ruling_text(study: Study, difference: Difference) -> str:
    """Which of two targets governs and why, or why neither does."""
    if difference.governs is not None:
        why = study.words("、", ", ").join(word(REASONS, reason, study.lang) for reason in difference.reasons)
        name = _cited(study, difference.governs)
        return study.words(f"以{name}为准（{why}）", f"{name} governs ({why})")
    if difference.earlier.plan == difference.later.plan:
        return study.words("同一文件内相抵，须向发文机关核实", "one document contradicts itself: ask its issuer")
    if {"other_level", "other_scope"} & set(difference.relations):
        return study.words("所指不同，两条并行，互不取代", "they speak of different things: both stand")
    apart = difference.earlier.horizon != difference.later.horizon
    return study.words(
        "期间不重叠，各管各的年份" if apart else "层级、日期都相同，不分先后，须向发文机关核实",
        "their years do not overlap: each stands for its own" if apart else "same level and date: neither governs, ask the issuers",
    )


def differences(study: Study, found: Sequence[Reconciliation]) -> Table:
    """Every pair of statements that meet, the ones to be decided on first."""
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("earlier", study.words("先", "first"), width=5),
        Column("later", study.words("后", "then"), width=5),
        Column("relation", study.words("关系", "how they differ"), width=5),
        Column("governs", study.words("以谁为准", "which governs"), width=5),
    ]
    rows = [
        {
            "indicator": item.indicator.name(study.lang),
            "earlier": _said(study, d.earlier),
            "later": _said(study, d.later),
            "relation": relation_text(study, d),
            "governs": ruling_text(study, d) if d.standings else ABSENT,
        }
        for item in _ordered(found)
        for d in item.differences
    ]
    decide = sum(item.contradicts for item in found)
    return Table(
        columns,
        rows,
        title=study.words(
            f"{count(len(found))}项指标有两处以上说法，其中{count(decide)}项说法不同", f"{counted(len(found), 'indicator')} {'is' if len(found) == 1 else 'are'} spoken of more than once; on {count(decide)} the statements differ"
        )
        if rows
        else "",
        notes=[
            study.words(
                "为准的顺序：发文地区层级高者；同级中政府先于部门；同级中发布较晚者；同日则联合印发部门多者。期间不重叠、范围不同的，两条并行。",
                "Order: the higher level; of one level a government before its departments; then the later document; of one day the one issued by more "
                "departments. Statements for other years or of other things stand side by side.",
            )
        ],
        empty=_nothing(study),
    )


def _said(study: Study, statement: Statement) -> str:
    clause = study.words(f"{_cited(study, statement)} {statement.locator}", f"{_cited(study, statement)} ({statement.locator})")
    return study.words(f"{clause}：{_value(statement, study.lang)}", f"{clause}: {_value(statement, study.lang)}")


def effects(study: Study, found: Sequence[Reconciliation]) -> Table:
    """What the choice of target does to the gap, for each pair of targets whose numbers differ."""
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("earlier", study.words("按先行文件", "by the first"), width=4),
        Column("later", study.words("按后行文件", "by the later"), width=4),
        Column("target", study.words("两条目标相差", "targets differ by"), "right", width=3),
        Column("gap", study.words("差距随之变化", "gap changes by"), "right", width=3),
        Column("governs", study.words("以谁为准", "governs"), width=3),
    ]
    rows = []
    for item in _ordered(found):
        for d in item.differences:
            if not d.standings or not d.contradicts:
                continue
            unit = d.later.written_unit
            rows.append(
                {
                    "indicator": item.indicator.name(study.lang),
                    "earlier": _gap_by(study, d, 0),
                    "later": _gap_by(study, d, 1),
                    "target": ABSENT if d.change is None else amount(float(d.change), unit, study.lang, signed=True),
                    "gap": amount(d.gap_change, unit, study.lang, signed=True),
                    "governs": _cited(study, d.governs) if d.governs else study.words("并行", "both"),
                }
            )
    return Table(
        columns,
        rows,
        title=study.words("采用哪一条，差距差多少", "What the choice of target does to the gap") if rows else "",
        notes=[
            study.words(
                "“—”表示没有数据，差距未知，不等于零。差距随之变化：由不为准的一条改按为准的一条；并行的，由先行改按后行。",
                "“—” means that no figure is known, so the gap is unknown, not zero. The gap changes from the target that does not govern to the one that "
                "does; where both stand, from the first to the later.",
            )
        ],
        empty=study.words("没有说法不同的目标，差距不受影响。", "No targets differ; no gap is affected."),
    )


def _gap_by(study: Study, difference: Difference, place: int) -> str:
    statement = (difference.earlier, difference.later)[place]
    gap = amount(difference.gaps[place], difference.later.written_unit, study.lang)
    name, asked = _cited(study, statement), value_with_unit(statement, study.lang)
    return study.words(f"{name} {asked}：差{gap}", f"{name} {asked}: gap {gap}")
