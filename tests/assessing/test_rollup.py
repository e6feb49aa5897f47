"""Counties, a city and the nation: shares and sums where values add up, the reason where they do not."""

import datetime as dt
from decimal import Decimal

import pytest

from zhibiao.assessing.rollup import ancestors, children, shares, sums
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.model import Indicator, Observation, Plan, Region, Scenario

REGIONS = {
    code: Region(code=code, zh=name, en=name, parent=parent, level=level)
    for code, name, parent, level in [
        ("100000", "国", None, "nation"), ("500000", "市", "100000", "province"),
        ("500101", "甲区", "500000", "county"), ("500102", "乙区", "500000", "county"), ("500103", "丙区", "500000", "county"),
    ]
}  # fmt: skip
INDICATORS = {
    name: Indicator.model_validate({"id": name, "zh": zh, "en": name, "definition": zh, "unit": unit, "kind": kind, "rollup": rollup, **more})
    for name, zh, unit, kind, rollup, more in [
        ("pupils", "在校生规模", "人", "stock", "sum", {}), ("rate", "就业率", "%", "rate", "weighted_mean", {"upper": 100}),
        ("hours", "学时数", "学时", "count", "none", {}), ("schools", "优质学校", "所", "count", "sum", {}),
        ("city_schools", "市级优质学校", "所", "count", "sum", {}),
    ]
}  # fmt: skip
CITY, COUNTY, OTHER = "500000", "500101", "500102"


def figure(region, year, value, indicator="pupils", **more):
    kind = INDICATORS[indicator].kind
    row = {"region": region, "indicator": indicator, "period": year, "basis": "in_period" if kind == "rate" else "at_end", "value": Decimal(str(value)),
           "unit": INDICATORS[indicator].unit, "source": "s", "recorded": dt.date(2030, 1, 1)}  # fmt: skip
    return Observation.model_validate({**row, **more})


def target(region, value, indicator="pupils", **more):
    name = f"plan-{region}-{indicator}"
    said = {"id": "t", "kind": "target", "indicator": indicator, "value": value, "comparator": "ge", "unit": INDICATORS[indicator].unit, "scope": "point", "locator": "一", "evidence": "1"}
    if more.get("scope") != "standing":
        said["period"] = 2025
    head = {"id": name, "title": name, "title_en": name, "short": name, "issuer": ("局",), "region": region, "period": "2021-2025", "issued": "2021-06-30"}
    plan = Plan.model_validate({**head, "statements": ({**said, **more},)})
    return plan.model_copy(update={"statements": tuple(s.model_copy(update={"plan": name, "region": region, "issued": plan.issued}) for s in plan.statements)})


def asked(region, *facts, as_of=2023):
    scenarios = {"baseline": Scenario(id="baseline", zh="基准", en="baseline", description="无", description_en="none")}
    plans = {fact.id: fact for fact in facts if isinstance(fact, Plan)}
    figures = tuple(fact for fact in facts if isinstance(fact, Observation))
    return study(Registry((), INDICATORS, REGIONS, plans, {}, scenarios, figures), region, as_of=as_of)


def test_levels_above_and_below():
    put = asked(COUNTY)
    assert [region.zh for region in ancestors(put.registry, put.region)] == ["市", "国"]
    assert [region.zh for region in children(put.registry, REGIONS[CITY])] == ["甲区", "乙区", "丙区"]


def test_a_share_is_taken_of_the_newest_year_that_both_have():
    put = asked(COUNTY, figure(COUNTY, 2020, 10), figure(COUNTY, 2021, 20), figure(COUNTY, 2022, 30), figure(CITY, 2021, 80), figure("100000", 2020, 200))
    city, nation = shares(put)
    assert (city.within.zh, city.part.year, city.share) == ("市", 2021, pytest.approx(0.25))
    assert (nation.within.zh, nation.part.year, nation.share) == ("国", 2020, pytest.approx(0.05))


