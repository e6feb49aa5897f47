"""Repeated faults and long runs: `make soak`. `make test` holds one of each."""

import hashlib
import os
import random
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


def _digests(out: Path) -> dict[str, str]:
    """Every output but the manifests, which hold durations, and what the index knows of their times."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", ".lock", "index.html") and ".index" not in path.parts
    }


def test_when_killed_at_random_moments_then_the_outputs_equal_an_undisturbed_run(tmp_path, within):
    file = tmp_path / "soak.yaml"
    file.write_text(SMALL, encoding="utf-8")
    started = time.monotonic()
    assert batch(file, out=tmp_path / "calm", quiet=True).exit_code == 0
    whole = time.monotonic() - started
    chance = random.Random(20)
    for kill in range(KILLS):
        runner = subprocess.Popen([sys.executable, "-c", RUNNER, file, tmp_path / "hit"], stdout=subprocess.DEVNULL)
        try:
            runner.wait(timeout=chance.uniform(0.3, whole / 3))
        except subprocess.TimeoutExpired:
            os.kill(runner.pid, signal.SIGKILL)
        runner.wait()
        mine = str(tmp_path)
        gone = within(lambda mine=mine: not any(mine in " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])), 8)
        assert gone, f"a process outlived kill {kill}"
    assert batch(file, out=tmp_path / "hit", quiet=True).exit_code == 0
    assert _digests(tmp_path / "hit") == _digests(tmp_path / "calm")


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
