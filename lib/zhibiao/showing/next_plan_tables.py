"""What follows for a next plan: levels and their chances, what comparable series did, and which intake goes with which enrolment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Observation, Unit
from zhibiao.model.fan import Fan
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.gap_tables import observed_text
from zhibiao.showing.numbers import count, fixed, in_unit, percent, signed, thousands
from zhibiao.showing.pictures import digits_for, digits_of, display_unit
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.statement_tables import with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import between, years_text
from zhibiao.simulating import next_plan
from zhibiao.simulating.anchoring import start_pair
from zhibiao.simulating.next_plan import CHANCES, EXCEEDED, PERIOD, Flow, Level
from zhibiao.simulating.scenario import Simulation

HALVES = {1 / 2: ("半数", "half"), 1 / 3: ("三分之一", "a third"), 1 / 10: ("十分之一", "a tenth")}


def _first(study: Study) -> int:
    return study.horizon - PERIOD + 1


def levels(study: Study, simulation: Simulation) -> Table:
    """Which level of each indicator holds at the horizon with which chance."""
    rows = [_level_row(study, indicator, fan, next_plan.levels(fan.at(study.horizon), indicator)) for indicator, fan in _projected(study, simulation)]
    notes = [
        study.words(
            "由同类序列的实际变动推得，不知道本地今后的措施，也不是目标建议。≥：高于或等于它的可能性；写成一段的指标没有好坏方向。* 可信度中等。",
            "They follow from how such series really moved, know nothing of measures to come, and propose nothing. ≥: the chance of being there or above; a range stands where no direction is better. * medium confidence.",
        ),
        *_left_out(study, simulation),
    ]
    return _levels_table(study, rows, study.words(f"照同类序列那样变动，{study.horizon}年各指标达到的水平与可能性", f"Levels in {study.horizon} and their chances, if they move as series like them did"), notes)


def totals(study: Study, simulation: Simulation) -> Table:
    """Which total of each flow holds over the years of the next plan with which chance."""
    rows = []
    for indicator, fan in _projected(study, simulation):
        draws = next_plan.total(fan, study.horizon) if indicator.kind == "flow" else None
        if draws is not None:
            rows.append(_level_row(study, indicator, fan, next_plan.levels(draws, indicator), bracketed=True))
    span = between(_first(study), study.horizon, study.lang)
    return _levels_table(study, rows, study.words(f"照同类序列那样变动，{span}年累计的量与可能性", f"Totals over {span} and their chances, if flows move as series like them did"), ())


def _projected(study: Study, simulation: Simulation) -> Iterator[tuple[Indicator, Fan]]:
    for name, fan in simulation.fans.items():
        ahead = fan.basis.last_year < study.horizon <= int(fan.years[-1])
        if ahead and name not in simulation.assumed and _floor_since(study, name, fan) is None:
            yield study.indicator(name), fan


def _floor_since(study: Study, name: str, fan: Fan) -> Observation | None:
    """A newer figure that is printed as a floor: the fan knows nothing of it, so that its levels could contradict it."""
    known = study.series(name).annual  # empty where a scenario sets what was never reported
    return known[-1] if known and known[-1].period.year > fan.basis.last_year else None


def _left_out(study: Study, simulation: Simulation) -> list[str]:
    found = {name: point for name, fan in simulation.fans.items() if (point := _floor_since(study, name, fan)) is not None}
    told = [f"{study.indicator(name).name(study.lang)} {observed_text(point, display_unit(study, study.indicator(name)), study.lang, named=True)}" for name, point in found.items()]
    return [study.words(f"最近只印出下限的不列：{'、'.join(told)}。", f"Left out, as the newest figure is printed as a floor: {', '.join(told)}.")] if told else []


def _level_row(study: Study, indicator: Indicator, fan: Fan, found: Sequence[Level], bracketed: bool = False) -> dict[str, str]:
    unit = display_unit(study, indicator)
    digits = digits_for(fan, unit)
    last = study.series(indicator.id).at(fan.basis.last_year)
    cells = {f"c{level.chance:g}": _level_text(level, unit, digits, bracketed, study.lang) for level in found}
    return {"indicator": indicator.name(study.lang), "unit": unit.label(study.lang), "latest": observed_text(last, unit, study.lang), **cells}


def _level_text(level: Level, unit: Unit, digits: int, bracketed: bool, lang: str) -> str:
    low, high = (None if end is None else _rounded(end, unit, digits) for end in (level.low, level.high))
    text = between(low, high, lang) if low is not None and high is not None else f"≥{low}" if low is not None else f"≤{high}"
    return text.replace("≥", "≥[").replace("≤", "≤[") + "]" if bracketed else text


def _rounded(value: float, unit: Unit, digits: int) -> str:
    """A level in the unit of the document; from a thousand on three digits, for it is no surer than that."""
    scaled = value / float(unit.scale)
    return thousands(float(f"{scaled:.3g}")) if scaled >= 1000 else fixed(scaled, digits)


def _levels_table(study: Study, rows: list[dict[str, str]], title: str, notes: Sequence[str]) -> Table:
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("unit", study.words("单位", "unit"), width=2),
        Column("latest", study.words("最近的数", "latest figure"), "right", width=3),
        *(Column(f"c{c:g}", study.words(f"{percent(c, 0)}的可能", f"chance {percent(c, 0)}"), "right", width=3) for c in CHANCES),
    ]
    empty = study.words(f"{study.region.zh}没有可推断的数，推不出水平；须先报数，见清单。", f"No figure of {study.region.en} can be projected, so no level follows; figures come first, see the list.")
    return Table(columns, rows, title=title, notes=notes if rows else [], empty=empty)


def comparable(study: Study, simulation: Simulation, classes: Mapping[str, ReferenceClass]) -> Table:
    """How much comparable series moved in the years of a plan."""
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("reference", study.words("同类序列", "comparable series"), width=3),
        Column("latest", study.words("最近的数", "latest figure"), "right", width=3),
        *(Column(f"e{share:.2f}", study.words(f"{HALVES[share][0]}超过", f"exceeded by {HALVES[share][1]}"), "right", width=5) for share in EXCEEDED),
    ]
    rows = []
    for indicator, fan in _projected(study, simulation):
        built, unit = classes[fan.basis.reference], display_unit(study, indicator)
        last = study.series(indicator.id).at(fan.basis.last_year)
        value = float(np.median(fan.at(fan.basis.last_year)))
        rate = built.scale == "logit"
        name = indicator.name(study.lang) + (study.words("（百分点）", ", pp") if rate else "")
        row = {"indicator": name, "reference": built.entry.zh if study.lang == "zh" else built.entry.en, "latest": observed_text(last, unit, study.lang)}
        for change in next_plan.changes(built, value):
            row[f"e{change.share:.2f}"] = _change_text(change.up, change.down, rate)
        rows.append(row)
    note = study.words(
        "参照类只记变动大小，不分升降：“十分之一超过+a / -b”是说，每十段五年的历史中有一段升过a或降过b。各类视升降为各半，故单向的份额约为一半。"
        "比率以百分点计，自最近的数算起。* 可信度中等。",
        "The class holds the size of moves, up and down alike: “exceeded by a tenth: +a / -b” means that of ten histories of five years one rose by more than a or fell by more than b. "
        "Taken as even, half of that share moved one way. Rates are in percentage points from the latest figure. * medium confidence.",
    )
    title = study.words(f"同类序列五年里变动多少：{'、'.join(HALVES[s][0] for s in EXCEEDED)}的序列超过的幅度", f"How much comparable series moved in {count(PERIOD)} years")
    empty = study.words("没有可比的同类序列。", "There are no comparable series.")
    return Table(columns, rows, title=title, notes=[note] if rows else [], empty=empty)


def _change_text(up: float, down: float, rate: bool) -> str:
    if rate:
        return f"{signed(up, 1)} / {signed(down, 1)}"
    return f"{signed(100 * up, 0)}% / {signed(100 * down, 0)}%"


def pipe(study: Study, simulation: Simulation) -> Table | Sentences:
    """Intake and enrolment that go with each other at the horizon, anchored on the region's own pair; what is missing where there is none."""
    start = start_pair(study)
    if start is None or start.year >= study.horizon:
        return Sentences((_unpaired(study),))
    unit = display_unit(study, study.indicator("enrolment"))
    columns = [
        Column("given", study.words("给定", "given"), width=4),
        Column("why", study.words("取自", "taken from"), width=5),
        Column("then", study.words(f"{study.horizon}年相配的另一头", f"what goes with it in {study.horizon}"), width=5),
    ]
    found: dict[tuple[str, str], list[str]] = {}
    for value, by, why in _ends(study, simulation, "intake", start.intake, start.year):
        then = _then(study, next_plan.enrolment_with(start, value, by, study.horizon), unit, "enrolment")
        found.setdefault((study.words("年招生", "intake ") + _amount(study, value, unit), then), []).append(why)
    first = max(study.as_of, start.year) + 1
    for value, _, why in _ends(study, simulation, "enrolment", start.enrolment, start.year):
        then = _then(study, next_plan.intake_for(start, value, first, study.horizon), unit, "intake")
        found.setdefault((study.words("在校生", "enrolment ") + _amount(study, value, unit), then), []).append(why)
    rows = [{"given": given, "why": study.words("；", "; ").join(why), "then": then} for (given, then), why in found.items()]
    ratio = fixed(start.ratio, 2)
    notes = [
        study.words(
            f"以{start.year}年每名招生{ratio}名在校生为锚，学制三至五年、各配相应保留率，故为一段。给定招生的：自{start.year}年匀速到该数后不变；"
            f"给定在校生的：{first}年起每年招同样多，此前停在{start.year}年的招生数。比率只作定向，不证明可行。",
            f"Anchored on {ratio} students per entrant in {start.year}; programmes of three to five years, each with the retention that fits, hence a range. Given intake: led evenly from {start.year}, then held. "
            f"Given enrolment: the same intake every year from {first} on, before it that of {start.year}. A ratio orients, it proves nothing.",
        )
    ]
    title = study.words(f"招生与在校生：{study.horizon}年怎样的一对互相配得上", f"Intake and enrolment: which pairs fit each other in {study.horizon}")
    return Table(columns, rows, title=title, notes=notes)


