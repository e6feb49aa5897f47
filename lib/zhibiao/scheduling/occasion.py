"""One run of a schedule: is it due, may it start, the batch with the day's date, the log, and who is told."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from zhibiao.errors import OutputError, ZhibiaoError
from zhibiao.holding import locked
from zhibiao.scheduling import store
from zhibiao.scheduling.log import Log
from zhibiao.scheduling.store import Last, Schedule

if TYPE_CHECKING:
    from zhibiao.running.job import BatchResult
    from zhibiao.scheduling.changes import Verdict

PATIENCE = 3600.0
"""Seconds to wait for another batch that writes into the same outputs."""


def due(schedule: Schedule, last: Last | None, now: dt.datetime) -> dt.datetime | None:
    """Return the first time that has passed since the last run, or since the installation, and was not served."""
    since = max(schedule.made, last.started) if last is not None else schedule.made
    moment = schedule.next(since)
    return moment if moment is not None and moment <= now else None


def run_now(name: str, home: Path, *, if_due: bool = False, logged: bool = False) -> int:
    """Run a schedule's batch and tell who wants to know; return its exit code.

    Parameters
    ----------
    name : str
        Of the schedule.
    home : Path
        Where schedules are stored.
    if_due : bool
        Only where a time has passed that was not served.
    logged : bool
        What is said goes into the schedule's log instead of the terminal.

    Raises
    ------
    ParameterError
        There is no such schedule.
    OutputError
        It is running already. Where that was to be expected (`if_due`), it is not an error.
    """
    schedule = store.load(home, name)
    place = store.folder(home, name)

    def wanted() -> bool:
        return not if_due or due(schedule, store.last(home, name), dt.datetime.now(dt.UTC)) is not None

    if not wanted():
        return 0
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(store.held(place, f"{name} 正在运行，本次不再启动 is running already: not started a second time"))
        except OutputError as error:
            # asked every hour, and a batch may take longer; a folder that cannot be written is named in `where`
            if if_due and error.where is None:
                return 0
            raise
        if not wanted():  # another one was quicker
            return 0
        if logged:
            stream = stack.enter_context(Log(place / store.LOG))
            stack.enter_context(contextlib.redirect_stdout(stream))
            stack.enter_context(contextlib.redirect_stderr(stream))
        with _in_zone(schedule.tz):
            return _carried_out(schedule, home)


@contextlib.contextmanager
def _in_zone(name: str) -> Iterator[None]:
    """Have this process live in the schedule's zone, so that the month of a kept state is that of the zone."""
    if not hasattr(time, "tzset"):  # Windows reads TZ in a way of its own, and wrongly
        yield
        return
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def _carried_out(schedule: Schedule, home: Path) -> int:
    """Run the batch, note how it ended, tell; an interrupted run counts as not having been."""
    from zhibiao.running.job import INTERRUPTED

    started = dt.datetime.now(schedule.zone)
    print(f"# {schedule.name} {started.isoformat(timespec='seconds')}", flush=True)
    outcome: BatchResult | ZhibiaoError
    before = _known(schedule, home)
    try:
        _wait(Path(schedule.out))
        outcome = _batch(schedule, f"{started:%Y-%m-%d}")
        code = outcome.exit_code
    except ZhibiaoError as error:
        outcome, code = error, error.exit_code
        print(f"错误 error: {error}", file=sys.stderr, flush=True)
    except Exception as error:  # nobody sits before the screen: whatever it is has to be told
        traceback.print_exc()
        outcome = ZhibiaoError(f"程序出错 the program failed: {type(error).__name__}: {error}")
        code = outcome.exit_code
    if code == INTERRUPTED:
        return code
    ended = dt.datetime.now(schedule.zone)
    faults = _told(schedule, home, outcome, before, ended)
    try:
        store.note(home, schedule.name, Last(started=started, ended=ended, exit_code=code))
    except OutputError as error:
        faults.append(error)
    for fault in faults:
        print(f"错误 error: {fault}", file=sys.stderr, flush=True)
    return code or max((fault.exit_code for fault in faults), default=0)


def _batch(schedule: Schedule, day: str) -> BatchResult:
    from zhibiao.running.batch import batch

    data = None if schedule.data is None else Path(schedule.data)
    return batch(Path(schedule.batch), out=Path(schedule.out), data=data, report_date=day, scheduler=schedule.scheduler)


def _wait(out: Path) -> None:
    """Wait until no other batch writes into the outputs.

    Raises
    ------
    OutputError
        One goes on for too long, or the outputs cannot be written.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with locked(out):
                return
        except OutputError as error:
            if isinstance(error.__cause__, OSError) or time.monotonic() > until:
                raise
        time.sleep(1.0)


def _known(schedule: Schedule, home: Path) -> dict[str, str]:
    """The verdicts before the run: those that were told of last, and of targets never told of those that are published."""
    published: dict[str, str] = {}
    with contextlib.suppress(ZhibiaoError):  # a broken summary, or batch file, is what the batch itself speaks of
        published = {key: verdict.verdict for key, verdict in _published(schedule).items()}
    return {**published, **store.verdicts(home, schedule.name)}


def _published(schedule: Schedule) -> dict[str, Verdict]:
    from zhibiao.catalogue.yamlfile import Document
    from zhibiao.scheduling.changes import of_batch

    content = Document(Path(schedule.batch)).content
    name = content.get("name") if isinstance(content, dict) else None
    return of_batch(Path(schedule.out) / name) if isinstance(name, str) else {}


def _told(
    schedule: Schedule, home: Path, outcome: BatchResult | ZhibiaoError, before: dict[str, str], ended: dt.datetime
) -> list[ZhibiaoError]:
    """Say how it ended and which verdicts have changed; return what kept somebody from being told."""
    from zhibiao.running.job import without_paths
    from zhibiao.scheduling import notices
    from zhibiao.scheduling.changes import compared

    faults: list[ZhibiaoError] = []
    problems: list[str] = []
    counts: dict[str, int] = {}
    now: dict[str, Verdict] = {}
    if isinstance(outcome, ZhibiaoError):
        problems.append(str(outcome))
        code = outcome.exit_code
    else:
        code = outcome.exit_code
        counts = {status: sum(run.status == status for run in outcome.runs) for status in ("ok", "cached", "failed")}
        problems += [f"{run.task.name}: {without_paths(str(run.error))}" for run in outcome.runs if run.error is not None]
        problems += [str(outcome.fault)] if outcome.fault is not None else []
        try:
            now = _published(schedule)
        except ZhibiaoError as error:
            faults.append(error)
    changes = compared(before, now)
    kind: notices.Kind = "failure" if code else "changes" if changes else "success"
    notice = notices.Notice(schedule.name, ended, kind, code, counts, tuple(problems), tuple(changes))
    print(notice.text, flush=True)
    try:
        settings = notices.read(home)
        if settings is not None:
            faults += notices.tell(notice, settings)
    except ZhibiaoError as error:
        faults.append(error)
    if now and not faults:  # what could not be told is told next time
        try:
            store.note_verdicts(home, schedule.name, {**before, **{key: verdict.verdict for key, verdict in now.items()}})
        except OutputError as error:
            faults.append(error)
    return faults
