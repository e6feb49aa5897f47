"""Whether the documents agree. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.assessing.reconcile import Reconciliation
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Agreement(Answers):
    """Whether the documents agree."""

    @cached_property
    def reconciled(self) -> tuple[Reconciliation, ...]:
        from zhibiao.assessing.reconcile import reconcile

        return reconcile(self.study)

    def agreement(self, *, targets_only: bool = False) -> Sentences:
        """Where documents differ, which governs and what that does to the gap, in sentences; perhaps of targets alone."""
        from zhibiao.showing import reconcile_tables

        return reconcile_tables.findings(self.study, self.reconciled, targets_only=targets_only)

    def differences(self) -> Table:
        """Every pair of statements on one indicator."""
        from zhibiao.showing import reconcile_tables

        return reconcile_tables.differences(self.study, self.reconciled)

    def gap_effects(self) -> Table:
        """What the choice of target does to the gap."""
        from zhibiao.showing import reconcile_tables

        return reconcile_tables.effects(self.study, self.reconciled)

    def within_levels_above(self) -> Table:
        """The region's share of the levels above it, or why there is none."""
        from zhibiao.assessing import rollup
        from zhibiao.showing import rollup_tables

        return rollup_tables.shares(self.study, rollup.shares(self.study))

    def sums_below(self) -> Table:
        """The regions below added up."""
        from zhibiao.assessing import rollup
        from zhibiao.showing import rollup_tables

        return rollup_tables.sums(self.study, rollup.sums(self.study))
