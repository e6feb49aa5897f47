"""Do the documents agree: which of them speak of an indicator, how they differ, which governs, and what that does to the gap."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from zhibiao.assessing.governing import governing, overlap, restriction
from zhibiao.assessing.semantics import ABOUT, condition
from zhibiao.assessing.standing import Standing, standing
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Plan, Statement

RELATIONS = (
    "raised", "lowered", "stricter", "looser", "restated", "same_value_other_unit", "range_vs_number", "other_reckoning", "other_period",
    "other_level", "other_scope", "progress", "reached", "figures_agree", "figures_differ",
)  # fmt: skip
"""How a later statement relates to an earlier one. The first six compare the numbers, of which one is said at most of stricter, looser
and restated; ``other_reckoning`` (a sum against a value of one year) means that they cannot be compared. ``progress`` and ``reached``
lead from what one document reports to what another asks for; the last two compare two reports of one year."""

CONTRADICTIONS = frozenset({"raised", "lowered", "stricter", "looser", "range_vs_number", "other_reckoning", "figures_differ"})
"""What a planner has to decide about; the rest says the same or tells of another thing."""

STRICTNESS = {"gt": 2, "lt": 2, "ge": 1, "le": 1, "eq": 1, "between": 1, "about": 0}


@dataclass(frozen=True)
class Difference:
    """Two statements on one indicator.

    Attributes
    ----------
    earlier, later : Statement
        By date of issue; of one document in its order. What is achieved stands before what is asked for.
    relations : tuple of str
        Codes of `RELATIONS`.
    change : Decimal or None
        The later number less the earlier one at the end that binds, base units; None where the two are not reckoned alike.
    governs : Statement or None
        The one that governs; None where neither does (different things, the same document, a report).
    reasons : tuple of str
        Why, codes of `zhibiao.assessing.governing.REASONS`.
    standings : tuple of Standing, optional
        Where the two targets stand; empty unless both are targets.
    gaps : tuple of (float or None), optional
        The gap by each of the two, base units: from its standing, or, where no figure and no starting value of its own document says
        anything, against what the other document reports.
    """

    earlier: Statement
    later: Statement
    relations: tuple[str, ...]
    change: Decimal | None
    governs: Statement | None = None
    reasons: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()
    gaps: tuple[float | None, ...] = ()

    @property
    def contradicts(self) -> bool:
        """Whether the two differ in more than their wording, their period or their unit."""
        return bool(CONTRADICTIONS & set(self.relations))

    @property
    def gap_change(self) -> float | None:
        """What the gap becomes larger (or smaller) by when the governing target is taken, or else the later one; base units."""
        if len(self.gaps) != 2:
            return None
        before, after = self.gaps if self.governs is not self.earlier else reversed(self.gaps)
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Reconciliation:
    """An indicator on which several statements meet."""

    indicator: Indicator
    plans: tuple[Plan, ...]
    """The documents that speak, by date of issue."""
    differences: tuple[Difference, ...]

    @property
    def contradicts(self) -> bool:
        return any(difference.contradicts for difference in self.differences)


def reconcile(study: Study) -> tuple[Reconciliation, ...]:
    """Compare what the study's documents say of its region, indicator by indicator, in the order of the documents.

    Targets are compared with each other, a report of one document with a target of another, and two reports of the same year. Within
    one document only targets that contradict each other for the same years are told.
    """
    grouped: dict[str, list[Statement]] = {}
    for statement in study.statements():
        if statement.repeats is None:
            grouped.setdefault(statement.indicator, []).append(statement)
    found = []
    for name, statements in grouped.items():
        indicator = study.indicator(name)
        differences = tuple(_differences(study, indicator, statements))
        if differences:
            plans = dict.fromkeys(s.plan for s in statements)
            found.append(Reconciliation(indicator, tuple(study.registry.plans[plan] for plan in plans), differences))
    return tuple(found)


def _differences(study: Study, indicator: Indicator, statements: Sequence[Statement]) -> Iterator[Difference]:
    targets = [s for s in statements if s.kind == "target"]
    reports = [s for s in statements if s.kind != "target" and s.period is not None]
    stands: dict[str, Standing] = {}
    gaps: dict[str, float | None] = {}
    for earlier, later in itertools.combinations(targets, 2):
        relations, change = compare(earlier, later, indicator)
        if earlier.plan == later.plan and not _contradict_within(earlier, later, relations):
            continue
        pair = (earlier, later)
        for target in (t for t in pair if t.key not in stands):
            stands[target.key] = standing(study, target)
            gaps[target.key] = _gap(stands[target.key], reports)
        ruled, reasons = _ruling(study, earlier, later)
        known, missing = tuple(stands[t.key] for t in pair), tuple(gaps[t.key] for t in pair)
        yield Difference(earlier, later, relations, change, ruled, reasons, known, missing)
    for target in targets:
        for report in _newest(r for r in reports if r.plan != target.plan and _leads_to(r, target)):
            code = "reached" if _reached(report, target, indicator) else "progress"
            yield Difference(report, target, (code,), _number(target, indicator) - _number(report, indicator))
    for earlier, later in itertools.combinations(reports, 2):
        if earlier.plan != later.plan and earlier.period == later.period and _reckoning(earlier) == _reckoning(later):
            change = _number(later, indicator) - _number(earlier, indicator)
            yield Difference(earlier, later, ("figures_differ" if change else "figures_agree",), change)


def _gap(stands: Standing, reports: Sequence[Statement]) -> float | None:
    """The gap of a target; where its own document and the figures are silent, against what another document reports."""
    target = stands.statement
    if stands.gap is not None or stands.latest is not None or _reckoning(target) == "sum":
        return stands.gap
    for report in _newest(r for r in reports if _leads_to(r, target)):
        value = np.array([float(_number(report, stands.indicator))])
        return float(condition(target, stands.indicator).gap(value)[0])
    return None


def compare(earlier: Statement, later: Statement, indicator: Indicator) -> tuple[tuple[str, ...], Decimal | None]:
    """How a later target relates to an earlier one: codes of `RELATIONS`, and the change of the number at the end that binds.

    A number is compared where both are values of a year, both sums or both means; units do not matter. ``raised`` and ``lowered``
    speak of the number, whichever way is better.
    """
    codes: list[str] = []
    change = None
    if _reckoning(earlier) != _reckoning(later):
        codes.append("other_reckoning")
    else:
        change = _number(later, indicator) - _number(earlier, indicator)
        codes.extend(_numbers(earlier, later, indicator, change))
    asked, then = condition(earlier, indicator), condition(later, indicator)
    if (asked.start, asked.end) != (then.start, then.end):
        codes.append("other_period")
    limits = [restriction(s) or "" for s in (earlier, later)]
    if limits[0] != limits[1]:
        codes.append("other_level" if any(re.search("(国家|省|市|区|县)级", limit) for limit in limits) else "other_scope")
    return tuple(codes), change


def _numbers(earlier: Statement, later: Statement, indicator: Indicator, change: Decimal) -> Iterator[str]:
    ranges = [s.comparator == "between" for s in (earlier, later)]
    if change == 0 and all(ranges):
        # the ends that do not bind still tell a reader that the range moved
        change = _number(later, indicator, binding=False) - _number(earlier, indicator, binding=False)
    if change:
        yield "raised" if change > 0 else "lowered"
    elif STRICTNESS[earlier.comparator] != STRICTNESS[later.comparator]:
        yield "stricter" if STRICTNESS[later.comparator] > STRICTNESS[earlier.comparator] else "looser"
    elif ranges[0] == ranges[1] and earlier.written_unit.written == later.written_unit.written:
        yield "restated"
    if not change and earlier.written_unit.written != later.written_unit.written:
        yield "same_value_other_unit"
    if ranges[0] != ranges[1]:
        yield "range_vs_number"


def _ruling(study: Study, earlier: Statement, later: Statement) -> tuple[Statement | None, tuple[str, ...]]:
    for one, other in ((later, earlier), (earlier, later)):
        ruling = governing(study.registry, other, [one])
        if ruling is not None:
            return ruling.governing, ruling.reasons
    return None, ()


def _contradict_within(earlier: Statement, later: Statement, relations: Sequence[str]) -> bool:
    return overlap(earlier, later) and not {"other_period", "other_level", "other_scope", "other_reckoning"} & set(relations) and bool(
        CONTRADICTIONS & set(relations)
    )


def _reckoning(statement: Statement) -> str:
    """What a number counts: all of a period, the mean of one, or the value of a year."""
    return "sum" if statement.scope == "cumulative" else "mean" if statement.mean else "value"


def _number(statement: Statement, indicator: Indicator, *, binding: bool = True) -> Decimal:
    """The end of the statement that binds, as written and in base units: the lower one unless less is better."""
    first, second = statement.base_low, statement.base_high
    if (indicator.direction == "down") is binding:
        first, second = second, first
    number = first if first is not None else second
    assert number is not None
    return number


def _leads_to(report: Statement, target: Statement) -> bool:
    """Whether a report says where a target of another document starts: reckoned alike, of the same things, of an earlier year."""
    before = target.horizon is None or (report.horizon is not None and report.horizon < target.horizon)
    return before and _reckoning(report) == _reckoning(target) and restriction(report) == restriction(target)


def _newest(reports: Iterable[Statement]) -> list[Statement]:
    """The newest report; of one year the one that a document sets out as the start, then the first."""
    ordered = sorted(reports, key=lambda r: (-(r.horizon or 0), r.kind != "baseline"))
    return ordered[:1]


def _reached(report: Statement, target: Statement, indicator: Indicator) -> bool:
    """Whether what was reported already satisfies the target, whatever the report leaves open."""
    low, high = report.base_low, report.base_high
    if report.comparator == "about" and low is not None and high is not None:
        low, high = low * (1 - ABOUT), high * (1 + ABOUT)
    lowest = low if low is not None else indicator.lower
    highest = high if high is not None else indicator.upper
    ends = (float("-inf") if lowest is None else float(lowest), float("inf") if highest is None else float(highest))
    return condition(target, indicator).verdict(*ends, report.comparator == "gt") is True
