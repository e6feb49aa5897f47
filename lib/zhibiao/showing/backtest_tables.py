"""How far projections can be trusted: old forecasts against what came, in tables and plain words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from zhibiao.catalogue.study import Study
from zhibiao.projecting.backtest import AHEAD, accuracy
from zhibiao.projecting.learned import COMBINED, METHODS
from zhibiao.projecting.project import LAST_VALUE
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing.chart import Chart
from zhibiao.showing.lines_chart import LinesPicture, NamedLine, lines
from zhibiao.showing.numbers import count, percent
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import between

METHOD_NAMES: Mapping[str, tuple[str, str]] = {
    COMBINED: ("本套", "this suite"),
    LAST_VALUE: ("最后一个值", "last value"),
    "drift": ("漂移", "drift"),
    "half_slope": ("半斜率", "half slope"),
    "theta": ("Theta", "Theta"),
}
"""Rules of `zhibiao.projecting.rules`; 漂移 carries the mean yearly change on, 半斜率 half of the regression slope."""

SHOWN = (1, 3, 5)
"""Years ahead that tables show; the chart has all."""

OWN = 3
"""Figures known in the table of a region's own: most indicators have no more, and those of the longer series stand in the other tables."""

LOOKS_OF = {COMBINED: "curve", LAST_VALUE: "second curve", "drift": "fourth curve", "half_slope": "third curve", "theta": "pace"}


def method_name(method: str, lang: str) -> str:
    """The method in words."""
    zh, en = METHOD_NAMES[method]
    return zh if lang == "zh" else en


def counted(trials: pd.DataFrame, classes: Mapping[str, ReferenceClass]) -> pd.DataFrame:
    """Forecasts of counts: their errors are relative and may be pooled."""
    return trials[trials.reference.map(lambda name: classes[name].scale == "log")]


def errors(study: Study, trials: pd.DataFrame) -> Table:
    """Median relative error by number of figures and years ahead, this suite beside the simple rules."""
    found = accuracy(trials[trials.points > 1], ["points", "ahead", "method"])
    pivot = found.pivot(index=["points", "ahead"], columns="method", values="median_error")
    counts = found[found.method == COMBINED].set_index(["points", "ahead"])
    columns = [
        Column("points", study.words("已知个数", "figures known"), "right", "count", width=2),
        Column("ahead", study.words("几年后", "years ahead"), "right", "count", width=2),
        *(Column(method, method_name(method, study.lang), "right", "share", width=2, digits=0) for method in METHODS),
        Column("values", study.words("判定次数", "judged"), "right", "count", width=2),
        Column("series", study.words("序列数", "series"), "right", "count", width=2),
    ]
    rows = [
        {"points": points, "ahead": ahead, **{m: _number(pivot.loc[(points, ahead), m]) for m in METHODS}, **_counts(counts.loc[(points, ahead)])}
        for points, ahead in pivot.index
        if ahead in SHOWN
    ]
    best = sum(row[COMBINED] <= min(row[m] for m in METHODS) for row in rows)
    beaten = sum(row[COMBINED] < row[LAST_VALUE] for row in rows)
    title = study.words(
        f"中国序列的中位误差：{count(len(rows))}种情形中{count(beaten)}种小于“最后一个值”，{count(best)}种为各法最小",
        f"Median errors on Chinese series: in {count(beaten)} of {count(len(rows))} cases below the last value, in {count(best)} the smallest of all",
    )
    return Table(columns, rows, title=title, notes=[_how(study)] if rows else [], empty=_none(study))


def covered(study: Study, trials: pd.DataFrame) -> Table:
    """Share of the truth inside the bands, by number of figures and years ahead."""
    found = accuracy(trials[trials.method == COMBINED], ["points", "ahead"])
    columns = [
        Column("points", study.words("已知个数", "figures known"), "right", "count", width=2),
        Column("ahead", study.words("几年后", "years ahead"), "right", "count", width=2),
        Column("covered80", study.words("80%区间实际包住", "inside the 80 % band"), "right", "share", width=3, digits=0),
        Column("covered95", study.words("95%区间实际包住", "inside the 95 % band"), "right", "share", width=3, digits=0),
        Column("median_error", study.words("中位误差", "median error"), "right", "share", width=2, digits=0),
        Column("values", study.words("判定次数", "judged"), "right", "count", width=2),
        Column("series", study.words("序列数", "series"), "right", "count", width=2),
    ]
    names = [column.name for column in columns]
    rows = [{name: _number(row[name]) for name in names} for _, row in found[found.ahead.isin(SHOWN)].iterrows()]
    whole = accuracy(trials[trials.method == COMBINED], ["method"])
    title = _none(study) if whole.empty else study.words(
        f"中国序列：80%区间实际包住{percent(whole.covered80[0], 0)}，95%区间{percent(whole.covered95[0], 0)}",
        f"Chinese series: the 80 % band held {percent(whole.covered80[0], 0)}, the 95 % band {percent(whole.covered95[0], 0)}",
    )
    note = study.words(
        "多于80%、95%即区间偏宽：说得比实际更没有把握。一条长序列的各次判定互相重叠，不是独立的证据。",
        "More than 80 and 95 % means bands that are too wide: less sure than they could be. Judgements of one long series overlap and are no independent evidence.",
    )
    return Table(columns, rows, title=title, notes=[note] if rows else [], empty=_none(study))


