"""From a study and its fans to the house charts: what goes into each picture, and the finding it states."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.panel import SILENT_VERDICTS
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Observation, Unit, unit_of
from zhibiao.model.fan import Fan
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing import fan_chart, gap_chart, schedule_chart, sentences, stairs_chart
from zhibiao.showing.chart import Chart
from zhibiao.showing.citing import briefly_cited, cited, named
from zhibiao.showing.fan_chart import Band, FanPicture
from zhibiao.showing.gap_tables import gap_text, likelihood_text
from zhibiao.showing.numbers import Published, count, decimal_of, decimals, full, in_unit, own_decimals
from zhibiao.showing.series import Point, TargetLine
from zhibiao.showing.silence import reasons
from zhibiao.showing.statement_tables import stated, value_with_unit, with_unit
from zhibiao.showing.words import STATES, VERDICTS, word
from zhibiao.simulating.scenario import Simulation

BANDS = (50, 95)
"""Bands shown beside the one of the study's level."""

PERSONS = ("人", "人次")
"""Base units of which a small region has too few for one decimal of 万."""


def display_unit(study: Study, indicator: Indicator) -> Unit:
    """The unit an indicator is shown in: the one the region's documents use, else the one its figures are published in."""
    for statement in study.statements():
        if statement.indicator == indicator.id:
            return statement.written_unit
    points = study.series(indicator.id).points
    return unit_of(points[-1].unit) if points else indicator.base


def source_line(study: Study, points: Sequence[Observation]) -> str:
    """Who published the figures, and as of when."""
    names = dict.fromkeys(p.source for p in reversed(points))
    titles = [f"《{study.registry.sources[name].title}》" for name in names]
    shown = named(study, titles[:3]) + (study.words(f"等{count(len(titles))}种", f" and {count(len(titles) - 3)} more") if len(titles) > 3 else "")
    if not titles:
        return study.words(f"截至{study.as_of}年。", f"As of {study.as_of}.")
    return study.words(f"数据：{shown}；截至{study.as_of}年。", f"Figures: {shown}; as of {study.as_of}.")


def trajectory(study: Study, indicator: Indicator, simulation: Simulation, reference: dict[str, ReferenceClass], rows: Sequence[GapRow]) -> Chart:
    """Where an indicator has been, where it may go, and the targets it is held against."""
    fan = simulation.fans.get(indicator.id)
    unit = display_unit(study, indicator)
    mine = [row for row in rows if row.statement.indicator == indicator.id and row.statement.scope in ("point", "annual")]
    years, median = median_of(fan, unit)
    picture = FanPicture(
        title=_trajectory_title(study, indicator, fan if years else None, unit, mine),
        unit=unit.label(study.lang),
        points=points_of(study, indicator, unit),
        targets=[line for row in mine if (line := target_line(study, row, unit)) is not None],
        years=years,
        median=median,
        bands=bands_of(fan, unit, sorted({*BANDS, study.level})),
        level=study.level,
        digits=digits_for(fan, unit),
        lower=None if indicator.lower is None else float(indicator.lower / unit.scale),
        upper=None if indicator.upper is None else float(indicator.upper / unit.scale),
        counted=unit.scale == 1 and unit.base != "%",
        basis=sentences.basis(study, fan, reference[fan.basis.reference]) if fan is not None else "",
        source=source_line(study, study.series(indicator.id).annual),
    )
    return fan_chart.fan(picture, study.lang)


def _ahead(fan: Fan | None) -> NDArray[np.bool_]:
    """Which years of a fan are drawn: from the last observed one on, and none where nothing lies beyond it."""
    if fan is None:
        return np.zeros(0, dtype=bool)
    ahead = fan.years >= fan.basis.last_year
    return ahead if int(ahead.sum()) > 1 else np.zeros_like(ahead)


