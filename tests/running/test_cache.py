"""A run is repeated when, and only when, something it depends on has changed."""

import json
from dataclasses import replace

import nbformat
import pytest

from zhibiao.errors import ParameterError
from zhibiao.running import cache, manifest
from zhibiao.running.job import Task
from zhibiao.running.manifest import Surroundings

AROUND = Surroundings({"indicators/regions.csv": "aa"}, {"python": "3.11.7", "typst": "0.15.2"})


@pytest.fixture
def task(tmp_path, notebook):
    book = notebook(tmp_path / "mine.ipynb", "1", ("2", ["deliverable"]))
    return Task(book, {"region": "重庆"}, "trial", "500000", "重庆", "baseline", "试验")


def rewritten(task, change):
    nb = nbformat.read(task.notebook, as_version=4)
    change(nb)
    task.notebook.write_text(nbformat.writes(nb), encoding="utf-8")


def test_outputs_counts_and_ids_do_not_count(task):
    before = cache.key(task, AROUND)

    def executed(nb):
        nb.cells[2].outputs = [nbformat.v4.new_output("stream", text="1")]
        nb.cells[2].execution_count = 7
        nb.cells[2].id = "another"
        nb.metadata["kernelspec"] = {"name": "other", "display_name": "Other"}

    rewritten(task, executed)
    assert cache.key(task, AROUND) == before


def test_source_tags_parameters_inputs_and_versions_count(task):
    keys = [
        cache.key(task, AROUND),
        cache.key(replace(task, parameters={"region": "500000"}), AROUND),
        cache.key(task, replace(AROUND, inputs={"indicators/regions.csv": "ab"})),
        cache.key(task, replace(AROUND, inputs={**AROUND.inputs, "data/regions.csv": "aa"})),
        cache.key(task, replace(AROUND, versions={"python": "3.12.1", "typst": "0.15.2"})),
        cache.key(task, replace(AROUND, versions={"python": "3.11.7", "typst": "0.15.3"})),
    ]
    rewritten(task, lambda nb: nb.cells[2].update(source="3"))
    keys.append(cache.key(task, AROUND))
    rewritten(task, lambda nb: nb.cells[3].metadata.update(tags=[]))
    keys.append(cache.key(task, AROUND))
    assert len(set(keys)) == len(keys)


def test_a_patch_of_python_does_not_count(task):
    newer = replace(AROUND, versions={**AROUND.versions, "python": "3.11.9"})
    assert cache.key(task, newer) == cache.key(task, AROUND)


def test_when_it_is_no_notebook_then_parameter_error(task):
    task.notebook.write_text("{}")
    with pytest.raises(ParameterError, match=r"mine\.ipynb"):
        cache.key(task, AROUND)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "run"
    (place / "figures").mkdir(parents=True)
    (place / "figures" / "a.svg").write_text("<svg/>")
    content = {"key": "k", "status": "ok", "files": {"figures/a.svg": manifest.sha256(place / "figures" / "a.svg")}}
    (place / manifest.NAME).write_text(json.dumps(content))
    return place


def test_a_whole_folder_of_the_same_key_is_good(folder):
    assert cache.is_good(folder, "k")
    assert not cache.is_good(folder, "other")


@pytest.mark.parametrize("harm", ["file gone", "file changed", "manifest gone", "manifest cut", "failed"])
def test_a_harmed_folder_is_not_good(folder, harm):
    figure, listed = folder / "figures" / "a.svg", folder / manifest.NAME
    match harm:
        case "file gone":
            figure.unlink()
        case "file changed":
            figure.write_text("<SVG/>")
        case "manifest gone":
            listed.unlink()
        case "manifest cut":
            listed.write_text(listed.read_text()[:-5])
        case "failed":
            listed.write_text(listed.read_text().replace('"ok"', '"failed"'))
    assert not cache.is_good(folder, "k")
