"""The tab 月度数据: a form to download, filled files to drop, what they would change, confirm, the report."""

from __future__ import annotations

import datetime as dt
import html
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError, ZhibiaoError
from zhibiao.exploring import monthly
from zhibiao.exploring.markup import download, paragraph, said
from zhibiao.exploring.preview import changes, faults
from zhibiao.exploring.regions import first, planned
from zhibiao.model import Region

PERIODS = {"monthly": ("按月", "by month"), "quarterly": ("按季", "by quarter"), "yearly": ("按年", "by year")}
YEARS_BACK = 5


class MonthlyTab:
    """Widgets of the monthly loop; what they do is in `monthly`.

    Parameters
    ----------
    registry : Registry
        As it is now; read anew after each import.
    lang : str
        ``zh`` or ``en``.
    imported : callable
        Told the new registry after an import.
    """

    def __init__(self, registry: Registry, lang: str, imported: Callable[[Registry], None]) -> None:
        self.registry, self.lang, self.imported = registry, lang, imported
        self.folder = monthly.data_folder()
        self.uploads: tuple[monthly.Upload, ...] = ()
        self.examined: tuple[monthly.Examined, ...] = ()
        self.busy = False
        self.region = widgets.Dropdown(layout={"width": "min(100%, 340px)"})
        self.year = widgets.Dropdown(options=_years(), layout={"width": "min(100%, 200px)"})
        self.periods = widgets.Dropdown(layout={"width": "min(100%, 200px)"})
        self.form_title, self.form = widgets.HTML(), widgets.HTML()
        self.files_title, self.files = widgets.HTML(), widgets.FileUpload(accept=".xlsx,.csv", multiple=True)
        self.preview = widgets.HTML()
        self.confirm = widgets.Button(button_style="primary", disabled=True)
        self.told = widgets.HTML()
        self.report_title, self.make, self.made = widgets.HTML(), widgets.Button(button_style="primary"), widgets.HTML()
        for spoken in (self.told, self.made, self.preview):
            spoken.add_class("spoken")
        self.root = widgets.VBox(
            [
                self.region,
                self.form_title, widgets.HBox([self.year, self.periods]), self.form,
                self.files_title, self.files, self.preview, self.confirm, self.told,
                self.report_title, self.make, self.made,
            ]
        )  # fmt: skip
        self.speak(lang)
        self.files.observe(self._looked_at, "value")
        self.confirm.on_click(self._confirmed)
        self.make.on_click(self._asked_for_report)
        for choice in (self.region, self.year, self.periods):
            choice.observe(self._offer_form, "value")
        self.region.observe(self._forget_report, "value")

    def speak(self, lang: str) -> None:
        """Say everything in a language; choices and files stay."""
        self.lang = lang
        chosen = self.region.value, self.periods.value or "monthly"
        self.region.options = [(place.name(lang), place.code) for place in planned(self.registry)]
        self.region.value = chosen[0] or first(self.registry)
        self.periods.options = [(said(lang, *names), key) for key, names in PERIODS.items()]
        self.periods.value = chosen[1]
        self.region.description, self.year.description, self.periods.description = (
            said(lang, "地区", "Region"), said(lang, "年份", "Year"), said(lang, "频度", "Periods")
        )  # fmt: skip
        self.form_title.value = _heading(said(lang, "1　下载填报表", "1  Download the form"))
        self.files_title.value = _heading(said(lang, "2　交回填好的表", "2  Hand in what was filled")) + self._where()
        self.files.description = said(lang, "选择或拖入填好的 .xlsx、.csv，可多个", "Choose or drop filled .xlsx or .csv, one or many")
        self.files.tooltip = said(lang, "选择填好的表，或把文件拖到这里", "Choose filled forms, or drop files here")
        self.report_title.value = _heading(said(lang, "3　出报告", "3  Make the report"))
        self.make.description = said(lang, "出本地区的简报", "Make the region's briefing")
        self._offer_form()
        self._show()
        self.told.value = self.made.value = ""

    def _where(self) -> str:
        if self.folder is None:
            return paragraph(
                said(
                    self.lang,
                    "本看板启动时没有指定数据目录：可以检查填报表，不能导入。要导入，请启动的人改用 zhibiao dashboard --data 目录。",
                    "This dashboard was started without a data folder: forms can be checked, not imported. To import, start it with zhibiao dashboard --data FOLDER.",
                ),
                "warn",
            )
        return paragraph(
            said(self.lang, f"确认后写入数据目录 {self.folder}；随软件发布的数不会改动，旧数都留着。", f"Confirmed figures go into the data folder {self.folder}; what came with the software is not changed, older figures are kept."),
            "quiet",
        )

    def _offer_form(self, *_: Any) -> None:
        try:
            content = monthly.form(study(self.registry, self.region.value, lang=self.lang), self.year.value, self.periods.value)
        except ParameterError:
            self.form.value = paragraph(said(self.lang, "这一地区的目标里没有可按此频度报的指标，请选按年。", "No target of this region has figures for such periods; choose by year."), "warn")
            return
        place = self.registry.regions[self.region.value]
        name = f"{place.name(self.lang)}_{self.year.value}_{said(self.lang, *PERIODS[self.periods.value])}.xlsx".replace(" ", "_")
        self.form.value = f"<p>{download(name, content, said(self.lang, '下载填报表', 'Download the form'))}</p>"

    def _looked_at(self, change: dict[str, Any]) -> None:
        if not change["new"]:
            return
        self.uploads = tuple(monthly.Upload(str(file["name"]), bytes(file["content"])) for file in change["new"])
        self.told.value = ""
        self.files.value = ()  # so that the same file, mended, can be chosen again
        try:
            self.registry = monthly.known(self.folder)
        except ZhibiaoError as error:
            self.told.value = paragraph(str(error), "warn")
            return
        self.examined = monthly.examine(self.registry, self.uploads, dt.date.today())
        self._show()

    def _show(self) -> None:
        """What the files would change and what is wrong, and whether it can be confirmed."""
        count, lang = sum(len(file.taken) for file in self.examined), self.lang
        parts = []
        for file in self.examined:
            parts.append(f"<h3>{html.escape(file.name)}</h3>")
            parts.append(faults(file, lang) if file.faults else changes(self.registry, file, lang))
        self.preview.value = "".join(parts)
        self.confirm.disabled = not count or self.folder is None
        self.confirm.description = said(lang, f"确认导入 {count} 个数", f"Import {count} figure{'' if count == 1 else 's'}") if count else said(lang, "没有可导入的数", "Nothing to import")
        self.confirm.layout.display = "" if self.examined else "none"

    def _confirmed(self, _: Any) -> None:
        if self.folder is None or not self.uploads:  # a second press of a double click finds nothing more to do
            return
        self.confirm.disabled = True
        try:
            result = monthly.take(self.folder, self.uploads, self.examined, dt.date.today())
            registry = monthly.known(self.folder)
        except ZhibiaoError as error:
            self.told.value = paragraph(str(error), "warn")
            self.confirm.disabled = False
            return
        self.registry = registry
        if not result.count:
            self.examined = result.examined
            self._show()
            self.told.value = paragraph(
                said(self.lang, "刚才有人导入了相关的数，以上已按最新情况重列，请看过再确认；尚未写入。", "Somebody has just imported figures that matter here. The list above was made anew: look at it and confirm; nothing was written yet."), "warn"
            )
            return
        self.uploads = self.examined = ()
        self._show()
        self._forget_report()
        self.told.value = paragraph(said(self.lang, f"已导入 {result.count} 个数。", f"{result.count} figure{'' if result.count == 1 else 's'} imported."))
        self.imported(self.registry)

    def _forget_report(self, *_: Any) -> None:
        """A link to a report of another region, or from before the import, would mislead."""
        if not self.busy:
            self.made.value = ""

    def _asked_for_report(self, _: Any) -> None:
        if self.busy:
            return
        self.busy, self.make.disabled = True, True
        place = self.registry.regions[self.region.value]
        threading.Thread(target=self._report, args=(place, self.lang), daemon=True).start()

    def _report(self, place: Region, lang: str) -> None:
        """Runs beside the page, which stays in use."""

        def waiting(seconds: int) -> None:
            self.made.value = paragraph(said(lang, f"正在计算、排版……已 {seconds} 秒，可以接着做别的。", f"Computing and typesetting… {seconds} s; you may go on with other things."), "quiet")

        try:
            documents = monthly.publish(place.code, lang, self.folder, waiting)
        except (ZhibiaoError, OSError) as error:
            self.made.value = paragraph(str(error), "warn")
        else:
            stem = f"{place.name(lang)}_{said(lang, '简报', 'briefing')}_{documents.as_of}".replace(" ", "_")
            links = (
                download(f"{stem}.pdf", documents.pdf, said(lang, "下载 PDF", "Download PDF")),
                download(f"{stem}.docx", documents.docx, said(lang, "下载 Word", "Download for Word")),
                download(f"{stem}.xlsx", documents.xlsx, said(lang, "下载数据表 xlsx", "Download tables, xlsx")),
            )
            self.made.value = paragraph(said(lang, f"{place.zh}的简报已出，数据截至 {documents.as_of} 年。", f"The briefing of {place.en} is ready, figures as of {documents.as_of}.")) + f"<p>{'　'.join(links)}</p>"
        finally:
            self.busy, self.make.disabled = False, False


def _years() -> list[int]:
    this = dt.date.today().year
    return list(range(this, this - YEARS_BACK, -1))


def _heading(words: str) -> str:
    return f"<h2>{html.escape(words)}</h2>"
