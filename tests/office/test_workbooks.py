"""Workbooks in LibreOffice: no error, every formula comes to our own figure, every number is shown as the report prints it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import nbformat
import openpyxl
import pytest
import xlsxwriter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from zhibiao.publishing.extract import write_tables
from zhibiao.publishing.frontmatter import FrontMatter
from zhibiao.publishing.resource import RESOURCE, table_of
from zhibiao.publishing.sheet import HEADER_ROW
from zhibiao.publishing.workbook import workbook
from zhibiao.reading.workbook import HEADER_ROW as TEMPLATE_HEADER
from zhibiao.reading.workbook import SHEET, VALUE
from zhibiao.showing.table import Beside, Column, Reckoned, Table

from .conftest import SHEETS

RUNS = [(region, notebook) for region in ("500000", "500116") for notebook in ("03_gaps", "09_briefing")]
ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}


def reckoned(office, file: Path) -> openpyxl.Workbook:
    """The workbook as LibreOffice saves it, with the values that it reckons."""
    (made,) = office(file, "xlsx:Calc MS Excel 2007 XML").iterdir()
    return openpyxl.load_workbook(made, data_only=True)


def cells(book: openpyxl.Workbook) -> dict[tuple[str, str], object]:
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")}


def same(ours: Path, office) -> None:
    """Every cell has the value that we wrote, and there is no error among them."""
    before, after = cells(openpyxl.load_workbook(ours, data_only=True)), cells(reckoned(office, ours))
    assert set(before) == set(after)
    for place, value in before.items():
        found = after[place]
        assert found not in ERRORS, (place, found)
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert found == pytest.approx(value, rel=1e-9, abs=1e-9), place
        else:
            assert str(found).replace("\r\n", "\n") == str(value), place


def test_libreoffice_reckons_anew_and_does_not_just_read_back(office, tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "planted.xlsx")
    sheet = book.add_worksheet("a")
    sheet.write_formula(0, 0, "=1+1", None, 99)
    sheet.write_formula(1, 0, "=1/0", None, 0)
    book.close()
    with pytest.raises(AssertionError):
        same(tmp_path / "planted.xlsx", office)
    assert reckoned(office, tmp_path / "planted.xlsx")["a"]["A1"].value == 2


@pytest.mark.parametrize(("region", "notebook"), RUNS)
def test_published_tables_come_to_our_own_figures(office, published, region, notebook):
    folder = published / region / "baseline" / notebook / "tables"
    for file in sorted(folder.glob("*.xlsx")):  # the workbook to fill stands beside the tables of a briefing
        same(file, office)
    file = folder / f"{notebook}-tables.xlsx"
    formulas = [cell for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas


@pytest.mark.parametrize(("region", "notebook"), RUNS)
def test_cells_are_shown_as_the_report_prints_them(office, published, region, notebook):
    folder = published / region / "baseline" / notebook
    file = folder / "tables" / f"{notebook}-tables.xlsx"
    shown = {path.stem.removeprefix(f"{file.stem}-"): path for path in office(file, SHEETS).iterdir()}
    sheets = openpyxl.load_workbook(file).sheetnames[1:]
    printed = list(tables_of(folder / f"{notebook}.ipynb"))
    assert len(printed) == len(sheets)
    for name, (header, rows) in zip(sheets, printed, strict=True):
        with shown[name.replace("/", "_")].open(encoding="utf-8-sig", newline="") as stream:
            lines = [[cell.strip() for cell in line] for line in csv.reader(stream)]
        assert lines[HEADER_ROW][: len(header)] == header
        assert len(lines) > HEADER_ROW + len(rows)
        for line, row in zip(lines[HEADER_ROW + 1 :], rows, strict=False):  # notes stand below
            assert [cell or "—" for cell in line[: len(header)]] == [cell or "—" for cell in row]


def tables_of(notebook: Path) -> list[tuple[list[str], list[list[str]]]]:
    """Header and cells of each table as the report prints them: from its Markdown, of which the PDF is made."""
    found = []
    for cell in nbformat.read(notebook, 4).cells:
        for output in cell.get("outputs", []):
            resource = output.get("data", {}).get(RESOURCE)
            if resource is None or not (resource["data"] or resource["title"]):  # only a sentence: no sheet
                continue
            lines = [line for line in output.data["text/markdown"].splitlines() if line.startswith("|")]
            read = [[re.sub(r"\\(.)", r"\1", part.strip()) for part in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
            fields = [Column(field["name"], field["title"]) for field in output.data[RESOURCE]["schema"]["fields"] if not field.get("beside")]
            found.append((read[0] if read else [field.label for field in fields], read[2:]))
    return found


def test_the_template_opens_and_keeps_its_texts(office, zhibiao, tmp_path):
    file = tmp_path / "填报.xlsx"
    done = zhibiao("observe", "template", "--region", "重庆", "-o", str(file))
    assert done.returncode == 0, done.stderr
    same(file, office)


def test_a_template_filled_and_saved_by_libreoffice_is_taken(office, zhibiao, tmp_path):
    file = tmp_path / "填报.xlsx"
    assert zhibiao("observe", "template", "--region", "重庆", "-o", str(file)).returncode == 0
    book = openpyxl.load_workbook(file)
    (line,) = (row[0].row for row in book[SHEET].iter_rows(min_row=TEMPLATE_HEADER + 1) if "在校生规模" in str(row[0].value) and "2023" in str(row[2].value))
    book[SHEET].cell(line, VALUE, 10.1)
    book.save(file)
    (saved,) = office(file, "xlsx:Calc MS Excel 2007 XML").iterdir()
    done = zhibiao("observe", "import", str(saved), "--data", str(tmp_path / "mine"), "--dry-run")
    assert done.returncode == 0 and "+ 重庆 在校生规模 2023: 10.1万人" in done.stdout, done.stdout + done.stderr


def test_a_task_table_edited_by_libreoffice_is_taken_back(office, zhibiao, tmp_path):
    file, mine = tmp_path / "任务分解表.xlsx", tmp_path / "mine"
    mine.mkdir()
    made = zhibiao("breakdown", "make", "intake-2025", "--save", "office", "--data", str(mine), "-o", str(file))
    assert made.returncode == 0, made.stderr
    (saved,) = office(file, "xlsx:Calc MS Excel 2007 XML").iterdir()
    done = zhibiao("breakdown", "import", str(saved), "--data", str(mine))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_task_table_adds_up_in_libreoffice(office, zhibiao, tmp_path):
    file = tmp_path / "任务分解表.xlsx"
    done = zhibiao("breakdown", "make", "chongqing-2021-452/enrolment-2025", "-o", str(file))
    assert done.returncode == 0, done.stderr
    same(file, office)


def test_listings_open(office, zhibiao, tmp_path):
    for command in ("targets", "gaps"):
        file = tmp_path / f"{command}.xlsx"
        assert zhibiao(command, "--region", "重庆", "--format", "xlsx", "-o", str(file)).returncode == 0
        same(file, office)


HOSTILE = [
    '=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", '#eval("1+1")', "../../x", "\u202e庆重", "名" * 300,
    "{{ 7*7 }}", "[a](http://x)", "&P&D", "'=1",
]  # fmt: skip


def hostile(text: str) -> Table:
    columns = [Column("name", text), Column("value", "数", "right", "number", unit=text)]
    beside = Beside([Column("low", "下限", "right", "number"), Column("gap", text + "差", "right", "number")], [{"low": 3, "gap": Reckoned(5, "MAX(0,{low}-{value})")}], [{"name": text}])
    return Table(columns, [(text, -2)], title=text, notes=[text], source=text, beside=beside)


def test_hostile_names_stay_texts_everywhere(office, tmp_path):
    front = FrontMatter("zh", HOSTILE[0], region=HOSTILE[6], documents=tuple(HOSTILE), as_of="2023", scenario=HOSTILE[0], report_date="2024-01-01", note=HOSTILE[0])
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(workbook([table_of(hostile(text).resource()) for text in HOSTILE], front))
    same(file, office)
    formulas = [cell.value for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == ["=MAX(0,C4-B4)"] * len(HOSTILE)


def test_a_csv_with_hostile_names_opens_as_texts_and_numbers(office, tmp_path):
    rows = [(text, -0.2) for text in HOSTILE]
    table = Table([Column("name", "=名"), Column("value", "数", "right", "number")], rows, title="表")
    outputs = [new_output("display_data", {"text/plain": "t", RESOURCE: table.resource()})]
    nb = new_notebook(cells=[new_code_cell("x", outputs=outputs, execution_count=1)])
    (csv_name,) = (name for name in write_tables(nb, tmp_path, "x") if name.endswith(".csv"))
    assert (tmp_path / csv_name).read_bytes().startswith(b"\xef\xbb\xbf")
    (made,) = office(tmp_path / csv_name, "xlsx:Calc MS Excel 2007 XML").iterdir()
    sheet = openpyxl.load_workbook(made).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [sheet.cell(line, 2).value for line in range(2, len(HOSTILE) + 2)] == [-0.2] * len(HOSTILE)
