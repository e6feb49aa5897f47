"""Times of a cron expression against a walk through every minute, and against systemd's own reading of them."""

import datetime as dt
import os
import re
import shutil
import subprocess
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import ParameterError
from zhibiao.scheduling.calendar import on_calendar
from zhibiao.scheduling.expression import parse, zone

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


@st.composite
def fields(draw, low: int, high: int, words: list[str] | None = None, first: int = 0):
    """A field as somebody writes it, and the numbers it stands for."""
    if draw(st.integers(0, 2)) == 0:
        step = draw(st.integers(1, high))
        star = draw(st.booleans())
        top = 6 if words is DAYS else high
        return ("*" if star else f"*/{step}"), set(range(low, top + 1, 1 if star else step))
    items, numbers = [], set()
    for _ in range(draw(st.integers(1, 3))):
        a = draw(st.integers(low, high))
        b = draw(st.integers(a, high))
        step = draw(st.integers(1, 9))

        def written(n: int) -> str:
            if words and n - first < len(words) and draw(st.booleans()):
                return draw(st.sampled_from([str.lower, str.upper, str.title]))(words[n - first])
            return draw(st.sampled_from([str(n), f"{n:02d}"]))

        kind = draw(st.sampled_from(["one", "range", "step"]))
        if kind == "one":
            items.append(written(a))
            numbers.add(a)
        else:
            items.append(f"{written(a)}-{written(b)}" + (f"/{step}" if kind == "step" else ""))
            numbers |= set(range(a, b + 1, step if kind == "step" else 1))
    return ",".join(items), numbers


@st.composite
def expressions(draw):
    parts = [
        draw(fields(0, 59)), draw(fields(0, 23)), draw(fields(1, 31)), draw(fields(1, 12, MONTHS, 1)), draw(fields(0, 7, DAYS)),
    ]  # fmt: skip
    return " ".join(text for text, _ in parts), [numbers for _, numbers in parts]


def matches(text: str, numbers: list[set[int]], moment: dt.datetime) -> bool:
    """crontab(5), read once more."""
    minute, hour, day, month, weekday = numbers
    if moment.minute not in minute or moment.hour not in hour or moment.month not in month:
        return False
    sunday_first = (moment.weekday() + 1) % 7
    on_weekday = sunday_first in weekday or (sunday_first == 0 and 7 in weekday)
    on_day = moment.day in day
    third, fifth = text.split()[2], text.split()[4]
    if third[0] == "*" or fifth[0] == "*":
        return on_day and on_weekday
    return on_day or on_weekday


def walked(text: str, numbers: list[set[int]], after: dt.datetime, days: int) -> list[dt.datetime]:
    """Every time within so many days, found minute by minute; hours that cannot match are passed over at once."""
    found, moment = [], after.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    end = after + dt.timedelta(days=days)
    while moment <= end:
        if moment.hour not in numbers[1] or moment.month not in numbers[3]:
            moment = moment.replace(minute=0) + dt.timedelta(hours=1)
            continue
        if matches(text, numbers, moment):
            found.append(moment)
        moment += dt.timedelta(minutes=1)
    return found


