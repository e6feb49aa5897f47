"""A worker publishes nothing that was not read back: what is wrong in any one of the documents stops the run."""

import copy
import json

import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing import docx, extract, pdf
from zhibiao.running.job import Order
from zhibiao.running.worker import _publish
from zhibiao.showing import ledger


@pytest.fixture(scope="module")
def executed(execute):
    """The briefing of a region without figures, as the kernel hands it to the worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHIBIAO_FIGURES", "svg")
        ledger.begin()
        nb = execute("09_briefing", region="江津")
        ledger.end()
    return nb


def published(nb, folder, *documents):
    for name in ("figures", "tables"):
        (folder / name).mkdir()
    order = Order("09_briefing.ipynb", str(folder), {"region": "江津"}, 60, 60, ("pdf", *documents))
    return _publish(copy.deepcopy(nb), folder, "09_briefing", order)


def without_an_output(nb):
    """The same report with the list of what is asked for left out."""
    less = copy.deepcopy(nb)
    cell = next(cell for cell in less.cells if cell.source == "report.owed()")
    cell.outputs = []
    return less


def test_what_is_right_is_published_with_its_numbers(executed, tmp_path):
    assert published(executed, tmp_path, "docx", "slides", "archive").title
    held = json.loads((tmp_path / "values.json").read_text("utf-8"))
    assert held["two_roundings"] == []
    assert '"16"' in json.dumps(held, ensure_ascii=False)  # yearly figures that are asked for
    for ending in (".pdf", ".docx", "-slides.pdf", "-archive.pdf"):
        assert (tmp_path / f"09_briefing{ending}").is_file()


@pytest.mark.parametrize(("document", "module", "name"), [("pdf", pdf, "to_pdf"), ("docx", docx, "to_docx"), ("slides", pdf, "to_slides")])
def test_a_document_that_lost_a_table_stops_the_run(executed, tmp_path, monkeypatch, document, module, name):
    right = getattr(module, name)
    monkeypatch.setattr(module, name, lambda nb, **options: right(without_an_output(nb), **options))
    with pytest.raises(OutputError):
        published(executed, tmp_path, document)
    assert not (tmp_path / f"09_briefing{'-slides.pdf' if document == 'slides' else '.' + document}").exists()


def test_a_kept_pdf_that_lost_a_table_stops_the_run(executed, tmp_path, monkeypatch):
    right = pdf.to_pdf
    monkeypatch.setattr(pdf, "to_pdf", lambda nb, **options: right(without_an_output(nb) if options.get("attached") else nb, **options))
    with pytest.raises(OutputError):
        published(executed, tmp_path, "archive")


def test_a_csv_with_another_figure_stops_the_run(executed, tmp_path, monkeypatch):
    right = extract._csv
    monkeypatch.setattr(extract, "_csv", lambda table: right(table).replace("2021—2022".encode(), "2021—2023".encode()))
    with pytest.raises(OutputError, match="csv"):
        published(executed, tmp_path)


def test_a_workbook_without_a_sheet_stops_the_run(executed, tmp_path, monkeypatch):
    right = extract.workbook
    monkeypatch.setattr(extract, "workbook", lambda found, front: right(found[:-1], front))
    with pytest.raises(OutputError, match="xlsx"):
        published(executed, tmp_path)


def test_a_number_that_nobody_noted_stops_the_run(executed, tmp_path):
    planted = copy.deepcopy(executed)
    output = next(cell for cell in planted.cells if cell.source == "report.answer()").outputs[0]
    output.data["text/markdown"] = output.data["text/markdown"].replace("。", "，另有314.15万人。")
    with pytest.raises(OutputError, match=r"314\.15"):
        published(planted, tmp_path)
