"""A question put to the registry: which region, which documents, as of when, under which scenario, in which language."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from zhibiao.catalogue.registry import Registry, Series
from zhibiao.errors import ParameterError, closest
from zhibiao.model import LEVERS, Indicator, Observation, Plan, Region, Scenario, Statement

LANGUAGES = ("zh", "en")
HORIZON_WITHOUT_PLAN = 5
HORIZON_LIMIT = 30
"""Years beyond `as_of` that may be looked at."""


@dataclass(frozen=True)
class Study:
    """Everything an analysis needs to know; made by `study`, which checks it."""

    registry: Registry
    region: Region
    plans: tuple[Plan, ...]
    as_of: int
    horizon: int
    scenario: Scenario
    level: int
    seed: int
    lang: str
    report_date: str

    def series(self, indicator: str) -> Series:
        """The region's series as it is known at `as_of`."""
        return self.registry.series(self.region.code, indicator, self.as_of)

    def indicator(self, name: str) -> Indicator:
        return self.registry.indicator(name)

    def statements(self, kind: str | None = None) -> tuple[Statement, ...]:
        """Statements of the chosen documents that speak of this region, in their order."""
        chosen = self.registry.statements(self.plans)
        return tuple(s for s in chosen if s.region == self.region.code and (kind is None or s.kind == kind))

    def plan_of(self, statement: Statement) -> Plan:
        return self.registry.plans[statement.plan]

    def clause(self, statement: Statement) -> str:
        """Which document and where: 渝人社〔2021〕452号 专栏1·2; a document without a number goes by its short name."""
        plan = self.plan_of(statement)
        return f"{plan.number or plan.short} {statement.locator}"

    def short_clause(self, statement: Statement) -> str:
        """The clause in few characters, for narrow columns and sentences: 452号 专栏1·2."""
        return f"{self.plan_of(statement).short} {statement.locator}"

    def words(self, zh: str, en: str) -> str:
        """Choose the study's language."""
        return zh if self.lang == "zh" else en


def study(
    registry: Registry,
    region: object = "重庆",
    plan: object = "all",
    as_of: object = None,
    horizon: object = None,
    scenario: object = "baseline",
    level: object = 80,
    seed: object = 2020,
    lang: object = "zh",
    report_date: object = None,
) -> Study:
    """Check the parameters of a question and resolve the names in it.

    Parameters
    ----------
    region : str
        Code or name.
    plan : str
        ``all``, or ids, numbers or titles of documents, separated by commas.
    as_of : int, optional
        Year of knowledge; later figures are not looked at. Default: the newest year with an observation of the region.
    horizon : int, optional
        Last year of projections. Default: the last year of the chosen documents, five years after as_of where there is none.
    scenario : str
        Name of a scenario that is meant for this region.
    level : int
        Width of the shown band in percent, 50 to 99.
    seed : int
        Seed of every random draw, 0 to 2**32 - 1.
    lang : str
        ``zh`` or ``en``.
    report_date : str, optional
        The date that is printed, ``2024-01-05``; default: as_of.

    Raises
    ------
    ParameterError
        Names the parameter, what is allowed and the nearest match.
    """
    place = registry.region(region)
    if not isinstance(plan, str) or not plan.strip():
        raise ParameterError(f"应为文字 should be text, not {plan!r}", where="plan", allowed=["all", *registry.plans])
    if plan.strip() == "all":
        plans = registry.plans_for(place.code)
    else:
        named = {found.id: found for name in re.split("[,，]", plan) for found in [registry.plan(name.strip())]}
        plans = tuple(sorted(named.values(), key=lambda p: (p.issued, p.id)))
        for chosen in plans:
            if not any(s.region == place.code for s in chosen.statements):
                raise ParameterError(
                    f"文件 {chosen.id!r} 不涉及 says nothing of {place.zh}", where="plan", allowed=["all", *(p.id for p in registry.plans_for(place.code))]
                )
    newest = registry.newest_year(place.code)
    known = _whole("as_of", as_of, 1990, 2100) if as_of not in (None, "") else newest
    if known is None:
        known = max((p.issued.year for p in plans), default=0)
        if not known:
            raise ParameterError(f"{place.zh} 既无观测也无文件，须给出 as_of: neither figures nor documents of {place.en}; give as_of", where="as_of")
    last = max((p.period.end for p in plans), default=known + HORIZON_WITHOUT_PLAN)
    end = _whole("horizon", last if horizon in (None, "") else horizon, 1990, known + HORIZON_LIMIT)
    case = registry.scenario(_text("scenario", scenario, list(registry.scenarios)))
    if case.regions and place.code not in case.regions:
        fitting = [s.id for s in registry.scenarios.values() if not s.regions or place.code in s.regions]
        raise ParameterError(f"情景 {case.id!r} 不适用于 is not meant for {place.zh}", where="scenario", allowed=fitting)
    return Study(
        registry,
        place,
        plans,
        known,
        end,
        case,
        _whole("level", level, 50, 99),
        _whole("seed", seed, 0, 2**32 - 1),
        _text("lang", lang, list(LANGUAGES)),
        day_of("report_date", report_date).isoformat() if report_date not in (None, "") else str(known),
    )


