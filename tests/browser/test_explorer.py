"""The explorer in a real browser: by mouse, by keyboard, by an input method, on a narrow screen, saved and opened again."""

from __future__ import annotations

import os
import re
import statistics

import pytest
from axe_playwright_python.sync_playwright import Axe
from harness import NARROW, WIDE, Server, compose, start, stop, until

MOVES = 40
"""Moves of one step each that are timed."""

CLOCK = """() => {
  window.took = []; window.painted = 0;
  let moved = 0;
  document.addEventListener("pointermove", () => { moved = performance.now(); }, true);
  const picture = [...document.querySelectorAll(".zb-pictures .widget-html-content")].at(-1);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    window.painted += 1;
    window.took.push(performance.now() - moved);
  }))).observe(picture, { childList: true });
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A dashboard of its own: what these tests leave in the folder and in the memory is nobody else's."""
    place = tmp_path_factory.mktemp("explorer")
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(place / "state")
    running = start(place / "data")
    yield running
    stop(running)
    os.environ.pop("XDG_STATE_HOME")
    if before is not None:
        os.environ["XDG_STATE_HOME"] = before


def lever(page, name):
    return page.locator(".zb-lever", has=page.get_by_label(name, exact=True).first)


def lines(page):
    return page.locator(".zb-main ul").inner_text()


def picture(page):
    return page.locator(".zb-picture").last.get_attribute("aria-label")


def shows(page, pattern):
    """Wait until the sentences say so."""
    page.locator(".zb-main ul", has_text=re.compile(pattern)).wait_for()


def tells(page, pattern):
    page.locator(".zb-explorer .spoken", has_text=re.compile(pattern)).first.wait_for()


def typed(page, name, value):
    box = lever(page, name).locator("input[type=number]")
    box.fill(value)
    box.press("Enter")
    return box


def grip(page, name):
    box = lever(page, name).locator(".noUi-handle").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_begins_with_the_baseline(page, screenshot):
    shows(page, "没有移动杠杆")
    assert page.locator(".zb-picture").count() == 2
    assert page.locator(".zb-lever input[type=checkbox]:checked").count() == 0
    screenshot(page, "explorer-begin-zh")


def test_a_dragged_slider_ends_where_the_mouse_ends(page, screenshot):
    shows(page, "没有移动杠杆")
    before = picture(page)
    page.evaluate(CLOCK)
    x, y = grip(page, "年招生（万人）")
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + step, y)
    page.mouse.up()
    shows(page, "设定：年招生到2025年")
    value = lever(page, "年招生（万人）").locator("input[type=number]")
    # what is said, shown and typed is the last position, and stays so
    end = grip(page, "年招生（万人）")[0]
    page.wait_for_timeout(1500)
    number = value.input_value()
    assert f"年招生到2025年{float(number):g}万人" in lines(page) and picture(page) != before
    assert grip(page, "年招生（万人）")[0] == end and float(number) > 3
    assert until(lambda: lever(page, "年招生（万人）").locator("input[type=checkbox]").is_checked())
    assert page.evaluate("window.painted") < 60  # positions passed in between were skipped, none came late
    screenshot(page, "explorer-dragged-zh")
    page.get_by_role("button", name="撤销").click()
    shows(page, "没有移动杠杆")
    assert picture(page) == before


def test_from_the_mouse_to_the_picture(page, record_property):
    shows(page, "没有移动杠杆")
    page.evaluate(CLOCK)
    x, y = grip(page, "年招生（万人）")
    page.mouse.move(x, y)
    page.mouse.down()
    width = lever(page, "年招生（万人）").locator(".noUi-base").bounding_box()["width"]
    step = width / 73 * 1.01  # 0.7 to 8 by 0.1
    for number in range(1, MOVES + 1):
        painted = page.evaluate("window.painted")
        page.mouse.move(x + step * ((number % 20) + 1), y)
        assert until(lambda seen=painted: page.evaluate("window.painted") > seen)
    page.mouse.up()
    took = sorted(page.evaluate("window.took"))
    text = f"mouse to picture, ms: median {statistics.median(took):.0f}, 95 % {took[int(0.95 * len(took))]:.0f}, of {len(took)}"
    record_property("mouse_to_picture", text)
    print(text)
    assert len(took) >= MOVES


