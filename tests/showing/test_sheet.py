"""Placing of words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.showing.sheet import WIDTH, Box, Key, free_spot, open_sheet, spread
from zhibiao.showing.theme import theme

BLOCKS = st.lists(st.tuples(st.floats(0, 4), st.floats(0.1, 0.6)), min_size=1, max_size=6)


@given(BLOCKS)
def test_spread_blocks_do_not_meet_and_stay_inside(blocks):
    wanted, heights = [w for w, _ in blocks], [h for _, h in blocks]
    tops = spread(wanted, heights, 0.0, 4.0)
    spans = sorted((top - height, top) for top, height in zip(tops, heights, strict=True))
    assert all(after[0] >= before[1] - 1e-5 for before, after in itertools.pairwise(spans))
    assert spans[0][0] >= -1e-5
    assert spans[-1][1] <= 4 + 1e-5


def test_blocks_with_room_stay_where_they_are_wanted():
    assert spread([3.0, 1.0], [0.5, 0.5], 0, 4) == [3.0, 1.0]


def test_spread_keeps_the_order():
    tops = spread([1.0, 1.2, 1.1], [0.2, 0.5, 0.9], 0, 4)
    assert tops[0] < tops[2] < tops[1]
    tops = spread([2.0, 2.0, 2.0], [0.2, 0.5, 0.9], 0, 4)
    assert tops[0] > tops[1] > tops[2]


def test_a_label_avoids_lines_and_labels_and_gives_up_when_there_is_no_room():
    frame = Box(0, 0, 3, 3)
    first = free_spot(1.5, 1.5, "9.9", 8, [], [], frame)
    assert first is not None
    assert first.bottom > 1.5
    second = free_spot(1.5, 1.5, "9.9", 8, [first], [], frame)
    assert second is not None
    assert not second.meets(first)
    crowded = [(x / 20, y / 20) for x in range(60) for y in range(60)]
    assert free_spot(1.5, 1.5, "9.9", 8, [], crowded, frame) is None
    assert free_spot(1.5, 1.5, "9.9", 8, [Box(1, 1, 2, 2)], [], frame) is None
    assert free_spot(1.5, 1.5, "9.9", 8, [Box(1, 1, 2, 2)], [], frame, (0.075, 0.6)) is not None


def test_the_sheet_grows_with_its_words():
    def height(title: str, notes: list[str]) -> float:
        with theme():
            room = {"plot_height": 2.0, "left": 0.5, "right": 0.2, "under": 0.3}
            sheet = open_sheet(title=title, keys=[Key("observed", "观测值", "line")], notes=notes, **room)
        assert sheet.plot.top - sheet.plot.bottom == pytest.approx(2.0)
        width, tall = sheet.figure.get_size_inches()
        assert width == WIDTH
        return float(tall)

    assert (
        height("短", [])
        < height("短", ["注"])
        < height("很长的标题" * 12, ["注"])
        < height("很长的标题" * 12, ["很长的注" * 40])
    )
