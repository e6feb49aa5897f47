"""The sentence on the cover, its sources, and who owes what."""

import io

import openpyxl
import pytest
from matplotlib.text import Text

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
    assert line == "8项主要目标都不能判断：基期后未报数；先要补报8项指标、合计24个年度的数。"
    (line,) = setup("江津", lang="en").answer().lines
    assert line.endswith("8 indicators with 24 yearly figures must be reported first.")
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


STOCK = [("enrolment", year, "at_end", value, "人") for year, value in ((2021, 19000), (2022, 21000), (2023, 22000), (2024, 23000), (2025, 23500))]


def test_what_was_missed_is_named_first(own):
    report = own([("enrolment", 20000, "人", "annual", "2021-2025"), ("intake", 7000, "人", "point", "2025")], STOCK)
    (line,) = report.answer().lines
    assert "未达到的是在校生规模≥20,000人（2021—2025 每年，差1,000人）" in line
    assert any("未达到" in told and "在校生规模" in told for told in report.summary().lines)


def test_a_period_that_has_not_begun_is_no_lack_of_reports(own):
    report = own([("enrolment", 20000, "人", "point", "2025"), ("social_training", 50000, "人次", "cumulative", "2024-2025")], STOCK[:2], as_of=2022)
    assert "期间未开始" in report.answer().lines[0]
    assert "没有报数" not in report.answer().lines[0]


def test_one_target_is_not_counted(own):
    report = own([("intake", 7000, "人", "point", "2025")], STOCK)
    assert report.answer().lines[0].startswith("唯一的主要目标不能判断：")
    english = own([("intake", 7000, "人", "point", "2025")], STOCK, lang="en")
    assert english.answer().lines[0].startswith("The one main target cannot be judged: ")


PUPILS = [("enrolment", 2020, "at_end", 18000, "人"), *STOCK, *(("intake", year, "in_period", value, "人") for year, value in ((2021, 7500), (2022, 7400), (2023, 7300)))]


def test_a_level_to_be_lowered_falls_each_year(own):
    levers = own([("schools", 2, "所", "point", "2025", "le")], [("schools", year, "at_end", value, "所") for year, value in ((2020, 6), (2022, 5), (2023, 4))], as_of=2023).levers()
    (row,) = levers.rows
    assert (row["lever"], row["needed"]) == ("每年减少", "1所")


def test_an_intake_that_is_there_already_is_no_lever(own):
    targets = [("enrolment", 22100, "人", "point", "2025"), ("intake", 7600, "人", "point", "2025")]
    rising = [row for row in PUPILS if row[0] != "intake"] + [("intake", year, "in_period", value, "人") for year, value in ((2021, 5000), (2022, 7000), (2023, 9000))]
    needed = [row["lever"] for row in own(targets, rising, as_of=2023).levers().rows if "22,100" in row["target"]]
    assert needed
    assert "2024年起招生" not in needed
    more = [row for row in own([("enrolment", 30000, "人", "point", "2025"), targets[1]], PUPILS, as_of=2023).levers().rows if row["lever"] == "2024年起招生"]
    (row,) = more
    assert row["needed"].startswith("每年") and "." not in row["needed"]  # whole persons


def test_a_lacking_baseline_is_asked_for_and_makes_the_target_judged(own, monkeypatch):
    monkeypatch.setenv("ZHIBIAO_FIGURES", "svg")
    target, figures = [("enrolment", 24000, "人", "point", "2025")], STOCK[:3]
    (row,) = own(target, figures, as_of=2023).owed().rows
    assert row["years"] == "2020（基期）"
    (row,) = own(target, figures[1:], lang="en", as_of=2023).owed().rows
    assert row["years"] == "2020 (baseline), 2021"
    sheet = openpyxl.load_workbook(io.BytesIO(own(target, figures, as_of=2023).owed().workbook))["填报"]
    assert "2020年末" in str(sheet["C4"].value)
    known = own(target, [("enrolment", 2020, "at_end", 18000, "人"), *figures], as_of=2023)
    assert not known.owed().rows
    assert known.main_rows[0].standing.verdict == "on_schedule"


def test_where_no_length_fits_there_is_no_map_and_it_says_why(own):
    figures = [("enrolment", 2023, "at_end", 60000, "人"), ("intake", 2023, "in_period", 6000, "人")]
    told = own([("enrolment", 61000, "人", "point", "2025"), ("intake", 6000, "人", "point", "2025")], figures, as_of=2023).pair_map()
    assert "2023年每名招生对应在校生10人" in told.lines[0]
    assert "学制2—5年、年保留率不低于50%" in told.lines[0]


def test_the_shaded_pairs_are_those_of_the_target_that_can_be_reached(own):
    figures = [("enrolment", 2023, "at_end", 18000, "人"), ("intake", 2023, "in_period", 6000, "人")]
    targets = [("enrolment", 60000, "人", "point", "2024"), ("intake", 6000, "人", "point", "2024")]
    own_targets = [*targets, ("enrolment", 19000, "人", "point", "2025"), ("intake", 6000, "人", "point", "2025")]
    chart = own(own_targets, figures, as_of=2023).pair_map()
    words = " ".join(" ".join(text.get_text().split()) for text in chart.figure.findobj(Text))
    assert "够19,000 / 6,000的学制与保留率" in words


def test_the_map_of_pairs_speaks_in_the_unit_of_the_documents(own):
    chart = own([("enrolment", 24000, "人", "point", "2025"), ("intake", 7600, "人", "point", "2025")], PUPILS, as_of=2023).pair_map()
    words = " ".join(text.get_text() for text in chart.figure.findobj(Text))
    assert "24,000 / 7,600 人" in " ".join(words.split())
    assert "万人" not in words
