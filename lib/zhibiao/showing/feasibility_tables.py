"""What holds together, what binds, what contradicts and what gives way cheapest: tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from zhibiao.catalogue.study import Study
from zhibiao.model import LEVERS, Unit
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.gap_tables import chance_text
from zhibiao.showing.ledger import noted
from zhibiao.showing.no_pipe import ratio_named
from zhibiao.showing.numbers import ABSENT, decimal_of, fixed, full, in_unit, percent, signed
from zhibiao.showing.pictures import display_unit
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.statement_tables import period_text, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.simulating.demands import PIPE_INDICATORS, Demand
from zhibiao.simulating.feasibility import Feasibility, Setting, Slack
from zhibiao.simulating.ranges import FLOWING
from zhibiao.simulating.relaxing import Reading, Relaxation, Relaxing, Verdict, least_intakes, readings

Found = tuple[Feasibility, Relaxing]
"""One set of targets, held against the pipe and against each other."""


def significant(value: float, unit: Unit, rounding: str = ROUND_HALF_UP) -> str:
    """A modelled figure in three digits of a unit: nobody knows it closer.

    >>> from zhibiao.model import unit_of
    >>> significant(111419.7, unit_of("万人")), significant(38454.2, unit_of("万人"), ROUND_CEILING), significant(1269, unit_of("人"))
    ('11.1', '3.85', '1,270')
    """
    number = (decimal_of(value) or Decimal(0)) / unit.scale
    if number == 0:
        return noted(number, unit.scale, "0")
    digits = 2 - number.adjusted()
    shown = number.quantize(Decimal(1).scaleb(-digits), rounding)
    return noted(number * unit.scale, unit.scale, f"{shown:,f}" if unit.scale == 1 else f"{shown:f}")


def asked_text(study: Study, demand: Demand) -> str:
    """A target in few words: 在校生规模>10.5万人; with its years where it binds in several."""
    name, value = demand.indicator.name(study.lang), value_with_unit(demand.statement, study.lang)
    text = f"{name}{value}" if study.lang == "zh" else f"{name} {value}"
    asked = demand.asked
    if asked.combine == "each" and asked.start != asked.end:
        return text + study.words(f"（{asked.start}—{asked.end}年每年）", f" (each year {asked.start}–{asked.end})")
    return text


def levelled(study: Study, at: Setting) -> str:
    """The intake of a setting: a figure that was reported or written; persons in full."""
    unit = display_unit(study, study.indicator("intake"))
    # a target of more than 3.5万 is met by 35001 persons, and said to be led to 3.5万
    return with_unit(full(at.intake, unit.scale) if unit.scale == 1 else in_unit(at.intake, unit.scale), unit, study.lang)


def people(study: Study, value: float, demand: Demand, rounding: str = ROUND_HALF_UP) -> str:
    """A modelled figure in the unit of a target."""
    unit = demand.statement.written_unit
    return with_unit(significant(value, unit, rounding), unit, study.lang)


def binding(study: Study, found: Feasibility) -> Table:
    """Each target at the documents' own intake: what is left of it, its chance, and how far each lever may give way."""
    columns = [
        Column("target", study.words("目标", "target"), width=5),
        Column("clause", study.words("条款", "clause"), width=3),
        Column("margin", study.words("余量", "margin"), "right", width=3),
        Column("chance", study.words("可能性", "chance"), "right", width=2),
        *(Column(lever, study.words(f"{LEVERS[lever].zh}余地", f"slack of {LEVERS[lever].en}"), "right", width=3) for lever in FLOWING),
        Column("binds", study.words("是否卡住", "binds"), width=2),
    ]
    rows: list[dict[str, str]] = []
    margins, chances = found.margins or {}, found.chances or {}
    for demand in found.demands:
        slacks = {slack.lever: slack for slack in found.slacks if slack.key == demand.key}
        rows.append(
            {
                "target": asked_text(study, demand),
                "clause": demand.clause(study) if demand.typed else briefly_cited(study, demand.statement),
                "margin": _margin(study, margins[demand.key], demand),
                "chance": chance_text(chances[demand.key]),
                **{lever: _slack(study, slack) for lever, slack in slacks.items()},
                "binds": _binds(study, found, demand),
            }
        )
    lacking = _lacking(study, found)
    rows += [{"target": text, "binds": study.words("不能评估", "not assessable")} for text in lacking]
    notes = [study.words(f"{text}：{why}。", f"{text}: {why}.") for text, why in lacking.items()]
    if found.at is not None and found.margins is not None:
        notes = [_standing(study, found), *notes]
    return Table(
        columns, rows, notes=notes, title=study.words("各项目标余量多大、哪一项卡住", "How much each target has left, and which one binds"),
        empty=study.words("没有招生或在校生目标，或没有同一年的招生与在校生，不能评估。", "No target of intake or enrolment, or no year with both figures: not assessable."),
    )  # fmt: skip


