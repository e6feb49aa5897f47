"""Two documents on one indicator: how they differ, which governs and why, what that does to the gap."""

from dataclasses import replace

import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.assessing.reconcile import compare, reconcile
from zhibiao.catalogue.load import read, shipped
from zhibiao.catalogue.study import study
from zhibiao.model import Region

CITY = study(read([shipped()]), "重庆")

PAIRS = {
    "raised": ({"value": 10, "comparator": "ge"}, {"value": 12, "comparator": "ge"}, ("raised",), 2),
    "lowered": ({"value": 100}, {"value": 75, "comparator": "ge"}, ("lowered",), -25),
    "looser": ({"value": 98}, {"value": 98, "comparator": "ge"}, ("looser",), 0),
    "stricter": ({"value": 5, "comparator": "about"}, {"value": 5, "comparator": "ge"}, ("stricter",), 0),
    "restated": ({"value": 3, "comparator": "eq"}, {"value": 3, "comparator": "ge"}, ("restated",), 0),
    "another unit": ({"value": 1.5, "unit": "万人"}, {"value": 15000}, ("same_value_other_unit",), 0),
    "another unit and raised": ({"value": 1.5, "unit": "万人"}, {"value": 15001}, ("raised",), 1),
    "range": ({"value": 5, "comparator": "eq"}, {"value": [3, 5], "comparator": "between"}, ("lowered", "range_vs_number"), -2),
    "range with the same lower end": ({"value": 3, "comparator": "eq"}, {"value": [3, 5], "comparator": "between"}, ("range_vs_number",), 0),
    "wider range": ({"value": [3, 5], "comparator": "between"}, {"value": [3, 8], "comparator": "between"}, ("raised",), 0),
    "other year": ({"value": 5}, {"value": 5, "period": 2023}, ("restated", "other_period"), 0),
    "each year": ({"value": 5}, {"value": 5, "scope": "annual", "period": "2022-2025"}, ("restated", "other_period"), 0),
    "a sum against a year": ({"value": 5}, {"value": 25, "scope": "cumulative", "period": 2025}, ("other_reckoning",), None),
    "limited to some": ({"value": 5, "note": "限对标世赛标准"}, {"value": 20}, ("raised", "other_scope"), 15),
    "limited to a level": ({"value": 5}, {"value": 3, "note": "限国家级，其余不计"}, ("lowered", "other_level"), -2),
    "limited alike": ({"value": 5, "note": "限国家级"}, {"value": 5, "note": "限国家级"}, ("restated",), 0),
}


@pytest.mark.parametrize("case", PAIRS.values(), ids=PAIRS)
def test_how_a_later_target_relates_to_an_earlier_one(case, statement, indicators):
    earlier, later, relations, change = case
    found, moved = compare(statement(**earlier), statement(**later), indicators["level"])
    assert found == relations
    assert moved == change


def test_of_a_falling_indicator_the_ceiling_is_compared(statement, indicators):
    one, other = (statement(indicator="falling", comparator=c, value=5) for c in ("le", "lt"))
    assert compare(one, other, indicators["falling"])[0] == ("stricter",)


def pair(found):
    [item] = found
    [difference] = item.differences
    return difference


def test_the_later_document_governs_and_the_gap_is_told_by_both(asked, statement, figure):
    put = asked(statement(value=10.5), later=(statement(value=12, comparator="ge"),), figures=(figure(2022, 9.9),))
    found = pair(reconcile(put))
    assert (found.governs, found.reasons) == (found.later, ("issued_later",))
    assert found.gaps == pytest.approx((0.6, 2.1))
    assert found.gap_change == pytest.approx(1.5)


def test_without_any_figure_the_gap_stays_unknown(asked, statement):
    found = pair(reconcile(asked(statement(value=10), later=(statement(value=12),))))
    assert found.gaps == (None, None)
    assert found.gap_change is None
    assert found.change == 2


def test_what_one_document_reports_tells_the_gap_of_the_other(asked, statement):
    report = statement("now", kind="achieved", comparator="eq", value=3, period=2020)
    [item] = reconcile(asked(report, statement(value=5, comparator="eq", baseline="now"), later=(statement(value=[3, 5], comparator="between"),)))
    targets, progress = item.differences
    assert targets.gaps == (2.0, 0.0)
    assert (progress.relations, progress.earlier.id, progress.later.plan) == (("reached",), "now", "later")


def test_from_a_report_to_a_target_of_another_document(asked, statement):
    report = statement("now", indicator="rate", kind="achieved", comparator="eq", value=83, period=2020)
    found = pair(reconcile(asked(report, later=(statement(indicator="rate", comparator="ge", value=90),))))
    assert (found.relations, found.change, found.governs) == (("progress",), 7, None)


