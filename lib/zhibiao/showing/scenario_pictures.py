"""From scenarios to their pictures: what goes into each panel and the finding it states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.model import Unit
from zhibiao.showing.chart import Chart
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.numbers import in_unit, signed, written
from zhibiao.showing.pictures import digits_of, display_unit, modelled, source_line
from zhibiao.showing.scenario_chart import PANELS, Course, Panel, PanelsPicture, panels
from zhibiao.showing.series import Point, TargetLine
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.simulating.comparing import Case, Comparison

Array = NDArray[np.float64]


def small_multiples(study: Study, found: Comparison) -> Chart | None:
    """Enrolment under every scenario, over the flow of students with no lever moved; None where no scenario projects it."""
    unit = display_unit(study, study.indicator("enrolment"))
    shown = [case for case in found.cases if _course(case, study, unit) is not None]
    if not shown or found.unmoved is None:
        return None
    run = found.unmoved.run
    years, flow = np.append(run.years[0] - 1, run.years), np.column_stack([found.unmoved.opening[:, 0], run.enrolment])
    panel_cases = _fitting(study, shown)
    left = study.words("、", ", ").join(case.scenario.name(study.lang) for case in shown if case not in panel_cases)
    basis = study.words(
        f"名下是{study.horizon}年中位数，括号内是与不动杠杆相比的差（“半信规划”与基准相比）。灰色是不动杠杆的学生流量，“基准”的蓝色取自参照类，两者之差是算法之差。",
        f"Below each name: the median of {study.horizon}, in brackets against no lever moved (plans half trusted: against the baseline). Grey is the flow of students with no lever moved; the baseline's blue comes from the reference class.",
    ) + (study.words(f"未画：{left}。", f" Not drawn: {left}.") if left else "")
    return panels(
        PanelsPicture(
            title=_title(study, found, shown, unit),
            unit=unit.label(study.lang),
            panels=[Panel(case.scenario.name(study.lang), _finding(study, found, case, unit), course) for case in panel_cases if (course := _course(case, study, unit))],
            unmoved=_of(years, flow, study.level, unit),
            points=[
                Point(p.period.year, float(p.base_value / unit.scale), p.qualifier, "high" if p.confidence == "high" else "medium") for p in study.series("enrolment").annual
            ],
            targets=_targets(study, found.cases[0].rows, unit),
            level=study.level,
            basis=basis,
            source=source_line(study, study.series("enrolment").annual),
        ),
        study.lang,
    )


def _fitting(study: Study, shown: Sequence[Case]) -> list[Case]:
    """As many cases as there is room for, in their order; the report's own scenario is always among them."""
    own = [case for case in shown if case.scenario.id == study.scenario.id]
    others = [case for case in shown if case.scenario.id != study.scenario.id][: PANELS - len(own)]
    return [case for case in shown if case in own or case in others]


def _course(case: Case, study: Study, unit: Unit) -> Course | None:
    fan = case.simulation.fans.get("enrolment")
    if fan is None or fan.basis.last_year >= int(fan.years[-1]):
        return None
    ahead = fan.years >= fan.basis.last_year
    return _of(fan.years[ahead], fan.draws[:, ahead], study.level, unit)


def _of(years: NDArray[np.int64], draws: Array, level: int, unit: Unit) -> Course:
    scale, tail = float(unit.scale), (1 - level / 100) / 2
    low, median, high = (np.quantile(draws, p, axis=0) / scale for p in (tail, 0.5, 1 - tail))
    if np.all(low == high):
        return Course(years.tolist(), median.tolist())
    return Course(years.tolist(), median.tolist(), low.tolist(), high.tolist())


def _finding(study: Study, found: Comparison, case: Case, unit: Unit) -> str:
    """Where the scenario lands and, in brackets, what it changes."""
    end = case.landing("enrolment")
    assert end is not None  # a course has a last year
    digits = _digits(found, unit)
    there = modelled(end.median, unit)
    if end.low == end.high:
        there = written(end.median, unit.scale, digits)
        return study.words(f"{there}（设定）", f"{there} (set)")
    if case.scenario.trust is not None and "enrolment" not in case.simulation.assumed:
        return study.words(f"{there}（没有目标可引向）", f"{there} (no target leads)")
    change = found.difference(case, "enrolment")
    if change is None:
        return there
    step = signed(change / float(unit.scale), digits)
    if round(change / float(unit.scale), digits) == 0:
        step = study.words("不变", "no change")
    return study.words(f"{there}（{step}）", f"{there} ({step})")


def _digits(found: Comparison, unit: Unit) -> int:
    """Decimals that all panels share: those of the largest median."""
    medians = [one.median for case in found.cases if (one := case.landing("enrolment")) is not None]
    return digits_of(np.array(medians).max(initial=0.0, keepdims=True), unit)


def _title(study: Study, found: Comparison, shown: Sequence[Case], unit: Unit) -> str:
    """Which scenario raises and which lowers enrolment most, of those that do not set it."""
    moved = {case: change for case in shown if case.flows and (change := found.difference(case, "enrolment")) is not None and "enrolment" not in case.simulation.assumed}
    place = study.region.name(study.lang)
    if not moved:
        return study.words(f"{place}各情景下的在校生（至{study.horizon}年）", f"{place}: enrolment under each scenario to {study.horizon}")
    most, least = max(moved, key=lambda case: moved[case]), min(moved, key=lambda case: moved[case])
    digits = _digits(found, unit)
    told = []
    for case, zh, en in ((least, ("少得最多", "少"), "lowers"), (most, ("多得最多", "多"), "raises")):
        size = abs(moved[case]) / float(unit.scale)
        if (moved[case] < 0) == (case is least) and round(size, digits) > 0:
            amount = with_unit(in_unit(abs(moved[case]), unit.scale, digits), unit, study.lang)
            told.append(study.words(f"“{case.scenario.zh}”{zh[0]}，{zh[1]}{amount}", f"“{case.scenario.en}” {en} it most, by {amount}"))
    if not told:
        return study.words(f"{place}{study.horizon}年在校生：各情景都还看不出变动", f"{place}, enrolment of {study.horizon}: no scenario shows yet")
    return study.words(
        f"{place}{study.horizon}年在校生与不动杠杆相比：{'；'.join(told)}", f"{place}, enrolment of {study.horizon} against no lever moved: {'; '.join(told)}"
    )


def _targets(study: Study, rows: Sequence[GapRow], unit: Unit) -> list[TargetLine]:
    """The target that governs and one more, as lines."""
    lines: dict[bool, TargetLine] = {}
    for row in rows:
        statement = row.statement
        asks = condition(statement, row.standing.indicator)
        if statement.indicator != "enrolment" or statement.scope not in ("point", "annual") or asks.start is None or asks.end is None:
            continue
        high = statement.base_high if statement.comparator == "between" and statement.base_high is not None else None
        lines[row.governed_by is None] = TargetLine(
            asks.start if statement.scope == "annual" else asks.end,
            asks.end,
            float(asks.bound) / float(unit.scale),
            None if high is None else float(high / unit.scale),
            statement.comparator,
            briefly_cited(study, statement),
            value_with_unit(statement, study.lang),
            row.governed_by is None,
        )
    return [lines[governing] for governing in (True, False) if governing in lines]
