"""Schedules as user timers of systemd: ``zhibiao-<name>.timer`` and ``.service`` in the user's unit folder, marked in their first line."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Sequence
from pathlib import Path

from zhibiao.errors import OutputError, ParameterError
from zhibiao.scheduling.calendar import on_calendar
from zhibiao.scheduling.programs import ask, there
from zhibiao.scheduling.store import Schedule
from zhibiao.wholefile import write_whole


def units(schedule: Schedule, home: Path, words: Sequence[str]) -> dict[str, str]:
    """Return the unit files for a schedule, by their names.

    Raises
    ------
    ParameterError
        A path cannot be written into a unit.
    """
    mark = _mark(schedule.name, home)
    times = "\n".join(f"OnCalendar={value}" for value in on_calendar(schedule.expression, schedule.tz))
    return {
        f"{_stem(schedule.name)}.service": f"""{mark}
[Unit]
Description=指标 zhibiao: {schedule.name}

[Service]
Type=oneshot
ExecStart={command(words)}
# the batch ends its own workers
KillMode=mixed
""",
        f"{_stem(schedule.name)}.timer": f"""{mark}
[Unit]
Description=指标 zhibiao: {schedule.name}

[Timer]
{times}
# made up for after the machine was off
Persistent=true

[Install]
WantedBy=timers.target
""",
    }


def command(words: Sequence[str]) -> str:
    r"""Return words as systemd reads them in ``ExecStart=``: quoted, with ``%``, ``$``, ``"`` and ``\`` escaped.

    Raises
    ------
    ParameterError
        A word holds a line end, or the program's own path a quote, a backslash or a dollar sign, which systemd does not take there.

    Examples
    --------
    >>> command(["/opt/a b/python", "月报 100%", "$HOME"])
    '"/opt/a b/python" "月报 100%%" "$$HOME"'
    """
    for word in words:
        if re.search(r"[\x00-\x1f\x7f]", word):
            raise ParameterError("路径含换行，不能写入 systemd 单元 a path with a line end cannot stand in a unit", where=repr(word))
    if found := re.search(r"""[$"'\\]""", words[0]):
        raise ParameterError(f"Python 的路径含 {found[0]}，systemd 不接受 the path of Python holds {found[0]}, which systemd does not take", where=words[0])
    escaped = [re.sub(r'(["\\])', r"\\\1", word).replace("%", "%%") for word in words]
    return " ".join([f'"{escaped[0]}"', *(f'"{word}"'.replace("$", "$$") for word in escaped[1:])])


def _stem(name: str) -> str:
    return f"zhibiao-{name}"


def _mark(name: str, home: Path) -> str:
    return f"# zhibiao schedule {name} {home}"


def unit_folder() -> Path:
    """Return where the user's own units lie."""
    chosen = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (chosen if chosen.is_absolute() else Path.home() / ".config") / "systemd" / "user"


def installed(home: Path) -> list[str]:
    """Return the names of the schedules of `home` that have a timer."""
    place = unit_folder()
    found = (path for path in sorted(place.glob("zhibiao-*.timer")) if not path.is_symlink()) if place.is_dir() else ()
    return [name for path in found if _is_ours(path, name := path.stem.removeprefix("zhibiao-"), home)]


def _is_ours(path: Path, name: str, home: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8").split("\n", 1)[0] == _mark(name, home)
    except (OSError, UnicodeDecodeError):
        return False


def install(schedule: Schedule, home: Path, words: Sequence[str]) -> list[str]:
    """Write the units, start the timer, and return what was written where.

    Raises
    ------
    OutputError
        A unit of this name belongs to somebody else, or systemd refused it; then nothing is left.
    """
    place, texts = unit_folder(), units(schedule, home, words)
    for name in texts:
        if (place / name).exists() and not _is_ours(place / name, schedule.name, home):
            raise OutputError("已有同名单元，不是本计划的 there is a unit of this name that is not this schedule's", where=str(place / name))
    for name, text in texts.items():
        write_whole(place / name, text.encode("utf-8"))
    _forget_times(schedule.name)
    for words in (["daemon-reload"], ["enable", "--now", f"{_stem(schedule.name)}.timer"]):
        said = ask(["systemctl", "--user", *words])
        if said.code != 0:
            remove(schedule.name, home)
            raise OutputError(f"systemd 未接受 systemd refused it: {said.why}", where=f"{_stem(schedule.name)}.timer")
    return [str(place / name) for name in texts]


def remove(name: str, home: Path) -> bool:
    """Stop a schedule's timer and remove its units; return whether there were any. What is not marked as ours stays."""
    place = unit_folder()
    ours = [path for ending in ("timer", "service") if _is_ours(path := place / f"{_stem(name)}.{ending}", name, home)]
    if ours:
        _forget_times(name)
        for path in ours:
            path.unlink()
        ask(["systemctl", "--user", "daemon-reload"])
    return bool(ours)


def _forget_times(name: str) -> None:
    """Stop a timer and have systemd forget when it last ran: a schedule makes up for nothing from before it was installed."""
    ask(["systemctl", "--user", "disable", "--now", f"{_stem(name)}.timer"])
    ask(["systemctl", "--user", "clean", "--what=state", f"{_stem(name)}.timer"])


def hindrance() -> str | None:
    """Why no timer can be started; None where one can."""
    if not there("systemctl"):
        return "没有 systemd there is no systemd"
    said = ask(["systemctl", "--user", "show-environment"])
    return None if said.code == 0 else f"够不着用户的 systemd the user's systemd cannot be reached: {said.why}"


def lingers() -> bool:
    """Whether the user's timers run while the user is not logged in."""
    user = getpass.getuser()
    said = ask(["loginctl", "show-user", user, "--property=Linger", "--value"])
    if said.code == 0:
        return said.out.strip() == "yes"
    return (Path("/var/lib/systemd/linger") / user).exists()


def sleeping() -> str | None:
    """What keeps the timer from running; None where it runs in any case."""
    if lingers():
        return None
    return (
        "注销后不会运行，下次登录时补做 it does not run while you are logged out; what was missed is made up for at the next login"
        f"；要一直运行 to have it run always: loginctl enable-linger {getpass.getuser()}"
    )
