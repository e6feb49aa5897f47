"""Which lever moves what, as a table, as a picture and in sentences: and which target is most at risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, Statement, Unit
from zhibiao.model.units import unit_of
from zhibiao.showing.chart import Chart
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.gap_tables import chance_text, likelihood_text
from zhibiao.showing.no_chance import reasons
from zhibiao.showing.no_pipe import no_pipe
from zhibiao.showing.numbers import count, fixed, in_unit, signed
from zhibiao.showing.pictures import digits_of, display_unit, source_line
from zhibiao.showing.sensitivity_chart import Bar, Level, TornadoPicture
from zhibiao.showing.sensitivity_chart import tornado as drawn
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import between
from zhibiao.simulating.comparing import BASELINE, Comparison
from zhibiao.simulating.sensitivity import Indices, Tornado, Turn
from zhibiao.simulating.swings import BAND, Swing

TRACE = 0.05
"""A chance that moves by less than this is not worth naming: chances are printed in such steps."""


def reach(study: Study, swing: Swing) -> str:
    """How far a lever is moved, in words: -46%至+86%."""
    unit = unit_of(str(LEVERS[swing.lever].change))
    low, high = (signed(end, 0 if unit.base == "%" else 1) for end in (swing.low, swing.high))
    low = with_unit(low, unit, study.lang) if unit.base == "%" else low
    return study.words(f"{low}至{with_unit(high, unit, 'zh')}", f"{low} to {with_unit(high, unit, 'en')}")


def rests_on(study: Study, swing: Swing) -> str:
    """What the range of a lever rests on, in words."""
    first, last = swing.years
    return {
        "own_band": study.words(f"本地区招生轨迹{last}年的{BAND}%区间", f"the {BAND} % band of the region's own intake in {last}"),
        "assumed_length": study.words("假设：四分之一的新生多读或少读两年", "an assumption: a quarter of the entrants study two years more or fewer"),
        "national_retention": study.words(
            f"全国{first}—{last}年逐年保留率中间{BAND}%与其中位之差", f"the middle {BAND} % of the nation's yearly retention {first}–{last}, about its median"
        ),
        "national_growth": study.words(
            f"下端为起点在校生（假设不增），上端为全国{first}—{last}年同样长的时段里十分之一超过的增幅",
            f"from the enrolment at the start (an assumption: none added) to the growth that one in ten of the nation's spans of that length exceeded, {first}–{last}",
        ),
    }[swing.basis]


def table(study: Study, found: Tornado | None, shares: Sequence[Indices]) -> Table:
    """Every lever: its range, what that rests on, enrolment at both ends, and its share of the variance when all move at once."""
    unit = display_unit(study, study.indicator("enrolment"))
    heads = {
        "enrolment": study.words("在校生", "enrolment"),
        "graduates": study.words("毕业生", "graduates"),
    }
    columns = [
        Column("lever", study.words("杠杆", "lever"), width=3),
        Column("range", study.words("变动范围", "range"), "right", width=4),
        Column("basis", study.words("范围的依据", "what the range rests on"), width=7),
        Column("alone", study.words("单独变动时的在校生", "enrolment, moved alone"), "right", width=4),
        *(
            Column(f"{kind}_{one.quantity}", f"{heads[one.quantity]} {study.words(zh, en)}", "right", width=3)
            for one in shares
            for kind, zh, en in (("first", "单独份额", "alone"), ("total", "总份额", "in all"))
        ),
    ]
    rows = []
    for turn in found.turns if found is not None else ():
        lever = turn.swing.lever
        row = {
            "lever": study.words(LEVERS[lever].zh, LEVERS[lever].en),
            "range": reach(study, turn.swing),
            "basis": rests_on(study, turn.swing),
            "alone": _ends(study, turn, unit, _digits(found, unit)),
        }
        for one in shares:
            row[f"first_{one.quantity}"], row[f"total_{one.quantity}"] = (_share(part[lever][0]) for part in (one.first, one.total))
        rows.append(row)
    notes = [
        study.words(
            f"在校生单位：{unit.written}，为中位数。份额（索博尔指数）：所有杠杆同时在各自范围内均匀变动时，该杠杆单独造成的方差份额，与连同它和其他杠杆的交互造成的份额。",
            f"Enrolment in {unit.label('en')}, medians. Shares (Sobol's indices): with all levers moving at once, evenly over their ranges, what of the variance a lever makes alone, and with all its interactions.",
        ),
        study.words("范围宽的杠杆份额自然大：份额只说“在这样的范围内”，不说哪根杠杆容易动。", "A wide range makes a large share: it says “within these ranges”, not which lever is easy to move."),
    ]
    return Table(
        columns,
        rows,
        title=study.words("各杠杆在有依据的范围内能带来多大变化", "What each lever can change within a range that rests on something"),
        notes=notes if rows else [],
        empty="" if rows else _nothing(study),
    )


def _share(value: float) -> str:
    return f"<{fixed(0.02, 2)}" if value < 0.02 else fixed(min(value, 1.0), 2)


def _ends(study: Study, turn: Turn, unit: Unit, digits: int) -> str:
    """Enrolment with a lever at both ends of its range."""
    return between(in_unit(turn.enrolment.low, unit.scale, digits), in_unit(turn.enrolment.high, unit.scale, digits), study.lang)


def _digits(found: Tornado | None, unit: Unit) -> int:
    """As the other tables of scenarios print enrolment."""
    return 0 if found is None else digits_of(np.array([found.enrolment]), unit)


def _nothing(study: Study) -> str:
    return no_pipe(study, "没有杠杆可以试动", "there is no lever to move")


def picture(study: Study, found: Tornado | None) -> Chart | Sentences:
    """The tornado of enrolment at the horizon; a sentence where there is no pipe."""
    if found is None or not found.turns:
        return Sentences((_nothing(study),))
    unit = display_unit(study, study.indicator("enrolment"))
    scale, digits = float(unit.scale), _digits(found, unit)
    strongest = found.turns[0]
    ends = _ends(study, strongest, unit, digits)
    name, place = LEVERS[strongest.swing.lever], study.region.name(study.lang)
    return drawn(
        TornadoPicture(
            title=study.words(
                f"{place}{found.horizon}年在校生最受{name.zh}左右：单独变动{reach(study, strongest.swing)}，落在{with_unit(ends, unit, 'zh')}",
                f"{place}, enrolment of {found.horizon}: {name.en} moves it most; alone, over {reach(study, strongest.swing)}, it gives {with_unit(ends, unit, 'en')}",
            ),
            unit=unit.label(study.lang),
            along=study.words(f"{found.horizon}年在校生", f"enrolment {found.horizon}"),
            still=found.enrolment / scale,
            bars=[Bar(study.words(LEVERS[t.swing.lever].zh, LEVERS[t.swing.lever].en), reach(study, t.swing), t.enrolment.low / scale, t.enrolment.high / scale) for t in found.turns],
            levels=_levels(study, found, scale),
            digits=digits,
            counted=unit.scale == 1,
            basis=study.words(
                "每次只动一根杠杆，其余停在起点；数值为中位数。范围的依据见下表，学制的范围是假设。", "One lever at a time, the others where they stand; medians. The table below says what each range rests on; that of length is assumed."
            ),
            source=source_line(study, [*study.series("intake").annual[-1:], *study.series("enrolment").annual[-1:]]),
        ),
        study.lang,
    )


def _levels(study: Study, found: Tornado, scale: float) -> list[Level]:
    """Targets of enrolment as lines; the newest document's governs."""
    targets = [study.registry.statement(key) for key in found.margins]
    asked = [t for t in targets if t.indicator == "enrolment" and t.horizon == found.horizon]
    return [
        Level(float(condition(t, study.indicator("enrolment")).bound) / scale, f"{value_with_unit(t, study.lang)} {briefly_cited(study, t)}", t is asked[-1]) for t in asked[-2:]
    ]


