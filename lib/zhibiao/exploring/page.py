"""The page for people without code: two tabs, two languages; each page that is opened has its own kernel and so its own state."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ZhibiaoError
from zhibiao.exploring import monthly
from zhibiao.exploring.explorer import Explorer
from zhibiao.exploring.markup import paragraph, said
from zhibiao.exploring.monthly_tab import MonthlyTab

LANGUAGES = (("中文", "zh"), ("English", "en"))
TITLE = ("指标 zhibiao：技工教育目标看板", "指标 zhibiao: targets of technical education")


class Page:
    """Everything on the page; `root` is what is shown.

    The page is made before anybody asks for it, in a kernel that waits. Whoever then opens it may come hours later: the page's script
    presses `arrival`, and what changed in the data folder meanwhile is read.
    """

    def __init__(self, lang: str = "zh") -> None:
        self.folder = monthly.data_folder()
        self.seen, registry = monthly.stamp(self.folder), monthly.known(self.folder)
        self.head = widgets.HTML()
        self.language = widgets.ToggleButtons(options=LANGUAGES, value=lang, style={"button_width": "auto"})
        self.arrival = widgets.Button(layout={"display": "none"})
        self.arrival.add_class("arrival")
        self.told = widgets.HTML()
        self.told.add_class("spoken")
        self.explorer = Explorer(registry, lang)
        self.monthly = MonthlyTab(registry, lang, self._changed)
        self.tabs = widgets.Tab([self.explorer.root, self.monthly.root])
        top = widgets.HBox([self.head, self.language], layout={"justify_content": "space-between", "flex_flow": "row wrap"})
        self.root = widgets.VBox([top, self.told, self.tabs, self.arrival])
        self.root.add_class("zhibiao")
        self._head()
        self.language.observe(self._spoken, "value")
        self.arrival.on_click(self._arrived)

    def _head(self) -> None:
        lang = self.language.value
        title = html.escape(said(lang, *TITLE))
        # the page's script reads from here which language it is in
        self.head.value = f'<h1 data-lang="{said(lang, "zh-CN", "en")}" data-title="{title}">{title}</h1>'
        self.tabs.titles = (said(lang, "情景试算", "What if"), said(lang, "月度数据", "Monthly figures"))

    def _spoken(self, _: Any) -> None:
        self._head()
        self.explorer.show(self.explorer.registry, self.language.value)
        self.monthly.speak(self.language.value)

    def _changed(self, registry: Registry) -> None:
        """Figures were imported on this page."""
        self.seen = monthly.stamp(self.folder)
        self.explorer.show(registry, self.language.value)

    def _arrived(self, _: Any) -> None:
        self.explorer.memories = {str(memory.path): memory for memory in self.explorer.writer.keeper.earlier()}
        self.explorer.sync()
        if (now := monthly.stamp(self.folder)) == self.seen:
            return
        try:
            registry = monthly.known(self.folder)
        except ZhibiaoError as error:
            self.told.value = paragraph(f"数据目录有误，以下仍是此前的数 the data folder is broken, older figures are shown: {error}", "warn")
            return
        self.seen = now
        self.monthly.registry = registry
        self.explorer.show(registry, self.language.value)


def page() -> widgets.Widget:
    """Return the page's widget, for the one cell of the dashboard's notebook; what keeps it from being made is said in its place."""
    try:
        return Page().root
    except ZhibiaoError as error:
        told = widgets.HTML(paragraph(f"看板打不开 the dashboard cannot be shown: {error}", "warn"))
        told.add_class("zhibiao")
        return told
