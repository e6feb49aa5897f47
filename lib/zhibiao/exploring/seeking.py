"""“Solve for this target” on the screen: which target, how sure, and the answers to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import ipywidgets as widgets

from zhibiao.catalogue.study import Study
from zhibiao.errors import ZhibiaoError
from zhibiao.exploring import telling
from zhibiao.exploring.markup import paragraph, said
from zhibiao.exploring.scene import Scene
from zhibiao.model import LEVERS, Override
from zhibiao.showing.gap_tables import chance_text
from zhibiao.showing.numbers import in_unit
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.simulating.demands import Demand, demand_of
from zhibiao.simulating.solutions import Answer, Solution
from zhibiao.simulating.solving import solve

CHANCES: tuple[float | None, ...] = (0.5, 0.8, 0.9, None)
USUAL = 0.8

Found = Callable[[Sequence[Override]], None]


class Seeker:
    """Widgets that ask `solve`; `found` is told the levers of the answer that is chosen."""

    def __init__(self, found: Found) -> None:
        self.found, self.quiet = found, False
        self.scene: Scene | None = None
        self.answers: tuple[Solution, ...] = ()
        self.demand: Demand | None = None
        self.title, self.told = widgets.HTML(), widgets.HTML()
        self.told.add_class("spoken")
        self.target, self.chance = (widgets.Dropdown(layout={"width": "min(100%, 330px)"}) for _ in range(2))
        self.go = widgets.Button()
        self.choice = widgets.RadioButtons(options=[], layout={"display": "none", "width": "100%"})
        self.choice.add_class("zb-answers")
        self.root = widgets.VBox([self.title, self.target, self.chance, self.go, self.told, self.choice])
        self.go.on_click(self._asked)
        self.choice.observe(self._chosen, "value")

    def show(self, scene: Scene) -> None:
        """Offer the targets of a scene, in its language."""
        s, kept = scene.study, self.target.value
        self.scene = scene
        self.title.value = f"<h3>{s.words('反推', 'Solve for a target')}</h3>"
        options = [(_name(s, target.statement), target.key) for target in scene.targets]
        self.target.options = options
        if options:
            self.target.value = kept if any(key == kept for _, key in options) else options[0][1]
        sure = self.chance.value if self.chance.options else USUAL
        self.chance.options = [(_sure(s.lang, chance), chance) for chance in CHANCES]
        self.chance.value = sure
        self.target.description, self.chance.description = s.words("目标", "Target"), s.words("把握", "Chance")
        self.go.description, self.go.tooltip = s.words("求解", "Solve"), s.words("求达到该目标的最小变动", "find the least change that reaches the target")
        self.choice.description = s.words("方案", "Answers")
        self.root.layout.display = None if options else "none"
        self.clear()

    def clear(self) -> None:
        """Answers that the levers no longer show are taken away."""
        self.answers = ()
        self.told.value = ""
        self._offer([])

    def _offer(self, options: list[tuple[str, int]]) -> None:
        self.quiet = True
        try:
            self.choice.options = options
            self.choice.value = None
            self.choice.layout.display = None if options else "none"
        finally:
            self.quiet = False

    def _asked(self, _: Any) -> None:
        if self.scene is None or self.target.value is None:
            return
        s = self.scene.study
        self.clear()
        self.told.value = paragraph(s.words("正在求解……", "Solving…"), "zb-quiet")
        try:
            self.demand = demand_of(s, s.registry.statement(self.target.value))
            answer = solve(s, (self.demand,), self.scene.ground, chance=self.chance.value)
            self._answered(answer, self.demand)
        except ZhibiaoError as error:
            self.told.value = paragraph(str(error), "zb-warn")

    def _answered(self, answer: Answer, demand: Demand) -> None:
        assert self.scene is not None  # asked for it
        s = self.scene.study
        moving = tuple(solution for solution in answer.solutions if solution.steps)
        if answer.solutions and not moving:
            self.told.value = paragraph(s.words(f"不动杠杆即可：可能性{chance_text(answer.already)}。", f"No lever has to move: the chance is {chance_text(answer.already)}."))
            return
        if answer.nearest is not None:
            self.answers = (answer.nearest.solution,) if answer.nearest.solution.steps else ()
            self.told.value = paragraph(_short_of(s, answer, demand), "zb-warn")
        else:
            self.answers = moving
            self.told.value = paragraph(
                s.words(
                    f"求得{len(moving)}个方案{'，由省到费' if len(moving) > 1 else ''}；已采用第一个，其他杠杆放开，可按“撤销”退回。",
                    f"{len(moving)} answer{'s, the least change first' if len(moving) > 1 else ''}; the first is on the levers now, other levers were let go. “Undo” leads back.",
                )
            )
        self._offer([(self._words(solution, demand), number) for number, solution in enumerate(self.answers)])
        if answer.nearest is None:
            self.choice.value = 0

    def _words(self, solution: Solution, demand: Demand) -> str:
        assert self.scene is not None
        s, reaches, pipe = self.scene.study, self.scene.ranges, self.scene.ground.pipe
        overrides = self._overrides(solution, demand)
        parts = [telling.moved(s, override, reaches.get(override.lever), pipe) for override in overrides]
        sets = any(LEVERS[override.lever].indicator == demand.indicator.id for override in overrides)  # such a lever leaves no chance
        how = s.words("按设定满足", "satisfied as set") if sets else s.words(f"可能性{chance_text(solution.chance)}", f"chance {chance_text(solution.chance)}")
        return s.words("；", "; ").join(parts) + s.words(f"（{how}）", f" ({how})")

    def _overrides(self, solution: Solution, demand: Demand) -> tuple[Override, ...]:
        assert self.scene is not None
        return solution.scenario(self.scene.study, (demand,)).overrides

    def _chosen(self, change: dict[str, int | None]) -> None:
        if self.quiet or change["new"] is None or self.demand is None:
            return
        kept, options, said_before = self.answers, list(self.choice.options), self.told.value
        self.found(self._overrides(self.answers[change["new"]], self.demand))
        # what the screen clears with every step stays here: the answers are still to be chosen from
        self.answers, self.told.value = kept, said_before
        self.quiet = True
        try:
            self.choice.options, self.choice.value, self.choice.layout.display = options, change["new"], None
        finally:
            self.quiet = False


def _name(study: Study, statement: Any) -> str:
    return f"{study.indicator(statement.indicator).name(study.lang)} {value_with_unit(statement, study.lang)} · {study.short_clause(statement)}"


def _sure(lang: str, chance: float | None) -> str:
    if chance is None:
        return said(lang, "只求中位达到", "in the middle only")
    return said(lang, f"{chance:.0%}的可能性", f"{chance:.0%} chance")


def _short_of(study: Study, answer: Answer, demand: Demand) -> str:
    """That nothing reaches, what comes nearest and what it lacks."""
    nearest = answer.nearest
    assert nearest is not None
    chance = chance_text(nearest.solution.chance)
    zh, en = f"在见过的范围内达不到：杠杆用足，可能性也只有{chance}", f"Out of reach within what has been seen: with the levers as far as they go the chance is {chance}"
    if nearest.short:
        unit = demand.statement.written_unit
        lack = with_unit(in_unit(Decimal(str(round(nearest.short))), unit.scale), unit, study.lang)
        zh, en = f"{zh}，还差{lack}", f"{en}, and {lack} are missing"
    return study.words(f"{zh}。可在下面看看用足的样子。", f"{en}. Choose it below to see it.")
