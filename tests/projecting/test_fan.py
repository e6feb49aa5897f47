import numpy as np
import pytest

from zhibiao.errors import ParameterError
from zhibiao.model.fan import Basis, Fan

BASIS = Basis("enrolment", 100, 1000, 1, 0.2, 1.0, 0.0, 0.8, 2020)


def fan(**more):
    draws = np.column_stack([np.full(101, 5.0), np.arange(101.0), np.arange(101.0) * 2])
    given = {"years": [2020, 2021, 2022], "draws": draws, "observed": [True, False, False], **more}
    return Fan("500000", "enrolment", **given, basis=BASIS, method="last_value", seed=1)


def test_views_on_the_draws():
    shown = fan()
    assert shown.at(2021).shape == (101,)
    assert shown.quantile(0.5).tolist() == [5, 50, 100]
    low, high = shown.band(80)
    assert low == pytest.approx([5, 10, 20]) and high == pytest.approx([5, 90, 180])
    assert shown.window(2020, 2021).sum(axis=1)[-1] == 105


def test_arrays_are_read_only_copies():
    draws = np.ones((2, 1))
    shown = fan(years=[2020], draws=draws, observed=[True])
    draws[0, 0] = 9
    assert shown.draws[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        shown.draws[0, 0] = 2


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"years": [2020, 2022, 2023]}, "consecutive"),
        ({"years": []}, "consecutive"),
        ({"years": [2020, 2021]}, "fit the years"),
        ({"observed": [True]}, "fit the years"),
        ({"draws": np.full((3, 3), np.inf)}, "finite"),
        ({"observed": [True, True, False]}, "one value"),
    ],
)
def test_what_is_no_fan_is_refused(more, match):
    with pytest.raises(ParameterError, match=match):
        fan(**more)


@pytest.mark.parametrize(
    "ask",
    [
        lambda f: f.at(2019),
        lambda f: f.window(2021, 2030),
        lambda f: f.window(2022, 2021),
        lambda f: f.band(0),
        lambda f: f.band(100),
        lambda f: f.quantile(1.1),
    ],
)
def test_what_the_fan_does_not_hold_is_refused(ask):
    with pytest.raises(ParameterError):
        ask(fan())
