"""Nothing outlives a run: the limit, Ctrl-C, and a runner that is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from zhibiao.errors import KernelDied, TimeLimit
from zhibiao.running.batch import batch
from zhibiao.running.job import Limits
from zhibiao.running.run import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")

# the kernel, a child of it and one in a session of its own, and a kernel that does not hear an interrupt
HANGS = """
import os, pathlib, signal, subprocess, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
away = subprocess.Popen(["sleep", "600"], start_new_session=True)
part = pathlib.Path(marker + ".part")
part.write_text(f"{os.getpid()} {os.environ['JPY_PARENT_PID']} {child.pid} {away.pid}")
part.rename(marker)
time.sleep(600)
"""

# a shell that starts the tests in the background has them ignore SIGINT; the runner is to hear it
RUNNER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from zhibiao.running.batch import batch
file, out, books = map(Path, sys.argv[1:])
sys.exit(batch(file, out=out, notebooks=books).exit_code)
"""


def pids(marker: Path) -> list[int]:
    return [int(pid) for pid in marker.read_text().split()]


def test_when_a_run_takes_too_long_then_worker_kernel_and_children_are_ended(tmp_path, notebook, is_alive, within):
    marker = tmp_path / "marker"
    book = notebook(tmp_path / "hangs.ipynb", "1", HANGS)
    result = run(book, {"marker": str(marker)}, out=tmp_path / "out", limits=Limits(cell=600, run=9), quiet=True)
    assert isinstance(result.error, TimeLimit)
    assert "took longer than 9 s，单元格 in cell 4\n    import os" in str(result.error)
    assert len(pids(marker)) == 4
    assert within(lambda: not any(map(is_alive, pids(marker))), 2)
    assert (result.folder / "hangs.ipynb").is_file()
    assert str(tmp_path) not in (result.folder / "error.txt").read_text("utf-8")


def test_when_the_worker_is_killed_then_its_kernel_too_and_another_worker_goes_on(
    tmp_path, notebook, batch_file, is_alive, within
):
    books, marker = tmp_path / "books", tmp_path / "marker"
    # `while True: pass` holds the kernel's interpreter: it would not hear that its parent is gone
    notebook(
        books / "a_kills.ipynb",
        "print('说', flush=True)",
        HANGS.replace("time.sleep(600)", "os.kill(int(os.environ['JPY_PARENT_PID']), 9)\nwhile True: pass"),
    )
    notebook(books / "b_good.ipynb", "2")
    file = batch_file(tmp_path / "trial.yaml", jobs=1, parameters={"marker": str(marker)})
    result = batch(file, out=tmp_path / "out", notebooks=books, quiet=True)
    killed, good = result.runs
    assert isinstance(killed.error, KernelDied)
    assert "the worker died (SIGKILL" in str(killed.error)
    assert "单元格 in cell 4" in str(killed.error)
    assert (good.status, result.exit_code) == ("ok", 5)
    assert within(lambda: not any(map(is_alive, pids(marker))), 2)


@pytest.fixture
def hanging(tmp_path, notebook, batch_file, within):
    """A runner in a process of its own: its first notebook has ended, its second hangs."""
    books, marker = tmp_path / "books", tmp_path / "marker"
    notebook(books / "a_good.ipynb", "1")
    notebook(books / "b_hangs.ipynb", "1", HANGS)
    file = batch_file(tmp_path / "trial.yaml", jobs=1, parameters={"marker": str(marker)})
    command = [sys.executable, "-c", RUNNER, file, tmp_path / "out", books]
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    try:
        assert within(marker.exists, 40)
        yield runner, pids(marker)
    finally:
        runner.kill()
        runner.communicate()


def leftovers(out: Path) -> list[str]:
    return [path.name for path in out.rglob(".*") if path.name.startswith((".tmp-", ".old-"))]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_stopped_then_130_and_what_was_finished_stays(tmp_path, hanging, is_alive, number):
    runner, started = hanging
    runner.send_signal(number)
    _, said = runner.communicate(timeout=20)
    assert (runner.returncode, said) == (130, b"")
    assert not any(map(is_alive, started))
    folder = tmp_path / "out" / "trial" / "500000" / "baseline"
    assert [path.name for path in folder.iterdir()] == ["a_good"]
    assert leftovers(tmp_path / "out") == []
    assert '"complete": false' in (tmp_path / "out" / "trial" / "manifest.json").read_text("utf-8")


def test_when_the_runner_is_killed_then_nothing_lives_on_and_the_next_run_succeeds(
    tmp_path, hanging, is_alive, within, notebook
):
    runner, started = hanging
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    assert within(lambda: not any(map(is_alive, started)), 6)
    out = tmp_path / "out"
    folder = out / "trial" / "500000" / "baseline"
    assert not (folder / "b_hangs").exists()
    assert leftovers(out) != []  # it had no time to clear away

    notebook(tmp_path / "books" / "b_hangs.ipynb", "2")
    done = subprocess.run(runner.args, capture_output=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(path.name for path in folder.iterdir()) == ["a_good", "b_hangs"]
    assert leftovers(out) == []
