"""Old forecasts of the nation's enrolment: nothing is seen before its time, and the shipped file is what comes out."""

from dataclasses import replace

import numpy as np
import pytest

from zhibiao.catalogue.load import load, shipped
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.simulating.calibration import COMMAND, Known, intake_class, published
from zhibiao.simulating.dispersion import HINDCAST_FILE
from zhibiao.simulating.hindcast import (
    AHEAD,
    ALONE,
    COLUMNS,
    GIVEN,
    METHODS,
    PIPE,
    Trial,
    accuracy,
    errors,
    hindcast,
    origins,
    read,
    width,
    written,
)

FILE = shipped() / "reference" / HINDCAST_FILE


@pytest.fixture(scope="module")
def elsewhere():
    return intake_class([shipped()])


@pytest.fixture(scope="module")
def nation():
    return published(load())


@pytest.fixture(scope="module")
def trials():
    return read(FILE)


def told(trials, methods=METHODS):
    return {(t.method, t.origin, t.ahead): t.median for t in trials if t.method in methods}


def test_what_comes_after_the_origin_changes_nothing_that_was_told(nation, elsewhere):
    bent = Known(*({year: value if year <= 2010 else 3 * value for year, value in figures.items()} for figures in (nation.intake, nation.enrolment, nation.graduates)))
    assert told(hindcast(nation, elsewhere, [2010]), (PIPE, *ALONE)) == told(hindcast(bent, elsewhere, [2010]), (PIPE, *ALONE))
    given = told(hindcast(nation, elsewhere, [2010]), (GIVEN,)), told(hindcast(bent, elsewhere, [2010]), (GIVEN,))
    assert all(given[1][key] > 1.3 * value for key, value in given[0].items())  # this one is meant to see the intake


def test_the_given_intake_is_used_year_by_year(nation, elsewhere):
    """A year ahead sees only the intake of that year."""
    later = replace(nation, intake={year: value * (2 if year >= 2012 else 1) for year, value in nation.intake.items()})
    plain, bent = (told(hindcast(known, elsewhere, [2010]), (GIVEN,)) for known in (nation, later))
    assert plain[GIVEN, 2010, 1] == bent[GIVEN, 2010, 1] and bent[GIVEN, 2010, 2] > 1.2 * plain[GIVEN, 2010, 2]


@pytest.mark.parametrize("origin", [2003, 2013, 2022])
def test_the_shipped_hindcast_is_what_is_computed_anew(nation, elsewhere, trials, origin):
    fresh, held = told(hindcast(nation, elsewhere, [origin])), told([t for t in trials if t.origin == origin])
    assert fresh.keys() == held.keys(), COMMAND
    for key, value in fresh.items():
        assert held[key] == pytest.approx(value, rel=2e-3), f"{key}: indicators/reference is out of step; run: {COMMAND}"


def test_origins_begin_with_five_whole_years_and_need_a_later_stock(nation, trials):
    assert origins(nation) == tuple(range(2002, 2023))
    assert origins(nation.until(2001)) == ()
    assert {t.origin for t in trials if t.method == PIPE} == set(origins(nation)), COMMAND
    for trial in trials:
        assert trial.truth == pytest.approx(nation.enrolment[trial.origin + trial.ahead], abs=1), COMMAND
        assert 1 <= trial.ahead <= AHEAD


def test_intake_is_given_only_as_far_as_it_was_published(trials):
    assert max(t.origin + t.ahead for t in trials if t.method == GIVEN) == 2021
    assert max(t.origin + t.ahead for t in trials if t.method == PIPE) == 2024


def test_the_pipe_beats_the_enrolment_series_alone_at_every_year_ahead(trials):
    found = {(one.method, one.ahead): one for one in accuracy(trials)}
    for ahead in (1, 2, 3, 4, 5, None):
        assert all(found[PIPE, ahead].mean < found[method, ahead].mean for method in ALONE)
        assert found[GIVEN, ahead].mean < 0.5 * found[PIPE, ahead].mean
        assert found[PIPE, ahead].values == found["combined", ahead].values
    assert 0.75 <= found[PIPE, None].covered[80] <= 0.9
    assert 0.75 <= found[GIVEN, None].calibrated[80] <= 0.88


def test_accuracy_counts_as_one_does_by_hand():
    def trial(origin: int, median: float, high: float) -> Trial:
        return Trial(PIPE, origin, 1, 100.0, median, {80: (50.0, high), 95: (50.0, 200.0)})

    made = [trial(2001, 110, 120), trial(2002, 80, 90), trial(2003, 104, 110), trial(2004, 90, 101), trial(2005, 100, 130)]
    one = accuracy(made)[0]
    assert (one.mean, one.median, one.covered, one.values) == (pytest.approx(0.088), pytest.approx(0.1), {80: 0.8, 95: 1.0}, 5)
    assert errors(made, PIPE) == {1: {t.origin: pytest.approx(np.log(t.median / 100)) for t in made}}
    # of four other errors the 80 % band takes the one of rank 4, of five that of rank 5: the largest
    assert width(made, PIPE, 1, 80, without=2002) == pytest.approx(np.log(100 / 90))
    assert width(made, PIPE, 1, 80) == pytest.approx(np.log(100 / 80))
    assert one.calibrated[80] == pytest.approx(0.8)
    with pytest.raises(ParameterError, match="pipe_given"):
        errors(made, "pipe_givn")


def test_the_file_gives_back_what_was_written(trials, tmp_path):
    path = tmp_path / "held.csv"
    path.write_text(written(trials), encoding="utf-8")
    assert read(path) == trials
    assert [t.method for t in trials] == sorted((t.method for t in trials), key=METHODS.index)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("pipe,2002,1,100,90,95,96,80,99", "bands lie in order"),
        ("pipes,2002,1,100,90,85,96,80,99", "unknown method"),
        ("pipe,2002,1,100,x,85,96,80,99", "no number"),
        ("pipe,2002,1,-1,90,85,96,80,99", "must be positive"),
    ],
)
def test_a_broken_file_is_refused(row, message, tmp_path):
    path = tmp_path / "held.csv"
    path.write_text(",".join(COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=message):
        read(path)
    with pytest.raises(RegistryError, match="calibration --out"):
        read(tmp_path / "missing.csv")
