"""zhibiao breakdown, as a planner calls it."""

import csv
import io
import json
import sys

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from zhibiao.cli import app, guarded, milestones
from zhibiao.reading.task_table import SHEET

UNITS = '单位,基数,下限,上限\n"=HYPERLINK(""http://x"")",3000,,\n../../x,12000,,\n+甲校,9000,2000,\n乙校,6000,,0.7万人\n零校,0,,\n'


@pytest.fixture
def run(capfd, monkeypatch):
    """Call the command and return its exit code, output and messages."""
    if any(group.name == "breakdown" for group in app.registered_groups):
        whole = app
    else:
        whole = typer.Typer()
        whole.add_typer(milestones.commands, name="breakdown")
        whole.callback()(lambda: None)
    monkeypatch.delenv("ZHIBIAO_DATA", raising=False)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["zhibiao", "breakdown", *map(str, arguments)])
        capfd.readouterr()
        code = guarded(whole)
        out, err = capfd.readouterr()
        return code, out, err

    return call


def records(out):
    return list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))


def test_a_target_by_key_by_id_and_by_indicator(run):
    for name in ("chongqing-2021-452/intake-2025", "intake-2025", "intake", "年招生规模"):
        code, out, err = run(name, "--format", "csv")
        assert code == 0, err
        assert out.splitlines() == ["name,code,base,floor,cap,comparator,unit,2021,2022,2023,2024,2025", "目标任务,,3,,,gt,万人,3.1,3.2,3.3,3.4,3.5"]
    assert "办法：匀速，自2020年的3万人起。" in err and "各数均须超过" in err and "“年招生学生规模(万人)3>3.5”" in err


def test_a_target_that_is_reached_already_says_that_it_keeps(run):
    code, out, err = run("chongqing-2021-452/employment-2025", "--by", "late", "--lang", "en", "--format", "csv")
    assert code == 0 and out.splitlines()[1].endswith("gt,%,98,98,98,98,98")
    assert "every year keeps it" in err and "Every figure must exceed" in err


def test_a_total_with_own_values(run):
    code, out, _ = run("training-total", "--by", "own", "--own", "2021=10,2022=12.5 2023=15;2024=17.5，2025=20", "--format", "json")
    assert code == 0
    assert json.loads(out)[0]["total"] == 75 and json.loads(out)[0]["2022"] == 12.5


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["training", "--region", "重庆"], 2, "没有这一目标"),
        (["social_training"], 2, "2 个目标叫"),
        (["intake-2026"], 2, "nearest: intake-2025"),
        (["intake-2025", "--region", "江津"], 2, "没有这一目标"),
        (["chongqing-2021-452/intake-2025", "--region", "江津"], 2, "是 重庆 的目标"),
        (["skilled-workers", "--region", "江津"], 2, "基期数不明"),
        (["jiangjin-2022-62/skilled-workers"], 2, "基期数不明"),
        (["training-2025", "--by", "growth"], 2, "等比须有2020年的实际数"),
        (["intake-2025", "--own", "2021=3"], 2, "--by own"),
        (["intake-2025", "--by", "own", "--own", "2021=三"], 2, "应为 年份=数"),
        (["intake-2025", "--by", "own", "--own", "2021=3,2021=4"], 2, "写了两次"),
        (["intake-2025", "--floor", "500"], 2, "--over"),
        (["intake-2025", "--over", "children"], 2, "下级地区都没有这个指标的数"),
        (["intake-2025", "--over", "nothing.csv"], 3, "文件不存在"),
        (["intake-2025", "--save", "mine"], 2, "--data"),
        (["intake-2025", "--format", "yaml"], 2, "未知格式"),
        (["employment-keep", "--over", "U"], 2, "比率，不按份额"),
        (["intake-2025", "--over", "U", "--floor", "0.8万人"], 2, "下限 8000 大于上限 7000"),
        (["intake-2025", "--over", "U", "--cap", "8000"], 2, "2025年：上限合计 31000人，比任务 35000人 少 4000人"),
        (["intake-2025", "--over", "U", "--cap", "-1"], 2, "超出范围"),
        (["check", "none"], 2, "没有这个分解"),
        (["import", "none.xlsx"], 3, "文件不存在"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, tmp_path, arguments, code, said):
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    found, out, err = run(*(str(tmp_path / "u.csv") if part == "U" else part for part in arguments))
    assert (found, out) == (code, "")
    assert said in err and err.startswith("错误 error: ") and len(err.splitlines()) == 1


