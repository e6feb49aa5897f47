import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.projecting.rules import RULES, drift, half_slope, slope, theta

YEARS = np.arange(2015, 2021)[None, :]


def test_a_straight_line_is_carried_on_by_drift_and_halved_by_half_slope():
    line = np.array([[10.0, 12, 14, 16, 18, 20]])
    assert drift(YEARS, line, 3).tolist() == [[22, 24, 26]]
    assert half_slope(YEARS, line, 3) == pytest.approx(np.array([[21, 22, 23]]))
    assert slope(YEARS, line) == pytest.approx([2])


def test_theta_at_one_is_exponential_smoothing_and_a_line_is_found_again():
    # a straight line has no curvature to stretch: every mix continues between half and the whole slope
    line = np.array([[10.0, 12, 14, 16, 18, 20]])
    found = theta(YEARS, line, 2)
    assert np.all((found >= [[20.9, 21.8]]) & (found <= [[22.1, 24.1]]))


def test_half_slope_looks_at_the_last_ten_values_only():
    years = np.arange(2000, 2020)[None, :]
    values = np.r_[np.linspace(500, 50, 10), np.linspace(10, 19, 10)][None, :]
    assert half_slope(years, values, 1) == pytest.approx(np.array([[19.5]]))


def test_a_year_missing_inside_is_bridged_straight():
    gappy = theta(np.array([[2015, 2016, 2018, 2019, 2020]]), np.array([[10.0, 12, 16, 18, 20]]), 2)
    assert gappy == pytest.approx(theta(YEARS, np.array([[10.0, 12, 14, 16, 18, 20]]), 2))
    assert drift(np.array([[2010, 2020]]), np.array([[1.0, 2.0]]), 1) == pytest.approx(np.array([[2.1]]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=9), st.floats(0.1, 1000), st.sampled_from(sorted(RULES)))
def test_rules_do_not_depend_on_the_unit_and_are_finite(values, unit, name):
    years = np.arange(2000, 2000 + len(values))[None, :]
    one = RULES[name](years, np.array([values]), 6)
    assert np.all(np.isfinite(one)) and one.shape == (1, 6)
    assert RULES[name](years, np.array([values]) * unit, 6) == pytest.approx(one * unit, rel=1e-6, abs=1e-6 * max(values) * unit)


@pytest.mark.parametrize("name", sorted(RULES))
def test_many_series_at_once_give_what_each_gives_alone(name):
    values = np.random.default_rng(3).lognormal(3, 0.5, (5, 6))
    years = np.repeat(YEARS, 5, axis=0)
    together = RULES[name](years, values, 4)
    for row in range(5):
        assert together[row] == pytest.approx(RULES[name](YEARS, values[row : row + 1], 4)[0])
