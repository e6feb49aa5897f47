"""One run of a schedule: only when due, never twice at once, with the day's date, into a small log, and told."""

import datetime as dt
import json
import os
import sys
import threading
import time
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import CellError, OutputError
from zhibiao.holding import locked
from zhibiao.running import history
from zhibiao.running.job import BatchResult, RunResult, Task
from zhibiao.scheduling import log, occasion, store
from zhibiao.scheduling.changes import Verdict
from zhibiao.scheduling.store import Last, Schedule

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
MADE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def outcome(error: Exception | None = None, interrupted: bool = False) -> BatchResult:
    task = Task(Path("/nowhere/03_gaps.ipynb"), {}, "tiny", "500000", "重庆", "baseline", "差距")
    return BatchResult((RunResult(task, "failed" if error else "ok", Path("/nowhere"), error),), interrupted)  # type: ignore[arg-type]


def verdict(word: str) -> Verdict:
    return Verdict("重庆", "Chongqing", "基准", "baseline", "在校生规模", "enrolment", "452号 专栏1·2", word, word, word)


class Planned:
    """A schedule whose batch is played: what it returns, and the verdicts it publishes, are set by the test."""

    def __init__(self, home: Path, schedule: Schedule) -> None:
        self.home, self.schedule = home, schedule
        self.days: list[str] = []
        self.zones: list[str] = []
        self.ends: list[object] = []
        self.published: dict[str, Verdict] = {}
        self.after: list[dict[str, Verdict]] = []

    def batch(self, schedule: Schedule, day: str) -> BatchResult:
        self.days.append(day)
        self.zones.append(time.strftime("%z"))
        print('{"event": "batch"}')
        end = self.ends.pop(0) if self.ends else outcome()
        self.published = self.after.pop(0) if self.after else self.published
        if isinstance(end, BaseException):
            raise end
        assert isinstance(end, BatchResult)
        return end

    def run(self, **how: bool) -> int:
        return occasion.run_now(self.schedule.name, self.home, **how)

    @property
    def told(self) -> list[dict[str, object]]:
        path = self.home / "told.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    @property
    def log(self) -> str:
        return (store.folder(self.home, self.schedule.name) / "log.txt").read_text("utf-8")


@pytest.fixture
def planned(home: Path, tmp_path: Path, schedule, monkeypatch: pytest.MonkeyPatch) -> Planned:
    made = schedule(name="tiny", at="* * * * *", out=str(tmp_path / "out"), made=MADE)
    store.save(home, made)
    (home / "notices.yaml").touch(0o600)
    (home / "notices.yaml").write_text(f"tell: [failure, changes, success]\nfile: {json.dumps(str(home / 'told.jsonl'))}\n", encoding="utf-8")
    found = Planned(home, made)
    monkeypatch.setattr(occasion, "_batch", found.batch)
    monkeypatch.setattr(occasion, "_published", lambda _: found.published)
    return found


NAMES = {
    "0 6 5 * *": lambda t: (t.day, t.hour, t.minute) == (5, 6, 0),
    "*/30 * * * *": lambda t: True,
    "30 6 * * mon": lambda t: (t.weekday(), t.hour, t.minute) == (0, 6, 30),
    "0 6 5 * mon": lambda t: (t.hour, t.minute) == (6, 0) and (t.day == 5 or t.weekday() == 0),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(NAMES)), st.integers(0, 90 * 48), st.one_of(st.none(), st.integers(0, 90 * 48)), st.integers(0, 29))
def test_it_is_due_when_a_time_has_passed_since_the_last_run(at, now, ran, minutes):
    """Walked in half hours from the last run, or from the installation."""
    schedule = Schedule(name="a", batch="/b", at=at, tz="Asia/Shanghai", out="/o", via="cron", made=MADE)
    last = None
    if ran is not None:
        started = MADE + dt.timedelta(minutes=30 * ran)
        last = Last(started=started, ended=started, exit_code=0)
    moment = MADE + dt.timedelta(minutes=30 * now + minutes)
    passed = [MADE.astimezone(SHANGHAI) + dt.timedelta(minutes=30 * n) for n in range((ran or 0) + 1, now + 1)]
    assert (occasion.due(schedule, last, moment) is not None) == any(NAMES[at](half_hour) for half_hour in passed)


def test_a_run_has_the_days_date_its_zone_and_is_noted_logged_and_told(planned: Planned):
    before = time.strftime("%z")
    assert planned.run(logged=True) == 0
    now = dt.datetime.now(SHANGHAI)
    assert planned.days[0] in {f"{now:%Y-%m-%d}", f"{now - dt.timedelta(minutes=1):%Y-%m-%d}"}
    assert planned.zones == ["+0800"]
    assert time.strftime("%z") == before
    last = store.last(planned.home, "tiny")
    assert last is not None and last.exit_code == 0 and last.started <= last.ended
    assert '{"event": "batch"}\n' in planned.log
    assert [told["kind"] for told in planned.told] == ["success"]


