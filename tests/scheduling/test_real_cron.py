"""A real cron daemon runs a real line; needs root, for the daemon and for a crontab of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhibiao.scheduling import crontab

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root to run a cron daemon"),
    pytest.mark.skipif(not shutil.which("cron") or not shutil.which("crontab"), reason="needs cron (apt-get install cron)"),
]


@pytest.fixture
def daemon() -> Iterator[None]:
    """The machine's daemon, or one for the time of the test; the crontab is afterwards as it was."""
    own = None
    before = crontab.read()
    if crontab.sleeping() is not None:
        own = subprocess.Popen(["cron", "-f"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        if own is not None:
            own.terminate()
            own.wait(20)
        if crontab.read() != before:
            crontab.write(before)


def test_a_real_daemon_runs_the_line_and_stops_when_it_is_removed(daemon: None, tmp_path: Path, zhibiao):
    place = tmp_path / "地 方 100%"
    place.mkdir()
    home, out = place / "it's", place / "输出"
    (place / "月报.yaml").write_text("name: tiny\nnotebooks: [03_gaps]\nregions: [重庆]\nkeep: {runs: 2}\n", encoding="utf-8")
    before = crontab.read()

    def schedule(*words: str) -> str:
        said = zhibiao("schedule", *words, "--folder", str(home))
        assert said.returncode == 0, said.stderr
        return said.stdout

    schedule("install", str(place / "月报.yaml"), "--at", "* * * * *", "--via", "cron", "--out", str(out), "--tz", "Asia/Kathmandu")
    try:
        until = time.monotonic() + 150
        while not (home / "schedules" / "tiny" / "last.json").exists():
            assert time.monotonic() < until, "cron never ran it"
            time.sleep(1)
        assert "退出码 exit code 0" in schedule("list")
        assert (out / "tiny/500000/baseline/03_gaps/manifest.json").is_file()
        assert len(list((out / "history" / "tiny").iterdir())) == 1
    finally:
        schedule("remove", "tiny")
    assert crontab.read() == before
    published = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    time.sleep(65)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == published