def startable(asked: Study) -> None:
    """Refuse a scenario that starts from figures which the region does not have, before anything is reckoned.

    Raises
    ------
    ParameterError
        It moves the flow of students and no year has both intake and enrolment, or changes an indicator of which nothing is known;
        with the scenarios that can be reckoned for the region.
    """
    reason = _unstarted(asked, asked.scenario)
    if reason is None:
        return
    zh, en = reason
    place, every = asked.region, asked.registry.scenarios.values()
    possible = [case.id for case in every if (not case.regions or place.code in case.regions) and _unstarted(asked, case) is None]
    raise ParameterError(f"情景 {asked.scenario.id!r} 对{place.zh}无从算起：{zh} cannot be reckoned for {place.en}: {en}", where="scenario", allowed=possible)


def _unstarted(asked: Study, case: Scenario) -> tuple[str, str] | None:
    """Why a scenario has nothing to start from, zh and en; None where it has."""
    for override in case.overrides:
        lever = LEVERS[override.lever]
        if lever.flow:
            if newest_pair(asked) is None:
                return f"截至{asked.as_of}年没有同一年的招生与在校生（招生不为0）", f"by {asked.as_of} no year has both enrolment and intake above 0"
        elif override.change and lever.indicator is not None and not asked.series(lever.indicator).annual:
            return f"没有{lever.zh}的数", f"no figure of {lever.en}"
    return None


def newest_pair(asked: Study) -> tuple[Observation, Observation] | None:
    """Intake and enrolment of the newest year that has both, from which the flow of students starts; None where it has no start."""
    enrolled = {point.period.year: point for point in asked.series("enrolment").annual}
    both = [point for point in asked.series("intake").annual if point.period.year in enrolled]
    return (both[-1], enrolled[both[-1].period.year]) if both and both[-1].base_value != 0 else None


def _whole(name: str, value: object, low: int, high: int) -> int:
    """A whole number within bounds; text that is one counts, True and 80.5 do not."""
    number = value
    if isinstance(number, str) and re.fullmatch(r"\s*-?\d{1,12}\s*", number):
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise ParameterError(f"应为整数 should be a whole number, not {value!r}", where=name, allowed=[f"{low}…{high}"])
    if not low <= number <= high:
        raise ParameterError(f"{number} 超出范围 is out of range", where=name, allowed=[f"{low}…{high}"])
    return number


def _text(name: str, value: object, allowed: list[str]) -> str:
    if not isinstance(value, str):
        raise ParameterError(f"应为文字 should be text, not {value!r}", where=name, allowed=allowed)
    if name == "lang" and value not in allowed:
        chinese = value.casefold().startswith(("zh", "cn", "ch", "中", "汉"))
        raise ParameterError(f"未知语言 unknown language {value!r}", where=name, allowed=allowed, nearest="zh" if chinese else closest(value, allowed))
    return value


def day_of(name: str, value: object) -> dt.date:
    """A date of a parameter; ParameterError where it is none."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise ParameterError(f"{value!r} 不是日期 is no date", where=name, allowed=["2024-01-05"]) from None
