"""What the levers do, in words: one line for what was set, one for where enrolment lands, one for the targets; and the table of targets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

import numpy as np
from pydantic import ValidationError

from zhibiao.catalogue.explaining import explained
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.exploring.ranges import Reach
from zhibiao.exploring.scene import Aim, Shown
from zhibiao.exploring.screen import figure
from zhibiao.model import LEVERS, LeverId, Override
from zhibiao.model.units import UNSCALED
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.gap_tables import likelihood_text
from zhibiao.showing.numbers import ABSENT, bare, four, in_unit, percent, signed
from zhibiao.showing.pictures import digits_for, digits_of, display_unit, modelled
from zhibiao.showing.statement_tables import period_text, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import STATES, word
from zhibiao.simulating.pipe import Pipe
from zhibiao.simulating.scenario import move_of

FROM_ON = ("length", "capacity", "enrolment_floor")
"""Levers that hold from a year on; the others are led to their value."""

UNJUDGED = ("definition_unclear", "definition_changed", "conflicting")


def moved(study: Study, override: Override, reach: Reach | None, pipe: Pipe | None) -> str:
    """How one lever is moved: 年招生到2025年3.5万人."""
    move = move_of(study, override, pipe)
    lever = LEVERS[override.lever]
    if reach is not None:
        # who moves a lever by hand reads what was set; persons are said like everywhere
        counted = reach.unit.base not in UNSCALED
        text = bare(modelled(move.value, reach.unit) if counted else in_unit(move.value, reach.unit.scale, 1))
        value = with_unit(text, reach.unit, study.lang)
    else:
        value = f"{four(move.value)} {lever.base}"
    if override.lever in FROM_ON:
        return study.words(f"{lever.zh}自{move.year}年起{value}", f"{lever.en} {value} from {move.year} on")
    return study.words(f"{lever.zh}到{move.year}年{value}", f"{lever.en} {value} by {move.year}")


def position(study: Study, override: Override | None, reach: Reach, pipe: Pipe | None) -> tuple[Decimal | None, int | None]:
    """Where a lever stands, in the unit of its reach, and its year; (None, None) where it is not moved."""
    if override is None:
        return None, None
    if override.statement is None and not override.change and override.unit == reach.unit.written and override.value is not None:
        return override.value, override.year if override.year is not None else move_of(study, override, pipe).year
    move = move_of(study, override, pipe)
    return Decimal(repr(round(move.value / float(reach.unit.scale), 9))), move.year


def override(lever: LeverId, value: Decimal, unit: str, year: int | None, source: str) -> Override:
    """A lever as it was set by hand.

    Raises
    ------
    ParameterError
        The value is none that the lever may have.
    """
    try:
        return Override(lever=lever, value=value, unit=unit, year=year, source=source)
    except ValidationError as error:
        raise ParameterError(str(explained(error, Override, lambda _: LEVERS[lever].zh, {})), where=None) from None


def levers(shown: Shown, reaches: Mapping[LeverId, Reach]) -> str:
    """All levers that are moved, in one line."""
    s = shown.study
    parts = [moved(s, override, reaches.get(override.lever), shown.simulation.pipe) for override in s.scenario.overrides]
    if s.scenario.trust is not None:
        share = percent(float(s.scenario.trust), 0)
        parts.append(s.words(f"{share}的路径引向规划目标", f"{share} of the paths led to the plan's targets"))
    if not parts:
        return s.words("没有移动杠杆：各项按自身轨迹。", "No lever is moved: everything follows its own path.")
    return s.words(f"设定：{'；'.join(parts)}。", f"Set: {'; '.join(parts)}.")


def landing(shown: Shown, pinned: Shown | None, name: str) -> str:
    """Where enrolment is at the horizon, with its band, beside what is pinned."""
    s, fan = shown.study, shown.simulation.fans["enrolment"]
    unit = display_unit(s, s.indicator("enrolment"))
    digits, end = digits_for(fan, unit), int(fan.years[-1])
    low, high = (float(edge[-1]) for edge in fan.band(s.level))
    middle = float(np.median(fan.draws[:, -1]))
    scale = float(unit.scale)
    value = with_unit(figure(middle / scale, digits), unit, s.lang)
    zh, en = f"{end}年在校生中位{value}", f"Enrolment in {end}: median {value}"
    if high > low:
        edges = [figure(edge / scale, digits) for edge in (low, high)]
        zh += f"，{s.level}%区间{edges[0]}—{edges[1]}"
        en += f", {s.level} % band {edges[0]}–{edges[1]}"
    else:
        zh, en = zh + "，由情景设定", en + ", set by the scenario"
    if pinned is not None and "enrolment" in pinned.simulation.fans:
        other = float(np.median(pinned.simulation.fans["enrolment"].draws[:, -1]))
        apart = figure(abs(middle - other) / scale, digits)
        if not any(digit in "123456789" for digit in apart):
            zh, en = f"{zh}；与“{name}”持平", f"{en}; the same as “{name}”"
        else:
            zh += f"；比“{name}”{'多' if middle > other else '少'}{with_unit(apart, unit, 'zh')}"
            en += f"; {with_unit(apart, unit, 'en')} {'more' if middle > other else 'less'} than “{name}”"
    away = shown.turned_away(end)
    if away >= 0.5 * scale / 10**digits:
        turned = with_unit(figure(away / scale, digits), unit, s.lang)
        zh, en = f"{zh}；学位不足，{end}年约{turned}不能入学", f"{en}; for want of places about {turned} cannot enter in {end}"
    return s.words(zh + "。", en + ".")


def outlook(shown: Shown, off: Collection[str]) -> str:
    """Which of the targets that are on hold, and how likely."""
    s = shown.study
    on = [aim for aim in shown.aims if aim.target.key not in off]
    judged = [aim for aim in on if aim.chance is not None]
    fixed = [aim for aim in on if aim.assumed and aim.held is not None]
    if not on:
        return s.words("没有选中的目标。", "No target is switched on.")
    parts = [f"{_named(s, aim)}{s.words('达标可能性', ': chance ')}{likelihood_text(aim.chance, aim.target.standing.state, s.lang)}" for aim in judged]
    parts += [
        s.words(f"{_named(s, aim)}{_as_set(aim, 'zh')}", f"{_named(s, aim)}: {_as_set(aim, 'en')}") + ("" if aim.held or not aim.gap else s.words(f"（差{_gap(aim, 'zh')}）", f" ({_gap(aim, 'en')} missing)"))
        for aim in fixed
    ]
    rest = len(on) - len(judged) - len(fixed)
    if rest:
        parts.append(s.words(f"另有{rest}项不能判断", f"{rest} more cannot be judged"))
    return s.words("；", "; ").join(parts) + s.words("。", ".")


def compared_name(named: str, beside: Shown, before: Shown) -> str:
    """What a curve or a difference is held against: the flow with no lever moved is not the baseline's own fan, and is not called so.

    Parameters
    ----------
    named : str
        Name of the scenario.
    beside, before : Shown
        That scenario as it is compared, and as it is by itself.
    """
    if beside is before or before.study.scenario.overrides:
        return named
    return before.study.words("不动杠杆", "no lever moved")


def aims(shown: Shown, off: Collection[str], pinned: Shown | None, name: str) -> Table:
    """Every target that is on: what the levers give, what is missing, how likely it holds, and the difference to what is pinned."""
    s = shown.study
    columns = [
        Column("indicator", s.words("指标", "indicator"), width=3),
        Column("target", s.words("目标", "target"), "right", width=3),
        Column("period", s.words("期间", "period"), width=3),
        Column("middle", s.words("试算中位", "median"), "right", width=2),
        Column("gap", s.words("差距", "gap"), "right", width=2),
        Column("chance", s.words("达标可能性", "chance"), "right", width=3),
        *([Column("apart", s.words(f"比“{name}”", f"against “{name}”"), "right", width=2)] if pinned is not None else []),
        Column("clause", s.words("条款", "clause"), width=3),
    ]
    before = {aim.target.key: aim for aim in pinned.aims} if pinned is not None else {}
    rows = []
    for aim in shown.aims:
        if aim.target.key in off:
            continue
        statement = aim.target.statement
        row = {
            "indicator": aim.target.standing.indicator.name(s.lang),
            "target": value_with_unit(statement, s.lang),
            "period": period_text(statement, s.lang),
            "middle": _middle(aim, shown),
            "gap": _gap(aim, s.lang),
            "chance": _chance(aim, s.lang),
            "clause": briefly_cited(s, statement),
        }
        if pinned is not None:
            row["apart"] = _apart(aim, before.get(aim.target.key))
        rows.append(row)
    notes = [
        s.words(
            "试算中位：目标所量之值在各路径上的中位；逐年目标取每条路径最不利的一年。差距按中位算，满足时为0。“按设定”的指标由杠杆给定，不另算可能性。"
            "不动杠杆时在校生取自同类序列的变动；动了学生流量的杠杆后由学生流量推算，对照也按学生流量，相差只来自杠杆。",
            "Median over the paths of what the target measures; of a target that binds each year, each path's worst year. The gap is that of the median and 0 where it "
            "satisfies. What a lever sets has no chance of its own. Without levers enrolment moves as series like it did; once a lever of the flow of students is "
            "moved, it follows from that flow, and so does what it is compared with: the difference is the levers' alone.",
        )
    ]
    return Table(
        columns, rows, title=s.words("目标与试算", "Targets under the levers"), notes=notes if rows else [],
        empty=s.words("没有选中的目标。", "No target is switched on."),
    )  # fmt: skip


def heading(study: Study, shown: Shown, indicator: str) -> str:
    """What a picture shows, as its title."""
    fan = shown.simulation.fans[indicator]
    unit = display_unit(study, study.indicator(indicator))
    name, end = study.indicator(indicator).name(study.lang), int(fan.years[-1])
    middle = float(np.median(fan.draws[:, -1]))
    text = modelled(middle, unit) if fan.method == "scenario" else figure(middle / float(unit.scale), digits_for(fan, unit))
    value = with_unit(text, unit, study.lang)
    return study.words(f"{name}：{end}年{value}", f"{name}: {value} in {end}")


def _named(study: Study, aim: Aim) -> str:
    statement = aim.target.statement
    name = aim.target.standing.indicator.name(study.lang)
    return study.words(f"{name}{value_with_unit(statement, 'zh')}（{study.short_clause(statement)}）", f"{name} {value_with_unit(statement, 'en')} ({study.short_clause(statement)})")


def _middle(aim: Aim, shown: Shown) -> str:
    if aim.middle is None:
        return ABSENT
    unit, fan = aim.target.statement.written_unit, shown.simulation.fans[aim.target.statement.indicator]
    return modelled(aim.middle, unit) if aim.assumed else figure(aim.middle / float(unit.scale), digits_of(fan.draws[:, -1], unit))


def _gap(aim: Aim, lang: str) -> str:
    """The gap of the median in the document's unit, no finer than the median is printed."""
    if aim.gap is None:
        return ABSENT
    unit = aim.target.statement.written_unit
    if unit.base == "%":
        return in_unit(aim.gap, 1, None if aim.gap == 0 else 1) + ("个百分点" if lang == "zh" else " pp")
    if aim.gap == 0 or aim.assumed:
        return with_unit(in_unit(aim.gap, unit.scale), unit, lang)
    digits = _finest(aim)
    least = 10.0**-digits
    return with_unit(in_unit(aim.gap, unit.scale, digits) if aim.gap >= least / 2 * float(unit.scale) else f"<{least:g}", unit, lang)


