"""How well the pipe tells enrolment, beside the enrolment series alone: ``python tests/bench/cohort_hindcast.py``.

The nation 1998–2024, on which the method was chosen; Fujian 1986–1998, which was looked at once, when the method stood. What else was
tried in the place of the projected intake. How sure the difference is: origins drawn anew in blocks of five, because forecasts of
neighbouring years share most of their future. How often a published year that is hidden falls into the band that is drawn for it.
Nothing is written; figures go into docs/methods.md by hand.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from zhibiao.catalogue.load import load, shipped
from zhibiao.projecting.forecast import forecast
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.projecting.seriesfile import GivenSeries
from zhibiao.simulating.calibration import Known, fit, intake_class, published
from zhibiao.simulating.hindcast import AHEAD, ALONE, GIVEN, PIPE, Trial, accuracy, hindcast, origins

FUJIAN, FUJIAN_SINCE = "350000", 1986
BLOCK, RESAMPLES = 5, 4000
FARTHEST = 10


def table(title: str, trials: Sequence[Trial]) -> None:
    print(f"\n{title}: mean / median error in per cent; own 80 and 95 % bands, 80 % band from other origins, forecasts")
    for one in accuracy(trials):
        own, other = " ".join(f"{one.covered[level]:.2f}" for level in (80, 95)), f"{one.calibrated[80]:.2f}"
        print(f"  {one.method:12s} {one.ahead or '1-5'!s:>3}  {100 * one.mean:5.1f} / {100 * one.median:4.1f}   {own}   {other}  {one.values:3d}")


def surely(trials: Sequence[Trial]) -> None:
    """Moving block bootstrap (Künsch 1989) of the pipe's mean error less the other's."""
    generator = np.random.default_rng(1)
    print(f"\npipe less the other, mean error in points, 90 % interval over blocks of {BLOCK} origins")
    for method in ALONE:
        sizes = {(t.method, t.origin, t.ahead): t.relative for t in trials}
        years = sorted({t.origin for t in trials if t.method == PIPE})
        gained = {y: [sizes[PIPE, y, h] - sizes[method, y, h] for h in range(1, AHEAD + 1) if (PIPE, y, h) in sizes] for y in years}
        starts = generator.integers(0, len(years) - BLOCK + 1, (RESAMPLES, -(-len(years) // BLOCK)))
        means = [np.mean([x for start in row for y in years[start : start + BLOCK] for x in gained[y]]) for row in starts]
        low, high = np.quantile(means, [0.05, 0.95])
        every = np.mean([x for differences in gained.values() for x in differences])
        print(f"  {method:12s} {100 * every:+.1f}  {100 * low:+.1f} … {100 * high:+.1f}")


def variants(known: Known, elsewhere: ReferenceClass) -> Iterator[tuple[str, list[float]]]:
    """Mean errors by years ahead and over all, with intake carried on by rules, and averages with the enrolment series alone."""
    told: dict[str, dict[tuple[int, int], float]] = {}
    for origin in origins(known):
        then = known.until(origin)
        fitted = fit(then, elsewhere=elsewhere)
        for method in ALONE:
            intake = _carried(then.intake, origin, elsewhere, method)
            enrolment = np.median(fitted.ahead(intake), axis=0)
            alone = _carried(then.enrolment, origin, elsewhere, method)
            for ahead in range(1, AHEAD + 1):
                told.setdefault(f"intake by {method}", {})[origin, ahead] = float(enrolment[ahead - 1])
                if method in ("combined", "last_value"):
                    told.setdefault(f"average with {method}", {})[origin, ahead] = float(np.sqrt(enrolment[ahead - 1] * alone[ahead - 1]))
    for name, values in told.items():
        errors = {place: abs(value / known.enrolment[sum(place)] - 1) for place, value in values.items() if sum(place) in known.enrolment}
        yield name, [float(np.mean([e for (_, h), e in errors.items() if ahead in (h, None)])) for ahead in (*range(1, AHEAD + 1), None)]


def _carried(series: Mapping[int, float], origin: int, elsewhere: ReferenceClass, method: str) -> np.ndarray:
    years = tuple(sorted(series))
    one = GivenSeries("x", years, tuple(series[y] for y in years), 0)
    found = forecast([one], origin + AHEAD - years[-1], {elsewhere.id: elsewhere}, method=method, reference=elsewhere.id)[0]
    return np.array(found.quantiles[0.5][-AHEAD:])


def farther(known: Known, elsewhere: ReferenceClass) -> None:
    """Errors given the actual intake beyond five years, and how far the draws themselves spread."""
    found: dict[int, list[tuple[float, float]]] = {}
    for origin in origins(known):
        given = []
        for year in range(origin + 1, origin + FARTHEST + 1):
            if year not in known.intake:
                break
            given.append(known.intake[year])
        if given:
            enrolment = fit(known.until(origin), elsewhere=elsewhere).ahead(np.array(given))
            for ahead in range(1, len(given) + 1):
                logs = np.log(enrolment[:, ahead - 1])
                found.setdefault(ahead, []).append((float(np.median(logs)) - np.log(known.enrolment[origin + ahead]), float(logs.std())))
    print("\ngiven the intake: years ahead, origins, root mean square of ln(predicted / actual), mean of it, sd of the draws")
    for ahead, pairs in found.items():
        errors, spreads = np.array(pairs).T
        print(f"  {ahead:2d}  {len(pairs):2d}  {np.sqrt(np.mean(errors**2)):.4f}  {errors.mean():+.4f}  {spreads.mean():.4f}")


def hidden(known: Known, elsewhere: ReferenceClass) -> None:
    """Hide each year in turn, once its flows and once everything."""
    print("\nhidden years: what, share in the 80 and 95 % bands, median error in per cent, years")
    for names in (("intake", "graduates"), ("intake", "enrolment", "graduates")):
        hits: dict[str, list[tuple[bool, bool, float]]] = {}
        years = range(known.whole[6], known.whole[-1])
        for year in years:
            less = replace(known, **{name: {y: v for y, v in getattr(known, name).items() if y != year} for name in names})
            found = fit(less, elsewhere=elsewhere)
            for name in names:
                draws, truth = getattr(found, name)[:, year - int(found.years[0])], getattr(known, name)[year]
                low95, low80, middle, high80, high95 = np.quantile(draws, [0.025, 0.1, 0.5, 0.9, 0.975])
                hits.setdefault(name, []).append((low80 <= truth <= high80, low95 <= truth <= high95, abs(middle / truth - 1)))
        for name, rows in hits.items():
            in80, in95, errors = np.array(rows, dtype=float).T
            print(f"  {'+'.join(names):28s} {name:10s} {in80.mean():.2f} {in95.mean():.2f}  {100 * np.median(errors):.1f}  {len(rows)}")


def main() -> None:
    registry, elsewhere = load(), intake_class([shipped()])
    nation = published(registry)
    started = time.perf_counter()
    fitted = fit(nation, elsewhere=elsewhere)
    print(f"fit {fitted.years[0]}–{fitted.years[-1]}: {time.perf_counter() - started:.2f} s, {fitted.effective:.0f} effective particles")
    trials = hindcast(nation, elsewhere)
    table("nation 1998–2024", trials)
    surely(trials)
    print("\nvariants: mean error in per cent 1, 2, 3, 4, 5 years ahead and all")
    for name, errors in variants(nation, elsewhere):
        print(f"  {name:24s} {'  '.join(f'{100 * error:4.1f}' for error in errors)}")
    farther(nation, elsewhere)
    hidden(nation.until(2021), elsewhere)
    table("Fujian 1986–1998", [t for t in hindcast(published(registry, FUJIAN, FUJIAN_SINCE), elsewhere) if t.method in (PIPE, GIVEN, *ALONE)])


if __name__ == "__main__":
    main()
