"""Whether targets hold together, and what reaches them. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.scenarios import Scenarios

if TYPE_CHECKING:
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.feasibility_tables import Found
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Feasibility(Scenarios):
    """Whether targets hold together, and what reaches them."""

    @cached_property
    def held(self) -> tuple[Found, ...]:
        """Every set of targets that the documents put side by side, held against the pipe and against each other."""
        from zhibiao.simulating.demands import target_sets
        from zhibiao.simulating.feasibility import feasibility
        from zhibiao.simulating.relaxing import relaxing

        study, base = self.study, self.ground
        return tuple((feasibility(study, one, base), relaxing(study, one, base)) for one in target_sets(study))

    def feasible_map(self) -> Chart | Sentences:
        """Intake across, retention upwards, one panel a programme length: where the targets hold."""
        from zhibiao.showing import feasibility_pictures

        chart = feasibility_pictures.maps(self.study, [found for found, _ in self.held], self.ground)
        return chart or self._sentence(
            "没有可放在一起看的招生与在校生目标，或没有同一年的两个数，不作图；不能评估，也就不能说可行。",
            "No targets of intake and enrolment to hold together, or no year with both figures: no map; not assessable, so never feasible.",
        )

    def binding(self) -> Table:
        """All targets of the pipe at once: what each has left, which binds, how far each lever may give way."""
        from zhibiao.showing import feasibility_tables
        from zhibiao.simulating.feasibility import feasibility

        asked = tuple({d.key: d for found, _ in self.held for d in found.asked}.values())
        return feasibility_tables.binding(self.study, feasibility(self.study, asked, self.ground))

    def contradictions(self) -> Sentences:
        """Which sets of targets hold together, which contradict each other, and how two figures for one thing are to be read."""
        from zhibiao.showing import feasibility_tables
        from zhibiao.simulating.demands import demand_of, main_targets

        return feasibility_tables.contradictions(self.study, self.held, [demand_of(self.study, s) for s in main_targets(self.study)])

    def relaxations(self) -> Table:
        """What would have to give way, and by how much, where targets contradict each other."""
        from zhibiao.showing import feasibility_tables

        return feasibility_tables.relaxations(self.study, self.held)

    def solutions(self, chance: float | None = 0.8) -> Table:
        """Which levers reach each set of targets with a chance."""
        from zhibiao.showing import solution_tables
        from zhibiao.simulating.problem import direction
        from zhibiao.simulating.solving import solve

        assessable = [found.demands for found, _ in self.held if not found.lacking and found.demands]
        mixed = [asked for asked in assessable if direction(asked) is None]
        answers = [solve(self.study, asked, self.ground, chance=chance) for asked in assessable if asked not in mixed]
        return solution_tables.solutions(self.study, answers, mixed)

