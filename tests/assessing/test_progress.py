"""Numbers of docs/methods.md, section 1."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhibiao.assessing.progress import accumulated, due, towards


@pytest.mark.parametrize(
    ("case", "change", "time", "pace", "needed", "on_schedule"),
    [
        ((9.9, 2020, 10.1, 2022, 10.5, 2025), 1 / 3, 0.4, 0.1, 0.4 / 3, False),
        ((0.5, 2020, 0.9, 2022, 2.0, 2025), 0.4 / 1.5, 0.4, 0.2, 1.1 / 3, False),
        ((10, 2020, 7.0, 2022, 5, 2025), 0.6, 0.4, -1.5, -2 / 3, True),
        ((68, 2018, 68 + 31 * 3 / 7, 2021, 99, 2025), 3 / 7, 3 / 7, 31 / 7, 31 / 7, True),
        ((9.9, 2020, 10.02, 2021, 10.5, 2025), 0.2, 0.2, 0.12, 0.12, True),
        ((9.9, 2020, 9.8, 2022, 10.5, 2025), -0.1 / 0.6, 0.4, -0.05, 0.7 / 3, False),
        ((9.9, 2020, 9.9, 2020, 10.5, 2025), 0, 0, None, 0.12, True),
        ((9.9, 2020, 10.6, 2025, 10.5, 2025), 0.7 / 0.6, 1, 0.14, None, True),
        ((9.9, 2020, 10.4, 2026, 10.5, 2025), 0.5 / 0.6, 1, 0.5 / 6, None, False),
        ((9.9, 2020, 10.1, 2021.75, 10.5, 2025), 1 / 3, 0.35, 0.2 / 1.75, 0.4 / 3.25, False),
    ],
    ids=["A", "C", "G", "a line", "a line but for rounding", "away", "at the start", "at the end", "past the end", "a month"],
)
def test_progress_towards_a_value(case, change, time, pace, needed, on_schedule):
    made = towards(*case)
    assert made.change == pytest.approx(change, abs=1e-6)
    assert made.time == pytest.approx(time)
    assert made.pace == pytest.approx(pace)
    assert made.needed == pytest.approx(needed)
    assert made.on_schedule is on_schedule


def test_a_target_that_asks_for_no_change_has_no_share_of_it():
    made = towards(98, 2020, 98.4, 2023, 98, 2025)
    assert (made.change, made.on_schedule) == (None, None)
    assert made.pace == pytest.approx(0.4 / 3)


@pytest.mark.parametrize(("bound", "pace"), [(15, 3.0), (100, 20.0), (75, 15.0)])
def test_an_even_pace_gives_the_total(bound, pace):
    assert bound / 5 == pace
    for year in range(2021, 2025):
        made = accumulated(pace * (year - 2020), year, bound, 2021, 2025)
        assert (made.change, made.pace, made.needed) == pytest.approx((made.time, pace, pace))
        assert made.on_schedule


def test_a_total_is_over_when_its_last_year_is_over():
    made = accumulated(14.0, 2025, 15.0, 2021, 2025)
    assert (made.time, made.needed, made.on_schedule) == (1, None, False)
    assert accumulated(16.0, 2027, 15.0, 2021, 2025).time == 1


def test_before_the_period_nothing_has_come_together():
    made = accumulated(0.0, 2020, 15.0, 2021, 2025)
    assert (made.change, made.time, made.pace, made.needed) == (0, 0, None, 3.0)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(2000, 2020), st.integers(1, 15), st.integers(0, 20))
def test_whoever_goes_in_a_straight_line_is_on_schedule(baseline, bound, start, length, gone):
    assume(abs(bound - baseline) > 1e-3 * max(1, abs(bound)))
    gone = min(gone, length)
    made = towards(baseline, start, baseline + (bound - baseline) * gone / length, start + gone, bound, start + length)
    assert made.change == pytest.approx(made.time, abs=1e-6)
    assert made.on_schedule or made.change == pytest.approx(made.time, abs=1e-6)
    assert (made.needed is None) == (gone == length)


def test_an_even_path() -> None:
    path = [due(68, 99, year / 7) for year in range(8)]
    assert path == pytest.approx([68, 72.428571, 76.857143, 81.285714, 85.714286, 90.142857, 94.571429, 99], abs=1e-6)