def median_of(fan: Fan | None, unit: Unit) -> tuple[list[int], list[float]]:
    """The years of a fan that are drawn, and the median in them; empty where nothing is projected."""
    ahead = _ahead(fan)
    return ([], []) if fan is None or not ahead.any() else (fan.years[ahead].tolist(), _in(fan.quantile(0.5)[ahead], unit))


def bands_of(fan: Fan | None, unit: Unit, levels: Sequence[int]) -> list[Band]:
    """The bands of a fan in the years that are drawn; none where nothing is projected or a scenario sets the path."""
    ahead = _ahead(fan)
    if fan is None or not ahead.any() or fan.method == "scenario":
        return []
    return [Band(level, *(_in(edge[ahead], unit) for edge in fan.band(level))) for level in levels]


def points_of(study: Study, indicator: Indicator, unit: Unit) -> list[Point]:
    """The yearly figures of an indicator, in `unit`."""
    return [_point(point, unit) for point in study.series(indicator.id).annual]


def running_total(study: Study, row: GapRow) -> Chart:
    """What has come together of a cumulative target, against an even pace."""
    stands, statement = row.standing, row.statement
    unit, span = statement.written_unit, statement.period
    assert span is not None  # a cumulative statement has a period
    reported = [p for p in study.series(statement.indicator).annual if p.period.year in span.years]
    totals, so_far = [], Decimal(0)
    for year, point in zip(span.years, reported, strict=False):
        if point.period.year != year:  # after a missing year the running total is not known
            break
        so_far += point.base_value / unit.scale
        totals.append(Point(year, Published(so_far), "eq", "high" if point.confidence == "high" else "medium"))
    low = statement.base_low if statement.base_low is not None else statement.base_high
    high = statement.base_high if statement.comparator == "between" else None
    target = TargetLine(
        span.start,
        span.end,
        float((low or 0) / unit.scale),
        None if high is None else float(high / unit.scale),
        statement.comparator,
        study.words(study.clause(statement), briefly_cited(study, statement)),
        stated(statement, study.lang),
        True,
    )
    place, asked = study.region.name(study.lang), value_with_unit(statement, study.lang)
    name = study.words(f"{place}{stands.indicator.zh}", f"{place}, {stands.indicator.en}")
    done = with_unit(full(stands.total, unit.scale), unit, study.lang) if stands.total is not None else ""
    title = (
        study.words(f"{name}：目标{asked}，期内尚无报数", f"{name}: target {asked}, nothing reported in its period")
        if not done
        else study.words(f"{name}：目标{asked}，已报累计{done}", f"{name}: target {asked}, {done} reported so far")
    )
    even = with_unit(in_unit(float(low or 0) / len(span.years), unit.scale), unit, study.lang)
    basis = study.words(f"匀速为每年{even}。", f"An even pace is {even} a year.")
    return stairs_chart.stairs(
        stairs_chart.StairsPicture(title, unit.label(study.lang), span.start, span.end, target, totals, basis, source_line(study, reported), unit.scale == 1),
        study.lang,
    )


def digits_for(fan: Fan | None, unit: Unit) -> int:
    """Decimals of a fan: none for things counted one by one, one for tens, none from a hundred on; of persons more where there are few.

    Where the median stays at a published figure or is set, it keeps the digits of that figure, and the band has as many.
    """
    if fan is None:
        return digits_of(np.empty(0), unit)
    found = digits_of(fan.draws[:, -1], unit)
    middle = decimal_of(float(fan.quantile(0.5)[-1]))
    if middle is None or not middle.is_finite() or (found == 0 and unit.scale == 1):
        return found
    return own_decimals(middle / unit.scale, found)


def digits_of(values: np.ndarray, unit: Unit) -> int:
    """The same for values in base units."""
    if unit.scale == 1 and unit.base not in ("%", "百分点"):
        return 0
    size = float(np.abs(values).mean()) / float(unit.scale) if values.size else 10.0
    if unit.base in PERSONS:
        return decimals(size)
    return 1 if size < 100 else 0


