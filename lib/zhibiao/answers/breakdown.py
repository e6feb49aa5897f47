"""Targets broken down and how their milestones stand. Each answer imports what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers
from zhibiao.errors import ParameterError

if TYPE_CHECKING:
    from zhibiao.assessing.breakdown.chosen import Chosen
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Breakdowns(Answers):
    """Targets broken down into years, and over districts or schools."""

    def milestones(self, statement: str | None = None) -> Table:
        """Milestones of one target (``plan/statement``), or of the main ones: as stored, else in equal steps."""
        from zhibiao.showing import breakdown_tables

        return breakdown_tables.milestones(self.study, self._broken_down(statement))

    def milestones_judged(self) -> Table:
        """Milestones of the main targets that are due, held against the figures."""
        from zhibiao.showing import breakdown_tables

        return breakdown_tables.judged(self.study, self._broken_down(None))

    def milestone_chart(self, indicator: str) -> Chart | Sentences:
        """Milestones of an indicator's target against its figures; a sentence where it has none."""
        from zhibiao.showing import breakdown_chart

        s = self.study
        found = s.indicator(indicator)
        mine = [one for one in self._broken_down(None) if one.statement.indicator == found.id]
        drawn = next((one for one in mine if one.stored is not None), next((one for one in mine if one.milestones is not None), None))
        if drawn is not None:
            return breakdown_chart.milestone_chart(s, drawn)
        if mine:
            zh, en = mine[0].reason
            return self._sentence(f"{found.zh}：目标没有分解到年，{zh}。", f"{found.en}: its target is not broken down into years, {en}.")
        return self._sentence(f"{found.zh}：所选文件没有把它列为主要目标。", f"{found.en}: no chosen document makes it a main target.")

    def _broken_down(self, statement: str | None) -> tuple[Chosen, ...]:
        """One target; or the main ones and those of which a breakdown is stored."""
        from zhibiao.assessing.breakdown.chosen import chosen
        from zhibiao.showing.statement_tables import headline

        if statement is not None:
            found = self.study.registry.statement(statement)
            if found.region != self.study.region.code:
                raise ParameterError(f"{statement} 是别的地区的目标 is a target of another region", where="statement", allowed=[self.study.region.code])
            return chosen(self.study, [found])
        targets = [s for s in self.study.statements("target") if s.repeats is None and s.scope != "standing"]
        stored = {found.statement for found in self.study.registry.breakdowns.values()}
        first = {s.key for s in headline(self.study)} or {s.key for s in targets}
        return chosen(self.study, [s for s in targets if s.key in first or s.key in stored])
