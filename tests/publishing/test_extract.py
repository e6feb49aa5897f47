from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import OutputError
from zhibiao.publishing.extract import figures, slug, write_figures, write_tables
from zhibiao.publishing.frontmatter import FrontMatter
from zhibiao.publishing.resource import Table, noted, table_of, tables
from zhibiao.publishing.sheet import HEADER_ROW, number_shown, number_written
from zhibiao.publishing.workbook import sheet_names, workbook
from zhibiao.showing.numbers import fixed, percent, thousands
from zhibiao.showing.table import Beside, Column, Reckoned
from zhibiao.showing.table import Table as ShownTable
from zhibiao.showing.tones import words


def test_figures_are_named_by_their_order(build):
    nb = build.notebook(
        build.code(build.chart(), build.sentence("x")),
        build.code(build.chart("png")),
        build.code(build.chart(), tags=["setup"]),
    )
    (first, svg, none), (second, absent, png) = figures(nb)
    assert (first, second, none, absent) == ("figure-01", "figure-02", None, None)
    assert svg.startswith(b"<?xml")
    assert png.startswith(b"\x89PNG")


def test_the_png_of_an_svg_shows_the_same_drawing_at_print_resolution(build, tmp_path):
    written = write_figures(build.notebook(build.code(build.chart())), tmp_path / "new", "重庆/../09_briefing")
    assert written == ["09_briefing-figure-01.svg", "09_briefing-figure-01.png"]
    image = PIL.Image.open(tmp_path / "new" / written[1])
    assert image.width == pytest.approx(6.8 * 200, abs=2)
    assert len(image.convert("L").getcolors()) > 20
    before = (tmp_path / "new" / written[1]).read_bytes()
    write_figures(build.notebook(build.code(build.chart())), tmp_path / "new", "09_briefing")
    assert (tmp_path / "new" / written[1]).read_bytes() == before


def test_file_names_never_come_from_users():
    assert slug("../../etc/重庆 x;rm") == "etc-x-rm"
    assert slug("重庆") == "notebook"


INJECTED = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://e.cn", "1.50"]


def test_text_never_becomes_a_formula_and_numbers_stay_numbers(build, tmp_path):
    rows = [[text, number] for text, number in zip(INJECTED, [1, -2.5, 0, None, True, 10**6, 98.0, -1], strict=True)]
    nb = build.notebook(
        build.code(build.table(["=标题", "值"], rows, "差距: [一]/二")), report_date="2024-03-31", region_name="=重庆"
    )
    written = write_tables(nb, tmp_path, "03_gaps")
    assert written == ["03_gaps-tables.xlsx", "03_gaps-table-01.csv"]

    book = openpyxl.load_workbook(tmp_path / written[0])
    assert book.sheetnames == ["说明", "差距 一 二"]
    sheet = book.worksheets[1]
    assert sheet.freeze_panes == "B4"
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 2)] == rows
    assert {cell.data_type for row in sheet.iter_rows(max_col=1) for cell in row} == {"s"}
    assert ("地区", "=重庆") in [(row[0].value, row[1].value) for row in book.worksheets[0].iter_rows()]
    assert all(cell.data_type == "s" for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None)
    assert book.properties.created.year == 2024

    content = (tmp_path / written[1]).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0] == ["'=标题", "值"]
    # a signed number is a number: only what would be run is guarded
    assert [line[0] for line in lines[1:7]] == [text if text in ("+1", "-1") else "'" + text for text in INJECTED[:6]]
    assert [line[1] for line in lines[1:]] == ["1", "-2.5", "0", "", "True", "1000000", "98.0", "-1"]


def test_the_same_tables_give_the_same_workbook(build):
    nb = build.notebook(build.code(build.table(["甲"], [["a"]], "表")), report_date="2024-03-31")
    front = FrontMatter("zh", "题", report_date="2024-03-31")
    assert workbook(tables(nb), front) == workbook(tables(nb), front)


def test_chinese_counts_two_in_column_widths():
    found = [Table("t", (Column("a", "年份"), Column("b", "x")), (("技工院校在校生总规模", "abcdefghijklmnopqrstuvwxyz"),))]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(found, FrontMatter("en", "T")))).worksheets[1]
    assert sheet.column_dimensions["A"].width == pytest.approx(23, abs=1)
    assert sheet.column_dimensions["B"].width == pytest.approx(29, abs=1)


