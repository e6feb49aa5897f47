"""Lists of districts and schools as people write them, and every slip with its place."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest

from zhibiao.errors import RegistryError
from zhibiao.model import unit_of
from zhibiao.reading.unit_list import unit_list, whole

UNIT = unit_of("万人")


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "units.csv"
    path.write_bytes(text.encode(encoding))
    return path


def xlsx(tmp_path, *rows):
    path, book = tmp_path / "units.xlsx", openpyxl.Workbook()
    book.active.title = "单位"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def read(path):
    return [(c.name, c.code, c.base, c.floor, c.cap) for c in unit_list(path, UNIT)]


EXPECTED = [("万州区", "500101", Decimal(3000), 500, None), ("甲校", None, Decimal(12_000), None, 15_000), ("零校", None, Decimal(0), None, None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_and_english_headings_and_units(tmp_path, encoding):
    zh = "单位,代码,基数,下限,上限\n万州区,500101,3000,500,\n甲校,,1.2万人,,1.5万\n零校,,0,,\n".replace("1.5万", "1.5万人")
    assert read(csv(tmp_path, zh, encoding)) == EXPECTED
    en = "name;code;base;floor;cap\r\n万州区;500101;3000人;0.05万人;\r\n甲校;;12000;;15000\r\n零校;;0;;\r\n"
    assert read(csv(tmp_path, en, encoding)) == EXPECTED


def test_a_workbook_reads_the_same(tmp_path):
    rows = [["单位", "代码", "基数", "下限", "上限"], ["万州区", 500101, 3000, 500], [None] * 5, ["甲校", None, "1.2万人", None, 15000.0], ["零校", None, 0]]
    assert read(xlsx(tmp_path, *rows)) == EXPECTED


def test_hostile_names_stay_names(tmp_path):
    names = ['=HYPERLINK("http://x")', "../../x", "-1", "@甲", "+校"]
    text = "name,base\n" + "".join('"' + name.replace('"', '""') + '",1\n' for name in names)
    assert [child.name for child in unit_list(csv(tmp_path, text), UNIT)] == names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"units\.csv:1: 文件为空"),
        ("单位,基数\n", r"units\.csv: 没有一个单位"),
        ("单位,代码\n甲,\n", "没有“基数”列"),
        ("单位,基数\n甲,\n乙,\n", "没有“基数”列，或全为空"),
        ("单位,基数\n甲,3\n乙,\n", r"units\.csv:3: 乙：缺少基数"),
        ("单位,基数\n甲,3\n\n甲,4\n", r"units\.csv:4: 单位重复 .*units\.csv:2"),
        ("单位,基数\n甲,-3\n", r"units\.csv:2: 基数 base '-3' 超出范围"),
        ("单位,基数\n甲,很多\n", r"units\.csv:2: 基数 base '很多' 不是数字"),
        ("单位,基数\n甲,\"3,000\"\n", "数字里不写逗号"),
        ("单位,基数\n甲,3所\n", "单位不符"),
        ("单位,基数\n甲,nan\n", "不是数字"),
        ("单位,基数\n甲,1e400\n", "不是数字|未知单位"),
        ("单位,基数\n甲,9999999999999999\n", "超出范围"),
        ("单位,基数,下限\n甲,3,0.5\n", r"下限 floor '0.5' 不是整数人"),
        ("单位,基数,下限,上限\n甲,3,5,4\n", "下限 5 大于上限 4"),
        ("单位,基数\n,3\n", r"units\.csv:2: 缺少单位名称"),
        (f"单位,基数\n{'校' * 300},3\n", "至多|at most 100 characters"),
        ("单位,代码,基数\n甲,5001,3\n", "不是六位地区代码"),
        ("单位,代码,基数\n甲,999999,3\n", r"units\.csv:2: 甲：登记库没有这个地区 unknown region '999999'"),
        ("单位,代码,基数\n甲,500101,3\n乙,500101,3\n", r"units\.csv:3: 代码重复 .* 500101 of '乙' .* '甲' too, at \S*units\.csv:2"),
        ("单位,基数\n甲,100.5\n", r"units\.csv:2: 基数 base '100.5' 不是整数人"),
        ("单位,基数\n甲,3\na\u202eb,3\n", r"units\.csv:3: .*U\+202E"),
        ("单位,基数\n甲\u200b,3\n", r"units\.csv:2: .*U\+200B"),
        ("单位,名称,基数\n甲,乙,3\n", "两列都是"),
        ("单位,基数,备注\n甲,3,\n", "未知的列 unknown column '备注'"),
        ("单位,基数,基数\n甲,3,3\n", "列重复"),
    ],
)
def test_every_slip_says_where(tmp_path, text, said):
    with pytest.raises(RegistryError, match=said):
        unit_list(csv(tmp_path, text), UNIT, {"500101", "500102"})


@pytest.mark.parametrize("name", ["合计", "合 计", "小计", "总计：", "合计（人）", "全市合计", "各单位合计 Sum of units", "TOTAL", "Grand total", "subtotal", "目标任务"])
def test_a_row_of_sums_is_no_school(tmp_path, name):
    with pytest.raises(RegistryError, match=r"units\.csv:3: .*是合计行"):
        unit_list(csv(tmp_path, f"单位,基数\n甲,3\n{name},3\n"), UNIT)


@pytest.mark.parametrize("name", ["会计学校", "统计学校", "设计学院", "Total Skills College", "合川区", "任务中学"])
def test_a_school_that_is_called_like_one_stays(tmp_path, name):
    assert [child.name for child in unit_list(csv(tmp_path, f"单位,基数\n{name},3\n"), UNIT)] == [name]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["甲", "=1+1"], r"单位!B2: 公式"),
        (["甲", True], r"单位!B2: 'True' 不是数字或文字"),
        (["甲", dt.datetime(2024, 1, 1)], r"单位!B2"),
        (["甲", "三千"], r"单位!B2: .*不是数字"),
        (["甲", -1], r"单位!B2: .*超出范围"),
        (["甲", 1e300], r"单位!B2: .*超出范围"),
        (["甲", 100.5], r"单位!B2: 基数 base '100.5' 不是整数人"),
        (["合计", 8], r"单位!A2: '合计' 是合计行"),
        ([None, 3], r"单位!A2: 缺少单位名称"),
    ],
)
def test_a_slip_in_a_workbook_names_its_cell(tmp_path, row, said):
    with pytest.raises(RegistryError, match=said):
        unit_list(xlsx(tmp_path, ["单位", "基数"], row, ["乙", 5]), UNIT)


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "units.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(RegistryError, match="不是能读的"):
        unit_list(path, UNIT)
    with pytest.raises(RegistryError, match="文件不存在"):
        unit_list(tmp_path / "none.csv", UNIT)
    with pytest.raises(RegistryError, match="没有一个单位"):
        unit_list(xlsx(tmp_path), UNIT)


def test_a_bound_may_carry_the_documents_unit():
    assert [whole(text, UNIT, "下限", "--floor") for text in ("500", "0.05万人", "５００", "")] == [500, 500, 500, None]
