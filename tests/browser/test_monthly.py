"""The monthly loop without a terminal: form, filled files, what they would change, confirm, report."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

import pytest
from harness import NARROW, WIDE, project_python, ready, start, stop, until

MAKING = str(Path(__file__).with_name("making.py"))


@pytest.fixture
def monthly(page):
    page.get_by_role("tab", name="月度数据").click()
    return page.get_by_role("tabpanel", name="月度数据")


def filled(form: Path, out: Path, *figures: str) -> Path:
    project_python(MAKING, str(form), str(out), *figures)
    return out


def form_of(page, monthly, folder: Path, region: str = "重庆", year: str = "2024") -> Path:
    """The form as the page gives it."""
    monthly.get_by_label("地区").select_option(region)
    monthly.get_by_label("年份").select_option(year)
    monthly.locator(f"a[download^='{region}_{year}_']").wait_for()
    with page.expect_download() as caught:
        monthly.get_by_role("link", name="下载填报表").click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    assert path.name == f"{region}_{year}_按月.xlsx"
    return path


def hand_in(page, monthly, *files: Path) -> None:
    with page.expect_file_chooser() as chooser:
        monthly.get_by_role("button", name="选择或拖入").click()
    chooser.value.set_files(list(files))


def test_from_form_to_report(page, monthly, server, tmp_path, screenshot):
    form = form_of(page, monthly, tmp_path)
    wrong = filled(form, tmp_path / "错的<b>.xlsx", "在校生规模#1=9.95", "在校生规模#2=九万九")
    good = filled(form, tmp_path / "重庆交来.xlsx", "在校生规模#3=9.96", "年招生规模#3=0.2")
    hand_in(page, monthly, wrong, good)
    monthly.get_by_text("九万九").wait_for()
    faults = monthly.get_by_role("region", name="有误之处")
    assert "填报!F" in faults.inner_text()
    changes = monthly.get_by_role("region", name="将要改变的数")
    assert "在校生规模" in changes.inner_text() and "9.96 万人" in changes.inner_text() and "新增" in changes.inner_text()
    assert monthly.get_by_role("heading", name="错的<b>.xlsx").count() == 1
    assert not (server.data / "observations").exists(), "written before it was confirmed"
    screenshot(page, "monthly-preview-zh")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Import 2 figures").wait_for()
    screenshot(page, "monthly-preview-en")
    page.get_by_role("button", name="中文").click()
    monthly.get_by_role("button", name="确认导入 2 个数").wait_for()
    page.set_viewport_size(NARROW)
    screenshot(page, "monthly-preview-narrow-zh")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)
    monthly.get_by_role("button", name="确认导入 2 个数").click()
    monthly.get_by_text("已导入 2 个数").wait_for()
    rows = (server.data / "observations" / "imported.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3 and any(",enrolment,2024-03,at_end,9.96," in row for row in rows)
    assert monthly.get_by_role("button", name="确认导入").count() == 0
    screenshot(page, "monthly-imported-zh")

    monthly.get_by_role("button", name="出本地区的简报").click()
    page.get_by_role("tab", name="情景试算").click()  # the page stays in use meanwhile
    page.get_by_role("tab", name="月度数据").click()
    monthly.get_by_role("link", name="下载 PDF").wait_for(timeout=90_000)
    screenshot(page, "monthly-report-zh")
    for link, start_of_file in (("下载 PDF", b"%PDF-"), ("下载 Word", b"PK\x03\x04"), ("下载数据表 xlsx", b"PK\x03\x04")):
        with page.expect_download() as caught:
            monthly.get_by_role("link", name=link).click()
        path = tmp_path / caught.value.suggested_filename
        caught.value.save_as(path)
        assert path.read_bytes().startswith(start_of_file)
        assert path.name.startswith("重庆_简报_2024")
    assert zipfile.ZipFile(path).testzip() is None


def test_dropped_files_are_taken(page, monthly, tmp_path):
    form = form_of(page, monthly, tmp_path, year="2022")
    content = base64.b64encode(filled(form, tmp_path / "交来.xlsx", "在校生规模#2=9.9").read_bytes()).decode()
    page.evaluate(
        """([content, name]) => {
            const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0)), carried = new DataTransfer();
            carried.items.add(new File([bytes], name));
            const button = [...document.querySelectorAll('.widget-upload')].find(one => one.offsetParent);
            for (const kind of ['dragover', 'drop']) button.dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
        }""",
        [content, "交来.xlsx"],
    )
    monthly.get_by_role("heading", name="交来.xlsx").wait_for()
    monthly.get_by_role("button", name="确认导入 1 个数").wait_for()


def test_a_broken_file_gives_one_message(page, monthly, server, tmp_path):
    before = sorted(server.data.rglob("*")) if server.data.exists() else []
    for number, content in enumerate((b"", b"PK\x03\x04 broken", "名称,数\n在校生,9".encode("gbk"), b"\x00\xff" * 5000)):
        file = tmp_path / f"坏{number}.xlsx"
        file.write_bytes(content)
        hand_in(page, monthly, file)
        monthly.get_by_role("heading", name=file.name).wait_for()
        assert monthly.get_by_role("region", name="有误之处").get_by_role("row").count() == 2  # the heads, and one
        assert monthly.get_by_role("button", name="没有可导入的数").is_disabled()
    assert (sorted(server.data.rglob("*")) if server.data.exists() else []) == before


def test_a_file_far_too_large_is_refused_before_it_is_sent(page, monthly, tmp_path):
    large = tmp_path / "很大.xlsx"
    large.write_bytes(bytes(21 * 1024 * 1024))
    hand_in(page, monthly, large)
    page.get_by_role("alert").get_by_text("“很大.xlsx”超过 20 MB").wait_for()
    assert monthly.get_by_role("heading", name="很大.xlsx").count() == 0


def test_what_two_people_import_at_once_is_all_there(visit, server, tmp_path):
    people = []
    for number in (1, 2):
        page = visit()
        page.get_by_role("tab", name="月度数据").click()
        panel = page.get_by_role("tabpanel", name="月度数据")
        form = form_of(page, panel, tmp_path, year="2023")
        hand_in(page, panel, filled(form, tmp_path / f"{number}.xlsx", f"年招生规模#{number + 6}=1.{number}"))
        people.append(panel.get_by_role("button", name="确认导入 1 个数"))
    for button in people:
        button.wait_for()
    for button in people:
        button.click(no_wait_after=True)
    imported = server.data / "observations" / "imported.csv"
    wanted = (",intake,2023-07,year_to_date,1.1,", ",intake,2023-08,year_to_date,1.2,")
    assert until(lambda: imported.is_file() and all(figure in imported.read_text(encoding="utf-8") for figure in wanted))


def test_without_a_data_folder_nothing_can_be_imported(browser, tmp_path, screenshot):
    alone = start(None)
    try:
        page = ready(browser.new_context().new_page(), alone.entrance)
        page.get_by_role("tab", name="月度数据").click()
        panel = page.get_by_role("tabpanel", name="月度数据")
        panel.get_by_text("启动时没有指定数据目录").wait_for()
        form = form_of(page, panel, tmp_path)
        hand_in(page, panel, filled(form, tmp_path / "交来.xlsx", "在校生规模#3=9.96"))
        panel.get_by_role("region", name="将要改变的数").wait_for()
        assert panel.get_by_role("button", name="确认导入 1 个数").is_disabled()
        screenshot(page, "monthly-no-folder-zh")
        page.context.close()
    finally:
        stop(alone)
