"""When a schedule is due: the five fields of cron, in a given time zone.

The rules are those of crontab(5). A day matches by day of month *or* day of week where both are restricted, by both where either
begins with ``*``.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zhibiao.errors import ParameterError, closest

EXAMPLES = ("0 6 5 * *", "30 7 * * mon-fri", "0 6 1,15 * *", "@monthly", "@weekly", "@daily")

NAMED: Mapping[str, str] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_HORIZON = 366 * 41
"""Days ahead in which a time must come: 29 February on a given day of the week may be 40 years away (over 2100)."""


@dataclass(frozen=True)
class _Field:
    """One of the five: its name in both languages, its limits, and words for its numbers, the first for `first`."""

    zh: str
    en: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    first: int = 0


_FIELDS = (
    _Field("分", "minute", 0, 59),
    _Field("时", "hour", 0, 23),
    _Field("日", "day of month", 1, 31),
    _Field("月", "month", 1, 12, _MONTHS, 1),
    _Field("星期", "day of week", 0, 7, _DAYS),
)


@dataclass(frozen=True)
class Expression:
    """A cron expression, understood.

    Attributes
    ----------
    text : str
        As written.
    minutes, hours, days, months : tuple of int
        Ascending.
    weekdays : tuple of int
        Sunday is 0.
    any_day, any_weekday : bool
        The field begins with ``*``.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    any_day: bool
    any_weekday: bool

    @property
    def either(self) -> bool:
        """Whether a day matches by day of month or by day of week, not by both."""
        return not (self.any_day or self.any_weekday)

    def on(self, day: dt.date) -> bool:
        """Whether the expression names a time on this day."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return (by_day or by_weekday) if self.either else (by_day and by_weekday)

    def times(self, zone: dt.tzinfo, after: dt.datetime) -> Iterator[dt.datetime]:
        """Yield the times after a moment, in `zone`, as long as the calendar reaches.

        A time that the zone leaves out in spring comes as much later as the clock is put forward; one that it has twice in autumn
        comes once, the first time.

        Parameters
        ----------
        zone : tzinfo
            In which the expression is meant.
        after : datetime
            With a zone; excluded.
        """
        start = after.astimezone(zone).date() - dt.timedelta(days=1)
        for number in range(_HORIZON + 1):
            try:
                day = start + dt.timedelta(days=number)
            except OverflowError:
                return
            if not self.on(day):
                continue
            clock = (dt.datetime(day.year, day.month, day.day, h, m, tzinfo=zone) for h in self.hours for m in self.minutes)
            # there and back: a time that the zone leaves out becomes the one that its clocks show then
            moments = {moment.astimezone(dt.UTC) for moment in clock}
            yield from (moment.astimezone(zone) for moment in sorted(moments) if moment > after)

    def next(self, zone: dt.tzinfo, after: dt.datetime) -> dt.datetime | None:
        """Return the first time after a moment; None where there is none any more."""
        return next(self.times(zone, after), None)


def parse(text: str, where: str = "--at") -> Expression:
    """Read a cron expression.

    Parameters
    ----------
    text : str
        Five fields, or one of ``@yearly``, ``@monthly``, ``@weekly``, ``@daily``, ``@hourly``.
    where : str
        How messages call the place it was given in.

    Raises
    ------
    ParameterError
        Which field is wrong, what is allowed there, the nearest; or no day has such a date.

    Examples
    --------
    >>> parse("0 6 5 * *").next(dt.timezone.utc, dt.datetime(2026, 1, 5, 6, tzinfo=dt.timezone.utc)).isoformat()
    '2026-02-05T06:00:00+00:00'
    """
    written = text.strip()
    if written.startswith("@"):
        if written.lower() not in NAMED:
            what = (
                "开机时运行不是日程 a start with the machine is no schedule; 关机错过的会补做 missed times are caught up"
                if written.lower() == "@reboot"
                else f"没有 no such name {written!r}"
            )
            raise ParameterError(what, where=where, allowed=NAMED, nearest=closest(written, NAMED))
        written = NAMED[written.lower()]
    parts = written.split()
    if len(parts) != len(_FIELDS):
        named = "分 minute, 时 hour, 日 day of month, 月 month, 星期 day of week"
        raise ParameterError(f"应有五项 five fields are needed ({named})，给了 given: {len(parts)}", where=where, allowed=EXAMPLES)
    values = [_values(part, field, where) for part, field in zip(parts, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = (tuple(sorted(found)) for found in values)
    weekdays = tuple(sorted({day % 7 for day in weekdays}))
    found = Expression(text.strip(), minutes, hours, days, months, weekdays, parts[2].startswith("*"), parts[4].startswith("*"))
    if found.next(dt.UTC, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) is None:
        raise ParameterError(f"{text.strip()!r} 没有这样的日子 no day is such a day", where=where, allowed=EXAMPLES)
    return found


def _values(part: str, field: _Field, where: str) -> set[int]:
    """Return the numbers that one field names."""
    found: set[int] = set()
    for item in part.split(","):
        body, slash, step = item.partition("/")
        low, dash, high = body.partition("-")
        if slash and not (re.fullmatch(r"[0-9]{1,2}", step) and int(step) >= 1):
            raise _wrong(field, item, where, "步长应为正整数 the step is a positive number", nearest=f"{body}/1")
        if body == "*":
            first, last = field.low, field.high
        else:
            first = _number(low, field, item, where)
            last = _number(high, field, item, where) if dash else first
            if slash and not dash:
                raise _wrong(field, item, where, "步长前须有范围 a step needs a range", nearest=f"{body}-{field.high}/{step}")
            if field.words == _DAYS and dash and high.lower() == "sun":
                last = 7
        if first > last:
            raise _wrong(field, item, where, "范围倒置 the range is upside down", nearest=f"{high}-{low}")
        found.update(range(first, last + 1, int(step or 1)))
    return found


def _number(text: str, field: _Field, item: str, where: str) -> int:
    if text.lower() in field.words:
        return field.words.index(text.lower()) + field.first
    if not re.fullmatch(r"[0-9]{1,2}", text):
        why = "不是数字 is not a number" if text else "缺一个数 a number is missing"
        raise _wrong(field, item, where, why, nearest=closest(text, field.words))
    number = int(text)
    if not field.low <= number <= field.high:
        near = str(min(max(number, field.low), field.high))
        raise _wrong(field, item, where, f"{number} 超出范围 is out of range", nearest=near)
    return number


def _wrong(field: _Field, item: str, where: str, why: str, nearest: str | None) -> ParameterError:
    allowed = [f"{field.low}-{field.high}", *(["-".join((field.words[0], field.words[-1]))] if field.words else [])]
    return ParameterError(
        f"{field.zh} {field.en} {item!r}: {why}", where=where, allowed=[*allowed, "*", "a-b", "a,b", "*/n", "a-b/n"], nearest=nearest
    )


@functools.lru_cache(maxsize=32)
def zone(name: str, where: str = "--tz") -> zoneinfo.ZoneInfo:
    """Return a time zone by its name in the tz database.

    Raises
    ------
    ParameterError
        There is none; the nearest is named.
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(zoneinfo.available_timezones())
        tail = {name.rpartition("/")[2]: name for name in reversed(known)}
        near = closest(name, known) or tail.get(closest(name, tail) or "")
        raise ParameterError(
            f"未知时区 unknown time zone {name!r}", where=where, allowed=["Asia/Shanghai", "Asia/Urumqi", "UTC", "Europe/Berlin"], nearest=near
        ) from None
