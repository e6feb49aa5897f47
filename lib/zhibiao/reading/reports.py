"""Reports of work given at the beginning of a year: which paragraphs look back, which say what is to come, and on which years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from zhibiao.model.period import Span
from zhibiao.reading.facts import Facts
from zhibiao.reading.sections import Passage
from zhibiao.reading.times import marks

AHEAD = re.compile(r"今年|明年|新的一年|今后|未来|下一步|总体要求|主要预期目标|预期目标|工作安排|工作部署|重点工作|主要任务|工作打算|总体考虑|奋斗目标")
BACK = re.compile(r"回顾|过去|[一两三四五十]年来|的[三四五]年[,。]|执行情况|完成情况|取得.{0,8}成[就绩效]|去年|上年")
OPENING = 30
"""Characters at the head of a paragraph, or of a heading, that turn the report's view."""


def tensed(places: Iterable[Passage], facts: Facts) -> Iterator[Passage]:
    """Each paragraph of a report as one that looks back or ahead, with the years that it is about.

    A report begins with the year that is over. A heading or the first words of a paragraph turn the view; it stays until the next turn.
    """
    year = facts.written or 0
    back, years = True, Span(year - 1, year - 1)
    for place in places:
        head = place.line.text[:OPENING]
        turn = _turn(head, facts, year)
        if turn is not None:
            back, years = turn
        lead = f"{years.start}年" if years.start == years.end else f"{years.start}-{years.end}年"
        yield replace(place, achieved=back, lead=lead)


def _turn(head: str, facts: Facts, year: int) -> tuple[bool, Span] | None:
    named = next((mark for mark in marks(head, facts) if not mark.compared), None)
    behind, before = BACK.search(head), AHEAD.search(head)
    if named is not None and not named.goal:
        over = named.span.end < year or named.looking_back
        if not over or behind or named.at < 12:
            return over and not (before and not behind and named.span.end >= year), named.span
    if before and not behind:
        return False, Span(year, year)
    if behind and not before:
        return True, Span(year - 1, year - 1)
    return None
