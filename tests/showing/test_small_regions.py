"""A prefecture of 28,630 students and a county of 700: what moves there is seen, in the unit its figures have."""

from dataclasses import replace
from decimal import Decimal

import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.assessing.requests import requests
from zhibiao.catalogue.study import study
from zhibiao.exploring.still import parts
from zhibiao.model import Override
from zhibiao.showing import anchor_tables, pictures, scenario_settings, scenario_tables, sensitivity_tables
from zhibiao.showing.request_tables import asked_for
from zhibiao.showing.sentences import headline_verdict
from zhibiao.showing.summary import summary
from zhibiao.simulating.comparing import compare
from zhibiao.simulating.outcomes import outcomes
from zhibiao.simulating.scenario import ground, simulate

STATEMENTS = """  - {id: enrolment-2030, kind: target, indicator: enrolment, value: 3.4, comparator: gt, unit: 万人, scope: point, period: 2030, locator: 一, evidence: 在校生超过3.4万人}
  - {id: majors-2030, kind: target, indicator: quality_majors, value: 20, comparator: ge, unit: 个, scope: point, period: 2030, locator: 二, evidence: 优质专业20个以上}
"""


@pytest.fixture(scope="module")
def registry(liuzhou):
    rows = [("intake", 2025, "in_period", 10512, "人"), ("enrolment", 2025, "at_end", 28630, "人"), ("451225", "intake", 2025, "in_period", 300, "人")]
    rows += [("451225", "enrolment", 2025, "at_end", 700, "人"), *(("quality_majors", year, "at_end", 12, "个") for year in (2024, 2025))]
    return liuzhou(STATEMENTS, ["enrolment-2030", "majors-2030"], rows)


def test_losses_and_graduates_of_a_prefecture_have_two_digits(registry):
    city = study(registry, "450200")
    table = scenario_tables.outcomes(city, outcomes(city, simulate(city)))
    rows = {row["quantity"]: row for row in table.rows}
    for name in ("毕业生（万人）", "其他流失（万人）"):
        assert all(len(text.lstrip("0.")) >= 2 for year, text in rows[name].items() if year.isdigit()), rows[name]
    graduates = next(row for row in anchor_tables.anchor(city, simulate(city)).rows if "毕业生" in row["what"])
    assert len(graduates["median"].removesuffix("万人")) == 4


@pytest.mark.parametrize(("lang", "unit"), [("zh", "人"), ("en", " persons")])
def test_a_county_is_counted_in_whole_persons_and_a_range_has_its_unit_once(registry, lang, unit):
    county = study(registry, "451225", horizon=2030, lang=lang)
    row = next(row for row in anchor_tables.anchor(county, simulate(county)).rows if unit in row["median"])
    assert "." not in row["median"] + row["range"] and row["range"].endswith(unit) and row["range"].count(unit) == 1


@pytest.mark.parametrize(("lang", "told"), [("zh", "没有参照类，不作推断"), ("en", "no reference class to project from")])
def test_a_target_without_a_reference_class_says_so(registry, lang, told):
    city = study(registry, "450200", lang=lang)
    found = compare(city)
    notes = " ".join(scenario_tables.chances(city, found).notes)
    assert told in notes and "缺数" not in notes and "no figures" not in notes
    first, second = sensitivity_tables.at_risk(city, None, found, found.cases[0].rows).lines
    assert told in second and "Of the 1 " not in first and "1 more main targets" not in second


@pytest.mark.parametrize(("lang", "name", "other"), [("zh", "不动杠杆", "基准"), ("en", "no lever moved", "baseline")])
def test_the_flow_without_levers_is_not_called_the_baseline(registry, lang, name, other):
    asked = study(registry, "450200", scenario="intake_low", lang=lang)
    chart, table = parts(asked, simulate(asked, ground(asked)))
    assert name in chart.title and other not in chart.title
    (apart,) = (column.label for column in table.columns if column.name == "apart")
    assert name in apart


@pytest.mark.parametrize(("year", "told"), [(2020, "起点2025年之前，自起点起即为此值"), (2025, "起点2025年当年，自起点起即为此值"), (2027, None)])
def test_a_lever_that_is_set_before_the_start_says_so(registry, year, told):
    low = registry.scenario("intake_low")
    override = Override(lever="intake", value=Decimal("0.9"), unit="万人", year=year, source="假设")
    mine = replace(registry, scenarios={"baseline": registry.scenario("baseline"), "mine": low.model_copy(update={"id": "mine", "overrides": (override,)})})
    city = study(mine, "450200")
    (row,) = (row for row in scenario_settings.settings(city, compare(city)).rows if str(year) in row["year"])
    assert (told in row["year"]) if told else ("起点" not in row["year"])


def test_one_thing_is_not_many_in_english(registry):
    city = study(registry, "450200", lang="en")
    rows = gap_table(city, {})
    (first,) = rows[:1]
    assert pictures.gaps(city, [first]).title.startswith("The one main target ")
    assert "the one main target" in headline_verdict(city, [first])
    assert "1 indicators" not in asked_for(city, [first], requests([first])).title + " ".join(summary(city, [first], requests([first]), frozenset(), None).lines)


def test_what_is_only_counted_has_an_english_word_for_its_unit():
    from zhibiao.notebook import setup

    units = {row["unit"] for row in setup("江津", lang="en").main_requests().rows}
    assert "number" in units and not any("\u4e00" <= sign <= "\u9fff" for unit in units for sign in unit)
    assert "个" in {row["unit"] for row in setup("江津").main_requests().rows}
