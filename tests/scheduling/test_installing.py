"""Schedules are installed, listed and removed; what belongs to somebody else stays as it is; what will not run is said."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from zhibiao.errors import OutputError, ParameterError, ToolMissing
from zhibiao.scheduling import choosing, crontab, installing, store, systemd

NOW = dt.datetime(2026, 11, 26, 15, tzinfo=dt.UTC)
OWN = '# my own\nMAILTO=""\n5 4 * * * /usr/bin/backup --to "a b" 100\\%\n'


def install(schedule, home: Path, **more: object):
    return installing.install(schedule, home, [], **{"replace": False, "now": NOW, **more})


def units(place: Path) -> list[str]:
    folder = place.parent / "config" / "systemd" / "user"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_line_comes_into_the_crontab_and_goes_again(machine: Path, home: Path, schedule):
    (machine / "table").write_text(OWN, encoding="utf-8")
    done = install(schedule(), home)
    text = (machine / "table").read_text("utf-8")
    assert text.startswith(OWN)
    assert text == OWN + "\n".join(done.text) + "\n"
    assert re.search(rf"\n0 \* \* \* \* \S+python\S* -P -m zhibiao schedule run-now monthly --folder '{re.escape(str(home)).replace('%', '.%')}' --if-due\n", text)
    assert done.next == dt.datetime(2026, 12, 4, 22, tzinfo=dt.UTC)
    assert [(item.schedule.name, item.there) for item in installing.listed(home, NOW)[0]] == [("monthly", True)]
    assert installing.remove("monthly", home) == []
    assert (machine / "table").read_text("utf-8") == OWN
    assert store.names(home) == []


def test_a_crontab_without_a_last_line_end_keeps_its_last_line(machine: Path, home: Path, schedule):
    (machine / "table").write_text("5 4 * * * true", encoding="utf-8")
    install(schedule(), home)
    assert "5 4 * * * true\n# >>> zhibiao" in (machine / "table").read_text("utf-8")


def test_schedules_of_others_stay(machine: Path, home: Path, schedule):
    install(schedule(), home)
    install(schedule(name="weekly", at="@weekly"), home)
    install(schedule(), home.with_name("another"))
    assert crontab.installed(crontab.read(), home) == ["monthly", "weekly"]
    installing.remove("monthly", home)
    text = (machine / "table").read_text("utf-8")
    assert crontab.installed(text, home) == ["weekly"]
    assert crontab.installed(text, home.with_name("another")) == ["monthly"]
    assert text.count("run-now monthly") == 1


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["", "# x", "0 * * * * a", "# >>> zhibiao schedule", "# >>> zhibiao schedule monthly /b", "# <<< zhibiao schedule weekly"]), max_size=6),
    st.integers(0, 6),
)
def test_only_the_marked_lines_are_taken_out(lines, where):
    home = Path("/a")
    before = [line + "\n" for line in lines]
    block = [f"# >>> zhibiao schedule monthly {home}\n", "0 * * * * run\n", "# <<< zhibiao schedule monthly\n"]
    assert crontab.without("".join([*before[:where], *block, *before[where:]]), "monthly", home) == "".join(before)
    with pytest.raises(OutputError, match="a mark is missing"):
        crontab.without("".join([*before[:where], *block[:2], *before[where:]]), "monthly", home)


def test_a_schedule_of_the_same_name_is_replaced_only_when_asked(machine: Path, home: Path, schedule):
    install(schedule(), home)
    with pytest.raises(ParameterError, match="--replace"):
        install(schedule(at="@weekly"), home)
    assert store.load(home, "monthly").at == "0 6 5 * *"
    install(schedule(at="30 6 * * 1"), home, replace=True)
    assert (machine / "table").read_text("utf-8").count("run-now monthly") == 1
    assert "\n30 * * * * " in (machine / "table").read_text("utf-8")
    install(schedule(via="systemd"), home, replace=True)
    assert (machine / "table").read_text("utf-8") == ""
    assert units(machine) == ["zhibiao-monthly.service", "zhibiao-monthly.timer"]


@pytest.mark.parametrize("via", ["cron", "systemd"])
def test_what_was_not_accepted_is_not_installed(machine: Path, home: Path, schedule, via):
    (machine / "refuses").touch()
    with pytest.raises(OutputError, match="refused it"):
        install(schedule(via=via), home)
    assert store.names(home) == []
    assert units(machine) == []
    assert not (machine / "table").exists()


@pytest.mark.parametrize("via", ["cron", "systemd"])
def test_a_replacement_that_was_not_accepted_leaves_the_old_one(machine: Path, home: Path, schedule, via):
    install(schedule(), home)
    before = (machine / "table").read_text("utf-8")
    (machine / "refuses").touch()
    with pytest.raises(OutputError, match="refused it"):
        install(schedule(via=via, at="@weekly"), home, replace=True)
    assert store.load(home, "monthly").at == "0 6 5 * *"
    assert (machine / "table").read_text("utf-8") == before
    assert units(machine) == []


def test_a_timer_comes_and_goes(machine: Path, home: Path, schedule):
    install(schedule(via="systemd", at="0 6 5 * mon"), home)
    timer = (machine.parent / "config/systemd/user/zhibiao-monthly.timer").read_text("utf-8")
    assert "OnCalendar=*-*-05 06:00:00 Asia/Shanghai\nOnCalendar=Mon *-*-* 06:00:00 Asia/Shanghai\n" in timer
    assert "Persistent=true" in timer
    assert (machine / "asked").read_text().splitlines()[-2:] == ["--user daemon-reload", "--user enable --now zhibiao-monthly.timer"]
    assert [(item.schedule.name, item.there) for item in installing.listed(home, NOW)[0]] == [("monthly", True)]
    installing.remove("monthly", home)
    assert units(machine) == []
    assert (machine / "asked").read_text().splitlines()[-3:] == [
        "--user disable --now zhibiao-monthly.timer", "--user clean --what=state zhibiao-monthly.timer", "--user daemon-reload",
    ]  # fmt: skip


def test_units_of_others_stay(machine: Path, home: Path, schedule):
    folder = machine.parent / "config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "zhibiao-monthly.timer").write_text("[Timer]\nOnCalendar=daily\n", encoding="utf-8")
    with pytest.raises(OutputError, match="not this schedule's"):
        install(schedule(via="systemd"), home)
    assert units(machine) == ["zhibiao-monthly.timer"]
    assert systemd.installed(home) == []
    assert systemd.remove("monthly", home) is False
    assert units(machine) == ["zhibiao-monthly.timer"]


def test_a_line_that_somebody_took_out_is_missed(machine: Path, home: Path, schedule):
    install(schedule(), home)
    (machine / "table").write_text(OWN, encoding="utf-8")
    assert [item.there for item in installing.listed(home, NOW)[0]] == [False]
    installing.remove("monthly", home)
    assert (machine / "table").read_text("utf-8") == OWN


def test_a_running_schedule_is_not_removed(machine: Path, home: Path, schedule):
    install(schedule(), home)
    with store.held(store.folder(home, "monthly"), "busy"), pytest.raises(OutputError, match=f"正在运行.*{os.getpid()}"):
        installing.remove("monthly", home)
    assert crontab.installed(crontab.read(), home) == ["monthly"]


@pytest.mark.parametrize("via", ["cron", "systemd"])
def test_a_broken_schedule_is_named_and_can_be_removed_or_replaced(machine: Path, home: Path, schedule, via):
    install(schedule(name="weekly"), home)
    for mend in ("remove", "replace"):
        install(schedule(via=via), home)
        (store.folder(home, "monthly") / "schedule.json").write_text("{", encoding="utf-8")
        found, broken = installing.listed(home, NOW)
        assert ([item.schedule.name for item in found], broken) == (["weekly"], ["monthly"])
        if mend == "remove":
            installing.remove("monthly", home)
        else:
            install(schedule(via="by-hand"), home, replace=True)
        assert crontab.installed(crontab.read(), home) == ["weekly"]
        assert units(machine) == []


def test_removing_takes_only_what_schedules_write(machine: Path, home: Path, schedule):
    install(schedule(), home)
    place = store.folder(home, "monthly")
    (place / "mine.txt").write_text("mine")
    (place / "log.txt").write_text("x")
    installing.remove("monthly", home)
    assert [path.name for path in place.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "0 25 * * *"], "时 hour '25'"),
        (["--at", "@monthly", "--tz", "Shanghai"], "nearest: Asia/Shanghai"),
        (["--at", "@monthly", "--name", "月报"], "--name"),
        (["--at", "@monthly", "--name", "../x"], "--name"),
        (["--at", "@monthly", "--via", "chron"], "nearest: cron"),
        (["--at", "@monthly", "--out", "s3://bucket/outputs"], "of this machine only"),
        (["--at", "@monthly", "--scheduler", "nowhere"], "nowhere"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(machine: Path, home: Path, words, said):
    from zhibiao.cli import app

    result = CliRunner().invoke(app, ["schedule", "install", "notebooks/batches/monthly.yaml", "--via", "cron", *words, "--folder", str(home)])
    assert isinstance(result.exception, ParameterError), result
    assert said in str(result.exception)
    assert not home.exists()
    assert not (machine / "table").exists()


def test_printing_writes_nothing(machine: Path, home: Path):
    from zhibiao.cli import app

    (machine / "denied").touch()
    (machine / "unreachable").touch()
    for via, shown in (("auto", "--if-due"), ("cron", "# >>> zhibiao schedule monthly"), ("systemd", "Persistent=true"), ("by-hand", "0 * * * *")):
        words = ["schedule", "install", "notebooks/batches/monthly.yaml", "--at", "@monthly", "--via", via, "--print", "--folder", str(home)]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result
        assert shown in result.output
    assert not home.exists()
    assert units(machine) == []


def test_by_hand_stores_the_schedule_and_touches_nothing_else(machine: Path, home: Path, schedule):
    (machine / "denied").touch()
    done = install(schedule(via="by-hand"), home)
    assert "--if-due" in done.text[1]
    assert [item.there for item in installing.listed(home, NOW)[0]] == [None]
    assert not (machine / "table").exists()
    assert installing.remove("monthly", home) == [f"crontab: {done.text[0]} …"]


def choice(machine: Path, *switches: str, via: str = "auto"):
    for name in switches:
        (machine / name).touch()
    return choosing.choose(via)


def test_a_timer_is_chosen_where_it_runs_after_logout(machine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crontab, "sleeping", lambda: None)
    assert choice(machine) == ("cron", [])  # the timer would wait for the next login
    assert choice(machine, "lingers") == ("systemd", [])
    assert choice(machine, "unreachable") == ("cron", [])
    (machine / "unreachable").unlink()
    (machine / "lingers").unlink()
    monkeypatch.setattr(crontab, "sleeping", lambda: "no daemon")
    assert choice(machine)[0] == "systemd"  # waits for the next login, but cron would wait for ever


def test_what_will_not_run_is_said(machine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crontab, "DAEMONS", ("no-such-daemon",))
    said = choice(machine, "denied")
    assert said[0] == "systemd"
    assert "注销后不会运行" in said[1][0] and "loginctl enable-linger li" in said[1][0]
    (machine / "denied").unlink()
    via, (doubt,) = choice(machine, via="cron")
    assert via == "cron"
    assert "守护进程没有运行" in doubt


def test_who_may_use_neither_is_told_why(machine: Path):
    with pytest.raises(ToolMissing, match=r"够不着用户的 systemd.*not allowed to use this program.*--via by-hand"):
        choice(machine, "denied", "unreachable")
    with pytest.raises(ToolMissing, match="not allowed"):
        choice(machine, via="cron")
    with pytest.raises(ToolMissing, match="Failed to connect"):
        choice(machine, via="systemd")
    assert choice(machine, via="by-hand") == ("by-hand", [])


def test_a_crontab_that_cannot_be_read_is_never_overwritten(machine: Path, home: Path, schedule):
    (machine / "table").write_text(OWN, encoding="utf-8")
    (machine / "denied").touch()
    with pytest.raises(ToolMissing, match="not allowed"):
        install(schedule(), home)
    assert (machine / "table").read_text("utf-8") == OWN
    assert store.names(home) == []


@pytest.mark.parametrize(("tz", "minutes"), [("Asia/Shanghai", "10"), ("Asia/Kolkata", "40"), ("Asia/Kathmandu", "25"), ("Australia/Lord_Howe", "10,40")])
def test_the_minutes_of_the_line_are_those_of_the_machine(monkeypatch: pytest.MonkeyPatch, schedule, tz, minutes):
    import time

    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        line = crontab.block(schedule(at="10 6 5 * *", tz=tz), Path("/a"), ["run"], NOW).splitlines()[1]
    time.tzset()
    assert line == f"{minutes} * * * * run"


def test_a_crontab_with_comments_in_another_encoding_keeps_them(machine: Path, home: Path, schedule):
    own = b"# \xb1\xb8\xb7\xdd\n0 1 * * * /usr/bin/backup\n"
    (machine / "table").write_bytes(own)
    install(schedule(), home)
    assert (machine / "table").read_bytes().startswith(own) and b"zhibiao" in (machine / "table").read_bytes()
    installing.remove("monthly", home)
    assert (machine / "table").read_bytes() == own


def test_where_the_line_cannot_be_taken_out_the_schedule_is_not_forgotten(machine: Path, home: Path, schedule, monkeypatch):
    install(schedule(), home)
    monkeypatch.setattr(installing, "there", lambda program: program != "crontab")
    with pytest.raises(ToolMissing, match="crontab"):
        installing.remove("monthly", home)
    assert store.names(home) == ["monthly"]
