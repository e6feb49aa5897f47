"""A batch on a Dask cluster: scheduler and workers are processes of their own on this machine, and lose each other."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from distributed import Client
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.errors import (
    CellError,
    KernelDied,
    MissingDeliverable,
    OutputError,
    ParameterError,
    RegistryError,
    TimeLimit,
)
from zhibiao.running import cluster, connection, manifest, parcel, reconnecting, station
from zhibiao.running.batch import batch
from zhibiao.running.job import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed as POSIX kills them")

SETTINGS = {
    "DASK_DISTRIBUTED__WORKER__HEARTBEAT_INTERVAL": "200ms",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}

# the first time it hangs and says who runs it, the second time it does not
HANGS_ONCE = """
import os, pathlib, signal, time
if not pathlib.Path(marker).exists():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    part = pathlib.Path(marker + ".part")
    part.write_text(f"{os.getpid()} {os.environ['JPY_PARENT_PID']}")
    part.rename(marker)
    time.sleep(600)
'went on'
"""

class Net:
    """A scheduler and workers, each in a process of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.scheduler: subprocess.Popen | None = None
        self.workers: list[subprocess.Popen] = []
        self.address = ""

    def start(self, port: int = 0) -> str:
        told = self.place / "scheduler.json"
        told.unlink(missing_ok=True)
        self.scheduler = self._process("dask_scheduler", "--port", str(port), "--scheduler-file", str(told))
        until(told.exists, 20)
        until(lambda: told.read_text().endswith("}"), 5)
        self.address = json.loads(told.read_text())["address"]
        return self.address

    def join(self, *options: str, **environment: str) -> subprocess.Popen:
        command = [self.address, "--no-nanny", "--nthreads", "1", "--local-directory", str(self.place / "scratch"), *options]
        self.workers.append(self._process("dask_worker", *command, **environment))
        return self.workers[-1]

    def _process(self, module: str, *options: str, **environment: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--no-dashboard", *options]
        log = (self.place / f"{module}.log").open("ab")
        with log:
            return subprocess.Popen(command, cwd=self.place, env={**os.environ, **SETTINGS, **environment}, stdout=log, stderr=log)

    def runs_on(self, pid: int) -> subprocess.Popen:
        """Return the Dask worker below which a kernel's worker process runs."""
        above = {process.pid for process in psutil.Process(pid).parents()}
        return next(worker for worker in self.workers if worker.pid in above)

    def end(self) -> None:
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            process.kill()
            process.wait()


def until(condition, seconds: float) -> None:
    event = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        event.wait(0.05)
    raise AssertionError(f"not within {seconds} s: {condition}")


@contextlib.contextmanager
def network(place: Path, workers: int) -> Iterator[Net]:
    net = Net(place)
    try:
        net.start()
        for _ in range(workers):
            net.join()
        yield net
    finally:
        net.end()


@pytest.fixture
def net(tmp_path) -> Iterator[Net]:
    with network(tmp_path, 0) as found:
        yield found


@pytest.fixture
def behind():
    """Run something beside the test; what it raises, the test hears."""
    with ThreadPoolExecutor(1) as threads:
        yield threads.submit


def measured(text: str) -> str:
    """A death tells how much memory was in use: that is measured, and two measurements differ by a page."""
    return re.sub(r"内存最多 at most \d+ MB", "内存最多 at most … MB", text)


def files(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file() and ".index" not in path.parts}


@pytest.fixture(scope="module")
def twice(tmp_path_factory, notebook, batch_file):
    """The same batch here and on a cluster: one run succeeds with a figure, others fail, each in its own way; with an overlay."""
    place = tmp_path_factory.mktemp("twice")
    books, data = place / "books", place / "data"
    (data / "observations").mkdir(parents=True)
    shipped = (ROOT / "indicators" / "observations" / "chongqing.csv").read_text("utf-8").splitlines(keepends=True)
    (data / "observations" / "mine.csv").write_text(shipped[0], encoding="utf-8")
    (data / "drawer").mkdir()
    (data / "drawer" / "letter.docx").write_bytes(b"not for the registry")
    notebook(
        books / "a_good.ipynb",
        "import os, pathlib\nhome = pathlib.Path(os.environ['ZHIBIAO_DATA'])\n"
        "sorted(path.relative_to(home).as_posix() for path in home.rglob('*.csv'))",
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nplt.close(figure)\n"
        "from IPython.display import display\ndisplay(figure, metadata={'image/png': {'alt': '一条线'}})",
        "assert 'PLANTED' not in os.environ\n'no secret'",
    )
    notebook(books / "b_raises.ipynb", "'before'", "open('no-such-file')", "'after'")
    notebook(books / "c_silent.ipynb", "x = 1")
    notebook(books / "d_dies.ipynb", "1", "import os, time\ntime.sleep(0.3)\nos._exit(3)")
    notebook(books / "a_hangs.ipynb", "1", "import time\ntime.sleep(600)")
    file = batch_file(place / "trial.yaml", jobs=2, limits={"cell": 6})
    with network(place, 2) as net, pytest.MonkeyPatch.context() as patch:
        here = batch(file, out=place / "here", data=data, notebooks=books, quiet=True)
        patch.setenv("PLANTED", "of the runner alone")
        there = batch(file, out=place / "there", data=data, notebooks=books, quiet=True, scheduler=net.address)
        left = [process for worker in net.workers for process in psutil.Process(worker.pid).children(recursive=True)]
        yield place, here, there, left


def test_results_equal_those_of_a_local_batch(twice):
    place, here, there, _ = twice
    assert [run.status for run in here.runs] == ["ok", "failed", "failed", "failed", "failed"]
    assert [(run.status, run.key) for run in there.runs] == [(run.status, run.key) for run in here.runs]
    assert there.exit_code == here.exit_code == 10
    mine, theirs = files(place / "here"), files(place / "there")
    assert list(theirs) == list(mine)
    assert "trial/500000/baseline/a_good/figures/" in " ".join(mine)
    manifests = [name for name in mine if name.endswith(f"/{manifest.NAME}")]
    told = [name for name in mine if name == "index.html" or name.endswith("/error.txt")]
    assert [name for name in mine if name not in manifests + told and mine[name] != theirs[name]] == []
    assert [name for name in told if measured(mine[name].decode()) != measured(theirs[name].decode())] == []
    for name in manifests:
        one, other = (json.loads(measured(found[name].decode())) for found in (mine, theirs))
        for found in (one, other):
            found.pop("durations", None)
            found.get("files", {}).pop("error.txt", None)  # compared above, without what was measured
        assert one == other, name


def test_errors_are_the_same_words(twice):
    _, here, there, _ = twice
    for one, other in zip(here.runs, there.runs, strict=True):
        assert (type(other.error), measured(str(other.error))) == (type(one.error), measured(str(one.error)))
    assert [type(run.error) for run in there.runs] == [type(None), TimeLimit, CellError, MissingDeliverable, KernelDied]
    assert "单元格 in cell 4" in str(there.runs[4].error)


def test_nothing_tells_of_a_worker_and_nothing_is_left_there(twice):
    place, _, _, left = twice
    for name, content in files(place / "there").items():
        assert str(place / "scratch").encode() not in content, name
    assert [process.cmdline() for process in left if process.is_running()] == []
    assert list((place / "scratch").rglob("run-*")) == list((place / "scratch").rglob("bench-*")) == []


def test_when_nothing_changed_then_the_cluster_is_not_asked(twice):
    place, *_ = twice
    found = files(place / "there")
    books = place / "only-good"
    books.mkdir()
    shutil.copy(place / "books" / "a_good.ipynb", books)
    result = batch(
        place / "trial.yaml", out=place / "there", data=place / "data", notebooks=books, quiet=True, scheduler="tcp://127.0.0.1:9"
    )
    assert [run.status for run in result.runs] == ["cached"]
    assert files(place / "there")["trial/500000/baseline/a_good/manifest.json"] == found["trial/500000/baseline/a_good/manifest.json"]


def pids(marker: Path) -> list[int]:
    return [int(pid) for pid in marker.read_text().split()]


def lose_a_worker(net, place, notebook, batch_file, behind, is_alive, within, number=signal.SIGKILL) -> list[str]:
    """A batch with one worker; another joins and takes the second run; the first is ended and its run goes to the other."""
    marker = place / "marker"
    notebook(place / "books" / "a_hangs.ipynb", "1", HANGS_ONCE)
    notebook(place / "books" / "b_good.ipynb", "2")
    file = batch_file(place / "trial.yaml", jobs=2, parameters={"marker": str(marker)})
    first = net.join()
    running = behind(batch, file, out=place / "out", notebooks=place / "books", quiet=True, scheduler=net.address)
    until(marker.exists, 30)
    net.join()
    until((place / "out" / "trial" / "500000" / "baseline" / "b_good").is_dir, 30)
    assert net.runs_on(pids(marker)[0]) is first
    first.send_signal(number)
    if number == signal.SIGSTOP:  # a machine that hangs: it ends its kernel when it comes to and finds itself given up
        result = running.result(60)
        first.send_signal(signal.SIGCONT)
        assert within(lambda: not any(map(is_alive, pids(marker))), 10)
    else:
        assert within(lambda: not any(map(is_alive, pids(marker))), 5)
        result = running.result(60)
    assert "went on" in (result.runs[0].folder / "a_hangs.ipynb").read_text("utf-8")
    assert list((place / "out").rglob(".tmp-*")) == []
    return [run.status for run in result.runs]


def test_a_worker_that_joins_late_gets_orders_and_those_of_a_killed_one(
    net, tmp_path, notebook, batch_file, behind, is_alive, within
):
    assert lose_a_worker(net, tmp_path, notebook, batch_file, behind, is_alive, within) == ["ok", "ok"]


@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGKILL] * 8 + [signal.SIGTERM] * 4 + [signal.SIGSTOP] * 2)
def test_workers_are_killed_dismissed_and_frozen(net, tmp_path, notebook, batch_file, behind, is_alive, within, number):
    assert lose_a_worker(net, tmp_path, notebook, batch_file, behind, is_alive, within, number) == ["ok", "ok"]


