"""Kind, scope and years of a value of a box, from the head of its column, the table and the document's plan."""

from __future__ import annotations

import re

from zhibiao.model.document import StatementKind
from zhibiao.model.period import Span
from zhibiao.reading.boxes import BoxValue
from zhibiao.reading.facts import Facts
from zhibiao.reading.timing import Timing

SEVERAL_YEARS = 2
"""Between the first and the last year: an undated text's plan of fewer years may be only its goal."""

SUM = re.compile(r"^累计|\[累计\]")


def boxed_timing(value: BoxValue, facts: Facts) -> Timing:
    """Read kind, scope and period of a value.

    A column before the plan, or headed 现状, holds baselines; where the plan's years are not known the first of several columns does.
    A table of a text without any plan, and without a column of aims, tells what was.
    """
    past = value.past or _before_plan(value, facts)
    kind: StatementKind = "baseline" if past else "target"
    if facts.report_year or _reached(value, facts):
        kind = "achieved"
    year = value.year or _meant(past, facts)
    if year is None:
        return Timing(kind, "cumulative" if _adds_up(value, past) else "point", None, doubt=("no year",))
    if value.since:
        return Timing(kind, "cumulative", Span(value.since, year))
    if _adds_up(value, past):
        first = facts.looked_back.start if past else facts.plan.start if facts.plan else year
        return Timing(kind, "cumulative", Span(min(first, year), year))
    return Timing(kind, "point", Span(year, year))


def _before_plan(value: BoxValue, facts: Facts) -> bool:
    plan = facts.plan
    if plan is not None and value.year and (facts.dated or plan.end - plan.start >= SEVERAL_YEARS):
        return value.year < plan.start
    return value.first and value.year is not None and not value.yearly


def _reached(value: BoxValue, facts: Facts) -> bool:
    """Does a column of its own tell what came of the aim (2020年完成), or a table without a plan what was?"""
    if value.year is None:
        return False
    if facts.plan is None:
        return not value.sets
    return value.done and value.year >= facts.plan.start


def _adds_up(value: BoxValue, past: bool) -> bool:
    return value.figure.bracketed or (bool(SUM.search(value.label)) and not past) or "累计" in value.line.text


def _meant(past: bool, facts: Facts) -> int | None:
    """What 现状 and 目标 mean as heads of columns: the year before the plan, and its last."""
    if facts.plan is None:
        return None
    return facts.plan.start - 1 if past else facts.plan.end
