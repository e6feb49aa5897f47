"""Small multiples and the tornado: what is drawn is what was reckoned, in both languages, and nothing is cut."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.showing import scenario_pictures, sensitivity_tables
from zhibiao.showing.scenario_chart import PANELS, Course, Panel, PanelsPicture, panels
from zhibiao.showing.sensitivity_chart import Bar, TornadoPicture
from zhibiao.showing.sensitivity_chart import tornado as drawn
from zhibiao.showing.theme import theme
from zhibiao.simulating.comparing import compare
from zhibiao.simulating.scenario import ground
from zhibiao.simulating.sensitivity import sobol, tornado

REGISTRY = load()
CITY = study(REGISTRY)
GROUND = ground(CITY)
FOUND, TURNED = compare(CITY, base=GROUND), tornado(CITY, GROUND)


def _inside(chart):
    """Whether every text lies on the sheet and none on another."""
    with theme():
        chart.figure.draw_without_rendering()
        texts = [text for text in chart.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        boxes = [text.get_window_extent() for text in texts if text.axes is None or text.axes.axison or text in text.axes.texts]
    width, height = chart.figure.get_size_inches() * 72
    cut = [box for box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    clashes = [
        (one, two)
        for one, two in itertools.combinations(boxes, 2)
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1 and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    ]
    return not cut and not clashes


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_panels_are_the_scenarios(lang):
    chart = scenario_pictures.small_multiples(replace(CITY, lang=lang), FOUND)
    assert list(chart.data.iloc[:-1, 0]) == [case.scenario.name(lang) for case in FOUND.cases]
    for number, case in enumerate(FOUND.cases):
        assert chart.data.iloc[number, 2] == pytest.approx(np.median(case.simulation.fans["enrolment"].at(2025)) / 1e4)
    assert chart.data.iloc[-1, 2] == pytest.approx(np.median(FOUND.unmoved.run.enrolment[:, -1]) / 1e4)
    assert REGISTRY.scenario("intake_low").name(lang) in chart.title and ("2.2" in chart.title)
    assert len(chart.figure.axes) == 1 + len(FOUND.cases) and _inside(chart)
    limits = {axes.get_ylim() for axes in chart.figure.axes[1:]}
    assert len(limits) == 1  # the same axes in every panel
    assert chart.image("svg") == scenario_pictures.small_multiples(replace(CITY, lang=lang), FOUND).image("svg")


def test_the_nation_one_year_ahead_has_its_panels_too():
    nation = study(REGISTRY, "全国")
    chart = scenario_pictures.small_multiples(nation, compare(nation))
    assert _inside(chart) and "没有目标可引向" in chart.alt


def test_a_region_without_a_pipe_has_no_picture():
    district = study(REGISTRY, "江津")
    assert scenario_pictures.small_multiples(district, compare(district)) is None
    assert "没有同一年的招生与在校生" in repr(sensitivity_tables.picture(district, None))


def test_more_panels_than_fit_are_refused():
    course = Course([2024, 2025], [1.0, 2.0])
    with pytest.raises(ParameterError, match="1 to 8 panels, not 9"):
        PanelsPicture("例", "万人", [Panel("例", "", course)] * (PANELS + 1))
    assert _inside(panels(PanelsPicture("例", "万人", [Panel("一个很长很长的情景名称", "1.0", course)])))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_bars_are_the_tornado(lang):
    chart = sensitivity_tables.picture(replace(CITY, lang=lang), TURNED)
    assert chart.data.iloc[:, 2].tolist() == pytest.approx([turn.enrolment.low / 1e4 for turn in TURNED.turns])
    assert chart.data.iloc[:, 3].tolist() == pytest.approx([turn.enrolment.high / 1e4 for turn in TURNED.turns])
    assert _inside(chart) and ("年招生" in chart.title or "yearly intake" in chart.title)


def test_a_lever_without_effect_says_so():
    chart = drawn(TornadoPicture("例", "万人", "在校生", 10.0, [Bar("学制", "-0.5至+0.5年", 10.0, 10.0), Bar("招生", "-1%至+1%", 9.0, 11.0)]))
    assert any(text.get_text() == "不变" for text in chart.figure.findobj(Text)) and _inside(chart)
    with pytest.raises(ParameterError, match="needs a lever"):
        TornadoPicture("例", "万人", "在校生", 10.0, [])


def test_the_table_says_what_each_range_rests_on():
    table = sensitivity_tables.table(CITY, TURNED, sobol(CITY, GROUND))
    rows = {row["lever"]: row for row in table.rows}
    assert rows["平均学制"]["basis"].startswith("假设") and "1999—2021年" in rows["年保留率"]["basis"]
    assert rows["年招生"]["range"] == "-46%至+86%"
    assert float(rows["年招生"]["total_enrolment"]) > 0.5 > float(rows["平均学制"]["total_enrolment"])
    assert not sensitivity_tables.table(study(REGISTRY, "江津"), None, ()).rows


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_target_at_risk_is_named_with_what_moves_it(lang):
    base = FOUND.cases[0].rows
    main = [row for row in base if row.statement.id in ("intake-2025", "enrolment-2025", "enrolment-keep", "training-2025")]
    lines = sensitivity_tables.at_risk(replace(CITY, lang=lang), TURNED, FOUND, main).lines
    least = min((row for row in main if row.chance is not None), key=lambda row: row.chance)
    assert least.statement.id == "intake-2025" and "3.5" in lines[0] and "35%" in lines[0]
    (enrolment,) = (line for line in lines if "10.5" in line and "40%" in line)
    assert ("年招生（-46%至+86%：<5%→>95%）" in enrolment) or ("yearly intake (-46% to +86%: <5% → >95%)" in enrolment)
    (unclear,) = (line for line in lines if "≥12" in line)
    assert "2.6" in unclear and ("不给可能性" in unclear or "no chance is given" in unclear)


def test_without_targets_or_figures_the_risk_is_not_called_none():
    district = study(REGISTRY, "江津")
    found = compare(district)
    told = sensitivity_tables.at_risk(district, None, found, found.cases[0].rows).lines
    assert "不等于没有风险" in told[0]
    assert "没有给江津区定下主要目标" in sensitivity_tables.at_risk(district, None, found, []).lines[0]


def test_of_more_scenarios_than_fit_the_reports_own_is_drawn_and_the_others_are_named(tmp_path):
    (tmp_path / "scenarios").mkdir()
    for name in ("more", "zz_own"):
        text = f"id: {name}\nzh: {name}\nen: {name}\ndescription: 例\ndescription_en: mine\noverrides:\n  - {{lever: intake, value: 5, unit: '%', change: true, after: 2, source: 假设：例}}\n"
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    question = study(load(tmp_path), scenario="zz_own")
    chart = scenario_pictures.small_multiples(question, compare(question, base=GROUND))
    drawn_names = chart.data.iloc[:-1, 0].tolist()
    assert len(drawn_names) == PANELS and drawn_names[0] == "基准" and "zz_own" in drawn_names
    notes = " ".join(text.get_text() for text in chart.figure.findobj(Text))
    assert "未画：" in notes and "流失减少" in notes and _inside(chart)
