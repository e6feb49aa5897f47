"""One typed question: kinds of targets that published methods do not know, evidence first, and what would turn a verdict."""

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.assessing.asking import series
from zhibiao.assessing.asking.question import Options, Question, ask
from zhibiao.assessing.asking.target import parse
from zhibiao.assessing.fragility import Turning, fragility
from zhibiao.assessing.panel import METHODS, STANCES, Extras, panel, stance
from zhibiao.assessing.standing import STATES, VERDICTS, standing
from zhibiao.errors import ParameterError
from zhibiao.showing.grade_records import GRADE_COLUMNS, chosen, grade_records

UNCHANCED = tuple(name for name in METHODS if name != "chance")


def question(figures: str, target: str, **options: object) -> Question:
    return ask(series.parse(figures), parse(target), Options(**options))


def stands(figures: str, target: str, **options: object):
    """State, verdict, met and gap in the unit of the target."""
    asked = question(figures, target, **options)
    found = standing(asked.study, asked.statement)
    gap = None if found.gap is None else round(found.gap / float(found.statement.written_unit.scale), 9)
    return found.state, found.verdict, found.met, gap


@pytest.mark.parametrize(
    ("figures", "target", "options", "expected"),
    [
        ("2020=9.9 2022=10.1", ">10.5@2025", {}, ("assessed", "behind", False, 0.4)),
        ("2022=10.1 2020=9.9", ">10.5@2025", {}, ("assessed", "behind", False, 0.4)),  # order does not matter
        ("2020=9.9 2022=10.2", ">10.5@2025", {}, ("assessed", "on_schedule", False, 0.3)),
        ("2020=9.9 2022=10.5", ">10.5@2025", {}, ("assessed", "level", False, 0)),
        ("2020=9.9 2022=10.5", ">=10.5@2025", {}, ("assessed", "met", True, 0)),
        ("2020=98 2022=98.0", ">98@2025", {}, ("assessed", "level", False, 0)),
        ("2020=98 2022=97.9", ">98@2025", {}, ("assessed", "behind", False, 0.1)),
        ("2020=12 2022=11", ">10.5@2025", {}, ("assessed", "met", True, 0)),  # met at the baseline
        ("2020=12 2022=10", ">10.5@2025", {}, ("assessed", "behind", False, 0.5)),  # and lost since
        ("2020=9.9 2025=10.6", ">10.5@2025", {}, ("assessed", "met", True, 0)),
        ("2020=9.9 2025=10.4", ">10.5@2025", {}, ("assessed", "missed", False, 0.1)),
        ("2020=9.9 2024=10.6", ">10.5@2025", {"as_of": 2026}, ("passed_not_reported", "not_reported", None, 0)),
        ("2020=9.9 2026=11", ">10.5@2025", {}, ("passed_not_reported", "not_reported", None, 0.6)),
        ("2025=11", ">10.5@2025", {}, ("assessed", "met", True, 0)),
        ("2026=11", ">10.5@2025", {}, ("passed_not_reported", "not_reported", None, None)),
        ("2020=9.9", ">10.5@2025", {}, ("too_few_points", "unknown", None, 0.6)),
        ("2020=9.9", ">10.5@2025", {"as_of": 2023}, ("not_yet_reported", "unknown", None, 0.6)),
        ("2020=9.9 2021=10.1", ">10.5@2025", {"as_of": 2024}, ("stale", "on_schedule", False, 0.4)),
        ("2020=9.9 2022=10.1 2022=10.4", ">10.5@2025", {}, ("conflicting", "unknown", None, None)),
        ("2020=9.9 2020=9.8 2022=10.1", ">10.5@2025", {}, ("conflicting", "unknown", None, None)),
        ("2020=9.9 2022=10.1", ">10.5@2025", {"breaks": (2021,)}, ("definition_changed", "unknown", None, None)),
        ("2020=10 2022=7", "<=5@2025", {}, ("assessed", "on_schedule", False, 2)),
        ("2020=10 2022=7", "5@2025", {}, ("assessed", "on_schedule", False, 2)),  # down, as the baseline lies above
        ("2020=10 2022=12", "5@2025", {}, ("assessed", "behind", False, 7)),
        ("2020=0 2022=4", ">=10@2025", {}, ("assessed", "on_schedule", False, 6)),
        ("2020=10 2022=6", "<=0@2025", {}, ("assessed", "on_schedule", False, 6)),
        ("2020=-4 2022=-1", ">=2@2025", {}, ("assessed", "on_schedule", False, 3)),
        # floors and years to date
        ("2020=95 2023>=98", ">98@2025", {}, ("assessed", "on_schedule", None, 0)),  # keeps up; met it is not proven
        ("2020=97.9 2025>=98", ">98@2025", {}, ("assessed", "on_schedule", None, 0)),
        ("2020=95 2023>98", ">98@2025", {}, ("assessed", "met", True, 0)),
        ("2020=95 2023>=98", ">=98@2025", {}, ("assessed", "met", True, 0)),
        ("2020=95 2023~97", ">=98@2025", {}, ("assessed", "on_schedule", None, 1)),
        ("2020=9 2022-09=10", ">10.5@2025", {}, ("not_yet_reported", "unknown", None, 1.5)),
        ("2020=9 2022-09=10", ">10.5@2025", {"kind": "stock"}, ("assessed", "on_schedule", False, 0.5)),
        # kept, every year, mean, cumulative
        ("2020=98 2021=98.2 2022=98.3 2023=98.4", ">=98 each 2021-2025", {}, ("assessed", "holding", None, 0)),
        ("2021=98.2 2022=97.9 2023=98.4", ">=98 each 2021-2025", {}, ("assessed", "missed", False, 0.1)),
        ("2020=97 2021=98 2022=98", "keep >=98@2021-2025", {"issued": dt.date(2022, 7, 22)}, ("assessed", "holding", None, 0)),
        ("2020=9.9", "keep 12@2021-2025", {"issued": dt.date(2022, 7, 22)}, ("definition_unclear", "unknown", None, 2.1)),
        ("2021=21 2022=20", "mean 20@2021-2025", {}, ("assessed", "on_schedule", None, 0)),
        ("2020=98.5 2021=98.2", "保持98%@2021-2025", {}, ("assessed", "holding", None, 0)),  # kept is at or above, whatever it was before
        ("2021=21 2022=18", "年均20@2021-2025", {}, ("assessed", "behind", None, 0.5)),
        ("2021=3 2022=3.1", ">[15]@2021-2025", {}, ("assessed", "on_schedule", None, 8.9)),
        ("2021=3 2022=2.9", ">[15]@2021-2025", {}, ("assessed", "behind", None, 9.1)),
        ("2021=3 2022=3.1 2023-09=1", ">[15]@2021-2025", {}, ("assessed", "on_schedule", None, 7.9)),
        ("2021=8 2022=8", ">[15]@2021-2025", {}, ("assessed", "met", True, 0)),
        ("2021=3 2022=3 2023=3 2024=3 2025=3", ">[15]@2021-2025", {}, ("assessed", "missed", False, 0)),
        ("2022=3", ">[15]@2021-2025", {}, ("not_yet_reported", "unknown", None, None)),
        # ranges, about, standing rules, ratios
        ("2020=2 2022=6", "3—5个@2025", {}, ("assessed", "met", True, 0)),
        ("2020=2 2022=2", "3—5个@2025", {}, ("assessed", "behind", False, 1)),
        ("2020=5 2022=9", "8-10@2025", {"direction": "none"}, ("assessed", "met", True, 0)),
        ("2020=5 2022=11", "8-10@2025", {"direction": "none"}, ("assessed", "behind", False, 1)),
        ("2020=2 2022=4", "约5个@2025", {}, ("assessed", "met", True, 0)),  # one unit for things that are counted
        ("2020=2.5 2022=4", "约5@2025", {}, ("assessed", "on_schedule", False, 0.5)),  # 10 % else
        ("2020=800 2022=750", "700所左右@2025", {}, ("assessed", "met", True, 0)),
        ("2020=800 2022=600", "700所左右@2025", {}, ("assessed", "behind", False, 30)),  # steered to, so below is wrong too
        ("2020=60 2021=55", ">=50", {}, ("assessed", "holding", None, 0)),
        ("2020=60 2021=45", ">=50", {}, ("assessed", "missed", False, 5)),
        # units
        ("2020=9.9万人 2022=101000人", "超过10.5万人@2025", {}, ("assessed", "behind", False, 0.4)),
        ("2020=0.57万", "不低于5700人", {}, ("assessed", "holding", None, 0)),
        ("2020=9.9 2022=10.1", "10.5万以上@2025", {"unit": "人"}, ("assessed", "behind", False, 0.4)),
        ("2020=0.99万 2022=1.01万", ">1.05@2025", {}, ("assessed", "behind", False, 0.04)),
        ("2022=10.1", ">10.5@2025", {"baseline": series.parse("2020=9.9")}, ("assessed", "behind", False, 0.4)),
    ],
)
def test_where_a_typed_target_stands(figures, target, options, expected):
    state, verdict, met, gap = stands(figures, target, **options)
    assert state in STATES and verdict in VERDICTS
    wanted = expected if expected[0] != "conflicting" and expected[0] != "definition_changed" else (*expected[:2], met, gap)
    assert (state, verdict, met, gap) == wanted


