"""What a statement may say; faults with their lines are in tests/catalogue/test_bad_yaml.py."""

import datetime as dt
from decimal import Decimal

import pytest
from pydantic import ValidationError

from zhibiao.model import Indicator, Observation, Statement
from zhibiao.model.document import folded

BASE = {"id": "a", "kind": "target", "indicator": "i", "unit": "万人", "scope": "point", "period": 2025, "locator": "一", "evidence": "1人"}


def said(**parts):
    return Statement.model_validate({**BASE, **parts})


@pytest.mark.parametrize(
    ("comparator", "value", "low", "high"),
    [("gt", 3, 3, None), ("ge", 3, 3, None), ("lt", 3, None, 3), ("le", 3, None, 3), ("eq", 3, 3, 3), ("about", 3, 3, 3), ("between", [3, 5], 3, 5)],
)
def test_a_value_fills_the_ends_that_its_comparator_has(comparator, value, low, high):
    statement = said(comparator=comparator, value=value)
    assert (statement.low, statement.high) == (low, high)
    assert statement.base_low == (None if low is None else low * 10000)
    assert said(comparator=comparator, low=low, high=high) == statement


@pytest.mark.parametrize(
    ("parts", "zh", "en"),
    [
        ({"comparator": "gt", "value": Decimal("10.50")}, ">10.5", ">10.5"),
        ({"comparator": "ge", "value": 12}, "≥12", "≥12"),
        ({"comparator": "le", "value": 5}, "≤5", "≤5"),
        ({"comparator": "lt", "value": 5}, "<5", "<5"),
        ({"comparator": "eq", "value": 100}, "100", "100"),
        ({"comparator": "about", "value": 10}, "约10", "≈10"),
        ({"comparator": "between", "value": [3, 5]}, "3—5", "3–5"),
        ({"comparator": "gt", "value": 15, "scope": "cumulative", "period": "2021-2025"}, ">[15]", ">[15]"),
        ({"comparator": "eq", "value": Decimal("1E+2")}, "100", "100"),
    ],
)
def test_a_value_is_printed_as_planners_write_it(parts, zh, en):
    assert (said(**parts).value_text(), said(**parts).value_text("en")) == (zh, en)


@pytest.mark.parametrize(
    "parts",
    [
        {"comparator": "eq", "low": 3, "high": 5},
        {"comparator": "gt", "low": 3, "high": 5},
        {"comparator": "between", "low": 3},
        {"comparator": "gt", "low": "3"},
        {"comparator": "gt", "low": True},
        {"comparator": "gt", "low": float("nan")},
        {"comparator": "gt", "low": Decimal("Infinity")},
        {"comparator": "gt", "low": Decimal(10) ** 15},
        {"comparator": "gt", "value": 3, "unit": "万仁"},
        {"comparator": "gt", "value": 3, "evidence": "证" * 25},
    ],
)
def test_what_cannot_be_is_refused(parts):
    with pytest.raises(ValidationError):
        said(**parts)


def test_a_statement_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        said(comparator="gt", value=3).low = Decimal(9)


def test_horizon_is_the_last_year():
    assert said(comparator="gt", value=3).horizon == 2025
    assert said(comparator="gt", value=3, scope="standing", period=None).horizon is None


@pytest.mark.parametrize(("text", "plain"), [("（万人）　＞ 3.5", "(万人)>3.5"), ("９８％\n以上", "98%以上"), ("２—３次", "2—3次"), ("１０．５", "10.5")])
def test_folding_forgets_width_and_white_space(text, plain):
    assert folded(text) == plain


def test_an_observation_keeps_its_value_as_written_and_scales_it_exactly():
    row = {"region": "500000", "indicator": "enrolment", "period": "2023-09", "basis": "at_end", "value": Decimal("0.57"), "unit": "万人", "source": "s",
           "recorded": "2024-01-05"}  # fmt: skip
    found = Observation.model_validate(row)
    assert (found.value, found.base_value, found.recorded) == (Decimal("0.57"), 5700, dt.date(2024, 1, 5))
    for day in ("20240105", "2024-1-5", 20240105, dt.datetime(2024, 1, 5), True, "2024-02-30"):
        with pytest.raises(ValidationError, match="no date"):
            Observation.model_validate({**row, "recorded": day})


def test_an_indicator_is_counted_in_its_base_unit():
    parts = {"id": "i", "zh": "甲", "en": "a", "definition": "乙", "unit": "人", "kind": "stock"}
    assert Indicator.model_validate(parts).base.base == "人"
    with pytest.raises(ValidationError, match="has a scale"):
        Indicator.model_validate({**parts, "unit": "万人"})
