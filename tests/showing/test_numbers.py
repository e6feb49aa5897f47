"""Numbers as text."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.showing.numbers import (
    ABSENT,
    Published,
    as_written,
    decimals,
    fixed,
    four,
    full,
    in_unit,
    percent,
    signed,
    thousands,
    written,
)

ANY = st.one_of(st.none(), st.integers(), st.floats(), st.floats(-1e6, 1e6), st.decimals(allow_nan=False))


@pytest.mark.parametrize("absent", [None, float("nan"), np.nan, np.float64("nan"), pd.NA, pd.NaT, Decimal("NaN")])
def test_what_is_absent_is_a_dash_everywhere(absent):
    texts = [
        fixed(absent, 1),
        four(absent),
        thousands(absent),
        percent(absent),
        signed(absent, 1),
        in_unit(absent, 10000),
    ]
    assert set(texts) == {ABSENT}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9.9 + 1e-12, "9.9"),
        (0.1 + 0.2, "0.3"),
        (98.04999, "98.05"),
        (105049, "105000"),
        (2025, "2025"),
        (-1e-17, "0"),
        (np.float64(428.7123), "428.7"),
        (np.int64(7), "7"),
        (float("inf"), "∞"),
        (-9999.6, "-10000"),
        (0.00012345, "0.0001235"),
    ],
)
def test_four_significant_digits(value, text):
    assert four(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(2.675, 2, "2.68"), (0.125, 2, "0.13"), (2.5, 0, "3"), (-2.5, 0, "-3"), (-0.04, 1, "0.0")],
)
def test_rounds_half_up_as_by_hand(value, digits, text):
    assert fixed(value, digits) == text


@given(ANY)
def test_never_nan_never_minus_zero(value):
    for text in (four(value), fixed(value, 1), thousands(value), percent(value), signed(value, 1)):
        assert "nan" not in text.lower()
        assert not (text.startswith("-") and text.strip("-+0.,%") == "")


@given(st.floats(-1e9, 1e9))
def test_four_digits_are_near_the_value(value):
    text = four(value)
    assert len(text.strip("-").replace(".", "").strip("0")) <= 4
    assert float(text) == pytest.approx(value, rel=5.1e-4, abs=5.1e-10)


def test_prints_in_the_unit_of_the_document():
    assert in_unit(105000, 10000, 1) == "10.5"
    assert in_unit(99000.0, 10000) == "9.9"
    assert in_unit(0.985, Decimal("0.01"), 1) == "98.5"


def test_signs():
    assert [signed(v, 1) for v in (0.6, -0.6, 0.0, -0.04, 0.04)] == ["+0.6", "-0.6", "0.0", "0.0", "0.0"]


@pytest.mark.parametrize(("size", "digits"), [(100, 0), (99.9, 1), (10, 1), (9.99, 1), (0.99, 2), (0.1, 2), (0.099, 3), (-2.86, 1), (0, 1)])
def test_modelled_persons_are_said_as_closely_as_they_are_known(size, digits):
    assert decimals(size) == digits


def test_persons_counted_one_by_one_have_separators_and_what_was_written_no_more_digits():
    assert (in_unit(28630, 1, 0), in_unit(760.4, 1, 0), in_unit(-1234.5, 1, 1), in_unit(None, 1, 0)) == ("28,630", "760", "-1,234.5", ABSENT)
    assert (written(99000, 10000, 2), written(28630, 10000, 2), written(300, 1, 0)) == ("9.9", "2.86", "300")


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (Decimal(12345), 1, "12,345"),
        (Decimal(99999999), 1, "99,999,999"),
        (98765432.0, 1, "98,765,432"),
        (Decimal("10.12345") * 10000, 10000, "10.12345"),
        (Decimal("1.2E+4"), 1, "12,000"),
        (12350.0 - 12345.0, 1, "5"),
        (105000.0 - 99000.0, 10000, "0.6"),
        (10.5 - 9.9, 1, "0.6"),
        (1234567.8 - 1234000.55, 1, "567.25"),
        (37000 / 3, 1, "12,330"),
        (float("inf"), 1, "∞"),
        (-0.0, 1, "0"),
    ],
)
def test_what_is_published_and_its_differences_are_printed_in_full(value, scale, text):
    assert full(value, scale) == text


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_a_printed_gap_is_the_difference_of_the_printed_figures(figure, target):
    printed = [int(full(value, 1).replace(",", "")) for value in (float(figure), float(target), float(target) - float(figure))]
    assert printed == [figure, target, target - figure]


def test_figures_of_things_counted_one_by_one_are_never_cut_and_reckoned_ones_are():
    assert (in_unit(Decimal(12345), 1), in_unit(12345, 1), in_unit(Published(12345), 1), in_unit(12345.0, 1)) == ("12,345", "12,345", "12,345", "12,350")
    assert (four(Published("12.3456")), four(12.3456)) == ("12.3456", "12.35")
    assert as_written(Decimal(12345), 1) == "12,345"


@pytest.mark.parametrize(
    ("value", "text"),
    [(82227766.3, "82,200,000"), (145248034.7, "145,000,000"), (12479.4, "12,500"), (-12479.4, "-12,500"), (99950.5, "100,000"), (9999.4, "9,999"), (12345.0, "12,345")],
)
def test_large_modelled_counts_have_three_significant_digits_and_a_median_at_a_figure_reads_like_it(value, text):
    assert in_unit(value, 1, 0) == text