def contradictions(study: Study, sets: Sequence[Found], others: Sequence[Demand] = ()) -> Sentences:
    """Which sets of targets hold together and which contradict each other; and how two figures for one thing are to be read."""
    lines = list(dict.fromkeys(line for found in sets for line in _verdict(study, *found)))
    named = {d.key: d for d in (*(d for found, _ in sets for d in found.demands), *others)}
    lines += [_reading(study, named, reading) for reading in readings(list(named.values()))]
    none = study.words(
        f"{study.region.zh}没有可放在一起看的招生与在校生目标，或没有同一年的两个数：不能评估，也就不能说可行。",
        f"{study.region.en} has no targets of intake and enrolment to hold together, or no year with both figures: not assessable, so never feasible.",
    )
    return Sentences(tuple(lines) or (none,))


def relaxations(study: Study, sets: Sequence[Found]) -> Table:
    """Which target would have to become what, one alone, so that all hold with the intake as planned; the cheapest is marked."""
    columns = [
        Column("set", study.words("放在一起的目标", "targets together"), width=5),
        Column("target", study.words("改哪一项", "which gives way"), width=4),
        Column("value", study.words("改为", "becomes"), "right", width=3),
        Column("change", study.words("变动", "change"), "right", width=2),
        Column("note", study.words("说明", "note"), width=4),
    ]
    rows = []
    for found, asked in sets:
        together = study.words("；", "; ").join(asked_text(study, d) for d in found.asked)
        planned = None if found.lacking else next(iter(asked.verdicts), None)
        if planned is None or planned.hold:
            why = study.words("可同时成立，不需改", "hold together, nothing need change") if planned else study.words("不能评估", "not assessable")
            rows.append({"set": together, "target": ABSENT, "note": why})
            continue
        cheapest = {one.key for one in planned.cheapest}
        for demand in asked.demands:
            one = (planned.alone or {}).get(demand.key)
            mark = study.words("变动最小", "least change") if demand.key in cheapest and len(cheapest) == 1 else ""
            none = study.words("单改这一项不够", "not enough alone")
            row = {"set": together, "target": asked_text(study, demand), "note": none}
            rows.append(row if one is None else row | {"value": _relaxed(study, one, demand), "change": _change(one), "note": mark})
    note = study.words(
        "按文件招生（匀速到目标值为止），学制与年保留率同起点；变动按目标值的百分比比较，各项权重相同。",
        "Intake as planned (evenly to its target and no further), length and retention as at the start; changes are shares of the target, all of one weight.",
    )
    return Table(columns, rows, notes=[note] if rows else [], title=study.words("不能同时成立时，改哪一项最省", "What gives way cheapest where targets contradict"),
                 empty=study.words("没有可放在一起看的目标。", "No targets to hold together."))  # fmt: skip


def _margin(study: Study, margin: float, demand: Demand) -> str:
    unit = demand.statement.written_unit
    if abs(margin) < 1.5 and unit.base in ("人", "人次"):
        return study.words("刚好", "just enough") if margin >= -0.01 else study.words("差一点", "just short")
    text = significant(abs(margin), unit, ROUND_FLOOR if margin > 0 else ROUND_CEILING)
    return f"{'+' if margin > 0 else '-'}{with_unit(text, unit, study.lang)}"


def _slack(study: Study, slack: Slack) -> str:
    """How far a lever may give way, in words of its unit; what it needs where the target fails."""
    if slack.amount is None:
        return ABSENT
    lever = LEVERS[slack.lever]
    size = abs(slack.amount)
    if lever.base == "人":
        unit = display_unit(study, study.indicator("intake"))
        amount = with_unit(significant(size, unit), unit, study.lang) if size >= 1.5 else study.words("无", "none")
    else:
        amount = fixed(size, 1) + study.words("个百分点" if lever.base == "%" else "年", " points" if lever.base == "%" else " years")
    return amount if slack.amount >= 0 else study.words(f"还须{amount}", f"{amount} more needed")


