"""Why verdicts changed since an earlier day: sentences, a table, records for files."""

from __future__ import annotations

from collections.abc import Iterator

from zhibiao.assessing.changes import Change, Changes
from zhibiao.assessing.standing import Standing
from zhibiao.catalogue.study import Study
from zhibiao.showing.gap_tables import latest_text, observed_text
from zhibiao.showing.ledger import quoted
from zhibiao.showing.numbers import count, full
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.statement_tables import value_with_unit
from zhibiao.showing.words import STATES, VERDICTS, counted, word

CHANGE_COLUMNS = (
    "id", "document", "indicator", "indicator_zh", "target", "unit", "since", "as_of_before", "as_of", "changed", "verdict_before", "verdict", "state_before",
    "state", "met_before", "met", "latest_before", "latest", "gap_before", "gap", "reasons", "decisive", "new_periods", "revised_periods", "governed_before",
    "governed_by", "rules_changed",
)  # fmt: skip

LISTED = 12
"""Sentences at most; what is not listed is counted, and every target stands in the records."""


def sentences(study: Study, found: Changes | None) -> Sentences:
    """What changed, target by target; one sentence where nothing did or nothing can be compared."""
    if found is None:
        return Sentences(
            (
                study.words(
                    f"{study.region.zh}的数都是同一天登记的，没有更早的一版可比。以后登记了新的或更正的数，这里说明判断为何变化。",
                    f"All figures of {study.region.en} were recorded on one day; there is no earlier version to compare with. "
                    "Once newer or corrected figures are recorded, this says why verdicts changed.",
                ),
            )
        )
    lines = [study.words(f"与{found.since}所知（数据截至{found.as_of}年）相比：", f"Compared with what was known on {found.since} (as of {found.as_of}):") + _counted(study, found)]
    lines += [_sentence(study, change) for change in found.turned[:LISTED]]
    if len(found.turned) > LISTED:
        rest = len(found.turned) - LISTED
        lines.append(study.words(f"另有{count(rest)}项，见 zhibiao gaps --since {found.since}。", f"{count(rest)} more: zhibiao gaps --since {found.since}."))
    for rule in found.rules:
        version, said = study.words(f"{rule.method} 第{rule.version}版", f"{rule.method} version {rule.version}"), study.words(rule.zh, rule.en)
        lines.append(study.words("判断规则变了（{}，{}）：{}。", "A rule changed ({}, {}): {}.").format(rule.since, quoted(version), quoted(said)))
    return Sentences(tuple(lines))


def _counted(study: Study, found: Changes) -> str:
    turned = len(found.turned)
    new = sum(change.before is None for change in found.turned)
    if not turned:
        return study.words(f"{count(len(found.changes))}项目标都没有变化。", f" none of {counted(len(found.changes), 'target')} changed.")
    return study.words(
        f"{count(len(found.changes))}项目标中{count(turned)}项有变化" + (f"，其中{count(new)}项是新目标。" if new else "。"),
        f" {count(turned)} of {counted(len(found.changes), 'target')} changed" + (f", {count(new)} of them new." if new else "."),
    )


def _sentence(study: Study, change: Change) -> str:
    now, lang = change.now, study.lang
    head = f"{now.indicator.name(lang)} {value_with_unit(now.statement, lang)}（{study.short_clause(now.statement)}）" if lang == "zh" else (
        f"{now.indicator.name(lang)} {value_with_unit(now.statement, lang)} ({study.short_clause(now.statement)})"
    )  # fmt: skip
    if change.before is None:
        return study.words(f"{head}：新目标，{now.plan.issued}发文；现为{_said(now, lang)}。", f"{head}: new target, issued {now.plan.issued}; now {_said(now, lang)}.")
    same = _said(change.before, lang) == _said(now, lang)
    moved = study.words("判断未变", "the verdict is the same") if same else study.words(
        f"由“{_said(change.before, lang)}”变为“{_said(now, lang)}”", f"from “{_said(change.before, lang)}” to “{_said(now, lang)}”"
    )  # fmt: skip
    return f"{head}{study.words('：', ': ')}{study.words('；', '; ').join([moved, *_why(study, change)])}{study.words('。', '.')}"


def _why(study: Study, change: Change) -> Iterator[str]:
    unit, lang = change.now.statement.written_unit, study.lang
    if change.fresh:
        told = study.words("、", ", ").join(observed_text(point, unit, lang, named=True) for point in change.fresh[-3:])
        yield study.words(f"新数据：{told}", f"new data: {told}") + _alone(study, change, "new_data")
    for was, now in change.revised[-3:]:
        old, new = observed_text(was, unit, lang, named=True), observed_text(now, unit, lang, named=True)
        reason = f"，{now.reason}" if now.reason and lang == "zh" else ""
        yield study.words(f"数据更正：{old}改为{new}{reason}", f"revised: {old} became {new}") + _alone(study, change, "revised_data")
    if "later_year" in change.reasons:
        yield study.words("数据截至年推后", "a later year of knowledge") + _alone(study, change, "later_year")
    if "governing" in change.reasons:
        now_governs = change.governed_now
        yield study.words("改以", "now ") + (value_with_unit(now_governs, lang) if now_governs else study.words("本目标", "this target")) + study.words("为主评目标", " governs")
    if change.turned and not change.reasons:
        yield study.words("只因来源间的取舍变了", "only the choice between sources changed")


def _alone(study: Study, change: Change, code: str) -> str:
    return study.words("（单此一项即可解释）", " (which alone explains it)") if code in change.decisive else ""


def _said(stands: Standing, lang: str) -> str:
    verdict, state = word(VERDICTS, stands.verdict, lang), word(STATES, stands.state, lang)
    if stands.state == "assessed":
        return verdict
    return f"{verdict}，{state}" if lang == "zh" else f"{verdict}, {state}"


def records(found: Changes) -> list[dict[str, object]]:
    """One record a target, values in the document's unit."""
    return [_record(found, change) for change in found.changes]


def _record(found: Changes, change: Change) -> dict[str, object]:
    now, before = change.now, change.before
    unit = now.statement.written_unit

    def gap(stands: Standing | None) -> float | None:
        return None if stands is None or stands.gap is None else stands.gap / float(unit.scale)

    return {
        "id": now.statement.key,
        "document": now.plan.document,
        "indicator": now.indicator.id,
        "indicator_zh": now.indicator.zh,
        "target": now.statement.value_text("zh"),
        "unit": now.statement.unit,
        "since": found.since.isoformat(),
        "as_of_before": found.as_of,
        "as_of": found.as_of_now,
        "changed": change.turned,
        "verdict_before": before.verdict if before else None,
        "verdict": now.verdict,
        "state_before": before.state if before else None,
        "state": now.state,
        "met_before": before.met if before else None,
        "met": now.met,
        "latest_before": latest_text(before, "zh") if before and before.latest else None,
        "latest": latest_text(now, "zh") if now.latest else None,
        "gap_before": gap(before),
        "gap": gap(now),
        "reasons": " ".join(change.reasons),
        "decisive": " ".join(change.decisive),
        "new_periods": " ".join(str(point.period) for point in change.fresh),
        "revised_periods": " ".join(f"{point.period}:{full(was.base_value, unit.scale)}→{full(point.base_value, unit.scale)}" for was, point in change.revised),
        "governed_before": change.governed_before.key if change.governed_before else None,
        "governed_by": change.governed_now.key if change.governed_now else None,
        "rules_changed": " ".join(f"{rule.method}:{rule.version}" for rule in found.rules),
    }
