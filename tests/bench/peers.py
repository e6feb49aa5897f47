"""Forecasts of the peers, in the environment of tests/bench/requirements.txt.

``python tests/bench/peers.py WINDOWS.csv OUT.csv --horizon 6 [--all]`` reads series_id, year, value and writes series_id, method,
ahead, median, lo80, hi80, lo95, hi95, then one line for each method with the seconds it took on standard output. A peer that
refuses a series leaves it out. Without --all the slow ones (AutoARIMA and the mean of three) are left out.
"""

from __future__ import annotations

import argparse
import csv
import time
import warnings
from pathlib import Path

import numpy as np
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta, DynamicOptimizedTheta, Naive, RandomWalkWithDrift

FAST = {"DynamicOptimizedTheta": DynamicOptimizedTheta, "AutoTheta": AutoTheta, "AutoETS": AutoETS}
SLOW = {"AutoARIMA": AutoARIMA}
PLAIN = {"Naive": Naive, "RandomWalkWithDrift": RandomWalkWithDrift}
MEAN_OF = ("AutoETS", "AutoARIMA", "AutoTheta")
COLUMNS = ("mean", "lo-80", "hi-80", "lo-95", "hi-95")


def forecast(model: type, values: np.ndarray, horizon: int) -> np.ndarray | None:
    """Array (horizon, 5), or None where the peer refuses or says something that is not finite."""
    try:
        made = model() if model in PLAIN.values() else model(season_length=1)
        found = made.forecast(y=values, h=horizon, level=[80, 95])
    except Exception:  # a peer refuses in many ways
        return None
    table = np.stack([np.asarray(found[name], dtype=float) for name in COLUMNS], axis=1)
    return table if np.all(np.isfinite(table)) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("windows", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--all", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    series: dict[str, list[float]] = {}
    with chosen.windows.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            series.setdefault(row["series_id"], []).append(float(row["value"]))
    made: dict[str, dict[str, np.ndarray]] = {}
    for name, model in {**PLAIN, **FAST, **(SLOW if chosen.all else {})}.items():
        started = time.perf_counter()
        found = {id: forecast(model, np.array(values), chosen.horizon) for id, values in series.items()}
        made[name] = {id: table for id, table in found.items() if table is not None}
        print(f"{name},{time.perf_counter() - started:.2f},{len(made[name])}")
    if chosen.all:
        common = set.intersection(*(set(made[name]) for name in MEAN_OF))
        made["mean of ETS, ARIMA, Theta"] = {id: np.mean([made[name][id] for name in MEAN_OF], axis=0) for id in common}
    with chosen.out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["series_id", "method", "ahead", "median", "lo80", "hi80", "lo95", "hi95"])
        for name, tables in made.items():
            for id, table in tables.items():
                for step, row in enumerate(table):
                    writer.writerow([id, name, step + 1, *(repr(float(v)) for v in row)])


if __name__ == "__main__":
    main()
