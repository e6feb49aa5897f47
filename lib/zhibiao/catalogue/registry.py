"""The registry as one frozen object: look things up by the names people use, get the newest vintage of a series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from zhibiao.catalogue.tracing import traced
from zhibiao.errors import ParameterError, closest
from zhibiao.model import (
    Indicator,
    Measure,
    MeasureStatus,
    Observation,
    Period,
    Plan,
    Region,
    Scenario,
    Source,
    Statement,
)
from zhibiao.model.breakdown import Breakdown

_CONFIDENCE = {"high": 2, "medium": 1, "low": 0}
_STATUS = {"final": 2, "preliminary": 1, "derived": 0}


SUFFIXES = (
    "土家族苗族自治县", "苗族土家族自治县", "土家族自治县", "壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "自治县",
    "省", "市", "区", "县",
)  # fmt: skip
"""What a region's full name ends in, the longest first."""

FULL = {
    "北京": "市", "天津": "市", "上海": "市", "重庆": "市", "内蒙古": "自治区", "广西": "壮族自治区", "西藏": "自治区", "宁夏": "回族自治区",
    "新疆": "维吾尔自治区", "香港": "特别行政区", "澳门": "特别行政区",
}  # fmt: skip
"""Regions of province level that are no 省."""


@dataclass(frozen=True)
class Series:
    """The current vintage of one indicator in one region, in order of period.

    Attributes
    ----------
    points : tuple of Observation
        One per period; where sources disagree on the same day of record, the better one.
    conflicting : frozenset of Period
        Periods for which sources of the same vintage give different values.
    """

    region: str
    indicator: str
    points: tuple[Observation, ...] = ()
    conflicting: frozenset[Period] = frozenset()

    @property
    def annual(self) -> tuple[Observation, ...]:
        """Whole-year figures only; a year-to-date figure through December is one where the year has no other."""
        whole = {point.period.year: point for point in self.points if point.period.last_month == 12 and point.basis == "year_to_date"}
        whole |= {point.period.year: point for point in self.points if point.period.is_year}
        return tuple(whole[year] for year in sorted(whole))

    @property
    def latest(self) -> Observation | None:
        """The newest figure that says where the indicator stands: of a year, or counted at the end of a month or quarter.

        What came in within a month or a quarter, or since January, says nothing of a whole year.
        """
        whole = [*self.annual, *(point for point in self.points if point.basis == "at_end" and not point.period.is_year)]
        return max(whole, key=lambda point: point.period, default=None)

    @property
    def to_date(self) -> Observation | None:
        """The newest year-to-date figure that is newer than every whole-year one."""
        partial = [point for point in self.points if point.basis == "year_to_date"]
        annual = self.annual
        return partial[-1] if partial and (not annual or partial[-1].period.year > annual[-1].period.year) else None

    def known_by(self, year: int) -> Series:
        """The same series up to and including a year."""
        return replace(self, points=tuple(point for point in self.points if point.period.year <= year))

    def point(self, period: Period) -> Observation:
        """The figure of a period that has one; KeyError otherwise."""
        return {point.period: point for point in self.points}[period]

    def at(self, year: int) -> Observation | None:
        """The figure for one year, if there is one."""
        return next((point for point in self.annual if point.period.year == year), None)


