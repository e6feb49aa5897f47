"""What follows for the next plan. Each answer imports what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class NextPlan(Answers):
    """What follows for the next plan."""

    def next_levels(self) -> Table:
        """Which levels hold at the horizon with 90, 70 and 50 % chance."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.levels(self.study, self.simulation)

    def next_totals(self) -> Table:
        """Which totals of flows hold over the five years to the horizon."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.totals(self.study, self.simulation)

    def comparable_changes(self) -> Table:
        """How much comparable series moved in five years."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.comparable(self.study, self.simulation, self.references)

    def next_pairs(self) -> Table | Sentences:
        """Intake and enrolment that fit each other at the horizon."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.pipe(self.study, self.simulation)

    def looked_back(self) -> Sentences:
        """How the targets of each document ended."""
        from zhibiao.showing import outcome_tables

        return outcome_tables.looked_back(self.study, self.rows)

    def outcomes(self) -> Table:
        """Ended targets of which anything was reported."""
        from zhibiao.showing import outcome_tables

        return outcome_tables.outcomes(self.study, self.rows)
