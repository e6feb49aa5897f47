"""Tables of scenarios hold what the simulation gives, say what is set, and collapse to a sentence where nothing is known."""

from dataclasses import replace

import numpy as np
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.showing import scenario_settings, scenario_tables
from zhibiao.showing.numbers import ABSENT
from zhibiao.simulating.comparing import compare, fitting
from zhibiao.simulating.outcomes import outcomes
from zhibiao.simulating.scenario import ground, simulate

REGISTRY = load()
CITY = study(REGISTRY)
GROUND = ground(CITY)
FOUND = compare(CITY, base=GROUND)
DISTRICT = study(REGISTRY, "江津")
NOTHING = compare(DISTRICT)


def _row(table, scenario):
    (row,) = (row for row in table.rows if row["scenario"] == REGISTRY.scenario(scenario).zh)
    return row


def test_settings_name_lever_start_aim_year_and_source():
    table = scenario_settings.settings(CITY, FOUND)
    low = _row(table, "intake_low")
    assert (low["lever"], low["from"], low["to"], low["year"]) == ("年招生", "3万人", "2.3万人（-22.7%）", "到2023年")
    assert "2015年全国教育事业发展统计公报" in low["source"] and "假设" in low["source"]
    assert _row(table, "plan_2021")["source"].startswith("渝人社〔2021〕452号")
    assert _row(table, "capacity_limited")["to"] == "9.9万人（不变）" and _row(table, "longer_programmes")["year"] == "自2021年起"
    assert _row(table, "plan_trusted")["to"] == "50%" and _row(table, "baseline")["lever"] == "不设"
    assert all(row["source"] for row in table.rows)
    assert any("2033年" in note for note in table.notes)  # how the timing of birth cohorts is meant


def test_settings_in_english_hold_no_chinese_but_in_sources():
    table = scenario_settings.settings(replace(CITY, lang="en"), FOUND)
    shown = " ".join(text for row in table.rows for name, text in row.items() if name != "source") + " ".join(table.notes) + table.title
    assert not any("\u4e00" <= character <= "\u9fff" for character in shown)
    assert any(row["source"].startswith("assumption: ") for row in table.rows)


def test_the_comparison_holds_medians_and_marks_what_is_set():
    table = scenario_tables.comparison(CITY, FOUND)
    assert len(table.rows) == len(fitting(CITY))
    low = _row(table, "intake_low")
    (case,) = (case for case in FOUND.cases if case.scenario.id == "intake_low")
    assert low["intake"] == "2.3（设定）"
    assert low["enrolment"] == f"{np.median(case.outcomes.run.enrolment[:, -1]) / 1e4:.1f}"
    assert low["graduates"] == f"{np.median(case.outcomes.run.graduates[:, -1]) / 1e4:.1f}"
    assert low["difference"].startswith("-")
    assert _row(table, "plan_2022")["enrolment"] == "12.0（设定）" and _row(table, "plan_2022")["band"] == ABSENT
    assert _row(table, "baseline")["difference"] == ABSENT and _row(table, "plan_trusted")["graduates"] == ABSENT


def test_chances_are_numbers_with_words_and_none_of_what_is_set():
    table = scenario_tables.chances(CITY, FOUND)
    assert _row(table, "plan_2021")["chongqing-2021-452/intake-2025"] == "设定"
    assert _row(table, "intake_low")["chongqing-2021-452/enrolment-2025"] == "<5%（很不可能）"
    assert "chongqing-2021-452/training-2025" not in {column.name for column in table.columns}
    assert any("开展职业培训" in note for note in table.notes)


def test_of_many_targets_each_has_a_row(monkeypatch):
    few = compare(CITY, ("baseline", "intake_low"))
    upright = scenario_tables.chances(CITY, few)
    monkeypatch.setattr(scenario_tables, "MANY", 2)
    turned = scenario_tables.chances(CITY, few)
    assert [column.name for column in turned.columns] == ["target", "baseline", "intake_low"]
    assert [row["target"] for row in turned.rows] == [column.label for column in upright.columns[1:]]
    for row, column in zip(turned.rows, upright.columns[1:], strict=True):
        assert (row["baseline"], row["intake_low"]) == (_row(upright, "baseline")[column.name], _row(upright, "intake_low")[column.name])
    assert turned.notes == upright.notes


def test_what_follows_year_by_year_with_what_is_missing():
    question = replace(CITY, scenario=REGISTRY.scenario("capacity_limited"))
    found = outcomes(question, simulate(question, GROUND))
    table = scenario_tables.outcomes(question, found)
    rows = {row["quantity"]: row for row in table.rows}
    assert rows["因学位不足未能入学（万人）"]["2025"] == f"{np.median(found.run.turned_away[:, -1]) / 1e4:.1f}"
    assert rows["毕业生（万人）"]["2023"] == f"{np.median(found.run.graduates[:, 2]) / 1e4:.1f}"
    assert "空余学位（万人）" in rows and not any(name.startswith("所需专任教师") for name in rows)
    assert any("专任教师数" in note and "学位数" not in note for note in table.notes)


def test_a_floor_says_that_its_intake_is_solved_for_and_trust_that_nothing_flows():
    floor = replace(CITY, scenario=REGISTRY.scenario("plan_2022"))
    assert any("反推" in note for note in scenario_tables.outcomes(floor, outcomes(floor, simulate(floor, GROUND))).notes)
    trusting = replace(CITY, scenario=REGISTRY.scenario("plan_trusted"))
    assert "不经过学生流量" in scenario_tables.outcomes(trusting, None).plain()


def test_long_horizons_show_the_last_year_and_few_before_it():
    far = study(REGISTRY, "全国", horizon=2044)
    table = scenario_tables.outcomes(far, outcomes(far, simulate(far)))
    years = [column.name for column in table.columns if column.name.isdigit()]
    assert years[-1] == "2044" and len(years) <= scenario_tables.YEARS_SHOWN


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_region_without_figures_gets_sentences(lang):
    district = replace(DISTRICT, lang=lang)
    for table in (scenario_tables.comparison(district, NOTHING), scenario_tables.chances(district, NOTHING), scenario_tables.outcomes(district, None)):
        assert not table.rows and len(table.empty) > 10
    settings = scenario_settings.settings(district, NOTHING)
    assert len(settings.rows) == len(fitting(district))  # what would be set is still told
    assert any(REGISTRY.scenario("intake_low").name(lang) in note and note.startswith(("未能推算", "Not simulated")) for note in settings.notes)
