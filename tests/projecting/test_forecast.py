import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhibiao.catalogue.load import shipped
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.projecting.forecast import forecast
from zhibiao.projecting.learned import METHODS, PROBABILITIES, read
from zhibiao.projecting.project import project
from zhibiao.projecting.reference import load
from zhibiao.projecting.seriesfile import GivenSeries, read_series

CLASSES = load(shipped() / "reference")


def series(*values: float, id: str = "a", start: int = 2010) -> GivenSeries:
    return GivenSeries(id, tuple(range(start, start + len(values))), values, 2)


def quantiles(found, p):
    return np.array(found.quantiles[p])


@settings(max_examples=80, deadline=None)
@example([5.0, 2.2250738585e-313], "combined", 1, None)
@given(
    st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=40),
    st.sampled_from(METHODS),
    st.integers(1, 50),
    st.sampled_from([None, "general", "enrolment", "intake"]),
)
def test_any_series_gives_finite_ordered_bands(values, method, horizon, reference):
    if len(values) < 2 and method not in ("combined", "last_value"):
        method = "combined"
    (found,) = forecast([series(*values)], horizon, CLASSES, method=method, reference=reference)
    bands = [quantiles(found, p) for p in sorted(found.quantiles)]
    assert all(np.all(np.isfinite(band)) for band in bands) and len(found.years) == horizon
    assert all(np.all(low <= high) for low, high in itertools.pairwise(bands))
    if min(values) >= 0:
        assert np.all(bands[0] >= 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.integers(1, 12))
def test_rates_stay_within_their_bounds(values, horizon):
    (found,) = forecast([series(*values)], horizon, CLASSES, lower=0, upper=100)
    assert all(0 <= v <= 100 for band in found.quantiles.values() for v in band)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(10, 1e6), min_size=1, max_size=15), st.floats(0.01, 1e4))
def test_the_unit_does_not_matter(values, unit):
    (one,) = forecast([series(*values)], 6, CLASSES)
    (other,) = forecast([series(*(v * unit for v in values))], 6, CLASSES)
    for p in one.quantiles:
        assert quantiles(other, p) == pytest.approx(quantiles(one, p) * unit, rel=1e-6)


def test_a_series_is_forecast_alike_alone_and_among_others():
    many = [series(*np.random.default_rng(k).lognormal(5, 0.2, 2 + k % 7), id=str(k)) for k in range(30)]
    together = forecast(many, 6, CLASSES)
    for one, among in zip(many, together, strict=True):
        (alone,) = forecast([one], 6, CLASSES)
        assert among.id == one.id and quantiles(among, 0.5) == pytest.approx(quantiles(alone, 0.5))


def test_one_point_keeps_its_value_and_is_spread_as_the_class_moves():
    (found,) = forecast([series(100.0)], 5, CLASSES, reference="enrolment")
    assert found.method == "last_value" and quantiles(found, 0.5) == pytest.approx([100] * 5)
    edge = np.exp(float(CLASSES["enrolment"].quantile(5, 0.8)))
    assert found.quantiles[0.9][-1] == pytest.approx(100 * edge) and found.quantiles[0.1][-1] == pytest.approx(100 / edge)


def test_quantiles_are_those_of_the_fan():
    values = [100.0, 104, 103, 110]
    (found,) = forecast([series(*values)], 5, CLASSES, reference="enrolment")
    fan = project(range(2010, 2014), values, horizon=2018, reference=CLASSES["enrolment"], draws=40000, seed=1)
    for p in (0.5, 0.9):
        assert fan.quantile(p)[-5:] == pytest.approx(quantiles(found, p), rel=0.01)


def test_bands_widen_and_beyond_ten_years_by_the_square_root():
    (found,) = forecast([series(100.0, 104, 103, 110)], 40, CLASSES, reference="enrolment")
    width = np.log(quantiles(found, 0.9) / quantiles(found, 0.5))
    assert np.all(np.diff(np.log(quantiles(found, 0.9) / np.array(found.quantiles[0.1]))) > -1e-9)
    assert width[39] / width[9] == pytest.approx(2) and found.quantiles[0.5][39] == pytest.approx(found.quantiles[0.5][9])


