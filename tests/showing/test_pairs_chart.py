"""The map of programme length and retention."""

from __future__ import annotations

import pytest

from zhibiao.errors import ParameterError
from zhibiao.showing.pairs_chart import PairCurve, PairPoint, PairsPicture, pairs


def test_data_holds_ends_and_middle_of_each_curve_and_the_points(draw):
    data = draw("intake").data
    assert (data["内容"] == "10.5÷3.5 = 3.00").sum() == 3
    assert data[data["内容"] == "重庆2020年"][["学制", "保留率"]].to_numpy().tolist() == [[3.5, 0.97]]


def test_every_point_is_named(draw):
    names = {text.get_text() for axes in draw("intake").figure.axes for text in axes.texts}
    assert {"重庆2020年", "三年制", "四年制"} <= names


def test_points_close_together_keep_their_names_apart():
    points = [PairPoint(f"第{i}区县", 3.5 + i / 200, 0.95) for i in range(6)]
    chart = pairs(PairsPicture("标题", points=points))
    labels = [text for axes in chart.figure.axes for text in axes.texts if "区县" in text.get_text()]
    places = [text.get_position() for text in labels]
    assert len(set(places)) == 6
    assert all(abs(a[0] - b[0]) > 0.4 or abs(a[1] - b[1]) > 0.1 for i, a in enumerate(places) for b in places[:i])


def test_more_curves_than_can_be_told_apart_are_refused():
    with pytest.raises(ParameterError, match="at most 4 curves"):
        PairsPicture("标题", [PairCurve(str(i), [2, 3], [0.9, 0.9]) for i in range(5)])


def test_points_without_room_for_a_name_are_refused():
    with pytest.raises(ParameterError, match="no room"):
        pairs(PairsPicture("标题", points=[PairPoint("很长的名字" * 20, 3, 0.9)]))
