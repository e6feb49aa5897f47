import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.catalogue.load import shipped
from zhibiao.errors import ParameterError
from zhibiao.projecting.project import project
from zhibiao.projecting.reference import load

CLASSES = load(shipped() / "reference")
ENROLMENT, RATE, SHARE = CLASSES["enrolment"], CLASSES["rate"], CLASSES["share"]
YEARS = st.lists(st.integers(1990, 2020), min_size=1, max_size=8, unique=True)


def chongqing(**more):
    return project(
        [2017, 2020], [98000, 99000], **{"horizon": 2025, "reference": ENROLMENT, "seed": 7, "region": "500000", **more}
    )


@settings(max_examples=40, deadline=None)
@given(years=YEARS, data=st.data(), ahead=st.integers(0, 15))
def test_counts_pass_through_what_was_observed_and_stay_positive(years, data, ahead):
    values = data.draw(st.lists(st.integers(0, 10**7), min_size=len(years), max_size=len(years)))
    fan = project(years, values, horizon=max(years) + ahead, reference=ENROLMENT, draws=200, seed=1)
    for year, value in zip(years, values, strict=True):
        assert np.all(fan.at(year) == value)
    assert fan.observed.sum() == len(years)
    assert np.all(fan.draws >= 0)
    assert (fan.years[0], fan.years[-1]) == (min(years), max(years) + ahead)


@settings(max_examples=40, deadline=None)
@given(years=YEARS, data=st.data(), ahead=st.integers(1, 12))
def test_rates_stay_within_their_bounds(years, data, ahead):
    values = data.draw(st.lists(st.floats(0, 100), min_size=len(years), max_size=len(years)))
    fan = project(years, values, horizon=max(years) + ahead, reference=RATE, lower=0, upper=100, draws=200, seed=1)
    assert np.all((fan.draws >= 0) & (fan.draws <= 100))


def test_median_is_the_last_value_and_the_band_that_of_the_class():
    fan = project([2020], [99000], horizon=2025, reference=ENROLMENT, draws=20000, seed=3)
    assert fan.quantile(0.5)[-1] == pytest.approx(99000, rel=1e-3)
    low, high = fan.band(80)
    move = float(ENROLMENT.quantile(5, 0.8))
    assert np.log(high[-1] / 99000) == pytest.approx(move, rel=0.05)
    assert np.log(low[-1] / 99000) == pytest.approx(-move, rel=0.05)
    assert fan.basis.scale == 1 and fan.basis.own_weight == 0 and fan.basis.own_points == 1


def test_bands_widen_with_the_years():
    low, high = chongqing().band(80)
    assert np.all(np.diff((high - low)[-6:]) > 0)


def test_years_of_a_path_hang_together_as_in_a_random_walk():
    fan = project([2020], [1e6], horizon=2028, reference=ENROLMENT, draws=20000, seed=3)
    ranks = [np.argsort(np.argsort(fan.at(year))) for year in (2022, 2028)]
    # Spearman's coefficient of a Gaussian copula with r = sqrt(2 / 8): 6 / pi * asin(r / 2)
    assert np.corrcoef(ranks)[0, 1] == pytest.approx(6 / np.pi * np.arcsin(0.25), abs=0.03)


def test_same_seed_gives_the_same_bits_and_other_series_do_not_matter():
    first = chongqing()
    project([2020], [5], horizon=2025, reference=ENROLMENT, seed=7)
    assert np.array_equal(first.draws, chongqing().draws)
    assert not np.array_equal(first.draws, chongqing(seed=8).draws)
    assert not np.array_equal(first.at(2025), chongqing(region="350000").at(2025))


def test_a_farther_horizon_or_another_order_leaves_a_year_as_it_is():
    assert np.array_equal(chongqing().at(2025), chongqing(horizon=2035).at(2025))
    turned = project([2020, 2017], [99000, 98000], horizon=2025, reference=ENROLMENT, seed=7, region="500000")
    assert np.array_equal(turned.draws, chongqing().draws)


def test_gaps_are_bridged_between_both_ends():
    fan = project([2010, 2020], [100.0, 200.0], horizon=2020, reference=ENROLMENT, draws=20000, seed=5)
    middle = fan.quantile(0.5)
    assert middle == pytest.approx(100 * 2 ** (np.arange(11) / 10), rel=0.01)
    width = np.log(fan.band(80)[1] / middle)
    assert width == pytest.approx(width[::-1], abs=0.02)
    assert width[5] == pytest.approx(float(ENROLMENT.quantile(2.5, 0.8)) * fan.basis.scale, rel=0.05)
    assert width[0] == 0 and np.argmax(width) == 5