def test_the_last_value_rule_holds_the_last_value_and_drift_the_mean_step():
    (held,) = forecast([series(100.0, 110, 120)], 3, CLASSES, method="last_value", reference="general")
    assert quantiles(held, 0.5) == pytest.approx([120] * 3)
    (carried,) = forecast([series(100.0, 110, 120)], 3, CLASSES, method="drift", reference="general")
    assert quantiles(carried, 0.5) == pytest.approx([130, 140, 150])


def test_a_trend_counts_in_part():
    (rising,) = forecast([series(100.0, 110, 120, 130)], 5, CLASSES, reference="enrolment")
    (falling,) = forecast([series(130.0, 120, 110, 100)], 5, CLASSES, reference="enrolment")
    assert 130 < rising.quantiles[0.5][-1] < 180 and falling.quantiles[0.5][-1] < rising.quantiles[0.5][-1] * 100 / 130


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"method": "combine"}, "combined"),
        ({"method": "drift", "series": [series(1.0)]}, "two values"),
        ({"horizon": 0}, "1…50"),
        ({"horizon": 51}, "1…50"),
        ({"levels": (0,)}, "1…99"),
        ({"lower": 5, "upper": 5}, "bounds"),
        ({"reference": "enrollment"}, "enrolment"),
        ({"reference": "share"}, "bounds"),
    ],
)
def test_what_cannot_be_forecast_is_refused(more, match):
    given_series = more.pop("series", [series(1.0, 2.0)])
    with pytest.raises(ParameterError, match=match):
        forecast(given_series, more.pop("horizon", 3), CLASSES, **more)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("series,year,value\na,2020,1\n", "series_id"),
        ("series_id,year,value\na,20,1\n", ":2"),
        ("series_id,year,value\na,2020,3.5万\n", ":2"),
        ("series_id,year,value\na,2020,1\na,2020,2\n", ":3.*2 行"),
        ("series_id,year,value\n,2020,1\n", "empty"),
        ("series_id,year,value\na,2020,\n", "no value"),
        ("series_id,year,value\na,2020,inf\n", "finite"),
        ("series_id,year,value\n", "no rows"),
        ("series_id,year,value\na,2020,101\n", "out of bounds"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path, text, match):
    file = tmp_path / "x.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError, match=match):
        read_series(file, 0, 100)


def test_other_columns_order_and_missing_years_are_taken_as_they_are(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("value,note,year,series_id\n5,x,2021,乙\nNA,,2020,乙\n4,,2018年,乙\n1,,2020,甲\n", encoding="utf-8-sig")
    assert [(s.id, s.years, s.values) for s in read_series(file)] == [("乙", (2018, 2021), (4, 5)), ("甲", (2020,), (1,))]


def test_a_broken_learned_table_is_refused(tmp_path):
    source = (shipped() / "reference" / "share.learned.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(source)))
    cases = {"number": [*rows[:1], [*rows[1][:-1], "x"], *rows[2:]], "ascend": [*rows[:1], [*rows[1][:-1], "-99"], *rows[2:]], "lacks": rows[:-1]}
    for match, broken in cases.items():
        file = tmp_path / f"{match}.csv"
        file.write_text("\n".join(",".join(row) for row in broken) + "\n", encoding="utf-8")
        with pytest.raises(RegistryError, match=match):
            read(file, "share", ("slope", "last"), "scale", False)


def test_tables_hold_the_centre_as_their_median():
    for name in ("general", "enrolment", "share"):
        for row in CLASSES[name].learned.rows.values():
            assert row.shape[PROBABILITIES.index(0.5)] == 0 and row.shape[0] < 0 < row.shape[-1]


def test_a_series_that_ends_at_zero_stays_there():
    (still,) = forecast([series(0.0, 0, 0)], 5, CLASSES, reference="enrolment")
    assert quantiles(still, 0.5) == pytest.approx([0] * 5, abs=0.05) and still.quantiles[0.025][-1] == 0
    (fan,) = (project([2019, 2020], [0, 0], horizon=2025, reference=CLASSES["enrolment"], seed=1),)
    assert np.median(fan.at(2025)) == pytest.approx(0, abs=0.05) and fan.draws.min() == 0
