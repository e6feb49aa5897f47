"""What the explorer keeps: scenarios saved and opened again, and the screen that a kernel's end does not take away."""

import html
import re
import time

import pytest
from jupyter_client.manager import KernelManager

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.exploring.explorer import Explorer
from zhibiao.exploring.markup import wide
from zhibiao.exploring.remembering import KEPT, Keeper
from zhibiao.exploring.saving import parameters
from zhibiao.exploring.still import parts
from zhibiao.simulating.scenario import simulate

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_unseen")


@pytest.fixture
def data(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("ZHIBIAO_DATA", str(folder))
    return folder


def words(widget):
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", widget.value, flags=re.DOTALL))


def pictures(explorer):
    return explorer.intake.value, explorer.enrolment.value


def test_without_a_folder_saving_is_explained(start, monkeypatch):
    monkeypatch.delenv("ZHIBIAO_DATA", raising=False)
    e = start()
    e.name.value = "甲"
    assert e.keep.disabled and "ZHIBIAO_DATA" in words(e.where)


def test_saved_and_opened_again(start, data):
    e = start()
    e.rows["intake"].slider.value = 4.0
    e.targets.children[1].value = False
    e.keep.click()
    assert "起个名字" in words(e.saved) and not (data / "scenarios").exists()
    e.name.value = "多招 一万人"
    assert e.saved.value == ""
    e.keep.click()
    assert "已存为“多招 一万人”" in words(e.saved) and "zhibiao run" in words(e.saved)
    (file,) = (data / "scenarios").iterdir()
    assert e.scenario.value == file.stem and ("多招 一万人", file.stem) in e.scenario.options
    shown = pictures(e), e.lines.value, e.table.value
    later = Explorer(load(data), keeper=Keeper(data.parent / "other"))
    later.scenario.value = file.stem
    assert (pictures(later), later.lines.value, later.table.value) == shown
    assert later.screen == e.screen


def test_a_named_scenario_that_was_pinned_is_pinned_again(start, data):
    e = start()
    e.scenario.value = "plan_2021"
    e.pin.click()
    e.rows["length"].number.value = 3.8
    e.name.value = "甲"
    e.keep.click()
    later = Explorer(load(data), keeper=Keeper(data.parent / "other"))
    later.scenario.value = e.screen.scenario
    assert later.session.pin.zh == "按452号招生" and (later.lines.value, pictures(later)) == (e.lines.value, pictures(e))


def test_a_notebook_prints_what_was_on_the_screen(start, data):
    """The cell of a notebook, run with a saved scenario's parameters, has the table and the numbers of the screen."""
    e = start()
    e.scenario.value = "plan_2021"
    e.pin.click()
    e.rows["length"].number.value = 3.8
    e.rows["training"].number.value = 16.5
    e.targets.children[2].value = False
    e.name.value = "甲"
    e.keep.click()
    registry = load(data)
    asked = study(registry, **parameters(registry.scenarios[e.screen.scenario]))
    chart, table = parts(asked, simulate(asked))
    assert e.table.value == wide(table.title, table.quick_html())
    assert chart.title in words(e.lines)
    shown = e.panels.panels["enrolment"].last[0]
    assert chart.data["在校生规模中位"].dropna().tolist() == list(shown.middle)


def test_saving_under_a_taken_name_asks_first(start, data):
    e = start()
    e.rows["intake"].slider.value = 4.0
    e.name.value = "甲"
    e.keep.click()
    (file,) = (data / "scenarios").iterdir()
    before = file.read_bytes()
    e.rows["intake"].slider.value = 4.5
    e.keep.click()
    assert "覆盖同名" in words(e.saved) and file.read_bytes() == before
    e.over.value = True
    e.keep.click()
    assert file.read_bytes() != before and not e.over.value


def test_a_file_that_was_changed_by_hand_says_so(start, data):
    e = start()
    e.rows["intake"].slider.value = 4.0
    e.name.value = "甲"
    e.keep.click()
    (file,) = (data / "scenarios").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace("value: 4,", "value: 5,"), encoding="utf-8")
    later = Explorer(load(data), keeper=Keeper(data.parent / "other"))
    later.scenario.value = file.stem
    assert "保存之后被改过" in words(later.told) and later.rows["intake"].number.value == 5.0


