"""The explorer's screen without levers: one chart of intake and enrolment, one table of targets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from zhibiao.assessing.gaps import gap_table
from zhibiao.assessing.requests import requests
from zhibiao.catalogue.study import Study
from zhibiao.exploring import telling
from zhibiao.exploring.panels import DRAWN
from zhibiao.exploring.scene import Scene, Shown
from zhibiao.exploring.screen import Curve, Panel, curve, observed
from zhibiao.model import Scenario
from zhibiao.showing.chart import Chart
from zhibiao.showing.no_pipe import no_pipe as because
from zhibiao.showing.pictures import display_unit, source_line
from zhibiao.showing.request_tables import asked_for
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.series import point_keys, series_words
from zhibiao.showing.sheet import Box, Key, Sheet, open_sheet
from zhibiao.showing.table import Table
from zhibiao.showing.theme import theme
from zhibiao.simulating.scenario import Ground, Simulation, ground

LABELS = 0.95
"""Inches beside each of the two plots for the names of its lines."""
GAP = 0.56


def parts(study: Study, simulation: Simulation) -> tuple[Chart, Table] | tuple[Sentences, Table]:
    """Chart and table of a study's scenario beside the baseline; of a region without a pipe the reason and the figures asked for."""
    plain = replace(study, scenario=study.registry.scenario("baseline"))
    base = Ground(simulation.fans, simulation.pipe) if study.scenario == plain.scenario else ground(study)
    here = Scene(plain, base)
    if simulation.pipe is None:
        rows = gap_table(study, base.fans)
        return Sentences((no_pipe(study),)), asked_for(study, rows, requests(rows))
    shown, other, saved = here.show(study.scenario), _compared(study), study.scenario.saved
    before = None if other is None else here.show(other)
    beside = None if before is None else before.beside(shown)
    name = "" if other is None or before is None or beside is None else telling.compared_name(other.name(study.lang), beside, before)
    off = saved.off if saved else ()
    return _chart(here, shown, beside, name, off), telling.aims(shown, off, beside, name)


def _compared(study: Study) -> Scenario | None:
    """What the scenario is held against: what was pinned when it was saved, else the baseline; None for that itself."""
    saved = study.scenario.saved
    name = "baseline" if saved is None else saved.compared
    return None if name is None or name == study.scenario.id else study.registry.scenarios.get(name)


def no_pipe(study: Study) -> str:
    """Why nothing can be played with in a region."""
    return because(study, "学生流量无从起算，不能试算。缺的数列在下面", "no flow of students can be reckoned. The figures that are missing stand below")


def _chart(here: Scene, shown: Shown, beside: Shown | None, name: str, off: Collection[str]) -> Chart:
    s, now = shown.study, shown.study.words("情景", "scenario")
    keys = [
        *point_keys([point for name in DRAWN for point in observed(s, name, display_unit(s, s.indicator(name)))], series_words(s.lang)),
        Key("projected", s.words("试算中位", "median"), "curve"),
        Key("band", s.words(f"{s.level}%区间", f"{s.level} % band"), "band"),
        *([Key("pace", s.words(f"{name}（点线：其区间）", f"{name} (dots: its band)"), "curve")] if beside is not None else []),
        *_target_keys(here, off),
    ]
    title = telling.landing(shown, beside, name).rstrip("。.")
    points = [p for indicator in DRAWN for p in s.series(indicator).annual]
    with theme():
        sheet = open_sheet(
            title=title, keys=keys, plot_height=2.5, notes=[telling.levers(shown, here.ranges), source_line(s, points)], left=0.56, right=0.1, under=0.3, unit=" "
        )  # fmt: skip
    frames = []
    for indicator, place in zip(DRAWN, _halves(sheet), strict=True):
        fan = shown.simulation.fans[indicator]
        panel = Panel(s, indicator, here.ground.fans[indicator], here.targets, place, s.indicator(indicator).name(s.lang))
        line = curve(fan, panel.unit, s.level, now)
        grey = None if beside is None else curve(beside.simulation.fans[indicator], panel.unit, s.level, name)
        panel.show(line, grey, off)
        frames.append(_frame(s, panel, line, grey))
    data = pd.concat(frames, axis="columns").sort_index()
    data.insert(0, s.words("年份", "year"), [str(year) for year in data.index])
    return Chart(sheet.figure, title, f"{title}{s.words('。', '. ')}{telling.levers(shown, here.ranges)}", data, source_line(s, points))


def _target_keys(here: Scene, off: Collection[str]) -> list[Key]:
    """The legend's entries for the kinds of targets that are drawn."""
    s, drawn = here.study, [t for t in here.targets if t.statement.indicator in DRAWN and t.asked.combine != "sum" and t.key not in off]
    main = [Key("target", s.words("主评目标", "governing target"), "line")] if any(not t.governed for t in drawn) else []
    return main + ([Key("other target", s.words("其他目标", "other target"), "line")] if any(t.governed for t in drawn) else [])


def _halves(sheet: Sheet) -> tuple[Sheet, Sheet]:
    box = sheet.plot
    width = (box.right - box.left - 2 * LABELS - GAP) / 2
    second = box.left + width + LABELS + GAP
    first_box, second_box = (Box(left, box.bottom, left + width, box.top) for left in (box.left, second))
    return replace(sheet, plot=first_box), replace(sheet, plot=second_box)


def _frame(study: Study, panel: Panel, line: Curve, grey: Curve | None) -> pd.DataFrame:
    name = panel.indicator.name(study.lang)
    columns = {study.words("中位", " median"): line.middle, study.words("下限", " low"): line.low, study.words("上限", " high"): line.high}
    if grey is not None:
        columns[study.words("对照中位", " compared")] = grey.middle
    return pd.DataFrame({f"{name}{label}": list(values) for label, values in columns.items()}, index=list(line.years))