def test_sheet_names_are_valid_unique_and_short():
    names = sheet_names(
        ["说明", "差距" * 20, "差距" * 20, "a'", "A", "[]:*?/\\", "\U00020000" * 20, "History", ""], "zh"
    )
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in names)
    assert names[0] == "说明 2"
    assert names[3:6] == ["a", "A 2", "表6"]
    assert names[8] == "表9"
    assert workbook([Table(name, (Column("x", "x"),), ()) for name in names], FrontMatter("zh", "T")).startswith(b"PK")


def test_a_text_too_long_for_a_cell_is_not_cut_in_silence():
    with pytest.raises(OutputError, match="longer than a cell"):
        workbook([Table("t", (Column("x", "x"),), (("长" * 40000,),))], FrontMatter("zh", "T"))


def test_a_notebook_without_tables_writes_none(build, tmp_path):
    assert write_tables(build.notebook(build.code(build.sentence("x"))), tmp_path, "x") == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_output_error(build, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_figures(build.notebook(build.code(build.chart("png"))), tmp_path / "file", "x")


FRONT = FrontMatter("zh", "差距与进度", region="重庆", documents=("渝人社〔2021〕452号",), as_of="2023", scenario="基准", report_date="2024-03-31")


def gaps() -> ShownTable:
    """A table with everything that a table may have."""
    columns = [
        Column("name", "指标"), Column("now", "现值", "right", "number", unit="万人", digits=1), Column("people", "人数", "right", "count"),
        Column("share", "占比", "right", "share"), Column("year", "年份", kind="year"), Column("rate", "速度", "right"), Column("verdict", "判断"),
    ]  # fmt: skip
    rows = [("在校生", 9.94, 99400, 0.985, 2020, "0.12", "进度滞后"), ("招生", None, None, None, None, "—", "无法判断"), ("毕业生", -0.2, 0, 1, 2021, "+0.60", "已达到")]
    beside = Beside(
        [Column("target", "目标", "right", "number"), Column("latest", "最近数", "right", "number"), Column("gap", "差距", "right", "number"), Column("unit", "单位")],
        [
            {"target": 10.5, "latest": 9.9, "gap": Reckoned(0.6, "MAX(0,{target}-{latest})"), "unit": "万人"},
            {"target": 3.5, "gap": Reckoned(None, "MAX(0,{target}-{latest})"), "unit": "万人"},
            {"target": 98, "latest": 99, "gap": Reckoned(0, "MAX(0,{target}-{latest})"), "unit": "%"},
        ],
        [{"now": "专栏1·2\n“在校生”"}, {}, {}],
    )
    return ShownTable(columns, rows, title="差距有多大", notes=["=一注"], source="来源：渝人社", beside=beside)


def opened(*found: Table, values: bool = False, front: FrontMatter = FRONT) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(found, front)), data_only=values)


def test_numbers_are_shown_as_in_the_printed_table():
    sheet = opened(table_of(gaps().resource())).worksheets[1]
    head = [cell.value for cell in sheet[HEADER_ROW + 1]]
    assert head == ["指标", "现值（万人）", "人数", "占比", "年份", "速度", "判断", "目标", "最近数", "差距", "单位"]
    first, absent, last = ([(cell.value, cell.number_format) for cell in sheet[row]] for row in range(HEADER_ROW + 2, HEADER_ROW + 5))
    assert first[1:6] == [(9.94, "0.0"), (99400, "#,##0"), (0.985, "0.0%"), (2020, "0"), (0.12, "0.00")]
    assert [value for value, _ in absent[1:6]] == [None, None, None, None, "—"]
    assert last[1] == (-0.2, "0.0") and last[3] == (1, "0.0%") and last[5] == (0.6, "+0.00;-0.00;0.00")
    assert first[7:9] == [(10.5, "General"), (9.9, "General")]


def test_a_gap_is_a_formula_of_its_row_with_our_value_in_it():
    written, reckoned = (opened(table_of(gaps().resource()), values=values).worksheets[1] for values in (False, True))
    assert [written[f"J{row}"].value for row in (4, 5, 6)] == ["=MAX(0,H4-I4)", '=IF(COUNT(H5,I5)<2,"",MAX(0,H5-I5))', "=MAX(0,H6-I6)"]
    assert [reckoned[f"J{row}"].value for row in (4, 5, 6)] == [0.6, None, 0]


