"""Tables of where targets stand: how big the gap is, whether it is on schedule, and which figures are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.methods.chance import EVEN, WORDS
from zhibiao.assessing.standing import Standing
from zhibiao.catalogue.study import Study
from zhibiao.model import Observation, Unit
from zhibiao.showing.by_hand import gap_by_hand, pace_by_hand
from zhibiao.showing.citing import briefly_cited, cited_clause
from zhibiao.showing.numbers import ABSENT, bare, full, in_unit, percent, percent_as
from zhibiao.showing.statement_tables import period_text, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import QUALIFIERS, STATES, VERDICTS, between, word

CHANCE_STEP = 0.05
"""Chances are printed in steps of five points: the draws are finer than what they rest on."""

ESTIMATE_MARGIN = 0.1
"""To either side, where a target rests on estimates only."""

LIKELIHOODS = (
    (("很可能", "very likely"), 0.9),
    (("可能", "likely"), dict(WORDS)["likely"]),
    (("约各半", "about even"), dict(WORDS)["about_even"]),
    (("不太可能", "unlikely"), 0.1),
    (("很不可能", "very unlikely"), 0.0),
)
"""Words for a chance and from where on they are said: the scale of the IPCC (Mastrandrea and others 2010), whose thirds also part
the grades of `zhibiao.assessing.methods.chance`."""


def chance_text(chance: float | None) -> str:
    """A chance as it may be printed.

    >>> chance_text(0.40125), chance_text(0.004), chance_text(0.99), chance_text(None)
    ('≈40%', '<5%', '>95%', '—')
    """
    if chance is None:
        return ABSENT
    if chance < CHANCE_STEP:
        return percent_as(chance, "<5%")
    if chance > 1 - CHANCE_STEP:
        return percent_as(chance, ">95%")
    return percent_as(chance, f"≈{100 * round(chance / CHANCE_STEP) * CHANCE_STEP:.0f}%")


def likelihood_text(chance: float | None, state: str, lang: str) -> str:
    """A chance as number and word; of estimates only a range, and the word of its more cautious end.

    The word is that of the number as it is printed: two readers who see 35% read the same word.

    >>> likelihood_text(0.70, "assessed", "zh"), likelihood_text(0.99, "estimate_only", "zh"), likelihood_text(0.3, "estimate_only", "en")
    ('≈70%（可能）', '>85%（可能）', '≈20–40% (about even)')
    >>> likelihood_text(0.3268, "assessed", "zh"), likelihood_text(0.3334, "assessed", "zh")
    ('≈35%（约各半）', '≈35%（约各半）')
    """
    if chance is None:
        return ABSENT
    number, said = chance_text(chance), chance
    if CHANCE_STEP <= chance <= 1 - CHANCE_STEP:
        said = round(chance / CHANCE_STEP) * CHANCE_STEP
    if state == "estimate_only":
        middle = min(max(round(chance / CHANCE_STEP) * CHANCE_STEP, CHANCE_STEP), 1 - CHANCE_STEP)
        low, high = middle - ESTIMATE_MARGIN, middle + ESTIMATE_MARGIN
        said = min(max(EVEN, low), high)
        number = "≈" + between(percent(low, 0).removesuffix("%"), percent(high, 0), lang)
        if low <= 0 or high >= 1:
            number = f"<{percent(high, 0)}" if low <= 0 else f">{percent(low, 0)}"
    zh, en = next(words for words, least in LIKELIHOODS if said >= least - 1e-9)
    return f"{number}（{zh}）" if lang == "zh" else f"{number} ({en})"


def observed_text(point: Observation | None, unit: Unit, lang: str, *, named: bool = False) -> str:
    """An observation in the target's unit, with its year, its qualifier and a mark where confidence is not high.

    `named` adds the unit, for sentences; in a table the target beside it names it.
    """
    if point is None:
        return ABSENT
    number = full(point.base_value, unit.scale)
    mark = "" if point.confidence == "high" else "*"
    value = f"{QUALIFIERS[point.qualifier]}{with_unit(number, unit, lang) if named else number}{mark}"
    return f"{value}（{point.period}）" if lang == "zh" else f"{value} ({point.period})"


def gap_text(stands: Standing, lang: str) -> str:
    """The gap in the document's unit, or in words that nothing is known."""
    if stands.gap is None:
        return ABSENT
    unit = stands.statement.written_unit
    if unit.base == "%":
        return difference_text(stands.gap, unit, lang)
    return with_unit(full(stands.gap, unit.scale), unit, lang)


