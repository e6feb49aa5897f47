"""Tables as people have them come in as they mean: long and wide, of any encoding, with their units and words; what is unclear is named."""

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhibiao.catalogue.load import load
from zhibiao.errors import RegistryError
from zhibiao.reading.freetable import NOTHING_GIVEN, Given
from zhibiao.reading.importing import import_observations, judge_file
from zhibiao.reading.tablefile import read_table

REGISTRY = load()
TODAY = dt.date(2026, 11, 23)


def _csv(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def _xlsx(tmp_path: Path, *rows: tuple[object, ...], sheet: str = "表1") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    path = tmp_path / "table.xlsx"
    book.save(path)
    return path


def _edited(path: Path, edit) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def _taken(path: Path, given: Given = NOTHING_GIVEN) -> list[str]:
    """The figures of a file in few words: region indicator period basis qualifier value unit."""
    judged = judge_file(REGISTRY, path, TODAY, given)[1]
    return [f"{o.region} {o.indicator} {o.period} {o.basis} {o.qualifier} {o.value:f}{o.unit}" for o in judged.taken]


def _faults(path: Path, given: Given = NOTHING_GIVEN) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        judge_file(REGISTRY, path, TODAY, given)
    return [str(fault) for fault in getattr(caught.value, "faults", [caught.value])]


LONG = "地区,指标,年份,数值,单位\n重庆,在校生规模,2022,10.1,万人\n万州区,年招生规模,2023,\"1,234\",人\n"
EXPECTED = ["500000 enrolment 2022 at_end eq 10.1万人", "500101 intake 2023 in_period eq 1234人"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_when_a_long_table_has_any_encoding_and_separator_then_it_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(LONG)))
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    assert _taken(_csv(tmp_path, stream.getvalue(), encoding)) == EXPECTED


def test_when_headings_are_english_or_in_another_order_then_it_is_the_same(tmp_path: Path) -> None:
    text = 'Unit,VALUE,Region_Code,Year,variable,No.\n万人,10.1,500000,2022年,enrolment,1\n人,"1,234",500101000000,2023年度,年招生规模,2\n'
    assert _taken(_csv(tmp_path, text)) == EXPECTED


def test_when_years_stand_across_then_each_column_is_a_year(tmp_path: Path) -> None:
    text = "各地在校生（单位：万人）,,,\n地区,2021年,2022年末,２０２３\n万州,1.5,１．６,—\n涪陵区,…,/,2.25\n注：不含技师学院,,,\n"
    given = Given(indicator="在校生规模")
    assert _taken(_csv(tmp_path, text), given) == [
        "500101 enrolment 2021 at_end eq 1.5万人", "500101 enrolment 2022 at_end eq 1.6万人", "500102 enrolment 2023 at_end eq 2.25万人",
    ]  # fmt: skip
    judged = judge_file(REGISTRY, tmp_path / "table.csv", TODAY, given)[1]
    assert len(judged.empty) == 3


def test_when_indicators_stand_across_then_each_has_the_unit_of_its_heading(tmp_path: Path) -> None:
    text = "区县,年份,在校生规模（万人）,毕业生就业率/%,技工院校数(单位：所)\n万州,2022,1.5,98%以上,3\n万州,2023,约1.6,≥98,—\n"
    assert _taken(_csv(tmp_path, text)) == [
        "500101 enrolment 2022 at_end eq 1.5万人", "500101 employment_rate 2022 in_period ge 98%", "500101 schools 2022 at_end eq 3所",
        "500101 enrolment 2023 at_end about 1.6万人", "500101 employment_rate 2023 in_period ge 98%",
    ]  # fmt: skip


def test_when_regions_stand_across_then_each_column_is_a_region(tmp_path: Path) -> None:
    assert _taken(_csv(tmp_path, "指标,年份,单位,万州,涪陵\n在校生规模,2022,人,15000,16000\n")) == [
        "500101 enrolment 2022 at_end eq 15000人", "500102 enrolment 2022 at_end eq 16000人",
    ]  # fmt: skip