def _ends(study: Study, simulation: Simulation, name: str, held: float, since: int) -> Iterator[tuple[float, int, str]]:
    """Values of one end of the pipe, the year they are reached, and where they come from."""
    yield held, since + 1, study.words(f"停在{since}年的数", f"held as in {since}")
    for statement in study.statements("target"):
        value = statement.base_low if statement.base_low is not None else statement.base_high
        if statement.indicator == name and statement.scope in ("point", "annual") and statement.repeats is None and statement.horizon and value is not None and statement.horizon > since:
            yield float(value), statement.horizon, study.words(f"{study.short_clause(statement)} 目标", f"target of {briefly_cited(study, statement)}")
    fan = simulation.fans.get(name)
    if fan is not None and int(fan.years[-1]) >= study.horizon and name not in simulation.assumed:
        for level in next_plan.levels(fan.at(study.horizon), study.indicator(name)):
            if level.low is not None:
                yield level.low, study.horizon, study.words(f"轨迹中{percent(level.chance, 0)}可能达到的水平", f"level with chance {percent(level.chance, 0)}")


def _amount(study: Study, value: float, unit: Unit) -> str:
    return with_unit(_brief(value, unit), unit, study.lang)


def _brief(value: float, unit: Unit) -> str:
    """With one decimal, as the levels above it, and more only where little would be left of it."""
    digits = digits_of(np.array([value]), unit)
    return in_unit(value, unit.scale, digits if abs(value) < float(unit.scale) else min(digits, 1))


