"""Targets broken down, in tables: milestones, and how later figures stand against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from zhibiao.assessing.breakdown.chosen import Chosen
from zhibiao.assessing.breakdown.judged import Judged
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement, Unit
from zhibiao.model.document import SYMBOLS
from zhibiao.model.units import UNSCALED
from zhibiao.showing.breakdown_records import RULES
from zhibiao.showing.citing import cited_clause
from zhibiao.showing.numbers import ABSENT, count, full, in_unit, thousands
from zhibiao.showing.pictures import source_line
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import QUALIFIERS, between, word, years_text

STATES: Mapping[str, tuple[str, str]] = {
    "met": ("达到", "met"),
    "level": ("持平，须超过", "level, must exceed"),
    "short": ("差{gap}", "short by {gap}"),
    "undecided": ("数不确切，不能判断", "not exact, cannot be judged"),
    "part_year": ("年内，尚差{gap}", "part of the year, {gap} to go"),
    "not_reported": ("未报", "not reported"),
    "conflicting": ("来源相抵，不判", "sources conflict"),
    "definition_changed": ("口径变了，不判", "definition changed"),
    "ahead": ("未到", "ahead"),
}


def milestones(study: Study, found: Sequence[Chosen]) -> Table:
    """Each target and its milestones, in the document's unit with its comparator; why there are none."""
    years = sorted({year for one in found if one.milestones for year in one.milestones.years})
    columns = [
        Column("target", study.words("目标", "target"), width=5),
        Column("start", study.words("起点", "start"), "right", width=3),
        *(Column(str(year), str(year), "right", width=2) for year in years),
        Column("rule", study.words("办法", "rule"), width=4),
    ]
    return Table(
        columns,
        [_milestone_row(study, one) for one in found],
        title=study.words("主要目标逐年分解", "Main targets year by year"),
        notes=[
            study.words(
                "累计目标各年为当年任务量，其余为当年应达到的水平。没有保存分解的按匀速列出，不是文件规定；保存分解：zhibiao breakdown，见 docs/break-down-a-target.md。",
                "Years of a cumulative target are amounts, of others levels. Where no breakdown is stored, equal steps are shown, which no document prescribes; "
                "to store one: zhibiao breakdown, see docs/break-down-a-target.md.",
            )
        ]
        if found
        else [],
        empty=study.words(f"所选文件没有给{study.region.zh}定下目标。", f"The chosen documents set no target for {study.region.en}."),
    )


def _milestone_row(study: Study, one: Chosen) -> dict[str, str]:
    row = {"target": target_name(study, one.statement)}
    made = one.milestones
    if made is None:
        return {**row, "rule": study.words(f"未分解：{one.reason[0]}", f"none: {one.reason[1]}")}
    scale = one.statement.written_unit.scale
    if made.start is not None:
        row["start"] = study.words("{}（{}）", "{} ({})").format(full(made.start.value, scale), made.start.year)
    values = {str(year): signed_value(one.statement, value, one.statement.written_unit) for year, value in zip(made.years, made.values, strict=True)}
    stored = f" · {one.stored.id}" if one.stored is not None else study.words("（未保存）", " (not stored)")
    return {**row, **values, "rule": word(RULES, made.rule, study.lang) + stored}


def target_name(study: Study, statement: Statement) -> str:
    """Indicator and target: 年招生规模 >3.5万人."""
    return f"{study.indicator(statement.indicator).name(study.lang)} {value_with_unit(statement, study.lang)}"


def signed_value(statement: Statement, value: Decimal, unit: Unit) -> str:
    """A milestone with the target's comparator; 左右 tolerates at the target alone, so that a milestone does not carry it."""
    sign = "" if statement.comparator == "about" else SYMBOLS[statement.comparator]
    own = value in (statement.base_low, statement.base_high)  # the target itself is printed as it was set
    return f"{sign}{full(value, unit.scale) if own else in_words(value, unit)}"


