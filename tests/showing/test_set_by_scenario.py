"""A scenario may set what nobody ever reported: every notebook still has its answers."""

from dataclasses import replace

import pytest

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.model import Scenario

REGISTRY = load()
SCENARIO = Scenario.model_validate(
    {
        "id": "more_training", "zh": "多培训", "en": "more training", "description": "试", "description_en": "a trial",
        "overrides": [
            {"lever": "training", "value": 21, "unit": "万人次", "year": 2021, "source": "试"},
            {"lever": "retention", "change": True, "value": 1, "unit": "百分点", "after": 2, "source": "试"},
            {"lever": "employment", "value": 99.5, "unit": "%", "year": 2025, "source": "试"},
        ],
    }
)  # fmt: skip


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request: pytest.FixtureRequest) -> Report:
    return Report(replace(study(REGISTRY, lang=request.param), scenario=SCENARIO))


@pytest.mark.parametrize("name", ["projections", "trajectory_basis", "not_projected", "gaps", "pace", "summary", "comparison", "what_follows", "next_levels", "next_totals", "next_pairs"])
def test_every_table_is_made(report: Report, name: str) -> None:
    assert getattr(report, name)().plain() if hasattr(getattr(report, name)(), "plain") else repr(getattr(report, name)())


def test_what_is_set_is_shown_as_set(report: Report) -> None:
    table = report.projections().plain()
    assert "21.0" in table and ("情景设定" if report.study.lang == "zh" else "(set)") in table
    assert "social_training" in report.simulation.assumed
    training = {row.statement.id: row for row in report.rows if row.statement.indicator == "social_training"}
    assert all(row.chance is None for row in training.values())  # an assumption is no chance
