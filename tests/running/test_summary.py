"""A batch's summary says what lies in its folder, whole, once, and the same every time."""

import json
from pathlib import Path

import nbformat
import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing.statements import write_statements
from zhibiao.running import summary
from zhibiao.running.job import RunResult, Task
from zhibiao.showing.statement_records import COLUMNS, RESOURCE

VALUE = {"text": "x", "number": 1.5, "year": 2025, "bool": False}


def record(region: str, scenario: str, statement: str, **changes: object) -> dict[str, object]:
    told: dict[str, object] = {name: VALUE[kind] for name, kind in COLUMNS.items()}
    return {**told, "region_code": region, "scenario": scenario, "statement": statement, **changes}


def published(folder: Path, region: str, scenario: str, stem: str, key: str, *records: dict[str, object]) -> RunResult:
    """A run as it lies in a batch's folder, and what the batch says of it."""
    place = folder / region / scenario / stem
    place.mkdir(parents=True, exist_ok=True)
    if records:
        (place / "statements.json").write_text(json.dumps(records), encoding="utf-8")
    (place / "manifest.json").write_text(json.dumps({"key": key, "status": "ok"}), encoding="utf-8")
    return RunResult(Task(Path(f"/n/{stem}.ipynb"), {}, folder.name, region, "甲", scenario, "t"), "ok", place, None, key)


def trial(folder: Path, gap: float = 1.0, key: str = "k1") -> list[RunResult]:
    return [
        published(folder, "500000", "baseline", "09_briefing", key, record("500000", "baseline", "p/a", gap=gap), record("500000", "baseline", "p/b", gap=None)),
        published(folder, "500000", "baseline", "03_gaps", "g", record("500000", "baseline", "p/a", gap=99.0)),
        published(folder, "500000", "baseline", "00_start", "s"),
        published(folder, "110000", "baseline", "03_gaps", "h", record("110000", "baseline", "p/a", parent=None, met=None, target_year=None)),
    ]


def test_each_target_has_one_row_and_the_briefing_speaks(tmp_path):
    summary.update(tmp_path / "b", trial(tmp_path / "b"))
    found = summary.read(tmp_path / "b")
    assert list(found.columns) == list(summary.ALL)
    assert list(zip(found.region_code, found.statement, found.notebook, found.run_key, strict=True)) == [
        ("110000", "p/a", "03_gaps", "h"), ("500000", "p/a", "09_briefing", "k1"), ("500000", "p/b", "09_briefing", "k1"),
    ]  # fmt: skip
    assert found.gap.tolist()[1] == 1.0 and found.gap.isna().tolist() == [False, False, True]
    assert found.met.isna().tolist() == [True, False, False] and found.target_year.tolist()[1:] == [2025, 2025]
    assert found.parent.isna()[0] and found.target_year.isna()[0]


def test_only_what_is_new_is_read_and_what_is_gone_goes(tmp_path):
    folder = tmp_path / "b"
    summary.update(folder, trial(folder))
    # a kept run is not looked at: what its file says now does not show
    (folder / "110000/baseline/03_gaps/statements.json").write_text("no json at all", encoding="utf-8")
    runs = trial(folder, gap=7.0, key="k2")
    (folder / "110000/baseline/03_gaps/statements.json").write_text("no json at all", encoding="utf-8")
    summary.update(folder, runs)
    assert summary.read(folder).gap.tolist()[:2] == [1.5, 7.0]
    (folder / "500000/baseline/09_briefing/statements.json").unlink()
    summary.update(folder)
    assert summary.read(folder)[["region_code", "notebook"]].values.tolist() == [["110000", "03_gaps"], ["500000", "03_gaps"]]


