import numpy as np
import pytest

from zhibiao.catalogue.load import load, shipped
from zhibiao.projecting import reference
from zhibiao.projecting.backtest import AHEAD, LENGTHS, accuracy, backtest
from zhibiao.projecting.learned import COMBINED
from zhibiao.projecting.project import project


@pytest.fixture(scope="module")
def classes():
    return reference.load(shipped() / "reference")


@pytest.fixture(scope="module")
def trials(classes):
    return backtest(load(), classes)


def test_the_truth_is_the_observed_value_and_the_forecast_knew_nothing_later(trials):
    one = trials[(trials.indicator == "enrolment") & (trials.region == "100000") & (trials.method == "last_value") & (trials.origin == 2010) & (trials.points == 3)]
    known = load().series("100000", "enrolment")
    assert one.truth.tolist() == [float(known.at(2010 + ahead).base_value) for ahead in one.ahead]
    assert np.allclose(one["median"], float(known.at(2010).base_value))
    assert set(trials.points) == set(LENGTHS) and trials.ahead.between(1, AHEAD).all()


def test_every_method_is_judged_on_the_same_forecasts(trials):
    keys = ["indicator", "region", "points", "origin", "ahead"]
    sets = {method: set(map(tuple, part[keys].to_numpy())) for method, part in trials[trials.points > 1].groupby("method")}
    assert len(sets) == 5
    assert all(found == sets[COMBINED] for found in sets.values())


def test_enrolment_is_judged_by_the_class_without_chinese_series(trials, classes):
    known = load().series("100000", "enrolment")
    years = (2008, 2009, 2010)
    fan = project(
        years, [float(known.at(y).base_value) for y in years], horizon=2015, reference=classes["enrolment_elsewhere"], lower=0, draws=20000, seed=1
    )
    row = trials[(trials.indicator == "enrolment") & (trials.region == "100000") & (trials.method == COMBINED) & (trials.origin == 2010) & (trials.points == 3)]
    assert row[row.ahead == 5]["median"].item() == pytest.approx(fan.quantile(0.5)[-1], rel=1e-2)
    assert row[row.ahead == 5].high80.item() == pytest.approx(fan.band(80)[1][-1], rel=3e-2)
    assert not classes["enrolment_elsewhere"].entry.observed


def test_no_forecast_crosses_a_change_of_definition(trials):
    fujian = trials[(trials.region == "350000") & (trials.indicator == "schools")]
    assert not ((fujian.origin < 1996) & (fujian.origin + fujian.ahead >= 1996)).any()


def test_a_summary_counts_and_weighs_each_forecast_once():
    import pandas as pd

    rows = [("i", "r", 1, 10.0, 9.0, 11.0, 8.0, 12.0, 0.1), ("i", "q", 1, 20.0, 9.0, 11.0, 8.0, 12.0, 0.5), ("i", "q", 1, 11.0, 9.0, 11.0, 8.0, 12.0, 0.3)]
    found = accuracy(pd.DataFrame(rows, columns=["indicator", "region", "points", "truth", "low80", "high80", "low95", "high95", "error"]), ["points"]).iloc[0]
    assert (found["values"], found["series"], found["median_error"]) == (3, 2, 0.3)
    assert found["covered80"] == pytest.approx(2 / 3)


def test_rates_are_off_by_percentage_points(trials):
    rate = trials[(trials.indicator == "employment_rate") & (trials.region == "500000")]
    assert rate.error.tolist() == pytest.approx([0.01], abs=1e-3)  # 98 said, 99 came