@pytest.mark.soak
def test_when_a_worker_does_not_even_mind_its_limit_then_the_runner_does(
    tmp_path, notebook, batch_file, behind, monkeypatch
):
    monkeypatch.setattr(cluster, "MARGIN", 1.0)
    monkeypatch.setitem(SETTINGS, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL", "5m")
    marker = tmp_path / "marker"
    notebook(tmp_path / "books" / "a_hangs.ipynb", "1", HANGS_ONCE)
    file = batch_file(tmp_path / "trial.yaml", limits={"run": 10}, parameters={"marker": str(marker)})
    with network(tmp_path, 1) as net:
        running = behind(batch, file, out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler=net.address)
        until(marker.exists, 30)
        net.workers[0].send_signal(signal.SIGSTOP)
        (run,) = running.result(60).runs
        assert isinstance(run.error, TimeLimit)
        assert "did not answer within 10 s" in str(run.error)
        net.workers[0].send_signal(signal.SIGCONT)


def restart_mid_run(net, place, notebook, batch_file, behind):
    marker = place / "marker"
    notebook(place / "books" / "a_hangs.ipynb", "1", HANGS_ONCE)
    notebook(place / "books" / "b_good.ipynb", "2")
    file = batch_file(place / "trial.yaml", parameters={"marker": str(marker)})
    running = behind(batch, file, out=place / "out", notebooks=place / "books", quiet=True, scheduler=net.address)
    until(marker.exists, 30)
    net.scheduler.kill()
    net.scheduler.wait()
    return running, pids(marker)


def restart(net, tmp_path, notebook, batch_file, behind, is_alive, within):
    net.join()
    running, started = restart_mid_run(net, tmp_path, notebook, batch_file, behind)
    assert within(lambda: not any(map(is_alive, started)), 15)  # a worker without a scheduler ends, and its kernel with it
    net.start(int(net.address.rpartition(":")[2]))
    net.join()
    assert [run.status for run in running.result(90).runs] == ["ok", "ok"]


def test_when_the_scheduler_is_restarted_then_the_batch_goes_on(net, tmp_path, notebook, batch_file, behind, is_alive, within):
    restart(net, tmp_path, notebook, batch_file, behind, is_alive, within)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(5))
