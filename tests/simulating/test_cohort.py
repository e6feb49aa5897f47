"""The hard cases of docs/methods.md, section 3."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.errors import ParameterError
from zhibiao.simulating.cohort import cohort, linear_intake, per_entrant, stock
from zhibiao.simulating.pairs import Pair, anchored, arrived, implied, needed_intake


@pytest.mark.parametrize(
    ("length", "retention", "settled"),
    [(3, 1.0, 9.0), (3, 0.97, 8.7327), (3, 0.95, 8.5575), (4, 1.0, 12.0), (4, 0.97, 11.4707), (4, 0.95, 11.1296)],
)
def test_when_intake_is_constant_then_the_stock_settles(length: int, retention: float, settled: float) -> None:
    run = cohort(np.array([3.0]), length, retention, 30)
    assert run.enrolment[-1] == pytest.approx(settled, abs=5e-5)
    assert 3 * per_entrant(length, retention) == pytest.approx(settled, abs=5e-5)


@pytest.mark.parametrize(("length", "retention", "expected"), [(3, 1.0, 10.2), (3, 0.97, 9.903), (4, 1.0, 13.4), (4, 0.97, 12.824)])
def test_when_intake_grows_evenly_then_2025_has_the_stock_of_the_classes_on_the_way(length: int, retention: float, expected: float) -> None:
    years, intake = linear_intake(3.0, 3.5, 2020, 2025, 8)
    assert intake[years > 2020].sum() == pytest.approx(16.5)
    assert stock(intake, length, retention)[-1] == pytest.approx(expected, abs=5e-4)


@given(
    intake=st.lists(st.floats(0, 1e6), min_size=1, max_size=12),
    length=st.floats(1, 8),
    retention=st.floats(0.3, 1),
    years=st.integers(1, 25),
)
def test_nobody_is_lost_or_made(intake: list[float], length: float, retention: float, years: int) -> None:
    run = cohort(np.array(intake), length, retention, years)
    before = np.concatenate([[0.0], run.enrolment[:-1]])
    np.testing.assert_allclose(run.enrolment, before + run.intake - run.graduates - run.losses, atol=1e-6 * (1 + max(intake)))
    assert (run.losses >= -1e-9 * (1 + max(intake))).all()
    assert (run.graduates >= 0).all()


def test_when_a_pair_is_given_then_the_implied_retention_gives_it_back() -> None:
    start, pair = Pair("2020", 2020, 3.0, 9.9, ""), Pair("2025", 2025, 3.5, 10.5, "")
    lengths = np.array([3.0, 3.5, 4.0, 5.0])
    found = implied(pair, start, lengths)
    assert np.isnan(found.on_the_way[0])  # three-year programmes miss 10.5 even without losses
    for length, retention in zip(lengths[1:], found.on_the_way[1:], strict=True):
        assert arrived(start, pair, length, retention) == pytest.approx(10.5)
    assert found.settled[0] == pytest.approx(1.0)  # 10.5 / 3.5 = 3 exactly


def test_when_a_region_is_anchored_then_its_own_2020_pair_is_feasible() -> None:
    start = Pair("2020", 2020, 3.0, 9.9, "")
    family = anchored(start, np.array([3.0, 3.3, 3.5, 4.0, 5.0]))
    assert [length for length, _ in family] == [3.3, 3.5, 4.0, 5.0]
    for length, retention in family:
        assert 3.0 * per_entrant(length, retention) == pytest.approx(9.9)


def test_when_a_floor_must_hold_then_the_needed_intake_just_holds_it() -> None:
    start = Pair("2020", 2020, 3.0, 9.9, "")
    need = needed_intake(12.0, range(2022, 2026), start, 4.0, 0.8803)
    assert need is not None
    assert need > 3.5
    assert needed_intake(1.0, range(2021, 2022), start, 4.0, 0.9) is None


@pytest.mark.parametrize(("length", "retention"), [(0.5, 1.0), (9, 1.0), (3, 0.0), (3, 1.01), (float("nan"), 1)])
def test_when_length_or_retention_is_impossible_then_it_says_so(length: float, retention: float) -> None:
    with pytest.raises(ParameterError, match="out of range"):
        per_entrant(length, retention)


def test_when_earlier_intakes_are_known_then_the_classes_enrolled_are_theirs() -> None:
    start, pair = Pair("2020", 2020, 4.0, 9.0, ""), Pair("2021", 2021, 5.0, 12.0, "")
    earlier = np.array([4.0, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0])  # newest first
    assert arrived(start, pair, 3, 1.0, earlier) == pytest.approx(5 + 4 + 3)
    assert arrived(start, pair, 3, 1.0) == pytest.approx(5 + 4 + 4)
    # enrolment of 2022 is E + E + 4: who entered in 2020 is still there
    assert needed_intake(14.0, range(2021, 2023), start, 3, 1.0, only_last=True, earlier=earlier) == pytest.approx(5.0)
    assert needed_intake(10.0, range(2021, 2022), start, 3, 1.0, earlier=earlier) == pytest.approx(3.0)
