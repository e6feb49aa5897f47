"""Properties of what a statement asks of a path, for any values."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.assessing.semantics import TOLERANCE, Condition, condition, possible
from zhibiao.errors import ParameterError

YEARS = np.arange(2020, 2026)
VALUES = st.floats(-1e7, 1e7)
ENDS = st.floats(-1e6, 1e6)
COMBINE = st.sampled_from(["point", "each", "mean", "sum"])


@st.composite
def conditions(draw):
    """Any condition over 2021 to 2025, with one end or both."""
    low, high = sorted((draw(ENDS), draw(ENDS)))
    ends = draw(st.sampled_from([(low, None), (None, high), (low, high)]))
    combine = draw(COMBINE)
    start = 2025 if combine == "point" else draw(st.integers(2021, 2025))
    return Condition(*ends, draw(st.booleans()), combine, start, 2025)


def paths(rows=3):
    return st.lists(st.lists(VALUES, min_size=6, max_size=6), min_size=1, max_size=rows).map(np.array)


def near(end):
    """Values at an end, within its tolerance, and just beyond."""
    return st.sampled_from([0.0, 0.4, 0.999, 1.0, 1.001, 3.0, -0.4, -0.999, -1.0, -1.001, -3.0]).map(lambda f: end + f * TOLERANCE * max(1.0, abs(end)))


def one(asked, value):
    return bool(asked.holds(np.array([float(value)]))[0]), float(asked.gap(np.array([float(value)]))[0])


@given(conditions(), paths())
def test_a_gap_is_never_negative_and_none_where_the_statement_holds(asked, values):
    satisfied, missing = asked.satisfied(values, YEARS), asked.shortfall(values, YEARS)
    assert satisfied.shape == missing.shape == (len(values),)
    assert (missing >= 0).all()
    assert (missing[satisfied] == 0).all()


@given(conditions(), st.data())
def test_without_a_gap_only_a_strict_end_itself_does_not_hold(asked, data):
    end = data.draw(st.sampled_from([e for e in (asked.floor, asked.ceiling) if e is not None]))
    values = np.array([data.draw(near(end)), data.draw(VALUES)])
    held, missing = asked.holds(values), asked.gap(values)
    open_cases = (missing == 0) & ~held
    assert asked.strict or not open_cases.any()
    slack = [abs(values - e) <= 1.01 * TOLERANCE * max(1.0, abs(e)) for e in (asked.floor, asked.ceiling) if e is not None]
    assert (~open_cases | np.any(slack, axis=0)).all()


@given(conditions(), paths(), st.floats(0, 1e6))
def test_raising_a_path_never_harms_where_only_a_floor_binds(asked, values, more):
    asked = Condition(asked.floor if asked.floor is not None else asked.ceiling, None, asked.strict, asked.combine, asked.start, asked.end)
    before, after = asked.satisfied(values, YEARS), asked.satisfied(values + more, YEARS)
    assert (after >= before).all()
    # a sum of large numbers is rounded: what is missing may change by the last digits
    assert (asked.shortfall(values + more, YEARS) <= asked.shortfall(values, YEARS) + 1e-7).all()


@given(conditions(), paths())
def test_what_holds_strictly_holds_loosely(asked, values):
    strict, loose = (Condition(asked.floor, asked.ceiling, s, asked.combine, asked.start, asked.end) for s in (True, False))
    assert (strict.satisfied(values, YEARS) <= loose.satisfied(values, YEARS)).all()
    np.testing.assert_array_equal(strict.shortfall(values, YEARS), loose.shortfall(values, YEARS))


@given(paths(), ENDS, st.integers(2021, 2025), st.booleans())
def test_sum_mean_each_and_point_are_what_they_are_called(values, floor, start, strict):
    at = slice(start - 2020, 6)
    made = {c: Condition(floor, None, strict, c, 2025 if c == "point" else start, 2025) for c in ("sum", "mean", "each", "point")}
    np.testing.assert_allclose(made["sum"].measure(values, YEARS)[:, 0], values[:, at].sum(axis=1))
    np.testing.assert_allclose(made["mean"].measure(values, YEARS)[:, 0], values[:, at].mean(axis=1))
    np.testing.assert_array_equal(made["point"].measure(values, YEARS)[:, 0], values[:, 5])
    each = made["each"]
    np.testing.assert_array_equal(each.satisfied(values, YEARS), [all(each.holds(row)) for row in values[:, at]])
    np.testing.assert_array_equal(each.shortfall(values, YEARS), each.gap(values[:, at]).max(axis=1))
    assert (each.satisfied(values, YEARS) <= made["point"].satisfied(values, YEARS)).all()


def test_a_path_that_misses_a_binding_year_is_refused(ask):
    with pytest.raises(ParameterError, match="2021–2025"):
        ask(scope="cumulative", indicator="flow").satisfied(np.zeros((1, 3)), np.array([2023, 2024, 2025]))


def test_a_rule_binds_every_year_that_is_shown(ask):
    asked = ask("ge", 50, scope="standing")
    assert (asked.start, asked.end, asked.combine) == (None, None, "each")
    np.testing.assert_array_equal(asked.satisfied(np.array([[50, 60.0], [49, 60]]), np.array([2030, 2031])), [True, False])


@pytest.mark.parametrize(
    ("parts", "issued", "start"),
    [
        ({"maintain": True}, 2022, 2022),
        ({"maintain": True}, 2019, 2021),
        ({"maintain": True}, 2027, 2025),
        ({}, 2022, 2021),
    ],
)
def test_keeping_binds_from_the_year_of_issue(statement, indicators, parts, issued, start):
    kept = statement(indicator="rate", comparator="ge", value=98, scope="annual", **parts).model_copy(update={"issued": dt.date(issued, 7, 22)})
    asked = condition(kept, indicators["rate"])
    assert (asked.start, asked.end, asked.combine) == (start, 2025, "each")


def test_a_yearly_mean_binds_the_mean(ask):
    asked = ask("gt", 3, "flow", scope="annual", mean=True)
    assert asked.combine == "mean"
    np.testing.assert_array_equal(asked.satisfied(np.array([[0, 1, 5, 3, 3, 4.0], [9, 3, 3, 3, 3, 3]]), YEARS), [True, False])


@pytest.mark.parametrize(
    ("indicator", "comparator", "value", "floor", "ceiling"),
    [
        ("things", "between", [3, 5], 3, None),
        ("falling", "between", [3, 5], None, 5),
        ("steered", "between", [3, 5], 3, 5),
        ("things", "eq", 5, 5, None),
        ("falling", "eq", 5, None, 5),
        ("steered", "eq", 5, 5, 5),
        ("things", "about", 50, 45, None),
        ("falling", "about", 50, None, 55),
        ("steered", "about", 700, 630, 770),
        ("things", "about", 5, 4, None),
        ("things", "about", 1, 0.9, None),
        ("things", "about", 2, 1, None),
        ("rate", "about", 5, 4.5, None),
        ("steered", "ge", 3, 3, None),
        ("things", "le", 3, None, 3),
    ],
)
def test_the_end_that_binds_follows_the_better_direction(ask, indicator, comparator, value, floor, ceiling):
    asked = ask(comparator, value, indicator)
    assert (asked.floor, asked.ceiling, asked.strict) == (pytest.approx(floor), pytest.approx(ceiling), False)
    assert asked.bound == (asked.floor if floor is not None else asked.ceiling)


@pytest.mark.parametrize(
    ("indicator", "comparator", "value", "observed", "holds", "gap"),
    [
        ("rate", "gt", 98, 98.0, False, 0),
        ("rate", "gt", 98, 97.9, False, 0.1),
        ("rate", "gt", 98, 98.1, True, 0),
        ("rate", "ge", 98, 98.0, True, 0),
        ("things", "about", 1, 0, False, 0.9),
        ("things", "about", 1, 1, True, 0),
        ("things", "about", 5, 4, True, 0),
        ("things", "about", 5, 3, False, 1),
        ("things", "between", [3, 5], 6, True, 0),
        ("things", "between", [3, 5], 2, False, 1),
        ("steered", "between", [3, 5], 6, False, 1),
        ("steered", "between", [3, 5], 2, False, 1),
        ("steered", "about", 700, 771, False, 1),
        ("falling", "lt", 5, 5.0, False, 0),
        ("falling", "le", 5, 5.0, True, 0),
        ("falling", "le", 5, 6.0, False, 1),
    ],
)
def test_single_values(ask, indicator, comparator, value, observed, holds, gap):
    assert one(ask(comparator, value, indicator), observed) == (holds, pytest.approx(gap))


def test_the_gap_of_one_end_is_not_excused_by_the_size_of_the_other():
    assert one(Condition(1.0, 1e12, False, "point", 2025, 2025), 0.0) == (False, 1.0)


def test_values_that_floats_cannot_hold_still_compare_exactly(ask, statement, indicators):
    tenth = statement(indicator="level", comparator="ge", value=Decimal("0.57"), unit="万人")
    assert one(condition(tenth, indicators["level"]), 5700) == (True, 0)
    for almost in (98 + (0.1 + 0.2 - 0.3), 9.8 * 10, 0.98 * 100, sum([9.8] * 10), 98.00000000001):
        assert one(ask("gt", 98), almost) == (False, 0)
        assert one(ask("ge", 98), almost) == (True, 0)
    assert not ask("gt", Decimal("0.3"), "flow", scope="cumulative").holds(np.array([0.1 + 0.2]))[0]


@settings(max_examples=60)
@given(st.decimals("0.01", "999.99", places=2), st.integers(1, 12))
def test_parts_that_add_up_to_the_target_meet_at_least_and_never_more_than(statement, indicators, value, parts):
    pieces = np.full((1, 5), float(value * 10000) / 5)
    years = np.arange(2021, 2026)
    for comparator, met in (("ge", True), ("gt", False)):
        asked = condition(statement(indicator="flow", comparator=comparator, value=value, unit="万人次", scope="cumulative"), indicators["flow"])
        assert asked.satisfied(pieces, years)[0] == met
        assert asked.shortfall(pieces, years)[0] == 0


@pytest.mark.parametrize(
    ("comparator", "qualifier", "value", "verdict"),
    [
        ("gt", "ge", 98, None),
        ("ge", "ge", 98, True),
        ("gt", "gt", 98, True),
        ("ge", "gt", 98, True),
        ("gt", "ge", 98.5, True),
        ("gt", "ge", 97, None),
        ("ge", "eq", 97.9, False),
        ("gt", "eq", 98, False),
        ("gt", "eq", 98.1, True),
        ("ge", "about", 98, None),
        ("ge", "about", 60, False),
        ("le", "ge", 98, None),
        ("lt", "ge", 98, False),
        ("lt", "gt", 98, False),
        ("le", "gt", 99, False),
    ],
)
def test_a_floor_proves_no_more_than_it_says(ask, figure, indicators, comparator, qualifier, value, verdict):
    assert ask(comparator, 98).verdict(*possible(figure(2023, value, "rate", qualifier=qualifier), indicators["rate"])) is verdict


def test_a_floor_of_a_count_without_bound_may_be_anything_above(ask, figure, indicators):
    low, high, open_low = possible(figure(2023, 6, "things", qualifier="gt"), indicators["things"])
    assert (low, high, open_low) == (6, float("inf"), True)
    assert ask("ge", 5, "things").verdict(low, high, open_low) is True
    assert ask("ge", 8, "things").verdict(low, high, open_low) is None
    assert ask("between", [3, 5], "steered").verdict(low, high, open_low) is False
    assert ask("between", [7, 8], "steered").verdict(low, high, open_low) is None


@given(conditions(), VALUES, VALUES)
def test_a_verdict_on_an_interval_agrees_with_every_value_in_it(asked, one_end, other_end):
    low, high = sorted((one_end, other_end))
    inside = asked.holds(np.linspace(low, high, 23))
    verdict = asked.verdict(low, high)
    if verdict is True:
        assert inside.all()
    if verdict is False:
        assert not inside.any()
