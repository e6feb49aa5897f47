"""Milestones over districts and schools: exact along both sides, within bounds, and clear where they cannot be."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.assessing.breakdown.shares import bounded, children_in, divide
from zhibiao.assessing.breakdown.stored import breakdown_of, check
from zhibiao.assessing.breakdown.years import milestones
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.reading.unit_list import Child


def children(*bases, floors=(), caps=()):
    floors, caps = dict(enumerate(floors)), dict(enumerate(caps))
    return tuple(Child(f"校{i}", None, Decimal(base), floors.get(i), caps.get(i)) for i, base in enumerate(bases))


@pytest.fixture(scope="module")
def registry():
    return load()


@pytest.fixture(scope="module")
def target(registry):
    def made(key, rule="even"):
        question = study(registry, "重庆")
        return question, milestones(question, registry.statement(key), rule)

    return made


@st.composite
def units(draw):
    size = draw(st.integers(1, 9))
    bases = [draw(st.integers(0, 20_000)) for _ in range(size)]
    bases[draw(st.integers(0, size - 1))] = draw(st.integers(1, 20_000))
    floors = [draw(st.one_of(st.none(), st.integers(0, 300))) for _ in range(size)]
    return children(*bases, floors=floors)


@given(units(), st.sampled_from(["even", "growth", "late"]))
def test_a_level_adds_up_in_every_year_and_nobody_falls_while_all_rise(target, found, rule):
    question, made = target("chongqing-2021-452/intake-2025", rule)
    division = divide(made, found)
    assert [sum(column) for column in zip(*division.values, strict=True)] == list(made.values)
    for child, row in zip(found, division.values, strict=True):
        assert all(value >= (child.floor or 0) for value in row)
        assert list(row) == sorted(row)
    assert check(question, breakdown_of("x", division)) == ()


@given(units(), st.sampled_from(["even", "late"]), st.sampled_from(["chongqing-2021-452/training-2025", "chongqing-2022-32/training-total"]))
def test_a_total_adds_up_along_both_sides(target, found, rule, key):
    question, made = target(key, rule)
    division = divide(made, found)
    assert [sum(column) for column in zip(*division.values, strict=True)] == list(made.values)
    totals = [sum(row) for row in division.values]
    assert sum(totals) == made.total
    assert all(total >= (child.floor or 0) for child, total in zip(found, totals, strict=True))
    for row, total in zip(division.values, totals, strict=True):
        # every cell is its exact share rounded down or up
        assert all(abs(cell - total * year / made.total) < 1 for cell, year in zip(row, made.values, strict=True))
    assert check(question, breakdown_of("x", division)) == ()


def test_shares_follow_the_bases(target):
    _, made = target("chongqing-2021-452/intake-2025")
    assert divide(made, children(3000, 1000, 1000)).values[0] == (18600, 19200, 19800, 20400, 21000)


def test_a_cap_holds_in_every_year_and_the_others_take_the_rest(target):
    _, made = target("chongqing-2021-452/intake-2025")
    assert divide(made, children(3000, 1000, 1000, caps=(15_500,))).values == (
        (15_500,) * 5,
        (7_750, 8_250, 8_750, 9_250, 9_750),
        (7_750, 8_250, 8_750, 9_250, 9_750),
    )


def test_few_things_over_many_are_not_taken_away_again(asked, statement, figure):
    found = asked(statement(indicator="things", value=5), figures=(figure(2020, 0, "things"),))
    made = milestones(found, found.statements()[0])
    # largest remainders alone give the smallest one thing of three, and none of four
    for bases in ((1, 3, 3), (5, 4, 3, 2, 1, 1, 1)):
        division = divide(made, children(*bases))
        assert [sum(column) for column in zip(*division.values, strict=True)] == [1, 2, 3, 4, 5]
        assert all(list(row) == sorted(row) for row in division.values)


def test_a_fall_takes_from_everybody(asked, statement, figure):
    found = asked(statement(comparator="le", value=500), figures=(figure(2020, 1000),))
    made = milestones(found, found.statements()[0])
    with pytest.raises(ParameterError, match="没有"):
        divide(made, children())  # nobody to share with
    # the indicator is one where more is better: a ceiling leads down all the same
    rows = divide(made, children(6, 3, 1)).values
    assert all(list(row) == sorted(row, reverse=True) for row in rows)
    assert [sum(column) for column in zip(*rows, strict=True)] == list(made.values)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (children(1, 1, floors=(20_000, 16_000)), "下限合计 36000人，比任务 31000人 多 5000人|下限合计 36000人，比任务 35000人 多 1000人"),
        (children(1, 1, caps=(20_000, 14_000)), "2025年：上限合计 34000人，比任务 35000人 少 1000人"),
        (children(1, 0, caps=(20_000, None)), "少 15000人（基数为 0 的单位只得下限）"),
        (children(1, 1, caps=(20_000, 15_000)), "恰为任务 35000人，目标须超过"),
        (children(0, 0), "基数全为 0"),
    ],
)
def test_bounds_that_leave_no_room_say_by_how_much(target, found, said):
    with pytest.raises(ParameterError, match=said):
        divide(target("chongqing-2021-452/intake-2025")[1], found)


def test_a_floor_that_only_the_first_year_cannot_hold_names_that_year(target):
    with pytest.raises(ParameterError, match="2021年：下限合计 31500人，比任务 31000人 多 500人"):
        divide(target("chongqing-2021-452/intake-2025")[1], children(1, 1, floors=(16_000, 15_500)))


def test_a_rate_is_not_shared_out(target):
    with pytest.raises(ParameterError, match="比率，不按份额"):
        divide(target("chongqing-2022-32/employment-keep")[1], children(1, 2))


def test_bounds_for_all_give_way_to_ones_own():
    found = bounded(children(1, 2, floors=(5,), caps=(None, 9)), 3, 20)
    assert [(child.floor, child.cap) for child in found] == [(5, 20), (3, 9)]
    with pytest.raises(ParameterError, match="校1：下限 10 大于上限 9"):
        bounded(children(1, 2, caps=(None, 9)), 10, None)


def test_regions_below_come_with_their_figures_and_the_others_are_named(registry):
    nation = study(registry, "全国")
    found = children_in(nation, "enrolment", 2020)
    assert {child.name: (child.base, child.year) for child in found.children}["重庆"] == (99_000, 2020)
    assert "北京" in found.without and len(found.children) + len(found.without) == 34
    with pytest.raises(ParameterError, match="江津区的下级地区都没有"):
        children_in(study(registry, "江津"), "skilled_workers", 2020)