def test_a_new_kernel_offers_what_was_on_the_screen(start):
    e = start()
    e.rows["intake"].slider.value = 3.5
    e.pin.click()
    e.rows["length"].number.value = 4.0
    e.writer.finish()
    again = start()
    assert again.memory_bar.layout.display is None and "动了2个杠杆" in again.earlier.options[0][0]
    again.restore.click()
    assert again.session.screen == e.session.screen and again.session.pin == e.session.pin
    assert pictures(again) == pictures(e) and again.memory_bar.layout.display == "none"
    again.back.click()
    assert not again.rows["length"].on.value


def test_memories_that_cannot_be_read_are_passed_over_and_old_ones_go(start, tmp_path):
    e = start()
    e.rows["intake"].slider.value = 3.5
    e.writer.finish()
    folder = tmp_path / "state"
    whole = next(folder.glob("*.json")).read_bytes()
    for number in range(KEPT + 3):
        (folder / f"old{number:02d}.json").write_bytes(whole.replace(b'"when": "20', b'"when": "19'))
    (folder / "half.json").write_bytes(whole[:40])
    (folder / "alien.json").write_text('{"version": 1, "when": "2026-01-01T00:00:00+00:00", "now": []}', encoding="utf-8")
    assert len(Keeper(folder).earlier()) == KEPT
    assert (folder / "half.json").exists() and len(list(folder.glob("old*.json"))) == KEPT - 1


def test_a_screen_goes_on_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    e = Explorer(load(), keeper=Keeper(tmp_path / "state"))
    e.rows["intake"].slider.value = 3.5
    e.writer.finish()
    assert e.rows["intake"].on.value and not e.memories


def run(client, code):
    """What a kernel printed."""
    said = []
    reply = client.execute_interactive(code, timeout=60, output_hook=lambda message: said.append(message["content"].get("text") or str(message["content"].get("traceback", ""))))
    assert reply["content"]["status"] == "ok", said
    return "".join(said)


BEGIN = """
from pathlib import Path
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.exploring.explorer import Explorer
from zhibiao.exploring.markup import wide
from zhibiao.exploring.remembering import Keeper
e = Explorer(load(), keeper=Keeper(Path({folder!r})))
"""


def test_a_killed_kernel_loses_nothing(tmp_path):
    begin = BEGIN.format(folder=str(tmp_path / "state"))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        run(client, begin + "e.rows['intake'].slider.value = 3.7\ne.rows['length'].number.value = 3.9")
        deadline = time.monotonic() + 20
        while not (files := list((tmp_path / "state").glob("*.json"))) or b"3.9" not in files[0].read_bytes():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        manager.restart_kernel(now=True)  # killed, not asked
        client.wait_for_ready(timeout=60)
        said = run(client, begin + "e.restore.click()\nprint([(o.lever, str(o.value)) for o in e.screen.overrides], len(e.session.history.past))")
        assert "[('intake', '3.7'), ('length', '3.9')] 2" in said
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_scenario_whose_file_is_taken_away_stays_on_the_screen(start, data):
    e = start()
    e.rows["intake"].slider.value = 4.0
    e.name.value = "甲"
    e.keep.click()
    (file,) = (data / "scenarios").iterdir()
    file.unlink()
    e.show(load(data), "zh")
    assert e.rows["intake"].number.value == 4.0 and (f"{file.stem}（文件已不在）", file.stem) in e.scenario.options
    e.clear.click()
    assert not e.screen.overrides and e.scenario.value == "baseline"


def test_a_screen_whose_document_is_gone_begins_anew_and_says_why(start, monkeypatch):
    e = start()
    e.rows["intake"].slider.value = 4.0
    registry = load()
    del registry.plans["chongqing-2022-32"]
    e.show(registry, "zh")
    assert "chongqing-2022-32" in words(e.told) and not e.screen.overrides and e.screen.question.plans == ("chongqing-2021-452",)
