"""One batch with a notebook for each way to end; the tests look at what it left."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from zhibiao.errors import CellError, KernelDied, MissingDeliverable, ParameterError, TimeLimit
from zhibiao.running.batch import batch
from zhibiao.running.job import ROOT

TOKEN = "planted-7f3a91"

WAITS = """
import pathlib, time
place = pathlib.Path(marker)
(place / "{mine}").write_text("")
until = time.monotonic() + 30
while not (place / "{other}").exists():
    assert time.monotonic() < until, "the other notebook never came"
    time.sleep(0.05)
"together"
"""


class Trial:
    def __init__(self, place: Path, result) -> None:
        self.place, self.out, self.result = place, place / "out", result
        self.runs = {run.task.stem: run for run in result.runs}

    def folder(self, stem: str) -> Path:
        return self.out / "trial" / "500000" / "baseline" / stem

    def error(self, stem: str):
        return self.runs[stem].error


@pytest.fixture(scope="module")
def trial(tmp_path_factory, notebook, batch_file) -> Trial:
    place = tmp_path_factory.mktemp("trial")
    books = place / "notebooks"
    (place / "marks").mkdir()
    notebook(books / "a_waits.ipynb", WAITS.format(mine="a", other="b"))
    notebook(books / "b_waits.ipynb", WAITS.format(mine="b", other="a"))
    notebook(books / "good.ipynb", ("6 * 7", ["deliverable"]), ("import sys; sys.stderr.write('hm')", ["allow-stderr"]))
    notebook(
        books / "raises.ipynb",
        "'before'",
        "import os\nopen(os.path.expanduser('~') + '/no-such-file')\nx = 1\ny = 2\nraise ValueError",
        "'after'",
    )
    notebook(books / "refuses.ipynb", "1", "from zhibiao.errors import ParameterError\nraise ParameterError('nothing to start from', where='scenario')")
    notebook(books / "mistaken.ipynb", "1", "from zhibiao.errors import ParameterError\nraise ParameterError('unknown', where='--target')")
    notebook(books / "stderr.ipynb", "1", "import sys\nsys.stderr.write('watch out')")
    notebook(books / "slow.ipynb", "1", "import time\ntime.sleep(600)")
    notebook(books / "killed.ipynb", "1", "import os\nos.kill(os.getpid(), 9)")
    notebook(books / "leaves.ipynb", "1", "import sys\nsys.exit(0)", "2")
    notebook(books / "empty.ipynb", ("2", ["deliverable"]), ("x = 1", ["deliverable"]))
    notebook(books / "silent.ipynb", "x = 1")
    notebook(books / "09_briefing.ipynb", "'简报'")
    file = batch_file(
        place / "trial.yaml", limits={"cell": 6, "run": 120}, jobs=2, parameters={"marker": str(place / "marks")}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANTED", TOKEN)
        result = batch(file, out=place / "out", notebooks=books, quiet=True)
    return Trial(place, result)


def test_when_a_run_succeeds_then_its_folder_is_whole(trial):
    folder = trial.folder("good")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"good.ipynb", "good.pdf", "manifest.json"}
    assert manifest["files"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files - {"manifest.json"}
    }
    assert (manifest["status"], manifest["region_code"], manifest["region_name"]) == ("ok", "500000", "重庆")
    assert manifest["parameters"]["scenario"] == "baseline"
    assert manifest["title"] == "试验"
    assert set(manifest["inputs"]) == {"notebooks/good.ipynb", "indicators", "lib", "requirements.txt"}
    of_batch = json.loads((folder.parents[2] / "manifest.json").read_text("utf-8"))
    assert {"indicators/regions.csv", "lib/zhibiao/running/worker.py"} <= of_batch["inputs"].keys()
    assert manifest["warnings"] == ["单元格 cell 4: hm"]
    # why a kernel could not be forked is said; that nobody asked for it is no reason
    assert manifest["kernel"]["started"] == "forked" or "the provisioner is not" not in manifest["kernel"]["reason"] != ""
    assert (folder / "good.pdf").read_bytes().startswith(b"%PDF")


def test_two_notebooks_that_wait_for_each_other_both_end(trial):
    assert trial.runs["a_waits"].status == trial.runs["b_waits"].status == "ok"


def test_when_a_cell_raises_then_message_names_cell_line_exception_and_values(trial):
    error = trial.error("raises")
    assert isinstance(error, CellError)
    message = str(error)
    assert message.startswith("raises.ipynb: 单元格 cell 4，第 2 行 line 2: FileNotFoundError: ")
    assert "\n    import os\n→   open(os.path.expanduser('~') + '/no-such-file')\n    …\n    y = 2\n    raise ValueError\n" in message
    assert message.splitlines()[-1].startswith("参数 parameters: region='重庆', scenario='baseline', marker=")


def test_when_a_cell_raises_then_the_notebook_up_to_it_is_kept(trial):
    assert not trial.folder("raises").exists()
    failed = trial.folder("raises.failed")
    assert {path.name for path in failed.iterdir()} == {"raises.ipynb", "error.txt", "manifest.json"}
    left = nbformat.read(failed / "raises.ipynb", as_version=4)
    counts = [cell.execution_count for cell in left.cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4, None]  # with the cell of injected parameters
    assert left.cells[-2].outputs[0].ename == "FileNotFoundError"
    manifest = json.loads((failed / "manifest.json").read_text("utf-8"))
    assert (manifest["status"], manifest["error"]) == ("failed", (failed / "error.txt").read_text("utf-8").rstrip("\n"))


@pytest.mark.parametrize(
    ("stem", "kind", "said"),
    [
        ("refuses", ParameterError, "scenario: nothing to start from\n单元格 cell 4"),
        ("mistaken", CellError, "ParameterError: --target: unknown"),
        ("stderr", CellError, "单元格 cell 4 写到标准错误 wrote to stderr: watch out"),
        ("slow", TimeLimit, "单元格 cell 4 超过 took longer than 6 s"),
        ("killed", KernelDied, "SIGKILL"),
        ("leaves", CellError, "单元格 cell 5 未执行 was not run"),
        ("empty", MissingDeliverable, "单元格 cell 4"),
        ("silent", MissingDeliverable, "shows nothing"),
    ],
)
def test_each_way_to_fail_has_its_kind_and_says_where(trial, stem, kind, said):
    error = trial.error(stem)
    assert type(error) is kind
    assert said in str(error)
    assert str(error).startswith(f"{stem}.ipynb: ")
    assert not trial.folder(stem).exists()
    assert (trial.folder(f"{stem}.failed") / "error.txt").is_file()


def test_when_the_kernel_dies_then_the_cell_is_named(trial):
    assert "单元格 in cell 4\n    import os\n    os.kill" in str(trial.error("killed"))


def test_when_failures_differ_then_exit_code_is_ten(trial):
    assert trial.result.exit_code == 10
    assert [run.status for run in trial.result.runs].count("ok") == 4


def test_batch_manifest_index_and_briefing(trial):
    summary = json.loads((trial.out / "trial" / "manifest.json").read_text("utf-8"))
    assert summary["counts"] == {"ok": 4, "cached": 0, "failed": 9}
    assert summary["complete"] is True
    page = (trial.out / "index.html").read_text("utf-8")
    assert "trial/500000/baseline/good/good.pdf" in page
    assert "trial/500000/baseline/killed.failed/killed.ipynb" in page
    assert trial.folder("briefing.docx").read_bytes() == (trial.folder("09_briefing") / "09_briefing.docx").read_bytes()
    assert trial.folder("briefing.pdf").read_bytes() == (trial.folder("09_briefing") / "09_briefing.pdf").read_bytes()


def test_nothing_published_tells_of_the_machine(trial):
    secrets = [TOKEN, str(ROOT), str(Path.home()) + "/", sys.prefix]
    for path in trial.out.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [word for word in secrets if word.encode() in content] == [], path
    assert list(trial.out.rglob(".tmp-*")) == list(trial.out.rglob(".old-*")) == []


def test_when_nothing_changed_then_nothing_is_run_and_papermill_is_not_imported(trial):
    program = (
        "import sys; from pathlib import Path; from zhibiao.running.batch import batch;"
        "file, out, books = map(Path, sys.argv[1:]);"
        "result = batch(file, out=out, notebooks=books);"
        "assert not {'papermill', 'nbformat', 'pandas'} & set(sys.modules)"
    )
    books = trial.place / "good-only"
    books.mkdir()
    (books / "good.ipynb").write_bytes((trial.place / "notebooks" / "good.ipynb").read_bytes())
    before = (trial.folder("good") / "manifest.json").stat().st_mtime_ns
    done = subprocess.run(
        [sys.executable, "-c", program, trial.place / "trial.yaml", trial.out, books],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["cached", "batch"]
    assert (events[-1]["cached"], events[-1]["exit_code"]) == (1, 0)
    assert (trial.folder("good") / "manifest.json").stat().st_mtime_ns == before
