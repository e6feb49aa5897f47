"""One lever on the screen: a tick whether it is moved, its value by slider or keyboard, its year, and where its range comes from."""

from __future__ import annotations

import html
from collections.abc import Callable
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import ipywidgets as widgets

from zhibiao.exploring.markup import said
from zhibiao.model import LEVERS, LeverId
from zhibiao.model.units import UNSCALED
from zhibiao.showing.numbers import four

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhibiao.exploring.ranges import Reach

Told = Callable[[LeverId, "Decimal | None", "int | None"], None]
"""Told what the user did: lever, value in the unit of the reach (None: the lever is left alone), year."""


class LeverRow:
    """Widgets of one lever.

    Parameters
    ----------
    reach : Reach
    lang : str
    told : callable
        What the user did; not called for what `put` does.
    """

    def __init__(self, reach: Reach, lang: str, told: Told) -> None:
        self.reach, self.told, self.quiet = reach, told, False
        lever = LEVERS[reach.lever]
        name, unit = said(lang, lever.zh, lever.en), reach.unit.label(lang)
        named = said(lang, f"{name}（{unit}）", f"{name} ({unit})")
        start, low, high, step = float(reach.start), *(float(end) for end in reach.over([reach.start])), float(reach.step)
        self.on = widgets.Checkbox(value=False, description=named, indent=False, tooltip=said(lang, f"勾选后由你设定{name}", f"tick to set {name}"))
        self.slider = widgets.FloatSlider(value=start, min=low, max=high, step=step, readout=False, continuous_update=True)
        self.slider.tooltip = named
        self.number = widgets.FloatText(value=_today(reach), step=step, description=said(lang, "数值", "value"), tooltip=said(lang, f"{named}，可直接输入", f"{named}, to be typed"))
        years = list(range(reach.first, reach.last + 1))
        when = said(lang, "自" if lever_holds(reach.lever) else "到", "from" if lever_holds(reach.lever) else "by")
        self.year = widgets.Dropdown(options=[(str(year), year) for year in years], value=years[0] if lever_holds(reach.lever) else years[-1], description=when)
        self.year.tooltip = said(lang, f"{name}：哪一年{'起' if lever_holds(reach.lever) else '达到'}", f"{name}: the year")
        self.why = widgets.HTML(_why(reach, lang))
        for widget, look in ((self.on, "zb-on"), (self.slider, "zb-slider"), (self.number, "zb-number"), (self.year, "zb-year")):
            widget.add_class(look)
        line = widgets.HBox([self.on, self.number, self.year])
        line.add_class("zb-set")
        self.root = widgets.VBox([line, self.slider, self.why])
        self.root.add_class("zb-lever")
        self.slider.value = self._on_grid(start)
        self.on.observe(self._ticked, "value")
        self.slider.observe(self._slid, "value")
        self.number.observe(self._written, "value")
        self.year.observe(self._dated, "value")

    def put(self, value: Decimal | None, year: int | None) -> None:
        """Show where the lever stands, None for one that is left alone, without telling anybody."""
        with self._quietly():
            self.on.value = value is not None
            (self.root.add_class if value is not None else self.root.remove_class)("zb-moved")
            shown = float(self.reach.start if value is None else value)
            low, high = self.reach.over([self.reach.start, *([value] if value is not None else [])])
            if (self.slider.min, self.slider.max) != (float(low), float(high)):
                with self.slider.hold_trait_notifications():
                    self.slider.min, self.slider.max = float(low), float(high)
            if self._position(self.slider.value) != self._position(shown):
                self.slider.value = self._on_grid(shown)
            written = _today(self.reach) if value is None else shown
            if abs(self.number.value - written) > 1e-9:
                self.number.value = written
            if year is not None and year != self.year.value:
                if all(year != other for _, other in self.year.options):
                    self.year.options = sorted([*self.year.options, (str(year), year)], key=lambda option: option[1])
                self.year.value = year

    def _position(self, value: float) -> int:
        """Which of the slider's positions is nearest: the page only knows these, and puts a value between them on the nearest."""
        low, step = float(self.slider.min), float(self.slider.step)
        return round((value - low) / step)

    def _on_grid(self, value: float) -> float:
        low, step = float(self.slider.min), float(self.slider.step)
        return min(round(low + self._position(value) * step, 9), float(self.slider.max))

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self.quiet = self.quiet, True
        try:
            yield
        finally:
            self.quiet = before

    def _tell(self, value: float | None) -> None:
        if not self.quiet:
            self.told(self.reach.lever, None if value is None else _exact(value), self.year.value)

    def _ticked(self, change: dict[str, bool]) -> None:
        self._tell(self.number.value if change["new"] else None)

    def _slid(self, change: dict[str, float]) -> None:
        # the page's own rounding of a value between two positions is no move
        if self._position(change["new"]) != self._position(change["old"]):
            self._tell(self._on_grid(change["new"]))

    def _written(self, change: dict[str, float]) -> None:
        self._tell(change["new"])

    def _dated(self, _: object) -> None:
        if self.on.value:
            self._tell(self.number.value)


def lever_holds(lever: LeverId) -> bool:
    """Whether a lever holds from its year on; the others are led there evenly."""
    return lever in ("length", "capacity", "enrolment_floor")


def _why(reach: Reach, lang: str) -> str:
    low, high = four(reach.low), four(reach.high)
    head = said(lang, f"范围 {low}—{high} {reach.unit.written}", f"range {low}–{high} {reach.unit.label('en')}")
    begins = said(lang, f"；现为 {four(reach.start)}", f"; now {four(reach.start)}") if reach.known else said(lang, "；现状无数", "; no figure of today")
    return f"<details><summary>{html.escape(head + begins)}</summary><p>{html.escape(said(lang, *reach.why))}</p></details>"


def _today(reach: Reach) -> float:
    """Where the lever stands without being moved, in as many digits as are known of it: persons were counted, shares and lengths reckoned."""
    return float(f"{float(reach.start):.{4 if reach.unit.base in UNSCALED else 9}g}")


def _exact(value: float) -> Decimal:
    """The decimal number that the screen shows; what binary fractions add is dropped."""
    return Decimal(repr(round(value, 9)))
