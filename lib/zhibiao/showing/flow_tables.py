"""Tables of the pipe: students per entrant, what length and retention a pair implies, what a floor asks of the intake; and of fans."""

from __future__ import annotations

import math

import numpy as np

from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.model import Observation, Unit, unit_of
from zhibiao.showing.asked_pairs import clauses, national_ratios, target_pairs
from zhibiao.showing.by_hand import ratios_by_hand
from zhibiao.showing.citing import named
from zhibiao.showing.numbers import ABSENT, as_written, fixed, four, full, in_unit, percent
from zhibiao.showing.pictures import digits_for, display_unit
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import CONFIDENCE, QUALIFIERS, between, word
from zhibiao.simulating import pairs
from zhibiao.simulating.anchoring import start_pair
from zhibiao.simulating.pairs import Pair
from zhibiao.simulating.pipe import PROGRAMME_LENGTHS
from zhibiao.simulating.scenario import Simulation, floor_needs


def ratios(study: Study) -> Table:
    """Students enrolled per entrant: as they are, as the targets ask, and in the nation."""
    start = start_pair(study)
    columns = [
        Column("pair", study.words("哪一对", "pair"), width=4),
        Column("year", study.words("年份", "year"), "right", width=2),
        Column("intake", study.words("招生", "intake"), "right", width=2),
        Column("enrolment", study.words("在校生", "enrolment"), "right", width=2),
        Column("ratio", study.words("在校生÷招生", "per entrant"), "right", width=2),
        Column("clause", study.words("出处", "source"), width=6),
    ]
    rows = []
    compared = [start, *target_pairs(study)] if start is not None else []
    if start is not None:
        title = study.registry.sources[start.source].title
        rows.append(_ratio_row(study, study.words("现状", "as it is"), start, named(study, [f"《{title}》"])))
        rows.extend(_ratio_row(study, study.words("目标", "targets"), pair, pair.source) for pair in compared[1:])
    nation = national_ratios(study)
    notes = []
    if nation is not None:
        first, last, low, high = nation
        outside = start is not None and not low <= start.ratio <= high
        notes.append(
            study.words(
                f"全国{first}—{last}年在{fixed(low, 1)}—{fixed(high, 1)}之间" + (f"，{study.region.zh}的现状在此范围之外，只以自身为锚。" if outside else "。"),
                f"The nation was between {fixed(low, 1)} and {fixed(high, 1)} in {first}–{last}" + ("; the region lies outside and is anchored on itself." if outside else "."),
            )
        )
    return Table(
        columns,
        rows,
        title=study.words("每名招生对应多少在校生", "Students enrolled per entrant"),
        notes=notes if rows else [],
        empty=study.words("没有同一年的招生与在校生，无从相比。", "No year has both intake and enrolment: nothing can be compared."),
        beside=ratios_by_hand(study, compared, display_unit(study, study.indicator("enrolment"))),
    )


def _ratio_row(study: Study, name: str, pair: Pair, clause: str) -> dict[str, str]:
    unit = display_unit(study, study.indicator("enrolment"))
    return {
        "pair": name,
        "year": str(pair.year),
        "intake": with_unit(full(pair.intake, unit.scale), unit, study.lang),
        "enrolment": with_unit(full(pair.enrolment, unit.scale), unit, study.lang),
        "ratio": fixed(pair.ratio, 2),
        "clause": clause,
    }


def implied(study: Study) -> Table:
    """The yearly retention that each programme length needs for each pair, settled and on the way to its year."""
    start = start_pair(study)
    targets = target_pairs(study) if start else []
    columns = [Column("length", study.words("学制（年）", "length (years)"), "right", width=2)]
    if start is not None:
        columns.append(Column("start", study.words(f"{start.year}年现状", f"as in {start.year}"), "right", width=3))
    for index, pair in enumerate(targets):
        columns.append(Column(f"settled{index}", study.words(f"{pair.name} 稳定后", f"{pair.name} settled"), "right", width=3))
        columns.append(Column(f"way{index}", study.words(f"{pair.name} 途中到{pair.year}年", f"{pair.name} by {pair.year}"), "right", width=3))
    rows = []
    if start is not None:
        own = pairs.implied(start, None, PROGRAMME_LENGTHS)
        found = [pairs.implied(pair, start, PROGRAMME_LENGTHS) for pair in targets]
        for position, length in enumerate(PROGRAMME_LENGTHS):
            row = {"length": fixed(length, 1), "start": _retention(study, own.settled[position])}
            for index, one in enumerate(found):
                row[f"settled{index}"] = _retention(study, one.settled[position])
                row[f"way{index}"] = _retention(study, one.on_the_way[position])
            rows.append(row)
    note = study.words(
        "表中为每年的保留率（一届学生升入下一年的份额）；“不可能”表示即使无人流失也达不到。途中：招生匀速增到目标值时，当年在校的是较早、较小的几届。",
        "Yearly retention: the share of a class that stays from one year to the next; “impossible” means out of reach even without losses. "
        "On the way: while intake grows evenly, the classes enrolled are the earlier, smaller ones.",
    )
    return Table(
        columns,
        rows,
        title=study.words("每一对数字意味着怎样的学制与保留率", "What length and retention each pair implies"),
        notes=[text for text in (note, clauses(study, targets)) if text] if rows else [],
        empty=study.words("没有起点，无从反推。", "Without a starting pair nothing can be implied."),
    )


