"""Faults, really injected: what is seen of each, what stays, and what is tried again."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from zhibiao.errors import KernelDied, MemoryLimit, MissingDeliverable, OutputError, TimeLimit, ToolMissing
from zhibiao.running import execute, pool, supervised, worker
from zhibiao.running.batch import batch
from zhibiao.running.contract import check_pdf, check_shown
from zhibiao.running.job import Answer, Cell, Limits, Order
from zhibiao.running.run import run
from zhibiao.running.supervised import Kernels

KINDS = ("CellError", "KernelDied", "TimeLimit", "MemoryLimit", "OutputError", "MissingDeliverable", "ToolMissing", "ParameterError")

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits as POSIX has them")

FILLS = """
import numpy, time
held = []
while True:
    held.append(numpy.ones(1_000_000))
    time.sleep(0.005)
"""
SHARES = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; held = bytearray(b'x') * 400_000_000; time.sleep(60)"])
time.sleep(60)
"""
NEGATIVE = "import numpy\nnumpy.ones(1 << 50)"
ABORTS = "import ctypes\nctypes.string_at(0)"
ONCE = """
import os, pathlib
if not pathlib.Path(marker).exists():
    pathlib.Path(marker).touch()
    os.kill(int(os.environ["JPY_PARENT_PID"]), 9)
    while True: pass
"there"
"""