def test_a_floor_does_not_prove_that_a_target_is_reached(asked, statement):
    floor = statement("now", indicator="rate", kind="achieved", comparator="ge", value=98, period=2020)
    found = pair(reconcile(asked(floor, later=(statement(indicator="rate", comparator="gt", value=98),))))
    assert found.relations == ("progress",)


def test_two_reports_of_one_year_that_differ(asked, statement):
    reports = [statement("now", kind="achieved", comparator="eq", value=value, period=2020) for value in (9.9, 10.1)]
    assert pair(reconcile(asked(reports[0], later=(reports[1],)))).relations == ("figures_differ",)


def test_limited_targets_stand_side_by_side_here_and_in_the_gap_table(asked, statement):
    put = asked(statement(value=5, note="限对标世赛标准"), later=(statement(value=20),))
    assert pair(reconcile(put)).governs is None
    assert [row.governed_by for row in gap_table(put, {})] == [None, None]


def test_one_document_that_contradicts_itself_is_told_and_stages_are_not(asked, statement):
    twice = asked(statement("text", value=10), statement("box", value=11))
    assert (pair(reconcile(twice)).relations, pair(reconcile(twice)).governs) == (("raised",), None)
    assert reconcile(asked(statement("text", value=10, period=2023), statement("box", value=11))) == ()


def test_a_statement_that_repeats_another_counts_once(asked, statement):
    assert reconcile(asked(statement("box", value=10), statement("text", value=10, repeats="box"))) == ()


def issued(put, plan, **parts):
    """The same study with another head of one of its documents."""
    registry = put.registry
    plans = {**registry.plans, plan: registry.plans[plan].model_copy(update=parts)}
    nation = Region(code="100000", zh="全国", en="National", level="nation")
    changed = replace(registry, plans=plans, regions={**registry.regions, "100000": nation})
    return replace(put, registry=changed, plans=tuple(plans.values()))


RULES = {
    "a higher level over a later date": ({"region": "100000"}, "plan", ("higher_level",)),
    "a government over a later date": ({"issuer": ("重庆市人民政府办公厅",)}, "plan", ("government",)),
    "a department of a government is none": ({"issuer": ("市人民政府国有资产监督管理委员会",)}, "later", ("issued_later",)),
    "of one day the joint one": ({"issuer": ("局", "委"), "issued": "later"}, "plan", ("issued_jointly",)),
    "of one day and rank neither": ({"issued": "later"}, None, ()),
}


@pytest.mark.parametrize("case", RULES.values(), ids=RULES)
def test_which_governs_and_the_gap_table_agrees(case, asked, statement):
    head, governs, reasons = case
    put = asked(statement(value=10), later=(statement(value=12),))
    if head.get("issued") == "later":
        head = {**head, "issued": put.registry.plans["later"].issued}
    put = issued(put, "plan", **head)
    found = pair(reconcile(put))
    assert (found.governs.plan if found.governs else None, found.reasons) == (governs, reasons)
    rows = {row.statement.plan: row.governed_by for row in gap_table(put, {})}
    assert {name for name, above in rows.items() if above is not None} == ({"plan", "later"} - {governs} if governs else set())


def test_later_and_joint_support_each_other(asked, statement):
    put = issued(asked(statement(value=10), later=(statement(value=12),)), "later", issuer=("局", "委", "厅"))
    assert pair(reconcile(put)).reasons == ("issued_later", "issued_jointly")


CITY_PAIRS = {
    "enrolment": ("enrolment-2025", "enrolment-keep", {"raised", "other_period"}, "enrolment-keep"),
    "social_training": ("training-2025", "training-total", {"lowered"}, "training-total"),
    "alliances": ("groups", "alliances", {"lowered", "range_vs_number"}, "alliances"),
    "school_textbooks": ("school-textbooks", "school-textbooks", {"raised", "other_scope", "other_period"}, None),
    "digital_schools": ("digital-schools", "digital-schools", {"lowered", "other_level"}, None),
    "employment_rate": ("employment-2025", "employment-keep", {"looser", "other_period"}, "employment-keep"),
    "match_rate": ("match-2020", "match-2025", {"progress"}, None),
}


@pytest.mark.parametrize("name", CITY_PAIRS)
def test_what_the_two_documents_of_the_city_disagree_on(name):
    earlier, later, relations, governs = CITY_PAIRS[name]
    [item] = [item for item in reconcile(CITY) if item.indicator.id == name]
    [found] = [d for d in item.differences if (d.earlier.id, d.later.id) == (earlier, later)]
    assert set(found.relations) == relations
    assert (found.governs.id if found.governs else None) == governs
