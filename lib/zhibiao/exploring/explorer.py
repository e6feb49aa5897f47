"""The explorer: levers, targets, pictures, table and sentences on one screen, and what is done with them.

Everything is handled at once, in the order in which it comes: the page sends the next position of a slider only when the one before has
been answered, and of those in between the newest, so that no stale picture is ever drawn.
"""

from __future__ import annotations

import functools
import html
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError, ZhibiaoError
from zhibiao.exploring import monthly, saving, telling
from zhibiao.exploring.board import Board
from zhibiao.exploring.markup import paragraph, said
from zhibiao.exploring.offered import start_question
from zhibiao.exploring.remembering import Keeper, Memory
from zhibiao.exploring.scene import scenario_of
from zhibiao.exploring.state import EXPLORED, History, Pin, Question, Screen, Session, in_order
from zhibiao.exploring.writing import Writer
from zhibiao.model import LeverId, Override

NOTEBOOK = "05_scenarios"
"""The notebook that answers a saved scenario's question."""
PAUSE = 0.8
"""Seconds without a move after which the next move of a lever is a step of its own."""


def _handled(handler: Callable[..., None]) -> Callable[..., None]:
    """What goes wrong is said on the screen, which stays as it was."""

    @functools.wraps(handler)
    def handle(self: Explorer, *arguments: Any) -> None:
        if self.quiet:
            return
        try:
            handler(self, *arguments)
        except ZhibiaoError as error:
            self.tell(str(error), "zb-warn")
            self.sync()

    return handle