def test_the_scheduler_is_restarted_again_and_again(net, tmp_path, notebook, batch_file, behind, is_alive, within, turn):
    restart(net, tmp_path, notebook, batch_file, behind, is_alive, within)


@pytest.mark.soak
def test_when_the_scheduler_stays_away_then_the_rest_fails_and_a_second_start_finishes(
    net, tmp_path, notebook, batch_file, behind, monkeypatch
):
    monkeypatch.setattr(reconnecting, "PATIENCE", 2.0)
    net.join()
    until(lambda: "Registered to" in (tmp_path / "dask_worker.log").read_text("utf-8"), 20)
    running, _ = restart_mid_run(net, tmp_path, notebook, batch_file, behind)
    result = running.result(60)
    assert result.exit_code == KernelDied.exit_code
    for run in result.runs:
        assert "run the same command again" in str(run.error)
        assert {path.name for path in run.folder.iterdir()} == {"error.txt", "manifest.json"}
    net.start()
    net.join()
    again = batch(tmp_path / "trial.yaml", out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler=net.address)
    assert [run.status for run in again.runs] == ["ok", "ok"]
    assert list((tmp_path / "out").rglob("*.failed")) == []


@pytest.mark.soak
def test_when_no_worker_is_left_and_none_comes_then_the_rest_fails(net, tmp_path, notebook, batch_file, behind, monkeypatch):
    monkeypatch.setattr(reconnecting, "PATIENCE", 2.0)
    marker = tmp_path / "marker"
    notebook(tmp_path / "books" / "a_hangs.ipynb", "1", HANGS_ONCE)
    notebook(tmp_path / "books" / "b_good.ipynb", "2")
    file = batch_file(tmp_path / "trial.yaml", parameters={"marker": str(marker)})
    only = net.join()
    until(lambda: "Registered to" in (tmp_path / "dask_worker.log").read_text("utf-8"), 20)
    running = behind(batch, file, out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler=net.address)
    until(marker.exists, 30)
    only.kill()
    result = running.result(60)
    assert result.exit_code == KernelDied.exit_code
    assert all("had no worker for 2 s" in str(run.error) for run in result.runs)


