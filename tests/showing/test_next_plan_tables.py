"""What follows for a next plan, as a reader sees it."""

from dataclasses import replace

import pytest

from zhibiao.answers import Report
from zhibiao.assessing.asking import series
from zhibiao.assessing.asking.question import Options, ask
from zhibiao.assessing.asking.target import parse
from zhibiao.notebook import setup


@pytest.fixture(scope="module")
def chongqing():
    return setup(region="重庆", as_of=2025, horizon=2030)


@pytest.fixture(scope="module")
def jiangjin():
    return setup(region="江津", as_of=2025, horizon=2030)


def typed(figures, target, lang="zh", **options):
    return Report(replace(ask(series.parse(figures), parse(target), Options(**options)).study, lang=lang))


def cells(table):
    return [dict(zip([column.name for column in table.columns], texts, strict=True)) for texts in table.texts()]


def test_levels_fall_the_surer_they_are(chongqing):
    for row in cells(chongqing.next_levels()):
        if row["c0.9"].startswith("≥"):
            sure, likely, even = (float(row[c].removeprefix("≥")) for c in ("c0.9", "c0.7", "c0.5"))
            assert sure <= likely <= even
    assert any("—" in row["c0.9"] for row in cells(chongqing.next_levels()) if row["indicator"] == "技工院校数")  # no better direction


def test_flows_are_summed_in_brackets_as_plans_write_them(chongqing):
    (row,) = cells(chongqing.next_totals())
    assert row["indicator"] == "年招生规模" and row["c0.5"].startswith("≥[") and row["c0.5"].endswith("]")
    assert "2026—2030" in chongqing.next_totals().title


def test_pairs_lead_both_ways(chongqing):
    rows = {row["given"]: row for row in cells(chongqing.next_pairs())}
    assert rows["年招生3.0万人"]["why"].startswith("停在2020年的数") and rows["年招生3.0万人"]["then"] == "在校生9.9万人"
    assert rows["在校生10.5万人"]["why"].startswith("452号 专栏1·2 目标") and rows["在校生10.5万人"]["then"] == "年招生3.2万人"


def test_without_an_anchor_the_missing_figures_are_named(jiangjin):
    assert "年招生和在校生都没有一个数" in str(jiangjin.next_pairs())
    one = str(setup(region="重庆", as_of=2019, horizon=2030).next_pairs())
    assert "年招生规模一个数也没有" in one and "在校生规模有2017年" in one


def test_a_region_without_figures_gets_reasons_and_no_numbers(jiangjin):
    for table in (jiangjin.next_levels(), jiangjin.next_totals(), jiangjin.comparable_changes()):
        assert not table.rows
    assert "须先报数" in str(jiangjin.next_levels())
    assert jiangjin.main_requests().rows


def test_targets_that_ended_without_a_figure_are_neither_met_nor_missed(chongqing):
    assert all("都不能评估" in line and "期满未报数" in line for line in chongqing.looked_back().lines)
    found = {row["clause"]: row for row in cells(chongqing.outcomes())}
    row = found["452号 专栏1·2"]
    assert (row["baseline"], row["by"], row["verdict"]) == ("+6%", "差0.6万人", "期满未报")


@pytest.mark.parametrize(
    ("figures", "target", "by", "verdict"),
    [
        ("2020=9.9 2025=10.8", ">10.5@2025", "超出0.3", "已达到"),
        ("2020=9.9 2025=10.1", ">10.5@2025", "差0.4", "未达到"),
        ("2020=97% 2025=98.5%", ">98%@2025", "超出0.5个百分点", "已达到"),
        ("2021=3 2022=3 2023=3 2024=3 2025=4", ">[15]@2021-2025", "超出1", "已达到"),
    ],
)
def test_outcomes_say_by_how_much(figures, target, by, verdict):
    report = typed(figures, target)
    (row,) = cells(report.outcomes())
    assert row["by"].startswith(by) and row["verdict"] == verdict
    assert "可评1项（100%）" in str(report.looked_back())


def test_what_has_not_ended_is_not_looked_back_on():
    report = typed("2020=9.9 2022=10.1", ">10.5@2025")
    assert "没有期满的目标" in str(report.looked_back())
    assert "没有期满的目标" in str(report.outcomes())


def test_a_level_never_contradicts_a_newer_floor():
    nation = setup(region="全国", as_of=2025, horizon=2030)
    assert "高技能人才总量" not in {row["indicator"] for row in cells(nation.next_levels())}  # >5000万 in 2020, exact only in 2010
    assert any("高技能人才总量 >5000万人" in note for note in nation.next_levels().notes)


def test_large_levels_have_three_digits():
    guangzhou = setup(region="广州", as_of=2025, horizon=2030)
    assert all(row["c0.5"].endswith("00") for row in cells(guangzhou.next_levels()) if row["unit"] == "人")
