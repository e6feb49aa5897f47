import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.model.period import Period, Span

PERIODS = st.one_of(
    st.builds(Period, st.integers(1949, 2100)),
    st.builds(Period, st.integers(1949, 2100), st.integers(1, 4)),
    st.builds(Period, st.integers(1949, 2100), st.none(), st.integers(1, 12)),
)


@given(PERIODS)
def test_a_period_is_written_and_read_back(period):
    assert Period.parse(str(period)) == period


@given(PERIODS, PERIODS)
def test_periods_have_one_order(one, other):
    assert (one < other) + (other < one) + (one == other) == 1
    if one < other:
        assert (one.year, one.last_month) <= (other.year, other.last_month)


@given(PERIODS)
def test_a_period_begins_before_it_ends_and_the_year_counts_last(period):
    assert 1 <= period.first_month <= period.last_month <= 12
    assert period.is_year == (period.last_month - period.first_month == 11)
    assert period <= Period(period.year)


@pytest.mark.parametrize("written", ["2023-13", "2023-00", "2023-Q5", "2023-Q0", "23", "2023年", "2023/09", "", "3020", "1900", "2023-9", None, True, 2023.5,
                                     dt.date(2023, 9, 1), "2021-2025"])  # fmt: skip
def test_what_is_no_period_is_refused(written):
    with pytest.raises(ValueError, match=r"年份|期间"):
        Period.parse(written)


@given(st.integers(1949, 2100), st.integers(0, 30))
def test_a_span_is_written_and_read_back(start, length):
    end = min(start + length, 2100)
    span = Span(start, end)
    assert Span.parse(str(span)) == span
    assert list(span.years) == list(range(start, end + 1))


@pytest.mark.parametrize("written", ["2021-2025", "2021—2025", "2021–2025", " 2021 - 2025 "])
def test_any_dash_makes_a_span(written):
    assert Span.parse(written) == Span(2021, 2025)


@pytest.mark.parametrize("written", ["2025-2021", "2021-25", "2021-09", "2021-2025-2030", "1021", False, "", "十四五"])
def test_what_is_no_span_is_refused(written):
    with pytest.raises(ValueError, match=r"年份|期间"):
        Span.parse(written)
