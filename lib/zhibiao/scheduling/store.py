"""What schedules there are, and what each has done: a private folder of the user, one folder a schedule.

``<home>/schedules/<name>/`` holds ``schedule.json``, ``last.json`` (the last run), ``log.txt`` and ``verdicts.json``; ``<home>/notices.yaml`` says whom to tell.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from zhibiao.errors import OutputError, ParameterError, closest
from zhibiao.holding import locked
from zhibiao.model.record import Identifier, Record, Text
from zhibiao.scheduling.expression import Expression, parse, zone
from zhibiao.wholefile import write_whole

Via = Literal["systemd", "cron", "by-hand"]

_SCHEDULE, _LAST, _VERDICTS, LOG = "schedule.json", "last.json", "verdicts.json", "log.txt"


class Schedule(Record):
    """A batch and when it starts. All paths are absolute."""

    name: Identifier
    batch: Text
    at: Text
    tz: Text
    out: Text
    data: Text | None = None
    scheduler: Text | None = None
    """Of a Dask cluster."""
    via: Via
    made: AwareDatetime
    """What is due before is not caught up."""

    @property
    def expression(self) -> Expression:
        return parse(self.at, self.name)

    @property
    def zone(self) -> dt.tzinfo:
        return zone(self.tz, self.name)

    def next(self, after: dt.datetime) -> dt.datetime | None:
        """Return the next time, in the schedule's zone."""
        return self.expression.next(self.zone, after)


class Last(Record):
    """How the last run that came to its end ended."""

    started: AwareDatetime
    ended: AwareDatetime
    exit_code: int


def home(given: Path | None = None) -> Path:
    """Return the folder of schedules and notices: the given one, else the user's own for settings."""
    if given is not None:
        return given.absolute()
    chosen = os.environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME", "")
    return (Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".config") / "zhibiao"


def folder(base: Path, name: str) -> Path:
    """Return the folder of one schedule."""
    return base / "schedules" / name


def names(base: Path) -> list[str]:
    """Return the schedules there are."""
    place = base / "schedules"
    return sorted(path.parent.name for path in place.glob(f"*/{_SCHEDULE}")) if place.is_dir() else []


def load(base: Path, name: str) -> Schedule:
    """Return a schedule by its name.

    Raises
    ------
    ParameterError
        There is none, or its file is broken.
    """
    known = names(base)
    if name not in known:
        raise ParameterError(f"没有此计划 no such schedule {name!r}", where="NAME", allowed=known or None, nearest=closest(name, known))
    path = folder(base, name) / _SCHEDULE
    try:
        return Schedule.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        raise ParameterError("计划文件损坏，请重新安装 the schedule's file is broken; install it again with --replace", where=str(path)) from None


def save(base: Path, schedule: Schedule) -> None:
    """Write a schedule down; its folder is the user's alone.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    place = folder(base, schedule.name)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
    except OSError as error:
        raise OutputError(f"无法写入 cannot be written: {error.strerror}", where=str(place)) from None
    write_whole(place / _SCHEDULE, _text(schedule))


def forget(base: Path, name: str) -> None:
    """Remove what is known of a schedule; what else somebody put into its folder stays."""
    place = folder(base, name)
    for path in (place / _SCHEDULE, place / _LAST, place / _VERDICTS, place / ".lock", *place.glob(f"{LOG}*")):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        place.rmdir()


def last(base: Path, name: str) -> Last | None:
    """Return how the last run ended; None where there was none."""
    try:
        return Last.model_validate_json((folder(base, name) / _LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        return None


def note(base: Path, name: str, ended: Last) -> None:
    """Write down how a run ended."""
    write_whole(folder(base, name) / _LAST, _text(ended))


def verdicts(base: Path, name: str) -> dict[str, str]:
    """Return the verdicts that were last told of, by region, scenario and statement."""
    try:
        found = json.loads((folder(base, name) / _VERDICTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def note_verdicts(base: Path, name: str, found: dict[str, str]) -> None:
    """Write down the verdicts that were told of."""
    text = json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    write_whole(folder(base, name) / _VERDICTS, text.encode("utf-8"))


@contextlib.contextmanager
def held(place: Path, busy: str) -> Iterator[None]:
    """Hold a schedule, or all of them, for this process.

    Raises
    ------
    OutputError
        Another process holds it: the message is `busy`, with that process's number; or the folder cannot be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(place))
        except OutputError as error:
            if isinstance(error.__cause__, OSError):
                raise
            try:
                holder = (place / ".lock").read_text(encoding="ascii").strip() or "?"
            except (OSError, ValueError):
                holder = "?"
            raise OutputError(f"{busy} ({holder})") from None
        yield


def _text(record: Record) -> bytes:
    return (record.model_dump_json(indent=1) + "\n").encode("utf-8")
