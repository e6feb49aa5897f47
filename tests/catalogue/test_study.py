"""Parameters of a question: names are found as people write them, slips are told with what is allowed and nearest."""

from dataclasses import replace

import pytest

from zhibiao.catalogue.load import load, read, shipped
from zhibiao.catalogue.study import startable, study
from zhibiao.errors import ParameterError

REGISTRY = read([shipped()])

CASES = {
    "region with a slip": ({"region": "重庆布"}, "region", ["'重庆布'", "nearest: 重庆"]),
    "region in English with a slip": ({"region": "Chonqing"}, "region", ["'Chonqing'", "nearest: 重庆"]),
    "no region": ({"region": ""}, "region", ["unknown region ''"]),
    "region None": ({"region": None}, "region", ["unknown region 'None'"]),
    "as_of in letters": ({"as_of": "abc"}, "as_of", ["'abc'", "whole number"]),
    "as_of with an odd digit": ({"as_of": "²"}, "as_of", ["'²'", "whole number"]),
    "as_of with two signs": ({"as_of": "--5"}, "as_of", ["'--5'", "whole number"]),
    "as_of True": ({"as_of": True}, "as_of", ["True", "whole number"]),
    "as_of of another age": ({"as_of": 1890}, "as_of", ["1890", "1990…2100"]),
    "horizon far": ({"horizon": 3000}, "horizon", ["3000", "1990…2053"]),
    "horizon True": ({"horizon": True}, "horizon", ["True", "whole number"]),
    "level with a point": ({"level": 80.5}, "level", ["80.5", "whole number", "50…99"]),
    "level 120": ({"level": 120}, "level", ["120", "50…99"]),
    "level False": ({"level": False}, "level", ["False", "whole number"]),
    "seed below 0": ({"seed": -1}, "seed", ["-1", "0…4294967295"]),
    "seed too large": ({"seed": 2**32}, "seed", ["4294967296", "out of range"]),
    "lang cn": ({"lang": "cn"}, "lang", ["'cn'", "zh, en", "nearest: zh"]),
    "lang English": ({"lang": "English"}, "lang", ["'English'", "zh, en"]),
    "lang a number": ({"lang": 1}, "lang", ["should be text"]),
    "scenario misspelt": ({"scenario": "plan2021"}, "scenario", ["'plan2021'", "nearest: plan_2021"]),
    "scenario misspelt in Chinese": ({"scenario": "按452号招"}, "scenario", ["nearest: plan_2021"]),
    "scenario of another region": ({"region": "福建", "scenario": "plan_2021"}, "scenario", ["not meant for 福建", "baseline"]),
    "scenario a number": ({"scenario": 2021}, "scenario", ["should be text", "baseline"]),
    "plan misspelt": ({"plan": "chongqing-2021-425"}, "plan", ["'chongqing-2021-425'", "nearest: chongqing-2021-452"]),
    "plan number misspelt": ({"plan": "渝人社〔2021〕453号"}, "plan", ["nearest: chongqing-2021-452"]),
    "plan of another region": ({"plan": "national-2021-86"}, "plan", ["says nothing of 重庆", "chongqing-2021-452"]),
    "second plan missing": ({"plan": "452号,"}, "plan", ["unknown plan ''"]),
    "plan a list": ({"plan": ["452号"]}, "plan", ["should be text"]),
    "no plan": ({"plan": " "}, "plan", ["should be text"]),
    "report date of month 13": ({"report_date": "2024-13-01"}, "report_date", ["'2024-13-01'", "no date", "2024-01-05"]),
    "report date in words": ({"report_date": "今天"}, "report_date", ["'今天'", "no date"]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_slip_names_the_parameter_and_what_is_allowed(case):
    parameters, name, words = case
    with pytest.raises(ParameterError) as caught:
        study(REGISTRY, **parameters)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    for word in words:
        assert word in message
    assert len(message) <= 400


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("重庆", "500000"),
        ("重庆市", "500000"),
        (" chongqing ", "500000"),
        (500000, "500000"),
        ("广东省", "440000"),
        ("内蒙古自治区", "150000"),
        ("广西壮族自治区", "450000"),
        ("香港特别行政区", "810000"),
        ("南京市", "320100"),
        ("江津", "500116"),
        ("石柱", "500240"),
        ("石柱土家族自治县", "500240"),
        ("全国", "100000"),
    ],
)
def test_a_region_is_found_by_code_short_or_full_name(name, code):
    assert REGISTRY.region(name).code == code


@pytest.mark.parametrize("name", ["广东市", "重庆省", "南京省"])
def test_a_region_is_not_found_by_a_name_it_does_not_have(name):
    with pytest.raises(ParameterError, match="unknown region"):
        REGISTRY.region(name)


