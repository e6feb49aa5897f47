"""Fan and stairs."""

from __future__ import annotations

import pytest
from matplotlib.text import Text

from zhibiao.errors import ParameterError
from zhibiao.showing.fan_chart import Band, FanPicture, Point, TargetLine, fan
from zhibiao.showing.margin import value_limits, year_axis
from zhibiao.showing.stairs_chart import StairsPicture, stairs

TARGET = TargetLine(2025, 2025, 10.5, None, "gt", "渝人社〔2021〕452号 专栏1·2", ">10.5")


def plot(chart):
    """The axes of the plot (the other ones are the paper around it)."""
    return next(axes for axes in chart.figure.axes if axes.axison)


def texts(chart) -> str:
    return "\n".join(text.get_text() for text in chart.figure.findobj(Text))


def test_data_holds_what_is_drawn(draw):
    data = draw("chongqing").data.set_index("年份")
    assert list(data.index) == [2017, 2020, 2021, 2022, 2023, 2024, 2025]
    assert data.loc[2020, "观测值"] == "9.9"
    assert data.loc[2025, "80%下限"] == pytest.approx(8.415)
    assert data.loc[2022, "目标"] == "≥12（2022—2025年每年）"
    assert data.loc[2025, "目标"] == ">10.5（2025年）；≥12（2022—2025年每年）"


def test_alt_text_names_points_end_and_targets(draw):
    alt = draw("chongqing").alt
    for words in ("2017年9.8；2020年9.9", "2025年预测 9.9；80%区间 8.4—11.4", "渝人社〔2021〕452号 专栏1·2"):
        assert words in alt
    assert "1998 173 to 2024 428.7, 26 values" in draw("nation", "en").alt


def test_a_rate_never_leaves_its_bounds(draw):
    low, high = plot(draw("rate")).get_ylim()
    assert low > 90
    assert high == 100


@pytest.mark.parametrize(
    ("values", "lower", "upper", "expected"),
    [
        ([9.8, 12], None, None, (9.624, 12.176)),
        ([1, 10], None, None, (0, 10.72)),
        ([0, 100], 0, 100, (0, 100)),
        ([5.0], None, None, (4.75, 5.25)),
        ([-1, 1], None, None, (-1.16, 1.16)),
        ([99.5, 100], 0, 100, (99.46, 100)),
    ],
)
def test_limits_of_the_axis(values, lower, upper, expected):
    assert value_limits(values, lower, upper) == pytest.approx(expected)


def test_an_axis_that_does_not_start_at_zero_says_so(draw):
    assert "纵轴不从0起" in texts(draw("chongqing"))
    assert "纵轴不从0起" not in texts(draw("nation"))


def test_a_floor_is_not_joined_to_its_neighbour():
    def joined(qualifier):
        chart = fan(FanPicture("t", "%", [Point(2020, 98, qualifier), Point(2021, 99)]))
        return [line for line in plot(chart).lines if list(line.get_xdata()) == [2020, 2021]]

    assert len(joined("eq")) == 1
    assert joined("ge") == []


def test_a_medium_value_is_hollow_and_a_floor_points_up(draw):
    chart = fan(FanPicture("t", "%", [Point(2020, 98, "ge", "medium"), Point(2021, 99)]))
    first = next(line for line in plot(chart).lines if list(line.get_xdata()) == [2020])
    assert first.get_marker() == "^"
    assert first.get_markerfacecolor() == "white"


def test_the_fan_opens_from_a_value_known_exactly():
    def first_year(qualifier):
        band = Band(80, [98.0], [99.5])
        chart = fan(FanPicture("t", "%", [Point(2020, 98, qualifier)], years=[2022], median=[98.9], bands=[band]))
        return min(line.get_xdata()[0] for line in plot(chart).lines if line.get_linewidth() == 2.0)

    assert first_year("eq") == 2020
    assert first_year("ge") == 2022


@pytest.mark.parametrize("last", [2022, 2025, 2031, 2060])
def test_years_on_the_axis_are_whole_and_few(draw, last):
    axes = plot(draw("lone_point"))
    year_axis(axes, 2020, last)
    labels = [text.get_text() for text in axes.get_xticklabels()]
    assert 2 <= len(labels) <= 10
    assert all(label.isdigit() for label in labels)
    assert str(last) in labels or last > 2030


def test_words_beside_the_plot_stay_beside_it(draw):
    chart = draw("many_targets")
    paper = next(axes for axes in chart.figure.axes if not axes.axison)
    right = plot(chart).get_position().x1 * chart.figure.get_size_inches()[0]
    clauses = [text for text in paper.texts if "渝府办发" in text.get_text()]
    assert len(clauses) == 6
    assert all(text.get_position()[0] > right for text in clauses)


@pytest.mark.parametrize(
    "wrong", [{}, {"years": [2025], "median": []}, {"years": [2025], "median": [1.0], "bands": [Band(80, [], [2.0])]}]
)
def test_a_picture_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ParameterError):
        FanPicture("标题", "万人", **wrong)


def test_an_unknown_language_is_refused():
    with pytest.raises(ParameterError, match="zh, en"):
        fan(FanPicture("t", "万人", [Point(2020, 1)]), "fr")


def test_even_pace_of_a_cumulative_target(draw):
    picture = StairsPicture("t", "万人", 2021, 2025, TargetLine(2025, 2025, 15, None, "ge", "专栏1", "[15]"))
    assert [picture.even_pace(year) for year in (2020, 2021, 2023, 2025)] == [0, 3, 9, 15]
    data = draw("training").data
    assert list(data["匀速进度"]) == [3, 6, 9, 12, 15]
    assert list(data["累计完成"]) == ["2.6", "5.9", "≥8.1", "", ""]


def test_pace_from_now_on_is_drawn_only_while_something_is_missing(draw):
    target = TargetLine(2025, 2025, 15, None, "ge", "专栏1", "[15]")
    done = stairs(StairsPicture("t", "万人", 2021, 2025, target, [Point(2023, 16)]))
    assert "今后每年需要的进度" in texts(draw("training"))
    assert "今后每年需要的进度" not in texts(done)
    assert "期内尚无数据" in texts(draw("no_training"))
