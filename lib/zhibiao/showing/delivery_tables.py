"""Measures and who answers for them: how far they have come, what is late, what cannot be counted, what nobody owns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from zhibiao.assessing.delivery import STAGES, Delivery, Task, UnitView
from zhibiao.assessing.standing import Standing
from zhibiao.catalogue.study import Study
from zhibiao.showing.citing import cited, cited_clause, named
from zhibiao.showing.numbers import ABSENT, count
from zhibiao.showing.sentences import Nothing, Sentences
from zhibiao.showing.statement_tables import value_with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import VERDICTS, counted, word

STAGE_WORDS: Mapping[str, tuple[str, str]] = {
    "not_started": ("未启动", "not started"),
    "in_progress": ("进行中", "in progress"),
    "done": ("已完成", "done"),
    "stopped": ("已停止", "stopped"),
    "unreported": ("未报", "not reported"),
}

NAMED = 3
"""Targets of one measure that are named in a cell; more of them are counted."""


def overview(study: Study, found: Delivery) -> Sentences:
    """How many measures, how far they have come, what is late, what lacks an indicator or an owner."""
    if not found.tasks:
        return Nothing((_why_none(study),))
    by_stage = Counter(task.stage for task in found.tasks)
    stages = [(word(STAGE_WORDS, stage, study.lang), by_stage[stage]) for stage in STAGES if by_stage[stage]]
    told = study.words("、".join(f"{count(n)}项{name}" for name, n in stages), ", ".join(f"{count(n)} {name}" for name, n in stages))
    lines = [
        study.words(
            f"{count(len(found.tasks))}项措施，{count(len(found.units))}个责任单位。截至{study.as_of}年：{told}。",
            f"{count(len(found.tasks))} measures, {count(len(found.units))} units that answer for them. As of {study.as_of}: {told}.",
        )
    ]
    if by_stage["unreported"] == len(found.tasks):
        lines.append(
            study.words(
                "没有任何进展记录：未报不算完成，也不算没做。记录方法见 docs/track-delivery.md。",
                "No progress is on record: what is not reported is neither done nor undone. docs/track-delivery.md says how to keep it.",
            )
        )
    silent = sum(task.stage == "unreported" for task in found.late)
    lines.append(
        study.words(
            f"期限已过而未完成的{count(len(found.late))}项" + (f"，其中{count(silent)}项没有报过进展。" if silent else "。") if found.late else "没有期限已过而未完成的措施。",
            f"{count(len(found.late))} past their deadline and not done" + (f", {count(silent)} of which never reported." if silent else ".")
            if found.late
            else "No measure is past its deadline and not done.",
        )
    )
    lines.append(
        study.words(
            f"没有对应指标的措施{count(len(found.without_indicator))}项，{_some(found.without_owner, '没有责任单位的{}项', '都有责任单位')}；没有措施支撑的目标{count(len(found.unserved))}条。",
            f"{counted(len(found.without_indicator), 'measure')} without an indicator, {_some(found.without_owner, '{}', 'none')} without a unit; {counted(len(found.unserved), 'target')} without a measure.",
        )
    )
    if found.units:
        most = found.units[0]
        lines.append(
            study.words(
                f"任务最多的是{most.unit}，共{count(len(most.tasks))}项" + (f"，其中牵头{count(len(most.led))}项。" if most.led else "。"),
                f"Most fall to {named(study, [most.unit])}: {count(len(most.tasks))}" + (f", {count(len(most.led))} of them in charge." if most.led else "."),
            )
        )
    if found.later:
        newest = max(entry.date for entry in found.later).year
        lines.append(
            study.words(
                f"另有{count(len(found.later))}条进展记录晚于{study.as_of}年，未计入；要计入，请设 as_of = {newest}。",
                f"{count(len(found.later))} entries are dated after {study.as_of} and not looked at; set as_of = {newest} to count them.",
            )
        )
    return Sentences(tuple(lines))


def no_measures(study: Study) -> str:
    """What stands where there is nothing to list; the overview says why."""
    return study.words("没有登记措施。", "No measures are registered.")


def _why_none(study: Study) -> str:
    own = [plan for plan in study.plans if plan.region == study.region.code]
    if not own:
        return study.words(f"登记库中没有{study.region.zh}自己的文件。", f"The registry holds no document of {study.region.en} itself.")
    names = study.words("、", ", ").join(cited(study, plan) for plan in own)
    return study.words(
        f"{names}没有登记措施和责任单位，无从跟踪落实；登记方法见 docs/track-delivery.md。",
        f"No measures or units are registered for {names}; docs/track-delivery.md says how to register them.",
    )


def measures(study: Study, found: Delivery) -> Table:
    """Every measure: deadline, how far it has come, the units, the targets it serves and how these stand."""
    columns = [
        Column("measure", study.words("措施", "measure"), width=5),
        Column("deadline", study.words("期限", "deadline"), width=2),
        Column("stage", study.words("进展", "progress"), width=3),
        Column("units", study.words("责任单位", "units"), width=7),
        Column("targets", study.words("服务的目标与判断", "targets served, and their verdict"), width=6),
    ]
    rows = [
        {
            "measure": measure_text(study, task),
            "deadline": deadline_text(study, task),
            "stage": stage_text(study, task),
            "units": owners_text(study, task),
            "targets": targets_text(study, task),
        }
        for task in found.tasks
    ]
    return Table(
        columns,
        rows,
        title=study.words(f"{count(len(rows))}项措施、责任单位与进展", f"{count(len(rows))} measures, their units and progress") if rows else "",
        notes=[
            study.words(
                "期限加括号的，文件未给该措施写期限，按规划期末计。“未报”不算完成。〔牵〕为牵头单位。",
                "A deadline in brackets is the end of the plan: the document gives the measure none. “Not reported” is never done. [L] is in charge.",
            )
        ],
        empty=no_measures(study),
    )


def late(study: Study, found: Delivery) -> Table:
    """What has passed its deadline and is not done, the earliest first."""
    columns = [
        Column("measure", study.words("措施", "measure"), width=5),
        Column("deadline", study.words("期限", "deadline"), width=2),
        Column("by", study.words("已过", "late by"), "right", width=2),
        Column("stage", study.words("进展", "progress"), width=4),
        Column("units", study.words("责任单位", "units"), width=7),
    ]
    rows = [
        {
            "measure": measure_text(study, task),
            "deadline": deadline_text(study, task),
            "by": study.words(f"{study.as_of - task.deadline}年", f"{study.as_of - task.deadline} y"),
            "stage": stage_text(study, task),
            "units": owners_text(study, task),
        }
        for task in found.late
    ]
    return Table(
        columns,
        rows,
        title=study.words(f"期限已过而未完成：{count(len(rows))}项", f"Past the deadline and not done: {count(len(rows))}") if rows else "",
        notes=[study.words("“已过”从期限年末到截至年末。未报的不能说没做，须先报进展。", "Counted from the end of the deadline's year to the end of as_of. What is not reported may be done: ask.")],
        empty=study.words(f"截至{study.as_of}年，没有一项措施期限已过而未完成。", f"As of {study.as_of} no measure is past its deadline and not done.")
        if found.tasks
        else no_measures(study),
    )


def loose_ends(study: Study, found: Delivery) -> Table:
    """Measures without an indicator or an owner, targets without a measure."""
    columns = [
        Column("what", study.words("缺什么", "what lacks"), width=3),
        Column("name", study.words("措施或目标", "measure or target"), width=6),
        Column("clause", study.words("条款", "clause"), width=4),
    ]
    words = {
        "indicator": study.words("措施没有指标", "no indicator"),
        "owner": study.words("措施没有责任单位", "no unit"),
        "measure": study.words("目标没有措施", "no measure"),
    }
    rows = [(words["owner"], measure_text(study, t), _place(study, t)) for t in found.without_owner]
    rows += [(words["indicator"], measure_text(study, t), _place(study, t)) for t in found.without_indicator]
    for s in found.unserved:
        rows.append((words["measure"], f"{study.indicator(s.indicator).name(study.lang)} {value_with_unit(s, study.lang)}", cited_clause(study, s)))
    return Table(
        columns,
        rows,
        title=study.words("没有指标、没有责任单位的措施，没有措施的目标", "Measures without indicator or unit, targets without measure") if rows else "",
        empty=study.words("每项措施都有指标和责任单位，每条目标都有措施。", "Every measure has an indicator and a unit, every target a measure.")
        if found.tasks
        else no_measures(study),
    )


def units(study: Study, found: Delivery) -> Table:
    """Each unit and how its measures stand."""
    columns = [
        Column("unit", study.words("责任单位", "unit"), width=6),
        Column("all", study.words("任务", "measures"), "right", "count", width=2),
        Column("led", study.words("牵头", "in charge"), "right", "count", width=2),
        *(Column(stage, word(STAGE_WORDS, stage, study.lang), "right", "count", width=2) for stage in ("done", "in_progress", "not_started", "unreported")),
        Column("late", study.words("逾期", "late"), "right", "count", width=2),
    ]
    rows = [_unit_row(study, view) for view in found.units]
    return Table(
        columns,
        rows,
        title=study.words(f"{count(len(rows))}个责任单位各有多少任务", f"What {count(len(rows))} units answer for") if rows else "",
        notes=[study.words("一项措施有几个责任单位，就在几个单位各算一次；已停止的只计入任务；期限已过而未报的也计入逾期。", "A measure counts once for each of its units; what was stopped counts in the first column only; past its deadline and not reported counts as late.")],
        empty=no_measures(study),
    )


def _unit_row(study: Study, view: UnitView) -> dict[str, Any]:
    by_stage = Counter(task.stage for task in view.tasks)
    counted = {stage: by_stage[stage] for stage in ("done", "in_progress", "not_started", "unreported")}
    return {"unit": named(study, [view.unit]), "all": len(view.tasks), "led": len(view.led), **counted, "late": len(view.late)}


def _some(items: Sequence[object], some: str, none: str) -> str:
    return some.format(count(len(items))) if items else none


def measure_text(study: Study, task: Task) -> str:
    """Where a measure stands in its document and its short name."""
    name = task.measure.title if study.lang == "zh" else task.measure.title_en or task.measure.title
    return study.words(f"{task.measure.locator} {name}", f"{name} ({task.measure.locator})")


def _place(study: Study, task: Task) -> str:
    return study.words(f"{task.plan.document} {task.measure.locator}", f"{cited(study, task.plan)} ({task.measure.locator})")


def deadline_text(study: Study, task: Task) -> str:
    if task.own_deadline:
        return str(task.deadline)
    return study.words(f"（{task.deadline}）", f"({task.deadline})")


def stage_text(study: Study, task: Task) -> str:
    """How far a measure has come, since when, with what was noted; and whether it is late."""
    text = word(STAGE_WORDS, task.stage, study.lang)
    if task.status is not None:
        text += study.words(f"（{task.status.date.isoformat()}）", f" ({task.status.date.isoformat()})")
        text += study.words(f"：{task.status.note}", f": {task.status.note}") if task.status.note else ""
    if not task.late:
        return text
    # nobody knows whether what was never reported is late or done
    return text + (study.words("，期限已过", ", deadline passed") if task.stage == "unreported" else study.words("，逾期", ", late"))


def owners_text(study: Study, task: Task) -> str:
    mark = study.words("〔牵〕", " [L]")
    return named(study, [unit + mark if task.leads(unit) else unit for unit in task.owners]) or study.words("未写责任单位", "none named")


def targets_text(study: Study, task: Task) -> str:
    """The targets a measure serves, by verdict; many are only counted, their own report lists them. Or that it has no indicator."""
    if not task.indicators:
        return study.words("没有指标", "no indicator")
    grouped: dict[str, list[Standing]] = {}
    for stands in task.targets:
        grouped.setdefault(stands.verdict, []).append(stands)
    few = len(task.targets) <= NAMED
    told = [
        study.words(f"{_names(study, group, few)}：{word(VERDICTS, verdict, 'zh')}", f"{_names(study, group, few)}: {word(VERDICTS, verdict, 'en')}")
        for verdict, group in grouped.items()
    ]
    return study.words("；", "; ").join(told) or ABSENT


def _names(study: Study, group: list[Standing], few: bool) -> str:
    if not few:
        return study.words(f"{count(len(group))}条目标", counted(len(group), "target"))
    return study.words(
        "、".join(f"{s.indicator.zh}{value_with_unit(s.statement, 'zh')}" for s in group),
        ", ".join(f"{s.indicator.en} {value_with_unit(s.statement, 'en')}" for s in group),
    )