def test_floors_that_only_just_leave_no_room(run, tmp_path):
    (tmp_path / "u.csv").write_text("name,base\n甲,1\n乙,1\n", encoding="utf-8")
    code, _, err = run("intake-2025", "--over", tmp_path / "u.csv", "--floor", "1.6万人")
    assert code == 2 and "2021年：下限合计 32000人，比任务 31000人 多 1000人" in err


def test_over_a_list_saved_checked_edited_and_taken_back(run, tmp_path):
    units, data, table = tmp_path / "u.csv", tmp_path / "mine", tmp_path / "任务.xlsx"
    units.write_text(UNITS, encoding="utf-8")
    data.mkdir()
    code, out, err = run("intake-2025", "--over", units, "--save", "mine", "--data", data, "-o", table)
    assert (code, out) == (0, "") and "已保存 saved" in err
    assert run("check", "mine", "--data", data)[1].startswith("各数相符")
    book = openpyxl.load_workbook(table)
    book[SHEET]["G9"] = book[SHEET]["G9"].value + 5
    book.save(table)
    code, _, err = run("import", table, "--data", data)
    assert code == 3 and f"{SHEET}!G13: 2021年各单位合计 31005，任务 31000，多 5人" in err
    book[SHEET]["G10"] = book[SHEET]["G10"].value - 5
    book.save(table)
    before = (data / "breakdowns" / "mine.yaml").read_text(encoding="utf-8")
    assert run("import", table, "--data", data, "--dry-run")[0] == 0
    assert (data / "breakdowns" / "mine.yaml").read_text(encoding="utf-8") == before
    assert run("import", table, "--data", data)[0] == 0
    assert (data / "breakdowns" / "mine.yaml").read_text(encoding="utf-8") != before
    code, _, err = run("intake-2025", "--over", units, "--save", "mine", "--data", data)
    assert code == 2 and "不覆盖" in err
    assert run("intake-2025", "--over", units, "--save", "mine", "--replace", "--data", data)[0] == 0
    assert (data / "breakdowns" / "mine.yaml").read_text(encoding="utf-8") == before


def test_a_file_of_another_name_is_written_again(run, tmp_path):
    assert run("intake-2025", "--save", "mine", "--data", tmp_path)[0] == 0
    (tmp_path / "breakdowns" / "mine.yaml").rename(tmp_path / "breakdowns" / "招生.yaml")
    assert run("intake-2025", "--by", "late", "--save", "mine", "--data", tmp_path)[0] == 2
    assert run("intake-2025", "--by", "late", "--save", "mine", "--replace", "--data", tmp_path)[0] == 0
    assert [path.name for path in (tmp_path / "breakdowns").iterdir()] == ["招生.yaml"]
    assert run("check", "mine", "--data", tmp_path)[0] == 0