def test_sums_over_a_period_use_observed_years_as_they_are():
    fan = project([2021, 2022, 2023], [3.0, 3.1, 3.2], horizon=2025, reference=ENROLMENT, seed=1)
    totals = fan.window(2021, 2025).sum(axis=1)
    assert totals == pytest.approx(9.3 + fan.window(2024, 2025).sum(axis=1))


def test_past_horizon_gives_the_observed_part():
    fan = chongqing(horizon=2018)
    assert fan.years.tolist() == [2017, 2018] and fan.observed.tolist() == [True, False]
    assert fan.basis.typical_move == 0 and fan.basis.coverage is None and fan.basis.last_year == 2020


def test_basis_tells_what_the_fan_rests_on():
    basis = chongqing().basis
    assert (basis.reference, basis.own_points, basis.last_year) == ("enrolment", 2, 2020)
    taught = ENROLMENT.learned.row("combined", 2, 5)
    assert (basis.series, basis.moves) == (taught.series, taught.windows)
    assert basis.own_weight == pytest.approx(taught.width[1]) and 0.3 < basis.scale < 1  # a calm series of two points
    assert basis.shift == pytest.approx(float(np.median(chongqing().at(2025))) / 99000 - 1)
    alone = project([2020], [99000], horizon=2025, reference=ENROLMENT, seed=7).basis
    assert (alone.series, alone.moves) == (ENROLMENT.series[4], ENROLMENT.moves[4]) and alone.shift == pytest.approx(0, abs=1e-4)
    assert basis.coverage == ENROLMENT.entry.coverage[80][5]
    assert basis.extended_from is None and chongqing(horizon=2031).basis.extended_from == 10
    assert 0.1 < basis.typical_move < 0.3
    assert project([2024], [97], horizon=2025, reference=RATE, lower=0, upper=100, seed=1).basis.shape == "share"


def test_beyond_the_table_the_spread_follows_the_square_root():
    fan = project([2000], [1e6], horizon=2040, reference=ENROLMENT, draws=20000, seed=3)
    at = [np.log(fan.band(80)[1][h] / 1e6) for h in (10, 40)]
    assert at[1] / at[0] == pytest.approx(2, rel=0.05)


def test_a_lively_series_gets_a_wider_fan_and_a_calm_one_a_narrower():
    lively = project(range(2010, 2021), [100, 200] * 5 + [100], horizon=2021, reference=ENROLMENT, seed=1)
    calm = project(range(2010, 2021), [100] * 11, horizon=2021, reference=ENROLMENT, seed=1)
    assert lively.basis.scale > 1.5 and calm.basis.scale < 0.7


def test_zero_and_full_rates_are_finite():
    assert project([2020], [0], horizon=2025, reference=ENROLMENT, seed=1).at(2025).max() < 20
    full = project([2020], [100], horizon=2025, reference=RATE, lower=0, upper=100, seed=1)
    assert np.all(full.at(2020) == 100) and 99 < full.quantile(0.1)[-1] <= 100


def test_an_upper_bound_holds_for_counts_too():
    assert project([2020], [90], horizon=2030, reference=ENROLMENT, upper=100, seed=1).draws.max() == 100


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"years": [], "values": []}, "nothing is observed"),
        ({"years": [2020, 2020], "values": [1, 2]}, "twice"),
        ({"years": [2020], "values": [1, 2]}, "length"),
        ({"years": [2020], "values": [float("nan")]}, "out of range"),
        ({"years": [2020], "values": [-1]}, "out of range"),
        ({"years": [2020], "values": [5], "upper": 4}, "out of range"),
        ({"years": [2020], "values": [5], "lower": 9, "upper": 4}, "bounds"),
        ({"years": [2020], "values": [5], "horizon": 2019}, "horizon"),
        ({"years": [2020], "values": [5], "horizon": 20255}, "horizon"),
        ({"years": [2020], "values": [5], "draws": 3}, "draws"),
        ({"years": [2020], "values": [5], "reference": SHARE}, "lower and upper"),
    ],
)
def test_what_cannot_be_projected_is_refused(more, match):
    with pytest.raises(ParameterError, match=match):
        project(**{"horizon": 2025, "reference": ENROLMENT, "seed": 1, **more})


def test_a_later_floor_lifts_the_paths_below_it_and_their_later_years():
    plain = project([2010], [100], horizon=2025, reference=ENROLMENT, seed=1)
    lifted = project([2010], [100], horizon=2025, reference=ENROLMENT, seed=1, floors={2020: 150.0})
    assert lifted.at(2020).min() == pytest.approx(150) and np.array_equal(plain.at(2019), lifted.at(2019))
    above = plain.at(2020) >= 150
    assert above.any() and np.allclose(plain.at(2025)[above], lifted.at(2025)[above])
    raised = np.log(lifted.at(2025)[~above] / plain.at(2025)[~above])
    assert raised == pytest.approx(np.log(150 / plain.at(2020)[~above]))