def _retention(study: Study, value: float) -> str:
    return study.words("不可能", "impossible") if math.isnan(value) else percent(float(value), 1)


def needs(study: Study) -> Table:
    """What a floor under enrolment asks of the intake, for the floor that governs; solved here, not in any document."""
    unit = display_unit(study, study.indicator("intake"))
    start = start_pair(study)
    floors = [
        s
        for s in study.statements("target")
        if s.indicator == "enrolment" and s.scope == "annual" and s.comparator in ("ge", "gt") and s.base_low is not None
    ]
    columns = [
        Column("length", study.words("学制（年）", "length (years)"), "right", width=2),
        Column("retention", study.words("锚定的年保留率", "anchored retention"), "right", width=3),
        Column("every", study.words("逐年守住所需年招生", "intake to hold each year"), "right", width=4),
        Column("end", study.words("只在末年达到所需年招生", "intake to hold in the last year"), "right", width=4),
    ]
    empty = study.words("文件没有给在校生设下限，或没有起点，无从反推。", "No floor under enrolment, or no starting pair: nothing to solve.")
    if not floors or start is None:
        return Table(columns, [], title="", empty=empty)
    floor = floors[-1]
    asked = condition(floor, study.indicator("enrolment"))
    assert asked.start is not None and asked.end is not None  # an annual target has both
    rows = [
        {
            "length": fixed(need.length, 1),
            "retention": percent(need.retention, 1),
            "every": _people(need.every_year, unit, study.lang),
            "end": _people(need.at_end, unit, study.lang),
        }
        for need in floor_needs(start, asked.bound, range(asked.start, asked.end + 1))
    ]
    value, clause = value_with_unit(floor, study.lang), study.clause(floor)
    notes = [
        study.words(
            f"自{asked.start}年起每年招同样多、此前停在{start.year}年的招生数；保留率按{start.year}年每名招生{four(round(start.ratio, 2))}名在校生锚定。",
            f"The same intake every year from {asked.start} on, before it that of {start.year}; retention anchored on {four(round(start.ratio, 2))} students per entrant in {start.year}.",
        )
    ]
    title = study.words(
        f"在校生{value}（{clause}）所隐含的年招生：推算值，文件中没有",
        f"Yearly intake implied by enrolment {value} ({clause}): solved here, not in the document",
    )
    return Table(columns, rows, title=title, notes=notes, empty=empty)


def _people(value: float | None, unit: Unit, lang: str) -> str:
    return ABSENT if value is None else with_unit(in_unit(value, unit.scale, 2), unit, lang)


def projections(study: Study, simulation: Simulation) -> Table:
    """Every fan at the horizon: latest figure, median, band."""
    level = study.level
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("latest", study.words("最近数", "latest"), "right", width=3),
        Column("median", study.words(f"{study.horizon}年中位", f"median {study.horizon}"), "right", width=3),
        Column("band", study.words(f"{level}%区间", f"{level} % band"), "right", width=4),
    ]
    rows = []
    for name, fan in simulation.fans.items():
        indicator = study.indicator(name)
        unit = display_unit(study, indicator)
        known = study.series(name).annual  # empty where a scenario sets what was never reported
        low, high = fan.band(level)
        position = int(np.searchsorted(fan.years, study.horizon))
        done, digits = fan.basis.last_year >= study.horizon, digits_for(fan, unit)
        rows.append(
            {
                "indicator": indicator.name(study.lang) + (study.words("（情景设定）", " (set)") if name in simulation.assumed else ""),
                "latest": _latest(study, known[-1], unit) if known else ABSENT,
                "median": ABSENT if done else in_unit(fan.quantile(0.5)[position], unit.scale, digits),
                "band": ABSENT if done else between(in_unit(low[position], unit.scale, digits), in_unit(high[position], unit.scale, digits), study.lang),
            }
        )
    return Table(
        columns,
        rows,
        title=study.words(f"到{study.horizon}年可能落在哪里", f"Where they may land by {study.horizon}"),
        empty=study.words(f"登记库中没有{study.region.zh}的观测值，无从推断。", f"Nothing is observed of {study.region.en}, so nothing is projected."),
    )


def _latest(study: Study, point: Observation, unit: Unit) -> str:
    return QUALIFIERS[point.qualifier] + with_unit(full(point.base_value, unit.scale), unit, study.lang) + f" ({point.period})"


def observations(study: Study) -> Table:
    """Every figure of the region that is known at as_of, with its source."""
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("period", study.words("期间", "period"), "right", width=2),
        Column("value", study.words("数值", "value"), "right", width=3),
        Column("confidence", study.words("可信度", "confidence"), width=2),
        Column("source", study.words("来源", "source"), width=7),
    ]
    rows = []
    for indicator in study.registry.indicators.values():
        for point in study.series(indicator.id).points[-3:]:
            unit = unit_of(point.unit)
            rows.append(
                {
                    "indicator": indicator.name(study.lang),
                    "period": str(point.period),
                    "value": QUALIFIERS[point.qualifier] + with_unit(as_written(point.value, unit.scale), unit, study.lang),
                    "confidence": word(CONFIDENCE, point.confidence, study.lang),
                    "source": named(study, [study.registry.sources[point.source].title]),
                }
            )
    return Table(
        columns,
        rows,
        title=study.words(f"截至{study.as_of}年已知的数（每项最近三个）", f"Figures known as of {study.as_of} (the last three of each)"),
        empty=study.words("没有任何观测值。", "No figure is known."),
    )
