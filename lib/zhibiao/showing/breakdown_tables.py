"""Targets broken down, in tables and records: milestones, shares of districts and schools, and how later figures stand against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from zhibiao.assessing.breakdown.chosen import Chosen
from zhibiao.assessing.breakdown.judged import Judged
from zhibiao.assessing.breakdown.rules import decimal, written
from zhibiao.assessing.breakdown.years import Milestones
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement, Unit
from zhibiao.model.breakdown import Breakdown
from zhibiao.model.document import SYMBOLS
from zhibiao.model.units import UNSCALED
from zhibiao.reading.unit_list import Child
from zhibiao.showing.numbers import ABSENT, in_unit, thousands
from zhibiao.showing.pictures import source_line
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import QUALIFIERS, word, years_text

RULES: Mapping[str, tuple[str, str]] = {
    "even": ("匀速", "equal steps"),
    "growth": ("等比", "constant growth"),
    "late": ("后置", "growing steps"),
    "own": ("自定", "own values"),
}
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
        begin = with_unit(in_unit(made.start.value, unit.scale), unit, lang)
        rule += study.words(f"，自{made.start.year}年的{begin}起", f", from {begin} in {made.start.year}")
    lines.append(rule + study.words("。", "."))
    if statement.comparator in ("gt", "lt"):
        side = study.words("超过", "exceed") if statement.comparator == "gt" else study.words("低于", "stay below")
        lines.append(study.words(f"各数均须{side}，持平不算达到。", f"Every figure must {side} its number; level does not meet it."))
    if children:
        lines += _bases_remarks(study, made, children, without)
    return lines


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
                f"另有{len(without)}个下级地区没有数，未分配任务：{_few(without, '、')}。",
                f"{len(without)} regions below have no figure and get no task: {_few(without, ', ')}.",
            )
        )
    return lines


def _few(names: Sequence[str], join: str) -> str:
    return join.join(names[:5]) + ("…" if len(names) > 5 else "")


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
        row["start"] = f"{in_unit(made.start.value, scale)} ({made.start.year})" if study.lang == "en" else f"{in_unit(made.start.value, scale)}（{made.start.year}）"
    values = {str(year): signed_value(one.statement, value, one.statement.written_unit) for year, value in zip(made.years, made.values, strict=True)}
    stored = f" · {one.stored.id}" if one.stored is not None else study.words("（未保存）", " (not stored)")
    return {**row, **values, "rule": word(RULES, made.rule, study.lang) + stored}


def target_name(study: Study, statement: Statement) -> str:
    """Indicator and target: 年招生规模 >3.5万人."""
    return f"{study.indicator(statement.indicator).name(study.lang)} {value_with_unit(statement, study.lang)}"


def signed_value(statement: Statement, value: Decimal, unit: Unit) -> str:
    """A milestone with the target's comparator; 左右 tolerates at the target alone, so that a milestone does not carry it."""
    sign = "" if statement.comparator == "about" else SYMBOLS[statement.comparator]
    return f"{sign}{in_words(value, unit)}"


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
    notes = [study.words(f"另有{ahead}个里程碑年份未到。", f"{ahead} milestones lie ahead.")] if ahead else []
    clauses = dict.fromkeys(f"{study.clause(one.statement)} “{one.statement.evidence}”" for one in found if one.milestones is not None)
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
        "year": years_text(tuple(each.year for each in run)),
        "milestone": asked if row.milestone == last.milestone else f"{asked}—{in_words(last.milestone, unit)}",
        "figure": ABSENT,
        "state": state_text(study, row.state, row.gap, unit),
        "so_far": "",
    }
    if row.figure is not None:
        part = "" if row.figure.period.is_year else study.words(f"（{row.figure.period}）", f" ({row.figure.period})")
        cell["figure"] = f"{QUALIFIERS[row.figure.qualifier]}{in_words(row.figure.base_value, unit)}{part}"
    if row.so_far is not None and row.due is not None and row.so_far_state is not None:
        gap = max(row.due - row.so_far, 0.0)
        cell["so_far"] = f"{in_words(row.so_far, unit)}/{in_words(row.due, unit)} {state_text(study, row.so_far_state, gap, unit)}"
    return cell


def state_text(study: Study, state: str, gap: float | None, unit: Unit) -> str:
    """A verdict in words with what is missing."""
    return word(STATES, state, study.lang).format(gap=with_unit(in_words(gap, unit), unit, study.lang))


def in_words(value: Decimal | float | None, unit: Unit) -> str:
    """A value in a unit: whole persons with their thousands set apart, else at most four digits.

    >>> in_words(Decimal(15166), unit_of("人")), in_words(15166.0, unit_of("万人"))
    ('15,166', '1.517')
    """
    return thousands(value) if unit.scale == 1 and unit.base not in UNSCALED else in_unit(value, unit.scale)


def finding(study: Study, rows: Sequence[Judged]) -> str:
    """How many milestones are due and how they stand."""
    due, running = [row for row in rows if row.state not in ("ahead", "part_year")], sum(row.state == "part_year" for row in rows)
    if not due and not running:
        return study.words("没有到期的里程碑", "No milestone is due yet")
    count = {state: sum(row.state == state for row in due) for state in STATES}
    short, silent = count["short"] + count["level"], count["not_reported"]
    other = len(due) - count["met"] - short - silent
    zh = [f"{n}个{name}" for n, name in ((count["met"], "达到"), (short, "未达到"), (silent, "未报"), (other, "不能判断")) if n]
    en = [f"{n} {name}" for n, name in ((count["met"], "met"), (short, "short"), (silent, "not reported"), (other, "cannot be judged")) if n]
    zh, en = zh + [f"另{running}个年内未完"] * bool(running), en + [f"{running} more under way"] * bool(running)
    return study.words(f"到期的里程碑{len(due)}个，{'，'.join(zh)}", f"{len(due)} milestones due, {', '.join(en)}")
