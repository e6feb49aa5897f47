"""Kind, scope and years of a figure, from the words around it, the section it stands in and the years of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhibiao.model.document import Scope, StatementKind
from zhibiao.model.period import FIRST_YEAR, LAST_YEAR, Span
from zhibiao.reading import wording
from zhibiao.reading.facts import Facts, five_years
from zhibiao.reading.figures import Figure
from zhibiao.reading.numerals import number_of
from zhibiao.reading.sections import Passage

MARK = re.compile(
    r"(?P<start>(?:19|20)\d\d)年?(?:-|至|到)(?P<end>(?:19|20)\d\d)年?"
    r"|(?P<year>(?:19|20)\d\d)年(?!版|度?第|[^,。;]{0,6}修订)(?:底|末|初|前|(?P<onwards>起|开始))?"
    r"|(?:经过|通过|用)(?:\d{1,2}(?:-|至|到))?(?P<passing>\d{1,2}|[一二两三四五六七八九十])年(?=左右|的?努力|的?时间|,|建设)"
    r"|“?(?P<plan>十[一二三四五六]五)”?(?P<when>期间|时期|末|以来|期末)"
)
COMPARED = re.compile(r"(?:比|较)[^,。;、:占比例重年]{0,10}$")
"""Before a year with which something is compared: 比2020年增长, 较“十五”末的2004年."""

ANNUAL = re.compile(r"每学?年(?!级)|逐年|每年度")
OTHER_ROUND = re.compile(r"每(?:学期|半年|季度?|月|周|[两二三四五\d]年)")
"""Rounds that are no year: what they ask for is a rule."""

WITHIN_YEAR = re.compile(r"年度(?=培训|招生)|(?<![\d一二三四五六七八九十每今去上本当多近])年(?=培训|培养|招生|输送|开展|完成|接待|服务)")
MEAN = re.compile(r"年均|平均每年|每年平均")
TOTAL = re.compile(r"累计|合计达|[五三四]年(?:内)?(?:共|累计|合计)")
MAINTAIN = re.compile(r"(?:保持|稳定|维持|巩固)(?:在|为)?$|保持$")
STRIVE = re.compile(r"力争|争取|争创|努力实现")
EXISTING = re.compile(r"(?<!在)现有|已有|已建成|已建立|(?<![由从比较])目前|截至|(?:围绕|结合|对接)[^,。;]{0,20}$|作为|现已")
STANDING = re.compile(r"原则上|按照?[^,。;]{2,30}$|按规定|定额|基准|(?:将|拿出|提取)[^,。;]{0,10}$")
GIVEN = re.compile(r"(?:给予|奖励|补助|补贴|资助)[^,。;]{0,24}$|每(?:人|生)每?[月天年次]|标准(?:为|是|按|每)")
"""Before a sum of money: what each one gets."""

OWN_VERB = re.compile(rf"{wording.any_of(word for word in wording.MAKING if len(word) > 1)}|保持|达到|提高|扩大")
FLOWS = re.compile(wording.any_of(wording.MADE_ON_THE_WAY))
ALWAYS_FLOWS = re.compile(r"新增|累计|评出|选派|荣获|获得|获|摘得|招收|走进|建成技师学院")
RULED = ("%", "倍", "个百分点", "人/人", "元", "学时", "课时", "学分", "个学时", "门", "平方米", "个学分")
"""Units in which a lower or an upper bound is a rule rather than a thing to be built."""

FARTHEST = 300
"""Characters of a sentence that are looked at on either side of a number."""

LENGTHS = ("年", "个月", "天", "周", "小时", "个小时", "个工作日")


@dataclass(frozen=True)
class Timing:
    """When and how a figure counts; ``doubt`` names what was not said by the text itself."""

    kind: StatementKind
    scope: Scope
    period: Span | None
    mean: bool = False
    maintain: bool = False
    strive: bool = False
    doubt: tuple[str, ...] = ()


def timing_of(passage: Passage, figure: Figure, facts: Facts) -> Timing:
    """Read kind, scope and period of a figure of a passage."""
    read = _timing(passage, figure, facts)
    if facts.plan and facts.plan.start == facts.plan.end and read.period == facts.plan and read.scope in ("cumulative", "annual") and not read.maintain:
        return _with(read, "point", read.period)  # 全年 in the plan of a single year
    return read


def _timing(passage: Passage, figure: Figure, facts: Facts) -> Timing:
    text = passage.line.text
    start = max(max(text.rfind(sign, 0, figure.start) for sign in "。!?") + 1, figure.start - FARTHEST)
    sentence = text[start : figure.start]
    rest = re.split("[。!?]", text[figure.end : figure.end + FARTHEST])[0]
    clause = re.split(r"[,;:。]", sentence)[-1]
    if facts.report_year:
        return _reported(clause, figure, facts.report_year)
    mark = _mark(passage, start, figure, facts)
    kind, doubt = _kind(passage, sentence, figure, mark, facts)
    span = _span(passage, text, kind, facts)
    said = text[start : figure.end]  # with 每学年 between 不少于 and the number
    annual, mean, total = _repeated(said, re.split(r"[,;:。]", said)[-1])
    # 到2025年年招生突破12万人 is of that one year
    annual = annual or (bool(WITHIN_YEAR.search(clause)) and not (mark and mark.start == mark.end))
    maintain = (bool(MAINTAIN.search(clause)) and figure.comparator != "eq") or bool(re.search(r"(?:保持|稳定|维持)在[^,。;]{0,4}$", clause))
    strive = bool(STRIVE.search(sentence.split(";")[-1])) and kind == "target"
    timed = Timing(kind, "point", None, strive=strive, doubt=doubt)
    if figure.role == "from":
        return _with(timed, "point", _start(mark, kind, span, facts))
    year = mark.end if mark and mark.start == mark.end else None
    period = mark if mark and mark.start < mark.end else span
    if kind != "achieved" and year and span:
        period = Span(min(span.start, year), year)
    of_the_year = year is not None and not annual and (bool(WITHIN_YEAR.search(clause)) or _that_year(sentence))
    if figure.bracketed or (total and "%" not in figure.unit):
        return _with(timed, "cumulative", period) if period else _with(timed, "point", None)
    if kind == "target" and ((figure.unit == "年" and figure.comparator == "eq" and "length of time" in figure.doubt) or figure.low == figure.high == 0):
        return _with(timed, "standing", None)  # a round of five years, not one pupil left out
    if annual and figure.normative and mark is None and facts.open_ended and kind == "target":
        return _with(timed, "standing", None)
    if kind == "target" and not annual and OTHER_ROUND.search(re.split("[,;:。]", said)[-1]):
        return _with(timed, "standing", None)
    if mean or annual or maintain:
        return Timing(kind, "annual", period, mean=mean and not maintain, maintain=maintain, strive=strive, doubt=doubt)
    principle = bool(re.search(r"原则上|一般(?:为|是|不|应|在)", clause))
    if kind == "target" and (principle or (mark is None and not passage.aims)) and (principle or _rule(sentence, clause, figure)):
        return _with(timed, "standing", None)
    adds_up = figure.unit.lstrip("万亿") in ("人次", "次", "场") or "新增" in clause
    if period and not of_the_year and period.start < period.end and (year is None or (adds_up and kind == "target")) and _flows(clause, rest, figure):
        return _with(timed, "cumulative", period)
    if kind == "achieved" and year is None and doubt == ("existing",):
        return _with(timed, "point", Span(facts.issued.year, facts.issued.year) if facts.issued else None)
    at = year or (period.end if period else None)
    if at is None:
        doubt = (*doubt, "no year")
    elif mark is None:
        doubt = (*doubt, "year of the document")
    return Timing(kind, "point", Span(at, at) if at else None, strive=strive, doubt=doubt)


def _with(timed: Timing, scope: Scope, period: Span | None) -> Timing:
    return Timing(timed.kind, scope, period, strive=timed.strive, doubt=timed.doubt)


def _that_year(sentence: str) -> bool:
    """Does 2020年 stand without 到, 至, 力争: is the figure of that year alone?"""
    named = [match for match in MARK.finditer(sentence) if match["year"]]
    return bool(named) and re.match(r"[底末初前]", sentence[named[-1].end() - 1 :]) is None and not re.search(r"(?:到|至|力争|截至|从|自)$", sentence[: named[-1].start()])


def _start(mark: Span | None, kind: StatementKind, span: Span | None, facts: Facts) -> Span | None:
    """The year of 由800所: one that is named and past, else the first of the years looked back on, else the year before the plan."""
    past = facts.plan.start - 1 if facts.plan else None
    if mark and mark.start == mark.end and (past is None or mark.end <= past + 1):
        return mark
    year = span.start if kind == "achieved" and span else past
    return Span(year, year) if year else None


def _reported(clause: str, figure: Figure, year: int) -> Timing:
    """A bulletin tells of its year; 上年的 and 由 … of the year before."""
    before = bool(re.search(r"(?:上年|上一年|去年|前一年)(?:的|为|同期)?[^,;。、]{0,6}$", clause)) and not figure.change
    at = year - 1 if before or figure.role == "from" else year
    named = [int(match["year"]) for match in MARK.finditer(clause) if match["year"] and FIRST_YEAR <= int(match["year"]) <= LAST_YEAR]
    if named and named[-1] != year and not figure.change:
        at = named[-1]
    return Timing("achieved", "point", Span(at, at), mean=False)


def _mark(passage: Passage, start: int, figure: Figure, facts: Facts) -> Span | None:
    """The time that governs: the last one named before the number in its sentence, else one that an earlier sentence sets as the goal.

    Among aims any earlier sentence of the paragraph may set it, elsewhere only the first.
    """
    text = passage.line.text
    sentence = [span for match in MARK.finditer(text, start, figure.start) if not _aside(text, match, figure) and (span := _named(match, facts))]
    if sentence:
        return _respectively(text[start : figure.start]) or sentence[-1]
    reach = start if passage.aims else min(text.find("。") + 1, start)
    goals = [span for match in MARK.finditer(text, max(reach - 10 * FARTHEST, 0), reach) if (match["plan"] or match["passing"] or re.search(r"(?:到|至|力争)$", text[: match.start()])) and (span := _named(match, facts))]
    return goals[-1] if goals and not passage.achieved else None


def _respectively(sentence: str) -> Span | None:
    """The year of a figure in 到2022年、2025年分别达到60%、90%."""
    listed = re.search(r"((?:20\d\d年?[底末]?[、和]){1,5}20\d\d年[底末]?)[^。;]{0,60}?分别(?P<rest>[^,。;]*)$", sentence)
    if listed is None:
        return None
    years, place = re.findall(r"20\d\d", listed[1]), len(re.findall(r"\d[^、和\d]*[、和]", listed["rest"]))
    return Span(int(years[place]), int(years[place])) if place < len(years) else None


def _aside(text: str, match: re.Match[str], figure: Figure) -> bool:
    """Is a year only compared with (比2020年增长), or the start of a move (由2021年的780万人增加到)?"""
    if COMPARED.search(text, max(match.start() - 12, 0), match.start()):
        return True
    if figure.unit == "倍" and re.match(r"的\D{0,2}$", text[match.end() : figure.start]):
        return True  # 增长到2020年的1.5倍
    before = text[max(match.start() - 2, 0) : match.start()].rstrip("“")[-1:]
    return bool(match["year"] or match["plan"]) and not match["onwards"] and figure.role != "from" and before in ("由", "从")


def _named(match: re.Match[str], facts: Facts) -> Span | None:
    if match["passing"]:
        end = facts.issued.year + int(number_of(match["passing"])) if facts.issued else None
        if end and facts.plan and abs(end - facts.plan.end) == 1:
            end = facts.plan.end  # three years from 2022 on may end in 2024
        return Span(end, end) if end and end <= LAST_YEAR else None
    if match["plan"]:
        span = five_years(match["plan"])
        return Span(span.end, span.end) if span and match["when"].endswith("末") else span
    if match["year"]:
        year = int(match["year"])
        if match["onwards"] and facts.plan and year < facts.plan.end:
            return Span(year, facts.plan.end)
        return Span(year, year) if FIRST_YEAR <= year <= LAST_YEAR else None
    start, end = int(match["start"]), int(match["end"])
    return Span(start, end) if FIRST_YEAR <= start <= end <= LAST_YEAR else None


def _kind(passage: Passage, sentence: str, figure: Figure, mark: Span | None, facts: Facts) -> tuple[StatementKind, tuple[str, ...]]:
    issued = facts.issued.year if facts.issued else (facts.plan.start if facts.plan else None)
    if figure.role == "from":
        return ("achieved" if passage.achieved else "baseline"), ()
    if passage.achieved:
        return ("target", ()) if mark and issued and mark.end > issued and not re.search(r"截至|以来", sentence) else ("achieved", ())
    if mark and issued and mark.end < issued:
        return "achieved", ()
    if EXISTING.search(re.split(r"[。;]", sentence)[-1][-30:]) and not (mark and issued and mark.end > issued):
        return "achieved", ("existing",)
    return "target", () if passage.aims or mark else ("kind by section",)


def _span(passage: Passage, text: str, kind: StatementKind, facts: Facts) -> Span | None:
    """The years that an achievement or an aim without a date belongs to."""
    if kind == "target":
        return facts.binding
    named = [span for words in (text[: 10 * FARTHEST], *passage.headings) for match in re.finditer(r"“?(十[一二三四五六]五)”?(?:时期|期间|以来)", words) if (span := five_years(match[1]))]
    past = [span for span in named if facts.issued is None or span.end <= facts.issued.year]
    return past[0] if past else facts.looked_back


def _repeated(sentence: str, clause: str) -> tuple[bool, bool, bool]:
    """Do 每年, 年均, 累计 hold here? 每年 also carries on to a clause without a verb of its own, 累计 along a list."""
    mean, total = bool(MEAN.search(clause)), bool(TOTAL.search(clause))
    annual = bool(ANNUAL.search(clause)) or mean
    if not annual and not total and not OWN_VERB.search(clause):
        earlier = [part for part in re.split(r"[,;:。]", sentence)[:-1] if part]
        if earlier and ANNUAL.search(earlier[-1]) and not TOTAL.search(earlier[-1]):
            annual = True
        # 年培训2万人次以上,1.7万人取得证书
        annual = annual or bool(earlier and re.fullmatch(r"[\d.]*[百千万亿]*\D{0,2}", clause) and WITHIN_YEAR.search(earlier[-1]))
    if total and annual:
        mean = sentence.rfind("年均") > sentence.rfind("累计")
        annual = mean or bool(re.search(r"每学?年(?:度)?累计", clause))  # 每年累计不少于1个月 adds up within each year
        total = not annual
    return annual, mean, total


def _rule(sentence: str, clause: str, figure: Figure) -> bool:
    """A rule binds without a date: 不低于, 原则上, 按收入的5—20%, 一年以上."""
    if figure.unit in LENGTHS:
        return True
    if figure.normative and (figure.unit.lstrip("万亿千百") in RULED or STANDING.search(sentence)):
        return True
    money = figure.unit.endswith("元")
    return (money and bool(GIVEN.search(clause))) or (figure.unit in ("%", "个百分点", "元", "万元") and bool(STANDING.search(clause)))


def _flows(clause: str, rest: str, figure: Figure) -> bool:
    """Does the figure add up over the period, rather than stand at its end?"""
    unit = figure.unit.lstrip("万亿千百")
    # 10个集培训、评价于一体的基地: what is counted comes at the end
    around = clause + re.split(r"[,;。:]" if rest.startswith("集") else r"[,;。、:]", rest)[0]
    if "%" in unit or unit in ("倍", "位", "个百分点", "人/人"):
        return False
    if unit in wording.FLOW_UNITS or ALWAYS_FLOWS.search(around):
        return not (unit in ("种", "期") and any(thing in around for thing in wording.STANDING_THINGS))
    return bool(FLOWS.search(around)) and not any(thing in around for thing in wording.STANDING_THINGS)
