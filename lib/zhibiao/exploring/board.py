"""What the explorer's desk shows: the screen's figures as pictures, sentences and a table, its state on every control."""

from __future__ import annotations

import functools
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import ipywidgets as widgets

from zhibiao.assessing.requests import requests
from zhibiao.catalogue.registry import Registry
from zhibiao.exploring import telling
from zhibiao.exploring.controls import LeverRow
from zhibiao.exploring.desk import Desk
from zhibiao.exploring.markup import listed, paragraph, said, wide
from zhibiao.exploring.offered import horizons, regions
from zhibiao.exploring.panels import Panels
from zhibiao.exploring.remembering import Memory
from zhibiao.exploring.scene import Scene, Shown, scenario_of, scene
from zhibiao.exploring.state import Pin, Question, Screen, Session
from zhibiao.exploring.still import no_pipe
from zhibiao.model import LeverId, Plan
from zhibiao.showing.request_tables import asked_for
from zhibiao.showing.statement_tables import value_with_unit

SCENES = 6
"""Questions whose ground is kept: going back to a region is then at once."""


class Board(Desk):
    """A desk that shows a session. What its user does is told to `lever_moved`, `target_switched`, `plan_switched` and `solved`."""

    registry: Registry
    session: Session
    memories: dict[str, Memory]

    def __init__(self) -> None:
        self.scenes: OrderedDict[Question, Scene] = OrderedDict()
        self.rows: dict[LeverId, LeverRow] = {}
        self.panels: Panels | None = None
        self.grey: tuple[Pin, Scene, bool, Shown] | None = None
        self.furnished: Scene | None = None
        self.controls: tuple[object, ...] = ()
        super().__init__()

    def lever_moved(self, lever: LeverId, value: Decimal | None, year: int | None) -> None:
        """A lever was moved, or left alone where there is no value."""
        raise NotImplementedError

    def target_switched(self, key: str, change: dict[str, bool]) -> None:
        """A target was switched on or off."""
        raise NotImplementedError

    def plan_switched(self, plan: str, change: dict[str, bool]) -> None:
        """A document was switched on or off."""
        raise NotImplementedError

    @property
    def screen(self) -> Screen:
        return self.session.screen

    def scene(self, question: Question) -> Scene:
        """The scene of a question in the page's language, reckoned where it is not known yet."""
        if question not in self.scenes:
            self.scenes[question] = scene(self.registry, question, self.lang)
            while len(self.scenes) > SCENES:
                self.scenes.popitem(last=False)
        self.scenes.move_to_end(question)
        found = self.scenes[question]
        if found.study.lang != self.lang:
            found = self.scenes[question] = found.speak(self.lang)
        return found

    def paint(self) -> None:
        """Simulate the levers and show what they give."""
        here = self.scene(self.screen.question)
        if here.ground.pipe is None:
            self._furnish(here)
            self._ask(here)
            self.sync()
            return
        # a lever that cannot be reckoned stops here, before anything changed
        shown = here.show(scenario_of(self.registry, self.screen))
        pinned = self._pinned_shown(here, shown)
        self._furnish(here)
        self._draw(here, shown, pinned)
        self.sync()

    def _pinned_shown(self, here: Scene, now: Shown) -> Shown | None:
        """What is pinned, as it compares with what is shown now; simulated once."""
        pin = self.session.pin
        if pin is None:
            return None
        if self.grey is None or self.grey[:3] != (pin, here, now.flows):
            self.grey = pin, here, now.flows, here.show(scenario_of(self.registry, pin.screen)).beside(now)
        return self.grey[3]

    def _draw(self, here: Scene, shown: Shown, pinned: Shown | None) -> None:
        off, name = self.screen.off, self.session.pin.name(self.lang) if self.session.pin else ""
        dragged = self.session.history.act is not None
        assert self.panels is not None  # furnished with the scene
        for picture, drawn in zip((self.intake, self.enrolment), self.panels.show(shown, pinned, name, off, dragged=dragged), strict=True):
            if drawn is not None:
                picture.value = drawn
        self.lines.value = listed(telling.lines(shown, here.ranges, off, pinned, name))
        table = telling.aims(shown, off, pinned, name)
        self.table.value = wide(table.title, table.quick_html())

    def _ask(self, here: Scene) -> None:
        """A region without a pipe: why nothing can be played with, and the figures that are asked for."""
        s = here.study
        self.lines.value = paragraph(no_pipe(s))
        table = asked_for(s, here.rows, requests(here.rows))
        self.table.value = wide(table.title, table.quick_html())

    def _furnish(self, here: Scene) -> None:
        """Pictures and controls of a scene; a control is made anew only where it would be another, so that nobody's hand is pushed away."""
        if self.furnished is here:
            return
        plays = here.ground.pipe is not None
        self.panels = Panels(here) if plays else None
        self.seeker.show(here)
        offered = self.registry.plans_for(self.screen.question.region)
        key = (self.lang, tuple(here.ranges.values()), tuple(target.statement for target in here.targets), tuple(plan.id for plan in offered), plays)
        if self.controls != key:
            gone = [child for box in (self.levers, self.targets, self.plans) for child in box.children]
            self.rows = {lever: LeverRow(reach, self.lang, self.lever_moved) for lever, reach in here.ranges.items()}
            self.levers.children = tuple(row.root for row in self.rows.values())
            self.targets.children = tuple(self._target_box(here, target.key) for target in here.targets) if plays else ()
            self.plans.children = tuple(self._plan_box(plan) for plan in offered)
            for widget in gone:
                _close(widget)
        for part in (self.pictures, self.legend, self.side, self.targets_title, self.save_box):
            part.layout.display = None if plays else "none"
        self.plans_title.layout.display = None if offered else "none"
        for button in (self.pin, self.clear):
            button.disabled = not plays
        self.furnished, self.controls = here, key

    def _target_box(self, here: Scene, key: str) -> widgets.Checkbox:
        statement = here.study.registry.statement(key)
        name, asked = here.study.indicator(statement.indicator).name(self.lang), value_with_unit(statement, self.lang)
        box = widgets.Checkbox(value=key not in self.screen.off, indent=False, description=f"{name} {asked} · {here.study.short_clause(statement)}")
        box.key = key
        box.observe(functools.partial(self.target_switched, key), "value")
        return box

    def _plan_box(self, plan: Plan) -> widgets.Checkbox:
        name = said(self.lang, f"{plan.number or ''}《{plan.title}》", plan.title_en)
        box = widgets.Checkbox(value=plan.id in self.screen.question.plans, indent=False, description=name)
        box.key = plan.id
        box.observe(functools.partial(self.plan_switched, plan.id), "value")
        return box

    def sync(self) -> None:
        """Let every control show the screen."""
        screen, question = self.screen, self.screen.question
        with self.quietly():
            _choose(self.region, regions(self.registry, self.lang, question.region), question.region)
            _choose(self.scenario, self._scenarios(), screen.scenario)
            _choose(self.horizon, horizons(question), question.horizon)
            if question in self.scenes:
                pipe = self.scenes[question].ground.pipe
                for lever, row in self.rows.items():
                    row.put(*telling.position(self.scenes[question].study, screen.override(lever), row.reach, pipe))
            for box in self.targets.children:
                box.value = box.key not in screen.off
            for box in self.plans.children:
                box.value = box.key in question.plans
            self.back.disabled, self.forth.disabled = not self.session.history.past, not self.session.history.future
            self.unpin.disabled = self.session.pin is None or not self.rows
            self.memory_bar.layout.display = None if self.memories else "none"
            offered = [(self._remembered(memory), path) for path, memory in self.memories.items()]
            same = tuple(self.earlier.options) == tuple(offered)
            _choose(self.earlier, offered, self.earlier.value if same else next(iter(self.memories), None))  # the newest, where there are new ones

    def _scenarios(self) -> list[tuple[str, str]]:
        region, current = self.screen.question.region, self.screen.scenario
        fitting = [(s.name(self.lang), s.id) for s in self.registry.scenarios.values() if not s.regions or region in s.regions]
        if all(current != name for _, name in fitting):  # its file was taken away while it was on the screen
            fitting.append((said(self.lang, f"{current}（文件已不在）", f"{current} (file is gone)"), current))
        return fitting

    def _remembered(self, memory: Memory) -> str:
        screen = memory.session.screen
        place = self.registry.regions.get(screen.question.region)
        when = memory.when.astimezone().strftime("%m-%d %H:%M")
        count, off = len(screen.overrides), len(screen.off)
        if count:
            done = said(self.lang, f"动了{count}个杠杆", f"{count} lever{'' if count == 1 else 's'} moved")
        else:
            done = said(self.lang, f"关掉{off}个目标", f"{off} target{'' if off == 1 else 's'} off")
        return f"{when} · {place.name(self.lang) if place else screen.question.region} · {done}"


def _choose(dropdown: widgets.Dropdown, options: list[Any], value: Any) -> None:
    """Give a dropdown its options and its choice; nothing is sent where nothing changed."""
    if tuple(dropdown.options) != tuple(options):
        dropdown.options = options
    if dropdown.value != value:
        dropdown.value = value


def _close(widget: widgets.Widget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()
