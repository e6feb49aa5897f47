"""The pipe fitted to series: made ones whose mix and losses are known, and the nation's."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest

from zhibiao.catalogue.load import load, shipped
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.simulating import calibration
from zhibiao.simulating.calibration import COMMAND, LENGTHS, Known, fit, intake_class, published
from zhibiao.simulating.dispersion import DRAWS_FILE, HINDCAST_FILE, PARAMETERS, dispersion, written
from zhibiao.simulating.filtering import COUNTING, RETENTION, Process, evidence, filled, share

MIX = {2: 0.25, 3: 0.5, 4: 0.15, 5: 0.1}
LEVEL, PERSISTENCE, SD = np.log(0.91 / 0.09), 0.6, 0.25


@pytest.fixture(scope="module")
def elsewhere():
    return intake_class([shipped()])


@pytest.fixture(scope="module")
def nation():
    return published(load())


@pytest.fixture(scope="module")
def national_fit(nation, elsewhere):
    return fit(nation, elsewhere=elsewhere)


def made(seed: int, years: int = 25) -> Known:
    """A pipe run forward by counting classes one by one; graduates are published with an error of 3 %."""
    generator = np.random.default_rng(seed)
    entrants = 1e6 * np.exp(np.cumsum(0.1 * generator.standard_normal(years + 6)))
    odds, classes = LEVEL, []
    found: dict[str, dict[int, float]] = {"intake": {}, "enrolment": {}, "graduates": {}}
    for step, came in enumerate(entrants):
        odds = LEVEL + PERSISTENCE * (odds - LEVEL) + SD * generator.standard_normal()
        graduates = sum(size for length, age, size in classes if age == length)
        classes = [(length, age + 1, size * share(odds)) for length, age, size in classes if age < length]
        classes += [(length, 1, came * part) for length, part in MIX.items()]
        if step >= 6:
            year = 1990 + step - 6
            found["intake"][year], found["enrolment"][year] = float(came), float(sum(size for _, _, size in classes))
            found["graduates"][year] = float(graduates * np.exp(0.03 * generator.standard_normal()))
    return Known(**found)


def without(known: Known, year: int, *names: str) -> Known:
    return replace(known, **{name: {y: v for y, v in getattr(known, name).items() if y != year} for name in names})


def inside(draws, truth: float, level: float = 0.9) -> bool:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return bool(low <= truth <= high)


def test_the_mix_and_the_retention_that_a_series_was_made_with_are_found_again(elsewhere):
    worlds = [fit(made(seed), elsewhere=elsewhere) for seed in range(12)]
    truth = sum(length * part for length, part in MIX.items())
    held = {
        "length": sum(inside(one.mix @ LENGTHS, truth) for one in worlds),
        "level": sum(inside(one.process.level, LEVEL) for one in worlds),
        "sd": sum(inside(one.process.sd, SD) for one in worlds),
        **{f"mix {length}": sum(inside(one.mix[:, place], MIX[length]) for one in worlds) for place, length in enumerate(LENGTHS.tolist())},
    }
    assert all(count >= 9 for count in held.values()), held
    assert np.mean([np.median(one.mix @ LENGTHS) for one in worlds]) == pytest.approx(truth, abs=0.1)
    assert np.mean([np.median(share(one.process.level)) for one in worlds]) == pytest.approx(0.91, abs=0.015)


def test_nobody_is_lost_or_made_in_any_draw_and_any_year(national_fit):
    f = national_fit
    after = f.enrolment[:, :-1] + f.intake[:, 1:] - f.graduates[:, 1:] - f.losses[:, 1:]
    np.testing.assert_allclose(f.enrolment[:, 1:], after, atol=1e-6)
    assert (f.losses[:, 1:] >= -1e-6).all() and (f.graduates[:, 1:] > 0).all()
    assert ((f.retention[:, 1:] > 0) & (f.retention[:, 1:] < 1)).all()
    # the students of the last year are its enrolment, class by class
    np.testing.assert_allclose(f.classes.total, f.enrolment[:, -1])


def test_published_figures_stay_what_they_are(nation, national_fit):
    for figures, drawn in ((nation.intake, national_fit.intake), (nation.enrolment, national_fit.enrolment), (nation.graduates, national_fit.graduates)):
        for t, year in enumerate(national_fit.years.tolist()):
            if year in figures and (t or figures is not nation.graduates):
                np.testing.assert_allclose(drawn[:, t], figures[year])
    assert national_fit.lost[0, 1:24].min() == pytest.approx(0.0102, abs=5e-4)  # 1 to 17 % of the stock
    assert national_fit.lost[0, 1:24].max() == pytest.approx(0.169, abs=5e-4)


def test_the_years_that_nobody_published_are_drawn_and_differ(national_fit):
    assert national_fit.years[-1] == 2024
    for year, arrays in ((2022, "intake graduates losses"), (2023, "intake enrolment graduates losses"), (2024, "losses")):
        for name in arrays.split():
            drawn = getattr(national_fit, name)[:, year - 1998]
            assert 0.005 < np.std(drawn) / np.mean(drawn) < 0.5, (year, name)
    assert inside(national_fit.enrolment[:, 25], 4.4e6, 0.95)


@pytest.mark.parametrize("year", [2005, 2012, 2019])
@pytest.mark.parametrize("names", [("intake", "graduates"), ("intake", "enrolment", "graduates")])
def test_a_year_that_is_hidden_is_found_within_the_band(nation, elsewhere, year, names):
    found = fit(without(nation.until(2021), year, *names), elsewhere=elsewhere)
    for name in names:
        assert inside(getattr(found, name)[:, year - 1998], getattr(nation, name)[year], 0.95), name
        assert np.median(getattr(found, name)[:, year - 1998]) == pytest.approx(getattr(nation, name)[year], rel=0.15)
    assert found.effective > 200


def test_hidden_years_fall_into_the_80_percent_band_about_as_often(nation, elsewhere):
    hits = []
    for year in range(2004, 2021):
        found = fit(without(nation.until(2021), year, "intake", "graduates"), elsewhere=elsewhere, particles=4000, draws=1000)
        hits += [inside(getattr(found, name)[:, year - 1998], getattr(nation, name)[year], 0.8) for name in ("intake", "graduates")]
    assert 0.65 <= np.mean(hits) <= 0.97


def test_the_same_seed_gives_the_same_bits(nation, elsewhere):
    first, second = (fit(nation.until(2012), elsewhere=elsewhere, particles=1000, draws=200) for _ in range(2))
    other = fit(nation.until(2012), elsewhere=elsewhere, particles=1000, draws=200, seed=7)
    assert np.array_equal(first.mix, second.mix) and np.array_equal(first.ahead(np.full(5, 1e6)), second.ahead(np.full(5, 1e6)))
    assert not np.array_equal(first.mix, other.mix)


def test_years_after_the_last_are_reached_by_the_identity_too(national_fit):
    """With no entrants only those remain who were there, and after the longest programme nobody."""
    none = national_fit.ahead(np.zeros(6))
    assert (np.diff(none, axis=1) <= 0).all() and (none[:, 0] < national_fit.enrolment[:, -1]).all()
    assert none[:, 3].min() > 0 and none[:, 4].max() == 0


def test_evidence_is_the_likelihood_of_the_process():
    """Against the density integrated on a grid of level and spread, with a gap of two years."""
    years, values, prior = np.array([2000, 2001, 2003]), np.array([[2.0, 2.4, 1.9]]), RETENTION
    found = evidence(years, values, prior).log[0]
    levels, spreads = np.linspace(-60, 60, 6001), np.geomspace(0.02, 20, 1200)
    level, sd = np.meshgrid(levels, spreads, indexing="ij")
    phi = 0.5
    step = np.array([1 / (1 - phi**2), 1.0, 1 + phi**2])
    means = [level, level + phi * (2.0 - level), level + phi**2 * (2.4 - level)]
    log = sum(-0.5 * ((x - mean) ** 2 / (v * sd**2) + np.log(2 * np.pi * v * sd**2)) for x, mean, v in zip(values[0], means, step, strict=True))
    log = log - 0.5 * prior.certainty * (level - prior.level) ** 2 / sd**2 + 0.5 * np.log(prior.certainty / (2 * np.pi * sd**2))
    variance = sd**2
    log = log + prior.shape * np.log(prior.scale) - (prior.shape + 1) * np.log(variance) - prior.scale / variance
    whole = np.trapezoid(np.trapezoid(np.exp(log) * 2 * sd, spreads, axis=1), levels)
    # constants that are the same for every particle and persistence are left out of the evidence
    constant = math.lgamma(prior.shape + 1.5) - math.lgamma(prior.shape) - 1.5 * math.log(2 * math.pi)
    assert found[5] + constant == pytest.approx(np.log(whole), abs=1e-3)


def test_a_gap_is_filled_between_its_neighbours():
    many = 40000
    process = Process(np.zeros(many), np.full(many, 0.8), np.full(many, 0.1))
    values = np.zeros((many, 3))
    values[:, 0], values[:, 2] = 1.0, 0.5
    drawn = filled(process, np.array([1, 2, 3]), np.array([True, False, True]), values, np.random.default_rng(1))[:, 1]
    # mean and variance of the middle of a first-order process: phi (a + b) / (1 + phi²), sd² / (1 + phi²)
    assert drawn.mean() == pytest.approx(0.8 * 1.5 / 1.64, abs=3e-3)
    assert drawn.std() == pytest.approx(0.1 / np.sqrt(1.64), rel=0.02)
    assert COUNTING.certainty == 0  # its level is known: zero


def test_too_little_or_impossible_figures_are_refused(nation, elsewhere):
    with pytest.raises(ParameterError, match="only so many years"):
        fit(nation.until(2001), elsewhere=elsewhere)
    with pytest.raises(ParameterError, match="no mix"):
        fit(replace(nation.until(2010), enrolment={**nation.until(2010).enrolment, 2007: 9e7}), elsewhere=elsewhere)
    with pytest.raises(ParameterError, match="first year"):
        fit(without(nation.until(2010), 1998, "enrolment"), elsewhere=elsewhere)


def test_the_shipped_draws_are_in_step_with_the_registry(national_fit):
    shipped_draws = dispersion()
    fresh = list(csv.reader(line for line in written(national_fit).splitlines() if not line.startswith("#")))
    assert fresh[0] == list(PARAMETERS)
    numbers = np.array(fresh[1:], dtype=float)
    held = np.column_stack([shipped_draws.mix, shipped_draws.level, shipped_draws.persistence, shipped_draws.yearly_sd])
    # draw by draw they may differ where a processor rounds otherwise; their distributions may not
    assert held.shape == numbers.shape, COMMAND
    for p in (0.1, 0.5, 0.9):
        np.testing.assert_allclose(np.quantile(held, p, axis=0), np.quantile(numbers, p, axis=0), atol=0.02, err_msg=f"indicators/reference is out of step; run: {COMMAND}")


def test_dispersion_holds_the_draws_of_the_fit():
    found = dispersion()
    assert found.lengths.tolist() == [2, 3, 4, 5] and found.mix.shape == (500, 4)
    np.testing.assert_allclose(found.mix.sum(axis=1), 1, atol=1e-4)
    assert (found.persistence >= 0).all() and (found.persistence < 1).all() and (found.yearly_sd > 0).all()
    assert not found.mix.flags.writeable


def test_a_missing_or_broken_file_names_the_command(tmp_path):
    with pytest.raises(RegistryError, match="calibration --out"):
        dispersion(tmp_path)
    (tmp_path / DRAWS_FILE).write_text(",".join(PARAMETERS) + "\n0.5,0.5,0.5,0,2,0.5,0.2\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="add up to 1"):
        dispersion(tmp_path)
    (tmp_path / DRAWS_FILE).write_text(",".join(PARAMETERS) + "\nx,0.5,0.5,0,2,0.5,0.2\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="no number"):
        dispersion(tmp_path)


def test_the_command_writes_both_files(tmp_path, monkeypatch, nation, capsys):
    monkeypatch.setattr(calibration, "published", lambda _: nation.until(2004))
    calibration.main(["--out", str(tmp_path)])
    assert len((tmp_path / DRAWS_FILE).read_text(encoding="utf-8").splitlines()) == 503
    assert (tmp_path / HINDCAST_FILE).read_text(encoding="utf-8").count("\npipe,") == 3
    assert "500 draws" in capsys.readouterr().out
