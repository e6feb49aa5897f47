"""What if: scenarios side by side, what follows from them, which lever moves what. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table
    from zhibiao.simulating.comparing import Comparison
    from zhibiao.simulating.sensitivity import Tornado


class Scenarios(Answers):
    """What if."""

    @cached_property
    def compared(self) -> Comparison:
        from zhibiao.simulating.comparing import compare

        return compare(self.study, base=self.ground)

    @cached_property
    def turned(self) -> Tornado | None:
        from zhibiao.simulating.sensitivity import tornado

        return tornado(self.study, self.ground)

    def scenario_settings(self) -> Table:
        """What each scenario sets, and on whose word."""
        from zhibiao.showing import scenario_settings

        return scenario_settings.settings(self.study, self.compared)

    def comparison(self) -> Table:
        """Intake, enrolment, graduates and losses at the horizon under every scenario."""
        from zhibiao.showing import scenario_tables

        return scenario_tables.comparison(self.study, self.compared)

    def scenario_chances(self) -> Table:
        """The chance of each main target under every scenario."""
        from zhibiao.showing import scenario_tables

        return scenario_tables.chances(self.study, self.compared)

    def small_multiples(self) -> Chart | Sentences:
        """Enrolment under every scenario, one panel each."""
        from zhibiao.showing import scenario_pictures
        from zhibiao.showing.no_pipe import no_pipe

        drawn = scenario_pictures.small_multiples(self.study, self.compared)
        if drawn is not None:
            return drawn
        told = no_pipe(self.study, "不作图", "nothing to draw")
        return self._sentence(told, told)

    def what_follows(self) -> Table:
        """Graduates, those in work, training, teachers and places year by year under the report's scenario."""
        from zhibiao.showing import scenario_tables
        from zhibiao.simulating.outcomes import outcomes
        from zhibiao.simulating.scenario import simulate

        return scenario_tables.outcomes(self.study, outcomes(self.study, simulate(self.study, self.ground)))

    def tornado(self) -> Chart | Sentences:
        """What each lever alone does to enrolment."""
        from zhibiao.showing import sensitivity_tables

        return sensitivity_tables.picture(self.study, self.turned)

    def sensitivity(self) -> Table:
        """The range of each lever, what it rests on, and its share when all move at once."""
        from zhibiao.showing import sensitivity_tables
        from zhibiao.simulating.sensitivity import sobol

        return sensitivity_tables.table(self.study, self.turned, sobol(self.study, self.ground))

    def at_risk(self) -> Sentences:
        """Which lever moves which target, and which target is most at risk."""
        from zhibiao.showing import sensitivity_tables

        first = {row.statement.key for row in self.main_rows}
        base = next((case for case in self.compared.cases if case.scenario.id == "baseline"), None)
        rows = self.main_rows if base is None else [row for row in base.rows if row.statement.key in first]
        return sensitivity_tables.at_risk(self.study, self.turned, self.compared, rows)
