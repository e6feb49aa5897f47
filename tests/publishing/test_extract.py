from __future__ import annotations

import csv
import io

import openpyxl
import PIL.Image
import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing.extract import figures, slug, tables, write_figures, write_tables
from zhibiao.publishing.frontmatter import FrontMatter
from zhibiao.publishing.workbook import Table, sheet_names, workbook


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
    assert sheet.freeze_panes == "A2"
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == rows
    assert {cell.data_type for row in sheet.iter_rows(max_col=1) for cell in row} == {"s"}
    assert ("地区", "=重庆") in [(row[0].value, row[1].value) for row in book.worksheets[0].iter_rows()]
    assert all(cell.data_type == "s" for row in book.worksheets[0].iter_rows() for cell in row)
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
    found = [Table("t", ("年份", "x"), (("技工院校在校生总规模", "abcdefghijklmnopqrstuvwxyz"),))]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(found, FrontMatter("en", "T")))).worksheets[1]
    assert sheet.column_dimensions["A"].width == pytest.approx(22, abs=1)
    assert sheet.column_dimensions["B"].width == pytest.approx(28, abs=1)


def test_sheet_names_are_valid_unique_and_short():
    names = sheet_names(
        ["说明", "差距" * 20, "差距" * 20, "a'", "A", "[]:*?/\\", "\U00020000" * 20, "History", ""], "zh"
    )
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in names)
    assert names[0] == "说明 2"
    assert names[3:6] == ["a", "A 2", "表6"]
    assert names[8] == "表9"
    assert workbook([Table(name, ("x",), ()) for name in names], FrontMatter("zh", "T")).startswith(b"PK")


def test_a_text_too_long_for_a_cell_is_not_cut_in_silence():
    with pytest.raises(OutputError, match="longer than a cell"):
        workbook([Table("t", ("x",), (("长" * 40000,),))], FrontMatter("zh", "T"))


def test_a_notebook_without_tables_writes_none(build, tmp_path):
    assert write_tables(build.notebook(build.code(build.sentence("x"))), tmp_path, "x") == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_output_error(build, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_figures(build.notebook(build.code(build.chart("png"))), tmp_path / "file", "x")
