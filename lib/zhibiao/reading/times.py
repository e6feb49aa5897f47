"""Times named in a text: 到2025年, 2021—2025年, “十四五”期间, 三年内, 今年, 五年来; each with its place and the years it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zhibiao.model.period import FIRST_YEAR, LAST_YEAR, Span
from zhibiao.reading.facts import COUNT, QUOTED_PLAN, Facts, five_years
from zhibiao.reading.numerals import number_of

MARK = re.compile(
    rf"(?P<start>(?:19|20)\d\d)年?(?:\d{{1,2}}月)?(?:-|至|到)(?P<end>(?:19|20)\d\d)(?:学?年度?)?(?![\d年]*学年)"
    r"|(?P<year>(?:19|20)\d\d)年(?!版|度?第|[^,。;]{0,6}修订)(?:\d{1,2}月)?(?P<edge>年?[底末初]前?|前|之前)?(?P<onwards>起|开始|以来)?"
    rf"|(?:经过|通过|再?用|争取|力争|计划|今后|未来|在?接下来的?)(?:\d{{1,2}}(?:-|至|到))?(?P<passing>{COUNT})年(?=左右|的?努力|的?时间|,|建设|内|里|期间|每|全|时)"
    rf"|(?<![\d前近每在毕业满])(?P<inside>{COUNT})年之?内(?!的|毕业|取得|未)"
    r"|“?(?P<plan>十[一二三四五六]五|(?<=“)十五(?=”))”?(?P<when>期间|时期|期末|末|以来|前[两三四]年|头[两三四]年|(?=[,。]|年均|累计))"
    r"|(?P<relative>今年|本年度?|去年|上年度?(?=[,。末底全])|明年|过去一年|一年来|全年|年内|年底前)"
    rf"|(?:过去|近|最近|这)(?P<past>{COUNT})年(?:来|间|,)?|(?P<lately>{COUNT})年来|(?<=的)(?P<those>[三四五])年(?=[,。:;]|$)"
)
"""One alternative for each way to name a time; which it was is told by the group that is set."""

COMPARED = re.compile(r"(?:(?<!占)比(?![例重])|较|同比|相比|对比|与|超过?)[^,。;、占例重年]{0,10}$")
"""Before a year with which something is compared: 比2020年增长, 较“十五”末的2004年."""

TIMES = re.compile(r"[^,。;]{0,3}的[\d.]{1,6}倍")
"""Behind a time that is the measure of another: 是“十二五”时期的1.6倍."""

GOAL = re.compile(r"(?:到|至|力争|确保|争取)(?:“)?$")
DUE = re.compile(r"(?:完成|办结|实施|达标|达到|建成)?(?:时限|时间|期限)?[::]?(?P<mark>(?:19|20)\d\d年(?:\d{1,2}月)?[底末]?前|到(?:19|20)\d\d年[底末]?)(?:完成|建成|达到|实现|落实)?")
"""A date that is set behind what it dates: (2023年底前完成)."""

CELL_DUE = re.compile(r"\t(?P<year>(?:19|20)\d\d)年(?:\d{1,2}月)?[底末]?前?(?:完成)?(?=\t|$)")
"""A cell of the same row that holds nothing but a date."""

REFERRED = re.compile(r"《[^》]*》")


@dataclass(frozen=True)
class Mark:
    """A time in a line: where it stands, its years, and how it was named.

    ``goal`` marks an end to work for (到2025年, “十四五”末, 三年内), ``edge`` the end or beginning of a year (2025年底), ``onwards`` a
    beginning (2021年起), ``within`` a time in which something goes on (“十四五”期间, 2021—2025年), ``looking_back`` 五年来,
    ``lasting`` that a length of time is named (三年内), ``endless`` that its last year cannot be told (2001年以来 in a text without a date).
    """

    at: int
    to: int
    span: Span
    goal: bool = False
    edge: bool = False
    onwards: bool = False
    within: bool = False
    looking_back: bool = False
    compared: bool = False
    named_year: bool = False
    lasting: bool = False
    endless: bool = False

    @property
    def year(self) -> int | None:
        """The year of a mark that names one; None for a span of years."""
        return self.span.end if self.span.start == self.span.end else None


@lru_cache(maxsize=4096)
def marks(text: str, facts: Facts) -> tuple[Mark, ...]:
    """Every time named in a line, in order; titles of documents in 《》 name none.

    >>> from zhibiao.reading.facts import Facts
    >>> facts = Facts("", None, None, "100000", Span(2021, 2025), None, True)
    >>> [str(m.span) for m in marks("“十四五”期间累计10个,2023年底前建成5个", facts)]
    ['2021-2025', '2023']
    """
    return tuple(_marks(text, facts))


def _marks(text: str, facts: Facts) -> Iterator[Mark]:
    titles = [match.span() for match in REFERRED.finditer(text)]
    for match in MARK.finditer(text):
        if any(a <= match.start() < b for a, b in titles):
            continue
        read = _read(match, text, facts)
        if read is not None:
            yield read


def _read(match: re.Match[str], text: str, facts: Facts) -> Mark | None:
    before = text[max(match.start() - 12, 0) : match.start()]
    at, to = match.span()
    goal = bool(GOAL.search(before))
    compared = (bool(COMPARED.search(before)) and not goal) or bool(TIMES.match(text, to))
    if match["start"]:
        start, end = int(match["start"]), int(match["end"])
        return Mark(at, to, Span(start, end), within=True, compared=compared) if FIRST_YEAR <= start <= end <= LAST_YEAR else None
    if match["year"]:
        return _of_year(int(match["year"]), match, facts, goal, compared)
    if match["plan"]:
        span = five_years(match["plan"])
        if span is None:
            return None
        if match["when"].endswith("末"):
            return Mark(at, to, Span(span.end, span.end), goal=True, edge=True, compared=compared)
        if match["when"].startswith(("前", "头")):
            span = Span(span.start, span.start + int(number_of(match["when"][1])) - 1)
        return Mark(at, to, span, goal=goal, within=True, compared=compared, looking_back=match["when"] == "以来")
    return _relative(match, text, facts, compared)


def _of_year(year: int, match: re.Match[str], facts: Facts, goal: bool, compared: bool) -> Mark | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    at, to = match.span()
    if match["onwards"] == "以来" and not facts.dated:
        return Mark(at, to, Span(year, year + 1), within=True, looking_back=True, named_year=True, endless=True)
    if match["onwards"] == "以来":
        now = facts.written if facts.tells or facts.is_account else facts.written - 1 if facts.written else None
        end = max(year, now or year)
        return Mark(at, to, Span(year, end), within=True, looking_back=True, named_year=True)
    if match["onwards"] and facts.plan and year < facts.plan.end:
        return Mark(at, to, Span(year, facts.plan.end), onwards=True, compared=compared, named_year=True)
    before_end = (match["edge"] or "").endswith("前")
    return Mark(at, to, Span(year, year), goal=goal or before_end, edge=bool(match["edge"]), onwards=bool(match["onwards"]), compared=compared, named_year=True)


def _relative(match: re.Match[str], text: str, facts: Facts, compared: bool) -> Mark | None:
    now = facts.report_year or facts.written
    if now is None:
        return None
    at, to = match.span()
    if count := match["passing"] or match["inside"]:
        end = now + int(number_of(count))
        strict = match["inside"] or text.startswith(("内", "里"), to)
        whole = facts.plan and int(number_of(count)) == facts.plan.end - facts.plan.start + 1
        if facts.plan and (end - facts.plan.end == 1 or (whole and facts.plan.end - end == 1)) and not (strict and facts.own_years and end < facts.plan.end):
            end = facts.plan.end  # three years from 2022 on may end in 2024
        if facts.is_speech and match[0].startswith(("今后", "未来")):
            return Mark(at, to, Span(now, end - 1), within=True)  # 今后五年 begin with this one
        return Mark(at, to, Span(end, end), goal=True, lasting=True) if end <= LAST_YEAR else None
    if count := match["past"] or match["lately"] or match["those"]:
        years = int(number_of(count))
        return Mark(at, to, Span(now - years, now - 1), within=True, looking_back=True) if years > 1 else None
    word = match["relative"]
    if facts.is_speech and word in ("全年", "年内"):
        return None  # of the year that the paragraph is about
    last = word in ("去年", "上年", "上年度", "过去一年", "一年来")
    if word in ("全年", "年内", "年底前") and facts.report_year is None and not (facts.plan and facts.plan.start == facts.plan.end):
        return None
    year = now - 1 if last else now + 1 if word == "明年" else now
    onwards = word in ("今年", "本年", "本年度") and text.startswith(("起", "开始"), to)
    return Mark(at, to, Span(year, year), goal=word == "年底前", looking_back=last, compared=compared, onwards=onwards)


def respectively(sentence: str) -> Span | None:
    """The year of a figure in 到2022年、2025年分别达到60%、90%; the sentence ends before the figure."""
    listed = re.search(r"((?:20\d\d年?[底末]?[、和]){1,5}20\d\d年[底末]?)[^。;]{0,60}?分别(?P<rest>[^,。;]*)$", sentence)
    if listed is None:
        return None
    years, place = re.findall(r"20\d\d", listed[1]), len(re.findall(r"\d[^、和\d]*[、和]", listed["rest"]))
    return Span(int(years[place]), int(years[place])) if place < len(years) else None


def due(rest: str) -> Span | None:
    """The year in a bracket or a clause of its own behind a figure: 建设5个基地(2023年底前完成)."""
    if cell := CELL_DUE.search(rest):
        return Span(int(cell["year"]), int(cell["year"]))
    match = re.search(rf"[(,;]{DUE.pattern}[)。;]?$|\({DUE.pattern.replace('?P<mark>', '?P<inner>')}\)", rest)
    if match is None:
        return None
    year = re.search(r"(?:19|20)\d\d", match["mark"] or match["inner"])
    return Span(int(year[0]), int(year[0])) if year else None


def first_span(words: str, facts: Facts) -> Span | None:
    """The years that a heading names: 一、2025年工作回顾, 二、“十五五”时期的目标."""
    named = [mark for mark in marks(words, facts) if not mark.compared]
    if named:
        return named[0].span
    plan = QUOTED_PLAN.search(words)
    return five_years(plan[1]) if plan else None


def last_of(found: Sequence[Mark]) -> Mark | None:
    """The last mark that is not compared with."""
    return next((mark for mark in reversed(found) if not mark.compared), None)