def at_risk(study: Study, found: Tornado | None, compared: Comparison, main: Sequence[GapRow]) -> Sentences:
    """Which lever moves which target, and which of the main targets is most at risk."""
    lines = [*_risk(study, compared, main)]
    if found is not None:
        lines += [_moved_by(study, found, study.registry.statement(key)) for key in found.margins]
    return Sentences(tuple(lines))


def _name(study: Study, target: Statement) -> str:
    named = f"{study.indicator(target.indicator).name(study.lang)} {value_with_unit(target, study.lang)}"
    return study.words(f"{named}（{study.short_clause(target)}）", f"{named} ({study.short_clause(target)})")


def _risk(study: Study, compared: Comparison, main: Sequence[GapRow]) -> list[str]:
    """The main target with the smallest chance where no lever is moved, and how it fares under the scenarios; what cannot be told."""
    chances = {case.scenario.id: {row.statement.key: row for row in case.rows} for case in compared.cases}
    keys = [row.statement.key for row in main]
    base = chances.get(BASELINE, {})
    known = {key: chance for key in keys if key in base and (chance := base[key].chance) is not None}
    lines = []
    if known:
        worst = min(known, key=lambda key: known[key])
        under = [rows[worst].chance for name, rows in chances.items() if name != BASELINE and worst in rows]
        others = [chance for chance in under if chance is not None]
        told = likelihood_text(known[worst], base[worst].standing.state, study.lang)
        target = _name(study, base[worst].statement)
        ends = tuple(dict.fromkeys(chance_text(chance) for chance in (min(others), max(others)))) if others else ()
        span = study.words("至", " to ").join(ends)
        lines.append(
            study.words(
                (f"能推断的{count(len(known))}项主要目标中，最没有把握的是{target}" if len(known) > 1 else f"能推断的主要目标只有一项：{target}")
                + f"{'：' if len(known) > 1 else '，'}不动杠杆时可能性{told}" + (f"；没有设定它的{count(len(others))}个情景中为{span}。" if others else "。"),
                (f"Of the {count(len(known))} main targets that can be projected {target} is most at risk" if len(known) > 1 else f"One main target can be projected, {target}")
                + f": chance {told} with no lever moved"
                + (f"; {span} under {'the one scenario that does' if len(others) == 1 else f'the {count(len(others))} scenarios that do'} not set it." if others else "."),
            )
        )
    silent = [row for row in main if row.statement.key not in known]
    if silent:
        names = reasons(study, silent, lambda row: study.indicator(row.statement.indicator).name(study.lang))
        some = "1 more main target" if len(silent) == 1 else f"{count(len(silent))} more main targets"
        lines.append(
            study.words(
                f"{'另有' if known else ''}{count(len(silent))}项主要目标不给可能性：{names}；不等于没有风险。",
                f"No chance is given of {some if known else some.replace(' more', '')}: {names}. That is not the same as being safe.",
            )
        )
    return lines or [study.words(f"所选文件没有给{study.region.zh}定下主要目标。", f"The chosen documents set no main target for {study.region.en}.")]


