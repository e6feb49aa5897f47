"""Paths of users in crontabs, units and the command line of Windows arrive as they were, whatever is in them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import ParameterError
from zhibiao.scheduling import crontab, schtasks, systemd

ODD = ["/srv/月报 100%/a b", "it's", 'say "hi"', "$HOME", "`id`", "$(id)", "a;b&c|d", "*?[x]", "~", "#x", "%", "%%h", "-n", "%i %t", "重庆\u3000市"]
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\\"), max_size=20)


def as_cron_runs_it(line: str) -> list[str]:
    """What cron does to a command: up to the first bare % it is the shell's, and \\% is a %; then what the shell makes of it."""
    assert not re.search(r"(?<!\\)%", line), "the rest would be standard input"
    said = subprocess.run(["/bin/sh", "-c", "printf '%s\\0' " + line.replace(r"\%", "%")], capture_output=True, check=True)
    return said.stdout.decode("utf-8").split("\0")[:-1]


def as_systemd_reads_it(line: str) -> list[str]:
    """Words in double quotes; backslash escapes, %% and $$ stand for one."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    assert " ".join(f'"{word}"' for word in words) == line
    read = []
    for word in words:
        plain = re.sub(r"\\(.)", r"\1", word)
        for sign in "%$":  # alone it would begin a specifier, or a variable
            assert sign not in plain.replace(2 * sign, ""), word
        read.append(plain.replace("%%", "%").replace("$$", "$"))
    return read


def test_a_crontab_hands_odd_paths_on_as_they_are():
    assert as_cron_runs_it(crontab.command(ODD)) == ODD


@pytest.mark.skipif(sys.platform == "win32", reason="needs /bin/sh")
@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_crontab_hands_any_path_on_as_it_is(words):
    assert as_cron_runs_it(crontab.command(words)) == words


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20), max_size=4))
def test_a_unit_hands_any_path_on_as_it_is(words):
    assert as_systemd_reads_it(systemd.command(["/usr/bin/python3", *words])) == ["/usr/bin/python3", *words]


@pytest.mark.parametrize("word", ["a\nb", "a\rb", "\x00", "/x\\y", "a\x7f"])
def test_what_a_crontab_cannot_hold_is_refused(word):
    with pytest.raises(ParameterError, match="crontab"):
        crontab.command(["/usr/bin/python3", word])
    with pytest.raises(ParameterError, match="too long"):
        crontab.command(["x" * 1000])


def test_what_a_unit_cannot_hold_is_refused():
    with pytest.raises(ParameterError, match="unit"):
        systemd.command(["/usr/bin/python3", "a\n[Service]\nExecStart=/bin/true"])
    for path in ("/opt/$x/python3", "/opt/it's/python3", "/opt/a\\b", '/opt/"x"/python3'):
        with pytest.raises(ParameterError, match="the path of Python"):
            systemd.command([path])


@pytest.mark.parametrize("word", [r"C:\100%", "a&b", 'a"b', "a|b", "a^b", "a!b", "a\nb"])
def test_what_the_command_line_of_windows_reads_as_its_own_is_refused(schedule, word):
    with pytest.raises(ParameterError, match="schtasks"):
        schtasks.create(schedule(), ["python.exe", word])


@pytest.mark.parametrize(
    ("at", "every"),
    [
        ("0 6 5 * *", "/SC HOURLY /MO 1 /ST 00:00"),
        ("7 6 * * mon", "/SC HOURLY /MO 1 /ST 00:07"),
        ("5,35 * * * *", "/SC MINUTE /MO 30 /ST 00:05"),
        ("0,20 6 * * *", "/SC MINUTE /MO 20 /ST 00:00"),
        ("* * * * *", "/SC MINUTE /MO 1 /ST 00:00"),
    ],
)
def test_a_task_of_windows_asks_at_every_minute_that_the_expression_names(schedule, at, every):
    words = [r"C:\Program Files\zhibiao\.venv\Scripts\python.exe", "-P", "-m", "zhibiao", "schedule", "run-now", "monthly", "--if-due"]
    line = schtasks.create(schedule(at=at), words)
    assert every in line
    assert r"/TN zhibiao\monthly" in line
    assert r'/TR "\"C:\Program Files\zhibiao\.venv\Scripts\python.exe\" -P -m zhibiao' in line
    with pytest.raises(ParameterError, match="too long for schtasks"):
        schtasks.create(schedule(), [*words, "x" * 200])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("folder", ["plain", "a b", "百分 100%h", "a [x]*?", "#;&|"])
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path, schedule, folder):
    place = tmp_path / folder
    place.mkdir()
    (place / "python").symlink_to(sys.executable)
    units = systemd.units(schedule(via="systemd", at="0 6 1,15 * mon"), place, [str(place / "python"), "-P", "-m", "zhibiao", *ODD])
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "--user", "verify", *(str(tmp_path / name) for name in units)], capture_output=True, encoding="utf-8", check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    ours = [line for line in said.stderr.splitlines() if "zhibiao" in line]
    assert (said.returncode, ours) == (0, []), said.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_would_find_a_fault(tmp_path: Path, schedule):
    units = systemd.units(schedule(via="systemd"), tmp_path, ["/no/such/python"])
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("Persistent=true", "OnCalendar=*-13-01"), encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "--user", "verify", *(str(tmp_path / name) for name in units)], capture_output=True, encoding="utf-8", check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert "/no/such/python is not executable" in said.stderr
    assert "Failed to parse calendar specification" in said.stderr
