"""The same times in the words of systemd.time(7): one OnCalendar line, or two where cron means either of two days."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.scheduling.expression import Expression

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def on_calendar(expression: Expression, zone: str) -> list[str]:
    """Return the values of ``OnCalendar=``; systemd takes several as either of them.

    Parameters
    ----------
    expression : Expression
        As understood.
    zone : str
        Name in the tz database; systemd takes it at the end of the line.

    Examples
    --------
    >>> from zhibiao.scheduling.expression import parse
    >>> on_calendar(parse("0 6 5 * mon"), "Asia/Shanghai")
    ['*-*-05 06:00:00 Asia/Shanghai', 'Mon *-*-* 06:00:00 Asia/Shanghai']
    """
    months = _listed(expression.months, 1, 12)
    days = _listed(expression.days, 1, 31)
    clock = f"{_listed(expression.hours, 0, 23)}:{_listed(expression.minutes, 0, 59)}:00"
    week = "" if len(expression.weekdays) == 7 else ",".join(_WEEKDAYS[day] for day in expression.weekdays) + " "
    if expression.either:
        # systemd wants both of a weekday and a date, cron either
        return [f"*-{months}-{days} {clock} {zone}", f"{week}*-{months}-* {clock} {zone}"]
    return [f"{week}*-{months}-{days} {clock} {zone}"]


def _listed(values: Sequence[int], low: int, high: int) -> str:
    """Write numbers as systemd reads them: ``*``, ``05``, ``01..05,15``."""
    if list(values) == list(range(low, high + 1)):
        return "*"
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ",".join(f"{run[0]:02d}" if len(run) == 1 else f"{run[0]:02d}..{run[-1]:02d}" for run in runs)
