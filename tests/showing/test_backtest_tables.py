"""How far projections can be trusted, as a reader sees it: on series and a table made for the purpose."""

import pandas as pd
import pytest

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.notebook import setup
from zhibiao.projecting.accuracy import Measured
from zhibiao.projecting.backtest import COLUMNS
from zhibiao.showing import backtest_tables, benchmark_tables, target_steps


@pytest.fixture(scope="module")
def chongqing():
    return setup(region="重庆")


def trial(method="combined", points=3, ahead=5, error=0.2, inside=True, indicator="enrolment", region="100000"):
    truth = 100.0
    high = 110.0 if inside else 90.0
    return (indicator, indicator, region, method, points, 2010, ahead, truth, truth * (1 + error), 80.0, high, 70.0, 130.0, error)


def trials(*rows):
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def measured(method="zhibiao (enrolment)", kind="own", points=3, ahead=(1, 6), error=0.2, covered=0.8, collection="countries"):
    return Measured(collection, method, kind, points, ahead, 300, error, 10 * error, 20.0, covered, 0.95, 5.0, 9.0)


def cells(table):
    return [dict(zip([column.name for column in table.columns], texts, strict=True)) for texts in table.texts()]


METHODS = ("combined", "last_value", "drift", "half_slope", "theta")


def test_errors_stand_side_by_side_and_the_title_counts_the_better_ones(chongqing):
    rows = [trial(method, error=0.1 * (place + 1)) for place, method in enumerate(METHODS)]
    table = backtest_tables.errors(chongqing.study, trials(*rows))
    assert cells(table) == [
        {"points": "3", "ahead": "5", "combined": "10%", "last_value": "20%", "drift": "30%", "half_slope": "40%", "theta": "50%", "values": "1", "series": "1"}
    ]
    assert "1种情形中1种小于“最后一个值”，1种为各法最小" in table.title


def test_coverage_is_the_share_inside(chongqing):
    table = backtest_tables.covered(chongqing.study, trials(trial(), trial(inside=False), trial(), trial()))
    assert cells(table)[0]["covered80"] == "75%" and cells(table)[0]["covered95"] == "100%"
    assert "80%区间实际包住75%" in table.title


def test_nothing_to_test_is_said_and_not_left_blank(chongqing):
    for table in (backtest_tables.errors(chongqing.study, trials()), backtest_tables.covered(chongqing.study, trials())):
        assert "没有可回测的序列" in str(table)
    jiangjin = Report(study(load(), region="江津"))
    assert "没有一项指标在五年之内有两个数" in str(jiangjin.own_backtest())


def test_own_figures_are_counted_one_by_one(chongqing):
    found = {row["indicator"]: row for row in cells(chongqing.own_backtest())}
    assert (found["在校生规模"]["error"], found["在校生规模"]["covered80"]) == ("1%", "1 / 1")
    assert (found["毕业生就业率"]["error"], found["毕业生就业率"]["covered80"]) == ("1.0个百分点", "0 / 1")


def test_a_figure_after_as_of_is_not_looked_at():
    early = Report(study(load(), region="重庆", as_of=2020))
    assert [row["indicator"] for row in cells(early.own_backtest())] == ["在校生规模"]


def test_a_step_smaller_than_the_usual_error_is_said_in_words(chongqing):
    rows = [row for row in chongqing.main_rows if row.statement.key == "chongqing-2021-452/enrolment-2025"]
    told = [measured(ahead=(5, 5), error=0.2)]
    said = str(target_steps.steps(chongqing.study, rows, trials(), told, chongqing.references))
    assert "5年后，这样的数中位误差约五分之一（20%）（判于未参与建类的国家的300段历史）；目标要求+6%" in said
    assert "分不清达到与没达到" in said
    sure = str(target_steps.steps(chongqing.study, rows, trials(), [measured(ahead=(5, 5), error=0.02)], chongqing.references))
    assert "多半走不到" in sure


def test_without_a_measured_table_tests_on_chinese_series_or_the_class_speak(chongqing):
    rows = [row for row in chongqing.main_rows if row.statement.key == "chongqing-2021-452/enrolment-2025"]
    many = trials(*[trial(error=0.3)] * target_steps.FEWEST)
    assert "中国1条序列的20次回测" in str(target_steps.steps(chongqing.study, rows, many, (), chongqing.references))
    assert "尚无回测" in str(target_steps.steps(chongqing.study, rows, trials(trial()), (), chongqing.references))


def test_what_cannot_be_compared_names_its_reason(chongqing):
    said = str(chongqing.target_steps())
    assert "不能相比（累计数没有起点，所问的不是变动）：培养培训高技能人才 >[15]万人" in said
    assert "只是守住并略超" in said
    jiangjin = Report(study(load(), region="江津", lang="en"))
    assert all(line.startswith("Not comparable (") for line in jiangjin.target_steps().lines)


def test_a_collection_is_told_by_method_and_length(chongqing):
    told = [measured(), measured("last_value", "rule", error=0.3), measured("AutoETS", "peer", points=6, error=0.25, covered=0.5), measured(points=6)]
    table = benchmark_tables.table(chongqing.study, told, chongqing.references, "countries", "scaled_error")
    assert [(row["method"], row["p3"], row["p6"]) for row in cells(table)] == [("本套（在校生）", "2.00", "2.00"), ("最后一个值", "3.00", "—"), ("AutoETS", "—", "2.50")]
    said = benchmark_tables.verdict(chongqing.study, told, chongqing.references, "countries").lines
    assert said[0] == "3个数：误差2.00倍年均变动，其余最好的是最后一个值 3.00；80%区间实际包住80%。"
    assert said[1] == "6个数：误差2.00倍年均变动，其余最好的是AutoETS 2.50；80%区间实际包住80%，其他软件50%。"
    chart = benchmark_tables.coverage_chart(chongqing.study, told, chongqing.references, "countries")
    assert list(chart.data.columns) == ["已知几个数", "本套（在校生）", "AutoETS"]


def test_a_collection_that_was_not_measured_is_said(chongqing):
    empty = (
        benchmark_tables.table(chongqing.study, (), chongqing.references, "m3", "covered80"),
        benchmark_tables.verdict(chongqing.study, (), chongqing.references, "m3"),
        benchmark_tables.coverage_chart(chongqing.study, (), chongqing.references, "m3"),
        benchmark_tables.error_chart(chongqing.study, (), chongqing.references, "m3", 3),
    )
    assert all("没有实测表" in str(shown) for shown in empty)
