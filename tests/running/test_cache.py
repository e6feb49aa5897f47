"""A run is repeated when, and only when, something it depends on has changed."""

import json
import os
import sys
from dataclasses import replace

import nbformat
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.tracing import Answers
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.running import cache, manifest
from zhibiao.running.job import Task
from zhibiao.running.manifest import Surroundings

REGISTRY = load()
AROUND = Surroundings({"indicators/regions.csv": "aa", "indicators/observations/a.csv": "bb"}, {"python": "3.11.7", "typst": "0.15.2"})


def asked(task, around):
    return cache.asked([task], around)[0]


@pytest.fixture
def task(tmp_path, notebook):
    book = notebook(tmp_path / "mine.ipynb", "1", ("2", ["deliverable"]))
    return Task(book, {"region": "重庆"}, "trial", "500000", "重庆", "baseline", "试验")


def rewritten(task, change):
    nb = nbformat.read(task.notebook, as_version=4)
    change(nb)
    task.notebook.write_text(nbformat.writes(nb), encoding="utf-8")


def test_outputs_counts_and_ids_do_not_count(task):
    before = asked(task, AROUND)

    def executed(nb):
        nb.cells[2].outputs = [nbformat.v4.new_output("stream", text="1")]
        nb.cells[2].execution_count = 7
        nb.cells[2].id = "another"
        nb.metadata["kernelspec"] = {"name": "other", "display_name": "Other"}

    rewritten(task, executed)
    assert asked(task, AROUND) == before


def test_source_tags_parameters_inputs_and_versions_count(task):
    keys = [
        asked(task, AROUND),
        asked(replace(task, parameters={"region": "500000"}), AROUND),
        asked(task, replace(AROUND, inputs={"indicators/regions.csv": "ab"})),
        asked(task, replace(AROUND, inputs={**AROUND.inputs, "data/regions.csv": "aa"})),
        asked(task, replace(AROUND, versions={"python": "3.12.1", "typst": "0.15.2"})),
        asked(task, replace(AROUND, versions={"python": "3.11.7", "typst": "0.15.3"})),
    ]
    rewritten(task, lambda nb: nb.cells[2].update(source="3"))
    keys.append(asked(task, AROUND))
    rewritten(task, lambda nb: nb.cells[3].metadata.update(tags=[]))
    keys.append(asked(task, AROUND))
    assert len(set(keys)) == len(keys)


def test_figures_documents_and_sources_are_left_to_what_the_run_says_it_read(task):
    more = {"indicators/observations/a.csv": "cc", "data/observations/b.csv": "dd", "data/plans/c.yaml": "ee", "data/sources.yaml": "ff"}
    assert asked(task, replace(AROUND, inputs={**AROUND.inputs, **more})) == asked(task, AROUND)
    assert cache.key("a", {"q": "1"}) != cache.key("a", {"q": "2"}) != cache.key("b", {"q": "2"})


def test_a_part_is_another_where_one_of_its_files_is():
    before, after = AROUND.parts, replace(AROUND, inputs={**AROUND.inputs, "indicators/regions.csv": "ab", "data/regions.csv": "aa"}).parts
    assert before.keys() == {"indicators"} and after.keys() == {"indicators", "data"}
    assert before["indicators"] != after["indicators"] != after["data"]


def test_title_note_and_pictures_of_the_notebook_count(task):
    keys = [asked(task, AROUND)]
    rewritten(task, lambda nb: nb.cells[0].update(attachments={"a.png": {"image/png": "AAAA"}}))
    keys.append(asked(task, AROUND))
    rewritten(task, lambda nb: nb.metadata.update(zhibiao={"title": "另题"}))
    keys.append(asked(task, AROUND))
    assert len(set(keys)) == 3


def test_every_file_that_the_registry_reads_is_fingerprinted(tmp_path):
    for place in ("scenarios/mine.yml", "catalogue/MORE.YAML", "observations/x.CSV", "status/s.csv", "regions.csv", "sources.yaml"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("")
    (tmp_path / "scenarios" / "~open.yaml").write_text("")
    (tmp_path / "notes.docx").write_text("")
    found = {label for label in manifest.surroundings(tmp_path).inputs if label.startswith("data/")}
    assert found == {f"data/{place}" for place in ("scenarios/mine.yml", "catalogue/MORE.YAML", "observations/x.CSV", "status/s.csv", "regions.csv", "sources.yaml")}


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_name_that_is_not_utf8_is_refused_by_name(tmp_path):
    (tmp_path / "observations").mkdir()
    (tmp_path / os.fsdecode(b"observations/\xca\xfd\xbe\xdd.csv")).write_text("region\n")
    with pytest.raises(RegistryError, match=r"\\xca\\xfd\\xbe\\xdd\.csv: .*UTF-8"):
        load(tmp_path)


def test_a_patch_of_python_does_not_count(task):
    newer = replace(AROUND, versions={**AROUND.versions, "python": "3.11.9"})
    assert asked(task, newer) == asked(task, AROUND)


def test_when_it_is_no_notebook_then_parameter_error(task):
    task.notebook.write_text("{}")
    with pytest.raises(ParameterError, match=r"mine\.ipynb"):
        asked(task, AROUND)


NEWEST = '[null, "newest_year", "500000"]'
ANSWER = Answers(REGISTRY).digest(NEWEST)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "run"
    (place / "figures").mkdir(parents=True)
    (place / "figures" / "a.svg").write_text("<svg/>")
    content = {"asked": "a", "key": "k", "reads": {NEWEST: ANSWER}, "status": "ok", "files": {"figures/a.svg": manifest.sha256(place / "figures" / "a.svg")}}
    (place / manifest.NAME).write_text(json.dumps(content))
    return place


def good(folder, asked="a"):
    return cache.still_good(folder, asked, Answers(REGISTRY))


def test_a_whole_folder_asked_and_answered_the_same_is_good(folder):
    assert good(folder) == "k"
    assert good(folder, "other") is None


@pytest.mark.parametrize("question", [NEWEST, '[null, "gone", "500000"]', '[null, "region", "500000"]'])
def test_when_the_registry_answers_otherwise_then_it_is_not_good(folder, question):
    listed = folder / manifest.NAME
    content = json.loads(listed.read_text())
    listed.write_text(json.dumps({**content, "reads": {question: "0" * 24}}))
    assert good(folder) is None


@pytest.mark.parametrize("harm", ["file gone", "file changed", "manifest gone", "manifest cut", "failed", "reads unknown"])
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
        case "reads unknown":
            listed.write_text(listed.read_text().replace('"reads"', '"red"'))
    assert good(folder) is None
