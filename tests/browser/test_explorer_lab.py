"""The explorer's cell in JupyterLab: widgets where somebody runs it, and what is stored with the notebook."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
from harness import PYTHON, ROOT, TOKEN, free_port, until

CELL = """from zhibiao.exploring.cell import explorer
from zhibiao.notebook import setup
explorer(setup("重庆", "all", None, None, "plan_2021", 80, 2020, "zh", None))"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab over a folder with one notebook; its address."""
    place = tmp_path_factory.mktemp("lab")
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": CELL, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (place / "play.ipynb").write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    port = free_port()
    folders = {name: str(place / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_STATE_HOME")}
    command = [str(PYTHON), "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.root_dir={place}", f"--IdentityProvider.token={TOKEN}"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **folders, "ZHIBIAO_DATA": ""}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    yield f"http://127.0.0.1:{port}", place / "play.ipynb"
    process.terminate()
    process.wait(30)


def test_alive_in_lab_and_nothing_of_the_widgets_in_the_file(lab, browser, screenshot):
    address, file = lab
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(60_000)

    def opens():
        try:
            page.goto(f"{address}/lab/tree/play.ipynb?token={TOKEN}&reset", wait_until="commit")
        except Exception:
            return False
        return True

    assert until(opens, 60)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    said = page.locator(".zb-main ul")
    said.wait_for()
    assert "年招生到2025年3.5万人" in said.inner_text()
    row = page.locator(".zb-lever").first
    box = row.locator("input[type=number]").first
    box.fill("4")
    box.press("Enter")
    page.locator(".zb-main ul", has_text=re.compile("年招生到2025年4万人")).wait_for()
    grip = row.locator(".noUi-handle").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(x + 2 * step, y)
    page.mouse.up()
    page.locator(".zb-main ul", has_text=re.compile(r"年招生到2025年4\.[1-9]万人")).wait_for()
    assert page.locator(".zb-picture").count() == 2
    screenshot(page, "explorer-lab")
    page.keyboard.press("Control+s")
    assert until(lambda: json.loads(file.read_text(encoding="utf-8"))["cells"][0]["execution_count"] == 1)
    assert "widgets" not in json.loads(file.read_text(encoding="utf-8"))["metadata"]
    page.context.close()