def test_an_edit_of_the_file_is_checked(run, tmp_path):
    (tmp_path / "u.csv").write_text(UNITS.replace("0.7万人", "70万人次"), encoding="utf-8")
    run("training-2025", "--by", "late", "--over", tmp_path / "u.csv", "--save", "mine", "--data", tmp_path)
    path = tmp_path / "breakdowns" / "mine.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("milestones: [66667", "milestones: [66668"), encoding="utf-8")
    code, out, err = run("check", "mine", "--data", tmp_path)
    assert code == 1 and "各年合计 100.0001万人次" in out and "2021年各单位合计 66667，任务 66668，少 1人次" in out and "2 处不符" in err


def test_a_name_that_no_report_can_print_is_refused(run, tmp_path):
    units, table = tmp_path / "u.csv", tmp_path / "t.xlsx"
    units.write_text("单位,基数\n甲校,1\n\U0001f3eb校,2\n", encoding="utf-8")
    code, _, err = run("intake-2025", "--over", units)
    assert code == 3 and f"{units}:3: 单位名称" in err and "the font has no glyph" in err
    units.write_text("单位,基数\n甲校,1\n𠮷校,2\n", encoding="utf-8")
    assert run("intake-2025", "--over", units, "-o", table)[0] == 0
    book = openpyxl.load_workbook(table)
    book[SHEET]["A9"] = "\U0001f3eb校"
    book.save(table)
    code, _, err = run("import", table, "--data", tmp_path)
    assert code == 3 and f"{table}: 单位名称 '\U0001f3eb校'" in err and not (tmp_path / "breakdowns").exists()


def test_an_edited_path_is_shown_as_own_and_the_check_says_so(run, tmp_path):
    assert run("intake-2025", "--save", "mine", "--data", tmp_path)[0] == 0
    path = tmp_path / "breakdowns" / "mine.yaml"
    assert "by: own" not in run("check", "mine", "--data", tmp_path)[1]
    path.write_text(path.read_text(encoding="utf-8").replace("milestones: [3.1,", "milestones: [3.15,"), encoding="utf-8")
    code, out, _ = run("check", "mine", "--data", tmp_path)
    assert code == 0 and "按自定看待；请改为 by: own" in out
    assert "taken as own values; write by: own" in run("check", "mine", "--data", tmp_path, "--lang", "en")[1]


def test_persons_in_the_place_of_ten_thousands_are_refused(run, tmp_path):
    code, out, err = run("intake-2025", "--by", "own", "--own", "2021=31000,2022=32000,2023=33000,2024=34000,2025=35000")
    assert (code, out) == (2, "") and len(err.splitlines()) == 1 and "2021年 31000万人" in err and "请核对单位" in err
    assert run("intake-2025", "--save", "mine", "--data", tmp_path)[0] == 0
    path = tmp_path / "breakdowns" / "mine.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("unit: 万人", "unit: 人"), encoding="utf-8")
    code, out, err = run("check", "mine", "--data", tmp_path)
    assert code == 1 and "以“人”计，请核对单位" in out and "1 处不符 difference\n" in err


def test_a_csv_of_names_runs_no_formula(run, tmp_path):
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    code, out, _ = run("intake-2025", "--over", tmp_path / "u.csv", "--format", "csv")
    rows = records(out)
    assert code == 0 and [row["name"] for row in rows][1:4] == ["'=HYPERLINK(\"http://x\")", "../../x", "'+甲校"]
    for year in range(2021, 2026):
        assert sum(int(row[str(year)]) for row in rows[1:]) == int(rows[0][str(year)])
    written = tmp_path / "out.csv"
    assert run("intake-2025", "--over", tmp_path / "u.csv", "-o", written)[0] == 0
    assert records(written.read_text(encoding="utf-8")) == rows


def test_provinces_below_the_nation_are_taken_with_care(run, tmp_path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "n.yaml").write_text(
        "id: n\ntitle: 全国规划\ntitle_en: national\nshort: 规划\nissuer: [部]\nregion: '100000'\nperiod: 2021-2025\nissued: 2021-01-01\nstatements:\n"
        "  - {id: e, kind: target, indicator: enrolment, value: 500, comparator: ge, unit: 万人, scope: point, period: 2025, locator: 一, evidence: 500万人}\n",
        encoding="utf-8",
    )
    code, out, err = run("n/e", "--over", "children", "--data", tmp_path, "--format", "csv")
    assert code == 0, err
    rows = records(out)
    assert sum(int(row["2025"]) for row in rows[1:]) == 5_000_000
    assert "各单位基数年份不一" in err and "个下级地区没有数，未分配任务" in err and "两者不同" in err


def test_help_names_the_three_ways():
    shown = CliRunner().invoke(milestones.commands, ["--help"]).output
    assert all(name in shown for name in ("make", "check", "import"))
