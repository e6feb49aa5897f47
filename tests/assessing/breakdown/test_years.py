"""Targets year by year: the examples a planner reckons by hand, and what must hold whatever the target."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.assessing.breakdown.judged import judge_milestones
from zhibiao.assessing.breakdown.rules import along, growing
from zhibiao.assessing.breakdown.years import RULES, NotBroken, differences, milestones
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.model.indicator import Break


@pytest.fixture(scope="module")
def registry():
    return load()


@pytest.fixture(scope="module")
def broken(registry):
    """Milestones of a shipped target, in the unit of its document."""

    def made(key, rule="even", own=None, as_of=None):
        statement = registry.statement(key)
        found = milestones(study(registry, statement.region, as_of=as_of), statement, rule, own)
        return {year: value / statement.written_unit.scale for year, value in zip(found.years, found.values, strict=True)}

    return made


def numbers(text):
    return [Decimal(part) for part in text.split()]


@pytest.mark.parametrize(
    ("key", "rule", "years", "values"),
    [
        ("chongqing-2021-452/intake-2025", "even", (2021, 2025), "3.1 3.2 3.3 3.4 3.5"),
        ("chongqing-2021-452/intake-2025", "growth", (2021, 2025), "3.0939 3.1908 3.2907 3.3937 3.5"),
        ("chongqing-2021-452/intake-2025", "late", (2021, 2025), "3.0333 3.1 3.2 3.3333 3.5"),
        ("chongqing-2021-452/enrolment-2025", "even", (2021, 2025), "10.02 10.14 10.26 10.38 10.5"),
        ("chongqing-2021-452/training-2025", "even", (2021, 2025), "20 20 20 20 20"),
        ("chongqing-2021-452/training-2025", "late", (2021, 2025), "6.6667 13.3333 20 26.6667 33.3333"),
        ("chongqing-2022-32/training-total", "even", (2021, 2025), "15 15 15 15 15"),
        ("chongqing-2022-32/employment-keep", "even", (2022, 2025), "98 98 98 98"),
        ("chongqing-2021-452/employment-2025", "even", (2021, 2025), "98 98 98 98 98"),
        ("chongqing-2021-452/coop-share-2025", "even", (2021, 2025), "90 90 90 90 90"),
        ("cangzhou-2019/new-places", "even", (2019, 2022), "4250 4250 4250 4250"),
        ("national-2021-86/labour-hours", "even", (2021, 2025), "16 16 16 16 16"),
    ],
)
def test_a_planner_would_reckon_the_same(broken, key, rule, years, values):
    found = broken(key, rule)
    assert (min(found), max(found)) == years
    assert list(found.values()) == numbers(values)


def test_left_right_leads_to_the_number_itself_and_whole_things_stay_whole(broken):
    assert list(broken("chongqing-2022-32/planned-textbooks").values()) == numbers("13 12 13 12")
    assert list(broken("chongqing-2021-452/contests").values()) == numbers("0 1 0 1 0")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("jiangjin-2022-62/skilled-workers", "基期数不明"),
        ("cangzhou-2019/dual-qualified", "基期数不明"),
        ("chongqing-2022-32/quality-schools", "基期数不明"),
        ("cangzhou-2019/no-dropouts", "没有期限"),
    ],
)
def test_a_target_without_start_or_year_is_refused(broken, key, reason):
    with pytest.raises(NotBroken) as refused:
        broken(key)
    assert refused.value.reason[0] == reason
    assert key in str(refused.value)


def test_own_values_need_no_start(broken):
    own = {2022: Decimal(2), 2023: Decimal(6), 2024: Decimal(8), 2025: Decimal(15), 2021: Decimal(1)}
    assert list(broken("chongqing-2022-32/quality-schools", "own", own).values()) == numbers("1 2 6 8 15")


def test_what_is_far_but_no_slip_of_the_unit_stands(broken, asked, statement, figure):
    wild = {2021: Decimal(0), 2022: Decimal("1.5"), 2023: Decimal(100), 2024: Decimal("0.2"), 2025: Decimal("3.6")}
    assert broken("chongqing-2021-452/intake-2025", "own", wild) == wild
    # nobody knows from where it falls: a high value on the way may be right
    found = asked(statement(indicator="level", comparator="le", value=10))
    falling = {year: Decimal(value) for year, value in zip(range(2021, 2026), (900, 700, 400, 100, 10), strict=True)}
    assert list(milestones(found, found.statements()[0], "own", falling).values) == list(falling.values())
    with pytest.raises(ParameterError, match=r"2025年 0\.1"):
        milestones(found, found.statements()[0], "own", {**falling, 2025: Decimal("0.1")})


def test_own_values_may_begin_when_they_like(broken, asked, statement, figure):
    late = {2024: Decimal("3.4"), 2025: Decimal("3.6")}
    assert broken("chongqing-2021-452/intake-2025", "own", late) == late
    found = asked(statement(value=1000), figures=(figure(2022, 850),))
    made = milestones(found, found.statements()[0], "own", {year: Decimal(year - 1000) for year in range(2021, 2026)})
    assert (made.start, made.years) == (None, (2021, 2022, 2023, 2024, 2025))


@pytest.mark.parametrize(
    ("key", "own", "said"),
    [
        ("chongqing-2021-452/intake-2025", "3.1 3.2 3.3 3.4 3.4", "2025年差 0.1万人"),
        ("chongqing-2021-452/intake-2025", "3.10005 3.2 3.3 3.4 3.5", "3.10005万人 不是整数人"),
        ("chongqing-2021-452/intake-2025", "-1 3.2 3.3 3.4 3.5", "超出指标范围"),
        ("chongqing-2021-452/training-2025", "20 20 20 20 19", "少1万人次"),
        ("chongqing-2021-452/training-2025", "20 20 20 20 20.0001", "多1人次"),
        ("chongqing-2022-32/enrolment-keep", "12 12 11.9 12", "2024年差 0.1万人"),
        ("chongqing-2021-452/intake-2025", "31000 32000 33000 34000 35000", "2021年 31000万人，与目标 >3.5万人、起点 3万人 相差 30 倍以上：.*“万人”计"),
        ("chongqing-2021-452/intake-2025", "3.1 3.2 3.3 3.4 105", "2025年 105万人，与目标"),
        ("chongqing-2021-452/intake-2025", "0.1 3.2 3.3 3.4 3.5", "2021年 0.1万人，与目标"),
        ("chongqing-2022-32/enrolment-keep", "120000 120000 120000 120000", "2022年 120000万人，与目标"),
        ("chongqing-2021-452/training-2025", "200000 200000 200000 200000 200000", r"2021年 200000万人次，与目标 .*“万人次”计"),
    ],
)
def test_own_values_that_miss_the_target_say_by_how_much(broken, key, own, said):
    first = 2022 if key.endswith("keep") else 2021
    with pytest.raises(ParameterError, match=said):
        broken(key, "own", dict(enumerate(numbers(own), start=first)))


@pytest.mark.parametrize(
    ("rule", "own", "said"),
    [
        ("steady", None, "未知分解办法"),
        ("own", None, "--own"),
        ("even", {2021: Decimal(1)}, "--own"),
        ("own", {2021: Decimal(3)}, "缺 missing 2022、2023、2024、2025"),
        ("own", {year: Decimal(4) for year in range(2020, 2026)}, "多余 not asked for 2020"),
    ],
)
def test_what_does_not_belong_together_is_refused(broken, rule, own, said):
    with pytest.raises(ParameterError, match=said):
        broken("chongqing-2021-452/intake-2025", rule, own)


def test_growth_of_a_total_needs_the_amount_of_the_year_before(broken):
    with pytest.raises(ParameterError, match="2020年的实际数"):
        broken("chongqing-2021-452/training-2025", "growth")


def test_every_year_binds_and_no_rule_but_even_fits(broken):
    with pytest.raises(ParameterError, match="每年都须达到"):
        broken("chongqing-2022-32/enrolment-keep", "late")


def test_growth_of_a_total_starts_from_the_year_before(asked, statement, figure):
    found = asked(statement(indicator="flow", value=100_000, comparator="ge", scope="cumulative"), figures=(figure(2020, 10_000, "flow"),))
    made = milestones(found, found.statements()[0], "growth")
    assert made.total == 100_000
    ratios = [float(after / before) for before, after in zip((Decimal(10_000), *made.values), made.values, strict=False)]
    assert all(abs(ratio - ratios[0]) < 1e-3 for ratio in ratios)
    assert made.start.value == 10_000


def test_the_newest_figure_before_the_target_is_the_start_where_the_document_gives_none(asked, statement, figure):
    found = asked(statement(value=1000), figures=(figure(2018, 700), figure(2022, 850)))
    made = milestones(found, found.statements()[0])
    assert (made.start.year, made.years) == (2022, (2023, 2024, 2025))
    assert list(made.values) == [900, 950, 1000]
    before = asked(statement(value=1000), figures=(figure(2018, 650), figure(2022, 850)), as_of=2021)
    assert list(milestones(before, before.statements()[0]).values) == [800, 850, 900, 950, 1000]


def test_a_start_on_which_sources_disagree_is_none(asked, statement, figure):
    found = asked(statement(value=1000), figures=(figure(2020, 700), figure(2020, 800, source="t")))
    with pytest.raises(NotBroken, match="来源相抵"):
        milestones(found, found.statements()[0])


def test_a_start_before_a_break_of_the_definition_is_none(asked, statement, figure):
    found = asked(statement(value=1000), figures=(figure(2020, 700), figure(2022, 800)))
    broken = found.indicator("level").model_copy(update={"breaks": (Break(year=2022, what="口径"),)})
    found = replace(found, registry=replace(found.registry, indicators={**found.registry.indicators, "level": broken}))
    with pytest.raises(NotBroken, match="2022年起口径改变"):
        milestones(found, found.statements()[0])
    assert [row.state for row in judge_milestones(found, milestones(found, found.statements()[0], "own", dict.fromkeys(range(2021, 2026), Decimal(1000))))][:2] == [
        "not_reported",
        "definition_changed",
    ]


@pytest.mark.parametrize(("comparator", "last"), [("ge", 1001), ("gt", 1001), ("le", 1000), ("lt", 1000)])
def test_half_a_person_goes_to_the_first_whole_one_that_satisfies(asked, statement, figure, comparator, last):
    found = asked(statement(value=Decimal("1000.5"), comparator=comparator), figures=(figure(2020, 500 if comparator[0] == "g" else 1500),))
    assert milestones(found, found.statements()[0]).values[-1] == last


def test_a_fall_leads_down_and_a_share_goes_by_tenths(asked, statement, figure):
    found = asked(statement(indicator="falling", comparator="le", value=5), figures=(figure(2020, 6, "falling"),))
    assert list(milestones(found, found.statements()[0]).values) == numbers("5.8 5.6 5.4 5.2 5")


def test_who_is_there_already_keeps_the_level(asked, statement, figure):
    found = asked(statement(value=1000, comparator="ge"), figures=(figure(2020, 1300),))
    assert set(milestones(found, found.statements()[0]).values) == {Decimal(1000)}


def test_a_yearly_mean_is_a_sum_of_so_many_years(asked, statement):
    found = asked(statement(indicator="flow", value=100, comparator="ge", scope="annual", mean=True))
    made = milestones(found, found.statements()[0], "late")
    assert (made.total, made.summed) == (500, True)
    assert list(made.values) == [33, 67, 100, 133, 167]


@given(
    st.sampled_from(RULES[:3]), st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["gt", "ge", "eq"]), st.sampled_from(["point", "cumulative"]),
)  # fmt: skip
def test_milestones_are_whole_and_reach_the_target(asked, statement, figure, rule, start, goal, comparator, scope):
    kind = "level" if scope == "point" else "flow"
    found = asked(statement(indicator=kind, value=goal, comparator=comparator, scope=scope), figures=(figure(2020, start, kind),))
    made = milestones(found, found.statements()[0], rule)
    assert all(value == value.to_integral_value() >= 0 for value in made.values)
    assert (made.total if scope == "cumulative" else made.values[-1]) == goal
    assert differences(made) == []
    if scope == "point" and goal >= start:
        assert list(made.values) == sorted(made.values)


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 12))
def test_growth_is_one_factor_and_the_end_is_reached(before, total, n):
    path = [along("growth", Decimal(before), Decimal(total), k, n) for k in range(n + 1)]
    assert abs(path[-1] - total) < Decimal("1e-30") * total and path[0] == before
    weights = growing(Decimal(before), Decimal(total), n)
    assert abs(before * sum(weights) - total) < Decimal("1e-6")
