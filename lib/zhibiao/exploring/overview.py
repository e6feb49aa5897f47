"""How a region stands, on one screen: what is said first, the gaps, where its main indicators land."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from zhibiao.answers import Report
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.exploring.markup import listed, picture, said, wide
from zhibiao.exploring.regions import first, planned

CHARTED = ("enrolment", "intake")
"""The two ends of the pipe come first."""


class Overview:
    """A choice of region and what follows from it."""

    def __init__(self, registry: Registry, lang: str) -> None:
        self.registry, self.lang = registry, lang
        self.region = widgets.Dropdown(options=_options(registry, lang), value=first(registry), layout={"width": "min(100%, 340px)"})
        self.shown = widgets.HTML()
        self.root = widgets.VBox([self.region, self.shown])
        self.region.observe(self.paint, "value")
        self.show(registry, lang)

    def show(self, registry: Registry, lang: str) -> None:
        """Paint anew in another language or with other figures."""
        self.registry, self.lang, chosen = registry, lang, self.region.value
        self.settled = False  # new options choose the first of them for a moment
        self.region.options = _options(registry, lang)
        self.region.value, self.region.description = chosen, said(lang, "地区", "Region")
        self.settled = True
        self.paint()

    def paint(self, *_: Any) -> None:
        if not self.settled:
            return
        report = Report(study(self.registry, self.region.value, lang=self.lang))
        main = [row.statement.indicator for row in report.main_rows]
        charted = [name for name in CHARTED if name in main] or main[:1]
        parts = [
            f"<h2>{said(self.lang, '现状与差距', 'Where it stands')}</h2>",
            listed(report.summary().lines),
            wide(said(self.lang, "差距表", "Table of gaps"), report.at_a_glance().html()),
            *(picture(report.trajectory(name)) for name in charted),
            wide(said(self.lang, "数据需求清单", "Figures that are asked for"), report.main_requests().html()),
        ]
        self.shown.value = "".join(parts)


def _options(registry: Registry, lang: str) -> list[tuple[str, str]]:
    return [(place.name(lang), place.code) for place in planned(registry)]