def modelled(value: float, unit: Unit) -> str:
    """A modelled value in base units with the decimals of its own size: the same value reads alike in every table."""
    return in_unit(value, unit.scale, digits_of(np.array([value]), unit))


def _in(values: np.ndarray, unit: Unit) -> list[float]:
    return [float(v) for v in values / float(unit.scale)]


def _point(point: Observation, unit: Unit) -> Point:
    return Point(
        point.period.year, Published(point.base_value / unit.scale), point.qualifier, "high" if point.confidence == "high" else "medium"
    )


def target_line(study: Study, row: GapRow, unit: Unit) -> TargetLine | None:
    """A target over the years it binds; None where it has none."""
    statement = row.statement
    asked = condition(statement, row.standing.indicator)
    if asked.start is None or asked.end is None:
        return None
    low, high = (statement.base_low, statement.base_high)
    ends = [float(v / unit.scale) for v in (low, high) if v is not None]
    return TargetLine(
        asked.start if statement.scope == "annual" else asked.end,
        asked.end,
        ends[0],
        ends[1] if statement.comparator == "between" else None,
        statement.comparator,
        study.words(study.clause(statement), briefly_cited(study, statement)),
        stated(statement, study.lang),
        row.governed_by is None,
    )


def _trajectory_title(study: Study, indicator: Indicator, fan: Fan | None, unit: Unit, rows: Sequence[GapRow]) -> str:
    name, place = indicator.name(study.lang), study.region.name(study.lang)
    if fan is None:
        known = study.series(indicator.id).annual
        if not known:
            return study.words(f"{place}{name}：没有任何数据", f"{place}, {name}: no figure is known")
        return study.words(f"{place}{name}：数据到{known[-1].period}年", f"{place}, {name}: figures to {known[-1].period}")
    if fan.method == "scenario":
        there = with_unit(modelled(float(fan.quantile(0.5)[-1]), unit), unit, study.lang)
        return study.words(
            f"{place}{name}：按情景“{study.scenario.zh}”设定，{fan.years[-1]}年为{there}，不是预测",
            f"{place}, {name}: set by the scenario “{study.scenario.en}” to {there} in {fan.years[-1]}; no projection",
        )
    low, high = (in_unit(edge[-1], unit.scale, digits_for(fan, unit)) for edge in fan.band(study.level))
    end, last = int(fan.years[-1]), fan.basis.last_year
    chances = [(row, row.chance) for row in rows if row.chance is not None]
    if study.lang == "zh":
        text = f"{place}{name}：{last}年后没有数据，{end}年有{study.level}%的可能在{low}—{high}{unit.written}之间"
        return text + "".join(f"，“{value_with_unit(row.statement, 'zh')}”的可能性{likelihood_text(chance, row.standing.state, 'zh')}" for row, chance in chances[:2])
    text = f"{place}, {name}: no figure after {last}; in {end} with {study.level}% between {low} and {with_unit(high, unit, 'en')}"
    return text + "".join(f", chance of “{value_with_unit(row.statement, 'en')}” {likelihood_text(chance, row.standing.state, 'en')}" for row, chance in chances[:2])


def _row_name(study: Study, row: GapRow) -> str:
    clause = briefly_cited(study, row.statement)
    asked = value_with_unit(row.statement, study.lang)
    name = row.standing.indicator.name(study.lang)
    return f"{name} {asked}\n{clause}"