def test_a_typed_value_and_a_year(page):
    typed(page, "年招生（万人）", "3.75")
    shows(page, "年招生到2025年3.75万人")
    lever(page, "年招生（万人）").locator("select").select_option("2023")
    shows(page, "年招生到2023年3.75万人")
    typed(page, "年保留率（%）", "120")
    tells(page, "超出范围")
    assert "120" not in lines(page)
    assert until(lambda: lever(page, "年保留率（%）").locator("input[type=number]").input_value() == "95.44")


def test_pin_undo_redo_reset(page, screenshot):
    typed(page, "年招生（万人）", "3.5")
    shows(page, "3.5万人")
    page.get_by_role("button", name="钉住对照").click()
    tells(page, "已钉住“对照1”")
    typed(page, "平均学制（年）", "4")
    shows(page, "比“对照1”多")
    screenshot(page, "explorer-pinned-zh")
    page.get_by_role("button", name="撤销").click()
    shows(page, "与“对照1”持平")
    page.get_by_role("button", name="重做").click()
    shows(page, "平均学制自2021年起4年")
    page.get_by_role("button", name="取消对照").click()
    page.locator(".zb-table th", has_text="比“对照1”").wait_for(state="detached")
    page.get_by_role("button", name="重置").click()
    shows(page, "没有移动杠杆")


def test_solving_moves_the_levers(page, screenshot):
    page.get_by_label("目标", exact=True).select_option(label="在校生规模 >10.5万人 · 452号 专栏1·2")
    page.get_by_role("button", name="求解").click()
    tells(page, "求得3个方案")
    shows(page, "年招生到2025年3.33万人")
    second = page.get_by_role("radio").nth(1)
    told = second.locator("xpath=ancestor::label").inner_text() if second.locator("xpath=ancestor::label").count() else page.locator("label", has=second).inner_text()
    second.check()
    for part in re.sub("（.*", "", told.strip()).split("；"):
        shows(page, re.escape(part))
    assert until(lambda: page.get_by_role("radio").count() == 3)
    screenshot(page, "explorer-solved-zh")
    page.get_by_role("button", name="撤销").click()
    page.get_by_role("radio").first.wait_for(state="detached")


def test_targets_and_documents_are_switched(page):
    page.get_by_label("在校生规模 ≥12万人 · 32号 一(二)").uncheck()
    page.locator(".zb-table td", has_text="≥12万人").wait_for(state="detached")
    page.get_by_label(re.compile("32号《")).uncheck()
    page.get_by_label("在校生规模 ≥12万人 · 32号 一(二)").wait_for(state="detached")
    page.get_by_label(re.compile("452号《")).click()  # not `uncheck`: the tick is back before the driver looks
    tells(page, "至少留一份文件")
    assert until(lambda: page.get_by_label(re.compile("452号《")).is_checked())


def test_a_region_without_a_pipe_says_so(page, screenshot):
    typed(page, "年招生（万人）", "3.5")
    shows(page, "3.5万人")
    page.get_by_role("tabpanel", name="情景试算").get_by_label("地区").select_option("江津区")
    tells(page, "杠杆全部放开")
    page.locator(".zb-main p", has_text="学生流量无从起算").wait_for()
    assert page.locator(".zb-lever").count() == 0 and page.locator(".zb-table tbody tr").count() > 3
    screenshot(page, "explorer-no-pipe-zh")


def test_saved_under_a_chinese_name_and_opened_by_another(visit, server: Server, screenshot):
    page = visit()
    typed(page, "年招生（万人）", "3.8")
    shows(page, "3.8万人")
    page.get_by_label("在校生规模 ≥12万人 · 32号 一(二)").uncheck()
    page.locator(".zb-table td", has_text="≥12万人").wait_for(state="detached")
    page.get_by_label("名称").focus()
    compose(page, "duozhaobaqian", "多招八千")
    assert page.get_by_label("名称").input_value() == "多招八千"
    page.get_by_role("button", name="保存为情景").click()
    tells(page, "已存为“多招八千”")
    (file,) = (server.data / "scenarios").glob("*.yaml")
    assert re.fullmatch(r"case_[0-9a-f]{8}\.yaml", file.name) and "多招八千" in file.read_text(encoding="utf-8")
    said, seen = lines(page), picture(page)
    page.locator(".zb-explorer code").scroll_into_view_if_needed()
    screenshot(page, "explorer-saved-zh")
    other = visit()
    other.get_by_label("情景", exact=True).select_option("多招八千")
    shows(other, "3.8万人")
    assert (lines(other), picture(other)) == (said, seen)
    assert until(lambda: not other.get_by_label("在校生规模 ≥12万人 · 32号 一(二)").is_checked())


