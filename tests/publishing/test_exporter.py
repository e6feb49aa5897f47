from __future__ import annotations

import nbformat
from nbconvert.exporters import get_exporter
from nbconvert.nbconvertapp import NbConvertApp

from zhibiao.publishing.pdf import to_pdf


def test_nbconvert_finds_the_exporter_and_writes_the_same_pdf(briefing, tmp_path, monkeypatch):
    # the user's own Jupyter settings must not come in
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    nbformat.write(briefing, tmp_path / "09_briefing.ipynb")
    NbConvertApp.clear_instance()
    app = NbConvertApp.instance()
    app.initialize(["--to", "briefing", "--log-level=ERROR", str(tmp_path / "09_briefing.ipynb")])
    app.start()
    NbConvertApp.clear_instance()
    assert (tmp_path / "09_briefing.pdf").read_bytes() == to_pdf(briefing)


def test_lab_shows_it_in_its_export_menu():
    exporter = get_exporter("briefing")()
    assert exporter.export_from_notebook == "指标简报 PDF (briefing)"
    assert (exporter.file_extension, exporter.output_mimetype) == (".pdf", "application/pdf")
