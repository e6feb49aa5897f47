"""What stands on the explorer's screen: its widgets, their places and their names in two languages."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from zhibiao.exploring import saving
from zhibiao.exploring.markup import paragraph, said
from zhibiao.exploring.seeking import Seeker
from zhibiao.model import Override

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STYLE = Path(__file__).with_name("explorer.css")


class Desk:
    """The widgets that stay; `root` is what is shown. What is on them is the explorer's affair."""

    folder: Path | None
    lang: str

    def __init__(self) -> None:
        self.quiet = False
        self._make()

    def _make(self) -> None:
        wide = {"width": "min(100%, 330px)"}
        self.region, self.scenario, self.horizon = (widgets.Dropdown(layout=wide) for _ in range(3))
        self.back, self.forth, self.clear, self.pin, self.unpin = (widgets.Button() for _ in range(5))
        self.earlier, self.restore = widgets.Dropdown(layout={"width": "min(100%, 460px)"}), widgets.Button()
        self.plans, self.levers, self.targets = (widgets.VBox() for _ in range(3))
        self.levers_title, self.targets_title, self.plans_title, self.save_title = (widgets.HTML() for _ in range(4))
        self.told, self.lines, self.table, self.where, self.saved = (widgets.HTML() for _ in range(5))
        self.intake, self.enrolment, self.legend = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.name, self.over, self.keep = widgets.Text(continuous_update=False), widgets.Checkbox(indent=False), widgets.Button(button_style="primary")
        for widget, look in (
            (self.told, "spoken"), (self.saved, "spoken"), (self.lines, "spoken"), (self.name, "zb-name"), (self.table, "zb-table"), (self.legend, "zb-legend"),
        ):  # fmt: skip
            widget.add_class(look)
        self.seeker = Seeker(self.solved)
        self.memory_bar = _bar([self.earlier, self.restore])
        self.save_box = widgets.VBox([self.save_title, self.where, _bar([self.name, self.keep]), self.over, self.saved])
        self.side = _looking(widgets.VBox([self.levers_title, self.levers]), "zb-side")
        self.pictures = _looking(widgets.HBox([self.intake, self.enrolment]), "zb-wrap", "zb-pictures")
        main = _looking(widgets.VBox([self.pictures, self.legend, self.lines, self.table]), "zb-main")
        rest = [widgets.VBox([self.targets_title, self.targets, self.plans_title, self.plans]), self.seeker.root, self.save_box]
        self.body = _looking(widgets.HBox([self.side, main]), "zb-wrap")
        self.below = _looking(widgets.HBox([_looking(box, "zb-rest") for box in rest]), "zb-wrap")
        self.root = _looking(
            widgets.VBox(
                [
                    widgets.HTML(f"<style>{STYLE.read_text(encoding='utf-8')}</style>"), self.memory_bar,
                    _bar([self.region, self.scenario, self.horizon]), _bar([self.back, self.forth, self.clear, self.pin, self.unpin]),
                    self.told, self.body, self.below,
                ]
            ),
            "zb-explorer",
        )  # fmt: skip

    def speak(self) -> None:
        """Say everything in the desk's language."""
        say = functools.partial(said, self.lang)
        with self.quietly():
            self.region.description, self.scenario.description, self.horizon.description = say("地区", "Region"), say("情景", "Scenario"), say("推算到", "Until")
            for button, words, tip in (
                (self.back, say("撤销", "Undo"), say("退回上一步", "take the last step back")),
                (self.forth, say("重做", "Redo"), say("恢复刚撤销的一步", "bring the last step back")),
                (self.clear, say("重置", "Reset"), say("杠杆回到所选情景的位置", "levers back to where the scenario has them")),
                (self.pin, say("钉住对照", "Pin"), say("把现在的曲线留作灰色对照", "keep the present curves in grey to compare with")),
                (self.unpin, say("取消对照", "Unpin"), say("不再显示对照", "compare with nothing")),
                (self.restore, say("恢复上次", "Restore"), say("回到选中的那一次", "go back to the chosen screen")),
                (self.keep, say("保存为情景", "Save as scenario"), say("写成情景文件，批处理可用", "write a scenario file for the batch")),
            ):
                button.description, button.tooltip = words, tip
            self.earlier.description = say("上次的试算", "Earlier screens")
            self.levers_title.value = f"<h3>{say('杠杆', 'Levers')}</h3>"
            self.targets_title.value = f"<h3>{say('比照的目标', 'Targets')}</h3>"
            self.plans_title.value = f"<h3>{say('文件', 'Documents')}</h3>"
            self.save_title.value = f"<h3>{say('保存', 'Save')}</h3>"
            self.name.description, self.name.placeholder = say("名称", "Name"), say("如：多招三千人", "for example: 3,000 more")
            self.over.description = say("覆盖同名的已存情景", "replace a saved scenario of this name")
            self.where.value, self.keep.disabled = self._where(), self.folder is None
            self.legend.value = "".join(
                f"<b>{words}</b>" for words in (say("● 观测值（空心：可信度中等）", "● observed (hollow: medium confidence)"), say("蓝虚线：试算中位", "blue dashes: median"), say("灰点划线：对照，点线：其区间", "grey dash-dots: pinned, dots: its band"), say("橙线◆：目标（空心为另一文件已替代）", "orange ◆: target (hollow: governed by another document)"))
            )  # fmt: skip

    def _where(self) -> str:
        if self.folder is None:
            return paragraph(
                said(
                    self.lang,
                    "没有指定数据目录，不能保存。看板请用 zhibiao dashboard --data 目录 启动；JupyterLab 请先设环境变量 ZHIBIAO_DATA=目录 再打开。",
                    "No data folder is named, so nothing can be saved. Start the dashboard with zhibiao dashboard --data FOLDER; for JupyterLab set ZHIBIAO_DATA=FOLDER before it is opened.",
                ),
                "zb-quiet",
            )
        return paragraph(said(self.lang, f"存入 {self.folder / saving.FOLDER}", f"Goes to {self.folder / saving.FOLDER}"), "zb-quiet")

    def solved(self, overrides: Sequence[Override]) -> None:
        """Levers were solved for."""
        raise NotImplementedError

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """What is set meanwhile was not done by the user."""
        before, self.quiet = self.quiet, True
        try:
            yield
        finally:
            self.quiet = before

    def tell(self, words: str, look: str = "zb-quiet") -> None:
        """Say what was done, or what was wrong, above the levers."""
        self.told.value = paragraph(words, look) if words else ""


def _bar(children: list[widgets.Widget]) -> widgets.HBox:
    return _looking(widgets.HBox(children), "zb-wrap", "zb-bar")


def _looking(box: Any, *looks: str) -> Any:
    for look in looks:
        box.add_class(look)
    return box