@pytest.mark.parametrize(
    ("figures", "target", "options", "value"),
    [
        ("2020=90%", "降低30%@2025", {}, "≤63%"),
        ("2020=90%", "降低30个百分点@2025", {}, "≤60%"),
        ("2020=90", "reduce by 30%@2025", {}, "≤63个"),
        ("2020=9.9万人", "增长10%@2025", {}, "≥10.89万人"),
        ("2020=9.9万人", "增加超过6000人@2025", {}, ">105000人"),
        ("2022=80", "提高25%@2025", {"baseline": series.parse("2020=64")}, "≥80个"),
    ],
)
def test_a_change_of_the_baseline_becomes_a_value(figures, target, options, value):
    asked = question(figures, target, **options)
    assert f"{asked.statement.value_text()}{asked.statement.unit}" == value


def test_a_change_without_an_exact_baseline_is_refused():
    with pytest.raises(ParameterError, match="needs an exact baseline"):
        question("2020>=98", "降低30%@2025")


def test_a_ratio_is_judged_period_by_period():
    students = ("students", series.parse("2021=10 2022=10 2023=12"))
    figures = "2021=20 2022=22 2023=23"
    assert stands(figures, "2x students each 2021-2025", ratio_to=students)[:3] == ("assessed", "missed", False)
    assert stands("2021=20 2022=22", "2x students each", ratio_to=students)[:3] == ("assessed", "holding", None)
    asked = question(figures, "2x students each", ratio_to=students)
    assert [point.value for point in asked.series.points] == [Decimal(2), Decimal("2.2"), Decimal("1.916666666667")]