CELLS = {
    "98%以上": "ge 98%", "≥98": "ge 98%", "98": "eq 98%", "98.50": "eq 98.50%", "９８％": "eq 98%", "98 %": "eq 98%", "约98": "about 98%", "98左右": "about 98%",
    "超过98": "gt 98%", "98%及以上": "ge 98%", "不低于 98%": "ge 98%", ">98": "gt 98%", "达到98%": "eq 98%",
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), CELLS.items())
def test_what_people_write_for_a_share(tmp_path: Path, written: str, meant: str) -> None:
    assert _taken(_csv(tmp_path, f"地区,期间,就业率（%）\n万州,2022,{written}\n"), Given(aliases={"就业率": "employment_rate"})) == [f"500101 employment_rate 2022 in_period {meant}"]


PEOPLE = {
    "15,000": "eq 15000人", "15 000": "eq 15000人", "1.5万": "eq 1.5万人", "1.5万人": "eq 1.5万人", "1.5万余人": "gt 1.5万人", "1.5 万人左右": "about 1.5万人",
    "１５０００": "eq 15000人", "近1.5万人": "about 1.5万人", "15000人": "eq 15000人", "0": "eq 0人",
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), PEOPLE.items())
def test_what_people_write_for_a_number_of_people(tmp_path: Path, written: str, meant: str) -> None:
    assert _taken(_csv(tmp_path, f'地区,期间,年招生规模\n万州,2022,"{written}"\n'), Given(unit="人")) == [f"500101 intake 2022 in_period {meant}"]


PERIODS = {
    "2023": "2023 in_period", "2023年": "2023 in_period", "2023年9月": "2023-09 *", "2023-09": "2023-09 *", "2023/9": "2023-09 *", "2023M09": "2023-09 *",
    "2023年三季度": "2023-Q3 *", "2023年第3季度": "2023-Q3 *", "2023Q3": "2023-Q3 *", "2023-Q3": "2023-Q3 *", "2023年1—9月": "2023-09 year_to_date",
    "2023年1-9月份": "2023-09 year_to_date", "2023年上半年": "2023-06 year_to_date", "2023年前三季度": "2023-09 year_to_date", "２０２３年": "2023 in_period",
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), PERIODS.items())
def test_what_people_write_for_a_period(tmp_path: Path, written: str, meant: str) -> None:
    path = _csv(tmp_path, f"地区,期间,年招生规模\n万州,{written},15000\n")
    if meant.endswith("*"):  # within a year nobody knows whether it is the month's own or the sum since January
        (fault,) = _faults(path, Given(unit="人"))
        assert "within the period, or since January?" in fault
        assert _taken(path, Given(unit="人", basis="year_to_date")) == [f"500101 intake {meant.replace('*', 'year_to_date')} eq 15000人"]
    else:
        assert _taken(path, Given(unit="人")) == [f"500101 intake {meant} eq 15000人"]


def test_when_a_month_stands_in_a_column_of_its_own_then_it_is_part_of_the_period(tmp_path: Path) -> None:
    assert _taken(_csv(tmp_path, "地区,年份,月份,在校生规模（人）\n万州,2023,9月,15000\n万州,2023,10,15100\n")) == [
        "500101 enrolment 2023-09 at_end eq 15000人", "500101 enrolment 2023-10 at_end eq 15100人",
    ]  # fmt: skip


