"""Slider to repaint in the explorer: from the change of a slider's value until pictures, sentences and table are there.

``python tests/bench/explorer.py`` prints median, 95th percentile and maximum of random moves, in milliseconds, in one process, with
the draws of the batch; the way to the page and its painting are measured by tests/browser/test_explorer.py.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
import time
from pathlib import Path

import numpy as np

from zhibiao.catalogue.load import load
from zhibiao.exploring.explorer import Explorer
from zhibiao.exploring.remembering import Keeper

SEED = 20


def moves(explorer: Explorer, count: int) -> dict[str, list[float]]:
    """Seconds of each of `count` random moves of every lever's slider, by lever."""
    chance = random.Random(SEED)
    taken: dict[str, list[float]] = {lever: [] for lever in explorer.rows}
    for _ in range(count):
        lever = chance.choice(list(explorer.rows))
        slider = explorer.rows[lever].slider
        steps = round((slider.max - slider.min) / slider.step)
        here = round((slider.value - slider.min) / slider.step)
        there = chance.choice([k for k in range(steps + 1) if k != here])
        begin = time.perf_counter()
        slider.value = slider.min + there * slider.step
        taken[lever].append(time.perf_counter() - begin)
    return taken


def line(name: str, seconds: list[float]) -> str:
    ms = 1000 * np.array(seconds)
    return f"{name:16} n={ms.size:4d}  median {np.median(ms):6.1f}  p95 {np.quantile(ms, 0.95):6.1f}  max {ms.max():6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--region", default="500000")
    parser.add_argument("--horizon", type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        explorer = Explorer(load(), keeper=Keeper(Path(folder)))
        print(f"{platform.python_version()}, {os.cpu_count()} processors; first paint {1000 * (time.perf_counter() - begin):.0f} ms")
        explorer.region.value = arguments.region
        if arguments.horizon:
            explorer.horizon.value = arguments.horizon
        draws = explorer.scene(explorer.screen.question).ground.fans["enrolment"].draws
        print(f"{arguments.region}: {draws.shape[0]} draws, {draws.shape[1]} years; milliseconds from a slider's value to pictures, sentences and table")
        taken = moves(explorer, arguments.moves)
        explorer.writer.finish()
        for lever, seconds in taken.items():
            if seconds:
                print(line(lever, seconds))
        print(line("all", [s for seconds in taken.values() for s in seconds]))


if __name__ == "__main__":
    main()