def test_a_reloaded_page_offers_what_was_on_it(visit):
    page = visit()
    typed(page, "年招生（万人）", "3.9")
    shows(page, "3.9万人")
    typed(page, "平均学制（年）", "3.8")
    shows(page, "3.8年")
    page.wait_for_timeout(1500)
    page.reload()
    page.get_by_role("button", name="恢复上次").click()
    shows(page, "年招生到2025年3.9万人；平均学制自2021年起3.8年")
    page.get_by_role("button", name="撤销").click()
    shows(page, "年招生到2025年3.9万人。")


def test_by_keyboard_alone(page, screenshot):
    shows(page, "没有移动杠杆")
    handle = lever(page, "年招生（万人）").locator(".noUi-handle")
    for _ in range(60):
        page.keyboard.press("Tab")
        if handle.evaluate("node => node === document.activeElement"):
            break
    assert handle.evaluate("node => node === document.activeElement")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    shows(page, "年招生到2025年3.5万人")
    screenshot(page, "explorer-keyboard-zh")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.closest('label, button, summary')?.innerText || document.activeElement.labels?.[0]?.innerText || '').trim()"))
    assert {"求解"} <= reached and any("范围" in name for name in reached) and any("12万人" in name for name in reached)
    page.get_by_role("button", name="撤销").focus()
    page.keyboard.press("Enter")
    tabs = page.locator(".zb-lever input[type=checkbox]:checked")
    assert until(lambda: tabs.count() == 0 or "3.5" not in lines(page))


def test_narrow_screens_show_levers_above_pictures(visit, screenshot):
    page = visit(viewport=NARROW)
    typed(page, "年招生（万人）", "3.6")
    shows(page, "3.6万人")
    screenshot(page, "explorer-narrow-zh")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    last, first = page.locator(".zb-lever").last.bounding_box(), page.locator(".zb-picture").first.bounding_box()
    assert last["y"] + last["height"] <= first["y"] and first["width"] > 300


def test_english(page, screenshot):
    page.get_by_role("button", name="English").click()
    page.get_by_label("yearly intake (×10,000 persons)", exact=True).first.wait_for()
    typed(page, "yearly intake (×10,000 persons)", "3.6")
    shows(page, r"yearly intake 3\.6 ×10,000 persons by 2025")
    page.get_by_label("Target", exact=True).select_option(index=1)
    page.get_by_role("button", name="Solve", exact=True).click()
    tells(page, "3 answers")
    screenshot(page, "explorer-en")
    left = page.locator(".zb-side").inner_text() + page.locator(".zb-bar").first.inner_text()
    assert not re.search("[\u4e00-\u9fff]", re.sub(r"《.*?》|[^\n]*号[^\n]*", "", left))


@pytest.mark.parametrize(("lang", "viewport"), [("zh", WIDE), ("en", WIDE), ("zh", NARROW)], ids=["zh", "en", "narrow"])
def test_axe_finds_nothing_serious(visit, lang, viewport):
    page = visit(viewport=viewport)
    if lang == "en":
        page.get_by_role("button", name="English").click()
        page.get_by_role("button", name="Solve", exact=True).wait_for()
    page.locator(".zb-explorer details").first.locator("summary").click()
    page.get_by_role("button", name={"zh": "求解", "en": "Solve"}[lang], exact=True).click()
    page.get_by_role("radio").first.wait_for()
    found = Axe().run(page).response["violations"]
    serious = [(f["id"], f["impact"], [node["html"][:200] for node in f["nodes"]]) for f in found if f["impact"] in ("serious", "critical")]
    assert not serious
