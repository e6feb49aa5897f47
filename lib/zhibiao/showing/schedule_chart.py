"""Share of the change done against share of the time gone, one line a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import count, percent
from zhibiao.showing.rows import FOOT, LEFT, RIGHT, lay_out, share_axes, total_height, write_rows
from zhibiao.showing.sheet import EDGE, Key, mark, open_sheet
from zhibiao.showing.theme import LINE, LOOKS, TEXT_SIZE, in_language, theme

LEAST, MOST = -0.5, 1.5
"""Shares done outside these are cut and marked with an arrowhead."""


@dataclass(frozen=True)
class ScheduleRow:
    """One target.

    Parameters
    ----------
    name : str
        Indicator and target in words.
    done, time : float, optional
        Shares of one: of the change done and of the time gone. None where they cannot be judged.
    reason : str
        Why it cannot be judged; for judged rows a remark instead of the two shares in words.
    """

    name: str
    done: float | None = None
    time: float | None = None
    reason: str = ""

    @property
    def judged(self) -> bool:
        """Whether both shares are known."""
        return self.done is not None and self.time is not None


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "time": "时间已过",
            "on schedule": "变化量已完成（不落后于时序）",
            "behind": "变化量已完成（落后于时序）",
            "axis": "占目标要求变化量、占规划期的比例",
            "both": "完成{done}，时间已过{time}",
            "away": "倒退{done}，时间已过{time}",
            "not judged": "不能判断的目标",
            "name": "目标",
            "done": "已完成",
            "gone": "时间已过",
            "words": "说明",
            "alt": "时序进度图，{count}项目标：{on}项不落后于时序，{behind}项落后，{not_judged}项不能判断。",
            "stop": "。",
        },
        "en": {
            "time": "time gone",
            "on schedule": "change done (on schedule)",
            "behind": "change done (behind schedule)",
            "axis": "share of the change asked, and of the time",
            "both": "{done} done, {time} of the time gone",
            "away": "moved away by {done}, {time} of the time gone",
            "not judged": "Cannot be judged",
            "name": "target",
            "done": "done",
            "gone": "time gone",
            "words": "remark",
            "alt": "Schedule chart, {count} targets: {on} on schedule, {behind} behind, {not_judged} cannot be judged.",
            "stop": ". ",
        },
    }
)


def _role(done: float, time: float) -> str:
    # what prints alike is alike: a difference in the last bit is no delay
    return "on schedule" if done >= time - 1e-9 else "behind"


def _draw(axes: Axes, done: float, time: float, y: float) -> None:
    role = _role(done, time)
    look, end = LOOKS[role], min(max(done, LEAST), MOST)
    axes.plot([time, end], [y, y], color=look.colour, linewidth=look.width, zorder=3)
    axes.plot([time], [y], **mark("time", 8))
    if end == done:
        axes.plot([end], [y], **mark(role, 7))
    else:
        axes.plot([end], [y], **mark("beyond" if done > end else "before", 7))


def _said(row: ScheduleRow, words: Mapping[str, str]) -> str:
    if row.reason or row.done is None:
        return row.reason
    template = words["both" if row.done >= 0 else "away"]
    return template.format(done=percent(abs(row.done), 0), time=percent(row.time, 0))


def schedule(rows: Sequence[ScheduleRow], lang: str = "zh", *, title: str, basis: str = "", source: str = "") -> Chart:
    """Draw one line a target from the share of time gone to the share of the change done.

    Targets that cannot be judged stand below the others in grey, with the reason.

    Raises
    ------
    ParameterError
        There are no rows, or no words in `lang`.
    """
    words = in_language(WORDS, lang)
    if not rows:
        raise ParameterError("a schedule chart needs at least one target", where=title)
    ordered = sorted(rows, key=lambda row: not row.judged)
    judged = [(row.done, row.time) for row in rows if row.done is not None and row.time is not None]
    roles = [_role(done, time) for done, time in judged]
    keys = [Key("time", words["time"], "marker")] if judged else []
    keys += [Key(role, words[role], "marker") for role in ("on schedule", "behind") if role in roles]

    with theme():
        laid = lay_out([(row.name, _said(row, words), False) for row in ordered if row.judged])
        listed = lay_out([(row.name, row.reason, True) for row in ordered if not row.judged], pictured=False)
        foot = FOOT if laid else 0.0
        heading = TEXT_SIZE * LINE + 0.06 if listed else 0.0
        sheet = open_sheet(
            title=title,
            keys=keys,
            plot_height=total_height(laid),
            notes=[basis, source],
            left=LEFT,
            right=RIGHT,
            under=foot + heading + total_height(listed),
        )
        if laid:
            ends = [min(max(value, LEAST), MOST) for pair in judged for value in pair]
            axes = share_axes(sheet, laid, min([0.0, *ends]), max([1.0, *ends]), words["axis"])
            write_rows(sheet, laid, sheet.plot.top)
            for (done, time), place in zip(judged, laid, strict=True):
                _draw(axes, done, time, place.middle)
        if listed:
            top = sheet.plot.bottom - foot
            sheet.write(EDGE, top, [words["not judged"]], TEXT_SIZE)
            write_rows(sheet, listed, top - heading, pictured=False)
    counts = {"on": roles.count("on schedule"), "behind": roles.count("behind"), "not_judged": len(rows) - len(roles)}
    alt = f"{title}{words['stop']}" + words["alt"].format(count=count(len(rows)), **{name: count(n) for name, n in counts.items()})
    data = pd.DataFrame(
        {
            words["name"]: [row.name for row in ordered],
            words["done"]: [percent(row.done) for row in ordered],
            words["gone"]: [percent(row.time) for row in ordered],
            words["words"]: [_said(row, words) for row in ordered],
        }
    )
    return Chart(sheet.figure, title, alt, data, source)
