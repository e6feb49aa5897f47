"""What each scenario sets: lever, from, to, by when, and on whose word."""

from __future__ import annotations

from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, LeverId, Override, Scenario, unit_of
from zhibiao.showing.citing import cited_clause
from zhibiao.showing.no_pipe import why
from zhibiao.showing.numbers import ABSENT, bare, fixed, four, percent
from zhibiao.showing.pictures import display_unit, modelled
from zhibiao.showing.statement_tables import with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.simulating.comparing import Case, Comparison, fitting
from zhibiao.simulating.scenario import own_value

HELD: frozenset[LeverId] = frozenset({"length", "capacity"})
"""Levers that hold from their year on; the others are led there evenly."""


def settings(study: Study, found: Comparison) -> Table:
    """What each scenario that is meant for the region sets: lever, from, to, by when, and on whose word."""
    cases = {case.scenario.id: case for case in found.cases}
    rows = [row for name in fitting(study) for row in _set_rows(study, study.registry.scenario(name), cases.get(name))]
    notes = [
        study.words(
            "“到”是自起点匀速走到该年并保持，“自……起”是该年起一直有效（学制只对此后入学的新生）。起点是最近一个招生与在校生都有数的年份；表中未设的杠杆都停在起点。",
            "“By”: led evenly from the start and then held; “from”: holds from that year on (a length for those who enter from then on). "
            "The start is the newest year with both intake and enrolment; levers that are not listed stay where they are.",
        ),
        *(study.words(f"{s.zh}：{s.description.rstrip('。')}。", f"{s.en}: {s.description_en.rstrip('.')}.") for s in map(study.registry.scenario, fitting(study)) if s.overrides),
        *left_out(study, found),
    ]
    columns = [
        Column("scenario", study.words("情景", "scenario"), width=3),
        Column("lever", study.words("杠杆", "lever"), width=3),
        Column("from", study.words("起点", "from"), "right", width=3),
        Column("to", study.words("设为", "to"), "right", width=5),
        Column("year", study.words("何时", "when"), width=3),
        Column("source", study.words("依据", "rests on"), width=14),
    ]
    return Table(columns, rows, title=study.words("各情景设定了什么，依据是什么", "What each scenario sets, and on whose word"), notes=notes)


def _set_rows(study: Study, scenario: Scenario, case: Case | None) -> list[dict[str, str]]:
    name = scenario.name(study.lang)
    said = study.words(scenario.description, scenario.description_en)
    if not scenario.overrides:
        lever, to = study.words("不设", "none"), ABSENT
        if scenario.trust is not None:
            lever, to = study.words("走向规划目标的路径", "paths led to the plans' targets"), percent(scenario.trust, 0)
        return [{"scenario": name, "lever": lever, "from": ABSENT, "to": to, "year": ABSENT, "source": said}]
    return [_set_row(study, override, case, name) for override in scenario.overrides]


def _set_row(study: Study, override: Override, case: Case | None, name: str) -> dict[str, str]:
    lever = LEVERS[override.lever]
    move = None if case is None else case.simulation.moves[override.lever]
    own = None if case is None else own_value(study, override.lever, case.simulation.pipe)
    to = ABSENT if move is None else lever_text(study, override.lever, move.value)
    if override.change and override.value is not None and override.unit is not None:
        step = four(override.value) if override.value < 0 else f"+{four(override.value)}"
        told = with_unit(step, unit_of(override.unit), study.lang) if override.value else study.words("不变", "unchanged")
        to = told if move is None else study.words(f"{to}（{told}）", f"{to} ({told})")
    year = ABSENT
    if move is not None:
        start = _start(study, override.lever, case)
        zh, en = (f"自{move.year}年起", f"from {move.year}") if override.lever in HELD else (f"到{move.year}年", f"by {move.year}")
        if start is not None and move.year <= start:
            zh += f"（起点{start}年{'之前' if move.year < start else '当年'}，自起点起即为此值）"
            en += f" ({'before' if move.year < start else 'at'} the start, {start}: this value holds from the start on)"
        year = study.words(zh, en)
    if override.statement is not None:
        source = cited_clause(study, study.registry.statement(override.statement))
    else:
        source = study.words(str(override.source), override.source_en or str(override.source))
    return {
        "scenario": name,
        "lever": study.words(lever.zh, lever.en),
        "from": ABSENT if own is None else lever_text(study, override.lever, own),
        "to": to,
        "year": year,
        "source": source,
    }


def _start(study: Study, lever: LeverId, case: Case | None) -> int | None:
    """The year from which a lever is led: that of the pair of intake and enrolment for the levers of the pipe, else that of the last figure."""
    if LEVERS[lever].flow:
        pipe = None if case is None else case.simulation.pipe
        return None if pipe is None else pipe.start.year
    indicator = LEVERS[lever].indicator
    known = study.series(indicator).annual if indicator is not None else ()
    return known[-1].period.year if known else None


def lever_text(study: Study, lever: LeverId, value: float) -> str:
    """A lever's value in base units as it is shown: persons in the unit of the region's documents."""
    known = LEVERS[lever]
    if known.base in ("%", "年", "人/人"):
        return with_unit(fixed(value, 1), unit_of(known.base), study.lang)
    indicator = study.indicator(known.indicator or "enrolment")
    unit = display_unit(study, indicator)
    return with_unit(bare(modelled(value, unit)), unit, study.lang)


def left_out(study: Study, found: Comparison) -> list[str]:
    if not found.left_out:
        return []
    names = study.words("、", ", ").join(study.registry.scenario(name).name(study.lang) for name in found.left_out)
    because = why(study) if found.unmoved is None else ("杠杆没有起点", "a lever has no start")
    return [study.words(f"未能推算：{names}（{because[0]}）。", f"Not simulated: {names} ({because[1]}).")]
