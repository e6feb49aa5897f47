"""A user's figures go into an overlay: checked, kept by vintage, all or none."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import OutputError, ParameterError, RegistryError
from zhibiao.model import Period
from zhibiao.reading.asked import Asked
from zhibiao.reading.folderimport import FolderResult, expected_regions, import_folder
from zhibiao.reading.importing import import_observations
from zhibiao.reading.workbook import HEADER_ROW, MARK_SHEET, SHEET, template

HEADER = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
ROW = "500000,enrolment,2022,at_end,10.1,eq,万人,final,high,own-report,,,\n"


def _filled(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "filled.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    return file


def _import(file: Path, data: Path, day: str = "2026-11-23", **kwargs: bool) -> list[str]:
    return list(import_observations(file, data, today=dt.date.fromisoformat(day), **kwargs))


def test_when_a_figure_is_imported_then_the_gap_table_uses_it_and_the_shipped_registry_stays(tmp_path: Path) -> None:
    lines = _import(_filled(tmp_path, ROW), tmp_path / "mine")
    assert lines[0] == "+ 重庆 在校生规模 2022: 10.1万人"
    mine = study(load(tmp_path / "mine"), as_of=2022)
    row = next(r for r in gap_table(mine, {}) if r.statement.key == "chongqing-2021-452/enrolment-2025")
    assert row.standing.state == "assessed"
    assert row.standing.progress is not None
    assert row.standing.progress.change == pytest.approx(1 / 3)
    assert row.standing.verdict == "behind"
    assert load().series("500000", "enrolment").at(2022) is None


def test_when_imported_twice_then_nothing_is_added(tmp_path: Path) -> None:
    file, mine = _filled(tmp_path, ROW), tmp_path / "mine"
    _import(file, mine)
    before = (mine / "observations" / "imported.csv").read_bytes()
    assert _import(file, mine)[-1].startswith("已导入 imported 0；已有 already known 1")
    assert (mine / "observations" / "imported.csv").read_bytes() == before


def test_when_a_known_figure_changes_then_it_needs_a_reason_and_both_vintages_stay(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    _import(_filled(tmp_path, ROW), mine)
    changed = ROW.replace("10.1", "10.3")
    with pytest.raises(RegistryError, match=r"filled\.csv:2: .*needs a reason"):
        _import(_filled(tmp_path, changed), mine)
    lines = _import(_filled(tmp_path, changed.replace(",,,\n", ",,2026-12-01,年报核定\n")), mine, "2026-12-01")
    assert lines[0] == "~ 重庆 在校生规模 2022: 10.1万人 → 10.3万人（年报核定）"
    registry = load(mine)
    assert str(registry.series("500000", "enrolment").at(2022).value) == "10.3"  # type: ignore[union-attr]
    assert len([o for o in registry.observed("500000") if str(o.period) == "2022" and o.indicator == "enrolment"]) == 2


def test_when_one_row_is_wrong_then_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"filled\.csv:3: .*不是数字"):
        _import(_filled(tmp_path, ROW, ROW.replace("2022", "2023").replace("10.1", "10.1万")), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_when_it_is_a_dry_run_then_nothing_is_written(tmp_path: Path) -> None:
    assert _import(_filled(tmp_path, ROW), tmp_path / "mine", dry_run=True)[-1].startswith("将导入")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("row", "day", "said"),
    [
        ("500000,enrolment,2026,at_end,10.1,eq,万人,final,high,own-report,,,\n", "2026-11-23", "该年尚未结束.*the year has not ended.*写明月份.*status preliminary"),
        ("500000,social_training,2026,in_period,9,eq,万人次,final,high,own-report,,,\n", "2026-12-30", "year_to_date"),
        ("500000,enrolment,2026-11,at_end,10.1,eq,万人,final,high,own-report,,,\n", "2026-11-29", "the month has not ended"),
        ("500000,social_training,2026-Q4,in_period,2,eq,万人次,final,high,own-report,,,\n", "2026-11-23", "the quarter has not ended"),
        ("500000,enrolment,2026,at_end,10.1,eq,万人,final,high,own-report,,2026-06-30,\n", "2027-02-01", "2026-06-30 该年尚未结束"),
    ],
)
def test_when_a_period_is_not_over_then_its_figure_is_not_final(tmp_path: Path, row: str, day: str, said: str) -> None:
    with pytest.raises(RegistryError, match=rf"filled\.csv:2: .*{said}"):
        _import(_filled(tmp_path, row), tmp_path / "mine", day)
    assert not (tmp_path / "mine").exists() or not list((tmp_path / "mine").rglob("imported.csv"))
    assert _import(_filled(tmp_path, row.replace(",final,", ",preliminary,")), tmp_path / "mine", day)[0].startswith("+ ")


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ("500000,enrolment,2026,at_end,10.1,eq,万人,final,high,own-report,,,\n", "2026-12-31"),
        ("500000,enrolment,2026-02,at_end,10.1,eq,万人,final,high,own-report,,,\n", "2026-02-28"),
        ("500000,social_training,2026-11,year_to_date,9,eq,万人次,final,high,own-report,,,\n", "2026-11-23"),
    ],
)
def test_when_a_period_is_over_or_counted_so_far_then_its_figure_may_be_final(tmp_path: Path, row: str, day: str) -> None:
    assert _import(_filled(tmp_path, row), tmp_path / "mine", day)[0].startswith("+ ")


def test_when_rows_are_left_empty_then_they_are_counted(tmp_path: Path) -> None:
    assert _import(_filled(tmp_path, ROW.replace("10.1", "")), tmp_path / "mine")[-1].endswith("未填 left empty 1")


def test_when_no_overlay_is_named_then_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIBIAO_DATA", raising=False)
    with pytest.raises(ParameterError, match="--data"):
        list(import_observations(_filled(tmp_path, ROW), None))


def test_when_the_disk_is_full_then_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine"
    _import(_filled(tmp_path, ROW), mine)
    before = (mine / "observations" / "imported.csv").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        _import(_filled(tmp_path, ROW.replace("2022", "2021")), mine)
    assert [p.name for p in (mine / "observations").iterdir()] == ["imported.csv"]
    assert (mine / "observations" / "imported.csv").read_bytes() == before


def test_when_several_rows_are_wrong_then_each_is_named(tmp_path: Path) -> None:
    rows = [ROW.replace("10.1", value).replace("2022", year) for value, year in (("10.1", "2022"), ("101000", "2023"), ("", "2024"), ("abc", "2021"))]
    with pytest.raises(RegistryError) as caught:
        _import(_filled(tmp_path, *rows, ROW), tmp_path / "mine")
    lines = [line.partition("filled.csv:")[2] for line in str(caught.value).splitlines()]
    assert [line[:2] for line in lines] == [" 3", "5:", "3:", "6:"]
    assert lines[0].startswith(" 3 处有误，未导入")
    assert "nearest: 10.1" in lines[2]
    assert "same figure stands twice" in lines[3]


def test_when_two_rows_of_one_table_disagree_ten_thousandfold_then_the_one_far_from_what_is_stated_is_named(tmp_path: Path) -> None:
    # nothing is known of alliances; the two rows are held against each other
    rows = [ROW.replace("enrolment,2022,at_end,10.1,eq,万人", f"practice_bases,{year},at_end,{value},eq,个") for year, value in ((2021, 20), (2022, 200000))]
    with pytest.raises(RegistryError, match=r"filled\.csv:3: 200000个 数量级跳变"):
        _import(_filled(tmp_path, *rows), tmp_path / "mine")


def test_when_the_file_of_imported_figures_was_saved_by_a_spreadsheet_then_rows_still_go_in(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    _import(_filled(tmp_path, ROW.replace(",,,\n", ",,2026-11-23,年报\n")), mine)
    path = mine / "observations" / "imported.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode("gb18030"))
    _import(_filled(tmp_path, ROW.replace("2022", "2021")), mine)
    assert [row.split(",")[2] for row in path.read_text(encoding="utf-8").splitlines()] == ["period", "2022", "2021"]
    path.write_text("region,value\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"imported\.csv:1"):
        _import(_filled(tmp_path, ROW), mine)


def _workbook(folder: Path, name: str, region: str, cells: dict[int, object], months: int = 0) -> None:
    """A workbook of a district's enrolment of 2021 to 2023, or of its intake by month; `cells` gives values by row of the table."""
    asked = [Asked(region, "enrolment", Period(year), "at_end", "人") for year in (2021, 2022, 2023)]
    if months:
        asked = [Asked(region, "intake", Period(2026, month=month), "year_to_date", "人") for month in range(1, months + 1)]
    book = openpyxl.load_workbook(io.BytesIO(template(load(), asked, f"zhibiao observe template --region {region} -o {region}.xlsx")))
    for row, value in cells.items():
        book[SHEET].cell(HEADER_ROW + row, 6).value = value
    folder.mkdir(exist_ok=True)
    book.save(folder / name)


