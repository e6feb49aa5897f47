"""Installing, listing and removing schedules."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zhibiao.errors import ParameterError, ToolMissing, ZhibiaoError
from zhibiao.scheduling import crontab, schtasks, store, systemd
from zhibiao.scheduling.choosing import choose, to_print
from zhibiao.scheduling.programs import there
from zhibiao.scheduling.store import Last, Schedule, Via

if TYPE_CHECKING:
    from zhibiao.running.batchfile import Batch


@dataclass(frozen=True)
class Installed:
    """What an installation did, or would do.

    Attributes
    ----------
    schedule : Schedule
        As stored.
    text : tuple of str
        The lines written, or to be written by hand.
    doubts : tuple of str
        What will not run, and when.
    next : datetime, optional
        In the schedule's zone.
    """

    schedule: Schedule
    text: tuple[str, ...]
    doubts: tuple[str, ...]
    next: dt.datetime | None


@dataclass(frozen=True)
class Listed:
    """One schedule and how it stands; ``there`` says whether its timer or line is still where it was put (None: not ours to see)."""

    schedule: Schedule
    there: bool | None
    last: Last | None
    next: dt.datetime | None


def plan(
    batch: Path, at: str, *, tz: str, name: str | None, via: str, out: str, data: Path | None, now: dt.datetime,
    scheduler: str | None = None, printing: bool = False,
) -> tuple[Schedule, list[str]]:  # fmt: skip
    """Check everything a schedule needs and return it with what will not run as one might think; nothing is written.

    Parameters
    ----------
    batch : Path
        The batch file; it is read and checked like before a run.
    at, tz : str
        Cron expression and the zone it is meant in.
    name : str, optional
        Default: the batch's.
    via : str
        One of `choosing.VIAS`.
    out : str
        A folder.
    data : Path, optional
        The overlay.
    now : datetime
        With a zone.
    scheduler : str, optional
        Of a Dask cluster, as for a batch.
    printing : bool
        It is not to be installed here: what is missing here does not matter.

    Raises
    ------
    ParameterError
        Expression, zone, name, `via` or the batch file is wrong.
    ToolMissing
        What was asked for, or everything, is not to be had here.
    """
    from zhibiao.catalogue.load import overlays
    from zhibiao.running import batchfile
    from zhibiao.running.cluster import parse
    from zhibiao.running.run import NOTEBOOKS
    from zhibiao.running.store import is_url

    if is_url(out):
        raise ParameterError("定时批次只写本机目录 a schedule writes into a folder of this machine only", where="--out")
    if scheduler is not None:
        parse(scheduler)
    overlay = next(iter(overlays(data)), None)
    checked = batchfile.read(batch, notebooks=NOTEBOOKS, data=data)
    chosen, doubts = to_print(via) if printing else choose(via)
    try:
        schedule = Schedule(
            name=checked.file.name if name is None else name, batch=str(batch.absolute()), at=at, tz=tz, out=str(Path(out).absolute()),
            scheduler=scheduler, data=None if overlay is None else str(overlay.absolute()), via=chosen, made=now,
        )  # fmt: skip
    except ValueError:
        raise ParameterError(f"名称只用小写字母、数字、- 和 _ a name has lower case letters, digits, - and _ only: {name!r}", where="--name") from None
    # both are read here to be refused here
    assert schedule.zone is not None and schedule.expression is not None
    return schedule, [*doubts, *_dated(checked, batch)]


def _dated(checked: Batch, batch: Path) -> list[str]:
    if checked.undated:
        return []
    return [f"{batch.name} 写定了 report_date，每次都印这一天 gives report_date: every run prints that day, not its own"]


def install(schedule: Schedule, home: Path, doubts: Sequence[str], *, replace: bool, now: dt.datetime) -> Installed:
    """Store a schedule and have it started.

    Raises
    ------
    ParameterError
        There is one of this name, or a path cannot be written where it has to.
    OutputError
        Something could not be written, or was not accepted; the schedule is not installed then.
    """
    with store.held(home / "schedules", "另一处正在安装计划 somebody else is installing a schedule"):
        stored = schedule.name in store.names(home)
        if stored and not replace:
            raise ParameterError("已有同名计划，要替换加 --replace there is a schedule of this name; --replace it, or give another --name", where=schedule.name)
        older = _readable(schedule.name, home) if stored else None
        text(schedule, home, now)  # what cannot be written is refused before anything is stored
        store.save(home, schedule)
        try:
            written = _start(schedule, home, now)
        except BaseException:
            if older is None:
                store.forget(home, schedule.name)
            else:
                store.save(home, older)
                with contextlib.suppress(ZhibiaoError):
                    _start(older, home, now)
            raise
        if stored:
            _withdraw(schedule.name, home, [via for via in _from(older) if via != schedule.via])
    return Installed(schedule, tuple(written), tuple(doubts), schedule.next(now))


def text(schedule: Schedule, home: Path, now: dt.datetime) -> list[str]:
    """Return what is written for a schedule: units with their names, the lines of the crontab, or the command for an administrator."""
    words = command(schedule, home)
    if schedule.via == "systemd":
        units = systemd.units(schedule, home, words)
        return [line for name, unit in units.items() for line in (f"### {systemd.unit_folder() / name}", *unit.splitlines())]
    if schedule.via == "by-hand" and os.name == "nt":
        return [schtasks.create(schedule, words)]
    return crontab.block(schedule, home, words, now).splitlines()


def command(schedule: Schedule, home: Path) -> list[str]:
    """Return the words that start a schedule, as they stand in its unit or line."""
    # -P: no folder it happens to be started in is searched for modules
    words = [sys.executable, "-P", "-m", "zhibiao", "schedule", "run-now", schedule.name, "--folder", str(home)]
    return [*words, "--scheduled" if schedule.via == "systemd" else "--if-due"]


def listed(home: Path, now: dt.datetime) -> tuple[list[Listed], list[str]]:
    """Return the schedules there are, whether what starts them is still there; and the names of those whose file is broken."""
    timers = systemd.installed(home) if os.name != "nt" else []
    try:
        lines = crontab.installed(crontab.read(), home) if os.name != "nt" else []
    except ToolMissing:
        lines = []
    seen = {"systemd": timers, "cron": lines}
    known = {name: _readable(name, home) for name in store.names(home)}
    found = [
        Listed(
            schedule, schedule.name in seen[schedule.via] if schedule.via in seen else None,
            store.last(home, schedule.name), schedule.next(now),
        )
        for schedule in known.values() if schedule is not None
    ]  # fmt: skip
    return found, [name for name, schedule in known.items() if schedule is None]


def remove(name: str, home: Path) -> list[str]:
    """Remove a schedule and what starts it; return what is left to do by hand.

    Raises
    ------
    ParameterError
        There is no such schedule.
    OutputError
        It is running, or the crontab could not be written.
    """
    with store.held(home / "schedules", "另一处正在安装计划 somebody else is installing a schedule"):
        schedule = _readable(name, home)
        with store.held(store.folder(home, name), f"{name} 正在运行，请等它结束 is running, please wait until it ends"):
            _withdraw(name, home, _from(schedule))
        store.forget(home, name)
    if schedule is not None and schedule.via != "by-hand":
        return []
    return [schtasks.delete(name) if os.name == "nt" else f"crontab: {crontab.begin(name, home)} …"]


def _start(schedule: Schedule, home: Path, now: dt.datetime) -> list[str]:
    """Have a schedule started, in place of an older one of its name and kind, and return what was written."""
    words = command(schedule, home)
    if schedule.via == "systemd":
        return systemd.install(schedule, home, words)
    if schedule.via == "cron":
        return crontab.install(schedule, home, words, now)
    return text(schedule, home, now)


def _readable(name: str, home: Path) -> Schedule | None:
    """Return a stored schedule; None where its file is broken: then it may have been started in any way."""
    if name in store.names(home):
        with contextlib.suppress(ParameterError):
            return store.load(home, name)
        return None
    return store.load(home, name)  # says which there are


def _from(schedule: Schedule | None) -> list[Via]:
    return [schedule.via] if schedule is not None else ["systemd", "cron"]


def _withdraw(name: str, home: Path, vias: Sequence[Via]) -> None:
    """Take out what starts a schedule."""
    if "systemd" in vias:
        systemd.remove(name, home)
    if "cron" in vias:
        if not there("crontab"):
            raise ToolMissing("没有 crontab 命令，无法取出那一行 there is no crontab command to take the line out with", where=name)
        crontab.remove(name, home)
