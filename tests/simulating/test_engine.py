"""The engine: nobody lost or made in any draw, the published stocks, and the same figures whoever counts them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import ParameterError
from zhibiao.simulating import engine
from zhibiao.simulating.cohort import cohort, linear_intake

ONE = np.array([1.0])


def _from_empty(intake: np.ndarray, length: int, retention: float, *, whole: bool) -> engine.Flows:
    empty = engine.Cells((length,), np.zeros((length, 1)))
    return engine.run(empty, intake[None, :], ONE, retention, whole=whole)


@pytest.mark.parametrize(
    ("length", "retention", "settled"),
    [(3, 1.0, 9.0), (3, 0.97, 8.7327), (3, 0.95, 8.5575), (4, 1.0, 12.0), (4, 0.97, 11.4707), (4, 0.95, 11.1296)],
)
def test_when_intake_is_constant_then_the_stock_settles(length: int, retention: float, settled: float) -> None:
    exact = _from_empty(np.full(30, 3.0), length, retention, whole=False)
    assert exact.enrolment[0, -1] == pytest.approx(settled, abs=5e-5)
    persons = _from_empty(np.full(30, 30000.0), length, retention, whole=True)
    assert persons.enrolment[0, -1] == pytest.approx(settled * 1e4, abs=2)


@pytest.mark.parametrize(("length", "retention", "expected"), [(3, 1.0, 10.2), (3, 0.97, 9.903), (4, 1.0, 13.4), (4, 0.97, 12.824)])
def test_when_intake_grows_evenly_then_2025_has_the_stock_of_the_classes_on_the_way(length: int, retention: float, expected: float) -> None:
    years, intake = linear_intake(3.0, 3.5, 2020, 2025, 8)
    run = _from_empty(intake, length, retention, whole=False)
    assert run.entrants[0, years > 2020].sum() == pytest.approx(16.5)
    assert run.enrolment[0, -1] == pytest.approx(expected, abs=5e-4)


@given(
    intake=st.lists(st.floats(0, 1e6), min_size=1, max_size=10),
    length=st.integers(1, 8),
    retention=st.floats(0.3, 1),
)
def test_when_nothing_is_rounded_then_the_engine_and_the_bare_cohort_agree(intake: list[float], length: int, retention: float) -> None:
    bare = cohort(np.array(intake), length, retention, len(intake))
    run = _from_empty(np.array(intake), length, retention, whole=False)
    for name in ("enrolment", "graduates", "losses"):
        np.testing.assert_allclose(getattr(run, name)[0], getattr(bare, name), atol=1e-8 * (1 + max(intake)))


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    draws=st.integers(1, 40),
    years=st.integers(1, 9),
    lengths=st.sampled_from([(3,), (2, 3), (3, 4, 5), (1, 2, 3, 4, 5, 6, 7, 8)]),
    size=st.sampled_from([3.0, 300.0, 3e6]),
    limited=st.booleans(),
)
def test_the_identity_holds_to_the_last_person_in_every_draw(seed: int, draws: int, years: int, lengths: tuple[int, ...], size: float, limited: bool) -> None:
    random = np.random.default_rng(seed)
    intake, retention = random.uniform(0, size, (draws, years)), random.uniform(0.5, 1, (draws, years))
    shares = random.dirichlet(np.ones(len(lengths)), (draws, years))
    start = engine.Cells(lengths, np.rint(random.uniform(0, size, (sum(lengths), draws))))
    run = engine.run(start, intake, shares, retention, capacity=np.full(years, size * 2) if limited else None)
    before = np.concatenate([start.total[:, None], run.enrolment[:, :-1]], axis=1)
    np.testing.assert_array_equal(run.enrolment, before + run.entrants - run.graduates - run.losses)
    for flow in (run.enrolment, run.entrants, run.graduates, run.losses, run.turned_away):
        np.testing.assert_array_equal(flow, np.rint(flow))
        assert (flow >= 0).all()
    np.testing.assert_array_equal(run.last.total, run.enrolment[:, -1])
    np.testing.assert_array_equal(run.entrants + run.turned_away, np.rint(intake))
    exact = engine.run(start, intake, shares, retention, whole=False)
    if not limited:
        # whole persons stay beside the exact figures: half a person of a draw and year, and of each class
        assert np.abs(run.enrolment - exact.enrolment).max() <= (years + 1) * (1 + sum(lengths))


def test_when_classes_are_small_then_they_lose_their_share_as_well() -> None:
    run = _from_empty(np.full(40, 10.0), 3, 0.97, whole=True)
    expected = _from_empty(np.full(40, 10.0), 3, 0.97, whole=False)
    assert run.losses.sum() == pytest.approx(expected.losses.sum(), abs=1)


def test_when_places_are_short_then_entrants_are_turned_away_and_nobody_enrolled_leaves() -> None:
    start = engine.settled(30000.0, ONE, 1.0, (3,))
    run = engine.run(start, np.full((1, 5), 35000.0), ONE, 1.0, capacity=np.full(5, 92000.0))
    assert (run.enrolment <= 92000).all()
    assert run.turned_away[0].tolist()[:2] == [3000, 5000]
    tight = engine.run(start, np.full((1, 3), 35000.0), ONE, 1.0, capacity=np.full(3, 10000.0))
    assert tight.enrolment[0, 0] == 60000 and tight.entrants[0, 0] == 0  # the older classes stay


def test_when_the_draws_are_many_then_neither_chunks_nor_threads_change_them(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    intake, retention = random.uniform(1e4, 4e4, (5000, 6)), random.uniform(0.8, 1, (5000, 6))
    start = engine.settled(np.full(5000, 3e4), engine.split(3.4, (3, 4)), 0.95, (3, 4))
    one = engine.run(start, intake, engine.split(3.4, (3, 4)), retention, workers=1)
    monkeypatch.setattr(engine, "CHUNK", 700)
    for workers in (1, 2, 3):
        again = engine.run(start, intake, engine.split(3.4, (3, 4)), retention, workers=workers)
        for name in ("enrolment", "entrants", "graduates", "losses", "turned_away"):
            np.testing.assert_array_equal(getattr(one, name), getattr(again, name))


@pytest.mark.parametrize(
    ("intake", "shares", "retention", "where"),
    [
        (np.array([[-1.0]]), ONE, 0.9, "intake"),
        (np.array([[np.nan]]), ONE, 0.9, "intake"),
        (np.array([[1.0]]), np.array([0.9]), 0.9, "length"),
        (np.array([[1.0]]), ONE, 0.0, "retention"),
        (np.array([[1.0]]), ONE, 1.01, "retention"),
    ],
)
def test_when_an_input_is_impossible_then_it_is_named(intake: np.ndarray, shares: np.ndarray, retention: float, where: str) -> None:
    with pytest.raises(ParameterError) as caught:
        engine.run(engine.Cells((3,), np.zeros((3, 1))), intake, shares, retention)
    assert caught.value.where == where


def test_when_a_length_is_between_two_whole_ones_then_both_have_their_share() -> None:
    np.testing.assert_allclose(engine.split([3.0, 3.3, 5.0], (3, 4, 5)), [[1, 0, 0], [0.7, 0.3, 0], [0, 0, 1]])
    assert engine.lengths_around([3.2, 4.5]) == (3, 4, 5)
    with pytest.raises(ParameterError):
        engine.split(5.5, (3, 4, 5))
