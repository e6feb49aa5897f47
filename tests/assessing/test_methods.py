"""Published methods against published numbers, by hand where nobody published any, and against every number there is."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.assessing.methods import destatis, escap, growth, sdsn, unsd
from zhibiao.assessing.methods.case import Case, Point, Silent
from zhibiao.assessing.methods.published import PUBLISHED

BY_ID = {method.id: method for method in PUBLISHED}
RATIOS = ("eurostat_cagr", "open_sdg", "unsd_2022")


def case(points, target, horizon, sign=1, **more):
    """A case whose first point is the baseline; met is what a plain comparison says."""
    series = tuple(Point(year, value) for year, value in points)
    met = None if target is None else sign * (series[-1].value - target) >= 0
    return Case(**{"points": series, "start": series[0], "latest": series[-1], "target": target, "horizon": horizon, "sign": sign, "met": met, **more})


A = case([(2020, 9.9), (2022, 10.1)], 10.5, 2025)
C = case([(2020, 0.5), (2022, 0.9)], 2.0, 2025)
E = case([(2020, 98), (2021, 98.2), (2022, 98.3), (2023, 98.4)], 98, 2025)
G = case([(2020, 10), (2022, 7)], 5, 2025, -1)


# --- the ratio of growth rates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_case", "actual", "required", "ratio", "score", "grade"),
    [
        (case([(2015, 5), (2016, 6)], 9, 2030), 0.2, 0.0399636677, 5.0045456637, 5, "significant"),
        (case([(2015, 10), (2016, 30)], 1, 2030, -1), 2.0, -0.1423041014, -14.0544086937, -5, "away"),
        (case([(2015, 3), (2020, 10)], 5, 2035, -1), None, None, -10.5240416604, -5, "away"),
    ],
)
def test_published_growth_ratios(given_case, actual, required, ratio, score, grade):
    found = BY_ID["eurostat_cagr"].judge(given_case)
    assert found.ratio == pytest.approx(ratio, abs=1e-9)
    assert (found.score, found.grade) == (score, grade)
    if actual is not None:
        assert dict(found.detail) == pytest.approx({"growth": actual, "required": required}, abs=1e-10)


@pytest.mark.parametrize(("given_case", "ratio", "grade"), [(A, 0.8490, "moderate"), (C, 1.0693, "significant"), (G, 1.2618, "significant")])
def test_growth_ratios_of_the_table(given_case, ratio, grade):
    found = BY_ID["eurostat_cagr"].judge(given_case)
    assert (round(found.ratio, 4), found.grade) == (ratio, grade)


@pytest.mark.parametrize(
    ("ratio", "eurostat", "score", "open_sdg", "chart"),
    [
        (1.5, "significant", 5.0, "on_track", "substantial"),
        (1.3, "significant", 5.0, "on_track", "substantial"),
        (0.95, "significant", 2.5, "on_track", "fair"),
        (0.94, "moderate", 5 / 70 * 34, "acceleration_needed", "fair"),
        (0.6, "moderate", 0.0, "acceleration_needed", "fair"),
        (0.5, "insufficient", 5 / 120 * 110 - 5, "limited", "fair"),
        (0.49, "insufficient", 5 / 120 * 109 - 5, "limited", "limited"),
        (0.0, "insufficient", -2.5, "limited", "limited"),
        (-0.1, "away", 5 / 120 * 50 - 5, "deterioration", "limited"),
        (-0.11, "away", 5 / 120 * 49 - 5, "deterioration", "deterioration"),
        (-0.6, "away", -5.0, "deterioration", "deterioration"),
        (-9.0, "away", -5.0, "deterioration", "deterioration"),
    ],
)
def test_thresholds_of_the_ratio(ratio, eurostat, score, open_sdg, chart):
    assert growth.eurostat_grade(ratio) == eurostat
    assert growth.eurostat_score(ratio) == pytest.approx(score)
    assert growth.open_sdg_grade(ratio) == open_sdg
    assert growth.open_sdg_score(ratio) == pytest.approx(score, abs=1e-3)
    assert unsd.grade_2022(ratio) == chart


@pytest.mark.parametrize(("base", "factor"), [(50, 0.953929), (80, 0.628705), (90, 0.373622), (95, 0.203670), (98, 0.085795), (99, 0.043643), (100, 0)])
def test_factor_near_a_limit(base, factor):
    assert growth.limit_factor(base, 100) == pytest.approx(factor, abs=1e-6)
    # the same relative distance from a minimum gives the same factor
    assert growth.limit_factor(100, base, -1) == pytest.approx(factor, abs=1e-6)


@pytest.mark.parametrize(("v", "score", "grade"), [
    (-0.03, -5, "deterioration"), (-0.02, -5, "deterioration"), (-0.01, -3.75, "deterioration"), (0, -2.5, "limited"), (0.0025, -1.25, "limited"),
    (0.005, 0, "acceleration_needed"), (0.01, 1.25, "acceleration_needed"), (0.015, 2.5, "on_track"), (0.02, 5, "on_track"), (0.5, 5, "on_track"),
])  # fmt: skip
def test_open_sdg_without_a_target(v, score, grade):
    assert growth.open_sdg_score_without_target(v) == pytest.approx(score)
    assert growth.open_sdg_grade_without_target(v) == grade
    # near a limit only what lies above zero shrinks, and score and grade shrink together
    factor = growth.limit_factor(95, 100)
    assert growth.open_sdg_score_without_target(v if v < 0 else v * factor, factor) == pytest.approx(score)
    assert growth.open_sdg_grade_without_target(v if v < 0 else v * factor, factor) == grade


def test_open_sdg_at_the_limit_itself():
    held = case([(2015, 100), (2020, 100)], None, None, limit=100)
    lost = case([(2015, 100), (2020, 99)], None, None, limit=100)
    assert (BY_ID["open_sdg"].judge(held).score, BY_ID["open_sdg"].judge(held).grade) == (5, "on_track")
    assert BY_ID["open_sdg"].judge(lost).grade == "deterioration"


@pytest.mark.parametrize(("v", "score", "grade"), [
    (0.03, 5, "significant"), (0.011, 2.75, "significant"), (0.01, 2.5, "moderate"), (0.0011, 0.275, "moderate"), (0.001, 0.25, "no_progress"),
    (0, 0, "no_progress"), (-0.001, -0.25, "no_progress"), (-0.002, -0.5, "moderate_away"), (-0.01, -2.5, "moderate_away"), (-0.02, -5, "significant_away"),
])  # fmt: skip
def test_eurostat_without_a_target(v, score, grade):
    assert growth.eurostat_score_without_target(v) == pytest.approx(score)
    assert growth.eurostat_grade_without_target(v) == grade


def test_without_a_target_what_should_fall_and_rises_moves_away():
    rising = case([(2015, 10), (2020, 11)], None, None, -1)
    assert (BY_ID["eurostat_cagr"].judge(rising).grade, BY_ID["open_sdg"].judge(rising).grade) == ("significant_away", "deterioration")


def test_open_sdg_scores_five_whatever_the_trend_once_the_target_is_met():
    met = case([(2015, 120), (2020, 110)], 100, 2030)
    assert (BY_ID["open_sdg"].judge(met).score, BY_ID["open_sdg"].judge(met).grade) == (5, "achieved")
    assert BY_ID["open_sdg"].judge(E).grade == "achieved"


@pytest.mark.parametrize("method", ["eurostat_cagr", "unsd_2022", "unsd_2023", "escap_api", "sdsn"])
def test_a_target_equal_to_the_baseline_has_a_reason_and_no_ratio(method):
    found = BY_ID[method].judge(replace(E, met=False, latest=Point(2023, 97.9)))
    assert (found.ratio, found.grade) == (None, None)
    assert found.reason[0] and found.reason[1]


@pytest.mark.parametrize(
    ("given_case", "words"),
    [
        (case([(2020, 0), (2022, 5)], 10, 2025), "基期数为零或负"),
        (case([(2020, -3), (2022, 5)], 10, 2025), "基期数为零或负"),
        (case([(2020, 5), (2022, 0)], 10, 2025), "数值为零或负"),
        (case([(2020, 5), (2022, 3)], 0, 2025, -1), "目标值为零或负"),
        (case([(2020, 5)], 10, 2025), "只有一个时点的数"),
        (replace(A, start=None), "没有基期数"),
        (replace(A, latest=None), "没有可用的最近数"),
        (replace(A, keeps=True), "逐年守住"),
        (replace(A, horizon=None), "没有年份"),
        (replace(A, horizon=2020), "目标年不晚于基期年"),
    ],
)
def test_why_a_growth_ratio_cannot_speak(given_case, words):
    for method in ("eurostat_cagr", "unsd_2022"):
        found = BY_ID[method].judge(given_case)
        assert found.grade is None and words in found.reason[0]


# --- the charts of the UN -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_case", "expected", "share", "grade"),
    [(A, 10.4076, 0.8460, "2"), (C, 2.1735, 1.1156, "3"), (G, 4.0996, 1.1801, "3"), (case([(2020, 10), (2022, 10.01)], 20, 2025), 10.0250, 0.0025, "1")],
)
def test_chart_2023(given_case, expected, share, grade):
    found = BY_ID["unsd_2023"].judge(given_case)
    assert (round(dict(found.detail)["expected"], 4), round(found.ratio, 4), found.grade) == (expected, share, grade)
    assert found.score == float(grade)


def test_chart_2023_does_not_call_a_lost_target_on_track():
    found = BY_ID["unsd_2023"].judge(case([(2015, 3), (2020, 10)], 5, 2035, -1))
    assert found.grade is None and "基期时已达到目标" in found.reason[0]


# --- ESCAP ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given_case", "current", "anticipated"), [(A, 3.333, 8.460), (C, 2.667, 10), (G, 6, 10), (E, 10, 10)])
def test_escap_indices(given_case, current, anticipated):
    assert BY_ID["escap_csi"].judge(given_case).score == pytest.approx(current, abs=5e-4)
    assert BY_ID["escap_api"].judge(given_case).score == pytest.approx(anticipated, abs=5e-4)


@pytest.mark.parametrize(("index", "grade"), [(9.01, "will_meet"), (9, "accelerate"), (0.01, "accelerate"), (0, "no_progress"), (-3, "no_progress")])
def test_escap_grades(index, grade):
    found = BY_ID["escap_csi"].judge(case([(2020, 0), (2022, index)], 10, 2025, met=False))
    assert (found.score, found.grade) == (pytest.approx(index), grade)


def test_escap_weights():
    assert escap.weights([2020, 2021, 2022, 2023, 2024], 2025) == pytest.approx([1, 1.25, 1.6667, 2.5, 5], abs=5e-5)


def test_weighted_growth_of_even_growth_is_that_growth():
    even = [Point(2020 + k, 10 * 1.03**k) for k in range(5)]
    assert math.expm1(escap.weighted_growth(even, 2030)) == pytest.approx(0.03)
    grown = case([(point.year, point.value) for point in even], 20, 2030)
    assert BY_ID["escap_api_weighted"].judge(grown).score == pytest.approx(BY_ID["escap_api"].judge(grown).score)


def test_weighted_growth_listens_to_the_last_years():
    turned = case([(2020, 10), (2021, 9), (2022, 8), (2023, 9.5), (2024, 11)], 20, 2030)
    assert BY_ID["escap_api_weighted"].judge(turned).score > BY_ID["escap_api"].judge(turned).score


def test_a_projection_that_lands_on_a_strict_target_does_not_meet_it():
    flat = case([(2020, 98), (2022, 98)], 98, 2025, met=False, strict=True)
    assert BY_ID["escap_api"].judge(flat).grade is None
    assert BY_ID["escap_api"].judge(replace(flat, strict=False)).grade == "will_meet"


# --- SDSN -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "target", "scale", "sign", "score", "actual", "required", "ratio", "arrow"),
    [
        ([(2015, 50.3), (2019, 54.3)], 80, (2.2, 100), 1, 53.2720, 1.0225, 2.0245, 0.5051, "➚"),
        ([(2015, 65), (2019, 58)], 10, (561, 0), -1, 89.6613, 0.3119, 0.6536, 0.4773, "→"),
        ([(2015, 0.757), (2020, 0.741)], 0.9, (0.6, 1), 1, 35.2500, -0.8000, 2.3833, -0.3357, "↓"),
    ],
)
def test_published_arrows_of_china(points, target, scale, sign, score, actual, required, ratio, arrow):
    found = BY_ID["sdsn"].judge(case(points, target, 2030, sign, scale=scale))
    assert [round(number, 4) for number in (found.score, *dict(found.detail).values(), found.ratio)] == [score, actual, required, ratio]
    assert found.grade == arrow


@pytest.mark.parametrize(("given_case", "ratio", "arrow"), [(A, 0.8333, "➚"), (C, 0.6667, "➚"), (G, 1.5, "↑")])
def test_arrows_on_the_values_themselves(given_case, ratio, arrow):
    found = BY_ID["sdsn"].judge(given_case)
    assert (round(found.ratio, 4), found.grade) == (ratio, arrow)


@pytest.mark.parametrize(("ratio", "arrow"), [(1.0, "↑"), (0.99, "➚"), (0.5, "➚"), (0.49, "→"), (0.0, "→"), (-0.01, "↓")])
def test_thresholds_of_the_arrow(ratio, arrow):
    assert sdsn.pointing(ratio) == arrow


def test_at_green_the_arrow_points_up_whatever_the_trend():
    falling = case([(2015, 95), (2020, 90)], 80, 2030, scale=(0, 100))
    assert (BY_ID["sdsn"].judge(falling).grade, BY_ID["sdsn"].judge(falling).ratio) == ("↑", None)


def test_scores_are_held_between_lower_and_optimum():
    assert [sdsn.score(value, 2.2, 100) for value in (0, 2.2, 100, 120)] == [0, 0, 100, 100]
    with pytest.raises(Silent):
        sdsn.score(1, 5, 5)


# --- Destatis -------------------------------------------------------------------------------------------------------------


def line(values, first=2017):
    return list(zip(range(first, first + len(values)), values, strict=True))


def test_destatis_published_example():
    found = BY_ID["destatis"].judge(case(line([60, 61, 62.2, 63, 64, 65.1]), 70, 2025))
    assert dict(found.detail) == pytest.approx({"change": 1.02, "expected": 68.16})
    assert (round(found.ratio, 4), found.grade) == (0.3755, "cloud")


@pytest.mark.parametrize(
    ("values", "target", "sign", "grade"),
    [
        ([60, 61, 62, 63], 66, 1, "sun"),  # one a year, three years left: 66
        ([60, 61, 62, 63], 66.157, 1, "sun"),  # misses 0.157 of 3.157, 4.97 %
        ([60, 61, 62, 63], 66.16, 1, "sun_cloud"),
        ([60, 61, 62, 63], 66.75, 1, "sun_cloud"),  # misses 0.75 of 3.75, 20 % exactly
        ([60, 61, 62, 63], 67, 1, "cloud"),
        ([60, 61, 62, 60], 67, 1, "storm"),  # no nearer
        ([60, 61, 62, 59], 67, 1, "storm"),
        ([60, 59, 58, 57], 54, -1, "sun"),
        ([60, 59, 58, 57], 50, -1, "cloud"),
        ([60, 59, 58, 61], 50, -1, "storm"),
        ([80, 79, 78, 77], 70, 1, "sun"),  # reached and kept until its year
        ([80, 77, 74, 71], 70, 1, "sun_cloud"),  # reached, and the trend loses it
    ],
)
def test_destatis_of_a_value(values, target, sign, grade):
    assert BY_ID["destatis"].judge(case(line(values), target, 2023, sign)).grade == grade


@pytest.mark.parametrize(
    ("values", "grade"),
    [([98, 98.2, 98.3, 98.4], "sun"), ([98, 98, 98, 98], "sun"), ([99, 98.9, 98.8, 98.7], "sun_cloud"), ([96, 96.5, 97, 97.5], "cloud"), ([99, 98.5, 98, 97.5], "storm"), ([97, 97, 97, 97], "storm")],
)
def test_destatis_of_a_level_to_keep(values, grade):
    assert BY_ID["destatis"].judge(case(line(values), 98, 2025, keeps=True)).grade == grade


def test_destatis_of_a_range_and_of_several_targets():
    inside = case(line([8, 8.5, 9, 9.5]), 8, 2023, other_end=10, keeps=True)
    above = case(line([8, 9, 10, 11]), 8, 2023, other_end=10, keeps=True)
    assert (BY_ID["destatis"].judge(inside).grade, BY_ID["destatis"].judge(above).grade) == ("sun_cloud", "storm")
    assert destatis.worst(["sun", "storm", "cloud"]) == "storm"


def test_destatis_needs_four_points_of_the_last_five_years():
    assert "3" in BY_ID["destatis"].judge(case(line([60, 61, 62]), 70, 2025)).reason[0]
    apart = case([(2010, 60), (2012, 61), (2017, 62), (2019, 63), (2022, 64)], 70, 2025)
    assert BY_ID["destatis"].judge(apart).grade is None
    assert BY_ID["destatis"].judge(A).grade is None


# --- every number there is ------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, -0.0, 98.0, 98.00000000000001, 5e-324, 1e-300, 1e308, -1e308, 1.0]), st.floats(0, 200)
)
YEARS = st.integers(1949, 2100)


@st.composite
def cases(draw):
    years = sorted(draw(st.lists(YEARS, min_size=0, max_size=8, unique=True)))
    points = tuple(Point(float(year), draw(NUMBERS)) for year in years)
    end = st.none() | NUMBERS
    return Case(
        points, points[0] if points else None, points[-1] if points else None, draw(end), draw(st.none() | YEARS), draw(st.sampled_from([1, -1])),
        draw(st.sampled_from([True, False, None])), draw(st.booleans()), draw(st.booleans()), draw(end), draw(end), draw(st.none() | st.tuples(NUMBERS, NUMBERS)), draw(end),
    )  # fmt: skip


@given(cases())
def test_no_number_breaks_a_method_and_silence_has_a_reason(given_case):
    for method in PUBLISHED:
        found = method.judge(given_case)
        numbers = [number for number in (found.ratio, found.score, *dict(found.detail).values()) if number is not None]
        assert all(math.isfinite(number) for number in numbers)
        assert (found.grade is None) == (found.reason is not None)
        assert method.stance(found.grade) in ("on_track", "off_track", "silent")
        if found.grade is None:
            assert (found.ratio, found.score) == (None, None)


LIKELY = st.floats(0.5, 1e6)


@given(LIKELY, LIKELY, LIKELY, st.integers(1, 10), st.integers(1, 10), st.sampled_from([1, -1]), st.sampled_from([0.001, 100, 10000]))
def test_no_method_depends_on_the_unit(base, last, target, gone, left, sign, unit):
    def made(scale):
        return case([(2000, base * scale), (2000 + gone, last * scale)], target * scale, 2000 + gone + left, sign)

    for method in PUBLISHED:
        one, other = method.judge(made(1)), method.judge(made(unit))
        assert (one.ratio is None) == (other.ratio is None)
        if one.ratio is not None and other.ratio is not None and abs(one.ratio) < 1e6:
            assert one.ratio == pytest.approx(other.ratio, rel=1e-5, abs=1e-6)


@given(LIKELY, LIKELY, st.floats(0.01, 1e5), st.floats(0, 1e5), st.integers(1, 10), st.integers(0, 10))
def test_more_asked_is_never_better(base, last, step, further, gone, left):
    """With a target above the baseline a farther one gives no greater ratio."""
    near, far = base + step, base + step + further
    for method in ("eurostat_cagr", "unsd_2022", "unsd_2023", "escap_csi", "sdsn"):
        one, other = (BY_ID[method].judge(case([(2000, base), (2000 + gone, last)], target, 2000 + gone + left, met=False)) for target in (near, far))
        if one.ratio is not None and other.ratio is not None and one.ratio > 0:
            assert other.ratio <= one.ratio * (1 + 1e-6) + 1e-9
