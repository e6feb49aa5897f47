"""The index reads what changed and nothing else, and is right whatever became of what it kept."""

import json
import os
import shutil
from pathlib import Path

import pytest

from zhibiao.running import entries as module
from zhibiao.running.entries import KEPT, entries

TOLD = {
    "batch": "one", "region_code": "500000", "region_name": "重庆", "scenario": "baseline", "notebook": "a", "title": "试验", "status": "ok",
    "error": "", "as_of": "2023", "report_date": "", "files": {"a.pdf": "0"},
}  # fmt: skip


def publish(out: Path, notebook: str = "a", **changes: object) -> Path:
    folder = out / "one" / "500000" / "baseline" / notebook
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "manifest.new"
    made.write_text(json.dumps({**TOLD, "notebook": notebook.removesuffix(".failed"), **changes}), encoding="utf-8")
    os.replace(made, folder / "manifest.json")
    return folder


@pytest.fixture
def read(monkeypatch):
    """The folders whose manifests were read."""
    seen: list[str] = []
    honest = module.manifest.read
    monkeypatch.setattr(module.manifest, "read", lambda folder: (seen.append(folder.name), honest(folder))[1])
    return seen


def listed(out: Path) -> dict[str, str]:
    return {entry.notebook: entry.title for entry in entries(out, [])}


def test_only_what_changed_is_read_again(tmp_path, read):
    publish(tmp_path, "a")
    publish(tmp_path, "b")
    assert listed(tmp_path) == {"a": "试验", "b": "试验"}
    assert sorted(read) == ["a", "b"]
    read.clear()
    assert listed(tmp_path) == {"a": "试验", "b": "试验"} and read == []
    publish(tmp_path, "b", title="新的题目")
    assert listed(tmp_path) == {"a": "试验", "b": "新的题目"} and read == ["b"]
    shutil.rmtree(publish(tmp_path, "a"))
    assert listed(tmp_path) == {"b": "新的题目"}
    assert "a.pdf" not in json.dumps([told for told in json.loads((tmp_path / KEPT / "one.json").read_text("utf-8"))["runs"] if told.endswith("/a")])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 0, "runs": {}}', '{"version": 1, "runs": {"500000/baseline/a": {"stamp": [1, 2]}}}', '{"version": 1, "runs": {"500000/baseline/a": {"stamp": [], "entry": {"batch": 1}}}}'])
def test_what_was_kept_may_be_lost_or_broken(tmp_path, content):
    publish(tmp_path)
    before = listed(tmp_path)
    first = (tmp_path / KEPT / "one.json").read_bytes()
    (tmp_path / KEPT / "one.json").write_text(content, encoding="utf-8")
    assert listed(tmp_path) == before
    assert (tmp_path / KEPT / "one.json").read_bytes() == first


def test_what_is_no_manifest_is_read_once_and_not_listed(tmp_path, read):
    publish(tmp_path, "a")
    (publish(tmp_path, "cut") / "manifest.json").write_text("{", encoding="utf-8")
    publish(tmp_path, "other", files=None)
    publish(tmp_path, "words", title=["no", "text"])
    publish(tmp_path, ".tmp-a-1")
    assert list(listed(tmp_path)) == ["a"]
    read.clear()
    assert list(listed(tmp_path)) == ["a"] and read == []


def test_verdicts_are_those_of_the_main_targets(tmp_path):
    folder = publish(tmp_path, files={"statements.json": "0"})
    records = [{"headline": True, "verdict": "met"}, {"headline": True, "verdict": "behind"}, {"headline": False, "verdict": "missed"}]
    (folder / "statements.json").write_text(json.dumps(records), encoding="utf-8")
    assert [dict(entry.verdicts) for entry in entries(tmp_path, [])] == [{"behind": 1, "met": 1}]
    (folder / "statements.json").write_text("broken", encoding="utf-8")
    publish(tmp_path, title="another", files={"statements.json": "0"})
    assert [dict(entry.verdicts) for entry in entries(tmp_path, [])] == [{}]
    assert [entry.status for entry in entries(tmp_path, [folder])] == ["cached"]
