"""Scenarios are compared on one ground, like with like."""

from dataclasses import replace

import numpy as np
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.simulating.comparing import compare, fitting
from zhibiao.simulating.scenario import ground, simulate

REGISTRY = load()
CITY = study(REGISTRY)
GROUND = ground(CITY)
ALL = compare(CITY, base=GROUND)


def _case(name):
    return next(case for case in ALL.cases if case.scenario.id == name)


def test_every_scenario_meant_for_the_region_is_there_the_baseline_first():
    assert [case.scenario.id for case in ALL.cases] == list(fitting(CITY))
    assert ALL.cases[0].scenario.id == "baseline" and {"plan_2021", "intake_low"} <= set(fitting(CITY)) and ALL.left_out == {}
    assert "plan_2021" not in fitting(study(REGISTRY, "全国"))


@pytest.mark.parametrize("name", fitting(CITY))
def test_a_scenario_comes_out_as_it_does_alone(name):
    alone = simulate(replace(CITY, scenario=REGISTRY.scenario(name)), GROUND)
    np.testing.assert_array_equal(_case(name).simulation.fans["enrolment"].draws, alone.fans["enrolment"].draws)


def test_each_lever_moves_what_it_should_and_in_its_direction():
    moved = {case.scenario.id: ALL.difference(case, "enrolment") for case in ALL.cases}
    assert moved["baseline"] is None
    assert moved["intake_low"] < -15000 and moved["plan_2021"] > 8000
    assert moved["longer_programmes"] > 5000 and moved["retention_up"] > 1000
    assert -5000 < moved["capacity_limited"] < 0
    assert ALL.difference(_case("retention_up"), "losses") < 0 < ALL.difference(_case("retention_up"), "graduates")
    assert ALL.difference(_case("plan_2021"), "intake") == pytest.approx(35000 - np.median(GROUND.fans["intake"].at(2025)), abs=1)


def test_like_is_held_against_like():
    # the pipe with nothing moved is not the reference class's fan; the lever answers only for the distance to the former
    case = _case("longer_programmes")
    unmoved = float(np.median(ALL.unmoved.run.enrolment[:, -1]))
    assert ALL.difference(case, "enrolment") == pytest.approx(case.landing("enrolment").median - unmoved)
    assert unmoved != pytest.approx(_case("baseline").landing("enrolment").median, rel=0.01)
    assert ALL.difference(_case("plan_trusted"), "enrolment") == pytest.approx(
        _case("plan_trusted").landing("enrolment").median - _case("baseline").landing("enrolment").median
    )


def test_no_chance_is_given_of_what_a_scenario_sets():
    chances = {case.scenario.id: {row.statement.id: row.chance for row in case.rows} for case in ALL.cases}
    assert chances["plan_2021"]["intake-2025"] is None and chances["plan_2021"]["enrolment-2025"] > chances["baseline"]["enrolment-2025"]
    assert chances["plan_2022"]["enrolment-keep"] is None and "enrolment" in _case("plan_2022").simulation.assumed
    assert chances["intake_low"]["enrolment-2025"] == 0


def test_bands_hold_the_median_and_the_level_of_the_study():
    for case in ALL.cases:
        for quantity in ("intake", "enrolment", "graduates", "losses", "employed"):
            found = case.landing(quantity)
            assert found is None or found.low <= found.median <= found.high
    wide = compare(replace(CITY, level=95), ["baseline"], GROUND).cases[0].landing("enrolment")
    narrow = _case("baseline").landing("enrolment")
    assert wide.low < narrow.low and narrow.high < wide.high


def test_named_scenarios_come_in_their_order_and_only_once():
    assert [case.scenario.id for case in compare(CITY, ["plan_2022", "baseline", "plan_2022"], GROUND).cases] == ["plan_2022", "baseline"]


def test_an_unknown_scenario_is_told_with_the_nearest():
    with pytest.raises(ParameterError, match="nearest: intake_low"):
        compare(CITY, ["intake_lov"], GROUND)
    with pytest.raises(ParameterError, match="not meant for"):
        compare(study(REGISTRY, "全国"), ["plan_2021"])


def test_a_region_without_figures_leaves_out_what_starts_from_them_and_says_why():
    district = study(REGISTRY, "江津")
    found = compare(district)
    assert [case.scenario.id for case in found.cases] == ["baseline", "plan_trusted"]
    assert set(found.left_out) == {"capacity_limited", "intake_low", "longer_programmes", "retention_up"}
    assert found.unmoved is None and found.cases[0].landing("enrolment") is None and found.difference(found.cases[1], "intake") is None
    with pytest.raises(ParameterError):
        compare(district, ["intake_low"])


def test_the_chance_of_an_intake_counts_who_really_enters():
    chances = {name: {row.statement.id: row.chance for row in _case(name).rows}["intake-2025"] for name in ("baseline", "capacity_limited", "plan_2022")}
    entered = {name: _case(name).outcomes.run.entrants[:, -1] for name in ("capacity_limited", "plan_2022")}
    assert chances["capacity_limited"] == (entered["capacity_limited"] > 35000).mean() < chances["baseline"]
    assert chances["plan_2022"] == (entered["plan_2022"] > 35000).mean() > chances["baseline"]
