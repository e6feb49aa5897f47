"""A run whose page shows a number of its own making fails with 7 and leaves nothing published; one that does not has its values beside it."""

import json
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def notebook(tmp_path):
    """A short notebook with one table, made from a shipped one; `cell` is added at its end."""

    def made(cell: str) -> Path:
        nb = nbformat.read(NOTEBOOKS / "01_targets.ipynb", as_version=4)
        keep = [one for one in nb.cells if one.cell_type == "markdown" or {"parameters", "setup"} & set(one.metadata.get("tags", []))]
        nb.cells = [*keep, nbformat.v4.new_code_cell("report.main_targets()"), nbformat.v4.new_code_cell(cell)]
        path = tmp_path / "own.ipynb"
        nbformat.write(nb, path)
        return path

    return made


def test_a_number_of_its_own_making_fails_the_run(notebook, zhibiao, tmp_path):
    path = notebook('from zhibiao.showing.table import Column, Table\nTable([Column("a", "数")], [{"a": f"约{271828 / 100}万人"}])')
    done = zhibiao("run", str(path), "-p", "region=江津", "--out", str(tmp_path / "out"))
    assert done.returncode == 7
    assert "2718.28" in done.stdout + done.stderr
    assert not list((tmp_path / "out").rglob("own.pdf"))


def test_a_good_run_has_its_values_beside_it_and_other_objects_pass(notebook, zhibiao, tmp_path):
    path = notebook("import pandas as pd\npd.DataFrame({'n': [2718.28]})")
    done = zhibiao("run", str(path), "-p", "region=重庆", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = (tmp_path / "out").rglob("values.json")
    told = json.loads(file.read_text(encoding="utf-8"))
    found = next(one for one in told["printed"] if one["text"] == "10.5")
    assert (float(found["value"]), found["scale"]) == (105000, "10000") and found["cells"]
    assert told["two_roundings"] == []
    (kept,) = (tmp_path / "out").rglob("own.ipynb")
    assert "zhibiao.values" not in kept.read_text(encoding="utf-8")
