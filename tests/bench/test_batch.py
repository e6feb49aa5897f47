"""The bench of batches: its reports are different and the same for all, what it compares it tells apart, no process is lost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE))

import batch_checks  # noqa: E402
import batch_tasks  # noqa: E402
import bench_batch  # noqa: E402
import spans  # noqa: E402

from zhibiao.running import batchfile  # noqa: E402

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted on Linux only")


def test_reports_differ_and_the_batch_file_asks_for_the_same(tmp_path: Path) -> None:
    first, second = batch_tasks.reports(12, 1), batch_tasks.reports(12, 2)
    assert len({json.dumps(report.parameters, sort_keys=True) for report in [*first, *second]}) == 24
    assert len({report.folder for report in first}) == 12
    file = tmp_path / "bench.yaml"
    file.write_text(batch_tasks.batch_file(first), encoding="utf-8")
    tasks = batchfile.read(file, notebooks=bench_batch.NOTEBOOK.parent, data=None).tasks
    assert [Path(task.folder) for task in tasks] == [report.folder for report in first]
    for task, report in zip(tasks, first, strict=True):
        # a region may be handed on by its code
        assert {name: task.parameters[name] for name in ("scenario", "level", "seed", "lang")} == {n: v for n, v in report.parameters.items() if n != "region"}


def test_more_reports_than_there_are_combinations_are_refused() -> None:
    with pytest.raises(SystemExit, match="combinations"):
        batch_tasks.reports(10_000, 1)


def _book(text: str, svg: str, kind: str = "execute_result") -> dict:
    output = {"output_type": kind, "data": {"text/plain": text, "image/svg+xml": svg}, "metadata": {}, "execution_count": 1}
    if kind == "error":
        output = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    cell = {"cell_type": "code", "source": ["report"], "metadata": {}, "execution_count": 1, "outputs": [output]}
    return {"cells": [cell, {"cell_type": "markdown", "source": "", "metadata": {}}]}


SVG = '<svg><path d="M0 0"/><text x="1">重庆</text></svg>'


@pytest.mark.parametrize(
    ("book", "told"),
    [
        (_book("1", SVG), "same bytes"),
        (_book("1", SVG.replace("M0 0", "M0 1")), "same words"),
        (_book("1", SVG.replace("重庆", "全国")), "1 differ"),
        (_book("2", SVG), "1 differ"),
        (_book("1", SVG, "error"), "1 errors"),
    ],
)
def test_what_differs_is_told(tmp_path: Path, book: dict, told: str) -> None:
    import pypdfium2

    pdf = tmp_path / "page.pdf"
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100).close()
    document.save(pdf)
    document.close()

    def made(content: dict) -> batch_checks.Made:
        (tmp_path / "book.ipynb").write_text(json.dumps(content), encoding="utf-8")
        return batch_checks.made(tmp_path / "book.ipynb", pdf)

    found = made(book)
    assert found.pages == 1
    assert batch_checks.compared([found], [made(_book("1", SVG))]).startswith(told)


def _contestant(name: str, wall: float) -> bench_batch.Contestant:
    return bench_batch.Contestant(name, [wall], [1.0], [100.0], [200.0], [4, 5], {"same"})


@pytest.mark.parametrize(("ours", "kept"), [(10.0, [True] * 7), (30.0, [False] * 7)])
def test_promises_are_judged_by_overhead_and_ratio(ours: float, kept: list[bool]) -> None:
    walls = {"ours": ours, "floor": 9.0, "cli": 110.0, "pool": 40.0}
    lines = bench_batch.judged([_contestant(name, wall) for name, wall in walls.items()], 18, "ours")[4:]
    assert ["未达到" not in line for line in lines] == kept
    over = f"{2 * (ours - 9) / 18:.2f} s"
    assert over in lines[0]


def test_the_table_stands_between_its_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{bench_batch.BEGIN}\nold\n{bench_batch.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(bench_batch, "PAGE", page)
    bench_batch.written(bench_batch.table([_contestant("ours", 10.0), _contestant("floor", 9.0)], 18))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "| **10.0** (10.0) |" in text and "9 (4–5)" in text
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(SystemExit):
        bench_batch.written([])


def test_the_page_has_the_markers() -> None:
    text = bench_batch.PAGE.read_text(encoding="utf-8")
    assert text.count(bench_batch.BEGIN) == text.count(bench_batch.END) == 1


LOST = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while time.process_time() < 0.5:
            pass
    os._exit(0)
"""


@linux
def test_processes_that_outlive_their_parents_are_counted(tmp_path: Path) -> None:
    asked = {"command": [sys.executable, "-c", LOST], "env": {}, "cwd": str(tmp_path), "log": str(tmp_path / "log"), "warmed": False}
    (tmp_path / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    done = subprocess.run([sys.executable, str(HERE / "batch_measure.py"), str(tmp_path / "asked.json")], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["code"], told["left"]) == (0, [])
    assert told["cpu"] >= 0.5


WARM = """
import sys, time
while time.process_time() < 0.5:
    pass
print("ready", flush=True)
sys.stdin.readline()
while time.process_time() < 0.8:
    pass
print("done", flush=True)
sys.stdin.read()
"""


@linux
def test_of_a_warm_process_only_the_work_is_counted(tmp_path: Path) -> None:
    asked = {"command": [sys.executable, "-c", WARM], "env": {}, "cwd": str(tmp_path), "log": str(tmp_path / "log"), "warmed": True}
    (tmp_path / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    done = subprocess.run([sys.executable, str(HERE / "batch_measure.py"), str(tmp_path / "asked.json")], capture_output=True, text=True, check=True)
    assert 0.2 <= json.loads(done.stdout)["cpu"] <= 0.45


def test_calls_are_nested_by_process_thread_and_time(tmp_path: Path) -> None:
    calls = [[1, 1, "report", 0.0, 9.0], [2, 1, "run", 1.0, 5.0], [2, 1, "cell", 2.0, 3.0], [2, 2, "pdf", 2.5, 6.0], [2, 1, "!gone:name", 0, 0]]
    (tmp_path / "1.jsonl").write_text("".join(json.dumps(call) + "\n" for call in calls), encoding="utf-8")
    (report,), missing = spans.tree(tmp_path)
    assert report.name == "report" and [span.name for span in report.within] == ["run", "pdf"]
    assert [span.name for span in report.within[0].within] == ["cell"]
    assert missing == ["gone:name"]


def test_the_peers_run_with_the_versions_of_the_main_lock() -> None:
    def pins(path: Path) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            found.setdefault(name, set()).add(version)
        return found

    main, peers = pins(bench_batch.ROOT / "requirements.txt"), pins(HERE / "batch-requirements.txt")
    assert {"nbclient", "playwright", "ploomber-engine"} <= set(peers)
    assert {name: peers[name] for name in peers if name in main and not peers[name] <= main[name]} == {}


def test_every_timed_function_is_there() -> None:
    """A name that has gone would leave a hole in the table."""
    import importlib

    for module, names in spans.NAMES.items():
        owner = importlib.import_module(module)
        for name in names:
            found = owner
            for part in name.split("."):
                found = getattr(found, part)
            assert callable(found), f"{module}:{name}"
