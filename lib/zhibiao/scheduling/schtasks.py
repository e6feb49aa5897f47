"""A schedule as a task of Windows: the command that an administrator runs. The task asks every hour whether a time has passed."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Sequence

from zhibiao.errors import ParameterError
from zhibiao.scheduling.store import Schedule

LONGEST = 261
"""Characters that schtasks takes after /TR."""


def create(schedule: Schedule, words: Sequence[str]) -> str:
    """Return the command that makes the task.

    Raises
    ------
    ParameterError
        A path holds what the command line of Windows reads as its own, or is too long.
    """
    for word in words:
        if re.search(r'[\x00-\x1f\x7f"%&^<>|!]', word):
            raise ParameterError('路径含 " % & ^ < > | !，不能写入 schtasks a path holds one of " % & ^ < > | !', where=repr(word))
    run = subprocess.list2cmdline(words)
    if len(run) > LONGEST:
        raise ParameterError(f"命令过长 the command is too long for schtasks ({len(run)} > {LONGEST})；用较短的目录 use shorter folders", where="/TR")
    minutes = schedule.expression.minutes
    first, step = minutes[0], math.gcd(60, *(minute - minutes[0] for minute in minutes))
    every = ["/SC", "HOURLY", "/MO", "1"] if step == 60 else ["/SC", "MINUTE", "/MO", str(step)]
    return subprocess.list2cmdline(
        ["schtasks", "/Create", "/F", "/TN", _task(schedule.name), *every, "/ST", f"00:{first % step if step < 60 else first:02d}", "/TR", run]
    )


def delete(name: str) -> str:
    """Return the command that removes the task."""
    return subprocess.list2cmdline(["schtasks", "/Delete", "/F", "/TN", _task(name)])


def _task(name: str) -> str:
    return f"zhibiao\\{name}"
