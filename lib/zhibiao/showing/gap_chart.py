"""How much of each change that was asked for is still missing, one bar a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import count, percent
from zhibiao.showing.rows import FOOT, LEFT, RIGHT, lay_out, share_axes, total_height, write_rows
from zhibiao.showing.sheet import Key, mark, open_sheet
from zhibiao.showing.theme import LOOKS, in_language, theme

State = Literal["gap", "met", "unknown"]
MOST = 1.5
"""Shares beyond this are cut: an indicator that moved away from its target may miss more than the whole change asked."""


@dataclass(frozen=True)
class GapRow:
    """One target.

    Parameters
    ----------
    name : str
        Indicator and target in words.
    state : {"gap", "met", "unknown"}
    words : str
        Gap in the unit of the document, that it is met, or why nothing is known.
    share_missing : float, optional
        Share of the change asked that is still missing; None for a gap without a baseline.
    """

    name: str
    state: State
    words: str
    share_missing: float | None = None


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "missing": "尚缺部分",
            "unscaled": "有缺口，无基期，不能折算为比例",
            "met": "已达到",
            "unknown": "情况不明",
            "axis": "尚缺部分占目标要求变化量的比例",
            "name": "目标",
            "share": "尚缺比例",
            "words": "说明",
            "alt": "差距图，{count}项目标：{gap}项有缺口，{met}项已达到，{unknown}项情况不明。",
            "stop": "。",
        },
        "en": {
            "missing": "still missing",
            "unscaled": "gap without a baseline: no share can be given",
            "met": "met",
            "unknown": "not known",
            "axis": "still missing, as a share of the change the target asks for",
            "name": "target",
            "share": "missing",
            "words": "remark",
            "alt": "Gap chart, {count} targets: {gap} with a gap, {met} met, {unknown} not known.",
            "stop": ". ",
        },
    }
)


def _role(row: GapRow) -> str:
    return (
        "unscaled" if row.state == "gap" and row.share_missing is None else {"gap": "missing"}.get(row.state, row.state)
    )


def _draw(axes: Axes, row: GapRow, y: float) -> None:
    role = _role(row)
    look = LOOKS[role]
    if role in ("met", "unscaled"):
        axes.plot([0.02], [y], **mark(role, 7))
    elif role == "unknown":
        axes.barh(y, 1, 0.15, color=look.colour, edgecolor=look.edge, hatch=look.hatch, linewidth=look.width)
    elif row.share_missing is not None:
        # a target missed by nothing (98.0 against >98) still shows that it is not met
        axes.barh(
            y,
            min(max(row.share_missing, 0.008), MOST),
            0.15,
            color=look.colour,
            edgecolor=look.edge,
            linewidth=look.width,
        )
        if row.share_missing > MOST:
            axes.plot([MOST], [y], **mark("beyond", 7))


def gaps(rows: Sequence[GapRow], lang: str = "zh", *, title: str, basis: str = "", source: str = "") -> Chart:
    """Draw one horizontal bar a target, in the order given.

    Raises
    ------
    ParameterError
        There are no rows, or no words in `lang`.
    """
    words = in_language(WORDS, lang)
    if not rows:
        raise ParameterError("a gap chart needs at least one target", where=title)
    kinds = {"missing": "band", "unscaled": "marker", "met": "marker", "unknown": "band"}
    present = {_role(row) for row in rows}
    keys = [
        Key(role, words[role], "band" if kind == "band" else "marker")
        for role, kind in kinds.items()
        if role in present
    ]
    measured = any(row.state != "unknown" for row in rows)
    longest = max([row.share_missing or 0.0 for row in rows])
    with theme():
        laid = lay_out([(row.name, row.words, row.state == "unknown") for row in rows])
        sheet = open_sheet(
            title=title,
            keys=keys,
            plot_height=total_height(laid),
            notes=[basis, source],
            left=LEFT,
            right=RIGHT,
            under=FOOT if measured else 0.05,
        )
        axes = share_axes(sheet, laid, 0.0, 1.0 if longest <= 1 else MOST, words["axis"])
        if not measured:  # no scale where nothing is measured along it
            axes.set(xticks=[], xlabel="")
            axes.spines["bottom"].set_visible(False)
        write_rows(sheet, laid, sheet.plot.top)
        for row, place in zip(rows, laid, strict=True):
            _draw(axes, row, place.middle)
    counts = {state: sum(row.state == state for row in rows) for state in ("gap", "met", "unknown")}
    alt = f"{title}{words['stop']}" + words["alt"].format(count=count(len(rows)), **{name: count(n) for name, n in counts.items()})
    data = pd.DataFrame(
        {
            words["name"]: [row.name for row in rows],
            words["share"]: ["" if row.share_missing is None else percent(row.share_missing) for row in rows],
            words["words"]: [row.words for row in rows],
        }
    )
    return Chart(sheet.figure, title, alt, data, source)