@settings(max_examples=120, deadline=None)
@given(expressions(), st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2031, 1, 1)))
def test_times_are_those_of_a_walk_through_every_minute(written, start):
    text, numbers = written
    if not any(matches(text, [{0}, {0}, *numbers[2:]], dt.datetime(2024, 1, 1) + dt.timedelta(days=n)) for n in range(366 * 30)):
        with pytest.raises(ParameterError, match="没有这样的日子"):
            parse(text)
        return
    expression = parse(text)
    after = start.replace(tzinfo=SHANGHAI)
    expected = walked(text, numbers, after, 40)[:50]
    got = []
    for moment in expression.times(SHANGHAI, after):
        if moment > after + dt.timedelta(days=40) or len(got) == 50:
            break
        got.append(moment)
    assert got == expected


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_reads_the_translation_as_the_same_times():
    written = [
        "0 6 5 * *", "0 6 5 * mon", "*/15 8-18 * * mon-fri", "0 6 */2 * 1", "5 4 29 2 *", "0 0 * * fri-sun", "30 7 1,15,31 */3 *",
        "0 0 13 * fri", "59 23 31 12 *", "0 6 28-31 * *", "7,19 1-3 * jun-aug sat,sun", "@monthly", "@weekly", "0 6 1 1 */2",
    ]  # fmt: skip
    base = dt.datetime(2026, 11, 26, 14, 50, tzinfo=dt.UTC)
    count = 6
    lines = [(text, line) for text in written for line in on_calendar(parse(text), "Asia/Shanghai")]
    said = subprocess.run(
        ["systemd-analyze", "calendar", f"--iterations={count}", "--base-time=2026-11-26 14:50:00 UTC", *(line for _, line in lines)],
        capture_output=True, encoding="utf-8", check=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
    ).stdout  # fmt: skip
    blocks = said.strip().split("\n\n")
    assert len(blocks) == len(lines)
    times: dict[str, set[dt.datetime]] = {}
    for (text, _), block in zip(lines, blocks, strict=True):
        stamps = re.findall(r"(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w+ (\S+ \S+) UTC", block)
        assert len(stamps) == count, block
        times.setdefault(text, set()).update(dt.datetime.fromisoformat(stamp).replace(tzinfo=dt.UTC) for stamp in stamps)
    for text, found in times.items():
        # of two lines each tells so many times: the first so many of both together are certain
        ours = [moment for moment, _ in zip(parse(text).times(SHANGHAI, base), range(count), strict=False)]
        assert sorted(found)[:count] == ours, text


def test_a_zone_that_changes_its_clocks_has_every_day_its_run():
    berlin = zone("Europe/Berlin")
    nightly = parse("30 2 * * *")
    spring = nightly.times(berlin, dt.datetime(2026, 3, 28, 12, tzinfo=berlin))
    assert [next(spring).isoformat() for _ in range(2)] == ["2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]
    autumn = nightly.times(berlin, dt.datetime(2026, 10, 24, 12, tzinfo=berlin))
    assert [next(autumn).isoformat() for _ in range(2)] == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


def test_a_schedule_means_its_zone():
    after = dt.datetime(2026, 11, 26, 14, 50, tzinfo=dt.UTC)
    assert parse("0 6 5 * *").next(SHANGHAI, after) == dt.datetime(2026, 12, 4, 22, tzinfo=dt.UTC)
    assert parse("0 6 5 * *").next(dt.UTC, after) == dt.datetime(2026, 12, 5, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 6 5 *", "给了 given: 4"),
        ("0 6 5 * * *", "给了 given: 6"),
        ("", "给了 given: 0"),
        ("60 6 5 * *", r"分 minute '60'.*0-59.*nearest: 59"),
        ("0 25 * * *", r"时 hour '25'.*0-23.*nearest: 23"),
        ("0 6 0 * *", r"日 day of month '0'.*1-31.*nearest: 1"),
        ("0 6 5-2 * *", r"日 day of month '5-2'.*nearest: 2-5"),
        ("0 6 5/2 * *", r"a step needs a range.*nearest: 5-31/2"),
        ("*/0 * * * *", "the step is a positive number"),
        ("0 6 * jnu *", r"月 month 'jnu'.*nearest: jun"),
        ("0 6 * * weds", r"星期 day of week 'weds'.*nearest: wed"),
        ("0 6 * * 8", r"星期 day of week '8'.*nearest: 7"),
        ("0 6 ? * *", r"日 day of month '\?'"),
        ("0 6 L * *", r"日 day of month 'L'"),
        ("0 6 1,,3 * *", "缺一个数"),
        ("０ 6 5 * *", "分 minute"),
        ("0 6 30 2 *", "没有这样的日子"),
        ("@montly", "nearest: @monthly"),
        ("@reboot", "missed times are caught up"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(text, said):
    with pytest.raises(ParameterError) as caught:
        parse(text)
    assert re.search(said, str(caught.value)), str(caught.value)
    assert "allowed:" in str(caught.value)


def test_an_unknown_zone_has_its_nearest_named():
    with pytest.raises(ParameterError, match="nearest: Asia/Shanghai"):
        zone("Shanghai")
    for broken in ("../../etc/localtime", "", "/etc/localtime", "北京"):
        with pytest.raises(ParameterError, match="unknown time zone"):
            zone(broken)
