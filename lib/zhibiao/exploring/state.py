"""What is on the explorer's screen, as plain values: where the levers stand, which targets are on, what was there before.

Nothing here knows of widgets. Every change makes a new `Screen`; a `History` remembers them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import Study, study
from zhibiao.model import LEVERS, LeverId, Override, Scenario

EXPLORED = "试算 explored"
"""Source of a value that was set by hand on the screen."""

REMEMBERED = 200
"""Steps that can be taken back."""

_ORDER = {lever: position for position, lever in enumerate(LEVERS)}


@dataclass(frozen=True)
class Question:
    """What the figures answer beside the levers; the parameters of `zhibiao.catalogue.study.study`."""

    region: str
    plans: tuple[str, ...]
    as_of: int
    horizon: int
    level: int
    seed: int

    def study(self, registry: Registry, scenario: Scenario, lang: str) -> Study:
        """The question put to a registry.

        Raises
        ------
        ParameterError
            The registry does not know the region, a document, or nothing of the region.
        """
        asked = study(
            registry, self.region, ",".join(self.plans) or "all", self.as_of, self.horizon, "baseline", self.level, self.seed, lang
        )  # fmt: skip
        return replace(asked, scenario=scenario)


def question_of(asked: Study) -> Question:
    """The question that a study puts, without its scenario and language."""
    return Question(asked.region.code, tuple(plan.id for plan in asked.plans), asked.as_of, asked.horizon, asked.level, asked.seed)


@dataclass(frozen=True)
class Screen:
    """All that is on the screen.

    Attributes
    ----------
    question : Question
    scenario : str
        Id of the named scenario that the levers were taken from.
    overrides : tuple of Override
        The levers that are moved, in the order of `LEVERS`.
    trust : Decimal or None
        As in `Scenario`.
    off : frozenset of str
        Targets that are switched off (``plan/statement``).
    """

    question: Question
    scenario: str = "baseline"
    overrides: tuple[Override, ...] = ()
    trust: Decimal | None = None
    off: frozenset[str] = frozenset()

    def override(self, lever: LeverId) -> Override | None:
        """How a lever is moved; None where it is not."""
        return next((override for override in self.overrides if override.lever == lever), None)

    def set(self, override: Override) -> Screen:
        """The screen with one lever moved."""
        others = [other for other in self.overrides if other.lever != override.lever]
        return replace(self, overrides=in_order([*others, override]))

    def release(self, lever: LeverId) -> Screen:
        """The screen with one lever left alone."""
        return replace(self, overrides=tuple(other for other in self.overrides if other.lever != lever))

    def switch(self, target: str, on: bool) -> Screen:
        """The screen with one target on or off."""
        return replace(self, off=self.off - {target} if on else self.off | {target})

    def take(self, scenario: Scenario) -> Screen:
        """The screen with the levers as a named scenario has them."""
        return replace(self, scenario=scenario.id, overrides=in_order(scenario.overrides), trust=scenario.trust)

    def ask(self, question: Question) -> Screen:
        """The screen with another question; another region starts without levers and with every target on."""
        if question.region != self.question.region:
            return Screen(question)
        return replace(self, question=question)

    def same_levers(self, scenario: Scenario) -> bool:
        """Whether the levers stand as the scenario has them."""
        return self.overrides == in_order(scenario.overrides) and self.trust == scenario.trust


def in_order(overrides: Iterable[Override]) -> tuple[Override, ...]:
    """Overrides in the order of `LEVERS`, so that the same levers are the same screen however they were reached."""
    return tuple(sorted(overrides, key=lambda override: _ORDER[override.lever]))


@dataclass(frozen=True)
class History:
    """The screen now, the screens before it and those that were taken back.

    Attributes
    ----------
    past, future : tuple of Screen
        Oldest first; the next to be brought back first.
    act : str or None
        What the last step did. A step of the same act goes on with it: a drag is taken back as a whole.
    """

    now: Screen
    past: tuple[Screen, ...] = ()
    future: tuple[Screen, ...] = ()
    act: str | None = None

    def step(self, screen: Screen, act: str | None = None) -> History:
        """Go on to a screen; what was taken back before is forgotten. The same screen is no step."""
        if screen == self.now:
            return replace(self, act=act)
        if act is not None and act == self.act and self.past:
            return replace(self, now=screen, future=())
        return History(screen, (*self.past, self.now)[-REMEMBERED:], (), act)

    def undo(self) -> History:
        """Take the last step back; nothing happens where there is none."""
        return History(self.past[-1], self.past[:-1], (self.now, *self.future)) if self.past else self

    def redo(self) -> History:
        """Bring back what was taken back last; nothing happens where there is none."""
        return History(self.future[0], (*self.past, self.now), self.future[1:]) if self.future else self


@dataclass(frozen=True)
class Pin:
    """A screen to compare with, and what it is called."""

    zh: str
    en: str
    screen: Screen

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Session:
    """What would be lost if the kernel went: the steps and the pin."""

    history: History
    pin: Pin | None = None

    @property
    def screen(self) -> Screen:
        return self.history.now
