"""Repeated faults and long runs: `make soak`. `make test` holds one of each."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from zhibiao.running.batch import batch

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")]

ROOT = Path(__file__).parents[2]
KILLS = STARTS = 20

RUNNER = """
import sys
from pathlib import Path
from zhibiao.running.batch import batch
file, out = map(Path, sys.argv[1:])
sys.exit(batch(file, out=out).exit_code)
"""

SMALL = """name: soak
notebooks: [00_start, 03_gaps, 09_briefing]
regions: [重庆, 全国]
jobs: 2
"""


def test_when_killed_at_random_moments_then_the_outputs_equal_an_undisturbed_run(tmp_path, within, digests, at_work):
    file = tmp_path / "soak.yaml"
    file.write_text(SMALL, encoding="utf-8")
    started = time.monotonic()
    assert batch(file, out=tmp_path / "calm", quiet=True).exit_code == 0
    whole = time.monotonic() - started
    chance, killed = random.Random(20), 0
    while killed < KILLS:
        runner = subprocess.Popen([sys.executable, "-c", RUNNER, file, tmp_path / "hit"], stdout=subprocess.DEVNULL)
        try:
            runner.wait(timeout=chance.uniform(0.3, whole / 2))
            shutil.rmtree(tmp_path / "hit")  # it came to its end: begun anew, so that every kill hits a batch at work
        except subprocess.TimeoutExpired:
            os.kill(runner.pid, signal.SIGKILL)
            killed += 1
        runner.wait()
        assert within(lambda: not at_work(tmp_path), 8), f"a process outlived kill {killed}"
    assert batch(file, out=tmp_path / "hit", quiet=True).exit_code == 0
    # once more for both: what is still good is called so in index and manifest
    for each in ("calm", "hit"):
        assert {run.status for run in batch(file, out=tmp_path / each, quiet=True).runs} == {"cached"}
    assert digests(tmp_path / "hit") == digests(tmp_path / "calm")


def test_when_many_kernels_start_at_once_then_none_fails(tmp_path, notebook, batch_file):
    books = tmp_path / "books"
    for number in range(8):
        notebook(books / f"n{number}.ipynb", "6 * 7")
    file = batch_file(tmp_path / "trial.yaml", jobs=8)
    for _ in range(STARTS):
        result = batch(file, out=tmp_path / "out", notebooks=books, force=True, quiet=True)
        assert [run.status for run in result.runs] == ["ok"] * 8


def test_when_hundreds_of_reports_run_then_the_runner_does_not_grow(tmp_path):
    file = tmp_path / "soak.yaml"
    file.write_text(SMALL, encoding="utf-8")
    me, sizes = psutil.Process(), []
    for _ in range(34):  # 204 reports
        assert batch(file, out=tmp_path / "out", force=True, quiet=True).exit_code == 0
        sizes.append(me.memory_info().rss)
    assert sizes[-1] < sizes[9] * 1.2
