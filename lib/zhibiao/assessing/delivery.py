"""Who does what and how far it has come: measures, the units that answer for them, their deadlines and the targets they serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.assessing.standing import Standing, standing
from zhibiao.catalogue.study import Study
from zhibiao.model import Measure, MeasureStatus, Plan, Statement

STAGES = ("not_started", "in_progress", "done", "stopped", "unreported")
"""What a status file says of a measure; ``unreported`` where it says nothing, which never counts as done."""


@dataclass(frozen=True)
class Task:
    """A measure and how it stands at `as_of`.

    Attributes
    ----------
    status : MeasureStatus or None
        The newest entry up to as_of; None where nothing was reported.
    deadline : int
        The last year of the measure's own period, else of the plan.
    own_deadline : bool
        Whether the document gives the measure a period of its own.
    over : bool
        The deadline has passed at as_of.
    targets : tuple of Standing
        Where the targets stand that the measure serves.
    indicators : tuple of str
        Ids of the indicators of every statement it is linked to, targets or not.
    """

    measure: Measure
    plan: Plan
    status: MeasureStatus | None
    deadline: int
    own_deadline: bool
    over: bool
    targets: tuple[Standing, ...]
    indicators: tuple[str, ...]

    @property
    def stage(self) -> str:
        return self.status.status if self.status else "unreported"

    @property
    def late(self) -> bool:
        """The deadline has passed and nobody said that it is done."""
        return self.over and self.stage != "done"

    @property
    def owners(self) -> tuple[str, ...]:
        """All units named, those in charge first, each once."""
        return tuple(dict.fromkeys((*self.measure.lead, *self.measure.responsible)))

    def leads(self, unit: str) -> bool:
        return unit in self.measure.lead


@dataclass(frozen=True)
class UnitView:
    """A unit and the measures it answers for, those it is in charge of first, each group by deadline."""

    unit: str
    tasks: tuple[Task, ...]

    @property
    def led(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.leads(self.unit))

    @property
    def late(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.late)


@dataclass(frozen=True)
class Delivery:
    """The measures of a region's own documents.

    Attributes
    ----------
    tasks : tuple of Task
        In the order of the documents.
    unserved : tuple of Statement
        Targets of these documents that no measure serves.
    later : tuple of MeasureStatus
        Entries of status files dated after as_of, which are not looked at.
    """

    tasks: tuple[Task, ...]
    unserved: tuple[Statement, ...]
    later: tuple[MeasureStatus, ...]

    @property
    def late(self) -> tuple[Task, ...]:
        """Those whose deadline has passed and that nobody called done, the earliest deadline first."""
        return tuple(sorted((task for task in self.tasks if task.late), key=lambda task: task.deadline))

    @property
    def without_indicator(self) -> tuple[Task, ...]:
        """Nothing the measure is linked to can be counted."""
        return tuple(task for task in self.tasks if not task.indicators)

    @property
    def without_owner(self) -> tuple[Task, ...]:
        """The document names no unit."""
        return tuple(task for task in self.tasks if not task.owners)

    @property
    def unreported(self) -> tuple[Task, ...]:
        """No status file says anything of the measure."""
        return tuple(task for task in self.tasks if task.stage == "unreported")

    @property
    def units(self) -> tuple[UnitView, ...]:
        """Every unit with its measures; the units with most to answer for first, of equals the one named first."""
        names = dict.fromkeys(unit for task in self.tasks for unit in task.owners)
        views = [UnitView(unit, _ordered(unit, [task for task in self.tasks if unit in task.owners])) for unit in names]
        return tuple(sorted(views, key=lambda view: (-len(view.led), -len(view.tasks))))


def delivery(study: Study) -> Delivery:
    """Gather the measures of the study's documents that are the region's own; measures of a level above are that level's to deliver."""
    plans = [plan for plan in study.plans if plan.region == study.region.code]
    tasks = tuple(_task(study, plan, measure) for plan in plans for measure in plan.measures)
    served = {(task.plan.id, name) for task in tasks for name in task.measure.statements}
    unserved = tuple(
        s
        for plan in plans
        if plan.measures
        for s in plan.statements
        if s.kind == "target" and s.repeats is None and (plan.id, s.id) not in served
    )
    keys = {task.measure.key for task in tasks}
    later = tuple(s for s in study.registry.statuses if s.key in keys and s.date.year > study.as_of)
    return Delivery(tasks, unserved, later)


def _task(study: Study, plan: Plan, measure: Measure) -> Task:
    linked = [s for s in plan.statements if s.id in measure.statements]
    deadline = (measure.period or plan.period).end
    return Task(
        measure,
        plan,
        study.registry.status(measure, study.as_of),
        deadline,
        measure.period is not None,
        study.as_of >= deadline,
        # a target of another region, a county's in a city's plan, is judged by that region's figures in its own report
        tuple(standing(study, s) for s in linked if s.kind == "target" and s.region == study.region.code),
        tuple(dict.fromkeys(s.indicator for s in linked)),
    )


def _ordered(unit: str, tasks: Sequence[Task]) -> tuple[Task, ...]:
    return tuple(sorted(tasks, key=lambda task: (not task.leads(unit), task.deadline)))