def _moved_by(study: Study, found: Tornado, target: Statement) -> str:
    """The levers that move a target most, by its chance, or by its margin where no chance can be given; and where it stands."""
    name, still = _name(study, target), _margin(study, target, found.margins[target.key])
    if target.key not in found.chances:
        order = sorted(found.turns, key=lambda turn: -turn.margins[target.key].width)[:1]
        parts = [_turned(study, turn, *(_margin(study, target, end) for end in (turn.margins[target.key].low, turn.margins[target.key].high))) for turn in order]
        return study.words(
            f"{name}：不给可能性（口径不明或来源相抵）；不动杠杆时中位路径{still}；最能改变它的是{parts[0]}。",
            f"{name}: no chance is given (unclear definition or conflicting sources); with no lever moved the typical path is {still}; moved most by {parts[0]}.",
        )
    chance = chance_text(found.chances[target.key])
    speaking = [turn for turn in found.turns if target.key in turn.chances and turn.chances[target.key].width >= TRACE]
    order = sorted(speaking, key=lambda turn: -turn.chances[target.key].width)[:2]
    parts = [_turned(study, turn, chance_text(turn.chances[target.key].low), chance_text(turn.chances[target.key].high)) for turn in order]
    moved = (
        study.words(f"最能改变它的是{'，其次是'.join(parts)}", f"moved most by {', then by '.join(parts)}")
        if parts
        else study.words("在各自的范围内没有一根杠杆单独能明显改变它", "within its range no lever alone changes it noticeably")
    )
    return study.words(f"{name}：按学生流量可能性{chance}，中位路径{still}；{moved}。", f"{name}: chance {chance} by the flow of students, the typical path is {still}; {moved}.")


def _turned(study: Study, turn: Turn, low: str, high: str) -> str:
    lever = LEVERS[turn.swing.lever]
    return study.words(f"{lever.zh}（{reach(study, turn.swing)}：{low}→{high}）", f"{lever.en} ({reach(study, turn.swing)}: {low} → {high})")


def _margin(study: Study, target: Statement, margin: float) -> str:
    """How far a path lies from the end that is asked for."""
    unit = target.written_unit
    scaled = margin / float(unit.scale)
    digits = digits_of(np.array([condition(target, study.indicator(target.indicator)).bound]), unit)
    size = in_unit(abs(margin), unit.scale, digits)
    size = size + study.words("个百分点", " pp") if unit.base == "%" else with_unit(size, unit, study.lang)
    if round(abs(scaled), digits) == 0:
        return study.words("正好在目标处", "at the target")
    return study.words(f"差{size}", f"{size} short") if scaled < 0 else study.words(f"高出{size}", f"{size} above")