def difference_text(value: float, unit: Unit, lang: str) -> str:
    """A reckoned difference, such as a pace, in the document's unit; two percentages differ by percentage points."""
    if unit.base == "%":
        return points_text(value) + ("个百分点" if lang == "zh" else " pp")
    return with_unit(in_unit(value, unit.scale), unit, lang)


def points_text(value: float) -> str:
    """A number of percentage points to two decimals at most, and finer only where that would print nothing.

    >>> points_text(0.1167), points_text(2.0), points_text(98.5 - 98.3), points_text(0.004)
    ('0.12', '2', '0.2', '0.004')
    """
    return in_unit(value, 1) if abs(value) < 0.005 else bare(in_unit(value, 1, 2))


def _baseline_text(stands: Standing, lang: str) -> str:
    if stands.baseline is None:
        return ABSENT
    value = full(stands.baseline.value, stands.statement.written_unit.scale)
    return f"{value}（{stands.baseline.year}）" if lang == "zh" else f"{value} ({stands.baseline.year})"


def latest_text(stands: Standing, lang: str, *, named: bool = False) -> str:
    """The latest figure; of a cumulative target what has come together so far. `named` adds the unit."""
    if stands.total is not None and stands.latest is not None:
        unit = stands.statement.written_unit
        value = full(stands.total, unit.scale)
        value = with_unit(value, unit, lang) if named else value
        return f"累计{value}（至{stands.latest.period}）" if lang == "zh" else f"{value} in all (to {stands.latest.period})"
    return observed_text(stands.latest, stands.statement.written_unit, lang, named=named)


def _name(row: GapRow, lang: str) -> str:
    return row.standing.indicator.name(lang)


def _met_text(met: bool | None, lang: str) -> str:
    if met is None:
        return "未知" if lang == "zh" else "unknown"
    return ("是" if met else "否") if lang == "zh" else ("yes" if met else "no")


def size(study: Study, rows: Sequence[GapRow]) -> Table:
    """How big each gap is: baseline, latest figure, what is missing, whether it is met."""
    lang = study.lang
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("target", study.words("目标", "target"), "right", width=3),
        Column("period", study.words("期间", "period"), width=3),
        Column("baseline", study.words("基期", "baseline"), "right", width=3),
        Column("latest", study.words("最近数", "latest"), "right", width=3),
        Column("gap", study.words("差距", "gap"), "right", width=2),
        Column("met", study.words("达到", "met"), "center", width=1),
        Column("clause", study.words("条款", "clause"), width=4),
    ]
    cells = [
        {
            "indicator": _name(row, lang),
            "target": value_with_unit(row.statement, lang),
            "period": period_text(row.statement, lang),
            "baseline": _baseline_text(row.standing, lang),
            "latest": latest_text(row.standing, lang),
            "gap": gap_text(row.standing, lang),
            "met": _met_text(row.standing.met, lang),
            "clause": cited_clause(study, row.statement),
        }
        for row in rows
    ]
    note = study.words(
        "* 可信度中等。“—”表示没有数据，不等于零。差距按最近一次公布的数计算，满足时为零；须超过的目标，持平不算达到。",
        "* medium confidence. “—” means no figure, not zero. Gaps are taken from the last published figure and are zero where it satisfies; "
        "a target that must be exceeded is not met by an equal value.",
    )
    title = study.words("差距有多大", "How big the gaps are")
    return Table(columns, cells, title=title, notes=[note] if cells else [], empty=_no_targets(study), beside=gap_by_hand(study, rows))


