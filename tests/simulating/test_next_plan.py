import numpy as np
import pytest

from zhibiao.catalogue.load import load, shipped
from zhibiao.projecting import reference
from zhibiao.projecting.project import project
from zhibiao.simulating import next_plan
from zhibiao.simulating.next_plan import changes, enrolment_with, intake_for, levels, total
from zhibiao.simulating.pairs import Pair

START = Pair("2020", 2020, 3.0, 9.0, "")


@pytest.fixture(scope="module")
def classes():
    return reference.load(shipped() / "reference")


@pytest.fixture(scope="module")
def indicators():
    return load().indicators


def test_a_level_holds_with_its_chance_the_way_that_is_better(indicators):
    draws = np.arange(1, 1001, dtype=float)
    for level in levels(draws, indicators["enrolment"]):
        assert level.high is None and (draws >= level.low).mean() == pytest.approx(level.chance, abs=2e-3)
    for level in levels(draws, indicators["poverty_dropouts"]):
        assert level.low is None and (draws <= level.high).mean() == pytest.approx(level.chance, abs=2e-3)
    for level in levels(draws, indicators["schools"]):
        assert ((draws >= level.low) & (draws <= level.high)).mean() == pytest.approx(level.chance, abs=2e-3)


def test_totals_add_up_the_years_of_the_plan_path_by_path(classes):
    fan = project([2024, 2025, 2026], [10.0, 11.0, 12.0], horizon=2030, reference=classes["intake"], lower=0, seed=1)
    found = total(fan, 2030)
    assert found == pytest.approx(fan.draws[:, -5:].sum(axis=1))
    assert found.min() > 12.0  # 2026 is known
    assert total(fan, 2027) is None and total(fan, 2031) is None


def test_what_comparable_series_did_is_read_off_the_class(classes):
    known = classes["enrolment"]
    half, third, tenth = changes(known, 99000)
    assert half.up == pytest.approx(np.expm1(float(known.quantile(5, 0.5))))
    assert (1 + tenth.up) * (1 + tenth.down) == pytest.approx(1)  # the same move up and down
    assert half.up < third.up < tenth.up
    rate = changes(classes["share"], 31.4)[0]
    assert rate.up > 0 > rate.down and 31.4 + rate.up < 100


def test_three_year_programmes_without_losses_enrol_three_entrants_worth():
    assert enrolment_with(START, 3.0, 2021, 2030).low == pytest.approx(9.0)
    assert enrolment_with(START, 6.0, 2025, 2030).high == pytest.approx(18.0)  # long settled
    on_the_way = enrolment_with(START, 3.5, 2025, 2025)
    assert on_the_way.high == pytest.approx(10.2)  # METHODS: 3.3 + 3.4 + 3.5


def test_intake_and_enrolment_lead_to_each_other():
    need = intake_for(START, 10.5, 2026, 2030)
    assert need.low == pytest.approx(3.5) and need.high == pytest.approx(3.5, abs=0.1)
    assert intake_for(START, 1.0, 2022, 2022).low is None  # the classes enrolled suffice


def test_no_chance_is_named_without_a_level(indicators):
    assert [level.chance for level in levels(np.ones(4), indicators["enrolment"])] == list(next_plan.CHANCES)
