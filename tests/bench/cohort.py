"""The cohort engine: a million draws in bounded memory, and PySD on the same equations in the same run.

``python tests/bench/cohort.py [--peer PYTHON] [--draws 1000000] [--years 10]``. ``--peer`` names the Python of the environment of
tests/bench/requirements.txt (make bench-peers); without it the engine is measured alone. Draws are made beforehand and not counted.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from zhibiao.simulating import engine
from zhibiao.simulating.cohort import cohort

LENGTHS = (3, 4, 5)
TOLERANCE = 1e-9


def many(draws: int, years: int) -> float:
    """Seconds of one draw and year; prints seconds and memory of `draws` draws by length and year of study, whole persons, and the worst breach of the identity."""
    random = np.random.default_rng(1)
    intake, retention = random.uniform(25e3, 35e3, (draws, years)), random.uniform(0.85, 0.99, (draws, years))
    shares = random.dirichlet((6, 3, 1), draws)
    start = engine.settled(np.full(draws, 30e3), shares, 0.95, LENGTHS)
    counts = np.rint(start.counts)
    start = engine.Cells(LENGTHS, counts)
    mix = np.broadcast_to(shares[:, None, :], (draws, years, len(LENGTHS)))
    process = psutil.Process()
    before = process.memory_info().rss
    begun = time.perf_counter()
    run = engine.run(start, intake, mix, retention)
    seconds = time.perf_counter() - begun
    grown = process.memory_info().rss - before
    results = sum(a.nbytes for a in (run.enrolment, run.entrants, run.graduates, run.losses, run.turned_away, run.last.counts))
    stock = np.concatenate([start.total[:, None], run.enrolment[:, :-1]], axis=1)
    breach = float(np.abs(run.enrolment - stock - run.entrants + run.graduates + run.losses).max())
    print(f"engine: {draws:,} draws x {years} years, lengths {LENGTHS}: {seconds:.2f} s; memory +{grown / 1e6:.0f} MB, of which results {results / 1e6:.0f} MB; identity off by {breach:g} persons")
    return seconds / draws / years


def beside(python: str, retention: float = 0.97, years: int = 30) -> float:
    """PySD's run of a three-year programme against ours, in figures and seconds; returns PySD's seconds of one draw and year."""
    here = Path(__file__).with_name("cohort_peer.py")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "peer.csv"
        seconds = float(subprocess.run([python, str(here), str(out), "--retention", str(retention)], capture_output=True, text=True, check=True).stdout)
        rows = list(csv.DictReader(out.open(encoding="utf-8")))
    theirs = {name: np.array([float(row[name]) for row in rows]) for name in ("Enrolment", "Graduating", "Losing")}
    ours = cohort(np.array([3.0]), 3, retention, years)
    empty = engine.Cells((3,), np.zeros((3, 1)))
    intake, share = np.full((1, years), 3.0), np.array([1.0])
    begun = time.perf_counter()
    for _ in range(100):
        moved = engine.run(empty, intake, share, retention, whole=False)
    own = (time.perf_counter() - begun) / 100
    pairs = {
        "enrolment": (ours.enrolment, theirs["Enrolment"][1:]),
        "graduates": (ours.graduates, theirs["Graduating"][:-1]),
        "losses": (ours.losses, theirs["Losing"][:-1]),
        "engine's enrolment": (moved.enrolment[0], theirs["Enrolment"][1:]),
    }
    worst = {name: float(np.abs(a - b).max()) for name, (a, b) in pairs.items()}
    print("PySD, same equations, 30 years: " + ", ".join(f"{name} differs by {gap:.1e}" for name, gap in worst.items()))
    print(f"one run: PySD {seconds * 1e3:.2f} ms, engine {own * 1e3:.2f} ms, ratio {seconds / own:.0f}")
    if max(worst.values()) > TOLERANCE:
        raise SystemExit(f"PySD and the engine differ by more than {TOLERANCE:g}")
    return seconds / years


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer")
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--years", type=int, default=10)
    asked = parser.parse_args()
    peer = beside(asked.peer) if asked.peer else None
    own = many(asked.draws, asked.years)
    if peer is not None:
        print(f"a draw and year among many: PySD {peer * 1e6:.1f} µs, engine {own * 1e6:.3f} µs, ratio {peer / own:.0f}")


if __name__ == "__main__":
    main()
