"""Which breakdown speaks for a target: the stored ones, else equal steps; or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zhibiao.assessing.breakdown.judged import Judged, judge, judge_milestones
from zhibiao.assessing.breakdown.stored import milestones_of
from zhibiao.assessing.breakdown.years import Milestones, NotBroken, milestones
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.model.breakdown import Breakdown


@dataclass(frozen=True)
class Chosen:
    """A target with its milestones.

    Attributes
    ----------
    stored : Breakdown or None
        Where somebody decided on it; None where the milestones are equal steps that nobody decided on.
    milestones : Milestones or None
    reason : tuple of str
        Why there are none, Chinese and English.
    """

    statement: Statement
    stored: Breakdown | None
    milestones: Milestones | None
    reason: tuple[str, str] = ("", "")

    def judged(self, study: Study) -> tuple[Judged, ...]:
        """The milestones held against the figures; of a stored breakdown its districts as well."""
        if self.stored is not None:
            return judge(study, self.stored)
        return judge_milestones(study, self.milestones) if self.milestones is not None else ()


def chosen(study: Study, statements: Iterable[Statement]) -> tuple[Chosen, ...]:
    """The milestones of these targets, in their order; of a target with several stored breakdowns each, by id."""
    found: list[Chosen] = []
    for statement in statements:
        stored = sorted((b for b in study.registry.breakdowns.values() if b.statement == statement.key), key=lambda b: b.id)
        found += [Chosen(statement, one, milestones_of(study, one)) for one in stored]
        if stored:
            continue
        try:
            found.append(Chosen(statement, None, milestones(study, statement)))
        except NotBroken as refused:
            found.append(Chosen(statement, None, None, refused.reason))
    return tuple(found)
