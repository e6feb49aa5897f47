"""A year's bulletin as rows of observations of indicators the catalogue knows; the rest is told, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model.indicator import Indicator
from zhibiao.model.units import unit_of
from zhibiao.reading.extract import Candidate, Extraction

SCHOOLS = (
    "技工院校", "技工学校", "技师学院", "小学", "初中", "普通高中", "职业高中", "高级中学", "高中阶段", "成人高中", "幼儿园", "特殊教育", "普通中专", "普通中等专业学校", "中等专业学校",
    "成人中专", "成人中等专业学校", "中等职业", "中等技术学校", "中等师范", "职业中学", "职业初中", "职工高中", "农民高中", "普通高等", "普通高校", "高等教育", "成人高等", "研究生", "民办",
    "学前教育", "义务教育", "职工技术", "农民文化", "技术培训学校", "高职", "本科", "自学考试", "成人小学", "扫盲", "各级各类", "其他中职", "网络",
)  # fmt: skip
"""Kinds of schools a bulletin counts; a figure belongs to the one named last before it."""

OURS = ("技工院校", "技工学校")

MEASURES: tuple[tuple[str, str, str], ...] = (
    (r"就业率", "employment_rate", "%"),
    (r"就业(?:人数|学生|毕业生)?$|实现就业", "graduates_employed", "人"),
    (r"教职工|在职教职", "staff", "人"),
    (r"专任教师", "teachers", "人"),
    (r"毕业生|毕业学生", "graduates", "人"),
    (r"招生|招收", "intake", "人"),
    (r"在校生|在校学生", "enrolment", "人"),
    (r"培训", "social_training", "人次"),
    (r"", "schools", "所"),
)
"""Words of bulletins for the indicators of the catalogue, with the base unit that must stand after the number."""

SUBJECTS = re.compile("|".join(sorted(SCHOOLS, key=len, reverse=True)))
ASIDE = re.compile(r"[（(][^（()）]*[)）]")
QUALIFIERS = {"eq": "eq", "ge": "ge", "gt": "gt", "about": "about"}


@dataclass(frozen=True)
class Unplaced:
    """A figure that is no observation yet, and why."""

    candidate: Candidate
    reason: str

    def __str__(self) -> str:
        return f"{self.candidate.locator}: {self.candidate.evidence} — {self.reason}"


@dataclass(frozen=True)
class Placement:
    """Rows in the form that ``zhibiao observe import`` takes, and the figures that found no place."""

    rows: tuple[dict[str, object], ...]
    unplaced: tuple[Unplaced, ...]


def observations(extraction: Extraction, registry: Registry) -> Placement:
    """Turn a bulletin's figures into rows of observations.

    Changes against another year are passed over: the levels say it. Confidence is ``medium``: nobody has checked the row yet.

    Raises
    ------
    RegistryError
        The document is no bulletin: its title names no year it reports on.
    """
    year = extraction.facts.report_year
    if year is None:
        raise RegistryError(
            "标题中没有公报年份，不是公报 the title names no year reported on; it is no bulletin", where=extraction.name, allowed=["2020年…统计公报"]
        )
    source = next((s.id for s in registry.sources.values() if s.title == extraction.facts.title), "")
    rows: list[dict[str, object]] = []
    unplaced: list[Unplaced] = []
    taken: dict[str, tuple[Indicator, Candidate]] = {}
    conflicting: set[str] = set()
    for candidate in extraction.candidates:
        if candidate.change or candidate.period is None:
            continue
        found = _indicator(candidate, registry)
        if isinstance(found, str):
            unplaced.append(Unplaced(candidate, found))
        elif candidate.period.end != year:
            unplaced.append(Unplaced(candidate, f"{candidate.period} 年的数 a figure of another year"))
        elif candidate.comparator not in QUALIFIERS:
            unplaced.append(Unplaced(candidate, "范围或上限 a range or an upper bound"))
        elif found.id in taken and taken[found.id][1].low != candidate.low:
            # two figures for one indicator: a reader has to say which
            conflicting.add(found.id)
            unplaced.append(Unplaced(candidate, f"{found.zh} 另有一数 has another figure: {taken[found.id][1].evidence}"))
        else:
            taken.setdefault(found.id, (found, candidate))
    for name, (indicator, candidate) in taken.items():
        if name in conflicting:
            unplaced.append(Unplaced(candidate, f"{indicator.zh} 有两个数 has two figures"))
        else:
            rows.append(_row(candidate, indicator, extraction, source))
    return Placement(tuple(rows), tuple(unplaced))


def _indicator(candidate: Candidate, registry: Registry) -> Indicator | str:
    """The indicator a figure is of, or why none is."""
    school = subject(candidate.context)
    if school is None:
        return "未说明学校类型 no kind of school is named"
    if school not in OURS:
        return f"目录中没有{school}的指标 the catalogue has no indicator of these schools"
    try:
        base = unit_of(candidate.unit).base
    except RegistryError:
        return f"未知单位 unknown unit {candidate.unit}"
    clause = re.split(r"[,;。:]", ASIDE.sub("", candidate.context))[-1]
    for words, name, unit in MEASURES:
        if unit == base and re.search(words, clause) and name in registry.indicators:
            return registry.indicators[name]
    return "目录中没有这一指标 the catalogue has no such indicator"


def subject(context: str) -> str | None:
    """The kind of school named last before a number; what stands in brackets only explains.

    >>> subject("全国职业高中8602所;全国技工学校(不含分校)"), subject("毕业生")
    ('技工学校', None)
    """
    bare = ASIDE.sub("", context)
    named = list(SUBJECTS.finditer(bare))
    if len(named) > 1 and re.fullmatch(r"(?:学校|院校|教育)?[、和与及](?:全国)?", bare[named[-2].end() : named[-1].start()]):
        return f"{named[-2][0]}、{named[-1][0]}"  # counted together
    return named[-1][0] if named else None


def _row(candidate: Candidate, indicator: Indicator, extraction: Extraction, source: str) -> dict[str, object]:
    issued = extraction.facts.issued
    return {
        "region": extraction.facts.region,
        "indicator": indicator.id,
        "period": str(extraction.facts.report_year),
        "basis": "at_end" if indicator.kind in ("stock", "count") else "in_period",
        "value": candidate.low,
        "qualifier": QUALIFIERS[candidate.comparator],
        "unit": candidate.unit,
        "status": "final",
        "confidence": "medium",
        "source": source,
        "published": issued.isoformat() if issued else None,
        "recorded": None,
        "reason": None,
    }


def report(placement: Placement, extraction: Extraction) -> Iterator[str]:
    """What was placed and what was not, in lines; figures of one reason together."""
    yield f"{extraction.name}: 列为观测 placed {len(placement.rows)}，未列 not placed {len(placement.unplaced)}"
    if placement.rows and placement.rows[0]["source"] == "":
        yield f"  来源未登记 the source is not in sources.yaml: {extraction.facts.title}"
    reasons: dict[str, list[Unplaced]] = {}
    for item in placement.unplaced:
        reasons.setdefault(item.reason, []).append(item)
    for reason, items in reasons.items():
        first = "；".join(f"{item.candidate.locator} {item.candidate.evidence}" for item in items[:3])
        yield f"  {len(items)} × {reason}: {first}{' …' if len(items) > 3 else ''}"
