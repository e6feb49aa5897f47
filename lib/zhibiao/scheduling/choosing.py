"""Who starts a schedule: a user timer of systemd, the user's cron, or whoever is told to by hand; and what will not run then."""

from __future__ import annotations

import os
from collections.abc import Mapping

from zhibiao.errors import ParameterError, ToolMissing, closest
from zhibiao.scheduling import crontab, systemd
from zhibiao.scheduling.store import Via

VIAS = ("auto", "systemd", "cron", "by-hand")


def to_print(via: str) -> tuple[Via, list[str]]:
    """Return what was asked for, whether or not it is to be had here; left open, what is here, else the line of a crontab."""
    _known(via)
    asked: Mapping[str, Via] = {"systemd": "systemd", "cron": "cron", "by-hand": "by-hand"}
    if via in asked:
        return asked[via], []
    try:
        return choose(via)
    except ToolMissing:
        return "by-hand", []


def choose(via: str) -> tuple[Via, list[str]]:
    """Return who starts the schedule: a timer that runs while nobody is logged in, else cron, else a timer that does not.

    Raises
    ------
    ParameterError
        There is no such way.
    ToolMissing
        What was asked for, or everything, is not to be had here: why.
    """
    _known(via)
    if via == "by-hand" or (via == "auto" and os.name == "nt"):
        return "by-hand", []
    timers = None if via == "cron" else systemd.hindrance()
    lines = None if via == "systemd" else crontab.hindrance()
    if via == "auto":
        if timers is None and (lines is not None or crontab.sleeping() is not None or systemd.lingers()):
            via = "systemd"
        elif lines is None:
            via = "cron"
        else:
            raise ToolMissing(
                f"既无 systemd 也无 cron 可用 neither systemd nor cron can be used: {timers}; {lines}；"
                "可打印后交管理员 print it for an administrator: --via by-hand",
                where="--via",
            )
    why = timers if via == "systemd" else lines
    if why is not None:
        raise ToolMissing(why, where=f"--via {via}", allowed=[way for way in VIAS if way != via])
    doubt = systemd.sleeping() if via == "systemd" else crontab.sleeping()
    return ("systemd" if via == "systemd" else "cron"), [doubt] if doubt else []


def _known(via: str) -> None:
    if via not in VIAS:
        raise ParameterError(f"没有 no such way {via!r}", where="--via", allowed=VIAS, nearest=closest(via, VIAS))
