"""Why a verdict is another one than it was: new or revised figures, a new target, a later year of knowledge, another governing document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from zhibiao.assessing.governing import governing
from zhibiao.assessing.standing import Standing, standing
from zhibiao.assessing.versions import Rule, changed_since
from zhibiao.catalogue.registry import Series
from zhibiao.catalogue.study import Study
from zhibiao.model import Observation, Period, Statement

REASONS = ("new_target", "new_data", "revised_data", "later_year", "governing")
"""What may have changed; a changed rule is said once for all targets."""


@dataclass(frozen=True)
class Change:
    """One target then and now.

    Attributes
    ----------
    before : Standing or None
        None where its document was not issued yet.
    reasons : tuple of str
        Codes of `REASONS` that hold for this target.
    decisive : tuple of str
        Those of them that alone account for the verdict: without this one it would be what it was.
    fresh : tuple of Observation
        Figures that were not known then.
    revised : tuple of (Observation, Observation)
        Figures then and now that differ.
    governed_before, governed_now : Statement or None
        The target that governed it then, and now.
    """

    now: Standing
    before: Standing | None
    reasons: tuple[str, ...] = ()
    decisive: tuple[str, ...] = ()
    fresh: tuple[Observation, ...] = ()
    revised: tuple[tuple[Observation, Observation], ...] = ()
    governed_before: Statement | None = None
    governed_now: Statement | None = None

    @property
    def turned(self) -> bool:
        """Whether verdict, evidence state or gap is another one."""
        return self.before is None or _said(self.before) != _said(self.now) or self.governed_before != self.governed_now


@dataclass(frozen=True)
class Changes:
    """What changed for all targets of a study since a day.

    Attributes
    ----------
    since : date
        The earlier day; what was recorded and issued by then was known.
    as_of, as_of_now : int
        Years of knowledge, of the earlier day and of the study.
    rules : tuple of Rule
        Rules of this project that changed since.
    """

    since: dt.date
    as_of: int
    as_of_now: int
    changes: tuple[Change, ...]
    rules: tuple[Rule, ...]

    @property
    def turned(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.turned)


def previous_vintage(study: Study) -> dt.date | None:
    """The day on which figures were recorded before the last such day; None where all are of one day."""
    days = study.registry.vintages(study.region.code)
    return days[-2] if len(days) > 1 else None


def compare(study: Study, since: dt.date) -> Changes:
    """Hold every target of the study against what was known of it on an earlier day, under the rules of today."""
    then = known_then(study, since)
    targets = _targets(study)
    earlier = {statement.key: statement for statement in _targets(then)}
    found = tuple(_change(study, then, target, targets, earlier) for target in targets)
    return Changes(since, then.as_of, study.as_of, found, changed_since(since))


def known_then(study: Study, since: dt.date) -> Study:
    """The same question on an earlier day: its documents, its figures, the newest year that was known."""
    registry = study.registry.known_on(since)
    newest = registry.newest_year(study.region.code)
    plans = tuple(plan for plan in study.plans if plan.id in registry.plans)
    return replace(study, registry=registry, plans=plans, as_of=min(study.as_of, since.year if newest is None else newest))


def _targets(study: Study) -> list[Statement]:
    return [s for s in study.statements("target") if s.repeats is None]


def _change(study: Study, then: Study, target: Statement, targets: list[Statement], earlier: Mapping[str, Statement]) -> Change:
    now = standing(study, target)
    if target.key not in earlier:
        return Change(now, None, ("new_target",), ("new_target",))
    before = standing(then, target)
    old, new = then.series(target.indicator), study.series(target.indicator)
    fresh, revised = _differences(old, new)
    rule_then, rule_now = governing(then.registry, target, list(earlier.values())), governing(study.registry, target, targets)
    governed = rule_then.governing if rule_then else None, rule_now.governing if rule_now else None
    holds = {"new_data": bool(fresh), "revised_data": bool(revised), "later_year": study.as_of != then.as_of, "governing": governed[0] != governed[1]}
    reasons = tuple(code for code in REASONS if holds.get(code))
    decisive = _decisive(study, then, before, now, old, new) if _said(before) != _said(now) else ()
    return Change(now, before, reasons, decisive, fresh, revised, *governed)


def _differences(old: Series, new: Series) -> tuple[tuple[Observation, ...], tuple[tuple[Observation, Observation], ...]]:
    """Figures that are new, and pairs of figures that say something else than they did."""
    known = {_place(point): point for point in old.points}
    fresh = tuple(point for point in new.points if _place(point) not in known)
    pairs = ((known[_place(point)], point) for point in new.points if _place(point) in known)
    return fresh, tuple((was, now) for was, now in pairs if _figure(was) != _figure(now))


def _decisive(study: Study, then: Study, before: Standing, now: Standing, old: Series, new: Series) -> tuple[str, ...]:
    """Which change accounts for the verdict by itself: without it the old one stands, or, of a later year, with it alone the new one."""
    known = {_place(point): point for point in old.points}
    without = {
        "new_data": replace(new, points=tuple(point for point in new.points if _place(point) in known)),
        "revised_data": replace(new, points=tuple(known.get(_place(point), point) for point in new.points), conflicting=old.conflicting),
    }

    def verdict(stands: Standing) -> str:
        return stands.verdict if before.verdict != now.verdict else stands.state

    if verdict(before) == verdict(now):
        return ()
    found = [code for code, series in without.items() if verdict(standing(study, now.statement, series=series)) == verdict(before)]
    if study.as_of != then.as_of and verdict(standing(study, now.statement, series=old)) == verdict(now):
        found.append("later_year")
    return tuple(found)


def _place(point: Observation) -> tuple[Period, str]:
    return point.period, point.basis


def _figure(point: Observation) -> tuple[object, ...]:
    return point.base_value, point.qualifier, point.confidence, point.status


def _said(stands: Standing) -> tuple[object, ...]:
    return stands.verdict, stands.state, stands.met, stands.gap