def test_a_ratio_without_its_other_series_says_what_is_missing():
    records = grade_records(question("2021=20", "2x students each"), METHODS)
    assert {record["grade"] for record in records} == {None}
    assert all("students" in str(record["reason"]) and "--ratio-to" in str(record["reason_en"]) for record in records)


@pytest.mark.parametrize(
    ("figures", "target", "options", "words"),
    [
        ("2020=9.9人", "98%@2025", {}, "different things"),
        ("2020=9.9万人 2021=99000人", ">10@2025", {}, "needs its unit"),
        ("2020=9.9", ">10@2025", {"unit": "parsec"}, "unknown unit"),
        ("2020=9.9", ">10@2025", {"kind": "stocks"}, "nearest: stock"),
        ("2020=9.9", ">10@2025", {"direction": "down"}, "contradicts"),
        ("2020=9.9", ">10@2025", {"lower": Decimal(10)}, "outside the bounds"),
        ("2020=9.9", ">10@2025", {"ratio_to": ("students", ())}, "is for targets such as"),
        ("2020=9.9", "2x students each", {"ratio_to": ("teachers", series.parse("2020=1"))}, "asks for 'students'"),
        ("2020=120", ">10@2025", {"kind": "rate"}, "needs lower and upper"),
    ],
)
def test_what_does_not_go_together(figures, target, options, words):
    with pytest.raises(ParameterError, match=words):
        question(figures, target, **options)


def test_the_methods_agree_or_do_not():
    asked = question("2020=0.5 2022=0.9", "2.0@2025")
    found = standing(asked.study, asked.statement)
    whole = panel(found, asked.series, 0.2)
    assert whole.agreement == {"on_track": 6, "off_track": 4, "silent": 1}
    assert {entry.method: stance(entry) for entry in whole.graded}["sdsn"] == "off_track"


def test_one_observation_is_not_assessable_by_anything():
    records = grade_records(question("2020=9.9", ">10.5@2025"), METHODS)
    assert {record["grade"] for record in records} == {None} and all(record["reason"] and record["reason_en"] for record in records)
    assert {record["stance"] for record in records} == {"silent"}


def test_evidence_comes_before_every_formula():
    records = grade_records(question("2020=9.9 2024=10.4", ">10.5@2025", as_of=2026), METHODS)
    assert {record["grade"] for record in records} == {None}


def test_records_hold_what_is_promised_and_methods_are_chosen_by_name():
    records = grade_records(question("2020=9.9 2022=10.1", ">10.5@2025"), chosen("headline"))
    assert [record["method"] for record in records] == ["schedule", "chance"]
    assert set(records[0]) == set(GRADE_COLUMNS)
    assert chosen("all") == METHODS and chosen("sdsn, destatis") == ("sdsn", "destatis")
    with pytest.raises(ParameterError, match="nearest: destatis"):
        chosen("destati")


def test_without_a_target_two_methods_speak_of_the_trend():
    records = {r["method"]: r for r in grade_records(ask(series.parse("2020=100 2022=104"), None, Options()), METHODS)}
    assert [name for name, record in records.items() if record["grade"]] == ["eurostat_cagr", "open_sdg"]
    assert records["open_sdg"]["grade"] == "on_track"


# --- what would turn a verdict --------------------------------------------------------------------------------------------