def _then(study: Study, flow: Flow, unit: Unit, other: str) -> str:
    if flow.low is None or flow.high is None:
        return study.words("无须再招：已在校的届数已够", "none: the classes already enrolled suffice")
    low, high = (_brief(end, unit) for end in (flow.low, flow.high))
    name = study.words({"intake": "年招生", "enrolment": "在校生"}[other], {"intake": "intake ", "enrolment": "enrolment "}[other])
    return name + with_unit(low if low == high else between(low, high, study.lang), unit, study.lang)


def _unpaired(study: Study) -> str:
    known = next_plan.unpaired(study)
    if not any(known.values()):
        return study.words(f"{study.region.zh}的年招生和在校生都没有一个数：缺同一年的这两个数，推不出相配的一对。", f"Neither intake nor enrolment of {study.region.en} is known: both, of one year, are missing, so no pair follows.")
    parts = [_known_years(study, study.indicator(name), years) for name, years in known.items()]
    return study.words(f"没有同一年的招生与在校生，推不出相配的一对：{'，'.join(parts)}。", f"No year has both intake and enrolment, so no pair follows: {', '.join(parts)}.")


def _known_years(study: Study, indicator: Indicator, years: Sequence[int]) -> str:
    name = indicator.name(study.lang)
    if not years:
        return study.words(f"{name}一个数也没有", f"{name} has no figure")
    return study.words(f"{name}有{years_text(tuple(years), 'zh')}年", f"{name} has {years_text(tuple(years), 'en')}")
