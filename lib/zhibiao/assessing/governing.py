"""Which of two targets governs, and why: the one rule for the gap table, the reconciliation and whoever else must choose.

Two targets are rivals where they are set by different documents for the same indicator, of the same things, for years that overlap.
Of rivals the one of the higher level governs (nation, province, prefecture, county), of one level what a government issued over what
its departments issued, then the later one, then the one that more departments issued jointly. Where nothing of this differs, neither
governs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from zhibiao.catalogue.registry import Registry
from zhibiao.model import Plan, Region, Statement

REASONS = ("higher_level", "government", "issued_later", "issued_jointly")
"""Why one document governs another; the first that tells them apart decides, those after it only support it."""

LEVELS: tuple[str, ...] = get_args(Region.model_fields["level"].annotation)
"""From the nation down."""

GOVERNMENT = re.compile(r"(国务院|人民政府)(办公厅|办公室)?$|^中共")
"""Issuers that stand above the departments of their level."""


@dataclass(frozen=True)
class Ruling:
    """The target that governs another one, and why."""

    governing: Statement
    reasons: tuple[str, ...]


def governing(registry: Registry, statement: Statement, targets: Sequence[Statement]) -> Ruling | None:
    """Find among `targets` the one that governs `statement`; None where it stands by itself."""
    above = [other for other in targets if rivals(statement, other) and outranks(registry, other, statement)]
    if not above:
        return None

    def rank(other: Statement) -> tuple[object, ...]:
        # of one document the target of the same last year speaks first
        return (*_precedence(registry, registry.plans[other.plan]), other.horizon == statement.horizon)

    chosen = max(above, key=rank)
    return Ruling(chosen, outranks(registry, chosen, statement))


def outranks(registry: Registry, one: Statement, other: Statement) -> tuple[str, ...]:
    """Why `one` governs `other`: codes of `REASONS`, the deciding one first; empty where it does not."""
    mine, theirs = (_precedence(registry, registry.plans[s.plan]) for s in (one, other))
    if mine <= theirs:
        return ()
    return tuple(reason for reason, a, b in zip(REASONS, mine, theirs, strict=True) if a > b)


def rivals(one: Statement, other: Statement) -> bool:
    """Whether two targets of different documents ask different things of the same thing in the same years."""
    return one.plan != other.plan and one.indicator == other.indicator and overlap(one, other) and restriction(one) == restriction(other)


def overlap(one: Statement, other: Statement) -> bool:
    """Whether two statements share a year; rules without a horizon share theirs with each other only."""
    if one.period is None or other.period is None:
        return one.period is other.period
    return one.period.start <= other.period.end and other.period.start <= one.period.end


def restriction(statement: Statement) -> str | None:
    """What a statement is limited to, as its note says it: notes that begin with 限 (限国家级, 限对标世赛标准).

    Returns
    -------
    str or None
        The limit without 限; None where the statement speaks of all there is of its indicator.
    """
    found = re.match(r"限([^，。；,;]+)", statement.note or "")
    return found[1].strip() if found else None


def _precedence(registry: Registry, plan: Plan) -> tuple[int, bool, int, int]:
    level = LEVELS.index(registry.regions[plan.region].level)
    issuer = any(GOVERNMENT.search(name) for name in plan.issuer)
    return (-level, issuer, plan.issued.toordinal(), len(plan.issuer))