def test_the_smallest_change_of_the_seed_case():
    asked = question("2020=9.9 2022=10.1", ">10.5@2025")
    found = fragility(asked.study, standing(asked.study, asked.statement), asked.series, METHODS)
    schedule = found["schedule"]
    assert (schedule.latest.change, schedule.latest.grade) == (pytest.approx(0.04), "on_schedule")
    assert schedule.baseline.change == pytest.approx(-0.2 / 3, rel=1e-5)  # (10.1 − x)/(10.5 − x) = 0.4 at x = 9.8333
    assert (schedule.base_year.change, schedule.base_year.grade) == (1, "on_schedule")
    # R = 0.95 asks for 10.1239 in 2022: (1 + 0.95 r)² · 9.9 with r = (10.5/9.9)^(1/5) − 1
    assert found["eurostat_cagr"].latest.change == pytest.approx(9.9 * (1 + 0.95 * ((10.5 / 9.9) ** 0.2 - 1)) ** 2 - 10.1, rel=1e-5)
    assert found["chance"].latest is None


def test_a_narrow_range_is_not_jumped_over():
    asked = question("2020=800 2022=790", "700所左右@2025")
    found = fragility(asked.study, standing(asked.study, asked.statement), asked.series, ("schedule",))["schedule"]
    assert found.latest.grade == "on_schedule" and found.latest.change == pytest.approx(-2)


FIGURES = st.floats(0, 1000).map(lambda value: round(value, 3))


@st.composite
def questions(draw):
    first, gone, left = draw(st.integers(2000, 2015)), draw(st.integers(1, 8)), draw(st.integers(0, 10))
    years = sorted({first, first + gone, *draw(st.lists(st.integers(first, first + gone), max_size=5))})
    figures = " ".join(f"{year}={draw(FIGURES)}" for year in years)
    sign, end = draw(st.sampled_from([">", ">=", "<=", "<", "~", "="])), first + gone + left
    scope = draw(st.sampled_from(["", "", "", "each ", "mean ", "["]))
    value = draw(FIGURES)
    target = f"{sign}[{value}]@{first + 1}-{end}" if scope == "[" else f"{scope}{sign}{value}@{f'{first + 1}-{end}' if scope else end}"
    return question(figures, target)


@settings(max_examples=30, deadline=None)
@given(questions())
def test_that_change_turns_the_verdict_and_a_smaller_one_does_not(asked):
    found = standing(asked.study, asked.statement)
    turning = Turning(asked.study, found, asked.series, Extras())
    whole = panel(found, asked.series, None)
    for name in UNCHANCED:
        flips, now = turning.of(name), whole.of(name).grade
        for flip, value, grade in (
            (flips.latest, None if found.latest is None else float(found.latest.base_value), lambda v, n=name: turning.with_latest(n, v)),
            (flips.baseline, None if found.baseline is None else found.baseline.value, lambda v, n=name: turning.with_baseline(n, v)),
        ):
            if flip is not None:
                assert grade(value + flip.change) == flip.grade != now
            # a change as small as the tolerance of comparisons is any change at all
            if flip is not None and abs(flip.change) > 1e-6:
                for share in (0.1, 0.5, 0.9, 0.999):
                    for side in (1, -1):
                        other = value + side * share * flip.change
                        if asked.indicator.lower is None or other >= 0:
                            assert grade(other) in (now, None)
        if flips.base_year is not None:
            assert turning.with_base_year(name, int(flips.base_year.change)) == flips.base_year.grade != now


@settings(max_examples=30, deadline=None)
@given(questions())
def test_records_are_finite_whole_and_never_pass_without_data(asked):
    for record in grade_records(asked, METHODS):
        assert record["stance"] in STANCES
        assert (record["grade"] is None) == (record["reason"] is not None)
        assert all(math.isfinite(value) for value in (*record.values(), *record["detail"].values()) if isinstance(value, float))
        if record["state"] in ("passed_not_reported", "not_yet_reported", "too_few_points", "conflicting"):
            assert record["grade"] is None and record["verdict"] in ("unknown", "not_reported")


SMALL = st.floats(allow_nan=False, allow_infinity=False, width=32).map(lambda value: Decimal(repr(value))).filter(lambda value: value == 0 or Decimal("1e-9") < abs(value) < 10**14)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1949, 2100), SMALL), min_size=1, max_size=5), SMALL, st.integers(1949, 2100), st.sampled_from([">", "<=", "=", "~"]))
def test_any_numbers_and_years_give_an_answer_or_one_clear_refusal(points, value, year, sign):
    figures = " ".join(f"{at}={number:f}" for at, number in points)
    try:
        records = grade_records(question(figures, f"{sign}{value:f}@{year}"), METHODS)
    except ParameterError:
        return
    assert len(records) == len(METHODS)
    assert all(math.isfinite(v) for r in records for v in (*r.values(), *r["detail"].values()) if isinstance(v, float))