def chart(study: Study, trials: pd.DataFrame, points: int) -> Chart:
    """Median error by years ahead, this suite and the simple rules."""
    found = accuracy(trials[trials.points == points], ["method", "ahead"]).set_index(["method", "ahead"])
    drawn = [
        NamedLine(method_name(m, study.lang), LOOKS_OF[m], [_number(found.median_error.get((m, ahead))) for ahead in range(1, AHEAD + 1)]) for m in METHODS
    ]
    ours, last = (found.median_error.get((m, AHEAD)) for m in (COMBINED, LAST_VALUE))
    title = study.words(
        f"只知{count(points)}个数时，{count(AHEAD)}年后的中位误差：本套{percent(ours, 0)}，最后一个值{percent(last, 0)}",
        f"With {count(points)} figures known, the median error {count(AHEAD)} years ahead is {percent(ours, 0)}; the last value's is {percent(last, 0)}",
    )
    return lines(
        LinesPicture(
            title,
            [count(ahead) for ahead in range(1, AHEAD + 1)],
            study.words("几年后", "years ahead"),
            study.words("误差中位数（占实际值的比例）", "median error as a share of the truth"),
            drawn,
            basis=_how(study),
            source=_source(study, trials),
        )
    )


def own(study: Study, trials: pd.DataFrame, classes: Mapping[str, ReferenceClass]) -> Table:
    """What would have been said of the region's own figures, by indicator."""
    mine = trials[(trials.region == study.region.code) & (trials.origin + trials.ahead <= study.as_of)]
    ours = mine[(mine.method == COMBINED) & (mine.points <= OWN)]
    ours = ours[ours.points == ours.groupby("indicator").points.transform("max")]
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("points", study.words("已知个数", "figures known"), "right", width=2),
        Column("ahead", study.words("几年后", "years ahead"), "right", width=2),
        Column("error", study.words("中位误差", "median error"), "right", width=3),
        Column("last", study.words("最后一个值的误差", "error of the last value"), "right", width=3),
        Column("covered80", study.words("80%区间包住", "inside the 80 % band"), "right", width=3),
        Column("covered95", study.words("95%区间包住", "inside the 95 % band"), "right", width=3),
    ]
    rows = []
    for _, group in ours.groupby("indicator", sort=False):
        indicator, points = str(group.indicator.iloc[0]), int(group.points.iloc[0])
        same = mine[(mine.indicator == indicator) & (mine.points == points)]
        last = same[same.method == (LAST_VALUE if points > 1 else COMBINED)]
        rate = classes[str(group.reference.iloc[0])].scale == "logit"
        inside = [(group[f"low{level}"] <= group.truth) & (group.truth <= group[f"high{level}"]) for level in (80, 95)]
        reach = int(group.ahead.min()), int(group.ahead.max())
        rows.append(
            {
                "indicator": study.indicator(indicator).name(study.lang),
                "points": count(points),
                "ahead": count(reach[0]) if reach[0] == reach[1] else between(count(reach[0]), count(reach[1]), study.lang),
                "error": _error(study, float(group.error.median()), rate),
                "last": _error(study, float(last.error.median()), rate),
                "covered80": f"{count(int(inside[0].sum()))} / {count(len(group))}",
                "covered95": f"{count(int(inside[1].sum()))} / {count(len(group))}",
            }
        )
    title = study.words(
        f"{study.region.zh}自己的数：若当年就这样推断，后来会怎样（{count(len(ours))}次判定）",
        f"{study.region.en}'s own figures: what would have been said then, against what came ({count(len(ours))} judged)",
    )
    empty = study.words(
        f"{study.region.zh}没有一项指标在五年之内有两个数，无从回测；以下只有别处的序列。",
        f"No indicator of {study.region.en} has two figures within five years: nothing can be tested on its own figures.",
    )
    return Table(columns, rows, title=title, empty=empty)


def _error(study: Study, value: float, rate: bool) -> str:
    if rate:
        return percent(value, 1).removesuffix("%") + study.words("个百分点", " pp")
    return percent(value, 0)


def _number(value: Any) -> float | None:
    return None if value is None or (isinstance(value, float | np.floating) and math.isnan(value)) else float(value)


def _counts(row: Any) -> dict[str, int]:
    return {"values": int(row["values"]), "series": int(row["series"])}


def _how(study: Study) -> str:
    return study.words(
        "每条序列从它的每一年起推断，只用当时已有的最近几个数；所用的类不含被判的地区，区间与本套推断同样算法。",
        "Each series is forecast from each of its years with no more than its latest figures of then; the class used holds no series of the region that is judged.",
    )


def _source(study: Study, trials: pd.DataFrame) -> str:
    regions = [study.registry.regions[code].name(study.lang) for code in sorted(trials.region.unique())]
    return study.words(f"登记库中{'、'.join(regions)}的技工教育序列。", f"Series of technical education in the registry: {', '.join(regions)}.")


def _none(study: Study) -> str:
    return study.words("登记库中没有可回测的序列。", "The registry holds no series that could be tested.")
