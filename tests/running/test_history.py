"""What a batch published is kept, whole, by hard links; pruning removes what it made and nothing else."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import OutputError, ParameterError
from zhibiao.holding import locked
from zhibiao.running import batchfile, folder, history
from zhibiao.running.history import Keep, State
from zhibiao.running.job import RunResult, Task

CHINA = dt.timezone(dt.timedelta(hours=8))


def day(month: int, number: int, hour: int = 6) -> dt.datetime:
    return dt.datetime(2026, month, number, hour, tzinfo=CHINA)


def publish(out: Path, content: str) -> None:
    """As a batch does: a new folder in the place of the old one."""
    final = out / "monthly" / "500000" / "baseline" / "03_gaps"
    made = folder.fresh_beside(final)
    (made / "figures").mkdir()
    (made / "gaps.pdf").write_text(content * 1000, encoding="utf-8")
    (made / "figures" / "a.svg").write_text(content, encoding="utf-8")
    folder.put_in_place(made, final)
    folder.write_file(out / "monthly" / "manifest.json", json.dumps({"content": content}))


def tree(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def names(found) -> list[str]:
    return [state.folder.name for state in found]


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    # it waits for whatever else the machine is writing
    monkeypatch.setattr(history.os, "sync", lambda: None, raising=False)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(tmp_path, "一")
    return tmp_path


def test_a_kept_state_stays_when_the_batch_publishes_anew(out: Path):
    before = tree(out / "monthly")
    kept = history.preserve(out, "monthly", Keep(runs=3), day(1, 5))
    assert kept == out / "history" / "monthly" / "2026-01-05T060000+0800"
    assert (kept / "500000/baseline/03_gaps/gaps.pdf").samefile(out / "monthly/500000/baseline/03_gaps/gaps.pdf")
    publish(out, "二")
    assert {name: text for name, text in tree(kept).items() if name != history.MARK} == before
    assert tree(out / "monthly") != before


def test_failed_and_half_made_runs_and_links_are_not_kept(out: Path):
    runs = out / "monthly" / "500000" / "baseline"
    for name in ("05_scenarios.failed", ".tmp-06-abc", ".old-07"):
        (runs / name).mkdir()
        (runs / name / "error.txt").write_text("x")
    (runs / "elsewhere").symlink_to(out)
    (out / "monthly" / "secret").symlink_to("/etc/hostname")
    kept = history.preserve(out, "monthly", Keep(runs=1), day(1, 5))
    assert set(tree(kept)) == {"manifest.json", "500000/baseline/03_gaps/gaps.pdf", "500000/baseline/03_gaps/figures/a.svg", history.MARK}
    assert not [path for path in kept.rglob("*") if path.is_symlink()]


def test_where_the_file_system_has_no_hard_links_files_are_copied(out: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(history.os, "link", refused)
    kept = history.preserve(out, "monthly", Keep(runs=3), day(1, 5))
    assert not (kept / "manifest.json").samefile(out / "monthly" / "manifest.json")
    assert {name: text for name, text in tree(kept).items() if name != history.MARK} == tree(out / "monthly")


def test_a_full_disk_leaves_no_half_state(out: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []

    def full(source: object, copy: object, **_: object) -> None:
        calls.append(copy)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(history.os, "link", full)
    monkeypatch.setattr(history.shutil, "copy2", full)
    with pytest.raises(OutputError, match="No space left"):
        history.preserve(out, "monthly", Keep(runs=3), day(1, 5))
    assert calls
    assert not list((out / "history").rglob("*"))


def test_what_a_kill_leaves_is_cleared_away_by_the_next_batch(out: Path, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(history, "remove", lambda _: None)  # a killed process clears nothing away
        patch.setattr(Path, "rename", killed)
        with pytest.raises(SystemExit):
            history.preserve(out, "monthly", Keep(runs=3), day(1, 5))
    assert len(list((out / "history").iterdir())) == 2  # the half-made one, and the batch's empty folder
    folder.recover(out)
    assert [path.name for path in (out / "history").iterdir()] == ["monthly"]
    assert history.states(out, "monthly") == ([], [])


def test_the_last_runs_and_the_month_ends_are_kept(out: Path):
    for moment in (day(1, 5), day(1, 31), day(2, 1), day(2, 27), day(3, 1), day(3, 2), day(3, 3)):
        history.preserve(out, "monthly", Keep(runs=2), moment)
    pruned = history.prune(out, "monthly")
    assert [name[5:10] for name in names(pruned.gone)] == ["01-05", "02-01", "03-01"]
    assert [name[5:10] for name in names(pruned.left)] == ["01-31", "02-27", "03-02", "03-03"]
    assert sorted(path.name for path in (out / "history" / "monthly").iterdir()) == names(pruned.left)
    assert [name[5:10] for name in names(history.prune(out, "monthly", runs=1, month_ends=False).left)] == ["03-03"]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 12, 31)), min_size=1, max_size=30), st.integers(1, 8), st.booleans())
def test_what_is_beyond_the_rule_by_hand(moments, runs, month_ends):
    ordered = sorted(moments)
    found = [State(Path(f"/{n}"), moment.replace(tzinfo=CHINA), Keep(runs=1), ()) for n, moment in enumerate(ordered)]
    gone = {int(state.folder.name) for state in history.surplus(list(reversed(found)), Keep(runs=runs, month_ends=month_ends))}
    for n, moment in enumerate(ordered):
        recent = n >= len(ordered) - runs
        following = ordered[n + 1] if n + 1 < len(ordered) else None
        ends = month_ends and (following is None or (following.year, following.month) != (moment.year, moment.month))
        assert (n in gone) == (not recent and not ends)


def test_freed_bytes_are_those_that_the_disk_gets_back(out: Path):
    first = history.preserve(out, "monthly", Keep(runs=1, month_ends=False), day(1, 5))
    second = history.preserve(out, "monthly", Keep(runs=1, month_ends=False), day(1, 6))
    pdf = (first / "500000/baseline/03_gaps/gaps.pdf").stat().st_size
    marks = (first / history.MARK).stat().st_size
    assert history.prune(out, "monthly", dry_run=True).freed == marks  # all else is still published
    publish(out, "二")
    assert history.prune(out, "monthly", dry_run=True).freed == marks  # and now still in the second state
    third = history.preserve(out, "monthly", Keep(runs=1, month_ends=False), day(1, 7))
    other = (first / "500000/baseline/03_gaps/figures/a.svg").stat().st_size + (first / "manifest.json").stat().st_size
    assert history.prune(out, "monthly", dry_run=True).freed == 2 * marks + pdf + other
    assert history.prune(out, "monthly").freed == 2 * marks + pdf + other
    assert (first.exists(), second.exists(), third.exists()) == (False, False, True)


def test_a_dry_run_changes_nothing(out: Path, zhibiao):
    for number in (1, 2, 3):
        history.preserve(out, "monthly", Keep(runs=1, month_ends=False), day(1, number))
    (out / ".lock").touch()
    before = tree(out)
    said = zhibiao("outputs", "prune", "--out", str(out), "--dry-run")
    assert said.returncode == 0, said.stderr
    assert "- history/monthly/2026-01-01T060000+0800\n- history/monthly/2026-01-02T060000+0800\n" in said.stdout
    assert "monthly: 将删除 would go 2，留 left 1，可释放 would free" in said.stdout
    assert tree(out) == before
    assert "2026-01-02" not in zhibiao("outputs", "prune", "--out", str(out), "--dry-run", "--keep", "2").stdout
    assert zhibiao("outputs", "prune", "--out", str(out), "--batch", "monthly").returncode == 0
    assert [path.name for path in (out / "history" / "monthly").iterdir()] == ["2026-01-03T060000+0800"]


def test_a_dry_run_where_nothing_is_makes_nothing(tmp_path: Path, zhibiao):
    assert zhibiao("outputs", "prune", "--out", str(tmp_path / "none"), "--dry-run").returncode == 0
    assert not (tmp_path / "none").exists()
    said = zhibiao("outputs", "prune", "--out", str(tmp_path), "--batch", "month")
    assert said.returncode == 2
    assert "no states are kept of 'month'" in said.stderr


def test_pruning_waits_for_no_batch_but_says_so(out: Path, zhibiao):
    history.preserve(out, "monthly", Keep(runs=1), day(1, 1))
    with locked(out):
        said = zhibiao("outputs", "prune", "--out", str(out))
    assert said.returncode == 7
    assert "another batch is writing here" in said.stderr


def test_what_it_did_not_make_stays(out: Path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine.txt").write_text("mine")
    rule = Keep(runs=1, month_ends=False)
    touched = {
        "a note inside": lambda place: (place / "note.txt").write_text("mine"),
        "a folder inside": lambda place: (place / "500000" / "mine").mkdir(),
        "a link inside": lambda place: (place / "500000" / "link").symlink_to(elsewhere),
        "a file that became a link": lambda place: ((place / "manifest.json").unlink(), (place / "manifest.json").symlink_to(elsewhere / "mine.txt")),
        "a mark of another batch": lambda place: (place / history.MARK).write_text((place / history.MARK).read_text("utf-8").replace('"monthly"', '"weekly"'), "utf-8"),
        "no mark": lambda place: (place / history.MARK).unlink(),
        "another name": lambda place: place.rename(place.with_name("2025年底")),
    }
    for number, touch in enumerate(touched.values(), start=1):
        touch(history.preserve(out, "monthly", rule, day(1, number)))
    place = out / "history" / "monthly"
    (place / "2020-01-01T000000+0800").symlink_to(elsewhere)
    (place / "2020-01-02T000000+0800").mkdir()
    (place / "notes.txt").write_text("mine")
    ours = history.preserve(out, "monthly", rule, day(2, 1))
    last = history.preserve(out, "monthly", rule, day(2, 2))
    before = {path.name for path in place.iterdir()}
    pruned = history.prune(out, "monthly")
    assert [state.folder for state in pruned.gone] == [ours]
    assert len(pruned.foreign) == len(touched) + 3
    assert {path.name for path in place.iterdir()} == before - {ours.name}
    assert (elsewhere / "mine.txt").read_text() == "mine"
    assert [state.folder for state in pruned.left] == [last]


def test_a_history_that_is_a_link_is_left_alone(out: Path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (out / "history").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="is a link"):
        history.preserve(out, "monthly", Keep(runs=1), day(1, 1))
    with pytest.raises(OutputError, match="is a link"):
        history.prune(out, "monthly")
    assert history.batches(out) == []
    assert not list(elsewhere.iterdir())


def result(status: str) -> RunResult:
    task = Task(Path("/nowhere/03_gaps.ipynb"), {}, "monthly", "500000", "重庆", "baseline", "差距")
    return RunResult(task, status, Path("/nowhere"))  # type: ignore[arg-type]


def test_a_batch_that_published_nothing_new_leaves_the_history_as_it_is(out: Path):
    assert history.after([result("cached"), result("failed")], Keep(runs=2), out) is None
    assert history.after([result("ok")], None, out) is None
    assert not (out / "history").exists()
    for _ in range(3):
        assert history.after([result("cached"), result("ok")], Keep(runs=2, month_ends=False), out) is None
    assert len(history.states(out, "monthly")[0]) == 2
    (out / "history" / "monthly").rename(out / "elsewhere")
    (out / "history" / "monthly").symlink_to(out / "elsewhere")
    assert isinstance(history.after([result("ok")], Keep(runs=2), out), OutputError)


def test_the_index_of_outputs_does_not_list_the_history(out: Path):
    from zhibiao.running.report import write_outputs_index

    gaps = out / "monthly" / "500000" / "baseline" / "03_gaps"
    entry = {
        "batch": "monthly", "region_code": "500000", "region_name": "重庆", "scenario": "baseline", "notebook": "03_gaps", "title": "差距",
        "status": "ok", "error": "", "as_of": "2023", "report_date": "2026-01-05", "files": {"gaps.pdf": "0"},
    }  # fmt: skip
    (gaps / "manifest.json").write_text(json.dumps(entry), encoding="utf-8")
    write_outputs_index(out, set())
    before = (out / "index.html").read_text(encoding="utf-8")
    assert "03_gaps" in before
    history.preserve(out, "monthly", Keep(runs=2), day(1, 5))
    write_outputs_index(out, set())
    assert (out / "index.html").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"name": "history"}, r"trial.yaml:1: .*history 是留存历史的目录"),
        ({"keep": {"runs": 0}}, r"trial.yaml:\d+: .*runs"),
        ({"keep": {"month_ends": True}}, r"trial.yaml:\d+: .*runs"),
        ({"keep": {"runs": 3, "weeks": 2}}, r"weeks"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(tmp_path: Path, batch_file, content, said):
    file = batch_file(tmp_path / "trial.yaml", **content)
    with pytest.raises(ParameterError, match=said):
        batchfile.read(file, notebooks=tmp_path)

