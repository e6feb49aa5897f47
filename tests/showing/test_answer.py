"""The sentence on the cover, its sources, and who owes what."""

import pytest

from zhibiao.notebook import setup
from zhibiao.showing.answer import least_sure


def test_the_answer_counts_names_the_least_sure_target_and_hedges():
    report = setup("重庆")
    (line,) = report.answer().lines
    assert line.startswith("8项主要目标中2项可以判断")
    assert "最没有把握的是年招生规模>3.5万人（2025）：按最近数差0.5万人，达到的可能性≈35%（约各半）" in line
    row = least_sure(report.main_rows, report.simulation.assumed)
    assert row.statement.id == "intake-2025"
    assert report.answer().markdown().startswith("> ")


def test_what_a_scenario_sets_is_never_the_least_sure():
    report = setup("重庆", scenario="plan_2021")
    row = least_sure(report.main_rows, report.simulation.assumed)
    assert row is None or row.statement.indicator not in report.simulation.assumed


def test_without_figures_the_answer_asks():
    (line,) = setup("江津").answer().lines
    assert line == "8项主要目标都不能判断：基期后未报数；先要补报8项指标、合计16个年度的数。"
    (line,) = setup("江津", lang="en").answer().lines
    assert line.endswith("8 indicators with 16 yearly figures must be reported first.")
    assert setup("江津").summary()._repr_mimebundle_()[1] == {"nothing": True}


def test_sources_stand_below_the_findings():
    found = setup("重庆").summary()
    assert len(found.notes) == 3
    assert all(note.startswith("数据：") and "年的数" in note for note in found.notes.values())
    assert "[^1]: 数据：重庆市人力资源和社会保障局" in found.markdown()


@pytest.mark.parametrize(
    ("region", "indicator", "owner"),
    [
        ("江津", "职业技术大学", "区教委、区人力社保局、有关高职院校"),  # named by the document
        ("重庆", "年招生规模", "重庆市人力资源和社会保障局（印发单位；文件未写责任单位）"),
    ],
)
def test_somebody_owes_every_figure(region, indicator, owner):
    rows = setup(region).owed().texts()
    assert next(row for row in rows if row[0] == indicator)[-1] == owner
    assert all(row[-1] for row in rows)


@pytest.mark.parametrize(
    ("region", "as_of", "told"),
    [("上海", 2023, "没有登记上海的目标"), ("全国", 2012, "还没有到期应报的数")],
)
def test_an_empty_list_says_why(region, as_of, told):
    table = setup(region, as_of=as_of).owed()
    assert not table.rows
    assert told in table.plain()


def test_the_workbook_comes_with_published_runs_only(monkeypatch):
    table = setup("江津").owed()
    assert not table.workbook
    monkeypatch.setenv("ZHIBIAO_FIGURES", "svg")
    table = setup("江津").owed()
    assert table.workbook.startswith(b"PK")
    assert table.workbook == setup("江津").owed().workbook