def test_lost_broken_or_of_another_version_it_is_made_again_to_the_same_bytes(tmp_path):
    folder = tmp_path / "b"
    path = summary.update(folder, trial(folder))
    first = path.read_bytes()
    for content in (None, b"", b"PAR1 nothing", first[: len(first) // 2]):
        path.unlink() if content is None else path.write_bytes(content)
        summary.update(folder)  # without being told of any run
        assert path.read_bytes() == first
    with summary.connected() as database:
        database.execute(f"COPY (SELECT 1 AS other) TO '{path}' (FORMAT parquet)")
    with pytest.raises(OutputError, match="汇总文件损坏"):
        summary.read(folder)
    summary.update(folder)
    assert path.read_bytes() == first
    assert not list(folder.glob(".*"))


def test_nothing_to_tell_is_an_empty_summary(tmp_path):
    folder = tmp_path / "b"
    assert summary.update(folder, [published(folder, "500000", "baseline", "00_start", "s")]) is None
    found = summary.read(folder)
    assert len(found) == 0 and list(found.columns) == list(summary.ALL)
    summary.update(folder, trial(folder))
    for path in folder.glob("*/*/*/statements.json"):
        path.unlink()
    summary.update(folder)
    assert not (folder / summary.NAME).exists()  # a summary of what is gone does not stay


def test_a_broken_summary_or_record_is_named(tmp_path):
    folder = tmp_path / "b"
    summary.update(folder, trial(folder))
    (folder / summary.NAME).write_bytes(b"half")
    with pytest.raises(OutputError, match=r"b/summary\.parquet"):
        summary.read(folder)
    for content in ("[{", "[1]", "[null]", "{}1"):
        (folder / "110000/baseline/03_gaps/statements.json").write_text(content, encoding="utf-8")
        with pytest.raises(OutputError, match=r"b/110000/baseline/03_gaps/statements\.json.*cannot be read") as caught:
            summary.update(folder)
        assert str(tmp_path) not in str(caught.value)
    told = [{**record("110000", "baseline", "p/a"), "gap": "much"}]
    (folder / "110000/baseline/03_gaps/statements.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be read") as caught:
        summary.update(folder)
    assert str(tmp_path) not in str(caught.value)


def test_folders_with_pattern_characters_are_files_like_others(tmp_path):
    folder = tmp_path / "out[1]*" / "b"
    other = tmp_path / "out1x" / "b"
    summary.update(other, [published(other, "110000", "baseline", "03_gaps", "o", record("110000", "baseline", "p/other"))])
    summary.update(folder, trial(folder))
    assert summary.read(folder).statement.tolist() == ["p/a", "p/a", "p/b"]


def test_failed_and_unfinished_runs_tell_nothing(tmp_path):
    folder = tmp_path / "b"
    trial(folder)
    published(folder, "500000", "baseline", "09_briefing.failed", "f", record("500000", "baseline", "p/f"))
    published(folder, "120000", "baseline", "09_briefing.failed", "f", record("120000", "baseline", "p/f"))
    published(folder, "500000", "baseline", ".tmp-09_briefing-1", "f", record("500000", "baseline", "p/t"))
    summary.update(folder)
    assert summary.read(folder).statement.tolist() == ["p/a", "p/a", "p/b"]


def test_a_failed_run_leaves_the_rows_of_what_is_still_published(tmp_path):
    folder = tmp_path / "b"
    runs = trial(folder)
    summary.update(folder, runs)
    first = (folder / summary.NAME).read_bytes()
    failed = RunResult(runs[0].task, "failed", folder, OutputError("x"), "k9")
    summary.update(folder, [failed, *runs[1:]])
    assert (folder / summary.NAME).read_bytes() == first


def test_records_move_from_the_notebook_into_one_file(tmp_path):
    def output(*records):
        data = {"application/vnd.dataresource+json": {"data": [], RESOURCE: list(records)}, "text/plain": "t"}
        return nbformat.v4.new_output("execute_result", data=data, execution_count=1)

    one, two = record("500000", "baseline", "p/a", region_name="</script>"), record("500000", "baseline", "p/b")
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output(one)]), nbformat.v4.new_code_cell("y", outputs=[output(one, two)])])
    assert write_statements(nb, tmp_path)
    assert json.loads((tmp_path / "statements.json").read_text(encoding="utf-8")) == [one, two]
    assert RESOURCE not in nbformat.writes(nb)
    assert not write_statements(nb, tmp_path / "none") and not (tmp_path / "none").exists()


def test_records_of_another_version_lack_what_they_lack(tmp_path):
    folder = tmp_path / "b"
    old = {name: value for name, value in record("110000", "baseline", "p/a").items() if name not in ("chance", "place")}
    summary.update(folder, [published(folder, "110000", "baseline", "03_gaps", "h", {**old, "since": "then"})])
    found = summary.read(folder)
    assert found.statement.tolist() == ["p/a"] and found.chance.isna().all() and found.place.isna().all()