def gap_finding(study: Study, rows: Sequence[GapRow]) -> str:
    """How many of the main targets are met, fall short, or cannot be judged."""
    judged = [row for row in rows if row.standing.verdict not in SILENT_VERDICTS]
    good = sum(row.standing.verdict in ("met", "holding") for row in judged)
    place, total = study.region.name(study.lang), count(len(rows))
    whole = f"Of {total} main targets ({place})" if len(rows) != 1 else f"Of one main target ({place})"
    if not judged:
        if len(rows) == 1:
            return study.words(f"{place}唯一的主要目标不能判断：{reasons(study, rows)}", f"The one main target ({place}) cannot be judged: {reasons(study, rows)}")
        return study.words(f"{place}{total}项主要目标都不能判断：{reasons(study, rows)}", f"{whole} none can be judged: {reasons(study, rows)}")
    told = (
        (good, "项达到或守住", " is met or held" if good == 1 else " are met or held"),
        (len(judged) - good, "项尚有差距", " falls short" if len(judged) - good == 1 else " fall short"),
        (len(rows) - len(judged), "项不能判断", " cannot be judged"),
    )
    parts = [count(number) + study.words(zh, en) for number, zh, en in told if number]
    if len(rows) == 1:
        verdict = word(VERDICTS, rows[0].standing.verdict, study.lang)
        return study.words(f"{place}唯一的主要目标：{verdict}", f"The one main target ({place}): {verdict}")
    return study.words(f"{place}{total}项主要目标中，{'，'.join(parts)}", f"{whole} {', '.join(parts)}")


def gaps(study: Study, rows: Sequence[GapRow]) -> Chart:
    """What is missing for each target, as a share of the change asked."""
    bars = []
    for row in rows:
        stands, state = row.standing, word(STATES, row.standing.state, study.lang)
        if stands.verdict in SILENT_VERDICTS:
            short = f"{gap_text(stands, study.lang)}" if stands.gap else ""
            at = study.words(f"{state}；按{stands.latest.period}年数差{short}", f"{state}; short by {short} in {stands.latest.period}") if short and stands.latest else state
            bars.append(gap_chart.GapRow(_row_name(study, row), "unknown", at))
        elif stands.verdict in ("met", "holding"):
            bars.append(gap_chart.GapRow(_row_name(study, row), "met", word(VERDICTS, stands.verdict, study.lang), 0.0))
        else:
            words = study.words(f"差{gap_text(stands, 'zh')}", f"short by {gap_text(stands, 'en')}")
            bars.append(gap_chart.GapRow(_row_name(study, row), "gap", words, stands.gap_share))
    basis = study.words("斜纹表示情况不明，不是已达到，也不是未达到。", "Hatched means not known: neither met nor missed.")
    return gap_chart.gaps(bars, study.lang, title=gap_finding(study, rows), basis=basis, source=documents_line(study))


def schedule(study: Study, rows: Sequence[GapRow]) -> Chart:
    """Share of the change done against share of the time gone."""
    lines = []
    for row in rows:
        made, name = row.standing.progress, _row_name(study, row)
        reason = word(STATES, row.standing.state, study.lang)
        if row.standing.verdict in SILENT_VERDICTS or made is None:
            lines.append(schedule_chart.ScheduleRow(name, reason=reason))
        elif made.change is None:
            lines.append(schedule_chart.ScheduleRow(name, reason=study.words("目标要求保持，没有变化量可比", "the target keeps a level: no change to compare")))
        else:
            lines.append(schedule_chart.ScheduleRow(name, made.change, made.time))
    judged, place = [line for line in lines if line.judged], study.region.name(study.lang)
    late = [line for line in judged if line.done is not None and line.time is not None and line.done < line.time - 1e-9]
    title = (
        study.words(f"{place}没有一项主要目标能比较时序进度", f"{place}: no main target can be held against the schedule")
        if not judged
        else study.words(f"{place}能比较的{count(len(judged))}项中，{count(len(late))}项落后于时序", f"{place}: {count(len(late))} of {count(len(judged))} comparable targets are behind schedule")
    )
    basis = study.words("时间算到最近一次公布的年份。", "Time is counted to the year last published.") if judged else ""
    return schedule_chart.schedule(lines, study.lang, title=title, basis=basis, source=documents_line(study))


def documents_line(study: Study) -> str:
    """Which documents the targets stand in, and as of when."""
    names = study.words("、", ", ").join(cited(study, plan) for plan in study.plans)
    return study.words(f"目标：{names}；截至{study.as_of}年。", f"Targets: {names}; as of {study.as_of}.")
