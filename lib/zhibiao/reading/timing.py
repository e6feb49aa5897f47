"""Kind, scope and years of a figure, from the words around it, the section it stands in and the years of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from zhibiao.model.document import Scope, StatementKind
from zhibiao.model.period import Span
from zhibiao.reading import scoping
from zhibiao.reading.amounts import Figure
from zhibiao.reading.facts import Facts
from zhibiao.reading.sections import Passage
from zhibiao.reading.telling import asks
from zhibiao.reading.times import Mark, due, first_span, last_of, marks, respectively

EXISTING = re.compile(r"(?<!在)现有|已有|已经|已建成?|已建立|(?<![由从比较])目前|截至|截止|作为|现已|已[^,。;]{0,8}$|[\u4e00-\u9fff](?<![为除])了(?:近|约|超过?)?$|(?:^|[,;])(?:围绕|结合|对接|依托)(?:(?!开展|组织|举办|实施|培训|培养|建设|建成|打造|新增|新建|完成|提供|开发|引进)[^,。;]){0,20}$|对接[^,。;]{0,20}$")
STRIVE = re.compile(r"力争|争取|争创|努力实现")
BACK = re.compile(r"^(?:[^,。]{0,12})?(?:近年来|多年来|历年来|以来,|五年来|一年来|过去[一二三四五]年)")
"""How a paragraph begins that tells what was done."""

OPENING = 25
"""Characters within which a paragraph says what time it is about."""

HEADED = 8
"""Characters within which a year and a colon head a paragraph."""

FARTHEST = 300
"""Characters of a sentence that are looked at on either side of a number."""


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


@dataclass(frozen=True)
class _Place:
    """A figure in its sentence, with the times that are named there and above it."""

    passage: Passage
    figure: Figure
    facts: Facts

    @cached_property
    def start(self) -> int:
        """Where its sentence begins, or the part of it that is looked at."""
        text = self.passage.line.text
        return max(max(text.rfind(sign, 0, self.figure.start) for sign in "。!?") + 1, self.figure.start - FARTHEST)

    @cached_property
    def sentence(self) -> str:
        """The sentence up to the figure."""
        return self.passage.line.text[self.start : self.figure.start]

    @cached_property
    def rest(self) -> str:
        """The sentence behind the figure."""
        return re.split("[。!?]", self.passage.line.text[self.figure.end : self.figure.end + FARTHEST])[0]

    @cached_property
    def named(self) -> tuple[Mark, ...]:
        """The times of the whole line that are no asides."""
        text = self.passage.line.text
        return tuple(mark for mark in marks(text, self.facts) if mark.to <= self.figure.start and not self._aside(mark, text))

    def _aside(self, mark: Mark, text: str) -> bool:
        """Is a year only compared with (比2020年增长), or the start of a move (由2021年的780万人增加到)?"""
        if mark.compared:
            return True
        if self.figure.unit == "倍" and re.match(r"的\D{0,2}$", text[mark.to : self.figure.start]):
            return True  # 增长到2020年的1.5倍
        before = text[max(mark.at - 2, 0) : mark.at].rstrip("“")[-1:]
        return not mark.onwards and self.figure.role != "from" and before in ("由", "从")

    @cached_property
    def mark(self) -> Mark | None:
        """The time the sentence itself names: the last before the figure, or a date of completion behind it."""
        own = [mark for mark in self.named if mark.at >= self.start]
        if own:
            listed = respectively(self.sentence)
            return replace(own[-1], span=listed) if listed else self._reaching(own)
        behind = due(self.rest)
        return Mark(self.figure.end, self.figure.end, behind, goal=True) if behind else None

    def _reaching(self, own: list[Mark]) -> Mark:
        """The last time that reaches to the figure: a year within an earlier part of the sentence (…,2020年达到3680亿元;) does not."""
        text = self.passage.line.text
        part = text.rfind(";", self.start, self.figure.start) + 1
        for mark in reversed(own):
            inside = mark.named_year and not (mark.goal or mark.edge or mark.onwards) and text[max(mark.at - 1, 0) : mark.at] in (",", "、")
            if mark.at >= part or not inside:
                return mark
        return own[-1]

    @cached_property
    def goal(self) -> Mark | None:
        """The time that an earlier sentence sets as the goal: among aims any of the paragraph, elsewhere the first."""
        passage = self.passage
        reach = self.start if passage.aims else min(passage.line.text.find("。") + 1, self.start)
        opening = [mark for mark in self.named if mark.at < HEADED and mark.named_year and passage.line.text[mark.to : mark.to + 1] in (":", "(")]
        if opening and not passage.aims:
            return opening[0]  # 2023年:启动阶段。…
        goals = [mark for mark in self.named if mark.at < reach and (mark.goal or mark.within) and not mark.looking_back]
        if goals:
            return goals[-1]
        return last_of(marks(passage.lead, self.facts)) if passage.lead else None

    @cached_property
    def heading(self) -> Span | None:
        """The years that the nearest heading names which names any."""
        return next((span for words in reversed(self.passage.headings) if (span := first_span(words, self.facts))), None)

    @cached_property
    def looks_back(self) -> bool:
        """Does the paragraph tell of years that are over, by its heading or its first words?"""
        if self.passage.achieved or self.facts.is_speech:
            return self.passage.achieved
        text, written = self.passage.line.text, self.facts.written
        opening = next((mark for mark in marks(text, self.facts) if mark.at < OPENING and text[: mark.at].rstrip("“")[-1:] not in ("由", "从", "自")), None)
        if opening is not None and not opening.goal and not opening.compared and written:
            return opening.looking_back or (opening.within and opening.span.end < written) or (opening.span.end < written and not self.passage.aims)
        return bool(BACK.match(text[:30]))


def timing_of(passage: Passage, figure: Figure, facts: Facts) -> Timing:
    """Read kind, scope and period of a figure of a passage."""
    place = _Place(passage, figure, facts)
    if facts.report_year:
        return _reported(place, facts.report_year)
    read = _timing(place)
    if ((read.scope == "cumulative" and not facts.tells) or read.maintain) and read.period and read.period.start == read.period.end:
        return replace(read, scope="point", mean=False)  # 全年, 保持在 in the plan or the review of a single year; 每年, 年均 stay
    return read


def _timing(place: _Place) -> Timing:
    figure, facts = place.figure, place.facts
    kind, doubt = _kind(place)
    mark = place.mark
    if mark is None and kind == "target":
        mark = place.goal
    span = _span(place, kind)
    strive = bool(STRIVE.search(place.sentence.split(";")[-1])) and kind == "target"
    timed = Timing(kind, "point", None, strive=strive, doubt=doubt)
    if figure.role == "from":
        return replace(timed, period=_start(place, span))
    if "length of time" in figure.doubt and figure.comparator == "le" and figure.high and mark and mark.year and not mark.goal:
        end = mark.year + int(figure.high)  # 2019年启动,三年内建成
        return replace(timed, period=Span(end, end))
    if kind == "achieved" and mark is None and facts.is_account and facts.issued:
        return replace(timed, period=Span(facts.issued.year, facts.issued.year))
    year = mark.year if mark and not mark.onwards else None
    period = mark.span if mark and mark.year is None else span
    if kind != "achieved" and year and span:
        period = Span(min(span.start, year), year)
    said = scoping.Said(
        figure, place.passage.line.text[figure.start : figure.end], place.sentence, place.rest, mark, year, period, kind, place.passage.aims, facts.open_ended,
        bool(facts.own_years and facts.plan and facts.plan.start == facts.plan.end), mark is not None and mark is place.mark, max(mark.to - place.start, 0) if mark else 0,
    )  # fmt: skip
    if kind == "target" and facts.sets_rules and mark is None and place.mark is None:
        return replace(timed, scope="standing")
    scope, mean, maintain = scoping.scope_of(said)
    if scope == "standing":
        return replace(timed, scope="standing")
    if scope == "annual" and mark is not None and mark is not place.mark and span and year and span.start <= year <= span.end:
        period = span  # each year goes on after the date that an earlier sentence sets
    if kind == "achieved" and _endless(place):
        return replace(timed, scope=scope, mean=mean, maintain=maintain, doubt=(*doubt, "no year"))
    if scope in ("annual", "cumulative"):
        return replace(timed, scope=scope, period=period, mean=mean, maintain=maintain) if period else replace(timed, scope=scope, mean=mean, maintain=maintain, doubt=(*doubt, "no year"))
    if kind == "achieved" and year is None and doubt == ("existing",):
        now = facts.written
        return replace(timed, period=Span(now, now) if now and facts.issued else None)
    at = year or (period.end if period else None)
    if at is None:
        doubt = (*doubt, "no year")
    elif mark is None:
        doubt = (*doubt, "year of the document")
    return replace(timed, period=Span(at, at) if at else None, doubt=doubt)


def _endless(place: _Place) -> bool:
    """Does the last time named before an achievement have no end that the text tells?"""
    return bool(place.named) and place.named[-1].endless


def _start(place: _Place, span: Span | None) -> Span | None:
    """The year of 由800所: one that is named and past, else the one before the years looked back on, else the year before the plan."""
    facts, mark = place.facts, place.mark
    past = facts.plan.start - 1 if facts.plan else None
    if mark and mark.year and (past is None or mark.year <= past + 1) and not mark.goal:
        return mark.span
    if mark and mark.within and mark.year is None and not place.looks_back:
        return Span(mark.span.start - 1, mark.span.start - 1)  # 2015年至2017年由32所调整到20所
    year = span.start - 1 if place.looks_back and span else past
    return Span(year, year) if year else None


def _kind(place: _Place) -> tuple[StatementKind, tuple[str, ...]]:
    """A figure is achieved where its heading, its paragraph, its year or a word like 已 says so."""
    mark, written = place.mark, place.facts.written
    if place.figure.role == "from":
        return "baseline", ()
    ahead = bool(mark and written and mark.span.end >= written and not mark.looking_back)
    if place.looks_back:
        later = ahead and mark is not None and written is not None and (mark.span.end > written or not (place.passage.achieved or place.facts.tells))
        return ("target", ()) if later and not re.search(r"截至|截止|以来", place.sentence) else ("achieved", ())
    if mark and written and mark.span.end < written and (place.facts.issued or not mark.goal):
        return "achieved", ()
    if mark and not place.facts.dated and re.search(r"截[至止]到?$", place.passage.line.text[: mark.at]):
        return "achieved", ()
    if not place.figure.normative and EXISTING.search(re.split(r"[。;]", place.sentence)[-1][-30:]) and not (mark and written and mark.span.end > written):
        return "achieved", ("existing",)
    if mark is None and place.heading and written and place.heading.end < written and not place.passage.aims:
        return "achieved", ()
    if place.facts.tells and not place.passage.aims and not asks(place.sentence, place.passage.line.text):
        return "achieved", ("kind by section",)
    return "target", () if place.passage.aims or mark or place.goal else ("kind by section",)


def _span(place: _Place, kind: StatementKind) -> Span | None:
    """The years that an achievement or an aim without a date belongs to: those of its paragraph, its heading, the document."""
    facts = place.facts
    if kind == "target":
        heading = first_span(place.passage.lead, facts) if facts.is_speech else place.heading
        return heading if heading and (facts.written is None or heading.end >= facts.written) else facts.binding
    past = [mark.span for mark in place.named if (mark.within or mark.looking_back or (mark.at < OPENING and place.figure.role != "from")) and (facts.written is None or not facts.dated or mark.span.end <= facts.written)]
    if past:
        # “十三五”期间…。截至2020年底,…五年累计: the longer of the two
        return next((span for span in reversed(past) if span.start < past[-1].start and span.end == past[-1].end), past[-1])
    if facts.tells and place.mark is None:
        return Span(facts.issued.year, facts.issued.year) if facts.issued else None
    if facts.is_speech:
        return first_span(place.passage.lead, facts)
    if place.heading and (facts.written is None or place.heading.start < facts.written):
        return place.heading
    return facts.looked_back if facts.dated else None


def _reported(place: _Place, year: int) -> Timing:
    """A bulletin tells of its year; 上年的 and 由 … of the year before, 五年累计 of several."""
    figure = place.figure
    clause = re.split(r"[,;:。]", place.sentence)[-1]
    before = bool(re.search(r"(?:上年|上一年|去年|前一年)(?:的|为|同期)?[^,;。、]{0,6}$", clause)) and not figure.change
    at = year - 1 if before or figure.role == "from" else year
    own = [mark for mark in place.named if mark.at >= place.figure.start - len(clause) and not mark.onwards]
    if own and not figure.change:
        span = own[-1].span
        if span.start < span.end and scoping.TOTAL.search(clause):
            return Timing("achieved", "cumulative", span)
        if span.start < span.end and scoping.MEAN.search(clause):
            return Timing("achieved", "annual", span, mean=True)
        at = span.end if own[-1].named_year and span.end != year else at
    return Timing("achieved", "point", Span(at, at))