class Explorer(Board):
    """Widgets of the explorer; `root` is what is shown.

    Parameters
    ----------
    registry : Registry
        With the overlay; read anew after each saved scenario.
    lang : str
        ``zh`` or ``en``.
    question : Question, optional
        Where it begins; by default the first region, with everything that is known of it.
    scenario : str
        Id of the scenario it begins with.
    keeper : Keeper, optional
        Where the screen is kept; by default the user's folder of state.
    """

    def __init__(self, registry: Registry, lang: str = "zh", question: Question | None = None, scenario: str = "baseline", keeper: Keeper | None = None) -> None:
        self.registry, self.lang = registry, lang
        self.folder = monthly.data_folder()
        self.writer = Writer(keeper or Keeper())
        self.touched, self.burst, self.pins = 0.0, 0, 0
        asked = question or start_question(registry)
        begun = saving.screen_of(registry, registry.scenario(scenario), asked)
        self.session = Session(History(begun), self._plain_pin(begun))
        self.memories: dict[str, Memory] = {str(memory.path): memory for memory in self.writer.keeper.earlier()}
        super().__init__()
        self._listen()
        self.show(registry, lang)

    def _listen(self) -> None:
        for choice, done in ((self.region, self._region_chosen), (self.scenario, self._scenario_chosen), (self.horizon, self._horizon_chosen)):
            choice.observe(done, "value")
        for button, pressed in (
            (self.back, self._undone), (self.forth, self._redone), (self.clear, self._reset), (self.pin, self._pinned),
            (self.unpin, self._unpinned), (self.keep, self._saved), (self.restore, self._restored),
        ):  # fmt: skip
            button.on_click(pressed)
        self.name.observe(self._named, "value")

    def show(self, registry: Registry, lang: str) -> None:
        """Show everything in another language, or with other figures; the levers stay."""
        if registry is not self.registry:
            self.scenes.clear()
        self.registry, self.lang, self.furnished = registry, lang, None
        self.speak()
        self.tell("")
        try:
            self.paint()
        except ZhibiaoError as error:  # the figures or documents that the screen asks for are there no longer
            begun = Screen(start_question(registry))
            self.session = Session(History(begun), self._plain_pin(begun))
            self.paint()
            self.tell(str(error), "zb-warn")

    def step(self, screen: Screen, act: str | None = None) -> None:
        """Go on to a screen; where it cannot be reckoned, nothing has happened."""
        self.seeker.clear()
        before = self.session
        pin = before.pin
        if pin is not None and pin.screen.question != screen.question:
            pin = self._plain_pin(screen) if pin.screen.question.region != screen.question.region else replace(pin, screen=pin.screen.ask(screen.question))
        self.session = Session(before.history.step(screen, act), pin)
        self._go(before)

    def _go(self, before: Session) -> None:
        """Paint the session; back to the one before where that fails."""
        try:
            self.paint()
        except ZhibiaoError:
            self.session = before
            raise
        if self.session != before:
            self.writer.keep(self.session)

    def _act(self, name: str) -> str:
        """The act that a move belongs to: the same lever without a pause is one act."""
        now = time.monotonic()
        if now - self.touched > PAUSE:
            self.burst += 1
        self.touched = now
        return f"{name} {self.burst}"

    @_handled
    def lever_moved(self, lever: LeverId, value: Decimal | None, year: int | None) -> None:
        self.tell("")
        if value is None:
            self.step(self.screen.release(lever))
            return
        override = telling.override(lever, value, self.rows[lever].reach.unit.written, year, EXPLORED)
        self.step(self.screen.set(override), self._act(lever))

    @_handled
    def target_switched(self, key: str, change: dict[str, bool]) -> None:
        self.step(self.screen.switch(key, change["new"]))

    @_handled
    def plan_switched(self, plan: str, change: dict[str, bool]) -> None:
        question = self.screen.question
        chosen = {*question.plans, plan} if change["new"] else {*question.plans} - {plan}
        if not chosen:
            self.tell(said(self.lang, "至少留一份文件。", "At least one document must stay."), "zb-warn")
            self.sync()
            return
        ordered = tuple(p.id for p in self.registry.plans_for(question.region) if p.id in chosen)
        self.step(self.screen.ask(replace(question, plans=ordered)))

    @_handled
    def _horizon_chosen(self, change: dict[str, int]) -> None:
        self.step(self.screen.ask(replace(self.screen.question, horizon=change["new"])))

    @_handled
    def _region_chosen(self, change: dict[str, str]) -> None:
        moved = bool(self.screen.overrides)
        self.step(Screen(start_question(self.registry, change["new"])))
        place = self.registry.regions[change["new"]].name(self.lang)
        if moved:
            self.tell(said(self.lang, f"已换到{place}，杠杆全部放开；按“撤销”可回到原来的地区。", f"Now {place}; all levers were let go. “Undo” leads back."))
        else:
            self.tell("")

    @_handled
    def _scenario_chosen(self, change: dict[str, str]) -> None:
        scenario = self.registry.scenario(change["new"])
        opened = saving.screen_of(self.registry, scenario, self.screen.question)
        if scenario.saved is None:
            opened = replace(opened, off=self.screen.off)
        self.step(opened)
        compared = scenario.saved.compared if scenario.saved else None
        if compared is not None and compared in self.registry.scenarios:
            self._compare(self.registry.scenario(compared))
        if not saving.untouched(scenario):
            self.tell(said(self.lang, "这个情景文件在保存之后被改过，图上是改过的值。", "This scenario's file was changed after it was saved; what is shown are the changed values."), "zb-warn")
        else:
            self.tell(scenario.description if self.lang == "zh" else scenario.description_en)

    @_handled
    def _undone(self, _: object) -> None:
        self._move_to(self.session.history.undo())

    @_handled
    def _redone(self, _: object) -> None:
        self._move_to(self.session.history.redo())

    def _move_to(self, history: History) -> None:
        self.seeker.clear()
        before = self.session
        pin = before.pin
        if pin is not None and pin.screen.question != history.now.question:
            pin = self._plain_pin(history.now)
        self.session = Session(history, pin)
        self.tell("")
        self._go(before)

    @_handled
    def _reset(self, _: object) -> None:
        named = self.registry.scenarios.get(self.screen.scenario) or self.registry.scenario("baseline")
        self.tell("")
        self.step(replace(self.screen, off=frozenset()).take(named))

    @_handled
    def _pinned(self, _: object) -> None:
        named = self.registry.scenarios.get(self.screen.scenario)
        if named is not None and self.screen.same_levers(named):
            zh, en = named.zh, named.en
        else:
            self.pins += 1
            zh, en = f"对照{self.pins}", f"pin {self.pins}"
        self._put_pin(Pin(zh, en, self.screen))
        here = self.scene(self.screen.question)
        words = telling.levers(here.show(scenario_of(self.registry, self.screen)), here.ranges)
        self.tell(said(self.lang, f"已钉住“{zh}”（灰线）。{words}", f"Pinned “{en}” (grey). {words}"))

    @_handled
    def _unpinned(self, _: object) -> None:
        self._put_pin(None)
        self.tell("")

    def _put_pin(self, pin: Pin | None) -> None:
        before = self.session
        self.session = Session(before.history, pin)
        self._go(before)

    def _compare(self, scenario: Any) -> None:
        self._put_pin(Pin(scenario.zh, scenario.en, Screen(self.screen.question).take(scenario)))

    def _plain_pin(self, screen: Screen) -> Pin:
        plain = self.registry.scenario("baseline")
        return Pin(plain.zh, plain.en, Screen(screen.question).take(plain))

    @_handled
    def solved(self, overrides: Sequence[Override]) -> None:
        """The levers of an answer, and no others."""
        self.tell("")
        self.step(replace(self.screen, overrides=in_order(overrides), trust=None))

    @_handled
    def _restored(self, _: object) -> None:
        memory = self.memories.pop(self.earlier.value, None)
        if memory is None:
            return
        before = self.session
        self.session = memory.session
        self._go(before)
        self.tell(said(self.lang, "已恢复上次的试算，撤销、重做也在。", "The earlier screen is back, with its steps."))

    @_handled
    def _named(self, _: object) -> None:
        self.saved.value = ""

    def _saved(self, _: object) -> None:
        try:
            self.saved.value = self._save()
            self.writer.keep(self.session)
        except ZhibiaoError as error:
            self.saved.value = paragraph(str(error), "zb-warn")

    def _save(self) -> str:
        if self.folder is None:
            return ""
        registry = monthly.known(self.folder)  # what others saved meanwhile counts
        scenario = saving.scenario_from(self.screen, self.name.value, self._described(), self._pinned_id())
        path = saving.save(self.folder, registry, scenario, replace=self.over.value)
        try:
            registry = monthly.known(self.folder)
        except RegistryError:
            path.unlink(missing_ok=True)
            raise
        self.session = Session(self.session.history.step(replace(self.screen, scenario=scenario.id)), self.session.pin)
        self.over.value = False
        self.show(registry, self.lang)
        options = " ".join(f"-p {key}={html.escape(str(value))}" for key, value in saving.parameters(scenario).items())
        hash_ = scenario.saved.hash[:12] if scenario.saved else ""
        words = said(self.lang, f"已存为“{scenario.zh}”，编号 {scenario.id}，校验码 {hash_}…。批处理同此：", f"Saved as “{scenario.en}”, id {scenario.id}, hash {hash_}…. The same by batch:")
        return paragraph(words) + f"<p><code>zhibiao run {NOTEBOOK} {options} --data {html.escape(str(self.folder))}</code></p>"

    def _described(self) -> tuple[str, str]:
        here = self.scene(self.screen.question)
        zh, en = (telling.levers(there.show(scenario_of(self.registry, self.screen)), there.ranges) for there in (here.speak("zh"), here.speak("en")))
        return zh, en

    def _pinned_id(self) -> str | None:
        """The id of what is pinned, where it is a named scenario as it stands."""
        pin = self.session.pin
        named = None if pin is None else self.registry.scenarios.get(pin.screen.scenario)
        return named.id if named is not None and pin is not None and pin.screen.same_levers(named) else None