def judged(study: Study, found: Sequence[Chosen]) -> Table:
    """Milestones whose year has come, and how the figures stand; years ahead are only counted."""
    columns = [
        Column("target", study.words("目标", "target"), width=5),
        Column("unit_name", study.words("单位", "district"), width=3),
        Column("year", study.words("年份", "year"), "right", width=2),
        Column("milestone", study.words("里程碑", "milestone"), "right", width=3),
        Column("figure", study.words("实际", "figure"), "right", width=3),
        Column("state", study.words("判断", "verdict"), width=4),
        Column("so_far", study.words("累计到当年", "total to date"), width=4),
    ]
    all_rows = [(one, row) for one in found for row in one.judged(study)]
    due = [(one, row) for one, row in all_rows if row.state != "ahead"]
    ahead = len(all_rows) - len(due)
    points = [row.figure for _, row in due if row.figure is not None]
    rows = [_judged_row(study, one, run) for one, run in _runs(due)]
    if not any(row["unit_name"] for row in rows):
        columns = [column for column in columns if column.name != "unit_name"]
        rows = [{name: value for name, value in row.items() if name != "unit_name"} for row in rows]
    if not any(row["so_far"] for row in rows):
        columns = [column for column in columns if column.name != "so_far"]
        rows = [{name: value for name, value in row.items() if name != "so_far"} for row in rows]
    notes = [study.words(f"另有{count(ahead)}个里程碑年份未到。", "1 milestone lies ahead." if ahead == 1 else f"{count(ahead)} milestones lie ahead.")] if ahead else []
    clauses = dict.fromkeys(f"{cited_clause(study, one.statement)} “{one.statement.evidence}”" for one in found if one.milestones is not None)
    notes += [study.words("依据：", "Clauses: ") + study.words("；", "; ").join(clauses) + study.words("。", ".")] if clauses else []
    notes.append(study.words("未报不算达到；下限数（“以上”）不能证明“超过”；年内的数不外推。", "Not reported is not met; a floor never proves “exceed”; part of a year is not extrapolated."))
    return Table(
        columns,
        rows,
        title=finding(study, [row for _, row in due]) if due else "",
        notes=notes if rows else [],
        source=source_line(study, sorted(points, key=lambda p: p.period)) if rows else "",
        empty=study.words("没有到期的里程碑。", "No milestone is due yet."),
    )


def _runs(due: Sequence[tuple[Chosen, Judged]]) -> list[tuple[Chosen, list[Judged]]]:
    """Rows of the table: years of one target that nobody reported stand together, every other year for itself."""
    runs: list[tuple[Chosen, list[Judged]]] = []
    for one, row in due:
        before = runs[-1] if runs else None
        silent = before is not None and before[0] is one and before[1][-1].child == row.child and before[1][-1].state == row.state == "not_reported"
        if before is not None and silent:
            before[1].append(row)
        else:
            runs.append((one, [row]))
    return runs


def _judged_row(study: Study, one: Chosen, run: Sequence[Judged]) -> dict[str, str]:
    row, last = run[0], run[-1]
    # a district's or school's numbers are persons: in 万人 they would be fractions
    unit = study.indicator(one.statement.indicator).base if row.child else one.statement.written_unit
    asked = signed_value(one.statement, row.milestone, unit)
    cell = {
        "target": target_name(study, one.statement),
        "unit_name": row.child,
        "year": years_text(tuple(each.year for each in run), study.lang),
        "milestone": asked if row.milestone == last.milestone else between(asked, in_words(last.milestone, unit), study.lang),
        "figure": ABSENT,
        "state": state_text(study, row.state, row.gap, unit),
        "so_far": "",
    }
    if row.figure is not None:
        part = "" if row.figure.period.is_year else study.words(f"（{row.figure.period}）", f" ({row.figure.period})")
        cell["figure"] = f"{QUALIFIERS[row.figure.qualifier]}{full(row.figure.base_value, unit.scale)}{part}"
    if row.so_far is not None and row.due is not None and row.so_far_state is not None:
        gap = max(row.due - row.so_far, 0.0)
        cell["so_far"] = f"{in_words(row.so_far, unit)}/{in_words(row.due, unit)} {state_text(study, row.so_far_state, gap, unit)}"
    return cell


def state_text(study: Study, state: str, gap: float | None, unit: Unit) -> str:
    """A verdict in words with what is missing."""
    return word(STATES, state, study.lang).format(gap=with_unit(in_words(gap, unit), unit, study.lang))


def in_words(value: Decimal | float | None, unit: Unit) -> str:
    """A value in a unit: whole persons with their thousands set apart, else at most four digits.

    >>> from zhibiao.model import unit_of
    >>> in_words(Decimal(15166), unit_of("人")), in_words(15166.0, unit_of("万人"))
    ('15,166', '1.517')
    """
    return thousands(value) if unit.scale == 1 and unit.base not in UNSCALED else in_unit(value, unit.scale)


def finding(study: Study, rows: Sequence[Judged]) -> str:
    """How many milestones are due and how they stand."""
    due, running = [row for row in rows if row.state not in ("ahead", "part_year")], sum(row.state == "part_year" for row in rows)
    if not due and not running:
        return study.words("没有到期的里程碑", "No milestone is due yet")
    by_state = {state: sum(row.state == state for row in due) for state in STATES}
    short, silent = by_state["short"] + by_state["level"], by_state["not_reported"]
    other = len(due) - by_state["met"] - short - silent
    zh = [f"{count(n)}个{name}" for n, name in ((by_state["met"], "达到"), (short, "未达到"), (silent, "未报"), (other, "不能判断")) if n]
    en = [f"{count(n)} {name}" for n, name in ((by_state["met"], "met"), (short, "short"), (silent, "not reported"), (other, "cannot be judged")) if n]
    zh, en = zh + [f"另{count(running)}个年内未完"] * bool(running), en + [f"{count(running)} more under way"] * bool(running)
    return study.words(f"到期的里程碑{count(len(due))}个，{'，'.join(zh)}", f"{count(len(due))} {'milestone' if len(due) == 1 else 'milestones'} due, {', '.join(en)}")