def test_a_run_that_is_not_due_does_nothing(planned: Planned, home: Path, schedule):
    store.save(home, schedule(name="tiny", at="0 6 5 * *", out=planned.schedule.out, made=dt.datetime.now(dt.UTC)))
    assert planned.run(if_due=True, logged=True) == 0
    assert planned.days == []
    assert not (store.folder(home, "tiny") / "log.txt").exists()
    assert planned.run() == 0  # by hand it always runs
    assert len(planned.days) == 1


def test_what_was_missed_is_made_up_for_once(planned: Planned, home: Path, schedule):
    store.save(home, schedule(name="tiny", at="0 6 5 * *", out=planned.schedule.out, made=dt.datetime.now(dt.UTC) - dt.timedelta(days=100)))
    for _ in range(3):
        assert planned.run(if_due=True, logged=True) == 0
    assert len(planned.days) == 1


def test_a_second_start_leaves_with_one_message(planned: Planned):
    place = store.folder(planned.home, "tiny")
    with locked(place):
        with pytest.raises(OutputError) as caught:
            planned.run()
        assert planned.run(if_due=True, logged=True) == 0  # asked again while the batch takes its time
    assert f"tiny 正在运行，本次不再启动 is running already: not started a second time ({os.getpid()})" in str(caught.value)
    assert planned.days == []
    assert not (place / "log.txt").exists()


def test_it_waits_for_another_batch_on_the_same_outputs(planned: Planned):
    free, ran = threading.Event(), []

    def other() -> None:
        with locked(Path(planned.schedule.out)):
            ran.append(len(planned.days))
            free.wait(20)
            ran.append(len(planned.days))

    thread = threading.Thread(target=other)
    thread.start()
    while not ran:
        time.sleep(0.01)
    threading.Timer(0.3, free.set).start()
    assert planned.run(logged=True) == 0
    thread.join(20)
    assert ran == [0, 0]
    assert len(planned.days) == 1


def test_who_waited_in_vain_is_told(planned: Planned, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(occasion, "PATIENCE", 0.0)
    with locked(Path(planned.schedule.out)):
        assert planned.run(logged=True) == 7
    assert planned.days == []
    assert [told["exit_code"] for told in planned.told] == [7]


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (outcome(CellError("单元格出错 the cell failed", where="03_gaps.ipynb")), 4, "03_gaps · 重庆 · baseline: 03_gaps.ipynb: 单元格出错"),
        (CellError("坏了 broken"), 4, "坏了 broken"),
        (RuntimeError("a fault of the program"), 1, "程序出错 the program failed: RuntimeError: a fault of the program"),
    ],
)
def test_a_failure_is_told_and_not_tried_again_before_the_next_time(planned: Planned, end, code, said):
    planned.ends = [end]
    assert planned.run(if_due=True, logged=True) == code
    (told,) = planned.told
    assert (told["kind"], told["exit_code"]) == ("failure", code)
    assert said in str(told["problems"])
    assert said in planned.log
    last = store.last(planned.home, "tiny")
    assert last is not None and last.exit_code == code


def test_an_interrupted_run_counts_as_not_having_been(planned: Planned):
    planned.ends = [outcome(interrupted=True)]
    assert planned.run(if_due=True, logged=True) == 130
    assert store.last(planned.home, "tiny") is None
    assert planned.told == []
    assert planned.run(if_due=True, logged=True) == 0
    assert len(planned.days) == 2


def test_changed_verdicts_are_told_once(planned: Planned):
    key = "500000/baseline/p/a"
    planned.published = {key: verdict("on_schedule")}
    planned.after = [{key: verdict("behind")}, {key: verdict("behind")}]
    assert planned.run(logged=True) == 0
    assert planned.run(logged=True) == 0
    assert [told["kind"] for told in planned.told] == ["changes", "success"]
    assert planned.told[0]["changes"][0]["before"] == "on_schedule"
    assert "进度正常 → behind" in planned.log


def test_a_change_behind_a_failed_run_is_not_lost(planned: Planned):
    key = "500000/baseline/p/a"
    planned.published = {key: verdict("on_schedule")}
    planned.ends = [outcome(), outcome(CellError("x")), outcome()]
    planned.after = [{key: verdict("on_schedule")}, {}, {key: verdict("behind")}]
    assert [planned.run(logged=True) for _ in range(3)] == [0, 4, 0]
    assert [(told["kind"], len(told["changes"])) for told in planned.told] == [("success", 0), ("failure", 0), ("changes", 1)]


def test_a_change_that_could_not_be_told_is_told_next_time(planned: Planned):
    key = "500000/baseline/p/a"
    planned.published = {key: verdict("on_schedule")}
    assert planned.run(logged=True) == 0
    (planned.home / "notices.yaml").chmod(0o644)
    planned.after = [{key: verdict("behind")}]
    assert planned.run(logged=True) == 2  # the batch went well, but nobody was told
    assert "chmod 600" in planned.log
    (planned.home / "notices.yaml").chmod(0o600)
    assert planned.run(logged=True) == 0
    assert [(told["kind"], len(told["changes"])) for told in planned.told] == [("success", 0), ("changes", 1)]


