"""Gap and schedule charts: one row a target."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from zhibiao.errors import ParameterError
from zhibiao.showing.gap_chart import GapRow, gaps
from zhibiao.showing.schedule_chart import ScheduleRow, schedule
from zhibiao.showing.theme import LOOKS


def bars(chart):
    axes = next(axes for axes in chart.figure.axes if axes.axison)
    return [(round(bar.get_width(), 3), bar.get_hatch()) for bar in axes.patches]


def words_of(chart) -> list[str]:
    return [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def test_bars_say_what_is_missing_and_what_is_unknown(draw):
    drawn = bars(draw("twenty_gaps"))
    assert drawn[:4] == [(1.0, None), (0.008, None), (1.5, None), (1.0, LOOKS["unknown"].hatch)]
    assert len(drawn) == 18  # neither what is met nor what has no baseline is a bar


@pytest.mark.parametrize("count", [1, 7, 40])
def test_height_follows_the_rows(count):
    rows = [GapRow(f"第{i}项目标", "gap", f"缺 {i}个", 0.5) for i in range(count)]
    chart = gaps(rows, title="标题")
    one = gaps(rows[:1], title="标题")
    row = 9 * 1.4 / 72 + 0.13
    assert chart.figure.get_size_inches()[1] - one.figure.get_size_inches()[1] == pytest.approx((count - 1) * row)
    assert {f"第{i}项目标" for i in range(count)} <= set(words_of(chart))


def test_gaps_count_states_in_words(draw):
    assert "20项目标：4项有缺口，1项已达到，15项情况不明" in draw("twenty_gaps").alt
    assert list(draw("twenty_gaps").data["尚缺比例"][:5]) == ["100.0%", "0.0%", "", "", "180.0%"]


def test_targets_without_judgement_stand_last_with_the_reason(draw):
    chart = draw("timetable")
    assert list(chart.data["目标"][-2:]) == ["毕业生就业率 >98%", "实训基地"]
    assert list(chart.data["说明"][-2:]) == ["保持类目标没有变化量可比，另看是否每年高于98%", "基期后无数据"]
    assert "4项" not in chart.alt.split("。")[-2]
    assert "2项不能判断" in chart.alt
    assert "倒退80%，时间已过60%" in words_of(chart)


def test_exactly_on_schedule_is_not_behind():
    chart = schedule([ScheduleRow("甲", 0.1 + 0.2, 0.3), ScheduleRow("乙", 0.3, 0.1 + 0.2)], title="标题")
    axes = next(axes for axes in chart.figure.axes if axes.axison)
    assert LOOKS["behind"].colour.lower() not in {to_hex(line.get_color()) for line in axes.lines}
    assert "2项不落后于时序" in chart.alt


def test_no_axis_where_nothing_can_be_judged():
    chart = schedule([ScheduleRow("甲", reason="基期后无数据")], title="标题")
    assert not any(axes.axison for axes in chart.figure.axes)
    assert "基期后无数据" in words_of(chart)


@pytest.mark.parametrize("draw_rows", [gaps, schedule])
def test_nothing_to_draw_is_refused(draw_rows):
    with pytest.raises(ParameterError, match="at least one target"):
        draw_rows([], title="标题")