def test_when_a_worker_has_other_code_then_nothing_starts(net, tmp_path, notebook, batch_file):
    other = tmp_path / "other"
    for part in ("lib", "indicators"):
        shutil.copytree(ROOT / part, other / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", other)
    with (other / "lib" / "zhibiao" / "errors.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    net.join(PYTHONPATH=str(other / "lib"))
    notebook(tmp_path / "books" / "a.ipynb", "1")
    file = batch_file(tmp_path / "trial.yaml")
    with pytest.raises(ParameterError) as refused:
        batch(file, out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler=net.address)
    assert "nothing was started\ntcp://127.0.0.1:" in str(refused.value)
    assert str(refused.value).endswith(": lib/zhibiao/errors.py 不同 differs")
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / ".lock"]


def test_when_no_scheduler_answers_then_one_message_and_nothing_starts(tmp_path, notebook, batch_file, monkeypatch):
    monkeypatch.setattr(connection, "CONNECT", 0.5)
    notebook(tmp_path / "books" / "a.ipynb", "1")
    file = batch_file(tmp_path / "trial.yaml")
    with pytest.raises(ParameterError, match=r"no scheduler answers \(tcp://127\.0\.0\.1:9\)"):
        batch(file, out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler="tcp://127.0.0.1:9")
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / ".lock"]


@pytest.mark.parametrize("scheduler", ["10.0.0.5:8786", "tcp://host", "http://host:80", "local:0", "local:x", "tcp://a b:1", ""])
def test_what_is_no_scheduler_is_refused(tmp_path, notebook, batch_file, scheduler):
    notebook(tmp_path / "books" / "a.ipynb", "1")
    file = batch_file(tmp_path / "trial.yaml")
    with pytest.raises(ParameterError, match="--scheduler: "):
        batch(file, out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler=scheduler)
    assert not (tmp_path / "out").exists()


@given(st.dictionaries(st.text("甲ab [1]*{}", min_size=1, max_size=8).filter(lambda name: name.strip()), st.binary(max_size=99), max_size=4))
def test_what_is_packed_is_unpacked(made):
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        for name, content in made.items():
            (Path(here) / "figures").mkdir(exist_ok=True)
            (Path(here) / "figures" / name).write_bytes(content)
        parcel.unpack(parcel.pack(Path(here)), Path(there))
        assert files(Path(there)) == {f"figures/{name}": content for name, content in made.items()}


def test_nothing_is_unpacked_outside_its_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../outside", "x")
    (tmp_path / "in").mkdir()
    with pytest.raises(OSError, match="outside the folder"):
        parcel.unpack((tmp_path / "evil.zip").read_bytes(), tmp_path / "in")
    assert not (tmp_path / "outside").exists()


def test_what_is_too_large_to_travel_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parcel, "LARGEST", 3)
    (tmp_path / "a").write_bytes(b"1234")
    with pytest.raises(OutputError, match="larger than"):
        parcel.pack(tmp_path)