class Trial:
    def __init__(self, place: Path, result) -> None:
        self.place, self.out, self.result = place, place / "out", result
        self.runs = {run.task.stem: run for run in result.runs}

    def told(self, stem: str, failed: bool = True) -> dict:
        folder = self.out / "trial" / "500000" / "baseline" / (stem + (".failed" if failed else ""))
        return json.loads((folder / "manifest.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def trial(tmp_path_factory, notebook, batch_file) -> Trial:
    place = tmp_path_factory.mktemp("faults")
    books = place / "books"
    notebook(books / "fills.ipynb", FILLS)
    notebook(books / "shares.ipynb", SHARES)
    notebook(books / "negative.ipynb", NEGATIVE)
    notebook(books / "aborts.ipynb", ABORTS)
    notebook(books / "once.ipynb", ONCE)
    notebook(books / "under.ipynb", "import numpy\nheld = numpy.ones(5_000_000)\nreserved = numpy.empty(1 << 31)\n'below'")
    file = batch_file(
        place / "trial.yaml", limits={"cell": 40, "run": 90, "memory": 300}, jobs=2, parameters={"marker": str(place / "marker")}
    )
    return Trial(place, batch(file, out=place / "out", notebooks=books, quiet=True))


@posix
@pytest.mark.parametrize("stem", ["fills", "shares"])
def test_when_a_kernel_or_its_child_holds_too_much_then_memory_limit(trial, stem):
    error = trial.runs[stem].error
    assert (type(error), error.exit_code) == (MemoryLimit, 11)
    assert "超过限额 the kernel held more than 300 MB，单元格 in cell 3\n" in str(error)
    assert trial.told(stem)["attempts"] == 1


def test_when_python_refuses_memory_then_memory_limit_too(trial):
    error = trial.runs["negative"].error
    assert type(error) is MemoryLimit
    assert "第 2 行 line 2: " in str(error)
    assert "\n→   numpy.ones(1 << 50)\n参数 parameters: region='重庆'" in str(error)


@pytest.mark.parametrize(("code", "more", "kind"), [(-9, 1, MemoryLimit), (-9, 0, KernelDied), (-11, 1, KernelDied), (0, 1, KernelDied)])
def test_a_kernel_that_the_system_ended_for_want_of_memory_is_known_by_the_systems_count(monkeypatch, code, more, kind):
    kernels = Kernels(Path(), lambda line: None)
    kernels.exit, kernels.cell, kernels.killed_before = code, Cell(3, "    x = 1"), 7
    monkeypatch.setattr(supervised, "killed_for_memory", lambda: 7 + more)
    died = supervised.died(kernels, Order("n.ipynb", "", {}, 60, 60))
    assert type(died) is kind
    assert not died.passing


@posix
def test_a_worker_that_the_system_ended_for_want_of_memory_is_not_tried_again(tmp_path, notebook, monkeypatch):
    counted = iter(range(9))
    monkeypatch.setattr(pool, "killed_for_memory", lambda: next(counted))
    book = notebook(tmp_path / "once.ipynb", ONCE)
    result = run(book, {"marker": str(tmp_path / "marker")}, out=tmp_path / "out", quiet=True)
    assert (type(result.error), result.exit_code) == (MemoryLimit, 11)
    assert "ended the worker (SIGKILL" in str(result.error)
    assert json.loads((result.folder / "manifest.json").read_text("utf-8"))["attempts"] == 1


@pytest.mark.parametrize(("code", "passing"), [(-11, True), (-9, True), (1, False), (0, False)])
def test_a_kernel_that_a_signal_ended_while_it_started_is_tried_again(monkeypatch, code, passing):
    kernels = Kernels(Path(), lambda line: None)
    kernels.exit = code
    monkeypatch.setattr(supervised, "killed_for_memory", lambda: 0)
    died = supervised.died(kernels, Order("n.ipynb", "", {}, 60, 60))
    assert "启动时 while starting" in str(died)
    assert died.passing is passing


@pytest.mark.parametrize(("number", "passing"), [(errno.EMFILE, True), (errno.EAGAIN, True), (errno.ENOSPC, False), (errno.EACCES, False)])
def test_too_many_open_files_or_processes_may_pass_and_a_full_disk_does_not(tmp_path, monkeypatch, number, passing):
    def refuses(*_: object):
        raise OSError(number, os.strerror(number), str(tmp_path / "n.pdf"))

    monkeypatch.setattr(worker, "_execute", refuses)
    answer = worker.perform(Order(str(tmp_path / "n.ipynb"), str(tmp_path), {}, 60, 60), Kernels(tmp_path, lambda line: None))
    assert (answer.kind, answer.what, answer.passing) == ("OutputError", f"n.pdf: 无法写出 cannot be written: {os.strerror(number)}", passing)


def test_what_is_reserved_but_not_held_does_not_count(trial):
    assert trial.runs["under"].status == "ok", trial.runs["under"].error


@posix
def test_when_a_kernel_crashes_then_signal_memory_and_its_last_words(trial):
    error = trial.runs["aborts"].error
    assert (type(error), error.exit_code) == (KernelDied, 5)
    message = str(error)
    assert "the kernel died (SIGSEGV)，内存最多 at most " in message
    assert "单元格 in cell 3\n    import ctypes" in message
    assert "\n标准错误 stderr:\nFatal Python error: Segmentation fault\n" in message
    assert sys.prefix not in message
    assert trial.told("aborts")["attempts"] == 1  # a cell's fault would come again


@posix
def test_when_the_worker_is_lost_once_then_a_second_try_succeeds_and_is_told(trial):
    assert trial.runs["once"].status == "ok", trial.runs["once"].error
    told = trial.told("once", failed=False)
    assert told["attempts"] == 2
    assert "the worker died (SIGKILL" in told["warnings"][0]


@posix
@pytest.mark.parametrize("limits", [{"cell": 600, "run": 6}, {"cell": 2, "run": 60}])
def test_when_a_limit_is_reached_then_grandchildren_in_sessions_of_their_own_are_ended(
    tmp_path, notebook, is_alive, within, limits
):
    deep = "import os, subprocess, sys, time, pathlib\n" + (
        "grandchild = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "with pathlib.Path(sys.argv[1]).open('a') as said: said.write(f'{os.getpid()} {grandchild.pid} ')\n"
        "if len(sys.argv) > 2: sys.exit()\n"
        "time.sleep(600)"
    )
    source = (
        "import subprocess, sys, time\n"
        f"deep = {deep!r}\n"
        "subprocess.Popen([sys.executable, '-c', deep, marker])\n"
        "subprocess.Popen([sys.executable, '-c', deep, marker, 'leave']).wait()\n"  # its grandchild has no parent any more
        "time.sleep(600)"
    )
    marker = tmp_path / "marker"
    book = notebook(tmp_path / "hangs.ipynb", source)
    result = run(book, {"marker": str(marker)}, out=tmp_path / "out", limits=Limits(**limits), quiet=True)
    assert isinstance(result.error, TimeLimit)
    started = [int(pid) for pid in marker.read_text().split()]
    assert len(started) == 4
    assert within(lambda: not any(map(is_alive, started)), 2)


class Bench:
    """In the place of the workers: each order is answered at once, as the next of `answers` says, and leaves a briefing of these bytes."""

    size = 1

    def __init__(self, *answers: Answer, content: bytes = b"") -> None:
        self.answers, self.content, self.asked = list(answers), content, 0

    def turn(self):
        return contextlib.nullcontext()

    def ask(self, order: Order, limit: float) -> Answer:
        assert list(Path(order.folder).iterdir()) == [], "a second try begins with an empty folder"
        self.asked += 1
        for ending in ("ipynb", "pdf", "docx"):
            (Path(order.folder) / f"09_briefing.{ending}").write_bytes(self.content)
        answer = self.answers.pop(0) if self.answers else Answer()
        if answer.kind == "KernelDied":
            raise answer.error  # as the pool does
        return answer

    def run(self, book: Path, out: Path, **limits: int):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(execute, "_pool", lambda *_: contextlib.nullcontext(self))
            patch.setattr(execute, "_BREATH", 0.0)
            return run(book, {}, out=out, limits=Limits(**limits), quiet=True)


@pytest.mark.parametrize("where", ["write_file", "put_in_place", "put_file", "fresh_beside"])
def test_when_the_runners_disk_is_full_then_exit_7_and_the_older_result_stays(tmp_path, notebook, digests, where):
    def full(*_: object, **__: object):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/file")

    out, book = tmp_path / "out", tmp_path / "09_briefing.ipynb"
    assert Bench(content=b"first").run(notebook(book, "1"), out).status == "ok"
    before = digests(out)
    notebook(book, "2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, where, full)
        result = Bench(content=b"second").run(book, out)
    assert (type(result.error), result.exit_code) == (OutputError, 7)
    assert os.strerror(errno.ENOSPC) in str(result.error)
    after = digests(out)
    changed = {name for name in before if after.get(name) != before[name]} - {"index.html"}
    # the copies come last: the new folder is whole by then, and the copies are whole old ones
    allowed = "run/500000/baseline/09_briefing/" if where == "put_file" else "nothing"
    assert all(name.startswith(allowed) for name in changed), changed
    assert not [name for name in after if ".tmp-" in name or ".old-" in name]
    assert Bench(content=b"second").run(book, out).error is None
    again = {path.name: path.read_bytes() for path in (out / "run" / "500000" / "baseline").iterdir() if path.is_file()}
    assert again == {"briefing.pdf": b"second", "briefing.docx": b"second"}
    assert not list(out.rglob("*.failed"))


def test_when_the_cells_are_as_they_were_then_the_failure_of_others_is_cleared(tmp_path, notebook):
    out, book = tmp_path / "out", tmp_path / "09_briefing.ipynb"
    assert Bench().run(notebook(book, "1"), out).status == "ok"
    assert Bench(Answer("CellError", "2 fails")).run(notebook(book, "2"), out).status == "failed"
    assert len(list(out.rglob("*.failed"))) == 1
    assert Bench().run(notebook(book, "1"), out).status == "cached"
    assert list(out.rglob("*.failed")) == []


LOST = Answer("KernelDied", "工作进程退出 the worker died", "09_briefing.ipynb", passing=True)


@pytest.mark.parametrize(
    ("answers", "limits", "status", "asked"),
    [
        ([LOST], {}, "ok", 2),
        ([LOST, LOST], {}, "failed", 2),
        ([LOST, LOST], {"retries": 2}, "ok", 3),
        ([LOST], {"retries": 0}, "failed", 1),
        ([Answer("TimeLimit", "the kernel did not start", passing=True)], {}, "ok", 2),
        ([Answer("OutputError", "Too many open files", passing=True)], {}, "ok", 2),
        *[([Answer(kind, "never again")], {}, "failed", 1) for kind in KINDS],
    ],
)
def test_only_what_may_pass_is_tried_again(tmp_path, notebook, answers, limits, status, asked):
    bench = Bench(*answers)
    result = bench.run(notebook(tmp_path / "09_briefing.ipynb", "1"), tmp_path / "out", **limits)
    assert (result.status, bench.asked) == (status, asked)
    told = json.loads((result.folder / "manifest.json").read_text("utf-8"))
    assert told["attempts"] == asked
    assert bool(told["warnings"]) is (status == "ok")


ENOSPC_IN_WORKER = """
import errno, os, sys
if "zhibiao.running.worker" in getattr(sys, "orig_argv", []):
    import pathlib
    write = pathlib.Path.write_bytes
    def full(path, content):
        if path.name == "09_briefing.docx":
            write(path, content[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, content)
    pathlib.Path.write_bytes = full
"""


def test_when_the_workers_disk_is_full_then_exit_7_and_the_older_result_stays(tmp_path, notebook, digests, monkeypatch):
    out, book = tmp_path / "out", tmp_path / "09_briefing.ipynb"
    assert Bench(content=b"first").run(notebook(book, "'first'"), out).status == "ok"
    before = digests(out)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(ENOSPC_IN_WORKER, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    result = run(notebook(book, "'second'"), {}, out=out, quiet=True)
    assert (type(result.error), result.exit_code) == (OutputError, 7)
    assert str(result.error) == f"09_briefing.ipynb: 09_briefing.docx: 无法写出 cannot be written: {os.strerror(errno.ENOSPC)}"
    after = digests(out)
    assert {name: after[name] for name in before if name != "index.html"} == {n: d for n, d in before.items() if n != "index.html"}
    left = {name.removeprefix("run/500000/baseline/09_briefing.failed/") for name in set(after) - set(before)}
    assert left == {"error.txt", "manifest.json", "09_briefing.ipynb"}


NO_FONT = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "mplfonts" else find(name, *rest)
"""


def test_when_the_font_package_is_missing_then_tool_missing(tmp_path, notebook, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NO_FONT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    result = run(notebook(tmp_path / "mine.ipynb", "1"), {}, out=tmp_path / "out", quiet=True)
    assert (type(result.error), result.exit_code) == (ToolMissing, 9)
    assert "缺少字体包 the font package mplfonts is not installed" in str(result.error)


@pytest.fixture(scope="module")
def briefings(tmp_path_factory):
    """The briefing of a region with figures and of one without; what it leaves."""
    place = tmp_path_factory.mktemp("briefings")
    file = place / "briefings.yaml"
    file.write_text("name: owed\nnotebooks: [09_briefing]\nregions: [重庆, 江津区]\n", encoding="utf-8")
    runs = batch(file, out=place / "out", quiet=True).runs
    assert [str(run.error) for run in runs if run.error] == []  # without figures, but with the list: a success
    return {run.task.region_name: run.folder for run in runs}


def executed(folder: Path, without: str):
    """The briefing as if the cells of `without` had shown only words, or nothing."""
    nb = nbformat.read(folder / "09_briefing.ipynb", as_version=4)
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            table = output.get("data", {}).get("application/vnd.dataresource+json", {})
            if without == "list" and "years" in {field["name"] for field in table.get("schema", {}).get("fields", [])}:
                table["data"] = []
            if without == "pictures":
                output.get("data", {}).pop("image/svg+xml", None)
    return nb


@pytest.mark.parametrize(
    ("region", "without", "said"),
    [
        ("重庆", "pictures", "5 targets have figures, yet there is no picture"),
        ("重庆", "list", None),
        ("江津区", "pictures", None),
        ("江津区", "list", "there are no figures, and no list of the figures that are asked for"),
    ],
)
def test_what_the_briefing_owes_goes_by_the_evidence(briefings, region, without, said):
    folder = briefings[region]
    check_shown(executed(folder, "nothing"), folder, "09_briefing", "zh")
    expected = contextlib.nullcontext() if said is None else pytest.raises(MissingDeliverable, match=said)
    with expected:
        check_shown(executed(folder, without), folder, "09_briefing", "zh")


def test_a_pdf_without_its_title_is_refused_however_the_title_is_broken(briefings):
    pdf = (briefings["江津区"] / "09_briefing.pdf").read_bytes()
    check_pdf(pdf, " 技工教育\n主要指标 简报\n")
    with pytest.raises(MissingDeliverable, match="lacks its title: 别的"):
        check_pdf(pdf, "别的")
    with pytest.raises(MissingDeliverable, match="no PDF that can be read"):
        check_pdf(pdf[:200], "试验")


def events(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_only_failed_runs_what_failed_and_leaves_the_rest_alone(tmp_path, notebook, batch_file):
    books, out = tmp_path / "books", tmp_path / "out"
    notebook(books / "a_good.ipynb", "1")
    notebook(books / "b_bad.ipynb", "1 / 0")
    file = batch_file(tmp_path / "trial.yaml", jobs=1)

    def again(*answers: Answer, only_failed: bool = True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(execute, "_pool", lambda *_: contextlib.nullcontext(Bench(*answers)))
            result = batch(file, out=out, notebooks=books, quiet=True, only_failed=only_failed)
        return [(run.task.stem, run.status) for run in result.runs], result.exit_code

    assert again(Answer(), Answer("CellError", "1 / 0"), only_failed=False) == ([("a_good", "ok"), ("b_bad", "failed")], 4)
    good = out / "trial" / "500000" / "baseline" / "a_good"
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in good.iterdir()}
    notebook(books / "a_good.ipynb", "2")  # it would run again, were it looked at
    notebook(books / "b_bad.ipynb", "1 / 1")
    assert again() == ([("a_good", "kept"), ("b_bad", "ok")], 0)
    assert before == {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in good.iterdir()}
    told = json.loads((out / "trial" / "manifest.json").read_text("utf-8"))
    assert (told["complete"], told["counts"]) == (True, {"ok": 1, "cached": 0, "failed": 0, "kept": 1})

    assert again() == ([("a_good", "kept"), ("b_bad", "kept")], 0)
    # a batch that was killed had said what it had come to
    told["complete"], told["runs"] = False, told["runs"][:1]
    (out / "trial" / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert again() == ([("a_good", "kept"), ("b_bad", "cached")], 0)


def test_only_failed_at_the_command_line_says_that_nothing_had_failed_and_two_batches_refuse(tmp_path, zhibiao):
    file, out = tmp_path / "trial.yaml", tmp_path / "out"
    file.write_text("name: trial\nnotebooks: [10_next_plan]\nregions: [沧州]\njobs: 1\n", encoding="utf-8")
    first = subprocess.Popen(
        [sys.executable, "-m", "zhibiao", "batch", str(file), "--out", str(out)], stdout=subprocess.PIPE, encoding="utf-8",
        cwd=Path(__file__).parents[2], env={**os.environ, "ZHIBIAO_DATA": ""},
    )  # fmt: skip
    try:
        assert '"start"' in first.stdout.readline()
        other = zhibiao("batch", str(file), "--out", str(out))
        assert (other.returncode, other.stdout) == (7, "")
        assert f"process {first.pid}" in other.stderr
        assert first.communicate(timeout=90)[0].count('"done"') == 1
    finally:
        first.kill()
        first.wait()
    again = zhibiao("batch", str(file), "--out", str(out), "--only-failed")
    assert again.returncode == 0, again.stderr
    assert "nothing had failed last time" in again.stderr
    assert [event["event"] for event in events(again)] == ["kept", "batch"]


GLANCE = """
from zhibiao.notebook import setup
report = setup(region, "all", None, None, scenario, 80, 2020, "zh", None)
"""
RUNNER = """
import sys
from pathlib import Path
from zhibiao.running.batch import batch
file, out, books = map(Path, sys.argv[1:])
sys.exit(batch(file, out=out, notebooks=books).exit_code)
"""


@posix
def test_when_the_batch_is_killed_then_the_same_command_gives_what_an_undisturbed_one_gives(
    tmp_path, notebook, batch_file, within, digests, at_work
):
    books = tmp_path / "books"
    notebook(books / "glance.ipynb", GLANCE, "report.at_a_glance()")
    notebook(books / "09_briefing.ipynb", "'简报'")
    notebook(books / "00_start.ipynb", "'先'")
    file = batch_file(tmp_path / "trial.yaml", jobs=2, regions=["沧州"])
    assert batch(file, out=tmp_path / "calm", notebooks=books, quiet=True).exit_code == 0

    out = tmp_path / "hit"
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, file, out, books], stdout=subprocess.DEVNULL)
    try:
        half = "trial/*/*/.tmp-glance*/statements.json"  # the third of three, two at a time: another is published by then
        assert within(lambda: any(out.glob(half)) or runner.poll() is not None, 40)
        assert runner.poll() is None, "it was over before the kill"
    finally:
        os.kill(runner.pid, signal.SIGKILL)
        runner.wait()
    assert within(lambda: not at_work(tmp_path), 8), "a process outlived the kill"
    assert any(out.glob("trial/*/*/*/manifest.json"))
    told = json.loads((out / "trial" / "manifest.json").read_text("utf-8"))
    assert told["complete"] is False
    assert batch(file, out=out, notebooks=books, quiet=True).exit_code == 0
    # once more for both: what is still good is called so in index and manifest
    for each in ("calm", "hit"):
        assert [run.status for run in batch(file, out=tmp_path / each, notebooks=books, quiet=True).runs] == ["cached"] * 3
    calm = digests(tmp_path / "calm")
    assert {"index.html", "trial/summary.parquet", "trial/130900/baseline/briefing.docx"} <= calm.keys()
    assert digests(out) == calm
