"""The how-to on scenarios is followed to the letter."""

import csv
import io
import re
from pathlib import Path

from zhibiao.catalogue.load import load
from zhibiao.model import LEVERS

PAGE = (Path(__file__).parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")


def _block(containing: str) -> str:
    blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return next(re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in blocks if containing in body)


def test_a_scenario_of_ones_own_is_simulated_beside_the_baseline(tmp_path, zhibiao):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "expansion.yaml").write_text(_block("id: expansion"), encoding="utf-8")
    result = zhibiao("simulate", "--scenario", "expansion", "--scenario", "baseline", "--data", str(tmp_path))
    assert result.returncode == 0, result.stderr
    rows = {(row["scenario"], row["indicator"], row["year"]): row for row in csv.DictReader(io.StringIO(result.stdout)) if row["method"] == "cohort"}
    assert rows["expansion", "entrants", "2022"]["hi95"] == "33000"
    assert float(rows["expansion", "enrolment", "2025"]["hi95"]) <= 110000 < float(rows["baseline", "enrolment", "2025"]["hi95"])
    certified, graduates = (float(rows["expansion", name, "2025"]["median"]) for name in ("certificates", "graduates"))
    assert abs(certified - 0.8 * graduates) < 1 and ("baseline", "certificates", "2025") not in rows


def test_the_page_names_every_lever_every_scenario_and_the_columns():
    assert all(f"`{lever}`" in PAGE for lever in LEVERS)
    assert all(f"`{scenario}`" in PAGE for scenario in load().scenarios)
    from zhibiao.showing.scenario_records import COLUMNS

    assert ", ".join(COLUMNS) in PAGE