def test_when_the_overlay_changes_meanwhile_then_the_batch_is_not_started(tmp_path):
    (tmp_path / "sources.yaml").write_text("a", encoding="utf-8")
    around = manifest.surroundings(tmp_path)
    assert parcel.pack_overlay(tmp_path, around)
    (tmp_path / "sources.yaml").write_text("b", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"data/sources\.yaml"):
        parcel.pack_overlay(tmp_path, around)


RUNNER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from zhibiao.running.batch import batch
if __name__ == "__main__":
    file, out, books = map(Path, sys.argv[1:4])
    sys.exit(batch(file, out=out, notebooks=books, scheduler=sys.argv[4]).exit_code)
"""


@pytest.fixture
def runner(tmp_path, notebook, batch_file):
    """Start a batch of a notebook that hangs and one that waits for its turn, in a process of its own."""
    started = []

    def start(scheduler: str) -> tuple[subprocess.Popen, list[int]]:
        (tmp_path / "runner.py").write_text(RUNNER, encoding="utf-8")
        marker = tmp_path / "marker"
        notebook(tmp_path / "books" / "a_hangs.ipynb", "1", HANGS_ONCE)
        notebook(tmp_path / "books" / "b_good.ipynb", "2")
        file = batch_file(tmp_path / "trial.yaml", jobs=1, parameters={"marker": str(marker)})
        command = [sys.executable, tmp_path / "runner.py", file, tmp_path / "out", tmp_path / "books", scheduler]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, start_new_session=True
        )
        started.append(process)
        until(marker.exists, 40)
        return process, pids(marker)

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def offspring(net: Net) -> list[psutil.Process]:
    return [process for worker in net.workers for process in psutil.Process(worker.pid).children(recursive=True)]


def test_when_stopped_then_130_and_no_process_is_left_on_a_worker(net, tmp_path, runner, is_alive, within):
    net.join()
    process, started = runner(net.address)
    process.send_signal(signal.SIGINT)
    said, logged = process.communicate(timeout=30)
    assert (process.returncode, logged) == (130, b"")
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["start", "batch"]
    assert within(lambda: not any(map(is_alive, started)) and offspring(net) == [], 5)
    assert list((tmp_path / "out").rglob("a_hangs*")) == list((tmp_path / "out").rglob(".tmp-*")) == []
    assert net.workers[0].poll() is None


@pytest.mark.soak
def test_when_the_runner_is_killed_then_the_worker_ends_its_order(net, runner, is_alive, within):
    net.join()
    process, started = runner(net.address)
    with Client(net.address, set_as_default=False) as client:
        client.run(setattr, station, "IDLE", 1.0)
        process.kill()
        assert within(lambda: not any(map(is_alive, started)), 10)
        assert within(lambda: offspring(net) == [], 20)  # the template and what else waited for its next order
    assert net.workers[0].poll() is None


@pytest.mark.soak
def test_when_ctrl_c_reaches_a_local_cluster_too_then_130_and_silence(tmp_path, runner, is_alive, within):
    process, started = runner("local:1")
    family = psutil.Process(process.pid).children(recursive=True)
    doors = [door for member in [psutil.Process(process.pid), *family] for door in member.net_connections("inet")]
    assert {door.laddr.ip for door in doors if door.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the cluster's processes hear it as well
    _, logged = process.communicate(timeout=30)
    assert (process.returncode, logged) == (130, b"")
    assert within(lambda: not any(map(is_alive, [*started, *(child.pid for child in family)])), 5)


POISON = """
import os, psutil, time
psutil.Process(int(os.environ["JPY_PARENT_PID"])).parent().kill()
time.sleep(60)
"""


@pytest.mark.soak
def test_when_an_order_kills_its_workers_then_it_is_given_up(net, tmp_path, notebook, batch_file):
    for _ in range(cluster.LOSSES + 1):
        net.join()
    notebook(tmp_path / "books" / "a_poison.ipynb", "1", POISON)
    file = batch_file(tmp_path / "trial.yaml")
    result = batch(file, out=tmp_path / "out", notebooks=tmp_path / "books", quiet=True, scheduler=net.address)
    (run,) = result.runs
    assert isinstance(run.error, KernelDied)
    assert f"its worker of the cluster was lost {cluster.LOSSES} times" in str(run.error)
    assert "tcp:" not in (run.folder / "error.txt").read_text("utf-8")
