"""Where an indicator lands. Each answer imports what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Landing(Answers):
    """Where an indicator lands."""

    def trajectory(self, indicator: str) -> Chart | Sentences:
        """Fan of one indicator with its targets; a sentence where nothing is known of it."""
        from zhibiao.showing import pictures

        s = self.study
        found = s.indicator(indicator)
        if not s.series(found.id).annual:
            asked = any(row.statement.indicator == found.id and row.standing.missing for row in self.rows)
            return self._sentence(
                f"{found.zh}：登记库中没有{s.region.zh}的数据，不作图" + ("；已列入数据需求清单。" if asked else "。"),
                f"{found.en}: the registry holds no figure of {s.region.en}" + ("; it is among the figures asked for." if asked else "."),
            )
        known = s.series(found.id).annual
        if found.id not in self.simulation.fans and len(known) == 1:
            from zhibiao.showing.gap_tables import observed_text

            told = observed_text(known[0], pictures.display_unit(s, found), s.lang, named=True)
            return self._sentence(
                f"{found.zh}：只知道{told}，不足以作图，也不足以推断。", f"{found.en}: only {told} is known, too little for a chart or a projection."
            )
        return pictures.trajectory(s, found, self.simulation, self.references, self.rows)

    def cumulative(self, indicator: str) -> Chart | Sentences:
        """Running total of a cumulative target against an even pace; a sentence where no document sets one."""
        from zhibiao.showing import pictures

        s = self.study
        found = s.indicator(indicator)
        row = next((r for r in reversed(self.rows) if r.statement.indicator == found.id and r.statement.scope == "cumulative"), None)
        if row is None:
            return self._sentence(
                f"{found.zh}：所选文件没有给{s.region.zh}定下累计目标。", f"{found.en}: no chosen document sets a cumulative target for {s.region.en}."
            )
        return pictures.running_total(s, row)

    def reference(self, indicator: str) -> Chart | Sentences:
        """How far series like this one really moved; a sentence where no class of counts stands behind the indicator."""
        from zhibiao.showing import moves_chart
        from zhibiao.showing.citing import named

        s = self.study
        found = s.indicator(indicator)
        behind = self.references.get(str(found.reference))
        if behind is None or behind.scale != "log":
            return self._sentence(f"{found.zh}：没有可画的参照类。", f"{found.en}: no reference class to draw.")
        sources = [known.title for name in behind.entry.sources[:3] if (known := s.registry.source(name))]
        return moves_chart.moves(behind, s.lang, s.words(f"来源：{named(s, sources)}等。", f"Sources: {named(s, sources)} and others."))

    def projections(self) -> Table:
        """All fans at the horizon."""
        from zhibiao.showing import flow_tables

        return flow_tables.projections(self.study, self.simulation)

    def trajectory_basis(self) -> Table:
        """What each fan rests on, with its measured coverage."""
        from zhibiao.showing import trajectory_tables

        return trajectory_tables.basis(self.study, self.simulation, self.references)

    def not_projected(self) -> Sentences:
        """Which indicators have no fan, and why."""
        from zhibiao.showing import trajectory_tables

        return trajectory_tables.refusals(self.study, self.simulation, self.references)