def test_the_log_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log, "LARGEST", 1000)
    for number in range(30):
        with log.Log(tmp_path / "log.txt") as stream:
            print(f"# run {number}", file=stream)
            for line in range(40):
                print("重庆", line, file=stream)
            stream.write("no line end")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["log.txt", "log.txt.1", "log.txt.2", "log.txt.3"]
    assert all((tmp_path / name).stat().st_size <= 1100 for name in files)  # a last line in Chinese may pass it
    assert (tmp_path / "log.txt").read_text("utf-8").endswith("no line end\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_does_not_end_the_batch_and_is_told(planned: Planned, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OutputError("无法写入 cannot be written: No space left on device")

    monkeypatch.setattr(store, "LOG", "/dev/full")
    monkeypatch.setattr(store, "write_whole", full)
    planned.published = {"500000/baseline/p/a": verdict("met")}
    assert planned.run(logged=True) == 7
    assert len(planned.days) == 1
    assert [told["kind"] for told in planned.told] == ["success"]


SECRET = "planted-51c0de"


@pytest.mark.skipif(sys.platform == "win32", reason="the command is a program of POSIX")
def test_a_batch_is_run_by_its_schedule(home: Path, tmp_path: Path, zhibiao, machine: Path):
    (tmp_path / "月 报.yaml").write_text("name: tiny\nnotebooks: [03_gaps]\nregions: [重庆]\nkeep: {runs: 2}\n", encoding="utf-8")
    home.mkdir()
    told = tmp_path / SECRET
    told.write_text('#!/bin/sh\ncat > "$0.given"\n', encoding="utf-8")
    told.chmod(0o755)
    (home / "notices.yaml").touch(0o600)
    mail = f"mail: {{to: [{SECRET}@example.cn], sender: li-{SECRET}@example.cn, sendmail: {told}}}"
    (home / "notices.yaml").write_text(f"tell: [failure, changes, success]\ncommand: [{told}]\n{mail}\n", encoding="utf-8")
    out = tmp_path / "out"

    def schedule(*words: str):
        return zhibiao("schedule", *words, "--folder", str(home))

    done = schedule("install", str(tmp_path / "月 报.yaml"), "--at", "0 6 5 * *", "--via", "cron", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "tiny: 下次 next" in done.stdout
    ran = schedule("run-now", "tiny", "--scheduled")
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    today = dt.datetime.now(SHANGHAI)
    manifest = json.loads((out / "tiny/500000/baseline/03_gaps/manifest.json").read_text("utf-8"))
    assert manifest["report_date"] in {f"{today:%Y-%m-%d}", f"{today - dt.timedelta(minutes=2):%Y-%m-%d}"}
    assert manifest["parameters"]["report_date"] == manifest["report_date"]
    assert f"To: {SECRET}@example.cn" in told.with_name(SECRET + ".given").read_text("utf-8")  # the mail came after the command
    (kept,), foreign = history.states(out, "tiny")
    assert (kept.at.utcoffset(), kept.keep.runs, foreign) == (dt.timedelta(hours=8), 2, [])
    published = {path.relative_to(out / "tiny").as_posix() for path in (out / "tiny").rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert set(kept.files) == published >= {"500000/baseline/03_gaps/03_gaps.pdf", "manifest.json", "summary.parquet"}
    assert "上次 last" in schedule("list").stdout
    said = (home / "schedules/tiny/log.txt").read_text("utf-8")
    assert '"event": "done"' in said
    assert SECRET not in said
    assert schedule("remove", "tiny").returncode == 0
    for path in out.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    assert out.is_dir()


def test_a_date_that_the_batch_file_gives_stands(home: Path, tmp_path: Path, zhibiao, machine: Path):
    from zhibiao.running import batchfile
    from zhibiao.running.run import NOTEBOOKS

    file = tmp_path / "fixed.yaml"
    file.write_text(
        "name: fixed\nnotebooks: [03_gaps]\nregions: [重庆]\nruns: [{region: 全国, parameters: {report_date: 2026-01-08}}]\n", encoding="utf-8"
    )
    dated = batchfile.read(file, notebooks=NOTEBOOKS).dated("2026-12-05")
    assert [task.parameters["report_date"] for task in dated.tasks] == ["2026-12-05", "2026-01-08"]
    file.write_text("name: fixed\nnotebooks: [03_gaps]\nregions: [重庆]\nparameters: {report_date: 2026-01-08}\n", encoding="utf-8")
    said = zhibiao("schedule", "install", str(file), "--at", "@monthly", "--via", "cron", "--folder", str(home))
    assert said.returncode == 0, said.stderr
    assert "每次都印这一天" in said.stdout
