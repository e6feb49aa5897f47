"""The rules of the notebooks, and proof that nbval compares them."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

from zhibiao.notebook import CONTRACT, checked, parameters_of
from zhibiao.publishing.normalise import notebook_text
from zhibiao.publishing.sections import LAYOUT

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MEND = "mend with: make notebooks"
LONGEST = 10


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["00_start", "01_targets", "02_trajectories", "03_gaps", "04_cohort", "05_scenarios", "06_reconciliation", "07_delivery", "08_backtest", "09_briefing", "10_next_plan"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestEveryNotebook:
    def test_is_thin(self, path: Path) -> None:
        for cell in _read(path).cells:
            if cell.cell_type != "code":
                continue
            assert len(cell.source.splitlines()) <= LONGEST, cell.source
            body = ast.parse(cell.source)
            assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.For) for node in ast.walk(body)), cell.source
            assert not re.search(r"[\"'][./~]|\.\./|plt\.show|Styler|interactive\(", cell.source), cell.source

    def test_was_run_so_that_no_cell_is_skipped(self, path: Path) -> None:
        counts = [cell.execution_count for cell in _read(path).cells if cell.cell_type == "code"]
        assert counts == list(range(1, len(counts) + 1)), f"{path.name} holds cells that were never run: nbval would skip them; {MEND}"

    def test_every_cell_after_the_setup_shows_something(self, path: Path) -> None:
        shown = [cell for cell in _read(path).cells if cell.cell_type == "code"][2:]
        for cell in shown:
            assert cell.outputs, cell.source
            # the explorer shows two things where nobody looks on: its chart and its table
            kind = "display_data" if cell.source.endswith("explorer(report)") else "execute_result"
            assert all(output.output_type == kind for output in cell.outputs), cell.source
            assert "deliverable" in cell.metadata.tags

    def test_has_one_parameters_cell_and_one_setup_line(self, path: Path) -> None:
        tags = [tag for cell in _read(path).cells for tag in cell.metadata.get("tags", [])]
        assert tags.count("parameters") == 1
        assert tags.count("setup") == 1
        assert list(parameters_of(path)) == list(CONTRACT)

    def test_speaks_both_languages_in_twins(self, path: Path) -> None:
        tags = [cell.metadata.get("tags", []) for cell in _read(path).cells if cell.cell_type == "markdown"]
        languages = [[tag for tag in found if tag.startswith("lang-")] for found in tags]
        assert languages == [["lang-zh"], ["lang-en"]] * (len(tags) // 2)
        layout = [sorted(LAYOUT & set(found)) for found in tags]
        assert layout[::2] == layout[1::2]  # twins begin a page together
        assert all(set(found) <= LAYOUT | {"lang-zh", "lang-en"} for found in tags)

    def test_english_prose_is_english(self, path: Path) -> None:
        allowed = re.compile(r"(左右|超过|以上|保持)")  # plan language that the English explains
        for cell in _read(path).cells:
            if "lang-en" in cell.metadata.get("tags", []):
                assert not re.search(r"[\u4e00-\u9fff]", allowed.sub("", cell.source)), cell.source

    def test_is_normalised(self, path: Path) -> None:
        assert path.read_text(encoding="utf-8") == notebook_text(_read(path)), MEND

    def test_charts_have_alternative_text(self, path: Path) -> None:
        for cell in _read(path).cells:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    assert len(output.metadata["image/png"]["alt"]) > 20

    def test_its_defaults_pass_the_contract_for_the_city_and_the_nation(self, path: Path) -> None:
        assert checked(path, {})["region"] == "重庆"
        assert checked(path, {"region": "全国", "lang": "en"})["lang"] == "en"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_papermill_reads_every_parameter_and_its_help(path: Path) -> None:
    found = papermill.inspect_notebook(str(path))
    assert set(found) == set(parameters_of(path))
    assert all(parameter["help"] for parameter in found.values())


def _nbval(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    return subprocess.run([*command, str(path)], cwd=path.parent, capture_output=True, text=True, check=False, timeout=300)


def test_when_a_number_is_changed_then_nbval_fails(tmp_path: Path) -> None:
    source = json.loads((ROOT / "notebooks" / "04_cohort.ipynb").read_text(encoding="utf-8"))
    text = json.dumps(source, ensure_ascii=False)
    assert "95.4%" in text
    honest, changed = tmp_path / "honest.ipynb", tmp_path / "changed.ipynb"
    honest.write_text(text, encoding="utf-8")
    changed.write_text(text.replace("95.4%", "95.3%"), encoding="utf-8")
    good = _nbval(honest)
    assert good.returncode == 0, good.stdout[-3000:]
    assert "failed" not in good.stdout
    bad = _nbval(changed)
    assert bad.returncode == 1, bad.stdout[-3000:]
    assert "95.3%" in bad.stdout
