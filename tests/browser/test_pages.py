"""The index of outputs and the page of a batch's regions, opened from the file system: found, filtered, paged, by keyboard, in two languages."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from harness import NARROW, WIDE, project_python

HOSTILE = '</script><img src=x onerror="document.title=1">'
FAILED, COUNTIES = 3, 120

MAKE = """
import json, sys
from pathlib import Path
from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.rehearsing.overlay import write_overlay
from zhibiao.running import regionpage, summary
from zhibiao.running.report import write_outputs_index
from zhibiao.showing.statement_records import statement_records

place, counties, failed, hostile = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
write_overlay(place / "data", counties, 1)
registry = load(place / "data")
for number, region in enumerate(r for r in registry.regions.values() if r.level == "county" and r.synthetic):
    asked = study(registry, region.code)
    name = "09_briefing.failed" if number < failed else "09_briefing"
    folder = place / "outputs" / "trial" / region.code / "baseline" / name
    folder.mkdir(parents=True)
    files = {"09_briefing.ipynb": "0"}
    if number >= failed:
        files |= {"09_briefing.pdf": "0", "statements.json": "0"}
        (folder / "statements.json").write_text(json.dumps(statement_records(asked, gap_table(asked, {}))), encoding="utf-8")
    told = {
        "batch": "trial", "region_code": region.code, "region_name": hostile if number == 0 else region.zh, "scenario": "baseline",
        "notebook": "09_briefing", "title": "简报", "status": "failed" if number < failed else "ok", "error": "坏了 broken" if number < failed else "",
        "as_of": str(asked.as_of), "report_date": "", "files": files, "synthetic": True, "key": region.code,
    }
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
summary.update(place / "outputs" / "trial")
regionpage.update(place / "outputs" / "trial")
write_outputs_index(place / "outputs", [])
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    project_python("-c", MAKE, str(place), str(COUNTIES), str(FAILED), HOSTILE)
    return place / "outputs"