@dataclass(frozen=True)
class Registry:
    """Everything that is known, read from the shipped folder and any overlay."""

    folders: tuple[Path, ...]
    indicators: Mapping[str, Indicator]
    regions: Mapping[str, Region]
    plans: Mapping[str, Plan]
    sources: Mapping[str, Source]
    scenarios: Mapping[str, Scenario]
    observations: tuple[Observation, ...] = field(repr=False)
    statuses: tuple[MeasureStatus, ...] = ()
    drafts: tuple[Path, ...] = ()
    """Plan files that wait for review and are not part of the registry."""
    breakdowns: Mapping[str, Breakdown] = field(default_factory=dict)
    """Targets broken down, by id."""
    day: dt.date | None = None
    """As known on which day (`known_on`); None: today."""
    unread: frozenset[str] = field(default=frozenset(), repr=False)
    """Regions of which files may speak that were left unread (`zhibiao.catalogue.scoped`)."""
    beyond: Callable[[], Registry] | None = field(default=None, repr=False, compare=False)
    """Reads everything, where something was left unread."""

    @cached_property
    def whole(self) -> Registry:
        """The registry of all regions; itself unless it was read for some of them only."""
        return self if self.beyond is None else self.beyond()

    def region(self, name: object) -> Region:
        """Find a region by code, Chinese or English name, with or without 省/市/自治区/区/县.

        Raises
        ------
        ParameterError
            No region has this name, or several do; the nearest names are given.
        """
        wanted = str(name).strip()
        if wanted in self.regions:
            return self.regions[wanted]
        found = self._region_names.get(wanted.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise ParameterError(f"地区名不唯一 ambiguous region {wanted!r}", where="region", allowed=[f"{r.code} {r.zh}" for r in found])
        names = [*self._region_names, *self.regions]
        known = [region.zh for region in self.regions.values() if self.plans_for(region.code) or self.observed(region.code)]
        near = closest(wanted, names)
        title = self._region_names[near][0].zh if near in self._region_names else near
        raise ParameterError(f"未知地区 unknown region {wanted!r}", where="region", allowed=known, nearest=title)

    @cached_property
    def _region_names(self) -> dict[str, list[Region]]:
        names: dict[str, list[Region]] = {}
        for region in self.regions.values():
            short = next((region.zh.removesuffix(s) for s in SUFFIXES if region.zh.endswith(s) and len(region.zh) - len(s) >= 2), region.zh)
            for name in {region.zh.casefold(), short.casefold(), f"{short}{_full_suffix(region, short)}", region.en.casefold()}:
                names.setdefault(name, []).append(region)
        return names

    def indicator(self, name: str) -> Indicator:
        """Find an indicator by id, Chinese or English name; ParameterError with the nearest otherwise."""
        found = self.indicators.get(name) or next((i for i in self.indicators.values() if name in (i.zh, i.en)), None)
        if found is None:
            names = [*self.indicators, *(i.zh for i in self.indicators.values())]
            raise ParameterError(f"未知指标 unknown indicator {name!r}", where="indicator", allowed=self.indicators, nearest=closest(name, names))
        return found

    @traced
    def plan(self, name: str) -> Plan:
        """Find a plan by id, number or title; ParameterError with the nearest otherwise."""
        found = self.plans.get(name) or next((p for p in self.plans.values() if name in (p.number, p.title, p.short)), None)
        if found is None and self.beyond is not None:
            return self.whole.plan(name)
        if found is None:
            raise ParameterError(f"未知文件 unknown plan {name!r}", where="plan", allowed=self.plans, nearest=self._nearest(name, self.plans))
        return found

    @traced
    def source(self, name: str) -> Source | None:
        """The source of this id, if there is one."""
        return self.sources.get(name)

    def scenario(self, name: str) -> Scenario:
        """Find a scenario by id or Chinese name; ParameterError with the nearest otherwise."""
        found = self.scenarios.get(name) or next((s for s in self.scenarios.values() if name == s.zh), None)
        if found is None:
            raise ParameterError(
                f"未知情景 unknown scenario {name!r}", where="scenario", allowed=self.scenarios, nearest=self._nearest(name, self.scenarios)
            )
        return found

    @staticmethod
    def _nearest(name: str, records: Mapping[str, Plan] | Mapping[str, Scenario]) -> str | None:
        """The id nearest to what was written, be it like an id, a name or a number."""
        words = {record.id: record.id for record in records.values()}
        for record in records.values():
            others = (record.zh,) if isinstance(record, Scenario) else (record.number, record.title, record.short)
            words.update({word: record.id for word in others if word})
        near = closest(name, words)
        return None if near is None else words[near]

    @traced
    def plans_for(self, region: str) -> tuple[Plan, ...]:
        """Plans of a region or that say something of it, oldest first."""
        return self.whole.plans_for(region) if region in self.unread else self._plans_of.get(region, ())

    @cached_property
    def _plans_of(self) -> dict[str, tuple[Plan, ...]]:
        spoken: dict[str, list[Plan]] = {}
        for plan in sorted(self.plans.values(), key=lambda p: (p.issued, p.id)):
            for region in {plan.region, *(s.region for s in plan.statements if s.region is not None)}:
                spoken.setdefault(region, []).append(plan)
        return {region: tuple(plans) for region, plans in spoken.items()}

    def measures(self, plans: Iterable[Plan] | None = None) -> tuple[Measure, ...]:
        """Measures in the order of the documents."""
        chosen = self.plans.values() if plans is None else plans
        return tuple(measure for plan in chosen for measure in plan.measures)

    def status(self, measure: Measure, as_of: int | None = None) -> MeasureStatus | None:
        """The newest entry of a measure's status, up to the end of the year `as_of`; of one day the later line counts."""
        entries = [s for s in self.statuses if s.key == measure.key and (as_of is None or s.date.year <= as_of)]
        return max(enumerate(entries), key=lambda item: (item[1].date, item[0]))[1] if entries else None

    @traced
    def statement(self, key: str) -> Statement:
        """Find a statement by ``plan/statement``."""
        known = self._statements
        if key not in known and self.beyond is not None:
            return self.whole.statement(key)
        if key not in known:
            raise ParameterError(f"未知表述 unknown statement {key!r}", where="target", allowed=known, nearest=closest(key, known))
        return known[key]

    @cached_property
    def _statements(self) -> dict[str, Statement]:
        return {s.key: s for s in self.statements()}

    def statements(self, plans: Iterable[Plan] | None = None) -> tuple[Statement, ...]:
        """Statements in the order of the documents."""
        chosen = self.plans.values() if plans is None else plans
        return tuple(statement for plan in chosen for statement in plan.statements)

    @traced
    def observed(self, region: str) -> tuple[Observation, ...]:
        """Every vintage of every observation of a region."""
        return self.whole.observed(region) if region in self.unread else self._by_region.get(region, ())

    @cached_property
    def _by_region(self) -> dict[str, tuple[Observation, ...]]:
        grouped: dict[str, list[Observation]] = {}
        for observation in self.observations:
            grouped.setdefault(observation.region, []).append(observation)
        return {region: tuple(rows) for region, rows in grouped.items()}

    @traced
    def series(self, region: str, indicator: str, as_of: int | None = None) -> Series:
        """The current vintage of a series, up to and including the year `as_of`."""
        vintages: dict[tuple[Period, str], list[Observation]] = {}
        for row in self.observed(region):
            if row.indicator == indicator and (as_of is None or row.period.year <= as_of):
                vintages.setdefault((row.period, row.basis), []).append(row)
        points, conflicting = [], set()
        # where one year has both, the basis that is asked for comes last and speaks
        known = self.indicators.get(indicator)
        asked = "at_end" if known is not None and known.kind in ("stock", "count") else "in_period"
        for (period, _), rows in sorted(vintages.items(), key=lambda item: (item[0][0], item[0][1] == asked)):
            newest = max(row.recorded for row in rows)
            current = [row for row in rows if row.recorded == newest]
            if len({(row.base_value, row.qualifier) for row in current}) > 1:
                conflicting.add(period)
            # of rows recorded on one day the surer one speaks; an overlay's row comes last and wins a tie
            points.append(max(enumerate(current), key=lambda item: (_CONFIDENCE[item[1].confidence], _STATUS[item[1].status], item[0]))[1])
        return Series(region, indicator, tuple(points), frozenset(conflicting))

    def known_on(self, day: dt.date) -> Registry:
        """The registry as it was known on a day: figures recorded, documents issued and statuses dated by then.

        What indicators mean, the regions and the scenarios carry no dates and stay as they are.
        """
        return replace(
            self,
            plans={name: plan for name, plan in self.plans.items() if plan.issued <= day},
            observations=tuple(row for row in self.observations if row.recorded <= day),
            statuses=tuple(entry for entry in self.statuses if entry.date <= day),
            day=day,
            beyond=None if self.beyond is None else lambda: self.whole.known_on(day),
        )

    @traced
    def indicators_observed(self, region: str) -> tuple[str, ...]:
        """The indicators of which a region has an observation, in order of their ids."""
        return tuple(sorted({row.indicator for row in self.observed(region)}))

    @traced
    def regions_with(self, indicator: str) -> tuple[str, ...]:
        """The codes of all regions that have an observation of an indicator, ascending; also of those that were not read."""
        return tuple(sorted({row.region for row in self.whole.observations if row.indicator == indicator}))

    @traced
    def vintages(self, region: str) -> tuple[dt.date, ...]:
        """The days on which figures of a region were recorded, ascending."""
        return tuple(sorted({row.recorded for row in self.observed(region)}))

    @traced
    def newest_year(self, region: str) -> int | None:
        """The newest year for which the region has an observation of any indicator; never the clock."""
        return max((row.period.year for row in self.observed(region)), default=None)


def _full_suffix(region: Region, short: str) -> str:
    """What the official name adds to a short one; counties are registered with theirs."""
    match region.level:
        case "province":
            return FULL.get(short, "省")
        case "prefecture":
            return "市"
    return ""
