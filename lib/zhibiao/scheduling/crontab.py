"""Schedules in the user's crontab: one line each, between two marks.

The line runs every hour, at the expression's minutes, and asks whether a time has passed that was not served. So the expression means
its own time zone whatever zone the daemon knows (CRON_TZ exists in some daemons only and would hold for the user's own lines below it),
and what was missed while the machine was off is made up for within the hour.
"""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from zhibiao.errors import OutputError, ParameterError, ToolMissing
from zhibiao.scheduling.programs import ask, there
from zhibiao.scheduling.store import Schedule

DAEMONS = ("cron", "crond", "fcron", "dcron")
LONGEST = 900
"""Characters of a command; cron daemons cut at about a thousand."""

_DAYS = 400


def block(schedule: Schedule, home: Path, words: Sequence[str], now: dt.datetime) -> str:
    """Return the marked lines for a schedule.

    Raises
    ------
    ParameterError
        A path cannot be written into a crontab.
    """
    return "\n".join((begin(schedule.name, home), f"{_minutes(schedule, now)} * * * * {command(words)}", _end(schedule.name), ""))


def command(words: Sequence[str]) -> str:
    """Return words as a command of a crontab: quoted for the shell, and ``%``, which cron takes for a line end, escaped.

    Raises
    ------
    ParameterError
        A word holds a line end or a backslash, which cron daemons read in different ways; or the line is too long.

    Examples
    --------
    >>> command(["/opt/a b/python", "月报 100%"])
    "'/opt/a b/python' '月报 100\\\\%'"
    """
    for word in words:
        if re.search(r"[\x00-\x1f\x7f\\]", word):
            raise ParameterError("路径含换行或反斜线，不能写入 crontab a path with a line end or a backslash cannot stand in a crontab", where=repr(word))
    text = " ".join(shlex.quote(word) for word in words).replace("%", r"\%")
    if len(text.encode("utf-8")) > LONGEST:
        raise ParameterError(f"命令过长 the command is too long for a crontab ({LONGEST} bytes)；用较短的目录 use shorter folders", where="crontab")
    return text


def _minutes(schedule: Schedule, now: dt.datetime) -> str:
    """The minute field: the expression's minutes in the machine's zone, which may lie half an hour beside the schedule's."""
    found = set()
    for day in range(_DAYS):
        moment = now + dt.timedelta(days=day)
        theirs, ours = moment.astimezone(schedule.zone).utcoffset(), moment.astimezone().utcoffset()
        shift = ((ours or dt.timedelta()) - (theirs or dt.timedelta())).total_seconds() // 60
        found |= {int(minute + shift) % 60 for minute in schedule.expression.minutes}
    return "*" if len(found) == 60 else ",".join(map(str, sorted(found)))


def begin(name: str, home: Path) -> str:
    """Return the line that stands before a schedule's own."""
    return f"# >>> zhibiao schedule {name} {home}"


def _end(name: str) -> str:
    return f"# <<< zhibiao schedule {name}"


def installed(text: str, home: Path) -> list[str]:
    """Return the names of the schedules of `home` in a crontab."""
    return [name for name, place in _marks(text) if place == str(home)]


def without(text: str, name: str, home: Path) -> str:
    """Return a crontab without the lines of one schedule; every other line stays as it is.

    Raises
    ------
    OutputError
        The closing mark is gone: what would have to go cannot be told.
    """
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        if bare == begin(name, home):
            inside = True
        elif inside and bare == _end(name):
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise OutputError(f"crontab 中缺少标记行，请手工改 a mark is missing from the crontab, please mend it by hand: {_end(name)}", where="crontab")
    return "".join(kept)


def _marks(text: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in re.finditer(r"^# >>> zhibiao schedule (\S+) (.*?)\r?$", text, flags=re.MULTILINE)]


def read() -> str:
    """Return the user's crontab; empty where there is none.

    Raises
    ------
    ToolMissing
        There is no crontab program, or this user may not use it.
    """
    said = ask(["crontab", "-l"])
    if said.code == 0:
        return said.out
    if re.search(r"\bno crontab\b", said.err + said.out, flags=re.IGNORECASE):
        return ""
    raise ToolMissing(f"crontab 不可用 crontab cannot be used: {said.why}{_rules()}", where="crontab")


def _rules() -> str:
    """Which file decides who may have a crontab."""
    for path in ("/etc/cron.allow", "/etc/cron.deny"):
        if Path(path).exists():
            return f"；由 {path} 规定，请管理员放行 {path} decides it, ask the administrator to let you"
    return ""


def write(text: str) -> None:
    """Replace the user's crontab.

    Raises
    ------
    OutputError
        The crontab program refused it; the old one stands.
    """
    said = ask(["crontab", "-"], text)
    if said.code != 0:
        raise OutputError(f"crontab 未接受 crontab refused it: {said.why}", where="crontab")


def install(schedule: Schedule, home: Path, words: Sequence[str], now: dt.datetime) -> list[str]:
    """Put a schedule's line into the crontab, in place of an older one, and return what was written."""
    lines = block(schedule, home, words, now)
    before = without(read(), schedule.name, home)
    write(before + ("\n" if before and not before.endswith("\n") else "") + lines)
    return lines.splitlines()


def remove(name: str, home: Path) -> bool:
    """Take a schedule's line out of the crontab; return whether there was one."""
    before = read()
    after = without(before, name, home)
    if after != before:
        write(after)
    return after != before


def hindrance() -> str | None:
    """Why no line can be written; None where one can."""
    if not there("crontab"):
        return "没有 crontab 程序 there is no crontab program"
    try:
        read()
    except ToolMissing as error:
        return error.what
    return None


def sleeping() -> str | None:
    """What keeps written lines from running; None where the daemon runs."""
    import psutil

    names = {process.info["name"] for process in psutil.process_iter(["name"])}
    if names & {*DAEMONS}:
        return None
    return "cron 守护进程没有运行，到时不会执行 no cron daemon is running: nothing will start until it does (systemctl enable --now cron)"
