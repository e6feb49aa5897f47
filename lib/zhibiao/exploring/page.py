"""The page for people without code: two tabs, two languages; each page that is opened has its own kernel and so its own state."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from zhibiao.catalogue.registry import Registry
from zhibiao.exploring import monthly
from zhibiao.exploring.markup import said
from zhibiao.exploring.monthly_tab import MonthlyTab
from zhibiao.exploring.overview import Overview

LANGUAGES = (("中文", "zh"), ("English", "en"))
TITLE = ("指标 zhibiao：技工教育目标看板", "指标 zhibiao: targets of technical education")


class Page:
    """Everything on the page; `root` is what is shown."""

    def __init__(self, lang: str = "zh") -> None:
        self.registry = monthly.known(monthly.data_folder())
        self.head = widgets.HTML()
        self.language = widgets.ToggleButtons(options=LANGUAGES, value=lang, style={"button_width": "auto"})
        self.overview = Overview(self.registry, lang)
        self.monthly = MonthlyTab(self.registry, lang, self._imported)
        self.tabs = widgets.Tab([self.overview.root, self.monthly.root])
        self.root = widgets.VBox([widgets.HBox([self.head, self.language], layout={"justify_content": "space-between", "flex_flow": "row wrap"}), self.tabs])
        self.root.add_class("zhibiao")
        self._head()
        self.language.observe(self._spoken, "value")

    def _head(self) -> None:
        lang = self.language.value
        title = html.escape(said(lang, *TITLE))
        # the page's script reads from here which language it is in
        self.head.value = f'<h1 data-lang="{said(lang, "zh-CN", "en")}" data-title="{title}">{title}</h1>'
        self.tabs.titles = (said(lang, "情景试算", "What if"), said(lang, "月度数据", "Monthly figures"))

    def _spoken(self, _: Any) -> None:
        self._head()
        self.overview.show(self.registry, self.language.value)
        self.monthly.speak(self.language.value)

    def _imported(self, registry: Registry) -> None:
        self.registry = registry
        self.overview.show(registry, self.language.value)


def page() -> widgets.Widget:
    """Return the page's widget, for the one cell of the dashboard's notebook."""
    return Page().root
