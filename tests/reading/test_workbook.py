"""The workbook that districts fill: how it goes out, what is refused when it comes back, and that figures survive the way."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.model import Period
from zhibiao.reading.asked import Asked, asked_by_period
from zhibiao.reading.importing import export_observations, import_observations, judge_file, registry_with
from zhibiao.reading.workbook import BASES, HEADER, HEADER_ROW, MARK_SHEET, SHEET, template

REGISTRY = load()
TODAY = dt.date(2026, 12, 1)
ASKED = (
    Asked("500000", "enrolment", Period(2021), "at_end", "万人", ("渝人社〔2021〕452号 专栏1·2: >10.5万人（2025）",)),
    Asked("500000", "enrolment", Period(2022), "at_end", "万人"),
    Asked("500000", "intake", Period(2022), "in_period", "人"),
    Asked("500000", "employment_rate", Period(2022), "in_period", "%"),
    Asked("500000", "coop_major_share", Period(2022), "in_period", "%"),
    Asked("500000", "schools", Period(2020), "at_end", "所"),
    *(Asked("500000", "intake", Period(2024, month=month), "year_to_date", "万人") for month in (8, 9, 10)),
    Asked("500000", "enrolment", Period(2024, month=9), "at_end", "万人"),
    Asked("500000", "teachers", Period(2022), "at_end", "人"),
)
COMMAND = "zhibiao observe template --region 500000 -o 500000.xlsx"
TEMPLATE = template(REGISTRY, ASKED, COMMAND)
FIRST = HEADER_ROW + 1
V, Q, R = "FGH"
ENROLMENT_21, ENROLMENT_22, INTAKE, RATE, SHARE, SCHOOLS, AUGUST, SEPTEMBER, OCTOBER, MID_YEAR, TEACHERS = range(FIRST, FIRST + len(ASKED))

Edit = Callable[[Any], object]


def _saved(folder: Path, edit: Edit) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(TEMPLATE))
    edit(book)
    path = folder / "filled.xlsx"
    book.save(path)
    return path


def _put(**cells: object) -> Edit:
    def edit(book: Any) -> None:
        for name, value in cells.items():
            book[SHEET][name] = value

    return edit


def _lines(path: Path, data: Path, **kwargs: Any) -> list[str]:
    return list(import_observations(path, data, today=kwargs.pop("today", TODAY), **kwargs))


def test_the_template_locks_all_but_three_columns_and_says_what_it_asks_for() -> None:
    book = openpyxl.load_workbook(io.BytesIO(TEMPLATE))
    sheet = book[SHEET]
    assert book[MARK_SHEET].sheet_state == "hidden"
    assert sheet.protection.sheet and not sheet.protection.password
    assert sheet.freeze_panes == f"B{FIRST}"
    assert [cell.value for cell in sheet[HEADER_ROW]] == [f"{zh}\n{en}" for zh, en in HEADER]
    unlocked = {cell.column_letter for row in sheet.iter_rows(min_row=FIRST) for cell in row if not cell.protection.locked}
    assert unlocked == {V, Q, R}
    row = [sheet.cell(ENROLMENT_21, column).value for column in range(1, 11)]
    assert row[0] == "在校生规模\nenrolment"
    assert row[2:5] == ["2021年末\nend of 2021", BASES["at_end"], "万人\n×10,000 persons"]
    assert row[5:] == [None, "为 eq", None, "9.9万人\n（2020年末）", "渝人社〔2021〕452号 专栏1·2: >10.5万人（2025）"]
    assert sheet.cell(SEPTEMBER, 3).value == "2024年1—9月\nJan–Sep 2024"


def test_the_template_bounds_each_value_by_its_indicator_in_its_unit() -> None:
    rules = {str(rule.sqref): rule for rule in openpyxl.load_workbook(io.BytesIO(TEMPLATE))[SHEET].data_validations.dataValidation}
    share, people = rules[f"{V}{RATE}"], rules[f"{V}{ENROLMENT_21}"]
    assert (share.type, share.operator, share.formula1, share.formula2) == ("decimal", None, "0.0", "100.0")  # between is the default
    assert (people.type, people.operator, people.formula1) == ("decimal", "greaterThanOrEqual", "0.0")
    assert rules[f"{Q}{RATE}"].type == "list"


def test_the_same_figures_give_the_same_bytes() -> None:
    assert template(load(), ASKED, COMMAND) == TEMPLATE
    assert {part.date_time[0] for part in zipfile.ZipFile(io.BytesIO(TEMPLATE)).infolist()} == {1980}


def test_when_a_name_looks_like_a_formula_then_it_stays_text() -> None:
    indicators = dict(REGISTRY.indicators)
    indicators["enrolment"] = indicators["enrolment"].model_copy(update={"zh": "=1+1", "definition": "@SUM(A1)"})
    odd = Registry(REGISTRY.folders, indicators, REGISTRY.regions, REGISTRY.plans, REGISTRY.sources, REGISTRY.scenarios, REGISTRY.observations)
    sheet = openpyxl.load_workbook(io.BytesIO(template(odd, ASKED, COMMAND)))[SHEET]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_figures_within_a_year_are_asked_for_since_january_or_at_the_end() -> None:
    asked = asked_by_period(study(REGISTRY, as_of=2024), "monthly", 2024)
    by_indicator = {figure.indicator: figure for figure in asked}
    assert len([figure for figure in asked if figure.indicator == "intake"]) == 12
    assert by_indicator["intake"].basis == "year_to_date"
    assert by_indicator["enrolment"].basis == "at_end"
    assert by_indicator["enrolment"].status == "preliminary"
    assert "employment_rate" not in by_indicator
    assert {REGISTRY.indicators[name].kind for name in by_indicator} == {"flow", "stock"}
    quarters = asked_by_period(study(REGISTRY, "万州", as_of=2024), "quarterly", 2024, ["技工院校数"])
    assert [str(figure.period) for figure in quarters] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]


def test_when_no_plan_speaks_of_a_region_then_the_indicators_must_be_named() -> None:
    with pytest.raises(ParameterError, match="--indicator: 万州区 没有规划目标"):
        asked_by_period(study(REGISTRY, "万州", as_of=2024), "yearly", 2024)
    with pytest.raises(ParameterError, match="nearest: monthly"):
        asked_by_period(study(REGISTRY, as_of=2024), "montly", 2024)
    with pytest.raises(ParameterError, match="nothing is asked for"):
        template(REGISTRY, (), COMMAND)


def _sheet(change: Callable[[Any], object]) -> Edit:
    return lambda book: change(book[SHEET])


def _swap(sheet: Any) -> None:
    for column in range(1, 6):
        one, other = sheet.cell(ENROLMENT_21, column), sheet.cell(ENROLMENT_22, column)
        one.value, other.value = other.value, one.value


def _insert(sheet: Any) -> None:
    sheet.insert_rows(INTAKE)
    sheet.cell(INTAKE, 6).value = 3


def _copy_below(sheet: Any) -> None:
    for column in range(1, 6):
        sheet.cell(TEACHERS + 1, column).value = sheet.cell(TEACHERS, column).value
    sheet.cell(TEACHERS + 1, 6).value = 5000


def _hide(sheet: Any) -> None:
    sheet.cell(ENROLMENT_21, 6).value = 10
    sheet.row_dimensions[ENROLMENT_21].hidden = True


def _hide_column(sheet: Any) -> None:
    sheet.cell(ENROLMENT_21, 6).value = 10
    sheet.column_dimensions["F"].hidden = True


def _percent_people(sheet: Any) -> None:
    sheet.cell(INTAKE, 6).value = 0.3
    sheet.cell(INTAKE, 6).number_format = "0.0%"


def _mark(cell: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        book[MARK_SHEET][cell] = value

    return edit


def _rename(book: Any) -> None:
    book[SHEET].title = "Sheet1"


def _other_sheet(book: Any) -> None:
    book.create_sheet("计算")["B2"] = 5


BROKEN: dict[str, tuple[Edit, str]] = {
    "text in a number": (_put(F4="不详"), r"填报!F4: '不详' 不是数字 is not a number；不知道请留空"),
    "number as text": (_put(F4="10.1"), r"填报!F4: '10\.1' 是文本，不是数字 is text.*nearest: 10\.1"),
    "full-width number": (_put(F4="１０．１"), r"填报!F4: .*nearest: 10\.1"),
    "thousands comma": (_put(F6="30,500"), r"填报!F6: .*nearest: 30500"),
    "unit in the cell": (_put(F4="10.1万"), r"填报!F4: '10\.1万' 值中带了单位 .*the unit is set.*nearest: 10\.1"),
    "万 where 人 is asked": (_put(F6="3.1万人"), r"填报!F6: .*unit is set.*nearest: 31000"),
    "another unit": (_put(F6="31所"), r"填报!F6: '31所' 的单位不符，应为 人"),
    "qualifier in the cell": (_put(F7="98%以上"), r"填报!F7: .*choose the qualifier '以上 ge'.*nearest: 98"),
    "about in the cell": (_put(F4="约10"), r"填报!F4: .*choose the qualifier '约 about'.*nearest: 10"),
    "人 in 万人": (_put(F4=101000), r"填报!F4: 101000万人 数量级跳变 jump：.*已知 known 9\.9万人（2020年末）的 10202 倍.*give a reason.*nearest: 10\.1"),
    "万人 in 人": (_put(F6=3.1), r"填报!F6: 3\.1人 数量级跳变 jump：.*nearest: 31000"),
    "ten-fold": (_put(F4=101), r"填报!F4: 101万人 数量级跳变 jump：.*10 倍.*nearest: 10\.1"),
    "a tenth": (_put(F4=1.01), r"填报!F4: 1\.01万人 数量级跳变 jump：.*1/9\.8.*nearest: 10\.1"),
    "zero for unknown": (_put(F4=0), r"填报!F4: 0万人 为 0，已知 known 9\.9万人.*leave empty"),
    "percent as a fraction": (_put(F7=0.98), r"填报!F7: 0\.98% 百分比写成了小数.*已知 known 99%（2023年）.*nearest: 98"),
    "fraction of an unknown share": (_put(F8=0.7), r"填报!F8: 0\.7% 百分比写成了小数.*nearest: 70"),
    "percent format on people": (_sheet(_percent_people), r"填报!F6: 单元格是百分比格式，单位是 人"),
    "beyond the bounds": (_put(F7=101), r"填报!F7: 毕业生就业率 'employment_rate' 的值 101% 超出范围.*allowed: 0 … 100 %"),
    "negative": (_put(F14=-5), r"填报!F14: .*超出范围"),
    "formula": (_put(F4="=9.9*1.02"), r"填报!F4: 公式 a formula '=9\.9\*1\.02'；请复制后粘贴为数值"),
    "array formula": (_sheet(lambda sheet: sheet.__setitem__("F4", ArrayFormula("F4", "=SUM(1,2)"))), r"填报!F4: 公式 a formula"),
    "formula as reason": (_put(H4="=HYPERLINK(1)"), r"填报!H4: 公式 a formula"),
    "error value": (_put(F4="#DIV/0!"), r"填报!F4: #DIV/0! 是错误值"),
    "true": (_put(F4=True), r"填报!F4: TRUE 不是数字"),
    "a date": (_put(F4=dt.datetime(2021, 10, 1)), r"填报!F4: 2021-10-01 00:00:00 是日期"),
    "qualifier unknown": (_put(F4=10, G4="以 上 吧"), r"填报!G4: 限定 .*allowed: 为 eq, 以上 ge"),
    "remark like a formula": (_put(F4=10, H4="@cmd"), r"填报!H4: 说明不能以 '@' 开头"),
    "merged cells": (_sheet(lambda sheet: sheet.merge_cells("F4:F5")), r"填报!F4: 合并单元格 merged cells F4:F5"),
    "hidden row": (_sheet(_hide), r"填报!F4: 隐藏行中有值"),
    "hidden column": (_sheet(_hide_column), r"填报!F4: 隐藏列中有值"),
    "copied row": (_sheet(_copy_below), rf"填报!A{TEACHERS + 1}: 重复 duplicate：专任教师数 2022 已在第 {TEACHERS} 行"),
    "period rewritten": (_put(C5="2021年末\nend of 2021"), r"填报!A5: 重复 duplicate：在校生规模 2021 已在第 4 行"),
    "rows swapped": (_sheet(_swap), r"填报!A4: 行被移动、插入或排序.*从本行起 2 行.*nearest: 第 5 行"),
    "row inserted": (_sheet(_insert), r"填报!F6: 表外内容.*\n.*填报!A7: 行被移动、插入或排序"),
    "row deleted": (_sheet(lambda sheet: sheet.delete_rows(TEACHERS)), rf"填报!A{TEACHERS}: 缺少这一行 the row of 专任教师数 2022 is missing"),
    "unit rewritten": (_put(E4="人"), r"填报!E4: 锁定内容被改 a locked cell was changed: '人'.*nearest: 万人"),
    "indicator renamed": (_put(A4="学生数"), r"填报!A4: 锁定内容被改 .*nearest: 在校生规模 enrolment"),
    "header rewritten": (_put(F3="数值"), r"填报!F3: 表头被改.*allowed: 填报值 Value"),
    "column inserted": (_sheet(lambda sheet: sheet.insert_cols(3)), r"填报!C3: 表头被改或列被移动"),
    "row inserted above": (_sheet(lambda sheet: sheet.insert_rows(1)), r"填报!A4: 表头应在第 3 行"),
    "beside the table": (_put(L6="见附件"), r"填报!L6: 表外内容"),
    "below the table": (_put(B40="合计"), r"填报!A40: 模板没有这一行"),
    "another sheet": (_other_sheet, r"计算!B2: 模板以外的工作表"),
    "sheet renamed": (_rename, r"填报: 没有工作表 填报.*nearest: Sheet1"),
    "known figure differs": (_put(F9=42), r"填报!F9: 重庆 技工院校数 2020 已有 41所（2026-11-22）；更正须写 reason"),
    "year to date falls": (_put(F10=2.1, F11=1.9), r"填报!F11: 1\.9万人：年初累计不应下降，2024年1—8月为 2\.1万人"),
    "future period": (_put(F13=10), r"填报!F13: 期间 2024-09 晚于记录日期"),
    "mark removed": (lambda book: book.remove(book[MARK_SHEET]), r"filled\.xlsx: 没有模板标记.*zhibiao observe template"),
    "older version": (_mark("B1", "0"), rf"filled\.xlsx: 模板版本 0 太旧.*make a new one: {COMMAND}"),
    "newer version": (_mark("B1", "99"), r"filled\.xlsx: 模板版本 99 比本程序.*upgrade it"),
    "mark changed": (_mark("B2", "500101"), r"filled\.xlsx: 模板标记被改动"),
    "mark broken": (_mark("B1", None), r"filled\.xlsx: 模板标记损坏"),
}


@pytest.mark.parametrize(("edit", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_workbook_is_refused_with_its_cell(edit: Edit, message: str, tmp_path: Path) -> None:
    path, today = _saved(tmp_path, edit), dt.date(2024, 8, 31) if "晚于记录日期" in message else TODAY
    with pytest.raises(RegistryError, match=message) as caught:
        judge_file(REGISTRY, path, today)
    assert caught.value.exit_code == 3


def test_all_faults_of_a_workbook_are_listed_down_the_sheet(tmp_path: Path) -> None:
    path = _saved(tmp_path, _put(F14="无", F4="10.1万", F5=101000, F6="=1+1", E9="个", F7=98))
    with pytest.raises(RegistryError) as caught:
        _lines(path, tmp_path / "mine")
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("filled.xlsx: 5 处有误，未导入 faults, nothing is imported")
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["填报!F4", "填报!F5", "填报!F6", "填报!E9", "填报!F14"]
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("content", [b"", b"hello", bytes.fromhex("d0cf11e0a1b11ae1") + b"0" * 600, b"PK\x03\x04broken"], ids=["empty", "text", "xls", "torn"])
def test_what_is_no_workbook_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    path.write_bytes(content)
    with pytest.raises(RegistryError, match=r"filled\.xlsx: .*\.xlsx"):
        _lines(path, tmp_path / "mine")
    with pytest.raises(RegistryError, match="no such file"):
        _lines(tmp_path / "none.xlsx", tmp_path / "mine")


def test_when_a_definition_has_changed_then_the_workbook_is_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path, _put(F4=10.1))
    (tmp_path / "mine" / "catalogue").mkdir(parents=True)
    own = "- {id: enrolment, zh: 在校生规模, en: enrolment, definition: 另一口径, unit: 人, kind: stock}\n"
    (tmp_path / "mine" / "catalogue" / "own.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(RegistryError, match=f"定义已变 .*: 在校生规模；请重新生成 make a new one: {COMMAND}"):
        _lines(path, tmp_path / "mine")


@pytest.mark.parametrize("sign", ["—", "——", "…", " / ", "－", "-"])
def test_a_sign_for_nothing_is_an_empty_cell(tmp_path: Path, sign: str) -> None:
    plain = _lines(_saved(tmp_path, _put(F5=10.2)), tmp_path / "mine", dry_run=True)
    assert _lines(_saved(tmp_path, _put(F4=sign, F5=10.2)), tmp_path / "mine", dry_run=True) == plain
    assert plain[0].startswith("+ 重庆 在校生规模 2022: 10.2万人")


def test_the_preview_says_what_is_new_corrected_unchanged_and_left_empty(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book[SHEET]
        sheet["F4"], sheet["F9"], sheet["H9"] = 10.1, 42, "年报核定"
        sheet["F7"], sheet["F7"].number_format = 0.985, "0.0%"

    path, mine = _saved(tmp_path, edit), tmp_path / "mine"
    wanted = [
        "+ 重庆 在校生规模 2021: 10.1万人",
        "+ 重庆 毕业生就业率 2022: 98.5%（百分比格式：0.985 读作 98.5% formatted as a percentage: read as 98.5%）",
        "~ 重庆 技工院校数 2020: 41所 → 42所（年报核定）",
    ]
    assert _lines(path, mine, dry_run=True) == [*wanted, "将导入 would import 3；已有 already known 0；未填 left empty 8"]
    assert not mine.exists()
    assert _lines(path, mine)[:-1] == wanted
    assert _lines(path, mine)[-1] == "已导入 imported 0；已有 already known 3；未填 left empty 8"
    assert _lines(path, mine)[0] == "= 重庆 在校生规模 2021: 10.1万人"


def test_when_a_jump_is_explained_then_it_is_taken_with_its_reason(tmp_path: Path) -> None:
    _lines(_saved(tmp_path, _put(F4=101, H4="合并三市后口径")), tmp_path / "mine")
    rows = export_observations(registry_with(tmp_path / "mine"), "重庆")
    assert [row["reason"] for row in rows if (row["indicator"], row["period"]) == ("enrolment", "2021")] == ["合并三市后口径"]


def test_a_figure_can_be_corrected_on_the_day_it_was_imported(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    _lines(_saved(tmp_path, _put(F4=10.1)), mine)
    assert _lines(_saved(tmp_path, _put(F4=10.2, H4="笔误")), mine)[0] == "~ 重庆 在校生规模 2021: 10.1万人 → 10.2万人（笔误）"
    registry = load(mine)
    assert [(str(o.value), str(o.recorded)) for o in registry.observed("500000") if (o.indicator, str(o.period)) == ("enrolment", "2021")] == [
        ("10.1", "2026-12-01"),
        ("10.2", "2026-12-02"),
    ]
    assert registry.series("500000", "enrolment").at(2021).value == Decimal("10.2")  # type: ignore[union-attr]


def test_figures_of_months_go_the_whole_way(tmp_path: Path) -> None:
    _lines(_saved(tmp_path, _put(F10=0, F11=2.9, F12=3, F13=10.2, G13="约 about")), tmp_path / "mine")
    registry = load(tmp_path / "mine")
    intake = registry.series("500000", "intake")
    assert intake.to_date is not None
    assert (str(intake.to_date.period), intake.to_date.value, intake.to_date.status) == ("2024-10", Decimal(3), "preliminary")
    assert (registry.series("500000", "enrolment").latest or intake.to_date).qualifier == "about"


QUALIFIERS = {"为 eq": "eq", "以上 ge": "ge", "超过 gt": "gt", "约 about": "about", None: "eq"}
CHOICES = st.tuples(
    st.none() | st.decimals(0, 100, places=4), st.sampled_from(list(QUALIFIERS)), st.text("理由核定年报abc 1，。", max_size=12).map(str.strip)
)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(filled=st.lists(CHOICES, min_size=len(ASKED), max_size=len(ASKED)))
def test_what_was_filled_comes_back_from_the_registry(filled: list[tuple[Decimal | None, str | None, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("filled")
    # a reason lets every value pass that the form allows: what is tested is the way, not the plausibility
    rows = [(value, qualifier, reason or "已核实") for value, qualifier, reason in filled]

    def edit(book: Any) -> None:
        for line, (value, qualifier, reason) in enumerate(rows, start=FIRST):
            cells = (None if value is None else float(value), qualifier, reason)
            for column, cell in zip((V, Q, R), cells, strict=True):
                book[SHEET][f"{column}{line}"] = cell

    _lines(_saved(folder, edit), folder / "mine")
    back = {(row["indicator"], row["period"], row["basis"]): row for row in export_observations(registry_with(folder / "mine"), "500000")}
    known = {key for key in back if REGISTRY.series("500000", key[0]).points}
    for figure, (value, qualifier, reason) in zip(ASKED, rows, strict=True):
        key = (figure.indicator, str(figure.period), figure.basis)
        if value is None:
            assert key not in back or key in known
            continue
        row = back[key]
        assert (Decimal(row["value"]), row["unit"], row["qualifier"], row["source"]) == (value, figure.unit, QUALIFIERS[qualifier], row["source"])
        if row["source"] == "own-report":
            assert row["reason"] == reason
