"""Tables of scenarios: where each lands, the chances under it, and what follows from it year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.gaps import GapRow
from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, Statement, Unit
from zhibiao.showing.gap_tables import likelihood_text
from zhibiao.showing.no_chance import reasons
from zhibiao.showing.no_pipe import no_pipe
from zhibiao.showing.numbers import ABSENT, signed, written
from zhibiao.showing.pictures import digits_of, display_unit, modelled
from zhibiao.showing.scenario_settings import left_out
from zhibiao.showing.statement_tables import headline, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import between
from zhibiao.simulating.comparing import BASELINE, FLOWS, Case, Comparison, landing
from zhibiao.simulating.outcomes import FOLLOWING, Outcomes

Array = NDArray[np.float64]

YEARS_SHOWN = 6

NAMES: Mapping[str, tuple[str, str]] = {
    "intake": ("招生", "entrants"),
    "enrolment": ("在校生", "enrolment"),
    "graduates": ("毕业生", "graduates"),
    "losses": ("其他流失", "other losses"),
    "turned_away": ("因学位不足未能入学", "turned away for want of places"),
    "employed": ("就业的毕业生", "graduates in work"),
    "certificates": ("取证的毕业生", "graduates with a certificate"),
    "high_skill_graduates": ("高级工以上毕业生", "graduates of senior level"),
    "training": ("年培训人次", "training a year"),
    "high_skill": ("年培养高技能人才", "high-skill output a year"),
    "teachers": ("所需专任教师", "full-time teachers needed"),
    "free_places": ("空余学位", "places left empty"),
}
UNITS: Mapping[str, str] = {"intake": "intake", "training": "social_training", "high_skill": "high_skill_trained", "teachers": "teachers"}
"""The indicator whose unit a quantity is shown in; that of enrolment for the others."""
NEEDS: Mapping[str, tuple[str, str]] = {
    "employed": ("就业率", "an employment rate"),
    "certificates": ("毕业生取证率", "the share of graduates with a certificate"),
    "high_skill_graduates": ("毕业生高级工以上占比", "the share of graduates of senior level"),
    "training": ("年培训人次", "figures of training"),
    "high_skill": ("年培养高技能人才数", "figures of high-skill output"),
    "teachers": ("专任教师数", "the number of teachers"),
    "free_places": ("学位数", "the number of places"),
}
"""What has to be known, or set by a lever, before a quantity can follow."""


MANY = 5
"""Targets whose names a page has room for beside each other."""


def named(study: Study, quantity: str) -> str:
    zh, en = NAMES[quantity]
    return study.words(zh, en)


def comparison(study: Study, found: Comparison) -> Table:
    """Every scenario at the horizon: intake, enrolment with its band, what it changes, graduates, those in work, losses."""
    unit = display_unit(study, study.indicator("enrolment"))
    columns = [
        Column("scenario", study.words("情景", "scenario"), width=4),
        *(Column(name, named(study, name), "right", width=3) for name in ("intake", "enrolment")),
        Column("band", study.words(f"{study.level}%区间", f"{study.level} % band"), "right", width=4),
        Column("difference", study.words("比不动杠杆", "against no lever moved"), "right", width=3),
        *(Column(name, named(study, name), "right", width=3) for name in ("graduates", "employed", "losses")),
    ]
    digits = _digits(found, unit)
    rows = [row for case in found.cases if (row := _compared(study, found, case, unit, digits)) is not None]
    notes = [
        study.words(
            "各列均为目标年的中位数。“设定”是情景自己定下的，不是推断。“基准”的招生与在校生取自参照类；动了招生、学制、保留率或学位的情景，在校生由学生流量推算，"
            "“比不动杠杆”与不动杠杆的同一流量相比，不含两种算法之差。",
            "Medians at the horizon. “Set”: the scenario's own assumption. Under the baseline intake and enrolment come from the reference class; where intake, length, retention "
            "or places are moved, enrolment follows from the flow of students, and the difference is to that flow with no lever moved, free of what the two models differ by.",
        ),
        *_between_models(study, found, unit),
        *left_out(study, found),
    ]
    return Table(
        columns,
        rows,
        title=study.words(
            f"各情景下{study.horizon}年的招生、在校生与毕业生（{unit.written}）", f"Intake, enrolment and graduates of {study.horizon} under each scenario ({unit.label('en')})"
        ),
        notes=notes if rows else [],
        empty="" if rows else no_pipe(study, "各情景无从推算", "no scenario can be simulated"),
    )


LANDED = ("intake", "enrolment", "graduates", "employed", "losses")


def _digits(found: Comparison, unit: Unit) -> dict[str, int]:
    """Decimals of each column, the same in every row: those of its largest median."""
    medians = {name: [one.median for case in found.cases if (one := case.landing(name)) is not None] for name in LANDED}
    return {name: digits_of(np.array(values).max(initial=0.0, keepdims=True), unit) for name, values in medians.items()}


def _compared(study: Study, found: Comparison, case: Case, unit: Unit, digits: Mapping[str, int]) -> dict[str, str] | None:
    landed = {name: case.landing(name) for name in LANDED}
    if not any(landed.values()):
        return None
    row = {"scenario": case.scenario.name(study.lang)}
    for name, one in landed.items():
        row[name] = ABSENT if one is None else modelled(one.median, unit)
        if name in case.simulation.assumed and one is not None and case.scenario.trust is None:
            value = written(one.median, unit.scale, digits[name])
            row[name] = study.words(f"{value}（设定）", f"{value} (set)")
    stock = landed["enrolment"]
    row["band"] = ABSENT if stock is None or stock.low == stock.high else between(modelled(stock.low, unit), modelled(stock.high, unit), study.lang)
    change = found.difference(case, "enrolment")
    row["difference"] = ABSENT if change is None else signed(Decimal(repr(change)) / Decimal(unit.scale), digits["enrolment"])
    return row


def _between_models(study: Study, found: Comparison, unit: Unit) -> list[str]:
    """How far the two ways of reckoning lie apart where nothing is moved."""
    base = next((case.landing("enrolment") for case in found.cases if case.scenario.id == BASELINE), None)
    flow = None if found.unmoved is None else landing(found.unmoved.run.enrolment[:, -1], study.level)
    if base is None or flow is None or found.unmoved is None or int(found.unmoved.run.years[-1]) != study.horizon:
        return []
    one, other = (with_unit(modelled(value.median, unit), unit, study.lang) for value in (base, flow))
    return [
        study.words(
            f"不动杠杆时，{study.horizon}年在校生按参照类为{one}，按学生流量为{other}。", f"With no lever moved the reference class gives {one} enrolled in {study.horizon}, the flow of students {other}."
        )
    ]


def chances(study: Study, found: Comparison) -> Table:
    """The chance of each main target under every scenario, in numbers and words; a row a scenario, or a row a target where targets are many."""
    rows = {case.scenario.id: {row.statement.key: row for row in case.rows} for case in found.cases}
    main = [statement.key for statement in headline(study)] or [row.statement.key for row in (found.cases[0].rows if found.cases else ())]
    spoken = [key for key in main if any(rows[case.scenario.id][key].chance is not None for case in found.cases)]
    targets = [study.registry.statement(key) for key in spoken]
    silent = [under[key] for under in list(rows.values())[:1] for key in main if key not in spoken]
    unsaid = reasons(study, silent, lambda row: _target_name(study, row.statement))
    headed = {target.key: study.words("{}（{}）", "{} ({})").format(_target_name(study, target), study.short_clause(target)) for target in targets}
    told = {case.scenario.id: {key: _chance(study, case, rows[case.scenario.id][key]) for key in spoken} for case in found.cases}
    called = {case.scenario.id: case.scenario.name(study.lang) for case in found.cases}
    if MANY < len(spoken) > len(found.cases):  # the long names head the rows where there are more of them than a page has room for beside each other
        columns = [Column("target", study.words("目标", "target"), width=6), *(Column(case, name, "right", width=3) for case, name in called.items())]
        cells = [{"target": headed[key], **{case: chance[key] for case, chance in told.items()}} for key in spoken]
    else:
        columns = [Column("scenario", study.words("情景", "scenario"), width=4), *(Column(key, name, "right", width=4) for key, name in headed.items())]
        cells = [{"scenario": called[case], **chance} for case, chance in told.items()]
    notes = [
        study.words("“设定”：情景自己定下了这项指标的路径，不另给可能性。", "“Set”: the scenario sets the path of the indicator itself, so no chance is given."),
        *([study.words(f"不给可能性：{unsaid}。", f"No chance is given of {unsaid}.")] if silent else []),
    ]
    return Table(
        columns,
        cells if spoken else [],
        title=study.words("各情景下达标的可能性", "Chance of each target under every scenario"),
        notes=notes if spoken else [],
        empty=study.words(
            f"{study.region.zh}的主要目标都没有数可推断，任何情景下都不给可能性。" if main else f"所选文件没有给{study.region.zh}定下目标。",
            f"None of the main targets of {study.region.en} has figures to project: no chance under any scenario." if main else f"The chosen documents set no target for {study.region.en}.",
        ),
    )


def _target_name(study: Study, target: Statement) -> str:
    return f"{study.indicator(target.indicator).name(study.lang)} {value_with_unit(target, study.lang)}"


def _chance(study: Study, case: Case, row: GapRow) -> str:
    if row.statement.indicator in case.simulation.assumed:
        return study.words("设定", "set")
    return likelihood_text(row.chance, row.standing.state, study.lang)


def outcomes(study: Study, found: Outcomes | None) -> Table:
    """What follows under the study's scenario, year by year (medians) with the band of the last year."""
    scenario = study.scenario
    years = [] if found is None else _years(found.run.years)
    columns = [
        Column("quantity", study.words("项目", "quantity"), width=5),
        *(Column(str(year), str(year), "right", width=2) for year in years),
        Column("band", study.words(f"{years[-1]}年{study.level}%区间", f"{study.level} % band {years[-1]}") if years else "", "right", width=4),
    ]
    rows, notes = [], []
    if found is not None:
        for name in (*FLOWS, *FOLLOWING):
            if name == "turned_away" and "free_places" in found.absent:
                continue  # nobody is turned away where no number of places holds
            draws = getattr(found.run, "entrants" if name == "intake" else name) if name in FLOWS else found.following.get(name)
            if draws is not None:
                rows.append(_followed(study, name, draws, years, int(found.run.years[0])))
        lacking = study.words("、", ", ").join(study.words(*NEEDS[name]) for name in found.absent)
        notes = [
            study.words(
                "各年为中位数。每条路径中，年末在校生=上年末在校生+招生-毕业-其他流失，一人不差；中位数之间不必如此。",
                "Medians. In every path enrolment = enrolment of the year before + entrants - graduates - other losses, to the person; medians need not add up.",
            ),
            *([study.words(f"还缺：{lacking}；没有来源的不推算，可在情景中用杠杆给出。", f"Still missing: {lacking}; without a source nothing is reckoned, a scenario may give it by a lever.")] if lacking else []),
        ]
        if not any(LEVERS[override.lever].flow for override in scenario.overrides):
            notes.append(study.words("这里是学生流量自己的账，与其他页按参照类推断的在校生略有不同。", "This is the account of the flow of students; enrolment by the reference class, as on other pages, differs a little."))
        if "enrolment_floor" in {override.lever for override in scenario.overrides}:
            notes.append(study.words("招生是守住在校生下限所需的数，逐条路径反推，文件中没有。", "The intake is what keeps enrolment on its floor, solved path by path; it is not in the document."))
    empty = (
        study.words("这个情景把在校生直接引向规划目标，不经过学生流量，没有可推算的后果。", "This scenario leads enrolment to the plans' targets directly; nothing flows, so nothing follows.")
        if scenario.trust is not None
        else no_pipe(study, "无从推算", "nothing follows")
        if found is None
        else ""
    )
    title = study.words(f"情景“{scenario.zh}”下逐年随之而来的", f"What follows year by year under “{scenario.en}”")
    return Table(columns, rows, title=title, notes=notes, empty=empty)


def _years(years: NDArray[np.int64]) -> list[int]:
    """At most so many years as there is room for, the last among them."""
    step = -(-years.size // YEARS_SHOWN)
    return [int(year) for year in years[::-1][::step][::-1]]


def _followed(study: Study, name: str, draws: Array, years: Sequence[int], first: int) -> dict[str, str]:
    unit = display_unit(study, study.indicator(UNITS.get(name, "enrolment")))
    ends = {year: landing(draws[:, year - first], study.level) for year in years}
    last = ends[years[-1]]
    return {
        "quantity": study.words(f"{named(study, name)}（{unit.written}）", f"{named(study, name)} ({unit.label('en')})"),
        **{str(year): ABSENT if one is None else modelled(one.median, unit) for year, one in ends.items()},
        "band": ABSENT if last is None or last.low == last.high else between(modelled(last.low, unit), modelled(last.high, unit), study.lang),
    }
