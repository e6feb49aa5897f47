"""The two pictures of the screen, intake and enrolment, each redrawn only where it changed."""

from __future__ import annotations

import html
from collections.abc import Collection

import numpy as np

from zhibiao.exploring import telling
from zhibiao.exploring.scene import Scene, Shown
from zhibiao.exploring.screen import Curve, Panel, curve
from zhibiao.showing.pictures import display_unit

DRAWN = ("intake", "enrolment")


class Panels:
    """Pictures of a scene whose region has a pipe."""

    def __init__(self, here: Scene) -> None:
        self.here = here
        self.panels = {name: Panel(here.study, name, here.ground.fans[name], here.targets, also=_flowing(here) if name == "enrolment" else ()) for name in DRAWN}

    def show(self, shown: Shown, pinned: Shown | None, name: str, off: Collection[str], *, dragged: bool = False) -> list[str | None]:
        """HTML of each picture under its finding; None for one that stays as it was while a lever is dragged."""
        return [self._picture(indicator, shown, pinned, name, off, dragged) for indicator in DRAWN]

    def _picture(self, indicator: str, shown: Shown, pinned: Shown | None, name: str, off: Collection[str], dragged: bool) -> str | None:
        s, panel = shown.study, self.panels[indicator]
        now = curve(shown.simulation.fans[indicator], panel.unit, s.level, s.words("试算", "now"))
        grey = None if pinned is None else curve(pinned.simulation.fans[indicator], panel.unit, s.level, name)
        if not panel.show(now, grey, off, dragged=dragged):
            return None
        title = telling.heading(s, shown, indicator)
        return f"<h3>{html.escape(title)}</h3>{panel.svg(self._alt(panel, title, now, grey))}"

    def _alt(self, panel: Panel, title: str, now: Curve, grey: Curve | None) -> str:
        """The picture in words: the median of every year, the band of the last, what it is compared with, the targets."""
        s, unit = self.here.study, panel.unit.label(self.here.study.lang)
        years = s.words("，", ", ").join(f"{year} {value:.4g}" for year, value in zip(now.years, now.middle, strict=True))
        text = s.words(
            f"{title}。试算中位（{unit}）：{years}；{s.level}%区间{now.low[-1]:.4g}—{now.high[-1]:.4g}。",
            f"{title}. Median ({unit}): {years}; {s.level} % band {now.low[-1]:.4g}–{now.high[-1]:.4g}. ",
        )
        if grey is not None:
            text += s.words(f"对照“{grey.name}”：{grey.years[-1]}年{grey.middle[-1]:.4g}。", f"Pinned “{grey.name}”: {grey.middle[-1]:.4g} in {grey.years[-1]}. ")
        lines = s.words("、", ", ").join(line.label for line in panel.lines.values())
        return text + (s.words(f"目标：{lines}。", f"Targets: {lines}.") if lines else "")


def _flowing(here: Scene) -> list[float]:
    """The ends of the band that the flow of students has without levers: the axis holds it, for it stands beside whatever is moved."""
    run = here.show(here.study.scenario).simulation.run
    if run is None:
        return []
    tail, scale = (1 - here.study.level / 100) / 2, float(display_unit(here.study, here.study.indicator("enrolment")).scale)
    return [float(value) / scale for value in np.quantile(run.enrolment, [tail, 1 - tail], axis=0).ravel()]
