"""Single runs: what stays after a failure, a full disk, the same bytes twice."""

import json
import os
import sys
from pathlib import Path

import pytest

from zhibiao.errors import OutputError, ParameterError
from zhibiao.holding import locked
from zhibiao.running.run import run


def published(out: Path, stem: str) -> Path:
    return out / "run" / "500000" / "baseline" / stem


def test_when_a_run_fails_then_the_last_good_one_stays_and_success_clears_the_failure(tmp_path, notebook):
    out, book = tmp_path / "out", tmp_path / "books {braces}" / "mine.ipynb"
    good = published(out, "mine")
    assert run(notebook(book, "'first'"), {}, out=out, quiet=True).status == "ok"
    first = (good / "mine.ipynb").read_bytes()
    assert run(book, {}, out=out, quiet=True).status == "cached"

    failed = run(notebook(book, "1 / 0"), {}, out=out, quiet=True)
    assert (failed.status, failed.exit_code) == ("failed", 4)
    assert (good / "mine.ipynb").read_bytes() == first
    assert "ZeroDivisionError" in (published(out, "mine.failed") / "error.txt").read_text("utf-8")

    # the last good folder is still good for the notebook it was made from
    notebook(book, "'first'")
    assert run(book, {}, out=out, quiet=True).status == "cached"
    assert run(book, {}, out=out, quiet=True, force=True).status == "ok"
    assert not published(out, "mine.failed").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_when_the_disk_is_full_then_output_error_and_nothing_half_written(tmp_path, notebook):
    import resource

    out = tmp_path / "out"
    book = notebook(tmp_path / "big.ipynb", "print('x' * 300_000)\n1")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        result = run(book, {}, out=out, quiet=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(result.error, OutputError)
    assert os.strerror(27) in str(result.error)
    assert not published(out, "big").exists()
    assert {path.name for path in published(out, "big.failed").iterdir()} == {"error.txt", "manifest.json"}
    assert list(out.rglob(".tmp-*")) == []


def test_when_the_folder_cannot_be_made_then_output_error(tmp_path, notebook):
    out = tmp_path / "out"
    (out / "run").mkdir(parents=True)
    (out / "run" / "500000").write_text("a file where a folder should be")
    result = run(notebook(tmp_path / "mine.ipynb", "1"), {}, out=out, quiet=True)
    assert (type(result.error), result.exit_code) == (OutputError, 7)


def test_when_another_batch_is_writing_then_refused(tmp_path, notebook):
    book = notebook(tmp_path / "mine.ipynb", "1")
    with locked(tmp_path / "out"), pytest.raises(OutputError, match=f"process {os.getpid()}"):
        run(book, {}, out=tmp_path / "out", quiet=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"regoin": "重庆"}, "region"), ({"region": "重庆布"}, "重庆"), ({"scenario": "basline"}, "baseline")],
)
def test_when_a_parameter_is_wrong_then_nothing_is_started(tmp_path, notebook, given, said):
    book = notebook(tmp_path / "mine.ipynb", "1")
    with pytest.raises(ParameterError) as caught:
        run(book, given, out=tmp_path / "out", quiet=True)
    assert caught.value.nearest == said
    assert not (tmp_path / "out").exists()


def test_when_a_scenario_has_nothing_to_start_from_then_nothing_is_started(tmp_path):
    with pytest.raises(ParameterError, match="没有同一年的招生与在校生") as caught:
        run(Path("09_briefing"), {"region": "江津", "scenario": "longer_programmes"}, out=tmp_path / "out", quiet=True)
    assert (caught.value.exit_code, caught.value.allowed) == (2, ["baseline", "plan_trusted"])
    assert not (tmp_path / "out").exists()


def test_when_no_such_notebook_then_nearest(tmp_path):
    with pytest.raises(ParameterError) as caught:
        run(Path("03_gap"), {}, out=tmp_path, quiet=True)
    assert caught.value.nearest == "03_gaps"


def test_the_same_run_gives_the_same_bytes(tmp_path):
    made = []
    for place in ("one", "two"):
        result = run(Path("00_start"), {"region": "全国"}, out=tmp_path / place, quiet=True)
        assert result.status == "ok", result.error
        made.append({
            path.relative_to(result.folder).as_posix(): path.read_bytes()
            for path in result.folder.rglob("*")
            if path.is_file()
        })  # fmt: skip
    first, second = ({name: content for name, content in one.items() if name != "manifest.json"} for one in made)
    assert {Path(name).suffix for name in first} == {".ipynb", ".pdf", ".svg", ".png", ".xlsx", ".csv", ".json"}  # values.json: what is printed
    assert first == second
    manifests = [json.loads(one["manifest.json"]) for one in made]
    for manifest in manifests:
        del manifest["durations"]
    assert manifests[0] == manifests[1]
