"""How far series of a reference class really moved: what the width of a fan rests on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing.chart import Chart
from zhibiao.showing.margin import MARGIN, margin_note, write_margin
from zhibiao.showing.numbers import count, percent
from zhibiao.showing.pairs_chart import CURVES
from zhibiao.showing.sheet import open_sheet
from zhibiao.showing.theme import LOOKS, in_language, theme

SHARES = (0.5, 0.8, 0.95)
"""The shares of moves that are drawn: half, four in five, nineteen in twenty stayed within."""

TOLD = 5
"""The horizon of the sentence in the title: plans run for five years."""

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "x": "几年之后",
            "y": "偏离最近一次数的幅度（上下都算）",
            "within": "{}的变动在此以内",
            "title": "参照类“{name}”：{last}年后，一半在{half}以内，五分之四在{most}以内",
            "basis": "{series}条序列、{moves}次{last}年变动。",
            "alt": "线图，横轴为年数，纵轴为偏离幅度；",
            "years": "年数",
            "join": "；",
            "stop": "。",
        },
        "en": {
            "x": "years ahead",
            "y": "departure from the last figure, up or down",
            "within": "{} of the moves stayed within",
            "title": "Reference class “{name}”: after {last} years half had moved within {half}, four in five within {most}",
            "basis": "{moves} moves over {last} years of {series} series.",
            "alt": "Lines over years ahead, departure upwards; ",
            "years": "years",
            "join": "; ",
            "stop": ". ",
        },
    }
)


def moves(reference: ReferenceClass, lang: str, source: str = "") -> Chart:
    """Draw the departure that half, four in five and nineteen in twenty moves stayed within, by years ahead.

    Parameters
    ----------
    reference : ReferenceClass
        Of counts: its table holds |ln| of ratios, which are shown as departures upwards, exp(move) − 1.

    Raises
    ------
    ParameterError
        There are no words in `lang`.
    """
    import seaborn as sns  # heavy, and only this chart needs it

    words = in_language(WORDS, lang)
    years = np.array(reference.horizons)
    departures = {share: np.array([np.expm1(float(reference.quantile(int(h), share))) for h in years]) for share in SHARES}
    labels = {share: words["within"].format(percent(share, 0)) for share in SHARES}
    long = pd.DataFrame(
        [(int(year), labels[share], float(d)) for share in SHARES for year, d in zip(years, departures[share], strict=True)],
        columns=["year", "share", "departure"],
    )
    last = int(years[-1])
    told = min(TOLD, last)
    half, most = (percent(float(departures[share][told - 1]), 0) for share in (0.5, 0.8))
    name = reference.entry.zh if lang == "zh" else reference.entry.en
    title = words["title"].format(name=name, last=count(told), half=half, most=most)
    looks = {labels[share]: LOOKS[role] for share, role in zip(SHARES, CURVES, strict=False)}
    with theme():
        sheet = open_sheet(
            title=title,
            keys=(),
            plot_height=2.9,
            notes=[words["basis"].format(series=count(int(reference.series[told - 1])), moves=count(int(reference.moves[told - 1])), last=count(told)), source],
            left=0.55,
            right=MARGIN,
            under=0.5,
            unit=words["y"],
        )
        axes = sheet.axes()
        sns.lineplot(
            data=long, x="year", y="departure", hue="share", palette={k: look.colour for k, look in looks.items()}, legend=False, errorbar=None, ax=axes
        )
        for line, look in zip(axes.get_lines(), looks.values(), strict=True):
            line.set(linestyle=look.line, linewidth=look.width)
        axes.set(xlim=(1, last), ylim=(0, None), ylabel="")
        axes.set_xticks(years, [count(int(year)) for year in years])
        ticks = [tick for tick in axes.get_yticks() if tick <= axes.get_ylim()[1] + 1e-9]
        axes.set_yticks(ticks, [percent(float(tick), 0) for tick in ticks])
        axes.set_xlabel(words["x"], labelpad=3)
        axes.grid()
        axes.tick_params(length=3)
        ends = [margin_note(last, float(departures[share][-1]), labels[share], "", LOOKS[role].colour) for share, role in zip(SHARES, CURVES, strict=False)]
        write_margin(sheet, axes, ends)
    data = pd.DataFrame({words["years"]: years, **{labels[share]: departures[share] for share in SHARES}})
    return Chart(sheet.figure, title, f"{title}{words['stop']}{words['alt']}{words['join'].join(labels.values())}", data, source)
