"""The shipped scenarios say where each number comes from, and the numbers are those of the registry."""

import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import RegistryError
from zhibiao.model import Override
from zhibiao.simulating.scenario import ground, move_of
from zhibiao.simulating.spread import national_spread

REGISTRY = load()
EVERYWHERE = [s for s in REGISTRY.scenarios.values() if not s.regions and s.overrides]


def test_the_scenarios_are_there():
    assert set(REGISTRY.scenarios) >= {"baseline", "plan_2021", "plan_2022", "plan_trusted", "intake_low", "retention_up", "longer_programmes", "capacity_limited"}


@pytest.mark.parametrize("scenario", REGISTRY.scenarios.values(), ids=lambda s: s.id)
def test_every_number_has_a_clause_or_a_source(scenario):
    for override in scenario.overrides:
        assert override.statement in {s.key for s in REGISTRY.statements()} if override.statement else len(override.source) > 20
        assert override.statement or "假设" in override.source  # what was seen elsewhere is an assumption for a region


def test_the_fall_of_the_intake_is_the_one_the_nation_saw():
    intake = {p.period.year: float(p.base_value) for p in REGISTRY.series("100000", "intake").annual}
    (low,) = REGISTRY.scenario("intake_low").overrides
    assert float(low.value) == pytest.approx(100 * (intake[2015] / intake[2012] - 1), abs=0.05)
    assert low.after == 2015 - 2012


def test_the_rise_of_retention_is_the_one_the_nation_saw():
    spread = national_spread(REGISTRY)
    seen = dict(zip(spread.years.tolist(), (100 * spread.retention).tolist(), strict=True))
    before, later = (sum(seen[first + k] for k in range(3)) / 3 for first in (2016, 2019))
    (up,) = REGISTRY.scenario("retention_up").overrides
    assert float(up.value) == pytest.approx(later - before, abs=0.05)
    assert f"{before:.2f}%" in up.source and f"{later:.2f}%" in up.source


@pytest.mark.parametrize(("region", "start"), [("重庆", 2020), ("全国", 2024)])
@pytest.mark.parametrize("name", [s.id for s in EVERYWHERE])
def test_the_same_scenario_counts_its_years_from_each_regions_own_start(region, start, name):
    question = study(REGISTRY, region, scenario=name)
    pipe = ground(question).pipe
    for override in question.scenario.overrides:
        assert override.year is None
        assert move_of(question, override, pipe).year == start + override.after


def test_a_lever_outside_the_pipe_counts_from_its_last_figure():
    question = study(REGISTRY, "重庆")
    override = Override(lever="employment", value=1, unit="百分点", change=True, after=2, source="例")
    move = move_of(question, override, None)
    assert (move.value, move.year) == (100.0, 2025)  # 99 % in 2023


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{lever: intake, value: 3, unit: 万人, source: 例}", "either year or after"),
        ("{lever: intake, value: 3, unit: 万人, year: 2025, after: 2, source: 例}", "either year or after"),
        ("{lever: intake, value: 3, unit: 万人, after: 0, source: 例}", "after"),
        ("{lever: intake, value: 3, unit: 万人, after: 1.5, source: 例}", "after"),
        ("{lever: intake, value: 3, unit: 万人, afer: 2, source: 例}", "unknown key 'afer'.*nearest: after"),
        ("{lever: intake, value: 3, unit: 万人, after: 2}", "value with unit and source"),
        ("{lever: retention, value: 31, unit: 百分点, change: true, after: 2, source: 例}", "out of range"),
    ],
)
def test_a_slip_in_a_lever_names_the_line(tmp_path, written, told):
    (tmp_path / "scenarios").mkdir()
    text = f"id: mine\nzh: 例\nen: mine\ndescription: 例\ndescription_en: mine\noverrides:\n  - {written}\n"
    (tmp_path / "scenarios" / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError, match=rf"mine\.yaml:7.*{told}"):
        load(tmp_path)


def test_an_overlay_brings_a_scenario_of_its_own(tmp_path):
    (tmp_path / "scenarios").mkdir()
    text = "id: mine\nzh: 多招\nen: mine\ndescription: 例\ndescription_en: mine\noverrides:\n  - {lever: intake, value: 10, unit: '%', change: true, after: 2, source: 例}\n"
    (tmp_path / "scenarios" / "mine.yaml").write_text(text, encoding="utf-8")
    registry = load(tmp_path)
    question = study(registry, "重庆", scenario="mine")
    assert move_of(question, question.scenario.overrides[0], ground(question).pipe).value == pytest.approx(33000)