@pytest.fixture
def opened(browser, outputs):
    """Open a page from the file system; what it complains of, or asks of any host, fails the test."""
    contexts, complaints = [], []

    def open_page(name, **options):
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith("file:") else complaints.append(request.url))
        page.goto((outputs / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


def shown(page, table):
    return page.locator(f"#{table} tbody tr").count()


def test_failures_come_first_and_names_stay_text(opened, screenshot):
    page = opened("index.html")
    assert page.locator("#live").inner_text() == f"找到 {COUNTIES} 项，其中失败 {FAILED} 项"
    first = page.locator("#runs tbody tr").first
    assert "失败" in first.inner_text() and "坏了 broken" in first.inner_text() and HOSTILE in first.inner_text()
    assert page.title() == "指标简报总目录 Indicator briefings" and page.locator("img").count() == 0
    assert first.get_by_role("link", name="笔记本").get_attribute("href") == "trial/910101/baseline/09_briefing.failed/09_briefing.ipynb"
    screenshot(page, "index-zh")


def test_runs_are_found_filtered_and_paged(opened):
    page = opened("index.html")
    assert shown(page, "runs") == 50
    page.get_by_role("button", name="下一页").click()
    assert "第 2 页，共 3 页" in page.locator("#pages").inner_text()
    page.get_by_label("查找").fill("01市 04县")
    assert page.locator("#live").inner_text() == "找到 1 项，其中失败 0 项"
    page.get_by_label("查找").fill("")
    page.get_by_label("状态").select_option("failed")
    assert shown(page, "runs") == FAILED
    page.get_by_label("状态").select_option("")
    page.get_by_label("判断").select_option("behind")
    behind = page.locator("#runs tbody tr")
    assert behind.count() > 0 and all("进度滞后" in text for text in behind.all_inner_texts())
    page.get_by_role("searchbox", name="地区", exact=True).fill("没有这个地方")
    assert shown(page, "runs") == 0 and "找到 0 项" in page.locator("#live").inner_text()


def test_both_pages_speak_english(opened, screenshot):
    page = opened("index.html")
    page.get_by_role("button", name="English").click()
    assert page.locator("#live").inner_text() == f"{COUNTIES} runs found, {FAILED} of them failed"
    assert page.locator("html").get_attribute("lang") == "en" and page.get_by_label("Verdict").is_visible()
    page = opened("trial/regions.html")
    page.get_by_role("button", name="English").click()
    assert "Synthetic province A" in page.locator("#regions tbody").inner_text()
    assert "模拟甲省" not in page.locator("#regions tbody").inner_text()
    screenshot(page, "regions-en")


def test_a_keyboard_reaches_and_works_everything(opened):
    page = opened("index.html")
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.dataset.lang || document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert [name for name in seen if name in ("zh", "en", "search", "batch", "region", "scenario", "verdict", "status")] == [
        "zh", "en", "search", "batch", "region", "scenario", "verdict", "status",
    ]  # fmt: skip
    page.get_by_role("button", name="地区", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.locator("#runs th[aria-sort=ascending]").inner_text() == "地区 ▲"
    page.keyboard.press("Enter")  # the focus is still there
    assert page.locator("#runs th[aria-sort=descending]").inner_text() == "地区 ▼"


def test_provinces_open_into_prefectures_and_counties_and_nothing_unknown_passes(opened, screenshot):
    page = opened("trial/regions.html")
    assert page.get_by_label("层级").input_value() == "province"
    page.get_by_role("button", name="模拟甲省 ›").click()
    assert page.get_by_label("层级").input_value() == "prefecture"
    page.get_by_role("button", name="模拟甲省02市 ›").click()
    assert (page.get_by_label("层级").input_value(), page.get_by_label("范围").input_value()) == ("region", "910200")
    assert shown(page, "regions") == 14
    page.get_by_label("范围").select_option("")
    page.get_by_label("指标").select_option(label="年招生规模")
    page.get_by_label("判断").select_option("unknown")
    page.get_by_label("查找地区").fill("")
    rows = page.locator("#regions tbody tr").all_inner_texts()
    nothing = [row for row in rows if "无数据" in row]
    assert nothing and all("无法判断" in row and "已达到" not in row for row in nothing)
    page.get_by_label("判断").select_option("")
    page.get_by_role("button", name="差距占应变量").click()
    page.get_by_role("button", name="差距占应变量").click()
    for _ in range(2):  # whichever way it is ranked, who cannot be judged comes last
        page.get_by_role("button", name="下一页").click()
    assert "无法判断" in page.locator("#regions tbody tr").last.inner_text()
    screenshot(page, "regions-zh")


def test_rates_are_not_added(opened):
    page = opened("trial/regions.html")
    page.get_by_label("指标").select_option(label="毕业生就业率")
    assert "不相加" in page.locator("#sum").inner_text() and "不相加" in page.locator("#regions tbody tr").first.inner_text()


@pytest.mark.parametrize(("name", "table"), [("index.html", "runs"), ("trial/regions.html", "regions")])
def test_without_scripts_there_is_a_plain_list(opened, name, table):
    page = opened(name, java_script_enabled=False)
    text = page.locator("body").inner_text()
    assert "未启用脚本" in text and "模拟" in text
    assert 50 <= shown(page, table) <= 100 and not page.get_by_label("查找").first.is_visible()


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
@pytest.mark.parametrize("name", ["index.html", "trial/regions.html"])
def test_nothing_serious_for_a_screen_reader(opened, name, viewport):
    found = Axe().run(opened(name, viewport=viewport)).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"][:160]) for f in found if f["impact"] in ("serious", "critical")] == []


def test_what_is_embedded_is_json_and_no_markup(outputs):
    text = (outputs / "index.html").read_text(encoding="utf-8")
    start = text.index('id="data">') + len('id="data">')
    data = json.loads(text[start : text.index("</script>", start)])
    assert len(data["runs"]) == COUNTIES and data["runs"][0][3] == HOSTILE
