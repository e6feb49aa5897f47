"""The value store: what is noted, what is handed over, what explains a number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.publishing import values
from zhibiao.publishing.readback import unexplained
from zhibiao.showing import ledger, numbers
from zhibiao.showing.ledger import VALUES


@pytest.fixture(autouse=True)
def opened():
    ledger.begin()
    yield
    ledger.end()


def test_a_number_is_noted_with_its_exact_value_scale_and_text():
    text = numbers.in_unit(23210, 10000, 1)
    handed = ledger.handed_over(text)[VALUES]
    assert handed["numbers"] == [["23210", "10000", "2.3"]]


def test_what_was_handed_over_is_not_handed_over_again():
    numbers.count(3)
    ledger.handed_over("")
    assert ledger.handed_over("")[VALUES]["numbers"] == []


def test_nothing_is_noted_outside_of_published_runs():
    ledger.end()
    numbers.count(3)
    assert ledger.handed_over("3") == {}


@given(st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)), st.integers(0, 4))
def test_every_way_to_print_a_number_is_noted(value, digits):
    ledger.begin()
    shown = [
        numbers.fixed(value, digits), numbers.four(value), numbers.thousands(value, digits), numbers.percent(value, digits),
        numbers.signed(value, digits), numbers.in_unit(value, 10000, digits), numbers.in_unit(value, 1), numbers.written(value, 10000, digits),
    ]  # fmt: skip
    handed = ledger.handed_over(*shown)[VALUES]
    known = {token for _, _, text in handed["numbers"] for token in ledger.NUMBER.findall(text)}
    assert list(unexplained(shown, frozenset(known), ())) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("2025年差0.5万人", ["0.5"]),
        ("2021—2025 累计", []),
        ("渝人社〔2021〕452号 专栏1·2", []),
        ("渝人社〔2021〕4520号", ["4520"]),
        ("2022-01-05发布", []),
        ("2022-13-45", ["13", "45"]),
        ("合计1,250项", ["1,250"]),
        ("第3000年", ["3000"]),
    ],
)
def test_years_dates_and_quotations_explain_a_number_and_nothing_else(text, left):
    quoted = ("渝人社〔2021〕452号 专栏1·2",)
    assert [number for _, number in unexplained([text], frozenset(), quoted)] == left


def test_a_quotation_broken_over_lines_is_one():
    assert list(unexplained(["渝人社〔2021〕", "452号 专栏1·2"], frozenset(), ("渝人社〔2021〕452号 专栏1·2",))) == []


def test_two_roundings_are_told():
    found = values.roundings(
        [
            {"value": "23210", "scale": "10000", "text": "2.3", "cells": [3]},
            {"value": "2.321000000001", "scale": "1", "text": "2.32", "cells": [5]},
            {"value": "35000", "scale": "10000", "text": "3.50", "cells": [5]},
            {"value": "3.5", "scale": "1", "text": "3.5", "cells": [6]},
            {"value": "0.004", "scale": "0.01", "text": "<5%", "cells": [6]},
            {"value": "0.4", "scale": "1", "text": "0.4", "cells": [6]},
        ]
    )
    assert [entry["printed"] for entry in found] == [{"2.3": [3], "2.32": [5]}]


def test_a_published_figure_keeps_its_digits_where_a_median_stays_at_it():
    assert numbers.own_decimals(Decimal("29.620000014"), 1) == 2
    assert numbers.in_unit(4287000, 10000, 0) == "428.7"
    assert numbers.in_unit(24630, 10000, 1) == "2.5"