def test_colours_stand_behind_words_as_rules_and_clauses_in_remarks():
    sheet = opened(table_of(gaps().resource())).worksheets[1]
    ((rules, found),) = ((str(place.sqref), rules) for place, rules in sheet.conditional_formatting._cf_rules.items())
    assert rules == "G4:G6" and {rule.formula[0] for rule in found} == {f'"{word}"' for word in words("zh")}
    assert all(rule.operator == "equal" and rule.dxf.fill.bgColor.rgb for rule in found)
    assert sheet["B4"].comment.text == "专栏1·2\n“在校生”" and sheet["B5"].comment is None


def test_a_sheet_is_ready_for_paper():
    sheet = opened(table_of(gaps().resource())).worksheets[1]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize), sheet.page_setup.fitToHeight) == ("landscape", "9", 0)
    assert sheet.print_title_rows == "$3:$3" and sheet.print_area == "'差距有多大'!$A$1:$G$9"
    assert sheet.auto_filter.ref == "A3:K6"
    assert sheet.oddHeader.left.text == "重庆" and sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert [sheet[f"A{row}"].value for row in (8, 9)] == ["=一注", "来源：渝人社"] and sheet["A8"].data_type == "s"


def test_a_table_without_rows_says_so():
    table = ShownTable([Column("a", "甲"), Column("b", "乙")], [], title="缺数", empty="都有数据。")
    sheet = opened(table_of(table.resource())).worksheets[1]
    assert [sheet["A1"].value, sheet["A3"].value, sheet["A4"].value] == ["缺数", "甲", "都有数据。"]
    assert sheet.auto_filter.ref is None


def test_the_first_sheet_says_how_to_read_and_leads_to_the_others():
    about = opened(table_of(gaps().resource()), table_of(gaps().resource())).worksheets[0]
    said = {str(cell.value) for row in about.iter_rows() for cell in row}
    assert {"重庆", "2023", "基准", "2024-03-31", *words("zh")} <= said
    links = [cell.hyperlink.location for row in about.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'差距有多大'!A1", "'差距有多大 2'!A1"]


def test_made_up_figures_say_so_in_every_row_on_paper():
    nb_front = FrontMatter("zh", "题", note="数字为虚构")
    resource = {"data": [{"a": 1}], "schema": {"fields": [{"name": "a", "title": "甲"}, {"name": "b", "title": "乙", "beside": True}]}}
    table = noted(table_of(resource), nb_front)
    assert [column.label for column in table.columns] == ["甲", "注意", "乙"] and table.rows == ((1, "数字为虚构", None),) and table.printed == 2


def test_english_footers_and_verdicts_are_english():
    book = opened(Table("t", (Column("v", "verdict"),), (("behind schedule",),)), front=FrontMatter("en", "T", region="A&B"))
    sheet = book.worksheets[1]
    assert sheet.oddFooter.center.text == "Page &P of &N" and sheet.oddHeader.left.text.replace("&&", "&") == "A&B"
    assert {rule.formula[0] for rules in sheet.conditional_formatting._cf_rules.values() for rule in rules} == {f'"{word}"' for word in words("en")}


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e12, 1e12, allow_nan=False), st.sampled_from(["number", "count", "share", "year"]), st.none() | st.integers(0, 4))
def test_the_pattern_shows_what_is_printed(value, kind, digits):
    column = Column("x", "x", kind=kind, digits=digits)
    number, pattern = number_shown(column, value)
    decimals = len(pattern.rstrip("%").partition(".")[2])
    shown = percent(number, decimals) if pattern.endswith("%") else thousands(number, decimals) if "," in pattern else fixed(number, decimals)
    assert shown == column.text(value)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12) | st.from_regex(r"[+-]?[0-9,]{1,9}(\.[0-9]{0,3})?%?", fullmatch=True))
def test_only_what_is_nothing_but_a_number_becomes_one(text):
    found = number_written(text)
    if found is not None:
        value, pattern = found
        decimals = len(pattern.split(";")[-1].rstrip("%").partition(".")[2])
        shown = percent(value, decimals) if pattern.endswith("%") else thousands(value, decimals) if "," in pattern else fixed(value, decimals)
        assert Decimal(shown.strip("%").replace(",", "")) == Decimal(text.strip("%").replace(",", ""))
