"""How often the truth fell inside the bands: ``python tests/bench/coverage.py --wb FILE``.

Countries: half of them, drawn at random, build the class, the other half is judged; five draws, mean and spread over
them. Chinese series: the class is built without the series that is judged. What is judged is what `project` said from
the last one, three, six or all known values. The figures for three, about what a region has, go into
indicators/reference/classes.yaml.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from zhibiao.catalogue.load import load
from zhibiao.projecting import moves, reference
from zhibiao.projecting.learning import learn
from zhibiao.projecting.moves import PastSeries
from zhibiao.projecting.project import project
from zhibiao.projecting.reference import Entry, ReferenceClass

FOLDER = Path(__file__).resolve().parents[2] / "indicators" / "reference"
HORIZONS = (1, 3, 5)
SPLITS = 5
WINDOW = 3
WHOLE = 999
"""As a window: everything up to the origin, six values at least."""
FEWEST = 30
"""A share of fewer judged values than this is not worth writing down."""


def judged(
    series: PastSeries, built: ReferenceClass, window: int, step: int
) -> Iterator[tuple[int, bool, bool, int, float]]:
    """Yield (horizon, in 80 % band, in 95 % band, side of a miss of 80 %, relative error of the median) by origin."""
    least = float(built.entry.least or 0)
    most = float(built.entry.most or np.inf)
    upper = 100.0 if built.scale == "logit" else None
    points = {y: v for y, v in zip(series.years, series.values, strict=True) if v > 0 and (upper is None or v < upper)}
    years = sorted(points)
    if not years:
        return
    for place in range(min(window, 6) - 1, len(years), step):
        known = years[max(0, place + 1 - window) : place + 1]
        origin = known[-1]
        ahead = [h for h in HORIZONS if origin + h in points]
        if not ahead or not least <= points[origin] <= most:
            continue
        values = [points[year] for year in known]
        fan = project(
            known, values, horizon=origin + max(ahead), reference=built, lower=0, upper=upper, draws=1000, seed=1
        )
        low80, high80 = fan.band(80)
        low95, high95 = fan.band(95)
        for h in ahead:
            truth, at = points[origin + h], origin + h - known[0]
            side = int(truth > high80[at]) - int(truth < low80[at])
            yield h, side == 0, bool(low95[at] <= truth <= high95[at]), side, abs(fan.quantile(0.5)[at] / truth - 1)


def shares(rows: Iterable[tuple[int, bool, bool, int, float]]) -> dict[int, tuple[float, ...]]:
    """By horizon: number judged, share in the 80 % band, in the 95 % band, misses above, misses below, median error."""
    table = list(rows)
    found: dict[int, tuple[float, ...]] = {}
    for h in HORIZONS:
        at = np.array([row[1:] for row in table if row[0] == h], dtype=float)
        if at.size:
            side = at[:, 2]
            found[h] = (
                len(at),
                at[:, 0].mean(),
                at[:, 1].mean(),
                (side > 0).mean(),
                (side < 0).mean(),
                float(np.median(at[:, 3])),
            )
    return found


Split = tuple[set[str], ReferenceClass]
"""Countries that build a class, and the class."""


def splits(entry: Entry, file: Path) -> list[Split]:
    """The class built by random halves of the countries."""
    past = moves.world_bank(file, entry)
    chinese = moves.observed(load(), entry)
    names = sorted({series.origin for series in past})
    found = []
    for split in range(SPLITS):
        half = set(np.random.default_rng(split).permutation(names)[: len(names) // 2])
        known = [*(s for s in past if s.origin in half), *chinese]
        found.append((half, reference.taught(moves.measure(entry, known), learn(entry, known) if entry.learned else None, {})))
    return found


def countries(halves: list[Split], judge: list[PastSeries], window: int) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Mean and spread over random halves: one half of the countries builds the class, the other half is judged."""
    found = [shares(row for s in judge if s.origin not in half for row in judged(s, built, window, step=2)) for half, built in halves]
    return {h: (np.mean([f[h] for f in found], axis=0), np.std([f[h] for f in found], axis=0)) for h in HORIZONS}


def left_out(entry: Entry, classes: dict[str, ReferenceClass], file: Path) -> dict[int, tuple[float, ...]]:
    """Chinese series of a class, each judged by the class built without it."""
    past = moves.observed(load(), entry)
    others = moves.world_bank(file, entry)
    rows = []
    for series in past:
        rest = [*others, *(s for s in past if s is not series)]
        own = moves.measure(entry, rest, classes[entry.shape] if entry.shape else None)
        built = reference.taught(own, learn(entry, rest) if entry.learned else None, classes)
        rows += list(judged(series, built, WINDOW, step=1))
    return shares(rows)


def line(name: str, label: str, horizon: int, row: Sequence[float], spread: Sequence[float] | None = None) -> str:
    within = [f"{row[k]:.3f} " + (f"±{spread[k]:.3f}" if spread is not None else " " * 6) for k in (1, 2)]
    return (
        f"{name:15} {label:28} {horizon} {row[0]:7.0f}  {'  '.join(within)}  {row[3]:.3f}  {row[4]:.3f}  {row[5]:.3f}"
    )


def country_trials(entry: Entry, file: Path) -> dict[int, tuple[float, float]]:
    """Print the trials on held-out countries; return the shares that go into classes.yaml, by horizon."""
    own = moves.world_bank(file, entry)
    trials = [(f"countries, {w if w < WHOLE else 'all'} values", own, w) for w in (1, WINDOW, 6, WHOLE)]
    if entry.id == "enrolment":
        uncut = entry.model_copy(update={"world_bank": (reference.WorldBank(indicator="se_sec_enrl_vo"),)})
        trials.append(("countries, uncut series", moves.world_bank(file, uncut), WINDOW))
    written, halves = {}, splits(entry, file)
    for label, judge, window in trials:
        for h, (mean, spread) in countries(halves, judge, window).items():
            print(line(entry.id, label, h, mean.tolist(), spread.tolist()))
            if judge is own and window == WINDOW:
                written[h] = (mean[1], mean[2])
    return written


SERIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "wb_vocational_enrolment_dev.csv"
"""Beside the checkout; where it is not, nothing can be measured and that is said."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wb", type=Path, default=SERIES, metavar="FILE", help="World Bank series by country and year")
    file = parser.parse_args().wb
    if not file.is_file():
        print(f"没有评测材料 no material to measure with: give the World Bank series as --wb FILE ({file.name})")
        return
    classes = moves.rebuild(FOLDER, file)
    print(f"{'class':15} {'judged on':28} h  values  in 80 %        in 95 %        above  below  median error")
    blocks = {}
    for name, built in classes.items():
        if name.endswith("_elsewhere"):  # the same countries as its class, which is judged
            continue
        written = country_trials(built.entry, file) if built.entry.world_bank else {}
        for h, row in left_out(built.entry, classes, file).items():
            print(line(name, "Chinese series, one left out", h, row))
            if not built.entry.world_bank and row[0] >= FEWEST:
                written[h] = (row[1], row[2])
        blocks[name] = written
    print("\nfor classes.yaml:")
    for name, written in blocks.items():
        shown = [", ".join(f"{h}: {row[k]:.2f}" for h, row in written.items()) for k in (0, 1)]
        print(
            f"  {name}: " + (f"coverage: {{80: {{{shown[0]}}}, 95: {{{shown[1]}}}}}" if written else "not measurable")
        )


if __name__ == "__main__":
    main()
