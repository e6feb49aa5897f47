"""The page without a browser: what its widgets say and do."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from zhibiao.exploring.monthly import Upload, examine, known, take
from zhibiao.exploring.page import Page
from zhibiao.exploring.page import page as make_page

HEADER = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
FIGURE = "500000,enrolment,2022,at_end,{},eq,万人,final,high,own-report,,,{}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHIBIAO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "data"


@pytest.fixture
def page(folder: Path) -> Page:
    return Page()


def hand_in(page: Page, *files: tuple[str, str]) -> None:
    """As the browser sends them."""
    day = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    page.monthly.files.value = tuple(
        {"name": name, "type": "text/csv", "size": len(text.encode()), "content": memoryview(text.encode()), "last_modified": day} for name, text in files
    )


def test_speaks_chinese_first_and_english_when_asked(page: Page) -> None:
    assert page.tabs.titles == ("情景试算", "月度数据")
    page.language.value = "en"
    assert page.tabs.titles == ("What if", "Monthly figures")
    assert 'data-lang="en"' in page.head.value
    panel = page.monthly
    spoken = [panel.form_title, panel.form, panel.files_title, panel.report_title]
    assert not re.search("[\u4e00-\u9fff]", re.sub(r"<[^>]*>", "", "".join(widget.value for widget in spoken)))
    assert panel.region.label == "Chongqing"


def test_what_was_handed_in_is_shown_in_the_other_language_too(page: Page) -> None:
    hand_in(page, ("交来.csv", HEADER + FIGURE.format("10.2", "")))
    assert "将导入 1 个数" in page.monthly.preview.value and "10.2 万人" in page.monthly.preview.value
    page.language.value = "en"
    assert "1 to import" in page.monthly.preview.value and "10.2 ×10,000 persons" in page.monthly.preview.value
    assert page.monthly.confirm.description == "Import 1 figure"


def test_a_correction_shows_what_was_known_and_why_it_changes(page: Page) -> None:
    row = "500000,enrolment,2020,at_end,10.1,eq,万人,final,high,own-report,,,口径扩大\n"
    hand_in(page, ("交来.csv", HEADER + row))
    cells = re.findall("<td>(.*?)</td>", page.monthly.preview.value)
    assert cells == ["第 2 行 line 2", "重庆 在校生规模 2020年末", "9.9 万人", "10.1 万人", "更正：口径扩大"]
    page.language.value = "en"
    cells = re.findall("<td>(.*?)</td>", page.monthly.preview.value)
    assert cells[1:] == ["Chongqing enrolment, end of 2020", "9.9 ×10,000 persons", "10.1 ×10,000 persons", "correction: 口径扩大"]


def test_a_name_of_a_file_is_no_markup(page: Page) -> None:
    hand_in(page, ("<img src=x onerror=alert(1)>.csv", HEADER + FIGURE.format("10.2", "=理由<b>")))
    assert "<img" not in page.monthly.preview.value and "<b>" not in page.monthly.preview.value
    assert "&lt;img src=x" in page.monthly.preview.value


def test_nothing_is_written_before_it_is_confirmed_and_then_everything_follows(page: Page, folder: Path) -> None:
    hand_in(page, ("交来.csv", HEADER + FIGURE.format("10.2", "")))
    assert not folder.exists()
    page.monthly.confirm.click()
    assert "已导入 1 个数" in page.monthly.told.value
    assert ",2022,at_end,10.2," in (folder / "observations" / "imported.csv").read_text(encoding="utf-8")
    assert page.monthly.preview.value == "" and page.monthly.confirm.disabled
    assert page.explorer.registry.series("500000", "enrolment").points[-1].period.year == 2022


def test_a_second_press_imports_nothing_more(page: Page, folder: Path) -> None:
    hand_in(page, ("交来.csv", HEADER + FIGURE.format("10.2", "")))
    page.monthly.confirm.click()
    before = (folder / "observations" / "imported.csv").read_bytes()
    page.monthly.confirm.click()
    assert (folder / "observations" / "imported.csv").read_bytes() == before
    assert "已导入 1 个数" in page.monthly.told.value


def test_what_somebody_else_imported_meanwhile_is_shown_before_anything_is_written(page: Page, folder: Path) -> None:
    hand_in(page, ("我.csv", HEADER + FIGURE.format("10.2", "")))
    theirs = [Upload("他.csv", (HEADER + FIGURE.format("10.3", "")).encode())]
    day = dt.datetime.now(tz=dt.UTC).date()
    take(folder, theirs, examine(known(folder), theirs, day), day)
    page.monthly.confirm.click()
    assert "尚未写入" in page.monthly.told.value and "10.3万人" in page.monthly.preview.value
    assert ",10.2," not in (folder / "observations" / "imported.csv").read_text(encoding="utf-8")


def test_a_page_that_waited_reads_what_changed_when_somebody_comes(page: Page, folder: Path) -> None:
    theirs = [Upload("他.csv", (HEADER + FIGURE.format("10.3", "")).encode())]
    day = dt.datetime.now(tz=dt.UTC).date()
    take(folder, theirs, examine(known(folder), theirs, day), day)
    page.arrival.click()
    assert page.explorer.registry.series("500000", "enrolment").points[-1].period.year == 2022
    assert page.monthly.registry is page.explorer.registry


def test_without_a_folder_it_says_so_and_takes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIBIAO_DATA")
    page = Page()
    assert "没有指定数据目录" in page.monthly.files_title.value
    hand_in(page, ("交来.csv", HEADER + FIGURE.format("10.2", "")))
    assert "将导入 1 个数" in page.monthly.preview.value and page.monthly.confirm.disabled
    page.monthly.confirm.click()
    assert not folder.exists()


def test_the_form_follows_the_choices(page: Page) -> None:
    first = page.monthly.form.value
    page.monthly.periods.value = "yearly"
    second = page.monthly.form.value
    assert first != second and 'download="重庆_' in second and "按年.xlsx" in second


def test_a_report_can_be_downloaded_and_goes_when_the_region_changes(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhibiao.exploring import monthly

    asked: list[str] = []

    def publish(region: str, lang: str, folder: Path | None, waiting: object) -> monthly.Documents:
        asked.append(region)
        return monthly.Documents(b"%PDF-1.7", b"PK", b"PK", "2023")

    monkeypatch.setattr(monthly, "publish", publish)
    page.monthly._report(page.monthly.registry.regions["500000"], "zh")
    assert asked == ["500000"]
    assert all(f'download="重庆_简报_2023.{ending}"' in page.monthly.made.value for ending in ("pdf", "docx", "xlsx"))
    page.monthly.region.value = "100000"
    assert page.monthly.made.value == ""


def test_a_broken_data_folder_is_said_and_the_page_stays(page: Page, folder: Path) -> None:
    (folder / "observations").mkdir(parents=True)
    (folder / "observations" / "mine.csv").write_text("no,such,columns\n1,2,3\n", encoding="utf-8")
    page.arrival.click()
    assert "数据目录有误" in page.told.value and "mine.csv:1" in page.told.value
    hand_in(page, ("交来.csv", HEADER + FIGURE.format("10.2", "")))
    assert "mine.csv:1" in page.monthly.told.value
    shown = make_page()
    assert "看板打不开" in shown.value and "mine.csv:1" in shown.value
