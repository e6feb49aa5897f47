"""A batch of made-up regions from end to end: the summary says what the assessment says, and everything that is published is marked."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.model.region import SYNTHETIC_ZH
from zhibiao.rehearsing.figures import county
from zhibiao.rehearsing.overlay import write_overlay
from zhibiao.rehearsing.places import places
from zhibiao.running import summary
from zhibiao.running.batch import batch
from zhibiao.showing.gap_records import gap_rows
from zhibiao.showing.statement_records import statement_records

SETUP = 'from zhibiao.notebook import setup\nreport = setup(region, scenario=scenario, lang="zh")\nreport'


@pytest.fixture(scope="module")
def trial(tmp_path_factory, notebook, batch_file):
    place = tmp_path_factory.mktemp("made-up")
    write_overlay(place / "data", 40, 1)
    # one county of which all is known and one of which nothing is
    full, none = (next(r.code for r in places(40).counties if county(r.code, 1).evidence == kind) for kind in ("full", "none"))
    book = place / "books" / "09_briefing.ipynb"
    shown = ("report.at_a_glance()", 'report.trajectory("intake")', "report.main_requests()")
    notebook(book, (SETUP, ["setup"]), *((source, ["deliverable"]) for source in shown))
    file = batch_file(place / "trial.yaml", regions=[full, none])

    def run():
        return batch(file, out=place / "out", data=place / "data", notebooks=place / "books", quiet=True)

    result = run()
    assert result.exit_code == 0, [str(one.error) for one in result.runs]
    return place, (full, none), run


def test_rows_are_those_of_the_assessment(trial):
    place, codes, _ = trial
    registry = load(place / "data")
    expected = [record for code in sorted(codes) for record in sorted(_records(registry, code), key=lambda record: record["statement"])]
    found = summary.read(place / "out" / "trial")
    assert len(found) == len(expected) == 12
    for row, record in zip(found.to_dict("records"), expected, strict=True):
        told = {name: None if value is None or value != value or str(value) == "<NA>" else value for name, value in row.items()}
        assert {name: told[name] for name in record} == record
    nothing = found[found.region_code == codes[1]]
    assert nothing.latest.isna().all() and set(nothing.verdict) == {"unknown"}


def _records(registry, code):
    asked = study(registry, code)
    return statement_records(asked, gap_rows(asked))


def test_every_output_is_marked(trial):
    place, codes, _ = trial
    out = place / "out"
    for code in codes:
        folder = out / "trial" / code / "baseline" / "09_briefing"
        assert json.loads((folder / "manifest.json").read_text("utf-8"))["synthetic"] is True
        pages = pypdfium2.PdfDocument(folder / "09_briefing.pdf")
        assert SYNTHETIC_ZH in "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")
        assert SYNTHETIC_ZH in zipfile.ZipFile(folder / "09_briefing.docx").read("word/document.xml").decode("utf-8")
        for table in folder.glob("tables/*.csv"):
            lines = table.read_text("utf-8-sig").splitlines()
            assert all(SYNTHETIC_ZH in line for line in lines[1:] or lines)
        for path in folder.glob("tables/*.xlsx"):
            book = openpyxl.load_workbook(path)
            assert all(any(SYNTHETIC_ZH in str(cell.value) for row in sheet for cell in row) for sheet in book)
        for picture in folder.glob("figures/*.svg"):
            assert "模拟" in picture.read_text("utf-8")
        assert "模拟" in (folder / "09_briefing.ipynb").read_text("utf-8")
    assert list(out.glob("trial/*/*/*/figures/*.svg"))
    for page in (out / "index.html", out / "trial" / "regions.html"):
        assert SYNTHETIC_ZH in page.read_text("utf-8")
    assert summary.read(out / "trial").synthetic.all()


def test_when_nothing_changed_then_summary_and_pages_stay_as_they_are(trial):
    place, _, run = trial
    names = ("summary.parquet", "regions.html")
    before = [((place / "out" / "trial" / name).read_bytes(), (place / "out" / "trial" / name).stat().st_mtime_ns) for name in names]
    assert [one.status for one in run().runs] == ["cached", "cached"]
    assert [((place / "out" / "trial" / name).read_bytes(), (place / "out" / "trial" / name).stat().st_mtime_ns) for name in names] == before


def test_records_are_in_one_file_and_not_in_the_notebook(trial):
    place, codes, _ = trial
    folder = place / "out" / "trial" / codes[0] / "baseline" / "09_briefing"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert "statements.json" in manifest["files"]
    nb = json.loads((folder / "09_briefing.ipynb").read_text("utf-8"))
    resources = [output["data"]["application/vnd.dataresource+json"] for cell in nb["cells"] for output in cell.get("outputs", []) if "application/vnd.dataresource+json" in output.get("data", {})]
    assert resources and all("statements" not in resource for resource in resources)
    assert Path(folder / "statements.json").stat().st_size < 20_000
