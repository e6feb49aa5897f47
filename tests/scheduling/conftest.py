"""Schedules of a made-up user: a home of his own, and programs that stand in for crontab, systemctl and loginctl."""

import datetime as dt
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from zhibiao.scheduling.store import Schedule

CRONTAB = """#!/bin/sh
case "$1" in
  -l) if [ -e "{place}/denied" ]; then echo 'You (li) are not allowed to use this program (crontab)' >&2; exit 1; fi
      if [ -e "{place}/table" ]; then cat "{place}/table"; else echo 'no crontab for li' >&2; exit 1; fi ;;
  -) if [ -e "{place}/refuses" ]; then cat >/dev/null; echo 'errors in crontab file, cannot install.' >&2; exit 1; fi
     cat > "{place}/table.new" && mv "{place}/table.new" "{place}/table" ;;
esac
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "{place}/asked"
if [ -e "{place}/unreachable" ]; then echo 'Failed to connect to bus: No medium found' >&2; exit 1; fi
case "$*" in *enable*) if [ -e "{place}/refuses" ]; then echo 'Failed to enable unit: bad setting' >&2; exit 1; fi ;; esac
"""
LOGINCTL = """#!/bin/sh
if [ -e "{place}/lingers" ]; then echo yes; else echo no; fi
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of switches: touch ``denied``, ``refuses``, ``unreachable``, ``lingers``; ``table`` is the crontab."""
    place = tmp_path / "machine"
    (place / "bin").mkdir(parents=True)
    for name, text in (("crontab", CRONTAB), ("systemctl", SYSTEMCTL), ("loginctl", LOGINCTL)):
        path = place / "bin" / name
        path.write_text(text.format(place=place), encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LOGNAME", "li")
    return place


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "设 置 100%"


def a_schedule(**changes: object) -> Schedule:
    whole: dict[str, object] = {
        "name": "monthly", "batch": "/data/月 报.yaml", "at": "0 6 5 * *", "tz": "Asia/Shanghai", "out": "/data/out", "via": "cron",
        "made": dt.datetime(2026, 11, 26, 15, tzinfo=dt.UTC),
    }  # fmt: skip
    return Schedule.model_validate({**whole, **changes})


@pytest.fixture
def schedule() -> Callable[..., Schedule]:
    return a_schedule


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.2)
    return condition()


@pytest.fixture(scope="session")
def within() -> Callable[..., bool]:
    return wait_for