OBSTACLES = {
    "other year": ([figure(COUNTY, 2020, 1), figure(CITY, 2021, 9)], "other_year"),
    "a year after as_of": ([figure(COUNTY, 2024, 1), figure(COUNTY, 2020, 1), figure(CITY, 2024, 9), figure(CITY, 2021, 9)], "other_year"),
    "a floor": ([figure(COUNTY, 2020, 1, qualifier="ge"), figure(CITY, 2020, 9)], "no_exact_number"),
    "a whole of nothing": ([figure(COUNTY, 2020, 1), figure(CITY, 2020, 0)], "no_exact_number"),
    "no roll-up": ([figure(COUNTY, 2020, 1, "hours"), figure(CITY, 2020, 9, "hours")], "no_roll_up"),
    "one target, one figure": ([figure(COUNTY, 2020, 1), target(CITY, 9)], "nothing_alike"),
    "other definition": ([figure(COUNTY, 2020, 1, "city_schools"), figure(CITY, 2020, 9, "schools")], "other_definition"),
    "targets of other years": ([target(COUNTY, 1, period=2023), target(CITY, 9)], "other_year"),
    "a rule against a target": ([target(COUNTY, 1, scope="standing"), target(CITY, 9)], "other_reckoning"),
    "a limited target": ([target(COUNTY, 1, note="限市级"), target(CITY, 9)], "other_scope"),
}


@pytest.mark.parametrize("case", OBSTACLES.values(), ids=OBSTACLES)
def test_why_two_levels_cannot_be_compared(case):
    facts, obstacle = case
    [found] = shares(asked(COUNTY, *facts))
    assert (found.share, found.obstacle) == (None, obstacle)


def test_targets_of_one_horizon_have_a_share():
    [found] = shares(asked(COUNTY, target(COUNTY, 3), target(CITY, 12)))
    assert (found.about, found.share) == ("targets", 0.25)


def test_rates_stand_side_by_side_and_never_add_up():
    put = asked(COUNTY, figure(COUNTY, 2020, 97, "rate"), figure(CITY, 2020, 98.5, "rate"), figure(OTHER, 2020, 99, "rate"))
    [found] = shares(put)
    assert (found.share, found.difference, found.obstacle) == (None, pytest.approx(-1.5), "rate_without_weights")
    assert sums(asked(CITY, figure(COUNTY, 2020, 97, "rate"), figure(OTHER, 2020, 99, "rate"))) == ()


def test_the_nation_has_no_level_above():
    assert shares(asked("100000", figure("100000", 2020, 1))) == ()


def test_children_are_added_up_for_the_year_that_most_have():
    facts = [figure(COUNTY, 2020, 10), figure(OTHER, 2020, 20), figure(COUNTY, 2021, 99), figure(CITY, 2020, 60)]
    [found] = sums(asked(CITY, *facts))
    assert (found.year, found.total, len(found.parts), found.regions) == (2020, 30, 2, 3)
    assert (found.whole.value, found.exceeds, found.at_least) == (60, False, False)


def test_a_sum_larger_than_the_whole_is_told():
    [found] = sums(asked(CITY, figure(COUNTY, 2020, 50), figure(OTHER, 2020, 20, qualifier="ge"), figure(CITY, 2020, 60)))
    assert found.exceeds
    assert found.at_least


def test_targets_of_counties_against_the_target_of_the_city():
    [found] = sums(asked(CITY, target(COUNTY, 3), target(OTHER, 4), target(CITY, 12)))
    assert (found.about, found.total, found.whole.value) == ("targets", 7, 12)
    assert sums(asked(CITY, target(COUNTY, 3), target(OTHER, 4, period=2023), target(CITY, 12))) == ()


def test_one_child_is_no_sum():
    assert sums(asked(CITY, figure(COUNTY, 2020, 1), figure(CITY, 2020, 2))) == ()