def _finest(aim: Aim) -> int:
    """Decimals of what is told of a target: as many as its median has."""
    return digits_of(np.array([0.0 if aim.middle is None else aim.middle]), aim.target.statement.written_unit)


def _as_set(aim: Aim, lang: str) -> str:
    """How a target stands whose indicator a lever sets."""
    zh, en = ("按设定满足", "satisfied as set") if aim.held else ("按设定不足", "short as set") if aim.gap else ("按设定持平，须超过", "level as set, must exceed")
    return zh if lang == "zh" else en


def _chance(aim: Aim, lang: str) -> str:
    if aim.assumed and aim.held is not None:
        return _as_set(aim, lang)
    state = aim.target.standing.state
    if aim.chance is not None:
        return likelihood_text(aim.chance, state, lang)
    if aim.middle is None:
        return "没有数据" if lang == "zh" else "no figures"
    return word(STATES, state, lang) if state in UNJUDGED else ABSENT


def _apart(aim: Aim, before: Aim | None) -> str:
    if before is None or aim.middle is None or before.middle is None:
        return ABSENT
    unit = aim.target.statement.written_unit
    digits = _finest(aim)
    return signed(round((aim.middle - before.middle) / float(unit.scale), 9), digits)


def lines(shown: Shown, reaches: Mapping[LeverId, Reach], off: Collection[str], pinned: Shown | None, name: str) -> Sequence[str]:
    """The sentences under the pictures."""
    return (levers(shown, reaches), landing(shown, pinned, name), outlook(shown, off))
