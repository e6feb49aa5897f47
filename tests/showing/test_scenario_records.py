"""Scenarios as records: every scenario, quantity and year once by each method, in base units."""

from collections import Counter

import numpy as np
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.showing.scenario_records import COLUMNS, records
from zhibiao.simulating.comparing import compare

REGISTRY = load()
FOUND = compare(study(REGISTRY))
ROWS = records(FOUND)


def _of(scenario, indicator, year, method=None):
    rows = [r for r in ROWS if (r["scenario"], r["indicator"], r["year"]) == (scenario, indicator, year) and method in (None, r["method"])]
    assert len(rows) == 1, rows
    return rows[0]


def test_every_row_has_every_column_and_stands_once():
    assert all(tuple(row) == COLUMNS for row in ROWS)
    assert max(Counter((r["scenario"], r["indicator"], r["year"], r["method"]) for r in ROWS).values()) == 1
    assert {r["scenario"] for r in ROWS} == {case.scenario.id for case in FOUND.cases}


def test_quantiles_are_in_their_order_and_nothing_known_is_told_again():
    assert all(r["lo95"] <= r["lo80"] <= r["median"] <= r["hi80"] <= r["hi95"] for r in ROWS)
    assert min(r["year"] for r in ROWS if r["indicator"] == "employment_rate") == 2024  # known to 2023
    assert min(r["year"] for r in ROWS if r["indicator"] == "graduates") == 2021


def test_what_a_scenario_sets_is_marked():
    assert _of("plan_2021", "intake", 2025)["assumed"] is True and _of("plan_2021", "entrants", 2025)["assumed"] is True
    assert _of("plan_2021", "enrolment", 2025)["assumed"] is False
    assert _of("plan_2022", "enrolment", 2025, "scenario")["median"] == 120000


def test_both_accounts_of_enrolment_stand_where_they_differ():
    baseline = next(case for case in FOUND.cases if case.scenario.id == "baseline")
    own = _of("baseline", "enrolment", 2025, "cohort")["median"]
    assert own == pytest.approx(np.median(baseline.outcomes.run.enrolment[:, -1]))
    assert _of("baseline", "enrolment", 2025, "combined")["median"] != own


def test_where_places_or_a_floor_decide_only_those_who_enter_are_told():
    for name in ("capacity_limited", "plan_2022"):
        assert not [r for r in ROWS if r["scenario"] == name and r["indicator"] == "intake"]
    assert _of("capacity_limited", "turned_away", 2025)["hi95"] > 0
    assert not [r for r in ROWS if r["indicator"] == "turned_away" and r["scenario"] != "capacity_limited"]


def test_a_region_without_figures_has_no_rows():
    assert records(compare(study(REGISTRY, "江津"))) == []
