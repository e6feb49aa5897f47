"""docs/break-down-a-target.md is followed to the letter."""

import re
import shlex
import sys
from pathlib import Path

import openpyxl
import pytest

from zhibiao.catalogue.load import load
from zhibiao.cli import app, guarded

PAGE = (Path(__file__).parents[1] / "docs" / "break-down-a-target.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Call a line of the page in a folder of its own; its output, once it went well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHIBIAO_DATA", raising=False)

    def call(line):
        arguments = shlex.split(line)
        assert arguments[0] == ".venv/bin/zhibiao"
        monkeypatch.setattr(sys, "argv", ["zhibiao", *arguments[1:]])
        capfd.readouterr()
        code = guarded(app)
        out, err = capfd.readouterr()
        assert code == 0, f"{line}\n{err}"
        return out

    return call


def test_the_page_is_followed_from_the_list_to_the_verdict(run, tmp_path):
    (tmp_path / "units.csv").write_text(blocks("csv")[0], encoding="utf-8")
    (tmp_path / "my-figures").mkdir()
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) == 7
    said = {}
    for line in lines:
        said[line.split(" ", 2)[2]] = run(line)
    assert re.search(r"3\.1 │ +3\.2 │ +3\.3 │ +3\.4 │ +3\.5", said["intake-2025"])
    assert re.search(r"6\.6667 │ +13\.3333 │ +20 │ +26\.6667 │ +33\.3333 │ +100", said["training-2025 --by late"])
    assert [float(cell) for cell in said["年招生规模 --by growth --format csv"].splitlines()[1].split(",")[7:]] == [3.0939, 3.1908, 3.2907, 3.3937, 3.5]
    found = load(tmp_path / "my-figures").breakdowns["intake-by-school"]
    assert [child.name for child in found.children] == ["甲技师学院", "乙技工学校", "丙技工学校"]
    for column, milestone in enumerate(found.milestones):
        assert sum(child.values[column] for child in found.children) == milestone
    assert all(value <= 7500 for value in found.children[1].values)
    assert openpyxl.load_workbook(tmp_path / "tasks.xlsx").sheetnames[0] == "任务分解表"
    assert said["check intake-by-school --data my-figures"].startswith("各数相符")


def test_both_languages_name_the_same_options():
    english, chinese = PAGE.split("## 中文")
    for word in ("even", "growth", "late", "own", "--over children", "breakdown import", "breakdown check"):
        assert word in english and word in chinese
