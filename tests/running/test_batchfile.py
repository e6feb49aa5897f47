"""Batch files are checked to the last parameter before anything runs."""

import re
from pathlib import Path

import pytest

from zhibiao.errors import ParameterError
from zhibiao.running.batchfile import read
from zhibiao.running.job import ROOT

GOOD = """\
name: trial
notebooks: [one, two]
regions: [重庆]
scenarios: [baseline, plan_2021]
parameters: {level: 90}
runs:
  - {region: 100000, notebooks: [two], parameters: {level: 50}}
limits: {cell: 5}
"""


@pytest.fixture
def books(tmp_path, notebook) -> Path:
    folder = tmp_path / "books"
    notebook(folder / "one.ipynb", "1")
    two = notebook(folder / "two.ipynb", "2")
    two.write_text(two.read_text("utf-8").replace('marker = \\"\\"', 'marker = \\"\\"\\nlevel = 80'), encoding="utf-8")
    return folder


def reading(tmp_path: Path, books: Path, text: str):
    path = tmp_path / "trial.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, notebooks=books)


def test_every_combination_in_order_and_parameters_where_they_are_known(tmp_path, books):
    batch = reading(tmp_path, books, GOOD)
    assert [str(task.folder) for task in batch.tasks] == [
        "trial/500000/baseline/one",
        "trial/500000/baseline/two",
        "trial/500000/plan_2021/one",
        "trial/500000/plan_2021/two",
        "trial/100000/baseline/two",
    ]
    assert [task.parameters.get("level") for task in batch.tasks] == [None, 90, None, 90, 50]
    assert (batch.file.limits.cell, batch.file.limits.run, batch.file.jobs) == (5, 600, 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "nearest"),
    [
        ("regions:", "regoins:", 3, "unknown key 'regoins'", "regions"),
        ("limits: {cell", "limits: {sell", 8, "unknown key", "cell"),
        ("notebooks: [two], p", "notebook: [two], p", 7, "unknown key", "notebooks"),
        ("[one, two]", "[one, tow]", 2, "no notebook 'tow'", "two"),
        ("[重庆]", "[重庆布]", 3, "unknown region '重庆布'", "重庆"),
        ("[重庆]", "重庆", 3, "should be a list", None),
        ("plan_2021]", "plan2021]", 4, "unknown scenario 'plan2021'", "plan_2021"),
        ("{level: 90}", "{levle: 90}", 5, "no notebook has a parameter 'levle'", "level"),
        ("{level: 90}", "{level: high}", 5, "two · level", None),
        ("{level: 90}", "{level: 101}", 5, "out of range", None),
        ("{level: 90}", "{region: 重庆}", 5, "belongs to regions", None),
        ("level: 50", "level: 10", 7, "out of range", None),
        ("region: 100000", "region: 重庆", 7, "appears twice", None),
        ("region: 100000", "region: 100000, scenarios: [plan_2021]", 7, "not meant for 全国", None),
        ("cell: 5", "cell: 0", 8, "cell", None),
        ("cell: 5", "cell: fast", 8, "cell", None),
        ("name: trial", "name: ../trial", 1, "'../trial'", None),
        ("name: trial", "name: run", 1, "single runs", None),
        ("name: trial\n", "", 1, "is missing", None),
        ("cell: 5}", "cell: 5", 8, "broken YAML", None),
        ("name: trial", "name: trial\nname: trial", 2, "duplicate key", None),
    ],
)
def test_a_fault_is_told_with_file_line_and_the_nearest(tmp_path, books, old, new, line, said, nearest):
    assert old in GOOD
    with pytest.raises(ParameterError) as caught:
        reading(tmp_path, books, GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'trial.yaml'}:{line}: ")
    assert said in str(caught.value)
    assert caught.value.nearest == nearest


def test_a_batch_may_do_without_word(tmp_path, books):
    assert {task.documents for task in reading(tmp_path, books, GOOD).tasks} == {("pdf", "docx", "png")}
    assert {task.documents for task in reading(tmp_path, books, GOOD + "documents: [pdf]\n").tasks} == {("pdf",)}
    for wrong, said in (("[docx]", "须有 pdf"), ("[pdf, odt]", "'odt'"), ("pdf", "应为列表")):
        with pytest.raises(ParameterError, match=rf"trial.yaml:\d+: .*{re.escape(said)}"):
            reading(tmp_path, books, GOOD + f"documents: {wrong}\n")


def test_when_a_notebook_lacks_a_scenario_then_its_entry_is_named(tmp_path, books):
    one = books / "one.ipynb"
    one.write_text(one.read_text("utf-8").replace('scenario = \\"baseline\\"\\n', ""), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"trial.yaml:2: one · one.ipynb: .*unknown parameter 'scenario'"):
        reading(tmp_path, books, GOOD)


def test_the_monthly_batch_is_sound():
    batch = read(ROOT / "notebooks" / "batches" / "monthly.yaml", notebooks=ROOT / "notebooks")
    runs = {(task.region_code, task.scenario, task.stem) for task in batch.tasks}
    review = read(ROOT / "notebooks" / "batches" / "review.yaml", notebooks=ROOT / "notebooks")
    every = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert len(runs) == 4 * len(every - {task.stem for task in review.tasks})
    assert {task.region_code for task in review.tasks} == {"100000", "500000"}
    assert ("100000", "baseline", "09_briefing") in runs
    assert ("500000", "plan_2022", "09_briefing") in runs
    assert (batch.file.limits.cell, batch.file.limits.run, batch.file.jobs) == (120, 600, 2)


def test_every_region_with_documents_has_its_reports():
    batch = read(ROOT / "notebooks" / "batches" / "regions.yaml", notebooks=ROOT / "notebooks")
    assert {task.region_code for task in batch.tasks} == {"100000", "500000", "500116", "130900"}
    assert {task.stem for task in batch.tasks} == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
