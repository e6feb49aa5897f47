"""How the targets of the old plans ended: which were met, by how much, and which cannot be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.panel import SILENT_VERDICTS
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.showing import assessable
from zhibiao.showing.by_hand import gap_by_hand
from zhibiao.showing.citing import briefly_cited, cited
from zhibiao.showing.gap_tables import gap_text, latest_text
from zhibiao.showing.numbers import ABSENT, count, four, signed
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import STATES, VERDICTS, word


def passed(study: Study, rows: Sequence[GapRow]) -> list[GapRow]:
    """Targets whose last year lies behind."""
    return [row for row in rows if row.statement.horizon is not None and row.statement.horizon <= study.as_of]


def looked_back(study: Study, rows: Sequence[GapRow]) -> Sentences:
    """How the targets of each document ended, and what share of them can be judged."""
    lines = []
    for plan in study.plans:
        mine = [row for row in rows if row.standing.plan.id == plan.id]
        over = passed(study, mine)
        running = [row for row in mine if row not in over and row.statement.horizon is not None]
        if not over:
            if mine:
                lines.append(study.words(f"{plan.document}：截至{study.as_of}年没有期满的目标。", f"{cited(study, plan)}: no target has ended by {study.as_of}."))
            continue
        told = assessable.share(study, over).rstrip("。.")
        if running:
            told += study.words(f"；另有{count(len(running))}项尚未期满", f"; {count(len(running))} more are still running")
        lines.append(study.words(f"{plan.document}，截至{study.as_of}年期满：{told}。", f"{cited(study, plan)}, ended by {study.as_of}: {told}."))
    return Sentences(tuple(lines) or (study.words(f"所选文件没有给{study.region.zh}定下目标。", f"The chosen documents set no target for {study.region.en}."),))


def outcomes(study: Study, rows: Sequence[GapRow]) -> Table:
    """Ended targets of which anything was reported: result, by how much it was met or missed, verdict."""
    over = passed(study, rows)
    known = [row for row in over if row.standing.latest is not None]
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("target", study.words("目标", "target"), "right", width=3),
        Column("baseline", study.words("当初要求的变动", "change asked then"), "right", width=3),
        Column("latest", study.words("最近的数", "latest figure"), "right", width=3),
        Column("by", study.words("超出或差", "above or short"), "right", width=3),
        Column("verdict", study.words("判断", "verdict"), width=3),
        Column("clause", study.words("条款", "clause"), width=4),
    ]
    cells = [
        {
            "indicator": row.standing.indicator.name(study.lang),
            "target": value_with_unit(row.statement, study.lang) + (study.words(f"（{row.statement.horizon}）", f" ({row.statement.horizon})")),
            "baseline": _asked(study, row),
            "latest": latest_text(row.standing, study.lang),
            "by": _by(study, row),
            "verdict": word(VERDICTS, row.standing.verdict, study.lang),
            "clause": briefly_cited(study, row.statement),
        }
        for row in known
    ]
    silent = Counter(row.standing.state for row in over if row.standing.latest is None)
    notes = []
    if cells:
        notes.append(
            study.words(
                "判断为“期满未报”的，最后一年没有报数：“超出或差”按更早的数算，只供参考，不是结果。* 可信度中等。",
                "Where the verdict is “not reported” the last year has no figure: “above or short” goes by an earlier one, for orientation, and is no result. * medium confidence.",
            )
        )
    if silent and cells:
        listed = study.words("、", ", ").join(f"{word(STATES, state, study.lang)} {count(number)}" for state, number in silent.items())
        notes.append(study.words(f"其余{count(sum(silent.values()))}项期满的目标一个数也没有报过（{listed}）。", f"Of {count(sum(silent.values()))} more no figure was ever reported ({listed})."))
    empty = (
        study.words(f"{count(len(over))}项期满的目标都没有报过一个数，无从回看。", f"Nothing was ever reported of the {count(len(over))} ended targets: there is nothing to look back on.")
        if over
        else study.words("没有期满的目标。", "No target has ended.")
    )
    judged = sum(row.standing.verdict not in SILENT_VERDICTS for row in over)
    title = study.words(f"期满的{count(len(over))}项目标：{count(judged)}项有结果，{count(len(cells))}项至少有一个数", f"{count(len(over))} ended targets: {count(judged)} with a result, {count(len(cells))} with at least one figure")
    return Table(columns, cells, title=title, notes=notes, empty=empty, beside=gap_by_hand(study, known))


def _asked(study: Study, row: GapRow) -> str:
    """The change the target asked when it was set."""
    start, statement = row.standing.baseline, row.statement
    if start is None or statement.scope == "cumulative" or start.value == 0:
        return ABSENT
    wanted = condition(statement, row.standing.indicator).aim(start.value) - start.value
    if wanted == 0:
        return study.words("守住", "none: keep")
    if statement.written_unit.base == "%":
        return f"{signed(wanted, 1)}" + study.words("个百分点", " pp")
    return signed(100 * wanted / start.value, 0) + "%"


def _by(study: Study, row: GapRow) -> str:
    """How far the latest figure lies beyond the end that was asked for, or short of it."""
    stands, unit = row.standing, row.statement.written_unit
    asked = condition(row.statement, stands.indicator)
    reached = stands.total if asked.combine == "sum" else None if stands.latest is None else float(stands.latest.base_value)
    if reached is None or stands.gap is None:
        return ABSENT
    if stands.gap > 0:
        return study.words(f"差{gap_text(stands, 'zh')}", f"{gap_text(stands, 'en')} short")
    over = (reached - asked.bound) / float(unit.scale)
    over = over if asked.floor is not None else -over
    text = four(over) + (study.words("个百分点", " pp") if unit.base == "%" else "")
    shown = text if unit.base == "%" else with_unit(four(over), unit, study.lang)
    return study.words(f"超出{shown}", f"{shown} above")
