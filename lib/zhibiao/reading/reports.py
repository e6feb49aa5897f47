"""Reports of work given at the beginning of a year: which paragraphs look back, which say what is to come, and on which years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from zhibiao.model.period import Span
from zhibiao.reading.facts import Facts
from zhibiao.reading.sections import CHAPTER, Passage
from zhibiao.reading.times import marks

AHEAD = re.compile(r"今年|明年|新的一年|今后|未来|下一步|总体要求|主要(?:预期)?目标(?!任务(?:的|全面|顺利|圆满|如期)?完成)|预期目标|工作安排|工作部署|重点工作|主要任务|工作打算|总体考虑|奋斗目标")
BACK = re.compile(r"回顾|过去|[一两三四五十]年来|的[三四五]年[,。]|去年|上年")
ACCOUNT = re.compile(r"执行情况|完成情况|取得.{0,8}成[就绩效]")
"""In a heading these look back too; an aim may say 取得显著成效 as well."""

OPENING = 30
"""Characters at the head of a paragraph, or of a heading, that turn the report's view."""

WHOLE = re.compile(r"[一二三四五]年来|[这过]去?的?五年|“?十[一二三四五]五”?(?:规划)?[^,。]{0,6}(?:收官|完成|以来|期间|时期)")
"""In a paragraph that looks back: it is about the years of the plan that ends, not about the last of them."""


def tensed(places: Iterable[Passage], facts: Facts) -> Iterator[Passage]:
    """Each paragraph of a report as one that looks back or ahead, with the years that it is about.

    A report begins with the year that is over. A heading or the first words of a paragraph turn the view; it stays until the next turn.
    Where a chapter is on the last year and on the plan that ends (2025年和“十四五”时期工作回顾), a line that speaks of the plan passes to it.
    """
    year = facts.written or 0
    back, years = True, Span(year - 1, year - 1)
    headed = False
    for place in places:
        text = place.line.text
        turn = _turn(text, facts, year)
        if turn is not None and turn[0] and headed and not CHAPTER.match(text):
            # 去年 within the chapter on what is to come is of its own paragraph, or of its sentence
            if BACK.match(text) or text.startswith(f"{year - 1}年"):
                yield replace(place, achieved=True, lead=f"{turn[1].start}-{turn[1].end}年")
                continue
            turn = None
        if turn is not None:
            back, years = turn
            headed = not back and (headed or bool(CHAPTER.match(text)))
        elif back and years.start == years.end and _closes(text, place):
            years = Span(max(years.end - 4, 0), years.end)
        lead = f"{years.start}年" if years.start == years.end else f"{years.start}-{years.end}年"
        yield replace(place, achieved=back, lead=lead)


def _closes(text: str, place: Passage) -> bool:
    """Does a line of a chapter on two spans of time speak of the longer one?"""
    return any(re.search(r"五”?时期|五年", heading) for heading in place.headings) and bool(WHOLE.search(text)) and not CHAPTER.match(text)


def _turn(text: str, facts: Facts, year: int) -> tuple[bool, Span] | None:
    head = text[:OPENING]
    named = next((mark for mark in marks(head, facts) if not mark.compared), None)
    behind, before = BACK.search(head) or (ACCOUNT.search(head) if CHAPTER.match(text) else None), AHEAD.search(head)
    if named is not None and not named.goal:
        over = named.span.end < year or named.looking_back
        if not over or behind or named.at < 12:
            return over and not (before and not behind and named.span.end >= year), named.span
    if before and not behind:
        return False, Span(year, year)
    if behind and not before:
        return True, Span(year - 1, year - 1)
    return None
