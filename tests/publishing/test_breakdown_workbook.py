"""The task table: sums that a reader can follow, names that stay names, and the way back cell by cell."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest

from zhibiao.assessing.breakdown.imported import imported
from zhibiao.assessing.breakdown.shares import divide
from zhibiao.assessing.breakdown.stored import breakdown_of
from zhibiao.assessing.breakdown.years import milestones
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import RegistryError
from zhibiao.publishing.breakdown_workbook import task_table
from zhibiao.reading import task_table as task_table_reader
from zhibiao.reading.filled import Refused
from zhibiao.reading.task_table import HEADER_ROW, MARK_SHEET, SHEET
from zhibiao.reading.unit_list import Child

NAMES = ['=HYPERLINK("http://x")', "../../x", "@甲", "校" * 100]


@pytest.fixture(scope="module")
def registry():
    return load()


@pytest.fixture(scope="module")
def made(registry):
    """A breakdown of a shipped target over four schools, and its workbook."""

    def of(key, rule="even", *, units=True):
        question = study(registry, registry.statement(key).region)
        path = milestones(question, registry.statement(key), rule)
        children = [Child(name, None, Decimal(1000 * (i + 1)), 10, None) for i, name in enumerate(NAMES)]
        found = breakdown_of("mine", divide(path, children) if units else path)
        return found, task_table(question, found, ["=1+1"], summed=path.summed)

    return of


@pytest.fixture
def level(made):
    return made("chongqing-2021-452/intake-2025")


@pytest.fixture
def total(made):
    return made("chongqing-2021-452/training-2025", "late")


def saved(tmp_path, content, *edits):
    """The workbook as somebody gives it back."""
    path = tmp_path / "back.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in edits:
        sheet, _, cell = place.rpartition("!")
        book[sheet or SHEET][cell] = value
    book.save(path)
    return path


def reckoned(sheet, cell):
    """The value of a sum or a difference, reckoned from its formula."""
    value = sheet[cell].value
    if not isinstance(value, str):
        return value or 0
    if summed := re.fullmatch(r"=SUM\((\w+):(\w+)\)", value):
        return sum(reckoned(sheet, c.coordinate) for row in sheet[summed[1] : summed[2]] for c in row)
    left, right = value.removeprefix("=").split("-")
    return reckoned(sheet, left) - reckoned(sheet, right)


def test_the_formulas_of_a_level_add_up(level):
    sheet = openpyxl.load_workbook(io.BytesIO(level[1]))[SHEET]
    stored = openpyxl.load_workbook(io.BytesIO(level[1]), data_only=True)[SHEET]
    assert [sheet.cell(HEADER_ROW, column).value for column in range(7, 12)] == ["2021", "2022", "2023", "2024", "2025"]
    for column, milestone in zip("GHIJK", level[0].milestones, strict=True):
        assert reckoned(sheet, f"{column}{HEADER_ROW + 6}") == milestone == stored[f"{column}{HEADER_ROW + 6}"].value
        assert reckoned(sheet, f"{column}{HEADER_ROW + 7}") == 0 == stored[f"{column}{HEADER_ROW + 7}"].value
    assert stored["D8"].value == 0.1 and sheet["D8"].value == "=C8/SUM(C$8:C$11)"


def test_the_formulas_of_a_total_add_up_along_both_sides(total):
    sheet = openpyxl.load_workbook(io.BytesIO(total[1]))[SHEET]
    for row in range(HEADER_ROW + 1, HEADER_ROW + 6):
        assert sheet[f"L{row}"].value == f"=SUM(G{row}:K{row})"
    assert reckoned(sheet, f"L{HEADER_ROW + 6}") == 1_000_000
    assert [reckoned(sheet, f"{column}{HEADER_ROW + 7}") for column in "GHIJKL"] == [0] * 6


def test_it_is_made_to_be_read_and_printed(level):
    book = openpyxl.load_workbook(io.BytesIO(level[1]))
    sheet = book[SHEET]
    assert sheet.freeze_panes == f"B{HEADER_ROW + 1}" and sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, book[MARK_SHEET].sheet_state) == ("landscape", 0, "hidden")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "渝人社〔2021〕452号 专栏1·1：“年招生学生规模(万人)3>3.5”" in sheet["A2"].value and "均须超过" in sheet["A3"].value
    assert sheet["G8"].number_format == "#,##0"


def test_names_that_look_like_formulas_are_text(level):
    book = openpyxl.load_workbook(io.BytesIO(level[1]))
    cells = [book[SHEET].cell(row, 1) for row in range(HEADER_ROW + 2, HEADER_ROW + 6)]
    assert [cell.value for cell in cells] == NAMES
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    assert all(cell.data_type != "f" for sheet in (book["说明"], book[MARK_SHEET]) for row in sheet.iter_rows() for cell in row)


def test_the_same_breakdown_gives_the_same_bytes(made):
    assert made("chongqing-2021-452/intake-2025")[1] == made("chongqing-2021-452/intake-2025")[1]


def test_without_units_a_level_shows_its_steps(made):
    found, content = made("chongqing-2021-452/enrolment-2025", units=False)
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    assert [round(reckoned(sheet, f"{column}{HEADER_ROW + 2}"), 9) for column in "GHIJK"] == [0.12] * 5
    assert found.unit == "万人" and sheet["C7"].value == 9.9


@pytest.mark.parametrize(("key", "rule", "units"), [
    ("chongqing-2021-452/intake-2025", "growth", True), ("chongqing-2021-452/training-2025", "late", True), ("chongqing-2021-452/enrolment-2025", "even", False),
    ("chongqing-2022-32/employment-keep", "even", False), ("cangzhou-2019/new-places", "even", True),
])  # fmt: skip
def test_what_went_out_comes_back(tmp_path, registry, made, key, rule, units):
    found, content = made(key, rule, units=units)
    path = tmp_path / "as-it-was.xlsx"
    path.write_bytes(content)
    assert imported(registry, path) == found
    assert imported(registry, saved(tmp_path, content)) == found


def test_an_edit_that_adds_up_is_taken(tmp_path, registry, level):
    found = imported(registry, saved(tmp_path, level[1], ("G8", 3101), ("G9", 6199), ("A9", "乙校")))
    assert [child.values[0] for child in found.children][:2] == [3101, 6199]
    assert (found.children[1].name, found.by) == ("乙校", "even")
    moved = imported(registry, saved(tmp_path, level[1], ("G7", 31_001), ("G8", 3101)))
    assert (moved.by, moved.milestones[0]) == ("own", 31_001)
    # the file was edited before its table was made: the table says equal steps, its numbers do not
    marked = imported(registry, saved(tmp_path, level[1], ("_zhibiao!B9", "31001 32000 33000 34000 35000"), ("G7", 31_001), ("G8", 3101)))
    assert marked.by == "own"


@pytest.mark.parametrize(
    ("edits", "places"),
    [
        ([("H8", 3201)], ["H12: 2022年各单位合计 32001，任务 32000，多 1人"]),
        ([("K7", 34_000)], ["K7: 2025年差 0.1万人", "K12: 2025年各单位合计 35000，任务 34000，多 1000人"]),
        ([("G8", "三千")], ["G8: '三千' 不是数字"]),
        ([("G8", "3101")], ["G8: '3101' 不是数字"]),
        ([("G8", None), ("I9", "=1+1")], ["G8: 空", "I9: 公式"]),
        ([("G8", -1)], ["G8: -1 超出范围.*应不小于 0"]),
        ([("G8", 1e300), ("H9", 10**30)], ["G8: 1e\\+300 超出范围", "H9: 1.* 超出范围"]),
        ([("G7", 1e300)], ["G7: 1e\\+300 超出范围"]),
        ([("G8", "NaN"), ("H8", "inf")], ["G8: 'NaN' 不是数字", "H8: 'inf' 不是数字"]),
        ([("C8", -5), ("E9", -1), ("F9", 1e16)], ["C8: -5 超出范围", "E9: -1 超出范围", "F9: 1e\\+16 超出范围"]),
        ([("C8", 100.5)], ["C8: 基数 100.5人 不是整数人"]),
        ([("A9", "合 计")], ["A9: '合 计' 是合计行"]),
        ([("A9", "目标任务"), ("A10", "Total")], ["A9: .*合计行", "A10: .*合计行"]),
        ([("A9", "a\u202eb")], ["A9: .*U\\+202E"]),
        ([("B9", "999999")], ["B9: .*unknown region '999999'"]),
        ([("B9", "500101"), ("B10", "500101")], ["B10: 代码重复 .* row 9"]),
        ([("G8", 3100.5)], ["G8: .*不是不小于 0 的整数人", "G12: "]),
        ([("A9", "=1+1")], ["A9: 单位名称是公式"]),
        ([("A9", "@甲")], ["A10: 单位重复"]),
        ([("A9", None)], ["A9: 单位名称为空"]),
        ([("B9", "5001")], ["B9: 代码"]),
        ([("E9", 9), ("F9", 8)], ["E9: 下限大于上限"]),
        ([("F11", 12_500)], ["H11: .*比上限多", "I11: ", "J11: ", "K11: "]),
    ],
)
def test_an_edit_that_does_not_add_up_is_told_by_cell(tmp_path, registry, level, edits, places):
    with pytest.raises(Refused) as refused:
        imported(registry, saved(tmp_path, level[1], *edits))
    assert len(refused.value.faults) == len(places)
    for fault, place in zip(refused.value.faults, places, strict=True):
        assert re.match(f"{SHEET}!{place}", str(fault)), fault


def test_a_total_is_told_at_its_total(tmp_path, registry, total):
    with pytest.raises(Refused) as refused:
        imported(registry, saved(tmp_path, total[1], ("G7", 66_668), ("G8", 6668), ("E9", 300_000)))
    assert [str(fault).split(":")[0] for fault in refused.value.faults] == [f"{SHEET}!L7", f"{SHEET}!L9"]
    assert "各年合计 100.0001万人次，应为 100万人次，多1人次" in str(refused.value)


@pytest.mark.parametrize("least", [None, 0])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_told_by_its_cell(value, least):
    cell = openpyxl.Workbook().active["G8"]
    cell._value, cell.data_type = value, "n"
    faults = []
    assert task_table_reader._number(cell, faults, least=least) is None
    assert [str(fault).split(": ")[0] for fault in faults] == [f"{SHEET}!G8"] and "超出范围" in str(faults[0])


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([("_zhibiao!B7", "9" * 20)], "标记损坏"),
        ([("_zhibiao!B1", "9")], "版本 9 与本程序"),
        ([("_zhibiao!B2", "../x")], "标记损坏"),
        ([("_zhibiao!B3", "chongqing-2021-452/nothing")], "登记库没有这一目标"),
        ([("_zhibiao!B5", "所")], "与目标不符"),
        ([("_zhibiao!B5", "parsec")], "标记损坏"),
        ([("H6", "2031")], f"{SHEET}!H6: 表头应为 2022"),
        ([("A7", "甲")], "目标任务行不在原处"),
    ],
)
def test_another_workbook_is_refused(tmp_path, registry, level, edits, said):
    with pytest.raises(RegistryError, match=said):
        imported(registry, saved(tmp_path, level[1], *edits))


def test_a_workbook_without_mark_is_none(tmp_path, registry):
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(RegistryError, match="没有任务分解表的标记"):
        imported(registry, path)