def _binds(study: Study, found: Feasibility, demand: Demand) -> str:
    told = [study.words("余量最小", "least margin")] if demand.key == found.binding else []
    if demand.key == found.widest:
        told.append(study.words("去掉它放得最宽", "widest without it"))
    return study.words("；", "; ").join(told)


def _standing(study: Study, found: Feasibility) -> str:
    at = found.at
    assert at is not None
    intake = levelled(study, at)
    share = "" if found.region is None else percent(float(found.region.all.mean()), 0)
    return study.words(
        f"看的是{at.year}年招生匀速到{intake}、学制{fixed(at.length, 1)}年、年保留率{fixed(at.retention, 1)}%的居中一条流程；可能性按全部抽样。"
        f"余地是只动这一项时还能退多少（“还须”为还要进多少，“—”为在其范围内不转折）。三项杠杆的全部范围中{share}能使各项同时成立。",
        f"Seen in the middle of the pipe with intake evenly to {intake} in {at.year}, length {fixed(at.length, 1)} years, yearly retention {fixed(at.retention, 1)} %; chances are over all draws. "
        f"Slack is what one lever may give up alone (— no turn within its range). All hold in {share} of the levers' whole ranges.",
    )


def _where(study: Study, at: Setting) -> str:
    intake = levelled(study, at)
    return study.words(
        f"招生匀速到{at.year}年{intake}、学制{fixed(at.length, 1)}年、年保留率{fixed(at.retention, 1)}%时",
        f"with intake evenly to {intake} in {at.year}, length {fixed(at.length, 1)} years and yearly retention {fixed(at.retention, 1)} %",
    )


def _lacking(study: Study, found: Feasibility) -> dict[str, str]:
    """Targets that cannot be assessed, in words, and why."""
    if found.lacking:
        ratio_named(study)
    return {asked_text(study, d): study.words(*found.lacking[d.key]) for d in found.asked if d.key in found.lacking}


def _verdict(study: Study, found: Feasibility, asked: Relaxing) -> list[str]:
    together = study.words("与", " and ").join(f"“{asked_text(study, d)}”" for d in asked.demands)
    if found.lacking:
        return [study.words(f"“{text}”不能评估：{why}。", f"“{text}” is not assessable: {why}.") for text, why in _lacking(study, found).items()]
    if not asked.verdicts:
        return []
    planned, freer, free = asked.verdicts
    at = _where(study, found.at) if found.at is not None else study.words("在所设范围内", "within the ranges")
    several = len(found.demands) > 1
    zh, en = ("同时成立的可能性", "the chance that all hold is") if several else ("可能性", "the chance is")
    chance = "" if found.chance is None else study.words(f"，{zh}{chance_text(found.chance)}", f"; {en} {chance_text(found.chance)}")
    reached = "".join(_reached(study, found, d) for d in found.demands if d.indicator.id == "enrolment")
    told = study.words(f"{at}{reached}{chance}。", f"{at}{reached}{chance}.")
    if found.planned is None and found.hold is not None:
        state = study.words("照现状能达到" if found.hold else "照现状达不到", "reached as things stand" if found.hold else "not reached as things stand")
        lines = [study.words(f"{together}{state}：{told}", f"{together} {state}: {told}")]
    elif planned.hold and found.hold is not False:
        lines = [study.words(f"{together}可同时成立：{told}", f"{together} hold together: {told}")]
    else:
        lines = [study.words(f"{together}不能同时成立：{told}{_ratio(study, asked)}", f"{together} do not hold together: {told}{_ratio(study, asked)}")]
    if planned.hold and found.hold is not False:
        return lines
    lines.append(_ways_out(study, asked, planned, freer, free))
    return lines


def _reached(study: Study, found: Feasibility, demand: Demand) -> str:
    """The enrolment a target meets, in its worst year."""
    value = people(study, demand.bound + (found.margins or {})[demand.key], demand)
    if demand.asked.combine == "each" and demand.asked.start != demand.asked.end:
        return study.words(f"，在校生最低一年约{value}", f", enrolment about {value} in its lowest year")
    return study.words(f"，{demand.asked.end}年在校生约{value}", f", enrolment about {value} in {demand.asked.end}")


