"""What the how-tos show is taken by the program."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from zhibiao.running import batchfile
from zhibiao.running.run import NOTEBOOKS
from zhibiao.scheduling import notices
from zhibiao.scheduling.expression import parse

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "schedule.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_settings_of_notices_are_as_the_page_shows_them(home: Path):
    home.mkdir()
    (home / notices.NAME).touch(0o600)
    (home / notices.NAME).write_text(next(block for block in blocks(PAGE, "yaml") if "tell:" in block), encoding="utf-8")
    found = notices.read(home)
    assert found is not None
    assert found.mail is not None and found.command and found.file


def test_the_times_of_the_page_are_times():
    shown = re.findall(r"^\| `([^`]+ \S+ \S+ \S+ \S+)` \|", PAGE, flags=re.MULTILINE)
    assert len(shown) == 5
    for text in shown:
        assert parse(text)


def test_the_workflows_of_the_page_are_yaml():
    for block in blocks(PAGE, "yaml"):
        assert isinstance(yaml.safe_load(block), dict)


def test_the_python_of_the_page_is_python():
    found = blocks(PAGE, "python")
    assert len(found) == 2
    for block in found:
        assert "run-now" in ast.unparse(ast.parse(block))


def test_the_batch_file_of_the_page_on_history_is_one(tmp_path: Path):
    (block,) = blocks((DOCS / "history.md").read_text(encoding="utf-8"), "yaml")
    (tmp_path / "monthly.yaml").write_text(block, encoding="utf-8")
    assert batchfile.read(tmp_path / "monthly.yaml", notebooks=NOTEBOOKS).file.keep is not None


@pytest.mark.parametrize("page", ["schedule.md", "history.md"])
def test_every_option_of_the_pages_exists(page: str, zhibiao):
    text = (DOCS / page).read_text(encoding="utf-8")
    commands = {(group, name) for group, name in re.findall(r"zhibiao (schedule|outputs) ([a-z-]+)", text)}
    assert commands
    for group, name in commands:
        known = zhibiao(group, name, "--help", COLUMNS="200").stdout
        assert known, (group, name)
        for line in re.findall(rf"zhibiao {group} {name}\b([^\n`\"]*)", text):
            for option in re.findall(r"--[a-z-]+", line):
                assert option in known, (group, name, option)
