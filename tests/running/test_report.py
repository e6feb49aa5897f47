"""What is told while a batch runs, and the page of all batches."""

import json

import pytest

from zhibiao.errors import CellError, OutputError, TimeLimit
from zhibiao.running import manifest
from zhibiao.running.job import BatchResult, RunResult, Task, without_paths
from zhibiao.running.report import Board, Lines, reporter, write_outputs_index


@pytest.fixture
def result(tmp_path):
    book = tmp_path / "mine.ipynb"
    task = Task(book, {}, "trial", "500000", "重庆", "baseline", "试验")
    return RunResult(task, "failed", tmp_path / task.folder, CellError("[bold]坏了", where="mine.ipynb"), "k", 1.234)


def test_lines_are_json(tmp_path, result, capsys):
    with Lines(tmp_path) as show:
        show.started(result.task)
        show.ended(result)
        show.finished(BatchResult((result,)))
    start, failed, batch = map(json.loads, capsys.readouterr().out.splitlines())
    assert (start["event"], start["notebook"], start["region"]) == ("start", "mine", "500000")
    assert (failed["event"], failed["kind"], failed["exit_code"]) == ("failed", "CellError", 4)
    assert failed["seconds"] == 1.23
    assert (batch["event"], batch["failed"], batch["exit_code"]) == ("batch", 1, 4)


def test_board_shows_each_run_and_the_messages_as_they_are(tmp_path, result, capsys):
    with Board(tmp_path) as show:
        show.started(result.task)
        show.ended(result)
        show.finished(BatchResult((result,)))
    said = capsys.readouterr().out
    assert "失败" in said
    assert "[bold]坏了" in said


def test_board_of_a_thousand_runs_stays_short_and_counts_them(tmp_path, result, capsys):
    with Board(tmp_path) as show:
        for number in range(1000):
            task = Task(tmp_path / "mine.ipynb", {}, "trial", f"{900000 + number}", f"地{number:04d}", "baseline", "试验")
            show.started(task)
            if number != 7:
                show.ended(RunResult(task, "failed" if number == 3 else "ok", tmp_path, CellError("x") if number == 3 else None, "k", 1.0))
    said = capsys.readouterr().out
    last = said[said.rindex("笔记本") :]
    assert sum("mine" in line for line in last.splitlines()) == Board.LINES
    assert "地0003" in last and "地0007" in last and "地0999" in last and "地0500" not in last
    assert "完成 done 998" in last and "失败 failed 1" in last and "运行中 running 1" in last


def test_quiet_says_nothing(tmp_path, result, capsys):
    with reporter(tmp_path, quiet=True) as show:
        show.ended(result)
    assert capsys.readouterr().out == ""


def test_exit_codes(result):
    late = RunResult(result.task, "failed", result.folder, TimeLimit("late"))
    fine = RunResult(result.task, "ok", result.folder)
    assert BatchResult((fine,)).exit_code == 0
    assert BatchResult((fine, result, result)).exit_code == 4
    assert BatchResult((late, result)).exit_code == 10
    assert BatchResult((fine,), fault=OutputError("full")).exit_code == 7
    assert BatchResult((late, result), interrupted=True).exit_code == 130


def test_index_links_every_batch_and_passes_over_what_is_not_a_manifest(tmp_path):
    for batch, status in (("one", "ok"), ("two", "failed")):
        folder = tmp_path / batch / "500000" / "baseline" / "mine"
        folder.mkdir(parents=True)
        content = {
            "batch": batch, "region_code": "500000", "region_name": "重庆", "scenario": "baseline", "notebook": "mine",
            "title": "试验", "status": status, "error": "", "files": {"mine.pdf": "aa"}, "as_of": "", "report_date": "",
        }  # fmt: skip
        (folder / manifest.NAME).write_text(json.dumps(content), encoding="utf-8")
    for name, text in (("cut", "{"), ("other", '{"status": "ok"}'), (".tmp-mine-1", '{"status": "ok"}')):
        folder = tmp_path / "one" / "500000" / "baseline" / name
        folder.mkdir()
        (folder / manifest.NAME).write_text(text)
    write_outputs_index(tmp_path, [tmp_path / "one" / "500000" / "baseline" / "mine"])
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.count('<th scope="row">') == 2
    assert page.count('<tr class="cached"') == page.count('<tr class="failed"') == 1
    assert "one/500000/baseline/mine/mine.pdf" in page


def test_messages_lose_the_folders_of_the_machine(tmp_path):
    said = without_paths(f"{tmp_path}/a/b: no such file", [tmp_path / "a"])
    assert said == "…/b: no such file"


def test_a_slip_of_the_program_fails_its_run_alone_and_the_batch_is_concluded(tmp_path, notebook, batch_file, monkeypatch):
    from zhibiao.running.batch import batch

    books = tmp_path / "books"
    for name in ("good", "odd"):
        notebook(books / f"{name}.ipynb", "1")
    of_run = manifest.of_run

    def slips(task, *given, **named):
        if task.stem == "odd" and not named.get("error"):
            raise ValueError("surrogates not allowed")
        return of_run(task, *given, **named)

    monkeypatch.setattr(manifest, "of_run", slips)
    done = batch(batch_file(tmp_path / "trial.yaml", jobs=1), out=tmp_path / "out", notebooks=books, quiet=True)
    assert {run.task.stem: run.status for run in done.runs} == {"good": "ok", "odd": "failed"}
    assert "程序错误" in str(next(run.error for run in done.runs if run.error)) and done.exit_code == 1
    listed = json.loads((tmp_path / "out" / "trial" / "manifest.json").read_text("utf-8"))
    assert listed["complete"] and listed["counts"]["failed"] == 1


def test_a_summary_that_cannot_be_written_is_told_and_the_rest_is(tmp_path, result, monkeypatch):
    from zhibiao.running import concluding, summary
    from zhibiao.running.manifest import Surroundings

    def slips(*_):
        raise ValueError("surrogates not allowed")

    monkeypatch.setattr(summary, "update", slips)
    (tmp_path / "trial").mkdir()
    fault = concluding.conclude((result,), True, tmp_path, Surroundings({}, {"python": "3.11"}))
    assert "surrogates" in str(fault)
    assert json.loads((tmp_path / "trial" / "manifest.json").read_text("utf-8"))["complete"]
