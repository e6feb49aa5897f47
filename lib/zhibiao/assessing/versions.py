"""Which version of the project's own rules judges, and since when: a changed rule is one of the reasons why a verdict changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A version of one method and what it changed, in Chinese and English."""

    method: str
    version: str
    since: dt.date
    zh: str
    en: str


RULES = (
    Rule("chance", "1", dt.date(2026, 11, 22), "首版", "first version"),
    Rule(
        "chance", "2", dt.date(2026, 11, 26),
        "两个及以上的数的序列：中位与宽窄学自同类序列后来的走势，不再停在最近值；此后公布的下限抬高轨迹",
        "series of two figures and more: centre and width learned from how series of the kind went on, no longer held at the last value; a floor published since lifts the fan",
    ),
    Rule("schedule", "1", dt.date(2026, 11, 22), "首版", "first version"),
    Rule(
        "schedule", "2", dt.date(2026, 11, 26),
        "基期时已达到的目标不再要求变化；越过区间另一端不算进展；跨越口径变化不作判断",
        "a target met at its baseline asks for no change; leaving a range at its other end is no progress; nothing is judged across a change of definition",
    ),
)  # fmt: skip
"""Oldest first. A change of a rule that may turn a verdict adds an entry."""


def version(method: str) -> str:
    """The version in force."""
    return next(rule.version for rule in reversed(RULES) if rule.method == method)


def changed_since(day: dt.date) -> tuple[Rule, ...]:
    """Rules that were changed after a day; a first version changes nothing."""
    first = {rule.method: rule for rule in reversed(RULES)}
    return tuple(rule for rule in RULES if rule.since > day and rule is not first[rule.method])
