"""Which levers reach the targets, and what is lacking where none does: table and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, LeverId, unit_of
from zhibiao.showing.feasibility_tables import asked_text, people
from zhibiao.showing.gap_tables import chance_text
from zhibiao.showing.ledger import quoted
from zhibiao.showing.numbers import ABSENT, as_written, count, fixed, full, percent
from zhibiao.showing.statement_tables import with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.simulating.demands import Demand
from zhibiao.simulating.ranges import FLOWING, Range
from zhibiao.simulating.solutions import Answer, Solution, Step


def solutions(study: Study, answers: Sequence[Answer], mixed: Sequence[Sequence[Demand]] = ()) -> Table:
    """Which levers reach each set of targets, cheapest first; where none does, the nearest and what it lacks.

    `mixed` are sets with floors and ceilings, for which there is no one direction to search in.
    """
    columns = [
        Column("set", study.words("要达到的目标", "targets to reach"), width=4),
        Column("number", study.words("解", "no."), "center", width=1),
        Column("moves", study.words("杠杆（起点→到）", "levers (from → to)"), width=6),
        Column("cost", study.words("变动份额", "share moved"), "right", width=2),
        Column("chance", study.words("可能性", "chance"), "right", width=2),
        Column("note", study.words("说明", "note"), width=3),
    ]
    rows = []
    for answer in answers:
        together = _together(study, answer.demands)
        for number, solution in enumerate(answer.solutions, start=1):
            rows.append({"set": together, "number": count(number), **_solution(study, solution), "note": _kind(study, solution)})
        if answer.nearest is not None:
            told = missed(study, answer)
            rows.append({"set": together, "number": ABSENT, **_solution(study, answer.nearest.solution), "note": told})
    rows += [
        {"set": _together(study, demands), "number": ABSENT, "moves": ABSENT, "cost": ABSENT, "chance": ABSENT, "note": study.words("有下限也有上限，不能一并反推", "floors and ceilings: not solved for together")}
        for demands in mixed
    ]
    chance = next((answer.chance for answer in answers), None)
    wanted = study.words("居中一条流程", "the middle of the pipe") if chance is None else study.words(f"{percent(chance, 0)}的可能性", f"{percent(chance, 0)} chance")
    notes = [
        study.words(
            f"求解到{wanted}。变动份额：各杠杆移动的幅度占其可动余地之比，相加；每个解动的杠杆不同，解只取写得出的数（招生三位数字、保留率与学制一位小数）。",
            f"Solved for {wanted}. Share moved: of the room each lever has, added up. Each solution moves other levers; values are such as can be written down.",
        ),
        *range_notes(study, next((answer.ranges for answer in answers), {})),
    ]
    return Table(columns, rows, notes=notes if answers else [], title=study.words("反推：动哪些杠杆能达到", "Backwards: which levers reach the targets"),
                 empty=study.words("没有可反推的目标，或没有起点。", "No target to solve for, or nothing to start from."))  # fmt: skip


def _together(study: Study, demands: Sequence[Demand]) -> str:
    return study.words("；", "; ").join(asked_text(study, d) for d in demands)


def range_notes(study: Study, ranges: Mapping[LeverId, Range]) -> list[str]:
    """Where the ranges of the pipe's levers come from."""
    told = [(LEVERS[lever], limits) for lever, limits in ranges.items() if lever in FLOWING and limits.reason]
    return [study.words(f"{lever.zh}：{quoted(limits.reason)}。", f"{lever.en}: {quoted(limits.reason_en)}.") for lever, limits in told]


def missed(study: Study, answer: Answer) -> str:
    """What the nearest setting lacks, in one sentence."""
    assert answer.nearest is not None
    near = answer.nearest
    demand = next(d for d in answer.demands if d.key == near.failing)
    lacks = ABSENT if near.short is None else people(study, near.short, demand, ROUND_CEILING)
    at = study.words("居中时", "in the middle") if answer.chance is None else study.words(f"在{percent(answer.chance, 0)}处", f"at {percent(answer.chance, 0)}")
    return study.words(
        f"达不到：杠杆用尽，可能性也只有{chance_text(near.solution.chance)}；{asked_text(study, demand)}{at}还差{lacks}",
        f"out of reach: with every lever at its end the chance is {chance_text(near.solution.chance)}; {asked_text(study, demand)} lacks {lacks} {at}",
    )


def step_text(study: Study, step: Step) -> str:
    """One lever of a solution: 年招生3→3.51万人（2025年）."""
    lever = LEVERS[step.lever]
    unit = unit_of(f"万{lever.base}" if lever.base in ("人", "人次") and step.aim.value >= 10000 else lever.base)
    digits = 1 if lever.base in ("%", "年") else None
    start = study.words("未知", "unknown") if step.start is None else fixed(step.start, 1) if digits else full(step.start, unit.scale)
    value = as_written(Decimal(step.aim.value) / unit.scale, unit.scale)
    name, by = lever.zh if study.lang == "zh" else lever.en, study.words(f"（{step.aim.year}年）", f" ({step.aim.year})")
    if step.lever == "length":
        by = study.words(f"（{step.aim.year}年起入学）", f" (entering from {step.aim.year})")
    return study.words(name, f"{name} ") + f"{start}→{with_unit(value, unit, study.lang)}{by}"


def _solution(study: Study, solution: Solution) -> dict[str, str]:
    moves = study.words("；", "; ").join(step_text(study, step) for step in solution.steps)
    return {"moves": moves or study.words("不需动", "none"), "cost": fixed(solution.cost, 2), "chance": chance_text(solution.chance)}


def _kind(study: Study, solution: Solution) -> str:
    if not solution.steps:
        return study.words("现状已够", "already enough")
    if solution.even:
        return study.words("均摊", "shared evenly")
    return study.words("单项", "one lever") if len(solution.steps) == 1 else study.words("合用最省", "least together")
