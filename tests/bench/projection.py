"""How well series are projected, beside peers and simple rules, on the same series in the same run.

``python tests/bench/projection.py [--peers PYTHON] [--all] [--wb FILE] [--write]``

Two collections, neither of which taught what is judged on it. M3 yearly: the class ``general`` learned from M1 and Tourism. Countries:
half of them, drawn at random, teach ``enrolment``, the windows of the other half are judged. Histories are cut to their last 3, 4, 5,
6 and 10 values, M3 is also taken whole. ``mixed`` is what `zhibiao project` says where no class is named.

Scaled error and interval score are divided by the mean absolute yearly step of the whole history (MASE, mean scaled interval score).
``--peers`` names the Python of the environment of tests/bench/requirements.txt (make bench-peers makes it); without it M3 cannot be
had and only countries and rules are measured. ``--write`` writes indicators/reference/accuracy.csv.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhibiao.catalogue.load import load
from zhibiao.projecting import moves, reference
from zhibiao.projecting.forecast import forecast
from zhibiao.projecting.learned import METHODS
from zhibiao.projecting.learning import learn
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.projecting.seriesfile import GivenSeries

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "indicators" / "reference"
SERIES = ROOT.parent / "shared" / "data" / "wb_vocational_enrolment_dev.csv"
ACCURACY = FOLDER / "accuracy.csv"
COLUMNS = ("collection", "method", "kind", "points", "ahead", "series", "median_error", "scaled_error", "smape", "covered80", "covered95", "score80", "score95")
LENGTHS = (3, 4, 5, 6, 10)
AHEAD = 6
RULES = [name for name in METHODS if name != "combined"]


@dataclass(frozen=True)
class Window:
    """A cut history and what came after it; `pace` is the mean absolute yearly step of the whole history."""

    id: str
    values: tuple[float, ...]
    future: tuple[float, ...]
    pace: float


@dataclass(frozen=True)
class Said:
    """What one method said of each window: arrays (ahead, 5) of median, lo80, hi80, lo95, hi95 by id."""

    method: str
    kind: str
    tables: Mapping[str, np.ndarray]
    seconds: float


def own(windows: Sequence[Window], classes: Mapping[str, ReferenceClass], name: str, kind: str, method: str = "combined", named: str | None = None) -> Said:
    series = [GivenSeries(w.id, tuple(range(2000, 2000 + len(w.values))), w.values, 0) for w in windows]
    started = time.perf_counter()
    found = forecast(series, AHEAD, classes, method=method, reference=named)
    seconds = time.perf_counter() - started
    # quantiles 0.025, 0.1, 0.5, 0.9, 0.975
    tables = {one.id: np.array([one.quantiles[p] for p in sorted(one.quantiles)]).T[:, [2, 1, 3, 0, 4]] for one in found}
    return Said(name, kind, tables, seconds)


def bench_rules(windows: Sequence[Window]) -> list[Said]:
    """Growth rate and straight line, as spreadsheets have them; without bands."""
    steps = np.arange(1, AHEAD + 1)
    growth, line = {}, {}
    for w in windows:
        values = np.array(w.values)
        ratio = (values[-1] / values[0]) ** (1 / (len(values) - 1))
        fit = np.polyfit(np.arange(len(values)), values, 1)
        for tables, centre in ((growth, values[-1] * ratio**steps), (line, np.polyval(fit, len(values) - 1 + steps))):
            tables[w.id] = np.column_stack([centre, *[np.full(AHEAD, np.nan)] * 4])
    return [Said("growth rate", "rule", growth, 0.0), Said("straight line", "rule", line, 0.0)]


def peers(windows: Sequence[Window], python: str, every: bool) -> list[Said]:
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "windows.csv", Path(folder) / "said.csv"
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(["series_id", "year", "value"])
            writer.writerows([w.id, 2000 + t, repr(v)] for w in windows for t, v in enumerate(w.values))
        command = [python, str(Path(__file__).with_name("peers.py")), str(file), str(out), "--horizon", str(AHEAD), *(["--all"] if every else [])]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        seconds = {name: float(taken) for name, taken, _ in (line.split(",") for line in told)}
        tables: dict[str, dict[str, list[list[float]]]] = {}
        with out.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                tables.setdefault(row["method"], {}).setdefault(row["series_id"], []).append([float(row[k]) for k in ("median", "lo80", "hi80", "lo95", "hi95")])
    return [Said(name, "peer", {id: np.array(t) for id, t in found.items()}, seconds.get(name, 0.0)) for name, found in tables.items()]


def judged(collection: str, points: str, windows: Sequence[Window], said: Said) -> list[dict[str, object]]:
    """One row for each year ahead and one for all of them; a method that refuses one series in twenty is not judged."""
    answered = [w for w in windows if w.id in said.tables]
    if len(answered) < 0.95 * len(windows):
        return []
    truth = np.array([w.future for w in answered])
    pace = np.array([w.pace for w in answered])[:, None]
    table = np.array([said.tables[w.id] for w in answered])
    middle, low80, high80, low95, high95 = (table[:, :, k] for k in range(5))
    error = np.abs(middle - truth)
    measures = {
        "median_error": error / truth,
        "scaled_error": error / pace,
        "smape": 200 * error / (np.abs(middle) + truth),
        "covered80": _inside(truth, low80, high80),
        "covered95": _inside(truth, low95, high95),
        "score80": _score(truth, low80, high80, 0.2) / pace,
        "score95": _score(truth, low95, high95, 0.05) / pace,
    }
    rows = []
    for label, chosen in [*((str(h + 1), slice(h, h + 1)) for h in range(AHEAD)), (f"1-{AHEAD}", slice(0, AHEAD))]:
        known = np.isfinite(truth[:, chosen])
        if not known.any():
            continue
        row: dict[str, object] = {"collection": collection, "method": said.method, "kind": said.kind, "points": points, "ahead": label, "series": len(answered)}
        for name, values in measures.items():
            part = values[:, chosen]
            if name == "median_error":
                row[name] = float(np.median(part[known]))
            else:
                # a series counts once, however many of its years are known
                each = np.array([line[seen].mean() for line, seen in zip(part, known, strict=True) if seen.any()])
                row[name] = float(each.mean())
        rows.append(row)
    return rows


def _inside(truth: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(low), np.nan, (truth >= low) & (truth <= high))


def _score(truth: np.ndarray, low: np.ndarray, high: np.ndarray, alpha: float) -> np.ndarray:
    """Interval score of Gneiting and Raftery (2007): width, and what lies outside at 2 / alpha."""
    return high - low + 2 / alpha * (np.maximum(low - truth, 0) + np.maximum(truth - high, 0))


def m3(file: Path, points: int | None) -> list[Window]:
    series: dict[str, tuple[list[float], list[float]]] = {}
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            series.setdefault(row["series_id"], ([], []))[row["part"] == "future"].append(float(row["value"]))
    return [
        Window(id, tuple(history if points is None else history[-points:]), tuple(future[:AHEAD]), float(np.abs(np.diff(history)).mean()))
        for id, (history, future) in series.items()
    ]


def countries(past: Iterable[moves.PastSeries], points: int, least: float) -> list[Window]:
    """Windows of consecutive years that end in every second year of a series."""
    found = []
    for series in past:
        known = dict(zip(series.years, series.values, strict=True))
        for year in series.years[::2]:
            values = [known.get(y, np.nan) for y in range(year - points + 1, year + 1)]
            future = [known.get(y, np.nan) for y in range(year + 1, year + AHEAD + 1)]
            until = [known[y] for y in series.years if y <= year]
            pace = float(np.abs(np.diff(until)).mean()) if len(until) > 1 else 0.0
            if all(v >= least for v in values) and np.isfinite(future).any() and pace > 0:
                found.append(Window(f"{series.origin}-{series.years[0]}-{year}", tuple(values), tuple(future), pace))
    return found


def halves(world: Path, seed: int = 0) -> tuple[dict[str, ReferenceClass], list[moves.PastSeries]]:
    """Classes with ``enrolment`` taught by half of the countries, and the series of the other half."""
    classes = reference.load(FOLDER)
    entry = classes["enrolment"].entry
    past = moves.world_bank(world, entry)
    names = sorted({series.origin for series in past})
    half = set(np.random.default_rng(seed).permutation(names)[: len(names) // 2])
    known = [*(s for s in past if s.origin in half), *moves.observed(load(), entry)]
    taught = reference.taught(moves.measure(entry, known), learn(entry, known), {})
    return {**classes, "enrolment": taught}, [s for s in past if s.origin not in half]


def several(world: Path, count: int) -> None:
    """Coverage over all years ahead and median error five years ahead, by values known, as means over several random halves."""
    found: dict[tuple[int, str], list[list[float]]] = {}
    for seed in range(count):
        taught, judge = halves(world, seed)
        for points in range(3, 11):
            windows = countries(judge, points, float(taught["enrolment"].entry.least or 0))
            truth = np.array([w.future for w in windows])
            known = np.isfinite(truth)
            for name, method, named in (("enrolment", "combined", "enrolment"), ("mixed", "combined", None), ("last value", "last_value", "enrolment")):
                said = own(windows, taught, name, "own", method, named)
                table = np.array([said.tables[w.id] for w in windows])
                inside = [float(_inside(truth, table[:, :, low], table[:, :, low + 1])[known].mean()) for low in (1, 3)]
                found.setdefault((points, name), []).append([*inside, float(np.nanmedian(np.abs(table[:, 4, 0] / truth[:, 4] - 1)))])
    for (points, name), rows in found.items():
        print("halves: {} values, {:10} in 80 % {:.3f}  in 95 % {:.3f}  median error five years ahead {:.4f}".format(points, name, *np.mean(rows, axis=0)))
    for name in ("enrolment", "mixed"):
        pooled = np.mean([np.mean(rows, axis=0)[:2] for (_, said), rows in found.items() if said == name], axis=0)
        print("halves: 3 to 10 values, {:10} in 80 % {:.3f}  in 95 % {:.3f}".format(name, *pooled))


def trial(collection: str, points: str, windows: Sequence[Window], classes: Mapping[str, ReferenceClass], named: str, python: str | None, every: bool) -> list[dict[str, object]]:
    said = [own(windows, classes, f"zhibiao ({named})", "own", named=named), own(windows, classes, "zhibiao (mixed)", "own")]
    said += [own(windows, classes, rule, "rule", rule, named) for rule in RULES]
    said += bench_rules(windows)
    if python is not None:
        said += peers(windows, python, every)
    rows = []
    for one in said:
        found = judged(collection, points, windows, one)
        rows += found
        if found:
            print(_line(found[-1], one.seconds), flush=True)
    return rows


def speed(classes: Mapping[str, ReferenceClass], python: str) -> None:
    """Seconds for 10,000 series of six values, six years ahead, with bands: this suite beside the fast peers."""
    steps = np.exp(np.random.default_rng(1).normal(0.03, 0.1, (10_000, 6)).cumsum(axis=1)) * 1000
    windows = [Window(str(k), tuple(row), (np.nan,) * AHEAD, 1.0) for k, row in enumerate(steps.tolist())]
    said = [own(windows, classes, "zhibiao (general)", "own", named="general"), *peers(windows, python, False)]
    for one in said:
        print(f"speed, {len(windows)} series x {AHEAD} years: {one.method:27} {one.seconds:8.2f} s  {one.seconds / max(said[0].seconds, 1e-9):8.1f} x  answers {len(one.tables)}")


def _line(row: Mapping[str, object], seconds: float) -> str:
    numbers = [f"{row[name]:8.4f}" for name in ("median_error", "scaled_error", "smape", "covered80", "covered95", "score80", "score95")]
    return f"{row['collection']:10} {row['points']:>4} {row['method']!s:27} {row['series']:5} {' '.join(numbers)}  {seconds:7.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--all", action="store_true", help="the slow peers as well")
    parser.add_argument("--wb", type=Path, default=SERIES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--halves", type=int, default=0, metavar="N", help="only the countries, over N random halves")
    chosen = parser.parse_args()
    if chosen.halves:
        several(chosen.wb, chosen.halves)
        return
    rows: list[dict[str, object]] = []
    print(f"{'':10} {'':>4} {'method':27} {'n':>5}   median   scaled    smape  in 80 %  in 95 %  score80  score95")
    if chosen.peers is not None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([chosen.peers, str(Path(__file__).with_name("competitions.py")), folder], check=True)
            classes = reference.load(FOLDER)
            if chosen.all:
                speed(classes, chosen.peers)
            for points in (*LENGTHS, None):
                windows = m3(Path(folder) / "m3.csv", points)
                rows += trial("m3", "all" if points is None else str(points), windows, classes, "general", chosen.peers, chosen.all)
    else:
        print("M3 未测：没有 --peers 给出的环境 M3 is not measured: it comes with the environment that --peers names")
    if chosen.wb.is_file():
        taught, judge = halves(chosen.wb)
        for points in LENGTHS:
            windows = countries(judge, points, float(taught["enrolment"].entry.least or 0))
            rows += trial("countries", str(points), windows, taught, "enrolment", chosen.peers, chosen.all)
    else:
        print(f"各国未测 countries are not measured: no {chosen.wb.name}; give it as --wb FILE")
    if chosen.write:
        with ACCURACY.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in rows:
                cells = [row[name] for name in COLUMNS]
                writer.writerow(["" if isinstance(c, float) and np.isnan(c) else (f"{c:.4f}" if isinstance(c, float) else c) for c in cells])


if __name__ == "__main__":
    main()