def pace(study: Study, rows: Sequence[GapRow]) -> Table:
    """Whether each target is on schedule: change against time, pace so far and needed, chance, evidence, verdict."""
    lang = study.lang
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("target", study.words("目标", "target"), "right", width=3),
        Column("change", study.words("变化完成", "change done"), "right", width=2),
        Column("time", study.words("时间已过", "time gone"), "right", width=2),
        Column("pace", study.words("迄今年均", "pace so far"), "right", width=2),
        Column("needed", study.words("此后需年均", "pace needed"), "right", width=2),
        Column("chance", study.words("达标可能性", "chance"), "right", width=3),
        Column("state", study.words("证据", "evidence"), width=3),
        Column("verdict", study.words("判断", "verdict"), width=3),
        Column("clause", study.words("条款", "clause"), width=4),
    ]
    cells, schedules = [], []
    for row in rows:
        made, unit = row.standing.progress, row.statement.written_unit
        judged = made is not None and row.standing.state not in ("not_yet_reported", "definition_unclear", "passed_not_reported", "conflicting")
        schedules.append(judged)
        cells.append(
            {
                "indicator": _name(row, lang),
                "target": value_with_unit(row.statement, lang),
                "change": percent(made.change, 0) if judged and made is not None and made.change is not None else ABSENT,
                "time": percent(made.time, 0) if judged and made is not None else ABSENT,
                "pace": _pace_text(made.pace, unit) if judged and made is not None else ABSENT,
                "needed": _pace_text(row.standing.needed, unit),
                "chance": likelihood_text(row.chance, row.standing.state, lang),
                "state": word(STATES, row.standing.state, lang),
                "verdict": word(VERDICTS, row.standing.verdict, lang),
                "clause": briefly_cited(study, row.statement),
            }
        )
    note = study.words(
        "变化完成与时间已过相比即时序进度；年均以目标的单位计，从最近一次公布的年份算起。达标可能性是轨迹中满足该目标（按其自身口径）的份额。",
        "Change done against time gone is the schedule. Paces are in the target's unit, counted from the year last published. "
        "The chance is the share of paths for which the target holds by its own comparator and scope.",
    )
    title, beside = study.words("是否赶得上进度", "Whether they are on schedule"), pace_by_hand(study, rows, schedules)
    empty = study.words("没有一项目标有基期数或此后的数，进度无从比较。", "No target has a baseline or a figure since: there is no schedule to compare with.")
    return Table(columns, cells, title=title, notes=[note] if cells else [], empty=empty if study.statements("target") else _no_targets(study), beside=beside)


def _pace_text(value: float | None, unit: Unit) -> str:
    """A yearly change to two decimals, and finer only where that would print nothing."""
    if value is None or abs(value) < 0.1 * float(unit.scale):
        return in_unit(value, unit.scale)
    text = in_unit(value, unit.scale, 2)
    return text.rstrip("0").rstrip(".")


def briefly(study: Study, rows: Sequence[GapRow]) -> Table:
    """The few columns a mayor reads: target, latest figure, gap, chance, verdict."""
    lang = study.lang
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("target", study.words("目标", "target"), "right", width=3),
        Column("period", study.words("期间", "period"), width=3),
        Column("latest", study.words("最近数", "latest"), "right", width=3),
        Column("gap", study.words("差距", "gap"), "right", width=3),
        Column("chance", study.words("达标可能性", "chance"), "right", width=3),
        Column("verdict", study.words("判断", "verdict"), width=3),
        Column("clause", study.words("条款", "clause"), width=4),
    ]
    cells = [
        {
            "indicator": _name(row, lang),
            "target": value_with_unit(row.statement, lang),
            "period": period_text(row.statement, lang),
            "latest": latest_text(row.standing, lang),
            "gap": gap_text(row.standing, lang),
            "chance": likelihood_text(row.chance, row.standing.state, lang),
            "verdict": word(VERDICTS, row.standing.verdict, lang),
            "clause": briefly_cited(study, row.statement),
        }
        for row in rows
    ]
    return Table(
        columns,
        cells,
        title=study.words("主要指标一览", "Main indicators at a glance"),
        notes=[study.words("* 可信度中等；“—”表示没有数据。", "* medium confidence; “—” means no figure.")] if cells else [],
        empty=_no_targets(study),
        beside=gap_by_hand(study, rows),
    )


def _no_targets(study: Study) -> str:
    return study.words(f"所选文件没有给{study.region.zh}定下目标。", f"The chosen documents set no target for {study.region.en}.")
