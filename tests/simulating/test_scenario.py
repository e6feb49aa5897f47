"""Scenarios move their lever and nothing else; what follows from it follows."""

from dataclasses import replace

import numpy as np
import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.model import Scenario
from zhibiao.simulating.anchoring import start_pair
from zhibiao.simulating.scenario import floor_needs, simulate

REGISTRY = load()


def _under(name: str) -> tuple:
    question = study(REGISTRY, scenario=name)
    return question, simulate(question)


def test_when_intake_is_set_then_enrolment_follows_the_flow() -> None:
    _, base = _under("baseline")
    question, plan = _under("plan_2021")
    np.testing.assert_allclose(plan.fans["intake"].quantile(0.5)[-5:], [31000, 32000, 33000, 34000, 35000])
    assert np.ptp(plan.fans["intake"].at(2025)) == 0
    assert 105000 < np.median(plan.fans["enrolment"].at(2025)) < 120000
    assert plan.assumed == {"intake"}
    for name in set(base.fans) - {"intake", "enrolment"}:
        np.testing.assert_array_equal(base.fans[name].draws, plan.fans[name].draws)
    rows = {row.statement.id: row for row in gap_table(question, plan.chances)}
    assert rows["intake-2025"].chance is None  # the assumption is not a chance
    baseline = {row.statement.id: row for row in gap_table(study(REGISTRY), base.chances)}
    assert rows["enrolment-2025"].chance > baseline["enrolment-2025"].chance


def test_when_a_floor_is_set_then_enrolment_holds_it_from_its_year_on() -> None:
    _, plan = _under("plan_2022")
    np.testing.assert_allclose(plan.fans["enrolment"].quantile(0.5)[-4:], 120000)
    assert plan.assumed == {"enrolment"}


def test_when_a_floor_binds_every_year_then_it_asks_more_than_at_the_end() -> None:
    start = start_pair(study(REGISTRY))
    assert start is not None
    assert start.ratio == pytest.approx(3.3)
    for need in floor_needs(start, 120000.0, range(2022, 2026)):
        assert need.every_year is not None
        assert need.at_end is not None
        assert need.every_year > need.at_end > 35000


def test_when_nothing_is_set_then_the_nation_and_the_city_have_their_fans() -> None:
    city, nation = simulate(study(REGISTRY)), simulate(study(REGISTRY, region="全国"))
    assert {"intake", "enrolment", "employment_rate"} <= set(city.fans)
    assert "graduates" not in city.fans  # only a floor is known: >3 in 2017
    assert {"intake", "enrolment", "graduates", "teachers", "social_training"} <= set(nation.fans)
    for fan in (*city.fans.values(), *nation.fans.values()):
        assert (fan.draws >= 0).all()
    assert (city.fans["employment_rate"].draws <= 100).all()
    np.testing.assert_allclose(np.median(city.fans["intake"].draws, axis=0)[-5:], 30000, rtol=1e-5)  # one figure: nothing is extrapolated
    centre = np.median(city.fans["enrolment"].draws, axis=0)[-5:]  # two figures: their trend counts in part
    assert np.all(np.diff(centre) > 0) and 99000 < centre[-1] < 105000


def _with(*overrides: dict):
    scenario = Scenario.model_validate({"id": "a_trial", "zh": "试", "en": "a trial", "description": "试", "description_en": "a trial", "overrides": overrides})
    question = study(REGISTRY)
    return replace(question, scenario=scenario)


def test_when_a_value_is_thousands_of_times_off_then_it_is_taken_for_a_slip_of_the_unit() -> None:
    for lever, value in (("intake", 35000), ("capacity", 99000), ("intake", 0.0003)):
        with pytest.raises(ParameterError, match="单位是否写错"):
            simulate(_with({"lever": lever, "value": value, "unit": "万人", "year": 2025, "source": "试"}))
    assert np.median(simulate(_with({"lever": "intake", "value": 0, "unit": "万人", "year": 2025, "source": "试"})).fans["intake"].at(2025)) == 0


def test_when_places_never_bind_then_the_intake_that_is_set_stays_an_assumption() -> None:
    intake = {"lever": "intake", "value": 3.6, "unit": "万人", "year": 2025, "source": "试"}
    roomy = simulate(_with(intake, {"lever": "capacity", "value": 30, "unit": "万人", "year": 2021, "source": "试"}))
    assert "intake" in roomy.assumed
    tight = simulate(_with(intake, {"lever": "capacity", "value": 9.9, "unit": "万人", "year": 2021, "source": "试"}))
    assert "intake" not in tight.assumed


def test_the_baseline_moves_no_lever_and_names_are_given_once(tmp_path) -> None:
    (tmp_path / "scenarios").mkdir()
    mine = tmp_path / "scenarios" / "baseline.yaml"
    mine.write_text("id: baseline\nzh: 基准\nen: baseline\ndescription: 试\ndescription_en: a trial\ntrust: 0.5\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="基准不设任何杠杆"):
        load(tmp_path)
    mine.unlink()
    (tmp_path / "scenarios" / "mine.yaml").write_text("id: mine\nzh: 生源减少\nen: mine\ndescription: 试\ndescription_en: a trial\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="已被 'intake_low' 占用"):
        load(tmp_path)


def test_a_lever_outside_the_pipe_is_led_evenly_from_the_last_figure_and_held() -> None:
    found = simulate(_with({"lever": "employment", "value": 99.6, "unit": "%", "year": 2025, "source": "试"}))
    fan = found.fans["employment_rate"]
    np.testing.assert_allclose([np.median(fan.at(year)) for year in (2023, 2024, 2025)], [99.0, 99.3, 99.6])
    assert np.ptp(fan.at(2025)) == 0


def test_every_number_of_a_shipped_scenario_says_where_it_comes_from_in_both_languages() -> None:
    written = [(s.id, o) for s in REGISTRY.scenarios.values() for o in s.overrides if o.statement is None]
    assert len(written) >= 4
    for name, override in written:
        assert override.source and override.source_en, name
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in override.source_en), name
        assert ("假设" in override.source) == ("assumption" in override.source_en), name
