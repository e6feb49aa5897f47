"""The page as people meet it: it opens, for whom, in two languages, by keyboard, on a narrow screen, for five at once."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from harness import NARROW, compose, until


def findings(page):
    """What axe-core finds serious or critical: rule, impact, where."""
    found = Axe().run(page).response["violations"]
    return [(f["id"], f["impact"], [node["html"][:160] for node in f["nodes"]]) for f in found if f["impact"] in ("serious", "critical")]


def test_loads_without_code(page, screenshot):
    assert page.title() == "指标 zhibiao：技工教育目标看板"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.get_by_role("tab").all_text_contents() == ["情景试算", "月度数据"]
    assert "import" not in page.locator("main").inner_text()
    assert "token" not in page.url
    screenshot(page, "first-zh")


def test_speaks_english(page, screenshot):
    in_english(page)
    assert page.title().startswith("指标 zhibiao: targets")
    assert page.locator("html").get_attribute("lang") == "en"
    screenshot(page, "first-en")
    page.get_by_role("tab", name="Monthly figures").click()
    page.get_by_role("button", name="Make the region's briefing").wait_for()
    screenshot(page, "monthly-en")


def test_nothing_is_asked_of_other_hosts(visit, server):
    page = visit()
    hosts = {entry.split("/")[2] for entry in page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")}
    assert hosts == {server.address.split("/")[2]}


def test_five_people_at_once_keep_separate_states(visit):
    pages = [visit() for _ in range(5)]
    regions = ["全国", "沧州", "重庆", "江津区", "全国"]
    for page, region in zip(pages, regions, strict=True):
        page.get_by_role("tab", name="月度数据").click()
        page.get_by_role("tabpanel", name="月度数据").get_by_label("地区").select_option(region)
    for page, region in zip(pages, regions, strict=True):
        link = page.get_by_role("tabpanel", name="月度数据").locator(f"a[download^='{region}_']")
        link.wait_for()
    kernels = {page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId") for page in pages}
    assert len(kernels) == 5


def test_keyboard_alone_reaches_everything(page, screenshot):
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(page.evaluate("[document.activeElement.getAttribute('role') || document.activeElement.tagName, document.activeElement.innerText.trim()]"))
        if order[-1][0] == "tab":
            break
    assert ["BUTTON", "English"] in order
    assert order[-1] == ["tab", "情景试算"]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle + ' ' + getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "solid 3px"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    panel = page.get_by_role("tabpanel", name="月度数据")
    panel.wait_for()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.innerText.trim().split('\\n')[0] || document.activeElement.tagName"))
    screenshot(page, "keyboard-zh")
    assert {"选择或拖入填好的 .xlsx、.csv，可多个", "出本地区的简报"} <= reached


def in_english(page):
    page.get_by_role("button", name="English").click()
    # what is said last
    page.get_by_role("button", name="Make the region's briefing", include_hidden=True).wait_for(state="attached")


def test_narrow_screen_needs_no_sideways_scrolling(visit, screenshot):
    page = visit(viewport=NARROW)
    for lang in ("zh", "en"):
        if lang == "en":
            in_english(page)
        for number in (0, 1):
            page.get_by_role("tab").nth(number).click()
            screenshot(page, f"narrow-{number + 1}-{lang}")
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], (lang, number)


def test_axe_finds_nothing_serious(page):
    for lang in ("zh", "en"):
        if lang == "en":
            in_english(page)
        for number in (0, 1):
            page.get_by_role("tab").nth(number).click()
            page.get_by_role("tabpanel").wait_for()
            assert findings(page) == [], (lang, number)
    page.evaluate("document.querySelector('.zhibiao').insertAdjacentHTML('beforeend', '<button></button>')")
    assert [found[0] for found in findings(page)] == ["button-name"], "it would find nothing anyway"


def test_chinese_is_typed_by_an_input_method(page):
    name = page.get_by_label("名称")
    name.click()
    compose(page, "duozhao", "多招")
    compose(page, "sanqianren", "三千人")
    assert name.input_value() == "多招三千人"
    assert until(page.get_by_role("button", name="保存为情景").is_enabled)


def test_a_lost_connection_is_said(visit):
    page = visit(complains=True)
    page.evaluate("fetch('/voila/api/shutdown/' + JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId, {method: 'POST'})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("alert").get_by_text("页面与后台断开").wait_for()