FAULTS = {
    "unknown region": ("地区,年份,在校生规模（人）\n万洲,2022,15000\n", r"table\.csv:2: 未知地区.*nearest: 万州"),
    "unknown indicator": ("地区,年份,指标,值,单位\n万州,2022,在校生规摸,15000,人\n", r"table\.csv:2: 未知指标.*nearest: 在校生规模"),
    "unknown column": ("地区,年份,在校生规模（人）,联糸人\n万州,2022,15000,王\n", r"table\.csv:1: 未知的列 unknown column '联糸人'.*--ignore"),
    "unknown unit": ("地区,年份,指标,值,单位\n万州,2022,在校生规模,15000,萬人\n", r"table\.csv:2: 未知单位 unknown unit '萬人'"),
    "no unit": ("地区,年份,在校生规模\n万州,2022,15000\n", r"table\.csv:2: .*没有单位 no unit.*allowed: 人, 万人, 亿人"),
    "unit of another kind": ("地区,年份,在校生规模（所）\n万州,2022,15\n", r"table\.csv:2: 单位不符 unit '所'"),
    "two units": ("地区,年份,在校生规模（万人）\n万州,2022,15000人\n", r"table\.csv:2: 格中单位 '人' 与表中单位 '万人' 不同.*nearest: 1\.5"),
    "a range": ("地区,年份,在校生规模（人）\n万州,2022,15000-16000\n", r"table\.csv:2: .*是范围"),
    "an upper limit": ("地区,年份,在校生规模（人）\n万州,2022,15000以下\n", r"table\.csv:2: .*是上限"),
    "words": ("地区,年份,在校生规模（人）\n万州,2022,不详\n", r"table\.csv:2: '不详' 不是数字"),
    "wrong thousands": ("地区,年份,在校生规模（人）\n万州,2022,\"1,50,00\"\n", r"table\.csv:2: .*不是数字"),
    "two digits apart": ("地区,年份,在校生规模（人）\n万州,2022,15 00\n", r"table\.csv:2: .*不是数字"),
    "bad period": ("地区,年份,在校生规模（人）\n万州,去年,15000\n", r"table\.csv:2: 期间 '去年' 无法识别"),
    "month 13": ("地区,年份,在校生规模（人）\n万州,2022年13月,15000\n", r"table\.csv:2: .*不是期间"),
    "a day": ("地区,年份,在校生规模（人）\n万州,2022-09-15,15000\n", r"table\.csv:2: 2022-09-15 不是月末"),
    "no region": ("年份,在校生规模（人）\n2022,15000\n", r"table\.csv:1: 表中没有地区.*--region"),
    "an empty region": ("地区,年份,在校生规模（人）\n万州,2022,15000\n,2023,15000\n", r"table\.csv:3: 没有地区"),
    "code and name differ": ("地区代码,地区名称,年份,在校生规模（人）\n500101,涪陵,2022,15000\n", r"table\.csv:2: 地区不一致"),
    "doubled figure": ("地区,年份,在校生规模（人）\n万州,2022,15000\n万州,2022,15100\n", r"table\.csv:3: 同一文件中出现两次.*table\.csv:2"),
    "doubled column": ("地区,2022,2022年\n万州,1,2\n", r"table\.csv:1: 列重复"),
    "mixed header": ("地区,2022,在校生规模\n万州,1,2\n", r"table\.csv:1: 表头混用了"),
    "no header": ("a,b,c\n1,2,3\n", r"table\.csv:1: 没有认出表头"),
    "slip of unit": ("地区,年份,在校生规模（万人）\n重庆,2022,101000\n", r"table\.csv:2: .*数量级跳变.*nearest: 10\.1"),
    "share as a fraction": ("地区,年份,毕业生就业率（%）\n重庆,2022,0.98\n", r"table\.csv:2: .*百分比写成了小数"),
    "beyond the bounds": ("地区,年份,毕业生就业率（%）\n重庆,2022,101\n", r"table\.csv:2: .*超出范围"),
    "known figure": ("地区,年份,技工院校数（所）\n重庆,2020,42\n", r"table\.csv:2: .*已有 41所.*更正须写 reason"),
    "flow at a year's end": ("地区,年份,年招生规模（人）\n万州,2022年末,15000\n", r"table\.csv:2: .*basis 不能是 cannot be 'at_end'"),
    "unknown source": ("地区,年份,来源,在校生规模（人）\n万州,2022,moe-bulletin-98,15000\n", r"table\.csv:2: 未知来源.*nearest: moe-bulletin-"),
    "a reason like a formula": ("地区,年份,说明,在校生规模（人）\n万州,2022,=1+1,15000\n", r"table\.csv:2: 说明不能以"),
    "two commas too many": ("地区,年份,在校生规模（人）\n万州,2022,15,000\n", r"table\.csv:2: .*第 4 格.*千分位"),
    "an open quote": ('地区,年份,在校生规模（人）\n万州,2022,"15000\n', r"table\.csv:2: CSV 格式错误"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_what_is_unclear_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    import re

    (fault,) = _faults(_csv(tmp_path, text))
    assert re.search(message, fault), fault


def test_when_several_rows_are_wrong_then_each_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    path = _csv(tmp_path, "地区,年份,在校生规模（人）\n万洲,2022,15000\n万州,2022,不详\n涪陵,2022,15000\n")
    with pytest.raises(RegistryError, match=r"2 处有误") as caught:
        list(import_observations(path, tmp_path / "mine", today=TODAY))
    assert [line.split(":")[1] for line in str(caught.value).splitlines()[1:]] == ["2", "3"]
    assert not (tmp_path / "mine").exists()


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_when_a_workbook_is_no_template_then_its_tables_are_read(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, ("各区县技工院校情况",), ("单位：人",), ("地区", "年份", "在校生规模", "毕业生就业率（%）"), ("万州区", 2022, 15000, "98%以上"), ("涪陵区", "2022年", "1.6万", None))

    def edit(book) -> None:
        more = book.create_sheet("表2")
        more.append(("地区代码", "指标", dt.datetime(2021, 1, 1), "2023年"))
        more.append((500101, "技工院校数（所）", 3, "—"))
        more["C1"].number_format = "yyyy"
        book["表1"]["D5"] = 0.985
        book["表1"]["D5"].number_format = "0.0%"

    assert _taken(_edited(path, edit)) == [
        "500101 enrolment 2022 at_end eq 15000人", "500101 employment_rate 2022 in_period ge 98%", "500102 enrolment 2022 at_end eq 1.6万人",
        "500102 employment_rate 2022 in_period eq 98.5%", "500101 schools 2021 at_end eq 3所",
    ]  # fmt: skip


def test_when_cells_are_dates_then_their_format_says_which_period(tmp_path: Path) -> None:
    def edit(book) -> None:
        sheet = book.active
        for y, (day, form) in enumerate([(dt.datetime(2023, 9, 1), "yyyy-mm"), (dt.datetime(2023, 12, 31), "yyyy-mm-dd"), (dt.datetime(2022, 1, 1), 'yyyy"年"')], start=2):
            sheet.cell(y, 2).value = day
            sheet.cell(y, 2).number_format = form

    path = _edited(_xlsx(tmp_path, ("地区", "期间", "在校生规模（人）"), ("万州", None, 15000), ("万州", None, 15100), ("万州", None, 15200)), edit)
    assert _taken(path) == [
        "500101 enrolment 2023-09 at_end eq 15000人", "500101 enrolment 2023-12 at_end eq 15100人", "500101 enrolment 2022 at_end eq 15200人",
    ]  # fmt: skip


BROKEN = {
    "formula": (lambda book: book.active.__setitem__("C2", "=1+1"), r"表1!C2: 公式"),
    "error value": (lambda book: book.active.__setitem__("C2", "#REF!"), r"表1!C2: #REF! 是错误值"),
    "date as a figure": (lambda book: book.active.__setitem__("C2", dt.datetime(2023, 1, 1)), r"表1!C2: .*不是数字"),
    "merged figures": (lambda book: book.active.merge_cells("C2:C3"), r"表1!C3: 合并单元格"),
    "hidden row": (lambda book: setattr(book.active.row_dimensions[2], "hidden", True), r"表1!A2: 隐藏"),
    "hidden column": (lambda book: setattr(book.active.column_dimensions["B"], "hidden", True), r"表1!B1: 隐藏"),
    "hidden sheet": (lambda book: (book.create_sheet("x"), setattr(book["表1"], "sheet_state", "hidden")), r"表1!A1: 工作表被隐藏"),
    "percent of people": (lambda book: (book.active.__setitem__("C2", 0.15), setattr(book.active["C2"], "number_format", "0%")), r"表1!C2: .*格中单位"),
    "unknown region": (lambda book: book.active.__setitem__("A2", "万洲"), r"表1!A2: 未知地区.*nearest: 万州"),
}


@pytest.mark.parametrize(("edit", "message"), BROKEN.values(), ids=BROKEN)
def test_a_free_workbook_that_is_unclear_is_refused_with_its_cell(tmp_path: Path, edit, message: str) -> None:
    import re

    path = _edited(_xlsx(tmp_path, ("地区", "年份", "在校生规模（人）"), ("万州", 2022, 15000), ("万州", 2023, None)), edit)
    assert any(re.search(message, fault) for fault in _faults(path))


def test_when_names_are_merged_down_then_each_row_has_them(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, ("地区", "年份", "在校生规模（人）"), ("万州", 2022, 15000), (None, 2023, 15100))
    assert _taken(_edited(path, lambda book: book.active.merge_cells("A2:A3"))) == ["500101 enrolment 2022 at_end eq 15000人", "500101 enrolment 2023 at_end eq 15100人"]


def test_when_the_header_has_two_rows_then_merged_headings_count_for_each_column(tmp_path: Path) -> None:
    rows = (
        ("各区县情况", None, None, None, None, None), ("地区", "在校生规模（万人）", None, "年招生规模（人）", None, None), (None, "2021年", "2022年", "2021年", "2022年", None),
        ("万州", 1.5, "1.6", 5000, "—", None), ("涪陵", "约1.7", 1.8, 6000, 6100, None),
    )  # fmt: skip

    def merged(book) -> None:
        for cells in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
            book.active.merge_cells(cells)

    assert _taken(_edited(_xlsx(tmp_path, *rows), merged)) == [
        "500101 enrolment 2021 at_end eq 1.5万人", "500101 enrolment 2022 at_end eq 1.6万人", "500101 intake 2021 in_period eq 5000人",
        "500102 enrolment 2021 at_end about 1.7万人", "500102 enrolment 2022 at_end eq 1.8万人", "500102 intake 2021 in_period eq 6000人",
        "500102 intake 2022 in_period eq 6100人",
    ]  # fmt: skip
    # the other way round: years above, indicators below
    turned = (("地区", "2021年", None, "2022年", None), (None, "在校生规模（人）", "技工院校数（所）", "在校生规模（人）", "技工院校数（所）"), ("万州", 15000, 3, 16000, 4))

    def merged_too(book) -> None:
        for cells in ("A1:A2", "B1:C1", "D1:E1"):
            book.active.merge_cells(cells)

    assert _taken(_edited(_xlsx(tmp_path, *turned), merged_too)) == [
        "500101 enrolment 2021 at_end eq 15000人", "500101 schools 2021 at_end eq 3所", "500101 enrolment 2022 at_end eq 16000人", "500101 schools 2022 at_end eq 4所",
    ]  # fmt: skip
    # not merged, nobody knows how far a heading reaches
    assert _faults(_xlsx(tmp_path, *turned))


def test_when_a_sheet_is_named_then_the_others_are_not_read(tmp_path: Path) -> None:
    path = _edited(_xlsx(tmp_path, ("地区", "年份", "在校生规模（人）"), ("万州", 2022, 15000)), lambda book: book.create_sheet("另一页").append(("随便写", "两格")))
    (fault,) = _faults(path)
    assert all(said in fault for said in ("另一页!A1", "没有认出表头", "table.xlsx", "--sheet"))
    assert _taken(path, Given(sheet="表1")) == ["500101 enrolment 2022 at_end eq 15000人"]
    assert "nearest: 表1" in _faults(path, Given(sheet="表l"))[0]


@pytest.mark.parametrize("name", ["说明", "填表说明", "Notes", "README"])
def test_when_a_sheet_only_explains_the_table_then_it_is_passed_over_and_named(tmp_path: Path, name: str) -> None:
    path = _edited(_xlsx(tmp_path, ("地区", "年份", "在校生规模（人）"), ("万州", 2022, 15000)), lambda book: book.create_sheet(name, 0).append(("由各校填报", "不含民办")))
    assert _taken(path) == ["500101 enrolment 2022 at_end eq 15000人"]
    note, figure, _ = import_observations(path, tmp_path / "mine", today=TODAY)
    assert all(said in note for said in ("略过", "table.xlsx", repr(name), "--sheet")) and figure.startswith("+ ")
    assert "没有认出表头" in _faults(path, Given(sheet=name))[0]


def test_when_there_are_only_notes_then_the_workbook_is_refused(tmp_path: Path) -> None:
    (fault,) = _faults(_xlsx(tmp_path, ("由各校填报", "不含民办"), sheet="说明"))
    assert "没有认出表头" in fault and "table.xlsx" in fault


@pytest.mark.parametrize(("written", "nearest"), [("在校生规摸", "enrolment 在校生规模"), ("grduates", "graduates "), ("zzz", "")])
def test_when_an_indicator_is_unknown_then_a_dozen_are_named_the_nearest_first(tmp_path: Path, written: str, nearest: str) -> None:
    (fault,) = _faults(_csv(tmp_path, f"地区,年份,指标,值,单位\n万州,2022,{written},15000,人\n"))
    named = fault.partition("allowed: ")[2].partition("；")[0].split(", ")
    assert named[0].startswith(nearest)
    assert (len(named), named[-1]) == (13, "…")


def test_when_rows_of_totals_are_named_then_they_are_passed_over(tmp_path: Path) -> None:
    path = _csv(tmp_path, "地区,年份,在校生规模（人）\n万州,2022,15000\n合 计,2022,15000\n")
    assert "未知地区 unknown region '合计'" in _faults(path)[0]
    assert _taken(path, Given(ignore=("合计",))) == ["500101 enrolment 2022 at_end eq 15000人"]


def test_when_a_stray_cell_stands_far_away_then_the_sheet_is_refused_at_once(tmp_path: Path) -> None:
    path = _edited(_xlsx(tmp_path, ("地区", "年份", "在校生规模（人）"), ("万州", 2022, 15000)), lambda book: book.active.__setitem__("ZZ900000", 1))
    (fault,) = _faults(path)
    assert "表1!A1: 900000 行" in fault


# --- corrections, several files ---------------------------------------------------------------------------------------


def test_when_a_reason_is_given_then_it_goes_to_corrections_alone(tmp_path: Path) -> None:
    path = _csv(tmp_path, "地区,年份,技工院校数（所）\n重庆,2020,42\n重庆,2021,43\n")
    lines = list(import_observations(path, tmp_path / "mine", today=TODAY, given=Given(reason="年报核定")))
    assert lines[0].startswith("~ 重庆 技工院校数 2020: 41所 → 42所（年报核定）")
    assert lines[1] == "+ 重庆 技工院校数 2021: 43所"
    rows = {str(o.period): o.reason for o in load(tmp_path / "mine").observed("500000") if o.origin.startswith(str(tmp_path))}
    assert rows == {"2020": "年报核定", "2021": None}


def test_when_a_correction_looks_like_a_slip_then_one_reason_for_all_does_not_let_it_in(tmp_path: Path) -> None:
    path = _csv(tmp_path, "地区,年份,技工院校数（所）\n重庆,2020,420\n")
    assert "更正须写 reason" in _faults(path, Given(reason="年报核定"))[0]
    own = _csv(tmp_path, "地区,年份,理由,技工院校数（所）\n重庆,2020,并入民办学校,420\n")
    assert _taken(own) == ["500000 schools 2020 at_end eq 420所"]


def test_when_one_of_several_files_is_wrong_then_none_is_taken(tmp_path: Path) -> None:
    good = _csv(tmp_path, LONG, name="good.csv")
    bad = _csv(tmp_path, "地区,年份,在校生规模（人）\n万洲,2022,15000\n", name="bad.csv")
    with pytest.raises(RegistryError, match=r"bad\.csv:2"):
        list(import_observations([good, bad], tmp_path / "mine", today=TODAY))
    assert not (tmp_path / "mine" / "observations").exists()
    more = _csv(tmp_path, "地区,年份,在校生规模（人）\n涪陵,2022,15000\n", name="more.csv")
    lines = list(import_observations([good, more], tmp_path / "mine", today=TODAY))
    assert [line for line in lines if line.startswith("==")] == ["== good.csv", "== more.csv"]
    assert len([o for o in load(tmp_path / "mine").observations if o.origin.startswith(str(tmp_path))]) == 3


def test_the_command_takes_what_the_table_does_not_say(tmp_path: Path, zhibiao) -> None:
    path = _csv(tmp_path, "2021,2022,序号,联系人\n1.5,1.6,1,王\n", "gb18030")
    mine = str(tmp_path / "mine")
    done = zhibiao("observe", "import", str(path), "--data", mine, "--region", "万州", "--indicator", "在校", "--map", "在校=enrolment", "--unit", "万人", "--ignore", "联系人")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "+ 万州区 在校生规模 2021: 1.5万人"
    wrong = zhibiao("observe", "import", str(path), "--data", mine, "--map", "在校")
    assert wrong.returncode == 2
    assert zhibiao("observe", "import", str(path), "--data", mine, "--region", "万州").returncode == 3


# --- whatever the form ------------------------------------------------------------------------------------------------

FIGURES = st.dictionaries(
    st.tuples(st.sampled_from(["500101", "500102", "500116"]), st.sampled_from(["enrolment", "teachers", "high_skill_workers"]), st.integers(2010, 2024)),
    st.decimals(0, 999_999, places=2).map(lambda d: d.normalize() if d == d.to_integral() else d), min_size=1, max_size=12,
)  # fmt: skip


def _number(value: Decimal, style: str) -> str:
    text = format(value, "f")
    if style == "commas":
        return f"{value:,f}"
    return text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) if style == "wide digits" else text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    figures=FIGURES, form=st.sampled_from(["long", "years", "indicators", "regions"]), style=st.sampled_from(["plain", "commas", "wide digits"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]), delimiter=st.sampled_from([",", ";", "\t"]), book=st.booleans(), data=st.data(),
)  # fmt: skip
def test_one_set_of_figures_in_any_form_is_the_same(figures, form, style, encoding, delimiter, book, data, tmp_path: Path) -> None:
    names = {code: REGISTRY.indicators[code].zh for code in ("enrolment", "teachers", "high_skill_workers")}
    places = {code: data.draw(st.sampled_from([code, REGISTRY.regions[code].zh, REGISTRY.regions[code].en])) for code in ("500101", "500102", "500116")}
    if form == "long":
        rows = [["地区", "指标", "年份", "值", "单位"], *([places[r], names[i], f"{y}年", _number(v, style), "人"] for (r, i, y), v in figures.items())]
    else:
        axis = {"regions": 0, "indicators": 1, "years": 2}[form]
        heads = [places, {code: f"{name}（人）" for code, name in names.items()}, {y: f"{y}年" for y in range(2010, 2025)}]
        across = sorted({key[axis] for key in figures})
        others = [n for n in range(3) if n != axis]
        rows = [[*(["地区", "指标", "年份"][n] for n in others), *([] if form == "indicators" else ["单位"]), *(heads[axis][code] for code in across)]]
        for pair in sorted({tuple(key[n] for n in others) for key in figures}):
            cells = [_number(figures[key], style) if (key := _join(axis, code, pair)) in figures else "—" for code in across]
            said = [heads[n][code] if n != 1 else names[code] for n, code in zip(others, pair, strict=True)]
            rows.append([*said, *([] if form == "indicators" else ["人"]), *cells])
    order = data.draw(st.permutations(range(len(rows[0]))))
    rows = [[row[x] for x in order] for row in rows]
    if book:
        path = _xlsx(tmp_path, *map(tuple, rows))
    else:
        stream = io.StringIO()
        csv.writer(stream, delimiter=delimiter).writerows(rows)
        path = _csv(tmp_path, stream.getvalue(), encoding)
    _, entries, faults, _ = read_table(REGISTRY, path)
    assert not faults, faults
    found = {(e.row["region"], e.row["indicator"], int(e.row["period"])): Decimal(e.row["value"]) for e in entries if e.row["value"]}
    assert found == figures


def _join(axis: int, code: object, pair: tuple[object, ...]) -> tuple[object, ...]:
    joined = list(pair)
    joined.insert(axis, code)
    return tuple(joined)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=80), st.text("地区指标年份值单位,;\t\n\"0123456789.%万人以上约—=", max_size=80)))
def test_whatever_stands_in_a_file_there_is_one_kind_of_answer(text: str, tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode("utf-8", "replace"))
    try:
        said = [o.origin for o in judge_file(REGISTRY, path, TODAY)[1].taken]
    except RegistryError as error:
        said = [str(error)]
    assert all(str(path) in place for place in said)
