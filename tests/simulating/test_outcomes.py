"""Nobody is lost between the years, and what follows from the pipe follows by one multiplication."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.model import Override, Scenario
from zhibiao.simulating.outcomes import outcomes
from zhibiao.simulating.scenario import ground, simulate

REGISTRY = load()
CITY, NATION = study(REGISTRY), study(REGISTRY, region="全国", horizon=2030)
GROUNDS = {"500000": ground(CITY), "100000": ground(NATION)}


def _case(question, name):
    return replace(question, scenario=REGISTRY.scenario(name))


def _own(question, *overrides):
    scenario = Scenario(id="own", zh="例", en="own", description="例", description_en="own", overrides=overrides)
    question = replace(question, scenario=scenario)
    return question, simulate(question, GROUNDS[question.region.code])


def _cases():
    for question in (CITY, NATION):
        for scenario in REGISTRY.scenarios.values():
            if scenario.trust is None and (not scenario.regions or question.region.code in scenario.regions):
                yield pytest.param(question, scenario.id, id=f"{question.region.code}-{scenario.id}")


@pytest.mark.parametrize(("question", "name"), list(_cases()))
def test_every_draw_of_every_scenario_balances_to_the_person(question, name):
    question = _case(question, name)
    simulation = simulate(question, GROUNDS[question.region.code])
    found = outcomes(question, simulation)
    run = found.run
    np.testing.assert_array_equal(run.enrolment, found.opening + run.entrants - run.graduates - run.losses)
    for flow in (run.enrolment, run.entrants, run.graduates, run.losses, run.turned_away):
        assert np.all(flow >= 0) and np.all(flow == np.rint(flow))
    assert np.all(found.opening[:, 0] == simulation.pipe.start.enrolment)
    np.testing.assert_array_equal(found.opening[:, 1:], run.enrolment[:, :-1])


def test_a_stock_counted_on_the_way_opens_the_next_year():
    pipe = replace(GROUNDS["500000"].pipe, stocks={2022: 101234.0})
    simulation = simulate(_case(CITY, "plan_2021"), replace(GROUNDS["500000"], pipe=pipe))
    found = outcomes(_case(CITY, "plan_2021"), simulation)
    run, after = found.run, 2023 - int(found.run.years[0])
    assert np.all(found.opening[:, after] == 101234)
    np.testing.assert_array_equal(run.enrolment, found.opening + run.entrants - run.graduates - run.losses)


def test_a_floor_is_kept_by_an_intake_that_is_solved_for():
    question = _case(CITY, "plan_2022")
    simulation = simulate(question, GROUNDS["500000"])
    run = simulation.run
    np.testing.assert_array_equal(run.enrolment, np.rint(simulation.fans["enrolment"].window(2021, 2025)))
    assert np.all(np.median(run.entrants, axis=0) > 30000)


def test_graduates_in_work_are_graduates_times_the_rate():
    found = outcomes(CITY, simulate(CITY, GROUNDS["500000"]))
    rate = GROUNDS["500000"].fans["employment_rate"].window(2021, 2025)
    np.testing.assert_allclose(found.following["employed"], found.run.graduates * rate / 100, rtol=1e-12)


def test_what_no_figure_gives_is_absent_and_a_lever_supplies_it():
    assert outcomes(CITY, simulate(CITY, GROUNDS["500000"])).absent == ("certificates", "high_skill_graduates", "training", "high_skill", "teachers", "free_places")
    question, simulation = _own(
        CITY,
        Override(lever="certificate_share", value=Decimal(80), unit="%", year=2025, source="例"),
        Override(lever="high_skill_share", value=Decimal("0.25"), unit="%", year=2025, source="例"),
        Override(lever="student_teacher_ratio", value=Decimal(20), unit="人/人", year=2025, source="例"),
        Override(lever="training", value=Decimal(15), unit="万人次", year=2025, source="例"),
        Override(lever="high_skill", value=Decimal(2), unit="万人", year=2025, source="例"),
        Override(lever="capacity", value=Decimal(10), unit="万人", year=2023, source="例"),
    )
    found = outcomes(question, simulation)
    assert found.absent == ()
    run = found.run
    np.testing.assert_allclose(found.following["certificates"], 0.8 * run.graduates)
    np.testing.assert_allclose(found.following["high_skill_graduates"], 0.0025 * run.graduates)
    np.testing.assert_allclose(found.following["teachers"], run.enrolment / 20)
    assert np.all(found.following["training"] == 150000) and np.all(found.following["high_skill"] == 20000)
    free = found.following["free_places"]
    assert np.all(np.isnan(free[:, :2]))  # before its year no number of places is known
    np.testing.assert_array_equal(free[:, 2:], np.maximum(100000 - run.enrolment[:, 2:], 0))
    assert np.all((free[:, 2:] == 0) | (run.turned_away[:, 2:] == 0))  # nobody is turned away while a place is free


def test_a_region_uses_its_own_ratio_of_students_to_teachers():
    found = outcomes(NATION, simulate(NATION, GROUNDS["100000"]))
    teachers = {p.period.year: float(p.base_value) for p in NATION.series("teachers").annual}
    students = {p.period.year: float(p.base_value) for p in NATION.series("enrolment").annual}
    newest = max(set(teachers) & set(students))
    np.testing.assert_allclose(found.following["teachers"], found.run.enrolment / (students[newest] / teachers[newest]))


def test_nothing_follows_without_a_pipe_or_where_plans_are_trusted():
    district = study(REGISTRY, region="江津")
    assert outcomes(district, simulate(district)) is None
    trusting = _case(CITY, "plan_trusted")
    assert outcomes(trusting, simulate(trusting, GROUNDS["500000"])) is None