def test_a_name_that_two_regions_have_is_told_with_their_codes(tmp_path):
    (tmp_path / "regions.csv").write_text("code,zh,en,parent,level\n360402,江北区,Jiangbei of Jiujiang,360000,county\n", encoding="utf-8")
    registry = load(tmp_path)
    with pytest.raises(ParameterError, match=r"region: .*ambiguous region '江北'.*500105 江北区, 360402 江北区"):
        registry.region("江北")
    assert registry.region("360402").en == "Jiangbei of Jiujiang"


def test_defaults_follow_the_figures_and_never_the_clock():
    asked = study(REGISTRY)
    assert (asked.region.code, asked.as_of, asked.horizon, asked.scenario.id) == ("500000", 2023, 2025, "baseline")
    assert asked.report_date == "2023"
    assert [plan.id for plan in asked.plans] == ["chongqing-2021-452", "chongqing-2022-32"]
    assert study(REGISTRY, "全国").as_of == 2024


def test_a_region_without_figures_takes_the_year_of_its_documents_or_must_be_told(small):
    (small / "observations" / "all.csv").unlink()
    registry = read([small])
    assert study(registry).as_of == 2021
    with pytest.raises(ParameterError, match=r"as_of: .*give as_of"):
        study(registry, "万州")
    assert study(registry, "万州", as_of=2020).plans == ()


def test_words_that_scripts_hand_over_count_as_numbers():
    asked = study(REGISTRY, "500000", as_of="2022", horizon=" 2030 ", level="95", seed="7", report_date="2024-01-05")
    assert (asked.as_of, asked.horizon, asked.level, asked.seed, asked.report_date) == (2022, 2030, 95, 7, "2024-01-05")


def test_plans_are_named_by_id_number_short_or_title_once_each_and_oldest_first():
    written = "渝人社发〔2022〕32号，chongqing-2021-452,452号"
    assert [plan.id for plan in study(REGISTRY, plan=written).plans] == ["chongqing-2021-452", "chongqing-2022-32"]
    assert [plan.id for plan in study(REGISTRY, plan="重庆市技工教育“十四五”规划").plans] == ["chongqing-2021-452"]


def test_as_of_hides_what_came_later():
    then, now = study(REGISTRY, as_of=2019), study(REGISTRY)
    assert [str(p.period) for p in then.series("enrolment").points] == ["2017"]
    assert [str(p.period) for p in now.series("enrolment").points] == ["2017", "2020"]


@pytest.mark.parametrize("scenario", ["intake_low", "longer_programmes", "retention_up", "capacity_limited"])
@pytest.mark.parametrize("region", ["江津", "沧州"])
def test_a_scenario_of_the_flow_needs_intake_and_enrolment_of_one_year(region, scenario):
    with pytest.raises(ParameterError, match="没有同一年的招生与在校生") as caught:
        startable(study(REGISTRY, region, scenario=scenario))
    assert (caught.value.where, caught.value.allowed) == ("scenario", ["baseline", "plan_trusted"])


def test_every_scenario_starts_where_the_figures_are_known_and_the_others_start_anywhere():
    for region in ("重庆", "全国"):
        code = REGISTRY.region(region).code
        for scenario in REGISTRY.scenarios.values():
            if not scenario.regions or code in scenario.regions:
                startable(study(REGISTRY, region, scenario=scenario.id))
    for scenario in ("baseline", "plan_trusted"):
        startable(study(REGISTRY, "江津", scenario=scenario))


def test_what_is_known_only_later_starts_no_scenario():
    with pytest.raises(ParameterError, match="截至2010年"):
        startable(study(REGISTRY, "重庆", as_of=2010, horizon=2015, scenario="retention_up"))


def test_a_change_of_an_indicator_needs_a_figure_of_it():
    more = REGISTRY.scenarios["retention_up"]
    lever = more.overrides[0].model_copy(update={"lever": "employment"})
    case = more.model_copy(update={"id": "more_in_work", "overrides": (lever,)})
    registry = replace(REGISTRY, scenarios={**REGISTRY.scenarios, case.id: case})
    startable(study(registry, "重庆", scenario=case.id))
    with pytest.raises(ParameterError, match="没有就业率的数"):
        startable(study(registry, "沧州", scenario=case.id))


def test_a_plan_of_the_city_that_speaks_of_a_county_is_the_countys_too(small):
    path = small / "plans" / "one.yaml"
    text = path.read_text(encoding="utf-8").replace("{id: training-total, kind: target,", '{id: training-total, region: "500101", kind: target,')
    path.write_text(text, encoding="utf-8")
    asked = study(read([small]), "万州", as_of=2022)
    assert [s.id for s in asked.statements()] == ["training-total"]
    assert "training-total" not in [s.id for s in study(read([small])).statements()]
    assert asked.clause(asked.statements()[0]) == "渝〔2021〕1号 二"
