"""One changed figure repeats the runs that looked at it, and no other."""

import json
import os

import pytest

from zhibiao.catalogue.load import OBSERVATION_COLUMNS, load
from zhibiao.running.batch import batch
from zhibiao.running.job import ROOT

SETUP = "from zhibiao.notebook import setup; report = setup(region)"


def row(region, indicator, period, value, recorded):
    known = next(o for o in load().observed(region) if o.indicator == indicator)
    cells = {
        "region": region, "indicator": indicator, "period": period, "basis": known.basis, "value": value, "qualifier": "eq",
        "unit": known.unit, "status": "final", "confidence": "high", "source": known.source, "published": "", "recorded": recorded, "reason": "更正",
    }  # fmt: skip
    return ",".join(cells[name] for name in OBSERVATION_COLUMNS) + "\n"


@pytest.fixture
def again(tmp_path, notebook, batch_file):
    books, data = tmp_path / "books", tmp_path / "data"
    (data / "observations").mkdir(parents=True)
    (data / "observations" / "mine.csv").write_text(",".join(OBSERVATION_COLUMNS) + "\n", "utf-8")
    for indicator in ("enrolment", "intake"):
        notebook(books / f"{indicator}.ipynb", f"{SETUP}; len(report.study.series('{indicator}').points)")
    # what this one reads the package does not see: any change of figures may concern it
    notebook(books / "own.ipynb", "import os, pathlib; len(list(pathlib.Path(os.environ['ZHIBIAO_DATA']).rglob('*.csv')))")
    notebook(books / "past.ipynb", f"{SETUP}; import os; len(open(os.environ['ZHIBIAO_DATA'] + '/observations/mine.csv').read())")
    file = batch_file(tmp_path / "trial.yaml", regions=["100000", "500000"], jobs=2)

    def run(*rows):
        with (data / "observations" / "mine.csv").open("a", encoding="utf-8") as stream:
            stream.writelines(rows)
        done = batch(file, out=tmp_path / "out", notebooks=books, data=data, quiet=True)
        assert done.exit_code == 0
        return {f"{run.task.stem} {run.task.region_code}" for run in done.runs if run.status == "ok"}

    run.out = tmp_path / "out"
    return run


def test_one_changed_figure_repeats_exactly_what_depends_on_it(again):
    assert len(again()) == 8
    assert again() == set()
    always = {"own 100000", "own 500000", "past 100000", "past 500000"}
    # a correction of an old year: the series of the nation's enrolment, which every region is held against where it is shown
    assert again(row("100000", "enrolment", "2015", "300", "2027-01-01")) == always | {"enrolment 100000"}
    # the newest year of a region is the year its pages speak of
    assert again(row("500000", "high_skill_share", "2024", "40", "2027-01-02")) == always | {"enrolment 500000", "intake 500000"}
    assert again() == set()
    # the clock of a file says nothing
    os.utime(again.out.parent / "data" / "observations" / "mine.csv", (1, 1))
    assert again() == set()


def test_a_manifest_says_what_was_read(again):
    again()
    read = json.loads((again.out / "trial/500000/baseline/intake/manifest.json").read_text("utf-8"))["reads"]
    assert {json.loads(question)[1] for question in read} == {"newest_year", "plans_for", "series"}


def test_what_was_made_while_the_registry_changed_is_made_again(tmp_path, notebook, batch_file):
    books, data = tmp_path / "books", tmp_path / "data"
    (data / "scenarios").mkdir(parents=True)
    scenario = data / "scenarios" / "mine.yml"
    scenario.write_bytes((ROOT / "indicators" / "scenarios" / "intake_low.yaml").read_bytes())
    before = scenario.read_bytes()
    notebook(books / "edits.ipynb", f"{SETUP}; open({str(scenario)!r}, 'ab').write(b'# later\\n'); 1")
    file = batch_file(tmp_path / "trial.yaml", jobs=1)

    def run():
        return batch(file, out=tmp_path / "out", notebooks=books, data=data, quiet=True)

    first = run()
    assert (first.exit_code, first.runs[0].status) == (7, "ok") and "changed meanwhile" in str(first.fault)
    scenario.write_bytes(before)  # as it was when the batch began: what was made in between is not trusted
    assert run().runs[0].status == "ok"