def _ratio(study: Study, asked: Relaxing) -> str:
    """Students per entrant as the targets ask and as it is: what orients before anything is reckoned."""
    intakes = [d for d in asked.demands if d.indicator.id == "intake" and d.asked.combine != "sum"]
    stocks = [d for d in asked.demands if d.indicator.id == "enrolment"]
    pipe = asked.middle.pipe
    if not intakes or not stocks or pipe is None:
        return ""
    ratio = fixed(max(d.bound for d in stocks) / intakes[-1].bound, 2)
    own, year = fixed(pipe.start.ratio, 2), pipe.start.year
    return study.words(
        f"两个目标之比为{ratio}，{year}年为{own}；一年之比只定向，结论出自逐年流量。",
        f" The ratio of the two targets is {ratio}, it was {own} in {year}; a ratio of one year only orients, the flow of the years decides.",
    )


def _ways_out(study: Study, asked: Relaxing, planned: Verdict, freer: Verdict, free: Verdict) -> str:
    named = {d.key: d for d in asked.demands}
    parts = []
    for subset in planned.contradictions:
        names = study.words("、", ", ").join(asked_text(study, named[key]) for key in subset)
        parts.append(study.words(f"最小的矛盾组：{names}", f"smallest contradiction: {names}"))
    for demand in asked.demands:
        if (missed := demand.missed(asked.middle.fans.get(demand.indicator.id))) is not None:
            year, value = missed
            counted = people(study, value, demand)
            parts.append(study.words(f"{year}年实有{counted}，{asked_text(study, demand)}已经不成立", f"{counted} were counted in {year}: {asked_text(study, demand)} has failed already"))
    for key, one in (planned.alone or {}).items():
        demand = named[key]
        parts.append(study.words(f"若只改{asked_text(study, demand)}，须改为{_relaxed(study, one, demand)}", f"changing {asked_text(study, demand)} alone, it must become {_relaxed(study, one, demand)}"))
    if freer.hold:
        parts.append(study.words("招生逐年另排时能够成立", "they can hold where the intake of each year is set anew") + _path(study, asked))
    elif free.hold:
        parts.append(study.words("只加招生仍不够，学制或保留率也须提高", "more intake alone is not enough; length or retention must rise too"))
    else:
        parts.append(study.words("招生、学制、保留率都用到各自范围的尽头也不能成立", "not even with intake, length and retention at the ends of their ranges"))
    return study.words("；", "; ").join(parts) + study.words("。", ".")


def _path(study: Study, asked: Relaxing) -> str:
    """The fewest entrants year by year, and how fast they may grow."""
    path, unit, limit = least_intakes(asked), display_unit(study, study.indicator("intake")), asked.ranges["intake"].yearly_limit
    if path is None or asked.middle.pipe is None:
        return ""
    each = [(year, significant(value, unit, ROUND_CEILING)) for year, value in path.items()]
    zh, en = "、".join(f"{year}年{value}" for year, value in each), ", ".join(f"{value} in {year}" for year, value in each)
    growth = "" if limit is None else percent(limit / asked.middle.pipe.start.intake, 0)
    pace = study.words(f"，每年至多增起点的{growth}", f", growing by at most {growth} of the start a year") if growth else ""
    return study.words(f"，居中一条流程上总人数最少的排法是{zh}（{unit.written}{pace}）", f": in the middle of the pipe the fewest entrants are {en} ({unit.label('en')}{pace})")


def _reading(study: Study, named: Mapping[str, Demand], reading: Reading) -> str:
    one, other = named[reading.stricter], named[reading.weaker]
    a, b = (f"{asked_text(study, d)}（{d.clause(study)}，{period_text(d.statement, 'zh')}）" if study.lang == "zh" else f"{asked_text(study, d)} ({d.clause(study)}, {period_text(d.statement, 'en')})" for d in (one, other))
    exact = study.words("；若都当作确数，两者不能同为真", "; as exact figures both cannot be true") if reading.exact_conflict else ""
    return study.words(f"{a}成立，则{b}必然成立，两者不矛盾，较严的一项起作用{exact}。", f"Where {a} holds, {b} holds as well: no contradiction, the stricter binds{exact}.")


def _relaxed(study: Study, one: Relaxation, demand: Demand) -> str:
    """What a target becomes: lowered ones rounded down, raised ones up, so that what is written still holds."""
    rounding = ROUND_FLOOR if one.change < 0 else ROUND_CEILING
    if demand.indicator.id not in PIPE_INDICATORS:
        rounding = ROUND_HALF_UP
    return people(study, one.value, demand, rounding)


def _change(one: Relaxation) -> str:
    return signed(100 * one.change, 1) + "%"