def _folder(tmp_path: Path, **kwargs: object) -> FolderResult:
    return import_folder(tmp_path / "back", tmp_path / "mine", today=dt.date(2026, 11, 23), **kwargs)  # type: ignore[arg-type]


def test_when_a_folder_comes_back_then_good_workbooks_go_in_and_the_others_are_named(tmp_path: Path) -> None:
    back = tmp_path / "back"
    _workbook(back, "a万州.xlsx", "500101", {1: 3000, 2: 3100, 3: 3200})
    _workbook(back, "b涪陵.xlsx", "500102", {1: 2000, 2: "2100人", 3: "无"})
    _workbook(back, "c渝中.xlsx", "500103", {2: 900})
    (back / "d大渡口.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"0" * 600)
    (back / "~$a万州.xlsx").write_bytes(b"lock")
    (back / "说明.docx").write_bytes(b"PK")
    expect = tmp_path / "regions.txt"
    expect.write_text("万州\n500102  # 涪陵\n\n# 主城\n渝中区\n江北区\n", encoding="utf-8")
    result = _folder(tmp_path, expect=expect)
    assert result.faulty == 2
    text = "\n".join(result.lines)
    assert "+ 万州区 在校生规模 2021: 3000人" in text
    assert "填报!F5: '2100人' 值中带了单位" in text
    assert "d大渡口.xls: 是旧式 .xls" in text
    assert result.lines[result.lines.index("== 催报清单 to remind") + 1 :] == [
        "未交 not returned: 500105 江北区",
        "有误 faulty: 500102 涪陵区 b涪陵.xlsx，2 处 faults",
        "未填全 incomplete: 500103 渝中区 缺 missing 2/3：在校生规模 2021 2023",
        "有误 faulty: 地区不明 region unknown d大渡口.xls，1 处 faults",
        "已交齐 complete: 500101 万州区",
        "应报 expected 4；已交 returned 3",
    ]
    kept = {(o.region, str(o.period)) for o in load(tmp_path / "mine").observations if o.source == "own-report"}
    assert kept == {("500101", "2021"), ("500101", "2022"), ("500101", "2023"), ("500103", "2022")}


def test_when_two_workbooks_of_one_region_disagree_then_the_second_needs_a_reason(tmp_path: Path) -> None:
    _workbook(tmp_path / "back", "万州.xlsx", "500101", {1: 3000, 2: 3100, 3: 3200})
    _workbook(tmp_path / "back", "万州(1).xlsx", "500101", {1: 3000, 2: 3100, 3: 3300})
    result = _folder(tmp_path, dry_run=True)
    assert result.faulty == 1
    assert any("填报!F6: 万州区 在校生规模 2023 已有 3300人" in line and "needs a reason" in line for line in result.lines)
    assert result.lines[-1].startswith("未给应报名单")
    assert not (tmp_path / "mine").exists()


def test_when_a_workbook_is_of_an_older_version_then_it_still_says_whose_it_is(tmp_path: Path) -> None:
    _workbook(tmp_path / "back", "万州.xlsx", "500101", {1: 3000})
    book = openpyxl.load_workbook(tmp_path / "back" / "万州.xlsx")
    book[MARK_SHEET]["B1"] = "0"
    book.save(tmp_path / "back" / "万州.xlsx")
    lines = _folder(tmp_path).lines
    assert "make a new one: zhibiao observe template --region 500101 -o 500101.xlsx" in lines[1]
    assert "有误 faulty: 500101 万州区 万州.xlsx，1 处 faults" in lines


def test_when_months_are_not_over_then_they_are_not_missing(tmp_path: Path) -> None:
    _workbook(tmp_path / "back", "万州.xlsx", "500101", {month: month * 300 for month in range(1, 10)}, months=12)
    assert "未填全 incomplete: 500101 万州区 缺 missing 1/12：年招生规模 2026-10" in _folder(tmp_path).lines


def test_who_is_expected_is_checked(tmp_path: Path) -> None:
    _workbook(tmp_path / "back", "万州.xlsx", "500101", {1: 3000})
    expect = tmp_path / "regions.txt"
    expect.write_text("万州\n涪陵曲\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"regions\.txt:2: 未知地区.*nearest: 涪陵"):
        _folder(tmp_path, expect=expect)
    with pytest.raises(ParameterError, match="--expect"):
        _folder(tmp_path, region="四川")
    plan = tmp_path / "mine" / "plans"
    plan.mkdir(parents=True)
    text = "id: wz\ntitle: 规划\ntitle_en: plan\nshort: 规划\nissuer: [局]\nregion: '500101'\nperiod: 2021-2025\nissued: 2021-12-31\nstatements: []\n"
    (plan / "wz.yaml").write_text(text, encoding="utf-8")
    assert "500101" in (expected_regions(load(tmp_path / "mine"), "重庆", None) or ())
    assert _folder(tmp_path, region="重庆").lines[-1].endswith("已交 returned 1")
    (tmp_path / "back" / "万州.xlsx").unlink()
    with pytest.raises(RegistryError, match="no workbook in the folder"):
        _folder(tmp_path)


def test_the_commands_make_take_and_check_workbooks(tmp_path: Path, zhibiao) -> None:
    fill, mine = tmp_path / "back" / "cq.xlsx", tmp_path / "mine"
    made = zhibiao("observe", "template", "--region", "重庆", "--year", "2024", "--periods", "monthly", "--indicator", "intake", "-o", str(fill))
    assert made.returncode == 0, made.stderr
    book = openpyxl.load_workbook(fill)
    sheet = book[SHEET]
    for row, value in enumerate((0, 0, 0.1, 0.2), start=HEADER_ROW + 1):
        sheet.cell(row, 6).value = value
    book.save(fill)
    assert "+ 重庆 年招生规模 2024-04: 0.2万人" in zhibiao("observe", "import", str(fill), "--data", str(mine), "--dry-run").stdout
    taken = zhibiao("observe", "import", str(fill.parent), "--data", str(mine))
    assert taken.returncode == 0, taken.stderr
    assert "未填全 incomplete: 500000 重庆 缺 missing 8/12" in taken.stdout
    assert zhibiao("observe", "check", "--data", str(mine)).returncode == 0
    sheet["F8"] = "一千"
    book.save(fill)
    assert zhibiao("observe", "import", str(fill.parent), "--data", str(mine)).returncode == 3
    refused = zhibiao("observe", "import", str(fill), "--data", str(mine))
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "填报!F8: '一千' 不是数字" in refused.stderr
    assert zhibiao("observe", "template", "--periods", "monthly").returncode == 2
    assert zhibiao("observe", "import", str(fill), "--expect", "x", "--data", str(mine)).returncode == 2
